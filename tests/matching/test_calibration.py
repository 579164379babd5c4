from dataclasses import replace

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from matching.calibration import PAIRS_NEEDED, calibrate
from matching.learning import scores
from matching.outcomes import JudgedList
from matching.weights import chance
from models.outcomes import Calibration
from tests.simulated import DOCUMENTED, Truth, simulated

LISTS = simulated(4, Truth.RULES, askers=1_500, fall=0.3).lists
OURS, THEIRS = LISTS[:1_000], LISTS[1_000:]


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    found = calibrate(OURS, THEIRS, DOCUMENTED)
    assert found is not None
    return found


def decided(lists: list[JudgedList]) -> tuple[np.ndarray, np.ndarray]:
    score = np.concatenate([scores(one.values, DOCUMENTED)[: one.read] for one in lists])
    return score, np.concatenate([one.agreed[: one.read] for one in lists])


def test_it_is_the_isotonic_regression_of_scikit_learn(calibration: Calibration) -> None:
    score, agreed = decided(OURS)
    oracle = IsotonicRegression(out_of_bounds="clip").fit(score, agreed)
    edge = 1 / (len(score) + 2)
    found = [chance(calibration, one) for one in score[::20]]
    assert found == pytest.approx(np.clip(oracle.predict(score[::20]), edge, 1 - edge), abs=1e-9)


def test_a_higher_score_never_stands_for_a_lower_chance_and_no_chance_is_certain(calibration: Calibration) -> None:
    found = [chance(calibration, score) for score in np.linspace(0, 1, 201)]
    assert found == sorted(found)
    assert 0 < found[0] < found[-1] < 1


def test_the_reliability_table_covers_every_held_out_pair_and_its_chances_come_true(calibration: Calibration) -> None:
    assert sum(one.n for one in calibration.bins) == len(decided(THEIRS)[0])
    assert calibration.ece < 0.03
    assert calibration.pairs == len(decided(OURS)[0])
    assert calibration.agreed == decided(OURS)[1].sum()


def test_chances_follow_those_that_are_true(calibration: Calibration) -> None:
    """The upper half of what is read comes about more often than the lower, as predicted."""
    low, high = calibration.bins[: len(calibration.bins) // 2], calibration.bins[len(calibration.bins) // 2 :]
    assert np.mean([one.observed for one in low]) < np.mean([one.observed for one in high])


def test_too_few_outcomes_tell_no_chance() -> None:
    few = OURS[:40]
    assert len(decided(few)[0]) < PAIRS_NEEDED
    assert calibrate(few, THEIRS, DOCUMENTED) is None
    nobody = [replace(one, agreed=one.agreed * 0) for one in OURS]
    assert calibrate(nobody, THEIRS, DOCUMENTED) is None


def test_where_scores_tell_nothing_no_chance_is_told() -> None:
    reversed_ones = [replace(one, agreed=1 - one.agreed) for one in THEIRS]
    assert calibrate(OURS, reversed_ones, DOCUMENTED) is None
    assert calibrate(OURS, [], DOCUMENTED) is None


def test_what_still_awaits_an_answer_and_what_nobody_read_is_left_out() -> None:
    waiting = [replace(one, agreed=np.where(one.agreed == 0, np.nan, one.agreed)) for one in OURS]
    assert calibrate(waiting, THEIRS, DOCUMENTED) is None
    unread = replace(OURS[0], acted=OURS[0].acted & False)
    again = calibrate([*OURS, *[unread] * 50], THEIRS, DOCUMENTED)
    assert again == calibrate(OURS, THEIRS, DOCUMENTED)
