"""docs/formats.md, made from the table of formats: ``python -m publisher.formats.page > docs/formats.md``."""

from __future__ import annotations

from typing import get_args

from publisher.formats import FORMATS
from publisher.formats.draft import Format, Option, Part

_HEAD = """\
# Formats

What a release holds, in the order it is written. `--only NAME` writes one of them; without it all are written. This
page is made from the table of formats: `python -m publisher.formats.page > docs/formats.md`.

| Format | What it is | Files | Example |
|---|---|---|---|
"""

_ABOUT = """
## Specifications and readers

| Format | Media type | Specification | Read by, among others |
|---|---|---|---|
"""

_CARRIED = """
## What each format carries

Keys and values are in every format of observations; beside them a release says more, and not every format can.
Languages are the names in all languages of the dataset, hierarchy the parents of codes, status the status of each
observation, notes the descriptions and notes of the definition, attributes the others at observations. What a format
does not carry stands in another file of the release, and it says here in which.

| Format | {parts} |
|---|{rules}|
"""

_LIMITS = """
## Limits

A format that a release is too large for is left out: the report of the build says so (`left-out`), and everything else
is written. A full table has a cell for every combination of the codes and periods of a cube.

| Format | Observations of a cube | Cells of its full table | Why |
|---|---|---|---|
"""

_OPTIONS = """
## Options

Options stand in `dataset.toml` under `[formats.NAME]`.

| Option | Values, the default first | Meaning |
|---|---|---|
"""


_EXAMPLES = "../output/nav-tilt140"
_PARTS: tuple[Part, ...] = get_args(Part)


def formats_page() -> str:
    """Return the text of docs/formats.md."""
    carried = _CARRIED.format(parts=" | ".join(_PARTS), rules="|".join("---" for _ in _PARTS))
    options = [_option(format.name, option) for format in FORMATS for option in format.options]
    sections = [
        _HEAD + "".join(_written(format) for format in FORMATS),
        _ABOUT + "".join(_about(format) for format in FORMATS),
        carried + "".join(_carried(format) for format in FORMATS),
        _LIMITS + "".join(_limit(format) for format in FORMATS if format.limit.why),
        _OPTIONS + "".join(options),
    ]
    return "".join(sections)


def _written(format: Format) -> str:
    example = format.about.example
    shown = f"[{example}]({_EXAMPLES}/{example})" if example else "where the definition asks for it"
    return f"| `{format.name}` | {format.title} | {_files(format.paths)} | {shown} |\n"


def _about(format: Format) -> str:
    about = format.about
    name, address = about.specification
    media_types = ", ".join(f"`{media_type}`" for media_type in about.media_types)
    return f"| `{format.name}` | {media_types} | [{name}]({address}) | {', '.join(about.readers)} |\n"


def _carried(format: Format) -> str:
    cells = " | ".join(format.about.cannot_carry.get(part, "yes") for part in _PARTS)
    return f"| `{format.name}` | {cells} |\n"


def _limit(format: Format) -> str:
    limit = format.limit
    cells = (f"{most:,}" if most is not None else "any" for most in (limit.observations, limit.cells))
    return f"| `{format.name}` | {' | '.join(cells)} | {limit.why} |\n"


def _files(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _option(format: str, option: Option) -> str:
    values = ", ".join(option.shown if option.fits else (f"`{value}`" for value in option.shown))
    return f"| `formats.{format}.{option.name}` | {values} | {option.meaning} |\n"


if __name__ == "__main__":
    print(formats_page(), end="")
