"""What a template is told, checked against the release, and what is chosen where it is not told.

Every name, code and period is one that the release has; nothing of what a user wrote reaches a
query but through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.errors import InputError, nearest
from publisher.model import FREQ, TIME_PERIOD, Codelist, Cube
from publisher.naming import TOTAL
from publisher.query.facts import Facts
from publisher.query.templates import DIMENSION, Template

# The words in brackets of a template's head: how a parameter is chosen where it is not given.
FIRST_CUBE = "the first of the dataset"
FIRST_LANGUAGE = "the first of the dataset"
FIRST_DIMENSION = "the first other than FREQ and TIME_PERIOD"
NEXT_DIMENSION = "the next one, or TIME_PERIOD"
FINEST, COARSEST = "the finest of the cube", "the coarsest of the cube"
LAST, FIRST_OF_YEAR = "the last of the frequency", "the first of the year of period"
FIRST_CODELIST = "that of the first dimension other than FREQ and TIME_PERIOD"
EVERY_CODE = "every code"
PARTS = "all codes but totals"
TOTAL_OR_PARTS = "its total, or all codes"
ONE_CODE = "its total, or its first code"
DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "cube": (FIRST_CUBE,),
    "dimension": (FIRST_DIMENSION,),
    "columns": (NEXT_DIMENSION,),
    "frequency": (FINEST, COARSEST),
    "period": (LAST,),
    "since": (FIRST_OF_YEAR,),
    "language": (FIRST_LANGUAGE,),
    "codelist": (FIRST_CODELIST,),
    DIMENSION: (EVERY_CODE, PARTS, TOTAL_OR_PARTS, ONE_CODE),
}
_ALIASES = {FREQ: "frequency", TIME_PERIOD: "period"}


@dataclass(slots=True)
class Settings:
    """What a template is filled in with: ids and codes the release has; empty where the template has no use."""

    cube: Cube
    language: str = ""
    dimension: str = ""
    columns: str = ""
    frequency: str = ""
    period: str = ""
    since: str = ""
    codelist: str = ""
    codes: dict[str, str] = field(default_factory=dict)


def settle(template: Template, given: Sequence[tuple[str, str]], facts: Facts) -> Settings:
    """Return what a template is filled in with.

    Raises InputError for a name the template does not have, and a value the release does not have.
    """
    told: dict[str, str] = {}
    for name, value in given:
        name = _ALIASES.get(name, name)
        if name in told:
            raise InputError(f"--set {name} is given twice")
        told[name] = value
    cube_ids = [cube.id for cube in facts.dataset.cubes]
    cube = facts.dataset.cube(_known("cube", told.get("cube", cube_ids[0]), cube_ids, "cube of the release"))
    _refuse_unknown(template, told, cube)
    return _Settling(template, told, facts, Settings(cube)).done()


def _refuse_unknown(template: Template, told: Iterable[str], cube: Cube) -> None:
    names = [parameter.name for parameter in template.parameters if parameter.name != DIMENSION]
    if template.parameter(DIMENSION) is not None:
        names += [component for component in cube.key_ids if component not in _ALIASES]
    for name in told:
        if name not in names:
            there = f"there are {', '.join(names)}" if names else "it has none"
            of = f"the template {template.name} with the cube {cube.id}"
            raise InputError(f"--set {name}: no parameter of {of}: {there}{nearest(name, names)}")


def _known(name: str, value: str, known: Sequence[str], what: str) -> str:
    """Return a value that is known; InputError otherwise, with the nearest one."""
    if value in known:
        return value
    some = f"{', '.join(known[:20])}{', ...' if len(known) > 20 else ''}" if known else "none"
    raise InputError(f"--set {name}={value}: no {what}: there are {some}{nearest(value, known)}")


class _Settling:
    """Settles one parameter after the other: each can depend on those before it."""

    def __init__(self, template: Template, told: Mapping[str, str], facts: Facts, settings: Settings) -> None:
        self.template, self.told, self.facts, self.settings = template, told, facts, settings

    def done(self) -> Settings:
        """Return the settings, everything settled that the template has a use for."""
        settings, template = self.settings, self.template
        for name in ("language", "dimension", "columns", "frequency", "period", "since", "codelist"):
            parameter = template.parameter(name)
            if parameter is not None:
                setattr(settings, name, getattr(self, f"_{name}")(parameter.default))
        others = template.parameter(DIMENSION)
        if others is not None:
            for component in self._others():
                self._code(component, others.default)
        return settings

    def _others(self) -> list[str]:
        taken = (FREQ, TIME_PERIOD, self.settings.dimension, self.settings.columns)
        fixed = [name for name in (self.settings.dimension, self.settings.columns) if name in self.told]
        if fixed:
            raise InputError(f"--set {fixed[0]}: the answer has every code of it: set another dimension for it")
        return [component for component in self.settings.cube.key_ids if component not in taken]

    def _dimensions(self) -> list[str]:
        return [component for component in self.settings.cube.key_ids if component not in (FREQ, TIME_PERIOD)]

    def _language(self, _default: str) -> str:
        dataset = self.facts.dataset
        spoken = dict.fromkeys((*dataset.languages, *(lang for item in dataset.codelists for lang in item.languages)))
        told = self.told.get("language", dataset.languages[0])
        return _known("language", told, list(spoken), "language of the release")

    def _dimension(self, _default: str) -> str:
        known = self._dimensions()
        if not known:
            raise InputError(f"the cube {self.settings.cube.id} has no dimension but FREQ and TIME_PERIOD")
        first = next((component for component in known if component not in self.told), known[0])
        return _known("dimension", self.told.get("dimension", first), known, f"dimension of {self.settings.cube.id}")

    def _columns(self, _default: str) -> str:
        known = [*(name for name in self._dimensions() if name != self.settings.dimension), TIME_PERIOD]
        what = f"dimension of {self.settings.cube.id} for columns"
        first = next(component for component in known if component not in self.told)
        return _known("columns", self.told.get("columns", first), known, what)

    def _frequency(self, default: str) -> str:
        known = self.facts.frequencies(self.settings.cube)
        if not known:
            raise InputError(f"the cube {self.settings.cube.id} has no observations in this release")
        told = self.told.get("frequency", known[0] if default == FINEST else known[-1])
        return _known("frequency", told, known, f"frequency of {self.settings.cube.id}")

    def _period(self, _default: str) -> str:
        known = self.facts.periods(self.settings.cube, self.settings.frequency)
        what = f"period of frequency {self.settings.frequency} in {self.settings.cube.id}"
        return _known("period", self.told.get("period", known[-1] if known else ""), known, what)

    def _since(self, _default: str) -> str:
        known = self.facts.periods(self.settings.cube, self.settings.frequency)
        first = next(period for period in known if period[:4] == self.settings.period[:4])
        what = f"period of frequency {self.settings.frequency} in {self.settings.cube.id}"
        return _known("since", self.told.get("since", first), known, what)

    def _codelist(self, _default: str) -> str:
        known = [item.id for item in self.facts.dataset.codelists]
        cube = self.settings.cube
        listed = [cube.dimension(component).codelist for component in (*self._dimensions(), FREQ)]
        first = next(item.id for item in listed if item is not None)
        return _known("codelist", self.told.get("codelist", first), known, "codelist of the release")

    def _code(self, component: str, default: str) -> None:
        """Settle the code of a dimension, where it is one code."""
        cube = self.settings.cube
        codelist = cube.dimension(component).codelist
        assert codelist is not None
        if component in self.told:
            code = _known(component, self.told[component], codelist.ids, f"code of {codelist.id}")
            here = self.facts.codes(cube, component, self.settings.frequency)
            self.settings.codes[component] = _known(component, code, here, f"observation of {cube.id} with that code")
        elif default in (TOTAL_OR_PARTS, ONE_CODE):
            present = self.facts.codes(cube, component, self.settings.frequency)
            total = total_of(codelist, present)
            if total is not None:
                self.settings.codes[component] = total
            elif default == ONE_CODE:
                self.settings.codes[component] = present[0]


def total_of(codelist: Codelist, present: Sequence[str]) -> str | None:
    """Return the code of those present that stands for all others: ``_T``, or one that all others are below."""
    if TOTAL in present:
        return TOTAL
    tops = [code for code in present if all(code in above(codelist, other) for other in present if other != code)]
    return tops[0] if tops and len(present) > 1 else None


def parts_of(codelist: Codelist, present: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of those present with none below them among those present: each is summed once."""
    wholes = {whole for code in present for whole in above(codelist, code)}
    if len(present) > 1:
        wholes.add(TOTAL)
    return tuple(code for code in present if code not in wholes)


def above(codelist: Codelist, code: str) -> tuple[str, ...]:
    """Return the codes that a code is a part of, the nearest first."""
    found: list[str] = []
    while (parent := codelist[code].parent) is not None:
        found.append(parent)
        code = parent
    return tuple(found)
