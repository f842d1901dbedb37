"""From releases to zips for a portal: checked first, written beside, and moved in place together or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.errors import Finding, InputError, OutputError
from publisher.export.archive import Member, write_zip
from publisher.export.profile import Bundle, Profile, Verdict, judge, open_bundle
from publisher.observations import connect
from publisher.release import MANIFEST, read_manifest
from publisher.release.manifest import verify
from publisher.release.workspace import undisturbed

_SUFFIX = ".zip"


@dataclass(slots=True)
class Exported:
    """What was done with one release: what the rules found, and the zip with its files and their sizes.

    ``damage`` is where the release is not what its manifest says; no rule is asked then. ``files``
    are those of the zip that was or would be written, in its order.
    """

    folder: Path
    profile: Profile
    dataset: str = ""
    version: str = ""
    path: Path = Path()
    bytes: int = 0
    damage: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    files: list[tuple[str, int]] = field(default_factory=list)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return (*self.damage, *(finding for verdict in self.verdicts for finding in verdict.findings))

    @property
    def refused(self) -> bool:
        """Whether anything that was found keeps the zip from being written."""
        return any(finding.severity == "error" for finding in self.findings)


def export(
    folders: Sequence[Path], profile: Profile, output: Path | None, begin: Callable[[str], None] = lambda _: None
) -> tuple[Exported, ...]:
    """Write a zip for each release, or none at all where the portal would refuse one of them.

    ``output`` is a file for one release, or a folder; the current folder unless given. Raises
    InputError where a folder is no release, OutputError where the zip cannot be written.
    """
    made = [_place(folder, profile, output, len(folders)) for folder in folders]
    paths = [report.path for report in made]
    for path in paths:
        if paths.count(path) > 1:
            raise OutputError(f"{path} would be written by more than one release: export each to its own --output")
    with _beside(paths) as drafts:
        for report, draft in zip(made, drafts, strict=True):
            begin(f"{report.dataset}: {profile.name}")
            _make(report, draft)
        if not any(report.refused for report in made):
            with undisturbed():
                for report, draft in zip(made, drafts, strict=True):
                    os.replace(draft, report.path)
    return tuple(made)


def _place(folder: Path, profile: Profile, output: Path | None, count: int) -> Exported:
    """Read what the release is called, and decide where its zip goes."""
    manifest = read_manifest(folder)
    report = Exported(folder, profile, manifest.dataset, manifest.version)
    name = f"{manifest.dataset}-{manifest.version}-{profile.name}{_SUFFIX}"
    if Path(name).name != name:
        raise InputError(f"{folder / MANIFEST}: '{manifest.dataset}' and '{manifest.version}' make no file name")
    if output is None:
        report.path = Path(name)
    elif output.suffix == _SUFFIX and not output.is_dir():
        if count > 1:
            raise OutputError(f"{output} is one file, and there are {count} releases: give a folder, or one release")
        report.path = output
    else:
        report.path = output / name
    for place in report.path.resolve().parents:
        if (place / MANIFEST).is_file():
            raise OutputError(f"{report.path} is inside the release {place}: choose another --output")
    if report.path.is_dir():
        raise OutputError(f"{report.path} is a folder: choose another --output")
    return report


@contextmanager
def _beside(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give a name beside each path to write to; at the end nothing is left there, nor a folder made for nothing."""
    import duckdb

    drafts = [path.with_name(f".{path.name}.new") for path in paths]
    made = [folder for path in paths for folder in path.resolve().parents if not folder.exists()]
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        yield drafts
    except OSError as error:
        raise OutputError(
            f"{error.filename}: {error.strerror}: nothing was written; choose another --output"
        ) from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutputError(f"{error}: nothing was written; free space") from error
    finally:
        with suppress(OSError):  # what is not empty stays
            for draft in drafts:
                draft.unlink(missing_ok=True)
            for folder in made:
                folder.rmdir()


def _make(report: Exported, draft: Path) -> None:
    """Check a release, and write its zip where nothing refuses it."""
    manifest = read_manifest(report.folder)
    report.damage = tuple(_damaged(finding) for finding in verify(report.folder, manifest))
    if report.damage:
        return
    with tempfile.TemporaryDirectory(prefix="publisher-") as scratch, connect(Path(scratch)) as database:
        bundle = open_bundle(report.folder, manifest, report.profile, database, Path(scratch))
        report.verdicts = tuple(judge(bundle))
        if not report.refused:
            members = list(_members(bundle))
            report.files = [(member.name, member.size) for member in members]
            write_zip(draft, members)
            report.bytes = draft.stat().st_size


def _damaged(finding: Finding) -> Finding:
    return replace(finding, message=f"{finding.message}: build the release again, or take an undamaged copy")


def _members(bundle: Bundle) -> Iterator[Member]:
    """Yield the files of the zip in the order in which they are loaded, numbered."""
    order = {flow.key: number for number, flow in enumerate(bundle.known.of_kind("Dataflow"))}
    tables = sorted(bundle.tables, key=lambda table: order[table.flow.key])
    width = len(str(1 + len(tables)))
    yield Member(f"{1:0{width}}-structures.xml", bundle.structure_file())
    for number, table in enumerate(tables, 2):
        path = bundle.folder / table.file
        yield Member(f"{number:0{width}}-{table.cube}{path.suffix}", path)
