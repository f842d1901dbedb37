"""The triples that the CSVW description gives against those of the Turtle: in it, and all but those it cannot give.

Beyond the tables' triples the Turtle of a cube has the data set of each observation and the bounds of
suppressed ones, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.csvw_tables import verdicts
from publisher.checks.csvw_terms import Table, UnknownError, expanded, table_of
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.turtle_lines import by_lines
from publisher.checks.turtle_rows import DATA_SET, SUBJECT, Property, properties
from publisher.errors import Finding
from publisher.formats.csvw import PATH, gives_triples
from publisher.formats.rdf_common import LOWER_BOUND, UPPER_BOUND
from publisher.model import Cube

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    # Subject, predicate, what stands beside a text (its language, or the IRI of its datatype), and the object.
    _Triples = frozenset[tuple[str, str, str, str]]

_RULE = "csvw-triples"
_CODELISTS = "rdf/codelists.ttl"
_MOST_FINDINGS = 20
# What CSVW cannot say: a triple depends on a row only through its own cell.
_BEYOND = frozenset((DATA_SET, LOWER_BOUND, UPPER_BOUND))


def run(subject: Subject) -> Outcome:
    """Compare the triples of every table that there is RDF for."""
    try:
        described, held = _described(subject), _held(subject)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return Outcome((Finding(_RULE, f"cannot be read: {words_of(error)}", file=PATH),))
    rows = 0
    wanted = [f"data/{cube.id}.csv" for cube in subject.dataset.cubes]
    wanted += [file for file in sorted(subject.files) if file.startswith("codelists/") and file.endswith(".csv")]
    findings = [Finding(_RULE, f"{file} is not described", file=PATH) for file in wanted if file not in described]
    if set(described) - set(wanted):
        findings.append(Finding(_RULE, "describes what is no table of the release", file=PATH))
    silent = not gives_triples(subject.dataset)
    for file in (file for file in wanted if file in described):
        if (described[file].get("suppressOutput") is True) != silent:
            findings.append(Finding(_RULE, f"{file} {'gives' if silent else 'does not give'} triples", file=PATH))
        elif not silent:
            found, count = _compared(subject, file, described[file], held)
            findings += found
            rows += count
    return Outcome(tuple(findings[:_MOST_FINDINGS]), f"{rows:,} rows in {len(described):,} tables")


def _described(subject: Subject) -> dict[str, Any]:
    """Return the description of each table by its path in the release."""
    tables = json.loads((subject.folder / PATH).read_text(encoding="utf-8"))["tables"]
    urls = (table["url"] for table in tables)
    paths = [url.removeprefix("../") if url.startswith("../") else f"data/{url}" for url in urls]
    return dict(zip(paths, tables, strict=True))


def _compared(subject: Subject, file: str, described: Any, held: _Triples | None) -> tuple[list[Finding], int]:
    """Return what a table gives otherwise than the RDF, and how many rows were compared.

    ``held`` are the triples of the codelists, None where there is no RDF of them.
    """
    import pyarrow as pa

    try:
        table = table_of(described)
        cube = next((cube for cube in subject.dataset.cubes if file == f"data/{cube.id}.csv"), None)
        if cube is not None:
            return _cube(subject, cube, table)
        return ([], 0) if held is None else _codelist(subject.folder / file, file, table, held)
    except (UnknownError, UnreadableError) as error:
        return [Finding(_RULE, f"{file}: {error}", file=PATH)], 0
    except (pa.ArrowException, OSError, ValueError) as error:
        return [Finding(_RULE, f"cannot be read: {words_of(error)}", file=file)], 0


def _cube(subject: Subject, cube: Cube, table: Table) -> tuple[list[Finding], int]:
    """Compare the table of a cube with its Turtle, row by row and column by column."""
    known = [item for item in properties(cube, subject.dataset) if item.column not in _BEYOND]
    findings = list(_properties(cube, table, known))
    if findings:
        return findings, 0
    turtle = by_lines(subject.folder / "rdf" / f"{cube.id}.ttl", cube, subject.dataset)
    path = subject.folder / "data" / f"{cube.id}.csv"
    said = {each.predicate: each for each in table.said}
    wrong: dict[str, tuple[int, int]] = {}
    rows = 0
    for mine, count, theirs in _in_step(table.rows(path), turtle):
        if mine is None or theirs is None:
            place = f"{path.name} and rdf/{cube.id}.ttl"
            findings.append(Finding(_RULE, f"{place} do not have as many rows", file=PATH, cube=cube.id))
            break
        columns = {SUBJECT: expanded(table.subject, mine, count)}
        columns |= {item.column: said[item.iri].objects(mine, count) for item in known}
        for column, terms in columns.items():
            different = _different(terms, theirs[column])
            if different:
                first, before = wrong.get(column, (rows + different[0] + 1, 0))
                wrong[column] = (first, before + len(different))
        rows += count
    for column, (first, number) in wrong.items():
        what = f"row {first} and {number - 1:,} more" if number > 1 else f"row {first}"
        message = f"{column}: another {'subject' if column == SUBJECT else 'object'} in {what} of {path.name}"
        findings.append(Finding(_RULE, f"{message} than rdf/{cube.id}.ttl", file=PATH, cube=cube.id))
    return findings, rows


def _properties(cube: Cube, table: Table, known: list[Property]) -> Iterator[Finding]:
    """Yield properties that only the description or only the Turtle has, or with values of another kind."""
    expected = {item.iri: item.kind for item in known}
    given = {said.predicate: said.kind for said in table.said}
    if len(given) != len(table.said):
        yield Finding(_RULE, f"data/{cube.id}.csv gives a property twice", file=PATH, cube=cube.id)
    for iri in sorted({*expected, *given}):
        mine, theirs = given.get(iri, "nothing"), expected.get(iri, "nothing")
        if mine != theirs:
            message = f"data/{cube.id}.csv gives {mine} by {iri:.200}, rdf/{cube.id}.ttl {theirs}"
            yield Finding(_RULE, message, file=PATH, cube=cube.id)


def _different(mine: pa.Array, theirs: pa.Array) -> list[int]:
    """Return the places where two columns of texts differ."""
    import pyarrow as pa
    import pyarrow.compute as pc

    other = theirs.cast(pa.string())
    if mine.equals(other):
        return []
    same = pc.fill_null(pc.equal(mine, other), False)
    both_null = pc.and_(pc.is_null(mine), pc.is_null(other))
    return list(pc.indices_nonzero(pc.invert(pc.or_(same, both_null))).to_pylist())


def _in_step(
    blocks: Iterator[tuple[Any, int]], batches: Iterator[pa.RecordBatch]
) -> Iterator[tuple[Any, int, pa.RecordBatch | None]]:
    """Yield as many rows of both, the first as columns by name; None for the one that ends before the other."""
    mine: Any = None
    theirs: pa.RecordBatch | None = None
    left = 0
    while True:
        while not left and (block := next(blocks, None)) is not None:
            mine, left = block
        while (theirs is None or not theirs.num_rows) and (batch := next(batches, None)) is not None:
            theirs = batch
        held = 0 if theirs is None else theirs.num_rows
        if not left or not held:
            if left or held:
                yield (mine if left else None), 0, (theirs if held else None)
            return
        count = min(left, held)
        assert theirs is not None
        yield {name: column.slice(0, count) for name, column in mine.items()}, count, theirs.slice(0, count)
        mine = {name: column.slice(count) for name, column in mine.items()}
        theirs, left = theirs.slice(count), left - count


def _codelist(path: Path, file: str, table: Table, held: _Triples) -> tuple[list[Finding], int]:
    """Look up every triple of a codelist's table in the RDF of the codelists."""
    findings: list[Finding] = []
    rows = 0
    for block, count in table.rows(path):
        subjects = expanded(table.subject, block, count).to_pylist()
        for said in table.said:
            for iri, value in zip(subjects, said.objects(block, count).to_pylist(), strict=True):
                if value is not None and (iri, said.predicate, said.datatype, value) not in held:
                    message = f"{file} says of <{iri:.200}> by <{said.predicate:.200}> what {_CODELISTS} does not"
                    findings.append(Finding(_RULE, message, file=file))
        rows += count
    return findings, rows


