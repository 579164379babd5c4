"""The live lists over HTTP, on pages and on the command line."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app as command
from api.livelists import LiveLists
from api.settings import Settings
from data.store import Store
from models.notices import NoticeType
from models.technology import Secrecy
from models.terms import Record
from tests.api.conftest import Publish, administrator, body_of, settings_for_tests
from tests.builders import a_course, a_need, a_notice, a_policy, a_posting, a_talent, an_organisation

HTML = {"accept": "text/html"}
LISTS = "/api/v1/lists"
NOW = datetime.now(UTC)
LAST_MONTH = (Settings().today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
BEFORE_LAST = (date.fromisoformat(f"{LAST_MONTH}-01") - timedelta(days=1)).strftime("%Y-%m")


def stored_before(var: Path, *records: Record, days: int = 100) -> None:
    """Records that an installation has had for so long."""
    with Store(settings_for_tests(var).url, now=lambda: NOW - timedelta(days=days)) as store:
        store.migrate()
        store.save_all(records)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[TestClient]:
    """A service over records that nobody has touched for a hundred days."""
    stored_before(
        tmp_path,
        a_policy(closes=date(2020, 1, 1), benefit="每人5000元"),
        a_policy(title="=cmd|' /C calc'!A0", issuer="澜川市教育局"),
        a_posting(organisation="澜川精工机械有限公司"),
        *(a_talent(school="澜川职业技术学院", specialty="护理", name="欧阳不具名") for _ in range(6)),
    )
    app = create_app(settings_for_tests(tmp_path))
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(30)
        yield client


def the_list(client: TestClient, id: str) -> dict[str, Any]:
    [found] = [one for one in client.get(LISTS).json()["items"] if one["id"] == id]
    return found


def test_every_list_tells_how_it_stands(old: TestClient) -> None:
    policies = the_list(old, "policies")
    assert policies["name"] == "政策支持清单"
    figures = policies["figures"]
    assert (figures["count"], figures["fresh"], figures["recent"], figures["expired"]) == (2, 0.0, 0.0, 1)
    assert figures["age"] in (99, 100)
    assert figures["missing"]["文号"] == 2
    assert (policies["owners"], policies["overdue"], policies["escalated"]) == (2, 2, 2)
    assert the_list(old, "core-products")["figures"]["count"] == 0


def test_a_change_is_on_the_list_at_once_and_makes_its_owner_busy_again(old: TestClient) -> None:
    [item] = old.get(f"{LISTS}/enterprise-needs").json()["items"]
    assert (item["standing"], item["complete"]) == ("久未更新", 0.0)
    old.put(f"/api/v1/postings/{item['id']}", json=body_of(a_posting(headcount=3)))
    [item] = old.get(f"{LISTS}/enterprise-needs").json()["items"]
    assert (item["standing"], item["age"], item["cells"]["人数"]) == ("近期更新", 0, 3)
    assert the_list(old, "enterprise-needs")["overdue"] == 0
    old.delete(f"/api/v1/postings/{item['id']}")
    assert old.get(f"{LISTS}/enterprise-needs").json()["total"] == 0


def test_reminders_name_who_is_overdue_and_for_how_long(old: TestClient) -> None:
    items = old.get(f"{LISTS}/reminders").json()["items"]
    assert {(one["list"], one["owner"]) for one in items} == {
        ("policies", "澜川市人力资源和社会保障局"),
        ("policies", "澜川市教育局"),
        ("enterprise-needs", "澜川精工机械有限公司"),
        ("students", "澜川职业技术学院"),
    }
    [reminded] = [one for one in items if one["owner"] == "澜川市人力资源和社会保障局"]
    assert re.fullmatch(
        r"名下 1 条已 \d+ 天没有任何更新，其中 1 条已过期，请核对后更新、续期或撤回。", reminded["text"]
    )
    assert reminded["escalated"] is True


def test_entries_are_filtered_sorted_and_paged(client: TestClient, publish: Publish) -> None:
    for name in ("甲厂", "乙厂", "乙厂"):
        publish(a_posting(organisation=name, expires=date(2020, 1, 1) if name == "甲厂" else None))
    assert client.get(f"{LISTS}/enterprise-needs", params={"owner": "乙厂"}).json()["total"] == 2
    expired = client.get(f"{LISTS}/enterprise-needs", params={"standing": "已过期"}).json()
    assert [one["owner"] for one in expired["items"]] == ["甲厂"]
    page = client.get(f"{LISTS}/enterprise-needs", params={"sort": "until", "limit": 1}).json()
    assert (page["total"], [one["owner"] for one in page["items"]]) == (3, ["甲厂"])


def test_a_private_need_is_on_no_list(client: TestClient, publish: Publish) -> None:
    publish(a_need(secrecy=Secrecy.PRIVATE, title="机密配方"))
    assert the_list(client, "technology-needs")["figures"]["count"] == 0
    assert "机密配方" not in client.get("/lists/technology-needs", headers=HTML).text


def test_a_list_of_persons_shows_groups_and_no_person(old: TestClient) -> None:
    refused = old.get(f"{LISTS}/students")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "学生信息清单不列个人，请看 /api/v1/lists/students/groups"
    told = old.get(f"{LISTS}/students/groups").json()
    assert told["columns"] == ["学校", "层次", "专业"]
    assert [(one["values"], one["count"], one["figures"]) for one in told["items"]] == [
        (["澜川职业技术学院", "高职专科", "护理"], 6, None)
    ]
    answers = [
        old.get(f"{LISTS}/students/{what}").text
        for what in ("groups", "owners", "feed.json", "export.csv", f"months/{LAST_MONTH}")
    ]
    pages = [old.get(path, headers=HTML).text for path in ("/lists/students", f"/lists/students/months/{LAST_MONTH}")]
    assert not [one for one in (*answers, *pages) if "欧阳不具名" in one or "/talents/" in one]


def test_last_month_is_frozen_at_start_and_never_changes(old: TestClient, tmp_path: Path) -> None:
    [month] = old.get(f"{LISTS}/policies/months").json()
    assert (month["month"], month["intact"]) == (LAST_MONTH, True)
    id = old.get(f"{LISTS}/policies").json()["items"][0]["id"]
    old.delete(f"/api/v1/policies/{id}")
    frozen = old.get(f"{LISTS}/policies/months/{LAST_MONTH}").json()
    assert len(frozen["content"]["rows"]) == 2
    text = json.dumps(frozen["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == frozen["sha256"] == month["sha256"]
    assert old.get(f"{LISTS}/policies/months/2019-01").status_code == 404


def test_a_month_that_was_missed_is_frozen_as_it_then_stood(var: Path) -> None:
    stored_before(var, a_policy(amount=1), days=100)
    with Store(settings_for_tests(var).url) as store:
        [stored] = list(store.documents(a_policy().kind))
        store.save(a_policy(amount=2), id=stored.id)
    for month in (BEFORE_LAST, LAST_MONTH):
        assert f"政策支持清单 {month}：已冻结，SHA-256 " in run("lists", "freeze", "--month", month)
    assert f"政策支持清单 {LAST_MONTH}：早已冻结，未改动" in run("lists", "freeze")
    with Store(settings_for_tests(var).url) as store:
        rows = store.frozen.load("policies", LAST_MONTH).parsed().rows
    assert [row.cells["最高金额（元）"] for row in rows] == [1]
    assert "全部与冻结时一致" in run("lists", "verify")


def test_what_cannot_be_frozen_says_why(var: Path) -> None:
    assert "还没有任何记录" in run("lists", "freeze", exit_code=2)
    assert "还没有结束" in run("lists", "freeze", "--month", "2099-01", exit_code=2)
    assert "月份“十月”应写作 2026-10" in run("lists", "freeze", "--month", "十月", exit_code=2)


def test_two_months_are_compared_field_by_field(var: Path) -> None:
    stored_before(var, a_policy(amount=1, closes=date(2030, 1, 1)), a_policy(title="旧政策"), days=100)
    first = date.fromisoformat(f"{LAST_MONTH}-01")
    settings = settings_for_tests(var)
    with Store(settings.url, now=lambda: datetime(first.year, first.month, 10, tzinfo=UTC)) as store:
        kept, gone = list(store.documents(a_policy().kind))
        store.save(a_policy(amount=2, closes=date(2030, 1, 1)), id=kept.id)
        store.withdraw(gone.id)
        store.save(a_policy(title="新政策"))
    run("lists", "freeze", "--month", BEFORE_LAST)
    app = create_app(settings)
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(30)
        found = client.get(f"{LISTS}/policies/months/{LAST_MONTH}/changes", params={"since": BEFORE_LAST}).json()
        html = client.get(f"/lists/policies/months/{LAST_MONTH}", headers=HTML).text
    assert [row["cells"]["政策名称"] for row in found["added"]] == ["新政策"]
    assert [row["cells"]["政策名称"] for row in found["removed"]] == ["旧政策"]
    assert [one["changes"] for one in found["changed"]] == [[{"column": "最高金额（元）", "before": 1, "after": 2}]]
    assert "新增 1，减少 1，修改 1。" in html
    assert "与冻结时一致" in html


def test_the_workbook_says_what_it_is_and_its_hash_can_be_checked(old: TestClient) -> None:
    answer = old.get(f"{LISTS}/policies/export.xlsx", params={"owner": "澜川市教育局"})
    assert answer.headers["content-type"].startswith("application/vnd.openxml")
    assert "filename*=UTF-8''%E6%94%BF%E7%AD%96" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    table = [[_plain(cell.value) for cell in row] for row in book["政策支持清单"].iter_rows()]
    assert [row[0] for row in table[1:]] == ["=cmd|' /C calc'!A0"]
    assert book["政策支持清单"]["A2"].data_type == "s"
    about = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert about["筛选"] == "单位“澜川市教育局”"
    assert about["行数"] == "1"
    content = {"columns": table[0], "rows": table[1:]}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == about["表格 SHA-256"]


def _plain(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, datetime) else value


def test_csv_quotes_what_a_spreadsheet_would_run_and_a_frozen_month_exports_too(old: TestClient) -> None:
    text = old.get(f"{LISTS}/policies/export.csv").text
    assert text.startswith("\ufeff")
    assert {row[0] for row in csv.reader(io.StringIO(text))} >= {"'=cmd|' /C calc'!A0"}
    frozen = load_workbook(io.BytesIO(old.get(f"{LISTS}/policies/export.xlsx?month={LAST_MONTH}").content))
    about = {row[0]: row[1] for row in frozen["说明"].iter_rows(values_only=True)}
    assert about["状态时间"] == f"{LAST_MONTH} 月末"
    assert about["冻结内容 SHA-256"] == old.get(f"{LISTS}/policies/months").json()[0]["sha256"]
    assert frozen.worksheets[0].max_row == 3


def test_the_feed_is_json_feed_1_1(client: TestClient, publish: Publish) -> None:
    id = publish(a_notice(type=NoticeType.COOPERATION, title="共建实训基地", wants="压铸岛一套", scale="每年80人"))
    answer = client.get(f"{LISTS}/cooperation/feed.json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://testserver{LISTS}/cooperation/feed.json"
    [item] = feed["items"]
    assert (item["url"], item["title"]) == (f"http://testserver/notices/{id}", "共建实训基地")
    assert "规模：每年80人" in item["content_text"]
    assert datetime.fromisoformat(item["date_modified"]).utcoffset()
    assert item["authors"] == [{"name": "澜川市装备制造业协会"}]


def test_a_version_says_what_it_changed_and_never_a_name(client: TestClient, publish: Publish) -> None:
    id = publish(a_policy(amount=200_000))
    client.put(f"/api/v1/policies/{id}", json=body_of(a_policy(amount=300_000, audience=("企业", "学校"))))
    first, second = client.get(f"/api/v1/policies/{id}/history").json()
    assert [one["label"] for one in first["changes"]] == ["政策名称", "发布机关", "最高金额"]
    assert second["changes"] == [
        {"field": "amount", "label": "最高金额", "before": 200_000, "after": 300_000},
        {"field": "audience", "label": "适用对象", "before": None, "after": ["企业", "学校"]},
    ]
    html = client.get(f"/policies/{id}/history", headers=HTML).text
    assert "共 2 个版本" in html
    assert "企业、学校" in html
    person = publish(a_talent(name="欧阳不具名"))
    client.put(f"/api/v1/talents/{person}", json={**body_of(a_talent()), "name": "上官改名"})
    told = client.get(f"/api/v1/talents/{person}/history").text + client.get(f"/talents/{person}/history").text
    assert "欧阳不具名" not in told
    assert "上官改名" not in told


def test_an_unknown_list_is_a_problem_that_names_those_there_are(client: TestClient) -> None:
    for path in ("", "/owners", "/groups", "/months", "/months/2026-01", "/feed.json", "/export.xlsx"):
        answer = client.get(f"{LISTS}/x{path}")
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith("没有清单“x”，可用：policies、")


def test_the_pages_show_the_figures_the_owners_and_the_entries(old: TestClient) -> None:
    html = old.get("/lists", headers=HTML).text
    assert html.index("政策支持清单") < html.index("技术服务清单") < html.index("核心产品清单")
    assert "督办" in html
    html = old.get("/lists/policies", headers=HTML).text
    assert "学徒制培训补贴办法" in html
    assert "责任单位（2 家，2 家逾期）" in html
    assert f"/lists/policies/months/{LAST_MONTH}" in html
    narrowed = old.get("/lists/policies", params={"owner": "澜川市教育局", "standing": ""}, headers=HTML).text
    assert "每人5000元" not in narrowed
    assert "没有符合条件的条目" in old.get("/lists/policies", params={"owner": "无此单位"}, headers=HTML).text


def test_the_command_shows_and_exports(var: Path, tmp_path: Path) -> None:
    stored_before(var, a_course(), an_organisation(products=("谐波减速器",)), days=10)
    said = run("lists", "show")
    assert "培训资源清单" in said
    assert "core-products" in said
    file = tmp_path / "清单.xlsx"
    assert "核心产品清单 1 行" in run("lists", "export", "core-products", file)
    assert load_workbook(file).worksheets[0]["B2"].value == "谐波减速器"
    assert "应以 .xlsx 或 .csv 结尾" in run("lists", "export", "policies", tmp_path / "a.pdf", exit_code=2)


def run(*arguments: str | Path, exit_code: int = 0) -> str:
    """What the command prints."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == exit_code, result.output
    return result.output


def test_what_is_for_members_is_left_out_for_others(tmp_path: Path) -> None:
    stored_before(tmp_path, a_need(secrecy=Secrecy.MEMBERS), a_need(secrecy=Secrecy.PUBLIC, title="公开难题"))
    settings = settings_for_tests(tmp_path)
    with Store(settings.url) as store:
        lists = LiveLists(store, today=settings.today, zone=settings.zone)
        assert len(lists.entries("technology-needs")) == 2
        [anyone] = lists.entries("technology-needs", member=False)
    assert anyone.cells["需求名称"] == "公开难题"
