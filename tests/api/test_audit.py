"""The audit trail over HTTP and on the command line."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from data.store import Store
from models.jobs import JobState
from tests.api.conftest import Publish, body_of
from tests.api.test_cli import run, stored
from tests.builders import a_posting, a_talent

OF_THE_CLIENT = 2
"""Entries that tell how the client's own account and key were made."""


def test_what_a_client_writes_is_entered_as_the_accounts_deed(client: TestClient, publish: Publish) -> None:
    id = publish(a_posting())
    client.put(f"/api/v1/postings/{id}", json=body_of(a_posting(title="电工")))
    client.delete(f"/api/v1/postings/{id}")
    answer = client.get("/api/v1/audit", params={"subject": f"posting/{id}"}).json()
    assert answer["total"] == 3
    assert [(one["actor"], one["action"], one["details"]) for one in answer["items"]] == [
        ("1", "withdrawn", {}),
        ("1", "changed", {"fields": ["title"]}),
        ("1", "published", {}),
    ]


def test_what_is_refused_is_not_entered(client: TestClient) -> None:
    assert client.post("/api/v1/postings", json={"title": ""}).status_code == 422
    assert client.delete("/api/v1/postings/7").status_code == 404
    assert client.get("/api/v1/audit").json()["total"] == OF_THE_CLIENT


def test_entries_come_in_pages_and_by_actor_and_time(client: TestClient, publish: Publish) -> None:
    for n in range(5):
        publish(a_posting(title=f"岗位{n}"))
    page = client.get("/api/v1/audit", params={"offset": 1, "limit": 2}).json()
    assert ([one["number"] for one in page["items"]], page["total"]) == ([6, 5], 5 + OF_THE_CLIENT)
    assert client.get("/api/v1/audit", params={"actor": "account:1"}).json()["total"] == 0
    assert client.get("/api/v1/audit", params={"since": "2020-01-01T00:00:00+08:00"}).json()["total"] == 7
    assert client.get("/api/v1/audit", params={"since": "2020-01-01T00:00:00"}).status_code == 422


def test_the_chain_is_verified_up_to_a_head_noted_before(client: TestClient, publish: Publish) -> None:
    publish(a_posting())
    before = client.get("/api/v1/audit/verify").json()
    assert (before["intact"], before["entries"]) == (True, 1 + OF_THE_CLIENT)
    publish(a_talent(name="沈知秋"))
    after = client.get("/api/v1/audit/verify", params={"head": before["head"]}).json()
    assert (after["intact"], after["entries"]) == (True, 2 + OF_THE_CLIENT)
    assert "沈知秋" not in client.get("/api/v1/audit").text
    lost = client.get("/api/v1/audit/verify", params={"head": "a" * 64}).json()
    assert (lost["intact"], lost["broken"]) == (False, None)
    assert client.get("/api/v1/audit/verify", params={"head": "a"}).status_code == 422


@pytest.fixture
def imported(var: Path, tmp_path: Path) -> Path:
    """An installation into which two postings were imported."""
    file = tmp_path / "岗位.csv"
    file.write_text("岗位编号,岗位名称,企业名称\n1,电工,澜川精工\n2,钳工,澜川精工\n", encoding="utf-8")
    run("import", "岗位", file)
    return var


def test_the_command_shows_entries_in_chinese(imported: Path) -> None:
    said = run("audit", "show", "--subject", "posting", "-k", "1")
    assert re.search(r"2 │ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d │ cli\s+│ 新增 │ 岗位 2", said)
    assert "共 2 条，列出最新的 1 条" in said
    assert "共 0 条" in run("audit", "show", "--actor", "public")
    assert "共 2 条" in run("audit", "show", "--since", "2020-01-01")
    assert "错误：看不懂时间“昨天”，应如 2026-09-01" in run("audit", "show", "--since", "昨天", exit_code=2)


def test_the_command_verifies_and_names_what_was_changed(imported: Path) -> None:
    said = run("audit", "verify")
    assert "审计记录完整，共 2 条" in said
    head = re.findall(r"链头 (\w{64})", said)[0]
    assert "完整" in run("audit", "verify", "--head", head)
    with Store(f"sqlite:///{imported / 'chanjiao.db'}") as store, store._engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 1"))
    assert "错误：审计记录不完整：第 1 条的内容与哈希不符" in run("audit", "verify", exit_code=2)
    assert "✗ 审计记录不完整：第 1 条" in run("doctor", exit_code=1)


