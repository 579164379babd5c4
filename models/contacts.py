"""How a person and a posting come together: who asked, who answered, what came of it, and whose turn it is.

Events know ids only. What is more than ids, such as the time of an interview or a short note, stays with the pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from models.outcomes import Act, Moment, RecordId, Side
from models.terms import Value
from models.text import clean

NOTE_LIMIT = 300
"""Longest note, in characters: what is needed to meet, no place for a résumé."""


class Stage(StrEnum):
    """How far a pair has come; the value is its Chinese name."""

    NEW = "尚未联系"
    APPLIED = "已投递"
    INVITED = "已邀请"
    CONNECTED = "双方同意联系"
    INTERVIEW = "已约面试"
    CONFIRMED = "面试已确认"
    OFFERED = "已发录用意向"
    AGREED = "已接受录用"
    HIRED = "已到岗"
    ENDED = "已结束"
    REJECTED = "未通过"
    DECLINED = "已婉拒"
    WITHDRAWN = "已退出应聘"
    RECALLED = "邀请已收回"

    @property
    def label(self) -> str:
        return self.value

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for anything but, after work that ended, an evaluation."""
        return self in (Stage.ENDED, Stage.REJECTED, Stage.DECLINED, Stage.WITHDRAWN, Stage.RECALLED)

    @property
    def is_disclosed(self) -> bool:
        """Whether the person let the enterprise know who they are, and the purpose for it lasts."""
        return not self.is_over and self not in (Stage.NEW, Stage.INVITED)


class ContactStep(StrEnum):
    """What moves a pair on; the value is its Chinese name."""

    APPLY = "投递"
    INVITE = "邀请"
    ADMIT = "同意沟通"
    """The enterprise's yes to an application."""
    ACCEPT = "接受邀请"
    """The person's yes to an invitation."""
    RECALL = "收回邀请"
    DECLINE = "婉拒"
    REJECT = "不合适"
    WITHDRAW = "退出应聘"
    INTERVIEW = "约面试"
    CONFIRM = "确认参加"
    REBOOK = "请求改期"
    OFFER = "发录用意向"
    TAKE = "接受录用"
    START = "确认到岗"
    KEEP_3 = "在岗满 3 个月"
    KEEP_6 = "在岗满 6 个月"
    KEEP_12 = "在岗满 12 个月"
    END = "结束"
    EVALUATE = "评价"

    @property
    def label(self) -> str:
        return self.value

    @property
    def discloses(self) -> bool:
        """Whether the person lets the enterprise know who they are by it, which takes their consent."""
        return self in (ContactStep.APPLY, ContactStep.ACCEPT)


@dataclass(frozen=True, slots=True)
class Way:
    """Who takes a step, from which stage to which, and what the log of events hears of it."""

    sides: frozenset[Side]
    leads: Mapping[Stage, Stage]
    act: Act | None = None


_PERSON, _ENTERPRISE = frozenset({Side.TALENT}), frozenset({Side.POSTING})
_MEETING = (Stage.CONNECTED, Stage.INTERVIEW, Stage.CONFIRMED)

