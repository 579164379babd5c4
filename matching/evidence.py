"""The words in both texts that a reason rests on."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from indexing.segment import Segmenter
from indexing.text import NAMES_OF_MEMBERS
from models.matches import Document, Evidence, Mention, Pair, Span
from models.terms import Record
from models.text import fold

_MOST_SPANS = 12
"""Spans on one side of one reason: more would colour the whole text."""


def spans_of(mentions: Iterable[Mention], names: Iterable[str]) -> tuple[Span, ...]:
    """Where the mentions name any of the names."""
    wanted = set(names)
    return tuple(mention.span for mention in mentions if mention.name in wanted)[:_MOST_SPANS]


def whole(document: Document[Record], *fields: str) -> tuple[Span, ...]:
    """The fields as one span each, those that the document lacks left out."""
    texts = document.texts
    return tuple(Span(field, 0, len(texts[field]), texts[field]) for field in fields if field in texts)


def within(document: Document[Record], field: str, text: str) -> tuple[Span, ...]:
    """The first place where the field holds the text, whatever its width and case."""
    found = document.texts.get(field, "")
    start = fold(found).find(fold(text)) if text else -1
    return (Span(field, start, start + len(text), found[start : start + len(text)]),) if start >= 0 else ()


def shared_words(pair: Pair[Record, Record], segmenter: Segmenter) -> Evidence:
    """The words of two or more characters that both sides use, longest first."""
    ours, theirs = _places(pair.demand, segmenter), _places(pair.supply, segmenter)
    common = sorted(ours.keys() & theirs.keys(), key=lambda word: (-len(word), word))[:_MOST_SPANS]
    return Evidence(
        demand=tuple(ours[word] for word in common),
        supply=tuple(theirs[word] for word in common),
    )


@lru_cache(maxsize=5_000)  # a candidate comes up again and again, and segmenting it is most of an answer's time
def _places(document: Document[Record], segmenter: Segmenter) -> dict[str, Span]:
    """Each word and the first place where it stands in the text as written."""
    places: dict[str, Span] = {}
    for field, text in document.texts.items():
        if field in NAMES_OF_MEMBERS:
            continue
        folded = fold(text)
        for word in segmenter.words(text):
            if len(word) > 1 and word not in places:
                start = folded.find(word)
                if start >= 0:
                    places[word] = Span(field, start, start + len(word), text[start : start + len(word)])
    return places
