"""Further cells to suppress so that a hidden one can no longer be computed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from publisher.quality.again import Again
from publisher.quality.disclosure import Disclosed
from publisher.quality.network import Move, Network
from publisher.quality.values import Limits

if TYPE_CHECKING:
    from publisher.quality.cells import Mask

_MOST_CELLS = 6
_MOST_TRIALS = 600
_BRANCHES = 4
# Of a relation of very many parts so many are looked at.
_MOST_LOOKED_AT = 200
_MOST_MOVES = 24
_MOST_RINGS = 4
_MOST_NEAR = 500
# So often all that is near is looked at: in tables of nothing but hidden cells the search fails for each.
_MOST_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Target:
    """What a reader must not know so exactly: the sum of some hidden cells, up to a spread of so many numbers."""

    group: tuple[int, ...]
    spread: int = 0


class Protection:
    """Finds cells to suppress: few, and none of them needless.

    Where more than the published rule's cells are hidden, a hidden cell may be of any size. Cells are suppressed so
    that two sets of values satisfy every relation, between which a reader cannot tell. A search looks for the second
    set near the first, one relation after another; where it finds none, all that is near is suppressed in thought, and
    given back as far as the audit, made again, allows.
    """

    def __init__(self, found: Disclosed, free: Limits) -> None:
        """Keep what a reader knows, which must hold no contradiction, and what each cell could be if it were hidden."""
        self._found, self._hidden, self._limits = found, found.cells.hidden, free
        self._network = Network(found.relations, found.solution)
        self._again = Again(found, self._network, free)
        self._looks = 0

    def cells(self, target: Target) -> tuple[int, ...]:
        """Return cells to suppress so that a target is not known, none of which could be left out; none if none do."""
        group = list(target.group)
        if self._found.unsolved[group].any() or self._found.inexact[group].any():
            return ()
        search = self._search(self._hidden)
        chosen = search.cells(target, self._moves(target))
        if chosen is None:
            self._looks += 1
            chosen = self._near(target) if self._looks <= _MOST_LOOKS else frozenset()
        elif not chosen:
            # That cells of any size are hidden is enough; but then one must be.
            chosen = frozenset(self._shown_beside(target.group)[:1])
        return self._needed(target, sorted(chosen, key=self._network.value, reverse=True))

    def together(self, chosen: Mapping[Target, Collection[int]]) -> tuple[int, ...]:
        """Return cells that do for all targets at once, fewer than those chosen for each where the search sees it.

        The answer is proved by the audit, made again with all of them suppressed.
        """
        every = {cell for cells in chosen.values() for cell in cells}
        kept, needed = set(every), {target: set(cells) for target, cells in chosen.items() if cells}
        for cell in sorted(every, key=lambda cell: (-self._network.value(cell), cell)):
            hidden = self._hidden.copy()
            hidden[list(kept - {cell})] = True
            search = self._search(hidden)
            concerned = [target for target, cells in needed.items() if cell in cells]
            if all(search.cells(target, self._moves(target), most=0) == frozenset() for target in concerned):
                kept.discard(cell)
                for target in concerned:  # now by another way, through whichever of the others
                    needed[target] |= kept
        return tuple(sorted(kept if all(self._is_safe(target, kept) for target in needed) else every))

    def _search(self, hidden: Mask) -> _Search:
        return _Search(self._network, hidden, self._can_be_hidden, self._limits, self._found.unsolved)

    def _moves(self, target: Target) -> Iterator[Move]:
        for cell in target.group:
            unit = max(
                (self._network.known(place).unit for place, total in self._network.around(cell) if total), default=1
            )
            top = int(self._found.high[cell] - self._found.solution[cell]) if target.spread else 0
            yield Move(cell, top + unit)
            if not target.spread:
                yield Move(cell, -unit)

    def _needed(self, target: Target, chosen: list[int]) -> tuple[int, ...]:
        """Return the cells without those that are not needed; the others are asked for once more without each."""
        for cell in list(chosen):
            others = [other for other in chosen if other != cell]
            if others and self._is_safe(target, others):
                chosen = others
        return tuple(sorted(chosen))

    def _is_safe(self, target: Target, extra: Collection[int]) -> bool:
        spread = self._again.spread(target.group, set(extra))
        return spread is None or spread > target.spread

    def _near(self, target: Target) -> frozenset[int]:
        """Return cells near a target that are enough, without what is not needed among them, many at once; or none."""
        near = list(target.group)
        for _ in range(_MOST_RINGS):
            near = sorted({*near, *self._beside(near)})
            if len(near) > _MOST_NEAR:
                break
            shown = [cell for cell in near if self._can_be_hidden(cell)]
            if shown and self._is_safe(target, shown):
                size = len(shown)
                while size := size // 2:
                    for start in range(0, len(shown), size)[::-1]:
                        without = shown[:start] + shown[start + size :]
                        if without and self._is_safe(target, without):
                            shown = without
                return frozenset(shown)
        return frozenset()

    def _beside(self, cells: Iterable[int]) -> set[int]:
        """Return the cells that share a relation with some."""
        relations = {relation for cell in cells for relation, _ in self._network.around(cell)}
        known = (self._network.known(relation) for relation in relations)
        return {cell for relation in known for cell in (*relation.parts, relation.total)}

    def _can_be_hidden(self, cell: int) -> bool:
        """Say whether a cell is shown, what it shows could be hidden, and no earlier release shows it.

        Of an earlier release nothing can be taken back. A value that no rule lets a hidden cell have stays shown.
        """
        if self._hidden[cell] or self._found.cells.low[cell] != self._found.solution[cell]:
            return False
        low, high, value = (int(ends[cell]) for ends in (self._limits.low, self._limits.high, self._found.solution))
        return bool(value >= low and (self._limits.endless[cell] or (value <= high and low < high)))

    def _shown_beside(self, cells: Iterable[int]) -> list[int]:
        shown = (cell for cell in self._beside(cells) if self._can_be_hidden(cell))
        return sorted(shown, key=lambda cell: (self._network.value(cell), cell))


class _Search:
    """Looks for other values of hidden cells, and of as few shown ones as possible, with which every relation holds.

    Of relations with cells that are ``unsolved`` it is not known that they hold to begin with: none of those is moved.
    """

    def __init__(
        self, network: Network, hidden: Mask, can_be_hidden: Callable[[int], bool], limits: Limits, unsolved: Mask
    ) -> None:
        self._network, self._hidden, self._limits = network, hidden, limits
        self._can_be_hidden, self._unsolved = can_be_hidden, unsolved if unsolved.any() else None
        self._trials = 0
        self._still: frozenset[int] = frozenset()
        self._short = False

    def cells(self, target: Target, moves: Iterable[Move], most: int = _MOST_CELLS) -> frozenset[int] | None:
        """Return the shown cells among those that have to move so that a target does, None where none were found."""
        starts = [move for move in moves if self._fits(move) and self._is_known(move.cell)]
        for budget in range(min(1, most), most + 1):
            self._short = False
            for move in starts:
                self._trials, self._still = 0, frozenset(target.group) - {move.cell}
                self._network.move(move)
                found = self._mend(budget)
                chosen = frozenset(cell for cell in self._network.moved if not self._hidden[cell])
                for cell, by in list(self._network.moved.items()):
                    self._network.undo(Move(cell, by))
                if found:
                    return chosen
            if not self._short:  # nothing was left out for want of cells to suppress: more of them change nothing
                return None
        return None

    def _mend(self, budget: int) -> bool:
        """Make every relation hold with moves of hidden cells and so many shown ones; they stay where that is done."""
        relation = self._network.broken()
        if relation is None:
            return True
        if len(self._network.moved) >= _MOST_MOVES:
            return False
        for move in sorted(islice(self._possible(relation, budget), _MOST_LOOKED_AT), key=self._rank)[:_BRANCHES]:
            self._trials += 1
            if self._trials > _MOST_TRIALS:
                return False
            self._network.move(move)
            if self._mend(budget - (0 if self._hidden[move.cell] else 1)):
                return True
            self._network.undo(move)
        return False

    def _possible(self, relation: int, budget: int) -> Iterator[Move]:
        for move in self._network.mending(relation):
            if move.cell in self._still or not self._fits(move) or not self._is_known(move.cell):
                continue
            if self._hidden[move.cell] or (budget and self._can_be_hidden(move.cell)):
                yield move
            elif not budget:
                self._short |= self._can_be_hidden(move.cell)

    def _fits(self, move: Move) -> bool:
        value, limits = self._network.value(move.cell) + move.by, self._limits
        return bool(value >= limits.low[move.cell] and (limits.endless[move.cell] or value <= limits.high[move.cell]))

    def _is_known(self, cell: int) -> bool:
        if self._unsolved is None:
            return True
        known = (self._network.known(relation) for relation, _ in self._network.around(cell))
        return not any(self._unsolved[[*relation.parts, relation.total]].any() for relation in known)

    def _rank(self, move: Move) -> tuple[int, bool, int, int]:
        """Return what makes a move better: it breaks little, hides nothing more, or then something small."""
        return self._network.breaks(move), not self._hidden[move.cell], self._network.value(move.cell), move.cell
