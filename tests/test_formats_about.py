"""What docs/formats.md says of a format is so: its files, media types, and what it carries and does not."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from made_up import DATASET, write_project

from publisher.build import build
from publisher.checks import READERS
from publisher.definition import read_definition
from publisher.formats import FORMATS, Format, Publication
from publisher.formats.draft import Draft, Limit, Part
from publisher.formats.limits import left_out
from publisher.release import observations_of, open_release, read_manifest

BY_NAME = {format.name: format for format in FORMATS}
# What stands in a release where a part is carried, and nowhere where it is not.
MARKS: Mapping[Part, tuple[str, ...]] = {
    "languages": ("Emplois par r", "Trimestriel", "Commentaire"),
    "notes": ("Made up, to see that nothing grows", "Everything north", "Said of an observation"),
    "attributes": ("estimated",),
}
OPTIONS = """
[formats]
ntriples = { write = "plain" }
jsonld = { write = "plain" }
cube-link = { write = true }
"""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("about")
    write_project(project)
    definition = project / "schemas" / DATASET / "dataset.toml"
    described = 'COMMENT = { description = { en = "Said of an observation", fr = "Dit" }, '
    text = definition.read_text(encoding="utf-8").replace("COMMENT = { ", described, 1)
    definition.write_text(text + OPTIONS, encoding="utf-8")
    build(project)
    return project / "output" / DATASET


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_example_of_a_format_is_one_of_its_files(format: Format, real_release: Path) -> None:
    listed = read_manifest(real_release).files
    if format.about.example is None:
        assert format.name not in {entry.format for entry in listed.values()}
    else:
        assert listed[format.about.example].format == format.name


def test_the_media_types_are_those_that_are_announced(real_release: Path) -> None:
    listed = read_manifest(real_release).files
    found: dict[str, set[str]] = defaultdict(set)
    for resource in json.loads((real_release / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        announced = resource["mediatype"].partition(";")[0]
        found[listed[resource["path"]].format].add(announced)
    assert {name: types - set(BY_NAME[name].about.media_types) for name, types in found.items()} == {
        name: set() for name in found
    }


def test_what_the_readers_of_a_format_compare_is_what_it_carries() -> None:
    cube = read_definition(Path(__file__).parents[1], "nav-tilt140").cubes[0]
    for reader in READERS:
        if reader.format == "csvw":
            continue  # a description of tables, which are another format's
        lost = BY_NAME[reader.format].about.cannot_carry
        compared = reader.compared(cube)
        assert set(cube.key_ids) | {cube.measure.id} <= set(compared), reader
        assert ("OBS_STATUS" in compared) == ("status" not in lost), reader
        assert ("MONTHS_COVERED" in compared) == ("attributes" not in lost), reader


@pytest.mark.slow
@pytest.mark.parametrize("part", MARKS)
def test_a_format_carries_what_it_says_and_nothing_else(made_up: Path, part: Part) -> None:
    texts: dict[str, str] = defaultdict(str)
    for path, entry in read_manifest(made_up).files.items():
        texts[entry.format] += text_of(made_up / path)
    written = [format for format in FORMATS if format.name in texts]
    carried = {format.name for format in written if any(mark in texts[format.name] for mark in MARKS[part])}
    assert carried == {format.name for format in written if part not in format.about.cannot_carry}


def text_of(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_bytes().decode("utf-8", errors="replace")
    with zipfile.ZipFile(path) as parts:
        return "".join(parts.read(name).decode("utf-8") for name in parts.namelist())


def nothing(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write nothing."""


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (Limit(252, None, "so"), None),
        (Limit(251, None, "so"), "cube sex has 252 observations, 251 at most"),
        (Limit(None, 504, "so"), None),
        (Limit(None, 503, "so"), "the full table of cube sex has 504 cells, 503 at most"),
        (Limit(10, 10, "so"), "cube sex has 252 observations, 10 at most"),
        (Limit(), None),
    ],
)
def test_a_format_beyond_its_limit_is_left_out_with_a_reason(
    limit: Limit, sentence: str | None, real_release: Path, tmp_path: Path
) -> None:
    release = open_release(real_release)
    observations, _ = observations_of(release, frozenset(["data/sex.parquet"]), frozenset(), tmp_path)
    format = Format("wide", "Wide", (), nothing, FORMATS[0].about, limit=limit)
    notice = left_out(format, [observations["sex"]])
    if sentence is None:
        assert notice is None
    else:
        assert notice is not None
        assert (notice.message, notice.severity) == (f"wide is left out: {sentence} (so)", "information")
