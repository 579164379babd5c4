import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matching.retrieve import fuse
from tests.builders import a_posting, a_talent
from tests.worlds import a_matcher

opinions = hnp.arrays(np.float32, (2, 8), elements=st.integers(0, 20).map(float))


@given(opinions, st.floats(0, 1))
def test_fused_opinions_go_from_0_to_1_and_what_all_like_better_stands_higher(rows: np.ndarray, weight: float) -> None:
    fused = fuse((weight, rows[0]), (1 - weight, rows[1]))
    assert fused.min() >= 0
    assert fused.max() <= 1
    better = (rows[:, :, None] >= rows[:, None, :]).all(axis=0)
    assert (fused[:, None] - fused[None, :] >= -1e-5)[better].all()


@given(opinions)
def test_the_unit_of_an_opinion_changes_nothing(rows: np.ndarray) -> None:
    ours = fuse((0.5, rows[0]), (0.5, rows[1]))
    theirs = fuse((0.5, rows[0]), (0.5, 7 * rows[1] + 3))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_an_opinion_that_all_candidates_share_says_nothing() -> None:
    rows = np.array([0.1, 0.9, 0.5], dtype=np.float32)
    np.testing.assert_allclose(fuse((0.3, rows), (0.7, np.ones(3, dtype=np.float32))), [0, 1, 0.5], atol=1e-6)
    assert fuse((1.0, np.zeros(0, dtype=np.float32))).tolist() == []


def test_the_words_of_a_wish_say_more_than_those_of_a_report() -> None:
    talent = a_talent(
        specialty=None, expected_positions=("叉车司机",), self_description="参观过养老院，了解养老护理员的工作"
    )
    matcher = a_matcher(a_posting(title="叉车司机"), a_posting(title="养老护理员"), talent)
    asked = matcher.query(matcher.document(talent.kind, 3)).words
    wished, reported = matcher.shelf[a_posting().kind].words.scores(asked).of([1, 2])
    assert wished > reported > 0
