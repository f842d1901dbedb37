"""A template with the names of a release filled in: a query that any SPARQL engine can be asked.

What is filled in are prefixed names and IRIs, made from codes by ``naming``, language tags and
names of variables. The names of the blocks are those the templates use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.errors import InputError
from publisher.formats import rdf_common
from publisher.model import FREQ, TIME_PERIOD
from publisher.naming import TOTAL
from publisher.query import prefixes
from publisher.query.facts import Facts
from publisher.query.settings import PARTS, TOTAL_OR_PARTS, Settings, parts_of, settle, total_of
from publisher.query.templates import DIMENSION, Template, source

_BLANK = "  "
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A dimension in a query: its predicate, its variable and that of its label, and what says it in full."""

    id: str
    predicate: str
    variable: str
    label: str
    language: str

    @property
    def triple(self) -> str:
        """What binds the variable, said of a cell."""
        return f"{self.predicate} {self.variable}"

    @property
    def labelled(self) -> str:
        """The line that binds the label, where there is one in the language."""
        return named(self.variable, "skos:prefLabel", self.label, self.language)


def named(subject: str, prop: str, variable: str, language: str) -> str:
    """Return the line that binds what a resource is called in a language, where it has a name in it."""
    spoken = f"LANG({variable})" if language.islower() else f"LCASE(LANG({variable}))"
    return f'{_BLANK}OPTIONAL {{ {subject} {prop} {variable} . FILTER ({spoken} = "{language.lower()}") }}\n'


def fill(template: Template, given: Sequence[tuple[str, str]], facts: Facts) -> str:
    """Return the query of a template for a release, with the prefixes it uses.

    Raises InputError where a parameter is unknown, or its value nothing the release has.
    """
    settings = settle(template, given, facts)
    known = prefixes.prefixes_of(facts.dataset, settings.cube)
    body = re.sub(r"[ \n]*\n", "\n", _rendered(template.body, _Blocks(template, facts, settings, known).values()))
    title = f"# {template.title}: {settings.cube.id}\n" if template.parameter("cube") else f"# {template.title}\n"
    return f"{title}{prefixes.head(body, known)}{body}"


def _rendered(body: str, values: Mapping[str, Any]) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(source),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- SPARQL, not HTML
    )
    return environment.from_string(body).render(values)


