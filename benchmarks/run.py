"""Speed and memory of the tool, and its writers beside their peers: ``python -m benchmarks.run``.

Every measurement is a process of its own. The tables are printed, and kept in ``results.md`` with
``--write``. Nothing fails for being slow: the aims stand beside the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Measurement, measure, median
from benchmarks.peers import OURS, PEERS, SLOW

RESULTS = ROOT / "benchmarks" / "results.md"
_MOST_STEPS = 8
# The files of a release that are the graph of its cube.
_GRAPH = ("codelists", "structure", "persons")

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="synthetic observations, and three times as many")
    parser.add_argument("--peer-rows", type=int, default=100_000, help="observations for the writers and their peers")
    parser.add_argument("--slow-rows", type=int, default=10_000, help=f"observations beside {', '.join(sorted(SLOW))}")
    parser.add_argument("--official-rows", type=int, default=2_000, help="observations for the official constraints")
    parser.add_argument("--repeat", type=int, default=3, help="runs of the short commands; the median is shown")
    parser.add_argument("--write", action="store_true", help=f"keep the tables in {RESULTS.relative_to(ROOT)}")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="publisher-bench-") as folder:
        page = "".join(_sections(Path(folder), chosen))
    if chosen.write:
        RESULTS.write_text(page, encoding="utf-8", newline="\n")


def _sections(folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Measure and yield the page piece by piece; each is printed as soon as it is known."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    sections = (
        (f"# Benchmarks\n\nMeasured by `make bench` on {machine}.\n", lambda: None),
        ("\n## The real report\n\n", lambda: commands(folder, chosen.repeat)),
        ("\n## Synthetic observations with seven dimensions, from Parquet\n\n", lambda: synthetic(folder, chosen.rows)),
        ("\n## Integrity constraints on Turtle\n\n", lambda: constraints(folder, chosen)),
        ("\n## The audit of suppressed cells\n\n", lambda: audits(folder, chosen)),
        ("\n## Writers beside their peers\n\n", lambda: peers(folder, chosen)),
    )
    for head, tables in sections:
        text = head + "\n".join(_markdown(table) for table in tables() or ())
        print(text, end="", flush=True)
        yield text


def commands(folder: Path, repeat: int) -> Iterator[Table]:
    """Measure ``publisher build`` of this project's own datasets, and ``publisher --help``."""
    command = ("-m", "publisher", "build", "--format", "json", "--output", str(folder / "real"))
    build, alone = median(command, repeat), median((*command, "--jobs", "1"), repeat)
    help_ = median(("-m", "publisher", "--help"), repeat)
    rows = [
        ("`publisher build`", *_figures(build), "under 10 s"),
        ("`publisher build --jobs 1`", *_figures(alone), "under 400 MB"),
        ("`publisher --help`", *_figures(help_), "under 0.3 s"),
    ]
    yield ("command", "seconds", "peak MB", "aim"), rows
    yield _steps((build,))


def synthetic(folder: Path, rows: int) -> Iterator[Table]:
    """Measure builds of so many observations and of three times as many."""
    small, large = (_synthetic(folder, count) for count in (rows, 3 * rows))
    shown = [
        (f"{rows:,}", *_figures(small), f"{rows / small.seconds:,.0f}", "1,000,000 under 30 s and 600 MB"),
        (f"{3 * rows:,}", *_figures(large), f"{3 * rows / large.seconds:,.0f}", "within 1.2 times that memory"),
        ("ratio", f"{large.seconds / small.seconds:.2f}", _ratio(large, small), "", ""),
    ]
    yield ("observations", "seconds", "peak MB", "observations a second", "aim"), shown
    yield _steps((small, large))


def _synthetic(folder: Path, rows: int) -> Measurement:
    project = folder / f"synthetic-{rows}"
    _make(project, rows)
    output = project / "output"
    built = measure("-m", "publisher", "build", "--format", "json", "--project", str(project), "--output", str(output))
    report = json.loads(built.output)["datasets"][0]
    written = sum(counts["observations"] for counts in report["observations"].values())
    assert written == rows, f"{written} observations of {rows} were written"
    for file in [*output.rglob("*"), *project.glob("raw/*/*")]:
        if file.is_file():
            file.unlink()
    return built


def _make(project: Path, rows: int, more: bool = False) -> None:
    program = "import sys, pathlib; from benchmarks.synthetic import write_synthetic as write"
    measure("-c", f"{program}; write(pathlib.Path(sys.argv[1]), int(sys.argv[2]), {more})", str(project), str(rows))


def constraints(folder: Path, chosen: argparse.Namespace) -> Iterator[Table]:
    """Measure ``publisher validate`` on the Turtle of a cube, and the official queries on a small one."""

    def files(rows: int) -> list[str]:
        project = folder / f"constraints-{rows}"
        _make(project, rows)
        only = [f"--only={name}" for name in ("rdf-codelists", "rdf-structure", "turtle")]
        measure("-m", "publisher", "build", "--quiet", "--project", str(project), *only)
        return [str(project / "output" / "synthetic" / "rdf" / f"{name}.ttl") for name in _GRAPH]

    small, large = files(chosen.official_rows), files(chosen.rows)
    validate = ("-m", "publisher", "validate", "--format", "json")
    runs = (
        ("publisher validate", chosen.rows, measure(*validate, *large), "1,000,000 under 60 s"),
        ("publisher validate", chosen.official_rows, measure(*validate, *small), ""),
        ("official queries in pyoxigraph", chosen.official_rows, measure("-m", "benchmarks.official", *small), ""),
    )
    rows = [(name, f"{count:,}", *_figures(run), f"{count / run.seconds:,.0f}", aim) for name, count, run, aim in runs]
    yield ("program", "observations", "seconds", "peak MB", "observations a second", "aim"), rows


