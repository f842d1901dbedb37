"""SDMX-CSV data messages: how one is asked for, its columns and its rows, in every version of SDMX-CSV.

Source: SDMX-CSV field guides 1.0, 2.0 and 2.1 (sdmx-twg/sdmx-csv). The structure comes first, then
the action and the keys, then dimensions, measure and attributes in the order of the DSD; attributes
of series stand in every row; fields are quoted as RFC 4180 says. A suppressed cell is ``NaN``, an
absent attribute is empty. A name is in the language that was asked for or left out: the guides also
allow one in another language, which nobody could tell from the right one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from publisher.columns import number_texts
from publisher.engines.embedded import Key
from publisher.errors import nearest
from publisher.formats.rows import attribute_cell, join, spell
from publisher.formats.sdmx_common import flow_reference
from publisher.model import Attribute, Codelist, Concept, Cube, Text
from publisher.naming import Names

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.engines.embedded import RowFunction

# The parameters of the media type, with what each may be, the default first; and the language.
PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "version": ("1.0", "2.0", "2.1"),
        "labels": ("id", "name", "both"),
        "keys": ("none", "obs", "series", "both"),
    }
)
LANGUAGE = "language"

_REPLACE = "R"
_QUOTED = re.compile('[",\r\n]')


@dataclass(frozen=True, slots=True)
class Variant:
    """How a message is asked for: the parameters of its media type, and the language of its names."""

    version: str
    labels: str = "id"
    keys: str = "none"
    language: str | None = None

    @property
    def file(self) -> str:
        """The name of its file: the version, then each parameter that is not the default, then the language."""
        labels = "" if self.labels == "id" else f"-{self.labels}"
        keys = "" if self.keys == "none" else f"-keys-{self.keys}"
        return f"data-{self.version}{labels}{keys}{f'-{self.language}' if self.language else ''}.csv"

    @property
    def media_type(self) -> str:
        """The media type of its file; parameters that are the default are left out."""
        labels = "" if self.labels == "id" else f";labels={self.labels}"
        keys = "" if self.keys == "none" else f";keys={self.keys}"
        return f"application/vnd.sdmx.data+csv;version={self.version}.0{labels}{keys}"

    @property
    def lead(self) -> tuple[str, ...]:
        """The columns before those of components."""
        if self.version == "1.0":
            return ("DATAFLOW",)
        name = ("STRUCTURE_NAME",) if self.labels == "name" else ()
        keys = {"none": (), "obs": ("OBS_KEY",), "series": ("SERIES_KEY",), "both": ("SERIES_KEY", "OBS_KEY")}
        return ("STRUCTURE", "STRUCTURE_ID", *name, "ACTION", *keys[self.keys])


def parameters(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the parameters in ``version=2.0; labels=both``, and what is wrong with the text itself."""
    found: dict[str, str] = {}
    faults = []
    known = (*PARAMETERS, LANGUAGE)
    for part in text.split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            faults.append(f"'{part.strip()}' is no parameter: write NAME=VALUE, with ; between them")
        elif name not in known:
            faults.append(f"unknown parameter '{name}': there are {', '.join(known)}{nearest(name, known)}")
        elif name in found:
            faults.append(f"'{name}' stands twice")
        elif name in PARAMETERS and value not in PARAMETERS[name]:
            there = ", ".join(PARAMETERS[name])
            faults.append(f"{name} is '{value}': it is one of {there}{nearest(value, PARAMETERS[name])}")
        else:
            found[name] = value
    return found, faults


def variant_of(text: str) -> Variant:
    """Return the variant that a text without faults asks for."""
    found, faults = parameters(text)
    if faults:
        raise ValueError(f"{text}: {faults[0]}")
    return Variant(**found)


def columns(cube: Cube, variant: Variant) -> tuple[str, ...]:
    """Return the header of a cube's file."""
    return (*variant.lead, *(field for concept in concepts(cube) for field in _header(cube, concept, variant)))


def concepts(cube: Cube) -> tuple[Concept, ...]:
    """Return the concepts of the components in the order of their columns."""
    return (
        *(dimension.concept for dimension in cube.dimensions),
        cube.measure.concept,
        *(attribute.concept for attribute in cube.attributes),
        *(attribute.concept for attribute in cube.series_attributes),
    )


