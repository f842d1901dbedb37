"""The data package says of every file what it is, and of every table what the definition says.

That is: path, title, format, media type and encoding; columns, keys, names, unit. No schema can see that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from publisher.checks import package_descriptor
from publisher.checks.check import Check, Outcome, Subject
from publisher.errors import Finding
from publisher.model import UNIT_MEASURE, Concept, Cube, Dataset, Text

RULE = "data-package"
_PACKAGE = "datapackage.json"
_MOST_FINDINGS = 20
# What a package does not list: itself, and what is written after it.
_UNLISTED = re.compile("datapackage[.]json|manifest[.]json|reports/.*")
_UTF_8 = "utf-8"
_DIALECT = {"header": True, "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}
_TABLES = ("data/", "codelists/", "sdmx/")
_SDMX = "application/vnd.sdmx."
# What a file is: a pattern of its path, its format, media type and encoding; the first that fits. A version that
# SDMX writes with three numbers stands in the path with two.
_KINDS: tuple[tuple[str, str, str, str | None], ...] = (
    ("definition/.+[.]toml", "toml", "application/toml", _UTF_8),
    ("(definition|codelists|data)/.+[.]csv", "csv", "text/csv", _UTF_8),
    ("data/csv-metadata[.]json", "csvw", "application/csvm+json", _UTF_8),
    ("data/.+[.]parquet", "bin", "application/vnd.apache.parquet", None),
    ("json-stat/.+[.]json", "json-stat", "application/json", _UTF_8),
    ("px/.+[.]px", "px", "text/x-pc-axis", _UTF_8),
    ("(rdf/.+|cube-link/.+|catalog)[.]ttl", "ttl", "text/turtle", _UTF_8),
    ("rdf/.+[.]nt", "nt", "application/n-triples", _UTF_8),
    ("(rdf/.+|catalog)[.]jsonld", "jsonld", "application/ld+json", _UTF_8),
    ("rdf/.+[.]ttl[.]gz", "turtle", "application/gzip", None),
    ("rdf/.+[.]nt[.]gz", "ntriples", "application/gzip", None),
    ("rdf/.+[.]jsonld[.]gz", "jsonld", "application/gzip", None),
    ("rdf/.+[.]zst", "zst", "application/zstd", None),
    ("sdmx/structure-2[.]1[.]xml", "xml", f"{_SDMX}structure+xml;version=2.1", _UTF_8),
    ("sdmx/structure-(3[.].)[.]xml", "xml", _SDMX + r"structure+xml;version=\1.0", _UTF_8),
    ("sdmx/structure-(2[.]0)[.]json", "sdmx-json", _SDMX + r"structure+json;version=\1.0", _UTF_8),
    ("sdmx/.+/data-2[.]1-generic[.]xml", "xml", f"{_SDMX}genericdata+xml;version=2.1", _UTF_8),
    ("sdmx/.+/data-2[.]1(-flat)?[.]xml", "xml", f"{_SDMX}structurespecificdata+xml;version=2.1", _UTF_8),
    ("sdmx/.+/(?:data|delta)-(3[.].)(?:-flat)?[.]xml", "xml", _SDMX + r"data+xml;version=\1.0", _UTF_8),
    ("sdmx/.+/schema-2[.]1(-flat)?[.]xsd", "xsd", f"{_SDMX}schema+xml;version=2.1", _UTF_8),
    ("sdmx/.+/schema-(3[.].)(?:-flat)?[.]xsd", "xsd", _SDMX + r"schema+xml;version=\1.0", _UTF_8),
    ("sdmx/.+/data-([12][.]0)[.]json", "sdmx-json", _SDMX + r"data+json;version=\1.0", _UTF_8),
    ("xlsx/.+[.]xlsx", "workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None),
    ("README[.]md", "md", "text/markdown", _UTF_8),
)
# Of SDMX-CSV the path says the parameters of the media type too, and the language of its names.
_SDMX_CSV = re.compile(
    "sdmx/[^/]+/(?:data|delta)-([12][.][01])(?:-(name|both))?(?:-keys-(obs|series|both))?(?:-([^/]+))?[.]csv"
)
_SINCE = ": changes since version "  # what follows in the title of a delta is not known here
# How a file is called, by a pattern of its path: what stands in braces is a title, or a part of the path.
_TITLES = (
    ("definition/(?P<part>.+)", "Definition: {part}"),
    ("data/csv-metadata[.]json", "Description of the CSV tables of {dataset} (CSVW)"),
    ("rdf/codelists[.].+", "Codelists and time periods (SKOS, XKOS)"),
    ("rdf/structure[.].+", "Structure of the data cubes (RDF Data Cube)"),
    ("sdmx/structure-(?P<part>[^/]+)[.]xml", "{dataset} (SDMX-ML {part})"),
    ("sdmx/structure-(?P<part>[^/]+)[.]json", "{dataset} (SDMX-JSON {part})"),
    ("xlsx/.+", "{dataset}"),
    ("catalog[.]ttl", "Catalogue entry (DCAT-AP)"),
    ("catalog[.]jsonld", "Catalogue entry (schema.org)"),
    ("README[.]md", "What this release is"),
    ("codelists/(?P<codelist>.+)[.]csv", "{codelist}"),
    ("px/(?P<cube>.+)-(?P<part>[^-]+)[.]px", "{cube} ({part})"),
    ("(data|json-stat|cube-link)/(?P<cube>[^/.]+)[.].+", "{cube}"),
    ("(rdf|sdmx)/(?P<cube>[^/.]+)[./].+", "{cube}"),
)


def run(subject: Subject) -> Outcome:
    """Compare what is listed with the files, and the schema of every table with the definition."""
    package, faults = package_descriptor.read_release(subject.folder, subject.files)
    if faults:
        return Outcome(nothing=True)  # another check says so
    tables = {resource["path"]: resource for resource in package["resources"]}
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    messages = list(_listed(package["resources"], subject))
    count = 0
    for cube in subject.dataset.cubes:
        if (path := f"data/{cube.id}.csv") in subject.files:
            count += 1
            messages += _of(path, _cube(tables.get(path, {}), cube, subject, paths))
    for codelist in subject.dataset.codelists:
        if (path := f"codelists/{codelist.id}.csv") in subject.files:
            count += 1
            messages += _of(path, _codelist(tables.get(path, {}), paths))
    shown = messages[:_MOST_FINDINGS]
    if more := len(messages) - len(shown):
        shown.append(f"and {more:,} more")
    return Outcome(tuple(Finding(RULE, message, file=_PACKAGE) for message in shown), f"{count} tables")


def _of(path: str, messages: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the schema of a table, with its file."""
    for message in messages:
        yield f"{path}: {message}, as the definition has it"


