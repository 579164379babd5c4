"""What the schools send out: programmes with their cohorts, and students with wishes of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from data.sample.advert import mentions
from data.sample.city import DIVISIONS, NEIGHBOURS, Employer, school_homes, source
from data.sample.texts import Field, Role, Specialty, canonical, fields, lines, names, roles, specialties, table
from data.sample.wording import chance, expand, slip, some, spread
from models.specialties import Cohort, Programme
from models.talents import Talent
from models.terms import Education, Employment, SchoolLevel, Shift

_YEARS = {SchoolLevel.SECONDARY_VOCATIONAL: 3, SchoolLevel.JUNIOR_COLLEGE: 3}
_GRADES = ("一", "二", "三", "四")
_STUDIED = ("", "一年", "两年", "三年", "四年")
_LATE = ("执业", "资格证")
"""Certificates for which one sits only at the end."""
LEAVING = 0.12
"""Share of students who want to leave their field."""
SPARSE = 0.08
"""Share of students who fill in next to nothing."""
_OPENERS = re.compile(r"^(?:\{[^{}]*\}|负责|承担|从事|主要做|完成)")
"""Words with which a duty begins and a report of it does not."""
_SHRINKING = frozenset({"textile", "weld", "office"})
_GROWING = frozenset({"robot", "nev", "elder", "ecom", "iot"})


@dataclass(frozen=True, slots=True)
class Student:
    """A talent with what only the student knows."""

    talent: Talent
    field: str
    wished: tuple[Role, ...]
    """Roles that the person really wants, said or not."""
    leaving: bool


def programmes(rng: Random, today: date) -> list[Programme]:
    """One for each specialty of each school, with graduates from four years back to the youngest class."""
    return [
        Programme(
            source=source("M", n),
            name=one.name,
            code=one.code,
            level=one.level,
            school=one.school,
            cohorts=_cohorts(rng, one, today),
            courses=one.courses,
            occupations=one.occupations,
            description=_programme_text(rng, one),
        )
        for n, one in enumerate(specialties(), 1)
    ]


def _cohorts(rng: Random, one: Specialty, today: date) -> tuple[Cohort, ...]:
    size = rng.choice((40, 45, 50, 80, 90, 100, 120))
    slope = 1.09 if one.field in _GROWING else 0.9 if one.field in _SHRINKING else 1.0
    cohorts = []
    for n, year in enumerate(range(today.year - 3, today.year + _YEARS.get(one.level, 4))):
        enrolled = round(size * slope**n * rng.uniform(0.93, 1.07))
        kept = rng.uniform(0.92, 0.99) if year <= today.year else 0.96
        cohorts.append(Cohort(year=year, enrolled=enrolled, graduates=round(enrolled * kept)))
    return tuple(cohorts)


def _programme_text(rng: Random, one: Specialty) -> str:
    ways = [role.name for role in trained_roles(one.field)] or [fields()[one.field].name]
    slots = {"name": one.name, "roles": "、".join(ways[:3]), "courses": "、".join(one.courses[:3])}
    return expand(rng.choice(lines(table("people.toml")["programme_texts"])), rng, slots)


@cache
def trained_roles(field: str) -> tuple[Role, ...]:
    """Roles that a field trains for, the most direct first."""
    return tuple(sorted((role for role in roles() if field in role.fields), key=lambda role: role.fields.index(field)))


@cache
def _taught(field: str) -> frozenset[str]:
    """What the field's own lessons and its roles are about."""
    taught = fields()[field].skills + tuple(skill for role in trained_roles(field) for skill in role.skills)
    return frozenset(canonical(taught))


def talents(rng: Random, employers: Sequence[Employer], count: int, today: date) -> list[Student]:
    """That many students, spread evenly over the specialties, bigger schools first."""
    shares = spread(count, [1.0] * len(specialties()))
    plans = [one for one, share in zip(specialties(), shares, strict=True) for _ in range(share)]
    rng.shuffle(plans)
    return [_student(rng, n, one, employers, today) for n, one in enumerate(plans, 1)]


