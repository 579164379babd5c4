"""No answer tells a stranger's secret: unique words in every private field, looked for in every answer to every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from data.lists import list_types
from models.access import Action, Role
from models.terms import Kind
from tests.api.arena import API, SECRETS, Arena
from tests.api.test_permissions import endpoints

REVIEWING = {Role.COUNCIL, Role.ADMINISTRATOR}
MAY_SEE: dict[str, set[Role]] = {
    "自述": {Role.ENTERPRISE_HR, Role.ADMINISTRATOR},
    "经历": {Role.ENTERPRISE_HR, Role.ADMINISTRATOR},
    "不公开需求的标题": REVIEWING,
    "不公开需求的内容": REVIEWING,
    "岗位草稿": REVIEWING,
    "需求草稿": REVIEWING,
    "人才草稿": REVIEWING,
    "退回理由": REVIEWING,
    "核验意见": REVIEWING,
    "异议": REVIEWING,
    "异议决定": REVIEWING,
    "账号": REVIEWING,
    "账号姓名": REVIEWING,
}
"""By the story and not by the table: which roles may read a stranger's secret; of what is not here, none."""

ASKED = {
    "q": "维修电工",
    "k": "100",
    "limit": "100",
    "recipient": "1",
    "purpose": "招聘录用",
    "posting": "",
    "page": "1",
}


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    made = Arena(tmp_path_factory.mktemp("secrets"))
    with TestClient(made.app):
        assert made.app.state.services.follower.ready.wait(60)
        made.app.state.services.lists.freeze_due()
        yield made


def addresses(arena: Arena, path: str, resource: object) -> list[str]:
    """The path filled in with everything of the victims', and with what the strangers have themselves."""
    ids = arena.ids
    months = {(arena.app.state.services.today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")}
    of_kind = {
        Kind.POSTING: ("posting", "rival_posting"),
        Kind.TALENT: ("talent", "other_talent"),
        Kind.NEED: ("need", "rival_need"),
        Kind.OFFER: ("offer",),
        Kind.ORGANISATION: ("firm", "school", "rival"),
    }
    wanted = of_kind.get(resource, ()) if isinstance(resource, Kind) else ()
    fillings: dict[str, list[object]] = {
        "id": [ids[name] for name in wanted] or [ids["firm"]],
        "publication": [ids[name] for name in ("draft", "need_draft", "waiting", "rejected", "talent_draft")],
        "draft": [ids["draft"], ids["talent_draft"]],
        "list": list(list_types()),
        "month": sorted(months),
        "token": [arena.tokens["invitation"][:-1] + "x"],
        "key": [ids["key"]],
        "account": [ids["account"]],
        "number": [ids["objection"]],
        "posting_id": [ids["posting"], ids["rival_posting"]],
        "organisation_id": [ids["firm"]],
    }
    found = [path]
    for name in re.findall(r"{(\w+)}", path):
        found = [one.replace(f"{{{name}}}", str(value)) for one in found for value in fillings.get(name, [1])]
    return found


@pytest.mark.parametrize("role", Role, ids=[role.label for role in Role])
def test_no_answer_tells_a_stranger_what_is_not_for_the_role(arena: Arena, role: Role) -> None:
    client = arena.stranger(role)
    hidden = {name: word for name, word in SECRETS.items() if role not in MAY_SEE.get(name, set())}
    hidden |= {f"凭证 {name}": token for name, token in arena.tokens.items()}
    told, walked, answered = [], 0, 0
    for method, path, allow in endpoints(arena.app):
        for address in addresses(arena, path, allow.resource):
            requests = [{}, {"params": {**ASKED, "kind": "talent"} if "search" in path else ASKED}]
            if method != "GET":
                if role in REVIEWING or allow.action is Action.ERASE:  # whoever may would do it
                    continue
                requests = [{"json": {"无此字段": 1}}, {"json": {}}]
            for sent in requests:
                html = {} if path.startswith(API) else {"headers": {"accept": "text/html"}}
                answer = client.request(method, address, **sent, **html)
                walked += 1
                answered += answer.status_code == 200
                assert answer.status_code < 500, (method, address, answer.text)
                text = answer.text + str(answer.headers)
                told += [(name, method, address) for name, word in hidden.items() if word in text]
    assert walked > 300
    assert answered > 60
    assert not told


def test_whoever_may_see_a_secret_does_see_it(arena: Arena) -> None:
    """Else the walk above would prove nothing."""
    seen: set[str] = set()
    owner, _ = arena.browser()
    person, _ = arena.browser("shouzhuo")
    readers = [owner, person, *map(arena.stranger, REVIEWING), arena.stranger(Role.ENTERPRISE_HR)]
    for client in readers:
        for method, path, allow in endpoints(arena.app):
            if method == "GET":
                for address in addresses(arena, path, allow.resource):
                    text = client.get(address, params=ASKED).text
                    seen |= {name for name, word in SECRETS.items() if word in text}
    assert set(SECRETS) - seen == set()
