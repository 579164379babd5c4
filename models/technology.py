"""Demand for and supply of technology."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import (
    Day,
    DivisionCode,
    IndustryCode,
    Kind,
    Name,
    Names,
    OptionalName,
    OrganisationId,
    Record,
    Text,
    Yuan,
)


class Secrecy(StrEnum):
    """Who may read a need; the value is its Chinese name."""

    PUBLIC = "公开"
    MEMBERS = "成员可见"
    PRIVATE = "仅平台撮合"

    @property
    def label(self) -> str:
        return self.value


class Need(Record):
    """A technology need (技术需求) of an enterprise."""

    kind: ClassVar[Kind] = Kind.NEED

    title: Name
    organisation: Name
    organisation_id: OrganisationId | None = None
    content: Text = ""
    fields: Names = ()
    """Technical fields, such as 表面处理."""
    industry: IndustryCode | None = None
    budget_low: Yuan | None = None
    budget_high: Yuan | None = None
    deadline: Day | None = None
    secrecy: Secrecy = Secrecy.MEMBERS
    division: DivisionCode | None = None
    place: OptionalName = None
    published: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.budget_low is not None and self.budget_high is not None and self.budget_low > self.budget_high:
            raise ValueError(f"预算下限 {self.budget_low} 高于上限 {self.budget_high}")
        return self


class OfferType(StrEnum):
    """What is offered; the value is its Chinese name."""

    ACHIEVEMENT = "科技成果"
    TEAM = "科研团队"
    EXPERT = "专家"
    EQUIPMENT = "设备平台"
    CONSULTING = "技术服务"

    @property
    def label(self) -> str:
        return self.value


class Offer(Record):
    """A technology offer (技术供给): achievement, team, expert, equipment or service."""

    kind: ClassVar[Kind] = Kind.OFFER

    title: Name
    type: OfferType
    organisation: Name
    organisation_id: OrganisationId | None = None
    content: Text = ""
    fields: Names = ()
    industry: IndustryCode | None = None
    maturity: Annotated[int, Field(ge=1, le=9)] | None = None
    """Technology readiness level (技术就绪度), GB/T 22900, 1 to 9."""
    intellectual_property: Names = ()
    price: Yuan | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    published: Day | None = None
