"""Every integrity constraint of the RDF Data Cube vocabulary: its planted faults are found, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from qb_oracle import official

from publisher.checks.check import Outcome
from publisher.checks.integrity.files import check_files
from publisher.errors import Finding

pytestmark = pytest.mark.slow

CUBES = Path(__file__).parent / "qb"
NAMES = sorted(path.stem for path in CUBES.glob("*.ttl"))
EG = "http://example.org/ns#"


@dataclass(frozen=True)
class Fault:
    """What is done to a cube, the constraint it breaks, and what the finding names."""

    name: str
    rule: str
    cube: str
    change: Callable[[str], str]
    subject: str
    key: str | None = None
    data_set: str | None = f"{EG}cube"


def without(*words: str) -> Callable[[str], str]:
    return lambda text: instead(text, dict.fromkeys(words, ""))


def swapped(**pairs: str) -> Callable[[str], str]:
    return lambda text: instead(text, {pairs["old"]: pairs["new"]})


def plus(words: str) -> Callable[[str], str]:
    return lambda text: f"{text}\n{words}\n"


def both(one: Callable[[str], str], other: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: other(one(text))


def instead(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


O11 = 'eg:refArea geo:newport ; eg:refPeriod "2004"^^xsd:gYear ;\n    eg:sex code:sex-M ; eg:unit eg:Year'
SECOND = "eg:second a qb:DataSet ; qb:structure eg:dsd ; eg:unit eg:Year ."

FAULTS = (
    Fault("no data set", "IC-1", "life-expectancy", swapped(old="eg:o11 a qb:Observation ; qb:dataSet eg:cube ;",
          new="eg:o11 a qb:Observation ;"), "o11", None, None),
    Fault("two data sets", "IC-1", "life-expectancy", plus(f"eg:o11 qb:dataSet eg:second . {SECOND}"), "o11",
          "newport.2004.sex-M"),
    Fault("a member of a slice without a data set", "IC-1", "several-measures",
          plus("eg:group qb:observation eg:o9 ."), "o9", None, None),
    Fault("no structure", "IC-2", "life-expectancy", without("; qb:structure eg:dsd "), "cube"),
    Fault("two structures", "IC-2", "life-expectancy",
          plus("eg:cube qb:structure eg:more . eg:more qb:component [ qb:measure eg:lifeExpectancy ] ."), "cube"),
    Fault("no measure", "IC-3", "life-expectancy", without("        [ qb:measure eg:lifeExpectancy ] ,\n"), "dsd"),
    Fault("no range", "IC-4", "life-expectancy", without("; rdfs:range eg:UnitaryAuthority "), "refArea"),
    Fault("no code list", "IC-5", "life-expectancy", without("; qb:codeList code:sex "), "sex"),
    Fault("an optional dimension", "IC-6", "several-measures",
          swapped(old="[ qb:dimension eg:time ]", new="[ qb:dimension eg:time ; qb:componentRequired false ]"), "time",
          None, f"{EG}dsd"),
    Fault("a slice key of no structure", "IC-7", "slices", swapped(old=";\n    qb:sliceKey eg:byRegion", new=""),
          "byRegion", None, None),
    Fault("a slice key with another property", "IC-8", "slices",
          plus("eg:byRegion qb:componentProperty eg:more . eg:slice1 eg:more 1 . eg:slice2 eg:more 1 ."), "byRegion"),
    Fault("no key of a slice", "IC-9", "slices",
          swapped(old="eg:slice1 qb:sliceStructure eg:byRegion ;", new="eg:slice1"), "slice1"),
    Fault("two keys of a slice", "IC-9", "slices",
          plus("eg:dsd qb:sliceKey eg:bySex . eg:bySex a qb:SliceKey ; qb:componentProperty eg:sex ."
               " eg:slice1 qb:sliceStructure eg:bySex ."), "slice1"),
    Fault("a slice without a dimension", "IC-10", "slices",
          both(swapped(old="eg:slice1 qb:sliceStructure eg:byRegion ; eg:refPeriod \"2004\"^^xsd:gYear",
                       new="eg:slice1 qb:sliceStructure eg:byRegion"),
               plus('eg:o11 eg:refPeriod "2004"^^xsd:gYear . eg:o12 eg:refPeriod "2004"^^xsd:gYear .')), "slice1"),
    Fault("an observation without a dimension", "IC-11", "collection",
          swapped(old="eg:o3 qb:dataSet eg:cube ; eg:area code:s2", new="eg:o3 qb:dataSet eg:cube"), "o3"),
    Fault("the same point twice", "IC-12", "life-expectancy",
          plus(f"eg:o99 qb:dataSet eg:cube ; {O11} ; eg:lifeExpectancy 1.5 ."), "o11", "newport.2004.sex-M"),
    Fault("the same point in another spelling of a number", "IC-12", "several-measures",
          plus('eg:o9 qb:dataSet eg:cube ; eg:thing eg:a ; eg:time "01"^^xsd:int ; eg:quantity 1 ; eg:weight 1 .'),
          "o1", "a.1"),
    Fault("the same point by way of a slice", "IC-12", "slices",
          plus("eg:slice1 qb:observation eg:o99 . eg:o99 qb:dataSet eg:cube ; eg:refArea geo:cardiff ;"
               " eg:lifeExpectancy 1.5 ."), "o12", "cardiff.2004.sex-M"),
    Fault("no required attribute", "IC-13", "life-expectancy",
          swapped(old=O11, new=O11.replace(" ; eg:unit eg:Year", "")), "o11", "newport.2004.sex-M"),
    Fault("an attribute of the data set that it lacks", "IC-13", "slices", without("; eg:unit eg:Year "), "o11",
          "newport.2004.sex-M"),
    Fault("no measure on an observation", "IC-14", "several-measures",
          swapped(old="eg:time 2 ; eg:quantity 42 ; eg:weight 7 .\n[]", new="eg:time 2 ; eg:quantity 42 .\n[]"), "o2",
          "a.2"),
    Fault("no value for its own measure", "IC-15", "measure-dimension",
          swapped(old="eg:time 1 ; qb:measureType eg:quantity ; eg:quantity 42 .\neg:o1w",
                  new="eg:time 1 ; qb:measureType eg:quantity .\neg:o1w"), "o1q", "a.1.quantity"),
    Fault("a value for another measure", "IC-16", "measure-dimension", plus("eg:o1q eg:weight 7 ."), "o1q",
          "a.1.quantity"),
    Fault("a measure that is missing at a point", "IC-17", "measure-dimension",
          swapped(old="eg:o3w qb:dataSet eg:cube ;", new="eg:o3w"), "o3q", "b.1.quantity"),
    Fault("an observation of a slice in another data set", "IC-18", "slices",
          both(swapped(old="eg:o12 qb:dataSet eg:cube", new="eg:o12 qb:dataSet eg:second"), plus(SECOND)), "o12",
          "cardiff.2004.sex-M"),
    Fault("a code that is nowhere", "IC-19", "life-expectancy",
          swapped(old=O11, new=O11.replace("code:sex-M", "code:sex-X")), "o11", "newport.2004.sex-X"),
    Fault("a code in no scheme", "IC-19", "life-expectancy",
          without("code:sex-F a skos:Concept ; skos:inScheme code:sex ."), "o21", "newport.2004.sex-F"),
    Fault("a text instead of a code", "IC-19", "life-expectancy",
          swapped(old=O11, new=O11.replace("code:sex-M", '"M"')), "o11", "newport.2004.M"),
    Fault("a code in no collection", "IC-19", "collection", swapped(old="skos:member code:s1 , code:s2",
          new="skos:member code:s1"), "o3", "s2"),
    Fault("a member of a collection that is no concept", "IC-19", "collection", without("code:s2 a skos:Concept ."),
          "o3", "s2"),
    Fault("a code that no root leads to", "IC-20", "hierarchy", without("geo:Europe geo:narrower geo:Norway ."), "o2",
          "Norway"),
    Fault("a code that leads to no root", "IC-21", "hierarchy-inverse", without("geo:Oslo geo:broader geo:Norway ."),
          "o3", "Oslo"),
)  # fmt: skip


def planted(fault: Fault, folder: Path) -> Path:
    path = folder / "cube.ttl"
    text = (CUBES / f"{fault.cube}.ttl").read_text(encoding="utf-8")
    path.write_text(fault.change(text), encoding="utf-8")
    return path


def checked(tmp_path: Path, *texts: str, suffix: str = ".ttl") -> Outcome:
    files = [tmp_path / f"{number}{suffix}" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return check_files(files, tmp_path)


def rules(outcome: Outcome) -> set[str]:
    return {finding.rule for finding in outcome.findings}


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_the_specification_break_no_constraint(name: str, tmp_path: Path) -> None:
    outcome = check_files([CUBES / f"{name}.ttl"], tmp_path)
    assert outcome.findings == ()
    assert re.fullmatch("[1-9] observations in (1 data set|2 data sets), all 21 constraints hold", outcome.looked_at)
    assert official([CUBES / f"{name}.ttl"]) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule} {fault.name}")
def test_a_planted_fault_is_found_and_only_its_constraint_named(fault: Fault, tmp_path: Path) -> None:
    path = planted(fault, tmp_path)
    found = check_files([path], tmp_path).findings
    assert {(finding.rule, finding.severity) for finding in found} == {(fault.rule, "error")}
    assert (found[0].cube, found[0].key) == (fault.data_set, fault.key)
    assert f"<{EG}{fault.subject}>" in found[0].message
    assert official([path]) == {fault.rule}


def test_every_constraint_has_a_planted_fault() -> None:
    assert {fault.rule for fault in FAULTS} == {f"IC-{number}" for number in range(1, 22)}


def test_an_abbreviated_cube_passes_only_because_it_is_normalised(tmp_path: Path) -> None:
    text = (CUBES / "slices.ttl").read_text(encoding="utf-8")
    unattached = re.sub(" ; qb:componentAttachment qb:(DataSet|Slice)", "", text)
    # Dimensions of slices reach their observations in any case, attributes only where they are attached.
    assert rules(checked(tmp_path, unattached)) == {"IC-13"}
    assert rules(checked(tmp_path, text.replace("qb:slice eg:slice1 , eg:slice2", "eg:see eg:slice1"))) == {
        "IC-11",
        "IC-12",
        "IC-13",
    }


def test_several_files_are_one_graph(tmp_path: Path) -> None:
    head, _, rest = (CUBES / "life-expectancy.ttl").read_text(encoding="utf-8").partition("\n\n")
    parts = [f"{head}\n{part}" for part in rest.split("\n\n")]
    assert len(parts) == 5
    assert checked(tmp_path, *parts).findings == ()
    assert checked(tmp_path, *reversed(parts)).findings == ()
    assert rules(checked(tmp_path, *parts[1:])) == {"IC-4"}, "what the first file says is missed"


def test_a_code_list_whose_codes_are_elsewhere_is_empty_only_where_the_graph_says_what_it_is(tmp_path: Path) -> None:
    text = (CUBES / "life-expectancy.ttl").read_text(encoding="utf-8")
    text = re.sub("code:sex-. a skos:Concept.*", "", text)
    assert rules(checked(tmp_path, text)) == {"IC-19"}
    assert rules(checked(tmp_path, text.replace("code:sex a skos:ConceptScheme", "code:sex a eg:List"))) == set()


def test_an_observation_that_lacks_a_dimension_equals_those_it_agrees_with_in_the_others(tmp_path: Path) -> None:
    """The official IC-12 compares two observations in the dimensions that both have."""
    text = (CUBES / "life-expectancy.ttl").read_text(encoding="utf-8")
    outcome = checked(tmp_path, text.replace("eg:sex code:sex-F ; ", "", 1))
    assert [(finding.rule, finding.key) for finding in outcome.findings] == [
        ("IC-11", "newport.2004."),
        ("IC-12", "newport.2004."),
    ]


def test_blank_nodes_of_two_files_are_different(tmp_path: Path) -> None:
    head = "\n".join(line for line in (CUBES / "several-measures.ttl").read_text().split("\n") if "@prefix" in line)
    structure = (CUBES / "several-measures.ttl").read_text().partition("eg:cube a")[0]
    row = "_:o qb:dataSet eg:cube ; eg:thing eg:a ; eg:time {} ; eg:quantity 1 ; eg:weight 1 ."
    cube = "eg:cube qb:structure eg:dsd ."
    one, two = (f"{head}\n{row.format(time)}" for time in (1, 2))
    assert checked(tmp_path, structure + cube, one, two).looked_at.startswith("2 observations")
    assert rules(checked(tmp_path, structure + cube, one, two)) == set()
    assert rules(checked(tmp_path, structure + cube, one, one)) == {"IC-12"}
    assert rules(checked(tmp_path, structure + cube, f"{one}\n{row.format(2)}")) == set(), "no point is equal to it"


def test_an_observation_said_twice_is_one(tmp_path: Path) -> None:
    for name in ("slices", "measure-dimension", "collection", "hierarchy"):
        text = (CUBES / f"{name}.ttl").read_text(encoding="utf-8")
        again = "\n".join(re.findall("^(?:@prefix|eg:o[^;]*qb:dataSet).*$", text, re.MULTILINE))
        assert again.count("qb:dataSet") > 2
        assert checked(tmp_path, text, again, again).findings == (), name


def test_at_most_twenty_of_each_data_set_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    head = (CUBES / "collection.ttl").read_text(encoding="utf-8")
    rows = [f"eg:x{row} qb:dataSet eg:cube ; eg:area code:none{row} ; eg:count 1 ." for row in range(30)]
    more = "eg:more qb:structure eg:dsd . eg:y qb:dataSet eg:more ; eg:area code:none ; eg:count 1 ."
    findings = checked(tmp_path, "\n".join([head, *rows, more])).findings
    of_cube = [finding for finding in findings if finding.cube == f"{EG}cube"]
    assert len(of_cube) == 21
    assert of_cube[-1].message == "and 10 more like these"
    assert [finding.key for finding in findings if finding.cube == f"{EG}more"] == ["none"]
    bare = " , ".join(f"[ qb:dimension eg:d{number} ]" for number in range(25))
    prefixes = head.partition("\n\n")[0]
    structure = (
        f"{prefixes}\neg:cube a qb:DataSet ; qb:structure eg:dsd . eg:dsd qb:component [ qb:measure eg:m ] , {bare} ."
    )
    findings = checked(tmp_path, structure).findings
    assert [finding.rule for finding in findings] == ["IC-4"] * 21
    assert findings[-1].message == "and 5 more like these"


def test_constraints_that_hold_are_counted_and_one_is_singular(tmp_path: Path) -> None:
    one = checked(tmp_path, "<http://e/o> <http://purl.org/linked-data/cube#dataSet> <http://e/d> .")
    assert one.looked_at == "1 observation in 1 data set, 20 of 21 constraints hold"


def lacking(dimensions: str, values: str, ways: int) -> str:
    """Return a cube whose observations lack dimensions in so many ways; no two differ in what both have."""
    head = (CUBES / "measure-dimension.ttl").read_text(encoding="utf-8").partition("\n\n")[0]
    more = " , ".join(f"[ qb:dimension eg:d{number} ]" for number in range(10))
    ranges = " ".join(f"eg:d{number} rdfs:range eg:X ." for number in range(10))
    rows = [
        f"eg:x{way} qb:dataSet eg:cube ; eg:d0 1 {values} "
        + "".join(f"; eg:d{place} 1 " for place in range(1, 10) if way >> (place - 1) & 1)
        for way in range(ways)
    ]
    cube = f"{ranges} eg:dsd qb:component {more} , {dimensions} [ qb:measure eg:m ] . eg:cube qb:structure eg:dsd ."
    prefix = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    return prefix + head + "\n" + cube + "\n" + " .\n".join(rows) + " ."


def test_what_is_not_compared_with_everything_is_said(tmp_path: Path) -> None:
    few = checked(tmp_path, lacking("", "; eg:m 1", 3))
    assert rules(few) == {"IC-11", "IC-12"}
    many = checked(tmp_path, lacking("", "; eg:m 1", 30))
    (warning,) = (finding for finding in many.findings if finding.severity == "warning")
    assert (warning.rule, warning.cube) == ("not-all-compared", f"{EG}cube")
    assert "IC-12" in warning.message
    assert "give the missing dimensions first" in warning.message
    assert not [item for item in many.findings if item.rule == "IC-12" and item.message.startswith("and 1")]
    assert many.looked_at == "30 observations in 1 data set, 19 of 21 constraints hold"


def test_a_measure_is_not_said_to_lack_where_not_everything_was_compared(tmp_path: Path) -> None:
    typed = "[ qb:dimension qb:measureType ] , [ qb:measure eg:n ] ,"
    text = lacking(typed, "; qb:measureType eg:m ; eg:m 1", 40)
    outcome = checked(tmp_path, text)
    of_constraint = [finding for finding in outcome.findings if finding.rule == "IC-17"]
    assert of_constraint, "too many at a point are too many in any case"
    assert all(" at least " in finding.message for finding in of_constraint)
    assert "IC-17" in " ".join(item.message for item in outcome.findings if item.rule == "not-all-compared")
    apart = re.sub(r"(eg:x(\d+) .*?eg:d0) 1", r"\1 \2", text)
    assert "IC-17" not in rules(checked(tmp_path, apart)), "what lacks may stand where was not looked"


def test_the_names_of_constraints_that_hold_are_not_said(tmp_path: Path) -> None:
    outcome = checked(tmp_path, (CUBES / "hierarchy.ttl").read_text(encoding="utf-8"))
    assert "IC-" not in outcome.looked_at


def test_a_graph_without_a_cube_is_said_to_be_one(tmp_path: Path) -> None:
    (finding,) = checked(tmp_path, "<http://e/a> <http://e/b> 1 .").findings
    assert (finding.rule, finding.severity) == ("no-data-cube", "warning")
    assert "no data cube in" in finding.message
    assert rules(checked(tmp_path, "")) == {"no-data-cube"}


def test_no_message_quotes_the_value_of_a_measure(tmp_path: Path) -> None:
    """Here each measure is a dimension too, with a code list that has no codes: an IC-19 for every value."""
    measures = ("count", "quantity", "weight", "lifeExpectancy")
    scheme = "eg:none a <http://www.w3.org/2004/02/skos/core#ConceptScheme> ."
    coded = [f"eg:dsd qb:component [ qb:dimension eg:{each} ] . eg:{each} qb:codeList eg:none ." for each in measures]
    for name in NAMES:
        text = (CUBES / f"{name}.ttl").read_text(encoding="utf-8")
        hidden = re.sub(rf"(eg:({'|'.join(measures)})) [0-9.]+ ", r"\1 73519 ", text)
        findings = checked(tmp_path, "\n".join([hidden, scheme, *coded])).findings
        assert "73519" in hidden
        assert "IC-19" in {finding.rule for finding in findings}
        assert not [finding for finding in findings if "73519" in str(finding)]


def test_a_data_set_that_lacks_everything_is_named_for_each_constraint(tmp_path: Path) -> None:
    outcome = checked(tmp_path, "<http://e/o> <http://purl.org/linked-data/cube#dataSet> <http://e/d> .")
    assert [(finding.rule, finding.cube) for finding in outcome.findings] == [("IC-2", "http://e/d")]


def test_the_same_files_give_the_same_findings(tmp_path: Path) -> None:
    text = (CUBES / "several-measures.ttl").read_text(encoding="utf-8").replace("; eg:weight 7", "")

    def once() -> tuple[Finding, ...]:
        return checked(tmp_path, text, text).findings

    assert once() == once()
    assert len(once()) > 5
