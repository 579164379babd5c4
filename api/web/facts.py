"""Records in Chinese as the pages introduce, list and tabulate them; a talent's name occurs nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data import taxonomy
from indexing.text import FIELDS
from matching.disclosure import UNDER
from models.courses import Course
from models.lists import Cell
from models.matches import Document
from models.notices import Notice, NoticeType
from models.organisations import Organisation
from models.plans import Plan, Target
from models.policies import Condition, Fact, Operator, Policy
from models.postings import Posting
from models.specialties import Cohort, Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import DivisionCode, IndustryCode, Kind, Month, OccupationCode, Record

UNSAID = "未填写"
WITHHELD = "人数不公布"
"""In place of a count of so few people that they could be told apart."""
PATHS = {
    Kind.POSTING: "/postings",
    Kind.TALENT: "/talents",
    Kind.COURSE: "/courses",
    Kind.NEED: "/needs",
    Kind.OFFER: "/offers",
    Kind.POLICY: "/policies",
    Kind.ORGANISATION: "/organisations",
    Kind.PROGRAMME: "/programmes",
    Kind.PLAN: "/plans",
    Kind.NOTICE: "/notices",
}
COUNTERS = {
    Kind.POSTING: "个",
    Kind.TALENT: "人",
    Kind.COURSE: "门",
    Kind.NEED: "项",
    Kind.OFFER: "项",
    Kind.POLICY: "条",
    Kind.ORGANISATION: "家",
    Kind.PROGRAMME: "个",
    Kind.PLAN: "项",
    Kind.NOTICE: "条",
}
"""The measure word that each kind is counted with."""


_LONG = frozenset(
    {"description", "content", "experience", "self_description", "benefit", "text"}
    | {"assumptions", "evidence", "wants", "offers"}
)
"""Text fields that are shown as paragraphs, not in the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled fact; `value` is never empty."""

    label: str
    value: str
    href: str | None = None

    @property
    def said(self) -> bool:
        return self.value != UNSAID


@dataclass(frozen=True, slots=True)
class Brief:
    """A record in two lines."""

    id: int
    href: str
    title: str
    tags: tuple[str, ...]
    """Short facts, those that are missing left out."""


def counted(number: int | None, kind: Kind) -> str:
    """The number with its measure word, such as 12 人; None is one that is too small to be published."""
    if number is None:
        return WITHHELD
    return f"{number:,} {COUNTERS[kind]}"


def things(number: int | None, kind: Kind) -> str:
    """The number with what it counts, such as 12 名人才."""
    if number is None:
        return f"{kind.label}{WITHHELD}"
    measure = "名" if kind is Kind.TALENT else COUNTERS[kind]
    return f"{number:,} {measure}{kind.label}"


def href(kind: Kind, id: int | None) -> str | None:
    """The record's page; None when there is none."""
    return None if id is None else f"{PATHS[kind]}/{id}"


def title(document: Document[Record]) -> str:
    """What the record is called; a talent is called by number, level, specialty and year."""
    match document.record:
        case Posting() | Need() | Offer() | Policy() | Plan() | Notice() as record:
            return record.title
        case Course() | Organisation() as record:
            return record.name
        case Programme() as record:
            return f"{record.school} · {record.name}"
        case Talent() as record:
            level = record.level.label if record.level else None
            return " · ".join(_said(f"人才 {document.id}", level, record.specialty, _class_of(record)))
    raise TypeError(f"no title for {type(document.record).__name__}")


def brief(document: Document[Record]) -> Brief:
    """The record as a card or a search result introduces it."""
    return Brief(
        document.id, f"{PATHS[document.kind]}/{document.id}", title(document), tuple(_said(*_tags(document.record)))
    )


