"""What the schema of a data package asks of one column, as questions of SQL: each finds the rows that are wrong.

Source: Table Schema 2.0, field types and field constraints. A column is text; ``values`` go with the
question as parameters, so that nothing of a stranger's schema is SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NUMERIC = re.compile("[-+.]?[0-9]")
_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_NUMBER = r"[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?|(?i:nan|[-+]?inf)"
_SHAPES = {
    "integer": "[-+]?[0-9]+",
    "number": _NUMBER,
    "year": "-?[0-9]{4}",
    "yearmonth": "-?[0-9]{4}-(0[1-9]|1[0-2])",
}
_TIMES = {
    "date": ("%Y-%m-%d", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "datetime": (
        None,
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9]([.][0-9]+)?(Z|[-+][0-9]{2}:?[0-9]{2})?",
    ),
    "time": (None, "([01][0-9]|2[0-3]):[0-5][0-9]:[0-6][0-9](Z|[-+][0-9]{2}:?[0-9]{2})?"),
}
_FREE = ("any", "string")
_BOUNDS = {
    "minimum": ("<", "is below its minimum"),
    "maximum": (">", "is above its maximum"),
    "exclusiveMinimum": ("<=", "is not above its exclusive minimum"),
    "exclusiveMaximum": (">=", "is not below its exclusive maximum"),
}
_LENGTHS = {"minLength": ("<", "is shorter than its minLength"), "maxLength": (">", "is longer than its maxLength")}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the condition of rows that are wrong, its parameters, and how they are wrong.

    ``unchecked`` says what cannot be asked, and then nothing is.
    """

    wrong: str
    values: tuple[Any, ...]
    fault: str
    remedy: str = ""
    unchecked: str = ""


