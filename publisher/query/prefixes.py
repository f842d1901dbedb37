"""IRIs as people read them: the prefixes of the release's own Turtle files, and names made with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from publisher.formats import rdf_common, turtle
from publisher.model import Cube, Dataset
from publisher.release import open_release

# Local names that every reader of SPARQL takes as they are: rdflib leaves escapes in.
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]|%[0-9A-Fa-f]{2})*")


def prefixes_of(dataset: Dataset, cube: Cube | None = None) -> dict[str, str]:
    """Return the prefixes for a dataset, with those of one of its cubes where one is given."""
    names = dataset.names
    own = turtle.prefixes(dataset, cube or dataset.cubes[0])
    if cube is None:
        own = {prefix: iri for prefix, iri in own.items() if prefix not in ("cube", "obs")}
    codelists = {rdf_common.codelist_prefix(item.id): names.codelist(item.id) + "/" for item in dataset.codelists}
    return {**rdf_common.VOCABULARIES, **own, **codelists}


def prefixes_in(folder: Path) -> dict[str, str]:
    """Return the prefixes for a release; those of the vocabularies alone where it does not explain itself."""
    if not (folder / "definition").is_dir():
        return dict(rdf_common.VOCABULARIES)
    return prefixes_of(open_release(folder).dataset)


def name(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as a prefixed name where that is plain, otherwise in full."""
    end = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = next((prefix for prefix, start in prefixes.items() if start == iri[:end]), None)
    return f"{prefix}:{iri[end:]}" if prefix is not None and _PLAIN.fullmatch(iri[end:]) else f"<{iri}>"


def head(body: str, prefixes: Mapping[str, str]) -> str:
    """Return the PREFIX lines for the prefixes that a query uses."""
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}>\n" for prefix in used(body, prefixes))


def used(body: str, prefixes: Iterable[str]) -> list[str]:
    """Return the prefixes that stand in a query, strings and IRIs in full aside."""
    names = re.sub(r'<[^<>\s]*>|"[^"\n]*"', " ", body)
    return [prefix for prefix in prefixes if re.search(rf"(?<![\w.\-:%]){re.escape(prefix)}:", names)]
