"""What the SDMX formats share: ids of artefacts, the times of messages, what a cube's observations cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from publisher import periods
from publisher.model import FREQ, TIME_PERIOD, Cube, Edition
from publisher.naming import Names
from publisher.observations import Observations

if TYPE_CHECKING:
    import pyarrow as pa

# What the names of all namespaces of a version of SDMX-ML begin with.
NAMESPACES = MappingProxyType(
    {
        "2.1": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1",
        "3.0": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0",
        "3.1": "http://www.sdmx.org/resources/sdmxml/schemas/v3_1",
    }
)
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Contents:
    """What observations there are: the codes of each coded dimension, the periods, and the days these cover.

    Codes stand in the order of their codelist, periods in that of their text; ``begin`` and ``end``
    are None where there are no observations.
    """

    codes: Mapping[str, tuple[str, ...]]
    begin: date | None
    end: date | None
    periods: tuple[str, ...] = ()


def contents(observations: Observations) -> Contents:
    """Return what the observations of a cube cover, read in batches."""
    cube = observations.cube
    found: dict[str, set[str]] = {component: set() for component in cube.key_ids}
    spans: set[tuple[str, str]] = set()
    for batch in observations.batches(_BATCH_ROWS):
        for component, codes in found.items():
            codes.update(batch[component].unique().to_pylist())
        spans |= _pairs(batch[FREQ], batch[TIME_PERIOD])
    days = [periods.bounds(frequency, period) for frequency, period in spans]
    return Contents(
        MappingProxyType(
            {
                dimension.id: tuple(code for code in dimension.codelist.ids if code in found[dimension.id])
                for dimension in cube.dimensions
                if dimension.codelist is not None
            }
        ),
        min((first for first, _ in days), default=None),
        max((last for _, last in days), default=None),
        tuple(sorted(found[TIME_PERIOD])),
    )


def _pairs(left: pa.DictionaryArray, right: pa.DictionaryArray) -> set[tuple[str, str]]:
    """Return the distinct pairs of codes of two columns."""
    import pyarrow as pa
    import pyarrow.compute as pc

    width = max(len(right.dictionary), 1)
    pairs = pc.add(pc.multiply(left.indices.cast(pa.int64()), width), right.indices.cast(pa.int64()))
    lefts, rights = left.dictionary.to_pylist(), right.dictionary.to_pylist()
    return {(lefts[pair // width], rights[pair % width]) for pair in pairs.unique().to_pylist()}


def message_id(names: Names, edition: Edition, cube: Cube | None = None) -> str:
    """Return the id of a message: the structures of an edition, or the data of one of its cubes."""
    return f"{names.structure_id(cube.id if cube else None)}_{edition.id}"


def flow_reference(names: Names, cube: Cube) -> str:
    """Return a cube's dataflow as SDMX-CSV and portals refer to it: ``NAV:DF_TILT140_COUNTY(1.0)``."""
    return f"{names.agency}:{names.dataflow(cube.id)}({names.version})"
