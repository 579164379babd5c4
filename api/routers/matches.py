"""Ranked answers with their reasons, for every pair of sides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import listings
from api.answers import MatchAnswer, TrainingAnswer, match_answer, training_answer
from api.auth import PrincipalDep, allow, check
from api.deps import (
    API,
    MatcherDep,
    NeedDep,
    OfferDep,
    Offset,
    OrganisationDep,
    PolicyDep,
    PostingDep,
    PostingsWhere,
    ServicesDep,
    TalentDep,
    TopK,
    find,
)
from api.listings import CohortAnswer, CohortRequest, ListingAnswer, SwitchesQuery, cohort_answer, listing_answer
from api.privacy import NeutralAnswer, neutral_answer
from api.problems import problems
from matching.congestion import recommend_together
from matching.matcher import Matcher
from matching.neutral import Order, neutral
from matching.training import common_target, occupation_target
from models.access import Action
from models.errors import Malformed
from models.matches import Document
from models.postings import Posting
from models.talents import Talent
from models.terms import Kind, OccupationCode

router = APIRouter(prefix=API, tags=["匹配"], responses=problems(401, 403, 404, 410, 422, 500, 503))

TargetPosting = Annotated[int | None, Query(ge=1, le=2**53, description="以这个岗位为目标")]
TargetOccupation = Annotated[OccupationCode | None, Query(description="以这个职业为目标，职业分类大典代码")]

Personalised = Annotated[
    bool | None, Query(description="是否按个人资料推荐；false 则不使用任何个人信息；不写则按本人的设置")
]
NeutralOrder = Annotated[Order, Query(description="不使用个人信息时的排列：newest 按发布日期，place 按工作地点")]

_TARGETS = 10
"""Postings that make up a target when the person names none."""


@router.get("/postings/{id}/talents", summary="岗位找人才", dependencies=[allow(Action.MATCH, Kind.POSTING)])
def talents_for_posting(posting: PostingDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k talents who fit the posting best."""
    return match_answer(posting, matcher.talents_for(posting.id, k=k), chance=matcher.chance)


@router.get("/talents/{id}/postings", summary="人才找岗位", dependencies=[allow(Action.MATCH, Kind.TALENT)])
def postings_for_talent(
    talent: TalentDep,
    services: ServicesDep,
    matcher: MatcherDep,
    where: PostingsWhere,
    switches: SwitchesQuery,
    k: TopK = 10,
    personalised: Personalised = None,
    order: NeutralOrder = Order.NEWEST,
    offset: Offset = 0,
) -> ListingAnswer | NeutralAnswer:
    """The k postings that fit the talent best, reranked by the rules that are on; scores are never changed.

    What the filters left out is counted among the removals. With `personalised=false`, or for a person who switched
    recommendations from the profile off, all open postings inside of
    the filters, by `order` and from `offset` on: nothing about the person is read, and the list is nobody's.
    """
    wanted = services.store.accounts.is_personalised(talent.id) if personalised is None else personalised
    if not wanted:
        return neutral_answer(
            neutral(matcher, today=services.today(), where=where, order=order), label=order.label, offset=offset, k=k
        )
    return listing_answer(
        talent, listings.listing(services, matcher, talent, k=k, where=where, switches=switches), chance=matcher.chance
    )


@router.post(
    "/talents/recommend-together",
    summary="为一批人才一起推荐岗位",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.MATCH, Kind.TALENT)],
)
def recommend_postings_together(
    cohort: CohortRequest, services: ServicesDep, principal: PrincipalDep, matcher: MatcherDep
) -> CohortAnswer:
    """k postings for each of up to 500 talents, none to more people than `per_place` for each of its places.

    In rounds: nobody gets a second posting before all had the chance of a first; within a round a posting goes to
    those for whom it scores highest, and equal scores are decided by a hash of the seed and the talent's id. Takes
    some 30 to 70 ms for each talent.
    """
    found_talents = [find(services, matcher, Kind.TALENT, id) for id in dict.fromkeys(cohort.talents)]
    for talent in found_talents:
        check(services, principal, Action.MATCH, talent)
    talents = [talent.id for talent in found_talents]
    found = recommend_together(matcher, talents, k=cohort.k, per_place=cohort.per_place, seed=cohort.seed)
    return cohort_answer(matcher, cohort, found)


