"""``schemas/<dataset>/`` read into the model, and everything that is wrong with it, by file and line."""

from publisher.definition.read import (
    DEFINITION_FILE,
    definition_files,
    find_datasets,
    read_definition,
    read_definition_folder,
)
from publisher.definition.references import Fits, Given, Known

__all__ = [
    "DEFINITION_FILE",
    "Fits",
    "Given",
    "Known",
    "definition_files",
    "find_datasets",
    "read_definition",
    "read_definition_folder",
]
