"""What the sheets of a workbook are called: 31 characters at most, each name once whatever its case."""

from __future__ import annotations

import re

_LONGEST = 31
# Characters that no name of a sheet has, and the name that Excel keeps for itself.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED = frozenset(("history",))


def sheet_names(*wanted: str) -> list[str]:
    """Return a name for each sheet, in order: the wanted one, cut and numbered where it cannot be."""
    names: list[str] = []
    taken = set(_RESERVED)
    for want in wanted:
        plain = _FORBIDDEN.sub("-", want).strip("' ") or "-"
        name, number = plain[:_LONGEST], 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain[: _LONGEST - len(str(number)) - 1]}~{number}"
        taken.add(name.casefold())
        names.append(name)
    return names
