"""What a structure message must hold beyond its schema: references that lead somewhere, codes that are unique, parents.

References to artefacts of other messages are counted, not followed: nothing is fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from publisher.checks.check import Outcome
from publisher.checks.sdmx_message import Faults, Message, counted, shown
from publisher.checks.sdmx_message_model import Artefact, Component, Item, Structures
from publisher.checks.sdmx_message_structure_json import read_structures as read_json_structures
from publisher.checks.sdmx_message_structure_xml import read_structures as read_xml_structures
from publisher.naming import CODE_PATTERN

RULE = "sdmx-structure"
# Lists whose items take any text.
_FREE = ("ValueList",)
_PARENT_RULE = "sdmx-parent"
_TWICE_RULE = "sdmx-twice"
_REFERENCE_RULE = "sdmx-reference"
_COMPONENT = re.compile(r"[A-Za-z_][A-Za-z0-9_@$\-]*")


def artefacts_of(message: Message) -> list[Artefact]:
    """Return the artefacts of a structure message that can be read; none of any other."""
    if message.holds != "structures":
        return []
    return read_xml_structures(message) if message.syntax == "SDMX-ML" else read_json_structures(message)


def check_structures(message: Message, artefacts: Sequence[Artefact], all_structures: Structures) -> Outcome:
    """Check the artefacts of one message; references may lead to those of the others that are checked with it."""
    faults = Faults(message)
    own = Structures(artefacts)
    _check_once(artefacts, faults)
    outside = 0
    for artefact in artefacts:
        _check_items(artefact, faults)
        if artefact.kind == "DataStructure" and not artefact.is_stub:
            _check_dsd(artefact, faults)
        outside += _check_references(artefact, own, all_structures, faults)
    kinds = Counter(artefact.kind for artefact in artefacts)
    words = [counted(number, kind) for kind, number in kinds.items()]
    if outside:
        words.append(f"{counted(outside, 'reference')} to artefacts of no message named here, which were not followed")
    return faults.outcome(", ".join(words))


def _check_once(artefacts: Iterable[Artefact], faults: Faults) -> None:
    """Refuse an artefact that stands twice in one message."""
    seen: dict[tuple[str, str, str, str], Artefact] = {}
    for item in artefacts:
        key = (item.kind, item.agency, item.id, item.version)
        if not item.id:
            continue
        if key in seen:
            first = f", first in line {seen[key].line}" if seen[key].line else ""
            faults.add(_TWICE_RULE, f"{item.kind} {shown(item.ref)} stands twice{first}: leave one out", item.line)
        seen.setdefault(key, item)


def _check_items(artefact: Artefact, faults: Faults) -> None:
    """Check ids, names, parents and cycles of the items of a scheme."""
    where = f"{artefact.kind} {shown(artefact.ref)}"
    if not artefact.is_named:
        faults.add(RULE, f"{where} has no name: give it one", artefact.line)
    known: dict[str, Item] = {}
    for item in artefact.items:
        own = item.id.rpartition(".")[2] if artefact.kind in ("CategoryScheme", "ReportingTaxonomy") else item.id
        if artefact.kind not in _FREE and not CODE_PATTERN.fullmatch(own) and not _is_path(artefact, own):
            faults.add(RULE, f"{where} has an item whose id '{shown(own)}' is no id of SDMX", item.line)
        if not item.is_named:
            faults.add(RULE, f"{where}: {shown(item.id)} has no name: give it one", item.line)
        if item.id in known:
            first = f", first in line {known[item.id].line}" if known[item.id].line else ""
            faults.add(_TWICE_RULE, f"{where} has '{shown(item.id)}' twice{first}: leave one out", item.line)
        known.setdefault(item.id, item)
    _check_parents(artefact, known, where, faults)


def _is_path(artefact: Artefact, own: str) -> bool:
    """Say whether an id is one with points, as agencies' sub-agencies are written in 3.x."""
    return artefact.kind.endswith("Scheme") and all(CODE_PATTERN.fullmatch(part) for part in own.split("."))


def _check_parents(artefact: Artefact, known: dict[str, Item], where: str, faults: Faults) -> None:
    """Refuse a parent that is no item of the scheme, and parents that form a cycle."""
    sound: set[str] = set()
    for item in known.values():
        if item.parent and item.parent not in known and not artefact.is_partial and not artefact.extends:
            words = f"the parent '{shown(item.parent)}' of '{shown(item.id)}' is no item of it"
            faults.add(_PARENT_RULE, f"{where}: {words}: add it, or correct the parent", item.line)
        way: dict[str, None] = {}
        current = item.id
        while current and current in known and current not in sound and current not in way:
            way[current] = None
            current = known[current].parent
        if current and current in way:
            cycle = [*list(way)[list(way).index(current) :], current]
            faults.add(_PARENT_RULE, f"{where}: parents form a cycle, {' > '.join(map(shown, cycle[:6]))}", item.line)
        sound.update(way)


def _check_dsd(dsd: Artefact, faults: Faults) -> None:
    """Check that components of a DSD are unique, and that attributes relate to what it has."""
    where = f"DataStructure {shown(dsd.ref)}"
    known: set[str] = set()
    for component in dsd.components:
        if component.id in known:
            faults.add(_TWICE_RULE, f"{where} has the component '{shown(component.id)}' twice", component.line)
        known.add(component.id)
        if component.role != "metadata attribute" and not _COMPONENT.fullmatch(component.id):
            faults.add(RULE, f"{where}: '{shown(component.id)}' is no id of a component", component.line)
        _check_relation(dsd, component, where, faults)
    for group, members in dsd.groups.items():
        for name in members:
            if name not in dsd.dimensions:
                words = f"'{shown(name)}' in group {shown(group)} is no dimension of it"
                faults.add(_REFERENCE_RULE, f"{where}: {words}", dsd.line)
    if dsd.components and not dsd.dimensions:
        faults.add(RULE, f"{where} has no dimension", dsd.line)
    if sum(component.role == "time" for component in dsd.components) > 1:
        faults.add(RULE, f"{where} has more than one time dimension", dsd.line)


def _check_relation(dsd: Artefact, component: Component, where: str, faults: Faults) -> None:
    """Refuse an attribute that is said of a group or a dimension that the DSD has not."""
    for name in component.relation:
        group = name.removeprefix("{group} ")
        if group != name and group not in dsd.groups:
            words = f"{component.id} is said of the group '{shown(group)}', which it has not"
        elif not name.startswith("{") and name not in dsd.dimensions:
            words = f"{component.id} is said of '{shown(name)}', which is no dimension of it"
        else:
            continue
        faults.add(_REFERENCE_RULE, f"{where}: {words}", component.line)


def _check_references(artefact: Artefact, own: Structures, everything: Structures, faults: Faults) -> int:
    """Refuse a reference to an item that the scheme, which is here, has not; return how many lead elsewhere."""
    outside = 0
    for line, around, ref in artefact.references:
        found = own.find(ref) or everything.find(ref)
        if found is None:
            outside += 1
        elif ref.item and found.items and not (found.is_stub or found.is_partial or found.extends):
            # Categories stand in others; agencies name one by its path, or by its own id alone.
            names = {name for item in found.items for name in (item.id, item.id.rpartition(".")[2])}
            if ref.item not in names:
                words = f"refers in {around} to {shown(ref)}: {found.kind} {found.ref} has no '{shown(ref.item)}'"
                faults.add(_REFERENCE_RULE, f"{artefact.kind} {shown(artefact.ref)} {words}", line or artefact.line)
    return outside
