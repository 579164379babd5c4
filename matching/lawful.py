"""Whether a posting may lawfully be published: every rule that it breaks, with the words or numbers that show it.

The rules with their laws, and whether they block publication, stand in `data/taxonomy/rules.csv`, the numbers in
`data/taxonomy/limits.csv`. A rule without an article is one whose content was checked in two sources and whose
number was not. What is found is a hint for a reviewer, never legal advice.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from data import taxonomy
from data.ingest.parse import employment_of_title
from indexing import discrimination, form
from indexing.clauses import Clauses, itemised
from indexing.text import stated, texts
from indexing.unlawful import Wording, wordings
from models.lawful import Finding, Known, Numbers, Recruiter, Rule, Severity
from models.matches import Span
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.terms import Education, Employment, PayPeriod, Salary, Shift
from models.text import fold
from models.traits import Trait

PLACEMENTS = frozenset(
    {Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS, Employment.FIELD_ENGINEER}
)
"""Forms of engagement that students of vocational schools come by."""
NIGHTLY = frozenset({Shift.NIGHT, Shift.TWO, Shift.THREE})
"""Shifts with work at night."""


def check(
    posting: Posting, organisation: Organisation | None = None, *, known: Known | None = None, today: date
) -> tuple[Finding, ...]:
    """What stands against publishing the posting on that day, blocking findings first; empty when nothing does.

    Every span quotes a field of the posting or its published value (`texts | stated`) exactly. Facts that nobody
    knows break no rule.
    """
    known = known or Known()
    words = tuple(wordings({**texts(posting), "place": posting.place or ""}))
    placement = is_placement(posting)
    found = [
        *_of_words(words, posting, placement=placement),
        *_of_demands(posting),
        *_of_form(posting, organisation, known, today),
        *_of_recruiter(posting, words),
    ]
    if placement:
        of_placement = [*_of_placement(posting), *_of_numbers(posting, organisation, known)]
        found += [_softened(one, posting) for one in of_placement]
    order = {name: place for place, name in enumerate(taxonomy.rules())}
    unique = {(one.rule.name, one.span, one.numbers): one for one in found}
    return tuple(sorted(unique.values(), key=lambda one: (not one.blocks, order[one.rule.name], _place(one))))


def is_placement(posting: Posting) -> bool:
    """Whether the rules on internships of vocational students apply: not to 研究生."""
    employment = posting.employment or employment_of_title(posting.title)
    return employment in PLACEMENTS and (posting.education is None or posting.education <= Education.BACHELOR)


def _softened(finding: Finding, posting: Posting) -> Finding:
    """A warning in place of a block where the apprentice may be an employee, to whom other rules apply.

    企业新型学徒制 trains employees; only 现代学徒制 and its like bring students.
    """
    employment = posting.employment or employment_of_title(posting.title)
    if employment is not Employment.APPRENTICESHIP or not finding.rule.name.startswith("intern-"):
        return finding
    text = fold(f"{posting.title}{posting.description}")
    if "新型学徒" not in text and (posting.specialties or _STUDENTS.search(text)):
        return finding
    return replace(finding, rule=replace(finding.rule, severity=Severity.WARNS))


_STUDENTS = re.compile(r"现代学徒|学生|在校|在读|实习|院校|职校|技校|高职|中职|学校|学院|班级|校企|双元")


def recruiter(name: str, organisation: Organisation | None = None) -> Recruiter:
    """Which of the three kinds of recruiter the organisation is, by its name and type."""
    if _PUBLIC.search(name) or (organisation and organisation.type is OrganisationType.GOVERNMENT):
        return Recruiter.PUBLIC
    return Recruiter.AGENCY if _AGENCY.search(name) else Recruiter.EMPLOYER


_AGENCY = re.compile(
    r"人力资源|劳务(?:派遣|服务|输出|中介)|人才(?:服务|派遣|咨询|中介|信息|网|开发)|人事代理|职业(?:介绍|中介)|猎头|招聘服务|企业管理外包|服务外包|外包服务|劳动服务"
)
_PUBLIC = re.compile(
    r"(?:公共|就业|人才)(?:就业)?(?:服务|交流)?(?:中心|局)$|人力资源(?:和|与)?社会保障|人社局|就业服务中心"
)


def _place(finding: Finding) -> tuple[str, int]:
    return (finding.span.field, finding.span.start) if finding.span else ("", 0)


def _rule(name: str) -> Rule:
    return taxonomy.rules()[name]


# Words


_ANYWHERE = frozenset(
    {
        "fee",
        "seizure",
        "marital",
        "ethnicity",
        "origin",
        "bait-pay",
        "bait-promise",
        "fake-authority",
        "training-loan",
        "training-disguised",
        "service-disguised",
        "franchise-disguised",
        "pyramid",
        "brushing",
        "gambling",
    }
)
"""Wordings that break the rule of the same name in every posting."""
_OF_PLACEMENTS = {
    "place": "intern-place",
    "first-year": "intern-first-year",
    "agency-work": "intern-agency",
    "heavy": "intern-heavy",
    "hazard": "intern-hazard",
    "night": "intern-night",
    "overtime": "intern-overtime",
    "holiday": "intern-holiday",
    "unpaid": "intern-unpaid",
    "no-agreement": "intern-agreement",
    "child": "intern-age",
    "fee": "intern-fee",
}
"""Wording → the rule that it breaks in a placement."""
_OF_MINORS = {"place": "minor-place", "hazard": "minor-hazard", "heavy": "minor-hazard"}
"""Wording → the rule that it breaks where people under 18 are welcome."""


def _of_words(words: tuple[Wording, ...], posting: Posting, *, placement: bool) -> Iterator[Finding]:
    minors = any(word.rule == "minor" for word in words)
    for word in words:
        if placement and word.rule in _OF_PLACEMENTS:
            yield _softened(_quoting(_OF_PLACEMENTS[word.rule], word.span), posting)
        elif word.rule == "bait-pay" and _bears_out(posting.salary, word.span.text):
            continue
        elif word.rule == "child":
            yield _quoting("child-labour", word.span)
        elif word.rule in _ANYWHERE:
            yield _quoting(word.rule, word.span)
        elif minors and word.rule in _OF_MINORS:
            yield _quoting(_OF_MINORS[word.rule], word.span)


def _bears_out(salary: Salary | None, said: str) -> bool:
    """Whether the pay that is stated supports the praise: 月入过万 at 10,000 to 15,000."""
    if salary is None or _NO_BASIS.search(said):
        return False
    claimed = 10_000.0 if "万" in said else 0.0
    if daily := re.search(r"日[入赚](\d+)", said):
        claimed = int(daily[1]) * PayPeriod.DAY.per_month
    digits = re.search(r"(\d+)\s*万|([一二三四五六七八九十])万", said)
    if digits:
        claimed = 10_000 * (int(digits[1]) if digits[1] else "一二三四五六七八九十".index(digits[2]) + 1)
    return salary.low >= claimed


_NO_BASIS = re.compile(r"日[入赚](?!\d)|躺|轻松|坐着|在家|不是梦|等你|随便|无上限|百万")


def _quoting(rule: str, span: Span) -> Finding:
    return Finding(_rule(rule), span.field, span)


def _span(posting: Posting, field: str, start: int, end: int) -> Span:
    return Span(field, start, end, getattr(posting, field)[start:end])


_RULE_OF_TRAIT = {
    Trait.SEX: "sex",
    Trait.AGE: "age",
    Trait.HUKOU: "origin",
    Trait.APPEARANCE: "appearance",
    Trait.MARITAL: "marital",
    Trait.ETHNICITY: "ethnicity",
    Trait.DISABILITY: "disability",
    Trait.INFECTION: "infection",
    Trait.RELIGION: "religion",
}


def _of_demands(posting: Posting) -> Iterator[Finding]:
    for field in ("title", "description"):
        text = getattr(posting, field)
        folded = itemised(text)
        for trait, start, end in discrimination.demands(folded):
            # Whoever handles food or minds children must hold a health certificate, which says just that.
            if (
                trait is Trait.INFECTION
                and "传染" in text[start:end]
                and _CERTIFIED.search(fold(posting.title) + folded)
            ):
                continue
            yield _quoting(_RULE_OF_TRAIT[trait], _span(posting, field, start, end))


_CERTIFIED = re.compile(r"健康证|厨|餐饮|食品|食堂|幼师|幼儿|保育|育婴|月嫂|母婴|护理|医[院生]|美容|公共场所|饮用水")


# Form: what the notice of January 2026 asks a posting to hold


def _of_form(posting: Posting, organisation: Organisation | None, known: Known, today: date) -> Iterator[Finding]:
    text = itemised(f"{posting.title}\n{posting.description}")
    clauses = Clauses.of(itemised(posting.description))
    held = {
        "element-employer": ("organisation", _introduced(posting, organisation) or form.introduces_employer(text)),
        "element-headcount": ("headcount", posting.headcount or form.says_headcount(text)),
        "element-conditions": ("education", _has_conditions(posting) or form.says_conditions(clauses)),
        "element-work": ("description", form.says_work(clauses)),
        "element-place": ("place", posting.division or posting.place or form.says_place(text)),
    }
    for name, (field, holds) in held.items():
        if not holds:
            yield Finding(_rule(name), field)
    if not (posting.salary or form.says_pay(text)):
        open_pay = form.negotiable(itemised(posting.description))
        yield Finding(_rule("element-pay"), "salary", _span(posting, "description", *open_pay) if open_pay else None)
    yield from _of_validity(posting, today)
    if known.verified is not None:
        oldest = _months_before(today, int(taxonomy.limit("verification_months")))
        if known.verified < oldest:
            numbers = Numbers(f"上次核验 {known.verified}", f"不早于 {oldest}")
            yield Finding(_rule("verification"), "verified", numbers=numbers)


def _introduced(posting: Posting, organisation: Organisation | None) -> bool:
    if posting.industry or organisation is None:
        return posting.industry is not None
    facts = (
        organisation.industry,
        organisation.description,
        organisation.staff,
        organisation.place,
        organisation.products,
    )
    return any(fact not in (None, "", ()) for fact in facts)


def _has_conditions(posting: Posting) -> bool:
    held = (posting.education, posting.experience_years, posting.skill_level)
    lists = (posting.required_skills, posting.preferred_skills, posting.required_certificates, posting.specialties)
    return any(one is not None for one in held) or any(lists)


def _of_validity(posting: Posting, today: date) -> Iterator[Finding]:
    """An end that has passed; or none and no sign of being kept up to date, which the notice allows instead."""
    said = form.deadline(itemised(posting.description))
    ends = posting.expires or (said[0] if said else None)
    if ends is None:
        fresh = timedelta(days=taxonomy.limit("fresh_days"))
        rule = _rule("validity-missing")
        if posting.published and today - posting.published <= fresh:
            rule = replace(rule, severity=Severity.WARNS)
        yield Finding(rule, "expires")
    elif ends < today:
        span = _span(posting, "description", *said[1:]) if said and not posting.expires else None
        yield Finding(_rule("validity-over"), "expires", span, Numbers(f"截止日期 {ends}", f"不早于 {today}"))


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# Who recruits


def _of_recruiter(posting: Posting, words: tuple[Wording, ...]) -> Iterator[Finding]:
    """An agency by its name, which may recruit for itself: a warning, where words (代招, 派遣) would block."""
    if recruiter(posting.organisation) is Recruiter.AGENCY:
        found = _AGENCY.search(posting.organisation)
        span = _span(posting, "organisation", *found.span()) if found else None
        yield Finding(_rule("recruiter-agency"), "organisation", span)
    if posting.source is None:
        yield from (_quoting("repost-source", word.span) for word in words if word.rule == "repost")


# Placements of students


def _of_placement(posting: Posting) -> Iterator[Finding]:
    if posting.shift in NIGHTLY:
        shown = stated(posting)["shift"]
        yield Finding(_rule("intern-night"), "shift", Span("shift", 0, len(shown), shown))


def _of_numbers(posting: Posting, organisation: Organisation | None, known: Known) -> Iterator[Finding]:
    coming = posting.headcount or 1
    staff = organisation.staff if organisation else None
    shares = (
        ("intern-share", "intern_share", staff, known.interns),
        ("intern-share-on-post", "intern_share_on_post", known.staff_on_post, known.interns_on_post),
    )
    for rule, limit, employed, hosted in shares:
        if employed is None:
            continue
        most = most_interns(limit, employed)
        total = coming + (hosted or 0)
        if total > most:
            already = f"已有 {hosted} 名，" if hosted else ""
            numbers = Numbers(f"{already}本岗位 {coming} 名，在岗职工 {employed} 名", f"不超过 {most} 名")
            yield Finding(_rule(rule), "headcount", numbers=numbers)
    if posting.salary and known.pay_on_post:
        least = known.pay_on_post * taxonomy.limit("intern_pay_share")
        if posting.salary.low < least:
            numbers = Numbers(
                f"实习报酬 {posting.salary.low} 元/月，同岗工资 {known.pay_on_post} 元/月", f"不低于 {least:.0f} 元/月"
            )
            yield Finding(_rule("intern-pay"), "salary", numbers=numbers)
    yield from (Finding(_rule(name), fact) for name, fact, broken in of_student(known) if broken)


def most_interns(limit: str, staff: int) -> int:
    """How many interns that many employees allow under the limit of that name."""
    return int(staff * taxonomy.limit(limit) + 1e-9)


def of_student(known: Known) -> tuple[tuple[str, str, bool], ...]:
    """Rule, fact and whether it is broken, for each rule about the student."""
    return (
        ("intern-age", "under_16", known.under_16 is True),
        ("intern-first-year", "first_year", known.first_year is True),
        ("intern-agreement", "agreement", known.agreement is False),
        ("intern-consent", "consent", known.under_18 is True and known.consent is False),
    )
