"""From draft to public over HTTP: who drafts, who decides, and what nobody sees before."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from models.access import Role
from models.organisations import OrganisationType
from models.terms import Education, Employment, Record, Salary
from tests.api.conftest import body_of, key_for, settings_for_tests
from tests.builders import a_posting, a_talent, an_organisation

API = "/api/v1"


class Town:
    """Two enterprises and a school, of which the first enterprise has been vetted."""

    def __init__(self, folder: Path) -> None:
        self.app: FastAPI = create_app(settings_for_tests(folder))
        store = self.app.state.services.store
        names = (
            ("澜川精工", OrganisationType.ENTERPRISE),
            ("泊云压铸", OrganisationType.ENTERPRISE),
            ("澜川职院", OrganisationType.SCHOOL),
        )
        saved = store.save_all(
            [an_organisation(name=name, type=type, industry="C36", staff=120) for name, type in names]
        )
        self.first, self.second, self.school = (one.id for one in saved)
        self.hr = self.as_(Role.ENTERPRISE_HR, organisation=self.first)
        self.other = self.as_(Role.ENTERPRISE_HR, organisation=self.second)
        self.council = self.as_(Role.COUNCIL)
        self.public = TestClient(self.app)
        assert self.council.put(f"{API}/organisations/{self.first}/vetting", json={"verified": True}).status_code == 200

    def as_(self, role: Role, **of: int) -> TestClient:
        return TestClient(self.app, headers=key_for(self.app, role, **of))

    def posting(self, **fields: Any) -> Record:
        """A posting that says all that the law wants to be said."""
        said = {
            "title": "维修电工",
            "organisation": "澜川精工",
            "organisation_id": self.first,
            "employment": Employment.FULL_TIME,
            "headcount": 3,
            "education": Education.SECONDARY,
            "description": "负责设备电气维修，要求会看电气图。",
            "salary": Salary(low=6000, high=8000),
            "place": "澜川高新区",
        }
        return a_posting(**said | fields)

    def draft(self, record: Record | None = None) -> int:
        answer = self.hr.post(f"{API}/postings/drafts", json=body_of(record or self.posting()))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def step(self, client: TestClient, id: int, step: str, **body: Any) -> Any:
        return client.post(f"{API}/publications/{id}/{step}", json=body or {})

    def published(self) -> tuple[int, int]:
        id = self.draft()
        assert self.step(self.hr, id, "submit").status_code == 200
        answer = self.step(self.council, id, "approve")
        assert answer.status_code == 200, answer.text
        return id, int(answer.json()["record_id"])


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(30)
        yield made


def test_nobody_but_its_publisher_and_the_reviewers_sees_a_draft(town: Town) -> None:
    id = town.draft()
    assert town.public.get(f"{API}/postings").json()["total"] == 0
    assert town.public.get(f"{API}/search?q=维修电工").json()["items"] == []
    assert town.public.get(f"{API}/publications/{id}").status_code == 401
    assert town.other.get(f"{API}/publications/{id}").status_code == 404
    assert town.other.get(f"{API}/publications").json()["total"] == 0
    assert town.hr.get(f"{API}/publications/{id}").json()["record"]["title"] == "维修电工"


def test_what_is_approved_is_live_at_once_and_remembers_its_steps(town: Town) -> None:
    id, record = town.published()
    assert town.public.get(f"{API}/postings/{record}").json()["record"]["title"] == "维修电工"
    assert [hit["record"]["id"] for hit in town.public.get(f"{API}/search?q=维修电工").json()["items"]] == [record]
    steps = town.hr.get(f"{API}/publications/{id}").json()["steps"]
    assert [one["step"] for one in steps] == ["修改", "提交审核", "通过并发布"]


def test_the_queue_holds_what_is_handed_in_and_only_reviewers_see_it(town: Town) -> None:
    id = town.draft()
    assert town.council.get(f"{API}/publications/queue").json()["total"] == 0
    town.step(town.hr, id, "submit")
    assert [one["id"] for one in town.council.get(f"{API}/publications/queue").json()["items"]] == [id]
    assert town.hr.get(f"{API}/publications/queue").json()["total"] == 0
    assert town.step(town.hr, id, "approve").status_code == 403
    assert town.step(town.other, id, "approve").status_code == 404


def test_what_is_sent_back_says_why_and_can_be_handed_in_again(town: Town) -> None:
    id = town.draft()
    town.step(town.hr, id, "submit")
    assert "退回要写明理由" in town.step(town.council, id, "reject").json()["detail"]
    assert town.step(town.council, id, "reject", reason="没有写明工作地点").json()["reason"] == "没有写明工作地点"
    changed = town.hr.put(f"{API}/postings/drafts/{id}", json=body_of(town.posting(place="澜川经开区")))
    assert changed.json()["state"] == "草稿"
    assert town.step(town.hr, id, "submit").json()["state"] == "待审核"


def test_a_step_that_the_state_does_not_allow_is_a_conflict_that_names_it(town: Town) -> None:
    id = town.draft()
    answer = town.step(town.council, id, "approve")
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"岗位的发布 {id} 现在是“草稿”，不能“通过并发布”"
    town.step(town.hr, id, "submit")
    late = town.hr.put(f"{API}/postings/drafts/{id}", json=body_of(town.posting(place="别处")))
    assert late.status_code == 409
    assert town.hr.get(f"{API}/publications/{id}").json()["record"]["place"] == "澜川高新区"


def test_an_enterprise_publishes_in_its_own_name_only(town: Town) -> None:
    answer = town.other.post(f"{API}/postings/drafts", json=body_of(town.posting()))
    assert answer.status_code == 403
    assert "只能发布本方的岗位，这一条属于“澜川精工”" in answer.json()["detail"]
    assert town.hr.post(f"{API}/postings", json=body_of(town.posting())).status_code == 403


def test_an_organisation_that_nobody_vetted_hands_nothing_in(town: Town) -> None:
    own = a_posting(organisation="泊云压铸", organisation_id=town.second)
    id = town.other.post(f"{API}/postings/drafts", json=body_of(own)).json()["id"]
    answer = town.step(town.other, id, "submit")
    assert answer.status_code == 409
    assert "单位“泊云压铸”待核验" in answer.json()["detail"]


def test_nobody_reviews_what_they_wrote_themselves(town: Town) -> None:
    accounts = town.app.state.services.store.accounts
    two = accounts.create(
        "liangzhong", name="两种身份", roles=[Role.COUNCIL, Role.ENTERPRISE_HR], password=None, organisation=town.first
    )
    _, token = accounts.create_key(two.id, name="t", scopes=["read", "write", "manage"], days=1)
    both = TestClient(town.app, headers={"authorization": f"Bearer {token}"})
    id = both.post(f"{API}/postings/drafts", json=body_of(town.posting())).json()["id"]
    town.step(both, id, "submit")
    assert "须由另一人审核" in town.step(both, id, "approve").json()["detail"]
    assert town.step(town.council, id, "approve").status_code == 200


def test_a_new_version_takes_the_place_of_the_old_one_under_the_same_id(town: Town) -> None:
    first, record = town.published()
    newer = town.posting(place="澜川经开区")
    second = town.hr.post(f"{API}/postings/drafts?replaces={record}", json=body_of(newer)).json()["id"]
    town.step(town.hr, second, "submit")
    assert town.public.get(f"{API}/postings/{record}").json()["record"]["place"] == "澜川高新区"
    assert town.step(town.council, second, "approve").json()["record_id"] == record
    assert town.public.get(f"{API}/postings/{record}").json()["record"]["place"] == "澜川经开区"
    assert town.hr.get(f"{API}/publications/{first}").json()["publication"]["state"] == "已被新版本替代"
    assert town.other.post(f"{API}/postings/drafts?replaces={record}", json=body_of(newer)).status_code == 403


def test_what_is_over_is_taken_down_and_can_be_renewed(town: Town) -> None:
    id, record = town.published()
    services = town.app.state.services
    until = date.fromisoformat(town.hr.get(f"{API}/publications/{id}").json()["publication"]["until"])
    assert until == services.today() + timedelta(days=90)
    assert services.store.publications.expire(until) == []
    assert services.store.publications.expire(until + timedelta(days=1)) == [id]
    assert services.store.publications.expire(until + timedelta(days=1)) == []
    assert town.public.get(f"{API}/postings/{record}").status_code == 410
    assert town.step(town.hr, id, "renew").json()["state"] == "已发布"
    assert town.public.get(f"{API}/postings/{record}").status_code == 200


def test_renewing_moves_the_last_day_that_readers_see(town: Town) -> None:
    id = town.draft()
    today = town.app.state.services.today()
    soon = today + timedelta(days=10)
    assert town.step(town.hr, id, "submit", until=soon.isoformat()).status_code == 200
    record = town.step(town.council, id, "approve").json()["record_id"]
    later = (today + timedelta(days=90)).isoformat()
    assert town.step(town.hr, id, "renew").json()["until"] == later
    assert town.public.get(f"{API}/postings/{record}").json()["record"]["expires"] == later
    assert town.hr.get(f"{API}/publications/{id}").json()["record"]["expires"] == later


def test_the_day_of_expiry_is_within_what_the_kind_allows(town: Town) -> None:
    id = town.draft()
    far = (date.today() + timedelta(days=400)).isoformat()  # noqa: DTZ011
    answer = town.step(town.hr, id, "submit", until=far)
    assert answer.status_code == 422
    assert f"收到 {far}" in answer.json()["detail"]
    assert town.hr.get(f"{API}/publications/{id}").json()["publication"]["state"] == "草稿"


def test_withdrawing_takes_down_what_is_live_by_either_door(town: Town) -> None:
    id, record = town.published()
    assert town.other.delete(f"{API}/postings/{record}").status_code == 403
    assert town.hr.delete(f"{API}/postings/{record}").status_code == 200
    assert town.hr.get(f"{API}/publications/{id}").json()["publication"]["state"] == "已撤回"
    again, record = town.published()
    assert town.step(town.council, again, "withdraw", reason="被投诉").json()["reason"] == "被投诉"
    assert town.public.get(f"{API}/postings/{record}").status_code == 410


def test_a_second_posting_of_the_same_name_is_shown_to_the_reviewer(town: Town) -> None:
    _, record = town.published()
    id = town.draft(town.posting(place="二厂"))
    alike = town.hr.get(f"{API}/publications/{id}").json()["alike"]
    assert [one["id"] for one in alike] == [record]


def test_a_student_drafts_a_profile_and_the_school_decides_on_it(town: Town) -> None:
    student = town.as_(Role.STUDENT, organisation=town.school)
    classmate = town.as_(Role.STUDENT, organisation=town.school)
    career = town.as_(Role.SCHOOL_CAREER, organisation=town.school)
    mine = a_talent(name="林小满", school="澜川职院", school_id=town.school)
    id = student.post(f"{API}/talents/drafts", json=body_of(mine)).json()["id"]
    assert town.step(student, id, "submit").status_code == 200
    assert classmate.get(f"{API}/publications/{id}").status_code == 404
    record = town.step(career, id, "approve").json()["record_id"]
    assert student.get(f"{API}/talents/{record}/identity").json()["name"] == "林小满"
    assert classmate.get(f"{API}/talents/{record}").status_code == 403
    assert "请在它上面修改" in student.post(f"{API}/talents/drafts", json=body_of(mine)).json()["detail"]


def test_what_a_member_may_do_next_is_said(town: Town) -> None:
    id = town.draft()
    assert town.hr.get(f"{API}/publications/{id}").json()["possible"] == ["修改", "提交审核", "撤回"]
    town.step(town.hr, id, "submit")
    assert town.hr.get(f"{API}/publications/{id}").json()["possible"] == ["收回修改", "撤回"]
    assert town.council.get(f"{API}/publications/{id}").json()["possible"] == ["通过并发布", "退回", "撤回"]
