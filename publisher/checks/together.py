"""All fast checks of a release, several at a time where there are cores for them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from publisher.checks import CHECKS
from publisher.checks.check import Subject
from publisher.checks.run import Verdict, is_wanted, run
from publisher.engines.jobs import spread, usable

# Of more observations columns are compared, by threads: other processes take memory, and hardly any time off.
_MOST_SPREAD = 100_000


def run_checks(
    subject: Subject, formats: frozenset[str], begin: Callable[[str], None] = lambda _: None, jobs: int | None = 1
) -> Generator[Verdict]:
    """Run the fast checks that there is something for, in so many processes, and yield verdicts in the table's order.

    ``jobs`` None is as many as help. ``formats`` are those that the release has files of; a check whose own files
    were not asked for gives no verdict. Close what this returns if it is not read to the end.
    """
    wanted = [position for position, check in enumerate(CHECKS) if is_wanted(check, formats)]
    processes = (usable() if subject.rows <= _MOST_SPREAD else 1) if jobs is None else jobs
    with spread(processes) as submit:
        for position, answer in [(position, submit(_run, position, subject)) for position in wanted]:
            begin(CHECKS[position].name)
            verdict: Verdict = answer()
            if not verdict.outcome.nothing:
                yield verdict


def _run(position: int, subject: Subject) -> Verdict:
    """Run a check of the table by its place, for its functions need not be such that another process can be sent."""
    scratch = subject.scratch / f"check-{position}"
    scratch.mkdir()
    return run(CHECKS[position], replace(subject, scratch=scratch))
