"""What the audit found, in words: where, from which relations it follows, and what to suppress so that it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.digests import text_digest
from publisher.errors import Finding
from publisher.quality.fault import lines
from publisher.quality.leaks import Kind, Leak
from publisher.quality.published import BEFORE, Published
from publisher.quality.relations import Place, Relations

# Of a long proof the first are told in words; programs find all of them in the properties.
_MOST_IN_WORDS = 3
_FINGERPRINT = 16


class Wording:
    """Says of cells where they stand and of relations what they relate; no value of a hidden cell is in any of it."""

    def __init__(self, facts: Published, relations: Sequence[Relations], files: Mapping[str, str]) -> None:
        """Keep what findings are about; ``files`` is how they call the source of each cube."""
        self._facts, self._relations, self._files = facts, relations, files

    def finding(self, kind: Kind, leak: Leak, proof: Sequence[Place], more: Sequence[int]) -> Finding:
        """Return a leak as a finding: what it follows from, and in ``more`` what to suppress so that it goes away."""
        if leak.absent is not None:
            return self._absent(kind, leak)
        assert leak.cell is not None, "a leak is of a cell or of a row"
        words = kind.sentence
        ranges = self._ranges(proof, leak.cell) if leak.target else []
        if proof or ranges:
            words += f": {self._proof(proof, ranges)}"
        if leak.target:
            words += (
                f"; suppress also {self._several(more)}" if more else "; no cells to suppress were found that would do"
            )
        properties: dict[str, Any] = {}
        if proof:
            properties["relations"] = [self._values(place) for place in proof]
        if ranges:
            properties["ranges"] = ranges
        if leak.target:
            properties["suppress"] = [self._cell(cell) for cell in more]
        cube = self._facts.cells.of(leak.cell).cube.id
        return Finding(
            kind.name,
            words,
            kind.severity,
            self._files.get(cube),
            int(self._facts.cells.lines[leak.cell]),
            cube,
            self._key(leak.cell),
            self.fingerprint(kind, leak),
            properties,
        )

    def fingerprint(self, kind: Kind, leak: Leak) -> str:
        """Return what knows a leak again: dataset, kind, cube and key, and the relation of a group; no value."""
        if leak.absent is not None:
            identity = [leak.absent[0].cube.id, leak.absent[1]]
        else:
            assert leak.cell is not None, "a leak is of a cell or of a row"
            identity = [self._facts.cells.of(leak.cell).cube.id, self._key(leak.cell)]
        if leak.place is not None:
            identity.append(self._relation_name(leak.place))
        return text_digest("\n".join((self._facts.dataset.id, kind.name, *identity)))[:_FINGERPRINT]

    def contradiction(self, places: Sequence[Place]) -> Finding:
        """Return that relations cannot all hold as a finding."""
        total = int(self._relations[places[0][0]].totals[places[0][1]])
        cube = self._facts.cells.of(total).cube.id
        ranges = self._ranges(places)
        words = f"no numbers in the place of the hidden cells fit all of this: {self._proof(places, ranges)}"
        properties: dict[str, Any] = {"relations": [self._values(place) for place in places]}
        if ranges:
            properties["ranges"] = ranges
        line = int(self._facts.cells.lines[total])
        return Finding(
            "contradiction", words, "error", self._files.get(cube), line, cube, self._key(total), None, properties
        )

    def name(self, cell: int) -> str:
        """Return how a cell is called, and where it stands."""
        cells = self._facts.cells
        where = lines(cells, [cell]) if cell < self._facts.count else "in the release before"
        return f"{cells.of(cell).cube.id} {self._key(cell)} ({where})"

    def _absent(self, kind: Kind, leak: Leak) -> Finding:
        assert leak.absent is not None, "a leak of a row has one"
        cube, key, missing, periods = leak.absent
        often = "in any period" if missing == periods else f"in {missing:,} of {periods:,} periods"
        words = f"{kind.sentence}, {often}: a reader may take it for zero"
        file, print_ = self._files.get(cube.cube.id), self.fingerprint(kind, leak)
        return Finding(kind.name, words, kind.severity, file, None, cube.cube.id, key, print_)

    def _proof(self, places: Sequence[Place], ranges: Sequence[str]) -> str:
        told = [self._relation(place) for place in places[:_MOST_IN_WORDS]]
        if (more := len(places) - _MOST_IN_WORDS) > 0:
            told.append(f"and {more:,} relations more")
        told += [f"within the range of rule '{rule}'" for rule in ranges]
        return "; ".join(told)

    def _ranges(self, places: Sequence[Place], *cells: int) -> list[str]:
        """Return the rules that narrow what the cells of relations, and some others, can be by themselves."""
        members = list(cells)
        for number, index in places if self._facts.ranges else ():
            item = self._relations[number]
            members += [*item.parts_of(index).tolist(), int(item.totals[index])]
        own = [cell for cell in members if cell < self._facts.count]
        return [rule for rule, narrowed in self._facts.ranges.items() if narrowed[own].any()]

    def _relation(self, place: Place) -> str:
        item, index = self._relations[place[0]], place[1]
        parts, total = item.parts_of(index).tolist(), int(item.totals[index])
        if item.rule.id == BEFORE:
            return f"{self.name(total)} stands in the release before too"
        if item.rule.kind == "identical":
            return f"{self.name(total)} is {self.name(parts[0])} (rule '{item.rule.id}')"
        where = f" on {lines(self._facts.cells, parts)}" if parts[0] < self._facts.count else ""
        if len(parts) == 1:
            relation = "adds up to" if item.rounding is None else "has the mean"
            return f"the only part{where} {relation} {self.name(total)} (rule '{item.rule.id}')"
        relation = "add up to" if item.rounding is None else "have the mean"
        return f"the {len(parts):,} parts{where} {relation} {self.name(total)} (rule '{item.rule.id}')"

    def _several(self, cells: Sequence[int]) -> str:
        return " and ".join(self.name(cell) for cell in cells)

    def _values(self, place: Place) -> dict[str, Any]:
        item, index = self._relations[place[0]], place[1]
        return {
            "rule": item.rule.id,
            "total": self._cell(int(item.totals[index])),
            "parts": [self._cell(part) for part in item.parts_of(index).tolist()],
        }

    def _cell(self, cell: int) -> dict[str, Any]:
        values: dict[str, Any] = {"cube": self._facts.cells.of(cell).cube.id, "key": self._key(cell)}
        if cell >= self._facts.count:
            values["release"] = "before"
        return values

    def _relation_name(self, place: Place) -> str:
        item, index = self._relations[place[0]], place[1]
        return " ".join((item.rule.id, *map(self._key, item.parts_of(index).tolist())))

    def _key(self, cell: int) -> str:
        return self._facts.cells.of(cell).key(cell)
