"""The data files of a release as a portal meets them: every cell as the text it is, with its line, in the SQL engine.

SDMX-CSV 2.0 is read by Python's csv, SDMX-ML 2.1 structure-specific by lxml, both as streams.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.doctype import declares_doctype
from publisher.errors import Finding
from publisher.export.references import FIRST_VERSION, Key, line_of
from publisher.export.structures import Artefact, DataStructure, Structures, UnreadableError
from publisher.observations import BATCH_ROWS

if TYPE_CHECKING:
    import duckdb

MOST_FINDINGS = 5

LINE = " line"  # No component is called so: their ids are NCNames.
FLOW, ACTION = " flow", " action"
_LEADING = ("STRUCTURE", "STRUCTURE_ID", "ACTION")

_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_MESSAGE, _COM = (f"{{{_ROOT}/{word}}}" for word in ("message", "common"))
_SPECIFIC = f"{{{_ROOT}/data/structurespecific}}"

Row = tuple[Any, ...]


@dataclass(slots=True)
class Reading:
    """What is known of a file while it is read: the DSD, and what stands in it that no DSD has.

    ``columns`` are set before the first row; ``unknown`` holds names that are no component, with
    the first line of each.
    """

    structures: Structures
    columns: tuple[str, ...] = ()
    flow: Artefact | None = None
    dsd: DataStructure | None = None
    unknown: dict[str, int] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def describe(self, flow: str, line: int) -> None:
        """Find the DSD of the dataflow that the file names; UnreadableError where there is none."""
        found = next((item for item in self.structures.of_kind("Dataflow") if item.key.short == flow), None)
        if found is None:
            known = ", ".join(item.key.short for item in self.structures.of_kind("Dataflow")) or "none"
            raise UnreadableError(f"is of '{flow}', which is no dataflow of the structures: there are {known}", line)
        self.flow, self.dsd = found, self.structures.data_structure(found)
        if self.dsd is None:
            raise UnreadableError(f"is of {flow}, whose DSD the structures do not hold", line)
        self.columns = (LINE, FLOW, ACTION, *dict.fromkeys(component.id for component in self.dsd.components))


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a data file in the SQL engine: a column of text for each component.

    A cell is NULL, or empty as in the file, where there is nothing.
    """

    cube: str
    file: str
    flow: Artefact
    dsd: DataStructure
    relation: str
    unknown: dict[str, int]
    absent: tuple[str, ...]
    database: duckdb.DuckDBPyConnection

    def findings(
        self, condition: str, parameters: Sequence[Any], word: Callable[[str], str] | str, shown: str = "''"
    ) -> Iterator[Finding]:
        """Yield a finding for each of the first rows that meet a condition, and one for all the others.

        ``word`` words the fault, where it is a function from what the SQL expression ``shown`` gives for the row.
        """
        query = (
            f"SELECT {quoted(LINE)}, {self.key_text}, {shown}, count(*) OVER () FROM {self.relation}"
            f" WHERE {condition} ORDER BY 1 LIMIT {MOST_FINDINGS}"
        )
        rows = self.database.cursor().execute(query, list(parameters)).fetchall()
        for line, key, cell, _ in rows:
            words = word if isinstance(word, str) else word("" if cell is None else str(cell))
            yield Finding("", words, file=self.file, line=line, cube=self.cube, key=key)
        if rows and (more := rows[0][3] - len(rows)):
            yield Finding("", f"{more:,} more rows have the same fault", file=self.file, cube=self.cube)

    def count(self, condition: str) -> int:
        """Return how many rows meet a condition."""
        found = self.database.cursor().execute(f"SELECT count(*) FROM {self.relation} WHERE {condition}").fetchone()
        return found[0] if found else 0

    def listed(self, column: str) -> str:
        """Return the condition that a column holds one of the texts of a parameter."""
        return f"{quoted(column)} IN (SELECT unnest(?::VARCHAR[]))"

    @property
    def key_text(self) -> str:
        """The SQL expression of an observation's key, its codes joined with dots."""
        codes = (f"coalesce({quoted(component.id)}, '')" for component in self.dsd.key)
        return f"concat_ws('.', {', '.join(codes)})"

    def distinct(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield the distinct combinations of columns, each with the line it first stands on."""
        names = ", ".join(quoted(column) for column in columns)
        query = f"SELECT {names}, min({quoted(LINE)}) FROM {self.relation} GROUP BY ALL ORDER BY ALL"
        found = self.database.cursor().execute(query)
        while row := found.fetchone():
            yield row


def quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def load(
    path: Path, file: str, cube: str, structures: Structures, database: duckdb.DuckDBPyConnection, scratch: Path
) -> Table:
    """Read a data file, whose name tells what it is, into the SQL engine.

    Raises UnreadableError where it cannot be read as that.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    reading = Reading(structures)
    rows = (_csv_rows if path.suffix == ".csv" else _ml_rows)(path, reading)
    first = next(rows, None)
    if reading.flow is None or reading.dsd is None or first is None:
        raise UnreadableError("holds no observation")
    types = [pa.int64() if column == LINE else pa.string() for column in reading.columns]
    schema = pa.schema(list(zip(reading.columns, types, strict=True)))
    stored = scratch / f"{cube}.parquet"
    with pq.ParquetWriter(stored, schema, compression="lz4") as writer:
        block = [first, *islice(rows, BATCH_ROWS)]
        while block:
            columns = [pa.array(column, kind) for column, kind in zip(zip(*block, strict=True), types, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            block = list(islice(rows, BATCH_ROWS))
    relation = "read_parquet('" + str(stored).replace("'", "''") + "')"
    return Table(cube, file, reading.flow, reading.dsd, relation, reading.unknown, tuple(reading.absent), database)


def _csv_rows(path: Path, reading: Reading) -> Iterator[Row]:
    """Yield the rows of an SDMX-CSV 2.0 file in the order of ``reading.columns``; None where there is no column."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            records = csv.reader(stream, strict=True)
            header = next(records, [])
            if tuple(header[: len(_LEADING)]) != _LEADING:
                raise UnreadableError(f"is no SDMX-CSV 2.0: it does not begin with {','.join(_LEADING)}", 1)
            line = records.line_num + 1
            for record in records:
                if len(record) != len(header):
                    raise UnreadableError(f"has {len(record)} cells in a row, {len(header)} in the header", line)
                if reading.dsd is None:
                    reading.describe(record[1], line)
                    places = _places(header, reading)
                yield (line, *(None if place is None else record[place] for place in places))
                line = records.line_num + 1
    except UnicodeDecodeError as error:
        raise UnreadableError(f"is not UTF-8: {error.reason} at byte {error.start}") from error
    except csv.Error as error:
        raise UnreadableError(f"is no CSV of RFC 4180: {error}", records.line_num) from error


def _places(header: list[str], reading: Reading) -> list[int | None]:
    """Return where each column stands in a record, and note columns that are unknown, absent or there twice."""
    wanted = reading.columns[3:]
    for name in header[len(_LEADING) :]:
        if name not in wanted or header.count(name) > 1:
            reading.unknown[name] = 1
    reading.absent += [name for name in wanted if name not in header]
    places = [header.index(name) if name in header else None for name in wanted]
    return [1, 2, *places]


@dataclass(slots=True)
class _Message:
    """Where the reading of an SDMX-ML message is: what the data set and the series around an observation say."""

    flows: dict[str, str] = field(default_factory=dict)
    flow: str = ""
    action: str | None = None
    of_set: dict[str, str] = field(default_factory=dict)
    of_series: dict[str, str] = field(default_factory=dict)


def _ml_rows(path: Path, reading: Reading) -> Iterator[Row]:
    """Yield the observations of an SDMX-ML 2.1 structure-specific message in the order of ``reading.columns``."""
    from lxml import etree

    message = _Message()
    if declares_doctype(path):
        raise UnreadableError("declares a document type, which no SDMX message does", None)
    try:
        for event, element in etree.iterparse(
            str(path), events=("start", "end"), resolve_entities=False, no_network=True
        ):
            if event == "start":
                _enter(element, message, reading)
            elif element.tag == f"{_MESSAGE}Structure":
                message.flows[element.get("structureID", "")] = _flow(element)
            elif element.tag in ("Obs", "Series"):
                if element.tag == "Obs":
                    yield _observation(element, message, reading)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"is not well-formed XML: {error.msg}", error.lineno) from error


def _enter(element: Any, message: _Message, reading: Reading) -> None:
    """Take note of the root, a data set or a series that begins."""
    line = line_of(element)
    if element.getparent() is None and element.tag != f"{_MESSAGE}StructureSpecificData":
        raise UnreadableError("is no SDMX-ML 2.1 structure-specific data message", line)
    if element.tag == f"{_MESSAGE}DataSet":
        message.flow = message.flows.get(element.get(f"{_SPECIFIC}structureRef", ""), "")
        message.action = element.get(f"{_SPECIFIC}action")
        message.of_set, message.of_series = _plain(element), {}
        if reading.dsd is None:
            reading.describe(message.flow, line)
    elif element.tag == "Series":
        message.of_series = _plain(element)


def _observation(element: Any, message: _Message, reading: Reading) -> Row:
    """Return the row of an observation; an attribute that is there but empty is empty text, not None."""
    cells = message.of_set | message.of_series | _plain(element)
    known = reading.columns[3:]
    for name in sorted(cells.keys() - set(known)):
        reading.unknown.setdefault(name, line_of(element))
    return (line_of(element), message.flow, message.action, *(cells.get(name) for name in known))


def _plain(element: Any) -> dict[str, str]:
    """Return the attributes of an element that are in no namespace."""
    return {name: value for name, value in element.attrib.items() if not name.startswith("{")}


def _flow(element: Any) -> str:
    """Return the dataflow that a header's ``Structure`` names, in short; empty where it names none."""
    usage = element.find(f"{_COM}StructureUsage")
    reference = None if usage is None else usage.find("Ref")
    if reference is None:
        return ""
    said = (reference.get("agencyID", ""), reference.get("id", ""), reference.get("version", FIRST_VERSION))
    return Key("Dataflow", *said).short
