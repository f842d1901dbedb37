"""docs/definition.md, made from the table of keys: ``python -m publisher.definition.page > docs/definition.md``."""

from __future__ import annotations

from itertools import groupby

from publisher.definition.keys import KEYS, Key
from publisher.definition.kinds import KINDS
from publisher.definition.rule_keys import RULE_KEYS

_HEAD = """\
# The definition of a dataset

<!-- Made by `python -m publisher.definition.page`; a test compares. -->

A dataset is a folder of four kinds of file under `schemas/`, all UTF-8:

    schemas/<dataset>/dataset.toml         what the dataset is, its cubes and how its source is read
    schemas/<dataset>/codelists/<ID>.csv   one file for each codelist
    schemas/<dataset>/spellings.csv        other names that sources use for codes (may be absent)
    schemas/<dataset>/rules.toml           what must hold between the figures (may be absent)

`publisher` reads the folder as a whole and reports every fault at once, each with file and line, before it
reads any data. An unknown key is a fault, and the nearest known key is offered.

Words for people (titles, names, labels, strings) hold no control character but the line feed, neither begin nor
end with a blank, and do not begin with `=`, `+`, `-` or `@`, which a spreadsheet takes for a formula.

## dataset.toml

In a path, `*` stands for a name you choose: the id of a codelist, component, cube, edition or format. A setting
of `[measure]` holds for every cube that does not give its own.

"""

_TAIL = """\
Every dataset has the components `FREQ`, `TIME_PERIOD` (data type `period`), `OBS_VALUE` (data type `number`),
`OBS_STATUS`, `CONF_STATUS`, `UNIT_MEASURE`, `UNIT_MULT` and `DECIMALS`; `FREQ`, the two statuses and the unit
have a codelist. The codelist of `OBS_STATUS` has `A`, that of `CONF_STATUS` has `F`; with `[suppression]` they
also have `Q` and `A`, which mark a hidden cell. A cube's dimensions are coded, except `TIME_PERIOD`, the last
one. Ids of cubes are lower-case words joined with `-`, and none of the words that IRIs of the dataset itself
begin with. The name of an edition is its last month, as in `2024-11`.

## codelists/&lt;ID&gt;.csv

Comma-separated, one line for each code, in the order in which codes are presented. Codes are text: `03` stays
`03`.

| Column | Required | Meaning |
|---|---|---|
| `code` | yes | Letters A-Z, digits, `_`, `-`, `@`, `$`; each once. `_T` is a total, `_U` what is unknown. |
| `parent` | no | The code it is a part of; empty at the top. |
| `label_<language>` | for every language of `dataset.languages` | The name of the code. Further languages may \
have gaps. |
| `description_<language>` | no | What the code means. |
| `exact_match`, `close_match`, `broad_match`, `narrow_match`, `related_match` | no \
| IRIs or URNs of its counterparts elsewhere, separated by blanks; each of one kind only. |
| `notation_<name>` | no | Its code in the system `[notations.<name>]`, which has no IRI for each code. |
| `valid_through` | no | The last day of a code that its owner has ended, as in `2023-12-31`. |

What links there are, and why each is of its kind: [codelists.md](codelists.md).

## spellings.csv

| Column | Required | Meaning |
|---|---|---|
| `codelist` | yes | Id of the codelist. |
| `code` | yes | The code that is meant. |
| `spelling` | yes | The words as the source has them. |
| `kind` | yes | `alias`: another correct name, read in silence. `misspelling`: a damaged one; each use is \
reported as a repair. |

## rules.toml

What each kind of rule means, with examples: [quality.md](quality.md).

"""

_COLUMNS = "| Key | Required | Value | Meaning |\n|---|---|---|---|\n"


def definition_page() -> str:
    """Return the text of docs/definition.md."""
    tables = []
    for name, keys in groupby(KEYS, key=lambda key: key.parts[0]):
        rows = "\n".join(map(_row, keys))
        tables.append(f"### {name}\n\n{_COLUMNS}{rows}\n")
    rules = "\n".join(map(_row, RULE_KEYS))
    return _HEAD + "\n".join(tables) + "\n" + _TAIL + f"{_COLUMNS}{rules}\n"


def _row(key: Key) -> str:
    value = " or ".join(f"`{choice}`" for choice in key.choices) or KINDS[key.kind].said
    if key.choices and key.kind == "strings":
        value = f"a list of {value}"
    return f"| `{key.path}` | {key.required} | {value} | {key.meaning} |"


if __name__ == "__main__":
    print(definition_page(), end="")
