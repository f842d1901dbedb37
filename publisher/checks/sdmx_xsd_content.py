"""The shipped schemas of the data say what the model says: every code, every component, its type and its use.

That data are valid under a schema proves nothing where the schema lets too much pass. So each one is
read as XML and compared with what the model and the abstract types of SDMXDataStructureSpecific
make of it, with nothing left over. Annotations are words for people, and not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.sdmx_head import SPACES
from publisher.errors import Finding
from publisher.model import TIME_PERIOD, Codelist, Concept, Cube, DataType
from publisher.naming import Names

if TYPE_CHECKING:
    from lxml.etree import _Element

RULE = "sdmx-xsd"

_MOST_FINDINGS = 20
_XS = "http://www.w3.org/2001/XMLSchema"
_IMPORTED = ("message", "common", "data/structurespecific")
_FILES = ("SDMXMessage.xsd", "SDMXCommon.xsd", "SDMXDataStructureSpecific.xsd")
# The attributes of a schema's elements that name a type or an element, with a prefix.
_NAMING = frozenset({"base", "type", "ref"})
# How a component that has no codelist is written: a prefix and a name.
_PLAIN: dict[DataType, tuple[str, str]] = {
    "period": ("common", "ObservationalTimePeriodType"),
    "number": ("xs", "double"),
    "integer": ("xs", "int"),
    "string": ("xs", "string"),
}

# A fault and the element it is of; (type, use) of each attribute; what stands in a type, as lines with their depth.
Fault = tuple[str, "_Element | None"]
Attributes = dict[str, dict[str, str]]
Lines = list[str]


class _Wanted:
    """What one schema must declare, in the words of its version."""

    def __init__(self, names: Names, cube: Cube, number: str, is_flat: bool) -> None:
        """Take a cube, a version of SDMX-ML and a layout."""
        layout = "AllDimensions" if is_flat else TIME_PERIOD
        flow = names.urn("datastructure.Dataflow", names.dataflow(cube.id))
        self.names, self.cube, self.is_old, self.is_flat = names, cube, number == "2.1", is_flat
        self.own = f"{flow}:ObsLevelDim:{layout}"
        space = SPACES[number]
        self.spaces = {"xs": _XS, "own": self.own, "common": f"{space}/common"}
        self.spaces["ss"] = f"{space}/data/structurespecific"
        official = f"https://registry.sdmx.org/schemas/v{number.replace('.', '_')}/"
        self.imports = [(f"{space}/{word}", official + file) for word, file in zip(_IMPORTED, _FILES, strict=True)]

    def name(self, prefix: str, word: str) -> str:
        """Return a name with its namespace."""
        return f"{{{self.spaces[prefix]}}}{word}"

    def codelists(self) -> dict[str, Codelist]:
        """Return the codelists of the cube's components, by the name of their type."""
        lists = [dimension.codelist for dimension in self.cube.dimensions]
        lists += [attribute.codelist for attribute in self.cube.attributes]
        lists += [constant.concept.codelist for constant in self.cube.series_attributes]
        return {self.type_of(codelist): codelist for codelist in lists if codelist is not None}

    def type_of(self, codelist: Codelist) -> str:
        """Return the name of the type of a codelist's codes."""
        return f"{self.names.agency}.{codelist.id}.{self.names.version}"

    def types(self) -> dict[str, tuple[Lines, Attributes]]:
        """Return the content and the attributes of each complex type."""
        kinds = {"DataSetType": (self._data_set(), {}), "ObsType": ([], self._observation())}
        if not self.is_flat:
            many = {"minOccurs": "0", "maxOccurs": "unbounded"}
            obs = {"name": "Obs", "type": self.name("own", "ObsType"), "form": "unqualified", **many}
            kinds["SeriesType"] = ([_line(3, "element", obs)], self._series())
        annotations = {"ref": self.name("common", "Annotations"), "minOccurs": "0"}
        for kind, (content, attributes) in kinds.items():
            content[:0] = [
                _line(0, "complexContent", {}),
                _line(1, "restriction", {"base": self.name("ss", kind)}),
                _line(2, "sequence", {}),
                _line(3, "element", annotations),
            ]
            if self.is_old:
                attributes["REPORTING_YEAR_START_DAY"] = _use(self.name("xs", "gMonthDay"), "prohibited")
        return kinds

    def _data_set(self) -> Lines:
        """Return what follows the annotations in a data set: its provider, then series or observations."""
        provider = {"name": "DataProvider", "type": self.name("common", "DataProviderReferenceType")}
        part = "Obs" if self.is_flat else "Series"
        each = {"name": part, "type": self.name("own", f"{part}Type"), "form": "unqualified"}
        many = {"maxOccurs": "unbounded"}
        return [
            _line(3, "element", {**provider, "form": "unqualified", "minOccurs": "0"}),
            _line(3, "choice", {"minOccurs": "0", **({} if self.is_old else many)}),
            _line(4, "element", {**each, **(many if self.is_old else {})}),
        ]

    def _series(self) -> Attributes:
        """Return the attributes of a series: its key without time, and what is said of every series."""
        said = self._each([each.concept for each in self.cube.dimensions if not each.is_time], "required")
        said |= self._each([each.concept for each in self.cube.series_attributes], "optional")
        return said | {TIME_PERIOD: _use(self.name(*_PLAIN["period"]), "prohibited")}

    def _observation(self) -> Attributes:
        """Return the attributes of an observation: the rest of its key, its value and what is said of it."""
        key = [each.concept for each in self.cube.dimensions if each.is_time or self.is_flat]
        rest = [self.cube.measure.concept, *(each.concept for each in self.cube.attributes)]
        rest += [each.concept for each in self.cube.series_attributes if self.is_flat]
        said = {**self._each(key, "required"), **self._each(rest, "optional")}
        return said | {"type": _use(self.name("common", "IDType"), "prohibited")}

    def _each(self, concepts: Sequence[Concept], use: str) -> Attributes:
        said = {}
        for concept in concepts:
            known = ("own", self.type_of(concept.codelist)) if concept.codelist else _PLAIN[concept.data_type]
            said[concept.id] = _use(self.name(*known), use)
        return said


