"""``xlsx/<dataset>.xlsx``: a workbook for people, a sheet for each cube after a sheet of contents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from publisher.formats.draft import About, Draft, Format, Limit, Publication
from publisher.formats.workbook_contents import write_contents
from publisher.formats.workbook_cube import write_cube
from publisher.formats.workbook_names import sheet_names
from publisher.formats.workbook_sheet import FONT
from publisher.formats.workbook_words import Words

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CORE = "docProps/core.xml"
# Nothing is a formula, nothing a link or a number because it looks like one.
_OPTIONS: Mapping[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_row_height": 17,
    "default_format_properties": dict(FONT),
}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the workbook, in the first language of the dataset."""
    from xlsxwriter.workbook import Workbook

    dataset = publication.dataset
    words = Words(dataset.languages[0])
    path = draft.add(f"xlsx/{dataset.id}.xlsx", MEDIA_TYPE, str(dataset.title), "workbook")
    written = BytesIO()
    with Workbook(written, dict(_OPTIONS)) as book:
        _describe(book, publication, words)
        contents, *names = sheet_names(words["contents"], *(item.cube.id for item in publication.observations))
        write_contents(book, publication, words, contents, names)
        for observations, name in zip(publication.observations, names, strict=True):
            write_cube(book, publication, observations, words, name, contents)
    _seal(written, path, dataset.languages[0])


def _describe(book: Workbook, publication: Publication, words: Words) -> None:
    """Set the properties of the document: a title for people who cannot see it, and no time but the edition's."""
    dataset = publication.dataset
    properties = {
        "title": words.of(dataset.title),
        "subject": f"{dataset.id} {publication.edition.version}",
        "author": words.of(dataset.publisher.name),
        "keywords": ", ".join(words.of(keyword) for keyword in dataset.keywords),
        "comments": words.of(dataset.description),
        "created": publication.edition.prepared.astimezone(UTC),
    }
    book.set_properties({name: value for name, value in properties.items() if value})


def _seal(written: BytesIO, path: Path, language: str) -> None:
    """Copy the parts of a workbook with fixed dates and permissions, and say the language of its words.

    They are not compressed: what a zlib makes of the same bytes differs from one zlib to the other.
    """
    said = f"<dc:language>{escape(language)}</dc:language></cp:coreProperties>".encode()
    with ZipFile(written) as parts, ZipFile(path, "w", ZIP_STORED) as sealed:
        for name in parts.namelist():
            content = parts.read(name)
            if name == _CORE:
                content = content.replace(b"</cp:coreProperties>", said)
            info = ZipInfo(name)  # of 1 January 1980, the first day that a zip can name
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, ZIP_STORED
            sealed.writestr(info, content)


FORMAT = Format(
    "workbook",
    "A workbook for people, a sheet for each cube",
    ("xlsx/<dataset>.xlsx",),
    write,
    About(
        (MEDIA_TYPE,),
        ("Office Open XML (ECMA-376)", "https://ecma-international.org/publications-and-standards/standards/ecma-376/"),
        ("Excel", "LibreOffice", "Google Sheets", "openpyxl", "pandas", "R (readxl)"),
        "xlsx/nav-tilt140.xlsx",
        {
            "languages": "in the first language",
            "hierarchy": "as indents: parents are in the codelists",
        },
    ),
    limit=Limit(100_000, None, "nobody reads more rows; a sheet has 1,048,576 of them and a spreadsheet slows down"),
)
