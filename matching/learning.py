"""Lists with outcomes → weights: only re-weighting the documented reasons, and only if a trial allows it.

A score stays the weighted mean of the features that are there, or less where LEAST_KNOWN is not known, with
weights at or above zero that sum to 1. So a better value of a feature can never lower a score, whatever was
learned, and contributions go on adding up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, minimize

from matching.jobs import LEAST_KNOWN
from matching.outcomes import Floats, Ints, JudgedList, Values
from models.outcomes import Trial

OUTCOMES_NEEDED = 1_000
"""Items that were preferred to something seen beside them, below which weights do not move.

In simulated consortia, what is learned from so many costs at most 0.3 % of true nDCG where there is nothing to learn;
from a quarter of them it can cost 1.3 % (lower ends of 95 % intervals, bench_outcomes).
"""
MOST = 30
"""Usual outcomes that one asker counts for at most: who reads a hundred lists, or is a robot, is not everybody."""
TRUST = 50.0
"""How much better other weights must explain what happened, in log-likelihood for each unit of chi-squared distance
from the documented ones: about what fifty outcomes can say."""
LEAST = 0.1
"""Share of its documented weight that every reason keeps: none disappears, and a score always has a divisor."""
HELD_OUT = 1 / 3
"""Share of askers who are not learned from."""
MARGIN = -0.01
"""What the lower end of the trial's interval must exceed, as a share of the rival's nDCG."""

_RESAMPLES = 2_000
_HEAVIEST = 20.0
"""Most that an item far down counts for what nobody looked at there; bounds the trial's variance."""
_FLATTEST, _STEEPEST = 1.0, 60.0
"""Bounds of the preference's scale: at 0 no weights could be told apart, at 60 a hundredth of score is odds of 1.8."""


def is_held_out(asker: str) -> bool:
    """Whether the asker's lists are for the trial; the same for good, whatever else is known."""
    return int.from_bytes(hashlib.sha256(asker.encode()).digest()[:8], "big") < HELD_OUT * 2**64


def scores(values: Values, weights: Floats) -> Floats:
    """Each row's score as `matching.rank.score` gives it in the jobs market; 0 where no fact is there."""
    return _scores_and_slopes(values, weights)[0]


def count_outcomes(lists: Sequence[JudgedList]) -> int:
    """How many items were preferred to something that was seen beside them; of each asker MOST at most."""
    return _comparisons(lists).outcomes


def learn(lists: Sequence[JudgedList], documented: Floats) -> Floats:
    """The weights under which what happened is most likely, drawn towards the documented ones.

    Bradley-Terry on pairs of one list: the odds that an item is preferred grow with the difference of
    scores. How much less items further down are looked at is fitted beside it and then left out.
    """
    found = _comparisons(lists)
    if not len(found.better):
        return documented
    size = len(documented)
    prior = np.maximum(documented, 1e-6)  # a reason that the rules give no weight gets none
    depth = np.log(found.positions)
    deeper = depth[found.better] - depth[found.worse]

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, scale, bias = point[:size], point[size], point[size + 1]
        score, slopes = _scores_and_slopes(found.values, weights)
        ahead = score[found.better] - score[found.worse]
        odds = scale * ahead + bias * deeper
        surprise = float(found.counts @ np.logaddexp(0, -odds))
        push = -found.counts / (1 + np.exp(odds))
        of_item = np.bincount(found.better, push, len(score)) - np.bincount(found.worse, push, len(score))
        moved = (weights - documented) / prior
        gradient = np.concatenate(
            [scale * (of_item @ slopes) + 2 * TRUST * moved, [push @ ahead, push @ deeper + 0.1 * bias]]
        )
        return surprise + TRUST * float(moved @ (weights - documented)) + 0.05 * float(bias**2), gradient

    sums = np.concatenate([np.ones(size), [0.0, 0.0]])
    solved = minimize(
        loss,
        np.concatenate([documented, [3.0, 0.0]]),
        jac=True,
        method="SLSQP",
        bounds=[*((LEAST * weight, 1.0) for weight in documented), (_FLATTEST, _STEEPEST), (-8.0, 8.0)],
        constraints=LinearConstraint(sums, 1.0, 1.0),
        options={"maxiter": 300, "ftol": 1e-8},
    )
    if not np.isfinite(solved.x).all():
        return documented
    weights = np.maximum(solved.x[:size], LEAST * documented)
    learned: Floats = weights / weights.sum()
    return learned


def try_out(lists: Sequence[JudgedList], learned: Floats, rival: Floats, *, fall: float, seed: int = 0) -> Trial:
    """How much better the learned weights order the lists than the rival's, with a paired bootstrap over askers.

    nDCG over all that was shown, each outcome counted as often as its place was overlooked (position ** fall):
    judged on what was seen alone, any shuffling of the order that was shown would look like a gain.
    """
    askers: dict[str, Floats] = {}
    for one in lists:
        # Gains of the learned order, of the rival's and of the ideal one.
        overlooked = np.minimum(np.exp(fall * np.log(one.positions)), _HEAVIEST)
        gains: Floats = one.gains * overlooked
        orders: tuple[Floats, ...] = (scores(one.values, learned), scores(one.values, rival), gains)
        sums = np.array([_discounted(gains, by) for by in orders])
        askers[one.asker] = askers.get(one.asker, np.zeros(3)) + sums
    table = np.array(list(askers.values())).reshape(-1, 3)
    chance = np.random.default_rng(seed)
    drawn = np.array([table[chance.integers(0, len(table), len(table))].sum(axis=0) for _ in range(_RESAMPLES)])
    ours, theirs, ideal = table.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower, upper = np.nanquantile(drawn[:, 0] / drawn[:, 1] - 1, (0.025, 0.975))
    return Trial(
        askers=len(table),
        lists=len(lists),
        rival=theirs / ideal,
        learned=ours / ideal,
        gain=ours / theirs - 1,
        lower=float(lower),
        upper=float(upper),
    )