@router.post(
    "/match/talents",
    summary="未发布的岗位找人才",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.MATCH, Kind.POSTING)],
)
def talents_for_draft(posting: Posting, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k talents who fit a posting that is not stored."""
    draft = matcher.draft(posting)
    return match_answer(draft, matcher.match(matcher.jobs, draft, k=k), chance=matcher.chance)


@router.post(
    "/match/postings",
    summary="未发布的人才找岗位",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.READ, Kind.POSTING)],
)
def postings_for_draft(
    talent: Talent,
    services: ServicesDep,
    matcher: MatcherDep,
    where: PostingsWhere,
    switches: SwitchesQuery,
    k: TopK = 10,
) -> ListingAnswer:
    """The k postings that fit a talent who is not stored, reranked by the rules that are on."""
    draft = matcher.draft(talent)
    return listing_answer(
        draft, listings.listing(services, matcher, draft, k=k, where=where, switches=switches), chance=matcher.chance
    )


@router.get("/needs/{id}/offers", summary="技术需求找供给", dependencies=[allow(Action.MATCH, Kind.NEED)])
def offers_for_need(need: NeedDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k achievements, teams, experts and facilities that serve the need best."""
    return match_answer(need, matcher.offers_for(need.id, k=k))


@router.get("/offers/{id}/needs", summary="技术供给找需求", dependencies=[allow(Action.MATCH, Kind.OFFER)])
def needs_for_offer(offer: OfferDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k open needs that the offer serves best."""
    return match_answer(offer, matcher.needs_for(offer.id, k=k))


@router.get("/organisations/{id}/policies", summary="单位找政策", dependencies=[allow(Action.MATCH, Kind.ORGANISATION)])
def policies_for_organisation(organisation: OrganisationDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k policies that the organisation has most to expect from."""
    return match_answer(organisation, matcher.policies_for(organisation.id, k=k))


@router.get("/policies/{id}/organisations", summary="政策找单位", dependencies=[allow(Action.MATCH, Kind.POLICY)])
def organisations_for_policy(policy: PolicyDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k organisations that the policy fits best."""
    return match_answer(policy, matcher.organisations_for(policy.id, k=k))


@router.get("/postings/{id}/programmes", summary="岗位找专业", dependencies=[allow(Action.READ, Kind.POSTING)])
def programmes_for_posting(posting: PostingDep, matcher: MatcherDep, k: TopK = 10) -> MatchAnswer:
    """The k programmes that train best for the posting."""
    return match_answer(posting, matcher.programmes_for(posting.id, k=k))


@router.get("/talents/{id}/courses", summary="培训推荐", dependencies=[allow(Action.MATCH, Kind.TALENT)])
def courses_for_talent(
    talent: TalentDep,
    services: ServicesDep,
    matcher: MatcherDep,
    posting: TargetPosting = None,
    occupation: TargetOccupation = None,
    k: TopK = 10,
) -> TrainingAnswer:
    """What the person lacks for the target, and the k courses that close most of it.

    Without a target it is what the ten postings that fit the person best ask for together.
    """
    if posting and occupation:
        raise Malformed(f"目标只能给一个：岗位 {posting} 与职业 {occupation} 不能同时指定")
    if posting:
        target: Document[Posting] = find(services, matcher, Kind.POSTING, posting)  # type: ignore[assignment]  # a kind holds its records
        name = f"岗位“{target.record.title}”"
    elif occupation:
        target = matcher.draft(occupation_target(occupation))
        name = f"职业“{target.record.title}”"
    else:
        target, name = _usual_target(matcher, talent.id)
    gap, answer = matcher.courses_for(talent.id, target, k=k)
    return training_answer(talent, name, gap, answer)


def _usual_target(matcher: Matcher, talent: int) -> tuple[Document[Posting], str]:
    """What the postings that fit the person best ask for together, and what to call it."""
    postings = [match.pair.demand for match in matcher.postings_for(talent, k=_TARGETS).matches]
    return matcher.draft(common_target(postings)), f"最匹配的 {len(postings)} 个岗位的共同要求"