STEPS: dict[ContactStep, Way] = {
    # Whoever asks the one who has asked already says yes: `meant` makes it so.
    ContactStep.APPLY: Way(
        _PERSON,
        dict.fromkeys((Stage.NEW, Stage.DECLINED, Stage.WITHDRAWN, Stage.RECALLED), Stage.APPLIED),
        Act.APPLIED,
    ),
    # Who declined or withdrew is not asked again; the person may think better of it.
    ContactStep.INVITE: Way(
        _ENTERPRISE, dict.fromkeys((Stage.NEW, Stage.REJECTED, Stage.RECALLED), Stage.INVITED), Act.INVITED
    ),
    ContactStep.ADMIT: Way(_ENTERPRISE, {Stage.APPLIED: Stage.CONNECTED}, Act.ACCEPTED),
    ContactStep.ACCEPT: Way(_PERSON, {Stage.INVITED: Stage.CONNECTED}, Act.ACCEPTED),
    ContactStep.RECALL: Way(_ENTERPRISE, {Stage.INVITED: Stage.RECALLED}, Act.WITHDRAWN),
    ContactStep.DECLINE: Way(_PERSON, dict.fromkeys((Stage.INVITED, Stage.OFFERED), Stage.DECLINED), Act.REJECTED),
    ContactStep.REJECT: Way(
        _ENTERPRISE,
        dict.fromkeys((Stage.APPLIED, *_MEETING, Stage.OFFERED, Stage.AGREED), Stage.REJECTED),
        Act.REJECTED,
    ),
    ContactStep.WITHDRAW: Way(
        _PERSON,
        dict.fromkeys((Stage.APPLIED, *_MEETING, Stage.OFFERED, Stage.AGREED), Stage.WITHDRAWN),
        Act.WITHDRAWN,
    ),
    ContactStep.INTERVIEW: Way(_ENTERPRISE, dict.fromkeys(_MEETING, Stage.INTERVIEW), Act.INTERVIEWED),
    ContactStep.CONFIRM: Way(_PERSON, {Stage.INTERVIEW: Stage.CONFIRMED}),
    ContactStep.REBOOK: Way(_PERSON, dict.fromkeys((Stage.INTERVIEW, Stage.CONFIRMED), Stage.CONNECTED)),
    ContactStep.OFFER: Way(_ENTERPRISE, dict.fromkeys(_MEETING, Stage.OFFERED), Act.OFFERED),
    ContactStep.TAKE: Way(_PERSON, {Stage.OFFERED: Stage.AGREED}),
    ContactStep.START: Way(_ENTERPRISE, dict.fromkeys((Stage.OFFERED, Stage.AGREED), Stage.HIRED), Act.HIRED),
    ContactStep.KEEP_3: Way(_ENTERPRISE, {Stage.HIRED: Stage.HIRED}, Act.KEPT_3),
    ContactStep.KEEP_6: Way(_ENTERPRISE, {Stage.HIRED: Stage.HIRED}, Act.KEPT_6),
    ContactStep.KEEP_12: Way(_ENTERPRISE, {Stage.HIRED: Stage.HIRED}, Act.KEPT_12),
    ContactStep.END: Way(frozenset(Side), {Stage.HIRED: Stage.ENDED}, Act.ENDED),
    ContactStep.EVALUATE: Way(frozenset(Side), {Stage.HIRED: Stage.HIRED, Stage.ENDED: Stage.ENDED}),
}
"""Who may take each step, from which stages, and where it leads."""
ONCE = frozenset({ContactStep.KEEP_3, ContactStep.KEEP_6, ContactStep.KEEP_12, ContactStep.EVALUATE})
"""Steps that leave the stage as it is and are taken once by a side."""

WAITS: dict[Stage, frozenset[Side]] = {
    Stage.APPLIED: _ENTERPRISE,
    Stage.INVITED: _PERSON,
    Stage.CONNECTED: _ENTERPRISE,
    Stage.INTERVIEW: _PERSON,
    Stage.CONFIRMED: _ENTERPRISE,
    Stage.OFFERED: _PERSON,
    Stage.AGREED: _ENTERPRISE,
    Stage.ENDED: frozenset(Side),
}
"""Whose turn it is; after the end it is everyone's who has not evaluated yet."""

_TO_DO: dict[Stage, tuple[str, str]] = {
    Stage.NEW: ("可以投递", "可以邀请"),
    Stage.APPLIED: ("等待用人单位答复", "请答复这份投递"),
    Stage.INVITED: ("请答复这份邀请", "等待对方答复"),
    Stage.CONNECTED: ("等待用人单位安排面试", "请约面试，或直接发录用意向"),
    Stage.INTERVIEW: ("请确认能否参加面试", "等待对方确认面试"),
    Stage.CONFIRMED: ("请按时参加面试", "面试后请告知结果"),
    Stage.OFFERED: ("请答复是否接受录用", "等待对方答复；已经来上班的可直接确认到岗"),
    Stage.AGREED: ("请按约定时间到岗", "到岗当天请确认"),
    Stage.HIRED: ("正在岗", "正在岗，满 3、6、12 个月请各记一次"),
    Stage.ENDED: ("请评价这段经历", "请评价这段经历"),
    Stage.REJECTED: ("可以看看其他岗位", "已答复"),
    Stage.DECLINED: ("已婉拒，想法变了可以再投递", "对方已婉拒"),
    Stage.WITHDRAWN: ("已退出，想法变了可以再投递", "对方已退出，不再显示姓名和联系方式"),
    Stage.RECALLED: ("用人单位收回了邀请，仍可以投递", "已收回，可以再邀请"),
}
_EVALUATED = "已评价"


