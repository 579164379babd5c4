"""What the enterprises ask for: postings over 24 months, with the trends that were planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from data.sample.city import DIVISIONS, Employer, source
from data.sample.texts import Role, Specialty, canonical, lines, roles, specialties, table
from data.sample.wording import chance, expand, kept, listed, numbering, slip, some, spread
from data.taxonomy import find_skill
from models.postings import Posting
from models.terms import Education, Employment, PayPeriod, Salary, SchoolLevel, Shift

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
_LEVELS = {
    Education.ANY: "初中",
    Education.JUNIOR_SECONDARY: "初中",
    Education.SECONDARY: "中专",
    Education.JUNIOR_COLLEGE: "大专",
    Education.BACHELOR: "本科",
}


@dataclass(frozen=True, slots=True)
class Hiring:
    """A posting with what only its writer knows."""

    posting: Posting
    role: Role
    skills: tuple[str, ...]
    """What the posting really asks for, wherever it says so."""


@dataclass(frozen=True, slots=True)
class _Wants:
    sentences: list[str]
    required: tuple[str, ...]
    preferred: tuple[str, ...]


def postings(rng: Random, employers: Sequence[Employer], count: int, today: date) -> list[Hiring]:
    """That many postings, oldest first."""
    shares = spread(count, [role.weight * (1.3 if role.trend != "steady" else 1.0) for role in roles()])
    planned = [
        (day, role)
        for role, share in zip(roles(), shares, strict=True)
        for day in _days(rng, role, share, today)
    ]
    planned.sort(key=lambda plan: (plan[0], plan[1].id))
    return [_hiring(rng, n, role, day, _hirer(rng, role, employers)) for n, (day, role) in enumerate(planned, 1)]


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
        years, index = divmod(today.year * 12 + today.month - 1 - MONTHS + month, 12)
        days.append(date(years, index + 1, rng.randint(1, 28)))
    return days


def _hirer(rng: Random, role: Role, employers: Sequence[Employer]) -> Employer:
    weights = [_affinity(role, employer) * employer.size for employer in employers]
    return rng.choices(employers, weights)[0] if any(weights) else rng.choice(employers)


def _affinity(role: Role, employer: Employer) -> float:
    if employer.group == role.group:
        return 1.0 if not role.sectors or employer.sector.id in role.sectors else 0.0
    elsewhere = employer.group in role.also and employer.sector.id != "repair"
    return 0.3 if elsewhere or employer.sector.id in role.also else 0.0


def _hiring(rng: Random, number: int, role: Role, day: date, employer: Employer) -> Hiring:
    organisation = employer.organisation
    mode = _mode(rng, role)
    years = 0 if mode not in (Employment.FULL_TIME, Employment.PART_TIME) else rng.choice(role.years)
    specialty = _partner(rng, role)
    slots = {
        "product": rng.choice(organisation.products),
        "school": specialty.school,
        "specialty": specialty.name,
        "years": {1: "1", 2: "2", 3: "3", 5: "5"}.get(years, "1"),
    }
    title = _title(rng, role, mode, slots)
    shift = rng.choice(role.shifts)
    heads = rng.randint(*role.heads)
    wants = _wants(rng, role, mode, years, slots)
    benefits = tuple(some(lines(table("postings.toml")["benefits"]), rng, 2, 6))
    duties = [expand(line, rng, slots) for line in kept(role.duties, rng, 3, 5)]
    layout = _Layout(rng, role, title, heads, shift, benefits, duties, wants, slots)
    text = layout.text()
    structured = chance(rng, 0.65)
    posting = Posting(
        source=source("P", number),
        title=title,
        organisation=organisation.name,
        employment=mode,
        headcount=None if chance(rng, 0.12) else heads,
        description=slip(text, rng) if chance(rng, 0.05) else text,
        required_skills=wants.required if structured else (),
        preferred_skills=wants.preferred if structured else (),
        required_certificates=role.certificates if chance(rng, 0.7) and mode is Employment.FULL_TIME else (),
        preferred_certificates=tuple(some(role.bonus_certificates, rng, 1, 2)) if chance(rng, 0.4) else (),
        specialties=_asked_specialties(rng, role) if chance(rng, 0.55) else (),
        education=None if chance(rng, 0.1) else role.education,
        experience_years=None if chance(rng, 0.15) else years,
        salary=_salary(rng, role, mode, years),
        division=organisation.division,
        place=organisation.place if chance(rng, 0.6) else DIVISIONS[organisation.division or "990100"],
        shift=None if chance(rng, 0.25) else shift,
        industry=organisation.industry,
        occupation=None if chance(rng, 0.3) else role.occupation,
        benefits=benefits if chance(rng, 0.85) else (),
        published=day,
        expires=None if chance(rng, 0.15) else day + timedelta(days=rng.choice((30, 45, 60, 90))),
    )
    return Hiring(posting, role, wants.required)


def _mode(rng: Random, role: Role) -> Employment:
    if not role.modes or chance(rng, 0.6):
        return Employment.FULL_TIME
    return Employment(rng.choices(role.modes, [_MODE_WEIGHTS[mode] for mode in role.modes])[0])


_TITLE_MARKS = {
    Employment.INTERNSHIP: ("{title}实习生", "实习{title}", "{title}（实习）", "{title}（实习可转正）"),
    Employment.APPRENTICESHIP: ("{title}学徒", "学徒-{title}", "{title}（新型学徒）"),
    Employment.ORDER_CLASS: ("{title}（订单班）", "{title}订单班学员", "{school}订单班-{title}"),
    Employment.FIELD_ENGINEER: ("现场工程师（{title}方向）", "{title}-现场工程师培养", "{title}（现场工程师）"),
    Employment.PART_TIME: ("兼职{title}", "{title}（兼职/周末）"),
}


def _title(rng: Random, role: Role, mode: Employment, slots: Mapping[str, str]) -> str:
    if mode is Employment.FULL_TIME:
        return expand(rng.choice(role.titles), rng, slots)
    plain = rng.choice([name for name in (role.name, *role.wishes) if "实习" not in name])
    return expand(rng.choice(_TITLE_MARKS[mode]), rng, {**slots, "title": plain})


def _partner(rng: Random, role: Role) -> Specialty:
    """A specialty of the city that trains for the role, as a partner of an order class."""
    fitting = [one for one in specialties() if one.field == role.fields[0]]
    return rng.choice(fitting or [one for one in specialties() if one.field in role.fields])


def _asked_specialties(rng: Random, role: Role) -> tuple[str, ...]:
    direct = [one.name for one in specialties() if one.field == role.fields[0] and _admits(role, one.level)]
    near = [one.name for one in specialties() if one.field in role.fields[1:] and _admits(role, one.level)]
    return tuple(dict.fromkeys(some(direct, rng, 1, 2) + some(near, rng, 0, 1)))


def _admits(role: Role, level: SchoolLevel) -> bool:
    return level.education >= role.education


def _wants(rng: Random, role: Role, mode: Employment, years: int, slots: Mapping[str, str]) -> _Wants:
    """The requirement sentences of one posting and the skills that they name."""
    phrases = table("postings.toml")
    own = [expand(line, rng, slots) for line in some(role.wants, rng, 2, 4)]
    if years:
        own = [line for line in own if not any(word in line for word in _FRESH)]
    named_must, named_plus = _named(own, role)
    must = [skill for skill in some(role.must, rng, 2, 4) if skill not in named_must + named_plus]
    plus = [skill for skill in some(role.plus, rng, 0, 2) if skill not in named_must + named_plus]
    sentences = [_schooling(rng, role, slots)] if chance(rng, 0.7) and not _says_schooling(own) else []
    sentences += own
    if must:
        sentences.append(expand(rng.choice(lines(phrases["skill_lines"])), rng, {"skills": _joined(rng, must)}))
    if plus:
        sentences.append(expand(rng.choice(lines(phrases["plus_lines"])), rng, {"skills": _joined(rng, plus, "或")}))
    sentences += _certificate_lines(rng, role, sentences)
    if years and not any("年以上" in line for line in sentences):
        sentences.append(expand(rng.choice(lines(phrases["years_lines"])), rng, slots))
    elif not years and chance(rng, 0.35) and not any(word in "".join(sentences) for word in _FRESH):
        sentences.append(expand(rng.choice(lines(phrases["fresh_lines"])), rng))
    if chance(rng, 0.45):
        sentences.append(rng.choice(lines(phrases["soft_lines"])))
    if mode.value in phrases["modes"]:
        sentences.append(expand(rng.choice(lines(phrases["modes"][mode.value])), rng, slots))
    required = canonical(named_must + must)
    return _Wants(sentences, required, tuple(s for s in canonical(named_plus + plus) if s not in required))


_FRESH = ("应届", "无经验", "零基础", "学徒", "没做过", "生手", "带教", "新手", "经验不限", "实习")
_PREFERRED = ("优先", "加分", "更好", "更佳", "不会可以", "补贴", "上浮", "另谈")


def _named(sentences: Sequence[str], role: Role) -> tuple[list[str], list[str]]:
    """The role's skills that the sentences name: those demanded, those preferred."""
    must, plus = [], []
    for line in sentences:
        wish = plus if any(word in line for word in _PREFERRED) else must
        wish += [skill for skill in role.skills if _names(line, skill)]
    return [s for s in dict.fromkeys(must) if s not in plus], list(dict.fromkeys(plus))