def passes(trial: Trial) -> bool:
    """Whether the learned weights may be used in place of the rival's."""
    return trial.gain >= 0 and trial.lower > MARGIN


def fall_of_attention(lists: Sequence[JudgedList], documented: Floats) -> float:
    """The power with which attention falls with position, 0 when every place is looked at alike; at most 2.

    Position-based click model, fitted by likelihood: acted on = looked at x worth it, where the first is
    position ** -fall and the second a logistic function of the documented score.
    """
    acted = np.concatenate([one.acted for one in lists])
    depth = np.log(np.concatenate([one.positions for one in lists]))
    score = scores(np.concatenate([one.values for one in lists]), documented)

    def surprise(point: Floats) -> float:
        fall, worth, scale = point
        chance = np.clip(np.exp(-fall * depth) / (1 + np.exp(-(worth + scale * score))), 1e-9, 1 - 1e-9)
        return -float(np.log(np.where(acted, chance, 1 - chance)).sum())

    solved = minimize(surprise, np.array([0.5, -1.0, 3.0]), method="L-BFGS-B", bounds=[(0, 2), (-10, 5), (0, 40)])
    return float(solved.x[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Comparisons:
    """Pairs of items of one list of which one came further, by their places among all items."""

    values: Values
    positions: Ints
    better: Ints
    worse: Ints
    counts: Floats
    """How much each pair counts: the gain of the better item over the worse, shared among all that it is compared with.

    They sum to the effective number of outcomes (Kish): a few that weigh much prove less than many that weigh alike.
    """
    outcomes: int
    """How many items are better ones, of each asker MOST at most."""


def _comparisons(lists: Sequence[JudgedList]) -> _Comparisons:
    askers = {asker: number for number, asker in enumerate(dict.fromkeys(one.asker for one in lists))}
    better: list[int] = []
    worse: list[int] = []
    owners: list[int] = []
    gained: list[float] = []
    start = 0
    for one in lists:
        read, gains = one.read, one.gains
        for place in np.flatnonzero(one.grades[:read] > 0).tolist():
            beaten = np.flatnonzero(one.grades[:read] < one.grades[place])
            if place == read - 1:
                # That something was done with the lowest is why we know how far the list was read. It says
                # how it compares with what else was acted on, not with what was passed over.
                beaten = beaten[one.acted[beaten]]
            better += [start + place] * len(beaten)
            worse += (start + beaten).tolist()
            owners += [askers[one.asker]] * len(beaten)
            gained += ((gains[place] - gains[beaten]) / len(beaten)).tolist()
        start += len(one.positions)
    pairs, owner = np.array(better, dtype=np.int64), np.array(owners, dtype=np.int64)
    of_asker = np.bincount(owner[np.unique(pairs, return_index=True)[1]], minlength=len(askers))
    counts = _limited(np.array(gained, dtype=np.float64), owner, of_asker)
    of_winner = np.bincount(pairs, counts)
    return _Comparisons(
        values=np.concatenate([one.values for one in lists]) if lists else np.zeros((0, 0)),
        positions=np.concatenate([one.positions for one in lists]) if lists else np.zeros(0, dtype=np.int64),
        better=pairs,
        worse=np.array(worse, dtype=np.int64),
        counts=counts * of_winner.sum() / max(float(of_winner @ of_winner), 1e-12),
        outcomes=int(np.minimum(of_asker, MOST).sum()),
    )


def _limited(counts: Floats, owner: Ints, of_asker: Ints) -> Floats:
    """The counts, with each asker's together no more than MOST usual outcomes."""
    if not len(counts):
        return counts
    total = np.bincount(owner, counts, len(of_asker))
    most = MOST * float(np.median((total / np.maximum(of_asker, 1))[of_asker > 0]))
    limited: Floats = counts * np.minimum(1, most / np.maximum(total, most))[owner]
    return limited


def _scores_and_slopes(values: Values, weights: Floats) -> tuple[Floats, Values]:
    """Each row's score, and how it changes with each weight."""
    there = ~np.isnan(values)
    known = np.where(there, values, 0.0)
    weight = there @ weights
    divisor = np.maximum(weight, LEAST_KNOWN)
    score = (known @ weights) / divisor
    # A weight that grows makes the divisor grow too, but for where less than the least is known.
    falls = np.where(weight > LEAST_KNOWN, score, 0.0)
    return score, np.where(there, known - falls[:, None], 0.0) / divisor[:, None]


def _discounted(gains: Floats, by: Floats) -> float:
    """The gains in the order of `by`, highest first, discounted by log2(rank + 1)."""
    order = np.argsort(-by, kind="stable")
    return float(gains[order] @ (1 / np.log2(np.arange(2, len(gains) + 2))))
