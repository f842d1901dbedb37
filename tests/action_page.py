"""The tables of docs/ci.md, made from action.yml: ``python -m tests.action_page`` writes them into the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_PROJECT = Path(__file__).parents[1]
_PAGE = _PROJECT / "docs/ci.md"
_BEGIN, _END = "<!-- made from action.yml -->\n", "<!-- to here -->\n"


def tables(action: dict[str, Any]) -> str:
    """Return the tables of the inputs and the outputs of an action."""
    lines = ["| input | default | what it is |", "|---|---|---|"]
    for name, about in action["inputs"].items():
        default = f"`{about['default']}`" if about["default"] else ""
        lines.append(f"| `{name}` | {default} | {about['description']} |")
    lines += ["", "| output | what it is |", "|---|---|"]
    lines += [f"| `{name}` | {about['description']} |" for name, about in action["outputs"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the tables into the page."""
    text = _PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    made = tables(yaml.safe_load((_PROJECT / "action.yml").read_text(encoding="utf-8")))
    _PAGE.write_text(f"{before}{_BEGIN}{made}{_END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
