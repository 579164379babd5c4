from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matching import rank
from matching.jobs import LEAST_KNOWN
from matching.learning import (
    LEAST,
    MOST,
    count_outcomes,
    fall_of_attention,
    is_held_out,
    learn,
    passes,
    scores,
    try_out,
)
from matching.market import Feature
from matching.outcomes import JudgedList
from models.matches import Finding
from tests.simulated import DOCUMENTED, Consortium, Truth, simulated

SIZE = len(DOCUMENTED)
OTHER = simulated(1, Truth.OTHER, askers=300)
LEARNED = learn(OTHER.lists, DOCUMENTED)

values = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.just(SIZE)), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, np.nan])
)
weights = hnp.arrays(np.float64, SIZE, elements=st.floats(0.01, 1)).map(lambda found: found / found.sum())


def a_judged_list(asker: str, grades: list[int], rng: np.random.Generator) -> JudgedList:
    return JudgedList(
        asker=asker,
        positions=np.arange(1, len(grades) + 1),
        acted=np.array(grades) > 0,
        grades=np.array(grades),
        agreed=np.array(grades, dtype=np.float64) >= 4,
        values=rng.random((len(grades), SIZE)),
    )


@given(values, weights)
def test_scores_are_those_that_ranking_gives(rows: np.ndarray, weight: np.ndarray) -> None:
    features = [Feature(str(n), "", float(one), lambda _: Finding(None, "")) for n, one in enumerate(weight)]
    for row, found in zip(rows, scores(rows, weight), strict=True):
        findings = [Finding(None if np.isnan(value) else float(value), "") for value in row]
        assert found == pytest.approx(rank.score(features, findings, LEAST_KNOWN))


@given(values, st.integers(0, SIZE - 1))
def test_a_better_value_never_lowers_a_score_whatever_was_learned(rows: np.ndarray, feature: int) -> None:
    better = rows.copy()
    better[:, feature] = np.minimum(better[:, feature] + 0.3, 1)
    assert (scores(better, LEARNED) >= scores(rows, LEARNED) - 1e-12).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(Truth), st.integers(1, 60))
def test_learned_weights_sum_to_one_and_none_disappears(seed: int, truth: Truth, askers: int) -> None:
    learned = learn(simulated(seed, truth, askers=askers).lists, DOCUMENTED)
    assert learned.sum() == pytest.approx(1, abs=1e-12)
    assert (learned >= LEAST * DOCUMENTED * 0.999).all()


def test_without_outcomes_the_documented_weights_stay() -> None:
    untouched = [a_judged_list(f"talent {n}", [0] * 10, np.random.default_rng(n)) for n in range(50)]
    assert (learn([], DOCUMENTED) == DOCUMENTED).all()
    assert (learn(untouched, DOCUMENTED) == DOCUMENTED).all()
    assert count_outcomes(untouched) == 0


def test_a_reason_without_documented_weight_gets_none() -> None:
    rules = np.append(DOCUMENTED[:-1], 0.0)
    learned = learn(OTHER.lists, rules / rules.sum())
    assert learned[-1] == pytest.approx(0, abs=1e-3)
    assert learned.sum() == pytest.approx(1, abs=1e-12)


def test_unseen_is_not_negative() -> None:
    rng = np.random.default_rng(3)
    read = [a_judged_list(f"talent {n}", [*rng.integers(0, 3, 8).tolist(), 1], rng) for n in range(80)]

    def longer(one: JudgedList, unseen: int) -> JudgedList:
        more = a_judged_list(one.asker, [0] * unseen, rng)
        joined = {
            name: np.concatenate([getattr(one, name), getattr(more, name)])
            for name in ("acted", "grades", "agreed", "values")
        }
        return replace(one, positions=np.arange(1, len(one.positions) + unseen + 1), **joined)

    assert [one.read for one in read] == [longer(one, 30).read for one in read]
    assert learn(read, DOCUMENTED) == pytest.approx(learn([longer(one, 30) for one in read], DOCUMENTED), abs=1e-9)


def test_that_the_lowest_item_was_opened_says_nothing_against_those_passed_over() -> None:
    rng = np.random.default_rng(0)
    assert count_outcomes([a_judged_list("talent 1", [0, 0, 0, 1], rng)]) == 0
    assert count_outcomes([a_judged_list("talent 1", [0, 1, 0, 1], rng)]) == 1
    assert count_outcomes([a_judged_list("talent 1", [0, 1, 0, 4], rng)]) == 2


