"""``rdf/<cube>.ttl``: the observations of a cube as RDF Data Cube, one subject on a line.

Where the definition asks, ``rdf/<cube>.ttl.gz`` or ``.ttl.zst`` beside it has the same bytes compressed.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 9 (normalised: nothing is implied). Both
data sets stand in one file in key order; an observation without a value is in the suppressed one.
A line is the observation, then ``predicate object`` pairs separated by `` ; ``, then `` .``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import write_rows
from publisher.formats import rdf_common, turtle_terms
from publisher.formats.draft import About, Draft, Format, Publication
from publisher.formats.rdf_files import COMPRESSED, Target
from publisher.formats.rows import join
from publisher.model import UNIT_MEASURE, Cube, Dataset
from publisher.observations import BATCH_ROWS

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import Key, RowFunction

    _Values = Callable[[pa.Array], tuple[pa.StringArray | str, pa.StringArray]]


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one file for each cube, and the same compressed where asked."""
    dataset = publication.dataset
    compression = options.get(COMPRESSED.name, COMPRESSED.default)
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"rdf/{cube.id}.ttl", "text/turtle", str(cube.title), "turtle", cube.id)
        head = rdf_common.head(prefixes(dataset, cube))
        write_rows(path, observations.batches(BATCH_ROWS), cube.key_ids, row_function(dataset, cube), head)
        if compression != COMPRESSED.default:
            target = Target(draft, "turtle", "text/turtle", compression)
            with target.opened(f"rdf/{cube.id}.ttl", str(cube.title), cube.id) as packed, path.open("rb") as plain:
                copyfileobj(plain, packed)


def prefixes(dataset: Dataset, cube: Cube) -> dict[str, str]:
    """Return the prefixes of a cube's file, in the order they stand in it."""
    names = dataset.names
    return {
        "qb": rdf_common.QB,
        "set": names.root + "/",
        "cube": names.cube(cube.id) + "/",
        "obs": names.observations(cube.id),
        **turtle_terms.code_prefixes(dataset, cube),
    }


def row_function(dataset: Dataset, cube: Cube) -> RowFunction:
    """Return the function from a batch to one line of Turtle for each observation."""
    value = _value_function(dataset, cube)
    end = f"{_unit(cube)} .\n"

    def rows(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        key = turtle_terms.key(batch, cube)
        data_set, measures = value(batch[cube.measure.id])
        said = [turtle_terms.attribute(batch, attribute) for attribute in cube.attributes]
        dimensions = [turtle_terms.dimension(batch, dimension) for dimension in cube.dimensions]
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


def _unit(cube: Cube) -> str:
    """Return what every row says of the unit."""
    unit = cube.unit
    if unit.concept.codelist is None:
        return f' ; att:{UNIT_MEASURE} "{rdf_common.escaped(unit.value)}"'
    return turtle_terms.coded("att", UNIT_MEASURE, unit.concept.codelist.id, unit.value)


FORMAT = Format(
    "turtle",
    "RDF Data Cube observations (Turtle)",
    ("rdf/<cube>.ttl", "rdf/<cube>.ttl.gz", "rdf/<cube>.ttl.zst"),
    write,
    About(
        ("text/turtle",),
        ("RDF Data Cube", "https://www.w3.org/TR/vocab-data-cube/"),
        ("Oxigraph", "rdflib", "Jena", "Virtuoso"),
        "rdf/county.ttl",
        {
            "languages": "in rdf/structure.ttl and rdf/codelists.ttl",
            "hierarchy": "in rdf/codelists.ttl",
            "notes": "in rdf/structure.ttl",
        },
    ),
    (COMPRESSED,),
)
