"""What the enterprises ask for: postings over 24 months, with the trends that were planted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from data.sample import advert
from data.sample.city import DIVISIONS, Employer, source
from data.sample.texts import Role, Specialty, roles, specialties
from data.sample.wording import chance, slip, some, spread
from data.taxonomy import limit
from models.postings import Posting
from models.publishing import VALIDITY
from models.terms import Education, Employment, Kind, PayPeriod, Salary, Shift

MONTHS = 24
TREND = {"rising": (0.3, 2.0), "falling": (2.0, 0.3), "steady": (1.0, 1.0)}
"""Relative number of postings in the first and in the last month."""
_SEASON = (0.8, 1.2, 1.35, 1.15, 1.0, 0.95, 0.9, 0.9, 1.1, 1.05, 0.95, 0.75)
"""January to December: hiring after the spring festival and in autumn."""
_MODE_WEIGHTS = {"实习": 5, "学徒": 3, "订单班": 2, "现场工程师": 4, "兼职": 2}
_MODE_PAY = {
    Employment.FULL_TIME: 1.0,
    Employment.FIELD_ENGINEER: 0.95,
    Employment.APPRENTICESHIP: 0.72,
    Employment.ORDER_CLASS: 0.68,
    Employment.INTERNSHIP: 0.55,
    Employment.PART_TIME: 0.8,
}


PLACEMENTS = frozenset(
    {Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS, Employment.FIELD_ENGINEER}
)
"""What students come by: no nights, no overtime, no hazards, and at most a tenth of the staff."""
_NIGHTS = frozenset({Shift.TWO, Shift.THREE, Shift.NIGHT})
PLANTED = 2
"""Postings that are published as they were drafted, for each fault: what the legal check has to find."""


@dataclass(frozen=True, slots=True)
class Hiring:
    """A posting with what only its writer knows."""

    posting: Posting
    role: Role
    skills: tuple[str, ...]
    """What the posting really asks for, wherever it says so."""
    draft: Posting
    """As the officer wrote it, before anybody looked at it."""
    fault: str = ""
    """The rule that the draft breaks, where it is one to be planted."""


def postings(rng: Random, employers: Sequence[Employer], count: int, today: date) -> list[Hiring]:
    """That many postings, oldest first."""
    shares = spread(count, [role.weight * (1.3 if role.trend != "steady" else 1.0) for role in roles()])
    planned = [
        (day, role) for role, share in zip(roles(), shares, strict=True) for day in _days(rng, role, share, today)
    ]
    planned.sort(key=lambda plan: (plan[0], plan[1].id))
    found = [
        _hiring(rng, n, role, day, _hirer(rng, role, employers), today) for n, (day, role) in enumerate(planned, 1)
    ]
    return _planted(found)


def _planted(hirings: Sequence[Hiring]) -> list[Hiring]:
    """The same with the last few of each fault as they were drafted, and no fault noted of the others."""
    left = dict.fromkeys(FAULTS, PLANTED)
    kept = []
    for one in reversed(hirings):
        if one.fault and left[one.fault]:
            left[one.fault] -= 1
            kept.append(replace(one, posting=one.draft))
        else:
            kept.append(replace(one, fault=""))
    return kept[::-1]


def month_weights(trend: str, today: date) -> list[float]:
    """How the postings of a role with that trend fall to the 24 months before `today`."""
    first, last = TREND[trend]
    months = [(today.month - 1 + n) % 12 for n in range(MONTHS)]
    return [(first + (last - first) * n / (MONTHS - 1)) * _SEASON[month] for n, month in enumerate(months)]


def _days(rng: Random, role: Role, count: int, today: date) -> list[date]:
    """Systematic sampling: evenly spaced through the cumulated weights, so that the trend shows at once."""
    cumulated = list(accumulate(month_weights(role.trend, today)))
    step, offset = cumulated[-1] / max(count, 1), rng.random()
    days = []
    for n in range(count):
        point = (n + offset) * step
        month = next(i for i, upper in enumerate(cumulated) if point <= upper or i == MONTHS - 1)
        year, index = divmod(today.year * 12 + today.month - 1 - MONTHS + month, 12)
        days.append(date(year, index + 1, rng.randint(1, 28)))
    return days


def _hirer(rng: Random, role: Role, employers: Sequence[Employer]) -> Employer:
    weights = [affinity(role, employer) * employer.size for employer in employers]
    return rng.choices(employers, weights)[0] if any(weights) else rng.choice(employers)


def affinity(role: Role, employer: Employer) -> float:
    """How likely an employer of average size is to hire for the role; 0 when it never does."""
    if employer.group == role.group:
        return 1.0 if not role.sectors or employer.sector.id in role.sectors else 0.0
    elsewhere = employer.group in role.also and employer.sector.id != "repair"
    return 0.3 if elsewhere or employer.sector.id in role.also else 0.0


def _hiring(rng: Random, number: int, role: Role, day: date, employer: Employer, today: date) -> Hiring:
    organisation = employer.organisation
    mode = _mode(rng, role)
    order = advert.Order(
        role=role,
        mode=mode,
        years=rng.choice(role.years) if mode in (Employment.FULL_TIME, Employment.PART_TIME) else 0,
        shift=rng.choice(role.shifts),
        heads=rng.randint(*role.heads),
        partner=_partner(rng, role),
        asked=_asked(rng, role),
        product=rng.choice(organisation.products),
        day=day,
    )
    written = advert.write(rng, order)
    structured = chance(rng, 0.65)
    draft = Posting(
        source=source("P", number),
        title=written.title,
        organisation=organisation.name,
        employment=mode,
        headcount=None if chance(rng, 0.12) else order.heads,
        description=slip(written.text, rng) if chance(rng, 0.05) else written.text,
        required_skills=written.required if structured else (),
        preferred_skills=written.preferred if structured else (),
        required_certificates=role.certificates if chance(rng, 0.7) and mode is Employment.FULL_TIME else (),
        preferred_certificates=tuple(some(role.bonus_certificates, rng, 1, 2)) if chance(rng, 0.4) else (),
        specialties=order.asked if chance(rng, 0.55) else (),
        education=None if chance(rng, 0.1) else role.education,
        experience_years=None if chance(rng, 0.15) else order.years,
        salary=_salary(rng, role, mode, order.years),
        division=organisation.division,
        place=organisation.place if chance(rng, 0.6) else DIVISIONS[organisation.division or "990100"],
        shift=None if chance(rng, 0.25) else order.shift,
        industry=organisation.industry,
        occupation=None if chance(rng, 0.3) else role.occupation,
        benefits=written.benefits if chance(rng, 0.85) else (),
        published=day,
        expires=None if chance(rng, 0.15) else day + timedelta(days=rng.choice((30, 45, 60, 90))),
    )
    fault = _fault(draft, order, employer)
    # Without an end of its own it has been renewed until now, each time for as long as a posting may be valid.
    draft = draft.model_copy(update={"expires": draft.expires or today + timedelta(days=VALIDITY[Kind.POSTING])})
    # By dice of its own, so that what is put right in one posting leaves all others as they were.
    posting, skills = _put_right(Random(f"{number}/{role.id}"), draft, order, employer, written.required)
    return Hiring(posting, role, skills, draft, fault)


FAULTS = ("element-headcount", "element-pay", "intern-night", "intern-share")
"""The rules that drafts break which are published for demonstration."""


def _fault(draft: Posting, order: advert.Order, employer: Employer) -> str:
    """The one rule that the draft surely breaks, structured fields and text taken together; empty when unsure."""
    students = order.mode in PLACEMENTS - {Employment.APPRENTICESHIP}
    text = draft.title + draft.description
    if draft.headcount is None:
        return "" if students or re.search(r"\d+[名人]|若干|多名", text) else "element-headcount"
    if draft.salary is None:
        return "" if students or re.search(r"\d{3}", text) else "element-pay"
    if students and draft.shift in _NIGHTS:
        return "" if draft.headcount > _most(employer) else "intern-night"
    many = students and draft.headcount > _most(employer) and draft.shift not in _NIGHTS
    return "intern-share" if many and employer.organisation.staff and not advert.asks_too_much(text) else ""


def _most(employer: Employer) -> int:
    """How many students the employer may take: a tenth of the staff, whether or not that is published."""
    return int(round(employer.size**2) * limit("intern_share") + 1e-9)


def _put_right(
    rng: Random, draft: Posting, order: advert.Order, employer: Employer, skills: tuple[str, ...]
) -> tuple[Posting, tuple[str, ...]]:
    """The draft as the notice of 2026-01 and the rules on internships want it, and the skills that it then asks for."""
    posting = draft.model_copy(
        update={
            "headcount": draft.headcount or order.heads,
            "salary": draft.salary or _quoted(rng, order.role, order.mode, order.years),
        }
    )
    if order.mode not in PLACEMENTS:
        return posting, skills
    fit = replace(
        order,
        heads=min(order.heads, _most(employer)),
        shift=Shift.DAY if order.shift in _NIGHTS else order.shift,
        for_students=True,
    )
    written = advert.write(rng, fit)
    changed = {
        "title": written.title,
        "description": written.text,
        "headcount": fit.heads,
        "shift": draft.shift and fit.shift,
        "required_skills": written.required if draft.required_skills else (),
        "preferred_skills": written.preferred if draft.required_skills else (),
        "benefits": written.benefits if draft.benefits else (),
    }
    return posting.model_copy(update=changed), written.required


def _mode(rng: Random, role: Role) -> Employment:
    if not role.modes or chance(rng, 0.6):
        return Employment.FULL_TIME
    return Employment(rng.choices(role.modes, [_MODE_WEIGHTS[mode] for mode in role.modes])[0])


def _partner(rng: Random, role: Role) -> Specialty:
    """A specialty of the city that trains for the role, as a partner of an order class."""
    fitting = [one for one in specialties() if one.field == role.fields[0]]
    return rng.choice(fitting or [one for one in specialties() if one.field in role.fields])


def _asked(rng: Random, role: Role) -> tuple[str, ...]:
    """Specialties that the posting would name: of the right level, or one above."""
    lowest = max(role.education, Education.SECONDARY).rank
    fitting = [one for one in specialties() if lowest <= one.level.education.rank <= lowest + 1]
    direct = [one.name for one in fitting if one.field == role.fields[0]]
    near = [one.name for one in fitting if one.field in role.fields[1:]]
    return tuple(dict.fromkeys(some(direct, rng, 1, 2) + some(near, rng, 0, 1)))


def _salary(rng: Random, role: Role, mode: Employment, years: int) -> Salary | None:
    return None if chance(rng, 0.09) else _quoted(rng, role, mode, years)


def _quoted(rng: Random, role: Role, mode: Employment, years: int) -> Salary:
    factor = _MODE_PAY[mode] * (1 + 0.06 * years) * rng.uniform(0.9, 1.1)
    low, high = role.pay[0] * factor, role.pay[1] * factor * rng.uniform(0.9, 1.05)
    per = _quoted_per(rng, role, mode)
    step = {PayPeriod.DAY: 10, PayPeriod.HOUR: 1}.get(per, 500 if low >= 4_000 else 100)
    bottom = max(step, round(low / per.per_month / step) * step)
    top = max(bottom, round(high / per.per_month / step) * step)
    if per is PayPeriod.MONTH and chance(rng, 0.12):
        top = bottom
    months = rng.choice((13, 13, 14, 15)) if per is PayPeriod.MONTH and chance(rng, 0.15) else 12
    return Salary.quoted(bottom, top, per=per, pay_months=months)


def _quoted_per(rng: Random, role: Role, mode: Employment) -> PayPeriod:
    if mode in (Employment.INTERNSHIP, Employment.PART_TIME) and chance(rng, 0.5):
        return PayPeriod.DAY
    if role.education <= Education.JUNIOR_SECONDARY and chance(rng, 0.12):
        return PayPeriod.HOUR
    return PayPeriod.MONTH
