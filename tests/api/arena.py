"""A small city with victims, the words that only some may see, and everybody who would like to see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from data.consents import wordings
from data.tables import metadata
from models.access import Role, Scope
from models.organisations import OrganisationType
from models.outcomes import Act, Event, Side
from models.postings import Posting
from models.privacy import DataKind, Outcome, Purpose
from models.publishing import Step
from models.technology import Secrecy
from models.terms import Education, Employment, Kind, Record, Salary, Source
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import a_need, a_posting, a_talent, an_offer, an_organisation

API = "/api/v1"
PASSWORD = "晨光里的齿轮转了 42 圈"

SECRETS = {
    "姓名": "欧阳守拙",
    "联系方式": "zqlianxi",
    "来源": "zqlaiyuan",
    "学号": "zqxuehao",
    "自述": "zqzishu",
    "经历": "zqjingli",
    "不公开需求的标题": "zqxuqiu",
    "不公开需求的内容": "zqneirong",
    "岗位草稿": "zqcaogao",
    "需求草稿": "zqxucao",
    "人才草稿": "zqrencao",
    "人才草稿的姓名": "zqxinming",
    "退回理由": "zqtuihui",
    "核验意见": "zqheyan",
    "异议": "zqyiyi",
    "异议决定": "zqjueding",
    "密钥名": "zqmiyao",
    "账号": "zqdenglu",
    "账号姓名": "zqzhangming",
}
"""What is planted, each word in one place."""

INSIDE = ("Traceback", "sqlalchemy", "sqlite3", "psycopg", "OperationalError", 'File "', "site-packages", "ValueError")
"""What an error that speaks of the inside would say."""

ROLE_TYPES: dict[Role, OrganisationType] = {
    **dict.fromkeys((Role.ENTERPRISE_HR, Role.ENTERPRISE_TECH, Role.MENTOR), OrganisationType.ENTERPRISE),
    **dict.fromkeys(
        (Role.SCHOOL_TEACHING, Role.SCHOOL_CAREER, Role.SCHOOL_RESEARCH, Role.TEACHER, Role.STUDENT),
        OrganisationType.SCHOOL,
    ),
    Role.GOVERNMENT: OrganisationType.GOVERNMENT,
    Role.COUNCIL: OrganisationType.GOVERNMENT,
    Role.COMMITTEE: OrganisationType.GOVERNMENT,
    Role.PARK: OrganisationType.PARK,
    Role.ASSOCIATION: OrganisationType.ASSOCIATION,
    Role.TRAINING: OrganisationType.TRAINING,
    Role.LEARNER: OrganisationType.TRAINING,
    Role.AUDITOR: OrganisationType.RESEARCH,
}


class Arena:
    """One enterprise, one school and one student with secrets; a stranger of every role with records of its own."""

    def __init__(self, folder: Path) -> None:
        self.app: FastAPI = create_app(settings_for_tests(folder).model_copy(update={"body_limit": 2_000_000}))
        self.store = self.app.state.services.store
        self.ids: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        self._keys: dict[Role, dict[str, str]] = {}
        self._settle()
        self._plant()
        self._report()

    def _settle(self) -> None:
        self.firm = self.ids["firm"] = self._save(an_organisation(name="澜川精工", staff=120, industry="C36"))
        self.school = self.ids["school"] = self._save(an_organisation(name="澜川职院", type=OrganisationType.SCHOOL))
        self.strange = {
            type: self._save(an_organisation(name=f"外地{type.value}", type=type, staff=120, industry="C36"))
            for type in OrganisationType
        }
        self.ids |= {"rival": self.strange[OrganisationType.ENTERPRISE]}
        self.council = self.store.accounts.create("mishu", name="秘书处", roles=[Role.COUNCIL], password=None)
        for id in (self.firm, self.school, *self.strange.values()):
            note = SECRETS["核验意见"] if id == self.firm else ""
            self.store.accounts.vet(id, by=self.council.id, verified=True, note=note)
        rival, other_school = self.ids["rival"], self.strange[OrganisationType.SCHOOL]
        self.ids["rival_posting"] = self._save(self.a_lawful_posting(organisation="外地企业", organisation_id=rival))
        self.ids["rival_need"] = self._save(
            a_need(organisation="外地企业", organisation_id=rival, content="压铸件气孔多", secrecy=Secrecy.PUBLIC)
        )
        self.ids["offer"] = self._save(
            an_offer(organisation="外地学校", organisation_id=other_school, content="真空压铸降低气孔率")
        )
        self.ids["other_talent"] = self._save(
            a_talent(name="陆闻笛", school="外地学校", school_id=other_school, expected_positions=("维修电工",))
        )

    def _plant(self) -> None:
        accounts, publications = self.store.accounts, self.store.publications
        self.hr = accounts.create(
            SECRETS["账号"],
            name=SECRETS["账号姓名"],
            roles=[Role.ENTERPRISE_HR, Role.ENTERPRISE_TECH],
            password=PASSWORD,
            organisation=self.firm,
        )
        self.talent = self.ids["talent"] = self._save(
            a_talent(
                name=SECRETS["姓名"],
                contact=SECRETS["联系方式"],
                school="澜川职院",
                school_id=self.school,
                source=Source(name=SECRETS["来源"], id=SECRETS["学号"]),
                expected_positions=("维修电工",),
                skills=("PLC编程",),
                self_description=f"维修电工，{SECRETS['自述']}",
                experience=(f"维修电工实习，{SECRETS['经历']}",),
            )
        )
        self.student = accounts.create(
            "shouzhuo",
            name="学生",
            roles=[Role.STUDENT],
            password=PASSWORD,
            organisation=self.school,
            talent=self.talent,
        )
        own = {"organisation": "澜川精工", "organisation_id": self.firm}
        self.ids["posting"] = self._save(self.a_lawful_posting(**own, source=Source(name="招聘系统", id="A-1")))
        self.ids["need"] = self._save(
            a_need(
                **own,
                title=f"压铸{SECRETS['不公开需求的标题']}",
                content=f"压铸件气孔多，{SECRETS['不公开需求的内容']}",
                secrecy=Secrecy.PRIVATE,
            )
        )
        drafted = {"account": self.hr.id, "organisation": self.firm}
        self.ids["draft"] = publications.draft(
            self.a_lawful_posting(**own, description=f"设备电气维修，{SECRETS['岗位草稿']}"), **drafted
        ).id
        self.ids["need_draft"] = publications.draft(
            a_need(**own, title=SECRETS["需求草稿"], secrecy=Secrecy.PRIVATE), **drafted
        ).id
        waiting = publications.draft(self.a_lawful_posting(**own, place="澜川经开区"), **drafted)
        publications.submit(waiting.id, publications.record(waiting.id), by=self.hr.id, until=self.until)
        self.ids["waiting"] = waiting.id
        rejected = publications.draft(self.a_lawful_posting(**own, place="澜川高铁站"), **drafted)
        publications.submit(rejected.id, publications.record(rejected.id), by=self.hr.id, until=self.until)
        publications.reject(rejected.id, by=self.council.id, reason=SECRETS["退回理由"])
        self.ids["rejected"] = rejected.id
        mine = publications.draft(
            a_talent(
                name=SECRETS["人才草稿的姓名"],
                school="澜川职院",
                school_id=self.school,
                self_description=SECRETS["人才草稿"],
            ),
            account=self.student.id,
            organisation=self.school,
            record_id=self.talent,
        )
        publications.submit(mine.id, publications.record(mine.id), by=self.student.id, until=self.until)
        self.ids["talent_draft"] = mine.id
        key, self.tokens["key"] = accounts.create_key(self.hr.id, name=SECRETS["密钥名"], scopes=list(Scope), days=9)
        _, self.tokens["reading_key"] = accounts.create_key(self.hr.id, name="只读", scopes=[Scope.READ], days=9)
        session = accounts.sign_in(SECRETS["账号"], PASSWORD)
        other = accounts.sign_in("shouzhuo", PASSWORD)
        self.tokens |= {"session": session.token, "csrf": session.csrf, "other_csrf": other.csrf}
        _, self.tokens["invitation"] = accounts.invite(self.hr.id, roles=[Role.MENTOR], organisation=self.firm)
        self.ids |= {"key": key.id, "account": self.hr.id, "student_account": self.student.id}

    def _report(self) -> None:
        self.store.events.append(
            [
                Event(
                    id=uuid4(),
                    act=Act.APPLIED,
                    side=Side.TALENT,
                    posting=self.ids["posting"],
                    talent=self.talent,
                    at=datetime.now(UTC) - timedelta(hours=1),
                )
            ]
        )
        self.store.consents.give(
            self.talent,
            recipient=self.firm,
            purpose=Purpose.RECRUITMENT,
            kinds=[DataKind.NAME],
            wording=wordings()[-1].version,
        )
        objections = self.store.objections
        for statement in (SECRETS["异议"], "还没有人处理的异议"):
            filed = objections.file(self.talent, posting=self.ids["posting"], statement=statement, answer="{}")
            self.ids.setdefault("decided", filed.number)
            self.ids["objection"] = filed.number
        objections.decide(
            self.ids["decided"], outcome=next(iter(Outcome)), reviewer="秘书处", reason=SECRETS["异议决定"]
        )

    @property
    def until(self) -> date:
        return self.app.state.services.today() + timedelta(days=30)

    def a_lawful_posting(self, **fields: Any) -> Posting:
        """A posting that says all that the law wants to be said."""
        said = {
            "title": "维修电工",
            "employment": Employment.FULL_TIME,
            "headcount": 3,
            "education": Education.SECONDARY,
            "description": "负责设备电气维修，要求会看电气图。",
            "salary": Salary(low=6000, high=8000),
            "place": "澜川高新区",
        }
        return a_posting(**said | fields)

    def stranger(self, role: Role) -> TestClient:
        """A member of the role from another organisation than the victims', or nobody at all."""
        if role is Role.PUBLIC:
            return self.client()
        if role not in self._keys:
            talent = self.ids["other_talent"] if role in (Role.STUDENT, Role.LEARNER) else None
            type = ROLE_TYPES.get(role)
            organisation = self.strange[type] if type else None
            self._keys[role] = key_for(self.app, role, organisation=organisation, talent=talent)
        return self.client(self._keys[role])

    def client(self, headers: dict[str, str] | None = None) -> TestClient:
        return TestClient(self.app, headers=headers or {}, follow_redirects=False)

    def browser(self, login: str = SECRETS["账号"]) -> tuple[TestClient, dict[str, str]]:
        """A browser in which the victim has signed in, and the header that its scripts repeat."""
        opened = self.client()
        session = self.store.accounts.sign_in(login, PASSWORD)
        opened.cookies.set("chanjiao_session", session.token)
        return opened, {"x-csrf-token": session.csrf}

    def state(self) -> dict[str, list[Any]]:
        """Everything that is stored, but for sessions, which note when they were last used."""
        with self.store._reading() as connection:
            return {
                table.name: list(map(tuple, connection.execute(select(table))))
                for table in metadata.sorted_tables
                if table.name not in ("sessions", "jobs", "list_snapshots")
            }

    def steps_of(self, id: int) -> list[Step]:
        return [one.step for one in self.store.publications.steps(id)]

    def record(self, kind: Kind, id: int) -> Record:
        found: Record = self.store.load(kind, id).record
        return found

    def _save(self, record: Record) -> int:
        return int(self.store.save(record).id)
