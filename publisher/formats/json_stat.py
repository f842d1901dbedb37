"""``json-stat/<cube>.json``: a cube as a full table of JSON-stat 2.0, with the status of every cell that there is.

Source: JSON-stat 2.0, full specification (json-stat.org/full), properties value, status and extension. A cell without
an observation has no value (``null``) and no status; a suppressed one has no value and a status. ``status`` is
OBS_STATUS. Each further attribute has in ``extension.cell`` its values by cell, but for the one that most
observations have: that stands in ``extension.default``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.columns import number_texts, published_schema
from publisher.formats.dense import Axes, axes, cells, positions
from publisher.formats.draft import About, Draft, Format, Limit, Publication
from publisher.formats.json_stat_head import Used, extension, head
from publisher.formats.rows import join
from publisher.model import OBS_STATUS, Attribute, Cube
from publisher.observations import Rows

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "json-stat"
MEDIA_TYPE = "application/json"
_MOST_CELLS = 300_000
_BLOCK = 65_536


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one file for each cube, its cells in the order of the codelists, periods last."""
    for observations in publication.observations:
        cube = observations.cube
        path = f"json-stat/{cube.id}.json"
        place = draft.add(path, MEDIA_TYPE, str(cube.title), NAME, cube.id)
        table = axes(observations)
        rows = _Rows.of(observations, table)
        with place.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_texts(publication, rows, path))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Every observation of a cube in the order of its cell; ``places`` are the numbers of the cells."""

    cube: Cube
    table: Axes
    places: pa.Int64Array
    data: pa.Table

    @classmethod
    def of(cls, observations: Rows, table: Axes) -> _Rows:
        """Read all observations at once: the format has a limit."""
        import pyarrow as pa
        import pyarrow.compute as pc

        batches = list(observations.batches(_BLOCK))
        numbers = pa.chunked_array([positions(batch, table) for batch in batches], pa.int64()).combine_chunks()
        order = pc.sort_indices(numbers)
        data = pa.Table.from_batches(batches, published_schema(observations.cube)).unify_dictionaries()
        return cls(observations.cube, table, numbers.take(order), data.take(order).combine_chunks())

    def column(self, component: str) -> pa.Array:
        """Return a column, one value for each place."""
        return self.data[component].combine_chunks()

    @property
    def used(self) -> Used:
        """The codes of each coded attribute that observations have, and those of the series."""
        import pyarrow as pa
        import pyarrow.compute as pc

        constant = (item for item in self.cube.series_attributes if item.concept.codelist is not None)
        found: dict[str, tuple[str, ...]] = {item.id: (item.value,) for item in constant}
        for attribute in self.cube.attributes:
            if attribute.codelist is not None:
                codes = set(pc.unique(self.column(attribute.id).cast(pa.string())).to_pylist())
                found[attribute.id] = tuple(code for code in attribute.codelist.ids if code in codes)
        return found

    @property
    def width(self) -> int:
        """How many cells make a line: those of one series."""
        return len(self.table[self.cube.key_ids[-1]])


def _texts(publication: Publication, rows: _Rows, path: str) -> Iterator[str]:
    """Yield a file in pieces: what describes it, the values, the statuses, and what JSON-stat has no place for."""
    cube = rows.cube
    yield _json(head(publication, cube, rows.table, path)).removesuffix("\n}") + ',\n  "value": ['
    yield from _values(rows)
    yield '],\n  "status": {'
    yield from _members(rows.places, _strings(rows.column(OBS_STATUS)), rows.width)
    further = [attribute for attribute in cube.attributes if attribute.id != OBS_STATUS]
    usual = {attribute.id: _most(rows.column(attribute.id)) for attribute in further}
    said = extension(publication, cube, rows.table, rows.used)
    said["default"] = {item.id: item.value for item in cube.series_attributes}
    for attribute in further:
        if (value := usual[attribute.id]) is not None:
            said["default"][attribute.id] = int(value) if _is_number(attribute) else value
    yield "},\n" + _json({"extension": said}).removeprefix("{\n").removesuffix("\n  }\n}") + ',\n    "cell": {'
    separator = "\n"
    for attribute in further:
        yield f'{separator}      "{attribute.id}": {{'
        yield from _members(*_unusual(rows, attribute, usual[attribute.id]), rows.width)
        yield "}"
        separator = ",\n"
    yield "\n    }\n  }\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _values(rows: _Rows) -> Iterator[str]:
    """Yield the digits of every cell of the table, ``null`` where there is no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    everywhere = pa.array(range(cells(rows.table)), pa.int64())
    row = pc.index_in(everywhere, rows.places)
    texts = pc.fill_null(number_texts(rows.column(rows.cube.measure.id).take(row)), "null")
    yield from _lines(everywhere, texts, rows.width)


def _members(places: pa.Int64Array, texts: pa.StringArray, width: int) -> Iterator[str]:
    """Yield texts as members of an object, named by the number of their cells."""
    import pyarrow as pa

    yield from _lines(places, join('"', places.cast(pa.string()), '":', texts), width)


def _lines(places: pa.Int64Array, texts: pa.StringArray, width: int) -> Iterator[str]:
    """Yield texts with commas between them, those of a series on one line."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(texts):
        return
    series = pc.divide(places, width)
    same = pc.equal(series[1:], series[:-1])
    separators = pa.concat_arrays([pc.if_else(same, ",", ",\n"), pa.array(["\n"])])
    yield "\n"
    for start in range(0, len(texts), _BLOCK):
        yield "".join(join(texts[start : start + _BLOCK], separators[start : start + _BLOCK]).to_pylist())


def _most(column: pa.Array) -> str | None:
    """Return the value that most observations have, None where most have none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return None
    counted = pc.value_counts(column.cast(pa.string()))
    counts = counted.field("counts")
    most = counted.field("values").filter(pc.equal(counts, pc.max(counts))).to_pylist()
    return None if None in most else min(most)


def _unusual(rows: _Rows, attribute: Attribute, usual: str | None) -> tuple[pa.Int64Array, pa.StringArray]:
    """Return the cells with another value than the usual, and these values; ``null`` where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = rows.column(attribute.id)
    if usual is None:
        differs = pc.is_valid(column)
    else:
        differs = pc.fill_null(pc.not_equal(column.cast(pa.string()), usual), True)
    kept = column.filter(differs)
    texts = pc.fill_null(kept.cast(pa.string()), "null") if _is_number(attribute) else _strings(kept)
    return rows.places.filter(differs), texts


def _is_number(attribute: Attribute) -> bool:
    return attribute.concept.data_type == "integer"


def _strings(column: pa.Array) -> pa.StringArray:
    """Return texts as JSON spells them, each different one once; ``null`` where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    spelled = [json.dumps(text, ensure_ascii=False) for text in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(spelled, pa.string()).take(encoded.indices), "null")


FORMAT = Format(
    NAME,
    "JSON-stat 2.0, a full table of each cube",
    ("json-stat/<cube>.json",),
    write,
    About(
        (MEDIA_TYPE,),
        ("JSON-stat 2.0", "https://json-stat.org/full/"),
        ("pyjstat", "jsonstat-toolkit", "rjstat"),
        "json-stat/county.json",
        {},
    ),
    limit=Limit(cells=_MOST_CELLS, why="every combination of codes is a cell, and readers hold all of them in memory"),
)
