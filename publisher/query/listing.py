"""The templates and their parameters, as a person or a program reads them."""

from __future__ import annotations

import json
from dataclasses import asdict

from publisher.errors import InputError
from publisher.query.templates import DIMENSION, Template, read_templates


def listing(output_format: str) -> str:
    """Return what templates there are, as text or JSON; InputError for CSV, which is for answers."""
    if output_format == "csv":
        raise InputError("--list has no CSV: ask for table or json")
    templates = read_templates()
    if output_format == "json":
        values = [{key: value for key, value in asdict(template).items() if key != "body"} for template in templates]
        return json.dumps({"templates": values}, ensure_ascii=False, indent=2) + "\n"
    head = "Run one with `publisher query --template NAME [--set PARAMETER=VALUE]...`.\n\n"
    return head + "\n".join(map(_text, templates))


def _text(template: Template) -> str:
    lines = [f"{template.name}: {template.title}", f"  {template.purpose}"]
    for item in template.parameters:
        called = "any other dimension, by its id" if item.name == DIMENSION else item.name
        lines.append(f"  - {called}: {item.meaning} Unless given: {item.default}.")
    return "".join(f"{line}\n" for line in lines)
