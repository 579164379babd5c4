"""Publish, draft, read, list, change and withdraw records: the same eight endpoints for every kind."""

# No deferred annotations: the endpoints' types are filled in for each kind.

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from api import publishing
from api.answers import (
    SHAPES,
    Entry,
    Page,
    PastVersion,
    Receipt,
    Withdrawal,
    entry,
    heading,
    past_versions,
    public,
    with_masked,
)
from api.auth import PrincipalDep, allow, visible
from api.deps import API, Limit, MatcherDep, Offset, RecordIdPath, ServicesDep
from api.problems import problems
from data.store import Outcome, Saved
from indexing import sync
from models.access import Action
from models.publishing import Publication
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
    Kind.PLAN: "plans",
    Kind.NOTICE: "notices",
}
"""Each kind's name in paths."""

DraftPath = Annotated[int, Path(ge=1, le=2**53, description="发布编号")]
Replaces = Annotated[int | None, Query(ge=1, le=2**53, description="要更新的记录编号")]
Filter = Annotated[str, Query(max_length=100, description="名称或单位中含有的文字")]


def routers() -> list[APIRouter]:
    """One router for each kind."""
    return [_router(kind, plural) for kind, plural in PLURALS.items()]


def _router(kind: Kind, plural: str) -> APIRouter:
    router = APIRouter(prefix=f"{API}/{plural}", tags=[kind.label], responses=problems(422, 500, 503))
    shape: Any = SHAPES[kind]

    @router.get(
        "",
        response_model=_of(Page, shape),
        operation_id=f"list_{plural}",
        summary=f"{kind.label}列表",
        dependencies=[allow(Action.READ, kind)],
        responses=problems(401, 403),
    )
    def records(
        services: ServicesDep,
        principal: PrincipalDep,
        matcher: MatcherDep,
        offset: Offset = 0,
        limit: Limit = 20,
        q: Filter = "",
    ) -> dict[str, object]:
        """Those that you may read, newest first; `q` keeps those whose name or organisation holds the text."""
        wanted, is_visible = fold(q.strip()), visible(services, principal)
        documents = [
            document
            for document in list(matcher.shelf[kind].documents.values())
            if wanted in fold(heading(document)) and is_visible(document)
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
        dependencies=[allow(Action.READ, kind)],
        responses=problems(401, 403, 404, 410),
    )
    def read(id: RecordIdPath, services: ServicesDep) -> dict[str, object]:
        """The record as it stands."""
        stored = services.store.load(kind, id)
        return {"id": stored.id, "revision": stored.revision, "record": public(stored.record)}

    def update(id: RecordIdPath, record: Record, services: ServicesDep) -> Receipt:
        """Put the record in place of what the id holds; what nobody is shown stays unless it is sent."""
        stored = services.store.load(kind, id)
        saved = sync.publish(services.store, services.shelf, with_masked(record, stored.record), id=id)
        return _receipt(saved)

    @router.delete(
        "/{id}",
        operation_id=f"withdraw_{kind}",
        summary=f"撤回{kind.label}",
        dependencies=[allow(Action.WITHDRAW, kind)],
        responses=problems(401, 403, 404, 410),
    )
    def withdraw(id: RecordIdPath, services: ServicesDep) -> Withdrawal:
        """Take the record out of every list, search and match; its history stays."""
        services.store.load(kind, id)
        return Withdrawal(id=id, revision=sync.withdraw(services.store, services.shelf, id))

    @router.get(
        "/{id}/history",
        response_model=_of(list, _of(PastVersion, shape)),
        operation_id=f"read_{kind}_history",
        summary=f"{kind.label}的历史版本",
        dependencies=[allow(Action.HISTORY, kind)],
        responses=problems(401, 403, 404),
    )
    def history(id: RecordIdPath, services: ServicesDep) -> list[dict[str, object]]:
        """Every state that the record had, oldest first."""
        return past_versions(kind, id, services.store.history(id))

    def draft(record: Record, services: ServicesDep, principal: PrincipalDep, replaces: Replaces = None) -> Publication:
        """A draft of your own, or of what is to take the place of one of your records; nobody sees it yet."""
        return publishing.draft(services, principal, record, replaces=replaces)

    def redraft(draft: DraftPath, record: Record, services: ServicesDep, principal: PrincipalDep) -> Publication:
        """Change a draft, or what was sent back."""
        return publishing.edit(services, principal, draft, record)

    for endpoint in (publish, update, draft, redraft):
        endpoint.__annotations__["record"] = RECORDS[kind]
    router.post(
        "",
        status_code=201,
        operation_id=f"publish_{kind}",
        summary=f"发布{kind.label}",
        dependencies=[allow(Action.PUBLISH, kind)],
        responses={
            200: {"model": Receipt, "description": "更新了同一来源的记录"},
            **problems(400, 401, 403, 409, 413, 415),
        },
    )(publish)
    router.put(
        "/{id}",
        operation_id=f"update_{kind}",
        summary=f"修改{kind.label}",
        dependencies=[allow(Action.PUBLISH, kind)],
        responses=problems(400, 401, 403, 404, 409, 410, 413, 415),
    )(update)
    router.post(
        "/drafts",
        status_code=201,
        operation_id=f"draft_{kind}",
        summary=f"起草{kind.label}",
        dependencies=[allow(Action.PROPOSE, kind)],
        responses=problems(400, 401, 403, 404, 409, 413, 415),
    )(draft)
    router.put(
        "/drafts/{draft}",
        operation_id=f"redraft_{kind}",
        summary=f"修改{kind.label}草稿",
        dependencies=[allow(Action.PROPOSE, kind)],
        responses=problems(400, 401, 403, 404, 409, 413, 415),
    )(redraft)
    return router


def _receipt(saved: Saved) -> Receipt:
    return Receipt(id=saved.id, revision=saved.revision, outcome=saved.outcome, masked=dict(saved.masked))


def _of(generic: Any, shape: Any) -> Any:
    """The generic with a type that is only known now, which no checker can follow."""
    return generic[shape]
