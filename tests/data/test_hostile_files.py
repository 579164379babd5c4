"""Files made to hurt whoever imports them: bombs, entities, endless lines, names that lead elsewhere."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook

from data.ingest import Limits, import_file
from data.store import Store
from models.errors import ChanjiaoError, UnreadableFile
from models.terms import Kind

SHEET = "xl/worksheets/sheet1.xml"


def a_workbook() -> dict[str, bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["岗位名称", "用人单位"])
    sheet.append(["电工", "澜川精工"])
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def titles(store: Store) -> list[str]:
    return [str(getattr(one.record, "title", "")) for one in store.changes(0) if one.record]


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
)
EXTERNAL = "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'file:///etc/passwd'>]>"
REMOTE = "<!DOCTYPE x [<!ENTITY a9 SYSTEM 'http://127.0.0.1:9/'> %a9;]>"


@pytest.mark.parametrize("doctype", [LAUGHS, EXTERNAL, REMOTE], ids=["十亿个笑", "外部文件", "外部网址"])
@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_an_entity_in_a_workbook_expands_to_nothing(
    tmp_path: Path, sqlite_store: Store, doctype: str, member: str
) -> None:
    members = a_workbook()
    body = members.get(member, b"<sst/>").decode()
    body = re.sub(r"^(<\?xml[^>]*\?>)?", lambda found: f"{found[0]}{doctype}", body, count=1)
    members[member] = body.replace("电工", "&a9;").encode()
    path = written(tmp_path / "实体.xlsx", members)
    with suppress(ChanjiaoError):
        import_file(sqlite_store, Kind.POSTING, path)
    assert not [one for one in titles(sqlite_store) if "root:" in one or "haha" in one]


def test_a_workbook_that_unpacks_to_much_more_is_refused_unread(tmp_path: Path, sqlite_store: Store) -> None:
    path = written(tmp_path / "炸弹.xlsx", a_workbook() | {"xl/media/a.xml": b" " * 30_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(UnreadableFile, match="超过上限"):
        import_file(sqlite_store, Kind.POSTING, path, limits=Limits(unpacked_bytes=20_000_000))


def test_a_workbook_that_lies_about_what_it_unpacks_to_is_refused(tmp_path: Path, sqlite_store: Store) -> None:
    """The directory says ten bytes; the sheet is thirty megabytes of blanks."""
    sheet = a_workbook()[SHEET].replace(b"</worksheet>", b" " * 30_000_000 + b"</worksheet>")
    path = written(tmp_path / "谎报.xlsx", a_workbook() | {SHEET: sheet})
    raw = path.read_bytes().replace(len(sheet).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(raw)
    tracemalloc.start()
    with pytest.raises(ChanjiaoError):
        import_file(sqlite_store, Kind.POSTING, path, limits=Limits(unpacked_bytes=20_000_000))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000


def test_one_cell_at_the_far_end_of_a_sheet_allots_no_memory(tmp_path: Path, sqlite_store: Store) -> None:
    sheet = a_workbook()[SHEET].replace(b'r="B2"', b'r="XFD1048576"')
    with pytest.raises(UnreadableFile, match="单元格"):
        import_file(sqlite_store, Kind.POSTING, written(tmp_path / "远.xlsx", a_workbook() | {SHEET: sheet}))


def test_names_in_a_workbook_that_lead_elsewhere_write_nothing(tmp_path: Path, sqlite_store: Store) -> None:
    path = written(tmp_path / "路径.xlsx", a_workbook() | {"../逃出.txt": b"x"})
    import_file(sqlite_store, Kind.POSTING, path)
    assert not (tmp_path.parent / "逃出.txt").exists()
    assert titles(sqlite_store) == ["电工"]


@pytest.mark.parametrize("quoted", ["", '"'], ids=["没有引号", "引号不闭"])
def test_a_line_of_fifty_megabytes_is_one_rejected_row(tmp_path: Path, sqlite_store: Store, quoted: str) -> None:
    path = tmp_path / "长行.csv"
    path.write_text(
        "岗位名称,用人单位\n电工,澜川精工\n" + quoted + "长" * 17_000_000 + "\n焊工,澜川精工\n", encoding="utf-8"
    )
    report = import_file(sqlite_store, Kind.POSTING, path)
    assert titles(sqlite_store) == ["电工", "焊工"]
    assert report.rejected == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\nb.csv", "a\x1b[2Jb.csv", "-rf.csv"])
def test_a_strange_file_name_is_only_a_name(tmp_path: Path, sqlite_store: Store, name: str) -> None:
    with pytest.raises(UnreadableFile):
        import_file(sqlite_store, Kind.POSTING, tmp_path / name)
