"""What a school teaches for a degree, and how many it sends out."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import (
    Kind,
    Name,
    Names,
    OccupationCode,
    OrganisationId,
    Record,
    SchoolLevel,
    SpecialtyCode,
    Text,
    Value,
    Year,
)


class Cohort(Value):
    """One year's students of a programme (届)."""

    year: Year
    """The year they graduate in."""
    enrolled: Annotated[int, Field(ge=0, le=100_000)] | None = None
    graduates: Annotated[int, Field(ge=0, le=100_000)]


class Programme(Record):
    """A specialty (专业) as one school offers it."""

    kind: ClassVar[Kind] = Kind.PROGRAMME

    name: Name
    """The specialty's name in the national catalogue."""
    code: SpecialtyCode | None = None
    level: SchoolLevel
    school: Name
    school_id: OrganisationId | None = None
    cohorts: Annotated[tuple[Cohort, ...], Field(max_length=100)] = ()
    courses: Names = ()
    """Core courses."""
    occupations: tuple[OccupationCode, ...] = ()
    """Occupations that the official profile names; empty when none is imported."""
    description: Text = ""

    @model_validator(mode="after")
    def _one_cohort_a_year(self) -> Self:
        years = [cohort.year for cohort in self.cohorts]
        twice = sorted({year for year in years if years.count(year) > 1})
        if twice:
            raise ValueError(f"{twice[0]} 届出现了两次")
        return self
