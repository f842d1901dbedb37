"""``sdmx/<cube>/data-2.0.csv`` and its like: SDMX-CSV 1.0, 2.0 and 2.1, ids alone, and with names and keys.

The three files of the contract are always written. Others are written where the definition asks:
``variants = ["version=2.1; labels=name; keys=both; language=nn"]`` writes a file
``data-2.1-name-keys-both-nn.csv`` for each cube.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from publisher.definition import Given
from publisher.engines.embedded import write_rows
from publisher.errors import nearest
from publisher.formats.draft import About, Draft, Format, Option, Publication
from publisher.formats.sdmx_csv_message import (
    LANGUAGE,
    PARAMETERS,
    Variant,
    columns,
    head,
    parameters,
    rows,
    variant_of,
)

CONTRACT = tuple(Variant(version) for version in PARAMETERS["version"])


def write(publication: Publication, draft: Draft, options: Mapping[str, Any]) -> None:
    """Write the files of each cube, in key order."""
    names, first = publication.dataset.names, publication.dataset.languages[0]
    variants = (*CONTRACT, *map(variant_of, options["variants"]))
    for observations in publication.observations:
        cube = observations.cube
        for variant in variants:
            header = columns(cube, variant)
            path = f"sdmx/{cube.id}/{variant.file}"
            title = cube.title.in_language(variant.language or first)
            place = draft.add(path, variant.media_type, title, "sdmx-csv", cube.id, header)
            write_rows(place, observations.batches(), cube.key_ids, rows(names, cube, variant), head(cube, variant))


def faults(asked: list[str], given: Given) -> Iterator[str]:
    """Yield what is wrong with a list of variants, each fault with the text it is in."""
    files = {variant.file.lower(): "written anyway" for variant in CONTRACT}
    for text in asked:
        found, wrong = parameters(text)
        if not wrong:
            wrong += _contradictions(found, given)
        if not wrong:
            file = Variant(**found).file
            if file.lower() in files:
                wrong.append(f"its file {file} is {files[file.lower()]}: leave it out")
            files.setdefault(file.lower(), f"that of '{text}' too")
        yield from (f"has '{text}': {fault}" for fault in wrong)


def _contradictions(found: dict[str, str], given: Given) -> Iterator[str]:
    """Yield why known parameters cannot stand together, or not in this dataset."""
    there = ", ".join(given.languages)
    if "version" not in found:
        yield f"version is missing: it is one of {', '.join(PARAMETERS['version'])}"
        return
    variant = Variant(**found)
    if variant.version == "1.0" and variant.labels == "name":
        yield "SDMX-CSV 1.0 has no labels=name: it has id and both; SDMX-CSV 2.0 and 2.1 have it"
    if variant.version == "1.0" and "keys" in found:
        yield "SDMX-CSV 1.0 has no keys: leave them out, or ask for version=2.0 or 2.1"
    if variant.labels == "id" and variant.language is not None:
        yield f"labels=id has no names, in {variant.language} or another language: leave {LANGUAGE} out"
    elif variant.labels != "id" and variant.language is None:
        yield f"labels={variant.labels} needs a {LANGUAGE}: one of {there}"
    elif variant.language is not None and variant.language not in given.languages:
        near = nearest(variant.language, given.languages)
        yield f"{LANGUAGE} is '{variant.language}': the dataset has {there}{near}"
    elif variant.labels == "name" and variant.language is not None:
        yield from _columns_alike(variant, variant.language, given)


def _columns_alike(variant: Variant, language: str, given: Given) -> Iterator[str]:
    """Yield columns of a cube that would have the same name, so that nobody could say which is meant."""
    for cube, components in given.columns.items():
        named = {component: words[language] for component, words in components.items() if language in words}
        counted = Counter((*variant.lead, *components, *named.values()))
        for name in sorted(name for name, times in counted.items() if times > 1):
            alike = ", ".join(component for component, word in named.items() if word == name)
            yield (
                f"cube '{cube}' would have more than one column '{name}' ({alike}): "
                "give them other names, or ask for labels=both"
            )


FORMAT = Format(
    "sdmx-csv",
    "SDMX-CSV 1.0, 2.0 and 2.1 data",
    (
        *(f"sdmx/<cube>/{variant.file}" for variant in CONTRACT),
        "sdmx/<cube>/data-<variant>.csv",
    ),
    write,
    About(
        ("application/vnd.sdmx.data+csv",),
        ("SDMX-CSV", "https://github.com/sdmx-twg/sdmx-csv"),
        (".Stat Suite", "Fusion Metadata Registry", "sdmx1 (2.x)", "pysdmx"),
        "sdmx/county/data-2.0.csv",
        {
            "languages": "one a file, where the variant has names",
            "hierarchy": "in the structures",
            "notes": "in the structures",
        },
    ),
    (
        Option(
            "variants",
            ((),),
            "Further files, with names and keys: each string holds the parameters of the media type and a language of"
            " the dataset, as in `version=2.0; labels=both; language=en` (file `data-2.0-both-en.csv`) or"
            " `version=2.1; labels=name; keys=both; language=nn` (`data-2.1-name-keys-both-nn.csv`). `version` is"
            " `1.0`, `2.0` or `2.1`; `labels` is `id`, `name` (not in 1.0) or `both`; `keys` (not in 1.0) is `none`,"
            " `obs`, `series` or `both`. A name that a code lacks in the language is left out.",
            faults,
        ),
    ),
)
