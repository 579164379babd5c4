"""Simulated consortia: people with utilities of their own read lists, act, and are answered.

Whoever asks is shown the first twenty by the documented weights and looks at a place the less, the further
down it is. What is looked at is opened, applied for (or invited) and accepted by the other side with
chances that grow with the two sides' true utilities, which the service never sees.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.learning import scores
from matching.outcomes import JudgedList

SHOWN = 20
DOCUMENTED = np.array([0.22, 0.22, 0.11, 0.10, 0.09, 0.08, 0.07, 0.05, 0.04, 0.02])
"""Weights in the manner of the jobs market's."""


class Truth(StrEnum):
    """What people really want."""

    RULES = "as documented"
    OTHER = "other weights on either side"
    NOISE = "nothing that a feature tells"


@dataclass(frozen=True)
class Consortium:
    """Askers, each with candidates, and the true chance that both sides say yes."""

    lists: list[JudgedList]
    values: np.ndarray
    """Askers x candidates x features, of askers who appear in no list."""
    chances: np.ndarray
    """Askers x candidates: the true chance that a pair comes about once it is read."""

    def gains(self, weights: np.ndarray, documented: np.ndarray, *, k: int = 10, seed: int = 0) -> tuple[float, float]:
        """True nDCG@k of the weights relative to the documented ones, less one, and the lower end of its 95 % interval."""
        ours, theirs = _dcg(self.values, self.chances, weights, k), _dcg(self.values, self.chances, documented, k)
        rng = np.random.default_rng(seed)
        drawn = [rng.integers(0, len(ours), len(ours)) for _ in range(1_000)]
        ratios = [ours[one].sum() / theirs[one].sum() - 1 for one in drawn]
        return float(ours.sum() / theirs.sum() - 1), float(np.quantile(ratios, 0.025))


def simulated(
    seed: int,
    truth: Truth,
    *,
    askers: int,
    others: int = 2_000,
    values: np.ndarray | None = None,
    documented: np.ndarray = DOCUMENTED,
    fall: float = 1.0,
) -> Consortium:
    """A consortium of which `askers` people read a list each; the others show what the truth is.

    `values` are askers x candidates x features to draw from; without them they are made up. Attention falls
    with position to the power of `fall`.
    """
    rng = np.random.default_rng(seed)
    if values is None:
        values = made_up(rng, askers + others, len(documented))
    else:
        values = values[rng.integers(0, len(values), askers + others)]
    one, other = _utilities(rng, truth, values, documented)
    wanted, answered = _chance(one), _chance(other)
    chances = wanted * wanted * answered
    lists = []
    for asker in range(askers):
        order = np.argsort(-scores(values[asker], documented), kind="stable")[:SHOWN]
        lists.append(
            _read(rng, f"talent {asker}", values[asker, order], wanted[asker, order], answered[asker, order], fall)
        )
    return Consortium(lists, values[askers:], chances[askers:])


def made_up(rng: np.random.Generator, askers: int, features: int, candidates: int = 40) -> np.ndarray:
    """Values as markets have them: some continuous, some yes or no, some often missing, all a little alike for one asker."""
    shape = (askers, candidates, features)
    level = rng.normal(0, 0.5, (askers, 1, features))
    found = 1 / (1 + np.exp(-(rng.normal(0, 1.2, shape) + level)))
    found[..., 1::3] = found[..., 1::3] > 0.5
    missing = rng.random(shape) < np.where(np.arange(features) % 4 == 2, 0.5, 0.05)
    found[missing] = np.nan
    return found


def _utilities(
    rng: np.random.Generator, truth: Truth, values: np.ndarray, documented: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a pair is worth to either side, for every asker and candidate."""
    flat = values.reshape(-1, values.shape[-1])
    found = []
    for _ in range(2):
        weights = documented * np.exp(rng.normal(0, 1, len(documented)))
        utility = scores(flat, documented if truth is Truth.RULES else weights / weights.sum())
        found.append(rng.permutation(utility) if truth is Truth.NOISE else utility)
    shape = values.shape[:2]
    return found[0].reshape(shape), found[1].reshape(shape)


def _chance(utility: np.ndarray) -> np.ndarray:
    """A third for what is worth more than seven in ten candidates, and steep around it."""
    return 1 / (1 + np.exp(-(10 * (utility - np.quantile(utility, 0.7)) - 0.7)))


def _read(
    rng: np.random.Generator, asker: str, values: np.ndarray, wanted: np.ndarray, answered: np.ndarray, fall: float
) -> JudgedList:
    """One list, read from the top."""
    size = len(values)
    positions = np.arange(1, size + 1)
    opened = (rng.random(size) < positions**-fall) & (rng.random(size) < np.sqrt(wanted))
    applied = opened & (rng.random(size) < wanted)
    accepted = applied & (rng.random(size) < answered)
    return JudgedList(
        asker=asker,
        positions=positions,
        acted=opened,
        grades=opened.astype(np.int64) + applied + 2 * accepted,
        agreed=accepted.astype(np.float64),
        values=values,
    )


def _dcg(values: np.ndarray, chances: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Each asker's discounted chances among the first k; the ideal order is the same for all weights and cancels."""
    flat = scores(values.reshape(-1, values.shape[-1]), weights).reshape(values.shape[:2])
    order = np.argsort(-flat, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(chances, order, axis=1) @ (1 / np.log2(np.arange(2, k + 2)))
