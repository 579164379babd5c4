"""What the audit trail holds: who did what to which subject, by ids and field names alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from models.terms import Value

GENESIS = "0" * 64
"""What the first entry follows."""


class Action(StrEnum):
    """What was done."""

    PUBLISHED = "published"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    REVIVED = "revived"
    REPORTED = "reported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    RETRIED = "retried"
    STEPPED = "stepped"
    ERASED = "erased"
    CONSENTED = "consented"
    OBJECTED = "objected"
    DECIDED = "decided"
    COMPLAINED = "complained"
    ANSWERED = "answered"
    FORGOTTEN = "forgotten"
    PREFERRED = "preferred"
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CLOSED = "account_closed"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    INVITED = "invited"
    VETTED = "vetted"
    CONTACTED = "contacted"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Action.PUBLISHED: "新增",
    Action.CHANGED: "修改",
    Action.WITHDRAWN: "撤回",
    Action.REVIVED: "重新发布",
    Action.REPORTED: "报告结果",
    Action.BACKED_UP: "备份",
    Action.RESTORED: "从备份恢复",
    Action.RETRIED: "重试任务",
    Action.STEPPED: "发布流程",
    Action.ERASED: "删除个人信息",
    Action.CONSENTED: "授权或撤回授权",
    Action.OBJECTED: "提出异议",
    Action.DECIDED: "决定异议",
    Action.COMPLAINED: "投诉",
    Action.ANSWERED: "答复投诉",
    Action.FORGOTTEN: "删去过期投诉内容",
    Action.PREFERRED: "开关个性化推荐",
    Action.ACCOUNT_MADE: "开通账号",
    Action.ACCOUNT_CLOSED: "停用账号",
    Action.PASSWORD_CHANGED: "更换口令",
    Action.PASSWORD_RESET: "发出重设口令的链接",
    Action.KEY_MADE: "新建密钥",
    Action.KEY_REVOKED: "撤销密钥",
    Action.IDENTITY_LINKED: "关联外部身份",
    Action.IDENTITY_UNLINKED: "解除外部身份",
    Action.INVITED: "邀请",
    Action.VETTED: "核验单位",
    Action.CONTACTED: "投递、邀请与答复",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be entered; the trail adds number, time, actor and hashes."""

    action: Action
    subject: str
    """Kind and id, as in `posting/42`."""
    revision: int | None = None
    """The store's revision that the deed made."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Ids, counts and names of fields; never what a field says."""


class AuditEntry(Value):
    """One entry (审计条目); its hash covers everything before it."""

    number: int
    at: datetime
    actor: str
    """An account's id, or `public`, `cli`, `system`."""
    action: str
    """An `Action`, or what a later version entered."""
    subject: str
    revision: int | None
    details: dict[str, Any]
    previous: str
    hash: str
    """SHA-256 of everything else, as canonical JSON."""

    @staticmethod
    def following(number: int, previous: str, *, at: datetime, actor: str, deed: Deed) -> AuditEntry:
        """The entry after the one whose number and hash are given, sealed."""
        content: dict[str, Any] = {
            "number": number + 1,
            "at": at.astimezone(UTC),
            "actor": actor,
            "action": deed.action.value,
            "subject": deed.subject,
            "revision": deed.revision,
            "details": dict(deed.details),
            "previous": previous,
        }
        # Tens of thousands are made by an import, out of what is typed already.
        return AuditEntry.model_construct(**content, hash=_seal(content))

    @property
    def seal(self) -> str:
        """What the hash has to be."""
        return _seal({name: value for name, value in self if name != "hash"})


class AuditVerdict(Value):
    """What walking the chain found."""

    intact: bool
    entries: int
    """How many were read."""
    head: str
    """Hash of the last entry read: noted elsewhere, it proves later that nothing before it was changed or cut off."""
    broken: int | None = None
    """Number of the first entry that does not fit; None when the trouble is not one entry's."""
    reason: str = ""
    """What does not fit; empty when everything does."""


def _seal(content: Mapping[str, Any]) -> str:
    at: datetime = content["at"]
    plain = {**content, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def canonical(value: object) -> str:
    """The one JSON text of the value: keys in order, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
