"""Backup and restore: one moment in one file, equal record for record wherever it is restored."""

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from data.audit import acting
from data.store import Store
from models.errors import Conflict, Malformed, UnreadableFile
from models.outcomes import Act
from models.terms import Kind
from tests.builders import a_posting, a_talent, an_event, from_source
from tests.conftest import drop_everything

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def elsewhere_url(postgres_url: str) -> str:
    """A second database on the same server."""
    with Store(postgres_url) as server:
        with server._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE DATABASE elsewhere"))
        return server._engine.url.set(database="elsewhere").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Another database, empty and never migrated."""
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'chanjiao.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("elsewhere_url")
        drop_everything(url)
    with Store(url) as opened:
        yield opened


@pytest.fixture
def city(store: Store) -> Store:
    """Records with a history, events, a job, several actors."""
    with acting("account:7"):
        store.save_all(
            [a_posting(source=from_source(str(n)), description="两班倒\t包住\n“双休”") for n in range(1_203)]
        )
        talent = store.save(a_talent(name="沈知秋", skills=("PLC编程", "𠮷野家")))
        store.save(a_posting(title="铣工", source=from_source("1")), id=2)
        store.withdraw(3)
    store.events.append([an_event(Act.APPLIED, posting=1, talent=talent.id)])
    store.jobs.add("freeze", "2026-08", {"month": "2026-08"})
    return store


def contents(file: Path) -> Tables:
    """Every row of every table, in an order that does not depend on the database's collation."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: sorted(map(json.loads, archive.read(name).splitlines()), key=json.dumps)
            for name in sorted(archive.namelist())
            if name.endswith(".jsonl")
        }


def test_a_backup_restored_elsewhere_is_equal_record_for_record(city: Store, elsewhere: Store, tmp_path: Path) -> None:
    taken = city.back_up(tmp_path / "备份.zip")
    restored = elsewhere.restore(tmp_path / "备份.zip")
    assert restored == taken
    assert elsewhere.revision == city.revision == taken.revision
    for kind in (Kind.POSTING, Kind.TALENT):
        assert list(elsewhere.documents(kind)) == list(city.documents(kind))
    assert [elsewhere.history(id) for id in (1, 2, 3)] == [city.history(id) for id in (1, 2, 3)]
    assert list(elsewhere.events.everything()) == list(city.events.everything())
    assert elsewhere.jobs.page() == city.jobs.page()
    elsewhere.back_up(tmp_path / "再备份.zip")
    first, again = contents(tmp_path / "备份.zip"), contents(tmp_path / "再备份.zip")
    told = again["audit.jsonl"]
    again["audit.jsonl"] = [row for row in told if row["action"] != "restored"]
    assert len(told) == len(again["audit.jsonl"]) + 1
    assert again == first
    verdict = elsewhere.audit.verify(head=taken.audit_head)
    assert (verdict.intact, verdict.entries) == (True, taken.audit_entries + 2)


def test_numbers_go_on_after_a_restore(city: Store, elsewhere: Store, tmp_path: Path) -> None:
    newest = city.save(a_posting()).id
    city.jobs.add("freeze", "2026-09")
    with city._engine.begin() as connection:  # the last number was given out, though its row is gone
        connection.execute(text("DELETE FROM jobs WHERE id = 2"))
    city.back_up(tmp_path / "备份.zip")
    elsewhere.restore(tmp_path / "备份.zip")
    assert elsewhere.save(a_posting()).id == newest + 1
    elsewhere.jobs.add("freeze", "2026-10")
    assert elsewhere.jobs.page()[0].id == 3
    assert elsewhere.events.append([an_event(Act.INVITED, posting=1, talent=1204)]) == 1


def test_a_backup_shows_one_moment_whatever_is_written_meanwhile(city: Store, elsewhere: Store, tmp_path: Path) -> None:
    stop, written = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        while not stop.is_set():
            saved = city.save_all([a_posting(title="电工"), a_talent()])
            city.withdraw(saved[0].id)
            written.release()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()

    def wait_for_writes(done: int, total: int) -> None:
        for _ in range(3):  # between any two pages others write
            assert written.acquire(timeout=30)

    try:
        taken = city.back_up(tmp_path / "备份.zip", progress=wait_for_writes)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert city.revision > taken.revision, "it was under load"
    elsewhere.restore(tmp_path / "备份.zip")
    assert elsewhere.revision == taken.revision
    assert elsewhere.audit.verify(head=taken.audit_head).intact
    then = {
        (version.revision, id): version
        for id in range(1, taken.tables["records"].rows + 1)
        for version in city.history(id)
        if version.revision <= taken.revision
    }
    now = {(v.revision, id): v for id in range(1, taken.tables["records"].rows + 1) for v in elsewhere.history(id)}
    assert now == then
    assert len(now) == taken.tables["versions"].rows


