"""Pages of a person's rights: consents, objections, erasure, personal recommendations; and who decides objections."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator, ValidationError

from api.auth import COOKIE, PrincipalDep, allow
from api.bootstrap import Services
from api.complaining import called
from api.deps import MatcherDep, RecordIdPath, ServicesDep, find
from api.dossier import Names
from api.privacy import (
    ConsentRequest,
    ConsentWithdrawal,
    DecisionRequest,
    ObjectionRequest,
    consents_answer,
    erasure_receipt,
    explained,
    objection_answer,
    wording_answer,
)
from api.web.accounts import said
from api.web.pages import PAGE_SIZE, PageNumber, PostingChoice
from api.web.render import page
from data.consents import wordings
from indexing import sync
from matching.matcher import Matcher
from matching.whynot import standing
from models.access import Action, System
from models.errors import ChanjiaoError, Malformed
from models.matches import Document
from models.organisations import Organisation
from models.postings import Posting
from models.privacy import DataKind, ObjectionState, Outcome, Purpose
from models.talents import Talent
from models.terms import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SURE = "删除我的个人信息"
"""What has to be typed before personal data is erased."""

Text = Annotated[str, Form(max_length=4_000)]
Number = Annotated[int, Path(ge=1, le=2**53)]
RecordNumber = Annotated[int, Form(ge=1, le=2**53)]


def _none_if_blank(value: object) -> object:
    return value or None


RecipientChoice = Annotated[int | None, BeforeValidator(_none_if_blank), Query(ge=1, le=2**53)]
PurposeChoice = Annotated[Purpose | None, BeforeValidator(_none_if_blank), Query()]
StateChoice = Annotated[ObjectionState | None, BeforeValidator(_none_if_blank), Query()]


@router.get("/talents/{id}/consents", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def consents(
    request: Request,
    services: ServicesDep,
    id: RecordIdPath,
    recipient: RecipientChoice = None,
    purpose: PurposeChoice = None,
    kind: Annotated[list[DataKind] | None, Query(max_length=len(DataKind))] = None,
) -> HTMLResponse:
    """What is allowed now, with a way back; and what is to be allowed, with the whole text before the button."""
    return _consents(request, services, id, recipient, purpose, kind or [])


@router.post("/talents/{id}/consents", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def give_consent(
    request: Request,
    services: ServicesDep,
    id: RecordIdPath,
    recipient: RecordNumber,
    purpose: Annotated[Purpose, Form()],
    kind: Annotated[list[DataKind], Form(max_length=len(DataKind))],
    wording: Annotated[str, Form(max_length=40)],
) -> Response:
    """Note the consent to what was read."""
    try:
        asked = ConsentRequest(recipient=recipient, purpose=purpose, kinds=tuple(kind), wording=wording)
        services.store.consents.give(id, **dict(asked))
    except (ChanjiaoError, ValidationError) as error:
        return _consents(request, services, id, recipient, purpose, kind, problem=said(error))
    return RedirectResponse(f"/talents/{id}/consents", 303)


@router.post("/talents/{id}/consents/withdrawal", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def withdraw_consent(
    services: ServicesDep, id: RecordIdPath, recipient: RecordNumber, purpose: Annotated[Purpose, Form()]
) -> Response:
    """Take it back, at once."""
    services.store.consents.withdraw(id, **dict(ConsentWithdrawal(recipient=recipient, purpose=purpose)))
    return RedirectResponse(f"/talents/{id}/consents", 303)


@router.get("/talents/{id}/objections", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def objections(
    request: Request, services: ServicesDep, matcher: MatcherDep, id: RecordIdPath, posting: PostingChoice = None
) -> HTMLResponse:
    """The person's objections with what was decided; and for a posting the answer that can be objected to."""
    return _objections(request, services, matcher, id, posting)


