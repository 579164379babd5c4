"""A student and an enterprise come together over HTTP: who may do what, who sees what, and from when to when."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from models.access import Role, Scope
from models.contacts import CRITERIA
from models.organisations import OrganisationType
from models.outcomes import Act, Side
from models.terms import Kind
from tests.api.conftest import key_for, settings_for_tests
from tests.builders import a_posting, a_talent, an_organisation

API = "/api/v1"
SECRET = "晨光里的齿轮转了 42 圈"
NAME, PHONE = "林小满", "0571-8652 3301"
INTERVIEW = {"at": "2026-12-05T14:00:00+08:00", "mode": "现场", "place": "高新区创业路 8 号 302"}
WORDING = "2026-11"


class Town:
    """An enterprise with two postings, another one, a school with two students, and whoever may want to look."""

    def __init__(self, folder: Path) -> None:
        self.app: FastAPI = create_app(settings_for_tests(folder))
        store = self.app.state.services.store
        names = (
            ("澜川精工", OrganisationType.ENTERPRISE),
            ("泊云压铸", OrganisationType.ENTERPRISE),
            ("澜川职院", OrganisationType.SCHOOL),
        )
        saved = store.save_all([an_organisation(name=name, type=type) for name, type in names])
        self.firm, self.rival, self.school = (one.id for one in saved)
        of_school = {"school": "澜川职院", "school_id": self.school, "expected_positions": ("维修电工",)}
        over = date.today() - timedelta(days=1)  # noqa: DTZ011
        records = [
            a_posting(title="维修电工", organisation="澜川精工", organisation_id=self.firm),
            a_posting(title="数控车工", organisation="澜川精工"),
            a_posting(title="仓库管理员", organisation="外地某厂"),
            a_posting(title="已截止的岗位", organisation="澜川精工", organisation_id=self.firm, expires=over),
            a_talent(name=NAME, contact=PHONE, **of_school),
            a_talent(name="周同学", **of_school),
        ]
        (self.posting, self.second, self.foreign, self.over, self.talent, self.classmate) = (
            one.id for one in store.save_all(records)
        )
        self.student = self.as_(Role.STUDENT, organisation=self.school, talent=self.talent)
        self.hr = self.as_(Role.ENTERPRISE_HR, organisation=self.firm)
        self.others = {
            "同学": self.as_(Role.STUDENT, organisation=self.school, talent=self.classmate),
            "另一家企业": self.as_(Role.ENTERPRISE_HR, organisation=self.rival),
            "本企业技术": self.as_(Role.ENTERPRISE_TECH, organisation=self.firm),
            "本校就业": self.as_(Role.SCHOOL_CAREER, organisation=self.school),
            "管理员": self.as_(Role.ADMINISTRATOR),
            "理事会": self.as_(Role.COUNCIL),
            "公众": TestClient(self.app),
        }

    def as_(self, role: Role, **of: int) -> TestClient:
        return TestClient(self.app, headers=key_for(self.app, role, **of))

    def browser(self, login: str, role: Role, **of: int) -> TestClient:
        """Somebody at a screen, signed in."""
        self.app.state.services.store.accounts.create(
            login,
            name=login,
            roles=[role],
            password=SECRET,
            organisation=of.get("organisation"),
            talent=of.get("talent"),
        )
        client = TestClient(self.app, headers={"accept": "text/html"})
        answer = client.post("/login", data={"login": login, "password": SECRET}, follow_redirects=False)
        assert answer.status_code == 303
        return client

    def person(self, step: str, client: TestClient | None = None, **body: Any) -> Any:
        if step in ("投递", "接受邀请"):
            body.setdefault("consent", WORDING)
        path = f"{API}/talents/{self.talent}/contacts/{self.posting}"
        return (client or self.student).post(path, json={"step": step, **body})

    def enterprise(self, step: str, client: TestClient | None = None, **body: Any) -> Any:
        if step == "约面试":
            body.setdefault("interview", INTERVIEW)
        path = f"{API}/postings/{self.posting}/contacts/{self.talent}"
        return (client or self.hr).post(path, json={"step": step, **body})

    def identity(self, client: TestClient | None = None) -> int:
        return (client or self.hr).get(f"{API}/talents/{self.talent}/identity").status_code

    def acts(self) -> list[tuple[Side, Act]]:
        return [(one.side, one.act) for one in self.app.state.services.store.events.everything()]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(30)
        yield made


WAY = [
    ("person", "投递", "已投递"),
    ("enterprise", "同意沟通", "双方同意联系"),
    ("enterprise", "约面试", "已约面试"),
    ("person", "确认参加", "面试已确认"),
    ("enterprise", "发录用意向", "已发录用意向"),
    ("person", "接受录用", "已接受录用"),
    ("enterprise", "确认到岗", "已到岗"),
]


def test_the_whole_way_and_who_knows_the_name_at_every_step(town: Town) -> None:
    assert town.identity() == 403
    for side, step, stage in WAY:
        answer = getattr(town, side)(step)
        assert (answer.status_code, answer.json()["stage"]) == (200, stage), answer.text
        assert town.identity() == 200
        for who, other in town.others.items():
            if who != "本校就业":
                assert town.identity(other) in (401, 403), who
    assert town.acts() == [
        (Side.TALENT, Act.APPLIED),
        (Side.POSTING, Act.ACCEPTED),
        (Side.POSTING, Act.INTERVIEWED),
        (Side.POSTING, Act.OFFERED),
        (Side.POSTING, Act.HIRED),
    ]
    assert town.person("结束", reason="期满").json()["next"] == "请评价这段经历"
    assert town.identity() == 403


def test_only_an_accepted_invitation_tells_the_name_and_withdrawing_takes_it_back(town: Town) -> None:
    invited = town.enterprise("邀请", note="我们需要会 PLC 的人").json()
    assert (invited["stage"], invited["identity"], town.identity()) == ("已邀请", None, 403)
    assert town.person("接受邀请").status_code == 200
    seen = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"][0]
    assert seen["identity"] == {"id": town.talent, "name": NAME, "contact": PHONE}
    town.person("退出应聘", reason="已有其他去向")
    seen = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"][0]
    assert (seen["stage"], seen["identity"], town.identity()) == ("已退出应聘", None, 403)
    assert NAME not in str(seen)


def test_a_step_is_taken_by_whose_it_is_and_refused_to_everyone_else(town: Town) -> None:
    for side, step, stage in WAY:
        for who, other in town.others.items():
            answer = getattr(town, side)(step, client=other)
            assert answer.status_code in (401, 403), (who, step)
        wrong = town.enterprise if side == "person" else town.person
        assert wrong(step, client=town.hr if side == "person" else town.student).status_code in (409, 422)
        assert getattr(town, side)(step).json()["stage"] == stage


def test_the_other_sides_doors_are_closed(town: Town) -> None:
    town.person("投递")
    for path in (f"/postings/{town.posting}/contacts", f"/postings/{town.posting}/contacts/{town.talent}"):
        assert town.student.get(API + path).status_code == 403
    for path in (f"/talents/{town.talent}/contacts", f"/talents/{town.talent}/contacts/{town.posting}/disclosure"):
        assert town.hr.get(API + path).status_code == 403
        assert town.others["同学"].get(API + path).status_code == 403
        assert town.others["本校就业"].get(API + path).status_code == 403
    assert town.hr.put(f"{API}/talents/{town.talent}/contacts/{town.posting}/saved").status_code == 403
    assert town.student.put(f"{API}/postings/{town.posting}/contacts/{town.talent}/saved").status_code == 403


def test_nobody_applies_for_somebody_else_whatever_their_other_roles(town: Town) -> None:
    accounts = town.app.state.services.store.accounts
    both = accounts.create(
        "liangzhong",
        name="两种身份",
        roles=[Role.STUDENT, Role.SCHOOL_CAREER],
        password=None,
        organisation=town.school,
        talent=town.classmate,
    )
    _, token = accounts.create_key(both.id, name="t", scopes=list(Scope), days=1)
    client = TestClient(town.app, headers={"authorization": f"Bearer {token}"})
    answer = town.person("投递", client=client)
    assert answer.status_code == 403
    assert "只有本人能投递" in answer.json()["detail"]
    assert client.get(f"{API}/talents/{town.talent}/contacts").status_code == 403


def test_asking_twice_changes_nothing(town: Town) -> None:
    for side, step, _ in WAY:
        first, second = (getattr(town, side)(step).json() for _ in range(2))
        assert first == second
    assert len(town.acts()) == 5
    saved = f"{API}/talents/{town.talent}/contacts/{town.second}/saved"
    assert [town.student.put(saved).json() for _ in range(2)] == [{"saved": True}] * 2
    assert [town.student.delete(saved).json() for _ in range(2)] == [{"saved": False}] * 2
    assert len(town.acts()) == 6


def test_applying_takes_the_consent_that_was_shown(town: Town) -> None:
    shown = town.student.get(f"{API}/talents/{town.talent}/contacts/{town.posting}/disclosure").json()
    assert shown["recipient_name"] == "澜川精工"
    assert [(one["label"], one["value"]) for one in shown["items"]] == [("姓名", NAME), ("联系方式", PHONE)]
    assert "澜川精工" in shown["text"]
    for given in ("", "2025-01"):
        answer = town.person("投递", consent=given)
        assert answer.status_code == 422
        assert f"现行版本“{shown['wording']}”" in answer.json()["detail"]
    assert town.identity() == 403
    assert town.person("投递", consent=shown["wording"]).status_code == 200


def test_the_ledger_knows_what_was_agreed_to_and_that_it_was_taken_back(town: Town) -> None:
    ledger = f"{API}/talents/{town.talent}/consents"
    town.person("投递")
    second = f"{API}/talents/{town.talent}/contacts/{town.second}"
    assert town.student.post(second, json={"step": "投递", "consent": WORDING}).status_code == 200
    [given] = town.student.get(ledger).json()["in_force"]
    assert (given["recipient"], given["purpose"], given["kinds"]) == (town.firm, "招聘录用", ["姓名", "联系方式"])
    town.person("退出应聘")
    assert town.identity() == 200  # the other application stands
    assert town.student.get(ledger).json()["in_force"] != []
    assert town.student.post(second, json={"step": "退出应聘"}).status_code == 200
    assert town.student.get(ledger).json()["in_force"] == []
    assert [one["act"] for one in town.student.get(ledger).json()["ledger"]] == ["同意", "撤回"]


def test_taking_the_consent_back_in_the_ledger_hides_the_name_at_once(town: Town) -> None:
    town.person("投递")
    taken = town.student.post(f"{API}/talents/{town.talent}/consents/withdrawal", json={"recipient": town.firm})
    assert taken.status_code in (200, 201), taken.text
    assert town.identity() == 403
    [seen] = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"]
    assert (seen["stage"], seen["identity"]) == ("已投递", None)


def test_the_person_finds_every_step_in_their_data_and_erasing_takes_them_out(town: Town) -> None:
    town.person("投递", note="会用示波器")
    town.enterprise("同意沟通")
    told = town.student.get(f"{API}/talents/{town.talent}/export").json()
    [steps] = [section["entries"] for section in told["sections"] if section["name"] == "contacts"]
    said = [[fact["value"] for fact in entry["facts"]][1:] for entry in steps]
    assert said == [["您：投递", "维修电工（澜川精工）", "会用示波器"], ["用人单位：同意沟通", "维修电工（澜川精工）"]]
    town.app.state.services.store.erasures.erase(town.talent)
    contacts = town.app.state.services.store.contacts
    assert contacts.load(town.posting, town.talent).steps == ()
    assert contacts.of_posting(town.posting) == []
    assert town.hr.get(f"{API}/inbox").json()["items"] == []


def test_a_posting_that_is_over_withdrawn_or_of_nobody_here_takes_no_application(town: Town) -> None:
    def applies(posting: int) -> Any:
        return town.student.post(
            f"{API}/talents/{town.talent}/contacts/{posting}", json={"step": "投递", "consent": WORDING}
        )

    assert "截止" in applies(town.over).json()["detail"]
    assert "“外地某厂”还没有加入联合体" in applies(town.foreign).json()["detail"]
    assert applies(999).status_code == 404
    town.app.state.services.store.withdraw(town.second)
    assert applies(town.second).status_code == 410
    assert town.acts() == []


def test_a_posting_that_names_its_publisher_only_in_words_is_still_the_members(town: Town) -> None:
    path = f"{API}/talents/{town.talent}/contacts/{town.second}"
    assert town.student.post(path, json={"step": "投递", "consent": WORDING}).status_code == 200
    assert town.identity() == 200
    assert [one["pair"]["posting"]["id"] for one in town.hr.get(f"{API}/inbox").json()["items"]] == [town.second]


def test_each_side_finds_what_waits_for_it_and_what_it_can_do(town: Town) -> None:
    town.student.put(f"{API}/talents/{town.talent}/contacts/{town.second}/saved")
    town.person("投递")
    [waiting] = town.hr.get(f"{API}/inbox").json()["items"]
    assert (waiting["side"], waiting["pair"]["possible"]) == ("posting", ["同意沟通", "不合适"])
    assert town.student.get(f"{API}/inbox").json()["items"] == []
    mine = town.student.get(f"{API}/talents/{town.talent}/contacts").json()["items"]
    assert [(one["posting"]["title"], one["stage"], one["saved"]) for one in mine] == [
        ("维修电工", "已投递", False),
        ("数控车工", "尚未联系", True),
    ]
    assert mine[0]["next"] == "等待用人单位答复"
    for who, other in town.others.items():
        assert town.posting not in [
            one["pair"]["posting"]["id"] for one in other.get(f"{API}/inbox").json().get("items", [])
        ], who


def test_the_school_sees_how_far_its_students_came_and_not_a_word_of_what_was_said(town: Town) -> None:
    town.person("投递", note="会用示波器")
    town.enterprise("不合适", reason="岗位已招满", note="谢谢关注")
    career = town.others["本校就业"]
    [seen] = career.get(f"{API}/talents/{town.talent}/stages").json()["items"]
    assert (seen["posting"]["title"], seen["stage"]) == ("维修电工", "未通过")
    assert not [word for word in ("示波器", "谢谢关注", "招满") if word in str(seen)]
    for who in ("同学", "另一家企业", "管理员", "公众"):
        assert town.others[who].get(f"{API}/talents/{town.talent}/stages").status_code in (401, 403), who


def test_a_note_reaches_the_other_side_without_numbers_of_people(town: Town) -> None:
    town.person("投递", note="电话 13805712046，邮箱 linxm@example.com，身份证 110101200401011231，会 S7-1200")
    [seen] = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"]
    note = seen["steps"][0]["note"]
    assert "S7-1200" in note
    assert not [number for number in ("13805712046", "linxm@example.com", "110101200401011231") if number in note]


def test_a_complaint_counts_and_is_not_shown_to_whom_it_is_about(town: Town) -> None:
    town.person("投递")
    town.person("退出应聘", reason="要求交费、押金或扣押证件", note="让我交 800 元服装费")
    [seen] = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"]
    assert (seen["steps"][-1]["reason"], seen["steps"][-1]["note"]) == (None, "")
    [mine] = town.student.get(f"{API}/talents/{town.talent}/contacts").json()["items"]
    assert mine["steps"][-1]["reason"] == "要求交费、押金或扣押证件"


def test_a_word_of_farewell_arrives_and_what_was_written_before_is_gone(town: Town) -> None:
    town.person("投递", note="会用示波器")
    town.person("退出应聘", reason="已有其他去向", note="谢谢，已签另一家")
    [seen] = town.hr.get(f"{API}/postings/{town.posting}/contacts").json()["items"]
    assert [(one["note"], one["reason"]) for one in seen["steps"]] == [("", None), ("谢谢，已签另一家", "已有其他去向")]


def test_grades_are_seen_once_both_have_given_them(town: Town) -> None:
    for side, step, _ in WAY:
        getattr(town, side)(step)
    town.enterprise("结束", reason="期满")
    mine = dict.fromkeys(CRITERIA[Side.TALENT], 5)
    assert town.person("评价", grades=mine, note="师傅很耐心").json()["received"] == {}
    assert "师傅很耐心" not in town.hr.get(f"{API}/postings/{town.posting}/contacts").text
    given = dict.fromkeys(CRITERIA[Side.POSTING], 4)
    assert town.enterprise("评价", grades=given).json()["received"] == mine
    assert town.student.get(f"{API}/talents/{town.talent}/contacts").json()["items"][0]["received"] == given
    assert town.student.get(f"{API}/inbox").json()["items"] == []


def test_the_other_sides_criteria_are_not_mine_to_grade(town: Town) -> None:
    for side, step, _ in WAY:
        getattr(town, side)(step)
    answer = town.person("评价", grades=dict.fromkeys(CRITERIA[Side.POSTING], 5))
    assert answer.status_code == 422
    assert "求职者应评：岗位与描述相符、" in answer.json()["detail"]


def test_facts_about_an_enterprise_are_given_with_n_and_not_under_five(town: Town) -> None:
    store = town.app.state.services.store
    students = [store.save(a_talent(name=f"学生{n}", school_id=town.school)).id for n in range(5)]
    public = town.others["公众"]

    def told() -> dict[str, tuple[int | None, int | None]]:
        facts = public.get(f"{API}/organisations/{town.firm}/reliability").json()["facts"]
        return {one["name"]: (one["n"], one["count"]) for one in facts}

    for n, id in enumerate(students):
        assert told()["answered"] == (None, None)
        client = town.as_(Role.STUDENT, organisation=town.school, talent=id)
        body = {"step": "投递", "consent": WORDING}
        assert client.post(f"{API}/talents/{id}/contacts/{town.posting}", json=body).status_code == 200
        answer = {"step": "同意沟通"} if n else {"step": "不合适"}
        assert town.hr.post(f"{API}/postings/{town.posting}/contacts/{id}", json=answer).status_code == 200
    assert told() == {"answered": (5, 5), "filled": (None, None), "converted": (None, None), "complained": (5, 0)}


def test_pages_carry_the_whole_way_by_forms(town: Town) -> None:
    student = town.browser("xuesheng", Role.STUDENT, organisation=town.school, talent=town.talent)
    hr = town.browser("renli", Role.ENTERPRISE_HR, organisation=town.firm)
    assert "待办</a>" in student.get("/").text
    consent = student.get(f"/postings/{town.posting}/apply").text
    assert NAME in consent
    assert PHONE in consent
    form = {"posting": town.posting, "talent": town.talent}
    assert student.post("/contacts", data=form | {"step": "投递", "consent": WORDING}).status_code == 403  # no token
    token = {"csrf": _token(consent)}
    for _ in range(2):
        sent = student.post(
            "/contacts",
            data=form | token | {"step": "投递", "consent": WORDING, "next": "//evil.example"},
            follow_redirects=False,
        )
        assert (sent.status_code, sent.headers["location"]) == (303, "/")
    inbox = hr.get("/inbox").text
    assert '待办<b class="count">1</b>' in inbox
    assert f"{NAME} · " in inbox
    assert PHONE in inbox
    when = {"when": "2026-12-05T14:00", "mode": "现场", "place": "创业路 8 号"}
    for data in ({"step": "同意沟通"}, {"step": "约面试", **when}):
        assert hr.post("/contacts", data=form | data | {"csrf": _token(inbox)}).status_code == 200
    assert "2026年12月5日 周六 14:00" in student.get("/inbox").text
    assert hr.get(f"/postings/{town.posting}/board").text.count(NAME) == 1


def test_lists_and_what_was_opened_from_them_are_noted_once_for_people_at_a_screen_alone(town: Town) -> None:
    pages = {
        f"/talents/{town.talent}": town.browser("xuesheng", Role.STUDENT, organisation=town.school, talent=town.talent),
        f"/postings/{town.posting}": town.browser("renli", Role.ENTERPRISE_HR, organisation=town.firm),
    }
    silent = {
        "管理员": town.browser("guanli", Role.ADMINISTRATOR),
        "就业": town.browser("jiuye", Role.SCHOOL_CAREER, organisation=town.school),
        "系统": town.student,
    }
    for page in pages:
        for client in silent.values():
            client.get(page, headers={"accept": "text/html"})
    assert town.acts() == []
    for page, client in pages.items():
        for _ in range(2):
            assert client.get(page).status_code == 200
    events = list(town.app.state.services.store.events.everything())
    shown = {(one.side, one.posting, one.talent, one.position) for one in events}
    assert len(shown) == len(events)
    assert {(one.side, one.act) for one in events} == {(Side.TALENT, Act.SHOWN), (Side.POSTING, Act.SHOWN)}
    assert sorted(one.position or 0 for one in events if one.side is Side.TALENT) == [1, 2, 3]
    student, hr = pages.values()
    for _ in range(2):
        student.get(f"/postings/{town.posting}?position=1")
        hr.get(f"/talents/{town.talent}?posting={town.posting}&position=2")
    opened = [one for one in town.app.state.services.store.events.everything() if one.act is Act.OPENED]
    assert [(one.side, one.posting, one.talent, one.position) for one in opened] == [
        (Side.TALENT, town.posting, town.talent, 1),
        (Side.POSTING, town.posting, town.talent, 2),
    ]


def test_what_came_of_a_list_is_learned_from(town: Town) -> None:
    from matching.outcomes import showings

    student = town.browser("xuesheng", Role.STUDENT, organisation=town.school, talent=town.talent)
    student.get(f"/talents/{town.talent}")
    for side, step, _ in WAY:
        getattr(town, side)(step)
    [showing] = showings(town.app.state.services.store.events.everything())
    grades = {item.id: (item.acted, item.grade, item.agreed) for item in showing.items}
    assert grades[town.posting] == (True, 5, True)
    assert {grades[id] for id in grades if id != town.posting} == {(False, 0, False)}


def test_a_withdrawn_posting_stays_on_the_board_of_whom_it_concerns(town: Town) -> None:
    town.person("投递")
    town.app.state.services.store.withdraw(town.posting)
    town.app.state.services.shelf[Kind.POSTING].documents.get(town.posting)
    [mine] = town.student.get(f"{API}/talents/{town.talent}/contacts").json()["items"]
    assert mine["posting"]["title"] == "维修电工"
    assert town.enterprise("不合适", reason="岗位已招满").json()["stage"] == "未通过"


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]
