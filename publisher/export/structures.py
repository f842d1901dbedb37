"""The structures of a release as a portal meets them: what one SDMX-ML 2.1 file says, not our model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.checks.doctype import declares_doctype
from publisher.export.references import (
    CONTAINERS,
    FIRST_VERSION,
    Key,
    Reference,
    first_reference,
    line_of,
    local,
    read_reference,
)
from publisher.model import OBS_VALUE, TIME_PERIOD

if TYPE_CHECKING:
    from lxml.etree import _Element

FILE = "sdmx/structure-2.1.xml"

_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_MESSAGE, _STR, _COM = (f"{{{_ROOT}/{word}}}" for word in ("message", "structure", "common"))
_ROLES: dict[str, Role] = {
    "Dimension": "dimension",
    "TimeDimension": "time",
    "Attribute": "attribute",
    "PrimaryMeasure": "measure",
}

Role = Literal["dimension", "time", "attribute", "measure"]


class UnreadableError(Exception):
    """A file is not what its name says; the message says why, ``line`` where."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Keep the message and the line."""
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a DSD; ``text_type`` is the type of plain values where there is no codelist."""

    id: str
    role: Role
    concept: Reference | None
    codelist: Key | None
    text_type: str | None
    mandatory: bool
    line: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation: its type, its title, and its line."""

    type: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Artefact:
    """A maintainable artefact: its element, its items by id with their lines, and its annotations."""

    key: Key
    line: int
    items: Mapping[str, int]
    annotations: tuple[Annotation, ...]
    element: _Element


@dataclass(frozen=True, slots=True)
class DataStructure:
    """A DSD and its components, in the order of the file."""

    artefact: Artefact
    components: tuple[Component, ...]

    def of_role(self, *roles: Role) -> tuple[Component, ...]:
        """Return the components of these roles."""
        return tuple(component for component in self.components if component.role in roles)

    @property
    def key(self) -> tuple[Component, ...]:
        """The dimensions, time last."""
        return (*self.of_role("dimension"), *self.of_role("time"))


@dataclass(frozen=True, slots=True)
class Region:
    """A cube region of a constraint: values by component, ranges of time, and whether they are what may be."""

    constraint: Artefact
    type: str
    include: bool
    values: Mapping[str, frozenset[str]]
    ranges: Mapping[str, tuple[str | None, str | None]]


