"""``px/<cube>-<FREQ>.px``: the observations of one frequency as PC-Axis, for PxWeb and what reads its files.

A file has one time scale, so a cube has one for each of its frequencies; FREQ is the end of TABLEID and of
the file name, and no variable. A hidden cell is ``".."``, a cell without an observation ``"."``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publisher.formats.dense import axes
from publisher.formats.draft import About, Draft, Format, Limit, Publication
from publisher.formats.px_cells import read_cells, width
from publisher.formats.px_keywords import keywords
from publisher.formats.px_lines import END, written

MEDIA_TYPE = "text/x-pc-axis"
"""IANA has no type for it; portals write ``text/pc-axis``."""


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write one file for each frequency of each cube: UTF-8, CRLF, a line of cells for each combination of codes."""
    for observations in publication.observations:
        cube = observations.cube
        for part in observations.by_frequency():
            table = axes(part)
            cells = read_cells(part, table)
            head = "".join(map(written, keywords(publication, cube, part.frequency, table, cells)))
            path = f"px/{cube.id}-{part.frequency}.px"
            place = draft.add(path, MEDIA_TYPE, f"{cube.title} ({part.frequency})", "px", cube.id)
            lines = f" {END}".join(cells.lines(width(table)))
            place.write_bytes(f"{head}DATA={END}{lines};{END}".encode())


FORMAT = Format(
    "px",
    "PC-Axis tables",
    ("px/<cube>-<FREQ>.px",),
    write,
    About(
        (MEDIA_TYPE,),
        ("PX file format, AXIS-VERSION 2013", "https://www.pxtools.net/px-file-format/px-2013"),
        ("PxWeb", "PxWin", "pyaxis", "pxR"),
        "px/county-M.px",
        {"hierarchy": "only of a variable whose codes in the file are one tree"},
    ),
    limit=Limit(cells=1_000_000, why="a file holds every cell, and readers hold the file in memory"),
)
