"""What a terminal shows while a command works: the step, how far it is, the time, and that something moves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from publisher.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

Begin = Callable[[str], None]

_BAR = 24
# In a narrower terminal the bar gives its room to the name of the step.
_ROOM_FOR_BAR = 72
_PER_SECOND = 8


@contextmanager
def shown(steps: int | None, wanted: bool = True) -> Iterator[Begin]:
    """Show each step on standard error where that is a terminal; give the function to call at its begin.

    ``steps`` is how many there will be at most, None where nobody knows. Whatever ends the block, the
    line is gone afterwards, and the cursor is back.
    """
    console = _console() if wanted else None
    if console is None:
        yield lambda step: None
        return
    from publisher.release.workspace import undisturbed

    progress = _line(console, steps)
    task = progress.add_task("", total=steps, number=0)
    number = 0

    def begin(step: str) -> None:
        nonlocal number
        number += 1
        total = steps and max(steps, number)
        name = visible(step)
        progress.update(task, description=name, number=number, completed=number - 1, total=total, refresh=True)

    try:
        progress.start()
        yield begin
    finally:
        with undisturbed():
            progress.stop()


def _console() -> Console | None:
    """Return the terminal of standard error; None where it is none, cannot go back in a line, or is a log of CI."""
    if not sys.stderr.isatty() or os.environ.get("CI", "").casefold() not in ("", "0", "false"):
        return None
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    return console if console.is_interactive else None


def _line(console: Console, steps: int | None) -> Progress:
    """Return the line: what moves, the step as far as there is room, how far it is where that is known, the time."""
    from rich import progress
    from rich.table import Column

    room = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    bar = (progress.BarColumn(_BAR),) if console.width >= _ROOM_FOR_BAR else ()
    count = (progress.TextColumn("{task.fields[number]}/{task.total}"),)
    return progress.Progress(
        progress.SpinnerColumn("line"),
        progress.TextColumn("{task.description}", markup=False, table_column=room),
        *((*bar, *count) if steps is not None else ()),
        progress.TimeElapsedColumn(),
        console=console,
        refresh_per_second=_PER_SECOND,
        transient=True,
        redirect_stdout=False,  # what goes there is the answer, and may go to a file
        expand=True,
    )
