"""The checks of the catalogue: nothing is found in a release, and every planted fault is, by what it says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from catalog_fixture import BASE, FEW, made_up_release, subject_of
from helpers import sampled
from made_up import DATASET, EDITION, write_project

from publisher.build import Options, build
from publisher.checks import catalog_content, catalog_search
from publisher.checks.catalog_read import owner
from publisher.checks.check import Check, Subject
from publisher.release.manifest import MANIFEST

(CONTENT,) = catalog_content.CHECKS
(SEARCH,) = catalog_search.CHECKS
assert CONTENT.twin is not None

Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_release(tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def whole(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """The made-up release as checks are given it."""
    return subject_of(made_up, tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def copy(made_up: Path, tmp_path: Path) -> Path:
    """A copy of the made-up release that a test may damage."""
    return Path(shutil.copytree(made_up, tmp_path / "release"))


def damaged(whole: Subject, copy: Path) -> Subject:
    """Return the damaged copy as checks are given it, with the observations there should be."""
    files = frozenset(path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file())
    return replace(whole, folder=copy, files=files)


def found(check: Check, subject: Subject, twin: bool = False) -> list[str]:
    run = check.twin if twin and check.twin is not None else check.run
    return [finding.message for finding in run(subject).findings]


@pytest.mark.slow
def test_nothing_is_found_in_the_releases(made_up: Path, real_release: Path, tmp_path: Path) -> None:
    for release in (made_up, real_release):
        subject = subject_of(release, tmp_path)
        assert found(CONTENT, subject) == found(CONTENT, subject, twin=True) == found(SEARCH, subject) == []


@pytest.mark.slow
def test_cubes_may_be_called_as_folders_and_files_are(tmp_path: Path) -> None:
    names = {"establishments": "data", "jobs": "sdmx", "turnover": "structure-2"}
    write_project(tmp_path)
    definition = tmp_path / "schemas" / DATASET / "dataset.toml"
    text = definition.read_text(encoding="utf-8")
    for old, new in names.items():
        text = text.replace(f"[cubes.{old}]", f"[cubes.{new}]")
        (given,) = (tmp_path / "raw" / DATASET / EDITION).glob(f"{old}.*")
        given.rename(given.with_stem(new))
    definition.write_text(text, encoding="utf-8")
    build(tmp_path, [DATASET], Options(only=(*FEW, "sdmx-structure", "sdmx-csv", "sdmx-json")))
    release = tmp_path / "output" / DATASET
    subject = subject_of(release, tmp_path)
    assert found(CONTENT, subject) == found(SEARCH, subject) == []
    move = line(":data", f"<{BASE}/distribution/data/data.csv>", f"<{BASE}/distribution/data/sdmx.csv>")
    move(release)
    assert any("data/sdmx.csv" in message and "own cube" in message for message in found(CONTENT, subject))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "cube"),
    [
        ("data/data.csv", "data"),
        ("data/sdmx.parquet", "sdmx"),
        ("rdf/rdf.nt.gz", "rdf"),
        ("rdf/data.ttl.zst", "data"),
        ("rdf/structure.ttl", None),
        ("rdf/codelists.jsonld", None),
        ("rdf/structure-2.ttl", "structure-2"),
        ("sdmx/structure-2.1.xml", None),
        ("sdmx/structure-2/data-2.1.xml", "structure-2"),
        ("sdmx/sdmx/data-both-nb.csv", "sdmx"),
        ("codelists/data.csv", None),
        ("definition/data.csv", None),
        ("data/other.csv", None),
        ("data/sub/data.csv", None),
    ],
)
def test_a_file_is_of_the_cube_that_its_format_has_in_the_path(path: str, cube: str | None, whole: Subject) -> None:
    cubes = tuple(replace(whole.dataset.cubes[0], id=name) for name in ("data", "sdmx", "rdf", "structure-2"))
    assert owner(replace(whole, dataset=replace(whole.dataset, cubes=cubes)), path) == cube


def line(part: str, old: str, new: str) -> Change:
    """Change one line of the resource that begins with ``part``, in catalog.ttl."""

    def change(release: Path) -> None:
        path = release / "catalog.ttl"
        blocks = path.read_text(encoding="utf-8").split("\n\n")
        (number,) = [number for number, block in enumerate(blocks) if block.startswith(f"{part} a ")]
        assert blocks[number].count(old) == 1, blocks[number]
        blocks[number] = blocks[number].replace(old, new)
        path.write_text("\n\n".join(blocks), encoding="utf-8")

    return change


def without(part: str) -> Change:
    """Leave a resource out of catalog.ttl."""

    def change(release: Path) -> None:
        path = release / "catalog.ttl"
        blocks = path.read_text(encoding="utf-8").split("\n\n")
        (gone,) = [block for block in blocks if block.startswith(f"{part} a ")]
        path.write_text("\n\n".join(block for block in blocks if block is not gone), encoding="utf-8")

    return change


def more(text: str) -> Change:
    def change(release: Path) -> None:
        with (release / "catalog.ttl").open("a", encoding="utf-8", newline="") as stream:
            stream.write(text + "\n")

    return change


def file(path: str, text: str | None) -> Change:
    """Append to a file of the release, or remove it."""

    def change(release: Path) -> None:
        if text is None:
            (release / path).unlink()
        else:
            with (release / path).open("a", encoding="utf-8", newline="") as stream:
                stream.write(text)

    return change


def values(path: str, *keys: str, value: str) -> Change:
    """Set a value of a JSON file."""

    def change(release: Path) -> None:
        described = json.loads((release / path).read_text(encoding="utf-8"))
        inner: Any = described
        for key in keys[:-1]:
            inner = inner[int(key) if key.isdigit() else key]
        inner[keys[-1]] = value
        (release / path).write_text(json.dumps(described), encoding="utf-8")

    return change


def _other_source(release: Path) -> None:
    manifest = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    manifest["inputs"][-1]["path"] = "source/x.csv"
    (release / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


CSV = f"<{BASE}/distribution/data/jobs.csv>"
QUALITY = f"<{BASE}/catalog/quality"
VOID_JOBS = f"<{BASE}/catalog/rdf/rdf/jobs>"

FAULTS: dict[str, tuple[Change, str]] = {
    "another size": (line(CSV, 'dcat:byteSize "', 'dcat:byteSize "1'), "dcat:byteSize 1"),
    "another hash": (line(f"{CSV[:-1]}/checksum>", 'Value "', 'Value "0'), "spdx:checksumValue"),
    "another media type": (line(CSV, "text/csv>", "text/plain>"), "dcat:mediaType"),
    "another address": (line(CSV, "download/data/jobs.csv", "download/data/job.csv"), "dcat:downloadURL"),
    "another licence": (line(CSV, "licence/CC0>", "licence/CC_BY_4_0>"), "dct:license"),
    "no licence": (line(CSV, "dct:license", "dct:rights"), "dct:license nothing"),
    "a file more": (file("data/more.csv", "A\n"), f"its distributions: lacks {BASE}/distribution/data/more.csv"),
    "a file less": (file("codelists/CL_FREQ.csv", None), "which is none"),
    "a changed file": (file("data/jobs.csv", "\n"), "dcat:byteSize"),
    "a distribution of nobody": (line(":jobs", f"{CSV} , ", ""), "lists data/jobs.csv 0 times"),
    "a distribution of two": (more(f":common dcat:distribution {CSV} ."), "lists data/jobs.csv 2 times"),
    "a distribution of another cube": (
        line(":turnover", f"<{BASE}/distribution/data/turnover.csv>", CSV),
        "not of its own cube",
    ),
    "another title": (line(":jobs", '"Jobs by region"@en', '"Jobs"@en'), "another dct:title in 'en'"),
    "a title less": (line(":jobs", '"Emplois par région"@fr , ', ""), "another dct:title in 'fr'"),
    "another title than the structure": (
        lambda release: _replace(release / "rdf/structure.ttl", "Jobs by region", "Jobs by place"),
        "otherwise than rdf/structure.ttl",
    ),
    "no title of the series": (line(f"<{BASE}>", "dct:title", "rdfs:label"), "another dct:title"),
    "another description": (line(":catalog", '"Inventé."@fr', '"Inventée."@fr'), "another dct:description"),
    "another version": (line(":turnover", "dcat:version", "owl:versionInfo"), "dcat:version nothing"),
    "another first": (line(f"<{BASE}>", "dcat:first :establishments", "dcat:first :jobs"), "dcat:first"),
    "another order": (line(":turnover", "dcat:prev :jobs", "dcat:prev :establishments"), "dcat:prev"),
    "out of the series": (line(":jobs", "dcat:inSeries", "dct:isPartOf"), "dcat:inSeries nothing"),
    "a dataset less": (line(":catalog", "dcat:dataset :common , ", "dcat:dataset "), "dcat:dataset: lacks"),
    "a record of another": (line(f"<{BASE}/catalog/record/jobs>", "Topic :jobs", "Topic :turnover"), "records"),
    "an unknown dataset": (more(":others a dcat:Dataset ."), f"its datasets: has {BASE}/others, which is none"),
    "another begin": (line(f"<{BASE}/catalog/temporal/jobs>", "2023-01-01", "2023-01-02"), "dcat:startDate"),
    "another end": (line(f"<{BASE}/catalog/temporal/jobs>", "2024-09-30", "2024-12-31"), "dcat:endDate"),
    "another completeness": (line(f"{QUALITY}/establishments/completeness>", '"0.', '"0.1'), "dqv:value"),
    "another suppression rate": (line(f"{QUALITY}/jobs/suppression-rate>", "0.000000", "0.000001"), "dqv:value"),
    "a measurement of another": (line(f"{QUALITY}/jobs/completeness>", "On :jobs", "On :turnover"), "dqv:computedOn"),
    "another count of triples": (line(VOID_JOBS, 'void:triples "', 'void:triples "1'), "triples of rdf/jobs.ttl"),
    "no count of triples": (line(VOID_JOBS, "void:triples", "void:documents"), "nothing of the triples of rdf"),
    "no total of triples": (line("catalog:rdf", "void:triples", "void:documents"), "does not say how many different"),
    "another total of triples": (line("catalog:rdf", 'void:triples "', 'void:triples "1'), "different triples in all"),
    "a file of RDF not counted": (
        line("catalog:rdf", f"<{BASE}/catalog/rdf/rdf/codelists> , ", ""),
        "the RDF it counts: lacks rdf/codelists.ttl",
    ),
    "other observations": (
        lambda release: _without_last_line(release / "rdf/jobs.ttl"),
        "triples of rdf/jobs.ttl",
    ),
    "another version of the tool": (line(f"<{BASE}/activity/tool>", 'Info "', 'Info "9.'), "owl:versionInfo"),
    "another hash of the source": (
        line(f"<{BASE}/source/jobs.csv/checksum>", 'checksumValue "', 'checksumValue "0'),
        "source/jobs.csv/checksum",
    ),
    "a source less": (line(f"<{BASE}/activity/build>", f" , <{BASE}/source/turnover.parquet>", ""), "was made from"),
    "another source in the manifest": (_other_source, "was made from"),
    "no origin": (line(":jobs", "prov:wasGeneratedBy", "prov:wasInfluencedBy"), "prov:wasGeneratedBy nothing"),
    "a blank node": (more(":jobs dct:source [] ."), "1 blank nodes"),
    "no Turtle": (more("this is none"), ""),
}  # fmt: skip


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _without_last_line(path: Path) -> None:
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")


@pytest.mark.parametrize("fault", sampled(8, FAULTS))
def test_a_planted_fault_of_the_catalogue_is_found(fault: str, whole: Subject, copy: Path) -> None:
    change, words = FAULTS[fault]
    change(copy)
    for twin in (False, True):
        messages = found(CONTENT, damaged(whole, copy), twin)
        assert messages
        assert any(words in message for message in messages), messages


SEARCH_FAULTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "another context": (("@context", "@vocab"), "http://schema.org/", "another @context"),
    "another title": (("hasPart", "1", "name", "0", "@value"), "Jobs", "another name"),
    "another description": (("description", "0", "@value"), "Other", "another description"),
    "another version": (("version",), "1.0.0", "another version"),
    "another licence": (("hasPart", "0", "license"), "https://example.org", "another license"),
    "another creator": (("creator", "name", "0", "@value"), "Nobody", "another creator"),
    "another time": (("hasPart", "1", "temporalCoverage"), "2023/2024", "another temporalCoverage"),
    "another measure": (("hasPart", "1", "variableMeasured", "name", "0", "@value"), "x", "another variableMeasured"),
    "another hash": (("hasPart", "1", "distribution", "0", "sha256"), "0" * 64, "another sha256"),
    "another size": (("hasPart", "1", "distribution", "0", "contentSize"), "1 B", "another contentSize"),
    "another address": (("distribution", "0", "contentUrl"), "https://example.org", "another contentUrl"),
    "another media type": (("distribution", "0", "encodingFormat"), "text/html", "another encodingFormat"),
    "a file that is none": (("distribution", "0", "@id"), "https://example.org", "which is no file"),
    "another cube": (("hasPart", "0", "@id"), "https://example.org", "hasPart is not each cube once"),
    "no list": (("hasPart",), "x", "something else"),
}


@pytest.mark.parametrize("fault", sampled(4, SEARCH_FAULTS))
def test_a_planted_fault_of_what_search_engines_read_is_found(fault: str, whole: Subject, copy: Path) -> None:
    keys, value, words = SEARCH_FAULTS[fault]
    values("catalog.jsonld", *keys, value=value)(copy)
    messages = found(SEARCH, damaged(whole, copy))
    assert any(words in message for message in messages), messages


def test_a_file_with_another_cube_is_found(whole: Subject, copy: Path) -> None:
    path = copy / "catalog.jsonld"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["distribution"].append(described["hasPart"][1]["distribution"].pop(0))
    path.write_text(json.dumps(described), encoding="utf-8")
    assert any("not with its own cube" in message for message in found(SEARCH, damaged(whole, copy)))


def test_a_file_twice_and_a_file_not_at_all_are_found(whole: Subject, copy: Path) -> None:
    path = copy / "catalog.jsonld"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["distribution"][0] = described["distribution"][1]
    path.write_text(json.dumps(described), encoding="utf-8")
    messages = found(SEARCH, damaged(whole, copy))
    assert "lists a file more than once" in messages
    assert any(message.startswith("does not list ") for message in messages)


@pytest.mark.parametrize("text", ["", "[]", "{}", "3", '{"@context": 1}', '{"hasPart": {}}'])
def test_what_is_no_description_is_a_finding(text: str, whole: Subject, copy: Path) -> None:
    (copy / "catalog.jsonld").write_text(text, encoding="utf-8")
    assert found(SEARCH, damaged(whole, copy))


def test_many_faults_are_counted(whole: Subject, copy: Path) -> None:
    path = copy / "catalog.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace('dcat:byteSize "', 'dcat:byteSize "1'), encoding="utf-8")
    messages = found(CONTENT, damaged(whole, copy))
    assert len(messages) == 21
    assert messages[-1].endswith("more like these")
