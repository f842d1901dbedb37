"""The made-up project with what foreign readers trip over: hostile attributes, codes and numbers of digits only."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
from made_up import DATASET, HOSTILE, write_project

from publisher.build import Options, build
from publisher.formats import FORMATS

# What readers read, and the table they are compared with.
WRITTEN = ("csv", *(format.name for format in FORMATS if format.name.startswith("sdmx-")))

# Every kind of file that a release can have.
_OPTIONS = """
[formats.sdmx-ml]
flat = true

[formats.sdmx-csv]
variants = [
    "version=1.0; labels=both; language=en",
    "version=2.0; labels=both; language=en",
    "version=2.0; keys=both",
    "version=2.1; labels=name; language=fr",
    "version=2.1; labels=both; keys=series; language=fr",
]
"""
COMMENTS = (HOSTILE, "NA", "]]> &amp; <b/>", " blanks ", "tab\there", "a: b", "1.50")


def build_made_up(folder: Path) -> Path:
    """Build the made-up dataset by the real command and return the release.

    ``jobs`` has one region, whose code is digits, and comments that are hostile; ``turnover`` hides
    nothing, so that all its values are digits.
    """
    raw = write_project(folder)
    with (folder / "schemas" / DATASET / "dataset.toml").open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(_OPTIONS)
    lines = ["FREQ,REGION,TIME_PERIOD,OBS_VALUE,COMMENT", "A,0301,2023,12,"]
    for number, comment in enumerate(COMMENTS):
        quoted = '"' + comment.replace('"', '""') + '"'
        lines.append(f"Q,0301,{2023 + number // 4}-Q{number % 4 + 1},{number + 3},{quoted}")
    (raw / "jobs.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    table = pq.read_table(raw / "turnover.parquet")
    position = table.schema.get_field_index("OBS_VALUE")
    values = table["OBS_VALUE"].fill_null(table["OBS_VALUE"][0])
    pq.write_table(table.set_column(position, "OBS_VALUE", values), raw / "turnover.parquet")
    build(folder, [DATASET], Options(output=folder / "output", only=WRITTEN))
    return folder / "output" / DATASET
