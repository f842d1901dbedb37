"""What the JSON-stat files of a release say beside their cells, compared with the definition, text by text.

Everything is compared but the cells, which one truth reads: labels and notes in every language, the order of the
codes that observations use and their parents, roles, the unit, identifiers; and nothing else may stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.facts import Facts, Place, differences, first, leaves, spelled
from publisher.checks.held import held
from publisher.checks.json_stat_file import Digits, parse
from publisher.checks.read_json_stat import PATH
from publisher.checks.reader import UnreadableError
from publisher.errors import Finding
from publisher.model import Code, Codelist, Concept, Cube, Text
from publisher.observations import Observations

RULE = "json-stat"
_AREA = "http://purl.org/linked-data/sdmx/2009/dimension#refArea"

Codes = Mapping[str, tuple[str, ...]]


def run(subject: Subject) -> Outcome:
    """Compare the file of each cube; one that is missing or is no JSON is said by one truth."""
    findings: list[Finding] = []
    compared = 0
    for observations in subject.observations.values():
        path = PATH.format(cube=observations.cube.id)
        if not observations.rows:
            continue
        try:
            found = _facts(parse(subject.folder / path), observations.cube) if path in subject.files else {}
        except UnreadableError:
            continue
        if found:
            expected = _expected(subject, observations, path)
            compared += len(expected)
            findings += [
                Finding(RULE, message, file=path, cube=observations.cube.id)
                for message in first(differences(expected, found))
            ]
    return Outcome(tuple(findings), f"{compared:,} labels, notes and identifiers")


def _facts(document: Any, cube: Cube) -> Facts:
    """Return what stands at every place of a file but in its cells."""
    cells: set[Place] = {("value",), ("status",)}
    for attribute in cube.attribute_ids[1:]:
        cells |= {("extension", "cell", attribute), ("extension", "default", attribute)}
    found = dict(leaves(document, frozenset(cells)))
    numbers = {place: str(value) for place, value in found.items() if type(value) is Digits}
    return spelled(found) | numbers


def _expected(subject: Subject, observations: Observations, path: str) -> Facts:
    """Return what must stand in the file of a cube beside its cells."""
    cube, dataset = observations.cube, subject.dataset
    codes = _codes(observations)
    facts: dict[Place, object] = {
        ("version",): "2.0",
        ("class",): "dataset",
        ("href",): dataset.names.download(path, dataset.catalogue.download_url),
        ("updated",): subject.edition.timestamp,
        ("link", "license", "0", "href"): dataset.licence.url,
        ("extension", "edition"): subject.edition.id,
        ("extension", "version"): subject.edition.version,
        ("extension", "dataset"): dataset.names.cube(cube.id),
        ("extension", "dataflow"): dataset.names.urn("datastructure.Dataflow", dataset.names.dataflow(cube.id)),
        ("extension", "license", "name"): dataset.licence.name,
        ("extension", "license", "title"): dataset.licence.title,
    }
    for number, name in enumerate((cube.measure.id, *cube.key_ids)):
        facts["id", str(number)] = name
        facts["size", str(number)] = len(codes[name])
    facts |= _roles(cube)
    for place, concept in _components(cube):
        facts |= _structure(subject, place, concept, codes.get(concept.id, ()))
    for attribute in cube.series_attributes:
        facts["extension", "default", attribute.id] = attribute.value
    unit = ("dimension", cube.measure.id, "category", "unit", cube.measure.id)
    facts[(*unit, "decimals")] = cube.measure.decimals
    facts |= _in_every_language(subject, cube, codes, (*unit, "label"))
    return spelled(facts)


def _codes(observations: Observations) -> Codes:
    """Return the codes that observations use, by component: a codelist's in its order, periods in order of time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cube, seen = observations.cube, held(observations)
    used: dict[str, set[str]] = {**seen.codes, cube.key_ids[-1]: seen.periods, cube.measure.id: {cube.measure.id}}
    used |= {item.id: {item.value} for item in cube.series_attributes}
    for attribute in cube.attributes:
        used[attribute.id] = set()
    for batch in observations.batches():
        for attribute in (item for item in cube.attributes if item.codelist is not None):
            used[attribute.id].update(pc.unique(batch[attribute.id].cast(pa.string())).drop_null().to_pylist())
    lists = {concept.id: concept.codelist for _, concept in _components(cube)}
    return {
        name: tuple(sorted(found) if (codelist := lists[name]) is None else sorted(found, key=codelist.position))
        for name, found in used.items()
    }


def _components(cube: Cube) -> Iterator[tuple[Place, Concept]]:
    """Yield where each component stands, and its concept."""
    for concept in (cube.measure.concept, *(dimension.concept for dimension in cube.dimensions)):
        yield ("dimension", concept.id), concept
    attributes = (item.concept for item in cube.attributes)
    for concept in chain(attributes, (item.concept for item in cube.series_attributes)):
        yield ("extension", "attribute", concept.id), concept


