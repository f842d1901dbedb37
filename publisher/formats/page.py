"""docs/formats.md, made from the table of formats: ``python -m publisher.formats.page > docs/formats.md``."""

from __future__ import annotations

from publisher.formats import FORMATS
from publisher.formats.draft import Option

_HEAD = """\
# Formats

What a release holds, in the order it is written. `--only NAME` writes one of them; without it all are written. This
page is made from the table of formats: `python -m publisher.formats.page > docs/formats.md`.

| Format | What it is | Files |
|---|---|---|
"""

_OPTIONS = """
## Options

Options stand in `dataset.toml` under `[formats.NAME]`.

| Option | Values, the default first | Meaning |
|---|---|---|
"""


def formats_page() -> str:
    """Return the text of docs/formats.md."""
    rows = [f"| `{format.name}` | {format.title} | {_files(format.paths)} |\n" for format in FORMATS]
    options = [_row(format.name, option) for format in FORMATS for option in format.options]
    return _HEAD + "".join(rows) + _OPTIONS + "".join(options)


def _files(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _row(format: str, option: Option) -> str:
    values = ", ".join(option.shown if option.fits else (f"`{value}`" for value in option.shown))
    return f"| `formats.{format}.{option.name}` | {values} | {option.meaning} |\n"


if __name__ == "__main__":
    print(formats_page(), end="")
