"""Looking at what was named: each kind in a process of its own, and no word of where a zip was unpacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from publisher.checks.check import Outcome
from publisher.checks.run import Verdict
from publisher.engines import confined
from publisher.errors import Finding, InputError
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.plan import Group

# What looking at the things of a kind may take, and so many seconds more for each byte of them.
_BOUNDS = confined.Bounds(seconds=900, memory=8 << 30, file=64 << 30)
_SECONDS_PER_BYTE = 1e-5
# No more files than these are named one by one as not looked at.
_MOST_NAMED = 1_000


class Looked:
    """What there is to look at, and in how many steps."""

    def __init__(self, groups: Sequence[Group], full: bool) -> None:
        """Keep what there is, and whether full checks are asked for."""
        self._groups, self._full = groups, full

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return sum(kind.steps(paths, self._full) for group in self._groups for kind, paths in group.things)

    def validations(self, begin: Begin = lambda _: None, confine: bool = False) -> tuple[Validation, ...]:
        """Check everything, each kind after the other.

        With ``confine`` each kind has a process of its own with bounds: what a stranger's files do to a
        program is then a finding, and ends nothing else.
        """
        return tuple(self._validated(begin, confine))

    def _validated(self, begin: Begin, confine: bool) -> Iterator[Validation]:
        for group in self._groups:
            found: list[Validation] = []
            try:
                for kind, paths in group.things:
                    looked = self._confined if confine else self._here
                    found += looked(kind, paths, group, begin)
            except InputError as error:
                raise InputError(*_told(error.findings, group)) from None
            for validation in (*found, *_rest(group, found)):
                yield _told(validation, group)

    def _here(self, kind: Kind, paths: list[Path], group: Group, begin: Begin) -> list[Validation]:
        return list(kind.validate(paths, self._full, begin))

    def _confined(self, kind: Kind, paths: list[Path], group: Group, begin: Begin) -> list[Validation]:
        """Return what is found of some things by a process that reads them and nothing else."""
        size = sum(_size(path) for path in paths)
        bounds = replace(_BOUNDS, seconds=_BOUNDS.seconds + round(size * _SECONDS_PER_BYTE))
        folders = [place for path in paths for place in _places(path)] if group.folder is None else [group.folder]
        try:
            found: Sequence[Validation] = confined.call(
                "publisher.validate:of_kind", kind.name, paths, self._full, bounds=bounds, folder=folders, begin=begin
            )
            return list(found)
        except confined.ConfinedError as error:
            names = [path.as_posix() for path in paths]
            step = f"the check '{error.step}'" if error.step else "reading it"
            broken = Verdict(error.step or "reading", "publisher", Outcome((error.finding(step, _only(names)),)), 0.0)
            verdicts = [verdict for verdict in error.told if isinstance(verdict, Verdict)]
            about = "not looked at to the end: what follows the last check is not known"
            return [Validation(kind.name, ", ".join(names), {"files": names}, about, [*verdicts, broken])]


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _places(path: Path) -> tuple[Path, ...]:
    """Return what may be read for a path: a folder, or a file and those beside it."""
    return (path,) if path.is_dir() else (path, path.parent)


def _size(path: Path) -> int:
    from publisher.engines.folders import contents

    if not path.is_dir():
        return path.stat().st_size
    return sum((path / file).stat().st_size for file in contents(path).files)


def _rest(group: Group, found: list[Validation]) -> Iterator[Validation]:
    """Yield what is said of a zip that is not unpacked, and of the files of a stranger that nothing looked at."""
    if group.faults:
        found_ = tuple(
            replace(fault, file=group.shown if fault.file is None else f"{group.shown}/{fault.file}")
            for fault in group.faults
        )
        verdict = Verdict("unpacking", "publisher", Outcome(found_), 0.0)
        yield Validation("archive", group.shown, {"file": group.shown}, "a zip that is not unpacked", [verdict])
    held = group.contents
    if held is None or group.folder is None or (found and not held.files and not held.others):
        return
    seen = {file for validation in found for file in _looked_at(validation, group.folder)}
    left = [file for file in held.files if file not in seen]
    faults = tuple(
        Finding("not-looked-at", f"is {what}, which is not read", "warning", file=name)
        for name, what in held.others.items()
    )
    values_ = {"folder": group.shown, "files": len(held.files), "not_looked_at": left[:_MOST_NAMED]}
    about = f"files in it: {len(held.files):,}, of no kind that is checked: {len(left):,}"
    verdicts = [Verdict("what a folder holds", "publisher", Outcome(faults), 0.0)] if faults else []
    within = group.folder.as_posix()
    yield Validation("folder", group.shown, values_, about, verdicts, tuple(left[:_MOST_NAMED]), within)


def _looked_at(validation: Validation, folder: Path) -> Iterator[str]:
    """Yield the files of a folder that a validation looked at."""
    for file in validation.files:
        path = PurePosixPath(validation.within) / file
        if path.is_relative_to(folder.as_posix()):
            yield path.relative_to(folder.as_posix()).as_posix()


def _told(value: Any, group: Group) -> Any:
    """Return what is said of a group with the zip that the user named in the place of where it was unpacked."""
    if group.unpacked is None:
        return value
    folder = str(group.unpacked)
    names = dict.fromkeys((group.unpacked.resolve().as_posix(), folder, quote(folder)))
    return _replaced(value, tuple(names), group.shown)


def _replaced(value: Any, names: tuple[str, ...], shown: str) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, shown)
        return value
    if isinstance(value, list | tuple):
        return type(value)(_replaced(item, names, shown) for item in value)
    if isinstance(value, dict):
        return {_replaced(key, names, shown): _replaced(item, names, shown) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: _replaced(getattr(value, each.name), names, shown) for each in fields(value)}
        return replace(value, **changed)
    return value
