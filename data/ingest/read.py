"""Files → rows: encodings, delimiters, sheets and the row that holds the headings.

Python's csv module reads delimited text because it streams, and goes on after a broken row; calamine reads
workbooks. Neither they nor charset-normalizer are seen outside this module.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import lzma
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from models.errors import UnreadableFile
from models.reasons import quote

Score = Callable[[Sequence[str]], int]
"""How many of some headings are known; the row with most of them is the heading row."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    """Of a workbook, which is a ZIP archive."""
    cells: int = 10_000_000
    """Of a workbook's sheet: height by width, blank cells counted, for that is what reading it costs."""
    rows: int = 500_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the file has it."""

    number: int
    """As a spreadsheet counts, the heading row included; of JSON Lines, the line."""
    cells: dict[str, Any]
    """Heading → text, or for JSON any JSON value; blank cells may be left out."""
    fault: str = ""
    """Why the row cannot be used at all."""
    raw: str = ""
    """The beginning of a faulty row."""


@dataclass(frozen=True)
class Sheet:
    """A file that can be read."""

    headings: tuple[str, ...]
    count: int
    """Rows under the headings, blank ones included."""
    read: Callable[[], Iterator[Row]]
    """Starts from the first row at each call."""
    notes: tuple[str, ...] = ()
    """What the reader did that a user should know."""


_DELIMITED = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_JSON = (".jsonl", ".ndjson", ".json")
_HEADING_ROWS = 10
"""The headings stand in one of the first rows, under titles and notes."""
_PEEK = 200
"""JSON rows that are looked at to learn the keys."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENTS = (
    (b"PK\x03\x04", "压缩包或 Excel 工作簿（.xlsx）"),
    (_OLE, "旧版 Office 文件（.xls、.doc）"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "压缩包（.gz）"),
    (b"Rar!", "压缩包（.rar）"),
    (b"7z\xbc\xaf", "压缩包（.7z）"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"SQLite format", "数据库"),
)


_PAGE = (b"<html", b"<!doctype", b"<?xml", b"<table")


def open_sheet(path: Path, *, score: Score, limits: Limits | None = None) -> Sheet:
    """The rows of a CSV, TSV, XLSX, XLS, JSON Lines or JSON file. Raises UnreadableFile with the reason."""
    limits = limits or Limits()
    suffix = path.suffix.lower()
    if not path.is_file():
        raise UnreadableFile(f"找不到文件“{path.name}”")
    if suffix not in (*_DELIMITED, *_WORKBOOKS, *_JSON):
        raise UnreadableFile(f"不支持的文件类型“{suffix or path.name}”，可用 .csv、.xlsx、.jsonl")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(f"文件“{path.name}”是空的")
    if size > limits.file_bytes:
        raise UnreadableFile(f"文件“{path.name}”有 {size} 字节，超过上限 {limits.file_bytes} 字节，请拆分后导入")
    if suffix in _WORKBOOKS:
        sheet = _open_workbook(path, score, limits)
    else:
        _check_text(path, suffix)
        opener = _open_delimited if suffix in _DELIMITED else _open_json
        sheet = opener(path, score, limits)
    if sheet.count == 0:
        raise UnreadableFile(f"文件“{path.name}”只有表头，没有数据行")
    if sheet.count > limits.rows:
        raise UnreadableFile(f"文件“{path.name}”有 {sheet.count} 行，超过上限 {limits.rows} 行，请拆分后导入")
    return sheet


# Text


@dataclass(frozen=True, slots=True)
class _Decoding:
    encoding: str
    errors: Literal["strict", "replace"] = "strict"


def _check_text(path: Path, suffix: str) -> None:
    with path.open("rb") as file:
        head = file.read(4_096)
    for magic, content in _CONTENTS:
        if head.startswith(magic):
            raise UnreadableFile(f"文件“{path.name}”的内容是{content}，与扩展名 {suffix} 不符")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if not start:
        raise UnreadableFile(f"文件“{path.name}”里没有内容")
    if start.startswith(_PAGE):
        raise UnreadableFile(f"文件“{path.name}”的内容是网页，与扩展名 {suffix} 不符")
    if suffix in _DELIMITED and start.startswith(b'{"'):
        raise UnreadableFile(f"文件“{path.name}”的内容是 JSON，请改扩展名为 .jsonl")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFile(f"文件“{path.name}”不是文本文件")


