"""The bytes of a file or of an address, with a bound on size and time."""

from __future__ import annotations

import re
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
    try:
        wanted = request.Request(source, headers={"Accept": _ACCEPT})
        with _opener().open(wanted, timeout=_SILENCE_SECONDS) as response:
            data = _body(source, response, most_bytes, total_seconds)
            return Answer(source, data, response.headers.get_content_charset())
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


def _body(source: str, response: HTTPResponse, most_bytes: int, total_seconds: float) -> bytes:
    until = monotonic() + total_seconds
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        if len(data) > most_bytes:
            raise InputError(f"{source}: is larger than {most_bytes:,} bytes")
        if monotonic() > until:
            raise InputError(f"{source}: takes longer than {total_seconds:g} seconds")
    promised = response.headers.get("Content-Length")
    if promised is not None and promised.isdigit() and int(promised) != len(data):
        raise InputError(f"{source}: ends after {len(data):,} of {promised} bytes")
    return bytes(data)
