"""The tables of a release read back: CSV by pandas, Parquet by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import Reader, UnreadableError, words_of
from publisher.columns import text_schema
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 65_536


def read_csv(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``data/<cube>.csv`` as pandas reads them, every cell as the text it is."""
    import pandas as pd
    import pyarrow as pa

    path = folder / "data" / f"{cube.id}.csv"
    nullable = [cube.measure.id, *(attribute.id for attribute in cube.attributes if not attribute.required)]
    try:
        with pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", chunksize=_CHUNK) as chunks:
            for frame in chunks:
                if tuple(frame.columns) != cube.columns:
                    raise UnreadableError(f"columns are {', '.join(frame.columns)}, not {', '.join(cube.columns)}")
                empty = {column: frame[column].mask(frame[column] == "") for column in nullable}
                batch = pa.RecordBatch.from_pandas(frame.assign(**empty), text_schema(cube), preserve_index=False)
                yield batch
    except (ValueError, pa.ArrowException) as error:
        raise UnreadableError(words_of(error)) from error


def read_parquet(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``data/<cube>.parquet`` as DuckDB reads them."""
    import duckdb

    path = folder / "data" / f"{cube.id}.parquet"
    columns = ", ".join(f'CAST("{column}" AS VARCHAR) AS "{column}"' for column in cube.columns)
    try:
        with duckdb.connect(config={"threads": 1, "memory_limit": "192MB"}) as database:
            found = database.execute("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)])
            if (names := tuple(name for (name,) in found.fetchall())) != cube.columns:
                raise UnreadableError(f"columns are {', '.join(names)}, not {', '.join(cube.columns)}")
            rows = database.sql(f"SELECT {columns} FROM read_parquet(?)", params=[str(path)])
            for batch in rows.to_arrow_reader(_CHUNK):
                yield batch.cast(text_schema(cube))
    except duckdb.Error as error:
        raise UnreadableError(words_of(error)) from error


READERS = (
    Reader("parquet", "data/{cube}.parquet", "DuckDB", read_parquet),
    Reader("csv", "data/{cube}.csv", "pandas", read_csv),
)
