"""PC-Axis files: each observation is read back, every keyword is checked, and nothing in a definition breaks them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import PROJECT, sampled
from hypothesis import given
from hypothesis import strategies as st
from rdf_fixture import HOSTILE, hostile_dataset

from publisher.checks import one_truth, px_content, px_grammar, px_words, read_px
from publisher.checks.check import Subject
from publisher.checks.reader import UnreadableError
from publisher.columns import SOURCE_LINE, input_schema
from publisher.definition import read_definition
from publisher.formats import px
from publisher.formats.draft import Draft, Publication
from publisher.formats.limits import left_out
from publisher.formats.px_text import apart, decoded, encoded, name, plain
from publisher.formats.px_variables import levels, tree
from publisher.model import Attribute, Code, Codelist, Concept, Dataset, Dimension, Edition, Text
from publisher.observations import Observations, store

pytestmark = pytest.mark.slow

NAV = read_definition(PROJECT, "nav-tilt140")
EDITION = NAV.edition("2024-11")
PARQUET = PROJECT / "output/nav-tilt140/data"
READER = read_px.READERS[0]
LONG = "A label that no line can hold: " + "word " * 60 + "end"


def write(folder: Path, dataset: Dataset, edition: Edition, observations: Sequence[Observations]) -> list[str]:
    draft = Draft(folder)
    px.write(Publication(dataset, folder, edition, tuple(observations), ()), draft, {})
    return [file.path for file in draft.files]


def subject_of(folder: Path, dataset: Dataset, edition: Edition, observations: Sequence[Observations]) -> Subject:
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*.px"))
    return Subject(folder, dataset, edition, {item.cube.id: item for item in observations}, files, folder)


def nav(*cubes: str) -> list[Observations]:
    chosen = [cube for cube in NAV.cubes if not cubes or cube.id in cubes]
    paths = [(cube, PARQUET / f"{cube.id}.parquet") for cube in chosen]
    return [Observations(cube, path, pq.read_metadata(path).num_rows, 0) for cube, path in paths]


def faults_of(subject: Subject) -> list[str]:
    """Return everything that the checks of PC-Axis say: keywords, and cells by pyaxis and by the plain parser."""
    check = one_truth.check_of(READER)
    assert check.twin is not None
    outcomes = (px_content.run(subject), check.run(subject), check.twin(subject))
    return [f"{finding.file}: {finding.key}: {finding.message}" for item in outcomes for finding in item.findings]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The PC-Axis files of the real release, not to be changed."""
    folder = tmp_path_factory.mktemp("px")
    write(folder, NAV, EDITION, nav())
    return folder


def test_a_cube_has_a_file_for_each_frequency(written: Path) -> None:
    files = sorted(path.name for path in written.rglob("*.px"))
    assert files == sorted(f"{cube.id}-{frequency}.px" for cube in NAV.cubes for frequency in "AM")


def test_every_observation_is_read_back_by_pyaxis_and_every_keyword_is_right(written: Path) -> None:
    subject = subject_of(written, NAV, EDITION, nav())
    assert faults_of(subject) == []
    assert one_truth.check_of(READER).run(subject).looked_at == "4,068 observations"
    assert px_content.run(subject).looked_at == "14 files"


def test_a_file_stands_as_the_specification_recommends(written: Path) -> None:
    text = (written / "px/sex-A.px").read_bytes().decode("utf-8")
    head, _, cells = text.partition("DATA=\r\n")
    assert head.startswith(
        'CHARSET="ANSI";\r\nAXIS-VERSION="2013";\r\nCODEPAGE="utf-8";\r\nLANGUAGE="nb";\r\nLANGUAGES="nb","nn","en";\r\n'
        'CREATION-DATE="20261122 00:00";\r\nTABLEID="sex-A";\r\nDECIMALS=0;\r\n'
    )
    for line in (
        'STUB[en]="Programme","Sex"',
        'VARIABLECODE[en]("Sex")="SEX"',
        'VALUES[nn]("Kjønn")="I alt","Kvinner","Menn"',
        'CODES("Kjønn")="_T","F","M"',
        'TIMEVAL("Periode")=TLIST(A1),"2024"',
        'ELIMINATION[en]("Sex")="Total"',
        'HIERARCHIES("Kjønn")="_T","_T":"F","_T":"M"',
        'NOTEX[en]=".. = Missing value; suppressed (0-3): Primary confidentiality due to small counts"',
        'ATTRIBUTES="P","F","11"',
    ):
        assert f"\r\n{line};\r\n" in head, line
    assert cells.endswith(";\r\n")
    assert not re.search(r"(?<!\r)\n", text)
    assert max(map(len, head.split("\r\n"))) <= 256
    order = re.findall(r'^([A-Z-]+)\[?(\w*)\]?(\("[^"]*"\))?=', head, re.MULTILINE)
    assert [language for keyword, language, _ in order if keyword == "VALUES"] == ["", "nn", "en"] * 3


