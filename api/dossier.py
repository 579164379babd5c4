"""Everything that is stored about a person, as one document that the person can read and take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from api.answers import Detail
from data import taxonomy
from data.consents import in_force
from data.store import Store, Version
from indexing.shelf import Shelf
from models.accounts import Account, ExternalIdentity
from models.contacts import ContactStepTaken
from models.errors import NotFound
from models.organisations import Organisation
from models.outcomes import Act, Event, Side
from models.postings import Posting
from models.privacy import Consent, Objection
from models.publishing import StepTaken
from models.talents import Talent
from models.terms import Kind, Source, Value


class Entry(Value):
    """One thing that is stored, line by line."""

    facts: tuple[Detail, ...]


class Section(Value):
    """All that is stored of one sort."""

    name: str
    label: str
    note: str
    entries: tuple[Entry, ...]


class Dossier(Value):
    """Everything that is stored about a person (arts 44, 45)."""

    talent: int
    made: datetime
    title: str
    sections: tuple[Section, ...]
    rights: tuple[str, ...]
    """What the person can do about it, in Chinese."""
    record: dict[str, Any] | None
    """The record as programs exchange it, to be taken elsewhere; null when it is withdrawn."""


class Names:
    """What postings and organisations are called, also after they were withdrawn; each is looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._found: dict[int, str] = {}

    def of(self, id: int) -> str:
        """The name; the number for a record that has none."""
        if id not in self._found:
            last = next((one.record for one in reversed(self._store.history(id)) if one.record), None)
            match last:
                case Posting():
                    self._found[id] = f"{last.title}（{last.organisation}）"
                case Organisation():
                    self._found[id] = last.name
                case _:
                    self._found[id] = f"编号 {id}"
        return self._found[id]


def dossier(store: Store, talent: int, *, timezone: str, shelf: Shelf | None = None) -> Dossier:
    """Everything that is stored about the talent, a withdrawn one included.

    Raises NotFound for an id that is no talent's, Erased when there is nothing left. Without a shelf, what was
    read out of the record for matching is left out.
    """
    versions = store.history(talent)
    known = [version.record for version in versions if version.record]
    if not known or not isinstance(known[-1], Talent):
        raise NotFound(f"没有编号为 {talent} 的{Kind.TALENT.label}")
    live = cast("Talent | None", versions[-1].record)
    local = ZoneInfo(timezone)
    names = Names(store)
    ledger = store.consents.of(talent)
    sections = (
        Section(name="record", label="当前资料", note=_note(live), entries=_once(_record_facts(live))),
        Section(
            name="history",
            label="修改记录",
            note="每一次登记、修改和撤回，只列出变动的内容；登记时的内容与当前资料相同的，不再重复。",
            entries=tuple(_states(versions, live, local)),
        ),
        Section(
            name="derived",
            label="系统读出的内容",
            note="匹配时从资料中读出；另有供检索用的分词和向量，由资料算出，随资料一起删除。",
            entries=_once(_derived(shelf, talent)),
        ),
        Section(
            name="account",
            label="账号",
            note="登录用的账号；口令只存不可还原的摘要。",
            entries=tuple(
                Entry(facts=_account_facts(one, store.accounts.identities(one.id), local))
                for one in store.accounts.of_talent(talent)
            ),
        ),
        Section(
            name="publications",
            label="提交与审核",
            note="资料的每一次提交和审核。",
            entries=tuple(
                Entry(facts=_step_facts(step, local))
                for one in store.publications.of_record(talent)
                for step in store.publications.steps(one.id)
            ),
        ),
        Section(
            name="events",
            label="往来记录",
            note="您和用人单位在平台上的操作。",
            entries=tuple(Entry(facts=_event_facts(one, names, local)) for one in store.events.about(talent)),
        ),
        Section(
            name="contacts",
            label="投递与邀请",
            note="每一步的时间、附言和安排；往来结束半年后，附言和安排清空，只留步骤。",
            entries=tuple(
                Entry(facts=_contact_facts(step, one.contact.posting, names, local))
                for one in reversed(store.contacts.of_talent(talent))
                for step in one.steps
            ),
        ),
        Section(
            name="consents",
            label="授权记录",
            note=_standing_consents(ledger, names),
            entries=tuple(Entry(facts=_consent_facts(one, names, local)) for one in ledger),
        ),
        Section(
            name="objections",
            label="异议与人工决定",
            note="您对自动推荐结果提出的异议。",
            entries=tuple(Entry(facts=_objection_facts(one, names, local)) for one in store.objections.of(talent)),
        ),
    )
    return Dossier(
        talent=talent,
        made=datetime.now(local),
        title=f"人才 {talent} 的全部个人信息",
        sections=sections,
        rights=_RIGHTS,
        record=live.model_dump(mode="json", exclude_defaults=True) if live else None,
    )


