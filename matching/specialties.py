"""The market of specialties: postings and the programmes that train for them; and what it says of each programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from data import taxonomy
from indexing.link import Link
from matching.disclosure import UNDER
from matching.evidence import WordsOf, shared_words, spans_of, whole, within
from matching.likeness import name_likeness, text_likeness, word_share
from matching.market import Feature, Market, Requirement
from matching.occupations import POSSIBLE, OccupationLinks, Occupations, Origin
from models.matches import Document, Evidence, Finding, Match, Pair
from models.postings import Posting
from models.specialties import Programme
from models.terms import Kind
from models.text import key

SpecialtyPair = Pair[Posting, Programme]

LINKED = 0.36
"""Score from which a posting counts as demand for a programme: below it, reading them, other trades begin."""
RECENT = 12
"""Months of demand that are compared with one year's graduates."""
FEW = 10
"""Postings below which no advice is given."""
MANY_POSTS, FEW_POSTS = 1.5, 0.6
"""Posts per graduate from which to enlarge, and up to which to shrink."""
GROWING, FALLING = 1.15, 0.85
"""Ratio of the last six months' demand to the six before, from which it counts as growing or falling."""


class Advice(StrEnum):
    """First recommendation for a programme; the value is its Chinese name."""

    ENLARGE = "增"
    KEEP = "稳"
    SHRINK = "减"
    UNKNOWN = "无法判断"


@dataclass(frozen=True, slots=True)
class MonthlyDemand:
    """Demand published in one month."""

    month: str
    postings: int
    headcount: int
    """People sought; a posting that gives no number counts as one."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand for one programme against those who graduate from it and its like."""

    programme: Document[Programme]
    months: tuple[MonthlyDemand, ...]
    """The last 24 months, oldest first, empty months included."""
    undated: int
    """Linked postings without a date; in no month."""
    demand: int
    """People sought in the last 12 months."""
    before: int
    """People sought in the 12 months before those."""
    trend: float | None
    """The last six months against the six before; None when those had none."""
    graduates: int | None
    """Of the programme's latest cohort; None when they are so few that it is not published."""
    supply: int | None
    """Graduates of a year from every programme in the consortium that trains for the same occupations.

    None when one of them has so few: every other's is published, and the difference would tell."""
    ratio: float | None
    """Posts per graduate: demand / supply; None without graduates, and without a published supply."""
    advice: Advice
    reason: str
    evidence: tuple[Match[Posting, Programme], ...]
    """The linked postings, best first."""


def specialties(words_of: WordsOf, occupations: Occupations) -> Market[Posting, Programme]:
    """The market."""
    return Market(
        name="specialties",
        label="岗位与专业",
        demand=Kind.POSTING,
        supply=Kind.PROGRAMME,
        closed=lambda _: None,  # demand of the past counts too
        requirements=(Requirement("education", "培养层次", too_low),),
        features=(
            Feature("occupation", "职业", 0.30, partial(occupation, occupations=occupations)),
            Feature("named", "点名专业", 0.20, named),
            Feature("position", "名称相近", 0.20, position),
            Feature("skills", "课程覆盖技能", 0.10, skills),
            Feature("text", "内容相近", 0.15, text_likeness),
            Feature("words", "用词相同", 0.05, word_share, cite=partial(shared_words, words_of=words_of)),
        ),
        prepare=occupations.prepare,
    )


def too_low(pair: SpecialtyPair) -> str | None:
    asked, taught = pair.demand.record.education, pair.supply.record.level.education
    return f"岗位要求{asked.label}，该专业培养{taught.label}" if asked and taught < asked else None


def occupation(pair: SpecialtyPair, occupations: Occupations) -> Finding:
    """Whether the posting's occupation is one that the programme trains for, or of the same small group.

    An occupation that only was computed counts as far as it is probable, and never against the pair.
    """
    asked, trained = occupations.of_posting(pair.demand.record), occupations.of_programme(pair.supply.record)
    computed = Origin.COMPUTED in (asked.origin, trained.origin)
    if not asked.sure:
        return Finding(None, "岗位未标注职业，由名称也不能确定，不计入")
    if not trained.links:
        return Finding(None, "专业没有面向职业，不计入")
    wanted = asked.links[0]
    probable = {link.code: link.score for link in trained.links if link.score >= POSSIBLE}
    near = max((score for code, score in probable.items() if code[:7] == wanted.code[:7]), default=0.0)
    name = f"职业“{taxonomy.occupation_label(wanted.code)}”{_how(asked, wanted)}"
    whose = f"该专业的面向职业{_how(trained)}"
    if wanted.code in probable:
        return Finding(wanted.score * probable[wanted.code], f"{name}是{whose}")
    if near:
        return Finding(0.7 * wanted.score * near, f"{name}与{whose}同属一个小类")
    if computed:
        return Finding(None, f"{name}不在{whose}之内；推断的职业不用来扣分，不计入")
    return Finding(0.0, f"{name}不在{whose}之内")


def _how(found: OccupationLinks, link: Link | None = None) -> str:
    """That an occupation was inferred and not stated; nothing when it was stated."""
    if found.origin is not Origin.COMPUTED:
        return ""
    return f"（由岗位名称推断，可信度 {link.score:.0%}）" if link else "（由专业名称和课程推断）"


