"""How a record comes before the public: drafted, submitted, reviewed, published, and in the end taken down."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from models.terms import Day, Kind, Record, Value


class State(StrEnum):
    """Where a publication stands; the value is its Chinese name."""

    DRAFT = "草稿"
    SUBMITTED = "待审核"
    PUBLISHED = "已发布"
    REJECTED = "已退回"
    EXPIRED = "已过期"
    WITHDRAWN = "已撤回"
    REPLACED = "已被新版本替代"

    @property
    def label(self) -> str:
        return self.value


class Step(StrEnum):
    """What moves a publication from one state to the next; the value is its Chinese name."""

    EDIT = "修改"
    SUBMIT = "提交审核"
    RECALL = "收回修改"
    APPROVE = "通过并发布"
    REJECT = "退回"
    WITHDRAW = "撤回"
    RENEW = "延长有效期"
    EXPIRE = "到期"
    REPLACE = "替代"

    @property
    def label(self) -> str:
        return self.value


STEPS: dict[Step, tuple[frozenset[State], State]] = {
    Step.EDIT: (frozenset({State.DRAFT, State.REJECTED}), State.DRAFT),
    Step.SUBMIT: (frozenset({State.DRAFT, State.REJECTED}), State.SUBMITTED),
    Step.RECALL: (frozenset({State.SUBMITTED}), State.DRAFT),
    Step.APPROVE: (frozenset({State.SUBMITTED}), State.PUBLISHED),
    Step.REJECT: (frozenset({State.SUBMITTED}), State.REJECTED),
    Step.WITHDRAW: (
        frozenset({State.DRAFT, State.REJECTED, State.SUBMITTED, State.PUBLISHED, State.EXPIRED}),
        State.WITHDRAWN,
    ),
    Step.RENEW: (frozenset({State.PUBLISHED, State.EXPIRED}), State.PUBLISHED),
    Step.EXPIRE: (frozenset({State.PUBLISHED}), State.EXPIRED),
    Step.REPLACE: (frozenset({State.PUBLISHED, State.EXPIRED}), State.REPLACED),
}
"""From which states each step is possible, and where it leads."""

VALIDITY: dict[Kind, int] = dict.fromkeys(Kind, 365) | {
    Kind.POSTING: 90,
    Kind.NEED: 180,
    Kind.ORGANISATION: 730,
    Kind.POLICY: 1_095,
    Kind.PROGRAMME: 730,
}
"""Days that a publication stays valid at most before somebody has to renew it; a record's own last day comes first.

A posting needs a validity date or has to be kept up to date: 关于规范网络平台招聘类信息发布的通知 (2026-01).
"""


class StepTaken(Value):
    """One step in the life of a publication."""

    step: Step
    state: State
    at: datetime
    by: int | None
    """The account; None for the service itself."""
    reason: str = ""


class Publication(Value):
    """One version of a record on its way to the public, or there (发布)."""

    id: int
    kind: Kind
    state: State
    record_id: int | None
    """None until the first version is published."""
    account: int
    """Whose draft it is."""
    organisation: int | None
    until: Day | None
    """The last day on which it is valid; None before it is submitted."""
    changed: datetime
    reason: str = ""
    """What the reviewer said last."""

    def may(self, step: Step) -> bool:
        """Whether the state allows the step."""
        return self.state in STEPS[step][0]


_LAST_DAYS = ("expires", "closes", "deadline", "ends")
"""Fields in which a record says when it is over."""


def last_day(record: Record, today: date) -> date:
    """How long a publication of the record is valid when nobody says otherwise: its own last day, or the kind's."""
    usual = today + timedelta(days=VALIDITY[record.kind])
    stated: list[date] = [day for name in _LAST_DAYS if (day := getattr(record, name, None)) and day >= today]
    return min([usual, *stated])
