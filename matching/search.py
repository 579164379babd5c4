"""One search over every kind of record, with the words that were hit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from indexing.shelf import Shelf
from matching.retrieve import Fusion, Query, retrieve
from models.errors import Malformed
from models.matches import Candidate, Document
from models.reasons import quote
from models.terms import Kind, Record
from models.text import clean, fold, key

DEPTH = 200
"""Candidates of each kind; more than anyone pages through."""
AKIN = 0.5
"""Likeness from which a record without a word of the query is still shown: half-way from same trade to same thing."""
WIDTH = 120
"""Characters of a snippet."""

SEARCH = Fusion(head=0.35, body=0.25, forth=0.0, back=0.0, words=0.40)
"""A search text is name and contents in one, so that the opinions across say nothing new."""

Stretch = tuple[int, int]
"""Start and end in a text."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one field; the highlights are stretches of `text`, in order and apart from each other."""

    field: str
    text: str
    highlights: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found."""

    document: Document[Record]
    score: float
    """In [0, 1], higher is better; comparable between kinds."""
    snippet: Snippet


def search(
    shelf: Shelf,
    text: str,
    *,
    kinds: Collection[Kind] = tuple(Kind),
    k: int = 10,
    where: Callable[[Document[Record]], bool] | None = None,
) -> list[Hit]:
    """The k records that the words and the meaning of the text find best; equal scores in order of id.

    Raises Malformed when the text holds nothing that can be searched.
    """
    cleaned = clean(text)
    if not any(character.isalnum() for character in cleaned):
        raise Malformed(f"搜索词“{quote(cleaned)}”里没有可以搜索的文字" if cleaned else "请输入搜索词")
    words = shelf.segmenter.words(cleaned)
    vector = shelf.adapter.names(shelf.encoder.encode([cleaned], role="query"), [cleaned])[0]
    query = Query(vector, vector, words)
    found = [
        (_raised(score(candidate), document, cleaned), document)
        for kind in kinds
        for candidate in retrieve(query, shelf[kind], depth=DEPTH, fusion=SEARCH)
        if _is_akin(candidate)
        and (document := shelf[kind].documents.get(candidate.id))
        and (where is None or where(document))
    ]
    found.sort(key=lambda entry: (-entry[0], entry[1].id))
    return [Hit(document, points, snippet(document, words)) for points, document in found[:k]]


def score(candidate: Candidate) -> float:
    """The retrievers' opinions on their absolute scales; fused ones are stretched within a kind and do not compare."""
    alike = max(candidate.head, candidate.body)  # found by its name or by what it says
    return (SEARCH.head + SEARCH.body) * alike + SEARCH.words * min(candidate.words, 1.0)


def _raised(points: float, document: Document[Record], text: str) -> float:
    """Half-way from the score to 1 for a record that is called exactly that: its first text is its name."""
    name = next(iter(document.texts.values()), "")
    return (points + 1) / 2 if key(name) == key(text) else points


def snippet(document: Document[Record], words: Sequence[str]) -> Snippet:
    """The piece of the document that holds most of the words; its beginning when it holds none."""
    best = Snippet("", "", ())
    most = -1
    for field, text in document.texts.items():
        places = _places(text, words)
        start = _densest(places, len(text))
        inside = [(a, b) for a, b in places if a >= start and b <= start + WIDTH]
        distinct = len({fold(text)[a:b] for a, b in inside})
        if distinct > most:
            most = distinct
            best = Snippet(field, text[start : start + WIDTH], tuple((a - start, b - start) for a, b in inside))
    return best


def _is_akin(candidate: Candidate) -> bool:
    return candidate.words > 0 or max(candidate.head, candidate.body) >= AKIN


def _places(text: str, words: Sequence[str]) -> list[Stretch]:
    """Where the words stand, overlapping places merged."""
    folded = fold(text)
    found: list[Stretch] = []
    for word in set(words):
        start = folded.find(word)
        while start >= 0:
            found.append((start, start + len(word)))
            start = folded.find(word, start + len(word))
    merged: list[Stretch] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _densest(places: Sequence[Stretch], length: int) -> int:
    """Where to start a snippet so that it holds as many places as can be, with some text before the first."""
    if not places or length <= WIDTH:
        return 0
    held = {start: sum(start <= a and b <= start + WIDTH * 3 // 4 for a, b in places) for start, _ in places}
    first = max(held, key=lambda start: (held[start], -start))
    return max(0, min(first - WIDTH // 4, length - WIDTH))