def _decodings(path: Path) -> Iterator[_Decoding]:
    """The ways to read the file as text, the likeliest first; those that forgive broken bytes last."""
    with path.open("rb") as file:
        sample = file.read(65_536)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        strict = ["utf-16"]
    else:
        # utf-8-sig reads UTF-8 with and without its mark.
        strict = ["utf-8-sig", *_chinese_encodings(sample)]
    for encoding in strict:
        if _broken(path, encoding) == 0:
            yield _Decoding(encoding)
    for encoding in strict:
        # A few broken bytes come from a cut or patched file; many mean another encoding.
        if 0 < _broken(path, encoding) <= max(3, path.stat().st_size // 10_000):
            yield _Decoding(encoding, "replace")


def _chinese_encodings(sample: bytes) -> list[str]:
    """GB18030 and Big5, in the order that the sample suggests: each also decodes much of the other."""
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            best = from_bytes(sample[:8_192], cp_isolation=["gb18030", "big5"]).best()
            return ["big5", "gb18030"] if best and best.encoding.startswith("big5") else ["gb18030", "big5"]
    return ["gb18030", "big5"]


def _broken(path: Path, encoding: str) -> int:
    """How many stretches of bytes do not decode."""
    try:
        with path.open(encoding=encoding) as file:
            while file.read(1_048_576):
                pass
        return 0
    except UnicodeDecodeError:
        with path.open(encoding=encoding, errors="replace") as file:
            return sum(block.count("\ufffd") for block in iter(partial(file.read, 1_048_576), ""))


def _undecodable(path: Path) -> UnreadableFile:
    with path.open("rb") as file:
        best = from_bytes(file.read(65_536)).best()
    guess = f"（可能是 {best.encoding}）" if best else ""
    return UnreadableFile(f"文件“{path.name}”的编码无法识别{guess}，请另存为 UTF-8 或 GB18030")


def _unknown_columns(path: Path, rows: Iterable[Sequence[str]]) -> UnreadableFile:
    first = next((row for row in rows if any(cell.strip() for cell in row)), ())
    headings = "、".join(quote(cell.strip(), 20) for cell in first[:8] if cell.strip())
    return UnreadableFile(
        f"文件“{path.name}”里没有认识的列名（首行是：{headings or '空行'}），请用映射文件说明各列含义"
    )


# Delimited text


def _open_delimited(path: Path, score: Score, limits: Limits) -> Sheet:
    first: list[list[str]] | None = None
    for decoding in _decodings(path):
        for delimiter in ",\t;|":
            rows = [cells for cells, _ in islice(_records(path, decoding, delimiter), _HEADING_ROWS)]
            first = first or rows
            at = _heading_row(rows, score)
            if at is not None:
                return _delimited_sheet(path, decoding, delimiter, at, rows[at], limits)
    raise _undecodable(path) if first is None else _unknown_columns(path, first)


def _heading_row(rows: Sequence[Sequence[str]], score: Score) -> int | None:
    known = [score([cell for cell in row if cell.strip()]) for row in rows]
    best = max(known, default=0)
    return known.index(best) if best else None


def _delimited_sheet(
    path: Path, decoding: _Decoding, delimiter: str, at: int, headings: list[str], limits: Limits
) -> Sheet:
    headings = _checked_headings(path, headings)
    count = 0
    for _ in islice(_records(path, decoding, delimiter), at + 1, at + limits.rows + 2):
        count += 1
    notes = [f"表头在第 {at + 1} 行，其上 {at} 行未读取"] if at else []
    if decoding.encoding not in ("utf-8-sig", "gb18030"):
        notes.append(f"文件编码按 {decoding.encoding} 读取")
    if decoding.errors == "replace":
        notes.append("文件里有无法解码的字节，已用“�”代替")

    def read() -> Iterator[Row]:
        records = _records(path, decoding, delimiter)
        for number, (cells, fault) in enumerate(records, start=1):
            if number > at + 1:
                yield _row(number, headings, cells, fault)

    return Sheet(tuple(filter(None, headings)), count, read, tuple(notes))


def _checked_headings(path: Path, cells: Sequence[str]) -> list[str]:
    headings = [" ".join(cell.split()) for cell in cells]
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise UnreadableFile(f"文件“{path.name}”的列名“{twice[0]}”出现了 {headings.count(twice[0])} 次")
    return headings


def _row(number: int, headings: Sequence[str], cells: Sequence[str], fault: str) -> Row:
    if fault:
        return Row(number, {}, fault, quote(",".join(cells)))
    surplus = [cell for cell in cells[len(headings) :] if cell.strip()]
    if surplus:
        fault = f"本行有 {len(cells)} 列，表头只有 {len(headings)} 列，可能是引号或分隔符没有配对"
        return Row(number, {}, fault, quote("、".join(surplus)))
    # A short row lacks trailing blanks; whatever it lacks is judged by what is required.
    return Row(number, {name: cell for name, cell in zip(headings, cells, strict=False) if name and cell.strip()})


class _Lines:
    """Lines of a file that can be given back, and those taken since the last mark."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        return line

    def give_back_all_but_first(self) -> str:
        """The first line taken; the others are read again."""
        first, *others = self.taken
        self._returned.extendleft(reversed(others))
        return first


def _records(path: Path, decoding: _Decoding, delimiter: str) -> Iterator[tuple[list[str], str]]:
    """Each row's cells, and what is wrong with the row.

    A quote that is never closed swallows what follows; then only its first line is given up, and reading
    starts again behind it. The csv module's limit of 131,072 characters a cell bounds that work.
    """
    with path.open(encoding=decoding.encoding, errors=decoding.errors, newline="") as file:
        lines = _Lines(file)
        while True:
            lines.taken.clear()
            try:
                for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                    yield cells, ""
                    lines.taken.clear()
                return
            except csv.Error as error:
                long = "field larger" in str(error) and len(lines.taken) == 1
                fault = "单元格过长" if long else "引号没有配对，本行无法分列"
                yield [lines.give_back_all_but_first()], fault


# JSON


def _open_json(path: Path, score: Score, limits: Limits) -> Sheet:
    headings: tuple[str, ...] | None = None
    for decoding in _decodings(path):
        rows = _json_rows(path, decoding)
        first = list(islice(rows, _PEEK))
        if first and all(row.fault for row in first):
            raise UnreadableFile(f"文件“{path.name}”不是 JSON Lines：第 {first[0].number} 行{first[0].fault}")
        found = tuple(dict.fromkeys(name for row in first for name in row.cells))
        if score(found):
            count = len(first) + sum(1 for _ in islice(rows, limits.rows + 1))
            return Sheet(found, count, partial(_json_rows, path, decoding))
        headings = headings or found
    raise _undecodable(path) if headings is None else _unknown_columns(path, [headings])


def _json_rows(path: Path, decoding: _Decoding) -> Iterator[Row]:
    """One row for each line that is not blank, or for each element of a file that is one list."""
    with path.open(encoding=decoding.encoding, errors=decoding.errors) as file:
        if _starts_with_list(file):
            yield from _listed_rows(path, file)
            return
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _json_row(number, line)


def _starts_with_list(file: io.TextIOWrapper) -> bool:
    start = file.read(1_024).lstrip()
    file.seek(0)
    return start.startswith("[")


def _listed_rows(path: Path, file: io.TextIOWrapper) -> Iterator[Row]:
    try:
        elements = json.load(file, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"文件“{path.name}”不是有效的 JSON：{_json_fault(error)}") from error
    for number, element in enumerate(elements, start=1):
        yield _object_row(number, element, str(element))


def _json_row(number: int, line: str) -> Row:
    try:
        return _object_row(number, json.loads(line.strip(), parse_constant=_no_constant), line)
    except (ValueError, RecursionError) as error:
        return Row(number, {}, f"不是有效的 JSON：{_json_fault(error)}", quote(line.strip()))


def _object_row(number: int, value: Any, raw: str) -> Row:
    if not isinstance(value, dict):
        return Row(number, {}, '应为 JSON 对象，如 {"title": "…"}', quote(raw.strip()))
    return Row(number, {" ".join(name.split()): cell for name, cell in value.items() if name.strip()})


class _NoNumber(ValueError):
    """NaN or Infinity, which Python's JSON reader would let pass."""


def _no_constant(name: str) -> None:
    raise _NoNumber(f"不能有 {name}")


def _json_fault(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.colno} 个字符处出错"
    if isinstance(error, _NoNumber):
        return str(error)
    # The one ValueError left is Python's limit of 4,300 digits.
    return "嵌套过深" if isinstance(error, RecursionError) else "数字过长"


# Workbooks


def _open_workbook(path: Path, score: Score, limits: Limits) -> Sheet:
    _check_workbook(path, limits)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = {name: _sheet_rows(workbook, name, path, limits) for name in workbook.sheet_names}
    except PasswordError as error:
        raise _locked(path) from error
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile(f"文件“{path.name}”不是可以读取的 Excel 工作簿，可能已损坏") from error
    if not any(any(map(str.strip, row)) for rows in sheets.values() for row in rows):
        raise UnreadableFile(f"文件“{path.name}”是空的")
    for name, rows in sheets.items():
        at = _heading_row(rows[:_HEADING_ROWS], score)
        if at is not None:
            others = [f"工作表“{other}”未读取" for other in sheets if other != name and any(map(any, sheets[other]))]
            return _workbook_sheet(path, rows, at, others)
    raise _unknown_columns(path, [row for rows in sheets.values() for row in rows[:1]])


def _workbook_sheet(path: Path, rows: list[list[str]], at: int, notes: list[str]) -> Sheet:
    headings = _checked_headings(path, rows[at])
    if at:
        notes = [f"表头在第 {at + 1} 行，其上 {at} 行未读取", *notes]
    while len(rows) > at + 1 and not any(map(str.strip, rows[-1])):
        rows.pop()

    def read() -> Iterator[Row]:
        for number, cells in enumerate(rows[at + 1 :], start=at + 2):
            yield _row(number, headings, cells, "")

    return Sheet(tuple(filter(None, headings)), len(rows) - at - 1, read, tuple(notes))


def _sheet_rows(workbook: CalamineWorkbook, name: str, path: Path, limits: Limits) -> list[list[str]]:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height * sheet.total_width > limits.cells:
        raise _too_many_cells(path, limits)
    # Leading blank rows are kept, so that row numbers are those that Excel shows.
    return [[cell_text(cell) for cell in row] for row in sheet.iter_rows()]


def _check_workbook(path: Path, limits: Limits) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if head == _OLE:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise _locked(path)
        return
    if not head.startswith(b"PK\x03\x04"):
        start = path.read_bytes()[:512].lstrip().lower()
        content = "是网页，" if start.startswith(_PAGE) else ""
        raise UnreadableFile(f"文件“{path.name}”的内容{content}不是 Excel 工作簿，请在 Excel 里另存为 .xlsx")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(path, archive, limits)
    except _BROKEN_ARCHIVE as error:
        raise UnreadableFile(f"文件“{path.name}”不是可以读取的 Excel 工作簿，可能已损坏") from error


_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, EOFError, RuntimeError)
"""What the zipfile module raises on damaged or unusual archives; ValueError is left for our own mistakes."""


