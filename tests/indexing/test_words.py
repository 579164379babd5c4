from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.words import K1, B, WordIndex
from tests.strategies import WORDS, words


def ranking(index: WordIndex, query: list[str]) -> list[tuple[int, float]]:
    hits = index.search(query, k=100)
    return list(zip(hits.ids.tolist(), np.round(hits.scores, 5).tolist(), strict=True))


def test_scores_equal_those_of_the_reference_implementation() -> None:
    rng = np.random.default_rng(7)
    corpus = [list(rng.choice(WORDS, size=rng.integers(1, 15))) for _ in range(200)]
    index = WordIndex()
    index.add(dict(enumerate(corpus)))
    reference = bm25s.BM25(method="lucene", k1=K1, b=B)
    reference.index(corpus, show_progress=False)
    for query in (["plc", "电工"], ["护理"], ["数控", "车床", "直播"]):
        # Lucene leaves out the constant factor k1 + 1, which changes no order.
        expected = reference.get_scores(query) * (K1 + 1)
        assert index.scores(query).of(range(200)) == pytest.approx(expected, rel=1e-5)


def test_a_document_that_holds_a_rare_word_stands_before_one_that_holds_a_common_one() -> None:
    index = WordIndex()
    index.add({1: ["电工", "车床"], 2: ["电工", "plc"], 3: ["电工", "焊接"]})
    assert ranking(index, ["plc", "电工"])[0][0] == 2


def test_a_word_that_the_query_repeats_counts_more_but_not_as_often() -> None:
    index = WordIndex()
    index.add({1: ["电工"], 2: ["护理"], 3: ["焊接"]})
    once, thrice = (index.scores(["电工"] * times).of([1])[0] for times in (1, 3))
    assert thrice == pytest.approx(3**0.5 * once)
    assert index.scores(["电工"] * 3).ceiling == pytest.approx(3**0.5 * index.scores(["电工"]).ceiling)


def test_only_documents_with_a_word_of_the_query_are_found() -> None:
    index = WordIndex()
    index.add({1: ["电工"], 2: ["护理"]})
    assert [id for id, _ in ranking(index, ["电工", "没有的词"])] == [1]
    assert ranking(index, ["没有的词"]) == []
    assert ranking(WordIndex(), ["电工"]) == []


def test_adding_an_id_again_replaces_its_words() -> None:
    index = WordIndex()
    index.add({1: ["电工"]})
    index.add({1: ["护理"]})
    assert len(index) == 1
    assert ranking(index, ["电工"]) == []


operations = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.dictionaries(st.integers(0, 30), words, max_size=6)),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 30), max_size=4)),
    ),
    max_size=12,
)


@given(operations, words)
def test_an_index_that_followed_every_change_equals_one_built_at_once(operations: list, query: list[str]) -> None:
    followed, held = WordIndex(), {}
    for operation, argument in operations:
        if operation == "add":
            followed.add(argument)
            held |= argument
        else:
            followed.remove(argument)
            held = {id: found for id, found in held.items() if id not in argument}
    fresh = WordIndex()
    fresh.add(held)
    assert ranking(followed, query) == ranking(fresh, query)
    assert followed.scores(query).of(range(31)) == pytest.approx(fresh.scores(query).of(range(31)), rel=1e-5)


def test_merging_blocks_changes_no_score() -> None:
    index, query = WordIndex(), ["电工", "plc"]
    documents = {id: [WORDS[id % 10], WORDS[id % 7]] for id in range(2_000)}
    index.add(documents)
    before = ranking(index, query)
    for id in range(700):  # more than the small block holds
        index.add({id: documents[id]})
    assert ranking(index, query) == before


def test_what_is_saved_opens_equal(tmp_path: Path) -> None:
    index = WordIndex()
    index.add({1: ["电工", "plc", "plc"], 5: ["护理"], 9: []})
    index.remove([5])
    index.save(tmp_path / "words.npz")
    opened = WordIndex.open(tmp_path / "words.npz")
    assert len(opened) == 2
    assert ranking(opened, ["plc", "护理"]) == ranking(index, ["plc", "护理"])
    opened.add({7: ["plc", "新词"]})
    assert {id for id, _ in ranking(opened, ["plc", "新词"])} == {1, 7}


def test_an_empty_index_survives_saving(tmp_path: Path) -> None:
    WordIndex().save(tmp_path / "words.npz")
    opened = WordIndex.open(tmp_path / "words.npz")
    opened.add({1: ["电工"]})
    assert ranking(opened, ["电工"])[0][0] == 1
