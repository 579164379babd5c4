"""The complaint desk (投诉): anybody complains and follows it by a secret; reviewers answer and take down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api import complaining
from api.auth import PrincipalDep, allow, same_origin
from api.complaining import (
    ComplaintCounts,
    ComplaintPage,
    ComplaintReceipt,
    ComplaintRequest,
    FollowedComplaint,
    ReplyRequest,
    ReviewedComplaint,
)
from api.deps import API, Limit, Offset, ServicesDep
from api.problems import problems
from models.access import Action, System
from models.complaints import ComplaintState
from models.errors import Forbidden

router = APIRouter(prefix=f"{API}/complaints", tags=["投诉"], responses=problems(401, 403, 404, 422, 500, 503))

State = Annotated[ComplaintState | None, Query(description="只看这种状态的投诉")]
ComplaintPath = Annotated[int, Path(ge=1, le=2**53, description="投诉编号")]
Secret = Annotated[str, Path(max_length=100, description="提交时给出的查询凭据")]


@router.post(
    "",
    summary="投诉一条信息或一家单位",
    status_code=201,
    responses=problems(400, 413, 415, 429),
    dependencies=[allow(Action.COMPLAIN, System.COMPLAINT)],
)
def file_complaint(
    asked: ComplaintRequest, request: Request, services: ServicesDep, principal: PrincipalDep
) -> ComplaintReceipt:
    """Signed in or not, five in a minute from one address; the statement is masked, and nobody is told who complained.

    The receipt holds the number, the day by which it is answered, and the secret to follow it by.
    """
    if not same_origin(request):
        raise Forbidden("投诉不是从本站提交的，请从信息所在的页面提交")
    services.attempts.check(request, "complaint")
    return complaining.file(services, principal, asked)


@router.get("/followed/{secret}", summary="查询投诉的处理结果", dependencies=[allow(Action.COMPLAIN, System.COMPLAINT)])
def follow_complaint(secret: Secret, services: ServicesDep) -> FollowedComplaint:
    """For whoever holds the secret."""
    return complaining.followed(services, services.store.complaints.follow(secret))


@router.get("", summary="全部投诉", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def list_complaints(services: ServicesDep, state: State = None, offset: Offset = 0, limit: Limit = 20) -> ComplaintPage:
    """For those who answer: open ones first, by the day they are due."""
    found, total = services.store.complaints.page(state, offset=offset, limit=limit)
    items = tuple(complaining.reviewed(services, one) for one in found)
    return ComplaintPage(items=items, total=total, offset=offset, limit=limit)


@router.get("/counts", summary="各单位被投诉的件数", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def count_complaints(services: ServicesDep) -> ComplaintCounts:
    """How many, how many open, how many upheld, for each organisation: facts for reviewers, and no grade."""
    return ComplaintCounts(items=tuple(services.store.complaints.counts()))


@router.get("/{number}", summary="一件投诉", dependencies=[allow(Action.REVIEW, System.COMPLAINT)])
def read_complaint(number: ComplaintPath, services: ServicesDep) -> ReviewedComplaint:
    """With the contact that was given, and whether what it is about can still be read."""
    return complaining.reviewed(services, services.store.complaints.read(number))


@router.post(
    "/{number}/reply",
    summary="答复投诉",
    responses=problems(400, 409, 413, 415),
    dependencies=[allow(Action.REVIEW, System.COMPLAINT)],
)
def reply_to_complaint(
    number: ComplaintPath, asked: ReplyRequest, services: ServicesDep, principal: PrincipalDep
) -> ReviewedComplaint:
    """Answer, and with `take_down` withdraw the record in the same step; an answer is never changed (409)."""
    return complaining.reviewed(services, complaining.answer(services, principal, number, asked))