def _check_archive(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > limits.unpacked_bytes:
        raise UnreadableFile(f"文件“{path.name}”解压后有 {unpacked} 字节，超过上限 {limits.unpacked_bytes} 字节")
    if not any(name.startswith("xl/workbook") for name in archive.namelist()):
        raise UnreadableFile(f"文件“{path.name}”是压缩包，不是 Excel 工作簿")
    for member in archive.infolist():
        if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
            # calamine allots the whole rectangle up to the last cell; one cell at XFD1048576 would take 400 GB.
            with archive.open(member) as sheet:
                if _area(iter(partial(sheet.read, 1_048_576), b"")) > limits.cells:
                    raise _too_many_cells(path, limits)


_CELL = re.compile(rb'\br="([A-Z]{0,3})(\d{1,10})"')


def _area(blocks: Iterable[bytes]) -> int:
    """Height by width of the rectangle from A1 to the last cell that the sheet's XML names."""
    height = width = 1
    tail = b""
    for block in blocks:
        for column, row in _CELL.findall(tail + block):
            height = max(height, int(row))
            width = max(width, _column_number(column))
        tail = block[-20:]
    return height * width


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _locked(path: Path) -> UnreadableFile:
    return UnreadableFile(f"文件“{path.name}”有密码保护，请取消密码后再导入")


def _too_many_cells(path: Path, limits: Limits) -> UnreadableFile:
    return UnreadableFile(f"文件“{path.name}”的表格超过 {limits.cells} 个单元格，请删去空白行列或拆分后导入")


def cell_text(cell: object) -> str:
    """A cell as text: 5.0 → 5, midnight → its day, True → 是."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