def test_a_backup_is_restored_by_command(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "还没有备份；请定期运行 chanjiao backup" in run("doctor")
    said = run("backup", tmp_path / "备份.zip")
    assert "数据版本 2" in said
    assert "最近一次备份 20" in run("doctor")
    head = re.findall(r"审计链头 (\w{64})", said)[0]
    assert "错误：数据库不是空的" in run("restore", tmp_path / "备份.zip", exit_code=2)
    monkeypatch.setenv("CHANJIAO_VAR", str(tmp_path / "other"))
    (tmp_path / "other" / "index" / "of another database").mkdir(parents=True)
    assert "已恢复到数据版本 2" in run("restore", tmp_path / "备份.zip")
    assert stored(tmp_path / "other") == 2
    assert not (tmp_path / "other" / "index" / "of another database").exists()
    assert "完整" in run("audit", "verify", "--head", head)
    assert "✗" not in run("reindex") + run("doctor")


def test_a_failed_job_shows_and_is_retried_by_command(imported: Path) -> None:
    with Store(f"sqlite:///{imported / 'chanjiao.db'}") as store:
        store.jobs.add("verify-audit", "2026-09-01")
        with store._engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET state = 'failed', last_error = 'AuditBroken'"))
    assert "✗ 后台任务失败 1 个；请看 chanjiao jobs list --state failed" in run("doctor", exit_code=1)
    listed = run("jobs", "list", "--state", "failed")
    assert "verify-audit" in listed
    assert "AuditBroken" in listed
    assert "任务 1 已重新排队" in run("jobs", "retry", "1")
    assert "等待 1，进行中 0，完成 0，失败 0" in run("jobs", "list")
    assert "错误：任务 1（verify-audit）的状态是“等待”" in run("jobs", "retry", "1", exit_code=2)


@pytest.mark.usefixtures("client")
def test_the_service_does_its_daily_jobs(app: FastAPI) -> None:
    jobs = app.state.services.store.jobs
    deadline = time.monotonic() + 30
    daily = {task.kind for task in app.state.services.worker._tasks.values() if task.daily}
    assert len(daily) >= 6
    while jobs.count()[JobState.DONE] < len(daily) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert {job.kind for job in jobs.page(state=JobState.DONE)} == daily


def test_metrics_count_requests_by_route_and_say_where_the_service_stands(
    app: FastAPI, client: TestClient, publish: Publish, tmp_path: Path
) -> None:
    for title in ("电工", "钳工"):
        publish(a_posting(title=title))
    client.get("/api/v1/postings/1")
    client.get("/api/v1/postings/2")
    client.get("/api/v1/postings/999")
    client.get("/没有这个地址", params={"q": "沈知秋"})
    client.request("BREW", "/health")
    app.state.services.store.back_up(tmp_path / "备份.zip")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    route = '{method="GET",route="/api/v1/postings/{id}"'
    assert found[f'chanjiao_requests_total{route},status="200"}}'] == "2.0"
    assert found[f'chanjiao_requests_total{route},status="404"}}'] == "1.0"
    assert found[f"chanjiao_request_seconds_count{route}}}"] == "3.0"
    assert found['chanjiao_requests_total{method="GET",route="",status="404"}'] == "1.0"
    assert found['chanjiao_requests_total{method="other",route="/health",status="405"}'] == "1.0"
    assert found['chanjiao_indexed_records{kind="posting"}'] == "2.0"
    assert found["chanjiao_index_lag"] == "0.0"
    assert found["chanjiao_database_up"] == "1.0"
    assert found["chanjiao_audit_entries_total"] == "5.0"
    assert found['chanjiao_jobs{state="failed"}'] == "0.0"
    assert 0 <= float(found["chanjiao_backup_age_seconds"]) < 600
    assert float(found["process_resident_memory_bytes"]) > 0
    assert not re.search("[\u4e00-\u9fff]", answer.text)


def test_metrics_say_when_the_database_is_away(app: FastAPI, client: TestClient) -> None:
    with app.state.services.store._engine.begin() as connection:
        connection.execute(text("DROP TABLE jobs"))
    assert "chanjiao_database_up 0.0" in client.get("/metrics").text
