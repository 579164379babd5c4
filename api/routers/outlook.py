"""Demand for programmes, and what to do about them."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Path, Query, Request

from api.answers import OutlookAnswer, SchoolOutlook, outlook_answer, summary
from api.auth import allow
from api.deps import API, MatcherDep, OrganisationDep, ProgrammeDep, ServicesDep, find
from api.digests import SchoolDigest, digest_answer, digest_feed, programmes_of, school_month
from api.list_answers import Feed
from api.problems import problems
from api.routers.lists import FeedResponse
from matching.digest import months_told, told
from models.access import Action
from models.matches import Document
from models.organisations import Organisation
from models.terms import Kind, Month

router = APIRouter(prefix=API, tags=["专业规划"], responses=problems(401, 403, 404, 410, 422, 500, 503))

SchoolIdPath = Annotated[int, Path(ge=1, le=2**53, description="学校的单位编号")]
MonthChoice = Annotated[Month | None, Query(description="月份，如 2026-10；不写为上个月")]

_POSTINGS = 10
"""Postings shown for a programme."""
_POSTINGS_OF_MANY = 3
"""Postings shown for each programme of a school."""
_MONTHS = 12
"""Months that the feed goes back."""


@router.get("/programmes/{id}/outlook", summary="专业的需求与供给", dependencies=[allow(Action.MATCH, Kind.PROGRAMME)])
def outlook_for_programme(programme: ProgrammeDep, matcher: MatcherDep) -> OutlookAnswer:
    """24 months of demand against the graduates of all like programmes, a recommendation and its evidence."""
    return outlook_answer(matcher.outlook_for(programme.id), shown=_POSTINGS)


@router.get(
    "/schools/{organisation_id}/outlook",
    summary="学校各专业的需求与供给",
    dependencies=[allow(Action.MATCH, Kind.PROGRAMME)],
)
def outlook_for_school(organisation_id: SchoolIdPath, services: ServicesDep, matcher: MatcherDep) -> SchoolOutlook:
    """The outlook of every programme that names the school, by its id or its name."""
    school = cast("Document[Organisation]", find(services, matcher, Kind.ORGANISATION, organisation_id))
    programmes = [
        outlook_answer(matcher.outlook_for(document.id), shown=_POSTINGS_OF_MANY)
        for document in programmes_of(matcher, school)
    ]
    return SchoolOutlook(school=summary(school), programmes=tuple(programmes))


@router.get("/schools/{id}/digest", summary="学校的专业需求月报", dependencies=[allow(Action.MATCH, Kind.ORGANISATION)])
def digest_for_school(
    school: OrganisationDep, services: ServicesDep, matcher: MatcherDep, month: MonthChoice = None
) -> SchoolDigest:
    """The postings of a month for each programme, and whether demand changed or only varied."""
    wanted = told(month, services.today())
    return digest_answer(school, wanted, school_month(matcher, school, wanted))


@router.get(
    "/schools/{id}/digest/feed.json",
    summary="学校专业需求月报的 JSON Feed",
    response_class=FeedResponse,
    dependencies=[allow(Action.MATCH, Kind.ORGANISATION)],
)
def digest_feed_of_school(
    school: OrganisationDep, request: Request, services: ServicesDep, matcher: MatcherDep
) -> Feed:
    """The digests of the last twelve months, one item each."""
    months = months_told(services.today())[:_MONTHS]
    return digest_feed(
        school,
        [(month, school_month(matcher, school, month)) for month in months],
        base=str(request.base_url).rstrip("/"),
        path=f"{API}/schools/{school.id}/digest/feed.json",
        zone=services.settings.zone,
    )
