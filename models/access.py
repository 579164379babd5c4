"""Who may do what: roles, actions, and the one table that allows; whatever it does not allow is refused.

A rule reads: these roles may take this action on these resources, where they stand in one of these relations
to the record, and the record is exposed in one of these ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.organisations import OrganisationType
from models.records import publisher_of
from models.talents import Talent
from models.technology import Need, Secrecy
from models.terms import Kind, Record


class Role(StrEnum):
    """What a person is in the consortium; the label is its Chinese name."""

    PUBLIC = "public"
    STUDENT = "student"
    LEARNER = "learner"
    TEACHER = "teacher"
    MENTOR = "mentor"
    ENTERPRISE_HR = "enterprise_hr"
    ENTERPRISE_TECH = "enterprise_tech"
    SCHOOL_TEACHING = "school_teaching"
    SCHOOL_CAREER = "school_career"
    SCHOOL_RESEARCH = "school_research"
    TRAINING = "training"
    ASSOCIATION = "association"
    PARK = "park"
    GOVERNMENT = "government"
    COUNCIL = "council"
    COMMITTEE = "committee"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.PUBLIC: "公众",
    Role.STUDENT: "学生",
    Role.LEARNER: "社会学习者",
    Role.TEACHER: "教师",
    Role.MENTOR: "企业师傅",
    Role.ENTERPRISE_HR: "企业人力",
    Role.ENTERPRISE_TECH: "企业技术",
    Role.SCHOOL_TEACHING: "学校教务",
    Role.SCHOOL_CAREER: "学校就业",
    Role.SCHOOL_RESEARCH: "学校科研",
    Role.TRAINING: "培训机构",
    Role.ASSOCIATION: "行业协会",
    Role.PARK: "园区",
    Role.GOVERNMENT: "政府部门",
    Role.COUNCIL: "理事会",
    Role.COMMITTEE: "委员会",
    Role.AUDITOR: "第三方评估",
    Role.ADMINISTRATOR: "管理员",
}


class Action(StrEnum):
    """What can be done with a resource; the value is its Chinese name."""

    READ = "查看"
    IDENTIFY = "查看姓名"
    MATCH = "匹配"
    HISTORY = "查看历史"
    PROPOSE = "起草与提交"
    WITHDRAW = "撤回"
    REVIEW = "审核"
    PUBLISH = "直接发布"
    REPORT = "报告结果"
    PROGRESS = "查看往来"
    CONTACT = "联系与答复"
    RIGHTS = "行使个人信息权利"
    COMPLAIN = "投诉"
    ERASE = "删除个人信息"
    MANAGE = "管理"


class System(StrEnum):
    """What is no published record and still has to be guarded; the value is its Chinese name."""

    SERVICE = "服务说明"
    SELF = "本人账号"
    ACCOUNT = "账号"
    INVITATION = "邀请"
    VETTING = "单位核验"
    EVENT = "匹配结果"
    PUBLICATION = "发布流程"
    CONTACT = "往来"
    LIST = "清单汇总"
    ENTRIES = "清单明细"
    SUPERVISION = "督办提醒"
    OBJECTION = "异议"
    COMPLAINT = "投诉"
    AUDIT = "审计记录"
    METRICS = "运行指标"

    @property
    def label(self) -> str:
        return self.value


Resource = Kind | System


class Relation(StrEnum):
    """How the principal stands to a record; the value is its Chinese name."""

    OWN = "本方"
    """The person's own record, a student of the own school, or what the own organisation published."""
    PARTNER = "合作方"
    """A person who applied to the own organisation or accepted its invitation, and neither side has left since."""
    STRANGER = "他方"


class Exposure(StrEnum):
    """Before whose eyes the publisher put the record; the value is its Chinese name."""

    PUBLIC = "公开"
    MEMBERS = "成员可见"
    PRIVATE = "不公开"


class Scope(StrEnum):
    """What an API key may be used for; the value is its name in the key's list."""

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"

    @property
    def label(self) -> str:
        return {Scope.READ: "查看与匹配", Scope.WRITE: "发布与报告", Scope.MANAGE: "账号与审核"}[self]


