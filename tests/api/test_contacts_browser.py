"""A student on a phone and an HR officer at a desk come together, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from models.access import Role
from models.outcomes import Act, Side
from tests.api.test_contacts import NAME, PHONE, SECRET, Town
from tests.api.test_pages_browser import (
    _LOW_CONTRAST,
    BROWSER,
    DESKTOP,
    FLAGS,
    _fits,
    _wait,
)
from tests.api.test_pages_browser import (
    PHONE as SMALL,
)

playwright = pytest.importorskip("playwright.sync_api", reason="未安装 playwright，跳过浏览器测试")

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="没有找到 Chromium，跳过浏览器测试；Debian 上可用 apt-get install chromium 安装"
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Town, str]]:
    """The town, with a student and an HR officer who sign in, on a loopback port."""
    town = Town(tmp_path)
    accounts = town.app.state.services.store.accounts
    for login, role, organisation, talent in (
        ("xuesheng", Role.STUDENT, town.school, town.talent),
        ("renli", Role.ENTERPRISE_HR, town.firm, None),
    ):
        accounts.create(login, name=login, roles=[role], password=SECRET, organisation=organisation, talent=talent)
    server = uvicorn.Server(uvicorn.Config(town.app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(lambda: server.started and town.app.state.services.follower.ready.is_set())
    yield town, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@contextmanager
def somebody(browser: Any, url: str, login: str, size: dict[str, int]) -> Iterator[Any]:
    """A page on which somebody has signed in by the form."""
    context = browser.new_context(viewport=size, base_url=url, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.goto("/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("口令").fill(SECRET)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    yield page
    context.close()
    assert not complaints


def test_from_a_recommendation_to_the_first_day_of_work(served: tuple[Town, str]) -> None:
    town, url = served
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        with (
            somebody(browser, url, "xuesheng", SMALL) as student,
            somebody(browser, url, "renli", DESKTOP) as hr,
        ):
            student.goto(f"/talents/{town.talent}")
            card = student.locator("#postings .card", has_text="维修电工").first
            card.get_by_role("button", name="收藏").click()
            card.get_by_role("link", name="维修电工").click()
            assert "position=" in student.url
            assert student.get_by_role("button", name="取消收藏").is_visible()
            student.get_by_role("link", name="投递").click()
            _looks_right(student)
            assert student.get_by_text(PHONE).is_visible()
            student.get_by_label("附一句话").fill("会修三相电机，三月起可以到岗")
            student.get_by_label("我已阅读").check()
            student.get_by_role("button", name="同意并投递").click()
            assert student.get_by_text("等待用人单位答复").is_visible()

            hr.goto("/")
            hr.get_by_role("link", name="待办 1").click()
            assert hr.get_by_text("会修三相电机").first.is_visible()
            assert hr.get_by_text(PHONE).is_visible()
            _looks_right(hr)
            hr.get_by_role("button", name="同意沟通").click()
            hr.locator("summary", has_text="约面试").click()
            hr.get_by_role("textbox", name="时间").fill("2026-12-05T14:00")
            hr.get_by_label("地点或线上会议链接").fill("高新区创业路 8 号 302 室")
            _looks_right(hr)
            hr.get_by_role("button", name="约面试").click()
            assert hr.get_by_text("没有等您处理的事").is_visible()

            student.goto("/inbox")
            assert student.locator(".meeting").inner_text().startswith("面试：2026年12月5日 周六 14:00，现场")
            _looks_right(student)
            student.get_by_role("button", name="确认参加").click()

            hr.goto(f"/postings/{town.posting}/board")
            assert hr.get_by_role("heading", name="面试已确认（1 人）").is_visible()
            hr.locator("summary", has_text="发录用意向").click()
            hr.locator("details[open]").get_by_role("textbox").fill("月薪 5500 元，3 月 2 日报到")
            hr.get_by_role("button", name="发录用意向").click()
            student.goto("/inbox")
            assert student.get_by_text("3 月 2 日报到").first.is_visible()
            student.get_by_role("button", name="接受录用").click()
            hr.goto("/inbox")
            hr.get_by_role("button", name="确认到岗").click()
            student.goto("/inbox")
            assert student.locator(".pair .stage", has_text="已到岗").is_visible()
            _looks_right(student)

            # Whoever has only looked on learns nothing.
            hr.goto(f"/talents/{town.classmate}?posting={town.posting}")
            assert NAME not in hr.content()
        browser.close()
    acts = [one for one in town.acts() if one[1] is not Act.SHOWN]
    assert acts == [
        (Side.TALENT, Act.SAVED),
        (Side.TALENT, Act.OPENED),
        (Side.TALENT, Act.APPLIED),
        (Side.POSTING, Act.ACCEPTED),
        (Side.POSTING, Act.INTERVIEWED),
        (Side.POSTING, Act.OFFERED),
        (Side.POSTING, Act.HIRED),
    ]


def _looks_right(page: Any) -> None:
    _fits(page)
    assert page.evaluate(_LOW_CONTRAST) == []
