"""What a posting asks: what its fields declare or, where they are silent, what its text states."""

from __future__ import annotations

from typing import TypeVar

from matching.evidence import whole
from models.matches import Document, Span, Stated
from models.postings import Posting
from models.terms import Education, Shift, SkillLevel

T = TypeVar("T")

Asked = tuple[T | None, tuple[Span, ...]]
"""The value, None where nobody says, and the words that say it."""


def education(posting: Document[Posting]) -> Asked[Education]:
    """The lowest accepted."""
    return _asked(posting, "education", posting.record.education, posting.facts.education)


def experience_years(posting: Document[Posting]) -> Asked[int]:
    """The fewest accepted."""
    return _asked(posting, "experience_years", posting.record.experience_years, posting.facts.experience_years)


def skill_level(posting: Document[Posting]) -> Asked[SkillLevel]:
    """The lowest accepted."""
    return _asked(posting, "skill_level", posting.record.skill_level, posting.facts.skill_level)


def shift(posting: Document[Posting]) -> Asked[Shift]:
    """When the work is done."""
    return _asked(posting, "shift", posting.record.shift, posting.facts.shift)


def _asked(posting: Document[Posting], field: str, declared: T | None, said: Stated[T] | None) -> Asked[T]:
    if declared is not None:
        return declared, whole(posting, field)
    return (said.value, (said.span,)) if said else (None, ())
