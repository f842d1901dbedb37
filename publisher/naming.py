"""The only place that makes identifiers: IRIs, SDMX ids and URNs, and the paths of files.

IRIs are made from codes, percent-encoded, never from labels; once published they never move.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

# SDMX 2.1 common types: IDType for codes, NCNameIDType for what is referred to by URN.
CODE_PATTERN = re.compile(r"[A-Za-z0-9_@$\-]+")
NCNAME_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
# Ids of datasets and cubes are folder names, file names and words of IRIs at once.
SLUG_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# First words of the IRIs below a dataset that are not a cube's.
RESERVED = frozenset(
    (
        "dimension", "measure", "attribute", "code", "period",
        "catalog", "common", "distribution", "download", "activity", "source",
    )
)  # fmt: skip

TOTAL = "_T"
UNKNOWN = "_U"


@dataclass(frozen=True, slots=True)
class Names:
    """Identifiers of one dataset: everything it publishes is named by a method of this class."""

    base_iri: str
    dataset: str
    agency: str
    sdmx_id: str
    version: str

    # IRIs

    @property
    def root(self) -> str:
        """The dataset (the series over its cubes)."""
        return f"{self.base_iri}/{self.dataset}"

    def iri(self, *words: str) -> str:
        """Return the IRI of something below the dataset, each word percent-encoded."""
        return "/".join((self.root, *(segment(word) for word in words)))

    def cube(self, cube: str) -> str:
        """Return the IRI of a cube: the ``qb:DataSet`` of its disclosed observations."""
        return self.iri(cube)

    def suppressed(self, cube: str) -> str:
        """Return the IRI of the ``qb:DataSet`` of a cube's suppressed observations."""
        return self.iri(cube, "suppressed")

    def observations(self, cube: str) -> str:
        """Return the namespace of a cube's observations, hidden or not; the key follows it."""
        return self.iri(cube, "obs") + "/"

    def component(self, role: str, component: str) -> str:
        """Return the IRI of a component property; ``role`` is dimension, measure or attribute."""
        return self.iri(role, component)

    def codelist(self, codelist: str) -> str:
        """Return the IRI of a codelist."""
        return self.iri("code", codelist)

    def code(self, codelist: str, code: str) -> str:
        """Return the IRI of a code."""
        return self.iri("code", codelist, code)

    def period(self, period: str) -> str:
        """Return the IRI of a time period."""
        return self.iri("period", period)

    def distribution(self, path: str) -> str:
        """Return the IRI of a file of a release, as what a catalogue lists; the path is that in the release."""
        return self.iri("distribution", *path.split("/"))

    def download(self, path: str, base: str | None = None) -> str:
        """Return the address of a file of a release below ``base``, or below the dataset where there is none."""
        words = (segment(word) for word in path.split("/"))
        return "/".join((base or self.iri("download"), *words))

    # SDMX

    def structure_id(self, cube: str | None = None) -> str:
        """Return the words that SDMX ids of the dataset, or of a cube, end with."""
        return self.sdmx_id if cube is None else f"{self.sdmx_id}_{cube.upper().replace('-', '_')}"

    @property
    def concept_scheme(self) -> str:
        """The SDMX id of the concept scheme."""
        return f"CS_{self.sdmx_id}"

    def hierarchy(self, codelist: str) -> str:
        """Return the SDMX id of a codelist's hierarchy, where a version of SDMX wants one beside the list."""
        return f"H_{codelist}"

    def dsd(self, cube: str) -> str:
        """Return the SDMX id of a cube's data structure definition."""
        return f"DSD_{self.structure_id(cube)}"

    def dataflow(self, cube: str) -> str:
        """Return the SDMX id of a cube's dataflow."""
        return f"DF_{self.structure_id(cube)}"

    def constraint(self, cube: str) -> str:
        """Return the SDMX id of the constraint that says what a cube has data for."""
        return f"CR_{self.structure_id(cube)}"

    @property
    def category_scheme(self) -> str:
        """The SDMX id of the category scheme, whose one category is the dataset."""
        return f"CAS_{self.structure_id()}"

    def categorisation(self, cube: str) -> str:
        """Return the SDMX id of a cube's categorisation."""
        return f"CAT_{self.structure_id(cube)}"

    def provision_agreement(self, cube: str) -> str:
        """Return the SDMX id of a cube's provision agreement."""
        return f"PA_{self.structure_id(cube)}"

    def urn(self, package_class: str, artefact: str, *items: str) -> str:
        """Return the URN of a maintainable artefact, or of an item in it.

        ``package_class`` is as in ``codelist.Code``; the version stands in brackets.
        """
        tail = "".join(f".{item}" for item in items)
        return f"urn:sdmx:org.sdmx.infomodel.{package_class}={self.agency}:{artefact}({self.version}){tail}"


def mailto(email: str) -> str:
    """Return an email address as an IRI (RFC 6068)."""
    return f"mailto:{quote(email, safe='@!$&+-._~')}"


def segment(word: str) -> str:
    """Return a word as one segment of an IRI: unreserved characters stay, others are encoded."""
    return quote(word, safe="")
