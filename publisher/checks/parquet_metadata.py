"""What the Parquet files of a release say beside their rows, read back by DuckDB and compared with the definition.

That is the types of the columns, the keys of the file, and what each column means in the key ``columns``. The keys and
what columns mean stand once more in Arrow's own schema, which DuckDB hands over as it is and readers with Arrow prefer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.facts import Facts, Place, differences, first, leaves, spelled
from publisher.checks.reader import words_of
from publisher.errors import Finding
from publisher.model import Concept, Cube, Dataset, Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

RULE = "parquet"
_ARROW = "ARROW:schema"


def run(subject: Subject) -> Outcome:
    """Compare the file of each cube; one that is missing is said by one truth."""
    import duckdb

    findings: list[Finding] = []
    compared = 0
    with duckdb.connect(config={"threads": 1, "memory_limit": "192MB"}) as database:
        for cube in (observations.cube for observations in subject.observations.values()):
            path = f"data/{cube.id}.parquet"
            if path not in subject.files:
                continue
            expected = _expected(subject, cube)
            compared += len(expected)
            try:
                messages = first(differences(expected, _found(database, subject.folder / path)))
                findings += [Finding(RULE, message, file=path, cube=cube.id) for message in messages]
            except (duckdb.Error, ValueError, RecursionError) as error:
                message = f"its metadata cannot be read: {type(error).__name__}: {words_of(error)}"
                findings.append(Finding(RULE, message, file=path, cube=cube.id))
    return Outcome(tuple(findings), f"{compared:,} types, labels and identifiers")


def _found(database: duckdb.DuckDBPyConnection, path: Path) -> Facts:
    """Return what a file says; ValueError where that is not built as it must be."""
    import pyarrow as pa

    described = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    facts: dict[Place, object] = {("type", name): kind for name, kind, *_ in described}
    rows = database.execute("SELECT name, repetition_type FROM parquet_schema(?) OFFSET 1", [str(path)]).fetchall()
    facts |= {("repetition", name): repetition for name, repetition in rows}
    pairs = database.execute("SELECT key, value FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
    keys = {key.decode(): value.decode() for key, value in pairs}
    arrow = keys.pop(_ARROW, None)
    columns = json.loads(keys.pop("columns", "{}"))
    facts |= {("columns", *place): value for place, value in leaves(columns) if place}
    facts |= _keys(keys)
    if arrow is not None:
        try:
            schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(arrow)))
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"{_ARROW}: {error}") from error
        facts |= {("schema", *place): value for place, value in _keys(_texts_of(schema)).items()}
        for field in schema:
            facts |= {("field", field.name, name): words for name, words in _texts_of(field).items()}
    return spelled(facts)


def _texts_of(described: pa.Schema | pa.Field) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in (described.metadata or {}).items()}


def _keys(keys: Mapping[str, str]) -> dict[Place, object]:
    """Return what the keys of a file say: of the sources that there are any, and what pandas is told by its places."""
    facts: dict[Place, object] = {("key", name): value for name, value in keys.items() if name != "pandas"}
    if "source" in keys:
        facts["key", "source"] = bool(keys["source"])
    pandas = json.loads(keys.get("pandas", "{}"))
    return facts | {("pandas", *place): value for place, value in leaves(pandas) if place}


def _expected(subject: Subject, cube: Cube) -> Facts:
    """Return what must stand in the file of a cube."""
    dataset, edition = subject.dataset, subject.edition
    keys: dict[str, object] = {
        **_texts("title", cube.title),
        **_texts("description", cube.description or dataset.description),
        **_texts("note", edition.note),
        **_texts("publisher", dataset.publisher.name),
        "dataset": dataset.names.cube(cube.id),
        "dataflow": dataset.names.urn("datastructure.Dataflow", dataset.names.dataflow(cube.id)),
        "edition": edition.id,
        "version": edition.version,
        "modified": edition.timestamp,
        "license": dataset.licence.url,
        "license_name": dataset.licence.name,
        "source": True,
    }
    if dataset.landing_page:
        keys["source_page"] = dataset.landing_page
    facts: dict[Place, object] = {("key", name): value for name, value in keys.items()}
    facts |= _pandas(cube)
    facts |= {("schema", *place): value for place, value in facts.items()}
    for name, said in _columns(dataset, cube).items():
        for key, words in said.items():
            facts["columns", name, key] = facts["field", name, key] = words
    return spelled(facts | _types(cube))


def _columns(dataset: Dataset, cube: Cube) -> dict[str, dict[str, str]]:
    """Return what is said of each column."""
    described = {}
    roles: list[tuple[Concept, str]] = [(item.concept, "dimension") for item in cube.dimensions]
    roles += [(cube.measure.concept, "measure"), *((item.concept, "attribute") for item in cube.attributes)]
    for concept, role in roles:
        said = _texts("label", concept.name) | _texts("description", concept.description)
        said |= {"role": role, "data_type": concept.data_type, "iri": dataset.names.component(role, concept.id)}
        scheme = dataset.names.concept_scheme
        said["concept"] = dataset.names.urn("conceptscheme.Concept", scheme, concept.id)
        if concept.codelist is not None:
            said["codelist"] = dataset.names.urn("codelist.Codelist", concept.codelist.id)
        described[concept.id] = said
    unit, multiplier, decimals = cube.series_attributes
    measured = described[cube.measure.id]
    measured |= {"unit": unit.value, "unit_multiplier": multiplier.value, "decimals": decimals.value}
    if unit.concept.codelist is not None:
        measured |= _texts("unit_label", unit.concept.codelist[unit.value].name)
    return described


def _types(cube: Cube) -> dict[Place, object]:
    """Return the type of each column in SQL, and whether every row has a value."""
    decimals = cube.measure.decimals
    whole = {item.id for item in cube.attributes if item.concept.data_type == "integer"}
    types = {name: "BIGINT" if name in whole else "VARCHAR" for name in cube.columns}
    types[cube.measure.id] = f"DECIMAL(38,{decimals})" if decimals else "BIGINT"
    always = {*cube.key_ids, *(item.id for item in cube.attributes if item.required)}
    facts: dict[Place, object] = {("type", name): kind for name, kind in types.items()}
    return facts | {("repetition", name): "REQUIRED" if name in always else "OPTIONAL" for name in cube.columns}


def _pandas(cube: Cube) -> dict[Place, object]:
    """Return what pandas is told: which columns are whole numbers, with gaps in them."""
    facts: dict[Place, object] = {("pandas", "index_columns"): [], ("pandas", "column_indexes"): []}
    whole = [place[1] for place, kind in _types(cube).items() if kind == "BIGINT"]
    if not whole:
        facts["pandas", "columns"] = []
    for number, name in enumerate(whole):
        said: Mapping[str, str | None] = {
            "name": name, "field_name": name, "pandas_type": "int64", "numpy_type": "Int64", "metadata": None,
        }  # fmt: skip
        facts |= {("pandas", "columns", str(number), key): value for key, value in said.items()}
    return facts


def _texts(name: str, text: Text | None) -> dict[str, str]:
    return {} if text is None else {name: str(text)} | {f"{name}_{language}": words for language, words in text}


CHECKS = (Check("Parquet metadata", "DuckDB", "fast", run, needs=("parquet",), files=("data/<cube>.parquet",)),)
