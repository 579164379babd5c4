"""Signing in with an identity provider: a real one, over HTTP, with signed tokens."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
from starlette.responses import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Oidc
from data.store import Store
from models.access import Role
from models.audit import Action
from models.errors import Conflict, NotFound
from tests.api.conftest import settings_for_tests
from tests.builders import an_organisation
from tests.provider import CLIENT, SECRET, Claims, OpenIdProvider, running

API = "/api/v1"
PASSWORD = "晨光里的齿轮转了 42 圈"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with running() as started:
        yield started


def service(var: Path, provider: OpenIdProvider, **oidc: object) -> FastAPI:
    settings = settings_for_tests(var)
    chosen = Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET), **oidc)  # type: ignore[arg-type]
    app = create_app(settings.model_copy(update={"oidc": chosen}))
    store = app.state.services.store
    store.save_all([an_organisation(name="澜川精工")])
    store.accounts.create("limin", name="李敏", roles=[Role.ENTERPRISE_HR], password=PASSWORD, organisation=1)
    return app


@pytest.fixture
def app(tmp_path: Path, provider: OpenIdProvider) -> Iterator[FastAPI]:
    """A service in which accounts are found by `preferred_username`."""
    made = service(tmp_path, provider, login_claim="preferred_username")
    with TestClient(made):
        yield made


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False, headers={"accept": "text/html"})


def leave(browser: TestClient, next: str = "/talents") -> str:
    """Where the service sends the browser."""
    answer = browser.get("/login/sso", params={"next": next})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def at_provider(address: str) -> str:
    """What the provider lets the browser come back with."""
    back = urlsplit(httpx2.get(address, follow_redirects=False).headers["location"])
    return f"{back.path}?{back.query}"


def sign_in(browser: TestClient) -> Response:
    return browser.get(at_provider(leave(browser)))


def problem(answer: Response) -> str:
    """What the page says is wrong."""
    text = answer.text  # type: ignore[attr-defined]
    return unescape(text.split('role="alert">')[1].split("</p>")[0])


def me(browser: TestClient) -> Claims | None:
    answer = browser.get(f"{API}/me")
    return answer.json()["account"] if answer.status_code == 200 else None


def by_password(browser: TestClient) -> str:
    """The token that the forms of the session repeat."""
    return str(browser.post(f"{API}/sessions", json={"login": "limin", "password": PASSWORD}).json()["csrf"])


def test_without_a_provider_there_is_neither_a_button_nor_a_route(tmp_path: Path) -> None:
    with TestClient(create_app(settings_for_tests(tmp_path))) as browser:
        assert "/login/sso" not in browser.get("/login").text
        assert browser.get("/login/sso").status_code == browser.get("/login/sso/callback").status_code == 404


def test_the_form_offers_both_ways(browser: TestClient) -> None:
    page = browser.get("/login?next=/lists").text
    assert 'href="/login/sso?next=/lists"' in page
    assert "用统一身份认证登录" in page
    assert 'name="password"' in page


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_person_with_an_account_signs_in_and_goes_on(
    browser: TestClient, provider: OpenIdProvider, algorithm: str
) -> None:
    provider.use(algorithm)
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/talents")
    assert (me(browser) or {})["login"] == "limin"


def test_what_is_asked_of_the_provider(browser: TestClient) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave(browser)).query).items()}
    fixed = {name: asked[name] for name in ("response_type", "client_id", "scope", "redirect_uri")}
    assert fixed == {
        "response_type": "code",
        "client_id": CLIENT,
        "scope": "openid profile email",
        "redirect_uri": "http://testserver/login/sso/callback",
    }
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_secret_is_posted_to_a_provider_that_wants_it_so(browser: TestClient, provider: OpenIdProvider) -> None:
    provider.methods = ["client_secret_post"]
    assert sign_in(browser).status_code == 303


def test_the_second_time_only_the_identity_counts(browser: TestClient, provider: OpenIdProvider) -> None:
    sign_in(browser)
    provider.person = {"sub": "u-1001", "preferred_username": "bie-ren"}
    browser.cookies.clear()
    sign_in(browser)
    assert (me(browser) or {})["login"] == "limin"


def test_the_session_is_a_new_one(browser: TestClient, app: FastAPI) -> None:
    by_password(browser)
    before = browser.cookies["chanjiao_session"]
    sign_in(browser)
    assert browser.cookies["chanjiao_session"] != before
    assert app.state.services.store.accounts.by_session(before) is None


def _with(**changed: object) -> Claims:
    return changed


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (_with(nonce="另一次登录的"), "nonce 与本次登录不一致"),
        (_with(nonce=None), "nonce 与本次登录不一致"),
        (_with(iss="https://evil.example"), "iss 是“https://evil.example”"),
        (_with(aud="another-client"), "aud 是“another-client”"),
        (_with(aud=[CLIENT, "another-client"]), "azp"),
        (_with(azp="another-client"), "azp 是“another-client”"),
        (_with(exp=int(time.time()) - 3_600), "身份令牌已过期"),
        (_with(exp=None), "exp"),
        (_with(sub=None), "sub"),
        (_with(sub="长" * 256), "sub 为空或过长"),
        (_with(sub=""), "sub"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: TestClient, provider: OpenIdProvider, changed: Claims, why: str
) -> None:
    provider.amend = lambda claims: {n: v for n, v in (claims | changed).items() if v is not None}
    answer = sign_in(browser)
    assert answer.status_code == 403
    assert why in problem(answer)
    assert me(browser) is None


def test_an_unsigned_token_is_refused(browser: TestClient, provider: OpenIdProvider) -> None:
    provider.algorithm = "none"
    answer = sign_in(browser)
    assert (answer.status_code, "签名或算法不对" in problem(answer)) == (403, True)
    assert me(browser) is None


def test_a_token_signed_by_somebody_else_is_refused(browser: TestClient, provider: OpenIdProvider) -> None:
    with running() as other:
        provider.key = other.key
        answer = sign_in(browser)
    assert (answer.status_code, "签名或算法不对" in problem(answer)) == (403, True)


def test_keys_that_the_provider_changed_are_read_anew(browser: TestClient, provider: OpenIdProvider) -> None:
    sign_in(browser)
    with running() as other:
        provider.keys["RS256"] = type(other.key).import_key(other.key.as_dict(private=True) | {"kid": "rsa-2"})
    provider.use("RS256")
    browser.cookies.clear()
    assert sign_in(browser).status_code == 303


@pytest.mark.parametrize("state", ["", "猜的", "A" * 43])
def test_a_wrong_state_is_refused_before_the_code_is_used(
    browser: TestClient, provider: OpenIdProvider, state: str
) -> None:
    code = parse_qs(urlsplit(at_provider(leave(browser))).query)["code"][0]
    answer = browser.get("/login/sso/callback", params={"code": code, "state": state})
    assert (answer.status_code, "state" in problem(answer)) == (403, True)
    assert provider.tokens == 0


def test_a_way_back_that_another_browser_began_is_refused(browser: TestClient, app: FastAPI) -> None:
    back = at_provider(leave(browser))
    victim = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
    answer = victim.get(back)
    assert (answer.status_code, "不是本浏览器发起的" in problem(answer)) == (403, True)
    assert me(victim) is None


def test_a_code_is_good_for_once_and_so_is_the_ticket(browser: TestClient) -> None:
    back = at_provider(leave(browser))
    ticket = browser.cookies["chanjiao_sso"]
    assert browser.get(back).status_code == 303
    assert "chanjiao_sso" not in browser.cookies
    browser.cookies.set("chanjiao_sso", ticket, path="/login/sso")
    answer = browser.get(back)
    assert (answer.status_code, "invalid_grant" in problem(answer)) == (403, True)


def test_a_ticket_of_our_own_making_is_refused(browser: TestClient) -> None:
    back = at_provider(leave(browser))
    head, body, _ = browser.cookies["chanjiao_sso"].split(".")
    browser.cookies.clear()
    browser.cookies.set("chanjiao_sso", f"{head}.{body}.AAAA", path="/login/sso")
    assert browser.get(back).status_code == 403


def test_an_answer_that_names_another_issuer_is_refused(browser: TestClient) -> None:
    answer = browser.get(at_provider(leave(browser)) + "&iss=https://evil.example")
    assert "应来自" in problem(answer)


def test_a_person_who_declines_comes_back_to_the_form(browser: TestClient) -> None:
    state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
    answer = browser.get("/login/sso/callback", params={"error": "access_denied", "state": state})
    assert "没有同意登录（access_denied）" in problem(answer)


def test_whom_the_provider_knows_and_nobody_here_gets_no_account(
    browser: TestClient, provider: OpenIdProvider, app: FastAPI
) -> None:
    provider.person = {"sub": "u-2002", "preferred_username": "mosheng"}
    answer = sign_in(browser)
    assert answer.status_code == 403
    assert "已确认您是“mosheng”，但本站没有与之关联的账号" in problem(answer)
    assert [one.login for one in app.state.services.store.accounts.everyone()] == ["limin"]


def test_another_person_with_a_name_that_was_given_before_does_not_get_the_account(
    browser: TestClient, provider: OpenIdProvider
) -> None:
    sign_in(browser)
    browser.cookies.clear()
    provider.person = {"sub": "u-3003", "preferred_username": "limin"}
    answer = sign_in(browser)
    assert (answer.status_code, "已关联另一个外部身份" in problem(answer)) == (409, True)
    assert me(browser) is None


def test_an_administrator_is_never_found_by_a_claim(
    browser: TestClient, provider: OpenIdProvider, app: FastAPI
) -> None:
    accounts = app.state.services.store.accounts
    accounts.create("guanli", name="管理员", roles=[Role.ADMINISTRATOR], password=PASSWORD)
    provider.person = {"sub": "u-9", "preferred_username": "guanli"}
    assert "管理员账号不能由声明自动关联" in problem(sign_in(browser))


def test_an_account_that_was_closed_stays_closed(browser: TestClient, app: FastAPI) -> None:
    sign_in(browser)
    browser.cookies.clear()
    app.state.services.store.accounts.deactivate(1)
    assert sign_in(browser).status_code == 403
    assert me(browser) is None


@pytest.mark.parametrize(("verified", "status"), [(True, 303), (False, 403), (None, 403), ("true", 403)])
def test_an_address_counts_once_the_provider_has_verified_it(
    tmp_path: Path, provider: OpenIdProvider, verified: object, status: int
) -> None:
    app = service(tmp_path, provider, login_claim="email")
    accounts = app.state.services.store.accounts
    accounts.create("wang@lanchuan.example", name="王", roles=[Role.LEARNER], password=PASSWORD)
    provider.person = {"sub": "u-5", "email": "Wang@Lanchuan.example", "email_verified": verified}
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as browser:
        assert sign_in(browser).status_code == status


@pytest.fixture
def by_link_only(tmp_path: Path, provider: OpenIdProvider) -> Iterator[TestClient]:
    """A service that knows only what people linked themselves."""
    app = service(tmp_path, provider)
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as browser:
        yield browser


def link(browser: TestClient, csrf: str) -> Response:
    page = browser.post("/me/sso", data={"csrf": csrf})
    assert page.status_code == 200, page.text
    return browser.get(at_provider(page.headers["refresh"].removeprefix("0; url=")))


def test_a_person_links_the_own_account_and_unlinks_it_again(
    by_link_only: TestClient, provider: OpenIdProvider
) -> None:
    browser = by_link_only
    assert sign_in(browser).status_code == 403
    assert link(browser, by_password(browser)).headers["location"] == "/me#identities"
    assert "limin" in browser.get("/me").text.split('id="identities"')[1]
    browser.cookies.clear()
    sign_in(browser)
    csrf = browser.get("/me").text.split('name="csrf" value="')[1].split('"')[0]
    browser.post("/me/sso/1/unlink", data={"csrf": csrf})
    assert me(browser) is None
    assert sign_in(browser).status_code == 403
    store: Store = browser.app.state.services.store  # type: ignore[attr-defined]
    entries, _ = store.audit.page(subject="account/1")
    told = [(one.action, one.details) for one in reversed(entries) if one.action.startswith("identity")]
    assert told == [
        (Action.IDENTITY_LINKED, {"identity": 1, "by": "self"}),
        (Action.IDENTITY_UNLINKED, {"identity": 1}),
    ]


def test_linking_needs_the_token_of_the_session(by_link_only: TestClient) -> None:
    by_password(by_link_only)
    assert by_link_only.post("/me/sso", data={}).status_code == 403


def test_linking_that_another_account_began_is_refused(by_link_only: TestClient) -> None:
    browser = by_link_only
    accounts = browser.app.state.services.store.accounts  # type: ignore[attr-defined]
    accounts.create("wang", name="王", roles=[Role.LEARNER], password=PASSWORD)
    page = browser.post("/me/sso", data={"csrf": by_password(browser)})
    back = at_provider(page.headers["refresh"].removeprefix("0; url="))
    del browser.cookies["chanjiao_session"]
    browser.post(f"{API}/sessions", json={"login": "wang", "password": PASSWORD})
    assert "登录账号变了" in problem(browser.get(back))


def test_an_identity_opens_one_account_only(by_link_only: TestClient) -> None:
    browser = by_link_only
    accounts = browser.app.state.services.store.accounts  # type: ignore[attr-defined]
    accounts.create("wang", name="王", roles=[Role.LEARNER], password=PASSWORD)
    link(browser, by_password(browser))
    browser.cookies.clear()
    csrf = browser.post(f"{API}/sessions", json={"login": "wang", "password": PASSWORD}).json()["csrf"]
    assert "已关联到另一个账号" in problem(link(browser, csrf))


def test_an_invitation_makes_the_account_that_it_promised(by_link_only: TestClient, provider: OpenIdProvider) -> None:
    browser = by_link_only
    accounts = browser.app.state.services.store.accounts  # type: ignore[attr-defined]
    _, token = accounts.invite(1, roles=[Role.MENTOR], organisation=1)
    provider.person = {"sub": "u-7", "name": "王师傅", "preferred_username": "limin"}
    page = browser.post(f"/join/{token}/sso")
    answer = browser.get(at_provider(page.headers["refresh"].removeprefix("0; url=")))
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    # Somebody here is called limin already.
    made = me(browser) or {}
    assert (made["login"], made["name"], made["roles"], made["organisation"]) == ("sso-1", "王师傅", ["mentor"], 1)
    browser.cookies.clear()
    assert browser.post(f"/join/{token}/sso").status_code == 404


def test_the_only_way_in_is_not_taken_away(store: Store) -> None:
    accounts = store.accounts
    made = accounts.create("zhang", name="张", roles=[Role.LEARNER], password=None)
    linked = accounts.link(made.id, "https://id.example", "u-1", label="张", by="invitation")
    with pytest.raises(Conflict, match="没有口令"):
        accounts.unlink(made.id, linked.id)
    accounts.change_password(made.id, PASSWORD)
    accounts.unlink(made.id, linked.id)
    with pytest.raises(NotFound):
        accounts.unlink(made.id, linked.id)


def test_identities_rest_in_either_database(store: Store) -> None:
    accounts = store.accounts
    made = accounts.create("zhang", name="张", roles=[Role.LEARNER], password=PASSWORD)
    other = accounts.create("wang", name="王", roles=[Role.LEARNER], password=PASSWORD)
    assert accounts.sign_in_as("https://id.example", "u-1") is None
    accounts.link(made.id, "https://id.example", "u-1", label="张", by="self")
    accounts.link(made.id, "https://id.example", "u-1", label="张", by="self")
    session = accounts.sign_in_as("https://id.example", "u-1")
    assert session is not None
    found = accounts.by_session(session.token)
    assert found is not None
    assert found[0].account == made.id
    assert [one.used is not None for one in accounts.identities(made.id)] == [True]
    with pytest.raises(Conflict, match="另一个账号"):
        accounts.link(other.id, "https://id.example", "u-1", label="张", by="self")
    with pytest.raises(Conflict, match="另一个外部身份"):
        accounts.link(made.id, "https://id.example", "u-2", label="张", by="self")
    assert accounts.link(made.id, "https://other.example", "u-1", label="张", by="self").id


def test_a_provider_that_is_away_leaves_the_password(tmp_path: Path) -> None:
    with running() as provider:
        app = service(tmp_path, provider)
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as browser:
        answer = browser.get("/login/sso")
        assert answer.status_code == 503
        assert "现在连不上" in problem(answer)
        assert "用本站的账号和口令登录" in problem(answer)
        assert 'name="password"' in answer.text
        by_password(browser)
        assert (me(browser) or {})["login"] == "limin"


def test_a_provider_that_goes_away_in_between(tmp_path: Path) -> None:
    with ExitStack() as stack:
        app = service(tmp_path, stack.enter_context(running()))
        with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as browser:
            back = at_provider(leave(browser))
            stack.close()
            assert browser.get(back).status_code == 503


def test_a_provider_that_calls_itself_otherwise_is_not_ours(browser: TestClient, provider: OpenIdProvider) -> None:
    provider.issuer += "/"
    answer = browser.get("/login/sso")
    assert (answer.status_code, "请管理员改正设置" in problem(answer)) == (503, True)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"issuer": "http://id.example", "client_id": "a", "client_secret": "b"}, "应以 https:// 开头"),
        ({"issuer": "https://id.example", "client_id": "a"}, "CLIENT_SECRET"),
        ({"issuer": "https://id.example", "client_id": "a", "client_secret": "密钥"}, "ASCII"),
        ({"issuer": "https://id.example", "client_id": "a", "client_secret": "b", "scopes": "email"}, "应含 openid"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Oidc.model_validate(wrong)