def _student(rng: Random, number: int, one: Specialty, employers: Sequence[Employer], today: date) -> Student:
    field = fields()[one.field]
    leaving = chance(rng, LEAVING)
    sparse = not leaving and chance(rng, SPARSE)
    wished = _wished(rng, one, leaving)
    years = _YEARS.get(one.level, 4)
    grade = rng.choices((*range(1, years + 1), 0), ([1, 3, 5] if years == 3 else [1, 2, 4, 5]) + [1])[0]
    skills = _skills(rng, field, wished, (grade - 1) / (years - 1) if grade else 1.0, leaving)
    certificates = _certificates(rng, field, wished, grade, years)
    writer = _Writer(rng, one, field, wished, skills, certificates, grade, grade in (0, years), employers)
    expected, places = _places(rng, one.school)
    division, home = school_homes()[one.school]
    expects = _expected_positions(rng, wished)
    self_description = writer.self_description(leaving, sparse, places)
    full = not sparse
    experience = writer.experience(leaving) if full else []
    certificates = _with_told(certificates, experience, wished)
    talent = Talent(
        source=source("T", number),
        name=_name(rng) if chance(rng, 0.92) else None,
        level=one.level,
        school=one.school,
        specialty=one.name,
        specialty_code=one.code if chance(rng, 0.85) else None,
        grade=grade or None,
        graduation=_graduation(today, grade, years) if chance(rng, 0.93) else None,
        division=division,
        place=home if chance(rng, 0.3) else DIVISIONS[division],
        seeking=_seeking(rng, grade, years) if full or chance(rng, 0.5) else (),
        expected_positions=expects if leaving or (full and chance(rng, 0.88)) else (),
        expected_divisions=expected if full and chance(rng, 0.8) else (),
        expected_places=places if full and chance(rng, 0.5) else (),
        expected_salary=_expected_salary(rng, wished, one.level) if full and chance(rng, 0.75) else None,
        shifts=_shifts(rng) if full and chance(rng, 0.6) else (),
        courses=tuple(some(one.courses, rng, 3, 7)) if full or chance(rng, 0.4) else (),
        skills=tuple(skills) if full else tuple(skills[: rng.randint(0, 2)]),
        certificates=certificates if full else (),
        experience=tuple(experience),
        experience_years=0 if grade and chance(rng, 0.6) else rng.choice((0, 1)) if not grade else None,
        self_description=self_description,
        available_from=_available(rng, today, grade, years) if full and chance(rng, 0.4) else None,
    )
    return Student(talent, one.field, wished, leaving)


def _wished(rng: Random, one: Specialty, leaving: bool) -> tuple[Role, ...]:
    trained = [role for role in trained_roles(one.field) if role.education <= one.level.education]
    if leaving or not trained:
        return (rng.choice(_destinations(one)),)
    weights = [_pull(role, one) for role in trained]
    return tuple(dict.fromkeys(rng.choices(trained, weights, k=rng.choice((1, 1, 2)))))


@cache
def _destinations(one: Specialty) -> tuple[Role, ...]:
    """Roles outside the field that people change to and the level admits."""
    by_id = {role.id: role for role in roles()}
    popular = [by_id[id] for id in table("people.toml")["destinations"].split()]
    return tuple(role for role in popular if one.field not in role.fields and role.education <= one.level.education)


def _pull(role: Role, one: Specialty) -> float:
    """How likely a student of the specialty is to want the role."""
    rank = role.fields.index(one.field)
    level = 0.35 if role.education < Education.JUNIOR_COLLEGE <= one.level.education else 1.0
    return level * (3.0, 1.2, 0.6, 0.4)[min(rank, 3)] * {"rising": 1.4, "falling": 0.4}.get(role.trend, 1.0)


def _skills(rng: Random, field: Field, wished: Sequence[Role], progress: float, leaving: bool) -> list[str]:
    """What the specialty has taught so far, most of what the wished role asks for, and something personal."""
    known = list(field.skills)
    for role in trained_roles(field.id)[:3]:
        known += role.must[:3]
    held = [skill for skill in dict.fromkeys(known) if chance(rng, 0.25 + 0.3 * progress)]
    share = 0.3 if leaving else 0.35 + 0.5 * progress
    for role in wished:
        held += [skill for skill in role.must if chance(rng, share)]
        held += [skill for skill in role.plus if chance(rng, share * 0.4)]
    held += some(names(table("people.toml")["personal"]), rng, 0, 2)
    held = list(canonical(held or field.skills[:1]))
    rng.shuffle(held)
    return held[:14]


def _certificates(rng: Random, field: Field, wished: Sequence[Role], grade: int, years: int) -> tuple[str, ...]:
    chances = 0.5 if grade in (0, years) else 0.25 if grade == years - 1 else 0.08
    early = 0 < grade < years
    open_ = [name for name in field.certificates if not (early and any(word in name for word in _LATE))]
    held = [name for name in open_ if chance(rng, chances)]
    held += [name for role in wished for name in role.certificates if chance(rng, chances)]
    return tuple(dict.fromkeys(held))


