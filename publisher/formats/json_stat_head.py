"""What a JSON-stat file says beside its cells: dimensions and categories, labels in every language, attributes.

Source: JSON-stat 2.0, full specification (json-stat.org/full), properties role, category, child, unit, note, link
and extension. A unit belongs to the category of a dimension with the role metric, so the measure is a dimension
with itself as its one category. A label has one language there: the words of every other language stand in
``extension.language`` at the places that they would have in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.formats import units
from publisher.formats.dense import Axes, above
from publisher.formats.draft import Publication
from publisher.model import Codelist, Concept, Cube, SeriesAttribute, Text

_REFERENCE_AREA = "http://purl.org/linked-data/sdmx/2009/dimension#refArea"

Words = dict[str, Any]
Used = Mapping[str, tuple[str, ...]]


def head(publication: Publication, cube: Cube, table: Axes, path: str) -> dict[str, Any]:
    """Return everything of a file but ``value``, ``status`` and ``extension``, in the dataset's first language."""
    dataset, edition = publication.dataset, publication.edition
    first = dataset.languages[0]
    metric = cube.measure.id
    described = _described(publication, cube, table, first)
    dimensions = {metric: _metric(publication, cube)}
    dimensions |= {item.id: _dimension(publication, item.concept, table[item.id]) for item in cube.dimensions}
    return {
        "version": "2.0",
        "class": "dataset",
        "href": dataset.names.download(path, dataset.catalogue.download_url),
        **{name: described[name] for name in ("label", "note") if name in described},
        "link": {"license": [{"href": dataset.licence.url}]},
        "updated": edition.timestamp,
        **{name: described[name] for name in ("source",) if name in described},
        "id": [metric, *table],
        "size": [1, *(len(codes) for codes in table.values())],
        "role": _roles(cube),
        "dimension": {name: _merged(described["dimension"].get(name, {}), parts) for name, parts in dimensions.items()},
    }


def extension(publication: Publication, cube: Cube, table: Axes, used: Used) -> dict[str, Any]:
    """Return what JSON-stat has no place for, but for the cells: identifiers, attributes, further languages.

    ``used`` are the codes of each coded attribute that observations have.
    """
    dataset, edition = publication.dataset, publication.edition
    names = dataset.names
    languages = [
        language for language in _languages(publication, cube, table, used) if language != dataset.languages[0]
    ]
    concepts = _attributed(cube)
    words = _attributes(cube, used, dataset.languages[0])
    described = {
        "edition": edition.id,
        "version": edition.version,
        "dataset": names.cube(cube.id),
        "dataflow": names.urn("datastructure.Dataflow", names.dataflow(cube.id)),
        "license": {"name": dataset.licence.name, "title": dataset.licence.title},
        "languages": [dataset.languages[0], *languages],
        "attribute": {
            concept.id: _merged(words.get(concept.id, {}), _component(publication, concept, used.get(concept.id, ())))
            for concept in concepts
        },
    }
    translated = {language: _translated(publication, cube, table, used, language) for language in languages}
    return described | _filled({"language": _filled(translated)})


def _translated(publication: Publication, cube: Cube, table: Axes, used: Used, language: str) -> Words:
    """Return the words of one language, at the places of those of the first."""
    described = _described(publication, cube, table, language)
    attributes = _attributes(cube, used, language)
    return _filled(described) | ({"extension": {"attribute": attributes}} if attributes else {})


def _described(publication: Publication, cube: Cube, table: Axes, language: str) -> Words:
    """Return the words of one language outside ``extension``; what has none is not there."""
    dataset = publication.dataset
    measure = cube.measure.concept
    dimensions = {measure.id: _filled(_words(measure, (), language) | {"category": _measured(cube, language)})}
    dimensions |= {item.id: _filled(_words(item.concept, table[item.id], language)) for item in cube.dimensions}
    return _filled(
        {
            "label": cube.title.get(language),
            "note": _notes((cube.description, dataset.description, publication.edition.note), language),
            "source": dataset.publisher.name.get(language),
        }
    ) | {"dimension": _filled(dimensions)}


def _words(concept: Concept, codes: Iterable[str], language: str) -> Words:
    """Return how a component and its codes are called in a language, and the notes on them."""
    codelist = concept.codelist
    named: Words = {"label": concept.name.get(language)}
    named["note"] = _notes((concept.description, codelist.description if codelist else None), language)
    if codelist is not None:
        listed = [codelist[code] for code in codes]
        labels = {code.id: code.name.get(language) for code in listed}
        notes = {code.id: _notes((code.description,), language) for code in listed}
        named["category"] = _filled({"label": _filled(labels), "note": _filled(notes)})
    return named


