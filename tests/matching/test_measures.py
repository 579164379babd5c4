import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from matching.measures import judged, ndcg_at, recall_at, reciprocal_rank, unjudged_at

rankings = st.lists(st.sampled_from([f"d{n}" for n in range(12)]), unique=True, max_size=12)
grades = st.dictionaries(st.sampled_from([f"d{n}" for n in range(12)]), st.integers(0, 3), min_size=1)


@given(rankings, grades)
def test_measures_equal_those_of_the_reference_implementation(ranking: list[str], qrels: dict[str, int]) -> None:
    run = {"q": {document: float(-rank) for rank, document in enumerate(ranking)}}
    # The reference leaves out a query whose run is empty.
    expected = ir_measures.calc_aggregate([R @ 5, RR], {"q": qrels}, run) if ranking else {R @ 5: 0.0, RR: 0.0}
    assert recall_at(ranking, qrels, k=5) == pytest.approx(expected[R @ 5])
    assert reciprocal_rank(ranking, qrels) == pytest.approx(expected[RR])
    # It takes gains as they stand; ours are 2^grade - 1.
    gains = {"q": {document: 2**grade - 1 for document, grade in qrels.items()}}
    ndcg = ir_measures.calc_aggregate([nDCG @ 10], gains, run)[nDCG @ 10] if ranking else 0.0
    assert ndcg_at(ranking, qrels, k=10) == pytest.approx(ndcg)


@given(grades)
def test_the_ideal_order_scores_one(qrels: dict[str, int]) -> None:
    ideal = sorted(qrels, key=lambda document: -qrels[document])
    assert ndcg_at(ideal, qrels, k=10) == pytest.approx(1.0 if any(qrels.values()) else 0.0)


def test_what_nobody_judged_is_told_and_can_be_left_out() -> None:
    ranking, qrels = ["d1", "x", "d2", "y"], {"d1": 3, "d2": 0}
    assert judged(ranking, qrels) == ["d1", "d2"]
    assert unjudged_at(ranking, qrels, k=4) == 0.5
    assert unjudged_at([], qrels, k=4) == 0.0
