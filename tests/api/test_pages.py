"""The pages, through the front door: rendered, escaped, nameless, with highlights that quote the record exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from api.settings import Settings
from api.web.facts import budget, period, yuan
from api.web.present import highlight, shortened
from data.lists import list_types
from indexing.text import stated, texts
from matching.matcher import Matcher
from models.access import Role
from models.matches import Span
from models.notices import NoticeType
from models.organisations import OrganisationType
from models.plans import Target
from models.policies import Condition, Fact, Operator
from models.postings import Posting
from models.specialties import Cohort
from models.technology import Secrecy
from models.terms import Education, Employment, Kind, Record, Salary, SchoolLevel
from tests.api.conftest import administrator, key_for
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

NAME = "欧阳不具名"
SCRIPT = "<script>alert(1)</script>"
HTML = {"accept": "text/html"}
SOON = date.today() + timedelta(days=60)  # noqa: DTZ011


def a_consortium() -> dict[str, Record]:
    """A dozen records that know each other by name."""
    return {
        "enterprise": an_organisation(industry="C34", staff=120, interns=None),
        "school": an_organisation(name="澜川职业技术学院", type=OrganisationType.SCHOOL),
        "policy": a_policy(
            text="职工人数不低于50人的企业，每接收一名学徒补贴4000元。上年度接收实习生不少于5人。",
            audience=("企业",),
            amount=200_000,
            closes=SOON,
            conditions=(
                Condition(fact=Fact.STAFF, operator=Operator.AT_LEAST, number=50, quote="职工人数不低于50人的企业"),
                Condition(fact=Fact.INTERNS, operator=Operator.AT_LEAST, number=5, quote="上年度接收实习生不少于5人"),
            ),
        ),
        "programme": a_programme(courses=("电工基础", "可编程控制器技术"), cohorts=(Cohort(year=2026, graduates=45),)),
        "posting": a_posting(
            title="维修电工",
            description="负责车间设备电气维修，PLC编程与调试。\n熟悉变频器，会看电气原理图；有低压电工作业证优先。",
            required_skills=("PLC编程", "电气维修"),
            preferred_skills=("变频器",),
            specialties=("机电一体化技术",),
            education=Education.JUNIOR_COLLEGE,
            employment=Employment.FULL_TIME,
            salary=Salary(low=6000, high=9000),
            published=date(2026, 9, 1),
        ),
        "internship": a_posting(
            title="数控车床实习生", employment=Employment.INTERNSHIP, description="跟师傅学数控车床操作。"
        ),
        "plan": a_plan(
            chain="汽车零部件",
            evidence=("走访32家企业", "备案清单"),
            targets=(
                Target(node="轻量化铸件", position="压铸工", year=2027, low=120, high=160, output=1_900_000_000),
                Target(node="轻量化铸件", position="压铸工", year=2028, low=180, high=180),
                Target(node="底盘部件", year=2028, low=30, high=45),
            ),
        ),
        "news": a_notice(content="月度快报。"),
        "cooperation": a_notice(
            type=NoticeType.COOPERATION,
            title="共建实训基地",
            wants="压铸岛一套。",
            offers="厂房600平方米。",
            scale="每年80人",
        ),
        "past": a_posting(title="装配钳工", expires=date(2020, 1, 31)),
        "hostile": a_posting(
            title=f"电工{SCRIPT}", description=f'<img src=x onerror=alert(1)> "电气维修" & PLC编程 {SCRIPT}'
        ),
        "talent": a_talent(
            name=NAME,
            graduation="2027-06",
            seeking=(Employment.FULL_TIME, Employment.INTERNSHIP),
            expected_positions=("电工",),
            skills=("电气维修",),
            experience=("在车间跟师傅做电气维修，更换接触器。",),
        ),
        "hostile_talent": a_talent(
            name=NAME, expected_positions=("电工",), skills=("电气维修",), self_description=f"电气维修{SCRIPT}"
        ),
        "secondary": a_talent(name=NAME, level=SchoolLevel.SECONDARY_VOCATIONAL, expected_positions=("电工",)),
        "course": a_course(skills=("PLC编程",), hours=48, price=0, description="学完能独立完成PLC编程与调试。"),
        "need": a_need(content="铝合金压铸件内部气孔多，希望降低废品率。", fields=("压铸",), secrecy=Secrecy.PUBLIC),
        "private": a_need(title="机密压铸配方攻关", content="不便公开的压铸配方。", secrecy=Secrecy.PRIVATE),
        "offer": an_offer(content="真空压铸降低铝合金件气孔率。", fields=("压铸",), maturity=7),
    }


class World:
    """The running application and the ids under which its records are stored."""

    def __init__(self, app: FastAPI, client: TestClient, ids: dict[str, int], records: dict[str, Record]) -> None:
        self.app, self.client, self.ids, self.records = app, client, ids, records

    def path(self, name: str) -> str:
        folder = {
            Kind.ORGANISATION: "organisations",
            Kind.POSTING: "postings",
            Kind.TALENT: "talents",
            Kind.COURSE: "courses",
            Kind.NEED: "needs",
            Kind.OFFER: "offers",
            Kind.POLICY: "policies",
            Kind.PROGRAMME: "programmes",
            Kind.PLAN: "plans",
            Kind.NOTICE: "notices",
        }[self.records[name].kind]
        return f"/{folder}/{self.ids[name]}"

    def get(self, path: str, **params: Any) -> str:
        answer = self.client.get(path, params=params, headers=HTML)
        assert answer.status_code == 200, answer.text
        return answer.text


def an_app(folder: Path, records: list[Record]) -> tuple[FastAPI, list[int]]:
    """The real application over a new SQLite file; it is not started."""
    services = build(Settings(var=folder, encoder="hashing", sample=False, follow_interval=timedelta(seconds=0.1)))
    ids = [saved.id for saved in services.store.save_all(records)] if records else []
    return create_app(services=services), ids


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    records = a_consortium()
    app, ids = an_app(tmp_path_factory.mktemp("pages"), list(records.values()))
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(60)
        yield World(app, client, dict(zip(records, ids, strict=True)), records)


LISTS = (
    "/plans",
    "/notices",
    "/postings",
    "/talents",
    "/courses",
    "/needs",
    "/offers",
    "/policies",
    "/organisations",
    "/programmes",
)
LIVE = ("/lists", *(f"/lists/{id}" for id in list_types()))


def every_page(world: World) -> dict[str, str]:
    records = [world.path(name) for name in world.records if name != "private"]
    histories = [f"{path}/history" for path in records]
    paths = ["/", "/search?q=电工", *LISTS, *LIVE, *records, *histories]
    return {path: world.get(path) for path in paths}


def test_every_page_renders_in_chinese_with_one_heading_and_nothing_from_elsewhere(world: World) -> None:
    for path, html in every_page(world).items():
        assert '<html lang="zh-CN">' in html, path
        assert html.count("<h1>") == 1, path
        assert 'src="http' not in html, path
        assert "style=" not in html, path
        assert " None" not in html, path
        assert html.count("<details") == html.count("</details>"), path


def test_a_talents_name_is_on_no_page_and_finds_nothing(world: World) -> None:
    assert all(NAME not in html for html in every_page(world).values())
    found = world.get("/search", q=NAME)
    assert NAME not in found.replace(f"“{NAME}”", "").replace(f'value="{NAME}"', "")


def test_published_text_is_escaped_wherever_it_stands(world: World) -> None:
    for path, html in every_page(world).items():
        assert SCRIPT not in html, path
        assert "<img" not in html, path
    assert "&lt;script&gt;" in world.get(world.path("hostile"))
    assert SCRIPT not in world.get("/search", q=SCRIPT)


def test_a_posting_shows_its_facts_and_its_candidates_with_reasons(world: World) -> None:
    html = world.get(world.path("posting"))
    assert "6000-9000元/月" in html
    assert "2026年9月1日" in html
    assert f"人才 {world.ids['talent']} · 高职专科 · 机电一体化技术 · 2027届" in html
    assert "要求大专，实为高中/中职" in html
    assert "学历：移除 1 人" in html
    assert "未填写" in html


def test_a_plan_shows_its_numbers_by_node_and_year(world: World) -> None:
    html = world.get(world.path("plan"))
    assert ">120 至 160 人<small>产值 19 亿元</small></td>" in html
    assert ">180 人</td>" in html
    assert '<td data-label="2027 年" class="unsaid">未填写</td>' in html
    assert "走访32家企业\n备案清单" in html
    assert "2027 年 120 至 160 人、2028 年 210 至 225 人" in world.get("/plans")


def test_a_cooperation_notice_says_what_is_wanted_and_offered(world: World) -> None:
    html = world.get(world.path("cooperation"))
    assert html.index("<h3>所需</h3>") < html.index("压铸岛一套。") < html.index("<h3>所供</h3>")
    assert "每年80人" in html
    assert "共建实训基地" in world.get("/search", q="压铸岛")


def test_what_is_not_stated_says_so(world: World) -> None:
    html = world.get(world.path("internship"))
    assert "面议" in html
    assert "未填写" in html


def test_the_marks_quote_both_records_exactly(world: World) -> None:
    marks = _marks(world.get(world.path("posting")))
    published = "\n".join(_quotable(world.records["posting"]))
    candidates = "\n".join(text for name in ("talent", "hostile_talent") for text in _quotable(world.records[name]))
    assert {"电气维修"} <= marks.get("岗位原文", set())
    assert {"电气维修"} <= marks.get("人才原文", set())
    assert all(mark in published for mark in marks["岗位原文"])
    assert all(mark in candidates for mark in marks["人才原文"])


def _quotable(record: Record) -> list[str]:
    return [*texts(record).values(), *stated(record).values()]


def test_facts_are_quoted_under_their_chinese_names(world: World) -> None:
    html = world.get(world.path("posting"))
    assert '<p class="field">办学层次</p>' in html
    assert '<p class="field">用工形式</p>' in html


def test_a_card_tells_both_sides_apart(world: World) -> None:
    html = world.get(world.path("posting"))
    assert re.search(r"符合岗位要求 <b>\d+</b> · 符合本人意愿 <b>\d+</b>", html)
    assert re.search(r'scope="rowgroup"[^>]*>符合岗位要求：\d+%<', html)


def test_a_market_with_one_side_that_asks_has_no_sides(world: World) -> None:
    assert "符合岗位要求" not in world.get(world.path("enterprise"))


def test_the_points_shown_are_the_score(world: World) -> None:
    services = world.app.state.services
    matcher: Matcher = services.matcher
    best = matcher.talents_for(world.ids["posting"], k=1).matches[0]
    html = world.get(world.path("posting"))
    assert f"<strong>{100 * best.score:.0f}</strong> 分" in html
    for contribution in best.contributions:
        if contribution.value is not None:
            assert f"{100 * contribution.points:.1f}<span" in html


def test_filters_limit_the_candidates_and_blank_means_any(world: World) -> None:
    path = world.path("posting")
    assert "人才 " in world.get(path, employment="", level="")
    assert "所选范围：移除" in world.get(path, level="本科")
    assert "没有满足硬性条件的人才" in world.get(path, level="本科")
    assert world.client.get(path, params={"level": "幼儿园"}, headers=HTML).status_code == 422


def test_a_posting_that_is_past_says_so(world: World) -> None:
    assert "本岗位已于2020年1月31日截止招聘" in world.get(world.path("past"))
    assert "截止招聘" not in world.get(world.path("posting"))


def test_a_talent_sees_what_is_missing_and_the_course_that_adds_it(world: World) -> None:
    html = world.get(world.path("talent"), posting=world.ids["posting"])
    training = html[html.index('id="training"') :]
    assert '<span class="lacks">PLC编程</span>' in training
    assert '<span class="has">电气维修</span>' in training
    assert "学完增加：" in training
    assert "可编程控制器技术" in training


def test_an_enterprise_sees_each_condition_of_a_policy_as_met_or_unknown(world: World) -> None:
    html = world.get(world.path("enterprise"))
    assert "职工人数不低于 50 人；本单位：120 人" in html
    assert "接收实习生人数不低于 5 人；本单位：未填写" in html
    assert "待核实" in html
    assert "上年度接收实习生不少于5人" in html


def test_a_school_sees_its_programmes_demand(world: World) -> None:
    html = world.get(world.path("school"))
    assert f'<a href="{world.path("programme")}">机电一体化技术</a>' in html
    assert "45 人" in html
    assert "各月数字" in world.get(world.path("programme"))


def test_a_private_need_is_neither_shown_nor_listed_nor_found(world: World) -> None:
    world = World(
        world.app, TestClient(world.app, headers=key_for(world.app, Role.COMMITTEE)), world.ids, world.records
    )
    answer = world.client.get(world.path("private"), headers=HTML)
    assert answer.status_code == 404
    assert "机密" not in answer.text
    pages = [
        world.get("/"),
        world.get("/needs"),
        world.get("/search", q="机密压铸配方攻关"),
        world.get(world.path("enterprise")),
        world.get(world.path("offer")),
    ]
    assert all("机密压铸配方攻关</a>" not in html for html in pages)
    assert "保密" not in pages[-1]
    assert "1 项技术需求" in pages[0]


def test_search_marks_the_words_and_counts_by_kind(world: World) -> None:
    html = world.get("/search", q="电工")
    assert "电工" in _marks(html)["搜索“电工”"]
    narrowed = world.get("/search", q="电工", kind="posting", k="1")
    assert "更多结果" in narrowed
    assert 'aria-current="true">岗位' in narrowed


@pytest.mark.parametrize("q", ["", "  ", "！？", "qqzzxxww", "字" * 200])
def test_a_search_that_finds_nothing_helps(world: World, q: str) -> None:
    assert "换" in world.get("/search", q=q) or "用更短" in world.get("/search", q=q)


def test_lists_are_narrowed_and_paged(world: World) -> None:
    html = world.get("/postings", group="实习")
    assert "数控车床实习生" in html
    assert "维修电工" not in html
    assert "这里没有岗位" in world.get("/postings", page=99)


@pytest.mark.parametrize("path", ["/postings/999999", "/talents/999999", "/needs/999999", "/nowhere"])
def test_what_is_not_there_is_a_page_in_the_same_style(world: World, path: str) -> None:
    answer = world.client.get(path, headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'href="/static/style.css"' in answer.text
    assert "回首页" in answer.text


def test_while_the_index_is_built_the_page_shows_progress_and_tries_again(tmp_path: Path) -> None:
    records = list(a_consortium().values())
    app, _ = an_app(tmp_path, records)
    answer = TestClient(app).get("/", headers=HTML)  # not entered: nothing is started
    assert answer.status_code == 503
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert f'<progress max="{len(records)}" value="0">' in answer.text
    app.state.services.store.close()


def test_an_empty_consortium_has_pages_too(tmp_path: Path) -> None:
    app, _ = an_app(tmp_path, [])
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(60)
        for path in ("/", "/search?q=电工", *LISTS):
            assert client.get(path, headers=HTML).status_code == 200, path


def test_a_member_without_id_goes_by_its_name(world: World) -> None:
    assert isinstance(world.records["posting"], Posting)
    assert world.records["posting"].organisation_id is None
    assert "维修电工" in world.get(world.path("enterprise"))


SPANS = st.lists(st.tuples(st.integers(1, 10), st.integers(0, 30), st.integers(0, 30)), max_size=12)


@given(text=st.text("电工PLC，。\n<&", max_size=30), marks=SPANS)
def test_highlights_joined_are_the_text_and_every_mark_lies_in_its_span(
    text: str, marks: list[tuple[int, int, int]]
) -> None:
    spans = [(number, Span("x", a, b, text[a:b])) for number, a, b in marks if a < b]
    pieces = highlight(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    places = [reasons for piece in pieces for reasons in [set(piece.reasons)] * len(piece.text)]
    # Two spans of one reason may meet in one piece, so the promise is kept place by place.
    for place, reasons in enumerate(places):
        assert reasons == {n for n, s in spans if s.end <= len(text) and s.start <= place < s.end}


@given(text=st.text("电工PLC，。；\n", min_size=1, max_size=300), start=st.integers(0, 299), size=st.integers(1, 8))
def test_a_shortened_text_keeps_its_marks_and_quotes_the_rest(text: str, start: int, size: int) -> None:
    span = Span("x", start, min(start + size, len(text)), text[start : start + size])
    pieces = highlight(text, [(1, span)])
    cut = shortened(pieces) if any(piece.reasons for piece in pieces) else pieces
    assert [piece.text for piece in cut if piece.reasons] == [piece.text for piece in pieces if piece.reasons]
    assert all(part.strip() in text for piece in cut for part in piece.text.split("…"))


def test_a_span_that_does_not_quote_the_text_is_not_marked() -> None:
    assert all(not piece.reasons for piece in highlight("维修电工", [(1, Span("x", 0, 2, "电工"))]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 元"), (3_500, "3,500 元"), (10_000, "1 万元"), (125_000, "12.5 万元"), (150_000_000, "1.5 亿元")],
)
def test_money_has_its_unit(value: int, shown: str) -> None:
    assert yuan(value) == shown


def test_open_ranges_read_as_chinese() -> None:
    assert budget(a_need(budget_low=200_000, budget_high=500_000)) == "20 万元至 50 万元"
    assert budget(a_need(budget_high=500_000)) == "50 万元以内"
    assert period(date(2026, 9, 1), None) == "2026年9月1日起"


def _marks(html: str) -> dict[str, set[str]]:
    """The marked texts under each heading."""
    found: dict[str, set[str]] = {}
    heading = ""

    class Reader(HTMLParser):
        inside: str | None = None
        text = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in ("mark", "h1", "h4"):
                self.inside, self.text = tag, ""

        def handle_data(self, data: str) -> None:
            self.text += data

        def handle_endtag(self, tag: str) -> None:
            nonlocal heading
            if tag == self.inside:
                if tag == "mark":
                    found.setdefault(heading, set()).add(self.text)
                else:
                    heading = self.text
                self.inside = None

    Reader().feed(html)
    return found


__all__ = ["World", "a_consortium", "an_app"]


def test_the_person_and_the_publisher_see_what_they_can_do_with_each_match(world: World) -> None:
    enterprise, person = world.ids["enterprise"], world.ids["talent"]
    readers = (
        (Role.STUDENT, {"talent": person}, "talent", "投递"),
        (Role.ENTERPRISE_HR, {"organisation": enterprise}, "posting", "邀请"),
    )
    for role, of, name, act in readers:
        answer = _by_session(world, role, of).get(world.path(name), headers=HTML)
        assert answer.status_code == 200, answer.text
        assert "收藏" in answer.text
        assert act in answer.text


def _by_session(world: World, role: Role, of: dict[str, int]) -> TestClient:
    """A person in a browser: what changes anything is offered to sessions alone, which have a token to repeat."""
    accounts = world.app.state.services.store.accounts
    login = f"session-{len(accounts.everyone())}"
    accounts.create(login, name="某人", roles=[role], password="一个足够长的测试口令", **of)
    browser = TestClient(world.app)
    assert (
        browser.post("/api/v1/sessions", json={"login": login, "password": "一个足够长的测试口令"}).status_code == 200
    )
    return browser
