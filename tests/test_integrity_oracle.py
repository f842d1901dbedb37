"""The official queries and ours give the same verdict on every constraint of every damaged cube."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest
from qb_mutants import CUBES, cube, mutated, write
from qb_oracle import normalised, official

from publisher.checks.integrity.files import check_files
from publisher.checks.integrity.graph import Graph
from publisher.checks.integrity.normal import normalise

NAMES = sorted(path.stem for path in CUBES.glob("*.ttl"))


def ours(path: Path, scratch: Path) -> set[str]:
    return {finding.rule for finding in check_files([path], scratch).findings if finding.severity == "error"}


def damaged(name: str, seed: int, folder: Path) -> Path:
    """Write a cube with random damage; every fifth stands beside another one in the same graph."""
    triples = cube(name)
    if seed % 5 == 0:
        triples = triples + cube(NAMES[seed // 5 % len(NAMES)])
    return write(folder / f"{name}-{seed}.nt", mutated(triples, seed * 1000 + len(name)))


def disagreements(names: list[str], seeds: range, folder: Path) -> tuple[list[str], Counter[str]]:
    """Return where the two differ, and how often each constraint was found violated."""
    differ, found = [], Counter[str]()
    for name in names:
        for seed in seeds:
            path = damaged(name, seed, folder)
            expected = official([path])
            found.update(expected)
            if ours(path, folder) != expected:
                differ.append(f"{name} {seed}: official {sorted(expected)}, ours {sorted(ours(path, folder))}")
    return differ, found


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_few_damaged_cubes_are_judged_as_the_official_queries_judge_them(name: str, tmp_path: Path) -> None:
    differ, _ = disagreements([name], range(3), tmp_path)
    assert differ == []


# (cube, what is written instead, what is added, the constraints violated): what random damage seldom makes.
AWKWARD: dict[str, tuple[str, dict[str, str], str, set[str]]] = {
    "a point twice, said twice": (
        "several-measures", {},
        "eg:o9 qb:dataSet eg:cube ; eg:thing eg:a ; eg:time 1 ; eg:quantity 1 ; eg:weight 1 .", {"IC-12"},
    ),
    "two values of a dimension equal neither": (
        "several-measures", {},
        "eg:o9 qb:dataSet eg:cube ; eg:thing eg:a , eg:b ; eg:time 1 ; eg:quantity 1 ; eg:weight 1 .", set(),
    ),
    "two spellings of a value are one": (
        "several-measures", {},
        "eg:o9 qb:dataSet eg:cube ; eg:thing eg:a ; eg:time 1.0 , 01 ; eg:quantity 1 ; eg:weight 1 .", {"IC-12"},
    ),
    "a text is no number": (
        "several-measures", {},
        "eg:o9 qb:dataSet eg:cube ; eg:thing eg:a ; eg:time '1' ; eg:quantity 1 ; eg:weight 1 .", set(),
    ),
    "an observation of two measures, alone at its point": (
        "measure-dimension", {"eg:o1w qb:dataSet eg:cube": "eg:o1w eg:no eg:cube"},
        "eg:o1q qb:measureType eg:weight ; eg:weight 7 .", {"IC-16", "IC-17"},
    ),
    "an observation that lacks a dimension stands beside those that agree": (
        "measure-dimension", {"eg:b ; eg:time 1 ; qb:measureType eg:weight": "eg:b ; qb:measureType eg:weight"}, "",
        {"IC-11"},
    ),
    "observations without a dimension in common stand beside each other": (
        "measure-dimension", {},
        "eg:x1 qb:dataSet eg:new ; eg:thing eg:a ; qb:measureType eg:quantity ; eg:quantity 1 ."
        " eg:x2 qb:dataSet eg:new ; eg:time 1 ; qb:measureType eg:weight ; eg:weight 1 . eg:new qb:structure eg:dsd .",
        {"IC-11"},
    ),
    "a measure in two components counts twice": (
        "measure-dimension", {}, "eg:dsd qb:component eg:again . eg:again qb:measure eg:weight .", {"IC-17"},
    ),
    "an observation of two data sets": (
        "measure-dimension", {}, "eg:new qb:structure eg:dsd . eg:o1q qb:dataSet eg:new .", {"IC-1", "IC-17"},
    ),
    "a data set of two structures": (
        "measure-dimension", {},
        "eg:cube qb:structure eg:more . eg:more qb:component eg:x , eg:y . eg:x qb:measure eg:weight ."
        " eg:y qb:measure eg:quantity .", {"IC-2", "IC-14", "IC-17"},
    ),
    "two hierarchies along two properties": (
        "hierarchy", {},
        "geo:other a qb:HierarchicalCodeList ; qb:hierarchyRoot geo:Sea ; qb:parentChildProperty geo:part .", set(),
    ),
    "two hierarchies along two properties, one of them not from its root": (
        "hierarchy", {},
        "eg:dsd qb:component [ qb:dimension eg:part ] . eg:part rdfs:range eg:X ; qb:codeList geo:other ."
        " geo:other a qb:HierarchicalCodeList ; qb:hierarchyRoot geo:Sea ; qb:parentChildProperty geo:has ."
        " geo:Sea geo:has geo:Bay . geo:Bay geo:narrower geo:Cove . eg:o1 eg:part geo:Sea . eg:o2 eg:part geo:Bay ."
        " eg:o3 eg:part geo:Bay . eg:o4 eg:part geo:Cove .", {"IC-20"},
    ),
    "two hierarchies along two properties, both right": (
        "hierarchy", {},
        "eg:dsd qb:component [ qb:dimension eg:part ] . eg:part rdfs:range eg:X ; qb:codeList geo:other ."
        " geo:other a qb:HierarchicalCodeList ; qb:hierarchyRoot geo:Sea ; qb:parentChildProperty geo:has ."
        " geo:Sea geo:has geo:Bay . eg:o1 eg:part geo:Sea . eg:o2 eg:part geo:Bay . eg:o3 eg:part geo:Bay ."
        " eg:o4 eg:part geo:Sea .", set(),
    ),
    "two hierarchies, one along the inverse of a property": (
        "hierarchy-inverse", {},
        "eg:dsd qb:component [ qb:dimension eg:part ] . eg:part rdfs:range eg:X ; qb:codeList geo:other ."
        " geo:other a qb:HierarchicalCodeList ; qb:hierarchyRoot geo:Sea ; qb:parentChildProperty geo:has ."
        " geo:Sea geo:has geo:Bay . eg:o1 eg:part geo:Sea . eg:o2 eg:part geo:Bay . eg:o3 eg:part geo:Bay ."
        " eg:o4 eg:part geo:Sea .", set(),
    ),
    "a hierarchy in a circle": ("hierarchy", {}, "geo:Oslo geo:narrower geo:World , geo:Oslo .", set()),
    "a hierarchy without a root": ("hierarchy", {"qb:hierarchyRoot geo:World , geo:Moon ;": ""}, "", {"IC-20"}),
    "a hierarchy without a property": ("hierarchy", {"; qb:parentChildProperty geo:narrower": ""}, "", set()),
    "an inverse property with a name": (
        "hierarchy-inverse", {"[ owl:inverseOf geo:broader ]": "geo:below"}, "geo:below owl:inverseOf geo:broader .",
        {"IC-20"},
    ),
    "a code of the scheme that is no concept": (
        "life-expectancy", {"code:sex-F a skos:Concept ;": "code:sex-F"}, "", {"IC-19"},
    ),
    "a code of one list and not of the other": (
        "life-expectancy", {}, "eg:sex qb:codeList code:more . code:more a skos:ConceptScheme .", {"IC-19"},
    ),
    "an attribute that is required in another spelling": (
        "life-expectancy",
        {"qb:componentRequired true": 'qb:componentRequired "1"^^xsd:boolean', "; eg:unit eg:Year": ""}, "", {"IC-13"},
    ),
    "a property that is attached and part of the vocabulary": (
        "slices", {},
        "eg:dsd qb:component eg:x . eg:x qb:componentProperty qb:slice ; qb:componentAttachment qb:DataSet .",
        {"IC-18"},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_cubes_are_judged_as_the_official_queries_judge_them(name: str, tmp_path: Path) -> None:
    base, instead, added, rules = AWKWARD[name]
    text = (CUBES / f"{base}.ttl").read_text(encoding="utf-8")
    for old, new in instead.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "cube.ttl"
    path.write_text(f"{text}\n{added}\n{added}\n", encoding="utf-8")
    assert official([path]) == rules
    assert ours(path, tmp_path) == rules


@pytest.mark.slow
def test_many_damaged_cubes_are_judged_as_the_official_queries_judge_them(tmp_path: Path) -> None:
    differ, found = disagreements(NAMES, range(100, 160), tmp_path)
    assert differ == []
    assert set(found) == {f"IC-{number}" for number in range(1, 22)}, "the damage has every kind of violation"


def test_the_damage_is_the_same_for_a_seed(tmp_path: Path) -> None:
    one, other = (damaged("slices", 5, tmp_path).read_text() for _ in range(2))
    assert one == other


def test_literals_of_unknown_types_are_compared_as_terms(tmp_path: Path) -> None:
    """SPARQL cannot tell whether they are equal; the official IC-17 then takes all of them for one point."""
    text = (CUBES / "measure-dimension.ttl").read_text(encoding="utf-8")
    path = tmp_path / "cube.ttl"
    for number in (1, 2):
        text = text.replace(f"eg:time {number} ", f'eg:time "Q{number}"^^eg:quarter ')
    path.write_text(text, encoding="utf-8")
    assert ours(path, tmp_path) == set()
    assert official([path]) == {"IC-17"}


@pytest.mark.slow
def test_the_official_normalisation_adds_the_same_triples(tmp_path: Path) -> None:
    """What the steps in SQL add to the graph is what the two updates in SPARQL add."""
    for name in NAMES:
        for seed in range(4):
            path = damaged(name, seed, tmp_path)
            graph = Graph(tmp_path)
            try:
                graph.add(path, 0)
                normalise(graph)
                text = graph.terms.text
                rows = graph.rows("SELECT DISTINCT s, p, o FROM triple")
                lines = "".join(f"{text(s)} {text(p)} {text(o)} .\n" for s, p, o in rows).replace("_:f0.", "_:")
            finally:
                graph.close()
            mine = pyoxigraph.Store()
            mine.extend(pyoxigraph.parse(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
            assert {str(quad) for quad in mine} == {str(quad) for quad in normalised([path])}, (name, seed)
