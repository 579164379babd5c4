"""A row and what its columns mean → a record, or the reasons why there is none.

A cell that cannot be parsed leaves its field empty and is reported (警告); only a required field that is
missing or broken refuses the row (拒绝). Two values that contradict each other are both left out, for
nobody can know which of them is wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import ValidationError

from data.ingest import columns as headings
from data.ingest import parse
from data.ingest.columns import Column
from data.ingest.parse import Quotation, Unparsed
from data.ingest.read import Row, cell_text
from data.taxonomy import (
    division,
    find_industry,
    occupation,
    occupations,
    occupations_named,
    parse_division,
    places_in,
    specialty_named,
)
from data.taxonomy import industry as industry_of
from models.errors import UnknownName
from models.reasons import quote, reasons_of
from models.records import RECORDS
from models.terms import LIST_LIMIT, NAME_LIMIT, TEXT_LIMIT, Kind, PayPeriod, Record, SchoolLevel, Source
from models.text import clean, key

PARAGRAPH_LIMIT = 2_000


NATURAL_KEYS = {
    Kind.ORGANISATION: ("name",),
    Kind.PROGRAMME: ("school", "level", "name"),
    Kind.PLAN: ("organisation", "title"),
}
"""Fields that identify a record of a kind by themselves, for rows without a source id."""
FINGERPRINT = "内容-"
"""How a source id begins that is made of a row's content."""


class Severity(StrEnum):
    """What a problem did to its row; the value is its Chinese name."""

    REJECTED = "拒绝"
    WARNING = "警告"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a row."""

    row: int
    severity: Severity
    column: str
    """The heading as the file has it."""
    value: str
    reason: str
    """Without the value, so that like problems count together."""


@dataclass(slots=True)
class Built:
    """What became of a row."""

    record: Record | None
    problems: list[Problem]


@dataclass
class Builder:
    """Makes the records of one file."""

    kind: Kind
    mapping: headings.Mapping
    source: str
    """Name of the source of rows that do not name their own."""
    headings: tuple[str, ...] = ()
    """The file's columns, to name the one that a row leaves blank."""
    _columns: dict[str, Column | None] = field(default_factory=dict)

    def column(self, heading: str) -> Column | None:
        """What a heading means, remembered."""
        if heading not in self._columns:
            self._columns[heading] = headings.column_of(heading, self.kind, self.mapping)
        return self._columns[heading]

    def heading(self, slot: str) -> str:
        """What the file calls the slot; its Chinese name if the file has no such column."""
        columns = [column for column in map(self.column, self.headings) if column and column.slot == slot]
        surest = min(columns, key=lambda column: column.rank, default=None)
        return surest.heading if surest else headings.label(slot, self.kind)

    def build(self, row: Row) -> Built | None:
        """The row's record or the reasons against it; None for a row without a single value."""
        if row.fault:
            return Built(None, [Problem(row.number, Severity.REJECTED, "", row.raw, row.fault)])
        cells = _Cells(self, row)
        if not cells.filled:
            return None
        values = _VALUES[self.kind](cells)
        missing = [slot for slot in _REQUIRED_FIELDS[self.kind] if values.get(slot) in (None, "")]
        for slot in missing:
            if not cells.blamed(slot):
                cells.report(Severity.REJECTED, slot, "缺少必填项")
        record = None if missing else _construct(self.kind, values, cells)
        if record is None:
            # What the row lacked is what it was refused for; lesser troubles would only hide it.
            return Built(None, [problem for problem in cells.problems if problem.severity is Severity.REJECTED])
        return Built(record.model_copy(update={"source": self._source(cells, record)}), cells.problems)

    def _source(self, cells: _Cells, record: Record) -> Source:
        name = cells.text("source") or self.source
        natural = "/".join(str(getattr(record, part)) for part in NATURAL_KEYS.get(self.kind, ()))
        own = clean(cells.text("id")) or natural
        return Source(name=clean(name)[:NAME_LIMIT], id=own if 0 < len(own) <= NAME_LIMIT else cells.fingerprint)


