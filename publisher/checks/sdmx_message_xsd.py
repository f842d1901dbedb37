"""The schema of the data of one DSD, whoever made it: what the official schema leaves to the structure.

Source: the abstract types of SDMXDataStructureSpecific in 2.1, 3.0 and 3.1, which these restrict: dimensions are
required, coded components take the codes of their lists, others values of their type. Any attribute may stand at
any level. Where the DSD is not here, or measures are explicit (2.1), the names are those that the message has, with
any value: the rest of the message is then held against the official schema all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.checks.sdmx_head import SPACES
from publisher.checks.sdmx_message_data_xml import Levels
from publisher.checks.sdmx_message_rows import FLAT, TIME
from publisher.checks.sdmx_message_spec import Spec

if TYPE_CHECKING:
    from lxml.etree import _Element

_XS = "http://www.w3.org/2001/XMLSchema"
_IMPORTS = {
    "message": "SDMXMessage.xsd",
    "common": "SDMXCommon.xsd",
    "data/structurespecific": "SDMXDataStructureSpecific.xsd",
}
_PERIOD = "common:ObservationalTimePeriodType"
# The type of reference metadata within data: another one in each version.
_METADATA = {"3.0": "metadata:MetadataSetType", "3.1": "ss:MetadataType"}
_TYPES = {
    "BigInteger": "xs:integer",
    "Integer": "xs:int",
    "Long": "xs:long",
    "Short": "xs:short",
    "Decimal": "xs:decimal",
    "Float": "xs:float",
    "Double": "xs:double",
    "Boolean": "xs:boolean",
    "URI": "xs:anyURI",
    "Count": "xs:integer",
    "InclusiveValueRange": "xs:decimal",
    "ExclusiveValueRange": "xs:decimal",
    "Incremental": "xs:decimal",
    "GregorianYear": "xs:gYear",
    "GregorianYearMonth": "xs:gYearMonth",
    "GregorianDay": "xs:date",
    "DateTime": "xs:dateTime",
    "ObservationalTimePeriod": _PERIOD,
}
# libxml2 looks codes up one by one: of longer lists the rules alone say which codes there are.
_MOST_CODES = 2_000
_START_DAY = "REPORTING_YEAR_START_DAY"
# What the official types declare themselves; a restriction may only narrow it.
_DECLARED = frozenset((_START_DAY, "type"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a schema is of: version, namespace, the structure where it is here, and what the message has."""

    version: str
    namespace: str
    spec: Spec
    levels: Levels
    is_time_series: bool
    is_lax: bool

    @property
    def flat(self) -> bool:
        """Whether observations stand alone."""
        return self.spec.use.at_observation == FLAT

    @property
    def by_structure(self) -> bool:
        """Whether the schema is that of the DSD."""
        return self.spec.dsd is not None and not self.is_lax


def schema_text(plan: Plan) -> bytes:
    """Return the schema, as a document."""
    from lxml import etree

    version, official = plan.version, f"https://registry.sdmx.org/schemas/v{plan.version.replace('.', '_')}/"
    space = SPACES[version]
    prefixes: dict[Any, str] = {
        None: plan.namespace, "xs": _XS, "common": f"{space}/common", "ss": f"{space}/data/structurespecific",
        "metadata": f"{space}/metadata/generic",
    }  # fmt: skip
    root = etree.Element(
        f"{{{_XS}}}schema",
        {"targetNamespace": plan.namespace, "elementFormDefault": "qualified", "attributeFormDefault": "unqualified"},
        nsmap=prefixes,
    )
    files = _IMPORTS if version == "2.1" else {**_IMPORTS, "metadata/generic": "SDMXMetadataGeneric.xsd"}
    for word, file in files.items():
        _add(root, "import", namespace=f"{space}/{word}", schemaLocation=official + file)
    if plan.by_structure:
        _add_codelists(root, plan)
    _add_data_set(root, plan)
    if version != "2.1":
        _add_comp(root, plan)
    groups = _restriction(root, "GroupType", "GroupType")
    _add_inner(_add(groups, "sequence"), plan)
    _add_attributes(groups, plan, "Group", ())
    _add_typed(root, plan, "Group", "GroupType")
    if version != "2.1":
        parts = _restriction(root, "AttsType", "AttsType")
        _add_inner(_add(parts, "sequence"), plan, metadata=False)
        _add_attributes(parts, plan, "Atts", ())
    if not plan.flat:
        _add_series(root, plan)
    _add_observation(root, plan)
    return etree.tostring(root)


def _add_data_set(root: _Element, plan: Plan) -> None:
    base = "TimeSeriesDataSetType" if plan.is_time_series else "DataSetType"
    for name in sorted(plan.levels.types["DataSet"] or {"DataSetType"}):
        content = _restriction(root, name, base)
        sequence = _add(content, "sequence")
        _add(sequence, "element", ref="common:Annotations", minOccurs="0")
        provider = {"name": "DataProvider", "type": "common:DataProviderReferenceType"}
        _add(sequence, "element", **provider, form="unqualified", minOccurs="0")
        child = ("Obs", "ObsType") if plan.flat else ("Series", "SeriesType")
        many = {"minOccurs": "0", "maxOccurs": "unbounded"}
        if plan.version == "2.1":
            _element(sequence, "Group", "GroupType", **many)
            _element(_add(sequence, "choice", minOccurs="0"), *child, maxOccurs="unbounded")
        else:
            choice = _add(sequence, "choice", **many)
            for name_, kind in (("Atts", "AttsType"), ("Group", "GroupType"), child):
                _element(choice, name_, kind)
            _element(sequence, "Metadata", _METADATA[plan.version], minOccurs="0")
        _add_attributes(content, plan, "DataSet", ())


