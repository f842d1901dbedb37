"""What the actual constraints of a structure message in SDMX-ML say of each dataflow: codes, periods, days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError
from publisher.model import TIME_PERIOD

if TYPE_CHECKING:
    from lxml.etree import _Element

# What an actual constraint is called in 2.1, 3.0 and 3.1, and how the first two say that it is one.
_KINDS = {"ContentConstraint": "type", "DataConstraint": "role", "AvailabilityConstraint": None}


@dataclass(frozen=True, slots=True)
class Region:
    """What there is: the values of each dimension, and the first and the last day (2.1 names no periods)."""

    values: Mapping[str, frozenset[str]]
    begin: date | None
    end: date | None


def read_regions(path: Path) -> dict[str, Region]:
    """Return the region of each dataflow, by its id; UnreadableError where the file is not such a message."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.parse(path, parser).getroot()
        regions = {}
        for kind, attribute in _KINDS.items():
            for constraint in root.iterfind(f".//{{*}}{kind}"):
                if attribute is None or constraint.get(attribute) == "Actual":
                    regions[_flow(constraint)] = _region(constraint)
    except (OSError, ValueError, etree.XMLSyntaxError) as error:
        raise UnreadableError(" ".join(str(error).split())) from error
    return regions


def _flow(constraint: _Element) -> str:
    """Return the id of the dataflow that a constraint is attached to: of a Ref, or of a URN."""
    attached = constraint.find(".//{*}ConstraintAttachment/{*}Dataflow")
    if attached is None:
        return ""
    referred = attached.find("Ref")
    if referred is not None:
        return referred.get("id", "")
    return (attached.text or "").rpartition(":")[2].partition("(")[0]


def _region(constraint: _Element) -> Region:
    values, days = {}, {}
    for selection in constraint.iterfind(".//{*}CubeRegion/{*}KeyValue"):
        component = selection.get("id", "")
        listed = [value.text or "" for value in selection.iterfind("{*}Value")]
        if listed or component != TIME_PERIOD:
            values[component] = frozenset(listed)
        for name in ("StartPeriod", "EndPeriod"):
            if (day := selection.find(f".//{{*}}{name}")) is not None:
                days[name] = date.fromisoformat(day.text or "")
    return Region(values, days.get("StartPeriod"), days.get("EndPeriod"))
