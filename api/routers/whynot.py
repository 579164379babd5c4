"""Why a posting finds nobody, and why a person is not shown a posting."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Path, Query

from api.auth import allow
from api.deps import API, MatcherDep, PostingDep, ServicesDep, TalentDep, TopK, find
from api.explanations import NoMatchAnswer, WhyNotAnswer, no_match_answer, why_not_answer
from api.problems import problems
from matching.nomatch import no_match
from matching.whynot import why_not
from models.access import Action
from models.matches import Document
from models.postings import Posting
from models.terms import Kind

router = APIRouter(prefix=API, tags=["匹配"], responses=problems(401, 403, 404, 410, 422, 500, 503))

Wanted = Annotated[int, Query(ge=1, le=100_000, description="至少要多出几名合适的人")]
PostingIdPath = Annotated[int, Path(ge=1, le=2**53, description="岗位编号")]


@router.get(
    "/postings/{id}/no-match", summary="岗位条件的影响与最小放宽", dependencies=[allow(Action.MATCH, Kind.POSTING)]
)
def no_match_of_posting(posting: PostingDep, matcher: MatcherDep, k: Wanted = 1) -> NoMatchAnswer:
    """What each hard requirement removes among all open talents, and the least relaxation that gains k suitable ones.

    A gain is counted by screening everyone again for the posting with the changes made. Small counts are told: only
    the publisher asks, who may read every profile counted here.
    """
    return no_match_answer(posting, no_match(matcher, posting, k=k), k=k)


@router.get(
    "/talents/{id}/postings/{posting_id}/why-not",
    summary="为什么没有推荐这个岗位",
    dependencies=[allow(Action.MATCH, Kind.TALENT)],
)
def why_not_posting(
    talent: TalentDep, posting_id: PostingIdPath, services: ServicesDep, matcher: MatcherDep, k: TopK = 10
) -> WhyNotAnswer:
    """Where the posting stands in the person's list, what it loses against the one at rank k, and what would lift it.

    Every change of the profile that is listed has gone through the whole pipeline.
    """
    posting = cast("Document[Posting]", find(services, matcher, Kind.POSTING, posting_id))
    return why_not_answer(talent, posting, why_not(matcher, talent, posting, k=k))
