"""IRIs, SDMX ids and URNs: made in one place, from codes, the same for ever."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.naming import CODE_PATTERN, RESERVED, SLUG_PATTERN, Names, segment

NAMES = Names("https://data.example.org", "nav-tilt140", "NAV", "TILT140", "1.0")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (NAMES.root, ""),
        (NAMES.cube("county"), "/county"),
        (NAMES.suppressed("county"), "/county/suppressed"),
        (NAMES.observations("county"), "/county/obs/"),
        (NAMES.component("dimension", "SEX"), "/dimension/SEX"),
        (NAMES.codelist("CL_SEX"), "/code/CL_SEX"),
        (NAMES.code("CL_SEX", "_T"), "/code/CL_SEX/_T"),
        (NAMES.code("CL_X", "C$1@"), "/code/CL_X/C%241%40"),
        (NAMES.period("2024-01"), "/period/2024-01"),
        (NAMES.iri("distribution", "a b/c"), "/distribution/a%20b%2Fc"),
    ],
)
def test_iris_are_those_of_the_contract(made: str, expected: str) -> None:
    assert made == f"https://data.example.org/nav-tilt140{expected}"


def test_sdmx_ids_and_urns_are_those_of_the_contract() -> None:
    assert NAMES.concept_scheme == "CS_TILT140"
    assert NAMES.dsd("country-background") == "DSD_TILT140_COUNTRY_BACKGROUND"
    assert NAMES.dataflow("county") == "DF_TILT140_COUNTY"
    assert NAMES.urn("codelist.Code", "CL_SEX", "F") == "urn:sdmx:org.sdmx.infomodel.codelist.Code=NAV:CL_SEX(1.0).F"
    assert NAMES.urn("codelist.Codelist", "CL_SEX") == "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=NAV:CL_SEX(1.0)"


@given(st.from_regex(CODE_PATTERN, fullmatch=True))
def test_a_code_never_holds_what_joins_the_codes_of_a_key(code: str) -> None:
    assert "." not in code


@given(st.text())
def test_a_segment_never_leaves_its_place(word: str) -> None:
    try:
        word.encode()
    except UnicodeEncodeError:
        return
    assert re.fullmatch(r"[A-Za-z0-9_.~%\-]*", segment(word))


@pytest.mark.parametrize("word", ["county", "country-background", "a1-2"])
def test_slugs(word: str) -> None:
    assert SLUG_PATTERN.fullmatch(word)


@pytest.mark.parametrize("word", ["", "A", "a_b", "-a", "a-", "a--b", "..", "a/b", "å", "a.b", "a\n", "٣"])
def test_what_is_no_slug(word: str) -> None:
    assert not SLUG_PATTERN.fullmatch(word)


def test_the_first_words_of_iris_are_no_cubes() -> None:
    words = "dimension measure attribute code period catalog common distribution download activity source"
    assert set(words.split()) == RESERVED
