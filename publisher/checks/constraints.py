"""Integrity constraints of the RDF Data Cube on what was written: IC-11, 12, 13, 14 and 19.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11. The structures and codelists are read
back from their files too. Each constraint is one pass over columns; the official query of IC-12
compares every pair of observations instead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import UnreadableError
from publisher.checks.turtle_lines import by_lines
from publisher.checks.turtle_rows import DATA_SET, SUBJECT, by_pyoxigraph, is_term, properties, terms_among
from publisher.errors import Finding
from publisher.formats.rdf_common import QB, RDF, SKOS
from publisher.model import Cube
from publisher.observations import connect

if TYPE_CHECKING:
    import pyarrow as pa

    from publisher.checks.turtle_rows import RawRows

CODELISTS = "rdf/codelists.ttl"
STRUCTURE = "rdf/structure.ttl"
_MOST_FINDINGS = 20
# Below every character of a code, so that keys joined with it sort as their codes do.
_SEPARATOR = "\x01"


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a structure asks of the observations of a ``qb:DataSet``; all are IRIs.

    ``codes`` are those of the code list of each dimension that has one.
    """

    iri: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]
    required: tuple[str, ...]
    codes: Mapping[str, frozenset[str]]


class Structures:
    """The structures and codelists of a release, read from its files."""

    def __init__(self, *files: Path) -> None:
        """Read the files. Raises SyntaxError where one is no Turtle."""
        import pyoxigraph

        self._objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._schemes: dict[str, set[str]] = defaultdict(set)
        for file in files:
            for triple in pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE):
                predicate = triple.predicate.value
                if predicate == f"{SKOS}inScheme":
                    self._schemes[triple.object.value].add(triple.subject.value)
                elif predicate.startswith(QB) or predicate == f"{RDF}type":
                    self._objects[triple.subject.value, predicate].append(triple.object.value)

    def data_set(self, iri: str) -> DataSet | None:
        """Return what is asked of a data set, or None where it has no structure of its own (IC-2)."""
        structures = self._objects.get((iri, f"{QB}structure"), [])
        if len(structures) != 1:
            return None
        specifications = self._objects.get((structures[0], f"{QB}component"), [])
        dimensions = self._of(specifications, "dimension")
        required = [item for item in specifications if self._objects.get((item, f"{QB}componentRequired")) == ["true"]]
        codes = {dimension: self._codes(dimension) for dimension in dimensions if self._lists(dimension)}
        return DataSet(iri, dimensions, self._of(specifications, "measure"), self._of(required, "attribute"), codes)

    def _of(self, specifications: list[str], role: str) -> tuple[str, ...]:
        return tuple(iri for item in specifications for iri in self._objects.get((item, QB + role), ()))

    def _lists(self, dimension: str) -> list[str]:
        return self._objects.get((dimension, f"{QB}codeList"), [])

    def _codes(self, dimension: str) -> frozenset[str]:
        """Return the concepts that are in every code list of a dimension."""
        members = frozenset.intersection(*(frozenset(self._schemes[scheme]) for scheme in self._lists(dimension)))
        return frozenset(item for item in members if f"{SKOS}Concept" in self._objects.get((item, f"{RDF}type"), ()))


