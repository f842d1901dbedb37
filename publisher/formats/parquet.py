"""``data/<cube>.parquet``: the observations as a typed columnar table, null where suppressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.columns import published_schema
from publisher.formats.draft import CODES_ONLY, About, Draft, Format, Option, Publication

MEDIA_TYPE = "application/vnd.apache.parquet"
_ROW_GROUP = 65_536


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one Parquet file for each cube, in key order, codes dictionary-encoded."""
    import pyarrow.parquet as pq

    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"data/{cube.id}.parquet", MEDIA_TYPE, str(cube.title), "parquet", cube.id)
        schema = published_schema(cube)
        with path.open("wb") as stream, pq.ParquetWriter(stream, schema, compression=options["compression"]) as writer:
            for batch in observations.batches(_ROW_GROUP):
                writer.write_batch(batch.cast(schema))


FORMAT = Format(
    "parquet",
    "Parquet tables of the observations",
    ("data/<cube>.parquet",),
    write,
    About(
        ("application/vnd.apache.parquet",),
        ("Apache Parquet", "https://parquet.apache.org/docs/file-format/"),
        ("DuckDB", "pandas", "pyarrow", "Polars", "Spark", "R (arrow)"),
        "data/county.parquet",
        {
            **CODES_ONLY,
        },
    ),
    (Option("compression", ("zstd", "snappy", "none"), "How column chunks are compressed."),),
)
