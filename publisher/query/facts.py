"""What a release has, asked of its RDF: which codes and which periods a cube has observations for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from publisher import periods
from publisher.formats.rdf_common import QB
from publisher.model import FREQ, TIME_PERIOD, Cube, Dataset

if TYPE_CHECKING:
    import pyoxigraph


@dataclass(frozen=True, slots=True)
class Facts:
    """A release's dataset, and the store that holds its triples."""

    dataset: Dataset
    store: pyoxigraph.Store

    def codes(self, cube: Cube, component: str, frequency: str) -> tuple[str, ...]:
        """Return the codes of a dimension that the cube has observations for, hidden or not, in list order."""
        codelist = cube.dimension(component).codelist
        assert codelist is not None
        names = self.dataset.names
        by_iri = {names.code(codelist.id, code): code for code in codelist.ids}
        fixed = "" if component == FREQ else self._frequency(cube, frequency)
        found = {by_iri[iri] for iri in self._values(cube, component, fixed) if iri in by_iri}
        return tuple(code for code in codelist.ids if code in found)

    def frequencies(self, cube: Cube) -> tuple[str, ...]:
        """Return the frequencies that the cube has, finest first."""
        known = periods.FREQUENCIES
        return tuple(sorted(self.codes(cube, FREQ, ""), key=lambda code: known.index(code) if code in known else 99))

    def periods(self, cube: Cube, frequency: str) -> tuple[str, ...]:
        """Return the periods that the cube has of a frequency, in the order of time."""
        start = self.dataset.names.period("")
        iris = self._values(cube, TIME_PERIOD, self._frequency(cube, frequency))
        found = (unquote(iri.removeprefix(start)) for iri in iris if iri.startswith(start))
        belonging = (period for period in found if periods.belongs(frequency, period))
        return tuple(sorted(belonging, key=lambda period: periods.bounds(frequency, period)))

    def _frequency(self, cube: Cube, frequency: str) -> str:
        names, codelist = self.dataset.names, cube.dimension(FREQ).codelist
        assert codelist is not None
        return f"<{names.component('dimension', FREQ)}> <{names.code(codelist.id, frequency)}> ;"

    def _values(self, cube: Cube, component: str, fixed: str) -> Iterator[str]:
        """Yield the IRIs that a dimension takes in both data sets of a cube."""
        names = self.dataset.names
        sets = f"<{names.cube(cube.id)}> <{names.suppressed(cube.id)}>"
        pattern = f"?cell <{QB}dataSet> ?set ; {fixed} <{names.component('dimension', component)}> ?value ."
        answer: Any = self.store.query(f"SELECT DISTINCT ?value WHERE {{ VALUES ?set {{ {sets} }} {pattern} }}")
        yield from (row["value"].value for row in answer)
