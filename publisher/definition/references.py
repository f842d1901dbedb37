"""What one key of a definition says against the others, the codelists and the other datasets."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from publisher.definition import patterns
from publisher.definition.toml import Toml, TomlPath
from publisher.errors import nearest
from publisher.model import (
    CONF_STATUS,
    DECIMALS,
    FREE,
    FREQ,
    NORMAL,
    OBS_STATUS,
    OBS_VALUE,
    SUPPRESSED_CONF_STATUS,
    SUPPRESSED_OBS_STATUS,
    TIME_PERIOD,
    UNIT_MEASURE,
    UNIT_MULT,
    Codelist,
)
from publisher.naming import NCNAME_PATTERN, RESERVED, SLUG_PATTERN, Names

Codelists = Mapping[str, Codelist]

_EVERY_DATASET = (FREQ, TIME_PERIOD, OBS_VALUE, OBS_STATUS, CONF_STATUS, UNIT_MEASURE, UNIT_MULT, DECIMALS)
_EVERY_CUBE = (OBS_VALUE, OBS_STATUS, CONF_STATUS, UNIT_MEASURE, UNIT_MULT, DECIMALS)
_CODED = (FREQ, OBS_STATUS, CONF_STATUS, UNIT_MEASURE)
_ID = "a letter A-Z, then letters, digits, `_`, `-`"
# Columns and properties that formats, and the tables between source and format, have of their own.
_RESERVED_COMPONENTS = frozenset(
    (
        "SOURCE_LINE", "LOWER_BOUND", "UPPER_BOUND",
        "DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY",
        "REPORTING_YEAR_START_DAY", "type",
    )
)  # fmt: skip
# Setting of a cube or of [measure] -> the component it is the value of, and what holds where neither is given.
_SETTINGS: dict[str, tuple[str, str | int | None]] = {
    "unit": (UNIT_MEASURE, None),
    "unit_multiplier": (UNIT_MULT, 0),
    "decimals": (DECIMALS, 0),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What of a definition the option of a format may have to fit.

    ``columns`` holds, for each cube, the name of every column by language.
    """

    languages: tuple[str, ...]
    columns: Mapping[str, Mapping[str, Mapping[str, str]]]


Fits = Callable[[Any, Given], Iterable[str]]
"""What is wrong with the value of an option: each fault the rest of a sentence about it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a definition may name of the tool: its readers, and the options of its formats with what fits them."""

    readers: tuple[str, ...]
    formats: Mapping[str, Mapping[str, Fits]]


def check_known(toml: Toml, known: Known) -> None:
    """Note a reader, a format, an option or a value of one that the tool does not have."""
    reader = toml.get("source", "reader")
    if reader is not None and reader not in known.readers:
        there = f": there are {', '.join(known.readers)}{nearest(reader, known.readers)}"
        toml.fault("unknown-key", ("source", "reader"), f"unknown reader '{reader}'{there}")
    for name, options in toml.table("formats").items():
        if name not in known.formats:
            toml.fault("unknown-key", ("formats", name), f"unknown format '{name}'{nearest(name, known.formats)}")
            continue
        for key, value in options.items():
            path = ("formats", name, key)
            if key not in known.formats[name]:
                toml.fault("unknown-key", path, f"unknown option '{key}' of {name}{nearest(key, known.formats[name])}")
                continue
            for fault in known.formats[name][key](value, _given(toml)):
                toml.fault("choice", path, f"'{key}' of {name} {fault}")


def _given(toml: Toml) -> Given:
    """Return what options of formats may have to fit, as far as the definition has it."""
    columns = {}
    for cube in toml.table("cubes"):
        path = ("cubes", cube)
        names = (*toml.names(*path, "dimensions"), *_EVERY_CUBE, *toml.names(*path, "attributes"))
        columns[cube] = {name: toml.table("components", name, "name") for name in names}
    return Given(tuple(toml.names("dataset", "languages")), columns)


def setting(toml: Toml, cube: str, key: str) -> Any:
    """Return a setting of a cube: its own, that of ``[measure]``, or the default; None for a unit not given."""
    for path in (("cubes", cube, key), ("measure", key)):
        if (value := toml.get(*path)) is not None:
            return value
    return _SETTINGS[key][1]


