"""Demand for people that is expected: industry plans and demand publications."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import (
    Day,
    DivisionCode,
    IndustryCode,
    Kind,
    Name,
    OptionalName,
    OrganisationId,
    Record,
    Text,
    Texts,
    Value,
    Year,
    Yuan,
)


class PlanType(StrEnum):
    """What is published; the value is its Chinese name."""

    PLAN = "产业规划"
    DEMAND = "需求发布"

    @property
    def label(self) -> str:
        return self.value


class Target(Value):
    """How many people one node of the chain (产业链环节) expects to need in one year."""

    node: Name
    position: OptionalName = None
    """The job (岗位、工种); None when the number stands for all of the node."""
    year: Year
    low: Annotated[int, Field(ge=0, le=1_000_000)]
    high: Annotated[int, Field(ge=0, le=1_000_000)]
    output: Yuan | None = None
    """Planned output of that year, CNY."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"人数下限 {self.low} 高于上限 {self.high}")
        return self


class Plan(Record):
    """An industry plan (产业规划) or demand publication (需求发布): who will be needed where, when and why."""

    kind: ClassVar[Kind] = Kind.PLAN

    title: Name
    type: PlanType
    organisation: Name
    organisation_id: OrganisationId | None = None
    chain: OptionalName = None
    """The industry chain (产业链) that it is about."""
    scope: OptionalName = None
    """Whom the numbers cover, as published: 全市规上企业."""
    targets: Annotated[tuple[Target, ...], Field(max_length=300)] = ()
    content: Text = ""
    assumptions: Text = ""
    """What the numbers rest on, in words."""
    evidence: Texts = ()
    """Surveys, projects and documents behind them, one text each."""
    industry: IndustryCode | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    published: Day | None = None
    starts: Day | None = None
    """First day of the period that it speaks of."""
    ends: Day | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"结束日期 {self.ends} 早于开始日期 {self.starts}")
        named = [(target.node, target.position, target.year) for target in self.targets]
        twice = sorted({" · ".join(filter(None, one[:2])) + f" {one[2]} 年" for one in named if named.count(one) > 1})
        if twice:
            raise ValueError(f"“{twice[0]}”出现了两次")
        return self

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes and jobs that it names, each once."""
        named = [name for target in self.targets for name in (target.node, target.position) if name]
        return tuple(dict.fromkeys(named))
