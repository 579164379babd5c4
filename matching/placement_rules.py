"""What keeps a student from a place before anybody chooses: the law, what the place asks, the calendar, the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from data import taxonomy
from matching import lawful
from models.errors import Malformed, Unlawful
from models.lawful import Known, Rule
from models.placement import Bar, Obstacle, Place, PlacementMarket, Student, groups, spelt
from models.terms import Employment, SchoolLevel

FIELD_LEVELS = frozenset({SchoolLevel.JUNIOR_COLLEGE, SchoolLevel.VOCATIONAL_BACHELOR})
"""Levels of school that take part in field-engineer programmes."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is asked of a student at a place."""

    bar: Bar
    facts: Callable[[Student], Hashable]
    """The facts about the student that decide it: students who share them are judged alike."""
    lacks: Callable[[Student, Place, PlacementMarket], Obstacle | None]
    """What stands in the way; None when nothing does or a fact is not known."""


def _says(bar: Bar, broken: bool, text: str) -> Obstacle | None:
    return Obstacle(bar, text) if broken else None


def _law(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    rule = next(_broken(student, place), None)
    return None if rule is None else Obstacle(Bar.LAW, f"{rule.says}（{rule.citation}）", rule)


def _broken(student: Student, place: Place) -> Iterator[Rule]:
    """Rules that forbid the student to work there, those about the place first."""
    if not place.working:
        return
    rules = taxonomy.rules()
    yield from broken_by(place)
    known = Known(
        under_16=student.under_16,
        under_18=student.under_18,
        first_year=student.year == 1,
        consent=student.consent,
    )
    yield from (rules[name] for name, _, broken in lawful.of_student(known) if broken)
    if student.under_18 and not {"intern-hazard", "intern-heavy"}.isdisjoint(place.broken):
        yield rules["minor-hazard"]


def broken_by(place: Place) -> Iterator[Rule]:
    """Rules that forbid any student to work there."""
    if place.working:
        rules = taxonomy.rules()
        yield from (rules[name] for name in place.broken if name in rules and name not in place.filed)
        if place.shift in lawful.NIGHTLY and "intern-night" not in place.filed:
            yield rules["intern-night"]


def _programme(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    wanted = place.programme
    if wanted not in student.programmes:
        joined = "、".join(one.label for one in student.programmes)
        return Obstacle(Bar.PROGRAMME, f"这是{wanted.label}名额，学生参加的是{joined}")
    unfit = wanted is Employment.FIELD_ENGINEER and student.level is not None and student.level not in FIELD_LEVELS
    return _says(Bar.PROGRAMME, unfit, f"现场工程师项目面向高职学生，学生是{student.level}")


def _level(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    unfit = bool(place.levels) and student.level is not None and student.level not in place.levels
    return _says(Bar.LEVEL, unfit, f"岗位要求{'、'.join(place.levels)}，学生是{student.level}")


def _year(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    unfit = bool(place.years) and student.year not in place.years
    return _says(Bar.YEAR, unfit, f"岗位要求{'、'.join(map(str, place.years))}年级，学生是 {student.year} 年级")


def _specialty(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    if not (place.specialties or place.classes) or (student.specialty is None and student.specialty_class is None):
        return None
    unfit = student.specialty not in place.specialties and student.specialty_class not in place.classes
    asked = "、".join((*place.specialties, *place.classes))
    return _says(Bar.SPECIALTY, unfit, f"岗位要求{asked}，学生学的是{student.specialty or student.specialty_class}")


def _class(student: Student, place: Place, market: PlacementMarket) -> Obstacle | None:
    known = market.same_class and place.classes and student.specialty_class
    unfit = bool(known) and student.specialty_class not in place.classes
    return _says(
        Bar.CLASS,
        unfit,
        f"学校或当地规定不得跨专业大类实习：岗位属{'、'.join(place.classes)}，学生属{student.specialty_class}",
    )


def _weeks(student: Student, place: Place, _: PlacementMarket) -> Obstacle | None:
    if student.weeks is None or place.weeks is None:
        return None
    lessons = set(place.weeks) - set(student.weeks)
    return _says(Bar.WEEKS, bool(lessons), f"岗位要求到岗的第 {spelt(lessons)} 周，学生要上课")


def _commute(student: Student, place: Place, market: PlacementMarket) -> Obstacle | None:
    if student.commute is None or student.zone is None or place.zone is None or student.zone == place.zone:
        return None
    ways = [one.minutes for one in market.journeys if {one.start, one.end} == {student.zone, place.zone}]
    return _says(
        Bar.COMMUTE,
        bool(ways) and min(ways) > student.commute,
        f"单程通勤约 {min(ways, default=0)} 分钟，超过限定的 {student.commute} 分钟",
    )


REQUIREMENTS = (
    Requirement(Bar.LAW, lambda one: (one.year == 1, one.under_16, one.under_18, one.consent is False), _law),
    Requirement(Bar.PROGRAMME, lambda one: (one.programmes, one.level), _programme),
    Requirement(Bar.LEVEL, lambda one: one.level, _level),
    Requirement(Bar.YEAR, lambda one: one.year, _year),
    Requirement(Bar.SPECIALTY, lambda one: (one.specialty, one.specialty_class), _specialty),
    Requirement(Bar.CLASS, lambda one: one.specialty_class, _class),
    Requirement(Bar.WEEKS, lambda one: one.weeks, _weeks),
    Requirement(Bar.COMMUTE, lambda one: (one.zone, one.commute), _commute),
)
"""In the order in which they are told. A pin overrides all but the law and the calendar; a waiver the one it names."""
FIRM = frozenset({Bar.LAW, Bar.WEEKS})
"""Requirements that a pin does not override."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` students in all of the places together."""

    bar: Bar
    limit: int
    places: tuple[str, ...]
    says: str
    rule: Rule | None = None


def caps(market: PlacementMarket) -> tuple[Cap, ...]:
    """Every cap that there is, by place, kind of post, enterprise: each holds the places of whole earlier ones.

    The shares of art. 9 count everybody who comes in this market, in whatever weeks: those who alternate too.
    """
    rules = taxonomy.rules()
    # Solvers choose between equals by position, which must not depend on the order of the rows.
    places = sorted(market.places, key=lambda one: one.id)
    found = [_of_place(place) for place in places]
    posts: dict[tuple[str, str], list[Place]] = defaultdict(list)
    units: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.working:
            # A place that names no kind of post is a kind of its own.
            posts[place.enterprise, f"+{place.post}" if place.post else f"={place.id}"].append(place)
            units[place.enterprise].append(place)
    for shared in posts.values():
        one = shared[0]
        if one.staff_on_post is not None:
            found.append(
                _of_law(
                    Bar.POST, "intern_share_on_post", "同类岗位", one.staff_on_post, one.interns_on_post, shared, rules
                )
            )
    for shared in units.values():
        one = shared[0]
        if one.staff is not None:
            found.append(_of_law(Bar.UNIT, "intern_share", "单位", one.staff, one.interns, shared, rules))
    return tuple(found)


def _of_place(place: Place) -> Cap:
    if place.mentors is not None and place.per_mentor is not None and place.mentors * place.per_mentor < place.maximum:
        limit = place.mentors * place.per_mentor
        says = f"师傅 {place.mentors} 名、每名最多带 {place.per_mentor} 人，只能接收 {limit} 人"
        return Cap(Bar.FULL, limit, (place.id,), says)
    return Cap(Bar.FULL, place.maximum, (place.id,), f"名额 {place.maximum} 个")


def _of_law(
    bar: Bar, limit: str, what: str, staff: int, hosted: int, shared: list[Place], rules: dict[str, Rule]
) -> Cap:
    rule = rules["intern-share" if bar is Bar.UNIT else "intern-share-on-post"]
    most = lawful.most_interns(limit, staff)
    already = f"，已有实习生 {hosted} 人" if hosted else ""
    share = f"{taxonomy.limit(limit):.0%}"
    return Cap(
        bar,
        max(0, most - hosted),
        tuple(place.id for place in shared),
        f"{what}在岗职工 {staff} 人{already}，按 {share} 还能接收 {max(0, most - hosted)} 人（{rule.citation}）",
        rule,
    )


def pinned(market: PlacementMarket) -> dict[str, str]:
    """Student → place for every pin, and for those who must come along.

    Raises Unlawful where the law forbids it, Malformed where the calendar or the number of seats does.
    """
    students = {one.id: one for one in market.students}
    places = {one.id: one for one in market.places}
    group = {id: members for members in groups(market) for id in members}
    found: dict[str, str] = {}
    for number, pin in enumerate(market.pins, 1):
        for id in group.get(pin.student, (pin.student,)):
            _check_pin(f"指定表第 {number} 行", students[id], places[pin.place], market)
            found[id] = pin.place
    for cap in caps(market):
        coming = sorted(id for id, place in found.items() if place in cap.places)
        if len(coming) > cap.limit:
            message = f"指定到{'、'.join(cap.places)}的有 {len(coming)} 人（{'、'.join(coming[:5])}）：{cap.says}"
            raise Unlawful(message) if cap.rule else Malformed(message)
    for number, (one, other) in enumerate(market.apart, 1):
        if one in found and found[one] == found.get(other):
            raise Malformed(f"分开表第 {number} 行与指定表矛盾：{one} 和 {other} 都要到 {found[one]}")
    return found


def _check_pin(where: str, student: Student, place: Place, market: PlacementMarket) -> None:
    waived = {(one.student, one.place, one.bar) for one in market.waivers}
    for requirement in REQUIREMENTS:
        if requirement.bar not in FIRM or (student.id, place.id, requirement.bar) in waived:
            continue
        if found := requirement.lacks(student, place, market):
            message = f"{where}不能执行，学生 {student.id} 不能到 {place.label}：{found.says}"
            raise Unlawful(message) if found.rule else Malformed(message)
