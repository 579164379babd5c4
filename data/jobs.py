"""Jobs at rest, and the thread that does them.

A job is claimed for a while: when the process that runs it is killed, the claim runs out and the job is taken up
again, here or elsewhere. So a job may run twice, and every handler is written for that.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Connection, and_, delete, func, select, update

from data.audit import enter
from data.tables import jobs, utc
from models.audit import Action, Deed, canonical
from models.errors import Conflict, NotFound
from models.jobs import Job, JobState

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""How long a claim holds: longer than any handler takes."""
ATTEMPTS = 5
"""How often a job is begun before it counts as failed: with the pauses between them about three quarters of an hour."""
KEPT = timedelta(days=90)
"""How long one reads of jobs that are done."""
_PAUSE, _LONGEST = timedelta(seconds=30), timedelta(hours=1)
_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]


class Jobs:
    """The jobs of one store. The counter's row is locked by every change: no two workers claim the same job."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def add(self, kind: str, key: str, payload: Mapping[str, Any] | None = None, *, at: datetime | None = None) -> bool:
        """Have it done, at once or from `at` on; False when the kind has a job with that key already."""
        known = select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.key == key)
        with self._reading() as connection:  # most are asked for again and again, and reading locks nobody out
            if connection.execute(known).first():
                return False
        now = self._now()
        with self._writing() as (connection, _):
            if connection.execute(known).first():
                return False
            connection.execute(
                jobs.insert().values(
                    kind=kind,
                    key=key,
                    payload=canonical(dict(payload or {})),
                    state=JobState.QUEUED.value,
                    attempts=0,
                    next_at=at or now,
                    holder=None,
                    last_error="",
                    created=now,
                    changed=now,
                )
            )
        return True

    def claim(self, kinds: Sequence[str]) -> Job | None:
        """The job that has been due longest, now held by the caller; None when none is due.

        One that was begun too often without an end counts as failed: it may be what kills its process.
        """
        now = self._now()
        due = (
            select(jobs)
            .where(jobs.c.kind.in_(kinds), jobs.c.state.in_(_OPEN), jobs.c.next_at <= now)
            .order_by(jobs.c.next_at, jobs.c.id)
            .limit(1)
        )
        with self._reading() as connection:
            if connection.execute(due).first() is None:
                return None
        with self._writing() as (connection, _):
            while (row := connection.execute(due).mappings().first()) is not None:
                if row["attempts"] >= ATTEMPTS:
                    self._set(connection, row["id"], state=JobState.FAILED, holder=None, last_error="Abandoned")
                    continue
                claimed = {"state": JobState.RUNNING, "holder": str(uuid4()), "attempts": row["attempts"] + 1}
                self._set(connection, row["id"], **claimed, next_at=now + LEASE)
                return _job({**row, **claimed, "next_at": now + LEASE, "changed": now})
        return None

    def finish(self, job: Job) -> None:
        """It is done. Means nothing when the claim has run out and somebody else took it up."""
        with self._writing() as (connection, _):
            if _is_held(connection, job):
                self._set(connection, job.id, state=JobState.DONE, holder=None, last_error="")

    def fail(self, job: Job, error: Exception) -> None:
        """Try again after a pause that grows, until it was tried often enough. Only the error's class is kept."""
        pause = min(_PAUSE * 4 ** (job.attempts - 1), _LONGEST)
        state = JobState.FAILED if job.attempts >= ATTEMPTS else JobState.QUEUED
        with self._writing() as (connection, _):
            if _is_held(connection, job):
                self._set(
                    connection,
                    job.id,
                    state=state,
                    holder=None,
                    next_at=self._now() + pause,
                    last_error=type(error).__name__[:100],
                )

    def retry(self, id: int) -> None:
        """Do a failed job again from the start. Raises NotFound, or Conflict for one that has not failed."""
        with self._writing() as (connection, _):
            row = connection.execute(select(jobs).where(jobs.c.id == id)).mappings().one_or_none()
            if row is None:
                raise NotFound(f"没有编号为 {id} 的任务")
            if row["state"] != JobState.FAILED:
                raise Conflict(
                    f"任务 {id}（{row['kind']}）的状态是“{JobState(row['state']).label}”，只有失败的可以重试"
                )
            self._set(connection, id, state=JobState.QUEUED, attempts=0, next_at=self._now())
            enter(connection, self._now(), [Deed(Action.RETRIED, f"job/{id}")])

    def page(self, *, state: JobState | None = None, limit: int = 100) -> list[Job]:
        """Jobs, newest first."""
        query = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(jobs.c.state == state.value)
        with self._reading() as connection:
            return [_job(dict(row)) for row in connection.execute(query).mappings()]

    def count(self) -> dict[JobState, int]:
        """How many there are in each state, none included."""
        with self._reading() as connection:
            rows = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
            found = {JobState(state): int(count) for state, count in rows}
        return {state: found.get(state, 0) for state in JobState}

    def forget(self) -> None:
        """Drop those that were done long ago; failed ones stay until somebody has looked at them."""
        with self._writing() as (connection, _):
            old = and_(jobs.c.state == JobState.DONE.value, jobs.c.changed < self._now() - KEPT)
            connection.execute(delete(jobs).where(old))

    def _set(self, connection: Connection, id: int, **values: Any) -> None:
        connection.execute(update(jobs).where(jobs.c.id == id).values(**values, changed=self._now()))


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job and how it is done."""

    kind: str
    run: Callable[[Mapping[str, Any]], None]
    """Takes the payload. Running it again, or after it was cut off anywhere, must do no harm."""
    daily: bool = False
    """Whether there is one every day; a day on which the service did not run is left out."""


class Worker:
    """A thread that adds the daily jobs and does whatever is due, until it is stopped."""

    def __init__(self, jobs: Jobs, tasks: Sequence[Task], *, seconds: float, today: Callable[[], date]) -> None:
        """It looks for work at start and then every `seconds`."""
        self._jobs, self._tasks = jobs, {task.kind: task for task in tasks}
        self._seconds, self._today = seconds, today
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job at hand; one that takes longer than ten seconds is left, and taken up again later."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def work_off(self) -> int:
        """Do everything that is due; how many jobs that were."""
        for task in self._tasks.values():
            if task.daily:
                self._jobs.add(task.kind, self._today().isoformat())
        begun = 0
        while not self._stopping.is_set() and (job := self._jobs.claim(list(self._tasks))) is not None:
            begun += 1
            self._do(job)
        return begun

    def _do(self, job: Job) -> None:
        try:
            self._tasks[job.kind].run(job.payload)
        except Exception as error:  # whatever a handler throws is for the job's row, not for this thread
            log.warning("job failed", job=job.id, kind=job.kind, attempt=job.attempts, error=type(error).__name__)
            self._jobs.fail(job, error)
        else:
            log.info("job done", job=job.id, kind=job.kind, attempt=job.attempts)
            self._jobs.finish(job)

    def _run(self) -> None:
        while True:
            try:
                self.work_off()
            except Exception as error:  # the database is away: the thread outlives that
                log.warning("no jobs can be done", error=type(error).__name__)
            if self._stopping.wait(self._seconds):
                return


def _is_held(connection: Connection, job: Job) -> bool:
    query = select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.holder == job.holder)
    return connection.execute(query).first() is not None


def _job(row: Mapping[str, Any]) -> Job:
    times = {name: utc(row[name]) for name in ("next_at", "created", "changed")}
    return Job(**{**row, **times, "payload": json.loads(row["payload"])})
