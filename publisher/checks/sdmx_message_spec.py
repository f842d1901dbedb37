"""What the data of one structure must be: their dimensions in order, and which values each component takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from publisher.checks.sdmx_message_model import Artefact, Component, Ref, Representation, Structures
from publisher.checks.sdmx_message_regions import Bounds, bounds_of
from publisher.checks.sdmx_message_rows import FLAT, TIME, Use
from publisher.checks.sdmx_message_values import is_number, taker

# What the dimension of frequency is called, in small letters too.
_FREQUENCY = ("FREQ", "FREQUENCY", "freq")
# Values of one component that were found good are remembered up to so many.
MOST_REMEMBERED = 50_000


@dataclass(slots=True)
class Values:
    """Which values a component takes. ``good`` grows by what was found good; ``takes`` is asked of others.

    ``codelist`` names the list that they are codes of; it is partial where the list says that it is.
    """

    good: set[str]
    takes: Callable[[str], bool]
    codelist: str = ""
    is_partial: bool = False
    is_measure: bool = False
    kind: str = ""

    def test(self, value: str) -> bool:
        """Say whether it takes a value, and remember it where it does."""
        if value in self.good:
            return True
        if not self.takes(value):
            return False
        if not self.is_measure and len(self.good) < MOST_REMEMBERED:
            self.good.add(value)
        return True


@dataclass(frozen=True, slots=True)
class Required:
    """The mandatory attributes, by where they are said: with an observation, with a series, or with more than that."""

    of_observation: tuple[str, ...] = ()
    of_series: tuple[str, ...] = ()
    of_more: tuple[str, ...] = ()


@dataclass(slots=True)
class Spec:
    """What is known of the data of one data set, from its DSD or, without one, from the message alone.

    ``in_series`` and ``at_observation`` are the dimensions that a series and an observation must say.
    """

    use: Use
    dsd: Artefact | None
    dimensions: tuple[str, ...]
    frequencies: tuple[str, ...]
    values: dict[str, Values] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    required: Required = Required()
    unchecked: tuple[str, ...] = ()
    constraints: tuple[Bounds, ...] = ()
    in_series: tuple[str, ...] = ()
    at_observation: tuple[str, ...] = ()


def spec_of(use: Use, structures: Structures) -> Spec:
    """Return what the data of a data set must be."""
    dsd = structures.dsd_of(use.ref)
    if dsd is None:
        return Spec(use, None, (), _FREQUENCY)
    if use.at_observation not in (FLAT, *dsd.dimensions):  # which is said; what follows is read as time series
        use = replace(use, at_observation=TIME)
    own = [item for item in dsd.components if item.role != "metadata attribute"]
    values, unchecked = {}, []
    for component in own:
        found = _values(component, structures, dsd.source)
        if isinstance(found, Values):
            values[component.id] = found
        elif found:
            unchecked.append(found)
    named = [item for item in own if item.concept is not None and item.concept.item.upper() in _FREQUENCY]
    frequencies = tuple(name for name in dsd.dimensions if name.upper() in _FREQUENCY)
    frequencies = frequencies or tuple(item.id for item in named[:1])
    constraints = structures.constraints_of(use.ref, dsd) if use.ref else []
    return Spec(
        use, dsd, dsd.dimensions, frequencies, values,
        frozenset(item.id for item in dsd.components),
        _required([item for item in own if item.is_required and item.role == "attribute"], use),
        tuple(unchecked), tuple(bounds_of(constraint) for constraint in constraints),
        () if use.has_partial_keys else tuple(name for name in dsd.dimensions if name != use.at_observation),
        () if use.has_partial_keys else dsd.dimensions if use.at_observation == FLAT else (use.at_observation,),
    )  # fmt: skip


def _required(components: list[Component], use: Use) -> Required:
    """Return where each mandatory attribute is said; nowhere where a data set need not say everything."""
    if not use.is_whole:
        return Required()
    found: dict[str, list[str]] = {"observation": [], "series": [], "more": []}
    for component in components:
        relation = component.relation
        if not relation or any(part.startswith(("{group}", "{dataset}")) for part in relation):
            level = "more"
        elif use.at_observation == FLAT or "{observation}" in relation or use.at_observation in relation:
            level = "observation"
        else:
            level = "series"
        found[level].append(component.id)
    return Required(tuple(found["observation"]), tuple(found["series"]), tuple(found["more"]))


def _values(component: Component, structures: Structures, near: str) -> Values | str:
    """Return which values a component takes, or why that is not known; nothing where it takes any.

    Of lists with the same id in several messages the one in the file ``near``, the DSD's, is meant.
    """
    shown = structures.representation(component, near)
    if shown is None:
        if component.role == "time":
            shown = Representation(text_type="ObservationalTimePeriod")
        elif component.concept is None or structures.find(component.concept) is not None:
            return ""
        else:
            return f"{component.id} (concept {component.concept} is not here)"
    if shown.codelist is None:
        is_measure = component.role == "measure"
        numeric = is_measure and is_number(shown)
        return Values(set(), taker(shown), is_measure=is_measure, kind="number" if numeric else shown.text_type)
    return _codes(component, shown.codelist, structures, near)


def _codes(component: Component, ref: Ref, structures: Structures, near: str) -> Values | str:
    codelist = structures.find(ref, near)
    if codelist is None or codelist.is_stub or not codelist.items:
        return f"{component.id} (codelist {ref} is not here)"
    if codelist.extends:
        return f"{component.id} (codelist {ref} takes codes of other lists)"
    codes = {item.id for item in codelist.items}
    return Values(codes, lambda _: False, str(ref), codelist.is_partial, component.role == "measure", "code")


def time_of(spec: Spec) -> str:
    """Return the id of the dimension of time, or nothing where there is none."""
    if spec.dsd is None:
        return TIME
    return next((item.id for item in spec.dsd.components if item.role == "time"), "")