def audits(folder: Path, chosen: argparse.Namespace) -> Iterator[Table]:
    """Measure ``publisher audit`` of the real report and of made-up ones, and two linear programs for each cell."""
    audit = ("-m", "publisher", "audit", "--profile", "republish", "--format", "json")
    engine = ("-m", "benchmarks.disclosure")
    runs: list[tuple[Path, str]] = [(ROOT, "under 0.5 s beyond start-up")]
    for count in (chosen.peer_rows, chosen.rows):
        project = folder / f"hidden-{count}"
        measure(*engine, "make", str(project), "--rows", str(count))
        runs.append((project, "1,000,000 under 60 s and 2,000 MB" if count == chosen.rows else ""))
    rows = []
    for project, aim in runs:
        run = measure(*audit, "--project", str(project))
        said = json.loads(run.output)
        steps = json.loads(measure(*engine, "phases", str(project)).output)
        # One program over everything, asked for each cell: its time grows with the square of the cells.
        attack = "" if project != ROOT else json.loads(measure(*engine, "attack", str(project)).output)["seconds"]
        ratio = f"{attack} ({attack / steps['seconds']['disclose']:.0f} times)" if attack else ""
        hidden = f"{said['hidden'] + said['averages']['hidden']:,}"
        engine_seconds = f"{steps['seconds']['disclose']:.2f}"
        rows.append((f"{steps['observations']:,}", hidden, *_figures(run), engine_seconds, ratio, aim))
    head = ("observations", "hidden", "seconds", "peak MB", "bounds alone", "two programs for each cell", "aim")
    yield head, rows


def peers(folder: Path, chosen: argparse.Namespace) -> Iterator[Table]:
    """Measure the writer of each format, and those of its peers, on the same observations."""
    releases: dict[int, Path] = {}
    own: dict[tuple[str, int], Measurement] = {}

    def written(path: str, writer: str, count: int) -> Measurement:
        if count not in releases:
            releases[count] = _released(folder / f"peers-{count}", count)
        target = releases[count] / f"written-{Path(path).name}-{writer}"
        return measure("-m", "benchmarks.peers", str(releases[count]), path, writer, str(target))

    def shown(run: Measurement, count: int) -> tuple[str, str]:
        return f"{count / float(run.output):,.0f}", _figures(run)[1]

    rows = []
    for path, peer in PEERS:
        count = chosen.slow_rows if peer in SLOW else chosen.peer_rows
        if (path, count) not in own:
            own[path, count] = written(path, OURS, count)
        ours = own[path, count]
        if PEERS[path, peer] is None:
            rows.append((path, peer, f"{count:,}", *shown(ours, count), "", "", ""))
            continue
        theirs = written(path, peer, count)
        ratio = float(theirs.output) / float(ours.output)
        rows.append((path, peer, f"{count:,}", *shown(ours, count), *shown(theirs, count), f"{ratio:.1f}"))
    yield ("file", "peer", "observations", "ours, obs/s", "peak MB", "peer, obs/s", "peak MB", "times as fast"), rows


def _released(project: Path, rows: int) -> Path:
    """Return the folder of a release of so many observations, in every format that has a writer to measure."""
    _make(project, rows, more=True)
    measure("-m", "publisher", "build", "--quiet", "--project", str(project), "--output", str(project / "output"))
    return project / "output" / "synthetic"


def _figures(run: Measurement) -> tuple[str, str]:
    return f"{run.seconds:.2f}", f"{run.megabytes:,.0f}"


def _ratio(large: Measurement, small: Measurement) -> str:
    return f"{large.megabytes / small.megabytes:.2f}"


def _steps(builds: Iterable[Measurement]) -> Table:
    """Return the seconds of the slowest steps of builds, one column for each build."""
    taken: list[dict[str, float]] = []
    for build in builds:
        seconds: dict[str, float] = {}
        report: dict[str, Any] = json.loads(build.output)
        steps = [pair for dataset in report["datasets"] for pair in dataset["seconds"].items() if pair[0] != "check"]
        steps += [(f"check {check['name']}, {check['by']}", check["seconds"]) for check in report["checks"]]
        for step, value in steps:
            seconds[step] = seconds.get(step, 0.0) + value
        taken.append(seconds)
    slowest = sorted(taken[-1], key=lambda step: -taken[-1][step])[:_MOST_STEPS]
    rows = [(step, *(f"{seconds.get(step, 0.0):.2f}" for seconds in taken)) for step in slowest]
    return ("slowest steps", *("seconds" for _ in taken)), rows


def _markdown(table: Table) -> str:
    head, rows = table
    lines = [head, tuple("---" if index == 0 else "---:" for index in range(len(head))), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
