"""Malformed requests and the Chinese sentence that each gets; the offending value is quoted."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.conftest import administrator, body_of, settings_for_tests
from tests.builders import a_posting, a_talent

JSON = {"content-type": "application/json"}
POSTING = {"title": "电工", "organisation": "澜川精工"}


class City(NamedTuple):
    """A service with two records, shared by requests that change nothing."""

    client: TestClient
    posting: int
    talent: int


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    app = create_app(settings_for_tests(tmp_path_factory.mktemp("var")))
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(30)
        bodies = (("postings", body_of(a_posting())), ("talents", body_of(a_talent())))
        posting, talent = (client.post(f"/api/v1/{plural}", json=body).json()["id"] for plural, body in bodies)
        yield City(client, posting, talent)


class Bad(NamedTuple):
    method: str
    path: str
    status: int
    says: str
    sent: Mapping[str, Any] = MappingProxyType({})


def posting(**fields: Any) -> dict[str, Any]:
    return {"json": POSTING | fields}


def post(path: str, says: str, **fields: Any) -> Bad:
    return Bad("POST", path, 422, says, {"json": fields})


BAD = [
    # What cannot be read
    Bad("POST", "/postings", 400, "不是有效的 JSON：第 10 个字符处有误", {"content": b'{"title":', "headers": JSON}),
    Bad("POST", "/postings", 400, "不是有效的 JSON", {"content": "{'title': '电工'}".encode(), "headers": JSON}),
    Bad("POST", "/postings", 400, "请求正文无法解析", {"content": b"[" * 15_000, "headers": JSON}),
    Bad("POST", "/postings", 400, "请求正文无法解析", {"content": b'{"title":"\xff\xfe"}', "headers": JSON}),
    Bad("POST", "/postings", 422, "缺少请求正文", {"headers": JSON}),
    Bad(
        "POST",
        "/postings",
        415,
        "应为 application/json，收到 text/plain",
        {"content": "电工".encode(), "headers": {"content-type": "text/plain"}},
    ),
    Bad("POST", "/postings", 415, "收到 application/x-www-form-urlencoded", {"data": POSTING}),
    Bad("POST", "/postings", 415, "收到 （未写明）", {"content": b'{"title":"a"}'}),
    Bad("POST", "/postings", 413, "请求正文超过上限 20000 字节", {"json": POSTING | {"description": "长" * 20_000}}),
    Bad("POST", "/postings", 422, "应为对象", {"json": ["电工"]}),
    Bad("POST", "/postings", 422, "应为对象", {"json": "电工"}),
    # Fields
    Bad("POST", "/postings", 422, "title：缺少必填项；organisation：缺少必填项", {"json": {}}),
    Bad("POST", "/postings", 422, "title：不能为空", posting(title="  ")),
    Bad("POST", "/postings", 422, "title：应为文字（收到：7）", posting(title=7)),
    Bad("POST", "/postings", 422, "title：文字过长，最多 200 个字符", posting(title="电" * 201)),
    Bad("POST", "/postings", 422, "gender：没有这个字段（收到：男）", posting(gender="男")),
    Bad("POST", "/postings", 422, "headcount：不能小于 1（收到：0）", posting(headcount=0)),
    Bad("POST", "/postings", 422, "headcount：应为整数，不能有小数（收到：1.5）", posting(headcount=1.5)),
    Bad("POST", "/postings", 422, "headcount：应为整数（收到：若干）", posting(headcount="若干")),
    Bad("POST", "/postings", 422, "最低薪资 9000 高于最高薪资 5000", posting(salary={"low": 9000, "high": 5000})),
    Bad("POST", "/postings", 422, "salary.high：缺少必填项", posting(salary={"low": 9000})),
    Bad("POST", "/postings", 422, "salary：应为对象（收到：面议）", posting(salary="面议")),
    Bad("POST", "/postings", 422, "（收到：小时工）", posting(employment="小时工")),
    Bad("POST", "/postings", 422, "education：只能是", posting(education="大学")),
    Bad("POST", "/postings", 422, "division：格式不对", posting(division="宁波")),
    Bad("POST", "/postings", 422, "expires：应为日期，如 2026-09-01（收到：年底）", posting(expires="年底")),
    Bad(
        "POST",
        "/postings",
        422,
        "截止日期 2026-01-01 早于发布日期 2026-02-01",
        posting(published="2026-02-01", expires="2026-01-01"),
    ),
    Bad(
        "POST",
        "/postings",
        422,
        "技能“PLC”不能既是必备又是优先",
        posting(required_skills=["PLC"], preferred_skills=["PLC"]),
    ),
    Bad("POST", "/postings", 422, "required_skills：应为列表（收到：PLC）", posting(required_skills="PLC")),
    Bad("POST", "/postings", 422, "required_skills.0：应为文字", posting(required_skills=[1])),
    Bad(
        "POST",
        "/postings",
        422,
        "required_skills：条目过多，最多 100 条",
        posting(required_skills=[str(n) for n in range(101)]),
    ),
    Bad(
        "POST",
        "/postings",
        422,
        "含有无法识别的字符",
        {"content": b'{"title":"\\ud800","organisation":"a"}', "headers": JSON},
    ),
    Bad("POST", "/postings", 422, "；另有 1 处", posting(a=1, b=2, c=3, d=4)),
    post("/talents", "graduation：格式不对", graduation="2027-13"),
    post("/talents", "grade：不能大于 8（收到：9）", grade=9),
    post("/courses", "hours：应大于 0（收到：0）", name="电工基础", provider="澜川职院", hours=0),
    post("/needs", "预算下限 9 高于上限 5", title="a", organisation="b", budget_low=9, budget_high=5),
    post("/offers", "type：缺少必填项", title="a", organisation="b"),
    post(
        "/policies",
        "“职工人数不低于”需要一个数值",
        title="a",
        issuer="b",
        conditions=[{"fact": "职工人数", "operator": "不低于"}],
    ),
    post("/organisations", "credit_code：格式不对", name="a", type="企业", credit_code="123"),
    post(
        "/programmes",
        "2026 届出现了两次",
        name="a",
        level="中职",
        school="b",
        cohorts=[{"year": 2026, "graduates": 1}] * 2,
    ),
    Bad("PUT", "/postings/999", 404, "没有编号为 999 的岗位", posting()),
    # Paths and queries
    Bad("GET", "/postings/999", 404, "没有编号为 999 的岗位"),
    Bad("GET", "/postings/999/talents", 404, "没有编号为 999 的岗位"),
    Bad("GET", "/postings/999/history", 404, "没有编号为 999 的岗位"),
    Bad("DELETE", "/postings/999", 404, "没有编号为 999 的岗位"),
    Bad("GET", "/postings/abc", 422, "id：应为整数（收到：abc）"),
    Bad("GET", "/postings/0", 422, "id：不能小于 1（收到：0）"),
    Bad("GET", "/postings/99999999999999999999", 422, "id：不能大于 9007199254740992"),
    Bad("GET", "/postings?limit=101", 422, "limit：不能大于 100（收到：101）"),
    Bad("GET", "/postings?offset=-1", 422, "offset：不能小于 0（收到：-1）"),
    Bad("GET", "/postings/{posting}/talents?k=-1", 422, "k：不能小于 1（收到：-1）"),
    Bad("GET", "/postings/{posting}/talents?k=十", 422, "k：应为整数（收到：十）"),
    Bad("GET", "/talents/{talent}/postings?employment=小时工", 422, "（收到：小时工）"),
    Bad("GET", "/talents/{talent}/postings?division=宁波", 422, "division：格式不对"),
    Bad("GET", "/talents/{talent}/courses?posting=999", 404, "没有编号为 999 的记录"),
    Bad("GET", "/talents/{talent}/courses?occupation=9-99-99-99", 422, "职业分类大典里没有职业代码“9-99-99-99”"),
    Bad("GET", "/talents/{talent}/courses?occupation=电工", 422, "occupation：格式不对"),
    Bad("GET", "/talents/{talent}/courses?posting={posting}&occupation=6-18-01-01", 422, "目标只能给一个"),
    Bad("GET", "/search", 422, "q：缺少必填项"),
    Bad("GET", "/search?q=", 422, "请输入搜索词"),
    Bad("GET", "/search?q=！？", 422, "搜索词“！？”里没有可以搜索的文字"),
    Bad("GET", "/search?q=电工&kind=人员", 422, "kind.0：只能是"),
    Bad("GET", "/search?q=" + "电" * 201, 422, "q：文字过长，最多 200 个字符"),
    Bad("GET", "/jobs", 404, "没有地址“/api/v1/jobs”"),
    Bad("PATCH", "/postings/1", 405, "这个地址不支持 PATCH，可用 DELETE, GET, PUT"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.method} {bad.path[:40]} {bad.says[:40]}")
def test_a_bad_request_is_told_what_is_wrong_with_it(city: City, bad: Bad) -> None:
    answer = city.client.request(bad.method, "/api/v1" + bad.path.format(**city._asdict()), **bad.sent)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"]) == (bad.status, bad.status)
    assert bad.says in problem["detail"]
    assert set(problem) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_every_broken_rule_is_named(client: TestClient) -> None:
    problem = client.post("/api/v1/postings", json={"title": "", "headcount": 0}).json()
    assert {(e["field"], e["value"]) for e in problem["errors"]} == {
        ("title", ""),
        ("organisation", ""),
        ("headcount", "0"),
    }


def test_a_body_without_announced_length_is_stopped_at_the_limit(client: TestClient) -> None:
    answer = client.post("/api/v1/postings", content=(b"x" * 1_000 for _ in range(30)), headers=JSON)
    assert answer.status_code == 413


def test_another_records_source_is_refused(client: TestClient) -> None:
    body = body_of(a_posting()) | {"source": {"name": "人才网", "id": "1"}}
    client.post("/api/v1/postings", json=body)
    other = client.post("/api/v1/postings", json=body_of(a_posting())).json()["id"]
    answer = client.put(f"/api/v1/postings/{other}", json=body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/source-taken")
    assert "已属于编号 1" in answer.json()["detail"]
