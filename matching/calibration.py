"""Scores → the chance that both sides say yes, by isotonic regression, with its reliability on other people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import isotonic_regression

from matching.learning import scores
from matching.outcomes import Floats, JudgedList
from models.outcomes import Bin, Calibration

PAIRS_NEEDED = 1_000
"""Read pairs with a known end below which no chance is told: isotonic regression overfits below about a thousand
(Niculescu-Mizil and Caruana 2005)."""
AGREED_NEEDED = 100
"""How many of them both sides must have accepted: ten in each tenth."""
_BINS = 10


def calibrate(
    learned_from: Sequence[JudgedList], held_out: Sequence[JudgedList], weights: Floats
) -> Calibration | None:
    """The calibration of scores under the weights; None when outcomes are too few.

    Also None when on the held-out lists it predicts no better than one chance for all.
    """
    score, agreed = _decided(learned_from, weights)
    if len(score) < PAIRS_NEEDED or agreed.sum() < AGREED_NEEDED or agreed.all():
        return None
    points, chances = _isotonic(score, agreed)
    score, seen = _decided(held_out, weights)
    if not len(score):
        return None
    predicted = np.interp(score, points, chances)
    bins = _bins(predicted, seen)
    brier = float(np.mean((predicted - seen) ** 2))
    if brier > float(np.mean((agreed.mean() - seen) ** 2)):
        return None
    return Calibration(
        scores=tuple(points.tolist()),
        chances=tuple(chances.tolist()),
        pairs=len(agreed),
        agreed=int(agreed.sum()),
        bins=bins,
        brier=brier,
        ece=sum(one.n * abs(one.predicted - one.observed) for one in bins) / len(score),
    )


def _decided(lists: Sequence[JudgedList], weights: Floats) -> tuple[Floats, Floats]:
    """Scores and ends of the pairs that were seen and are no longer waiting for an answer."""
    found = [(scores(one.values[: one.read], weights), one.agreed[: one.read]) for one in lists if one.read]
    if not found:
        return np.zeros(0), np.zeros(0)
    score, agreed = (np.concatenate(parts) for parts in zip(*found, strict=True))
    known = ~np.isnan(agreed)
    return score[known], agreed[known]


def _isotonic(score: Floats, agreed: Floats) -> tuple[Floats, Floats]:
    """The corners of the rising steps that fit best; never 0 or 1, which no number of outcomes can prove."""
    points, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    means = np.bincount(place, agreed) / counts
    fitted = isotonic_regression(means, weights=counts).x
    edge = 1 / (len(agreed) + 2)
    chances = np.clip(fitted, edge, 1 - edge)
    corner = np.ones(len(points), dtype=np.bool_)
    corner[1:-1] = (chances[1:-1] != chances[:-2]) | (chances[1:-1] != chances[2:])
    return points[corner], chances[corner]


def _bins(predicted: Floats, seen: Floats) -> tuple[Bin, ...]:
    """Tenths of the pairs in order of the predicted chance."""
    order = np.argsort(predicted, kind="stable")
    return tuple(
        Bin(n=len(part), predicted=float(predicted[part].mean()), observed=float(seen[part].mean()))
        for part in np.array_split(order, _BINS)
        if len(part)
    )
