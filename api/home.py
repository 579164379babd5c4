"""What a signed-in member sees first: for each role a few lines from what the service holds, each leading on.

Records are read from the shelf in memory, under the permission table; every number that needs the database costs
one query however many records there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from api.auth import permitted
from api.bootstrap import Services
from api.digests import programmes_of
from api.listings import listing
from api.publishing import speaks_for
from api.routers.lists import overdue, summary
from data.lists import list_types
from indexing.text import FIELDS
from matching.lists import owners
from matching.rerank import Switches
from models.access import (
    ENTERPRISE,
    OVERSIGHT,
    PERSONS,
    SCHOOL,
    SCOPE_OF,
    Action,
    Principal,
    Role,
    System,
)
from models.courses import Course
from models.matches import Document
from models.notices import Notice, NoticeType
from models.organisations import Organisation
from models.postings import Posting
from models.privacy import ObjectionState
from models.publishing import State
from models.talents import Talent
from models.terms import Kind, Record

FEW = 5
"""Records named under one heading; how many there are is said."""
SOON = timedelta(days=30)
"""How long before its last day something is mentioned."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know, and where it leads."""

    text: str
    href: str = ""
    said: str = ""
    """What follows the link."""


@dataclass(frozen=True, slots=True)
class Block:
    """What belongs together."""

    title: str
    lines: tuple[Line, ...]


def first(services: Services, principal: Principal) -> tuple[Block, ...]:
    """What the principal's roles should see first, without what is empty; of the index only once it is ready."""
    found = [
        Block(title, tuple(lines))
        for title, roles, lines_of in _BLOCKS
        if not principal.roles.isdisjoint(roles) and (lines := list(lines_of(services, principal)))
    ]
    return tuple(found)


def rights(principal: Principal) -> tuple[tuple[str, str], ...]:
    """Every action that the table allows in one line: the action, and on what."""
    found: dict[Action, list[str]] = {}
    for action in Action:
        for resource in (*Kind, *System):
            if SCOPE_OF[action] in principal.scopes and (theirs := principal.relations(action, resource)):
                own = "本方" if {one.value for one in theirs} == {"本方"} else ""
                found.setdefault(action, []).append(f"{own}{resource.label}")
    return tuple((action.value, "、".join(labels)) for action, labels in found.items())


def duties(principal: Principal) -> tuple[str, ...]:
    """What the principal's roles owe the others."""
    return tuple(dict.fromkeys(duty for role in Role if role in principal.roles for duty in DUTIES.get(role, ())))


_FRESH = "名下清单超过期限没有更新时，核对后更新、续期或撤回"
_TRUE = "对发布内容的真实、合法负责；被退回的按理由修改"
DUTIES: dict[Role, tuple[str, ...]] = {
    Role.STUDENT: ("如实填写本人资料，有变化及时更新", "收到邀请尽快答复，去留都说一声"),
    Role.LEARNER: ("如实填写本人资料，有变化及时更新", "收到邀请尽快答复，去留都说一声"),
    Role.TEACHER: ("维护本人参与的成果与服务信息", "学生的资料只用于指导实习和就业"),
    Role.MENTOR: ("带教学徒、实习学生，不安排法规禁止的劳动", "学生的资料只用于带教"),
    Role.ENTERPRISE_HR: (
        _TRUE,
        "岗位招满或停招及时撤回，投递及时答复",
        "不设歧视条件、不收费、不以培训为名招人",
        _FRESH,
    ),
    Role.ENTERPRISE_TECH: ("如实说明技术需求及其公开范围", _FRESH),
    Role.SCHOOL_TEACHING: ("维护专业、招生、毕业人数和课程", "按需求月报与建议研究专业调整", _FRESH),
    Role.SCHOOL_CAREER: ("审核本校学生的资料", "核对实习岗位是否合规，跟踪去向", "学生的资料只用于实习和就业"),
    Role.SCHOOL_RESEARCH: ("维护成果、设备和服务，答复对口的技术需求", _FRESH),
    Role.TRAINING: ("维护课程、班期和名额，答复培训需求", _TRUE, _FRESH),
    Role.ASSOCIATION: ("汇集会员的需求，发布行业动态", "只用汇总数据，不索取个人资料", _FRESH),
    Role.PARK: ("统筹园区企业的需求与设施", "督促逾期未更新的单位", _FRESH),
    Role.GOVERNMENT: ("发布支持政策和产业规划，到期的及时更新", "统筹协调、检查督办", "只用汇总数据，不索取个人资料"),
    Role.COUNCIL: ("在期限内审核发布、核验单位，退回写明理由", "答复异议，督办逾期单位"),
    Role.COMMITTEE: ("按职责论证专业与规划，意见留痕",),
    Role.AUDITOR: ("独立核对审计链、清单快照与计分方法，报告发现的问题",),
    Role.ADMINISTRATOR: ("备份与恢复、账号与密钥、更新与安全", "不因管理之便查看个人姓名"),
}
"""Role → what it owes; what it may do is the permission table's to say."""


