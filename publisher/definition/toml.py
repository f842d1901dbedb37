"""``dataset.toml`` as plain values, checked key by key against the table in ``keys``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from publisher.definition import labels
from publisher.definition.keys import KEYS, KINDS, Key
from publisher.definition.toml_lines import TomlLines
from publisher.errors import Finding, nearest
from publisher.naming import NCNAME_PATTERN, SLUG_PATTERN

Path_ = tuple[str, ...]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")


@dataclass
class Toml:
    """The values of one file, where they stand, and what is wrong with them."""

    file: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: TomlLines = field(default_factory=lambda: TomlLines(""))
    findings: list[Finding] = field(default_factory=list)

    def fault(self, rule: str, path: Path_, message: str) -> None:
        """Note a finding on the line of a path."""
        self.findings.append(Finding(rule, message, file=self.file, line=self.lines.of(path)))

    def get(self, *path: str) -> Any:
        """Return the value of a path, or None."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value


def read_toml(path: Path, file: str) -> Toml:
    """Read and check one file; ``file`` is how findings call it."""
    toml = Toml(file)
    try:
        text = path.read_text(encoding="utf-8-sig")
        toml.values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        toml.fault("not-utf-8", (), f"byte {error.start} is not UTF-8: save the file as UTF-8")
        return toml
    except OSError as error:
        toml.fault("unreadable", (), f"cannot be read: {error.strerror}")
        return toml
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        toml.findings.append(Finding("toml", f"is no TOML: {error}", file=file, line=line))
        return toml
    toml.lines = TomlLines(text)
    languages = toml.get("dataset", "languages")
    _walk(toml, toml.values, (), [key for key in KEYS], languages if _strings(languages) else [])
    return toml


def _walk(toml: Toml, table: Mapping[str, Any], path: Path_, keys: list[Key], languages: list[str]) -> None:
    """Check a table against the keys that begin with its path, then the tables in it."""
    depth = len(path)
    for name, value in table.items():
        here = [key for key in keys if key.parts[depth] in (name, "*")]
        if not here:
            near = nearest(name, {key.parts[depth] for key in keys})
            toml.fault("unknown-key", (*path, name), f"unknown key '{'.'.join((*path, name))}'{near}")
        elif len(here[0].parts) == depth + 1:
            _check(toml, (*path, name), here[0], value, languages)
        elif not isinstance(value, dict):
            toml.fault("kind", (*path, name), f"'{'.'.join((*path, name))}' must be a table")
        else:
            _walk(toml, value, (*path, name), here, languages)
    for key in keys:
        missing = key.parts[depth]
        leaf = len(key.parts) == depth + 1 or all(key.parts[depth + 1 :][0] != "*" for _ in (0,))
        if key.required and missing != "*" and missing not in table and leaf:
            dotted = ".".join((*path, *key.parts[depth:]))
            toml.fault("missing-key", path, f"'{dotted}' is missing: {key.meaning}")


def _check(toml: Toml, path: Path_, key: Key, value: Any, languages: list[str]) -> None:
    """Check one value against its key's kind and choices."""
    dotted = ".".join(path)
    if not _is(key, value):
        toml.fault("kind", path, f"'{dotted}' must be {KINDS[key.kind]}, found {value!r}")
    elif key.choices and value not in key.choices:
        toml.fault("choice", path, f"'{dotted}' is '{value}', not one of: {', '.join(key.choices)}")
    for language, words in _texts(key, value):
        if fault := labels.fault(words):
            toml.fault("label", path, f"'{dotted}' in '{language}' {fault}")
    for text in value if key.kind == "texts" and isinstance(value, list) else [value] if key.kind == "text" else []:
        for language in languages:
            if isinstance(text, dict) and language not in text:
                toml.fault("missing-label", path, f"'{dotted}' has no words in '{language}'")


def _is(key: Key, value: Any) -> bool:
    match key.kind:
        case "string":
            return isinstance(value, str) and bool(value)
        case "slug":
            return isinstance(value, str) and SLUG_PATTERN.fullmatch(value) is not None
        case "id":
            return isinstance(value, str) and NCNAME_PATTERN.fullmatch(value) is not None
        case "iri":
            return isinstance(value, str) and _IRI.fullmatch(value) is not None
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "datetime":
            return isinstance(value, date) and (not isinstance(value, datetime) or value.tzinfo is not None)
        case "date":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "strings":
            return _strings(value)
        case "lists":
            return isinstance(value, dict) and all(_strings(item) for item in value.values())
        case "text":
            return _text(value)
        case "texts":
            return isinstance(value, list) and all(_text(item) for item in value)
        case "any":
            return True


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(words, str) for words in value.values())


def _texts(key: Key, value: Any) -> Iterator[tuple[str, str]]:
    """Yield (language, words) of a value that is meant for people."""
    if not _is(key, value):
        return
    if key.kind == "text":
        yield from value.items()
    elif key.kind == "texts":
        for text in value:
            yield from text.items()
