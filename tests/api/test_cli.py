"""The command line on real files."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from data.store import Store
from indexing import snapshot
from models.terms import Kind
from tests.builders import a_posting, a_talent

ROWS = """岗位编号,岗位名称,企业名称,薪资,招聘人数
1,数控车床操作工,澜川精工机械有限公司,6000-9000元/月,3
2,电工,澜川精工机械有限公司,面议,2
3,,澜川精工机械有限公司,面议,1
"""


@pytest.fixture
def postings(tmp_path: Path) -> Path:
    file = tmp_path / "岗位.csv"
    file.write_text(ROWS, encoding="gb18030")
    return file


def run(*arguments: str | Path, exit_code: int = 0, input: str | None = None) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)
    assert result.exit_code == exit_code, result.output
    assert "Traceback" not in result.output
    return result.output


def stored(var: Path) -> int:
    with Store(f"sqlite:///{var / 'chanjiao.db'}") as store:
        return store.count(Kind.POSTING)


def test_import_stores_indexes_and_reports(var: Path, postings: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "拒绝.csv"
    said = run("import", "岗位", postings, "--rejects", rejects)
    assert "共 3 行，新增 2，更新 0，未变 0，拒绝 1" in said
    assert "索引已到数据版本 2，共 2 条记录" in said
    assert stored(var) == 2
    assert (snapshot.manifest(var / "index") or {})["revision"] == 2
    assert "岗位名称" in rejects.read_text(encoding="utf-8-sig")


def test_a_dry_run_writes_nothing(var: Path, postings: Path) -> None:
    assert "可导入 2" in run("import", "posting", postings, "--dry-run")
    assert stored(var) == 0
    assert snapshot.manifest(var / "index") is None


def test_an_import_beside_a_running_service_leaves_the_index_to_it(var: Path, postings: Path) -> None:
    with snapshot.writing(var / "index"):
        said = run("import", "posting", postings)
    assert "它会自动跟上新数据" in said
    assert stored(var) == 2


def test_reindex_makes_a_snapshot_anew(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    before = (snapshot.manifest(var / "index") or {})["path"]
    (Path(before) / "posting.vectors.npz").unlink()
    assert "共 2 条记录" in run("reindex", "--from-scratch")
    assert (Path((snapshot.manifest(var / "index") or {})["path"]) / "posting.vectors.npz").exists()


def test_reindex_refuses_beside_a_running_service(var: Path) -> None:
    with snapshot.writing(var / "index"):
        assert "错误：另一个进程" in run("reindex", exit_code=2)


def test_doctor_names_each_trouble_and_what_to_do(var: Path, postings: Path) -> None:
    before = run("doctor", exit_code=1)
    assert "✓ Python 3" in before
    assert "✗ 数据库还没有建立；请运行 chanjiao migrate" in before
    assert "✗ 还没有索引快照；请运行 chanjiao reindex" in before
    assert not (var / "chanjiao.db").exists()
    run("import", "posting", postings)
    assert "✗" not in run("doctor")


def test_doctor_tells_a_snapshot_of_another_encoder(var: Path, postings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("import", "posting", postings)
    manifest = Path((snapshot.manifest(var / "index") or {})["path"]) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"encoder": "another"}))
    assert "索引快照由另一套encoder生成" in run("doctor", exit_code=1)
    monkeypatch.setenv("CHANJIAO_ENCODER", str(var / "none"))
    assert "✗ 编码模型：" in run("doctor", exit_code=1)


def test_migrate_says_where_the_data_stand(var: Path) -> None:
    assert "数据库已是当前版本，数据版本号 0" in run("migrate")


WRONG = [
    (("import", "岗位"), "缺少参数 file"),
    (("import", "人员", "a.csv"), "没有种类“人员”，可用：organisation（单位）"),
    (("import", "posting", "没有.csv"), "找不到文件“没有.csv”"),
    (("import", "posting", "a.csv", "--quick"), "没有选项 --quick"),
    (("迁移",), "没有命令 迁移"),
    (("serve", "--port", "99999"), "设置有误，CHANJIAO_PORT：不能大于 65535（收到：99999）"),
    (("serve", "--port", "八千"), "--port 的值无效"),
    (("serve", "--host", "256.1.1.1"), "不能监听 256.1.1.1:8000"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_usage_gets_one_chinese_line(var: Path, arguments: tuple[str, ...], says: str) -> None:
    said = run(*arguments, exit_code=2)
    assert f"错误：{says}" in said
    assert len(said.strip().splitlines()) == 1


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"不能监听 127.0.0.1:{port}" in run("serve", "--port", port, exit_code=2)


def test_a_broken_setting_is_named(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANJIAO_BODY_LIMIT", "很大")
    assert "CHANJIAO_BODY_LIMIT：应为整数（收到：很大）" in run("migrate", exit_code=2)


def test_the_service_starts_answers_and_stops_with_its_index_saved(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    assert "已建立账号 guanli（管理员）" in run(
        "admin", "create", "guanli", "--password-stdin", input="一个很长的口令够不够\n"
    )
    key = run("admin", "key", "guanli", "--scope", "write").strip()
    port = free_port()
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as service:
        try:
            assert eventually_ready(f"http://127.0.0.1:{port}/health")
            body = json.dumps(a_posting(title="船舶电焊工").model_dump(mode="json", exclude_defaults=True)).encode()
            headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
            request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/postings", body, headers)
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 201
        finally:
            service.send_signal(signal.SIGTERM)
            said, logged = service.communicate(timeout=30)
    assert f"服务地址：http://127.0.0.1:{port}" in said
    assert "索引已就绪，共 2 条记录" in said
    requests = [json.loads(line) for line in logged.splitlines() if '"event": "request"' in line]
    assert requests[-1]["path"] == "/api/v1/postings"
    assert (snapshot.manifest(var / "index") or {})["revision"] == 3


def test_a_stopping_service_finishes_its_requests_its_jobs_and_its_index(var: Path, postings: Path) -> None:
    run("import", "posting", postings)
    run("admin", "create", "guanli", "--password-stdin", input="一个很长的口令够不够\n")
    key = run("admin", "key", "guanli", "--scope", "read", "--scope", "write").strip()
    port = free_port()
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
    body = json.dumps(a_posting(title="船舶电焊工").model_dump(mode="json", exclude_defaults=True)).encode()
    head = f"POST /api/v1/postings HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as service:
        assert eventually_ready(f"http://127.0.0.1:{port}/health")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
            slow.sendall(head.encode() + body[:10])
            assert eventually(lambda: "/health" in urlopened(f"http://127.0.0.1:{port}/metrics", key))
            service.send_signal(signal.SIGTERM)
            assert eventually(lambda: not accepts(port)), "nobody new is let in"
            slow.sendall(body[10:])
            answer = slow.recv(10_000).decode()
        _, logged = service.communicate(timeout=30)
    assert answer.startswith("HTTP/1.1 201")
    assert service.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in logged
    assert (snapshot.manifest(var / "index") or {})["revision"] == 3
    with Store(f"sqlite:///{var / 'chanjiao.db'}") as store:
        assert store.audit.verify().intact
        assert store.jobs.count() == {"queued": 0, "running": 0, "done": 6, "failed": 0}


def urlopened(address: str, key: str) -> str:
    asked = urllib.request.Request(address, headers={"authorization": f"Bearer {key}"})
    with urllib.request.urlopen(asked) as answer:
        return str(answer.read().decode())


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=30).close()
    except ConnectionRefusedError:
        return False
    return True


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within half a minute."""
    deadline = time.monotonic() + 30
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def eventually_ready(address: str) -> bool:
    """Whether the service says within half a minute that it is ready."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def test_prepare_says_which_encoder_is_ready(var: Path) -> None:
    assert "编码模型已就绪：hashing" in run("prepare")


def test_unknown_terms_are_listed_with_their_counts_and_an_example(var: Path, tmp_path: Path) -> None:
    file = tmp_path / "岗位.csv"
    rows = ["岗位编号,岗位名称,企业名称,岗位描述"]
    rows += [f"{n},编织工,澜川竹艺有限公司,任职要求：会篾条起底、簸箕收边，熟悉AutoCAD" for n in range(3)]
    rows += ["9,编织工,澜川竹艺有限公司,任职要求：会竹篾劈丝、簸箕收边，有团队合作精神"]
    file.write_text("\n".join(rows), encoding="utf-8")
    run("import", "岗位", file)
    listed = run("vocabulary", "unknown", "--kind", "岗位", "-k", "5")
    counted = [line.split("│")[1:3] for line in listed.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in counted][:2] == [["簸箕收边", "4"], ["篾条起底", "3"]]
    assert "【簸箕收边】" in listed
    assert "AutoCAD" not in [row[0].strip() for row in counted]
    assert run("vocabulary", "unknown", "--kind", "课程").strip() == "课程 0 条，没有词表之外的技能说法"


def a_person(var: Path) -> int:
    var.mkdir(parents=True, exist_ok=True)
    with Store(f"sqlite:///{var / 'chanjiao.db'}") as store:
        store.migrate()
        return store.save(a_talent(name="林晓", self_description="曾在澜川精工实习")).id


def test_a_persons_data_is_exported_to_a_file_that_others_cannot_read(var: Path, tmp_path: Path) -> None:
    id, file = a_person(var), tmp_path / "林晓.json"
    said = run("person", "export", str(id), "-o", file)
    assert "交给本人后请删除" in said
    assert json.loads(file.read_text(encoding="utf-8"))["record"]["name"] == "林晓"
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(run("person", "export", str(id)))["title"] == "人才 1 的全部个人信息"
    assert "没有编号为 9 的记录" in run("person", "export", "9", exit_code=2)


def test_erasing_a_person_asks_first_and_brings_the_index_up_to_date(var: Path) -> None:
    id = a_person(var)
    run("reindex")
    assert "将清空人才 1 的 1 份资料（含历史），不能恢复；确认请加 --yes" in run(
        "person", "erase", str(id), exit_code=2
    )
    assert "人才 1 的个人信息已删除：1 份资料" in run("person", "erase", str(id), "--yes")
    assert (snapshot.manifest(var / "index") or {})["documents"]["talent"] == 0
    left = b"".join(path.read_bytes() for path in var.rglob("*") if path.is_file())
    assert "林晓".encode() not in left
    assert "澜川精工实习".encode() not in left


def test_retention_lists_who_is_due_and_erases_only_when_told(var: Path, tmp_path: Path) -> None:
    a_person(var)
    assert "没有保存期满的个人信息" in run("retention")
    file = tmp_path / "保存期限.toml"
    rule = '[{}]\nlabel="{}"\ndays={}\nafter="最后一次修改之后"\n'
    file.write_text(
        rule.format("talent", "在册人才", 2) + rule.format("withdrawn", "已撤回的人才", 2), encoding="utf-8"
    )
    with Store(f"sqlite:///{var / 'chanjiao.db'}", now=lambda: datetime(2020, 1, 1, tzinfo=UTC)) as store:
        store.save(a_talent(graduation="2020-06", name="陈晨"))
    said = run("retention", "--rules", file)
    assert "共 1 人期满，没有删除；删除请加 --apply" in said
    assert "2020-06-30" in said
    assert "陈晨" not in said
    assert "已删除 1 人的个人信息" in run("retention", "--rules", file, "--apply")
    assert "没有保存期满的个人信息" in run("retention", "--rules", file)
