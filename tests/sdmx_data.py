"""What tests of SDMX data share: files written by some formats, read back as rows of text, and spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st
from sdmx_fixture import draft

from publisher.checks.check import Subject
from publisher.checks.reader import Read
from publisher.columns import text_batch, text_schema
from publisher.formats.draft import Format, Publication
from publisher.observations import Observations

Row = dict[str, str | None]

_REFUSED = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFEFF, 0xFFFE, 0xFFFF]))
# Every text that the definition lets an attribute have.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=_REFUSED), min_size=1).filter(
    lambda text: text[0] not in "=+-@"
)


def written(publication: Publication, folder: Path, *formats: Format) -> Path:
    """Write some formats into a folder, with the options that the publication's dataset gives them."""
    files = draft(folder)
    for format in formats:
        options = {option.name: option.values[0] for option in format.options}
        format.write(publication, files, {**options, **publication.dataset.formats.get(format.name, {})})
    return folder


def as_text(observations: Observations) -> list[Row]:
    rows: list[Row] = []
    for batch in observations.batches():
        rows += text_batch(batch, observations.cube).to_pylist()
    return rows


def as_read(read: Read, folder: Path, publication: Publication, cube: int = 0) -> list[Row]:
    rows: list[Row] = []
    for batch in read(folder, publication.observations[cube].cube, publication.dataset):
        assert batch.schema == text_schema(publication.observations[cube].cube)
        rows += batch.to_pylist()
    return rows


def spoil(release: Path, folder: Path, path: str, change: Callable[[str], str]) -> Path:
    """Copy a release with one file changed."""
    shutil.copytree(release, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    text = (release / path).read_bytes().decode()
    changed = change(text)
    assert changed != text
    (folder / path).write_bytes(changed.encode())
    return folder


def one(old: str, new: str) -> Callable[[str], str]:
    """Return a change of the first place only."""
    return lambda text: text.replace(old, new, 1)


def subject(folder: Path, publication: Publication, scratch: Path) -> Subject:
    """Return a folder with every file in it as a check is given it."""
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    observations = {item.cube.id: item for item in publication.observations}
    return Subject(folder, publication.dataset, publication.edition, observations, files, scratch)


def with_flat(publication: Publication) -> Publication:
    """Return a publication whose definition asks for the flat layout of SDMX-ML too."""
    return replace(publication, dataset=replace(publication.dataset, formats={"sdmx-ml": {"flat": True}}))


def pair(path: str, component: str, value: str) -> str:
    """Return how a component says a value in an SDMX-ML file."""
    if "generic" not in path:
        return f' {component}="{value}"'
    elements = {"OBS_VALUE": "<generic:ObsValue", "TIME_PERIOD": "<generic:ObsDimension"}
    other = f'<generic:Value id="{component}"'
    return f'{elements.get(component, other)} value="{value}"/>'