def named(pair: SpecialtyPair) -> Finding:
    """Whether the posting asks for the specialty by name."""
    asked, name = pair.demand.record.specialties, pair.supply.record.name
    if not asked:
        return Finding(None, "岗位未点名专业，不计入")
    for one in asked:
        if key(one) in key(name) or key(name) in key(one):
            return Finding(
                1.0, f"岗位点名要{one}", Evidence(within(pair.demand, "specialties", one), whole(pair.supply, "name"))
            )
    return Finding(0.0, f"岗位点名要{'、'.join(asked)}")


def position(pair: SpecialtyPair) -> Finding:
    """How alike the posting's title is to the specialty's name and occupations."""
    value, relation = name_likeness(pair)
    evidence = Evidence(whole(pair.demand, "title"), whole(pair.supply, "name"))
    return Finding(value, f"岗位“{pair.demand.record.title}”与专业名称及面向职业{relation}", evidence)


def skills(pair: SpecialtyPair) -> Finding:
    """Share of the posting's skills that the programme's courses name."""
    asked, taught = pair.demand.facts.skill_names(), set(pair.supply.facts.skill_names())
    if not asked or not taught:
        return Finding(None, "岗位未写明技能，不计入" if taught else "专业未列课程，不计入")
    shared = [name for name in asked if name in taught]
    evidence = Evidence(spans_of(pair.demand.facts.skills, shared), spans_of(pair.supply.facts.skills, shared))
    return Finding(len(shared) / len(asked), f"课程涉及：{'、'.join(shared) or '无'}", evidence)


def outlook(
    programme: Document[Programme],
    links: Sequence[Match[Posting, Programme]],
    others: Iterable[Document[Programme]],
    today: date,
) -> Outlook:
    """What the linked postings, best first, say of the programme."""
    linked = tuple(match for match in links if match.score >= LINKED)
    months = _months(linked, today)
    recent, before = months[-RECENT:], months[:-RECENT]
    demand = sum(month.headcount for month in recent)
    late, early = (sum(month.headcount for month in part) for part in (recent[6:], recent[:6]))
    alike = {str(one.id): _graduates(one.record) for one in others if _alike(one.record, programme.record)}
    supply = sum(alike.values())
    # Each programme's cohort is published beside this: a total would give the one that is not away.
    told = None if any(0 < count < UNDER for count in alike.values()) else supply
    own = alike.get(str(programme.id), 0)
    ratio = demand / supply if supply else None
    trend = late / early if early else None
    postings = sum(month.postings for month in recent)
    advice, reason = _advise(postings, demand, told, ratio, trend)
    return Outlook(
        programme=programme,
        months=months,
        undated=sum(match.pair.demand.record.published is None for match in linked),
        demand=demand,
        before=sum(month.headcount for month in before),
        trend=trend,
        graduates=None if 0 < own < UNDER else own,
        supply=told,
        ratio=None if told is None else ratio,
        advice=advice,
        reason=reason,
        evidence=linked,
    )


def _advise(
    postings: int, demand: int, supply: int | None, ratio: float | None, trend: float | None
) -> tuple[Advice, str]:
    """By the true ratio; the reason names no number of graduates that is not published."""
    if postings < FEW:
        return Advice.UNKNOWN, f"近 12 个月只有 {postings} 个相关岗位，少于 {FEW} 个，数据不足"
    if ratio is None:
        return Advice.UNKNOWN, f"近 12 个月需求 {demand} 人，但没有毕业生数据"
    change = "" if trend is None else f"，后半年需求为前半年的 {trend:.2f} 倍"
    graduates = f"年毕业 {supply} 人，每名毕业生对应 {ratio:.2f} 个岗位"
    if supply is None:
        graduates = f"年毕业人数中有不足 {UNDER} 人的一届，不公布"
    facts = f"近 12 个月需求 {demand} 人，同类专业{graduates}{change}"
    if ratio >= MANY_POSTS and (trend is None or trend > FALLING):
        return Advice.ENLARGE, facts
    if ratio <= FEW_POSTS or (ratio < 1 and trend is not None and trend < FALLING):
        return Advice.SHRINK, facts
    if ratio >= 1 and trend is not None and trend >= GROWING:
        return Advice.ENLARGE, facts
    return Advice.KEEP, facts


def _months(linked: Sequence[Match[Posting, Programme]], today: date) -> tuple[MonthlyDemand, ...]:
    postings: Counter[str] = Counter()
    headcount: Counter[str] = Counter()
    for match in linked:
        posting = match.pair.demand.record
        if posting.published:
            month = f"{posting.published:%Y-%m}"
            postings[month] += 1
            headcount[month] += posting.headcount or 1
    last = today.year * 12 + today.month - 1
    names = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - 2 * RECENT + 1, last + 1)]
    return tuple(MonthlyDemand(name, postings[name], headcount[name]) for name in names)


def _graduates(programme: Programme) -> int:
    latest = max(programme.cohorts, key=lambda cohort: cohort.year, default=None)
    return latest.graduates if latest else 0


def _alike(one: Programme, other: Programme) -> bool:
    return one.name == other.name or bool(set(one.occupations) & set(other.occupations))
