"""RDF files as lines of N-Triples, a block at a time, parsed by pyoxigraph; nothing is ever fetched.

Blocks are made in a thread of their own, so that reading and numbering keep two processors busy.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import IO, Any, BinaryIO, cast

from publisher.checks.reader import words_of
from publisher.checks.unpacked import PACKED, UnpackingError, unpacked
from publisher.engines.bounds import ENTITIES, JSON_LD_LEVELS, RDF_XML_LEVELS
from publisher.engines.plain_json import UnfitError, refuse_deep
from publisher.errors import Finding, InputError

FORMATS = {
    ".ttl": "TURTLE",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".trig": "TRIG",
    ".rdf": "RDF_XML",
    ".owl": "RDF_XML",
    ".xml": "RDF_XML",
    ".jsonld": "JSON_LD",
    ".json": "JSON_LD",
}
_BLOCK_BYTES = 8_000_000
_QUEUED = 3
_LONGEST_ENTITY = 200
# How long a parser may go on after whoever wanted its triples has left, in hundredths of a second.
_PATIENCE = 100
_MARK = b"\xef\xbb\xbf"
_TURTLE = (".ttl", ".nt", ".trig")
_MARKED = (*_TURTLE, ".nq")
# What the parser's words have of the file's text: a term before the rest, a prefix, and whatever is quoted.
_QUOTED = (
    (re.compile(r"^(Parser error at [^:]*: )?.* is not a valid "), r"\1what stands there is not a valid "),
    (re.compile(r"The prefix .* has not been declared"), "a prefix has not been declared"),
    (re.compile(r"['\"`<].*['\"`>]"), "..."),
)
_SDMX = "http://www.sdmx.org/resources/sdmxml/schemas/"
_SDMX_ROOTS = (
    "Structure", "StructureSpecificData", "StructureSpecificTimeSeriesData", "GenericData", "GenericTimeSeriesData",
    "GenericMetadata", "StructureSpecificMetadata", "MetadataSet", "RegistryInterface", "Error", "CompactData",
)  # fmt: skip


class SyntaxFoundError(Exception):
    """A file is not what its name says; the finding says where."""

    def __init__(self, finding: Finding) -> None:
        """Keep the finding."""
        super().__init__(str(finding))
        self.finding = finding


def is_rdf(path: Path) -> bool:
    """Say whether the name of a file is that of a format that is read here."""
    return _suffix(path) in FORMATS


def blocks(path: Path) -> Generator[bytes]:
    """Yield the triples of a file as whole lines of N-Triples; named graphs are read as one with the rest.

    Close it after use: it waits for a thread then, which the garbage collector must not have to do.
    Raises SyntaxFoundError where the file is not what its name says, InputError where it cannot be read.
    """
    if not is_rdf(path):
        known = ", ".join(FORMATS)
        raise InputError(
            Finding(
                "usage", f"its name does not say which RDF it is: {known}, or these with .gz or .zst", file=str(path)
            )
        )
    kind = FORMATS[_suffix(path)]
    try:
        if kind == "RDF_XML":
            with unpacked(path) as stream:
                _guard(path, stream)
        if kind == "JSON_LD":
            with unpacked(path) as stream:
                refuse_deep(stream.read(), JSON_LD_LEVELS)
        skipped = len(_MARK) if _suffix(path) in _MARKED and _is_marked(path) else 0
        with unpacked(path) as stream:
            stream.read(skipped)
            text = stream if kind in ("RDF_XML", "JSON_LD") else cast(IO[bytes], _Shallow(path, stream))
            yield from _Producer(path, kind, text).blocks()
    except UnpackingError as error:
        raise _fault(path, str(error)) from error
    except UnfitError as error:
        raise _fault(path, str(error), error.line) from error
    except OSError as error:
        raise InputError(Finding("usage", f"cannot be read: {error.strerror or error}", file=str(path))) from error


def _suffix(path: Path) -> str:
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return Path(name).suffix


def _is_marked(path: Path) -> bool:
    """Say whether a file begins with a byte-order mark, as some editors write it."""
    with unpacked(path) as stream:
        return stream.read(len(_MARK)) == _MARK


class _Shallow:
    """A stream of Turtle or the like that ends with an error where triples stand in triples without end."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path, self._stream, self._depth = path, stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._depth = max(self._depth + data.count(b"<<") - data.count(b">>"), 0)
        if self._depth > RDF_XML_LEVELS:
            raise _fault(self._path, f"has triples in triples more than {RDF_XML_LEVELS:,} deep, which is not read")
        return data


