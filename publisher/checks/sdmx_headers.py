"""The headers of SDMX-ML data: each says exactly what the model, the edition and the observations say.

The readers of the data look at what a message is of; who sent what when, and what it covers, is
compared here, with nothing left over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.doctype import refuse_doctype
from publisher.checks.held import held
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx_head import SPACES, XSI
from publisher.errors import Finding
from publisher.model import TIME_PERIOD, Cube

if TYPE_CHECKING:
    from lxml.etree import _Element

RULE = "sdmx-header"

# What each header says, by the place of the element or attribute.
Said = dict[str, str]
Days = tuple[date, date]

_FILES = (*(f"data-{number}{layout}.xml" for layout, number in product(("", "-flat"), SPACES)), "data-2.1-generic.xml")


def run(subject: Subject) -> Outcome:
    """Compare the header of every data message with what it must say."""
    findings: list[Finding] = []
    count = 0
    for name, observations in subject.observations.items():
        files = [file for file in _FILES if f"sdmx/{name}/{file}" in subject.files]
        span = held(observations) if files and observations.rows else None
        for file in files:
            count += 1
            path = f"sdmx/{name}/{file}"
            wanted = _expected(subject, observations.cube, file, (span.begin, span.end) if span else None)
            faults = _faults(subject.folder / path, SPACES[file[5:8]], wanted)
            findings += (Finding(RULE, fault, file=path, cube=name) for fault in faults)
    return Outcome(tuple(findings), f"{count} files", nothing=not count)


def _expected(subject: Subject, cube: Cube, file: str, days: Days | None) -> Said:
    """Return what the header and the start of the data set must say."""
    names, number = subject.dataset.names, file[5:8]
    flow, message = names.dataflow(cube.id), f"{names.structure_id(cube.id)}_{subject.edition.id}"
    urn = names.urn("datastructure.Dataflow", flow)
    layout = "AllDimensions" if "-flat" in file else TIME_PERIOD
    said = {
        "ID": message,
        "Test": "false",
        "Prepared": subject.edition.timestamp,
        "Sender/@id": names.agency,
        "Structure/@structureID": flow,
        "Structure/@dimensionAtObservation": layout,
        "DataSetAction": "Replace",
        "DataSetID": message,
        "DataSet/@structureRef": flow,
        "DataSet/@action": "Replace",
    }
    if "generic" not in file:
        said |= {"Structure/@namespace": f"{urn}:ObsLevelDim:{layout}", "DataSet/@xsi:type": "DataSetType"}
        said |= {"DataSet/@dataScope": "Dataflow"} if number == "2.1" else {}
    if number == "2.1":
        ref = {"agencyID": names.agency, "id": flow, "version": names.version}
        ref |= {"package": "datastructure", "class": "Dataflow"}
        said |= {f"Structure/common:StructureUsage/Ref/@{name}": value for name, value in ref.items()}
    else:
        said["Structure/common:StructureUsage"] = urn
    if days is not None:
        said |= {"ReportingBegin": str(days[0]), "ReportingEnd": str(days[1])}
    return said


def _faults(path: Path, space: str, wanted: Said) -> Iterator[str]:
    """Yield where a header says something else, less or more."""
    try:
        found = _read(path, space)
    except UnreadableError as error:
        yield f"cannot be read: {error}"
        return
    for place in dict.fromkeys((*wanted, *found)):
        if place not in wanted:
            yield f"the header holds {place}, which is not expected: {found[place]!r:.200}"
        elif found.get(place) != wanted[place]:
            said = f"is {found[place]!r:.200}" if place in found else "is missing"
            yield f"the header's {place} {said}, {wanted[place]!r} expected"


def _read(path: Path, space: str) -> Said:
    """Return what a message says up to its first observation; no more of the file is read than that."""
    from lxml import etree

    said: Said = {}
    try:
        refuse_doctype(path)
        for event, element in etree.iterparse(
            str(path), events=("start", "end"), resolve_entities=False, no_network=True, remove_comments=True
        ):
            if event == "end" and element.tag == f"{{{space}/message}}Header":
                for child in element:
                    _take(said, child, space, "")
            elif event == "start" and element.tag == f"{{{space}/message}}DataSet":
                _take_attributes(said, element, space, "DataSet")
                return said
    except (OSError, etree.LxmlError) as error:
        raise UnreadableError(" ".join(str(error).split())) from error
    raise UnreadableError("there is no data set in the namespace of the version")


def _take(said: Said, element: _Element, space: str, above: str) -> None:
    """Take an element with its attributes and everything in it; what stands twice has a place of its own."""
    place = above + _short(str(element.tag), space)
    while any(other == place or other.startswith(f"{place}/") for other in said):
        place += " (again)"
    words = element.text or ""
    if words.strip() or (len(element) == 0 and not element.attrib):
        said[place] = words
    _take_attributes(said, element, space, place)
    for child in element:
        _take(said, child, space, f"{place}/")


def _take_attributes(said: Said, element: _Element, space: str, place: str) -> None:
    for name, value in element.attrib.items():
        text = str(value)
        is_type = name == f"{{{XSI}}}type"
        said[f"{place}/@{_short(str(name), space)}"] = text.rpartition(":")[2] if is_type else text


def _short(name: str, space: str) -> str:
    """Return a name without the namespace that is expected of it; with it, where it is another."""
    spaces = {f"{{{space}/message}}": "", f"{{{space}/common}}": "common:", f"{{{XSI}}}": "xsi:"}
    spaces[f"{{{space}/data/structurespecific}}"] = ""
    namespace, closing, local = name.rpartition("}")
    return f"{spaces[namespace + closing]}{local}" if namespace + closing in spaces else name


CHECKS = (Check("SDMX-ML headers", "publisher", "fast", run, files=tuple(f"sdmx/<cube>/{file}" for file in _FILES)),)
