"""The SDMX structures read back by sdmx1: every artefact is found and says what the model says.

sdmx1 reads SDMX-ML 2.1 and 3.0. Of 3.0 it lacks two collections and is given the message without
them: at ``DataProviderSchemes`` it stops, and ``ProvisionAgreements`` leave references that it does
not collect. Of attributes in 3.0 it does not know ``usage``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.held import Held, held
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx1_common import STRUCTURE, by_sdmx1, read_structure
from publisher.errors import Finding
from publisher.model import TIME_PERIOD, Codelist, Concept, Cube, Dataset, DataType, Text

RULE = "sdmx-structure"
STRUCTURE_3_0 = "sdmx/structure-3.0.xml"

_UNKNOWN_TO_SDMX1 = ("DataProviderSchemes", "ProvisionAgreements")
# sdmx1's words for the types of plain values.
_TYPES: dict[DataType, str] = {
    "period": "observationalTimePeriod",
    "number": "double",
    "integer": "integer",
    "string": "string",
}


def read_back(subject: Subject) -> Outcome:
    """Compare the structures that sdmx1 finds with the model, and the constraints with the observations."""
    found = {name: held(item) for name, item in subject.observations.items() if item.rows}
    files = ((STRUCTURE, read_structure, True), (STRUCTURE_3_0, _read_3_0, False))
    findings: list[Finding] = []
    artefacts = 0
    for file, read, is_whole in files:
        compared = Comparison(file, is_whole)
        if file not in subject.files:
            compared.note("is missing")
        else:
            try:
                message = read(subject.folder)
            except UnreadableError as error:
                compared.note(f"sdmx1 cannot read it: {error}")
            else:
                _compare(compared, message, subject.dataset, found)
        findings += compared.findings
        artefacts += compared.artefacts
    return Outcome(tuple(findings), f"{artefacts:,} artefacts")


def _read_3_0(folder: Path) -> Any:
    """Return sdmx1's message of the structures in SDMX-ML 3.0, but for what it does not know."""
    from io import BytesIO

    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.parse(folder / STRUCTURE_3_0, parser).getroot()
    except (OSError, etree.LxmlError) as error:
        raise UnreadableError(str(error)) from error
    for name in _UNKNOWN_TO_SDMX1:
        for collection in root.findall(f".//{{*}}Structures/{{*}}{name}"):
            root.find(".//{*}Structures").remove(collection)  # type: ignore[union-attr]
    return by_sdmx1(BytesIO(etree.tostring(root)))


def _compare(compared: Comparison, message: Any, dataset: Dataset, found: dict[str, Held]) -> None:
    for codelist in dataset.codelists:
        compare_codelist(compared, message, codelist, dataset.names.hierarchy(codelist.id))
    compare_concepts(compared, message, dataset)
    for cube in dataset.cubes:
        compare_dsd(compared, message, dataset, cube)
        compare_usage(compared, message, dataset, cube)
        if cube.id in found:
            compare_constraint(compared, message, dataset, cube, found[cube.id])


@dataclass
class Comparison:
    """What differs so far in a file, each thing named by its artefact, and how many artefacts were found.

    ``is_whole`` says whether sdmx1 was given all of the file and knows all of its words.
    """

    file: str
    is_whole: bool = True
    findings: list[Finding] = field(default_factory=list)
    artefacts: int = 0

    def find(self, collection: Any, artefact: str, place: str | None = None) -> Any:
        """Return an artefact or an item of one; None, and a finding, where it is missing or only referred to."""
        try:
            found = collection[artefact]
        except KeyError:
            found = None
        if found is None or getattr(found, "is_external_reference", False):
            self.note(f"{place or artefact} is missing")
            return None
        self.artefacts += 1
        return found

    def same(self, place: str, found: object, expected: object) -> None:
        """Note what is not as the model has it."""
        if found != expected:
            self.note(f"{place} is {found!r}, {expected!r} expected")

    def words(self, place: str, found: Any, expected: Text | None) -> None:
        """Note a text that is missing, not the same, or under another language's tag."""
        wanted = dict(expected or ())
        seen = dict(found.localizations)
        for language in dict.fromkeys((*wanted, *seen)):
            self.same(f"{place} in '{language}'", seen.get(language), wanted.get(language))

    def note(self, message: str) -> None:
        """Add a finding on the file."""
        self.findings.append(Finding(RULE, message, file=self.file))


