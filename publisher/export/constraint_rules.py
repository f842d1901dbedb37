"""The rule about constraints: every observation lies in what the constraints on its dataflow let be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from publisher import periods
from publisher.errors import Finding
from publisher.export.profile import Bundle
from publisher.export.structures import Region
from publisher.export.tables import Table, quoted
from publisher.model import FREQ


def constraint(bundle: Bundle, types: tuple[str, ...] = ("Allowed", "Actual")) -> Iterator[Finding]:
    """Yield observations outside of the cube regions of constraints of these types.

    Regions of one constraint are alternatives; a region that excludes takes its observations away.
    """
    for table in bundle.tables:
        by_constraint: dict[str, list[Region]] = defaultdict(list)
        for region in bundle.known.regions(table.flow):
            if region.type in types:
                by_constraint[region.constraint.key.id].append(region)
        for name, regions in by_constraint.items():
            yield from _outside(table, name, [region for region in regions if region.include])
            for region in regions:
                if not region.include:
                    parts = _parts(table, region)
                    condition = " AND ".join(sql for _, sql, _ in parts) or "false"
                    parameters = [values for _, _, values in parts]
                    yield from table.findings(condition, parameters, f"is excluded by {name}")


def _outside(table: Table, name: str, regions: list[Region]) -> Iterator[Finding]:
    """Yield what is in none of the regions; where there is one, by the component that is outside."""
    if len(regions) == 1:
        for component, condition, values in _parts(table, regions[0]):
            column = quoted(component)

            def word(code: str, component: str = component) -> str:
                return f"{component} '{code}' is outside of {name}"

            yield from table.findings(f"{column} <> '' AND NOT ({condition})", [values], word, column)
    elif regions:
        parts = [_parts(table, region) for region in regions]
        inside = " OR ".join("(" + (" AND ".join(sql for _, sql, _ in part) or "true") + ")" for part in parts)
        parameters = [values for part in parts for _, _, values in part]
        yield from table.findings(f"NOT ({inside})", parameters, f"is in no region of {name}")


def _parts(table: Table, region: Region) -> list[tuple[str, str, list[str]]]:
    """Return what a region asks of each component: the component, a condition, and the values it lists."""
    known = {component.id for component in table.dsd.components}
    parts = [(name, table.listed(name), sorted(values)) for name, values in region.values.items() if name in known]
    for name, (begin, end) in region.ranges.items():
        if {name, FREQ} <= known:
            parts.append((name, table.listed(name), _periods_between(table, name, begin, end)))
    return parts


def _periods_between(table: Table, time: str, begin: str | None, end: str | None) -> list[str]:
    """Return the periods of a table that lie between two days; those that are no period are left to another rule."""
    first, last = _days(begin)[0], _days(end)[1]
    inside: list[str] = []
    for frequency, said, _ in table.distinct(FREQ, time):
        if not (frequency and said and periods.belongs(frequency, said)):
            inside.append(said or "")
            continue
        begins, ends = periods.bounds(frequency, said)
        if first <= begins and ends <= last:
            inside.append(said)
    return inside


def _days(said: str | None) -> tuple[date, date]:
    """Return the first and last day of a period or point in time of any frequency; all days where none is said."""
    for frequency in periods.FREQUENCIES:
        if said and periods.belongs(frequency, said[:10]):
            return periods.bounds(frequency, said[:10])
    return date.min, date.max