def _roles(cube: Cube) -> dict[Place, object]:
    """Return the roles that dimensions have: the last is time, the measure is the metric."""
    areas = [item.id for item in cube.dimensions if item.concept.subproperty_of == _AREA]
    roles: dict[Place, object] = {("role", "geo", str(number)): name for number, name in enumerate(areas)}
    return roles | {("role", "time", "0"): cube.key_ids[-1], ("role", "metric", "0"): cube.measure.id}


def _structure(subject: Subject, place: Place, concept: Concept, codes: tuple[str, ...]) -> dict[Place, object]:
    """Return what a component says in no language: identifiers, the order of its codes, their parents."""
    names = subject.dataset.names
    facts: dict[Place, object] = {
        (*place, "extension", "concept"): names.urn("conceptscheme.Concept", names.concept_scheme, concept.id)
    }
    if concept.codelist is not None:
        facts[(*place, "extension", "codelist")] = names.urn("codelist.Codelist", concept.codelist.id)
    elif place[0] != "dimension":
        return facts
    category = (*place, "category")
    if not codes:
        facts[(*category, "index")] = []
    for number, code in enumerate(codes):
        facts[(*category, "index", str(number))] = code
    if concept.data_type == "period":
        facts |= {(*category, "label", code): code for code in codes}
    elif concept.codelist is not None:
        children: dict[str, int] = {}
        for code in codes:
            if (above := _above(concept.codelist, code, codes)) is not None:
                number = children[above] = children.get(above, -1) + 1
                facts[(*category, "child", above, str(number))] = code
    return facts


def _above(codelist: Codelist, code: str, codes: tuple[str, ...]) -> str | None:
    """Return the nearest code above one that is among some."""
    above = codelist[code].parent
    return above if above is None or above in codes else _above(codelist, above, codes)


def _in_every_language(subject: Subject, cube: Cube, codes: Codes, unit: Place) -> dict[Place, object]:
    """Return every text of the definition that belongs to a file, in each of its languages at its place."""
    dataset = subject.dataset
    first = dataset.languages[0]
    facts: dict[Place, object] = {}
    languages = list(dataset.languages)
    found: set[str] = set()
    for place, text in _labels(subject, cube, codes, unit):
        for language, words in text:
            found.add(language)
            facts[_in(language, first, place)] = words
    for place, texts in _notes(subject, cube, codes):
        for language, words in chain.from_iterable(text for text in texts if text is not None):
            found.add(language)
            _append(facts, _in(language, first, place), words)
    languages += sorted(found.difference(languages))
    return facts | {("extension", "languages", str(number)): language for number, language in enumerate(languages)}


def _in(language: str, first: str, place: Place) -> Place:
    return place if language == first else ("extension", "language", language, *place)


def _append(facts: dict[Place, object], place: Place, words: str) -> None:
    """Add words to the list at a place, unless it has them."""
    number = 0
    while (*place, str(number)) in facts:
        if facts[(*place, str(number))] == words:
            return
        number += 1
    facts[(*place, str(number))] = words


def _labels(subject: Subject, cube: Cube, codes: Codes, unit: Place) -> Iterator[tuple[Place, Text]]:
    """Yield the one text that stands at each place."""
    yield ("label",), cube.title
    yield ("source",), subject.dataset.publisher.name
    for place, concept in _components(cube):
        yield (*place, "label"), concept.name
        for code in _listed(concept, codes):
            yield (*place, "category", "label", code.id), code.name
    measure = cube.measure
    yield ("dimension", measure.id, "category", "label", measure.id), measure.concept.name
    if (name := _unit(cube)) is not None:
        yield unit, name


def _notes(subject: Subject, cube: Cube, codes: Codes) -> Iterator[tuple[Place, tuple[Text | None, ...]]]:
    """Yield the texts that stand at each place as a list."""
    yield ("note",), (cube.description, subject.dataset.description, subject.edition.note)
    for place, concept in _components(cube):
        yield (*place, "note"), (concept.description, concept.codelist.description if concept.codelist else None)
        for code in _listed(concept, codes):
            yield (*place, "category", "note", code.id), (code.description,)


def _listed(concept: Concept, codes: Codes) -> list[Code]:
    return [] if concept.codelist is None else [concept.codelist[code] for code in codes[concept.id]]


def _unit(cube: Cube) -> Text | None:
    """Return the unit as it is written after a value, with its multiplier where that is not 1.

    Made here, not by what the writers have for it: a fault of that would stand in file and check alike.
    """
    measured, multiplied, _ = cube.series_attributes
    units, factors = measured.concept.codelist, multiplied.concept.codelist
    if units is None:
        return None
    name = units[measured.value].name
    if multiplied.value == "0":
        return name
    factor = {} if factors is None else dict(factors[multiplied.value].name)
    power = f"10^{multiplied.value}"
    return Text(tuple((language, f"{words} ({factor.get(language, power)})") for language, words in name))


CHECKS = (
    Check(
        "JSON-stat labels", "publisher", "fast", run, needs=("json-stat",), files=(PATH.replace("{cube}", "<cube>"),)
    ),
)
