"""What a release says of its own numbers and checks, in ``reports/``: that it is so."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from publisher import __version__
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.run import is_wanted
from publisher.errors import Finding
from publisher.formats import FORMATS
from publisher.observations import Observations

QUALITY = "reports/quality.json"
VALIDATION = "reports/validation.json"
RULE = "reports"
_REMEDY = "build the release again"
_HEAD = ("dataset", "edition", "version")
_COUNTS = ("observations", "suppressed")
_EXACT = "exact"
_CHECK = ("name", "by", "verdict", "looked_at")
_MANIFEST = "manifest.json"
_ONE_TRUTH = "one truth: "


def quality(observations: Iterable[Observations], exact: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return how many observations there are and how many of them are suppressed, in all and by cube.

    Where an audit was made, each cube also has how many of its suppressed observations a reader can compute.
    """
    cubes = {item.cube.id: {"observations": item.rows, "suppressed": item.suppressed} for item in observations}
    totals = {name: sum(counts[name] for counts in cubes.values()) for name in _COUNTS}
    for cube, count in (exact or {}).items():
        cubes[cube][_EXACT] = count
    return {**totals, "cubes": cubes}


def run(table: Collection[Check], subject: Subject) -> Outcome:
    """Compare the reports of a release with its observations; while it is built there are none yet."""
    present = [path for path in (QUALITY, VALIDATION) if path in subject.files]
    if not present:
        return Outcome(nothing=True)
    findings = [finding for path in present for finding in _faults(path, table, subject)]
    return Outcome(tuple(findings), f"{len(present)} reports")


def check_of(table: Collection[Check] = ()) -> Check:
    """Return the check that reports are right; with all other checks, also that those stand in it which a build runs.

    Without them it is asked only that a report has checks, each once.
    """
    return Check("reports", "publisher", "fast", partial(run, table), files=(QUALITY, VALIDATION))


def _faults(path: str, table: Collection[Check], subject: Subject) -> Iterator[Finding]:
    try:
        said = json.loads((subject.folder / path).read_text(encoding="utf-8"))
        numbers = path == QUALITY
        messages = [*_head(said, subject), *(_numbers(said, subject) if numbers else _verdicts(said, table, subject))]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        messages = [f"is no report of a release ({type(error).__name__})"]
    for message in messages:
        yield Finding(RULE, f"{message}: {_REMEDY}", file=path)


def _head(said: Any, subject: Subject) -> Iterator[str]:
    edition = subject.edition
    wanted = {"dataset": subject.dataset.id, "edition": edition.id, "version": edition.version}
    for name, value in wanted.items():
        if said[name] != value:
            yield f"is of {name} '{said[name]}', not '{value}'"


def _members(said: Any, known: Collection[str], where: str = "") -> Iterator[str]:
    """Yield the members of an object that no report has; that one is missing is told by who asks for it."""
    for name in said.keys() - set(known):
        yield f"has '{name[:60]}'{where}, which no report has"


def _numbers(said: Any, subject: Subject) -> Iterator[str]:
    yield from _members(said, (*_HEAD, *_COUNTS, "cubes"))
    for cube, counts in said["cubes"].items():
        yield from _members(counts, (*_COUNTS, _EXACT), f" of cube {cube[:60]}")
        exact = counts.get(_EXACT, 0)
        if type(exact) is not int or not 0 <= exact <= counts["suppressed"]:
            yield f"says that {exact} of {counts['suppressed']} suppressed of cube {cube[:60]} can be computed"
    # Of files that hold no observations nobody can count them: then the report must be right of itself.
    totals = {name: sum(counts[name] for counts in said["cubes"].values()) for name in _COUNTS}
    counted = quality(subject.observations.values()) if subject.observations else {**totals, "cubes": said["cubes"]}
    for cube in {**said["cubes"], **counted["cubes"]}:
        for name in _COUNTS:
            found, there = (side["cubes"].get(cube, {}).get(name, 0) for side in (said, counted))
            if found != there or type(found) is not int:
                yield f"says {found} {name} of cube {cube}, there are {there}"
    for name in _COUNTS:
        if said[name] != counted[name] or type(said[name]) is not int:
            yield f"says {said[name]} {name} in all, there are {counted[name]}"