def test_one_busy_asker_does_not_speak_for_all() -> None:
    rng = np.random.default_rng(2)
    robot = []
    for _ in range(300):
        one = a_judged_list("talent 0", [0] * 10, rng)
        grades = np.where(one.values[:, 8] > 0.7, 6, 0)
        robot.append(replace(one, grades=grades, acted=grades > 0))
    many = [replace(one, asker=f"talent {n}") for n, one in enumerate(robot)]
    assert count_outcomes(robot) == MOST
    assert count_outcomes(many) > 20 * MOST
    assert learn([*OTHER.lists, *robot], DOCUMENTED) == pytest.approx(LEARNED, abs=0.03)
    assert learn([*OTHER.lists, *many], DOCUMENTED)[8] > LEARNED[8] + 0.1


def test_what_people_prefer_gains_weight_wherever_it_stood() -> None:
    rng = np.random.default_rng(1)
    lists = []
    for n in range(200):
        one = a_judged_list(f"talent {n}", [0] * 10, rng)
        best = np.argsort(-one.values[:, 9])[:3]
        grades = np.zeros(10, dtype=np.int64)
        grades[best] = 2
        lists.append(replace(one, grades=grades, acted=grades > 0))
    learned = learn(lists, DOCUMENTED)
    assert learned[9] > 5 * DOCUMENTED[9]
    assert learned.argmax() == 9


def test_how_attention_falls_is_found_out_from_what_was_acted_on() -> None:
    for fall in (0.5, 1.0):
        found = fall_of_attention(simulated(2, Truth.RULES, askers=1_000, fall=fall).lists, DOCUMENTED)
        assert found == pytest.approx(fall, abs=0.15)


def test_the_trial_does_not_take_a_shuffled_order_for_a_gain() -> None:
    """Where features tell nothing: on what was seen alone, any other order than the one shown would seem better."""
    noise = simulated(5, Truth.NOISE, askers=2_000)
    shuffled = DOCUMENTED[::-1].copy()
    trial = try_out(noise.lists, shuffled, DOCUMENTED, fall=fall_of_attention(noise.lists, DOCUMENTED))
    assert abs(trial.gain) < 0.03
    assert trial.lower < 0 < trial.upper


def test_the_trial_tells_better_weights_from_worse_ones() -> None:
    better = try_out(OTHER.lists, LEARNED, DOCUMENTED, fall=1.0)
    worse = try_out(OTHER.lists, DOCUMENTED, LEARNED, fall=1.0)
    assert passes(better)
    assert not passes(worse)
    assert 0 <= better.rival < better.learned <= 1


def test_equal_weights_make_no_difference_and_the_trial_is_repeatable() -> None:
    same = try_out(OTHER.lists, DOCUMENTED, DOCUMENTED, fall=1.0)
    assert (same.gain, same.lower, same.upper) == (0, 0, 0)
    assert try_out(OTHER.lists, LEARNED, DOCUMENTED, fall=1.0) == try_out(OTHER.lists, LEARNED, DOCUMENTED, fall=1.0)


def test_an_asker_is_held_out_for_good_or_never() -> None:
    held = [is_held_out(f"talent {n}") for n in range(3_000)]
    assert 0.3 < np.mean(held) < 0.37
    assert held == [is_held_out(f"talent {n}") for n in range(3_000)]


def test_learning_gains_where_the_truth_differs() -> None:
    found = [true_gain(simulated(seed, Truth.OTHER, askers=800)) for seed in range(4)]
    assert np.mean([gain for gain, _ in found]) > 0.02
    assert min(lower for _, lower in found) > -0.01


@pytest.mark.parametrize("truth", [Truth.RULES, Truth.NOISE])
@pytest.mark.parametrize("seed", range(3))
def test_learning_costs_less_than_a_hundredth_where_there_is_nothing_to_learn(seed: int, truth: Truth) -> None:
    _, lower = true_gain(simulated(seed, truth, askers=1_500))
    assert lower > -0.01


def true_gain(consortium: Consortium) -> tuple[float, float]:
    """What is learned, if the trial lets it through, against the documented weights by the truth."""
    ours = [one for one in consortium.lists if not is_held_out(one.asker)]
    theirs = [one for one in consortium.lists if is_held_out(one.asker)]
    learned = learn(ours, DOCUMENTED)
    trial = try_out(theirs, learned, DOCUMENTED, fall=fall_of_attention(ours, DOCUMENTED))
    return consortium.gains(learned if passes(trial) else DOCUMENTED, DOCUMENTED)
