"""``cube-link/<cube>.ttl``: a cube for visualize.admin.ch and LINDAS, where the definition asks for it.

Source: Cube Schema (https://cube.link). A file is two cubes, as in RDF Data Cube: the observations
with a value, and the suppressed ones, whose measures are the bounds of the rule; each is there only
where it has observations. What says so stands first; then each observation is two lines, that its
set holds it and what it is. Observations, components and codes have the IRIs of RDF Data Cube.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts
from publisher.engines.embedded import write_rows
from publisher.formats import rdf_common, turtle_terms
from publisher.formats.cube_link_graph import graph_of
from publisher.formats.cube_link_terms import CUBE, META, QUDT, SCHEMA, SH, halves
from publisher.formats.draft import About, Draft, Format, Option, Publication
from publisher.formats.rows import join
from publisher.model import Attribute, Cube, Dataset
from publisher.observations import BATCH_ROWS, Observations

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import Key, RowFunction

_UNDEFINED_LITERAL = '""^^cube:Undefined'


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one file for each cube where the definition asks for them."""
    if not options["write"]:
        return
    dataset = publication.dataset
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"cube-link/{cube.id}.ttl", "text/turtle", str(cube.title), "cube-link", cube.id)
        counts = (observations.rows - observations.suppressed, observations.suppressed)
        there = [half for half, rows in zip(halves(dataset, cube), counts, strict=True) if rows]
        graph = graph_of(dataset, publication.edition, cube, there, used(observations))
        head = "".join(rdf_common.turtle(graph, prefixes(dataset, cube)))
        write_rows(path, observations.batches(BATCH_ROWS), cube.key_ids, row_function(dataset, cube), head)


def used(observations: Observations) -> dict[str, frozenset[str]]:
    """Return the codes and periods that observations have, by component, read batch by batch."""
    import pyarrow.compute as pc

    cube = observations.cube
    coded = [*cube.key_ids, *(attribute.id for attribute in cube.attributes if attribute.codelist is not None)]
    found: dict[str, set[str]] = {component: set() for component in coded}
    for batch in observations.batches(BATCH_ROWS):
        for component, codes in found.items():
            codes.update(pc.unique(batch[component].drop_null()).to_pylist())
    return {component: frozenset(codes) for component, codes in found.items()}


def prefixes(dataset: Dataset, cube: Cube) -> dict[str, str]:
    """Return the prefixes of a cube's file beside those of all files."""
    return {
        "cube": CUBE,
        "meta": META,
        "qudt": QUDT,
        "schema": SCHEMA,
        "sh": SH,
        "agent": dataset.names.iri("catalog") + "/",
        **{half.prefix: f"{half.iri}/" for half in halves(dataset, cube)},
        "obs": dataset.names.observations(cube.id),
        **turtle_terms.code_prefixes(dataset, cube),
    }


def row_function(dataset: Dataset, cube: Cube) -> RowFunction:
    """Return the function from a batch to the two lines of each observation."""
    shown, hidden = (f"{half.prefix}:observations cube:observation " for half in halves(dataset, cube))
    rule = rdf_common.bounds(dataset, cube.measure.decimals)
    bounds = "".join(f" ; mea:{measure} {bound}" for measure, bound in rule)
    start = " a cube:Observation ; cube:observedBy agent:publisher"

    def rows(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        import pyarrow.compute as pc

        column = batch[cube.measure.id]
        absent = pc.is_null(column)
        name = join(*turtle_terms.key(batch, cube))
        measures = pc.if_else(absent, bounds, join(f" ; mea:{cube.measure.id} ", number_texts(column)))
        dimensions = [turtle_terms.dimension(batch, dimension) for dimension in cube.dimensions]
        said = [_attribute(batch, attribute) for attribute in cube.attributes]
        held = pc.if_else(absent, hidden, shown)
        return join(held, name, " .\n", name, start, *dimensions, measures, *said, " .\n")

    return rows


def _attribute(batch: pa.RecordBatch, attribute: Attribute) -> pa.StringArray:
    """Return what the rows say by an attribute, and that it is undefined where they say nothing."""
    import pyarrow.compute as pc

    undefined = "cube:Undefined" if attribute.codelist is not None else _UNDEFINED_LITERAL
    return pc.fill_null(turtle_terms.attribute(batch, attribute), f" ; att:{attribute.id} {undefined}")


FORMAT = Format(
    "cube-link",
    "RDF cube of cube.link",
    ("cube-link/<cube>.ttl",),
    write,
    About(
        ("text/turtle",),
        ("cube.link", "https://cube.link"),
        ("visualize.admin.ch", "LINDAS"),
        None,
        {"hierarchy": "in rdf/codelists.ttl"},
    ),
    (
        Option(
            "write", (False, True), "Whether cubes for visualize.admin.ch and LINDAS (https://cube.link) are written."
        ),
    ),
)