SCOPE_OF: dict[Action, Scope] = {
    Action.READ: Scope.READ,
    Action.IDENTIFY: Scope.READ,
    Action.MATCH: Scope.READ,
    Action.HISTORY: Scope.READ,
    Action.PROGRESS: Scope.READ,
    Action.PROPOSE: Scope.WRITE,
    Action.WITHDRAW: Scope.WRITE,
    Action.PUBLISH: Scope.WRITE,
    Action.REPORT: Scope.WRITE,
    Action.CONTACT: Scope.WRITE,
    Action.RIGHTS: Scope.WRITE,
    Action.COMPLAIN: Scope.WRITE,
    Action.ERASE: Scope.WRITE,
    Action.REVIEW: Scope.MANAGE,
    Action.MANAGE: Scope.MANAGE,
}

_ANY = frozenset(Relation)
_OWN = frozenset({Relation.OWN})
_KNOWN = frozenset({Relation.OWN, Relation.PARTNER})
_OPEN = frozenset({Exposure.PUBLIC, Exposure.MEMBERS})


@dataclass(frozen=True, slots=True)
class Rule:
    """These roles may take the action on these resources, in these relations, under these exposures."""

    action: Action
    resources: tuple[Resource, ...]
    roles: frozenset[Role]
    relations: frozenset[Relation] = _ANY
    exposures: frozenset[Exposure] = frozenset(Exposure)


EVERYONE = frozenset(Role)
MEMBERS = EVERYONE - {Role.PUBLIC}
"""Everyone who has signed in."""
PERSONS = frozenset({Role.STUDENT, Role.LEARNER})
ENTERPRISE = frozenset({Role.ENTERPRISE_HR, Role.ENTERPRISE_TECH, Role.MENTOR})
SCHOOL = frozenset({Role.SCHOOL_TEACHING, Role.SCHOOL_CAREER, Role.SCHOOL_RESEARCH, Role.TEACHER})
OVERSIGHT = frozenset({Role.GOVERNMENT, Role.COUNCIL, Role.PARK})
PUBLISHERS = frozenset(
    {
        Role.ENTERPRISE_HR,
        Role.SCHOOL_TEACHING,
        Role.SCHOOL_CAREER,
        Role.SCHOOL_RESEARCH,
        Role.TRAINING,
        Role.ASSOCIATION,
        Role.PARK,
        Role.GOVERNMENT,
    }
)
"""Who speaks for an organisation."""
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
REVIEWERS = frozenset({Role.COUNCIL, Role.ADMINISTRATOR})
"""Who decides what is published: the council's office, or the administrator in its place."""

_OPEN_KINDS = tuple(kind for kind in Kind if kind not in (Kind.TALENT, Kind.NEED))
_ALL_KINDS = tuple(Kind)

_WRITERS: dict[Kind, frozenset[Role]] = {
    Kind.ORGANISATION: PUBLISHERS,
    Kind.POSTING: frozenset({Role.ENTERPRISE_HR, Role.GOVERNMENT}),
    Kind.TALENT: PERSONS | {Role.SCHOOL_CAREER},
    Kind.COURSE: frozenset({Role.SCHOOL_TEACHING, Role.TRAINING, Role.ENTERPRISE_HR}),
    Kind.NEED: frozenset({Role.ENTERPRISE_TECH, Role.ENTERPRISE_HR}),
    Kind.OFFER: frozenset({Role.SCHOOL_RESEARCH, Role.TEACHER, Role.ENTERPRISE_TECH}),
    Kind.POLICY: frozenset({Role.GOVERNMENT}),
    Kind.PROGRAMME: frozenset({Role.SCHOOL_TEACHING}),
    Kind.PLAN: frozenset({Role.GOVERNMENT, Role.PARK, Role.ASSOCIATION}),
    Kind.NOTICE: PUBLISHERS,
}
"""Who drafts, submits and withdraws records of a kind, their own organisation's."""

