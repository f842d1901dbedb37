"""What structure messages say, as far as the checks of any message need it: artefacts, items, components, references.

Nothing here is refused: a message may be wrong, and saying so is the work of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_URN = re.compile(r"urn:sdmx:org\.sdmx\.infomodel\.\w+\.(\w+)=([^:=()]*):([^:=()]*)\(([^()]*)\)(?:\.(.+))?", re.DOTALL)
# What stands for items in a reference, and the scheme that has them.
_SCHEMES = {
    "Code": "Codelist",
    "Concept": "ConceptScheme",
    "Category": "CategoryScheme",
    "Agency": "AgencyScheme",
    "DataProvider": "DataProviderScheme",
    "DataConsumer": "DataConsumerScheme",
    "OrganisationUnit": "OrganisationUnitScheme",
    "ReportingCategory": "ReportingTaxonomy",
}
_FOLLOWED = 4


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an artefact, or to an item of one; ``kind`` is empty where it does not say."""

    kind: str
    agency: str
    id: str
    version: str
    item: str = ""

    def __str__(self) -> str:
        """Return it as agencies write it: ``ECB:CL_FREQ(1.0)``, with an item after a point."""
        text = f"{self.agency}:{self.id}({self.version})" if self.version else f"{self.agency}:{self.id}"
        return f"{text}.{self.item}" if self.item else text


def parse_urn(text: str) -> Ref | None:
    """Return the reference that a URN of SDMX is, or None."""
    found = _URN.fullmatch(text.strip())
    if found is None:
        return None
    kind, agency, artefact, version, item = found.groups()
    return Ref(_SCHEMES.get(kind, kind) if item else kind, agency, artefact, version, item or "")


def scheme_of(kind: str) -> str:
    """Return the kind of artefact that holds items of a kind."""
    return _SCHEMES.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Representation:
    """What values a component takes: a codelist, or plain values of a type with bounds."""

    codelist: Ref | None = None
    text_type: str = ""
    facets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A code, concept or other item, with the line of its element."""

    id: str
    line: int | None
    parent: str = ""
    is_named: bool = True
    representation: Representation | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a DSD. ``relation`` are dimensions, or one of ``{observation}``, ``{dataset}``, ``{group} ID``."""

    id: str
    role: str
    line: int | None
    concept: Ref | None = None
    local: Representation | None = None
    is_required: bool = False
    relation: tuple[str, ...] = ()
    is_multiple: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """Values that a constraint lets pass, or keeps out; times are the bounds of a range."""

    includes: bool
    values: dict[str, frozenset[str]]
    times: dict[str, tuple[str, str]]


def region_of(
    includes: bool, values: dict[str, frozenset[str]], times: dict[str, tuple[str, str]], is_whole: bool
) -> Region:
    """Return a region; without bounds where it keeps out, and is not read as a whole: it would keep out too much."""
    return Region(includes, values, times) if includes or is_whole else Region(includes, {}, {})


@dataclass(slots=True)
class Artefact:
    """A maintainable artefact of a structure message. ``source`` is the file that it stands in."""

    kind: str
    agency: str
    id: str
    version: str
    line: int | None
    source: str
    is_stub: bool = False
    is_partial: bool = False
    is_named: bool = True
    items: list[Item] = field(default_factory=list)
    references: list[tuple[int | None, str, Ref]] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    regions: list[Region] = field(default_factory=list)
    role: str = ""
    extends: bool = False

    @property
    def ref(self) -> Ref:
        """The reference to it."""
        return Ref(self.kind, self.agency, self.id, self.version)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The ids of the dimensions of a DSD, in order."""
        return tuple(item.id for item in self.components if item.role in ("dimension", "measure dimension", "time"))

    @property
    def measures(self) -> tuple[str, ...]:
        """The ids of the measures of a DSD."""
        return tuple(item.id for item in self.components if item.role == "measure")


class Structures:
    """The artefacts of all messages that are checked together, found by reference."""

    def __init__(self, artefacts: Iterable[Artefact] = ()) -> None:
        """Hold artefacts."""
        self.artefacts: list[Artefact] = []
        self._named: dict[tuple[str, str], list[Artefact]] = {}
        for artefact in artefacts:
            self.add(artefact)

    def add(self, artefact: Artefact) -> None:
        """Add an artefact; one that was there before comes first."""
        self.artefacts.append(artefact)
        self._named.setdefault((artefact.agency, artefact.id), []).append(artefact)

    def find(self, ref: Ref | None, near: str = "") -> Artefact | None:
        """Return the artefact of a reference or None: one with content before one without, and one of file ``near``."""
        if ref is None:
            return None
        found = [
            artefact
            for artefact in self._named.get((ref.agency, ref.id), ())
            if _is_version(ref.version, artefact.version) and _is_kind(ref.kind, artefact.kind)
        ]
        return min(found, key=lambda artefact: (artefact.is_stub, artefact.source != near), default=None)

    def dsd_of(self, ref: Ref | None) -> Artefact | None:
        """Return the DSD that a dataflow, a provision agreement or a DSD of that reference is of, or None."""
        near = ""
        for _ in range(_FOLLOWED):
            artefact = self.find(ref, near)
            if artefact is None or artefact.kind == "DataStructure":
                return None if artefact is None or artefact.is_stub else artefact
            wanted, near = ("Dataflow", "DataStructure", ""), artefact.source
            ref = next((ref for _, _, ref in artefact.references if ref.kind in wanted), None)
        return None

    def representation(self, component: Component, near: str = "") -> Representation | None:
        """Return how a component is represented: by itself, or by its concept; None where that is not here."""
        if component.local is not None:
            return component.local
        scheme = self.find(component.concept, near)
        if scheme is None or component.concept is None:
            return None
        name = component.concept.item
        return next((item.representation for item in scheme.items if item.id == name), None)

    def constraints_of(self, usage: Ref, dsd: Artefact) -> list[Artefact]:
        """Return the constraints that are attached to what data are reported by, or to its DSD."""
        return [
            artefact
            for artefact in self.artefacts
            if artefact.regions
            and any(self.find(ref) in (self.find(usage), dsd) for _, _, ref in artefact.references if self.find(ref))
        ]


def _is_version(wanted: str, found: str) -> bool:
    """Say whether a version is the one of a reference, in which ``+``, ``*`` and ``latest`` stand for several."""
    if not wanted or wanted in ("latest", "*") or wanted == found:
        return True
    parts, others = wanted.split("."), found.partition("-")[0].split(".")
    if not ("+" in wanted or "*" in wanted) or len(parts) > len(others):
        return False
    for number, (part, other) in enumerate(zip(parts, others, strict=False)):
        if part.endswith("+"):  # from there on, this version or any later one
            least = [part.removesuffix("+"), *parts[number + 1 :]]
            rest = others[number : number + len(least)]
            return all(map(str.isdigit, (*least, *rest))) and list(map(int, rest)) >= list(map(int, least))
        if part not in ("*", other):
            return False
    return True


def _is_kind(wanted: str, found: str) -> bool:
    lists = ("Codelist", "ValueList", "GeoCodelist", "GeographicCodelist", "GeoGridCodelist")
    return not wanted or wanted == found or (wanted in lists and found in lists)
