"""The data of an SDMX-JSON message of 1.0 or 2.x: positions are looked up, and must be there.

Source: SDMX-JSON data message field guide, 1.0 and 2.0 (structure, dataSets, series, observations).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.checks.sdmx_message import Message, shown
from publisher.checks.sdmx_message_model import Ref, parse_urn
from publisher.checks.sdmx_message_rows import FLAT, INCOMPLETE, MEASURE, Sink, Use
from publisher.checks.sdmx_message_safe import read_json

RULE = "sdmx-json"
# Where a value of a component says what it is, coded or not.
_VALUE_NAMES = ("id", "value", "name")
# A dimension that what is said does not depend on.
_SWITCHED_OFF = "~"


def read_data(message: Message, sink: Sink) -> None:
    """Read a data message, which is JSON that can be read; what its schema refuses is left out."""
    data = _object(_object(read_json(message.path)).get("data"))
    structures = _list(data.get("structures")) or [data.get("structure")]
    for number, found in enumerate(_list(data.get("dataSets"))):
        data_set = _object(found)
        index = data_set.get("structure", 0)
        if not _is_index(index) or index >= len(structures):
            sink.fault(RULE, f"data set {number} is of structure {shown(index)}, and there are {len(structures)}")
            continue
        _DataSet(_object(structures[index]), data_set, sink).read()


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class _Component:
    """A component of the message: its id, and the values that positions stand for, if it lists any."""

    def __init__(self, said: Any) -> None:
        found = _object(said)
        self.id = str(found.get("id", ""))
        self.position: Any = found.get("keyPosition")
        self.values = [_value(item) for item in _list(found.get("values"))]

    def at(self, position: Any) -> str | None:
        """Return the value at a position; None where there is none."""
        return self.values[position] if _is_index(position) and position < len(self.values) else None

    def at_text(self, position: str) -> str | None:
        """Return the value at a position of a key; None where there is none."""
        is_number = position.isdigit() and position.isascii() and len(position) < 10
        return self.at(int(position)) if is_number else None


def _no_value(component: _Component, part: str, what: str, key: str) -> str:
    words = f"position {shown(part)} of the {what} key '{shown(key)}' is no value of {component.id}"
    return f"{words}: it has {len(component.values)}"


def _value(said: Any) -> str:
    """Return the id of a value, or its text where it is not coded; nothing where it has several."""
    if isinstance(said, dict):
        said = next((said[name] for name in _VALUE_NAMES if name in said), "")
    return str(said) if isinstance(said, str | int | float) and not isinstance(said, bool) else ""


class _DataSet:
    """One data set of a message, with the components of its structure by level."""

    def __init__(self, structure: dict[str, Any], data_set: dict[str, Any], sink: Sink) -> None:
        self._data_set, self._sink = data_set, sink
        self._ref = _ref_of(structure, data_set)
        self._dimensions = {
            level: _components(structure, "dimensions", level) for level in ("dataSet", "series", "observation")
        }
        self._attributes = {
            level: _components(structure, "attributes", level) for level in ("dataSet", "series", "observation")
        }
        self._groups = _components(structure, "attributes", "dimensionGroup")
        self._measures = [_Component({"id": MEASURE})]
        if "measures" in structure:
            self._measures = _components(structure, "measures", "observation")
        # Positions of annotations follow those of attributes.
        self._annotations = len(_list(structure.get("annotations")))
        self._above: dict[str, str] = {}

    def read(self) -> None:
        """Hand on all of it."""
        action = str(self._data_set.get("action", ""))
        in_series = isinstance(self._data_set.get("series"), dict)
        at = [component.id for component in self._dimensions["observation"]]
        arranged = at[0] if in_series and len(at) == 1 else FLAT
        self._sink.begin(None, Use(self._ref, arranged, is_whole=action not in INCOMPLETE))
        self._above = {item.id: item.values[0] for item in self._dimensions["dataSet"] if item.values}
        self._read_levels()
        if not in_series:
            for key, cells in _object(self._data_set.get("observations")).items():
                self._observation(key, cells, self._above)
            return
        ids = tuple([*self._above, *(component.id for component in self._dimensions["series"])])
        for key, found in _object(self._data_set.get("series")).items():
            said = self._key("series", key, "series")
            if said is None:
                continue
            series = _object(found)
            whole = {**self._above, **said, **self._said("series", _list(series.get("attributes")), key)}
            self._sink.series(None, whole, ids)
            for own, cells in _object(series.get("observations")).items():
                self._observation(own, cells, {} if arranged != FLAT else {**self._above, **said})

    def _read_levels(self) -> None:
        """Hand on what is said of the data set, and of parts of the key."""
        said = self._said("dataSet", _list(self._data_set.get("attributes")), "the data set")
        for key, cells in _object(self._data_set.get("dimensionGroupAttributes")).items():
            self._check_group(key)
            pairs = zip(self._groups, _list(cells), strict=False)
            said |= {item.id: text for item, cell in pairs if (text := self._cell(item, cell, "a group")) is not None}
        if said:
            self._sink.attributes(None, said)

    def _check_group(self, key: str) -> None:
        """Refuse a part of the key that is of other dimensions, or of values that they have not."""
        parts = key.split(":")
        components = [item for level in self._dimensions.values() for item in level]
        if len(parts) != len(components):
            words = f"the group key '{shown(key)}' has {len(parts)} positions, {len(components)} expected"
            self._sink.fault(RULE, words)
        elif all(_is_index(item.position) for item in components):
            for item, part in zip(sorted(components, key=lambda item: item.position), parts, strict=True):
                if part not in ("", _SWITCHED_OFF) and item.at_text(part) is None:
                    self._sink.fault(RULE, _no_value(item, part, "group", key))

    def _key(self, level: str, key: str, what: str) -> dict[str, str] | None:
        """Return the values that the positions of a key stand for; None, which is said, where it is no key."""
        components, parts = self._dimensions[level], key.split(":") if key else []
        if len(parts) != len(components):
            self._sink.fault(
                RULE, f"the {what} key '{shown(key)}' has {len(parts)} positions, {len(components)} expected"
            )
            return None
        said = {}
        for component, part in zip(components, parts, strict=True):
            value = component.at_text(part)
            if value is None:
                self._sink.fault(RULE, _no_value(component, part, what, key))
                return None
            said[component.id] = value
        return said

    def _said(self, level: str, cells: list[Any], where: str) -> dict[str, str]:
        components = self._attributes[level]
        if len(cells) > len(components):
            self._sink.fault(RULE, f"{len(cells)} attributes of {shown(where)}, the structure has {len(components)}")
        pairs = zip(components, cells, strict=False)
        return {item.id: text for item, cell in pairs if (text := self._cell(item, cell, where)) is not None}

    def _cell(self, component: _Component, cell: Any, where: str) -> str | None:
        """Return what an attribute says: at a position, or by itself where the component lists no values."""
        if cell is None or isinstance(cell, list | dict):
            return None
        if _is_index(cell) and component.values:
            if (value := component.at(cell)) is None:
                words = f"position {shown(cell)} of {component.id}, of {shown(where)}, is no value of it"
                self._sink.fault(RULE, f"{words}: it has {len(component.values)}")
            return value or None
        return _value(cell) or None

    def _observation(self, key: str, cells: Any, above: Mapping[str, str]) -> None:
        said = self._key("observation", key, "observation")
        if said is None:
            return
        listed = _list(cells)
        measured = len(self._measures)
        last = measured + len(self._attributes["observation"])
        where = f"observation {key}"
        values = {item.id: str(cell) for item, cell in self._measured(listed[:measured])}
        whole = {**above, **said, **values, **self._said("observation", listed[measured:last], where)}
        for cell in listed[last:]:
            if cell is not None and not (_is_index(cell) and cell < self._annotations):
                words = f"has {len(listed)} parts, and what comes after {last} is no annotation of the structure"
                self._sink.fault(RULE, f"{shown(where)} {words}")
                break
        self._sink.observation(None, whole, tuple([*above, *said]))

    def _measured(self, cells: list[Any]) -> Iterator[tuple[_Component, Any]]:
        """Yield the measures that have a value."""
        for component, cell in zip(self._measures, cells, strict=False):
            if cell is not None and not isinstance(cell, list | dict):
                known = component.at(cell) if component.values else None
                yield component, cell if known is None else known


def _components(structure: dict[str, Any], kind: str, level: str) -> list[_Component]:
    return [_Component(item) for item in _list(_object(structure.get(kind)).get(level))]


def _ref_of(structure: dict[str, Any], data_set: dict[str, Any]) -> Ref | None:
    """Return what the data are of, by the links of the data set or of its structure: a dataflow before a DSD."""
    found = []
    for link in (*_list(data_set.get("links")), *_list(structure.get("links"))):
        for name in ("urn", "href"):
            urn = _object(link).get(name)
            if isinstance(urn, str) and (ref := parse_urn(urn)):
                found.append(ref)
    wanted = [ref for kind in ("Dataflow", "DataStructure", "ProvisionAgreement") for ref in found if ref.kind == kind]
    return wanted[0] if wanted else None
