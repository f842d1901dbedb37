"""The benchmarks run, and what they time is right; how fast anything is no test says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import PROJECT

sys.path.insert(0, str(PROJECT))

from benchmarks.measure import measure  # noqa: E402
from benchmarks.official import violated  # noqa: E402
from benchmarks.peers import OURS, PEERS, seconds  # noqa: E402
from benchmarks.synthetic import CUBE, write_synthetic  # noqa: E402

ROWS = 300


def built(project: Path, *formats: str) -> Path:
    from publisher.build import Options, build

    write_synthetic(project, ROWS, more=True)
    build(project, options=Options(output=project / "output", only=formats))
    return project / "output" / "synthetic"


@pytest.fixture(scope="module")
def synthetic_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the two formats that are written quickly."""
    return built(tmp_path_factory.mktemp("tables"), "csv", "parquet")


LARGE = "import time; kept = b'x' * 200_000_000; time.sleep(1)"
TWICE = "import subprocess, sys; kept = b'x' * 200_000_000; subprocess.run([sys.executable, '-c', sys.argv[1]])"


def test_a_measurement_is_of_a_command_and_all_that_it_starts() -> None:
    small, large, both = measure("-c", "print(1)"), measure("-c", LARGE), measure("-c", TWICE, LARGE)
    assert small.output == "1\n"
    assert small.seconds > 0
    assert max(small.megabytes, 200) <= large.megabytes
    assert both.megabytes >= 400


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="exited with 3"):
        measure("-c", "raise SystemExit(3)")


def test_what_is_timed_writes_the_table_of_the_release(tables: Path, tmp_path: Path) -> None:
    assert seconds(tables, f"data/{CUBE}.csv", OURS, tmp_path / "written") > 0
    assert (tmp_path / "written").read_bytes() == (tables / f"data/{CUBE}.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted({path for path, _ in PEERS}))
def test_what_our_writer_writes_in_the_benchmark_is_the_file_of_the_release(
    path: str, synthetic_release: Path, tmp_path: Path
) -> None:
    assert seconds(synthetic_release, path, OURS, tmp_path / "written") > 0
    assert (tmp_path / "written").read_bytes() == (synthetic_release / path).read_bytes()


RDF = sorted((path, peer) for path, peer in PEERS if peer in ("pyoxigraph", "rdflib"))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "peer"), RDF, ids=[f"{path}-{peer}" for path, peer in RDF])
def test_peers_write_the_same_triples(path: str, peer: str, synthetic_release: Path, tmp_path: Path) -> None:
    import pyoxigraph

    def triples(file: Path) -> set[pyoxigraph.Triple]:
        kind = pyoxigraph.RdfFormat.from_extension(Path(path).suffix[1:])
        return {
            quad.triple if isinstance(quad, pyoxigraph.Quad) else quad
            for quad in pyoxigraph.parse(path=str(file), format=kind)
        }

    seconds(synthetic_release, path, peer, tmp_path / "written")
    assert triples(tmp_path / "written") == triples(synthetic_release / path)


@pytest.mark.slow
def test_the_official_constraints_find_nothing_and_a_lost_dimension(synthetic_release: Path, tmp_path: Path) -> None:
    files = [synthetic_release / "rdf" / f"{name}.ttl" for name in ("codelists", "structure", CUBE)]
    assert violated(files) == set()
    spoilt = tmp_path / "spoilt.ttl"
    text = files[-1].read_text(encoding="utf-8")
    spoilt.write_text(re.sub(" ; dim:SEX CL_SEX:[A-Z_]+", "", text, count=1), encoding="utf-8")
    assert "IC-11" in violated([*files[:2], spoilt])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_pandas_writes_the_same_table(suffix: str, tables: Path, tmp_path: Path) -> None:
    import pandas as pd

    path = f"data/{CUBE}.{suffix}"
    seconds(tables, path, "pandas", tmp_path / "written")
    read = {"csv": lambda path: pd.read_csv(path, dtype={"REGION": str}), "parquet": pd.read_parquet}[suffix]
    pd.testing.assert_frame_equal(read(tmp_path / "written"), read(tables / path))


SDMX = sorted((path, peer) for path, peer in PEERS if peer in ("sdmx1", "pysdmx"))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "peer"), SDMX, ids=[f"{Path(path).name}-{peer}" for path, peer in SDMX])
def test_sdmx_libraries_write_as_many_observations(
    path: str, peer: str, synthetic_release: Path, tmp_path: Path
) -> None:
    seconds(synthetic_release, path, peer, tmp_path / "written")
    text = (tmp_path / "written").read_text(encoding="utf-8")
    starts = ("<Obs ", "<gen:Obs>", "<generic:Obs>", "\ndataflow,", "\nEXAMPLE:")
    assert sum(text.count(start) for start in starts) == ROWS


@pytest.mark.slow
def test_the_benchmark_runs_and_says_what_it_measured() -> None:
    few = ["--rows", "2000", "--peer-rows", "500", "--slow-rows", "200", "--official-rows", "100", "--repeat", "1"]
    command = ["-m", "benchmarks.run", *few]
    ran = subprocess.run([sys.executable, *command], cwd=PROJECT, check=True, capture_output=True, text=True)
    for named in (
        "`publisher build`",
        "`publisher --help`",
        "| 2,000 |",
        "| 6,000 |",
        "| ratio |",
        "| publisher validate |",
    ):
        assert named in ran.stdout
    for path, peer in PEERS:
        assert f"| {path} | {peer} |" in ran.stdout