def check(toml: Toml, codelists: Codelists, folder: Path, dataset: str) -> None:
    """Note every reference to what is not there, every id that cannot be used and every impossible shape."""
    _check_dataset(toml, folder, dataset)
    _check_components(toml)
    _check_statuses(toml, codelists)
    if not toml.table("cubes"):
        toml.fault("missing-key", (), "there is no cube: add a table [cubes.<id>]")
    for cube in toml.table("cubes"):
        _check_id(toml, cube)
        _check_shape(toml, cube)
        _check_optional(toml, cube, codelists)
        _check_settings(toml, cube, codelists)
    _check_source(toml)
    for edition in toml.table("editions"):
        if not patterns.EDITION.fullmatch(edition):
            toml.fault("id", ("editions", edition), f"edition '{edition}' is no month, as in 2024-11")
        issued, modified = (toml.get("editions", edition, key) for key in ("issued", "modified"))
        if issued is not None and modified is not None and _day(modified) < _day(issued):
            message = f"edition '{edition}' is modified before it is issued"
            toml.fault("shape", ("editions", edition, "modified"), message)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _check_dataset(toml: Toml, folder: Path, dataset: str) -> None:
    if toml.get("dataset", "id") not in (None, dataset):
        toml.fault("id", ("dataset", "id"), f"'dataset.id' is not the name of its folder, '{dataset}'")
    if toml.table("contact") and not toml.get("contact", "email") and not toml.get("contact", "homepage"):
        toml.fault("missing-key", ("contact",), "'contact.email' or 'contact.homepage' is missing")
    for name in toml.table("codelists"):
        if not NCNAME_PATTERN.fullmatch(name):
            toml.fault("id", ("codelists", name), f"codelist '{name}' is no SDMX id: {_ID}")
    for table in ("codelists", "components"):
        _check_case(toml, table)
    own = _structure_ids(toml.values)
    for path in sorted(folder.parent.glob(f"*/{Path(toml.file).name}")):
        if path.parent != folder and (both := sorted(own & _structure_ids(_values(path)))):
            message = f"dataset '{path.parent.name}' of the same agency has the SDMX id {both[0][1]} too"
            toml.fault("id", ("dataset", "sdmx_id"), f"{message}: choose another 'dataset.sdmx_id'")


def _check_case(toml: Toml, table: str) -> None:
    """Note ids that differ only in case: they are one file, or one column, to half of what reads them."""
    seen: dict[str, str] = {}
    for name in toml.table(table):
        if (other := seen.setdefault(name.upper(), name)) != name:
            toml.fault("id", (table, name), f"'{table}.{name}' differs from '{table}.{other}' only in case")


def _values(path: Path) -> dict[str, Any]:
    """Return the values of another dataset's definition; none where it cannot be read: its own reading says so."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}


def _structure_ids(values: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return (agency, SDMX id) of a definition's concept scheme and data structures, in upper case."""
    dataset, cubes = values.get("dataset"), values.get("cubes")
    cubes = cubes if isinstance(cubes, dict) else {}
    if not isinstance(dataset, dict) or not isinstance(dataset.get("sdmx_id"), str):
        return set()
    agency = str(dataset.get("agency")).upper()
    names = Names("", "", agency, dataset["sdmx_id"].upper(), "")
    return {(agency, names.concept_scheme)} | {(agency, names.dsd(cube)) for cube in cubes}


def _check_components(toml: Toml) -> None:
    for name in _EVERY_DATASET:
        if name not in toml.table("components"):
            toml.fault("missing-key", ("components",), f"'components.{name}' is missing: every dataset has it")
    for name, values in toml.table("components").items():
        _check_component(toml, name, values)
    for name, needed in ((TIME_PERIOD, "period"), (OBS_VALUE, "number")):
        if name in toml.table("components") and toml.get("components", name, "data_type") != needed:
            toml.fault("kind", ("components", name), f"'components.{name}.data_type' must be '{needed}'")


def _check_component(toml: Toml, name: str, values: Mapping[str, Any]) -> None:
    path = ("components", name)
    if not NCNAME_PATTERN.fullmatch(name):
        toml.fault("id", path, f"component '{name}' is no SDMX id: {_ID}")
    elif name in _RESERVED_COMPONENTS:
        toml.fault("id", path, f"'{name}' is a column of the formats' own: choose another id")
    codelist = values.get("codelist")
    if codelist is not None and codelist not in toml.table("codelists"):
        message = f"unknown codelist '{codelist}'{nearest(codelist, toml.table('codelists'))}"
        toml.fault("unknown-codelist", (*path, "codelist"), message)
    if codelist is not None and "data_type" in values:
        toml.fault("kind", (*path, "data_type"), f"'{name}' has a codelist: leave data_type out")
    if codelist is None and name in _CODED:
        toml.fault("missing-key", path, f"'components.{name}.codelist' is missing")


