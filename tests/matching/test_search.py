"""Searching everything: order, snippets, what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Change
from indexing.encode import HashingEncoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf, document_of
from matching.search import WIDTH, search, snippet
from models.errors import Malformed
from models.terms import Kind, Record
from tests.builders import a_course, a_need, a_policy, a_posting, a_talent, an_organisation


def a_shelf(*records: Record) -> Shelf:
    shelf = Shelf(HashingEncoder(), domain_segmenter())
    shelf.apply([Change(n, n, record.kind, record) for n, record in enumerate(records, 1)])
    return shelf


ORDERED = [
    (
        "名称里有的排在只在正文里提到的前面",
        "电焊工",
        a_posting(title="电焊工"),
        a_posting(title="班长", description="带领电焊工与钳工"),
    ),
    (
        "正好叫这个名字的排在多次提到它的前面",
        "澜川海纳机电",
        an_organisation(name="澜川海纳机电", description="生产电机"),
        a_posting(title="澜川海纳机电订单班", organisation="澜川海纳机电", description="澜川海纳机电与学校合办"),
    ),
    ("用词全有的排在只有一半的前面", "幼儿保育", a_course(name="幼儿保育"), a_course(name="幼儿体育")),
    ("全角半角大小写不论", "ｐｌｃ", a_posting(title="PLC 工程师"), a_posting(title="文员")),
    (
        "不同种类在同一个次序里",
        "养老护理",
        a_talent(expected_positions=["养老护理员"]),
        a_policy(title="企业养老保险办法"),
    ),
]


@pytest.mark.parametrize(("_", "text", "better", "worse"), ORDERED, ids=[case[0] for case in ORDERED])
def test_better_hits_come_first(_: str, text: str, better: Record, worse: Record) -> None:
    for records in ((better, worse), (worse, better)):
        found = [hit.document.record for hit in search(a_shelf(*records), text)]
        assert found[0] == better


def test_an_organisation_is_found_by_its_name_wherever_it_stands() -> None:
    shelf = a_shelf(an_organisation(name="澜川海纳机电"), a_need(organisation="澜川海纳机电"), a_posting())
    assert {hit.document.kind for hit in search(shelf, "海纳机电")} == {Kind.ORGANISATION, Kind.NEED}


def test_what_has_nothing_to_do_with_the_query_is_left_out() -> None:
    assert search(a_shelf(a_posting(), a_course()), "zxqv") == []


def test_only_the_wanted_kinds_and_records_are_found() -> None:
    shelf = a_shelf(
        a_posting(title="电焊工", headcount=1), a_posting(title="电焊工", headcount=2), a_course(name="电焊工")
    )
    assert len(search(shelf, "电焊工")) == 3
    assert len(search(shelf, "电焊工", kinds=[Kind.COURSE])) == 1
    assert [
        hit.document.id for hit in search(shelf, "电焊工", where=lambda found: found.record == a_course(name="电焊工"))
    ] == [3]
    assert len(search(shelf, "电焊工", k=2)) == 2


@pytest.mark.parametrize("text", ["", "   ", "！？", "\u200b"])
def test_a_query_without_text_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="搜索"):
        search(a_shelf(), text)


def test_a_long_text_is_cut_around_what_was_hit() -> None:
    document = document_of(1, 1, a_posting(description="前" * 300 + "会船舶焊接，" + "后" * 300))
    piece = snippet(document, ["船舶", "焊接"])
    assert piece.field == "description"
    assert len(piece.text) == WIDTH
    assert [piece.text[start:end] for start, end in piece.highlights] == ["船舶焊接"]


@given(st.text("数控车床 AＡａ\n", max_size=400), st.lists(st.sampled_from(["数控", "车床", "a", "控车"]), max_size=4))
def test_highlights_mark_the_words_apart_and_in_order(text: str, words: list[str]) -> None:
    piece = snippet(document_of(1, 1, a_posting(description=text)), words)
    assert len(piece.text) <= WIDTH
    ends = [0]
    for start, end in piece.highlights:
        assert ends[-1] <= start < end <= len(piece.text)
        ends.append(end)
