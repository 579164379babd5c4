"""Signing in, keys, invitations and the vetting of organisations, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from data.accounts import IDLE, SESSION, VETTED, Accounts
from data.store import Store
from models.access import Role, Scope
from models.accounts import VettingState
from models.errors import Malformed, NotFound, WrongPassword
from models.organisations import OrganisationType
from tests.api.conftest import body_of, key_for, settings_for_tests
from tests.builders import a_posting, a_talent, an_organisation

API = "/api/v1"
SECRET = "晨光里的齿轮转了 42 圈"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(settings_for_tests(tmp_path))
    services = made.state.services
    services.store.save_all(
        [an_organisation(name="澜川精工"), an_organisation(name="澜川职院", type=OrganisationType.SCHOOL)]
    )
    services.store.save_all([a_talent(school="澜川职院", school_id=2)])
    services.store.accounts.create("renli", name="李", roles=[Role.ENTERPRISE_HR], password=SECRET, organisation=1)
    with TestClient(made):
        assert services.follower.ready.wait(30)
        yield made


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app)


def sign_in(browser: TestClient, login: str = "renli", password: str = SECRET) -> dict[str, str]:
    """The header that a script of the page repeats."""
    answer = browser.post(f"{API}/sessions", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return {"x-csrf-token": answer.json()["csrf"]}


def test_a_session_is_a_cookie_out_of_reach_of_scripts_and_other_sites(browser: TestClient) -> None:
    answer = browser.post(f"{API}/sessions", json={"login": "renli", "password": SECRET})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.replace("; ", ";").split(";"))
    assert browser.get(f"{API}/me").json()["account"]["login"] == "renli"


def test_over_https_the_cookie_stays_there(app: FastAPI) -> None:
    answer = TestClient(app, base_url="https://chanjiao.example").post(
        f"{API}/sessions", json={"login": "renli", "password": SECRET}
    )
    assert "Secure" in answer.headers["set-cookie"]


def test_a_change_by_session_repeats_the_token_or_is_refused(browser: TestClient) -> None:
    csrf = sign_in(browser)
    wanted = {"name": "同步", "scopes": ["read"]}
    assert browser.post(f"{API}/me/keys", json=wanted).status_code == 403
    assert browser.post(f"{API}/me/keys", json=wanted, headers={"x-csrf-token": "x"}).status_code == 403
    assert browser.post(f"{API}/me/keys", json=wanted, headers=csrf).status_code == 201


def test_signing_out_ends_the_session_on_the_server_too(browser: TestClient) -> None:
    csrf = sign_in(browser)
    kept = browser.cookies["chanjiao_session"]
    assert browser.delete(f"{API}/sessions", headers=csrf).status_code == 204
    browser.cookies.set("chanjiao_session", kept)
    assert browser.get(f"{API}/me").status_code == 401


@pytest.mark.parametrize(("login", "password"), [("renli", "不是这个口令啊啊"), ("meiyouzheren", SECRET), ("", "")])
def test_a_wrong_login_and_a_wrong_password_sound_alike(browser: TestClient, login: str, password: str) -> None:
    answer = browser.post(f"{API}/sessions", json={"login": login, "password": password})
    assert (answer.status_code, answer.json()["detail"]) == (401, "账号或口令不对；连续 5 次不对，账号会锁定 15 分钟")


def test_five_wrong_passwords_lock_the_account_for_a_while(store: Store) -> None:
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    clock = [now]
    accounts = Accounts(store._reading, store._writing, lambda: clock[0])
    accounts.create("zhang", name="张", roles=[Role.LEARNER], password=SECRET)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            accounts.sign_in("zhang", "猜一个口令试试看")
    with pytest.raises(WrongPassword, match="锁定 15 分钟"):
        accounts.sign_in("zhang", SECRET)
    clock[0] = now + timedelta(minutes=16)
    assert accounts.sign_in("zhang", SECRET).token


def test_a_session_ends_when_idle_and_in_any_case_after_half_a_day(store: Store) -> None:
    clock = [datetime(2026, 11, 27, 8, tzinfo=UTC)]
    accounts = Accounts(store._reading, store._writing, lambda: clock[0])
    accounts.create("zhang", name="张", roles=[Role.LEARNER], password=SECRET)
    idle, busy = accounts.sign_in("zhang", SECRET).token, accounts.sign_in("zhang", SECRET).token
    start = clock[0]
    while clock[0] < start + SESSION - timedelta(hours=1):
        clock[0] += IDLE / 2
        assert accounts.by_session(busy)
    assert accounts.by_session(idle) is None
    clock[0] = start + SESSION
    assert accounts.by_session(busy) is None


def test_only_hashes_of_secrets_are_stored(store: Store) -> None:
    accounts = store.accounts
    made = accounts.create("zhang", name="张", roles=[Role.LEARNER], password=SECRET)
    _, key = accounts.create_key(made.id, name="同步", scopes=[Scope.READ], days=1)
    token = accounts.sign_in("zhang", SECRET).token
    from sqlalchemy import text

    with store._reading() as connection:
        dump = " ".join(
            str(row)
            for table in ("accounts", "api_keys", "sessions")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    assert "$argon2id$" in dump
    assert not [secret for secret in (SECRET, key, token) if secret in dump]


@pytest.mark.parametrize("weak", ["短口令", "aaaaaaaaaaaaaa", "zhang-2026-zhang"])
def test_a_weak_password_is_refused(store: Store, weak: str) -> None:
    with pytest.raises(Malformed, match="口令"):
        store.accounts.create("zhang", name="张", roles=[Role.LEARNER], password=weak)


def test_changing_the_password_ends_every_session(browser: TestClient, app: FastAPI) -> None:
    other = TestClient(app)
    sign_in(other)
    csrf = sign_in(browser)
    change = {"old": SECRET, "new": "另一个足够长的好口令"}
    assert browser.post(f"{API}/me/password", json=change | {"old": "记错了的旧口令"}, headers=csrf).status_code == 401
    assert browser.post(f"{API}/me/password", json=change, headers=csrf).status_code == 204
    assert other.get(f"{API}/me").status_code == browser.get(f"{API}/me").status_code == 401
    sign_in(other, password="另一个足够长的好口令")


def test_a_key_does_no_more_than_its_scope(app: FastAPI, browser: TestClient) -> None:
    csrf = sign_in(browser)
    made = browser.post(f"{API}/me/keys", json={"name": "只读", "scopes": ["read"]}, headers=csrf).json()
    system = TestClient(app, headers={"authorization": f"Bearer {made['token']}"})
    assert system.get(f"{API}/talents").status_code == 200
    draft = system.post(f"{API}/postings/drafts", json=body_of(a_posting(organisation="澜川精工", organisation_id=1)))
    assert draft.status_code == 403
    assert system.post(f"{API}/me/keys", json={"name": "更大", "scopes": ["manage"]}).status_code == 403
    browser.delete(f"{API}/me/keys/{made['key']['id']}", headers=csrf)
    assert system.get(f"{API}/talents").status_code == 401


@pytest.mark.parametrize("given", ["Bearer cj_nobody", "Bearer ", "Basic cmVubGk6eA==", "Bearer cj_%E5%AF%86"])
def test_an_unknown_key_is_refused_even_where_nobody_needs_one(browser: TestClient, given: str) -> None:
    answer = browser.get(f"{API}/postings", headers={"authorization": given})
    assert answer.status_code == 401
    assert "密钥无效" in answer.json()["detail"]


def test_an_invited_person_gets_the_promised_account_once(app: FastAPI) -> None:
    hr = TestClient(app, headers=key_for(app, Role.ENTERPRISE_HR, organisation=1))
    made = hr.post(f"{API}/invitations", json={"roles": ["mentor"]}).json()
    stranger = TestClient(app)
    wanted = {"login": "shifu", "name": "王师傅", "password": SECRET}
    accept = f"{API}/invitations/{made['token']}/accept"
    account = stranger.post(accept, json=wanted).json()
    assert (account["roles"], account["organisation"]) == (["mentor"], 1)
    assert stranger.post(accept, json=wanted | {"login": "shifu2"}).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"roles": ["administrator"]}, "只有管理员能授予：管理员"),
        ({"roles": ["council"]}, "只有管理员能授予：理事会"),
        ({"roles": ["school_career"]}, "企业的人员不能是：学校就业"),
        ({"roles": ["school_career"], "organisation": 2}, "只能邀请本单位的人"),
        ({"roles": ["mentor"], "talent": 3}, "人才 3 不是本校学生"),
    ],
)
def test_nobody_gives_more_than_they_have(app: FastAPI, wanted: dict[str, object], why: str) -> None:
    hr = TestClient(app, headers=key_for(app, Role.ENTERPRISE_HR, organisation=1))
    answer = hr.post(f"{API}/invitations", json=wanted)
    assert answer.status_code == 403
    assert why in answer.json()["detail"]


def test_a_school_invites_its_student_to_the_students_own_record(app: FastAPI) -> None:
    career = TestClient(app, headers=key_for(app, Role.SCHOOL_CAREER, organisation=2))
    token = career.post(f"{API}/invitations", json={"roles": ["student"], "talent": 3}).json()["token"]
    student = TestClient(app)
    student.post(f"{API}/invitations/{token}/accept", json={"login": "xuesheng", "name": "林", "password": SECRET})
    sign_in(student, "xuesheng")
    assert student.get(f"{API}/talents/3/postings").status_code == 200


def test_a_vetting_lapses_after_half_a_year(store: Store) -> None:
    clock = [datetime(2026, 1, 5, tzinfo=UTC)]
    store.save_all([an_organisation()])
    accounts = Accounts(store._reading, store._writing, lambda: clock[0])
    by = accounts.create("mishu", name="秘书", roles=[Role.COUNCIL], password=None).id
    assert accounts.vetting(1).state is VettingState.PENDING
    assert accounts.vet(1, by=by, verified=True).state is VettingState.VERIFIED
    clock[0] += VETTED
    assert accounts.vetting(1).state is VettingState.LAPSED
    assert accounts.vet(1, by=by, verified=False, note="证照不符").state is VettingState.REFUSED
    with pytest.raises(NotFound):
        accounts.vet(99, by=by, verified=True)


def test_too_many_tries_from_one_address_have_to_wait(browser: TestClient) -> None:
    statuses = [
        browser.post(f"{API}/sessions", json={"login": f"zhanghao{n}", "password": "猜一个口令"}).status_code
        for n in range(22)
    ]
    assert statuses == [401] * 20 + [429] * 2


def test_a_page_that_needs_an_account_leads_to_the_form_and_back(browser: TestClient) -> None:
    answer = browser.get("/talents?page=1", headers={"accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ftalents%3Fpage%3D1")
    form = {"login": "renli", "password": SECRET, "next": "/talents?page=1"}
    answer = browser.post("/login", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/talents?page=1")
    assert "企业人力 · 澜川精工" in browser.get("/talents", headers={"accept": "text/html"}).text


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(browser: TestClient, next: str) -> None:
    answer = browser.post("/login", data={"login": "renli", "password": SECRET, "next": next}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_colleague_who_left_is_let_out_and_a_stranger_is_not(app: FastAPI) -> None:
    hr = TestClient(app, headers=key_for(app, Role.ENTERPRISE_HR, organisation=1))
    left = app.state.services.store.accounts.by_login("renli").id
    gone = TestClient(app)
    sign_in(gone)
    school = TestClient(app, headers=key_for(app, Role.SCHOOL_CAREER, organisation=2))
    refused = school.delete(f"{API}/accounts/{left}")
    assert (refused.status_code, refused.json()["detail"]) == (403, "账号“renli”不归您管理")
    assert hr.delete(f"{API}/accounts/{left}").json()["active"] is False
    assert gone.get(f"{API}/me").status_code == 401
    council = app.state.services.store.accounts.create("mishu", name="秘书", roles=[Role.COUNCIL], password=None)
    assert hr.delete(f"{API}/accounts/{council.id}").status_code == 403


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(app: FastAPI, browser: TestClient) -> None:
    council = TestClient(app, headers=key_for(app, Role.COUNCIL))
    id = app.state.services.store.accounts.by_login("renli").id
    link = council.post(f"{API}/accounts/{id}/reset").json()["path"]
    sign_in(TestClient(app))  # until the link is used the old password holds
    assert "重设口令" in browser.get(link, headers={"accept": "text/html"}).text
    fresh = "全新的一个口令 2027"
    assert browser.post(link, data={"password": fresh}, follow_redirects=False).status_code == 303
    assert browser.get(f"{API}/me").json()["account"]["login"] == "renli"
    assert TestClient(app).post(link, data={"password": fresh}).status_code == 404
    old = TestClient(app).post(f"{API}/sessions", json={"login": "renli", "password": SECRET})
    assert old.status_code == 401