class _Cells:
    """One row's cells by slot, and what goes wrong while they are parsed."""

    def __init__(self, builder: Builder, row: Row) -> None:
        self.problems: list[Problem] = []
        self._builder = builder
        self._row = row
        self._mapping = builder.mapping
        self._found: dict[str, list[tuple[Column, Any]]] = {}
        for heading, cell in row.cells.items():
            column = builder.column(heading)
            if column is not None and not _blank(cell):
                self._found.setdefault(column.slot, []).append((column, self._translated(column, cell)))
        self.filled = bool(self._found)
        for cells in self._found.values():
            cells.sort(key=lambda pair: pair[0].rank)
        for slot, constant in builder.mapping.constants.items():
            self._found.setdefault(slot, [(Column("", slot), constant)])
        if any("\ufffd" in str(cell) for cell in row.cells.values()):
            self.problems.append(Problem(row.number, Severity.WARNING, "", "�", "含有无法解码的字符"))

    def _translated(self, column: Column, cell: Any) -> Any:
        """The cell after the mapping's `values` and `remove`."""
        for name in (headings.heading_key(column.heading), column.slot):
            pattern = self._mapping.remove.get(name)
            if pattern:
                cell = (
                    [pattern.sub("", str(one)) for one in cell]
                    if isinstance(cell, list)
                    else pattern.sub("", cell_text(cell))
                )
            table = self._mapping.values.get(name)
            if table:
                cell = table.get(cell_text(cell).strip(), cell)
        return cell

    @property
    def fingerprint(self) -> str:
        """A source id for a row that has none: equal for equal content, whatever the order of columns."""
        content = {slot: [_plain_value(cell) for _, cell in cells] for slot, cells in sorted(self._found.items())}
        return FINGERPRINT + hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:24]

    def has(self, slot: str) -> bool:
        return slot in self._found

    def starting_with(self, prefix: str) -> list[str]:
        return [slot for slot in self._found if slot.startswith(prefix)]

    def raw(self, slot: str) -> Any:
        """The surest filled cell as it came; None if there is none."""
        return self._found[slot][0][1] if slot in self._found else None

    def every(self, slot: str) -> list[Any]:
        """All filled cells of the slot as they came."""
        return [cell for _, cell in self._found.get(slot, ())]

    def text(self, slot: str) -> str:
        """The surest filled cell as text, with its column's unit behind a bare number; "" if there is none."""
        if slot not in self._found:
            return ""
        column, cell = self._found[slot][0]
        text = "、".join(_texts(cell))
        if parse.is_absent(text):
            return ""
        bare = column.unit and not any(one in text for one in "元万千kKwW亿/年月天日时")
        return f"{text}{column.unit}" if bare else text

    def name(self, slot: str) -> str:
        """A short text without markup."""
        return clean(parse.unmarked(self.text(slot)))

    def prose(self, slot: str) -> str:
        """All columns of a text slot, each under its Chinese heading when there are several."""
        filled = [
            (column, clean(parse.unmarked("\n".join(_texts(cell))))) for column, cell in self._found.get(slot, ())
        ]
        filled = [(column, text) for column, text in filled if not parse.is_absent(text)]
        several = len(filled) > 1
        text = "\n".join(
            f"{column.heading}：\n{text}" if several and column.heading and not column.heading.isascii() else text
            for column, text in filled
        )
        if len(text) > TEXT_LIMIT:
            self.report(Severity.WARNING, slot, f"文字过长，只保留前 {TEXT_LIMIT} 个字符", text)
        return text[:TEXT_LIMIT]

    def names(self, slot: str) -> tuple[str, ...]:
        """The entries of all columns of a list slot; those too long or too many are reported."""
        return self._entries(slot, parse.parse_list, NAME_LIMIT)

    def paragraphs(self, slot: str) -> tuple[str, ...]:
        return self._entries(slot, parse.parse_paragraphs, PARAGRAPH_LIMIT)

    def _entries(self, slot: str, split: Callable[[str, str | None], tuple[str, ...]], limit: int) -> tuple[str, ...]:
        entries: dict[str, None] = {}
        for column, cell in self._found.get(slot, ()):
            separators = self._separators(column)
            for text in _texts(cell):
                # The elements of a JSON list are entries already.
                parts = (text,) if isinstance(cell, list) else split(parse.unmarked(text), separators)
                entries |= dict.fromkeys(clean(part) for part in parts if not parse.is_absent(part))
        for entry in [entry for entry in entries if len(entry) > limit]:
            self.report(Severity.WARNING, slot, f"条目过长，最多 {limit} 个字符", entry)
            del entries[entry]
        if len(entries) > LIST_LIMIT:
            self.report(Severity.WARNING, slot, f"条目过多，只保留前 {LIST_LIMIT} 条", "、".join(entries))
        return tuple(entries)[:LIST_LIMIT]

    def _separators(self, column: Column) -> str | None:
        by_heading = self._mapping.separators.get(headings.heading_key(column.heading))
        return by_heading if by_heading is not None else self._mapping.separators.get(column.slot)

    def parsed(self, slot: str, parser: Callable[[str], Any]) -> Any:
        """What the parser makes of the cell; None, and a report, if it cannot."""
        text = self.text(slot)
        if not text:
            return None
        try:
            return parser(text)
        except Unparsed as error:
            self.report(Severity.WARNING, slot, error.reason)
            return None

    def each(self, slot: str, parser: Callable[[str], Any]) -> tuple[Any, ...]:
        """What the parser makes of every entry, without repeats; entries it cannot parse are reported."""
        values: dict[Any, None] = {}
        for entry in self.names(slot):
            try:
                value = parser(entry)
            except Unparsed as error:
                self.report(Severity.WARNING, slot, error.reason, entry)
                continue
            if value is not None:
                values[value] = None
        return tuple(values)

    def report(self, severity: Severity, slot: str, reason: str, value: str | None = None) -> None:
        shown = self.text(slot) if value is None else value
        self.problems.append(Problem(self._row.number, severity, self._heading(slot), quote(shown), reason))

    def blamed(self, slot: str) -> bool:
        """Whether the slot was reported already; a required one is then what the row is refused for."""
        heading = self._heading(slot)
        for position, problem in enumerate(self.problems):
            if problem.column == heading:
                self.problems[position] = Problem(
                    problem.row, Severity.REJECTED, heading, problem.value, problem.reason
                )
                return True
        return False

    def _heading(self, slot: str) -> str:
        column = self._found[slot][0][0] if slot in self._found else None
        return (column.heading if column else "") or self._builder.heading(slot)


