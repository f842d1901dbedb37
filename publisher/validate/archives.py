"""A zip of somebody else's, unpacked so that nothing in it reaches elsewhere or grows without bounds."""

from __future__ import annotations

import lzma
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from publisher.engines import bounds
from publisher.engines.folders import DEEPEST
from publisher.errors import Finding
from publisher.validate.look import beginning

RULE = "archive"
_LONGEST_PATH = 1_024
_LONGEST_NAME = 255
_MOST_FINDINGS = 20
_PIECE = 1 << 20
_ENCRYPTED = 0x1
_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
# Names that stand for devices where the system is Windows, whatever their suffix.
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{name}{number}" for name in ("COM", "LPT") for number in "123456789")}
# What zipfile raises for what is no zip, is damaged, or packed in a way that it does not know.
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    LookupError, zlib.error, lzma.LZMAError,
)  # fmt: skip


def is_zip(path: Path) -> bool:
    """Say whether a file is a zip, by how it begins."""
    return beginning(path, 4) in _BEGINNINGS


def unpack(path: Path, target: Path) -> tuple[Finding, ...]:
    """Unpack a zip into a folder that is empty; where anything is wrong with it, the findings say what.

    Whatever was unpacked before a fault was seen is then left in the folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if faults := list(_faults(entries, path.stat().st_size)):
                if (more := len(faults) - _MOST_FINDINGS) > 0:
                    faults[_MOST_FINDINGS:] = [Finding(RULE, f"and {more:,} more names that cannot be unpacked")]
                return tuple(faults)
            left = bounds.ZIP.allowed(path.stat().st_size)
            for entry in entries:
                place = target / PurePosixPath(entry.filename)
                if entry.is_dir():
                    place.mkdir(parents=True, exist_ok=True)
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                try:
                    left = _write(archive, entry, place, left)
                except _BROKEN as error:
                    return (_broken(error, _shown(entry.orig_filename)),)
                if left < 0:
                    return (_too_large(path.stat().st_size),)
    except _BROKEN as error:
        return (_broken(error, None),)
    return ()


def _broken(error: Exception, file: str | None) -> Finding:
    kind = "packed in a way that is not known" if isinstance(error, NotImplementedError) else "damaged"
    return Finding(RULE, f"cannot be unpacked, for it is {kind}: make the zip again", file=file)


def _too_large(size: int) -> Finding:
    message = f"unpacks to more than {bounds.ZIP.allowed(size):,} bytes, which no zip of its size should"
    return Finding("bound-size", f"{message}: unpack it yourself if you trust it, and name the folder")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int) -> int:
    """Write one entry and return how many bytes may still be written; below 0 it is not written to its end."""
    with archive.open(entry) as stream, place.open("xb") as file:
        while left >= 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)
            if left >= 0:
                file.write(piece)
    return left


def _faults(entries: list[zipfile.ZipInfo], size: int) -> Iterator[Finding]:
    """Yield what keeps a zip from being unpacked, by what it says of itself."""
    if len(entries) > bounds.ZIP.parts:
        yield Finding("bound-size", f"has {len(entries):,} entries, more than {bounds.ZIP.parts:,}: make smaller ones")
        return
    if not entries:
        yield Finding(RULE, "is empty: there is nothing to check")
    if sum(entry.file_size for entry in entries) > bounds.ZIP.allowed(size):
        yield _too_large(size)
    seen: dict[str, str] = {}
    for entry in entries:
        # What it is written as may be another name than the one that stands first (the extra field 0x7075).
        name = entry.filename if _name_fault(entry.filename) else entry.orig_filename
        if message := _name_fault(name) or _kind_fault(entry):
            yield Finding(RULE, f"{message}: make the zip without it", file=_shown(name))
            continue
        name = entry.filename
        key = _alike(name)
        if key in seen:
            message = f"stands beside '{seen[key]}', which is the same name on some systems: rename one"
            yield Finding(RULE, message if seen[key] != name else "stands there twice: keep one", file=_shown(name))
        seen[key] = name
    for key, name in seen.items():
        above = next((seen[place] for place in _above(key) if place in seen and not seen[place].endswith("/")), None)
        if above is not None:
            yield Finding(RULE, f"lies in '{above}', which is a file: rename one", file=_shown(name))


def _alike(name: str) -> str:
    """Return what two names have in common that some systems take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip("/")


def _above(key: str) -> Iterator[str]:
    return (str(place) for place in PurePosixPath(key).parents if str(place) != ".")


def _name_fault(name: str) -> str:
    """Return what is wrong with the name of an entry, or nothing."""
    parts = name.removesuffix("/").split("/")
    if not name or "\0" in name or any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "has a name with characters that no file has"
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\\" in name:
        return "has a name that leads out of the zip"
    if "" in parts or "." in parts:
        return "has a name with empty parts"
    if len(name.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_NAME for part in parts):
        return "has a name that is too long"
    if len(parts) > DEEPEST:
        return f"lies more than {DEEPEST} folders deep"
    for part in parts:
        if part.split(".")[0].rstrip().upper() in _DEVICES or part[-1] in ". " or ":" in part:
            return "has a name that some systems cannot have"
    return ""


def _kind_fault(entry: zipfile.ZipInfo) -> str:
    """Return why an entry is not unpacked though its name may stand, or nothing."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link, which may lead anywhere"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a pipe or a device"
    return "is encrypted" if entry.flag_bits & _ENCRYPTED else ""


def _shown(name: str) -> str:
    """Return the name of an entry as a report may hold it."""
    return name[:_LONGEST_NAME].encode("utf-8", "replace").decode()
