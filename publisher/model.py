"""The model of what is published: concepts, codelists, cubes, a dataset. Frozen, and free of any I/O.

The words are SDMX's. Whatever holds the model may rely on it: references are resolved, codes are
unique, parents exist and form no cycle. Everything below refuses a bad object when it is made.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from publisher.naming import Names
from publisher.rules import Profile, Rule

MatchKind = Literal["exact", "close", "broad", "narrow", "related"]
MATCH_KINDS: tuple[MatchKind, ...] = ("exact", "close", "broad", "narrow", "related")

FREQ = "FREQ"
TIME_PERIOD = "TIME_PERIOD"
OBS_VALUE = "OBS_VALUE"
OBS_STATUS = "OBS_STATUS"
CONF_STATUS = "CONF_STATUS"
UNIT_MEASURE = "UNIT_MEASURE"
UNIT_MULT = "UNIT_MULT"
DECIMALS = "DECIMALS"

# A suppressed cell: no value, "missing value; suppressed", and why (SDMX CL_OBS_STATUS 2.3, CL_CONF_STATUS).
SUPPRESSED_OBS_STATUS = "Q"
SUPPRESSED_CONF_STATUS = "A"
NORMAL = "A"
PROVISIONAL = "P"
FREE = "F"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in one or more languages (BCP 47), the publication's first language first."""

    by_language: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse an empty text and a language twice."""
        if not self.by_language or len(dict(self.by_language)) != len(self.by_language):
            raise ValueError(f"a text needs one or more languages, each once: {self.by_language!r}")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield (language, words)."""
        return iter(self.by_language)

    def __str__(self) -> str:
        """Return the words in the first language."""
        return self.by_language[0][1]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has."""
        return tuple(language for language, _ in self.by_language)

    def get(self, language: str) -> str | None:
        """Return the words in a language, or None where it has none: a text never lends another's."""
        return dict(self.by_language).get(language)

    def in_language(self, language: str) -> str:
        """Return the words in a language; where it has none, those in its first one.

        Right where a reader must have words whatever the language: a heading, the name of a value. Where words
        that are not there may be left out, ``get`` is right: a text does not lend another language's.
        """
        return self.get(language) or str(self)


@dataclass(frozen=True, slots=True)
class Match:
    """A code's counterpart elsewhere: the kind of SKOS match and the IRI of the concept."""

    kind: MatchKind
    iri: str


@dataclass(frozen=True, slots=True)
class NotationSystem:
    """A system of codes that has no IRI for each code: a name, the IRI of the system, and what it is called.

    The IRI is the datatype of the codes in RDF (SKOS Reference, section 6).
    """

    id: str
    iri: str
    name: Text


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codelist, with its parent, its counterparts and the names sources use for it.

    ``aliases`` are other correct names; ``misspellings`` are known damaged ones, whose use is a
    repair that is reported. ``notations`` are (id of the system, its code there); ``valid_through``
    is the last day of a code that its owner has ended.
    """

    id: str
    name: Text
    description: Text | None = None
    parent: str | None = None
    matches: tuple[Match, ...] = ()
    aliases: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()
    notations: tuple[tuple[str, str], ...] = ()
    valid_through: date | None = None


@dataclass(frozen=True, slots=True)
class Codelist:
    """Codes in the order they are presented, where the list was taken from, and whose notations its codes have."""

    id: str
    name: Text
    codes: tuple[Code, ...]
    description: Text | None = None
    derived_from: str | None = None
    notations: tuple[NotationSystem, ...] = ()
    _by_id: Mapping[str, Code] = field(init=False, repr=False, compare=False)
    _positions: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a repeated code, an unknown parent and a cycle of parents."""
        by_id = {code.id: code for code in self.codes}
        if len(by_id) != len(self.codes):
            raise ValueError(f"codelist {self.id} holds a code twice")
        object.__setattr__(self, "_by_id", MappingProxyType(by_id))
        object.__setattr__(self, "_positions", MappingProxyType({code: n for n, code in enumerate(by_id)}))
        for code in self.codes:
            self.depth(code.id)

    def __contains__(self, code: object) -> bool:
        """Say whether the list has the code."""
        return code in self._by_id

    def __getitem__(self, code: str) -> Code:
        """Return a code; KeyError where the list has none of that id."""
        return self._by_id[code]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its codes, in order."""
        return tuple(code.id for code in self.codes)

    def position(self, code: str) -> int:
        """Return where a code stands in the list, counted from 0; KeyError where the list has none of that id."""
        return self._positions[code]

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language a label of the list is in, in order of appearance."""
        return tuple(dict.fromkeys(language for code in self.codes for language, _ in code.name))

    @property
    def levels(self) -> int:
        """How many levels the hierarchy has; 1 for a flat list."""
        return max((self.depth(code.id) for code in self.codes), default=1)

    def depth(self, code: str) -> int:
        """Return the level of a code, 1 at the top; ValueError for an unknown parent or a cycle."""
        seen = {code}
        depth = 1
        while (parent := self._by_id[code].parent) is not None:
            if parent not in self._by_id:
                raise ValueError(f"codelist {self.id}: the parent {parent} of {code} is no code of it")
            if parent in seen:
                raise ValueError(f"codelist {self.id}: the parents of {code} form a cycle")
            seen.add(parent)
            code, depth = parent, depth + 1
        return depth


