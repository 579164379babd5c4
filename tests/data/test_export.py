"""Tables as office software opens them: text stays text, dates are dates."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from data.export import NARROWEST, WIDEST, to_csv, to_xlsx

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://x.example","点我")',
    "+86 574 0000",
    "-5℃低温焊接",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=cmd|' /C calc'!A0",
    "=WEBSERVICE(A1)\n第二行",
]


def a_book(
    columns: list[str], *rows: list[Any], about: tuple[tuple[str, str], ...] = (("清单", "政策支持清单"),)
) -> Any:
    return load_workbook(io.BytesIO(to_xlsx("政策支持清单", columns, rows, about)))


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_text_in_a_workbook(text: str) -> None:
    book = a_book(["名称", text], [text, "安全"], about=((text, text),))
    for cell in (book.worksheets[0]["A2"], book.worksheets[0]["B1"], book["说明"]["A1"], book["说明"]["B1"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix == text.startswith(tuple("=+-@\t\r"))
        assert cell.value == text.strip()


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_quoted_in_csv(text: str) -> None:
    [_, [name, safe]] = list(csv.reader(io.StringIO("".join(to_csv(["名称", "列"], [[text, "安全"]])), newline="")))
    assert name == f"'{text}"
    assert safe == "安全"


def test_the_header_stays_in_sight_and_columns_are_as_wide_as_what_they_hold() -> None:
    book = a_book(["名称", "人数"], ["数控机床操作与维护岗位培训补贴办法实施细则（试行）第二次修订稿", 3], ["短", 4])
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet["A1"].font.bold
    widths = [sheet.column_dimensions[column].width for column in "AB"]
    assert widths == [WIDEST, NARROWEST + 2]


def test_dates_and_numbers_are_dates_and_numbers() -> None:
    sheet = a_book(["日期", "人数", "学时", "空"], [date(2026, 9, 1), -3, 1.5, None]).worksheets[0]
    assert sheet["A2"].is_date
    assert sheet["A2"].value.date() == date(2026, 9, 1)
    assert sheet["A2"].number_format == "yyyy-mm-dd"
    assert [cell.value for cell in sheet[2][1:]] == [-3, 1.5, None]
    assert list(to_csv(["a"], [[date(2026, 9, 1), -3, 1.5, None]]))[2] == "2026-09-01,-3,1.5,\r\n"


def test_csv_begins_with_the_mark_of_utf_8_and_keeps_commas_and_lines() -> None:
    text = "".join(to_csv(["名称"], [['车工,"铣工"\n钳工']]))
    assert text.encode()[:3] == b"\xef\xbb\xbf"
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1] == ['车工,"铣工"\n钳工']


def test_what_no_cell_can_hold_is_cut_or_left_out() -> None:
    sheet = a_book(["名称"], ["长" * 40_000], ["控\x00制\x0b符"]).worksheets[0]
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A3"].value == "控制符"


def test_a_sheet_is_named_after_its_list_and_has_one_about_itself() -> None:
    book = load_workbook(io.BytesIO(to_xlsx("需求[2026]/企业:岗位", ["a"], [], (("导出日期", "2026-09-01"),))))
    assert book.sheetnames == ["需求2026企业岗位", "说明"]
    assert [cell.value for cell in book["说明"][1]] == ["导出日期", "2026-09-01"]
