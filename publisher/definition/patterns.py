"""The shapes of what a definition names: IRIs, languages, editions, versions, addresses."""

from __future__ import annotations

import re

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x20<>\"{}|\\^`]+")
# What every IRI of a dataset begins with: paths follow it, so it has neither query nor fragment.
BASE_IRI = re.compile(r"https?://[^\s\x00-\x20<>\"{}|\\^`/?#]+(/[^\s\x00-\x20<>\"{}|\\^`/?#]+)*")
# BCP 47, as far as RDF and the column names of codelists go.
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
NOTATION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
EDITION = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")
VERSION = re.compile(r"[1-9][0-9]*\.(0|[1-9][0-9]*)")
EMAIL = re.compile(r"[^\s@<>\"(),:;\\]+@[^\s@<>\"(),:;\\]+")
