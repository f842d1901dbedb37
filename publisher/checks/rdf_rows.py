"""Raw rows of RDF observations as rows of codes, whatever file they were read from.

An IRI becomes a code only where ``naming`` makes that IRI from that code; any other is null. A row
whose data set, bounds, unit or name contradict what it says is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import DATA_SET, SUBJECT, TYPE, is_term
from publisher.columns import text_schema
from publisher.formats.rdf_common import LOWER_BOUND, QB, UPPER_BOUND, bounds
from publisher.model import UNIT_MEASURE, Concept, Cube, Dataset
from publisher.naming import segment

if TYPE_CHECKING:
    import pyarrow as pa


def rows_of(raw: pa.RecordBatch, cube: Cube, dataset: Dataset) -> pa.RecordBatch:
    """Return raw rows as the rows of a reader. Raises UnreadableError for one that contradicts itself."""
    import pyarrow as pa

    concepts = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
    coded = {concept.id: concept for concept in concepts if concept.data_type in ("code", "period")}
    columns = [
        codes(raw[column], coded[column], dataset).dictionary_decode() if column in coded else raw[column]
        for column in cube.columns
    ]
    batch = pa.RecordBatch.from_arrays(columns, schema=text_schema(cube))
    _refuse_contradictions(raw, cube, dataset)
    _refuse_names(raw, batch, cube, dataset)
    return batch


def codes(column: pa.DictionaryArray, concept: Concept, dataset: Dataset) -> pa.DictionaryArray:
    """Return the codes or periods that IRIs are of; null for an IRI that naming would not make."""
    import pyarrow as pa

    codelist = concept.codelist
    start = (dataset.names.iri("period") if codelist is None else dataset.names.codelist(codelist.id)) + "/"
    known = [_code(iri, start) for iri in column.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(column.indices, pa.array(known, pa.string()))


def _code(iri: str, start: str) -> str | None:
    code = unquote(iri[len(start) :])
    return code if iri == start + segment(code) else None


def _refuse_contradictions(raw: pa.RecordBatch, cube: Cube, dataset: Dataset) -> None:
    import pyarrow.compute as pc

    names, unit = dataset.names, cube.series_attributes[0]
    disclosed = is_term(raw[DATA_SET], names.cube(cube.id))
    hidden = is_term(raw[DATA_SET], names.suppressed(cube.id))
    unit_term = unit.value if unit.concept.codelist is None else names.code(unit.concept.codelist.id, unit.value)
    _refuse(raw, is_term(raw[TYPE], f"{QB}Observation"), "is no qb:Observation")
    _refuse(raw, pc.or_(disclosed, hidden), "is in neither data set of the cube")
    _refuse(raw, pc.equal(disclosed, pc.is_valid(raw[cube.measure.id])), "has a value and is suppressed, or neither")
    _refuse(raw, is_term(raw[UNIT_MEASURE], unit_term), f"has another {UNIT_MEASURE} than {unit.value}")
    rule = dict(bounds(dataset, cube.measure.decimals))
    for bound in (LOWER_BOUND, UPPER_BOUND):
        ruled = is_term(raw[bound], rule[bound]) if bound in rule else pc.is_null(raw[bound])
        right = pc.if_else(hidden, ruled, pc.is_null(raw[bound]))
        _refuse(raw, right, f"has another {bound} than the rule gives a suppressed cell, and only such a cell")


def _refuse_names(raw: pa.RecordBatch, batch: pa.RecordBatch, cube: Cube, dataset: Dataset) -> None:
    """Refuse an observation whose IRI is not made from its key; where a code is absent, readers show that."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [_segments(raw[component], batch[component]) for component in cube.key_ids]
    key = pc.binary_join_element_wise(*parts, ".")
    expected = pc.binary_join_element_wise(pa.scalar(dataset.names.observations(cube.id)), key, "")
    _refuse(raw, pc.fill_null(pc.equal(raw[SUBJECT], expected), True), "is not named by its key")


def _segments(column: pa.DictionaryArray, decoded: pa.StringArray) -> pa.StringArray:
    """Return the last segments of IRIs, null where they are no codes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    segments = pa.array([iri.rpartition("/")[2] for iri in column.dictionary.to_pylist()], pa.string())
    return pc.if_else(pc.is_valid(decoded), segments.take(column.indices), pa.scalar(None, pa.string()))


def _refuse(raw: pa.RecordBatch, right: pa.BooleanArray, message: str) -> None:
    """Raise for the first row that is not right."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if right.true_count < len(right):
        subject = raw[SUBJECT][pc.index(right, pa.scalar(False)).as_py()]
        raise UnreadableError(f"<{subject}> {message}")
