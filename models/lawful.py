"""Whether a posting may lawfully be published: rules, what breaks them, and how likely it is a fraud."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.matches import Span
from models.terms import Day, Value, Yuan

People = Annotated[int, Field(ge=0, le=10_000_000)]


class Severity(StrEnum):
    """What a finding does to publication."""

    BLOCKS = "blocks"
    WARNS = "warns"

    @property
    def label(self) -> str:
        return {"blocks": "不得发布", "warns": "提醒"}[self.value]


class Recruiter(StrEnum):
    """Who recruits (招聘服务类账号的类型); the value is its Chinese name."""

    EMPLOYER = "用人单位自主招聘"
    AGENCY = "经营性招聘服务"
    PUBLIC = "公共招聘服务"

    @property
    def label(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the law asks of a posting."""

    name: str
    label: str
    severity: Severity
    law: str
    article: str
    """Empty where the content of the law was checked and the number of its article was not."""
    says: str
    advice: str

    @property
    def citation(self) -> str:
        """As a Chinese reader cites it."""
        return self.law + self.article


@dataclass(frozen=True, slots=True)
class Numbers:
    """Two numbers that a finding rests on, as a Chinese reader sees them."""

    found: str
    limit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a posting breaks, and the words or numbers that show it; what is missing has neither."""

    rule: Rule
    field: str
    """The posting's field that it is about; of what the posting does not hold, the fact's name."""
    span: Span | None = None
    numbers: Numbers | None = None

    @property
    def blocks(self) -> bool:
        return self.rule.severity is Severity.BLOCKS

    @property
    def message(self) -> str:
        """One line for whoever writes or reviews the posting; a hint, never legal advice."""
        shown = ""
        if self.span:
            shown = f"“{self.span.text}”："
        elif self.numbers:
            shown = f"{self.numbers.found}，应{self.numbers.limit}："
        return f"{shown}{self.rule.says}（{self.rule.citation}）"


class Known(Value):
    """Facts about a posting that do not stand in it; None is what nobody knows."""

    verified: Day | None = None
    """When the recruiter's papers were last checked."""
    staff_on_post: People | None = None
    """Employees at work in posts of the same kind."""
    interns: People | None = None
    """Interns whom the organisation hosts now, in all posts."""
    interns_on_post: People | None = None
    """Interns in posts of the same kind now."""
    pay_on_post: Yuan | None = None
    """What employees in the same post are paid, CNY per month."""
    agreement: bool | None = None
    """Whether school, organisation and student have signed."""
    first_year: bool | None = None
    """Whether a student who is to come is in the first year; from the school, as yes or no."""
    under_16: bool | None = None
    under_18: bool | None = None
    consent: bool | None = None
    """Whether the guardians have signed."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to suspect a fraud; `weight` in (0, 1]."""

    name: str
    label: str
    weight: float
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """How suspicious a posting is; the weights of its signals add up to its score, which ends at 1."""

    signals: tuple[Signal, ...]

    @property
    def score(self) -> float:
        return min(1.0, round(sum(signal.weight for signal in self.signals), 4))