@pytest.mark.parametrize(
    ("frequency", "scale", "named"),
    [
        ("A", "A1 2023 2024", "2023 2024"),
        ("S", "H1 20232 20241", "2023H2 2024H1"),
        ("T", None, "2023T3 2024T1"),
        ("Q", "Q1 20234 20241", "2023Q4 2024Q1"),
        ("M", "M1 202312 202401", "2023M12 2024M01"),
        ("W", "W1 202352 202401", "2023W52 2024W01"),
        ("D", None, "2023-12-31 2024-01-01"),
    ],
)
def test_a_period_has_the_scale_that_the_format_has_for_it(
    frequency: str, scale: str | None, named: str, tmp_path: Path
) -> None:
    periods = {"S": "2023-S2 2024-S1", "T": "2023-T3 2024-T1", "Q": "2023-Q4 2024-Q1", "M": "2023-12 2024-01"}
    periods |= {"W": "2023-W52 2024-W01"}
    dataset, observations = made(tmp_path, frequency=frequency, periods=periods.get(frequency, named).split())
    (path,) = write(tmp_path, dataset, EDITION, [observations])
    found = px_grammar.read(tmp_path / path)
    (values,) = (item.texts for item in found.entries if item.keyword == "VALUES" and item.key == ("TIME_PERIOD nb",))
    points = found.of("TIMEVAL", "TIME_PERIOD nb")
    assert " ".join(values) == named
    assert (points and " ".join(points.texts)) == (scale and f"TLIST({scale[:2]}){scale[2:]}")
    assert faults_of(subject_of(tmp_path, dataset, EDITION, [observations])) == []


def text(words: str, languages: Sequence[str] = ("nb", "en")) -> Text:
    return Text(tuple((language, f"{words} {language}") for language in languages))


def made(
    folder: Path,
    labels: Mapping[str, str | Text] | None = None,
    frequency: str = "Q",
    periods: Sequence[str] = ("2023-Q4", "2024-Q1"),
    languages: Sequence[str] = ("nb", "en"),
    only: int | None = None,
    dimensions: Sequence[str] = ("REGION", "FREQ", "TIME_PERIOD"),
    names: Mapping[str, str | Text] | None = None,
    value: Callable[[int], Decimal | None] = lambda number: None if number == 1 else Decimal(number) - Decimal("0.01"),
) -> tuple[Dataset, Observations]:
    """Return a dataset with one cube, and its observations: regions with the labels, two decimals, a text attribute."""
    codes = labels or {"_T": "All", "R1": "One"}
    known = {code: Text(tuple((l, w) for l in languages)) if isinstance(w, str) else w for code, w in codes.items()}  # noqa: E741
    region = Codelist(
        "CL_REGION", text("Regions", languages), tuple(Code(code, words) for code, words in known.items())
    )
    freq = Codelist("CL_FREQ", text("F", languages), (Code(frequency, text("Often", languages)),))
    base = hostile_dataset()

    def concept(component: str, **rest: Any) -> Concept:
        words = (names or {}).get(component, component)
        return Concept(component, words if isinstance(words, Text) else text(words, languages), **rest)

    all_dimensions = {
        "REGION": Dimension(concept("REGION", codelist=region, data_type="code")),
        "FREQ": Dimension(concept("FREQ", codelist=freq, data_type="code")),
        "TIME_PERIOD": Dimension(concept("TIME_PERIOD", data_type="period")),
    }
    old = base.cubes[0]
    cube = replace(
        old,
        title=text("A cube", languages),
        dimensions=tuple(all_dimensions[component] for component in dimensions),
        attributes=(*old.attributes[:2], Attribute(Concept("NOTE", text("Note", languages)))),
    )
    dataset = replace(base, languages=tuple(languages), title=text("Made", languages), cubes=(cube,))
    keys = list(product(known if "REGION" in dimensions else ["-"], periods))[:only]
    rows = []
    for number, (code, period) in enumerate(keys):
        found = value(number)
        row = {"REGION": code, "FREQ": frequency, "TIME_PERIOD": period, "OBS_VALUE": found, SOURCE_LINE: number + 1}
        row |= {"OBS_STATUS": "Q" if found is None else "A", "CONF_STATUS": "A" if found is None else "F"}
        rows.append({**row, "NOTE": HOSTILE if number == 2 else "." if number == 3 else None})
    folder.mkdir(exist_ok=True)
    batch = pa.RecordBatch.from_pylist(rows, input_schema(cube))
    return dataset, store(dataset, cube, [batch], folder, "made.csv")


