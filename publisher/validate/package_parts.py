"""The resources of a stranger's data package, one by one: which files they are, and which of them are read as tables.

Nothing is fetched, no link followed, no archive, database or workbook opened. What is not read is said with
the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from publisher.checks.package_descriptor import RULE
from publisher.engines.bounds import PACKAGE_JSON
from publisher.engines.folders import inside
from publisher.engines.plain_json import UnfitError, read_object
from publisher.errors import Finding, Severity
from publisher.validate.package_plain import malformed, misplaced, odd_fields, unread_encoding

MOST_RESOURCES = 10_000
_REMOTE = re.compile("(?i)(https?|ftps?)://")
_TEXT = ("csv", "tsv")
_JSON = ("json", "jsonl", "ndjson")
_TABULAR = ("tabular-data-resource", "https://specs.frictionlessdata.io/schemas/tabular-data-resource.json")
_NOT_OPENED = {
    "compressed, and nothing is unpacked": ("gz", "gzip", "zip", "bz2", "xz", "zst", "7z", "tar", "tgz", "rar"),
    "a workbook, which is not opened: publish CSV beside it": ("xlsx", "xls", "xlsm", "ods"),
    "a database, which is not opened": ("sqlite", "sqlite3", "db", "sql", "gpkg", "mdb", "duckdb"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One resource: its name, the files of it that are there, and how it is read.

    ``shown`` is what reports call it. A table has ``format``, ``schema`` and ``dialect``; ``data`` are the rows
    that stand in the descriptor. ``left_out`` says why its cells are not read.
    """

    number: int
    name: str
    shown: str
    files: tuple[str, ...]
    resource: Mapping[str, Any]
    format: str = ""
    left_out: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    dialect: Mapping[str, Any] = field(default_factory=dict)
    data: list[Any] | None = None

    @property
    def is_table(self) -> bool:
        """Whether its cells are read."""
        return not self.left_out


