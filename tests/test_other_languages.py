"""A dataset in one language that is none of ours, and one whose tag has capitals, pass every check there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made_up import DATASET, write_project

from publisher.build import build
from publisher.validate import validate

pytestmark = pytest.mark.slow


def only_german(text: str) -> str:
    """Return a file of the definition in German alone, but for labels beyond the dataset's language."""
    without = re.sub(r', fr = "[^"]*"|fr = "[^"]*", ', "", text.replace('["en", "fr"]', '["de"]'))
    renamed = re.sub(r"\ben = ", "de = ", without)
    return renamed.replace("label_en", "label_de").replace("description_en", "description_de")


def traditional_chinese(text: str) -> str:
    """Return a file of the definition whose second language has a tag with capitals."""
    renamed = text.replace('"fr"]', '"zh-Hant"]').replace("label_fr", "label_zh-Hant")
    return re.sub(r"\bfr = ", "zh-Hant = ", renamed)


@pytest.mark.parametrize("change", [only_german, traditional_chinese], ids=lambda change: change.__name__)
def test_other_languages(tmp_path: Path, change: object) -> None:
    assert callable(change)
    write_project(tmp_path)
    for path in (tmp_path / "schemas" / DATASET).rglob("*.*"):
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    build(tmp_path)
    validation = validate(tmp_path / "output" / DATASET, full=True)
    assert [str(finding) for finding in validation.findings if finding.severity == "error"] == []
