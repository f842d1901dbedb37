"""JSON-stat: every cell with its exact value and its status, labels in every language, and nothing believed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers import PROJECT, sampled
from json_stat_fixture import (
    Document,
    change,
    document,
    publication,
    set_at,
    small_dataset,
    with_decimals,
    write,
    yearly,
)
from made_up import DATASET as MADE_UP
from made_up import write_project
from sdmx_data import as_read, as_text, subject

from publisher.build import Options, build
from publisher.checks import json_stat_labels, one_truth, read_json_stat
from publisher.checks.read_json_stat import READERS, by_product, by_pyjstat
from publisher.checks.reader import UnreadableError
from publisher.formats import json_stat
from publisher.formats.draft import Limit, Publication
from publisher.formats.json_stat_head import children
from publisher.formats.limits import left_out
from publisher.model import Code, Codelist, SeriesAttribute, Text
from publisher.release import open_release

pytest_plugins = ("published_fixture",)

HIDDEN = "7654321"
CUBE = "by-area"


@pytest.fixture
def damaged(hostile_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hostile_folder, tmp_path / "damaged"))


def in_key_order(rows: list[dict[str, str | None]], columns: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    return sorted(
        (tuple(row[column] for column in columns) for row in rows), key=lambda row: [cell or "" for cell in row]
    )


@pytest.mark.parametrize("read", [by_pyjstat, by_product])
def test_every_observation_comes_back_with_every_attribute(
    read: Any, hostile: Publication, hostile_folder: Path, nav: Publication, nav_folder: Path
) -> None:
    for published, folder in ((hostile, hostile_folder), (nav, nav_folder)):
        for number, observations in enumerate(published.observations):
            columns = observations.cube.columns
            expected = in_key_order(as_text(observations), columns)
            assert in_key_order(as_read(read, folder, published, number), columns) == expected


def test_absent_and_suppressed_cells_differ_by_their_status(hostile: Publication, hostile_folder: Path) -> None:
    found = document(hostile_folder, CUBE)
    (observations,) = hostile.observations
    assert len(found["value"]) == 2 * 4 * 3 * 2 * 3 * 6
    assert len(found["status"]) == observations.rows
    suppressed = [place for place, status in found["status"].items() if status == "Q"]
    assert len(suppressed) == observations.suppressed > 0
    assert {found["value"][int(place)] for place in suppressed} == {None}
    empty = sum(value is None for value in found["value"])
    assert empty - len(suppressed) == len(found["value"]) - observations.rows > 0


DIGITS = {
    0: ["0", "-1", None, "9007199254740993", "9223372036854775807", "-9223372036854775808"],
    2: ["0.00", "-0.01", None, "0.10", "1234567890123456.78"],
    15: ["0.123456789012345", "-123456789012345.000000000000001", None, "0.000000000000001", "1.000000000000000"],
}


@pytest.mark.parametrize("decimals", DIGITS)
def test_values_are_the_exact_digits_in_the_file_and_in_what_is_read(decimals: int, tmp_path: Path) -> None:
    values = DIGITS[decimals]
    dataset, cube = small_dataset()
    dataset, cube = small_dataset(**with_decimals(cube, decimals))
    published = publication(dataset, tmp_path / "kept", yearly(values, decimals))
    folder = write(published, tmp_path / "written")
    text = (folder / f"json-stat/{CUBE}.json").read_text(encoding="utf-8")
    assert f'"value": [\n{",".join(value or "null" for value in values)}\n]' in text
    for read in (by_pyjstat, by_product):
        assert [row["OBS_VALUE"] for row in as_read(read, folder, published)] == values
    assert one_truth.check_of(READERS[0]).run(subject(folder, published, tmp_path)).findings == ()


def test_what_most_observations_say_stands_once(tmp_path: Path) -> None:
    dataset, _ = small_dataset()
    rows = yearly(["1.00", None, None, "4.00"], 2)
    rows[0] |= {"REMARK": 'a "quote"\nand \U0001f3b2', "MONTHS": 3}
    rows[2]["MONTHS"] = 11
    for row in rows[1:]:
        row["REMARK"] = "plain"
    found = document(write(publication(dataset, tmp_path / "kept", rows), tmp_path), CUBE)
    constant = {"UNIT_MEASURE": "PER", "UNIT_MULT": "0", "DECIMALS": "2"}
    assert found["extension"]["default"] == {**constant, "CONF_STATUS": "A", "REMARK": "plain"}
    assert found["extension"]["cell"] == {
        "CONF_STATUS": {"0": "F", "3": "F"},
        "MONTHS": {"0": 3, "2": 11},
        "REMARK": {"0": 'a "quote"\nand \U0001f3b2'},
    }


def test_an_attribute_that_most_have_is_null_where_an_observation_has_none(tmp_path: Path) -> None:
    dataset, _ = small_dataset()
    rows = yearly(["1.00", "2.00", "3.00"], 2)
    for row in rows[1:]:
        row |= {"REMARK": "plain", "MONTHS": 2}
    published = publication(dataset, tmp_path / "kept", rows)
    folder = write(published, tmp_path)
    assert document(folder, CUBE)["extension"]["cell"]["REMARK"] == {"0": None}
    read = as_read(by_pyjstat, folder, published)
    assert [(row["REMARK"], row["MONTHS"]) for row in read] == [(None, None), ("plain", "2"), ("plain", "2")]


def test_a_cube_with_one_observation_and_one_with_none_are_files_too(tmp_path: Path) -> None:
    dataset, cube = small_dataset()
    one = publication(dataset, tmp_path / "one", yearly(["5.00"], 2))
    folder = write(one, tmp_path / "of one")
    assert document(folder, CUBE)["value"] == [5.0]
    assert len(as_read(by_pyjstat, folder, one)) == 1
    none = publication(dataset, tmp_path / "none", [])
    folder = write(none, tmp_path / "of none")
    found = document(folder, CUBE)
    assert (found["value"], found["status"], found["size"][1:]) == ([], {}, [0] * len(cube.dimensions))
    for read in (by_pyjstat, by_product):
        assert as_read(read, folder, none) == []
    assert json_stat_labels.run(subject(folder, none, tmp_path)).findings == ()


def test_the_measure_is_a_dimension_of_one_category_with_the_unit(nav_folder: Path) -> None:
    found = document(nav_folder, "sex")
    assert (found["id"][0], found["size"][0]) == ("OBS_VALUE", 1)
    category = found["dimension"]["OBS_VALUE"]["category"]
    assert category["label"] == {"OBS_VALUE": "Antall deltakere"}
    assert category["unit"] == {"OBS_VALUE": {"label": "Personer", "decimals": 0}}


def test_roles_are_what_the_concepts_say(nav_folder: Path, hostile_folder: Path) -> None:
    assert document(nav_folder, "county")["role"] == {
        "time": ["TIME_PERIOD"],
        "geo": ["REF_AREA"],
        "metric": ["OBS_VALUE"],
    }
    for folder, cube in ((nav_folder, "sex"), (hostile_folder, CUBE)):
        assert "geo" not in document(folder, cube)["role"]


@pytest.mark.parametrize(
    ("coded", "label"), [(True, "PER in English (3 in English)"), (False, "PER in English (10^3)")]
)
def test_a_unit_says_by_what_it_is_to_be_multiplied(coded: bool, label: str, tmp_path: Path) -> None:
    _, cube = small_dataset()
    unit, multiplier, decimals = cube.series_attributes
    concept = multiplier.concept if coded else replace(multiplier.concept, codelist=None, data_type="string")
    dataset, _ = small_dataset(series_attributes=(unit, SeriesAttribute(concept, "3"), decimals))
    published = publication(replace(dataset, languages=("en", "nb")), tmp_path / "kept", yearly(["5.00"], 2))
    folder = write(published, tmp_path)
    found = document(folder, CUBE)
    assert found["dimension"]["OBS_VALUE"]["category"]["unit"]["OBS_VALUE"]["label"] == label
    assert json_stat_labels.run(subject(folder, published, tmp_path)).findings == ()


def test_a_code_stands_below_the_nearest_code_above_it_that_is_used() -> None:
    parents = {"T": None, "A": "T", "A1": "A", "A11": "A1", "B": "T"}
    name = Text((("en", "x"),))
    codelist = Codelist("CL_X", name, tuple(Code(code, name, parent=parent) for code, parent in parents.items()))
    assert children(codelist, ("T", "A", "A1", "A11", "B")) == {"T": ["A", "B"], "A": ["A1"], "A1": ["A11"]}
    assert children(codelist, ("T", "A11", "B")) == {"T": ["A11", "B"]}
    assert children(codelist, ("A", "A11", "B")) == {"A": ["A11"]}
    assert children(codelist, ("A1", "B")) == {}


def over(first: Any, second: Any) -> Any:
    """Return the words of another language laid over a file, as docs/tables.md says how to."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        return second
    return first | {name: over(first[name], value) if name in first else value for name, value in second.items()}


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_words_of_a_language_laid_over_a_file_are_the_file_in_it(
    language: str, nav: Publication, nav_folder: Path, tmp_path: Path
) -> None:
    found = document(nav_folder, "county")
    translated = over(found, found["extension"]["language"][language])
    others = tuple(each for each in nav.dataset.languages if each != language)
    dataset = replace(nav.dataset, languages=(language, *others))
    other = document(write(replace(nav, dataset=dataset), tmp_path), "county")
    for name in ("label", "note", "source", "dimension"):
        assert translated[name] == other[name]
    assert translated["extension"]["attribute"] == other["extension"]["attribute"]
    assert translated["label"] == nav.dataset.cube("county").title.get(language)


