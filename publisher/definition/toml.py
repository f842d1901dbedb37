"""A TOML file of a definition as plain values, checked key by key against a table of keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from publisher.definition import labels
from publisher.definition.keys import KEYS, Key
from publisher.definition.kinds import KINDS
from publisher.definition.toml_lines import TomlLines
from publisher.errors import Finding, nearest

TomlPath = tuple[str, ...]


@dataclass
class Toml:
    """The values of one file, where they stand, and what is wrong with them.

    ``values`` holds known keys with values of their kind and nothing else: what is of another kind
    is a finding, and left out.
    """

    file: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: TomlLines = field(default_factory=lambda: TomlLines(""))
    findings: list[Finding] = field(default_factory=list)

    def fault(self, rule: str, path: TomlPath, message: str) -> None:
        """Note a finding on the line of a path."""
        self.findings.append(Finding(rule, message, file=self.file, line=self.lines.of(path)))

    def get(self, *path: str) -> Any:
        """Return the value of a path, or None."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def table(self, *path: str) -> dict[str, Any]:
        """Return the table of a path, empty where there is none."""
        return self.get(*path) or {}

    def names(self, *path: str) -> list[str]:
        """Return the list of strings of a path, empty where there is none."""
        return self.get(*path) or []


def read_toml(path: Path, file: str, keys: tuple[Key, ...] = KEYS) -> Toml:
    """Read and check one file against a table of keys; ``file`` is how findings call it.

    Numbers with a decimal point are exact in files of other keys than those of ``dataset.toml``.
    """
    toml = Toml(file)
    text = _read_text(path, toml)
    try:
        found = tomllib.loads(text, parse_float=float if keys is KEYS else Decimal)
    except RecursionError:
        toml.findings.append(Finding("toml", "is nested too deeply to be a definition", file=file, line=1))
        return toml
    except ArithmeticError:
        toml.findings.append(Finding("toml", "has a number that is too long: shorten it", file=file, line=1))
        return toml
    except ValueError as error:
        place = re.search(r"line (\d+)", str(error))
        toml.findings.append(
            Finding("toml", f"is no TOML: {error}", file=file, line=int(place[1]) if place else text.count("\n") + 1)
        )
        return toml
    if toml.findings:
        return toml
    toml.lines = TomlLines(text)
    toml.values = found
    named = toml.get("dataset", "languages")
    walk = _Walk(toml, tuple(named) if KINDS["languages"].holds(named) else ())
    toml.values = walk.table(found, (), keys)
    return toml


def _read_text(path: Path, toml: Toml) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"byte {error.start} is not UTF-8: save the file as UTF-8"
        toml.findings.append(Finding("not-utf-8", message, file=toml.file, line=line))
    except OSError as error:
        toml.fault("unreadable", (), f"cannot be read: {error.strerror}")
    return ""


class _Walk:
    """The check of a file's tables, one in the other, against the keys that begin with their paths."""

    def __init__(self, toml: Toml, languages: tuple[str, ...]) -> None:
        self._toml, self._languages = toml, languages

    def table(self, table: Mapping[str, Any], path: TomlPath, keys: tuple[Key, ...]) -> dict[str, Any]:
        """Return what of a table can be used; note everything else."""
        depth = len(path)
        kept = {}
        for name, value in table.items():
            inside, dotted = (*path, name), ".".join((*path, name))
            here = tuple(key for key in keys if key.parts[depth] in (name, "*"))
            if not here:
                near = nearest(name, {key.parts[depth] for key in keys})
                self._toml.fault("unknown-key", inside, f"unknown key '{dotted}'{near}")
            elif len(here[0].parts) == depth + 1:
                if self._value(value, inside, here[0]):
                    kept[name] = value
            elif not isinstance(value, dict):
                self._toml.fault("kind", inside, f"'{dotted}' must be a table, found {_shown(value)}")
            else:
                kept[name] = self.table(value, inside, here)
        for key in keys:
            if key.missed(table, depth):
                dotted = ".".join((*path, *key.parts[depth:]))
                self._toml.fault("missing-key", path, f"'{dotted}' is missing: {key.meaning}")
        return kept

    def _value(self, value: Any, path: TomlPath, key: Key) -> bool:
        """Say whether a value is of its key's kind; note what is wrong with it."""
        dotted = ".".join(path)
        kind = KINDS[key.kind]
        if not kind.holds(value):
            self._toml.fault("kind", path, f"'{dotted}' must be {kind.said}, found {_shown(value)}")
            return False
        for item in (value if isinstance(value, list) else [value]) if key.choices else ():
            if item not in key.choices:
                found = f"'{dotted}' {'has' if isinstance(value, list) else 'is'} '{item}'"
                known = f"{', '.join(key.choices)}{nearest(item, key.choices)}"
                self._toml.fault("choice", path, f"{found}, not one of: {known}")
                return False
        for place, words in _words(value, key, path):
            if fault := labels.fault(words):
                self._toml.fault("label", place, f"'{'.'.join(place)}' {fault}")
        for place, text in _texts(value, key, path):
            for language in self._languages:
                if language not in text:
                    self._toml.fault("missing-label", place, f"'{'.'.join(place)}' has no words in '{language}'")
        return True


def _shown(value: Any) -> str:
    """Return a value as an error shows it."""
    try:
        return str(value) if isinstance(value, Decimal) else repr(value)
    except ValueError:  # more digits than Python turns into text
        return "a number that is too long"


def _texts(value: Any, key: Key, path: TomlPath) -> Iterator[tuple[TomlPath, dict[str, str]]]:
    """Yield (path, words by language) of every text in a value."""
    if key.kind == "text":
        yield path, value
    elif key.kind == "texts":
        for index, text in enumerate(value):
            yield (*path, str(index)), text


def _words(value: Any, key: Key, path: TomlPath) -> Iterator[tuple[TomlPath, str]]:
    """Yield (path, words) of everything in a value that people read."""
    if key.kind == "string":
        yield path, value
    for place, text in _texts(value, key, path):
        for language, words in text.items():
            yield (*place, language), words
