"""RDF files as lines of N-Triples, a block at a time, parsed by pyoxigraph; nothing is ever fetched.

Blocks are made in a thread of their own, so that reading and numbering keep two processors busy.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import IO, Any, cast

from publisher.checks.reader import words_of
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
PACKED = (".gz", ".zst")
_BLOCK_BYTES = 8_000_000
_QUEUED = 3
# What a packed file may grow to: this, or so many times its size.
_UNPACKED_BYTES = 256 << 20
_UNPACKED_TIMES = 300
# The parser of RDF/XML takes time that grows with the square of the depth, and expands entities.
_DEEPEST = 1_000
_LONGEST_ENTITY = 200
# What the entities of a file may come to: this, or so many times its size.
_EXPANDED_BYTES = 64 << 20
_EXPANDED_TIMES = 8
# The parsers of JSON-LD and of triples in triples need a stack, or memory, that grows with the depth.
_DEEPEST_JSON = 200
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
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
            with _opened(path) as stream:
                _guard(path, stream)
        if kind == "JSON_LD":
            with _opened(path) as stream:
                _guard_json(path, stream.read())
        skipped = len(_MARK) if _suffix(path) in _MARKED and _is_marked(path) else 0
        with _opened(path) as stream:
            stream.read(skipped)
            text = stream if kind in ("RDF_XML", "JSON_LD") else cast(IO[bytes], _Shallow(path, stream))
            yield from _Producer(path, kind, text).blocks()
    except OSError as error:
        raise InputError(Finding("usage", f"cannot be read: {error.strerror or error}", file=str(path))) from error


def _suffix(path: Path) -> str:
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return Path(name).suffix


def _is_marked(path: Path) -> bool:
    """Say whether a file begins with a byte-order mark, as some editors write it."""
    with _opened(path) as stream:
        return stream.read(len(_MARK)) == _MARK


def _opened(path: Path) -> IO[bytes]:
    """Open a file, unpacked where it is packed."""
    packed = path.suffix.lower()
    if packed not in PACKED:
        return path.open("rb")
    import pyarrow as pa

    # Both are closed with the stream that bounds them.
    stream = gzip.GzipFile(path) if packed == ".gz" else pa.input_stream(str(path), compression="zstd")
    return cast(IO[bytes], _Bounded(path, cast(IO[bytes], stream)))


class _Bounded:
    """A stream that ends with an error where a packed file is out of all proportion."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path, self._stream = path, stream
        self._left = max(_UNPACKED_BYTES, _UNPACKED_TIMES * path.stat().st_size)

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size if size >= 0 else self._left + 1)
        except (OSError, EOFError) as error:
            raise _fault(self._path, f"cannot be unpacked: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            message = f"unpacks to more than {_UNPACKED_TIMES} times its size: unpack it, and give the file itself"
            raise _fault(self._path, message)
        return data


class _Shallow:
    """A stream of Turtle or the like that ends with an error where triples stand in triples without end."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path, self._stream, self._depth = path, stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._depth = max(self._depth + data.count(b"<<") - data.count(b">>"), 0)
        if self._depth > _DEEPEST:
            raise _fault(self._path, f"has triples in triples more than {_DEEPEST:,} deep, which is not read")
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
        if isinstance(error, SyntaxFoundError | OSError):
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


def _guard_json(path: Path, text: bytes) -> None:
    """Refuse JSON-LD that is nested out of all proportion."""
    depth = 0
    for token in _JSON_TOKEN.finditer(text):
        first = text[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > _DEEPEST_JSON:
            message = f"is nested more than {_DEEPEST_JSON} levels deep, which is not read"
            raise _fault(path, message, text.count(b"\n", 0, token.start()) + 1)


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
        if depth > _DEEPEST:
            message = f"is nested more than {_DEEPEST:,} elements deep, which is not read"
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
            if references * longest > max(_EXPANDED_BYTES, _EXPANDED_TIMES * size):
                raise _fault(path, "grows out of all proportion by its entities: write them out")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _fault(path, _unquoted(error), error.lineno) from error
