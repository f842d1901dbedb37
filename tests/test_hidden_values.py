"""No report names a value of a suppressed cell, in whatever file it stands and however the file is damaged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from delta_fixture import BEFORE, NOW, written
from sdmx_data import subject, with_flat
from sdmx_fixture import draft, hostile_publication

from publisher.checks import CHECKS, Check, Subject, sdmx_delta, sdmx_schema
from publisher.errors import Finding
from publisher.formats import FORMATS
from publisher.formats.draft import Publication

pytestmark = pytest.mark.slow

HIDDEN = "7654321"
TABLE = "data/by-area.csv"
PARQUET = "data/by-area.parquet"
TURTLE = "rdf/by-area.ttl"
SDMX = "sdmx/by-area/data-{}"
WRITTEN = (
    "definition", "codelists", "csv", "parquet", "rdf-codelists", "rdf-structure", "turtle", "sdmx-structure",
    "sdmx-ml", "sdmx-generic", "sdmx-xsd", "sdmx-csv", "sdmx-json", "datapackage",
)  # fmt: skip
VARIANTS = ["version=2.1; labels=name; keys=both; language=en", "version=2.0; labels=both; language=nb"]
VARIANT_FILES = ("2.1-name-keys-both-en.csv", "2.0-both-nb.csv")

Change = Callable[[str], str]


def once(pattern: str, new: str) -> Change:
    """Return a change of the first place that a pattern fits."""

    def change(text: str) -> str:
        changed, count = re.subn(pattern, new, text, count=1)
        assert count == 1
        return changed

    return change


def of_table(hidden: str) -> dict[str, Change]:
    """Return the faults of a CSV file in which a suppressed cell is written so."""
    cell = rf",{hidden},(Q[^,\n]*),"
    return {
        "a number": once(cell, rf",{HIDDEN}.25,\1,"),
        "no number": once(cell, rf",{HIDDEN}x,\1,"),
        "a cell too many": once(cell, rf",{HIDDEN},0,\1,"),
        "a cell too few": once(cell, rf",{HIDDEN},"),
        "an open quote": once(cell, rf',"{HIDDEN},\1,'),
        "two cells changed places": once(cell, rf",\1,{HIDDEN},"),
    }


def of_message(before: str, after: str) -> dict[str, Change]:
    """Return the faults of an SDMX-ML file in which a suppressed cell stands between two texts."""
    cell = re.escape(f"{before}NaN{after}")
    return {
        "a number": once(cell, f"{before}{HIDDEN}.25{after}"),
        "no number": once(cell, f"{before}{HIDDEN}x{after}"),
        "other quotes": once(cell, f"{before[:-1]}'{HIDDEN}'{after[1:]}"),
        "a space": once(cell, f'{before[:-2]} ="{HIDDEN}{after}'),
        "no quotes": once(cell, f"{before[:-1]}{HIDDEN}{after[1:]}"),
        "twice": once(cell, f'{before}NaN" {before.split()[-1]}{HIDDEN}{after}'),
        "an open quote": once(cell, f"{before}{HIDDEN}{after[1:]}"),
        "text": once(rf"({cell}[^<]*)", rf"\1{HIDDEN}"),
    }


OF_JSON = {
    "a number": once(r'\["NaN",', f"[{HIDDEN}.25,"),
    "a text": once(r'\["NaN",', f'["{HIDDEN}",'),
    "a list": once(r'\["NaN",', f"[[{HIDDEN}],"),
    "a cell too many": once(r'\["NaN",', f"[{HIDDEN},0,"),
    "a place": once(r'\["NaN",[0-9]+', f'["NaN",{HIDDEN}'),
    "a text in a place": once(r'\["NaN",[0-9]+', f'["NaN","{HIDDEN}"'),
    "a space": once(r'\["NaN",', f"[ {HIDDEN},"),
    "an open bracket": once(r'\["NaN",([^\]]*)\]', rf"[{HIDDEN},\1"),
    "no value": once(r'\["NaN",([^\]]*)\]', f"{HIDDEN}"),
}
OF_TURTLE = {
    "a number": once("mea:LOWER_BOUND", f"mea:OBS_VALUE {HIDDEN}.25 ; mea:LOWER_BOUND"),
    "a text": once("mea:LOWER_BOUND", f'mea:OBS_VALUE "{HIDDEN}" ; mea:LOWER_BOUND'),
    "no number": once("mea:LOWER_BOUND", f"mea:OBS_VALUE {HIDDEN}x ; mea:LOWER_BOUND"),
    "no property": once("mea:LOWER_BOUND", f"{HIDDEN} ; mea:LOWER_BOUND"),
    "a bound": once("mea:LOWER_BOUND 0.00", f"mea:LOWER_BOUND {HIDDEN}.25"),
    "a bound of another kind": once("mea:LOWER_BOUND 0.00", f'mea:LOWER_BOUND "{HIDDEN}"'),
    "a status": once("CL_OBS_STATUS:Q", f"{HIDDEN}"),
}
ATTRIBUTE = (' OBS_VALUE="', '"')
GENERIC = ('<generic:ObsValue value="', '"/>')
FAULTS: dict[str, dict[str, Change]] = {
    TABLE: of_table(""),
    TURTLE: OF_TURTLE,
    **{SDMX.format(f"{version}.csv"): of_table("NaN") for version in ("1.0", "2.0", "2.1")},
    SDMX.format(VARIANT_FILES[0]): {
        "a number": once(",NaN,,Q,", f",{HIDDEN}.25,,Q,"),
        "beside it": once(",NaN,,Q,", f",NaN,{HIDDEN},Q,"),
        "a cell too many": once(",NaN,,Q,", f",{HIDDEN},,,Q,"),
    },
    SDMX.format(VARIANT_FILES[1]): of_table("NaN"),
    **{
        SDMX.format(f"{version}{suffix}.xml"): of_message(*ATTRIBUTE)
        for version in ("2.1", "3.0", "3.1")
        for suffix in ("", "-flat")
    },
    SDMX.format("2.1-generic.xml"): of_message(*GENERIC),
    **{SDMX.format(f"{number}.json"): OF_JSON for number in ("1.0", "2.0")},
}
DELTA_FAULTS = {"delta-2.0.csv": of_table("NaN"), "delta-3.0.xml": of_message(*ATTRIBUTE)}
CASES = [(file, fault) for file, faults in FAULTS.items() for fault in faults]
DELTA_CASES = [(file, fault) for file, faults in DELTA_FAULTS.items() for fault in faults]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    publication = with_flat(hostile_publication(tmp_path_factory.mktemp("observations")))
    formats = {**publication.dataset.formats, "sdmx-csv": {"variants": VARIANTS}}
    return replace(publication, dataset=replace(publication.dataset, formats=formats))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    files = draft(folder)
    for format in FORMATS:
        if format.name in WRITTEN:
            options = {option.name: option.default for option in format.options}
            format.write(made_up, files, {**options, **made_up.dataset.formats.get(format.name, {})})
    return folder


def concerns(check: Check, path: str) -> bool:
    """Say whether a check looks at a file of observations: all others see the same as before."""
    if check.name.startswith("one truth: "):
        return check.name.removeprefix("one truth: ").replace("<cube>", "by-area") == path
    words = {
        ".json": ("SDMX-JSON schemas",),
        ".xml": ("SDMX-ML schemas", "SDMX-ML rules"),
        ".ttl": ("Turtle", "integrity"),
    }
    if path in (SDMX.format(name) for name in VARIANT_FILES):
        return "variant" in check.name.lower() or "variant" in getattr(check.run, "__module__", "")
    return path == TABLE and check.name == "data package" or check.name.startswith(words.get(Path(path).suffix, ("-",)))


def of_path(given: Subject, path: str) -> Subject:
    """Return a subject whose data files are no others than one, so that only it is looked at again."""
    others = {file for file in given.files if "/data-" in file and file != path and not file.endswith(".xsd")}
    return replace(given, files=given.files - others)


def found_by(given: Subject, path: str) -> list[Finding]:
    findings: list[Finding] = []
    ran = 0
    for check in CHECKS:
        if concerns(check, path):
            ran += 1
            fits = given if check.name == "data package" else of_path(given, path)
            for run in filter(None, (check.run, check.twin)):
                findings += run(fits).findings
    assert ran
    return [finding for finding in findings if finding.file == path]


@pytest.mark.parametrize(("path", "fault"), CASES)
def test_no_report_names_a_value_of_a_suppressed_cell(
    made_up: Publication, release: Path, tmp_path: Path, path: str, fault: str
) -> None:
    """Every program that reads the file says that it is wrong, or nothing, but never what stands there."""
    folder = tmp_path / "copy"
    shutil.copytree(release, folder, copy_function=shutil.copyfile)
    text = (folder / path).read_bytes().decode()
    (folder / path).write_bytes(FAULTS[path][fault](text).encode())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    findings = found_by(subject(folder, made_up, scratch), path)
    assert findings
    assert not [finding for finding in findings if HIDDEN in str(finding)]


def test_no_report_names_a_value_of_a_suppressed_cell_of_parquet(
    made_up: Publication, release: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(release, folder, copy_function=shutil.copyfile)
    table = pq.read_table(folder / PARQUET)
    place = table.column_names.index("OBS_VALUE")
    values = table["OBS_VALUE"].to_pylist()
    values[values.index(None)] = Decimal(f"{HIDDEN}.25")
    field = table.schema.field(place)
    column = pa.array(values, field.type)
    pq.write_table(table.set_column(place, field, column), folder / PARQUET)
    findings = found_by(subject(folder, made_up, tmp_path), PARQUET)
    assert [finding.message for finding in findings] == ["OBS_VALUE is a number, empty expected"]


@pytest.mark.parametrize(("file", "fault"), DELTA_CASES)
def test_no_report_names_a_value_of_a_suppressed_cell_of_a_delta(tmp_path: Path, file: str, fault: str) -> None:
    folder, given = written(tmp_path, BEFORE, NOW)
    text = (folder / file).read_bytes().decode()
    (folder / file).write_bytes(DELTA_FAULTS[file][fault](text).encode())
    findings = [*sdmx_delta.run(given).findings, *sdmx_schema.valid_files(given).findings]
    assert findings
    assert not [finding for finding in findings if HIDDEN in str(finding)]
