"""Foreign readers: what each finds in each file of a release is what the file says, but for its known faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import PROJECT
from interop import by_json_parser
from interop.answers import cubes_of, differences, found, path_of, refusal, said
from interop.expectations import (
    ALWAYS,
    FAULTS,
    FILES,
    JSON_PARSER,
    MADE_UP,
    OBSERVATIONS,
    PYSDMX,
    READERS,
    REFUSALS,
    SDMX1,
    SDMXTHON,
    Fault,
    Refusal,
    faults_of,
    refusals_of,
    refuses,
    topics_of,
)
from interop.facts import Release
from interop.page import interop_page
from interop.reader import MissingError
from interop_fixture import build_made_up

from publisher.release import open_release

pytestmark = pytest.mark.slow

NAV = "nav-tilt140"
RELEASES = {NAV: ALWAYS, MADE_UP: FILES}
PAIRS = [(release, file, reader) for release, files in RELEASES.items() for file in files for reader in READERS]
READ = [(*pair, topic) for pair in PAIRS if not refuses(pair[2], pair[1]) for topic in topics_of(pair[1])]
LISTED = [(fault, file) for fault in FAULTS for file in FILES if fault in faults_of(fault.reader, file)]
REFUSED = [pair for pair in PAIRS if refusals_of(pair[2], pair[1])]


@pytest.fixture(scope="session")
def releases(real_release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Release]:
    folders = {NAV: real_release, MADE_UP: build_made_up(tmp_path_factory.mktemp("made-up"))}
    return {name: Release(folder, open_release(folder).dataset) for name, folder in folders.items()}


def name(value: object) -> str:
    text = f"{value.reader}-{value.lost}" if isinstance(value, Fault) else str(value)
    return text.replace(" ", "-")


@pytest.mark.parametrize(("release", "file", "reader", "topic"), READ, ids=name)
def test_a_reader_finds_what_the_file_says(
    release: str, file: str, reader: str, topic: str, releases: dict[str, Release]
) -> None:
    try:
        assert list(differences(releases[release], reader, file, topic)) == []
    except MissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("release", "file", "reader"), REFUSED, ids=name)
def test_a_reader_that_cannot_read_a_file_says_so(
    release: str, file: str, reader: str, releases: dict[str, Release]
) -> None:
    subject = releases[release]
    refused = {cube: why for cube in cubes_of(subject, file) if (why := refusal(subject, reader, file, cube))}
    for cube, why in list(refused.items())[:1]:  # one of each kind of file is enough: node takes its time
        with pytest.raises(Exception) as caught:  # noqa: PT011, B017 - whatever the reader raises
            found(subject, reader, file, cube)
        if isinstance(caught.value, MissingError):
            pytest.skip(str(caught.value))
        assert why.words in f"{caught.type.__name__}: {caught.value}"
    assert refused or release == NAV


@pytest.mark.parametrize(("fault", "file"), LISTED, ids=name)
def test_a_fault_shows_where_the_page_says_it_does(fault: Fault, file: str, releases: dict[str, Release]) -> None:
    shown = {release for release, files in RELEASES.items() if file in files and _shows(fault, releases[release], file)}
    assert shown == ({MADE_UP} if fault.shows == MADE_UP or file not in ALWAYS else set(RELEASES))


def _shows(fault: Fault, release: Release, file: str) -> bool:
    """Whether a fault changes any of its topics, in the cubes that the reader can read at all."""
    readable = [cube for cube in cubes_of(release, file) if not refusal(release, fault.reader, file, cube)]
    facts = [said(release, file, cube) for cube in readable]
    return any(fault.becomes(fact)[topic] != fact[topic] for fact in facts for topic in fault.topics)


@pytest.mark.parametrize("fault", FAULTS, ids=name)
def test_a_fault_names_every_topic_that_it_touches(fault: Fault, releases: dict[str, Release]) -> None:
    touched = set()
    for release, files in RELEASES.items():
        for file in files:
            if fault in faults_of(fault.reader, file) and not refuses(fault.reader, file):
                for cube in cubes_of(releases[release], file):
                    before = said(releases[release], file, cube)
                    after = fault.becomes(before)
                    touched |= {topic for topic in topics_of(file) if before[topic] != after[topic]}
    # Where the key changes, everything under it does.
    assert touched == set(fault.topics) or "observations" in fault.topics


def test_the_page_speaks_of_as_many_observations_as_there_are(releases: dict[str, Release]) -> None:
    release = releases[NAV]
    rows = [len(said(release, "data-2.1.xml", cube)["observations"]) for cube in cubes_of(release, "data-2.1.xml")]
    assert (sum(rows), len(rows)) == (OBSERVATIONS, 7)


@pytest.mark.parametrize("release", RELEASES)
def test_every_sdmx_file_of_a_release_is_on_the_page(release: str, releases: dict[str, Release]) -> None:
    subject = releases[release]
    there = {path.relative_to(subject.folder).as_posix() for path in subject.folder.glob("sdmx/**/*.*")}
    listed = {path_of(file, cube) for file in RELEASES[release] for cube in cubes_of(subject, file)}
    assert {path for path in there if not path.endswith(".xsd")} == listed


def test_the_page_is_made_from_the_table_of_expectations() -> None:
    assert (PROJECT / "docs/interop.md").read_text(encoding="utf-8") == interop_page()


@pytest.mark.parametrize("reason", [*FAULTS, *REFUSALS], ids=lambda reason: f"{reason.reader}-{reason.files[0]}")
def test_every_reason_is_one_of_a_file_there_is(reason: Fault | Refusal) -> None:
    matching = faults_of if isinstance(reason, Fault) else refusals_of
    assert any(reason in matching(reason.reader, file) for file in FILES)  # type: ignore[operator]


def test_the_simplified_rows_of_the_json_parser_fill_absent_attributes(releases: dict[str, Release]) -> None:
    try:
        answer = by_json_parser.parse(releases[NAV].folder / "sdmx/sex/data-2.0.json")
    except MissingError as error:
        pytest.skip(str(error))
    months = [row["MONTHS_COVERED"] for row in answer["rows"] if row["TIME_PERIOD"] == "2024-11"]
    assert months
    assert set(months) == {"11"}


PLANTED = {
    # reader, file, what is replaced, by what, the topic in which it is found
    "value, sdmx1": (SDMX1, "data-2.1.xml", ' OBS_VALUE="', ' OBS_VALUE="1', "values"),
    "status, pysdmx": (PYSDMX, "data-3.1.xml", ' OBS_STATUS="P"', ' OBS_STATUS="A"', "statuses"),
    "period, pysdmx": (PYSDMX, "data-2.1-generic.xml", 'value="2024-10"', 'value="2023-10"', "observations"),
    "unit, sdmxthon": (SDMXTHON, "data-2.1.xml", ' UNIT_MULT="0"', ' UNIT_MULT="3"', "unit"),
    "action, pysdmx": (PYSDMX, "data-2.0.csv", ",R,", ",A,", "structure"),
    "attribute, pysdmx": (PYSDMX, "data-3.0.xml", ' MONTHS_COVERED="11"', "", "attributes"),
    "suppressed, parser": (JSON_PARSER, "data-2.0.json", '"NaN"', "null", "values"),
    "label, parser": (JSON_PARSER, "data-2.0.json", '"nn": "Kvinner"', '"nn": "Kvinnor"', "labels"),
    "label, sdmx1": (SDMX1, "structure-2.1.xml", '"nn">Kvinner<', '"nn">Kvinnor<', "names"),
    "language, sdmx1": (SDMX1, "structure-2.1.xml", 'xml:lang="sme"', 'xml:lang="smj"', "names"),
    "label, pysdmx": (PYSDMX, "structure-3.0.xml", '"en">Women<', '"en">Woman<', "names"),
    "constraint, pysdmx": (PYSDMX, "structure-3.1.xml", "<str:Value>2024-11</str:Value>", "", "constraints"),
    "parent, pysdmx": (PYSDMX, "structure-3.0.xml", "CL_SEX(1.0).F</", "CL_SEX(1.0).X</", "parents"),
    "relationship, pysdmx": (PYSDMX, "structure-2.0.json", '"observation": {}', '"dataflow": {}', "attributes"),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_difference_is_found_and_named(plant: str, release: Path) -> None:
    reader, file, old, new, topic = PLANTED[plant]
    subject = Release(release, open_release(release).dataset)
    cube = None if file.startswith("structure-") else "county" if plant.startswith("suppressed") else "sex"
    path = release / path_of(file, cube)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    try:
        assert list(differences(subject, reader, file, topic, [cube])) != []
    except MissingError as error:
        pytest.skip(str(error))
