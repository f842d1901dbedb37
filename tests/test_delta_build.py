"""``publisher build --previous`` on the real report, from the command line to a store."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import nav_editions
import pytest
from delta_store import Store, of_csv, of_xml
from helpers import PROJECT, tree

from publisher.build import Options, build
from publisher.checks.sdmx1_common import by_sdmx1, read_structure
from publisher.release import MANIFEST, open_release
from publisher.validate import validate

NAME = "nav-tilt140"
SOME = ("csv", "parquet", "sdmx-csv", "sdmx-ml", "sdmx-structure", "sdmx-delta")
TABLES = ("csv", "parquet")
OLD = Path("older") / NAME


def publisher(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publisher", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def edited(project: Path, file: str, *changes: tuple[str, str]) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def _two_editions(project: Path) -> Path:
    """Give a project the release of October in ``older``, and a November that hides, revises and drops."""
    (project / "schemas" / NAME / "rules.toml").unlink()  # a part of a year keeps the means of the whole
    raw = project / "raw" / NAME
    (raw / "2024-10.txt").write_text(nav_editions.edition(10), encoding="utf-8")
    build(project, options=Options(edition="2024-10", output=project / "older", only=TABLES))
    lines = nav_editions.lines()
    troms = nav_editions.line_of("55 Troms")
    lines[troms - 1] = lines[troms - 1].replace("\t183\t", "\t*\t")  # January is hidden now
    lines[troms - 2] = lines[troms - 2].replace("\t465\t", "\t464\t")  # revised
    del lines[nav_editions.line_of("Ukjent") - 1]
    (raw / "2024-11.txt").write_text("\n".join(lines), encoding="utf-8")
    return project


@pytest.fixture
def two_editions(project: Path) -> Path:
    return _two_editions(project)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a project with November built against October, not to be changed."""
    project = tmp_path_factory.mktemp("delivered")
    for name in ("schemas", "raw"):
        shutil.copytree(PROJECT / name, project / name)
    done = publisher("build", "--previous", "older", cwd=_two_editions(project))
    assert done.returncode == 0, done.stderr
    return project


def _same_after_delta(older: Path, newer: Path) -> dict[str, tuple[int, int]]:
    """Apply each delta to the release before, in both stores; return (replaced, deleted) by cube."""
    counts = {}
    release = open_release(newer)
    before = {cube: _table(older, cube) for cube in release.cubes}
    for cube, read in product(release.dataset.cubes, (of_csv, of_xml)):
        folder = newer / "sdmx" / cube.id
        orders = read(folder / ("delta-2.0.csv" if read is of_csv else "delta-3.0.xml"), cube.key_ids)
        now = Store(cube.key_ids, False).apply(of_csv(folder / "data-2.0.csv", cube.key_ids)).cells
        constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
        for merges in (True, False):
            held = Store(cube.key_ids, merges, {key: dict(cells) for key, cells in before[cube.id].items()})
            assert {key: cells | constant for key, cells in held.apply(orders).cells.items()} == now
        deleted = sum(order.action == "D" for order in orders)
        counts[cube.id] = (len(orders) - deleted, deleted)
    return counts


