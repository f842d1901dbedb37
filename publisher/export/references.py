"""What SDMX-ML 2.1 structures refer to: ``Ref`` elements and URNs, read as the key of an artefact.

Source: SDMX 2.1 section 3A, part IV (common references). An artefact is known by its class, agency,
id and version; an item by the artefact that holds it and its own id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

FIRST_VERSION = "1.0"
_URN = re.compile(r"urn:sdmx:org\.sdmx\.infomodel\.\w+\.(\w+)=([^:]+):([^(]+)\(([^)]+)\)(?:\.(.+))?")

# The class of what holds an item, and the class that is meant where a reference leaves it out.
CONTAINERS = {
    "Code": "Codelist",
    "Concept": "ConceptScheme",
    "DataProvider": "DataProviderScheme",
    "Agency": "AgencyScheme",
    "Category": "CategoryScheme",
}
_IMPLIED = {
    "ConceptIdentity": "Concept",
    "Enumeration": "Codelist",
    "Structure": "DataStructure",
    "StructureUsage": "Dataflow",
    "DataProvider": "DataProvider",
    "Dataflow": "Dataflow",
    "DataStructure": "DataStructure",
    "ProvisionAgreement": "ProvisionAgreement",
}


@dataclass(frozen=True, slots=True)
class Key:
    """What an artefact is known by. An item is known by the artefact that holds it, and its own id."""

    kind: str
    agency: str
    id: str
    version: str

    def __str__(self) -> str:
        """Class and the short form of SDMX-CSV: ``Dataflow NAV:DF_TILT140_SEX(1.0)``."""
        return f"{self.kind} {self.short}"

    @property
    def short(self) -> str:
        """Agency, id and version as SDMX-CSV writes them."""
        return f"{self.agency}:{self.id}({self.version})"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to an artefact, or to an item in one, and the line it stands on."""

    key: Key
    item: str | None
    line: int

    def __str__(self) -> str:
        """The artefact, and the item after a dot."""
        return str(self.key) if self.item is None else f"{self.key}.{self.item}"


def local(element: _Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def line_of(element: Any) -> int:
    """Return the line an element begins on, 0 where that is not known."""
    return element.sourceline or 0


def first_reference(parent: _Element | None, own: Key) -> Reference | None:
    """Return what the first reference below an element refers to; None where there is none."""
    found = None if parent is None else next(parent.iter("Ref", "URN"), None)
    return None if found is None else read_reference(found, own)


def read_reference(element: _Element, own: Key) -> Reference:
    """Return what a ``Ref`` or ``URN`` refers to; ``own`` is the artefact it stands in, meant by an id alone."""
    line = line_of(element)
    if element.tag == "URN":
        if (said := _URN.fullmatch((element.text or "").strip())) is None:
            return Reference(Key("URN", "", element.text or "", ""), None, line)
        kind, agency, name, version, item = said.groups()
        return Reference(Key(CONTAINERS.get(kind, kind) if item else kind, agency, name, version), item, line)
    agency, name = element.get("agencyID"), element.get("id", "")
    parent = element.getparent()
    if agency is None:
        return Reference(own, name, line)
    kind = element.get("class") or _IMPLIED.get("" if parent is None else local(parent), "")
    if (container := element.get("maintainableParentID")) is None:
        return Reference(Key(kind, agency, name, element.get("version", FIRST_VERSION)), None, line)
    version = element.get("maintainableParentVersion", FIRST_VERSION)
    return Reference(Key(CONTAINERS.get(kind, kind), agency, container, version), name, line)
