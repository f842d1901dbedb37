"""``rdf/*.jsonld``: the triples of the Turtle files as JSON-LD 1.1, one subject on each line.

Source: JSON-LD 1.1 (W3C 2020), sections 4.1 and 4.2 (contexts, type coercion); its streaming profile
(``@context`` first, ``@type`` and ``@id`` before properties), so that it can be read as a stream.
The context stands in each file: nothing is fetched. Decimals are strings, since JSON-LD makes a
double of a number with a point; whole numbers are numbers as far as every program holds them.
"""

from __future__ import annotations

import json
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

_TAIL = "\n]}\n"
# The largest whole number that a program with 64-bit floats holds exactly (RFC 8259, section 6).
_MOST_EXACT = 2**53 - 1


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the files that the definition asks for, none where it says nothing."""
    if options[WRITE.name] == WRITE.default:
        return
    dataset = publication.dataset
    target = Target(draft, "jsonld", "application/ld+json", options[WRITE.name])
    with target.opened("rdf/codelists.jsonld", "Codelists and time periods (SKOS, XKOS)") as stream:
        stream.write(document(rdf_codelists_graph.graph_of(publication)).encode())
    with target.opened("rdf/structure.jsonld", "Structure of the data cubes (RDF Data Cube)") as stream:
        stream.write(document(rdf_structure_graph.graph_of(dataset)).encode())
    for observations in publication.observations:
        cube = observations.cube
        with target.opened(f"rdf/{cube.id}.jsonld", str(cube.title), cube.id) as stream:
            rows = row_function(dataset, cube)
            batches = observations.batches(BATCH_ROWS)
            stream_rows(stream, batches, cube.key_ids, rows, _head(context(dataset, cube)), _TAIL)


def _head(terms: Mapping[str, Any]) -> str:
    return f'{{"@context":{_json(terms)},"@graph":[\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def document(graph: Graph) -> str:
    """Return a graph as one document, subjects and properties in the order of their IRIs.

    Raises ValueError for a blank node: nothing published has one.
    """
    from rdflib import RDF

    subjects = []
    for subject in sorted(set(graph.subjects()), key=str):
        types = sorted(_name(str(item)) for item in graph.objects(subject, RDF.type))
        described: dict[str, Any] = {"@type": types} if types else {}
        described["@id"] = str(subject)
        for predicate in sorted(set(graph.predicates(subject)) - {RDF.type}, key=str):
            values = [_value(item) for item in graph.objects(subject, predicate)]
            described[_name(str(predicate))] = sorted(values, key=_json)
        subjects.append(_json(described))
    return _head({"@version": 1.1, **rdf_common.VOCABULARIES}) + ",\n".join(subjects) + _TAIL


def _name(iri: str) -> str:
    """Return an IRI as a prefixed name where a vocabulary of the context has it, otherwise in full."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    found = next((prefix for prefix, start in rdf_common.VOCABULARIES.items() if start == iri[:end]), None)
    return iri if found is None else f"{found}:{iri[end:]}"


def _value(term: object) -> Any:
    from rdflib import Literal, URIRef

    if isinstance(term, URIRef):
        return {"@id": str(term)}
    if not isinstance(term, Literal):
        raise ValueError(f"a blank node would be published: {term!r}")
    if term.language:
        return {"@language": term.language, "@value": str(term)}
    return str(term) if term.datatype is None else {"@type": _name(str(term.datatype)), "@value": str(term)}


def context(dataset: Dataset, cube: Cube) -> dict[str, Any]:
    """Return the context of a cube's file: prefixes, then the properties with the types of their values."""
    names = dataset.names
    concepts = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
    unit = cube.series_attributes[0].concept
    coded = dict.fromkeys(item.codelist.id for item in (*concepts, unit) if item.codelist is not None)
    number = "xsd:decimal" if cube.measure.decimals else "xsd:integer"
    measures = (cube.measure.id, *(measure for measure, _ in rdf_common.bounds(dataset, 0)))
    return {
        "@version": 1.1,
        "qb": rdf_common.QB,
        "xsd": rdf_common.XSD,
        "set": names.root + "/",
        "cube": names.cube(cube.id) + "/",
        "obs": names.observations(cube.id),
        "period": names.iri("period") + "/",
        **{_list_prefix(codelist): names.codelist(codelist) + "/" for codelist in coded},
        "data-set": {"@id": "qb:dataSet", "@type": "@id"},
        **{_term(item.id): _property(names.component("dimension", item.id), "@id") for item in cube.dimensions},
        **{_term(measure): _property(names.component("measure", measure), number) for measure in measures},
        **{
            _term(item.id): _property(names.component("attribute", item.id), _kind(item))
            for item in (*(attribute.concept for attribute in cube.attributes), unit)
        },
    }