def quoted(field: str) -> str:
    """Return a field as it stands in a line (RFC 4180)."""
    return '"' + field.replace('"', '""') + '"' if _QUOTED.search(field) else field


def head(cube: Cube, variant: Variant) -> str:
    """Return the first line of a cube's file."""
    return ",".join(map(quoted, columns(cube, variant))) + "\n"


def rows(names: Names, cube: Cube, variant: Variant) -> RowFunction:
    """Return the row function of a cube: a batch to one line of CSV per observation."""
    start = _start(names, cube, variant)
    end = "".join(_coded(attribute.concept.codelist, variant)(attribute.value) for attribute in cube.series_attributes)
    keyed = [key for key in ("SERIES_KEY", "OBS_KEY") if key in variant.lead]

    def lines(batch: pa.RecordBatch, _before: Key | None) -> pa.StringArray:
        import pyarrow.compute as pc

        keys = (part for key in keyed for part in _key(batch, cube, key))
        codes = (spell(batch[dimension.id], _coded(dimension.codelist, variant)) for dimension in cube.dimensions)
        value = pc.fill_null(number_texts(batch[cube.measure.id]), "NaN")
        cells = (part for attribute in cube.attributes for part in _attribute(attribute, batch, variant))
        return join(start, *keys, *codes, ",", value, _no_name(variant), *cells, f"{end}\n")

    return lines


def _header(cube: Cube, concept: Concept, variant: Variant) -> Iterator[str]:
    """Yield the fields that stand above a component."""
    name = _word(concept.name, variant)
    if variant.labels == "both" and name is not None and (variant.version, concept.id) != ("1.0", cube.measure.id):
        yield f"{concept.id}: {name}"
        return
    yield concept.id
    if variant.labels == "name":
        yield name or ""


def _start(names: Names, cube: Cube, variant: Variant) -> str:
    """Return what every line begins with, up to the keys."""
    title = _word(cube.title, variant)
    reference = flow_reference(names, cube)
    if variant.labels == "both" and title is not None:
        reference = f"{reference}: {title}"
    fields = {
        "DATAFLOW": reference,
        "STRUCTURE": "dataflow",
        "STRUCTURE_ID": reference,
        "STRUCTURE_NAME": title or "",
        "ACTION": _REPLACE,
    }
    return ",".join(quoted(fields[column]) for column in variant.lead if column in fields)


def _key(batch: pa.RecordBatch, cube: Cube, column: str) -> Iterator[pa.StringArray | str]:
    """Yield the parts of a key: the codes of all dimensions, or of those other than time, joined with ``.``."""
    dimensions = cube.dimensions if column == "OBS_KEY" else cube.dimensions[:-1]
    for number, dimension in enumerate(dimensions):
        yield "." if number else ","
        yield spell(batch[dimension.id], str)


def _coded(codelist: Codelist | None, variant: Variant) -> Callable[[str], str]:
    """Return how a value is spelled: its cells, each with the comma before it."""

    def cells(value: str) -> str:
        name = _word(codelist[value].name, variant) if codelist is not None else None
        if variant.labels == "both" and name is not None:
            return "," + quoted(f"{value}: {name}")
        named = f",{quoted(name or '')}" if variant.labels == "name" else ""
        return f",{quoted(value)}{named}"

    return cells


def _attribute(attribute: Attribute, batch: pa.RecordBatch, variant: Variant) -> Iterator[pa.StringArray | str]:
    """Yield the cells of an attribute in each row, empty where it has no value."""
    import pyarrow.compute as pc

    if attribute.codelist is None:
        yield from (",", attribute_cell(attribute, batch[attribute.id]), _no_name(variant))
    else:
        cells = spell(batch[attribute.id], _coded(attribute.codelist, variant))
        yield pc.fill_null(cells, f",{_no_name(variant)}")


def _no_name(variant: Variant) -> str:
    """Return the cell beside a value that no name belongs to."""
    return "," if variant.labels == "name" else ""


def _word(text: Text, variant: Variant) -> str | None:
    """Return a text in the language asked for; None where there is none, or no name is asked for."""
    return text.get(variant.language) if variant.language is not None else None
