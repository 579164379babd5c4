import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.vectors import ExactIndex, FaissIndex, VectorIndex
from tests.strategies import unit, unit_rows

DIM = 8


@pytest.fixture(params=[ExactIndex, FaissIndex], ids=["exact", "faiss"])
def index(request: pytest.FixtureRequest) -> VectorIndex:
    made: VectorIndex = request.param(DIM)
    return made


def rows(count: int, seed: int = 1) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, DIM)))


def test_a_vector_finds_itself_first(index: VectorIndex) -> None:
    vectors = rows(20)
    index.add(range(20), vectors)
    assert all(index.search(vectors[n], k=3).ids[0] == n for n in range(20))


def test_asking_for_more_than_there_is_returns_what_there_is(index: VectorIndex) -> None:
    assert len(index.search(rows(1)[0], k=5)) == 0
    index.add([7], rows(1))
    assert index.search(rows(1)[0], k=5).ids.tolist() == [7]


def test_adding_an_id_again_replaces_its_vector(index: VectorIndex) -> None:
    first, second = rows(2)
    index.add([1], first[None])
    index.add([1], second[None])
    assert len(index) == 1
    assert index.vectors([1])[0] == pytest.approx(second)


def test_removed_ids_are_not_found_and_unknown_ones_are_ignored(index: VectorIndex) -> None:
    vectors = rows(3)
    index.add([1, 2, 3], vectors)
    index.remove([2, 99])
    assert set(index.search(vectors[1], k=3).ids.tolist()) == {1, 3}
    assert not index.vectors([2]).any()
    assert index.similarities(vectors[1], [2, 99]).tolist() == [0, 0]


def test_equal_vectors_come_in_order_of_id(index: VectorIndex) -> None:
    same = np.repeat(rows(1), 30, axis=0)
    index.add(list(range(30, 0, -1)), same)
    assert index.search(same[0], k=4).ids.tolist() == [1, 2, 3, 4]


def test_the_product_of_two_means_is_the_mean_cosine_of_all_pairs(index: VectorIndex) -> None:
    ours, theirs = rows(10, seed=2), rows(6, seed=3)
    index.add(range(10), ours)
    assert index.mean() @ theirs.mean(axis=0) == pytest.approx((ours @ theirs.T).mean(), abs=1e-5)


changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 12), min_size=1, max_size=6, unique=True)),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 12), max_size=4)),
    ),
    max_size=8,
)


@given(changes, unit_rows(1, DIM), st.integers(1, 15), st.data())
def test_faiss_answers_as_the_exact_index_does(changes: list, query: np.ndarray, k: int, data: st.DataObject) -> None:
    exact, faiss = ExactIndex(DIM), FaissIndex(DIM)
    for change, ids in changes:
        if change == "add":
            vectors = data.draw(unit_rows(len(ids), DIM))
            for index in (exact, faiss):
                index.add(ids, vectors)
        else:
            for index in (exact, faiss):
                index.remove(ids)
    ours, oracle = faiss.search(query[0], k=k), exact.search(query[0], k=k)
    assert ours.scores == pytest.approx(oracle.scores, abs=1e-6)
    # Where scores tie to the last bit but one, either order is right.
    if len(set(np.round(exact.search(query[0], k=99).scores, 5))) == len(exact):
        assert ours.ids.tolist() == oracle.ids.tolist()
    assert len(faiss) == len(exact)
    assert faiss.mean() == pytest.approx(exact.mean(), abs=1e-6)
