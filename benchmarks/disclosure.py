"""Made-up tables of TILT140's structure with many hidden cells, and what the audit's engine takes for them.

``python -m benchmarks.disclosure make FOLDER`` writes a project, and ``python -m benchmarks.disclosure phases FOLDER``
measures the engine on it step by step; ``publisher audit --project FOLDER`` is the whole. ``attack FOLDER`` does what
comes to mind first, two linear programs for each hidden cell over everything that is published.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

DATASET = "hidden"
EDITION = "2024-11"
THRESHOLD = 4
_SEED = 140
_PERIODS = (*(f"2024-{month:02d}" for month in range(1, 12)), "2024")
_MONTHS = len(_PERIODS) - 1
# Dimension of each table -> how many codes it has beside the total in the real report.
_TABLES = {"COUNTY": 17, "SEX": 2, "AGE": 7, "IMMIGRATION": 2, "BACKGROUND": 5, "EDUCATION": 5}
_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the tables of one office are; an office is what the real report is as a whole.

    ``codes`` are those of every table beside the total, 0 for as many as the real one has. ``persons`` is the median
    of participants in a programme. With ``totals`` every table has rows for all programmes together.
    """

    programmes: int = 7
    codes: int = 0
    persons: int = 90
    totals: bool = False

    def sizes(self) -> Mapping[str, int]:
        """Return by dimension of a table how many codes it has beside the total."""
        return {name: self.codes or size for name, size in _TABLES.items()}

    def rows(self) -> int:
        """Return how many observations an office has."""
        tables = sum(size + 1 for size in self.sizes().values()) * (self.programmes + self.totals)
        return len(_PERIODS) * (tables + (self.programmes + 1) * (_GROUPS + 1))


SHAPES = {
    "copies": Shape(),
    "wide": Shape(programmes=10, codes=200, persons=4_500),
    "joined": Shape(programmes=8, codes=60, persons=750, totals=True),
}

_TOML = """\
publisher = { name = { en = "Nobody" } }
contact = { name = { en = "Nobody" }, email = "nobody@example.org" }
licence = { name = "CC0-1.0", title = "CC0 1.0", url = "https://creativecommons.org/publicdomain/zero/1.0/" }
suppression = { threshold = 4 }
source = { reader = "tidy" }
measure = { unit = "PER" }
[dataset]
id = "hidden"
sdmx_id = "HIDDEN"
agency = "EXAMPLE"
base_iri = "https://data.example.org"
languages = ["en"]
title = { en = "Participants" }
description = { en = "Made up." }
[components]
TIME_PERIOD = { name = { en = "Time period" }, data_type = "period" }
OBS_VALUE = { name = { en = "Participants" }, data_type = "number" }
MONTHS_COVERED = { name = { en = "Months covered" }, data_type = "integer" }
UNIT_MULT = { name = { en = "Unit multiplier" } }
DECIMALS = { name = { en = "Decimals" } }
"""
_RULES = """\
[rules.sums-of-parts]
kind = "sum"
over = ["PROGRAMME", "COUNTY", "SEX", "AGE", "IMMIGRATION", "BACKGROUND", "EDUCATION"]
filter = { FREQ = ["M"] }
[rules.participant-groups]
kind = "sum"
over = ["PARTICIPANT_GROUP"]
filter = { FREQ = ["M"] }
[rules.repeated-totals]
kind = "identical"
[rules.means]
kind = "mean"
of = "M"
to = "A"
decimals = 0
rounding = "half up"
covered = "MONTHS_COVERED"
[rules.nothing-below-the-threshold]
kind = "minimum"
low = 4
"""
_STATUSES = {"OBS_STATUS": ("A", "Q"), "CONF_STATUS": ("F", "A"), "UNIT_MEASURE": ("PER",)}


def write_disclosure(folder: Path, rows: int, shape: Shape) -> Path:
    """Write a project with about so many observations, in whole offices; return the folder of its files.

    The figures are true: what is hidden was below 4, means were rounded from true values. The same at every run.
    """
    offices = max(1, round(rows / shape.rows()))
    _write_definition(folder / "schemas" / DATASET, offices, shape)
    raw = folder / "raw" / DATASET / EDITION
    raw.mkdir(parents=True)
    random = np.random.default_rng(_SEED)
    # Offices, programmes, months: participants, more or less the same from month to month.
    usual = shape.persons * random.lognormal(0, 1.0, (offices, shape.programmes, 1))
    persons = random.poisson(usual * random.lognormal(0, 0.1, (offices, shape.programmes, _MONTHS)))
    groups = _split(random, persons, _GROUPS)
    _write_cube(raw / "participant-group.parquet", "PARTICIPANT_GROUP", _with_all(groups), True)
    for name, size in shape.sizes().items():
        parts = _split(random, persons, size)
        _write_cube(raw / f"{name.lower()}.parquet", name, _with_all(parts) if shape.totals else parts, shape.totals)
    return raw


