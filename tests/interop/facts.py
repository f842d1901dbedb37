"""Facts: what a file of a release says, by topic, in a form that any reader's answer can be brought to.

The truth of data is the release's ``data/<cube>.csv`` read as text; that of structures is the dataset
the release opens as, and for constraints the same CSV files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher import periods
from publisher.model import FREQ, TIME_PERIOD, Codelist, Concept, Cube, Dataset, Text
from publisher.naming import NCNAME_PATTERN

# topic -> place in the file -> what is said there
Facts = dict[str, dict[Any, Any]]

STRUCTURE_TOPICS = (
    "codes",
    "names",
    "descriptions",
    "parents",
    "concepts",
    "components",
    "representations",
    "attributes",
    "dataflows",
    "constraints",
    "time ranges",
    "counts",
    "categories",
    "provision agreements",
    "contact",
    "annotations",
)
DATA_TOPICS = ("structure", "observations", "values", "statuses", "attributes", "unit")
LABELS = "labels"
# No topic, but what the columns of the topics of data are.
COLUMNS = "columns"
UNIT = ("UNIT_MEASURE", "UNIT_MULT", "DECIMALS")
STATUS = ("OBS_STATUS", "CONF_STATUS")
TYPES = {"period": "ObservationalTimePeriod", "number": "Double", "integer": "Integer", "string": "String"}
REPLACE = "Replace"


@dataclass(frozen=True, eq=False)
class Release:
    """A built release: its folder and the dataset it opens as."""

    folder: Path
    dataset: Dataset

    @property
    def flows(self) -> dict[str, Cube]:
        """Each cube by the id of its dataflow."""
        return {self.dataset.names.dataflow(cube.id): cube for cube in self.dataset.cubes}

    def flow_reference(self, cube: Cube) -> str:
        """Return how a cube's dataflow is referred to: ``NAV:DF_TILT140_COUNTY(1.0)``."""
        names = self.dataset.names
        return f"{names.agency}:{names.dataflow(cube.id)}({names.version})"


# Data


def data_facts(cube: Cube, flow: str, action: str | None, rows: list[Mapping[str, Any]]) -> Facts:
    """Return the facts of a cube's observations: a row has every column as text, None where it has nothing."""
    facts: Facts = {topic: {} for topic in DATA_TOPICS}
    facts["structure"] = {"dataflow": flow, "action": action}
    others = [component for component in cube.attribute_ids if component not in STATUS]
    for row in rows:
        key = tuple(row.get(component) for component in cube.key_ids)
        facts["observations"][key] = facts["observations"].get(key, 0) + 1
        facts["values"][key] = row.get(cube.measure.id)
        for topic, components in (("statuses", STATUS), ("attributes", others), ("unit", UNIT)):
            facts[topic][key] = tuple(row.get(component) for component in components)
    columns = {"observations": cube.key_ids, "values": (cube.measure.id,), "statuses": STATUS}
    facts[COLUMNS] = columns | {"attributes": tuple(others), "unit": UNIT}
    return facts


def true_data(release: Release, cube: Cube, file: str) -> Facts:
    """Return what a data file of a cube says; a suppressed value is ``NaN``."""
    constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
    rows = [row | constant for row in observations(release, cube).values()]
    rows = [row | {cube.measure.id: row[cube.measure.id] or "NaN"} for row in rows]
    facts = data_facts(cube, release.flow_reference(cube), REPLACE, rows)
    if file.startswith("data-1.0") and file.endswith(".csv"):
        del facts["structure"]["action"]  # which only SDMX-CSV 1.0 has no word for
    labelled = re.search(r"-(both|name)\b.*-([a-z]+)\.csv$", file)
    if labelled or file.endswith(".json"):
        facts[LABELS] = true_labels(cube, facts, (labelled[2],) if labelled else None)
    return facts


