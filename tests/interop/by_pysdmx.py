"""pysdmx: structures in one language; data as a table of text, read without structures."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from publisher.model import Cube

from .facts import STRUCTURE_TOPICS, Facts, Release, data_facts
from .reader import Reader

# pysdmx keeps one name of each artefact and does not say in which language.
NO_LANGUAGE = ""


def read_structures(release: Release, path: str) -> Facts:
    """Return what pysdmx finds in a file of structures."""
    from pysdmx.io import read_sdmx

    facts: Facts = {topic: {} for topic in STRUCTURE_TOPICS}
    # Whether JSON is valid is not asked here: that takes one more package, and is a check of its own.
    for artefact in read_sdmx(release.folder / path, validate=path.endswith(".xml")).structures:
        kind = type(artefact).__name__
        if kind != "AvailabilityConstraint":
            named(facts, artefact.id, artefact)
        KINDS[kind](facts, artefact)
    return facts


def named(facts: Facts, place: str, item: Any) -> None:
    """Add the name, description and annotations of an artefact or an item."""
    if item.name is not None:
        facts["names"][place, NO_LANGUAGE] = item.name
    if item.description is not None:
        facts["descriptions"][place, NO_LANGUAGE] = item.description
    if item.annotations:
        facts["annotations"][place] = [
            (entry.type, entry.title, entry.url, ((NO_LANGUAGE, entry.text),) if entry.text else ())
            for entry in item.annotations
        ]


def codelist(facts: Facts, artefact: Any) -> None:
    """Add the codes of a list; pysdmx has no parents."""
    facts["codes"][artefact.id] = [code.id for code in artefact.items]
    for code in artefact.items:
        named(facts, f"{artefact.id}.{code.id}", code)


def hierarchy(facts: Facts, artefact: Any) -> None:
    """Add the parents that a hierarchy gives to codes."""

    def below(parent: str | None, codes: Any) -> None:
        for code in codes:
            listed, item = tail(code.urn), code.urn.rpartition(").")[2]
            if parent is not None:
                facts["parents"][f"{listed}.{item}"] = parent
            below(item, code.codes)

    below(None, artefact.codes)


def concept_scheme(facts: Facts, artefact: Any) -> None:
    """Add concepts and what represents them."""
    facts["concepts"][artefact.id] = [concept.id for concept in artefact.items]
    for concept in artefact.items:
        place = f"{artefact.id}.{concept.id}"
        named(facts, place, concept)
        facts["representations"][place] = represented(concept.codes, concept.enum_ref, concept.dtype)


def represented(codes: Any, reference: str | None, kind: Any) -> str | None:
    """Return the codelist, or the type of plain values, of a concept or component."""
    if codes is not None:
        return str(codes.id)
    return reference.partition(":")[2].partition("(")[0] if reference else (None if kind is None else str(kind))


def data_structure(facts: Facts, artefact: Any) -> None:
    """Add a DSD: its components, what represents them, what attributes belong to."""
    for role in ("dimensions", "measures", "attributes"):
        found = list(getattr(artefact.components, role))
        facts["components"][artefact.id, role] = [item.concept.id for item in found]
        for item in found:
            local = represented(item.local_codes, item.local_enum_ref, item.local_dtype)
            facts["representations"][f"{artefact.id}.{item.id}"] = local
    for item in artefact.components.attributes:
        level = "observation" if item.attachment_level == "O" else tuple(item.attachment_level.split(","))
        facts["attributes"][f"{artefact.id}.{item.id}"] = (level, item.required)


def dataflow(facts: Facts, artefact: Any) -> None:
    """Add the DSD of a dataflow."""
    structure = artefact.structure
    facts["dataflows"][artefact.id] = tail(structure) if isinstance(structure, str) else structure.id


def availability(facts: Facts, artefact: Any) -> None:
    """Add what a dataflow has data for."""
    flow = tail(artefact.reference)
    if artefact.obs_count is not None:
        facts["counts"][flow] = artefact.obs_count
    for entry in artefact.cube_region.key_values:
        if entry.time_range is not None:
            span = entry.time_range
            facts["time ranges"][flow] = tuple(
                str(end.period)[:10] for end in (span.start_period, span.end_period) if end is not None
            )
        else:
            facts["constraints"][flow, entry.id] = sorted(value.value for value in entry.values)


def agreement(facts: Facts, artefact: Any) -> None:
    """Add who provides what."""
    facts["provision agreements"][artefact.id] = (tail(artefact.dataflow), artefact.provider.rpartition(".")[2])


def category_scheme(facts: Facts, artefact: Any) -> None:
    """Add the categories of a scheme."""
    facts["categories"][artefact.id] = [category.id for category in artefact.items]
    for category in artefact.items:
        named(facts, f"{artefact.id}.{category.id}", category)


def categorisation(facts: Facts, artefact: Any) -> None:
    """Add which category a dataflow is in."""
    facts["categories"][artefact.id] = (tail(artefact.source), artefact.target.rpartition(".")[2])


def organisations(facts: Facts, artefact: Any) -> None:
    """Add organisations and whom to ask."""
    for agency in artefact.items:
        named(facts, f"{artefact.id}.{agency.id}", agency)
        for contact in agency.contacts:
            facts["names"][f"contact of {agency.id}", NO_LANGUAGE] = contact.name
            facts["contact"][agency.id] = tuple(texts[0] if texts else None for texts in (contact.uris, contact.emails))


def tail(urn: str) -> str:
    """Return the id of the artefact that a URN or a short reference names."""
    return urn.rpartition(":")[2].partition("(")[0]


KINDS = {
    "AgencyScheme": organisations,
    "DataProviderScheme": organisations,
    "Codelist": codelist,
    "Hierarchy": hierarchy,
    "ConceptScheme": concept_scheme,
    "DataStructureDefinition": data_structure,
    "Dataflow": dataflow,
    "AvailabilityConstraint": availability,
    "ProvisionAgreement": agreement,
    "CategoryScheme": category_scheme,
    "Categorisation": categorisation,
}


def read_data(release: Release, path: str, cube: Cube) -> Facts:
    """Return what pysdmx finds in a file of data."""
    from pysdmx.io import read_sdmx

    (data,) = read_sdmx(release.folder / path).data
    return data_facts(cube, data.structure.partition("=")[2], data.action.value, table_rows(data.data))


def table_rows(table: Any) -> list[dict[str, str | None]]:
    """Return the rows of a table of text; a cell without a value, or with an empty one, says nothing."""
    columns = {name: [cell if isinstance(cell, str) and cell else None for cell in table[name]] for name in table}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


READER = Reader("pysdmx", version("pysdmx"), read_structures, read_data)