def _split(random: np.random.Generator, persons: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Return numbers by office, programme, month and code, in which the first code is the total of the others."""
    shares = random.dirichlet(np.full(size, 0.8), persons.shape[:2])
    parts = random.multinomial(persons, shares[:, :, np.newaxis, :])
    return np.concatenate([persons[..., np.newaxis], parts], axis=3)


def _with_all(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return numbers with a first programme that is the total of the others."""
    return np.concatenate([values.sum(axis=1, keepdims=True), values], axis=1)


def _write_cube(path: Path, dimension: str, months: npt.NDArray[np.int64], totals: bool) -> None:
    """Write a cube: the months and their means, rounded half up; then what is below the threshold is left out."""
    means = (2 * months.sum(axis=2, keepdims=True) + _MONTHS) // (2 * _MONTHS)
    values = np.concatenate([months, means], axis=2)
    offices, programmes, periods, codes = (places.reshape(-1) for places in np.indices(values.shape))
    numbers = values.reshape(-1)
    mean = periods == _MONTHS
    columns = {
        "FREQ": _coded(mean.astype(np.int32), ("M", "A")),
        "OFFICE": _coded(offices, _codes("OFFICE", values.shape[0])),
        "PROGRAMME": _coded(programmes, _codes("PROGRAMME", values.shape[1] - totals, totals)),
        dimension: _coded(codes, _codes(dimension, values.shape[3] - 1, True)),
        "TIME_PERIOD": _coded(periods, _PERIODS),
        "OBS_VALUE": pa.array(numbers, mask=numbers < THRESHOLD),
        "MONTHS_COVERED": pa.array(np.full(len(numbers), _MONTHS), mask=~mean),
    }
    pq.write_table(pa.table(columns), path, compression="zstd")


def _coded(places: npt.NDArray[Any], codes: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(codes))


def _codes(dimension: str, count: int, total: bool = False) -> tuple[str, ...]:
    codes = tuple(f"{dimension[0]}{number:03d}" for number in range(count))
    return ("_T", *codes) if total else codes


def _write_definition(folder: Path, offices: int, shape: Shape) -> None:
    (folder / "codelists").mkdir(parents=True)
    lists = {
        **_STATUSES,
        "FREQ": ("M", "A"),
        "OFFICE": _codes("OFFICE", offices),
        "PROGRAMME": _codes("PROGRAMME", shape.programmes, True),
        "PARTICIPANT_GROUP": _codes("PARTICIPANT_GROUP", _GROUPS, True),
        **{name: _codes(name, size, True) for name, size in shape.sizes().items()},
    }
    text = _TOML
    for name, codes in lists.items():
        text += f'{name} = {{ name = {{ en = "{name.title()}" }}, codelist = "CL_{name}" }}\n'
        above = "_T" if "_T" in codes else ""
        lines = "".join(f"{code},{above if code != '_T' else ''},{code}\n" for code in codes)
        (folder / "codelists" / f"CL_{name}.csv").write_text(f"code,parent,label_en\n{lines}", encoding="utf-8")
    text += "[codelists]\n" + "".join(f'CL_{name} = {{ name = {{ en = "{name.title()}" }} }}\n' for name in lists)
    for dimension in ("PARTICIPANT_GROUP", *_TABLES):
        cube = dimension.lower().replace("_", "-")
        text += f'[cubes.{cube}]\ntitle = {{ en = "By {cube}" }}\nattributes = ["MONTHS_COVERED"]\n'
        text += f'dimensions = ["FREQ", "OFFICE", "PROGRAMME", "{dimension}", "TIME_PERIOD"]\n'
    (folder / "dataset.toml").write_text(text, encoding="utf-8")
    (folder / "rules.toml").write_text(_RULES, encoding="utf-8")


class _Clock:
    """Seconds and calls by step, of functions that it is put around."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self.sizes: list[int] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens within."""
        started = perf_counter()
        yield
        self.seconds[name] += perf_counter() - started
        self.calls[name] += 1

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same and is measured."""

        def measured(*given: Any, **named: Any) -> Any:
            with self.step(name):
                found = function(*given, **named)
                if name == "components":
                    found = list(found)
                    self.sizes += [len(component.columns) for component in found]
                return found

        return measured


def phases(project: Path) -> dict[str, Any]:
    """Return seconds and calls by step of the engine, peak memory in MB (10^6 bytes), and what was found.

    The steps of ``disclose`` are parts of it, and those of HiGHS parts of ``solve``. Reading and sorting the source
    are measured apart, as ``store``.
    """
    from publisher import inputs
    from publisher.quality import disclosure, program
    from publisher.quality.cells import read_cells
    from publisher.quality.check import relations_of

    clock = _Clock()
    (dataset,) = inputs.read_definitions(project, inputs.dataset_names(project, ()))
    with tempfile.TemporaryDirectory() as folder, clock.step("store"):
        received = inputs.receive(project, dataset, None, None, Path(folder))
        with clock.step("cells"):
            cells = read_cells(received.observations, dataset.suppression)
    clock.seconds["store"] -= clock.seconds["cells"]
    with clock.step("relations"):
        relations = [item for rule in dataset.rules if rule.severity == "error" for item in relations_of(rule, cells)]
    before = _peak()
    with ExitStack() as patched:
        for name in ("system_of", "tighten", "components", "solve", "completed", "_disclosed"):
            patched.enter_context(patch.object(disclosure, name, clock.around(name, getattr(disclosure, name))))
        for name, step in (("_passed", "HiGHS models"), ("_asked", "HiGHS runs")):
            patched.enter_context(
                patch.object(program.Program, name, clock.around(step, getattr(program.Program, name)))
            )
        with clock.step("disclose"):
            found = disclosure.disclose(cells, relations, dataset.rules)
    return {
        "observations": len(cells.hidden),
        "hidden": int(cells.hidden.sum()),
        "relations": sum(map(len, relations)),
        "seconds": {name: round(seconds, 2) for name, seconds in clock.seconds.items()},
        "calls": {name: clock.calls[name] for name in ("solve", "HiGHS models", "HiGHS runs")},
        "components": {"count": len(clock.sizes), "unknowns": sum(clock.sizes), "largest": max(clock.sizes, default=0)},
        "megabytes": {"before disclose": before, "peak": _peak()},
        "exact": int(found.exact.sum()),
        "inexact": int(found.inexact.sum()),
        "contradictions": len(found.contradictions),
    }


def attack(project: Path) -> dict[str, Any]:
    """Return seconds and programs of two linear programs for each unknown of a project, one model for all of them."""
    from publisher import inputs
    from publisher.quality.assembly import system_of
    from publisher.quality.cells import read_cells
    from publisher.quality.check import check_cells
    from publisher.quality.components import Component
    from publisher.quality.program import Program
    from publisher.quality.published import published

    (dataset,) = inputs.read_definitions(project, inputs.dataset_names(project, ()))
    with tempfile.TemporaryDirectory() as folder:
        received = inputs.receive(project, dataset, None, None, Path(folder))
        cells = read_cells(received.observations, dataset.suppression)
        facts = published(dataset, cells, check_cells(dataset, cells, {}))
    started = perf_counter()
    system = system_of(facts.cells, facts.relations, facts.limits)
    columns = np.unique(system.rows.columns)
    every = Component(columns, np.arange(len(system.rows)))
    program = Program(system.rows, every, system.low, system.high)
    for column in range(len(columns)):
        program.greatest({column: 1})
        program.greatest({column: -1})
    return {"seconds": round(perf_counter() - started, 2), "programs": 2 * len(columns)}


def _peak() -> int:
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure", description=__doc__)
    parser.add_argument("verb", choices=("make", "phases", "attack"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000, help="observations, about")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="copies")
    chosen = parser.parse_args(arguments)
    if chosen.verb == "make":
        write_disclosure(chosen.folder, chosen.rows, SHAPES[chosen.shape])
    else:
        print(json.dumps({"phases": phases, "attack": attack}[chosen.verb](chosen.folder), indent=1))


if __name__ == "__main__":
    main()
