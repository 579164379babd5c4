"""One form for every kind of record, read off its class: what is asked, what was entered, and the record it makes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData

from data import taxonomy
from data.ingest.columns import COLUMNS
from indexing.text import labels
from models.errors import Malformed, UnknownName
from models.matches import Document, Wish
from models.reasons import reason_of
from models.records import RECORDS
from models.terms import (
    Day,
    DivisionCode,
    IndustryCode,
    Kind,
    Month,
    Names,
    OccupationCode,
    OrganisationId,
    PayPeriod,
    Record,
    Salary,
    SpecialtyCode,
    Text,
    Texts,
    Value,
)

Entered = Mapping[str, Sequence[str]]
"""Field → what stands in its inputs, in their order; a field that was not sent is empty."""
MORE = "+"
"""Ends the name of the inputs whose values are to be added to a list."""


class Shape(StrEnum):
    """How a question is asked."""

    LINE = "line"
    TEXT = "text"
    LIST = "list"
    PARAGRAPHS = "paragraphs"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DAY = "day"
    SALARY = "salary"
    CODE = "code"
    CODES = "codes"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that people enter and read by name."""

    pattern: str
    label: Callable[[str], str]
    find: Callable[[str], str | None]
    hint: str
    offered: Callable[[], tuple[str, ...]] = tuple
    """What is offered while one types."""


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a record as a form asks for it."""

    field: str
    label: str
    shape: Shape
    required: bool = False
    hint: str = ""
    options: tuple[str, ...] = ()
    initial: str = ""
    """What is chosen when nothing was entered."""
    code: Code | None = None
    columns: tuple[Question, ...] = ()
    """What a line of a table holds, in order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was entered, what is wrong with it, and what could be added."""

    question: Question
    entered: tuple[str, ...]
    problem: str = ""
    suggestions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What stands in the first input."""
        return self.entered[0] if self.entered else ""


def questions(kind: Kind) -> tuple[Question, ...]:
    """What the form of a kind asks for, in the order in which the record holds it."""
    return _questions(RECORDS[kind], kind)


def groups(kind: Kind, asked: Sequence[Asked], owed: Set[str] = frozenset()) -> list[tuple[str, list[Asked]]]:
    """The questions under headings: what has to be filled in, what the law wants, what is matched by, and the rest."""
    matched = labels(kind)
    must, lawful, should, may = "必填", "提交前要写齐：招聘信息依规应当写明的", "建议填写，参与搜索与匹配", "其他"
    found: dict[str, list[Asked]] = {heading: [] for heading in (must, lawful, should, may)}
    for one in asked:
        field = one.question.field
        heading = must if one.question.required else lawful if field in owed else should if field in matched else may
        found[heading].append(one)
    return [(heading, some) for heading, some in found.items() if some]


def ask(
    kind: Kind,
    entered: Entered,
    fixed: Mapping[str, Any],
    problems: Mapping[str, str],
    suggested: Mapping[str, tuple[str, ...]] = {},
) -> list[Asked]:
    """The questions that the account does not answer itself."""
    return [
        Asked(one, tuple(entered.get(one.field, ())), problems.get(one.field, ""), tuple(suggested.get(one.field, ())))
        for one in questions(kind)
        if one.field not in fixed
    ]


def shown(record: Record) -> dict[str, tuple[str, ...]]:
    """What stands in the inputs of a form that holds the record."""
    return {one.field: show(one, getattr(record, one.field)) for one in questions(record.kind)}


def read(
    kind: Kind, entered: Entered, fixed: Mapping[str, Any], *, base: Record | None = None
) -> tuple[Record | None, dict[str, str]]:
    """The record that was entered, or None and field → what is wrong; "" stands for several fields together.

    What the form does not ask for stays as it is in `base`.
    """
    asked = [one for one in questions(kind) if one.field not in fixed]
    kept = base.model_dump(exclude_defaults=True) if base else {}
    body = {field: value for field, value in kept.items() if field not in {one.field for one in asked}}
    problems: dict[str, str] = {}
    for one in asked:
        try:
            value = _value(one, entered.get(one.field, ()))
        except Malformed as error:
            problems[one.field] = error.message
        else:
            if value not in (None, "", (), []):
                body[one.field] = value
    body |= {field: value for field, value in fixed.items() if value is not None}
    body |= _inferred(kind, body)
    by_field = {one.field: one for one in asked}
    try:
        record = RECORDS[kind].model_validate(body)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            field = str(detail["loc"][0]) if detail["loc"] else ""
            problems.setdefault(field if field in by_field else "", _sentence(by_field.get(field), detail))
        return None, problems
    return (None if problems else record), problems


