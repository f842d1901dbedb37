"""The rules of data messages: nothing stands twice, what belongs to the key is there, values are what the DSD takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from publisher.checks.sdmx_message import Faults, Message, listed, shown
from publisher.checks.sdmx_message_keys import Hashes, Keys, Twice
from publisher.checks.sdmx_message_model import Structures
from publisher.checks.sdmx_message_regions import outside, words_for
from publisher.checks.sdmx_message_rows import FLAT, Sink, Use
from publisher.checks.sdmx_message_spec import Values, time_of
from publisher.checks.sdmx_message_values import fit
from publisher.errors import Severity

Read = Callable[[Message, Sink], None]

# The rules that ask the structure, where it is here.
BY_STRUCTURE = frozenset(
    ("unknown-code", "sdmx-value", "sdmx-key", "sdmx-component", "sdmx-attribute", "sdmx-constraint")
)
_MOST_KEPT = 100
# What stands for an attribute or a measure that is missing on purpose, where SDMX has a word for it.
_MISSING = "#N/A"
# What SDMX itself says of a data set, in the namespace of structure-specific data.
_OF_DATA_SETS = ("action", "structureRef", "dataScope", "setID", "validFromDate", "reportingBeginDate")
_QUALIFY = "write it in the namespace of structure-specific data (ss:), if it is the data set's"
_SEVERITY: dict[bool, Severity] = {True: "error", False: "warning"}


class DataRules:
    """Takes the pieces of a data message and checks each; ``finish`` says what only the whole shows."""

    def __init__(self, message: Message, structures: Structures) -> None:
        """Begin with a message, and the structures that are here."""
        self.faults = Faults(message)
        self._has_one_measure = message.version == "1.0" or (message.syntax, message.version) == ("SDMX-ML", "2.1")
        self.keys = Keys(structures, self._has_one_measure)
        self.observations = self.series_count = self.others = 0
        self._structures = structures
        self._hashes = Hashes()
        self._time = ""
        self._mandatory = _Mandatory()
        self._missing = None if message.syntax == "SDMX-ML" or message.version == "1.0" else _MISSING

    def begin(self, line: int | None, use: Use, number: int = 0) -> None:
        """Take the beginning of a data set: of which structure it is."""
        is_new = self.keys.begin(use, number)
        spec = self.keys.spec
        self._time = time_of(spec)
        if is_new and spec.dsd is not None and use.at_observation not in (FLAT, *spec.dimensions):
            words = f"has {shown(use.at_observation)} at observation level, which is no dimension of {spec.dsd.ref}"
            self.fault("sdmx-header", words, line)

    def fault(self, rule: str, message: str, line: int | None = None, key: str | None = None) -> None:
        """Take what a reader of the message finds wrong."""
        self.faults.add(rule, message, line, key)

    def attributes(self, line: int | None, said: Mapping[str, str]) -> None:
        """Take what is said of a data set, of a group or of a part of the key."""
        self.others += 1
        self._check_values(line, said)
        self._mandatory.said(said)

    def series(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Take the beginning of a series."""
        self.series_count += 1
        self.keys.begin_series(line, said, key)
        spec = self.keys.spec
        if spec.dsd is None:
            return
        if lacking := [name for name in spec.in_series if name not in said]:
            self._lack(line, lacking, said)
        self._check_values(line, said)
        self._mandatory.note(spec.required.of_more, said)
        for name in self._mandatory.lacking(spec.required.of_series, said, {}):
            self._mandatory.keep(name, line, self.keys.text(said))

    def observation(self, line: int | None, said: Mapping[str, str], key: tuple[str, ...] = ()) -> None:
        """Take an observation, of the last series where they are in series."""
        self.observations += 1
        keys, spec = self.keys, self.keys.spec
        if keys.begins_series():
            self._hashes.add_series(keys.series)
        self._hashes.add(keys.of(said, key))
        if (period := said.get(self._time) or keys.in_series.get(self._time)) is not None:
            frequency = ""
            for name in spec.frequencies:
                frequency = frequency or said.get(name) or keys.in_series.get(name, "")
            if (answer := fit(frequency, period)) != "fits":
                self._refuse_period(line, period, frequency, answer, said)
        if spec.dsd is None:
            return
        if lacking := [name for name in spec.at_observation if name not in said and name not in keys.in_series]:
            self._lack(line, lacking, said)
        self._check_values(line, said)
        if spec.use.at_observation == FLAT:
            self._mandatory.note(spec.required.of_more, said)
        for name in self._mandatory.lacking(spec.required.of_observation, said, keys.in_series):
            self._mandatory.keep(name, line, keys.text(said))
        if spec.constraints:
            self._check_regions(line, said)

    def _check_regions(self, line: int | None, said: Mapping[str, str]) -> None:
        rule, above = "sdmx-constraint", self.keys.in_series
        for bounds in self.keys.spec.constraints:
            name, constraint = outside(bounds, above, said), bounds.constraint
            if name is None:
                continue
            severity = _SEVERITY[constraint.role != "Actual"]
            if self.faults.is_full(rule, severity):
                self.faults.more(rule, 1, severity)
                continue
            words = words_for(constraint, name, said.get(name) or above.get(name, ""))
            self.faults.add(rule, words, line, self.keys.text(said), severity)

    def finish(self, read: Read, message: Message) -> None:
        """Say what only the whole message shows: what is never said, and what stands twice."""
        self._mandatory.finish(self.faults)
        doubled = self._hashes.doubled()
        if any(doubled):
            again = Keys(self._structures, self._has_one_measure)
            read(message, Twice(again, self.faults, doubled))

    def _lack(self, line: int | None, names: list[str], said: Mapping[str, str]) -> None:
        if self.faults.is_full("sdmx-key"):
            return self.faults.more("sdmx-key", 1)
        spec = self.keys.spec
        words = listed([name for name in spec.dimensions if name in names])
        of = f" of {spec.dsd.ref}" if spec.dsd else ""
        self.faults.add("sdmx-key", f"has no {words}, which belongs to the key{of}: say it", line, self.keys.text(said))
        return None

    def _check_values(self, line: int | None, said: Mapping[str, str]) -> None:
        spec = self.keys.spec
        if spec.dsd is None:
            return
        for name, value in said.items():
            found = spec.values.get(name)
            if found is None:
                if name in spec.known:
                    continue
                if self.faults.is_full("sdmx-component"):
                    self.faults.more("sdmx-component", 1)
                else:
                    remedy = "leave it out, or correct its name" if name not in _OF_DATA_SETS else _QUALIFY
                    words = f"{shown(name)} is no component of {spec.dsd.ref}: {remedy}"
                    self.faults.add("sdmx-component", words, line, self.keys.text(said))
            elif value not in found.good and not found.test(value):
                if value == self._missing and name not in spec.dimensions:
                    continue
                self._refuse(line, name, value, found, said)

    def _refuse(self, line: int | None, name: str, value: str, found: Values, said: Mapping[str, str]) -> None:
        rule = "unknown-code" if found.codelist else "sdmx-value"
        severity = _SEVERITY[not (found.codelist and found.is_partial)]
        if self.faults.is_full(rule, severity):
            return self.faults.more(rule, 1, severity)
        key = self.keys.text(said)
        if found.codelist:
            what = "which is a part of its list" if found.is_partial else "use a code of the list, or add it there"
            words = f"{name} '{shown(value)}' is no code of {found.codelist}{', ' if found.is_partial else ': '}{what}"
            self.faults.add(rule, words, line, key, severity)
        elif name == self._time:
            if fit("", value) != "none":  # what is no period at all is said with the observation
                self.fault("sdmx-period", f"{name} '{shown(value)}' is no {found.kind}", line, key)
        elif found.is_measure:
            words = f"{name} is no {found.kind}, or out of its bounds: write digits, or NaN where there is no value"
            self.fault("sdmx-value", words, line, key)
        else:
            self.fault("sdmx-value", f"{name} '{shown(value)}' is no {found.kind}, or out of its bounds", line, key)
        return None

    def _refuse_period(
        self, line: int | None, period: str, frequency: str, answer: str, said: Mapping[str, str]
    ) -> None:
        severity = _SEVERITY[answer != "unsure"]
        if self.faults.is_full("sdmx-period", severity):
            return self.faults.more("sdmx-period", 1, severity)
        what = "SDMX" if answer == "none" else f"frequency {frequency}"
        words = f"{self._time} '{shown(period)}' is no period of {what}"
        self.faults.add("sdmx-period", words, line, self.keys.text(said), severity)
        return None