def _listed(resources: Iterable[dict[str, Any]], subject: Subject) -> Iterator[str]:
    """Yield files that do not stand once in the package, and what it says wrongly of those that do."""
    times = Counter(resource["path"] for resource in resources)
    for path in sorted(subject.files | set(times)):
        if _UNLISTED.fullmatch(path):
            if path in times:
                yield f"{path}: it is listed, which no package does"
        elif times[path] != 1:
            yield f"{path}: it is {f'listed {times[path]} times' if path in times else 'not listed'}"
    for resource in resources:
        path = resource["path"]
        for name, value in due(path, subject.dataset).items():
            if value is None and name in resource:
                yield f"{path}: it has '{name}', where none is due"
            elif resource.get(name) != value:
                yield f"{path}: its {name} is not {value}"
        said, called = resource.get("title"), title(path, subject.dataset)
        if called is not None and not (said == called or (called.endswith(_SINCE) and str(said).startswith(called))):
            yield f"{path}: its title is not '{called}'"


def due(path: str, dataset: Dataset) -> Mapping[str, Any]:
    """Return what a package says of a file, by its path; None stands for nothing, and of a file of no kind is none."""
    table: dict[str, Any] = {"type": None, "dialect": None}
    if path.startswith(_TABLES) and path.endswith(".csv"):
        called = _titles(dataset).get(path.removeprefix("data/").removesuffix(".csv"))
        table = {"type": "table", "dialect": _DIALECT, **({} if called is None else {"titles": dict(called)})}
    if parameters := _SDMX_CSV.fullmatch(path):
        version, labels, keys, _ = parameters.groups()
        said = (f"version={version}.0", labels and f"labels={labels}", keys and f"keys={keys}")
        media_type = ";".join((f"{_SDMX}data+csv", *filter(None, said)))
        return {"format": "csv", "mediatype": media_type, "encoding": None, **table}
    for pattern, format, media_type, encoding in _KINDS:
        if match := re.fullmatch(pattern, path):
            return {"format": format, "mediatype": match.expand(media_type), "encoding": encoding, **table}
    return {}


