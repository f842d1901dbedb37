"""Rules about data files that more than one portal has: each asks the whole file in SQL and yields its faults."""

from __future__ import annotations

from collections.abc import Iterator

from publisher import periods
from publisher.errors import Finding
from publisher.export.profile import Bundle
from publisher.export.tables import ACTION, FLOW, LINE, Table, quoted
from publisher.model import FREQ, OBS_STATUS

# A suppressed or otherwise missing value, in exactly this case (xs:double).
MISSING = "NaN"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_WHOLE = r"[+-]?[0-9]+"
# What plain values of a text type look like; other types hold any text.
_SHAPES = {
    **dict.fromkeys(("Double", "Float"), rf"{_NUMBER}([eE][+-]?[0-9]+)?|{MISSING}"),
    "Decimal": _NUMBER,
    **dict.fromkeys(("Integer", "BigInteger", "Long", "Short", "Count"), _WHOLE),
    "Boolean": "true|false|0|1",
}
# SDMX CL_OBS_STATUS: codes of a missing value, and codes that may go with a missing value.
# What no portal asks for and every export is held to.
OURS = "sdmx.md#what-to-know-of-the-data"
_WITHOUT_VALUE = ["H", "L", "M", "O", "Q"]
_MAYBE_WITHOUT = ["J", "K", *_WITHOUT_VALUE]


def columns(bundle: Bundle) -> Iterator[Finding]:
    """Yield columns and attributes that are no component of the DSD, and dimensions or the measure without a column."""
    for table in bundle.tables:
        key = table.dsd.artefact.key
        for name, line in table.unknown.items():
            fault = f"'{name}' is no component of {key}, or stands twice"
            yield Finding("", fault, file=table.file, line=line, cube=table.cube)
        needed = {component.id for component in table.dsd.of_role("dimension", "time", "measure")}
        for name in table.absent:
            if name in needed:
                yield Finding("", f"has no column {name} of {key}", file=table.file, line=1, cube=table.cube)


def one_dataflow(bundle: Bundle) -> Iterator[Finding]:
    """Yield rows of another dataflow than the first row of the file."""
    for table in bundle.tables:
        first = f"(SELECT arg_min({quoted(FLOW)}, {quoted(LINE)}) FROM {table.relation})"
        condition = f"{quoted(FLOW)} <> {first}"
        yield from table.findings(condition, [], lambda flow: f"is of another dataflow, '{flow}'", quoted(FLOW))


def missing_dimension(bundle: Bundle) -> Iterator[Finding]:
    """Yield rows without a value for a dimension."""
    for table in bundle.tables:
        for component in table.dsd.key:
            condition = f"coalesce({quoted(component.id)}, '') = ''"
            yield from table.findings(condition, [], f"has no {component.id}")


def mandatory_attribute(bundle: Bundle) -> Iterator[Finding]:
    """Yield rows without a value for an attribute that the DSD calls mandatory."""
    for table in bundle.tables:
        for component in table.dsd.of_role("attribute"):
            if component.mandatory:
                condition = f"coalesce({quoted(component.id)}, '') = ''"
                yield from table.findings(condition, [], f"has no {component.id}")


def unknown_code(bundle: Bundle) -> Iterator[Finding]:
    """Yield codes of dimensions and attributes that their codelist does not have."""
    for table in bundle.tables:
        for component in table.dsd.components:
            if component.codelist is None:
                continue
            codes, column = bundle.known.codes(component.codelist), quoted(component.id)
            condition = f"{column} <> '' AND NOT {table.listed(component.id)}"

            def word(code: str, name: str = component.id, codelist: str = component.codelist.id) -> str:
                return f"{name} '{code}' is not in {codelist}"

            yield from table.findings(condition, [codes], word, column)


def value_format(bundle: Bundle) -> Iterator[Finding]:
    """Yield values that are not of the type that the DSD gives the component; a measure must have a value."""
    for table in bundle.tables:
        for component in table.dsd.of_role("measure", "attribute"):
            shape, column = _SHAPES.get(component.text_type or ""), quoted(component.id)

            # What stands in a measure may be a hidden value.
            shown = component.id if component.role == "measure" else f"{component.id} '{{}}'"

            def word(
                value: str, shown: str = shown, name: str = component.id, kind: str = f"{component.text_type}"
            ) -> str:
                return f"{shown.replace('{}', value)} is no {kind}" if value else f"has no {name}"

            if component.role == "measure":
                yield from table.findings(f"coalesce({column}, '') = ''", [], word, column)
            if component.codelist is None and shape is not None:
                condition = f"{column} <> '' AND NOT regexp_full_match({column}, ?)"
                yield from table.findings(condition, [shape], word, column)


def period(bundle: Bundle) -> Iterator[Finding]:
    """Yield periods that are none of the frequency that the row names."""
    for table in bundle.tables:
        times = [component.id for component in table.dsd.of_role("time")]
        if not times or FREQ not in (component.id for component in table.dsd.key):
            continue
        found = table.distinct(FREQ, times[0])
        wrong = [f"{frequency} {said}" for frequency, said, _ in found if _is_wrong(frequency, said)]
        both = f"{quoted(FREQ)} || ' ' || {quoted(times[0])}"

        def word(pair: str, time: str = times[0]) -> str:
            frequency, _, said = pair.partition(" ")
            return f"{time} '{said}' is no period of {FREQ} '{frequency}'"

        if wrong:
            yield from table.findings(f"{both} IN (SELECT unnest(?::VARCHAR[]))", [wrong], word, both)


def _is_wrong(frequency: str | None, said: str | None) -> bool:
    """Say whether a period is none of the frequency; what is missing is left to another rule."""
    return bool(frequency and said) and not periods.belongs(str(frequency), str(said))


def duplicate(bundle: Bundle) -> Iterator[Finding]:
    """Yield observations whose key stands on an earlier line."""
    for table in bundle.tables:
        names = ", ".join(quoted(component.id) for component in table.dsd.key)
        again = (
            f"SELECT {quoted(LINE)} FROM {table.relation}"
            f" QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY {quoted(LINE)}) > 1"
        )
        yield from table.findings(f"{quoted(LINE)} IN ({again})", [], "stands on an earlier line already")


def status(bundle: Bundle) -> Iterator[Finding]:
    """Yield numbers whose OBS_STATUS says that there is none, and missing values whose OBS_STATUS does not."""
    for table in bundle.tables:
        measures = table.dsd.of_role("measure")
        if not measures or OBS_STATUS not in (component.id for component in table.dsd.components):
            continue
        value, code = quoted(measures[0].id), quoted(OBS_STATUS)
        yield from table.findings(
            f"{value} <> '{MISSING}' AND list_contains(?, {code})",
            [_WITHOUT_VALUE],
            lambda said: f"has a value, but {OBS_STATUS} '{said}' says it is missing",
            code,
        )
        yield from table.findings(
            f"{value} = '{MISSING}' AND NOT list_contains(?, coalesce({code}, ''))",
            [_MAYBE_WITHOUT],
            lambda said: f"has no value, but {OBS_STATUS} '{said}' does not say it is missing",
            code,
        )


def actions(table: Table, wanted: str) -> Iterator[Finding]:
    """Yield rows with another action than the wanted one."""
    action = quoted(ACTION)
    yield from table.findings(
        f"{action} IS DISTINCT FROM ?", [wanted], lambda said: f"has the action '{said}', not {wanted}", action
    )
