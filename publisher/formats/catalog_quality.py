"""DQV: how complete a cube is, and how much of it is suppressed, as exact decimals.

Source: Data on the Web Best Practices: Data Quality Vocabulary (W3C 2016), sections 4.1 to 4.4. Both
numbers are shares with six decimals. Completeness is cut, so that 1 means that nothing lacks; the
suppression rate is rounded up, so that 0 means that nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from publisher.formats.catalog_coverage import Coverage
from publisher.formats.catalog_graph import CatalogGraph
from publisher.model import Text
from publisher.naming import Names

_SIX = Decimal("0.000001")
# Digits enough for any quotient of counts before it is cut or rounded.
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class _Metric:
    """What is measured: its dimension of quality, and words by language."""

    id: str
    dimension: str
    name: Mapping[str, str]
    definition: Mapping[str, str]


_METRICS = (
    _Metric(
        "completeness",
        "completeness",
        {"nb": "Kompletthet", "nn": "Fullstende", "en": "Completeness"},
        {
            "nb": "Andelen av mulige nøkler som det finnes en observasjon for, skjermet eller ikke. Mulig er hver "
            "kombinasjon av kodene som forekommer i hver dimensjon, og av periodene som forekommer. Kuttet etter seks "
            "desimaler.",
            "nn": "Delen av moglege nøklar som det finst ein observasjon for, skjerma eller ikkje. Mogleg er kvar "
            "kombinasjon av kodane som førekjem i kvar dimensjon, og av periodane som førekjem. Kutta etter seks "
            "desimalar.",
            "en": "The share of possible keys for which there is an observation, suppressed or not. Possible is every "
            "combination of the codes that occur in each dimension, and of the periods that occur. Cut after six "
            "decimals.",
        },
    ),
    _Metric(
        "suppression-rate",
        "confidentiality",
        {"nb": "Andel skjermet", "nn": "Del skjerma", "en": "Suppression rate"},
        {
            "nb": "Andelen av observasjonene som er skjermet. Rundet opp til seks desimaler.",
            "nn": "Delen av observasjonane som er skjerma. Runda opp til seks desimalar.",
            "en": "The share of observations that are suppressed. Rounded up to six decimals.",
        },
    ),
)
_DIMENSIONS: Mapping[str, Mapping[str, str]] = {
    "completeness": {"nb": "Kompletthet", "nn": "Fullstende", "en": "Completeness"},
    "confidentiality": {"nb": "Konfidensialitet", "nn": "Konfidensialitet", "en": "Confidentiality"},
}


def shares(covered: Coverage) -> tuple[Decimal, Decimal]:
    """Return completeness and suppression rate of a cube that has rows."""
    complete = _EXACT.divide(Decimal(covered.rows), Decimal(covered.possible)).quantize(_SIX, ROUND_FLOOR)
    return complete, _EXACT.divide(Decimal(covered.suppressed), Decimal(covered.rows)).quantize(_SIX, ROUND_CEILING)


def describe(names: Names, languages: Iterable[str], covered: Mapping[str, Coverage], graph: CatalogGraph) -> None:
    """Add what was measured of each cube that has rows, and what the measures mean."""
    measured = {cube: shares(item) for cube, item in covered.items() if item.rows}
    if not measured:
        return
    spoken = tuple(languages)
    for dimension, name in _DIMENSIONS.items():
        iri = names.iri("catalog", "quality-dimension", dimension)
        graph.types(iri, "dqv:Dimension")
        graph.text(iri, "skos:prefLabel", _text(name, spoken))
    for position, metric in enumerate(_METRICS):
        iri = names.iri("catalog", "metric", metric.id)
        graph.types(iri, "dqv:Metric")
        graph.text(iri, "skos:prefLabel", _text(metric.name, spoken))
        graph.text(iri, "skos:definition", _text(metric.definition, spoken))
        graph.link(iri, "dqv:expectedDataType", "http://www.w3.org/2001/XMLSchema#decimal")
        graph.link(iri, "dqv:inDimension", names.iri("catalog", "quality-dimension", metric.dimension))
        for cube, values in measured.items():
            measurement = names.iri("catalog", "quality", cube, metric.id)
            graph.types(measurement, "dqv:QualityMeasurement")
            graph.link(names.cube(cube), "dqv:hasQualityMeasurement", measurement)
            graph.link(measurement, "dqv:computedOn", names.cube(cube))
            graph.link(measurement, "dqv:isMeasurementOf", iri)
            graph.literal(measurement, "dqv:value", f"{values[position]:f}", "xsd:decimal")


def _text(words: Mapping[str, str], languages: tuple[str, ...]) -> Text:
    """Return words in those of the languages they are in, otherwise in English."""
    spoken = tuple((language, words[language]) for language in languages if language in words)
    return Text(spoken or (("en", words["en"]),))
