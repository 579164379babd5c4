"""What is on its way to the public: hand in, take back, decide, renew, withdraw; the review queue."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api import publishing
from api.answers import Summary, summary
from api.auth import PrincipalDep, allow
from api.deps import API, Limit, MatcherDep, Offset, ServicesDep
from api.problems import problems
from api.routers.checks import FindingItem, RiskItem, finding_item, risk_item
from matching.fraud import risk
from models.access import Action, System
from models.postings import Posting
from models.publishing import Publication, State, Step, StepTaken
from models.terms import Day, Kind, Text, Value

router = APIRouter(
    prefix=f"{API}/publications", tags=["发布流程"], responses=problems(401, 403, 404, 409, 422, 500, 503)
)

PublicationPath = Annotated[int, Path(ge=1, le=2**53, description="发布编号")]
States = Annotated[list[State], Query(max_length=10, description="只看这些状态；不写则全部")]
Kinds = Annotated[list[Kind], Query(max_length=20, description="只看这些种类；不写则全部")]
_ALLOWED = [allow(Action.READ, System.PUBLICATION)]


class Publications(Value):
    """Some publications."""

    items: tuple[Publication, ...]
    total: int
    offset: int
    limit: int


class PublicationDetail(Value):
    """A publication with what it holds, what it went through, and what a reviewer should know."""

    publication: Publication
    record: dict[str, Any]
    steps: tuple[StepTaken, ...]
    findings: tuple[FindingItem, ...]
    """What the law has against it, blocking findings first; hints, not legal advice."""
    risk: RiskItem | None
    """For reviewers, how suspicious a posting is."""
    alike: tuple[Summary, ...]
    """Live records of the same publisher under the same name."""
    possible: tuple[Step, ...]
    """What you may do with it now."""


class Until(Value):
    """The last day of validity; without one the longest that the kind allows."""

    until: Day | None = None


class Why(Value):
    """A reason."""

    reason: Annotated[Text, Field(max_length=2_000)] = ""


@router.get("", summary="本方的发布", dependencies=_ALLOWED)
def read_publications(
    services: ServicesDep,
    principal: PrincipalDep,
    state: States = [],  # noqa: B006
    kind: Kinds = [],  # noqa: B006
    offset: Offset = 0,
    limit: Limit = 20,
) -> Publications:
    """Your own and your organisation's, last changed first."""
    items, total = services.store.publications.search(
        states=state,
        kinds=kind,
        account=principal.account,
        organisation=publishing.speaks_for(principal),
        offset=offset,
        limit=limit,
    )
    return Publications(items=tuple(items), total=total, offset=offset, limit=limit)


@router.get("/queue", summary="待审核的发布", dependencies=_ALLOWED)
def read_queue(
    services: ServicesDep,
    principal: PrincipalDep,
    offset: Offset = 0,
    limit: Limit = 20,
) -> Publications:
    """What waits for your decision, whoever has waited longest first."""
    waiting = publishing.queue(services, principal)
    return Publications(items=tuple(waiting[offset : offset + limit]), total=len(waiting), offset=offset, limit=limit)


@router.get("/{publication}", summary="一个发布的内容与经过", dependencies=_ALLOWED)
def read_publication(
    publication: PublicationPath, services: ServicesDep, principal: PrincipalDep, matcher: MatcherDep
) -> PublicationDetail:
    """What it holds, what it went through, possible duplicates, and what you may do with it."""
    found = publishing.seen(services, principal, publication)
    record = services.store.publications.record(publication)
    unlawful = publishing.unlawful(services, record)
    suspected = isinstance(record, Posting) and publishing.decides(services, principal, found)
    return PublicationDetail(
        publication=found,
        record=publishing.shown(services, principal, found, record).model_dump(mode="json", exclude_defaults=True),
        steps=tuple(services.store.publications.steps(publication)),
        findings=tuple(map(finding_item, unlawful)),
        risk=risk_item(risk(record, unlawful)) if suspected and isinstance(record, Posting) else None,
        alike=tuple(map(summary, publishing.alike(services, record, but=found.record_id))),
        possible=publishing.possible(services, principal, found),
    )


@router.post("/{publication}/submit", summary="提交审核", dependencies=_ALLOWED, responses=problems(400, 413, 415))
def submit_publication(
    publication: PublicationPath, wanted: Until, services: ServicesDep, principal: PrincipalDep
) -> Publication:
    """Hand it in; nothing is published without a review by somebody else."""
    return publishing.submit(services, principal, publication, until=wanted.until)


@router.post("/{publication}/recall", summary="收回修改", dependencies=_ALLOWED)
def recall_publication(publication: PublicationPath, services: ServicesDep, principal: PrincipalDep) -> Publication:
    """Take it back from the queue."""
    return publishing.recall(services, principal, publication)


@router.post("/{publication}/approve", summary="通过并发布", dependencies=_ALLOWED)
def approve_publication(publication: PublicationPath, services: ServicesDep, principal: PrincipalDep) -> Publication:
    """Publish: when this is answered the record is stored for good and can be found."""
    return publishing.approve(services, principal, publication)


@router.post("/{publication}/reject", summary="退回", dependencies=_ALLOWED, responses=problems(400, 413, 415))
def reject_publication(
    publication: PublicationPath, why: Why, services: ServicesDep, principal: PrincipalDep
) -> Publication:
    """Send it back; the reason is owed."""
    return publishing.reject(services, principal, publication, why.reason)


@router.post("/{publication}/withdraw", summary="撤回发布", dependencies=_ALLOWED, responses=problems(400, 413, 415))
def withdraw_publication(
    publication: PublicationPath, why: Why, services: ServicesDep, principal: PrincipalDep
) -> Publication:
    """Give up a draft, or take down what is live; its history stays."""
    return publishing.withdraw(services, principal, publication, why.reason)


@router.post("/{publication}/renew", summary="延长有效期", dependencies=_ALLOWED, responses=problems(400, 413, 415))
def renew_publication(
    publication: PublicationPath, wanted: Until, services: ServicesDep, principal: PrincipalDep
) -> Publication:
    """Let it be valid for longer; what had expired is live again."""
    return publishing.renew(services, principal, publication, until=wanted.until)
