"""``data/csv-metadata.json``: what the CSV tables of a release mean, as CSV on the Web (CSVW).

Sources: Metadata Vocabulary for Tabular Data (W3C 2015), Generating RDF from Tabular Data (W3C 2015).
Every table of observations and of codes is described. Converted to RDF in minimal mode, the tables
give triples that stand in the release's Turtle. That of a cube has beyond them the data set of each
observation and the bounds of suppressed ones: in CSVW a triple depends on a row only through its own
cell being empty, so no row can be put in one of two data sets.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from publisher.formats import catalog_listed, rdf_common
from publisher.formats.csvw_tables import CodelistTable, ObservationTable, is_registered, texts
from publisher.formats.draft import About, Draft, File, Format, Publication
from publisher.model import Dataset, Text
from publisher.naming import segment

NAME = "csv-metadata.json"
PATH = f"data/{NAME}"
MEDIA_TYPE = "application/csvm+json"
CONTEXT = "http://www.w3.org/ns/csvw"
# RFC 6570, sections 2.1 and 3.1: what a URI template keeps as it is. Other characters it would encode.
_KEPT = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=]|%[0-9A-Fa-f]{2})*")


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Describe the tables that are in the draft already; nothing is written where there is none."""
    tables = list(_tables(publication, draft))
    if tables:
        title = f"Description of the CSV tables of {publication.dataset.title} (CSVW)"
        path = draft.add(PATH, MEDIA_TYPE, title, "csvw")
        described = {**_group(publication), "tables": tables}
        path.write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def _group(publication: Publication) -> dict[str, Any]:
    """Return what is said of all tables together: the same of the dataset that the catalogue says."""
    dataset, edition = publication.dataset, publication.edition
    language = dataset.languages[0]
    said = {
        "dc:title": texts(dataset.title),
        "dc:description": texts(dataset.description),
        "dc:publisher": {"@id": rdf_common.publisher_iri(dataset)},
        "dc:license": {"@id": catalog_listed.licence(dataset)},
        "dc:issued": _moment(catalog_listed.first_issued(dataset, edition)),
        "dc:modified": _moment(edition.prepared),
    }
    return {
        "@context": [CONTEXT, {"@language": language}] if is_registered(language) else CONTEXT,
        "@id": dataset.names.root,
        "@type": "TableGroup",
        **{key: value for key, value in said.items() if value is not None},
        # Said although most are what holds otherwise: the specifications differ on what that is for trim.
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "header": True, "trim": False},
    }


def _moment(moment: datetime | None) -> dict[str, str] | None:
    if moment is None:
        return None
    return {"@value": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "@type": "xsd:dateTime"}


def gives_triples(dataset: Dataset) -> bool:
    """Say whether templates give the dataset's IRIs: not where one begins with characters that they would encode."""
    return _KEPT.fullmatch(dataset.names.root) is not None


def _tables(publication: Publication, draft: Draft) -> Iterator[dict[str, Any]]:
    dataset = publication.dataset
    quiet = {} if gives_triples(dataset) else {"suppressOutput": True}
    present = frozenset(file.path for file in draft.files)
    for file in draft.files:
        if file.format == "csv" and file.cube is not None:
            schema = ObservationTable(dataset, dataset.cube(file.cube), present).schema()
        elif file.format == "codelists":
            codelist = dataset.codelist(PurePosixPath(file.path).stem)
            schema = CodelistTable(dataset, codelist, _header(draft.folder / file.path)).schema()
        else:
            continue
        yield {
            "@id": dataset.names.distribution(file.path),
            "@type": "Table",
            "url": _url(file),
            "dc:title": texts(_title(publication, file)),
            **quiet,
            "tableSchema": schema,
        }


def _title(publication: Publication, file: File) -> Text:
    dataset = publication.dataset
    if file.cube is not None:
        return dataset.cube(file.cube).title
    return dataset.codelist(PurePosixPath(file.path).stem).name


def _header(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(next(csv.reader(stream)))


def _url(file: File) -> str:
    """Return the address of a table as seen from the description, which stands in ``data/``."""
    folder, _, name = file.path.rpartition("/")
    return segment(name) if folder == "data" else f"../{folder}/{segment(name)}"


FORMAT = Format(
    "csvw",
    "Description of the CSV tables (CSV on the Web)",
    (PATH,),
    write,
    About(
        (MEDIA_TYPE,),
        ("Metadata Vocabulary for Tabular Data", "https://www.w3.org/TR/tabular-metadata/"),
        ("csvw (Python)", "rdf-parser-csvw", "RDF::Tabular", "csvlint", "csvwr (R)"),
        PATH,
        {"status": "in the tables that it describes", "attributes": "in the tables that it describes"},
    ),
)
