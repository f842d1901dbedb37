"""Pages of the workbook as LibreOffice prints them, for docs/pictures: ``make pictures``.

Pictures are grey, for colour says nothing in the workbook, and are written and read here: a PNG
whose every row is the difference from the row above (filter 2 of the PNG specification, section 9.2).
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

PROJECT = Path(__file__).parents[1]
WORKBOOK = PROJECT / "output/nav-tilt140/xlsx/nav-tilt140.xlsx"
PICTURES = PROJECT / "docs/pictures"
# Picture -> where its page is looked for, and what stands on it; the first page, of contents, names every table.
PAGES = {"workbook-contents.png": (1, "Om statistikken"), "workbook-county.png": (2, "etter tiltak og fylke")}
PROGRAMS = ("soffice", "pdftoppm", "pdftotext")
_DOTS = 110
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The numbers of a Norwegian reader, whatever the machine's own language.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>nb-NO</value></prop>
</item>
</oor:items>
"""

Picture = npt.NDArray[np.uint8]


def missing() -> str:
    """Return which programs are not installed."""
    return ", ".join(program for program in PROGRAMS if shutil.which(program) is None)


def printed(workbook: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice prints it, a PDF in ``folder``."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf"]
    _run(*command, "--outdir", str(folder), str(workbook))
    return folder / f"{workbook.stem}.pdf"


def texts(pdf: Path) -> list[str]:
    """Return the text of each page, laid out as it stands."""
    return _run("pdftotext", "-layout", str(pdf), "-").decode().split("\f")[:-1]


def picture(pdf: Path, page: int) -> Picture:
    """Return a page, counted from 1, as grey points."""
    grey = _run("pdftoppm", "-gray", "-r", str(_DOTS), "-f", str(page), "-l", str(page), str(pdf))
    found = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", grey)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    return np.frombuffer(grey, np.uint8, width * height, found.end()).reshape(height, width)


def pictures(pdf: Path) -> dict[str, Picture]:
    """Return the pictures of the documentation by name."""
    pages = texts(pdf)
    places = {
        name: next(number for number, text in enumerate(pages, 1) if words in text and number >= first)
        for name, (first, words) in PAGES.items()
    }
    return {name: picture(pdf, page) for name, page in places.items()}


def write_png(path: Path, points: Picture) -> None:
    """Write grey points as a PNG."""
    height, width = points.shape
    above = np.vstack([np.zeros((1, width), np.uint8), points[:-1]])
    rows = np.hstack([np.full((height, 1), 2, np.uint8), points - above])
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    path.write_bytes(_SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def read_png(path: Path) -> Picture:
    """Return the grey points of a PNG that ``write_png`` wrote."""
    content = path.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    (size,) = struct.unpack(">I", content[33:37])
    rows = np.frombuffer(zlib.decompress(content[41 : 41 + size]), np.uint8).reshape(height, width + 1)
    assert (rows[:, 0] == 2).all()
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)


def unlike(one: Picture, other: Picture, block: int = 16) -> float:
    """Return how much two pictures differ, 0 to 1: the share of blocks whose mean darkness is another.

    Only blocks that hold something in one of them count. A block is about a word's height and half its
    length, so that another drawing of the same letters is alike, and a column elsewhere is not.
    """
    height, width = (min(sizes) // block for sizes in zip(one.shape, other.shape, strict=True))
    means = [
        255 - points[: height * block, : width * block].reshape(height, block, width, block).mean(axis=(1, 3))
        for points in (one, other)
    ]
    held = np.maximum(*means) > 8
    return float((np.abs(means[0] - means[1])[held] > 24).mean())


def _run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=180).stdout


def main(workbook: Path) -> None:
    """Write the pictures of the documentation."""
    if lacking := missing():
        sys.exit(f"not installed: {lacking}; apt-get install libreoffice-calc poppler-utils fonts-liberation")
    import tempfile

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, points in pictures(printed(workbook, Path(folder))).items():
            write_png(PICTURES / name, points)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else WORKBOOK)
