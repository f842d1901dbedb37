"""Every keyword of a PC-Axis file before its cells, in the order that the specification recommends.

PX file format, AXIS-VERSION 2013, chapter 3. A keyword in another language stands directly after the
one of the default language, in the order of LANGUAGES: readers count on it. VARIABLECODE is PxWeb's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import partial

from publisher.formats import units
from publisher.formats.dense import Axes
from publisher.formats.draft import Publication
from publisher.formats.px_cells import Cells
from publisher.formats.px_lines import Keyword, quoted
from publisher.formats.px_notes import note, of_table, of_variable, symbols
from publisher.formats.px_text import LONGEST, plain, point, scale
from publisher.formats.px_variables import Variable, label, levels, tree, variables
from publisher.model import FREQ, Agent, Cube, Dataset

_SHORT = 20
_MOST_SHOWN_DECIMALS = 6
_WITHOUT_COPYRIGHT = frozenset(("CC0-1.0", "PDDL-1.0", "Unlicense"))


@dataclass(frozen=True, slots=True)
class _File:
    """What a file is written from."""

    publication: Publication
    cube: Cube
    frequency: str
    variables: tuple[Variable, ...]
    cells: Cells

    @property
    def dataset(self) -> Dataset:
        """The dataset it is of."""
        return self.publication.dataset

    def each(
        self, name: str, values: Callable[[str], tuple[str, ...]], variable: Variable | None = None
    ) -> Iterator[Keyword]:
        """Yield a keyword in every language, of the table or of a variable."""
        for number, language in enumerate(self.dataset.languages):
            key = () if variable is None else (variable.names[language],)
            yield Keyword(name, values(language), key, language if number else "")

    def text(self, name: str, text: Callable[[str], str], variable: Variable | None = None) -> Iterator[Keyword]:
        """Yield a text in every language, of the table or of a variable; nothing where there is none."""
        for number, language in enumerate(self.dataset.languages):
            if found := text(language):
                key = () if variable is None else (variable.names[language],)
                yield Keyword(name, (found,), key, language if number else "", is_text=True)


def keywords(publication: Publication, cube: Cube, frequency: str, table: Axes, cells: Cells) -> Iterator[Keyword]:
    """Yield the keywords of the file of one frequency of a cube."""
    found = variables(cube, frequency, table, publication.dataset.languages)
    file = _File(publication, cube, frequency, found, cells)
    yield from _general(file)
    yield from _titles(file)
    yield from _variables(file)
    yield from _hierarchies(file)
    yield from _origin(file)
    yield from _notes(file)
    yield from _attributes(file)


def _general(file: _File) -> Iterator[Keyword]:
    languages, identity = file.dataset.languages, f"{file.cube.id}-{file.frequency}"
    yield Keyword("CHARSET", quoted(["ANSI"]))
    yield Keyword("AXIS-VERSION", quoted(["2013"]))
    yield Keyword("CODEPAGE", quoted(["utf-8"]))
    yield Keyword("LANGUAGE", quoted(languages[:1]))
    if len(languages) > 1:
        yield Keyword("LANGUAGES", quoted(languages))
    yield Keyword("CREATION-DATE", quoted([_moment(file)]))
    yield Keyword("TABLEID", quoted([identity]))
    yield Keyword("DECIMALS", (str(file.cube.measure.decimals),))
    yield Keyword("SHOWDECIMALS", (str(min(file.cube.measure.decimals, _MOST_SHOWN_DECIMALS)),))
    yield Keyword("MATRIX", quoted([_short(identity)]))
    yield Keyword("AGGREGALLOWED", ("NO",))
    yield Keyword("SUBJECT-CODE", quoted([_short(file.dataset.names.sdmx_id)]))


def _titles(file: _File) -> Iterator[Keyword]:
    def title(language: str) -> str:
        return plain(f"{file.cube.title.in_language(language)} ({_frequency(file, language)})")

    yield from file.text("SUBJECT-AREA", lambda language: plain(file.dataset.title.in_language(language), LONGEST))
    yield Keyword("COPYRIGHT", ("NO" if file.dataset.licence.name in _WITHOUT_COPYRIGHT else "YES",))
    yield from file.text("DESCRIPTION", title)
    yield from file.text("TITLE", title)
    measure = file.cube.measure.concept.name
    yield from file.text("CONTENTS", lambda language: plain(measure.in_language(language), LONGEST))
    yield from file.text("UNITS", lambda language: plain(_units(file.cube, language), LONGEST))


def _variables(file: _File) -> Iterator[Keyword]:
    *stub, time = file.variables
    if stub:
        yield from file.each("STUB", lambda language: quoted([variable.names[language] for variable in stub]))
    yield from file.each("HEADING", lambda language: quoted([time.names[language]]))
    for variable in file.variables:
        yield from _constant(file, "VARIABLECODE", quoted([variable.dimension.id]), variable)
        yield from file.each("VALUES", _values(variable), variable)
    if (name := scale(file.frequency)) is not None:
        points = quoted([point(period) for period in time.codes])
        yield from _constant(file, "TIMEVAL", (f"TLIST({name})", *points), time)
    for variable in file.variables:
        yield from _constant(file, "CODES", quoted(variable.codes), variable)
    for variable in stub:
        if (codelist := variable.dimension.codelist) is not None:
            yield from _constant(file, "DOMAIN", quoted([codelist.id]), variable)


def _values(variable: Variable) -> Callable[[str], tuple[str, ...]]:
    return lambda language: quoted(variable.labels[language])


def _constant(file: _File, name: str, values: tuple[str, ...], variable: Variable) -> Iterator[Keyword]:
    return file.each(name, lambda _: values, variable)


def _hierarchies(file: _File) -> Iterator[Keyword]:
    trees = {
        variable.dimension.id: tree(variable.dimension.codelist, variable.codes)
        for variable in file.variables
        if variable.dimension.codelist is not None
    }
    for variable in file.variables:
        nodes = trees.get(variable.dimension.id, ())
        pairs = [":".join(quoted([code] if parent is None else [parent, code])) for code, parent in nodes]
        if pairs:
            yield from _constant(file, "HIERARCHIES", tuple(pairs), variable)
    for variable in file.variables:
        depth = levels(trees.get(variable.dimension.id, ()))
        if depth is not None:
            yield from _constant(file, "HIERARCHYLEVELS", (str(depth),), variable)
    for variable in file.variables:
        if variable.total is not None:
            yield from file.each("ELIMINATION", _total(variable, variable.total), variable)


def _total(variable: Variable, place: int) -> Callable[[str], tuple[str, ...]]:
    return lambda language: quoted([variable.labels[language][place]])


def _origin(file: _File) -> Iterator[Keyword]:
    dataset = file.dataset
    yield Keyword("LAST-UPDATED", quoted([_moment(file)]))
    yield from file.text("CONTACT", lambda language: note(_contact(dataset.contact, dataset.publisher, language)))
    yield from file.text("SOURCE", lambda language: plain(dataset.publisher.name.in_language(language), LONGEST))


def _notes(file: _File) -> Iterator[Keyword]:
    yield from file.text("NOTEX", lambda language: symbols(file.dataset, file.cube, file.cells, language))
    yield from file.text("NOTE", lambda language: of_table(file.publication, file.cube, file.cells, language))
    for variable in file.variables:
        yield from file.text("NOTE", partial(of_variable, variable), variable)
    yield from file.each("DATASYMBOL1", lambda _: quoted(["."]))
    yield from file.each("DATASYMBOL2", lambda _: quoted([".."]))


def _attributes(file: _File) -> Iterator[Keyword]:
    def names(language: str) -> tuple[str, ...]:
        named = (attribute.concept.name.in_language(language) for attribute in file.cube.attributes)
        return quoted([plain(name, LONGEST) for name in named])

    yield Keyword("ATTRIBUTE-ID", quoted(file.cube.attribute_ids))
    yield from file.each("ATTRIBUTE-TEXT", names)
    yield from file.cells.attributes()


def _moment(file: _File) -> str:
    """Return when the edition was last changed, in UTC."""
    return file.publication.edition.prepared.astimezone(UTC).strftime("%Y%m%d %H:%M")


def _short(identity: str) -> str:
    """Return an id with at most 20 characters, the end of a longer one replaced by a digest of all of it."""
    if len(identity) <= _SHORT:
        return identity
    return f"{identity[:11]}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def _frequency(file: _File, language: str) -> str:
    return label(file.cube.dimension(FREQ).concept, file.frequency, language) or file.frequency


def _units(cube: Cube, language: str) -> str:
    """Return the unit, and its multiplier where it is not one."""
    unit, factor = units.in_words(cube, lambda item: label(item.concept, item.value, language))
    return ", ".join(filter(None, (unit or cube.unit.value, factor)))


def _contact(contact: Agent, publisher: Agent, language: str) -> str:
    named = dict.fromkeys((contact.name.in_language(language), publisher.name.in_language(language)))
    return ", ".join((*named, *filter(None, (contact.email, contact.homepage))))
