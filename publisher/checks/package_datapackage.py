"""The data package by the ``datapackage`` package, the older reader of Data Package 1.0, which many portals use.

It follows addresses of profiles and schemas: what it is given names none (``package_descriptor``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.package_descriptor import DESCRIPTOR, read_release
from publisher.checks.package_frictionless import unguessed
from publisher.checks.reader import words_of
from publisher.errors import Finding

RULE = "datapackage"
_MOST_ROWS = 200_000  # it casts some 40,000 rows a second
_MOST_FINDINGS = 20
_LONGEST = 400


def run(subject: Subject) -> Outcome:
    """Read every table of a release with its types, keys, bytes and hash."""
    package, faults = read_release(subject.folder, subject.files)
    if faults:
        return Outcome(faults)
    described = [resource for resource in package["resources"] if "schema" in resource]
    shown = {resource["name"]: resource["path"] for resource in described}
    findings = list(found({**package, "resources": described or package["resources"]}, str(subject.folder), shown))
    return Outcome(tuple(findings), f"{len(described):,} tables")


def found(
    package: Mapping[str, Any], base: str, shown: Mapping[str, str], descriptor: str = DESCRIPTOR
) -> Iterator[Finding]:
    """Yield what is wrong with a descriptor, then with each of its tables; ``shown`` are their files by name.

    Nothing in the descriptor may name a file outside ``base`` or an address.
    """
    import warnings

    with warnings.catch_warnings(), unguessed():
        warnings.simplefilter("ignore")  # of functions that the package itself calls and will be taken away
        from datapackage import Package
        from datapackage.exceptions import DataPackageException

        try:
            read = Package(dict(package), base_path=base)
        except DataPackageException as error:
            yield Finding(RULE, _in_one_line(error), file=descriptor)
            return
        for fault in read.errors:
            yield Finding(RULE, _in_one_line(fault), file=descriptor)
        for resource in read.resources:
            if resource.name in shown:
                yield from islice(_table(resource, shown[resource.name], base), _MOST_FINDINGS)


def _table(resource: Any, file: str, base: str) -> Iterator[Finding]:
    """Yield what is wrong with a table: every row that does not cast, then what ends the reading."""
    from datapackage.exceptions import DataPackageException
    from tableschema.exceptions import DataPackageException as TableException  # type: ignore[import-untyped]
    from tabulator.exceptions import TabulatorException  # type: ignore[import-untyped]

    deferred: list[Finding] = []

    def keep(error: Exception, row_number: int | None = None, **_: Any) -> None:
        if len(deferred) < _MOST_FINDINGS:
            inner = getattr(error, "errors", None) or [error]
            deferred.extend(Finding(RULE, _words(each, base), file=file, line=row_number) for each in inner)

    faults = [*resource.errors, *resource.schema.errors]
    yield from (Finding(RULE, _in_one_line(fault), file=file) for fault in faults)
    try:
        for _ in (
            ()
            if faults
            else resource.iter(integrity=True, relations=bool(resource.schema.foreign_keys), exc_handler=keep)
        ):
            pass
    except (DataPackageException, TableException, TabulatorException) as error:
        inner = getattr(error, "errors", None) or [error]
        deferred += (Finding(RULE, _words(each, base), file=file) for each in inner)
    yield from deferred


def _words(error: Exception, base: str) -> str:
    """Return what is said of a table: no number of it but places, and no word of the folder."""
    return words_of(ValueError(str(error).replace(f"{base}/", "")))


def _in_one_line(error: Exception) -> str:
    """Return what is said of a descriptor, which holds no values."""
    return " ".join(str(error).split())[:_LONGEST]


CHECKS = (
    Check(
        "data package, older reader",
        "datapackage",
        "full",
        run,
        most_rows=_MOST_ROWS,
        needs=("datapackage",),
        requires="datapackage",
        files=("datapackage.json", "data/<cube>.csv", "codelists/<ID>.csv"),
    ),
)
