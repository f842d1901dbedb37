"""What observations are read from: one module per kind of input, and the table of them."""

from publisher.sources import nav_report, tidy
from publisher.sources.raw import raw_files
from publisher.sources.reading import Reading, Source

SOURCES: tuple[Source, ...] = (nav_report.SOURCE, tidy.SOURCE)

__all__ = ["SOURCES", "Reading", "Source", "raw_files"]
