"""Supply of people."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import (
    Day,
    DivisionCode,
    Education,
    Employment,
    Kind,
    Month,
    Names,
    OptionalName,
    OrganisationId,
    Record,
    SchoolLevel,
    Shift,
    SkillLevel,
    SpecialtyCode,
    Text,
    Texts,
    Years,
    Yuan,
)


class Talent(Record):
    """A person who seeks work or training (人才): student, apprentice, graduate or employee.

    Sex, age, ethnicity, household registration and photo have no field here: nothing can rank by them.
    """

    kind: ClassVar[Kind] = Kind.TALENT

    name: OptionalName = None
    """Shown only to those whom the person allows; never searched, never ranked by."""
    contact: OptionalName = None
    """Telephone or e-mail; shown with the name and to nobody else."""
    level: SchoolLevel | None = None
    school: OptionalName = None
    school_id: OrganisationId | None = None
    specialty: OptionalName = None
    specialty_code: SpecialtyCode | None = None
    grade: Annotated[int, Field(ge=1, le=8)] | None = None
    """Year of study, 1 for a first-year student."""
    graduation: Month | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    """Where the person lives or studies, as published."""
    seeking: tuple[Employment, ...] = ()
    """Forms of engagement wanted; empty when the person does not say."""
    expected_positions: Names = ()
    expected_divisions: tuple[DivisionCode, ...] = ()
    expected_places: Names = ()
    expected_salary: Yuan | None = None
    """The lowest acceptable, CNY per month before tax."""
    shifts: tuple[Shift, ...] = ()
    """Acceptable shifts; empty when the person does not say."""
    courses: Names = ()
    skills: Names = ()
    certificates: Names = ()
    skill_level: SkillLevel | None = None
    experience: Texts = ()
    """Internships, projects, contests, work; one text each."""
    experience_years: Years | None = None
    self_description: Text = ""
    available_from: Day | None = None
    available_until: Day | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.available_from and self.available_until and self.available_until < self.available_from:
            raise ValueError(f"可到岗截止 {self.available_until} 早于可到岗开始 {self.available_from}")
        return self

    @property
    def education(self) -> Education | None:
        """What the person has, or will have on graduation; None when the level is not known."""
        return None if self.level is None else self.level.education