def _add_series(root: _Element, plan: Plan) -> None:
    content = _restriction(root, "SeriesType", "TimeSeriesType" if plan.is_time_series else "SeriesType")
    sequence = _add(content, "sequence")
    _add_inner(sequence, plan, metadata=False)
    _element(sequence, "Obs", "ObsType", minOccurs="0", maxOccurs="unbounded")
    if plan.version != "2.1":
        _element(sequence, "Metadata", _METADATA[plan.version], minOccurs="0")
    required = [name for name in plan.spec.dimensions if name != plan.spec.use.at_observation]
    _add_attributes(content, plan, "Series", required)
    _add_typed(root, plan, "Series", "SeriesType")


def _add_observation(root: _Element, plan: Plan) -> None:
    content = _restriction(root, "ObsType", "TimeSeriesObsType" if plan.is_time_series else "ObsType")
    _add_inner(_add(content, "sequence"), plan)
    at_observation = plan.spec.dimensions if plan.flat else (plan.spec.use.at_observation,)
    _add_attributes(content, plan, "Obs", at_observation if plan.spec.dsd else ())
    _add_typed(root, plan, "Obs", "ObsType")


def _add_inner(sequence: _Element, plan: Plan, metadata: bool = True) -> None:
    """Append what may stand in any of the types: annotations, and in 3.x values of several parts."""
    _add(sequence, "element", ref="common:Annotations", minOccurs="0")
    if plan.version != "2.1":
        _element(sequence, "Comp", "CompType", minOccurs="0", maxOccurs="unbounded")
        if metadata:
            _element(sequence, "Metadata", _METADATA[plan.version], minOccurs="0")


def _add_comp(root: _Element, plan: Plan) -> None:
    content = _restriction(root, "CompType", "CompType")
    sequence = _add(content, "sequence")
    _add(sequence, "element", ref="common:Annotations", minOccurs="0")
    _element(sequence, "Value", "AnyValueType", minOccurs="0", maxOccurs="unbounded")
    _add(content, "attribute", name="id", type="common:NCNameIDType", use="required")
    value = _add(_add(root, "complexType", name="AnyValueType", mixed="true"), "complexContent", mixed="true")
    _add(value, "extension", base="common:ValueType")
    _add_typed(root, plan, "Comp", "CompType")


def _add_typed(root: _Element, plan: Plan, level: str, base: str) -> None:
    """Append the types that elements of the message name (of groups, of explicit measures): as their base."""
    for name in sorted(plan.levels.types[level] - {base}):
        content = _add(_add(root, "complexType", name=name), "complexContent")
        _add(content, "extension", base=base)


def _add_attributes(content: _Element, plan: Plan, level: str, required: Iterable[str]) -> None:
    """Append the attributes of a type: all components of the DSD, or what the message has at that level."""
    spec, needed = plan.spec, frozenset(required)
    has_whole_keys = not plan.levels.has_partial_keys
    if plan.by_structure and spec.dsd is not None:
        parts = [item for item in spec.dsd.components if item.role != "metadata attribute"]
        if level == "DataSet":
            parts = [item for item in parts if item.role == "attribute"]
        names = [
            item.id for item in parts if not (level == "Obs" and item.id in spec.dimensions and item.id not in needed)
        ]
        if level == "Series":
            names = [name for name in names if name in needed or name not in (*spec.dimensions, *spec.dsd.measures)]
    else:
        names = sorted(name for name in plan.levels.names[level] if not name.startswith("{"))
        needed = frozenset()
    for name in dict.fromkeys(names):
        if name in _DECLARED:
            continue
        kind = _kind(plan, name)
        must = has_whole_keys and (name in needed or (name == TIME and level == "Obs" and plan.is_time_series))
        _add(content, "attribute", name=name, type=kind, use="required" if must else "optional")
    if (
        plan.by_structure
        and level in ("Series", "Obs")
        and TIME not in names
        and (level == "Series" or plan.flat is False)
    ):
        _add(content, "attribute", name=TIME, type=_PERIOD, use="prohibited")


def _kind(plan: Plan, name: str) -> str:
    """Return the type of the values of a component."""
    if name == TIME:
        return _PERIOD
    found = plan.spec.values.get(name) if plan.by_structure else None
    if found is None:
        return "xs:string"
    if found.codelist:
        return f"Codes.{name}" if _is_listed(plan, name) else "xs:string"
    return _TYPES.get("Double" if found.kind == "number" else found.kind, "xs:string")


def _is_listed(plan: Plan, name: str) -> bool:
    found = plan.spec.values[name]
    return bool(found.codelist) and not found.is_partial and len(found.good) <= _MOST_CODES


def _add_codelists(root: _Element, plan: Plan) -> None:
    for name, found in plan.spec.values.items():
        if found.codelist and _is_listed(plan, name):
            values = _add(_add(root, "simpleType", name=f"Codes.{name}"), "restriction", base="xs:string")
            for code in sorted(found.good):
                _add(values, "enumeration", value=code)


def _restriction(root: _Element, name: str, base: str) -> _Element:
    """Append a type that restricts an official one."""
    return _add(_add(_add(root, "complexType", name=name), "complexContent"), "restriction", base=f"ss:{base}")


def _element(parent: _Element, name: str, kind: str, **occurs: str) -> None:
    _add(parent, "element", name=name, type=kind, form="unqualified", **occurs)


def _add(parent: _Element, tag: str, /, **attributes: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)