def test_parallel_names_in_other_languages_are_there(nav_folder: Path) -> None:
    found = document(nav_folder, "county")
    assert found["extension"]["languages"] == ["nb", "nn", "en", "fkv", "sma", "sme", "smj"]
    words = found["extension"]["language"]["sme"]["dimension"]["REF_AREA"]["category"]["label"]
    assert words == {"55": "Romsa", "56": "Finnmárku"}


@pytest.mark.parametrize("languages", [("nb",), ("en",), ("en", "nb", "nn", "fr")])
def test_any_number_of_languages_is_written_and_compared(languages: tuple[str, ...], tmp_path: Path) -> None:
    dataset, _ = small_dataset()
    published = publication(replace(dataset, languages=languages), tmp_path / "kept", yearly(["5.00"], 2))
    folder = write(published, tmp_path)
    assert json_stat_labels.run(subject(folder, published, tmp_path)).findings == ()
    assert document(folder, CUBE)["extension"]["languages"][: len(languages)] == list(languages)


def test_nothing_is_found_in_what_is_written(
    hostile: Publication, hostile_folder: Path, nav: Publication, nav_folder: Path, tmp_path: Path
) -> None:
    for published, folder in ((hostile, hostile_folder), (nav, nav_folder)):
        outcome = json_stat_labels.run(subject(folder, published, tmp_path))
        assert outcome.findings == ()
        assert not outcome.looked_at.startswith("0 ")