@router.post("/talents/{id}/objections", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def file_objection(
    request: Request,
    services: ServicesDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    posting: RecordNumber,
    statement: Text,
) -> Response:
    """Keep what the person says beside what the service answers at this moment."""
    try:
        asked = ObjectionRequest(posting=posting, statement=statement)
        answer = _explained(services, matcher, id, posting)
        services.store.objections.file(id, posting=posting, statement=asked.statement, answer=answer)
    except (ChanjiaoError, ValidationError) as error:
        return _objections(request, services, matcher, id, posting, problem=said(error), statement=statement)
    return RedirectResponse(f"/talents/{id}/objections", 303)


@router.get("/talents/{id}/erasure", dependencies=[allow(Action.ERASE, Kind.TALENT)])
def erasure(request: Request, services: ServicesDep, id: RecordIdPath, sure: bool = False) -> HTMLResponse:
    """What erasing means; then, once more, what has to be typed."""
    return _erasure(request, services, id, sure=sure)


@router.post("/talents/{id}/erasure", dependencies=[allow(Action.ERASE, Kind.TALENT)])
def erase(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    id: RecordIdPath,
    typed: Annotated[str, Form(max_length=100)],
) -> HTMLResponse:
    """Erase for good what is stored about the person; whose account it was is signed out by that."""
    if typed.strip() != SURE:
        problem = Malformed(f"请原样输入“{SURE}”，收到“{typed.strip()}”")
        return _erasure(request, services, id, sure=True, problem=problem.message)
    receipt = erasure_receipt(sync.erase(services.store, services.shelf, id))
    own = principal.talent == id
    if own:
        request.state.principal, request.state.csrf = type(principal)(), ""
    answer = page(request, "erased.html", receipt=receipt)
    if own:
        answer.delete_cookie(COOKIE)
    return answer


@router.post("/talents/{id}/personalisation", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def personalise(services: ServicesDep, id: RecordIdPath, on: Annotated[bool, Form()]) -> Response:
    """Switch recommendations from the profile on, or off for good."""
    services.store.accounts.personalise(id, on)
    return RedirectResponse(f"/talents/{id}", 303)


@router.get("/objections", dependencies=[allow(Action.REVIEW, System.OBJECTION)])
def every_objection(
    request: Request, services: ServicesDep, state: StateChoice = ObjectionState.OPEN, number: PageNumber = 1
) -> HTMLResponse:
    """The queue of those who decide, oldest first."""
    found, total = services.store.objections.page(state, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    names = Names(services.store)
    return page(
        request,
        "objections.html",
        rows=[(one, names.of(one.posting)) for one in found],
        state=state,
        states=list(ObjectionState),
        total=total,
        page=number,
        pages=max(1, -(-total // PAGE_SIZE)),
    )


@router.get("/objections/{number}", dependencies=[allow(Action.REVIEW, System.OBJECTION)])
def objection(request: Request, services: ServicesDep, number: Number) -> HTMLResponse:
    """What the service answered, what the person says, and the form to decide."""
    return _objection(request, services, number)


@router.post("/objections/{number}/decision", dependencies=[allow(Action.REVIEW, System.OBJECTION)])
def decide_objection(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    number: Number,
    outcome: Annotated[Outcome, Form()],
    reason: Text,
) -> Response:
    """Note the decision and its reason, for good."""
    try:
        asked = DecisionRequest(outcome=outcome, reason=reason)
        reviewer = services.store.accounts.account(principal.account or 0).name
        services.store.objections.decide(number, outcome=asked.outcome, reviewer=reviewer, reason=asked.reason)
    except (ChanjiaoError, ValidationError) as error:
        return _objection(request, services, number, problem=said(error), reason=reason)
    return RedirectResponse(f"/objections/{number}", 303)


def _consents(
    request: Request,
    services: Services,
    id: int,
    recipient: int | None,
    purpose: Purpose | None,
    kinds: list[DataKind],
    *,
    problem: str = "",
) -> HTMLResponse:
    services.store.load(Kind.TALENT, id)
    members = [(one.id, called(one.record)) for one in list(services.shelf[Kind.ORGANISATION].documents.values())]
    wording = None
    if recipient and purpose and kinds:
        organisation = cast(Organisation, services.store.load(Kind.ORGANISATION, recipient).record)
        wording = wording_answer(wordings()[-1], organisation, purpose, kinds)
    elif recipient or purpose or kinds:
        problem = problem or "接收方、目的和至少一种个人信息都要选"
    answer = consents_answer(services.store, services.store.consents.of(id))
    names = Names(services.store)
    return page(
        request,
        "consents.html",
        status=422 if problem else 200,
        id=id,
        given=answer.in_force,
        ledger=[(one, names.of(one.recipient)) for one in reversed(answer.ledger)],
        members=sorted(members, key=lambda member: member[1]),
        purposes=list(Purpose),
        kinds=list(DataKind),
        recipient=recipient,
        purpose=purpose,
        chosen=kinds,
        wording=wording,
        problem=problem,
    )


def _objections(
    request: Request,
    services: Services,
    matcher: Matcher,
    id: int,
    posting: int | None,
    *,
    problem: str = "",
    statement: str = "",
) -> HTMLResponse:
    names = Names(services.store)
    return page(
        request,
        "my_objections.html",
        status=422 if problem else 200,
        id=id,
        rows=[(objection_answer(one), names.of(one.posting)) for one in reversed(services.store.objections.of(id))],
        posting=posting,
        about=names.of(posting) if posting else "",
        answer=_explained(services, matcher, id, posting) if posting else "",
        problem=problem,
        statement=statement,
    )


def _explained(services: Services, matcher: Matcher, id: int, posting: int) -> str:
    """What the service answers about the pair now."""
    talent = cast("Document[Talent]", find(services, matcher, Kind.TALENT, id))
    document = cast("Document[Posting]", find(services, matcher, Kind.POSTING, posting))
    return explained(document, standing(matcher, talent, document))


def _erasure(request: Request, services: Services, id: int, *, sure: bool, problem: str = "") -> HTMLResponse:
    return page(
        request,
        "erasure.html",
        status=422 if problem else 200,
        id=id,
        versions=len(services.store.history(id)),
        events=len(services.store.events.about(id)),
        consents=len(services.store.consents.of(id)),
        objections=len(services.store.objections.of(id)),
        sure=sure,
        words=SURE,
        problem=problem,
    )


def _objection(
    request: Request, services: Services, number: int, *, problem: str = "", reason: str = ""
) -> HTMLResponse:
    found = services.store.objections.read(number)
    return page(
        request,
        "objection.html",
        status=422 if problem else 200,
        one=found,
        about=Names(services.store).of(found.posting),
        outcomes=list(Outcome),
        problem=problem,
        reason=reason,
    )
