"""What the service has to do by itself."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from models.terms import Value


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    JobState.QUEUED: "等待",
    JobState.RUNNING: "进行中",
    JobState.DONE: "完成",
    JobState.FAILED: "失败",
}


class Job(Value):
    """One piece of work (任务); doing it twice leaves the same as doing it once."""

    id: int
    kind: str
    key: str
    """What tells it from others of its kind, such as the day it is for."""
    payload: dict[str, Any]
    """Ids and dates."""
    state: JobState
    attempts: int
    """How often it was begun."""
    next_at: datetime
    """When it is due; for a running one, when whoever holds it counts as dead."""
    holder: str | None
    """Who runs it."""
    last_error: str
    """Class of the last failure; empty when it has not failed."""
    created: datetime
    changed: datetime
