"""``catalog.jsonld`` says the same as the files and the definition, and needs no network to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from publisher.checks.catalog_read import RULE, SEARCH, expected, owner
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.held import held
from publisher.checks.reader import words_of
from publisher.errors import Finding
from publisher.model import Text

_CONTEXT = {"@vocab": "https://schema.org/"}
_MOST_FINDINGS = 20


def run(subject: Subject) -> Outcome:
    """Compare the description with the release."""
    try:
        described = json.loads((subject.folder / SEARCH).read_text(encoding="utf-8"))
        faults = list(_faults(subject, described))
    except (OSError, ValueError, RecursionError) as error:
        return Outcome((Finding(RULE, words_of(error), file=SEARCH),))
    except (KeyError, TypeError, AttributeError) as error:
        what = f"has something else where it should be, or lacks it: {type(error).__name__}"
        return Outcome((Finding(RULE, what, file=SEARCH),))
    findings = [Finding(RULE, fault, file=SEARCH) for fault in faults[:_MOST_FINDINGS]]
    if len(faults) > _MOST_FINDINGS:
        findings.append(Finding(RULE, f"and {len(faults) - _MOST_FINDINGS:,} more like these", file=SEARCH))
    return Outcome(tuple(findings), f"{1 + len(subject.dataset.cubes):,} datasets")


def _faults(subject: Subject, described: Any) -> Iterator[str]:
    """Yield what is wrong, each a sentence."""
    dataset, names = subject.dataset, subject.dataset.names
    if described["@context"] != _CONTEXT:
        yield "has another @context than that of schema.org, written out"
    yield from _dataset(subject, described, names.root, dataset.title, dataset.description)
    parts = {part["@id"]: part for part in described["hasPart"]}
    if [*parts] != [names.cube(cube.id) for cube in dataset.cubes] or len(parts) != len(described["hasPart"]):
        yield "hasPart is not each cube once, in the order of the definition"
    for cube in dataset.cubes:
        iri = names.cube(cube.id)
        if iri in parts:
            yield from _dataset(subject, parts[iri], iri, cube.title, cube.description or dataset.description)
            yield from _covered(subject, parts[iri], cube.id)
    nodes = [described, *parts.values()]
    owners = {item["@id"]: node["@id"] for node in nodes for item in node.get("distribution", ())}
    downloads = [item for node in nodes for item in node.get("distribution", ())]
    yield from _downloads(subject, downloads, owners)


def _dataset(subject: Subject, node: dict[str, Any], iri: str, title: Text, description: Text) -> Iterator[str]:
    """Yield what of a description is not as the definition has it."""
    dataset = subject.dataset
    said: dict[str, object] = {
        "@id": iri,
        "@type": "Dataset",
        "name": _words(title),
        "description": _words(description),
        "version": subject.edition.version,
        "dateModified": subject.edition.timestamp[:10],
        "license": dataset.licence.url,
        "isAccessibleForFree": dataset.catalogue.access_rights == "PUBLIC",
        "inLanguage": list(dataset.languages),
    }
    for key, value in said.items():
        if node.get(key) != value:
            yield f"<{iri}> has another {key} than the release"
    creator = node["creator"]
    if creator["name"] != _words(dataset.publisher.name) or creator["@type"] != "Organization":
        yield f"<{iri}> has another creator than the publisher"


def _covered(subject: Subject, node: dict[str, Any], cube: str) -> Iterator[str]:
    """Yield what is said otherwise of the time a cube covers and of what it measures."""
    observations = subject.observations.get(cube)
    if observations is None:
        return
    days = None
    if observations.rows:
        found = held(observations)
        days = f"{found.begin.isoformat()}/{found.end.isoformat()}"
    if node.get("temporalCoverage") != days:
        yield f"<{node['@id']}> has another temporalCoverage than its observations"
    if node["variableMeasured"]["name"] != _words(subject.dataset.cube(cube).measure.concept.name):
        yield f"<{node['@id']}> has another variableMeasured than its measure"


def _downloads(subject: Subject, downloads: list[dict[str, Any]], owners: dict[str, str]) -> Iterator[str]:
    """Yield files that are not described once, as they are, where they belong."""
    names, told = subject.dataset.names, subject.dataset.catalogue
    found = {item["@id"]: item for item in downloads}
    files = {names.distribution(file.path): file for file in expected(subject)}
    for iri in sorted(found.keys() - files.keys()):
        yield f"lists <{iri}>, which is no file of the release"
    if len(found) != len(downloads):
        yield "lists a file more than once"
    for iri, file in files.items():
        if iri not in found:
            yield f"does not list {file.path}"
            continue
        item = found[iri]
        said: dict[str, object] = {
            "@type": "DataDownload",
            "contentUrl": names.download(file.path, told.download_url),
            "contentSize": f"{file.bytes} B",
            "sha256": file.sha256,
        }
        for key, value in said.items():
            if item.get(key) != value:
                yield f"has another {key} of {file.path} than the file"
        if file.media_type is not None and item.get("encodingFormat") != file.media_type:
            yield f"has another encodingFormat of {file.path} than the data package"
        cube = owner(subject, file.path)
        if cube is not None and owners[iri] != names.cube(cube):
            yield f"lists {file.path} with <{owners[iri]}>, not with its own cube"


def _words(text: Text) -> list[dict[str, str]]:
    return [{"@language": language, "@value": words} for language, words in text]


CHECKS: tuple[Check, ...] = (
    Check("catalogue for search engines", "publisher", "fast", run, needs=("schema-org",), files=(SEARCH,)),
)
