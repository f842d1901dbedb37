"""Which SDMX message a file is: by the root element, the members or the header of its beginning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from publisher.checks.sdmx_head import SPACES
from publisher.checks.sdmx_message import Message
from publisher.checks.sdmx_message_safe import read_json
from publisher.validate.look import beginning, json_members, xml_root

_SPACE = re.compile(r"\{(https?://(?:www\.)?sdmx\.org/resources/sdmxml/schemas/v(\d+)_(\d+)/message)\}(.*)", re.I)
_ROOT = re.compile(
    r"<(?:[A-Za-z_][\w.\-]*:)?([A-Za-z]+)\s[^<>]*[\"'](https?://(?:www\.)?sdmx\.org/resources/sdmxml/[^\"'<>]*/message)[\"']",
    re.I,
)
_ANY_SPACE = re.compile(r"\{[^}]*sdmx\.org/resources/sdmxml[^}]*\}", re.I)
_JSON_VERSION = re.compile(r"/(\d+\.\d+)(?:\.\d+)?/sdmx-json-(data|structure|metadata)-schema\.json")
_DRAFT_JSON = frozenset(("header", "structure", "dataSets"))
_HEADER_BYTES = 1 << 16
# The first cell of SDMX-CSV, and the rest of its line; of 2.x the second cell too, for STRUCTURE alone is anybody's.
_CSV_HEADER = re.compile(
    r'"?(?:(DATAFLOW)(?:: ?[^",;]*)?"?(?:[,;\t|]|\r?\n|$)|STRUCTURE(?:\[.?\])?"?[,;\t|: ]"?STRUCTURE_ID\b)[^\r\n]*'
)
_METADATA = re.compile(r"\bMETADATASET_ID\b")
# The interchange header of EDIFACT, which messages of SDMX-EDI begin with.
_EDI = (b"UNA:+", b"UNB+UNO")
_OLD = "ask its publisher for SDMX-ML 2.1 or 3.0, or let the Fusion Metadata Registry or sdmx-converter write that"


def is_sdmx(path: Path) -> bool:
    """Say whether a file looks like an SDMX message of any version and syntax."""
    return path.is_file() and _found(path) is not None


def look(path: Path) -> Message:
    """Return what message a file is. Raises ValueError, with what to do, where it is of a kind that is not taken."""
    found = _found(path)
    if found is None:
        raise ValueError("is no SDMX message")
    if isinstance(found, str):
        raise ValueError(f"is {found}")
    return found


def _found(path: Path) -> Message | str | None:
    """Return the message that a file is, words for one that is not taken, or None."""
    if (root := xml_root(path) or _hidden_root(path)) is not None:
        return _xml(path, root)
    if beginning(path, 16).lstrip(b"\xef\xbb\xbf \r\n").startswith(_EDI):
        return f"SDMX-EDI, which is not taken: {_OLD}"
    if members := json_members(path):
        return _json(path, members)
    return _csv(path)


def _hidden_root(path: Path) -> str | None:
    """Return the root of a message that hides it: behind a document type, or in a tag that is damaged."""
    text = beginning(path, _HEADER_BYTES).replace(b"\0", b"").decode(errors="replace")
    found = _ROOT.search(text) if text.lstrip("\ufeff\ufffd \t\r\n").startswith("<") else None
    return None if found is None else f"{{{found[2]}}}{found[1]}"


def _xml(path: Path, root: str) -> Message | str | None:
    found = _SPACE.fullmatch(root)
    if found is None:
        return Message(path, "SDMX-ML", "", root.rpartition("}")[2]) if _ANY_SPACE.match(root) else None
    space, major, minor, name = found.groups()
    if major in ("1", "2") and minor == "0":
        return f"SDMX-ML {major}.{minor} ({name:.40}), which is not taken: {_OLD}"
    version = next((version for version, known in SPACES.items() if space == f"{known}/message"), "")
    return Message(path, "SDMX-ML", version, name)


def _json(path: Path, members: frozenset[str]) -> Message | str | None:
    if members >= _DRAFT_JSON:
        return "SDMX-JSON of a draft older than 1.0, which is not taken: ask for version 1.0 or 2.0"
    if not members & {"meta", "data"}:
        return None
    try:
        document = read_json(path)
    except ValueError:  # too large or damaged: what names its schema stands at the beginning
        named = _JSON_VERSION.search(beginning(path, 1 << 16).decode(errors="replace"))
        return Message(path, "SDMX-JSON", named[1], named[2].capitalize()) if named else None
    return _json_message(path, document)


def _json_message(path: Path, document: Any) -> Message | None:
    """Return the message of a whole document, by the schema that it names, or by what it holds."""
    meta = document.get("meta") if isinstance(document, dict) else None
    names = [document.get("$schema"), meta.get("schema") if isinstance(meta, dict) else None]
    for name in names:
        if isinstance(name, str) and (named := _JSON_VERSION.search(name)):
            return Message(path, "SDMX-JSON", named[1], named[2].capitalize())
    data = document.get("data")
    if not isinstance(data, dict):
        is_sdmx = isinstance(meta, dict) and ("prepared" in meta or "sender" in meta)
        return Message(path, "SDMX-JSON", "", "Data") if is_sdmx else None
    if "dataSets" in data:
        return Message(path, "SDMX-JSON", "1.0" if "structure" in data else "2.0", "Data")
    if "metadataSets" in data:
        return Message(path, "SDMX-JSON", "2.0", "Metadata")
    schemes = ("dataStructures", "codelists", "conceptSchemes", "dataflows", "categorySchemes", "agencySchemes")
    return Message(path, "SDMX-JSON", "", "Structure") if any(name in data for name in schemes) else None


def _csv(path: Path) -> Message | None:
    """Return the message that a table is, by the first cells of its header; what stands after it separates cells."""
    head = beginning(path, _HEADER_BYTES).removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    found = _CSV_HEADER.match(head)
    if found is None:
        return None
    if found[1] == "DATAFLOW":
        return Message(path, "SDMX-CSV", "1.0", "Data")
    return Message(path, "SDMX-CSV", "2.x", "Metadata" if _METADATA.search(found[0]) else "Data")