def test_only_an_empty_database_is_filled(city: Store, tmp_path: Path) -> None:
    city.back_up(tmp_path / "备份.zip")
    before = city.revision
    with pytest.raises(Conflict, match="数据库不是空的（audit 表里有内容），恢复只能写入空的数据库"):
        city.restore(tmp_path / "备份.zip")
    assert city.revision == before


@pytest.fixture
def file(sqlite_store: Store, tmp_path: Path) -> Path:
    """A small backup."""
    sqlite_store.save_all([a_posting(), a_talent(skills=("PLC编程",))])
    sqlite_store.back_up(tmp_path / "备份.zip")
    return tmp_path / "备份.zip"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'fresh.db'}") as opened:
        yield opened


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "截断": lambda whole: whole[: len(whole) // 2],
    "中间坏了一个字节": lambda whole: whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
    "空文件": lambda whole: b"",
    "别的文件": lambda whole: "岗位编号,岗位名称".encode(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_and_nothing_written(file: Path, fresh: Store, damage: str) -> None:
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    with pytest.raises(UnreadableFile, match=r"备份文件“备份\.zip”"):
        fresh.restore(file)
    fresh.migrate()
    assert fresh.revision == 0


def rewritten(file: Path, *, manifest: dict[str, Any] | None = None, without: str = "", changed: str = "") -> Path:
    """The backup as somebody else would have written it: whole for a zip reader, and not what it was."""
    other = file.with_name("改.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            if name == "manifest.json":
                new.writestr(name, json.dumps(json.loads(old.read(name)) | (manifest or {})))
            elif name == changed:
                new.writestr(name, old.read(name).replace(b"PLC", b"plc"))
            elif name != without:
                new.writestr(name, old.read(name))
    return other


def test_a_file_that_is_not_what_its_manifest_says_is_refused(file: Path, fresh: Store) -> None:
    with pytest.raises(UnreadableFile, match="已损坏：versions 表与清单不符"):
        fresh.restore(rewritten(file, changed="versions.jsonl"))
    with pytest.raises(UnreadableFile, match="不完整或已损坏"):
        fresh.restore(rewritten(file, without="events.jsonl"))
    with pytest.raises(UnreadableFile, match="找不到文件"):
        fresh.restore(file.with_name("没有.zip"))


def test_a_backup_of_a_newer_program_is_refused(file: Path, fresh: Store) -> None:
    with pytest.raises(Malformed, match="结构版本 9999 比本程序新，请先升级本程序"):
        fresh.restore(rewritten(file, manifest={"schema_version": "9999"}))
    with pytest.raises(Malformed, match="格式 2 不是本程序的 1"):
        fresh.restore(rewritten(file, manifest={"format": 2}))


def test_a_backup_of_an_older_program_is_brought_up_to_date(city: Store, elsewhere: Store, tmp_path: Path) -> None:
    taken = city.back_up(tmp_path / "备份.zip")
    older = taken.model_dump(mode="json") | {"schema_version": "0002"}
    for name in ("audit", "jobs"):
        del older["tables"][name]
    elsewhere.restore(rewritten(tmp_path / "备份.zip", manifest=older))
    assert elsewhere.revision == taken.revision
    assert elsewhere.count(Kind.POSTING) == 1_202
    elsewhere.jobs.add("freeze", "2026-08")
    assert [entry.action for entry in elsewhere.audit.page()[0]] == ["restored"]


def test_a_backup_that_cannot_be_written_leaves_the_old_one(sqlite_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "备份.zip"
    sqlite_store.back_up(file)
    before = file.read_bytes()

    def trip(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Malformed, match="不能写入"):
        sqlite_store.back_up(file, progress=trip)
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob("备份*")) == ["备份.zip"]
    assert file.stat().st_mode & 0o077 == 0