def compare_codelist(compared: Comparison, message: Any, codelist: Codelist, hierarchy: str) -> None:
    """Compare a codelist: its codes, their names in each language, descriptions and parents."""
    found = compared.find(message.codelist, codelist.id)
    if found is None:
        return
    compared.words(f"name of {codelist.id}", found.name, codelist.name)
    compared.words(f"description of {codelist.id}", found.description, codelist.description)
    parents = _parents(message.hierarchy[hierarchy]) if hierarchy in getattr(message, "hierarchy", ()) else {}
    for extra in sorted(set(found.items) - set(codelist.ids)):
        compared.same(f"{codelist.id}.{extra}", "there", "not there")
    for code in codelist.codes:
        place = f"{codelist.id}.{code.id}"
        if (item := compared.find(found.items, code.id, place)) is not None:
            compared.words(f"name of {place}", item.name, code.name)
            compared.words(f"description of {place}", item.description, code.description)
            # A code at the top has its codelist as parent.
            parent = item.parent.id if isinstance(item.parent, type(item)) else parents.get(code.id)
            compared.same(f"parent of {place}", parent, code.parent)
            matches = [(f"SKOS_{match.kind.upper()}_MATCH", match.iri) for match in code.matches]
            compared.same(f"matches of {place}", [(note.type, note.url) for note in item.annotations], matches)


def _parents(hierarchy: Any) -> dict[str, str]:
    """Return the parent of each code that has one, from a hierarchy of sdmx1."""
    parents: dict[str, str] = {}
    waiting = list(hierarchy.codes.values())
    while waiting:
        above = waiting.pop()
        for below in above.child:
            parents[below.code.id] = above.code.id
            waiting.append(below)
    return parents


def compare_concepts(compared: Comparison, message: Any, dataset: Dataset) -> None:
    """Compare the concept scheme: names, descriptions and core representations."""
    scheme = compared.find(message.concept_scheme, dataset.names.concept_scheme)
    if scheme is None:
        return
    for concept in dataset.concepts:
        place = f"{dataset.names.concept_scheme}.{concept.id}"
        if (item := compared.find(scheme.items, concept.id, place)) is not None:
            compared.words(f"name of {place}", item.name, concept.name)
            compared.words(f"description of {place}", item.description, concept.description)
            compared.same(f"representation of {place}", _represented(item.core_representation), _values(concept))


def _represented(representation: Any) -> str | None:
    """Return the id of the codelist, or the type of plain values, that a representation of sdmx1 names."""
    if representation is None:
        return None
    if representation.enumerated is not None:
        return str(representation.enumerated.id)
    return ", ".join(facet.value_type.name for facet in representation.non_enumerated)


def _values(concept: Concept) -> str:
    return _TYPES[concept.data_type] if concept.codelist is None else concept.codelist.id


