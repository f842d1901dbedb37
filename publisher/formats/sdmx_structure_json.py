"""SDMX artefacts as a structure message of SDMX-JSON 2.0.

Source: SDMX-JSON field guide to the structure message and its schema, version 2.0.0. A localised
text stands twice: in ``name`` its best match, here the words in its first language, and in
``names`` the words of every language under its tag. Links to itself give each artefact its URN.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from publisher.formats.draft import Publication
from publisher.formats.sdmx_artefacts import (
    Annotation,
    Artefact,
    Artefacts,
    Component,
    Item,
    Reference,
    Representation,
)
from publisher.formats.sdmx_common import message_id
from publisher.model import TIME_PERIOD, Agent, Text

MEDIA_TYPE = "application/vnd.sdmx.structure+json;version=2.0.0"
SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
    "sdmx-json-structure-schema.json"
)

# What others depend on comes first. By class: the name of the collection, and of the items in it.
_COLLECTIONS = (
    ("AgencyScheme", "agencySchemes", "agencies"),
    ("DataProviderScheme", "dataProviderSchemes", "dataProviders"),
    ("Codelist", "codelists", "codes"),
    ("ConceptScheme", "conceptSchemes", "concepts"),
    ("DataStructure", "dataStructures", ""),
    ("Dataflow", "dataflows", ""),
    ("CategoryScheme", "categorySchemes", "categories"),
    ("Categorisation", "categorisations", ""),
    ("ProvisionAgreement", "provisionAgreements", ""),
    ("DataConstraint", "dataConstraints", ""),
)
_LOCALISED = ("names", "descriptions", "texts")
# What a reference is called where the word differs from the role it plays.
_ROLES = {"provider": "dataProvider"}


def write(publication: Publication, artefacts: Artefacts) -> bytes:
    """Return a publication's artefacts as a message of SDMX-JSON 2.0."""
    data = {
        collection: [_artefact(artefact, items) for artefact in artefacts[class_name]]
        for class_name, collection, items in _COLLECTIONS
        if artefacts[class_name]
    }
    message = {"meta": meta(publication, _languages(data)), "data": data}
    return (json.dumps(message, ensure_ascii=False, indent=1) + "\n").encode()


def meta(publication: Publication, languages: Iterable[str]) -> dict[str, Any]:
    """Return the header: who sends, the edition's moment, and every language of the message, the main one first."""
    dataset, edition = publication.dataset, publication.edition
    spoken = (*dataset.languages, *languages)
    return {
        "schema": SCHEMA,
        "id": message_id(dataset.names, edition),
        "test": False,
        "prepared": edition.timestamp,
        # The schema knows tags in lower case only; case has no meaning in them (RFC 5646, 2.1.1).
        "contentLanguages": list(dict.fromkeys(language.lower() for language in spoken)),
        "sender": {"id": dataset.names.agency},
    }


def _languages(found: Any) -> Iterator[str]:
    """Yield the tags of all localised texts in a message."""
    if isinstance(found, list):
        for item in found:
            yield from _languages(item)
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from value if key in _LOCALISED else _languages(value)


def localised(word: str, words: Text | None) -> dict[str, Any]:
    """Return a localised text: its best match, and every language under its own tag."""
    return {} if words is None else {word: str(words), f"{word}s": dict(words)}


def _nameable(source: Artefact | Item) -> dict[str, Any]:
    links = {"links": [{"rel": "self", "urn": source.identity.urn}]}
    notes = {"annotations": [annotation(note) for note in source.annotations]} if source.annotations else {}
    return localised("name", source.name) | localised("description", source.description) | links | notes


def annotation(note: Annotation) -> dict[str, Any]:
    """Return an annotation: its type, and a title, a URL or words."""
    title = {} if note.title is None else {"title": note.title}
    links = {} if note.url is None else {"links": [{"rel": "self", "href": note.url}]}
    return {"type": note.kind} | title | localised("text", note.text) | links


def _artefact(artefact: Artefact, items: str) -> dict[str, Any]:
    """Return a maintainable artefact; what its kind has not is left out."""
    names = artefact.identity.names
    found: dict[str, Any] = {"id": artefact.id, "agencyID": names.agency, "version": names.version}
    found |= _nameable(artefact)
    if artefact.is_partial:
        found["isPartial"] = True
    if artefact.items:
        found[items] = [item(source) for source in artefact.items]
    if artefact.components:
        found["dataStructureComponents"] = components(artefact.components)
    if artefact.contents is not None:
        found |= constraint(artefact)
    elif artefact.references is not None:
        found |= {_ROLES.get(role, role): reference.urn for role, reference in artefact.references.items()}
    return found


def item(source: Item) -> dict[str, Any]:
    """Return an item of a scheme: a code with its parent, a concept with its representation."""
    found: dict[str, Any] = {"id": source.id} | _nameable(source)
    if source.parent is not None:
        found["parent"] = source.parent
    if source.representation is not None:
        found["coreRepresentation"] = representation(source.representation)
    if source.contact is not None:
        found["contacts"] = [contact(source.contact)]
    return found


def contact(agent: Agent) -> dict[str, Any]:
    """Return whom to ask."""
    found = localised("name", agent.name)
    if agent.homepage is not None:
        found["uris"] = [agent.homepage]
    if agent.email is not None:
        found["emails"] = [agent.email]
    return found


def representation(source: Representation) -> dict[str, Any]:
    """Return how values are represented: the codes of a list, or the type of plain values."""
    if source.codelist is not None:
        return {"enumeration": source.codelist.urn}
    return {"format": {"dataType": source.text_type}}


def components(sources: tuple[Component, ...]) -> dict[str, Any]:
    """Return the lists of a DSD's components; the order of dimensions is that of their list."""
    by_role = {
        role: [component(source) for source in sources if source.role == role]
        for role in ("Dimension", "TimeDimension", "Attribute", "Measure")
    }
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": by_role["Dimension"],
            "timeDimension": by_role["TimeDimension"][0],
        },
        "attributeList": {"id": "AttributeDescriptor", "attributes": by_role["Attribute"]},
        "measureList": {"id": "MeasureDescriptor", "measures": by_role["Measure"]},
    }


def component(source: Component) -> dict[str, Any]:
    """Return a component: the concept it is, its local representation, and what an attribute belongs to."""
    found: dict[str, Any] = {"id": source.id, "conceptIdentity": source.concept.urn}
    if source.role == "Attribute":
        found["usage"] = "mandatory" if source.mandatory else "optional"
        dimensions = list(source.dimensions)
        found["attributeRelationship"] = {"dimensions": dimensions} if dimensions else {"observation": {}}
    return found | {"localRepresentation": representation(source.representation)}


def constraint(artefact: Artefact) -> dict[str, Any]:
    """Return what a dataflow really holds: codes by dimension, and its periods."""
    assert artefact.contents is not None
    values = {**artefact.contents.codes, TIME_PERIOD: artefact.contents.periods}
    keys = [{"id": component, "values": [{"value": code} for code in codes]} for component, codes in values.items()]
    flow: Reference = artefact.reference("dataflow")
    return {
        "role": "Actual",
        "constraintAttachment": {"dataflows": [flow.urn]},
        "cubeRegions": [{"include": True, "keyValues": keys}],
    }
