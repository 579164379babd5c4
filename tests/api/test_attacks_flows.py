"""Attacks that take more than one request: identities taken over, promises replayed, guesses, and what gives them away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from data.accounts import Accounts
from data.lists import list_types
from data.tables import accounts as accounts_table
from data.tables import api_keys, invitations, sessions
from indexing import sync
from models.access import Role
from models.errors import ChanjiaoError
from models.publishing import Step
from models.terms import Kind, Source
from tests.api.arena import API, PASSWORD, SECRETS, Arena
from tests.api.conftest import body_of, key_for
from tests.api.test_attacks import HTML, assert_says_nothing_of_the_inside
from tests.api.test_permissions import endpoints
from tests.api.test_secrets import ASKED, addresses
from tests.builders import a_need, a_notice, a_policy, a_talent, an_organisation

FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    '=HYPERLINK("http://evil.example","点")',
    "＝1+1",
    "＋1+1",
    "－1",
    "＠SUM(1)",
    " =1+1",
)


def started(folder: Path) -> Iterator[Arena]:
    made = Arena(folder)
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        yield made


@pytest.fixture
def arena(tmp_path: Path) -> Iterator[Arena]:
    """One to be changed."""
    yield from started(tmp_path)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """One that several tests share, for they change nothing, or nothing that the others see."""
    yield from started(tmp_path_factory.mktemp("calm"))


def in_past(arena: Arena, table: Any, **values: Any) -> None:
    with arena.store._writing() as (connection, _):
        connection.execute(update(table).values(**values))


def test_a_source_number_of_somebody_else_takes_no_record_over(arena: Arena) -> None:
    """The publisher of a draft names the victim's source, under which a publication would change the victim's record."""
    rival = arena.stranger(Role.ENTERPRISE_HR)
    posting = arena.a_lawful_posting(
        organisation="外地企业", organisation_id=arena.ids["rival"], source=Source(name="招聘系统", id="A-1")
    )
    answer = rival.post(f"{API}/postings/drafts", json=body_of(posting))
    id = answer.json()["id"]
    rival.post(f"{API}/publications/{id}/submit", json={})
    assert arena.stranger(Role.COUNCIL).post(f"{API}/publications/{id}/approve").status_code == 409
    assert arena.record(Kind.POSTING, arena.ids["posting"]).organisation == "澜川精工"  # type: ignore[attr-defined]


def test_an_organisation_takes_no_other_members_name(arena: Arena) -> None:
    """Records without a publisher's id belong to its name: whoever took the name would own them."""
    rival, id = arena.stranger(Role.ENTERPRISE_HR), arena.ids["rival"]
    for name in ("澜川精工", " 澜川精工 ", "澜川　精工"):
        renamed = an_organisation(name=name, staff=120, industry="C36")
        answer = rival.post(f"{API}/organisations/drafts", params={"replaces": id}, json=body_of(renamed))
        if answer.status_code == 201:
            draft = answer.json()["id"]
            rival.post(f"{API}/publications/{draft}/submit", json={})
            assert arena.stranger(Role.COUNCIL).post(f"{API}/publications/{draft}/approve").status_code == 409
        else:
            assert answer.status_code in (403, 409)


def test_a_published_draft_is_not_changed_behind_the_reviewers_back(calm: Arena) -> None:
    owner, csrf = calm.browser()
    id = calm.ids["waiting"]
    late = owner.put(
        f"{API}/postings/drafts/{id}",
        headers=csrf,
        json=body_of(calm.a_lawful_posting(title="改后再审", organisation="澜川精工", organisation_id=calm.firm)),
    )
    assert late.status_code == 409
    assert calm.steps_of(id)[-1] is Step.SUBMIT
    assert owner.post(f"{API}/publications/{id}/approve", headers=csrf).status_code == 403


def test_a_reviewer_is_not_told_a_persons_name_by_the_draft(calm: Arena) -> None:
    for role in (Role.COUNCIL, Role.ADMINISTRATOR):
        seen = calm.stranger(role).get(f"{API}/publications/{calm.ids['talent_draft']}")
        assert seen.status_code == 200
        assert SECRETS["人才草稿"] in seen.text
        assert SECRETS["人才草稿的姓名"] not in seen.text
    person, _ = calm.browser("shouzhuo")
    assert SECRETS["人才草稿的姓名"] in person.get(f"{API}/publications/{calm.ids['talent_draft']}").text


