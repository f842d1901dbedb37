"""What the checks of the catalogue share: the statements of a Turtle file, and what a release must say of itself."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from publisher import __version__
from publisher.checks.check import Subject
from publisher.definition.authorities import Kind, kind_of
from publisher.digests import digest
from publisher.formats import FORMATS
from publisher.model import Text

CATALOG, SEARCH = "catalog.ttl", "catalog.jsonld"
MANIFEST, PACKAGE = "manifest.json", "datapackage.json"
RULE = "catalogue"
# Formats that are written with the catalogue or after it, and deltas; manifest and reports are no format's.
_UNLISTED = frozenset(("catalog", "schema-org", "readme", "datapackage", "sdmx-delta"))
_PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}


def full(name: str) -> str:
    """Return the IRI of a name with a prefix, as in ``dct:title``."""
    prefix, _, word = name.partition(":")
    return _PREFIXES[prefix] + word


@dataclass(frozen=True, slots=True)
class Statements:
    """The triples of a file by subject and verb: values as (text, language), and the blank nodes there are."""

    by_subject: Mapping[tuple[str, str], list[tuple[str, str | None]]]
    by_class: Mapping[str, frozenset[str]]
    blank: int

    @classmethod
    def read(cls, path: Path) -> Statements:
        """Read a file. Raises SyntaxError where it is no Turtle."""
        import pyoxigraph

        found: dict[tuple[str, str], list[tuple[str, str | None]]] = defaultdict(list)
        classes: dict[str, set[str]] = defaultdict(set)
        blank = 0
        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            blank += sum(isinstance(term, pyoxigraph.BlankNode) for term in (triple.subject, triple.object))
            language = triple.object.language if isinstance(triple.object, pyoxigraph.Literal) else None
            found[triple.subject.value, triple.predicate.value].append((triple.object.value, language))
            if triple.predicate.value == full("rdf:type"):
                classes[triple.object.value].add(triple.subject.value)
        return cls(found, {name: frozenset(members) for name, members in classes.items()}, blank)

    def values(self, subject: str, verb: str) -> list[str]:
        """Return what a subject has for a verb, in the order of the texts."""
        return sorted(text for text, _ in self.by_subject.get((subject, full(verb)), ()))

    def texts(self, subject: str, verb: str) -> dict[str | None, str]:
        """Return words by language; a language twice keeps one, which the other then differs from."""
        said = self.by_subject.get((subject, full(verb)), ())
        return {language and language.lower(): text for text, language in said}

    def members(self, name: str) -> frozenset[str]:
        """Return what is typed with a class."""
        return self.by_class.get(full(name), frozenset())


@dataclass(frozen=True, slots=True)
class Expected:
    """What a catalogue must say of one file: its path, size and sha256 in hexadecimal.

    Its media type, and what it is, are None where nothing but the catalogue says them.
    """

    path: str
    media_type: str | None
    bytes: int
    sha256: str

    @property
    def kind(self) -> Kind | None:
        """What it is, as far as its media type is known."""
        return None if self.media_type is None else kind_of(self.path, self.media_type)


def expected(subject: Subject) -> Iterator[Expected]:
    """Yield the files that a catalogue of a release must list, in the order of their paths."""
    media_types = _media_types(subject)
    for path in sorted(subject.files):
        if path == MANIFEST or path.startswith("reports/") or _unlisted(path):
            continue
        yield Expected(path, media_types.get(path), *digest(subject.folder / path))


def _media_types(subject: Subject) -> dict[str, str]:
    """Return the media type of each file by its path, as the data package says; none where there is no package."""
    resources = _json(subject.folder / PACKAGE).get("resources")
    if not isinstance(resources, list):
        return {}
    return {
        item["path"]: item["mediatype"]
        for item in resources
        if isinstance(item, dict) and isinstance(item.get("path"), str) and isinstance(item.get("mediatype"), str)
    }


def made_from(subject: Subject) -> tuple[dict[str, str] | None, str]:
    """Return the sha256 of each source file by its name, and the version of the tool, as the manifest says.

    While a release is built it has no manifest yet: the sources are then not known here.
    """
    manifest = _json(subject.folder / MANIFEST)
    try:
        sources = {
            item["path"].removeprefix("source/"): item["sha256"]
            for item in manifest["inputs"]
            if item["path"].startswith("source/")
        }
        return sources, str(manifest["tool"]["version"])
    except (KeyError, TypeError, AttributeError):
        return None, __version__


def _json(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file; an empty one where there is none: that is said elsewhere."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


@cache
def _paths() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return every path of a format as (name of the format, pattern), those without a cube in them first."""
    paths = [(format.name, path) for format in FORMATS for path in format.paths]
    paths.sort(key=lambda item: "<cube>" in item[1])
    return tuple((name, re.compile(re.sub("<([^>]*)>", _part, re.escape(path)))) for name, path in paths)


def _part(placeholder: re.Match[str]) -> str:
    return "(?P<cube>[^/]+)" if placeholder[1] == "cube" else "[^/]+"


def _unlisted(path: str) -> bool:
    """Say whether a file is of a format whose files no catalogue lists."""
    return any(name in _UNLISTED and pattern.fullmatch(path) for name, pattern in _paths())


def owner(subject: Subject, path: str) -> str | None:
    """Return the cube that a path names where its format has the cube, or None where it names none."""
    cubes = {cube.id for cube in subject.dataset.cubes}
    for _, pattern in _paths():
        if (match := pattern.fullmatch(path)) is not None:
            cube = match.groupdict().get("cube")
            if cube is None or cube in cubes:
                return cube
    return None


def by_language(text: Text) -> dict[str | None, str]:
    """Return words by language, in small letters, as ``Statements.texts`` does: RDF knows no case in tags."""
    return {language.lower(): words for language, words in text}