HOSTILE_LABELS: Mapping[str, Mapping[str, str]] = {
    "quotes": {"a": 'The "first"', "b": "The 'first'"},
    "equal": {"a": "Unknown", "b": "Unknown", "c": "Known"},
    "equal to one with a code": {"a": "x", "b": "x", "c": "x (b)"},
    "semicolons and equals": {"a": 'a;b="c";', "b": "=(;)="},
    "a false DATA=": {"a": "DATA=1 2 3;", "b": "metadata=none", "c": "DATA ="},
    "line breaks": {"a": "one\ntwo", "b": "one two", "c": "\none\n\ntwo"},
    "long": {"a": LONG, "b": LONG + "!", "c": "x" * 300, "d": "y" * 256, "e": "z" * 257},
    "language marks": {"a": "[en]", "b": "x [nb] y"},
    "blanks and brackets": {"a": "( a )", "b": ")(", "c": "a  b", "d": "a, b"},
    "right to left": {"a": "שלום", "b": "\U0001f600 ｘ", "c": "é\u0301"},
    "dots": {"a": ".", "b": "..", "c": "-", "d": '"."'},
    "a hash": {"a": "C#", "b": "##", "c": "…"},
    "only what is lost": {"a": '"', "b": "'"},
    "one": {"a": "alone"},
}


@pytest.mark.parametrize("languages", sampled(2, [("nb", "en"), ("en",), ("en-GB", "nb", "sme", "zh-Hant")]), ids=len)
@pytest.mark.parametrize("kind", HOSTILE_LABELS)
def test_labels_of_every_kind_are_written_and_read_back(kind: str, languages: Sequence[str], tmp_path: Path) -> None:
    labels = HOSTILE_LABELS[kind]
    names = {"REGION": labels["a"], "FREQ": labels["a"], "TIME_PERIOD": labels["a"]}
    dataset, observations = made(tmp_path, labels, languages=languages, names=names)
    write(tmp_path, dataset, EDITION, [observations])
    assert faults_of(subject_of(tmp_path, dataset, EDITION, [observations])) == []
    found = px_grammar.read(tmp_path / "px/price-index-Q.px")
    for item in found.entries:
        if item.keyword in ("VALUES", "STUB", "HEADING"):
            assert len(set(item.texts)) == len(item.texts)
            assert all(0 < len(value) <= 256 for value in item.texts)
    raw = (tmp_path / "px/price-index-Q.px").read_text(encoding="utf-8")
    assert raw.upper().count("DATA=") == 1
    assert ("LANGUAGES=" in raw) == (len(languages) > 1)


@pytest.mark.parametrize(
    ("label", "other", "named"),
    [
        ("DATA", "Period", ("DATA (REGION)", "Period")),
        (" DATA\n", "Period", ("DATA (REGION)", "Period")),
        ("DATA", "DATA", ("DATA (REGION)", "DATA (TIME_PERIOD)")),
        ("DATA", "DATA (REGION)", ("DATA (REGION)", "DATA (REGION) (TIME_PERIOD)")),
        ("Data", "data", ("Data", "data")),
        ("DATA1", "MY DATA", ("DATA1", "MY DATA")),
    ],
)
@pytest.mark.parametrize("language", ["nb", "en"])
def test_a_variable_called_as_pyaxis_calls_the_values_has_its_id_too(
    language: str, label: str, other: str, named: tuple[str, str], tmp_path: Path
) -> None:
    called = {"REGION": label, "TIME_PERIOD": other}
    names = {
        component: Text(tuple((each, words if each == language else component) for each in ("nb", "en")))
        for component, words in called.items()
    }
    dataset, observations = made(tmp_path, names=names)
    (path,) = write(tmp_path, dataset, EDITION, [observations])
    assert faults_of(subject_of(tmp_path, dataset, EDITION, [observations])) == []
    marked = "" if language == "nb" else language
    found = px_grammar.read(tmp_path / path).entries
    texts = {item.keyword: item.texts for item in found if item.language == marked}
    assert (*texts["STUB"], *texts["HEADING"]) == named


