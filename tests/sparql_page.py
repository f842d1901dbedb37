"""docs/sparql.md, made from the templates and a release: ``python -m tests.sparql_page > docs/sparql.md``.

The answers on the page are those of ``output/nav-tilt140``, or of the folder given.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publisher.query import answers, prefixes, rdf
from publisher.query.facts import Facts
from publisher.query.fill import fill
from publisher.query.templates import DIMENSION, Template, read_templates
from publisher.release import open_release

_ROWS = 8
_COUNTY = {"cube": "county", "language": "en"}
# What each template is told for the page; a template asks the release in its own way with nothing at all.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "cubes": {"language": "en"},
    "components": _COUNTY,
    "codes": {"codelist": "CL_COUNTY", "language": "en"},
    "periods": {"cube": "county"},
    "labels": {**_COUNTY, "REF_AREA": "56"},
    "latest": {"cube": "county", "REF_AREA": "56"},
    "without-totals": {"cube": "county"},
    "series": {**_COUNTY, "PROGRAMME": "MENTOR", "REF_AREA": "56"},
    "table": {**_COUNTY, "dimension": "REF_AREA"},
    "known-sum": {**_COUNTY, "dimension": "REF_AREA"},
    "interval": {**_COUNTY, "dimension": "REF_AREA"},
    "share": {**_COUNTY, "dimension": "REF_AREA"},
    "change": {**_COUNTY, "dimension": "REF_AREA", "PROGRAMME": "JOBBK"},
    "averages": {**_COUNTY, "REF_AREA": "_T"},
    "suppressed": {**_COUNTY, "PROGRAMME": "MENTOR"},
}


def sparql_page(folder: Path) -> str:
    """Return the text of docs/sparql.md, with the answers of a release of NAV's table."""
    with tempfile.TemporaryDirectory() as scratch:
        facts = Facts(open_release(folder).dataset, rdf.load(folder, Path(scratch), rdf.MOST_IN_MEMORY))
        sections = "\n".join(_section(template, facts) for template in read_templates())
    return Path(__file__).with_suffix(".md").read_text(encoding="utf-8") + "\n" + sections


def _section(template: Template, facts: Facts) -> str:
    told = EXAMPLES[template.name]
    query = fill(template, list(told.items()), facts)
    words = "".join(f" --set {name}={value}" for name, value in told.items())
    rows = "".join(f"| {_called(item.name)} | {item.meaning} | {item.default} |\n" for item in template.parameters)
    return (
        f"### {template.name}: {template.title[0].lower()}{template.title[1:]}\n\n{template.purpose}\n\n"
        f"| Parameter | Meaning | Unless given |\n|---|---|---|\n{rows}\n"
        f"```sh\npublisher query --template {template.name}{words}\n```\n\n"
        f"```sparql\n{query}```\n\n{_answer(query, facts)}"
    )


def _called(name: str) -> str:
    return "any other dimension" if name == DIMENSION else f"`{name}`"


def _answer(query: str, facts: Facts) -> str:
    """Return the first rows of an answer as a block of text."""
    solutions: Any = facts.store.query(query)
    names = [variable.value for variable in solutions.variables]
    rows = [[*row] for row in solutions]
    text = answers.table(names, rows[:_ROWS], prefixes.prefixes_of(facts.dataset))
    more = f"... {len(rows) - _ROWS:,} more\n" if len(rows) > _ROWS else ""
    return f"```text\n{text}{more}```\n"


if __name__ == "__main__":
    print(sparql_page(Path(sys.argv[1] if len(sys.argv) > 1 else "output/nav-tilt140")), end="")
