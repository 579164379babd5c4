"""Lists of postings as they are asked for and sent: in their new order, with what every rule did."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field

from api.answers import Chance, MatchAnswer, MatchItem, match_answer
from api.bootstrap import Services
from matching.congestion import PER_PLACE, Crowd, Together
from matching.matcher import Matcher, Where
from matching.rerank import MERGING, RULES, JobMatch, Listing, Placed, Switches, bound
from models.matches import Document
from models.terms import Kind, Value

_LABELS = {"collapse": "合并相近岗位"} | {rule.name: rule.label for rule in RULES}
_DESCRIPTIONS = {"collapse": MERGING} | {
    rule.name: f"{rule.description}；最多让出自身得分的 {rule.strength:.0%}" for rule in RULES
}


def _switches(
    collapse: Annotated[bool, Query(description=_DESCRIPTIONS["collapse"])] = True,
    diverse: Annotated[bool, Query(description=_DESCRIPTIONS["diverse"])] = True,
    fresh: Annotated[bool, Query(description=_DESCRIPTIONS["fresh"])] = True,
    spread: Annotated[bool, Query(description=_DESCRIPTIONS["spread"])] = False,
    small: Annotated[bool, Query(description=_DESCRIPTIONS["small"])] = False,
) -> Switches:
    return Switches(collapse=collapse, diverse=diverse, fresh=fresh, spread=spread, small=small)


SwitchesQuery = Annotated[Switches, Depends(_switches)]
"""Which rules rerank a list of postings."""


class Move(Value):
    """Why a posting stands before or after its place by score."""

    rule: str
    label: str
    reason: str


class MergedPosting(Value):
    """A near-duplicate that is not listed by itself."""

    id: int
    title: str
    organisation: str
    score: float


class ListedItem(MatchItem):
    """A posting at its place in the list; the score is that of the match, whatever the place."""

    origin: int
    """Its rank by score alone, before anything was merged."""
    moves: tuple[Move, ...]
    """Empty when it stands where its score puts it."""
    merged: tuple[MergedPosting, ...]


class RuleState(Value):
    """One rule, and what it did to this list."""

    name: str
    """The query parameter that switches it."""
    label: str
    description: str
    on: bool
    strength: float
    """The largest share of a posting's score that the rule leaves out of account; 0 for merging, which moves nobody."""
    affected: int
    """Postings of the list that it moved; for merging, postings that it took out."""


class ListingAnswer(MatchAnswer):
    """Postings in their new order, with what every rule did."""

    items: tuple[ListedItem, ...]
    rules: tuple[RuleState, ...]
    bound: float
    """No posting stands behind one whose score is lower by more than this share of its own."""


class CohortRequest(Value):
    """Whom to recommend postings to, and how many people a posting may be recommended to."""

    talents: tuple[Annotated[int, Field(ge=1, le=2**53)], ...] = Field(min_length=1, max_length=500)
    k: int = Field(10, ge=1, le=20)
    """Postings for each."""
    per_place: int = Field(PER_PLACE, ge=1, le=1_000)
    """People for each place of a posting; one that does not say its headcount counts as one place."""
    seed: int = Field(0, ge=0, le=2**31 - 1)
    """Decides between equal scores."""


class CohortOption(Value):
    """A posting recommended to somebody."""

    posting: int
    score: float
    origin: int
    """Its rank in the person's own list."""


class CohortPerson(Value):
    """What one talent is recommended, best first."""

    talent: int
    postings: tuple[CohortOption, ...]


class CohortPosting(Value):
    """A posting, and to how many of the cohort it goes."""

    id: int
    title: str
    organisation: str
    headcount: int | None
    before: int
    """If everyone got their own list."""
    after: int


class CrowdSummary(Value):
    """How recommendations are spread over postings."""

    distinct: int
    crowded: int
    """Postings that go to more people than they have room for."""
    fullest: int | None
    """The posting with most people for each of its places."""
    people: int
    headcount: int


class CohortAnswer(Value):
    """Recommendations for a cohort, beside what everyone would get alone."""

    k: int
    per_place: int
    seed: int
    people: tuple[CohortPerson, ...]
    postings: tuple[CohortPosting, ...]
    """Most recommended first."""
    before: CrowdSummary
    after: CrowdSummary
    given_up: float
    """Mean over the people of how much lower the mean score of their postings is than alone."""
    most_given_up: float
    short: int
    """People who get fewer than alone because nothing that was judged for them has room."""


