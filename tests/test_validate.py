"""A release proved from its own files: whatever is damaged is found, named, and never followed or waited for."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import PROJECT, repaired, sampled

from publisher.build import Options, build
from publisher.checks import READERS
from publisher.errors import Finding, InputError
from publisher.release import MANIFEST, read_manifest
from publisher.release.manifest import verify
from publisher.validate import validate

Edit = Callable[[dict[str, Any]], object]

# What the tests here damage, and its checks; what each check of the other formats finds, its own tests say.
FORMATS = ("codelists", "csv", "parquet", "rdf-codelists", "rdf-structure", "turtle", "datapackage")


@pytest.fixture(scope="module")
def built_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("validated") / "output"
    build(PROJECT, ["nav-tilt140"], Options(output=output, only=FORMATS))
    return output / "nav-tilt140"


@pytest.fixture
def release(built_release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_release, tmp_path / "moved and renamed"))


def named(findings: tuple[Finding, ...]) -> set[tuple[str, str | None]]:
    return {(finding.rule, finding.file) for finding in findings}


def edited(release: Path, edit: Edit) -> None:
    path = release / MANIFEST
    values = json.loads(path.read_text(encoding="utf-8"))
    edit(values)
    path.write_text(json.dumps(values), encoding="utf-8")


@pytest.mark.slow
def test_one_changed_byte_in_any_file_is_found_and_the_file_is_named(release: Path) -> None:
    manifest = read_manifest(release)
    assert len(manifest.files) > 50
    assert list(verify(release, manifest)) == []
    for name in manifest.files:
        path = release / name
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        assert [finding.file for finding in verify(release, manifest)] == [name]
        path.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", ["definition/dataset.toml", "definition/spellings.csv", "definition/codelists/CL_SEX.csv"]
)
def test_a_definition_that_is_damaged_is_a_finding_of_the_release(release: Path, file: str) -> None:
    (release / file).write_text("[broken\n", encoding="utf-8")
    found = named(validate(release).findings)
    assert ("manifest", file) in found
    assert {place for _, place in found} == {file}


@pytest.mark.slow
def test_a_release_without_its_definition_is_damaged(release: Path) -> None:
    for path in sorted((release / "definition").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (release / "definition").rmdir()
    assert ("definition", "definition") in named(validate(release).findings)


MANIFESTS: dict[str, Edit] = {
    "another dataset": lambda values: values.update(dataset="other"),
    "a path outside": lambda values: values["files"][0].update(path="../../etc/passwd"),
    "an absolute path": lambda values: values["files"][0].update(path="/etc/passwd"),
    "an empty path": lambda values: values["files"][0].update(path=""),
    "a NUL": lambda values: values["files"][0].update(path="a\0b"),
    "a long path": lambda values: values["files"][0].update(path="a" * 5000),
    "an endless size": lambda values: values["files"][0].update(bytes=float("inf")),
    "another edition": lambda values: values.update(edition="2023-01"),
    "an edition of words": lambda values: values.update(edition="november"),
    "an edition of a year that is none": lambda values: values.update(edition="0000-01"),
    "another version": lambda values: values.update(version="2024.11.7"),
    "no files": lambda values: values.pop("files"),
    "another format": lambda values: values["files"][-1].update(format="csv"),
    "an unknown format": lambda values: values["files"][-1].update(format="none"),
}


@pytest.mark.slow
@pytest.mark.parametrize("edit", sampled(5, MANIFESTS))
def test_a_manifest_that_is_tampered_with_is_found(release: Path, edit: str) -> None:
    edited(release, MANIFESTS[edit])
    assert any(finding.severity == "error" for finding in validate(release).findings)


@pytest.mark.slow
@pytest.mark.parametrize("edition", sampled(3, ["november", "0000-01", "2024-13", "2024-11\n", "", "٢٠٢٤-11"]))
def test_a_manifest_whose_edition_is_no_month_ends_the_validation(release: Path, edition: str) -> None:
    edited(release, lambda values: values.update(edition=edition))
    last = validate(release).findings[-1]
    assert (last.rule, last.file, last.message) == (
        "manifest",
        MANIFEST,
        f"says edition '{edition}', which is no month",
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"a":' * 100_000, "null", '{"tool": {"name": "other"}}'])
def test_a_manifest_that_is_none_is_found(release: Path, text: str) -> None:
    (release / MANIFEST).write_text(text)
    assert named(validate(release).findings) == {("manifest", MANIFEST)}


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no release of publisher"):
        validate(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        validate(tmp_path / "nowhere")


@pytest.mark.slow
def test_added_files_and_links_are_found_and_not_followed(release: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine")
    (release / "more.txt").write_text("more")
    (release / "link").symlink_to(tmp_path / "secret")
    (release / "data/sex.csv").unlink()
    (release / "data/sex.csv").symlink_to(tmp_path / "secret")
    (release / "loop").symlink_to(release / "loop")
    found = named(tuple(verify(release, read_manifest(release))))
    assert found == {("manifest", name) for name in ("more.txt", "link", "data/sex.csv", "loop")}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs on this system")
@pytest.mark.slow
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(release: Path) -> None:
    for name in {reader.path.format(cube="sex") for reader in READERS if reader.format in FORMATS}:
        (release / name).unlink()
        os.mkfifo(release / name)
    found = named(validate(release).findings)
    assert {("manifest", "data/sex.csv"), ("manifest", "rdf/sex.ttl"), ("manifest", MANIFEST)} <= found


def with_another_value(release: Path, file: str) -> None:
    """Write 111 for 110 into a file of the cube ``sex``, and repair its hash."""
    path = release / file
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        values = table["OBS_VALUE"].to_pylist()
        values[values.index(110)] = 111
        position = table.schema.get_field_index("OBS_VALUE")
        pq.write_table(table.set_column(position, table.schema.field(position), pa.array(values, pa.int64())), path)
    else:
        old, new = {".ttl": ("OBS_VALUE 110 ", "OBS_VALUE 111 "), ".csv": (",110,", ",111,")}[path.suffix]
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    repaired(release, file)


@pytest.mark.slow
@pytest.mark.parametrize("file", ["rdf/sex.ttl", "data/sex.csv", "data/sex.parquet"])
def test_a_file_that_differs_with_its_hash_repaired_is_found_by_the_others(release: Path, file: str) -> None:
    with_another_value(release, file)
    found = [finding for finding in validate(release).findings if finding.rule == "one-truth"]
    assert [(finding.file, finding.key) for finding in found] == [(file, "M.MENTOR.F.2024-11")]


@pytest.mark.slow
@pytest.mark.parametrize("file", ["rdf/sex.ttl", "data/sex.csv"])
def test_where_two_files_are_all_there_is_the_other_is_named(release: Path, file: str) -> None:
    with_another_value(release, "data/sex.parquet")
    (release / file).unlink()
    edited(release, lambda values: values.update(files=[e for e in values["files"] if e["path"] != file]))
    found = [finding for finding in validate(release).findings if finding.rule == "one-truth" and finding.key]
    assert {finding.file for finding in found} == {"rdf/sex.ttl", "data/sex.csv"} - {file}


@pytest.mark.slow
def test_an_observation_without_a_dimension_is_a_finding_where_turtle_is_all_there_is(project: Path) -> None:
    from publisher.build import Options, build

    build(project, [], Options(only=("turtle", "rdf-codelists", "rdf-structure")))
    release = project / "output/nav-tilt140"
    path = release / "rdf/sex.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace(" ; dim:SEX CL_SEX:F", "", 1), encoding="utf-8")
    assert any("SEX is empty in 1 row" in finding.message for finding in validate(release).findings)
