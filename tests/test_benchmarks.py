"""The benchmarks run, and what they time is right; how fast anything is no test says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from helpers import PROJECT

sys.path.insert(0, str(PROJECT))

from benchmarks.measure import measure  # noqa: E402
from benchmarks.peers import OURS, PEERS, seconds  # noqa: E402
from benchmarks.synthetic import CUBE, write_synthetic  # noqa: E402

ROWS = 300


@pytest.fixture(scope="module")
def synthetic_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from publisher.build import Options, build

    project = tmp_path_factory.mktemp("synthetic")
    write_synthetic(project, ROWS)
    build(project, options=Options(output=project / "output"))
    return project / "output" / "synthetic"


def test_a_measurement_is_of_one_process() -> None:
    small, large = measure("-c", "print(1)"), measure("-c", "kept = b'x' * 200_000_000; print(2)")
    assert (small.output, large.output) == ("1\n", "2\n")
    assert small.seconds > 0
    if small.megabytes is not None:
        assert large.megabytes is not None
        assert max(small.megabytes, 200) <= large.megabytes


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="exited with 3"):
        measure("-c", "raise SystemExit(3)")


@pytest.mark.parametrize("path", sorted({path for path, _ in PEERS}))
def test_what_our_writer_writes_in_the_benchmark_is_the_file_of_the_release(
    path: str, synthetic_release: Path, tmp_path: Path
) -> None:
    assert seconds(synthetic_release, path, OURS, tmp_path / "written") > 0
    assert (tmp_path / "written").read_bytes() == (synthetic_release / path).read_bytes()


@pytest.mark.parametrize("peer", ["pyoxigraph", "rdflib"])
def test_peers_write_the_same_triples(peer: str, synthetic_release: Path, tmp_path: Path) -> None:
    import pyoxigraph

    def triples(path: Path) -> set[pyoxigraph.Triple]:
        return set(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))

    seconds(synthetic_release, f"rdf/{CUBE}.ttl", peer, tmp_path / "written")
    assert triples(tmp_path / "written") == triples(synthetic_release / "rdf" / f"{CUBE}.ttl")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_pandas_writes_the_same_table(suffix: str, synthetic_release: Path, tmp_path: Path) -> None:
    import pandas as pd

    path = f"data/{CUBE}.{suffix}"
    seconds(synthetic_release, path, "pandas", tmp_path / "written")
    read = {"csv": lambda path: pd.read_csv(path, dtype={"REGION": str}), "parquet": pd.read_parquet}[suffix]
    pd.testing.assert_frame_equal(read(tmp_path / "written"), read(synthetic_release / path))


SDMX = sorted((path, peer) for path, peer in PEERS if peer in ("sdmx1", "pysdmx"))


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
    command = ["-m", "benchmarks.run", "--rows", "2000", "--peer-rows", "500", "--repeat", "1"]
    ran = subprocess.run([sys.executable, *command], cwd=PROJECT, check=True, capture_output=True, text=True)
    for named in ("`publisher build`", "`publisher --help`", "| 2,000 |", "| 6,000 |", "| ratio |"):
        assert named in ran.stdout
    for path, peer in PEERS:
        assert f"| {path} | {peer} |" in ran.stdout
