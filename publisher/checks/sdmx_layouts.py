"""The layouts of SDMX-ML data that this project writes, as patterns that a line must match as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from publisher.model import TIME_PERIOD, Cube

_PLAIN = '[^"<>&]*'
_ESCAPED = '(?:[^"<>&]|&(?:amp|lt|gt|quot|#9|#10|#13);)*'


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a message are spelled; what is between the two texts of a pair is a value.

    The pair of the value is ``value``, with the measure's id in it where it has one.
    """

    root: str
    is_flat: bool
    series: tuple[str, str, str]
    close: str
    observation: tuple[str, str, str]
    pair: tuple[str, str]
    time: tuple[str, str]
    value: tuple[str, str]

    @property
    def tail(self) -> list[str]:
        """The lines after the last observation or series."""
        return ["</message:DataSet>", f"</message:{self.root}>"]


_PAIR = (' {}="', '"')
_TIME = (f' {TIME_PERIOD}="', '"')
_SPECIFIC = "StructureSpecificData"
IN_SERIES = Layout(_SPECIFIC, False, ("<Series", "", ">"), "</Series>", ("<Obs", "", "/>"), _PAIR, _TIME, _PAIR)
FLAT = Layout(_SPECIFIC, True, ("", "", ""), "", ("<Obs", "", "/>"), _PAIR, _TIME, _PAIR)
GENERIC = Layout(
    "GenericData",
    False,
    (
        "<generic:Series><generic:SeriesKey>",
        "</generic:SeriesKey><generic:Attributes>",
        "</generic:Attributes>",
    ),
    "</generic:Series>",
    ("<generic:Obs>", "<generic:Attributes>", "</generic:Attributes></generic:Obs>"),
    ('<generic:Value id="{}" value="', '"/>'),
    ('<generic:ObsDimension value="', '"/>'),
    ('<generic:ObsValue value="', '"/>'),
)


def series_pattern(cube: Cube, layout: Layout) -> str:
    """Return what the line that begins a series matches; nothing but an empty one where no series begins."""
    if layout.is_flat:
        return "^$"
    first, middle, last = map(re.escape, layout.series)
    return f"^{first}{_keys_pattern(cube, layout)}{middle}{_constants_pattern(cube, layout)}{last}$"


def observation_pattern(cube: Cube, layout: Layout) -> str:
    """Return what a line of an observation matches; whatever is not of the key may be missing."""
    first, middle, last = map(re.escape, layout.observation)
    keys, constants = _keys_pattern(cube, layout), _constants_pattern(cube, layout)
    time = f"{re.escape(layout.time[0])}(?P<time>{_PLAIN}){re.escape(layout.time[1])}"
    value = f"(?P<value>{_pair_pattern(layout.value, cube.measure.id, _PLAIN)})?"
    attributes = ""
    for number, attribute in enumerate(cube.attributes):
        text = _ESCAPED if attribute.concept.data_type == "string" else _PLAIN
        attributes += f"(?P<a{number}>{_pair_pattern(layout.pair, attribute.id, text)})?"
    if layout.is_flat:
        return f"^{first}{keys}{time}{value}{attributes}{constants}{last}$"
    return f"^{first}{time}{value}{middle}{attributes}{last}$"


def _keys_pattern(cube: Cube, layout: Layout) -> str:
    return "".join(
        _pair_pattern(layout.pair, component, f"(?P<f{number}>{_PLAIN})")
        for number, component in enumerate(cube.key_ids[:-1])
    )


def _constants_pattern(cube: Cube, layout: Layout) -> str:
    return "".join(
        _pair_pattern(layout.pair, attribute.id, re.escape(attribute.value)) for attribute in cube.series_attributes
    )


def _pair_pattern(pair: tuple[str, str], component: str, value: str) -> str:
    return f"{re.escape(pair[0].format(component))}{value}{re.escape(pair[1])}"
