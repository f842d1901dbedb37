"""What readers make of facts: each function turns what a file says into what a reader with that fault finds.

The facts are those of one cube, or of the structures; a function returns new ones.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from .facts import COLUMNS, LABELS, Facts

Becomes = Callable[[Facts], Facts]
Cells = list[str | None]


def nothing_of(*topics: str) -> Becomes:
    """Return the fault that nothing is found of some topics."""
    return lambda facts: facts | {topic: {} for topic in topics}


def action_is(word: str | None) -> Becomes:
    """Return the fault that the action is always the same."""
    return lambda facts: facts | {"structure": facts["structure"] | {"action": word}}


# Structures


def one_language(facts: Facts) -> Facts:
    """Keep the English words, or the first of those that have none, and no language."""
    return _chosen(facts, lambda said: said.get("en", next(iter(said.values()))))


def first_language(facts: Facts) -> Facts:
    """Keep the first words, and no language."""
    return _chosen(facts, lambda said: next(iter(said.values())))


def _chosen(facts: Facts, choose: Callable[[Mapping[str, str]], str]) -> Facts:
    words: Facts = {}
    for topic in ("names", "descriptions"):
        said: dict[str, dict[str, str]] = {}
        for (place, language), text in facts[topic].items():
            said.setdefault(place, {})[language] = text
        words[topic] = {(place, ""): choose(texts) for place, texts in said.items()}
    notes = {
        place: [(*entry[:3], (("", choose(dict(entry[3]))),) if entry[3] else ()) for entry in entries]
        for place, entries in facts["annotations"].items()
    }
    return facts | words | {"annotations": notes}


def without_names_of_constraints(facts: Facts) -> Facts:
    """Drop the names of constraints, whose ids begin with ``CR_``."""
    return facts | {"names": {place: text for place, text in facts["names"].items() if not place[0].startswith("CR_")}}


def annotations_of_first_dimensions(facts: Facts) -> Facts:
    """Give the annotations of a DSD to its first dimension."""
    first = {dsd: f"{dsd}.{found[0]}" for (dsd, role), found in facts["components"].items() if role == "dimensions"}
    return facts | {"annotations": {first.get(place, place): notes for place, notes in facts["annotations"].items()}}


def schemes_named_by_id(facts: Facts) -> Facts:
    """Call the schemes of agencies and of data providers by their ids."""
    return facts | {"names": facts["names"] | {(scheme, ""): scheme for scheme in ("AGENCIES", "DATA_PROVIDERS")}}


# Data


def values_lost(facts: Facts) -> Facts:
    """Lose the value of every observation."""
    return facts | {"values": dict.fromkeys(facts["values"])}


def as_numbers(facts: Facts) -> Facts:
    """Turn values to numbers, as JSON has them: ``7.50`` is 7.5; a text such as ``NaN`` stays one."""
    numbers = {key: _shortest(text) for key, text in facts["values"].items()}
    return facts | {"values": numbers}


def _shortest(text: str) -> str:
    number = Decimal(text)
    return f"{number.normalize():f}" if number.is_finite() else text


def guessed_types(missing: Iterable[str] | None, only: Iterable[str] | None = None) -> Becomes:
    """Return the fault that pandas guesses the types of columns of CSV, which are then turned back into text.

    ``missing`` are the cells that count as none (None: those that pandas takes for it); whole numbers
    beside them become decimals. ``only`` names the topics whose columns can look like numbers.
    """
    options = {} if missing is None else {"keep_default_na": False, "na_values": list(missing)}

    def guess(_component: str, cells: Cells) -> Cells:
        import pandas as pd

        stream = StringIO()
        csv.writer(stream, lineterminator="\n").writerows([["x", "line"], *([cell, "-"] for cell in cells)])
        stream.seek(0)
        read = pd.read_csv(stream, **options)["x"]
        return [str(cell) if cell is not None and cell == cell and cell != "" else None for cell in read]

    return lambda facts: by_column(facts, guess, only)


def without_line_breaks(facts: Facts) -> Facts:
    """Lose the line breaks within a cell."""
    return by_column(facts, lambda _, cells: [cell and "".join(cell.splitlines()) for cell in cells])


def cut_at_colons(facts: Facts) -> Facts:
    """Lose what follows a colon and a blank in a text attribute."""
    return by_column(facts, lambda _, cells: [cell and cell.split(": ")[0] for cell in cells], ("attributes",))


def labels_in_cells(facts: Facts) -> Facts:
    """Take a code and its label for the code."""
    labels = {place[:2]: words for place, words in facts[LABELS].items() if len(place) == 3}

    def both(component: str, cells: Cells) -> Cells:
        return [f"{cell}: {labels[component, cell]}" if (component, cell) in labels else cell for cell in cells]

    return by_column(facts, both)


def by_column(facts: Facts, change: Callable[[str, Cells], Cells], only: Iterable[str] | None = None) -> Facts:
    """Change what stands in the columns of observations: of the key, the value, the attributes."""
    topics = set(facts[COLUMNS]) if only is None else set(only)
    found: dict[str, list[Any]] = {}
    for topic, components in facts[COLUMNS].items():
        said = facts[topic]
        cells = [*said] if topic == "observations" else [*said.values()]
        rows = [(cell,) for cell in cells] if topic == "values" else cells
        columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
        if topic in topics:
            columns = [change(component, column) for component, column in zip(components, columns, strict=True)]
        changed = list(zip(*columns, strict=True)) if columns else rows
        found[topic] = [cell for (cell,) in changed] if topic == "values" else changed
    keys = found.pop("observations")
    rest = {topic: dict(zip(keys, cells, strict=True)) for topic, cells in found.items()}
    return facts | rest | {"observations": dict(zip(keys, facts["observations"].values(), strict=True))}
