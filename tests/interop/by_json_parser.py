"""npm's sdmx-json-parser: SDMX-JSON data, run by node on the file as a web server sends it."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from publisher.model import Cube

from .facts import LABELS, Facts, Release, data_facts
from .reader import MissingError, Reader

HERE = Path(__file__).parent
PACKAGE = "sdmx-json-parser"
VERSION = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"][PACKAGE]


class RefusedError(Exception):
    """The parser raised; the message is its own."""


def read_structures(release: Release, path: str) -> Facts:
    """Raise what the parser says of a file of structures."""
    parse(release.folder / path)
    raise AssertionError(f"{PACKAGE} reads {path}")


def read_data(release: Release, path: str, cube: Cube) -> Facts:
    """Return what the parser finds in a file of data."""
    found = parse(release.folder / path)
    dimensions = sorted(found["dimensions"], key=lambda dimension: int(dimension["keyPosition"]))
    rows = []
    for key, (value, *said) in found["observations"].items():
        row = {
            dimension["id"]: code(dimension, int(place))
            for dimension, place in zip(dimensions, key.split(":"), strict=True)
        }
        for attribute, place in zip(found["attributes"], said, strict=True):
            row[attribute["id"]] = None if place is None else code(attribute, place)
        rows.append(row | {cube.measure.id: digits(value)})
    (reference,) = [link["urn"] for link in found["links"] if ".Dataflow=" in link.get("urn", "")]
    facts = data_facts(cube, reference.partition("=")[2], found["action"], rows)
    facts[LABELS] = labels([*found["dimensions"], *found["attributes"]])
    return facts


def code(component: Any, place: int) -> str:
    """Return what stands at a place of a component's list of values: an id, or plain text."""
    value = component["values"][place]
    return str(value.get("id", value.get("name")) if isinstance(value, dict) else value)


def digits(value: Any) -> str | None:
    """Return a value as text: a text of the file as it is, a number with the digits that it needs."""
    return None if value is None else value if isinstance(value, str) else f"{Decimal(repr(value)).normalize():f}"


def labels(components: list[Any]) -> dict[Any, Any]:
    """Return the names of components and of their codes, by language."""
    found: dict[Any, Any] = {}
    for component in components:
        found |= {(component["id"], language): words for language, words in component["names"].items()}
        for value in component["values"]:
            for language, words in value.get("names", {}).items():
                found[component["id"], value["id"], language] = words
    return found


@lru_cache(maxsize=64)
def parse(path: Path) -> Any:
    """Run the parser on a file; RefusedError with its words, MissingError where it is not installed."""
    node = shutil.which("node")
    if node is None:
        raise MissingError("node is not installed")
    if not (HERE / "node_modules" / PACKAGE).is_dir():
        raise MissingError(f"{PACKAGE} is not installed: npm install --no-package-lock --prefix tests/interop")
    answer = subprocess.run([node, HERE / "parse.mjs", path], capture_output=True, encoding="utf-8", check=True)
    (found,) = json.loads(answer.stdout).values()
    if "error" in found:
        raise RefusedError(found["error"])
    return found


READER = Reader(PACKAGE, VERSION, read_structures, read_data)
