"""The SDMX structures read by others: sdmx1 and pysdmx find every artefact, and what they lose is their own.

What a reader loses is asserted too, each with where in its sources it is lost, so that an upgrade
that loses less is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from made_up import DATASET, write_project
from sdmx_fixture import hostile_publication, nav_publication
from sdmx_structures import FILES, JSON, ML_2_1, ML_3_0, ML_3_1, subject, written

from publisher.build import Options, build
from publisher.checks.held import held
from publisher.checks.reader import UnreadableError
from publisher.checks.sdmx1_common import by_sdmx1
from publisher.checks.sdmx_readback import read_back
from publisher.definition import read_definition
from publisher.formats.draft import Publication
from publisher.model import Cube, Dataset, Text

pytestmark = pytest.mark.slow

pysdmx = pytest.importorskip("pysdmx.io")

CODELIST = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist="


@pytest.fixture(scope="module", params=[hostile_publication, nav_publication], ids=["hostile", "nav"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Path]:
    folder = tmp_path_factory.mktemp("release")
    publication = request.param(folder)
    return publication, written(publication, folder / "r")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path]:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    build(folder, [DATASET], Options(output=folder / "output", only=("sdmx-structure",)))
    return read_definition(folder, DATASET), folder / "output" / DATASET


# sdmx1


def test_sdmx1_reads_2_1_and_3_0_with_every_label_in_every_language(release: tuple[Publication, Path]) -> None:
    publication, folder = release
    outcome = read_back(subject(publication, folder))
    assert outcome.findings == ()
    dataset = publication.dataset
    items = sum(1 + len(codelist.codes) for codelist in dataset.codelists) + 1 + len(dataset.concepts)
    by_cube = {ML_2_1: 7, ML_3_0: 6}  # provision agreements are in one of them only
    assert outcome.looked_at == f"{sum(items + number * len(dataset.cubes) for number in by_cube.values()):,} artefacts"


@pytest.mark.parametrize("collection", ["DataProviderSchemes", "ProvisionAgreements"])
def test_sdmx1_stops_at_what_it_does_not_know_of_3_0(collection: str, release: tuple[Publication, Path]) -> None:
    """``DataProviderSchemes`` is in no table of reader/xml/v30.py; ``_pa`` of v21.py pops only references of 2.1."""
    from lxml import etree

    root = etree.parse(release[1] / ML_3_0).getroot()
    (structures,) = root.findall("{*}Structures")
    for other in ("DataProviderSchemes", "ProvisionAgreements"):
        if other != collection:
            structures.remove(structures.find(f"{{*}}{other}"))
    reason = "DataProviderSchemes" if collection == "DataProviderSchemes" else "uncollected items"
    with pytest.raises(UnreadableError, match=reason):
        by_sdmx1(BytesIO(etree.tostring(root)))
    structures.remove(structures.find(f"{{*}}{collection}"))
    assert by_sdmx1(BytesIO(etree.tostring(root))).dataflow


def test_sdmx1_reads_neither_3_1_nor_a_structure_message_in_json(release: tuple[Publication, Path]) -> None:
    """``sdmx.format.xml`` knows no namespace of 3.1; reader/json.py reads data messages of 1.0 only."""
    for file in (ML_3_1, JSON):
        with pytest.raises(UnreadableError):
            by_sdmx1(release[1] / file)


# pysdmx


def read(folder: Path, file: str) -> dict[str, dict[str, Any]]:
    """Return what pysdmx reads, by class and id; a constraint, which keeps no id, by the dataflow's."""
    # It validates JSON only with packages that are not installed here; the schema is held against it elsewhere.
    message = pysdmx.read_sdmx(folder / file, validate=file != JSON)
    found: dict[str, dict[str, Any]] = {}
    for artefact in message.structures or ():
        kind = type(artefact).__name__
        key = artefact.constraint_attachment.dataflows[0] if kind == "AvailabilityConstraint" else artefact.id
        found.setdefault(kind, {})[key] = artefact
    return found