class _Blocks:
    """The values of a template: what is the same in every query about a cube is made here."""

    def __init__(self, template: Template, facts: Facts, settings: Settings, known: Mapping[str, str]) -> None:
        self.template, self.facts, self.settings, self.known = template, facts, settings, known
        self.names = facts.dataset.names
        self.taken: set[str] = set()

    def values(self) -> dict[str, Any]:
        """Return what templates name."""
        settings, cube = self.settings, self.settings.cube
        dataset = self.facts.dataset
        upper = len(rdf_common.bounds(dataset, cube.measure.decimals)) > 1
        columns = {component: self._column(component) for component in cube.key_ids}
        shown = [columns[component] for component in self._others() if component not in settings.codes]
        return {
            "published": self._name(self.names.cube(cube.id)),
            "hidden": self._name(self.names.suppressed(cube.id)),
            "sets": f"{self._name(self.names.cube(cube.id))} {self._name(self.names.suppressed(cube.id))}",
            "measure": self._component("measure", cube.measure.id),
            "has_upper": upper,
            "decimals": cube.measure.decimals,
            "label": lambda subject, prop, variable: named(subject, prop, variable, settings.language),
            "by": columns.get(settings.dimension),
            "columns": columns.get(settings.columns),
            "time": columns[TIME_PERIOD],
            "frequency": columns[FREQ],
            "shown": [item for item in (columns.get(settings.dimension), *shown) if item is not None],
            "fixed": self._fixed(settings.period),
            "any_period": self._fixed(""),
            "fixed_since": self._fixed(settings.since),
            "parts": self._parts(columns),
            "by_parts": self._pattern(columns[settings.dimension]) if settings.dimension else "",
            "whole": self._whole(columns),
            "codelist": self._name(self.names.codelist(settings.codelist)) if settings.codelist else "",
            "extras": [self._extra(attribute.id) for attribute in cube.attributes[2:]],
            "attribute": lambda component: self._component("attribute", component),
            "cells": self._cells() if settings.columns else [],
        }

    def _others(self) -> list[str]:
        """Return the dimensions that are neither frequency, time nor asked for by name."""
        settings = self.settings
        apart = (FREQ, TIME_PERIOD, settings.dimension, settings.columns)
        return [component for component in settings.cube.key_ids if component not in apart]

    def _column(self, component: str) -> Column:
        variable, prop = self._variable(component), self._component("dimension", component)
        return Column(component, prop, variable, f"{variable}_label", self.settings.language)

    def _extra(self, component: str) -> dict[str, str]:
        return {"property": self._component("attribute", component), "variable": self._variable(component)}

    def _variable(self, component: str) -> str:
        """Return the variable for a dimension or an attribute, which is no other's and none of the templates' own."""
        plain = component.upper() == component  # the templates' own variables are in small letters
        return self._free(component if plain else f"{component}_code")

    def _free(self, words: str) -> str:
        """Return a variable, in letters, digits and underscores, that is not taken."""
        variable = "?" + re.sub(r"\W", "_", words)
        while variable in self.taken:
            variable += "_"
        self.taken.add(variable)
        return variable

    def _fixed(self, period: str) -> str:
        """Return what every cell asked for has: the frequency, the period, and the codes that are settled."""
        settings = self.settings
        said = []
        if settings.frequency:
            said.append(self._said(FREQ, settings.frequency))
        said += [self._said(component, code) for component, code in settings.codes.items()]
        if period and settings.columns != TIME_PERIOD:
            said.append(f"{self._component('dimension', TIME_PERIOD)} {self._name(self.names.period(period))}")
        return " ;\n    ".join(said)

    def _said(self, component: str, code: str) -> str:
        return f"{self._component('dimension', component)} {self._code(component, code)}"

    def _parts(self, columns: Mapping[str, Column]) -> dict[str, str]:
        """Return the triples and the patterns that leave totals out of the dimensions that are summed over."""
        others = self.template.parameter(DIMENSION)
        if others is None or others.default not in (PARTS, TOTAL_OR_PARTS):
            return {"triples": "", "patterns": ""}
        summed = [columns[component] for component in self._others() if component not in self.settings.codes]
        patterns = {column: self._pattern(column) for column in summed}
        triples = "".join(f" ;\n    {column.triple}" for column in summed if patterns[column])
        return {"triples": triples, "patterns": "".join(patterns.values())}

    def _pattern(self, column: Column) -> str:
        """Return the lines that keep the codes with none below them; none where all are kept."""
        codelist = self.settings.cube.dimension(column.id).codelist
        assert codelist is not None
        present = self.facts.codes(self.settings.cube, column.id, self.settings.frequency)
        kept = parts_of(codelist, present)
        narrower = {codelist[code].parent for code in codelist.ids}
        if kept == tuple(code for code in present if codelist[code].parent is not None):
            return f"{_BLANK}{column.variable} skos:broader {column.variable}_whole .\n"
        if kept == present:
            return ""
        if kept == tuple(code for code in present if code not in narrower):
            return f"{_BLANK}FILTER NOT EXISTS {{ {column.variable} skos:narrower {column.variable}_part }}\n"
        if kept == tuple(code for code in present if code != TOTAL):
            return f"{_BLANK}FILTER ({column.variable} != {self._code(column.id, TOTAL)})\n"
        return f"{_BLANK}VALUES {column.variable} {{ {' '.join(self._code(column.id, code) for code in kept)} }}\n"

    def _whole(self, columns: Mapping[str, Column]) -> dict[str, str]:
        """Return the triple and the pattern of the cells that the parts of the dimension make up."""
        settings = self.settings
        if not settings.dimension:
            return {"triple": "", "pattern": ""}
        codelist = settings.cube.dimension(settings.dimension).codelist
        assert codelist is not None
        total = total_of(codelist, self.facts.codes(settings.cube, settings.dimension, settings.frequency))
        if total is not None:
            return {"triple": self._said(settings.dimension, total), "pattern": ""}
        column = columns[settings.dimension]
        return {"triple": column.triple, "pattern": self._pattern(column)}

    def _cells(self) -> list[tuple[str, str]]:
        """Return (code, variable) for each column of a table."""
        settings = self.settings
        if settings.columns == TIME_PERIOD:
            codes = self.facts.periods(settings.cube, settings.frequency)
            named = [(self._name(self.names.period(period)), period) for period in codes]
        else:
            codes = self.facts.codes(settings.cube, settings.columns, settings.frequency)
            named = [(self._code(settings.columns, code), code) for code in codes]
        if len(named) > _MOST_COLUMNS:
            message = f"{len(named):,} columns: at most {_MOST_COLUMNS} are shown; set another dimension for them"
            raise InputError(f"--set columns={settings.columns}: {message}")
        return [(name, self._free(f"c_{code}")) for name, code in named]

    def _component(self, role: str, component: str) -> str:
        return self._name(self.names.component(role, component))

    def _code(self, component: str, code: str) -> str:
        codelist = self.settings.cube.dimension(component).codelist
        assert codelist is not None
        return self._name(self.names.code(codelist.id, code))

    def _name(self, iri: str) -> str:
        return prefixes.name(iri, self.known)
