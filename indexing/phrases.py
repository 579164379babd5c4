"""Find the names of a dictionary in a text: longest first, never inside a longer Latin word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from models.text import fold

T = TypeVar("T")

_PREFIX = 2


class PhraseBook(Generic[T]):
    """Phrases and what each stands for; looked up by their first two characters."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        table: dict[str, dict[str, T]] = {}
        for phrase, meaning in phrases:
            folded = fold(phrase.strip())
            if folded:
                table.setdefault(folded[:_PREFIX], {}).setdefault(folded, meaning)
        self._table = {
            prefix: sorted(found.items(), key=lambda entry: -len(entry[0])) for prefix, found in table.items()
        }

    def find(self, folded: str) -> Iterator[tuple[int, int, T]]:
        """(start, end, meaning) of every phrase in the folded text, left to right, without overlaps.

        A phrase with a space also matches where the text leaves the space out or doubles it.
        """
        position = 0
        while position < len(folded):
            end = 0
            for phrase, meaning in self._table.get(folded[position : position + _PREFIX], ()):
                end = _match(folded, position, phrase)
                if end:
                    yield position, end, meaning
                    break
            position = end or position + 1


def _match(folded: str, start: int, phrase: str) -> int:
    """Where the phrase that begins at `start` ends, 0 if it does not stand there as a whole word."""
    end = start + len(phrase)
    if not folded.startswith(phrase, start):
        end = _match_spaced(folded, start, phrase) if " " in phrase else 0
    if not end:
        return 0
    if _is_latin(phrase[0]) and start and _is_latin(folded[start - 1]):
        return 0
    if _is_latin(phrase[-1]) and end < len(folded) and (_is_latin(folded[end]) or folded[end] in "+#"):
        return 0
    return end


def _match_spaced(folded: str, start: int, phrase: str) -> int:
    position = start
    for part in phrase.split():
        while position < len(folded) and folded[position] == " ":
            position += 1
        if not folded.startswith(part, position):
            return 0
        position += len(part)
    return position


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
