"""The schemas of the tables of a release in CSVW: columns, keys, and the IRIs that their cells become.

A variable of a URI template is expanded as ``naming`` encodes a code: unreserved characters stay, all
others are percent-encoded (RFC 6570, section 3.2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from publisher import periods
from publisher.formats import rdf_common
from publisher.model import MATCH_KINDS, UNIT_MEASURE, Codelist, Concept, Cube, Dataset, SeriesAttribute, Text

TYPE = "rdf_type"
SCHEME = "in_scheme"
_SKOS = rdf_common.SKOS
_VALID_THROUGH = "http://schema.org/validThrough"

Column = dict[str, Any]


def texts(text: Text) -> list[dict[str, str]]:
    """Return a text as values of a common property, in the languages that have a registered tag."""
    known = [{"@value": words, "@language": language} for language, words in text if is_registered(language)]
    return known or [{"@value": str(text)}]


def is_registered(language: str) -> bool:
    """Say whether a language's tag is valid in BCP 47: CSVW replaces any other by ``und``, with a warning."""
    from language_tags import tags

    return bool(tags.check(language))


def variable(column: str) -> str:
    """Return a header as a name that may stand in a URI template: a hyphen is percent-encoded."""
    return column.replace("-", "%2D")


def _titles(header: str, name: Text | None) -> dict[str, str]:
    """Return what a column is called: its header, which no language has, then its name in each language."""
    named = {language: words for language, words in name or () if is_registered(language)}
    return {"und": header, **named}


def _virtual(name: str, taken: Iterable[str], described: Column) -> Column:
    """Return a column that the file does not have, under a name that no other has."""
    used = set(taken)
    while name in used:
        name += "_"
    return {"name": name, "virtual": True, **described}


@dataclass(frozen=True, slots=True)
class ObservationTable:
    """The table of a cube's observations. ``present`` are the files of the release so far."""

    dataset: Dataset
    cube: Cube
    present: frozenset[str]

    def schema(self) -> dict[str, Any]:
        """Return the schema: one row is one observation, whose IRI is made of its key."""
        key = ".".join(f"{{{variable(component)}}}" for component in self.cube.key_ids)
        schema: dict[str, Any] = {
            "@type": "Schema",
            "aboutUrl": self.dataset.names.observations(self.cube.id) + key,
            "columns": [*self._columns(), *self._virtual()],
            "primaryKey": [variable(component) for component in self.cube.key_ids],
        }
        foreign = list(self._foreign_keys())
        return {**schema, "foreignKeys": foreign} if foreign else schema

    def _columns(self) -> Iterator[Column]:
        cube = self.cube
        for dimension in cube.dimensions:
            yield self._column("dimension", dimension.concept, True)
        number = {"datatype": "decimal" if cube.measure.decimals else "integer"}
        yield {**self._column("measure", cube.measure.concept, False), **number}
        for attribute in cube.attributes:
            yield self._column("attribute", attribute.concept, attribute.required)

    def _column(self, role: str, concept: Concept, required: bool) -> Column:
        name, names, codelist = variable(concept.id), self.dataset.names, concept.codelist
        column: Column = {"name": name, "titles": _titles(concept.id, concept.name)}
        if concept.description is not None:
            column["dc:description"] = texts(concept.description)
        column["propertyUrl"] = names.component(role, concept.id)
        if codelist is not None:
            column["valueUrl"] = f"{names.codelist(codelist.id)}/{{{name}}}"
        elif concept.data_type == "period":
            column["valueUrl"] = f"{names.iri('period')}/{{{name}}}"
        if concept.data_type == "period":
            column["datatype"] = {"base": "string", "format": periods.PATTERN}
        else:
            column["datatype"] = "integer" if concept.data_type == "integer" else "string"
        return {**column, "required": True} if required else column

    def _virtual(self) -> Iterator[Column]:
        """Yield what every row says alike: what it is, its unit, and without a triple multiplier and decimals."""
        taken = {variable(component) for component in self.cube.columns}
        kind = {"propertyUrl": f"{rdf_common.RDF}type", "valueUrl": f"{rdf_common.QB}Observation"}
        yield _virtual(TYPE, taken, kind)
        for attribute in self.cube.series_attributes:
            yield _virtual(variable(attribute.id), taken, self._constant(attribute))

    def _constant(self, attribute: SeriesAttribute) -> Column:
        names, codelist = self.dataset.names, attribute.concept.codelist
        column: Column = {"titles": _titles(attribute.id, attribute.concept.name)}
        if attribute.id != UNIT_MEASURE:
            return {**column, "datatype": "string", "default": attribute.value, "suppressOutput": True}
        column["propertyUrl"] = names.component("attribute", attribute.id)
        if codelist is not None:
            return {**column, "valueUrl": names.code(codelist.id, attribute.value)}
        return {**column, "datatype": "string", "default": attribute.value}

    def _foreign_keys(self) -> Iterator[dict[str, Any]]:
        """Yield keys to the codelists; none from a column with empty cells, for every row must refer to a row."""
        concepts = [item.concept for item in self.cube.dimensions]
        concepts += [item.concept for item in self.cube.attributes if item.required]
        for concept in concepts:
            codelist = concept.codelist
            if codelist is not None and f"codelists/{codelist.id}.csv" in self.present:
                reference = {"resource": f"../codelists/{codelist.id}.csv", "columnReference": ["code"]}
                yield {"columnReference": [variable(concept.id)], "reference": reference}


