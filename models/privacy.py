"""Personal data under 个人信息保护法: what is masked, consented to, objected to and erased."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.outcomes import Moment, RecordId
from models.terms import Value


class Sensitive(StrEnum):
    """What is taken out of free text before it is stored; the value is its Chinese name."""

    MOBILE = "手机号"
    LANDLINE = "座机"
    EMAIL = "邮箱"
    CITIZEN_ID = "证件号"
    BANK_CARD = "银行卡号"
    WECHAT = "微信"
    QQ = "QQ"

    @property
    def label(self) -> str:
        return self.value


MASK = re.compile(rf"【(?:{'|'.join(Sensitive)})(?:已隐去)?】")
"""What stands in a text where something sensitive was."""


class DataKind(StrEnum):
    """What a person consents to be handed to an organisation; the value is its Chinese name."""

    NAME = "姓名"
    CONTACT = "联系方式"
    STUDIES = "学籍与学业"
    EXPERIENCE = "实习与工作经历"
    CERTIFICATES = "技能与证书"

    @property
    def label(self) -> str:
        return self.value


class Purpose(StrEnum):
    """What an organisation may use the data for; the value is its Chinese name."""

    RECRUITMENT = "招聘录用"
    INTERNSHIP = "实习安排"
    TRAINING = "培训报名"
    FOLLOW_UP = "就业去向回访"

    @property
    def label(self) -> str:
        return self.value


class ConsentAct(StrEnum):
    """What the person did; the value is its Chinese name."""

    GIVEN = "同意"
    WITHDRAWN = "撤回"

    @property
    def label(self) -> str:
        return self.value


Kinds = Annotated[tuple[DataKind, ...], Field(min_length=1, max_length=len(DataKind))]


class Consent(Value):
    """One entry of the ledger: consent to one recipient for one purpose, or its withdrawal (arts 14, 15, 23)."""

    talent: RecordId
    recipient: RecordId
    """The organisation that would receive the data."""
    purpose: Purpose
    kinds: Kinds
    act: ConsentAct
    wording: Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,40}$")]
    """Version of the text that the person had before them."""
    at: Moment


class Outcome(StrEnum):
    """What a reviewer made of an automated answer; the value is its Chinese name."""

    UPHELD = "维持"
    CHANGED = "变更"

    @property
    def label(self) -> str:
        return self.value


class ObjectionState(StrEnum):
    """Where an objection stands; the value is its Chinese name."""

    OPEN = "待处理"
    DECIDED = "已决定"

    @property
    def label(self) -> str:
        return self.value


class Decision(Value):
    """What a person decided about an objection; written once, never changed."""

    outcome: Outcome
    reviewer: str
    reason: str
    at: Moment


class Objection(Value):
    """What a person says against an automated answer, and what a human decided (art. 24)."""

    number: int
    talent: RecordId
    posting: RecordId
    statement: str
    answer: str
    """What the service had answered at that moment, in Chinese."""
    at: Moment
    decision: Decision | None = None

    @property
    def state(self) -> ObjectionState:
        return ObjectionState.DECIDED if self.decision else ObjectionState.OPEN


class ErasureReason(StrEnum):
    """Why personal data was erased; the value is its Chinese name."""

    REQUEST = "本人要求"
    RETENTION = "保存期满"

    @property
    def label(self) -> str:
        return self.value


class Erasure(Value):
    """That the personal data of a talent was erased; holds nothing of it."""

    talent: RecordId
    revision: int
    """The change by which indexes learn of it."""
    reason: ErasureReason
    versions: int
    """States of the record that were blanked."""
    events: int
    """Events that no longer lead to the person."""
    at: Moment
