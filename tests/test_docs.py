"""The documentation is true: what can be made from the code is made from it, and what is linked is there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from helpers import PROJECT

from publisher.build import build
from publisher.cli import cli
from publisher.errors import InputError
from publisher.formats import FORMATS
from publisher.formats.page import formats_page
from publisher.release import read_manifest, reports

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


def test_the_page_of_formats_is_made_from_their_table() -> None:
    assert (PROJECT / "docs/formats.md").read_text(encoding="utf-8") == formats_page()


def test_every_file_of_the_release_is_one_its_format_announces(real_release: Path) -> None:
    names = {
        "<cube>": "[a-z-]+",
        "<ID>": "[A-Z_]+",
        "<file>": "[a-z]+",
        "<variant>": "[A-Za-z0-9.-]+",
        "<FREQ>": "[A-Z]",
    }
    names["<dataset>"] = "[a-z0-9-]+"
    patterns = {
        format.name: [re.sub("<[^>]*>", lambda name: names[name[0]], re.escape(path)) for path in format.paths]
        for format in FORMATS
    }
    patterns["reports"] = [re.escape(path) for path in reports.PATHS]
    for path, entry in read_manifest(real_release).files.items():
        assert any(re.fullmatch(pattern, path) for pattern in patterns[entry.format]), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_linked_from_the_readme() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in readme] == []


def test_every_command_and_option_is_documented() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert isinstance(cli, click.Group)
    for name, command in cli.commands.items():
        assert f"publisher {name}" in text
        assert command.help
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, option.name
                assert max(option.opts, key=len) in text, f"{name} {option.opts}"


def test_the_error_that_the_page_of_sources_shows_is_the_real_one(project: Path) -> None:
    raw = project / "raw/nav-tilt140/2024-11.txt"
    lines = raw.read_text(encoding="utf-8").split("\n")
    lines[47] = lines[47].rpartition("\t")[0]
    raw.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build(project)
    (finding,) = caught.value.findings
    assert f"publisher: error: {finding}\n" in (PROJECT / "docs/sources.md").read_text(encoding="utf-8")
