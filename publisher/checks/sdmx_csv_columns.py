"""SDMX-CSV data read on columns with Arrow's CSV reader: every variant of a message, nothing of it unread.

What a file must say beside its observations follows here from the model, not from what writes it:
the header, the structure, the action, the keys, and the name of every code in the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks.reader import UnreadableError, words_of
from publisher.columns import key_texts, text_schema
from publisher.formats.sdmx_csv_message import Variant
from publisher.model import Codelist, Concept, Cube, Dataset, Text

if TYPE_CHECKING:
    import pyarrow as pa

_SEPARATOR = ": "


def read_csv(path: Path, cube: Cube, dataset: Dataset, variant: Variant) -> Iterator[pa.RecordBatch]:
    """Yield the observations of a file as rows of text; anything but what its variant says is an UnreadableError."""
    message = _Message(cube, dataset, variant)
    for batch in _cells(path, message.header):
        yield message.observations(batch)


def _cells(path: Path, header: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the cells of a file as texts, null where empty."""
    import pyarrow as pa
    import pyarrow.csv

    try:
        with pa.csv.open_csv(
            path,
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            if reader.schema.names != header:
                found, expected = (" ".join(", ".join(names).split()) for names in (reader.schema.names, header))
                raise UnreadableError(f"columns are {found}, not {expected}")
            yield from reader
    except (OSError, pa.ArrowException) as error:
        raise UnreadableError(words_of(error)) from error


class _Message:
    """What a message of a variant consists of, worked out once."""

    def __init__(self, cube: Cube, dataset: Dataset, variant: Variant) -> None:
        self._cube, self._variant = cube, variant
        self._columns: dict[str, Concept] = {dimension.id: dimension.concept for dimension in cube.dimensions}
        self._columns[cube.measure.id] = cube.measure.concept
        self._columns |= {attribute.id: attribute.concept for attribute in cube.attributes}
        self._columns |= {attribute.id: attribute.concept for attribute in cube.series_attributes}
        self._constant = _constant(cube, dataset, variant, self._word(cube.title))
        self._lead = _lead(variant)
        self.header = [*self._lead]
        for concept in self._columns.values():
            self.header += self._header(concept)

    def observations(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the observations of some lines, once everything beside them is what it must be."""
        cells = iter(batch.columns[len(self._lead) :])
        read = {name: self._codes(concept, cells) for name, concept in self._columns.items()}
        found = _batch({name: codes for name, (codes, _) in read.items()})
        for name, (_, wrong) in read.items():
            self._refuse(found, name, wrong)
        series = {attribute.id: attribute.value for attribute in self._cube.series_attributes}
        for column, value in (self._constant | series).items():
            _same(found, self._cube, column, batch[column] if column in self._lead else found[column], value)
        self._check_keys(found, batch)
        return _observations(found, self._cube)

    def _word(self, text: Text) -> str | None:
        return text.get(self._variant.language) if self._variant.language is not None else None

    def _header(self, concept: Concept) -> tuple[str, ...]:
        if self._variant.labels == "name":
            return (concept.id, self._word(concept.name) or "")
        name = self._word(concept.name)
        if name is None or (self._variant.version == "1.0" and concept.id == self._cube.measure.id):
            return (concept.id,)
        return (f"{concept.id}{_SEPARATOR}{name}",)

    def _codes(self, concept: Concept, cells: Iterator[pa.StringArray]) -> tuple[pa.StringArray, dict[int, str]]:
        """Take the cells of a component; return its values, and what is wrong with their names by row."""
        column = next(cells)
        if self._variant.labels == "id":
            return column, {}
        names = self._names(concept.codelist)
        return _joined(column, names) if self._variant.labels == "both" else _beside(column, next(cells), names)

    def _names(self, codelist: Codelist | None) -> dict[str, str | None]:
        return {} if codelist is None else {code.id: self._word(code.name) for code in codelist.codes}

    def _refuse(self, found: pa.RecordBatch, column: str, wrong: dict[int, str]) -> None:
        if wrong:
            row, fault = min(wrong.items())
            fault = "has a name beside it" if column == self._cube.measure.id else fault
            key = key_texts(found.slice(row, 1), self._cube)[0].as_py()
            raise UnreadableError(f"{key}: {column} {fault} in '{self._variant.language}'")

    def _check_keys(self, found: pa.RecordBatch, batch: pa.RecordBatch) -> None:
        """Refuse a key that is not made of the codes in its row."""
        import pyarrow.compute as pc

        for column, components in (("OBS_KEY", self._cube.key_ids), ("SERIES_KEY", self._cube.key_ids[:-1])):
            if column in self._lead:
                made = pc.binary_join_element_wise(*(found[component] for component in components), ".")
                _same(found, self._cube, column, batch[column], made)


def _lead(variant: Variant) -> tuple[str, ...]:
    """Return the columns before those of the components."""
    if variant.version == "1.0":
        return ("DATAFLOW",)
    columns = ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    if variant.labels == "name":
        columns.insert(2, "STRUCTURE_NAME")
    if variant.keys in ("series", "both"):
        columns.append("SERIES_KEY")
    if variant.keys in ("obs", "both"):
        columns.append("OBS_KEY")
    return tuple(columns)


def _constant(cube: Cube, dataset: Dataset, variant: Variant, title: str | None) -> dict[str, str]:
    """Return the columns that say the same in every line."""
    flow = f"{dataset.names.agency}:{dataset.names.dataflow(cube.id)}({dataset.names.version})"
    if variant.labels == "both" and title is not None:
        flow += _SEPARATOR + title
    if variant.version == "1.0":
        return {"DATAFLOW": flow}
    named = {"STRUCTURE_NAME": title} if variant.labels == "name" and title is not None else {}
    return {"STRUCTURE": "dataflow", "STRUCTURE_ID": flow, **named, "ACTION": "R"}


def _joined(column: pa.StringArray, names: Mapping[str, str | None]) -> tuple[pa.StringArray, dict[int, str]]:
    """Split cells of the form ``code: name``; return the codes, and what is wrong with a name by row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not names:
        return column, {}
    encoded = column.dictionary_encode()
    codes, wrong = [], {}
    for number, cell in enumerate(encoded.dictionary.to_pylist()):
        code, _, name = cell.partition(_SEPARATOR)
        codes.append(code)
        if code in names and (name or None) != names[code]:
            wrong[pc.index(encoded.indices, pa.scalar(number, pa.int32())).as_py()] = _other(name, names[code])
    return pa.array(codes, pa.string()).take(encoded.indices), wrong


def _beside(
    column: pa.StringArray, beside: pa.StringArray, names: Mapping[str, str | None]
) -> tuple[pa.StringArray, dict[int, str]]:
    """Compare the names that stand beside codes; return the codes, and the first name that is wrong by its row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column.dictionary_encode()
    expected = pa.array([names.get(code) for code in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)
    other = pc.not_equal(pc.fill_null(beside, ""), pc.fill_null(expected, ""))
    if not other.true_count:
        return column, {}
    row = pc.index(other, True).as_py()
    return column, {row: _other(beside[row].as_py(), expected[row].as_py())}


def _other(found: str | None, expected: str | None) -> str:
    shown = [repr(name) if name else "nothing" for name in (found, expected)]
    return f"is named {shown[0]}, {shown[1]} expected"


def _batch(columns: Mapping[str, pa.StringArray]) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _same(found: pa.RecordBatch, cube: Cube, name: str, column: pa.StringArray, expected: pa.StringArray | str) -> None:
    """Refuse a column that is anywhere other than expected."""
    import pyarrow.compute as pc

    other = pc.fill_null(pc.not_equal(column, expected), True)
    if other.true_count:
        row = pc.index(other, True).as_py()
        key = key_texts(found.slice(row, 1), cube)[0].as_py()
        wanted = expected if isinstance(expected, str) else expected[row].as_py()
        raise UnreadableError(f"{key}: {name} is {column[row].as_py()!r}, not {wanted!r}")


def _observations(found: pa.RecordBatch, cube: Cube) -> pa.RecordBatch:
    """Return the published columns, the value null where suppressed and empty text where absent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    value = pc.fill_null(found[cube.measure.id], "")
    value = pc.if_else(pc.equal(value, "NaN"), pa.scalar(None, pa.string()), value)
    columns = [value if column == cube.measure.id else found[column] for column in cube.columns]
    return pa.record_batch(columns, schema=text_schema(cube))
