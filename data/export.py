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
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from models.lists import Cell
from models.text import clean

MOST_CHARACTERS = 32_767
"""That a cell of a workbook holds."""
NARROWEST, WIDEST = 8, 48
"""Width of a column, in characters of the standard font."""
_MEASURED = 200
"""Rows by which a column's width is chosen."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_xlsx(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], about: Sequence[tuple[str, str]]
) -> bytes:
    """A workbook: the table under a header that stays in sight, and a sheet 说明 that says what it is.

    Text is text whatever it begins with: no cell is ever a formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{len(rows) + 1}"
    for position, width in enumerate(_widths(columns, rows), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
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


def _cell(sheet: Any, value: Cell, *, header: bool = False) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, clean(value)[:MOST_CHARACTERS])
        # A text that begins with = would become a formula; the quote keeps it text when somebody edits the cell.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_BEGINS_FORMULA)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    else:
        cell = WriteOnlyCell(sheet, value)
        cell.alignment = Alignment(vertical="top")
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, int):
        cell.number_format = "#,##0"
    if header:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E1EFF2")
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
