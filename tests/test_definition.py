"""A folder under schemas/: read into the model, or refused with every fault, its file and its line."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import made_up
import pytest
from helpers import PROJECT, sampled

from publisher.definition import find_datasets, read_definition
from publisher.definition.keys import KEYS, Key
from publisher.definition.kinds import KINDS
from publisher.definition.page import definition_page
from publisher.errors import DefinitionError, Finding
from publisher.model import Dataset

NAV = "nav-tilt140"
TOML = "dataset.toml"
REGION = "codelists/CL_REGION.csv"


class Project:
    """A copy of the made-up project whose files a test damages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.schemas = folder / "schemas" / made_up.DATASET

    def replace(self, file: str, before: str, after: str) -> None:
        path = self.schemas / file
        text = path.read_text(encoding="utf-8")
        assert before in text, f"{before!r} is not in {file}"
        path.write_text(text.replace(before, after, 1), encoding="utf-8", newline="")

    def line(self, file: str, begin: str) -> int:
        """Return the first line that begins with some words."""
        lines = (self.schemas / file).read_text(encoding="utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if line.startswith(begin))

    def read(self, **options: str) -> Dataset:
        return read_definition(self.folder, made_up.DATASET, **options)

    def faults(self) -> list[str]:
        with pytest.raises(DefinitionError) as caught:
            self.read()
        return [str(finding) for finding in caught.value.findings]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made_up.write_project(tmp_path)
    return Project(tmp_path)


def test_the_real_definition_is_read() -> None:
    dataset = read_definition(PROJECT, NAV)
    assert [cube.id for cube in dataset.cubes] == [
        "participant-group",
        "county",
        "sex",
        "age",
        "immigration",
        "country-background",
        "education",
    ]
    assert dataset.names.dsd("county") == "DSD_TILT140_COUNTY"
    assert dataset.cube("county").columns[-4:] == ("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "MONTHS_COVERED")
    assert "_T" not in dataset.cube("county").required["PROGRAMME"]
    assert "_T" in dataset.cube("participant-group").required["PROGRAMME"]
    assert "_U" not in dataset.cube("immigration").required["IMMIGRATION"]
    assert dataset.suppression is not None
    assert (dataset.suppression.lower, dataset.suppression.upper(0)) == (0, 3)
    assert dataset.editions[0].version == "2024.11.0"
    assert dataset.codelist("CL_COUNTY")["18"].misspellings == ("Nordland - Nordlånnda", "Nordland - Nordlândia")
    assert dataset.codelist("CL_COUNTY")["18"].name.get("smj")


def test_the_made_up_definition_is_read(project: Project) -> None:
    dataset = project.read()
    region = dataset.codelist("CL_REGION")
    assert dataset.title.languages == ("en", "fr"), "the first language is first, whatever the file's order"
    assert region["N2"].name.get("en") == made_up.HOSTILE
    assert region["N"].name.get("sme") == "Davvi"
    assert [match.iri for match in region["N"].matches] == ["http://example.org/n", "http://example.org/north"]
    assert (region.levels, region.depth("N1")) == (3, 3)
    assert dataset.cube("establishments").required == {
        "REGION": ("_T", "N", "N1", "0301"),
        "SECTOR": ("_T", "A-B", "C$1"),
    }
    assert [cube.measure.decimals for cube in dataset.cubes] == [0, 0, 2]
    assert [attribute.value for attribute in dataset.cube("turnover").series_attributes] == ["EUR", "6", "2"]
    assert dataset.editions[0].issued == datetime(2024, 11, 5, 8, 30, tzinfo=UTC)
    assert dataset.editions[0].prepared == datetime(2024, 11, 6, tzinfo=UTC)
    assert dataset.editions[0].version == "2024.9.1"
    assert dataset.suppression is not None
    assert dataset.suppression.upper(2) is None


# Every key, and what happens without it


def complete() -> dict[str, Any]:
    """Return the values of a definition in which every key of the table stands."""
    values = tomllib.loads((PROJECT / "schemas" / NAV / TOML).read_text(encoding="utf-8"))
    text = {"nb": "Ord", "nn": "Ord", "en": "Words"}
    values["dataset"]["structure_version"] = "2.3"
    values["contact"]["email"] = "post@example.org"
    values["suppression"]["secondary"] = "present"
    values["catalogue"] |= {"download_url": "https://files.example.org/tilt140", "themes": ["GOVE", "SOCI"]}
    values["catalogue"] |= {"access_rights": "RESTRICTED", "status": "DEVELOP", "availability": "STABLE"}
    values["source"]["total"] = "Sum"
    values["measure"] |= {"unit_multiplier": 1, "decimals": 1}
    values["cubes"]["sex"] |= {"description": text, "unit": "EUR", "unit_multiplier": 2, "decimals": 2}
    values["editions"]["2024-11"] |= {"note": text, "revision": 2, "issued": date(2024, 12, 1)}
    values["formats"] = {"px": {"width": 80}}
    return values


def as_toml(value: object) -> str:
    """Return a value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {as_toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def write_real(folder: Path, values: dict[str, Any]) -> None:
    """Write the real dataset with other values in its dataset.toml, and codes for what they use."""
    schemas = folder / "schemas" / NAV
    if not schemas.exists():
        shutil.copytree(PROJECT / "schemas" / NAV, schemas)
        (schemas / "rules.toml").unlink()  # these are of the real units
        for name, codes in (("CL_UNIT_MULT", "0 1 2"), ("CL_DECIMALS", "0 1 2"), ("CL_UNIT_MEASURE", "PER EUR")):
            lines = "".join(f"{code},x,x,x\n" for code in codes.split())
            (schemas / "codelists" / f"{name}.csv").write_text(f"code,label_nb,label_nn,label_en\n{lines}")
    text = "".join(f"{name} = {as_toml(value)}\n" for name, value in values.items())
    (schemas / TOML).write_text(text, encoding="utf-8")


def places(values: object, parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the paths of the values that a key's path fits."""
    if not parts:
        return [()]
    assert isinstance(values, dict)
    names = values if parts[0] == "*" else [parts[0]]
    return [(name, *rest) for name in names if name in values for rest in places(values[name], parts[1:])]


@pytest.mark.parametrize("key", sampled(4, KEYS), ids=lambda key: key.path)
def test_every_key_is_read_and_required_where_the_table_says_so(tmp_path: Path, key: Key) -> None:
    values = complete()
    write_real(tmp_path, values)
    whole = read_definition(tmp_path, NAV)
    # The last place has no other setting to fall back on but [measure]'s.
    place = places(values, key.parts)[-1]
    table = values
    for part in place[:-1]:
        table = table[part]
    del table[place[-1]]
    write_real(tmp_path, values)
    dotted = ".".join(place)
    if key.required == "no":
        assert read_or_refuse(tmp_path, NAV) or read_definition(tmp_path, NAV) != whole, f"{key.path} changes nothing"
    else:
        with pytest.raises(DefinitionError, match=re.escape(f"'{dotted}' is missing: {key.meaning}")):
            read_definition(tmp_path, NAV)


@pytest.mark.parametrize("key", sampled(16, KEYS), ids=lambda key: key.path)
def test_a_value_of_another_kind_is_refused_and_breaks_no_other_check(tmp_path: Path, key: Key) -> None:
    for wrong in (3, -1, 1.5, True, "", "x y!", [], [3], [[]], {}, {"a": 1}, [{"a": 1}], date(1, 1, 1)):
        values = complete()
        place = places(values, key.parts)[-1]
        table = values
        for part in place[:-1]:
            table = table[part]
        table[place[-1]] = wrong
        write_real(tmp_path, values)
        findings = read_or_refuse(tmp_path, NAV)
        if not KINDS[key.kind].holds(wrong):
            assert any(found.rule == "kind" and f"'{'.'.join(place)}'" in found.message for found in findings)


@pytest.mark.parametrize("table", sampled(4, sorted({key.parts[0] for key in KEYS})))
@pytest.mark.parametrize("wrong", [3, [], "x", {}, {"x": 1}, {"x": {}}])
def test_a_table_of_another_shape_breaks_no_other_check(tmp_path: Path, table: str, wrong: object) -> None:
    write_real(tmp_path, {**complete(), table: wrong})
    assert read_or_refuse(tmp_path, NAV) or wrong == {} or table == "formats"


def test_every_key_of_the_real_definition_is_in_the_table() -> None:
    def leaves(values: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, value in values.items():
            fits = [
                key
                for key in KEYS
                if all(part in ("*", word) for part, word in zip(key.parts, (*path, name), strict=False))
            ]
            if any(len(key.parts) == len(path) + 1 for key in fits) or not isinstance(value, dict):
                yield (*path, name)
            else:
                yield from leaves(value, (*path, name))

    values = complete()
    known = {place for key in KEYS for place in places(values, key.parts)}
    unknown = [".".join(path) for path in leaves(values, ()) if path not in known]
    assert not unknown


def test_the_page_is_made_from_the_table() -> None:
    written = (PROJECT / "docs" / "definition.md").read_text(encoding="utf-8")
    assert written == definition_page(), "python -m publisher.definition.page > docs/definition.md"
    assert all(f"`{key.path}`" in written and key.meaning in written for key in KEYS)


# What is wrong, and where

FAULTS = [
    # a file, words in it, what stands there instead, how the line then begins, what is said
    (
        TOML,
        'codelist = "CL_REGION"',
        'codelist = "CL_REGIN"',
        "REGION = ",
        "unknown codelist 'CL_REGIN'; did you mean 'CL_REGION'?",
    ),
    (TOML, 'agency = "EX', 'agancy = "EX', "agancy", "unknown key 'dataset.agancy'; did you mean 'agency'?"),
    (TOML, 'agency = "EX', 'agancy = "EX', "[dataset]", "'dataset.agency' is missing: SDMX maintenance agency."),
    (TOML, "[publisher]", "[publishers]", "[publishers]", "unknown key 'publishers'; did you mean 'publisher'?"),
    (
        TOML,
        'reader = "tidy"',
        'reader = "tidy"\nreeder = 1',
        "reeder",
        "unknown key 'source.reeder'; did you mean 'reader'?",
    ),
    (
        TOML,
        "decimals = 2",
        "decimal = 2",
        "decimal =",
        "unknown key 'cubes.turnover.decimal'; did you mean 'decimals'?",
    ),
    (
        TOML,
        "decimals = 2",
        "decimals = 16",
        "decimals =",
        "'cubes.turnover.decimals' must be a whole number from 0 to 15, found 16",
    ),
    (TOML, "decimals = 2", "decimals = 2.0", "decimals =", "must be a whole number from 0 to 15, found 2.0"),
    (TOML, "decimals = 2", "decimals = true", "decimals =", "must be a whole number from 0 to 15, found True"),
    (TOML, "threshold = 3", "threshold = 0", "threshold", "must be a whole number from 1 to 1,000,000, found 0"),
    (TOML, "threshold = 3\n", "", "[suppression]", "'suppression.threshold' is missing"),
    (TOML, '"present"', '"presents"', "secondary", "is 'presents', not one of: none, present; did you mean 'present'?"),
    (TOML, "revision = 1", "revision = -1", "revision", "must be a whole number, 0 or more, found -1"),
    (TOML, "modified = 2024-11-06", "modified = 2024-11-06T00:00:00", "modified", "a date and time with its offset"),
    (TOML, "modified = 2024-11-06", "modified = 0001-01-01", "modified", "must be a date"),
    (TOML, '[editions."2024-09"]', '[editions."2024-9"]', '[editions."2024-9"]', "edition '2024-9' is no month"),
    (TOML, '[editions."2024-09"]', '[editions."0000-01"]', '[editions."0000-01"]', "edition '0000-01' is no month"),
    (TOML, 'languages = ["en", "fr"]', "languages = []", "languages", "must be a list of one or more languages"),
    (TOML, 'languages = ["en", "fr"]', 'languages = "en"', "languages", "must be a list of one or more languages"),
    (TOML, 'languages = ["en", "fr"]', 'languages = ["en", "en"]', "languages", "each once, found ['en', 'en']"),
    (TOML, 'languages = ["en", "fr"]', 'languages = ["en", "french!"]', "languages", "(BCP 47"),
    (TOML, 'org/open"', 'org/open/"', "base_iri", "without a final `/`"),
    (TOML, '"https://statistics.example.org/open"', '"urn:x"', "base_iri", "must be an absolute http or https IRI"),
    (
        TOML,
        '"https://statistics.example.org/open"',
        '"https://x.org/?a"',
        "base_iri",
        "must be an absolute http or https IRI",
    ),
    (TOML, 'id = "made-up"', 'id = "made-down"', "id", "'dataset.id' is not the name of its folder, 'made-up'"),
    (TOML, 'id = "made-up"', 'id = "../up"', "id", "'dataset.id' must be lower-case words"),
    (TOML, 'sdmx_id = "MADEUP"', 'sdmx_id = "1 X"', "sdmx_id", "must be an SDMX id"),
    (TOML, "[cubes.turnover]", "[cubes.Turn_over]", "[cubes.Turn_over]", "cube 'Turn_over' is no id"),
    (TOML, "[cubes.turnover]", "[cubes.catalog]", "[cubes.catalog]", "'catalog' is a word of the dataset's own IRIs"),
    (TOML, "COMMENT = {", '"1X" = {', '"1X"', "component '1X' is no SDMX id"),
    *(
        (TOML, "COMMENT = {", f"{name} = {{", name, f"'{name}' is a column of the formats' own")
        for name in ("ACTION", "STRUCTURE_NAME", "SERIES_KEY", "OBS_KEY", "REPORTING_YEAR_START_DAY", "type")
    ),
    (TOML, "COMMENT = {", "freq = {", "freq", "'components.freq' differs from 'components.FREQ' only in case"),
    (TOML, "CL_UNIT = { name", '"CL U" = { name', '"CL U"', "codelist 'CL U' is no SDMX id"),
    (
        TOML,
        'attributes = ["COMMENT"]',
        'attributes = ["COMENT"]',
        "attributes",
        "names the unknown component 'COMENT'; did you mean 'COMMENT'?",
    ),
    (
        TOML,
        'attributes = ["COMMENT"]',
        'attributes = ["REGION"]',
        "[cubes.jobs]",
        "'jobs' has the component 'REGION' twice",
    ),
    (
        TOML,
        'dimensions = ["FREQ", "SECTOR", "TIME_PERIOD"]',
        "dimensions = []",
        "dimensions = []",
        "'turnover' needs FREQ among its dimensions and TIME_PERIOD last",
    ),
    (
        TOML,
        '["FREQ", "SECTOR", "TIME_PERIOD"]',
        '["SECTOR", "TIME_PERIOD"]',
        'dimensions = ["SECTOR"',
        "needs FREQ among its dimensions",
    ),
    (
        TOML,
        '["FREQ", "SECTOR", "TIME_PERIOD"]',
        '["FREQ", "TIME_PERIOD", "SECTOR"]',
        'dimensions = ["FREQ", "TIME',
        "TIME_PERIOD last",
    ),
    (
        TOML,
        '["FREQ", "SECTOR", "TIME_PERIOD"]',
        '["FREQ", "COMMENT", "TIME_PERIOD"]',
        'dimensions = ["FREQ", "COMM',
        "dimension 'COMMENT' of 'turnover' has no codelist",
    ),
    (
        TOML,
        'required = ["REGION", "SECTOR"]',
        'required = ["TIME_PERIOD"]',
        "required",
        "names the unknown component 'TIME_PERIOD'",
    ),
    (TOML, 'REGION = ["N2"]', 'REGION = ["N9"]', "optional", "'N9' is not in CL_REGION; did you mean 'N'?"),
    (
        TOML,
        "optional = { REGION",
        "optional = { REGON",
        "optional",
        "'REGON' of optional is not among 'cubes.establishments.required'; did you mean 'REGION'?",
    ),
    (TOML, 'unit = "EUR"', 'unit = "EURO"', 'unit = "EURO"', "unit 'EURO' is not in CL_UNIT; did you mean 'EUR'?"),
    (TOML, 'unit = "NUM"\n', "", "[cubes.jobs]", "'cubes.jobs.unit' or 'measure.unit' is missing"),
    (TOML, 'email = "desk@example.org"\n', "", "[contact]", "'contact.email' or 'contact.homepage' is missing"),
    (TOML, 'email = "desk@example.org"', 'email = "a desk"', "email", "must be an email address"),
    (TOML, '"https://statistics.example.org"\n', '"statistics.example.org"\n', "homepage", "must be an absolute IRI"),
    (
        TOML,
        'name = { en = "Desk", fr = "Bureau" }',
        'name = { en = "Desk" }',
        'name = { en = "Desk" }',
        "'contact.name' has no words in 'fr'",
    ),
    (TOML, ', fr = "établissements" }]', "}]", "keywords", "'dataset.keywords.0' has no words in 'fr'"),
    (
        TOML,
        'fr = "Bureau"',
        'fr = "=Bureau"',
        'name = { en = "Desk"',
        "'contact.name.fr' begins with '=', which a spreadsheet takes for a formula",
    ),
    (TOML, 'fr = "Bureau"', 'fr = "+B"', 'name = { en = "Desk"', "begins with '+'"),
    (TOML, 'fr = "Bureau"', 'fr = "-B"', 'name = { en = "Desk"', "begins with '-'"),
    (TOML, 'fr = "Bureau"', 'fr = "@B"', 'name = { en = "Desk"', "begins with '@'"),
    (TOML, 'fr = "Bureau"', 'fr = "Bu\\treau"', 'name = { en = "Desk"', "holds the control character U+0009"),
    (TOML, 'fr = "Bureau"', 'fr = " "', 'name = { en = "Desk"', "'contact.name.fr' is empty"),
    (TOML, 'fr = "Bureau"', "fr = 1", 'name = { en = "Desk"', "must be a table of words by language"),
    (TOML, "[measure]", "[measure", "[measure", "is no TOML"),
    (TOML, "OBS_VALUE = {", "OBS_VALU = {", "[components]", "'components.OBS_VALUE' is missing: every dataset has it"),
    (
        TOML,
        'fr = "Valeur" }, data_type = "number"',
        'fr = "Valeur" }',
        "OBS_VALUE",
        "'components.OBS_VALUE.data_type' must be 'number'",
    ),
    (
        TOML,
        'codelist = "CL_UNIT" }',
        'codelist = "CL_UNIT", data_type = "string" }',
        "UNIT_MEASURE",
        "'UNIT_MEASURE' has a codelist: leave data_type out",
    ),
    (TOML, ', codelist = "CL_UNIT" }', "}", "UNIT_MEASURE", "'components.UNIT_MEASURE.codelist' is missing"),
    (
        TOML,
        "[components]",
        "[source.cubes.job]\ntables = 'FREQ'\nrows = 'REGION'\n[components]",
        "[source.cubes.job]",
        "'source.cubes.job' is no cube; did you mean 'jobs'?",
    ),
    (
        TOML,
        "[components]",
        "[source.cubes.jobs]\ntables = 'FREK'\nrows = 'REGION'\n[components]",
        "tables",
        "names the unknown component 'FREK'; did you mean 'FREQ'?",
    ),
    (
        TOML,
        "[components]",
        "[source.cubes.jobs]\ntables = 'FREQ'\n[components]",
        "[source.cubes.jobs]",
        "'source.cubes.jobs.rows' is missing",
    ),
    (TOML, "[components]", "[formats]\npx = 1\n[components]", "px", "'formats.px' must be a table, found 1"),
    (REGION, "0301,_T", "N1,_T", "N1,_T", "code 'N1' is on line 4 already: keep one"),
    (REGION, "0301,_T", "03.01,_T", "03.01,_T", "code '03.01' is no SDMX id"),
    (REGION, "0301,_T", "0301,_TT", "0301", "parent '_TT' of '0301' is no code here; did you mean '_T'?"),
    (REGION, "0301,_T", "0301,0301", "0301", "parents form a cycle: 0301 -> 0301"),
    (REGION, "_T,,", "_T,N1,", "_T", "parents form a cycle: _T -> N1 -> N -> _T"),
    (REGION, "Oslo,Oslo", "Oslo,", "0301", "code '0301' has no label in 'fr': write one"),
    (REGION, "Oslo,Oslo", "=Oslo,Oslo", "0301", "label_en of code '0301' begins with '='"),
    (REGION, "Oslo,Oslo", "Oslo ,Oslo", "0301", "label_en of code '0301' begins or ends with a blank"),
    (REGION, "Oslo,Oslo", "Os\x07lo,Oslo", "0301", "holds the control character U+0007"),
    (REGION, "Oslo,Oslo", "Os\ufefflo,Oslo", "0301", "holds the control character U+FEFF"),
    (REGION, "0301,_T", "0301,_T ", "0301", "'parent' begins or ends with a blank"),
    (REGION, "label_fr", "label_fx", "code", "has no column 'label_fr'"),
    (REGION, "parent", "parrent", "code", "unknown column 'parrent'; did you mean 'parent'?"),
    (REGION, "http://example.org/n ", "example ", "N,", "broad_match 'example' is no absolute IRI"),
    (REGION, "0301,_T,Oslo", "0301,_T,x,Oslo", "0301", "8 cells where the header has 7"),
    (REGION, "0301,_T,Oslo", '0301,_T,"Oslo', "0301", "is no CSV"),
    ("codelists/CL_OBS_STATUS.csv", "Q,", "X,", None, "CL_OBS_STATUS lacks the code 'Q'"),
    ("codelists/CL_CONF_STATUS.csv", "F,", "X,", None, "CL_CONF_STATUS lacks the code 'F'"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "begin", "message"), FAULTS, ids=[f"{f[2][:25]}-{n}" for n, f in enumerate(FAULTS)]
)
def test_a_fault_is_said_with_its_line(
    project: Project, file: str, before: str, after: str, begin: str | None, message: str
) -> None:
    project.replace(file, before, after)
    found = [text for text in project.faults() if message in text]
    assert found, project.faults()
    place = f"schemas/made-up/{file}:{project.line(file, begin)}: " if begin else "schemas/made-up/dataset.toml:"
    assert found[0].startswith(place), found


def test_all_faults_are_said_at_once_in_the_order_of_files_and_lines(project: Project) -> None:
    for file, before, after in (
        (TOML, 'agency = "EXAMPLE"', "agency = 7"),
        (TOML, "threshold = 3", "threshold = 0"),
        (REGION, "Oslo,Oslo", "-Oslo,"),
        (TOML, "decimals = 2", "decimals = 99"),
        ("codelists/CL_UNIT.csv", "EUR,", "NUM,"),
    ):
        project.replace(file, before, after)
    found = project.faults()
    assert [re.sub(r"^schemas/made-up/([^:]*:\d+): .*", r"\1", text) for text in found] == [
        f"codelists/CL_REGION.csv:{project.line(REGION, '0301')}",
        f"codelists/CL_REGION.csv:{project.line(REGION, '0301')}",
        "codelists/CL_UNIT.csv:3",
        f"dataset.toml:{project.line(TOML, 'agency')}",
        f"dataset.toml:{project.line(TOML, 'threshold')}",
        f"dataset.toml:{project.line(TOML, 'decimals')}",
    ]


@pytest.mark.parametrize("table", ["licence", "publisher", "contact", "source"])
def test_a_table_that_is_absent_misses_each_of_its_required_keys(project: Project, table: str) -> None:
    text = (project.schemas / TOML).read_text(encoding="utf-8")
    (project.schemas / TOML).write_text(re.sub(rf"\[{table}\]\n[^\[]*\n(?=\[)", "", text), encoding="utf-8")
    found = [text for text in project.faults() if f"'{table}." in text]
    assert len(found) >= sum(key.required == "yes" for key in KEYS if key.parts[0] == table) > 0
    assert all(text.startswith("schemas/made-up/dataset.toml:1: ") for text in found)


def test_lines_are_right_below_tables_in_a_list_and_strings_of_many_lines(project: Project) -> None:
    project.replace(TOML, 'keywords = [{ en = "establishments", fr = "établissements" }]\n', "")
    project.replace(
        TOML,
        "[publisher]",
        '[[dataset.keywords]]\nen = """a\nfr = 1"""\nfr = "+b"\n[[dataset.keywords]]\nen = "c"\nfr = "=d"\n[publisher]',
    )
    lines = [project.line(TOML, 'fr = "+b'), project.line(TOML, 'fr = "=d')]
    first, second = project.faults()
    assert first.startswith(f"schemas/made-up/dataset.toml:{lines[0]}: 'dataset.keywords.0.fr' be")
    assert second.startswith(f"schemas/made-up/dataset.toml:{lines[1]}: 'dataset.keywords.1.fr' be")


def test_a_cycle_is_said_on_a_line_that_is_in_it(project: Project) -> None:
    text = "code,parent,label_en,label_fr\n_T,A-B,x,x\nA-B,C$1,x,x\nC$1,A-B,x,x\n_U,_T,x,x\n"
    (project.schemas / "codelists/CL_SECTOR.csv").write_text(text)
    assert project.faults() == ["schemas/made-up/codelists/CL_SECTOR.csv:3: parents form a cycle: A-B -> C$1 -> A-B"]


def test_a_definition_without_cubes_says_so_once(project: Project) -> None:
    text = (project.schemas / TOML).read_text(encoding="utf-8")
    (project.schemas / TOML).write_text(re.sub(r"(?s)\[cubes\..*(?=\[editions)", "", text), encoding="utf-8")
    assert project.faults() == ["schemas/made-up/dataset.toml:1: there is no cube: add a table [cubes.<id>]"]


@pytest.mark.parametrize("file", [TOML, REGION, "spellings.csv"])
def test_what_is_not_utf_8_is_said_with_its_line(project: Project, file: str) -> None:
    (project.schemas / file).write_bytes(b"# one\n# tw\xf8\n")
    assert f"schemas/made-up/{file}:2: byte 10 is not UTF-8: save the file as UTF-8" in project.faults()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("CL_REGIN,N,North,alias", "unknown codelist 'CL_REGIN'; did you mean 'CL_REGION'?"),
        ("CL_REGION,N3,North,alias", "'N3' is not in CL_REGION"),
        ("CL_REGION,N,North,alas", "kind 'alas' is neither 'alias' nor 'misspelling'; did you mean 'alias'?"),
        ("CL_REGION,N,,alias", "spelling is empty"),
        ("CL_REGION,N, North,alias", "spelling begins or ends with a blank"),
        ("CL_REGION,N,alias", "3 cells where the header has 4"),
    ],
)
def test_a_bad_spelling_is_said_with_its_line(project: Project, line: str, message: str) -> None:
    text = f"codelist,code,spelling,kind\nCL_REGION,N,Nord,alias\n{line}\n"
    (project.schemas / "spellings.csv").write_text(text, encoding="utf-8")
    (found,) = project.faults()
    assert found.startswith(f"schemas/made-up/spellings.csv:3: {message}")


def test_files_of_codelists_and_their_tables_go_together(project: Project) -> None:
    (project.schemas / "codelists/CL_UNIT.csv").rename(project.schemas / "codelists/CL_UNITS.csv")
    line = project.line(TOML, "CL_UNIT =")
    found = "\n".join(project.faults())
    assert f"dataset.toml:{line}: schemas/made-up/codelists/CL_UNIT.csv is missing; did you mean 'CL_UNITS'?" in found
    assert "'codelists.CL_UNITS' is missing: schemas/made-up/codelists/CL_UNITS.csv is there" in found


def test_two_datasets_of_an_agency_cannot_have_the_same_sdmx_id(project: Project) -> None:
    shutil.copytree(project.schemas, project.schemas.parent / "made_again")
    (found,) = project.faults()
    assert "dataset 'made_again' of the same agency has the SDMX id CS_MADEUP too" in found
    other = project.schemas.parent / "made_again" / TOML
    other.write_text(other.read_text(encoding="utf-8").replace('"MADEUP"', '"madeup_jobs"'), encoding="utf-8")
    project.read()
    project.replace(TOML, "[cubes.jobs]", "[cubes.jobs-jobs]")
    assert "has the SDMX id DSD_MADEUP_JOBS_JOBS too" in "\n".join(project.faults())


def test_an_unknown_dataset_is_answered_with_the_nearest(project: Project) -> None:
    assert find_datasets(project.folder) == ("made-up",)
    for name in ("mad-up", "../made-up", ""):
        with pytest.raises(DefinitionError, match=re.escape(f"unknown dataset '{name}'")):
            read_definition(project.folder, name)
    with pytest.raises(DefinitionError, match="did you mean 'made-up'"):
        read_definition(project.folder, "mad-up")


def test_another_base_iri_replaces_the_definitions(project: Project) -> None:
    assert project.read(base_iri="http://localhost:8000/").names.root == "http://localhost:8000/made-up"


@pytest.mark.parametrize(
    "base",
    ["", "/", "example.org", "ftp://example.org", "https://", "https://a b", "https://a?b", "https://a#", "urn:x:y"],
)
def test_a_base_iri_that_is_none_is_refused(project: Project, base: str) -> None:
    with pytest.raises(DefinitionError, match="no absolute http or https IRI"):
        project.read(base_iri=base)


def test_a_definition_of_windows_is_read_alike(project: Project) -> None:
    before = project.read()
    for path in (project.schemas / TOML, *project.schemas.glob("codelists/*.csv")):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.read() == before


# Whatever stands in the files


def damage(text: str, chance: random.Random) -> str:
    """Return a text with one thing changed: a line or a word lost, doubled, moved or made another."""
    lines = text.split("\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    words = re.split(r"(\W+)", lines[at])
    word = chance.randrange(len(words))
    match chance.randrange(8):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            del words[word]
            lines[at] = "".join(words)
        case 4:
            words[word] = chance.choice(
                ["1", "true", "[]", "{}", '""', '"x"', "[1]", "[[]]", "2024-01-01", ",", '"', "å", "=", "\n"]
            )
            lines[at] = "".join(words)
        case 5:
            words[word] = chance.choice(re.split(r"\W+", text))
            lines[at] = "".join(words)
        case 6:
            lines[at] = re.sub(
                r"=.*", "= " + chance.choice(["3", "[]", "{}", "{a = 1}", '"x"', "[{}]", "1.5", "false"]), lines[at]
            )
        case _:
            cut = chance.randrange(len(text))
            return text[:cut] + chance.choice("\0\t\r\n\"'[]{}=.,#\u2028x") + text[cut + chance.randrange(3) :]
    return "\n".join(lines)


def read_or_refuse(folder: Path, dataset: str) -> tuple[Finding, ...]:
    """Return what is wrong with a definition; anything but a refusal escapes."""
    try:
        read_definition(folder, dataset)
    except DefinitionError as error:
        return error.findings
    return ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_damaged_a_definition_is_read_or_refused_with_its_places(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    made_up.write_project(tmp_path)
    shutil.copytree(PROJECT / "schemas" / NAV, tmp_path / "schemas" / NAV)
    for number in range(100):
        dataset = (NAV, made_up.DATASET)[number % 2]
        files = sorted((tmp_path / "schemas" / dataset).rglob("*.*"))
        path = chance.choice([*files, *[tmp_path / "schemas" / dataset / TOML] * len(files)])
        sound = path.read_bytes()
        text = sound.decode()
        for _ in range(chance.randrange(1, 4)):
            text = damage(text, chance)
        path.write_bytes(text.encode())
        findings = read_or_refuse(tmp_path, dataset)
        assert all(found.line and found.file and found.file.startswith("schemas/") for found in findings)
        path.write_bytes(sound)


def test_reading_definitions_needs_the_standard_library_alone() -> None:
    program = "import sys, publisher.definition; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True, capture_output=True, text=True)
    assert not {"pandas", "pyarrow", "sdmx", "rdflib", "frictionless", "numpy", "duckdb"} & set(ran.stdout.split())