class Structures:
    """Every artefact of the file, by its key."""

    def __init__(self, path: Path, collections: frozenset[str] | None = None) -> None:
        """Read the file; where collections are named only those, and no actual constraints.

        Raises UnreadableError where it is no SDMX-ML 2.1 structure message.
        """
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        if declares_doctype(path):
            raise UnreadableError("declares a document type, which no SDMX message does", None)
        try:
            self.tree = etree.parse(str(path), parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableError(f"is not well-formed XML: {error.msg}", error.lineno) from error
        root = self.tree.getroot()
        found = root.find(f"{_MESSAGE}Structures")
        if root.tag != f"{_MESSAGE}Structure" or found is None:
            raise UnreadableError("is no SDMX-ML 2.1 structure message", line_of(root))
        if collections is not None:
            _keep(found, collections)
        self.root = found
        self.artefacts: dict[Key, Artefact] = {}
        self.twice: list[Artefact] = []
        for element in (child for collection in found for child in collection.iter() if _is_maintainable(child)):
            artefact = _artefact(element)
            if artefact.key in self.artefacts:
                self.twice.append(artefact)
            self.artefacts.setdefault(artefact.key, artefact)

    def of_kind(self, kind: str) -> tuple[Artefact, ...]:
        """Return the artefacts of a class, in the order of the file."""
        return tuple(artefact for key, artefact in self.artefacts.items() if key.kind == kind)

    def holds(self, reference: Reference) -> bool:
        """Say whether what is referred to stands in the file."""
        artefact = self.artefacts.get(reference.key)
        return artefact is not None and (reference.item is None or reference.item in artefact.items)

    def references(self) -> Iterator[tuple[Artefact, Reference]]:
        """Yield every reference with the artefact it stands in."""
        for artefact in (*self.artefacts.values(), *self.twice):
            for element in artefact.element.iter("Ref", "URN"):
                yield artefact, read_reference(element, artefact.key)

    def refers(self, artefact: Artefact, name: str) -> Reference | None:
        """Return what the child element of an artefact refers to; None where there is no such child."""
        return first_reference(artefact.element.find(f"{_STR}{name}"), artefact.key)

    def data_structure(self, flow: Artefact) -> DataStructure | None:
        """Return the DSD of a dataflow, or None where the file does not hold it."""
        reference = self.refers(flow, "Structure")
        artefact = None if reference is None else self.artefacts.get(reference.key)
        if artefact is None or artefact.key.kind != "DataStructure":
            return None
        found = artefact.element.findall(f"{_STR}DataStructureComponents/*/*")
        components = (self._component(element, artefact) for element in found if local(element) in _ROLES)
        return DataStructure(artefact, tuple(components))

    def codes(self, codelist: Key | None) -> list[str]:
        """Return the codes of a codelist, none where the file does not hold it."""
        artefact = None if codelist is None else self.artefacts.get(codelist)
        return [] if artefact is None else list(artefact.items)

    def regions(self, flow: Artefact) -> Iterator[Region]:
        """Yield the cube regions of the constraints on a dataflow, or on its DSD."""
        dsd = self.refers(flow, "Structure")
        about = {flow.key, *([] if dsd is None else [dsd.key])}
        for constraint in self.of_kind("ContentConstraint"):
            attachment = constraint.element.find(f"{_STR}ConstraintAttachment")
            attached = () if attachment is None else attachment.iter("Ref", "URN")
            if about & {read_reference(element, constraint.key).key for element in attached}:
                yield from (_region(constraint, region) for region in constraint.element.findall(f"{_STR}CubeRegion"))

    def _component(self, element: _Element, dsd: Artefact) -> Component:
        role = _ROLES[local(element)]
        concept = first_reference(element.find(f"{_STR}ConceptIdentity"), dsd.key)
        default = {"time": TIME_PERIOD, "measure": OBS_VALUE}.get(role, "" if concept is None else concept.item or "")
        representation = element.find(f"{_STR}LocalRepresentation")
        if representation is None and concept is not None:
            representation = self._core(concept)
        enumeration = text = None
        if representation is not None:
            enumeration = first_reference(representation.find(f"{_STR}Enumeration"), dsd.key)
            text = representation.find(f"{_STR}TextFormat")
        return Component(
            element.get("id", default),
            role,
            concept,
            None if enumeration is None else enumeration.key,
            None if text is None else text.get("textType", "String"),
            element.get("assignmentStatus") == "Mandatory",
            line_of(element),
        )

    def _core(self, concept: Reference) -> _Element | None:
        scheme = self.artefacts.get(concept.key)
        for item in () if scheme is None else scheme.element.iter(f"{_STR}Concept"):
            if item.get("id") == concept.item:
                return item.find(f"{_STR}CoreRepresentation")
        return None


def _keep(structures: _Element, collections: frozenset[str]) -> None:
    """Take away other collections, actual constraints, and what is empty then."""
    for collection in list(structures):
        for artefact in collection.findall(f"{_STR}ContentConstraint"):
            if artefact.get("type", "Actual") == "Actual":
                collection.remove(artefact)
        if local(collection) not in collections or not len(collection):
            structures.remove(collection)


def _is_maintainable(element: _Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(_STR) and "agencyID" in element.attrib


def _artefact(element: _Element) -> Artefact:
    said = (element.get("agencyID", ""), element.get("id", ""), element.get("version", FIRST_VERSION))
    key = Key(local(element), *said)
    annotations = element.findall(f"{_COM}Annotations/{_COM}Annotation")
    return Artefact(
        key,
        line_of(element),
        _items(element, key.kind),
        tuple(
            Annotation(
                note.findtext(f"{_COM}AnnotationType", "").strip(),
                note.findtext(f"{_COM}AnnotationTitle", "").strip(),
                line_of(note),
            )
            for note in annotations
        ),
        element,
    )


def _items(element: _Element, kind: str) -> dict[str, int]:
    """Return the ids of what an artefact holds, with their lines: items of a scheme, components of a DSD."""
    if kind == "DataStructure":
        found = [child for child in element.findall(f"{_STR}DataStructureComponents/*/*") if "id" in child.attrib]
    else:
        held = {container: item for item, container in CONTAINERS.items()}.get(kind)
        found = list(element.iter(f"{_STR}{held}")) if held else []
    return {item.get("id", ""): line_of(item) for item in found}


def _region(constraint: Artefact, element: _Element) -> Region:
    values: dict[str, frozenset[str]] = {}
    ranges: dict[str, tuple[str | None, str | None]] = {}
    for selection in element.iter(f"{_COM}KeyValue", f"{_COM}Attribute"):
        name = selection.get("id", "")
        said = frozenset(value.text or "" for value in selection.findall(f"{_COM}Value"))
        if said:
            values[name] = values.get(name, frozenset()) | said
        time = selection.find(f"{_COM}TimeRange")
        if time is not None:
            ranges[name] = (time.findtext(f"{_COM}StartPeriod"), time.findtext(f"{_COM}EndPeriod"))
    kind = constraint.element.get("type", "Actual")
    return Region(constraint, kind, element.get("include", "true") in ("true", "1"), values, ranges)
