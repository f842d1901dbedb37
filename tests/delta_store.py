"""Simulated SDMX stores, and the two files of a delta (or one of all data) as the orders they give to one.

Written from the SDMX-CSV 2.0 field guide and the texts of ActionType in the schemas of SDMX-ML 3.0
and 3.1, and from nothing of the project: only the standard library and lxml read the files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

Key = tuple[str, ...]
Cells = dict[Key, dict[str, str]]
XML = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"


@dataclass
class Order:
    """One thing to do: ``key`` lacks what stands for anything, ``said`` are the other cells that are filled."""

    action: str
    key: dict[str, str]
    said: dict[str, str]


@dataclass
class Store:
    """Observations by key. One that ``merges`` leaves what a Replace does not say as it was."""

    key_ids: tuple[str, ...]
    merges: bool
    cells: Cells = field(default_factory=dict)

    def apply(self, orders: Iterable[Order]) -> Store:
        for order in orders:
            if order.action == "D":
                self._delete(order)
            else:
                assert order.action == "R"
                assert tuple(order.key) == self.key_ids
                key = tuple(order.key.values())
                old = self.cells.get(key, {}) if self.merges else {}
                self.cells[key] = old | order.said
        return self

    def _delete(self, order: Order) -> None:
        places = [self.key_ids.index(component) for component in order.key]
        wanted = tuple(order.key.values())
        for key in [key for key in self.cells if tuple(key[place] for place in places) == wanted]:
            if not order.said:
                del self.cells[key]
            for component in order.said:
                self.cells[key].pop(component, None)


def of_csv(path: Path, key_ids: tuple[str, ...]) -> list[Order]:
    """Read an SDMX-CSV 2.0 file: an empty cell says nothing."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row.pop("STRUCTURE"), row.pop("STRUCTURE_ID").partition(":")[1]) for row in rows} <= {("dataflow", ":")}
    return [_order(row.pop("ACTION"), row, key_ids) for row in rows]


def of_xml(path: Path, key_ids: tuple[str, ...]) -> list[Order]:
    """Read an SDMX-ML 3.0 message: what a data set, a series or an observation lacks stands for anything."""
    orders = []
    for data in etree.parse(path).getroot().findall(f"{{{XML}/message}}DataSet"):
        action = str(data.get(f"{{{XML}/data/structurespecific}}action"))[0]
        if action == "D" and not len(data):
            orders.append(Order("D", {}, {}))
        for series in data:
            key = _texts(series)
            if action == "D" and not len(series):
                orders.append(_order("D", key, key_ids))
            orders += [_order(action, key | _texts(observation), key_ids) for observation in series]
    return orders


def _order(action: str, row: dict[str, str], key_ids: tuple[str, ...]) -> Order:
    filled = {component: text for component, text in row.items() if text}
    key = {component: filled.pop(component) for component in key_ids if component in filled}
    return Order(action, key, filled)


def _texts(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.items()}
