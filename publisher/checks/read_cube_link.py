"""``cube-link/<cube>.ttl`` read back as rows of codes, by pyoxigraph and a plain parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.cube_link_file import Head, Observation, Opened, Term, by_lines, by_pyoxigraph
from publisher.checks.rdf_rows import rows_of
from publisher.checks.reader import Reader, UnreadableError
from publisher.checks.turtle_rows import DATA_SET, TYPE, Property, batches_of, properties, raw_schema
from publisher.formats import rdf_common
from publisher.formats.cube_link_terms import CUBE, QUDT, SH, UNDEFINED, Half, halves
from publisher.model import Cube, Dataset

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.checks.reader import Read

_FILE = "cube-link/{cube}.ttl"


def _reader(read: Opened) -> Read:
    def rows(folder: Path, cube: Cube, dataset: Dataset) -> Iterator[pa.RecordBatch]:
        head, observations = read(folder / _FILE.format(cube=cube.id), dataset.names.observations(cube.id))
        raw = _Rows(head, cube, dataset)
        for batch in batches_of(map(raw.row, observations), raw_schema(cube, dataset)):
            yield rows_of(batch, cube, dataset)

    return rows


class _Rows:
    """Observations as raw rows of RDF Data Cube: the set says which data set, the constraint which unit."""

    def __init__(self, head: Head, cube: Cube, dataset: Dataset) -> None:
        names = dataset.names
        self._columns = {item.iri: (index, item) for index, item in enumerate(properties(cube, dataset), 1)}
        by_name = {item.column: index for index, item in self._columns.values()}
        self._type, self._data_set, self._width = by_name[TYPE], by_name[DATA_SET], len(self._columns) + 1
        self._unit = self._width - 1
        self._agent = rdf_common.publisher_iri(dataset)
        disclosed, hidden = halves(dataset, cube)
        self._sets = {
            disclosed.observations: (names.cube(cube.id), self._unit_of(head, cube, disclosed)),
            hidden.observations: (names.suppressed(cube.id), self._unit_of(head, cube, hidden)),
        }

    def _unit_of(self, head: Head, cube: Cube, half: Half) -> str | None:
        """Return the unit of a cube's measures, None where they have none or more."""
        unit = cube.series_attributes[0]
        if unit.concept.codelist is None:
            return unit.value
        measured = frozenset(head.of_type(f"{CUBE}MeasureDimension"))
        shapes = measured.intersection(head.iris(half.constraint, f"{SH}property"))
        units = {tuple(head.iris(shape, f"{QUDT}hasUnit")) for shape in shapes}
        (one, *others) = units or {()}
        return one[0] if len(one) == 1 and not others else None

    def row(self, observation: Observation) -> list[str | None]:
        """Return the raw row of an observation. Raises UnreadableError for what Data Cube would not say."""
        held, subject, said = observation
        row: list[str | None] = [None] * self._width
        row[0] = subject
        if len(held) == 1 and held[0] in self._sets:
            row[self._data_set], row[self._unit] = self._sets[held[0]]
        for predicate, term in said:
            if predicate == f"{rdf_common.RDF}type":
                row[self._type] = f"{rdf_common.QB}Observation" if term == ("", f"{CUBE}Observation") else term[1]
            elif predicate == f"{CUBE}observedBy":
                if term != ("", self._agent):
                    raise UnreadableError(f"<{subject}> was not observed by the publisher")
            else:
                self._say(row, subject, predicate, term)
        return row

    def _say(self, row: list[str | None], subject: str, predicate: str, term: Term) -> None:
        if predicate not in self._columns:
            raise UnreadableError(f"<{subject}> has the property <{predicate}>, which no observation of the cube has")
        index, item = self._columns[predicate]
        if row[index] is not None:
            raise UnreadableError(f"<{subject}> has the property <{predicate}> twice")
        row[index] = _cell(subject, item, term)


def _cell(subject: str, item: Property, term: Term) -> str | None:
    """Return a value as raw rows have it, None where it is undefined."""
    datatype, lexical = term
    if term in (("", UNDEFINED), (UNDEFINED, "")):
        return None
    expected = "" if item.kind == "iri" else rdf_common.XSD + item.kind
    if datatype != expected:
        raise UnreadableError(f"<{subject}>: {item.column} is no {item.kind}")
    return lexical


READERS: tuple[Reader, ...] = (
    Reader("cube-link", _FILE, "pyoxigraph", _reader(by_pyoxigraph), 50_000, _reader(by_lines), optional=True),
)