def _tags(record: Record) -> tuple[str | None, ...]:
    match record:
        case Posting():
            return (
                record.organisation,
                record.employment.label if record.employment else None,
                record.salary.label if record.salary else "薪资面议",
                f"学历{record.education.label}" if record.education else None,
                where(record.place, record.division),
                f"招 {record.headcount} 人" if record.headcount else None,
            )
        case Talent():
            return (
                f"求职：{'、'.join(record.seeking)}" if record.seeking else None,
                f"期望岗位：{'、'.join(record.expected_positions)}" if record.expected_positions else None,
                f"期望地点：{'、'.join(record.expected_places)}" if record.expected_places else None,
                f"{yuan(record.expected_salary)}/月起" if record.expected_salary else None,
            )
        case Course():
            return (
                record.provider,
                f"{record.hours:g} 学时" if record.hours else None,
                price(record.price) if record.price is not None else None,
                record.mode.label if record.mode else None,
                f"{day(record.starts)}开课" if record.starts else None,
            )
        case Need():
            return (
                record.organisation,
                "、".join(record.fields),
                f"预算 {budget(record)}" if record.budget_high or record.budget_low else None,
                f"{day(record.deadline)}截止" if record.deadline else None,
            )
        case Offer():
            maturity = f"技术就绪度 {record.maturity} 级" if record.maturity else None
            return (record.organisation, record.type.label, "、".join(record.fields), maturity)
        case Policy():
            return (
                record.issuer,
                f"最高 {yuan(record.amount)}" if record.amount else None,
                f"{day(record.closes)}截止申报" if record.closes else None,
            )
        case Organisation():
            return (record.type.label, industry(record.industry), where(record.place, record.division))
        case Programme():
            return (record.level.label, f"专业代码 {record.code}" if record.code else None)
        case Plan():
            return (record.organisation, record.type.label, record.chain, headcounts(record.targets))
        case Notice():
            return (
                record.organisation,
                record.type.label,
                record.form,
                record.scale or (f"{record.headcount} 人" if record.headcount else None),
                f"{day(record.ends)}截止" if record.ends else None,
            )
    raise TypeError(f"no tags for {type(record).__name__}")


def facts(document: Document[Record]) -> tuple[Row, ...]:
    """Every published fact that is not a longer text, in reading order; what is missing says so."""
    match document.record:
        case Posting() as posting:
            return _posting(posting)
        case Talent() as talent:
            return _talent(talent)
        case Course() as course:
            return _course(course)
        case Need() as need:
            return _need(need)
        case Offer() as offer:
            return _offer(offer)
        case Policy() as policy:
            return _policy(policy)
        case Organisation() as organisation:
            return _organisation(organisation)
        case Programme() as programme:
            return _programme(programme)
        case Plan() as plan:
            return _plan(plan)
        case Notice() as notice:
            return _notice(notice)
    raise TypeError(f"no facts for {type(document.record).__name__}")


def _posting(posting: Posting) -> tuple[Row, ...]:
    return (
        Row("用人单位", posting.organisation, href(Kind.ORGANISATION, posting.organisation_id)),
        _row("用工形式", posting.employment and posting.employment.label),
        _row("招聘人数", _number(posting.headcount, "人")),
        Row("薪资", posting.salary.label if posting.salary else "面议"),
        _row("学历要求", posting.education and posting.education.label),
        _row("经验要求", _experience(posting.experience_years)),
        _row("技能等级", posting.skill_level and posting.skill_level.label),
        _row("班次", posting.shift and posting.shift.label),
        _row("工作地点", where(posting.place, posting.division)),
        _row("专业要求", names(posting.specialties)),
        _row("必备技能", names(posting.required_skills)),
        _row("优先技能", names(posting.preferred_skills)),
        _row("必备证书", names(posting.required_certificates)),
        _row("优先证书", names(posting.preferred_certificates)),
        _row("职业", occupation(posting.occupation)),
        _row("行业", industry(posting.industry)),
        _row("福利", names(posting.benefits)),
        _row("发布日期", day(posting.published)),
        _row("截止日期", day(posting.expires)),
    )


