"""``datapackage.json`` of a repository: the tables of every release in its output, as one package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher.formats.datapackage import NAME, PROFILE, as_json
from publisher.release.manifest import is_ours


def root_package(output: Path, drafts: Mapping[str, Path]) -> str:
    """Return the text of the root package, empty where no release has tables.

    ``drafts`` are the releases that are about to replace those in ``output``, by dataset.
    """
    places = (path.parent for path in output.glob(f"*/{NAME}") if not path.parent.is_symlink())
    folders = {place.name: place for place in places if is_ours(place, place.name)} | dict(drafts)
    resources = []
    for dataset, folder in sorted(folders.items()):
        if (folder / NAME).is_file():
            package = json.loads((folder / NAME).read_text(encoding="utf-8"))
            resources += [
                _resource(resource, dataset, f"{output.name}/{dataset}")
                for resource in package["resources"]
                if "primaryKey" in resource.get("schema", {})
            ]
    if not resources:
        return ""
    return as_json({"$schema": PROFILE, "name": "releases", "resources": resources})


def _resource(resource: Mapping[str, Any], dataset: str, folder: str) -> dict[str, Any]:
    """Return a release's resource as it is seen from the repository's root."""
    schema = dict(resource["schema"])
    if "foreignKeys" in schema:
        schema["foreignKeys"] = [
            {**key, "reference": {**key["reference"], "resource": _name(dataset, key["reference"]["resource"])}}
            for key in schema["foreignKeys"]
        ]
    return {
        **resource,
        "name": _name(dataset, resource["name"]),
        "path": f"{folder}/{resource['path']}",
        "schema": schema,
    }


def _name(dataset: str, resource: str) -> str:
    """Return the name of a resource in the root package; the empty one, a table's own, stays empty."""
    return f"{dataset}.{resource}" if resource else ""