def _blank(cell: Any) -> bool:
    return cell is None or cell == [] or cell == {} or (isinstance(cell, str) and not clean(cell))


def _texts(cell: Any) -> list[str]:
    """The texts of a cell; JSON objects stand for their name."""
    if isinstance(cell, list):
        return [text for one in cell for text in _texts(one)]
    if isinstance(cell, dict):
        named = cell.get("name") or cell.get("名称")
        return [str(named)] if named else [json.dumps(cell, ensure_ascii=False)]
    return [cell] if isinstance(cell, str) else [cell_text(cell)]


def _plain_value(cell: Any) -> Any:
    return clean(cell) if isinstance(cell, str) else cell_text(cell) if not isinstance(cell, list | dict) else cell


# Values of each kind


def _posting(cells: _Cells) -> dict[str, Any]:
    title = cells.name("title")
    required = cells.names("required_skills")
    description = cells.prose("description")
    return {
        "title": title,
        "organisation": cells.name("organisation"),
        "employment": cells.parsed("employment", parse.parse_employment) or parse.employment_of_title(title),
        "headcount": cells.parsed("headcount", parse.parse_headcount),
        "description": description,
        "required_skills": required,
        "preferred_skills": _without(cells, "preferred_skills", required),
        "required_certificates": cells.names("required_certificates"),
        "preferred_certificates": cells.names("preferred_certificates"),
        "specialties": _specialties(cells),
        "education": cells.parsed("education", parse.parse_education),
        "skill_level": cells.parsed("skill_level", parse.parse_skill_level),
        "experience_years": cells.parsed("experience_years", parse.parse_experience_years),
        "salary": _salary(cells, title, description),
        **_place(cells),
        "shift": cells.parsed("shift", parse.parse_shift),
        "industry": _industry(cells),
        "occupation": _occupation(cells),
        "benefits": cells.names("benefits"),
        **_in_order(cells, "published", "expires", "截止日期早于发布日期"),
    }


