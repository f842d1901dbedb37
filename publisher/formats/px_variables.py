"""The variables of a PC-Axis file: every dimension but FREQ, which is one in a file, with names in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publisher.formats.dense import Axes, above
from publisher.formats.px_text import apart, name, shown
from publisher.model import FREQ, Codelist, Concept, Cube, Dimension
from publisher.naming import TOTAL

# The column of values that pyaxis adds to the variables: one of that name would be overwritten.
_VALUES = "DATA"


@dataclass(frozen=True, slots=True)
class Variable:
    """A dimension, its codes in the order of the table, and by language its name and those of its codes."""

    dimension: Dimension
    codes: tuple[str, ...]
    names: Mapping[str, str]
    labels: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> int | None:
        """Where the code of the total stands, or None."""
        known = self.dimension.codelist is not None and TOTAL in self.codes
        return self.codes.index(TOTAL) if known else None


def label(concept: Concept, code: str, language: str) -> str | None:
    """Return the name of a code of a concept, or None where its codelist lacks it or there is none."""
    codelist = concept.codelist
    return codelist[code].name.in_language(language) if codelist is not None and code in codelist else None


def variables(cube: Cube, frequency: str, table: Axes, languages: Sequence[str]) -> tuple[Variable, ...]:
    """Return the variables of a table, time last: no two have equal names, and none that of the values."""
    shared = [dimension for dimension in cube.dimensions if dimension.id != FREQ]
    ids = [*(dimension.id for dimension in shared), ""]
    named = {
        language: apart([*(name(dimension.concept.name.in_language(language)) for dimension in shared), _VALUES], ids)
        for language in languages
    }
    return tuple(
        Variable(
            dimension,
            table[dimension.id],
            {language: names[number] for language, names in named.items()},
            {language: _labels(dimension, frequency, table[dimension.id], language) for language in languages},
        )
        for number, dimension in enumerate(shared)
    )


def _labels(dimension: Dimension, frequency: str, codes: Sequence[str], language: str) -> tuple[str, ...]:
    codelist = dimension.codelist
    if codelist is None:
        return tuple(shown(frequency, period) for period in codes)
    return apart([codelist[code].name.in_language(language) for code in codes], codes)


def tree(codelist: Codelist, codes: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """Return (code, the nearest one above it) of every code, each after that one, where the codes are one tree.

    Empty where they are none: PxWeb takes one top for each variable.
    """
    used = set(codes)
    children: dict[str | None, list[str]] = {}
    for code in codes:
        children.setdefault(above(codelist, code, used), []).append(code)
    if len(codes) < 2 or len(children[None]) != 1:
        return ()
    found: list[tuple[str, str | None]] = []
    open_codes: list[tuple[str, str | None]] = [(children[None][0], None)]
    while open_codes:
        code, parent = open_codes.pop()
        found.append((code, parent))
        open_codes += ((child, code) for child in reversed(children.get(code, ())))
    return tuple(found)


def levels(nodes: Sequence[tuple[str, str | None]]) -> int | None:
    """Return how many levels a tree has, or None where its branches are not equally long."""
    depth: dict[str | None, int] = {None: 0}
    for code, parent in nodes:
        depth[code] = depth[parent] + 1
    parents = {parent for _, parent in nodes}
    ends = {depth[code] for code, _ in nodes if code not in parents}
    return ends.pop() if len(ends) == 1 else None
