"""Keywords of a PC-Axis file as lines of at most 256 characters, where the format lets a line end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.formats.px_text import LONGEST

END = "\r\n"


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword in one language (the default one where it is empty), with its key and its values.

    ``values`` stand as they are written, quoted or not; ``is_text`` says that there is one, a text
    that may be divided over lines.
    """

    name: str
    values: tuple[str, ...]
    key: tuple[str, ...] = ()
    language: str = ""
    is_text: bool = False

    @property
    def head(self) -> str:
        """What stands before the values."""
        language = f"[{self.language}]" if self.language else ""
        key = f"({','.join(quoted(self.key))})" if self.key else ""
        return f"{self.name}{language}{key}="


def quoted(texts: Sequence[str]) -> tuple[str, ...]:
    """Return texts within double quotes."""
    return tuple(f'"{text}"' for text in texts)


def written(keyword: Keyword) -> str:
    """Return a keyword as it stands in a file, with the end of its last line."""
    if not keyword.is_text:
        return "".join(_listed(keyword.head, keyword.values))
    (text,) = keyword.values
    if len(keyword.head) + len(text) + 3 <= LONGEST:
        return f'{keyword.head}"{text}";{END}'
    return keyword.head + END + END.join(quoted(tuple(_pieces(text, LONGEST - 3)))) + ";" + END


def _listed(head: str, values: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a list, which is divided after a comma alone."""
    line = head
    for number, value in enumerate(values):
        part = value + (";" if number == len(values) - 1 else ",")
        if number and len(line) + len(part) > LONGEST:
            yield line + END
            line = ""
        line += part
    yield line + END


def _pieces(text: str, longest: int) -> Iterator[str]:
    """Yield a text in pieces that neither begin nor end with a blank, which some readers would strip."""
    start = 0
    while len(text) - start > longest:
        end = start + longest
        while end > start + 1 and " " in text[end - 1 : end + 1]:
            end -= 1
        end = end if end > start + 1 else start + longest
        yield text[start:end]
        start = end
    yield text[start:]
