"""``codelists/<ID>.csv``: every codelist as a table, with labels in each language and counterparts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from publisher.formats.draft import Draft, Format, Publication
from publisher.model import MATCH_KINDS, Code, Codelist


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one CSV file for each codelist, codes in the order of the list."""
    for codelist in publication.dataset.codelists:
        path = draft.add(f"codelists/{codelist.id}.csv", "text/csv", str(codelist.name), "codelists")
        with path.open("w", encoding="utf-8", newline="") as stream:
            table = csv.writer(stream, lineterminator="\n")
            table.writerow(columns(codelist))
            named, described = codelist.languages, _description_languages(codelist)
            table.writerows(_cells(code, named, described) for code in codelist.codes)


def columns(codelist: Codelist) -> list[str]:
    """Return the header of a codelist's table."""
    return [
        "code",
        "parent",
        *(f"label_{language}" for language in codelist.languages),
        *(f"description_{language}" for language in _description_languages(codelist)),
        *(f"{kind}_match" for kind in MATCH_KINDS),
    ]


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


FORMAT = Format("codelists", "CSV tables of the codelists", ("codelists/<ID>.csv",), write)
