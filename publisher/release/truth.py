"""The observations of a release on disk, read by the first reader that can, and kept as a build keeps its own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.checks import READERS
from publisher.checks.one_truth import differences
from publisher.checks.reader import Reader, UnreadableError
from publisher.columns import SOURCE_LINE, input_schema
from publisher.errors import Finding, InputError
from publisher.model import Cube
from publisher.observations import Observations, store
from publisher.release.opened import Release

if TYPE_CHECKING:
    import pyarrow as pa


def observations_of(
    release: Release, files: frozenset[str], changed: frozenset[str | None], scratch: Path
) -> tuple[dict[str, Observations], tuple[Finding, ...]]:
    """Return the observations of each cube from the first file of it that is unchanged and can be read.

    Where the two files after it agree on something else, they are believed and not the first.

    ``files`` are those of the release, ``changed`` the ones that are not what the manifest says.
    The findings say what could not be read; a cube that no file tells of is not in the answer. A
    release of formats that hold no observations (``--only``) has none, and no finding.
    """
    found: dict[str, Observations] = {}
    faults: list[Finding] = []
    usable = [reader for reader in READERS if not reader.requires or find_spec(reader.requires)]
    for cube in release.dataset.cubes:
        whole = [reader for reader in usable if reader.is_whole(cube)]
        paths = [(reader.path.format(cube=cube.id, dataset=release.dataset.id), reader) for reader in whole]
        listed = [(path, reader) for path, reader in paths if path in files]
        told = _agreed(release, cube, sorted(listed, key=lambda item: item[0] in changed), scratch, faults)
        if told is not None:
            found[cube.id] = told
        elif release.manifest.formats.intersection(reader.format for reader in whole):
            faults.append(
                Finding("unreadable-file", "no file of it can be read: nothing of it is compared", cube=cube.id)
            )
    return found, tuple(faults)


def _agreed(
    release: Release, cube: Cube, listed: list[tuple[str, Reader]], scratch: Path, faults: list[Finding]
) -> Observations | None:
    """Return what the first file says, or the second where the third says the same and the first does not."""
    first = _first(release, cube, listed, scratch, faults)
    if first is None:
        return None
    others = _of_other_files(listed)
    if len(others) < 2 or any(_is_same(release, first, reader, path) for path, reader in others[:2]):
        return first
    aside = scratch / "second"
    aside.mkdir(exist_ok=True)
    second = _first(release, cube, others[:1], aside, [])
    return second if second is not None and _is_same(release, second, others[1][1], others[1][0]) else first


def _of_other_files(listed: list[tuple[str, Reader]]) -> list[tuple[str, Reader]]:
    """Return one reader for each file but the first."""
    readers: dict[str, Reader] = {}
    for path, reader in listed:
        readers.setdefault(path, reader)
    return list(readers.items())[1:]


def _first(
    release: Release, cube: Cube, listed: list[tuple[str, Reader]], folder: Path, faults: list[Finding]
) -> Observations | None:
    """Return the observations of the first file that can be read; what could not be is added to the faults."""
    for path, reader in listed:
        try:
            return store(release.dataset, cube, _typed(reader, release, cube), folder, path)
        except UnreadableError as error:
            faults.append(Finding("unreadable-file", f"{reader.by} cannot read it: {error}", file=path, cube=cube.id))
        except InputError as error:
            faults += error.findings
    return None


def _is_same(release: Release, observations: Observations, reader: Reader, path: str) -> bool:
    cube = observations.cube
    read = reader.twin if reader.most_rows is not None and observations.rows > reader.most_rows else reader.read
    if read is None:
        return False
    try:
        return not differences(observations, read(release.folder, cube, release.dataset), path)
    except UnreadableError:
        return False


def _typed(reader: Reader, release: Release, cube: Cube) -> Iterator[pa.RecordBatch]:
    """Yield what a reader reads with the types of ``input_schema``, and the number of each row as its line."""
    import pyarrow as pa

    schema = input_schema(cube)
    row = 0
    for batch in reader.read(release.folder, cube, release.dataset):
        lines = pa.array(range(row + 1, row + batch.num_rows + 1), pa.int64())
        row += batch.num_rows
        columns = [lines if name == SOURCE_LINE else batch[name] for name in schema.names]
        for column, kind in zip(columns, schema, strict=True):
            if column.null_count and not kind.nullable:
                raise UnreadableError(f"{kind.name} is empty in {column.null_count} rows")
        try:
            cells = [column.cast(kind.type) for column, kind in zip(columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(cells, schema=schema)
        except pa.ArrowInvalid as error:
            raise UnreadableError(str(error)) from error