def _with_told(held: Sequence[str], experience: Sequence[str], wished: Sequence[Role]) -> tuple[str, ...]:
    """The certificates and those that the experience says were passed."""
    told = [name for role in wished for name in role.certificates if mentions("".join(experience), name)]
    return tuple(dict.fromkeys([*held, *told]))


def _name(rng: Random) -> str:
    surnames: str = table("people.toml")["surnames"]
    return rng.choice(surnames) + rng.choice(names(table("people.toml")["given"]))


def _graduation(today: date, grade: int, years: int) -> str:
    year = today.year + 1 + years - grade if grade else today.year
    return f"{year}-06"


def _seeking(rng: Random, grade: int, years: int) -> tuple[Employment, ...]:
    if not grade:
        return (Employment.FULL_TIME,)
    if grade == years:
        last = [Employment.FULL_TIME, Employment.INTERNSHIP, Employment.FIELD_ENGINEER]
        return tuple(sorted(some(last, rng, 1, 3), key=list(Employment).index))
    if grade == years - 1:
        middle = [Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS]
        return tuple(sorted(some(middle, rng, 1, 2), key=list(Employment).index))
    return tuple(some([Employment.PART_TIME, Employment.ORDER_CLASS, Employment.APPRENTICESHIP], rng, 1, 1))


def _expected_positions(rng: Random, wished: Sequence[Role]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rng.choice(role.wishes) for role in wished))


