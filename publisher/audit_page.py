"""The page of an audit: its figures, its findings, and a picture of each table with hidden cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from publisher.auditing import Examined, counts
from publisher.errors import Finding
from publisher.model import Dataset, Dimension, Text
from publisher.quality.audit import Audited
from publisher.quality.cells import CubeCells
from publisher.quality.leaks import KINDS
from publisher.quality.tables import Tables
from publisher.remedies import remedy
from publisher.visible import visible

if TYPE_CHECKING:
    from publisher.quality.cells import Mask

MOST_TABLES = 200
MOST_FINDINGS = 200
_MOST_CELLS = 50_000  # a page of some 5 MB
_MOST_CELLS_OF_A_TABLE = 5_000

# By class of a cell, what is said of it. Of four values and more their number is told nowhere: where a cell may
# well be zero it would tell the most that it can be.
SHADES: Mapping[str, str] = {
    "v1": "1 possible value: can be computed",
    "v2": "2 possible values",
    "v3": "3 possible values",
    "v4": "4 or more possible values",
    "vx": "any number of possible values, no upper end",
}
MARKS: Mapping[str, str] = {
    **SHADES,
    "v0": "no possible value, as figures contradict each other",
    "average": "an average",
    "inexact": "or fewer, as outer bounds are known only",
    "more": "suppress too",
    "absent": "not there",
}
_THIN = "\u202f"


def page(examined: Sequence[Examined], reveal: bool = False) -> str:
    """Return what an audit found as one page of HTML that needs nothing else.

    Without ``reveal`` it tells of a hidden cell how many values it can have, never which.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("publisher"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.filters |= {"number": number, "visible": visible}
    return environment.get_template("audit.html.jinja").render(
        parts=[_part(number, one, reveal) for number, one in enumerate(examined)],
        reveal=reveal,
        shades=SHADES,
        marks=MARKS,
    )


@dataclass(frozen=True, slots=True)
class Square:
    """One cell as it is drawn: what stands in it, its classes, what they say in words, and its name in the page."""

    text: str
    classes: str = ""
    words: str = ""
    anchor: str = ""


_ABSENT = Square("", "absent", MARKS["absent"])


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one code."""

    label: str
    code: str
    depth: int
    squares: Sequence[Square]


@dataclass(frozen=True, slots=True)
class Picture:
    """One table: its caption by dimension (name, label, code), how much is hidden in it, and its rows.

    ``columns`` are by label of the frequency the periods, and ``left_out`` counts the rows that are not drawn.
    """

    caption: Sequence[tuple[str, str, str]]
    hidden: int
    exact: int
    averages: int
    exact_averages: int
    head: str
    columns: Sequence[tuple[str, Sequence[str]]]
    rows: Sequence[Row]
    left_out: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The tables of one cube: those drawn, how many have no hidden cell, and how many more have."""

    id: str
    title: str
    pictures: Sequence[Picture]
    without: int
    more: int


def _part(place: int, one: Examined, reveal: bool) -> dict[str, Any]:
    """Return what the page says of one dataset."""
    language = _language(one.dataset)
    cubes: Sequence[Shown] = ()
    anchors: Mapping[tuple[str | None, str | None], str] = {}
    if one.audited is not None:
        drawing = _Drawing(place, one, one.audited, reveal)
        cubes, anchors = list(drawing.cubes()), drawing.anchors
    counted = counts(one.audited) if one.audited else None
    kinds: dict[str, list[Finding]] = {}
    for finding in one.findings:
        kinds.setdefault(finding.rule, []).append(finding)
    return {
        "id": f"d{place}",
        "one": one,
        "title": one.dataset.title.in_language(language),
        "lang": None if language.split("-")[0] == "en" else language,
        "counted": counted,
        "widths": _widths(counted["width"]) if counted else {},
        "cubes": cubes,
        "kinds": [_kind(rule, told, anchors) for rule, told in kinds.items()],
    }


def _language(dataset: Dataset) -> str:
    """Return the language of labels: English, as the page is, or else the dataset's first."""
    return next((item for item in dataset.languages if item.split("-")[0] == "en"), dataset.languages[0])


def _widths(width: Mapping[str, int]) -> dict[str, int]:
    """Return how many cells are of each class."""
    found = dict.fromkeys(SHADES, 0)
    for size, count in width.items():
        shade = _shade(None if size == "unbounded" else int(size) + 1)
        found[shade] = found.get(shade, 0) + count
    return found


def _shade(values: int | None) -> str:
    """Return the class of a cell by how many values are possible; None for no end."""
    return "vx" if values is None else f"v{min(max(values, 0), 4)}"


def _kind(rule: str, told: Sequence[Finding], anchors: Mapping[tuple[str | None, str | None], str]) -> dict[str, Any]:
    """Return the findings of one kind: how many there are of each severity, and the first of them in words."""
    severities = Counter("accepted" if item.properties.get("accepted") else item.severity for item in told)
    sentence = next((kind.sentence for kind in KINDS if kind.name == rule), "")
    lines = []
    for finding in told[:MOST_FINDINGS]:
        message, _, more = visible(finding.message, kept="\n").partition("; suppress also ")
        message = message.removeprefix(f"{sentence}: ")
        anchor = anchors.get((finding.cube, finding.key), "")
        lines.append({"finding": finding, "anchor": anchor, "message": message, "more": more})
    return {
        "rule": rule,
        "sentence": sentence,
        "count": len(told),
        "severities": severities,
        "lines": lines,
        "remedy": remedy(rule),
    }


class _Drawing:
    """Draws the tables of one dataset, and keeps by cube and key what the cells that findings tell of are called."""

    def __init__(self, number: int, one: Examined, audited: Audited, reveal: bool) -> None:
        self._number, self._audited, self._reveal = number, audited, reveal
        self._language = _language(one.dataset)
        self._more = frozenset(audited.suggested or ())
        self._told = {(item.cube, item.key) for item in one.findings}
        self.anchors: dict[tuple[str | None, str | None], str] = {}

    def cubes(self) -> Iterator[Shown]:
        """Yield every cube with its tables; past the limits those with the most cells that can be computed."""
        facts, hidden = self._audited.facts, self._audited.found.cells.hidden
        split = [Tables(cube, hidden) for cube in facts.cells.cubes if cube.first < facts.count]
        exact = self._audited.found.exact
        found = [(tables, number) for tables in split for number in tables.with_hidden]
        found.sort(key=lambda item: -int(exact[item[0].cells(item[1])].sum()))
        room, drawn = _MOST_CELLS, set()
        for tables, number in found[:MOST_TABLES]:
            room -= min(tables.width * len(tables.codes), _MOST_CELLS_OF_A_TABLE)
            if room >= 0:
                drawn.add((tables, number))
        for tables in split:
            cube = tables.cube.cube
            pictures = [self._picture(tables, number) for number in tables.with_hidden if (tables, number) in drawn]
            without = tables.count - len(tables.with_hidden)
            yield Shown(cube.id, self._words(cube.title), pictures, without, len(tables.with_hidden) - len(pictures))

    def _words(self, text: Text) -> str:
        return text.in_language(self._language)

    def _picture(self, tables: Tables, number: int) -> Picture:
        cells = tables.cells(number)
        own, averages, exact = self._audited.own[cells], self._audited.averages[cells], self._audited.found.exact[cells]
        codes = zip(tables.fixed, tables.fixed_codes(number), strict=True)
        caption = [(self._words(dimension.concept.name), *self._code(dimension, code)) for dimension, code in codes]
        most = max(1, _MOST_CELLS_OF_A_TABLE // tables.width)
        rows = [self._row(tables, code, line) for code, line in tables.rows(number, self._marked, most)]
        return Picture(
            caption,
            int(own.sum()),
            int((own & exact).sum()),
            int(averages.sum()),
            int((averages & exact).sum()),
            self._words(tables.last.concept.name) if tables.last else "",
            [(self._code(tables.frequency, code)[0], periods) for code, periods in tables.columns.items()],
            rows,
            len(tables.codes) - len(rows),
        )

    @cached_property
    def _marked(self) -> Mask:
        """Which cells are hidden, or to be."""
        marked = self._audited.found.cells.hidden.copy()
        marked[sorted(self._more)] = True
        return marked

    def _row(self, tables: Tables, code: str, line: Sequence[int | None]) -> Row:
        squares = [_ABSENT if cell is None else self._square(tables.cube, cell) for cell in line]
        if tables.last is None:
            return Row(self._words(tables.cube.cube.measure.concept.name), "", 1, squares)
        codelist = tables.last.codelist
        return Row(*self._code(tables.last, code), codelist.depth(code) if codelist else 1, squares)

    def _code(self, dimension: Dimension, code: str) -> tuple[str, str]:
        """Return the label of a code, and the code."""
        return (self._words(dimension.codelist[code].name) if dimension.codelist else code), code

    def _square(self, cube: CubeCells, cell: int) -> Square:
        cells, decimals = self._audited.found.cells, cube.cube.measure.decimals
        marks, text = [], number(int(cells.low[cell]), decimals)
        if cells.hidden[cell]:
            marks = list(self._marks(cell))
            text = self._between(cell, decimals) if self._reveal else "*"
        if cell in self._more:
            marks.append("more")
        anchor = ""
        if (name := (cube.cube.id, cube.key(cell))) in self._told:
            anchor = self.anchors[name] = f"c{self._number}-{cell}"
        return Square(text, " ".join(marks), "; ".join(MARKS[mark] for mark in marks), anchor)

    def _marks(self, cell: int) -> Iterator[str]:
        """Yield the classes of a hidden cell: how many values it can have, and what is to be known of that."""
        found = self._audited.found
        values = int(found.high[cell] - found.low[cell]) // self._units.get(cell, 1) + 1
        yield _shade(None if found.endless[cell] else values)
        if found.inexact[cell]:
            yield "inexact"
        if found.averages[cell]:
            yield "average"

    def _between(self, cell: int, decimals: int) -> str:
        """Return what a hidden cell can be."""
        found = self._audited.found
        low, high = (number(int(bounds[cell]), decimals) for bounds in (found.low, found.high))
        if found.endless[cell]:
            return f"≥ {low}"
        return low if low == high else f"{low}–{high}"

    @cached_property
    def _units(self) -> Mapping[int, int]:
        """What averages are multiples of, in units of the last decimal, by cell."""
        rounded = (item for item in self._audited.found.relations if item.rounding is not None and item.unit != 1)
        return {cell: item.unit for item in rounded for cell in item.totals.tolist()}


def number(value: int, decimals: int = 0) -> str:
    """Return a value in units of its last decimal as people read it, thousands apart."""
    digits = f"{abs(value):0{decimals + 1}}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    sign = "\u2212" if value < 0 else ""
    return f"{sign}{int(whole):,}".replace(",", _THIN) + (f".{part}" if part else "")