def run(subject: Subject) -> Outcome:
    """Compare each shipped schema of each cube with the model."""
    findings: list[Finding] = []
    count = 0
    for cube_id, observations in subject.observations.items():
        for number in SPACES:
            for suffix in ("", "-flat"):
                path = f"sdmx/{cube_id}/schema-{number}{suffix}.xsd"
                if path not in subject.files:
                    continue
                count += 1
                wanted = _Wanted(subject.dataset.names, observations.cube, number, bool(suffix))
                try:
                    found = [*_faults(_root(subject.folder / path), wanted)]
                except UnreadableError as error:
                    found = [(str(error), None)]
                findings += (
                    Finding(RULE, message, file=path, line=_line_number(element), cube=cube_id)
                    for message, element in found[:_MOST_FINDINGS]
                )
    return Outcome(tuple(findings), f"{count} files", nothing=not count)


def _line_number(element: Any) -> int | None:  # the stubs of lxml do not know it
    line: int | None = getattr(element, "sourceline", None)
    return line


def _root(path: Path) -> _Element:
    """Read a schema; raises UnreadableError where it is no XML, has a DTD, or is something else."""
    from lxml import etree

    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False, remove_comments=True)
    try:
        tree: Any = etree.parse(path, parser)
    except (OSError, etree.LxmlError) as error:
        raise UnreadableError(f"cannot be read: {words_of(error)}") from error
    if tree.docinfo.doctype:
        raise UnreadableError("has a document type, which no schema needs: build it again")
    if tree.getroot().tag != f"{{{_XS}}}schema":
        raise UnreadableError("is no schema: build it again")
    root: _Element = tree.getroot()
    return root


def _faults(root: _Element, wanted: _Wanted) -> Iterator[Fault]:
    """Yield where a schema declares something else than the model, less or more."""
    said = {"targetNamespace": wanted.own, "elementFormDefault": "qualified", "attributeFormDefault": "unqualified"}
    yield from _compared("the schema", _resolved(root), said, root)
    imports = [(each.get("namespace"), each.get("schemaLocation")) for each in _children(root, "import")]
    if imports != wanted.imports or any(len(each.attrib) != 2 or len(each) for each in _children(root, "import")):
        yield f"imports something else than {', '.join(_FILES)} of its version, in this order", root
    lists, types = wanted.codelists(), wanted.types()
    seen: set[str] = set()
    for child in _children(root):
        kind, name = _word(str(child.tag)), child.get("name", "")
        if kind == "import":
            continue
        if (kind, name in seen) not in (("simpleType", False), ("complexType", False)):
            yield f"declares {kind} {name or '(no name)'} that is not expected, or a second time", child
        elif kind == "simpleType" and name in lists:
            yield from _code_faults(child, lists[name])
        elif kind == "complexType" and name in types:
            yield from _type_faults(child, *types[name])
        else:
            yield f"declares {kind} {name or '(no name)'}, which no component has", child
        seen.add(name)
    yield from ((f"does not declare {name}", root) for name in (*lists, *types) if name not in seen)


