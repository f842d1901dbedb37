"""SDMX-ML data messages but for their rows: header, data sets and end, in every version of SDMX-ML.

Source: SDMX 2.1 section 3A, parts II and IV; the schemas SDMXMessage, SDMXCommon, SDMXDataGeneric
and SDMXDataStructureSpecific of 2.1, 3.0 and 3.1. A message is ``head``, then for each data set
``data_set``, its rows and ``END_OF_DATA_SET``, then ``tail``. What differs between versions stands
in one row of ``VERSIONS`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import quoteattr

from publisher.formats.draft import Publication
from publisher.formats.sdmx_common import NAMESPACES, XSI, Contents, message_id
from publisher.model import TIME_PERIOD, Cube
from publisher.naming import Names

Action = Literal["Replace", "Delete"]

# The dimension at observation level: time in series, all of them where every observation stands alone.
SERIES = TIME_PERIOD
FLAT = "AllDimensions"

END_OF_DATA_SET = "</message:DataSet>\n"


@dataclass(frozen=True, slots=True)
class Version:
    """How a version of SDMX-ML writes a data message.

    ``name`` is the one in file names, ``data`` the prefix and the namespace of the data set's own
    attributes, ``scope`` what only this version says of a data set. ``urns`` says whether references
    are URNs rather than elements. The generic message knows no namespace of the data's own.
    """

    name: str
    number: str
    media_type: str
    root: str = "StructureSpecificData"
    data: tuple[str, str] = ("ss", "data/structurespecific")
    urns: bool = True
    scope: str = ""

    @property
    def namespace(self) -> str:
        """What the names of its namespaces begin with."""
        return NAMESPACES[self.number]

    @property
    def is_generic(self) -> bool:
        """Whether it is the generic message, the same for every structure."""
        return self.root == "GenericData"

    @property
    def tail(self) -> str:
        """The end of a message, after its last data set."""
        return f"</message:{self.root}>\n"


VERSIONS: Mapping[str, Version] = MappingProxyType(
    {
        version.name: version
        for version in (
            Version(
                "2.1",
                "2.1",
                "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
                urns=False,
                scope=' ss:dataScope="Dataflow"',
            ),
            Version("3.0", "3.0", "application/vnd.sdmx.data+xml;version=3.0.0"),
            Version("3.1", "3.1", "application/vnd.sdmx.data+xml;version=3.1.0"),
            Version(
                "2.1-generic",
                "2.1",
                "application/vnd.sdmx.genericdata+xml;version=2.1",
                root="GenericData",
                data=("generic", "data/generic"),
                urns=False,
            ),
        )
    }
)


def data_namespace(names: Names, cube: Cube, layout: str = SERIES) -> str:
    """Return the namespace of a cube's data: the dataflow's URN and the dimension at observation level."""
    return f"{names.urn('datastructure.Dataflow', names.dataflow(cube.id))}:ObsLevelDim:{layout}"


def head(
    version: Version,
    publication: Publication,
    cube: Cube,
    covered: Contents,
    layout: str = SERIES,
    actions: Sequence[Action] = ("Replace",),
    suffix: str = "",
) -> str:
    """Return a message up to its first data set.

    ``covered`` is what the message reports on; ``actions`` are those of its data sets, in order. The
    header names an action only where it is the only one. ``suffix`` ends the id of a message that is
    not the cube's data.
    """
    names, edition = publication.dataset.names, publication.edition
    identifier = message_id(names, edition, cube) + suffix
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        _root(version, names, cube, layout),
        "<message:Header>",
        f"<message:ID>{identifier}</message:ID>",
        "<message:Test>false</message:Test>",
        f"<message:Prepared>{edition.timestamp}</message:Prepared>",
        f"<message:Sender id={quoteattr(names.agency)}/>",
        _structure(version, names, cube, layout),
        *(f"<message:DataSetAction>{action}</message:DataSetAction>" for action in actions if len(actions) == 1),
        *_data_set_ids(identifier, actions),
    ]
    if covered.begin and covered.end:
        lines += [
            f"<message:ReportingBegin>{covered.begin}</message:ReportingBegin>",
            f"<message:ReportingEnd>{covered.end}</message:ReportingEnd>",
        ]
    return "\n".join([*lines, "</message:Header>"]) + "\n"


def data_set(version: Version, names: Names, cube: Cube, action: Action = "Replace") -> str:
    """Return the start of a data set that replaces, or deletes, what its observations say."""
    flow = quoteattr(names.dataflow(cube.id))
    if version.is_generic:
        return f'<message:DataSet structureRef={flow} action="{action}">\n'
    return f'<message:DataSet xsi:type="ns1:DataSetType" ss:structureRef={flow}{version.scope} ss:action="{action}">\n'


def _root(version: Version, names: Names, cube: Cube, layout: str) -> str:
    prefix, word = version.data
    spaces = {
        "message": f"{version.namespace}/message",
        "common": f"{version.namespace}/common",
        prefix: f"{version.namespace}/{word}",
    }
    if not version.is_generic:
        spaces |= {"xsi": XSI, "ns1": data_namespace(names, cube, layout)}
    declared = "".join(f" xmlns:{prefix}={quoteattr(name)}" for prefix, name in spaces.items())
    return f"<message:{version.root}{declared}>"


def _structure(version: Version, names: Names, cube: Cube, layout: str) -> str:
    """Return the header's reference to the dataflow; its id is what data sets refer to."""
    flow = quoteattr(names.dataflow(cube.id))
    space = "" if version.is_generic else f" namespace={quoteattr(data_namespace(names, cube, layout))}"
    if version.urns:
        usage = names.urn("datastructure.Dataflow", names.dataflow(cube.id))
    else:
        usage = (
            f"<Ref agencyID={quoteattr(names.agency)} id={flow} version={quoteattr(names.version)}"
            ' package="datastructure" class="Dataflow"/>'
        )
    return (
        f'<message:Structure structureID={flow}{space} dimensionAtObservation="{layout}">'
        f"<common:StructureUsage>{usage}</common:StructureUsage></message:Structure>"
    )


def _data_set_ids(identifier: str, actions: Sequence[Action]) -> list[str]:
    """Return the ids of the data sets: the message's, with the action where there are several."""
    ids = [identifier] if len(actions) == 1 else [f"{identifier}_{action.upper()}" for action in actions]
    return [f"<message:DataSetID>{each}</message:DataSetID>" for each in ids]
