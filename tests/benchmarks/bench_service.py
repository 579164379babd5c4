"""The service under load: ranked answers over 20,000 talents and all postings of a file, end to end through HTTP.

    python -m tests.benchmarks.bench_service
    python -m tests.benchmarks.bench_service --postings postings.csv

Without a file the sample's postings serve. The consortium is built once below --var and kept, which takes as long as
encoding it; the server runs in a process of its own on a loopback port. Prints p50, p95 and queries per second.
"""

import argparse
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import httpx2
from rich.progress import Progress

from api.settings import Settings
from data.ingest import import_file
from data.sample import consortium
from data.store import Store
from indexing import snapshot, sync
from indexing.encode import load_encoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from models.records import RECORDS
from models.terms import Kind, Source
from tests.api.conftest import header_for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=Path, help="file of postings to import; else the sample's")
    parser.add_argument("--talents", type=int, default=20_000, help="how many, varied from the sample's")
    parser.add_argument("--var", type=Path, default=Path("var/bench"), help="where the consortium is kept")
    parser.add_argument("--requests", type=int, default=200, help="for each line of the table")
    options = parser.parse_args()

    settings = Settings(var=options.var)
    build(settings, options.postings, options.talents)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, python {platform.python_version()}"
    )
    with Store(settings.url) as store:
        ids = {kind: [stored.id for stored in store.documents(kind)] for kind in (Kind.POSTING, Kind.TALENT)}
        headers = header_for(store)
    print(f"{len(ids[Kind.TALENT]):,} talents, {len(ids[Kind.POSTING]):,} postings\n")
    with serving(settings) as address:
        measure(address, headers, ids, options.requests)


def build(settings: Settings, postings: Path | None, talents: int) -> None:
    """A store and an index below the settings' folder, unless they are there."""
    with Store(settings.url) as store, Progress() as progress:
        store.migrate()
        if store.count(Kind.TALENT) < talents:
            made = consortium(2026, today=date(2026, 9, 1))
            if postings:
                import_file(store, Kind.POSTING, postings)
            else:
                store.save_all(made.postings)
            copies = [talent for _ in range(talents // len(made.talents) + 1) for talent in made.talents][:talents]
            # A copy differs in what it says of itself, so that no two texts are encoded alike.
            varied = [
                talent.model_copy(
                    update={
                        "source": Source(name="bench", id=str(number)),
                        "self_description": f"{talent.self_description}（{number}）",
                    }
                )
                for number, talent in enumerate(copies)
            ]
            for start in range(0, len(varied), 500):
                store.save_all(varied[start : start + 500])
        shelf = Shelf(load_encoder(settings.encoder, settings.models), domain_segmenter())
        bar = progress.add_task("index", total=sum(store.count(kind) for kind in RECORDS))
        with snapshot.writing(settings.index):
            sync.build(store, shelf, settings.index, progress=lambda size: progress.advance(bar, size))


class serving:  # noqa: N801  # reads as what it does: with serving(settings) as address
    """The service in a process of its own."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        environment = os.environ | {"CHANJIAO_VAR": str(settings.var), "CHANJIAO_SAMPLE": "false"}
        command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> str:
        started = time.monotonic()
        while True:
            try:
                if httpx2.get(f"{self.address}/health").status_code == 200:
                    break
            except httpx2.HTTPError:
                pass
            if time.monotonic() - started > 300:
                raise TimeoutError("the service did not become ready in five minutes")
            time.sleep(0.2)
        print(f"ready {time.monotonic() - started:.1f} s after start\n")
        return self.address

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)


def measure(address: str, headers: dict[str, str], ids: dict[Kind, list[int]], requests: int) -> None:
    """One line for each question and number of clients."""
    rng = random.Random(1)
    words = ["电工", "数控车床操作", "养老护理", "跨境电商运营", "会用PLC", "Java开发", "仓库管理员", "新能源汽车检测"]
    questions: dict[str, Callable[[], str]] = {
        "talents for a posting": lambda: f"/api/v1/postings/{rng.choice(ids[Kind.POSTING])}/talents?k=10",
        "postings for a talent": lambda: f"/api/v1/talents/{rng.choice(ids[Kind.TALENT])}/postings?k=10",
        "no match for a posting": lambda: f"/api/v1/postings/{rng.choice(ids[Kind.POSTING])}/no-match",
        "why not a posting": lambda: (
            f"/api/v1/talents/{rng.choice(ids[Kind.TALENT])}/postings/{rng.choice(ids[Kind.POSTING])}/why-not"
        ),
        "search": lambda: f"/api/v1/search?q={rng.choice(words)}&limit=10",
    }
    print(f"{'':28}{'clients':>8}{'p50 ms':>9}{'p95 ms':>9}{'per second':>12}")
    for name, question in questions.items():
        paths = [question() for _ in range(requests)]
        for clients in (1, 8):
            with (
                httpx2.Client(base_url=address, timeout=60, headers=headers) as client,
                ThreadPoolExecutor(clients) as pool,
            ):

                def ask(path: str, client: httpx2.Client = client) -> float:
                    began = time.perf_counter()
                    client.get(path).raise_for_status()
                    return (time.perf_counter() - began) * 1000

                list(pool.map(ask, paths[:10]))
                began = time.perf_counter()
                taken = sorted(pool.map(ask, paths))
                rate = len(taken) / (time.perf_counter() - began)
            p95 = taken[int(len(taken) * 0.95)]
            print(f"{name:28}{clients:>8}{statistics.median(taken):>9.0f}{p95:>9.0f}{rate:>12.1f}")


if __name__ == "__main__":
    main()
