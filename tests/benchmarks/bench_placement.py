"""How long the placement of a whole school takes, on one core.

    python -m tests.benchmarks.bench_placement [--students 3000] [--places 300] [--tied 5]

Three markets: students who wish for ten places each; the same with anybody willing to go anywhere (服从调剂), which
makes every lawful pair an option; and the first with friends who stay together, which takes the integer programme.
Each row: building the arrays, the three aims, and the answer to one unplaced student.
"""

import argparse
import platform
from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import TypeVar

from matching.placement import solve
from matching.placement_table import table
from matching.placement_whynot import Reasons
from models.placement import Mode, PlacementMarket

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=3_000)
    parser.add_argument("--places", type=int, default=300)
    parser.add_argument("--tied", type=int, default=20, help="pairs of friends in the third market")
    given = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {given.students} × {given.places}, seconds\n")
    print(f"{'':24}{'read':>7}{'arrays':>8}" + "".join(f"{mode.name.lower():>11}" for mode in Mode) + f"{'why not':>9}")
    for name, anywhere, tied in (("ten wishes", False, 0), ("anywhere", True, 0), ("friends", False, given.tied)):
        row(name, payload(given.students, given.places, anywhere=anywhere, tied=tied))


def row(name: str, market: dict[str, object]) -> None:
    read, seconds = timed(lambda: PlacementMarket.read(market))
    prepared, building = timed(lambda: table(read, 1))
    line = f"{name:24}{seconds:7.2f}{building:8.2f}"
    found = []
    for mode in Mode:
        answer, seconds = timed(lambda mode=mode: solve(prepared, mode))  # type: ignore[misc]
        found.append(answer)
        line += f"{seconds:11.2f}"
    stable = found[0]
    reasons = Reasons(read, stable)
    waiting = next((one for one in stable.unplaced if reasons.students[one].year > 1), None)
    if waiting:
        account, seconds = timed(lambda: reasons.of_student(waiting))
        line += f"{seconds:9.2f}"
    print(line)
    for answer in found:
        print(f"    {answer.mode.name.lower():10} {answer.price} {'' if answer.optimal else 'not proved'}")
    if waiting:
        print(f"    {account.says} {account.opens}")


def payload(students: int, places: int, *, anywhere: bool, tied: int) -> dict[str, object]:
    """A school with eight specialties and as many kinds of enterprise; seats for about all."""
    rng = Random(1)
    trades = [f"专业{index}" for index in range(8)]
    seats = 2 * students // places
    offered = [
        {
            "id": f"P{index}",
            "enterprise": f"E{index // 2}",
            "minimum": rng.choice([0, 0, 0, 2]),
            "maximum": rng.randint(2, seats),
            "staff": 200 + index // 2,
            "specialties": rng.sample(trades, 3),
            "zone": f"Z{index % 10}",
            "shift": "夜班" if index % 25 == 0 else "白班",
        }
        for index in range(places)
    ]
    cohort = [
        {
            "id": f"S{index}",
            "year": 1 if index % 50 == 0 else 3,
            "specialty": rng.choice(trades),
            "zone": f"Z{index % 10}",
            "commute": rng.choice([30, 45, 60, 90]),
            "wishes": [f"P{place}" for place in rng.sample(range(places), 10)],
            "adjustable": anywhere,
        }
        for index in range(students)
    ]
    fits = {
        one["id"]: {place["id"]: (round(rng.random(), 3), round(rng.random(), 3)) for place in offered}
        for one in cohort
    }
    journeys = [
        {"start": f"Z{one}", "end": f"Z{other}", "minutes": 10 * abs(one - other)}
        for one in range(10)
        for other in range(one)
    ]
    together = [[f"S{index}", f"S{index + 1}"] for index in range(1, 2 * tied, 2)]
    return {"students": cohort, "places": offered, "fits": fits, "journeys": journeys, "together": together}


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = perf_counter()
    return work(), perf_counter() - start


if __name__ == "__main__":
    main()
