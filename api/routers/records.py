"""Publish, read, list, change and withdraw records: the same six endpoints for every kind."""

# No deferred annotations: the endpoints' types are filled in for each kind.

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.answers import (
    SHAPES,
    Entry,
    Page,
    PastVersion,
    Receipt,
    Withdrawal,
    entry,
    heading,
    is_open,
    past_versions,
    public,
    with_masked,
)
from api.deps import API, Limit, MatcherDep, Offset, RecordIdPath, ServicesDep
from api.problems import problems
from data.store import Outcome, Saved
from indexing import sync
from models.errors import NotFound
from models.records import RECORDS
from models.terms import Kind, Record
from models.text import fold

PLURALS = {
    Kind.POSTING: "postings",
    Kind.TALENT: "talents",
    Kind.COURSE: "courses",
    Kind.NEED: "needs",
    Kind.OFFER: "offers",
    Kind.POLICY: "policies",
    Kind.ORGANISATION: "organisations",
    Kind.PROGRAMME: "programmes",
}
"""Each kind's name in paths."""

Filter = Annotated[str, Query(max_length=100, description="名称或单位中含有的文字")]


def routers() -> list[APIRouter]:
    """One router for each kind."""
    return [_router(kind, plural) for kind, plural in PLURALS.items()]


def _router(kind: Kind, plural: str) -> APIRouter:
    router = APIRouter(prefix=f"{API}/{plural}", tags=[kind.label], responses=problems(422, 500, 503))
    shape: Any = SHAPES[kind]

    @router.get("", response_model=_of(Page, shape), operation_id=f"list_{plural}", summary=f"{kind.label}列表")
    def records(matcher: MatcherDep, offset: Offset = 0, limit: Limit = 20, q: Filter = "") -> dict[str, object]:
        """Newest first; `q` keeps those whose name or organisation holds the text."""
        wanted = fold(q.strip())
        documents = [
            document
            for document in list(matcher.shelf[kind].documents.values())
            if is_open(document.record) and wanted in fold(heading(document))
        ]
        documents.sort(key=lambda document: -document.revision)
        items = [entry(document) for document in documents[offset : offset + limit]]
        return {"items": items, "total": len(documents), "offset": offset, "limit": limit}

    def publish(record: Record, services: ServicesDep, response: Response) -> Receipt:
        """Store the record and make it findable; one whose source is known already updates that record (200)."""
        saved = sync.publish(services.store, services.shelf, record)
        response.status_code = 201 if saved.outcome is Outcome.CREATED else 200
        response.headers["location"] = f"{API}/{plural}/{saved.id}"
        return _receipt(saved)

    @router.get(
        "/{id}",
        response_model=_of(Entry, shape),
        operation_id=f"read_{kind}",
        summary=f"读取{kind.label}",
        responses=problems(404, 410),
    )
    def read(id: RecordIdPath, services: ServicesDep) -> dict[str, object]:
        """The record as it stands."""
        stored = services.store.load(kind, id)
        if not is_open(stored.record):
            raise NotFound(f"没有编号为 {id} 的{kind.label}")
        return {"id": stored.id, "revision": stored.revision, "record": public(stored.record)}

    def update(id: RecordIdPath, record: Record, services: ServicesDep) -> Receipt:
        """Put the record in place of what the id holds; what nobody is shown stays unless it is sent."""
        stored = services.store.load(kind, id)
        saved = sync.publish(services.store, services.shelf, with_masked(record, stored.record), id=id)
        return _receipt(saved)

    @router.delete("/{id}", operation_id=f"withdraw_{kind}", summary=f"撤回{kind.label}", responses=problems(404, 410))
    def withdraw(id: RecordIdPath, services: ServicesDep) -> Withdrawal:
        """Take the record out of every list, search and match; its history stays."""
        services.store.load(kind, id)
        return Withdrawal(id=id, revision=sync.withdraw(services.store, services.shelf, id))

    @router.get(
        "/{id}/history",
        response_model=_of(list, _of(PastVersion, shape)),
        operation_id=f"read_{kind}_history",
        summary=f"{kind.label}的历史版本",
        responses=problems(404),
    )
    def history(id: RecordIdPath, services: ServicesDep) -> list[dict[str, object]]:
        """Every state that the record had, oldest first."""
        return past_versions(kind, id, services.store.history(id))

    for endpoint in (publish, update):
        endpoint.__annotations__["record"] = RECORDS[kind]
    router.post(
        "",
        status_code=201,
        operation_id=f"publish_{kind}",
        summary=f"发布{kind.label}",
        responses={200: {"model": Receipt, "description": "更新了同一来源的记录"}, **problems(400, 409, 413, 415)},
    )(publish)
    router.put(
        "/{id}",
        operation_id=f"update_{kind}",
        summary=f"修改{kind.label}",
        responses=problems(400, 404, 409, 410, 413, 415),
    )(update)
    return router


def _receipt(saved: Saved) -> Receipt:
    return Receipt(id=saved.id, revision=saved.revision, outcome=saved.outcome, masked=dict(saved.masked))


def _of(generic: Any, shape: Any) -> Any:
    """The generic with a type that is only known now, which no checker can follow."""
    return generic[shape]