def test_an_invitation_is_good_for_one_account_and_a_week(arena: Arena) -> None:
    public, token = arena.client(), arena.tokens["invitation"]
    wanted = {"login": "shifu", "name": "师傅", "password": PASSWORD}
    form = wanted | {"login": "diyi", "roles": "administrator", "organisation": "3", "talent": "14"}
    assert public.post(f"/join/{token}", data=form).status_code == 303
    made = arena.store.accounts.by_login("diyi")
    assert (made.roles, made.organisation, made.talent) == ((Role.MENTOR,), arena.firm, None)
    again = arena.client()
    assert again.post(f"{API}/invitations/{token}/accept", json=wanted).status_code == 404
    assert again.get(f"/join/{token}").status_code == 404
    _, other = arena.store.accounts.invite(arena.hr.id, roles=[Role.MENTOR], organisation=arena.firm)
    in_past(arena, invitations, expires=datetime.now(UTC) - timedelta(seconds=1))
    assert again.post(f"{API}/invitations/{other}/accept", json=wanted).status_code == 404


def test_an_invitation_that_is_none_tells_no_login(calm: Arena) -> None:
    answers = [
        calm.client().post(
            f"{API}/invitations/nichtda/accept", json={"login": login, "name": "某", "password": PASSWORD}
        )
        for login in ("shouzhuo", "meiyouzheren")
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


@pytest.mark.parametrize("ended", ["过期", "撤销", "停用账号"])
def test_what_was_taken_back_opens_nothing(arena: Arena, ended: str) -> None:
    system = arena.client({"authorization": f"Bearer {arena.tokens['key']}"})
    browser, csrf = arena.browser()
    assert system.get(f"{API}/me").status_code == browser.get(f"{API}/me").status_code == 200
    if ended == "过期":
        past = datetime.now(UTC) - timedelta(seconds=1)
        in_past(arena, api_keys, expires=past)
        in_past(arena, sessions, expires=past)
    elif ended == "撤销":
        browser.delete(f"{API}/me/keys/{arena.ids['key']}", headers=csrf)
        browser.delete(f"{API}/sessions", headers=csrf)
        browser, _ = TestClient(arena.app, cookies=dict(browser.cookies)), csrf
    else:
        assert arena.stranger(Role.ADMINISTRATOR).delete(f"{API}/accounts/{arena.hr.id}").status_code == 200
    assert system.get(f"{API}/me").status_code == browser.get(f"{API}/me").status_code == 401
    assert system.get(f"{API}/publications/{arena.ids['draft']}").status_code == 401
    login = {"login": SECRETS["账号"], "password": PASSWORD}
    if ended == "停用账号":
        assert arena.client().post(f"{API}/sessions", json=login).status_code == 401


def test_a_session_planted_before_signing_in_is_not_the_one_after(calm: Arena) -> None:
    victim = calm.client()
    victim.cookies.set("chanjiao_session", "planted-by-somebody")
    answer = victim.post("/login", data={"login": "shouzhuo", "password": PASSWORD})
    fresh = re.search(r"chanjiao_session=([^;]+)", answer.headers["set-cookie"])
    assert fresh
    assert fresh[1] != "planted-by-somebody"
    attacker = calm.client()
    attacker.cookies.set("chanjiao_session", "planted-by-somebody")
    assert attacker.get(f"{API}/me").status_code == 401


@pytest.mark.parametrize("over", ["http", "https"])
def test_the_sessions_cookie_is_for_this_site_and_out_of_reach(calm: Arena, over: str) -> None:
    browser = TestClient(calm.app, base_url=f"{over}://testserver", follow_redirects=False)
    for answer in (
        browser.post(f"{API}/sessions", json={"login": "shouzhuo", "password": PASSWORD}),
        TestClient(calm.app, base_url=f"{over}://testserver", follow_redirects=False).post(
            "/login", data={"login": "shouzhuo", "password": PASSWORD}
        ),
    ):
        said = {one.strip().lower() for one in answer.headers["set-cookie"].split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= said
        assert ("secure" in said) == (over == "https")
        assert not [one for one in said if one.startswith("domain")]


def test_a_locked_account_answers_as_one_that_never_was(arena: Arena) -> None:
    """Locking must not tell which logins exist, nor which password is right."""
    answers: dict[str, list[tuple[int, str]]] = {}
    for login in ("shouzhuo", "meiyouzheren"):
        for password in [*(f"猜的口令之{n}" for n in range(7)), PASSWORD]:
            answer = TestClient(arena.app, client=(login, 1)).post(
                f"{API}/sessions", json={"login": login, "password": password}
            )
            answers.setdefault(login, []).append((answer.status_code, answer.json()["detail"]))
    assert answers["shouzhuo"] == answers["meiyouzheren"]
    with pytest.raises(ChanjiaoError):
        arena.store.accounts.sign_in("shouzhuo", PASSWORD)


def test_guessing_is_slowed_down_whatever_the_caller_says_of_its_address(arena: Arena) -> None:
    def statuses(ask: Callable[[TestClient, dict[str, str]], int], tries: int) -> list[int]:
        client = arena.client()
        return [ask(client, {"x-forwarded-for": f"10.0.0.{n}", "forwarded": f"for=10.0.0.{n}"}) for n in range(tries)]

    wrong = {"login": "meiyouzheren", "password": "猜一个口令"}
    taken = {"login": "shifu", "name": "师傅", "password": "短"}
    assert 429 in statuses(lambda c, h: c.post(f"{API}/sessions", json=wrong, headers=h).status_code, 22)
    assert 429 in statuses(lambda c, h: c.get(f"{API}/me", headers=h | {"authorization": "Bearer x"}).status_code, 62)
    guess = f"{API}/invitations/cai/accept"
    assert 429 in statuses(lambda c, h: c.post(guess, json=taken, headers=h).status_code, 22)
    assert 429 in [arena.client().get("/join/cai").status_code for _ in range(22)]


def test_an_unknown_login_takes_as_long_as_a_wrong_password(arena: Arena) -> None:
    accounts = arena.store.accounts
    accounts.create("wukouling", name="无口令", roles=[Role.LEARNER], password=None)

    def cost(login: str) -> float:
        taken = []
        for _ in range(5):
            started = process_time()
            with pytest.raises(ChanjiaoError):
                accounts.sign_in(login, "猜一个口令试试看")
            taken.append(process_time() - started)
        return median(taken)

    cost("redeng")
    costs = {login: cost(login) for login in ("shouzhuo", "meiyouzheren", "wukouling")}
    assert max(costs.values()) < 2 * min(costs.values()), costs


def test_signing_in_leads_nowhere_else(arena: Arena) -> None:
    hostile = [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " //evil.example",
        "/%0d%0aset-cookie:a=b",
        "/\r\nset-cookie: a=b",
        "@evil.example",
    ]
    for n, address in enumerate(hostile):
        client = TestClient(arena.app, client=(f"10.1.0.{n}", 1), follow_redirects=False)
        answer = client.post("/login", data={"login": "shouzhuo", "password": PASSWORD, "next": address})
        to = answer.headers["location"]
        assert answer.status_code == 303
        assert re.match(r"/(?![/\\])", to), to
        assert not re.search(r"[\s\\]", to), to
        assert "a" not in answer.cookies
        assert client.get("/login", params={"next": address}).headers["location"] == to


def test_reading_changes_nothing(calm: Arena) -> None:
    """No address of a page or of the interface does anything when it is only fetched: a link could be an attack."""

    calm.app.state.services.lists.freeze_due()
    admin = calm.stranger(Role.ADMINISTRATOR)
    before = calm.state()
    for method, path, allow in endpoints(calm.app):
        if method == "GET":
            for address in addresses(calm, path, allow.resource)[:3]:
                admin.get(address, params=ASKED)
                admin.head(address)
    assert calm.state() == before


SQL = (
    "'",
    "' OR '1'='1",
    "1; DROP TABLE records --",
    "\\",
    "%",
    "_",
    "\0",
    "') UNION SELECT password FROM accounts --",
)


def test_no_query_parameter_reaches_the_database_as_sql(calm: Arena) -> None:
    document = calm.app.openapi()
    readers = {role: calm.stranger(role) for role in (Role.ADMINISTRATOR, Role.ENTERPRISE_HR)}
    before, asked = calm.state(), 0
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None:
            continue
        parameters = operation.get("parameters", [])
        address = path.replace("{list}", "policies").replace("{month}", "2026-10")
        address = re.sub(r"{\w+}", str(calm.ids["rival_posting"]), address)
        for parameter in parameters:
            for payload in SQL:
                client = readers[Role.ADMINISTRATOR if asked % 2 else Role.ENTERPRISE_HR]
                if parameter["in"] == "query":
                    answer = client.get(address, params={parameter["name"]: payload})
                else:
                    answer = client.get(re.sub(r"{\w+}", quote(payload, safe="").replace("\\", ""), path))
                asked += 1
                assert answer.status_code < 500, (path, parameter["name"], payload, answer.text)
                assert_says_nothing_of_the_inside(answer.text)
                assert "$argon2" not in answer.text
    assert asked > 300
    assert calm.state() == before


def test_no_exported_cell_is_a_formula(arena: Arena) -> None:
    for n, formula in enumerate(FORMULAS):
        given = {"organisation": formula, "content": formula, "place": formula}
        arena.store.save_all(
            [
                a_policy(title=formula, issuer=formula, benefit=formula, audience=[formula], document_number=formula),
                a_need(title=formula, fields=[formula], **given),
                a_notice(title=formula, **given),
                arena.a_lawful_posting(title=formula, organisation=formula, place=formula, required_skills=[formula]),
                *(a_talent(school=formula, specialty=formula, name=f"某{n}{m}") for m in range(6)),
            ]
        )
    sync.follow(arena.store, arena.app.state.services.shelf)
    admin, cells = arena.stranger(Role.ADMINISTRATOR), 0
    for of in list_types():
        lines = admin.get(f"{API}/lists/{of}/export.csv").content.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(lines)):
            for cell in row:
                cells += 1
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), (of, cell)
        book = load_workbook(io.BytesIO(admin.get(f"{API}/lists/{of}/export.xlsx").content))
        for sheet in book:
            for line in sheet.iter_rows():
                assert not [one.value for one in line if one.data_type == "f" or one.hyperlink]
    assert cells > 200


