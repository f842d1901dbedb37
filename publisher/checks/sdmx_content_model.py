"""What each structure message must say, from the definition and the observations, as a tree of plain words.

A tree is a dictionary by what is said, down to texts; artefacts are keyed by class and id, items and
components by id, in order, and words by language. Files of every version are read into the same
tree, so that what a version says differently stands in its ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from publisher import periods
from publisher.checks.held import Held
from publisher.model import FREQ, TIME_PERIOD, Agent, Codelist, Concept, Cube, Dataset, Edition, Text
from publisher.naming import NCNAME_PATTERN, Names

Tree = dict[str, Any]

_ORGANISATIONS = frozenset(("AgencyScheme", "DataProviderScheme"))
_TYPES = {"period": "ObservationalTimePeriod", "number": "Double", "integer": "Integer", "string": "String"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a version says differently: its file, the class of its constraints, who has no version.

    ``is_final`` is said of organisations in 2.1, where time is a range too; in ``hierarchies`` stand
    parents that are no names to XML.
    """

    file: str
    constraint: str
    unversioned: frozenset[str] = frozenset()
    is_final: bool = False
    hierarchies: bool = False
    is_xml: bool = True


DIALECTS = (
    Dialect("sdmx/structure-2.1.xml", "ContentConstraint", is_final=True),
    Dialect("sdmx/structure-3.0.xml", "DataConstraint", _ORGANISATIONS, hierarchies=True),
    Dialect("sdmx/structure-3.1.xml", "AvailabilityConstraint", _ORGANISATIONS | {"Categorisation"}),
    Dialect("sdmx/structure-2.0.json", "DataConstraint", is_xml=False),
)


def expected(dataset: Dataset, edition: Edition, held: Mapping[str, Held], dialect: Dialect) -> Tree:
    """Return what a message says of a dataset's edition; ``held`` is by cube, where there are observations."""
    header = {
        "id": f"{dataset.names.structure_id()}_{edition.id}",
        "test": "false",
        "prepared": edition.timestamp,
        "sender": dataset.names.agency,
    }
    if not dialect.is_xml:
        header["language"] = dataset.languages[0].lower()
    tree: Tree = {"header": header}
    for key, artefact in (
        *_organisations(dataset, dialect),
        *_categories(dataset, dialect),
        *(pair for codelist in dataset.codelists for pair in _codelists(dataset.names, codelist, dialect)),
        _concepts(dataset, dialect),
        *(pair for cube in dataset.cubes for pair in _cube(dataset, cube, edition, held.get(cube.id), dialect)),
    ):
        tree[key] = artefact
    return tree


def _artefact(names: Names, kind: str, artefact: str, title: Text, dialect: Dialect, **more: Any) -> tuple[str, Tree]:
    """Return an artefact with its key and what only its class has; ``kind`` is its package and class."""
    class_name = kind.split(".")[1]
    has_version = class_name not in dialect.unversioned
    if class_name in _ORGANISATIONS or not has_version:
        names = replace(names, version="1.0")
    found = {"agency": names.agency, "urn": names.urn(kind, artefact), "name": dict(title)}
    if has_version:
        found["version"] = names.version
    if dialect.is_final and class_name in _ORGANISATIONS:
        found["isFinal"] = "false"
    return f"{class_name} {artefact}", found | more


def _item(urn: str, name: Text, description: Text | None = None, **more: Any) -> Tree:
    return {"urn": urn, "name": dict(name)} | _described(description) | more


def _described(description: Text | None) -> Tree:
    return {} if description is None else {"description": dict(description)}


def _note(kind: str, **more: Any) -> Tree:
    return {"type": kind, **more}


