"""A codelist of a definition beside a file or an address of its owner; what differs, and the CSV file that follows."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from publisher.definition import DEFINITION_FILE, find_datasets
from publisher.definition.codelists import Rows, read_rows
from publisher.definition.links import NOTATION, VALID_THROUGH, day_of
from publisher.definition.toml import Toml, read_toml
from publisher.errors import DefinitionError, Finding, InputError, nearest
from publisher.refresh.compare import Comparison, Own, compare
from publisher.refresh.follow import Followed, Setting, follow
from publisher.refresh.klass import read_owned
from publisher.refresh.source import read
from publisher.refresh.table import Table, replace_file

_OWNERS = "urn:ssb:classification:klass:"
_SPELLINGS = "spellings.csv"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a codelist and what it is compared with.

    Without ``dataset`` the one that has the list; without ``language`` the first of the dataset;
    without ``day`` the last of its newest edition; without ``notation`` that of KLASS, if it has one.
    """

    codelist: str
    source: str
    dataset: str | None = None
    language: str | None = None
    day: date | None = None
    notation: str | None = None
    level: str = ""
    write: bool = False


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was compared: the list, its file, the day and the language; what differs, and what was written."""

    codelist: str
    dataset: str
    file: str
    source: str
    language: str
    day: date | None
    comparison: Comparison
    followed: Followed
    written: bool


def refresh(project: Path, wanted: Request) -> Refreshed:
    """Compare a codelist with its owner's, and with ``write`` let its CSV file follow.

    Raises DefinitionError, InputError or OutputError; nothing is then written.
    """
    dataset, toml = _dataset(project, wanted)
    folder = project / "schemas" / dataset
    file = f"schemas/{dataset}/codelists/{wanted.codelist}.csv"
    rows = read_rows(folder / "codelists" / f"{wanted.codelist}.csv", file)
    language = wanted.language or toml.names("dataset", "languages")[0]
    label = f"label_{language}"
    for column in ("code", label):
        if not rows.findings and column not in rows.header:
            rows.fault("missing-key", 1, f"has no column '{column}'")
    if rows.findings:
        raise DefinitionError(*rows.findings)
    day = wanted.day or _last_day(toml)
    system = _system(toml, rows, wanted)
    if system is None and toml.get("codelists", wanted.codelist, "derived_from") is None:
        message = "nothing of this codelist is the owner's: give a notation column or derived_from"
        raise DefinitionError(Finding("usage", message, file=file))
    own = list(_own(toml, wanted, rows, label, system, _aliases(folder, wanted.codelist)))
    owned = read_owned(read(wanted.source))
    try:
        comparison = compare(own, owned, day, wanted.level)
    except InputError as error:
        raise InputError(f"{wanted.source}: {error}") from error
    needed = tuple(f"label_{language}" for language in toml.names("dataset", "languages"))
    before = wanted.day - timedelta(1) if wanted.day is not None and wanted.day > date.min else None
    path = folder / "codelists" / f"{wanted.codelist}.csv"
    table = Table(path.read_bytes().decode())
    original = table.text
    followed = follow(table, own, comparison, Setting(file, label, needed, system, before, wanted.write))
    written = wanted.write and table.text != original
    if written:
        replace_file(path, table.text)
    return Refreshed(wanted.codelist, dataset, file, wanted.source, language, day, comparison, followed, written)


def _dataset(project: Path, wanted: Request) -> tuple[str, Toml]:
    """Return the dataset that has the codelist, and its ``dataset.toml``."""
    defined = find_datasets(project)
    if wanted.dataset is not None and wanted.dataset not in defined:
        raise DefinitionError(f"unknown dataset '{wanted.dataset}'{nearest(wanted.dataset, defined)}")
    found: dict[str, Toml] = {}
    lists: set[str] = set()
    for dataset in defined if wanted.dataset is None else (wanted.dataset,):
        toml = read_toml(project / "schemas" / dataset / DEFINITION_FILE, f"schemas/{dataset}/{DEFINITION_FILE}")
        lists.update(toml.table("codelists"))
        if wanted.codelist in toml.table("codelists") or (wanted.dataset is not None and toml.findings):
            found[dataset] = toml
    if len(found) > 1:
        raise InputError(f"{', '.join(found)} have a codelist '{wanted.codelist}': choose one with --dataset")
    for dataset, toml in found.items():
        if toml.findings:
            raise DefinitionError(*toml.findings)
        return dataset, toml
    raise DefinitionError(f"unknown codelist '{wanted.codelist}'{nearest(wanted.codelist, lists)}")


def _last_day(toml: Toml) -> date | None:
    """Return the last day of the newest edition that the definition lists."""
    editions = sorted(toml.table("editions"))
    if not editions:
        return None
    first = day_of(f"{editions[-1]}-01")
    return first and first.replace(day=monthrange(first.year, first.month)[1])


def _system(toml: Toml, rows: Rows, wanted: Request) -> str | None:
    """Return the column with the owner's codes, or None where these are the codes of the list themselves."""
    columns = [name for name in toml.table("notations") if NOTATION + name in rows.header]
    if wanted.notation is not None:
        if wanted.notation not in columns:
            near = nearest(wanted.notation, columns)
            raise InputError(f"{wanted.codelist} has no column '{NOTATION}{wanted.notation}'{near}")
        return NOTATION + wanted.notation
    of_owner = [name for name in columns if str(toml.get("notations", name, "datatype")).startswith(_OWNERS)]
    if len(of_owner) > 1:
        raise InputError(f"{wanted.codelist} has notations {', '.join(of_owner)}: choose one with --notation")
    return NOTATION + of_owner[0] if of_owner else None


def _own(
    toml: Toml, wanted: Request, rows: Rows, label: str, system: str | None, aliases: dict[str, set[str]]
) -> Iterator[Own]:
    """Yield the codes of the list; the owner's are those with its notation or, where it has none, all but ``_…``."""
    derived = toml.get("codelists", wanted.codelist, "derived_from") is not None
    first = label == f"label_{toml.names('dataset', 'languages')[0]}"
    for number, (line, record) in enumerate(rows.records):
        code = record["code"]
        if system is not None:
            owners = record[system] or None
        else:
            owners = code if derived and not code.startswith("_") else None
        day = record.get(VALID_THROUGH, "")
        if day and day_of(day) is None:
            message = f"{VALID_THROUGH} '{day}' is no day, as in 2023-12-31"
            raise DefinitionError(Finding("date", message, file=rows.file, line=line))
        words = frozenset(aliases.get(code, ())) if first else frozenset()
        yield Own(code, number, line, owners, record.get("parent", ""), record[label], day_of(day), words)


def _aliases(folder: Path, codelist: str) -> dict[str, set[str]]:
    """Return the other correct names of a list's codes, in the first language."""
    found: dict[str, set[str]] = {}
    if (folder / _SPELLINGS).exists():
        for _, record in read_rows(folder / _SPELLINGS, _SPELLINGS).records:
            if record.get("codelist") == codelist and record.get("kind") == "alias":
                found.setdefault(record.get("code", ""), set()).add(record.get("spelling", ""))
    return found
