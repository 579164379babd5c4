"""Training on the records of an installation, and when the result is let in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data import taxonomy
from data.store import Change
from indexing.adapt import IDENTITY, Adapter
from indexing.encode import HashingEncoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from indexing.vectors import ExactIndex
from matching import adaptation
from matching.adaptation import public_rows, trial
from models.errors import Conflict
from tests.builders import a_posting, a_talent
from tests.worlds import turned, unit_rows

ROWS = 1_500


def a_shelf(count: int, *, start: int = 0, adapter: Adapter = IDENTITY) -> Shelf:
    """Postings whose texts are all different, and a talent, who has no name to learn from."""
    shelf = Shelf(HashingEncoder(8), domain_segmenter(), adapter=adapter, index=ExactIndex)
    records = [
        a_posting(title=f"岗位{n}", description=f"第{n}号岗位的职责：负责第{n}条产线的设备点检、保养与交接班记录")
        for n in range(start, start + count)
    ]
    shelf.apply([Change(id, id, record.kind, record) for id, record in enumerate([*records, a_talent()], 1)])
    return shelf


def turned_shelf(count: int, angle: float) -> Shelf:
    """Their contents lie at an angle to their names: what an encoder gets wrong in a trade."""
    shelf = a_shelf(count)
    section = shelf[a_posting().kind]
    names = unit_rows(len(section.raw), 8)
    for id, pair in zip(section.raw, np.stack([names, turned(names, angle)], axis=1), strict=True):
        section.raw[id] = pair.astype(np.float16)
    return shelf


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps from few rows."""
    monkeypatch.setattr("indexing.adapt.BATCH", 64)


@pytest.mark.usefixtures("small_batches")
def test_what_makes_names_find_their_contents_is_better() -> None:
    found = trial(turned_shelf(ROWS, 0.4))
    assert found.after > found.before
    assert 0 < found.lower < found.after - found.before
    assert found.better
    assert found.adapter.encoder == "hashing-1-8"


@pytest.mark.usefixtures("small_batches")
def test_where_there_is_nothing_to_learn_nothing_is_better() -> None:
    """Names and contents that have nothing to do with each other."""
    shelf = turned_shelf(ROWS, 0)
    section = shelf[a_posting().kind]
    for id, contents in zip(section.raw, unit_rows(len(section.raw), 8, seed=1), strict=True):
        section.raw[id] = np.stack([section.raw[id][0], contents.astype(np.float16)])
    assert not trial(shelf).better


def test_a_trial_holds_out_the_same_rows_whatever_stands_beside_them() -> None:
    def held_out(shelf: Shelf) -> set[str]:
        rows, held = adaptation._rows(shelf)
        return set(rows.where(held).name_texts)

    one, more, later = held_out(a_shelf(600)), held_out(a_shelf(900)), held_out(a_shelf(600, start=300))
    assert one <= more
    assert {f"岗位{n}" for n in range(300, 600)} & one == {f"岗位{n}" for n in range(300, 600)} & later
    assert len(more) == pytest.approx(90, abs=30)


def test_records_of_one_text_are_held_out_together_and_count_once() -> None:
    shelf = a_shelf(600)
    record = a_posting(title="抄来的岗位", description="一模一样的岗位职责，" * 20)
    shelf.apply([Change(id, id, record.kind, record) for id in range(2_000, 2_100)])
    rows, held = adaptation._rows(shelf)
    copied = np.asarray([name == "抄来的岗位" for name in rows.name_texts])
    assert copied.sum() == 100
    assert len(set(held[copied])) == 1
    few = a_shelf(0)
    few.apply([Change(id, id, record.kind, record) for id in range(1, 2_000)])
    with pytest.raises(Conflict, match="只有 1 条既有名称又有内容的记录"):
        trial(few)


def test_from_few_records_nothing_is_trained() -> None:
    with pytest.raises(Conflict, match="只有 40 条既有名称又有内容的记录（相同的算一条），少于 500 条"):
        trial(a_shelf(40))
    with pytest.raises(Conflict, match="只有 0 条"):
        trial(a_shelf(0))


@pytest.mark.parametrize("lower", [-0.01, 0.0])
def test_a_gain_that_may_be_chance_is_not_better(lower: float) -> None:
    found = adaptation.Trial(IDENTITY, trained=900, held_out=100, pool=1_000, before=0.30, after=0.31, lower=lower)
    assert not found.better
    assert replace(found, lower=0.001).better


def test_the_lower_bound_is_that_of_the_mean_of_paired_gains() -> None:
    """For many normal gains the percentile of the bootstrap is the textbook bound."""
    gains = np.random.default_rng(3).normal(0.02, 0.1, 2_000)
    textbook = gains.mean() - 1.645 * gains.std() / np.sqrt(len(gains))
    assert adaptation._lower_bound(gains, seed=0) == pytest.approx(textbook, abs=5e-4)


def test_ranks_count_ties_against_the_one_that_is_looked_for() -> None:
    shelf = turned_shelf(600, 0)
    rows, _ = adaptation._rows(shelf)
    pool = rows + rows  # each contents is there twice
    assert adaptation._reciprocal_ranks(IDENTITY, rows, pool) == pytest.approx([0.5] * len(rows))


@pytest.fixture
def public(tmp_path: Path) -> dict[str, Path]:
    welder = next(leaf.code for leaf in taxonomy.leaves() if leaf.name == "焊工")
    texts = {
        "postings": "title,description\n电工（急聘）,电工岗位职责：设备点检\n机修,电工岗位职责：设备点检\n空,\n",
        "labels": f"job_title,csco_code,split\n氩弧焊师傅,{welder},train\n二保焊,{welder},test\n",
        "profiles": '{"code": "460110", "name": "智能焊接技术", "core_courses": ["焊接工艺"]}\n',
        "links": f"specialty_code,csco_code\n460110,{welder}\n999999,{welder}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: tmp_path / name for name in texts}


def test_what_ships_is_trained_on_rows_that_may_be_used_only(public: dict[str, Path]) -> None:
    rows = public_rows(HashingEncoder(8), **public)
    taught = set(zip(rows.name_texts, rows.content_texts, strict=True))
    assert ("氩弧焊师傅", "焊工") in taught
    assert "二保焊" not in rows.name_texts
    assert ("机修", "电工岗位职责：设备点检") in taught
    assert "空" not in rows.name_texts
    assert ("智能焊接技术", "智能焊接技术：焊接工艺") in taught
    linked = [contents for name, contents in taught if name == "智能焊接技术：焊接工艺"]
    assert len(linked) == 1
    assert linked[0].startswith("焊工：")
    assert rows.names.shape == rows.contents.shape == (len(rows), 8)


def test_two_trials_of_one_shelf_are_equal() -> None:
    one, again = (trial(a_shelf(550)) for _ in range(2))
    assert one.adapter.packed() == again.adapter.packed()
    assert (one.before, one.after, one.lower) == (again.before, again.after, again.lower)
