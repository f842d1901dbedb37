"""The first sheet of a workbook: every table with its counts, and what a person asks of statistics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from publisher.formats.draft import Publication
from publisher.formats.workbook_sheet import Sheet
from publisher.formats.workbook_words import Words
from publisher.model import Agent

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_TITLE = 90
_HEADER = (("sheet", "left"), ("table", "left"), ("observations", "right"), ("suppressed", "right"))


def write_contents(book: Workbook, publication: Publication, words: Words, name: str, names: Sequence[str]) -> None:
    """Write the sheet ``name``: its list has a link to each sheet of ``names``, one for each cube."""
    dataset = publication.dataset
    width = max(16, *(len(item) + 2 for item in names))
    sheet = Sheet(book, name, words, [width, _TITLE, 15, 15])
    sheet.title(words.of(dataset.title))
    sheet.paragraph(_line(publication, words))
    head = sheet.row
    for column, (key, side) in enumerate(_HEADER):
        sheet.text(column, words[key], bold=True, bottom=2, text_wrap=True, valign="bottom", align=side)
    sheet.header(head, head, 0)
    sheet.row += 1
    for observations, target in zip(publication.observations, names, strict=True):
        title = words.of(observations.cube.title)
        sheet.fit([(1, title)])
        sheet.link(0, target)
        sheet.text(1, title, text_wrap=True)
        sheet.number(2, str(observations.rows), 0)
        sheet.number(3, str(observations.suppressed), 0)
        sheet.row += 1
    sheet.row += 1
    sheet.text(0, words["about"], bold=True)
    sheet.row += 1
    for title, text in _about(publication, words):
        sheet.text(0, title, text_wrap=True)
        sheet.paragraph(text, 1)
    sheet.row += 1
    sheet.paragraph(words.symbols(dataset))
    sheet.page(words.of(dataset.title))


def _line(publication: Publication, words: Words) -> str:
    """Return publisher and edition in a line."""
    edition = publication.edition
    said = f"{words['edition']} {edition.id}, {words['version']} {edition.version}"
    return f"{words.of(publication.dataset.publisher.name)}. {said}."


def _about(publication: Publication, words: Words) -> Iterator[tuple[str, str]]:
    """Yield (what, text) of what is known of the dataset and its edition."""
    dataset, edition = publication.dataset, publication.edition
    yield words["description"], words.of(dataset.description)
    yield words["publisher"], _agent(dataset.publisher, words)
    yield words["contact"], _agent(dataset.contact, words)
    yield words["licence"], f"{dataset.licence.title} ({dataset.licence.name}), {dataset.licence.url}"
    yield words["edition"], f"{edition.id}, {words['version']} {edition.version}"
    if edition.issued is not None:
        yield words["issued"], edition.issued.date().isoformat()
    if edition.modified is not None:
        yield words["modified"], edition.modified.date().isoformat()
    if edition.note is not None:
        yield words["note"], words.of(edition.note)
    if dataset.landing_page is not None:
        yield words["source"], dataset.landing_page
    for source in publication.sources:
        yield words["file"], source.name


def _agent(agent: Agent, words: Words) -> str:
    known = (words.of(agent.name), agent.identifier, agent.email, agent.homepage)
    return ", ".join(part for part in known if part)
