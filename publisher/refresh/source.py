"""The bytes of a file or of an address, with a bound on size and time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from time import monotonic
from urllib import request
from urllib.error import HTTPError

from publisher.errors import InputError

MOST_BYTES = 20_000_000
_SILENCE_SECONDS = 30.0
_TOTAL_SECONDS = 120.0
_CHUNK = 1 << 16
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_ACCEPT = "application/json, text/csv;q=0.5"
_OK = 200
# What the other answers are that count as success.
_NO_ANSWER = {204: "it has nothing", 206: "that is a part only"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file or an address gave: where from, its bytes, and the character set it says it has, if it does."""

    source: str
    data: bytes
    charset: str | None = None


def read(source: str, most_bytes: int = MOST_BYTES, total_seconds: float = _TOTAL_SECONDS) -> Answer:
    """Return what a path or an http(s) address gives.

    Raises InputError for what cannot be read, is larger than ``most_bytes``, takes too long or is of another scheme.
    """
    scheme = _SCHEME.match(source)
    if scheme is None:
        return Answer(source, _file(source, most_bytes))
    if scheme[1].lower() not in ("http", "https"):
        raise InputError(f"{source}: only http and https addresses are read, not {scheme[1]}")
    until = monotonic() + total_seconds
    return _within(source, total_seconds, lambda: _fetched(source, most_bytes, until))


def _within(source: str, seconds: float, fetch: Callable[[], Answer | None]) -> Answer:
    """Return what is fetched, unless it takes longer: a name, a redirection or a header may take for ever.

    No timeout of a socket bounds more than one silence, so the whole exchange is another thread's,
    and is left to itself where it takes too long.
    """
    found: list[Answer | None] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(fetch())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    answer = found[0] if found else None
    if answer is None:
        raise InputError(f"{source}: takes longer than {seconds:g} seconds")
    return answer


def _fetched(source: str, most_bytes: int, until: float) -> Answer | None:
    """Return what an address gives, or None where its time is over."""
    try:
        wanted = request.Request(source, headers={"Accept": _ACCEPT})
        with _opener().open(wanted, timeout=_SILENCE_SECONDS) as response:
            _refuse(source, response)
            data = _body(source, response, most_bytes, until)
            return None if data is None else Answer(source, data, response.headers.get_content_charset())
    except HTTPError as error:
        with error:
            raise InputError(f"{source}: the server answers {error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(f"{source}: cannot be read: {reason}") from error


def _file(source: str, most_bytes: int) -> bytes:
    try:
        with Path(source).open("rb") as stream:
            data = stream.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > most_bytes:
        raise InputError(f"{source}: is larger than {most_bytes:,} bytes")
    return data


def _opener() -> request.OpenerDirector:
    """Return what opens http(s) and nothing else, redirects included."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.UnknownHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPRedirectHandler(),
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _refuse(source: str, response: HTTPResponse) -> None:
    """Refuse an answer that is none, or not all of one, or is packed."""
    if response.status != _OK:
        words = _NO_ANSWER.get(response.status, "that is no answer")
        raise InputError(f"{source}: the server answers {response.status} {response.reason}: {words}")
    coding = response.headers.get("Content-Encoding", "identity")
    if coding.strip().lower() not in ("", "identity"):
        raise InputError(f"{source}: the server answers in the coding {coding[:40]!r}, which it was not asked for")


def _body(source: str, response: HTTPResponse, most_bytes: int, until: float) -> bytes | None:
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > most_bytes:
            raise InputError(f"{source}: is larger than {most_bytes:,} bytes")
        if monotonic() > until:
            return None
    promised = response.headers.get("Content-Length")
    if promised is not None and promised.isdigit() and int(promised) != len(data):
        raise InputError(f"{source}: ends after {len(data):,} of {promised} bytes")
    return bytes(data)
