"""What programs of others are given of a stranger's tables: copies under plain names, in a folder of our own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from publisher.checks.package_frictionless import RULE
from publisher.checks.package_tables import listed
from publisher.engines.confined import words_of_fall
from publisher.errors import Finding
from publisher.validate import package_plain
from publisher.validate.package_parts import Part

# What frictionless reads in some seconds; a line that is longer is read as columns too.
MOST_ROWS = 50_000
_MOST_BYTES = 32 << 20
_LONGEST_LINE = 64 << 10
_MOST_COLUMNS = 1_000
_MOST_FINDINGS = 20
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a package: its folder, a folder for copies, whether it follows version 2, and its resources."""

    folder: Path
    scratch: Path
    is_v2: bool
    parts: Sequence[Part]
    _extents: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)

    @property
    def read(self) -> list[Part]:
        """The resources that are read as tables."""
        return [part for part in self.parts if part.is_table]

    def left_out(self) -> list[tuple[str, str]]:
        """Return the files whose cells are not read, each with the reason."""
        return [(file, part.left_out) for part in self.parts if not part.is_table for file in part.files]

    def by_name(self) -> dict[str, Part]:
        """Return the resources by their names, the first of each."""
        return {part.name: part for part in reversed(self.parts)}

    def is_large(self, part: Part) -> bool:
        """Say whether a table, or one that its keys lead to, is more than frictionless reads in some seconds."""
        known = self.by_name()
        own = [known[name] for name in referred(part) if name in known and known[name].is_table]
        return any(map(self._is_large, (part, *own)))

    def is_wide(self, part: Part) -> bool:
        """Say whether a table has more columns than any program here reads in some seconds."""
        return part.format != "json" and self._extent(part)[3] > _MOST_COLUMNS

    def _is_large(self, part: Part) -> bool:
        rows, size, longest, _ = self._extent(part)
        is_long = part.format != "json" and longest > _LONGEST_LINE
        return rows + len(part.data or ()) > MOST_ROWS or size > _MOST_BYTES or is_long or self.is_wide(part)

    def _extent(self, part: Part) -> tuple[int, int, int, int]:
        if part.number not in self._extents:
            self._extents[part.number] = _extent(self.folder / file for file in part.files)
        return self._extents[part.number]

    def copies(self, part: Part) -> list[str]:
        """Return the names of the copies of a table's files."""
        suffix = part.format if part.format in ("tsv", "json", "jsonl", "ndjson") else "csv"
        names = [f"{called(part)}_{number}.{suffix}" for number in range(len(part.files))]
        for file, name in zip(part.files, names, strict=True):
            if not (self.scratch / name).exists():
                shutil.copyfile(self.folder / file, self.scratch / name)
        return names


def called(part: Part) -> str:
    """Return what programs are told a table is called, and no stranger calls one."""
    return f"publisher.t{part.number}.table"


def _extent(files: Iterator[Path]) -> tuple[int, int, int, int]:
    """Return (lines, bytes, the longest line, separators in a first line) of files, read in pieces."""
    lines = size = longest = columns = 0
    for file in files:
        current = 0
        with file.open("rb") as stream:
            while piece := stream.read(_PIECE):
                if not size:
                    first = piece.partition(b"\n")[0]
                    columns = max(first.count(separator) for separator in (b",", b";", b"\t", b"|"))
                size += len(piece)
                ends = piece.split(b"\n")
                lines += len(ends) - 1
                longest = max(longest, current + len(ends[0]), *map(len, ends[1:]))
                current = len(ends[-1]) + (current if len(ends) == 1 else 0)
                longest = max(longest, current)
    return lines, size, longest, columns


def referred(part: Part) -> Iterator[str]:
    """Yield the names of the resources that the keys of a table lead to."""
    for foreign in listed(part.schema.get("foreignKeys")):
        reference = foreign.get("reference") if isinstance(foreign, dict) else None
        if isinstance(reference, dict) and isinstance(name := reference.get("resource"), str) and name:
            yield name


def limited(found: Iterator[Finding], part: Part) -> list[Finding]:
    """Return the first findings of a table; what a program falls over is one of them."""
    kept: list[Finding] = []
    try:
        kept += islice(found, _MOST_FINDINGS)
        if more := sum(1 for _ in found):
            kept.append(Finding(RULE, f"and {more:,} more", file=part.shown))
    except Exception as error:  # the file is anybody's, and the program another's: the other tables are still read
        rule, words = words_of_fall(error)
        kept.append(Finding(rule, f"the program that reads it {words}", file=part.shown))
    return kept


def keys(part: Part, known: Mapping[str, Part]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (the other resource's name, a foreign key) where the other is known; no name stands for a table itself."""
    for foreign in listed(part.schema.get("foreignKeys")):
        reference = foreign.get("reference") if isinstance(foreign, dict) else None
        name = reference.get("resource") or "" if isinstance(reference, dict) else None
        if not isinstance(reference, dict) or not isinstance(name, str):
            continue
        if name == part.name or (name == "self" and name not in known):
            name = ""
        own, targets = _names(foreign.get("fields")), _names(reference.get("fields"))
        if own and len(own) == len(targets) and (not name or name in known):
            resource = called(known[name]) if name else ""
            yield name, {"fields": own, "reference": {"resource": resource, "fields": targets}}


def _names(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(name) for name in listed(value)]


def described(tables: Tables, part: Part, foreign: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return a table as programs are told of it, with these foreign keys."""
    schema = {**package_plain.schema(part.schema), **({"foreignKeys": list(foreign)} if foreign else {})}
    told = {"name": called(part), "type": "table", **({"schema": schema} if schema["fields"] else {})}
    if part.data is not None:
        return {**told, "data": part.data}
    copies = tables.copies(part)
    encoding = part.resource.get("encoding")
    return {
        **told,
        "path": copies[0] if len(copies) == 1 else copies,
        "format": copies[0].rpartition(".")[2],
        **({"encoding": encoding} if isinstance(encoding, str) else {}),
        **({"dialect": package_plain.dialect(part.dialect)} if part.dialect else {}),
    }


def named(found: Finding, used: Sequence[Part], part: Part, scratch: Path) -> Finding:
    """Return a finding with the names of the stranger in the place of ours; a line is that of one file only."""
    message = found.message.replace(f"{scratch}/", "")
    for each in used:
        for number, file in enumerate(each.files):
            message = file.join(re.split(rf"{re.escape(called(each))}_{number}[.]\w+", message))
        message = message.replace(called(each), each.name[:60])
    line = found.line if len(part.files) == 1 else None
    return replace(found, message=message, line=line)
