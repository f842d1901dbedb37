"""The real release, built once for all tests that only look at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers import PROJECT

from publisher.build import Built, Options, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """The folder of the real release, not to be changed, and what the build said."""
    output = tmp_path_factory.mktemp("built") / "output"
    (report,) = build(PROJECT, ["nav-tilt140"], Options(output=output))
    return output / "nav-tilt140", report


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
