"""The process that answers one query and ends: what goes wrong in it, or is stopped, harms nobody else.

It reads one line of JSON, writes lines of JSON that say how far it is, and writes the answer to a
file. Once the release is loaded it can open nothing more, neither a file nor a connection, and its
memory and the size of the answer are bounded, where the platform knows such limits. A release that is
too large for memory stays on disk, and its engine opens files as it goes: then only the network is shut.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from publisher.engines.process import bound_memory, bounded_files, end_after, end_with_parent, leave_network
from publisher.errors import Finding, InputError, PublisherError
from publisher.query import answers, prefixes, rdf
from publisher.query.facts import Facts
from publisher.query.fill import fill
from publisher.query.guard import checked, explained
from publisher.query.templates import find_template
from publisher.release import open_release

MOST_MEMORY = 4 << 30
MOST_BYTES = 1 << 30
# What the process says: the phase that begins, then what came of it.
CHECKING, LOADING, ANSWERING, DONE, FAILED = "checking", "loading", "answering", "done", "failed"


def main() -> None:
    """Answer the query that standard input holds."""
    told = json.loads(sys.stdin.readline())
    leave_network()
    end_with_parent()
    bound_memory(told["memory"])
    try:
        said = _answered(told)
    except PublisherError as error:
        said = {"phase": FAILED, "findings": [asdict(finding) for finding in error.findings]}
    except MemoryError:
        said = {"phase": FAILED, "findings": [asdict(out_of_memory())]}
    _say(said)


def out_of_memory() -> Finding:
    """Return what is said of a query that needs too much memory."""
    message = f"the query needs more than {MOST_MEMORY / 2**30:.3g} GiB of memory: narrow it, or add LIMIT"
    return Finding("query-memory", message)


def _say(values: Mapping[str, Any]) -> None:
    print(json.dumps(values), flush=True)


def _begin(phase: str, seconds: float) -> None:
    """Say which phase begins; should nobody be left to end a process that takes too long, the system does."""
    _say({"phase": phase})
    end_after(0 if phase == LOADING else seconds)


def _answered(told: Mapping[str, Any]) -> dict[str, Any]:
    import pyoxigraph  # noqa: F401 -- what is imported later could not be opened
    import rdflib.plugins.sparql.parser  # noqa: F401

    seconds = told["seconds"]
    _begin(CHECKING, seconds)
    with bounded_files(told["bytes"]):
        query = None if told["text"] is None else checked(told["text"])
    _begin(LOADING, seconds)
    folder, scratch = Path(told["folder"]), Path(told["scratch"])
    store = rdf.load(folder, scratch, told["in_memory"])
    shortened = prefixes.prefixes_in(folder)
    if query is None:
        given = [(name, value) for name, value in told["settings"]]
        query = fill(find_template(told["template"]), given, Facts(open_release(folder).dataset, store))
    _begin(ANSWERING, seconds)
    on_disk = (scratch / rdf.STORE).is_dir()
    with (scratch / "answer").open("wb") as stream, bounded_files(told["bytes"], opening=on_disk):
        if told["show"]:
            stream.write(query.encode())
            return {"phase": DONE, "cut": False}
        return {"phase": DONE, "cut": _asked(store, query, told, shortened, stream)}


def _asked(store: Any, query: str, told: Mapping[str, Any], shortened: Mapping[str, str], stream: IO[bytes]) -> bool:
    """Ask the store, and write what it answers; say whether rows were left out.

    Raises InputError for what is wrong with a user's query, RuntimeError where a template's is no query.
    """
    try:
        answer = store.query(query)
        return answers.write_answer(answer, told["format"], told["most"], shortened, stream)
    except SyntaxError as error:
        if told["text"] is None:
            raise RuntimeError(f"the query made of the template {told['template']} is none:\n{query}") from error
        raise explained(query, error) from None
    except OSError as error:
        if error.errno == errno.EFBIG:
            message = f"the answer is larger than {MOST_BYTES / 2**30:.3g} GiB: narrow the query, or add LIMIT"
            raise InputError(Finding("query-size", message)) from None
        raise InputError(Finding("query-failed", f"the engine stopped: {error}")) from None
    except (RuntimeError, ValueError) as error:
        raise InputError(Finding("query-failed", f"the engine stopped: {' '.join(str(error).split())}")) from None


if __name__ == "__main__":
    main()
