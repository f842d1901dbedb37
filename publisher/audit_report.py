"""What an audit says, in a few lines for a person, as plain values for a program, and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from publisher import audit_page
from publisher.auditing import Examined, counts, revealed
from publisher.quality.audit import Audited
from publisher.reports import Report


def of_audit(examined: Sequence[Examined], reveal: bool = False) -> Report:
    """Return the report of ``publisher audit``; the figures of one dataset stand at the top, of several in a list."""
    findings = [finding for one in examined for finding in one.findings]
    exit_code = 1 if any(finding.severity == "error" for finding in findings) else 0
    values = [_values(one, reveal) for one in examined]
    summary = {
        "command": "audit",
        "exit_code": exit_code,
        **(values[0] if len(values) == 1 else {"datasets": values}),
    }
    text = "\n".join(_text(one, reveal) for one in examined)
    details = "\n".join(f"  {item}" for item in findings if item.severity == "information")
    page = lambda: audit_page.page(examined, reveal)  # noqa: E731
    return Report(summary, findings, text, details, exit_code, page=page)


def in_a_line(audited: Audited) -> str:
    """Return how much of what is hidden can be computed."""
    counted = counts(audited)
    exact = sum(counted["exact"].values())
    return f"{counted['hidden']:,} hidden cells, of which a reader can compute {exact:,}"


def _values(one: Examined, reveal: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "dataset": one.dataset.id,
        "edition": one.edition,
        "source": one.shown,
        "profile": one.profile,
    }
    if one.audited is not None:
        values |= counts(one.audited)
        values |= {"accepted": one.audited.accepted, "gone": len(one.gone)}
        if one.audited.suggested is not None:
            values["suggest"] = [_cell(one.audited, cell) for cell in one.audited.suggested]
        if reveal:
            values["cells"] = revealed(one.audited)
    values["seconds"] = round(one.seconds, 3)
    return values


def _cell(audited: Audited, cell: int) -> dict[str, Any]:
    cube = audited.facts.cells.of(cell)
    return {"cube": cube.cube.id, "key": cube.key(cell), "line": int(audited.facts.cells.lines[cell])}


def _text(one: Examined, reveal: bool) -> str:
    head = f"{one.dataset.id} (edition {one.edition}), profile {one.profile}"
    if one.audited is None:
        return f"{head}\n  hidden   nothing: the definition has no [suppression]"
    audited, counted = one.audited, counts(one.audited)
    relations = counted["relations"].values()
    count, hidden = (sum(item[name] for item in relations) for name in ("count", "with_hidden"))
    lines = [
        head,
        f"  read     {one.shown}: {count:,} relations, {hidden:,} with hidden cells, in {one.seconds:.2f} s",
        f"  hidden   {counted['hidden']:,} cells{_widths(counted['width'])}",
        f"  exact    {sum(counted['exact'].values()):,} can be computed: {counted['exact']['zero']:,} zero,"
        f" {counted['exact']['positive']:,} positive",
        *_table(counted["by_cube"]),
        f"  averages {counted['averages']['hidden']:,} hidden, {counted['averages']['exact']:,} can be computed",
        f"  groups   {audited.groups:,} sums of hidden cells are printed that are below the threshold",
    ]
    if counted["inexact"]:
        lines.append(f"  inexact  {counted['inexact']:,} cells, of which outer bounds are known only")
    if audited.accepted or one.gone:
        lines.append(f"  baseline {audited.accepted:,} findings accepted, {len(one.gone):,} of it not found any more")
    if audited.suggested is not None:
        lines.append(f'  suppress {len(audited.suggested):,} cells more together, with secondary = "present"')
        lines += (f"             {_named(audited, cell)}" for cell in audited.suggested)
    if reveal:
        lines.append("  cells    what each hidden cell can be")
        lines += (
            f"             {cell['cube']} {'.'.join(cell['key'].values())}: {_between(cell)}"
            for cell in revealed(audited)
        )
    return "\n".join(lines)


def _widths(width: dict[str, int]) -> str:
    """Return how many cells have how many possible values."""
    told = []
    for size, count in width.items():
        several = "without an end" if size == "unbounded" else f"with {int(size) + 1:,} possible values"
        told.append(f"{count:,} {several if size != '0' else 'with 1 possible value'}")
    return f": {', '.join(told)}" if told else ""


def _table(by_cube: dict[str, dict[str, int]]) -> list[str]:
    size = max(map(len, by_cube), default=0)
    return [
        f"             {cube:<{size}}  {counted['hidden']:>7,} hidden  {counted['exact']:>7,} exact"
        for cube, counted in by_cube.items()
    ]


def _named(audited: Audited, cell: int) -> str:
    named = _cell(audited, cell)
    return f"{named['cube']} {named['key']} (line {named['line']})"


def _between(cell: dict[str, Any]) -> str:
    if cell["high"] is None:
        return f"{cell['low']} or more"
    return f"{cell['low']}" if cell["low"] == cell["high"] else f"{cell['low']} to {cell['high']}"
