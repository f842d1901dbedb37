"""Observations of a cube's Turtle file as columns of raw terms, by a foreign program or a plain parser.

What a file should hold is not decided here: an absent property is null, an IRI may be any. Only
what cannot stand in columns is refused: a property twice, one that is unknown, a number that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from publisher.checks.reader import RDFLIB_FAILURES, UnreadableError, words_of
from publisher.formats.rdf_common import LOWER_BOUND, QB, RDF, UPPER_BOUND, XSD
from publisher.model import UNIT_MEASURE, Concept, Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

    RawRows = Callable[[Path, Cube, Dataset], Iterator[pa.RecordBatch]]

SUBJECT = "subject"
TYPE = "type"
DATA_SET = "data set"
BATCH_ROWS = 8_192

Kind = Literal["iri", "integer", "decimal", "string"]
Triple = tuple[str, str, tuple[str, str]]
"""Subject, predicate, and (datatype, lexical form) of the object; an IRI's datatype is empty."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Property:
    """One column of raw rows: the property it holds the values of, and what they are."""

    column: str
    iri: str
    kind: Kind


def properties(cube: Cube, dataset: Dataset) -> tuple[Property, ...]:
    """Return the properties of an observation in the order they are written.

    Their columns are TYPE, DATA_SET and component ids; raw batches have SUBJECT before them.
    """
    names = dataset.names
    number: Kind = "decimal" if cube.measure.decimals else "integer"
    return (
        Property(TYPE, f"{RDF}type", "iri"),
        Property(DATA_SET, f"{QB}dataSet", "iri"),
        *(Property(item.id, names.component("dimension", item.id), "iri") for item in cube.dimensions),
        Property(cube.measure.id, names.component("measure", cube.measure.id), number),
        *(Property(bound, names.component("measure", bound), number) for bound in (LOWER_BOUND, UPPER_BOUND)),
        *(Property(item.id, names.component("attribute", item.id), _kind(item.concept)) for item in cube.attributes),
        Property(UNIT_MEASURE, names.component("attribute", UNIT_MEASURE), _kind(cube.series_attributes[0].concept)),
    )


def _kind(concept: Concept) -> Kind:
    if concept.codelist is not None:
        return "iri"
    return "integer" if concept.data_type == "integer" else "string"


def raw_schema(cube: Cube, dataset: Dataset) -> pa.Schema:
    """Return the Arrow schema of raw rows: IRIs dictionary-encoded, other terms as plain text."""
    import pyarrow as pa

    encoded = pa.dictionary(pa.int32(), pa.string())
    fields = [
        pa.field(item.column, encoded if item.kind == "iri" else pa.string()) for item in properties(cube, dataset)
    ]
    return pa.schema([pa.field(SUBJECT, pa.string()), *fields])


def is_term(column: pa.Array, term: str) -> pa.BooleanArray:
    """Say of each row of a raw column whether it is the term; where it is absent it is not."""
    return terms_among(column, lambda text: text == term)


def terms_among(column: pa.Array, wanted: Callable[[str], bool]) -> pa.BooleanArray:
    """Say of each row whether its term is wanted, asked once for each that is distinct; absent is not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    answers = pa.array([text is not None and wanted(text) for text in encoded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(answers.take(encoded.indices), False)


def by_pyoxigraph(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the raw rows of a file as pyoxigraph reads them, in the order of the file."""
    import pyoxigraph

    def object_of(term: pyoxigraph.NamedNode | pyoxigraph.Literal | pyoxigraph.BlankNode) -> tuple[str, str]:
        if isinstance(term, pyoxigraph.NamedNode):
            return "", term.value
        return (term.datatype.value, term.value) if isinstance(term, pyoxigraph.Literal) else ("_:", term.value)

    def triples() -> Iterator[Triple]:
        for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
            yield triple.subject.value, triple.predicate.value, object_of(triple.object)

    try:
        yield from rows_of_triples(triples(), cube, dataset)
    except (SyntaxError, OSError) as error:
        raise UnreadableError(words_of(error)) from error


def by_rdflib(path: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield the raw rows of a file as rdflib reads them; the order is rdflib's."""
    from rdflib import Graph, Literal, URIRef
    from rdflib.term import Node

    def object_of(term: Node) -> tuple[str, str]:
        if isinstance(term, URIRef):
            return "", str(term)
        if isinstance(term, Literal):
            return term.language or str(term.datatype or f"{XSD}string"), str(term)
        return "_:", str(term)

    try:
        graph = Graph().parse(path, format="turtle")
    except RDFLIB_FAILURES as error:
        raise UnreadableError(words_of(error)) from error
    triples = (
        (str(subject), str(predicate), object_of(value))
        for subject in dict.fromkeys(graph.subjects())
        for predicate, value in graph.predicate_objects(subject)
    )
    yield from rows_of_triples(triples, cube, dataset)


def rows_of_triples(triples: Iterable[Triple], cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """Yield raw rows from triples, one for each run of triples with the same subject.

    Raises UnreadableError for a property that is unknown or stands twice, and for a number that is none.
    """
    schema = raw_schema(cube, dataset)
    known = {item.iri: (index, item) for index, item in enumerate(properties(cube, dataset), 1)}
    subjects = groupby(triples, itemgetter(0))
    yield from batches_of((_row(subject, about, known, len(schema)) for subject, about in subjects), schema)


def batches_of(rows: Iterable[list[str | None]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield raw rows in batches, their terms in the order of the schema's fields."""
    import pyarrow as pa

    for some in _chunks(rows, BATCH_ROWS):
        columns = [pa.array(column, pa.string()) for column in zip(*some, strict=True)]
        arrays = [
            column if field.type == pa.string() else column.dictionary_encode()
            for column, field in zip(columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _row(subject: str, about: Iterable[Triple], known: dict[str, tuple[int, Property]], width: int) -> list[str | None]:
    row: list[str | None] = [None] * width
    row[0] = subject
    for _, predicate, (datatype, lexical) in about:
        if predicate not in known:
            raise UnreadableError(f"<{subject}> has the property <{predicate}>, which no observation of the cube has")
        index, item = known[predicate]
        if row[index] is not None:
            raise UnreadableError(f"<{subject}> has the property <{predicate}> twice")
        expected = "" if item.kind == "iri" else XSD + item.kind
        if datatype != expected and item.kind != "iri":
            raise UnreadableError(f"<{subject}>: {item.column} is no {item.kind}")
        row[index] = lexical if datatype == expected else f'"{lexical}"'
    return row


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
