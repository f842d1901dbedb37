"""Lists that the places of a catalogue entry are taken from, with the names of the places that are asked for most.

Countries and continents of the Publications Office of the European Union, GeoNames; DCAT-AP 3.0.1 and
DCAT-AP-NO 3 ask for them. Named are the continents, and the countries of the European Economic Area
with their neighbours: a place that is named is a code of its list in the entry, as other codes are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_EU = "http://publications.europa.eu/resource/authority/"
_COUNTRIES: Mapping[str, str] = {
    "AUT": "Austria",
    "BEL": "Belgium",
    "BGR": "Bulgaria",
    "CHE": "Switzerland",
    "CYP": "Cyprus",
    "CZE": "Czechia",
    "DEU": "Germany",
    "DNK": "Denmark",
    "ESP": "Spain",
    "EST": "Estonia",
    "FIN": "Finland",
    "FRA": "France",
    "FRO": "Faroes",
    "GBR": "United Kingdom",
    "GRC": "Greece",
    "GRL": "Greenland",
    "HRV": "Croatia",
    "HUN": "Hungary",
    "IRL": "Ireland",
    "ISL": "Iceland",
    "ITA": "Italy",
    "LIE": "Liechtenstein",
    "LTU": "Lithuania",
    "LUX": "Luxembourg",
    "LVA": "Latvia",
    "MLT": "Malta",
    "NLD": "Netherlands",
    "NOR": "Norway",
    "POL": "Poland",
    "PRT": "Portugal",
    "ROU": "Romania",
    "SVK": "Slovakia",
    "SVN": "Slovenia",
    "SWE": "Sweden",
}
_CONTINENTS: Mapping[str, str] = {
    "AFRICA": "Africa",
    "AMERICA": "America",
    "ANTARCTICA": "Antarctica",
    "ASIA": "Asia",
    "EUROPE": "Europe",
    "OCEANIA": "Oceania",
}
# What the IRIs of a list's codes begin with -> its scheme, its title, names of codes.
_LISTS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    f"{_EU}country/": (f"{_EU}country", "Countries and territories", _COUNTRIES),
    f"{_EU}continent/": (f"{_EU}continent", "Continents", _CONTINENTS),
    f"{_EU}place/": (f"{_EU}place", "Places", {}),
    "http://sws.geonames.org/": ("http://sws.geonames.org", "GeoNames", {}),
    "https://sws.geonames.org/": ("http://sws.geonames.org", "GeoNames", {}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a list: the IRI and the title of the list, and the English name, None where it is not known."""

    scheme: str
    title: str
    name: str | None


def place_of(iri: str) -> Place | None:
    """Return which list a place is of and what it is called, or None where it is of no list."""
    for start, (scheme, title, names) in _LISTS.items():
        if iri.startswith(start):
            return Place(scheme, title, names.get(iri.removeprefix(start)))
    return None