def _talent(talent: Talent) -> tuple[Row, ...]:
    return (
        _row("层次", talent.level and talent.level.label),
        _row("学校", talent.school, href(Kind.ORGANISATION, talent.school_id)),
        _row("专业", talent.specialty),
        _row("年级", f"{talent.grade} 年级" if talent.grade else None),
        _row("毕业时间", month(talent.graduation)),
        _row("求职意向", "、".join(talent.seeking)),
        _row("期望岗位", names(talent.expected_positions)),
        _row("期望地点", names(talent.expected_places) or _divisions(talent.expected_divisions)),
        _row("期望薪资", f"不低于 {yuan(talent.expected_salary)}/月" if talent.expected_salary else None),
        _row("可接受班次", "、".join(talent.shifts)),
        _row("所在地", where(talent.place, talent.division)),
        _row("技能", names(talent.skills)),
        _row("证书", names(talent.certificates)),
        _row("技能等级", talent.skill_level and talent.skill_level.label),
        _row("工作年限", _number(talent.experience_years, "年")),
        _row("所修课程", names(talent.courses)),
        _row("可到岗时间", period(talent.available_from, talent.available_until)),
    )


def _course(course: Course) -> tuple[Row, ...]:
    return (
        Row("开课单位", course.provider, href(Kind.ORGANISATION, course.provider_id)),
        _row("教授技能", names(course.skills)),
        _row("对应证书", names(course.certificates)),
        _row("先修技能", names(course.prerequisites)),
        _row("学时", f"{course.hours:g} 学时" if course.hours else None),
        _row("费用", price(course.price) if course.price is not None else None),
        _row("授课方式", course.mode and course.mode.label),
        _row("入学学历", course.education and course.education.label),
        _row("对应技能等级", course.skill_level and course.skill_level.label),
        _row("面向对象", names(course.audience)),
        _row("名额", _number(course.seats, "人")),
        _row("上课地点", where(course.place, course.division)),
        _row("上课时间", period(course.starts, course.ends)),
    )


def _need(need: Need) -> tuple[Row, ...]:
    return (
        Row("需求单位", need.organisation, href(Kind.ORGANISATION, need.organisation_id)),
        _row("技术领域", names(need.fields)),
        _row("行业", industry(need.industry)),
        _row("预算", budget(need)),
        _row("所在地", where(need.place, need.division)),
        _row("发布日期", day(need.published)),
        _row("截止日期", day(need.deadline)),
        Row("公开范围", need.secrecy.label),
    )


def _offer(offer: Offer) -> tuple[Row, ...]:
    return (
        Row("供给单位", offer.organisation, href(Kind.ORGANISATION, offer.organisation_id)),
        Row("类型", offer.type.label),
        _row("技术领域", names(offer.fields)),
        _row("行业", industry(offer.industry)),
        _row("成熟度", f"技术就绪度 {offer.maturity} 级（共 9 级）" if offer.maturity else None),
        _row("知识产权", names(offer.intellectual_property)),
        _row("价格", price(offer.price) if offer.price is not None else None),
        _row("所在地", where(offer.place, offer.division)),
        _row("发布日期", day(offer.published)),
    )


def _policy(policy: Policy) -> tuple[Row, ...]:
    return (
        Row("发布机关", policy.issuer),
        _row("文号", policy.document_number),
        _row("政策工具", "、".join(policy.instruments)),
        _row("适用对象", names(policy.audience)),
        _row("最高支持", yuan(policy.amount)),
        _row("适用地区", where(None, policy.division)),
        _row("发布日期", day(policy.published)),
        _row("申报时间", period(policy.opens, policy.closes)),
        _row("原文网址", policy.url, policy.url),
    )


def _organisation(organisation: Organisation) -> tuple[Row, ...]:
    common = (
        Row("类型", organisation.type.label),
        _row("统一社会信用代码", organisation.credit_code),
        _row("行业", industry(organisation.industry)),
        _row("所在地", where(organisation.place, organisation.division)),
        _row("职工人数", _number(organisation.staff, "人")),
        _row("成立年份", f"{organisation.founded} 年" if organisation.founded else None),
    )
    if organisation.type.label != "企业":
        return common
    return (
        *common,
        _row("年营业收入", yuan(organisation.revenue)),
        _row("近一年接收实习生", _number(organisation.interns, "人")),
        _row("专利", _number(organisation.patents, "件")),
        _row("资质", names(organisation.qualifications)),
        _row("主要产品", names(organisation.products)),
        _row("产业链环节", names(organisation.chain_nodes)),
    )


