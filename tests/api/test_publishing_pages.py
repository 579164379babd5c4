"""The pages of publishing and reviewing through the front door, without a browser: what is shown, kept and refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.web import forms
from api.web.changes import changed
from models.access import Role
from models.accounts import Account
from models.errors import NotFound
from models.organisations import OrganisationType
from models.policies import Condition, Fact, Operator
from models.specialties import Cohort
from models.terms import Kind, PayPeriod, Record, Salary
from tests.api.conftest import settings_for_tests
from tests.api.test_pages import HTML
from tests.builders import (
    a_course,
    a_need,
    a_policy,
    a_posting,
    a_programme,
    a_talent,
    an_offer,
    an_organisation,
)

SECRET = "晨光里的齿轮转了 42 圈"
SCRIPT = "\"'><script>alert(1)</script>"


LAWFUL = {
    "employment": "全职",
    "headcount": "3",
    "education": "高中/中职",
    "description": "负责设备电气维修，要求会看电气图。",
    "salary": ["6000", "8000", "月", "12"],
    "place": "澜川高新区",
}
"""What a posting has to say before it may be handed in."""

PEOPLE = {
    "renli": (Role.ENTERPRISE_HR, "first"),
    "jishu": (Role.ENTERPRISE_TECH, "first"),
    "bieren": (Role.ENTERPRISE_HR, "second"),
    "jiaowu": (Role.SCHOOL_TEACHING, "school"),
    "keyan": (Role.SCHOOL_RESEARCH, "school"),
    "jiuye": (Role.SCHOOL_CAREER, "school"),
    "xuesheng": (Role.STUDENT, "school"),
    "xuesheng2": (Role.STUDENT, "school"),
    "jiaoyuju": (Role.GOVERNMENT, "bureau"),
    "lishihui": (Role.COUNCIL, ""),
    "pinggu": (Role.AUDITOR, ""),
}
"""Login → role and home."""


class Browser:
    """Somebody who signed in on the page and repeats the token of its forms."""

    def __init__(self, app: Any, login: str | None) -> None:
        self.client = TestClient(app, headers=HTML, follow_redirects=False)
        if login:
            answer = self.client.post("/login", data={"login": login, "password": SECRET})
            assert answer.status_code == 303, answer.text

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, csrf: str | None = None) -> Response:
        if csrf is None:
            found = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/").text)
            csrf = found[1] if found else ""
        return self.client.post(path, data={**(data or {}), "csrf": csrf})

    def made(self, path: str, data: Mapping[str, Any]) -> int:
        answer = self.post(path, data)
        assert answer.status_code == 303, unescape(answer.text)
        return int(answer.headers["location"].rsplit("/", 1)[1])

    def drafts(self, title: str, **fields: Any) -> int:
        """A posting that says all that the law wants to be said."""
        return self.made("/publish/postings/new", {**LAWFUL, "title": title, **fields})

    def does(self, path: str, **data: Any) -> None:
        answer = self.post(path, data)
        assert answer.status_code == 303, unescape(answer.text)


class Town:
    """An enterprise that was vetted, one that was not, a school, a department, and the people in them."""

    def __init__(self, folder: Path) -> None:
        self._browsers: dict[str, Browser] = {}
        self.app = create_app(settings_for_tests(folder).model_copy(update={"body_limit": 2_000_000}))
        self.store = self.app.state.services.store
        members = {
            "澜川精工": OrganisationType.ENTERPRISE,
            "泊云压铸": OrganisationType.ENTERPRISE,
            "澜川职院": OrganisationType.SCHOOL,
            "澜川市教育局": OrganisationType.GOVERNMENT,
        }
        saved = self.store.save_all(
            [an_organisation(name=name, type=type, industry="C36", staff=120) for name, type in members.items()]
        )
        self.first, self.second, self.school, self.bureau = (one.id for one in saved)
        council = self._account("lishihui").id
        for id in (self.first, self.school, self.bureau):
            self.store.accounts.vet(id, by=council, verified=True, note="营业执照")

    def as_(self, login: str | None) -> Browser:
        if login is None:
            return Browser(self.app, None)
        if login not in self._browsers:
            self._account(login)
            self._browsers[login] = Browser(self.app, login)
        return self._browsers[login]

    def _account(self, login: str) -> Account:
        """Made when first asked for: a password takes a while to hash."""
        accounts = self.store.accounts
        try:
            return accounts.by_login(login)
        except NotFound:
            role, home = PEOPLE[login]
            organisation = getattr(self, home) if home else None
            return accounts.create(
                login, name=f"{role.label}某", roles=[role], password=SECRET, organisation=organisation
            )

    def published(self, hr: Browser, title: str = "维修电工", **fields: Any) -> tuple[int, int]:
        """A publication and the record that it became."""
        number = hr.drafts(title, **fields)
        hr.does(f"/publish/{number}/submit")
        self.as_("lishihui").does(f"/review/{number}/approve")
        return number, self.store.publications.load(number).record_id


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"))
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        yield made


@pytest.fixture(scope="module")
def hr(town: Town) -> Browser:
    return town.as_("renli")


@pytest.fixture(scope="module")
def council(town: Town) -> Browser:
    return town.as_("lishihui")


def test_a_draft_is_made_mended_handed_in_sent_back_and_published(town: Town, hr: Browser, council: Browser) -> None:
    number = hr.drafts("数控车床操作工", headcount="3人")
    page = hr.get(f"/publish/{number}")
    assert "草稿" in page
    assert "澜川精工" in page
    hr.does(f"/publish/{number}/submit")
    assert "数控车床操作工" in council.get("/review")
    assert "今天提交" in council.get("/review")
    council.does(f"/review/{number}/reject", usual=["没有写明工作地点", "不是清单里的理由"], reason="请写到车间")
    assert "退回理由：没有写明工作地点；请写到车间" in hr.get("/publish")
    assert '<b class="count">1' in hr.get("/me")
    hr.does(f"/publish/{number}/edit", **{**LAWFUL, "title": "数控车床操作工", "place": "澜川高新区二号车间"})
    hr.does(f"/publish/{number}/submit")
    assert "没有写明工作地点；请写到车间" in council.get(f"/review/{number}")
    council.does(f"/review/{number}/approve")
    record = town.store.publications.load(number).record_id
    assert "二号车间" in town.as_(None).get(f"/postings/{record}")
    assert "已公开" in hr.get(f"/publish/{number}")


def test_what_was_typed_stays_and_what_is_wrong_stands_beside_it(hr: Browser) -> None:
    typed = {
        "title": "维修电工",
        "headcount": "三个",
        "division": "火星市",
        "industry": "魔法制造业",
        "expires": "2026-13-45",
        "salary": ["9000", "八千", "月", "12"],
        "required_skills": "电气维修\nPLC编程",
        "experience_years": "99",
        "description": "车间设备电气维修。\r\n第二行",
    }
    answer = hr.post("/publish/postings/new", typed)
    page = unescape(answer.text)
    assert answer.status_code == 422
    for value in ("三个", "火星市", "魔法制造业", "2026-13-45", "八千", "电气维修\nPLC编程", "99", "第二行"):
        assert value in page
    for problem in (
        "应为整数（收到：三个）",
        "没有找到“火星市”，请写到县（市、区），如 浙江省宁波市慈溪市",
        "没有找到“魔法制造业”",
        "应为日期，如 2026-09-01（收到：2026-13-45）",
        "薪资应为数字，收到 9000、八千、12",
        "不能大于 60（收到：99）",
    ):
        assert f'problem">{problem}' in page
    assert "有 6 处要改，填写的内容都还在" in page


def test_rules_across_fields_are_said_above_the_form(hr: Browser) -> None:
    answer = hr.post("/publish/postings/new", {"title": "电工", "published": "2026-09-02", "expires": "2026-09-01"})
    assert answer.status_code == 422
    assert "截止日期 2026-09-01 早于发布日期 2026-09-02" in answer.text


def test_a_missing_title_is_asked_for(hr: Browser) -> None:
    answer = hr.post("/publish/postings/new", {"title": "  "})
    assert answer.status_code == 422
    assert "缺少必填项" in answer.text


def test_places_trades_and_pay_are_entered_as_people_write_them(town: Town, hr: Browser) -> None:
    number = hr.made(
        "/publish/postings/new",
        {
            "title": "车工",
            "place": "浙江省宁波市慈溪市古塘街道",
            "industry": "通用设备制造业",
            "occupation": "6-18-01-01",
            "salary": ["１50", "180", "天", ""],
            "required_skills": "车削、铣削；磨削（平面、外圆）",
            "headcount": "1,000",
            "employment": "实习",
        },
    )
    record = town.store.publications.record(number)
    assert (record.division, record.industry, record.occupation) == ("330282", "C34", "6-18-01-01")
    assert record.salary == Salary.quoted(150, 180, per=PayPeriod.DAY)
    assert record.required_skills == ("车削", "铣削", "磨削（平面、外圆）")
    assert record.headcount == 1_000
    page = hr.get(f"/publish/{number}/edit")
    for text in (
        'value="浙江省宁波市慈溪市"',
        'value="C34 通用设备制造业"',
        'value="150"',
        "<option selected>天</option>",
    ):
        assert text in page


def test_skills_that_the_text_names_are_offered_and_added_when_ticked(town: Town, hr: Browser) -> None:
    text = "负责设备电气维修，PLC编程与调试；会变频器优先。"
    number = hr.made("/publish/postings/new", {"title": "电工", "description": text, "required_skills": "电气维修"})
    assert "“必备技能”里没有的：PLC编程" in hr.get(f"/publish/{number}")
    page = hr.get(f"/publish/{number}/edit")
    assert 'name="required_skills+" value="PLC编程"' in page
    assert 'name="required_skills+" value="电气维修"' not in page
    ticked = {"required_skills": "电气维修", "required_skills+": ["PLC编程"], "preferred_skills+": ["变频器"]}
    hr.does(f"/publish/{number}/edit", title="电工", description=text, **ticked)
    record = town.store.publications.record(number)
    assert record.required_skills == ("电气维修", "PLC编程")
    assert record.preferred_skills == ("变频器",)


def test_the_publisher_is_the_accounts_and_nobody_elses(town: Town, hr: Browser) -> None:
    forged = {"title": "电工", "organisation": "泊云压铸", "organisation_id": str(town.second), "source": "x"}
    record = town.store.publications.record(hr.made("/publish/postings/new", forged))
    assert (record.organisation, record.organisation_id, record.source) == ("澜川精工", town.first, None)
    page = hr.get("/publish/postings/new")
    assert 'name="organisation"' not in page
    assert "<b>澜川精工</b>" in page


RECORDS = (
    an_organisation(
        industry="C34",
        division="330282",
        credit_code="91330282MA2ABCDE1X",
        staff=120,
        revenue=5_000_000,
        qualifications=("高新技术企业",),
        products=("压铸件",),
    ),
    a_posting(
        description="第一行\n第二行",
        required_skills=("PLC编程",),
        specialties=("机电一体化技术",),
        salary=Salary.quoted(100_000, 150_000, per=PayPeriod.YEAR, pay_months=13),
        experience_years=0,
        occupation="6-18-01-01",
        expires=date(2027, 1, 31),
    ),
    a_talent(
        name="林小满",
        contact="13800138000",
        school="澜川职院",
        specialty_code="460301",
        grade=2,
        graduation="2027-06",
        seeking=("全职", "实习"),
        shifts=("白班",),
        experience=("在车间实习三个月。", "校技能大赛二等奖。\n电工赛项。"),
        expected_salary=5_000,
        expected_places=("慈溪市",),
        expected_divisions=("330282",),
    ),
    a_course(hours=48.5, price=0, mode="线下", audience=("在职员工",), starts=date(2027, 3, 1)),
    a_need(fields=("压铸",), budget_low=100_000, budget_high=200_000, secrecy="公开"),
    an_offer(maturity=7, price=30_000, intellectual_property=("ZL2024 1 0000001.X",)),
    a_policy(
        instruments=("财政", "就业"),
        url="https://example.gov.cn/1",
        conditions=(
            Condition(fact=Fact.STAFF, operator=Operator.AT_LEAST, number=50, quote="职工人数不低于50人"),
            Condition(fact=Fact.INDUSTRY, operator=Operator.ONE_OF, values=("C34", "C36")),
        ),
    ),
    a_programme(
        code="460301",
        cohorts=(Cohort(year=2026, graduates=45, enrolled=50), Cohort(year=2027, graduates=40)),
        occupations=("6-18-01-01",),
        courses=("电工基础",),
    ),
)


@pytest.mark.parametrize("record", RECORDS, ids=[one.kind.label for one in RECORDS])
def test_a_record_shown_in_its_form_and_saved_untouched_is_the_same(record: Record) -> None:
    read, problems = forms.read(record.kind, forms.shown(record), {}, base=record)
    assert problems == {}
    assert read == record
    assert changed(record.kind, record, read) == []


@pytest.mark.parametrize("record", RECORDS, ids=[one.kind.label for one in RECORDS])
def test_every_field_of_a_form_has_a_chinese_name(record: Record) -> None:
    for one in forms.questions(record.kind):
        for named in (one, *one.columns):
            assert re.search(r"[一-鿿]", named.label), named.field


WRITERS = {
    Kind.POSTING: "renli",
    Kind.NEED: "jishu",
    Kind.COURSE: "jiaowu",
    Kind.PROGRAMME: "jiaowu",
    Kind.OFFER: "keyan",
    Kind.POLICY: "jiaoyuju",
    Kind.ORGANISATION: "renli",
    Kind.TALENT: "xuesheng",
    Kind.PLAN: "jiaoyuju",
    Kind.NOTICE: "renli",
}
PLURALS = {
    Kind.POSTING: "postings",
    Kind.NEED: "needs",
    Kind.COURSE: "courses",
    Kind.PROGRAMME: "programmes",
    Kind.OFFER: "offers",
    Kind.POLICY: "policies",
    Kind.ORGANISATION: "organisations",
    Kind.TALENT: "talents",
    Kind.PLAN: "plans",
    Kind.NOTICE: "notices",
}


@pytest.mark.parametrize("kind", WRITERS, ids=[kind.label for kind in WRITERS])
def test_what_was_typed_into_any_field_is_escaped_on_every_page(town: Town, council: Browser, kind: Kind) -> None:
    author = town.as_(WRITERS[kind])
    free = (forms.Shape.LINE, forms.Shape.TEXT, forms.Shape.LIST, forms.Shape.PARAGRAPHS)
    asked = forms.questions(kind)
    typed: dict[str, Any] = {one.field: SCRIPT for one in asked}
    new = f"/publish/{PLURALS[kind]}/new"
    answer = author.post(new, typed)
    assert answer.status_code == 422
    _escaped(answer.text)
    valid = {
        one.field: SCRIPT + one.field
        for one in asked
        if one.shape in free and "code" not in one.field and one.field != "url"
    }
    valid.pop("graduation", None)
    required = {one.field: one.options[0] for one in asked if one.required and one.options}
    lawful = {field: LAWFUL[field] for field in ("headcount", "education", "salary") if kind is Kind.POSTING}
    number = author.made(new, {**valid, **required, **lawful})
    _escaped(author.client.get(f"/publish/{number}").text)
    _escaped(author.client.get(f"/publish/{number}/edit").text)
    author.does(f"/publish/{number}/submit")
    _escaped(author.client.get("/publish").text)
    reviewer = town.as_("jiuye") if kind is Kind.TALENT else council
    _escaped(reviewer.client.get("/review").text)
    _escaped(reviewer.client.get(f"/review/{number}").text)
    reviewer.does(f"/review/{number}/reject", reason=SCRIPT)
    _escaped(author.client.get("/publish").text)
    _escaped(author.client.get(f"/publish/{number}/edit").text)
    author.does(f"/publish/{number}/submit")
    reviewer.does(f"/review/{number}/approve")
    record = town.store.publications.load(number).record_id
    historian = author if kind is not Kind.TALENT else reviewer
    _escaped(historian.client.get(f"/{PLURALS[kind]}/{record}/history").text)
    _escaped(historian.client.get(f"/{PLURALS[kind]}/{record}").text)


def _escaped(html: str) -> None:
    assert "<script>" not in html
    assert "alert(1)" in html
    assert "&lt;script&gt;" in html


def test_a_form_without_the_sessions_token_changes_nothing(town: Town, hr: Browser, council: Browser) -> None:
    before = town.store.publications.search()[1]
    number = hr.drafts("电工")
    hr.does(f"/publish/{number}/submit")
    for browser, path in (
        (hr, "/publish/postings/new"),
        (hr, f"/publish/{number}/edit"),
        (hr, f"/publish/{number}/recall"),
        (hr, f"/publish/{number}/withdraw"),
        (hr, f"/publish/{number}/renew"),
        (council, f"/review/{number}/approve"),
        (council, f"/review/{number}/reject"),
    ):
        answer = browser.post(path, {"title": "电工", "reason": "不行"}, csrf="forged")
        assert answer.status_code == 403, path
        assert "表单已失效" in answer.text
    assert town.store.publications.search()[1] == before + 1
    assert town.store.publications.load(number).state.value == "待审核"


def test_a_stranger_finds_no_publication_and_the_public_is_asked_to_sign_in(town: Town, hr: Browser) -> None:
    number = hr.drafts("不给别人看的岗位")
    stranger, public = town.as_("bieren"), town.as_(None)
    for path in (f"/publish/{number}", f"/publish/{number}/edit"):
        assert "不给别人看的岗位" not in stranger.get(path, 404)
        assert public.client.get(path).headers["location"].startswith("/login")
    for step in ("submit", "recall", "withdraw", "renew", "edit"):
        assert stranger.post(f"/publish/{number}/{step}", {"title": "改了"}).status_code == 404
        assert public.post(f"/publish/{number}/{step}").status_code == 401
    assert "不给别人看的岗位" not in stranger.get("/publish")


def test_who_reviews_nothing_has_no_queue(town: Town, hr: Browser) -> None:
    number = hr.drafts("电工")
    hr.get("/review", 403)
    hr.get(f"/review/{number}", 403)
    assert hr.post(f"/review/{number}/approve").status_code == 403
    assert hr.post(f"/review/{number}/reject", {"reason": "不行"}).status_code == 403
    assert 'href="/review"' not in hr.get("/me")
    assert "不起草发布" in town.as_("lishihui").get("/publish")


def test_a_career_office_reviews_its_students_and_nothing_else(town: Town, hr: Browser) -> None:
    career = town.as_("jiuye")
    posting = hr.drafts("电工")
    hr.does(f"/publish/{posting}/submit")
    career.get(f"/review/{posting}", 404)
    assert career.post(f"/review/{posting}/approve").status_code == 404
    student = town.as_("xuesheng2")
    number = student.made("/publish/talents/new", {"name": "林小满", "specialty": "机电一体化技术", "skills": "电工"})
    assert town.store.publications.record(number).school_id == town.school
    student.does(f"/publish/{number}/submit")
    assert "姓名：林小满" in career.get(f"/review/{number}")
    assert "林小满" not in town.as_("lishihui").get(f"/review/{number}").replace("林小满（学生", "")
    career.does(f"/review/{number}/approve")
    assert "推荐" in student.get("/me")


def test_a_step_that_the_state_does_not_allow_is_said_on_the_page(hr: Browser, council: Browser) -> None:
    number = hr.drafts("电工")
    for path, step in ((f"/publish/{number}/recall", "收回修改"), (f"/publish/{number}/renew", "延长有效期")):
        answer = hr.post(path)
        assert answer.status_code == 409
        assert f"现在是“草稿”，不能“{step}”" in unescape(answer.text)
    assert council.post(f"/review/{number}/approve").status_code == 409
    hr.does(f"/publish/{number}/submit")
    answer = hr.post(f"/publish/{number}/edit", {"title": "来不及了", "description": "这段话不能丢"})
    assert answer.status_code == 409
    assert "这段话不能丢" in answer.text
    empty = council.post(f"/review/{number}/reject", {"reason": "  "})
    assert empty.status_code == 422
    assert "退回要写明理由" in empty.text


def test_an_organisation_that_was_not_vetted_drafts_and_is_told_why_it_cannot_hand_in(town: Town) -> None:
    other = town.as_("bieren")
    number = other.drafts("压铸工")
    assert "本单位待核验" in other.get("/publish")
    answer = other.post(f"/publish/{number}/submit")
    assert answer.status_code == 409
    assert "单位“泊云压铸”待核验，核验通过后才能发布" in unescape(answer.text)


def test_the_last_day_is_chosen_within_what_the_kind_allows(town: Town, hr: Browser) -> None:
    number = hr.drafts("电工")
    today = town.app.state.services.today()
    answer = hr.post(f"/publish/{number}/submit", {"until": (today + timedelta(days=400)).isoformat()})
    assert answer.status_code == 422
    assert "一次最多 90 天" in unescape(answer.text)
    hr.does(f"/publish/{number}/submit", until=(today + timedelta(days=10)).isoformat())
    assert town.store.publications.load(number).until == today + timedelta(days=10)


def test_what_lapses_within_two_weeks_stands_on_top_and_is_renewed_from_there(town: Town, council: Browser) -> None:
    author = town.as_("renli")
    number = author.drafts("快到期的岗位")
    today = town.app.state.services.today()
    author.does(f"/publish/{number}/submit", until=(today + timedelta(days=14)).isoformat())
    council.does(f"/review/{number}/approve")
    page = author.get("/publish")
    assert "快到期的岗位" in page[page.index("14 天内到期") : page.index("按状态查看")]
    author.does(f"/publish/{number}/renew")
    assert "14 天内到期" not in author.get("/publish")
    author.does(f"/publish/{number}/withdraw", reason="已招满")
    assert "已招满" in author.get(f"/publish/{number}")
    assert "快到期的岗位" not in author.get("/publish")
    assert "快到期的岗位" in author.get("/publish?state=已撤回")


def test_a_new_version_shows_what_it_changes_to_both_sides_and_in_the_history(
    town: Town, hr: Browser, council: Browser
) -> None:
    _, record = town.published(hr, required_skills="电气维修", description="维修设备。会看图。", place="一号车间")
    assert f"/publish/postings/new?replaces={record}" in hr.get(f"/postings/{record}")
    form = hr.get(f"/publish/postings/new?replaces={record}")
    assert "一号车间" in form
    changes = {"required_skills": "PLC编程", "description": "维修设备。会调试。", "place": "一号车间"}
    second = hr.made(f"/publish/postings/new?replaces={record}", {**LAWFUL, "title": "维修电工", **changes})
    hr.does(f"/publish/{second}/submit")
    for page in (hr.get(f"/publish/{second}"), council.get(f"/review/{second}")):
        told = page[page.index("与现行版本的不同") : page.index("读者看到的样子")]
        assert '<del><span class="unseen">删去：</span>电气维修</del>' in told
        assert '<ins><span class="unseen">新增：</span>PLC编程</ins>' in told
        assert '维修设备。<del><span class="unseen">删去：</span>会看图。</del>' in told
        assert "一号车间" not in told
    council.does(f"/review/{second}/approve")
    history = hr.get(f"/postings/{record}/history")
    assert "共 2 个版本" in history
    assert "会调试。</ins>" in history
    town.as_("bieren").get(f"/postings/{record}/history", 403)
    assert town.as_(None).client.get(f"/postings/{record}/history").status_code == 303
    town.as_("pinggu").get(f"/postings/{record}/history")
    town.as_("bieren").get(f"/publish/postings/new?replaces={record}", 403)


def test_the_history_of_a_person_holds_no_name(town: Town) -> None:
    id = town.store.save(a_talent(name="欧阳不具名", contact="13912345678", school_id=town.school)).id
    town.store.save(a_talent(name="欧阳改过名", school_id=town.school, skills=("电工",)), id=id)
    page = town.as_("jiuye").get(f"/talents/{id}/history")
    assert "电工" in page
    assert "欧阳" not in page
    assert "13912345678" not in page


def test_a_reviewer_is_shown_duplicates_and_the_vetting(town: Town, hr: Browser, council: Browser) -> None:
    town.published(hr, title="装配钳工")
    number = hr.drafts("装配钳工")
    hr.does(f"/publish/{number}/submit")
    page = council.get(f"/review/{number}")
    assert "同一发布方已有同名的" in page
    assert "单位核验</dt><dd>已核验" in page


def test_what_the_law_forbids_is_said_before_handing_in_and_stops_it(hr: Browser) -> None:
    number = hr.drafts("装配钳工", description="限男，35岁以下。")
    page = hr.get(f"/publish/{number}")
    assert "依法不得这样发布，改好才能提交" in page
    assert "限男" in page[page.index("依法不得") : page.index("接下来")]
    answer = hr.post(f"/publish/{number}/submit")
    assert answer.status_code == 409
    assert "《就业促进法》" in answer.text
    form = hr.get("/publish/postings/new")
    owed = form[form.index("招聘信息依规应当写明的") : form.index("建议填写")]
    assert all(f'name="{field}"' in owed for field in ("headcount", "education", "place", "salary", "description"))


def test_a_long_text_is_kept_and_one_of_two_megabytes_is_refused(hr: Browser) -> None:
    long = "负责车间设备维修。" * 3_000
    answer = hr.post("/publish/postings/new", {"title": "电工", "description": long})
    assert answer.status_code == 422
    assert "文字过长，最多 20000 个字符" in answer.text
    assert long in answer.text
    assert hr.post("/publish/postings/new", {"title": "电工", "description": "字" * 700_000}).status_code == 413


def test_what_no_form_says_is_no_crash(hr: Browser) -> None:
    assert hr.client.get("/publish/999999").status_code == 404
    assert hr.client.get("/publish/nonsense").status_code == 422
    assert hr.client.get("/publish?state=没有").status_code == 422
    assert hr.client.get("/publish/postings/new?replaces=999999").status_code == 404
    multipart = {"title": (None, "电工"), "csrf": (None, "x")}
    assert hr.client.post("/publish/postings/new", files=multipart).status_code == 403
