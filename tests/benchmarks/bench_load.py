"""The service under mixed load: clients that search, ask for matches, publish, change and withdraw, for three minutes.

    python -m tests.benchmarks.bench_load
    python -m tests.benchmarks.bench_load --minutes 1 --clients 4 --encoder hashing

The sample consortium is built once below --var and kept; the server runs in a process of its own on a loopback port.
Prints what each kind of request took and the server's resident memory every half minute; over the last two minutes
that should not grow. Ends with status 1 when any answer was an error.
"""

import argparse
import os
import platform
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from api.settings import Settings
from data.store import Store
from models.terms import Kind
from tests.api.conftest import body_of, header_for
from tests.benchmarks.bench_service import build, serving
from tests.builders import a_posting, a_talent

WORDS = ["电工", "数控车床操作", "养老护理", "跨境电商运营", "会用PLC", "Java开发", "仓库管理员", "新能源汽车检测"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--talents", type=int, default=3_000, help="how many, varied from the sample's")
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--var", type=Path, default=Path("var/bench-load"), help="where the consortium is kept")
    options = parser.parse_args()

    settings = Settings(var=options.var, encoder=options.encoder)
    build(settings, None, options.talents)
    with Store(settings.url) as store:
        ids = {kind: [stored.id for stored in store.documents(kind)] for kind in (Kind.POSTING, Kind.TALENT)}
        headers = header_for(store)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, python {platform.python_version()}"
    )
    print(f"{len(ids[Kind.TALENT]):,} talents, {len(ids[Kind.POSTING]):,} postings, {options.clients} clients\n")
    os.environ["CHANJIAO_ENCODER"] = options.encoder
    server = serving(settings)
    with server as address:
        load = Load(headers, time.monotonic() + options.minutes * 60)
        clients = [
            threading.Thread(target=load.run, args=(address, ids, random.Random(number)))
            for number in range(options.clients)
        ]
        for client in clients:
            client.start()
        sizes = watch(server.process.pid, load.until)
        for client in clients:
            client.join()
        with connect(address) as client:
            health = client.get("/health").json()
    load.tell(options.minutes * 60)
    print("\nresident memory, MB: " + "  ".join(f"{minute:.1f} min {size:,.0f}" for minute, size in sizes))
    print(f"index lag at the end: {health['lag']}")
    with Store(settings.url) as store:
        verdict = store.audit.verify()
    print(f"audit trail: {verdict.entries:,} entries, {'intact' if verdict.intact else verdict.reason}")
    if load.errors:
        print(f"\n{len(load.errors)} errors, the first:\n" + "\n".join(load.errors[:5]))
        sys.exit(1)


def connect(address: str, headers: dict[str, str] | None = None) -> httpx2.Client:
    """How a client speaks to the service."""
    return httpx2.Client(base_url=address, timeout=60, headers=headers)


@dataclass
class Load:
    """What the clients ask until the time is up, and what it took."""

    headers: dict[str, str]
    """Of the administrator that the clients act for."""
    until: float
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds of each answer, by what was asked."""
    errors: list[str] = field(default_factory=list)

    def run(self, address: str, ids: dict[Kind, list[int]], dice: random.Random) -> None:
        """One client: four reads for each write."""
        postings, talents = ids[Kind.POSTING], ids[Kind.TALENT]
        own: list[int] = []
        with connect(address, self.headers) as client:

            def publish() -> httpx2.Response:
                words = dice.sample(WORDS, 3)
                record = a_posting(title=words[0], description="，".join(words) + f"（{dice.getrandbits(32):x}）")
                answer = client.post("/api/v1/postings", json=body_of(record))
                if answer.is_success:
                    own.append(answer.json()["id"])
                return answer

            def change() -> httpx2.Response:
                if not own:
                    return publish()
                record = a_posting(title=dice.choice(WORDS), description=f"改过 {dice.getrandbits(32):x}")
                return client.put(f"/api/v1/postings/{dice.choice(own)}", json=body_of(record))

            def withdraw() -> httpx2.Response:
                # As many as are published, in the long run: the market keeps its size.
                return client.delete(f"/api/v1/postings/{own.pop(0)}") if len(own) > 5 else publish()

            asks: dict[str, tuple[int, Callable[[], httpx2.Response]]] = {
                "talents for a posting": (3, lambda: client.get(f"/api/v1/postings/{dice.choice(postings)}/talents")),
                "postings for a talent": (3, lambda: client.get(f"/api/v1/talents/{dice.choice(talents)}/postings")),
                "search": (4, lambda: client.get("/api/v1/search", params={"q": dice.choice(WORDS)})),
                "list of postings": (2, lambda: client.get("/api/v1/postings", params={"limit": 20})),
                "page of a posting": (2, lambda: client.get(f"/postings/{dice.choice(postings)}")),
                "audit trail": (1, lambda: client.get("/api/v1/audit")),
                "metrics": (1, lambda: client.get("/metrics")),
                "publish a posting": (1, publish),
                "change a posting": (1, change),
                "withdraw a posting": (1, withdraw),
                "publish a talent": (
                    1,
                    lambda: client.post("/api/v1/talents", json=body_of(a_talent(skills=(dice.choice(WORDS),)))),
                ),
            }
            names, weights = list(asks), [weight for weight, _ in asks.values()]
            while time.monotonic() < self.until:
                name = dice.choices(names, weights)[0]
                began = time.perf_counter()
                try:
                    answer = asks[name][1]()
                except httpx2.HTTPError as error:
                    self.errors.append(f"{name}: {error!r}")
                    continue
                self.taken[name].append((time.perf_counter() - began) * 1000)
                if not answer.is_success:
                    self.errors.append(f"{name}: {answer.status_code} {answer.text[:200]}")

    def tell(self, seconds: float) -> None:
        """One line for each kind of request."""
        print(f"{'':24}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}")
        everything = [one for taken in self.taken.values() for one in taken]
        for name, taken in [*sorted(self.taken.items()), ("everything", everything)]:
            p95 = sorted(taken)[int(len(taken) * 0.95)]
            print(f"{name:24}{len(taken):>9}{statistics.median(taken):>9.0f}{p95:>9.0f}{max(taken):>9.0f}")
        print(f"\n{len(everything) / seconds:.1f} answers a second, {len(self.errors)} errors")


def watch(pid: int, until: float) -> list[tuple[float, float]]:
    """Minute and megabytes of resident memory, every half minute."""
    began, sizes = time.monotonic(), []
    while True:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        sizes.append(((time.monotonic() - began) / 60, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
        left = until - time.monotonic()
        if left <= 0:
            return sizes
        time.sleep(min(30, left))


if __name__ == "__main__":
    main()
