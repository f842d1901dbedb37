"""What proves a release: one module per kind of check, and the table of them in the order of running."""

from publisher.checks import (
    constraints,
    one_truth,
    package,
    read_sdmx,
    read_tables,
    read_turtle,
    sdmx_readback,
    turtle_parse,
)
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.reader import Reader

# In this order `validate` takes one of them for the truth that the others are compared with.
READERS: tuple[Reader, ...] = (*read_tables.READERS, *read_turtle.READERS, *read_sdmx.READERS)

CHECKS: tuple[Check, ...] = (
    *package.CHECKS,
    *turtle_parse.CHECKS,
    *constraints.CHECKS,
    *sdmx_readback.CHECKS,
    *(one_truth.check_of(reader) for reader in READERS),
)

__all__ = ["CHECKS", "READERS", "Check", "Outcome", "Reader", "Subject"]
