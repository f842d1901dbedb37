"""``schemas/<dataset>/`` read into the model, and everything that is wrong with it, by file and line."""

from publisher.definition.read import (
    DEFINITION_FILE,
    definition_files,
    find_datasets,
    line_of,
    read_definition,
    read_definition_folder,
)

__all__ = [
    "DEFINITION_FILE",
    "definition_files",
    "find_datasets",
    "line_of",
    "read_definition",
    "read_definition_folder",
]
