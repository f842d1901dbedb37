"""A release that un-publishes: a store that holds the release before holds this one after its delta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from delta_fixture import BEFORE, FILES, KEYS, NOW, Made, V, changed, deltas, full, loaded, small, written
from delta_store import Order, of_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sdmx_data import TEXTS

from publisher.checks import sdmx_delta as check
from publisher.checks import sdmx_schema
from publisher.model import Code, Codelist, Dataset, SeriesAttribute

pytestmark = pytest.mark.slow

CELLS = st.tuples(
    st.none() | st.decimals(Decimal(-9), Decimal(9), places=2),
    st.sampled_from("AP"),
    st.none() | st.integers(0, 12),
    st.none() | st.sampled_from(["one", 'a "b", c']) | TEXTS,
)
EDITIONS = st.dictionaries(st.sampled_from(KEYS), CELLS)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDITIONS, EDITIONS)
def test_a_store_holds_the_new_release_after_the_delta(before: Made, now: Made) -> None:
    with TemporaryDirectory() as place:
        folder, subject = written(Path(place), before, now)
        assert check.run(subject).findings == ()
        assert check.run(replace(subject, previous={})).findings == ()
        assert sdmx_schema.valid_files(subject).findings == ()
        data = of_csv(folder / "data-2.0.csv", ("FREQ", "REF_AREA", "TIME_PERIOD"))
        expected = loaded(False, full(now))
        assert loaded(False, data) == expected
        found = deltas(folder)
        assert found["delta-2.0.csv"] == [*map(dashed, found["delta-3.0.xml"])]
        for orders, merges in product(found.values(), (True, False)):
            store_now = loaded(merges, full(before), orders)
            assert store_now == expected
            for key, (value, *_) in now.items():
                assert value is not None or store_now[key]["OBS_VALUE"] == "NaN"
            assert loaded(merges, full(before), orders, orders) == expected
            assert loaded(merges, full(before), orders[::-1]) == expected


def dashed(order: Order) -> Order:
    """Return an order as the table says it: what is deleted is a dash, and not any valid value."""
    return replace(order, said=dict.fromkeys(order.said, "-")) if order.action == "D" else order


def test_all_data_on_top_of_the_release_before_is_not_enough() -> None:
    """What is gone stays, and in a store that merges so does a remark that is gone."""
    for merges in (True, False):
        held = loaded(merges, full(BEFORE), full(NOW))
        assert held.keys() - loaded(merges, full(NOW)).keys() == {KEYS[4]}
        assert ("REMARK" in held[KEYS[0]]) == merges


def test_a_delta_says_what_changed_and_nothing_else(tmp_path: Path) -> None:
    folder, subject = written(tmp_path, BEFORE, NOW)
    assert check.run(subject).looked_at == "5 replaced and 2 deleted"
    lines = (folder / "delta-2.0.csv").read_text(encoding="utf-8").splitlines()
    assert lines == [
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,TIME_PERIOD,"
        "OBS_VALUE,OBS_STATUS,CONF_STATUS,MONTHS,REMARK,UNIT_MEASURE,UNIT_MULT,DECIMALS",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),D,Q,_T,2023-Q1,,,,,-,,,",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),D,Q,a2,2023-Q1,,,,,,,,",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,A,_T,2023,NaN,Q,A,3,,PER,0,2",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,A,a1,2023,5.50,A,F,9,new,PER,0,2",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,A,a2,2023,12.00,A,F,1,,PER,0,2",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,Q,_T,2023-Q1,12.00,A,F,,,PER,0,2",
        "dataflow,MADE_UP:DF_MU_BY_AREA(1.0),R,Q,a1,2023-Q1,12.00,A,F,,,PER,0,2",
    ]
    message = (folder / "delta-3.0.xml").read_text(encoding="utf-8")
    assert "<message:ID>MU_BY_AREA_2024-11_SINCE_2024-10-0</message:ID>" in message
    assert "<message:DataSetAction>" not in message
    assert '<Series FREQ="Q" REF_AREA="a2">\n<Obs TIME_PERIOD="2023-Q1"/>\n</Series>' in message
    assert message.index('ss:action="Delete"') < message.index('ss:action="Replace"')


def test_a_number_that_is_lost_is_deleted_with_one_that_is_valid(tmp_path: Path) -> None:
    folder, subject = written(tmp_path, {KEYS[0]: (V, "A", 3, None)}, {KEYS[0]: (V, "A", None, None)})
    assert '<Obs TIME_PERIOD="2023-Q1" MONTHS="0"/>' in (folder / "delta-3.0.xml").read_text(encoding="utf-8")
    assert [*check.run(subject).findings, *sdmx_schema.valid_files(subject).findings] == []


def test_nothing_changed_is_a_header_and_no_data_set(tmp_path: Path) -> None:
    """An empty data set with the action Delete would delete everything."""
    folder, subject = written(tmp_path, NOW, NOW)
    assert len((folder / "delta-2.0.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert "message:DataSet" not in (folder / "delta-3.0.xml").read_text(encoding="utf-8")
    assert deltas(folder) == {name: [] for name in FILES}
    assert [*check.run(subject).findings, *sdmx_schema.valid_files(subject).findings] == []


def test_a_cube_that_is_new_is_replaced_row_by_row(tmp_path: Path) -> None:
    folder, subject = written(tmp_path, None, NOW)
    for orders in deltas(folder).values():
        assert [order.action for order in orders] == ["R"] * len(NOW)
        assert loaded(True, orders) == loaded(True, full(NOW))
    message = (folder / "delta-3.0.xml").read_text(encoding="utf-8")
    assert "<message:DataSetAction>Replace</message:DataSetAction>" in message
    assert check.run(subject).findings == ()


def _without_code(dataset: Dataset, gone: str) -> Dataset:
    """Return the dataset with a code taken from the codelist of areas."""
    (cube,) = dataset.cubes
    old = cube.dimension("REF_AREA")
    assert old.codelist is not None
    codes = tuple(Code(code.id, code.name) for code in old.codelist.codes if code.id != gone)
    concept = replace(old.concept, codelist=Codelist(old.codelist.id, old.codelist.name, codes))
    dimensions = tuple(replace(d, concept=concept) if d.id == "REF_AREA" else d for d in cube.dimensions)
    return changed(dataset, dimensions=dimensions)


def _multiplied(dataset: Dataset) -> Dataset:
    unit, multiplier, decimals = dataset.cubes[0].series_attributes
    return changed(dataset, series_attributes=(unit, SeriesAttribute(multiplier.concept, "3"), decimals))


def _without_remark(dataset: Dataset) -> Dataset:
    return changed(dataset, attributes=dataset.cubes[0].attributes[:-1])


@pytest.mark.parametrize(
    "change", [lambda dataset: _without_code(dataset, "a2"), _multiplied, _without_remark], ids=["code", "unit", "text"]
)
def test_what_no_row_can_say_is_deleted_whole_and_written_again(
    tmp_path: Path, change: Callable[[Dataset], Dataset]
) -> None:
    """A Delete of a code that is gone would not be valid, and a new unit is said of rows that did not change."""
    dataset = change(small())
    now: Made = {key: (*cell[:3], None) for key, cell in NOW.items() if key[1] != "a2"}
    folder, subject = written(tmp_path, BEFORE, now, was=small(), dataset=dataset)
    expected = loaded(False, full(now, dataset))
    for orders, merges in product(deltas(folder).values(), (True, False)):
        assert (orders[0].action, orders[0].key, orders[0].said) == ("D", {}, {})
        assert loaded(merges, full(BEFORE), orders) == expected
    assert [*check.run(subject).findings, *sdmx_schema.valid_files(subject).findings] == []


def test_an_attribute_that_is_new_needs_no_more_than_the_rows_that_have_it(tmp_path: Path) -> None:
    before: Made = {key: (*cell[:3], None) for key, cell in BEFORE.items()}
    folder, subject = written(tmp_path, before, BEFORE, was=_without_remark(small()))
    for orders in deltas(folder).values():
        assert [tuple(order.key.values()) for order in orders] == [KEYS[0], KEYS[6]]
    assert check.run(subject).findings == ()
