"""Attacks on the real service, one a row: who tries what, and what becomes of it. None changes or tells anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from models.access import Role
from tests.api.arena import API, INSIDE, PASSWORD, SECRETS, Arena

NOBODY = Role.PUBLIC
RIVAL = Role.ENTERPRISE_HR
"""Personnel of another enterprise."""
PEER = Role.STUDENT
"""A student of another school."""
CAREER = Role.SCHOOL_CAREER
"""The careers office of another school."""
FORM = {"content-type": "application/x-www-form-urlencoded"}
PLAIN = {"content-type": "text/plain"}
HTML = {"accept": "text/html"}
AT = "2026-09-01T00:00:00+08:00"
UUID = "8d0c5a30-6b0e-4c41-9d8e-3f4f2f0f7a11"


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    made = Arena(tmp_path_factory.mktemp("attacks"))
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        yield made


class Attack(NamedTuple):
    what: str
    by: Role
    method: str
    path: str
    """Names in braces are ids and tokens of the arena."""
    status: int
    sent: Any = MappingProxyType({})


def event(side: str, act: str, **of: str) -> dict[str, Any]:
    return {"json": {"events": [{"id": UUID, "act": act, "side": side, "at": AT} | of]}}


OTHERS_RECORDS = [
    Attack("公众按编号读学生资料", NOBODY, "GET", "/talents/{talent}", 401),
    Attack("外校教师按编号读学生资料", CAREER, "GET", "/talents/{talent}", 403),
    Attack("别的学生按编号读学生资料", PEER, "GET", "/talents/{talent}", 403),
    Attack("别的学生导出他人的全部个人信息", PEER, "GET", "/talents/{talent}/export", 403),
    Attack("用人单位导出学生的全部个人信息", RIVAL, "GET", "/talents/{talent}/export", 403),
    Attack("别的学生打开他人的个人信息页", PEER, "GET", "PAGE/talents/{talent}/data", 403),
    Attack("未来往的单位读姓名与联系方式", RIVAL, "GET", "/talents/{talent}/identity", 403),
    Attack("管理员读姓名与联系方式", Role.ADMINISTRATOR, "GET", "/talents/{talent}/identity", 403),
    Attack("别的学生读他人的匹配岗位", PEER, "GET", "/talents/{talent}/postings", 403),
    Attack("别的学生读他人的往来", PEER, "GET", "/talents/{talent}/events", 403),
    Attack("用人单位读学生资料的历史", RIVAL, "GET", "/talents/{talent}/history", 403),
    Attack("别的学生删除他人的个人信息", PEER, "POST", "/talents/{talent}/erasure", 403),
    Attack("公众删除他人的个人信息", NOBODY, "POST", "/talents/{talent}/erasure", 401),
    Attack("同行撤回别家的岗位", RIVAL, "DELETE", "/postings/{posting}", 403),
    Attack("同行改写别家的岗位", RIVAL, "PUT", "/postings/{posting}", 403, {"json": {"title": "假岗位"}}),
    Attack("同行读别家岗位的候选人", RIVAL, "GET", "/postings/{posting}/talents", 403),
    Attack("同行打开别家岗位的无人可配页", RIVAL, "GET", "PAGE/postings/{posting}/no-match", 403),
    Attack("同行读别家岗位的往来", RIVAL, "GET", "/postings/{posting}/events", 403),
    Attack("同行读别家岗位的历史", RIVAL, "GET", "/postings/{posting}/history", 403),
    Attack("同行读不公开的技术需求", Role.ENTERPRISE_TECH, "GET", "/needs/{need}", 404),
    Attack("同行匹配不公开的技术需求", Role.ENTERPRISE_TECH, "GET", "/needs/{need}/offers", 404),
    Attack("公众打开不公开需求的页面", NOBODY, "GET", "PAGE/needs/{need}", 404),
    Attack("公众导出清单", NOBODY, "GET", "/lists/enterprise-needs/export.xlsx", 401),
]

OTHERS_PROCEDURES = [
    Attack("同行读别家的草稿", RIVAL, "GET", "/publications/{draft}", 404),
    Attack("同行提交别家的草稿", RIVAL, "POST", "/publications/{draft}/submit", 404, {"json": {}}),
    Attack("同行收回别家待审的发布", RIVAL, "POST", "/publications/{waiting}/recall", 404),
    Attack("同行通过别家待审的发布", RIVAL, "POST", "/publications/{waiting}/approve", 404),
    Attack(
        "同行退回别家待审的发布", RIVAL, "POST", "/publications/{waiting}/reject", 404, {"json": {"reason": "搅局"}}
    ),
    Attack("同行撤回别家的草稿", RIVAL, "POST", "/publications/{draft}/withdraw", 404, {"json": {}}),
    Attack("同行延长别家的发布", RIVAL, "POST", "/publications/{waiting}/renew", 404, {"json": {}}),
    Attack("评估方通过待审的发布", Role.AUDITOR, "POST", "/publications/{waiting}/approve", 403),
    Attack("外校就业处读学生资料的草稿", CAREER, "GET", "/publications/{talent_draft}", 404),
    Attack("外校就业处通过学生资料的草稿", CAREER, "POST", "/publications/{talent_draft}/approve", 404),
    Attack("别的学生读他人资料的草稿", PEER, "GET", "/publications/{talent_draft}", 404),
    Attack("别的学生读他人的授权", PEER, "GET", "/talents/{talent}/consents", 403),
    Attack("用人单位替学生授权给自己", RIVAL, "POST", "/talents/{talent}/consents", 403, {"json": {}}),
    Attack("别的学生撤回他人的授权", PEER, "POST", "/talents/{talent}/consents/withdrawal", 403, {"json": {}}),
    Attack("别的学生替他人提异议", PEER, "POST", "/talents/{talent}/objections", 403, {"json": {}}),
    Attack("别的学生读他人的异议", PEER, "GET", "/talents/{talent}/objections", 403),
    Attack("别的学生读全部异议", PEER, "GET", "/objections", 403),
    Attack("学生给异议作决定", PEER, "POST", "/objections/{objection}/decision", 403, {"json": {}}),
    Attack("企业给异议作决定", RIVAL, "POST", "/objections/{objection}/decision", 403, {"json": {}}),
    Attack(
        "单位替学生报告“投递”，以便看到姓名",
        RIVAL,
        "POST",
        "/events",
        403,
        event("talent", "applied", posting="{rival_posting}", talent="{talent}"),
    ),
    Attack(
        "同行替别家报告“录用”",
        RIVAL,
        "POST",
        "/events",
        403,
        event("posting", "hired", posting="{posting}", talent="{talent}"),
    ),
    Attack(
        "学生替他人报告“投递”",
        PEER,
        "POST",
        "/events",
        403,
        event("talent", "applied", posting="{posting}", talent="{talent}"),
    ),
    Attack("撤销别人的密钥", RIVAL, "DELETE", "/me/keys/{key}", 404),
    Attack("在页面上撤销别人的密钥", RIVAL, "POST", "PAGE/me/keys/{key}/revoke", 404),
    Attack("企业停用别人的账号", RIVAL, "DELETE", "/accounts/{account}", 403),
    Attack("理事会停用别人的账号", Role.COUNCIL, "DELETE", "/accounts/{account}", 403),
    Attack("企业读账号列表", RIVAL, "GET", "/accounts", 403),
    Attack("企业给自己核验", RIVAL, "PUT", "/organisations/{rival}/vetting", 403, {"json": {"verified": True}}),
    Attack("企业读核验记录", RIVAL, "GET", "/vettings", 403),
    Attack("企业读审计记录", RIVAL, "GET", "/audit", 403),
    Attack("企业读运行指标", RIVAL, "GET", "PAGE/metrics", 403),
]


def a_draft(**fields: Any) -> dict[str, Any]:
    """A posting of the rival's own, with something in it that is not the rival's to say."""
    own = {"title": "维修电工", "organisation": "外地企业", "organisation_id": "{rival}"}
    return {"json": own | fields}


MASS_ASSIGNMENT = [
    Attack("起草时自带编号", RIVAL, "POST", "/postings/drafts", 422, a_draft(id=1)),
    Attack("起草时自带状态“已发布”", RIVAL, "POST", "/postings/drafts", 422, a_draft(state="已发布")),
    Attack("起草时自带修订号", RIVAL, "POST", "/postings/drafts", 422, a_draft(revision=999)),
    Attack("起草时自带作者", RIVAL, "POST", "/postings/drafts", 422, a_draft(account=1)),
    Attack("起草时自带审核人", RIVAL, "POST", "/postings/drafts", 422, a_draft(reviewer="秘书处")),
    Attack("起草时自称已核验", RIVAL, "POST", "/postings/drafts", 422, a_draft(verified=True)),
    Attack("起草时自带种类", RIVAL, "POST", "/postings/drafts", 422, a_draft(kind="policy")),
    Attack("以别家的单位编号起草", RIVAL, "POST", "/postings/drafts", 403, a_draft(organisation_id="{firm}")),
    Attack("以自家编号、别家名称起草", RIVAL, "POST", "/postings/drafts", 403, a_draft(organisation="澜川精工")),
    Attack(
        "只写别家名称起草",
        RIVAL,
        "POST",
        "/postings/drafts",
        403,
        a_draft(organisation="澜川精工", organisation_id=None),
    ),
    Attack("以更新为名占用别家的岗位", RIVAL, "POST", "/postings/drafts?replaces={posting}", 403, a_draft()),
    Attack("以更新为名占用别的种类的记录", RIVAL, "POST", "/postings/drafts?replaces={talent}", 404, a_draft()),
    Attack("学生把资料写到外校名下", PEER, "POST", "/talents/drafts", 409, {"json": {"school_id": "{school}"}}),
    Attack(
        "学生以更新为名占用他人的资料",
        PEER,
        "POST",
        "/talents/drafts?replaces={talent}",
        403,
        {"json": {"school_id": "{school}"}},
    ),
    Attack("提交时自带状态", RIVAL, "POST", "/publications/{draft}/submit", 422, {"json": {"state": "已发布"}}),
    Attack("新建密钥时指定别人的账号", RIVAL, "POST", "/me/keys", 422, {"json": {"name": "钥", "account": 1}}),
    Attack("新建永不过期的密钥", RIVAL, "POST", "/me/keys", 422, {"json": {"name": "钥", "days": 100_000}}),
    Attack("新建密钥时自定令牌", RIVAL, "POST", "/me/keys", 422, {"json": {"name": "钥", "token": "cj_1"}}),
    Attack("邀请时自称管理员所发", RIVAL, "POST", "/invitations", 422, {"json": {"roles": ["mentor"], "by": 1}}),
    Attack("邀请管理员", RIVAL, "POST", "/invitations", 403, {"json": {"roles": ["administrator"]}}),
    Attack("邀请理事会成员", RIVAL, "POST", "/invitations", 403, {"json": {"roles": ["mentor", "council"]}}),
    Attack("理事会邀请管理员", Role.COUNCIL, "POST", "/invitations", 403, {"json": {"roles": ["administrator"]}}),
    Attack(
        "邀请到别家单位",
        RIVAL,
        "POST",
        "/invitations",
        403,
        {"json": {"roles": ["mentor"], "organisation": "{firm}"}},
    ),
    Attack(
        "邀请一人占用学生的资料",
        CAREER,
        "POST",
        "/invitations",
        403,
        {"json": {"roles": ["student"], "talent": "{talent}"}},
    ),
    Attack(
        "理事会邀请一人占用学生的资料",
        Role.COUNCIL,
        "POST",
        "/invitations",
        403,
        {"json": {"roles": ["student"], "talent": "{talent}"}},
    ),
    Attack(
        "接受邀请时多要一个角色",
        NOBODY,
        "POST",
        "/invitations/{invitation}/accept",
        422,
        {"json": {"login": "shifu", "name": "师傅", "password": PASSWORD, "roles": ["administrator"]}},
    ),
    Attack(
        "核验时自定期限",
        Role.COUNCIL,
        "PUT",
        "/organisations/{rival}/vetting",
        422,
        {"json": {"verified": True, "expires": AT}},
    ),
    Attack(
        "作决定时冒名", Role.COUNCIL, "POST", "/objections/{objection}/decision", 422, {"json": {"reviewer": "别人"}}
    ),
    Attack(
        "自己新建管理员账号", RIVAL, "POST", "/accounts", 403, {"json": {"login": "root", "roles": ["administrator"]}}
    ),
]

INJECTION = [
    Attack("路径里的 ../", NOBODY, "GET", "PAGE/static/..%2f..%2f..%2f..%2fetc%2fpasswd", 404),
    Attack("静态文件名里的反斜杠", NOBODY, "GET", "PAGE/static/..%5c..%5capp.py", 404),
    Attack("清单编号里的 ../", RIVAL, "GET", "/lists/..%2f..%2fetc%2fpasswd/export.csv", 404),
    Attack("清单编号里的换行", RIVAL, "GET", "/lists/policies%0d%0aset-cookie:a=b/export.csv", 404),
    Attack("月份里的路径", RIVAL, "GET", "/lists/policies/months/..%2f2026-10", 404),
    Attack("月份里的引号与换行", RIVAL, "GET", '/lists/policies/export.csv?month=2026-10"%0d%0ax:y', 422),
    Attack("编号里的 SQL", NOBODY, "GET", "/postings/1%20OR%201=1", 422),
    Attack("编号里的空字节", NOBODY, "GET", "/postings/1%00", 422),
    Attack("全角数字的编号", NOBODY, "GET", "/talents/１", 401),
    Attack("极大的编号", NOBODY, "GET", f"/postings/{9**40}", 422),
    Attack("邀请凭证里的 SQL", NOBODY, "GET", "PAGE/join/'%20OR%20'1'='1", 404),
    Attack("邀请凭证里的路径", NOBODY, "GET", "PAGE/join/..%2f..%2fme", 404),
    Attack(
        "登录名里的 SQL", NOBODY, "POST", "/sessions", 401, {"json": {"login": "' OR 1=1 --", "password": PASSWORD}}
    ),
    Attack("用对象代替口令", NOBODY, "POST", "/sessions", 422, {"json": {"login": "a", "password": {"$ne": ""}}}),
    Attack(
        "深嵌套的 JSON",
        RIVAL,
        "POST",
        "/postings/drafts",
        400,
        {"content": b"[" * 900_000, "headers": {"content-type": "application/json"}},
    ),
    Attack(
        "深嵌套的对象",
        RIVAL,
        "POST",
        "/postings/drafts",
        400,
        {"content": b'{"a":' * 150_000, "headers": {"content-type": "application/json"}},
    ),
    Attack(
        "万位数字",
        RIVAL,
        "POST",
        "/postings/drafts",
        400,
        {"content": b'{"headcount":' + b"9" * 10_000 + b"}", "headers": {"content-type": "application/json"}},
    ),
    Attack("二百万字的岗位", RIVAL, "POST", "/postings/drafts", 413, a_draft(description="招" * 700_000)),
    Attack("五十万字的岗位说明", RIVAL, "POST", "/postings/drafts", 422, a_draft(description="招" * 500_000)),
    Attack(
        "近两兆空格的岗位说明", RIVAL, "POST", "/postings/drafts", 422, a_draft(description="a" + " " * 1_900_000 + "b")
    ),
    Attack("近两兆空格的搜索词", NOBODY, "GET", "/search?q=" + "%20" * 20_000 + "a", 422),
    Attack("方法覆盖头", RIVAL, "GET", "/postings/{posting}", 200, {"headers": {"x-http-method-override": "DELETE"}}),
    Attack(
        "请求里夹带 X-Original-URL",
        NOBODY,
        "GET",
        "PAGE/permissions",
        200,
        {"headers": {"x-original-url": "/api/v1/accounts"}},
    ),
    Attack("TRACE 回显请求头", NOBODY, "TRACE", "PAGE/", 405),
    Attack(
        "改写请求编号以伪造日志", NOBODY, "GET", "PAGE/permissions", 200, {"headers": {"x-request-id": "a b\tcdefgh=1"}}
    ),
]

CREDENTIALS = [
    Attack("乱写的密钥", NOBODY, "GET", "/me", 401, {"headers": {"authorization": "Bearer cj_x"}}),
    Attack("密钥放在查询参数里", NOBODY, "GET", "/me?key={key_token}", 401),
    Attack("以会话令牌作密钥", NOBODY, "GET", "/me", 401, {"headers": {"authorization": "Bearer {session}"}}),
    Attack("以密钥作会话", NOBODY, "GET", "/me", 401, {"headers": {"cookie": "chanjiao_session={key_token}"}}),
    Attack("以邀请凭证作会话", NOBODY, "GET", "/me", 401, {"headers": {"cookie": "chanjiao_session={invitation}"}}),
    Attack(
        "只读密钥起草",
        NOBODY,
        "POST",
        "/postings/drafts",
        403,
        {"headers": {"authorization": "Bearer {reading_key}"}, "json": {}},
    ),
    Attack(
        "只读密钥读本人密钥", NOBODY, "GET", "/me/keys", 403, {"headers": {"authorization": "Bearer {reading_key}"}}
    ),
    Attack(
        "只读密钥给自己加权",
        NOBODY,
        "POST",
        "/me/keys",
        403,
        {"headers": {"authorization": "Bearer {reading_key}"}, "json": {"name": "大", "scopes": ["manage"]}},
    ),
    Attack(
        "只读密钥改口令",
        NOBODY,
        "POST",
        "/me/password",
        403,
        {"headers": {"authorization": "Bearer {reading_key}"}, "json": {"old": PASSWORD, "new": "新的口令足够长了"}},
    ),
    Attack(
        "只读密钥报告结果",
        NOBODY,
        "POST",
        "/events",
        403,
        {"headers": {"authorization": "Bearer {reading_key}"}, "json": {"events": []}},
    ),
    Attack(
        "会话加上无效密钥",
        NOBODY,
        "GET",
        "/me",
        401,
        {"headers": {"cookie": "chanjiao_session={session}", "authorization": "Bearer cj_x"}},
    ),
]

SESSION = {"cookie": "chanjiao_session={session}"}
WANTED = {"name": "钥", "scopes": ["read"]}
FORGED = [
    Attack("没有令牌", NOBODY, "POST", "/me/keys", 403, {"headers": SESSION, "json": WANTED}),
    Attack("空令牌", NOBODY, "POST", "/me/keys", 403, {"headers": SESSION | {"x-csrf-token": ""}, "json": WANTED}),
    Attack(
        "错的令牌", NOBODY, "POST", "/me/keys", 403, {"headers": SESSION | {"x-csrf-token": "x" * 43}, "json": WANTED}
    ),
    Attack(
        "别人会话的令牌",
        NOBODY,
        "POST",
        "/me/keys",
        403,
        {"headers": SESSION | {"x-csrf-token": "{other_csrf}"}, "json": WANTED},
    ),
    Attack("令牌放在查询参数里", NOBODY, "POST", "/me/keys?csrf={csrf}", 403, {"headers": SESSION, "json": WANTED}),
    Attack(
        "令牌放在 JSON 里", NOBODY, "POST", "/me/keys", 403, {"headers": SESSION, "json": WANTED | {"csrf": "{csrf}"}}
    ),
    Attack(
        "令牌放在 Cookie 里",
        NOBODY,
        "POST",
        "/me/keys",
        403,
        {"headers": {"cookie": "chanjiao_session={session}; csrf={csrf}"}, "json": WANTED},
    ),
    Attack(
        "跨站表单以纯文本发 JSON",
        NOBODY,
        "POST",
        "/me/keys",
        403,
        {"headers": SESSION | PLAIN, "content": b'{"name":"k"}'},
    ),
    Attack(
        "跨站表单新建密钥",
        NOBODY,
        "POST",
        "PAGE/me/keys",
        403,
        {"headers": SESSION, "data": {"name": "k", "scope": "read"}},
    ),
    Attack(
        "跨站上传表单新建密钥",
        NOBODY,
        "POST",
        "PAGE/me/keys",
        403,
        {"headers": SESSION, "files": {"name": ("a.txt", b"x")}},
    ),
    Attack("跨站撤销密钥", NOBODY, "POST", "PAGE/me/keys/{key}/revoke", 403, {"headers": SESSION, "data": {}}),
    Attack("跨站邀请", NOBODY, "POST", "PAGE/members/invite", 403, {"headers": SESSION, "data": {"role": "mentor"}}),
    Attack(
        "跨站改口令",
        NOBODY,
        "POST",
        "PAGE/me/password",
        403,
        {"headers": SESSION, "data": {"old": PASSWORD, "new": "另一个足够长的好口令"}},
    ),
    Attack("跨站退出", NOBODY, "POST", "PAGE/logout", 403, {"headers": SESSION, "data": {}}),
    Attack("跨站 DELETE", NOBODY, "DELETE", "/me/keys/{key}", 403, {"headers": SESSION}),
    Attack("以 GET 退出", NOBODY, "GET", "PAGE/logout", 405, {"headers": SESSION}),
    Attack("以 GET 撤销密钥", NOBODY, "GET", "PAGE/me/keys/{key}/revoke", 405, {"headers": SESSION}),
    Attack("以 GET 邀请", NOBODY, "GET", "PAGE/members/invite?role=mentor", 405, {"headers": SESSION}),
    Attack(
        "表单里的 _method",
        NOBODY,
        "POST",
        "PAGE/postings/{posting}",
        405,
        {"headers": SESSION, "data": {"_method": "DELETE"}},
    ),
    Attack(
        "从外站登录",
        NOBODY,
        "POST",
        "PAGE/login",
        403,
        {"headers": {"origin": "https://evil.example"}, "data": {"login": "shouzhuo", "password": PASSWORD}},
    ),
    Attack(
        "从沙箱框架登录（Origin: null）",
        NOBODY,
        "POST",
        "PAGE/login",
        403,
        {"headers": {"origin": "null"}, "data": {"login": "shouzhuo", "password": PASSWORD}},
    ),
    Attack(
        "从同主机的另一端口登录",
        NOBODY,
        "POST",
        "PAGE/login",
        403,
        {"headers": {"origin": "http://testserver:8001"}, "data": {"login": "shouzhuo", "password": PASSWORD}},
    ),
    Attack(
        "外站以纯文本登录接口",
        NOBODY,
        "POST",
        "/sessions",
        415,
        {"headers": PLAIN, "content": b'{"login":"shouzhuo","password":"x"}'},
    ),
    Attack(
        "外站以表单登录接口", NOBODY, "POST", "/sessions", 415, {"data": {"login": "shouzhuo", "password": PASSWORD}}
    ),
    Attack(
        "从外站接受邀请",
        NOBODY,
        "POST",
        "PAGE/join/{invitation}",
        403,
        {
            "headers": {"origin": "https://evil.example"},
            "data": {"login": "shifu", "name": "师傅", "password": PASSWORD},
        },
    ),
]

TABLE = {
    "越权读写": OTHERS_RECORDS,
    "越权办理": OTHERS_PROCEDURES,
    "多写字段": MASS_ASSIGNMENT,
    "注入与畸形": INJECTION,
    "凭证": CREDENTIALS,
    "伪造请求": FORGED,
}
ROWS = [(group, attack) for group, attacks in TABLE.items() for attack in attacks]


@pytest.mark.parametrize("attack", [one for _, one in ROWS], ids=[f"{group}：{one.what}" for group, one in ROWS])
def test_an_attack_fails_changes_nothing_and_learns_nothing(arena: Arena, attack: Attack) -> None:
    known = {**arena.ids, **arena.tokens, "key_token": arena.tokens["key"], "key": arena.ids["key"]}
    asker = arena.stranger(attack.by)
    before = arena.state()
    path = attack.path.removeprefix("PAGE") if attack.path.startswith("PAGE") else API + attack.path
    path = filled(path, known)
    sent = filled(dict(attack.sent), known)
    if attack.path.startswith("PAGE"):
        sent["headers"] = HTML | sent.get("headers", {})
    with capture_logs() as logs:
        answer = asker.request(attack.method, path, **sent)
    assert answer.status_code == attack.status, answer.text
    assert arena.state() == before
    learnt = answer.text + str(answer.headers) + str(logs)
    assert not [word for word in SECRETS.values() if word in learnt]
    assert not [token for name, token in arena.tokens.items() if token in learnt and token not in str(sent) + path]
    assert_says_nothing_of_the_inside(answer.text)


def filled(value: Any, known: dict[str, Any]) -> Any:
    """The value with the names in braces replaced; a text that is one name alone becomes what it names."""
    if isinstance(value, dict):
        return {name: filled(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, known) for one in value]
    if not isinstance(value, str):
        return value
    alone = re.fullmatch(r"{(\w+)}", value)
    if alone:
        return known[alone[1]]
    return re.sub(r"{(\w+)}", lambda name: str(known.get(name[1], name[0])), value)


def assert_says_nothing_of_the_inside(text: str) -> None:
    assert not [word for word in INSIDE if word in text]


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 60
    assert len({f"{group}{one.what}" for group, one in ROWS}) == len(ROWS)