@dataclass(frozen=True, slots=True)
class CodelistTable:
    """The table of a codelist: one row is one code, a SKOS concept.

    Only what a cell says by itself becomes a triple: not the lists of counterparts, nor codes of other systems.
    ``headers`` are the columns of its file.
    """

    dataset: Dataset
    codelist: Codelist
    headers: tuple[str, ...]

    def schema(self) -> dict[str, Any]:
        """Return the schema. The parent is no foreign key: every row must refer to a row, and top codes do not."""
        scheme = self.dataset.names.codelist(self.codelist.id)
        kind = {"propertyUrl": f"{rdf_common.RDF}type", "valueUrl": f"{_SKOS}Concept"}
        return {
            "@type": "Schema",
            "aboutUrl": f"{scheme}/{{code}}",
            "columns": [
                *(self._column(header, scheme) for header in self.headers),
                _virtual(TYPE, self.headers, kind),
                _virtual(SCHEME, self.headers, {"propertyUrl": f"{_SKOS}inScheme", "valueUrl": scheme}),
            ],
            "primaryKey": ["code"],
        }

    def _column(self, header: str, scheme: str) -> Column:
        column: Column = {"name": variable(header), "titles": _titles(header, None)}
        kind, _, rest = header.partition("_")
        if header == "code":
            said = {"propertyUrl": f"{_SKOS}notation", "datatype": "string", "required": True}
        elif header == "parent":
            said = {"propertyUrl": f"{_SKOS}broader", "valueUrl": f"{scheme}/{{parent}}", "datatype": "string"}
        elif kind in ("label", "description"):
            said = _in_language("prefLabel" if kind == "label" else "definition", rest)
        elif header == "valid_through":
            said = {"propertyUrl": _VALID_THROUGH, "datatype": "date"}
        elif header in {f"{match}_match" for match in MATCH_KINDS}:
            said = {"separator": " ", "datatype": "anyURI", "suppressOutput": True}
        else:
            said = {"datatype": "string", "suppressOutput": True}
        return {**column, **said}


def _in_language(term: str, language: str) -> Column:
    """Return a text of a code. In a language without a registered tag it would become a text without language."""
    said: Column = {"propertyUrl": f"{_SKOS}{term}", "datatype": "string"}
    return {**said, "lang": language} if is_registered(language) else {**said, "suppressOutput": True}
