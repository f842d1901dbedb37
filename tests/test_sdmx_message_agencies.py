"""Messages as agencies write them: what the standard allows passes, and what is wrong in them is found with its place.

The shapes are those of the OECD (names in columns of their own), the BIS (labels after a colon), Eurostat (ids in
small letters) and of messages that delete; the data are those of ``tests/sdmx``.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import Finding
from publisher.validate.kind import Validation
from publisher.validate.sdmx import KIND

pytestmark = pytest.mark.slow

MESSAGES = Path(__file__).parent / "sdmx"
CATCH, TWO = "structure-2.1.xml", "structure-3.0.xml"
Validate = Callable[..., Validation]


@pytest.fixture
def validated(tmp_path: Path) -> Validate:
    """Write a message, and validate it with structure messages."""

    def validate(name: str, text: str, *structures: str) -> Validation:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert KIND.fits(path)
        return next(iter(KIND.validate((path, *(MESSAGES / one for one in structures)), False, lambda _: None)))

    return validate


def said(found: Validation) -> list[tuple[str, int | None, str | None]]:
    return [(item.rule, item.line, item.key) for item in found.findings]


def words(findings: list[Finding] | tuple[Finding, ...]) -> str:
    return " ".join(str(item) for item in findings)


OF = "dataflow,FISH:DF_CATCH(2.0)"
HEAD = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REGION,TIME_PERIOD,OBS_VALUE,OBS_STATUS,SHIPS\n"
NAMED = (
    "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,FREQ,Frequency,REGION,Region,TIME_PERIOD,Time period,"
    "OBS_VALUE,Observation value,OBS_STATUS,Status,SHIPS,Ships\n"
    + "".join(f"{OF},Catch,I,M,Month,N,North,{month},,1,,A,Normal,12,\n" for month in ("2024-01", "2024-02"))
)
COLONS = HEAD.replace(
    "FREQ,REGION,TIME_PERIOD,OBS_VALUE", "FREQ:Frequency,REGION:Region,TIME_PERIOD:Time,OBS_VALUE:Value"
)

PASS = {
    "names in columns of their own, without the structure": (NAMED, ()),
    "names in columns of their own": (NAMED, (CATCH,)),
    "labels after a colon without a space in the header": (
        f"{COLONS}{OF}: Catch,I,M: Month,N: North,2024-01,1,A: Normal,12\n", (CATCH,)),
    "a structure without a version": (f"{HEAD}dataflow,FISH:DF_CATCH,I,M,N,2024-01,1,A,12\n", (CATCH,)),
    "deletions of values, attributes, slices and all": (
        f"{HEAD}{OF},D,M,N,2024-01,-,,\n{OF},D,M,N,2024-02,,-,\n{OF},D,M,,,-,,\n{OF},D,M,N,2024-03,,,\n{OF},D,,,,,,\n",
        (CATCH,)),
    "a deletion of all data": ("STRUCTURE,STRUCTURE_ID,ACTION\ndatastructure,FISH:DSD_CATCH(1.1),D\n", (CATCH,)),
    "an attribute of a series, with time switched off": (
        f"{HEAD}{OF},M,M,N,~,,,12\n{OF},M,M,N,2024-01,1,A,\n", (CATCH,)),
    "what is missing on purpose": (f"{HEAD}{OF},R,M,N,2024-01,NaN,#N/A,12\n", (CATCH,)),
    "columns in any order": (
        f"STRUCTURE,STRUCTURE_ID,ACTION,FREQ,OBS_VALUE,REGION,TIME_PERIOD\n{OF},I,M,1,N,2024-01\n{OF},I,M,1,S,2024-01\n",
        ()),
    "several structures with dimensions of their own": (
        "STRUCTURE,STRUCTURE_ID,ACTION,A,B,TIME_PERIOD,OBS_VALUE\n"
        "dataflow,E:DF_A(1.0),I,x,,2024,1\ndataflow,E:DF_B(1.0),I,,x,2024,1\n", ()),
    "the same observation again after it was deleted": (
        f"{HEAD}{OF},R,M,N,2024-01,1,A,12\n{OF},D,M,N,2024-01,,,\n{OF},R,M,N,2024-01,2,A,12\n", (CATCH,)),
    "an attribute with several values": (
        "STRUCTURE[;],STRUCTURE_ID,ACTION,REGION,TIME_PERIOD,CATCH,VALUE,SOURCE[],NOTE[]\n"
        "datastructure,FISH:DSD_TWO(1.0.0),I,N,2024,5,1.5,Log books;Ports,a;b\n", (TWO,)),
}  # fmt: skip


@pytest.mark.parametrize("case", PASS)
def test_what_the_field_guide_of_csv_allows_passes(validated: Validate, case: str) -> None:
    text, structures = PASS[case]
    found = validated("data.csv", text, *structures)
    assert not found.findings


FAULTS = {
    "an unknown code in a deletion": (
        f"{HEAD}{OF},D,M,X,2024-03,,,\n", (CATCH,), ("unknown-code", 2, "M.X.2024-03")),
    "an unknown code among labels": (
        f"{COLONS}{OF}: Catch,I,M: Month,W: West,2024-01,1,A: Normal,12\n", (CATCH,),
        ("unknown-code", 2, "M.W.2024-01")),
    "a code switched off where there is an observation": (
        f"{HEAD}{OF},M,M,~,2024-01,1,A,12\n", (CATCH,), ("sdmx-key", 2, "M..2024-01")),
    "no dimension, of measures with names of their own": (
        "STRUCTURE,STRUCTURE_ID,ACTION,REGION,TIME_PERIOD,CATCH\ndatastructure,FISH:DSD_TWO(1.0.0),I,,2024,5\n",
        (TWO,), ("sdmx-key", 2, ".2024")),
    "an observation twice, with another structure between": (
        f"{HEAD}{OF},I,M,N,2024-01,1,A,12\ndataflow,FISH:OTHER(1.0),I,M,N,2024-01,1,A,12\n{OF},I,M,N,2024-01,1,A,12\n",
        (CATCH,), ("sdmx-twice", 4, "M.N.2024-01")),
    "rows after a structure in capitals": (
        f"{HEAD}DATAFLOW,FISH:DF_CATCH(2.0),I,M,X,2024-01,1,A,12\n", (CATCH,), ("unknown-code", 2, "M.X.2024-01")),
    "a structure in capitals": (
        f"{HEAD}DATAFLOW,FISH:DF_CATCH(2.0),I,M,N,2024-01,1,A,12\n", (CATCH,), ("sdmx-csv", 2, None)),
    "a dataflow of 1.0 without a version": (
        "DATAFLOW,FREQ,TIME_PERIOD,OBS_VALUE\nFISH:DF_CATCH,M,2024-01,1\n", (), ("sdmx-csv", 2, None)),
    "a month of yearly data, in small letters": (
        "DATAFLOW,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nESTAT:X(1.0),A,AT,2024-01,1,p\n", (),
        ("sdmx-period", 2, "A.AT.2024-01")),
    "a moment that no clock shows": (
        "DATAFLOW,FREQ,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),H,2024-01-01T25:61:00,1\n", (),
        ("sdmx-period", 2, "H.2024-01-01T25:61:00")),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_in_csv_of_an_agency_is_found_with_its_line_and_key(validated: Validate, case: str) -> None:
    text, structures, fault = FAULTS[case]
    assert fault in said(validated("data.csv", text, *structures))


def test_a_value_that_is_empty_is_refused_in_xml_and_each_fault_said_once(validated: Validate) -> None:
    generic = (MESSAGES / "data-generic-2.1.xml").read_text(encoding="utf-8").replace('value="99"', 'value=""')
    assert ("sdmx-value", 22, "A._T.2024") in said(validated("data.xml", generic, CATCH))
    spaced = (MESSAGES / CATCH).read_text(encoding="utf-8").replace('<s:Attribute id="SHIPS"', '<s:Attribute id="A B"')
    rules = [item.rule for item in validated("structure.xml", spaced).findings]
    assert rules == ["sdmx-schema", "sdmx-structure"]


DELETES = (
    '</m:DataSet>\n<m:DataSet xsi:type="f:DataSetType" d:structureRef="S" d:action="Delete">'
    '\n<Obs REGION="N1"/>\n</m:DataSet>'
)


def test_a_deletion_may_leave_dimensions_out_from_version_3_1_on(validated: Validate) -> None:
    text = (MESSAGES / "data-3.0.xml").read_text(encoding="utf-8").replace("</m:DataSet>", DELETES)
    found = validated("data.xml", text, TWO)
    assert {item[:2] for item in said(found)} == {("sdmx-key", 20), ("sdmx-schema", 20)}
    assert found.values["structures"] == ["FISH:DSD_TWO(1.0.0)"]
    newer = text.replace("v3_0", "v3_1")
    assert not validated("data.xml", newer, TWO).findings
    (refused,) = validated("data.xml", newer.replace('d:action="Delete"', 'd:action="Merge"'), TWO).findings[:1]
    assert "TIME_PERIOD" in refused.message


def test_an_attribute_of_the_whole_that_flat_data_never_say_is_a_warning(validated: Validate) -> None:
    text = (MESSAGES / "data-3.0.xml").read_text(encoding="utf-8").replace('<Atts SOURCE="Log books"/>', "")
    (found,) = validated("data.xml", text, TWO).findings
    assert (found.rule, found.severity) == ("sdmx-attribute", "warning")
    assert "SOURCE" in found.message


def test_without_the_structure_no_number_that_may_be_of_a_measure_is_in_a_key(validated: Validate) -> None:
    text = (MESSAGES / "data-3.0.xml").read_text(encoding="utf-8")
    doubled = '<Obs REGION="N" TIME_PERIOD="2024" CATCH="4711"/>\n'
    found = validated("data.xml", text.replace("</m:DataSet>", doubled * 2 + "</m:DataSet>"))
    assert [item.key for item in found.findings] == ["N.2024.…"]
    csv = f"STRUCTURE,STRUCTURE_ID,REGION,TIME_PERIOD,CATCH\n{OF},N,2024,4711\n{OF},N,2024,4711\n"
    for one in (found, validated("data.csv", csv)):
        assert one.findings
        assert "4711" not in words(one.findings)


# A region that a constraint keeps out: what is in it, and whether yearly data of the south are then refused.
KEPT_OUT = {
    "a dimension": ("<c:Value>S</c:Value>", "", True),
    "another code": ("<c:Value>N1</c:Value>", "", False),
    "codes below one": (
        '<c:Value>S</c:Value></c:KeyValue><c:KeyValue id="FREQ"><c:Value cascadeValues="true">A</c:Value>', "", False),
    "an attribute that is not said": (
        "<c:Value>S</c:Value>", '<c:Attribute id="TITLE"><c:Value>Cod</c:Value></c:Attribute>', False),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT_OUT)
def test_a_constraint_keeps_out_what_lies_in_all_of_its_region(validated: Validate, tmp_path: Path, case: str) -> None:
    value, more, is_refused = KEPT_OUT[case]
    region = f'<s:CubeRegion include="false"><c:KeyValue id="REGION">{value}</c:KeyValue>{more}</s:CubeRegion>'
    text = (MESSAGES / CATCH).read_text(encoding="utf-8")
    (tmp_path / "structure.xml").write_text(
        text.replace("</s:CubeRegion>", f"</s:CubeRegion>{region}"), encoding="utf-8"
    )
    found = validated(
        "data.xml", (MESSAGES / "data-2.1.xml").read_text(encoding="utf-8"), str(tmp_path / "structure.xml")
    )
    assert said(found) == (
        [("sdmx-constraint", line, f"Q.S.2024-Q{line - 18}") for line in (19, 20)] if is_refused else []
    )


def _json(change: Callable[[dict[str, Any]], object]) -> str:
    document = copy.deepcopy(json.loads((MESSAGES / "data-2.0.json").read_text(encoding="utf-8")))
    change(document["data"])
    return json.dumps(document)


def _with_group(key: str) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        title = {"id": "TITLE", "relationship": {"dimensions": ["REGION"]}, "values": [{"value": "Cod"}]}
        data["structures"][0]["attributes"]["dimensionGroup"] = [title]
        data["dataSets"][0]["dimensionGroupAttributes"] = {key: [0]}

    return change


@pytest.mark.parametrize(("key", "fault"), [(":0:", ""), (":7:", "no value of REGION"), ("0:0", "2 positions, 3")])
def test_the_key_of_a_group_of_json_is_of_values_that_there_are(validated: Validate, key: str, fault: str) -> None:
    found = validated("data.json", _json(_with_group(key)), CATCH)
    assert fault in words(found.findings)
    assert [item.rule for item in found.findings] == (["sdmx-json"] if fault else [])


def test_json_of_a_structure_without_measures_begins_with_its_attributes(validated: Validate) -> None:
    def change(data: dict[str, Any]) -> None:
        data["structures"][0]["measures"] = {}
        for series in data["dataSets"][0]["series"].values():
            series["observations"] = {"0": [1]}

    assert not validated("data.json", _json(change), CATCH).findings


def test_several_data_sets_of_json_are_each_looked_at(validated: Validate) -> None:
    def change(data: dict[str, Any]) -> None:
        deleted = {**data["dataSets"][0], "action": "Delete", "series": {"0": {"observations": {"0": [], "1": []}}}}
        data["structures"][0]["dataSets"] = [0, 1]
        data["dataSets"].append(deleted)

    found = validated("data.json", _json(change), CATCH)
    assert not found.findings
    assert (found.values["observations"], found.values["structures"]) == (5, ["FISH:DSD_CATCH(1.1)"])
