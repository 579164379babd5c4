"""What the service does by itself: one table."""

from __future__ import annotations

from data.jobs import Task
from data.store import Store
from models.errors import AuditBroken


def tasks(store: Store) -> tuple[Task, ...]:
    """Every kind of job. A new kind of work is one function and one row."""
    return (
        Task("verify-audit", lambda _: verify_audit(store), daily=True),
        Task("forget-jobs", lambda _: store.jobs.forget(), daily=True),
    )


def verify_audit(store: Store) -> None:
    """Raises AuditBroken when the audit trail does not fit together: the job then shows as failed to the doctor."""
    verdict = store.audit.verify()
    if not verdict.intact:
        raise AuditBroken(verdict.reason)
