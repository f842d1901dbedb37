"""What a table that is described in CSVW says in RDF, column by column: a plain converter, for any number of rows.

Source: Generating RDF from Tabular Data on the Web (W3C 2015), section 4.2, minimal mode. It knows what
this project writes: full IRIs, and URI templates whose variables are columns (RFC 6570, level 1). Anything
else it refuses.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.formats.rdf_common import XSD
from publisher.naming import segment

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 22
_VARIABLE = re.compile(r"\{([A-Za-z0-9_%]+)\}")
# What a column may say that changes no triple, or is taken into account here.
_KNOWN = frozenset(
    (
        "name", "titles", "dc:description", "datatype", "required", "propertyUrl", "valueUrl", "lang", "default",
        "virtual", "suppressOutput", "separator",
    )
)  # fmt: skip


class UnknownError(Exception):
    """A description says what this converter does not know; the message says what."""


@dataclass(frozen=True, slots=True)
class Said:
    """One triple of each row: its predicate, and where its object comes from.

    ``kind`` is ``iri``, a language with ``@`` before it, or the name of a datatype of XML Schema.
    """

    column: str
    predicate: str
    kind: str
    template: str | None
    default: str
    virtual: bool

    @property
    def datatype(self) -> str:
        """What stands beside the text of an object: nothing of an IRI, a language, or the IRI of a datatype."""
        return "" if self.kind == "iri" else self.kind.removeprefix("@") if self.kind[0] == "@" else XSD + self.kind

    def objects(self, rows: Mapping[str, pa.Array], count: int) -> pa.Array:
        """Return the object of each row as text, null where the row says nothing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.virtual:
            if self.template is None:
                return pa.repeat(pa.scalar(self.default or None, pa.string()), count)
            return expanded(self.template, rows, count)
        cells = rows[self.column]
        empty = pc.equal(cells, "")
        said = cells if self.template is None else expanded(self.template, rows, count)
        return pc.if_else(empty, pa.scalar(None, pa.string()), said)


@dataclass(frozen=True, slots=True)
class Table:
    """What a described table says: the subject of each row, and the triples about it."""

    header: tuple[str, ...]
    names: tuple[str, ...]
    subject: str
    said: tuple[Said, ...]

    def rows(self, path: Path) -> Iterator[tuple[Mapping[str, pa.Array], int]]:
        """Yield blocks of rows, each column as text by its name, and how many rows they are. Raises UnknownError."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        with path.open(encoding="utf-8", newline="") as stream:
            header = tuple(next(csv.reader(stream), ()))
        if header != self.header:
            raise UnknownError(f"{path.name} has the columns {', '.join(header):.300}, not those that are described")
        reading = arrow.ReadOptions(use_threads=False, block_size=_BLOCK)
        convert = arrow.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False)
        parse = arrow.ParseOptions(newlines_in_values=True)
        with arrow.open_csv(path, reading, parse, convert) as blocks:
            for block in blocks:
                yield dict(zip(self.names, block.columns, strict=True)), block.num_rows


def expanded(template: str, rows: Mapping[str, pa.Array], count: int) -> pa.Array:
    """Return a URI template with the values of each row in it. Raises UnknownError for one that is not as simple."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = _VARIABLE.split(template)
    parts: list[pa.Array | pa.Scalar] = []
    for number, word in enumerate(words):
        if number % 2 and word not in rows:
            raise UnknownError(f"the template {template:.200} names a column that is not there")
        if "{" in word or "}" in word:
            raise UnknownError(f"the template {template:.200} has more than names of columns")
        parts.append(_encoded(rows[word]) if number % 2 else pa.scalar(word))
    if len(parts) == 1:
        return pa.repeat(parts[0], count)
    return pc.binary_join_element_wise(*parts, "")


def _encoded(column: pa.Array) -> pa.Array:
    import pyarrow as pa

    distinct = column.dictionary_encode()
    words = pa.array([segment(word) for word in distinct.dictionary.to_pylist()], pa.string())
    return words.take(distinct.indices)


def table_of(described: Any) -> Table:
    """Return what a table of a description says. Raises UnknownError."""
    try:
        schema = described["tableSchema"]
        columns = [column for column in schema["columns"] if not column.get("virtual")]
        header = tuple(column["titles"]["und"] for column in columns)
        names = tuple(column["name"] for column in columns)
        said = tuple(_said(column) for column in schema["columns"] if column.get("suppressOutput") is not True)
        table = Table(header, names, schema["aboutUrl"], said)
    except (TypeError, LookupError, AttributeError) as error:
        raise UnknownError(f"a table is described otherwise than here ({type(error).__name__}: {error})") from error
    if not all(isinstance(word, str) for word in (*header, *names, table.subject)):
        raise UnknownError("a header, a name or a template is no text")
    return table


def _said(column: Mapping[str, Any]) -> Said:
    if unknown := sorted(set(column) - _KNOWN):
        raise UnknownError(f"a column says {', '.join(unknown):.200}")
    if column.get("separator") is not None:
        raise UnknownError("a column with a separator gives triples")
    template, language = column.get("valueUrl"), column.get("lang")
    datatype = column.get("datatype", "string")
    base = datatype.get("base") if isinstance(datatype, dict) else datatype
    # Of a tag of language the case says nothing (RDF 1.1 Concepts, section 3.3), and parsers change it.
    tag = f"@{language}".lower() if language is not None and base == "string" else None
    kind = "iri" if template is not None else tag or base
    if not isinstance(kind, str):
        raise UnknownError("a datatype is none")
    said = Said(
        column["name"], column["propertyUrl"], kind, template, column.get("default", ""), bool(column.get("virtual"))
    )
    if not all(isinstance(word, str) for word in (said.column, said.predicate, said.default)):
        raise UnknownError("a name, a property or a default is no text")
    if "{" in said.predicate or not isinstance(template, str | None):
        raise UnknownError(f"the property {said.predicate:.200} is a template, or its value is no text")
    return said
