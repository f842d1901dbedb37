"""The shapes of what a definition names: IRIs, languages, editions, versions, addresses."""

from __future__ import annotations

import re

# RFC 3987, section 2.2: what never stands in an IRI; `%` begins a byte in two hexadecimal digits.
_NEVER = r"\s\x00-\x20<>\"{}|\\^`\[\]%#\x7f-\x9f\ud800-\uf8ff\ufff0-\uffff\U000f0000-\U0010ffff"
_BYTE = "%[0-9A-Fa-f]{2}"
_USER = rf"(?:(?:[^{_NEVER}/?@]|{_BYTE})*@)?"
_HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[^{_NEVER}/?@:]|{_BYTE})+)(?::[0-9]+)?"
_REST = rf"(?:[^{_NEVER}]|{_BYTE})"
IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://{_USER}(?:{_HOST})?(?=[/?#]|\Z)|(?!//)(?=.)){_REST}*(?:#{_REST}*)?")
# What every IRI of a dataset begins with: paths follow it, so it has neither query nor fragment.
BASE_IRI = re.compile(rf"https?://{_USER}{_HOST}(?:/(?:[^{_NEVER}/?]|{_BYTE})+)*")
# BCP 47, as far as RDF and the column names of codelists go.
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
NOTATION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
EDITION = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")
VERSION = re.compile(r"[1-9][0-9]*\.(0|[1-9][0-9]*)")
EMAIL = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@<>\"(),:;\\]+")
