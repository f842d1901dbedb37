"""The keywords of PC-Axis files: each says, in every language, what the definition and the edition say.

pyaxis reads one language, and of the keywords only what makes the table. Here a plain parser reads all of
them. Words are compared with one kind of blanks, quotes and brackets, for the format cannot carry all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.checks import px_grammar, px_layout, px_words
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.px_grammar import Entry, Px
from publisher.checks.px_words import PARTED, Wanted
from publisher.checks.reader import UnreadableError
from publisher.errors import Finding
from publisher.naming import TOTAL
from publisher.observations import OfFrequency

RULE = "px"
_MOST_FINDINGS = 20
_UNORDERED = frozenset(("HIERARCHIES", "NOTE", "NOTEX"))
# Keywords in which a number sign parts lines, and another sign stands for one.
_NOTES = frozenset(("NOTE", "NOTEX", "CONTACT"))
_CUT = "…"
_LONGEST = 256
_SHORT = 20
_SHOWN = 60
# The column in which pyaxis puts the values, over a variable of that name.
_VALUES = "DATA"
# A blank beside a bracket, and the one that makes a false DATA= harmless.
_BARE = re.compile(r" ?([()]) ?|(?<=DATA) (?==)", re.IGNORECASE)
_ALIKE = str.maketrans({'"': "'", "[": "(", "]": ")"})
# Keywords with one line, whose text is cut where it is longer.
_LIMITED = frozenset(("SUBJECT-AREA", "CONTENTS", "UNITS", "SOURCE", "ATTRIBUTE-TEXT"))


def run(subject: Subject) -> Outcome:
    """Compare every file with the definition."""
    findings: list[Finding] = []
    count = 0
    for name, observations in subject.observations.items():
        if not any(file.startswith(f"px/{name}-") for file in subject.files):
            continue
        for part in observations.by_frequency():
            path = f"px/{name}-{part.frequency}.px"
            if path in subject.files:
                count += 1
                findings += (Finding(RULE, fault, file=path, cube=name) for fault in _faults(subject, part, path))
    return Outcome(tuple(findings), f"{count} files", nothing=not count)


def _faults(subject: Subject, part: OfFrequency, path: str) -> list[str]:
    """Return what is wrong with a file, the first of it."""
    try:
        text = px_grammar.text_of(subject.folder / path)
        found = px_grammar.parse(text)
        want = px_words.wanted(subject, part)
        faults = [*px_layout.faults(found, text, subject.dataset.languages), *_differences(found, want)]
    except UnreadableError as error:
        return [f"cannot be read: {error}"]
    said = [fault if item is None else f"line {item.line}: {item} {fault}" for item, fault in faults]
    more = len(said) - _MOST_FINDINGS
    return said if more <= 0 else [*said[:_MOST_FINDINGS], f"and {more:,} more like these"]


def _differences(found: Px, want: Wanted) -> Iterator[px_layout.Fault]:
    """Yield every keyword that says something else than it must, is missing, or should not be there."""
    entries = {(item.keyword, item.language, item.key): item for item in found.entries}
    for number, language in enumerate(want.subject.dataset.languages):
        marked = language if number else ""
        names = _names(entries, marked, want)
        yield from _named(entries, marked, language, names, want)
        said = px_words.words(want, language) | ({} if number else px_words.constants(want))
        for (keyword, component), values in said.items():
            key = (names[component],) if component else ()
            yield from _compared(entries.pop((keyword, marked, key), None), keyword, marked, key, values)
    for keyword in ("MATRIX", "SUBJECT-CODE"):
        yield from _identity(entries.pop((keyword, "", ()), Entry(keyword, "", (), ("",), 0)), want)
    for item in entries.values():
        if item.keyword != "ATTRIBUTES":
            yield item, "should not be there"


Entries = dict[tuple[str, str, tuple[str, ...]], Entry]


def _names(entries: Entries, marked: str, want: Wanted) -> dict[str, str]:
    """Return what a file calls each variable in a language, by its component."""
    stub, heading = entries.pop(("STUB", marked, ()), None), entries.pop(("HEADING", marked, ()), None)
    names = (*(stub.texts if stub else ()), *(heading.texts if heading else ()))
    if heading is None or len(heading.values) != 1 or len(names) != len(want.components):
        where = f" in '{marked}'" if marked else ""
        raise UnreadableError(
            f"STUB and HEADING{where} have not the variables {', '.join(want.components)}, time in HEADING"
        )
    return dict(zip(want.components, names, strict=True))


def _named(
    entries: Entries, marked: str, language: str, names: dict[str, str], want: Wanted
) -> Iterator[px_layout.Fault]:
    """Yield variables and values that have other names than the definition's, or equal ones."""
    concepts = [px_words.in_language(want.concept(component).name, language) for component in want.components]
    for fault in _apart(list(names.values()), concepts, want.components):
        yield Entry("STUB and HEADING", marked, (), (), 0), fault
    for component in want.components:
        if names[component] == _VALUES:
            called = f"names {component} '{_VALUES}' without its id: pyaxis calls the values so"
            yield Entry("STUB and HEADING", marked, (), (), 0), called
        item = entries.pop(("VALUES", marked, (names[component],)), None)
        if item is None:
            yield Entry("VALUES", marked, (names[component],), (), 0), "is missing"
            continue
        labels, codes = want.labels(component, language), want.table[component]
        if len(item.values) != len(codes):
            yield item, f"has {len(item.values)} values, {len(codes)} expected"
            continue
        for fault in _apart(item.texts, labels, codes):
            yield item, fault
        total = entries.pop(("ELIMINATION", marked, (names[component],)), None)
        yield from _total(total, item, component, want)