def listing(
    services: Services, matcher: Matcher, talent: Document[Any], *, k: int, where: Where | None, switches: Switches
) -> Listing:
    """The postings to show to the talent, whom the audience then remembers with them."""
    audience = services.audience
    shown = audience.others(talent.id) if switches.spread else None
    found = matcher.listing_for(talent, k=k, where=where, switches=switches, shown=shown)
    # Who is not stored cannot be told from the next one.
    if talent.id:
        audience.saw(talent.id, [one.match.pair.demand.id for one in found.placed])
    return found


def rule_states(found: Listing) -> tuple[RuleState, ...]:
    """Every rule, and what it did to this list."""
    moved = Counter(rule for one in found.placed for rule in {note.rule for note in one.notes})
    merged = sum(len(one.merged) for one in found.placed)
    strengths = {"collapse": 0.0} | {rule.name: rule.strength for rule in RULES}
    return tuple(
        RuleState(
            name=name,
            label=_LABELS[name],
            description=_DESCRIPTIONS[name],
            on=getattr(found.switches, name),
            strength=strength,
            affected=merged if name == "collapse" else moved[name],
        )
        for name, strength in strengths.items()
    )


def listing_answer(talent: Document[Any], found: Listing, *, chance: Chance | None = None) -> ListingAnswer:
    """The list as it is sent, with the chance that each score stands for, if that is known."""
    plain = match_answer(talent, found.answer, chance=chance)
    return ListingAnswer(
        query=plain.query,
        retrieved=plain.retrieved,
        removals=plain.removals,
        items=tuple(_listed(item, one) for item, one in zip(plain.items, found.placed, strict=True)),
        rules=rule_states(found),
        bound=round(bound(found.switches), 4),
    )


def cohort_answer(matcher: Matcher, asked: CohortRequest, found: Together) -> CohortAnswer:
    """The recommendations as they are sent."""
    before = Counter(option.posting for options in found.alone.values() for option in options)
    after = Counter(option.posting for options in found.given.values() for option in options)
    ids = sorted(before | after, key=lambda id: (-after[id], -before[id], id))
    return CohortAnswer(
        k=asked.k,
        per_place=asked.per_place,
        seed=asked.seed,
        people=tuple(
            CohortPerson(
                talent=talent,
                postings=tuple(
                    CohortOption(posting=one.posting, score=round(one.score, 4), origin=one.place) for one in options
                ),
            )
            for talent, options in found.given.items()
        ),
        postings=tuple(_cohort_posting(matcher, id, before[id], after[id]) for id in ids),
        before=_crowd(found.before),
        after=_crowd(found.after),
        given_up=round(found.given_up, 4),
        most_given_up=round(found.most_given_up, 4),
        short=found.short,
    )


def _listed(item: MatchItem, one: Placed) -> ListedItem:
    return ListedItem(
        rank=item.rank,
        record=item.record,
        score=item.score,
        chance=item.chance,
        contributions=item.contributions,
        origin=one.origin,
        moves=tuple(Move(rule=note.rule, label=_LABELS[note.rule], reason=note.reason) for note in one.notes),
        merged=tuple(map(_merged, one.merged)),
    )


def _merged(match: JobMatch) -> MergedPosting:
    posting = match.pair.demand
    return MergedPosting(
        id=posting.id,
        title=posting.record.title,
        organisation=posting.record.organisation,
        score=round(match.score, 4),
    )


def _cohort_posting(matcher: Matcher, id: int, before: int, after: int) -> CohortPosting:
    record: Any = matcher.document(Kind.POSTING, id).record
    return CohortPosting(
        id=id,
        title=record.title,
        organisation=record.organisation,
        headcount=record.headcount,
        before=before,
        after=after,
    )


def _crowd(crowd: Crowd) -> CrowdSummary:
    return CrowdSummary(
        distinct=crowd.distinct,
        crowded=crowd.crowded,
        fullest=crowd.fullest or None,
        people=crowd.people,
        headcount=crowd.headcount,
    )
