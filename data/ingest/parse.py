"""Free text of one cell → a value.

Every parser returns the value, or None when the text says that there is none (面议, 不限, 待定), or raises
Unparsed, whose text is the Chinese reason with the cell quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from models.courses import CourseMode
from models.notices import NoticeType
from models.organisations import OrganisationType
from models.plans import PlanType
from models.policies import Instrument
from models.reasons import quote
from models.technology import OfferType, Secrecy
from models.terms import Education, Employment, PayPeriod, Salary, SchoolLevel, Shift, SkillLevel

E = TypeVar("E", bound=StrEnum)


class Unparsed(ValueError):
    """A text that a parser cannot make sense of."""

    def __init__(self, reason: str, value: object) -> None:
        super().__init__(f"{reason}：“{quote(value)}”")
        self.reason = reason


def is_absent(text: str) -> bool:
    """Whether the cell holds nothing, or one of the marks that stand for nothing."""
    return text.strip().lower() in _ABSENT


_ABSENT = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "\\",
        ".",
        "。",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "nan",
        "nat",
        "undefined",
    )
) | frozenset(("无", "暂无", "没有", "未填", "未填写", "不详", "未知", "待定", "空", "（空）", "(空)"))


# Numbers


def plain(text: str) -> str:
    """The text narrowed, lowered, without spaces and thousands separators, every dash a hyphen."""
    text = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return _THOUSANDS.sub("", _DASH.sub("-", text))


def numerals(text: str) -> str:
    """The text with Chinese numerals as digits: 三千五 → 3500, 三五年 → 3-5年; digits stay as they are."""
    return _NUMERAL.sub(lambda found: _digits(found[0]), text)


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DASH = re.compile(r"[~∼〜—–−‐‑‒―-]+|(?<=[\d元块一二三四五六七八九十百千万wk年])[至到](?=[\d一二两三四五六七八九十])")
_VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
# 五险一金 and 双休 are benefits; a numeral behind a digit (5千) is a unit.
_NUMERAL = re.compile(
    r"(?<![\d.])[一二两三四五六七八九十](?:(?:[零〇一二两三四五六七八九十百千]|万(?=[一二三四五六七八九]))*)"
)


def _digits(run: str) -> str:
    if len(run) == 2 and all(one in _VALUES for one in run) and _VALUES[run[0]] < _VALUES[run[1]]:
        return f"{_VALUES[run[0]]}-{_VALUES[run[1]]}"
    total = section = digit = 0
    power = 1
    for one in run:
        if one in _VALUES:
            digit = _VALUES[one]
            power = 1 if digit == 0 else power
        elif one == "万":
            total, section, digit, power = (section + digit) * 10_000, 0, 0, 10_000
        else:
            power = _POWERS[one]
            section, digit = section + (digit or 1) * power, 0
    # The last digit of 三千五 counts hundreds; that of 三千零五 and 十五 counts ones.
    return str(total + section + digit * (power // 10 if power >= 100 else 1))


_INTEGER = re.compile(r"\d{1,12}(?:\.0+)?")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d+)?")


def parse_count(text: str, what: str = "人数") -> int | None:
    """A whole number such as 1,200人; None for 若干. A range is no number."""
    said = numerals(plain(text))
    if is_absent(text) or any(word in said for word in ("若干", "不限", "多名", "多人", "数名")):
        return None
    found = re.fullmatch(
        rf"(?:约|共|近)?({_INTEGER.pattern})(?:余|多)?(?:个|名|人|位|项|件|家|所|岁|年)?(?:左右|余|\+)?", said
    )
    if not found:
        raise Unparsed(f"{what}应为一个整数", text)
    return int(float(found[1]))


def parse_headcount(text: str) -> int | None:
    """How many are wanted, the fewest of a range (招3-5名 → 3); None for 若干, 不限 and 0."""
    said = numerals(plain(text))
    if is_absent(text) or any(word in said for word in ("若干", "不限", "多名", "多人", "数名")):
        return None
    found = re.fullmatch(
        rf"(?:拟?招聘?|需求?|约|共)*({_INTEGER.pattern})(?:-\d+)?(?:个|名|人|位)?(?:以上|左右|\+)?", said
    )
    if not found:
        raise Unparsed("招聘人数无法识别", text)
    return int(float(found[1])) or None


def parse_interval(text: str) -> tuple[int, int] | None:
    """The least and the most people: 120-160人, 约120人; None for 若干."""
    said = numerals(plain(text)).strip("约共计需")
    if is_absent(text) or any(word in said for word in ("若干", "不限", "多名", "多人", "数名")):
        return None
    found = re.fullmatch(rf"({_INTEGER.pattern})(?:名|人)?(?:-({_INTEGER.pattern}))?(?:名|人|左右)*", said)
    if not found:
        raise Unparsed("人数区间无法识别", text)
    low, high = int(float(found[1])), int(float(found[2] or found[1]))
    if low > high:
        raise Unparsed("人数下限高于上限", text)
    return low, high


_TARGET = re.compile(r"(.+?)[\s:：,，]*((?:19|20)\d\d)\s*年?[\s:：,，]*(\d.*)")


def parse_target(text: str) -> tuple[str, int, tuple[int, int]]:
    """Node, year and people of a line such as 轻量化铸件 2027年 120-160人."""
    found = _TARGET.fullmatch(text.strip())
    people = parse_interval(found[3]) if found else None
    if not found or people is None:
        raise Unparsed("应写成“环节 年份 人数”，如“轻量化铸件 2027年 120-160人”", text)
    return found[1], int(found[2]), people


def parse_hours(text: str) -> float | None:
    """Teaching hours, such as 48学时 or 36."""
    said = numerals(plain(text))
    if is_absent(text):
        return None
    found = re.fullmatch(rf"(?:共|约|总计)?({_NUMBER.pattern})(?:个)?(?:学时|课时|小时|h)?", said)
    if not found:
        raise Unparsed("学时应为一个数", text)
    return float(found[1]) or None


def parse_weeks(text: str) -> float | None:
    """A duration in weeks, such as 12周 or 3个月; None when the number is missing (待定周, 周)."""
    said = numerals(plain(text))
    if is_absent(text) or said in ("周", "待定周"):
        return None
    found = re.fullmatch(rf"(?:共|约)?({_NUMBER.pattern})(?:个)?(周|星期|月)?", said)
    if not found:
        raise Unparsed("课程周数无法识别", text)
    return float(found[1]) * (4 if found[2] == "月" else 1)


def parse_weekly_hours(text: str) -> float | None:
    """Hours a week, the middle of a range: 3-5小时每周 → 4, 10-30分钟每周 → 1/3; None for 待定."""
    said = re.sub(r"每个?星期|每周|/(?:周|week)|hours?|学习", "", numerals(plain(text)))
    if is_absent(text):
        return None
    found = re.fullmatch(
        rf"(?:约|大约)?({_NUMBER.pattern})(?:-({_NUMBER.pattern}))?(?:个)?(小时|学时|课时|分钟|h)?(?:左右)?", said
    )
    if not found:
        raise Unparsed("每周学时无法识别", text)
    low, high = float(found[1]), float(found[2] or found[1])
    return (low + high) / 2 / (60 if found[3] == "分钟" else 1)


# Money

_UNITS = {"亿": 100_000_000, "百万": 1_000_000, "万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}
_AMOUNT = re.compile(rf"({_NUMBER.pattern})(亿|百万|万|w|千|k)?(?:人民币|rmb|元|块|圆|¥)?")
_NEGOTIABLE = ("面议", "面谈", "不限", "另议", "电议", "详谈", "协商", "洽谈", "商议", "自筹", "不公开", "保密")
_BENEFITS = re.compile(r"[五六七二2567]险(?:[一二两12]金)?|[一二两12]金|双休|单休")


def _amounts(said: str, text: str, what: str) -> tuple[float, float]:
    """The one or two amounts of a text, in yuan; a unit behind the second counts for the first (8-12k)."""
    found = list(_AMOUNT.finditer(said))
    if not 1 <= len(found) <= 2:
        raise Unparsed(f"{what}里有多个数，无法判断是哪一个" if found else f"{what}里没有数", text)
    if len(found) == 2 and not said[found[0].end() : found[1].start()].strip("元¥(") == "-":
        raise Unparsed(f"{what}里有多个数，无法判断是哪一个", text)
    low, high = float(found[0][1]), float(found[-1][1])
    low_unit, high_unit = found[0][2], found[-1][2]
    # 8-12k and 8k-12; but 8000-1.2万 has its unit at the second only.
    if not low_unit and high_unit and low < 1_000:
        low_unit = high_unit
    elif not high_unit and low_unit and high < 1_000:
        high_unit = low_unit
    return low * _UNITS.get(low_unit or "", 1), high * _UNITS.get(high_unit or "", 1)


def parse_money(text: str, what: str = "金额") -> int | None:
    """CNY, such as 3.5亿元, 1.2万, 免费 → 0; None for 面议. A range is refused."""
    low, high = parse_budget(text, what)
    if low is not None and high is not None and low != high:
        raise Unparsed(f"{what}应为一个数", text)
    return high if high is not None else low


def parse_budget(text: str, what: str = "预算") -> tuple[int | None, int | None]:
    """The lower and the upper bound in CNY: 50万 → both, 50-100万, 100万以上 → only the lower; none for 面议."""
    said = numerals(plain(text))
    if is_absent(text) or (not re.search(r"\d", said) and any(word in said for word in _NEGOTIABLE)):
        return None, None
    if said in ("免费", "公益", "免学费", "不收费"):
        return 0, 0
    low, high = (round(amount) for amount in _amounts(said, text, what))
    if re.search(r"以上|起|不低于|不少于|至少", said):
        return low, None
    if re.search(r"以内|以下|不超过|不高于|最高|上限", said):
        return None, high
    return low, high


def parse_most(text: str) -> int | None:
    """The most that is given, in CNY: 最高50万元, 每人2000元, 10-50万 → 500,000; None for 面议."""
    low, high = parse_budget(re.sub(r"[每一](?:人|年|家|户|次|个|月)", "", plain(text)), "金额")
    return high if high is not None else low


@dataclass(frozen=True, slots=True)
class Quotation:
    """A salary as it was written: CNY per `per`, or per something unsaid."""

    low: float
    high: float
    per: PayPeriod | None = None
    pay_months: int = 12


_PERIODS: tuple[tuple[PayPeriod, re.Pattern[str]], ...] = (
    (PayPeriod.YEAR, re.compile(r"年薪|年收入|(?:[/每一]|per)(?:年|year|yr)|(?<=[元万wk千\d])年$")),
    (PayPeriod.MONTH, re.compile(r"月薪|月收入|月入|月工资|(?:[/每一]|per)(?:个?月|month|mo)|(?<=[元万wk千])月$")),
    (PayPeriod.HOUR, re.compile(r"时薪|(?:[/每一]|per)个?(?:小时|时|hour|hr|h)|(?<=元)(?:小时|时)$")),
    (PayPeriod.DAY, re.compile(r"日薪|日工资|日结|(?:[/每一]|per)(?:天|日|day)|(?<=元)[天日]$")),
)
_PIECE = re.compile(r"(?:[/每一]|元)(单|件|次|周|课时|节|场|篇|趟|吨|平|米|条|字)")
_PAY_MONTHS = re.compile(r"[·x*,，(（]?(\d{1,3})薪[)）]?")


def parse_quotation(text: str) -> Quotation | None:
    """The salary that a text quotes, in the period it names; None for 面议.

    `8-12K·13薪`, `150-180元/天`, `年薪20-30万`, `1.5万以上`. An open end is its bound (the other is not known);
    an upper bound alone is refused, because the least that is paid is what counts.
    """
    said = plain(text)
    if is_absent(text):
        return None
    piece = _PIECE.search(said)
    if piece:
        raise Unparsed(f"按“{piece[1]}”计酬，不能折算成月薪", text)
    per, said = _take_period(_BENEFITS.sub("", said))
    said = numerals(said)
    if not re.search(r"\d", said):
        if any(word in said for word in _NEGOTIABLE):
            return None
        raise Unparsed("薪资里没有数", text)
    months = _PAY_MONTHS.search(said)
    low, high = _amounts(_PAY_MONTHS.sub("", said), text, "薪资")
    if re.search(r"以下|以内|不超过|最高", said):
        raise Unparsed("薪资只有上限，无法判断最低薪资", text)
    if months and not 12 <= int(months[1]) <= 36:
        raise Unparsed("每年发薪月数应在 12 到 36 之间", text)
    if max(low, high) == 0:
        return None
    return Quotation(low, high, per, int(months[1]) if months else 12)


def _take_period(said: str) -> tuple[PayPeriod | None, str]:
    for period, pattern in _PERIODS:
        if pattern.search(said):
            return period, pattern.sub("", said)
    return None, said


def parse_period(text: str) -> PayPeriod | None:
    """The period that a column names: 月, 元/天, 日薪, year."""
    said = plain(text)
    if is_absent(text):
        return None
    named = _take_period(said)[0]
    names = {"年": PayPeriod.YEAR, "月": PayPeriod.MONTH, "天": PayPeriod.DAY, "日": PayPeriod.DAY}
    names |= {"小时": PayPeriod.HOUR, "时": PayPeriod.HOUR, "hour": PayPeriod.HOUR, "day": PayPeriod.DAY}
    names |= {"month": PayPeriod.MONTH, "year": PayPeriod.YEAR}
    found = named or names.get(said.removeprefix("按").removesuffix("结").removesuffix("薪"))
    if found is None:
        raise Unparsed("计薪周期只能是年、月、天、小时之一", text)
    return found


_HOURLY_PRICE = re.compile(
    r"时薪|\d\s*元?\s*[/／每]\s*(?:个)?(?:小时|h\b)|(?:每|一)(?:个)?小时\s*\d|\d\s*元?一(?:个)?小时"
)
_CASUAL = re.compile(r"兼职|日结|周结|钟点|小时工|时薪|每小时")
_INTERN = re.compile(r"实习|(?i:\bintern)")


def salary_of(quotation: Quotation, *, title: str = "", text: str = "") -> Salary:
    """The monthly salary; without a stated period it is decided by magnitude, then by the posting's words.

    The bounds come from 19,489 salaries of seven job sites. Between 800 and 1,000 there are none: 1,000 and
    more is per month. From 100,000 on ordinary jobs (PHP 开发, two years) are quoted per year. From 70 to
    1,000 it is per day, nine in ten of them internships (a month at the lowest minimum wage is some 75 a
    day), unless the text names an hourly price. From 10 to 70 it is per hour when the posting speaks of
    casual work, per day for an intern, and otherwise as likely thousands a month: refused. Under 10 it is
    a rider's pay per parcel: refused, as is an upper bound above ten times the lower (5-500, project work).
    """
    said = f"{quotation.low:g}-{quotation.high:g}"
    if quotation.low > quotation.high:
        raise Unparsed("最低薪资高于最高薪资", said)
    per = quotation.per or _likely_period(quotation, said, title, text)
    low, high = quotation.low * per.per_month, quotation.high * per.per_month
    if not 1 <= low <= high <= 10_000_000:
        raise Unparsed("薪资折算成每月后超出 1 至 1000 万元", said)
    return Salary.quoted(quotation.low, quotation.high, per=per, pay_months=quotation.pay_months)


def _likely_period(quotation: Quotation, said: str, title: str, text: str) -> PayPeriod:
    low, high = quotation.low, quotation.high
    if low < 10:
        raise Unparsed("薪资数值过小，可能是千元或按件计酬，无法判断单位", said)
    if high > 10 * low:
        raise Unparsed("薪资上限超过下限的 10 倍，不像同一岗位的工资", said)
    if low >= 100_000:
        return PayPeriod.YEAR
    if low >= 1_000:
        return PayPeriod.MONTH
    if low >= 70:
        return PayPeriod.HOUR if low <= 300 and _HOURLY_PRICE.search(title + "\n" + text) else PayPeriod.DAY
    if low >= 30 and _INTERN.search(title):
        return PayPeriod.DAY
    if _CASUAL.search(title + "\n" + text):
        return PayPeriod.HOUR
    raise Unparsed("薪资没有单位，无法判断是千元/月还是元/小时", said)


def salary_between(low: Quotation | None, high: Quotation | None) -> Quotation | None:
    """One quotation of a column for the lower and one for the upper bound; a missing upper one equals the lower."""
    if low is None and high is not None:
        raise Unparsed("薪资只有上限，无法判断最低薪资", f"{high.high:g}")
    if low is None or high is None:
        return low
    return replace(
        low,
        high=high.high,
        per=low.per or high.per,
        pay_months=max(low.pay_months, high.pay_months),
    )


# Levels and choices

_EDUCATION: tuple[tuple[Education, str], ...] = (
    (Education.ANY, r"不限|无要求|不要求|无需|不作要求|^any$"),
    (Education.PRIMARY, r"小学|primary"),
    (Education.JUNIOR_SECONDARY, r"初中|初级中学|juniorhigh"),
    (Education.SECONDARY, r"高中|中专|中职|中技|技校|技工|职高|职校|中等职业|中等专业|highschool"),
    (Education.JUNIOR_COLLEGE, r"大专|专科|高职|高专|高等职业|juniorcollege|associate|college|^专$"),
    (Education.BACHELOR, r"本科|学士|bachelor|大学(?!专)|^本$"),
    (Education.MASTER, r"硕士|研究生|master|mba"),
    (Education.DOCTORATE, r"博士|doctor|ph\.?d"),
)
_UNIVERSITY = re.compile(r"大学(?=专科|本科)|博士后?研究生|硕士研究生")


def parse_education(text: str) -> Education | None:
    """The lowest education that a requirement accepts: 中专/大专 → SECONDARY; 初中及以下 and 不限 → ANY."""
    if is_absent(text):
        return None
    said = _UNIVERSITY.sub(lambda found: found[0].removesuffix("研究生").replace("大学", ""), plain(text))
    found = [level for level, pattern in _EDUCATION if re.search(pattern, said)]
    if not found:
        raise Unparsed("学历无法识别", text)
    return Education.ANY if re.search(r"及?以下", said) else min(found)


_SCHOOL_LEVELS: tuple[tuple[SchoolLevel, str], ...] = (
    (SchoolLevel.DOCTORATE, r"博士|doctor|ph\.?d"),
    (SchoolLevel.MASTER, r"硕士|研究生|master"),
    (SchoolLevel.VOCATIONAL_BACHELOR, r"职业(?:教育)?本科|职教本科|职本|高职本科|本科层次职业"),
    (SchoolLevel.BACHELOR, r"本科|学士|bachelor|大学(?!专)"),
    (SchoolLevel.JUNIOR_COLLEGE, r"高职|大专|专科|高专|juniorcollege"),
    (SchoolLevel.TECHNICIAN, r"技工|技校|技师学院|中技|高技|预备技师"),
    (SchoolLevel.SECONDARY_VOCATIONAL, r"中职|中专|职高|职校|中等职业|中等专业|职业高中"),
    (SchoolLevel.SENIOR_HIGH, r"高中|普高"),
    (SchoolLevel.JUNIOR_HIGH, r"初中"),
)


def parse_level(text: str) -> SchoolLevel | None:
    """The school level; the highest of several (本科、硕士)."""
    if is_absent(text):
        return None
    said = plain(text).replace("大学专科", "专科")
    for level, pattern in _SCHOOL_LEVELS:
        if re.search(pattern, said):
            return level
    raise Unparsed("办学层次无法识别", text)


# 五级 is the lowest of the five national grades.
_SKILL_LEVELS: tuple[tuple[SkillLevel, str], ...] = (
    (SkillLevel.CHIEF_TECHNICIAN, r"首席技师"),
    (SkillLevel.SPECIAL_TECHNICIAN, r"特级技师"),
    (SkillLevel.SENIOR_TECHNICIAN, r"高级技师|1级"),
    (SkillLevel.TECHNICIAN, r"技师|2级"),
    (SkillLevel.SENIOR, r"高级|3级"),
    (SkillLevel.INTERMEDIATE, r"中级|4级"),
    (SkillLevel.JUNIOR, r"初级|5级"),
    (SkillLevel.APPRENTICE, r"学徒"),
)


def parse_skill_level(text: str) -> SkillLevel | None:
    """The 技能等级: 高级工, 三级/高级工, 中级; the highest named."""
    said = numerals(plain(text))
    if is_absent(text) or "不限" in said:
        return None
    for level, pattern in _SKILL_LEVELS:
        if re.search(pattern, said):
            return level
    raise Unparsed("技能等级无法识别", text)


_NO_EXPERIENCE = re.compile(
    r"不限|无需|不需|无经验|不要求|无要求|零经验|0经验|应届|在校|毕业生|\d届|freshgraduate|noexperience"
)


def parse_experience_years(text: str) -> int | None:
    """The fewest whole years: 3-5年 → 3, 1年以内 and 应届毕业生 → 0, 6个月 → 0."""
    if is_absent(text):
        return None
    said = numerals(plain(text))
    if _NO_EXPERIENCE.search(said):
        return 0
    if re.search(r"以内|以下|不足|半年|少于", said):
        return 0
    months = re.search(r"(\d{1,3})个?月", said)
    if months:
        return int(months[1]) // 12
    years = re.match(r"\D{0,8}?(?<![\d.])(\d{1,2})(?:\.\d+)?(?![\d.])", said)
    if not years or int(years[1]) > 60:
        raise Unparsed("工作年限无法识别", text)
    return int(years[1])


_EMPLOYMENT: tuple[tuple[Employment, str], ...] = (
    (Employment.FIELD_ENGINEER, r"现场工程师"),
    (Employment.ORDER_CLASS, r"订单"),
    (Employment.APPRENTICESHIP, r"学徒|apprentice"),
    (Employment.INTERNSHIP, r"实习|见习|intern"),
    (Employment.PART_TIME, r"兼职|临时|小时工|钟点|非全日制|part"),
    (Employment.FULL_TIME, r"全职|就业|正式|全日制|合同|社招|校招|社会招聘|校园招聘|应届|长期|full"),
)


def parse_employment(text: str) -> Employment | None:
    """The form of engagement; None for 不限."""
    return _choice(text, _EMPLOYMENT, "用工形式无法识别")


_TITLED = re.compile(r"实习生|[(（\[【]实习|实习[)）\]】]|^实习|实习$|(?i:\bintern(?:ship)?\b)")
_PART_TIME_TITLE = re.compile(r"(?<!可)兼职|小时工|钟点工|(?i:part[- ]?time)")


def employment_of_title(title: str) -> Employment | None:
    """The form of engagement that a title says in so many words (实习生, 兼职, 学徒); None if it says none."""
    if _TITLED.search(title):
        return Employment.INTERNSHIP
    if "全职" not in title and _PART_TIME_TITLE.search(title):
        return Employment.PART_TIME
    return Employment.APPRENTICESHIP if "学徒" in title else None


_SHIFTS: tuple[tuple[Shift, str], ...] = (
    (Shift.THREE, r"三班|3班|四班三|4班3"),
    (Shift.TWO, r"两班|二班|2班|倒班|白夜"),
    (Shift.NIGHT, r"夜班|晚班|night"),
    (Shift.FLEXIBLE, r"弹性|自由|不定时|flex"),
    (Shift.ROSTER, r"排班|轮班|轮休|做.休|roster|shift"),
    (Shift.DAY, r"白班|日班|常白|行政班|朝九|早九|双休|单休|day"),
)


def parse_shift(text: str) -> Shift | None:
    """The working hours; None for 不限."""
    return _choice(text, _SHIFTS, "班次无法识别")


_ORGANISATION_TYPES: tuple[tuple[OrganisationType, str], ...] = (
    (OrganisationType.TRAINING, r"培训"),
    (OrganisationType.PARK, r"园区|开发区|产业园|管委会|高新区"),
    (OrganisationType.ASSOCIATION, r"协会|商会|联合会|学会|促进会|联盟"),
    (OrganisationType.RESEARCH, r"科研|研究院|研究所|研究中心|实验室|设计院"),
    (OrganisationType.GOVERNMENT, r"政府|机关|事业单位|(?:局|委员会|委|厅|办公室|街道办事处)$"),
    (OrganisationType.ENTERPRISE, r"企业|公司|集团|民营|国企|私营|合资|外资|工厂|厂$|酒店$|医院$|店$|银行$"),
    (OrganisationType.SCHOOL, r"学校|院校|高校|学院|大学|高职|中职|本科|技校|中学"),
)


def parse_organisation_type(text: str) -> OrganisationType | None:
    """The kind of member, from its column or, since names end in it, from a name (…有限公司)."""
    return _choice(text, _ORGANISATION_TYPES, "单位类型无法识别")


_OFFER_TYPES: tuple[tuple[OfferType, str], ...] = (
    (OfferType.TEAM, r"团队"),
    (OfferType.EXPERT, r"专家|人才|导师|教授"),
    (OfferType.EQUIPMENT, r"设备|平台|仪器|实验室|中试"),
    (OfferType.CONSULTING, r"服务|咨询|检测|顾问"),
    (OfferType.ACHIEVEMENT, r"成果|专利|技术|软件|工艺"),
)


def parse_offer_type(text: str) -> OfferType | None:
    """What is offered."""
    return _choice(text, _OFFER_TYPES, "供给类型无法识别")


_PLAN_TYPES: tuple[tuple[PlanType, str], ...] = (
    (PlanType.DEMAND, r"需求|招聘|用工|发布"),
    (PlanType.PLAN, r"规划|计划|布局"),
)


def parse_plan_type(text: str) -> PlanType | None:
    """Whether a plan or a demand is published."""
    return _choice(text, _PLAN_TYPES, "规划类型无法识别")


_NOTICE_TYPES: tuple[tuple[NoticeType, str], ...] = (
    (NoticeType.TRAINING, r"培训"),
    (NoticeType.COOPERATION, r"合作|共建|意向"),
    (NoticeType.NEWS, r"动态|新闻|资讯|快讯|通知"),
)


def parse_notice_type(text: str) -> NoticeType | None:
    """What a notice is about."""
    return _choice(text, _NOTICE_TYPES, "公告类型无法识别")


_SECRECY: tuple[tuple[Secrecy, str], ...] = (
    (Secrecy.PRIVATE, r"撮合|保密|不公开|private"),
    (Secrecy.MEMBERS, r"成员|会员|联合体|members?"),
    (Secrecy.PUBLIC, r"公开|public"),
)


def parse_secrecy(text: str) -> Secrecy | None:
    """Who may read a need."""
    return _choice(text, _SECRECY, "公开范围无法识别")


_MODES: tuple[tuple[CourseMode, str], ...] = (
    (CourseMode.BLENDED, r"混合|线上线下|线上\+线下|线下\+线上|blended"),
    (CourseMode.ONLINE, r"线上|在线|网络|网课|直播|慕课|mooc|online"),
    (CourseMode.OFFLINE, r"线下|面授|现场|集中|脱产|offline"),
)


def parse_mode(text: str) -> CourseMode | None:
    """How a course is taught."""
    return _choice(text, _MODES, "授课方式无法识别")


def parse_instrument(text: str) -> Instrument | None:
    """The policy instrument that a text names (财政补贴 → 财政)."""
    choices = tuple((one, one.value) for one in Instrument)
    return _choice(
        text, (*choices, (Instrument.TAX, "税|费"), (Instrument.FISCAL, "补贴|奖补|资金")), "政策工具无法识别"
    )


def _choice(text: str, choices: Iterable[tuple[E, str]], reason: str) -> E | None:
    said = plain(text)
    if is_absent(text) or said in ("不限", "都可", "均可", "无要求", "any"):
        return None
    for choice, pattern in choices:
        if re.search(pattern, said):
            return choice
    raise Unparsed(reason, text)


_YEARS_OF_STUDY = re.compile(r"(?:大|研|博|高|中|初|职)?(\d)(?:年级)?|第?(\d)(?:学)?年(?:级)?")


def parse_grade(text: str) -> int | None:
    """The year of study: 大三, 三年级, 3. A year of entry (2023级) is none."""
    said = numerals(plain(text)).removesuffix("学生").removesuffix("在读")
    if is_absent(text):
        return None
    found = _YEARS_OF_STUDY.fullmatch(said)
    year = int(found[1] or found[2]) if found else 0
    if not 1 <= year <= 8:
        raise Unparsed("年级应为第几学年，如 大三、二年级", text)
    return year


def parse_maturity(text: str) -> int | None:
    """The technology readiness level 1 to 9: TRL6, 6级."""
    said = numerals(plain(text))
    if is_absent(text):
        return None
    found = re.fullmatch(r"(?:trl)?[-:]?([1-9])(?:\.0)?级?", said)
    if not found:
        raise Unparsed("技术就绪度应为 1 到 9 级", text)
    return int(found[1])


def parse_year(text: str) -> int | None:
    """A calendar year: 2015, 2015年, 2015-03-01, 2025届."""
    said = plain(text)
    if is_absent(text):
        return None
    found = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?(?:年|届|级|[-/.年]\d.*)?", said)
    if not found:
        raise Unparsed("年份无法识别", text)
    return int(found[1])


# Days and months

_TIMELESS = ("长期", "不限", "随时", "即日", "至今", "永久", "常年", "招满", "待定")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})?日?)?(?:[t日]?\d{1,2}:\d{2}.*)?")
_EPOCH = date(1899, 12, 30)


def parse_date(text: str, *, end: bool = False) -> date | None:
    """A day: 2025/3/1, 2025年3月1日, 20250301, 2025-03-01 12:00, an Excel serial number; None for 长期.

    A month alone is its first day, or its last when `end` (a deadline).
    """
    said = plain(text)
    if is_absent(text) or any(word in said for word in _TIMELESS):
        return None
    compact = re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", said)
    found = compact or _DAY.fullmatch(said)
    try:
        if found:
            return _day(int(found[1]), int(found[2]), int(found[3] or 0), end=end)
        # Excel counts days from 1899-12-30; 20,000 is 1954, 80,000 is 2119.
        if re.fullmatch(r"\d{5}(?:\.\d+)?", said) and 20_000 <= float(said) <= 80_000:
            return _EPOCH + timedelta(days=int(float(said)))
    except ValueError:
        pass
    raise Unparsed("日期无法识别，应如 2026-09-01", text)


def parse_deadline(text: str) -> date | None:
    """A last day; a month alone is its last day."""
    return parse_date(text, end=True)


def _day(year: int, month: int, day: int, *, end: bool) -> date:
    if not 1900 <= year <= 2100:
        raise ValueError(year)
    if day or not end:
        return date(year, month, day or 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def parse_month(text: str) -> str | None:
    """A month as YYYY-MM: 2027-06, 2027年6月, 2027/6/30; a class (2027届, 27届, 2027) leaves in June."""
    said = plain(text)
    if is_absent(text):
        return None
    named = re.fullmatch(r"((?:19|20)\d\d)(?:\.0)?(?:年|届)?(?:毕业生?)?|(\d\d)届(?:毕业生?)?", said)
    if named:
        return f"{named[1] or '20' + named[2]}-06"
    month = re.fullmatch(r"((?:19|20)\d\d)[-/.年]?(0?[1-9]|1[0-2])(?:月|[-/.月].*)?(?:毕业)?", said)
    if month:
        return f"{month[1]}-{int(month[2]):02d}"
    try:
        day = parse_date(text)
    except Unparsed:
        day = None
    if day is None:
        raise Unparsed("月份无法识别，应如 2027-06", text)
    return f"{day:%Y-%m}"


# Lists

_LIST_NUMBER = re.compile(r"(?:(?<=^)|(?<=[\s;；。]))[(（]?\d{1,2}(?:[、．)）]|\.(?!\d))\s*")
_OPENING, _CLOSING = "(（[【《<", ")）]】》>"
_STRONG = "\n；;|｜"
_WEAK = "、，,"
# Names with a slash in them; everything else that has no other separator is split at slashes.
_SLASHED = re.compile(r"(?i)\b(?:tcp/ip|ci/cd|i/o|a/b|b/s|c/s|pl/sql|ui/ux|r/3|pid/fid|24/7|m/m)\b")


def parse_list(text: str, separators: str | None = None) -> tuple[str, ...]:
    """The entries of a cell, trimmed, without their numbers; nothing inside brackets is split.

    Separators are 、 ， , ； ; | and line ends; a slash only when there is no other (TCP/IP、Linux). An English
    comma between digits is kept. `separators` replaces them all.
    """
    if is_absent(text):
        return ()
    text = _LIST_NUMBER.sub("\n", text)
    if separators is not None:
        return _entries(_split(text, separators))
    parts = _split(text, _STRONG + _WEAK)
    if len(parts) == 1 and not _SLASHED.search(text):
        parts = _split(text, "/／")
    return _entries(parts)


def parse_paragraphs(text: str, separators: str | None = None) -> tuple[str, ...]:
    """The texts of a cell that holds several, one a line or set apart by ； or |; commas belong to the text."""
    if is_absent(text):
        return ()
    return _entries(_split(_LIST_NUMBER.sub("\n", text), _STRONG if separators is None else separators))


def _split(text: str, separators: str) -> list[str]:
    parts: list[str] = [""]
    depth = 0
    for position, one in enumerate(text):
        if one in _OPENING:
            depth += 1
        elif one in _CLOSING:
            depth = max(0, depth - 1)
        inside = depth > 0 and one != "\n"
        if one in separators and not inside and not (one == "," and _between_digits(text, position)):
            parts.append("")
            depth = 0
        else:
            parts[-1] += one
    return parts


def _between_digits(text: str, position: int) -> bool:
    return text[position - 1 : position].isdigit() and text[position + 1 : position + 2].isdigit()


def _entries(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(entry for entry in (part.strip(" \t\u3000。·•-") for part in parts) if not is_absent(entry))


# Text

_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|li|div|tr|h[1-6]|ul|ol)\s*>")
_TAG = re.compile(
    r"(?i)</?(?:br|p|li|ol|ul|div|span|strong|b|em|font|table|tbody|tr|td|h[1-6]|section|img)(?:\s[^<>]*)?/?>"
)
_ENTITIES = {"nbsp": " ", "amp": "&", "lt": "<", "gt": ">", "quot": '"', "middot": "·", "ldquo": "“", "rdquo": "”"}
_ENTITY = re.compile(r"&(nbsp|amp|lt|gt|quot|middot|ldquo|rdquo|#39|apos);")


def unmarked(text: str) -> str:
    """The text without the HTML that job sites leave in it; a < that opens no known tag stays."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES.get(found[1], "'"), text)
    return text.replace("\xa0", " ")