def test_a_variable_without_its_id_that_pyaxis_overwrites_is_found(tmp_path: Path) -> None:
    for language in ("nb", "en"):
        folder = tmp_path / language
        words = Text(tuple((each, "DATA" if each == language else "Region") for each in ("nb", "en")))
        dataset, observations = made(folder, names={"REGION": words})
        (path,) = write(folder, dataset, EDITION, [observations])
        text = (folder / path).read_bytes()
        assert b'"DATA (REGION)"' in text
        (folder / path).write_bytes(text.replace(b'"DATA (REGION)"', b'"DATA"'))
        outcome = px_content.run(subject_of(folder, dataset, EDITION, [observations]))
        assert ["names REGION 'DATA' without its id" in finding.message for finding in outcome.findings] == [True]


def test_a_cube_with_one_observation_and_one_without_other_dimensions_are_written(tmp_path: Path) -> None:
    for number, dimensions in enumerate((("REGION", "FREQ", "TIME_PERIOD"), ("FREQ", "TIME_PERIOD"))):
        folder = tmp_path / str(number)
        dataset, observations = made(folder, only=1, dimensions=dimensions)
        write(folder, dataset, EDITION, [observations])
        assert faults_of(subject_of(folder, dataset, EDITION, [observations])) == []
        assert (folder / "px/price-index-Q.px").read_text().endswith("DATA=\n-0.01;\n")


def test_cells_without_an_observation_and_hidden_ones_differ_and_are_explained(tmp_path: Path) -> None:
    dataset, observations = made(tmp_path, {"a": "A", "b": "B"}, only=3)
    write(tmp_path, dataset, EDITION, [observations])
    file = (tmp_path / "px/price-index-Q.px").read_text()
    assert file.endswith('DATA=\n-0.01 ".." \n1.99 ".";\n')
    assert ". = ikke i tabellen" in file
    assert ". = not in the table" in file
    assert '\nATTRIBUTES("a","2024-Q1")="Q","A",".";\n' in file


def test_an_attribute_in_text_is_carried_whatever_it_holds(tmp_path: Path) -> None:
    dataset, observations = made(tmp_path)
    write(tmp_path, dataset, EDITION, [observations])
    (batch,) = read_px.read(tmp_path, dataset.cubes[0], dataset, "Q")
    assert sorted(filter(None, batch["NOTE"].to_pylist())) == sorted([HOSTILE, "."])


def test_the_same_input_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write(tmp_path, NAV, EDITION, nav("sex"))
    for frequency in "AM":
        path = f"px/sex-{frequency}.px"
        assert (tmp_path / path).read_bytes() == (written / path).read_bytes()


def test_a_cube_with_more_cells_than_readers_hold_is_left_out() -> None:
    assert px.FORMAT.limit.cells is not None
    small = replace(px.FORMAT, limit=replace(px.FORMAT.limit, cells=100))
    notice = left_out(small, nav("sex"))
    assert notice is not None
    assert "the full table of cube sex has" in notice.message
    assert left_out(px.FORMAT, nav()) is None


def test_pyaxis_gives_every_language(written: Path) -> None:
    from pyaxis import pyaxis

    path = str(written / "px/county-M.px")
    for language, named, place in (("nb", "Fylke", "Norge"), ("nn", "Fylke", "Noreg"), ("en", "County", "Norway")):
        metadata = pyaxis.parse(path, "utf-8", lang=language)["METADATA"]
        assert metadata["STUB"][1] == named
        assert metadata[f"VALUES({named})"][0] == place


def test_the_moment_is_that_of_the_edition_in_utc(tmp_path: Path) -> None:
    dataset, observations = made(tmp_path)
    edition = Edition("2024-05", modified=datetime(2024, 5, 6, 1, 8, 9, tzinfo=timezone(timedelta(hours=2))))
    (path,) = write(tmp_path, dataset, edition, [observations])
    text = (tmp_path / path).read_text(encoding="utf-8")
    for keyword in ("CREATION-DATE", "LAST-UPDATED"):
        assert f'\n{keyword}="20240505 23:08";\n' in text


