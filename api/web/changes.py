"""What became of a record from one version to the next, field by field, in the words of its form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from api.web.forms import Question, Shape, label_of, questions, show
from models.records import publisher_fields
from models.terms import Kind, Value

Mark = Literal["", "gone", "new"]
KEPT = 2
"""Unchanged sentences shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a field: unchanged, gone or new."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that differs; a value that became another is a gone piece followed by a new one."""

    label: str
    pieces: tuple[Piece, ...]


def changed(kind: Kind, before: Value | None, after: Value | None) -> list[Changed]:
    """The fields that differ; None is what there was before the first version and after a withdrawal."""
    found = []
    for question in (*_publisher(kind), *questions(kind)):
        old, new = (getattr(one, question.field, None) for one in (before, after))
        if old != new:
            pieces = tuple(_pieces(question, _units(question, old), _units(question, new)))
            if any(piece.mark for piece in pieces):
                found.append(Changed(question.label, pieces))
    return found


def _publisher(kind: Kind) -> Iterator[Question]:
    """The publisher's name, where the form does not ask for it."""
    _, by_name = publisher_fields(kind)
    if by_name and by_name not in {one.field for one in questions(kind)}:
        yield Question(by_name, label_of(kind, by_name), Shape.LINE)


def _units(question: Question, value: Any) -> list[str]:
    """The parts of a value that can come and go by themselves: entries, sentences, or the whole."""
    if value is None:
        return []
    if question.shape is Shape.SALARY:
        return [value.label]
    entered = show(question, value)
    if question.shape is Shape.CHOICES:
        return list(entered)
    text = "".join(entered)
    if question.shape is Shape.TEXT:
        return _SENTENCES.findall(text)
    several = (Shape.LIST, Shape.PARAGRAPHS, Shape.CODES, Shape.TABLE)
    return [line for line in text.splitlines() if line] if question.shape in several else [text] * bool(text)


_SENTENCES = re.compile(r"[^。；;！!\n]+[。；;！!\n]*|[。；;！!\n]+")


def _pieces(question: Question, before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    is_text = question.shape is Shape.TEXT
    joint = "" if is_text else "\n" if question.shape in (Shape.PARAGRAPHS, Shape.TABLE) else "、"
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            kept = list(before[a:b])
            if is_text and len(kept) > 2 * KEPT:
                kept = [*kept[:KEPT], " …… ", *kept[-KEPT:]]
            yield Piece(joint.join(kept))
            continue
        if b > a:
            yield Piece(joint.join(before[a:b]), "gone")
        if d > c:
            yield Piece(joint.join(after[c:d]), "new")
