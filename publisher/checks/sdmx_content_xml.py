"""A structure message of SDMX-ML, of any version, read into a tree of plain words.

Every element and attribute is taken from its place; what is left over is a fault, so that nothing
is in a file that was not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.doctype import refuse_doctype
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_content_model import Tree
from publisher.checks.sdmx_head import SPACES

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES = {"message": "message", "str": "structure", "com": "common"}
_USAGE = {"Mandatory": "mandatory", "Conditional": "optional"}


def read_xml(path: Path) -> tuple[Tree, list[str]]:
    """Return what a message says, and what it holds that nobody asked for; UnreadableError where it is no XML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        refuse_doctype(path)
        root = etree.parse(path, parser).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise UnreadableError(str(error)) from error
    faults: list[str] = []
    message = Part(root, str(root.tag).partition("}")[0][1:].removesuffix("/message"), faults, "message")
    tree: Tree = {"header": _header(message.one("message:Header"))}
    structures = message.one("message:Structures")
    for collection in structures.every():
        for artefact in collection.every():
            _take_artefact(tree, artefact)
        collection.end()
    structures.end()
    message.end()
    return tree, faults


class Part:
    """An element whose parts are taken one by one; ``end`` notes what is left over."""

    def __init__(self, element: _Element | None, namespace: str, faults: list[str], place: str) -> None:
        """Begin with an element, or with nothing where it is absent."""
        self.name = "" if element is None else str(element.tag).rpartition("}")[2]
        self.is_there = element is not None
        self.words = "" if element is None else element.text or ""
        self.place = place
        self._attributes: dict[Any, Any] = {} if element is None else dict(element.attrib.items())
        self._children = [] if element is None else list(element)
        self.namespace, self._faults = namespace, faults

    def attribute(self, name: str) -> str | None:
        """Take an attribute; None where there is none."""
        value = self._attributes.pop(name, None)
        return None if value is None else str(value)

    def all(self, name: str) -> list[Part]:
        """Take the elements of a name; its prefix stands for the namespace, no prefix for none."""
        prefix, _, local = name.rpartition(":")
        tag = f"{{{self.namespace}/{_SPACES[prefix]}}}{local}" if prefix else local
        taken = [child for child in self._children if child.tag == tag]
        self._children = [child for child in self._children if child.tag != tag]
        return [self._part(child) for child in taken]

    def every(self) -> list[Part]:
        """Take all elements of the structure namespace, in order."""
        taken, self._children = self._children, []
        space = f"{{{self.namespace}/structure}}"
        self._children = [child for child in taken if not str(child.tag).startswith(space)]
        return [self._part(child) for child in taken if str(child.tag).startswith(space)]

    def one(self, name: str) -> Part:
        """Take the one element of a name; an absent one says nothing, a second one is left over."""
        found = self.all(name)
        for extra in found[1:]:
            self._faults.append(f"{extra.place} stands twice")
        return found[0] if found else Part(None, self.namespace, self._faults, f"{self.place} / {name}")

    def text(self, name: str) -> str | None:
        """Take the one element of a name and return its text."""
        part = self.one(name)
        part.end()
        return part.words if part.is_there else None

    def end(self) -> None:
        """Note attributes and elements that nobody took."""
        left = [*self._attributes, *(str(child.tag) for child in self._children)]
        self._faults += [f"{self.place} holds {name.rpartition('}')[2]}, which is not looked for" for name in left]

    def _part(self, child: _Element) -> Part:
        local = str(child.tag).rpartition("}")[2]
        called = child.get("id")
        step = local if called is None else f"{local} {called}"
        place = step if self.name in ("", "Structures") else f"{self.place} / {step}"
        return Part(child, self.namespace, self._faults, place)


def _header(part: Part) -> Tree:
    sender = part.one("message:Sender")
    found = {
        "id": part.text("message:ID"),
        "test": part.text("message:Test"),
        "prepared": part.text("message:Prepared"),
        "sender": sender.attribute("id"),
    }
    sender.end()
    part.end()
    return found