def _programme(programme: Programme) -> tuple[Row, ...]:
    cohorts = sorted(programme.cohorts, key=lambda cohort: cohort.year)
    return (
        Row("学校", programme.school, href(Kind.ORGANISATION, programme.school_id)),
        Row("层次", programme.level.label),
        _row("专业代码", programme.code),
        _row("核心课程", names(programme.courses)),
        _row("面向职业", "、".join(filter(None, map(occupation, programme.occupations)))),
        _row("毕业生", "、".join(f"{cohort.year} 届{_graduates(cohort)}" for cohort in cohorts)),
    )


def _plan(plan: Plan) -> tuple[Row, ...]:
    return (
        Row("发布单位", plan.organisation, href(Kind.ORGANISATION, plan.organisation_id)),
        Row("类型", plan.type.label),
        _row("产业链", plan.chain),
        _row("范围", plan.scope),
        _row("期间", period(plan.starts, plan.ends)),
        _row("行业", industry(plan.industry)),
        _row("地区", where(plan.place, plan.division)),
        _row("发布日期", day(plan.published)),
    )


def _notice(notice: Notice) -> tuple[Row, ...]:
    common = (
        Row("发布单位", notice.organisation, href(Kind.ORGANISATION, notice.organisation_id)),
        Row("类型", notice.type.label),
    )
    about = {
        NoticeType.NEWS: (_row("原文网址", notice.url, notice.url),),
        NoticeType.TRAINING: (
            _row("培训技能", names(notice.skills)),
            _row("人数", _number(notice.headcount, "人")),
            _row("培训方式", notice.mode and notice.mode.label),
            _row("时间", period(notice.starts, notice.ends)),
        ),
        NoticeType.COOPERATION: (
            _row("合作类型", notice.form),
            _row("规模", notice.scale),
            _row("合作时间", period(notice.starts, notice.ends)),
        ),
    }[notice.type]
    return (
        *common,
        *about,
        _row("行业", industry(notice.industry)),
        _row("所在地", where(notice.place, notice.division)),
        _row("发布日期", day(notice.published)),
    )


def headcounts(targets: Sequence[Target]) -> str | None:
    """2027 年 120 至 160 人、2028 年 …: the sums over all nodes by year; None without targets."""
    sums: dict[int, list[int]] = {}
    for target in targets:
        low, high = sums.get(target.year, (0, 0))
        sums[target.year] = [low + target.low, high + target.high]
    return names([f"{year} 年 {interval(*sums[year])}" for year in sorted(sums)])


def interval(low: int, high: int) -> str:
    """120 至 160 人, or 120 人."""
    return f"{low:,} 人" if low == high else f"{low:,} 至 {high:,} 人"


def _graduates(cohort: Cohort) -> str:
    return f"不足 {UNDER} 人" if 0 < cohort.graduates < UNDER else f" {cohort.graduates} 人"


def paragraphs(document: Document[Record]) -> tuple[Row, ...]:
    """The longer texts as published, with their labels."""
    labels = FIELDS[document.kind]
    return tuple(Row(labels[field], text) for field, text in document.texts.items() if field in _LONG)


def over(record: Record, today: date) -> str | None:
    """That the record's last day is past, as a sentence; None when it is not."""
    match record:
        case Posting():
            last, sentence = record.expires, "本岗位已于{}截止招聘，下面的推荐仅供参考。"
        case Need():
            last, sentence = record.deadline, "本需求已于{}截止，下面的推荐仅供参考。"
        case Policy():
            last, sentence = record.closes, "本政策已于{}截止申报。"
        case Course():
            last, sentence = record.ends, "本课程已于{}结束。"
        case Plan():
            last, sentence = record.ends, "本规划所述期间已于{}结束。"
        case Notice():
            last, sentence = record.ends, "本公告已于{}截止。"
        case _:
            return None
    return sentence.format(day(last)) if last and last < today else None