def _table(release: Path, cube: str) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the observations of a release from its plain table; what is empty there is hidden."""
    keys = open_release(release).dataset.cube(cube).key_ids
    with (release / "data" / f"{cube}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = {}
    for row in rows:
        row["OBS_VALUE"] = row["OBS_VALUE"] or "NaN"
        place = tuple(row.pop(key) for key in keys)
        found[place] = {name: text for name, text in row.items() if text}
    return found


@pytest.mark.slow
def test_the_next_edition_of_the_report_comes_with_what_changed(delivered: Path) -> None:
    newer = delivered / "output" / NAME
    counts = _same_after_delta(delivered / OLD, newer)
    assert all(replaced > 0 for replaced, _ in counts.values())
    assert {cube: deleted for cube, (_, deleted) in counts.items() if deleted} == {"county": 11}
    hidden = "R,M,UTVAOONAV,55,2024-01,NaN,Q,A,,PER,0,0\n"
    assert hidden in (newer / "sdmx/county/delta-2.0.csv").read_text(encoding="utf-8")
    package = json.loads((newer / "datapackage.json").read_text(encoding="utf-8"))
    titles = [item["title"] for item in package["resources"] if item["path"] == "sdmx/sex/delta-2.0.csv"]
    assert titles[0].endswith("changes since version 2024.10.0")
    report = validate(newer)
    assert report.findings == ()
    assert "SDMX deltas" in [verdict.name for verdict in report.verdicts]


@pytest.mark.slow
def test_a_release_with_deltas_is_not_stale_for_them(delivered: Path) -> None:
    for against in ((), ("--previous", "output")):
        checked = publisher("build", "--check", *against, cwd=delivered)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.slow
def test_the_same_two_editions_give_the_same_bytes(delivered: Path, tmp_path: Path) -> None:
    build(delivered, options=Options(previous=delivered / OLD, output=tmp_path / "again"))
    assert tree(tmp_path / "again" / NAME) == tree(delivered / "output" / NAME)


@pytest.mark.slow
def test_others_read_the_deltas_with_their_actions(delivered: Path) -> None:
    """Of the table pysdmx drops every Delete without a word; of the message it keeps them."""
    import pandas as pd
    from pysdmx.io import read_sdmx

    newer = delivered / "output" / NAME
    folder = newer / "sdmx/county"
    orders = of_csv(folder / "delta-2.0.csv", open_release(newer).dataset.cube("county").key_ids)
    counts = {action: sum(order.action == action for order in orders) for action in "DR"}
    table = pd.read_csv(folder / "delta-2.0.csv", dtype=str, keep_default_na=False)
    flow = read_structure(newer).dataflow["DF_TILT140_COUNTY"]
    message = by_sdmx1(table, structure=flow)
    assert {data.action.name: len(data.obs) for data in message.data} == {"delete": counts["D"], "replace": counts["R"]}
    for file, kept in (("delta-3.0.xml", counts), ("delta-2.0.csv", {"R": counts["R"]})):
        data_sets: Any = read_sdmx(folder / file).data
        assert {data.action.value[0]: len(data.data) for data in data_sets} == kept


@pytest.mark.slow
def test_against_itself_a_release_has_deltas_without_rows(two_editions: Path) -> None:
    home = two_editions / "output" / NAME
    build(two_editions, options=Options(only=SOME))
    data = (home / "sdmx/sex/data-2.0.csv").read_bytes()
    build(two_editions, options=Options(only=SOME, previous=home))
    assert set(_same_after_delta(home, home).values()) == {(0, 0)}
    assert (home / "sdmx/sex/delta-2.0.csv").read_bytes() == data.split(b"\n")[0] + b"\n"
    build(two_editions, options=Options(only=SOME))
    assert not list(home.rglob("delta*"))


def _damaged(project: Path) -> None:
    path = project / OLD / "data/sex.csv"
    path.write_bytes(path.read_bytes().replace(b",A,F,", b",P,F,", 1))


def _of_another(project: Path) -> None:
    edited(project, f"{OLD}/{MANIFEST}", (f'"dataset": "{NAME}"', '"dataset": "nav-tilt100"'))


def _without_definition(project: Path) -> None:
    path = project / OLD / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = [file for file in manifest["files"] if file["format"] != "definition"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    shutil.rmtree(project / OLD / "definition")


def _without_tables(project: Path) -> None:
    path = project / OLD / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = [file for file in manifest["files"] if not file["path"].startswith("data/sex")]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    for file in (project / OLD / "data").glob("sex.*"):
        file.unlink()


def _with_version(version: str) -> Callable[[Path], None]:
    return lambda project: edited(project, f"{OLD}/{MANIFEST}", ("2024.10.0", version))


def _no_release(project: Path) -> None:
    (project / OLD / MANIFEST).unlink()


def _no_folder(project: Path) -> None:
    shutil.rmtree(project / "older")


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "damaged": (_damaged, "older/nav-tilt140/data/sex.csv: has changed"),
    "of another dataset": (_of_another, "is a release of nav-tilt100, not of nav-tilt140"),
    "without its definition": (_without_definition, "definition is missing"),
    "without a cube": (_without_tables, "no file of it can be read"),
    "newer than what is built": (_with_version("2024.11.1"), "has version 2024.11.1, newer than 2024.11.0"),
    "without a version": (_with_version("October"), "version 'October' is none"),
    "no release": (_no_release, "is no release, and holds none of nav-tilt140"),
    "no folder": (_no_folder, "older is no folder"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", WRONG)
def test_a_release_before_that_is_wrong_is_refused_and_nothing_is_replaced(two_editions: Path, fault: str) -> None:
    output = two_editions / "output"
    (output / NAME).mkdir(parents=True)
    (output / NAME / MANIFEST).write_bytes((two_editions / OLD / MANIFEST).read_bytes())
    spoil, message = WRONG[fault]
    spoil(two_editions)
    before = tree(output)
    done = publisher("build", "--previous", "older", "--only", "csv", "--only", "sdmx-delta", cwd=two_editions)
    assert done.returncode == 2
    assert message in done.stderr
    assert "leave --previous out" in done.stderr
    assert tree(output) == before


DATASET = f"schemas/{NAME}/dataset.toml"


def _notices(project: Path) -> dict[str | None, str]:
    """Build November against October and return what is said of each cube."""
    (report,) = build(project, options=Options(only=SOME, previous=project / "older"))
    return {notice.cube: notice.message for notice in report.notices if notice.rule == "previous"}


@pytest.mark.slow
def test_another_version_of_the_structure_has_no_delta_and_says_what_to_do(two_editions: Path) -> None:
    edited(two_editions, DATASET, ('agency = "NAV"\n', 'agency = "NAV"\nstructure_version = "2.0"\n'))
    notices = _notices(two_editions)
    assert set(notices) == set(open_release(two_editions / "output" / NAME).cubes)
    assert notices["sex"].startswith(
        "its dataflow was NAV:DF_TILT140_SEX(1.0) and is NAV:DF_TILT140_SEX(2.0): no delta"
    )
    assert not list((two_editions / "output").rglob("delta*"))
    done = publisher("build", "--previous", "older", "--only", "csv", cwd=two_editions)
    assert "             previous: sex: its dataflow was NAV" in done.stdout


@pytest.mark.slow
def test_other_dimensions_have_no_delta_but_the_other_cubes_do(two_editions: Path) -> None:
    edited(two_editions, DATASET, ('"PROGRAMME", "SEX", "TIME_PERIOD"', '"SEX", "PROGRAMME", "TIME_PERIOD"'))
    notices = _notices(two_editions)
    assert list(notices) == ["sex"]
    assert notices["sex"].startswith("its dimensions were FREQ, PROGRAMME, SEX, TIME_PERIOD and are FREQ, SEX")
    cubes = {path.parent.name for path in (two_editions / "output").rglob("delta*")}
    assert cubes == {"participant-group", "county", "age", "immigration", "country-background", "education"}


@pytest.mark.slow
def test_a_cube_that_is_gone_and_one_that_is_new_are_told_apart(project: Path) -> None:
    """A dataflow that is gone must be deleted itself; the rows of a new one are all new."""
    import made_up

    raw = made_up.write_project(project)
    table = (raw / "jobs.csv").read_bytes()
    toml = "schemas/made-up/dataset.toml"
    whole = (project / toml).read_text(encoding="utf-8")
    start, end = whole.index("[cubes.jobs]"), whole.index("[cubes.turnover]")
    without = whole[:start] + whole[end:]
    for first, second, gone in ((whole, without, True), (without, whole, False)):
        for text, output in ((first, "older"), (second, "output")):
            (project / toml).write_text(text, encoding="utf-8")
            (raw / "jobs.csv").unlink(missing_ok=True)
            if text == whole:
                (raw / "jobs.csv").write_bytes(table)
            options = Options(
                only=SOME, output=project / output, previous=project / "older" if output == "output" else None
            )
            (report,) = build(project, ["made-up"], options)
        said = [str(notice) for notice in report.notices if notice.rule == "previous"]
        delta = project / "output/made-up/sdmx/jobs/delta-2.0.csv"
        if gone:
            assert said == [
                "jobs: is no longer published, and no delta says so:"
                " delete the dataflow EXAMPLE:DF_MADEUP_JOBS(2.1) with its data"
            ]
        else:
            assert said == []
            rows = list(csv.DictReader(io.StringIO(delta.read_text(encoding="utf-8"))))
            assert [row["ACTION"] for row in rows] == ["R"] * 40
        assert delta.exists() != gone
