"""``datapackage.json`` of a repository: the tables of every release in its output, as one package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher.errors import OutputError
from publisher.formats.datapackage import NAME, PROFILE, as_json
from publisher.release.manifest import is_ours

ROOT_NAME = "releases"
# What a resource has from its package (Data Resource 2.0), and the root package has nothing of: releases may differ.
_INHERITED = ("licenses", "sources")


def root_package(output: Path, drafts: Mapping[str, Path]) -> str:
    """Return the text of the root package, empty where no release has tables.

    ``drafts`` are the releases that are about to replace those in ``output``, by dataset.
    """
    places = (path.parent for path in output.glob(f"*/{NAME}") if not path.parent.is_symlink())
    folders = {place.name: place for place in places if is_ours(place, place.name)} | dict(drafts)
    resources = []
    for dataset, folder in sorted(folders.items()):
        if (folder / NAME).is_file():
            resources += _tables(folder, dataset, f"{output.name}/{dataset}")
    if not resources:
        return ""
    return as_json({"$schema": PROFILE, "name": ROOT_NAME, "resources": resources})


def refuse_foreign(path: Path) -> None:
    """Raise OutputError where somebody else's package, or a folder, stands in the place of the root package.

    A file that is no package at all is taken for a damaged one of ours.
    """
    try:
        foreign = path.is_dir() or (path.exists() and json.loads(path.read_text(encoding="utf-8"))["name"] != ROOT_NAME)
    except (ValueError, TypeError, LookupError, RecursionError):
        foreign = False
    if foreign:
        raise OutputError(f"{path} is no package that publisher wrote: move it away, or choose another --output")


def _tables(folder: Path, dataset: str, shown: str) -> list[dict[str, Any]]:
    try:
        package = json.loads((folder / NAME).read_text(encoding="utf-8"))
        tables = [resource for resource in package["resources"] if "primaryKey" in resource.get("schema", {})]
        inherited = {name: package[name] for name in _INHERITED if name in package}
        return [{**_resource(table, dataset, shown), **inherited} for table in tables]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise OutputError(f"{shown}/{NAME} is damaged ({error}): build {dataset} again, or take it away") from error


def _resource(resource: Mapping[str, Any], dataset: str, folder: str) -> dict[str, Any]:
    """Return a release's resource as it is seen from the repository's root."""
    schema = dict(resource["schema"])
    if "foreignKeys" in schema:
        schema["foreignKeys"] = [
            {**key, "reference": _reference(dataset, key["reference"])} for key in schema["foreignKeys"]
        ]
    return {
        **resource,
        "name": f"{dataset}.{resource['name']}",
        "path": f"{folder}/{resource['path']}",
        "schema": schema,
    }


def _reference(dataset: str, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reference in the root package; one to the table itself names no resource."""
    resource = reference.get("resource")
    return {**reference, **({"resource": f"{dataset}.{resource}"} if resource else {})}
