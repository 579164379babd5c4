"""Complaints about what is published and who published it (投诉): categories, states, answers, and the deadline."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.outcomes import Moment, RecordId
from models.terms import Day, Value


class Category(StrEnum):
    """What is complained about; the value is its Chinese name."""

    FALSE = "虚假信息"
    DISCRIMINATION = "歧视"
    MONEY = "收费或培训贷"
    PRIVACY = "泄露个人信息"
    OTHER = "其他"

    @property
    def label(self) -> str:
        return self.value


class Finding(StrEnum):
    """What a reviewer found; the value is its Chinese name."""

    UPHELD = "属实"
    UNFOUNDED = "不属实"
    OUTSIDE = "不属于本平台处理"

    @property
    def label(self) -> str:
        return self.value


class ComplaintState(StrEnum):
    """Where a complaint stands; the value is its Chinese name."""

    OPEN = "待处理"
    ANSWERED = "已答复"

    @property
    def label(self) -> str:
        return self.value


class Reply(Value):
    """What was found and said; written once, never changed."""

    finding: Finding
    text: str
    reviewer: str
    taken_down: bool
    """Whether the record was taken down for it."""
    at: Moment


class Complaint(Value):
    """What somebody says against a published record or an organisation, and what came of it."""

    number: int
    record: RecordId
    """What it is about: a record, or the organisation itself."""
    organisation: RecordId | None
    """Who published it, where that is a member."""
    organisation_name: str
    category: Category
    statement: str
    """Empty once it has been kept for long enough."""
    contact: str
    """How to reach whoever complains; empty when they did not say."""
    at: Moment
    due: Day
    """The last day for an answer."""
    reply: Reply | None = None

    @property
    def state(self) -> ComplaintState:
        return ComplaintState.ANSWERED if self.reply else ComplaintState.OPEN

    def is_late(self, today: date) -> bool:
        """Whether the day for an answer has passed without one."""
        return self.reply is None and self.due < today


class ComplaintCount(Value):
    """Complaints about one organisation as plain facts: no grade is made of them."""

    organisation: RecordId | None
    organisation_name: str
    total: Annotated[int, Field(ge=0)]
    open: Annotated[int, Field(ge=0)]
    upheld: Annotated[int, Field(ge=0)]


def workdays_after(day: date, count: int) -> date:
    """The day so many working days later; Saturdays and Sundays are none, public holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
