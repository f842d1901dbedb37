"""The data of an SDMX-ML message, read as a stream: structure-specific and generic, in series or flat."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from publisher.checks.sdmx_head import XSI
from publisher.checks.sdmx_message import Message, shown
from publisher.checks.sdmx_message_rows import FLAT, INCOMPLETE, MEASURE, TIME, Sink, Use
from publisher.checks.sdmx_message_structure_xml import line_of, local, reference

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADER = "sdmx-header"
_TYPE = f"{{{XSI}}}type"
# What is looked at; in structure-specific data unqualified, in generic data qualified.
_WHOLE = (
    "Structure",
    "DataSet",
    "Group",
    "Atts",
    "Series",
    "Obs",
    "Comp",
    "SeriesKey",
    "GroupKey",
    "ObsKey",
    "Attributes",
)
_MOST_TYPES = 1_000
_MOST_NAMESPACES = 50
_OFFICIAL = ("http://www.sdmx.org/", "http://www.w3.org/")
_NAME = re.compile(r"[A-Za-z_][\w.\-]*")


class Levels:
    """Which attributes and types each element of structure-specific data has: what a schema of it has to allow."""

    def __init__(self) -> None:
        """Begin without any."""
        self.names: dict[str, set[str]] = defaultdict(set)
        self.types: dict[str, set[str]] = defaultdict(set)
        self.namespaces: dict[str, Use] = {}
        self.has_partial_keys = False

    def add(self, level: str, element: _Element) -> None:
        """Take the names of the attributes of an element, and its type."""
        names = self.names[level]
        if len(names) < _MOST_TYPES:
            names.update(map(str, element.keys()))
        if (kind := element.get(_TYPE)) is not None and len(self.types[level]) < _MOST_TYPES:
            name = kind.strip().rpartition(":")[2]
            if _NAME.fullmatch(name):
                self.types[level].add(name)


Handlers = dict[str, Callable[["_Element"], None]]


class _Reader:
    """Follows the elements of a message, and hands on what they say."""

    def __init__(self, message: Message, sink: Sink, levels: Levels) -> None:
        self._sink, self._levels = sink, levels
        self._is_specific = message.is_specific
        self._may_leave_out = message.version == "3.1"
        self._structures: dict[str, tuple[Use, str, bool]] = {}
        self._explicit = False
        self._at = FLAT
        self._pending: tuple[int | None, dict[str, str]] | None = None
        self.began: Handlers = {"DataSet": self._data_set}
        if self._is_specific:
            self.began |= {"Series": self._series, "Group": self._attributes, "Atts": self._attributes}
            self.ended: Handlers = {"Structure": self._structure, "Obs": self._observation, "Comp": self._comp}
        else:
            self.ended = {
                "Structure": self._structure,
                "SeriesKey": self._series_key,
                "Attributes": self._generic_attributes,
                "Obs": self._generic_observation,
                "Series": self._end_series,
                "Group": self._generic_group,
            }

    def _structure(self, element: _Element) -> None:
        """Take a structure of the header; the element of that name within it is the reference itself."""
        name = element.get("structureID")
        if name is None:
            return
        ref = next((found for child in element if (found := reference(child)) is not None), None)
        at = element.get("dimensionAtObservation") or (TIME if self._is_specific else FLAT)
        explicit = element.get("explicitMeasures") in ("true", "1")
        if name in self._structures:
            self._sink.fault(_HEADER, f"the header has the structureID '{shown(name)}' twice", line_of(element))
        if ref is None:
            words = f"the header's structure '{shown(name)}' refers to no dataflow or structure that can be read"
            self._sink.fault(_HEADER, words, line_of(element))
        self._structures[name] = (Use(ref, at), element.get("namespace") or "", explicit)

    def _data_set(self, element: _Element) -> None:
        """Take the beginning of a data set, which names a structure of the header."""
        said = {str(name).rpartition("}")[2]: str(value) for name, value in element.attrib.items()}
        name = said.get("structureRef", "")
        if name not in self._structures:
            known = ", ".join(self._structures) or "none"
            words = f"the data set is of structure '{shown(name)}', but the header has {shown(known)}"
            self._sink.fault(_HEADER, words, line_of(element))
        only = list(self._structures.values())
        fallback = only[0] if len(only) == 1 else (Use(None, TIME), "", False)
        use, namespace, self._explicit = self._structures.get(name, fallback)
        self._at = use.at_observation
        action = said.get("action", "")
        has_partial_keys = action == "Delete" and self._may_leave_out
        this = Use(use.ref, use.at_observation, action not in INCOMPLETE, has_partial_keys)
        self._levels.has_partial_keys |= has_partial_keys
        self._sink.begin(line_of(element), this)
        if self._is_specific:
            kind = element.get(_TYPE)
            found = element.nsmap.get(kind.rpartition(":")[0] or None, "") if kind else ""
            if kind and namespace and found != namespace and name in self._structures:
                there, here = shown(namespace, 200), shown(found, 200)
                words = (
                    f"the data set's type is in namespace '{here}', the header says '{there}': they must be the same"
                )
                self._sink.fault(_HEADER, words, line_of(element))
            if found and len(self._levels.namespaces) < _MOST_NAMESPACES and not found.startswith(_OFFICIAL):
                self._levels.namespaces.setdefault(found, this)
            self._levels.add("DataSet", element)
            if own := _own(element):
                self._sink.attributes(line_of(element), own)

    def _attributes(self, element: _Element) -> None:
        self._levels.add(local(element), element)
        own = _own(element)
        own.pop("type", None)
        self._sink.attributes(line_of(element), own)

    def _series(self, element: _Element) -> None:
        self._levels.add("Series", element)
        self._sink.series(line_of(element), _own(element))

    def _observation(self, element: _Element) -> None:
        self._levels.add("Obs", element)
        said = _own(element)
        kind = said.pop("type", None)
        if self._explicit and self._at not in said:
            typed = element.get(_TYPE)
            said[self._at] = kind or (typed.rpartition(":")[2] if typed else "")
        for child in element:
            if local(child) == "Comp" and (values := _values_of(child)):
                said.setdefault(str(child.get("id") or ""), values[0])
        self._sink.observation(line_of(element), said)

    def _comp(self, element: _Element) -> None:
        """Take a component with several values; what is said of observations is taken with them."""
        self._levels.add("Comp", element)
        above = element.getparent()
        if above is not None and local(above) != "Obs":
            for value in _values_of(element):
                self._sink.attributes(line_of(element), {str(element.get("id") or ""): value})

    def _series_key(self, element: _Element) -> None:
        self._pending = line_of(element), self._generic_values(element)

    def _end_series(self, _element: _Element | None = None, said: Mapping[str, str] = MappingProxyType({})) -> None:
        """Hand on a series, when all that is said of it has been read."""
        if self._pending is not None:
            line, key = self._pending
            self._pending = None
            self._sink.series(line, {**said, **key}, tuple(key))

    def _generic_values(self, element: _Element | None) -> dict[str, str]:
        found: dict[str, str] = {}
        for child in element if element is not None else ():
            if local(child) == "Value":
                name = str(child.get("id") or "")
                if name in found:
                    self._sink.fault("sdmx-component", f"{shown(name)} stands twice in one key", line_of(child))
                found[name] = str(child.get("value") or "")
        return found

    def _generic_attributes(self, element: _Element) -> None:
        """Take attributes of a series or a data set; those of observations and groups are taken with them."""
        above = element.getparent()
        level = "" if above is None else local(above)
        if level == "Series":
            self._end_series(said=self._generic_values(element))
        elif level == "DataSet":
            self._sink.attributes(line_of(element), self._generic_values(element))

    def _generic_group(self, element: _Element) -> None:
        said: dict[str, str] = {}
        for child in element:
            if local(child) in ("GroupKey", "Attributes"):
                said |= self._generic_values(child)
        self._sink.attributes(line_of(element), said)

    def _generic_observation(self, element: _Element) -> None:
        self._end_series()
        said: dict[str, str] = {}
        key: tuple[str, ...] = ()
        for child in element:
            name = local(child)
            if name == "ObsDimension":
                said[str(child.get("id") or self._at)] = str(child.get("value") or "")
            elif name == "ObsValue":
                said[MEASURE] = str(child.get("value") or "")
            elif name in ("ObsKey", "Attributes"):
                values = self._generic_values(child)
                key = tuple(values) if name == "ObsKey" else key
                said |= values
        self._sink.observation(line_of(element), said, key)


def _values_of(comp: _Element) -> list[str]:
    """Return the values of a component that has elements for them; of words in languages all of one value together."""
    return ["".join(map(str, part.itertext())).strip() for part in comp if local(part) == "Value"]


def _own(element: _Element) -> dict[str, str]:
    """Return the attributes that are components: those without a namespace."""
    return {name: value for name, value in element.attrib.items() if name[0] != "{"}  # type: ignore[misc]


def read_data(message: Message, sink: Sink, levels: Levels | None = None) -> None:
    """Read a data message, which is well-formed; ``levels`` takes what its elements have."""
    from lxml import etree

    reader = _Reader(message, sink, levels or Levels())
    began, ended = reader.began, reader.ended
    forgotten = ("Series", "Group", "Atts", "Obs")
    tags = [f"{{*}}{name}" for name in _WHOLE]
    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    try:
        for event, element in etree.iterparse(
            message.path, ("start", "end"), tag=tags, remove_comments=True, **options
        ):
            name = local(element)
            if event == "start":
                if name in began:
                    began[name](element)
                continue
            if name in ended:
                ended[name](element)
            if name in forgotten:
                _forget(element)
    except (etree.XMLSyntaxError, OSError):  # beyond the limits of libxml2, which the schema says
        return


def _forget(element: _Element) -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    above = element.getparent()
    if above is not None:
        while element.getprevious() is not None:
            del above[0]
