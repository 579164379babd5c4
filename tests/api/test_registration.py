"""An enterprise that is no member yet registers, drafts, and becomes one by a single decision of the council."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.attempts import Attempts
from indexing.sync import catch_up
from models.access import Role
from models.accounts import VettingState
from models.organisations import OrganisationType
from models.terms import Kind
from tests.api.test_publishing_pages import SCRIPT, SECRET, Browser, Town
from tests.builders import a_need, a_posting

NEW = {
    "name": "新来压铸有限公司",
    "credit_code": "91330282MA2ABCDE1X",
    "place": "浙江省宁波市慈溪市",
    "industry": "C33",
    "staff": "80",
    "person": "周工",
    "login": "13800138000",
    "password": SECRET,
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        yield made


def registered(town: Town, **changes: Any) -> tuple[Browser, int]:
    """The applicant, signed in, and the publication that waits for the council."""
    applicant = town.as_(None)
    return applicant, applicant.made("/register", {**NEW, **changes})


def test_who_registers_is_signed_in_and_waits_for_the_council(town: Town) -> None:
    applicant, number = registered(town)
    assert "待审核" in applicant.get(f"/publish/{number}")
    assert "单位登记待审核" in applicant.get("/publish")
    page = town.as_("lishihui").get(f"/review/{number}")
    assert "新单位的登记" in page
    assert "周工（企业人力，账号 13800138000）" in page
    assert town.as_(None).client.get(f"/publish/{number}").status_code == 303
    assert "新来压铸" not in town.as_("renli").get("/organisations")


def test_one_decision_makes_the_member_attaches_the_account_and_notes_the_vetting(town: Town) -> None:
    applicant, number = registered(town)
    draft = applicant.drafts("压铸工")
    council = town.as_("lishihui")
    council.does(f"/review/{number}/approve", note="营业执照、授权书")
    account = town.store.accounts.by_login("13800138000")
    member = town.store.publications.load(number).record_id
    assert account.organisation == member
    vetting = town.store.accounts.vetting(member)
    assert (vetting.state, vetting.note) == (VettingState.VERIFIED, "营业执照、授权书")
    assert vetting.by == town.store.accounts.by_login("lishihui").id
    assert town.store.load(Kind.ORGANISATION, member).record.division == "330282"
    assert town.store.publications.load(draft).organisation == member
    applicant.does(f"/publish/{draft}/submit")
    council.does(f"/review/{draft}/approve")
    assert town.store.publications.record(draft).organisation_id == member
    assert "周工" in applicant.get("/members")


def test_before_the_decision_drafts_are_made_and_not_handed_in(town: Town) -> None:
    applicant, _ = registered(town)
    page = applicant.get("/publish/postings/new")
    assert "<b>新来压铸有限公司</b>" in page
    draft = applicant.drafts("压铸工")
    answer = applicant.post(f"/publish/{draft}/submit")
    assert answer.status_code == 409
    assert "单位“新来压铸有限公司”的注册尚未通过" in unescape(answer.text)


def test_what_was_sent_back_is_mended_and_handed_in_again(town: Town) -> None:
    applicant, number = registered(town)
    council = town.as_("lishihui")
    council.does(f"/review/{number}/reject", reason="信用代码与执照不符")
    assert "信用代码与执照不符" in applicant.get(f"/publish/{number}/edit")
    applicant.does(f"/publish/{number}/edit", name=NEW["name"], type="企业", credit_code="91330282MA2ABCDE2X")
    applicant.does(f"/publish/{number}/submit")
    council.does(f"/review/{number}/approve")
    assert town.store.accounts.by_login("13800138000").organisation


REFUSED = [
    ({"name": ""}, 422, "缺少必填项"),
    ({"credit_code": ""}, 422, "请填写，秘书处据此核验"),
    ({"credit_code": "123"}, 422, "应为 18 位统一社会信用代码"),
    ({"login": "zhou"}, 422, "账号请用电子邮箱或手机号"),
    ({"login": "13800138000 or 1=1"}, 422, "账号请用电子邮箱或手机号"),
    ({"password": "短口令"}, 422, "口令至少要 10 个字符"),
    ({"password": "x13800138000x"}, 422, "口令不能包含账号"),
    ({"person": ""}, 422, "name：不能为空"),
    ({"name": "澜川精工"}, 409, "请向该单位的负责人要邀请"),
    ({"name": "澜川 精工"}, 409, "请向该单位的负责人要邀请"),
    ({"website": "http://spam.example"}, 422, "只有程序才会去填"),
]


@pytest.mark.parametrize(("changes", "status", "said"), REFUSED)
def test_a_registration_that_is_refused_keeps_what_was_typed_and_leaves_no_account(
    town: Town, changes: dict[str, str], status: int, said: str
) -> None:
    before = len(town.store.accounts.everyone())
    answer = town.as_(None).post("/register", {**NEW, **changes})
    page = unescape(answer.text)
    assert answer.status_code == status
    assert said in page
    assert (changes.get("name") or NEW["place"]) in page
    assert SECRET not in page
    assert len(town.store.accounts.everyone()) == before
    assert town.store.publications.search()[1] == 0


def test_a_login_that_is_taken_is_refused(town: Town) -> None:
    registered(town)
    answer = town.as_(None).post("/register", {**NEW, "name": "另一家公司"})
    assert answer.status_code == 409
    assert "账号“13800138000”已有人使用" in unescape(answer.text)


def test_a_form_of_another_site_and_a_flood_are_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = TestClient(town.app, headers={"origin": "https://elsewhere.example", "accept": "text/html"})
    assert foreign.post("/register", data=NEW).status_code == 403
    object.__setattr__(town.app.state.services, "attempts", Attempts())
    visitor = town.as_(None)
    statuses = [visitor.post("/register", {**NEW, "credit_code": "1"}).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_text_in_a_registration_is_escaped(town: Town) -> None:
    answer = town.as_(None).post("/register", {**NEW, "name": SCRIPT, "person": SCRIPT, "login": SCRIPT})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_name_alone_opens_nothing_of_a_member(town: Town) -> None:
    """Whoever applies under the name of a publisher whose records carry no id owns none of them."""
    store = town.store
    name = "新来压铸有限公司"
    posting = store.save(a_posting(organisation=name)).id
    need = store.save(a_need(organisation=name, secrecy="仅平台撮合")).id
    catch_up(store, town.app.state.services.shelf)
    applicant, _ = registered(town)
    applicant.get(f"/needs/{need}", 404)
    applicant.get(f"/publish/postings/new?replaces={posting}", 403)
    applicant.get(f"/postings/{posting}/history", 403)
    applicant.get(f"/postings/{posting}/no-match", 403)


def test_who_drafted_in_one_name_does_not_hand_in_after_taking_another(town: Town) -> None:
    applicant, number = registered(town)
    draft = applicant.drafts("压铸工")
    town.as_("lishihui").does(f"/review/{number}/reject", reason="名称不符")
    applicant.does(f"/publish/{number}/edit", name="另一家压铸厂", type="企业", credit_code=NEW["credit_code"])
    applicant.does(f"/publish/{number}/submit")
    town.as_("lishihui").does(f"/review/{number}/approve")
    answer = applicant.post(f"/publish/{draft}/submit")
    assert answer.status_code == 403
    assert "只能发布本方的岗位，这一条属于“新来压铸有限公司”" in unescape(answer.text)


def test_an_account_applies_once_and_as_an_enterprise(town: Town) -> None:
    applicant, number = registered(town)
    again = applicant.post("/publish/organisations/new", {"name": "又一家", "type": "企业"})
    assert again.status_code == 409
    assert f"您的单位注册已经是发布 {number}" in unescape(again.text)
    town.as_("lishihui").does(f"/publish/{number}/withdraw", reason="重复登记")
    assert "登记单位" in applicant.get("/publish")
    school = applicant.post("/publish/organisations/new", {"name": "冒牌学院", "type": "学校"})
    assert school.status_code == 403
    assert applicant.made("/publish/organisations/new", {"name": "又一家", "type": "企业"})


def test_two_who_apply_for_one_enterprise_do_not_both_become_it(town: Town) -> None:
    _, first = registered(town)
    _, second = registered(town, login="zhou@example.com")
    council = town.as_("lishihui")
    council.does(f"/review/{first}/approve")
    answer = council.post(f"/review/{second}/approve")
    assert answer.status_code == 409
    assert "同名或信用代码相同" in unescape(answer.text)
    assert town.store.accounts.by_login("zhou@example.com").organisation is None


def test_nobody_admits_themselves_and_other_members_see_nothing(town: Town) -> None:
    applicant, number = registered(town)
    assert applicant.post(f"/review/{number}/approve").status_code == 403
    town.as_("renli").get(f"/publish/{number}", 404)
    town.as_("jiuye").get(f"/review/{number}", 404)
    town.as_("bieren").get(f"/publish/{number}", 404)


def test_an_account_without_an_organisation_or_application_drafts_no_posting(town: Town) -> None:
    town.store.accounts.create("wudanwei", name="无单位", roles=[Role.ENTERPRISE_HR], password=SECRET)
    nobody = town.as_("wudanwei")
    page = nobody.get("/publish/postings/new", 403)
    assert "账号没有所属单位，不能起草岗位" in page
    assert OrganisationType.ENTERPRISE in nobody.get("/publish/organisations/new")
