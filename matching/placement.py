"""A cohort placed under quotas and internship law: three aims side by side, with the price of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from matching.placement_optimal import optimal
from matching.placement_rules import broken_by
from matching.placement_stable import NOWHERE, Homes, blocking, stable
from matching.placement_table import Table, table
from models.placement import Bar, Mode, Placement, PlacementMarket, Price, Seat, Shortage


def place(market: PlacementMarket, mode: Mode, *, seed: int = 0) -> Placement:
    """The placement of the whole cohort under one aim; the same market and seed give the same answer.

    The order of rows does not matter. Raises Unlawful or Malformed where a pin cannot be kept.
    """
    return solve(table(market, seed), mode)


def compare(market: PlacementMarket, *, seed: int = 0) -> tuple[Placement, ...]:
    """The placements of all three aims, for the same seed. Raises as `place` does."""
    prepared = table(market, seed)
    return tuple(solve(prepared, mode) for mode in Mode)


def solve(prepared: Table, mode: Mode) -> Placement:
    """The same over a market that is prepared already."""
    homes, proved = (stable(prepared), True) if mode is Mode.STABLE else optimal(prepared, mode)
    blocked = [
        (prepared.students[one].id, prepared.places[where].id)
        for unit, where in blocking(prepared, homes)
        for one in unit
    ]
    optimum = proved and not (mode is Mode.STABLE and blocked)
    short = _shortages(prepared, homes, mode, proved=proved)
    seated = _seats(prepared, homes)
    return Placement(
        mode=mode,
        seed=prepared.seed,
        seats=tuple(seated[one.id] for one in prepared.market.students if one.id in seated),
        unplaced=tuple(one.id for one in prepared.market.students if one.id not in seated),
        price=_price(prepared, seated, len(blocked), short),
        blocking=tuple(sorted(blocked)),
        shortages=short,
        notes=tuple(_notes(prepared, mode, len(blocked), short, proved=proved)),
        optimal=optimum,
    )


def _seats(prepared: Table, homes: Homes) -> dict[str, Seat]:
    seats = {}
    for index, home in enumerate(homes):
        if home != NOWHERE:
            choice = int(prepared.choice[index, home])
            wish = choice if choice <= prepared.choices[index] else None
            id = prepared.students[index].id
            seats[id] = Seat(id, prepared.places[home].id, wish, pinned=index in prepared.pins)
    return seats


def _price(prepared: Table, seats: dict[str, Seat], blocked: int, short: Sequence[Shortage]) -> Price:
    wishes = [seat.wish for seat in seats.values() if seat.wish is not None]
    return Price(
        placed=len(seats),
        unplaced=len(prepared.students) - len(seats),
        first=wishes.count(1),
        adjusted=len(seats) - len(wishes),
        mean_wish=sum(wishes) / len(wishes) if wishes else None,
        blocking=blocked,
        unfilled_minimum=sum(one.minimum - one.placed for one in short),
    )


def _notes(prepared: Table, mode: Mode, blocked: int, short: Sequence[Shortage], *, proved: bool) -> list[str]:
    tied = bool(prepared.groups) or prepared.cliques is None
    notes = []
    if mode is Mode.STABLE and tied:
        outcome = f"本方案尽力后仍有 {blocked} 对" if blocked else "本方案恰好没有这样的一对"
        notes.append(
            "有同组（或交叉的分开）要求时，不一定存在稳定方案；做法是同组同学作为一个整体申请，"
            f"再逐一化解互相更愿意选择对方的学生与岗位，{outcome}"
        )
    if mode is Mode.STABLE and any(one.minimum for one in prepared.places):
        missing = sum(one.minimum - one.placed for one in short)
        notes.append(
            "稳定方案不为凑足人数下限而调动学生："
            + (
                f"有 {len(short)} 个岗位共差 {missing} 人；要满足下限请看另外两种方案"
                if short
                else "本次各岗位下限都已满足"
            )
        )
    if not proved:
        notes.append("在限定的计算量内没有证明这是最好的方案，可能还有更好的")
    return notes


def _shortages(prepared: Table, homes: Homes, mode: Mode, *, proved: bool) -> tuple[Shortage, ...]:
    count = Counter(homes)
    return tuple(
        _shortage(prepared, homes, index, count[index], mode, proved=proved)
        for index in sorted(range(len(prepared.places)), key=lambda one: prepared.places[one].id)
        if count[index] < prepared.places[index].minimum
    )


def _shortage(prepared: Table, homes: Homes, index: int, count: int, mode: Mode, *, proved: bool) -> Shortage:
    offered = prepared.places[index]
    minimum = offered.minimum

    def short(says: str, *, sure: bool, places: tuple[int, ...] = (), students: int | None = None) -> Shortage:
        named = tuple(sorted(prepared.places[one].id for one in places))
        return Shortage(offered.id, count, minimum, says, sure, named, students)

    for cap in (prepared.caps[cap] for cap in prepared.chain[index]):
        if cap.limit < minimum:
            return short(f"下限 {minimum} 人做不到：{cap.says}", sure=True)
    for rule in broken_by(offered):
        return short(f"岗位不能安排学生：{rule.says}（{rule.citation}）", sure=True)
    able = int((prepared.order[:, index] > 0).sum())
    if able < minimum:
        says = f"下限 {minimum} 人，符合条件又愿意去的学生只有 {able} 人"
        return short(says, sure=True, places=(index,), students=able)
    reached, wanting = _rivals(prepared, homes, index)
    if mode is Mode.STABLE:
        if not (prepared.groups or prepared.apart or any(len(chain) > 1 for chain in prepared.chain)):
            # The rural hospitals theorem: a place left short by one stable answer is left so by all.
            return short(
                f"愿意去的学生都去了更想去的岗位；按这个抽签结果，任何稳定方案都只能给它 {count} 人", sure=True
            )
        return short("愿意去的学生都去了更想去的岗位，而那里也愿意要他们", sure=False)
    needed = sum(prepared.places[one].minimum for one in reached)
    if proved and len(wanting) < needed:
        names = "、".join(sorted(prepared.places[one].label for one in reached)[:5])
        more = f"等 {len(reached)} 个岗位" if len(reached) > 5 else ""
        says = f"{names}{more}的下限合计 {needed} 人，符合条件又愿意去的学生只有 {len(wanting)} 人"
        return short(says, sure=True, places=tuple(reached), students=len(wanting))
    for cap in (prepared.caps[cap] for cap in prepared.chain[index]):
        if (
            cap.bar is not Bar.FULL
            and sum(prepared.places[homes[one]].id in cap.places for one in range(len(homes)) if homes[one] >= 0)
            >= cap.limit
        ):
            return short(f"各岗位的下限不能同时满足：{cap.says}", sure=proved)
    return short("同组、分开或企业总人数的要求与各岗位下限不能同时满足", sure=proved)


def _rivals(prepared: Table, homes: Homes, index: int) -> tuple[list[int], set[int]]:
    """The place with all places that hold students who could come instead, and all these students."""
    reached, wanting = [index], set[int]()
    for one in reached:
        for student in np.flatnonzero(prepared.order[:, one] > 0).tolist():
            wanting.add(student)
            if homes[student] not in (NOWHERE, *reached):
                reached.append(homes[student])
    return reached, wanting
