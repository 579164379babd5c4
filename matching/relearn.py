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
from models.outcomes import Calibration, Learned, Side, Trial

_NOTICEABLE = 0.001
"""Change of a weight below which it is none: a tenth of the least documented weight."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of learning again."""

    lists: int
    outcomes: int
    trials: Mapping[str, Trial]
    """The learned weights against each rival, by its Chinese name; empty when there was nothing to try."""
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
    trials, refused, weights = _tried(lists, documented, in_force)
    moved = not refused
    chosen = weights if moved else in_force
    ours, theirs = _split(lists)
    calibration = calibrate(ours, theirs, chosen)
    outcomes = count_outcomes(lists)
    # The rules are the first rival.
    against_rules = next(iter(trials.values())) if moved else current.trial if current else None
    learned = Learned(
        version=version,
        made=made,
        documented=dict(rules),
        weights=dict(zip(names, chosen.tolist(), strict=True)),
        outcomes=outcomes,
        lists=len(lists),
        trial=against_rules,
        calibration=calibration,
    )
    return Verdict(len(lists), outcomes, trials, refused, learned if moved or _is_new(calibration, current) else None)


def _tried(lists: Sequence[JudgedList], documented: Floats, in_force: Floats) -> tuple[dict[str, Trial], str, Floats]:
    """The trials of newly learned weights, why they are refused, and the weights."""
    outcomes = count_outcomes(lists)
    if outcomes < OUTCOMES_NEEDED:
        return {}, f"可比较的结果只有 {outcomes} 个，少于 {OUTCOMES_NEEDED} 个", documented
    ours, theirs = _split(lists)
    if not any(one.read for one in theirs):
        return {}, "留作检验的列表中没有任何结果", documented
    learned = learn(ours, documented)
    if np.abs(learned - documented).max() < _NOTICEABLE:
        return {}, "结果没有显示出与规则不同的偏好", documented
    fall = fall_of_attention(ours, documented)
    rivals = {"规则权重": documented}
    if not np.array_equal(in_force, documented):
        rivals["现用权重"] = in_force
    trials = {name: try_out(theirs, learned, rival, fall=fall) for name, rival in rivals.items()}
    lost = [name for name, trial in trials.items() if not passes(trial)]
    return trials, f"在留出的列表上没有胜过{'、'.join(lost)}" if lost else "", learned


def _split(lists: Sequence[JudgedList]) -> tuple[list[JudgedList], list[JudgedList]]:
    """The lists that are learned from, and those held out."""
    return (
        [one for one in lists if not is_held_out(one.asker)],
        [one for one in lists if is_held_out(one.asker)],
    )


def _is_new(calibration: Calibration | None, current: Learned | None) -> bool:
    return calibration is not None and (current is None or calibration != current.calibration)


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