_RIGHTS = (
    "更正：资料有误，可随时修改；已作的修改都列在“修改记录”里。",
    "撤回：不再参加匹配，资料不再向任何人显示。",
    "删除：清空资料及其全部历史，删除后不能恢复；统计数字保留，但不再指向您。",
    "撤回授权：可随时撤回对任何单位的授权，立即生效。",
    "拒绝个性化推荐：可改看只按日期或地点排列、不使用个人信息的岗位清单。",
    "说明与异议：对自动推荐的结果可以要求说明、提出异议，由工作人员重新决定。",
)

_LABELS = {
    "name": "姓名",
    "contact": "联系方式",
    "level": "办学层次",
    "school": "学校",
    "school_id": "学校在平台的编号",
    "specialty": "所学专业",
    "specialty_code": "专业代码",
    "grade": "年级",
    "graduation": "毕业时间",
    "division": "所在地区",
    "place": "所在地",
    "seeking": "求职类型",
    "expected_positions": "期望岗位",
    "expected_divisions": "期望地区",
    "expected_places": "期望地点",
    "expected_salary": "期望薪资",
    "shifts": "可接受班次",
    "courses": "所修课程",
    "skills": "技能",
    "certificates": "证书",
    "skill_level": "技能等级",
    "experience": "经历",
    "experience_years": "工作年限",
    "self_description": "自我评价",
    "available_from": "最早到岗",
    "available_until": "最晚到岗",
    "source": "资料来源",
}
"""Every field of a talent, in the order in which it is told."""


def _note(live: Talent | None) -> str:
    return (
        "您在平台上的资料。姓名只向您授权的单位显示，来源编号不向任何人显示。"
        if live
        else "资料已撤回，不再参加匹配；历史见下。"
    )


def _once(facts: Iterable[Detail]) -> tuple[Entry, ...]:
    found = tuple(facts)
    return (Entry(facts=found),) if found else ()


def _record_facts(talent: Talent | None) -> Iterator[Detail]:
    for field, label in _LABELS.items():
        value = _in_words(field, getattr(talent, field)) if talent else ""
        if value:
            yield Detail(field=field, label=label, value=value)


def _in_words(field: str, value: Any) -> str:
    """The field's value as its owner reads it; empty for none."""
    match field, value:
        case _, None | "" | ():
            return ""
        case "division", str():
            return _place(value)
        case "expected_divisions", tuple():
            return "、".join(map(_place, value))
        case "expected_salary", _:
            return f"不低于 {value:,} 元/月"
        case "experience_years", _:
            return f"{value} 年"
        case "grade", _:
            return f"{value} 年级"
        case "experience", tuple():
            return "\n".join(value)
        case _, Source():
            return f"{value.name}，编号 {value.id}"
        case _, tuple():
            return "、".join(map(str, value))
        case _, date():
            return value.isoformat()
    return str(value)


def _place(code: str) -> str:
    name = taxonomy.division_label(code)
    return f"{name}（{code}）" if name != code else f"区划代码 {code}"


def _states(versions: Iterable[Version], live: Talent | None, local: ZoneInfo) -> Iterator[Entry]:
    """What each state changed; the first, which changed nothing yet, tells what is different today."""
    before = live
    for number, version in enumerate(versions):
        now = cast("Talent | None", version.record)
        act = "撤回" if now is None else "登记" if number == 0 else "修改"
        facts = [
            Detail(field="at", label="时间", value=_at(version.at, local)),
            Detail(field="act", label="操作", value=act),
        ]
        if now is not None:
            facts += _changed(before, now)
            before = now
        yield Entry(facts=tuple(facts))


def _changed(before: Talent | None, now: Talent) -> Iterator[Detail]:
    """The fields that are not what they were, each with what it then said."""
    for field, label in _LABELS.items():
        old, new = (_in_words(field, getattr(one, field)) if one else "" for one in (before, now))
        if old != new:
            yield Detail(field=field, label=label, value=new or "（清空）")


def _derived(shelf: Shelf | None, talent: int) -> Iterator[Detail]:
    document = shelf[Kind.TALENT].documents.get(talent) if shelf else None
    if document is None:
        return
    facts = document.facts
    read = {
        "skills": ("技能", facts.skill_names()),
        "certificates": ("证书", tuple(dict.fromkeys(mention.name for mention in facts.certificates))),
    }
    for field, (label, found) in read.items():
        if found:
            yield Detail(field=field, label=label, value="、".join(found))


def _account_facts(account: Account, linked: Sequence[ExternalIdentity], local: ZoneInfo) -> tuple[Detail, ...]:
    return (
        Detail(field="login", label="账号", value=account.login),
        Detail(field="name", label="称呼", value=account.name),
        Detail(field="created", label="开通时间", value=_at(account.created, local)),
        *(
            Detail(field="identity", label="外部身份", value=f"{one.label}（{one.issuer}，编号 {one.subject}）")
            for one in linked
        ),
    )


