"""What was found, for a person: a table of files, programs and verdicts, and a line that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from publisher.validate.kind import EVERY_FILE, Validation
from publisher.validate.table import FAILED, NOT_LOOKED_AT, PASSED, SKIPPED, Row, named, rows
from publisher.visible import visible

_MOST_NAMED = 20
_WIDEST = 48
_LONGEST = 200
_GAP = "  "


def text(validation: Validation) -> str:
    """Return the table of one thing: a line for the files that a check calls the same and each program."""
    lines = [f"{validation.place}: {validation.about}"]
    every = list(rows(validation))
    cells = list(_cells([row for row in every if row.verdict != NOT_LOOKED_AT]))
    if cells:
        lines += _aligned((("files", "by", "verdict"), *cells))
    unseen = [row.file for row in every if row.verdict == NOT_LOOKED_AT]
    lines += _unseen(unseen, any(EVERY_FILE in verdict.files for verdict in validation.verdicts))
    if any(verdict.files or verdict.findings for verdict in validation.verdicts) and validation.kind != "folder":
        lines.append(f"{_GAP}{_counted(validation)}")
    return "\n".join(lines)


def details(validation: Validation) -> str:
    """Return each check and what it looked at, then a line for each file: its verdicts, each with its programs."""
    lines = [f"{_GAP}{len(validation.verdicts)} checks of {validation.place}"]
    for verdict in validation.verdicts:
        errors = sum(finding.severity == "error" for finding in verdict.findings)
        answer = "skipped" if verdict.skipped else _number(errors, "error") if errors else "passed"
        about = verdict.skipped or verdict.outcome.looked_at
        lines.append(f"{_GAP}{answer:<9} {verdict.name} ({named(verdict.by)}){f': {about}' if about else ''}")
    of_files: dict[str, list[Row]] = {}
    for row in (row for row in rows(validation) if (row.pattern, row.verdict) != (EVERY_FILE, PASSED)):
        of_files.setdefault(row.file, []).append(row)
    width = min(max(map(len, of_files), default=0), _WIDEST)
    lines += [f"{_GAP}{_shown(file):<{width}}{_GAP}{_answers(of_files[file])}" for file in sorted(of_files)]
    return "\n".join(lines)


def _answers(alike: Sequence[Row]) -> str:
    """Return the verdicts on one file, each with the programs that gave it."""
    programs: dict[str, list[str]] = {}
    for program, reason in dict.fromkeys((row.by, row.why) for row in alike):
        together = [row for row in alike if (row.by, row.why) == (program, reason)]
        programs.setdefault(_verdict(together).partition(",")[0], []).append(named(program))
    return "; ".join(f"{verdict} by {', '.join(by)}" if any(by) else verdict for verdict, by in programs.items())


def _cells(found: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield (files, program, verdict), the files once; every file first, then by name.

    Files that a check names one by one stand together where all is the same about them.
    """
    of_patterns: dict[str, list[Row]] = {}
    for row in found:
        of_patterns.setdefault(row.pattern, []).append(row)
    alike: dict[tuple[object, ...], list[str]] = {}
    answers = {pattern: tuple(_programs(listed)) for pattern, listed in of_patterns.items()}
    for pattern in sorted(of_patterns, key=lambda name: (name != EVERY_FILE, name)):
        plain = "<" not in pattern and pattern != EVERY_FILE
        folder, _, name = pattern.rpartition("/")
        key = (folder, name.rpartition(".")[2], answers[pattern]) if plain else (pattern,)
        alike.setdefault(key, []).append(pattern)
    for patterns in alike.values():
        label = _label(patterns, len({row.file for row in of_patterns[patterns[0]]}))
        for program, verdict in answers[patterns[0]]:
            yield label, program, verdict
            label = ""


def _label(patterns: Sequence[str], files: int) -> str:
    """Return how a line calls the files of patterns that are alike."""
    first = patterns[0]
    if first == EVERY_FILE:
        return f"every file ({files:,})"
    if "<" in first:
        return f"{_shown(first)} ({files:,})"
    return _shown(first) + (f" and {len(patterns) - 1:,} more" if len(patterns) > 1 else "")


def _programs(listed: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield (program, verdict) of rows that are about the same files."""
    for program, reason in dict.fromkeys((row.by, row.why) for row in listed):
        yield named(program), _verdict([row for row in listed if (row.by, row.why) == (program, reason)])


def _verdict(together: Sequence[Row]) -> str:
    """Return the verdict on rows of one program: its errors, or that it passed, or why it was skipped."""
    if together[0].verdict in (SKIPPED, NOT_LOOKED_AT):
        return ": ".join(filter(None, (together[0].verdict, together[0].why)))
    checks = {row.check: row.general for row in together}
    if any(row.verdict == FAILED for row in together):
        return _number(sum(row.errors for row in together) + sum(checks.values()), "error")
    return f"passed, {len(checks)} checks" if len(checks) > 1 else "passed"


def _aligned(cells: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    widths = [min(max(len(row[column]) for row in cells), _WIDEST) for column in (0, 1)]
    for files, program, verdict in cells:
        yield f"{_GAP}{files:<{widths[0]}}{_GAP}{program:<{widths[1]}}{_GAP}{verdict}".rstrip()


def _unseen(files: Sequence[str], is_known: bool) -> Iterator[str]:
    """Yield the files that no check looked at; ``is_known`` where a manifest has their sha256."""
    if files:
        more = f" and {len(files) - _MOST_NAMED:,} more" if len(files) > _MOST_NAMED else ""
        but = " but for their sha256" if is_known else ""
        yield f"{_GAP}not looked at{but}: {', '.join(map(_shown, files[:_MOST_NAMED]))}{more}"


def _counted(validation: Validation) -> str:
    """Return how many checks passed, and which were skipped and why."""
    ran = [verdict for verdict in validation.verdicts if not verdict.skipped]
    failed = [verdict for verdict in ran if any(finding.severity == "error" for finding in verdict.findings)]
    skipped: dict[str, list[str]] = {}
    for verdict in validation.verdicts:
        if verdict.skipped:
            skipped.setdefault(verdict.skipped, []).append(f"{verdict.name} by {verdict.by}")
    said = [f"{len(ran) - len(failed)} of {_number(len(ran), 'check')} passed"]
    if skipped:
        said.append(f"{sum(map(len, skipped.values()))} skipped: {'; '.join(_reasons(skipped.items()))}")
    return ", ".join(said)


def _reasons(skipped: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    for reason, checks in skipped:
        yield f"{', '.join(checks)} ({reason})"


def _shown(file: str) -> str:
    """Return the name of a file as it may stand in a line."""
    name = visible(file)
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
