"""The row functions of SDMX-ML data: a batch of observations to lines, in series over time or each alone.

Every line is a row function's: a series, an observation or the end of a series. A suppressed cell is
written as ``NaN``, because an absent value means "unchanged" to whoever merges the message into an
older one. How a line is spelled, structure-specific or generic, stands in a ``Spelling``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from publisher.columns import number_texts
from publisher.engines.embedded import Key
from publisher.formats import series
from publisher.formats.rows import join, spell
from publisher.model import TIME_PERIOD, Attribute, Cube

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

# Beyond & and <, what an XML parser would turn into blanks in the value of an attribute.
_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """The fixed texts of a message's rows; ``{}`` in ``pair`` and ``value`` is the id of a component.

    A series is ``series``, the pairs of its key, ``constants``, its attributes and ``opened``; an
    observation is ``observation``, its time, ``value``, ``attributes``, its attributes and ``end``.
    What stands between the two texts of a pair is the component's value.
    """

    series: str
    constants: str
    opened: str
    close: str
    observation: str
    attributes: str
    end: str
    pair: tuple[str, str]
    time: tuple[str, str]
    value: tuple[str, str]


SPECIFIC = Spelling(
    series="<Series",
    constants="",
    opened=">\n",
    close="</Series>\n",
    observation="<Obs",
    attributes="",
    end="/>\n",
    pair=(' {}="', '"'),
    time=(f' {TIME_PERIOD}="', '"'),
    value=(' {}="', '"'),
)

GENERIC = Spelling(
    series="<generic:Series><generic:SeriesKey>",
    constants="</generic:SeriesKey><generic:Attributes>",
    opened="</generic:Attributes>\n",
    close="</generic:Series>\n",
    observation="<generic:Obs>",
    attributes="<generic:Attributes>",
    end="</generic:Attributes></generic:Obs>\n",
    pair=('<generic:Value id="{}" value="', '"/>'),
    time=('<generic:ObsDimension value="', '"/>'),
    value=('<generic:ObsValue value="', '"/>'),
)


def series_rows(cube: Cube, spelling: Spelling = SPECIFIC) -> RowFunction:
    """Return the row function that writes a cube in series over time; after the last row comes ``spelling.close``."""
    constants = spelling.constants + _constants(cube, spelling)

    def start(opening: pa.RecordBatch) -> pa.StringArray:
        keys = _pairs(opening, cube.key_ids[:-1], spelling)
        return join(spelling.series, *keys, constants, spelling.opened)

    def lines(batch: pa.RecordBatch, before: Key | None) -> pa.StringArray:
        first, last = spelling.time
        time = spell(batch[TIME_PERIOD], lambda period: f"{first}{period}{last}")
        starts = series.starts(batch, cube, before, start, spelling.close)
        return join(starts, spelling.observation, time, *_said(batch, cube, spelling), spelling.end)

    return lines


def flat_rows(cube: Cube) -> RowFunction:
    """Return the row function that writes every observation alone: its key, its value, all attributes."""
    constants = _constants(cube, SPECIFIC)

    def lines(batch: pa.RecordBatch, _before: Key | None) -> pa.StringArray:
        keys = _pairs(batch, cube.key_ids, SPECIFIC)
        return join(SPECIFIC.observation, *keys, *_said(batch, cube, SPECIFIC), constants, SPECIFIC.end)

    return lines


def _pairs(batch: pa.RecordBatch, components: tuple[str, ...], spelling: Spelling) -> Iterator[pa.StringArray]:
    """Yield each component of the key as it is spelled in a row."""
    for component in components:
        first, last = spelling.pair[0].format(component), spelling.pair[1]
        yield spell(batch[component], lambda code, first=first, last=last: f"{first}{code}{last}")  # type: ignore[misc]


def _constants(cube: Cube, spelling: Spelling) -> str:
    """Return the attributes of every series."""
    first, last = spelling.pair
    return "".join(
        f"{first.format(attribute.id)}{escape(attribute.value, _REFERENCES)}{last}"
        for attribute in cube.series_attributes
    )


def _said(batch: pa.RecordBatch, cube: Cube, spelling: Spelling) -> Iterator[pa.StringArray | str]:
    """Yield what an observation says beside its key: the value, then each attribute, null where it has none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    yield spelling.value[0].format(cube.measure.id)
    yield pc.fill_null(number_texts(batch[cube.measure.id]), "NaN")
    yield spelling.value[1] + spelling.attributes
    for attribute in cube.attributes:
        first, last = spelling.pair[0].format(attribute.id), spelling.pair[1]
        yield pc.binary_join_element_wise(pa.scalar(first), _attribute(attribute, batch[attribute.id]), last, "")


def _attribute(attribute: Attribute, column: pa.Array) -> pa.StringArray:
    """Return an attribute's values as texts of XML."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if attribute.codelist is not None:
        return spell(column, lambda code: code)
    text = column.cast(pa.string())
    if attribute.concept.data_type == "string":
        for character, reference in _REFERENCES.items():
            text = pc.replace_substring(text, character, reference)
    return text