class _CubeCheck:
    """The constraints on one cube's file, batch by batch."""

    def __init__(self, subject: Subject, cube: Cube, structures: Structures, raw: RawRows) -> None:
        self.findings: list[Finding] = []
        self.rows = 0
        self._subject, self._cube, self._raw = subject, cube, raw
        self._file = f"rdf/{cube.id}.ttl"
        self._columns = {item.iri: item.column for item in properties(cube, subject.dataset)}
        self._data_sets = list(self._structured(structures))
        self._found: Counter[str] = Counter()
        self._last: str | None = None
        self._sorted = True

    def _structured(self, structures: Structures) -> Iterator[DataSet]:
        names = self._subject.dataset.names
        for iri in (names.cube(self._cube.id), names.suppressed(self._cube.id)):
            data_set = structures.data_set(iri)
            if data_set is None:
                message = f"the data set <{iri}> has not exactly one structure"
                self.findings.append(Finding("IC-2", message, file=STRUCTURE, cube=self._cube.id))
            else:
                yield data_set

    def run(self) -> None:
        """Read the file once; a second time only where it is not in key order."""
        try:
            for batch in self._batches():
                self.rows += batch.num_rows
                for data_set in self._data_sets:
                    self._components(batch, data_set)
                    self._codes(batch, data_set)
                self._order(batch)
            if not self._sorted:
                self._duplicates()
        except UnreadableError as error:
            self.findings.append(Finding("turtle-syntax", str(error), file=self._file, cube=self._cube.id))
        for rule, count in self._found.items():
            if count > _MOST_FINDINGS:
                message = f"and {count - _MOST_FINDINGS} more like these"
                self.findings.append(Finding(rule, message, file=self._file, cube=self._cube.id))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        return self._raw(self._subject.folder / self._file, self._cube, self._subject.dataset)

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
                    for key in self._named(batch, absent):
                        self._one(rule, f"has no {iri.rpartition('/')[2]} in <{data_set.iri}>", key)

    def _codes(self, batch: pa.RecordBatch, data_set: DataSet) -> None:
        """Note values of dimensions that are not in their code list (IC-19)."""
        import pyarrow.compute as pc

        for iri, codes in data_set.codes.items():
            column = self._column(batch, iri)
            among = pc.or_(terms_among(column, codes.__contains__), pc.is_null(column))
            if among.false_count:
                wrong = pc.and_not(is_term(batch[DATA_SET], data_set.iri), among)
                for key, term in zip(self._named(batch, wrong), column.filter(wrong).to_pylist(), strict=True):
                    self._one("IC-19", f"{iri.rpartition('/')[2]} <{term}> is not in its code list", key)

    def _named(self, batch: pa.RecordBatch, wrong: pa.BooleanArray) -> list[str]:
        """Return the keys in the names of the observations that are wrong."""
        start = len(self._subject.dataset.names.observations(self._cube.id))
        return [unquote(subject[start:]) for subject in batch[SUBJECT].filter(wrong).to_pylist()]

    def _one(self, rule: str, message: str, key: str) -> None:
        self._found[rule] += 1
        if self._found[rule] <= _MOST_FINDINGS:
            self.findings.append(Finding(rule, message, file=self._file, cube=self._cube.id, key=key))

    def _order(self, batch: pa.RecordBatch) -> None:
        """See whether keys keep rising: then no two are the same, in either data set (IC-12)."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._sorted:
            return
        keys = _keys(batch, self._cube).drop_null()
        if self._last is not None:
            keys = pa.concat_arrays([pa.array([self._last]), keys])
        self._sorted = pc.less(keys[:-1], keys[1:]).false_count == 0
        self._last = keys[-1].as_py() if len(keys) else self._last

    def _duplicates(self) -> None:
        """Note keys that stand twice in a data set, found by sorting outside memory (IC-12)."""
        import pyarrow as pa

        schema = pa.schema([("data_set", pa.string()), ("key", pa.string())])
        pairs = (
            pa.RecordBatch.from_arrays([batch[DATA_SET].dictionary_decode(), _keys(batch, self._cube)], schema=schema)
            for batch in self._batches()
        )
        with connect(self._subject.scratch) as database:
            database.register("pairs", pa.RecordBatchReader.from_batches(schema, pairs))
            twice = database.execute(
                "SELECT data_set, key, count(*) FROM pairs WHERE key IS NOT NULL AND data_set IS NOT NULL"
                " GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"
            )
            while found := twice.fetchone():
                data_set, key, count = found
                self._one("IC-12", f"stands {count} times in <{data_set}>", key.replace(_SEPARATOR, "."))


def _keys(batch: pa.RecordBatch, cube: Cube) -> pa.StringArray:
    """Return the codes of each row in one text that sorts as they do; null where one is absent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = []
    for component in cube.key_ids:
        column = batch[component]
        codes = [iri and unquote(iri.rpartition("/")[2]) for iri in column.dictionary.to_pylist()]
        parts.append(pa.array(codes, pa.string()).take(column.indices))
    return pc.binary_join_element_wise(*parts, _SEPARATOR)


def _check(raw: RawRows) -> Callable[[Subject], Outcome]:
    """Return the check on rows that are read in one way."""

    def run(subject: Subject) -> Outcome:
        try:
            structures = Structures(subject.folder / STRUCTURE, subject.folder / CODELISTS)
        except (SyntaxError, OSError) as error:
            return Outcome((Finding("turtle-syntax", " ".join(str(error).split()), file="rdf"),))
        cubes = [cube for cube in subject.dataset.cubes if f"rdf/{cube.id}.ttl" in subject.files]
        checks = [_CubeCheck(subject, cube, structures, raw) for cube in cubes]
        for check in checks:
            check.run()
        findings = tuple(finding for check in checks for finding in check.findings)
        return Outcome(findings, f"{sum(check.rows for check in checks):,} observations")

    return run


_NEEDS = ("rdf-codelists", "rdf-structure", "turtle")
CHECKS: tuple[Check, ...] = (
    Check("integrity constraints", "pyoxigraph", "fast", _check(by_pyoxigraph), 50_000, _check(by_lines), needs=_NEEDS),
)
