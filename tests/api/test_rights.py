"""A person's rights as pages: consents, objections, erasure in two steps, recommendations switched off for good."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from models.access import Role
from models.organisations import OrganisationType
from models.outcomes import Act, Side
from models.privacy import DataKind, Purpose
from models.terms import Kind
from tests.api.conftest import body_of, settings_for_tests
from tests.builders import a_posting, a_talent, an_event, an_organisation

SECRET = "晨光里的齿轮转了 42 圈"


class Person:
    """Organisation 1, school 2, posting 3, talent 4 who signs in, and the council's office."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app(settings_for_tests(folder))
        self.services = self.app.state.services
        self.store = self.services.store
        school = an_organisation(name="澜川职院", type=OrganisationType.SCHOOL)
        self.store.save_all([an_organisation(name="澜川精工", place="澜川高新区"), school])
        lin = a_talent(
            name="林晓", school="澜川职院", school_id=2, expected_positions=["电气装配工"], skills=["PLC编程"]
        )
        self.store.save_all([a_posting(title="电气装配工", organisation="澜川精工", organisation_id=1), lin])
        for login, role, of in (("lin", Role.STUDENT, {"organisation": 2, "talent": 4}), ("mishu", Role.COUNCIL, {})):
            self.store.accounts.create(login, name=f"{login}某", roles=[role], password=SECRET, **of)
        self.me, self.lin_token = self.browser("lin")
        self.office, self.office_token = self.browser("mishu")

    def browser(self, login: str) -> tuple[TestClient, str]:
        made = TestClient(self.app, headers={"accept": "text/html"})
        csrf = made.post("/api/v1/sessions", json={"login": login, "password": SECRET}).json()["csrf"]
        return made, csrf

    def post(self, path: str, **fields: object):  # type: ignore[no-untyped-def]
        return self.me.post(path, data={"csrf": self.lin_token, **fields})


