"""SDMX messages, ours or an agency's: proved by the official schemas, by rules, and by other programs that read them.

Messages that are named together are one: data are checked against the structures among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from publisher.checks.check import Outcome
from publisher.checks.reader import UnreadableError
from publisher.checks.run import Verdict
from publisher.checks.sdmx_message import Faults, Message, counted, listed, shown
from publisher.checks.sdmx_message_data import BY_STRUCTURE, DataRules
from publisher.checks.sdmx_message_data_csv import reader_with
from publisher.checks.sdmx_message_data_json import read_data as read_json_data
from publisher.checks.sdmx_message_data_xml import Levels
from publisher.checks.sdmx_message_data_xml import read_data as read_xml_data
from publisher.checks.sdmx_message_model import Artefact, Structures
from publisher.checks.sdmx_message_readers import (
    FAST_BYTES,
    FULL_BYTES,
    check_pysdmx,
    check_sdmx1,
    why_not_pysdmx,
    why_not_sdmx1,
)
from publisher.checks.sdmx_message_rows import MEASURE, TIME
from publisher.checks.sdmx_message_safe import guard, too_large
from publisher.checks.sdmx_message_schema import SPECIFIC_METADATA, check_json, check_xml, is_known
from publisher.checks.sdmx_message_spec import Spec
from publisher.checks.sdmx_message_structures import artefacts_of, check_structures
from publisher.checks.sdmx_message_xsd import Plan, schema_text
from publisher.errors import InputError
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.sdmx_look import is_sdmx, look

# libxml2 takes some 40,000 observations a second; above, a message is held against its schema in ``--full``.
_FAST_OBSERVATIONS = 50_000
_FAST_JSON_BYTES = 4 << 20
_PROGRAMS = {"SDMX-ML": "expat", "SDMX-JSON": "publisher", "SDMX-CSV": "publisher"}


def validate(files: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check messages, each with the structures that all of them hold; more programs read them where ``full``.

    Raises InputError where none of them is of a version and syntax of SDMX that is taken.
    """
    messages: list[Message] = []
    others: list[tuple[Path, str]] = []
    for file in files:
        try:
            messages.append(look(file))
        except ValueError as error:
            others.append((file, str(error)))
    if not messages:
        raise InputError(*(f"{file} {why}" for file, why in others))
    checked = [_Checked(message, full, begin) for message in messages]
    structures = Structures(artefact for one in checked for artefact in one.artefacts)
    for one in checked:
        yield one.validation(structures)
    for file, why in others:
        yield _not_taken(file, why)


def _not_taken(file: Path, why: str) -> Validation:
    """Return what is said of a message of a kind that is not taken, where there are others that are."""
    name = file.as_posix()
    verdict = Verdict("SDMX message", "publisher", Outcome(), 0.0, f"{name} {why}", (name,))
    values = {"file": name, "message": "", "observations": 0, "series": 0, "structures": []}
    return Validation("message", name, values, "a message that is not taken", [verdict], (name,))


def _steps(files: Sequence[Path], full: bool) -> int:
    return len(files) * (5 if full else 4)


