"""A structure message of SDMX-JSON 2.0 read into a tree of plain words.

Every property is taken from its object; what is left over is a fault, because the schema lets any
property pass. A localised text is held against its best match.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_content_model import Tree

_CLASSES = {
    "agencySchemes": ("AgencyScheme", "agencies"),
    "dataProviderSchemes": ("DataProviderScheme", "dataProviders"),
    "codelists": ("Codelist", "codes"),
    "conceptSchemes": ("ConceptScheme", "concepts"),
    "dataStructures": ("DataStructure", ""),
    "dataflows": ("Dataflow", ""),
    "categorySchemes": ("CategoryScheme", "categories"),
    "categorisations": ("Categorisation", ""),
    "provisionAgreements": ("ProvisionAgreement", ""),
    "dataConstraints": ("DataConstraint", ""),
}
_SCHEMA = "/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json"


def read_json(path: Path) -> tuple[Tree, list[str]]:
    """Return what a message says, and what it holds that nobody asked for; UnreadableError where it is no JSON."""
    faults: list[str] = []
    try:
        message = json.loads(path.read_bytes(), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    root = Part(message, faults, "message")
    data = Part(root.take("data"), faults, "data")
    tree: Tree = {}
    for collection, (class_name, items) in _CLASSES.items():
        for artefact in data.listed(collection):
            _take_artefact(tree, Part(artefact, faults, class_name), class_name, items)
    spoken = {language.lower() for artefact in tree.values() for language in _languages(artefact)}
    tree["header"] = _header(Part(root.take("meta"), faults, "meta"), spoken)
    data.end()
    root.end()
    return tree, faults


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a property that stands twice in an object."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a property stands twice in an object: {', '.join(name for name, _ in pairs):.200}")
    return found


class Part:
    """An object whose properties are taken one by one; ``end`` notes what is left over."""

    def __init__(self, found: Any, faults: list[str], place: str) -> None:
        """Begin with an object, or with nothing where it is absent or something else."""
        self.is_there = isinstance(found, dict)
        if found is not None and not self.is_there:
            faults.append(f"{place} is no object")
        self._left = dict(found) if isinstance(found, dict) else {}
        self.faults, self.place = faults, place
        called = self._left.get("id")
        if called is not None:
            self.place = f"{place} {called}"

    def take(self, name: str) -> Any:
        """Take a property; None where there is none."""
        return self._left.pop(name, None)

    def part(self, name: str) -> Part:
        """Take a property that is an object."""
        return Part(self.take(name), self.faults, f"{self.place} / {name}")

    def listed(self, name: str) -> list[Any]:
        """Take a property that is a list; an empty one where it is absent or something else."""
        found = self.take(name)
        if found is not None and not isinstance(found, list):
            self.faults.append(f"{self.place} / {name} is no list")
        return found if isinstance(found, list) else []

    def parts(self, name: str) -> list[Part]:
        """Take a property that is a list of objects."""
        return [Part(found, self.faults, f"{self.place} / {name}") for found in self.listed(name)]

    def texts(self, name: str) -> Tree:
        """Take a localised text by language; its best match must be the words of its first language."""
        best, every = self.take(name), self.take(f"{name}s")
        words = every if isinstance(every, dict) else {}
        if best != next(iter(words.values()), None):
            self.faults.append(f"{self.place} / {name} is {best!r:.100}, not the first of {name}s")
        return dict(words)

    def end(self) -> None:
        """Note properties that nobody took."""
        self.faults += [f"{self.place} holds {name}, which is not looked for" for name in self._left]


def _languages(found: Any) -> set[str]:
    """Return every language that words in a tree are in."""
    if isinstance(found, list):
        return {language for item in found for language in _languages(item)}
    if not isinstance(found, dict):
        return set()
    spoken: set[str] = set()
    for key, value in found.items():
        spoken |= set(value) if key in ("name", "description", "text") else _languages(value)
    return spoken


def _header(part: Part, spoken: set[str]) -> Tree:
    """Take the header; the languages it lists are those of the message, and the first one counts."""
    sender = part.part("sender")
    languages = [str(language) for language in part.listed("contentLanguages")]
    if set(languages) != spoken:
        part.faults.append(f"meta / contentLanguages is {languages!r}, not the languages that are there")
    if not str(part.take("schema")).endswith(_SCHEMA):
        part.faults.append("meta / schema is not that of SDMX-JSON 2.0.0")
    found = {
        "id": part.take("id"),
        "test": str(part.take("test")).lower(),
        "prepared": part.take("prepared"),
        "sender": sender.take("id"),
        "language": next(iter(languages), None),
    }
    sender.end()
    part.end()
    return found


def _take_artefact(tree: Tree, part: Part, class_name: str, items: str) -> None:
    """Take an artefact of any class with its content."""
    key = f"{class_name} {part.take('id')}"
    found = _nameable(part)
    said = {"agency": part.take("agencyID"), "version": part.take("version"), "isPartial": part.take("isPartial")}
    found |= {name: str(value).lower() if value is True else value for name, value in said.items() if value is not None}
    if items:
        found["items"] = _by_id(part.parts(items), _item)
    for name, role in {"structure": "structure", "source": "source", "target": "target"}.items():
        if (urn := part.take(name)) is not None:
            found[role] = urn
    if class_name == "ProvisionAgreement":
        found |= {"dataflow": part.take("dataflow"), "provider": part.take("dataProvider")}
    elif class_name == "DataStructure":
        found["components"] = _components(part.part("dataStructureComponents"))
    elif class_name == "DataConstraint":
        found |= _constraint(part)
    part.end()
    tree[key if key not in tree else f"{key} (again)"] = found


def _by_id(parts: list[Part], take: Callable[[Part], Tree]) -> Tree:
    found: Tree = {}
    for part in parts:
        name = str(part.take("id"))
        found[name if name not in found else f"{name} (again)"] = take(part)
        part.end()
    return found


def _nameable(part: Part) -> Tree:
    """Take URN, names, descriptions and annotations."""
    said = {
        "urn": _self(part, "urn"),
        "name": part.texts("name"),
        "description": part.texts("description"),
        "annotations": [_annotation(note) for note in part.parts("annotations")],
    }
    return {name: value for name, value in said.items() if value}


def _self(part: Part, name: str) -> str | None:
    """Take the one link of an object, which is to itself, by URN or address."""
    links = part.parts("links")
    found = None
    for link in links:
        if link.take("rel") == "self":
            found = link.take(name)
        link.end()
    return found


def _annotation(part: Part) -> Tree:
    said = {
        "type": part.take("type"),
        "title": part.take("title"),
        "url": _self(part, "href"),
        "text": part.texts("text") or None,
    }
    part.end()
    return {name: value for name, value in said.items() if value is not None}


def _item(part: Part) -> Tree:
    found = _nameable(part)
    if (parent := part.take("parent")) is not None:
        found["parent"] = parent
    core, contacts = part.part("coreRepresentation"), part.parts("contacts")
    if core.is_there:
        found["representation"] = _representation(core)
    for contact in contacts:
        found["contact"] = {"name": contact.texts("name")}
        for name in ("uri", "email"):
            if values := contact.listed(f"{name}s"):
                found["contact"][name] = values[0] if len(values) == 1 else values
        contact.end()
    return found


def _representation(part: Part) -> str | None:
    """Return the codelist, or the type of plain values; more than its type is left over."""
    plain = part.part("format")
    codelist, kind = part.take("enumeration"), plain.take("dataType")
    for taken in (plain, part):
        taken.end()
    return kind if codelist is None else str(codelist)


def _components(part: Part) -> Tree:
    found: Tree = {}
    for name, role in (("dimension", "Dimension"), ("attribute", "Attribute"), ("measure", "Measure")):
        held = part.part(f"{name}List")
        if held.take("id") != f"{role}Descriptor":
            found[f"{name}List"] = "another id"
        found |= _by_id(held.parts(f"{name}s"), lambda component, role=role: _component(component, role))  # type: ignore[misc]
        if name == "dimension":
            time = [held.part("timeDimension")]
            found |= _by_id(time, lambda component: _component(component, "TimeDimension"))
        held.end()
    part.end()
    return found


def _component(part: Part, role: str) -> Tree:
    found: Tree = {
        "role": role,
        "concept": part.take("conceptIdentity"),
        "representation": _representation(part.part("localRepresentation")),
    }
    if (usage := part.take("usage")) is not None:
        found["usage"] = usage
    related = part.part("attributeRelationship")
    if related.is_there:
        alone = ["the observation"] if related.take("observation") == {} else []
        found["relates to"] = [*related.listed("dimensions"), *alone]
    related.end()
    return found


def _constraint(part: Part) -> Tree:
    attachment, regions = part.part("constraintAttachment"), part.parts("cubeRegions")
    flows = attachment.listed("dataflows")
    values: Tree = {}
    included = []
    for region in regions:
        included.append(str(region.take("include")).lower())
        values |= _by_id(region.parts("keyValues"), lambda key: {"": [_value(value) for value in key.parts("values")]})
        region.end()
    attachment.end()
    return {
        "role": part.take("role"),
        "dataflow": flows[0] if len(flows) == 1 else flows,
        "include": ", ".join(included),
        "region": {name: value[""] for name, value in values.items()},
    }


def _value(part: Part) -> str | None:
    value = part.take("value")
    part.end()
    return None if value is None else str(value)
