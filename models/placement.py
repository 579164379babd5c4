"""Placing a cohort (批量安置): students, places, what both sides want, and what becomes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from models.errors import Malformed
from models.lawful import Rule
from models.reasons import Reason, quote, reasons_of
from models.terms import Employment, Names, OptionalName, SchoolLevel, Shift, Value
from models.text import clean

MOST_STUDENTS, MOST_PLACES = 10_000, 1_000
"""Sizes of the largest market that is taken."""
LAST_WEEK = 60
SHOWN_REASONS = 5
"""Faults of a malformed market that its message lists."""

FILEABLE = frozenset({"intern-hazard", "intern-night", "intern-overtime", "intern-holiday"})
"""Rules from which art. 17 lets a school depart after filing (备案) where the specialty needs it."""


def _week_numbers(value: Any) -> Any:
    """1-8、11-18单 → its weeks; anything but a text is left to the validation that follows."""
    if not isinstance(value, str):
        return value
    weeks: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", clean(value).strip()):
        found = re.fullmatch(r"(\d{1,2})(?:[-~–至](\d{1,2}))?周?([单双])?周?", part)
        if found is None:
            raise ValueError(f"看不懂周次“{part}”，应如 1-8、11-18单")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise ValueError(f"周次“{part}”的开始晚于结束")
        odd = {"单": 1, "双": 0}.get(found[3])
        weeks.update(week for week in range(first, last + 1) if odd is None or week % 2 == odd)
    return tuple(sorted(weeks))


def spelt(weeks: Iterable[int]) -> str:
    """Weeks as a Chinese reader writes them: 1-8、11、13."""
    runs: list[list[int]] = []
    for week in sorted(weeks):
        if runs and week == runs[-1][1] + 1:
            runs[-1][1] = week
        else:
            runs.append([week, week])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


Key = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
"""What the caller calls a student, a place or an enterprise."""
Keys = Annotated[tuple[Key, ...], Field(max_length=MOST_STUDENTS)]
Weeks = Annotated[
    tuple[Annotated[int, Field(ge=1, le=LAST_WEEK)], ...], Field(min_length=1), BeforeValidator(_week_numbers)
]
"""Weeks of the term (教学周) for an alternation calendar (工学交替); a text such as 1-8、11-18单 is read."""
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Minutes = Annotated[int, Field(ge=0, le=600)]
Score = Annotated[float, Field(ge=0, le=1)]
Fits = dict[Key, dict[Key, tuple[Score, Score]]]
"""Student → place → how well the place suits the student, and the student the place: the two fits of a match."""


class Student(Value):
    """A student who is to be placed, with the facts that decide where: age only as the school's yes or no."""

    id: Key
    year: Annotated[int, Field(ge=1, le=8)]
    """Year of study, 1 for a first-year student."""
    under_16: bool = False
    under_18: bool = False
    consent: bool | None = None
    """Whether the guardians have signed; None when nobody knows yet."""
    programmes: tuple[Employment, ...] = (Employment.INTERNSHIP,)
    """Types of programme that the student may be placed in."""
    level: SchoolLevel | None = None
    specialty: OptionalName = None
    specialty_class: OptionalName = None
    """The class (专业大类) of the specialty."""
    weeks: Weeks | None = None
    """Weeks free of lessons; None when every week is."""
    zone: OptionalName = None
    """Where the student lives."""
    commute: Minutes | None = None
    """The longest acceptable way to work, in minutes."""
    wishes: Keys = ()
    """Places wished for, first choice first; without any, all places by how well they suit."""
    adjustable: bool = False
    """Whether any other place will do when no wish can be met (服从调剂)."""


