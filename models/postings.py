"""Demand for people."""

from typing import ClassVar, Self

from pydantic import model_validator

from models.terms import (
    Day,
    DivisionCode,
    Education,
    Employment,
    Headcount,
    IndustryCode,
    Kind,
    Name,
    Names,
    OccupationCode,
    OptionalName,
    OrganisationId,
    Record,
    Salary,
    Shift,
    SkillLevel,
    Text,
    Years,
)


class Posting(Record):
    """A job posting (岗位): full-time, internship, apprenticeship, order class or field-engineer programme."""

    kind: ClassVar[Kind] = Kind.POSTING

    title: Name
    organisation: Name
    organisation_id: OrganisationId | None = None
    employment: Employment | None = None
    """None when the posting does not say."""
    headcount: Headcount | None = None
    description: Text = ""
    required_skills: Names = ()
    preferred_skills: Names = ()
    required_certificates: Names = ()
    preferred_certificates: Names = ()
    specialties: Names = ()
    """Specialties (专业) asked for, by name."""
    education: Education | None = None
    """The lowest accepted; None when the posting does not say."""
    skill_level: SkillLevel | None = None
    """The lowest accepted 技能等级."""
    experience_years: Years | None = None
    """The fewest accepted; 0 for 应届可, None when the posting does not say."""
    salary: Salary | None = None
    """None for 面议 and for silence."""
    division: DivisionCode | None = None
    place: OptionalName = None
    """The work place as published."""
    shift: Shift | None = None
    industry: IndustryCode | None = None
    occupation: OccupationCode | None = None
    benefits: Names = ()
    published: Day | None = None
    expires: Day | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.published and self.expires and self.expires < self.published:
            raise ValueError(f"截止日期 {self.expires} 早于发布日期 {self.published}")
        both = set(self.required_skills) & set(self.preferred_skills)
        if both:
            raise ValueError(f"技能“{'、'.join(sorted(both))}”不能既是必备又是优先")
        return self
