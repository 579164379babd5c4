"""What can be learned in the city: courses of its schools and training bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from data.sample.city import DIVISIONS, school_homes, source
from data.sample.texts import EDUCATION, lines, names, specialties, table
from data.sample.wording import chance, expand, kept, some, spread
from models.courses import Course, CourseMode
from models.terms import SkillLevel


def courses(rng: Random, count: int, today: date) -> list[Course]:
    """That many courses: each written subject several times, by different providers in different formats."""
    subjects = table("courses.toml")["course"]
    shares = spread(count, [1.0] * len(subjects))
    made: list[Course] = []
    for index, (row, share) in enumerate(zip(subjects, shares, strict=True)):
        providers = _providers(row)
        for n in range(share):
            made.append(_course(rng, len(made) + 1, row, providers[(index + n) % len(providers)], today))
    return made


def _providers(row: Mapping[str, Any]) -> list[str]:
    """Schools that teach one of the subject's fields and training bodies that take it, alternating."""
    wanted = set(row["fields"].split())
    schools = list(dict.fromkeys(one.school for one in specialties() if one.field in wanted))
    bodies = [body["name"] for body in table("courses.toml")["provider"] if wanted & set(body["fields"].split())]
    longest = max(len(schools), len(bodies))
    mixed = [one for n in range(longest) for one in (*bodies[n : n + 1], *schools[n : n + 1])]
    return mixed or ["澜川市公共实训中心"]


def _course(rng: Random, number: int, row: Mapping[str, Any], provider: str, today: date) -> Course:
    school = school_homes().get(provider)
    kind = _kind(rng, row, in_school=school is not None)
    shape = table("courses.toml")["shape"][kind]
    hours = rng.choice(shape["hours"])
    starts = _first_day(rng, kind, today) if kind != "线上" else None
    weeks = rng.choice(shape["weeks"])
    certificates = names(row.get("certs", ""))
    keep_certificates = kind == "考证班" or (certificates and chance(rng, 0.4))
    body = next((one for one in table("courses.toml")["provider"] if one["name"] == provider), None)
    division = school[0] if school else body["division"] if body else "990102"
    slots = {"hours": str(hours), "weeks": str(weeks), "cert": certificates[0] if certificates else "结业证书"}
    return Course(
        source=source("C", number),
        name=_named(rng, row, kind),
        provider=provider,
        description=_text(rng, row, kind, slots),
        skills=_taught(rng, row),
        certificates=certificates if keep_certificates else (),
        prerequisites=names(row.get("pre", "")) if chance(rng, 0.8) else (),
        hours=None if chance(rng, 0.06) else float(hours),
        price=None if chance(rng, 0.08) else _price(rng, shape, hours),
        mode=CourseMode.ONLINE if kind == "线上" else CourseMode(rng.choice(("线下", "线下", "线下", "混合"))),
        education=EDUCATION[row["edu"]] if "edu" in row else None,
        skill_level=SkillLevel(row["level"]) if keep_certificates and "level" in row else None,
        audience=tuple(some(shape["audience"], rng, 1, 3)),
        seats=None if kind == "线上" else rng.choice((20, 24, 30, 36, 40, 45)),
        division=division,
        place=None if kind == "线上" else DIVISIONS[division] + rng.choice(shape["rooms"]),
        starts=starts,
        ends=starts + timedelta(weeks=weeks) if starts else None,
    )


def _first_day(rng: Random, kind: str, today: date) -> date:
    """A Saturday for weekend classes, a Monday for all others."""
    day = today + timedelta(days=rng.randint(-60, 150))
    return day - timedelta(days=day.weekday()) + timedelta(days=5 if kind == "周末班" else 0)


_AT_A_DESK = frozenset(
    {"soft", "iot", "design", "quality", "account", "office", "ecom", "trade", "logistics", "health", "chem"}
)
"""Fields whose courses can be taken at home."""


def _kind(rng: Random, row: Mapping[str, Any], *, in_school: bool) -> str:
    if in_school:
        return rng.choice(("学期课程", "学期课程", "短训"))
    kinds = ["短训", "晚班", "周末班"]
    kinds += ["考证班"] if row.get("certs") else []
    kinds += ["线上"] * 3 if row["fields"].split()[0] in _AT_A_DESK else []
    return rng.choice(kinds)


def _named(rng: Random, row: Mapping[str, Any], kind: str) -> str:
    name = expand(rng.choice(lines(row["names"])), rng)
    marks = {
        "晚班": ("{name}（晚班）", "{name}·夜校班"),
        "周末班": ("{name}（周末班）", "{name}周末研修"),
        "考证班": ("{name}考证班", "{name}（考前强化）"),
        "线上": ("{name}（线上）", "{name}网络课"),
        "短训": ("{name}短期培训", "{name}实操训练营", "{name}"),
    }
    return expand(rng.choice(marks.get(kind, ("{name}",))), rng, {"name": name})


def _taught(rng: Random, row: Mapping[str, Any]) -> tuple[str, ...]:
    skills = names(row["skills"])
    return tuple(dict.fromkeys((skills[0], *some(skills[1:], rng, max(len(skills) - 2, 1), len(skills)))))


def _text(rng: Random, row: Mapping[str, Any], kind: str, slots: Mapping[str, str]) -> str:
    shape = table("courses.toml")["shape"][kind]
    parts = [*kept(lines(row["text"]), rng, 2, 3), rng.choice(lines(shape["text"]))]
    return "。".join(expand(part, rng, slots) for part in parts) + "。"


def _price(rng: Random, shape: Mapping[str, Any], hours: int) -> int:
    low, high = shape["price_per_hour"]
    return round(hours * rng.uniform(low, high) / 20) * 20
