"""Pages of the complaint desk: the form, the receipt, following one, and for reviewers the queue and the answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator, ValidationError

from api import complaining
from api.auth import PrincipalDep, allow, same_origin
from api.bootstrap import Services
from api.complaining import ComplaintRequest, ReplyRequest
from api.deps import MatcherDep, ServicesDep
from api.web.accounts import said
from api.web.pages import PAGE_SIZE, PageNumber
from api.web.render import page
from data import taxonomy
from models.access import Action, Principal, System
from models.complaints import Category, ComplaintState, Finding
from models.errors import ChanjiaoError, Forbidden

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Number = Annotated[int, Path(ge=1, le=2**53)]
Secret = Annotated[str, Path(max_length=100)]
Text = Annotated[str, Form(max_length=4_000)]
StateChoice = Annotated[ComplaintState | None, BeforeValidator(lambda value: value or None), Query()]


@router.get("/complaints/new", dependencies=[allow(Action.COMPLAIN, System.COMPLAINT)])
def new_complaint(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    _: MatcherDep,
    about: Annotated[int, Query(ge=1, le=2**53)],
) -> HTMLResponse:
    """The form, for one record or organisation."""
    return _form(request, services, principal, about)


@router.post("/complaints", dependencies=[allow(Action.COMPLAIN, System.COMPLAINT)])
def file_complaint(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    _: MatcherDep,
    about: Annotated[int, Form(ge=1, le=2**53)],
    statement: Text,
    category: Annotated[str, Form(max_length=20)] = "",
    contact: Annotated[str, Form(max_length=400)] = "",
) -> HTMLResponse:
    """Keep it and show the receipt with the link, this once."""
    if not same_origin(request):
        raise Forbidden("投诉不是从本站提交的，请从信息所在的页面提交")
    given = {"statement": statement, "category": category, "contact": contact}
    try:
        asked = ComplaintRequest.model_validate({"record": about, **given})
        services.attempts.check(request, "complaint")
        receipt = complaining.file(services, principal, asked)
    except (ChanjiaoError, ValidationError) as error:
        return _form(request, services, principal, about, problem=said(error), **given)
    link = f"{str(request.base_url).rstrip('/')}{receipt.follow}"
    return page(request, "complaint_receipt.html", status=201, receipt=receipt, link=link)


@router.get("/complaints/follow/{secret}", dependencies=[allow(Action.COMPLAIN, System.COMPLAINT)])
def follow_complaint(request: Request, services: ServicesDep, secret: Secret) -> HTMLResponse:
    """How it stands, for whoever holds the link."""
    found = complaining.followed(services, services.store.complaints.follow(secret))
    return page(request, "complaint_followed.html", found=found)


@router.get("/complaints", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def complaints(
    request: Request, services: ServicesDep, state: StateChoice = ComplaintState.OPEN, number: PageNumber = 1
) -> HTMLResponse:
    """The queue: open ones first, by the day they are due; and the counts by organisation."""
    found, total = services.store.complaints.page(state, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return page(
        request,
        "complaints.html",
        rows=[complaining.reviewed(services, one) for one in found],
        state=state,
        states=list(ComplaintState),
        counts=services.store.complaints.counts(),
        limit=taxonomy.limits()["complaint_days"],
        total=total,
        page=number,
        pages=max(1, -(-total // PAGE_SIZE)),
    )


@router.get("/complaints/{number}", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def complaint(request: Request, services: ServicesDep, number: Number) -> HTMLResponse:
    """One complaint with the form to answer it."""
    return _one(request, services, number)


@router.post("/complaints/{number}/reply", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def reply_to_complaint(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    number: Number,
    finding: Annotated[Finding, Form()],
    text: Text,
    take_down: Annotated[bool, Form()] = False,
) -> Response:
    """Answer, and take the record down where that is ticked."""
    try:
        asked = ReplyRequest(finding=finding, text=text, take_down=take_down)
        complaining.answer(services, principal, number, asked)
    except (ChanjiaoError, ValidationError) as error:
        return _one(request, services, number, problem=said(error), text=text)
    return RedirectResponse(f"/complaints/{number}", 303)


def _form(
    request: Request,
    services: Services,
    principal: Principal,
    about: int,
    *,
    problem: str = "",
    statement: str = "",
    category: str = "",
    contact: str = "",
) -> HTMLResponse:
    subject = complaining.subject(services, principal, about)
    return page(
        request,
        "complain.html",
        status=422 if problem else 200,
        subject=subject,
        categories=list(Category),
        days=taxonomy.limits()["complaint_days"],
        keep=int(taxonomy.limit("complaint_keep_days")),
        problem=problem,
        statement=statement,
        category=category,
        contact=contact,
    )


def _one(request: Request, services: Services, number: int, *, problem: str = "", text: str = "") -> HTMLResponse:
    found = complaining.reviewed(services, services.store.complaints.read(number))
    same = [one for one in services.store.complaints.counts() if one.organisation_name == found.organisation_name]
    return page(
        request,
        "complaint.html",
        status=422 if problem else 200,
        one=found,
        findings=list(Finding),
        counts=same,
        problem=problem,
        text=text,
    )
