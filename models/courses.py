"""Supply of learning."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import (
    Day,
    DivisionCode,
    Education,
    Headcount,
    Kind,
    Name,
    Names,
    OptionalName,
    OrganisationId,
    Record,
    SkillLevel,
    Text,
    Yuan,
)


class CourseMode(StrEnum):
    """How a course is taught; the value is its Chinese name."""

    OFFLINE = "线下"
    ONLINE = "线上"
    BLENDED = "混合"

    @property
    def label(self) -> str:
        return self.value


class Course(Record):
    """A course or training session (课程/培训) that a school, enterprise or training body offers."""

    kind: ClassVar[Kind] = Kind.COURSE

    name: Name
    provider: Name
    provider_id: OrganisationId | None = None
    description: Text = ""
    skills: Names = ()
    """Skills that the course teaches."""
    certificates: Names = ()
    """Certificates that it leads to."""
    prerequisites: Names = ()
    """Skills that it presupposes."""
    hours: Annotated[float, Field(gt=0, le=5_000)] | None = None
    """Teaching hours (学时)."""
    price: Yuan | None = None
    """CNY per learner; 0 is free, None is not stated."""
    mode: CourseMode | None = None
    education: Education | None = None
    """The lowest education admitted."""
    skill_level: SkillLevel | None = None
    """The 技能等级 that it prepares for."""
    audience: Names = ()
    """Learner types: 在校学生, 在职员工, 进城务工人员 …"""
    seats: Headcount | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    starts: Day | None = None
    ends: Day | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"结束日期 {self.ends} 早于开始日期 {self.starts}")
        return self