def _postings(services: Services, principal: Principal) -> Iterable[Line]:
    mine = sorted(_own(services, principal, Kind.POSTING), key=lambda one: (one.record.expires or date.max, one.id))
    today = services.today()
    if not mine:
        return
    dated = [one for one in mine if one.record.expires]
    over = sum(one.record.expires < today for one in dated)
    soon = sum(today <= one.record.expires <= today + SOON for one in dated)
    yield Line(f"岗位 {len(mine)} 个，其中 {soon} 个在 {SOON.days} 天内到期，{over} 个已过期")
    alive = [one for one in mine if not one.record.expires or one.record.expires >= today]
    for one in alive[:FEW]:
        match = permitted(services, principal, Action.MATCH, one)
        yield Line(
            one.record.title, f"/postings/{one.id}", f"{_until(one.record, today)}{'，可看候选人' if match else ''}"
        )


def _until(posting: Posting, today: date) -> str:
    if posting.expires is None:
        return "未写截止日期"
    days = (posting.expires - today).days
    return f"{posting.expires} 截止（{'今天' if not days else f'还有 {days} 天'}）"


def _needs(services: Services, principal: Principal) -> Iterable[Line]:
    mine = _own(services, principal, Kind.NEED)
    for one in mine[:FEW]:
        yield Line(one.record.title, f"/needs/{one.id}", f"{one.record.secrecy.value}，可看匹配的成果与服务")


def _returned(services: Services, principal: Principal) -> Iterable[Line]:
    """What the own organisation, or the person, has on its way."""
    for state, words in ((State.REJECTED, "被退回，请按理由修改"), (State.SUBMITTED, "在等审核")):
        _, count = services.store.publications.search(
            states=[state], account=principal.account, organisation=speaks_for(principal), limit=1
        )
        if count:
            yield Line(f"{count} 条发布{words}")


def _reminders(services: Services, principal: Principal) -> Iterable[Line]:
    if principal.organisation is None:
        return
    today = services.today()
    for of in list_types().values():
        if not of.main:
            continue
        mine = [
            one
            for one in services.lists.entries(of.id)
            if one.owner_id == principal.organisation
            or (one.owner_id is None and one.owner == principal.organisation_name)
        ]
        for owner in owners(of, mine, today):
            if owner.overdue:
                yield Line(of.name, f"/lists/{of.id}", owner.reminder)


def _vetting(services: Services, principal: Principal) -> Iterable[Line]:
    if principal.organisation is None:
        return
    found = services.store.accounts.vetting(principal.organisation)
    day = found.expires.astimezone(services.settings.zone).date() if found.expires else None
    href = f"/organisations/{principal.organisation}"
    if day is None or day <= services.today() + SOON:
        lapses = f"，{day} 到期" if day and day >= services.today() else ""
        yield Line("本单位", href, f"{found.state.value}{lapses}；核验有效时才能发布，请联系联合体秘书处")


def _students(services: Services, principal: Principal) -> Iterable[Line]:
    mine = [one for one in _own(services, principal, Kind.TALENT) if permitted(services, principal, Action.READ, one)]
    if not mine:
        return
    year = services.today().year
    leaving = sum((one.record.graduation or "").startswith(str(year + 1)) for one in mine)
    yield Line(f"本校学生 {len(mine)} 人", "/talents", f"其中 {year + 1} 年毕业 {leaving} 人")
    seeking = sum(bool(one.record.seeking) for one in mine)
    yield Line(f"写明求职或实习意向的 {seeking} 人，没有写的 {len(mine) - seeking} 人")


def _student_reviews(services: Services, principal: Principal) -> Iterable[Line]:
    _, count = services.store.publications.search(
        states=[State.SUBMITTED], kinds=[Kind.TALENT], organisation=principal.organisation, limit=1
    )
    if count and principal.may_ever(Action.REVIEW, Kind.TALENT):
        yield Line(f"{count} 份学生资料在等您审核")


