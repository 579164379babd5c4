"""Scripts in every free-text field of every kind, and the pages that show them, in a real browser."""

from __future__ import annotations

import threading
import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

import pytest
import uvicorn
from starlette.testclient import TestClient

from models.access import Role
from models.records import RECORDS
from models.terms import Kind, Record
from tests.api.arena import API, PASSWORD, Arena
from tests.api.conftest import PLURALS, key_for
from tests.api.test_pages_browser import BROWSER, _wait, browser
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

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(BROWSER is None, reason="没有找到 Chromium，跳过浏览器测试")

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</textarea></title></style><script>alert(1)</script>",
    "javascript:alert(1)//",
    "{{7*7}}${7*7}<%= 7*7 %>",
    '" autofocus onfocus=alert(1) x="',
    "<a href=javascript:alert(1)>点我</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<!--<script>alert(1)//-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;img src=x onerror=alert(1)&#x3e;",
)
"""Elements, attributes, schemes, templates, comments, and entities that are decoded once too often."""

BUILDERS: dict[Kind, Record] = {
    Kind.ORGANISATION: an_organisation(),
    Kind.POSTING: a_posting(),
    Kind.TALENT: a_talent(),
    Kind.COURSE: a_course(),
    Kind.NEED: a_need(),
    Kind.OFFER: an_offer(),
    Kind.POLICY: a_policy(),
    Kind.PROGRAMME: a_programme(),
    Kind.PLAN: a_plan(),
    Kind.NOTICE: a_notice(),
}
CODED = {"division", "industry", "occupation", "occupations", "specialty_code", "code", "credit_code", "graduation"}
CODED |= {"expected_divisions", "url"}
"""Fields whose form leaves no room for a script; `test_coded_fields_take_no_script` holds that."""


def texts_of(kind: Kind) -> list[str]:
    """Every field of a kind that takes free text, alone or in a list."""
    return [
        name
        for name, field in RECORDS[kind].model_fields.items()
        if name not in CODED and _takes_text(field.annotation)
    ]


def _takes_text(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, types.UnionType, tuple):
        return any(_takes_text(one) for one in get_args(annotation))
    if hasattr(annotation, "__metadata__"):
        return _takes_text(annotation.__origin__)
    return annotation is str


def infected(kind: Kind, *, number: int) -> Record:
    """A record with a payload in every free text, another one in each."""
    given = BUILDERS[kind].model_dump(mode="json")
    for place, name in enumerate(texts_of(kind)):
        payload = f"{PAYLOADS[(place + number) % len(PAYLOADS)]}压铸"
        annotation = str(RECORDS[kind].model_fields[name].annotation)
        given[name] = [payload] if annotation.startswith("tuple") else payload
    if kind is Kind.PLAN:
        given["targets"] = [given["targets"][0] | {"node": PAYLOADS[0], "position": PAYLOADS[1]}]
    if kind is Kind.NEED:
        given["secrecy"] = "公开"
    given["source"] = {"name": PAYLOADS[2], "id": f"{PAYLOADS[1]}{kind}{number}"}
    return RECORDS[kind].model_validate(given)