def columns(document: Document[Record]) -> tuple[Row, ...]:
    """What a list shows of the record beside its title: the same labels for all of a kind."""
    match document.record:
        case Posting() as record:
            return (
                Row("用人单位", record.organisation),
                _row("用工形式", record.employment and record.employment.label),
                Row("薪资", record.salary.label if record.salary else "面议"),
                _row("学历", record.education and record.education.label),
                _row("工作地点", where(record.place, record.division)),
                _row("发布日期", day(record.published)),
            )
        case Talent() as record:
            return (
                _row("学校", record.school),
                _row("求职意向", "、".join(record.seeking)),
                _row("期望岗位", names(record.expected_positions)),
                _row("毕业时间", month(record.graduation)),
            )
        case Course() as record:
            return (
                Row("开课单位", record.provider),
                _row("教授技能", names(record.skills)),
                _row("学时", f"{record.hours:g} 学时" if record.hours else None),
                _row("费用", price(record.price) if record.price is not None else None),
                _row("上课时间", period(record.starts, record.ends)),
            )
        case Need() as record:
            return (
                Row("需求单位", record.organisation),
                _row("技术领域", names(record.fields)),
                _row("预算", budget(record)),
                _row("截止日期", day(record.deadline)),
            )
        case Offer() as record:
            return (
                Row("供给单位", record.organisation),
                Row("类型", record.type.label),
                _row("技术领域", names(record.fields)),
                _row("成熟度", f"{record.maturity} 级" if record.maturity else None),
            )
        case Policy() as record:
            return (
                Row("发布机关", record.issuer),
                _row("适用对象", names(record.audience)),
                _row("最高支持", yuan(record.amount)),
                _row("申报截止", day(record.closes)),
            )
        case Organisation() as record:
            return (
                Row("类型", record.type.label),
                _row("行业", industry(record.industry)),
                _row("所在地", where(record.place, record.division)),
                _row("职工人数", _number(record.staff, "人")),
            )
        case Programme() as record:
            return (Row("学校", record.school), Row("层次", record.level.label), _row("专业代码", record.code))
        case Plan() as record:
            return (
                Row("发布单位", record.organisation),
                Row("类型", record.type.label),
                _row("产业链", record.chain),
                _row("预计用人", headcounts(record.targets)),
                _row("发布日期", day(record.published)),
            )
        case Notice() as record:
            return (
                Row("发布单位", record.organisation),
                Row("类型", record.type.label),
                _row("规模", record.scale or _number(record.headcount, "人")),
                _row("截止日期", day(record.ends)),
                _row("发布日期", day(record.published)),
            )
    raise TypeError(f"no columns for {type(document.record).__name__}")


def group(record: Record) -> str | None:
    """What a list of the record's kind can be narrowed by."""
    match record:
        case Posting():
            return record.employment.label if record.employment else None
        case Talent() | Programme():
            return record.level.label if record.level else None
        case Course():
            return record.mode.label if record.mode else None
        case Offer() | Organisation() | Plan() | Notice():
            return record.type.label
    return None


def condition(asked: Condition) -> str:
    """职工人数不低于 50 人; 所属行业属于通用设备制造业."""
    if asked.operator is Operator.ONE_OF:
        return f"{asked.fact}属于{'、'.join(_value(asked.fact, value) for value in asked.values)}"
    return f"{asked.fact}{asked.operator} {_quantity(asked.fact, asked.number or 0)}"