def _measured(cube: Cube, language: str) -> Words:
    """Return the words of the one category of the measure: its name and its unit."""
    name = cube.measure.concept.name.get(language)
    unit = _unit(cube, language)
    labels = {"label": {cube.measure.id: name}} if name else {}
    return labels | ({"unit": {cube.measure.id: {"label": unit}}} if unit else {})


def _unit(cube: Cube, language: str) -> str | None:
    """Return what is written after a value: the unit, and by what it is to be multiplied where that is not 1."""

    def named(item: SeriesAttribute) -> str | None:
        return None if item.value_name is None else item.value_name.get(language)

    unit, factor = units.in_words(cube, named)
    return unit if unit is None or factor is None else f"{unit} ({factor})"


def _attributes(cube: Cube, used: Used, language: str) -> Words:
    """Return the words of every attribute in a language."""
    return _filled(
        {concept.id: _filled(_words(concept, used.get(concept.id, ()), language)) for concept in _attributed(cube)}
    )


def _attributed(cube: Cube) -> list[Concept]:
    """Return the concept of every attribute: those of observations, then those of series."""
    return [*(item.concept for item in cube.attributes), *(item.concept for item in cube.series_attributes)]


def _languages(publication: Publication, cube: Cube, table: Axes, used: Used) -> list[str]:
    """Return the dataset's languages, then those that only some words of the file are in, by their tags."""
    dataset = publication.dataset
    texts = [cube.title, cube.description, dataset.description, publication.edition.note, dataset.publisher.name]
    for concept in (cube.measure.concept, *(item.concept for item in cube.dimensions), *_attributed(cube)):
        texts += [concept.name, concept.description]
        if (codelist := concept.codelist) is not None:
            texts.append(codelist.description)
            codes = [codelist[code] for code in table.get(concept.id, used.get(concept.id, ()))]
            texts += [text for code in codes for text in (code.name, code.description)]
    found = {language for text in texts if text is not None for language in text.languages}
    return [*dataset.languages, *sorted(found.difference(dataset.languages))]


def _metric(publication: Publication, cube: Cube) -> dict[str, Any]:
    measure = cube.measure
    category = {"index": [measure.id], "unit": {measure.id: {"decimals": measure.decimals}}}
    return {"category": category, "extension": _identified(publication, measure.concept)}


def _dimension(publication: Publication, concept: Concept, codes: tuple[str, ...]) -> dict[str, Any]:
    return (
        _component(publication, concept, codes)
        if concept.codelist is not None
        else {
            "category": {"index": list(codes), **_filled({"label": {code: code for code in codes}})},
            "extension": _identified(publication, concept),
        }
    )


def _component(publication: Publication, concept: Concept, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return a component without its words: the order of its codes, their parents, and its identifiers."""
    category: dict[str, Any] = {}
    if concept.codelist is not None:
        category = {"index": list(codes), **_filled({"child": children(concept.codelist, codes)})}
    return _filled({"category": category}) | {"extension": _identified(publication, concept)}


def children(codelist: Codelist, codes: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the codes below each code, of those that are used.

    A code whose parent is not used stands below the nearest code above it that is.
    """
    below: dict[str, list[str]] = {}
    used = set(codes)
    for code in codes:
        if (parent := above(codelist, code, used)) is not None:
            below.setdefault(parent, []).append(code)
    return {code: below[code] for code in codes if code in below}


def _identified(publication: Publication, concept: Concept) -> dict[str, str]:
    names = publication.dataset.names
    urns = {"concept": names.urn("conceptscheme.Concept", names.concept_scheme, concept.id)}
    return (
        urns if concept.codelist is None else urns | {"codelist": names.urn("codelist.Codelist", concept.codelist.id)}
    )


def _roles(cube: Cube) -> dict[str, list[str]]:
    areas = [item.id for item in cube.dimensions if item.concept.subproperty_of == _REFERENCE_AREA]
    times = [item.id for item in cube.dimensions if item.is_time]
    return {"time": times, **({"geo": areas} if areas else {}), "metric": [cube.measure.id]}


def _notes(texts: Iterable[Text | None], language: str) -> list[str]:
    """Return those of some texts that there are in a language, each once."""
    return list(dict.fromkeys(words for text in texts if text is not None and (words := text.get(language))))


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that say something."""
    return {key: value for key, value in values.items() if value not in (None, [], {})}


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return two objects as one; where both have an object under a name, these too."""
    merged = dict(first)
    for key, value in second.items():
        merged[key] = _merged(merged[key], value) if isinstance(value, Mapping) and key in merged else value
    return merged
