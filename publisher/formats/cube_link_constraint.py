"""The ``cube:Constraint`` of a cube of cube.link: a SHACL shape of its observations.

Source: Cube Schema (https://cube.link, documentation: constraints, visualization, advanced) and its
profiles standalone-constraint and visualize. Every dimension is mandatory and stands once; what an
observation does not have is ``cube:Undefined``. No node is blank, lists neither.
"""

from __future__ import annotations

from itertools import count

from publisher import periods
from publisher.formats import rdf_common
from publisher.formats.cube_link_terms import (
    CUBE,
    META,
    QUDT,
    SCHEMA,
    SH,
    TIME,
    UNDEFINED,
    Half,
    Statements,
    Used,
    codes,
    iri_of,
    with_ancestors,
)
from publisher.model import Attribute, Codelist, Concept, Cube, Dataset, Text

_UNITS = {"D": "unitDay", "W": "unitWeek", "M": "unitMonth", "A": "unitYear"}


class Constraint:
    """Writes the constraints of a cube's two cubes."""

    def __init__(self, dataset: Dataset, cube: Cube, used: Used, say: Statements) -> None:
        """Keep what constraints are made from, and the graph they go into."""
        self._dataset, self._names, self._cube, self._used, self._say = dataset, dataset.names, cube, used, say
        self._agent = rdf_common.publisher_iri(dataset)

    def write(self, half: Half) -> None:
        """Add the shape of a cube's observations: type, observer and one property for each component."""
        constraint = half.constraint
        self._say.type(constraint, f"{SH}NodeShape")
        self._say.type(constraint, f"{CUBE}Constraint")
        self._say.literal(constraint, f"{SH}closed", "true", "boolean")
        self._core(constraint, "type", f"{rdf_common.RDF}type", f"{CUBE}Observation")
        self._core(constraint, "observed-by", f"{CUBE}observedBy", self._agent)
        order = count()
        for dimension in self._cube.dimensions:
            shape = self._property(constraint, "dimension", dimension.id, dimension.concept.name, next(order))
            self._say.type(shape, f"{CUBE}KeyDimension")
            self._say.texts(shape, f"{SCHEMA}description", dimension.concept.description)
            self._coded(shape, dimension.concept, required=True)
        for measure, name in half.measures:
            self._measure(self._property(constraint, "measure", measure, name, next(order)))
        for attribute in self._cube.attributes:
            shape = self._property(constraint, "attribute", attribute.id, attribute.concept.name, next(order))
            self._say.texts(shape, f"{SCHEMA}description", attribute.concept.description)
            self._attribute(shape, attribute)

    def _core(self, constraint: str, word: str, path: str, value: str) -> None:
        shape = self._shape(constraint, f"{constraint}/{word}", path)
        self._say.link(shape, f"{SH}nodeKind", f"{SH}IRI")
        self._list(shape, "in", [value])

    def _property(self, constraint: str, role: str, component: str, name: Text, order: int) -> str:
        """Add the shape of a component and return its IRI."""
        path = self._names.component(role, component)
        shape = self._shape(constraint, f"{constraint}/{role}/{component}", path)
        self._say.texts(shape, f"{SCHEMA}name", name)
        self._say.literal(shape, f"{SH}order", str(order), "integer")
        return shape

    def _shape(self, constraint: str, shape: str, path: str) -> str:
        self._say.link(constraint, f"{SH}property", shape)
        self._say.type(shape, f"{SH}PropertyShape")
        self._say.link(shape, f"{SH}path", path)
        for bound in ("minCount", "maxCount"):
            self._say.literal(shape, SH + bound, "1", "integer")
        return shape

    def _coded(self, shape: str, concept: Concept, required: bool) -> None:
        """Add which codes or periods a component takes, in their order."""
        period = concept.codelist is None
        self._say.link(shape, f"{SH}nodeKind", f"{SH}IRI")
        self._say.link(shape, f"{QUDT}scaleType", QUDT + ("OrdinalScale" if period else "NominalScale"))
        used = codes(concept, self._used)
        iris = [iri_of(self._names, concept, code) for code in used]
        self._list(shape, "in", iris if required else [*iris, UNDEFINED])
        if concept.codelist is None:
            self._time(shape, used)
        elif concept.codelist.levels > 1:
            self._hierarchy(shape, concept.codelist, used)

    def _time(self, shape: str, used: list[str]) -> None:
        """Add that a dimension is time, and its unit where all periods are of one that the profile knows."""
        kind = f"{shape}/kind"
        self._say.link(shape, f"{META}dataKind", kind)
        self._say.type(kind, f"{TIME}GeneralDateTimeDescription")
        units = {next((item for item in periods.FREQUENCIES if periods.belongs(item, period)), "") for period in used}
        if len(units) == 1 and (unit := _UNITS.get(units.pop())) is not None:
            self._say.link(kind, f"{TIME}unitType", TIME + unit)

    def _hierarchy(self, shape: str, codelist: Codelist, used: list[str]) -> None:
        """Add how the codes of a list lie below each other, from the top down."""
        below = {code for code in with_ancestors(codelist, used) if codelist[code].parent is not None}
        if not below:
            return
        iri = f"{shape}/hierarchy"
        self._say.link(shape, f"{META}inHierarchy", iri)
        self._say.type(iri, f"{META}Hierarchy")
        self._say.texts(iri, f"{SCHEMA}name", codelist.name)
        for root in sorted({_root(codelist, code) for code in below}):
            self._say.link(iri, f"{META}hierarchyRoot", self._names.code(codelist.id, root))
        name = rdf_common.words("level", self._dataset.languages)
        for depth in range(2, max(map(codelist.depth, below)) + 1):
            level = f"{shape}/hierarchy/{depth}"
            self._say.link(iri, f"{META}nextInHierarchy", level)
            self._say.texts(level, f"{SCHEMA}name", Text(tuple((lang, f"{text} {depth}") for lang, text in name)))
            self._say.link(level, f"{SH}path", f"{rdf_common.SKOS}narrower")
            iri = level

    def _measure(self, shape: str) -> None:
        cube = self._cube
        self._say.type(shape, f"{CUBE}MeasureDimension")
        self._number(shape, "decimal" if cube.measure.decimals else "integer", required=True)
        unit = cube.series_attributes[0]
        if unit.concept.codelist is not None:
            iri = self._names.code(unit.concept.codelist.id, unit.value)
            self._say.link(shape, f"{QUDT}hasUnit", iri)
            self._say.type(iri, f"{QUDT}Unit")
            self._say.texts(iri, f"{SCHEMA}name", unit.concept.codelist[unit.value].name)

    def _attribute(self, shape: str, attribute: Attribute) -> None:
        concept = attribute.concept
        if concept.codelist is not None:
            self._coded(shape, concept, attribute.required)
        elif concept.data_type == "integer":
            self._number(shape, "integer", attribute.required)
        else:
            self._literals(shape, "string", "NominalScale", attribute.required)

    def _number(self, shape: str, datatype: str, required: bool) -> None:
        self._literals(shape, datatype, "RatioScale", required)

    def _literals(self, shape: str, datatype: str, scale: str, required: bool) -> None:
        """Add which literals a component takes: those of a datatype, and the undefined one where it may be absent."""
        self._say.link(shape, f"{SH}nodeKind", f"{SH}Literal")
        self._say.link(shape, f"{QUDT}scaleType", QUDT + scale)
        if required:
            self._say.link(shape, f"{SH}datatype", rdf_common.XSD + datatype)
            return
        alternatives = [f"{shape}/datatype/{number}" for number in (1, 2)]
        for alternative, kind in zip(alternatives, (rdf_common.XSD + datatype, UNDEFINED), strict=True):
            self._say.link(alternative, f"{SH}datatype", kind)
        self._list(shape, "or", alternatives)

    def _list(self, shape: str, word: str, items: list[str]) -> None:
        """Add a list whose cells have IRIs."""
        cells = [*(f"{shape}/{word}/{number}" for number in range(1, len(items) + 1)), f"{rdf_common.RDF}nil"]
        self._say.link(shape, SH + word, cells[0])
        for cell, item, rest in zip(cells[:-1], items, cells[1:], strict=True):
            self._say.type(cell, f"{rdf_common.RDF}List")
            self._say.link(cell, f"{rdf_common.RDF}first", item)
            self._say.link(cell, f"{rdf_common.RDF}rest", rest)


def _root(codelist: Codelist, code: str) -> str:
    """Return the code at the top that a code lies below."""
    while (parent := codelist[code].parent) is not None:
        code = parent
    return code