def _names(line: str, skill: str) -> bool:
    known = find_skill(skill)
    spellings = known.spellings if known else (skill,)
    return any(spelling.lower() in line.lower() for spelling in spellings)


def _joined(rng: Random, skills: Sequence[str], last: str = "") -> str:
    """A、B和C as people write lists."""
    if len(skills) == 1:
        return skills[0]
    return "、".join(skills[:-1]) + (last or rng.choice(("和", "、", "及"))) + skills[-1]


def _says_schooling(sentences: Sequence[str]) -> bool:
    return any(word in line for line in sentences for word in ("专业", "及以上", "学历"))


def _schooling(rng: Random, role: Role, slots: Mapping[str, str]) -> str:
    phrases = table("postings.toml")
    if role.education <= Education.JUNIOR_SECONDARY:
        return rng.choice(lines(phrases["open_lines"]))
    asked = _asked_specialties(rng, role) or (slots["specialty"],)
    facts = {"education": _LEVELS[role.education], "specialty": "、".join(asked)}
    return expand(rng.choice(lines(phrases["education_lines"])), rng, facts)


def _certificate_lines(rng: Random, role: Role, said: Sequence[str]) -> list[str]:
    phrases, found = table("postings.toml"), []
    text = "".join(said)
    demanded = [name for name in role.certificates if not _mentions(text, name)]
    if demanded:
        found.append(expand(rng.choice(lines(phrases["certificate_lines"])), rng, {"names": "、".join(demanded)}))
    wanted = [name for name in role.bonus_certificates if not _mentions(text, name)]
    if wanted and chance(rng, 0.3):
        found.append(expand(rng.choice(lines(phrases["bonus_lines"])), rng, {"names": rng.choice(wanted)}))
    return found


