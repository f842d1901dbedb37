"""What each version of SDMX-ML says differently of structures: one row per version.

Source: the schemas SDMXMessage, SDMXStructure, SDMXStructureCodelist, SDMXStructureConstraint,
SDMXStructureCategorisation and SDMXCommonReferences of SDMX-ML 2.1, 3.0 and 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from publisher.formats.sdmx_common import NAMESPACES

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of SDMX-ML says differently.

    ``collections`` are the message's, each with the classes it holds, in the order they are written.
    ``urns`` says whether references are URNs rather than elements, ``unversioned`` which classes
    have no version of their own. ``hierarchies`` says whether a parent must be a name to XML, so
    that a list with others has a hierarchy in its place (sdmx-twg/sdmx-ml, issue 30).
    """

    number: str
    media_type: str
    collections: tuple[tuple[str, tuple[str, ...]], ...]
    constraint: str
    urns: bool = True
    unversioned: frozenset[str] = frozenset()
    hierarchies: bool = False

    def tag(self, name: str) -> str:
        """Return a prefixed name in the notation of lxml; a name without prefix is in no namespace."""
        prefix, _, local = name.rpartition(":")
        return f"{{{self.namespaces[prefix]}}}{local}" if prefix else local

    @property
    def namespaces(self) -> dict[str, str]:
        """The namespace of each prefix."""
        words = {"message": "message", "str": "structure", "com": "common"}
        return {prefix: f"{NAMESPACES[self.number]}/{word}" for prefix, word in words.items()}

    def element(self, parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
        """Append an element; its name has a prefix for the namespace: ``message:``, ``str:`` or ``com:``."""
        from lxml import etree

        child = etree.SubElement(parent, self.tag(name), attributes)
        child.text = text
        return child


_ML_2_1 = Version(
    "2.1",
    "application/vnd.sdmx.structure+xml;version=2.1",
    # In the order of the schema, which demands it.
    (
        ("OrganisationSchemes", ("AgencyScheme", "DataProviderScheme")),
        ("Dataflows", ("Dataflow",)),
        ("CategorySchemes", ("CategoryScheme",)),
        ("Categorisations", ("Categorisation",)),
        ("Codelists", ("Codelist",)),
        ("Concepts", ("ConceptScheme",)),
        ("DataStructures", ("DataStructure",)),
        ("Constraints", ("DataConstraint",)),
        ("ProvisionAgreements", ("ProvisionAgreement",)),
    ),
    "ContentConstraint",
    urns=False,
)

# Any order is valid in 3.x. What others depend on comes first: sdmx1 loses names of dataflows otherwise.
_BEFORE = (
    ("AgencySchemes", ("AgencyScheme",)),
    ("DataProviderSchemes", ("DataProviderScheme",)),
    ("Codelists", ("Codelist",)),
)
_AFTER = (
    ("ConceptSchemes", ("ConceptScheme",)),
    ("DataStructures", ("DataStructure",)),
    ("Dataflows", ("Dataflow",)),
    ("CategorySchemes", ("CategoryScheme",)),
    ("Categorisations", ("Categorisation",)),
)
_LAST = ("ProvisionAgreements", ("ProvisionAgreement",))
_ORGANISATIONS = frozenset(("AgencyScheme", "DataProviderScheme"))

_ML_3_0 = Version(
    "3.0",
    "application/vnd.sdmx.structure+xml;version=3.0.0",
    (*_BEFORE, ("Hierarchies", ("Hierarchy",)), *_AFTER, ("DataConstraints", ("DataConstraint",)), _LAST),
    "DataConstraint",
    unversioned=_ORGANISATIONS,
    hierarchies=True,
)

_ML_3_1 = Version(
    "3.1",
    "application/vnd.sdmx.structure+xml;version=3.1.0",
    (*_BEFORE, *_AFTER, ("AvailabilityConstraints", ("DataConstraint",)), _LAST),
    "AvailabilityConstraint",
    unversioned=_ORGANISATIONS | {"Categorisation"},
)

VERSIONS = MappingProxyType({version.number: version for version in (_ML_2_1, _ML_3_0, _ML_3_1)})
