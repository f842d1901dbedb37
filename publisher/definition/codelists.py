"""``codelists/<ID>.csv`` and ``spellings.csv``: codes with labels, parents, counterparts, known spellings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.definition import labels, links, patterns
from publisher.errors import Finding, nearest
from publisher.model import Code, Codelist, NotationSystem, Text
from publisher.naming import CODE_PATTERN

_LABEL = "label_"
_DESCRIPTION = "description_"
_LANGUAGE_COLUMN = re.compile(f"({_LABEL}|{_DESCRIPTION})({patterns.LANGUAGE.pattern})")
_FIXED_COLUMNS = ("code", "parent", *links.MATCH_COLUMNS, links.VALID_THROUGH)
_SPELLING_KINDS = ("alias", "misspelling")
_SPELLING_COLUMNS = ("codelist", "code", "spelling", "kind")


@dataclass
class Rows:
    """The records of a CSV file, each with the line it begins on, and what is wrong with the file."""

    file: str
    header: list[str] = field(default_factory=list)
    records: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, rule: str, line: int, message: str) -> None:
        """Note a finding on a line of the file."""
        self.findings.append(Finding(rule, message, file=self.file, line=line))


def read_rows(path: Path, file: str) -> Rows:
    """Read a CSV file as text, cell by cell; ``file`` is how findings call it."""
    rows = Rows(file)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        rows.fault("not-utf-8", line, f"byte {error.start} is not UTF-8: save the file as UTF-8")
        return rows
    except OSError as error:
        rows.fault("unreadable", 1, f"cannot be read: {error.strerror}")
        return rows
    _read_records(rows, text)
    for column in sorted({column for column in rows.header if rows.header.count(column) > 1}):
        rows.fault("unknown-key", 1, f"column '{column}' stands twice")
    for line, record in rows.records:
        for column, cell in record.items():
            # What is wrong with words is said where words are read.
            if cell != cell.strip() and not column.startswith((_LABEL, _DESCRIPTION)) and column != "spelling":
                rows.fault("blank", line, f"'{column}' begins or ends with a blank: remove it")
    return rows


def _read_records(rows: Rows, text: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if not rows.header:
                rows.header = cells
            elif len(cells) == len(rows.header):
                rows.records.append((line, dict(zip(rows.header, cells, strict=True))))
            elif cells:
                rows.fault("cells", line, f"{len(cells)} cells where the header has {len(rows.header)}")
            line = reader.line_num + 1
    except csv.Error as error:
        rows.fault("csv", line, f"is no CSV: {error}")


def read_codelist(
    path: Path, file: str, codelist: Codelist, languages: tuple[str, ...], own: Sequence[str] = ()
) -> tuple[Codelist, Rows]:
    """Fill an empty codelist from its CSV file; of its systems of notation those stay that have a column.

    ``own`` is what the IRIs of its codes begin with: no match is with one of them.
    Returns the list, and the rows with all findings; with any, the list stays empty.
    """
    rows = read_rows(path, file)
    systems = {system.id: system for system in codelist.notations if links.NOTATION + system.id in rows.header}
    _check_header(rows, languages, tuple(links.NOTATION + system.id for system in codelist.notations))
    codes: dict[str, Code] = {}
    lines: dict[str, int] = {}
    for line, record in rows.records:
        code = record.get("code", "")
        if not CODE_PATTERN.fullmatch(code):
            rows.fault("id", line, f"code '{code}' is no SDMX id: letters A-Z, digits, `_`, `-`, `@`, `$` only")
        elif code in codes:
            rows.fault("repeated-code", line, f"code '{code}' is on line {lines[code]} already: keep one")
        elif made := _code(rows, line, record, languages, systems, own):
            codes[code], lines[code] = made, line
    _check_parents(rows, codes, lines)
    for code, rule, message in links.shared(codes):
        rows.fault(rule, lines[code], message)
    if not rows.records and not rows.findings:
        rows.fault("empty", 1, "holds no code")
    if rows.findings:
        return codelist, rows
    return replace(codelist, codes=tuple(codes.values()), notations=tuple(systems.values())), rows


def _check_header(rows: Rows, languages: tuple[str, ...], notations: tuple[str, ...]) -> None:
    needed = ("code", *(_LABEL + language for language in languages))
    for column in needed:
        if rows.header and column not in rows.header:
            rows.fault("missing-label" if column.startswith(_LABEL) else "missing-key", 1, f"has no column '{column}'")
    for column in rows.header:
        known = (*_FIXED_COLUMNS, *notations)
        if column.startswith(links.NOTATION) and column not in known:
            table = f"[notations.{column.removeprefix(links.NOTATION)}]"
            rows.fault("unknown-key", 1, f"column '{column}' needs a table {table} in dataset.toml")
        elif column not in known and not _LANGUAGE_COLUMN.fullmatch(column):
            near = nearest(column, (*known, *needed))
            rows.fault("unknown-key", 1, f"unknown column '{column}'{near}")


def _code(
    rows: Rows,
    line: int,
    record: dict[str, str],
    languages: tuple[str, ...],
    systems: Mapping[str, NotationSystem],
    own: Sequence[str],
) -> Code | None:
    def fault(rule: str, message: str) -> None:
        rows.fault(rule, line, message)

    before = len(rows.findings)
    for language in languages:
        if record.get(_LABEL + language) == "":
            rows.fault("missing-label", line, f"code '{record['code']}' has no label in '{language}': write one")
    name = _text(rows, line, record, _LABEL, languages)
    description = _text(rows, line, record, _DESCRIPTION, languages)
    code = record["code"]
    matches = tuple(links.matches(record, fault, own))
    notations = tuple(links.notations(record, systems, fault))
    ended = links.valid_through(record, fault)
    if len(rows.findings) > before or name is None:
        return None
    parent = record.get("parent") or None
    return Code(code, name, description, parent, matches, notations=notations, valid_through=ended)


def _text(rows: Rows, line: int, record: dict[str, str], prefix: str, languages: tuple[str, ...]) -> Text | None:
    words = {column.removeprefix(prefix): cell for column, cell in record.items() if column.startswith(prefix) and cell}
    for language, cell in words.items():
        if fault := labels.fault(cell):
            rows.fault("label", line, f"{prefix}{language} of code '{record['code']}' {fault}")
    return labels.text(words, languages)


def _check_parents(rows: Rows, codes: dict[str, Code], lines: dict[str, int]) -> None:
    known = {record.get("code", "") for _, record in rows.records}
    settled: set[str] = set()
    for code in codes.values():
        if code.parent is not None and code.parent not in known:
            near = nearest(code.parent, known)
            rows.fault("unknown-parent", lines[code.id], f"parent '{code.parent}' of '{code.id}' is no code here{near}")
        chain = [code.id]
        while (parent := codes[chain[-1]].parent) in codes and parent is not None and parent not in settled:
            if parent in chain:
                cycle = " -> ".join((*chain[chain.index(parent) :], parent))
                rows.fault("cycle", lines[parent], f"parents form a cycle: {cycle}")
                break
            chain.append(parent)
        settled.update(chain)


def read_spellings(path: Path, file: str, codelists: dict[str, Codelist]) -> tuple[dict[str, Codelist], Rows]:
    """Add the aliases and the known misspellings of ``spellings.csv`` to the codes they stand for.

    Codelists or codes that are not there are findings; ``kind`` is ``alias`` or ``misspelling``.
    """
    rows = read_rows(path, file)
    for column in rows.header:
        if column not in _SPELLING_COLUMNS:
            rows.fault("unknown-key", 1, f"unknown column '{column}'{nearest(column, _SPELLING_COLUMNS)}")
    for column in _SPELLING_COLUMNS:
        if column not in rows.header:
            rows.fault("missing-key", 1, f"has no column '{column}'")
    if rows.findings:
        return codelists, rows
    filled = {name: {code.id: code for code in codelist.codes} for name, codelist in codelists.items()}
    spelled_for = {
        (codelist.id, _folded(words)): code.id
        for codelist in codelists.values()
        for code in codelist.codes
        for _, words in code.name
    }
    for line, record in rows.records:
        if found := _spelling_fault(record, codelists):
            rows.fault(found[0], line, found[1])
        elif (other := spelled_for.setdefault(_spelling(record), record["code"])) != record["code"]:
            rows.fault("repeated-spelling", line, f"'{record['spelling']}' stands for '{other}' already: keep one")
        elif (code := filled[record["codelist"]].get(record["code"])) is not None:
            spelled = (*(code.aliases if record["kind"] == "alias" else code.misspellings), record["spelling"])
            filled[record["codelist"]][code.id] = (
                replace(code, aliases=spelled) if record["kind"] == "alias" else replace(code, misspellings=spelled)
            )
    return {name: replace(codelist, codes=tuple(filled[name].values())) for name, codelist in codelists.items()}, rows


def _spelling_fault(record: dict[str, str], codelists: dict[str, Codelist]) -> tuple[str, str] | None:
    """Return the rule that a line of ``spellings.csv`` breaks, and how; a list with faults has no codes to ask for."""
    codelist, code = record["codelist"], record["code"]
    if codelist not in codelists:
        return "unknown-codelist", f"unknown codelist '{codelist}'{nearest(codelist, codelists)}"
    if codelists[codelist].codes and code not in codelists[codelist]:
        return "unknown-code", f"'{code}' is not in {codelist}{nearest(code, codelists[codelist].ids)}"
    if record["kind"] not in _SPELLING_KINDS:
        near = nearest(record["kind"], _SPELLING_KINDS)
        return "choice", f"kind '{record['kind']}' is neither 'alias' nor 'misspelling'{near}"
    if fault := labels.fault(record["spelling"]):
        return "label", f"spelling {fault}"
    return None


def _folded(words: str) -> str:
    """Return words as readers of reports compare them: without regard to case and blanks."""
    return "".join(words.casefold().split())


def _spelling(record: dict[str, str]) -> tuple[str, str]:
    return record["codelist"], _folded(record["spelling"])
