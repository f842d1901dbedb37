"""What the keywords of a PC-Axis file must say, from the definition, the edition and the observations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from math import prod

from publisher.checks.check import Subject
from publisher.formats.dense import Axes, axes
from publisher.model import FREQ, Codelist, Concept, Cube, Text
from publisher.observations import OfFrequency

PARTED = "##"
"""What parts two notes of one keyword."""

_SCALES = {"A": "A1", "S": "H1", "Q": "Q1", "M": "M1", "W": "W1"}
_LETTERS = {"S": "H", "Q": "Q", "M": "M", "W": "W", "T": "T"}
_WITHOUT_COPYRIGHT = ("CC0-1.0", "PDDL-1.0", "Unlicense")
_NOT_THERE = {"nb": "ikke i tabellen", "nn": "ikkje i tabellen"}

Said = dict[tuple[str, str], Sequence[str]]
"""By keyword and the component whose variable is its key (empty for the table): its values.

None of them where the keyword must not be there.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file must be of: one frequency of a cube, its table, and how many rows and hidden cells it has.

    ``used`` are the codes of each coded attribute that the observations have.
    """

    subject: Subject
    cube: Cube
    frequency: str
    table: Axes
    rows: int
    hidden: int
    used: Mapping[str, frozenset[str]]

    @property
    def components(self) -> tuple[str, ...]:
        """The components that are variables, time last."""
        return tuple(component for component in self.table if component != FREQ)

    def concept(self, component: str) -> Concept:
        """Return the concept of a dimension."""
        return self.cube.dimension(component).concept

    def labels(self, component: str, language: str) -> list[str]:
        """Return the names of the values of a variable in a language, as the definition has them."""
        codelist, codes = self.concept(component).codelist, self.table[component]
        if codelist is not None:
            return [in_language(codelist[code].name, language) for code in codes]
        letter = _LETTERS.get(self.frequency)
        return [code if letter is None else code[:4] + letter + re.sub(r"\D", "", code[4:]) for code in codes]


def wanted(subject: Subject, part: OfFrequency) -> Wanted:
    """Return what the file of some observations must be of."""
    cube = part.cube
    rows = hidden = 0
    used: dict[str, set[str]] = {item.id: set() for item in cube.attributes if item.codelist is not None}
    for batch in part.batches(65_536):
        rows += batch.num_rows
        hidden += batch[cube.measure.id].null_count
        for attribute, codes in used.items():
            codes.update(code for code in batch[attribute].unique().to_pylist() if code is not None)
    found = {attribute: frozenset(codes) for attribute, codes in used.items()}
    return Wanted(subject, cube, part.frequency, axes(part), rows, hidden, found)


def constants(want: Wanted) -> Said:
    """Return the keywords that stand once, whatever the languages."""
    dataset, cube = want.subject.dataset, want.cube
    moment = want.subject.edition.prepared.astimezone(UTC).strftime("%Y%m%d %H:%M")
    said: dict[str, Sequence[str]] = {
        "CHARSET": ["ANSI"],
        "AXIS-VERSION": ["2013"],
        "CODEPAGE": ["utf-8"],
        "LANGUAGE": dataset.languages[:1],
        "LANGUAGES": dataset.languages if len(dataset.languages) > 1 else [],
        "CREATION-DATE": [moment],
        "LAST-UPDATED": [moment],
        "TABLEID": [f"{cube.id}-{want.frequency}"],
        "DECIMALS": [str(cube.measure.decimals)],
        "SHOWDECIMALS": [str(min(6, cube.measure.decimals))],
        "AGGREGALLOWED": ["NO"],
        "COPYRIGHT": ["NO" if dataset.licence.name in _WITHOUT_COPYRIGHT else "YES"],
        "ATTRIBUTE-ID": cube.attribute_ids,
    }
    return {(keyword, ""): values for keyword, values in said.items()}


def words(want: Wanted, language: str) -> Said:
    """Return the keywords that stand in every language, but the names of variables and values."""
    dataset, cube = want.subject.dataset, want.cube
    frequency = _named(want.concept(FREQ), want.frequency, language, want.frequency)
    title = [f"{in_language(cube.title, language)} ({frequency})"]
    unit, multiplier, _ = cube.series_attributes
    units = _named(unit.concept, unit.value, language, unit.value)
    if multiplier.value != "0":
        units += ", " + _named(multiplier.concept, multiplier.value, language, f"10^{multiplier.value}")
    agents = dict.fromkeys(in_language(agent.name, language) for agent in (dataset.contact, dataset.publisher))
    said: Said = {
        ("SUBJECT-AREA", ""): [in_language(dataset.title, language)],
        ("DESCRIPTION", ""): title,
        ("TITLE", ""): title,
        ("CONTENTS", ""): [in_language(cube.measure.concept.name, language)],
        ("UNITS", ""): [units],
        ("CONTACT", ""): [", ".join(filter(None, (*agents, dataset.contact.email, dataset.contact.homepage)))],
        ("SOURCE", ""): [in_language(dataset.publisher.name, language)],
        ("NOTEX", ""): list(_symbols(want, language)),
        ("NOTE", ""): list(_notes(want, language)),
        ("DATASYMBOL1", ""): ["."],
        ("DATASYMBOL2", ""): [".."],
        ("ATTRIBUTE-TEXT", ""): [in_language(attribute.concept.name, language) for attribute in cube.attributes],
    }
    for component in want.components:
        said |= {(keyword, component): values for keyword, values in _variable(want, component, language).items()}
    return said


def _variable(want: Wanted, component: str, language: str) -> dict[str, Sequence[str]]:
    """Return what is said of a variable: its id and codes, time scale, codelist, tree, notes."""
    concept, codes = want.concept(component), want.table[component]
    codelist, scale = concept.codelist, _SCALES.get(want.frequency)
    described = [
        in_language(text, language) for text in (concept.description, codelist and codelist.description) if text
    ]
    if codelist is None:
        points = ["".join(filter(str.isdigit, period)) for period in codes]
        own: dict[str, Sequence[str]] = {"TIMEVAL": [f"TLIST({scale})", *points] if scale else []}
    else:
        pairs = _pairs(codelist, codes)
        own = {"DOMAIN": [codelist.id], "HIERARCHIES": pairs, "HIERARCHYLEVELS": _levels(pairs)}
        meanings = zip(want.labels(component, language), (codelist[code].description for code in codes), strict=True)
        described += [
            f"{label}: {in_language(meaning, language)}" for label, meaning in meanings if meaning is not None
        ]
    return {"VARIABLECODE": [component], "CODES": codes, "NOTE": described, **own}


def _symbols(want: Wanted, language: str) -> Iterator[str]:
    """Yield what the symbols mean that the cells have, or can have."""
    rule, cube = want.subject.dataset.suppression, want.cube
    if want.hidden or rule is not None:
        highest = rule and rule.upper(cube.measure.decimals)
        span = "" if rule is None or highest is None else f" ({rule.lower}-{highest})"
        status, why = (
            _named(item.concept, code, language, "") for item, code in zip(cube.attributes[:2], "QA", strict=True)
        )
        yield f".. = {status}{span}" + (f": {why}" if why else "")
    if want.rows < prod(map(len, want.table.values())):
        yield f". = {_NOT_THERE.get(language.partition('-')[0], 'not in the table')}"


def _notes(want: Wanted, language: str) -> Iterator[str]:
    """Yield the notes of the table."""
    dataset, cube, edition = want.subject.dataset, want.cube, want.subject.edition
    for text in (dataset.description, cube.description, edition.note):
        if text is not None:
            yield in_language(text, language)
    for concept in (want.concept(FREQ), cube.measure.concept, *(item.concept for item in cube.attributes)):
        if concept.description is not None:
            yield f"{in_language(concept.name, language)}: {in_language(concept.description, language)}"
    for attribute in cube.attributes:
        codes = (
            [code for code in attribute.codelist.codes if code.id in want.used[attribute.id]]
            if attribute.codelist
            else []
        )
        meanings = ", ".join(f"{code.id} = {in_language(code.name, language)}" for code in codes)
        if meanings:
            yield f"{in_language(attribute.concept.name, language)} ({attribute.id}): {meanings}"
    yield f"{dataset.licence.title}: {dataset.licence.url}"
    yield dataset.names.cube(cube.id)


def _pairs(codelist: Codelist, codes: Sequence[str]) -> list[str]:
    """Return the top and, with what is above it, every other code, sorted; nothing where they are not one tree."""
    parents = {code: _above(codelist, code, codes) for code in codes}
    tops = [code for code, parent in parents.items() if parent is None]
    if len(tops) != 1 or len(codes) < 2:
        return []
    return sorted(code if code in tops else f"{parent}:{code}" for code, parent in parents.items())


def _above(codelist: Codelist, code: str, codes: Sequence[str]) -> str | None:
    """Return the nearest code above one that is among some."""
    parent = codelist[code].parent
    return parent if parent is None or parent in codes else _above(codelist, parent, codes)


def _levels(pairs: Sequence[str]) -> list[str]:
    """Return how many levels a tree has, where all its branches are equally long."""
    parents = {child: parent for parent, colon, child in (pair.partition(":") for pair in pairs) if colon}
    lengths = set()
    for code in parents.keys() - set(parents.values()):
        length = 1
        while code in parents:
            code, length = parents[code], length + 1
        lengths.add(str(length))
    return list(lengths) if len(lengths) == 1 else []


def _named(concept: Concept, code: str, language: str, otherwise: str) -> str:
    codelist = concept.codelist
    return in_language(codelist[code].name, language) if codelist is not None and code in codelist else otherwise


def in_language(text: Text, language: str) -> str:
    """Return the words of a language, or those of the first one that a text has.

    Made here, not by ``Text.in_language`` as the writer's: a fault of that would stand in file and check alike.
    """
    return text.get(language) or str(text)
