"""A small dataset that has nothing in common with the real one, written as a project's folders.

Two languages, quarters and years, a hierarchy of regions, three cubes: counts (``establishments``, and
``jobs`` with an attribute in text), and amounts with two decimals (``turnover``). Values below 3 are
hidden. Labels hold what formats trip over, and definitions allow.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

DATASET = "made-up"
EDITION = "2024-09"
THRESHOLD = 3
HOSTILE = "Sea & sand, \"<b>quoted</b>\" 'twice'\nsecond line \U0001f30a {x} $y \\n %20 # ; |"

REGIONS = ("_T", "N", "N1", "N2", "0301")
SECTORS = ("_T", "A-B", "C$1", "_U")
PERIODS = tuple(("Q", f"{year}-Q{quarter}") for year in (2023, 2024) for quarter in (1, 2, 3, 4))[:7] + (("A", "2023"),)

_TOML = """\
# A made-up dataset.

[dataset]
id = "made-up"
sdmx_id = "MADEUP"
agency = "EXAMPLE"
structure_version = "2.1"
base_iri = "https://statistics.example.org/open"
languages = ["en", "fr"]
landing_page = "https://statistics.example.org/made-up"
title = { fr = "Établissements", en = "Establishments" }
description = { en = "Made up, to see that nothing grows around one report.", fr = "Inventé." }
keywords = [{ en = "establishments", fr = "établissements" }]

[publisher]
name = { en = "Office of Examples", fr = "Office des exemples" }
identifier = "123 456"
homepage = "https://statistics.example.org"

[contact]
name = { en = "Desk", fr = "Bureau" }
email = "desk@example.org"

[licence]
name = "CC0-1.0"
title = "CC0 1.0 Universal"
url = "https://creativecommons.org/publicdomain/zero/1.0/"

[suppression]
threshold = 3
secondary = "present"

[source]
reader = "tidy"

[components]
FREQ = { name = { en = "Frequency", fr = "Fréquence" }, codelist = "CL_FREQ" }
REGION = { name = { en = "Region", fr = "Région" }, codelist = "CL_REGION" }
SECTOR = { name = { en = "Sector", fr = "Secteur" }, codelist = "CL_SECTOR" }
TIME_PERIOD = { name = { en = "Period", fr = "Période" }, data_type = "period" }
OBS_VALUE = { name = { en = "Value", fr = "Valeur" }, data_type = "number" }
OBS_STATUS = { name = { en = "Status", fr = "Statut" }, codelist = "CL_OBS_STATUS" }
CONF_STATUS = { name = { en = "Confidentiality", fr = "Confidentialité" }, codelist = "CL_CONF_STATUS" }
COMMENT = { name = { en = "Comment", fr = "Commentaire" }, data_type = "string" }
UNIT_MEASURE = { name = { en = "Unit", fr = "Unité" }, codelist = "CL_UNIT" }
UNIT_MULT = { name = { en = "Multiplier", fr = "Multiplicateur" } }
DECIMALS = { name = { en = "Decimals", fr = "Décimales" }, data_type = "integer" }

[measure]
unit = "NUM"

[codelists]
CL_FREQ = { name = { en = "Frequencies", fr = "Fréquences" } }
CL_REGION = { name = { en = "Regions", fr = "Régions" }, derived_from = "https://statistics.example.org/regions" }
CL_SECTOR = { name = { en = "Sectors", fr = "Secteurs" } }
CL_OBS_STATUS = { name = { en = "Statuses", fr = "Statuts" } }
CL_CONF_STATUS = { name = { en = "Confidentiality", fr = "Confidentialité" } }
CL_UNIT = { name = { en = "Units", fr = "Unités" } }

[cubes.establishments]
title = { en = "Establishments by region and sector", fr = "Établissements par région et secteur" }
dimensions = ["FREQ", "REGION", "SECTOR", "TIME_PERIOD"]
required = ["REGION", "SECTOR"]
optional = { REGION = ["N2"] }

[cubes.jobs]
title = { en = "Jobs by region", fr = "Emplois par région" }
dimensions = ["REGION", "FREQ", "TIME_PERIOD"]
attributes = ["COMMENT"]

[cubes.turnover]
title = { en = "Turnover by sector", fr = "Chiffre d'affaires par secteur" }
dimensions = ["FREQ", "SECTOR", "TIME_PERIOD"]
unit = "EUR"
unit_multiplier = 6
decimals = 2

