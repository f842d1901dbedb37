"""Answers of KLASS in its own formats (Klass API guide: codes, codesAt, versions, changes), for counties and sex."""

from __future__ import annotations

import json
from pathlib import Path

COUNTIES_2020 = {
    "03": "Oslo",
    "11": "Rogaland",
    "15": "Møre og Romsdal",
    "18": "Nordland",
    "30": "Viken",
    "34": "Innlandet",
    "38": "Vestfold og Telemark",
    "42": "Agder",
    "46": "Vestland",
    "50": "Trøndelag",
    "54": "Troms og Finnmark",
    "99": "Uoppgitt",
}
COUNTIES_2024 = {
    "03": "Oslo",
    "11": "Rogaland",
    "15": "Møre og Romsdal",
    "18": "Nordland - Nordlánnda",
    "31": "Østfold",
    "32": "Akershus",
    "33": "Buskerud",
    "34": "Innlandet",
    "39": "Vestfold",
    "40": "Telemark",
    "42": "Agder",
    "46": "Vestland",
    "50": "Trøndelag - Trööndelage",
    "55": "Troms - Romsa - Tromssa",
    "56": "Finnmark - Finnmárku - Finmarkku",
    "99": "Uoppgitt",
}
SEX = {"1": "Mann", "2": "Kvinne"}
SPLIT = {"30": ("31", "32", "33"), "38": ("39", "40"), "54": ("55", "56")}
_FIELDS = ("code", "parentCode", "level", "name", "shortName", "presentationName", "validFrom", "validTo")
_RANGE = ("validFromInRequestedRange", "validToInRequestedRange")


def item(code: str, name: str, **more: object) -> dict[str, object]:
    """Return one element of ``codes`` as codesAt answers it."""
    none = dict.fromkeys(_FIELDS[6:])
    words = {"code": code, "parentCode": None, "level": "1", "name": name, "shortName": "", "presentationName": ""}
    return {**words, **none, "notes": "", **more}


def codes_at(path: Path, codes: dict[str, str]) -> Path:
    """Write what codesAt answers as JSON."""
    answer = {"codes": [item(code, name) for code, name in codes.items()]}
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return path


def codes_from_2020(path: Path, separator: str = ",", charset: str = "iso-8859-1") -> Path:
    """Write what codes?from=2020-01-01 answers as CSV: each code in each range it held for with that name."""
    header = (*_FIELDS, *_RANGE, "notes")
    lines = [separator.join(f'"{field}"' for field in header)]
    for code in sorted({*COUNTIES_2020, *COUNTIES_2024}):
        old, new = COUNTIES_2020.get(code), COUNTIES_2024.get(code)
        if old == new:
            ranges = [(new, "2020-01-01", "")]
        else:
            ranges = [(old, "2020-01-01", "2024-01-01")] * (old is not None)
            ranges += [(new, "2024-01-01", "")] * (new is not None)
        for name, first, end in ranges:
            # KLASS quotes all words and leaves what is null empty.
            cells = [
                f'"{code}"',
                "",
                '"1"',
                f'"{name}"',
                '""',
                '""',
                "",
                "",
                f'"{first}"',
                f'"{end}"' * bool(end),
                '""',
            ]
            lines.append(separator.join(cells))
    path.write_bytes(("\n".join(lines) + "\n").encode(charset, "xmlcharrefreplace"))
    return path


def version(path: Path) -> Path:
    """Write what versions/{id} answers for the counties of 2024."""
    fields = ("code", "parentCode", "level", "name", "shortName", "notes")
    items = [dict(zip(fields, (code, "", "1", name, "", ""), strict=True)) for code, name in COUNTIES_2024.items()]
    answer = {
        "name": "Fylkesinndeling 2024",
        "id": 1710,
        "validFrom": "2024-01-01",
        "lastModified": "2023-10-11T08:16:26.000+0000",
        "published": ["nb", "nn", "en"],
        "introduction": "",
        "contactPerson": {"name": "", "email": "", "phone": ""},
        "levels": [{"levelNumber": 1, "levelName": "Fylke"}],
        "classificationItems": items,
        "_links": {"self": {"href": "https://data.ssb.no/api/klass/v1/versions/1710{?language}", "templated": True}},
    }
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return path


def changes(path: Path) -> Path:
    """Write what changes?from=2023-12-31&to=2024-01-02 answers as JSON."""
    pairs = [(old, new) for old, news in SPLIT.items() for new in news] + [("18", "18"), ("50", "50")]
    answer = {
        "codeChanges": [
            {
                "oldCode": old,
                "oldName": COUNTIES_2020[old],
                "oldShortName": "",
                "newCode": new,
                "newName": COUNTIES_2024[new],
                "newShortName": "",
                "changeOccurred": "2024-01-01",
            }
            for old, new in pairs
        ]
    }
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return path


def counties_of_2020(project: Path, newline: str = "\n", bom: str = "", end: str = "\n") -> Path:
    """Give the project's county list the counties of 2020, spelled with needless quotes here and there."""
    path = project / "schemas/nav-tilt140/codelists/CL_COUNTY.csv"
    lines = ["code,parent,label_nb,label_nn,label_en,exact_match,notation_klass_104", "_T,,Norge,Noreg,Norway,,"]
    for code, name in COUNTIES_2020.items():
        if code == "99":
            lines += ['"99",_T,"Øvrige områder",Øvrige område,"Other, areas",,', "_U,_T,Ukjent,Ukjend,Unknown,,"]
        else:
            quoted = f'"{name}"' if code in ("11", "46", "50") else name
            lines.append(f"{code},_T,{quoted},{name},{name},https://example.org/{code},{code}")
    path.write_bytes((bom + newline.join(lines) + end).encode())
    return path
