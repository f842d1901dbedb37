"""What the words of the command mean: which release is asked, and what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from publisher.errors import InputError
from publisher.query.guard import LONGEST
from publisher.query.run import Question

_STANDARD_INPUT = "-"


def request(
    words: Sequence[str],
    template: str | None,
    settings: Sequence[str],
    file: Path | None,
    output_format: str,
    limit: int,
    show: bool,
) -> tuple[tuple[str, ...], Question]:
    """Return the release that is named, if one is, and the question.

    The query is the last word, or a file, or a template. Raises InputError where it is none of
    them or more than one, or cannot be read.
    """
    if template is not None and file is not None:
        raise InputError("give --template or --file, not both")
    if settings and template is None:
        raise InputError("--set is for a template: give --template NAME")
    named = template is not None or file is not None
    if len(words) > (1 if named else 2):
        instead = "leave SPARQL out with --template and --file" if named else "put SPARQL in quotes"
        raise InputError(f"too many words ('{words[-1]}'): {instead}")
    if not named and (not words or (len(words) == 1 and Path(words[0]).is_dir())):
        raise InputError("nothing is asked: give SPARQL, --file FILE or --template NAME (`publisher query --list`)")
    text = None if template is not None else _text(words[-1] if file is None else None, file)
    question = Question(text, template, tuple(map(_setting, settings)), output_format, limit or None, show)
    return tuple(words if named else words[:-1]), question


def _setting(word: str) -> tuple[str, str]:
    name, separator, value = word.partition("=")
    if not separator or not name:
        raise InputError(f"--set {word}: write NAME=VALUE, as in --set language=en")
    return name, value


def _text(word: str | None, file: Path | None) -> str:
    """Return the query: the word itself, what standard input holds, or what a file holds."""
    place = "standard input" if file is None else str(file)
    try:
        if file is not None:
            with file.open("rb") as stream:
                content = stream.read(4 * LONGEST + 1)
        elif word == _STANDARD_INPUT:
            content = sys.stdin.buffer.read(4 * LONGEST + 1)
        else:
            return word or ""
        return content.decode("utf-8")
    except OSError as error:
        raise InputError(f"{place}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{place} is no text in UTF-8: byte {error.start + 1}") from None