def test_reading_writes_nothing_to_standard_output(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list(read_px.read(written, NAV.cube("sex"), NAV, "M"))
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_reading_leaves_logging_as_it_was(written: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path; from publisher.checks import read_px; "
        "from publisher.definition import read_definition; "
        "dataset = read_definition(Path(sys.argv[1]), 'nav-tilt140'); "
        "list(read_px.read(Path(sys.argv[2]), dataset.cube('sex'), dataset, 'M')); "
        "print(logging.getLogger().handlers, logging.getLogger().level == logging.WARNING)"
    )
    answer = subprocess.run([sys.executable, "-c", code, PROJECT, written], capture_output=True, text=True, check=True)
    assert (answer.stdout, answer.stderr) == ("[] True\n", "")


# What is done to sex-M.px -> a word of what is said of it.
KEYWORDS: Mapping[str, tuple[str, str, str]] = {
    "a label": (
        'VALUES[nn]("Kjønn")="I alt","Kvinner"',
        'VALUES[nn]("Kjønn")="I alt","Kvinnfolk"',
        "names F 'Kvinnfolk'",
    ),
    "labels exchanged": ('[en]("Sex")="Total","Women","Men"', '[en]("Sex")="Total","Men","Women"', "names F 'Men'"),
    "a name": ('STUB[en]="Programme","Sex"', 'STUB[en]="Programme","Gender"', "names SEX 'Gender'"),
    "a code of one language": ('CODES[en]("Sex")="_T","F"', 'CODES[en]("Sex")="_T","X"', "CODES[en]"),
    "a component": ('VARIABLECODE[nn]("Kjønn")="SEX"', 'VARIABLECODE[nn]("Kjønn")="AGE"', "VARIABLECODE[nn]"),
    "a title": ('TITLE[en]="Participants', 'TITLE[en]="Participant', "TITLE[en] does not say"),
    "a note": ("Counts below 4 are suppressed", "Counts below 5 are suppressed", "NOTE[en] does not say"),
    "the rule": ("suppressed (0-3)", "suppressed (1-3)", "NOTEX[en] does not say"),
    "a time point": ('"202410","202411";\r\nTIMEVAL[nn]', '"202410","202412";\r\nTIMEVAL[nn]', "TIMEVAL("),
    "the scale": ('TIMEVAL[en]("Time period")=TLIST(M1)', 'TIMEVAL[en]("Time period")=TLIST(Q1)', "TIMEVAL[en]"),
    "the total": ('ELIMINATION[nn]("Kjønn")="I alt"', 'ELIMINATION[nn]("Kjønn")="Menn"', "is not the total"),
    "a parent": ('HIERARCHIES("Kjønn")="_T","_T":"F"', 'HIERARCHIES("Kjønn")="_T","M":"F"', "HIERARCHIES"),
    "a symbol": ('DATASYMBOL2[en]=".."', 'DATASYMBOL2[en]="0"', "DATASYMBOL2[en]"),
    "the unit": ('UNITS[en]="Persons"', 'UNITS[en]="Thousands"', "UNITS[en]"),
    "the decimals": ("DECIMALS=0;\r\nSHOW", "DECIMALS=1;\r\nSHOW", "DECIMALS does not say"),
    "the moment": ('LAST-UPDATED="20261122 00:00"', 'LAST-UPDATED="20261123 00:00"', "LAST-UPDATED"),
    "the code page": ('CODEPAGE="utf-8"', 'CODEPAGE="iso-8859-1"', "CODEPAGE"),
    "the languages": ('LANGUAGES="nb","nn","en"', 'LANGUAGES="nb","en","nn"', "LANGUAGES"),
    "the matrix": ('MATRIX="sex-M"', 'MATRIX="sex-A"', "MATRIX is not 'sex-M'"),
    "a missing keyword": ('MATRIX="sex-M";\r\n', "", "MATRIX is not 'sex-M'"),
    "a missing translation": ('TITLE[nn]="', 'TITLE[en]="', "TITLE is not followed"),
    "a translation elsewhere": ('SOURCE[nn]="Arb', 'UNKNOWN="Arb', "SOURCE is not followed"),
    "an unknown keyword": ("COPYRIGHT=YES", "COPYLEFT=YES", "COPYLEFT is no keyword"),
    "a keyword twice": ("COPYRIGHT=YES;", "COPYRIGHT=YES;\r\nCOPYRIGHT=YES;", "COPYRIGHT stands twice"),
    "a quoted number": ("SHOWDECIMALS=0", 'SHOWDECIMALS="0"', "SHOWDECIMALS is quoted"),
    "a lost blank": ('TITLE[en]="Participants in', 'TITLE[en]="Participantsin', "TITLE[en] does not say"),
    "half a line end": ("COPYRIGHT=YES;\r\n", "COPYRIGHT=YES;\r", "a line that does not end with CR LF"),
    "a translated cell": (
        'ATTRIBUTES="A","F",".";',
        'ATTRIBUTES="A","F",".";\r\nATTRIBUTES[en]("UTVAOONAV","_T","2024-01")="P","F",".";',
        "is in 'en'",
    ),
    "another line end": ("COPYRIGHT=YES;\r\n", "COPYRIGHT=YES;\n", "COPYRIGHT has a line that does not end with CR LF"),
    "a long line": ('SOURCE[en]="', 'SOURCE[en]="' + "x" * 256, "SOURCE[en] has a line with more than 256"),
    "an attribute's name": ('ATTRIBUTE-TEXT[en]="Obs', 'ATTRIBUTE-TEXT[en]="Ops', "ATTRIBUTE-TEXT[en]"),
    "a codelist": ('DOMAIN("Kjønn")="CL_SEX"', 'DOMAIN("Kjønn")="CL_AGE"', "DOMAIN"),
    "the order": (
        'ATTRIBUTE-ID="OBS_STATUS"',
        'ATTRIBUTES="A","F",".";\r\nATTRIBUTE-ID="OBS_STATUS"',
        "ATTRIBUTES stands before ATTRIBUTE-ID",
    ),
    "more than there is": ("COPYRIGHT=YES;", 'COPYRIGHT=YES;\r\nMAP("Kjønn")="x";', "MAP"),
}


def damaged(written: Path, folder: Path, old: str, new: str) -> Subject:
    """Return a subject with one cube, whose monthly file has other words in it."""
    (folder / "px").mkdir()
    for frequency in "AM":
        data = (written / f"px/sex-{frequency}.px").read_bytes().decode("utf-8")
        if frequency == "M":
            assert old in data
            data = data.replace(old, new, 1)
        (folder / f"px/sex-{frequency}.px").write_bytes(data.encode())
    return subject_of(folder, NAV, EDITION, nav("sex"))


@pytest.mark.parametrize("fault", KEYWORDS)
def test_a_keyword_that_says_something_else_is_found(fault: str, written: Path, tmp_path: Path) -> None:
    old, new, said = KEYWORDS[fault]
    outcome = px_content.run(damaged(written, tmp_path, old, new))
    assert {finding.file for finding in outcome.findings} == {"px/sex-M.px"}
    assert said in "\n".join(finding.message for finding in outcome.findings)


def test_changed_cells_are_found_with_their_keys_by_both_readers(written: Path, tmp_path: Path) -> None:
    text = (written / "px/sex-M.px").read_bytes().decode("utf-8")
    cells = text.partition("DATA=\r\n")[2]
    first = cells.split()[0]
    changes = {
        "value": (
            f"DATA=\r\n{first} ",
            f"DATA=\r\n{int(first) + 1} ",
            f"OBS_VALUE is '{int(first) + 1}', '{first}' expected",
        ),
        "hidden": (f"DATA=\r\n{first} ", 'DATA=\r\n".." ', "OBS_VALUE is empty, a number expected"),
        "missing": (f"DATA=\r\n{first} ", 'DATA=\r\n"." ', "is missing"),
        "status": (
            'ATTRIBUTES="A","F",".";',
            'ATTRIBUTES="A","F",".";\r\nATTRIBUTES("UTVAOONAV","_T","2024-01")="P","F",".";',
            "OBS_STATUS is 'P', 'A' expected",
        ),
    }
    check = one_truth.check_of(READER)
    assert check.twin is not None
    for kind, (old, new, said) in changes.items():
        (tmp_path / kind).mkdir()
        subject = damaged(written, tmp_path / kind, old, new)
        for run in (check.run, check.twin):
            (finding,) = run(subject).findings
            assert (finding.file, finding.key, finding.message) == ("px/sex-M.px", "M.UTVAOONAV._T.2024-01", said)


def test_a_translated_attribute_says_nothing_of_a_cell(written: Path, tmp_path: Path) -> None:
    old, new, _ = KEYWORDS["a translated cell"]
    subject = damaged(written, tmp_path, old, new)
    check = one_truth.check_of(READER)
    assert check.twin is not None
    assert check.twin(subject).findings == ()


@pytest.mark.parametrize("blank", ["a blank in a status", "a blank in a code"])
def test_a_blank_within_quotes_is_found_whoever_reads(blank: str, written: Path, tmp_path: Path) -> None:
    (tmp_path / "px").mkdir()
    for frequency in "AM":
        data = (written / f"px/sex-{frequency}.px").read_bytes()
        (tmp_path / f"px/sex-{frequency}.px").write_bytes(UNREADABLE[blank][0](data) if frequency == "M" else data)
    check = one_truth.check_of(READER)
    assert check.twin is not None
    for run in (check.run, check.twin):
        findings = run(subject_of(tmp_path, NAV, EDITION, nav("sex"))).findings
        assert {finding.file for finding in findings} == {"px/sex-M.px"}


# What is done to the file as a whole -> a word of why it cannot be read.
UNREADABLE: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "line 1: no keyword"),
    "binary": (lambda _: bytes(range(256)) * 10, "not UTF-8"),
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "line 1: no keyword"),
    "another encoding": (lambda data: data.decode().encode("latin-1", "replace"), "not UTF-8"),
    "no cells": (lambda data: data.partition(b"DATA=")[0], "no keyword where one should begin"),
    "cut": (lambda data: data[:-40], "do not end with a semicolon"),
    "cut in a keyword": (lambda data: data[:700], "line"),
    "a cell too few": (lambda data: re.sub(rb"DATA=\r\n\d+ ", b"DATA=\r\n", data), "230 cells, 231 expected"),
    "a quote that nothing closes": (lambda data: data.replace(b'LANGUAGE="nb"', b'LANGUAGE="nb', 1), "line 4"),
    "no variables": (lambda data: data.replace(b"HEADING=", b"FOOTING=", 1), "there is no HEADING"),
    "no codes": (lambda data: data.replace('CODES("Kjønn")'.encode(), b'KODES("K")', 1), "there is no CODES"),
    "a code twice": (lambda data: data.replace(b'="_T","F","M"', b'="_T","F","F"', 1), "twice"),
    "a value too many": (
        lambda data: data.replace(b'"Kvinner","Menn"', b'"Kvinner","Menn","X"', 1),
        "3 CODES and 4 VALUES",
    ),
    "another variable": (lambda data: data.replace(b'="SEX"', b'="AGE"', 1), "its variables are"),
    "another table": (lambda data: data.replace(b'TABLEID="sex-M"', b'TABLEID="age-M"', 1), "of another table"),
    "other attributes": (
        lambda data: data.replace(b'ATTRIBUTES="A","F","."', b'ATTRIBUTES="A","F"', 1),
        "ATTRIBUTE-ID",
    ),
    "no attributes": (lambda data: data.replace(b'ATTRIBUTES="A"', b'ATTRIBUTEN="A"', 1), "there is no ATTRIBUTES"),
    "many blanks": (lambda data: data.replace(b'TITLE="D', b'TITLE="D' + b" " * 100_000 + b"d", 1), "blanks in a row"),
    "many line breaks": (
        lambda data: data.replace(b'TITLE="D', b'TITLE="D' + b"\n" * 100_000 + b"d", 1),
        "not on its line",
    ),
    "a blank in a status": (
        lambda data: data.replace(b'ATTRIBUTES="A","F"', b'ATTRIBUTES=" A","F"', 1),
        "blanks within the quotes",
    ),
    "a blank in a code": (
        lambda data: data.replace(b'="_T","F","M"', b'="_T","F ","M"', 1),
        "blanks within the quotes",
    ),
    "a second DATA=": (lambda data: data.replace(b'TITLE="D', b'TITLE="DATA=D', 1), "too many values"),
    "nothing but quotes": (lambda _: b'"' * 200_000, "line 1: no keyword"),
    "commas": (lambda _: b"A=" + b"," * 200_000, "a value is missing"),
    "keys": (lambda _: b"A(" + b'"",' * 100_000 + b"=", "line 1: no keyword"),
}