PROTECTING = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
}


def test_every_answer_protects_browsers_and_is_kept_by_nobody(calm: Arena) -> None:
    people = [calm.stranger(one) for one in (Role.PUBLIC, Role.ADMINISTRATOR, Role.STUDENT)]
    asked: list[tuple[str, str]] = [("GET", "/nowhere"), ("DELETE", "/"), ("GET", "/postings/x"), ("GET", "/static/x")]
    asked += [
        (method, one)
        for method, path, allow in endpoints(calm.app)
        if method == "GET"
        for one in addresses(calm, path, allow.resource)[:1]
    ]
    for client in people:
        for method, path in asked:
            for headers in ({}, HTML):
                answer = client.request(method, path, headers=headers)
                assert set(answer.headers) >= PROTECTING, path
                assert answer.headers["cache-control"] == "no-store", path
                assert "server" not in answer.headers
                assert "access-control-allow-origin" not in answer.headers
    stylesheet = people[0].get("/static/style.css")
    assert set(stylesheet.headers) >= PROTECTING
    assert "no-store" not in stylesheet.headers.get("cache-control", "")


def test_somebody_elses_guesses_close_no_good_key_out(arena: Arena) -> None:
    """Behind one address sit a school, or all the callers of a proxy."""
    for n in range(70):
        arena.client().get(f"{API}/me", headers={"authorization": f"Bearer cj_{n}"})
    assert arena.client({"authorization": f"Bearer {arena.tokens['key']}"}).get(f"{API}/me").status_code == 200