@pytest.mark.parametrize("file", FILES)
def test_pysdmx_finds_every_artefact(file: str, release: tuple[Publication, Path]) -> None:
    publication, folder = release
    dataset = publication.dataset
    found = read(folder, file)
    assert_found(found, dataset, file)
    for observations in publication.observations:
        constraint = found["AvailabilityConstraint"][flow_urn(dataset, observations.cube)]
        expected = held(observations)
        values = {key.id: key for key in constraint.cube_region.key_values}
        assert constraint.cube_region.is_included
        for component, codes in expected.codes.items():
            assert {value.value for value in values[component].values} == codes
        time = values["TIME_PERIOD"]
        if file == ML_2_1:
            days = (time.time_range.start_period.period, time.time_range.end_period.period)
            assert days == (str(expected.begin), str(expected.end))
        else:
            assert {value.value for value in time.values} == expected.periods
        if file == ML_3_1:
            assert constraint.obs_count == observations.rows


@pytest.mark.parametrize("file", FILES)
def test_pysdmx_finds_every_artefact_of_another_version(file: str, made_up: tuple[Dataset, Path]) -> None:
    dataset, folder = made_up
    found = read(folder, file)
    assert_found(found, dataset, file)
    assert dataset.names.version == "2.1"
    for kind in ("Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow", "ProvisionAgreement"):
        assert {artefact.version for artefact in found[kind].values()} == {"2.1"}
    for kind in ("DataProviderScheme", "AgencyScheme"):
        assert {artefact.version for artefact in found[kind].values()} == {"1.0"}
    categorisations = {artefact.version for artefact in found["Categorisation"].values()}
    assert categorisations == {"1.0" if file == ML_3_1 else "2.1"}


def assert_found(found: dict[str, dict[str, Any]], dataset: Dataset, file: str) -> None:
    """Compare all that pysdmx keeps: ids, one language, representations, relations, annotations, references."""
    names = dataset.names
    assert set(found["Codelist"]) == {codelist.id for codelist in dataset.codelists}
    for codelist in dataset.codelists:
        artefact = found["Codelist"][codelist.id]
        assert_words(artefact, codelist.name, codelist.description, file)
        assert [code.id for code in artefact.items] == list(codelist.ids)
        origin = [] if codelist.derived_from is None else [("DERIVED_FROM", codelist.derived_from)]
        assert [(note.type, note.url) for note in artefact.annotations] == origin
        for code, item in zip(codelist.codes, artefact.items, strict=True):
            assert_words(item, code.name, code.description, file)
            matches = [(f"SKOS_{match.kind.upper()}_MATCH", match.iri) for match in code.matches]
            assert [(note.type, note.url) for note in item.annotations] == matches
    scheme = found["ConceptScheme"][names.concept_scheme]
    assert [item.id for item in scheme.items] == [concept.id for concept in dataset.concepts]
    for concept, item in zip(dataset.concepts, scheme.items, strict=True):
        assert_words(item, concept.name, concept.description, file)
        assert (item.codes.id if item.codes else None) == (concept.codelist.id if concept.codelist else None)
    category = found["CategoryScheme"][names.category_scheme].items[0]
    assert category.id == names.structure_id()
    assert_words(category, dataset.title, dataset.description, file)
    provider = found["DataProviderScheme"]["DATA_PROVIDERS"].items[0]
    assert provider.id == names.agency
    assert_words(provider, dataset.publisher.name, None, file)
    assert [item.id for item in found["AgencyScheme"]["AGENCIES"].items] == [names.agency]
    for cube in dataset.cubes:
        assert_cube(found, dataset, cube, file)