class _Producer:
    """Parses in a thread and hands over blocks of lines."""

    def __init__(self, path: Path, kind: str, stream: IO[bytes]) -> None:
        self._path, self._kind, self._stream = path, kind, stream
        self._queue: Queue[bytes | BaseException | None] = Queue(_QUEUED)
        self._pieces: list[bytes] = []
        self._size = 0
        self._stopped = Event()

    def blocks(self) -> Iterator[bytes]:
        """Yield the blocks, then raise what ended the parser before its time."""
        thread = Thread(target=self._run, daemon=True)
        thread.start()
        try:
            while (item := self._queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise self._explained(item)
                yield item
        finally:
            self._stopped.set()
            for _ in range(_PATIENCE):
                while not self._queue.empty():
                    self._queue.get()
                thread.join(0.01)
                if not thread.is_alive():
                    break

    def _run(self) -> None:
        import pyoxigraph

        try:
            format = getattr(pyoxigraph.RdfFormat, self._kind)
            quads = pyoxigraph.parse(input=self._stream, format=format, base_iri=self._path.resolve().as_uri())
            triples = (quad.triple for quad in quads) if format.supports_datasets else quads
            pyoxigraph.serialize(triples, output=cast(IO[bytes], self), format=pyoxigraph.RdfFormat.N_TRIPLES)
            self._send(b"".join(self._pieces))
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)

    def write(self, piece: bytes) -> int:
        """Take a piece of N-Triples from the serialiser."""
        if self._stopped.is_set():
            raise BrokenPipeError  # not InterruptedError, after which the serialiser would write again, for ever
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _BLOCK_BYTES:
            data = b"".join(self._pieces)
            end = data.rfind(b"\n") + 1
            self._pieces, self._size = [data[end:]], len(data) - end
            self._send(data[:end])
        return len(piece)

    def flush(self) -> None:
        """Do nothing: pieces are kept until there are enough of them."""

    def _send(self, block: bytes) -> None:
        if block:
            self._queue.put(block)

    def _explained(self, error: BaseException) -> BaseException:
        """Return the finding for what a parser says of a file; anything else as it is."""
        if isinstance(error, SyntaxFoundError | UnpackingError | OSError):
            return error
        if isinstance(error, SyntaxError):
            if "LoadDocumentCallback" in str(error):
                message = (
                    "names a JSON-LD context that is elsewhere, and nothing is fetched: put the context in the file"
                )
                return _fault(self._path, message)
            return _fault(self._path, _unquoted(error), error.lineno)
        if isinstance(error, MemoryError):
            return _fault(self._path, "has a single term of more than 16 MB, which is not read")
        return error


def _fault(path: Path, message: str, line: int | None = None) -> SyntaxFoundError:
    rule = "turtle-syntax" if _suffix(path) in _TURTLE else "rdf-syntax"
    return SyntaxFoundError(Finding(rule, message, file=str(path), line=line))


def _unquoted(error: Exception) -> str:
    """Return what a parser says of a file without any of the file's text."""
    text = words_of(error)
    for pattern, words in _QUOTED:
        text = pattern.sub(words, text)
    return text


def _not_rdf(root: str) -> str:
    """Return what is said of XML with a root element, as ``namespace name``, that RDF/XML cannot have, or nothing."""
    namespace, _, name = root.rpartition(" ")
    if namespace.lower().startswith(_SDMX):
        kind = f" ({name})" if name in _SDMX_ROOTS else ""
        return f"is SDMX-ML{kind}, not RDF/XML: give linked data, or the folder of the release that has this file"
    if not namespace:
        return "is XML whose root element has no namespace, not RDF/XML: give linked data"
    return ""


def _guard(path: Path, stream: IO[bytes]) -> None:
    """Refuse RDF/XML that is nested out of all proportion, or whose entities are more than names."""
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator=" ")
    depth = longest = references = size = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1 and (message := _not_rdf(name)):
            raise _fault(path, message, parser.CurrentLineNumber)
        if depth > RDF_XML_LEVELS:
            message = f"is nested more than {RDF_XML_LEVELS:,} elements deep, which is not read"
            raise _fault(path, message, parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(name: str, is_parameter: bool, value: str | None, *_: Any) -> None:
        nonlocal longest
        longest = max(longest, len(value or ""))
        if value is None or is_parameter or "&" in value or len(value) > _LONGEST_ENTITY:
            message = "declares an entity that is more than a short text: write it out"
            raise _fault(path, message, parser.CurrentLineNumber)

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = begin, end, entity
    try:
        while data := stream.read(1 << 20):
            parser.Parse(data, False)
            references, size = references + data.count(b"&"), size + len(data)
            if references * longest > ENTITIES.allowed(size):
                raise _fault(path, "grows out of all proportion by its entities: write them out")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _fault(path, _unquoted(error), error.lineno) from error