def _programmes(services: Services, principal: Principal) -> Iterable[Line]:
    school = services.shelf[Kind.ORGANISATION].documents.get(principal.organisation or 0)
    if school is None or not principal.may_ever(Action.MATCH, Kind.PROGRAMME) or not services.follower.ready.is_set():
        return
    mine = programmes_of(services.matcher, cast("Document[Organisation]", school))
    if permitted(services, principal, Action.MATCH, school) and mine:
        yield Line("专业需求月报", f"/schools/{school.id}/digest", f"{len(mine)} 个专业上月的新增岗位与变化")
    for one in mine:
        outlook = services.matcher.outlook_for(one.id)
        yield Line(_name(one.record), f"/programmes/{one.id}", f"建议：{outlook.advice.value}；{outlook.reason}")


def _research(services: Services, principal: Principal) -> Iterable[Line]:
    for one in _own(services, principal, Kind.OFFER)[:FEW]:
        yield Line(one.record.title, f"/offers/{one.id}", "可看对口的技术需求")


def _lists(services: Services, principal: Principal) -> Iterable[Line]:
    for of in list_types().values():
        if of.main and principal.may_ever(Action.READ, System.LIST):
            figures = summary(services, of).figures
            said = f"{figures.count} 条，{of.fresh} 天内更新 {figures.fresh:.0%}，已过期 {figures.expired} 条"
            yield Line(of.name, f"/lists/{of.id}", said)


def _late(services: Services, principal: Principal) -> Iterable[Line]:
    if not principal.may_ever(Action.READ, System.SUPERVISION):
        return
    late = overdue(services)
    if late:
        yield Line(f"{len(late)} 个单位逾期未更新", "/lists", f"最久 {late[0][1].idle} 天（{late[0][1].name}）")


def _policies(services: Services, principal: Principal) -> Iterable[Line]:
    mine = sorted(_own(services, principal, Kind.POLICY), key=lambda one: (one.record.closes or date.max, one.id))
    today = services.today()
    for one in [one for one in mine if not one.record.closes or one.record.closes >= today][:FEW]:
        closes = f"{one.record.closes} 申报截止" if one.record.closes else "未写申报截止日期"
        yield Line(one.record.title, f"/policies/{one.id}", f"{closes}，可看符合条件的单位")


def _decisions(services: Services, principal: Principal) -> Iterable[Line]:
    if any(principal.may_ever(Action.REVIEW, kind) for kind in Kind):
        _, waiting = services.store.publications.search(states=[State.SUBMITTED], limit=1)
        yield Line(f"{waiting} 条发布在等审核")
    if principal.may_ever(Action.REVIEW, System.OBJECTION):
        _, open_ = services.store.objections.page(ObjectionState.OPEN, limit=1)
        yield Line(f"{open_} 件异议在等决定")
    if principal.may_ever(Action.MANAGE, System.VETTING):
        lapsing = services.store.accounts.lapsing(within=SOON)
        names = services.shelf[Kind.ORGANISATION].documents
        said = "、".join(_name(names[one].record) for one in lapsing[:FEW] if one in names)
        yield Line(f"{len(lapsing)} 个单位的核验在 {SOON.days} 天内到期", "/vettings", said)


def _recommended(services: Services, principal: Principal) -> Iterable[Line]:
    person = services.shelf[Kind.TALENT].documents.get(principal.talent or 0)
    if person is None or not services.follower.ready.is_set():
        return
    if permitted(services, principal, Action.MATCH, person):
        found = listing(services, services.matcher, person, k=FEW, where=None, switches=Switches())
        for one in found.placed:
            posting = one.match.pair.demand
            said = f"{posting.record.organisation}，{one.match.score * 100:.0f} 分"
            yield Line(posting.record.title, f"/postings/{posting.id}", said)


def _profile(services: Services, principal: Principal) -> Iterable[Line]:
    person = services.shelf[Kind.TALENT].documents.get(principal.talent or 0)
    if person is None or not isinstance(person.record, Talent):
        yield Line("还没有资料：提交并通过审核后，才能得到推荐")
        return
    labels = dict(FIELDS[Kind.TALENT])
    blank = [labels[name] for name in _TELLING if name in labels and not getattr(person.record, name)]
    said = f"还没有写：{'、'.join(blank)}；写上后推荐更准" if blank else "主要内容都写了"
    yield Line("我的资料", f"/talents/{person.id}", said)
    if permitted(services, principal, Action.RIGHTS, person):
        yield Line("我的个人信息", f"/talents/{person.id}/data", "查看、更正、授权、导出和删除")


