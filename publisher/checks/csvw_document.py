"""A description of tables in CSVW, read as a stranger's: bounded, and nothing outside its folder or on the network.

Source: Metadata Vocabulary for Tabular Data (W3C 2015). What a description refers to is read where it
lies in the folder, and otherwise said to be left out.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from publisher.checks.patterns import is_harmless
from publisher.engines.bounds import CSVW_JSON
from publisher.engines.folders import inside
from publisher.engines.plain_json import UnfitError, read_object
from publisher.errors import Finding, InputError

CONTEXT = "http://www.w3.org/ns/csvw"
RULE = "csvw"
# What a reference may be that is read beside the description: the property, and what it is called.
_APART = {"tableSchema": "schema", "dialect": "dialect"}


NETWORK = "elsewhere, and nothing is fetched: put it in the folder, and refer to it there"
OUTSIDE = "outside the folder that is looked at: name the folder of both"


class ElsewhereError(Exception):
    """What is referred to is not looked at; the message says where it is and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file in the folder that is looked at: ``root``, and its path there with ``/``."""

    root: Path
    name: str

    def leads_to(self, reference: str) -> str:
        """Return the path in the folder that a reference in this file leads to.

        Raises ElsewhereError where it leads out of the folder or to the network.
        """
        try:
            parts = urlsplit(reference)
        except ValueError as error:
            raise ElsewhereError(NETWORK) from error
        if parts.scheme or parts.netloc:
            raise ElsewhereError(NETWORK)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), unquote(parts.path)))
        if path.startswith("/") or path.split("/")[0] == ".." or "\\" in path or "\0" in path:
            raise ElsewhereError(OUTSIDE)
        return path

    def beside(self, reference: str) -> Place:
        """Return the place that a reference leads to. Raises ElsewhereError."""
        return Place(self.root, self.leads_to(reference))

    def file(self) -> Path | None:
        """Return the regular file that is there; None where there is none, or a link on the way to it."""
        return inside(self.root, self.name)


def read(place: Place) -> dict[str, Any]:
    """Return the object that a description is. Raises InputError, with line and column where it is no JSON."""
    values = _object(place)
    _refuse_context(values.get("@context"), place)
    if "tables" not in values and "url" not in values:
        raise _fault(place, "has neither 'tables' nor 'url': describe the tables")
    return values


def tables_of(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the descriptions of tables in a description: those of a group, or the one that it is."""
    tables = values.get("tables", [values])
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []


def completed(values: dict[str, Any], place: Place) -> dict[int, str]:
    """Put schemas and dialects that stand in files of their own where they are referred to.

    That of a group goes into each of its tables. Returns why tables cannot be looked at, by their place in
    the description: their schema or dialect is elsewhere. Raises InputError for a file that is none.
    """
    left_out: dict[int, str] = {}
    base = _base(values)
    for number, described in enumerate([values, *tables_of(values)]):
        for key, word in _APART.items():
            if isinstance(reference := described.get(key), str):
                try:
                    described[key] = {"@id": reference, **_object(place.beside(_joined(base, reference)))}
                    described[key].pop("@context", None)
                except ElsewhereError as error:
                    described.pop(key)
                    affected = [number - 1] if number else range(len(tables_of(values)))
                    left_out.update((table, f"its {word} is {error}") for table in affected)
    for table in tables_of(values):
        if "tables" in values and isinstance(values.get("tableSchema"), dict):
            table.setdefault("tableSchema", values["tableSchema"])
    return left_out


def unmatched(values: Any, named: str = "") -> list[str]:
    """Take away formats of datatypes that could take time without bounds, and return whose they are.

    ``named`` is what the object around ``values`` is called.
    """
    if isinstance(values, list):
        return [name for item in values for name in unmatched(item, named)]
    if not isinstance(values, dict):
        return []
    named = next((str(values[key]) for key in ("name", "titles", "url") if key in values), named)
    found = [name for key, item in values.items() if key != "datatype" for name in unmatched(item, named)]
    datatype = values.get("datatype")
    if isinstance(datatype, dict) and not _is_bounded(datatype):
        del datatype["format"]
        found.append(named)
    return found


def _is_bounded(datatype: dict[str, Any]) -> bool:
    format = datatype.get("format", "")
    # Of JSON it is a schema, which has patterns within.
    return not isinstance(format, str) or (is_harmless(format) and datatype.get("base") != "json")


def table_place(values: dict[str, Any], place: Place, url: str) -> Place:
    """Return where a table is. Raises ElsewhereError."""
    return place.beside(_joined(_base(values), url))


def _joined(base: str, reference: str) -> str:
    """Return a reference as seen from the description; what has a scheme or a host stands for itself."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return reference
    absolute = parts.scheme or parts.netloc
    return reference if absolute or not base else posixpath.join(base.rpartition("/")[0], reference)


def _base(values: dict[str, Any]) -> str:
    """Return what references are relative to beside the description: ``@base`` of its context."""
    context = values.get("@context")
    local = context[1] if isinstance(context, list) and len(context) > 1 else {}
    base = local.get("@base", "") if isinstance(local, dict) else ""
    return base if isinstance(base, str) else ""


def _object(place: Place) -> dict[str, Any]:
    path = place.file()
    if path is None:
        raise _fault(place, "is no file of the folder, though it is referred to")
    try:
        return read_object(path, CSVW_JSON, marked=True)
    except UnfitError as error:
        raise InputError(Finding(RULE, str(error), file=place.name, line=error.line)) from error


def _refuse_context(context: object, place: Place) -> None:
    """Raise for a context that is not CSVW's: any other would have to be fetched (section 5.2)."""
    first, *others = context if isinstance(context, list) and context else [context]
    if first != CONTEXT:
        raise _fault(place, f"its @context is not {CONTEXT}: nothing else says that it is CSVW")
    local = others[0] if others else {}
    if len(others) > 1 or not isinstance(local, dict) or not set(local) <= {"@base", "@language"}:
        raise _fault(place, f"its @context holds more than {CONTEXT}, @base and @language")


def _fault(place: Place, message: str) -> InputError:
    return InputError(Finding(RULE, message, file=place.name))