def compare_dsd(compared: Comparison, message: Any, dataset: Dataset, cube: Cube) -> None:
    """Compare a DSD: components in order, what each is represented by, what attributes belong to."""
    dsd_id = dataset.names.dsd(cube.id)
    if (dsd := compared.find(message.structure, dsd_id)) is None:
        return
    compared.words(f"name of {dsd_id}", dsd.name, cube.title)
    series = {attribute.id: list(cube.key_ids[:-1]) for attribute in cube.series_attributes}
    status = {attribute.id: attribute.required for attribute in cube.attributes} | dict.fromkeys(series, True)
    constant = [attribute.concept for attribute in cube.series_attributes]
    components: dict[str, tuple[Any, list[Concept]]] = {
        "dimensions": (dsd.dimensions, [dimension.concept for dimension in cube.dimensions]),
        "measures": (dsd.measures, [cube.measure.concept]),
        "attributes": (dsd.attributes, [*(item.concept for item in cube.attributes), *constant]),
    }
    for name, (found, concepts) in components.items():
        compared.same(f"{name} of {dsd_id}", [item.id for item in found], [concept.id for concept in concepts])
        for item, concept in zip(found, concepts, strict=False):
            place = f"{dsd_id}.{item.id}"
            compared.same(f"concept of {place}", getattr(item.concept_identity, "id", None), concept.id)
            compared.same(f"representation of {place}", _represented(item.local_representation), _values(concept))
    for item in dsd.attributes:
        place = f"{dsd_id}.{item.id}"
        related = [dimension.id for dimension in getattr(item.related_to, "dimensions", ())]
        compared.same(f"what {place} relates to", related, series.get(item.id, []))
        if compared.is_whole:
            mandatory = getattr(item.usage_status, "name", None) == "mandatory"
            compared.same(f"whether {place} is mandatory", mandatory, status.get(item.id))


def compare_usage(compared: Comparison, message: Any, dataset: Dataset, cube: Cube) -> None:
    """Compare a dataflow and what is attached to it: its category and its provider."""
    names = dataset.names
    flow_id = names.dataflow(cube.id)
    if (flow := compared.find(message.dataflow, flow_id)) is not None:
        compared.words(f"name of {flow_id}", flow.name, cube.title)
        compared.words(f"description of {flow_id}", flow.description, cube.description)
        compared.same(f"structure of {flow_id}", getattr(flow.structure, "id", None), names.dsd(cube.id))
    if (scheme := compared.find(message.category_scheme, names.category_scheme)) is not None:
        category = names.structure_id()
        compared.find(scheme.items, category, f"{scheme.id}.{category}")
    if (entry := compared.find(message.categorisation, names.categorisation(cube.id))) is not None:
        compared.same(f"source of {entry.id}", getattr(entry.artefact, "id", None), flow_id)
        compared.same(f"target of {entry.id}", getattr(entry.category, "id", None), names.structure_id())
    if not compared.is_whole:
        return
    if (agreement := compared.find(message.provisionagreement, names.provision_agreement(cube.id))) is not None:
        compared.same(f"usage of {agreement.id}", getattr(agreement.structure_usage, "id", None), flow_id)
        compared.same(f"provider of {agreement.id}", getattr(agreement.data_provider, "id", None), names.agency)


def compare_constraint(compared: Comparison, message: Any, dataset: Dataset, cube: Cube, expected: Held) -> None:
    """Compare an actual constraint with what the observations hold: codes by dimension, periods or their range."""
    found = compared.find(message.constraint, dataset.names.constraint(cube.id))
    if found is None:
        return
    regions = found.data_content_region
    compared.same(f"role of {found.id}", found.role.role.name, "actual")
    compared.same(f"number of regions of {found.id}", len(regions), 1)
    flows = [item.id for item in found.content]
    compared.same(f"dataflows of {found.id}", flows, [dataset.names.dataflow(cube.id)])
    said = {dimension.id: selection.values for region in regions for dimension, selection in region.member.items()}
    ranges = [value for value in said.get(TIME_PERIOD, ()) if not hasattr(value, "value")]
    listed = expected.codes if ranges else expected.codes | {TIME_PERIOD: expected.periods}
    for dimension, codes in listed.items():
        values = {member.value for member in said.get(dimension, ())}
        for code in sorted(codes | values):
            place = f"{dimension} '{code}' in {found.id}"
            compared.same(place, _there(code in values), _there(code in codes))
    for selection in ranges:
        span = [day.period.date() for day in (selection.start, selection.end)]
        compared.same(
            f"{TIME_PERIOD} of {found.id}", [str(day) for day in span], [str(expected.begin), str(expected.end)]
        )


def _there(is_there: bool) -> str:
    return "there" if is_there else "not there"


_READ = (STRUCTURE, STRUCTURE_3_0)

CHECKS = (Check("SDMX structures", "sdmx1", "fast", read_back, needs=("sdmx-structure",), files=_READ),)