def _take_artefact(tree: Tree, part: Part) -> None:
    """Take an artefact of any class with its content."""
    class_name, found = part.name, _nameable(part)
    artefact = part.attribute("id")
    said = {
        "agency": part.attribute("agencyID"),
        "version": part.attribute("version"),
        "isFinal": part.attribute("isFinal"),
        "isPartial": part.attribute("isPartial"),
    }
    found |= {name: value for name, value in said.items() if value is not None}
    found |= _CONTENT[class_name](part) if class_name in _CONTENT else {}
    part.end()
    key = f"{class_name} {found.get('dataflow') if artefact is None else artefact}"
    tree[key if key not in tree else f"{key} (again)"] = found


def _nameable(part: Part) -> Tree:
    """Take URN, names, descriptions and annotations."""
    said = {
        "urn": part.attribute("urn"),
        "name": _texts(part.all("com:Name")),
        "description": _texts(part.all("com:Description")),
        "annotations": [note for block in part.all("com:Annotations") for note in _annotations(block)],
    }
    return {name: value for name, value in said.items() if value}


def _texts(parts: Iterable[Part]) -> Tree:
    """Return words by language; SDMX takes words without a tag for English."""
    found: Tree = {}
    for part in parts:
        language = part.attribute(_LANGUAGE) or "en"
        found[language if language not in found else f"{language} (again)"] = part.words
        part.end()
    return found


def _annotations(block: Part) -> list[Tree]:
    found = []
    for part in block.all("com:Annotation"):
        said = {
            "type": part.text("com:AnnotationType"),
            "title": part.text("com:AnnotationTitle"),
            "url": part.text("com:AnnotationURL"),
            "text": _texts(part.all("com:AnnotationText")) or None,
        }
        part.end()
        found.append({name: value for name, value in said.items() if value is not None})
    block.end()
    return found


def _reference(part: Part) -> str | None:
    """Return the URN that an element is, or that its ``Ref`` spells out, or the id of something near."""
    if not part.is_there:
        return None
    ref = part.one("Ref")
    part.end()
    if not ref.is_there:
        return part.words
    names = ("id", "agencyID", "package", "class", "version", "maintainableParentID", "maintainableParentVersion")
    said = {name: ref.attribute(name) for name in names}
    ref.end()
    if said["package"] is None:
        return said["id"]
    artefact, version, item = said["id"], said["version"], ""
    if said["maintainableParentID"] is not None:
        artefact, version, item = said["maintainableParentID"], said["maintainableParentVersion"], f".{said['id']}"
    where = f"{said['package']}.{said['class']}={said['agencyID']}:{artefact}({version}){item}"
    return f"urn:sdmx:org.sdmx.infomodel.{where}"


def _items(name: str) -> Callable[[Part], Tree]:
    """Return how a scheme of items is taken."""

    def take(part: Part) -> Tree:
        found: Tree = {}
        for child in part.all(f"str:{name}"):
            said = _nameable(child)
            item = str(child.attribute("id"))
            parent, contact = _reference(child.one("str:Parent")), child.one("str:Contact")
            core = child.one("str:CoreRepresentation")
            said |= {"parent": parent} if parent is not None else {}
            said |= {"contact": _contact(contact)} if contact.is_there else {}
            said |= {"representation": _representation(core)} if core.is_there else {}
            child.end()
            found[item if item not in found else f"{item} (again)"] = said
        return {"items": found}

    return take


def _contact(part: Part) -> Tree:
    said = {"uri": part.text("str:URI"), "email": part.text("str:Email")}
    found: Tree = {"name": _texts(part.all("com:Name"))}
    part.end()
    return found | {name: value for name, value in said.items() if value is not None}


def _representation(part: Part) -> str | None:
    """Return the codelist, or the type of plain values; more than its type is left over."""
    codelist, plain = _reference(part.one("str:Enumeration")), part.one("str:TextFormat")
    kind = plain.attribute("textType")
    plain.end()
    part.end()
    return codelist if codelist is not None else kind


def _references(**elements: str) -> Callable[[Part], Tree]:
    """Return how references are taken; ``elements`` are the names of each, with blanks between."""

    def take(part: Part) -> Tree:
        found = {}
        for role, names in elements.items():
            for name in names.split():
                urn = _reference(part.one(f"str:{name}"))
                if urn is not None:
                    found[role] = urn
        return found

    return take