class _Mandatory:
    """Which mandatory attributes are said, and where one is not; one that is never said may be left out on purpose."""

    def __init__(self) -> None:
        """Begin without any."""
        self._said: set[str] = set()
        self._elsewhere: set[str] = set()
        self._lacking: Counter[str] = Counter()
        self._places: dict[str, list[tuple[int | None, str]]] = {}

    def said(self, said: Mapping[str, str]) -> None:
        """Take what is said of a group or a data set, which is then said of all in it."""
        self._elsewhere.update(name for name, value in said.items() if value)

    def note(self, names: tuple[str, ...], said: Mapping[str, str]) -> None:
        """Take note of attributes that may be said with a series, a flat observation, or of more than that."""
        for name in names:
            self._lacking[name] += 0
            if said.get(name):
                self._said.add(name)

    def lacking(self, names: tuple[str, ...], said: Mapping[str, str], above: Mapping[str, str]) -> list[str]:
        """Return the attributes that belong to what was read, and are said neither there nor above it."""
        found = []
        for name in names:
            if said.get(name) or above.get(name):
                self._said.add(name)
            else:
                found.append(name)
        return found

    def keep(self, name: str, line: int | None, key: str) -> None:
        """Keep where an attribute is not said."""
        self._lacking[name] += 1
        places = self._places.setdefault(name, [])
        if len(places) < _MOST_KEPT:
            places.append((line, key))

    def finish(self, faults: Faults) -> None:
        """Say which attributes lack somewhere, or everywhere."""
        for name, count in self._lacking.items():
            if name in self._elsewhere:
                continue
            if name not in self._said:
                words = f"{name} is mandatory, and nowhere said: right for data without attributes, a fault otherwise"
                faults.add("sdmx-attribute", words, severity="warning")
                continue
            for line, key in self._places.get(name, ()):
                faults.add("sdmx-attribute", f"{name} is mandatory, and not said here: say it", line, key)
            if count > _MOST_KEPT:
                faults.more("sdmx-attribute", count - _MOST_KEPT)
