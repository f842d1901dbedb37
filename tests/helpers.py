"""What tests share: the project's real dataset, and its observations read once."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parents[1]
REPORT = PROJECT / "raw" / "nav-tilt140" / "2024-11.txt"
