"""The graph that some files are together: every triple as three numbers in a table of the SQL engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.checks.integrity.read import blocks
from publisher.checks.integrity.terms import NUMBERS, Terms
from publisher.observations import connect

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    import pyoxigraph

_MEMORY = "1GB"
# What the questions on structure ask of; the types of observations and concepts are none of it.
_STRUCTURAL = (
    "{STRUCTURE}, {COMPONENT}, {PROPERTY}, {REQUIRED}, {SLICE_KEY}, {SLICE_STRUCTURE}, {SLICE}, {RANGE}, {CODE_LIST}"
)
_STRUCTURAL_CLASSES = (
    "{DATA_SET_CLASS}, {STRUCTURE_CLASS}, {DIMENSION_CLASS}, {MEASURE_CLASS}, {ATTRIBUTE_CLASS}, {SLICE_CLASS},"
    " {SLICE_KEY_CLASS}"
)


class Graph:
    """Triples as numbers: the table ``triple(s, p, o)``, in which a triple may stand twice, and their terms.

    ``{NAME}`` in a question stands for the number of a name in ``NAMES``. Close it after use.
    """

    def __init__(self, scratch: Path) -> None:
        """Open an empty graph; what does not fit into memory is kept in ``scratch``."""
        self.terms = Terms()
        self.database: duckdb.DuckDBPyConnection = connect(scratch)
        self.database.execute(f"SET memory_limit = '{_MEMORY}'")
        self.database.execute("SET preserve_insertion_order = false")
        self.database.execute("CREATE TABLE triple (s INTEGER, p INTEGER, o INTEGER)")

    def close(self) -> None:
        """Let go of the tables."""
        self.database.close()

    def add(self, file: Path, number: int) -> None:
        """Add the triples of a file, the ``number``-th. Raises SyntaxFoundError and InputError."""
        with closing(blocks(file)) as read:
            for block in read:
                batch = self._numbers(block, number)
                self.database.register("batch", batch)
                self.database.execute("INSERT INTO triple SELECT s, p, o FROM batch")
                self.database.unregister("batch")

    def _numbers(self, block: bytes, number: int) -> pa.Table:
        """Return lines of N-Triples as three columns of numbers."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        end = " .\n"
        bounds = np.array([0, len(block) - len(end)], np.int32)
        whole = pa.StringArray.from_buffers(1, pa.py_buffer(bounds), pa.py_buffer(block))
        lines = pc.split_pattern(whole, end).flatten()
        parts = pc.split_pattern(lines, " ", max_splits=2).flatten()
        first = np.arange(0, len(parts), 3, dtype=np.int32)
        subjects, predicates, objects = (parts.take(pa.array(first + place)) for place in range(3))
        columns = [self.terms.encode(column, number) for column in (subjects, predicates, objects)]
        return pa.table(columns, names=["s", "p", "o"])

    def run(self, question: str) -> duckdb.DuckDBPyConnection:
        """Run a statement in SQL."""
        return self.database.execute(question.format_map(NUMBERS))

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows that a question in SQL is answered with."""
        return self.run(question).fetchall()

    def one(self, question: str) -> Any:
        """Return the first value of the first row of an answer, None where there is none."""
        row = self.run(question).fetchone()
        return None if row is None else row[0]

    def table(self, name: str, columns: Mapping[str, Sequence[int | None]]) -> None:
        """Make a table of columns of numbers, in the place of one of that name."""
        import pyarrow as pa

        values = pa.table({column: pa.array(numbers, pa.int32()) for column, numbers in columns.items()})
        self.database.register("given", values)
        self.database.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self.database.unregister("given")

    def structure(self) -> pyoxigraph.Store:
        """Return what IC-2 to IC-10 ask of as a store for SPARQL: structures, and slices without their observations."""
        import pyoxigraph

        rows = self.rows(f"""
            SELECT DISTINCT s, p, o FROM triple
            WHERE p IN ({_STRUCTURAL}) OR (p = {{TYPE}} AND o IN ({_STRUCTURAL_CLASSES}))
            UNION
            SELECT DISTINCT slice.s, slice.p, slice.o
            FROM triple AS of_slice
            JOIN triple AS key ON key.s = of_slice.o AND key.p = {{PROPERTY}}
            JOIN triple AS slice ON slice.s = of_slice.s AND slice.p = key.o
            WHERE of_slice.p = {{SLICE_STRUCTURE}}
            ORDER BY ALL""")
        text = self.terms.text
        store = pyoxigraph.Store()
        lines = "".join(f"{text(s)} {text(p)} {text(o)} .\n" for s, p, o in rows)
        store.bulk_load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
        return store
