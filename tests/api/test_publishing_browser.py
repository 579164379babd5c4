"""Publishing in a real browser: drafted with a mistake, mended, sent back, mended again, published, and found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.test_pages_browser import (  # noqa: F401
    _LOW_CONTRAST,
    DESKTOP,
    PHONE,
    _fits,
    browser,
    pytestmark,
    serving,
)
from tests.api.test_publishing_pages import SCRIPT, SECRET, Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    made = Town(tmp_path_factory.mktemp("browser"))
    with serving(made.app) as url:
        for login in ("renli", "lishihui"):
            made.as_(login)
        yield made, url


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def people(request: pytest.FixtureRequest, browser: Any, town: tuple[Town, str]) -> Iterator[Any]:  # noqa: F811
    """What opens a window of its own for each person; scripts that published text smuggles in fail the test."""
    _, url = town
    contexts: list[Any] = []
    complaints: list[str] = []

    def person(login: str | None) -> Any:
        context = browser.new_context(viewport=request.param, base_url=url, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda sent: None if sent.url.startswith(url) else complaints.append(sent.url))
        if login:
            page.goto("/login")
            page.get_by_label("账号").fill(login)
            page.get_by_label("口令").fill(SECRET)
            page.get_by_role("button", name="登录").click()
            page.get_by_role("button", name="退出").wait_for()
        return page

    yield person
    for context in contexts:
        context.close()
    assert not complaints


def test_from_a_draft_with_a_mistake_to_a_posting_that_visitors_find(people: Any, request: Any) -> None:
    title = f"压铸模具修配工（{'一' if 'phone' in request.node.name else '二'}班）"
    hr, council = people("renli"), people("lishihui")
    hr.get_by_role("link", name="发布", exact=True).click()
    hr.get_by_role("link", name="起草岗位").click()
    _looks_right(hr)
    hr.get_by_label("岗位名称").fill(title)
    hr.get_by_label("岗位描述").fill("负责压铸模具修配，PLC编程与调试。要倒班。")
    hr.get_by_label("招聘人数").fill("若干")
    hr.get_by_label("工作地点").fill("澜川高新区")
    hr.get_by_label("学历要求").select_option("高中/中职")
    hr.get_by_label("最低").fill("6000")
    hr.get_by_label("最高").fill("8000")
    hr.get_by_role("button", name="保存为草稿").click()

    assert hr.get_by_label("招聘人数").input_value() == "若干"
    assert hr.get_by_label("岗位描述").input_value() == "负责压铸模具修配，PLC编程与调试。要倒班。"
    _looks_right(hr)
    hr.get_by_role("alert").get_by_role("link", name="招聘人数").click()
    hr.get_by_label("招聘人数").fill("2")
    hr.get_by_role("button", name="保存为草稿").click()

    hr.get_by_role("link", name="去勾选加入").click()
    hr.get_by_label("PLC编程").check()
    hr.get_by_role("button", name="保存").click()
    _looks_right(hr)
    hr.get_by_role("button", name="提交审核").click()
    assert hr.locator(".state").first.inner_text() == "待审核"

    council.get_by_role("link", name="审核").first.click()
    _looks_right(council)
    council.get_by_role("link", name=title).click()
    _looks_right(council)
    council.get_by_text("退回修改").click()
    council.get_by_label("看不出具体做什么").check()
    council.get_by_role("button", name="退回").click()
    council.get_by_role("heading", name="待审核").wait_for()

    hr.goto("/")
    assert hr.locator(".count").first.inner_text().startswith("1")
    hr.get_by_role("link", name="发布").first.click()
    _looks_right(hr)
    hr.get_by_role("link", name=title).click()
    assert "看不出具体做什么" in hr.locator(".notice.bad").inner_text()
    hr.locator("#next").get_by_role("link", name="修改").click()
    hr.get_by_label("岗位描述").fill("负责压铸模具修配，PLC编程与调试。")
    hr.get_by_role("button", name="保存").click()
    hr.get_by_role("button", name="提交审核").click()
    hr.get_by_text("收回修改").wait_for()

    council.reload()
    council.get_by_role("link", name=title).click()
    council.get_by_role("button", name="通过并发布").click()
    council.get_by_role("heading", name="待审核").wait_for()

    visitor = people(None)
    visitor.goto(f"/search?q={title}")
    visitor.get_by_role("link", name=title, exact=True).first.click()
    assert visitor.locator("h1").inner_text() == title
    assert "PLC编程" in visitor.locator("#published").inner_text()
    assert visitor.get_by_role("link", name="历史版本").count() == 0


def test_published_text_runs_no_script_anywhere(people: Any) -> None:
    hr, council = people("renli"), people("lishihui")
    hr.goto("/publish/postings/new")
    for label in ("岗位名称", "岗位描述", "必备技能", "工作地点", "招聘人数", "行业"):
        hr.get_by_label(label).fill(f"{SCRIPT}{label}")
    hr.get_by_role("button", name="保存为草稿").click()
    for label in ("招聘人数", "行业"):
        hr.get_by_label(label).fill("")
    hr.get_by_label("招聘人数").fill("2")
    hr.get_by_label("学历要求").select_option("高中/中职")
    hr.get_by_label("最低").fill("6000")
    hr.get_by_label("最高").fill("8000")
    hr.get_by_role("button", name="保存为草稿").click()
    hr.get_by_role("button", name="提交审核").click()
    hr.get_by_text("收回修改").wait_for()
    council.goto("/review")
    council.get_by_role("link", name="岗位名称").click()
    assert SCRIPT in council.locator("h1").inner_text()
    council.get_by_text("退回修改").click()
    council.get_by_label("其他理由").fill(SCRIPT)
    council.get_by_role("button", name="退回").click()
    council.get_by_role("heading", name="待审核").wait_for()
    hr.goto("/publish?state=已退回")
    assert SCRIPT in hr.locator("main table").inner_text()


def test_an_enterprise_registers_by_itself(people: Any, town: tuple[Town, str], request: Any) -> None:
    visitor = people(None)
    visitor.goto("/login")
    visitor.get_by_role("link", name="登记单位并开通账号").click()
    _looks_right(visitor)
    name = f"新来压铸{request.node.callspec.id}有限公司"
    visitor.get_by_label("单位名称").fill(name)
    visitor.get_by_label("统一社会信用代码").fill("91330282MA2ABCDE1X")
    visitor.get_by_label("姓名").fill("周工")
    visitor.get_by_label("账号").fill(f"{request.node.callspec.id}@example.com")
    visitor.get_by_label("口令").fill(SECRET)
    visitor.get_by_role("button", name="登记并开通账号").click()
    assert visitor.locator(".state").first.inner_text() == "待审核"
    _looks_right(visitor)


def _looks_right(page: Any) -> None:
    """It fits the screen, and its text stands out from its background."""
    _fits(page)
    assert page.evaluate(_LOW_CONTRAST) == []
