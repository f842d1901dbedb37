"""JSON of somebody else's: read as one thing or refused with a place, and never slowly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.engines.bounds import Document
from publisher.engines.plain_json import UnfitError, read_object, refuse_deep

LIMIT = Document(1_000, 5)
REFUSED = {
    "too large": (b'{"a": "' + b"x" * 1_000 + b'"}', None, "has 1,009 bytes, and 1,000 at most are read"),
    "a mark": (b"\xef\xbb\xbf{}", None, "begins with a byte order mark, which JSON must not have: save it without"),
    "latin-1": (b'{\n"a": "\xe6"}', 2, "is no text in UTF-8: write it in UTF-8"),
    "deep": (b'{"[[[": 1,\n"a":\n[[[[[1]]]]]}', 3, "is nested more than 5 levels deep, which is not read"),
    "a comma": (b'{"a": 1,\n}', 2, "is no JSON: Expecting property name enclosed in double quotes, column 1"),
    "cut": (b'{"a": [1,\n', 2, "is no JSON: Expecting value, column 1; the file may be cut short"),
    "cut in a string": (
        b'{"a": "x',
        1,
        "is no JSON: Unterminated string starting at, column 7; the file may be cut short",
    ),
    "empty": (b"", 1, "is no JSON: Expecting value, column 1; the file may be cut short"),
    "NaN": (b'{"a": NaN}', None, "has NaN, which is no number of JSON"),
    "infinity": (b'{"a": -Infinity}', None, "has -Infinity, which is no number of JSON"),
    "a list": (b"[1]", None, "is no JSON object"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_json_object_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    content, line, message = REFUSED[name]
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UnfitError) as error:
        read_object(tmp_path / "a.json", LIMIT)
    assert (error.value.line, str(error.value)) == (line, message)


def test_a_number_that_python_does_not_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": ' + "1" * 9_999 + "}", encoding="utf-8")
    with pytest.raises(UnfitError, match="more digits than are read"):
        read_object(tmp_path / "a.json", Document(20_000, 5))


def test_a_file_that_is_not_there_is_refused_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(UnfitError, match="^cannot be opened: No such file or directory$"):
        read_object(tmp_path / "a.json", LIMIT)


def test_a_mark_is_taken_where_it_may_be_and_a_name_stands_twice_where_it_may(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": {"b": 1, "c": 2, "b": 3}}')
    assert read_object(path, LIMIT, marked=True) == {"a": {"b": 3, "c": 2}}
    with pytest.raises(UnfitError, match="has 'b' twice in one object"):
        read_object(path, LIMIT, marked=True, once=True)


def depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


values = st.recursive(st.text('[]{}"\\\n'), lambda inner: st.lists(inner) | st.dictionaries(st.text('[{"\\'), inner))


@pytest.mark.slow
@given(values, st.sampled_from([None, 1]))
def test_the_depth_is_that_of_the_values_whatever_stands_in_strings(value: object, indent: int | None) -> None:
    text, deep = json.dumps(value, indent=indent).encode(), depth(value)
    refuse_deep(text, deep)
    if deep:
        with pytest.raises(UnfitError):
            refuse_deep(text, deep - 1)


@pytest.mark.slow
@pytest.mark.parametrize("text", [b'["' + b'\\"' * 2_000_000, b'"' * 4_000_001, b"\\" * 4_000_000, b"]" * 4_000_000])
def test_a_text_of_quotes_takes_no_time_by_the_square_of_its_size(text: bytes) -> None:
    refuse_deep(text, 200)