def _talent(cells: _Cells) -> dict[str, Any]:
    level = cells.parsed("level", parse.parse_level)
    specialty = cells.name("specialty")
    salary = _salary(cells, "", "")
    return {
        "name": cells.name("name"),
        "level": level,
        "school": cells.name("school"),
        "specialty": specialty,
        "specialty_code": _specialty_code(cells, "specialty_code", specialty, level),
        "grade": cells.parsed("grade", parse.parse_grade),
        "graduation": cells.parsed("graduation", parse.parse_month),
        **_place(cells),
        "seeking": cells.each("seeking", parse.parse_employment),
        "expected_positions": cells.names("expected_positions"),
        "expected_divisions": _expected_divisions(cells),
        "expected_places": _expected_places(cells),
        "expected_salary": salary.low if salary else None,
        "shifts": cells.each("shifts", parse.parse_shift),
        "courses": cells.names("courses"),
        "skills": cells.names("skills"),
        "certificates": cells.names("certificates"),
        "skill_level": cells.parsed("skill_level", parse.parse_skill_level),
        "experience": cells.paragraphs("experience"),
        "experience_years": cells.parsed("experience_years", parse.parse_experience_years),
        "self_description": cells.prose("self_description"),
        **_in_order(cells, "available_from", "available_until", "可到岗截止早于可到岗开始"),
    }


def _course(cells: _Cells) -> dict[str, Any]:
    return {
        "name": cells.name("name"),
        "provider": cells.name("provider"),
        "description": cells.prose("description"),
        "skills": cells.names("skills"),
        "certificates": cells.names("certificates"),
        "prerequisites": cells.names("prerequisites"),
        "hours": _hours(cells),
        "price": cells.parsed("price", lambda text: parse.parse_money(text, "费用")),
        "mode": cells.parsed("mode", parse.parse_mode),
        "education": cells.parsed("education", parse.parse_education),
        "skill_level": cells.parsed("skill_level", parse.parse_skill_level),
        "audience": cells.names("audience"),
        "seats": cells.parsed("seats", parse.parse_headcount),
        **_place(cells),
        **_in_order(cells, "starts", "ends", "结束日期早于开始日期"),
    }


def _need(cells: _Cells) -> dict[str, Any]:
    return {
        "title": cells.name("title"),
        "organisation": cells.name("organisation"),
        "content": cells.prose("content"),
        "fields": cells.names("fields"),
        "industry": _industry(cells),
        **_budget(cells),
        "deadline": cells.parsed("deadline", parse.parse_deadline),
        "secrecy": cells.parsed("secrecy", parse.parse_secrecy),
        **_place(cells),
        "published": cells.parsed("published", parse.parse_date),
    }


def _offer(cells: _Cells) -> dict[str, Any]:
    return {
        "title": cells.name("title"),
        "type": cells.parsed("type", parse.parse_offer_type),
        "organisation": cells.name("organisation"),
        "content": cells.prose("content"),
        "fields": cells.names("fields"),
        "industry": _industry(cells),
        "maturity": cells.parsed("maturity", parse.parse_maturity),
        "intellectual_property": cells.names("intellectual_property"),
        "price": cells.parsed("price", lambda text: parse.parse_money(text, "价格")),
        **_place(cells),
        "published": cells.parsed("published", parse.parse_date),
    }


