"""What came of matches: report it, and read what concerns a record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from api.auth import PrincipalDep, allow
from api.deps import API, Limit, Offset, RecordIdPath, ServicesDep
from api.problems import problems
from models.access import Action, Role, System
from models.errors import Forbidden
from models.outcomes import Event, Side
from models.terms import Kind, Value

router = APIRouter(prefix=API, tags=["结果反馈"], responses=problems(401, 403, 404, 422, 500, 503))

OtherTalent = Annotated[int | None, Query(ge=1, le=2**53, description="只看与这名人才的往来")]
OtherPosting = Annotated[int | None, Query(ge=1, le=2**53, description="只看与这个岗位的往来")]


def _some(events: tuple[Event, ...]) -> tuple[Event, ...]:
    if not events:
        raise ValueError("至少要有一个事件")
    return events


class EventBatch(Value):
    """Events to be stored together: all, or on an error none."""

    # Not min_length: pydantic would complain of it beside every event that is wrong.
    events: Annotated[tuple[Event, ...], Field(max_length=1_000), AfterValidator(_some)]


class EventReceipt(Value):
    """How many were new, and how many were known already or are of people who do not want it noted."""

    stored: int
    known: int


class EventPage(Value):
    """Some of a record's events, oldest first."""

    items: tuple[Event, ...]
    total: int
    offset: int
    limit: int


@router.post(
    "/events",
    summary="报告匹配的结果",
    responses=problems(400, 409, 413, 415),
    dependencies=[allow(Action.REPORT, System.EVENT)],
)
def report_events(batch: EventBatch, services: ServicesDep, principal: PrincipalDep) -> EventReceipt:
    """Store what was shown, opened, saved, applied for, accepted and so on; sending it again changes nothing.

    Ids are given by the client (UUID). The items of one list carry the same time. Only ids are kept. Each event is
    reported by the side that acted: the person, the person's school, or the enterprise that published the posting.
    """
    for event in batch.events:
        side = event.side
        acted = services.recorded(side.kind, event.posting if side is Side.POSTING else event.talent)
        if Role.ADMINISTRATOR not in principal.roles and not principal.owns(side.kind, acted.id, acted.record):
            raise Forbidden(f"{side.kind.label} {acted.id} 不是本方的，不能替{side.label}报告“{event.act.label}”")
    stored = services.store.events.append(batch.events)
    return EventReceipt(stored=stored, known=len(batch.events) - stored)


@router.get(
    "/postings/{id}/events",
    summary="岗位的结果记录",
    responses=problems(410),
    dependencies=[allow(Action.HISTORY, Kind.POSTING)],
)
def events_of_posting(
    id: RecordIdPath, services: ServicesDep, talent: OtherTalent = None, offset: Offset = 0, limit: Limit = 20
) -> EventPage:
    """What the enterprise did and what talents let it know, oldest first; not what talents only looked at."""
    return _page(services, Side.POSTING, id, talent, offset, limit)


@router.get(
    "/talents/{id}/events",
    summary="人才的结果记录",
    responses=problems(410),
    dependencies=[allow(Action.HISTORY, Kind.TALENT)],
)
def events_of_talent(
    id: RecordIdPath, services: ServicesDep, posting: OtherPosting = None, offset: Offset = 0, limit: Limit = 20
) -> EventPage:
    """What the person did and what enterprises let them know, oldest first; not what enterprises only looked at."""
    return _page(services, Side.TALENT, id, posting, offset, limit)


def _page(services: ServicesDep, side: Side, id: int, other: int | None, offset: int, limit: int) -> EventPage:
    services.store.load(side.kind, id)
    items, total = services.store.events.seen_by(side, id, other=other, offset=offset, limit=limit)
    return EventPage(items=tuple(items), total=total, offset=offset, limit=limit)
