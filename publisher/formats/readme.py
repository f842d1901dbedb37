"""``README.md``: what the release is, for a person who opens its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from publisher.errors import Finding
from publisher.formats.draft import NO_OBSERVATIONS, About, Draft, File, Format, Publication
from publisher.observations import Observations

# What a release is made by, not for, and what depends on the release before.
_UNLISTED = ("definition", "sdmx-delta")


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the page from its template, with counts by cube, what was repaired, and what each file is."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("publisher.formats"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- Markdown, not HTML
    )
    environment.filters["cell"] = _cell
    page = environment.get_template("readme.md.jinja").render(
        publication=publication,
        dataset=publication.dataset,
        edition=publication.edition,
        observations=publication.observations,
        rows=sum(observations.rows for observations in publication.observations),
        suppressed=sum(observations.suppressed for observations in publication.observations),
        decimals=max(observations.cube.measure.decimals for observations in publication.observations),
        dimensions=_dimensions(publication.observations),
        files=draft.files,
        written=_written(draft),
        repairs=[notice for notice in publication.notices if notice.rule == "repaired-label"],
    )
    path = draft.add("README.md", "text/markdown", "What this release is", "readme")
    path.write_text(page, encoding="utf-8", newline="\n")


def _written(draft: Draft) -> Iterable[tuple[Format, list[File]]]:
    """Yield the formats that have files for others than this tool, each with its files."""
    for format in draft.formats:
        files = [file for file in draft.files if file.format == format.name]
        if files and format.name not in _UNLISTED:
            yield format, files


def _dimensions(observations: Iterable[Observations]) -> dict[str, str]:
    """Return the name of each dimension of any cube, by id."""
    return {d.id: str(d.concept.name) for item in observations for d in item.cube.dimensions}


def _cell(value: Finding | str) -> str:
    """Return words as one cell of a Markdown table."""
    return " ".join(str(value).split()).replace("|", "\\|")


FORMAT = Format(
    "readme",
    "A page about the release, for people",
    ("README.md",),
    write,
    About(
        ("text/markdown",),
        ("CommonMark", "https://spec.commonmark.org/"),
        ("people",),
        "README.md",
        {
            **NO_OBSERVATIONS,
            "languages": "in the first language",
            "hierarchy": "in the codelists",
        },
    ),
)
