"""What reranking does to lists of postings, and recommending together to a crowd, on the sample consortium.

    python -m tests.benchmarks.bench_lists

The consortium is built once below --var and kept. The first table is over every fifteenth talent; in the second, 300
talents who are most alike ask for ten postings: each alone, one after the other with crowds spread, and together.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from api.bootstrap import build
from api.settings import Settings
from matching.congestion import PER_PLACE, Audience, recommend_together
from matching.matcher import DEPTH, Matcher
from matching.rerank import MOST_OF_ONE, OFF, SMALL_PLACES, JobMatch, Switches, rerank
from models.terms import Kind

K, COHORT = 10, 300
LIKE = "导游"
"""The wish of the talent to whom the cohort is alike: many students, few postings."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postings", type=Path, help="not used; the sample's postings serve")
    parser.add_argument("--var", type=Path, default=Path("var/bench-lists"), help="where the consortium is kept")
    services = build(Settings(var=parser.parse_args().var))
    services.start()
    services.follower.ready.wait()
    try:
        rules(services.matcher)
        crowds(services.matcher)
    finally:
        services.stop()


def rules(matcher: Matcher) -> None:
    """One row for each choice of switches."""
    ranked = {talent: ranking(matcher, talent) for talent in sorted(matcher.shelf[Kind.TALENT].documents)[::15]}
    print(f"{len(ranked)} lists of {K}; points given up are the mean's over the list, of 100\n")
    print(f"{'':28}{'> 2 of one employer':>20}{'small < 3':>11}{'moved':>7}{'given up':>10}{'most':>6}")
    choices = {
        "by score": OFF,
        "default": Switches(),
        "default + small": Switches(small=True),
    }
    for name, switches in choices.items():
        surplus, short, moved, losses = 0, 0, 0, []
        for matches in ranked.values():
            known = matcher.known(matches)
            placed = rerank(matches, switches, known, k=K)
            ids = [one.match.pair.demand.id for one in placed]
            surplus += max(Counter(known.employer[id] for id in ids).values(), default=0) > MOST_OF_ONE
            short += sum(id in known.small for id in ids) < SMALL_PLACES
            moved += sum(one.origin != one.place for one in placed)
            losses.append(mean(matches[:K]) - mean(one.match for one in placed))
        count = len(ranked)
        print(
            f"{name:28}{surplus / count:>19.1%} {short / count:>10.1%}{moved / count:>7.1f}"
            f"{100 * fmean(losses):>10.2f}{100 * max(losses):>6.2f}"
        )


def crowds(matcher: Matcher) -> None:
    """Three ways to recommend ten postings to each of 300 like talents."""
    section = matcher.shelf[Kind.TALENT]
    model = next(
        id for id, document in section.documents.items() if LIKE in document.texts.get("expected_positions", "")
    )
    cohort = section.bodies.search(section.bodies.vectors([model])[0], k=COHORT).ids.tolist()
    audience, spread = Audience(), {}
    for talent in cohort:
        matches = ranking(matcher, talent)
        known = matcher.known(matches, audience.others(talent))
        placed = rerank(matches, Switches(spread=True), known, k=K)
        spread[talent] = [(one.match.pair.demand.id, one.match.score) for one in placed]
        audience.saw(talent, [posting for posting, _ in spread[talent]])
    found = recommend_together(matcher, cohort, k=K)
    alone, together = (
        {talent: [(one.posting, one.score) for one in options] for talent, options in lists.items()}
        for lists in (found.alone, found.given)
    )
    print(f"\n{COHORT} like talents, {K} postings each, {PER_PLACE} people for each place\n")
    print(f"{'':28}{'distinct':>9}{'overfull':>10}{'fullest, per place':>20}{'given up':>10}{'most':>6}{'short':>7}")
    for name, lists in (("alone", alone), ("one by one, crowds spread", spread), ("together", together)):
        print_crowd(matcher, name, lists, alone)


def print_crowd(
    matcher: Matcher,
    name: str,
    lists: Mapping[int, Sequence[tuple[int, float]]],
    alone: Mapping[int, Sequence[tuple[int, float]]],
) -> None:
    people = Counter(posting for options in lists.values() for posting, _ in options)
    places = {id: getattr(matcher.document(Kind.POSTING, id).record, "headcount", None) or 1 for id in people}
    load = {id: people[id] / places[id] for id in people}
    losses = [
        fmean(score for _, score in alone[talent]) - fmean(score for _, score in lists[talent])
        for talent in lists
        if lists[talent]
    ]
    print(
        f"{name:28}{len(people):>9}{sum(value > PER_PLACE for value in load.values()):>10}{max(load.values()):>20.1f}"
        f"{100 * fmean(losses):>10.2f}{100 * max(losses):>6.2f}{sum(len(one) < K for one in lists.values()):>7}"
    )


def ranking(matcher: Matcher, talent: int) -> Sequence[JobMatch]:
    return matcher.match(matcher.jobs, matcher.document(Kind.TALENT, talent), k=K, spare=DEPTH, cited=0).matches


def mean(matches: Iterable[JobMatch]) -> float:
    return fmean(match.score for match in matches)


if __name__ == "__main__":
    main()
