"""The words of a dataset's codelists: which label of a NAV report names which code of which cube."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from publisher.errors import DefinitionError, Finding, nearest
from publisher.model import FREQ, TIME_PERIOD, Code, Codelist, Cube, Dataset
from publisher.naming import TOTAL, UNKNOWN
from publisher.sources.nav_text import fold

DEFAULT_TOTAL = "I alt"
MONTHS_COVERED = "MONTHS_COVERED"


@dataclass(frozen=True, slots=True)
class Known:
    """A label that is known: the code it names, its right spelling, and whether this one is damaged."""

    code: str
    name: str
    spelling: str
    repaired: bool


@dataclass(frozen=True, slots=True)
class Family:
    """The tables of one cube: a total row names a code of ``tables``, the others codes of ``rows``.

    ``table_labels`` are by the folded words after the total word, ``row_labels`` by the folded
    label. With ``coded``, a row begins with its code.
    """

    cube: Cube
    tables: str
    rows: str
    coded: bool
    table_labels: Mapping[str, Known]
    row_labels: Mapping[str, Known]

    def row_label(self, code: str) -> str:
        """Return the label a row of a code should have."""
        return next((known.spelling for known in self.row_labels.values() if known.code == code), code)

    def table_name(self, code: str) -> str:
        """Return the name of a table's code."""
        return next((known.name for known in self.table_labels.values() if known.code == code), code)

    def misfit(self, label: str) -> Known | None:
        """Return the code that a label begins with, where rows begin with one, or None."""
        code = label.partition(" ")[0]
        if not self.coded or code == UNKNOWN:
            return None
        return next((known for known in self.row_labels.values() if known.code == code), None)


def total_word(dataset: Dataset) -> str:
    """Return the word or words that a total row begins with."""
    return str(dataset.source.get("total", DEFAULT_TOTAL))


def families(dataset: Dataset) -> tuple[Family, ...]:
    """Return the families of tables that ``source.cubes`` describes, in the order of the cubes.

    Raises DefinitionError where it does not say how to read a cube, or a label names two codes.
    """
    settings = dataset.source.get("cubes", {})
    faults: list[str] = []
    found = [_family(dataset, cube, settings.get(cube.id, {}), faults) for cube in dataset.cubes]
    if faults:
        file = f"schemas/{dataset.id}/dataset.toml"
        raise DefinitionError(*(Finding("source", fault, file=file) for fault in faults))
    return tuple(family for family in found if family is not None)


def _family(dataset: Dataset, cube: Cube, settings: Mapping[str, Any], faults: list[str]) -> Family | None:
    tables, rows = settings.get("tables"), settings.get("rows")
    if tables is None or rows is None:
        faults.append(f"'source.cubes.{cube.id}' must name the dimensions of 'tables' and 'rows'")
        return None
    if tables == rows or {tables, rows, FREQ, TIME_PERIOD} != set(cube.key_ids):
        others = f"besides {FREQ} and {TIME_PERIOD}"
        faults.append(f"'source.cubes.{cube.id}': 'tables' and 'rows' must be the dimensions of the cube {others}")
        return None
    table_codes, row_codes = cube.dimension(tables).codelist, cube.dimension(rows).codelist
    assert table_codes is not None, "dimensions but time are coded"
    assert row_codes is not None, "dimensions but time are coded"
    if any(
        attribute.id == MONTHS_COVERED and attribute.concept.data_type != "integer" for attribute in cube.attributes
    ):
        faults.append(f"'components.{MONTHS_COVERED}.data_type' must be 'integer'")
    if TOTAL not in row_codes:
        faults.append(f"codelist {row_codes.id} has no code {TOTAL}, which the total rows of '{cube.id}' need")
    coded = bool(settings.get("coded_rows", False))
    language = dataset.languages[0]
    table_labels = _labels(table_codes, table_codes.codes, False, language, faults)
    if TOTAL in table_codes:
        name = table_codes[TOTAL].name.get(language) or ""
        table_labels[""] = Known(TOTAL, name, "", False)
    parts = tuple(code for code in row_codes.codes if code.id != TOTAL)
    row_labels = _labels(row_codes, parts, coded, language, faults)
    return Family(cube, tables, rows, coded, MappingProxyType(table_labels), MappingProxyType(row_labels))


def _labels(
    codelist: Codelist, codes: tuple[Code, ...], coded: bool, language: str, faults: list[str]
) -> dict[str, Known]:
    """Return the known labels of codes by their folded words, each code's own name first."""
    labels: dict[str, Known] = {}
    for code in codes:
        for known in _spellings(code, coded, language):
            other = labels.setdefault(fold(known.spelling), known)
            if other.code != code.id:
                faults.append(f"codelist {codelist.id}: '{known.spelling}' names two codes, {other.code} and {code.id}")
    return labels


def _spellings(code: Code, coded: bool, language: str) -> Iterator[Known]:
    before = f"{code.id} " if coded and code.id != UNKNOWN else ""
    name = code.name.in_language(language)
    for spelling in (name, *code.aliases):
        yield Known(code.id, name, before + spelling, False)
    for spelling in code.misspellings:
        yield Known(code.id, name, before + spelling, True)


def near(label: str, labels: Mapping[str, Known]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest label that is not a damaged one, or nothing."""
    return nearest(label, [known.spelling for known in labels.values() if not known.repaired and known.spelling])