# What a plain parser can read, and pyaxis cannot, or not in time.
ONLY_PYAXIS = ("many blanks", "a second DATA=", "a blank in a status", "a blank in a code")


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_file_that_is_none_is_refused_in_words_and_at_once(fault: str, written: Path, tmp_path: Path) -> None:
    change, said = UNREADABLE[fault]
    (tmp_path / "px").mkdir()
    (tmp_path / "px/sex-M.px").write_bytes(change((written / "px/sex-M.px").read_bytes()))
    for read in (read_px.read, read_px.read_plainly):
        if read is read_px.read_plainly and fault in ONLY_PYAXIS:
            continue
        started = time.perf_counter()
        with pytest.raises(UnreadableError, match=re.escape(said)):
            list(read(tmp_path, NAV.cube("sex"), NAV, "M"))
        assert time.perf_counter() - started < 5


def test_a_header_that_promises_more_cells_than_there_are_is_refused_before_they_are_made(
    written: Path, tmp_path: Path
) -> None:
    many = ",".join(f'"{number}"' for number in range(30_000)).encode()
    data = (written / "px/sex-M.px").read_bytes()
    for keyword in ('VALUES("Kjønn")', 'CODES("Kjønn")', 'VALUES("Tiltak")', 'CODES("Tiltak")'):
        data = re.sub(re.escape(keyword.encode()) + rb"=[^;]*;", keyword.encode() + b"=" + many + b";", data)
    (tmp_path / "px").mkdir()
    (tmp_path / "px/sex-M.px").write_bytes(data)
    with pytest.raises(UnreadableError, match="231 cells, 9,900,000,000 expected"):
        list(read_px.read(tmp_path, NAV.cube("sex"), NAV, "M"))


