"""The audit trail: what was done, and whether the chain still fits together."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.auth import allow
from api.deps import API, Limit, Offset, ServicesDep
from api.problems import problems
from models.access import Action as Access
from models.access import System
from models.audit import AuditEntry, AuditVerdict
from models.terms import Value

router = APIRouter(prefix=f"{API}/audit", tags=["审计"], responses=problems(401, 403, 422, 500, 503))

_WORD = r"^[^\x00]*$"
Subject = Annotated[
    str | None, Query(max_length=100, pattern=_WORD, description="只看这一条（posting/42）或这一种（posting）")
]
Actor = Annotated[
    str | None, Query(max_length=100, pattern=_WORD, description="只看这个操作者：账号编号、public、cli 或 system")
]
Since = Annotated[AwareDatetime | None, Query(description="只看这一时刻以后（带时区的 ISO 8601）")]
Head = Annotated[
    str | None, Query(pattern="^[0-9a-f]{64}$", description="以前记下的链头；不在链上说明其后有条目被删去")
]


class AuditPage(Value):
    """Some entries of the audit trail, newest first."""

    items: tuple[AuditEntry, ...]
    total: int
    offset: int
    limit: int


@router.get("", operation_id="list_audit_entries", summary="审计记录", dependencies=[allow(Access.READ, System.AUDIT)])
def entries(
    services: ServicesDep,
    subject: Subject = None,
    actor: Actor = None,
    since: Since = None,
    offset: Offset = 0,
    limit: Limit = 20,
) -> AuditPage:
    """Who did what to which subject, newest first: ids and names of fields, never what a record says."""
    items, total = services.store.audit.page(subject=subject, actor=actor, since=since, offset=offset, limit=limit)
    return AuditPage(items=tuple(items), total=total, offset=offset, limit=limit)


@router.get(
    "/verify",
    operation_id="verify_audit_trail",
    summary="核对审计记录",
    dependencies=[allow(Access.READ, System.AUDIT)],
)
def verify(services: ServicesDep, head: Head = None) -> AuditVerdict:
    """Walk the hash chain from its first entry; 40,000 entries take about three seconds.

    The answer's `head`, noted outside the service and sent along next time, proves that nothing up to there was
    changed or cut off.
    """
    return services.store.audit.verify(head=head)
