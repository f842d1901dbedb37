"""The benchmarks run, and what they time is right; how fast anything is no test says."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("format", sorted({format for format, _ in PEERS}))
def test_what_our_writer_writes_in_the_benchmark_is_the_file_of_the_release(
    format: str, synthetic_release: Path, tmp_path: Path
) -> None:
    manifest = json.loads((synthetic_release / "manifest.json").read_text(encoding="utf-8"))
    (path,) = [file["path"] for file in manifest["files"] if file["format"] == format]
    assert seconds(synthetic_release, format, OURS, tmp_path / "written") > 0
    assert (tmp_path / "written").read_bytes() == (synthetic_release / path).read_bytes()


@pytest.mark.parametrize("peer", ["pyoxigraph", "rdflib"])
def test_peers_write_the_same_triples(peer: str, synthetic_release: Path, tmp_path: Path) -> None:
    import pyoxigraph

    def triples(path: Path) -> set[pyoxigraph.Triple]:
        return set(pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE))

    seconds(synthetic_release, "turtle", peer, tmp_path / "written")
    assert triples(tmp_path / "written") == triples(synthetic_release / "rdf" / f"{CUBE}.ttl")


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_pandas_writes_the_same_table(format: str, synthetic_release: Path, tmp_path: Path) -> None:
    import pandas as pd

    seconds(synthetic_release, format, "pandas", tmp_path / "written")
    read = {"csv": lambda path: pd.read_csv(path, dtype={"REGION": str}), "parquet": pd.read_parquet}[format]
    pd.testing.assert_frame_equal(read(tmp_path / "written"), read(synthetic_release / "data" / f"{CUBE}.{format}"))


@pytest.mark.parametrize("format", ["sdmx-ml", "sdmx-csv"])
def test_sdmx1_writes_as_many_observations(format: str, synthetic_release: Path, tmp_path: Path) -> None:
    seconds(synthetic_release, format, "sdmx1", tmp_path / "written")
    text = (tmp_path / "written").read_text(encoding="utf-8")
    assert text.count("<Obs ") + text.count("\ndataflow,") == ROWS


@pytest.mark.slow
def test_the_benchmark_runs_and_says_what_it_measured() -> None:
    command = ["-m", "benchmarks.run", "--rows", "2000", "--peer-rows", "500", "--repeat", "1"]
    ran = subprocess.run([sys.executable, *command], cwd=PROJECT, check=True, capture_output=True, text=True)
    for named in ("`publisher build`", "`publisher --help`", "| 2,000 |", "| 6,000 |", "| ratio |"):
        assert named in ran.stdout
    for format, peer in PEERS:
        assert f"| {format} | {peer} |" in ran.stdout
