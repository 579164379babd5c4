"""Whether the service can answer, and how far its index is."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter, Response

from api.auth import allow
from api.deps import ServicesDep
from models.access import Action, System
from models.errors import StoreUnavailable
from models.terms import Kind, Value

router = APIRouter(tags=["说明"])


class Status(StrEnum):
    """What the service can do; the value is its Chinese name."""

    READY = "就绪"
    BEHIND = "索引落后"
    STARTING = "正在建立索引"
    FAILED = "数据库不可用"


class Health(Value):
    """Where store and index stand."""

    status: Status
    store_revision: int | None
    """None when the database cannot be reached."""
    shelf_revision: int
    lag: int | None
    """Changes that the index has not seen."""
    model: str
    """The encoder."""
    adapter: str
    """Which domain adapter follows it; `none` where there is none."""
    documents: dict[Kind, int]
    failure: str
    """Why the last attempt to catch up failed; empty when it did not."""


@router.get(
    "/health",
    summary="运行状态",
    responses={503: {"model": Health, "description": "尚不能回答问题"}},
    dependencies=[allow(Action.READ, System.SERVICE)],
)
def health(services: ServicesDep, response: Response) -> Health:
    """200 when questions can be answered, 503 when not; a lag alone does not hinder answers."""
    shelf, follower = services.shelf, services.follower
    failure = follower.failure
    try:
        stored = services.store.revision
    except StoreUnavailable as error:
        stored, failure = None, error.message
    lag = None if stored is None else max(stored - shelf.revision, 0)
    status = _status(follower.ready.is_set(), lag)
    response.status_code = 200 if status in (Status.READY, Status.BEHIND) else 503
    return Health(
        status=status,
        store_revision=stored,
        shelf_revision=shelf.revision,
        lag=lag,
        model=shelf.encoder.name,
        adapter=shelf.adapter.name,
        documents={kind: len(shelf[kind]) for kind in Kind},
        failure=failure,
    )


def _status(ready: bool, lag: int | None) -> Status:
    if lag is None:
        return Status.FAILED
    if not ready:
        return Status.STARTING
    return Status.BEHIND if lag else Status.READY
