"""`publisher audit` and `build` on small figures: each kind of finding, contradictions, the release before, formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from helpers import tree
from quality_fixture import Made

from publisher.build import Options, build
from publisher.cli import cli

HEADER = "FREQ,REGION,SECTOR,TIME_PERIOD,OBS_VALUE"
RULES = '[rules.sums]\nkind = "sum"\nover = ["REGION", "SECTOR"]\ncubes = ["establishments"]\n'


@pytest.fixture
def made(tmp_path: Path) -> Made:
    project = Made(tmp_path)
    project.threshold("threshold = 4")
    project.rules(RULES)
    (project.raw / "turnover.parquet").unlink()
    project.cube("turnover", "FREQ,SECTOR,TIME_PERIOD,OBS_VALUE", "Q,_T,2024-Q3,50.25")
    project.cube("jobs", "FREQ,REGION,TIME_PERIOD,OBS_VALUE", "Q,_T,2024-Q3,50")
    return project


def rows(*cells: str, period: str = "2024-Q3") -> tuple[str, ...]:
    """Return rows of a quarter from words as ``N A-B 5``, ``*`` for a hidden cell."""
    split = [cell.split() for cell in cells]
    return tuple(f"Q,{region},{sector},{period},{'' if value == '*' else value}" for region, sector, value in split)


def table(made: Made, *cells: str) -> None:
    made.cube("establishments", HEADER, *rows(*cells))


def audit(made: Made, *words: str) -> tuple[int, Any]:
    answer = CliRunner().invoke(cli, ["audit", "--project", str(made.folder), "--format", "json", *words])
    assert answer.stdout, answer.stderr
    return answer.exit_code, json.loads(answer.stdout)


def keys(said: Any, rule: str) -> list[str]:
    return [finding["key"] for finding in said["findings"] if finding["rule"] == rule]


BLOCK = (
    "_T _T 20", "N _T 3", "0301 _T 17",
    "N A-B *", "N C$1 *", "N _U *",
    "0301 A-B 5", "0301 C$1 6", "0301 _U 6",
    "_T A-B 6", "_T C$1 7", "_T _U 7",
)  # fmt: skip


def test_three_hidden_cells_with_printed_totals_are_exact_and_the_printed_total_is_below_the_threshold(
    made: Made,
) -> None:
    table(made, *BLOCK)
    code, said = audit(made)
    assert code == 1
    assert (said["hidden"], said["width"], said["exact"]) == (3, {"0": 3}, {"zero": 0, "positive": 3})
    assert keys(said, "exact") == ["Q.N.A-B.2024-Q3", "Q.N.C$1.2024-Q3", "Q.N._U.2024-Q3"]
    assert keys(said, "below threshold") == ["Q.N._T.2024-Q3"]
    assert keys(said, "group") == ["Q.N._T.2024-Q3"]
    assert said["groups_below_threshold"] == 1
    lines = {finding["line"] for finding in said["findings"] if finding["rule"] == "exact"}
    assert lines == {5, 6, 7}


def test_cells_of_any_size_have_no_upper_end(made: Made) -> None:
    _any_size(made)
    table(made, "_T _T *", "N _T *", "0301 _T 17", "N A-B 5", "N C$1 6")
    _, said = audit(made, "--reveal")
    cells = {cell["key"]["REGION"]: (cell["low"], cell["high"]) for cell in said["cells"]}
    assert cells == {"_T": (28, 28), "N": (11, 11)}
    made.rules(RULES.replace('"REGION", "SECTOR"', '"REGION"'))
    _, said = audit(made, "--reveal")
    cells = {cell["key"]["REGION"]: (cell["low"], cell["high"]) for cell in said["cells"]}
    assert cells == {"_T": (17, None), "N": (0, None)}
    assert said["width"] == {"unbounded": 2}


def _any_size(made: Made) -> None:
    path = made.schemas / "dataset.toml"
    path.write_text(path.read_text().replace("threshold = 4", 'threshold = 4\nsecondary = "present"'))


def test_hidden_cells_that_fit_no_relation_together_are_an_error_that_names_those_and_no_others(made: Made) -> None:
    # Each row and column fits numbers from 0 to 3, all of them together none: by rows 4, by columns 5.
    table(
        made,
        "_T _T 40", "N _T 2", "0301 _T 2", "N A-B *", "N C$1 *", "0301 A-B *", "0301 C$1 *", "_T A-B 2", "_T C$1 3",
    )  # fmt: skip
    made.rules(
        RULES + 'exclude = { REGION = ["_T"] }\n[rules.columns]\nkind = "sum"\nover = ["REGION"]\n'
        'cubes = ["establishments"]\nexclude = { SECTOR = ["_T"] }\n'
    )
    code, said = audit(made, "--profile", "republish")
    assert code == 1
    (found,) = [finding for finding in said["findings"] if finding["rule"] == "contradiction"]
    assert found["severity"] == "error"
    assert {item["total"]["key"] for item in found["relations"]} == {
        "Q.N._T.2024-Q3", "Q.0301._T.2024-Q3", "Q._T.A-B.2024-Q3", "Q._T.C$1.2024-Q3",
    }  # fmt: skip
    answer = CliRunner().invoke(cli, ["build", "--project", str(made.folder), "--profile", "republish", "-q"])
    assert answer.exit_code == 1
    assert "no numbers in the place of the hidden cells fit all of this" in answer.stdout
    assert not (made.folder / "output").exists()


def test_a_row_that_its_siblings_have_is_told_of_once_for_all_periods(made: Made) -> None:
    some = ("_T _T 9", "N _T 9", "_T A-B 9", "N A-B *", "_T C$1 9")
    made.cube("establishments", HEADER, *rows(*some), *rows(*some, "N C$1 5", period="2024-Q2"))
    made.rules("")
    code, said = audit(made)
    assert code == 0
    (found,) = [finding for finding in said["findings"] if finding["rule"] == "absent row"]
    assert (found["key"], found["severity"]) == ("*.N.C$1.*", "information")
    assert "in 1 of 2 periods" in found["message"]


def test_a_build_stops_before_a_release_and_leaves_the_one_there_and_a_public_source_is_only_warned_of(
    made: Made,
) -> None:
    table(made, *BLOCK)
    build(made.folder, options=Options(profile="republish", only=("csv",)))
    before = tree(made.folder / "output")
    counted = json.loads((made.folder / "output/made-up/reports/quality.json").read_text())["cubes"]
    assert counted["establishments"] == {"observations": 12, "suppressed": 3, "exact": 3}
    answer = CliRunner().invoke(cli, ["build", "--project", str(made.folder), "--format", "json"])
    said = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert {finding["rule"] for finding in said["findings"]} == {"exact", "group", "below threshold"}
    assert all("publisher audit made-up" in finding["message"] for finding in said["findings"])
    assert said["datasets"][0]["audit"]["exact"] == {"zero": 0, "positive": 3}
    assert tree(made.folder / "output") == before
    (made.folder / "known.json").write_text(json.dumps(audit(made)[1]))
    known = ["--baseline", str(made.folder / "known.json"), "--only", "csv"]
    answer = CliRunner().invoke(cli, ["build", "--project", str(made.folder), *known])
    assert answer.exit_code == 0, answer.stdout


def test_a_range_is_a_part_of_the_proof(made: Made) -> None:
    made.rules(
        RULES + '[rules.least]\nkind = "range"\nlow = 2\nfilter = { SECTOR = ["A-B"] }\ncubes = ["establishments"]\n'
    )
    table(made, "_T _T 20", "_T A-B *", "_T C$1 17", "_T _U *")
    _, said = audit(made, "--reveal")
    assert {cell["key"]["SECTOR"]: (cell["low"], cell["high"]) for cell in said["cells"]} == {
        "A-B": (2, 3),
        "_U": (0, 1),
    }
    found = [finding for finding in said["findings"] if finding["rule"] == "width 1"]
    assert len(found) == 2
    assert all(finding["ranges"] == ["least"] for finding in found)
    assert all("within the range of rule 'least'" in finding["message"] for finding in found)
    table(made, "_T _T 20", "_T A-B *", "_T C$1 19")
    _, said = audit(made)
    (found,) = [finding for finding in said["findings"] if finding["rule"] == "contradiction"]
    assert found["ranges"] == ["least"]


def test_more_findings_than_are_told_can_be_accepted_and_a_new_one_is_told_first(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.quality.audit.MOST_TOLD", 2)
    _any_size(made)
    table(made, *BLOCK)
    _, said = audit(made)
    (more,) = [finding for finding in said["findings"] if "more findings" in finding["message"]]
    assert (more["rule"], len(more["fingerprints"])) == ("exact", 1)
    (made.folder / "known.json").write_text(json.dumps(said), encoding="utf-8-sig")
    code, again = audit(made, "--baseline", str(made.folder / "known.json"))
    assert (code, again["accepted"], again["gone"]) == (0, 5, 0)
    new = (row.replace("0301 A-B 5", "0301 A-B *") for row in BLOCK)
    table(made, *new)
    code, again = audit(made, "--baseline", str(made.folder / "known.json"))
    assert code == 1
    errors = [finding["key"] for finding in again["findings"] if finding["severity"] == "error"]
    assert errors[0] == "Q.0301.A-B.2024-Q3"


# The release before


def _before(made: Made, *cells: str) -> list[str]:
    """Publish figures, and return the words that name the release."""
    table(made, *cells)
    build(made.folder, options=Options(output=made.folder / "older", profile="republish", only=("csv",)))
    return ["--previous", str(made.folder / "older")]


OPEN = ("_T _T 20", "N _T *", "0301 _T *")


def test_what_the_release_before_printed_is_known(made: Made) -> None:
    previous = _before(made, "_T _T 20", "N _T 2", "0301 _T 18")
    _any_size(made)
    table(made, *OPEN)
    assert audit(made)[1]["width"] == {"20": 2}
    code, said = audit(made, *previous)
    assert code == 1
    assert said["width"] == {"0": 2}
    found = next(finding for finding in said["findings"] if finding["rule"] == "exact")
    assert found["relations"][0]["rule"] == "release before"
    assert "stands in the release before too" in found["message"]
    # What was printed cannot be taken back: nothing protects it.
    assert found["suppress"] == []
    assert said["relations"] == {"sums": {"count": 1, "with_hidden": 1}}


def test_a_cell_hidden_in_both_releases_keeps_the_bounds_of_the_stricter_rule(made: Made) -> None:
    previous = _before(made, "_T _T 20", "N _T *", "0301 _T 18")
    _any_size(made)
    table(made, *OPEN)
    _, said = audit(made, *previous, "--reveal")
    cells = {cell["key"]["REGION"]: (cell["low"], cell["high"]) for cell in said["cells"]}
    assert cells == {"N": (2, 2), "0301": (18, 18)}


def test_what_the_release_before_printed_is_never_to_be_suppressed(made: Made) -> None:
    previous = _before(made, "0301 _T 18")
    table(made, "_T _T 20", "N _T *", "0301 _T 18")
    suppress = []
    for words in ((), previous):
        (found,) = [finding for finding in audit(made, *words)[1]["findings"] if finding["rule"] == "exact"]
        suppress.append([cell["key"] for cell in found["suppress"]])
    assert suppress == [["Q.0301._T.2024-Q3"], ["Q._T._T.2024-Q3"]]


def test_figures_that_were_revised_since_contradict_nothing(made: Made) -> None:
    previous = _before(made, "_T _T 20", "N _T *", "0301 _T 18")
    table(made, "_T _T 30", "N _T *", "0301 _T 29")
    code, said = audit(made, *previous, "--reveal")
    assert code == 1
    assert not keys(said, "contradiction")
    (found,) = [finding for finding in said["findings"] if finding["rule"] == "revised"]
    assert found["message"].startswith("3 figures are others than in the release before")
    (cell,) = said["cells"]
    assert (cell["low"], cell["high"]) == (1, 1)


def test_a_release_of_another_structure_is_not_compared_and_that_is_said(made: Made) -> None:
    previous = _before(made, "_T _T 20", "N _T 2", "0301 _T 18")
    _any_size(made)
    toml = made.schemas / "dataset.toml"
    text = toml.read_text().replace(
        'dimensions = ["FREQ", "REGION", "SECTOR", "TIME_PERIOD"]',
        'dimensions = ["REGION", "FREQ", "SECTOR", "TIME_PERIOD"]',
    )
    toml.write_text(text)
    table(made, *OPEN)
    _, said = audit(made, *previous)
    assert said["width"] == {"20": 2}
    (found,) = [finding for finding in said["findings"] if finding["rule"] == "previous"]
    assert (found["severity"], found["cube"]) == ("warning", "establishments")
    assert "has another structure in the release before" in found["message"]


def test_a_release_that_is_not_there_is_an_error_of_usage(made: Made) -> None:
    table(made, *OPEN)
    code, said = audit(made, "--previous", str(made.folder / "nowhere"))
    assert code == 2
    assert "give the folder of the release before this one" in said["findings"][0]["message"]


# Formats


def test_sarif_has_fingerprints_and_the_page_is_html_and_text_tells_the_totals(made: Made) -> None:
    table(made, *BLOCK)
    words = ["audit", "--project", str(made.folder)]
    sarif = json.loads(CliRunner().invoke(cli, [*words, "--format", "sarif"]).stdout)
    results = sarif["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"exact", "group", "below threshold"}
    prints = {result["partialFingerprints"]["publisher/v1"] for result in results}
    assert len(prints) == len(results) == 5
    assert CliRunner().invoke(cli, [*words, "--format", "html"]).stdout.lower().startswith("<!doctype html>")
    page = made.folder / "audit.html"
    answer = CliRunner().invoke(cli, [*words, "--report", f"html={page}"])
    assert "3 cells: 3 with 1 possible value" in answer.stdout
    assert "what to do about" in answer.stdout
    assert "</html>" in page.read_text()


def test_suggested_cells_are_listed_with_their_lines(made: Made) -> None:
    table(made, *BLOCK)
    _, said = audit(made, "--suggest")
    assert said["suggest"]
    assert all(set(cell) == {"cube", "key", "line"} for cell in said["suggest"])
    answer = CliRunner().invoke(cli, ["audit", "--project", str(made.folder), "--suggest"])
    assert f"{said['suggest'][0]['key']} (line {said['suggest'][0]['line']})" in answer.stdout
