"""The made-up dataset with an attribute that is coded and may be absent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from publisher.columns import input_schema
from publisher.formats.draft import Publication
from publisher.model import Attribute, Concept, Text
from publisher.observations import store


def with_quality(publication: Publication, folder: Path) -> Publication:
    """Return the made-up dataset with four observations, and a coded attribute that every other one has."""
    dataset = publication.dataset
    concept = Concept(
        "QUALITY", Text((("nb", "Kvalitet"), ("en", "Quality"))), codelist=dataset.codelist("CL_SEX"), data_type="code"
    )
    (cube,) = dataset.cubes
    cube = replace(cube, attributes=(*cube.attributes, Attribute(concept)))
    dataset = replace(dataset, concepts=(*dataset.concepts, concept), cubes=(cube,))
    rows = [
        {
            "FREQ": "A", "REF_AREA": "_T", "SEX": "_T", "AGE": "_T", "KIND": "1", "TIME_PERIOD": str(2000 + number),
            "OBS_VALUE": Decimal(number), "OBS_STATUS": "A", "CONF_STATUS": "F", "MONTHS": 12, "REMARK": None,
            "QUALITY": "F" if number % 2 else None, "SOURCE_LINE": number,
        }
        for number in range(4)
    ]  # fmt: skip
    batch = pa.RecordBatch.from_pylist(rows, input_schema(cube))
    return replace(publication, dataset=dataset, observations=(store(dataset, cube, [batch], folder, "made-up.csv"),))
