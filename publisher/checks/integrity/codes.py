"""The constraints on codes, IC-19 to IC-21: every value of a dimension is in its code lists.

Source: The RDF Data Cube Vocabulary (W3C 2014), section 11. As the official queries do, a list is asked
only where the graph says which kind it is; one that is said to be a concept scheme and whose concepts are
in none of the files has no codes. IC-20 and IC-21 are asked of a hierarchical list along the properties that
the list itself names, as the prose of the constraints says; the queries take those of every list of the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.checks.integrity.observations import Found, listed

if TYPE_CHECKING:
    from publisher.checks.integrity.graph import Graph

Edges = Mapping[int, list[int]]
# (list, code, property that was followed)
Wrong = tuple[int, int, int | None]

_LISTS = """
    CREATE TABLE code_list AS
    SELECT DISTINCT triple.s AS p, triple.o AS list, kind.o AS kind FROM triple
    JOIN triple AS kind ON kind.s = triple.o AND kind.p = {TYPE}
        AND kind.o IN ({SCHEME_CLASS}, {COLLECTION_CLASS}, {HIERARCHY_CLASS})
    WHERE triple.p = {CODE_LIST} AND triple.s IN (SELECT p FROM asked WHERE is_dimension)"""

_USED = """
    CREATE TABLE used AS
    SELECT DISTINCT unit, p, o FROM triple JOIN member USING (s) JOIN asked USING (unit, p)
    WHERE is_dimension AND p IN (SELECT p FROM code_list)"""

_CONCEPTS = "SELECT s FROM triple WHERE p = {TYPE} AND o = {CONCEPT_CLASS}"

_NOT_IN_SCHEME = f"""
    SELECT DISTINCT list, o, NULL FROM used JOIN code_list USING (p)
    WHERE kind = {{SCHEME_CLASS}} AND NOT (
        o IN ({_CONCEPTS}) AND EXISTS (
            SELECT 1 FROM triple WHERE triple.p = {{IN_SCHEME}} AND triple.s = used.o AND triple.o = code_list.list
        )
    )"""


def of_codes(graph: Graph) -> Iterator[Found]:
    """Yield values of dimensions that are in no code list. The tables of ``observed`` are there."""
    graph.run(_LISTS)
    graph.run(_USED)
    yield from _said(graph, "IC-19", "SCHEME", graph.rows(_NOT_IN_SCHEME))
    yield from _said(graph, "IC-19", "COLLECTION", _outside_collections(graph))
    forwards, backwards = _properties(graph)
    yield from _said(graph, "IC-20", "HIERARCHY", _outside_hierarchies(graph, forwards, "s, o"))
    yield from _said(graph, "IC-21", "HIERARCHY", _outside_hierarchies(graph, backwards, "o, s"))


def _said(graph: Graph, rule: str, kind: str, wrong: Iterable[Wrong]) -> Iterator[Found]:
    """Yield the observations that have codes which are wrong in a kind of list."""
    lists, codes, along = ([row[place] for row in wrong] for wrong in [list(wrong)] for place in range(3))
    if lists:
        graph.table("wrong", {"list": lists, "o": codes, "along": along})
        yield from listed(
            graph,
            rule,
            f"""
            SELECT DISTINCT first, s, p, o, list, along
            FROM wrong JOIN code_list USING (list) JOIN used USING (p, o)
            JOIN member USING (unit) JOIN triple USING (s, p, o) JOIN linked USING (s)
            WHERE kind = {{{kind}_CLASS}}""",
        )


def _outside_collections(graph: Graph) -> Iterator[Wrong]:
    """IC-19b: codes that are no concepts, or not reached from a collection by one ``skos:member`` or more."""
    used = _used(graph, "COLLECTION")
    if not used:
        return
    members = _edges(graph, "SELECT s, o FROM triple WHERE p = {MEMBER}")
    concepts = {row[0] for row in graph.rows(f"SELECT DISTINCT o FROM used WHERE o IN ({_CONCEPTS})")}
    for item, codes in used.items():
        reached = _reached(members.get(item, []), members)
        yield from ((item, code, None) for code in sorted(codes) if code not in concepts or code not in reached)


def _properties(graph: Graph) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Return the properties that hierarchies are followed along, and backwards, each with the lists that name it."""
    rows = graph.rows("""
        SELECT DISTINCT list.s, property.o, inverse.o FROM triple AS list
        JOIN triple AS property ON property.s = list.s AND property.p = {PARENT_CHILD} AND property.o >= 0
        LEFT JOIN triple AS inverse ON inverse.s = property.o AND inverse.p = {INVERSE} AND inverse.o >= 0
        WHERE list.p = {TYPE} AND list.o = {HIERARCHY_CLASS} ORDER BY ALL""")
    forwards: dict[int, set[int]] = defaultdict(set)
    backwards: dict[int, set[int]] = defaultdict(set)
    for item, named, inverse in rows:
        if graph.terms.is_iri(named):
            forwards[named].add(item)
        elif inverse is not None and graph.terms.is_iri(inverse):
            backwards[inverse].add(item)
    return forwards, backwards


def _outside_hierarchies(graph: Graph, named: Mapping[int, set[int]], direction: str) -> Iterator[Wrong]:
    """IC-20, 21: codes not reached from a root of a hierarchical list by no step or more along a property it names.

    A list with a code that is wrong is not asked further.
    """
    used = _used(graph, "HIERARCHY") if named else {}
    if not used:
        return
    roots = _edges(graph, "SELECT DISTINCT s, o FROM triple WHERE p = {ROOT} AND s IN (SELECT list FROM code_list)")
    graph.table("along", {"p": sorted(named)})
    steps: Mapping[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for p, one, other in graph.rows(f"SELECT p, {direction} FROM triple WHERE p IN (SELECT p FROM along)"):
        steps[p][one].append(other)
    own: dict[int, list[int]] = defaultdict(list)
    for p, lists in named.items():
        for item in lists:
            own[item].append(p)
    for item, codes in used.items():
        below = codes.difference(roots.get(item, ()))
        for p in own[item] if below else ():
            wrong = below - _reached(roots.get(item, []), steps[p])
            if wrong:
                yield from ((item, code, p) for code in sorted(wrong))
                break


def _used(graph: Graph, kind: str) -> Mapping[int, set[int]]:
    """Return the codes that observations have, by the lists of a kind that they must be in."""
    used: dict[int, set[int]] = defaultdict(set)
    question = f"SELECT DISTINCT list, o FROM used JOIN code_list USING (p) WHERE kind = {{{kind}_CLASS}} ORDER BY ALL"
    for item, code in graph.rows(question):
        used[item].add(code)
    return used


def _edges(graph: Graph, question: str) -> Edges:
    edges: dict[int, list[int]] = defaultdict(list)
    for one, other in graph.rows(question):
        edges[one].append(other)
    return edges


def _reached(begin: Iterable[int], steps: Edges) -> set[int]:
    """Return where one comes to by no step or more; circles end."""
    known = set(begin)
    waiting = list(known)
    while waiting:
        for other in steps.get(waiting.pop(), ()):
            if other not in known:
                known.add(other)
                waiting.append(other)
    return known
