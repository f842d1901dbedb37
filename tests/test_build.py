"""The line: from the real report to a release, and what a build refuses."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from helpers import PROJECT, REPORT, tree

from publisher.build import BuildRefusedError, Built, Options, build
from publisher.errors import DefinitionError, InputError, OutputError, PublisherError

COUNTS = {
    "participant-group": (384, 2),
    "county": (1512, 312),
    "sex": (252, 0),
    "age": (672, 18),
    "immigration": (252, 0),
    "country-background": (492, 37),
    "education": (504, 8),
}
PRINTED = 3_675_409


def test_the_real_report_has_the_observations_that_the_domain_counts(built: tuple[Path, Built]) -> None:
    _, report = built
    assert report.observations == COUNTS
    assert sum(rows for rows, _ in report.observations.values()) == 4068
    assert sum(hidden for _, hidden in report.observations.values()) == 377
    assert report.tables == 46
    assert sum(notice.rule == "repaired-label" for notice in report.notices) == 30
    # Its source is public: what a reader can compute of it is no error.
    assert {finding.rule for finding in report.findings} == {"exact", "exact average", "group", "width 1"}
    assert {finding.severity for finding in report.findings} == {"warning"}


def test_every_check_ran(built: tuple[Path, Built]) -> None:
    _, report = built
    assert [verdict.name for verdict in report.verdicts if verdict.skipped] == []
    assert {"frictionless", "pyoxigraph", "rdflib", "sdmx1", "pandas", "DuckDB"} <= {v.by for v in report.verdicts}


def test_the_files_are_those_of_the_contract(real_release: Path) -> None:
    files = set(tree(real_release))
    expected = {"datapackage.json", "manifest.json", "README.md", "rdf/codelists.ttl", "rdf/structure.ttl"}
    expected |= {"sdmx/structure-2.1.xml"}
    for cube in COUNTS:
        expected |= {f"data/{cube}.csv", f"data/{cube}.parquet", f"rdf/{cube}.ttl"}
        expected |= {f"sdmx/{cube}/data-2.1.xml", f"sdmx/{cube}/data-2.0.csv"}
    assert expected <= files
    assert {"codelists/CL_COUNTY.csv", "codelists/CL_FREQ.csv"} <= files


def test_the_csv_is_as_the_contract_says(real_release: Path) -> None:
    total = hidden = 0
    for cube in COUNTS:
        raw = (real_release / "data" / f"{cube}.csv").read_bytes()
        assert b"\r" not in raw
        rows = list(csv.reader(raw.decode("utf-8").splitlines()))
        assert rows[0][-4:] == ["OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "MONTHS_COVERED"]
        assert rows[0][0] == "FREQ"
        assert rows[0][-5] == "TIME_PERIOD"
        assert rows[1:] == sorted(rows[1:])
        total += sum(int(row[-4]) for row in rows[1:] if row[-4])
        suppressed = [row for row in rows[1:] if not row[-4]]
        hidden += len(suppressed)
        assert {(row[-3], row[-2]) for row in suppressed} <= {("Q", "A")}
        assert {row[-2] for row in rows[1:] if row[-4]} == {"F"}
        assert {row[-1] for row in rows[1:] if row[0] == "A"} == {"11"}
        assert {row[-1] for row in rows[1:] if row[0] == "M"} == {""}
    assert (total, hidden) == (PRINTED, 377)


def test_pandas_gets_exact_counts_with_suppressed_cells_as_na(real_release: Path) -> None:
    import pandas as pd

    import publisher

    frame = publisher.open(real_release).cube("county").to_pandas(labels="nb")
    assert len(frame) == 1512
    assert frame["OBS_VALUE"].dtype == pd.Int64Dtype()
    assert frame.loc[frame["OBS_VALUE"].isna(), "OBS_STATUS"].unique().tolist() == ["Q"]
    oslo = frame.query("REF_AREA == 'Oslo' and PROGRAMME == 'Mentor' and TIME_PERIOD == '2024-11'")
    assert oslo["OBS_VALUE"].tolist() == [10]
    with pytest.raises(InputError, match="no labels in 'de'"):
        publisher.open(real_release).cube("county").to_pandas(labels="de")
    with pytest.raises(InputError, match="did you mean 'county'"):
        publisher.open(real_release).cube("conty")


def test_the_example_of_the_readme_prints_what_it_says(
    real_release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    expected = re.findall(r"```text\n(.*?)```", text, re.S)[0]
    shutil.copytree(real_release, tmp_path / "output" / "nav-tilt140")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == expected


@pytest.mark.slow
def test_the_same_report_gives_the_same_bytes_wherever_it_is_built(project: Path, real_release: Path) -> None:
    build(project)
    assert tree(project / "output" / "nav-tilt140") == tree(real_release)


@pytest.mark.slow
def test_the_committed_release_and_root_package_are_what_is_built(project: Path) -> None:
    build(project)
    assert tree(PROJECT / "output" / "nav-tilt140") == tree(project / "output" / "nav-tilt140")
    assert (PROJECT / "datapackage.json").read_bytes() == (project / "datapackage.json").read_bytes()


@pytest.mark.slow
def test_a_source_given_by_hand_is_the_edition_of_its_last_month(project: Path, tmp_path: Path) -> None:
    by_hand = tmp_path / "some copy.txt"
    shutil.copyfile(REPORT, by_hand)
    (report,) = build(project, [], Options(source=by_hand))
    assert (report.edition, report.version) == ("2024-11", "2024.11.0")
    package = json.loads((project / "output/nav-tilt140/datapackage.json").read_text())
    assert package["sources"][0]["title"] == "some copy.txt"


@pytest.mark.slow
def test_an_edition_that_is_not_listed_states_no_issue_date(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(REPORT.read_text(encoding="utf-8").replace("2024", "2025"), encoding="utf-8")
    (report,) = build(project, [], Options(source=other))
    assert report.version == "2025.11.0"
    package = json.loads((project / "output/nav-tilt140/datapackage.json").read_text())
    assert package["created"] == "2025-11-30T00:00:00Z"
    message = (project / "output/nav-tilt140/sdmx/sex/data-2.1.xml").read_text()
    assert "<mes:Prepared>2025-11-30T00:00:00Z</mes:Prepared>" in message.replace("message:", "mes:")
    assert "issued" not in (project / "output/nav-tilt140/README.md").read_text().split("## What")[0]


@pytest.mark.slow
def test_a_revision_carries_its_number_and_its_note(project: Path) -> None:
    definition = project / "schemas/nav-tilt140/dataset.toml"
    note = '{ nb = "Rettet.", nn = "Retta.", en = "Corrected." }'
    definition.write_text(
        definition.read_text(encoding="utf-8").replace("revision = 0", f"revision = 2\nnote = {note}"), encoding="utf-8"
    )
    (report,) = build(project)
    assert report.version == "2024.11.2"
    assert "Rettet." in (project / "output/nav-tilt140/README.md").read_text(encoding="utf-8")
    assert "Corrected." in (project / "output/nav-tilt140/sdmx/structure-2.1.xml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_only_the_formats_asked_for_are_written(project: Path) -> None:
    (report,) = build(project, [], Options(only=("csv", "turtle")))
    files = set(tree(project / "output/nav-tilt140"))
    assert {path.split("/")[0] for path in files} == {"data", "rdf", "definition", "reports", "manifest.json"}
    assert report.files == len(files)
    with pytest.raises(PublisherError, match="did you mean 'turtle'"):
        build(project, [], Options(only=("turtel",)))


@pytest.mark.slow
def test_the_base_iri_can_be_chosen(project: Path) -> None:
    build(project, [], Options(base_iri="https://stat.example.net/", only=("turtle", "definition", "csv")))
    assert "https://stat.example.net/nav-tilt140/" in (project / "output/nav-tilt140/rdf/sex.ttl").read_text()
    from publisher.validate import validate

    assert validate(project / "output/nav-tilt140").findings == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('[formats.parquett]\ncompression = "zstd"', "unknown format 'parquett'; did you mean 'parquet'?"),
        ('[formats.parquet]\ncompresion = "zstd"', "unknown option 'compresion' of parquet; did you mean 'compression"),
        ('[formats.parquet]\ncompression = "zip"', "not one of: zstd, snappy, none"),
    ],
)
def test_options_of_formats_are_checked_with_file_and_line(project: Path, change: str, message: str) -> None:
    definition = project / "schemas/nav-tilt140/dataset.toml"
    text = definition.read_text(encoding="utf-8").rstrip("\n")
    definition.write_text(f"{text}\n\n{change}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        build(project)
    (finding,) = caught.value.findings
    assert message in str(finding)
    assert finding.file == "schemas/nav-tilt140/dataset.toml"
    assert finding.line is not None
    assert finding.line > text.count("\n") + 2


def test_an_unknown_dataset_is_answered_with_the_nearest_name(project: Path) -> None:
    with pytest.raises(DefinitionError, match="did you mean 'nav-tilt140'"):
        build(project, ["nav-tilt14"])


def test_an_unknown_edition_and_a_missing_source_are_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown edition '2024-10'.*there are 2024-11"):
        build(project, [], Options(edition="2024-10"))
    with pytest.raises(InputError, match="is not there"):
        build(project, [], Options(source=tmp_path / "nothing.txt"))
    (project / "raw/nav-tilt140/2024-11.txt").rename(project / "raw/nav-tilt140/2024-12.txt")
    with pytest.raises(InputError, match="put the source of edition 2024-11 there"):
        build(project)
    with pytest.raises(InputError, match="ends in 2024-11, but edition 2024-12 was asked for"):
        build(project, [], Options(edition="2024-12"))


def test_wrong_input_leaves_the_release_untouched(project: Path) -> None:
    build(project, [], Options(only=("csv",)))
    before = tree(project / "output")
    report = project / "raw/nav-tilt140/2024-11.txt"
    report.write_text(report.read_text(encoding="utf-8").replace("\t5 461\t", "\t5 46l\t", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"raw/nav-tilt140/2024-11.txt:13: "):
        build(project, [], Options(only=("csv",)))
    assert tree(project / "output") == before
    assert sorted(path.name for path in project.iterdir()) == ["output", "raw", "schemas"]


@pytest.mark.slow
def test_check_says_which_files_differ_and_writes_nothing(project: Path) -> None:
    options = Options(only=("csv",))
    build(project, [], options)
    (report,) = build(project, [], Options(only=("csv",), check=True))
    assert report.stale == ()
    release = project / "output/nav-tilt140"
    (release / "data/sex.csv").write_text("changed")
    (release / "data/age.csv").unlink()
    (release / "data/extra.csv").write_text("more")
    before = tree(project)
    with pytest.raises(BuildRefusedError) as caught:
        build(project, [], Options(only=("csv",), check=True))
    assert [str(finding) for finding in caught.value.findings if finding.severity == "error"] == [
        "output/nav-tilt140/data/age.csv: is missing: run `publisher build`",
        "output/nav-tilt140/data/extra.csv: is not part of the release: run `publisher build`",
        "output/nav-tilt140/data/sex.csv: differs from what is built: run `publisher build`",
    ]
    assert tree(project) == before


def test_what_a_check_refuses_is_not_published(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.formats import csv as csv_format

    rows = csv_format.rows

    def off_by_one(cube: object) -> object:
        function = rows(cube)  # type: ignore[arg-type]
        return lambda batch, before: function(batch.slice(1), before)

    monkeypatch.setattr(csv_format, "rows", off_by_one)
    with pytest.raises(BuildRefusedError, match="is missing") as caught:
        build(project, [], Options(only=("csv",)))
    assert caught.value.exit_code == 1
    assert not (project / "output").exists()


@pytest.mark.slow
def test_two_datasets_are_replaced_together_or_not_at_all(project: Path) -> None:
    from made_up import write_project

    write_project(project)
    reports = build(project)
    assert [report.dataset for report in reports] == ["made-up", "nav-tilt140"]
    before = tree(project)
    raw = project / "raw/nav-tilt140/2024-11.txt"
    raw.write_text("nothing of the kind", encoding="utf-8")
    with pytest.raises(InputError):
        build(project)
    raw.write_bytes(before["raw/nav-tilt140/2024-11.txt"])
    assert tree(project) == before
    with pytest.raises(PublisherError, match="go with one DATASET"):
        build(project, [], Options(edition="2024-11"))


def test_a_blocked_output_is_refused_before_anything_is_read(project: Path) -> None:
    (project / "output").write_text("mine")
    (project / "raw/nav-tilt140/2024-11.txt").unlink()
    with pytest.raises(OutputError, match="is no folder"):
        build(project)
    assert (project / "output").read_text() == "mine"


def test_a_package_of_somebody_else_at_the_root_is_not_replaced(project: Path) -> None:
    (project / "datapackage.json").write_text('{"name": "mine", "resources": []}')
    with pytest.raises(OutputError, match="no package that publisher wrote"):
        build(project, [], Options(only=("csv",)))
    (project / "datapackage.json").unlink()
    (project / "datapackage.json").mkdir()
    with pytest.raises(OutputError, match="no package that publisher wrote"):
        build(project, [], Options(only=("csv",)))
    assert not (project / "output").exists()


@pytest.mark.slow
def test_a_linked_output_keeps_the_root_package_in_the_project(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "releases").mkdir(parents=True)
    (elsewhere / "datapackage.json").write_text('{"name": "mine"}')
    (project / "output").symlink_to(elsewhere / "releases")
    build(project, [], Options(only=("csv", "datapackage")))
    assert (elsewhere / "releases/nav-tilt140/manifest.json").exists()
    assert (elsewhere / "datapackage.json").read_text() == '{"name": "mine"}'
    assert json.loads((project / "datapackage.json").read_text())["name"] == "releases"


@pytest.mark.slow
def test_a_foreign_folder_in_the_output_is_no_part_of_the_root_package(project: Path) -> None:
    (project / "output/other").mkdir(parents=True)
    (project / "output/other/datapackage.json").write_text("{broken")
    build(project, [], Options(only=("csv", "datapackage")))
    resources = json.loads((project / "datapackage.json").read_text())["resources"]
    assert {resource["path"].split("/")[1] for resource in resources} == {"nav-tilt140"}


def test_a_source_without_every_cube_is_refused(project: Path) -> None:
    from made_up import write_project

    write_project(project)
    source = next((project / "raw/made-up").rglob("*.csv"))
    with pytest.raises(InputError, match="a release needs every cube"):
        build(project, ["made-up"], Options(source=source))
    assert not (project / "output").exists()


@pytest.mark.slow
def test_what_lies_beside_the_sources_is_no_edition(project: Path) -> None:
    from publisher.listing import listing

    raw = project / "raw/nav-tilt140"
    (raw / "README.md").write_text("about")
    (raw / "2024-11.zzz").write_text("nothing")
    (dataset,) = listing(project)["datasets"]
    assert [edition["edition"] for edition in dataset["editions"]] == ["2024-11"]
    (raw / "2024-11").mkdir()
    (report,) = build(project, [], Options(only=("csv",)))
    assert report.source == "raw/nav-tilt140/2024-11.txt"


def test_two_sources_of_one_edition_are_refused(project: Path) -> None:
    from made_up import write_project

    write_project(project)
    (project / "raw/made-up/2024-09.csv").write_text("FREQ\n")
    with pytest.raises(InputError, match="has both .* for 2024-09: keep one"):
        build(project, ["made-up"])


@pytest.mark.parametrize("kind", ["a link to itself", "a pipe", "a device", "too much"])
def test_what_is_no_report_is_refused_before_it_is_read(project: Path, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source.txt"
    if kind == "a link to itself":
        source.symlink_to(source)
    elif kind == "a pipe":
        os.mkfifo(source)
    elif kind == "a device":
        source = Path("/dev/zero")
    else:
        with source.open("wb") as stream:
            stream.truncate(1 << 30)
    with pytest.raises(InputError):
        build(project, [], Options(source=source))
