"""Demand for programmes, and what to do about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.answers import OutlookAnswer, SchoolOutlook, outlook_answer, summary
from api.auth import allow
from api.deps import API, MatcherDep, ProgrammeDep, ServicesDep, find
from api.problems import problems
from models.access import Action
from models.matches import Document
from models.organisations import Organisation
from models.specialties import Programme
from models.terms import Kind, Record

router = APIRouter(prefix=API, tags=["专业规划"], responses=problems(401, 403, 404, 410, 422, 500, 503))

SchoolIdPath = Annotated[int, Path(ge=1, le=2**53, description="学校的单位编号")]

_POSTINGS = 10
"""Postings shown for a programme."""
_POSTINGS_OF_MANY = 3
"""Postings shown for each programme of a school."""


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
    school = find(services, matcher, Kind.ORGANISATION, organisation_id)
    programmes = [
        outlook_answer(matcher.outlook_for(document.id), shown=_POSTINGS_OF_MANY)
        for document in list(matcher.shelf[Kind.PROGRAMME].documents.values())
        if _is_of(document, school)
    ]
    return SchoolOutlook(school=summary(school), programmes=tuple(programmes))


def _is_of(document: Document[Record], school: Document[Record]) -> bool:
    programme, organisation = document.record, school.record
    if not isinstance(programme, Programme) or not isinstance(organisation, Organisation):
        return False
    return programme.school_id == school.id or (programme.school_id is None and programme.school == organisation.name)
