"""What a catalogue lists: the files of a release that come before it, and the texts and addresses they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from publisher.definition.authorities import Kind, kind_of, licence_iri
from publisher.formats.draft import Draft, File
from publisher.model import Dataset, Edition, Text

# Formats whose files no catalogue lists: its own, what describes every file with it, and deltas, which
# are there only where the release before was given.
UNLISTED = frozenset(("catalog", "schema-org", "readme", "datapackage", "sdmx-delta"))

# What a catalogue says in words beyond the definition, by language.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "common": {
        "nb": "{title}: kodelister, strukturer og definisjon",
        "nn": "{title}: kodelister, strukturar og definisjon",
        "en": "{title}: codelists, structures and definition",
    },
    "common description": {
        "nb": "Filene som gjelder alle tabellene i «{title}».",
        "nn": "Filene som gjeld alle tabellane i «{title}».",
        "en": "The files that belong to all tables of “{title}”.",
    },
    "file": {
        "nb": "Filen {path} i formatet {kind}.",
        "nn": "Fila {path} i formatet {kind}.",
        "en": "The file {path}, in the format {kind}.",
    },
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a release as a catalogue lists it: what it is, its size and its sha256 in hexadecimal."""

    file: File
    kind: Kind
    bytes: int
    sha256: str

    @property
    def path(self) -> str:
        """Its path in the release."""
        return self.file.path


def listed(draft: Draft) -> tuple[Listed, ...]:
    """Return the files that a catalogue lists, in the order they were written."""
    return tuple(
        Listed(file, kind_of(file.path, file.media_type), *draft.digest(file.path))
        for file in draft.files
        if file.format not in UNLISTED
    )


def words(key: str, title: Text, languages: tuple[str, ...], **values: str) -> Text:
    """Return the catalogue's own words in those of the languages it has, otherwise in English.

    ``{title}`` in them is the title in the language.
    """
    known = _WORDS[key]
    spoken = [language for language in languages if language in known] or ["en"]
    return Text(tuple((lang, known[lang].format(title=title.get(lang) or title, **values)) for lang in spoken))


def file_title(item: Listed, dataset: Dataset) -> Text:
    """Return the title of a file: that of what it belongs to, and its path."""
    owner = dataset.title if item.file.cube is None else dataset.cube(item.file.cube).title
    return Text(tuple((language, f"{title} ({item.path})") for language, title in owner))


def file_description(item: Listed, dataset: Dataset) -> Text:
    """Return a sentence on a file."""
    return words("file", dataset.title, dataset.languages, path=item.path, kind=item.kind.label)


def licence(dataset: Dataset) -> str:
    """Return the IRI of the licence: of the list of licences where it is in it, otherwise the page of its terms."""
    given = dataset.licence
    return given.authority_iri or licence_iri(given.name) or given.url


def page(dataset: Dataset) -> str | None:
    """Return the page a person is sent to: of the source, of the publisher or of whom to ask."""
    return dataset.landing_page or dataset.publisher.homepage or dataset.contact.homepage


def first_issued(dataset: Dataset, edition: Edition) -> datetime | None:
    """Return when the first listed edition up to this one was issued, or None where no edition says it."""
    known = (*(item for item in dataset.editions if item.id <= edition.id), edition)
    return min((item.issued for item in known if item.issued is not None), default=None)