def _organisations(dataset: Dataset, dialect: Dialect) -> Iterator[tuple[str, Tree]]:
    who, own = dataset.publisher.name, replace(dataset.names, version="1.0")
    sdmx = replace(own, agency="SDMX")
    agency = {own.agency: _item(sdmx.urn("base.Agency", "AGENCIES", own.agency), who)}
    name = Text((("en", "SDMX Agency Scheme"),))
    yield _artefact(sdmx, "base.AgencyScheme", "AGENCIES", name, dialect, isPartial="true", items=agency)
    urn = own.urn("base.DataProvider", "DATA_PROVIDERS", own.agency)
    provider = {own.agency: _item(urn, who, contact=_contact(dataset.contact))}
    yield _artefact(own, "base.DataProviderScheme", "DATA_PROVIDERS", who, dialect, items=provider)


def _contact(agent: Agent) -> Tree:
    said = {"uri": agent.homepage, "email": agent.email}
    return {"name": dict(agent.name)} | {key: value for key, value in said.items() if value is not None}


def _categories(dataset: Dataset, dialect: Dialect) -> Iterator[tuple[str, Tree]]:
    names = dataset.names
    category = names.structure_id()
    urn = names.urn("categoryscheme.Category", names.category_scheme, category)
    items = {category: _item(urn, dataset.title, dataset.description)}
    kind = "categoryscheme.CategoryScheme"
    yield _artefact(names, kind, names.category_scheme, dataset.title, dialect, items=items)


def _codelists(names: Names, codelist: Codelist, dialect: Dialect) -> Iterator[tuple[str, Tree]]:
    has_hierarchy = dialect.hierarchies and any(
        code.parent is not None and not NCNAME_PATTERN.fullmatch(code.parent) for code in codelist.codes
    )
    urns = {code.id: names.urn("codelist.Code", codelist.id, code.id) for code in codelist.codes}
    items = {}
    for code in codelist.codes:
        items[code.id] = _item(urns[code.id], code.name, code.description)
        if code.matches:
            notes = [_note(f"SKOS_{match.kind.upper()}_MATCH", url=match.iri) for match in code.matches]
            items[code.id]["annotations"] = notes
        if code.parent is not None and not has_hierarchy:
            items[code.id]["parent"] = code.parent
    more = _described(codelist.description)
    title, origin = codelist.name, codelist.derived_from
    said = more if origin is None else more | {"annotations": [_note("DERIVED_FROM", url=origin)]}
    yield _artefact(names, "codelist.Codelist", codelist.id, title, dialect, items=items, **said)
    if has_hierarchy:
        places = {code.id: _place(urns[code.id], code.parent) for code in codelist.codes}
        more |= {"hasFormalLevels": "false", "codes": places}
        yield _artefact(names, "codelist.Hierarchy", names.hierarchy(codelist.id), title, dialect, **more)


def _place(urn: str, parent: str | None) -> Tree:
    return {"code": urn} | ({} if parent is None else {"parent": parent})


def _concepts(dataset: Dataset, dialect: Dialect) -> tuple[str, Tree]:
    names = dataset.names
    items = {
        concept.id: _item(
            names.urn("conceptscheme.Concept", names.concept_scheme, concept.id),
            concept.name,
            concept.description,
            representation=_representation(names, concept),
        )
        for concept in dataset.concepts
    }
    kind = "conceptscheme.ConceptScheme"
    return _artefact(names, kind, names.concept_scheme, dataset.title, dialect, items=items)


def _representation(names: Names, concept: Concept) -> str:
    if concept.codelist is not None:
        return names.urn("codelist.Codelist", concept.codelist.id)
    return _TYPES[concept.data_type]


