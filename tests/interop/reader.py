"""What a reader is, and what it answers for one kind of file of a release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from publisher.model import Cube

from .facts import Facts, Release


class MissingError(Exception):
    """A reader is not installed here; the message says what is missing."""


@dataclass(frozen=True)
class Reader:
    """A program of somebody else, its version, and how it reads a file into facts.

    Both functions take the release and the path of a file in it, and raise what the program raises.
    """

    name: str
    version: str
    read_structures: Callable[[Release, str], Facts]
    read_data: Callable[[Release, str, Cube], Facts]
