"""``schemas/<dataset>/`` read into the model, and everything that is wrong with it, by file and line."""

from publisher.definition.read import find_datasets, read_definition

__all__ = ["find_datasets", "read_definition"]