def test_no_message_has_a_hidden_value_in_it(written: Path, tmp_path: Path) -> None:
    (tmp_path / "px").mkdir()
    data = (written / "px/county-M.px").read_bytes()
    for number, new in enumerate((b"7777777 ", b"7777777;", b"7777777x ", b'"7777777" ', b'"7777777 ')):
        (tmp_path / "px/county-M.px").write_bytes(data.replace(b'".." ', new, 1))
        subject = subject_of(tmp_path, NAV, EDITION, nav("county"))
        findings = [*px_content.run(subject).findings, *one_truth.check_of(READER).run(subject).findings]
        assert [finding for finding in findings if finding.file == "px/county-M.px"], number
        assert "7777777" not in json.dumps([finding.message for finding in findings])


@given(st.text())
def test_any_text_can_stand_in_a_file(words: str) -> None:
    for found in (plain(words), plain(words, 20), name(words), encoded(words)):
        assert not re.search(r'["\r\n]|DATA=', found, re.IGNORECASE)
    assert len(plain(words, 20)) <= 20
    assert decoded(encoded(words)) == words
    assert decoded(encoded(None)) is None


@given(st.lists(st.text(st.sampled_from('ab ()"\n…'), max_size=6), max_size=6))
def test_names_are_always_apart(labels: list[str]) -> None:
    codes = [f"c{number}" for number in range(len(labels))]
    found = apart(labels, codes)
    assert len(set(found)) == len(labels)
    assert all(found)


