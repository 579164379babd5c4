"""A ranked list of postings, put into an order that serves everyone by rules that say what they did.

The score stays what it is. Each rule holds some postings back by a share of their score, at most its strength, and
every place goes to the posting that has most left: the greedy of maximal marginal relevance (Carbonell and Goldstein,
SIGIR 1998). So nobody falls behind a posting that scores lower by more than that share, strengths added up over the
rules that are on; with all rules off the order is that of the scores. It is a share because five points of 80 lie
between two good answers, and five points of 30 between one and none. A place depends only on those before it:
asking for more never moves what was listed already.

On unless asked otherwise: near-duplicates are merged, no employer fills the page, the newer of near-equals comes
first. These serve whoever reads the list. Off unless asked: the spreading of crowds, because the answer then depends
on who looked before, and the floor for small enterprises, because whom to favour is for the consortium to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from matching.duplicates import are_duplicates
from models.matches import Answer, Match
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.talents import Talent
from models.text import key

JobMatch: TypeAlias = Match[Posting, Talent]
EmployerOf: TypeAlias = Callable[[Posting], Organisation | None]
"""The member that published a posting; None when there is no record of it."""

PAGE = 10
"""Places over which employers and small enterprises are counted: what one screen shows."""
MOST_OF_ONE = 2
"""Postings of one employer on a page; more of them are held back, the third a little, the fifth three times that."""
SMALL_PLACES = 3
"""Places on a page that are meant for small enterprises."""
CROWDED = 20
"""People shown a posting for each of its places from which it is as crowded as can be: all but one apply in vain."""
STALE = 180
"""Days after which a posting is old: one that is still open then without an end date was mostly forgotten."""

_SMALL = {"B": 300, "C": 300, "D": 300, "E": 300, "F51": 20, "F52": 50, "G": 300, "G59": 100, "K": 300}
"""Industry → staff below which an enterprise is small or micro (工信部联企业〔2011〕300号).

For construction the standard looks at revenue and assets only; it is counted as industry here.
"""
_SMALL_ELSEWHERE = 100
"""The same for other services and 其他未列明行业; also where the industry is not known."""


@dataclass(frozen=True, slots=True)
class Switches:
    """Which rules are on."""

    collapse: bool = True
    diverse: bool = True
    fresh: bool = True
    spread: bool = False
    small: bool = False


OFF = Switches(collapse=False, diverse=False, fresh=False)
"""The order of the scores."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules know of the postings besides the matches."""

    today: date
    employer: Mapping[int, str] = field(default_factory=dict)
    """Posting → who published it, one spelling for each."""
    small: frozenset[int] = frozenset()
    """Postings of small enterprises."""
    shown: Mapping[int, int] = field(default_factory=dict)
    """Posting → how many other people it was recommended to."""


@dataclass(frozen=True, slots=True)
class Setback:
    """What holds a posting back at the next place."""

    share: float
    """Of the rule's strength, in (0, 1]."""
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to hold postings back."""

    name: str
    """Its switch."""
    label: str
    description: str
    strength: float
    """The largest share of a posting's score that it leaves out of account, in [0, 1]."""
    hold_back: Callable[[JobMatch, Sequence[JobMatch], Known], Setback | None]
    """Asked of a posting for the place after those already given away."""
    favour: str
    """Said of a posting that passes one which the rule holds back."""


