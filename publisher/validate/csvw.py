"""CSV files that are described in CSVW, ours or not: each table against its description, and the keys between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher.checks.csvw_tables import verdicts
from publisher.engines.folders import contents, inside
from publisher.errors import InputError
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.look import beginning, json_members

# What a description is called that is found by its name (Model for Tabular Data, section 5.3).
_ENDING = "-metadata.json"
_OF_TABLES = frozenset(("tables", "tableSchema", "url"))
_NAMESPACE = (b"www.w3.org/ns/csvw", rb"www.w3.org\/ns\/csvw")
_MOST_SEEN = 1 << 20
_OF_RELEASE = "definition/dataset.toml"


def fits(path: Path) -> bool:
    """Say whether a path is a description of tables, or a folder that holds one."""
    if not path.is_dir():
        return path.is_file() and _describes(path)
    return next(_found(path), None) is not None


def _found(folder: Path) -> Iterator[str]:
    """Yield the descriptions in a folder and its folders, by their path; none where it holds beyond all bounds.

    Those of releases of ours in it are checked with the releases.
    """
    try:
        files = contents(folder).files
    except InputError:
        return
    releases = tuple(name.removesuffix(_OF_RELEASE) for name in files if name.endswith(f"/{_OF_RELEASE}"))
    for name in files:
        if (
            name.endswith(_ENDING)
            and not name.startswith(releases)
            and (path := inside(folder, name)) is not None
            and _describes(path)
        ):
            yield name


def _describes(path: Path) -> bool:
    """Say whether a file is a JSON object with a context and tables that names CSVW, or is called as its files are."""
    if path.suffix.casefold() not in (".json", ".jsonld"):
        return False
    members = json_members(path)
    if "@context" not in members or members.isdisjoint(_OF_TABLES):
        return False
    seen = beginning(path, _MOST_SEEN)
    return path.name.endswith(_ENDING) or any(name in seen for name in _NAMESPACE)


def validate(paths: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check every description that is named, or in a folder that is; there are no full checks of it."""
    for path in paths:
        root = path if path.is_dir() else path.parent
        for name in list(_found(path)) if path.is_dir() else [path.name]:
            yield _looked_at(root, name, begin)


def _looked_at(root: Path, name: str, begin: Begin) -> Validation:
    place = (root / name).as_posix()
    report = Validation("description", place, {"file": place, "tables": 0}, within=root.as_posix())
    for verdict in verdicts(root, name, begin):
        report.add(verdict)
    looked_at = sum(verdict.name == "CSVW table" and not verdict.skipped for verdict in report.verdicts)
    report.values["tables"] = looked_at
    report.files = tuple(dict.fromkeys(file for verdict in report.verdicts for file in verdict.files))
    report.about = f"{looked_at:,} described table{'' if looked_at == 1 else 's'}"
    return report


KIND = Kind(
    "description", f"descriptions of CSV files in CSVW (*{_ENDING}), or folders with them", fits, validate, deep=True
)
