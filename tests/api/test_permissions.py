"""The whole permission table, walked: every role, every endpoint and page, own, partner's and stranger's records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import Allow, declared
from api.web.accounts import present_rules
from data.consents import wordings
from models.access import RULES, Action, Exposure, Principal, Relation, Role, System, exposure_of
from models.contacts import ContactStep, StepWanted
from models.organisations import OrganisationType
from models.outcomes import Side
from models.privacy import DataKind, Purpose
from models.records import RECORDS
from models.talents import Talent
from models.technology import Secrecy
from models.terms import Kind, Record
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import (
    a_course,
    a_need,
    a_notice,
    a_plan,
    a_policy,
    a_posting,
    a_programme,
    a_talent,
    an_offer,
    an_organisation,
)

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

SCHOOL_ROLES = {Role.SCHOOL_TEACHING, Role.SCHOOL_CAREER, Role.SCHOOL_RESEARCH, Role.TEACHER}
HOME: dict[Role, OrganisationType] = {
    **dict.fromkeys(SCHOOL_ROLES | {Role.STUDENT}, OrganisationType.SCHOOL),
    **dict.fromkeys((Role.ENTERPRISE_HR, Role.ENTERPRISE_TECH, Role.MENTOR), OrganisationType.ENTERPRISE),
    Role.GOVERNMENT: OrganisationType.GOVERNMENT,
    Role.PARK: OrganisationType.PARK,
    Role.ASSOCIATION: OrganisationType.ASSOCIATION,
    Role.TRAINING: OrganisationType.TRAINING,
}
"""Where people of a role are at home; the others belong to no organisation."""


@dataclass(frozen=True)
class Subject:
    """A record as the walk knows it: by construction, not by asking the code under test."""

    id: int
    record: Record
    owner: int | None
    """The organisation that published it; of a person the school."""


class City:
    """One organisation of each type with one record of each kind, and strangers with the same."""

    def __init__(self, folder: Path) -> None:
        self.app: FastAPI = create_app(settings_for_tests(folder).model_copy(update={"body_limit": 2_000_000}))
        self.store = self.app.state.services.store
        self.homes = {
            type: self._save(an_organisation(name=f"本地{type.value}", type=type)) for type in OrganisationType
        }
        self.strangers = {
            type: self._save(an_organisation(name=f"外地{type.value}", type=type)) for type in OrganisationType
        }
        self.subjects: dict[Kind, list[Subject]] = {kind: [] for kind in Kind}
        for group in (self.homes, self.strangers):
            for type, id in group.items():
                name = self.store.load(Kind.ORGANISATION, id).record.name
                self._add(self.store.load(Kind.ORGANISATION, id).record, id, id=id)
                of = {"organisation": name, "organisation_id": id}
                self._add(a_posting(**of), id)
                for secrecy in Secrecy:
                    self._add(a_need(secrecy=secrecy, **of), id)
                self._add(an_offer(**of), id)
                self._add(a_course(provider=name, provider_id=id), id)
                self._add(a_policy(issuer=name), id)
                self._add(a_plan(**of), id)
                self._add(a_notice(**of), id)
                if type is OrganisationType.SCHOOL:
                    self._add(a_programme(school=name, school_id=id), id)
                    for _ in range(3):
                        self._add(a_talent(school=name, school_id=id), id)
        talents = self.subjects[Kind.TALENT]
        self.me, self.applicant = talents[0].id, talents[3].id
        posting = next(
            one for one in self.subjects[Kind.POSTING] if one.owner == self.homes[OrganisationType.ENTERPRISE]
        )
        applies = StepWanted(step=ContactStep.APPLY, consent="2026-11")
        self.store.contacts.take(
            posting.id, self.applicant, Side.TALENT, applies, organisation=int(posting.owner or 0), by=None
        )
        self.store.consents.give(
            self.applicant,
            recipient=int(posting.owner or 0),
            purpose=Purpose.RECRUITMENT,
            kinds=(DataKind.NAME,),
            wording=wordings()[-1].version,
        )
        self.withdrawn = {}
        for kind, known in self.subjects.items():
            # What is withdrawn can be withdrawn again by whoever may: nothing of the walk's world is lost.
            self.withdrawn[kind] = [
                replace(one, id=self._save(_again(one.record)), owner=None if kind is Kind.ORGANISATION else one.owner)
                for one in known
            ]
            for one in self.withdrawn[kind]:
                self.store.withdraw(one.id)

    def principal(self, role: Role) -> Principal:
        """The principal as an account of the role should be seen."""
        if role is Role.PUBLIC:
            return Principal()
        home = self.homes.get(HOME[role]) if role in HOME else None
        return Principal(
            account=1, roles=frozenset({role}), organisation=home, talent=self.me if role is Role.STUDENT else None
        )

    def client(self, role: Role) -> TestClient:
        if role is Role.PUBLIC:
            return TestClient(self.app)
        principal = self.principal(role)
        return TestClient(
            self.app, headers=key_for(self.app, role, organisation=principal.organisation, talent=principal.talent)
        )

    def to_be_erased(self, role: Role, subject: Subject, client: TestClient) -> tuple[TestClient, Subject]:
        """A copy of the subject that may vanish, and who asks: the walk goes on with the others."""
        copy = replace(subject, id=self._save(_again(subject.record)))
        if role is Role.STUDENT and subject.id == self.me:
            school = self.homes[OrganisationType.SCHOOL]
            return TestClient(self.app, headers=key_for(self.app, role, organisation=school, talent=copy.id)), copy
        return client, copy

    def relation(self, role: Role, subject: Subject) -> Relation:
        """By the story: the person's own, the own organisation's, one who applied to it, or a stranger's."""
        principal = self.principal(role)
        if isinstance(subject.record, Talent):
            if role is Role.STUDENT:
                return Relation.OWN if subject.id == self.me else Relation.STRANGER
            if principal.organisation is not None and subject.owner == principal.organisation:
                return Relation.OWN
            enterprise = principal.organisation == self.homes[OrganisationType.ENTERPRISE]
            return Relation.PARTNER if enterprise and subject.id == self.applicant else Relation.STRANGER
        return Relation.OWN if subject.owner == principal.organisation and subject.owner else Relation.STRANGER

    def _add(self, record: Record, owner: int, *, id: int | None = None) -> None:
        self.subjects[record.kind].append(Subject(id or self._save(record), record, owner))

    def _save(self, record: Record) -> int:
        return int(self.store.save(record).id)


