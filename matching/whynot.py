"""Why a posting is not recommended to a person, and which changes of the profile would change that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from data import taxonomy
from indexing.text import bare
from matching.market import Market
from matching.matcher import DEPTH, Matcher
from matching.rank import rank
from matching.training import gap
from models.errors import NotFound
from models.matches import Document, Match
from models.postings import Posting
from models.talents import Talent
from models.terms import LIST_LIMIT
from models.text import key

JobMatch = Match[Posting, Talent]
Jobs = Market[Posting, Talent]

MOST_SKILLS = 5
"""Missing skills of which each is tried alone: the weightiest, as each trial is a run of the whole pipeline."""


class State(StrEnum):
    """How far a posting comes on the way into a person's list."""

    CLOSED = "closed"
    REMOVED = "removed"
    """A hard requirement is not met."""
    NOT_RETRIEVED = "not_retrieved"
    """Other postings are so much closer that this one is not looked at."""
    RANKED = "ranked"


@dataclass(frozen=True, slots=True)
class Lack:
    """A hard requirement that is not met."""

    requirement: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a posting stands for a person."""

    state: State
    rank: int | None
    """1 for the first; None unless ranked."""
    ranked: int
    """How many postings are ranked for the person."""
    score: float
    """In [0, 1]; what the pair scores, whether or not it is ranked."""
    lacks: tuple[Lack, ...]
    closed: str | None
    """Why the posting takes no more answers; None while it does."""

    @property
    def sentence(self) -> str:
        """The same in Chinese."""
        match self.state:
            case State.CLOSED:
                return f"{self.closed}，不再推荐"
            case State.REMOVED:
                unmet = "；".join(f"{lack.label}（{lack.detail}）" for lack in self.lacks)
                return f"没有满足岗位的硬性条件：{unmet}"
            case State.NOT_RETRIEVED:
                return f"岗位与资料内容相差较远，排在进入比对的 {self.ranked} 个岗位之外"
        return f"在参加排序的 {self.ranked} 个岗位中排第 {self.rank}"


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more one feature gives to another posting than to the one asked about."""

    feature: str
    label: str
    lost: float
    """In points of a score in [0, 1], negative where this posting is ahead; they sum to the scores' difference."""
    points: float
    others: float
    detail: str
    others_detail: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change of the profile, and what comes of the posting once it is made."""

    advice: str
    """What to do, in Chinese."""
    talent: Talent
    """The profile with the change made."""
    rank: int
    ranked: int
    """How many postings are ranked then."""
    score: float


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Where a posting stands for a person, what keeps it there, and what would lift it."""

    standing: Standing
    k: int
    match: JobMatch
    """The pair, scored like any other."""
    rival: JobMatch | None
    """The posting at rank k, or the first when this one stands above; None when there is no other."""
    rival_rank: int | None
    differences: tuple[Difference, ...]
    """What costs most first."""
    remedies: tuple[Remedy, ...]
    """Those that help, best first."""


def why_not(matcher: Matcher, talent: Document[Talent], posting: Document[Posting], *, k: int = 10) -> WhyNot:
    """Where the posting stands in the person's list, against the posting at rank k, and what would change it."""
    standing, match, ranked = _stands(matcher, talent, posting, k)
    rival_rank = _rival(standing.rank, k, len(ranked))
    rival = ranked[rival_rank - 1] if rival_rank else None
    return WhyNot(
        standing=standing,
        k=k,
        match=match,
        rival=rival,
        rival_rank=rival_rank,
        differences=_differences(match, rival) if rival else (),
        remedies=() if standing.closed else tuple(_remedies(matcher, talent, posting, standing, k)),
    )


def standing(matcher: Matcher, talent: Document[Talent], posting: Document[Posting]) -> tuple[Standing, JobMatch]:
    """Where the posting stands in the person's list, and the pair with its reasons; nothing is tried."""
    return _stands(matcher, talent, posting, k=10)[:2]


