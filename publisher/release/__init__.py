"""Releases on disk: a draft beside the output, the swap that puts it in place, the manifest, and opening one."""

from publisher.release.manifest import MANIFEST, Manifest, read_manifest
from publisher.release.opened import OpenedCube, Release, open_release
from publisher.release.previous import read_previous
from publisher.release.stale import stale
from publisher.release.truth import observations_of
from publisher.release.workspace import Workspace, recover

__all__ = [
    "MANIFEST",
    "Manifest",
    "OpenedCube",
    "Release",
    "Workspace",
    "observations_of",
    "open_release",
    "read_manifest",
    "read_previous",
    "recover",
    "stale",
]
