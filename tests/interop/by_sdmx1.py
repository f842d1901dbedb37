"""sdmx1: structures and data with every language; data are read with the DSD, as its documentation says."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from publisher.model import Cube

from .facts import STRUCTURE_TOPICS, Facts, Release, data_facts
from .reader import Reader


def read_structures(release: Release, path: str) -> Facts:
    """Return what sdmx1 finds in a file of structures."""
    message = read(release.folder / path)
    facts: Facts = {topic: {} for topic in STRUCTURE_TOPICS}
    for codelist in message.codelist.values():
        named(facts, codelist.id, codelist)
        facts["codes"][codelist.id] = list(codelist.items)
        for code in codelist.items.values():
            named(facts, f"{codelist.id}.{code.id}", code)
            if isinstance(code.parent, type(code)):
                facts["parents"][f"{codelist.id}.{code.id}"] = code.parent.id
    for scheme in message.concept_scheme.values():
        named(facts, scheme.id, scheme)
        facts["concepts"][scheme.id] = list(scheme.items)
        for concept in scheme.items.values():
            named(facts, f"{scheme.id}.{concept.id}", concept)
            facts["representations"][f"{scheme.id}.{concept.id}"] = represented(concept.core_representation)
    for dsd in message.structure.values():
        data_structure(facts, dsd)
    for flow in message.dataflow.values():
        named(facts, flow.id, flow)
        facts["dataflows"][flow.id] = flow.structure.id
    around(facts, message)
    return facts


def named(facts: Facts, place: str, item: Any) -> None:
    """Add the names, descriptions and annotations of an artefact or an item."""
    for topic, words in (("names", item.name), ("descriptions", item.description)):
        facts[topic] |= {(place, language): text for language, text in words.localizations.items()}
    annotated(facts, place, item)


def annotated(facts: Facts, place: str, item: Any) -> None:
    """Add the annotations of an artefact, an item or a component."""
    if item.annotations:
        facts["annotations"][place] = [
            (entry.type, entry.title, entry.url, tuple(entry.text.localizations.items())) for entry in item.annotations
        ]


def represented(representation: Any) -> str | None:
    """Return the codelist, or the type of plain values, that a representation names."""
    if representation is None:
        return None
    if representation.enumerated is not None:
        return str(representation.enumerated.id)
    (facet,) = representation.non_enumerated
    name = str(facet.value_type.name)
    return name[0].upper() + name[1:]


def data_structure(facts: Facts, dsd: Any) -> None:
    """Add a DSD: its components in order, what represents them, what attributes belong to."""
    named(facts, dsd.id, dsd)
    for role in ("dimensions", "measures", "attributes"):
        facts["components"][dsd.id, role] = [item.concept_identity.id for item in getattr(dsd, role)]
        for item in getattr(dsd, role):
            facts["representations"][f"{dsd.id}.{item.id}"] = represented(item.local_representation)
            annotated(facts, f"{dsd.id}.{item.id}", item)
    for item in dsd.attributes:
        related = tuple(dimension.id for dimension in getattr(item.related_to, "dimensions", ()))
        mandatory = getattr(item.usage_status, "name", None) == "mandatory"
        facts["attributes"][f"{dsd.id}.{item.id}"] = (related or "observation", mandatory)


def around(facts: Facts, message: Any) -> None:
    """Add what is not needed to read data: constraints, categories, provision agreements, organisations."""
    for constraint in message.constraint.values():
        actual(facts, constraint)
    for scheme in message.category_scheme.values():
        named(facts, scheme.id, scheme)
        facts["categories"][scheme.id] = list(scheme.items)
        for category in scheme.items.values():
            named(facts, f"{scheme.id}.{category.id}", category)
    for entry in message.categorisation.values():
        named(facts, entry.id, entry)
        facts["categories"][entry.id] = (entry.artefact.id, entry.category.id)
    for agreement in message.provisionagreement.values():
        named(facts, agreement.id, agreement)
        facts["provision agreements"][agreement.id] = (agreement.structure_usage.id, agreement.data_provider.id)
    for scheme in message.organisation_scheme.values():
        named(facts, scheme.id, scheme)
        for agency in scheme.items.values():
            organisation(facts, f"{scheme.id}.{agency.id}", agency)


def actual(facts: Facts, constraint: Any) -> None:
    """Add what a dataflow has data for."""
    named(facts, constraint.id, constraint)
    (flow,), (region,) = constraint.content, constraint.data_content_region
    for dimension, selection in region.member.items():
        for chosen in selection.values:
            if hasattr(chosen, "start"):
                facts["time ranges"][flow.id] = tuple(str(end.period.date()) for end in (chosen.start, chosen.end))
            else:
                facts["constraints"].setdefault((flow.id, dimension.id), []).append(chosen.value)
    facts["constraints"] = {place: sorted(codes) for place, codes in facts["constraints"].items()}


def organisation(facts: Facts, place: str, agency: Any) -> None:
    """Add an organisation and whom to ask."""
    named(facts, place, agency)
    for contact in agency.contact:
        words = contact.name.localizations
        facts["names"] |= {(f"contact of {agency.id}", language): text for language, text in words.items()}
        facts["contact"][agency.id] = (first(contact.uri), first(contact.email))


def first(texts: list[str]) -> str | None:
    """Return the one text of a list, or None."""
    return texts[0] if texts else None


def read_data(release: Release, path: str, cube: Cube) -> Facts:
    """Return what sdmx1 finds in a file of data."""
    structures = read(release.folder / "sdmx/structure-2.1.xml")
    names = release.dataset.names
    if path.endswith(".csv"):
        structure = structures.dataflow[names.dataflow(cube.id)]
    else:
        structure = structures.structure[names.dsd(cube.id)]
    import sdmx

    message = sdmx.read_sdmx(release.folder / path, structure=structure)
    (data,) = message.data
    flow = message.dataflow
    reference = f"{flow.maintainer.id}:{flow.id}({flow.version})"
    action = None if data.action is None else data.action.name.capitalize()
    return data_facts(cube, reference, action, [row(observation) for observation in data.obs])


def row(observation: Any) -> dict[str, str | None]:
    """Return an observation as text by component."""
    said = {name: text(value.value) for name, value in observation.dimension.values.items()}
    if observation.series_key is not None:
        said |= {name: text(value.value) for name, value in observation.series_key.values.items()}
    # From CSV an absent attribute is an empty text.
    said |= {name: text(value.value) or None for name, value in observation.attrib.items()}
    return said | {"OBS_VALUE": text(observation.value)}


def text(value: Any) -> str | None:
    """Return a code or a text as sdmx1 holds it."""
    return None if value is None else str(getattr(value, "id", value))


@lru_cache(maxsize=4)
def read(path: Path) -> Any:
    """Let sdmx1 read a file of structures."""
    # Once it has read a 2.1 file, sdmx1 fails at every 3.0 file unless this was imported first.
    import sdmx.reader.xml.v30  # noqa: F401  # isort: skip
    import sdmx

    return sdmx.read_sdmx(path)


READER = Reader("sdmx1", version("sdmx1"), read_structures, read_data)
