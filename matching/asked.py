"""What a posting asks: what its fields declare and its text states; where they differ, the stricter.

A form says 不限 sooner than the text below it does.
"""

from __future__ import annotations

from typing import TypeVar

from matching.evidence import whole
from models.matches import Document, Span, Stated
from models.postings import Posting
from models.terms import Education, Shift, SkillLevel

T = TypeVar("T")
Level = TypeVar("Level", Education, SkillLevel, int)

Asked = tuple[T | None, tuple[Span, ...]]
"""The value, None where nobody says, and the words that say it."""


def education(posting: Document[Posting]) -> Asked[Education]:
    """The lowest accepted."""
    return _stricter(posting, "education", posting.record.education, posting.facts.education)


def experience_years(posting: Document[Posting]) -> Asked[int]:
    """The fewest accepted."""
    return _stricter(posting, "experience_years", posting.record.experience_years, posting.facts.experience_years)


def skill_level(posting: Document[Posting]) -> Asked[SkillLevel]:
    """The lowest accepted."""
    return _stricter(posting, "skill_level", posting.record.skill_level, posting.facts.skill_level)


def shift(posting: Document[Posting]) -> Asked[Shift]:
    """When the work is done."""
    if posting.record.shift is None and posting.facts.shift:
        return posting.facts.shift.value, (posting.facts.shift.span,)
    return posting.record.shift, whole(posting, "shift")


def _stricter(
    posting: Document[Posting], field: str, declared: Level | None, said: Stated[Level] | None
) -> Asked[Level]:
    if said and (declared is None or said.value > declared):
        return said.value, (said.span,)
    return declared, whole(posting, field)
