"""The SDMX structures read back by sdmx1: every artefact is found and says what the model says."""

from __future__ import annotations

from datetime import date
from typing import Any

from publisher import periods
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.read_sdmx import STRUCTURE, read_structure
from publisher.checks.reader import UnreadableError
from publisher.errors import Finding
from publisher.model import FREQ, TIME_PERIOD, Codelist, Concept, Cube, Dataset, DataType, Text
from publisher.observations import Observations

RULE = "sdmx-structure"

_BATCH_ROWS = 65_536
# sdmx1's words for the types of plain values.
_TYPES: dict[DataType, str] = {
    "period": "observationalTimePeriod",
    "number": "double",
    "integer": "integer",
    "string": "string",
}


def read_back(subject: Subject) -> Outcome:
    """Compare the structures that sdmx1 finds with the model, and the constraints with the observations."""
    if STRUCTURE not in subject.files:
        return Outcome((Finding(RULE, "is missing", file=STRUCTURE),))
    try:
        message = read_structure(subject.folder)
    except UnreadableError as error:
        return Outcome((Finding(RULE, f"sdmx1 cannot read it: {error}", file=STRUCTURE),))
    compared = Comparison()
    dataset = subject.dataset
    for codelist in dataset.codelists:
        compare_codelist(compared, message, codelist)
    compare_concepts(compared, message, dataset)
    for cube in dataset.cubes:
        compare_dsd(compared, message, dataset, cube)
        compare_usage(compared, message, dataset, cube)
        if (observations := subject.observations.get(cube.id)) is not None and observations.rows:
            compare_constraint(compared, message, dataset, observations)
    return Outcome(tuple(compared.findings), f"{compared.artefacts:,} artefacts")


class Comparison:
    """What differs so far, each thing named by its artefact, and how many artefacts were found."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.findings: list[Finding] = []
        self.artefacts = 0

    def find(self, collection: Any, artefact: str, place: str | None = None) -> Any:
        """Return an artefact or an item of one; None, and a finding, where it is missing or only referred to."""
        try:
            found = collection[artefact]
        except KeyError:
            found = None
        if found is None or getattr(found, "is_external_reference", False):
            self._note(f"{place or artefact} is missing")
            return None
        self.artefacts += 1
        return found

    def same(self, place: str, found: object, expected: object) -> None:
        """Note what is not as the model has it."""
        if found != expected:
            self._note(f"{place} is {found!r}, {expected!r} expected")

    def words(self, place: str, found: Any, expected: Text | None) -> None:
        """Note a text that is missing, not the same, or under another language's tag."""
        wanted = dict(expected or ())
        seen = dict(found.localizations)
        for language in dict.fromkeys((*wanted, *seen)):
            self.same(f"{place} in '{language}'", seen.get(language), wanted.get(language))

    def _note(self, message: str) -> None:
        self.findings.append(Finding(RULE, message, file=STRUCTURE))


def compare_codelist(compared: Comparison, message: Any, codelist: Codelist) -> None:
    """Compare a codelist: its codes, their names in each language, descriptions and parents."""
    found = compared.find(message.codelist, codelist.id)
    if found is None:
        return
    compared.words(f"name of {codelist.id}", found.name, codelist.name)
    compared.words(f"description of {codelist.id}", found.description, codelist.description)
    for extra in sorted(set(found.items) - set(codelist.ids)):
        compared.same(f"{codelist.id}.{extra}", "there", "not there")
    for code in codelist.codes:
        place = f"{codelist.id}.{code.id}"
        if (item := compared.find(found.items, code.id, place)) is not None:
            compared.words(f"name of {place}", item.name, code.name)
            compared.words(f"description of {place}", item.description, code.description)
            # A code at the top has its codelist as parent.
            parent = item.parent.id if isinstance(item.parent, type(item)) else None
            compared.same(f"parent of {place}", parent, code.parent)
            matches = [(f"SKOS_{match.kind.upper()}_MATCH", match.iri) for match in code.matches]
            compared.same(f"matches of {place}", [(note.type, note.url) for note in item.annotations], matches)


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
    if (agreement := compared.find(message.provisionagreement, names.provision_agreement(cube.id))) is not None:
        compared.same(f"usage of {agreement.id}", getattr(agreement.structure_usage, "id", None), flow_id)
        compared.same(f"provider of {agreement.id}", getattr(agreement.data_provider, "id", None), names.agency)


def compare_constraint(compared: Comparison, message: Any, dataset: Dataset, observations: Observations) -> None:
    """Compare an actual constraint with what the observations hold: codes by dimension, range of time."""
    cube = observations.cube
    found = compared.find(message.constraint, dataset.names.constraint(cube.id))
    if found is None:
        return
    regions = found.data_content_region
    compared.same(f"number of regions of {found.id}", len(regions), 1)
    flows = [item.id for item in found.content]
    compared.same(f"dataflows of {found.id}", flows, [dataset.names.dataflow(cube.id)])
    said = {dimension.id: selection.values for region in regions for dimension, selection in region.member.items()}
    codes, begin, end = _held(observations)
    for dimension, expected in codes.items():
        values = {member.value for member in said.get(dimension, ())}
        for code in sorted(expected | values):
            place = f"{dimension} '{code}' in {found.id}"
            compared.same(place, _there(code in values), _there(code in expected))
    for selection in said.get(TIME_PERIOD, ()):
        span = [day.period.date() for day in (selection.start, selection.end)]
        compared.same(f"{TIME_PERIOD} of {found.id}", [str(day) for day in span], [str(begin), str(end)])
    compared.same(f"ranges of {TIME_PERIOD} in {found.id}", len(said.get(TIME_PERIOD, ())), 1)


def _there(is_there: bool) -> str:
    return "there" if is_there else "not there"


def _held(observations: Observations) -> tuple[dict[str, set[str]], date, date]:
    """Return the codes of each dimension but time, and the first and last day, counted from the rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes: dict[str, set[str]] = {component: set() for component in observations.cube.key_ids[:-1]}
    spans: set[str] = set()
    for batch in observations.batches(_BATCH_ROWS):
        for component, seen in codes.items():
            seen.update(pc.unique(batch[component].cast(pa.string())).to_pylist())
        frequency, time = batch[FREQ].cast(pa.string()), batch[TIME_PERIOD].cast(pa.string())
        pairs = pc.binary_join_element_wise(frequency, time, " ")
        spans.update(pc.unique(pairs).to_pylist())
    days = [periods.bounds(*span.split(" ")) for span in spans]
    return codes, min(first for first, _ in days), max(last for _, last in days)


CHECKS = (Check("SDMX structures", "sdmx1", "fast", read_back, needs=("sdmx-structure",)),)
