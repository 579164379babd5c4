"""What government offers, and the conditions under which."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.terms import Day, DivisionCode, Kind, Name, Names, OptionalName, Record, Text, Value, Yuan


class Instrument(StrEnum):
    """The seven policy instruments; the value is its Chinese name."""

    FINANCE = "金融"
    FISCAL = "财政"
    TAX = "税费"
    LAND = "土地"
    CREDIT = "信用"
    EMPLOYMENT = "就业"
    INCOME = "收入分配"

    @property
    def label(self) -> str:
        return self.value


class Fact(StrEnum):
    """A fact about an organisation that a condition can test; the value is its Chinese name."""

    TYPE = "单位类型"
    INDUSTRY = "所属行业"
    DIVISION = "所在地"
    STAFF = "职工人数"
    FOUNDED = "成立年份"
    REVENUE = "年营业收入"
    INTERNS = "接收实习生人数"
    PATENTS = "专利数"
    QUALIFICATION = "资质"

    @property
    def label(self) -> str:
        return self.value


class Operator(StrEnum):
    """How a condition compares the fact with its values."""

    AT_LEAST = "不低于"
    AT_MOST = "不高于"
    ONE_OF = "属于"

    @property
    def label(self) -> str:
        return self.value


NUMERIC_FACTS = frozenset({Fact.STAFF, Fact.FOUNDED, Fact.REVENUE, Fact.INTERNS, Fact.PATENTS})


class Condition(Value):
    """One requirement of a policy: a fact, how it is compared, with what, and the sentence that says so."""

    fact: Fact
    operator: Operator
    number: Annotated[float, Field(ge=0)] | None = None
    """For 不低于 and 不高于."""
    values: Names = ()
    """For 属于: industry codes, division codes, qualifications or types."""
    quote: Text = ""
    """The policy's own words."""

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        numeric = self.operator is not Operator.ONE_OF
        if numeric and (self.fact not in NUMERIC_FACTS or self.number is None):
            raise ValueError(f"“{self.fact}{self.operator}”需要一个数值，且只能用于数值型条件")
        if not numeric and not self.values:
            raise ValueError(f"“{self.fact}属于”需要至少一个取值")
        return self


class Policy(Record):
    """A policy (政策) with its text and, where someone has read it closely, its conditions."""

    kind: ClassVar[Kind] = Kind.POLICY

    title: Name
    issuer: Name
    document_number: OptionalName = None
    text: Text = ""
    benefit: Text = ""
    """What it gives, in its own words."""
    amount: Yuan | None = None
    """The most one applicant can receive, CNY."""
    instruments: tuple[Instrument, ...] = ()
    audience: Names = ()
    """Whom it addresses: 企业, 学校, 学生 …"""
    conditions: Annotated[tuple[Condition, ...], Field(max_length=50)] = ()
    division: DivisionCode | None = None
    published: Day | None = None
    opens: Day | None = None
    closes: Day | None = None
    """Last day of application; None when it is open-ended or not stated."""
    url: Annotated[str, Field(pattern=r"^https?://", max_length=2_000)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.opens and self.closes and self.closes < self.opens:
            raise ValueError(f"申报截止 {self.closes} 早于申报开始 {self.opens}")
        return self
