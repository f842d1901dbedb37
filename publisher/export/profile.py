"""What a portal takes and refuses: a profile, its rules, and the files of a release that the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.errors import Finding
from publisher.export.structures import FILE, Structures, UnreadableError
from publisher.export.tables import Table, load
from publisher.release import Manifest

if TYPE_CHECKING:
    import duckdb

Needs = Literal["files", "structures", "data"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a portal refuses: its name, what must hold, what to do where it does not, and who says so.

    ``find`` yields a finding for every fault, worded without remedy and without the rule's name.
    ``needs`` is what must be readable for it.
    """

    name: str
    sentence: str
    remedy: str
    source: str
    find: Callable[[Bundle], Iterable[Finding]]
    needs: Needs = "data"


@dataclass(frozen=True, slots=True)
class Profile:
    """A portal: what it takes from a release, in which order, and what it refuses.

    ``data`` is the name of the file it takes of each cube, ``formats`` write what it takes.
    ``collections`` are the parts of the structures it takes, all of them where None, and then
    without actual constraints. ``steps`` tell a person what to do with the zip.
    """

    name: str
    title: str
    data: str
    formats: tuple[str, ...]
    rules: tuple[Rule, ...]
    steps: tuple[str, ...]
    collections: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a portal is given of one release, as it stands in the files.

    ``structures`` is None where they cannot be read; ``tables`` are the data files that can be,
    ``unreadable`` says what is wrong with the others. ``data`` are the paths of all data files.
    """

    folder: Path
    profile: Profile
    data: tuple[str, ...]
    structures: Structures | None
    tables: tuple[Table, ...]
    unreadable: tuple[Finding, ...]

    @property
    def known(self) -> Structures:
        """The structures, for rules that are run only where they can be read."""
        if self.structures is None:
            raise ValueError("the structures are not readable")
        return self.structures

    def structure_file(self) -> bytes:
        """Return the file of structures as the portal is given it: as it is, or only the parts it takes."""
        from lxml import etree

        if self.profile.collections is None:
            return (self.folder / FILE).read_bytes()
        return etree.tostring(self.known.tree, encoding="UTF-8", xml_declaration=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found; ``skipped`` says why it was not asked."""

    rule: Rule
    findings: tuple[Finding, ...] = ()
    skipped: str = ""

    @property
    def refused(self) -> bool:
        """Whether the portal would refuse."""
        return any(finding.severity == "error" for finding in self.findings)


def open_bundle(
    folder: Path, manifest: Manifest, profile: Profile, database: duckdb.DuckDBPyConnection, scratch: Path
) -> Bundle:
    """Read what a portal takes of a release; ``scratch`` is for what is not kept in memory."""
    data = tuple(sorted(path for path in manifest.files if _cube(path, profile) is not None))
    unreadable: list[Finding] = []
    tables: list[Table] = []
    structures = None
    try:
        structures = Structures(folder / FILE, profile.collections) if FILE in manifest.files else None
    except UnreadableError as error:
        unreadable.append(Finding("", str(error), file=FILE, line=error.line))
    for path in data:
        if structures is None:
            break
        cube = _cube(path, profile) or ""
        try:
            tables.append(load(folder / path, path, cube, structures, database, scratch))
        except UnreadableError as error:
            unreadable.append(Finding("", str(error), file=path, line=error.line, cube=cube))
    return Bundle(folder, profile, data, structures, tuple(tables), tuple(unreadable))


def _cube(path: str, profile: Profile) -> str | None:
    """Return whose data a file of a release is; None where it is no data file that the portal takes."""
    words = path.split("/")
    return words[1] if len(words) == 3 and words[0] == "sdmx" and words[2] == profile.data else None


def judge(bundle: Bundle) -> Iterator[Verdict]:
    """Ask every rule of the profile; a rule that has nothing to look at is skipped, and says so."""
    for rule in bundle.profile.rules:
        if rule.needs != "files" and bundle.structures is None:
            yield Verdict(rule, skipped="the structures cannot be read")
        elif rule.needs == "data" and not bundle.tables:
            yield Verdict(rule, skipped="no data file can be read")
        else:
            yield Verdict(rule, tuple(_named(finding, rule) for finding in rule.find(bundle)))


def _named(finding: Finding, rule: Rule) -> Finding:
    return replace(finding, rule=rule.name, message=f"{finding.message}: {rule.remedy} ({rule.name})")