def test_an_auditor_reads_no_private_need_in_its_history(calm: Arena) -> None:
    auditor = calm.stranger(Role.AUDITOR)
    assert auditor.get(f"{API}/needs/{calm.ids['need']}/history").status_code == 404
    assert auditor.get(f"{API}/needs/{calm.ids['rival_need']}/history").status_code == 200


def test_no_other_site_may_read_answers(calm: Arena) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for path in (f"{API}/postings", f"{API}/me", f"{API}/sessions"):
        for answer in (calm.client().options(path, headers=asked), calm.client().get(path, headers=asked)):
            assert not [one for one in answer.headers if one.startswith("access-control")]


def test_neither_logs_nor_errors_hold_what_a_person_said(calm: Arena) -> None:
    person, csrf = calm.browser("shouzhuo")
    said = ("zqshuo1", "zqshuo2", "13857412345")
    with capture_logs() as logs:
        person.post(
            f"{API}/talents/drafts",
            params={"replaces": calm.talent},
            json={"name": said[0], "no": said[1]},
            headers=csrf,
        )
        person.get("/search", params={"q": said[0]})
        person.get(f"/talents/{said[1]}", headers=HTML)
        person.post(f"{API}/talents/{calm.talent}/objections", json={"posting": 15, "statement": said[2]}, headers=csrf)
        calm.client().post(f"{API}/sessions", json={"login": said[0], "password": said[1]})
        calm.client().get(f"{API}/me", headers={"authorization": f"Bearer {said[0]}"})
        person.get(f"{API}/me", headers={"x-request-id": said[2] + " x"})
    assert len(logs) >= 7
    assert not [word for word in said if word in str(logs)]


