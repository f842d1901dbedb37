"""The rules of a dataset asked of its figures: what does not hold, where, by how much, and what may be wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from publisher.errors import Finding
from publisher.model import Dataset
from publisher.observations import Observations
from publisher.quality.cells import Cells, read_cells
from publisher.quality.culprits import Culprit, culprits
from publisher.quality.fault import MOST_FAULTS, Fault, between, lines, number, shown
from publisher.quality.kinds import KINDS_OF_CELLS, KINDS_OF_RELATIONS
from publisher.quality.relations import Place, Relations
from publisher.rules import Rule

if TYPE_CHECKING:
    from publisher.quality.cells import Numbers

    Sides = tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]

_REMEDY = "correct the source, or the rule in rules.toml where it is no rule of the source"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules say of a dataset's figures.

    ``relations`` holds by rule how many relations there are and how many of them have a hidden cell; ``facts`` are
    those that must hold.
    """

    findings: tuple[Finding, ...] = ()
    relations: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    facts: tuple[Relations, ...] = ()


def check_rules(dataset: Dataset, observations: Iterable[Observations], files: Mapping[str, str]) -> Checked:
    """Ask every rule of the dataset; ``files`` is how findings call the source of each cube."""
    if not dataset.rules:
        return Checked()
    return check_cells(dataset, read_cells(observations, dataset.suppression), files)


def check_cells(dataset: Dataset, cells: Cells, files: Mapping[str, str]) -> Checked:
    """Ask every rule of the dataset of cells that have been read; as ``check_rules`` otherwise."""
    relations = [item for rule in dataset.rules for item in relations_of(rule, cells)]
    counts = {rule.id: (0, 0) for rule in dataset.rules if rule.kind in KINDS_OF_RELATIONS}
    for item in relations:
        count, hidden = counts[item.rule.id]
        counts[item.rule.id] = count + len(item), hidden + int(item.with_hidden(cells).sum())
    facts = tuple(item for item in relations if item.rule.severity == "error")
    return Checked(tuple(_findings(dataset.rules, relations, cells, files)), counts, facts)


def relations_of(rule: Rule, cells: Cells) -> Iterator[Relations]:
    """Yield the relations that a rule declares; none where it is of another kind."""
    if rule.kind in KINDS_OF_RELATIONS:
        yield from KINDS_OF_RELATIONS[rule.kind](rule, cells)


def violations(relations: Sequence[Relations], cells: Cells) -> list[Place]:
    """Return the relations that cannot hold, in their order."""
    import numpy as np

    return [
        (number, index)
        for number, item in enumerate(relations)
        for index in np.nonzero(item.violated(cells))[0].tolist()
    ]