def _mentions(text: str, certificate: str) -> bool:
    return certificate.removeprefix("1+X").removesuffix("证书").removesuffix("职业技能等级") in text


def _salary(rng: Random, role: Role, mode: Employment, years: int) -> Salary | None:
    if chance(rng, 0.09):
        return None
    factor = _MODE_PAY[mode] * (1 + 0.06 * years) * rng.uniform(0.9, 1.1)
    low, high = role.pay[0] * factor, role.pay[1] * factor * rng.uniform(0.9, 1.05)
    if mode in (Employment.INTERNSHIP, Employment.PART_TIME) and chance(rng, 0.5):
        per = PayPeriod.DAY
        step = 10
    elif role.education <= Education.JUNIOR_SECONDARY and chance(rng, 0.12):
        per, step = PayPeriod.HOUR, 1
    else:
        per, step = PayPeriod.MONTH, 500 if low >= 4_000 else 100
    bottom = max(step, round(low / per.per_month / step) * step)
    top = max(bottom, round(high / per.per_month / step) * step)
    if per is PayPeriod.MONTH and chance(rng, 0.12):
        top = bottom
    months = rng.choice((13, 13, 14, 15)) if per is PayPeriod.MONTH and chance(rng, 0.15) else 12
    return Salary.quoted(bottom, top, per=per, pay_months=months)


