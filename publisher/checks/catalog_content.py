"""The catalogue says what is there: every file once, its size and hash, the counts, the words, the origin.

Files are measured again, triples are counted by pyoxigraph (or, of many observations, by the line
parser), shares are worked out from the rows with whole numbers. Only the tables of published codes are
those that it was written with: which media type and which licence a file's is in the published lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path

from publisher.checks.catalog_read import CATALOG, RULE, Expected, Statements, by_language, expected, made_from, owner
from publisher.checks.check import Check, Outcome, Subject
from publisher.checks.held import held
from publisher.checks.reader import UnreadableError, words_of
from publisher.checks.turtle_lines import by_lines
from publisher.definition.authorities import MEDIA_TYPES, licence_iri
from publisher.errors import Finding
from publisher.model import FREQ, TIME_PERIOD

_MOST_FINDINGS = 20
_STRUCTURE = "rdf/structure.ttl"
_GRAPHS = ("rdf/codelists.ttl", _STRUCTURE)

Count = Callable[[Subject, str], int]


class _Content:
    """The check of one catalogue."""

    def __init__(self, subject: Subject, said: Statements, count: Count) -> None:
        self._subject, self._said, self._count = subject, said, count
        self._dataset, self._names = subject.dataset, subject.dataset.names
        self._cubes = {cube.id: self._names.cube(cube.id) for cube in self._dataset.cubes}

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, each a sentence."""
        if self._said.blank:
            yield f"has {self._said.blank:,} blank nodes: nothing published has one"
        files = list(expected(self._subject))
        yield from self._datasets()
        yield from self._listed(files)
        for file in files:
            yield from self._file(file)
        yield from self._words()
        yield from self._provenance()
        for cube in self._subject.observations:
            yield from self._covered(cube)
        yield from self._rdf()

    def _datasets(self) -> Iterator[str]:
        """Yield what is wrong with the series and its order."""
        root, cubes = self._names.root, list(self._cubes.values())
        there = {root, self._names.iri("common"), *cubes}
        yield from self._same("its datasets", set(self._said.members("dcat:Dataset")), there)
        catalog = self._names.iri("catalog")
        yield from self._same("dcat:dataset", set(self._said.values(catalog, "dcat:dataset")), there)
        records = self._said.values(catalog, "dcat:record")
        topics = {topic for record in records for topic in self._said.values(record, "foaf:primaryTopic")}
        yield from self._same("what its records are of", topics, there)
        yield from self._is(root, "dcat:first", cubes[0])
        yield from self._is(root, "dcat:last", cubes[-1])
        for before, cube in zip((None, *cubes), cubes, strict=False):
            yield from self._is(cube, "dcat:inSeries", root)
            yield from self._is(cube, "dcat:prev", before)

    def _listed(self, files: list[Expected]) -> Iterator[str]:
        """Yield files that are no distribution of one dataset, and distributions that are no file."""
        distributions = {self._names.distribution(file.path): file.path for file in files}
        yield from self._same("its distributions", set(self._said.members("dcat:Distribution")), set(distributions))
        listed: Counter[str] = Counter()
        common = self._names.iri("common")
        for dataset in (self._names.root, common, *self._cubes.values()):
            for distribution in self._said.values(dataset, "dcat:distribution"):
                listed[distribution] += 1
                cube = owner(self._subject, distributions.get(distribution, "codelists/"))
                if cube is not None and dataset != self._cubes[cube]:
                    yield f"lists <{distribution}> as a distribution of <{dataset}>, not of its own cube"
        for distribution in distributions:
            if listed[distribution] != 1:
                yield f"lists {distributions[distribution]} {listed[distribution]} times, not once"

    def _file(self, file: Expected) -> Iterator[str]:
        iri = self._names.distribution(file.path)
        told, given = self._dataset.catalogue, self._dataset.licence
        yield from self._is(iri, "dcat:byteSize", str(file.bytes))
        yield from self._is(f"{iri}/checksum", "spdx:checksumValue", file.sha256)
        yield from self._is(iri, "spdx:checksum", f"{iri}/checksum")
        yield from self._is(iri, "dcat:downloadURL", self._names.download(file.path, told.download_url))
        yield from self._is(iri, "dct:license", given.authority_iri or licence_iri(given.name) or given.url)
        if file.kind is not None:
            packed = file.kind.compression
            yield from self._is(iri, "dcat:mediaType", MEDIA_TYPES + file.kind.media_type)
            yield from self._is(iri, "dcat:compressFormat", packed and MEDIA_TYPES + packed)

    def _words(self) -> Iterator[str]:
        """Yield titles and descriptions that are not those of the definition, in every language."""
        dataset, catalog = self._dataset, self._names.iri("catalog")
        structure = self._structure()
        for iri in (catalog, self._names.root):
            yield from self._text(iri, "dct:title", by_language(dataset.title))
            yield from self._text(iri, "dct:description", by_language(dataset.description))
        for cube in dataset.cubes:
            iri = self._cubes[cube.id]
            yield from self._text(iri, "dct:title", by_language(cube.title))
            yield from self._text(iri, "dct:description", by_language(cube.description or dataset.description))
            if structure is not None and structure.texts(iri, "dct:title") != self._said.texts(iri, "dct:title"):
                yield f"calls <{iri}> otherwise than {_STRUCTURE}"
        for iri in (catalog, self._names.root, self._names.iri("common"), *self._cubes.values()):
            if iri != catalog:
                yield from self._is(iri, "dcat:version", self._subject.edition.version)
            yield from self._is(iri, "dct:modified", self._subject.edition.timestamp)

    def _structure(self) -> Statements | None:
        if _STRUCTURE not in self._subject.files:
            return None
        try:
            return Statements.read(self._subject.folder / _STRUCTURE)
        except (SyntaxError, ValueError, OSError):
            return None  # a structure that is no Turtle: that is said elsewhere

    def _provenance(self) -> Iterator[str]:
        """Yield what is said of the origin and not by the manifest."""
        sources, version = made_from(self._subject)
        run, tool = self._names.iri("activity", "build"), self._names.iri("activity", "tool")
        yield from self._is(tool, "owl:versionInfo", version)
        yield from self._is(run, "prov:wasAssociatedWith", tool)
        used = self._said.values(run, "prov:used")
        if sources is not None:
            named = {self._names.iri("source", name): sha256 for name, sha256 in sources.items()}
            yield from self._same("what it was made from", set(used), set(named))
            for source, sha256 in named.items():
                yield from self._is(f"{source}/checksum", "spdx:checksumValue", sha256)
        for cube in self._cubes.values():
            yield from self._is(cube, "prov:wasGeneratedBy", run)
            yield from self._same(
                f"what <{cube}> was derived from", set(self._said.values(cube, "prov:wasDerivedFrom")), set(used)
            )

    def _covered(self, cube: str) -> Iterator[str]:
        """Yield what is said otherwise of the time a cube covers, its completeness and suppression."""
        observations = self._subject.observations[cube]
        measured = self._names.iri("catalog", "quality", cube)
        if not observations.rows:
            yield from self._is(self._cubes[cube], "dct:temporal", None)
            return
        found = held(observations)
        temporal = self._names.iri("catalog", "temporal", cube)
        yield from self._is(self._cubes[cube], "dct:temporal", temporal)
        yield from self._is(temporal, "dcat:startDate", found.begin.isoformat())
        yield from self._is(temporal, "dcat:endDate", found.end.isoformat())
        combined = prod(len(codes) for name, codes in found.codes.items() if name not in (FREQ, TIME_PERIOD))
        possible = combined * len(found.periods)
        complete = found.rows * 10**6 // possible
        hidden = -(-observations.suppressed * 10**6 // found.rows)
        for metric, share in (("completeness", complete), ("suppression-rate", hidden)):
            iri = f"{measured}/{metric}"
            yield from self._is(iri, "dqv:value", f"{share // 10**6}.{share % 10**6:06}")
            yield from self._is(iri, "dqv:computedOn", self._cubes[cube])
            yield from self._is(iri, "dqv:isMeasurementOf", self._names.iri("catalog", "metric", metric))
        yield from self._same(
            f"the measurements of <{self._cubes[cube]}>",
            set(self._said.values(self._cubes[cube], "dqv:hasQualityMeasurement")),
            {f"{measured}/completeness", f"{measured}/suppression-rate"},
        )

    def _rdf(self) -> Iterator[str]:
        """Yield counts of triples that are not those of the files."""
        base, whole = self._dataset.catalogue.download_url, self._names.iri("catalog", "rdf")
        turtle = {path for path in self._subject.files if path.endswith(".ttl") and path != CATALOG}
        files = {self._names.download(path, base): path for path in turtle}
        counted: dict[str, int] = {}
        named: set[str] = set()
        complete = True
        for part in self._said.values(whole, "void:subset"):
            said = self._said.values(part, "void:triples")
            dumps = [files[dump] for dump in self._said.values(part, "void:dataDump") if dump in files]
            named.update(dumps)
            complete = complete and bool(dumps)
            if dumps and (said or dumps[0] in self._always()):
                counted[dumps[0]] = self._count(self._subject, dumps[0])
                if said != [str(counted[dumps[0]])]:
                    words = ", ".join(said) or "nothing"
                    yield f"says {words} of the triples of {dumps[0]}, which has {counted[dumps[0]]:,}"
        yield from self._same("the RDF it counts", named, turtle)
        said = self._said.values(whole, "void:triples")
        if not said and turtle and turtle <= self._always():
            yield "does not say how many different triples there are in all"
        if said and complete:
            total = sum(counted.values())
            if turtle.issuperset(_GRAPHS):
                total -= len(_triples(self._subject, _GRAPHS[0]) & _triples(self._subject, _GRAPHS[1]))
            if said != [str(total)]:
                yield f"says {', '.join(said)} different triples in all, there are {total:,}"

    def _always(self) -> set[str]:
        """Return the files whose triples are counted however many they are."""
        return {*_GRAPHS, *(f"rdf/{cube}.ttl" for cube in self._cubes)}

    def _is(self, iri: str, verb: str, value: str | None) -> Iterator[str]:
        """Yield where a resource has not exactly one value, that one; None stands for no value."""
        found = self._said.values(iri, verb)
        if found != ([] if value is None else [value]):
            yield f"says of <{iri}> {verb} {', '.join(found) or 'nothing'}, not {value or 'nothing'}"

    def _text(self, iri: str, verb: str, words: dict[str | None, str]) -> Iterator[str]:
        found = self._said.texts(iri, verb)
        for language in sorted({*found, *words}, key=str):
            if found.get(language) != words.get(language):
                yield f"says of <{iri}> another {verb} in '{language}' than the definition"

    def _same(self, what: str, found: set[str], there: set[str]) -> Iterator[str]:
        for item in sorted(found - there):
            yield f"{what}: has {item}, which is none"
        for item in sorted(there - found):
            yield f"{what}: lacks {item}"


def _triples(subject: Subject, path: str) -> set[object]:
    import pyoxigraph

    return set(pyoxigraph.parse(path=str(subject.folder / path), format=pyoxigraph.RdfFormat.TURTLE))


def _count_all(subject: Subject, path: str) -> int:
    """Return how many triples a file has, as pyoxigraph reads it."""
    import pyoxigraph

    return sum(1 for _ in pyoxigraph.parse(path=str(subject.folder / path), format=pyoxigraph.RdfFormat.TURTLE))


def _count_lines(subject: Subject, path: str) -> int:
    """Return how many triples a file has: of observations as the line parser reads them."""
    cube = next((cube for cube in subject.dataset.cubes if path == f"rdf/{cube.id}.ttl"), None)
    if cube is None:
        return _count_all(subject, path)
    count = 0
    for batch in by_lines(subject.folder / path, cube, subject.dataset):
        # Every column but the subject is a triple where it is not null.
        count += sum(batch.num_rows - column.null_count for column in batch.columns) - batch.num_rows
    return count


def check_of(count: Count) -> Callable[[Subject], Outcome]:
    """Return the check that counts triples in one way."""

    def run(subject: Subject) -> Outcome:
        try:
            said = Statements.read(Path(subject.folder / CATALOG))
            faults = list(_Content(subject, said, count).faults())
        except (SyntaxError, ValueError, OSError, UnreadableError) as error:
            return Outcome((Finding(RULE, words_of(error), file=CATALOG),))
        findings = [Finding(RULE, fault, file=CATALOG) for fault in faults[:_MOST_FINDINGS]]
        if len(faults) > _MOST_FINDINGS:
            findings.append(Finding(RULE, f"and {len(faults) - _MOST_FINDINGS:,} more like these", file=CATALOG))
        return Outcome(tuple(findings), f"{len(said.members('dcat:Distribution')):,} distributions")

    return run


# Measured on two cores: pyoxigraph counts some 600,000 triples a second.
CHECKS: tuple[Check, ...] = (
    Check(
        "catalogue",
        "pyoxigraph",
        "fast",
        check_of(_count_all),
        most_rows=50_000,
        twin=check_of(_count_lines),
        twin_by="pyoxigraph, publisher",
        needs=("catalog",),
        files=(CATALOG,),
    ),
)