def _findings(
    rules: Iterable[Rule], relations: Sequence[Relations], cells: Cells, files: Mapping[str, str]
) -> Iterator[Finding]:
    faults: dict[str, list[Fault]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for group in (
        [item for item in relations if item.rule.severity != "information"],
        [item for item in relations if item.rule.severity == "information"],
    ):
        places = violations(group, cells)
        # What need not hold says nothing of which cell is wrong.
        certain = bool(places) and group[0].rule.severity != "information"
        guilty = culprits(group, places, cells) if certain else {}
        sides = {number: (item.sums(cells), item.wanted(cells)) for number, item in enumerate(group)} if places else {}
        for place in places:
            item = group[place[0]]
            counts[item.rule.id] += 1
            if counts[item.rule.id] <= MOST_FAULTS:
                faults[item.rule.id].append(
                    _violation(item, place[1], sides[place[0]], guilty.get(place), cells, files)
                )
    for rule in rules:
        of_cells = list(_of_cells(rule, relations, cells))
        for fault in (*faults[rule.id], *of_cells)[:MOST_FAULTS]:
            yield _worded(fault, cells, files)
        if (more := counts[rule.id] + len(of_cells) - MOST_FAULTS) > 0:
            yield Finding(rule.id, f"and {more:,} more violations of rule '{rule.id}'", rule.severity)
    yield from _idle(rules, relations)


def _idle(rules: Iterable[Rule], relations: Iterable[Relations]) -> Iterator[Finding]:
    """Yield the rules of relations that have none: what they say was not asked."""
    used = {item.rule.id for item in relations}
    for rule in rules:
        if rule.kind in KINDS_OF_RELATIONS and rule.id not in used:
            message = (
                f"rule '{rule.id}' finds nothing to compare: see whether its cubes, dimensions and codes are there"
            )
            yield Finding(rule.id, message, "warning")


def _of_cells(rule: Rule, relations: Iterable[Relations], cells: Cells) -> Iterator[Fault]:
    if rule.kind in KINDS_OF_CELLS:
        yield from KINDS_OF_CELLS[rule.kind](rule, cells)
    if rule.covered is not None:
        yield from (fault for item in relations if item.rule is rule for fault in _covered(item, cells))


def _covered(item: Relations, cells: Cells) -> Iterator[Fault]:
    """Yield the means whose attribute says another number of parts than there are."""
    import numpy as np

    cube, attribute = cells.of(int(item.totals[0])), item.rule.covered or ""
    said = cells.integers[cube.cube.id, attribute][item.totals - cube.first]
    for index in np.nonzero(said != item.counts())[0].tolist():
        written = "nothing" if said[index] < 0 else said[index]
        message = f"says {written} in {attribute}, but {item.counts()[index]} parts of it are there"
        yield Fault(item.rule, int(item.totals[index]), message)


def _violation(
    item: Relations, index: int, sides: Sides, culprit: Culprit | None, cells: Cells, files: Mapping[str, str]
) -> Fault:
    """Return what is wrong with a relation: its two sides, the gap between them, and what may be wrong."""
    total = int(item.totals[index])
    parts = item.parts_of(index).tolist()
    decimals = cells.of(total).cube.measure.decimals
    (low, high), (least, most) = ((int(end[index]) for end in side) for side in sides)
    hidden = sum(bool(cells.hidden[part]) for part in parts)
    added = between(low, None if hidden and cells.unbounded else high, decimals)
    here = f"is {'hidden, and so ' if cells.hidden[total] else ''}{shown(cells, total)}"
    if item.rule.kind == "identical":
        other = cells.of(parts[0])
        elsewhere = f"{files.get(other.cube.id, '')} {lines(cells, parts)}".strip()
        words = f"{here}, but {added} in {other.cube.id} {other.key(parts[0])} ({elsewhere})"
    else:
        counted = f" ({hidden} of them hidden)" if hidden else ""
        where = lines(cells, parts)
        several = f"1 part on {where} adds" if len(parts) == 1 else f"{len(parts):,} parts on {where} add"
        words = f"{here}, but its {several} up to {added}{counted}"
    if least > most:
        words += ", and no mean that is rounded as the rule says has so many decimals"
    elif item.rounding is not None:
        words += f", and for that mean, rounded {item.rounding}, they must to {between(least, most, decimals)}"
    gap = f": a gap of {number(low - most if low > most else least - high, decimals)}" if least <= most else ""
    return Fault(item.rule, total, f"{words}{gap}{_suspect(culprit, cells)}", parts=tuple(parts))


def _suspect(culprit: Culprit | None, cells: Cells) -> str:
    """Return which cell is the likeliest to be wrong; what it would be is said of a printed one only."""
    if culprit is None:
        return ""
    cube = cells.of(culprit.cell)
    named = f"{cube.cube.id} {cube.key(culprit.cell)} ({lines(cells, [culprit.cell])})"
    because = f"the likeliest culprit is {named}: another number there explains {culprit.explains} violations"
    if cells.hidden[culprit.cell] or culprit.low != culprit.high:
        return f"; {because}"
    return f"; {because}, with {number(int(culprit.low), cube.cube.measure.decimals)}"


def _worded(fault: Fault, cells: Cells, files: Mapping[str, str]) -> Finding:
    rule = fault.rule
    message = f"{fault.message} (rule '{rule.id}')"
    if rule.severity != "information":
        message += f": {_REMEDY}"
    if fault.cell is None:
        file = files.get(fault.cube or "")
        return Finding(rule.id, message, rule.severity, file, cube=fault.cube, key=fault.key)
    cube, line = cells.of(fault.cell), int(cells.lines[fault.cell])
    return Finding(
        rule.id,
        message,
        rule.severity,
        files.get(cube.cube.id),
        line,
        cube.cube.id,
        cube.key(fault.cell),
        properties={"parts": [_named(cells, part) for part in fault.parts]} if fault.parts else {},
    )


def _named(cells: Cells, cell: int) -> dict[str, Any]:
    cube = cells.of(cell)
    return {"cube": cube.cube.id, "key": cube.key(cell), "line": int(cells.lines[cell])}