def suggested(document: Document[Record]) -> dict[str, tuple[str, ...]]:
    """Field → skills and certificates that the record's texts name and none of its lists holds."""
    record = document.record
    found: dict[str, list[str]] = {}
    for plain, mentions in (("skills", document.facts.skills), ("certificates", document.facts.certificates)):
        fields = [name for name in (f"required_{plain}", f"preferred_{plain}", plain) if hasattr(record, name)]
        listed = {entry for name in fields for entry in getattr(record, name)}
        for mention in mentions:
            if fields and mention.name not in listed:
                wished = 1 if mention.wish is Wish.PREFERRED and len(fields) > 1 else 0
                found.setdefault(fields[wished], []).append(mention.name)
    return {field: tuple(dict.fromkeys(names)) for field, names in found.items()}


def sent(kind: Kind, form: FormData) -> dict[str, tuple[str, ...]]:
    """What a browser sent; ticked suggestions stand at the end of their lists."""

    def texts(name: str) -> tuple[str, ...]:
        return tuple(one for one in form.getlist(name) if isinstance(one, str))

    found = {one.field: texts(one.field) for one in questions(kind)}
    for field in found:
        more = texts(field + MORE)
        if more:
            found[field] = ("\n".join(filter(None, (*found[field], *more))),)
    return found


def show(question: Question, value: Any) -> tuple[str, ...]:
    """What stands in the question's inputs when the field holds the value."""
    if value is None:
        return ()
    match question.shape:
        case Shape.SALARY:
            low, high = value.as_quoted
            return (str(low), str(high), value.quoted_per.value, str(value.pay_months))
        case Shape.CHOICES:
            return tuple(one.value for one in value)
        case Shape.LIST:
            return ("\n".join(value),)
        case Shape.PARAGRAPHS:
            return ("\n\n".join(value),)
        case Shape.CODES:
            return ("\n".join(_named(question, one) for one in value),)
        case Shape.CODE:
            return (_named(question, value),)
        case Shape.TABLE:
            return ("\n".join(_line(question, row) for row in value),)
        case Shape.CHOICE:
            return (value.value,)
    return (f"{value:g}" if isinstance(value, float) else str(value),)


def label_of(kind: Kind, field: str) -> str:
    """The field's Chinese name."""
    known = _LABELS.get(field) or labels(kind).get(field)
    return known or COLUMNS[kind].get(field, (field,))[0]


@cache
def _questions(owner: type[Value], kind: Kind | None) -> tuple[Question, ...]:
    hints = get_type_hints(owner, include_extras=True)
    silent = {"source", "expected_divisions"}
    return tuple(
        _question(field, hints[field], info, label_of(kind, field) if kind else _COLUMN_LABELS.get(field, field))
        for field, info in owner.model_fields.items()
        if field not in silent and _plain(hints[field]) is not OrganisationId
    )


def _question(field: str, hint: Any, info: FieldInfo, label: str) -> Question:
    plain = _plain(hint)
    bare = get_args(plain)[0] if get_origin(plain) is Annotated else plain
    part = _plain(get_args(bare)[0]) if get_origin(bare) is tuple else None
    shape, code = Shape.LINE, None
    options: tuple[str, ...] = ()
    columns: tuple[Question, ...] = ()
    if plain == Text:
        shape = Shape.TEXT
    elif plain == Names:
        shape = Shape.LIST
    elif plain == Texts:
        shape = Shape.PARAGRAPHS
    elif plain == Day:
        shape = Shape.DAY
    elif plain is Salary:
        shape = Shape.SALARY
    elif isinstance(bare, type) and issubclass(bare, Enum):
        shape, options = Shape.CHOICE, tuple(one.value for one in bare)
    elif isinstance(part, type) and issubclass(part, Enum):
        shape, options = Shape.CHOICES, tuple(one.value for one in part)
    elif isinstance(part, type) and issubclass(part, Value):
        shape, columns = Shape.TABLE, _questions(part, None)
    elif found := _code(plain):
        shape, code, options = Shape.CODE, found, found.offered()
    elif found := _code(part):
        shape, code = Shape.CODES, found
    elif bare in (int, float):
        shape = Shape.NUMBER
    return Question(
        field=field,
        label=label,
        shape=shape,
        required=info.is_required(),
        hint=_hint(field, label, plain, code, columns),
        options=options,
        initial=info.default.value if isinstance(info.default, Enum) else "",
        code=code,
        columns=columns,
    )


def _hint(field: str, label: str, plain: Any, code: Code | None, columns: tuple[Question, ...]) -> str:
    if columns:
        example = f"；如 {_EXAMPLES[field]}" if field in _EXAMPLES else ""
        return f"每行一条，各栏用 | 分开：{' | '.join(one.label for one in columns)}{example}"
    usual = {Month: "年-月，如 2027-06", Names: "每行一个", Texts: "每段一件事，各段之间空一行"}
    named = _HINTS.get(label) or _HINTS.get(field)
    return named or next((said for type, said in usual.items() if type == plain), code.hint if code else "")