def _check_statuses(toml: Toml, codelists: Codelists) -> None:
    """Note the statuses that every table needs and a codelist lacks."""
    hidden = "suppression" in toml.values
    for name, plain, suppressed in (
        (OBS_STATUS, NORMAL, SUPPRESSED_OBS_STATUS),
        (CONF_STATUS, FREE, SUPPRESSED_CONF_STATUS),
    ):
        known = codelists.get(toml.get("components", name, "codelist") or "")
        for code in (plain, suppressed) if hidden else (plain,):
            if known is not None and known.codes and code not in known:
                toml.fault("unknown-code", ("components", name, "codelist"), f"{known.id} lacks the code '{code}'")


def _check_id(toml: Toml, cube: str) -> None:
    path = ("cubes", cube)
    if not SLUG_PATTERN.fullmatch(cube):
        toml.fault("id", path, f"cube '{cube}' is no id: lower-case words and numbers joined with '-'")
    if cube in RESERVED:
        toml.fault("id", path, f"'{cube}' is a word of the dataset's own IRIs: choose another id")


def _check_shape(toml: Toml, cube: str) -> None:
    """Note components that a cube cannot have, or cannot have there."""
    path: TomlPath = ("cubes", cube)
    components = toml.table("components")
    _refer(toml, (*path, "dimensions"), components)
    _refer(toml, (*path, "attributes"), components)
    dimensions, attributes = toml.names(*path, "dimensions"), toml.names(*path, "attributes")
    if "dimensions" in toml.table(*path) and (FREQ not in dimensions or dimensions[-1] != TIME_PERIOD):
        toml.fault("shape", (*path, "dimensions"), f"'{cube}' needs FREQ among its dimensions and TIME_PERIOD last")
    for name in dimensions:
        if name != TIME_PERIOD and name in components and "codelist" not in components[name]:
            toml.fault("missing-key", (*path, "dimensions"), f"dimension '{name}' of '{cube}' has no codelist")
    parts = [*dimensions, *_EVERY_CUBE, *attributes]
    for name in sorted({name for name in parts if parts.count(name) > 1}):
        toml.fault("shape", path, f"'{cube}' has the component '{name}' twice")
    _refer(toml, (*path, "required"), [name for name in dimensions if name != TIME_PERIOD])


def _check_optional(toml: Toml, cube: str, codelists: Codelists) -> None:
    path = ("cubes", cube, "optional")
    for name, codes in toml.table(*path).items():
        known = codelists.get(toml.get("components", name, "codelist") or "")
        if name not in toml.names("cubes", cube, "required"):
            near = nearest(name, toml.names("cubes", cube, "required"))
            toml.fault("shape", (*path, name), f"'{name}' of optional is not among 'cubes.{cube}.required'{near}")
        elif known is not None and known.codes:
            for code in codes:
                if code not in known:
                    near = nearest(code, known.ids)
                    toml.fault("unknown-code", (*path, name), f"'{code}' is not in {known.id}{near}")


def _check_settings(toml: Toml, cube: str, codelists: Codelists) -> None:
    for key, (component, _) in _SETTINGS.items():
        own = toml.get("cubes", cube, key) is not None
        path = ("cubes", cube, key) if own else ("measure", key)
        value = setting(toml, cube, key)
        known = codelists.get(toml.get("components", component, "codelist") or "")
        if value is None:
            toml.fault("missing-key", ("cubes", cube), f"'cubes.{cube}.{key}' or 'measure.{key}' is missing")
        elif known is not None and known.codes and str(value) not in known:
            toml.fault("unknown-code", path, f"{key} '{value}' is not in {known.id}{nearest(str(value), known.ids)}")


def _check_source(toml: Toml) -> None:
    for cube in toml.table("source", "cubes"):
        path = ("source", "cubes", cube)
        if cube not in toml.table("cubes"):
            near = nearest(cube, toml.table("cubes"))
            toml.fault("unknown-cube", path, f"'{'.'.join(path)}' is no cube{near}")
            continue
        for key in ("tables", "rows"):
            _refer(toml, (*path, key), toml.names("cubes", cube, "dimensions"))
        if toml.get(*path, "tables") is not None and toml.get(*path, "tables") == toml.get(*path, "rows"):
            toml.fault("shape", path, f"'{'.'.join(path)}' has the same dimension for tables and rows")


def _refer(toml: Toml, path: TomlPath, known: Iterable[str]) -> None:
    """Note every name at a path (one, or a list) that is not known."""
    value = toml.get(*path) or []
    for name in value if isinstance(value, list) else [value]:
        if name not in known:
            message = f"'{'.'.join(path)}' names the unknown component '{name}'{nearest(name, known)}"
            toml.fault("unknown-component", path, message)
