"""Postings for somebody of whom nothing is read: by date or place, as the viewer chooses (个人信息保护法 art. 24)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import cast

from matching.jobs import closed
from matching.matcher import Matcher, Where
from models.matches import Document
from models.postings import Posting
from models.terms import Kind


class Order(StrEnum):
    """What neutral lists are sorted by."""

    NEWEST = "newest"
    PLACE = "place"

    @property
    def label(self) -> str:
        return "按发布日期从新到旧" if self is Order.NEWEST else "按工作地点，同一地点从新到旧"


def neutral(
    matcher: Matcher, *, today: date, where: Where | None = None, order: Order = Order.NEWEST
) -> list[Document[Posting]]:
    """The open postings inside of `where`, in order; nothing about a person comes in, so nothing can weigh."""
    postings = cast("list[Document[Posting]]", list(matcher.shelf[Kind.POSTING].documents.values()))
    found = [
        document
        for document in postings
        if closed(document.record, today=today) is None and (where is None or where(document.record))
    ]
    found.sort(key=lambda document: (document.record.published or date.min, document.id), reverse=True)
    if order is Order.PLACE:
        found.sort(key=lambda document: (document.record.division is None, document.record.division or ""))
    return found