class Infected:
    """A service every text of which is a script."""

    def __init__(self, folder: Any) -> None:
        self.arena = Arena(folder)
        save = self.arena.store.save
        self.records = {
            (kind, number): int(save(infected(kind, number=number)).id)
            for kind in RECORDS
            for number in range(len(PAYLOADS))
        }
        organisation = self.records[Kind.ORGANISATION, 0]
        accounts = self.arena.store.accounts
        accounts.vet(organisation, by=self.arena.council.id, verified=False, note=PAYLOADS[0])
        self.admin = accounts.create(
            "guanli", name=PAYLOADS[1], roles=[Role.ADMINISTRATOR], password=PASSWORD, organisation=organisation
        )
        accounts.create_key(self.admin.id, name=PAYLOADS[0], scopes=["read"], days=3)
        token = accounts.invite(self.admin.id, roles=[Role.MENTOR], organisation=organisation)[1]
        talent = self.records[Kind.TALENT, 0]
        accounts.create("benren", name=PAYLOADS[0], roles=[Role.LEARNER], password=PASSWORD, talent=talent)
        self.arena.store.objections.file(
            talent, posting=self.records[Kind.POSTING, 0], statement=PAYLOADS[1], answer="{}"
        )
        self.pages = [f"/{PLURALS[kind]}/{id}" for (kind, _), id in self.records.items()]
        self.pages += [f"/{PLURALS[kind]}" for kind in RECORDS]
        self.pages += [f"/{PLURALS[kind]}/{self.records[kind, 0]}/history" for kind in RECORDS]
        self.pages += ["/", "/lists", "/neutral", "/me", "/members", "/vettings", "/occupations", "/permissions"]
        self.pages += [f"/lists/{of}" for of in ("policies", "enterprise-needs", "students", "cooperation")]
        self.pages += [f"/join/{token}", f"/talents/{talent}/why-not?q=<script>alert(1)</script>"]
        self.pages += [f"/postings/{self.records[Kind.POSTING, 0]}/no-match"]
        asked = [one.replace("&", "%26").replace("#", "%23").replace("%=", "%25%3D") for one in PAYLOADS]
        self.pages += [f"/search?q={one}" for one in ("压铸", *asked)]
        self.pages += [f"/postings?q={one}&group={one}" for one in asked[:4]]
        self.pages += [f"/lists/policies?owner={one}" for one in asked[:4]]
        self.pages += [f"/login?next={one}" for one in asked] + [f"/{asked[0]}", f"/postings/{asked[1]}"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Infected, str]]:
    made = Infected(tmp_path_factory.mktemp("infected"))
    server = uvicorn.Server(uvicorn.Config(made.arena.app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(lambda: server.started and made.arena.app.state.services.follower.ready.is_set())
    yield made, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


ACTIVE = """() => [...document.querySelectorAll('*')].flatMap(element => {
  const found = [...element.attributes].filter(
    one => one.name.startsWith('on') || /^\\s*(javascript|data|vbscript):/i.test(one.value) && one.name !== 'value'
      && ['href', 'src', 'action', 'formaction', 'srcdoc', 'xlink:href'].includes(one.name));
  const foreign = ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(element.tagName)
    || element.tagName === 'META' && element.httpEquiv === 'refresh' || element.tagName === 'IMG';
  return found.length || foreign ? [element.outerHTML.slice(0, 200)] : [];
})"""
"""Every element that could run something; the pages have none of their own."""


@pytest.mark.parametrize("login", ["guanli", "benren", ""], ids=["管理员", "本人", "公众"])
def test_no_page_runs_what_somebody_wrote_into_it(service: tuple[Infected, str], browser: Any, login: str) -> None:
    infected_service, url = service
    context = browser.new_context(base_url=url, locale="zh-CN")
    if login:
        session = infected_service.arena.store.accounts.sign_in(login, PASSWORD)
        context.add_cookies([{"name": "chanjiao_session", "value": session.token, "url": url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("dialog", lambda dialog: (complaints.append(f"dialog on {page.url}"), dialog.dismiss()))
    page.on("request", lambda sent: None if sent.url.startswith(url) else complaints.append(sent.url))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    talent = infected_service.records[Kind.TALENT, 0]
    shown = 0
    # An administrator sees most; the others see the same pages with less on them.
    pages = infected_service.pages[:: 1 if login == "guanli" else 5]
    for path in [*pages, f"/talents/{talent}/data", f"/talents/{talent}"]:
        answer = page.goto(path, wait_until="domcontentloaded")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe-inline" not in policy, path
        active = page.evaluate(ACTIVE)
        assert not active, (path, active)
        shown += "alert(1)" in page.inner_text("body")
        assert "49$" not in page.evaluate("[...document.querySelectorAll('h1')].map(one => one.innerText).join()")
    context.close()
    assert not complaints
    assert shown > (60 if login == "guanli" else 5)


def test_every_kind_has_free_text_and_none_is_left_out() -> None:
    assert all(len(texts_of(kind)) >= 3 for kind in RECORDS)
    assert sum(len(texts_of(kind)) for kind in RECORDS) > 60


@pytest.mark.parametrize("kind", RECORDS, ids=[kind.label for kind in RECORDS])
def test_coded_fields_take_no_script(service: tuple[Infected, str], kind: Kind) -> None:
    """Nor an address that is a script."""
    client = TestClient(service[0].arena.app, headers=key_for(service[0].arena.app))
    given = BUILDERS[kind].model_dump(mode="json", exclude_defaults=True)
    for name in CODED & set(RECORDS[kind].model_fields):
        for payload in PAYLOADS:
            annotation = str(RECORDS[kind].model_fields[name].annotation)
            value = [payload] if annotation.startswith("tuple") else payload
            answer = client.post(f"{API}/{PLURALS[kind]}", json=given | {name: value})
            assert answer.status_code == 422, (name, payload)
            assert answer.headers["content-type"] == "application/problem+json"