EN = ("extension", "language", "en")
AREA = ("dimension", "REF_AREA")
LABELS: dict[str, tuple[tuple[str | int, ...], object, str]] = {
    "title": (("label",), "Other", 'label is "Other"'),
    "title in English": ((*EN, "label"), "Other", 'extension.language.en.label is "Other"'),
    "a language": (EN, ..., "extension.language.en.label is missing"),
    "label of a dimension": ((*AREA, "label"), "Other", 'dimension.REF_AREA.label is "Other"'),
    "label of a code": ((*AREA, "category", "label", "_T"), ..., "dimension.REF_AREA.category.label._T is missing"),
    "label in English": (
        (*EN, *AREA, "category", "label", "a2"), "a2", 'dimension.REF_AREA.category.label.a2 is a text with digits'
    ),
    "label of a period": (("dimension", "TIME_PERIOD", "category", "label", "2023"), "x", 'label.2023 is "x"'),
    "label of a status": (
        ("extension", "attribute", "OBS_STATUS", "category", "label", "Q"), "x", 'OBS_STATUS.category.label.Q is "x"'
    ),
    "note": (("note", 0), "Other", 'note.0 is "Other"'),
    "note of a code": ((*AREA, "category", "note"), ..., "dimension.REF_AREA.category.note._T.0 is missing"),
    "order of codes": (("dimension", "SEX", "category", "index"), ["F", "_T", "M"], 'SEX.category.index.0 is "F"'),
    "hierarchy": ((*AREA, "category", "child", "_T"), ["a3"], 'REF_AREA.category.child._T.0 is a text with digits'),
    "no hierarchy": ((*AREA, "category", "child"), ..., "REF_AREA.category.child._T.0 is missing"),
    "role": (("role", "time"), ["SEX"], 'role.time.0 is "SEX"'),
    "another role": (("role", "geo"), ["SEX"], "role has a member that is not expected"),
    "unit": (("dimension", "OBS_VALUE", "category", "unit", "OBS_VALUE", "label"), "x", 'unit.OBS_VALUE.label is "x"'),
    "decimals": (
        ("dimension", "OBS_VALUE", "category", "unit", "OBS_VALUE", "decimals"), 1, "decimals is a text with digits, 2"
    ),
    "decimals as text": (
        ("dimension", "OBS_VALUE", "category", "unit", "OBS_VALUE", "decimals"), "2", "decimals is a text with digits"
    ),
    "updated": (("updated",), "yesterday", 'updated is "yesterday"'),
    "source": (("source",), "Other", 'source is "Other"'),
    "licence": (("link", "license", 0, "href"), "x", 'link.license.0.href is "x"'),
    "address": (("href",), "x", 'href is "x"'),
    "concept": ((*AREA, "extension", "concept"), "x", 'dimension.REF_AREA.extension.concept is "x"'),
    "codelist": ((*AREA, "extension", "codelist"), ..., "dimension.REF_AREA.extension.codelist is missing"),
    "multiplier": (("extension", "default", "UNIT_MULT"), "3", "default.UNIT_MULT is a text with digits"),
    "something else": (("hint",), HIDDEN, "the file has a member that is not expected"),
    "something else inside": ((*AREA, HIDDEN), {"a": 1}, "dimension.REF_AREA has a member that is not expected"),
    "cells of nothing": (("extension", "cell", "OTHER"), {"0": "x"}, "extension has a member that is not expected"),
    "deep": (("hint",), json.loads("[" * 900 + "]" * 900), "the file has a member that is not expected"),
}  # fmt: skip