def _property(iri: str, kind: str | None) -> dict[str, str]:
    return {"@id": iri} if kind is None else {"@id": iri, "@type": kind}


def _kind(concept: Concept) -> str | None:
    """Return the type of an attribute's values; None for plain text, which JSON-LD has without a type."""
    if concept.codelist is not None:
        return "@id"
    return "xsd:integer" if concept.data_type == "integer" else None


def _term(component: str) -> str:
    """Return a component's key: its id, unless it might be one of the lower-case terms of every context."""
    return f"component.{component}" if component.islower() else component


def _list_prefix(codelist: str) -> str:
    """Return the prefix of a codelist's codes; with the dot, it is no component's id."""
    return f"code.{codelist}"


def row_function(dataset: Dataset, cube: Cube) -> RowFunction:
    """Return the function from a batch to one object for each observation, with the comma before it."""
    measured = _value_function(dataset, cube)
    unit = cube.series_attributes[0]
    end = f"{_member(unit.concept)(unit.value)}}}"

    def rows(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        key: list[pa.StringArray | str] = [
            '{"@type":"qb:Observation","@id":"obs:',
            spell(batch[cube.key_ids[0]], segment),
        ]
        key.extend(spell(batch[item], lambda code: f".{segment(code)}") for item in cube.key_ids[1:])
        data_set, measures = measured(batch[cube.measure.id])
        dimensions = [spell(batch[item.id], _member(item.concept)) for item in cube.dimensions]
        said = [_attribute(attribute, batch[attribute.id]) for attribute in cube.attributes]
        return join(_commas(batch, before), *key, '","data-set":"', data_set, *dimensions, measures, *said, end)

    return rows


def _commas(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray | str:
    """Return what stands before each object: nothing before the first of a file."""
    import pyarrow as pa

    comma = ",\n"
    return comma if before is not None else pa.array(["", *[comma] * (batch.num_rows - 1)], pa.string())


def _value_function(dataset: Dataset, cube: Cube) -> Callable[[pa.Array], tuple[pa.StringArray | str, pa.StringArray]]:
    """Return the function from the values to the data set and the measures of each row."""
    disclosed = f'set:{cube.id}"'
    hidden = 'cube:suppressed"'
    bounds = "".join(
        f',"{_term(measure)}":{_number(bound)}' for measure, bound in rdf_common.bounds(dataset, cube.measure.decimals)
    )
    start = f',"{_term(cube.measure.id)}":'

    def measured(column: pa.Array) -> tuple[pa.StringArray | str, pa.StringArray]:
        import pyarrow.compute as pc

        absent = pc.is_null(column)
        return pc.if_else(absent, hidden, disclosed), pc.if_else(absent, bounds, join(start, _numbers(column)))

    return measured


def _number(digits: str) -> str:
    return f'"{digits}"' if "." in digits or abs(int(digits)) > _MOST_EXACT else digits


def _numbers(column: pa.Array) -> pa.StringArray:
    """Return exact numbers as JSON: whole ones bare where every program holds them, all others as strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = number_texts(column)
    quoted = pc.binary_join_element_wise(pa.scalar('"'), texts, pa.scalar('"'), "")
    if not pa.types.is_integer(column.type):
        return quoted
    exact = pc.and_(pc.less_equal(column, _MOST_EXACT), pc.greater_equal(column, -_MOST_EXACT))
    return pc.if_else(exact, texts, quoted)


def _attribute(attribute: Attribute, column: pa.Array) -> pa.StringArray:
    """Return the members that say an attribute; null where the rows say nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    concept = attribute.concept
    if concept.codelist is None and concept.data_type == "integer":
        return pc.binary_join_element_wise(pa.scalar(f',"{_term(concept.id)}":'), _numbers(column), "")
    return spell(column if concept.codelist is not None else column.dictionary_encode(), _member(concept))


def _member(concept: Concept) -> Callable[[str], str]:
    """Return the function from a code, a period or a text to the member that says it, with its comma."""
    start = f',"{_term(concept.id)}":'
    if concept.data_type == "period":
        return lambda period: f'{start}"period:{segment(period)}"'
    if concept.codelist is None:
        return lambda text: start + _json(text)
    prefix = _list_prefix(concept.codelist.id)
    return lambda code: f'{start}"{prefix}:{segment(code)}"'


FORMAT = Format(
    "jsonld",
    "RDF as JSON-LD",
    tuple(
        f"rdf/{name}.jsonld{suffix}" for suffix in SUFFIXES.values() for name in ("codelists", "structure", "<cube>")
    ),
    write,
    About(
        ("application/ld+json",),
        ("JSON-LD 1.1", "https://www.w3.org/TR/json-ld11/"),
        ("Oxigraph", "rdflib", "jsonld.js"),
        None,
        {},
    ),
    (WRITE,),
)
