"""An acknowledged write is never lost: the service is killed again and again while clients publish, change and withdraw.

`kill -9` spares nothing the process holds; what a power cut would take from the disk's own cache is not tried here.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from api.livelists import LiveLists
from api.tasks import tasks
from data.jobs import LEASE, Worker
from data.store import Store
from data.tables import audit
from models.jobs import JobState
from models.postings import Posting
from models.terms import Kind
from tests.api.conftest import body_of, header_for
from tests.builders import a_posting
from tests.conftest import drop_everything

ROUNDS = 100
WRITERS = 4

pytestmark = pytest.mark.xdist_group("crash")


@dataclass(frozen=True)
class Acknowledged:
    """A write that a client was told is stored; without a title it is a withdrawal."""

    id: int
    revision: int
    title: str | None


@dataclass
class Clients:
    """What several clients did and were told, over all rounds."""

    headers: dict[str, str]
    """Of the administrator that they act for."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    cut_off: int = 0
    """Requests without an answer: their writes may be stored or not."""
    unexpected: list[str] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)


def connect(port: int, headers: dict[str, str] | None = None) -> httpx2.Client:
    """How a client speaks to the service."""
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, headers=headers)


def write(port: int, clients: Clients, dice: random.Random) -> None:
    """Publish, change and withdraw own postings until the service is gone."""
    own: list[int] = []
    with connect(port, clients.headers) as client:
        while True:
            title: str | None = f"电工 {dice.getrandbits(48):x}"
            body = body_of(a_posting(title=title, description="设备维修，会PLC编程"))
            chosen = dice.random()
            try:
                if own and chosen < 0.15:
                    title, answer = None, client.delete(f"/api/v1/postings/{own.pop()}")
                elif own and chosen < 0.4:
                    answer = client.put(f"/api/v1/postings/{dice.choice(own)}", json=body)
                else:
                    answer = client.post("/api/v1/postings", json=body)
            except httpx2.TransportError:
                clients.cut_off += 1
                return
            with clients.heard:
                if answer.is_success:
                    told = answer.json()
                    clients.acknowledged.append(Acknowledged(told["id"], told["revision"], title))
                    own += [told["id"]] if answer.status_code == 201 else []
                else:
                    clients.unexpected.append(f"{answer.status_code} {answer.text}")
                clients.heard.notify_all()


class Services:
    """Services that are born and killed over one database."""

    def __init__(self, var: Path, url: str) -> None:
        command = [sys.executable, "-m", "tests.crashing", str(var), *([url] if url else [])]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._forks = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.pid = self.port = 0

    def start(self) -> None:
        assert self._forks.stdin
        assert self._forks.stdout
        print(file=self._forks.stdin, flush=True)
        born = json.loads(self._forks.stdout.readline())
        self.pid, self.port = born["pid"], born["port"]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self._forks.communicate(timeout=30)


@contextmanager
def services_over(var: Path, url: str) -> Iterator[Services]:
    services = Services(var, url)
    try:
        yield services
    finally:
        services.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_no_acknowledged_write_is_lost_when_the_service_is_killed_a_hundred_times(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url = ""
    if engine == "postgres":
        url = request.getfixturevalue("postgres_url")
        drop_everything(url)
    with Store(url or f"sqlite:///{tmp_path / 'chanjiao.db'}") as store:
        store.migrate()
        dice, clients = random.Random(2026), Clients(header_for(store))
        of_accounts = store.audit.head()[0]
    with services_over(tmp_path, url) as services:
        for number in range(ROUNDS):
            services.start()
            live(services, clients, dice, settled=number % 10 == 5)
        services.start()
        caught_up = health(services.port, lag=0)
        services.kill()
    assert clients.unexpected == []
    assert len(clients.acknowledged) >= ROUNDS
    with Store(url or f"sqlite:///{tmp_path / 'chanjiao.db'}") as store:
        assert lost(store, clients.acknowledged) == []
        assert caught_up["store_revision"] == caught_up["shelf_revision"] == store.revision
        assert caught_up["documents"]["posting"] == store.count(Kind.POSTING)
        verdict = store.audit.verify()
        assert (verdict.intact, verdict.entries) == (True, store.revision + of_accounts)
        with store._engine.connect() as connection:
            told = (
                connection.execute(
                    select(audit.c.revision).where(audit.c.revision.is_not(None)).order_by(audit.c.number)
                )
                .scalars()
                .all()
            )
        assert told == list(range(1, store.revision + 1)), "one entry for each write, and none without"
        assert store.revision - len(clients.acknowledged) <= clients.cut_off
        assert every_job_gets_done(store)


def live(services: Services, clients: Clients, dice: random.Random, *, settled: bool) -> None:
    """One service's life: it hears a random number of writes, and dies at a random moment in the midst of more.

    Most die while they still read the index; a settled one has built it and saved a snapshot before.
    """
    writers = [
        threading.Thread(target=write, args=(services.port, clients, random.Random(dice.random())))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    wanted = len(clients.acknowledged) + dice.choice((0, 1, 3, 10))
    with clients.heard:
        clients.heard.wait_for(lambda: len(clients.acknowledged) >= wanted, timeout=60)
    if settled:
        health(services.port)
    time.sleep(dice.uniform(0, 0.03))
    services.kill()
    for writer in writers:
        writer.join(60)


def lost(store: Store, acknowledged: list[Acknowledged]) -> list[Acknowledged]:
    """Those of which the store knows nothing, or something else."""
    known: dict[tuple[int, int], str | None] = {}
    for id in {one.id for one in acknowledged}:
        for version in store.history(id):
            record = version.record
            known[id, version.revision] = record.title if isinstance(record, Posting) else None
    missing = object()
    return [one for one in acknowledged if known.get((one.id, one.revision), missing) != one.title]


def every_job_gets_done(store: Store) -> bool:
    """Whether what was cut off is taken up again, once the claims of the dead have run out."""
    store._now = lambda: datetime.now(UTC) + LEASE
    again = [
        replace(task, daily=False) for task in tasks(store, LiveLists(store, today=_today, zone=UTC), today=_today)
    ]
    Worker(store.jobs, again, seconds=3600, today=_today).work_off()
    counts = store.jobs.count()
    return counts[JobState.DONE] == sum(counts.values()) > 0


def _today() -> date:
    return datetime.now(UTC).date()


def health(port: int, *, lag: int | None = None) -> dict[str, Any]:
    """What the service says of itself once it is ready and, if that is wanted, its index lags this far behind."""
    deadline = time.monotonic() + 120
    with connect(port) as client:
        while True:
            answer = client.get("/health")
            found: dict[str, Any] = answer.json()
            if answer.status_code == 200 and lag in (None, found["lag"]):
                return found
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.2)
