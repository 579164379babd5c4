"""What the records name as skills and the vocabulary does not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexing.extract import extract
from indexing.impartial import unmasked
from models.matches import Span

_AROUND = 12
"""Characters of text that an example shows on either side of the term."""


@dataclass(frozen=True, slots=True)
class UnknownTerm:
    """A term that looks like a skill by its form and its context (熟悉…, 会…, …经验优先)."""

    name: str
    records: int
    """How many records name it."""
    example: str
    """The first of them in its own words, the term in 【】."""


def unknown_terms(records: Iterable[Mapping[str, str]], *, k: int) -> list[UnknownTerm]:
    """The k terms that most records name, the most frequent first, equal ones by name; `records` are their texts."""
    counts: dict[str, int] = {}
    examples: dict[str, str] = {}
    for texts in records:
        seen = {mention.name: mention.span for mention in extract(unmasked(texts)).skills if not mention.known}
        for name, span in seen.items():
            counts[name] = counts.get(name, 0) + 1
            examples.setdefault(name, _example(texts[span.field], span))
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return [UnknownTerm(name, counts[name], examples[name]) for name in ranked[:k]]


def _example(text: str, span: Span) -> str:
    before, after = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
    return " ".join(f"{before}【{span.text}】{after}".split())