@pytest.mark.parametrize("fault", LABELS)
def test_a_planted_fault_of_labels_roles_or_hierarchy_is_found_and_named(
    fault: str, hostile: Publication, damaged: Path, tmp_path: Path
) -> None:
    place, value, expected = LABELS[fault]
    change(damaged, CUBE, lambda found: set_at(found, place, value))
    findings = json_stat_labels.run(subject(damaged, hostile, tmp_path)).findings
    assert any(expected in finding.message for finding in findings), findings
    assert {(finding.file, finding.cube) for finding in findings} == {(f"json-stat/{CUBE}.json", CUBE)}
    assert not any(HIDDEN in str(finding) for finding in findings)


def only(text: str) -> Callable[[str], str]:
    return lambda _: text


TEXTS: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (only(""), "is no JSON"),
    "no JSON": (only("<html>"), "is no JSON"),
    "an array": (only("[]"), "is no object"),
    "a number": (only(HIDDEN), "is no object"),
    "truncated": (lambda text: text[: len(text) // 2], "is no JSON"),
    "too deep": (only('{"a":' * 100_000 + "1" + "}" * 100_000), "is too deep"),
    "deep arrays": (only("[" * 1_000_000), "is too deep"),
    "too many values": (only("[" + "1," * 11_000_000), "too many to hold in memory"),
    "a name twice": (lambda text: text.replace('"class"', '"version"', 1), "has a name twice"),
    "a cell twice": (lambda text: text.replace('"1":"', '"0":"', 1), "has a name twice"),
    "NaN": (lambda text: text.replace('"value": [', '"value": [NaN,', 1), "no numbers there"),
    "Infinity": (lambda text: text.replace('"value": [', '"value": [-Infinity,', 1), "no numbers there"),
}  # fmt: skip
DOCUMENTS: dict[str, tuple[Callable[[Document], object], str]] = {
    "another class": (lambda found: set_at(found, ("class",), "collection"), "is no data set"),
    "another version": (lambda found: set_at(found, ("version",), "1.0"), "is no data set"),
    "no value": (lambda found: set_at(found, ("value",), ...), "value is no array"),
    "values by place": (lambda found: set_at(found, ("value",), {"0": 1}), "value is no array"),
    "too few values": (lambda found: found["value"].pop(), "value has 863 cells"),
    "too many values": (lambda found: found["value"].append(None), "value has 865 cells"),
    "a text for a value": (lambda found: set_at(found, ("value", 0), HIDDEN), "neither a number nor null"),
    "a list for a value": (lambda found: set_at(found, ("value", 0), [HIDDEN]), "neither a number nor null"),
    "true for a value": (lambda found: set_at(found, ("value", 0), True), "neither a number nor null"),
    "huge sizes": (lambda found: set_at(found, ("size",), [10**6] * 7), "size is not how many"),
    "a huge number": (lambda found: set_at(found, ("size", 0), 10**4000), "no whole number, or one too large"),
    "a negative size": (lambda found: set_at(found, ("size", 0), -1), "no whole number"),
    "sizes of texts": (lambda found: set_at(found, ("size", 0), "1"), "no whole number"),
    "no sizes": (lambda found: set_at(found, ("size",), ...), "size is no array"),
    "another dimension": (lambda found: set_at(found, ("id", 1), HIDDEN), "id is not the dimensions"),
    "a dimension twice": (lambda found: set_at(found, ("id", 1), "SEX"), "id is not the dimensions"),
    "a dimension less": (lambda found: set_at(found, ("dimension", "SEX"), ...), "dimension has others than id"),
    "a dimension of nothing": (lambda found: set_at(found, ("dimension", "SEX"), None), "SEX is no object"),
    "a code twice": (
        lambda found: set_at(found, ("dimension", "SEX", "category", "index"), ["F", "F", "M"]), "a category twice"
    ),
    "an index with a gap": (
        lambda found: set_at(found, ("dimension", "SEX", "category", "index"), {"_T": 0, "F": 1, "M": 3}),
        "does not count the categories",
    ),
    "an index that is a text": (
        lambda found: set_at(found, ("dimension", "SEX", "category", "index"), "abc"), "index is no array"
    ),
    "another measure": (
        lambda found: set_at(found, ("dimension", "OBS_VALUE", "category", "index"), ["X"]), "another category"
    ),
    "a status of no cell": (lambda found: set_at(found, ("status", "864"), "A"), "of a cell that is not there"),
    "a status of a name": (lambda found: set_at(found, ("status", "x"), "A"), "of a cell that is not there"),
    "a status of 00": (lambda found: set_at(found, ("status", "00"), "A"), "of a cell that is not there"),
    "a status of a hidden number": (lambda found: set_at(found, ("status", HIDDEN), "A"), "that is not there"),
    "a status in an array": (lambda found: set_at(found, ("status",), ["A"]), "status is no object"),
    "a number for a status": (lambda found: set_at(found, ("status", "0"), 7654321), "OBS_STATUS is said"),
    "months in a text": (lambda found: set_at(found, ("extension", "cell", "MONTHS", "0"), "3"), "no whole number"),
    "a remark of no cell": (lambda found: set_at(found, ("extension", "cell", "REMARK", "-1"), "x"), "not there"),
    "no extension": (lambda found: set_at(found, ("extension",), ...), "extension is no object"),
    "a list of cells": (lambda found: set_at(found, ("extension", "cell", "REMARK"), []), "REMARK is no object"),
}  # fmt: skip


@pytest.mark.parametrize("fault", TEXTS)
def test_a_text_that_is_no_such_file_is_refused(
    fault: str, hostile: Publication, damaged: Path, tmp_path: Path
) -> None:
    damage, expected = TEXTS[fault]
    path = damaged / f"json-stat/{CUBE}.json"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert_refused(damaged, hostile, expected, tmp_path)


@pytest.mark.parametrize("fault", sampled(4, DOCUMENTS))
def test_a_file_that_contradicts_itself_is_refused(
    fault: str, hostile: Publication, damaged: Path, tmp_path: Path
) -> None:
    damage, expected = DOCUMENTS[fault]
    change(damaged, CUBE, damage)
    assert_refused(damaged, hostile, expected, tmp_path)


def assert_refused(folder: Path, published: Publication, expected: str, scratch: Path) -> None:
    """Both readers say what is wrong and no number of the file, and so does the check; labels are no trouble."""
    for read in (by_pyjstat, by_product):
        with pytest.raises(UnreadableError, match=expected) as refusal:
            as_read(read, folder, published)
        assert HIDDEN not in str(refusal.value)
    given = subject(folder, published, scratch)
    findings = one_truth.check_of(READERS[0]).run(given).findings
    assert [finding.file for finding in findings] == [f"json-stat/{CUBE}.json"]
    assert not any(HIDDEN in str(finding) for finding in json_stat_labels.run(given).findings)


def test_bytes_that_are_no_utf8_are_refused(hostile: Publication, damaged: Path, tmp_path: Path) -> None:
    (damaged / f"json-stat/{CUBE}.json").write_bytes(b'{"label": "\xff"}')
    assert_refused(damaged, hostile, "is not UTF-8", tmp_path)


def test_an_index_may_be_an_object_and_dimensions_may_stand_in_another_order(
    hostile: Publication, damaged: Path
) -> None:
    def turned(found: Document) -> None:
        for name in found["id"]:
            category = found["dimension"][name]["category"]
            category["index"] = dict(reversed([(code, place) for place, code in enumerate(category["index"])]))
        found["id"] = [*found["id"][1:], found["id"][0]]
        found["size"] = [*found["size"][1:], found["size"][0]]

    change(damaged, CUBE, turned)
    (observations,) = hostile.observations
    for read in (by_pyjstat, by_product):
        assert one_truth.differences(observations, read(damaged, observations.cube, hostile.dataset), "x") == []


def test_cells_that_should_not_be_there_are_named(hostile: Publication, damaged: Path, tmp_path: Path) -> None:
    absent = next(place for place in range(864) if str(place) not in document(damaged, CUBE)["status"])

    def planted(found: Document) -> None:
        found["value"][absent] = 5

    change(damaged, CUBE, planted)
    (finding,) = one_truth.check_of(READERS[0]).run(subject(damaged, hostile, tmp_path)).findings
    assert finding.message == "is not among the observations"
    assert finding.key is not None
    assert len(finding.key.split(".")) == 6


SECRETS: dict[str, Callable[[Document, str], object]] = {
    "a number": lambda found, place: set_at(found, ("value", int(place)), 7654321.25),
    "a text": lambda found, place: set_at(found, ("value", int(place)), HIDDEN),
    "a list": lambda found, place: set_at(found, ("value", int(place)), [7654321]),
    "a status": lambda found, place: set_at(found, ("status", place), HIDDEN),
    "a number for a status": lambda found, place: set_at(found, ("status", place), 7654321),
    "a place": lambda found, place: set_at(found, ("status", HIDDEN), "Q"),
    "a remark": lambda found, place: set_at(found, ("extension", "cell", "REMARK", place), f"it is {HIDDEN}"),
    "months": lambda found, place: set_at(found, ("extension", "cell", "MONTHS", place), 7654321),
    "a usual value": lambda found, place: set_at(found, ("extension", "default", "MONTHS"), 7654321),
    "a label": lambda found, place: set_at(found, ("label",), HIDDEN),
    "a name": lambda found, place: set_at(found, (HIDDEN,), place),
    "a code": lambda found, place: set_at(found, ("dimension", "SEX", "category", "index", 0), HIDDEN),
    "a size": lambda found, place: set_at(found, ("size", 1), 7654321),
}


@pytest.mark.parametrize("secret", sampled(4, SECRETS))
def test_no_report_names_a_value_of_a_suppressed_cell(
    secret: str, hostile: Publication, damaged: Path, tmp_path: Path
) -> None:
    place = next(place for place, said in document(damaged, CUBE)["status"].items() if said == "Q")
    change(damaged, CUBE, lambda found: SECRETS[secret](found, place))
    given = subject(damaged, hostile, tmp_path)
    check = one_truth.check_of(READERS[0])
    assert check.twin is not None
    for run in (check.run, check.twin):
        findings = [*run(given).findings, *json_stat_labels.run(given).findings]
        # A usual value is said of cells that are not suppressed too, and these may be named.
        assert findings
        named = [finding for finding in findings if HIDDEN in str(finding)]
        assert not named or secret == "a usual value"


def test_a_table_with_too_many_cells_is_left_out_and_why_is_said(hostile: Publication) -> None:
    assert left_out(json_stat.FORMAT, hostile.observations) is None
    small = replace(json_stat.FORMAT, limit=Limit(cells=863, why=json_stat.FORMAT.limit.why))
    notice = left_out(small, hostile.observations)
    assert notice is not None
    assert notice.message.startswith(
        "json-stat is left out: the full table of cube by-area has 864 cells, 863 at most ("
    )


def test_blocks_change_nothing_of_what_is_written_or_read(
    hostile: Publication, hostile_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stat, "_BLOCK", 100)
    monkeypatch.setattr(read_json_stat, "_ROWS", 100)
    path = f"json-stat/{CUBE}.json"
    assert (write(hostile, tmp_path) / path).read_bytes() == (hostile_folder / path).read_bytes()
    (observations,) = hostile.observations
    for read in (by_pyjstat, by_product):
        batches = list(read(tmp_path, observations.cube, hostile.dataset))
        assert len(batches) > 3
        assert one_truth.differences(observations, batches, path) == []


def test_the_same_observations_are_the_same_bytes(hostile: Publication, hostile_folder: Path, tmp_path: Path) -> None:
    path = f"json-stat/{CUBE}.json"
    again = (write(hostile, tmp_path) / path).read_bytes()
    assert again == (hostile_folder / path).read_bytes()
    assert b"\r\n" not in again
    assert again.endswith(b"}\n")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of a dataset that has nothing in common with the real one."""
    folder = tmp_path_factory.mktemp("made-up")
    write_project(folder)
    build(folder, [MADE_UP], Options(output=folder / "output", only=("codelists", "csv", "json-stat")))
    return folder / "output" / MADE_UP


@pytest.mark.slow
def test_a_foreign_dataset_says_its_unit_its_hierarchy_and_its_languages(made_up: Path) -> None:
    turnover = document(made_up, "turnover")
    unit = turnover["dimension"]["OBS_VALUE"]["category"]["unit"]["OBS_VALUE"]
    assert unit == {"label": "Euro (10^6)", "decimals": 2}
    establishments = document(made_up, "establishments")
    region = establishments["dimension"]["REGION"]["category"]
    assert region["child"] == {"_T": ["N", "0301"], "N": ["N1", "N2"]}
    assert establishments["extension"]["languages"] == ["en", "fr", "sme"]
    assert "Two regions corrected." in establishments["note"]
    assert establishments["updated"] == "2024-11-06T00:00:00Z"


TOOLKIT = PROJECT / "tests/interop/node_modules/jsonstat-toolkit"


def by_toolkit(*files: Path) -> dict[str, Any]:
    """Return what npm's jsonstat-toolkit finds in files."""
    node = shutil.which("node")
    if node is None or not TOOLKIT.is_dir():
        pytest.skip("node or jsonstat-toolkit is not installed: make readers")
    script = PROJECT / "tests/interop/jsonstat.mjs"
    answer = subprocess.run([node, script, *files], capture_output=True, encoding="utf-8", check=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("which", ["nav-tilt140", MADE_UP])
def test_the_toolkit_finds_every_observation_status_label_and_role(
    which: str, real_release: Path, made_up: Path
) -> None:
    folder = made_up if which == MADE_UP else real_release
    release = open_release(folder)
    dataset = release.dataset
    first = dataset.languages[0]
    files = {cube.id: folder / f"json-stat/{cube.id}.json" for cube in dataset.cubes}
    answer = by_toolkit(*files.values())
    read = 0
    for cube in dataset.cubes:
        found = answer[str(files[cube.id])]
        assert (found["class"], found["label"]) == ("dataset", cube.title.get(first))
        rows = (folder / f"data/{cube.id}.csv").read_text(encoding="utf-8").splitlines()
        expected = {}
        for line in rows[1:]:
            *key, value, status = line.split(",")[: len(cube.key_ids) + 2]
            expected[tuple(key)] = (float(value) if value else None, status)
        cells = {tuple(row[name] for name in cube.key_ids): (row["value"], row["status"]) for row in found["rows"]}
        assert {key: cell for key, cell in cells.items() if cell != (None, None)} == expected
        read += len(expected)
        for dimension in cube.dimensions:
            said = found["dimensions"][dimension.id]
            assert said["label"] == dimension.concept.name.get(first)
            if dimension.codelist is not None:
                labels = {code: dimension.codelist[code].name.get(first) for code in said["labels"]}
                assert said["labels"] == labels
                assert said["hierarchy"] == any(dimension.codelist[code].parent in labels for code in labels)
        roles = {name: said["role"] for name, said in found["dimensions"].items()}
        assert (roles["TIME_PERIOD"], roles["OBS_VALUE"]) == ("time", "metric")
        assert found["dimensions"]["OBS_VALUE"]["units"]["OBS_VALUE"]["decimals"] == cube.measure.decimals
    assert read == {"nav-tilt140": 4_068, MADE_UP: 140 + 40 + 32}[which]
