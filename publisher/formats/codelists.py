"""``codelists/<ID>.csv``: every codelist as a table, with labels in each language and counterparts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.model import MATCH_KINDS, Code, Codelist


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one CSV file for each codelist, codes in the order of the list."""
    for codelist in publication.dataset.codelists:
        path = draft.add(f"codelists/{codelist.id}.csv", "text/csv", str(codelist.name), "codelists")
        with path.open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(columns(codelist))
            named, described = codelist.languages, _description_languages(codelist)
            rows = (_cells(code, named, described) for code in codelist.codes)
            table.writerows((*row, *_more(codelist, code)) for row, code in zip(rows, codelist.codes, strict=True))


def columns(codelist: Codelist) -> list[str]:
    """Return the header of a codelist's table."""
    return [
        "code",
        "parent",
        *(f"label_{language}" for language in codelist.languages),
        *(f"description_{language}" for language in _description_languages(codelist)),
        *(f"{kind}_match" for kind in MATCH_KINDS),
        *(f"notation_{system.id}" for system in codelist.notations),
        *(["valid_through"] if _has_ended(codelist) else []),
    ]


def _has_ended(codelist: Codelist) -> bool:
    return any(code.valid_through is not None for code in codelist.codes)


def _description_languages(codelist: Codelist) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language for code in codelist.codes for language, _ in code.description or ()))


def _cells(code: Code, named: tuple[str, ...], described: tuple[str, ...]) -> list[str]:
    return [
        code.id,
        code.parent or "",
        *(code.name.get(language) or "" for language in named),
        *((code.description and code.description.get(language)) or "" for language in described),
        *(" ".join(match.iri for match in code.matches if match.kind == kind) for kind in MATCH_KINDS),
    ]


def _more(codelist: Codelist, code: Code) -> list[str]:
    """Return the cells of the columns that only some lists have."""
    notations = dict(code.notations)
    cells = [notations.get(system.id, "") for system in codelist.notations]
    return [*cells, str(code.valid_through or "")] if _has_ended(codelist) else cells


FORMAT = Format(
    "codelists",
    "CSV tables of the codelists",
    ("codelists/<ID>.csv",),
    write,
    About(
        ("text/csv",),
        ("RFC 4180", "https://www.rfc-editor.org/rfc/rfc4180"),
        ("pandas", "frictionless", "R", "spreadsheets"),
        "codelists/CL_COUNTY.csv",
        NO_OBSERVATIONS,
    ),
)
