"""``data/<cube>.parquet``: the observations as a typed columnar table, null where suppressed.

What a column means stands in the file twice: as metadata of the field, which Arrow keeps in its own schema, and as the
key ``columns`` of the file, in JSON, which every reader of Parquet finds. The file has ``pandas`` metadata too, so that
pandas reads whole numbers with gaps as whole numbers, and not as floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import published_schema
from publisher.formats.draft import About, Draft, Format, Option, Publication
from publisher.model import Concept, Cube, Dataset, Text

if TYPE_CHECKING:
    import pyarrow as pa

MEDIA_TYPE = "application/vnd.apache.parquet"
_ROW_GROUP = 65_536

Words = dict[str, str]


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one Parquet file for each cube, in key order, codes dictionary-encoded."""
    import pyarrow.parquet as pq

    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"data/{cube.id}.parquet", MEDIA_TYPE, str(cube.title), "parquet", cube.id)
        columns = {concept.id: words for concept, words in _columns(publication.dataset, cube)}
        schema = _described(publication, cube, columns)
        with path.open("wb") as stream, pq.ParquetWriter(stream, schema, compression=options["compression"]) as writer:
            for batch in observations.batches(_ROW_GROUP):
                writer.write_batch(batch.cast(schema))
            # Beside the schema, for what is in it Arrow keeps twice.
            writer.add_key_value_metadata({"columns": json.dumps(columns, ensure_ascii=False)})


def _described(publication: Publication, cube: Cube, columns: Mapping[str, Words]) -> pa.Schema:
    """Return the schema of a cube with what each column and the file mean."""
    import pyarrow as pa

    fields = [field.with_metadata(columns[field.name]) for field in published_schema(cube)]
    return pa.schema(fields, {**_file(publication, cube), "pandas": _pandas(fields)})


def _file(publication: Publication, cube: Cube) -> Words:
    """Return what the file is: its title and identifiers, of which edition, from whom, under which terms."""
    dataset, edition = publication.dataset, publication.edition
    names = dataset.names
    described = {
        **_texts("title", cube.title),
        **_texts("description", cube.description or dataset.description),
        "dataset": names.cube(cube.id),
        "dataflow": names.urn("datastructure.Dataflow", names.dataflow(cube.id)),
        "edition": edition.id,
        "version": edition.version,
        "modified": edition.timestamp,
        **_texts("note", edition.note),
        **_texts("publisher", dataset.publisher.name),
        "license": dataset.licence.url,
        "license_name": dataset.licence.name,
        "source": ", ".join(source.name for source in publication.sources),
    }
    return described | ({"source_page": dataset.landing_page} if dataset.landing_page else {})


def _columns(dataset: Dataset, cube: Cube) -> list[tuple[Concept, Words]]:
    """Return the concept of each column and what its field says."""
    dimensions = [(item.concept, _field(dataset, item.concept, "dimension")) for item in cube.dimensions]
    attributes = [(item.concept, _field(dataset, item.concept, "attribute")) for item in cube.attributes]
    measure = cube.measure.concept
    return [*dimensions, (measure, _field(dataset, measure, "measure") | _unit(cube)), *attributes]


def _field(dataset: Dataset, concept: Concept, role: str) -> Words:
    names = dataset.names
    said = {
        **_texts("label", concept.name),
        **_texts("description", concept.description),
        "role": role,
        "data_type": concept.data_type,
        "concept": names.urn("conceptscheme.Concept", names.concept_scheme, concept.id),
        "iri": names.component(role, concept.id),
    }
    if concept.codelist is not None:
        said["codelist"] = names.urn("codelist.Codelist", concept.codelist.id)
    return said


def _unit(cube: Cube) -> Words:
    """Return the unit of the values, the power of ten that they are to be multiplied by, and their decimals."""
    unit, multiplier, decimals = cube.series_attributes
    return {
        "unit": unit.value,
        **_texts("unit_label", unit.value_name),
        "unit_multiplier": multiplier.value,
        "decimals": decimals.value,
    }


def _texts(name: str, text: Text | None) -> Words:
    """Return a text in its first language under a name, and in each language under that name with the language."""
    if text is None:
        return {}
    return {name: str(text), **{f"{name}_{language}": words for language, words in text}}


def _pandas(fields: list[pa.Field]) -> str:
    """Return what pandas is told of the columns of whole numbers; all others it knows by their types."""
    import pyarrow as pa

    whole = [
        {"name": field.name, "field_name": field.name, "pandas_type": "int64", "numpy_type": "Int64", "metadata": None}
        for field in fields
        if pa.types.is_int64(field.type)
    ]
    return json.dumps({"index_columns": [], "column_indexes": [], "columns": whole})


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
        {"hierarchy": "codes only: their labels and parents are in the codelists"},
    ),
    (Option("compression", ("zstd", "snappy", "none"), "How column chunks are compressed."),),
)