def test_a_tree_may_lack_a_level_and_is_none_with_two_tops() -> None:
    parents = {"T": None, "A": "T", "A1": "A", "A2": "A", "B": "T"}
    codelist = Codelist("CL_X", text("X"), tuple(Code(code, text(code), parent=up) for code, up in parents.items()))
    assert tree(codelist, ("T", "A1", "A2", "B")) == (("T", None), ("A1", "T"), ("A2", "T"), ("B", "T"))
    assert levels(tree(codelist, ("T", "A", "A1", "B"))) is None
    assert levels(tree(codelist, ("T", "A", "A1"))) == 3
    assert tree(codelist, ("A1", "A2", "B")) == ()
    for codes in (("T", "A1", "A2", "B"), ("T", "A", "A1"), ("A1", "B"), ("T",)):
        pairs = sorted(code if up is None else f"{up}:{code}" for code, up in tree(codelist, codes))
        assert px_words._pairs(codelist, codes) == pairs


def test_only_names_that_are_equal_have_their_codes() -> None:
    assert apart(["x", "x", "y"], ["a", "b", "c"]) == ("x (a)", "x (b)", "y")
    assert apart(["x", "x", "x (b)"], ["a", "b", "c"]) == ("x (a)", "x (b)", "x (b) (c)")
    assert apart(["", "x" * 257], ["a", "b"]) == ("a", "x" * 255 + "…")


def test_what_is_parsed_is_what_was_written(written: Path) -> None:
    found = px_grammar.read(written / "px/county-M.px")
    note = found.of("NOTE")
    assert note is not None
    assert note.texts[0].startswith("Antall deltakere på NAVs")
    assert "\n" not in note.texts[0]
    assert "gjennomsnittet av månedene hittil i året." in note.texts[0]
    assert found.of("DECIMALS") == px_grammar.Entry("DECIMALS", "", (), ("0",), 8)