def _again(record: Record) -> Record:
    return record.model_copy(update={"source": None})


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    made = City(tmp_path_factory.mktemp("walk"))
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        yield made


def endpoints(app: FastAPI) -> list[tuple[str, str, Allow]]:
    """Every method and path, pages included, with what it declares."""
    found = []
    for router in app.state.routers:
        for route in router.routes:
            allow = declared(route)
            assert allow is not None, route.path
            found += [(method, route.path, allow) for method in sorted(route.methods - {"HEAD"})]
    return found


def ask(client: TestClient, method: str, path: str) -> int:
    """The status, where a refusal of a page is a way to the form."""
    body: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": {"无此字段": 1}}
    answer = client.request(method, path, follow_redirects=False, **body)
    leads_to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
    return 401 if leads_to_login else answer.status_code


@pytest.mark.parametrize("role", Role, ids=[role.label for role in Role])
def test_every_endpoint_lets_a_role_in_exactly_where_the_table_does(city: City, role: Role) -> None:
    client, principal = city.client(role), city.principal(role)
    wrong = []
    walked = 0
    for method, path, allow in endpoints(city.app):
        about_a_record = isinstance(allow.resource, Kind) and "{id}" in path
        if about_a_record:
            pool = city.withdrawn if method == "DELETE" else city.subjects
            cases = [
                (one, principal.may(allow.action, allow.resource, city.relation(role, one), exposure_of(one.record)))
                for one in _one_of_each_relation(city, role, pool[Kind(allow.resource)])
            ]
        else:
            cases = [(None, principal.may_ever(allow.action, allow.resource))]
        for subject, allowed in cases:
            asker = client
            if allow.action is Action.ERASE and subject is not None:
                asker, subject = city.to_be_erased(role, subject, client)
            if "{key}" in path or "{account}" in path or path == "/me/password":
                filled = re.sub(r"\{\w+\}", "999999", path)
            else:
                filled = path.replace("{id}", str(subject.id if subject else 1))
                filled = re.sub(r"\{posting_id\}", str(city.subjects[Kind.POSTING][0].id), filled)
                filled = re.sub(r"\{talent_id\}", str(city.me), filled)
                filled = re.sub(r"\{organisation_id\}", str(city.homes[OrganisationType.SCHOOL]), filled)
                filled = re.sub(r"\{\w+\}", "999999", filled)
            status = ask(asker, method, filled)
            walked += 1
            refused = status in (401, 403) or (status == 404 and subject is not None)
            hidden = subject is not None and exposure_of(subject.record) is Exposure.PRIVATE and status == 404
            if status >= 500 or (refused or hidden) == allowed:
                wrong.append(
                    (
                        method,
                        filled,
                        allow.action.value,
                        allow.resource.label,
                        "应允许" if allowed else "应拒绝",
                        status,
                    )
                )
            if status == 401 and principal.is_signed_in:
                wrong.append((method, filled, "signed in and asked to sign in"))
    assert walked > 100
    assert not wrong


