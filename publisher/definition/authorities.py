"""Published lists of codes that a catalogue entry is written with, and which of their codes say what.

Lists of the Publications Office of the European Union (file types, licences, languages, ...), which
DCAT-AP 3.0.1 and DCAT-AP-NO 3 ask for; the types of publishers of ADMS; and media types of IANA. Each
table has the codes a release can need, with their English labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

_EU = "http://publications.europa.eu/resource/authority/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Authority:
    """One list: the IRI of the scheme, what the IRIs of its codes begin with, its title, labels by code."""

    scheme: str
    start: str
    title: str
    labels: Mapping[str, str]

    def iri(self, code: str) -> str:
        """Return the IRI of a code."""
        return self.start + code


def _eu(name: str, title: str, labels: Mapping[str, str]) -> Authority:
    return Authority(_EU + name, f"{_EU}{name}/", title, labels)


THEMES = _eu(
    "data-theme",
    "Data theme",
    {
        "AGRI": "Agriculture, fisheries, forestry and food",
        "ECON": "Economy and finance",
        "EDUC": "Education, culture and sport",
        "ENER": "Energy",
        "ENVI": "Environment",
        "GOVE": "Government and public sector",
        "HEAL": "Health",
        "INTR": "International issues",
        "JUST": "Justice, legal system and public safety",
        "REGI": "Regions and cities",
        "SOCI": "Population and society",
        "TECH": "Science and technology",
        "TRAN": "Transport",
    },
)
FREQUENCIES = _eu(
    "frequency",
    "Frequency",
    {
        "ANNUAL": "annual",
        "ANNUAL_2": "semiannual",
        "ANNUAL_3": "three times a year",
        "BIENNIAL": "biennial",
        "BIMONTHLY": "bimonthly",
        "BIWEEKLY": "biweekly",
        "CONT": "continuous",
        "DAILY": "daily",
        "IRREG": "irregular",
        "MONTHLY": "monthly",
        "MONTHLY_2": "semimonthly",
        "NEVER": "never",
        "QUARTERLY": "quarterly",
        "TRIENNIAL": "triennial",
        "UNKNOWN": "unknown",
        "WEEKLY": "weekly",
    },
)
ACCESS_RIGHTS = _eu(
    "access-right", "Access right", {"PUBLIC": "public", "RESTRICTED": "restricted", "NON_PUBLIC": "non-public"}
)
STATUSES = _eu(
    "distribution-status",
    "Distribution status",
    {
        "COMPLETED": "completed",
        "DEVELOP": "under development",
        "DEPRECATED": "deprecated",
        "WITHDRAWN": "withdrawn",
    },
)
AVAILABILITIES = _eu(
    "planned-availability",
    "Planned availability",
    {"AVAILABLE": "available", "STABLE": "stable", "TEMPORARY": "temporary", "EXPERIMENTAL": "experimental"},
)
FILE_TYPES = _eu(
    "file-type",
    "File type",
    {
        "BIN": "Binary data",
        "CSV": "CSV",
        "GZIP": "GNU zip",
        "HTML": "HTML",
        "JSON": "JSON",
        "JSON_LD": "JSON-LD",
        "PARQUET": "Parquet",
        "RDF_N_TRIPLES": "RDF N-Triples",
        "RDF_TURTLE": "RDF Turtle",
        "SCHEMA_XML": "XML schema",
        "SDMX": "SDMX",
        "TXT": "Plain text",
        "XLSX": "Excel XLSX",
        "XML": "XML",
        "ZIP": "ZIP",
    },
)
LANGUAGES = _eu(
    "language",
    "Language",
    {
        "BUL": "Bulgarian",
        "CES": "Czech",
        "DAN": "Danish",
        "DEU": "German",
        "ELL": "Greek",
        "ENG": "English",
        "EST": "Estonian",
        "FIN": "Finnish",
        "FRA": "French",
        "GLE": "Irish",
        "HRV": "Croatian",
        "HUN": "Hungarian",
        "ISL": "Icelandic",
        "ITA": "Italian",
        "LAV": "Latvian",
        "LIT": "Lithuanian",
        "MLT": "Maltese",
        "NLD": "Dutch",
        "NNO": "Norwegian Nynorsk",
        "NOB": "Norwegian Bokmål",
        "NOR": "Norwegian",
        "POL": "Polish",
        "POR": "Portuguese",
        "RON": "Romanian",
        "SLK": "Slovak",
        "SLV": "Slovenian",
        "SME": "Northern Sami",
        "SPA": "Spanish",
        "SWE": "Swedish",
        "UKR": "Ukrainian",
    },
)
LICENCES = _eu("licence", "Licence", {})
PUBLISHER_TYPES = Authority(
    "http://purl.org/adms/publishertype/1.0",
    "http://purl.org/adms/publishertype/",
    "ADMS publisher type",
    {
        "Academia-ScientificOrganisation": "Academia/Scientific organisation",
        "Company": "Company",
        "IndustryConsortium": "Industry consortium",
        "LocalAuthority": "Local Authority",
        "NationalAuthority": "National authority",
        "NonGovernmentalOrganisation": "Non-Governmental Organisation",
        "NonProfitOrganisation": "Non-Profit Organisation",
        "RegionalAuthority": "Regional authority",
        "StandardisationBody": "Standardisation body",
        "SupraNationalAuthority": "Supra-national authority",
    },
)

# BCP 47 (its first part) -> the list of languages, whose codes are those of ISO 639-3.
_LANGUAGE_CODES = {
    "bg": "BUL",
    "cs": "CES",
    "da": "DAN",
    "de": "DEU",
    "el": "ELL",
    "en": "ENG",
    "es": "SPA",
    "et": "EST",
    "fi": "FIN",
    "fr": "FRA",
    "ga": "GLE",
    "hr": "HRV",
    "hu": "HUN",
    "is": "ISL",
    "it": "ITA",
    "lt": "LIT",
    "lv": "LAV",
    "mt": "MLT",
    "nb": "NOB",
    "nl": "NLD",
    "nn": "NNO",
    "no": "NOR",
    "pl": "POL",
    "pt": "POR",
    "ro": "RON",
    "se": "SME",
    "sk": "SLK",
    "sl": "SLV",
    "sme": "SME",
    "sv": "SWE",
    "uk": "UKR",
}
# SPDX -> the list of licences, for definitions that do not give the IRI.
_LICENCE_CODES = {
    "CC0-1.0": "CC0",
    "CC-BY-4.0": "CC_BY_4_0",
    "CC-BY-SA-4.0": "CC_BYSA_4_0",
    "NLOD-1.0": "NLOD_1_0",
    "NLOD-2.0": "NLOD_2_0",
    "ODC-By-1.0": "ODC_BY",
    "ODbL-1.0": "ODC_BL",
    "OGL-UK-3.0": "OGL_3_0",
    "PDDL-1.0": "ODC_PDDL",
}
# CL_FREQ -> how often a dataset whose finest periods are of it is published, where the definition does not say.
FREQUENCY_OF = {
    "D": "DAILY",
    "W": "WEEKLY",
    "M": "MONTHLY",
    "Q": "QUARTERLY",
    "T": "ANNUAL_3",
    "S": "ANNUAL_2",
    "A": "ANNUAL",
}
# Suffix -> (file type, media type); SDMX-ML is named as such, for XML says nothing of it.
_BY_SUFFIX = {
    "csv": ("CSV", "text/csv"),
    "html": ("HTML", "text/html"),
    "json": ("JSON", "application/json"),
    "jsonld": ("JSON_LD", "application/ld+json"),
    "nt": ("RDF_N_TRIPLES", "application/n-triples"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "ttl": ("RDF_TURTLE", "text/turtle"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "xml": ("XML", "application/xml"),
    "xsd": ("SCHEMA_XML", "application/xml"),
    "zip": ("ZIP", "application/zip"),
}
_COMPRESSIONS = {"gz": "application/gzip", "zst": "application/zstd"}
# Structured syntax suffix -> what a type that IANA does not know is in its register.
_SYNTAXES = {"xml": "application/xml", "json": "application/json", "csv": "text/csv"}
_UNREGISTERED = ("vnd.sdmx", "/x-", "/x.")


def language_code(language: str) -> str | None:
    """Return the code of a language (BCP 47) in the list of languages, or None where the table lacks it."""
    return _LANGUAGE_CODES.get(language.partition("-")[0])


def licence_iri(spdx: str) -> str | None:
    """Return the IRI of a licence in the list of licences by its SPDX identifier, or None where it has none."""
    code = _LICENCE_CODES.get(spdx)
    return code and LICENCES.iri(code)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: a code of the list of file types, media types that IANA has registered.

    ``compression`` is the media type it is packed in, or None; the others are of what is inside.
    """

    file_type: str
    media_type: str
    compression: str | None = None

    @property
    def label(self) -> str:
        """What people call the file type."""
        return FILE_TYPES.labels[self.file_type]


def kind_of(path: str, media_type: str) -> Kind:
    """Return what a file of a release is, by its path and the media type it was announced with.

    What the list of file types lacks is plain text where its media type is text, or TOML, and
    otherwise binary data.
    """
    name = PurePosixPath(path)
    compression = _COMPRESSIONS.get(name.suffix.removeprefix("."))
    inner = PurePosixPath(name.stem) if compression else name
    file_type, usual = _BY_SUFFIX.get(inner.suffix.removeprefix("."), ("", ""))
    own = media_type.partition(";")[0].strip().lower()
    if own == compression or not own:
        own = usual or "application/octet-stream"
    if "vnd.sdmx" in own and file_type == "XML":
        file_type = "SDMX"
    textual = own.startswith("text/") or own == "application/toml"
    return Kind(file_type or ("TXT" if textual else "BIN"), registered(own), compression)


def registered(media_type: str) -> str:
    """Return a media type as IANA's register has it: without parameters, and of an unregistered one its syntax."""
    own = media_type.partition(";")[0].strip().lower()
    if not any(part in own for part in _UNREGISTERED):
        return own
    plain = "text/plain" if own.startswith("text/") else "application/octet-stream"
    return _SYNTAXES.get(own.rpartition("+")[2], plain)