def _policy(cells: _Cells) -> dict[str, Any]:
    return {
        "title": cells.name("title"),
        "issuer": cells.name("issuer"),
        "document_number": cells.name("document_number"),
        "text": cells.prose("text"),
        "benefit": cells.prose("benefit"),
        "amount": cells.parsed("amount", parse.parse_most),
        "instruments": cells.each("instruments", parse.parse_instrument),
        "audience": cells.names("audience"),
        "conditions": _conditions(cells),
        "division": _place(cells)["division"],
        "published": cells.parsed("published", parse.parse_date),
        **_in_order(cells, "opens", "closes", "申报截止早于申报开始"),
        "url": cells.text("url"),
    }


def _organisation(cells: _Cells) -> dict[str, Any]:
    name = cells.name("name")
    return {
        "name": name,
        "type": cells.parsed("type", parse.parse_organisation_type) or _type_of_name(cells, name),
        "credit_code": cells.text("credit_code").strip().upper(),
        "industry": _industry(cells),
        **_place(cells),
        "staff": cells.parsed("staff", lambda text: parse.parse_count(text, "职工人数")),
        "founded": cells.parsed("founded", parse.parse_year),
        "revenue": cells.parsed("revenue", lambda text: parse.parse_money(text, "营业收入")),
        "interns": cells.parsed("interns", lambda text: parse.parse_count(text, "实习生人数")),
        "patents": cells.parsed("patents", lambda text: parse.parse_count(text, "专利数")),
        "qualifications": cells.names("qualifications"),
        "products": cells.names("products"),
        "chain_nodes": cells.names("chain_nodes"),
        "description": cells.prose("description"),
    }


def _programme(cells: _Cells) -> dict[str, Any]:
    level = cells.parsed("level", parse.parse_level)
    name = cells.name("name")
    return {
        "name": name,
        "code": _specialty_code(cells, "code", name, level),
        "level": level,
        "school": cells.name("school"),
        "cohorts": _cohorts(cells),
        "courses": cells.names("courses"),
        "occupations": _occupations(cells),
        "description": cells.prose("description"),
    }


def _plan(cells: _Cells) -> dict[str, Any]:
    return {
        "title": cells.name("title"),
        "type": cells.parsed("type", parse.parse_plan_type),
        "organisation": cells.name("organisation"),
        "chain": cells.name("chain"),
        "scope": cells.name("scope"),
        "targets": _targets(cells),
        "content": cells.prose("content"),
        "assumptions": cells.prose("assumptions"),
        "evidence": cells.paragraphs("evidence"),
        "industry": _industry(cells),
        **_place(cells),
        "published": cells.parsed("published", parse.parse_date),
        **_in_order(cells, "starts", "ends", "结束日期早于开始日期"),
    }


def _notice(cells: _Cells) -> dict[str, Any]:
    return {
        "title": cells.name("title"),
        "type": cells.parsed("type", parse.parse_notice_type),
        "organisation": cells.name("organisation"),
        "content": cells.prose("content"),
        "form": cells.name("form"),
        "wants": cells.prose("wants"),
        "offers": cells.prose("offers"),
        "scale": cells.name("scale"),
        "skills": cells.names("skills"),
        "headcount": cells.parsed("headcount", parse.parse_headcount),
        "mode": cells.parsed("mode", parse.parse_mode),
        "industry": _industry(cells),
        **_place(cells),
        "published": cells.parsed("published", parse.parse_date),
        **_in_order(cells, "starts", "ends", "截止日期早于开始日期"),
        "url": cells.text("url"),
    }


_VALUES: Mapping[Kind, Callable[[_Cells], dict[str, Any]]] = {
    Kind.POSTING: _posting,
    Kind.TALENT: _talent,
    Kind.COURSE: _course,
    Kind.NEED: _need,
    Kind.OFFER: _offer,
    Kind.POLICY: _policy,
    Kind.ORGANISATION: _organisation,
    Kind.PROGRAMME: _programme,
    Kind.PLAN: _plan,
    Kind.NOTICE: _notice,
}
_REQUIRED_FIELDS: Mapping[Kind, tuple[str, ...]] = headings.REQUIRED | {Kind.ORGANISATION: ("name", "type")}


