"""Lists with outcomes → the next version of the weights, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

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
from matching.outcomes import Floats, JudgedList, Showing
from models.errors import NotFound
from models.outcomes import Learned, Side, Trial

_NOTICEABLE = 0.001
"""Change of a weight below which it is none: a tenth of the least documented weight."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of learning again."""

    lists: int
    outcomes: int
    trials: Mapping[str, Trial]
    """Newly learned weights against each rival, by its Chinese name; empty when there was nothing to try."""
    present: Trial | None
    """Learned weights that are in force against the documented ones, on what is known now; None for documented ones."""
    refused: str
    """Why the weights stay as they are, in Chinese; empty when they move."""
    learned: Learned | None
    """What to install; None when nothing is new."""


def judged_lists(
    shown: Sequence[Showing], matcher: Matcher, *, progress: Callable[[int], None] = lambda _: None
) -> list[JudgedList]:
    """The lists with the features of their pairs, as the records stand today; records that are gone are left out.

    An asker's pairs are judged once, however often they were shown. `progress` hears how many lists are done.
    """
    of_asker: dict[tuple[Side, int], list[Showing]] = {}
    for showing in shown:
        of_asker.setdefault((showing.side, showing.asker), []).append(showing)
    found: list[JudgedList] = []
    for (side, asker), lists in of_asker.items():
        values = _values(side, asker, {item.id for showing in lists for item in showing.items}, matcher)
        found += filter(None, (_judged(showing, values) for showing in lists))
        progress(len(lists))
    return found


def relearn(
    lists: Sequence[JudgedList], rules: Mapping[str, float], current: Learned | None, *, version: str, made: datetime
) -> Verdict:
    """Learn on two thirds of the askers and try on the rest; `current` is what is in force on top of the rules.

    What was tried is what is installed: the weights are not fitted again on everything.
    """
    names = list(rules)
    documented = _vector(rules, names)
    in_force = _vector(current.weights, names) if current else documented
    outcomes = count_outcomes(lists)
    ours, theirs = _split(lists)
    present, trials, weights = None, {}, in_force
    if outcomes < OUTCOMES_NEEDED:
        refused = f"可比较的结果只有 {outcomes} 个，少于 {OUTCOMES_NEEDED} 个"
    elif not any(one.grades.any() for one in theirs):
        refused = "留作检验的列表中没有任何结果"
    else:
        weights = learn(ours, documented)
        fall = fall_of_attention(ours, documented)
        rivals = {"规则权重": documented}
        if not np.array_equal(in_force, documented):
            rivals["现用权重"] = in_force
            present = try_out(theirs, in_force, documented, fall=fall)
        trials = {name: try_out(theirs, weights, rival, fall=fall) for name, rival in rivals.items()}
        refused = _refused(trials, moved=float(np.abs(weights - in_force).max()))
    chosen = in_force if refused else weights
    calibration = calibrate(ours, theirs, chosen)
    learned = Learned(
        version=version,
        made=made,
        documented=dict(rules),
        weights=dict(zip(names, chosen.tolist(), strict=True)),
        outcomes=outcomes,
        lists=len(lists),
        trial=present if refused else trials["规则权重"],
        calibration=calibration,
    )
    is_new = not refused or (calibration is not None and (current is None or calibration != current.calibration))
    return Verdict(len(lists), outcomes, trials, present, refused, learned if is_new else None)


def _refused(trials: Mapping[str, Trial], *, moved: float) -> str:
    """Why the trials do not let the weights through; empty when they do."""
    if moved < _NOTICEABLE:
        return "学到的权重与现用的没有可见的差别"
    lost = [name for name, trial in trials.items() if not passes(trial)]
    return f"在留出的列表上没有胜过{'、'.join(lost)}" if lost else ""


def _split(lists: Sequence[JudgedList]) -> tuple[list[JudgedList], list[JudgedList]]:
    """The lists that are learned from, and those held out."""
    return (
        [one for one in lists if not is_held_out(one.asker)],
        [one for one in lists if is_held_out(one.asker)],
    )


def _vector(weights: Mapping[str, float], names: Sequence[str]) -> Floats:
    return np.array([weights[name] for name in names], dtype=np.float64)


def _values(side: Side, asker: int, others: Iterable[int], matcher: Matcher) -> dict[int, list[float | None]]:
    """What each feature says about the asker's pair with each of the others; nothing when the asker is gone."""
    market = matcher.documented_jobs
    try:
        document = matcher.document(side.kind, asker)
    except NotFound:
        return {}
    pairs = matcher.between(market, document, list(others))
    return {id: [feature.find(pair).value for feature in market.features] for id, pair in pairs.items()}


def _judged(showing: Showing, values: Mapping[int, list[float | None]]) -> JudgedList | None:
    items = [item for item in showing.items if item.id in values]
    if not items:
        return None
    return JudgedList(
        asker=f"{showing.side} {showing.asker}",
        positions=np.array([item.position for item in items], dtype=np.int64),
        acted=np.array([item.acted for item in items], dtype=np.bool_),
        grades=np.array([item.grade for item in items], dtype=np.int64),
        agreed=np.array([np.nan if item.agreed is None else item.agreed for item in items], dtype=np.float64),
        values=np.array([values[item.id] for item in items], dtype=np.float64),  # None becomes NaN
    )
