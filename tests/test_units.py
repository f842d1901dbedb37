"""Words in a language, and those of a unit and its multiplier: the same for every format that asks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sdmx_fixture import hostile_dataset

from publisher.formats import units
from publisher.formats.workbook_words import Words
from publisher.model import Code, Codelist, Cube, SeriesAttribute, Text

PERSONS = Text((("nb", "Personer"), ("en", "Persons")))
THOUSANDS = Text((("nb", "Tusen"),))


def cube(power: str, unit: Text | None = PERSONS, multiplier: Text | None = None) -> Cube:
    """Return the made-up cube with a unit and a multiplier, each coded where it has a name."""
    made_up = hostile_dataset().cubes[0]
    given = ((made_up.series_attributes[0], "PER", unit), (made_up.series_attributes[1], power, multiplier))
    said = tuple(named(attribute, value, name) for attribute, value, name in given)
    return replace(made_up, series_attributes=(*said, made_up.series_attributes[2]))


def named(attribute: SeriesAttribute, value: str, name: Text | None) -> SeriesAttribute:
    codelist = None if name is None else Codelist("CL_X", name, (Code("first", PERSONS), Code(value, name)))
    kind = "string" if name is None else "code"
    return SeriesAttribute(replace(attribute.concept, codelist=codelist, data_type=kind), value)


def strictly(language: str, item: SeriesAttribute) -> str | None:
    return None if item.value_name is None else item.value_name.get(language)


def test_a_text_lends_the_words_of_its_first_language_only_where_it_is_asked_to() -> None:
    assert (PERSONS.in_language("en"), PERSONS.in_language("nb"), PERSONS.in_language("fr")) == (
        "Persons",
        "Personer",
        "Personer",
    )
    assert PERSONS.get("fr") is None


def test_a_series_attribute_says_how_its_value_is_called_where_it_is_coded() -> None:
    assert cube("3", multiplier=THOUSANDS).series_attributes[1].value_name == THOUSANDS
    assert cube("3").series_attributes[1].value_name is None


def test_the_unit_of_a_cube_is_the_first_of_what_its_series_say() -> None:
    assert (cube("3").unit.id, cube("3").unit.value) == ("UNIT_MEASURE", "PER")


@pytest.mark.parametrize(
    ("language", "power", "unit", "multiplier", "words"),
    [
        ("nb", "3", PERSONS, THOUSANDS, ("Personer", "Tusen")),
        ("en", "3", PERSONS, THOUSANDS, ("Persons", "10^3")),
        ("nb", "3", PERSONS, None, ("Personer", "10^3")),
        ("nb", "-2", PERSONS, None, ("Personer", "10^-2")),
        ("nb", "0", PERSONS, Text((("nb", "Enere"),)), ("Personer", None)),
        ("fr", "3", PERSONS, THOUSANDS, (None, "10^3")),
        ("nb", "0", None, None, (None, None)),
    ],
)
def test_a_unit_has_the_words_that_a_format_has_for_it_and_a_multiplier_at_least_its_power_of_ten(
    language: str, power: str, unit: Text | None, multiplier: Text | None, words: tuple[str | None, str | None]
) -> None:
    assert units.in_words(cube(power, unit, multiplier), lambda item: strictly(language, item)) == words


def test_a_workbook_says_the_unit_and_a_multiplier_that_is_not_one_with_the_code_after_a_name_given_twice() -> None:
    words = Words("nb")
    assert words.measure(cube("3", multiplier=THOUSANDS)) == (
        "Value på bokmål. UNIT_MEASURE på bokmål: Personer (PER). UNIT_MULT på bokmål: Tusen"
    )
    assert words.measure(cube("6")).endswith(". UNIT_MULT på bokmål: 10^6")
    assert words.measure(cube("0", THOUSANDS)).endswith(". UNIT_MEASURE på bokmål: Tusen")
