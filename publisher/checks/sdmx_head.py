"""The head of an SDMX-ML data message: which dataflow it is of, in which namespaces, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError
from publisher.model import TIME_PERIOD, Cube, Dataset

if TYPE_CHECKING:
    from typing import BinaryIO

    from lxml.etree import _Element

SPACES = {
    "2.1": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1",
    "3.0": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0",
    "3.1": "http://www.sdmx.org/resources/sdmxml/schemas/v3_1",
}
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MOST_LINES = 100


def read_head(stream: BinaryIO, cube: Cube, dataset: Dataset, version: str, is_flat: bool, tail: list[str]) -> int:
    """Read up to the start of the data set and return how many lines that were.

    ``tail`` are the lines that end a message of that kind. Raises UnreadableError where the message is
    not of the cube's dataflow, in the namespaces of the version, or does something else than replace.
    """
    from lxml import etree

    lines: list[bytes] = []
    for line in stream:
        lines.append(line)
        if line.startswith(b"<message:DataSet ") or len(lines) > _MOST_LINES:
            break
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(b"".join([*lines, *(f"{line}\n".encode() for line in tail)]), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(str(error)) from error
    space = SPACES[version]
    structure = root.find(f"{{{space}/message}}Header/{{{space}/message}}Structure")
    data = root.find(f"{{{space}/message}}DataSet")
    if structure is None or data is None:
        raise UnreadableError(f"there is no header with a structure, or no data set, of SDMX-ML {version}")
    _refuse_other_flow(structure, cube, dataset, space)
    if root.tag == f"{{{space}/message}}GenericData":
        _refuse_other_data_set(data, dataset.names.dataflow(cube.id), "")
    else:
        _refuse_other_namespace(structure, data, cube, dataset, is_flat)
        _refuse_other_data_set(data, dataset.names.dataflow(cube.id), f"{{{space}/data/structurespecific}}")
    return len(lines)


def _refuse_other_flow(structure: _Element, cube: Cube, dataset: Dataset, space: str) -> None:
    """Refuse a header that refers to another dataflow, with a Ref or with a URN as the version demands."""
    names, flow = dataset.names, dataset.names.dataflow(cube.id)
    usage = structure.find(f"{{{space}/common}}StructureUsage")
    if usage is None:
        found = None
    elif space == SPACES["2.1"]:
        referred = usage.find("Ref")
        keys = ("agencyID", "id", "version")
        found = None if referred is None else tuple(referred.get(key) for key in keys) == (
            names.agency, flow, names.version
        )  # fmt: skip
    else:
        found = usage.text == names.urn("datastructure.Dataflow", flow)
    if not found:
        raise UnreadableError(f"the header does not refer to dataflow {names.agency}:{flow}({names.version})")


def _refuse_other_namespace(structure: _Element, data: _Element, cube: Cube, dataset: Dataset, is_flat: bool) -> None:
    """Refuse a data set whose type is in another namespace than that of the cube's data in this layout."""
    layout = "AllDimensions" if is_flat else TIME_PERIOD
    urn = dataset.names.urn("datastructure.Dataflow", dataset.names.dataflow(cube.id))
    expected = f"{urn}:ObsLevelDim:{layout}"
    prefix, _, name = (data.get(f"{{{XSI}}}type") or "").rpartition(":")
    if name != "DataSetType" or data.nsmap.get(prefix or None) != expected or structure.get("namespace") != expected:
        raise UnreadableError(f"the data set is not of type DataSetType in the namespace {expected}")


def _refuse_other_data_set(data: _Element, flow: str, qualified: str) -> None:
    """Refuse a data set that does not replace; ``qualified`` is the namespace its attributes are in, in braces."""
    if (data.get(f"{qualified}structureRef"), data.get(f"{qualified}action")) != (flow, "Replace"):
        raise UnreadableError(f"the data set does not replace what dataflow {flow} has")
