"""The audit's bounds of hidden cells are those that one finds by trying every number in the place of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from disclosure_oracle import Ends, One, Published, made, range_of, subsets
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from publisher.quality import solver
from publisher.quality.disclosure import Disclosed, disclose
from publisher.quality.program import LARGEST
from publisher.quality.relations import Place
from publisher.rules import ROUNDINGS, Rounding

# The same examples in every run; a reader of a failure sees the smallest.
FEW, MANY = (
    settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=count,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    for count in (15, 400)
)


def drawn(most: int | None = 3, wrong: bool = False, ranges: bool = False) -> st.SearchStrategy[Published]:
    return st.builds(made, st.randoms(use_true_random=False), st.just(most), st.just(wrong), st.just(ranges))


def disclosed_of(it: Published) -> Disclosed:
    return disclose(it.cells(), it.relations(), it.ranges)


def check(it: Published) -> Disclosed:
    """Compare all that is said of what is published with every completion of it."""
    found = disclosed_of(it)
    places = it.places()
    assert bool(found.contradictions) == (not it.possible(places.values()))
    for contradiction in found.contradictions:
        assert set(contradiction) <= set(places)
        check_irreducible(it, [places[place] for place in contradiction])
    left_out = {place for contradiction in found.contradictions for place in contradiction}
    rest = {place: one for place, one in places.items() if place not in left_out}
    check_bounds(it, found, it.bounds(rest.values()))
    check_ends(it, found, rest.values())
    check_solution(it, found, rest.values())
    check_proofs(it, found, rest)
    return found


def check_irreducible(it: Published, ones: Sequence[One]) -> None:
    assert not it.possible(ones)
    for without in subsets(ones):
        assert it.possible(without)


def check_bounds(it: Published, found: Disclosed, bounds: Ends) -> None:
    assert not found.inexact.any()
    for cell in it.hidden:
        low, high = bounds[cell]
        assert (cell, int(found.low[cell])) == (cell, low)
        if not found.endless[cell]:
            assert (cell, int(found.high[cell])) == (cell, high)
        assert bool(found.exact[cell]) == (low == high and not found.endless[cell])


def check_ends(it: Published, found: Disclosed, ones: Collection[One]) -> None:
    """Compare what has no end with what grows when greater numbers are tried."""
    if it.most is not None:
        assert not found.endless.any()
        return
    before, after = it.bounds(ones), replace(it, cap=it.cap + 8).bounds(ones)
    for cell in it.hidden:
        assert bool(found.endless[cell]) == (before[cell][1] < after[cell][1]), cell


def check_solution(it: Published, found: Disclosed, ones: Collection[One]) -> None:
    for cell, value in enumerate(it.values):
        if value is None:
            assert found.low[cell] <= found.solution[cell]
            assert found.endless[cell] or found.solution[cell] <= found.high[cell]
        else:
            assert found.solution[cell] == value
    for one in ones:
        assert one.holds(lambda cell: found.solution[cell : cell + 1]).all(), one


def check_proofs(it: Published, found: Disclosed, places: Mapping[Place, One]) -> None:
    """Compare the bounds of each cell with those that follow from the relations of its proof alone."""
    for cell in it.hidden:
        proof = found.proofs.of(cell)
        assert set(proof) <= set(places)
        low, high = it.bounds([places[place] for place in proof])[cell]
        assert (cell, int(found.low[cell])) == (cell, low)
        assert found.endless[cell] or (cell, int(found.high[cell])) == (cell, high)


@FEW
@given(drawn())
def test_tables_with_margins_repeated_figures_and_means_have_the_bounds_of_brute_force(it: Published) -> None:
    assert not check(it).contradictions


@pytest.mark.slow
@MANY
@given(drawn())
def test_many_tables_have_the_bounds_of_brute_force(it: Published) -> None:
    assert not check(it).contradictions


@FEW
@given(drawn(wrong=True))
def test_figures_contradict_each_other_where_no_completion_is_left(it: Published) -> None:
    check(it)


@pytest.mark.slow
@MANY
@given(drawn(wrong=True))
def test_many_figures_contradict_each_other_where_no_completion_is_left(it: Published) -> None:
    check(it)


@FEW
@given(drawn(ranges=True))
def test_ranges_narrow_the_bounds_as_in_brute_force(it: Published) -> None:
    check(it)


@pytest.mark.slow
@MANY
@given(drawn(wrong=True, ranges=True))
def test_many_ranges_narrow_the_bounds_as_in_brute_force(it: Published) -> None:
    check(it)


@pytest.mark.slow
@MANY
@given(drawn(most=None))
def test_cells_of_any_size_have_the_ends_of_brute_force(it: Published) -> None:
    assume(max(value or 0 for value in it.values) < it.cap)
    assert not check(it).contradictions


def summed(parts: Sequence[int], total: int) -> One:
    return One(tuple(parts), total)


def same(one: int, other: int) -> One:
    return One((one,), other)


def test_row_and_column_sums_of_a_block_leave_its_third_column_nothing() -> None:
    block = np.arange(6).reshape(2, 3)
    rows = [summed(line, 6) for line in block.tolist()]
    columns = [summed(block[:, 0].tolist(), 6), summed(block[:, 1].tolist(), 6), summed(block[:, 2].tolist(), 7)]
    found = check(Published((None,) * 6 + (3, None), (tuple(rows), tuple(columns))))
    assert np.nonzero(found.exact)[0].tolist() == [2, 5, 7]
    assert found.low[[0, 1, 3, 4]].tolist() == [0] * 4
    assert found.high[[0, 1, 3, 4]].tolist() == [3] * 4


def test_two_odd_cycles_have_less_than_linear_programming_says() -> None:
    # Of x, y, z no two can be 1 at once, so that each cycle adds 1 at most; halves would make it 1.5, and both 3.
    pairs = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    ones = [summed((*pair, 6 + place), 13) for place, pair in enumerate(pairs)]
    found = check(Published((None,) * 13 + (1,), (tuple(ones), (summed(range(6), 12),))))
    assert (found.low[12], found.high[12]) == (0, 2)


def test_hidden_cells_that_are_the_same_figure_have_the_same_bounds() -> None:
    pairs = (same(1, 0), same(2, 1), same(3, 1), same(4, 0))
    found = check(Published((None,) * 6 + (5,), (pairs, (summed((4, 5), 6),))))
    assert [(int(found.low[cell]), int(found.high[cell])) for cell in range(5)] == [(2, 3)] * 5
    assert found.proofs.of(3) == ((0, 0), (0, 2), (0, 3), (1, 0))


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("unit", [1, 10])
@pytest.mark.parametrize("mean", [None, 0, 1, 2, 3, 10])
def test_a_mean_has_the_bounds_of_brute_force(rounding: Rounding, unit: int, mean: int | None) -> None:
    one, three = One((0, 1), 2, rounding, unit), One((0, 3, 4), 5, rounding, unit)
    check(Published((None, None, mean), ((one,),)))
    for total in (3, 4, 5):
        # The mean is part of a sum; beside it another mean of the same parts and more, the same figure or not.
        ones = ((one,), (three,), (summed((2, 6), 7),))
        check(Published((None, None, mean, None, 2, None, None, total), ones))
        check(Published((None, None, mean, None, 2, None, None, total), (*ones, (same(5, 2),))))
        check(Published((None, None, mean, None, 2, None, None, total), (*ones, (summed((0, 1), 7),))))


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("most", [3, None])
def test_a_mean_may_be_the_same_figure_as_one_of_its_parts(rounding: Rounding, most: int | None) -> None:
    check(Published((None, None), ((One((0,), 1, rounding),), (same(0, 1),)), most))
    check(Published((None,) * 4 + (5,), ((One((0, 1, 2), 3, rounding),), (same(1, 3),), (summed((0, 3), 4),)), most))


def test_a_mean_of_cells_of_any_size_has_an_end_where_its_parts_have() -> None:
    tens = One((0, 1), 2, "up", 10)
    found = check(Published((None,) * 3 + (8, None), ((tens,), (summed((0, 1), 3),)), None))
    assert (found.low[2], found.high[2], found.exact[2]) == (10, 10, True)
    assert found.endless.tolist() == [False] * 4 + [True]


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_mean_in_tens_of_cells_of_any_size_goes_on_for_ever(rounding: Rounding) -> None:
    one = One((0, 1), 2, rounding, 10)
    for ones in (((one,),), ((one,), (summed((2, 3), 4),))):
        found = disclosed_of(Published((None,) * 5, ones, None))
        assert found.endless.tolist() == [True] * 5
        assert found.low.tolist() == [0] * 5


def test_numbers_with_decimals_are_reckoned_in_units_of_the_last() -> None:
    mean = One((0, 1), 2, "half even", 10)
    found = check(Published((None, None, 130), ((mean,),), 299, (range_of("0.555", "1.25", 0),), 2))
    assert (found.low[0], found.high[0]) == (56, 125)
    assert (found.low[1], found.high[1]) == (126, 213)


BIG = 10**30


@pytest.mark.parametrize(
    "it",
    [
        Published((None, None, 3, BIG), ((summed((0, 1), 2),),)),
        Published((None, BIG, BIG + 2, None, 3), ((summed((0, 1), 2), summed((0, 3), 4)),)),
        Published((None, None, 1 << 62, (1 << 62) + 2), ((summed((0, 1, 2), 3),),)),
        Published((None, None, 1 << 63, (1 << 63) + 2), ((summed((0, 1, 2), 3),),)),
        Published((None, None, None, BIG, BIG + 3), ((summed((0, 1, 3), 4), summed((1, 2, 3), 4)), (same(0, 2),))),
        Published((None, None, 3 * BIG + 1, BIG), ((One((0, 1, 2), 3, "half up"),),)),
        Published((None, None, 3 * BIG + 1, BIG), ((One((0, 1, 2), 3, "down"),), (summed((0, 3), 3),))),
    ],
)
def test_numbers_beyond_those_of_the_machine_are_exact(it: Published) -> None:
    check(it)


def test_great_cells_of_any_size_are_exact_as_far_as_reals_tell_numbers_apart() -> None:
    pairs = (summed((0, 1), 3), summed((1, 2), 4), summed((0, 2), 5))
    for size in (1 << 41, 1 << 44, 1 << 48, 1 << 53, 1 << 62, BIG):
        it = Published((None, None, None, 2 * size, 2 * size + 1, 2 * size + 1), (pairs,), None)
        found = disclosed_of(it)
        if size < LARGEST:
            assert found.low.tolist() == found.high.tolist() == [size, size, size + 1, *it.values[3:]]
            assert found.exact[:3].all()
        else:
            assert found.inexact[:3].all()
            assert (found.low[:3] <= size).all()
            assert (found.high[:3] > size).all()


def test_great_cells_of_any_size_contradict_each_other_by_one() -> None:
    pairs = (summed((0, 1), 3), summed((1, 2), 4), summed((0, 2), 5))
    for size in (1 << 41, 1 << 44, 1 << 48):
        it = Published((None, None, None, 2 * size, 2 * size, 2 * size + 1), (pairs,), None)
        assert disclosed_of(it).contradictions == (((0, 0), (0, 1), (0, 2)),)


def test_a_circle_of_great_cells_is_no_contradiction() -> None:
    circle = (summed((0, 1), 4), summed((1, 2), 5), summed((2, 3), 6), summed((3, 0), 7))
    for size in (1, 10**6, 10**12, 10**16, 10**20, BIG):
        found = disclosed_of(Published((None,) * 4 + (5 * size, 4 * size, 3 * size, 4 * size), (circle,), None))
        assert not found.contradictions
        for cell, least in enumerate((size, size, 0, 0)):
            assert found.inexact[cell] or (found.low[cell], found.high[cell]) == (least, least + 3 * size)
            assert found.low[cell] <= least < least + 3 * size <= found.high[cell]


def test_a_sum_of_great_cells_has_the_end_that_they_have() -> None:
    size = 1 << 43
    it = Published((None,) * 4 + (size,), ((same(0, 4), same(1, 4), same(2, 4)), (summed((0, 1, 2), 3),)), None)
    found = disclosed_of(it)
    assert (found.low[3], found.high[3], found.exact[3]) == (3 * size, 3 * size, True)


@pytest.mark.parametrize("length", [50, 200, 201, 202])
def test_cells_that_follow_one_from_the_other_are_all_exact(length: int) -> None:
    # The first is 1, and of the others each adds up to 2 with the one before.
    steps = [summed((place, place + 1), length + 1) for place in range(length - 1)]
    found = disclosed_of(Published((None,) * length + (1, 2), ((same(0, length), *steps),)))
    assert found.exact[:length].all()
    assert found.low[:length].tolist() == [1] * length


@pytest.mark.parametrize(
    "it",
    [
        Published((None, 1, None), ((summed((0, 1), 2),), (same(0, 2),))),
        Published((None, 1, None), ((same(0, 2),), (summed((0, 1), 2),)), None),
        Published((None, None, 2, 3), ((same(0, 1),), (summed((0, 2), 3), summed((1, 3), 3)))),
        Published((None, None, None, 5, 1), ((summed((0, 1), 3), summed((0, 2), 4)), (same(1, 2),))),
        Published((None, None, None, 2, 3), ((summed((0, 1), 3), summed((0, 2), 4)), (same(1, 2),))),
        Published((None,) * 4 + (2, 3), ((summed((0, 1), 4), summed((2, 3), 5)), (same(0, 2), same(1, 3), same(0, 3)))),
        Published((None, None), ((same(0, 1),),), 3, (range_of("0", "1", 0), range_of("2", "3", 1))),
        Published((None,) * 3, ((same(0, 1), same(1, 2)),), 3, (range_of("0", "1", 0), range_of("2", "3", 2))),
        Published((None,) * 3, ((One((0, 1), 2, "up", 10),),), 3, (range_of("1", None, 2),)),
        Published((None,) * 5, ((One((0, 1), 2, "up", 10),), (summed((2, 3), 4),)), 3, (range_of("1", None, 2),)),
        Published((None, 2), ((One((0,), 1, "down"),),), 3, (range_of("0", "1", 0),)),
    ],
)
def test_figures_that_contradict_each_other_are_found_and_none_too_many(it: Published) -> None:
    assert check(it).contradictions


def test_what_is_the_same_figure_as_another_has_the_range_of_the_other() -> None:
    found = check(Published((None, None), ((same(0, 1),),), 3, (range_of("1", "2", 0),)))
    assert (found.low[1], found.high[1]) == (1, 2)
    assert found.proofs.of(1) == ((0, 0),)


def test_nothing_that_is_known_of_a_cell_is_nothing_at_all_however_much_contradicts_itself() -> None:
    ones = tuple(summed((2 * place, 2 * place + 1), 60 + which) for place in range(30) for which in (0, 1))
    found = disclosed_of(Published((None,) * 60 + (1, 2), (ones,)))
    assert len(found.contradictions) >= 20
    assert (found.low <= found.high).all()


@pytest.mark.parametrize(
    "it",
    [
        Published((), ()),
        Published((1, 2, 3), ()),
        Published((None, 2, None), ()),
        Published((1, 2, 3), ((summed((0, 1), 2),),)),
        Published((1, 2, 4), ((summed((0, 1), 2),),)),
        Published((None, 2, 7), ((summed((0, 1), 2),),)),
    ],
)
def test_where_nothing_is_hidden_or_said_nothing_more_is_known(it: Published) -> None:
    check(it)


@FEW
@given(drawn())
def test_past_the_limit_of_size_bounds_contain_the_exact_ones_and_say_that_they_may_be_wider(it: Published) -> None:
    places = it.places()
    exact = it.bounds(places.values())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solver, "MOST_UNKNOWNS", 1)
        found = disclosed_of(it)
    for cell, (low, high) in exact.items():
        assert found.low[cell] <= low <= high <= found.high[cell]
        assert found.inexact[cell] or (found.low[cell], found.high[cell]) == (low, high)
        proven = it.bounds([places[place] for place in found.proofs.of(cell)])[cell]
        assert found.low[cell] <= proven[0] <= proven[1] <= found.high[cell]


def test_past_the_limit_of_size_a_block_is_inexact(monkeypatch: pytest.MonkeyPatch) -> None:
    block = np.arange(6).reshape(2, 3)
    ones = [*(summed(line, 6) for line in block.tolist()), *(summed(block[:, at].tolist(), 6) for at in (0, 1))]
    it = Published((None,) * 6 + (3,), (tuple(ones),))
    assert not disclosed_of(it).inexact.any()
    monkeypatch.setattr(solver, "MOST_UNKNOWNS", 5)
    found = disclosed_of(it)
    assert found.inexact[:6].all()
    assert found.high[:6].tolist() == [3] * 6
    monkeypatch.setattr(solver, "MOST_UNKNOWNS", 6)
    assert not disclosed_of(it).inexact.any()


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    test_two_odd_cycles_have_less_than_linear_programming_says()
    test_row_and_column_sums_of_a_block_leave_its_third_column_nothing()
    assert capfd.readouterr() == ("", "")
