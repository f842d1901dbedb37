"""A stranger's data package proved: the descriptor, the files it names, and the cells of its tables.

Source: Data Package 2.0 and Data Resource 2.0 (versions 1 and 2 are taken), and its section Security: no address
is followed and no path out of the package.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from publisher.checks.check import Outcome
from publisher.checks.package_descriptor import DESCRIPTOR, RULE, read
from publisher.checks.package_profile import RULE as PROFILE_RULE
from publisher.checks.package_profile import limited, profile_faults
from publisher.checks.run import Verdict
from publisher.engines.confined import words_of_fall
from publisher.engines.folders import inside
from publisher.errors import Finding
from publisher.validate import package_plain, release
from publisher.validate.kind import Begin, Kind, Validation
from publisher.validate.look import json_members
from publisher.validate.package_cells import by_columns, by_frictionless
from publisher.validate.package_copies import Tables
from publisher.validate.package_older import by_datapackage
from publisher.validate.package_parts import Part, parts

_V2 = re.compile("https?://datapackage[.]org/profiles/2[.]0/datapackage[.]json")
_V1 = re.compile("https?://datapackage[.]org/profiles/1[.][0-9]+/datapackage[.]json")
_OF_V1 = ("data-package", "tabular-data-package")
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
# What a package says of itself, so that its descriptor is known under any name.
_OF_A_PACKAGE = frozenset(("$schema", "profile", "name", "id", "title", "licenses", "contributors", "sources"))
_STEPS = 4
_LONGEST = 500
_MOST_REASONS = 3


def fits(path: Path) -> bool:
    """Say whether a path is a folder with a data package, or the descriptor of one, by its content."""
    if path.is_dir():
        descriptor = inside(path, DESCRIPTOR)
        return descriptor is not None and not release.fits(path)
    if path.suffix.casefold() != ".json" or not path.is_file():
        return False
    members = json_members(path)
    return "resources" in members and (path.name.endswith(DESCRIPTOR) or not members.isdisjoint(_OF_A_PACKAGE))


def steps(paths: Sequence[Path], full: bool) -> int:
    """Return in how many steps packages are checked."""
    return len(paths) * (_STEPS + full)


def validate(paths: Sequence[Path], full: bool, begin: Begin) -> Iterator[Validation]:
    """Check packages one after the other."""
    for path in paths:
        place = path / DESCRIPTOR if path.is_dir() else path
        values: dict[str, Any] = {"file": place.as_posix(), "name": "", "version": "", "resources": 0, "tables": 0}
        report = Validation("package", path.as_posix(), values, within=place.parent.as_posix(), files=(place.name,))
        _prove(report, place, full, begin)
        named = " ".join(filter(None, (values["name"], values["version"])))
        counted = f"{values['resources']:,} resources, {values['tables']:,} of them read as tables"
        report.about = f"data package {named}: {counted}" if named else f"data package: {counted}"
        yield report


def _prove(report: Validation, place: Path, full: bool, begin: Begin) -> None:
    begin("descriptor")
    started = perf_counter()
    descriptor, faults = read(place)
    if faults:
        report.add(Verdict("descriptor", "publisher", Outcome(faults), perf_counter() - started, files=(place.name,)))
        return
    found, findings = parts(descriptor, place.parent, place.name)
    findings += _unknown_keys(found)
    files = tuple(dict.fromkeys((place.name, *(file for part in found for file in part.files))))
    report.files = files
    read_as_tables = [part for part in found if part.is_table]
    report.values.update(
        name=_text(descriptor.get("name")), version=_text(descriptor.get("version")),
        resources=len(found), tables=len(read_as_tables),
    )  # fmt: skip
    about = f"{len(found):,} resources"
    seconds = perf_counter() - started
    report.add(Verdict("descriptor", "publisher", Outcome(tuple(findings), about), seconds, files=(place.name,)))
    begin("profile")
    report.add(_cut(_profile(descriptor, found, place)))
    begin("bytes and hashes")
    report.add(_digests(found, place.parent))
    with tempfile.TemporaryDirectory(prefix="publisher-package-") as scratch:
        tables = Tables(place.parent, Path(scratch), package_plain.is_v2(descriptor), found)
        begin("tables")
        for verdict in _tables(tables, descriptor, place.name):
            report.add(_cut(verdict))
        if full:
            begin("tables, older reader")
            report.add(_cut(_older(tables, descriptor, place.name)))


def _cut(verdict: Verdict) -> Verdict:
    """Return a verdict whose messages are no longer than people read: other programs quote what they find."""
    findings = tuple(
        finding if len(finding.message) <= _LONGEST else replace(finding, message=f"{finding.message[:_LONGEST]}...")
        for finding in verdict.findings
    )
    return replace(verdict, outcome=replace(verdict.outcome, findings=findings))


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _unknown_keys(found: Sequence[Part]) -> Iterator[Finding]:
    """Yield foreign keys to a resource that the package does not have, and to other packages, which are not fetched."""
    names = {part.name for part in found}
    for part in found:
        keys = part.schema.get("foreignKeys")
        for key in keys if isinstance(keys, list) else ():
            reference = key.get("reference") if isinstance(key, dict) else None
            other = reference.get("resource") if isinstance(reference, dict) else None
            if isinstance(reference, dict) and reference.get("package"):
                message = "has a foreign key to another package: nothing is fetched, so it is not checked"
                yield Finding(RULE, message, "warning", file=part.shown)
            elif isinstance(other, str) and other and other not in names and other != "self":
                message = f"has a foreign key to the resource '{other[:60]}', which the package does not have: add it"
                yield Finding(RULE, message, file=part.shown)


def _profile(descriptor: Mapping[str, Any], found: Sequence[Part], place: Path) -> Verdict:
    """Hold a descriptor, and the files of its schemas and dialects, against the profile of its version."""
    name, by, files = "profile", "jsonschema", (place.name,)
    said, older = descriptor.get("$schema"), descriptor.get("profile")
    if isinstance(said, str) and _V2.fullmatch(said):
        started = perf_counter()
        findings = [Finding(PROFILE_RULE, message, file=place.name) for message in limited(profile_faults(descriptor))]
        for part in found:
            for kind, values in (("schema", part.schema), ("dialect", part.dialect)):
                if isinstance(file := part.resource.get(kind), str) and values:
                    messages = limited(profile_faults(values, f"table{kind}"))
                    findings += (Finding(PROFILE_RULE, message, file=file) for message in messages)
        return Verdict(f"{name} 2.0", by, Outcome(tuple(findings)), perf_counter() - started, files=files)
    if said is None or (isinstance(said, str) and _V1.fullmatch(said)):
        own = f"its own profile '{_text(older)[:100]}' is not fetched; " if older and older not in _OF_V1 else ""
        reason = f"{own}it names no profile of version 2: frictionless checks it by the rules of version 1"
    else:
        shown = json.dumps(said)[:100]
        reason = f"its profile {shown} is not one that is here, and nothing is fetched"
    return Verdict(name, by, Outcome(), 0.0, reason, files)


def _digests(found: Sequence[Part], folder: Path) -> Verdict:
    """Compare the bytes and hashes of files with what the package says of them."""
    started = perf_counter()
    findings: list[Finding] = []
    looked: list[str] = []
    left: list[tuple[str, str]] = []
    for part in found:
        size, hashed = part.resource.get("bytes"), part.resource.get("hash")
        if not part.files:
            continue
        if (size is None and hashed is None) or len(part.files) > 1:
            left += ((file, "the package says nothing of its bytes and hash") for file in part.files)
            continue
        looked.append(part.files[0])
        findings += _digest(folder / part.files[0], part.files[0], size, hashed)
    files = tuple(dict.fromkeys(file for part in found for file in part.files))
    if not looked:
        reason = "the package says nothing of the bytes and hashes of its files"
        return Verdict("bytes and hashes", "publisher", Outcome(), 0.0, reason, files)
    outcome = Outcome(tuple(findings), f"{len(looked):,} files", left_out=tuple(left))
    return Verdict("bytes and hashes", "publisher", outcome, perf_counter() - started, files=files)


def _digest(path: Path, shown: str, size: object, hashed: object) -> Iterator[Finding]:
    """Yield what is wrong with the size and the hash of a file, as the package says them (Data Resource, hash)."""
    actual = path.stat().st_size
    if size is not None and (isinstance(size, bool) or size != actual):
        yield Finding(
            RULE, f"has {actual:,} bytes, the package says {json.dumps(size)[:30]}: make one right", file=shown
        )
    if hashed is None or hashed == "":
        return
    algorithm, _, value = hashed.rpartition(":") if isinstance(hashed, str) else ("?", "", "")
    algorithm = algorithm.lower().replace("-", "") or "md5"
    if algorithm not in _HASHES:
        message = f"its hash is by '{algorithm[:20]}' and not checked: {', '.join(_HASHES)} are"
        yield Finding(RULE, message, "warning", file=shown)
        return
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    if found != value.lower():
        yield Finding(RULE, f"its {algorithm} is not the one in the package: the file or the hash is old", file=shown)


def _tables(tables: Tables, descriptor: Mapping[str, Any], shown: str) -> Iterator[Verdict]:
    """Yield what frictionless says of the descriptor and of the tables, and columns of those that are large."""
    files = tuple(dict.fromkeys(file for part in tables.parts for file in part.files))
    started = perf_counter()
    outcome = Outcome(tuple(_metadata(tables, descriptor, shown)), f"{len(tables.parts):,} resources")
    yield Verdict("descriptor", "frictionless", outcome, perf_counter() - started, files=(shown,))
    started = perf_counter()
    outcome = by_frictionless(tables)
    reason = "" if tables.read else _none_read(tables, outcome)
    yield Verdict("tables", "frictionless", outcome, perf_counter() - started, reason, files)
    large = tuple(part.shown for part in tables.read if tables.is_large(part))
    if large:
        started = perf_counter()
        yield Verdict("large tables", "DuckDB", by_columns(tables), perf_counter() - started, files=large)


def _none_read(tables: Tables, outcome: Outcome) -> str:
    """Return why a program read no table: the reasons of the first resources, and how many there are more."""
    reasons = [f"{file[:200]} {why}" for file, why in outcome.left_out]
    reasons += [f"'{part.name[:60]}' {part.left_out}" for part in tables.parts if part.left_out and not part.files]
    each = list(dict.fromkeys(reasons))
    more = [f"and {len(each) - _MOST_REASONS:,} more"] if len(each) > _MOST_REASONS else []
    told = "; ".join([*each[:_MOST_REASONS], *more])
    return f"it reads no resource of the package as a table: {told}" if told else "the package has no resources"


def _metadata(tables: Tables, descriptor: Mapping[str, Any], shown: str) -> Iterator[Finding]:
    """Yield what frictionless finds in the descriptor: of the package, then of each resource."""
    about = package_plain.package(descriptor)
    stub = {"name": "t", "path": "t.csv"}
    yield from _said(about, stub, "", shown)
    version = {name: about[name] for name in ("$schema",) if name in about}
    for part in tables.parts:
        resource = {**package_plain.resource(part.resource), "path": "t.csv"}
        if part.schema and part.left_out:
            resource["schema"] = package_plain.schema(part.schema)
        yield from _said(version, resource, f"the resource '{part.name[:60]}': ", shown)


def _said(package: Mapping[str, Any], resource: dict[str, Any], lead: str, shown: str) -> Iterator[Finding]:
    from frictionless import FrictionlessException, Package

    whole = {**package, "resources": [resource]}
    try:
        Package.metadata_transform(whole)
        errors = [error.message for error in Package.metadata_validate(whole)]
    except FrictionlessException as refusal:
        errors = [refusal.error.message]
    except Exception as error:  # the descriptor is anybody's, and the program another's
        rule, words = words_of_fall(error)
        yield Finding(rule, f"{lead}frictionless {words}", file=shown)
        return
    for message in errors:
        yield Finding("frictionless", f"{lead}{' '.join(message.split())}", file=shown)


def _older(tables: Tables, descriptor: Mapping[str, Any], shown: str) -> Verdict:
    name, by = "tables, older reader", "datapackage"
    files = tuple(dict.fromkeys(file for part in tables.parts for file in part.files))
    if find_spec("datapackage") is None:
        return Verdict(name, by, Outcome(), 0.0, "datapackage is not installed", files)
    started = perf_counter()
    outcome = by_datapackage(tables, descriptor, shown)
    reason = "" if outcome.looked_at != "0 tables" else _none_read(tables, outcome)
    return Verdict(name, by, outcome, perf_counter() - started, reason, files)


KIND = Kind(
    "package",
    f"data packages (a folder with {DESCRIPTOR}, or such a file under any name)",
    fits,
    validate,
    steps,
)