class _Checked:
    """One message on its way through the checks; whether it can be read is known from the beginning."""

    def __init__(self, message: Message, full: bool, begin: Begin) -> None:
        self._message, self._full, self._begin = message, full, begin
        values = {"file": message.file, "message": str(message), "observations": 0, "series": 0, "structures": []}
        self._report = Validation("message", message.file, values, str(message), files=(message.file,))
        self.artefacts: list[Artefact] = []
        self._unread = too_large(message)
        if self._unread:
            return
        if self._run("SDMX message", _PROGRAMS[message.syntax], lambda: guard(message)):
            self._unread = "the message cannot be read as a whole"
        else:
            self.artefacts = artefacts_of(message)

    def _run(self, name: str, by: str, check: Callable[[], Faults], looked_at: str = "") -> Faults:
        """Run a check whose findings are collected; return them."""
        self._begin(name)
        started = perf_counter()
        faults = check()
        self._add(name, by, faults.outcome(looked_at), started)
        return faults

    def _add(self, name: str, by: str, outcome: Outcome, started: float) -> None:
        self._report.add(Verdict(name, by, outcome, perf_counter() - started, files=(self._message.file,)))

    def _skip(self, name: str, by: str, why: str) -> None:
        self._report.add(Verdict(name, by, Outcome(), 0.0, why, (self._message.file,)))

    def validation(self, structures: Structures) -> Validation:
        """Run all checks that the message can take, and return what was found."""
        message = self._message
        if self._unread:
            self._skip("SDMX schemas and rules", "publisher", self._unread)
            return self._report
        rules, levels = None, Levels()
        if message.holds == "data":
            rules = self._rules(structures, levels)
        is_valid = self._schema(rules, levels)
        if message.holds == "structures":
            is_valid = self._structures(structures) and is_valid
        elif rules is not None:
            self._codes(rules)
            self._report.about = f"{message}, {counted(rules.observations, 'observation')}"
        self._readers(rules, is_valid)
        return self._report

    def _rules(self, structures: Structures, levels: Levels) -> DataRules:
        """Run the rules of data over all of the message."""
        message = self._message
        rules = DataRules(message, structures)
        read = {
            "SDMX-ML": lambda one, sink: read_xml_data(one, sink, levels),
            "SDMX-JSON": read_json_data,
            "SDMX-CSV": reader_with(structures),
        }[message.syntax]
        self._begin("SDMX data")
        started = perf_counter()
        read(message, rules)
        rules.finish(read, message)
        words = counted(rules.observations, "observation")
        if rules.series_count:
            words += f" in {counted(rules.series_count, 'series')}"
        outcome = rules.faults.outcome(words)
        if any(spec.dsd for spec in rules.keys.specs):  # what the structure refuses is said with the structure
            outcome = replace(outcome, findings=tuple(one for one in outcome.findings if one.rule not in BY_STRUCTURE))
        self._add("SDMX data", "publisher", outcome, started)
        self._report.values.update(observations=rules.observations, series=rules.series_count)
        return rules

    def _codes(self, rules: DataRules) -> None:
        """Say which structures the data were held against, and what of that could not be."""
        name, specs = "SDMX data and structure", rules.keys.specs
        here = [spec for spec in specs if spec.dsd is not None]
        refs = list(dict.fromkeys(str(spec.dsd.ref) for spec in here if spec.dsd))
        self._report.values["structures"] = refs
        for of in dict.fromkeys(spec.use.ref for spec in specs if spec.dsd is None):
            named = of or "their structure, which the message does not name,"
            why = f"the DSD of {named} is not among the files: dimensions, codes and attributes were not checked;"
            self._skip(name, "publisher", f"{why} name its structure message too")
        if here:
            found = tuple(finding for finding in rules.faults.findings() if finding.rule in BY_STRUCTURE)
            self._add(name, "publisher", Outcome(found, listed(refs)), perf_counter())
        if unchecked := list(dict.fromkeys(words for spec in here for words in spec.unchecked)):
            self._skip(name, "publisher", f"codes were not checked of {listed(unchecked)}")

    def _structures(self, structures: Structures) -> bool:
        """Check the artefacts of the message, and say whether nothing is wrong with them."""
        self._begin("SDMX structures")
        started = perf_counter()
        outcome = check_structures(self._message, self.artefacts, structures)
        self._add("SDMX structures", "publisher", outcome, started)
        self._report.about = f"{self._message}, {counted(len(self.artefacts), 'artefact')}"
        return not outcome.findings

    def _schema(self, rules: DataRules | None, levels: Levels) -> bool:
        """Hold the message against the official schemas; say whether it is valid, as far as was looked."""
        message, name = self._message, "SDMX schemas"
        if message.syntax == "SDMX-CSV":
            return not (rules and rules.faults)  # there is no schema of it: the rules are those of its field guide
        if not is_known(message):
            if message.syntax == "SDMX-ML" or not message.version:
                return self._no_version(name)
            self._skip(name, "jsonschema", f"there is no official schema of SDMX-JSON {message.version} here")
            return True
        if message.syntax == "SDMX-JSON":
            size = message.path.stat().st_size
            if size > _FAST_JSON_BYTES and not self._full:
                self._skip(name, "jsonschema", f"left out above {_FAST_JSON_BYTES >> 20} MB: run with --full")
                return True
            return not self._run(name, "jsonschema", lambda: check_json(message), f"SDMX-JSON {message.version}")
        return self._xml_schema(rules, levels)

    def _no_version(self, name: str) -> bool:
        """Refuse a message whose version there is no schema for."""

        def refuse() -> Faults:
            faults = Faults(self._message)
            known = "2.1, 3.0 or 3.1" if self._message.syntax == "SDMX-ML" else "1.0, 2.0 or 2.1"
            faults.add("sdmx-schema", f"is in no namespace, or names no schema, of {self._message.syntax} {known}")
            return faults

        self._run(name, "publisher", refuse)
        return False

    def _xml_schema(self, rules: DataRules | None, levels: Levels) -> bool:
        message, specs = self._message, rules.keys.specs if rules else []
        schemas, made_of = _own_schemas(message, rules, levels)
        measures = frozenset((MEASURE, *(name for spec in specs if spec.dsd for name in spec.dsd.measures)))
        if message.version != "2.1" and not all(spec.dsd for spec in specs):  # any of these may be a measure
            measures |= levels.names["Obs"] - {TIME}
        most = None if self._full else _FAST_OBSERVATIONS
        self._begin("SDMX schemas")
        started = perf_counter()
        faults, looked_at, is_all = check_xml(message, schemas, measures, most)
        words = f"SDMX-ML {message.version}{made_of}"
        if not is_all:
            words += f", the first {looked_at:,} elements of data"
        self._add("SDMX schemas", "libxml2", faults.outcome(words), started)
        if not is_all:
            self._skip("SDMX schemas", "libxml2", f"what comes after the first {looked_at:,}: run with --full")
        if message.root == SPECIFIC_METADATA:
            self._skip("SDMX schemas", "libxml2", "its metadata sets, which only a schema made of their MSD describes")
        return not faults

    def _readers(self, rules: DataRules | None, is_valid: bool) -> None:
        """Let other programs read the message, if it is valid."""
        message = self._message
        # Rows of CSV that are no observations (they delete, or hold attributes alone) are rows to other programs.
        is_counted = rules is not None and not (message.syntax == "SDMX-CSV" and rules.others)
        expected = rules.observations if rules and is_counted else None
        dsds = {} if rules is None else _by_usage(rules.keys.specs)
        size = message.path.stat().st_size
        for name, module, kind in (("sdmx1", "sdmx", "fast"), ("pysdmx", "pysdmx", "full")):
            if kind == "full" and not self._full:
                continue
            most = FULL_BYTES if self._full else FAST_BYTES
            why = "it is not valid, so no other program was asked" if not is_valid or (rules and rules.faults) else ""
            why = why or (why_not_sdmx1(message, dsds) if name == "sdmx1" else why_not_pysdmx(message))
            if not why and find_spec(module) is None:
                why = f"{name} is not installed"
            if not why and size > most:
                why = f"left out above {most >> 20} MB{'' if self._full else ': run with --full'}"
            if why:
                self._skip("SDMX read", name, why)
                continue
            self._begin(f"SDMX read by {name}")
            started = perf_counter()
            try:
                asked = check_sdmx1(message, expected, dsds) if name == "sdmx1" else check_pysdmx(message, expected)
            except UnreadableError as error:
                words = f"{name} cannot read it, though its schema and the rules take it: {shown(error, 120)}"
                self._skip("SDMX read", name, words)
                continue
            self._add("SDMX read", name, asked, started)


