"""The pages in a real browser, on a phone and on a desktop: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
import uvicorn
from fastapi import FastAPI

from models.terms import Employment
from tests.api.conftest import key_for
from tests.api.test_pages import NAME, a_consortium, an_app
from tests.builders import a_posting, a_talent

playwright = pytest.importorskip("playwright.sync_api", reason="未安装 playwright，跳过浏览器测试")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="没有找到 Chromium，跳过浏览器测试；Debian 上可用 apt-get install chromium 安装"
)


class Address(NamedTuple):
    """Where the service listens, and the header of an administrator."""

    url: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The real server on a loopback port, over a small consortium with more electricians than one page holds."""
    more = [
        a_talent(
            expected_positions=("维修电工",), skills=("电气维修", "变频器")[: n % 3], graduation=f"202{n % 4 + 6}-06"
        )
        for n in range(14)
    ] + [a_posting(title=f"电工（{n}号车间）", employment=Employment.FULL_TIME) for n in range(3)]
    app, _ = an_app(tmp_path_factory.mktemp("browser"), [*a_consortium().values(), *more])
    with serving(app) as url:
        yield Address(url, key_for(app))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address at which the application answers, once its index is ready."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(lambda: server.started and app.state.services.follower.ready.is_set())
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Any, address: Address) -> Iterator[Any]:
    """A page that fails the test when it logs an error or asks another host for anything."""
    opened = browser.new_page(
        viewport=request.param, base_url=address.url, locale="zh-CN", extra_http_headers=address.headers
    )
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    opened.on("request", lambda sent: None if sent.url.startswith(address.url) else complaints.append(sent.url))
    opened.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield opened
    opened.close()
    assert not complaints


def test_from_a_search_to_a_candidate_and_what_to_learn(page: Any) -> None:
    page.goto("/")
    page.get_by_role("searchbox").first.fill("电工")
    page.get_by_role("searchbox").first.press("Enter")
    _fits(page)
    assert page.locator(".hit mark").first.inner_text() == "电工"

    page.locator(".tabs a", has_text="岗位").click()
    page.get_by_role("link", name="维修电工", exact=True).click()
    assert page.locator("h1").inner_text() == "维修电工"
    _fits(page)

    second = page.locator("#talents .card").nth(1)
    assert not second.locator(".reasons").is_visible()
    second.locator("summary").focus()
    page.keyboard.press("Enter")
    assert second.locator(".reasons").is_visible()
    assert second.locator(".original mark").first.is_visible()
    _fits(page)

    before = page.locator("#talents .card").count()
    page.get_by_role("link", name="更多人才").click()
    assert page.locator("#talents .card").count() > before

    page.locator("#talents .card h3 a").first.click()
    assert page.locator("h1").inner_text().startswith("人才 ")
    page.get_by_role("link", name="培训建议", exact=True).click()
    assert page.locator("#training").get_by_text("目标岗位").is_visible()
    _fits(page)
    assert NAME not in page.content()


def test_from_a_posting_to_what_its_conditions_do_and_from_a_talent_to_why_not(page: Any) -> None:
    page.goto("/search?q=维修电工&kind=posting")
    page.get_by_role("link", name="维修电工", exact=True).click()
    page.get_by_role("link", name="条件影响").click()
    assert page.get_by_role("heading", name="各项条件移除了多少人").is_visible()
    page.get_by_label("至少要多出几名对口的人").fill("3")
    page.get_by_role("button", name="重新计算").click()
    assert page.url.endswith("?k=3")
    _fits(page)
    assert page.evaluate(_LOW_CONTRAST) == []

    page.goto("/search?q=电工&kind=talent")
    page.locator(".hit a").first.click()
    page.get_by_label("岗位编号或名称").fill("数控车床")
    page.get_by_role("button", name="查原因").click()
    _fits(page)
    page.get_by_role("link", name="数控车床实习生").click()
    assert page.get_by_role("heading", name="做到什么会不一样").is_visible()
    _fits(page)
    assert page.evaluate(_LOW_CONTRAST) == []
    assert NAME not in page.content()


KINDS = "postings talents courses needs offers policies organisations programmes plans notices"
LISTS = "lists lists/enterprise-needs lists/students lists/cooperation"


@pytest.mark.parametrize("start", [f"/{path}" for path in f"{KINDS} {LISTS}".split()])
def test_every_kind_of_page_fits_the_screen(page: Any, start: str) -> None:
    page.goto(start)
    _fits(page)
    for link in page.locator(".stack th a").evaluate_all("links => links.map(link => link.pathname)")[:3]:
        page.goto(link)
        _fits(page)


def test_the_keyboard_reaches_the_text_first_and_the_focus_is_seen(page: Any) -> None:
    page.goto("/postings")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_a_list_is_narrowed_to_one_owner_by_keyboard(page: Any) -> None:
    page.goto("/lists")
    page.get_by_role("link", name="企业需求清单", exact=True).click()
    owner = page.get_by_label("单位", exact=True)
    owner.fill("澜川精工机械有限公司")
    owner.press("Enter")
    page.wait_for_url("**owner=**")
    assert page.locator("#entries tbody tr").count() > 1
    assert page.get_by_label("单位", exact=True).input_value() == "澜川精工机械有限公司"
    page.get_by_role("link", name="修改记录").first.click()
    assert "个版本" in page.locator("h1").inner_text()
    _fits(page)
    assert page.evaluate(_LOW_CONTRAST) == []


def test_text_has_enough_contrast_on_its_background(page: Any) -> None:
    for path in ("/", "/postings", "/lists", "/lists/enterprise-needs", "/lists/students", "/search?q=电工"):
        page.goto(path)
        assert page.evaluate(_LOW_CONTRAST) == []
    page.goto(page.locator(".hit a").first.get_attribute("href"))
    assert page.evaluate(_LOW_CONTRAST) == []


_LOW_CONTRAST = """() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const found = colour(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest('svg') || !element.getClientRects().length) continue;
    const [a, b] = [light(colour(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${element.textContent}`);
  }
  return low;
}"""


def _fits(page: Any) -> None:
    """Nothing makes the page scroll sideways."""
    width, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= shown, page.url


def _wait(ready: Any) -> None:
    for _ in range(600):
        if ready():
            return
        time.sleep(0.1)
    raise TimeoutError("the server did not start within a minute")