def quoted(cell: object) -> str:
    """Return a cell in quotes, or of one that begins like a number only that: it may be a hidden value."""
    text = str(cell)
    return "a number" if _NUMERIC.match(text) else f"'{text[:60]}'"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the column, type, format, constraints, further properties, and what is taken for empty."""

    name: str
    column: str
    type: str
    format: str
    constraints: Mapping[str, Any]
    properties: Mapping[str, Any]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, field: Mapping[str, Any], place: int, missing: Any, null: Any) -> Field:
        """Return a field of a descriptor; what is not of its shape there counts as not given."""
        constraints = field.get("constraints")
        kind, shape = field.get("type") or "any", field.get("format") or "default"
        own = field.get("missingValues", missing)
        empty = own if isinstance(own, list) else [""]
        values = [value.get("value") if isinstance(value, dict) else value for value in empty]
        return cls(
            str(field.get("name")),
            f"c{place}",
            str(kind),
            str(shape).removeprefix("fmt:"),
            constraints if isinstance(constraints, dict) else {},
            field,
            tuple(str(value) for value in (*values, *([null] if isinstance(null, str) else []))),
        )

    @property
    def is_missing(self) -> str:
        """The condition that a cell is empty."""
        texts = ", ".join("'" + value.replace("'", "''") + "'" for value in self.missing)
        return f"{self.column} IN ({texts})" if texts else "false"

    def asked(self) -> Iterator[Asked]:
        """Yield every question that the schema asks of the column."""
        yield from self._type()
        for name, wanted in self.constraints.items():
            if name == "required":
                if wanted is True:
                    yield Asked(self.is_missing, (), "is empty", ", and is required: fill it")
            elif name != "unique":  # a question of many rows, not of each
                yield self._constraint(name, wanted)

    def _where(self, condition: str, values: tuple[Any, ...], fault: str, remedy: str = "") -> Asked:
        return Asked(f"NOT ({self.is_missing}) AND ({condition})", values, fault, remedy)

    def _unchecked(self, what: str) -> Asked:
        return Asked("", (), "", unchecked=f"{what} is not checked on columns")

    @property
    def _text(self) -> str:
        """The column with its digits bare, where it holds numbers."""
        text = self.column
        if self.type in ("integer", "number"):
            for name, instead in (("groupChar", ""), ("decimalChar", ".")):
                character = self.properties.get(name)
                if isinstance(character, str) and character and (name == "groupChar" or self.type == "number"):
                    text = f"replace({text}, '{character.replace(chr(39), chr(39) * 2)}', '{instead}')"
            if self.properties.get("bareNumber") is False:
                text = f"regexp_replace({text}, '^[^0-9-]*|[^0-9]*$', '', 'g')"
        return text

    def _type(self) -> Iterator[Asked]:
        fault, remedy = f"is no {self.type}", ": correct the cells, or the type of the field"
        if self.type in _SHAPES:
            yield self._where(f"NOT regexp_full_match({self._text}, ?)", (_SHAPES[self.type],), fault, remedy)
        elif self.type == "boolean":
            known = [*self._values("trueValues", _TRUE), *self._values("falseValues", _FALSE)]
            yield self._where(f"NOT list_contains(?, {self.column})", (known,), fault, remedy)
        elif self.type in _TIMES:
            yield self._time(remedy)
        elif self.type not in _FREE:
            yield self._unchecked(f"the type {self.type}")
        elif self.type == "string" and self.format != "default":
            yield self._unchecked(f"the format {self.format}")

    def _values(self, name: str, usual: tuple[str, ...]) -> list[str]:
        given = self.properties.get(name)
        return [str(value) for value in given] if isinstance(given, list) else list(usual)

    def _time(self, remedy: str) -> Asked:
        written, shape = _TIMES[self.type]
        fault = f"is no {self.type}"
        if self.format == "any":
            return self._unchecked("the format any")
        if self.format != "default":
            wrong = f"try_strptime({self.column}, ?) IS NULL"
            return self._where(wrong, (self.format,), f"{fault} as {self.format}", remedy)
        wrong = f"NOT regexp_full_match({self.column}, ?)"
        if written is None:
            return self._where(wrong, (shape,), fault, remedy)
        return self._where(f"{wrong} OR try_strptime({self.column}, ?) IS NULL", (shape, written), fault, remedy)

    def _constraint(self, name: str, wanted: Any) -> Asked:
        text = self.type in _FREE
        if name in _LENGTHS and text and _is_number(wanted):
            sign, fault = _LENGTHS[name]
            return self._where(f"length({self.column}) {sign} ?", (wanted,), f"{fault} of {wanted}")
        if name == "pattern" and text and isinstance(wanted, str):
            return self._where(f"NOT regexp_full_match({self.column}, ?)", (wanted,), "does not fit its pattern")
        if name in _BOUNDS:
            return self._bound(name, wanted)
        if name == "enum" and isinstance(wanted, list):
            return self._enum(wanted)
        return self._unchecked(f"the constraint {name}")

    def _bound(self, name: str, wanted: Any) -> Asked:
        sign, fault = _BOUNDS[name]
        if self.type in ("integer", "number", "year") and _number(wanted) is not None:
            number = f"try_cast({self._text} AS DOUBLE)"
            return self._where(f"{number} {sign} ?", (_number(wanted),), f"{fault} of {wanted}")
        if self.type in ("date", "yearmonth") and self.format == "default" and isinstance(wanted, str):
            return self._where(f"{self.column} {sign} ?", (wanted,), f"{fault} of {wanted}")
        return self._unchecked(f"the constraint {name}")

    def _enum(self, wanted: list[Any]) -> Asked:
        fault, remedy = "is not one of its values", ": see enum in the schema"
        if self.type in ("integer", "number", "year"):
            numbers = [known for value in wanted if (known := _number(value)) is not None]
            number = f"try_cast({self._text} AS DOUBLE)"
            return self._where(f"NOT coalesce(list_contains(?, {number}), true)", (numbers,), fault, remedy)
        if self.type in (*_FREE, "date", "yearmonth"):
            texts = [str(value) for value in wanted]
            return self._where(f"NOT list_contains(?, {self.column})", (texts,), fault, remedy)
        return self._unchecked("the constraint enum")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    """Return a bound of a schema as a number, which may be written as text; None where it is none."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