def _code_faults(element: _Element, codelist: Codelist) -> Iterator[Fault]:
    """Yield where the type of a codelist does not hold exactly its codes, in their order."""
    name, base = element.get("name"), f"{{{_XS}}}string"
    found = [_line_of(each, depth) for each, depth in _below(element, 0)]
    values = [each.get("value") for each, depth in _below(element, 0) if depth == 1]
    if more := [value for value in values if value not in codelist]:
        yield f"{name} holds {more[0]!r:.100}, which is no code of {codelist.id}", element
    elif less := [code for code in codelist.ids if code not in values]:
        yield f"{name} does not hold {less[0]!r} of {codelist.id}", element
    elif values != list(codelist.ids):
        yield f"{name} does not hold the codes of {codelist.id} once and in their order", element
    elif _resolved(element) != {"name": name} or found != [
        _line(0, "restriction", {"base": base}),
        *(_line(1, "enumeration", {"value": code}) for code in codelist.ids),
    ]:
        yield f"{name} is something else than texts out of {codelist.id}", element


def _type_faults(element: _Element, content: Lines, attributes: Attributes) -> Iterator[Fault]:
    """Yield where a type of a data set, a series or an observation has other content or other attributes."""
    name = element.get("name", "")
    yield from _compared(name, _resolved(element), {"name": name}, element)
    found = [(each, depth) for each, depth in _below(element, 0) if not _is_component(each, depth)]
    texts = [_line_of(each, depth) for each, depth in found]
    if texts != content:
        at = next((n for n, text in enumerate(texts) if content[n : n + 1] != [text]), len(texts))
        there = texts[at].strip() if at < len(texts) else "nothing"
        due = content[at].strip() if at < len(content) else "nothing"
        yield f"{name} has {there} where {due} is expected", found[at][0] if at < len(found) else None
    seen: set[str] = set()
    for each, depth in _below(element, 0):
        if not _is_component(each, depth):
            continue
        said = _resolved(each)
        component = said.pop("name", "")
        if component not in attributes or component in seen or len(each):
            yield f"{name} has an attribute {component} that is not expected, or not so", each
        else:
            said.setdefault("use", "optional")
            yield from _compared(f"{component} of {name}", said, attributes[component], each)
        seen.add(component)
    yield from ((f"{name} lacks {missing}", element) for missing in attributes if missing not in seen)


def _compared(subject: str, found: dict[str, str], wanted: dict[str, str], element: _Element) -> Iterator[Fault]:
    """Yield each property that is another than the one expected."""
    for place in sorted(found.keys() | wanted.keys()):
        if found.get(place) != wanted.get(place):
            said, due = (_word(each.get(place, "nothing")) for each in (found, wanted))
            if said == due:
                said, due = found[place], wanted[place]
            yield f"{subject}: {_word(place)} is {said:.200}, {due} expected", element


def _children(element: _Element, kind: str = "") -> list[_Element]:
    """Return what an element holds, without words for people."""
    children = [child for child in element if child.tag != f"{{{_XS}}}annotation"]
    return [child for child in children if not kind or child.tag == f"{{{_XS}}}{kind}"]


def _below(element: _Element, depth: int) -> Iterator[tuple[_Element, int]]:
    """Yield everything below an element with its depth, in the order of the file."""
    for child in _children(element):
        yield child, depth
        yield from _below(child, depth + 1)


def _is_component(element: _Element, depth: int) -> bool:
    """Say whether it is an attribute of the type itself."""
    return depth == 2 and element.tag == f"{{{_XS}}}attribute"


def _resolved(element: _Element) -> dict[str, str]:
    """Return the properties of an element, names with their namespace in place of a prefix."""
    said = {str(name): str(value) for name, value in element.attrib.items()}
    for name in said.keys() & _NAMING:
        prefix, _, word = said[name].rpartition(":")
        space = element.nsmap.get(prefix or None)
        said[name] = said[name] if space is None else f"{{{space}}}{word}"
    return said


def _line_of(element: _Element, depth: int) -> str:
    tag = str(element.tag)
    return _line(depth, _word(tag) if tag.startswith(f"{{{_XS}}}") else tag, _resolved(element))


def _line(depth: int, kind: str, said: dict[str, str]) -> str:
    return "  " * depth + " ".join([kind, *(f"{name}={value!r}" for name, value in sorted(said.items()))])


def _word(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def _use(kind: str, use: str) -> dict[str, str]:
    return {"type": kind, "use": use}


_SCHEMAS = ("sdmx/<cube>/schema-<name>.xsd",)
CHECKS = (Check("SDMX-ML schema content", "lxml", "fast", run, needs=("sdmx-xsd",), files=_SCHEMAS),)
