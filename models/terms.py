"""The terms that every record shares: ids, ordered levels, pay, dates and the base of all values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, NewType, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from models.text import clean

OrganisationId = NewType("OrganisationId", int)

NAME_LIMIT = 200
"""Longest name or title, in characters."""
TEXT_LIMIT = 20_000
"""Longest free text, in characters; the longest of 19,900 real postings has 7,100."""
LIST_LIMIT = 100
"""Most entries that a list field takes."""


class Kind(StrEnum):
    """The kinds of record that members publish."""

    ORGANISATION = "organisation"
    POSTING = "posting"
    TALENT = "talent"
    COURSE = "course"
    NEED = "need"
    OFFER = "offer"
    POLICY = "policy"
    PROGRAMME = "programme"
    PLAN = "plan"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.ORGANISATION: "单位",
    Kind.POSTING: "岗位",
    Kind.TALENT: "人才",
    Kind.COURSE: "课程",
    Kind.NEED: "技术需求",
    Kind.OFFER: "技术供给",
    Kind.POLICY: "政策",
    Kind.PROGRAMME: "专业点",
    Kind.PLAN: "需求规划",
    Kind.NOTICE: "公告",
}


class Ordered(StrEnum):
    """Levels that compare by the order in which they are defined, not by their spelling."""

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return _ranks(type(self))[self]

    @property
    def label(self) -> str:
        return self.value

    def __lt__(self, other: str) -> bool:
        return self.rank < _ranks(type(self))[other]

    def __le__(self, other: str) -> bool:
        return self.rank <= _ranks(type(self))[other]

    def __gt__(self, other: str) -> bool:
        return self.rank > _ranks(type(self))[other]

    def __ge__(self, other: str) -> bool:
        return self.rank >= _ranks(type(self))[other]


@cache
def _ranks(levels: type[Ordered]) -> dict[str, int]:
    return {level: rank for rank, level in enumerate(levels)}


class Education(Ordered):
    """Highest education (学历), lowest first; GB/T 4658-2006 in broad steps. ANY is an explicit 不限."""

    ANY = "不限"
    PRIMARY = "小学"
    JUNIOR_SECONDARY = "初中"
    SECONDARY = "高中/中职"
    JUNIOR_COLLEGE = "大专"
    BACHELOR = "本科"
    MASTER = "硕士"
    DOCTORATE = "博士"


class SchoolLevel(StrEnum):
    """The level of school (办学层次) that a person attends or left; the value is its Chinese name."""

    JUNIOR_HIGH = "初中"
    SENIOR_HIGH = "普通高中"
    SECONDARY_VOCATIONAL = "中职"
    TECHNICIAN = "技工"
    JUNIOR_COLLEGE = "高职专科"
    VOCATIONAL_BACHELOR = "职业本科"
    BACHELOR = "本科"
    MASTER = "硕士"
    DOCTORATE = "博士"

    @property
    def education(self) -> Education:
        """What graduating from this level counts as."""
        return _EDUCATION_OF_LEVEL[self]

    @property
    def label(self) -> str:
        return self.value


_EDUCATION_OF_LEVEL = {
    SchoolLevel.JUNIOR_HIGH: Education.JUNIOR_SECONDARY,
    SchoolLevel.SENIOR_HIGH: Education.SECONDARY,
    SchoolLevel.SECONDARY_VOCATIONAL: Education.SECONDARY,
    SchoolLevel.TECHNICIAN: Education.SECONDARY,
    SchoolLevel.JUNIOR_COLLEGE: Education.JUNIOR_COLLEGE,
    SchoolLevel.VOCATIONAL_BACHELOR: Education.BACHELOR,
    SchoolLevel.BACHELOR: Education.BACHELOR,
    SchoolLevel.MASTER: Education.MASTER,
    SchoolLevel.DOCTORATE: Education.DOCTORATE,
}


class SkillLevel(Ordered):
    """Vocational skill level (职业技能等级), the eight-step ladder of 2022, lowest first."""

    APPRENTICE = "学徒工"
    JUNIOR = "初级工"
    INTERMEDIATE = "中级工"
    SENIOR = "高级工"
    TECHNICIAN = "技师"
    SENIOR_TECHNICIAN = "高级技师"
    SPECIAL_TECHNICIAN = "特级技师"
    CHIEF_TECHNICIAN = "首席技师"


class Employment(StrEnum):
    """How a person is engaged (用工形式); the value is its Chinese name."""

    FULL_TIME = "全职"
    PART_TIME = "兼职"
    INTERNSHIP = "实习"
    APPRENTICESHIP = "学徒"
    ORDER_CLASS = "订单班"
    FIELD_ENGINEER = "现场工程师"

    @property
    def label(self) -> str:
        return self.value


class Shift(StrEnum):
    """Working hours (班次); the value is its Chinese name."""

    DAY = "白班"
    TWO = "两班倒"
    THREE = "三班倒"
    NIGHT = "夜班"
    ROSTER = "排班"
    FLEXIBLE = "弹性"

    @property
    def label(self) -> str:
        return self.value


class PayPeriod(StrEnum):
    """What a salary was quoted per; the value is its Chinese name."""

    HOUR = "时"
    DAY = "天"
    MONTH = "月"
    YEAR = "年"

    @property
    def per_month(self) -> float:
        """How many of this period one month's pay holds.

        21.75 paid days a month and 8 hours a day: 劳社部发〔2008〕3号, section 2.
        """
        return {PayPeriod.HOUR: 174.0, PayPeriod.DAY: 21.75, PayPeriod.MONTH: 1.0, PayPeriod.YEAR: 1 / 12}[self]


class Value(BaseModel):
    """Base of what is published and stored: frozen, and refuses fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=False, allow_inf_nan=False)


