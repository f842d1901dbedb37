"""A folder under ``schemas/`` read into a ``Dataset``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from publisher import model, naming
from publisher.definition.codelists import read_codelist, read_spellings
from publisher.definition.toml import Toml, read_toml
from publisher.errors import DefinitionError, Finding, nearest
from publisher.model import (
    CONF_STATUS,
    DECIMALS,
    OBS_STATUS,
    OBS_VALUE,
    TIME_PERIOD,
    UNIT_MEASURE,
    UNIT_MULT,
    Agent,
    Attribute,
    Codelist,
    Concept,
    Cube,
    Dataset,
    Dimension,
    Edition,
    Licence,
    Measure,
    SeriesAttribute,
    Suppression,
    Text,
)

DEFINITION_FILE = "dataset.toml"
_EDITION = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def find_datasets(project: Path) -> tuple[str, ...]:
    """Return the ids of the datasets a project defines: folders of ``schemas/`` with a dataset.toml."""
    return tuple(sorted(path.parent.name for path in (project / "schemas").glob(f"*/{DEFINITION_FILE}")))


def read_definition(project: Path, dataset: str, base_iri: str | None = None) -> Dataset:
    """Read ``schemas/<dataset>/`` of a project.

    ``base_iri`` replaces the one of the definition. Raises DefinitionError with every fault found,
    each with file and line; an unknown dataset is answered with the nearest name.
    """
    known = find_datasets(project)
    if dataset not in known:
        listed = f": there are {', '.join(known)}" if known else f": no folder of {project / 'schemas'} has one"
        raise DefinitionError(f"unknown dataset '{dataset}'{nearest(dataset, known)}{listed}")
    folder = project / "schemas" / dataset
    shown = f"schemas/{dataset}"
    toml = read_toml(folder / DEFINITION_FILE, f"{shown}/{DEFINITION_FILE}")
    if not toml.values:
        raise DefinitionError(*toml.findings)
    languages = tuple(language for language in toml.get("dataset", "languages") or () if isinstance(language, str))
    codelists, findings = _read_codelists(toml, folder, shown, languages)
    _check(toml, codelists, dataset)
    everything = sorted((*toml.findings, *findings), key=lambda finding: (finding.file or "", finding.line or 0))
    if everything:
        raise DefinitionError(*everything)
    if base_iri is not None:
        toml.values["dataset"]["base_iri"] = base_iri.rstrip("/")
    return _build(toml, codelists, languages)


def _read_codelists(
    toml: Toml, folder: Path, shown: str, languages: tuple[str, ...]
) -> tuple[dict[str, Codelist], list[Finding]]:
    """Read every codelist that is declared or has a file, and the spellings."""
    findings: list[Finding] = []
    lists: dict[str, Codelist] = {}
    files = {path.stem: path for path in sorted((folder / "codelists").glob("*.csv"))}
    declared = toml.get("codelists") or {}
    for name, path in files.items():
        if name not in declared:
            toml.fault("missing-key", (), f"'codelists.{name}' is missing: {shown}/codelists/{path.name} is there")
    for name in declared:
        empty = Codelist(name, _text(toml, "codelists", name, "name") or Text((("und", name),)), ())
        empty = replace(
            empty,
            description=_text(toml, "codelists", name, "description"),
            derived_from=toml.get("codelists", name, "derived_from"),
        )
        file = f"{shown}/codelists/{name}.csv"
        if name not in files:
            toml.fault("unknown-codelist", ("codelists", name), f"{file} is missing{nearest(name, files)}")
            continue
        lists[name], rows = read_codelist(files[name], file, empty, languages)
        findings += rows.findings
    if (folder / "spellings.csv").exists() and not findings:
        lists, rows = read_spellings(folder / "spellings.csv", f"{shown}/spellings.csv", lists)
        findings += rows.findings
    return lists, findings


def _check(toml: Toml, codelists: dict[str, Codelist], dataset: str) -> None:
    """Check what one key says against the others: references, ids, the shape of cubes, editions."""
    if toml.get("dataset", "id") not in (None, dataset):
        toml.fault("id", ("dataset", "id"), f"'dataset.id' is not the name of its folder, '{dataset}'")
    base = toml.get("dataset", "base_iri")
    if isinstance(base, str) and base.endswith("/"):
        toml.fault("iri", ("dataset", "base_iri"), "'dataset.base_iri' ends with '/': leave it out")
    if toml.get("contact") and not toml.get("contact", "email") and not toml.get("contact", "homepage"):
        toml.fault("missing-key", ("contact",), "'contact.email' or 'contact.homepage' is missing")
    components = toml.get("components") or {}
    _check_components(toml, components, codelists)
    if not toml.get("cubes"):
        toml.fault("missing-key", (), "there is no cube: add a table [cubes.<id>]")
    for cube in toml.get("cubes") or {}:
        _check_cube(toml, cube, components, codelists)
    for cube in toml.get("source", "cubes") or {}:
        if cube not in (toml.get("cubes") or {}):
            near = nearest(cube, toml.get("cubes") or {})
            toml.fault("unknown-key", ("source", "cubes", cube), f"'source.cubes.{cube}' is no cube{near}")
        for key in ("tables", "rows"):
            _refer(toml, ("source", "cubes", cube, key), toml.get("cubes", cube, "dimensions") or ())
    for edition in toml.get("editions") or {}:
        if not _EDITION.fullmatch(edition):
            toml.fault("id", ("editions", edition), f"edition '{edition}' is no month, as in 2024-11")
        if (toml.get("editions", edition, "revision") or 0) < 0:
            toml.fault("kind", ("editions", edition, "revision"), "a revision is 0 or more")


def _check_components(toml: Toml, components: dict[str, Any], codelists: dict[str, Codelist]) -> None:
    for name in (TIME_PERIOD, OBS_VALUE, OBS_STATUS, CONF_STATUS, UNIT_MEASURE, UNIT_MULT, DECIMALS, model.FREQ):
        if name not in components:
            toml.fault("missing-key", ("components",), f"'components.{name}' is missing: every dataset has it")
    for name in components:
        path = ("components", name)
        if not naming.NCNAME_PATTERN.fullmatch(name):
            toml.fault("id", path, f"component '{name}' is no SDMX id: a letter, then letters, digits, `_`, `-`")
        codelist = toml.get(*path, "codelist")
        if codelist is not None and codelist not in codelists and codelist not in (toml.get("codelists") or {}):
            message = f"unknown codelist '{codelist}'{nearest(codelist, codelists)}"
            toml.fault("unknown-codelist", (*path, "codelist"), message)
        if codelist is not None and toml.get(*path, "data_type") is not None:
            toml.fault("kind", (*path, "data_type"), f"'{name}' has a codelist: leave data_type out")
        if codelist is None and name in (model.FREQ, OBS_STATUS, CONF_STATUS, UNIT_MEASURE):
            toml.fault("missing-key", path, f"'components.{name}.codelist' is missing")
    for name, needed in ((TIME_PERIOD, "period"), (OBS_VALUE, "number")):
        if name in components and toml.get("components", name, "data_type") != needed:
            toml.fault("kind", ("components", name), f"'components.{name}.data_type' must be '{needed}'")


def _check_cube(toml: Toml, cube: str, components: dict[str, Any], codelists: dict[str, Codelist]) -> None:
    path = ("cubes", cube)
    if not naming.SLUG_PATTERN.fullmatch(cube):
        toml.fault("id", path, f"cube '{cube}' is no id: lower-case words joined with '-'")
    if cube in naming.RESERVED:
        toml.fault("id", path, f"'{cube}' is a word of the dataset's own IRIs: choose another id")
    _refer(toml, (*path, "dimensions"), components)
    _refer(toml, (*path, "attributes"), components)
    dimensions = toml.get(*path, "dimensions") or []
    attributes = toml.get(*path, "attributes") or []
    if dimensions and (dimensions[-1] != TIME_PERIOD or model.FREQ not in dimensions):
        toml.fault("shape", (*path, "dimensions"), f"'{cube}' needs FREQ among its dimensions and TIME_PERIOD last")
    for name in dimensions[:-1]:
        if name in components and toml.get("components", name, "codelist") is None:
            toml.fault("missing-key", (*path, "dimensions"), f"dimension '{name}' of '{cube}' has no codelist")
    parts = [*dimensions, OBS_VALUE, OBS_STATUS, CONF_STATUS, UNIT_MEASURE, UNIT_MULT, DECIMALS, *attributes]
    for name in sorted({name for name in parts if parts.count(name) > 1}):
        toml.fault("shape", path, f"'{cube}' has the component '{name}' twice")
    _refer(toml, (*path, "required"), [name for name in dimensions if name != TIME_PERIOD])
    for name, codes in (toml.get(*path, "optional") or {}).items():
        if name not in (toml.get(*path, "required") or ()):
            toml.fault("shape", (*path, "optional"), f"'{name}' of optional is not among '{cube}.required'")
        elif known := codelists.get(toml.get("components", name, "codelist") or ""):
            for code in codes:
                if code not in known:
                    message = f"'{code}' is not in {known.id}{nearest(code, known.ids)}"
                    toml.fault("unknown-code", (*path, "optional"), message)
    for key, component in (("unit", UNIT_MEASURE), ("unit_multiplier", UNIT_MULT), ("decimals", DECIMALS)):
        value = str(_setting(toml, cube, key, "" if key == "unit" else 0))
        known = codelists.get(toml.get("components", component, "codelist") or "")
        if known is not None and known.codes and value not in known:
            where = (*path, key) if toml.get(*path, key) is not None else ("measure", key)
            toml.fault("unknown-code", where, f"{key} '{value}' is not in {known.id}{nearest(value, known.ids)}")


def _refer(toml: Toml, path: tuple[str, ...], known: Iterable[str]) -> None:
    """Note every name at a path (one, or a list) that is not known."""
    value = toml.get(*path)
    for name in value if isinstance(value, list) else [] if value is None else [value]:
        if name not in known:
            message = f"'{'.'.join(path)}' names the unknown component '{name}'{nearest(str(name), known)}"
            toml.fault("unknown-component", path, message)


def _setting(toml: Toml, cube: str, key: str, default: Any) -> Any:
    """Return a setting of a cube, of ``[measure]`` where the cube has none, or the default."""
    for path in (("cubes", cube, key), ("measure", key)):
        if (value := toml.get(*path)) is not None:
            return value
    return default


def _build(toml: Toml, codelists: dict[str, Codelist], languages: tuple[str, ...]) -> Dataset:
    """Make the model of a definition without faults."""
    dataset = toml.values["dataset"]
    concepts = {name: _concept(toml, name, codelists) for name in toml.values["components"]}
    suppression = toml.get("suppression")
    return Dataset(
        id=dataset["id"],
        names=naming.Names(
            dataset["base_iri"],
            dataset["id"],
            dataset["agency"],
            dataset["sdmx_id"],
            dataset.get("structure_version", "1.0"),
        ),
        title=_needed(toml, "dataset", "title"),
        description=_needed(toml, "dataset", "description"),
        languages=languages,
        publisher=_agent(toml, "publisher"),
        contact=_agent(toml, "contact"),
        licence=Licence(**toml.values["licence"]),
        codelists=tuple(codelists.values()),
        concepts=tuple(concepts.values()),
        cubes=tuple(_cube(toml, cube, concepts) for cube in toml.values["cubes"]),
        editions=tuple(_edition(toml, name) for name in sorted(toml.get("editions") or {})),
        suppression=Suppression(**suppression) if suppression else None,
        reader=toml.values["source"]["reader"],
        source=MappingProxyType(toml.values["source"]),
        formats=MappingProxyType(toml.get("formats") or {}),
        landing_page=dataset.get("landing_page"),
        keywords=tuple(Text(tuple(text.items())) for text in dataset.get("keywords", ())),
    )


def _text(toml: Toml, *path: str) -> Text | None:
    words = toml.get(*path)
    return Text(tuple(words.items())) if isinstance(words, dict) and words else None


def _needed(toml: Toml, *path: str) -> Text:
    text = _text(toml, *path)
    assert text is not None, f"{path} passed the check"
    return text


def _agent(toml: Toml, table: str) -> Agent:
    values = toml.values[table]
    return Agent(_needed(toml, table, "name"), values.get("identifier"), values.get("homepage"), values.get("email"))


def _concept(toml: Toml, name: str, codelists: dict[str, Codelist]) -> Concept:
    values = toml.values["components"][name]
    codelist = codelists[values["codelist"]] if "codelist" in values else None
    return Concept(
        name,
        _needed(toml, "components", name, "name"),
        _text(toml, "components", name, "description"),
        codelist,
        "code" if codelist else values.get("data_type", "string"),
        values.get("subproperty_of"),
    )


def _cube(toml: Toml, cube: str, concepts: dict[str, Concept]) -> Cube:
    values = toml.values["cubes"][cube]
    decimals = _setting(toml, cube, "decimals", 0)
    multiplier = _setting(toml, cube, "unit_multiplier", 0)
    optional = values.get("optional", {})
    required = {}
    for name in values.get("required", ()):
        codelist = concepts[name].codelist
        assert codelist is not None, "dimensions but time are coded"
        required[name] = tuple(c for c in codelist.ids if c != naming.UNKNOWN and c not in optional.get(name, ()))
    return Cube(
        id=cube,
        title=_needed(toml, "cubes", cube, "title"),
        description=_text(toml, "cubes", cube, "description"),
        dimensions=tuple(Dimension(concepts[name]) for name in values["dimensions"]),
        measure=Measure(concepts[OBS_VALUE], decimals),
        attributes=(
            Attribute(concepts[OBS_STATUS], required=True),
            Attribute(concepts[CONF_STATUS], required=True),
            *(Attribute(concepts[name]) for name in values.get("attributes", ())),
        ),
        series_attributes=(
            SeriesAttribute(concepts[UNIT_MEASURE], _setting(toml, cube, "unit", "")),
            SeriesAttribute(concepts[UNIT_MULT], str(multiplier)),
            SeriesAttribute(concepts[DECIMALS], str(decimals)),
        ),
        required=MappingProxyType(required),
    )


def _edition(toml: Toml, name: str) -> Edition:
    values = toml.values["editions"][name]
    return Edition(
        name,
        _moment(values.get("issued")),
        _moment(values.get("modified")),
        values.get("revision", 0),
        _text(toml, "editions", name, "note"),
    )


def _moment(value: date | datetime | None) -> datetime | None:
    """Return a date, or a date and time, as a moment in UTC."""
    if value is None or isinstance(value, datetime):
        return value and value.astimezone(UTC)
    return datetime.combine(value, time(), UTC)
