"""Runs the steps of action.yml on this machine, as far as GitHub's runner would: in order, in bash, with their inputs.

Steps that use other actions are noted and not run; those that set up Python and install the tool give
what is here already. Expressions are those that action.yml needs: contexts, comparisons, and, or, the
functions of status.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from helpers import PROJECT

ACTION = PROJECT / "action.yml"


@dataclass(slots=True)
class Job:
    """What the steps did: the outcome of each by its name, what they printed, what they wanted uploaded."""

    outcomes: dict[str, str] = field(default_factory=dict)
    log: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    steps: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return "failure" in self.outcomes.values()


def read_action() -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return values


def run(workspace: Path, temporary: Path, publisher: Path | None = None, **inputs: str) -> Job:
    """Run the action in a workspace; ``publisher`` is the command, unless given the one of this environment."""
    action = read_action()
    temporary.mkdir(exist_ok=True)
    given = {name: str(about.get("default", "")) for name, about in action["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    assert given.keys() == action["inputs"].keys()
    context = {
        "inputs": given,
        "runner": {"temp": str(temporary), "os": "Linux", "arch": "X64"},
        "steps": {"python": {"python-path": sys.executable, "python-version": "3.11"}},
    }
    job = Job(steps=context["steps"])
    for step in action["runs"]["steps"]:
        name = step["name"]
        if not _wanted(step.get("if", "success()"), context, job.failed):
            job.outcomes[name] = "skipped"
        elif "uses" in step:
            job.outcomes[name] = "success"
            job.used[name] = {key: filled(value, context) for key, value in step.get("with", {}).items()}
        elif step["id"] == "install":
            job.outcomes[name] = "success"
            job.steps["install"] = {"python": sys.executable, "publisher": str(publisher or here(temporary))}
        else:
            _run(step, context, workspace, temporary, job)
    job.outputs = {name: filled(about["value"], context) for name, about in action["outputs"].items()}
    return job


def run_step(name: str, context: Mapping[str, Any], workspace: Path, temporary: Path) -> Job:
    """Run one step alone, in the contexts given."""
    job = Job(steps=dict(context["steps"]))
    step = next(step for step in read_action()["runs"]["steps"] if step["name"] == name)
    _run(step, {**context, "steps": job.steps}, workspace, temporary, job)
    return job


def here(temporary: Path) -> Path:
    """Return a command that runs the publisher of this environment."""
    path = temporary / "publisher"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m publisher "$@"\n')
    path.chmod(0o755)
    return path


def filled(text: object, context: Mapping[str, Any]) -> str:
    """Return a text of action.yml with its expressions replaced by what they are."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(evaluated(found[1], context)), str(text))


def evaluated(expression: str, context: Mapping[str, Any], failed: bool = False) -> Any:
    """Return what an expression is; what is not there is empty, as on GitHub."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return found[0]
        kind, *names = found[0].split(".")
        answer: Any = context[kind]
        for name in names:
            answer = answer.get(name, {}) if name != "outputs" else answer
        return repr(answer or "")

    python = re.sub(r"('[^']*')|\b(?:inputs|steps|runner)(?:\.[\w-]+)+", value, expression)
    python = python.replace("&&", " and ").replace("||", " or ").strip()
    known = {"always": lambda: True, "success": lambda: not failed, "failure": lambda: failed}
    return eval(python, {"__builtins__": {}}, known)


def _wanted(condition: str, context: Mapping[str, Any], failed: bool) -> bool:
    of_status = re.search(r"\b(always|success|failure|cancelled)\(\)", condition)
    return bool(evaluated(condition if of_status else f"success() and ({condition})", context, failed))


def _run(step: Mapping[str, Any], context: Mapping[str, Any], workspace: Path, temporary: Path, job: Job) -> None:
    """Run the script of a step in the shell that ``shell: bash`` is, and read the outputs that it wrote."""
    files = {name: temporary / f"{name}-{len(job.outcomes)}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.touch()
    script = temporary / f"{len(job.outcomes)}.sh"
    script.write_text(step["run"], encoding="utf-8", newline="\n")
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace)}
    environment |= {"GITHUB_ACTION_PATH": str(PROJECT), "RUNNER_TEMP": str(temporary), "RUNNER_OS": "Linux"}
    environment |= {name: str(path) for name, path in files.items()}
    environment |= {name: filled(value, context) for name, value in step.get("env", {}).items()}
    done = subprocess.run(
        [bash(), "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=workspace / filled(step.get("working-directory", "."), context),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    job.outcomes[step["name"]] = "success" if done.returncode == 0 else "failure"
    job.log[step["name"]] = done.stdout + done.stderr
    job.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    job.steps[step["id"]] = outputs_of(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))


def outputs_of(text: str) -> dict[str, str]:
    """Return the outputs that a step wrote, one a line or between two lines of its own."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if "<<" in line and "=" not in line.split("<<")[0]:
            name, _, end = line.partition("<<")
            held: list[str] = []
            while (line := next(lines)) != end:
                held.append(line)
            found[name] = "\n".join(held)
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def bash() -> str:
    found = shutil.which("bash")
    assert found is not None
    return found