def observations(release: Release, cube: Cube) -> dict[tuple[str, ...], dict[str, str | None]]:
    """Return the rows of a cube's CSV file by key, an empty cell as None."""
    with (release.folder / f"data/{cube.id}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(stream)]
    return {tuple(str(row[component]) for component in cube.key_ids): row for row in rows}


def true_labels(cube: Cube, facts: Facts, languages: tuple[str, ...] | None) -> dict[Any, Any]:
    """Return the names of components, and of the codes that are used, in some languages or in all."""
    labels: dict[Any, Any] = {}
    concepts = {dimension.id: dimension.concept for dimension in cube.dimensions}
    concepts |= {attribute.id: attribute.concept for attribute in (*cube.attributes, *cube.series_attributes)}
    for topic, columns in facts[COLUMNS].items():
        place = facts[topic].keys() if topic == "observations" else facts[topic].values()
        for component, cells in zip(columns, zip(*place, strict=True), strict=True) if topic != "values" else ():
            concept = concepts[component]
            labels |= {(component, language): words for language, words in concept.name}
            for code in set(cells) - {None} if concept.codelist else ():
                labels |= {(component, code, language): words for language, words in concept.codelist[code].name}
    return {place: words for place, words in labels.items() if languages is None or place[-1] in languages}


# Structures


class Words:
    """Collects names and descriptions, each under the place and the language it is in."""

    def __init__(self) -> None:
        self.names: dict[Any, str] = {}
        self.descriptions: dict[Any, str] = {}

    def add(self, place: str, name: Text, description: Text | None = None) -> None:
        """Take the words of an artefact or an item."""
        self.names |= {(place, language): words for language, words in name}
        self.descriptions |= {(place, language): words for language, words in description or ()}


def true_structures(release: Release, file: str) -> Facts:
    """Return what a file of structures says."""
    dataset = release.dataset
    names = dataset.names
    facts: Facts = {topic: {} for topic in STRUCTURE_TOPICS}
    words = Words()
    for codelist in dataset.codelists:
        _codelist(facts, words, codelist)
    words.add(names.concept_scheme, dataset.title)
    facts["concepts"][names.concept_scheme] = [concept.id for concept in dataset.concepts]
    for concept in dataset.concepts:
        place = f"{names.concept_scheme}.{concept.id}"
        words.add(place, concept.name, concept.description)
        facts["representations"][place] = represented(concept)
    for cube in dataset.cubes:
        _cube(facts, words, release, cube)
    _around(facts, words, dataset)
    facts["names"], facts["descriptions"] = words.names, words.descriptions
    return facts if file == "structure-2.1.xml" else _later(facts, release, file)


def _later(facts: Facts, release: Release, file: str) -> Facts:
    """Return what structures of SDMX 3 say otherwise: constraints list their periods, and 3.1 gives them no name.

    In SDMX-ML 3.0, where a parent must be a name to XML, a hierarchy holds the parents that are not.
    """
    names, counts = release.dataset.names, {}
    words = Words()
    facts["time ranges"] = {}
    for flow, cube in release.flows.items():
        keys = observations(release, cube)
        facts["constraints"][flow, TIME_PERIOD] = sorted({key[-1] for key in keys})
        counts[flow] = len(keys)
    if file == "structure-3.1.xml":
        facts["counts"] = counts
        unnamed = {names.constraint(cube.id) for cube in release.dataset.cubes}
        facts["names"] = {place: text for place, text in facts["names"].items() if place[0] not in unnamed}
    if file == "structure-3.0.xml":
        for codelist in release.dataset.codelists:
            if not all(NCNAME_PATTERN.fullmatch(code.parent) for code in codelist.codes if code.parent):
                words.add(names.hierarchy(codelist.id), codelist.name, codelist.description)
    facts["names"] |= words.names
    facts["descriptions"] |= words.descriptions
    return facts


def represented(concept: Concept) -> str:
    """Return the codelist of a concept, or the type of its plain values."""
    return TYPES[concept.data_type] if concept.codelist is None else concept.codelist.id


def _codelist(facts: Facts, words: Words, codelist: Codelist) -> None:
    words.add(codelist.id, codelist.name, codelist.description)
    facts["codes"][codelist.id] = list(codelist.ids)
    if codelist.derived_from is not None:
        facts["annotations"][codelist.id] = [note("DERIVED_FROM", url=codelist.derived_from)]
    for code in codelist.codes:
        place = f"{codelist.id}.{code.id}"
        words.add(place, code.name, code.description)
        if code.parent is not None:
            facts["parents"][place] = code.parent
        if code.matches:
            notes = [note(f"SKOS_{match.kind.upper()}_MATCH", url=match.iri) for match in code.matches]
            facts["annotations"][place] = notes


def note(kind: str, title: str | None = None, url: str | None = None, text: Text | None = None) -> tuple[Any, ...]:
    """Return an annotation as it is compared: type, title, URL, and words by language."""
    return (kind, title, url, tuple(text or ()))


def _cube(facts: Facts, words: Words, release: Release, cube: Cube) -> None:
    """Add a cube's DSD, dataflow, constraint, categorisation and provision agreement."""
    names = release.dataset.names
    dsd, flow = names.dsd(cube.id), names.dataflow(cube.id)
    words.add(dsd, cube.title)
    if release.dataset.suppression is not None:
        facts["annotations"][dsd] = [note("SUPPORT_INTENT_MISS_VALUES")]
    words.add(flow, cube.title, cube.description)
    for artefact in (names.constraint(cube.id), names.categorisation(cube.id), names.provision_agreement(cube.id)):
        words.add(artefact, cube.title)
    series = [component for component in cube.key_ids if component != TIME_PERIOD]
    concepts = [dimension.concept for dimension in cube.dimensions]
    concepts += [attribute.concept for attribute in (*cube.attributes, *cube.series_attributes)]
    facts["components"][dsd, "dimensions"] = list(cube.key_ids)
    facts["components"][dsd, "measures"] = [cube.measure.id]
    facts["components"][dsd, "attributes"] = [*cube.attribute_ids, *UNIT]
    for concept in (*concepts, cube.measure.concept):
        facts["representations"][f"{dsd}.{concept.id}"] = represented(concept)
    for attribute in cube.attributes:
        facts["attributes"][f"{dsd}.{attribute.id}"] = ("observation", attribute.required)
    for constant in cube.series_attributes:
        facts["attributes"][f"{dsd}.{constant.id}"] = (tuple(series), True)
    facts["dataflows"][flow] = dsd
    facts["categories"][names.categorisation(cube.id)] = (flow, names.structure_id())
    facts["provision agreements"][names.provision_agreement(cube.id)] = (flow, names.agency)
    keys = list(observations(release, cube))
    for position, component in enumerate(series):
        facts["constraints"][flow, component] = sorted({key[position] for key in keys})
    place = cube.key_ids.index(FREQ)
    days = [periods.bounds(key[place], key[-1]) for key in keys]
    facts["time ranges"][flow] = (str(min(first for first, _ in days)), str(max(last for _, last in days)))
    facts["annotations"][flow] = _layout(release, cube, {key[place] for key in keys})


def _layout(release: Release, cube: Cube, frequencies: set[str]) -> list[tuple[Any, ...]]:
    """Return the annotations of a dataflow: the table a portal shows first, and the edition's note."""
    *sections, row = [component for component in cube.key_ids if component not in (FREQ, TIME_PERIOD)] or [FREQ]
    finest = next(code for code in "DWMQTSA" if code in frequencies)
    notes = [note("LAYOUT_COLUMN", TIME_PERIOD), note("LAYOUT_ROW", row)]
    if sections:
        notes.append(note("LAYOUT_ROW_SECTION", ",".join(sections)))
    notes.append(note("DEFAULT", f"{FREQ}={finest}"))
    edition = release.dataset.editions[-1]
    if edition.note is not None:
        notes.append(note("EDITION_NOTE", edition.version, text=edition.note))
    return notes


def _around(facts: Facts, words: Words, dataset: Dataset) -> None:
    """Add the category scheme, the organisations and whom to ask."""
    names = dataset.names
    words.add(names.category_scheme, dataset.title)
    words.add(f"{names.category_scheme}.{names.structure_id()}", dataset.title, dataset.description)
    facts["categories"][names.category_scheme] = [names.structure_id()]
    words.add("AGENCIES", Text((("en", "SDMX Agency Scheme"),)))
    words.add(f"AGENCIES.{names.agency}", dataset.publisher.name)
    words.add("DATA_PROVIDERS", dataset.publisher.name)
    words.add(f"DATA_PROVIDERS.{names.agency}", dataset.publisher.name)
    words.add(f"contact of {names.agency}", dataset.contact.name)
    facts["contact"][names.agency] = (dataset.contact.homepage, dataset.contact.email)
