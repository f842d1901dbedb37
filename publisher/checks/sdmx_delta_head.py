"""The header of a delta's message: whose it is, since which release, and what its data sets do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.check import Subject
from publisher.checks.doctype import refuse_doctype
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.sdmx_head import SPACES
from publisher.model import TIME_PERIOD, Cube

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = SPACES["3.0"]
_MESSAGE, _COMMON = f"{{{_SPACE}/message}}", f"{{{_SPACE}/common}}"
_ACTION = f"{{{_SPACE}/data/structurespecific}}action"
# A package version, YEAR.MONTH.REVISION, with hyphens.
_SINCE = re.compile(r"_SINCE_[0-9]{4}-[1-9][0-9]?-(0|[1-9][0-9]*)", re.ASCII)

Part = tuple[str, str]


def header_faults(subject: Subject, cube: Cube, path: Path) -> Iterator[str]:
    """Yield where the header of a message says something else, less or more than it must."""
    try:
        found, actions = _read(path)
    except UnreadableError as error:
        yield str(error)
        return
    start = f"{subject.dataset.names.structure_id(cube.id)}_{subject.edition.id}"
    said = next((text for place, text in found if place == "ID"), "")
    if not said.startswith(start) or not _SINCE.fullmatch(said.removeprefix(start)):
        yield f"the header's ID is not {start}_SINCE_ and the version of the release before, such as 2024-10-0"
        return
    wanted = Counter(_expected(subject, cube, said, actions))
    there = Counter(found)
    yield from (f"the header lacks {place} {text!r}" for place, text in (wanted - there).elements())
    yield from (f"the header holds a {place} that is not expected" for place, _ in (there - wanted).elements())
    if len(set(actions)) != len(actions):
        yield "the message has two data sets of the same action"


def _expected(subject: Subject, cube: Cube, message: str, actions: list[str]) -> list[Part]:
    """Return what the header must say of a message with these data sets."""
    names = subject.dataset.names
    flow = names.dataflow(cube.id)
    urn = names.urn("datastructure.Dataflow", flow)
    ids = [message] if len(actions) == 1 else [f"{message}_{action.upper()}" for action in actions]
    return [
        ("ID", message),
        ("Test", "false"),
        ("Prepared", subject.edition.timestamp),
        ("Sender", ""),
        ("Sender/@id", names.agency),
        ("Structure", ""),
        ("Structure/@structureID", flow),
        ("Structure/@namespace", f"{urn}:ObsLevelDim:{TIME_PERIOD}"),
        ("Structure/@dimensionAtObservation", TIME_PERIOD),
        ("Structure/common:StructureUsage", urn),
        *(("DataSetAction", action) for action in actions if len(actions) == 1),
        *(("DataSetID", each) for each in ids),
    ]


def _read(path: Path) -> tuple[list[Part], list[str]]:
    """Return what stands in the header, and the action of each data set; the file is read as a stream."""
    from lxml import etree

    parts: list[Part] = []
    actions: list[str] = []
    try:
        refuse_doctype(path)
        for event, element in etree.iterparse(
            str(path), events=("start", "end"), resolve_entities=False, no_network=True, remove_comments=True
        ):
            if event == "end" and element.tag == f"{_MESSAGE}Header":
                parts += (part for child in element for part in _parts(child, ""))
            elif event == "start" and element.tag == f"{_MESSAGE}DataSet":
                actions.append(str(element.get(_ACTION)))
            elif event == "end" and element.tag == "Series":
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except (OSError, etree.LxmlError) as error:
        raise UnreadableError(words_of(error)) from error
    return parts, actions


def _parts(element: _Element, above: str) -> Iterator[Part]:
    """Yield an element's text, its attributes and everything in it, by place."""
    place = above + str(element.tag).replace(_MESSAGE, "").replace(_COMMON, "common:")
    words = element.text or ""
    yield place, words if words.strip() else ""
    yield from ((f"{place}/@{name!s}", str(text)) for name, text in element.attrib.items())
    for child in element:
        yield from _parts(child, f"{place}/")
