"""What came of a match: the events of a posting and a talent, and what was learned from them.

Ids, enumerations, a position and a time: an event has no field that could hold a word about a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from models.terms import Kind, Value


class Side(StrEnum):
    """Whose act it is: the enterprise's that published the posting, or the talent's."""

    POSTING = "posting"
    TALENT = "talent"

    @property
    def label(self) -> str:
        return "用人单位" if self is Side.POSTING else "求职者"

    @property
    def kind(self) -> Kind:
        return Kind(self.value)

    @property
    def other(self) -> Side:
        return Side.TALENT if self is Side.POSTING else Side.POSTING


class Act(StrEnum):
    """What was done with a pair, in the order in which it usually happens."""

    SHOWN = "shown"
    OPENED = "opened"
    SAVED = "saved"
    APPLIED = "applied"
    INVITED = "invited"
    ACCEPTED = "accepted"
    INTERVIEWED = "interviewed"
    """An interview was fixed."""
    OFFERED = "offered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """Who asked or had said yes takes it back."""
    HIRED = "hired"
    KEPT_3 = "kept_3"
    KEPT_6 = "kept_6"
    KEPT_12 = "kept_12"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_private(self) -> bool:
        """Whether only the side that acted may know of it: to look is not to say anything."""
        return self in (Act.SHOWN, Act.OPENED, Act.SAVED)

    @property
    def kept(self) -> timedelta:
        """How long after being hired the event happens at the earliest; nothing for other acts."""
        return timedelta(days=_KEPT_DAYS.get(self, 0))


_LABELS = {
    Act.SHOWN: "展示",
    Act.OPENED: "点开",
    Act.SAVED: "收藏",
    Act.APPLIED: "投递",
    Act.INVITED: "邀请",
    Act.ACCEPTED: "同意",
    Act.INTERVIEWED: "约面试",
    Act.OFFERED: "发录用意向",
    Act.REJECTED: "拒绝",
    Act.WITHDRAWN: "撤回",
    Act.HIRED: "录用",
    Act.KEPT_3: "在岗满 3 个月",
    Act.KEPT_6: "在岗满 6 个月",
    Act.KEPT_12: "在岗满 12 个月",
    Act.ENDED: "结束",
}
_KEPT_DAYS = {Act.KEPT_3: 85, Act.KEPT_6: 176, Act.KEPT_12: 360}
"""A few days short of the months: who reports them counts by the calendar and by working days."""
_ONLY = {
    Act.APPLIED: Side.TALENT,
    Act.INVITED: Side.POSTING,
    Act.INTERVIEWED: Side.POSTING,
    Act.OFFERED: Side.POSTING,
}
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("应为带时区的时间，如 2026-09-01T08:30:00+08:00")
    return value


def _in_utc(at: datetime) -> datetime:
    if at < _EARLIEST or at.year > 9000:
        raise ValueError("时间应在 2000 年以后")
    return at.astimezone(UTC)


RecordId = Annotated[int, Field(ge=1, le=2**53)]
Moment = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_in_utc)]
"""A time with its zone, kept in UTC; a bare number is a mistake."""


class Event(Value):
    """One act of one side upon a pair.

    The items of one list are shown at the same moment: equal side, asking record and time make a list.
    """

    id: UUID
    """Given by whoever reports the event; reporting it again changes nothing."""
    act: Act
    side: Side
    posting: RecordId
    talent: RecordId
    position: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Place in the list, 1 for the first; of what was shown and opened only."""
    at: Moment

    @model_validator(mode="after")
    def _possible(self) -> Self:
        placed = self.act in (Act.SHOWN, Act.OPENED)
        if placed and self.position is None:
            raise ValueError(f"“{self.act.label}”要写明在列表中的位置（position，从 1 开始）")
        if not placed and self.position is not None:
            raise ValueError(f"“{self.act.label}”没有列表位置，请去掉 position")
        if self.side is not _ONLY.get(self.act, self.side):
            raise ValueError(f"“{self.act.label}”只能由{_ONLY[self.act].label}作出")
        return self


class Trial(Value):
    """Learned weights against a rival's, on lists of askers who were not learned from."""

    askers: int
    lists: int
    rival: float
    """nDCG of the rival, in [0, 1]."""
    learned: float
    gain: float
    """How much better the learned weights are, relative to the rival: 0.02 is two per cent."""
    lower: float
    """Lower end of the gain's 95 % interval, by paired bootstrap over askers."""
    upper: float


class Bin(Value):
    """Pairs of about the same predicted chance, and how many of them came about."""

    n: int
    predicted: float
    observed: float


class Calibration(Value):
    """Which chance a score stands for: a rising line through the points, flat beyond its ends."""

    scores: tuple[float, ...]
    chances: tuple[float, ...]
    pairs: int
    """Pairs that it was made from."""
    agreed: int
    """How many of them both sides accepted."""
    bins: tuple[Bin, ...]
    """Reliability on pairs of held-out askers."""
    brier: float
    ece: float
    """Expected calibration error: the mean gap between predicted and observed, weighted by the bins' sizes."""


class Learned(Value):
    """One version of what outcomes taught about a market."""

    version: str
    made: Moment
    documented: Mapping[str, float]
    """The rules that it was learned on top of; with other rules it does not count."""
    weights: Mapping[str, float]
    outcomes: int
    lists: int
    trial: Trial | None
    """Of the weights against the documented ones; None where they are these, and only the calibration is new."""
    calibration: Calibration | None