def to_do(stage: Stage, side: Side, *, waits: bool) -> str:
    """What comes next, as the side reads it."""
    if stage is Stage.ENDED and not waits:
        return _EVALUATED
    return _TO_DO[stage][0 if side is Side.TALENT else 1]


def meant(step: ContactStep, stage: Stage) -> ContactStep:
    """The step that is taken where this one is asked for: to ask the one who has asked already is to say yes."""
    if step is ContactStep.APPLY and stage is Stage.INVITED:
        return ContactStep.ACCEPT
    if step is ContactStep.INVITE and stage is Stage.APPLIED:
        return ContactStep.ADMIT
    return step


class Reason(StrEnum):
    """Why somebody said no or left; the value is its Chinese name. None of them speaks of sex, age or origin."""

    FILLED = "岗位已招满"
    SKILLS = "专业或技能不符"
    CREDENTIALS = "学历或证书不符"
    EXPERIENCE = "经验不足"
    DATES = "到岗时间不合"
    PAY = "薪资不合"
    ABSENT = "未参加面试或未到岗"
    ELSEWHERE = "已有其他去向"
    STUDIES = "升学或参军"
    PLACE = "地点太远"
    CONTENT = "岗位内容不合适"
    SHIFT = "班次不合适"
    MISLED = "岗位与描述不符"
    FEES = "要求交费、押金或扣押证件"
    FINISHED = "期满"
    RESIGNED = "本人离开"
    DISMISSED = "用人单位终止"
    OTHER = "其他"

    @property
    def label(self) -> str:
        return self.value


_SAYS_NO = (
    Reason.FILLED,
    Reason.SKILLS,
    Reason.CREDENTIALS,
    Reason.EXPERIENCE,
    Reason.DATES,
    Reason.PAY,
    Reason.ABSENT,
    Reason.OTHER,
)
_LEAVES = (
    Reason.ELSEWHERE,
    Reason.STUDIES,
    Reason.PLACE,
    Reason.PAY,
    Reason.CONTENT,
    Reason.SHIFT,
    Reason.DATES,
    Reason.MISLED,
    Reason.FEES,
    Reason.OTHER,
)
_ENDS = (Reason.FINISHED, Reason.RESIGNED, Reason.DISMISSED, Reason.MISLED, Reason.FEES, Reason.OTHER)

REASONS: dict[ContactStep, tuple[Reason, ...]] = {
    ContactStep.RECALL: (Reason.FILLED, Reason.OTHER),
    ContactStep.REJECT: _SAYS_NO,
    ContactStep.DECLINE: _LEAVES,
    ContactStep.WITHDRAW: _LEAVES,
    ContactStep.END: _ENDS,
}
"""What may be given as a reason for a step; no reason is owed."""
COMPLAINTS = frozenset({Reason.MISLED, Reason.FEES})
"""Reasons of the person's that tell against the enterprise."""


class Criterion(StrEnum):
    """What one side grades the other by when the work is over; the value is its Chinese name."""

    SKILL = "岗位技能"
    ATTITUDE = "工作态度"
    TEAMWORK = "沟通协作"
    DISCIPLINE = "遵守安全与纪律"
    HONESTY = "岗位与描述相符"
    PAID = "报酬按约足额发放"
    GUIDANCE = "带教与指导"
    SAFETY = "安全与劳动保护"

    @property
    def label(self) -> str:
        return self.value


CRITERIA: dict[Side, tuple[Criterion, ...]] = {
    Side.POSTING: (Criterion.SKILL, Criterion.ATTITUDE, Criterion.TEAMWORK, Criterion.DISCIPLINE),
    Side.TALENT: (Criterion.HONESTY, Criterion.PAID, Criterion.GUIDANCE, Criterion.SAFETY),
}
"""What each side grades the other by."""
GRADES = {1: "很差", 2: "较差", 3: "一般", 4: "较好", 5: "很好"}
Grade = Annotated[int, Field(ge=1, le=5)]

