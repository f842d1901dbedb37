"""sdmxthon: data of 2.1 and CSV as a table of text."""

from __future__ import annotations

from importlib.metadata import version

from publisher.model import Cube

from .by_pysdmx import table_rows
from .facts import Facts, Release, data_facts
from .reader import Reader


def read_structures(release: Release, path: str) -> Facts:
    """Return what sdmxthon finds in a file of structures: so far, for every one of them, it raises."""
    from sdmxthon.api.api import read_sdmx

    raise AssertionError(f"sdmxthon reads {path}: {sorted(read_sdmx(str(release.folder / path)).payload)}")


def read_data(release: Release, path: str, cube: Cube) -> Facts:
    """Return what sdmxthon finds in a file of data."""
    from sdmxthon.api.api import read_sdmx

    ((reference, data),) = read_sdmx(str(release.folder / path)).payload.items()
    action = data.dataset_attributes.get("action")
    return data_facts(cube, reference, getattr(action, "name", action), table_rows(data.data))


READER = Reader("sdmxthon", version("sdmxthon"), read_structures, read_data)