RULES: tuple[Rule, ...] = (
    Rule(Action.READ, (System.SERVICE,), EVERYONE),
    Rule(Action.READ, (System.LIST,), EVERYONE),
    Rule(Action.READ, (System.ENTRIES,), MEMBERS),
    Rule(Action.READ, (System.SUPERVISION,), OVERSIGHT | REVIEWERS),
    Rule(Action.READ, _OPEN_KINDS, EVERYONE),
    Rule(Action.READ, (Kind.NEED,), EVERYONE, exposures=frozenset({Exposure.PUBLIC})),
    Rule(Action.READ, (Kind.NEED,), MEMBERS, exposures=_OPEN),
    Rule(Action.READ, (Kind.NEED,), ENTERPRISE, _OWN),
    Rule(Action.READ, (Kind.NEED,), REVIEWERS),
    Rule(Action.READ, (Kind.TALENT,), PERSONS | SCHOOL, _OWN),
    Rule(Action.READ, (Kind.TALENT,), frozenset({Role.ENTERPRISE_HR}) | ADMINISTRATOR),
    Rule(Action.READ, (Kind.TALENT,), frozenset({Role.MENTOR}), _KNOWN),
    Rule(Action.IDENTIFY, (Kind.TALENT,), PERSONS | SCHOOL, _OWN),
    Rule(Action.IDENTIFY, (Kind.TALENT,), frozenset({Role.ENTERPRISE_HR, Role.MENTOR}), _KNOWN),
    Rule(Action.MATCH, (Kind.POSTING,), frozenset({Role.ENTERPRISE_HR}), _OWN),
    Rule(Action.MATCH, (Kind.TALENT,), PERSONS | SCHOOL, _OWN),
    Rule(Action.MATCH, (Kind.NEED,), ENTERPRISE, _OWN),
    Rule(Action.MATCH, (Kind.NEED, Kind.OFFER), MEMBERS, exposures=_OPEN),
    Rule(Action.MATCH, (Kind.ORGANISATION,), MEMBERS, _OWN),
    Rule(Action.MATCH, (Kind.ORGANISATION, Kind.POLICY), OVERSIGHT),
    Rule(Action.MATCH, (Kind.POLICY,), frozenset({Role.ASSOCIATION})),
    Rule(Action.MATCH, (Kind.COURSE, Kind.PROGRAMME), EVERYONE),
    Rule(Action.MATCH, _ALL_KINDS, ADMINISTRATOR),
    Rule(Action.HISTORY, tuple(kind for kind in Kind if kind is not Kind.TALENT), PUBLISHERS | ENTERPRISE, _OWN),
    Rule(Action.HISTORY, (Kind.TALENT,), PERSONS | {Role.SCHOOL_CAREER}, _OWN),
    Rule(Action.HISTORY, tuple(kind for kind in Kind if kind is not Kind.TALENT), REVIEWERS),
    Rule(
        Action.HISTORY,
        tuple(kind for kind in Kind if kind is not Kind.TALENT),
        frozenset({Role.AUDITOR}),
        exposures=_OPEN,
    ),
    Rule(Action.HISTORY, (Kind.TALENT,), ADMINISTRATOR),
    *(Rule(Action.PROPOSE, (kind,), roles, _OWN) for kind, roles in _WRITERS.items()),
    *(Rule(Action.WITHDRAW, (kind,), roles, _OWN) for kind, roles in _WRITERS.items() if kind is not Kind.ORGANISATION),
    Rule(Action.WITHDRAW, _ALL_KINDS, REVIEWERS),
    Rule(Action.REVIEW, _ALL_KINDS, REVIEWERS),
    Rule(Action.REVIEW, (Kind.TALENT,), frozenset({Role.SCHOOL_CAREER}), _OWN),
    Rule(Action.REVIEW, (System.PUBLICATION,), REVIEWERS | {Role.SCHOOL_CAREER}),
    Rule(Action.READ, (System.PUBLICATION,), frozenset[Role]().union(*_WRITERS.values()) | REVIEWERS),
    Rule(Action.PUBLISH, _ALL_KINDS, ADMINISTRATOR),
    Rule(Action.REPORT, (System.EVENT,), PERSONS | {Role.ENTERPRISE_HR, Role.SCHOOL_CAREER} | ADMINISTRATOR),
    Rule(Action.PROGRESS, (Kind.TALENT,), PERSONS | {Role.SCHOOL_CAREER}, _OWN),
    Rule(Action.PROGRESS, (Kind.POSTING,), frozenset({Role.ENTERPRISE_HR}), _OWN),
    Rule(Action.CONTACT, (Kind.TALENT,), PERSONS, _OWN),
    Rule(Action.CONTACT, (Kind.POSTING,), frozenset({Role.ENTERPRISE_HR}), _OWN),
    Rule(Action.PROGRESS, (System.CONTACT,), PERSONS | {Role.ENTERPRISE_HR}),
    Rule(Action.CONTACT, (System.CONTACT,), PERSONS | {Role.ENTERPRISE_HR}),
    Rule(Action.RIGHTS, (Kind.TALENT,), PERSONS, _OWN),
    Rule(Action.ERASE, (Kind.TALENT,), PERSONS, _OWN),
    Rule(Action.ERASE, (Kind.TALENT,), ADMINISTRATOR),
    Rule(Action.REVIEW, (System.OBJECTION,), REVIEWERS),
    Rule(Action.COMPLAIN, (System.COMPLAINT,), EVERYONE),
    Rule(Action.REVIEW, (System.COMPLAINT,), REVIEWERS),
    Rule(Action.READ, (System.AUDIT,), REVIEWERS | {Role.AUDITOR}),
    Rule(Action.READ, (System.METRICS,), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
    Rule(Action.MANAGE, (System.SELF,), MEMBERS),
    Rule(Action.MANAGE, (System.ACCOUNT,), ADMINISTRATOR),
    Rule(Action.MANAGE, (System.INVITATION,), PUBLISHERS | REVIEWERS),
    Rule(Action.MANAGE, (System.VETTING,), REVIEWERS),
)


ROLES_OF: dict[OrganisationType, frozenset[Role]] = {
    OrganisationType.ENTERPRISE: ENTERPRISE,
    OrganisationType.SCHOOL: SCHOOL | {Role.STUDENT},
    OrganisationType.GOVERNMENT: frozenset({Role.GOVERNMENT, Role.COUNCIL, Role.COMMITTEE}),
    OrganisationType.ASSOCIATION: frozenset({Role.ASSOCIATION, Role.COMMITTEE}),
    OrganisationType.PARK: frozenset({Role.PARK, Role.COUNCIL}),
    OrganisationType.TRAINING: frozenset({Role.TRAINING, Role.LEARNER}),
    OrganisationType.RESEARCH: frozenset({Role.SCHOOL_RESEARCH, Role.TEACHER, Role.AUDITOR}),
}
"""The roles that people of a kind of organisation can have."""
GOVERNING = frozenset({Role.COUNCIL, Role.COMMITTEE, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that only an administrator gives."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: nobody in particular, a person who signed in, or a system with a person's key."""

    account: int | None = None
    roles: frozenset[Role] = frozenset({Role.PUBLIC})
    organisation: int | None = None
    """The organisation the person acts for."""
    organisation_name: str = ""
    talent: int | None = None
    """The person's own profile."""
    scopes: frozenset[Scope] = frozenset(Scope)
    """What a key limits the account to; a session has all."""

    @property
    def is_signed_in(self) -> bool:
        return self.account is not None

    def may_ever(self, action: Action, resource: Resource) -> bool:
        """Whether there is any record of the resource on which the principal may take the action."""
        return any(self._rules(action, resource))

    def relations(self, action: Action, resource: Resource) -> frozenset[Relation]:
        """The relations to a record under which some rule allows the action."""
        return frozenset(relation for rule in self._rules(action, resource) for relation in rule.relations)

    def may(self, action: Action, resource: Resource, relation: Relation, exposure: Exposure) -> bool:
        """Whether a rule allows the action on a record that stands so."""
        return any(relation in r.relations and exposure in r.exposures for r in self._rules(action, resource))

    def owns(self, kind: Kind, id: int | None, record: Record) -> bool:
        """Whether the record is the person's own, the own organisation's, or of a student of the own school."""
        if isinstance(record, Talent):
            if self.talent is not None and id == self.talent:
                return True
            return self.organisation is not None and not self.roles <= PERSONS and record.school_id == self.organisation
        if self.organisation is None:
            return False
        if kind is Kind.ORGANISATION:
            return id == self.organisation
        by_id, by_name = publisher_of(record)
        return by_id == self.organisation if by_id is not None else bool(by_name) and by_name == self.organisation_name

    def _rules(self, action: Action, resource: Resource) -> Iterator[Rule]:
        if SCOPE_OF[action] not in self.scopes:
            return
        for rule in RULES:
            if rule.action is action and resource in rule.resources and not self.roles.isdisjoint(rule.roles):
                yield rule


NOBODY = Principal()
"""Whoever has not signed in."""


def exposure_of(record: Record) -> Exposure:
    """Before whose eyes the record is put; a person's profile before those whom the table names alone."""
    if isinstance(record, Need):
        return {
            Secrecy.PUBLIC: Exposure.PUBLIC,
            Secrecy.MEMBERS: Exposure.MEMBERS,
            Secrecy.PRIVATE: Exposure.PRIVATE,
        }[record.secrecy]
    return Exposure.PRIVATE if isinstance(record, Talent) else Exposure.PUBLIC


def in_words(roles: Iterable[Role]) -> str:
    """The roles' Chinese names, in the order in which they are defined."""
    wanted = set(roles)
    return "、".join(role.label for role in Role if role in wanted)
