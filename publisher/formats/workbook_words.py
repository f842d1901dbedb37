"""What a workbook says beyond the definition, in Bokmål, Nynorsk or English, and periods as people name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from publisher.formats import units
from publisher.model import Codelist, Cube, Dataset, SeriesAttribute, Suppression, Text

HIDDEN = ":"
"""A value that may not be published (the symbol of Statistics Norway)."""
ABSENT = "."
"""A cell of the table that there is no observation for."""
MARK_COLUMN = "*"
"""What the row of codes says of a column of marks."""
MOST_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""

_LANGUAGES = {"nb": "nb", "no": "nb", "nn": "nn"}
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ku-arab", "ps", "sd", "ug", "ur", "yi"))

_WORDS: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "contents": "Innhold",
        "sheet": "Ark",
        "table": "Tabell",
        "observations": "Observasjoner",
        "suppressed": "Skjermede",
        "code": "Kode",
        "name": "navn",
        "mark": "Merke",
        "symbols": "Symboler: «{hidden}» {because}; «{absent}» {why}.",
        "hidden": "kan ikke offentliggjøres",
        "small": "kan ikke offentliggjøres (tallet er under {threshold})",
        "secondary": "kan ikke offentliggjøres (tallet er under {threshold}, eller ville røpe et slikt tall)",
        "absent": "tall finnes ikke",
        "notes": "Noter",
        "codes": "Kodene står til høyre og i den andre overskriftsraden, de samme som i datafilene.",
        "digits": "Tall med mer enn 15 sifre står som tekst: regneark regner med 15.",
        "about": "Om statistikken",
        "description": "Beskrivelse",
        "publisher": "Utgiver",
        "contact": "Kontakt",
        "licence": "Lisens",
        "edition": "Utgave",
        "version": "versjon",
        "issued": "Utgitt",
        "modified": "Endret",
        "note": "Om utgaven",
        "source": "Kilde",
        "file": "Kildefil",
        "page": "Side &P av &N",
        "Q": "{number}. kvartal {year}",
        "S": "{number}. halvår {year}",
        "T": "{number}. tertial {year}",
        "W": "Uke {number} {year}",
        "months": "Januar Februar Mars April Mai Juni Juli August September Oktober November Desember",
    },
    "nn": {
        "contents": "Innhald",
        "sheet": "Ark",
        "table": "Tabell",
        "observations": "Observasjonar",
        "suppressed": "Skjerma",
        "code": "Kode",
        "name": "namn",
        "mark": "Merke",
        "symbols": "Symbol: «{hidden}» {because}; «{absent}» {why}.",
        "hidden": "kan ikkje offentleggjerast",
        "small": "kan ikkje offentleggjerast (talet er under {threshold})",
        "secondary": "kan ikkje offentleggjerast (talet er under {threshold}, eller ville røpe eit slikt tal)",
        "absent": "tal finst ikkje",
        "notes": "Notar",
        "codes": "Kodane står til høgre og i den andre overskriftsrada, dei same som i datafilene.",
        "digits": "Tal med meir enn 15 siffer står som tekst: rekneark reknar med 15.",
        "about": "Om statistikken",
        "description": "Beskriving",
        "publisher": "Utgjevar",
        "contact": "Kontakt",
        "licence": "Lisens",
        "edition": "Utgåve",
        "version": "versjon",
        "issued": "Utgjeven",
        "modified": "Endra",
        "note": "Om utgåva",
        "source": "Kjelde",
        "file": "Kjeldefil",
        "page": "Side &P av &N",
        "Q": "{number}. kvartal {year}",
        "S": "{number}. halvår {year}",
        "T": "{number}. tertial {year}",
        "W": "Veke {number} {year}",
        "months": "Januar Februar Mars April Mai Juni Juli August September Oktober November Desember",
    },
    "en": {
        "contents": "Contents",
        "sheet": "Sheet",
        "table": "Table",
        "observations": "Observations",
        "suppressed": "Suppressed",
        "code": "Code",
        "name": "name",
        "mark": "Mark",
        "symbols": "Symbols: “{hidden}” {because}; “{absent}” {why}.",
        "hidden": "may not be published",
        "small": "may not be published (the number is below {threshold})",
        "secondary": "may not be published (the number is below {threshold}, or would disclose such a number)",
        "absent": "there is no number",
        "notes": "Notes",
        "codes": "Codes stand on the right and in the second header row, the same as in the data files.",
        "digits": "Numbers of more than 15 digits are written as text: spreadsheets calculate with 15.",
        "about": "About the statistics",
        "description": "Description",
        "publisher": "Publisher",
        "contact": "Contact",
        "licence": "Licence",
        "edition": "Edition",
        "version": "version",
        "issued": "Issued",
        "modified": "Modified",
        "note": "About the edition",
        "source": "Source",
        "file": "Source file",
        "page": "Page &P of &N",
        "Q": "Quarter {number} {year}",
        "S": "Half {number} {year}",
        "T": "Third {number} {year}",
        "W": "Week {number} {year}",
        "months": "January February March April May June July August September October November December",
    },
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a workbook: those of the definition in ``language``, its first, and the workbook's own."""

    language: str

    def __getitem__(self, key: str) -> str:
        """Return words of the workbook's own, in English where the language has none."""
        known = _LANGUAGES.get(self.language.split("-")[0].lower(), "en")
        return _WORDS[known][key]

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        tag = self.language.lower()
        return tag.split("-")[0] in _RIGHT_TO_LEFT or tag in _RIGHT_TO_LEFT

    def of(self, text: Text) -> str:
        """Return a text of the definition."""
        return text.in_language(self.language)

    def labels(self, codelist: Codelist | None) -> dict[str, str]:
        """Return the label of every code of a list; the code stands after labels that are alike. Time has none."""
        names = {} if codelist is None else {code.id: self.of(code.name) for code in codelist.codes}
        alike = Counter(_folded(name) for name in names.values())
        return {code: name if alike[_folded(name)] == 1 else f"{name} ({code})" for code, name in names.items()}

    def period(self, frequency: str, period: str) -> str:
        """Return a period as people name it: ``2024-03`` of months is ``Mars 2024``."""
        year, _, rest = period.partition("-")
        if frequency == "M":
            return f"{self['months'].split()[int(rest) - 1]} {year}"
        if frequency in ("Q", "S", "T", "W"):
            return self[frequency].format(number=int(rest.lstrip("QSTW")), year=year)
        return period

    def heading(self, frequency: str, period: str) -> str:
        """Return a period as the head of a column: the year on a line of its own."""
        return "\n".join(self.period(frequency, period).rsplit(" ", 1))

    def hidden(self, suppression: Suppression | None) -> str:
        """Return what the symbol of a hidden value means."""
        if suppression is None:
            return self["hidden"]
        key = "small" if suppression.secondary == "none" else "secondary"
        return self[key].format(threshold=suppression.threshold)

    def symbols(self, dataset: Dataset) -> str:
        """Return the line that explains the symbols."""
        because = self.hidden(dataset.suppression)
        return self["symbols"].format(hidden=HIDDEN, because=because, absent=ABSENT, why=self["absent"])

    def measure(self, cube: Cube) -> str:
        """Return what is counted, and in which unit."""

        def named(item: SeriesAttribute) -> str | None:
            return self.labels(item.concept.codelist).get(item.value)

        unit, factor = units.in_words(cube, named)
        words = [self.of(cube.measure.concept.name)]
        for attribute, shown in zip(cube.series_attributes, (unit or cube.unit.value, factor), strict=False):
            if shown is not None:
                words.append(f"{self.of(attribute.concept.name)}: {shown}")
        return ". ".join(words)


def is_exact(digits: str) -> bool:
    """Say whether a spreadsheet keeps every digit of a number."""
    return len(digits.lstrip("-").replace(".", "").lstrip("0")) <= MOST_DIGITS


def _folded(label: str) -> str:
    """Return a label as a person compares it: neither case nor blanks count."""
    return " ".join(label.split()).casefold()
