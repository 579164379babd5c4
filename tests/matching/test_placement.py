"""Cohorts in places: against brute force on small markets, lawful on large ones, every smallest change solved again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations_with_replacement
from random import Random
from typing import Any

import pytest

from data import taxonomy
from matching.placement import compare, place
from matching.placement_table import lot
from matching.placement_whynot import Goal, Reasons, accounts, changed
from models.errors import Malformed, Unlawful
from models.placement import Bar, Change, ChangeKind, Mode, Place, Placement, PlacementMarket, Student, groups
from models.terms import Employment, Shift

Homes = dict[str, str]
SMALL = range(500)
LARGE = range(200)


def a_student(id: str, *wishes: str, **fields: Any) -> Student:
    return Student(id=id, wishes=wishes, **{"year": 2, **fields})


def a_place(id: str, maximum: int = 1, **fields: Any) -> Place:
    return Place(id=id, maximum=maximum, **{"enterprise": f"{id}公司", **fields})


def a_market(students: list[Student], places: list[Place], **fields: Any) -> PlacementMarket:
    return PlacementMarket(students=tuple(students), places=tuple(places), **fields)


def homes(placement: Placement) -> Homes:
    return {seat.student: seat.place for seat in placement.seats}


# The oracle: the same promises, written down once more and tried out one by one


class Oracle:
    """Everything that could be answered to a small market."""

    def __init__(self, market: PlacementMarket, seed: int) -> None:
        self.market, self.seed = market, seed
        self.students = {one.id: one for one in market.students}
        self.places = {one.id: one for one in market.places}
        self.group = {id: {id} for id in self.students}
        for one, other in market.together:
            both = self.group[one] | self.group[other]
            self.group.update(dict.fromkeys(both, both))
        self.pin = {id: one.place for one in market.pins for id in self.group[one.student]}
        single = {id: self._wanted(id) for id in self.students}
        self.wanted: dict[str, dict[str, int]] = {
            id: {
                where: choice
                for where, choice in single[id].items()
                if all(where in single[mate] for mate in self.group[id])
                and all(limit >= len(self.group[id]) or len(self.group[id]) == 1 for limit in self._limits(where))
            }
            for id in self.students
        }
        self.order = {id: self._ordered(id, single) for id in self.students}

    def _wanted(self, id: str) -> dict[str, int]:
        """Place → which choice it is, for every place where the student may and would come."""
        who = self.students[id]
        fits = self.market.fits.get(id, {})
        named = who.wishes or tuple(sorted(fits, key=lambda one: (-fits[one][0], lot(self.seed, one))))
        may = [where for where in self.places if self.may(id, where)]
        if who.adjustable or id in self.pin:
            last = max((named.index(where) + 1 for where in may if where in named), default=0)
            return {where: named.index(where) + 1 if where in named else last + 1 for where in may}
        return {where: named.index(where) + 1 for where in named if where in may}

    def _ordered(self, id: str, single: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
        """Place → position in the student's strict order; a group has one order."""

        def own(one: str) -> dict[str, int]:
            fits = self.market.fits.get(one, {})
            best = sorted(
                single[one],
                key=lambda where: (single[one][where], -fits.get(where, (-1.0, -1.0))[0], lot(self.seed, where)),
            )
            return {where: number for number, where in enumerate(best, 1)}

        total = Counter[str]()
        for mate in self.group[id]:
            total.update({where: number for where, number in own(mate).items() if where in self.wanted[id]})
        best = sorted(self.wanted[id], key=lambda where: (total[where], lot(self.seed, where)))
        return {where: number for number, where in enumerate(best, 1)}

    def may(self, id: str, where: str) -> bool:
        who, at = self.students[id], self.places[where]
        if self.pin.get(id, where) != where or (id, where) in {(one.student, one.place) for one in self.market.bans}:
            return False
        if unlawful(who, at) or not set(at.weeks or ()) <= set(who.weeks or at.weeks or ()):
            return False
        if self.pin.get(id) == where:
            return True
        near = [one.minutes for one in self.market.journeys if {one.start, one.end} == {who.zone, at.zone}]
        return (
            at.programme in who.programmes
            and (not at.years or who.year in at.years)
            and (not at.specialties or who.specialty in at.specialties)
            and (not near or who.commute is None or who.commute >= min(near))
            and (not at.listed_only or id in at.prefers)
        )

    def _limits(self, where: str) -> list[int]:
        return [limit for members, limit in caps(self.market) if where in members]

    def fits_in(self, given: Homes) -> bool:
        count = Counter(given.values())
        return all(sum(count[one] for one in members) <= limit for members, limit in caps(self.market)) and all(
            given.get(one, one) != given.get(other, other) for one, other in self.market.apart
        )

    def every(self) -> Iterator[Homes]:
        """All placements that keep every rule."""
        yield from self._extended({}, list(self.students))

    def _extended(self, given: Homes, left: list[str]) -> Iterator[Homes]:
        if not left:
            yield given
            return
        unit = [one for one in left if one in self.group[left[0]]]
        rest = [one for one in left if one not in unit]
        for where in [*self.wanted[left[0]], None]:
            if where is None and left[0] in self.pin:
                continue
            more = {**given, **dict.fromkeys(unit, where)} if where else given
            if self.fits_in(more):
                yield from self._extended(more, rest)

    def short(self, given: Homes) -> int:
        count = Counter(given.values())
        return sum(max(0, one.minimum - count[one.id]) for one in self.market.places)

    def value(self, given: Homes, mode: Mode) -> tuple[int, ...]:
        """What the mode makes as small as possible, the first number first."""
        choices = [self.wanted[id][where] for id, where in given.items()]
        if mode is Mode.PLACED:
            return self.short(given), -len(given), sum(choices)
        longest = max((choice for wanted in self.wanted.values() for choice in wanted.values()), default=0)
        return self.short(given), -sum(longest + 1 - choice for choice in choices)

    def position(self, id: str, where: str) -> tuple[int, bytes]:
        """Where the student stands with the enterprise, lower is better."""
        at = self.places[where]

        def key(one: str) -> tuple[int, float, bytes]:
            listed = at.prefers.index(one) if one in at.prefers else len(self.students)
            return listed, -self.market.fits.get(one, {}).get(where, (-1.0, -1.0))[1], lot(self.seed, one)

        pinned = -len(self.students) - 1 if self.pin.get(id) == where else 0
        return sorted(self.students, key=key).index(id) + 1 + pinned, lot(self.seed, id)

    def chosen(self, offers: list[tuple[str, str]]) -> Homes:
        """Whom the enterprises would take of all who ask, the best first."""
        taken: Homes = {}
        for id, where in sorted(offers, key=lambda one: self.position(*one)):
            if self.fits_in({**taken, id: where}):
                taken[id] = where
        return taken

    def blocks(self, given: Homes) -> list[tuple[str, str]]:
        return [
            (id, where)
            for id, order in self.order.items()
            for where in order
            if order[where] < order.get(given.get(id, ""), len(order) + 1) and self._welcome(given, id, where)
        ]

    def _welcome(self, given: Homes, id: str, where: str) -> bool:
        unit = self.group[id]
        others = {(one, home) for one, home in given.items() if one not in unit}
        # A student at another place of the same enterprise asks beside what it holds there.
        if len(unit) == 1 and id in given:
            others.add((id, given[id]))
        offers = [*others, *((one, where) for one in unit)]
        taken = self._greedy(offers)
        return all((one, where) in taken for one in unit)

    def _greedy(self, offers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        taken: list[tuple[str, str]] = []
        for offer in sorted(offers, key=lambda one: self.position(*one)):
            count = Counter(where for _, where in [*taken, offer])
            within = all(sum(count[one] for one in members) <= limit for members, limit in caps(self.market))
            met = {frozenset((offer[0], one)) for one, where in taken if where == offer[1]}
            if within and met.isdisjoint(frozenset(pair) for pair in self.market.apart):
                taken.append(offer)
        return taken


def unlawful(who: Student, at: Place) -> bool:
    """The articles of 实习管理规定 on persons, places and hours."""
    if not at.working:
        return False
    night = at.shift in (Shift.NIGHT, Shift.TWO, Shift.THREE) and "intern-night" not in at.filed
    dangerous = bool({"intern-hazard", "intern-heavy"} & set(at.broken))
    return (
        who.year == 1
        or who.under_16
        or (who.under_18 and (who.consent is False or dangerous))
        or night
        or bool(set(at.broken) - set(at.filed))
    )


def caps(market: PlacementMarket) -> list[tuple[tuple[str, ...], int]]:
    """Places with how many they may take together: quotas, 20 % of the post, 10 % of the enterprise."""
    found = [((one.id,), one.maximum) for one in market.places]
    found += [((one.id,), one.mentors * one.per_mentor) for one in market.places if one.mentors and one.per_mentor]
    working = [one for one in market.places if one.working]
    for one in working:
        same = tuple(
            other.id
            for other in working
            if other is one or (one.post and (other.enterprise, other.post) == (one.enterprise, one.post))
        )
        if one.staff_on_post is not None:
            found.append((same, max(0, one.staff_on_post * 20 // 100 - one.interns_on_post)))
        if one.staff is not None:
            all_of_it = tuple(other.id for other in working if other.enterprise == one.enterprise)
            found.append((all_of_it, max(0, one.staff * 10 // 100 - one.interns)))
    return found


def a_random_market(number: int, *, students: int, places: int, tied: bool) -> PlacementMarket:
    """A market with some of everything; the same number gives the same one."""
    rng = Random(number)
    some = lambda share: rng.random() < share  # noqa: E731
    names = [f"岗{index}" for index in range(places)]
    people = [f"生{index}" for index in range(students)]
    staff = {index: (rng.choice([None, 15, 25, 200, 600]), rng.choice([0, 0, 1])) for index in range(places)}
    offered = []
    for name in names:
        employer = rng.randrange(max(1, places * 2 // 3))
        maximum = rng.randint(0 if some(0.1) else 1, max(2, 2 * students // places))
        offered.append(
            Place(
                id=name,
                enterprise=f"企{employer}",
                post=None if some(0.7) else f"岗{employer}",
                maximum=maximum,
                minimum=rng.randint(0, maximum) if some(0.4) else 0,
                staff=staff[employer][0],
                interns=staff[employer][1],
                staff_on_post=None,
                programme=Employment.ORDER_CLASS if some(0.1) else Employment.INTERNSHIP,
                shift=Shift.NIGHT if some(0.08) else Shift.DAY,
                filed=("intern-night",) if some(0.5) else (),
                broken=("intern-hazard",) if some(0.05) else (),
                weeks="1-8" if some(0.15) else None,
                zone=rng.choice(["东", "西", None]),
                years=(2, 3) if some(0.2) else (),
                specialties=("数控技术",) if some(0.3) else (),
                prefers=tuple(rng.sample(people, rng.randint(0, min(4, students)))) if some(0.6) else (),
                listed_only=some(0.08),
                mentors=rng.randint(1, 3) if some(0.1) else None,
                per_mentor=rng.randint(1, 2) if some(0.5) else None,
            )
        )
    for index, one in enumerate(offered):
        if one.post is None and one.staff is not None and some(0.3):
            offered[index] = one.model_copy(update={"staff_on_post": min(one.staff, rng.choice([4, 5, 10, 15]))})
    cohort = []
    for person in people:
        young = some(0.2)
        cohort.append(
            Student(
                id=person,
                year=rng.choice([1, 2, 2, 2, 3, 3]),
                under_16=young and some(0.3),
                under_18=young,
                consent=rng.choice([None, True, False]) if young else None,
                programmes=(Employment.INTERNSHIP, *((Employment.ORDER_CLASS,) if some(0.5) else ())),
                specialty=rng.choice(["数控技术", "数控技术", "软件技术"]),
                weeks="3-20" if some(0.15) else None,
                zone=rng.choice(["东", "西"]),
                commute=rng.choice([None, 30, 60]),
                wishes=() if some(0.2) else tuple(rng.sample(names, rng.randint(1, min(4, places)))),
                adjustable=some(0.25),
            )
        )
    raw: dict[str, Any] = {
        "students": cohort,
        "places": offered,
        "fits": {
            one: {name: (round(rng.random(), 1), round(rng.random(), 1)) for name in rng.sample(names, min(places, 6))}
            for one in people
            if some(0.5)
        },
        "journeys": [{"start": "东", "end": "西", "minutes": 45}],
        "bans": [{"student": rng.choice(people), "place": rng.choice(names)}] if some(0.3) else [],
    }
    pairs = rng.sample(people, min(4, len(people)))
    if tied and len(pairs) == 4:
        raw["together"] = [pairs[:2]] if some(0.5) else []
        raw["apart"] = [pairs[2:]] + ([[pairs[0], pairs[2]]] if some(0.3) else [])
    elif len(pairs) >= 2 and some(0.3):
        raw["apart"] = [pairs[:2]]
    if some(0.3):
        pin = {"student": rng.choice(people), "place": rng.choice(names)}
        try:
            market = PlacementMarket.read({**raw, "pins": [pin]})
            place(market, Mode.STABLE)
        except (Malformed, Unlawful):
            pass
        else:
            return market
    return PlacementMarket.read(raw)


@cache
def small(number: int) -> PlacementMarket:
    rng = Random(-number - 1)
    return a_random_market(number, students=rng.randint(2, 6), places=rng.randint(1, 4), tied=number % 4 == 0)


@pytest.mark.parametrize("block", range(0, len(SMALL), 50))
def test_small_markets_are_answered_as_brute_force_answers_them(block: int) -> None:
    for number in SMALL[block : block + 50]:
        market = small(number)
        oracle = Oracle(market, number)
        every = list(oracle.every())
        for answer in compare(market, seed=number):
            given = homes(answer)
            assert given in every, number
            assert sorted(answer.blocking) == sorted(oracle.blocks(given)), (number, answer.mode)
            assert answer.price.unfilled_minimum == oracle.short(given)
            if answer.mode is not Mode.STABLE:
                assert answer.optimal
                best = min(oracle.value(one, answer.mode) for one in every)
                assert oracle.value(given, answer.mode) == best, (number, answer.mode)


@pytest.mark.parametrize("block", range(0, len(SMALL), 50))
def test_stable_means_no_blocking_pair_and_the_best_of_all_stable_answers_for_every_student(block: int) -> None:
    for number in SMALL[block : block + 50]:
        market = small(number)
        if market.together or number % 4 == 0:
            continue
        oracle = Oracle(market, number)
        answer = place(market, Mode.STABLE, seed=number)
        given = homes(answer)
        assert not answer.blocking
        assert answer.optimal
        for other in oracle.every():
            if not oracle.blocks(other):
                for id, order in oracle.order.items():
                    nowhere = len(order) + 1
                    assert order.get(given.get(id, ""), nowhere) <= order.get(other.get(id, ""), nowhere), number


def test_a_minimum_is_met_or_the_reason_shows_why_it_cannot_be() -> None:
    told = Counter[bool]()
    for number in SMALL:
        market = small(number)
        oracle = Oracle(market, number)
        for answer in compare(market, seed=number):
            for short in answer.shortages:
                assert short.says
                told[bool(short.places)] += 1
                if short.students is not None:
                    able = {id for id, wanted in oracle.wanted.items() if set(wanted) & set(short.places)}
                    assert len(able) == short.students
                    assert short.students < sum(oracle.places[one].minimum for one in short.places)
    assert told[True] > 100


def test_two_hundred_large_markets_break_no_law_and_no_quota() -> None:
    for number in LARGE:
        rng = Random(number)
        market = a_random_market(10_000 + number, students=rng.randint(60, 120), places=rng.randint(12, 30), tied=False)
        students, places = {one.id: one for one in market.students}, {one.id: one for one in market.places}
        for answer in compare(market, seed=number):
            given = homes(answer)
            assert len(given) + len(answer.unplaced) == len(students)
            assert not [(one, home) for one, home in given.items() if unlawful(students[one], places[home])]
            count = Counter(given.values())
            assert all(sum(count[one] for one in members) <= limit for members, limit in caps(market))
            if answer.mode is Mode.STABLE:
                assert not answer.blocking


def test_the_same_seed_gives_the_same_answer_in_whatever_order_the_rows_come() -> None:
    for number in range(0, 100, 3):
        market = small(number)
        rng = Random(number)
        shuffled = market.model_copy(
            update={
                "students": tuple(rng.sample(market.students, len(market.students))),
                "places": tuple(rng.sample(market.places, len(market.places))),
            }
        )
        for first, second in zip(compare(market, seed=5), compare(shuffled, seed=5), strict=True):
            assert homes(first) == homes(second)
            assert first.price == second.price


def test_another_seed_draws_another_lot_between_equals() -> None:
    market = a_market([a_student(f"学生{index}", "车间") for index in range(9)], [a_place("车间")])
    winners = {place(market, Mode.STABLE, seed=seed).seats[0].student for seed in range(30)}
    assert len(winners) > 4


# Why not


def every_change(market: PlacementMarket, goal: Goal) -> list[Change]:
    """All single changes that a school could make for a student with the group, or for a place."""
    mates = next((members for members in groups(market) if goal.student in members), (goal.student,))
    students = [one.id for one in market.students if goal.student is None or one.id in mates]
    places = [one.id for one in market.places if goal.student is not None or one.id == goal.place]
    found = [Change(ChangeKind.CONSENT, student=id) for id in students]
    found += [
        change
        for id in students
        for where in places
        for change in (
            Change(ChangeKind.WISH, where, id),
            Change(ChangeKind.UNBAN, where, id),
            *(Change(ChangeKind.LIFT, where, id, bar=bar) for bar in Bar if bar.liftable),
        )
    ]
    named = {one.id: one.wishes or tuple(market.fits.get(one.id, ())) for one in market.students}
    found = [one for one in found if one.kind != ChangeKind.WISH or one.place not in named[one.student or ""]]
    found += [Change(ChangeKind.UNPIN, pin.place, pin.student) for pin in market.pins]
    found += [Change(ChangeKind.LOWER, one.id) for one in market.places if one.minimum]
    found += [Change(ChangeKind.UNTIE, student=one, other=other) for one, other in market.together]
    found += [Change(ChangeKind.REUNITE, student=one, other=other) for one, other in market.apart]
    if goal.student is not None:
        found += [Change(ChangeKind.SEAT, one.id) for one in market.places]
    return found


def multisets(catalogue: list[Change], size: int) -> Iterator[tuple[Change, ...]]:
    for changes in combinations_with_replacement(catalogue, size):
        again = (one for one, times in Counter(changes).items() if times > 1)
        if all(one.kind in (ChangeKind.SEAT, ChangeKind.LOWER) for one in again):
            yield changes


def opens(market: PlacementMarket, answer: Placement, goal: Goal, changes: tuple[Change, ...]) -> bool:
    before = Counter(homes(answer).values())[goal.place or ""]
    return goal.met(place(changed(market, changes), answer.mode, seed=answer.seed), before)


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.label)
def test_every_smallest_change_opens_and_brute_force_finds_no_smaller_one(mode: Mode) -> None:
    sizes = Counter[int]()
    for number in range(45):
        market = a_random_market(number, students=4, places=3, tied=number % 3 == 0)
        answer = place(market, mode, seed=number)
        reasons = Reasons(market, answer)
        for account in accounts(market, answer):
            if account.opening is None:
                sizes[0] += 1
                continue
            changes = account.opening.changes
            home = answer.place_of(account.subject)
            goal = Goal(place=account.subject) if account.subject in reasons.places else Goal(account.subject)
            if home is not None:
                goal = Goal(account.subject, account.opening.place)
            assert opens(market, answer, goal, changes), (number, account)
            sizes[len(changes)] += 1
            if account.opening.smallest and len(changes) <= 3:
                smaller = (
                    one
                    for size in range(1, len(changes))
                    for one in multisets(every_change(market, goal), size)
                    if opens(market, answer, goal, one)
                )
                assert next(smaller, None) is None, (number, account)
    assert sizes[1] > 20
    assert sizes[2] > 5


def the_account(market: PlacementMarket, subject: str, mode: Mode = Mode.STABLE) -> Any:
    reasons = Reasons(market, place(market, mode))
    return reasons.of_place(subject) if subject in reasons.places else reasons.of_student(subject)


def test_an_unplaced_student_hears_who_was_preferred_and_that_one_more_seat_would_do() -> None:
    market = a_market(
        [a_student("甲", "数控"), a_student("乙", "数控")], [a_place("数控", prefers=("甲", "乙"), name="数控车工")]
    )
    account = the_account(market, "乙")
    assert account.says == "未安置：1 个志愿都没有成功，也没有服从调剂"
    [(where, obstacle)] = account.obstacles
    assert (where, obstacle.bar, obstacle.holders) == ("数控", Bar.FULL, ("甲",))
    assert obstacle.says == "名额 1 个，已安置 1 人，企业把这名学生排在该生之前"
    assert account.opens == "最小改动：“数控车工（数控）”增加 1 个名额。重新求解后该生到“数控车工（数控）”"


def test_a_first_year_student_hears_the_article_and_that_nothing_can_be_changed() -> None:
    account = the_account(a_market([a_student("甲", "数控", year=1)], [a_place("数控")]), "甲")
    [(_, obstacle)] = account.obstacles
    assert obstacle.rule == taxonomy.rules()["intern-first-year"]
    assert "第十六条第（一）项" in obstacle.says
    assert account.opening is None
    assert account.opens == "法规、项目类型或当地规定不允许该生去任何一个岗位，没有可行的改动"


def test_a_seat_does_not_help_where_the_tenth_of_the_staff_is_reached() -> None:
    market = a_market(
        [a_student("甲", "数控"), a_student("乙", "数控")],
        [a_place("数控", maximum=5, staff=19, prefers=("甲", "乙"))],
    )
    account = the_account(market, "乙")
    [(_, obstacle)] = account.obstacles
    assert obstacle.bar is Bar.UNIT
    assert "在岗职工 19 人，按 10% 还能接收 1 人（《职业学校学生实习管理规定》第九条）" in obstacle.says
    assert account.opening is None


def test_who_loses_the_draw_hears_that_it_was_a_draw() -> None:
    market = a_market([a_student("甲", "数控"), a_student("乙", "数控")], [a_place("数控")])
    [loser] = place(market, Mode.STABLE).unplaced
    [(_, obstacle)] = the_account(market, loser).obstacles
    assert obstacle.says.endswith("企业把这名学生排在该生之前（1 人与该生条件相同，抽签在前）")


def test_a_missing_consent_is_what_opens_a_place_to_a_minor() -> None:
    account = the_account(a_market([a_student("甲", "数控", under_18=True, consent=False)], [a_place("数控")]), "甲")
    assert account.opens == "最小改动：取得该生监护人签字的知情同意书。重新求解后该生到“数控”"


def test_a_place_with_night_shifts_hears_that_no_student_may_come() -> None:
    market = a_market([a_student("甲", "数控")], [a_place("数控", minimum=1, shift=Shift.NIGHT)])
    account = the_account(market, "数控", Mode.PLACED)
    assert "岗位不能安排学生：不得安排实习学生上夜班" in account.says
    assert account.opens == "法规、项目类型或当地规定不允许任何一名学生来，没有可行的改动"


def test_the_lifted_requirement_and_the_added_wish_are_told_together() -> None:
    market = a_market(
        [a_student("甲", specialty="软件技术")],
        [a_place("数控", specialties=("数控技术",))],
    )
    account = the_account(market, "甲")
    assert account.says == "未安置：没有填报志愿，也没有服从调剂"
    assert account.opens == "最小改动：“数控”对该生放宽专业要求；该生加填志愿“数控”。重新求解后该生到“数控”"


def test_a_place_left_empty_says_who_might_have_come() -> None:
    market = a_market([a_student("甲", "电商"), a_student("乙", "电商")], [a_place("电商"), a_place("仓储")])
    account = the_account(market, "仓储")
    assert account.says.startswith("“仓储”名额 1 个，安置 0 人，空 1 个。没有来的学生：没有填报 2 人")
    assert len(account.opening.changes) == 1
    assert "加填志愿“仓储”" in account.opens


# Modes


def test_each_aim_has_its_price() -> None:
    """丙 fits 数控 only; 甲 and 乙 would rather have it."""
    market = a_market(
        [a_student("甲", "数控", "电商"), a_student("乙", "数控", "电商"), a_student("丙", "数控")],
        [a_place("数控", prefers=("甲", "乙", "丙")), a_place("电商")],
    )
    stable, placed, preferred = compare(market)
    assert homes(stable) == {"甲": "数控", "乙": "电商"}
    assert (placed.price.placed, stable.price.placed, stable.price.blocking) == (2, 2, 0)
    assert preferred.price.first == 1


def test_most_placed_moves_a_student_so_that_another_has_a_place() -> None:
    market = a_market(
        [a_student("甲", "数控", "电商"), a_student("乙", "数控")],
        [a_place("数控", prefers=("甲", "乙")), a_place("电商")],
    )
    stable, placed, _ = compare(market)
    assert homes(stable) == {"甲": "数控"}
    assert homes(placed) == {"甲": "电商", "乙": "数控"}
    assert placed.blocking == (("甲", "数控"),)


def test_stable_does_not_move_anybody_to_meet_a_minimum_and_says_so() -> None:
    market = a_market(
        [a_student("甲", "数控", "仓储"), a_student("乙", "数控", "仓储")],
        [a_place("数控", maximum=2), a_place("仓储", maximum=2, minimum=1)],
    )
    stable, placed, _ = compare(market)
    assert stable.price.unfilled_minimum == 1
    assert stable.shortages[0].proved
    assert "任何稳定方案都只能给它 0 人" in stable.shortages[0].says
    assert any("人数下限" in note for note in stable.notes)
    assert placed.price.unfilled_minimum == 0


def test_friends_come_to_the_same_place_or_to_none_and_the_reader_is_told_what_that_means_for_stability() -> None:
    market = a_market(
        [a_student("甲", "数控"), a_student("乙", "数控"), a_student("丙", "数控")],
        [a_place("数控", maximum=2, prefers=("甲", "丙", "乙"))],
        together=(("甲", "乙"),),
    )
    stable, placed, _ = compare(market)
    assert homes(stable) == {"丙": "数控"}
    assert homes(placed) == {"甲": "数控", "乙": "数控"}
    assert "不一定存在稳定方案" in stable.notes[0]


def test_alternating_classes_come_in_the_weeks_in_which_they_have_no_lessons() -> None:
    odd, even = (
        a_student("单周班", "单周岗", "双周岗", weeks="1-18单"),
        a_student("双周班", "单周岗", "双周岗", weeks="1-18双"),
    )
    market = a_market([odd, even], [a_place("单周岗", 2, weeks="1-17单"), a_place("双周岗", 2, weeks="2-18双")])
    assert homes(place(market, Mode.STABLE)) == {"单周班": "单周岗", "双周班": "双周岗"}
    [(_, obstacle)] = the_account(market, "双周班").obstacles
    assert obstacle.says == "岗位要求到岗的第 1、3、5、7、9、11、13、15、17 周，学生要上课"


def test_an_order_class_takes_first_year_students_and_does_not_count_towards_the_tenth() -> None:
    joined = {"programmes": (Employment.ORDER_CLASS,), "year": 1}
    seat = a_place("订单班", maximum=3, staff=10, programme=Employment.ORDER_CLASS)
    students = [a_student(f"学生{index}", "订单班", **joined) for index in range(3)]
    assert place(a_market(students, [seat]), Mode.STABLE).price.placed == 3
    at_work = seat.model_copy(update={"at_work": True})
    assert place(a_market(students, [at_work]), Mode.STABLE).price.placed == 0


def test_an_apprentice_needs_a_mentor_who_has_room() -> None:
    students = [a_student(f"学生{index}", "学徒", programmes=(Employment.APPRENTICESHIP,)) for index in range(5)]
    seat = a_place("学徒", maximum=5, mentors=1, per_mentor=3, programme=Employment.APPRENTICESHIP)
    market = a_market(students, [seat])
    answer = place(market, Mode.STABLE)
    assert answer.price.placed == 3
    [(_, obstacle)] = the_account(market, answer.unplaced[0]).obstacles
    assert obstacle.says.startswith("师傅 1 名、每名最多带 3 人，只能接收 3 人")


def test_a_pin_overrides_wishes_and_requirements_and_never_the_law() -> None:
    places = [a_place("数控", specialties=("数控技术",)), a_place("夜班岗", shift=Shift.NIGHT)]
    student = a_student("甲", "夜班岗", specialty="软件技术")
    pinned = a_market([student], places, pins=({"student": "甲", "place": "数控"},))
    [seat] = place(pinned, Mode.PLACED).seats
    assert (seat.place, seat.pinned) == ("数控", True)
    unlawful = a_market([student], places, pins=({"student": "甲", "place": "夜班岗"},))
    with pytest.raises(
        Unlawful, match=r"指定表第 1 行不能执行，学生 甲 不能到 夜班岗：不得安排实习学生上夜班（.*第十七条）"
    ):
        place(unlawful, Mode.STABLE)


# Bad input

GOOD: dict[str, Any] = {
    "students": [{"id": "甲", "year": 2, "wishes": ["数控"]}, {"id": "乙", "year": 2}],
    "places": [{"id": "数控", "enterprise": "精工", "maximum": 2, "staff": 50}],
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"students": []}, "学生表是空的，没有可安置的学生"),
        ({"places": []}, "岗位表是空的，没有可安置的岗位"),
        ({"students": [*GOOD["students"], {"id": "甲", "year": 3}]}, "学生表第 3 行与第 1 行重复：甲"),
        ({"places": [*GOOD["places"], *GOOD["places"]]}, "岗位表第 2 行与第 1 行重复：数控"),
        ({"students": [{"id": "甲", "year": -1}]}, "学生表第 1 行（甲） year：不能小于 1（收到：-1）"),
        (
            {"students": [{"id": "甲", "year": 2, "wishes": ["钳工"]}]},
            "学生表第 1 行（甲）的志愿：没有编号为“钳工”的岗位",
        ),
        (
            {"students": [{"id": "甲", "year": 2, "wishes": ["数控", "数控"]}]},
            "学生表第 1 行（甲）的志愿第 2 项与第 1 项重复：数控",
        ),
        ({"students": [{"id": "甲", "year": 2, "weeks": "9-3"}]}, "周次“9-3”的开始晚于结束"),
        ({"students": [{"id": "甲", "year": 2, "weeks": "上半年"}]}, "看不懂周次“上半年”，应如 1-8、11-18单"),
        ({"places": [{**GOOD["places"][0], "minimum": 3}]}, "岗位表第 1 行（数控）：人数下限 3 高于上限 2"),
        ({"places": [{**GOOD["places"][0], "maximum": -2}]}, "岗位表第 1 行（数控） maximum：不能小于 0（收到：-2）"),
        (
            {"places": [{**GOOD["places"][0], "prefers": ["丙"]}]},
            "岗位表第 1 行（数控）的优先名单：没有编号为“丙”的学生",
        ),
        (
            {"places": [*GOOD["places"], {"id": "电商", "enterprise": "精工", "maximum": 1, "staff": 60}]},
            "岗位表第 2 行（电商）与第 1 行写的单位“精工”人数不一致：在岗职工 60、已有实习生 0，另一行是 50、0",
        ),
        ({"places": [{**GOOD["places"][0], "filed": ["intern-age"]}]}, "“intern-age”不能备案放行"),
        ({"pins": [{"student": "丙", "place": "数控"}]}, "指定表第 1 行：没有编号为“丙”的学生"),
        ({"bans": [{"student": "甲", "place": "钳工"}]}, "排除表第 1 行：没有编号为“钳工”的岗位"),
        (
            {"pins": [{"student": "甲", "place": "数控"}], "bans": [{"student": "甲", "place": "数控"}]},
            "指定表第 1 行与排除表第 1 行矛盾：学生 甲、岗位 数控",
        ),
        ({"pins": [{"student": "甲", "place": "数控"}] * 2}, "指定表第 2 行与第 1 行把学生 甲 指定了两次，重复"),
        ({"together": [["甲", "甲"]]}, "同组表第 1 行：两名学生是同一人（甲）"),
        ({"together": [["甲", "丙"]]}, "同组表第 1 行：没有编号为“丙”的学生"),
        ({"together": [["甲", "乙"]], "apart": [["乙", "甲"]]}, "分开表第 1 行与同组表矛盾：乙 和 甲 既要同组又要分开"),
        ({"waivers": [{"student": "甲", "place": "数控", "bar": "法规"}]}, "“法规”不能放宽"),
        ({"fits": {"甲": {"数控": [1.2, 0.5]}}}, "不能大于 1"),
        ({"fits": {"丙": {"数控": [0.2, 0.5]}}}, "匹配分表：没有编号为“丙”的学生"),
    ],
)
def test_what_contradicts_itself_is_refused_naming_the_row(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Malformed) as refused:
        PlacementMarket.read({**GOOD, **changes})
    assert said in refused.value.message


def test_a_pin_beyond_the_seats_or_the_calendar_is_refused() -> None:
    pins = tuple({"student": one, "place": "数控"} for one in ("甲", "乙"))
    students = [a_student("甲"), a_student("乙", weeks="1-4")]
    with pytest.raises(Malformed, match="上限是 1 人，指定到这里的有 2 人"):
        PlacementMarket.read({"students": students, "places": [a_place("数控")], "pins": pins})
    with pytest.raises(Malformed, match=r"指定表第 2 行不能执行，学生 乙 不能到 数控：岗位要求到岗的第 5 周"):
        place(a_market(students, [a_place("数控", 2, weeks="4-5")], pins=pins), Mode.STABLE)
    with pytest.raises(Unlawful, match="第九条"):
        place(a_market(students, [a_place("数控", 2, staff=10)], pins=pins), Mode.STABLE)