def _one_of_each_relation(city: City, role: Role, subjects: list[Subject]) -> list[Subject]:
    """A few records that stand for all: one for each relation and exposure."""
    seen: dict[tuple[Relation, Exposure], Subject] = {}
    for one in subjects:
        seen.setdefault((city.relation(role, one), exposure_of(one.record)), one)
    return list(seen.values())


NEVER = [
    (Role.PUBLIC, Action.READ, Kind.TALENT, "公众看不到任何人的资料"),
    (Role.ASSOCIATION, Action.READ, Kind.TALENT, "协会只看汇总，看不到个人"),
    (Role.GOVERNMENT, Action.READ, Kind.TALENT, "政府部门只看汇总，看不到个人"),
    (Role.COUNCIL, Action.IDENTIFY, Kind.TALENT, "理事会不看姓名"),
    (Role.ADMINISTRATOR, Action.IDENTIFY, Kind.TALENT, "管理员不看姓名"),
    (Role.AUDITOR, Action.READ, Kind.TALENT, "评估方看不到个人"),
    (Role.ENTERPRISE_HR, Action.PUBLISH, Kind.POSTING, "企业不能绕过审核"),
    (Role.GOVERNMENT, Action.PUBLISH, Kind.POLICY, "政府部门也不能绕过审核"),
    (Role.ENTERPRISE_HR, Action.REVIEW, Kind.POSTING, "企业不能审核岗位"),
    (Role.STUDENT, Action.MATCH, Kind.POSTING, "学生看不到岗位的其他候选人"),
    (Role.PUBLIC, Action.MATCH, Kind.POSTING, "公众看不到候选人"),
    (Role.ENTERPRISE_HR, Action.MANAGE, System.ACCOUNT, "企业不能管理账号"),
    (Role.COUNCIL, Action.MANAGE, System.ACCOUNT, "理事会不能管理账号"),
]


@pytest.mark.parametrize(("role", "action", "resource", "why"), NEVER, ids=[row[-1] for row in NEVER])
def test_some_things_are_never_allowed(role: Role, action: Action, resource: Kind | System, why: str) -> None:
    assert not Principal(account=1, roles=frozenset({role})).may_ever(action, resource), why


@pytest.mark.parametrize("role", [Role.ENTERPRISE_HR, Role.MENTOR])
def test_an_enterprise_learns_a_name_only_from_who_said_yes(role: Role) -> None:
    reader = Principal(account=1, roles=frozenset({role}), organisation=1)
    assert reader.may(Action.IDENTIFY, Kind.TALENT, Relation.PARTNER, Exposure.PRIVATE)
    assert not reader.may(Action.IDENTIFY, Kind.TALENT, Relation.STRANGER, Exposure.PRIVATE)


def test_every_kind_has_readers_writers_and_reviewers() -> None:
    for kind in RECORDS:
        for action in (Action.READ, Action.PROPOSE, Action.REVIEW, Action.WITHDRAW):
            assert any(rule.action is action and kind in rule.resources for rule in RULES), (kind, action)


def test_the_readme_shows_the_table_as_it_is() -> None:
    rows = ["| " + " | ".join(row) + " |" for row in present_rules()]
    assert "\n".join(rows) in README
