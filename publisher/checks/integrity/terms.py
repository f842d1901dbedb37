"""Terms of RDF as numbers: nodes count up from 0, literals down from -1, and known names stand first.

A triple that stands as a term (RDF 1.2) counts with the literals: it is nobody's subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote

from publisher.formats.rdf_common import QB, RDF, SKOS

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_TRIPLE = "<<("
# A literal longer than this is known by its digest.
_LONGEST = 1_000
# What a key or a message shows of a text.
_SHOWN = 120
# What a message calls a blank node without a name.
UNNAMED = "a blank node"
# A blank node as it is numbered here or not, and what the parser calls one without a name.
_BLANK = re.compile(r"_:(?:f[0-9]+\.)?(.+)")
_GENERATED = re.compile("[a-f][0-9a-f]{25,31}")
_ESCAPE = re.compile(r'\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[tbnrf"\'\\])')
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


# The names that the vocabulary gives a meaning to; each has its place as its number.
NAMES: Mapping[str, str] = {
    "TYPE": f"{RDF}type",
    "OBSERVATION_CLASS": f"{QB}Observation",
    "DATA_SET_CLASS": f"{QB}DataSet",
    "STRUCTURE_CLASS": f"{QB}DataStructureDefinition",
    "DIMENSION_CLASS": f"{QB}DimensionProperty",
    "MEASURE_CLASS": f"{QB}MeasureProperty",
    "ATTRIBUTE_CLASS": f"{QB}AttributeProperty",
    "SLICE_CLASS": f"{QB}Slice",
    "SLICE_KEY_CLASS": f"{QB}SliceKey",
    "HIERARCHY_CLASS": f"{QB}HierarchicalCodeList",
    "CONCEPT_CLASS": f"{SKOS}Concept",
    "SCHEME_CLASS": f"{SKOS}ConceptScheme",
    "COLLECTION_CLASS": f"{SKOS}Collection",
    "DATA_SET": f"{QB}dataSet",
    "STRUCTURE": f"{QB}structure",
    "COMPONENT": f"{QB}component",
    "PROPERTY": f"{QB}componentProperty",
    "DIMENSION": f"{QB}dimension",
    "MEASURE": f"{QB}measure",
    "ATTRIBUTE": f"{QB}attribute",
    "ATTACHMENT": f"{QB}componentAttachment",
    "REQUIRED": f"{QB}componentRequired",
    "ORDER": f"{QB}order",
    "SLICE": f"{QB}slice",
    "SLICE_STRUCTURE": f"{QB}sliceStructure",
    "SLICE_KEY": f"{QB}sliceKey",
    "OBSERVATION": f"{QB}observation",
    "MEASURE_TYPE": f"{QB}measureType",
    "CODE_LIST": f"{QB}codeList",
    "ROOT": f"{QB}hierarchyRoot",
    "PARENT_CHILD": f"{QB}parentChildProperty",
    "INVERSE": "http://www.w3.org/2002/07/owl#inverseOf",
    "IN_SCHEME": f"{SKOS}inScheme",
    "MEMBER": f"{SKOS}member",
    "RANGE": "http://www.w3.org/2000/01/rdf-schema#range",
}
NUMBERS: Mapping[str, int] = {name: number for number, name in enumerate(NAMES)}


class Terms:
    """The terms of a graph, each with its number; they are kept as N-Triples spells them."""

    def __init__(self) -> None:
        """Begin with the names of the vocabulary."""
        self._nodes = [f"<{name}>" for name in NAMES.values()]
        self._literals: list[str] = []
        self._ids = {text: number for number, text in enumerate(self._nodes)}

    def encode(self, column: pa.StringArray, file: int) -> np.ndarray:
        """Return the numbers of terms; blank nodes are those of the file with the number ``file``."""
        import numpy as np

        encoded = column.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        numbers = np.fromiter((self.number(word, file) for word in words), np.int32, len(words))
        found: np.ndarray = numbers[encoded.indices.to_numpy()]
        return found

    def number(self, text: str, file: int = 0) -> int:
        """Return the number of a term, a new one where it was not met before."""
        if text[0] == "_":
            text = f"_:f{file}.{text[2:]}"
        elif len(text) > _LONGEST and text[0] == '"':
            text = f'"sha256 {sha256(text.encode()).hexdigest()}"'
        known = self._ids.get(text)
        if known is None:
            if text[0] == '"' or text.startswith(_TRIPLE):
                self._literals.append(text)
                known = -len(self._literals)
            else:
                known = len(self._nodes)
                self._nodes.append(text)
            self._ids[text] = known
        return known

    def known(self, texts: Iterable[str]) -> list[int]:
        """Return the numbers of those terms that the graph has."""
        return [self._ids[text] for text in texts if text in self._ids]

    def text(self, number: int) -> str:
        """Return a term as N-Triples spells it."""
        return self._nodes[number] if number >= 0 else self._literals[-number - 1]

    def is_iri(self, number: int) -> bool:
        """Say whether a term is an IRI."""
        return number >= 0 and self.text(number)[0] == "<"

    def name(self, number: int) -> str:
        """Return the IRI of a node, or ``_:name`` as its file calls a blank one; a literal has no name."""
        text = self.text(number)
        if number < 0:
            return "a literal"
        return text[1:-1] if text[0] == "<" else shown(text)

    def shown(self, number: int) -> str:
        """Return a term as a message shows it."""
        return shown(self.text(number))

    def local(self, number: int) -> str:
        """Return the last word of an IRI, or what a literal says, as it stands in a key."""
        text = self.text(number)
        if self.is_iri(number):
            iri = text[1:-1]
            return unquote(iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :])[:_SHOWN] or iri[:_SHOWN]
        return lexical(text)[:_SHOWN] if text[0] == '"' else shown(text)


def shown(text: str) -> str:
    """Return a term of N-Triples as a message shows it; the name of a blank node only where its file gave it one."""
    if blank := _BLANK.fullmatch(text):
        return UNNAMED if _GENERATED.fullmatch(blank[1]) else f"_:{blank[1]}"
    return text if len(text) <= _SHOWN or (text[0] == "<" and not text.startswith(_TRIPLE)) else f"{text[:_SHOWN]}…"


def lexical(literal: str) -> str:
    """Return the text between the quotes of a literal of N-Triples."""
    return _ESCAPE.sub(_meant, literal[1 : literal.rindex('"')])


def _meant(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else _ESCAPED.get(code, code)
