"""Other programs read SDMX messages: sdmx1, and pysdmx where it is installed; they must count the same observations.

What they are known not to read is skipped with the reason, and so is what else they cannot read, in their own
words: the schema and the rules have taken the message before, so the fault is more likely theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publisher.checks.check import Outcome
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.sdmx1_common import by_sdmx1
from publisher.checks.sdmx_message import Faults, Message, counted, shown
from publisher.checks.sdmx_message_model import Artefact

RULE = "sdmx-reader"

# What sdmx1 reads in some two seconds, and what it reads at all here.
FAST_BYTES = 2 << 20
FULL_BYTES = 64 << 20


def why_not_sdmx1(message: Message, dsds: Mapping[str, Artefact]) -> str:
    """Return what sdmx1 is known not to read of messages of a kind; nothing where it reads them."""
    if message.syntax == "SDMX-JSON":
        return "sdmx1 reads no SDMX-JSON of 1.0 or later"
    if message.version == "3.1":
        return "sdmx1 has no SDMX-ML 3.1"
    if message.syntax == "SDMX-CSV" and message.version == "1.0":
        return "sdmx1 has no SDMX-CSV 1.0"
    if message.syntax == "SDMX-CSV":
        return "" if dsds else "sdmx1 reads SDMX-CSV only with the dataflow, which is not among the files"
    if message.holds == "other":
        return f"sdmx1 is not asked for messages of the kind {shown(message.root)}"
    return ""


def why_not_pysdmx(message: Message) -> str:
    """Return what pysdmx is known not to read of messages of a kind; nothing where it reads them."""
    if message.syntax == "SDMX-JSON" and message.holds != "structures":
        return "pysdmx reads no SDMX-JSON data"
    if message.syntax == "SDMX-JSON" and message.version == "1.0":
        return "pysdmx has no SDMX-JSON 1.0"
    if message.holds == "other":
        return f"pysdmx is not asked for messages of the kind {shown(message.root)}"
    return ""


def check_sdmx1(message: Message, expected: int | None, dsds: Mapping[str, Artefact]) -> Outcome:
    """Let sdmx1 read a message, and count its observations; UnreadableError in its words where it cannot."""
    with _quiet("sdmx"):
        return _compare(message, "sdmx1", _sdmx1(message, dsds), expected)


def check_pysdmx(message: Message, expected: int | None) -> Outcome:
    """Let pysdmx read a message, and count its observations; UnreadableError in its words where it cannot."""
    return _compare(message, "pysdmx", _pysdmx(message.path), expected)


def _compare(message: Message, by: str, found: int, expected: int | None) -> Outcome:
    """Compare how many observations were read; there is nothing to compare where ``expected`` is None."""
    if message.holds != "data":
        return Outcome()
    faults = Faults(message)
    if expected is not None and found != expected:
        faults.add(RULE, f"{by} reads {counted(found, 'observation')} of it, and the message has {expected:,}")
    return faults.outcome(counted(found, "observation"))


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a program from writing what it thinks of a message."""
    import logging

    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _sdmx1(message: Message, dsds: Mapping[str, Artefact]) -> int:
    """Return how many observations sdmx1 reads."""
    if message.syntax == "SDMX-CSV":
        return _sdmx1_csv(message, dsds)
    structure = _sdmx1_structure(dsds) if message.is_specific else None
    read = by_sdmx1(message.path) if structure is None else by_sdmx1(message.path, structure=structure)
    return sum(len(data.obs) for data in getattr(read, "data", ()))


def _sdmx1_structure(dsds: Mapping[str, Artefact]) -> Any:
    """Return the DSD of a message as sdmx1 reads it, or None where it is not here, or sdmx1 cannot read it."""
    for dsd in dsds.values():
        if Path(dsd.source).suffix == ".xml":
            try:
                return by_sdmx1(Path(dsd.source)).structure[dsd.id]
            except (UnreadableError, KeyError):
                return None
    return None


def _sdmx1_csv(message: Message, dsds: Mapping[str, Artefact]) -> int:
    import csv

    import pandas as pd

    flow = None
    for name, dsd in dsds.items():
        try:
            read = by_sdmx1(Path(dsd.source))
        except UnreadableError as error:
            raise UnreadableError(f"its structure message: {error}") from error
        flow = flow or (read.dataflow.get(name) if hasattr(read, "dataflow") else None)
    if flow is None:
        raise UnreadableError("it does not find the dataflow in the structure message")
    with message.path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    found = by_sdmx1(pd.DataFrame(rows[1:], columns=rows[0], dtype=object), structure=flow)
    return sum(len(data.obs) for data in found.data)


def _pysdmx(path: Path) -> int:
    """Return how many observations pysdmx reads; UnreadableError in its words where it cannot."""
    import warnings
    from xml.parsers.expat import ExpatError

    from pysdmx.errors import PysdmxError
    from pysdmx.io import read_sdmx

    faults = (
        PysdmxError, ExpatError, ImportError, KeyError, ValueError, TypeError, AttributeError, IndexError,
        NotImplementedError, RecursionError,
    )  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read: Any = read_sdmx(path, validate=False)
        return sum(len(data.data) for data in read.data or ())
    except faults as error:
        raise UnreadableError(f"{type(error).__name__}: {words_of(error)}") from error
