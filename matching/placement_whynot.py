"""Why a student or a place fares as it does: what binds, who holds the seat, and the smallest change that opens it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from matching.placement import solve
from matching.placement_rules import FIRM, REQUIREMENTS, caps, pinned
from matching.placement_table import Table, resized, table
from models.placement import (
    Account,
    Bar,
    Change,
    ChangeKind,
    Obstacle,
    Opening,
    Pairing,
    Place,
    Placement,
    PlacementMarket,
    Student,
    Waiver,
    groups,
)

MOST_CHANGES = 3
"""Single changes that are tried together."""
WORK = 2_000_000
"""Pairs of student and place that a search may solve over before it stops; never fewer than `LEAST` markets."""
LEAST = 40
WAYS = 5
"""Places at which more and more seats are added when nothing smaller helps."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be opened: a place for the student, this place for the student, or one more student at the place."""

    student: str | None = None
    place: str | None = None

    def met(self, placement: Placement, before: int) -> bool:
        """Whether the placement has it; `before` is how many the place had."""
        if self.student is not None:
            home = placement.place_of(self.student)
            return home is not None and self.place in (None, home)
        return sum(seat.place == self.place for seat in placement.seats) > before


class Reasons:
    """Answers about one placement of one market."""

    def __init__(self, market: PlacementMarket, placement: Placement) -> None:
        self.market = market
        self.placement = placement
        self.students = {one.id: one for one in market.students}
        self.places = {one.id: one for one in market.places}
        self.labels = {one.id: one.label for one in market.places}
        self._home = {seat.student: seat.place for seat in placement.seats}
        self._pins = pinned(market)
        self._group = {id: members for members in groups(market) for id in members}
        self._bans = {(one.student, one.place) for one in market.bans}
        self._waived = {(one.student, one.place, one.bar) for one in market.waivers}

    def of_student(self, id: str, *, work: int = WORK) -> Account:
        """Why the student comes where it does, and what would open a place, or the first choice."""
        home = self._home.get(id)
        better = self._better(id, home)
        obstacles = tuple((place, obstacle) for place in better if (obstacle := self.between(id, place)))
        if home is not None and not better:
            return Account(id, self._fate(id, home), (), None, "没有更想去的岗位，无需改动")
        within = (place for place in better if self._lets_in(id, place))
        goal = Goal(id) if home is None else Goal(id, next(within, better[0]))
        opening, sought = self.smallest(goal, work=work)
        return Account(id, self._fate(id, home), obstacles, opening, self._opens(goal, opening, sought))

    def of_place(self, id: str, *, work: int = WORK) -> Account:
        """Why the place has the students it has, and what would bring it one more."""
        place = self.places[id]
        coming = [one for one, home in self._home.items() if home == id]
        room = min(cap.limit for cap in caps(self.market) if id in cap.places)
        between = [(one, self.between(one, id)) for one in self.students if one not in coming]
        told = tuple((one, found) for one, found in between if found and self._asked(one, id))
        says = f"“{place.label}”名额 {place.maximum} 个，安置 {len(coming)} 人"
        if place.maximum > len(coming):
            counted = Counter(found.bar for _, found in between if found)
            without = "；".join(f"{_WHY[bar]} {count} 人" for bar, count in counted.most_common())
            says += f"，空 {place.maximum - len(coming)} 个。没有来的学生：{without or '无'}"
        for short in self.placement.shortages:
            if short.place == id:
                says += f"。{short.says}"
        if len(coming) >= room:
            full = next(cap for cap in caps(self.market) if id in cap.places and cap.limit == room)
            return Account(id, says, told, None, f"已经满员：{full.says}")
        goal = Goal(place=id)
        opening, sought = self.smallest(goal, work=work)
        return Account(id, says, told, opening, self._opens(goal, opening, sought))

    def between(self, student: str, place: str) -> Obstacle | None:
        """The first thing that keeps the student from the place; None when the student comes there."""
        if self._home.get(student) == place:
            return None
        return next(self._obstacles(student, place))

    def _obstacles(self, student: str, place: str) -> Iterator[Obstacle]:
        yield from self._firm(student, place)
        if self._pins.get(student, place) != place:
            yield Obstacle(Bar.PIN, f"已指定到“{self.labels[self._pins[student]]}”")
        if not self._accepts(student, place):
            yield Obstacle(Bar.WISH, "没有填报这个岗位，也没有服从调剂")
        home = self._home.get(student)
        if home is not None and self._prefers(student, home, place):
            yield Obstacle(Bar.ELSEWHERE, f"去了更想去的“{self.labels[home]}”", holders=(student,))
        mates = [one for one in self._group.get(student, ()) if one != student]
        for mate in mates:
            for found in self._firm(mate, place):
                yield Obstacle(Bar.TOGETHER, f"同组的学生 {mate} 不能来：{found.says}", found.rule)
            if not self._accepts(mate, place):
                yield Obstacle(Bar.TOGETHER, f"同组的学生 {mate} 没有填报这个岗位")
        yield from self._apart(student, place)
        yield from self._full(student, place, len(mates) + 1)
        yield Obstacle(Bar.OVERALL, self._overall(student))

    def _firm(self, student: str, place: str) -> Iterator[Obstacle]:
        """What no wish changes: the requirements that are not waived, lists and bans."""
        who, where = self.students[student], self.places[place]
        here = self._pins.get(student) == place
        for requirement in REQUIREMENTS:
            if (here and requirement.bar not in FIRM) or (student, place, requirement.bar) in self._waived:
                continue
            if found := requirement.lacks(who, where, self.market):
                yield found
        if here:
            return
        if where.listed_only and student not in where.prefers and (student, place, Bar.LISTED) not in self._waived:
            yield Obstacle(Bar.LISTED, "企业只接收自己名单上的学生")
        if (student, place) in self._bans:
            yield Obstacle(Bar.BAN, "老师已排除这一安排")

    def _apart(self, student: str, place: str) -> Iterator[Obstacle]:
        unit = self._group.get(student, (student,))
        for one, other in self.market.apart:
            for mine, theirs in ((one, other), (other, one)):
                if mine in unit and self._home.get(theirs) == place and theirs not in unit:
                    yield Obstacle(Bar.APART, f"要与学生 {theirs} 分开，而对方已安置在这里", holders=(theirs,))

    def _full(self, student: str, place: str, size: int) -> Iterator[Obstacle]:
        """The smallest cap that leaves no room, and who holds it."""
        unit = self._group.get(student, (student,))
        for cap in caps(self.market):
            if place not in cap.places:
                continue
            holders = tuple(sorted(one for one, home in self._home.items() if home in cap.places and one not in unit))
            if len(holders) + size <= cap.limit:
                continue
            says = f"{cap.says}，已安置 {len(holders)} 人" if holders else cap.says
            if holders and size > 1:
                says += f"，容不下同组的 {size} 人"
            elif holders:
                says += self._compared(student, place, holders)
            yield Obstacle(cap.bar, says, cap.rule, holders)

    def _compared(self, student: str, place: str, holders: Sequence[str]) -> str:
        """How the enterprise ranks the holders beside the student, and how many of them the lot put first."""
        ahead = [one for one in holders if self._ranked(one, self._home[one]) <= self._ranked(student, place)]
        drawn = sum(self._standing(one, self._home[one]) == self._standing(student, place) for one in ahead)
        lot = f"（{drawn} 人与该生条件相同，抽签在前）" if drawn else ""
        if len(ahead) == len(holders):
            they = "这名学生" if len(holders) == 1 else f"这 {len(holders)} 名学生都"
            return f"，企业把{they}排在该生之前{lot}"
        return f"，企业把其中 {len(holders) - len(ahead)} 人排在该生之后，名额给他们是整体方案的取舍{lot}"

    def _standing(self, student: str, place: str) -> tuple[int | None, float]:
        """What the enterprise ranks by before the lot decides."""
        prefers = self.places[place].prefers
        listed = prefers.index(student) if student in prefers else None
        return listed, self.market.fits.get(student, {}).get(place, (-1.0, -1.0))[1]

    def _overall(self, student: str) -> str:
        home = self._home.get(student)
        if home is None:
            return "还有空位，但让该生来会使整体方案变差"
        place = self.places[home]
        coming = sum(one == home for one in self._home.values())
        if coming <= place.minimum:
            return f"“{place.label}”的人数下限是 {place.minimum} 人，需要该生去那里"
        return f"整体方案把该生安置到“{place.label}”更好"

    def _ranked(self, student: str, place: str) -> int:
        table = self.table
        return int(table.rank[self._row[student], self._column[place]])

    def _prefers(self, student: str, one: str, other: str) -> bool:
        order = self.table.order[self._row[student]]
        first, second = int(order[self._column[one]]), int(order[self._column[other]])
        return second == 0 or 0 < first < second

    @cached_property
    def table(self) -> Table:
        """The market as it was solved."""
        return table(self.market, self.placement.seed)

    @cached_property
    def _row(self) -> dict[str, int]:
        return {one.id: index for index, one in enumerate(self.table.students)}

    @cached_property
    def _column(self) -> dict[str, int]:
        return {one.id: index for index, one in enumerate(self.table.places)}

    def _accepts(self, student: str, place: str) -> bool:
        who = self.students[student]
        named = who.wishes or tuple(self.market.fits.get(student, ()))
        return who.adjustable or place in named or self._pins.get(student) == place

    def _asked(self, student: str, place: str) -> bool:
        return place in self.students[student].wishes

    def _better(self, id: str, home: str | None) -> list[str]:
        """Choices that the student would rather have, best first."""
        who = self.students[id]
        fits = self.market.fits.get(id, {})
        named = list(who.wishes or sorted(fits, key=lambda one: (-fits[one][0], self._column[one])))
        return named[: named.index(home)] if home in named else named

    def _fate(self, id: str, home: str | None) -> str:
        if home is not None:
            seat = next(one for one in self.placement.seats if one.student == id)
            how = "由老师指定到" if seat.pinned else f"安置到第 {seat.wish} 志愿" if seat.wish else "调剂到"
            return f"{how}“{self.labels[home]}”"
        who = self.students[id]
        wished = self._better(id, None)
        if not wished and not who.adjustable:
            return "未安置：没有填报志愿，也没有服从调剂"
        failed = f"{len(wished)} 个志愿都没有成功" if wished else "没有填报志愿"
        return f"未安置：{failed}" + ("，调剂也没有可去的岗位" if who.adjustable else "，也没有服从调剂")

    def _opens(self, goal: Goal, opening: Opening | None, sought: int) -> str:
        if opening is None and not sought:
            if goal.student is None:
                return "法规、项目类型或当地规定不允许任何一名学生来，没有可行的改动"
            where = "更想去的岗位" if goal.place else "任何一个岗位"
            return f"法规、项目类型或当地规定不允许该生去{where}，没有可行的改动"
        if opening is None:
            return f"试过 {sought} 种改动，{MOST_CHANGES} 处以内没有找到能办到的"
        mates = self._group.get(goal.student or "", ())
        did = "；".join(
            change.label(self.labels, me=goal.student, mates=mates, times=times)
            for change, times in Counter(opening.changes).items()
        )
        where = f"该生到“{self.labels[opening.place]}”" if opening.place else "该岗位多来一人"
        how = "最小改动" if opening.smallest else "可行的改动（更小的没有全部试过）"
        return f"{how}：{did}。重新求解后{where}"

    # The smallest change

    def smallest(self, goal: Goal, *, work: int = WORK) -> tuple[Opening | None, int]:
        """The fewest single changes that open the goal, and how many markets were solved to find out.

        Every change is verified by solving the changed market under the same aim and seed. Sets of up to
        `MOST_CHANGES` are tried, the smaller ones first, each with all it takes to let a student into a place; when
        none helps or the work is used up, seats are added at one place until one is the student's.
        """
        coming = [goal.student] if goal.student is not None else self.students
        if not any(self._lets_in(one, place) for one in coming for place in self._sought(goal)):
            return None, 0
        size = len(self.students) * len(self.places)
        left = max(LEAST, work // size)
        solved = 0
        for changes in self._attempts(goal):
            if solved >= left:
                break
            solved += 1
            if found := self._verified(goal, changes):
                return Opening(changes, solved, smallest=True, place=found.place_of(goal.student or "")), solved
        exhausted = solved < left
        for changes in islice(self._many_seats(goal, len(self.students)), left):
            solved += 1
            if found := self._verified(goal, changes):
                return (
                    Opening(
                        changes,
                        solved,
                        smallest=exhausted and len(changes) == MOST_CHANGES + 1,
                        place=found.place_of(goal.student or ""),
                    ),
                    solved,
                )
        return None, solved

    def _verified(self, goal: Goal, changes: Sequence[Change]) -> Placement | None:
        """The placement after the changes, when it has what was asked for."""
        market = changed(self.market, changes)
        quotas_only = all(one.kind in (ChangeKind.SEAT, ChangeKind.LOWER) for one in changes)
        prepared = (
            resized(self.table, market) if quotas_only and not self.table.groups else table(market, self.placement.seed)
        )
        found = solve(prepared, self.placement.mode)
        before = sum(home == goal.place for home in self._home.values())
        return found if goal.met(found, before) else None

    def _sought(self, goal: Goal) -> list[str]:
        """The places where the goal would be reached: the student's choices first, then what suits most."""
        if goal.place is not None:
            return [goal.place]
        choices = self._better(goal.student or "", None)
        fits = self.market.fits.get(goal.student or "", {})
        others = [one for one in self.places if one not in choices]
        return choices + sorted(others, key=lambda one: -fits.get(one, (-1.0, -1.0))[0])

    def _attempts(self, goal: Goal) -> Iterator[tuple[Change, ...]]:
        """Sets of changes, smaller ones first, the more natural first among equals."""
        items = self._items(goal)
        for size in range(1, MOST_CHANGES + 1):
            yield from _sets(items, size)

    def _items(self, goal: Goal) -> list[tuple[Change, ...]]:
        items: list[tuple[Change, ...]] = []
        if goal.student is not None:
            wanted = self._sought(goal)
            others = [one for one in self._sought(Goal(goal.student)) if one not in wanted]
            lets = {place: self._lets_in(goal.student, place) for place in (*wanted, *others)}
            items += [(Change(ChangeKind.SEAT, place),) for place in wanted if () in lets[place]]
            items += [one for place in wanted for one in lets[place] if one]
        else:
            assert goal.place is not None
            away = [one for one in self.students if self._home.get(one) != goal.place]
            away.sort(key=lambda one: (one in self._home, one))
            items += [one for student in away for one in self._lets_in(student, goal.place) if one]
            items += [one for student in away for one in self._raised(student, goal.place)]
        # A consent lets a student go to other places too, which may bring somebody else here.
        asked = self.students if goal.student is None else self._group.get(goal.student, (goal.student,))
        minors = (one for one in asked if self.students[one].under_18 and self.students[one].consent is False)
        items += [(Change(ChangeKind.CONSENT, student=one),) for one in minors]
        items += [(Change(ChangeKind.LOWER, one.id),) for one in self.market.places if one.minimum]
        items += [(Change(ChangeKind.UNPIN, one.place, one.student),) for one in self.market.pins]
        for kind, pairs in ((ChangeKind.UNTIE, self.market.together), (ChangeKind.REUNITE, self.market.apart)):
            items += [(Change(kind, student=one, other=other),) for one, other in pairs]
        if goal.student is not None:
            items += [(Change(ChangeKind.SEAT, place),) for place in (*wanted, *others)]
            items += [one for place in others for one in lets[place] if one]
            mates = self._group.get(goal.student, (goal.student,))
            items += [one for mate in mates for place in (*wanted, *others) for one in self._raised(mate, place)]
        return list(dict.fromkeys(items))

    def _raised(self, student: str, place: str) -> list[tuple[Change, ...]]:
        """A wish for a place that the student would be sent to anyhow, but after all wishes (调剂)."""
        who = self.students[student]
        named = place in (who.wishes or self.market.fits.get(student, ()))
        return [(Change(ChangeKind.WISH, place, student),)] if who.adjustable and not named else []

    def _lets_in(self, student: str, place: str) -> list[tuple[Change, ...]]:
        """What it takes that the student may come to the place: alone, and with all of the group; nothing for ()."""
        found = []
        for unit in dict.fromkeys(((student,), self._group.get(student, (student,)))):
            changes: list[Change] = []
            for one in unit:
                firm = list(self._firm(one, place))
                lifted = [_lifting(obstacle, one, place) for obstacle in firm]
                if None in lifted:
                    break
                changes += [change for change in lifted if change]
                if not self._accepts(one, place):
                    changes.append(Change(ChangeKind.WISH, place, one))
            else:
                changes += [
                    Change(ChangeKind.UNPIN, pin.place, pin.student)
                    for pin in self.market.pins
                    if pin.student in unit and pin.place != place
                ]
                found.append(tuple(changes))
        return found

    def _many_seats(self, goal: Goal, most: int) -> Iterator[tuple[Change, ...]]:
        """More and more seats at one place, while the law leaves room for them, fewest first."""
        if goal.student is None:
            return
        ways = [(place, way) for place in self._sought(goal) for way in self._lets_in(goal.student, place)][:WAYS]
        legal = {
            place: min((cap.limit for cap in caps(self.market) if cap.rule and place in cap.places), default=most)
            for place, _ in ways
        }
        for seats in range(1, most + 1):
            for place, way in ways:
                if len(way) + seats > MOST_CHANGES and self.places[place].maximum + seats <= legal[place]:
                    yield (*way, *(Change(ChangeKind.SEAT, place),) * seats)


_WHY = {
    Bar.LAW: "法规不允许",
    Bar.PROGRAMME: "没有参加这类项目",
    Bar.LEVEL: "办学层次不符",
    Bar.YEAR: "年级不符",
    Bar.SPECIALTY: "专业不符",
    Bar.CLASS: "跨专业大类",
    Bar.WEEKS: "教学周冲突",
    Bar.COMMUTE: "通勤超限",
    Bar.LISTED: "不在企业名单上",
    Bar.WISH: "没有填报",
    Bar.ELSEWHERE: "去了更想去的岗位",
    Bar.BAN: "被老师排除",
    Bar.PIN: "被指定到别处",
    Bar.TOGETHER: "同组同学来不了",
    Bar.APART: "要与已在这里的同学分开",
    Bar.FULL: "名额已满",
    Bar.POST: "同岗比例已满",
    Bar.UNIT: "单位比例已满",
    Bar.OVERALL: "整体方案另有安排",
}


def _lifting(obstacle: Obstacle, student: str, place: str) -> Change | None:
    """What removes the obstacle; None when nothing does."""
    if obstacle.bar is Bar.BAN:
        return Change(ChangeKind.UNBAN, place, student)
    if obstacle.bar.liftable:
        return Change(ChangeKind.LIFT, place, student, bar=obstacle.bar)
    if obstacle.rule and obstacle.rule.name == "intern-consent":
        return Change(ChangeKind.CONSENT, student=student)
    return None


def _sets(items: Sequence[tuple[Change, ...]], size: int, start: int = 0) -> Iterator[tuple[Change, ...]]:
    """Sets of items with that many changes in all; seats and minimums may be changed more than once."""
    for index in range(start, len(items)):
        item = items[index]
        if len(item) == size:
            yield item
        elif len(item) < size:
            again = item[0].kind in (ChangeKind.SEAT, ChangeKind.LOWER)
            for rest in _sets(items, size - len(item), index if again else index + 1):
                if again or not set(item) & set(rest):
                    yield (*item, *rest)


def changed(market: PlacementMarket, changes: Sequence[Change]) -> PlacementMarket:
    """The market after the changes."""
    for change in changes:
        market = _once(market, change)
    return market


def _once(market: PlacementMarket, change: Change) -> PlacementMarket:
    student, place = change.student or "", change.place or ""
    match change.kind:
        case ChangeKind.SEAT:
            return _with_place(market, place, lambda one: {"maximum": one.maximum + 1})
        case ChangeKind.LOWER:
            return _with_place(market, place, lambda one: {"minimum": max(0, one.minimum - 1)})
        case ChangeKind.WISH:
            return _wishing(market, student, place)
        case ChangeKind.LIFT:
            assert change.bar is not None
            waiver = Waiver(student=student, place=place, bar=change.bar)
            return market.model_copy(update={"waivers": (*market.waivers, waiver)})
        case ChangeKind.CONSENT:
            return _with_student(market, student, lambda _: {"consent": True})
        case ChangeKind.UNPIN:
            return market.model_copy(update={"pins": _without(market.pins, student, place)})
        case ChangeKind.UNBAN:
            return market.model_copy(update={"bans": _without(market.bans, student, place)})
        case ChangeKind.UNTIE | ChangeKind.REUNITE:
            field = "together" if change.kind is ChangeKind.UNTIE else "apart"
            pair = {student, change.other}
            return market.model_copy(update={field: tuple(one for one in getattr(market, field) if set(one) != pair)})


def _without(pairings: Sequence[Pairing], student: str, place: str) -> tuple[Pairing, ...]:
    return tuple(one for one in pairings if (one.student, one.place) != (student, place))


def _with_place(market: PlacementMarket, id: str, update: Callable[[Place], dict[str, int]]) -> PlacementMarket:
    places = tuple(one.model_copy(update=update(one)) if one.id == id else one for one in market.places)
    return market.model_copy(update={"places": places})


def _with_student(market: PlacementMarket, id: str, update: Callable[[Student], dict[str, object]]) -> PlacementMarket:
    students = tuple(one.model_copy(update=update(one)) if one.id == id else one for one in market.students)
    return market.model_copy(update={"students": students})


def _wishing(market: PlacementMarket, student: str, place: str) -> PlacementMarket:
    """With the place as the last choice of the student."""
    fits = market.fits.get(student)
    if fits and not next(one for one in market.students if one.id == student).wishes:
        return market.model_copy(update={"fits": {**market.fits, student: {**fits, place: (0.0, 0.0)}}})
    return _with_student(market, student, lambda one: {"wishes": (*one.wishes, place)})


def accounts(market: PlacementMarket, placement: Placement, *, work: int = WORK) -> Iterator[Account]:
    """Everybody who has no place or a later choice, then every place with empty seats, in the order of the rows."""
    reasons = Reasons(market, placement)
    content = {seat.student for seat in placement.seats if seat.wish == 1 or seat.pinned}
    yield from (reasons.of_student(one.id, work=work) for one in market.students if one.id not in content)
    coming = Counter(seat.place for seat in placement.seats)
    yield from (reasons.of_place(one.id, work=work) for one in market.places if coming[one.id] < one.maximum)
