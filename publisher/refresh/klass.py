"""What the API of Statistics Norway's KLASS answers: codes, codes at a date, a version, changes; JSON or CSV.

Source: Klass API guide (data.ssb.no/api/klass/v1/api-guide.html): "codes", "codesAt", "versions by
ID", "variants by ID" and "changes"; JSON is UTF-8, CSV is ISO 8859-1 unless UTF-8 was asked for,
separated by a comma unless another separator was. ``validTo`` is the first day a code no longer holds.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from publisher.definition.links import day_of
from publisher.errors import InputError
from publisher.refresh.source import Answer

_SEPARATORS = ",;\t|"
# How KLASS has written that a code has no end.
_NO_DAY = (None, "", "+999999999-12-31")
_LONGEST_HEADER = 2_000
_CONTROL = re.compile("[\x7f-\x9f]")
_LINE_BREAK = re.compile("[ \t]*[\t\r\n\v\f\x85\u2028\u2029]+[ \t]*")
_CHARSETS = ("utf-8", "iso-8859-1", "windows-1252", "us-ascii")
_MOST_DIGITS = 40
_GZIP = b"\x1f\x8b"
_LISTS = ("codes", "classificationItems", "codeChanges")


@dataclass(frozen=True, slots=True)
class Item:
    """A code as its owner has it from ``first`` until the day before ``end``; None for no such day.

    ``parent`` is empty at the top, and None where the answer does not speak of parents.
    """

    code: str
    name: str
    parent: str | None
    level: str
    first: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Owned:
    """The items of an answer in its order; ``complete`` where it lists every code there is."""

    items: tuple[Item, ...]
    complete: bool


def read_owned(answer: Answer) -> Owned:
    """Read what KLASS answered. Raises InputError for what is no such answer, with the place."""
    start = answer.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return _of_json(answer)
    if answer.data.startswith(_GZIP):
        raise InputError(f"{answer.source}: is compressed (gzip): unpack it first")
    if start == b"<":
        raise InputError(f"{answer.source}: is HTML or XML: ask for JSON or CSV (header Accept: application/json)")
    return _of_csv(answer)


# JSON


def _of_json(answer: Answer) -> Owned:
    try:
        found = json.loads(answer.data.decode("utf-8-sig"), parse_int=_integer)
    except InputError as error:
        raise InputError(f"{answer.source}: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{answer.source}: byte {error.start} is not UTF-8, as JSON is") from error
    except RecursionError as error:
        raise InputError(f"{answer.source}: is nested too deeply to be an answer of KLASS") from error
    except ValueError as error:
        raise InputError(f"{answer.source}: is no JSON: {error}") from error
    name = next((name for name in _LISTS if isinstance(found, dict) and isinstance(found.get(name), list)), None)
    if name is None:
        said = f": it says '{found['message']}'" if isinstance(found, dict) and found.get("message") else ""
        raise InputError(f"{answer.source}: has no list '{_LISTS[0]}', '{_LISTS[1]}' or '{_LISTS[2]}'{said}")
    records = ((f"{answer.source}: {name}[{index}]", record) for index, record in enumerate(found[name]))
    whole = found if name == "classificationItems" else {}
    return _owned(answer.source, name == "codeChanges", records, whole)


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise InputError(f"holds a number of {len(digits):,} digits: no answer of KLASS has one")
    return int(digits)


# CSV


def _of_csv(answer: Answer) -> Owned:
    text = _text(answer)
    head = text[:_LONGEST_HEADER].partition("\n")[0].strip("\r")
    for separator in _SEPARATORS:
        header = next(csv.reader([head], delimiter=separator), [])
        changes = {"oldCode", "newCode", "changeOccurred"} <= set(header)
        if changes or {"code", "name"} <= set(header):
            return _owned(answer.source, changes, _csv_records(answer.source, text, separator, header), {})
    wanted = "the columns 'code' and 'name' nor those of changes"
    raise InputError(f"{answer.source}:1: has neither {wanted}, found: {head[:80]}")


def _text(answer: Answer) -> str:
    """Return the text of a CSV answer: in the set it says, else UTF-8 where it can be, else ISO 8859-1."""
    if answer.charset and answer.charset not in _CHARSETS:
        known = ", ".join(_CHARSETS)
        raise InputError(f"{answer.source}: says its character set is {answer.charset[:40]!r}, not one of: {known}")
    for charset in (answer.charset,) if answer.charset else ("utf-8", "iso-8859-1"):
        try:
            text = answer.data.decode(charset).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise InputError(f"{answer.source}: is neither UTF-8 nor ISO 8859-1 text, or not in the set it says")


def _csv_records(source: str, text: str, separator: str, header: list[str]) -> Iterator[tuple[str, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 and cells:
                if len(cells) != len(header):
                    raise InputError(f"{source}:{line}: {len(cells)} cells where the header has {len(header)}")
                yield f"{source}:{line}", dict(zip(header, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{source}:{line}: is no CSV: {error}") from error


# Records


def _owned(source: str, changes: bool, records: Iterator[tuple[str, Any]], whole: Mapping[str, Any]) -> Owned:
    items: dict[Item, None] = {}
    for place, record in records:
        if not isinstance(record, Mapping):
            raise InputError(f"{place} is no object")
        items.update(dict.fromkeys(_changed(place, record) if changes else [_item(place, record, whole)]))
    if not items:
        raise InputError(f"{source}: holds no code")
    return Owned(tuple(_bounded(items)) if changes else tuple(items), complete=not changes)


def _bounded(changed: Iterable[Item]) -> Iterator[Item]:
    """Yield what changes tell of, each from the change it began with to the next one it ended with."""
    first: dict[str, list[date]] = {}
    end: dict[str, list[date]] = {}
    for item in changed:
        for days, day in ((first, item.first), (end, item.end)):
            if day is not None:
                days.setdefault(item.code, []).append(day)
    for item in changed:
        if item.first is not None:
            later = min((day for day in end.get(item.code, ()) if day > item.first), default=None)
            yield replace(item, end=later)
        elif item.end is not None:
            yield replace(item, first=max((day for day in first.get(item.code, ()) if day < item.end), default=None))


def _item(place: str, record: Mapping[str, Any], whole: Mapping[str, Any]) -> Item:
    """Return the item of a record; what it does not say of its validity, the version around it may."""
    first = [_day(place, record, key) for key in ("validFrom", "validFromInRequestedRange")]
    end = [_day(place, record, key) for key in ("validTo", "validToInRequestedRange")]
    first, end = [*first, _day(place, whole, "validFrom")], [*end, _day(place, whole, "validTo")]
    return Item(
        _words(place, record, "code"),
        _words(place, record, "name"),
        _words(place, record, "parentCode", needed=False) if "parentCode" in record else None,
        str(record.get("level") or ""),
        max((day for day in first if day), default=None),
        min((day for day in end if day), default=None),
    )


def _changed(place: str, record: Mapping[str, Any]) -> Iterator[Item]:
    """Yield the code that ended and the one that began with a change, either of which may be none."""
    day = _day(place, record, "changeOccurred")
    if day is None:
        raise InputError(f"{place}: 'changeOccurred' is missing")
    for age, first, end in (("old", None, day), ("new", day, None)):
        if _words(place, record, f"{age}Code", needed=False):
            yield Item(_words(place, record, f"{age}Code"), _words(place, record, f"{age}Name"), None, "", first, end)


def _words(place: str, record: Mapping[str, Any], key: str, needed: bool = True) -> str:
    """Return words without blanks around them, each line break a blank."""
    value = record.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            raise InputError(f"{place}: '{key}' is missing")
        return ""
    if not isinstance(value, str):
        raise InputError(f"{place}: '{key}' must be text, found {str(value)[:40]}")
    return _LINE_BREAK.sub(" ", value.strip())


def _day(place: str, record: Mapping[str, Any], key: str) -> date | None:
    value = record.get(key)
    if value in _NO_DAY:
        return None
    day = day_of(value) if isinstance(value, str) else None
    if day is None:
        raise InputError(f"{place}: '{key}' must be a day, as in 2024-01-01, found {str(value)[:40]}")
    return day
