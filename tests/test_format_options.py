"""Options of formats: one row in the format's module says what they may be; the definition is held against it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from publisher.build import Options, build
from publisher.definition import Given, read_definition
from publisher.errors import DefinitionError, Finding
from publisher.formats import FORMATS
from publisher.formats.draft import Option
from publisher.formats.page import formats_page
from publisher.formats.sdmx_csv_message import variant_of
from publisher.inputs import KNOWN

GIVEN = Given(("nb", "nn", "en"), {"sex": {"SEX": {"nb": "Kjønn", "nn": "Kjønn", "en": "Sex"}}})
VARIANTS = next(option for format in FORMATS for option in format.options if option.name == "variants")


def said(option: Option, value: object, given: Given = GIVEN) -> list[str]:
    return list(option.faults(value, given))


def refused(project: Path, addition: str) -> tuple[Finding, ...]:
    """Append to the real definition and return what is found wrong with it."""
    definition = project / "schemas/nav-tilt140/dataset.toml"
    definition.write_text(f"{definition.read_text(encoding='utf-8').rstrip()}\n\n{addition}\n", encoding="utf-8")
    try:
        read_definition(project, "nav-tilt140", None, KNOWN)
    except DefinitionError as error:
        return error.findings
    return ()


# One of some values


def test_an_option_is_one_of_its_values_and_of_their_type() -> None:
    option = Option("flat", (False, True), "Writes it flat too.")
    assert option.default is False
    assert said(option, True) == []
    assert said(option, 1) == ["is 1, not one of: false, true"]
    assert said(option, "true") == ["is 'true', not one of: false, true"]


def test_an_unknown_value_of_compression_is_refused_as_ever(project: Path) -> None:
    (finding,) = refused(project, '[formats.parquet]\ncompression = "zip"')
    assert finding.message == "'compression' of parquet is 'zip', not one of: zstd, snappy, none"


# A list of strings


@pytest.mark.parametrize("value", ["version=2.0", [1], {"version": "2.0"}, True, [["version=2.0"]]])
def test_a_list_of_strings_is_no_other_thing(value: object) -> None:
    assert said(VARIANTS, value) == [f"is {value!r}, not a list of strings"]


@pytest.mark.parametrize(
    "text",
    [
        "version=2.0; labels=both; language=en",
        "version=2.1; labels=name; keys=both; language=nn",
        "version=1.0; labels=both; language=nb",
        "version=2.0; keys=obs",
        " language = nb;labels=both ;version= 2.1",
    ],
)
def test_a_variant_that_is_right_has_no_fault(text: str) -> None:
    assert said(VARIANTS, [text]) == []
    assert variant_of(text).language in (None, *GIVEN.languages)


FAULTS = {
    "version=2.0; label=both; language=en": (
        "unknown parameter 'label': there are version, labels, keys, language; did you mean 'labels'?"
    ),
    "version=2.0; timeFormat=normalized": "unknown parameter 'timeFormat': there are version, labels, keys, language",
    "version=2.0 labels=both": "version is '2.0 labels=both': it is one of 1.0, 2.0, 2.1",
    "version=3.0": "version is '3.0'",
    "version=2.0; labels=names; language=en": "labels is 'names': it is one of id, name, both; did you mean 'name'?",
    "version=2.0; keys=serie": "keys is 'serie': it is one of none, obs, series, both; did you mean 'series'?",
    "version=2.0; version=2.1": "'version' stands twice",
    "version=2.0; both": "'both' is no parameter: write NAME=VALUE, with ; between them",
    "version=2.0; labels=": "'labels=' is no parameter",
    "": "'' is no parameter",
    "labels=both; language=en": "version is missing: it is one of 1.0, 2.0, 2.1",
    "version=2.0; labels=both": "labels=both needs a language: one of nb, nn, en",
    "version=2.0; labels=both; language=fr": "language is 'fr': the dataset has nb, nn, en",
    "version=2.0; labels=name; language=EN": "language is 'EN': the dataset has nb, nn, en; did you mean 'en'?",
    "version=2.0; keys=obs; language=en": "labels=id has no names, in en or another language: leave language out",
    "version=1.0; labels=name; language=en": "SDMX-CSV 1.0 has no labels=name: it has id and both",
    "version=1.0; labels=both; keys=obs; language=en": "SDMX-CSV 1.0 has no keys: leave them out",
    "version=2.0": "its file data-2.0.csv is written anyway: leave it out",
    "version=1.0; labels=id": "its file data-1.0.csv is written anyway: leave it out",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_variant_that_cannot_be_is_refused_with_what_is_possible(text: str) -> None:
    (fault,) = said(VARIANTS, [text])
    assert fault.startswith(f"has '{text}': {FAULTS[text]}")


def test_two_variants_never_have_the_same_file() -> None:
    texts = ["version=2.0; labels=both; language=en", "language=en;labels=both;keys=none;version=2.0"]
    assert said(VARIANTS, texts) == [
        f"has '{texts[1]}': its file data-2.0-both-en.csv is that of '{texts[0]}' too: leave it out"
    ]
    given = Given(("en-GB", "en-gb"), {})
    (fault,) = said(VARIANTS, [f"version=2.0; labels=both; language={tag}" for tag in given.languages], given)
    assert "its file data-2.0-both-en-gb.csv is that of" in fault


def test_every_fault_of_every_variant_is_listed() -> None:
    faults = said(VARIANTS, ["version=9; labels=x", "version=1.0; labels=name; keys=obs"])
    assert [fault.partition(": ")[2][:22] for fault in faults] == [
        "version is '9': it is ",
        "labels is 'x': it is o",
        "SDMX-CSV 1.0 has no la",
        "SDMX-CSV 1.0 has no ke",
        "labels=name needs a la",
    ]


def test_columns_of_one_name_are_refused_where_names_are_columns() -> None:
    columns = {"SEX": {"nb": "Kjønn", "en": "Sex"}, "GENDER": {"nb": "Kjønn", "en": "ACTION"}}
    given = Given(("nb", "en"), {"sex": columns})
    assert said(VARIANTS, ["version=2.0; labels=both; language=nb"], given) == []
    (fault,) = said(VARIANTS, ["version=2.0; labels=name; language=nb"], given)
    alike = "cube 'sex' would have more than one column 'Kjønn' (SEX, GENDER)"
    assert fault.endswith(f"{alike}: give them other names, or ask for labels=both")
    (fault,) = said(VARIANTS, ["version=2.1; labels=name; language=en"], given)
    assert "cube 'sex' would have more than one column 'ACTION' (GENDER)" in fault


# In a definition


def test_faults_of_variants_are_findings_with_file_and_line(project: Path) -> None:
    lines = (project / "schemas/nav-tilt140/dataset.toml").read_text(encoding="utf-8").rstrip().count("\n")
    addition = '[formats.sdmx-csv]\nvariants = [\n  "version=2.0; labels=both; language=nob",\n  "version=2.2",\n]'
    findings = refused(project, addition)
    assert {str(finding) for finding in findings} == {
        f"schemas/nav-tilt140/dataset.toml:{lines + 4}: 'variants' of sdmx-csv has {fault}"
        for fault in (
            "'version=2.0; labels=both; language=nob': language is 'nob':"
            " the dataset has nb, nn, en; did you mean 'nb'?",
            "'version=2.2': version is '2.2': it is one of 1.0, 2.0, 2.1; did you mean '2.1'?",
        )
    }


def test_names_of_the_real_dataset_can_be_columns_until_two_are_the_same(project: Path) -> None:
    addition = '[formats.sdmx-csv]\nvariants = ["version=2.1; labels=name; language=nn"]'
    assert refused(project, addition) == ()
    definition = project / "schemas/nav-tilt140/dataset.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(re.sub('nn = "Alder"', 'nn = "Eining"', text), encoding="utf-8")
    (finding,) = refused(project, "")
    assert "cube 'age' would have more than one column 'Eining' (AGE, UNIT_MEASURE)" in finding.message


@pytest.mark.slow
def test_a_build_writes_the_variants_that_are_asked_for_and_describes_them(project: Path) -> None:
    from publisher.validate import validate

    texts = ["version=2.0; labels=both; language=en", "version=2.1; labels=name; keys=both; language=nn"]
    assert refused(project, f"[formats.sdmx-csv]\nvariants = {texts}") == ()
    build(project, [], Options(only=("sdmx-csv", "sdmx-structure", "datapackage")))
    release = project / "output/nav-tilt140"
    assert (release / "sdmx/sex/data-2.0-both-en.csv").is_file()
    assert (release / "sdmx/sex/data-2.1-name-keys-both-nn.csv").is_file()
    assert validate(release).findings == ()
    (release / "sdmx/sex/data-2.0-both-en.csv").unlink()
    assert any(finding.message == "is missing" for finding in validate(release).findings)


# The page


def test_the_page_shows_values_or_that_a_list_is_wanted() -> None:
    page = formats_page()
    assert "| `formats.parquet.compression` | `zstd`, `snappy`, `none` |" in page
    assert "| `formats.sdmx-csv.variants` | none, a list of strings | Further files" in page


def test_every_default_is_right_by_its_own_option() -> None:
    for format in FORMATS:
        for option in format.options:
            default = list(option.default) if isinstance(option.default, tuple) else option.default
            assert said(option, default) == [], option.name