def held(fact: Fact, organisation: Organisation) -> str:
    """What the organisation has there, or 未填写."""
    codes = {Fact.TYPE: organisation.type.label, Fact.INDUSTRY: organisation.industry}
    codes |= {Fact.DIVISION: organisation.division}
    if fact in codes:
        code = codes[fact]
        return _value(fact, code) if code else UNSAID
    if fact is Fact.QUALIFICATION:
        return names(organisation.qualifications) or UNSAID
    numbers = {
        Fact.STAFF: organisation.staff,
        Fact.FOUNDED: organisation.founded,
        Fact.REVENUE: organisation.revenue,
        Fact.INTERNS: organisation.interns,
        Fact.PATENTS: organisation.patents,
    }
    number = numbers[fact]
    return UNSAID if number is None else _quantity(fact, number)


def _quantity(fact: Fact, number: float) -> str:
    if fact is Fact.REVENUE:
        return f"{yuan(number)}"
    if fact is Fact.FOUNDED:
        return f"{number:.0f} 年"
    return f"{number:,.0f} {'件' if fact is Fact.PATENTS else '人'}"


def _value(fact: Fact, value: str) -> str:
    if fact is Fact.INDUSTRY:
        return taxonomy.industry_label(value)
    return taxonomy.division_label(value) if fact is Fact.DIVISION else value


def day(value: date | None) -> str | None:
    """2026年9月1日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else None


def month(value: Month | None) -> str | None:
    """2027年6月."""
    return f"{value[:4]}年{int(value[5:])}月" if value else None


def period(start: date | None, end: date | None) -> str | None:
    """2026年9月1日至2026年12月1日, open on either side."""
    if start and end:
        return f"{day(start)}至{day(end)}"
    return f"{day(start)}起" if start else f"至{day(end)}" if end else None


def yuan(value: float | None) -> str | None:
    """3,500 元, 20 万元, 1.5 亿元."""
    if value is None:
        return None
    for size, unit in ((100_000_000, "亿元"), (10_000, "万元")):
        if value >= size:
            return f"{value / size:.2f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{value:,.0f} 元"


def price(value: int) -> str:
    """免费, or what it costs."""
    return f"{yuan(value)}" if value else "免费"


def budget(need: Need) -> str | None:
    """20 万元至 50 万元, open on either side."""
    low, high = yuan(need.budget_low), yuan(need.budget_high)
    if low and high:
        return high if low == high else f"{low}至 {high}"
    return f"{low}起" if low else f"{high}以内" if high else None


def names(values: Sequence[str]) -> str | None:
    """The names 、-separated; None when there are none."""
    return "、".join(values) or None


def where(place: str | None, division: DivisionCode | None) -> str | None:
    """The place as published or, failing that, the division's name."""
    return place or (_divisions((division,)) if division else None)


def industry(code: IndustryCode | None) -> str | None:
    """The industry's name."""
    return taxonomy.industry_label(code) if code else None


def occupation(code: OccupationCode | None) -> str | None:
    """The occupation's name."""
    return taxonomy.occupation_label(code) if code else None


def cell(value: Cell) -> str:
    """A list's cell as pages show it; empty when it says nothing."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    return value or ""


def said(value: Any) -> str:
    """A field's value in a version, in words."""
    if value is None:
        return UNSAID
    if isinstance(value, dict):
        return " ".join(said(one) for one in value.values() if one not in (None, [], ""))
    if isinstance(value, list | tuple):
        joint = "；" if any(isinstance(one, dict) for one in value) else "、"
        return joint.join(map(said, value))
    return cell(value)


def _divisions(codes: Sequence[DivisionCode]) -> str | None:
    return names([taxonomy.division_label(code) for code in codes])


def _class_of(talent: Talent) -> str | None:
    return f"{talent.graduation[:4]}届" if talent.graduation else None


def _experience(years: int | None) -> str | None:
    return None if years is None else f"{years} 年以上" if years else "不限，应届可"


def _number(value: int | None, unit: str) -> str | None:
    return None if value is None else f"{value:,} {unit}"


def _row(label: str, value: str | None, link: str | None = None) -> Row:
    return Row(label, value or UNSAID, link if value else None)


def _said(*values: str | None) -> list[str]:
    return [value for value in values if value]
