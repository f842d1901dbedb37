"""Two publications, and the folder of each as the test module's own ``write`` writes it; none is to be changed.

A module that names this one in ``pytest_plugins`` has them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sdmx_fixture import hostile_publication, nav_publication

from publisher.formats.draft import Publication


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return hostile_publication(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def nav(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return nav_publication(tmp_path_factory.mktemp("nav"))


@pytest.fixture(scope="module")
def hostile_folder(
    hostile: Publication, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return Path(request.module.write(hostile, tmp_path_factory.mktemp("written")))


@pytest.fixture(scope="module")
def nav_folder(nav: Publication, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(request.module.write(nav, tmp_path_factory.mktemp("written")))
