"""Everything that a reader has: the figures, what must hold between them, and the release before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from publisher.model import Dataset, Suppression
from publisher.observations import Observations
from publisher.quality.cells import Cells, CubeCells, read_cells
from publisher.quality.check import Checked, relations_of
from publisher.quality.relations import Relations
from publisher.quality.values import Limits, limits_of
from publisher.rules import Rule

if TYPE_CHECKING:
    from publisher.quality.cells import Indices, Mask, Numbers

BEFORE = "release before"
"""What findings call the rule that a figure is the same as in the release before."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the release before says: its observations by cube, and what a hidden cell was in it."""

    observations: Mapping[str, Observations]
    suppression: Suppression | None


@dataclass(frozen=True, slots=True)
class Published:
    """All cells, first the ``count`` of this release, then those of the release before; and all relations.

    ``limits`` are what is published of each cell by itself, ``free`` what a cell could be if cells of any size were
    suppressed in this release. ``links`` is the set of relations to the release before, -1 for none, and ``revised``
    how many printed figures are others than there. ``ranges`` are, by rule, the cells of this release that a rule
    ``range`` narrows.
    """

    dataset: Dataset
    cells: Cells
    count: int
    relations: Sequence[Relations]
    limits: Limits
    free: Limits
    links: int = -1
    revised: int = 0
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    ranges: Mapping[str, Mask] = field(default_factory=dict)

    @property
    def here(self) -> Mask:
        """Which cells are of this release."""
        import numpy as np

        return np.arange(len(self.cells.hidden)) < self.count


def published(dataset: Dataset, cells: Cells, checked: Checked, earlier: Earlier | None = None) -> Published:
    """Return what a reader of a dataset has: the cells of this release, and what rules say of them."""
    import numpy as np

    rules = [rule for rule in dataset.rules if rule.severity == "error"]
    relations = checked.facts
    counts = {rule.id: checked.relations[rule.id] for rule in rules if checked.relations.get(rule.id, (0, 0))[0]}
    every = np.ones(len(cells.hidden), dtype=bool)
    free = limits_of(rules, replace(cells, hidden=every, low=np.zeros_like(cells.low), unbounded=True))
    limits = limits_of(rules, cells)
    here = Published(
        dataset, cells, len(every), relations, limits, free, counts=counts, ranges=dict(_ranges(rules, cells))
    )
    return here if earlier is None else _with_earlier(here, earlier, rules)


def _ranges(rules: Iterable[Rule], cells: Cells) -> Iterator[tuple[str, Mask]]:
    plain = limits_of((), cells)
    for rule in rules:
        if rule.kind == "range":
            limits = limits_of([rule], cells)
            yield rule.id, (limits.low != plain.low) | (limits.high != plain.high) | (limits.endless != plain.endless)


def _with_earlier(here: Published, earlier: Earlier, rules: Iterable[Rule]) -> Published:
    import numpy as np

    before = read_cells(earlier.observations.values(), earlier.suppression)
    limits = limits_of(rules, before)
    relations = [_shifted(item, here.count) for rule in rules for item in relations_of(rule, before)]
    pairs = np.concatenate([np.zeros((2, 0), dtype=np.int64), *_same(here.cells, before)], axis=1)
    now, then = here.cells, before
    both = ~now.hidden[pairs[0]] & ~then.hidden[pairs[1]]
    other = both & (now.low[pairs[0]] != then.low[pairs[1]])
    linked = pairs[:, ~other]  # of what is printed in both too: suppressed now, it would still be known
    link = Rule(BEFORE, "identical", tuple(cube.cube.id for cube in before.cubes))
    links = Relations(link, linked[1] + here.count, np.arange(linked.shape[1] + 1), linked[0])
    cells = _joined(now, then)
    revised = int(other.sum()) + int(links.violated(cells).sum()) if len(links) else int(other.sum())
    return replace(
        here,
        cells=cells,
        relations=[*here.relations, *relations, *([links] if len(links) else [])],
        limits=_joined_limits(here.limits, limits),
        free=_joined_limits(here.free, limits),
        links=len(here.relations) + len(relations) if len(links) else -1,
        revised=revised,
    )


def _same(now: Cells, then: Cells) -> Iterable[Indices]:
    """Yield by cube the cells that both releases have: of the same key, and over as many periods."""
    import numpy as np

    for cube in then.cubes:
        other = next((other for other in now.cubes if other.cube.id == cube.cube.id), None)
        if other is None or not cube.count or not other.count:
            continue
        keys = np.zeros(other.count + cube.count, dtype=np.int64)
        for column in _columns(now, other, then, cube):
            keys = keys * (int(column.max()) + 1) + column
            keys = np.unique(keys, return_inverse=True)[1].reshape(-1)  # numbered anew, to stay small
        _, here, there = np.intersect1d(keys[: other.count], keys[other.count :], return_indices=True)
        yield np.stack([here + other.first, there + cube.first])


def _columns(now: Cells, here: CubeCells, then: Cells, there: CubeCells) -> Iterable[Indices]:
    """Yield what must be the same, cell by cell of both releases: each code, and each attribute of whole numbers."""
    import numpy as np

    for component in here.cube.key_ids:
        names = {name: place for place, name in enumerate(here.names[component])}
        new = {name: names.get(name, len(names) + place) for place, name in enumerate(there.names[component])}
        codes = np.array([new[name] for name in there.names[component]])
        yield np.concatenate([here.codes[component], codes[there.codes[component]]])
    for cube, attribute in now.integers:
        if cube == here.cube.id and (cube, attribute) in then.integers:
            yield np.concatenate([now.integers[cube, attribute], then.integers[cube, attribute]]) + 1


def _shifted(item: Relations, by: int) -> Relations:
    return replace(item, parts=item.parts + by, totals=item.totals + by)


def _joined(now: Cells, then: Cells) -> Cells:
    cubes = tuple(replace(cube, first=cube.first + len(now.hidden)) for cube in then.cubes)
    return Cells(
        (*now.cubes, *cubes),
        _appended(now.low, then.low),
        _appended(now.high, then.high),
        _appended(now.hidden, then.hidden),
        now.unbounded or then.unbounded,
        _appended(now.lines, then.lines),
        now.integers,
    )


def _joined_limits(now: Limits, then: Limits) -> Limits:
    return Limits(*(_appended(getattr(now, name), getattr(then, name)) for name in ("low", "high", "endless")))


def _appended(one: Numbers, other: Numbers) -> Any:
    import numpy as np

    return np.concatenate([one, other])
