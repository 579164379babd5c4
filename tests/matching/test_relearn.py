from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from matching.learning import is_held_out
from matching.outcomes import JudgedList, showings
from matching.relearn import Verdict, judged_lists, relearn
from models.outcomes import Act, Learned, Side
from tests.builders import a_posting, a_talent, an_event
from tests.simulated import DOCUMENTED, Truth, simulated
from tests.worlds import a_matcher

NAMES = [f"reason {n}" for n in range(len(DOCUMENTED))]
RULES = dict(zip(NAMES, DOCUMENTED.tolist(), strict=True))
MADE = datetime(2026, 11, 1, tzinfo=UTC)
MANY = simulated(1, Truth.OTHER, askers=1_000).lists


def again(lists: list[JudgedList], current: Learned | None = None, version: str = "0001") -> Verdict:
    return relearn(lists, RULES, current, version=version, made=MADE)


@pytest.fixture(scope="module")
def first() -> Learned:
    learned = again(MANY).learned
    assert learned is not None
    return learned


def test_weights_that_pass_the_trial_are_to_be_installed_with_what_was_tried(first: Learned) -> None:
    assert sum(first.weights.values()) == pytest.approx(1, abs=1e-9)
    assert (first.documented, first.lists) == (RULES, 1_000)
    assert first.trial is not None
    assert first.trial.gain > 0
    assert first.calibration is not None


def test_below_the_stated_number_of_outcomes_nothing_moves() -> None:
    verdict = again(MANY[:400])
    assert "少于 1000 个" in verdict.refused
    assert verdict.trials == {}
    assert verdict.learned is None or verdict.learned.weights == RULES


def test_what_does_not_beat_the_rules_is_refused_and_the_rules_stay() -> None:
    """Those who are held out want what the rules say, unlike those who are learned from."""
    by_the_rules = simulated(1, Truth.RULES, askers=1_000).lists
    mixed = [rule if is_held_out(one.asker) else one for one, rule in zip(MANY, by_the_rules, strict=True)]
    verdict = again(mixed)
    assert "没有胜过规则权重" in verdict.refused
    assert verdict.learned is None or verdict.learned.weights == RULES


def test_learning_the_same_again_changes_nothing(first: Learned) -> None:
    verdict = again(MANY, first, "0002")
    assert verdict.refused == "学到的权重与现用的没有可见的差别"
    assert verdict.learned is None
    assert verdict.present == first.trial


def test_what_is_in_force_is_a_rival_too(first: Learned) -> None:
    worse = first.model_copy(update={"weights": dict(zip(NAMES, DOCUMENTED[::-1].tolist(), strict=True))})
    verdict = again(MANY, worse, "0002")
    assert list(verdict.trials) == ["规则权重", "现用权重"]
    assert verdict.present is not None
    assert verdict.present.gain < verdict.trials["规则权重"].gain
    assert verdict.learned is not None
    assert verdict.learned.weights == first.weights


def test_where_nobody_who_is_held_out_did_anything_nothing_moves() -> None:
    silent = [
        replace(one, acted=one.acted & False, grades=one.grades * 0) if is_held_out(one.asker) else one for one in MANY
    ]
    assert again(silent).refused == "留作检验的列表中没有任何结果"


def test_lists_are_judged_by_the_features_of_their_pairs_and_what_is_gone_is_left_out() -> None:
    matcher = a_matcher(a_posting(title="电工"), a_posting(title="护士"), a_talent(expected_positions=("电工",)))
    shown = [an_event(Act.SHOWN, posting=id, talent=3, position=n) for n, id in enumerate((2, 99, 1), 1)]
    for_the_posting = an_event(Act.SHOWN, posting=1, talent=3, side=Side.POSTING)
    to_nobody = an_event(Act.SHOWN, posting=1, talent=77)
    ours, theirs = judged_lists(showings([*shown, for_the_posting, to_nobody]), matcher)
    assert (ours.asker, ours.positions.tolist()) == ("talent 3", [1, 3])
    assert (theirs.asker, theirs.positions.tolist()) == ("posting 1", [1])
    best = matcher.postings_for(3, k=1).matches[0]
    expected = np.array([one.value for one in best.contributions], dtype=np.float64)
    assert ours.values[1] == pytest.approx(expected, nan_ok=True)
