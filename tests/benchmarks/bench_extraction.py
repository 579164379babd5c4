"""What extraction finds in the golden postings and profiles, and how long it takes.

    python -m tests.benchmarks.bench_extraction
    python -m tests.benchmarks.bench_extraction --postings postings.csv

The dev part is what the extractor was tuned on; the held part is what counts.
"""

import argparse
import csv
import statistics
import time
from pathlib import Path

from indexing.extract import extract
from tests import golden
from tests.golden.score import FACTS, Score, score

_FACT_LABELS = {
    "education": "学历",
    "experience_years": "经验",
    "headcount": "人数",
    "salary": "薪资",
    "shift": "班次",
    "skill_level": "技能等级",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=Path, help="CSV with a column description, to be timed on; else the golden")
    options = parser.parse_args()

    postings = {part: score(golden.postings(part)) for part in ("dev", "held")}
    profiles = {part: score(golden.profiles(part)) for part in ("dev", "held")}
    _print_spans("postings", postings)
    _print_spans("profiles", profiles)
    sizes = ", ".join(f"{part} {one.records}" for part, one in postings.items())
    print(f"facts of postings ({sizes} records; silence counts as a value)")
    for fact in FACTS:
        print(
            f"  {_FACT_LABELS[fact]:6}"
            + "".join(f"  {part} {one.accuracy(fact):.3f}" for part, one in postings.items())
        )
    print()
    _print_speed(_descriptions(options.postings))


def _print_spans(name: str, parts: dict[str, Score]) -> None:
    for part, one in parts.items():
        print(f"{name}, {part}: {one.records} records")
        print("         marked  found  precision  recall     F1  exact F1")
        for label in one.labels:
            print(
                f"  {label:6} {one.marked.get(label, 0):5} {one.found.get(label, 0):6} {one.precision(label):10.3f}"
                f" {one.recall(label):7.3f} {one.f1(label):6.3f} {one.f1(label, exact=True):9.3f}"
            )
        if name == "postings":
            print(
                f"  必备/优先/提及 right for {one.wish_accuracy:.3f}, any-of for {one.group_accuracy:.3f} of {one.wishes}"
            )
        print()


def _descriptions(path: Path | None) -> list[str]:
    if path is None:
        return [text for example in golden.postings() for text in example.texts.values()]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["description"] for row in csv.DictReader(file)][:1000]


def _print_speed(texts: list[str]) -> None:
    extract({"description": texts[0]})
    times = []
    for text in texts:
        started = time.perf_counter()
        extract({"description": text})
        times.append((time.perf_counter() - started) * 1000)
    slow = statistics.quantiles(times, n=20)[-1]
    characters = statistics.mean(map(len, texts))
    print(
        f"{len(texts)} texts of {characters:.0f} characters on average: "
        f"{statistics.mean(times):.1f} ms each, p95 {slow:.1f} ms"
    )


if __name__ == "__main__":
    main()