def _construct(kind: Kind, values: dict[str, Any], cells: _Cells) -> Record | None:
    """The record; a field that breaks a rule of the model is left out and reported, unless it is required."""
    filled = {name: value for name, value in values.items() if value not in (None, "", ())}
    while True:
        try:
            return RECORDS[kind](**filled)
        except ValidationError as error:
            for reason in reasons_of(error):
                name = reason.field.split(".")[0]
                required = name in _REQUIRED_FIELDS[kind] or name not in filled
                severity = Severity.REJECTED if required else Severity.WARNING
                cells.report(severity, name, reason.reason, reason.value or None)
                filled.pop(name, None)
            if any(problem.severity is Severity.REJECTED for problem in cells.problems):
                return None


# Fields made of several cells, or looked up


_PER = {PayPeriod.HOUR: "时薪", PayPeriod.DAY: "日薪", PayPeriod.MONTH: "月薪", PayPeriod.YEAR: "年薪"}


def _salary(cells: _Cells, title: str, text: str) -> Any:
    slot = next((slot for slot in ("salary", "salary_min", "salary_max") if cells.text(slot)), None)
    if slot is None:
        return None
    try:
        quotation = _quotation(cells)
        salary = parse.salary_of(quotation, title=title, text=text) if quotation else None
    except Unparsed as error:
        cells.report(Severity.WARNING, slot, error.reason, _salary_text(cells))
        return None
    if salary and quotation and quotation.per is None and salary.quoted_per is not PayPeriod.MONTH:
        cells.report(Severity.WARNING, slot, f"薪资未注明周期，按{_PER[salary.quoted_per]}理解", _salary_text(cells))
    return salary


def _quotation(cells: _Cells) -> Quotation | None:
    unit, per = cells.text("salary_unit"), cells.parsed("salary_per", parse.parse_period)
    texts = [cells.text(slot) for slot in ("salary", "salary_min", "salary_max")]
    if unit:
        texts = [
            f"{text}{unit}" if text and text.replace(".", "").replace("-", "").isdigit() else text for text in texts
        ]
    whole, low, high = (parse.parse_quotation(text) if text else None for text in texts)
    quotation = whole or parse.salary_between(low, high)
    if quotation is None:
        return None
    months = cells.parsed("pay_months", lambda text: parse.parse_count(text.removesuffix("薪"), "发薪月数"))
    if months is not None and not 12 <= months <= 36:
        cells.report(Severity.WARNING, "pay_months", "每年发薪月数应在 12 到 36 之间")
        months = None
    return Quotation(quotation.low, quotation.high, quotation.per or per, months or quotation.pay_months)


def _salary_text(cells: _Cells) -> str:
    whole = cells.text("salary")
    return whole or f"{cells.text('salary_min')}-{cells.text('salary_max')}".strip("-")


def _place(cells: _Cells) -> dict[str, Any]:
    """The place as published, and the division that it, or the code beside it, means."""
    place = cells.name("place").strip("·•- ")
    code = cells.parsed("division", _known_division)
    if code is None and place and place not in _ANYWHERE:
        code = parse_division(place)
        if code is None:
            cells.report(Severity.WARNING, "place", "地点无法识别")
    return {"division": code, "place": place}


_ANYWHERE = frozenset(
    ("不限", "全国", "全国各地", "远程", "居家", "在家办公", "居家办公", "远程办公", "其他", "国内", "海外", "国外")
)


def _known_division(text: str) -> str:
    code = text.strip().removesuffix(".0")
    try:
        return division(code).code
    except UnknownName:
        raise Unparsed("没有这个行政区划代码", text) from None