def _places(rng: Random, school: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if chance(rng, 0.18):
        codes = some(list(NEIGHBOURS), rng, 1, 2)
        codes += ["990100"] if chance(rng, 0.3) else []
    elif chance(rng, 0.5):
        codes = ["990100"]
    else:
        codes = list(dict.fromkeys([school_homes()[school][0], *some(list(DIVISIONS)[1:], rng, 0, 2)]))
    return tuple(codes), tuple({**DIVISIONS, **NEIGHBOURS}[code] for code in codes)


def _expected_salary(rng: Random, wished: Sequence[Role], level: SchoolLevel) -> int:
    hope = {SchoolLevel.SECONDARY_VOCATIONAL: 0.8, SchoolLevel.JUNIOR_COLLEGE: 0.88}.get(level, 0.95)
    return round(wished[0].pay[0] * hope * rng.uniform(0.8, 1.15) / 500) * 500


def _shifts(rng: Random) -> tuple[Shift, ...]:
    wanted = rng.choices(
        (
            (Shift.DAY,),
            (Shift.DAY, Shift.TWO),
            (Shift.DAY, Shift.TWO, Shift.THREE),
            (Shift.DAY, Shift.ROSTER),
            (Shift.DAY, Shift.FLEXIBLE),
        ),
        (4, 3, 2, 2, 2),
    )
    return wanted[0]


def _available(rng: Random, today: date, grade: int, years: int) -> date:
    if grade == years or not grade:
        return rng.choice((today, date(today.year, 10, 8), date(today.year + 1, 1, 15), date(today.year + 1, 3, 1)))
    return rng.choice((date(today.year + 1, 1, 15), date(today.year + 1, 7, 1)))


@dataclass(frozen=True, slots=True)
class _Writer:
    """One student's voice."""

    rng: Random
    specialty: Specialty
    field: Field
    wished: tuple[Role, ...]
    skills: list[str]
    certificates: tuple[str, ...]
    grade: int
    final: bool
    """In the last year, or graduated."""
    employers: Sequence[Employer]

    def self_description(self, leaving: bool, sparse: bool, places: Sequence[str]) -> str:
        rng, people = self.rng, table("people.toml")
        if sparse:
            return "" if chance(rng, 0.4) else rng.choice(lines(people["sparse"]))
        slots = self._slots(places)
        parts = [self._opening(slots)] if chance(rng, 0.7) else []
        middle = [self._line(people["freshmen" if self.grade == 1 else "trained"], slots)]
        middle += [expand(rng.choice(self.field.reasons), rng) + "。"] if chance(rng, 0.5) and not leaving else []
        middle += [expand(line, rng, slots) for line in some(lines(people["traits"]), rng, 0, 2)]
        rng.shuffle(middle)
        parts += middle
        if leaving:
            parts.insert(rng.randint(min(1, len(parts)), len(parts)), self._line(people["leaving"], slots))
        elif chance(rng, 0.75):
            parts.append(self._line(people["wishes"], slots))
        elif self.grade == 2:
            parts.append(self._line(people["undecided"], slots))
        text = "".join(dict.fromkeys(parts)).replace("，。", "。")
        return slip(text, rng) if chance(rng, 0.07) else text

    def _opening(self, slots: Mapping[str, str]) -> str:
        """Not everyone has courses to look back on."""
        openings = [
            line
            for line in lines(table("people.toml")["openings"])
            if self.grade != 1 or not any(word in line for word in ("{course}", "{studied}", "实训", "成绩"))
        ]
        return expand(self.rng.choice(openings), self.rng, slots)

    def experience(self, leaving: bool) -> list[str]:
        rng, people = self.rng, table("people.toml")
        done = [line for role in self.wished if not leaving for line in role.done]
        near = [role for role in trained_roles(self.field.id) if role.education <= self.specialty.level.education]
        done += [line for role in near[:2] for line in role.done[:2]]
        fitting = [line for line in dict.fromkeys(done) if self._could_be(line)]
        picked = [self._told(line) for line in some(fitting, rng, 0, 1)]
        if self.grade != 1 and not leaving and chance(rng, 0.5):
            picked.append(self._placement(rng.choice(self.wished)))
        if self.grade != 1 and chance(rng, 0.4):
            picked.append(self._line(people["practice"], self._slots(("澜川",))))
        if self.grade != 1 and chance(rng, 0.3):
            picked.append(expand(rng.choice(self.field.contests), rng))
        if chance(rng, 0.55):
            picked.append(expand(rng.choice(lines(people["experience"])), rng))
        if leaving and chance(rng, 0.25) and self._could_be(line := rng.choice(self.wished[0].done)):
            picked.append(self._told(line))
        return picked

    def _could_be(self, line: str) -> bool:
        """Whether someone in that year has done it: freshmen nothing yet, a thesis only who leaves."""
        return self.final or (self.grade > 1 and "毕业" not in line)

    def _placement(self, role: Role) -> str:
        """An internship, told as résumés do: by the duties of the post."""
        rng = self.rng
        duties = [_OPENERS.sub("", duty) for duty in some(role.duties, rng, 1, 2)]
        told = rng.choice(lines(table("people.toml")["placements"])).replace("{duties}", "；".join(duties))
        return self._told_of(role, told)

    def _told(self, line: str) -> str:
        return self._told_of(next(role for role in roles() if line in role.done), line)

    def _told_of(self, role: Role, line: str) -> str:
        hirers = [one for one in self.employers if one.group == role.group]
        hirers = [one for one in hirers if not role.sectors or one.sector.id in role.sectors] or hirers
        employer = self.rng.choice(hirers or list(self.employers)).organisation
        product = self.rng.choice(employer.products)
        return expand(line, self.rng, {"org": employer.name, "product": product})

    def _slots(self, places: Sequence[str]) -> Mapping[str, str]:
        rng, one = self.rng, self.specialty
        taught = _taught(self.field.id)
        known = [skill for skill in self.skills if skill in taught]
        skills = [*known, *(skill for skill in canonical(self.field.skills) if skill not in known)]
        wanted = [skill for skill in self.skills if skill in canonical(self.wished[0].skills)] or skills
        return {
            "school": one.school,
            "specialty": one.name,
            "level": {"职业本科": "职业本科", "本科": "本科", "中职": "中专"}.get(one.level.value, "大专"),
            "grade": f"{_GRADES[self.grade - 1]}年级" if self.grade else "应届",
            "studied": _STUDIED[self.grade or _YEARS.get(one.level, 4)],
            "course": one.courses[0] if len(one.courses) < 2 else rng.choice(one.courses[:-1]),
            "course2": one.courses[-1],
            "skill": skills[0],
            "skill2": skills[1],
            "skill3": skills[2],
            "newskill": wanted[0],
            "certificate": self.certificates[0] if self.certificates else "普通话二级乙等",
            "role": rng.choice(self.wished[0].wishes),
            "role2": rng.choice(self.wished[-1].wishes) if len(self.wished) > 1 else "相近的岗位",
            "place": rng.choice(places),
        }

    def _line(self, block: str, slots: Mapping[str, str]) -> str:
        return expand(self.rng.choice(lines(block)), self.rng, slots)
