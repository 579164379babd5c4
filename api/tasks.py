"""What the service does by itself: one table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from api.livelists import LiveLists
from data.contacts import KEPT
from data.jobs import Task
from data.store import Store
from models.errors import AuditBroken


def tasks(store: Store, lists: LiveLists, *, today: Callable[[], date]) -> tuple[Task, ...]:
    """Every kind of job. A new kind of work is one function and one row."""
    return (
        Task("expire-publications", lambda _: expire_publications(store, today()), daily=True),
        Task("freeze-lists", lambda _: lists.freeze_due(), daily=True),
        Task("verify-audit", lambda _: verify_audit(store), daily=True),
        Task("forget-complaints", lambda _: forget_complaints(store), daily=True),
        Task("forget-notes", lambda _: forget_notes(store), daily=True),
        Task("forget-jobs", lambda _: store.jobs.forget(), daily=True),
    )


def expire_publications(store: Store, today: date) -> None:
    """Take down what is no longer valid; the follower takes it off the shelf."""
    store.publications.expire(today)


def forget_complaints(store: Store) -> None:
    """Drop the words of complaints that were answered long ago; the counts stay."""
    store.complaints.forget()


def forget_notes(store: Store) -> None:
    """Empty what was said between people and enterprises whose contact has long been over."""
    store.contacts.forget(datetime.now(UTC) - KEPT)


def verify_audit(store: Store) -> None:
    """Raises AuditBroken when the audit trail does not fit together: the job then shows as failed to the doctor."""
    verdict = store.audit.verify()
    if not verdict.intact:
        raise AuditBroken(verdict.reason)
