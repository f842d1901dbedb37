"""Time grows with the graph, not with its square: each of these would take minutes to hours otherwise."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.checks.integrity.files import check_files

HEAD = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix e: <http://e/> .
qb:measureType rdfs:range e:X . e:d rdfs:range e:X . e:t rdfs:range e:X .
"""
CUBE = "e:dsd a qb:DataStructureDefinition ; qb:component [ qb:dimension e:d ] , {} [ qb:measure e:m ] ."
SET = "e:ds qb:structure e:dsd ."
MOST_SECONDS = 30


def hierarchy(size: int) -> Iterator[str]:
    """Yield codes in a chain with a branch at every second, all of them used."""
    yield CUBE.format("") + SET + "e:d qb:codeList e:h ."
    yield "e:h a qb:HierarchicalCodeList ; qb:hierarchyRoot e:n0 ; qb:parentChildProperty e:c ."
    yield from (f"e:n{i - 1 if i % 2 else i // 2} e:c e:n{i} ." for i in range(1, size))
    yield from (f"e:o{i} qb:dataSet e:ds ; e:d e:n{i} ; e:m {i} ." for i in range(size))


def collections(size: int) -> Iterator[str]:
    """Yield a collection in a collection in a collection."""
    yield CUBE.format("") + SET + "e:d qb:codeList e:c0 . e:c0 a skos:Collection ."
    for i in range(size):
        yield f"e:c{i} skos:member e:c{i + 1} . e:c{i + 1} a skos:Concept ."
        yield f"e:o{i} qb:dataSet e:ds ; e:d e:c{i + 1} ; e:m 1 ."


def data_sets(size: int) -> Iterator[str]:
    """Yield data sets with a structure, a slice key and a slice of their own, sharing a dimension and a measure."""
    for i in range(size):
        yield f"e:dsd{i} a qb:DataStructureDefinition ; qb:component [ qb:dimension e:d ] , [ qb:dimension e:d{i} ] ,"
        yield f"[ qb:measure e:m ] ; qb:sliceKey e:k{i} . e:d{i} rdfs:range e:X ."
        yield f"e:k{i} a qb:SliceKey ; qb:componentProperty e:d . e:ds{i} qb:structure e:dsd{i} ; qb:slice e:s{i} ."
        yield f"e:s{i} qb:sliceStructure e:k{i} ; e:d e:v ; qb:observation e:o{i}a , e:o{i}b ."
        yield "".join(f"e:o{i}{x} qb:dataSet e:ds{i} ; e:m 1 ; e:d{i} e:{x} ." for x in "ab")


def broken(size: int) -> Iterator[str]:
    """Yield data sets in which everything is wrong, and one thing that has all of them."""
    for i in range(size):
        yield f"e:dsd{i} a qb:DataStructureDefinition ; qb:component [ qb:dimension e:d{i} ] . e:k{i} a qb:SliceKey ."
        yield f"e:ds{i} qb:structure e:dsd{i} , e:x{i} ; qb:slice e:s{i} . e:s{i} qb:observation e:o{i} ."
        yield f"e:all qb:structure e:dsd{i} ; qb:dataSet e:ds{i} ; qb:sliceStructure e:k{i} ."


def measures(size: int) -> Iterator[str]:
    yield CUBE.format("[ qb:dimension e:t ] , [ qb:dimension qb:measureType ] , [ qb:measure e:n ] ,") + SET
    for i in range(size):
        for m in "mn":
            yield f"e:o{i}{m} qb:dataSet e:ds ; e:d e:v{i % 99} ; e:t {i // 99} ; qb:measureType e:{m} ; e:{m} 1 ."


def lacking(size: int) -> Iterator[str]:
    """Yield observations that lack a dimension here and there, in a thousand ways."""
    chance = random.Random(1)
    yield CUBE.format("".join(f"[ qb:dimension e:d{k} ] , " for k in range(10))) + SET
    for i in range(size):
        values = (f"; e:d{k} e:v{chance.randrange(10_000)}" for k in range(10) if chance.random() < 0.5)
        yield f"e:o{i} qb:dataSet e:ds ; e:d e:v ; e:m 1 {' '.join(values)} ."


def same(size: int) -> Iterator[str]:
    """Yield one point again and again, spelled in many ways."""
    yield CUBE.format("") + SET
    yield from (f"e:o{i} qb:dataSet e:ds ; e:d {'0' * (i % 50)}{i // 50} ; e:m 1 ." for i in range(size))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("graph", "size", "rules"),
    [
        (hierarchy, 100_000, set()),
        (collections, 50_000, set()),
        (data_sets, 10_000, set()),
        (broken, 10_000, {"IC-1", "IC-2", "IC-3", "IC-4", "IC-7", "IC-9", "IC-11", "IC-18"}),
        (measures, 50_000, set()),
        (lacking, 20_000, {"IC-4", "IC-11", "IC-12", "not-all-compared"}),
        (same, 50_000, {"IC-12"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_large_graph_is_checked_in_linear_time(
    graph: Callable[[int], Iterator[str]], size: int, rules: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "large.ttl"
    path.write_text(HEAD + "\n".join(graph(size)), encoding="utf-8")
    started = time.process_time()
    outcome = check_files([path], tmp_path)
    assert {finding.rule for finding in outcome.findings} == rules
    assert time.process_time() - started < MOST_SECONDS
