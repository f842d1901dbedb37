"""Publishes official statistics: SDMX, RDF Data Cube, data packages, from one model, in one command.

A tour, in the order of the data. ``sources`` read a statistical report into observations, every cell
and line accounted for. ``definition`` reads what the curator wrote about them under ``schemas/`` into
the ``model``. ``observations`` keeps each cube as one sorted table. ``formats`` write it, ``checks``
read what was written with programs that are not ours, and ``release`` puts it in place at once or
not at all. ``build`` knows this order, ``cli`` is the command line.

From Python::

    import publisher

    release = publisher.open("output/nav-tilt140")
    release.cube("county").to_pandas(labels="nb")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "open"]

if TYPE_CHECKING:
    from publisher.release import open_release as open


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``publisher --help`` stays quick."""
    if name == "open":
        from publisher.release import open_release

        return open_release
    raise AttributeError(f"module 'publisher' has no attribute '{name}'")
