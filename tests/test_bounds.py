"""The limits on a stranger's files: one place has them, and the page says the same."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from helpers import PROJECT

from publisher.checks import workbook_open
from publisher.checks.reader import UnreadableError
from publisher.engines import bounds, folders
from publisher.engines.bounds import Document, Unpacked
from publisher.validate import looked, packed


def told() -> dict[str, str]:
    """Return the table of limits as the page has it."""
    page = (PROJECT / "docs/validate.md").read_text(encoding="utf-8")
    table = page.partition("| bound | |\n|---|---|\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"(?m)^\| (.*?) \| (.*) \|$", table))


def grown(limit: Unpacked) -> str:
    return f"{size(limit.bytes)} unpacked, or {limit.times:,} times its size"


def size(count: int) -> str:
    power = 30 if not count % (1 << 30) else 20
    assert not count % (1 << power), "the limit is no whole number of MiB"
    return f"{count >> power} {'GiB' if power == 30 else 'MiB'}"


def of(document: Document) -> str:
    return f"{size(document.bytes)} and {document.levels} levels"


def rows() -> dict[str, str]:
    """Return what the modules say of each limit, in the words of the page."""
    time, parts = looked._BOUNDS, bounds.ZIP.parts
    assert bounds.ZIP.most is not None
    return {
        "time of a kind": f"{time.seconds // 60} minutes, and 1 second more for every"
        f" {round(1 / looked._SECONDS_PER_BYTE) // 1000} kB",
        "memory of a kind": size(time.memory),
        "a folder": f"{folders.MOST_FILES:,} files and folders, {folders.DEEPEST} deep",
        "a zip": f"{parts:,} entries; {grown(bounds.ZIP)}, and never more than {size(bounds.ZIP.most)}",
        "`.gz` and `.zst`": grown(bounds.STREAM),
        "a workbook": f"{bounds.WORKBOOK.parts:,} parts; {grown(bounds.WORKBOOK)}",
        "a Parquet table": f"{bounds.TABLE_ROWS // 10**6} million rows and {bounds.TABLE_ROWS_PER_BYTE} more"
        f" for each byte; {grown(bounds.TABLE)}",
        "entities of RDF/XML": f"short texts only; {grown(bounds.ENTITIES)}",
        "JSON": f"SDMX-JSON {of(bounds.SDMX_JSON)}; a data package and its schemas {of(bounds.PACKAGE_JSON)};"
        f" CSVW {of(bounds.CSVW_JSON)}; JSON-LD {bounds.JSON_LD_LEVELS} levels",
        "XML": f"SDMX-ML {bounds.SDMX_ML_LEVELS} levels and no document type; RDF/XML {bounds.RDF_XML_LEVELS:,} levels",
    }


@pytest.mark.parametrize("bound", rows())
def test_the_page_tells_the_limit_that_holds(bound: str) -> None:
    assert told()[bound].partition("; links, ")[0] == rows()[bound]


def test_every_limit_on_what_files_hold_is_in_the_table_of_the_page() -> None:
    without_numbers = {"names in a zip", "entries of a zip"}
    assert set(told()) == {*rows(), *without_numbers}
    named = {name for name in vars(bounds) if name.isupper()}
    source = (PROJECT / "tests/test_bounds.py").read_text(encoding="utf-8")
    assert [name for name in sorted(named) if f"bounds.{name}" not in source] == []


def test_the_other_places_of_the_page_tell_the_same_limits() -> None:
    page = (PROJECT / "docs/validate.md").read_text(encoding="utf-8")
    csvw, sdmx = bounds.CSVW_JSON, bounds.SDMX_JSON
    assert f"a description of {size(csvw.bytes)} and {csvw.levels} levels" in page
    assert f"SDMX-JSON above {sdmx.bytes >> 20} MB" in page
    assert f"at most {bounds.SDMX_ML_LEVELS} levels" in page


def test_a_file_may_grow_by_its_size_and_a_small_one_to_what_harms_nobody() -> None:
    limit = Unpacked(1_000, 10, most=5_000)
    assert [limit.allowed(size) for size in (0, 100, 101, 500, 501)] == [1_000, 1_000, 1_010, 5_000, 5_000]
    assert Unpacked(1_000, 10).allowed(501) == 5_010


@pytest.mark.parametrize(("mebibytes", "refused"), [(15, False), (17, True)])
def test_a_workbook_is_refused_by_one_limit_whoever_opens_it(tmp_path: Path, mebibytes: int, refused: bool) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(mebibytes << 20))
    assert bool(list(packed.faults(tmp_path, ["a.xlsx"]))) is refused
    with pytest.raises(UnreadableError) as error, workbook_open.opened(tmp_path / "a.xlsx"):
        pass
    assert ("it is not unpacked" in str(error.value)) is refused
