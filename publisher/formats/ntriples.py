"""``rdf/*.nt``: the triples of the Turtle files as N-Triples, one on each line.

Source: RDF 1.1 N-Triples (W3C 2014), section 4, the canonical form: one blank between terms, no
escapes but of quote, backslash, line feed and carriage return, no datatype of plain strings.
Structures and codelists are in the order of their lines, observations in key order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import stream_rows
from publisher.formats import rdf_codelists_graph, rdf_common, rdf_structure_graph
from publisher.formats.draft import About, Draft, Format, Publication
from publisher.formats.rdf_files import SUFFIXES, WRITE, Target
from publisher.formats.rows import join, spell
from publisher.model import Attribute, Concept, Cube, Dataset
from publisher.naming import segment
from publisher.observations import BATCH_ROWS

if TYPE_CHECKING:
    import pyarrow as pa
    from rdflib import Graph

    from publisher.engines.embedded import Key, RowFunction

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the files that the definition asks for, none where it says nothing."""
    if options[WRITE.name] == WRITE.default:
        return
    dataset = publication.dataset
    target = Target(draft, "ntriples", "application/n-triples", options[WRITE.name])
    with target.opened("rdf/codelists.nt", "Codelists and time periods (SKOS, XKOS)") as stream:
        stream.write(lines(rdf_codelists_graph.graph_of(publication)).encode())
    with target.opened("rdf/structure.nt", "Structure of the data cubes (RDF Data Cube)") as stream:
        stream.write(lines(rdf_structure_graph.graph_of(dataset)).encode())
    for observations in publication.observations:
        cube = observations.cube
        with target.opened(f"rdf/{cube.id}.nt", str(cube.title), cube.id) as stream:
            stream_rows(stream, observations.batches(BATCH_ROWS), cube.key_ids, row_function(dataset, cube), "")


def lines(graph: Graph) -> str:
    """Return the triples of a graph, one a line, in the order of the lines.

    Raises ValueError for a blank node: nothing published has one.
    """
    return "".join(sorted(f"{' '.join(map(_term, triple))} .\n" for triple in graph))


def _term(term: object) -> str:
    from rdflib import Literal, URIRef

    if isinstance(term, URIRef):
        return f"<{term}>"
    if not isinstance(term, Literal):
        raise ValueError(f"a blank node would be published: {term!r}")
    if term.language:
        return f"{_quoted(str(term))}@{term.language}"
    kind = None if term.datatype is None else str(term.datatype)
    return _quoted(str(term)) if kind in (None, f"{rdf_common.XSD}string") else f"{_quoted(str(term))}^^<{kind}>"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def row_function(dataset: Dataset, cube: Cube) -> RowFunction:
    """Return the function from a batch to the triples of each observation."""
    names = dataset.names
    measured = _value_function(dataset, cube)
    kind = _said(f"{rdf_common.RDF}type", f"<{rdf_common.QB}Observation>")
    unit = cube.series_attributes[0]
    measured_in = _said(names.component("attribute", unit.id), _object(dataset, unit.concept)(unit.value))

    def rows(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        parts: list[pa.StringArray | str] = [f"<{names.observations(cube.id)}", spell(batch[cube.key_ids[0]], segment)]
        parts.extend(spell(batch[item], lambda code: f".{segment(code)}") for item in cube.key_ids[1:])
        subject = join(*parts, "> ")
        dimensions = [
            part
            for item in cube.dimensions
            for part in (subject, _coded(dataset, "dimension", item.concept, batch[item.id]))
        ]
        said = [_attribute(dataset, attribute, subject, batch) for attribute in cube.attributes]
        return join(subject, kind, *measured(subject, batch[cube.measure.id], dimensions), *said, subject, measured_in)

    return rows


_Parts = list["pa.StringArray | str"]


def _value_function(dataset: Dataset, cube: Cube) -> Callable[[pa.StringArray, pa.Array, _Parts], _Parts]:
    """Return the function to the data set of each row, its dimensions (handed in), and its measures."""
    names = dataset.names
    number = rdf_common.XSD + ("decimal" if cube.measure.decimals else "integer")
    data_set = f"<{rdf_common.QB}dataSet>"
    disclosed, hidden = (f"{data_set} <{iri}> .\n" for iri in (names.cube(cube.id), names.suppressed(cube.id)))
    bounds = [
        _said(names.component("measure", measure), f'"{bound}"^^<{number}>')
        for measure, bound in rdf_common.bounds(dataset, cube.measure.decimals)
    ]
    verb = f'<{names.component("measure", cube.measure.id)}> "'

    def measured(subject: pa.StringArray, column: pa.Array, dimensions: _Parts) -> _Parts:
        import pyarrow.compute as pc

        absent = pc.is_null(column)
        shown = join(subject, verb, number_texts(column), f'"^^<{number}> .\n')
        ruled = join(*(part for bound in bounds for part in (subject, bound)))
        return [subject, pc.if_else(absent, hidden, disclosed), *dimensions, pc.if_else(absent, ruled, shown)]

    return measured


def _attribute(dataset: Dataset, attribute: Attribute, subject: pa.StringArray, batch: pa.RecordBatch) -> pa.Array:
    """Return the triples that say an attribute; null where the rows say nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    concept, column = attribute.concept, batch[attribute.id]
    if concept.codelist is not None:
        fragment = _coded(dataset, "attribute", concept, column)
    elif concept.data_type == "integer":
        verb = f'<{dataset.names.component("attribute", concept.id)}> "'
        end = f'"^^<{rdf_common.XSD}integer> .\n'
        fragment = pc.binary_join_element_wise(pa.scalar(verb), number_texts(column), pa.scalar(end), "")
    else:
        fragment = _coded(dataset, "attribute", concept, column.dictionary_encode())
    return pc.binary_join_element_wise(subject, fragment, "")


def _coded(dataset: Dataset, role: str, concept: Concept, column: pa.DictionaryArray) -> pa.StringArray:
    """Return what the rows say by a component, worked out once for each value of the dictionary."""
    verb, value = dataset.names.component(role, concept.id), _object(dataset, concept)
    return spell(column, lambda code: _said(verb, value(code)))


def _object(dataset: Dataset, concept: Concept) -> Callable[[str], str]:
    """Return the function from a code, a period or a text to its term."""
    if concept.data_type == "period":
        return lambda period: f"<{dataset.names.period(period)}>"
    if concept.codelist is None:
        return _quoted
    codelist = concept.codelist.id
    return lambda code: f"<{dataset.names.code(codelist, code)}>"


def _said(verb: str, value: str) -> str:
    """Return a predicate and an object with the end of their line."""
    return f"<{verb}> {value} .\n"


FORMAT = Format(
    "ntriples",
    "RDF as N-Triples",
    tuple(f"rdf/{name}.nt{suffix}" for suffix in SUFFIXES.values() for name in ("codelists", "structure", "<cube>")),
    write,
    About(
        ("application/n-triples",),
        ("N-Triples", "https://www.w3.org/TR/n-triples/"),
        ("Oxigraph", "rdflib", "Jena", "Virtuoso"),
        None,
        {},
    ),
    (WRITE,),
)