def _plain(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (Union, UnionType):
        some = [one for one in get_args(hint) if one is not type(None)]
        return some[0] if len(some) == 1 else hint
    return hint


def _value(question: Question, entered: Sequence[str]) -> Any:
    """What the inputs say, for the record's class to judge. Raises Malformed for a name that no table has."""
    text = entered[0].strip() if entered else ""
    match question.shape:
        case Shape.CHOICES:
            return tuple(entered)
        case Shape.SALARY:
            return _salary(entered)
        case Shape.LIST:
            return tuple(part for line in _lines("\n".join(entered)) for part in _JOINTS.split(line) if part.strip())
        case Shape.PARAGRAPHS:
            return tuple(part for part in _BLANK.split(text.replace("\r", "")) if part.strip())
        case Shape.CODES:
            return tuple(_coded(question, line) for line in _lines(text))
        case Shape.CODE:
            return _coded(question, text) if text else None
        case Shape.TABLE:
            return tuple(_row(question, line) for line in _lines(text))
        case Shape.NUMBER:
            return _number(text)
    return text or None


def _number(text: str) -> str | None:
    """Digits as a computer reads them: ８，０００元 is 8000; what is no number stays as it is."""
    narrow = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    return re.sub(r"\s*(元|人|年|学时|级|件)$", "", narrow) or None


def _salary(entered: Sequence[str]) -> Any:
    low, high, per, months = (*map(str.strip, entered), "", "", "", "")[:4]
    if not low and not high:
        return None
    if not low or not high:
        raise Malformed("最低与最高薪资要一起填写；面议请都留空")
    try:
        return Salary.quoted(
            float(_number(low) or ""),
            float(_number(high) or ""),
            per=PayPeriod(per or "月"),
            pay_months=int(_number(months) or 12),
        )
    except ValidationError as error:
        raise Malformed("；".join(reason_of(one).reason for one in error.errors(include_url=False))) from None
    except (ValueError, OverflowError):
        raise Malformed(f"薪资应为数字，收到 {low}、{high}、{months or 12}") from None


_JOINTS = re.compile(r"[、；;](?![^（(]*[)）])")
"""What people join names with, outside of brackets."""
_BLANK = re.compile(r"\n\s*\n")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _coded(question: Question, text: str) -> str:
    code = question.code
    assert code
    first = text.split()[0]
    if re.fullmatch(code.pattern, first):
        return first
    found = code.find(text)
    if not found:
        raise Malformed(f"没有找到“{text[:60]}”，{code.hint}")
    return found


def _named(question: Question, code: str) -> str:
    return question.code.label(code) if question.code else code


def _row(question: Question, line: str) -> dict[str, Any]:
    cells = [cell.strip() for cell in re.split(r"[|｜]", line)]
    if len(cells) > len(question.columns):
        raise Malformed(f"“{line[:60]}”多于 {len(question.columns)} 栏；{question.hint}")
    values = {
        column.field: _value(column, (cell,)) for column, cell in zip(question.columns, cells, strict=False) if cell
    }
    return {field: value for field, value in values.items() if value is not None}


def _line(question: Question, row: Value) -> str:
    cells = [
        "、".join(text.replace("\n", "、") for text in show(one, getattr(row, one.field))) for one in question.columns
    ]
    return " | ".join(cells).rstrip(" |")


def _inferred(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    """Codes of places that are named and have none."""
    found: dict[str, Any] = {}
    if body.get("place") and not body.get("division") and "division" in RECORDS[kind].model_fields:
        found["division"] = taxonomy.parse_division(str(body["place"]))
    if kind is Kind.TALENT and body.get("expected_places"):
        found["expected_divisions"] = tuple(
            dict.fromkeys(filter(None, map(taxonomy.parse_division, body["expected_places"])))
        )
    return {field: value for field, value in found.items() if value}


def _sentence(question: Question | None, detail: Any) -> str:
    """What is wrong with a field, with what was entered and, for an entry of a list, which."""
    found = reason_of(detail)
    if question is None:
        return found.reason
    where = next((f"第 {part + 1} 条：" for part in detail["loc"][1:] if isinstance(part, int)), "")
    inner = [part for part in detail["loc"][1:] if isinstance(part, str)]
    if inner:
        where += f"{_COLUMN_LABELS.get(inner[0], inner[0])}："
    is_pattern = detail["type"] == "string_pattern_mismatch"
    said = f"格式不对，{question.hint}" if is_pattern and question.hint else found.reason
    return where + said + (f"（收到：{found.value}）" if found.value and not inner else "")


def _or_none(find: Callable[[], str]) -> str | None:
    try:
        return find()
    except UnknownName:
        return None


def _industry(text: str) -> str | None:
    found = taxonomy.find_industry(text)
    return found.code if found else None


def _occupation(text: str) -> str | None:
    named = taxonomy.occupations_named(text)
    return named[0].code if len(named) == 1 else None


def _specialty(text: str) -> str | None:
    found = taxonomy.find_specialty(text)
    return found.code if found else None


def _with_code(name: Callable[[str], str]) -> Callable[[str], str]:
    """The code and its name: a name may belong to several codes."""

    def label(code: str) -> str:
        called = name(code)
        return code if called == code else f"{code} {called}"

    return label


def _place_label(code: str) -> str:
    """The place's name, or the code and the name where the name alone would not lead back to it."""
    called = taxonomy.division_label(code)
    return called if taxonomy.parse_division(called) == code else _with_code(taxonomy.division_label)(code)


def _specialty_label(code: str) -> str:
    return _with_code(lambda known: _or_none(lambda: taxonomy.specialty(known).name) or known)(code)


def _code(type: Any) -> Code | None:
    return next((code for known, code in _CODES if known == type), None)


_CODES: tuple[tuple[Any, Code], ...] = (
    (
        DivisionCode,
        Code(r"\d{6}", _place_label, taxonomy.parse_division, "请写到县（市、区），如 浙江省宁波市慈溪市"),
    ),
    (
        IndustryCode,
        Code(
            r"[A-T](\d{2,4})?",
            _with_code(taxonomy.industry_label),
            _industry,
            "请写国民经济行业的名称或代码，如 通用设备制造业 或 C34",
            lambda: tuple(
                f"{one.code} {one.name}"
                for one in taxonomy.industries()
                if one.level is taxonomy.IndustryLevel.DIVISION
            ),
        ),
    ),
    (
        OccupationCode,
        Code(
            r"\d-\d{2}-\d{2}-\d{2}",
            _with_code(taxonomy.occupation_label),
            _occupation,
            "请写《职业分类大典》里的职业名称或代码，如 车工 或 6-18-01-01",
        ),
    ),
    (
        SpecialtyCode,
        Code(
            r"\d{6,7}(T|K|TK)?",
            _specialty_label,
            _specialty,
            "请写专业目录里的名称或代码，如 机电一体化技术 或 460301",
        ),
    ),
)

_LABELS = {
    "division": "所在地区",
    "occupation": "职业",
    "contact": "联系方式",
    "specialty_code": "专业目录",
    "cohorts": "各届学生",
    "amount": "最高金额（元）",
    "revenue": "年营业收入（元）",
    "budget_low": "预算下限（元）",
    "budget_high": "预算上限（元）",
    "price": "费用（元）",
    "expected_salary": "期望月薪（元）",
}
"""Where a form says it in other words than evidence and imported files do."""

_COLUMN_LABELS = {
    "year": "年份",
    "enrolled": "在校生数",
    "graduates": "毕业生数",
    "fact": "条件",
    "operator": "比较",
    "number": "数值",
    "values": "取值（、分开，行业与地区写代码）",
    "quote": "原文",
    "node": "产业链环节",
    "position": "岗位",
    "low": "人数下限",
    "high": "人数上限",
    "output": "产值（元）",
}
"""The columns of tables inside of records."""

_EXAMPLES = {
    "cohorts": "2027 | 50 | 48",
    "conditions": "职工人数 | 不低于 | 50 | | 职工人数不低于50人的企业",
    "targets": "轻量化铸件 | 压铸工 | 2027 | 120 | 160",
}
"""A line of each table."""

_HINTS = {
    "岗位名称": "写岗位本身的名称，不写“急聘”“高薪”",
    "credit_code": "应为 18 位统一社会信用代码",
    "url": "应以 http:// 或 https:// 开头",
    "salary": "税前，元；面议请都留空",
    "experience_years": "整年数；应届可填 0",
    "maturity": "1 到 9 级",
    "grade": "在读年级，如 2",
    "price": "元；免费填 0",
    "required_skills": "每行一个，没有就算不合格的才写在这里",
    "preferred_skills": "每行一个，有更好、没有也可以",
    "contact": "电话或邮箱，只给学校和本人同意的单位看",
    "expires": "招满或过期请及时撤下；最长 90 天",
    "secrecy": "成员可见：登录的成员才能看到；仅平台撮合：只有本方和秘书处能看到",
    "岗位描述": "写清做什么、要会什么、在哪里、怎么上下班",
}
"""By label or by field."""