DataType = Literal["code", "period", "number", "integer", "string"]


@dataclass(frozen=True, slots=True)
class Concept:
    """What a component means and how its values are represented, whatever cube it stands in.

    ``data_type`` is ``code`` exactly where there is a codelist; ``subproperty_of`` is the IRI of
    the general RDF property that the dataset's own one specialises.
    """

    id: str
    name: Text
    description: Text | None = None
    codelist: Codelist | None = None
    data_type: DataType = "string"
    subproperty_of: str | None = None

    def __post_init__(self) -> None:
        """Refuse a codelist for what is not coded, and the other way round."""
        if (self.codelist is not None) != (self.data_type == "code"):
            raise ValueError(f"concept {self.id}: data type '{self.data_type}' with codelist {self.codelist}")


@dataclass(frozen=True, slots=True)
class Dimension:
    """A component of the key. Coded, except time, whose values are periods of the frequency."""

    concept: Concept

    @property
    def id(self) -> str:
        """The component id, which is its concept's."""
        return self.concept.id

    @property
    def codelist(self) -> Codelist | None:
        """The codes it takes, or None for time."""
        return self.concept.codelist

    @property
    def is_time(self) -> bool:
        """Whether it is the time dimension."""
        return self.concept.data_type == "period"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted or measured: exact numbers with a fixed number of decimals."""

    concept: Concept
    decimals: int = 0

    def __post_init__(self) -> None:
        """Refuse decimals that no exact number here can hold."""
        if not 0 <= self.decimals <= 15:
            raise ValueError(f"decimals are 0 to 15, not {self.decimals}")

    @property
    def id(self) -> str:
        """The component id, which is its concept's."""
        return self.concept.id


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is said of an observation beside its value: coded, or whole numbers, or text."""

    concept: Concept
    required: bool = False

    @property
    def id(self) -> str:
        """The component id, which is its concept's."""
        return self.concept.id

    @property
    def codelist(self) -> Codelist | None:
        """The codes it takes, or None where it is not coded."""
        return self.concept.codelist


@dataclass(frozen=True, slots=True)
class SeriesAttribute:
    """What is said of every series of a cube alike: the unit, its multiplier, the decimals."""

    concept: Concept
    value: str

    def __post_init__(self) -> None:
        """Refuse a value that the concept's codelist does not have."""
        if self.concept.codelist is not None and self.value not in self.concept.codelist:
            raise ValueError(f"{self.concept.id}: '{self.value}' is not in {self.concept.codelist.id}")

    @property
    def id(self) -> str:
        """The component id, which is its concept's."""
        return self.concept.id

    @property
    def value_name(self) -> Text | None:
        """What the codelist calls the value, or None where it is not coded."""
        codelist = self.concept.codelist
        return None if codelist is None else codelist[self.value].name


@dataclass(frozen=True, slots=True)
class Suppression:
    """The published rule: values below ``threshold`` are hidden, and what that tells a reader."""

    threshold: int
    secondary: Literal["none", "present"] = "none"

    @property
    def lower(self) -> int:
        """The least a hidden cell can be."""
        return 0

    def upper(self, decimals: int) -> Decimal | None:
        """Return the most a hidden cell with so many decimals can be: the last value below the threshold.

        None where cells of any size are hidden too.
        """
        return self.threshold - Decimal(1).scaleb(-decimals) if self.secondary == "none" else None


