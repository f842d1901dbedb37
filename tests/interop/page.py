"""``docs/interop.md``: which program reads which file, and what it loses, from the table that the tests hold true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .expectations import (
    ALWAYS,
    ASKED_FOR,
    FAULTS,
    MADE_UP,
    OBSERVATIONS,
    READERS,
    REFUSALS,
    REMARK,
    Fault,
    Refusal,
    faults_of,
    refusals_of,
    refuses,
)

_HEAD = """\
# Read by others

Every SDMX file of a release is read by programs that are not ours, and what each of them finds is compared with the
release, fact by fact:

- data: the dataflow and the action; every observation, its value as text (`NaN` where suppressed), its statuses, its
  other attributes, its unit, multiplier and decimals; where the file has labels, the names of components and codes in
  each language they are in;
- structures: names and descriptions in every language, codes and
  their parents, concepts, components in order with their representation and what attributes belong to, dataflows,
  constraints with their periods and counts, categories, provision agreements, contact, annotations.

The release is that of `nav-tilt140`, all its {observations:,} observations, and beside it a made-up one: its labels and
attributes hold quotes, angle brackets, ampersands, line breaks and characters beyond the first plane, and some of its
codes and numbers are digits only. `tests/test_interop.py` does this and holds every line here true, faults too: when a
reader changes, a test fails. `python -m tests.interop` prints this page.

✓ all is equal (of how many observations) · ◐ equal but for what is named · – cannot read it. What follows "hostile:"
is lost in the made-up release only. A number leads to its reason.

"""


def interop_page() -> str:
    """Return the text of docs/interop.md."""
    numbers = {id(reason): number for number, reason in enumerate((*REFUSALS, *FAULTS), 1)}
    head = _HEAD.format(observations=OBSERVATIONS)
    parts = [
        head,
        "## Files of every release\n\n",
        *_table(ALWAYS, numbers),
        "\n## Files that a definition can ask for\n\nCompared in the made-up release.\n\n",
        *_table(ASKED_FOR, numbers),
        "\n## Reasons\n\n",
        *(_reason(reason, numbers[id(reason)]) for reason in (*REFUSALS, *FAULTS)),
        f"\n{REMARK}\n",
    ]
    return "".join(parts)


def _table(files: Iterable[str], numbers: dict[int, int]) -> Iterator[str]:
    names = [f"{reader.name} {reader.version}" for reader in READERS.values()]
    yield f"| file | {' | '.join(names)} |\n|---{'|---' * len(names)}|\n"
    for file in files:
        cells = [_cell(reader, file, numbers) for reader in READERS]
        yield f"| `{file}` | {' | '.join(cells)} |\n"


def _cell(reader: str, file: str, numbers: dict[int, int]) -> str:
    """Return what a reader makes of a kind of file, in a few words."""
    refusals, faults = refusals_of(reader, file), faults_of(reader, file)
    if refuses(reader, file):
        return f"– {_marks(refusals, numbers)}"
    lost = [fault for fault in faults if not fault.equal]
    count = f" {OBSERVATIONS:,}" if file in ALWAYS and file.startswith("data-") else ""
    always = [fault for fault in lost if fault.shows != MADE_UP]
    hostile = [*refusals, *(fault for fault in lost if fault not in always)]
    parts = [f"◐{count} but for {_lost(always, numbers)}" if always else f"✓{count}"]
    parts += [_marks((fault for fault in faults if fault.equal), numbers)]
    parts += [f"hostile: {_lost(hostile, numbers)}"] if hostile else []
    return "; ".join(part for part in parts if part)


def _lost(reasons: Iterable[Fault | Refusal], numbers: dict[int, int]) -> str:
    return ", ".join(f"{reason.lost} {_marks([reason], numbers)}" for reason in reasons)


def _marks(reasons: Iterable[Fault | Refusal], numbers: dict[int, int]) -> str:
    return " ".join(f"[{numbers[id(reason)]}](#reasons)" for reason in reasons)


def _reason(reason: Fault | Refusal, number: int) -> str:
    return f"{number}. {reason.reader}: {reason.reason} ({reason.source})\n"