def changes(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """What the person could do for this posting, one thing at a time: learn, qualify, or accept more.

    Nothing here asks anybody to be another person: schooling, years of work and whatever the law protects
    are as they are, and pay is the person's own affair.
    """
    for possible in (learned, certified, position_wished, employment_accepted, shift_accepted, place_accepted):
        yield from possible(talent, posting)


def learned(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """Each of the weightiest skills that are asked for and lacked, and all that are required together."""
    missing = gap(posting, talent).missing
    for name in list(missing)[:MOST_SKILLS]:
        yield from _adding(talent.record, "skills", (name,), f"学会“{name}”，写入技能")
    required = tuple(name for name, weight in missing.items() if weight == 1)
    if len(required) > 1:
        yield from _adding(talent.record, "skills", required, f"学会所缺的全部必备技能：{'、'.join(required)}")


def certified(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """Each certificate that is asked for and lacked."""
    held = {mention.name for mention in talent.facts.certificates}
    for name in posting.facts.certificates_asked():
        if name not in held:
            yield from _adding(talent.record, "certificates", (name,), f"考取“{name}”（须符合报考条件），写入证书")


def position_wished(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """The posting's title among the wishes."""
    title = bare(posting.record.title)
    if key(title) not in map(key, map(bare, talent.record.expected_positions)):
        yield from _adding(talent.record, "expected_positions", (title,), f"如果愿意做：把“{title}”加入期望岗位")


def employment_accepted(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """The posting's engagement among those sought."""
    offered = posting.record.employment
    if offered and offered not in talent.record.seeking:
        yield from _adding(talent.record, "seeking", (offered,), f"如果愿意：在求职类型里加上“{offered.label}”")


def shift_accepted(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """The posting's shift among those accepted."""
    asked = posting.record.shift
    if asked and asked not in talent.record.shifts:
        yield from _adding(talent.record, "shifts", (asked,), f"如果能接受：在可接受班次里加上“{asked.label}”")


def place_accepted(talent: Document[Talent], posting: Document[Posting]) -> Iterator[tuple[str, Talent]]:
    """The posting's place among those wanted, beside where the person lives or wants to work already."""
    record, division = talent.record, posting.record.division
    wanted = record.expected_divisions or ((record.division,) if record.division else ())
    if division and division not in wanted:
        known = taxonomy.division_label(division)
        # A code that no table has is its own label, and nobody's address.
        place = posting.record.place or known if known == division else known
        new = (*(wanted if not record.expected_divisions else ()), division)
        yield from _adding(record, "expected_divisions", new, f"如果愿意去：在期望地点里加上“{place}”")


def _adding(talent: Talent, field: str, new: tuple[str, ...], advice: str) -> Iterator[tuple[str, Talent]]:
    """The advice with the talent whose list field has the new entries too; nothing when the list is full."""
    entries = (*getattr(talent, field), *new)
    if len(entries) <= LIST_LIMIT:
        yield advice, Talent.model_validate({**dict(talent), field: entries})


def _remedies(
    matcher: Matcher, talent: Document[Talent], posting: Document[Posting], now: Standing, k: int
) -> list[Remedy]:
    """The changes that lift the posting or its score, best first; each has gone through the whole pipeline."""
    found = []
    for advice, record in changes(talent, posting):
        ranked = _ranked(matcher, replace(matcher.draft(record), id=talent.id), k)
        rank_then, match = _place(ranked, posting)
        if match and rank_then and _lifts(rank_then, match.score, now):
            found.append(Remedy(advice, record, rank_then, len(ranked), match.score))
    return sorted(found, key=lambda one: (one.rank, -one.score))


def _lifts(rank_then: int, score: float, now: Standing) -> bool:
    """Whether the posting is ranked where it was not, or higher, or as high with a better score."""
    if now.rank is None:
        return True
    return rank_then < now.rank or (rank_then == now.rank and round(score - now.score, 4) > 0)


def _stands(
    matcher: Matcher, talent: Document[Talent], posting: Document[Posting], k: int
) -> tuple[Standing, JobMatch, Sequence[JobMatch]]:
    """The posting's standing, its match, and all that is ranked."""
    ranked = _ranked(matcher, talent, k)
    rank_now, match = _place(ranked, posting)
    if match is None:
        match = _scored(matcher, talent, posting)
    return _standing(matcher.jobs, match, rank_now, len(ranked)), match, ranked


def _ranked(matcher: Matcher, talent: Document[Talent], k: int) -> Sequence[JobMatch]:
    """All that is ranked for the person when k are asked for, best first."""
    return matcher.match(matcher.jobs, talent, k=k, spare=DEPTH, cited=0).matches


def _place(ranked: Sequence[JobMatch], posting: Document[Posting]) -> tuple[int | None, JobMatch | None]:
    """The posting's rank and match."""
    return next(((n, one) for n, one in enumerate(ranked, 1) if one.pair.demand.id == posting.id), (None, None))


def _scored(matcher: Matcher, talent: Document[Talent], posting: Document[Posting]) -> JobMatch:
    """The pair as it would be ranked if it came that far. Raises NotFound when the posting is gone from the shelf."""
    market = matcher.jobs
    pairs = matcher.between(market, talent, [posting.id])
    if not pairs:
        raise NotFound(f"没有编号为 {posting.id} 的{posting.kind.label}")
    [match] = rank(pairs.values(), market, k=1, cited=0)
    return match


def _standing(market: Jobs, match: JobMatch, rank_now: int | None, ranked: int) -> Standing:
    closed = market.closed(match.pair.demand.record)
    lacks = tuple(
        Lack(requirement.name, requirement.label, detail)
        for requirement in market.requirements
        if (detail := requirement.lacks(match.pair)) is not None
    )
    if closed:
        state = State.CLOSED
    elif lacks:
        state = State.REMOVED
    else:
        state = State.NOT_RETRIEVED if rank_now is None else State.RANKED
    return Standing(state, rank_now, ranked, match.score, lacks, closed)


def _rival(rank_now: int | None, k: int, ranked: int) -> int | None:
    """The rank to compare with: k, or the last below it; of a posting that is within k, the first."""
    if rank_now is not None and rank_now <= k:
        return 1 if rank_now > 1 else None
    return min(k, ranked) or None


def _differences(match: JobMatch, rival: JobMatch) -> tuple[Difference, ...]:
    found = (
        Difference(
            feature=ours.feature,
            label=ours.label,
            lost=theirs.points - ours.points,
            points=ours.points,
            others=theirs.points,
            detail=ours.detail,
            others_detail=theirs.detail,
        )
        for ours, theirs in zip(match.contributions, rival.contributions, strict=True)
    )
    return tuple(sorted(found, key=lambda one: -one.lost))