def same_employer(match: JobMatch, before: Sequence[JobMatch], known: Known) -> Setback | None:
    """More than two of an employer on a page of ten: two in the first ten places, four in the first twenty."""
    employer = known.employer.get(match.pair.demand.id)
    count = sum(known.employer.get(one.pair.demand.id) == employer for one in before) if employer else 0
    surplus = count - MOST_OF_ONE * (len(before) // PAGE + 1) + 1
    return Setback(min(surplus / 3, 1.0), f"同一单位前面已有 {count} 个岗位，后移") if surplus > 0 else None


def age(match: JobMatch, before: Sequence[JobMatch], known: Known) -> Setback | None:
    """The days since publication, up to half a year; a posting without a date counts as middle-aged."""
    published = match.pair.demand.record.published
    if published is None:
        return Setback(0.5, "没有写明发布日期，得分相近的新岗位在前")
    days = (known.today - published).days
    return (
        Setback(min(days / STALE, 1.0), f"{published} 发布，已有 {days} 天，得分相近的新岗位在前") if days > 0 else None
    )


def crowd(match: JobMatch, before: Sequence[JobMatch], known: Known) -> Setback | None:
    """To how many others it went for each of its places; a posting that does not say how many counts as having one."""
    shown = known.shown.get(match.pair.demand.id, 0)
    headcount = match.pair.demand.record.headcount or 1
    reason = f"已推荐给其他 {shown} 人，招 {headcount} 人，后移"
    return Setback(min(shown / (CROWDED * headcount), 1.0), reason) if shown else None


def floor_for_small(match: JobMatch, before: Sequence[JobMatch], known: Known) -> Setback | None:
    """Anyone else while small enterprises lack the places due so far (DetGreedy; Geyik et al., KDD 2019)."""
    due = SMALL_PLACES * (len(before) + 1) // PAGE
    given = sum(one.pair.demand.id in known.small for one in before)
    short = given < due and match.pair.demand.id not in known.small
    return Setback(1.0, f"前 {len(before) + 1} 位里小微企业的岗位不足 {due} 个，让出一位") if short else None


MERGING = "同一单位重复发布、或不同单位照抄同一内容的岗位并作一个，列出其余各个的编号"
"""What the switch `collapse` does, which is no rule: it moves nobody by points."""

RULES = (
    Rule(
        "diverse",
        "同一单位不扎堆",
        f"每 {PAGE} 个位次里同一单位超过 {MOST_OF_ONE} 个的岗位后移，越多越后",
        0.15,
        same_employer,
        "前面的岗位因同一单位已有多个而后移",
    ),
    Rule(
        "fresh",
        "相近时新的在前",
        f"发布越早越靠后，{STALE} 天以上同等看待，没写日期的按一半计",
        0.02,
        age,
        "比前面的岗位发布更近",
    ),
    Rule(
        "spread",
        "避免扎堆推荐",
        f"按每个招聘名额已推荐过多少人后移，{CROWDED} 人以上同等看待，没写人数的按 1 人计",
        0.30,
        crowd,
        "比前面的岗位推荐过的人少",
    ),
    Rule(
        "small",
        "小微企业保底",
        f"每 {PAGE} 个位次里至少 {SMALL_PLACES} 个给小微企业，只要有得分相近的岗位",
        0.10,
        floor_for_small,
        "小微企业的岗位，按保底前移",
    ),
)
"""Every rule, in the order in which reasons are told.

Strengths: a twentieth of a good score, four points of 80, is less than the right city or a certificate counts for; so
much an employer's third posting makes way. A tenth for it put unrelated work before related in four of twenty lists
that were read, hence the steps. Dates decide between near-equals only. The last two are stronger, for whoever switches
them on wants to see it: with three tenths, 300 like students who ask one after the other crowd the fullest posting
with 75 people for a place instead of 129, and give up one point of 100.
"""


@dataclass(frozen=True, slots=True)
class Note:
    """Why a posting moved, by one rule; `collapse` for a twin that left the list."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A match at its place, and how it came there."""

    match: JobMatch
    origin: int
    """Its place by score alone; the first is 1."""
    place: int
    notes: tuple[Note, ...]
    """Why it stands before or after its origin; empty when it does neither."""
    merged: tuple[JobMatch, ...]
    """The near-duplicates that it stands for, best first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An answer in its new order, and how every match came to its place."""

    answer: Answer[Posting, Talent]
    placed: tuple[Placed, ...]
    switches: Switches


def rules_of(switches: Switches) -> tuple[Rule, ...]:
    """The rules that are on."""
    return tuple(rule for rule in RULES if getattr(switches, rule.name))


def bound(switches: Switches) -> float:
    """The largest share of its score by which a posting can outscore one that stands before it."""
    return sum(rule.strength for rule in rules_of(switches))


def known(matches: Sequence[JobMatch], *, today: date, employer_of: EmployerOf, shown: Mapping[int, int]) -> Known:
    """What the rules need to know of these postings."""
    employers = {match.pair.demand.id: employer_of(match.pair.demand.record) for match in matches}
    return Known(
        today=today,
        employer={
            match.pair.demand.id: key(employer.name if employer else match.pair.demand.record.organisation)
            for match, employer in zip(matches, employers.values(), strict=True)
        },
        small=frozenset(id for id, employer in employers.items() if employer and is_small(employer)),
        shown=shown,
    )


def is_small(organisation: Organisation) -> bool:
    """Whether it is certainly a small or micro enterprise.

    The standard asks staff and revenue for a class and moves whoever misses one of them a class down: staff below
    the limit proves smallness alone. Staff above proves nothing, but small by revenue only is not what a floor is for.
    """
    if organisation.type is not OrganisationType.ENTERPRISE or organisation.staff is None:
        return False
    industry = organisation.industry or ""
    limit = _SMALL.get(industry[:3], _SMALL.get(industry[:1], _SMALL_ELSEWHERE))
    return organisation.staff < limit


def rerank(matches: Sequence[JobMatch], switches: Switches, known: Known, *, k: int) -> tuple[Placed, ...]:
    """The first k places over the matches, which come best first; each is placed, merged or below the k-th."""
    rules = rules_of(switches)
    waiting = [_Waiting(match, origin) for origin, match in enumerate(matches, 1)]
    placed: list[Placed] = []
    merged: list[int] = []
    while waiting and len(placed) < k:
        chosen = _next(waiting, [one.match for one in placed], rules, known)
        waiting.remove(chosen)
        twins = [one for one in waiting if switches.collapse and _are_twins(chosen, one)]
        waiting = [one for one in waiting if one not in twins]
        notes = _notes(chosen, len(placed) + 1, sum(origin < chosen.origin for origin in merged))
        stands_for = tuple(one.match for one in twins)
        placed.append(Placed(chosen.match, chosen.origin, len(placed) + 1, notes, stands_for))
        merged += [one.origin for one in twins]
    return tuple(placed)


@dataclass(slots=True, eq=False)
class _Waiting:
    """A match without a place, and what has moved it so far: rule → the latest reason."""

    match: JobMatch
    origin: int
    back: dict[str, str] = field(default_factory=dict)
    forward: dict[str, str] = field(default_factory=dict)


def _next(waiting: Sequence[_Waiting], before: Sequence[JobMatch], rules: Sequence[Rule], known: Known) -> _Waiting:
    """Who gets the next place; both sides are told when it passes others on the way."""
    asked: list[tuple[_Waiting, dict[str, tuple[float, str]]]] = []
    best, most = 0, -1.0
    for one in waiting:
        # Nothing lifts a posting above its score, and scores fall from here on.
        if one.match.score <= most:
            break
        setbacks = _setbacks(one.match, before, rules, known)
        left = one.match.score * (1 - sum(share for share, _ in setbacks.values()))
        if left > most:
            best, most = len(asked), left
        asked.append((one, setbacks))
    chosen, ours = asked[best]
    for passed, theirs in asked[:best]:
        for rule in rules:
            share, reason = theirs.get(rule.name, (0.0, ""))
            if share > ours.get(rule.name, (0.0, ""))[0]:
                passed.back[rule.name] = reason
                chosen.forward[rule.name] = rule.favour
    return chosen


def _setbacks(
    match: JobMatch, before: Sequence[JobMatch], rules: Sequence[Rule], known: Known
) -> dict[str, tuple[float, str]]:
    """Rule → the share of the score that it takes and why, of the rules that hold the match back."""
    found = {rule.name: (rule.strength, rule.hold_back(match, before, known)) for rule in rules}
    return {name: (strength * one.share, one.reason) for name, (strength, one) in found.items() if one}


def _are_twins(one: _Waiting, other: _Waiting) -> bool:
    return are_duplicates(one.match.pair.demand, other.match.pair.demand)


def _notes(chosen: _Waiting, place: int, merged: int) -> tuple[Note, ...]:
    """Why the chosen stands before or after its origin."""
    if place > chosen.origin:
        return tuple(Note(rule, reason) for rule, reason in chosen.back.items())
    if place == chosen.origin:
        return ()
    twins = (Note("collapse", f"前面有 {merged} 个岗位已合并"),) if merged else ()
    return (*(Note(rule, reason) for rule, reason in chosen.forward.items()), *twins)
