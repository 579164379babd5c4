"""The page of a school's monthly digest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from api.auth import allow
from api.deps import API, MatcherDep, OrganisationDep, ServicesDep
from api.digests import POSTS, in_words, school_month
from api.web.render import page
from matching.digest import BASE, FEWEST, LEVEL, months_told, told
from models.access import Action
from models.terms import Kind, Month

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MonthChoice = Annotated[Month | None, BeforeValidator(lambda value: value or None), Query()]


@router.get("/schools/{id}/digest", dependencies=[allow(Action.MATCH, Kind.ORGANISATION)])
def school_digest(
    request: Request, school: OrganisationDep, services: ServicesDep, matcher: MatcherDep, month: MonthChoice = None
) -> HTMLResponse:
    """Each programme's postings of a month: what is new, what grew or fell, and where that is more than chance."""
    today = services.today()
    wanted = told(month, today)
    found = school_month(matcher, school, wanted)
    return page(
        request,
        "digest.html",
        school=school,
        month=wanted,
        months=months_told(today),
        rows=[(one, in_words(one.test)) for one in found],
        tested=sum(one.test.p is not None for one in found),
        alerts=sum(one.test.change.alerts for one in found),
        before=BASE,
        level=LEVEL,
        fewest=FEWEST,
        posts=POSTS,
        feed=f"{API}/schools/{school.id}/digest/feed.json",
    )
