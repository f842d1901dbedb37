"""The sum of all printed values, from every file, each read by a program that is not ours."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

PRINTED = 3_675_409
SUM = """
PREFIX qb: <http://purl.org/linked-data/cube#>
SELECT (SUM(?value) AS ?sum) (COUNT(?value) AS ?count) WHERE {
  ?observation qb:dataSet ?cube ; <https://data.example.org/nav-tilt140/measure/OBS_VALUE> ?value .
}
"""
HIDDEN = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX measure: <https://data.example.org/nav-tilt140/measure/>
SELECT (COUNT(?observation) AS ?count) (MIN(?low) AS ?lowest) (MAX(?high) AS ?highest) WHERE {
  ?observation qb:dataSet ?cube ; measure:LOWER_BOUND ?low ; measure:UPPER_BOUND ?high .
  FILTER NOT EXISTS { ?observation measure:OBS_VALUE ?value }
}
"""


def test_the_sum_from_csv(real_release: Path) -> None:
    total = 0
    for path in (real_release / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            total += sum(int(row["OBS_VALUE"]) for row in csv.DictReader(stream) if row["OBS_VALUE"])
    assert total == PRINTED


def test_the_sum_from_parquet(real_release: Path) -> None:
    import duckdb

    with duckdb.connect() as database:
        query = "SELECT sum(OBS_VALUE), count(*), count(OBS_VALUE) FROM read_parquet(?, union_by_name = true)"
        assert database.execute(query, [f"{real_release}/data/*.parquet"]).fetchone() == (PRINTED, 4068, 3691)


@pytest.mark.slow
def test_the_sum_from_turtle_by_sparql_in_rdflib(real_release: Path) -> None:
    from rdflib import Graph

    graph = Graph()
    for path in (real_release / "rdf").glob("*.ttl"):
        graph.parse(path)
    ((total, count),) = graph.query(SUM)
    assert (int(total), int(count)) == (PRINTED, 3691)
    ((count, low, high),) = graph.query(HIDDEN)
    assert (int(count), int(low), int(high)) == (377, 0, 3)


def test_the_sum_from_turtle_by_sparql_in_pyoxigraph(real_release: Path) -> None:
    import pyoxigraph

    store = pyoxigraph.Store()
    for path in (real_release / "rdf").glob("*.ttl"):
        store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    (answer,) = store.query(SUM)
    assert (int(answer["sum"].value), int(answer["count"].value)) == (PRINTED, 3691)
    (answer,) = store.query(HIDDEN)
    assert [int(answer[name].value) for name in ("count", "lowest", "highest")] == [377, 0, 3]


@pytest.mark.slow
def test_the_sum_from_sdmx_ml_read_by_sdmx1(real_release: Path) -> None:
    import sdmx
    import sdmx.reader.xml.v30  # noqa: F401 -- before any 2.1 file is read, or sdmx1 reads no 3.0 in this process

    structure = sdmx.read_sdmx(real_release / "sdmx/structure-2.1.xml")
    total = hidden = 0
    for path in (real_release / "sdmx").glob("*/data-2.1.xml"):
        name = f"DSD_TILT140_{path.parent.name.upper().replace('-', '_')}"
        (data,) = sdmx.read_sdmx(path, structure=structure.structure[name]).data
        values = [str(observation.value) for observation in data.obs]
        total += sum(int(value) for value in values if value != "NaN")
        hidden += values.count("NaN")
    assert (total, hidden) == (PRINTED, 377)