def title(path: str, dataset: Dataset) -> str | None:
    """Return what a file is called, of a delta the part before the release it is against; None where nobody says."""
    for pattern, words in _TITLES:
        if match := re.fullmatch(pattern, path):
            parts = {"dataset": str(dataset.title), **match.groupdict()}
            if "cube" in parts or "codelist" in parts:
                owner = _titles(dataset).get(parts.get("cube") or f"codelists/{parts['codelist']}")
                if owner is None:
                    return None  # of a cube or a list that there is not: another check says so
                language = (asked := _SDMX_CSV.fullmatch(path)) and asked[4]
                parts["cube"] = parts["codelist"] = owner.in_language(language or dataset.languages[0])
            return words.format_map(parts) + (_SINCE if "/delta-" in path else "")
    return None


def _titles(dataset: Dataset) -> dict[str, Text]:
    """Return the titles of cubes by their ids, and of codelists by their places."""
    titles = {cube.id: cube.title for cube in dataset.cubes}
    return titles | {f"codelists/{codelist.id}": codelist.name for codelist in dataset.codelists}


def _cube(resource: dict[str, Any], cube: Cube, subject: Subject, paths: Mapping[str, str]) -> Iterator[str]:
    schema = _schema(resource)
    fields = {field.get("name"): field for field in schema.get("fields", ()) if isinstance(field, dict)}
    if tuple(fields) != cube.columns:
        yield f"its fields are not {', '.join(cube.columns)}"
        return
    if schema.get("primaryKey") != list(cube.key_ids):
        yield f"its primaryKey is not {', '.join(cube.key_ids)}"
    concepts: dict[str, Concept] = {item.id: item.concept for item in cube.dimensions}
    concepts |= {item.id: item.concept for item in cube.attributes}
    lists = {component: f"codelists/{item.codelist.id}.csv" for component, item in concepts.items() if item.codelist}
    wanted = {(component, path) for component, path in lists.items() if path in subject.files}
    found = set(_keys(schema, paths))
    for component, codelist in sorted(wanted ^ found):
        yield f"its foreignKeys {'lack' if (component, codelist) in wanted else 'have'} {component} to {codelist}"
    for component, concept in {**concepts, cube.measure.id: cube.measure.concept}.items():
        if fields[component].get("titles") != dict(concept.name):
            yield f"the titles of {component} are not those of its concept"
    yield from _value(fields[cube.measure.id], cube)


def _value(field: dict[str, Any], cube: Cube) -> Iterator[str]:
    """Yield what is wrong with the column of values: its type, unit and what else is said of all of them."""
    kind = "integer" if cube.measure.decimals == 0 else "number"
    constant = {attribute.id: attribute.value for attribute in cube.series_attributes}
    units = {attribute.id: _name(attribute.concept, attribute.value) for attribute in cube.series_attributes}
    for name, value in (("type", kind), ("seriesAttributes", constant), ("unit", units[UNIT_MEASURE])):
        if field.get(name) != value:
            yield f"the {name} of {cube.measure.id} is not {value}"


def _name(concept: Concept, code: str) -> str | None:
    return None if concept.codelist is None else str(concept.codelist[code].name)


def _codelist(resource: dict[str, Any], paths: Mapping[str, str]) -> Iterator[str]:
    schema = _schema(resource)
    if schema.get("primaryKey") != ["code"]:
        yield "its primaryKey is not code"
    if set(_keys(schema, paths)) != {("parent", "")}:
        yield "its foreignKeys are not parent to the table itself"


def _keys(schema: dict[str, Any], paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (column, file) of every foreign key of one column to the codes of a table; of itself the file is empty."""
    for key in schema.get("foreignKeys", ()):
        reference = key.get("reference", {})
        columns, name = key.get("fields"), str(reference.get("resource"))
        to_codes = reference.get("fields") == ["code"]
        yield (",".join(columns), paths.get(name, name)) if to_codes else (str(columns), "no codes")


def _schema(resource: dict[str, Any]) -> dict[str, Any]:
    schema = resource.get("schema")
    return schema if isinstance(schema, dict) else {}


CHECKS = (
    Check(
        "data package content",
        "publisher",
        "fast",
        run,
        needs=("datapackage",),
        files=(_PACKAGE,),
    ),
)