Note = Annotated[
    str,
    StringConstraints(max_length=NOTE_LIMIT),
    BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
]
"""A short note to the other side; numbers and addresses of people are masked before it is stored."""


class InterviewMode(StrEnum):
    """How an interview is held; the value is its Chinese name."""

    ON_SITE = "现场"
    ONLINE = "线上"

    @property
    def label(self) -> str:
        return self.value


class Interview(Value):
    """When and where an interview is held."""

    at: Moment
    mode: InterviewMode
    place: Annotated[Note, Field(max_length=120)] = ""
    """The address, or how to join from afar."""

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if self.mode is InterviewMode.ON_SITE and not self.place:
            raise ValueError("现场面试要写明地点")
        return self


class StepWanted(Value):
    """A step with what belongs to it."""

    step: ContactStep
    note: Note = ""
    reason: Reason | None = None
    """Of those that the step knows."""
    interview: Interview | None = None
    """Owed for an interview and for nothing else."""
    grades: Mapping[Criterion, Grade] = {}
    """Owed for an evaluation and for nothing else: 1 (worst) to 5 for each criterion of the side."""
    consent: Annotated[str, StringConstraints(max_length=40)] = ""
    """Version of the text that the person read and agreed to; owed where a step tells the enterprise who they are."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.interview is None) is (self.step is ContactStep.INTERVIEW):
            raise ValueError("约面试要写明时间和方式" if self.interview is None else f"“{self.step}”不带面试安排")
        if bool(self.grades) is not (self.step is ContactStep.EVALUATE):
            raise ValueError(f"“{self.step}”不带评分" if self.grades else "评价要给出评分")
        allowed = REASONS.get(self.step, ())
        if self.reason and self.reason not in allowed:
            known = f"可选：{'、'.join(allowed)}" if allowed else "不带原因"
            raise ValueError(f"“{self.step}”的原因不能是“{self.reason}”，{known}")
        if self.consent and not self.step.discloses:
            raise ValueError(f"“{self.step}”不需要同意书")
        return self


class ContactStepTaken(Value):
    """One step that a pair took."""

    step: ContactStep
    side: Side
    stage: Stage
    """Where it led."""
    at: datetime
    note: str = ""
    reason: Reason | None = None
    interview: Interview | None = None


class Contact(Value):
    """Where a pair stands (往来)."""

    posting: RecordId
    talent: RecordId
    organisation: int | None = None
    """Who published the posting; None while nothing has happened."""
    stage: Stage = Stage.NEW
    waits: tuple[Side, ...] = ()
    """Whose turn it is."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A pair with all that it went through, oldest first, and how the sides graded each other."""

    contact: Contact
    steps: tuple[ContactStepTaken, ...] = ()
    grades: Mapping[Side, Mapping[Criterion, int]] = field(default_factory=dict)

    @property
    def interview(self) -> Interview | None:
        """The interview that stands; None when there is none, or not yet, or not any more."""
        if self.contact.stage not in (Stage.INTERVIEW, Stage.CONFIRMED):
            return None
        return next((one.interview for one in reversed(self.steps) if one.interview), None)

    @property
    def last(self) -> ContactStepTaken | None:
        return self.steps[-1] if self.steps else None

    def may(self, step: ContactStep, side: Side) -> bool:
        """Whether the side can take the step now."""
        way = STEPS[step]
        done = step in ONCE and any(one.step is step and one.side is side for one in self.steps)
        return side in way.sides and self.contact.stage in way.leads and not done

    def possible(self, side: Side) -> tuple[ContactStep, ...]:
        """The steps that the side can take now, in the order in which they are defined."""
        return tuple(step for step in ContactStep if self.may(step, side))


def waiting(stage: Stage, evaluated: frozenset[Side]) -> frozenset[Side]:
    """Whose turn it is at the stage, once these sides have evaluated."""
    return WAITS.get(stage, frozenset()) - (evaluated if stage is Stage.ENDED else frozenset())
