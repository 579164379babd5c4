"""Checking postings over HTTP, on the command line and on the posting's page."""

import json
from pathlib import Path

from starlette.testclient import TestClient

from tests.api.conftest import Publish
from tests.api.test_cli import run
from tests.builders import a_posting, an_organisation

ROWS = """岗位编号,岗位名称,企业名称,薪资,招聘人数,岗位描述,截止日期
1,装配工,澜川精工机械有限公司,5000-7000元/月,3,岗位职责：负责装配；入职须交押金300元；限男性,2099-12-31
2,电工,澜川精工机械有限公司,面议,,维修设备,2099-12-31
3,质检实习生,澜川精工机械有限公司,3000-4000元/月,2,任职要求：能上夜班,2099-12-31
"""


def ask(client: TestClient, **body: object) -> dict[str, object]:
    answer = client.post("/api/v1/check/posting", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_an_unsaved_posting_is_answered_with_every_rule_that_it_breaks(client: TestClient) -> None:
    description = "岗位职责：负责装配。入职须交押金300元，限男性，35岁以下。"
    posting = {"title": "装配工", "organisation": "澜川精工机械有限公司", "description": description}
    answer = ask(client, posting=posting)
    assert answer["publishable"] is False
    assert answer["placement"] is False
    assert answer["recruiter"] == "用人单位自主招聘"
    findings = {one["rule"]: one for one in answer["findings"]}  # type: ignore[attr-defined]
    assert {"fee", "sex", "age", "element-headcount", "element-place", "validity-missing"} <= set(findings)
    fee = findings["fee"]
    assert (fee["severity"], fee["law"], fee["article"]) == ("blocks", "《劳动合同法》", "第九条")
    assert description[fee["quote"]["start"] : fee["quote"]["end"]] == fee["quote"]["text"] == "交押金"
    assert fee["quote"]["label"] == "岗位描述"
    assert findings["age"]["severity"] == "warns"
    risk = answer["risk"]
    assert round(sum(one["weight"] for one in risk["signals"]), 4) == risk["score"]  # type: ignore[index]
    assert client.get("/api/v1/postings").json()["total"] == 0


def test_the_members_staff_and_what_is_known_count(client: TestClient, publish: Publish) -> None:
    id = publish(an_organisation(staff=20, industry="C34"))
    posting = {
        "title": "装配实习生",
        "organisation": "澜川精工机械有限公司",
        "organisation_id": id,
        "headcount": 3,
        "description": "岗位职责：负责水泵装配。任职要求：能看懂图。",
        "place": "澜川市",
        "salary": {"low": 3000, "high": 3500},
        "expires": "2099-12-31",
    }
    answer = ask(client, posting=posting, known={"first_year": True})
    assert [one["rule"] for one in answer["findings"]] == ["intern-first-year", "intern-share"]  # type: ignore[attr-defined]
    assert answer["findings"][1]["numbers"] == {"found": "本岗位 3 名，在岗职工 20 名", "limit": "不超过 2 名"}  # type: ignore[index]
    assert ask(client, posting={**posting, "headcount": 2})["publishable"] is True


def test_a_member_that_does_not_exist_is_told(client: TestClient) -> None:
    posting = {"title": "装配工", "organisation": "澜川精工机械有限公司", "organisation_id": 999}
    assert client.post("/api/v1/check/posting", json={"posting": posting}).status_code == 404
    assert client.post("/api/v1/check/posting", json={"posting": {"title": ""}}).status_code == 422


def test_every_rule_is_published_with_its_law(client: TestClient) -> None:
    answer = client.get("/api/v1/check/rules").json()
    rules = {one["rule"]: one for one in answer["rules"]}
    limits = {one["name"]: one for one in answer["limits"]}
    assert rules["intern-place"]["article"] == "第十六条第（五）项"
    assert all(one["law"].startswith("《") and one["says"] and one["advice"] for one in rules.values())
    assert (limits["intern_share"]["number"], limits["intern_share"]["article"]) == (0.1, "第九条")


def test_the_posting_page_shows_what_stands_against_it(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting(title="装配实习生", description="任职要求：能上夜班<b>，须交押金300元"))
    page = client.get(f"/postings/{id}").text
    assert "发布合规提示" in page
    assert "“夜班”：不得安排实习学生上夜班（《职业学校学生实习管理规定》第十七条）" in page
    assert "提示供核对用，不是法律意见" in page


def test_the_command_counts_postings_by_rule_and_quotes_them(var: Path, tmp_path: Path) -> None:
    file, written = tmp_path / "岗位.csv", tmp_path / "结果.json"
    file.write_text(ROWS, encoding="utf-8")
    said = run("check", "postings", file, "--json", written)
    assert "岗位 3 个，不得发布 3" in said
    assert "交押金" in said
    result = json.loads(written.read_text(encoding="utf-8"))
    counts = {row["rule"]: (row["postings"], row.get("blocks"), row["quotes"]) for row in result["rules"]}
    assert counts["intern-night"] == (1, 1, ["夜班"])
    assert counts["element-headcount"] == (1, 1, [])
    assert {one["title"] for one in result["findings"] if one["rule"] == "element-employer"} == {
        "装配工",
        "电工",
        "质检实习生",
    }
    only = run("check", "postings", file, "--rule", "实习夜班")
    assert "不得发布 1" in only
    assert "押金" not in only


def test_the_command_checks_what_is_stored_with_its_members(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "岗位.csv"
    file.write_text(ROWS, encoding="utf-8")
    run("import", "岗位", file)
    assert "岗位 3 个" in run("check", "postings", "store", "--rule", "fee")


def test_the_command_knows_no_other_rule(var: Path) -> None:
    assert "错误：没有规则“奖金”" in run("check", "postings", "--rule", "奖金", exit_code=2)