@dataclass(frozen=True, slots=True)
class Cube:
    """One family of tables: dimensions in DSD order (time last), a measure, attributes.

    ``series_attributes`` are UNIT_MEASURE, UNIT_MULT and DECIMALS, in this order. ``required`` lists,
    by dimension id, the codes that every edition must have observations for.
    """

    id: str
    title: Text
    dimensions: tuple[Dimension, ...]
    measure: Measure
    attributes: tuple[Attribute, ...]
    series_attributes: tuple[SeriesAttribute, ...]
    description: Text | None = None
    required: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse a cube without FREQ and time, with time elsewhere than last, or a component twice."""
        ids = self.key_ids
        if FREQ not in ids or not ids or ids[-1] != TIME_PERIOD or sum(d.is_time for d in self.dimensions) != 1:
            raise ValueError(f"cube {self.id}: dimensions must hold FREQ and end with TIME_PERIOD: {', '.join(ids)}")
        columns = self.columns
        if len(set(columns)) != len(columns):
            raise ValueError(f"cube {self.id} has a component twice: {', '.join(columns)}")
        if tuple(attribute.id for attribute in self.series_attributes) != (UNIT_MEASURE, UNIT_MULT, DECIMALS):
            raise ValueError(f"cube {self.id}: series attributes must be {UNIT_MEASURE}, {UNIT_MULT}, {DECIMALS}")
        if self.attribute_ids[:2] != (OBS_STATUS, CONF_STATUS):
            raise ValueError(f"cube {self.id}: the first attributes must be {OBS_STATUS} and {CONF_STATUS}")

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of its dimensions, in DSD order."""
        return tuple(dimension.id for dimension in self.dimensions)

    @property
    def attribute_ids(self) -> tuple[str, ...]:
        """The ids of its attributes at observation level."""
        return tuple(attribute.id for attribute in self.attributes)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of its observations, in the order of the published tables."""
        return (*self.key_ids, self.measure.id, *self.attribute_ids)

    @property
    def unit(self) -> SeriesAttribute:
        """What its values are counted in."""
        return self.series_attributes[0]

    def dimension(self, component: str) -> Dimension:
        """Return a dimension; KeyError where the cube has none of that id."""
        return {dimension.id: dimension for dimension in self.dimensions}[component]


@dataclass(frozen=True, slots=True)
class Edition:
    """One issue of the dataset: the last month it covers, and what is known of its publication.

    ``issued`` and ``modified`` are None for a source that the definition does not list.
    """

    id: str
    issued: datetime | None = None
    modified: datetime | None = None
    revision: int = 0
    note: Text | None = None

    @property
    def version(self) -> str:
        """The package version, ``YEAR.MONTH.REVISION`` without leading zeros."""
        year, month = self.id.split("-")
        return f"{int(year)}.{int(month)}.{self.revision}"

    @property
    def prepared(self) -> datetime:
        """The moment messages bear: when it was last changed, otherwise its last day at 00:00 UTC."""
        if self.modified is not None:
            return self.modified
        year, month = (int(part) for part in self.id.split("-"))
        return datetime(year, month, monthrange(year, month)[1], tzinfo=UTC)

    @property
    def timestamp(self) -> str:
        """``prepared`` as xs:dateTime, in UTC: ``2024-11-30T00:00:00Z``."""
        return self.prepared.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who publishes, or whom to ask. ``identifier`` is an organisation number or the like."""

    name: Text
    identifier: str | None = None
    homepage: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms: a short name (SPDX), the page of the terms and the EU authority's IRI."""

    name: str
    title: str
    url: str
    authority_iri: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What portals are told of the dataset beside its contents: codes of published lists, and where its files are.

    ``download_url`` is what the address of every file begins with, without a final ``/``, or None for
    a place below the dataset's own IRI; ``frequency`` None for that of the finest periods.
    """

    download_url: str | None = None
    themes: tuple[str, ...] = ()
    frequency: str | None = None
    access_rights: str = "PUBLIC"
    status: str = "COMPLETED"
    availability: str = "AVAILABLE"
    spatial: tuple[str, ...] = ()
    publisher_type: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything that is published together, and how its source is read.

    ``source`` holds the reader's own settings and ``formats`` the options of formats, both as the
    definition gives them. ``profile`` says how bad it is that a reader can compute hidden cells.
    """

    id: str
    names: Names
    title: Text
    description: Text
    languages: tuple[str, ...]
    publisher: Agent
    contact: Agent
    licence: Licence
    codelists: tuple[Codelist, ...]
    concepts: tuple[Concept, ...]
    cubes: tuple[Cube, ...]
    editions: tuple[Edition, ...] = ()
    suppression: Suppression | None = None
    reader: str = "tidy"
    source: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    formats: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    landing_page: str | None = None
    keywords: tuple[Text, ...] = ()
    catalogue: Catalogue = field(default_factory=Catalogue)
    rules: tuple[Rule, ...] = ()
    profile: Profile = "pre-release"

    def codelist(self, codelist: str) -> Codelist:
        """Return a codelist; KeyError where the dataset has none of that id."""
        return {item.id: item for item in self.codelists}[codelist]

    def concept(self, concept: str) -> Concept:
        """Return a concept; KeyError where the dataset has none of that id."""
        return {item.id: item for item in self.concepts}[concept]

    def edition(self, month: str) -> Edition:
        """Return the listed edition of a month, or a bare one."""
        return next((edition for edition in self.editions if edition.id == month), Edition(month))

    def cube(self, cube: str) -> Cube:
        """Return a cube; KeyError where the dataset has none of that id."""
        return {item.id: item for item in self.cubes}[cube]