class Place(Value):
    """Seats of one kind at one enterprise, offered together (实习岗位)."""

    id: Key
    name: OptionalName = None
    posting: int | None = None
    enterprise: Key
    post: OptionalName = None
    """The kind of post (同类岗位); places of one enterprise that name the same one share its staff."""
    minimum: Count = 0
    """Fewest students that make it worth while."""
    maximum: Count
    staff: Count | None = None
    """Employees at work in the enterprise (在岗职工); None when nobody knows."""
    interns: Count = 0
    """Interns whom the enterprise hosts already."""
    staff_on_post: Count | None = None
    interns_on_post: Count = 0
    programme: Employment = Employment.INTERNSHIP
    at_work: bool | None = None
    """Whether students work in the post (岗位实习); None: in all programmes but the order class, begun at school."""
    shift: Shift | None = None
    weeks: Weeks | None = None
    """Weeks in which students must come."""
    zone: OptionalName = None
    years: tuple[int, ...] = ()
    """Years of study accepted; empty for all."""
    levels: tuple[SchoolLevel, ...] = ()
    specialties: Names = ()
    classes: Names = ()
    """Specialty classes accepted, besides `specialties`."""
    mentors: Count | None = None
    per_mentor: Annotated[int, Field(ge=1, le=100)] | None = None
    """Most students for each mentor, as agreed."""
    broken: Names = ()
    """Rules on internships that the posting breaks, by name."""
    filed: Names = ()
    """Rules from which a recorded decision departs; only those of art. 17."""
    prefers: Keys = ()
    """Students whom the enterprise prefers, best first; the others follow by how well they suit."""
    listed_only: bool = False
    """Whether the enterprise takes nobody but those it prefers."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"人数下限 {self.minimum} 高于上限 {self.maximum}")
        if self.staff is not None and self.staff_on_post is not None and self.staff_on_post > self.staff:
            raise ValueError(f"同类岗位职工 {self.staff_on_post} 人多于单位在岗职工 {self.staff} 人")
        if unknown := sorted(set(self.filed) - FILEABLE):
            raise ValueError(f"“{unknown[0]}”不能备案放行，可以备案的只有 {'、'.join(sorted(FILEABLE))}")
        if self.programme is Employment.INTERNSHIP and self.at_work is False:
            raise ValueError("岗位实习不能写“不上岗”")
        return self

    @property
    def working(self) -> bool:
        """Whether the rules on 岗位实习 apply."""
        return self.programme is not Employment.ORDER_CLASS if self.at_work is None else self.at_work

    @property
    def label(self) -> str:
        return f"{self.name}（{self.id}）" if self.name else self.id


class Journey(Value):
    """How long the way from one zone to another takes; the way back takes as long."""

    start: OptionalName
    end: OptionalName
    minutes: Minutes


class Pairing(Value):
    """A student and a place that somebody decided about by hand: a pin (指定) or a ban (排除)."""

    student: Key
    place: Key


class Bar(StrEnum):
    """What keeps a student from a place; the value is its Chinese name."""

    LAW = "法规"
    PROGRAMME = "项目类型"
    LEVEL = "办学层次"
    YEAR = "年级"
    SPECIALTY = "专业"
    CLASS = "专业大类"
    WEEKS = "教学周"
    COMMUTE = "通勤"
    LISTED = "企业名单"
    WISH = "志愿"
    ELSEWHERE = "更想去别处"
    BAN = "人工排除"
    PIN = "人工指定"
    TOGETHER = "同组"
    APART = "分开"
    FULL = "名额"
    POST = "同岗比例"
    UNIT = "单位比例"
    OVERALL = "整体方案"

    @property
    def label(self) -> str:
        return self.value

    @property
    def liftable(self) -> bool:
        """Whether school and enterprise may waive it for one student."""
        return self in (Bar.LEVEL, Bar.YEAR, Bar.SPECIALTY, Bar.WEEKS, Bar.COMMUTE, Bar.LISTED)


class Waiver(Pairing):
    """A requirement that is not asked of one student at one place (放宽)."""

    bar: Bar

    @model_validator(mode="after")
    def _liftable(self) -> Self:
        if not self.bar.liftable:
            raise ValueError(f"“{self.bar.label}”不能放宽")
        return self


Two = Annotated[tuple[Key, ...], Field(min_length=2, max_length=2)]
"""Two students."""


class PlacementMarket(Value):
    """A cohort and the places offered to it."""

    students: Annotated[tuple[Student, ...], Field(max_length=MOST_STUDENTS)]
    places: Annotated[tuple[Place, ...], Field(max_length=MOST_PLACES)]
    fits: Fits = Field(default_factory=dict)
    journeys: tuple[Journey, ...] = ()
    together: tuple[Two, ...] = ()
    """Students who come to the same place or to none."""
    apart: tuple[Two, ...] = ()
    """Students who do not come to the same place."""
    pins: tuple[Pairing, ...] = ()
    """Decided before: the student comes there, whatever the wishes and the enterprise's requirements."""
    bans: tuple[Pairing, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    same_class: bool = False
    """Whether the locality or the school forbids places outside the student's specialty class."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """The market that a JSON object describes. Raises Malformed, naming the rows."""
        try:
            return cls.model_validate(payload)
        except ValidationError as error:
            found = [_in_row(reason, payload) for reason in reasons_of(error)]
            more = f"；另有 {len(found) - SHOWN_REASONS} 处" if len(found) > SHOWN_REASONS else ""
            raise Malformed("；".join(found[:SHOWN_REASONS]) + more) from error


_TABLES = {
    "students": "学生",
    "places": "岗位",
    "fits": "匹配分",
    "journeys": "路程",
    "together": "同组",
    "apart": "分开",
    "pins": "指定",
    "bans": "排除",
    "waivers": "放宽",
}


def _in_row(reason: Reason, payload: Mapping[str, Any]) -> str:
    """The reason with its row: 学生表第 3 行（S3）year：不能小于 1（收到：-1）."""
    table, _, rest = reason.field.partition(".")
    index, _, field = rest.partition(".")
    if table not in _TABLES or not index.isdigit():
        return reason.reason if not reason.field else str(reason)
    rows = payload.get(table)
    row = rows[int(index)] if isinstance(rows, list | tuple) else None
    named = f"（{quote(row['id'], 20)}）" if isinstance(row, Mapping) and "id" in row else ""
    received = f"（收到：{reason.value}）" if reason.value and field else ""
    return f"{_TABLES[table]}表第 {int(index) + 1} 行{named}{field and ' ' + field}：{reason.reason}{received}"


def _problems(market: PlacementMarket) -> Iterable[str]:
    """What contradicts itself between rows, each naming its row."""
    pairings: tuple[Pairing, ...]
    for table, rows in (("students", market.students), ("places", market.places)):
        if not rows:
            yield f"{_TABLES[table]}表是空的，没有可安置的{_TABLES[table]}"
        yield from _twice(_TABLES[table], [row.id for row in rows])
    students, places = {one.id for one in market.students}, {one.id for one in market.places}
    for number, student in enumerate(market.students, 1):
        where = f"学生表第 {number} 行（{student.id}）"
        yield from _unknown(f"{where}的志愿", "岗位", student.wishes, places)
        yield from _twice(f"{where}的志愿", student.wishes)
        if student.under_16 and not student.under_18:
            yield f"{where}：写了未满 16 周岁，却没有写未满 18 周岁"
    for number, place in enumerate(market.places, 1):
        where = f"岗位表第 {number} 行（{place.id}）"
        yield from _unknown(f"{where}的优先名单", "学生", place.prefers, students)
        yield from _twice(f"{where}的优先名单", place.prefers)
    yield from _disagreements(market.places)
    yield from _unknown("匹配分表", "学生", market.fits, students)
    for one in market.fits:
        yield from _unknown(f"匹配分表（{one}）", "岗位", market.fits[one], places)
    for table, pairings in (("pins", market.pins), ("bans", market.bans), ("waivers", market.waivers)):
        for number, pairing in enumerate(pairings, 1):
            where = f"{_TABLES[table]}表第 {number} 行"
            yield from _unknown(where, "学生", (pairing.student,), students)
            yield from _unknown(where, "岗位", (pairing.place,), places)
    for table, pairs in (("together", market.together), ("apart", market.apart)):
        for number, pair in enumerate(pairs, 1):
            where = f"{_TABLES[table]}表第 {number} 行"
            yield from _unknown(where, "学生", pair, students)
            if pair[0] == pair[1]:
                yield f"{where}：两名学生是同一人（{pair[0]}）"
    yield from _conflicts(market)


def _twice(where: str, ids: Iterable[str]) -> Iterable[str]:
    seen: dict[str, int] = {}
    for number, id in enumerate(ids, 1):
        if id in seen:
            row = "行" if where.endswith(("学生", "岗位")) else "项"
            yield f"{where}{'表' if row == '行' else ''}第 {number} {row}与第 {seen[id]} {row}重复：{quote(id)}"
        seen.setdefault(id, number)


def _unknown(where: str, what: str, ids: Iterable[str], known: set[str]) -> Iterable[str]:
    for id in ids:
        if id not in known:
            yield f"{where}：没有编号为“{quote(id)}”的{what}"


def _disagreements(places: tuple[Place, ...]) -> Iterable[str]:
    """Rows that give different numbers for the same enterprise or post."""
    seen: dict[tuple[str, ...], tuple[int, tuple[int | None, int]]] = {}
    for number, place in enumerate(places, 1):
        facts: dict[tuple[str, ...], tuple[int | None, int]]
        facts = {("单位", place.enterprise): (place.staff, place.interns)}
        if place.post:
            facts["同类岗位", place.enterprise, place.post] = (place.staff_on_post, place.interns_on_post)
        for key, fact in facts.items():
            row, first = seen.setdefault(key, (number, fact))
            if first != fact:
                yield (
                    f"岗位表第 {number} 行（{place.id}）与第 {row} 行写的{key[0]}“{key[-1]}”人数不一致："
                    f"在岗职工 {_or_unknown(fact[0])}、已有实习生 {fact[1]}，"
                    f"另一行是 {_or_unknown(first[0])}、{first[1]}"
                )


def _or_unknown(number: int | None) -> str:
    return "未填" if number is None else str(number)


def _conflicts(market: PlacementMarket) -> Iterable[str]:
    """Decisions by hand that cannot all be kept."""
    banned = {(one.student, one.place): number for number, one in enumerate(market.bans, 1)}
    pinned: dict[str, tuple[int, str]] = {}
    for number, pin in enumerate(market.pins, 1):
        if (pin.student, pin.place) in banned:
            row = banned[pin.student, pin.place]
            yield f"指定表第 {number} 行与排除表第 {row} 行矛盾：学生 {pin.student}、岗位 {pin.place}"
        row, place = pinned.setdefault(pin.student, (number, pin.place))
        if row != number:
            same = "重复" if place == pin.place else f"矛盾：{place}、{pin.place}"
            yield f"指定表第 {number} 行与第 {row} 行把学生 {pin.student} 指定了两次，{same}"
    taken = Counter(pin.place for pin in market.pins)
    for number, offered in enumerate(market.places, 1):
        if taken[offered.id] > offered.maximum:
            yield (
                f"岗位表第 {number} 行（{offered.id}）的上限是 {offered.maximum} 人，"
                f"指定到这里的有 {taken[offered.id]} 人"
            )
    group = {id: members for members in groups(market) for id in members}
    for number, (one, other) in enumerate(market.apart, 1):
        if other in group.get(one, ()):
            yield f"分开表第 {number} 行与同组表矛盾：{one} 和 {other} 既要同组又要分开"
        if one in pinned and other in pinned and pinned[one][1] == pinned[other][1]:
            yield f"分开表第 {number} 行与指定表矛盾：{one} 和 {other} 都被指定到 {pinned[one][1]}"
    for members in groups(market):
        homes = {pinned[id][1]: id for id in members if id in pinned}
        if len(homes) > 1:
            yield f"同组的 {'、'.join(sorted(homes.values()))} 被指定到不同的岗位：{'、'.join(sorted(homes))}"
        for id, home in ((id, home) for home in homes for id in members):
            if (id, home) in banned:
                yield f"排除表第 {banned[id, home]} 行与指定表矛盾：{id} 的同组同学被指定到 {home}"


def groups(market: PlacementMarket) -> tuple[tuple[str, ...], ...]:
    """Students tied together, directly or through others; each group in the order of its rows."""
    of: dict[str, list[str]] = {}
    for one, other in market.together:
        merged = list(dict.fromkeys([*of.get(one, [one]), *of.get(other, [other])]))
        of.update(dict.fromkeys(merged, merged))
    return tuple({id(group): tuple(group) for group in of.values()}.values())


def cliques(pairs: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...] | None:
    """The sets of students all kept apart from each other; None when they overlap: a from b and c, these not."""
    near: dict[str, set[str]] = {}
    for one, other in pairs:
        near.setdefault(one, {one}).add(other)
        near.setdefault(other, {other}).add(one)
    found = dict.fromkeys(tuple(sorted(members)) for members in near.values())
    return tuple(found) if sum(map(len, found)) == len(near) else None


class Mode(StrEnum):
    """What a placement aims at; the value is its Chinese name."""

    STABLE = "稳定优先"
    PLACED = "安置最多"
    PREFERRED = "志愿最优"

    @property
    def label(self) -> str:
        return self.value

    @property
    def says(self) -> str:
        """The promise, as a school reads it."""
        return {
            Mode.STABLE: "没有一名学生和一家企业都更愿意选择对方；同等条件按公布的种子抽签",
            Mode.PLACED: "先尽量满足各岗位的人数下限，再让安置人数最多，然后志愿名次之和最小",
            Mode.PREFERRED: "先尽量满足各岗位的人数下限，再让志愿得分之和最高，第一志愿得分最高，未安置得 0 分",
        }[self]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a student does not come to a place."""

    bar: Bar
    says: str
    rule: Rule | None = None
    """The rule of law, where it is one."""
    holders: tuple[str, ...] = ()
    """Students who hold what is wanted; for those who may know."""


class ChangeKind(StrEnum):
    """A single change of a market, the smallest step that a school can take."""

    SEAT = "seat"
    LOWER = "lower"
    LIFT = "lift"
    CONSENT = "consent"
    WISH = "wish"
    UNPIN = "unpin"
    UNBAN = "unban"
    UNTIE = "untie"
    REUNITE = "reunite"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change: what is done, to which student, place or second student."""

    kind: ChangeKind
    place: str | None = None
    student: str | None = None
    other: str | None = None
    bar: Bar | None = None

    def label(
        self, places: Mapping[str, str], *, me: str | None = None, mates: tuple[str, ...] = (), times: int = 1
    ) -> str:
        """As a teacher reads it: `places` gives the places their names, `me` is whom it is about, `times` how often."""
        two = (self.student, self.other)
        mate = "同组的" if self.student in mates else ""
        who = "该生" if me is not None and me in two else f"{mate}学生 {self.student} "
        whom = self.student if self.other == me else self.other
        where = f"“{places.get(self.place or '', self.place)}”"
        return {
            ChangeKind.SEAT: f"{where}增加 {times} 个名额",
            ChangeKind.LOWER: f"{where}的人数下限降低 {times} 人",
            ChangeKind.LIFT: f"{where}对{who}放宽{self.bar.label if self.bar else ''}要求",
            ChangeKind.CONSENT: f"取得{who}监护人签字的知情同意书",
            ChangeKind.WISH: f"{who}加填志愿{where}",
            ChangeKind.UNPIN: f"取消{who}在{where}的指定",
            ChangeKind.UNBAN: f"取消对{who}的排除：{where}",
            ChangeKind.UNTIE: f"{who}与学生 {whom} 不再要求同组",
            ChangeKind.REUNITE: f"{who}与学生 {whom} 不再要求分开",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one student comes."""

    student: str
    place: str
    wish: int | None
    """Which choice of the student it is; None when it is none (调剂)."""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a placement achieves and what it costs."""

    placed: int
    unplaced: int
    first: int
    """Students at their first choice."""
    adjusted: int
    """Students at a place that they did not wish for, but agreed to or were sent to."""
    mean_wish: float | None
    """Mean choice of those placed by a choice, 1 for the first; None when there are none."""
    blocking: int
    """Pairs of a student and a place who would both rather have each other."""
    unfilled_minimum: int
    """Students missing to the minimum quotas, over all places."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A place that stays below its minimum, and why it must."""

    place: str
    placed: int
    minimum: int
    says: str
    proved: bool
    """Whether the reason shows that this aim cannot do better."""
    places: tuple[str, ...] = ()
    """Places that together need more students than there are: the proof counts them."""
    students: int | None = None
    """How many there are for all of them."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The answer of one mode."""

    mode: Mode
    seed: int
    seats: tuple[Seat, ...]
    """In the order of the students."""
    unplaced: tuple[str, ...]
    price: Price
    blocking: tuple[tuple[str, str], ...]
    shortages: tuple[Shortage, ...]
    notes: tuple[str, ...]
    """What the reader should know about it, in Chinese."""
    optimal: bool
    """Whether the aim is proved to be reached."""

    def place_of(self, student: str) -> str | None:
        return next((seat.place for seat in self.seats if seat.student == student), None)


@dataclass(frozen=True, slots=True)
class Opening:
    """The smallest change that opens what was asked for."""

    changes: tuple[Change, ...]
    solved: int
    """How many markets were solved to find it."""
    smallest: bool
    """Whether every smaller change was tried and failed."""
    place: str | None = None
    """Where the student then comes."""


@dataclass(frozen=True, slots=True)
class Account:
    """Why a student, or a place, fares as it does."""

    subject: str
    says: str
    """One sentence."""
    obstacles: tuple[tuple[str, Obstacle], ...]
    """Place (of a student) or student (of a place) with what stands between."""
    opening: Opening | None
    opens: str
    """The smallest change as a sentence; why there is none where there is none."""


def tied(market: PlacementMarket) -> tuple[tuple[str, str], ...]:
    """All pairs of students who must not part, directly or through others."""
    return tuple(pair for members in groups(market) for pair in combinations(members, 2))
