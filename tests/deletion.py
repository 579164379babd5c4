"""What becomes of a reason when the words that it cites are deleted: the oracle of evidence."""

from collections.abc import Sequence

from data.store import Change
from indexing.text import STATED, texts
from matching.matcher import Matcher
from models.matches import Contribution, Document, Match, Pair, Span
from models.postings import Posting
from models.talents import Talent
from models.terms import Record

CODES = {"place": "division", "expected_places": "expected_divisions"}
"""The code that says the same as a field: whoever deletes the name deletes the code."""


def is_exact(document: Document[Record], span: Span) -> bool:
    """Whether the span quotes the document."""
    quoted = {**document.texts, **document.stated}.get(span.field, "")
    return bool(span.text) and quoted[span.start : span.end] == span.text


def without(document: Document[Record], spans: Sequence[Span]) -> Record:
    """The record without the spans: cut out of texts, and a stated field emptied."""
    record, found = document.record, texts(document.record)
    changed: dict[str, object] = {}
    for field in {span.field for span in spans}:
        if field in STATED[record.kind]:
            for name in (field, CODES.get(field, field)):
                changed[name] = () if isinstance(getattr(record, name), tuple) else None
        else:
            changed[field] = _cut(found[field], [span for span in spans if span.field == field])
            if isinstance(getattr(record, field), tuple):
                separator = "\n" if field == "experience" else "、"
                changed[field] = tuple(one for one in str(changed[field]).split(separator) if one.strip())
    # Unvalidated: without its title, what is left is no posting any more.
    return record.model_copy(update=changed)


def _cut(text: str, spans: Sequence[Span]) -> str:
    gone = {place for span in spans for place in range(span.start, span.end)}
    return "".join(character for place, character in enumerate(text) if place not in gone)


def again(matcher: Matcher, pair: Pair[Posting, Talent], asker: Document[Record], record: Record) -> Match:  # type: ignore[type-arg]
    """The pair judged anew with the record in place of what the asker was answered; the shelf is left as it was."""
    from matching.rank import rank

    other = pair.supply if asker is pair.demand else pair.demand
    shelf, raw = matcher.shelf, matcher.shelf[other.kind].raw[other.id]
    if texts(record) == other.texts:
        shelf.remember({(other.id, 0): raw})
    shelf.apply([Change(0, other.id, other.kind, record)])
    try:
        found = matcher.between(matcher.jobs, asker, [other.id])[other.id]
        return rank([found], matcher.jobs, k=1, cited=0)[0]
    finally:
        shelf.remember({(other.id, other.revision): raw})
        shelf.apply([Change(other.revision, other.id, other.kind, other.record)])


def recommended(match: Match[Posting, Talent], asker: Document[Record]) -> tuple[Document[Record], str]:
    """The document that was found for the asker, and its side."""
    return (match.pair.supply, "supply") if match.pair.demand is asker else (match.pair.demand, "demand")


def cited(contribution: Contribution, side: str) -> tuple[Span, ...]:
    return contribution.evidence.supply if side == "supply" else contribution.evidence.demand