def _held(subject: Subject) -> _Triples | None:
    """Return the triples of the codelists as pyoxigraph reads them; None where the release has no RDF of them."""
    import pyoxigraph

    if _CODELISTS not in subject.files:
        return None
    path = subject.folder / _CODELISTS
    found = []
    for triple in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE):
        value = triple.object
        beside = ""
        if isinstance(value, pyoxigraph.Literal):
            beside = value.language.lower() if value.language else value.datatype.value
        found.append((triple.subject.value, triple.predicate.value, beside, value.value))
    return frozenset(found)


def validate(subject: Subject) -> Outcome:
    """Validate the description and every table with csvw, as if they were a stranger's."""
    found = list(verdicts(subject.folder, PATH))
    findings = [finding for verdict in found for finding in verdict.findings]
    findings += (Finding("csvw", verdict.skipped, file=PATH) for verdict in found if verdict.skipped)
    return Outcome(tuple(findings), f"{sum(verdict.name == 'CSVW table' for verdict in found):,} tables")


_FILES = (PATH, "data/<cube>.csv", "codelists/<ID>.csv")
CHECKS = (
    Check("CSVW triples", "publisher", "fast", run, needs=("csvw", "csv", "turtle"), files=_FILES),
    Check("CSVW", "csvw", "full", validate, most_rows=1_000_000, needs=("csvw", "csv"), requires="csvw", files=_FILES),
)
