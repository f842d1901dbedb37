"""What a query may be: one SPARQL 1.1 query that asks this release and nothing else.

A query is parsed before any engine runs it, and refused where what was parsed asks another endpoint
(SERVICE) or names graphs to fetch (FROM). Engine and parser are given the same text, with nothing
left that they could read differently: line ends are line feeds, and escapes of characters are
resolved, which SPARQL 1.1 Query Language, section 19.2, does before its grammar applies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from publisher.errors import Finding, InputError

LONGEST = 1_000_000
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPED_ESCAPE = re.compile(r"\\\\[uU][0-9A-Fa-f]{4}")
_LEFT_OVER = re.compile(r"\\[uU][0-9A-Fa-f]{4}")
_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
# Among what an engine would rather have read stands, at times, a sentence: that one is for people.
_SENTENCE = re.compile(r"(?:The |IRI |Invalid |No |Blank |Unexpected )[\w ]+")
_KEYWORD = re.compile(r"\b[A-Z]{3,}\b")
_LONGEST_WORDS = 80
_REFUSED = {
    "ServiceGraphPattern": "SERVICE asks another endpoint, and a release is asked alone: leave it out",
    "DatasetClause": "FROM names other graphs, and a release is one graph: leave it out",
}


def checked(text: str) -> str:
    """Return a query as it is given to an engine.

    Raises InputError with the place of a fault in it, or with what is not allowed.
    """
    if len(text) > LONGEST:
        raise _refused(f"the query has {len(text):,} characters: at most {LONGEST:,} are taken")
    plain = _plain(text)
    nodes = list(_nodes(_parsed(plain)))
    for node in nodes:
        if node.name in _REFUSED:
            raise _refused(_REFUSED[node.name])
    declared = {node.prefix or "" for node in nodes if node.name == "PrefixDecl"}
    for node in nodes:
        if node.name == "pname" and (node.prefix or "") not in declared:
            prefix = f"{node.prefix or ''}:"
            found = re.search(rf"(?<![\w.\-:]){re.escape(prefix)}", plain)
            raise _fault(f"the prefix '{prefix}' is not declared", *_place(plain, found.start() if found else 0))
    return plain


def _refused(message: str) -> InputError:
    return InputError(Finding("query-refused", message))


def _fault(message: str, line: int | None = None, column: int | None = None) -> InputError:
    place = "" if line is None else f"line {line}, column {column}: "
    return InputError(Finding("query-syntax", f"query: {place}{message}"))


def _plain(text: str) -> str:
    """Return a text in which every parser sees the same characters."""
    text = text.removeprefix("\ufeff")
    if _ESCAPED_ESCAPE.search(text):
        raise _fault("a backslash before an escape (\\\\u): engines read it differently; write the character itself")
    try:
        plain = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        plain.encode("utf-8")
    except (ValueError, OverflowError):
        raise _fault("it holds what is no character") from None
    if _LEFT_OVER.search(plain) or "\0" in plain:
        raise _fault("an escape of a character is cut off, or makes another")
    return plain.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str) -> Any:
    """Return what rdflib parses; InputError where it is no query."""
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    if all(line.lstrip()[:1] in ("", "#") for line in text.split("\n")):
        raise _fault("it is empty")
    try:
        return parseQuery(text)
    except ParseException as error:
        raise _unparsed(text, error.loc) from None
    except RecursionError:
        raise _fault("it is nested too deeply") from None


def _unparsed(text: str, offset: int) -> InputError:
    """Return the error for what rdflib cannot parse: an update, or where the engine finds the fault, if it does."""
    if _is_update(text):
        return _refused("this is an update, and a release is read only: ask with SELECT, ASK, CONSTRUCT or DESCRIBE")
    return _syntax_error(text) or _unexpected(text, offset)


def _is_update(text: str) -> bool:
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseUpdate

    try:
        return bool(parseUpdate(text).request)  # prefixes alone are none
    except (ParseException, RecursionError):
        return False


def _syntax_error(text: str) -> InputError | None:
    """Return what the engine says of a text that is no query to it, or None where it is one, or might be run."""
    import pyoxigraph

    if re.search(r"(?i)\bASK\b|\bSERVICE\b", text):
        return None  # ASK is answered at once; SELECT row by row, and no row is asked for
    try:
        pyoxigraph.Store().query(text)
    except SyntaxError as error:
        return explained(text, error)
    except (ValueError, OSError, RuntimeError):
        return None
    return None


def explained(text: str, error: SyntaxError) -> InputError:
    """Return the error for what the engine cannot parse, with the place.

    Where it looked for a keyword, the engine counts the keyword's length into the place.
    """
    found = _PLACE.match(str(error))
    if found is None:
        return _fault(" ".join(str(error).split())[:_LONGEST_WORDS])
    before = text.split("\n")[: int(found[1]) - 1]
    offset = sum(len(line) + 1 for line in before) + int(found[2]) - 1
    sentence = _SENTENCE.search(found[3])
    if sentence:
        return _fault(sentence[0].strip(), *_place(text, offset))
    if re.fullmatch(r"[A-Z_\[\], ]+", found[3]):
        offset -= min(map(len, _KEYWORD.findall(found[3])), default=0)
    return _unexpected(text, max(offset, 0))


def _unexpected(text: str, offset: int) -> InputError:
    """Return the error for a place from which a text cannot be read on."""
    rest = text[offset:].lstrip()
    words = f"unexpected '{' '.join(rest[:30].split())}'" if rest else "unexpected end of the query"
    return _fault(words, *_place(text, len(text) - len(rest)))


def _place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of a place, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _nodes(node: Any) -> Iterator[Any]:
    """Yield every part of what was parsed that has a name, however deep it stands."""
    from pyparsing import ParseResults
    from rdflib.plugins.sparql.parserutils import CompValue

    waiting, seen = [node], set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, CompValue):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, (ParseResults, list, tuple, set)):
            waiting.extend(item)
