"""A codelist beside its owner's: what was added, ended, renamed or moved, and the CSV file that follows."""

from publisher.refresh.compare import KINDS as DIFFERENCE_KINDS
from publisher.refresh.run import Refreshed, Request, refresh

__all__ = ["DIFFERENCE_KINDS", "Refreshed", "Request", "refresh"]
