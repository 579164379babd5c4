"""What members tell each other: news, training wanted, partners wanted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.courses import CourseMode
from models.terms import (
    Day,
    DivisionCode,
    Headcount,
    IndustryCode,
    Kind,
    Name,
    Names,
    OptionalName,
    OrganisationId,
    Record,
    Text,
)


class NoticeType(StrEnum):
    """What the notice is about; the value is its Chinese name."""

    NEWS = "行业动态"
    TRAINING = "培训需求"
    COOPERATION = "合作意向"

    @property
    def label(self) -> str:
        return self.value


class Notice(Record):
    """A notice (公告): industry news, training that is wanted, or a partner that is."""

    kind: ClassVar[Kind] = Kind.NOTICE

    title: Name
    type: NoticeType
    organisation: Name
    organisation_id: OrganisationId | None = None
    content: Text = ""
    form: OptionalName = None
    """The form of cooperation (合作类型): 共建实训基地, 订单培养, 师资互聘 …"""
    wants: Text = ""
    """What its publisher looks for."""
    offers: Text = ""
    """What its publisher brings."""
    scale: OptionalName = None
    """As published: 每年 40 人, 投入约 200 万元."""
    skills: Names = ()
    """Skills that training should teach."""
    headcount: Headcount | None = None
    """How many are to be trained."""
    mode: CourseMode | None = None
    industry: IndustryCode | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    published: Day | None = None
    starts: Day | None = None
    """First day of the window or the cooperation."""
    ends: Day | None = None
    """Last day of the window, or on which an offer stands."""
    url: Annotated[str, Field(pattern=r"^https?://", max_length=2_000)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"结束日期 {self.ends} 早于开始日期 {self.starts}")
        if self.type is NoticeType.COOPERATION and not (self.wants or self.offers):
            raise ValueError("合作意向应写明所需（wants）或所供（offers）")
        return self
