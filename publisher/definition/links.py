"""What a line of a codelist says of its code elsewhere: counterparts, notations in other systems, its last day.

Source: SKOS Reference, section 10: an exact match is no broader, narrower or related one, and exact
matches are transitive, so two codes of a list with the same one would be the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import unquote

from publisher.definition import labels, patterns
from publisher.model import MATCH_KINDS, Code, Match, MatchKind, NotationSystem

NOTATION = "notation_"
VALID_THROUGH = "valid_through"
MATCH_COLUMNS: Mapping[str, MatchKind] = {f"{kind}_match": kind for kind in MATCH_KINDS}

Record = Mapping[str, str]
Fault = Callable[[str, str], None]
"""Notes what is wrong with a line: the rule, and the sentence."""


def matches(record: Record, fault: Fault, own: Sequence[str] = ()) -> Iterator[Match]:
    """Yield the counterparts of a code; an IRI that is none, is of two kinds, or is of the list itself, is noted.

    ``own`` is what the IRIs of the list's codes begin with, as in ``https://…/code/CL_AREA/``.
    """
    kinds: dict[str, str] = {}
    for column, kind in MATCH_COLUMNS.items():
        for iri in record.get(column, "").split():
            if not patterns.IRI.fullmatch(iri):
                fault("iri", f"{column} '{iri}' is no absolute IRI")
            elif unquote(iri).startswith(tuple(map(unquote, own))):
                fault("match", f"{column} '{iri}' is a code of this codelist: a match is with another list's")
            elif iri in kinds:
                fault("match", f"{column} '{iri}' stands in {kinds[iri]} already: keep one")
            else:
                kinds[iri] = column
                yield Match(kind, iri)


def notations(record: Record, systems: Mapping[str, NotationSystem], fault: Fault) -> Iterator[tuple[str, str]]:
    """Yield (system, code there) of a code."""
    for system in systems:
        if notation := record.get(NOTATION + system):
            if wrong := labels.fault(notation):
                fault("label", f"{NOTATION}{system} of code '{record.get('code')}' {wrong}")
            else:
                yield system, notation


def valid_through(record: Record, fault: Fault) -> date | None:
    """Return the last day of a code that has ended, or None."""
    cell = record.get(VALID_THROUGH)
    day = day_of(cell) if cell else None
    if cell and day is None:
        fault("date", f"{VALID_THROUGH} '{cell}' is no day, as in 2023-12-31")
    return day


def day_of(words: str) -> date | None:
    """Return the day that words such as ``2023-12-31`` name, or None."""
    if not patterns.DAY.fullmatch(words):
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def shared(codes: Mapping[str, Code]) -> Iterator[tuple[str, str, str]]:
    """Yield (code, rule, sentence) where a code has the exact match or the notation of one before it."""
    seen: dict[tuple[str, str], str] = {}
    for code in codes.values():
        exact = (("exact_match", match.iri) for match in code.matches if match.kind == "exact")
        for column, value in (*exact, *((NOTATION + system, value) for system, value in code.notations)):
            if (other := seen.setdefault((column, value), code.id)) != code.id:
                yield code.id, "match", f"{column} '{value}' of '{code.id}' is that of '{other}' already: keep one"
