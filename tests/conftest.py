"""The real release, built once for all tests that only look at it."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from helpers import PROJECT

from publisher.build import Built, Options, build

# Tests run in a process for each core, and what they start has one.
os.environ["PUBLISHER_JOBS"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of the real release stand first, so that one process has them and the other the rest."""
    items.sort(key=lambda item: "built" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """The folder of the real release, not to be changed, and what the build said; one for all processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    kept = folder / "report.pickle"
    with FileLock(folder.with_suffix(".lock")):
        if not kept.is_file():
            (report,) = build(PROJECT, ["nav-tilt140"], Options(output=folder / "output", jobs=2))
            kept.write_bytes(pickle.dumps(report))
    return folder / "output" / "nav-tilt140", pickle.loads(kept.read_bytes())


@pytest.fixture(scope="session")
def real_release(built: tuple[Path, Built]) -> Path:
    """The folder of the real release, not to be changed."""
    return built[0]


@pytest.fixture
def release(real_release: Path, tmp_path: Path) -> Path:
    """A copy of the real release that a test may damage."""
    return Path(shutil.copytree(real_release, tmp_path / "moved and renamed"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's schemas/ and raw/, without any output."""
    folder = tmp_path / "project"
    for name in ("schemas", "raw"):
        shutil.copytree(PROJECT / name, folder / name)
    return folder