def _apart(found: Sequence[str], labels: Sequence[str], codes: Sequence[str]) -> Iterator[str]:
    """Yield names that are not the labels: with the code added where labels are equal, cut where they are too long."""
    alike = [" ".join(label.replace('"', "'").split()) for label in labels]
    times = Counter(alike)
    for name, label, code in zip(found, alike, codes, strict=True):
        plain = _folded(label)
        if _folded(name) not in (plain or code, f"{plain}({code})") and not _is_cut(name, plain, code):
            yield f"names {code} '{name[:_SHOWN]}', not what the definition has"
        elif times[label] > 1 and not name.endswith(f"({code})"):
            yield f"names {code} as another one, without its code"
        if len(name) > _LONGEST:
            yield f"names {code} with more than {_LONGEST} characters"
    if len(set(found)) != len(found):
        yield "has a name twice"


def _is_cut(name: str, label: str, code: str) -> bool:
    start, sign, rest = name.rpartition(_CUT)
    return bool(sign) and label.startswith(_folded(start)) and rest in ("", f" ({code})") and len(name) > _LONGEST - 8


def _total(item: Entry | None, values: Entry, component: str, want: Wanted) -> Iterator[px_layout.Fault]:
    """Yield an ELIMINATION that is not the name of the total's value, or there without a total."""
    codes = want.table[component]
    known = want.concept(component).codelist is not None and TOTAL in codes
    wanted = values.texts[codes.index(TOTAL)] if known else None
    if (item.texts if item else None) != ((wanted,) if wanted is not None else None):
        yield Entry("ELIMINATION", values.language, values.key, (), item.line if item else 0), "is not the total"


def _compared(
    item: Entry | None, keyword: str, marked: str, key: tuple[str, ...], values: Sequence[str]
) -> Iterator[px_layout.Fault]:
    """Yield a keyword that does not say the values; with none of them it must not be there."""
    if item is None:
        if values:
            yield Entry(keyword, marked, key, (), 0), "is missing"
        return
    texts: Sequence[str] = item.texts
    if keyword in ("NOTE", "NOTEX"):
        texts = texts[0].split(PARTED)
    elif keyword == "HIERARCHIES":
        texts = [text.replace('"', "") for text in item.values]
    if tuple(texts) == tuple(values):
        return
    said, wanted = [_folded(text) for text in texts], [_folded(value) for value in values]
    if keyword in _NOTES:
        said, wanted = ([_folded(re.sub("[#\uff03]", " ", text)) for text in each] for each in (said, wanted))
    if keyword in _UNORDERED:
        said, wanted = sorted(said), sorted(wanted)
    if said != wanted and not _are_cut(keyword, texts, wanted):
        yield item, "does not say what the definition and the edition say" if values else "should not be there"


def _are_cut(keyword: str, found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Say whether texts are the wanted ones but for the end of those that are too long for the keyword."""
    return (
        keyword in _LIMITED
        and len(found) == len(wanted)
        and all(_folded(text) == want or _is_cut(text, want, "") for text, want in zip(found, wanted, strict=True))
    )


def _identity(item: Entry, want: Wanted) -> Iterator[px_layout.Fault]:
    """Yield a short name that is not that of the table or the dataset, or longer than 20 characters."""
    names = {"MATRIX": f"{want.cube.id}-{want.frequency}", "SUBJECT-CODE": want.subject.dataset.names.sdmx_id}
    (text,), name = item.texts, names[item.keyword]
    if not text or len(text) > _SHORT or (text != name and not (len(name) > _SHORT and text.startswith(name[:8]))):
        yield item, f"is not '{name}', nor a short form of it"


def _folded(text: str) -> str:
    """Return what can be compared of a text: one blank for several, one kind of quotes and of brackets, these bare."""
    return _BARE.sub(r"\1", " ".join(text.split()).translate(_ALIKE))


CHECKS = (Check("PC-Axis keywords", "publisher", "fast", run, needs=("px",), files=("px/<cube>-<frequency>.px",)),)
