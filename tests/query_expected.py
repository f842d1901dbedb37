"""What the templates of queries must answer, worked out from the CSV tables of a release and nothing else.

Codes are text and numbers are exact; a row of an answer is a tuple, with None where nothing is bound.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from publisher import periods

Row = tuple[Any, ...]
FINEST_FIRST = "DWMQTSA"


class Tables:
    """The CSV files of a release, and what its definition says of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.toml = tomllib.loads((folder / "definition/dataset.toml").read_text(encoding="utf-8"))
        self.cubes = list(self.toml["cubes"])
        self.languages: list[str] = self.toml["dataset"]["languages"]

    def read(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def codes(self) -> Mapping[str, dict[str, dict[str, str]]]:
        """Code to its row, by codelist."""
        return {
            path.stem: {row["code"]: row for row in self.read(f"codelists/{path.name}")}
            for path in (self.folder / "codelists").glob("*.csv")
        }

    @cached_property
    def cells(self) -> Mapping[str, list[dict[str, str]]]:
        return {cube: self.read(f"data/{cube}.csv") for cube in self.cubes}

    def codelist(self, component: str) -> dict[str, dict[str, str]]:
        return self.codes[self.toml["components"][component]["codelist"]]

    def label(self, component: str, code: str, language: str) -> str | None:
        return self.codelist(component)[code].get(f"label_{language}") or None

    def decimals(self, cube: str) -> int:
        return int(self.toml["cubes"][cube].get("decimals", self.toml["measure"].get("decimals", 0)))

    def upper(self, cube: str) -> Decimal | None:
        """The most a hidden cell can be, by the published rule."""
        rule = self.toml["suppression"]
        if rule.get("secondary", "none") == "present":
            return None
        return Decimal(rule["threshold"]) - Decimal(1).scaleb(-self.decimals(cube))

    def above(self, component: str, code: str) -> set[str]:
        found, codes = set(), self.codelist(component)
        while code := codes[code].get("parent") or "":
            found.add(code)
        return found


class Asked:
    """The settings of one question, chosen as the heads of the templates promise."""

    def __init__(self, tables: Tables, given: Mapping[str, str], coarsest: bool = False) -> None:
        self.tables = tables
        self.cube = given.get("cube", tables.cubes[0])
        self.language = given.get("language", tables.languages[0])
        rows = tables.cells[self.cube]
        self.key: list[str] = tables.toml["cubes"][self.cube]["dimensions"]
        plain = [component for component in self.key if component not in ("FREQ", "TIME_PERIOD")]
        self.dimension = given.get("dimension", next((c for c in plain if c not in given), plain[0]))
        after = [*(component for component in plain if component != self.dimension), "TIME_PERIOD"]
        self.columns = given.get("columns", next(component for component in after if component not in given))
        there = sorted({row["FREQ"] for row in rows}, key=FINEST_FIRST.index)
        self.frequency = given.get("frequency", there[-1 if coarsest else 0])
        self.rows = [row for row in rows if row["FREQ"] == self.frequency]
        self.periods = sorted({row["TIME_PERIOD"] for row in self.rows})
        self.period = given.get("period", self.periods[-1])
        self.since = given.get("since", next(p for p in self.periods if p[:4] == self.period[:4]))
        self.codes = {name: code for name, code in given.items() if name in plain}

    def present(self, component: str) -> list[str]:
        found = {row[component] for row in self.rows}
        return [code for code in self.tables.codelist(component) if code in found]

    def parts(self, component: str) -> list[str]:
        present = self.present(component)
        wholes = {whole for code in present for whole in self.tables.above(component, code)}
        return [code for code in present if code not in wholes and (code != "_T" or len(present) == 1)]

    def total(self, component: str) -> str | None:
        present = self.present(component)
        if "_T" in present:
            return "_T"
        tops = [c for c in present if all(c in self.tables.above(component, o) for o in present if o != c)]
        return tops[0] if tops and len(present) > 1 else None

    def others(self, *apart: str) -> list[str]:
        return [c for c in self.key if c not in ("FREQ", "TIME_PERIOD", *apart)]

    def kept(self, period: str | None, wanted: Mapping[str, Iterable[str]]) -> list[dict[str, str]]:
        """The cells of a period with the codes asked for."""
        return [
            row
            for row in self.rows
            if period in (None, row["TIME_PERIOD"])
            and all(row[name] == code for name, code in self.codes.items())
            and all(row[name] in codes for name, codes in wanted.items())
        ]

    def value(self, row: Mapping[str, str]) -> Decimal | None:
        return Decimal(row["OBS_VALUE"]) if row["OBS_VALUE"] else None

    def known(self, row: Mapping[str, str]) -> Row:
        """Value, lower bound and, where the rule has one, upper bound."""
        value, upper = self.value(row), self.tables.upper(self.cube)
        hidden = value is None
        return (value, Decimal(0) if hidden else None, *([] if upper is None else [upper if hidden else None]))

    def interval(self, rows: list[dict[str, str]]) -> tuple[Decimal, Decimal | None, int]:
        """The least and the most that cells are together, and how many are hidden."""
        known = sum((value for row in rows if (value := self.value(row)) is not None), Decimal(0))
        hidden = sum(not row["OBS_VALUE"] for row in rows)
        upper = self.tables.upper(self.cube)
        if hidden and upper is None:
            return known, None, hidden
        return known, known + hidden * (upper or 0), hidden

    def status(self, row: Mapping[str, str], component: str = "OBS_STATUS") -> str | None:
        return self.tables.label(component, row[component], self.language)

    def all_but_totals(self) -> dict[str, list[str]]:
        return {name: self.parts(name) for name in self.others(self.dimension) if name not in self.codes}

    def total_or_parts(self) -> dict[str, list[str]]:
        free = [name for name in self.others(self.dimension) if name not in self.codes]
        return {name: [total] if (total := self.total(name)) else self.parts(name) for name in free}

    def one_code(self, *apart: str) -> dict[str, list[str]]:
        free = [name for name in self.others(*apart) if name not in self.codes]
        return {name: [self.total(name) or self.present(name)[0]] for name in free}


def grouped(rows: Iterable[dict[str, str]], component: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row[component]].append(row)
    return found


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A share in percent with one decimal, half up."""
    if part is None or whole is None:
        return None
    return (1000 * part / whole + Decimal("0.5")).to_integral_value(ROUND_FLOOR) / 10


def cubes(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    language = given.get("language", tables.languages[0])
    counted = {cube: [bool(row["OBS_VALUE"]) for row in rows] for cube, rows in tables.cells.items()}
    return [
        (cube, tables.toml["cubes"][cube]["title"].get(language), sum(is_known), len(is_known) - sum(is_known))
        for cube, is_known in counted.items()
    ]


def components(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    header = list(tables.cells[asked.cube][0])
    named = [*header, "UNIT_MEASURE"]
    rows = []
    for order, component in enumerate(named, 1):
        said = tables.toml["components"][component]
        role = "Dimension" if component in asked.key else "Measure" if component == "OBS_VALUE" else "Attribute"
        codelist = "period" if component == "TIME_PERIOD" else said.get("codelist")
        rows.append((order, component, said["name"].get(asked.language), f"cube#{role}Property", codelist))
    return rows


def codes(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    component = Asked(tables, {}).dimension
    codelist = given.get("codelist", tables.toml["components"][component]["codelist"])
    language = given.get("language", tables.languages[0])
    return [
        (code, code, row.get("parent") or None, row.get(f"label_{language}") or None)
        for code, row in tables.codes[codelist].items()
    ]


def periods_(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in tables.cells[Asked(tables, given).cube]:
        found[row["FREQ"], row["TIME_PERIOD"]].append(row["OBS_VALUE"])
    return [
        (*key, *(str(day) for day in periods.bounds(*key)), len(values), values.count(""))
        for key, values in found.items()
    ]


def labels(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    shown = [name for name in asked.others() if name not in asked.codes]
    return [
        (
            *(part for name in shown for part in (row[name], tables.label(name, row[name], asked.language))),
            asked.value(row),
            asked.status(row),
        )
        for row in asked.kept(asked.period, {})
    ]


def latest(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    shown = [name for name in asked.others() if name not in asked.codes]
    return [
        (row["TIME_PERIOD"], *(row[name] for name in shown), *asked.known(row))
        for row in asked.kept(asked.periods[-1], {})
    ]


def without_totals(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    shown = [name for name in asked.others() if name not in asked.codes]
    rows = asked.kept(asked.period, {name: asked.parts(name) for name in shown})
    return [(*(row[name] for name in shown), asked.value(row)) for row in rows if row["OBS_VALUE"]]


def series(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    return [
        (
            row["TIME_PERIOD"],
            str(periods.bounds(asked.frequency, row["TIME_PERIOD"])[0]),
            *asked.known(row),
            asked.status(row),
        )
        for row in asked.kept(None, asked.one_code())
    ]


def table(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    over_time = asked.columns == "TIME_PERIOD"
    across = asked.periods if over_time else asked.present(asked.columns)
    rows = asked.kept(None if over_time else asked.period, asked.one_code(asked.dimension, asked.columns))
    found = []
    for code, group in grouped(rows, asked.dimension).items():
        value = {row[asked.columns]: asked.value(row) if row["OBS_VALUE"] else ".." for row in group}
        label = tables.label(asked.dimension, code, asked.language)
        found.append((code, label, *(value.get(column, "") for column in across)))
    return found


def known_sum(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    rows = [row for row in asked.kept(asked.period, asked.all_but_totals()) if row["OBS_VALUE"]]
    return [
        (code, tables.label(asked.dimension, code, asked.language), asked.interval(group)[0], len(group))
        for code, group in grouped(rows, asked.dimension).items()
    ]


def interval(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    rows = asked.kept(asked.period, asked.all_but_totals())
    return [
        (code, tables.label(asked.dimension, code, asked.language), *asked.interval(group))
        for code, group in grouped(rows, asked.dimension).items()
    ]


def share(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    others = asked.total_or_parts()
    total = asked.total(asked.dimension)
    parts = asked.kept(asked.period, {**others, asked.dimension: asked.parts(asked.dimension)})
    whole_rows = asked.kept(asked.period, {**others, asked.dimension: [total]}) if total else parts
    whole = asked.interval(whole_rows)
    found = []
    for code, group in grouped(parts, asked.dimension).items():
        part = asked.interval(group)
        divisible = whole[0] > 0 and (part[0] >= 0 or whole[2] == 0)
        shares = (percent(part[0], whole[1]), percent(part[1], whole[0])) if divisible else (None, None)
        found.append((code, tables.label(asked.dimension, code, asked.language), *part, *whole, *shares))
    return found


def change(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    others = asked.total_or_parts()
    then = grouped(asked.kept(asked.since, others), asked.dimension)
    now = grouped(asked.kept(asked.period, others), asked.dimension)
    found = []
    for code in then:
        if len(then[code]) != len(now.get(code, ())):
            continue
        (low, high, hidden), (now_low, now_high, now_hidden) = asked.interval(then[code]), asked.interval(now[code])
        least = None if high is None else now_low - high
        most = None if now_high is None else now_high - low
        exact = not (hidden or now_hidden) and low > 0
        label = tables.label(asked.dimension, code, asked.language)
        bounds = (low, high, now_low, now_high, hidden + now_hidden, least, most)
        found.append((code, label, *bounds, percent(least, low) if exact else None))
    return found


def averages(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given, coarsest=True)
    shown = [name for name in asked.others() if name not in asked.codes]
    extras = [name for name in asked.rows[0] if name in tables.toml["cubes"][asked.cube].get("attributes", ())]
    return [
        (
            row["TIME_PERIOD"],
            *(row[name] for name in shown),
            *asked.known(row),
            asked.status(row),
            *(_extra(tables, name, row[name]) for name in extras),
        )
        for row in asked.kept(asked.period, {})
    ]


def _extra(tables: Tables, component: str, words: str) -> Any:
    if not words:
        return None
    return Decimal(words) if tables.toml["components"][component].get("data_type") == "integer" else words


def suppressed(tables: Tables, given: Mapping[str, str]) -> list[Row]:
    asked = Asked(tables, given)
    shown = [name for name in asked.others() if name not in asked.codes]
    return [
        (*(row[name] for name in shown), *asked.known(row)[1:], asked.status(row), asked.status(row, "CONF_STATUS"))
        for row in asked.kept(asked.period, {})
        if not row["OBS_VALUE"]
    ]


EXPECTED: dict[str, Callable[[Tables, Mapping[str, str]], list[Row]]] = {
    "cubes": cubes,
    "components": components,
    "codes": codes,
    "periods": periods_,
    "labels": labels,
    "latest": latest,
    "without-totals": without_totals,
    "series": series,
    "table": table,
    "known-sum": known_sum,
    "interval": interval,
    "share": share,
    "change": change,
    "averages": averages,
    "suppressed": suppressed,
}
