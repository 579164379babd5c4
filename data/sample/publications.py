"""What the city expects and what its members tell each other: plans, demand publications, notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from data.sample.city import CITY, DIVISIONS, source
from data.sample.texts import lines, names, table
from data.sample.wording import chance, expand
from models.courses import CourseMode
from models.notices import Notice, NoticeType
from models.plans import Plan, PlanType, Target

_YEARS = 3
"""How far an industry plan looks."""


def plans(rng: Random, today: date) -> list[Plan]:
    """For every chain its plan of the coming years and the demand publications of the last half year and this."""
    found: list[Plan] = []
    for chain in table("plans.toml")["chain"]:
        found.append(_plan(rng, chain, today))
        found += (_demand(rng, chain, today, half) for half in (-1, 0))
    return [plan.model_copy(update={"source": source("G", n)}) for n, plan in enumerate(found, 1)]


def _plan(rng: Random, chain: Mapping[str, Any], today: date) -> Plan:
    first = today.year + 1
    targets = [
        Target(
            node=node,
            year=first + n,
            **_around(people * (1 + growth) ** n, 0.08 + 0.04 * n),
            output=round(output * (1 + growth / 2) ** n, -6) if n in (0, _YEARS - 1) else None,
        )
        for node, people, growth, output in chain["nodes"]
        for n in range(_YEARS)
    ]
    return Plan(
        title=f"{CITY}{chain['name']}发展与用人规划（{first}—{first + _YEARS - 1}年）",
        type=PlanType.PLAN,
        organisation=chain["issuer"],
        **_common(rng, chain),
        targets=tuple(targets),
        content=expand(chain["content"].strip(), rng),
        published=today - timedelta(days=rng.randint(20, 300)),
        starts=date(first, 1, 1),
        ends=date(first + _YEARS - 1, 12, 31),
    )


def _demand(rng: Random, chain: Mapping[str, Any], today: date, half: int) -> Plan:
    start, end = _half(today, half)
    targets = [
        Target(node=node, position=job, year=start.year, **_around(people * rng.uniform(0.8, 1.25), 0.12))
        for node, job, people in chain["jobs"]
        if chance(rng, 0.9)
    ]
    season = "上半年" if start.month == 1 else "下半年"
    return Plan(
        title=f"{start.year}年{season}{chain['name']}人才需求发布",
        type=PlanType.DEMAND,
        organisation=chain["caller"],
        **_common(rng, chain),
        targets=tuple(targets),
        content=f"汇总会员和园区企业上报的用人计划，{season}需要人数见各环节、岗位的区间；岗位要求以企业发布的岗位为准。",
        published=min(start + timedelta(days=rng.randint(3, 40)), today),
        starts=start,
        ends=end,
    )


def _common(rng: Random, chain: Mapping[str, Any]) -> dict[str, Any]:
    evidence = [line for line in lines(chain["evidence"]) if chance(rng, 0.85)]
    return {
        "chain": chain["name"],
        "scope": chain["scope"],
        "assumptions": chain["assumptions"] if chance(rng, 0.8) else "",
        "evidence": tuple(evidence),
        "industry": chain["industry"],
        "division": chain.get("division", "990100"),
        "place": DIVISIONS[chain.get("division", "990100")],
    }


def _around(people: float, share: float) -> dict[str, int]:
    return {"low": round(people * (1 - share)), "high": round(people * (1 + share))}


def _half(today: date, step: int) -> tuple[date, date]:
    """The calendar half year of the day, or the one `step` halves later."""
    year, second = divmod(today.year * 2 + (today.month > 6) + step, 2)
    return (date(year, 7, 1), date(year, 12, 31)) if second else (date(year, 1, 1), date(year, 6, 30))


def notices(rng: Random, today: date) -> list[Notice]:
    """The written notices, their days counted back from today."""
    return [_notice(rng, n, row, today) for n, row in enumerate(table("notices.toml")["notice"], 1)]


def _notice(rng: Random, number: int, row: Mapping[str, Any], today: date) -> Notice:
    published = today - timedelta(days=row["days"])
    texts = {name: expand(row[name], rng) for name in ("content", "wants", "offers", "scale") if name in row}
    return Notice(
        source=source("Q", number),
        title=row["title"],
        type=NoticeType(row["type"]),
        organisation=row["organisation"],
        form=row.get("form"),
        skills=names(row.get("skills", "")),
        headcount=row.get("headcount"),
        mode=CourseMode(row["mode"]) if "mode" in row else None,
        industry=row.get("industry"),
        published=published,
        starts=published if "open" in row else None,
        ends=published + timedelta(days=row["open"]) if "open" in row else None,
        **texts,
    )