def _expected_divisions(cells: _Cells) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    cell = cells.raw("expected_places")
    for text in _texts(cell) if cell is not None else ():
        if text.strip() in _ANYWHERE or parse.is_absent(text):
            continue
        found = places_in(text)
        if not found:
            cells.report(Severity.WARNING, "expected_places", "地点无法识别", text)
        codes |= dict.fromkeys(found)
    return tuple(codes)


def _expected_places(cells: _Cells) -> tuple[str, ...]:
    return tuple(place for place in cells.names("expected_places") if place not in _ANYWHERE)


def _industry(cells: _Cells) -> str | None:
    text = cells.name("industry")
    if not text or text in ("不限", "其他", "其它"):
        return None
    try:
        return industry_of(text.upper()).code
    except UnknownName:
        found = find_industry(text)
    if found is None:
        cells.report(Severity.WARNING, "industry", "行业无法识别")
    return found.code if found else None


def _occupation(cells: _Cells) -> str | None:
    code: str | None = cells.parsed("occupation", _occupation_code)
    return code


def _occupation_code(text: str) -> str:
    try:
        return occupation(text.strip()).code
    except UnknownName:
        codes = tuple(one.code for one in occupations_named(text)) or _groups_named(key(text))
    if len(codes) != 1:
        raise Unparsed("职业名称对应多个职业" if codes else "职业分类大典里没有这个职业", text)
    return codes[0]


@cache
def _groups_named(name: str) -> tuple[str, ...]:
    """The groups above the occupations proper (金属制品制造人员) that are called that."""
    return tuple(one.code for one in occupations() if one.level < 4 and key(one.name) == name)


def _occupations(cells: _Cells) -> tuple[str, ...]:
    """Codes and names of occupations; a JSON object {name, codes} says what its name means."""
    linked: dict[str, list[str]] = {}
    for cell in cells.every("occupations"):
        for one in cell if isinstance(cell, list) else ():
            if isinstance(one, dict) and isinstance(one.get("codes"), list):
                linked[str(one.get("name", ""))] = [str(code) for code in one["codes"]]
    codes: dict[str, None] = {}
    for entry in cells.names("occupations"):
        for code in linked.get(entry, [entry]):
            try:
                codes[_occupation_code(code)] = None
            except Unparsed as error:
                cells.report(Severity.WARNING, "occupations", error.reason, code)
    return tuple(codes)


def _specialty_code(cells: _Cells, slot: str, name: str, level: SchoolLevel | None) -> str | None:
    """The code in the file, else that of a specialty of exactly this name and level."""
    code = cells.text(slot).strip().upper()
    if code:
        return code
    found = specialty_named(name, level) if name and level else None
    return found.code if found else None


def _specialties(cells: _Cells) -> tuple[str, ...]:
    return tuple(name for name in cells.names("specialties") if name not in ("不限", "专业不限", "不限专业", "无要求"))


def _without(cells: _Cells, slot: str, taken: Sequence[str]) -> tuple[str, ...]:
    """The entries that are not required already; what is required needs no preference."""
    entries = cells.names(slot)
    twice = [entry for entry in entries if entry in taken]
    if twice:
        cells.report(Severity.WARNING, slot, "已列为必备，不再列为优先", "、".join(twice))
    return tuple(entry for entry in entries if entry not in taken)


def _in_order(cells: _Cells, first: str, last: str, contradiction: str) -> dict[str, Any]:
    """Two days of which the second must not come before the first; if it does, neither counts."""
    start, end = cells.parsed(first, parse.parse_date), cells.parsed(last, parse.parse_deadline)
    if start and end and end < start:
        cells.report(Severity.WARNING, last, contradiction, f"{start} > {end}")
        return {}
    return {first: start, last: end}


def _hours(cells: _Cells) -> float | None:
    """The hours stated, else weeks by hours a week."""
    hours: float | None = cells.parsed("hours", parse.parse_hours)
    if hours is not None:
        return hours
    weeks, weekly = cells.parsed("weeks", parse.parse_weeks), cells.parsed("weekly_hours", parse.parse_weekly_hours)
    return round(weeks * weekly, 1) if weeks and weekly else None


