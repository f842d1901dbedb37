"""A release on disk, opened: its dataset, its cubes as tables of pandas or Arrow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.definition import Known, read_definition_folder
from publisher.errors import InputError, nearest
from publisher.model import Cube, Dataset
from publisher.observations import Observations
from publisher.release.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class OpenedCube:
    """One cube of a release."""

    cube: Cube
    path: Path

    def to_arrow(self) -> pa.Table:
        """Return the observations as an Arrow table: codes as dictionaries, the value null where suppressed."""
        import pyarrow.parquet as pq

        rows = pq.read_metadata(self.path).num_rows
        return Observations(self.cube, self.path, rows, 0).table()

    def to_pandas(self, labels: str | None = None) -> pd.DataFrame:
        """Return the observations as a DataFrame, one row each, in the columns of the CSV file.

        Dimensions hold codes, or with ``labels`` the labels in that language. The value is exact
        (``Int64``, or decimals) and NA where suppressed; the status stands beside it. Raises
        InputError for a language that a codelist of the cube is not in.
        """
        import pandas as pd

        table = self.to_arrow()
        if labels is not None:
            for index, component in enumerate(self.cube.key_ids):
                table = table.set_column(index, component, self._labelled(table[component], component, labels))

        def exact(kind: pa.DataType) -> Any:
            return pd.Int64Dtype() if kind == "int64" else pd.ArrowDtype(kind) if kind == value else None

        value = table.schema.field(self.cube.measure.id).type
        frame: pd.DataFrame = table.to_pandas(types_mapper=exact)
        return frame

    def _labelled(self, column: pa.ChunkedArray, component: str, language: str) -> pa.ChunkedArray:
        import pyarrow as pa

        codelist = self.cube.dimension(component).codelist
        if codelist is None:
            return column
        words = {code.id: code.name.get(language) for code in codelist.codes}
        missing = [code for code, label in words.items() if label is None]
        if missing:
            known = ", ".join(codelist.codes[0].name.languages)
            raise InputError(f"{codelist.id} has no labels in '{language}' for {missing[0]}: there are {known}")
        chunks = [
            pa.array([words[code] for code in chunk.dictionary.to_pylist()], pa.string()).take(chunk.indices)
            for chunk in column.chunks
        ]
        return pa.chunked_array(chunks, pa.string()).dictionary_encode()


@dataclass(frozen=True, slots=True)
class Release:
    """A release: where it is, what it is a release of, and what its manifest lists."""

    folder: Path
    dataset: Dataset
    manifest: Manifest

    @property
    def cubes(self) -> tuple[str, ...]:
        """The ids of its cubes."""
        return tuple(cube.id for cube in self.dataset.cubes)

    def cube(self, cube: str) -> OpenedCube:
        """Return a cube by its id.

        Raises InputError where the release has no such cube, or was made without Parquet tables.
        """
        if cube not in self.cubes:
            raise InputError(f"no cube '{cube}' in {self.folder}{nearest(cube, self.cubes)}")
        path = self.folder / "data" / f"{cube}.parquet"
        if not path.is_file():
            raise InputError(f"{path} is missing: build the release with the format parquet")
        return OpenedCube(self.dataset.cube(cube), path)


def open_release(folder: Path | str, known: Known | None = None) -> Release:
    """Open a release from its folder, wherever it is now and whatever the folder is called.

    ``known`` is what its definition may name of the tool, where that is to be checked. Raises
    InputError where there is no release of this tool, or none that explains itself.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    definition = place / "definition"
    if not definition.is_dir():
        raise InputError(f"{definition} is missing: build the release with the format definition")
    dataset = read_definition_folder(definition, manifest.dataset, "definition", manifest.base_iri, known)
    return Release(place, dataset, manifest)
