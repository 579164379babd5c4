"""Pages on which reviewers decide: the queue, and everything about one publication on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import publishing
from api.auth import PrincipalDep, allow
from api.bootstrap import Services
from api.deps import ServicesDep
from api.problems import status_of
from api.web import facts
from api.web.publishing import PAGE_SIZE, PageNumber, PublicationPath, Reason, Shown, shown, title
from api.web.render import page
from matching.fraud import risk
from models.access import Action, Principal, System
from models.errors import ChanjiaoError, Forbidden, NotFound
from models.organisations import Organisation
from models.postings import Posting
from models.publishing import Publication, State, Step
from models.terms import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_ALLOWED = [allow(Action.REVIEW, System.PUBLICATION)]
_EARLIER = 5
"""Earlier rejections of the same publisher that are shown."""

REASONS = (
    "没有写明工作地点",
    "没有写明薪资待遇，或写得过于笼统",
    "看不出具体做什么，请写清职责与要求",
    "含有性别、年龄、民族、户籍等限制，请删去",
    "与已经发布的内容重复",
    "联系方式写进了正文，请删去",
    "有效期不合适",
    "单位资料不全或与证照不符",
)
"""What most rejections are for."""


@router.get("/review", dependencies=_ALLOWED)
def queue(request: Request, services: ServicesDep, principal: PrincipalDep, number: PageNumber = 1) -> HTMLResponse:
    """What waits for the reviewer's decision, whoever has waited longest first."""
    waiting = publishing.queue(services, principal)
    rows = [
        (one, title(one, record), _publisher(services, one))
        for one in waiting[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        for record in [services.store.publications.record(one.id)]
    ]
    pages = max(1, -(-len(waiting) // PAGE_SIZE))
    return page(request, "review.html", rows=rows, total=len(waiting), number=number, pages=pages)


@router.get("/review/{number}", dependencies=_ALLOWED)
def review(request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath) -> HTMLResponse:
    """The record, what stands against it, what it changes, who publishes it, and what was said before."""
    return _decide(request, services, principal, number)


@router.post("/review/{number}/approve", dependencies=_ALLOWED)
def approve(
    request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath, note: Reason = ""
) -> Response:
    """Publish; a new member is vetted by the same step."""
    try:
        publishing.approve(services, principal, number, note=note)
    except (NotFound, Forbidden):
        raise
    except ChanjiaoError as error:
        return _decide(request, services, principal, number, refused=error)
    return RedirectResponse("/review", 303)


@router.post("/review/{number}/reject", dependencies=_ALLOWED)
def reject(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    number: PublicationPath,
    usual: Annotated[list[str], Form(max_length=len(REASONS))] = [],  # noqa: B006
    reason: Reason = "",
) -> Response:
    """Send it back with the reasons ticked and the one written."""
    said = "；".join([*(one for one in REASONS if one in usual), *filter(None, [reason.strip()])])
    try:
        publishing.reject(services, principal, number, said)
    except (NotFound, Forbidden):
        raise
    except ChanjiaoError as error:
        return _decide(request, services, principal, number, refused=error, reason=reason)
    return RedirectResponse("/review", 303)


def _decide(
    request: Request,
    services: Services,
    principal: Principal,
    number: int,
    *,
    refused: ChanjiaoError | None = None,
    reason: str = "",
) -> HTMLResponse:
    found = publishing.seen(services, principal, number)
    told = shown(services, principal, found)
    accounts = services.store.accounts
    return page(
        request,
        "decide.html",
        status=status_of(refused) if refused else 200,
        shown=told,
        author=accounts.account(found.account),
        publisher=_publisher(services, found),
        vetting=accounts.vetting(found.organisation) if found.organisation and found.kind is not Kind.TALENT else None,
        is_new_member=isinstance(told.document.record, Organisation) and found.record_id is None,
        may_decide=Step.APPROVE in told.possible,
        risk=risk(told.document.record, told.findings) if isinstance(told.document.record, Posting) else None,
        earlier=_rejections(services, found, told),
        reasons=REASONS,
        reason=reason,
        problem=refused.message if refused else "",
    )


def _publisher(services: Services, found: Publication) -> str:
    """Whose publication it is: the organisation's name, or the author's."""
    document = services.shelf[Kind.ORGANISATION].documents.get(found.organisation or 0)
    return facts.title(document) if document else services.store.accounts.account(found.account).name


def _rejections(services: Services, found: Publication, told: Shown) -> list[tuple[str, datetime, str]]:
    """Title, day and reason of what was sent back before: of this publication, then of the same publisher's others."""
    own = [(told.title, one.step.at, one.step.reason) for one in told.steps if one.step.step is Step.REJECT]
    others: list[Publication] = []
    if found.organisation is not None:
        others, _ = services.store.publications.search(
            states=[State.REJECTED], organisation=found.organisation, limit=_EARLIER
        )
    return own[::-1] + [
        (title(one, services.store.publications.record(one.id)), one.changed, one.reason)
        for one in others
        if one.id != found.id
    ]