def parts(descriptor: Mapping[str, Any], folder: Path, shown: str) -> tuple[list[Part], list[Finding]]:
    """Return the resources of a package, and what is wrong with their names and paths.

    ``shown`` is what reports call the descriptor.
    """
    found: list[Part] = []
    findings: list[Finding] = []
    names: set[str] = set()
    for number, resource in enumerate(descriptor["resources"][:MOST_RESOURCES]):
        place = f"resources[{number}]"
        name = resource.get("name")
        if not isinstance(name, str) or not name:
            findings.append(Finding(RULE, f"{place} has no name: every resource needs one", file=shown))
            name = place
        elif name in names:
            message = f"the name of the resource '{name[:60]}' stands twice: each must have its own"
            findings.append(Finding(RULE, message, file=shown))
        names.add(name)
        reader = _Reader(folder, shown, number, name, resource, findings)
        found.append(reader.part())
    if len(descriptor["resources"]) > MOST_RESOURCES:
        message = f"it has more than {MOST_RESOURCES:,} resources, and the first {MOST_RESOURCES:,} are looked at"
        findings.append(Finding(RULE, message, "warning", file=shown))
    if not descriptor["resources"]:
        findings.append(Finding(RULE, "it has no resources: a package needs at least one", file=shown))
    return found, findings


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is made of one resource; what is wrong goes to ``findings``."""

    folder: Path
    shown: str
    number: int
    name: str
    resource: Mapping[str, Any]
    findings: list[Finding]

    def part(self) -> Part:
        """Return the resource."""
        for message in misplaced(self.resource):
            self._say(message, "warning")
        for message in malformed(self.resource):
            self._say(message)
        if (data := self.resource.get("data")) is not None:
            return self._inline(data)
        listed = self._paths()
        files = tuple(file for path in listed if (file := self._file(path)) is not None)
        remote = [path for path in listed if _REMOTE.match(path)]
        shown = files[0] if files else self.shown
        if remote:
            self._say(f"is at {remote[0][:200]}: nothing is fetched, so it is not checked", "warning")
            return self._left(shown, files, "is at an address: nothing is fetched")
        if not files or len(files) != len(listed):
            return self._left(shown, files, "is missing, or is no file of the package")
        return self._of_files(files)

    def _of_files(self, files: tuple[str, ...]) -> Part:
        format = self._format(files[0])
        if reason := self._unread(format, files):
            return self._left(files[0], files, reason)
        schema, why = self._described("schema")
        dialect, why_not = self._described("dialect")
        if why or why_not:
            return self._left(files[0], files, why or why_not)
        if format in _JSON and not (schema or self._is_declared):
            return self._left(files[0], files, "is JSON that the package does not call a table")
        return Part(self.number, self.name, files[0], files, self.resource, format, "", schema, dialect)

    def _inline(self, data: Any) -> Part:
        if self.resource.get("path") is not None:
            self._say("has both path and data: one of them must go")
        schema, why = self._described("schema")
        rows = isinstance(data, list) and data and all(isinstance(row, list | dict) for row in data)
        if why or not rows:
            return self._left(self.shown, (), why or "is data in the descriptor that is no table")
        return Part(self.number, self.name, self.shown, (), self.resource, "inline", "", schema, {}, data)

    def _paths(self) -> list[str]:
        path = self.resource.get("path", self.resource.get("url"))
        extra = self.resource.get("extrapaths")
        listed = [*(path if isinstance(path, list) else [path]), *(extra if isinstance(extra, list) else [])]
        if not listed or not all(isinstance(each, str) and each for each in listed):
            self._say("has neither a path nor data: name its file")
            return []
        return listed

    def _file(self, path: str) -> str | None:
        """Return a path of the package as one that leads to a regular file there, None where it does not."""
        if _REMOTE.match(path):
            return None
        if inside(self.folder, path) is not None:
            return PurePosixPath(path).as_posix()
        self._say(f"the path '{path[:200]}' {_why(self.folder, path)}")
        return None

    def _format(self, file: str) -> str:
        """Return what a file is by its name, then by what the package says."""
        suffixes = [suffix.removeprefix(".").lower() for suffix in PurePosixPath(file).suffixes]
        said = str(self.resource.get("format") or "").lower().removeprefix(".")
        suffix = suffixes[-1] if suffixes else ""
        known = (*_TEXT, *_JSON, *(each for formats in _NOT_OPENED.values() for each in formats))
        if suffix in known and suffix not in (*_TEXT, "json"):
            return suffix
        return said if said in known else suffix if suffix in known else said or suffix

    def _unread(self, format: str, files: tuple[str, ...]) -> str:
        """Return why a file is not read as a table, nothing where it is."""
        for reason, formats in _NOT_OPENED.items():
            if format in formats:
                return f"is {reason}"
        if self.resource.get("compression") not in (None, "", "no") or self.resource.get("innerpath"):
            return "is compressed, and nothing is unpacked"
        if str(self.resource.get("scheme") or "file") not in ("file", "multipart"):
            return f"is to be read by the scheme '{self.resource['scheme']!s:.20}', and only files are"
        if reason := unread_encoding(self.resource):
            return reason
        if format in _TEXT or (format in _JSON and len(files) == 1):
            return ""
        if format in ("", "txt", "dat", "tab", "text") and self._is_declared:
            return ""
        return f"is {format or 'a file of no format'}, and no table that is read" if format not in _JSON else "is JSON"

    @property
    def _is_declared(self) -> bool:
        """Whether the package says that it is a table."""
        return self.resource.get("type") == "table" or self.resource.get("profile") in _TABULAR

    def _described(self, name: str) -> tuple[Mapping[str, Any], str]:
        """Return the schema or the dialect, from its own file where it has one, and why there is none."""
        value = self.resource.get(name, {})
        if isinstance(value, dict):
            return self._with_fields(name, value)
        if not isinstance(value, str):
            return {}, f"has a {name} that is no object"
        if _REMOTE.match(value):
            self._say(f"has its {name} at {value[:200]}: nothing is fetched, so its cells are not checked", "warning")
            return {}, f"has its {name} at an address: nothing is fetched"
        path = inside(self.folder, value)
        if path is None:
            self._say(f"the path '{value[:200]}' of its {name} {_why(self.folder, value)}")
            return {}, f"has no {name} that can be read"
        try:
            found = _object(path)
        except UnfitError as error:
            message = f"cannot be read as the {name} of '{self.name[:60]}': it {error}"
            self.findings.append(Finding(RULE, message, file=value, line=error.line))
            return {}, f"has no {name} that can be read"
        for message in odd_fields(found) if name == "schema" else ():
            self._say(message, file=value)
        return self._with_fields(name, found)

    def _with_fields(self, name: str, found: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """Return what describes a table, and why nothing is read by it: the fields of a schema are a list."""
        if name == "schema" and not isinstance(found.get("fields", []), list):
            return {}, "has a schema whose fields are no list"
        return found, ""

    def _left(self, shown: str, files: tuple[str, ...], reason: str) -> Part:
        return Part(self.number, self.name, shown, files, self.resource, "", reason)

    def _say(self, message: str, severity: Severity = "error", file: str = "") -> None:
        text = f"the resource '{self.name[:60]}': {message}"
        self.findings.append(Finding(RULE, text, severity, file=file or self.shown))


def _object(path: Path) -> dict[str, Any]:
    if path.suffix in (".yaml", ".yml"):
        raise UnfitError("is YAML, which is not read: write it as JSON")
    return read_object(path, PACKAGE_JSON)


def _why(folder: Path, path: str) -> str:
    """Return why a path is not one of the package."""
    words = PurePosixPath(path).parts
    if path.startswith(("/", "~")) or "\\" in path or "\0" in path or ".." in words or (words and ":" in words[0]):
        return "leads out of the package, and is not opened: name a file below the descriptor, with /"
    try:
        if any(place.is_symlink() for place in _on_the_way(folder, words)):
            return "is, or lies behind, a symbolic link, which is not followed: put the file itself there"
        return "is no regular file" if (folder / path).exists() else "is missing: add the file, or correct the path"
    except (OSError, ValueError):
        return "is no path of a file"


def _on_the_way(folder: Path, words: tuple[str, ...]) -> Iterator[Path]:
    place = folder
    for word in words:
        place = place / word
        yield place