def _step_facts(step: StepTaken, local: ZoneInfo) -> tuple[Detail, ...]:
    facts = (
        Detail(field="at", label="时间", value=_at(step.at, local)),
        Detail(field="step", label="操作", value=step.step.label),
        Detail(field="state", label="状态", value=step.state.label),
    )
    return (*facts, Detail(field="reason", label="说明", value=step.reason)) if step.reason else facts


_EVENTS = {
    (Act.SHOWN, Side.TALENT): "向您推荐了岗位（第 {} 位）",
    (Act.SHOWN, Side.POSTING): "您出现在该岗位的推荐名单中（第 {} 位）",
    (Act.OPENED, Side.TALENT): "您点开了岗位",
    (Act.OPENED, Side.POSTING): "用人单位点开了您的资料",
    (Act.SAVED, Side.TALENT): "您收藏了岗位",
    (Act.SAVED, Side.POSTING): "用人单位收藏了您的资料",
    (Act.APPLIED, Side.TALENT): "您投递了岗位",
    (Act.INVITED, Side.POSTING): "用人单位邀请了您",
    (Act.ACCEPTED, Side.TALENT): "您接受了用人单位的邀请",
    (Act.ACCEPTED, Side.POSTING): "用人单位接受了您的投递",
    (Act.REJECTED, Side.TALENT): "您谢绝了",
    (Act.REJECTED, Side.POSTING): "用人单位没有接受",
    (Act.INTERVIEWED, Side.POSTING): "用人单位约您面试",
    (Act.OFFERED, Side.POSTING): "用人单位向您发出录用意向",
    (Act.WITHDRAWN, Side.TALENT): "您退出了应聘",
    (Act.WITHDRAWN, Side.POSTING): "用人单位收回了邀请",
}


def _event_facts(event: Event, names: Names, local: ZoneInfo) -> tuple[Detail, ...]:
    whose = "您" if event.side is Side.TALENT else "用人单位"
    said = _EVENTS.get((event.act, event.side), f"{whose}报告：{event.act.label}").format(event.position)
    return (
        Detail(field="at", label="时间", value=_at(event.at, local)),
        Detail(field="act", label="事项", value=said),
        Detail(field="posting", label="岗位", value=names.of(event.posting)),
    )


def _contact_facts(step: ContactStepTaken, posting: int, names: Names, local: ZoneInfo) -> tuple[Detail, ...]:
    whose = "您" if step.side is Side.TALENT else "用人单位"
    facts = [
        Detail(field="at", label="时间", value=_at(step.at, local)),
        Detail(field="step", label="操作", value=f"{whose}：{step.step.label}"),
        Detail(field="posting", label="岗位", value=names.of(posting)),
    ]
    if step.reason:
        facts.append(Detail(field="reason", label="原因", value=step.reason.label))
    if step.interview:
        place = f"，{step.interview.place}" if step.interview.place else ""
        when = f"{_at(step.interview.at, local)}，{step.interview.mode.label}{place}"
        facts.append(Detail(field="interview", label="面试", value=when))
    if step.note:
        facts.append(Detail(field="note", label="附言", value=step.note))
    return tuple(facts)


def _consent_facts(entry: Consent, names: Names, local: ZoneInfo) -> tuple[Detail, ...]:
    return (
        Detail(field="at", label="时间", value=_at(entry.at, local)),
        Detail(field="act", label="操作", value=entry.act.label),
        Detail(field="recipient", label="接收方", value=names.of(entry.recipient)),
        Detail(field="purpose", label="目的", value=entry.purpose.label),
        Detail(field="kinds", label="个人信息", value="、".join(entry.kinds)),
        Detail(field="wording", label="告知文本版本", value=entry.wording),
    )


def _standing_consents(ledger: Iterable[Consent], names: Names) -> str:
    found = [
        f"{names.of(recipient)}可为{purpose.label}使用您的{'、'.join(kinds)}"
        for (recipient, purpose), kinds in in_force(ledger).items()
    ]
    return f"现在有效：{'；'.join(found)}。" if found else "现在没有有效的授权，您的姓名和联系方式不向任何单位提供。"


def _objection_facts(one: Objection, names: Names, local: ZoneInfo) -> tuple[Detail, ...]:
    facts = [
        Detail(field="number", label="异议编号", value=str(one.number)),
        Detail(field="at", label="提出时间", value=_at(one.at, local)),
        Detail(field="posting", label="岗位", value=names.of(one.posting)),
        Detail(field="statement", label="您的意见", value=one.statement),
        Detail(field="answer", label="当时的自动结果", value=one.answer),
        Detail(field="state", label="状态", value=one.state.label),
    ]
    if one.decision:
        facts += [
            Detail(field="outcome", label="人工决定", value=one.decision.outcome.label),
            Detail(field="reason", label="理由", value=one.decision.reason),
            Detail(field="decided", label="决定时间", value=_at(one.decision.at, local)),
        ]
    return tuple(facts)


def _at(at: datetime, local: ZoneInfo) -> str:
    return f"{at.astimezone(local):%Y-%m-%d %H:%M}"