def _budget(cells: _Cells) -> dict[str, Any]:
    whole = cells.parsed("budget", parse.parse_budget) or (None, None)
    low = cells.parsed("budget_low", lambda text: parse.parse_money(text, "预算"))
    high = cells.parsed("budget_high", lambda text: parse.parse_money(text, "预算"))
    low, high = (low if low is not None else whole[0]), (high if high is not None else whole[1])
    if low is not None and high is not None and low > high:
        slot = "budget" if cells.has("budget") else "budget_low"
        cells.report(Severity.WARNING, slot, "预算下限高于上限", f"{low} > {high}")
        return {}
    return {"budget_low": low, "budget_high": high}


def _type_of_name(cells: _Cells, name: str) -> Any:
    """The type that an organisation's name ends in, when no column says it."""
    if cells.text("type") or not name:
        return None
    try:
        return parse.parse_organisation_type(name)
    except Unparsed:
        return None


def _conditions(cells: _Cells) -> tuple[Any, ...]:
    """Conditions come as JSON only; prose about them belongs to the text and is reported."""
    cell = cells.raw("conditions")
    if cell is None:
        return ()
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            cell = None
    if not isinstance(cell, list) or not all(isinstance(one, dict) for one in cell):
        cells.report(Severity.WARNING, "conditions", "申报条件应为 JSON 列表，每条含 fact、operator、number 或 values")
        return ()
    return tuple(cell)


def _cohorts(cells: _Cells) -> tuple[Any, ...]:
    """Cohorts from a JSON list, from one row's year and numbers, or from columns such as 2025届毕业生数."""
    cell = cells.raw("cohorts")
    if isinstance(cell, list):
        return tuple(cell)
    if cell is not None:
        cells.report(Severity.WARNING, "cohorts", "届次应为 JSON 列表，或用“2025届毕业生数”这样的列")
    cohorts = []
    for slot in sorted(cells.starting_with("graduates:")):
        graduates = cells.parsed(slot, lambda text: parse.parse_count(text, "毕业生数"))
        if graduates is not None:
            cohorts.append({"year": int(slot.removeprefix("graduates:")), "graduates": graduates})
    year = cells.parsed("cohort_year", parse.parse_year)
    graduates = cells.parsed("graduates", lambda text: parse.parse_count(text, "毕业生数"))
    if year and graduates is not None:
        enrolled = cells.parsed("enrolled", lambda text: parse.parse_count(text, "在校生数"))
        cohorts.append({"year": year, "graduates": graduates, "enrolled": enrolled})
    return tuple(cohorts)


def _targets(cells: _Cells) -> tuple[Any, ...]:
    """From a JSON list, from lines such as 轻量化铸件 2027年 120-160人, or from one row's node, year and people."""
    cell = cells.raw("targets")
    if isinstance(cell, list):
        return tuple(cell)
    if cell is not None:
        return tuple(filter(None, (_written_target(cells, line) for line in cells.paragraphs("targets"))))
    node, year = cells.name("node"), cells.parsed("year", parse.parse_year)
    whole = cells.parsed("headcount", parse.parse_interval) or (None, None)
    low = cells.parsed("headcount_low", lambda text: parse.parse_count(text, "人数"))
    high = cells.parsed("headcount_high", lambda text: parse.parse_count(text, "人数"))
    low, high = (low if low is not None else whole[0]), (high if high is not None else whole[1])
    if not node or year is None or (low is None and high is None):
        return ()
    ends = {"low": low if low is not None else high, "high": high if high is not None else low}
    money = cells.parsed("output", lambda text: parse.parse_money(text, "产值"))
    return ({"node": node, "position": cells.name("position"), "year": year, **ends, "output": money},)


def _written_target(cells: _Cells, line: str) -> dict[str, Any] | None:
    try:
        node, year, (low, high) = parse.parse_target(line)
    except Unparsed as error:
        cells.report(Severity.WARNING, "targets", error.reason, line)
        return None
    return {"node": node, "year": year, "low": low, "high": high}
