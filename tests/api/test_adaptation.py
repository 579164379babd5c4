"""`chanjiao adapt` on an installation of its own, and the service that follows it."""

import csv
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from indexing import snapshot
from indexing.adapters import Adapters
from indexing.encode import HashingEncoder
from tests.api.conftest import administrator, settings_for_tests
from tests.api.test_cli import run
from tests.builders import an_adapter

HASHING = HashingEncoder().name
TRADES = {
    "数控": "编程走刀、对刀试切、自检尺寸，保养机床",
    "护理": "照护老人起居、翻身叩背、测量血压，写护理记录",
    "外贸": "跟进国外订单、催交期、制单报关，回复询盘",
    "直播": "策划脚本、开播控场、复盘数据，维护粉丝",
}
"""A trade's titles share no word with what its postings say, so only training can bring them together."""
COUNT = 700


@pytest.fixture
def postings(tmp_path: Path) -> Path:
    """Many postings of a few trades."""
    file = tmp_path / "岗位.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["岗位编号", "岗位名称", "企业名称", "岗位描述"])
        for n in range(COUNT):
            trade, duties = list(TRADES.items())[n % 4]
            writer.writerow([n, f"{trade}岗{n}", "澜川精工机械有限公司", f"{duties}；工位 {n} 号，班组 {n % 7}，倒班"])
    return file


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps from few rows."""
    monkeypatch.setattr("indexing.adapt.BATCH", 64)


def named(var: Path) -> str:
    return str((snapshot.manifest(var / "index") or {})["adapter"])


@pytest.mark.usefixtures("small_batches")
def test_adapt_trains_compares_installs_and_is_taken_back(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    assert named(var) == "none"
    said = run("adapt")
    installed = Adapters(var / "adapters", HASHING).installed()
    assert len(installed) == 1
    assert f"索引已到数据版本 {COUNT}" in said
    assert "现用 none  平均倒数排名" in said
    assert f"已启用适配器 {installed[0]}；运行中的服务会自动换上，撤回：chanjiao adapt rollback" in said
    assert named(var) == installed[0]
    assert f"领域适配器 {installed[0]}" in run("doctor")
    assert f"正在使用的领域适配器：{installed[0]}（本地训练）" in run("adapt", "status")
    assert f"已撤下适配器 {installed[0]}，现在使用 无" in run("adapt", "rollback")
    assert named(var) == "none"
    assert "没有可以撤回的版本" in run("adapt", "rollback", exit_code=2)


@pytest.mark.usefixtures("small_batches")
def test_a_dry_run_installs_nothing(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    assert "只是试算，没有启用" in run("adapt", "--dry-run")
    assert Adapters(var / "adapters", HASHING).installed() == []


def test_adapt_brings_a_missing_index_up_to_date_first(var: Path, postings: Path) -> None:
    with snapshot.writing(var / "index"):
        run("import", "posting", postings)
    assert snapshot.manifest(var / "index") is None
    assert f"共 {COUNT} 条记录" in run("adapt", "--dry-run")
    assert (snapshot.manifest(var / "index") or {})["revision"] == COUNT


def test_adapt_says_what_hinders_it(var: Path) -> None:
    assert "错误：只有 0 条既有名称又有内容的记录" in run("adapt", exit_code=2)
    with snapshot.writing(var / "index"):
        assert "错误：另一个进程" in run("adapt", exit_code=2)


def test_doctor_and_status_tell_of_an_adapter_that_cannot_be_used(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    Adapters(var / "adapters", "hashing-1-64").install(an_adapter("hashing-1-64"))
    name = an_adapter("hashing-1-64").name
    assert f"✗ 领域适配器 {name} 用不上" in run("doctor", exit_code=1)
    said = run("adapt", "status")
    assert "正在使用的领域适配器：无" in said
    assert f"适配器 {name} 用不上" in said
    assert name in run("adapt", "rollback")
    assert "✗" not in run("doctor")


def test_health_names_the_adapter_in_force(tmp_path: Path) -> None:
    settings = settings_for_tests(tmp_path)
    assert health(create_app(settings))["adapter"] == "none"
    Adapters(settings.adapters, HASHING).install(an_adapter(HASHING))
    assert health(create_app(settings))["adapter"] == an_adapter(HASHING).name


def health(app: FastAPI) -> dict[str, object]:
    with administrator(app) as client:
        assert app.state.services.follower.ready.wait(30)
        found: dict[str, object] = client.get("/health").json()
        return found