def _verdicts(said: Any, table: Collection[Check], subject: Subject) -> Iterator[str]:
    yield from _members(said, (*_HEAD, "tool", "checks"))
    yield from _tool(said["tool"], subject)
    for check in said["checks"]:
        yield from _verdict(check, subject)
    pairs = [(check["name"], check["by"]) for check in said["checks"]]
    if not pairs:
        yield "says that nothing was checked"
    for name, by in sorted({pair for pair in pairs if pairs.count(pair) > 1}):
        yield f"has the check '{name}' by {by} more than once"
    if table and said["tool"]["version"] == __version__:  # which checks another version runs is not known
        yield from _unlike(pairs, table, subject)


def _tool(tool: Any, subject: Subject) -> Iterator[str]:
    """Yield what is said otherwise of the tool than in the manifest."""
    yield from _members(tool, ("name", "version"), " of the tool")
    manifest = subject.folder / _MANIFEST
    known = json.loads(manifest.read_text(encoding="utf-8"))["tool"] if _MANIFEST in subject.files else tool
    if not isinstance(tool["version"], str) or (tool["name"], tool["version"]) != ("publisher", known["version"]):
        yield "is of another tool, or another version of it, than the manifest"


def _verdict(check: Any, subject: Subject) -> Iterator[str]:
    """Yield what is wrong with the words of one check."""
    name, by, verdict, looked_at = (check[member] for member in _CHECK)
    yield from _members(check, (*_CHECK, "skipped", "findings"), f" of the check '{name}'")
    if verdict not in ("passed", "skipped"):
        yield f"says that the check '{name}' did not pass"
    if (verdict == "skipped") != ("skipped" in check) or not all(isinstance(word, str) and word for word in (name, by)):
        yield f"does not say of the check '{name}' what a report says"
    if not isinstance(looked_at, str) or bool(looked_at) != (verdict != "skipped"):
        yield f"does not say what the check '{name}' looked at"
    elif name.startswith(_ONE_TRUTH) and subject.observations and looked_at not in ("", _all(subject)):
        yield f"says that the check '{name}' looked at something else than all observations"


def _all(subject: Subject) -> str:
    return f"{subject.rows:,} observations"


def _unlike(pairs: list[tuple[str, str]], table: Collection[Check], subject: Subject) -> Iterator[str]:
    """Yield checks that a build of these files does not run, and those that it runs and the report lacks."""
    formats = _formats(subject)
    run = [(check, _by(check, subject)) for check in table if is_wanted(check, formats)]
    known = [(check.name, by) for check, programs in run for by in programs]
    for name, by in pairs:
        if (name, by) not in known:
            yield f"has the check '{name}' by {by}, which no build of these files runs"
    if subject.rows:  # of a release without observations it is not known how many were checked
        for check, programs in run:
            if _has_files(check, subject) and not any((check.name, by) in pairs for by in programs):
                yield f"lacks the check '{check.name}' by {programs[0]}"
    if (there := [pair for pair in pairs if pair in known]) != sorted(there, key=known.index):
        yield "has its checks in another order than a build"


def _by(check: Check, subject: Subject) -> tuple[str, ...]:
    """Return the program that does a check of so many observations; both where their number is not known."""
    if check.twin is None or check.most_rows is None:
        return (check.by,)
    return (
        (check.by, check.twin_by)
        if not subject.rows
        else (check.by if subject.rows <= check.most_rows else check.twin_by,)
    )


def _formats(subject: Subject) -> frozenset[str]:
    """Return the formats that the files are of."""
    return frozenset(format.name for format in FORMATS if any(_is_there(path, subject) for path in format.paths))


def _has_files(check: Check, subject: Subject) -> bool:
    return any(_is_there(path, subject) for path in check.files)


def _is_there(path: str, subject: Subject) -> bool:
    """Say whether there is a file of a path in which words stand in angles, as in ``data/<cube>.csv``."""
    cubes = "|".join(re.escape(cube.id) for cube in subject.dataset.cubes)
    # The files of SDMX-CSV that every release has are no variants: those have a hyphen.
    words = {"<cube>": f"({cubes})", "<variant>": "[^/]+-[^/]+"}
    pattern = re.compile(re.sub("<[^>]*>", lambda word: words.get(word[0], "[^/]+"), re.escape(path)))
    return any(pattern.fullmatch(file) for file in subject.files)
