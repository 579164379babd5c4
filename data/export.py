"""Tables as files that office software opens: XLSX with a sheet about itself, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from models.lists import Cell
from models.text import clean

MOST_CHARACTERS = 32_767
"""That a cell of a workbook holds."""
NARROWEST, WIDEST = 8, 34
"""Width of a column, in characters of the standard font."""
_MEASURED = 200
"""Rows by which a column's width is chosen."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Office software of East Asian systems reads the wide signs as it reads the narrow ones."""


def to_xlsx(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], about: Sequence[tuple[str, str]]
) -> bytes:
    """A workbook: the table under a header that stays in sight, and a sheet 说明 that says what it is.

    Text is text whatever it begins with: no cell is ever a formula.
    """
    book = Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{len(rows) + 1}"
    for position, width in enumerate(_widths(columns, rows), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.append([_cell(sheet, label, header=True) for label in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    notes = book.create_sheet("说明")
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 16, 90
    for name, value in about:
        notes.append([_cell(notes, name, header=True), _cell(notes, value)])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The table line by line, with the mark by which office software knows UTF-8.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    yield "\ufeff"
    for row in (columns, *rows):
        held = io.StringIO()
        csv.writer(held).writerow([_plain(value) for value in row])
        yield held.getvalue()


def _styles() -> list[NamedStyle]:
    """Named, because a style that every cell brings itself makes a workbook ten times slower."""
    top, wrapped = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
    header = NamedStyle("表头", font=Font(bold=True), fill=PatternFill("solid", fgColor="E1EFF2"), alignment=wrapped)
    return [
        header,
        NamedStyle("文字", alignment=wrapped),
        NamedStyle("整数", number_format="#,##0", alignment=top),
        NamedStyle("小数", alignment=top),
        NamedStyle("日期", number_format="yyyy-mm-dd", alignment=top),
    ]


_STYLE_OF: tuple[tuple[type, str], ...] = ((str, "文字"), (int, "整数"), (float, "小数"), (date, "日期"))


def _cell(sheet: Any, value: Cell, *, header: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, clean(value)[:MOST_CHARACTERS] if isinstance(value, str) else value)
    cell.style = "表头" if header else next((name for kind, name in _STYLE_OF if isinstance(value, kind)), "文字")
    if isinstance(value, str):
        # A text that begins with = would become a formula; the quote keeps it text when somebody edits the cell.
        cell.data_type = "s"
        if value.startswith(_BEGINS_FORMULA):
            cell.quotePrefix = True
    return cell


def _plain(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_BEGINS_FORMULA) else value
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Wide enough for nine in ten of the first rows, within bounds."""
    widths = []
    for position, label in enumerate(columns):
        lengths = sorted(_length(row[position]) for row in rows[:_MEASURED])
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        widths.append(min(max(usual, _length(label), NARROWEST) + 2, WIDEST))
    return widths


def _length(value: Cell) -> int:
    """In characters of half width."""
    text = "" if value is None else "2026-09-01" if isinstance(value, date) else str(value)
    return sum(2 if east_asian_width(one) in "FW" else 1 for one in text)


def _sheet_title(title: str) -> str:
    """At most 31 characters, without those that a sheet's name may not have."""
    return "".join(one for one in title if one not in "[]:*?/\\'")[:31] or "清单"
