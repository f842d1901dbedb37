"""What is found in numbers, said in words: the observation by its key, what is wrong with it, what to do.

No value of a measure is quoted: where it must not be known, a report must not tell it either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.checks.integrity.observations import Found
from publisher.checks.integrity.terms import NUMBERS, UNNAMED, Terms, lexical
from publisher.checks.integrity.violation import NOT_ALL_COMPARED, Violation

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph

Words = Callable[[Terms, Found], str]


def violations_of(graph: Graph, found: Sequence[Found]) -> Iterator[Violation]:
    """Yield what was found, with the words for it."""
    keys = _keys(graph, found)
    terms = graph.terms
    measures = {row[0] for row in graph.rows("SELECT p FROM measure")}
    for item in found:
        if item.x in measures and item.rule in _OF_CODES:
            item = item._replace(y=None)
        data_set = None if item.data_set is None else terms.name(item.data_set)
        name = terms.shown(item.s)
        if item.rule == NOT_ALL_COMPARED:
            unsure = f"IC-{item.n}"
            yield Violation(item.rule, data_set, terms.name(item.s), (), _uncompared(unsure, name), 0, unsure)
            continue
        named = f"the observation {name}" if name != UNNAMED else f"an observation that is {name}"
        message = f"{named} {_MESSAGES[item.rule](terms, item)}"
        yield Violation(item.rule, data_set, terms.name(item.s), keys.get(item.s, ()), message, item.more)


def _shown(terms: Terms, number: int | None) -> str:
    return "a value" if number is None else terms.shown(number)


def _data_sets(terms: Terms, it: Found) -> str:
    how_many = f"is in {it.n} data sets" if it.n else "is in no data set"
    return f"{how_many}: give it exactly one qb:dataSet"


def _twins(terms: Terms, it: Found) -> str:
    other = _shown(terms, it.x)
    if not it.n:
        return f"and {other} have the same values in every dimension that both have a value for: complete them"
    others = f"{other} and {it.n - 2:,} more" if it.n > 2 else other
    return f"and {others} have the same values in every dimension: keep one of them"


def _uncompared(constraint: str, name: str) -> str:
    return (
        f"not all observations of {name} were compared for {constraint}: they lack dimensions in too many ways;"
        " give the missing dimensions first (IC-11), then ask again"
    )


def _beside(terms: Terms, it: Found) -> str:
    there = "1 observation is" if it.n == 1 else f"{'at least ' if it.y else ''}{it.n:,} observations are"
    return (
        f"is at a point of the cube where {there}, counted by qb:measureType, and the structure has {it.x} measures:"
        " there must be one observation for each measure"
    )


def _outside(terms: Terms, it: Found) -> str:
    has = f"has {_shown(terms, it.y)} in {_shown(terms, it.x)}, which"
    return f"{has} is not in the code list {_shown(terms, it.z)}: use one of its codes, or give the file that has it"


def _unreached(step: str) -> Words:
    def words(terms: Terms, it: Found) -> str:
        has = f"has {_shown(terms, it.y)} in {_shown(terms, it.x)}, which is not reached from a root of the code list"
        return (
            f"{has} {_shown(terms, it.z)} along {step}{_shown(terms, it.n)}: use one of its codes, or link the code"
            " to its parent"
        )

    return words


_OF_CODES = ("IC-19", "IC-20", "IC-21")
_MESSAGES: Mapping[str, Words] = {
    "IC-1": _data_sets,
    "IC-11": lambda terms, it: f"has no value for the dimension {_shown(terms, it.x)}: give it one",
    "IC-12": _twins,
    "IC-13": lambda terms, it: f"has no value for the required {_shown(terms, it.x)}: give it one",
    "IC-14": lambda terms, it: f"has no value for the measure {_shown(terms, it.x)}: give it one",
    "IC-15": lambda terms, it: f"is of the measure {_shown(terms, it.x)} and has no value for it: give it one",
    "IC-16": lambda terms, it: (
        f"is of the measure {_shown(terms, it.y)} and has a value for {_shown(terms, it.x)} too:"
        " give that an observation of its own"
    ),
    "IC-17": _beside,
    "IC-18": lambda terms, it: (
        f"is in the slice {_shown(terms, it.x)} and not in the data set of the slice: give it that qb:dataSet"
    ),
    "IC-19": _outside,
    "IC-20": _unreached(""),
    "IC-21": _unreached("the inverse of "),
}


def _keys(graph: Graph, found: Iterable[Found]) -> dict[int, tuple[str, ...]]:
    """Return the values of the dimensions of observations, in the order of their structure."""
    graph.table("wanted", {"s": sorted({item.s for item in found})})
    rows = graph.rows("""
        SELECT DISTINCT unit, s, p, o FROM wanted JOIN member USING (s) JOIN asked USING (unit)
        LEFT JOIN triple USING (s, p)
        WHERE is_dimension AND p NOT IN (SELECT p FROM measure) ORDER BY ALL""")
    values: dict[int, dict[int, str]] = defaultdict(dict)
    for _, s, p, o in rows:
        values[s].setdefault(p, "" if o is None else graph.terms.local(o))
    orders = _orders(graph)
    last = NUMBERS["MEASURE_TYPE"]
    return {
        s: tuple(of_one[p] for p in sorted(of_one, key=lambda p: (orders.get(p, 1 << 31), p == last, p)))
        for s, of_one in values.items()
        if any(of_one.values())
    }


def _orders(graph: Graph) -> dict[int, int]:
    """Return the ``qb:order`` of properties that have a number for it."""
    orders: dict[int, int] = {}
    for p, o in graph.rows("""
        SELECT DISTINCT property.o, place.o FROM triple AS property JOIN triple AS place ON place.s = property.s
        WHERE property.p = {PROPERTY} AND place.p = {ORDER} AND place.o < 0 ORDER BY ALL"""):
        word = lexical(graph.terms.text(o))
        if word.isdecimal() and len(word) < 10:
            orders.setdefault(p, int(word))
    return orders