_TELLING = ("specialty", "seeking", "expected_positions", "skills", "certificates", "courses", "experience")
"""What recommendations live on."""


def _audit(services: Services, principal: Principal) -> Iterable[Line]:
    if principal.may_ever(Action.READ, System.AUDIT):
        number, hash = services.store.audit.head()
        yield Line(f"审计链共 {number} 条，链头 {hash}")


def _hashes(services: Services, principal: Principal) -> Iterable[Line]:
    for of in list_types().values():
        months = services.store.frozen.months(of.id) if of.main else ()
        if months and principal.may_ever(Action.READ, System.ENTRIES):
            frozen = services.store.frozen.load(of.id, months[0])
            yield Line(f"{of.name} {frozen.month}", f"/lists/{of.id}/months/{frozen.month}", f"SHA-256 {frozen.sha256}")
    yield Line("计分方法与权重", "/api/v1/features")
    yield Line("权限表", "/permissions")


def _training(services: Services, principal: Principal) -> Iterable[Line]:
    """Training that is wanted now: first what the own courses teach, by how many of the skills."""
    today = services.today()
    taught = {
        skill
        for one in _own(services, principal, Kind.COURSE)
        if isinstance(one.record, Course)
        for skill in (*one.record.skills, *one.facts.skill_names())
    }
    wanted = [
        (one.id, one.record, [skill for skill in one.record.skills if skill in taught])
        for one in list(services.shelf[Kind.NOTICE].documents.values())
        if isinstance(one.record, Notice)
        and one.record.type is NoticeType.TRAINING
        and (one.record.ends is None or one.record.ends >= today)
        and permitted(services, principal, Action.READ, one)
    ]
    wanted.sort(key=lambda one: (-len(one[2]), one[0]))
    for id, notice, shared in wanted[:FEW]:
        how_many = f"，{notice.headcount} 人" if notice.headcount else ""
        fits = f"；本机构课程涉及{'、'.join(shared)}" if shared else ""
        yield Line(notice.title, f"/notices/{id}", f"{notice.organisation}{how_many}{fits}")


def _own(services: Services, principal: Principal, kind: Kind) -> list[Document[Any]]:
    """The principal's own records of the kind, by id."""
    documents: list[Document[Any]] = list(services.shelf[kind].documents.values())
    return sorted((one for one in documents if principal.owns(kind, one.id, one.record)), key=lambda one: one.id)


def _name(record: Record) -> str:
    return str(getattr(record, "title", None) or getattr(record, "name", ""))


_Lines = Callable[[Services, Principal], Iterable[Line]]
_PUBLISHING = ENTERPRISE | SCHOOL | {Role.TRAINING, Role.ASSOCIATION, Role.PARK, Role.GOVERNMENT}
_DECIDING = frozenset({Role.COUNCIL, Role.ADMINISTRATOR})
_BLOCKS: tuple[tuple[str, frozenset[Role], _Lines], ...] = (
    ("等您处理", _DECIDING, _decisions),
    ("为您推荐的岗位", PERSONS, _recommended),
    ("我的资料", PERSONS, _profile),
    ("本单位的岗位", frozenset({Role.ENTERPRISE_HR}), _postings),
    ("本单位的技术需求", frozenset({Role.ENTERPRISE_TECH}), _needs),
    ("等您审核", frozenset({Role.SCHOOL_CAREER}), _student_reviews),
    ("本校学生", frozenset({Role.SCHOOL_CAREER}), _students),
    ("本校专业", frozenset({Role.SCHOOL_TEACHING}), _programmes),
    ("本单位的成果与服务", frozenset({Role.SCHOOL_RESEARCH, Role.TEACHER}), _research),
    ("培训需求", frozenset({Role.TRAINING}), _training),
    ("审计", frozenset({Role.AUDITOR}), _audit),
    ("清单快照与方法", frozenset({Role.AUDITOR}), _hashes),
    ("督办", OVERSIGHT | _DECIDING, _late),
    ("五张清单", OVERSIGHT, _lists),
    ("本部门的政策", frozenset({Role.GOVERNMENT}), _policies),
    ("发布进度", _PUBLISHING | PERSONS, _returned),
    ("清单提醒", _PUBLISHING, _reminders),
    ("单位核验", _PUBLISHING, _vetting),
)
"""Heading, the roles that see it, and its lines; in the order in which they are seen."""