def _by_usage(specs: Sequence[Spec]) -> dict[str, Artefact]:
    """Return the DSDs of data that are here, by the id of what the data are reported by."""
    return {spec.use.ref.id: spec.dsd for spec in specs if spec.dsd is not None and spec.use.ref is not None}


def _own_schemas(message: Message, rules: DataRules | None, levels: Levels) -> tuple[dict[str, bytes], str]:
    """Return schemas by namespace for structure-specific data, and words for what they are made of."""
    if not message.is_specific or rules is None:
        return {}, ""
    schemas, made = {}, []
    for namespace, use in levels.namespaces.items():
        spec = rules.keys.spec_of(use)
        if spec is None:
            continue
        explicit = bool(levels.types["Obs"])
        plan = Plan(message.version, namespace, spec, levels, "TimeSeries" in message.root, explicit)
        try:
            schemas[namespace] = schema_text(plan)
        except ValueError:  # a code of the structure holds what XML cannot
            plan = replace(plan, is_lax=True)
            schemas[namespace] = schema_text(plan)
        made.append(f"and the schema made of {spec.dsd.ref}" if plan.by_structure and spec.dsd else _LAX)
    return schemas, f" {'; '.join(dict.fromkeys(made))}" if made else ""


_LAX = "with whatever components it has"

KIND = Kind(
    "message",
    "SDMX messages (SDMX-ML 2.1, 3.0 and 3.1, SDMX-JSON 1.0 and 2.x, SDMX-CSV 1.0 and 2.x)",
    is_sdmx,
    validate,
    _steps,
)
