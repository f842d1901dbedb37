"""``rdf/<cube>.ttl``: the observations of a cube as RDF Data Cube, one subject on a line.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 9 (normalised: nothing is implied). Both
data sets stand in one file in key order; an observation without a value is in the suppressed one.
A line is the observation, then ``predicate object`` pairs separated by `` ; ``, then `` .``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import write_rows
from publisher.formats import rdf_common
from publisher.formats.draft import Draft, Format, Publication
from publisher.formats.rows import join, spell
from publisher.model import UNIT_MEASURE, Attribute, Cube, Dataset, Dimension
from publisher.naming import segment
from publisher.observations import BATCH_ROWS

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import Key, RowFunction

    _Values = Callable[[pa.Array], tuple[pa.StringArray | str, pa.StringArray]]


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one file for each cube."""
    dataset = publication.dataset
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"rdf/{cube.id}.ttl", "text/turtle", str(cube.title), "turtle", cube.id)
        head = rdf_common.head(prefixes(dataset, cube))
        write_rows(path, observations.batches(BATCH_ROWS), cube.key_ids, row_function(dataset, cube), head)


def prefixes(dataset: Dataset, cube: Cube) -> dict[str, str]:
    """Return the prefixes of a cube's file, in the order they stand in it."""
    names = dataset.names
    components = [*(item.concept for item in cube.dimensions), *(item.concept for item in cube.attributes)]
    coded = [concept.codelist for concept in (*components, cube.series_attributes[0].concept)]
    codelists = dict.fromkeys(codelist.id for codelist in coded if codelist is not None)
    return {
        "qb": rdf_common.QB,
        "set": names.root + "/",
        "cube": names.cube(cube.id) + "/",
        "obs": names.observations(cube.id),
        **{role[:3]: names.iri(role) + "/" for role in ("dimension", "measure", "attribute")},
        "period": names.iri("period") + "/",
        **{rdf_common.codelist_prefix(codelist): names.codelist(codelist) + "/" for codelist in codelists},
    }


def row_function(dataset: Dataset, cube: Cube) -> RowFunction:
    """Return the function from a batch to one line of Turtle for each observation."""
    value = _value_function(dataset, cube)
    end = f"{_unit(cube)} .\n"

    def rows(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        key: list[pa.StringArray | str] = ["obs:"]
        key.append(spell(batch[cube.key_ids[0]], _local))
        key.extend(spell(batch[component], lambda code: f".{_local(code)}") for component in cube.key_ids[1:])
        data_set, measures = value(batch[cube.measure.id])
        said = [_attribute(batch, attribute) for attribute in cube.attributes]
        dimensions = [_dimension(batch, dimension) for dimension in cube.dimensions]
        return join(*key, " a qb:Observation ; qb:dataSet ", data_set, *dimensions, measures, *said, end)

    return rows


def _value_function(dataset: Dataset, cube: Cube) -> _Values:
    """Return the function from the values to the data set and the measures of each row."""
    disclosed = f"set:{cube.id}"
    bounds = rdf_common.bounds(dataset, cube.measure.decimals)
    hidden = "".join(f" ; mea:{measure} {bound}" for measure, bound in bounds)

    def value(column: pa.Array) -> tuple[pa.StringArray | str, pa.StringArray]:
        import pyarrow.compute as pc

        text = join(f" ; mea:{cube.measure.id} ", number_texts(column))
        if not column.null_count:
            return disclosed, text
        absent = pc.is_null(column)
        return pc.if_else(absent, "cube:suppressed", disclosed), pc.if_else(absent, hidden, text)

    return value


def _dimension(batch: pa.RecordBatch, dimension: Dimension) -> pa.StringArray:
    codelist = None if dimension.codelist is None else dimension.codelist.id
    return spell(batch[dimension.id], lambda code: _coded("dim", dimension.id, codelist, code))


def _attribute(batch: pa.RecordBatch, attribute: Attribute) -> pa.StringArray:
    """Return what the rows say by an attribute; null where they say nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = batch[attribute.id]
    codelist = attribute.codelist
    if codelist is not None:
        return spell(column, lambda code: _coded("att", attribute.id, codelist.id, code))
    start = f" ; att:{attribute.id} "
    if attribute.concept.data_type == "integer":
        return pc.binary_join_element_wise(pa.scalar(start), number_texts(column), "")
    return pc.binary_join_element_wise(pa.scalar(start), literal(column), "")


def literal(column: pa.StringArray) -> pa.StringArray:
    """Return texts as Turtle literals; the separator of a line never stands inside one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for plain, code in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), (" ;", " \\u003B")):
        column = pc.replace_substring(column, plain, code)
    return pc.binary_join_element_wise(pa.scalar('"'), column, pa.scalar('"'), "")


def _unit(cube: Cube) -> str:
    """Return what every row says of the unit."""
    unit = cube.series_attributes[0]
    if unit.concept.codelist is None:
        return f' ; att:{UNIT_MEASURE} "{rdf_common.escaped(unit.value)}"'
    return _coded("att", UNIT_MEASURE, unit.concept.codelist.id, unit.value)


def _coded(role: str, component: str, codelist: str | None, code: str) -> str:
    prefix = "period" if codelist is None else rdf_common.codelist_prefix(codelist)
    return f" ; {role}:{component} {prefix}:{_local(code)}"


def _local(code: str) -> str:
    return rdf_common.local(segment(code))


FORMAT = Format("turtle", "RDF Data Cube observations (Turtle)", ("rdf/<cube>.ttl",), write)
