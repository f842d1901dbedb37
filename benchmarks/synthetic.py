"""A made-up dataset of any size for benchmarks: one cube with seven dimensions, the same bytes at every run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DATASET = "synthetic"
CUBE = "persons"
EDITION = "2024-12"
THRESHOLD = 4

# Dimension -> its codelist and codes, in DSD order; together they give 57,600,000 keys.
_CODES = {
    "FREQ": ("CL_FREQ", ("M",)),
    "REGION": ("CL_REGION", tuple(f"{number:04d}" for number in range(301, 401))),
    "SECTOR": ("CL_SECTOR", tuple(f"S{number:02d}" for number in range(20))),
    "SEX": ("CL_SEX", ("_T", "F", "M")),
    "AGE": ("CL_AGE", tuple(f"Y{5 * number:02d}T{5 * number + 4:02d}" for number in range(20))),
    "ORIGIN": ("CL_ORIGIN", ("_T", "EU", "OTHER", "_U")),
}
_PERIODS = tuple(f"{year}-{month:02d}" for year in range(2015, 2025) for month in range(1, 13))
_STATUSES = {
    "OBS_STATUS": ("CL_OBS_STATUS", ("A", "Q")),
    "CONF_STATUS": ("CL_CONF_STATUS", ("F", "A")),
    "UNIT_MEASURE": ("CL_UNIT_MEASURE", ("PER",)),
}
# A prime that divides no number of keys: multiplying by it scatters the rows, and repeats none.
_STRIDE = 1_000_003
_BLOCK = 250_000

_TOML = """\
[dataset]
id = "synthetic"
sdmx_id = "SYNTHETIC"
agency = "EXAMPLE"
base_iri = "https://data.example.org"
languages = ["en"]
title = { en = "Persons" }
description = { en = "Made up." }
[publisher]
name = { en = "Nobody" }
[contact]
name = { en = "Nobody" }
email = "nobody@example.org"
[licence]
name = "CC0-1.0"
title = "CC0 1.0 Universal"
url = "https://creativecommons.org/publicdomain/zero/1.0/"
[suppression]
threshold = 4
[source]
reader = "tidy"
[measure]
unit = "PER"
[components]
TIME_PERIOD = { name = { en = "Time period" }, data_type = "period" }
OBS_VALUE = { name = { en = "Persons" }, data_type = "number" }
UNIT_MULT = { name = { en = "Unit multiplier" } }
DECIMALS = { name = { en = "Decimals" } }
"""
# What asks for the RDF formats that are not written otherwise.
_MORE = """\
[formats]
ntriples = { write = "plain" }
jsonld = { write = "plain" }
cube-link = { write = true }
"""


def write_synthetic(folder: Path, rows: int, more: bool = False) -> Path:
    """Write ``schemas/synthetic`` and ``raw/synthetic/2024-12.parquet`` with so many observations.

    About one in ten is suppressed; rows are in no order; codes that look like numbers keep their
    zeros. With ``more`` the definition asks for the RDF formats that are written only where it does.
    Returns the path of the Parquet file. Raises ValueError above 57,600,000 rows.
    """
    if rows > _keys():
        raise ValueError(f"there are {_keys()} keys, {rows} rows asked for")
    _write_definition(folder / "schemas" / DATASET, _MORE if more else "")
    path = folder / "raw" / DATASET / f"{EDITION}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, _schema(), compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_batch(batch)
    return path


def _keys() -> int:
    return int(np.prod([len(codes) for _, codes in _CODES.values()])) * len(_PERIODS)


def _schema() -> pa.Schema:
    code = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([*((name, code) for name in (*_CODES, "TIME_PERIOD")), ("OBS_VALUE", pa.int64())])


def _batches(rows: int) -> Iterator[pa.RecordBatch]:
    columns = {**{name: codes for name, (_, codes) in _CODES.items()}, "TIME_PERIOD": _PERIODS}
    for start in range(0, rows, _BLOCK):
        numbers = np.arange(start, min(start + _BLOCK, rows), dtype=np.int64) * _STRIDE % _keys()
        noise = numbers * 2_654_435_761 % 4_294_967_291
        values = pa.array(THRESHOLD + noise % 100_003, mask=noise % 10 == 0)
        arrays = []
        for codes in columns.values():
            indices = pa.array((numbers % len(codes)).astype(np.int32))
            arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(codes)))
            numbers = numbers // len(codes)
        yield pa.RecordBatch.from_arrays([*arrays, values], schema=_schema())


def _write_definition(folder: Path, more: str) -> None:
    (folder / "codelists").mkdir(parents=True, exist_ok=True)
    text = _TOML
    for component, (codelist, codes) in (_CODES | _STATUSES).items():
        text += f'{component} = {{ name = {{ en = "{component.title()}" }}, codelist = "{codelist}" }}\n'
        lines = "".join(f"{code},{code}\n" for code in codes)
        (folder / "codelists" / f"{codelist}.csv").write_text(f"code,label_en\n{lines}", encoding="utf-8")
    text += "[codelists]\n"
    for component, (codelist, _) in (_CODES | _STATUSES).items():
        text += f'{codelist} = {{ name = {{ en = "{component.title()}" }} }}\n'
    dimensions = ", ".join(f'"{name}"' for name in (*_CODES, "TIME_PERIOD"))
    text += f'[cubes.{CUBE}]\ntitle = {{ en = "Persons" }}\ndimensions = [{dimensions}]\n{more}'
    (folder / "dataset.toml").write_text(text, encoding="utf-8")
