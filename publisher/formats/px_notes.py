"""What a PC-Axis file says of a table and its variables in notes: symbols, descriptions, statuses, the licence.

In a note ``##`` parts two notes and ``#`` two lines, as PxWeb reads them (PCAxis.Core, HandleFootnotes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from publisher.formats.draft import Publication
from publisher.formats.px_cells import Cells
from publisher.formats.px_text import decoded, plain
from publisher.formats.px_variables import Variable, label
from publisher.model import (
    FREQ,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    Cube,
    Dataset,
    Text,
)

_PARTED = "##"
_NOT_THERE = {"nb": "ikke i tabellen", "nn": "ikkje i tabellen", "en": "not in the table"}


def note(text: str) -> str:
    """Return words as one note: its lines parted by ``#``, and another sign for a ``#`` in them."""
    lines = (plain(line) for line in text.replace("#", "\uff03").split("\n"))
    return "#".join(line for line in lines if line)


def symbols(dataset: Dataset, cube: Cube, cells: Cells, language: str) -> str:
    """Return what the symbols in the table mean: a note that is always shown; empty where there are none."""
    notes = []
    if cells.hidden or dataset.suppression is not None:
        notes.append(f".. = {_hidden(dataset, cube, language)}")
    if cells.absent:
        notes.append(f". = {_NOT_THERE.get(language.partition('-')[0], _NOT_THERE['en'])}")
    return _joined(notes)


def _hidden(dataset: Dataset, cube: Cube, language: str) -> str:
    """Return what a hidden cell is, what it can be by the published rule, and why it is hidden."""
    codes = zip(cube.attributes, (SUPPRESSED_OBS_STATUS, SUPPRESSED_CONF_STATUS), strict=False)
    labels = [found for attribute, code in codes if (found := label(attribute.concept, code, language))]
    rule = dataset.suppression
    highest = None if rule is None else rule.upper(cube.measure.decimals)
    span = "" if rule is None or highest is None else f" ({rule.lower}-{highest})"
    return ": ".join((labels[0] + span, *labels[1:])) if labels else span.strip()


def of_table(publication: Publication, cube: Cube, cells: Cells, language: str) -> str:
    """Return the notes of the whole table: what it is, what its codes mean, licence and address."""
    dataset = publication.dataset
    described: Iterable[Text | None] = (dataset.description, cube.description, publication.edition.note)
    concepts = (cube.dimension(FREQ).concept, cube.measure.concept, *(item.concept for item in cube.attributes))
    licence = dataset.licence
    return _joined(
        (
            *(text.in_language(language) for text in described if text is not None),
            *(
                f"{item.name.in_language(language)}: {item.description.in_language(language)}"
                for item in concepts
                if item.description
            ),
            *_codes(cube, cells, language),
            f"{licence.title}: {licence.url}",
            dataset.names.cube(cube.id),
        )
    )


def of_variable(variable: Variable, language: str) -> str:
    """Return the notes of a variable: what it is, its codelist, and what its codes mean."""
    codelist = variable.dimension.codelist
    described = [variable.dimension.concept.description]
    notes = []
    if codelist is not None:
        described.append(codelist.description)
        for code, named in zip(variable.codes, variable.labels[language], strict=True):
            if (meaning := codelist[code].description) is not None:
                notes.append(f"{named}: {meaning.in_language(language)}")
    return _joined((*(text.in_language(language) for text in described if text is not None), *notes))


def _codes(cube: Cube, cells: Cells, language: str) -> Iterator[str]:
    """Yield, for each coded attribute, what the codes mean that are used."""
    for number, attribute in enumerate(cube.attributes):
        if attribute.codelist is not None:
            used = {decoded(text) for text in cells.used(number)}
            listed = [code for code in attribute.codelist.codes if code.id in used]
            if listed:
                meanings = ", ".join(f"{code.id} = {code.name.in_language(language)}" for code in listed)
                yield f"{attribute.concept.name.in_language(language)} ({attribute.id}): {meanings}"


def _joined(notes: Iterable[str]) -> str:
    return _PARTED.join(text for text in map(note, notes) if text)
