"""Any SDMX message is proved: what is right passes, alone and with its structure, and what is planted is found."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import PROJECT, sampled

from publisher.checks.run import Verdict
from publisher.checks.sdmx_message_model import Ref, Structures, parse_urn
from publisher.checks.sdmx_message_values import fit, kind_of
from publisher.errors import Finding, InputError
from publisher.validate.kind import Validation
from publisher.validate.sdmx import KIND

pytestmark = pytest.mark.slow

MESSAGES = Path(__file__).parent / "sdmx"
STRUCTURE, DATA, GENERIC = "structure-2.1.xml", "data-2.1.xml", "data-generic-2.1.xml"
RELEASED = PROJECT / "output" / "nav-tilt140" / "sdmx"

# A message, and the structure message that it is of.
PAIRS = (
    (DATA, STRUCTURE),
    (GENERIC, STRUCTURE),
    ("data-1.0.csv", STRUCTURE),
    ("data-2.0.csv", STRUCTURE),
    ("data-2.0.json", STRUCTURE),
    ("data-3.0.xml", "structure-3.0.xml"),
)


def validated(*paths: Path, full: bool = False) -> tuple[Validation, ...]:
    assert all(KIND.fits(path) for path in paths)
    return tuple(KIND.validate(paths, full, lambda _: None))


def errors(validation: Validation) -> list[Finding]:
    return [finding for finding in validation.findings if finding.severity == "error"]


def named(verdicts: list[Verdict], name: str) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.name == name]


@pytest.fixture
def planted(tmp_path: Path) -> Callable[..., Validation]:
    """Replace words in a message, and validate it with structure messages."""

    def plant(file: str, old: str, new: str, *structures: str) -> Validation:
        text = (MESSAGES / file).read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / file
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return validated(path, *(MESSAGES / name for name in structures))[0]

    return plant


@pytest.mark.parametrize(("file", "structure"), sampled(3, (pytest.param(*pair) for pair in PAIRS)))
def test_a_message_passes_with_its_structure_and_all_of_it_is_looked_at(file: str, structure: str) -> None:
    data, of = validated(MESSAGES / file, MESSAGES / structure)
    assert not data.findings
    assert not of.findings
    assert data.values["structures"]
    assert data.values["observations"] >= 2
    (codes,) = named(data.verdicts, "SDMX data and structure")
    assert not codes.skipped


@pytest.mark.parametrize("file", sampled(4, (file for file, _ in PAIRS)))
def test_data_alone_pass_and_what_was_not_checked_is_skipped(file: str) -> None:
    (data,) = validated(MESSAGES / file)
    assert not data.findings
    assert data.values["structures"] == []
    codes = named(data.verdicts, "SDMX data and structure")
    assert codes
    assert all("is not among the files" in verdict.skipped for verdict in codes)


@pytest.mark.slow
@pytest.mark.parametrize("with_structure", [False, True])
@pytest.mark.parametrize("name", sorted(path.name for path in (RELEASED / "sex").glob("data-*")))
def test_every_message_of_a_release_passes_wherever_it_is(tmp_path: Path, name: str, with_structure: bool) -> None:
    version = next((part for part in ("3.0", "3.1") if part in name and name.endswith(".xml")), "2.1")
    moved = [Path(shutil.copy(RELEASED / "sex" / name, tmp_path / f"moved and renamed{Path(name).suffix}"))]
    if with_structure:
        moved.append(Path(shutil.copy(RELEASED / f"structure-{version}.xml", tmp_path / "structures.xml")))
    for validation in validated(*moved, full=True):
        assert not validation.findings
    assert validated(moved[0])[0].values["observations"] == 252


@pytest.mark.parametrize(
    "name", sampled(3, ("structure-2.1.xml", "structure-3.0.xml", "structure-3.1.xml", "structure-2.0.json"))
)
def test_the_structures_of_a_release_pass_alone(name: str) -> None:
    (found,) = validated(RELEASED / name)
    assert not found.findings
    assert {"SDMX message", "SDMX schemas", "SDMX structures"} <= {verdict.name for verdict in found.verdicts}


S = (STRUCTURE,)
FAULTS = {
    "an unknown code": (DATA, 'REGION="S"', 'REGION="X"', S, "unknown-code"),
    "an unknown code of an attribute": (DATA, 'OBS_STATUS="E"', 'OBS_STATUS="Z"', S, "unknown-code"),
    "a doubled observation": (DATA, 'TIME_PERIOD="2024-02"', 'TIME_PERIOD="2024-01"', (), "sdmx-twice"),
    "a doubled series": (DATA, 'FREQ="A" REGION="_T"', 'FREQ="M" REGION="N"', S, "sdmx-twice"),
    "month 13": (DATA, "2024-02", "2024-13", (), "sdmx-period"),
    "a year among months": (DATA, 'TIME_PERIOD="2024-02"', 'TIME_PERIOD="2024"', (), "sdmx-period"),
    "the end of February": (DATA, 'TIME_PERIOD="2024-02"', 'TIME_PERIOD="2024-02-30"', (), "sdmx-period"),
    "a missing dimension": (DATA, ' REGION="S"', "", S, "sdmx-key"),
    "no time": (DATA, ' TIME_PERIOD="2024-Q1"', "", S, "sdmx-key"),
    "an unknown attribute": (DATA, "SHIPS", "BOATS", S, "sdmx-component"),
    "a missing attribute": (DATA, ' OBS_STATUS="E"', "", S, "sdmx-attribute"),
    "a value of words": (DATA, '"-1e3"', '"many"', S, "sdmx-value"),
    "half a ship": (DATA, 'SHIPS="3"', 'SHIPS="3.5"', S, "sdmx-value"),
    "fewer than no ships": (DATA, 'SHIPS="3"', 'SHIPS="-3"', S, "sdmx-value"),
    "a long title": (DATA, "Cod &amp; herring", "Cod &amp; herring and much more", S, "sdmx-value"),
    "a region that is not allowed": (DATA, 'REGION="S"', 'REGION="N1"', S, "sdmx-constraint"),
    "a year that is not allowed": (DATA, '"2024-Q1"', '"2031-Q1"', S, "sdmx-constraint"),
    "another namespace of the message": (DATA, "v2_1/message", "v2_7/message", (), "sdmx-schema"),
    "another namespace of the data": (DATA, "DF_CATCH(2.0)", "DF_OTHER(2.0)", (), "sdmx-header"),
    "another structure of the data": (DATA, 'structureRef="S"', 'structureRef="T"', (), "sdmx-header"),
    "another dimension of observations": (DATA, 'dimensionAtObservation="TIME_PERIOD"',
                                          'dimensionAtObservation="MONTH"', S, "sdmx-header"),
    "a header in the wrong order": (DATA, "<m:ID>D1</m:ID>\n    <m:Test>true</m:Test>",
                                    "<m:Test>true</m:Test>\n    <m:ID>D1</m:ID>", (), "sdmx-schema"),
    "a group after series": (DATA, "</Series>", '</Series><Group xsi:type="fish:Sibling" REGION="N"/>', (),
                             "sdmx-schema"),
    "a document type": (DATA, "<m:Str", '<!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><m:Str', (),
                        "sdmx-message"),
    "a document type elsewhere": (DATA, "<m:Str", '<!DOCTYPE m SYSTEM "file:///etc/passwd"><m:Str', (),
                                  "sdmx-message"),
    "a NUL": (DATA, "<Obs", "<O\0bs", (), "sdmx-message"),
    "a code doubled in a generic message": (GENERIC, '"2024-02"', '"2024-01"', (), "sdmx-twice"),
    "an unknown code in a generic message": (GENERIC, 'value="_T"', 'value="T"', S, "unknown-code"),
    "no key in a generic message": (GENERIC, '<g:Value id="REGION" value="N"/>', "", S, "sdmx-key"),
    "a value in a generic message": (GENERIC, 'value="99"', 'value="9,9"', S, "sdmx-value"),
    "a parent that is no code": (STRUCTURE, 'id="N"/></s:Parent>', 'id="W"/></s:Parent>', (), "sdmx-parent"),
    "parents in a circle": (STRUCTURE, '<Ref id="_T"/></s:Parent>', '<Ref id="N1"/></s:Parent>', (), "sdmx-parent"),
    "a code twice": (STRUCTURE, '<s:Code id="Q">', '<s:Code id="M">', (), "sdmx-twice"),
    "a concept that is none": (STRUCTURE, "CS(1.0).REGION", "CS(1.0).REGIONS", (), "sdmx-reference"),
    "a dimension that is none": (STRUCTURE, '<Ref id="FREQ"/></s:Dimension>', '<Ref id="FRQ"/></s:Dimension>', (),
                                 "sdmx-reference"),
    "a group that is none": (STRUCTURE, '<Ref id="Sibling"/>', '<Ref id="Brother"/>', (), "sdmx-reference"),
    "no name": (STRUCTURE, "<c:Name>North</c:Name>", "", (), "sdmx-structure"),
    "an id that is none": (STRUCTURE, '<s:Code id="S">', '<s:Code id="S S">', (), "sdmx-structure"),
    "a tag that does not end": (STRUCTURE, "s:Codelists", "s:CodeLists", (), "sdmx-message"),
    "a code in 3.0": ("data-3.0.xml", 'REGION="N1"', 'REGION="N2"', ("structure-3.0.xml",), "unknown-code"),
    "a month in 3.0": ("data-3.0.xml", 'TIME_PERIOD="2024"', 'TIME_PERIOD="2024-01"', ("structure-3.0.xml",),
                       "sdmx-period"),
    "a measure in 3.0": ("data-3.0.xml", 'CATCH="5"', 'CATCH="5.5"', ("structure-3.0.xml",), "sdmx-value"),
    "a code of CSV": ("data-1.0.csv", ",M,N,", ",M,X,", S, "unknown-code"),
    "an observation twice in CSV": ("data-1.0.csv", "2024-02", "2024-01", (), "sdmx-twice"),
    "month 13 in CSV": ("data-1.0.csv", "2024-02", "2024-13", (), "sdmx-period"),
    "no dimension in CSV": ("data-1.0.csv", ",M,N,2024-02", ",M,,2024-02", S, "sdmx-key"),
    "a cell too many": ("data-1.0.csv", "NaN,", "NaN,,", (), "sdmx-csv"),
    "a quote that does not end": ("data-1.0.csv", 'herring",yesterday\nFISH:DF_CATCH(2.0),A', "herring,\nA", (),
                                  "sdmx-csv"),
    "a column twice": ("data-1.0.csv", "OBS_STATUS,SHIPS", "SHIPS,SHIPS", (), "sdmx-csv"),
    "another action": ("data-2.0.csv", ";R;10.5", ";X;10.5", (), "sdmx-csv"),
    "no artefact": ("data-2.0.csv", "FISH:DF_CATCH(2.0)", "DF_CATCH", (), "sdmx-csv"),
    "another kind of structure": ("data-2.0.csv", "dataflow;", "flow;", (), "sdmx-csv"),
    "no id of the structure": ("data-2.0.csv", "OBS_STATUS;SHIPS", "OBS_STATUS;FREQ", (), "sdmx-csv"),
    "a position that is none": ("data-2.0.json", '"1": {"attributes"', '"7": {"attributes"', (), "sdmx-json"),
    "a key of two positions": ("data-2.0.json", '"1": {"attributes"', '"1:0": {"attributes"', (), "sdmx-json"),
    "an attribute that is none": ("data-2.0.json", '{"0": [7, 0]}', '{"0": [7, 5]}', (), "sdmx-json"),
    "a series twice in JSON": ("data-2.0.json", '"1": {"attributes"', '"0": {"attributes"', (), "sdmx-message"),
    "a code in JSON": ("data-2.0.json", '{"id": "S", ', '{"id": "X", ', S, "unknown-code"),
    "month 13 in JSON": ("data-2.0.json", '{"id": "2024-02", ', '{"id": "2024-13", ', (), "sdmx-period"),
    "no sender": ("data-2.0.json", ', "sender": {"id": "FISH"}', "", (), "sdmx-schema"),
    "JSON that breaks off": ("data-2.0.json", '"1": {"attributes"', '"1": {"attributes', (), "sdmx-message"),
}  # fmt: skip


# Where a fault is not said of the line that was changed.
LINES: dict[str, int | None] = {
    "a region that is not allowed": 19,
    "another namespace of the message": None,
    "another namespace of the data": 12,
    "another dimension of observations": 12,
    "a dimension that is none": 74,
    "a group that is none": 79,
    "a tag that does not end": 35,
    "a series twice in JSON": None,
}


@pytest.mark.parametrize("fault", sampled(4, FAULTS))
def test_a_planted_fault_is_found_and_named(planted: Callable[..., Validation], fault: str) -> None:
    file, old, new, structures, rule = FAULTS[fault]
    found = planted(file, old, new, *structures)
    said = [finding for finding in errors(found) if finding.rule == rule]
    assert said, found.findings
    before = (MESSAGES / file).read_text(encoding="utf-8").partition(old)[0]
    line = None if file.endswith(".json") and rule != "sdmx-message" else before.count("\n") + 1
    assert said[0].line == LINES.get(fault, line)
    assert said[0].file is not None
    assert said[0].file.endswith(file)
    assert found.values["message"]


def test_findings_name_the_series_and_its_period(planted: Callable[..., Validation]) -> None:
    (found,) = [item for item in errors(planted(DATA, "2024-Q2", "2024-Q1", STRUCTURE)) if item.rule == "sdmx-twice"]
    assert found.key == "Q.S.2024-Q1"
    assert "first in line 19" in found.message


def test_schemas_of_the_structure_refuse_too_by_the_names_of_the_structure(planted: Callable[..., Validation]) -> None:
    found = planted(DATA, 'REGION="S"', 'REGION="X"', STRUCTURE)
    assert {finding.rule for finding in errors(found)} == {"unknown-code", "sdmx-schema", "sdmx-constraint"}
    (schemas,) = named(found.verdicts, "SDMX schemas")
    assert "the schema made of FISH:DSD_CATCH(1.1)" in schemas.outcome.looked_at
    (read,) = named(found.verdicts, "SDMX read")
    assert "not valid" in read.skipped


def test_schemas_of_the_structure_ask_for_the_whole_key(planted: Callable[..., Validation]) -> None:
    for old, new in ((' REGION="S"', ""), (' TIME_PERIOD="2024-Q1"', ""), ('FREQ="A"', 'FREQ="A" TIME_PERIOD="2024"')):
        (refused,) = [item for item in errors(planted(DATA, old, new, STRUCTURE)) if item.rule == "sdmx-schema"]
        assert re.search("is required but missing|is not allowed", refused.message)


def test_no_value_of_a_measure_is_ever_repeated(planted: Callable[..., Validation]) -> None:
    for file, value in ((DATA, '"-1e3"'), (GENERIC, '"99"')):
        said = [str(finding) for finding in planted(file, value, '"4711x"', STRUCTURE).findings]
        assert said
        assert not any("4711" in words for words in said)


def test_a_message_that_is_cut_off_anywhere_is_never_passed(tmp_path: Path) -> None:
    for file in (DATA, GENERIC, STRUCTURE, "data-2.0.json"):
        whole = (MESSAGES / file).read_bytes()
        for part in (3, 5, 9):
            path = tmp_path / file
            path.write_bytes(whole[: len(whole) * part // 10])
            (found,) = validated(path)
            assert [finding.rule for finding in errors(found)] == ["sdmx-message"]
            assert any(verdict.skipped for verdict in found.verdicts)


def test_json_of_a_later_version_is_read_and_its_schema_skipped(planted: Callable[..., Validation]) -> None:
    found = planted("data-2.0.json", "/2.0.0/", "/2.9/", STRUCTURE)
    assert not found.findings
    assert found.values["observations"] == 3
    (schemas,) = named(found.verdicts, "SDMX schemas")
    assert schemas.skipped == "there is no official schema of SDMX-JSON 2.9 here"


def test_annotations_follow_the_attributes_of_an_observation_in_json(planted: Callable[..., Validation]) -> None:
    old, new = '{"0": [7, 0]}', '{"0": [7, 0, 0]}'
    (refused,) = errors(planted("data-2.0.json", old, new))
    assert "no annotation" in refused.message
    text = (MESSAGES / "data-2.0.json").read_text(encoding="utf-8")
    noted = text.replace(old, new).replace('"dataSets": [0],', '"dataSets": [0], "annotations": [{"title": "a note"}],')
    assert not planted("data-2.0.json", text, noted).findings


def test_the_frequency_may_be_called_so(planted: Callable[..., Validation]) -> None:
    text = (MESSAGES / DATA).read_text(encoding="utf-8").replace("FREQ=", "FREQUENCY=")
    assert not planted(DATA, (MESSAGES / DATA).read_text(encoding="utf-8"), text).findings
    found = planted(DATA, (MESSAGES / DATA).read_text(encoding="utf-8"), text.replace("2024-Q1", "2024-01"))
    assert [finding.rule for finding in errors(found)] == ["sdmx-period"]


def test_what_belongs_to_the_data_set_must_be_qualified(planted: Callable[..., Validation]) -> None:
    found = [item for item in errors(planted(DATA, "d:action", "action", STRUCTURE)) if item.rule == "sdmx-component"]
    assert ["namespace of structure-specific data" in item.message for item in found] == [True]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    name = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
    text = (MESSAGES / DATA).read_text(encoding="utf-8").replace('encoding="utf-8"', f'encoding="{name}"')
    path = tmp_path / "data.xml"
    path.write_text(text, encoding=encoding)
    (found,) = validated(path)
    assert not found.findings


HOSTILE: dict[str, Callable[[str], bytes]] = {
    "bytes that are no text": lambda text: text.encode().replace(b"FISH", b"F\xffSH", 1),
    "nesting": lambda text: text.replace("<Series", "<a>" * 500 + "</a>" * 500 + "<Series", 1).encode(),
    "a tag without end": lambda text: text.replace('SHIPS="12"', f'SHIPS="{"1" * 9_000_000}"', 1).encode(),
    "attributes without end": lambda text: text.replace(
        "<Series", "<Series " + " ".join(f'a{number}="1"' for number in range(3_000)), 1
    ).encode(),
    "entities that grow": lambda text: text.replace(
        "<m:Str",
        '<!DOCTYPE m [<!ENTITY a0 "ha">'
        + "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
        + "]><m:Str",
        1,
    ).encode(),
    "an encoding nobody has": lambda text: text.replace('encoding="utf-8"', 'encoding="x-none"').encode(),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_messages_are_refused_before_anything_else_reads_them(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "we\nird \x1b[31m.xml"
    path.write_bytes(HOSTILE[kind]((MESSAGES / DATA).read_text(encoding="utf-8")))
    (found,) = validated(path)
    assert [finding.rule for finding in errors(found)] == ["sdmx-message"]
    assert len(found.verdicts) == 2


SCHEMA = '{"meta": {"schema": "/2.0.0/sdmx-json-data-schema.json"'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deep.json", SCHEMA + '}, "data": ' + "[" * 9_999 + "]" * 9_999 + "}"),
        ("nan.json", SCHEMA + ', "id": NaN}, "data": {}}'),
        ("many.json", SCHEMA + ', "id": ' + "1" * 9_999 + '}, "data": {}}'),
        ("odd.json", '{"data": {"structures": 7, "dataSets": [5, {"structure": "a"}, {"series": {"": [], "0": 1}}]}}'),
        ("odd2.json", '{"data": {"codelists": [{"id": 5, "codes": [{"id": []}, 7, {"parent": "x"}]}, null]}}'),
        ("line.csv", "DATAFLOW,A,TIME_PERIOD,OBS_VALUE\n" + "x" * 9_000_000),
        ("cell.csv", "DATAFLOW,A,TIME_PERIOD,OBS_VALUE\nF:D(1.0),a,2024," + "9" * 200_000 + "\n"),
        ("no.csv", "DATAFLOW\n"),
    ],
)  # fmt: skip
def test_odd_json_and_csv_are_findings_and_never_tracebacks(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert errors(validated(path)[0])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("old.xml", '<CompactData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v2_0/message"/>', "SDMX-ML 2.0"),
        (
            "older.xml",
            '<GenericData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v1_0/message"/>',
            "SDMX-ML 1.0",
        ),
        ("gesmes.edi", "UNA:+.? 'UNB+UNOC:3+ECB+NSI+20260101'", "SDMX-EDI"),
        ("draft.json", '{"header": {}, "structure": {}, "dataSets": []}', "older than 1.0"),
    ],
)
def test_older_sdmx_is_not_taken_and_what_to_do_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert KIND.fits(path)
    with pytest.raises(InputError, match=f"{re.escape(said)}.* not taken: ask "):
        validated(path)
    taken, left = validated(MESSAGES / DATA, path)  # among others it is skipped
    assert not taken.findings
    assert all("not taken" in verdict.skipped for verdict in left.verdicts)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("graph.xml", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'),
        ("page.xml", "<html/>"),
        ("table.json", '{"class": "dataset", "version": "2.0"}'),
        ("other.json", '{"meta": {"a": 1}, "data": [1]}'),
        ("package.json", '{"name": "x", "resources": []}'),
        ("table.csv", "FREQ,TIME_PERIOD,OBS_VALUE\n"),
        ("building.csv", "STRUCTURE,HEIGHT\n"),
        ("flows.csv", "DATAFLOWS,A\n"),
        ("empty.csv", ""),
    ],
)
def test_what_is_no_sdmx_is_left_to_others(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert not KIND.fits(path)
    assert not KIND.fits(tmp_path)


def test_a_zip_is_left_to_what_unpacks_it(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "messages.zip", "w") as packed:  # as they are, so that their words stand in it
        packed.write(MESSAGES / DATA, "data.xml")
    assert not KIND.fits(tmp_path / "messages.zip")


def test_of_lists_with_one_id_that_of_the_message_with_the_structure_counts(tmp_path: Path) -> None:
    other = tmp_path / "a.xml"
    text = (MESSAGES / STRUCTURE).read_text(encoding="utf-8")
    lists = re.sub("(?s)<s:Dataflows>.*</s:Dataflows>|<s:Concepts>.*</s:Constraints>", "", text)
    other.write_text(lists.replace('<s:Code id="S">', '<s:Code id="SOUTH">'), encoding="utf-8")
    for paths in ((other, MESSAGES / STRUCTURE), (MESSAGES / STRUCTURE, other)):
        assert not validated(MESSAGES / DATA, *paths)[0].findings


def test_findings_of_a_rule_are_twenty_and_how_many_more(tmp_path: Path) -> None:
    head, *_ = (MESSAGES / "data-1.0.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"FISH:DF_CATCH(2.0),M,X{number},2024-01,1,A,1,," for number in range(50)]
    path = tmp_path / "data.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    found = [item.message for item in errors(validated(path, MESSAGES / STRUCTURE)[0]) if item.rule == "unknown-code"]
    assert len(found) == 21
    assert found[-1] == "and 30 more like these"
    path.write_text("\n".join([head, *(f"{row},too,many" for row in rows)]) + "\n", encoding="utf-8")
    cells = [item.message for item in errors(validated(path)[0])]
    assert len(cells) == 21
    assert cells[-1] == "and 30 more like these"


def test_a_large_message_is_held_against_its_schema_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.checks import sdmx_message_schema

    monkeypatch.setattr(sdmx_message_schema, "_PIECE", 2)
    text = (MESSAGES / DATA).read_text(encoding="utf-8")
    path = tmp_path / "data.xml"
    for old, new, line in (
        ("", "", None),
        ('"7" OBS_STATUS', '"7" d:x="1" OBS_STATUS', 20),
        ('<Series FREQ="A"', '<Group xsi:type="fish:Sibling" REGION="N"/><Series FREQ="A"', 22),
        ("</m:DataSet>", "</m:DataSet><m:Header/>", 25),
    ):
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        (found,) = validated(path)
        assert [finding.line for finding in errors(found)] == ([] if line is None else [line])


def test_what_a_fast_check_leaves_out_is_skipped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.checks import sdmx_message_schema
    from publisher.validate import sdmx

    monkeypatch.setattr(sdmx, "_FAST_OBSERVATIONS", 2)
    assert not any("--full" in verdict.skipped for verdict in validated(MESSAGES / DATA)[0].verdicts)
    monkeypatch.setattr(sdmx_message_schema, "_PIECE", 2)
    first, rest = named(validated(MESSAGES / DATA)[0].verdicts, "SDMX schemas")
    assert "the first 4 elements of data" in first.outcome.looked_at
    assert rest.skipped == "what comes after the first 4: run with --full"
    assert len(named(validated(MESSAGES / DATA, full=True)[0].verdicts, "SDMX schemas")) == 1


@pytest.mark.slow
def test_lines_beyond_what_libxml2_counts_are_left_out_and_the_key_names_the_place(tmp_path: Path) -> None:
    head, _, tail = (MESSAGES / DATA).read_text(encoding="utf-8").partition('    <Series FREQ="M"')
    months = [f"{1000 + number // 12}-{number % 12 + 1:02}" for number in range(70_000)]
    rows = "\n".join(f'<Obs TIME_PERIOD="{month}" OBS_VALUE="1"/>' for month in [*months, months[-1]])
    path = tmp_path / "data.xml"
    series = f'<Series FREQ="M" REGION="N" SHIPS="1">\n{rows}\n</Series>\n  </m:DataSet>'
    path.write_text(head + series + tail.partition("</m:DataSet>")[2], encoding="utf-8")
    (found,) = validated(path)
    ((rule, line, key),) = [(item.rule, item.line, item.key) for item in errors(found)]
    assert (rule, line) == ("sdmx-twice", None)
    assert key is not None
    assert key.endswith(months[-1])
    assert any("run with --full" in verdict.skipped for verdict in found.verdicts)


def test_an_attribute_that_is_nowhere_said_is_a_warning_for_data_may_leave_all_out(
    planted: Callable[..., Validation],
) -> None:
    text = (MESSAGES / DATA).read_text(encoding="utf-8")
    bare = re.sub(r' OBS_STATUS="."', "", text)
    found = planted(DATA, text, bare, STRUCTURE)
    assert not errors(found)
    assert [finding.rule for finding in found.findings] == ["sdmx-attribute"]


def test_what_a_constraint_says_is_there_and_is_not_is_a_warning(
    planted: Callable[..., Validation], tmp_path: Path
) -> None:
    actual = tmp_path / "actual.xml"
    text = (MESSAGES / STRUCTURE).read_text(encoding="utf-8")
    actual.write_text(text.replace('type="Allowed"', 'type="Actual"'), encoding="utf-8")
    path = tmp_path / "data.xml"
    path.write_text((MESSAGES / DATA).read_text(encoding="utf-8").replace("2024-Q1", "2031-Q1"), encoding="utf-8")
    found, _ = validated(path, actual)
    assert not errors(found)
    assert [finding.rule for finding in found.findings] == ["sdmx-constraint"]


def test_other_programs_that_count_otherwise_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.checks import sdmx_message_readers

    monkeypatch.setattr(sdmx_message_readers, "_sdmx1", lambda _message, _dsds: 4)
    found = errors(validated(MESSAGES / DATA)[0])
    assert [finding.message for finding in found] == ["sdmx1 reads 4 observations of it, and the message has 5"]


def test_what_other_programs_are_known_not_to_read_is_skipped(tmp_path: Path) -> None:
    verdicts = validated(RELEASED / "structure-3.1.xml", full=True)[0].verdicts
    assert [verdict.skipped for verdict in named(verdicts, "SDMX read")] == ["sdmx1 has no SDMX-ML 3.1", ""]
    (read,) = named(validated(RELEASED / "structure-3.0.xml")[0].verdicts, "SDMX read")
    assert "NotImplementedError" in read.skipped


def test_reference_metadata_of_a_structure_of_its_own_is_looked_at_without_its_sets(tmp_path: Path) -> None:
    space = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    path = tmp_path / "metadata.xml"
    path.write_text(
        f'<m:StructureSpecificMetadata xmlns:m="{space}/message" xmlns:c="{space}/common" xmlns:x="urn:x"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><m:Header><m:ID>M</m:ID><m:Test>true</m:Test>'
        '<m:Prepared>2026-01-01</m:Prepared><m:Sender id="F"/><m:Structure structureID="S" namespace="urn:x">'
        '<c:Structure><Ref agencyID="F" id="MSD" version="1.0"/></c:Structure></m:Structure></m:Header>'
        '<m:MetadataSet xsi:type="x:MetadataSetType"/></m:StructureSpecificMetadata>',
        encoding="utf-8",
    )
    (found,) = validated(path)
    assert not found.findings
    assert any("its metadata sets" in verdict.skipped for verdict in found.verdicts)


@pytest.mark.parametrize(
    ("frequency", "period", "answer"),
    [
        ("M", "2024-01", "fits"),
        ("M", "2024-M01", "fits"),
        ("M", "2024-13", "none"),
        ("M", "2024", "other"),
        ("A", "2024", "fits"),
        ("A", "2024-A1", "fits"),
        ("A", "2024-12-31", "unsure"),
        ("Q", "2024-Q4", "fits"),
        ("Q", "2024-Q5", "none"),
        ("S", "2024-S2", "fits"),
        ("T", "2024-T3", "fits"),
        ("W", "2020-W53", "fits"),
        ("W", "2024-W53", "none"),
        ("D", "2024-02-29", "fits"),
        ("D", "2023-02-29", "none"),
        ("B", "2024-02-29", "fits"),
        ("M", "2024-01-01T00:00:00", "fits"),
        ("M", "2024-01-01/P1M", "fits"),
        ("A", "2024Z", "fits"),
        ("H", "2024", "fits"),
        ("", "2024-W01", "fits"),
        ("A", "２０２４", "none"),
        ("A", "", "none"),
    ],
)
def test_a_period_fits_its_frequency_or_not(frequency: str, period: str, answer: str) -> None:
    assert fit(frequency, period) == answer
    assert (kind_of(period) == "") == (answer == "none")


def test_a_reference_finds_the_versions_that_it_stands_for() -> None:
    from publisher.checks.sdmx_message_model import Artefact

    structures = Structures([Artefact("Codelist", "A", "CL", version, None, "f") for version in ("1.0.0", "2.1.3")])

    def found(version: str) -> str:
        artefact = structures.find(Ref("Codelist", "A", "CL", version))
        return "" if artefact is None else artefact.version

    assert found("2.1.3") == found("2.0+.0") == found("2+.0.0") == found("2.1.*") == "2.1.3"
    assert found("1.0+.0") == found("1.0.0+") == found("latest") == "1.0.0"
    assert found("3.0+.0") == found("2.1.4") == found("2.2+.0") == ""


def test_a_urn_is_taken_apart() -> None:
    assert parse_urn("urn:sdmx:org.sdmx.infomodel.codelist.Code=A.B:CL(1.0).X.Y") == Ref(
        "Codelist", "A.B", "CL", "1.0", "X.Y"
    )
    assert parse_urn("urn:sdmx:org.sdmx.infomodel.codelist.Codelist=A:CL") is None
