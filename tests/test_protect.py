"""What the audit asks to suppress, held against the audit of random small systems made again."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from disclosure_oracle import Published, made

from publisher.quality.disclosure import Disclosed, disclosed
from publisher.quality.protect import Protection, Target
from publisher.quality.values import Limits, limits_of


def _free(it: Published) -> Limits:
    cells = it.cells()
    every = np.ones(len(cells.hidden), dtype=bool)
    return limits_of(it.ranges, replace(cells, hidden=every, low=np.zeros_like(cells.low), unbounded=True))


def _with(it: Published, more: tuple[int, ...]) -> Disclosed:
    """Return what can be computed with more cells suppressed, of any size."""
    cells = it.cells()
    hidden = cells.hidden.copy()
    hidden[list(more)] = True
    again = replace(cells, hidden=hidden, low=np.where(hidden, 0, cells.low), unbounded=True)
    return disclosed(again, it.relations(), limits_of(it.ranges, again))


@pytest.mark.slow
def test_what_is_suppressed_protects_and_none_of_it_is_needless() -> None:
    targets = protected = several = 0
    for seed in range(120):
        it = made(Random(seed), most=3, ranges=seed % 3 == 0)
        cells, relations = it.cells(), it.relations()
        found = disclosed(cells, relations, limits_of(it.ranges, cells))
        if found.contradictions or any(item.violated(cells).any() for item in relations):
            continue
        protection = Protection(found, _free(it))
        for cell in np.nonzero(found.exact)[0].tolist():
            more = protection.cells(Target((cell,)))
            targets += 1
            protected += bool(more)
            several += len(more) > 1
            if more:
                again = _with(it, more)
                assert not again.contradictions, (seed, cell, more)
                assert not again.exact[cell], (seed, cell, more)
            if len(more) > 1:
                for one in more:
                    without = _with(it, tuple(other for other in more if other != one))
                    assert without.exact[cell], (seed, cell, more, one)
    assert protected > 0.9 * targets > 50
    assert several > 2
