"""The words in both texts that a reason rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

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
    texts = {**document.texts, **document.stated}
    return tuple(Span(field, 0, len(texts[field]), texts[field]) for field in fields if field in texts)


def within(document: Document[Record], field: str, text: str) -> tuple[Span, ...]:
    """The first place where the field holds the text, whatever its width and case."""
    found = document.texts.get(field, "")
    start = fold(found).find(fold(text)) if text else -1
    return (Span(field, start, start + len(text), found[start : start + len(text)]),) if start >= 0 else ()


WordsOf = Callable[[Document[Record]], frozenset[str]]
"""The different words of a document."""


def shared_words(pair: Pair[Record, Record], *, words_of: WordsOf) -> Evidence:
    """The words of two or more characters that both sides use, longest first, and where each first stands."""
    common = words_of(pair.demand) & words_of(pair.supply)
    demand, supply = _folded(pair.demand), _folded(pair.supply)
    found = [
        (ours, theirs)
        for word in sorted((word for word in common if len(word) > 1), key=lambda word: (-len(word), word))
        if (ours := _first(pair.demand, demand, word)) and (theirs := _first(pair.supply, supply, word))
    ][:_MOST_SPANS]
    return Evidence(demand=tuple(ours for ours, _ in found), supply=tuple(theirs for _, theirs in found))


def _folded(document: Document[Record]) -> dict[str, str]:
    return {field: fold(text) for field, text in document.texts.items() if field not in NAMES_OF_MEMBERS}


def _first(document: Document[Record], folded: Mapping[str, str], word: str) -> Span | None:
    """The first place where a folded text has the word."""
    for field, text in folded.items():
        start = text.find(word)
        if start >= 0:
            end = start + len(word)
            return Span(field, start, end, document.texts[field][start:end])
    return None


_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_MOST_SENTENCES = 2


def likeliest_sentences(
    document: Document[Record], words: frozenset[str], *, apart: Collection[str] = ()
) -> tuple[Span, ...]:
    """The one or two sentences that hold most of the words, in reading order; the first when none holds any."""
    found: list[tuple[int, int, Span]] = []
    for field, text in document.texts.items():
        if field in NAMES_OF_MEMBERS or field in apart:
            continue
        for sentence in _SENTENCE.finditer(text):
            said = sentence[0].strip()
            if len(said) > 1:
                start = sentence.start() + sentence[0].index(said)
                folded = fold(said)
                held = sum(len(word) for word in words if len(word) > 1 and word in folded)
                found.append((-held, len(found), Span(field, start, start + len(said), said)))
    best = sorted(sorted(found)[:_MOST_SENTENCES], key=lambda one: one[1])
    return tuple(span for held, _, span in best if held) or tuple(span for _, _, span in best[:1])