[editions."2024-09"]
issued = 2024-11-05T09:30:00+01:00
modified = 2024-11-06
revision = 1
note = { en = "Two regions corrected.", fr = "Deux régions corrigées." }
"""

_CODELISTS = {
    "CL_FREQ": "code,label_en,label_fr\nA,Annual,Annuel\nQ,Quarterly,Trimestriel\n",
    "CL_REGION": (
        "code,parent,label_en,label_fr,label_sme,description_en,broad_match\n"
        "_T,,Country,Pays,,,\n"
        "N,_T,North,Nord,Davvi,Everything north,http://example.org/n http://example.org/north\n"
        'N1,N,"North, first","Nord, premier",,,\n'
        'N2,N,"{hostile}","{hostile}",,,\n'
        "0301,_T,Oslo,Oslo,,,\n"
    ),
    "CL_SECTOR": (
        "code,parent,label_en,label_fr\n_T,,Total,Total\nA-B,_T,Primary,Primaire\n"
        "C$1,_T,Industry <C>,Industrie <C>\n_U,_T,Unknown,Inconnu\n"
    ),
    "CL_OBS_STATUS": "code,label_en,label_fr\nA,Normal,Normale\nP,Provisional,Provisoire\nQ,Suppressed,Supprimée\n",
    "CL_CONF_STATUS": "code,label_en,label_fr\nF,Free,Libre\nA,Small counts,Petits nombres\n",
    "CL_UNIT": "code,label_en,label_fr\nNUM,Number,Nombre\nEUR,Euro,Euro\n",
}


def write_project(folder: Path) -> Path:
    """Write ``schemas/made-up`` and ``raw/made-up/2024-09``; return the latter.

    ``establishments`` is CSV with a BOM, CRLF and no statuses; ``jobs`` is CSV with columns in
    another order, comments and a provisional status; ``turnover`` is Parquet with decimals.
    """
    schemas = folder / "schemas" / DATASET
    (schemas / "codelists").mkdir(parents=True)
    (schemas / "dataset.toml").write_text(_TOML, encoding="utf-8", newline="\n")
    hostile = HOSTILE.replace('"', '""')
    for name, text in _CODELISTS.items():
        path = schemas / "codelists" / f"{name}.csv"
        path.write_text(text.replace("{hostile}", hostile), encoding="utf-8", newline="\n")
    raw = folder / "raw" / DATASET / EDITION
    raw.mkdir(parents=True)
    _write_establishments(raw / "establishments.csv")
    _write_jobs(raw / "jobs.csv")
    _write_turnover(raw / "turnover.parquet")
    return raw


def _write_establishments(path: Path) -> None:
    """Write 140 rows, N2 lacking before 2024; about one in seven is hidden."""
    lines = ["FREQ,REGION,SECTOR,TIME_PERIOD,OBS_VALUE"]
    keys = product(REGIONS, SECTORS, PERIODS)
    for number, (region, sector, (frequency, period)) in enumerate(keys):
        if region != "N2" or period >= "2024":
            value = "" if number % 7 == 0 else str(THRESHOLD + number * 37 % 1000)
            lines.append(f"{frequency},{region},{sector},{period},{value}")
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")


def _write_jobs(path: Path) -> None:
    """Write 40 rows, backwards; the last quarter is provisional."""
    lines = ["OBS_VALUE,OBS_STATUS,COMMENT,TIME_PERIOD,FREQ,REGION"]
    for number, (region, (frequency, period)) in enumerate(reversed(list(product(REGIONS, PERIODS)))):
        status = "P" if period == "2024-Q3" else ""
        comment = '"NA, ""estimated"""' if number == 3 else ""
        lines.append(f"{number + THRESHOLD},{status},{comment},{period},{frequency},{region}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def _write_turnover(path: Path) -> None:
    """Write 32 rows of amounts with two decimals, negative ones among them, one in nine hidden."""
    from decimal import Decimal

    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "FREQ": frequency,
            "SECTOR": sector,
            "TIME_PERIOD": period,
            "OBS_VALUE": None if number % 9 == 4 else Decimal(number * 425 - 1450) / 100,
        }
        for number, (sector, (frequency, period)) in enumerate(product(SECTORS, PERIODS))
    ]
    code = pa.dictionary(pa.int8(), pa.string())
    types = {"FREQ": code, "SECTOR": code, "TIME_PERIOD": pa.string(), "OBS_VALUE": pa.decimal128(12, 2)}
    pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(types.items()))), path)
