"""Integrity constraints on the observations of a cube's Turtle file, asked of columns batch by batch.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11. Each constraint is one pass over
columns; the official query of IC-12 compares every pair of observations instead. Columns answer for
observations in the layout of this project; at anything else they say so, and the graph is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.checks.check import Subject
from publisher.checks.constraints_structure import BeyondColumnsError, DataSet, Structures
from publisher.checks.integrity.violation import MOST, Violation
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_rows import DATA_SET, SUBJECT, TYPE, is_term, properties, terms_among
from publisher.formats.rdf_common import QB
from publisher.model import Cube
from publisher.naming import segment
from publisher.observations import connect

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.checks.turtle_rows import RawRows

# Below every character of a code, so that keys joined with it sort as their codes do.
_SEPARATOR = "\x01"


class ColumnCheck:
    """The constraints on one cube's file: the first violations of each, how many more there are, and the rows read."""

    def __init__(self, subject: Subject, cube: Cube, structures: Structures, raw: RawRows) -> None:
        """Learn what is asked. Raises BeyondColumnsError where columns cannot answer it."""
        names = subject.dataset.names
        self.violations: list[Violation] = []
        self.more: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self.rows = 0
        self._subject, self._cube, self._raw = subject, cube, raw
        self._columns = {item.iri: item.column for item in properties(cube, subject.dataset)}
        self._data_sets = [structures.data_set(iri) for iri in (names.cube(cube.id), names.suppressed(cube.id))]
        self._start = names.observations(cube.id)
        expected = {names.component("dimension", component) for component in cube.key_ids}
        for data_set in self._data_sets:
            if set(data_set.dimensions) != expected:
                raise BeyondColumnsError(f"the dimensions of <{data_set.iri}> are not those of the cube")
        self._last: str | None = None
        self._sorted = self._named_by_key = True

    def run(self) -> None:
        """Read the file once; a second time only where it is not in key order, or a name is not its key.

        Raises UnreadableError where its rows do not stand in columns, BeyondColumnsError where
        they say what columns do not hold.
        """
        for batch in self._batches():
            self.rows += batch.num_rows
            self._own(batch)
            for data_set in self._data_sets:
                self._components(batch, data_set)
                self._codes(batch, data_set)
            self._order(batch)
        if not (self._sorted and self._named_by_key):
            self._names_twice()
        if not self._sorted:
            self._keys_twice()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        return self._raw(self._subject.folder / f"rdf/{self._cube.id}.ttl", self._cube, self._subject.dataset)

    def _own(self, batch: pa.RecordBatch) -> None:
        """Note observations of no data set (IC-1); refuse what is no observation of the cube's own data sets."""
        import pyarrow.compute as pc

        untyped = pc.invert(is_term(batch[TYPE], f"{QB}Observation"))
        if untyped.true_count:
            name = batch[SUBJECT].filter(untyped)[0].as_py()
            raise UnreadableError(f"<{name}> is no qb:Observation, and its cube's file holds nothing else")
        own = {data_set.iri for data_set in self._data_sets}
        if not own.issuperset(batch[DATA_SET].dictionary.to_pylist()):
            raise BeyondColumnsError("an observation is in another data set than those of the cube")
        if batch[DATA_SET].null_count:
            self._all(
                "IC-1",
                None,
                batch,
                pc.is_null(batch[DATA_SET]),
                partial(_same, "is in no data set: give it one, qb:dataSet"),
            )

    def _column(self, batch: pa.RecordBatch, iri: str) -> pa.Array:
        """Return the values of a property; all null where observations cannot have it."""
        import pyarrow as pa

        return batch[self._columns[iri]] if iri in self._columns else pa.nulls(batch.num_rows, pa.string())

    def _components(self, batch: pa.RecordBatch, data_set: DataSet) -> None:
        """Note observations without a dimension (IC-11), a required attribute (IC-13) or a measure (IC-14)."""
        import pyarrow.compute as pc

        asked = (("IC-11", data_set.dimensions), ("IC-13", data_set.required), ("IC-14", data_set.measures))
        for rule, iris in asked:
            for iri in iris:
                column = self._column(batch, iri)
                if column.null_count:
                    absent = pc.and_(is_term(batch[DATA_SET], data_set.iri), pc.is_null(column))
                    if rule == "IC-11" and absent.true_count:
                        raise BeyondColumnsError("a dimension is absent: others may equal it in those that are there")
                    message = f"has no {iri.rpartition('/')[2]} in <{data_set.iri}>: give it one"
                    self._all(rule, data_set, batch, absent, partial(_same, message))

    def _codes(self, batch: pa.RecordBatch, data_set: DataSet) -> None:
        """Note values of dimensions that are not in their code list (IC-19)."""
        import pyarrow.compute as pc

        for iri, codes in data_set.codes.items():
            column = self._column(batch, iri)
            among = pc.or_(terms_among(column, codes.__contains__), pc.is_null(column))
            if among.false_count:
                wrong = pc.and_not(is_term(batch[DATA_SET], data_set.iri), among)
                name = iri.rpartition("/")[2]
                self._all("IC-19", data_set, batch, wrong, partial(_not_listed, name, column.filter(wrong)))

    def _all(
        self,
        rule: str,
        data_set: DataSet | None,
        batch: pa.RecordBatch,
        wrong: pa.BooleanArray,
        message: Callable[[int], str],
    ) -> None:
        """Note the observations that are wrong; ``message`` takes their number among them."""
        if not wrong.true_count:
            return
        first = batch[SUBJECT].filter(wrong).slice(0, MOST - self._found[rule]).to_pylist()
        self._found[rule] += len(first)
        self.more[rule] += wrong.true_count - len(first)
        for at, subject in enumerate(first):
            self.violations.append(
                Violation(rule, None if data_set is None else data_set.iri, subject, (), message(at))
            )

    def _order(self, batch: pa.RecordBatch) -> None:
        """See whether keys keep rising, and names are those of their keys: then neither stands twice."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._named_by_key:
            names = pc.binary_join_element_wise(*_words(batch, self._cube), ".")
            named = pc.equal(batch[SUBJECT], pc.binary_join_element_wise(self._start, names, ""))
            self._named_by_key = bool(pc.all(pc.fill_null(named, False)).as_py())
        if not self._sorted:
            return
        keys = _keys(batch, self._cube).drop_null()
        if self._last is not None:
            keys = pa.concat_arrays([pa.array([self._last]), keys])
        self._sorted = pc.less(keys[:-1], keys[1:]).false_count == 0
        self._last = keys[-1].as_py() if len(keys) else self._last

    def _names_twice(self) -> None:
        """Refuse an observation that is described in two places: in the graph they are one."""
        import pyarrow as pa

        schema = pa.schema([("name", pa.string())])
        names = (pa.RecordBatch.from_arrays([batch[SUBJECT]], schema=schema) for batch in self._batches())
        asked = "SELECT min(name) FROM (SELECT name FROM rows GROUP BY name HAVING count(*) > 1)"
        with connect(self._subject.scratch) as database:
            database.register("rows", pa.RecordBatchReader.from_batches(schema, names))
            ((name,),) = database.execute(asked).fetchall()
        if name is not None:
            raise UnreadableError(f"<{name}> stands twice")

    def _keys_twice(self) -> None:
        """Note keys that stand twice in a data set, found by sorting outside memory (IC-12)."""
        import pyarrow as pa

        schema = pa.schema([("data_set", pa.string()), ("name", pa.string()), ("key", pa.string())])
        rows = (
            pa.RecordBatch.from_arrays(
                [batch[DATA_SET].dictionary_decode(), batch[SUBJECT], _keys(batch, self._cube)], schema=schema
            )
            for batch in self._batches()
        )
        with connect(self._subject.scratch) as database:
            database.register("rows", pa.RecordBatchReader.from_batches(schema, rows))
            twice = database.execute(
                "SELECT data_set, min(name), max(name), key, count(*) FROM rows"
                " WHERE key IS NOT NULL AND data_set IS NOT NULL"
                " GROUP BY data_set, key HAVING count(*) > 1 ORDER BY data_set, key"
            )
            while found := twice.fetchone():
                data_set, least, name, text, count = found
                key = tuple(text.split(_SEPARATOR))
                if name == self._start + ".".join(map(segment, key)):
                    name = least
                if self._found["IC-12"] == MOST:
                    self.more["IC-12"] += 1
                else:
                    self._found["IC-12"] += 1
                    message = f"stands {count} times in <{data_set}>: keep one"
                    self.violations.append(Violation("IC-12", data_set, name, key, message))


def _same(message: str, _: int) -> str:
    return message


def _not_listed(dimension: str, terms: pa.Array, at: int) -> str:
    """Say that a value is in no code list; a literal is not shown, for it may be a hidden value."""
    text = terms[at].as_py()
    shown = "a literal" if text.startswith('"') else f"<{text}>"
    return f"{dimension} {shown} is not in its code list: use a code of the list, or add it there"


def _words(batch: pa.RecordBatch, cube: Cube, spell: Callable[[str], str] = str) -> Iterator[pa.StringArray]:
    """Yield the codes of each dimension as they end their IRIs, or spelled otherwise; null where one is absent."""
    import pyarrow as pa

    for component in cube.key_ids:
        column = batch[component]
        codes = [iri and spell(iri.rpartition("/")[2]) for iri in column.dictionary.to_pylist()]
        yield pa.array(codes, pa.string()).take(column.indices)


def _keys(batch: pa.RecordBatch, cube: Cube) -> pa.StringArray:
    """Return the codes of each row in one text that sorts as they do; null where one is absent."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*_words(batch, cube, unquote), _SEPARATOR)
