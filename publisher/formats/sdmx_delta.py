"""``sdmx/<cube>/delta-2.0.csv`` and ``delta-3.0.xml``: what takes a store from the release before to this one.

Source: the SDMX-CSV 2.0 field guide (sdmx-twg/sdmx-csv) and ActionType in SDMXCommon.xsd of 3.0 and
3.1. Both files say the same, and in this order:

- Delete, with the whole key and nothing else: the observation is no longer published. With the key
  and some attributes: the observation stays and loses these, which only a store that merges needs.
- Replace, with every component there is: the observation is new, or in any way other than before. A
  cell that is suppressed now says ``NaN``, because to whoever merges an absent value is unchanged.

A Delete of less than a key takes all that fits. So a series without observations, or a data set
without series, is written only where everything is meant: before all is written again. Where nothing
changed the message has no data set, and the table its header only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from publisher.changes import Changes, compare
from publisher.engines.embedded import Key, write_rows
from publisher.formats import series
from publisher.formats.draft import IN_STRUCTURES, About, Draft, Format, Publication
from publisher.formats.rows import join, spell
from publisher.formats.sdmx_common import Contents, flow_reference
from publisher.formats.sdmx_csv_message import Variant, columns
from publisher.formats.sdmx_csv_message import head as csv_head
from publisher.formats.sdmx_csv_message import rows as csv_rows
from publisher.formats.sdmx_message import END_OF_DATA_SET, VERSIONS, Action, data_set, head
from publisher.formats.sdmx_rows import SPECIFIC, series_rows
from publisher.model import TIME_PERIOD, Attribute, Cube
from publisher.naming import Names

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

NAME = "sdmx-delta"
FILE_NAMES = ("delta-2.0.csv", "delta-3.0.xml")
_CSV, _XML = (f"sdmx/<cube>/{name}" for name in FILE_NAMES)

_TABLE = Variant("2.0")
_VERSION = VERSIONS["3.0"]
# What is written for an attribute that is deleted: in a table a dash, in a message any value that is valid.
_DELETED = "-"
# A delta reports on no time of its own.
_ANY_TIME = Contents(MappingProxyType({}), None, None)


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write both files of each cube that the release before can be compared with; none where there is none."""
    before = publication.previous
    for observations in publication.observations:
        cube = observations.cube
        if before is None or cube.id not in before.observations:
            continue
        changes = compare(before.observations[cube.id], observations)
        title = f"{cube.title}: changes since version {before.version}"
        table = draft.add(
            _CSV.replace("<cube>", cube.id), _TABLE.media_type, title, NAME, cube.id, columns(cube, _TABLE)
        )
        _write_csv(table, publication.dataset.names, cube, changes)
        message = draft.add(_XML.replace("<cube>", cube.id), _VERSION.media_type, title, NAME, cube.id)
        _write_xml(message, publication, cube, changes, before.version)


# SDMX-CSV


def _write_csv(path: Path, names: Names, cube: Cube, changes: Changes) -> None:
    start = f"dataflow,{flow_reference(names, cube)},D"
    deleted, replaced = changes.deleted, changes.replaced
    if deleted is None:
        everything = "," * (len(columns(cube, _TABLE)) - 3)
        path.write_text(f"{csv_head(cube, _TABLE)}{start}{everything}\n", encoding="utf-8", newline="\n")
    else:
        rows = deleted_lines(start, cube, deleted.attributes)
        write_rows(path, deleted.batches(), cube.key_ids, rows, csv_head(cube, _TABLE))
    write_rows(path, replaced.batches(), cube.key_ids, csv_rows(names, cube, _TABLE), "", append=True)


def deleted_lines(start: str, cube: Cube, attributes: tuple[str, ...]) -> RowFunction:
    """Return the row function of deletions: the key, then a dash for each attribute that alone is deleted."""
    end = "," * len(cube.series_attributes) + "\n"

    def lines(batch: pa.RecordBatch, _before: Key | None) -> pa.StringArray:
        keys = (spell(batch[component], lambda code: f",{code}") for component in cube.key_ids)
        cells: list[pa.StringArray | str] = [","]
        for attribute in cube.attribute_ids:
            cells += [",", _where(batch[attribute], _DELETED)] if attribute in attributes else [","]
        return join(start, *keys, *cells, end)

    return lines


def _where(chosen: pa.BooleanArray, text: str) -> pa.StringArray:
    """Return the text in the rows that are chosen, and null in the others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(chosen, pa.scalar(text), pa.scalar(None, pa.string()))


# SDMX-ML


def _write_xml(path: Path, publication: Publication, cube: Cube, changes: Changes, since: str) -> None:
    names, key_ids = publication.dataset.names, cube.key_ids
    deleted, replaced = changes.deleted, changes.replaced
    actions: list[Action] = [
        *(("Delete",) if deleted is None or deleted.rows else ()),
        *(("Replace",) if replaced.rows else ()),
    ]
    suffix = f"_SINCE_{since.replace('.', '-')}"
    header = head(_VERSION, publication, cube, _ANY_TIME, actions=actions, suffix=suffix)
    path.write_text(header, encoding="utf-8", newline="\n")
    end = SPECIFIC.close + END_OF_DATA_SET
    if deleted is None:
        _append(path, data_set(_VERSION, names, cube, "Delete") + END_OF_DATA_SET)
    elif deleted.rows:
        start = data_set(_VERSION, names, cube, "Delete")
        rows = deleted_elements(cube, deleted.attributes)
        write_rows(path, deleted.batches(), key_ids, rows, start, end, append=True)
    if replaced.rows:
        start = data_set(_VERSION, names, cube, "Replace")
        write_rows(path, replaced.batches(), key_ids, series_rows(cube), start, end, append=True)
    _append(path, _VERSION.tail)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def deleted_elements(cube: Cube, attributes: tuple[str, ...]) -> RowFunction:
    """Return the row function of deletions: series without attributes, observations without a value."""
    chosen = [(attribute, _some_value(attribute)) for attribute in cube.attributes if attribute.id in attributes]

    def start(opening: pa.RecordBatch) -> pa.StringArray:
        keys = (
            spell(opening[component], lambda code, component=component: f' {component}="{code}"')  # type: ignore[misc]
            for component in cube.key_ids[:-1]
        )
        return join("<Series", *keys, ">\n")

    def lines(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        time = spell(batch[TIME_PERIOD], lambda period: f'<Obs TIME_PERIOD="{period}"')
        starts = series.starts(batch, cube, before, start, SPECIFIC.close)
        lost = (_where(batch[attribute.id], f' {attribute.id}="{value}"') for attribute, value in chosen)
        return join(starts, time, *lost, "/>\n")

    return lines


def _some_value(attribute: Attribute) -> str:
    """Return a value that the attribute can have: the one that is deleted may be no code any more."""
    if attribute.codelist is not None:
        return attribute.codelist.codes[0].id
    return "0" if attribute.concept.data_type == "integer" else _DELETED


FORMAT = Format(
    NAME,
    "SDMX-CSV 2.0 and SDMX-ML 3.0: changes since the release before",
    (_CSV, _XML),
    write,
    About(
        ("application/vnd.sdmx.data+csv", "application/vnd.sdmx.data+xml"),
        ("SDMX-CSV 2.0 and SDMX-ML 3.0", "https://sdmx.org/standards-2/"),
        (".Stat Suite", "Fusion Metadata Registry"),
        None,
        {
            **IN_STRUCTURES,
        },
    ),
)
