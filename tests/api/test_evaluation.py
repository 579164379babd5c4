"""`chanjiao evaluate` from the command line, on files as others would bring them."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

POSTINGS = [
    ("数控车床操作工", "按图纸操作数控车床，自检尺寸"),
    ("养老护理员", "照护老人起居，协助进食翻身"),
    ("外贸跟单", "跟进国外订单，催交期"),
]


@pytest.fixture
def postings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHANJIAO_ENCODER", "hashing")
    monkeypatch.setenv("CHANJIAO_VAR", str(tmp_path / "var"))
    path = tmp_path / "postings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "company", "description", "is_it"])
        writer.writerows([n, title, "某厂", description, "0"] for n, (title, description) in enumerate(POSTINGS))
    return path


def test_the_table_is_printed_and_written_as_json(postings: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    command = ["evaluate", "title-to-description", "--postings", str(postings), "--non-it", "--json", str(target)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    written = json.loads(target.read_text(encoding="utf-8"))
    assert (written["task"], written["pool"], written["queries"]) == ("title-to-description", 3, 3)
    assert [row["name"] for row in written["rows"]] == ["random", "bm25", "dense", "hybrid"]
    assert set(written["rows"][0]) == {"name", "nDCG@10", "R@10", "R@50", "R@100", "MRR", "accuracy@1"}


def test_folds_add_the_adapted_row_and_say_so(postings: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    command = ["evaluate", "title-to-description", "--postings", str(postings), "--folds", "2", "--json", str(target)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "第 1/2 折：用其余" in result.output
    assert "adapted、hybrid：2 折交叉验证" in result.output
    rows = json.loads(target.read_text(encoding="utf-8"))["rows"]
    assert [row["name"] for row in rows] == ["random", "bm25", "dense", "adapted", "hybrid"]


def test_graded_judgements_add_the_full_pipeline(postings: Path, tmp_path: Path) -> None:
    talents, qrels, target = tmp_path / "talents.jsonl", tmp_path / "qrels.tsv", tmp_path / "out.json"
    person = {"id": "T1", "level": "中职", "expected_positions": ["数控车床操作工"]}
    talents.write_text(json.dumps(person, ensure_ascii=False), encoding="utf-8")
    qrels.write_text("T1 0 0 3\nT1 0 1 0\n", encoding="utf-8")
    files = ["--talents", str(talents), "--postings", str(postings), "--qrels", str(qrels)]
    result = CliRunner().invoke(app, ["evaluate", "talents-to-postings", *files, "--json", str(target)])
    assert result.exit_code == 0, result.output
    rows = {row["name"]: row for row in json.loads(target.read_text(encoding="utf-8"))["rows"]}
    assert list(rows) == ["random", "bm25", "dense", "hybrid", "full"]
    assert rows["full"]["nDCG@10"] == 1


def test_a_second_run_encodes_nothing_again(postings: Path, tmp_path: Path) -> None:
    from indexing.cache import CachedEncoder
    from indexing.encode import HashingEncoder

    class Counting(HashingEncoder):
        texts = 0

        def encode(self, texts, **options):  # type: ignore[no-untyped-def]
            Counting.texts += len(texts)
            return super().encode(texts, **options)

    first = CachedEncoder(Counting(64), tmp_path).encode(["电工", "焊工", "电工"])
    again = CachedEncoder(Counting(64), tmp_path).encode(["焊工", "电工"])
    assert Counting.texts == 2
    assert (first[:2] == again[::-1]).all()
    assert CachedEncoder(Counting(64), tmp_path).encode([], role="query").shape == (0, 64)


def test_a_missing_column_is_named(postings: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "title-to-occupation", "--labels", str(postings)])
    assert result.exit_code == 2
    assert "缺少列“job_title、csco_code”" in result.output
