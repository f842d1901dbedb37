"""What the steps of action.yml did, as the outputs of the action: versions, zip files, counts, one SARIF file."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Zip files know no time before this; the same release gives the same bytes on every runner.
_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def main() -> None:
    """Read the reports in ``$WORK``, pack the releases where every command passed, and write the outputs."""
    work, project = Path(os.environ["WORK"]), Path(os.environ["PROJECT"])
    reports = [values for path in sorted((work / "reports").glob("*.json")) if (values := _values(path))]
    findings = [finding for values in reports for finding in values["findings"]]
    exit_code = _exit_code(work / "codes")
    built = [dataset for values in reports if values["command"] == "build" for dataset in values.get("datasets", ())]
    releases = [_release(dataset, project, work / "releases", passed=exit_code == 0) for dataset in built]
    answers: dict[str, str] = {
        name: "\n".join(release[name] for release in releases if release[name]) for name in ("version", "folder", "zip")
    }
    for name, severity in (("errors", "error"), ("warnings", "warning")):
        answers[name] = str(sum(finding["severity"] == severity for finding in findings))
    answers["releases"] = json.dumps(releases)
    answers["exit-code"] = str(exit_code)
    answers["sarif"] = _one_sarif(work)
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8", newline="\n") as stream:
        stream.writelines(_output(name, value) for name, value in answers.items())


def _values(path: Path) -> dict[str, Any]:
    """Return a report; empty where the command was ended before it wrote one."""
    text = path.read_text(encoding="utf-8")
    values: dict[str, Any] = json.loads(text) if text else {}
    return values


def _exit_code(codes: Path) -> int:
    """Return the first exit code other than 0 in the order of the steps, 2 where nothing was run at all."""
    order = {"build": 0, "validate": 1}
    found = sorted(codes.iterdir(), key=lambda path: (order.get(path.name, 2), path.name))
    return next((code for path in found if (code := int(path.read_text()))), 0) if found else 2


def _release(dataset: Mapping[str, Any], project: Path, packed: Path, passed: bool) -> dict[str, str]:
    folder = project / "output" / dataset["dataset"]
    named = {name: str(dataset[name]) for name in ("dataset", "edition", "version")}
    if not passed:
        return {**named, "folder": "", "zip": ""}
    name = f"{dataset['dataset']}-{dataset['version']}"
    path = packed / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in _files(folder):
            member = zipfile.ZipInfo(f"{name}/{file.relative_to(folder).as_posix()}", _TIME)
            member.compress_type, member.external_attr, member.create_system = zipfile.ZIP_DEFLATED, _PLAIN_FILE, 3
            member.file_size = file.stat().st_size
            with archive.open(member, "w") as packed_file, file.open("rb") as stream:
                shutil.copyfileobj(stream, packed_file)
    return {**named, "folder": str(folder), "zip": str(path)}


def _files(folder: Path) -> Iterable[Path]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())


def _one_sarif(work: Path) -> str:
    """Write the findings of every command as one run, for code scanning takes one of a tool; return where."""
    logs = [log for path in sorted((work / "reports").glob("*.sarif")) if (log := _values(path))]
    if not logs:
        return ""
    one = logs[0]
    (run,) = one["runs"]
    rules = {rule["id"]: rule for log in logs for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    run["tool"]["driver"]["rules"] = [rules[name] for name in sorted(rules)]
    run["invocations"] = [call for log in logs for call in log["runs"][0].get("invocations", ())]
    run["results"] = [result for log in logs for result in log["runs"][0]["results"]]
    for result in run["results"]:
        result.pop("ruleIndex", None)  # it counted in the rules of its own log
    path = work / "publisher.sarif"
    path.write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    return str(path)


def _output(name: str, value: str) -> str:
    """Return an output as GitHub reads it, whatever the value: it ends at a line that nobody can guess."""
    end = secrets.token_hex(16)
    return f"{name}<<{end}\n{value}\n{end}\n"


if __name__ == "__main__":
    main()
