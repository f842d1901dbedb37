"""What a stranger's files may hold, nest and unpack to: the limits that ``docs/validate.md`` tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a file may grow to when it is read: so many bytes or so many times its size, whichever is more.

    ``parts`` is how many files may be in it, ``most`` what it may never grow beyond.
    """

    bytes: int
    times: int
    parts: int = 1
    most: int | None = None

    def allowed(self, size: int) -> int:
        """Return how many bytes a file of so many bytes may unpack to."""
        grown = max(self.bytes, self.times * size)
        return grown if self.most is None else min(grown, self.most)


@dataclass(frozen=True, slots=True)
class Document:
    """How large a document may be that is held in memory as a whole, and how deep its values may nest."""

    bytes: int
    levels: int


ZIP = Unpacked(256 << 20, 300, parts=20_000, most=16 << 30)
# Observations of linked data unpack to 30 to 45 times their size.
STREAM = Unpacked(256 << 20, 300)
# Stricter, for openpyxl holds in memory many times what it reads.
WORKBOOK = Unpacked(16 << 20, 100, parts=10_000)
TABLE = Unpacked(1 << 30, 1_000)
TABLE_ROWS, TABLE_ROWS_PER_BYTE = 20_000_000, 200
# What the entities of RDF/XML may come to.
ENTITIES = Unpacked(64 << 20, 8)

# SDMX messages are some ten levels deep; categories nest. JSON takes ten times its size in memory.
SDMX_JSON = Document(64 << 20, 200)
PACKAGE_JSON = Document(32 << 20, 200)
CSVW_JSON = Document(32 << 20, 64)
# Read as streams; their parsers take a stack, or time, that grows with the depth.
JSON_LD_LEVELS = 200
RDF_XML_LEVELS = 1_000
SDMX_ML_LEVELS = 200
