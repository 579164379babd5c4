"""What learning from outcomes gains and costs in simulated consortia, over the features of the sample's pairs.

    python -m tests.benchmarks.bench_outcomes
    python -m tests.benchmarks.bench_outcomes --scale 0.2 --seeds 12

Each consortium has people with true utilities of their own: as the documented rules say, with other weights on either
side, or with nothing that a feature tells. Gains are true nDCG@10 of the chance that both sides say yes, against the
documented weights, on people who appear in no list; "installed" is what the trial lets through, and 0 where it does not.
"""

import argparse
import time
from datetime import date

import numpy as np

from data.sample import consortium
from data.store import Change
from indexing.encode import HashingEncoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from matching.calibration import calibrate
from matching.learning import (
    OUTCOMES_NEEDED,
    count_outcomes,
    fall_of_attention,
    is_held_out,
    learn,
    passes,
    try_out,
)
from matching.matcher import Matcher
from models.terms import Kind
from tests.simulated import Truth, simulated

TODAY = date(2026, 9, 1)
CANDIDATES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1, help="size of the sample whose pairs are used")
    parser.add_argument("--seeds", type=int, default=6, help="consortia of each kind")
    options = parser.parse_args()

    values, documented = pairs_of_the_sample(options.scale)
    print(f"{len(values)} talents with {CANDIDATES} postings each, {len(documented)} features; {options.seeds} seeds")
    print(f"weights move from {OUTCOMES_NEEDED} outcomes on\n")
    print(f"{'':76}worst lower end")
    print(
        f"{'truth':30}{'lists':>6}{'attention':>10}{'outcomes':>9}{'learned':>9}{'worst':>8}"
        f"{'in force':>9}{'worst':>8}{'moved':>7}{'ECE':>7}{'s':>6}"
    )
    for truth in Truth:
        for lists in (150, 600, 2_400):
            for fall in (1.0, 0.5):
                line(truth, lists, fall, options.seeds, values, documented)


def pairs_of_the_sample(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Talents x candidates x features of the sample city, best candidates first, and the documented weights."""
    city = consortium(2026, today=TODAY, scale=scale)
    shelf = Shelf(HashingEncoder(256), domain_segmenter())
    shelf.apply([Change(id, id, record.kind, record) for id, record in enumerate((*city.postings, *city.talents), 1)])
    matcher = Matcher(shelf, today=lambda: TODAY)
    market = matcher.jobs
    found = []
    for id in shelf[Kind.TALENT].documents:
        answer = matcher.match(market, matcher.document(Kind.TALENT, id), k=CANDIDATES, cited=0)
        if len(answer.matches) == CANDIDATES:
            found.append([[one.value for one in match.contributions] for match in answer.matches])
    return np.array(found, dtype=np.float64), np.array([feature.weight for feature in market.features])


def line(truth: Truth, lists: int, fall: float, seeds: int, values: np.ndarray, documented: np.ndarray) -> None:
    rows = []
    for seed in range(seeds):
        made = simulated(seed, truth, askers=lists, others=8_000, values=values, documented=documented, fall=fall)
        ours = [one for one in made.lists if not is_held_out(one.asker)]
        theirs = [one for one in made.lists if is_held_out(one.asker)]
        began = time.perf_counter()
        learned = learn(ours, documented)
        trial = try_out(theirs, learned, documented, fall=fall_of_attention(ours, documented))
        outcomes = count_outcomes(made.lists)
        moved = passes(trial) and outcomes >= OUTCOMES_NEEDED
        calibration = calibrate(ours, theirs, learned if moved else documented)
        seconds = time.perf_counter() - began
        gain, lower = made.gains(learned, documented)
        in_force = (gain, lower) if moved else (0.0, 0.0)
        rows.append((outcomes, gain, lower, *in_force, moved, calibration.ece if calibration else np.nan, seconds))
    outcomes, gains, lowers, kept, kept_lowers, moves, eces, times = np.array(rows).T
    ece = f"{np.nanmean(eces):.3f}" if not np.isnan(eces).all() else "-"
    print(
        f"{truth:30}{lists:>6}{fall:>10}{outcomes.mean():>9.0f}{gains.mean():>+9.2%}{lowers.min():>+8.2%}"
        f"{kept.mean():>+9.2%}{kept_lowers.min():>+8.2%}{int(moves.sum()):>4}/{seeds:<2}{ece:>7}{times.mean():>6.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
