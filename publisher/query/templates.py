"""The templates: SPARQL files whose heads say what they answer and which parameters they take.

The head of ``templates/<name>.rq`` is lines of comment: ``# title:``, ``# purpose:``, and for each
parameter ``# parameter NAME (how it is chosen where it is not given): what it is``. The words in
brackets are those of the table in ``settings``. The query follows, with names filled in by jinja2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from publisher.errors import InputError, nearest

# In the order of the documentation: what there is, cells, sums, what is hidden.
NAMES = (
    "cubes",
    "components",
    "codes",
    "periods",
    "labels",
    "latest",
    "without-totals",
    "series",
    "table",
    "known-sum",
    "interval",
    "share",
    "change",
    "averages",
    "suppressed",
)
_LINE = re.compile(r"# (?P<key>title|purpose|parameter (?P<name>\w+) \((?P<default>[^)]+)\)): (?P<words>.+)")

DIMENSION = "DIMENSION"
"""The parameter that stands for any other dimension of the cube, by its id."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a template can be told, and how it is chosen where it is not told."""

    name: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Template:
    """A query with places to fill in: ``body`` is jinja2, without the head."""

    name: str
    title: str
    purpose: str
    parameters: tuple[Parameter, ...]
    body: str

    def parameter(self, name: str) -> Parameter | None:
        """Return a parameter, or None where the template has none of that name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def parse(name: str, text: str) -> Template:
    """Return a template from its file; ValueError where its head is not as the module says."""
    head, separator, body = text.partition("\n\n")
    said: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in head.split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{name}.rq: no line of a head: {line}")
        if found["name"]:
            parameters.append(Parameter(found["name"], found["default"], found["words"]))
        else:
            said[found["key"]] = found["words"]
    if not separator or set(said) != {"title", "purpose"}:
        raise ValueError(f"{name}.rq: a head has a title and a purpose, and ends with an empty line")
    return Template(name, said["title"], said["purpose"], tuple(parameters), body)


def source(name: str) -> str:
    """Return the text of a file of the folder of templates."""
    return files("publisher.query").joinpath("templates", f"{name}.rq").read_text(encoding="utf-8")


@cache
def read_templates() -> tuple[Template, ...]:
    """Return every template, in the order of the documentation."""
    return tuple(parse(name, source(name)) for name in NAMES)


def find_template(name: str) -> Template:
    """Return a template by its name; InputError where there is none of that name."""
    for template in read_templates():
        if template.name == name:
            return template
    raise InputError(f"no template '{name}': there are {', '.join(NAMES)}{nearest(name, NAMES)}")
