"""Of a large message libxml2 is given the lines that say something new: it finds there what it finds in the whole."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sdmx_data import one, pair, spoil, subject, with_flat, written
from sdmx_fixture import hostile_publication

from publisher.checks import sdmx_rules, sdmx_schema
from publisher.checks.run import run
from publisher.checks.sdmx_excerpt import Excerpts
from publisher.checks.sdmx_layouts import FLAT, GENERIC, IN_SERIES
from publisher.errors import Finding
from publisher.formats import sdmx_generic, sdmx_ml, sdmx_structure, sdmx_xsd
from publisher.formats.draft import Publication

pytestmark = pytest.mark.slow

FORMATS = (sdmx_structure.FORMAT, sdmx_ml.FORMAT, sdmx_generic.FORMAT, sdmx_xsd.FORMAT)
FOLDER = "sdmx/by-area"
LAYOUTS = {"data-3.0": IN_SERIES, "data-3.0-flat": FLAT, "data-2.1-generic": GENERIC}
REPEATED = 40


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return with_flat(hostile_publication(tmp_path_factory.mktemp("observations")))


@pytest.fixture(scope="module")
def release(made_up: Publication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(made_up, tmp_path_factory.mktemp("release"), *FORMATS)


def found(folder: Path, publication: Publication, scratch: Path, file: str) -> tuple[Finding, ...]:
    """Return what is found in one file by its excerpt; the whole file says the same, or nothing either."""
    given = subject(folder, publication, scratch)
    own = f"{FOLDER}/{file.replace('data-', 'schema-')}.xsd"
    given = replace(given, files=frozenset({f"{FOLDER}/{file}.xml", own} & given.files))
    whole, excerpt = sdmx_schema.valid_files(given).findings, sdmx_schema.valid_excerpts(given).findings
    assert bool(whole) == bool(excerpt), (whole, excerpt)
    return excerpt


def large(text: str) -> str:
    """Return a message with its rows many times over."""
    first = text.index("\n", text.index("<message:DataSet ")) + 1
    last = text.index("</message:DataSet>")
    return text[:first] + text[first:last] * REPEATED + text[last:]


def in_the_middle(change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a change of a large message that is made once, half way."""

    def changed(text: str) -> str:
        text = large(text)
        middle = text.index("\n", len(text) // 2) + 1
        return text[:middle] + change(text[middle:])

    return changed


def test_an_excerpt_has_every_value_once_and_the_lines_it_has_in_the_file(made_up: Publication, release: Path) -> None:
    cube, dataset = made_up.dataset.cubes[0], made_up.dataset
    for file, layout in LAYOUTS.items():
        path = release / FOLDER / f"{file}.xml"
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        excerpt = Excerpts().of(path, cube, dataset, file[5:8], layout)
        assert excerpt.lines == len(lines)
        assert len(excerpt.texts) == len(excerpt.numbers) < len(lines)
        for text, number in zip(excerpt.texts, excerpt.numbers, strict=True):
            assert text == layout.close or text == lines[number - 1]
        for component in cube.key_ids:
            codes = {code for code in made_up.observations[0].table()[component].to_pylist()}
            assert all(any(pair(file, component, code) in text for text in excerpt.texts) for code in codes)


def test_rows_that_another_version_has_too_are_read_once(
    made_up: Publication, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    for module in ("sdmx_excerpt", "sdmx_rules"):
        real = __import__(f"publisher.checks.{module}", fromlist=["read_blocks"]).read_blocks
        monkeypatch.setattr(
            f"publisher.checks.{module}.read_blocks",
            lambda path, *rest, real=real: (read.append(path), real(path, *rest))[1],
        )
    given = subject(release, made_up, release.parent)
    assert sdmx_schema.valid_excerpts(given).findings == ()
    assert sdmx_rules.kept_rules(given).findings == ()
    assert [path.name for path in read] == ["data-2.1.xml", "data-2.1-flat.xml", "data-2.1-generic.xml"] * 2


def test_above_a_limit_the_excerpt_is_what_is_looked_at(made_up: Publication, release: Path, tmp_path: Path) -> None:
    (check,) = sdmx_schema.CHECKS
    verdict = run(replace(check, most_rows=1), subject(release, made_up, tmp_path))
    assert (verdict.by, verdict.findings) == ("libxml2", ())
    assert verdict.outcome.looked_at.startswith("7 files, of ")
    assert verdict.outcome.looked_at.endswith(" that say something new")


# A fault that is made once in the middle of a large file, by layout of the pair; words of its finding.
FAULTS: dict[str, tuple[Callable[[str], Callable[[str], str]], str]] = {
    "unknown code": (
        lambda file: one(pair(file, "KIND", "02"), pair(file, "KIND", "99")), "'99' is not in the codelist",
    ),
    "unknown status": (
        lambda file: one(pair(file, "OBS_STATUS", "A"), pair(file, "OBS_STATUS", "Z")), "'Z' is not in the codelist",
    ),
    "nan in lower case": (
        lambda file: one(pair(file, "OBS_VALUE", "NaN"), pair(file, "OBS_VALUE", "nan")), "OBS_VALUE is no number",
    ),
    "value is a word": (
        lambda file: one(pair(file, "OBS_VALUE", "58.50"), pair(file, "OBS_VALUE", "58,50")), "OBS_VALUE is no number",
    ),
    "month 13": (lambda file: one(pair(file, "TIME_PERIOD", "2022"), pair(file, "TIME_PERIOD", "2022-13")), "2022-13"),
    "months above an int": (
        lambda file: one(pair(file, "MONTHS", "7"), pair(file, "MONTHS", "7000000000")), "attribute 'MONTHS'",
    ),
    "dimension missing": (lambda file: one(pair(file, "KIND", "02"), ""), "'KIND' is required but missing"),
    "period missing": (lambda file: one(pair(file, "TIME_PERIOD", "2022"), ""), "required but missing"),
    "attribute of no component": (lambda file: one("<Obs ", '<Obs EXTRA="1" '), "'EXTRA' is not allowed"),
    "observation outside a series": (
        lambda file: lambda text: one("</Series>\n", "</Series>\n" * 2)(one("</Series>\n", "")(text)),
        "is not expected",
    ),
    "a character that XML has not": (
        lambda file: one(pair(file, "REMARK", "plain"), pair(file, "REMARK", "pla\x01in")), "is no XML",
    ),
    "a character that is none": (
        lambda file: one(pair(file, "REMARK", "plain"), pair(file, "REMARK", "pla\uffffin")), "is no XML",
    ),
    "cut short": (lambda file: lambda text: text[: text.index("\n", len(text) // 2) + 1], "cut short"),
}  # fmt: skip
# The official schema of generic data says nothing of codes and values.
GENERIC_FAULTS = ("a character that XML has not", "a character that is none", "cut short")


@pytest.mark.parametrize("fault", [fault if fault == "unknown code" else pytest.param(fault) for fault in FAULTS])
def test_one_fault_in_the_middle_of_a_large_file_is_found_with_its_line(
    fault: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    change, words = FAULTS[fault]
    for file in ("data-3.0", "data-2.1-generic") if fault in GENERIC_FAULTS else ("data-3.0",):
        path = f"{FOLDER}/{file}.xml"
        folder = spoil(release, tmp_path / file, path, in_the_middle(change(file)))
        findings = found(folder, made_up, tmp_path / "scratch", file)
        assert {(item.rule, item.file, item.cube) for item in findings} == {("sdmx-schema", path, "by-area")}
        assert words in str(findings[0])
        clean = large((release / path).read_bytes().decode()).split("\n")
        spoilt = (folder / path).read_bytes().decode().split("\n")
        first = next(number for number, (old, new) in enumerate(zip(clean, spoilt, strict=False), 1) if old != new)
        if "is not in the codelist" in words or "number" in words:
            assert {item.line for item in findings} == {first}


def test_a_large_file_without_a_fault_has_no_finding(made_up: Publication, release: Path, tmp_path: Path) -> None:
    for file in LAYOUTS:
        folder = spoil(release, tmp_path / file, f"{FOLDER}/{file}.xml", large)
        assert found(folder, made_up, tmp_path / "scratch", file) == ()


def test_what_says_to_be_in_another_encoding_is_read_whole(made_up: Publication, release: Path, tmp_path: Path) -> None:
    declared = one('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    folder = spoil(release, tmp_path / "r", f"{FOLDER}/data-3.0.xml", declared)
    given = subject(folder, made_up, tmp_path)
    outcome = sdmx_schema.valid_excerpts(replace(given, files=given.files - {f"{FOLDER}/data-2.1-generic.xml"}))
    lines = sum((folder / path).read_bytes().count(b"\n") for path in given.files if "/data-" in path)
    lines -= sum(
        (folder / FOLDER / f"{name}.xml").read_bytes().count(b"\n") for name in ("data-3.0", "data-2.1-generic")
    )
    assert f"of {lines:,} lines" in outcome.looked_at


_VALUES = (
    "",
    "nan",
    "NaN",
    "1e5",
    "INF",
    "-",
    "a b",
    "2022-13",
    "2024-W60",
    "99",
    "_T",
    "\x0b",
    "&#10;",
    "&#1;",
    "é",
    "\ufffe",
)


def _mutated(text: str, chance: random.Random) -> str:
    """Return a message with a random fault, or with none, in its rows."""
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("<message:DataSet ")) + 1
    place = chance.randrange(first, len(lines))
    line = lines[place]
    parts = line.split('"')
    kind = chance.randrange(7)
    if kind == 0 and len(parts) > 1:
        parts[chance.randrange(len(parts) // 2) * 2 + 1] = chance.choice(_VALUES)
        lines[place] = '"'.join(parts)
    elif kind == 1 and len(parts) > 2:
        at = chance.randrange(len(parts) // 2) * 2
        lines[place] = '"'.join([*parts[:at], parts[at][:0] + parts[at + 2], *parts[at + 3 :]])
    elif kind == 2:
        del lines[place]
    elif kind == 3:
        lines.insert(place, line)
    elif kind == 4:
        other = chance.randrange(first, len(lines))
        lines[place], lines[other] = lines[other], line
    elif kind == 5 and line:
        at = chance.randrange(len(line))
        lines[place] = line[:at] + chance.choice(['"', "<", ">", "&", " ", "x", "\x02", "\r", "'"]) + line[at + 1 :]
    elif len(parts) > 4:
        lines[place] = '"'.join([*parts[:2], parts[0].rpartition(" ")[0] + parts[2], *parts[1:]])
    return "\n".join(lines)


@pytest.mark.parametrize("file", LAYOUTS)
def test_whatever_is_changed_the_excerpt_is_valid_exactly_if_the_file_is(
    file: str, made_up: Publication, release: Path, tmp_path: Path
) -> None:
    chance = random.Random(20241122)
    path = Path(shutil.copytree(release, tmp_path / "r")) / FOLDER / f"{file}.xml"
    text = path.read_bytes().decode()
    invalid = 0
    for _ in range(120):
        path.write_bytes(_mutated(text, chance).encode())
        invalid += bool(found(tmp_path / "r", made_up, tmp_path / "scratch", file))
    assert 30 < invalid < 120
