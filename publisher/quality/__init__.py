"""What must hold between the figures of a dataset: the rules it declares, asked before anything is published."""

from publisher.quality.cells import read_cells
from publisher.quality.check import Checked, check_cells, check_rules

__all__ = ["Checked", "check_cells", "check_rules", "read_cells"]
