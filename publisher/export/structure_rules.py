"""Rules about files and structures that more than one portal has; each yields its faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from publisher.errors import Finding
from publisher.export.profile import Bundle
from publisher.export.structures import FILE, Artefact, DataStructure


def files(bundle: Bundle) -> Iterator[Finding]:
    """Yield what is not there: the structures, the data of any cube, the data of a dataflow."""
    formats = " and ".join(f"'{name}'" for name in bundle.profile.formats)
    if not (bundle.folder / FILE).is_file():
        yield Finding("", f"is not in the release, which is built without one of the formats {formats}", file=FILE)
    if not bundle.data:
        pattern = f"sdmx/<cube>/{bundle.profile.data}"
        yield Finding("", f"no {pattern} is in the release, which is built without one of the formats {formats}")
    if bundle.structures is not None and not bundle.unreadable:
        found: dict[str, list[str]] = defaultdict(list)
        for table in bundle.tables:
            for flow, _, _ in table.distinct(" flow", " action"):
                found[flow].append(table.file)
        for flow in bundle.structures.of_kind("Dataflow"):
            paths = list(dict.fromkeys(found[flow.key.short]))
            if len(paths) != 1:
                said = f"is in {len(paths)} data files, {', '.join(paths)}" if paths else "has no data file"
                yield Finding("", f"{flow.key} {said}", file=FILE, line=flow.line)


def file_type(bundle: Bundle) -> Iterator[Finding]:
    """Yield what kept a file from being read as what its name says."""
    yield from bundle.unreadable


def references(bundle: Bundle) -> Iterator[Finding]:
    """Yield references to what the file does not hold, and artefacts that it holds twice."""
    for artefact, reference in bundle.known.references():
        if not bundle.known.holds(reference):
            yield Finding(
                "", f"{artefact.key} refers to {reference}, which is not there", file=FILE, line=reference.line
            )
    for artefact in bundle.known.twice:
        yield Finding("", f"{artefact.key} stands in the file twice", file=FILE, line=artefact.line)


def components(bundle: Bundle) -> Iterator[Finding]:
    """Yield components without a concept, or without anything that says what their values are."""
    for _, dsd in data_structures(bundle):
        for component in dsd.components:
            named = f"{component.id or 'a component'} of {dsd.artefact.key}"
            if component.concept is None:
                yield Finding("", f"{named} has no concept", file=FILE, line=component.line)
            if component.codelist is None and component.text_type is None:
                yield Finding("", f"{named} has neither codelist nor text format", file=FILE, line=component.line)


def time_and_measure(bundle: Bundle) -> Iterator[Finding]:
    """Yield DSDs without a time dimension or a primary measure."""
    for _, dsd in data_structures(bundle):
        for role, name in (("time", "time dimension"), ("measure", "primary measure")):
            if not any(component.role == role for component in dsd.components):
                yield Finding("", f"{dsd.artefact.key} has no {name}", file=FILE, line=dsd.artefact.line)


def data_structures(bundle: Bundle) -> Iterator[tuple[Artefact, DataStructure]]:
    """Yield each dataflow with its DSD; a dataflow whose DSD is not there is left to ``references``."""
    for flow in bundle.known.of_kind("Dataflow"):
        if (dsd := bundle.known.data_structure(flow)) is not None:
            yield flow, dsd