@pytest.fixture
def person(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Person(tmp_path)
    with TestClient(made.app):
        assert made.services.follower.ready.wait(30)
        yield made


def test_my_account_and_my_data_lead_to_every_right(person: Person) -> None:
    for page in ("/me", "/talents/4/data"):
        text = person.me.get(page).text
        for right in ("consents", "objections", "erasure"):
            assert f"/talents/4/{right}" in text
    assert "/api/v1/talents/4/export" in person.me.get("/talents/4/data").text


def test_consent_is_given_after_the_whole_text_was_shown_and_taken_back(person: Person) -> None:
    wanted = {"recipient": 1, "purpose": "招聘录用", "kind": ["姓名", "联系方式"]}
    empty = person.me.get("/talents/4/consents").text
    assert "没有有效的授权" in empty
    assert "我已阅读" not in empty
    read = person.me.get("/talents/4/consents", params=wanted).text
    assert "同意向“澜川精工”提供您的个人信息" in read
    assert "可以随时撤回" in read
    [wording] = re.findall(r'name="wording" value="([\w-]+)"', read)
    assert person.post("/talents/4/consents", **wanted, wording="旧版").status_code == 422
    given = person.post("/talents/4/consents", **wanted, wording=wording)
    assert (given.status_code, "姓名、联系方式" in given.text) == (200, True)
    assert person.store.consents.allows(4, 1, DataKind.NAME, purpose=Purpose.RECRUITMENT)
    taken = person.post("/talents/4/consents/withdrawal", recipient=1, purpose="招聘录用")
    assert "没有有效的授权" in taken.text
    assert not person.store.consents.allows(4, 1, DataKind.NAME)


def test_a_choice_left_out_is_named_in_place_of_a_text(person: Person) -> None:
    answer = person.me.get("/talents/4/consents", params={"recipient": 1, "purpose": ""})
    assert (answer.status_code, "至少一种个人信息都要选" in answer.text) == (422, True)


def test_an_objection_goes_from_the_card_to_a_human_and_back(person: Person) -> None:
    link = "/talents/4/objections?posting=3"
    for page in ("/talents/4", "/talents/4/why-not?posting=3"):
        assert link in person.me.get(page).text
    assert "岗位“电气装配工”（澜川精工）" in person.me.get(link).text
    assert person.post("/talents/4/objections", posting=3, statement="   ").status_code == 422
    filed = person.post("/talents/4/objections", posting=3, statement="我在企业装过PLC柜")
    assert "我在企业装过PLC柜" in filed.text
    assert "我在企业装过PLC柜" in person.office.get("/objections").text
    one = person.office.get("/objections/1").text
    assert "技能" in one
    assert "林晓" not in one
    decision = {"csrf": person.office_token, "outcome": "变更", "reason": "经历里确有装配，已请企业重看"}
    assert "变更" in person.office.post("/objections/1/decision", data=decision).text
    again = person.office.post("/objections/1/decision", data=decision)
    assert (again.status_code, "决定不能再改" in again.text) == (422, True)
    assert "已请企业重看" in person.me.get("/talents/4/objections").text


def test_nobody_else_opens_a_persons_rights_or_the_queue(person: Person) -> None:
    for path in ("/talents/4/consents", "/talents/4/objections", "/talents/4/erasure", "/talents/4/data"):
        assert person.office.get(path).status_code == 403
    assert person.me.get("/objections").status_code == 403


def test_erasing_takes_two_steps_and_the_right_words(person: Person) -> None:
    first = person.me.get("/talents/4/erasure").text
    assert "typed" not in first
    assert "先下载一份" in first
    assert "typed" in person.me.get("/talents/4/erasure", params={"sure": True}).text
    wrong = person.post("/talents/4/erasure", typed="删除")
    assert (wrong.status_code, "收到“删除”" in wrong.text) == (422, True)
    assert person.store.load(Kind.TALENT, 4)
    done = person.post("/talents/4/erasure", typed="删除我的个人信息")
    assert "人才 4 的个人信息已删除" in done.text
    assert 'href="/login"' in done.text
    assert person.me.get("/me", follow_redirects=False).status_code == 303
    assert person.store.erasures.of(4)


def test_recommendations_switched_off_stay_off_until_asked_otherwise(person: Person) -> None:
    assert "推荐岗位" in person.me.get("/talents/4").text
    off = person.post("/talents/4/personalisation", on="false")
    assert "个性化推荐已关闭" in off.text
    fresh, _ = person.browser("lin")
    assert "不使用个人信息" in fresh.get("/talents/4").text
    assert "推荐岗位" in fresh.get("/talents/4", params={"personalised": True}).text
    assert "note" in fresh.get("/api/v1/talents/4/postings").json()
    assert "query" in fresh.get("/api/v1/talents/4/postings", params={"personalised": True}).json()
    assert "已关闭" in fresh.get("/talents/4/data").text
    person.post("/talents/4/personalisation", on="true")
    assert "推荐岗位" in person.me.get("/talents/4").text


def test_while_off_nothing_shown_or_opened_is_noted(person: Person) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    looks = [
        an_event(id=uuid4(), act=act, side=side, posting=3, talent=4, at=at, position=1)
        for act, side in ((Act.SHOWN, Side.TALENT), (Act.OPENED, Side.TALENT))
    ]
    applied = an_event(id=uuid4(), act=Act.APPLIED, side=Side.TALENT, posting=3, talent=4, at=at)
    person.post("/talents/4/personalisation", on="false")
    batch = {"events": [body_of(one) for one in (*looks, applied)]}
    told = person.me.post("/api/v1/events", json=batch, headers={"x-csrf-token": person.lin_token}).json()
    assert told == {"stored": 1, "known": 2}
    assert [one.act for one in person.store.events.about(4)] == [Act.APPLIED]
    person.post("/talents/4/personalisation", on="true")
    assert person.store.events.append(looks) == 2


def test_a_learner_without_a_school_drafts_a_profile_and_owns_it(person: Person) -> None:
    account = person.store.accounts.create("xuexi", name="社会学习者", roles=[Role.LEARNER], password=SECRET)
    browser, csrf = person.browser("xuexi")
    profile = body_of(a_talent(school=None, expected_positions=["电气装配工"]))
    header = {"x-csrf-token": csrf}
    drafted = browser.post("/api/v1/talents/drafts", json=profile, headers=header)
    assert drafted.status_code == 201, drafted.text
    id = drafted.json()["id"]
    assert browser.post(f"/api/v1/publications/{id}/submit", json={}, headers=header).status_code == 200
    approved = person.office.post(f"/api/v1/publications/{id}/approve", headers={"x-csrf-token": person.office_token})
    talent = approved.json()["record_id"]
    assert person.store.accounts.account(account.id).talent == talent
    assert browser.get(f"/talents/{talent}/consents").status_code == 200
    changed = profile | {"skills": ["PLC编程"]}
    again = browser.post("/api/v1/talents/drafts", params={"replaces": talent}, json=changed, headers=header)
    assert again.status_code == 201, again.text
    claimed = browser.post("/api/v1/talents/drafts", json=profile | {"school_id": 2}, headers=header)
    assert claimed.status_code in (403, 409)
