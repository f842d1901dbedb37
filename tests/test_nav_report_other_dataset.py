"""Another dataset of the family of NAV's reports: other programmes and breakdowns, no other code."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import PROJECT
from nav_editions import faults, read

from publisher.definition import read_definition
from publisher.errors import DefinitionError
from publisher.model import Dataset

DEFINITION = """
[dataset]
id = "demo"
sdmx_id = "DEMO"
agency = "DEMO"
base_iri = "https://data.example.org"
languages = ["nb"]
title = { nb = "Demo" }
description = { nb = "Demo" }
[publisher]
name = { nb = "Demo" }
[contact]
name = { nb = "Demo" }
email = "demo@example.org"
[licence]
name = "CC0-1.0"
title = "CC0"
url = "https://creativecommons.org/publicdomain/zero/1.0/"
[source]
reader = "nav_report"
total = "Sum"
[source.cubes]
size = { tables = "SCHEME", rows = "SIZE" }
branch = { tables = "SCHEME", rows = "BRANCH", coded_rows = true }
[measure]
unit = "PER"
"""
CUBES = {"size": "SIZE", "branch": "BRANCH"}
LISTS = {
    "CL_SCHEME": "_T,Alle\nA1,Lønnstilskudd\nB2,Opplæring\n",
    "CL_SIZE": "_T,I alt\nS,Små bedrifter\nL,Store bedrifter\n_U,Ukjent\n",
    "CL_BRANCH": "_T,I alt\n1,Jordbruk\n2,Industri\n_U,Ukjent\n",
}
HEADER = "\tGjennomsnitt hittil i år\tJanuar\tFebruar"


def demo(folder: Path, definition: str = DEFINITION) -> Dataset:
    """Write the definition of a made-up dataset of the same family, and read it."""
    schemas = folder / "schemas" / "demo" / "codelists"
    schemas.mkdir(parents=True)
    coded = {"FREQ": "CL_FREQ", "OBS_STATUS": "CL_OBS_STATUS", "CONF_STATUS": "CL_CONF_STATUS"}
    coded |= {"UNIT_MEASURE": "CL_UNIT_MEASURE", "UNIT_MULT": "CL_UNIT_MULT", "DECIMALS": "CL_DECIMALS"}
    coded |= {"SCHEME": "CL_SCHEME", "SIZE": "CL_SIZE", "BRANCH": "CL_BRANCH"}
    parts = [definition]
    for component, codelist in coded.items():
        parts.append(f'[components.{component}]\nname = {{ nb = "{component}" }}\ncodelist = "{codelist}"')
        parts.append(f'[codelists.{codelist}]\nname = {{ nb = "{codelist}" }}')
    for component, kind in (("TIME_PERIOD", "period"), ("OBS_VALUE", "number")):
        parts.append(f'[components.{component}]\nname = {{ nb = "{component}" }}\ndata_type = "{kind}"')
    for cube, rows in CUBES.items():
        parts.append(f'[cubes.{cube}]\ntitle = {{ nb = "{cube}" }}')
        parts.append(f'dimensions = ["FREQ", "SCHEME", "{rows}", "TIME_PERIOD"]\nrequired = ["SCHEME", "{rows}"]')
        parts.append('optional = { SCHEME = ["_T"] }')
    (schemas.parent / "dataset.toml").write_text("\n".join(parts), encoding="utf-8")
    for codelist in set(coded.values()):
        copy = PROJECT / "schemas" / "nav-tilt140" / "codelists" / f"{codelist}.csv"
        rows = LISTS.get(codelist)
        content = f"code,label_nb\n{rows}" if rows else copy.read_text(encoding="utf-8")
        (schemas / f"{codelist}.csv").write_text(content, encoding="utf-8")
    return read_definition(folder, "demo")


def demo_report() -> list[str]:
    tables = []
    for scheme in ("Lønnstilskudd", "opp læring"):
        for rows in (("Små bedrifter", "Store bedrifter"), ("1 Jordbruk", "2 INDUSTRI")):
            tables += [HEADER, f"Sum {scheme}\t30\t30\t31", *(f"{row}\t15\t0\t1 016" for row in rows), ""]
    return ["Januar 2023 - Februar 2023", *tables]


def test_another_dataset_of_the_family_is_read_by_its_definition_alone(tmp_path: Path) -> None:
    reading = read(tmp_path, demo_report(), demo(tmp_path))
    found = {key: batch for key, batch in reading.batches.items()}
    rows = [row for batches in found.values() for batch in batches for row in batch.to_pylist()]
    assert (reading.tables, len(rows), reading.notices) == (4, 36, ())
    assert rows[4] == {
        "FREQ": "M",
        "SCHEME": "A1",
        "SIZE": "S",
        "TIME_PERIOD": "2023-01",
        "OBS_VALUE": 0,
        "OBS_STATUS": "A",
        "CONF_STATUS": "F",
        "SOURCE_LINE": 4,
    }


def test_a_table_of_the_total_may_be_there(tmp_path: Path) -> None:
    more = [HEADER, "Sum\t60\t60\t62", "Små bedrifter\t15\t15\t16", "Store bedrifter\t15\t15\t16"]
    reading = read(tmp_path, [*demo_report(), *more], demo(tmp_path))
    assert reading.tables == 5
    assert any(row["SCHEME"] == "_T" for batch in reading.batches["size"] for row in batch.to_pylist())


def test_where_a_fragment_stands_does_not_tell_its_dimension(tmp_path: Path) -> None:
    alone = [HEADER, "Sum Opplæring\t30\t30\t31", "Ukjent\t7\t7\t7"]
    content = [*demo_report(), *alone]
    [fault] = faults(tmp_path, content, demo(tmp_path))
    assert (fault.rule, fault.line) == ("ambiguous", len(content) - 1)


def test_the_same_name_in_two_codelists_is_the_code_of_the_cube_it_is_in(tmp_path: Path) -> None:
    demo(tmp_path)
    folder = tmp_path / "schemas" / "demo"
    (folder / "codelists" / "CL_SIZE.csv").write_text(
        "code,label_nb\n_T,I alt\nX1,Lønnstilskudd\nX2,Store bedrifter\n", encoding="utf-8"
    )
    definition = (folder / "dataset.toml").read_text(encoding="utf-8")
    swapped = definition.replace('tables = "SCHEME", rows = "SIZE"', 'tables = "SIZE", rows = "SCHEME"')
    (folder / "dataset.toml").write_text(swapped, encoding="utf-8")
    tables = [
        [HEADER, f"Sum {name}\t30\t30\t31", *(f"{row}\t5\t5\t5" for row in rows)]
        for name, rows in (
            ("", ("Lønnstilskudd", "Opplæring")),
            ("Lønnstilskudd", ("Lønnstilskudd", "Opplæring")),
            ("Store bedrifter", ("Lønnstilskudd", "Opplæring")),
            ("Lønnstilskudd", ("1 Jordbruk", "2 Industri")),
            ("Opplæring", ("1 Jordbruk", "2 Industri")),
        )
    ]
    content = ["Januar 2023 - Februar 2023", *(line for table in tables for line in table)]
    reading = read(tmp_path, content, read_definition(tmp_path, "demo"))
    found = {
        cube: {row[table] for batch in reading.batches[cube] for row in batch.to_pylist()}
        for cube, table in (("size", "SIZE"), ("branch", "SCHEME"))
    }
    assert found == {"size": {"_T", "X1", "X2"}, "branch": {"A1", "B2"}}


def test_a_row_that_fits_two_cubes_equally_is_refused_with_both_names(tmp_path: Path) -> None:
    alone = [HEADER, "Sum Lønnstilskudd\t30\t30\t31", "Ukjent\t7\t7\t7"]
    content = [*demo_report(), *alone]
    [fault] = faults(tmp_path, content, demo(tmp_path))
    assert (fault.rule, fault.line) == ("ambiguous", len(content) - 1)
    assert "size (SIZE), branch (BRANCH)" in fault.message


def test_a_label_without_codes_is_not_measured_by_its_first_word(tmp_path: Path) -> None:
    content = demo_report()
    content[3] = content[3].replace("Små", "S")
    [fault] = faults(tmp_path, content, demo(tmp_path))
    assert (fault.line, fault.rule) == (4, "unknown-label")
    assert "did you mean 'Små bedrifter'?" in fault.message


def test_a_hidden_cell_needs_a_definition_that_hides_cells(tmp_path: Path) -> None:
    content = demo_report()
    content[3] = "Små bedrifter\t15\t*\t16"
    [fault] = faults(tmp_path, content, demo(tmp_path))
    assert (fault.line, fault.rule) == (4, "suppression")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('rows = "SIZE"', 'rows = "SCHEME"', "has the same dimension for tables and rows"),
        ('size = { tables = "SCHEME", rows = "SIZE" }\n', "", "'source.cubes.size' must name"),
    ],
)
def test_a_definition_that_does_not_tell_tables_apart_is_refused(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError, match=words):
        read(tmp_path, demo_report(), demo(tmp_path, DEFINITION.replace(old, new)))


def test_a_label_of_two_codes_is_refused(tmp_path: Path) -> None:
    demo(tmp_path)
    path = tmp_path / "schemas" / "demo" / "codelists" / "CL_SIZE.csv"
    path.write_text("code,label_nb\n_T,I alt\nS,Små bedrifter\nL,småbedrifter\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="names two codes, S and L"):
        read(tmp_path, demo_report(), read_definition(tmp_path, "demo"))