def _hierarchy(part: Part) -> Tree:
    codes: Tree = {}

    def walk(above: Part, parent: str | None) -> None:
        for code in above.all("str:HierarchicalCode"):
            name = str(code.attribute("id"))
            said = {"code": code.text("str:Code"), "parent": parent}
            codes[name if name not in codes else f"{name} (again)"] = {
                key: value for key, value in said.items() if value is not None
            }
            walk(code, name)
            code.end()

    walk(part, None)
    return {"hasFormalLevels": part.attribute("hasFormalLevels"), "codes": codes}


def _structure(part: Part) -> Tree:
    found: Tree = {}
    components = part.one("str:DataStructureComponents")
    for name in ("Dimension", "Attribute", "Measure"):
        held = components.one(f"str:{name}List")
        if held.attribute("id") != f"{name}Descriptor":
            found[f"{name}List"] = "another id"
        for position, component in enumerate(held.every(), 1):
            key = str(component.attribute("id"))
            found[key if key not in found else f"{key} (again)"] = _component(component, str(position))
        held.end()
    components.end()
    return {"components": found}


def _component(part: Part, position: str) -> Tree:
    found: Tree = {
        "role": part.name.removeprefix("Primary"),
        "concept": _reference(part.one("str:ConceptIdentity")),
        "representation": _representation(part.one("str:LocalRepresentation")),
    }
    wanted = position if part.namespace == SPACES["2.1"] and part.name.endswith("Dimension") else None
    said = part.attribute("position")
    if said != wanted:
        found["position"] = f"{said}, not {wanted}"
    usage = part.attribute("usage") or _USAGE.get(part.attribute("assignmentStatus") or "")
    if usage is not None:
        found["usage"] = usage
    related = part.one("str:AttributeRelationship")
    if related.is_there:
        dimensions = [_reference(dimension) for dimension in related.all("str:Dimension")]
        measure, observation = related.one("str:PrimaryMeasure"), related.one("str:Observation")
        _reference(measure)
        alone = ["the observation"] if measure.is_there or observation.is_there else []
        found["relates to"] = [*dimensions, *alone]
        related.end()
    part.end()
    return found


def _constraint(part: Part) -> Tree:
    attachment, region = part.one("str:ConstraintAttachment"), part.one("str:CubeRegion")
    values: Tree = {}
    for key in (*region.all("com:KeyValue"), *region.all("str:KeyValue")):
        name = str(key.attribute("id"))
        span = key.one("com:TimeRange")
        days = [span.one(f"com:{end}Period") for end in ("Start", "End")]
        listed = [value.words for value in (*key.all("com:Value"), *key.all("str:Value"))]
        if span.is_there:
            listed.append("/".join(day.words for day in days if day.attribute("isInclusive") != "false"))
        values[name if name not in values else f"{name} (again)"] = listed
        for taken in (*days, span, key):
            taken.end()
    said = {
        "role": part.attribute("role") or part.attribute("type"),
        "dataflow": _reference(attachment.one("str:Dataflow")),
        "include": region.attribute("include"),
        "obsCount": part.attribute("obsCount"),
        "region": values,
    }
    for taken in (attachment, region):
        taken.end()
    return {name: value for name, value in said.items() if value is not None}


_CONTENT: dict[str, Callable[[Part], Tree]] = {
    "AgencyScheme": _items("Agency"),
    "DataProviderScheme": _items("DataProvider"),
    "CategoryScheme": _items("Category"),
    "Codelist": _items("Code"),
    "ConceptScheme": _items("Concept"),
    "Hierarchy": _hierarchy,
    "DataStructure": _structure,
    "Dataflow": _references(structure="Structure"),
    "Categorisation": _references(source="Source", target="Target"),
    "ProvisionAgreement": _references(dataflow="StructureUsage Dataflow", provider="DataProvider"),
    "ContentConstraint": _constraint,
    "DataConstraint": _constraint,
    "AvailabilityConstraint": _constraint,
}