def test_an_error_that_nobody_foresaw_tells_nothing_to_the_caller(calm: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("zqneibu /etc/passwd SELECT * FROM accounts")

    monkeypatch.setattr(Accounts, "account", broken)
    browser, _ = calm.browser()
    with capture_logs() as logs:
        for address in (f"{API}/me", "/me"):
            answer = browser.get(address, headers=HTML)
            assert answer.status_code == 500
            assert "zqneibu" not in answer.text + str(answer.headers)
            assert answer.headers["cache-control"] == "no-store"
    assert "zqneibu" not in str(logs)


def test_a_wrong_kind_of_form_is_an_error_and_no_crash(calm: Arena) -> None:
    browser, csrf = calm.browser()
    for content, kind in [
        (b"--x\r\n" * 1_000, "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"a" * 1_500_000,
            "multipart/form-data; boundary=x",
        ),
        (b"a=1&" * 300_000, "application/x-www-form-urlencoded"),
        (b"\xff\xfe%%%=%zz", "application/x-www-form-urlencoded"),
        (b"name=a", "multipart/form-data"),
        (b"name=a", "multipart/form-data; boundary=" + "b" * 10_000),
    ]:
        answer = browser.post("/me/keys", content=content, headers={"content-type": kind})
        assert answer.status_code in (400, 403, 413, 422), (kind[:40], answer.status_code)
        assert_says_nothing_of_the_inside(answer.text)
    assert csrf


def test_privileges_are_not_raised_by_the_account_form(calm: Arena) -> None:
    owner, csrf = calm.browser()
    before = calm.store.accounts.account(calm.hr.id)
    for path, sent in (
        ("/me/password", {"roles": "administrator"}),
        ("/me/keys", {"name": "a", "scope": "administrator"}),
    ):
        owner.post(path, data=sent | {"csrf": csrf["x-csrf-token"]})
    assert calm.store.accounts.account(calm.hr.id) == before
    assert accounts_table is not None


def test_keys_go_no_further_than_the_key_that_made_them(calm: Arena) -> None:
    for scopes in (["read", "write"], ["write"], ["manage", "read"]):
        narrow = calm.store.accounts.create_key(calm.hr.id, name="管理", scopes=["manage"], days=1)[1]  # type: ignore[list-item]
        system = calm.client({"authorization": f"Bearer {narrow}"})
        answer = system.post(f"{API}/me/keys", json={"name": "更大", "scopes": scopes})
        assert answer.status_code == 403
    foreign = key_for(calm.app, Role.MENTOR, organisation=calm.firm)
    assert calm.client(foreign).get(f"{API}/publications/{calm.ids['draft']}").status_code == 403