def _one_of_each(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("应为日期，如 2026-09-01")
    return value


Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LIMIT), BeforeValidator(_cleaned)]
"""A short, non-empty text: a title, a name."""
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT), BeforeValidator(_cleaned)]
"""Free text; an empty one says nothing."""
_Entry = Annotated[str, StringConstraints(max_length=NAME_LIMIT), BeforeValidator(_cleaned)]
Names = Annotated[tuple[_Entry, ...], Field(max_length=LIST_LIMIT), AfterValidator(_one_of_each)]
"""Short texts in the order given, each once, blanks dropped."""
_Paragraph = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(_cleaned)]
Texts = Annotated[tuple[_Paragraph, ...], Field(max_length=LIST_LIMIT), AfterValidator(_one_of_each)]
"""Paragraphs in the order given, each once, blanks dropped."""
OptionalName = Annotated[Name | None, BeforeValidator(_none_if_blank)]

DivisionCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
"""A place (行政区划): six digits of GB/T 2260, such as 330282."""
OccupationCode = Annotated[str, StringConstraints(pattern=r"^\d-\d{2}-\d{2}-\d{2}$")]
"""An occupation of 职业分类大典 2022, such as 6-18-01-01."""
IndustryCode = Annotated[str, StringConstraints(pattern=r"^[A-T](\d{2,4})?$")]
"""An industry of GB/T 4754-2017 with its letter, such as C36."""
SpecialtyCode = Annotated[str, StringConstraints(pattern=r"^\d{6,7}(T|K|TK)?$")]
"""A specialty of the national catalogues, such as 460301."""
Month = Annotated[str, StringConstraints(pattern=r"^(19|20)\d{2}-(0[1-9]|1[0-2])$")]
"""A calendar month, such as 2027-06."""
Day = Annotated[date, BeforeValidator(_no_number)]
"""A calendar day, 2026-09-01; a bare number is a mistake and no count of seconds since 1970."""
Years = Annotated[int, Field(ge=0, le=60)]
Yuan = Annotated[int, Field(ge=0, le=100_000_000_000)]
Headcount = Annotated[int, Field(ge=1, le=100_000)]
Year = Annotated[int, Field(ge=1949, le=2100)]


class Salary(Value):
    """Pay before tax in CNY per month; a posting that says 面议 has none at all."""

    low: Annotated[int, Field(ge=1, le=10_000_000)]
    high: Annotated[int, Field(ge=1, le=10_000_000)]
    pay_months: Annotated[int, Field(ge=12, le=36)] = 12
    """How many months are paid a year: 13 for 13薪."""
    quoted_per: PayPeriod = PayPeriod.MONTH
    """The period the source quoted; `low` and `high` are per month whatever it was."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"最低薪资 {self.low} 高于最高薪资 {self.high}")
        return self

    @classmethod
    def quoted(cls, low: float, high: float, *, per: PayPeriod = PayPeriod.MONTH, pay_months: int = 12) -> Self:
        """The monthly salary that a quotation per hour, day, month or year amounts to."""
        return cls(
            low=round(low * per.per_month), high=round(high * per.per_month), pay_months=pay_months, quoted_per=per
        )

    @property
    def as_quoted(self) -> tuple[int, int]:
        """Low and high in the period they were quoted in."""
        scale = self.quoted_per.per_month
        # Whole yuan per month are not whole yuan per year: 100,000 comes back as 99,996.
        places = -2 if self.quoted_per is PayPeriod.YEAR else 0
        return int(round(self.low / scale, places)), int(round(self.high / scale, places))

    @property
    def label(self) -> str:
        """As a Chinese reader expects it, in the period it was quoted in: 150-180元/天, 8000-12000元/月·13薪."""
        low, high = self.as_quoted
        amount = f"{low}" if low == high else f"{low}-{high}"
        return f"{amount}元/{self.quoted_per.value}" + (f"·{self.pay_months}薪" if self.pay_months != 12 else "")


class Source(Value):
    """Where a record came from and what it is called there; importing the pair again updates the record."""

    name: Name
    id: Name


class Record(Value):
    """What every published record carries."""

    kind: ClassVar[Kind]

    source: Source | None = None
    """None for a record entered by hand."""


class Period(Value):
    """Days from `start` to `end`, both included; an open end has none."""

    start: Day | None = None
    end: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"开始日期 {self.start} 晚于结束日期 {self.end}")
        return self

    def holds(self, day: date) -> bool:
        """Whether the day lies inside."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
