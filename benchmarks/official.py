"""The official integrity constraints of the RDF Data Cube vocabulary, as they are written, in pyoxigraph.

They compare every observation with every other one, so only a small cube comes to an end. Run as
``python -m benchmarks.official FILE...``: the files are one graph; prints what is violated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import ROOT


def violated(files: list[Path]) -> set[str]:
    """Return the constraints that the official queries find violated, by the program of our tests."""
    sys.path.insert(0, str(ROOT / "tests"))
    from qb_oracle import official

    return set(official(files))


if __name__ == "__main__":
    print(*sorted(violated([Path(name) for name in sys.argv[1:]])))