@dataclass(frozen=True, slots=True)
class _Layout:
    """One HR officer's way of putting the same facts on a page."""

    rng: Random
    role: Role
    title: str
    heads: int
    shift: Shift
    benefits: tuple[str, ...]
    duties: list[str]
    wants: _Wants
    slots: Mapping[str, str]

    def text(self) -> str:
        rng = self.rng
        if self.role.education <= Education.SECONDARY and chance(rng, 0.22) and not self.role.certificates:
            return self._short()
        if chance(rng, 0.1):
            return self._run_on()
        return self._sections()

    def _short(self) -> str:
        """A few lines, as workshop postings often are; says all requirements in one go."""
        rng, phrases = self.rng, table("postings.toml")
        wants = list(self.wants.sentences)
        facts = {
            **self.slots,
            "title": self.title,
            "heads": str(self.heads),
            "shift": self.shift.value,
            "benefits": "、".join(self.benefits[:3]),
            "hours": rng.choice(lines(phrases["hours"])).removeprefix("上班时间："),
            "slogan": rng.choice(lines(phrases["slogans"])),
            "first": self.duties[0],
            "second": self.duties[1],
            "want": wants[0],
            "want2": "，".join(wants[1:]) or "长期稳定",
            "place": "本厂",
        }
        template = rng.choice(lines(phrases["short_ads"]))
        text = expand(template, rng, facts)
        left = wants[1:] if "{want2}" not in template else []
        return text + ("，".join(left) + "。" if left else "")

    def _run_on(self) -> str:
        """Everything in one paragraph."""
        rng = self.rng
        number = numbering(rng)
        glue = "" if number(1) else "，"
        parts = [listed(self.duties, number, end="；" if glue == "" else "", glue=glue)]
        parts.append(listed(self.wants.sentences, number, end="；" if glue == "" else "", glue=glue))
        heads = rng.choice((("岗位职责：", "任职要求："), ("工作内容：", "要求："), ("", "要求：")))
        text = "".join(
            head + part + ("" if part.endswith("。") else "。") for head, part in zip(heads, parts, strict=True)
        )
        return text + (f"福利：{'+'.join(self.benefits)}" if chance(rng, 0.6) else "")

    def _sections(self) -> str:
        rng, phrases = self.rng, table("postings.toml")
        style = rng.randrange(len(phrases["headings"]["duties"]))
        number, end = numbering(rng), rng.choice(("；", "；", "。", ""))
        heading: Mapping[str, Sequence[str]] = phrases["headings"]
        blocks = [
            heading["duties"][style] + "\n" + listed(self.duties, number, end=end, glue="\n"),
            heading["wants"][style] + "\n" + listed(self.wants.sentences, number, end=end, glue="\n"),
        ]
        if chance(rng, 0.15) and "一、" not in blocks[0]:
            blocks.reverse()
        if chance(rng, 0.5):
            blocks.append(heading["offers"][style] + rng.choice(("", "\n")) + "、".join(self.benefits))
        blocks += [expand(line, rng) for line in self._tail(phrases)]
        return "\n".join(blocks)

    def _tail(self, phrases: Mapping[str, Any]) -> list[str]:
        shares = {"hours": 0.2, "slogans": 0.18, "contacts": 0.14}
        return [
            self.rng.choice(lines(phrases[key]))
            for key, share in shares.items()
            if chance(self.rng, share) and (key != "hours" or self.shift is Shift.DAY)
        ]