def _cube(
    dataset: Dataset, cube: Cube, edition: Edition, held: Held | None, dialect: Dialect
) -> Iterator[tuple[str, Tree]]:
    """Yield a cube's DSD, dataflow, categorisation, constraint and provision agreement."""
    names = dataset.names
    flow = names.urn("datastructure.Dataflow", names.dataflow(cube.id))
    structure = names.urn("datastructure.DataStructure", names.dsd(cube.id))
    category = names.urn("categoryscheme.Category", names.category_scheme, names.structure_id())
    provider = replace(names, version="1.0").urn("base.DataProvider", "DATA_PROVIDERS", names.agency)
    title = cube.title
    more: Tree = {"components": _components(names, cube)}
    if dataset.suppression is not None:
        more["annotations"] = [_note("SUPPORT_INTENT_MISS_VALUES")]
    yield _artefact(names, "datastructure.DataStructure", names.dsd(cube.id), title, dialect, **more)
    more = {"structure": structure, "annotations": list(_notes(cube, edition, held))} | _described(cube.description)
    yield _artefact(names, "datastructure.Dataflow", names.dataflow(cube.id), title, dialect, **more)
    kind = "categoryscheme.Categorisation"
    yield _artefact(names, kind, names.categorisation(cube.id), title, dialect, source=flow, target=category)
    kind = "registry.ProvisionAgreement"
    agreement = names.provision_agreement(cube.id)
    yield _artefact(names, kind, agreement, title, dialect, dataflow=flow, provider=provider)
    if held is None:
        return
    content = {"dataflow": flow, "include": "true", "region": _region(cube, held, dialect)}
    if dialect.constraint == "AvailabilityConstraint":
        yield f"AvailabilityConstraint {flow}", content | {"obsCount": str(held.rows)}
    else:
        kind = f"registry.{dialect.constraint}"
        yield _artefact(names, kind, names.constraint(cube.id), title, dialect, role="Actual", **content)


def _notes(cube: Cube, edition: Edition, held: Held | None) -> Iterator[Tree]:
    """Yield a dataflow's annotations: the first table of a portal, its first selection, the edition's note."""
    between = [component for component in cube.key_ids if component not in (FREQ, TIME_PERIOD)]
    yield _note("LAYOUT_COLUMN", title=TIME_PERIOD)
    yield _note("LAYOUT_ROW", title=between[-1] if between else FREQ)
    if between[:-1]:
        yield _note("LAYOUT_ROW_SECTION", title=",".join(between[:-1]))
    finest = [code for code in periods.FREQUENCIES if held is not None and code in held.codes[FREQ]]
    if finest:
        yield _note("DEFAULT", title=f"{FREQ}={finest[0]}")
    if edition.note is not None:
        yield _note("EDITION_NOTE", title=edition.version, text=dict(edition.note))


def _components(names: Names, cube: Cube) -> Tree:
    key = [dimension.id for dimension in cube.dimensions if not dimension.is_time]
    found: Tree = {}
    for dimension in cube.dimensions:
        found[dimension.id] = _component(
            names, dimension.concept, "TimeDimension" if dimension.is_time else "Dimension"
        )
    for attribute in cube.attributes:
        usage = "mandatory" if attribute.required else "optional"
        more = {"usage": usage, "relates to": ["the observation"]}
        found[attribute.id] = _component(names, attribute.concept, "Attribute") | more
    for constant in cube.series_attributes:
        more = {"usage": "mandatory", "relates to": key}
        found[constant.id] = _component(names, constant.concept, "Attribute") | more
    found[cube.measure.id] = _component(names, cube.measure.concept, "Measure")
    return found


def _component(names: Names, concept: Concept, role: str) -> Tree:
    urn = names.urn("conceptscheme.Concept", names.concept_scheme, concept.id)
    return {"role": role, "concept": urn, "representation": _representation(names, concept)}


def _region(cube: Cube, held: Held, dialect: Dialect) -> Tree:
    """Return the values of each dimension in the order of its codelist, and of time."""
    found: Tree = {
        dimension.id: [code for code in dimension.codelist.ids if code in held.codes[dimension.id]]
        for dimension in cube.dimensions
        if dimension.codelist is not None
    }
    is_range = dialect.constraint == "ContentConstraint"
    return found | {TIME_PERIOD: [f"{held.begin}/{held.end}"] if is_range else sorted(held.periods)}
