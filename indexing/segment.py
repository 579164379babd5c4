"""Text to words: jieba with the domain's dictionary, the same for documents and queries."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jieba

from data import taxonomy
from indexing.phrases import PhraseBook
from models.text import fold

VERSION = 2
"""Raised when the words of a text change for another reason than the dictionary."""

_WINDOW = 6
"""Characters on either side that decide where words begin and end."""

STOP_WORDS = frozenset((Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8").split())
"""Function words and the boilerplate of postings and profiles: in nearly every text, so they tell none apart."""


class Segmenter:
    """Words of a text, lower case, narrow, without stop words and punctuation."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` are domain terms that must stay whole, such as the spellings of skills."""
        names = sorted({fold(name) for name in names})
        # jieba splits Latin terms at hyphens, dots and spaces before it looks at its dictionary.
        self._whole = PhraseBook((name, name.replace(" ", "")) for name in names if _has_latin(name))
        self._tokenizer = jieba.Tokenizer()
        jieba.setLogLevel(logging.WARNING)
        self._lock = threading.Lock()
        self._names = [name for name in names if not _has_latin(name)]
        self._ready = False
        self.fingerprint = hashlib.sha256("\n".join([str(VERSION), *sorted(STOP_WORDS), *names]).encode()).hexdigest()[
            :12
        ]
        """Changes whenever the words of some text may."""

    def words(self, text: str) -> list[str]:
        """The words in order; the parts of a long word stand before it."""
        self._prepare()
        folded = fold(text)
        found: list[str] = []
        rest = 0
        for start, end, name in self._whole.find(folded):
            found += self._cut(folded[rest:start])
            parts = self._cut(folded[start:end])
            found += [*parts, name] if parts != [name] else parts
            rest = end
        return found + self._cut(folded[rest:])

    def stands_alone(self, folded: str, start: int, end: int) -> bool:
        """Whether the stretch begins and ends where words do: 调质 does not in 强调质量."""
        self._prepare()
        first = max(0, start - _WINDOW)
        borders = {0}
        for word in self._tokenizer.cut(folded[first : end + _WINDOW]):
            borders.add(max(borders) + len(word))
        return {start - first, end - first} <= borders

    def borders(self, folded: str) -> list[int]:
        """Where the words of a folded text begin, in order, and its end; unknown words fall into characters."""
        self._prepare()
        found = [0]
        for word in self._tokenizer.cut(folded, HMM=False):
            found.append(found[-1] + len(word))
        return found

    def _cut(self, folded: str) -> list[str]:
        return [
            word
            for word in self._tokenizer.cut_for_search(folded)
            if word not in STOP_WORDS and any(character.isalnum() for character in word)
        ]

    def _prepare(self) -> None:
        """Load jieba's dictionary on first use: it takes a second that most commands need not spend."""
        if self._ready:
            return
        with self._lock:
            if not self._ready:
                # jieba marshals its dictionary into a folder that it shares with every user and trusts;
                # a private one that vanishes costs half a second and no trust.
                with tempfile.TemporaryDirectory() as folder:
                    self._tokenizer.tmp_dir = folder
                    self._tokenizer.initialize()
                for name in self._names:
                    self._tokenizer.add_word(name)
                self._ready = True


@cache
def domain_segmenter() -> Segmenter:
    """The segmenter that knows the spellings of every skill and certificate and the names of every specialty."""
    names = [spelling for skill in taxonomy.skills() for spelling in skill.spellings]
    names += [spelling for certificate in taxonomy.certificates() for spelling in certificate.spellings]
    names += [specialty.name for specialty in taxonomy.specialties()]
    return Segmenter(names)


def _has_latin(name: str) -> bool:
    return any(character.isascii() for character in name)