def assert_cube(found: dict[str, dict[str, Any]], dataset: Dataset, cube: Cube, file: str) -> None:
    names = dataset.names
    structure = found["DataStructureDefinition"][names.dsd(cube.id)]
    by_role: dict[str, list[Any]] = {}
    for component in structure.components:
        by_role.setdefault(component.role.name, []).append(component)
    assert [component.id for component in by_role["DIMENSION"]] == list(cube.key_ids)
    assert [component.id for component in by_role["MEASURE"]] == [cube.measure.id]
    series = [attribute.id for attribute in cube.series_attributes]
    assert [component.id for component in by_role["ATTRIBUTE"]] == [*cube.attribute_ids, *series]
    required = {attribute.id: attribute.required for attribute in cube.attributes}
    for component in by_role["ATTRIBUTE"]:
        level = "O" if component.id in cube.attribute_ids else ",".join(cube.key_ids[:-1])
        assert component.attachment_level == level
        assert component.required is required.get(component.id, True)
    for component in structure.components:
        concept = dataset.concept(component.id)
        assert (component.local_codes.id if component.local_codes else None) == (
            concept.codelist.id if concept.codelist else None
        )
    flow = found["Dataflow"][names.dataflow(cube.id)]
    assert_words(flow, cube.title, cube.description, file)
    structure_id = getattr(flow.structure, "id", flow.structure)
    assert names.dsd(cube.id) in structure_id
    notes = {note.type: note.title for note in flow.annotations}
    assert {"LAYOUT_COLUMN", "LAYOUT_ROW", "DEFAULT"} <= set(notes)
    assert notes["LAYOUT_COLUMN"] == "TIME_PERIOD"
    agreement = found["ProvisionAgreement"][names.provision_agreement(cube.id)]
    assert agreement.dataflow.endswith(f"{names.agency}:{names.dataflow(cube.id)}({names.version})")
    assert agreement.provider.endswith(f"{names.agency}:DATA_PROVIDERS(1.0).{names.agency}")
    categorisation = found["Categorisation"][names.categorisation(cube.id)]
    assert categorisation.source == flow_urn(dataset, cube)
    assert categorisation.target.endswith(f"{names.category_scheme}({names.version}).{names.structure_id()}")
    assert flow_urn(dataset, cube) in found["AvailabilityConstraint"]


def flow_urn(dataset: Dataset, cube: Cube) -> str:
    return dataset.names.urn("datastructure.Dataflow", dataset.names.dataflow(cube.id))


def assert_words(found: Any, name: Text, description: Text | None, file: str) -> None:
    assert found.name == kept(name, file)
    assert found.description == (None if description is None else kept(description, file))


def kept(words: Text, file: str) -> str:
    """Return the one language that pysdmx keeps.

    Of SDMX-ML the English words or the first ones (``_extract_text`` in io/xml/__structure_aux_reader.py);
    of SDMX-JSON the best match (``NameableType`` in io/json/sdmxjson2/messages/core.py has no ``names``).
    """
    return str(words) if file == JSON else words.get("en") or str(words)


@pytest.mark.parametrize("file", FILES)
def test_pysdmx_keeps_no_parents_but_those_of_a_hierarchy(file: str, release: tuple[Publication, Path]) -> None:
    """``model.code.Code`` has no parent; ``JsonCode.to_model`` in messages/code.py drops the one it has read."""
    publication, folder = release
    found = read(folder, file)
    codes = [item for codelist in found["Codelist"].values() for item in codelist.items]
    assert not any(hasattr(code, "parent") or hasattr(code, "parent_id") for code in codes)
    if file != ML_3_0:
        assert "Hierarchy" not in found
        return
    names = publication.dataset.names
    for codelist in publication.dataset.codelists:
        parents = {code.id: code.parent for code in codelist.codes}
        if any(parents.values()):
            hierarchy = found["Hierarchy"][names.hierarchy(codelist.id)]
            assert dict(nested(hierarchy.codes, None)) == parents


def nested(codes: Any, parent: str | None) -> Iterator[tuple[str, str | None]]:
    for code in codes:
        yield code.id, parent
        yield from nested(code.codes, code.id)


@pytest.mark.parametrize("file", [ML_2_1, ML_3_0, JSON])
def test_pysdmx_keeps_neither_id_nor_name_of_an_actual_constraint(file: str, release: tuple[Publication, Path]) -> None:
    """``__build_constraint`` (XML) and ``JsonDataConstraint.to_model`` make it the nameless constraint of 3.1."""
    for constraint in read(release[1], file)["AvailabilityConstraint"].values():
        assert not hasattr(constraint, "id")
        assert not hasattr(constraint, "name")
        assert constraint.obs_count is None


def test_pysdmx_keeps_one_language_of_a_note(tmp_path: Path) -> None:
    """``Annotation.text`` is one text: ``__format_annotations`` (XML) and ``JsonAnnotation`` keep no other."""
    publication = hostile_publication(tmp_path)
    folder = written(publication, tmp_path / "r")
    note = publication.edition.note
    assert note is not None
    for file in FILES:
        (flow,) = read(folder, file)["Dataflow"].values()
        assert flow.annotations[-1].type == "EDITION_NOTE"
        assert flow.annotations[-1].text == kept(note, file)
