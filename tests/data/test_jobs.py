"""Jobs: done once or again, never lost, and never by two at a time."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.jobs import ATTEMPTS, KEPT, LEASE, Jobs, Task, Worker
from data.store import Store
from models.errors import Conflict, NotFound, StoreUnavailable
from models.jobs import JobState

MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)
KINDS = ["freeze"]


class Clock:
    """A time that passes when told to."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(store: Store, clock: Clock) -> Jobs:
    store._now = clock
    return store.jobs


def worker(jobs: Jobs, *tasks: Task) -> Worker:
    return Worker(jobs, tasks, seconds=3600, today=lambda: date(2026, 9, 1))


def test_a_job_is_done_with_its_payload(jobs: Jobs) -> None:
    done: list[Mapping[str, Any]] = []
    jobs.add("freeze", "2026-08", {"month": "2026-08", "lists": [1, 2]})
    assert worker(jobs, Task("freeze", done.append)).work_off() == 1
    assert done == [{"month": "2026-08", "lists": [1, 2]}]
    [job] = jobs.page()
    assert (job.state, job.attempts, job.last_error, job.holder) == (JobState.DONE, 1, "", None)


def test_a_job_is_added_once_for_each_key(jobs: Jobs) -> None:
    assert jobs.add("freeze", "2026-08")
    assert not jobs.add("freeze", "2026-08")
    assert jobs.add("freeze", "2026-09")
    assert jobs.add("remind", "2026-08")
    assert len(jobs.page()) == 3


def test_many_may_add_the_same_job_at_once(jobs: Jobs) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: jobs.add("freeze", "2026-08"), range(24)))
    assert added.count(True) == 1


def test_a_job_waits_for_its_time(jobs: Jobs, clock: Clock) -> None:
    jobs.add("freeze", "2026-09", at=MORNING + timedelta(days=1))
    assert jobs.claim(KINDS) is None
    clock.pass_(timedelta(days=1))
    assert jobs.claim(KINDS) is not None


def test_jobs_of_unknown_kinds_are_left_alone(jobs: Jobs) -> None:
    jobs.add("made by a later version", "1")
    assert worker(jobs, Task("freeze", print)).work_off() == 0
    assert jobs.count()[JobState.QUEUED] == 1


def test_two_workers_never_hold_the_same_job(jobs: Jobs) -> None:
    for n in range(20):
        jobs.add("freeze", str(n))
    with ThreadPoolExecutor(8) as pool:
        claimed = [job.id for job in pool.map(lambda _: jobs.claim(KINDS), range(24)) if job]
    assert sorted(claimed) == list(range(1, 21))


def test_a_killed_workers_job_is_taken_up_again(jobs: Jobs, clock: Clock) -> None:
    jobs.add("freeze", "2026-08")
    lost = jobs.claim(KINDS)
    assert lost is not None
    assert jobs.claim(KINDS) is None, "while the claim holds"
    clock.pass_(LEASE)
    again = jobs.claim(KINDS)
    assert again is not None
    assert (again.id, again.attempts) == (lost.id, 2)
    jobs.finish(lost)
    jobs.fail(lost, ValueError())
    assert jobs.page()[0].state is JobState.RUNNING, "who lost the claim has no say any more"
    jobs.finish(again)
    assert jobs.page()[0].state is JobState.DONE


def test_a_job_that_kills_every_worker_is_given_up(jobs: Jobs, clock: Clock) -> None:
    jobs.add("freeze", "2026-08")
    for _ in range(ATTEMPTS):
        assert jobs.claim(KINDS)
        clock.pass_(LEASE)
    jobs.add("freeze", "2026-09")
    claimed = jobs.claim(KINDS)
    assert claimed is not None
    assert claimed.key == "2026-09"
    [given_up] = jobs.page(state=JobState.FAILED)
    assert (given_up.key, given_up.last_error) == ("2026-08", "Abandoned")


def test_a_failing_job_is_tried_again_after_growing_pauses_and_then_failed(jobs: Jobs, clock: Clock) -> None:
    def refuse(_: Mapping[str, Any]) -> None:
        raise StoreUnavailable("沈知秋的记录读不出来")

    jobs.add("freeze", "2026-08")
    unlucky = worker(jobs, Task("freeze", refuse))
    pauses = []
    while unlucky.work_off():
        [job] = jobs.page()
        pauses.append(job.next_at - clock.now)
        clock.now = job.next_at
    assert (job.state, job.attempts, job.last_error) == (JobState.FAILED, ATTEMPTS, "StoreUnavailable")
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert pauses == sorted(pauses)


def test_a_failed_job_can_be_done_again_from_the_start(store: Store, jobs: Jobs, clock: Clock) -> None:
    healthy = False

    def sometimes(_: Mapping[str, Any]) -> None:
        if not healthy:
            raise ValueError

    jobs.add("freeze", "2026-08")
    work = worker(jobs, Task("freeze", sometimes))
    for _ in range(ATTEMPTS):
        work.work_off()
        clock.pass_(timedelta(hours=1))
    healthy = True
    assert work.work_off() == 0
    jobs.retry(1)
    assert work.work_off() == 1
    assert jobs.page()[0].state is JobState.DONE
    [entry], _ = store.audit.page(subject="job/1")
    assert entry.action == "retried"


def test_only_failed_jobs_can_be_retried(jobs: Jobs) -> None:
    jobs.add("freeze", "2026-08")
    with pytest.raises(Conflict, match=r"任务 1（freeze）的状态是“等待”，只有失败的可以重试"):
        jobs.retry(1)
    with pytest.raises(NotFound, match="没有编号为 9 的任务"):
        jobs.retry(9)


def test_there_is_one_daily_job_each_day(jobs: Jobs) -> None:
    days = iter([date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 3)])
    work = Worker(jobs, [Task("freeze", lambda _: None, daily=True)], seconds=3600, today=lambda: next(days))
    assert [work.work_off() for _ in range(3)] == [1, 0, 1]
    assert [job.key for job in jobs.page()] == ["2026-09-03", "2026-09-01"]


def test_what_was_done_long_ago_is_forgotten_and_what_failed_is_not(jobs: Jobs, clock: Clock) -> None:
    for key in ("done", "failed", "waiting"):
        jobs.add("freeze", key, at=MORNING + timedelta(days=999 * (key == "waiting")))

    def run(payload: Mapping[str, Any]) -> None:
        if jobs.page(state=JobState.RUNNING)[0].key == "failed":
            raise ValueError

    work = worker(jobs, Task("freeze", run))
    for _ in range(ATTEMPTS):
        work.work_off()
        clock.pass_(timedelta(hours=1))
    clock.pass_(KEPT + timedelta(days=1))
    jobs.forget()
    assert [job.key for job in jobs.page()] == ["waiting", "failed"]


def test_a_worker_stops_after_the_job_at_hand(jobs: Jobs) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Mapping[str, Any]) -> None:
        begun.set()
        go_on.wait(30)

    jobs.add("freeze", "1")
    jobs.add("freeze", "2")
    work = worker(jobs, Task("freeze", slow))
    work.start()
    assert begun.wait(30)
    stopping = threading.Thread(target=work.stop)
    stopping.start()
    go_on.set()
    stopping.join(30)
    assert {job.key: job.state for job in jobs.page()} == {"1": JobState.DONE, "2": JobState.QUEUED}
