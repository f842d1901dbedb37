"""A dataset in one language that is none of ours, and one whose tag has capitals, pass every check there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up import DATASET, write_project

from publisher.build import build
from publisher.validate import validate

pytestmark = pytest.mark.slow

IN_EVERY_FORMAT = """
[formats.ntriples]
write = "plain"
[formats.jsonld]
write = "plain"
[formats.cube-link]
write = true
"""


def only_german(text: str) -> str:
    """Return a file of the definition in German alone, but for labels beyond the dataset's language."""
    without = re.sub(r', fr = "[^"]*"|fr = "[^"]*", ', "", text.replace('["en", "fr"]', '["de"]'))
    renamed = re.sub(r"\ben = ", "de = ", without)
    return renamed.replace("label_en", "label_de").replace("description_en", "description_de")


def traditional_chinese(text: str) -> str:
    """Return a file of the definition whose second language has a tag with capitals."""
    renamed = text.replace('"fr"]', '"zh-Hant"]').replace("label_fr", "label_zh-Hant")
    return re.sub(r"\bfr = ", "zh-Hant = ", renamed) + (IN_EVERY_FORMAT if "[dataset]" in text else "")


def build_in(project: Path, change: Callable[[str], str]) -> Path:
    write_project(project)
    for path in (project / "schemas" / DATASET).rglob("*.*"):
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    build(project)
    return project / "output" / DATASET


def test_a_tag_with_capitals_passes_every_check_in_every_format(tmp_path: Path) -> None:
    release = build_in(tmp_path, traditional_chinese)
    assert (release / "rdf/codelists.jsonld").is_file()
    validation = validate(release, full=True)
    assert [str(finding) for finding in validation.findings if finding.severity == "error"] == []


def test_one_language_that_is_none_of_ours_passes_the_slow_checks_too(tmp_path: Path) -> None:
    validation = validate(build_in(tmp_path, only_german), full=True)
    assert [str(finding) for finding in validation.findings if finding.severity == "error"] == []
