"""``sdmx/<cube>/data-2.1.xml``: SDMX-ML 2.1 structure-specific data, in series over time.

Source: SDMX 2.1 section 3A, part IV (structure-specific data). Every line is a row function's: a
series, an observation or the end of a series. A suppressed cell is written as ``NaN``, because an
absent value means "unchanged" to whoever merges the message into an older one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from publisher.columns import number_texts
from publisher.engines.embedded import Key, write_rows
from publisher.formats.draft import Draft, Format, Publication
from publisher.formats.rows import join, spell
from publisher.formats.sdmx_common import NAMESPACES, XSI, contents, message_id
from publisher.model import TIME_PERIOD, Attribute, Cube
from publisher.naming import Names
from publisher.observations import Observations

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

MEDIA_TYPE = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"

_NAMESPACE = NAMESPACES["2.1"]
_CLOSE = "</Series>\n"
_END = "</message:DataSet>\n</message:StructureSpecificData>\n"
# Beyond & and <, what an XML parser would turn into blanks in the value of an attribute.
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one data message for each cube, in key order."""
    for observations in publication.observations:
        cube = observations.cube
        path = draft.add(f"sdmx/{cube.id}/data-2.1.xml", MEDIA_TYPE, str(cube.title), "sdmx-ml", cube.id)
        tail = _CLOSE + _END if observations.rows else _END
        write_rows(path, observations.batches(), cube.key_ids, rows(cube), head(publication, observations), tail)


def namespace(names: Names, cube: Cube) -> str:
    """Return the namespace of a cube's data: the dataflow's URN and the dimension at observation level."""
    return f"{names.urn('datastructure.Dataflow', names.dataflow(cube.id))}:ObsLevelDim:{TIME_PERIOD}"


def head(publication: Publication, observations: Observations) -> str:
    """Return the message up to its first series: header, then the start of the data set."""
    names, cube = publication.dataset.names, observations.cube
    dataflow = escape(names.dataflow(cube.id))
    covered = contents(observations)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<message:StructureSpecificData xmlns:message="{_NAMESPACE}/message" xmlns:common="{_NAMESPACE}/common"'
        f' xmlns:ss="{_NAMESPACE}/data/structurespecific" xmlns:xsi="{XSI}"'
        f" xmlns:ns1={quoteattr(namespace(names, cube))}>",
        "<message:Header>",
        f"<message:ID>{message_id(names, publication.edition, cube)}</message:ID>",
        "<message:Test>false</message:Test>",
        f"<message:Prepared>{publication.edition.timestamp}</message:Prepared>",
        f"<message:Sender id={quoteattr(names.agency)}/>",
        f'<message:Structure structureID="{dataflow}" namespace={quoteattr(namespace(names, cube))}'
        f' dimensionAtObservation="{TIME_PERIOD}"><common:StructureUsage><Ref agencyID={quoteattr(names.agency)}'
        f' id="{dataflow}" version={quoteattr(names.version)} package="datastructure" class="Dataflow"/>'
        "</common:StructureUsage></message:Structure>",
        "<message:DataSetAction>Replace</message:DataSetAction>",
        f"<message:DataSetID>{message_id(names, publication.edition, cube)}</message:DataSetID>",
    ]
    if covered.begin and covered.end:
        lines += [
            f"<message:ReportingBegin>{covered.begin}</message:ReportingBegin>",
            f"<message:ReportingEnd>{covered.end}</message:ReportingEnd>",
        ]
    lines += [
        "</message:Header>",
        f'<message:DataSet xsi:type="ns1:DataSetType" ss:structureRef="{dataflow}" ss:dataScope="Dataflow"'
        ' ss:action="Replace">',
    ]
    return "\n".join(lines) + "\n"


def rows(cube: Cube) -> RowFunction:
    """Return the row function of a cube: a batch to the lines of each observation.

    The first observation of a series has the end of the series before and the start of its own in
    front of it; which one that is follows from the key of the row before.
    """

    def lines(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        import pyarrow as pa
        import pyarrow.compute as pc

        opens = _opens(batch, cube, before)
        series = pc.replace_with_mask(pa.nulls(batch.num_rows, pa.string()), opens, _series(batch, cube, opens, before))
        time = spell(batch[TIME_PERIOD], lambda period: f'<Obs TIME_PERIOD="{period}" {cube.measure.id}="')
        value = pc.fill_null(number_texts(batch[cube.measure.id]), "NaN")
        attributes = (_attribute(attribute, batch[attribute.id]) for attribute in cube.attributes)
        return join(series, time, value, '"', *attributes, "/>\n")

    return lines


def _opens(batch: pa.RecordBatch, cube: Cube, before: Key | None) -> pa.BooleanArray:
    """Say of each row whether it is the first of its series."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [batch[component] for component in cube.key_ids if component != TIME_PERIOD]
    first = before is None or any(column[0].as_py() != code for column, code in zip(columns, before[:-1], strict=True))
    changes = (pc.not_equal(column.indices[1:], column.indices[:-1]) for column in columns)
    return pa.concat_arrays([pa.array([first]), reduce(pc.or_, changes)])


def _series(batch: pa.RecordBatch, cube: Cube, opens: pa.BooleanArray, before: Key | None) -> pa.StringArray:
    """Return the end of a series and the start of the next, for each row that opens one."""
    import pyarrow as pa

    chosen = batch.filter(opens)
    parts = [
        spell(chosen[component], lambda code, component=component: f' {component}="{code}"')  # type: ignore[misc]
        for component in cube.key_ids
        if component != TIME_PERIOD
    ]
    constant = "".join(f" {attribute.id}={quoteattr(attribute.value)}" for attribute in cube.series_attributes)
    text = join(f"{_CLOSE}<Series", *parts, f"{constant}>\n")
    if before is None:
        text = pa.concat_arrays([pa.array([text[0].as_py().removeprefix(_CLOSE)]), text[1:]])
    return text


def _attribute(attribute: Attribute, column: pa.Array) -> pa.StringArray:
    """Return an attribute's text in each row; null where it has no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if attribute.codelist is not None:
        return spell(column, lambda code: f' {attribute.id}="{code}"')
    text = column.cast(pa.string())
    if attribute.concept.data_type == "string":
        for character, reference in _REFERENCES.items():
            text = pc.replace_substring(text, character, reference)
    return pc.binary_join_element_wise(f' {attribute.id}="', text, '"', "")


FORMAT = Format("sdmx-ml", "SDMX-ML 2.1 structure-specific data", ("sdmx/<cube>/data-2.1.xml",), write)
