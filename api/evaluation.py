"""`chanjiao evaluate`: how well each stage finds what it should, on files of your own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.settings import Settings
from indexing.adapt import Adapter
from indexing.adapters import Adapters
from indexing.cache import CachedEncoder
from indexing.encode import Encoder, load_encoder
from indexing.segment import domain_segmenter
from matching.evaluate import (
    Report,
    Task,
    evaluate,
    judged_market,
    specialty_to_occupation,
    title_to_description,
    title_to_occupation,
)
from models.terms import Kind

app = typer.Typer(help="在带标注的文件上评测各检索环节", no_args_is_help=True)
out = Console(highlight=False)

Json = Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")]
Postings = Annotated[Path, typer.Option("--postings", help="岗位文件", exists=True, dir_okay=False)]
Talents = Annotated[Path, typer.Option("--talents", help="人才文件（JSON Lines）", exists=True, dir_okay=False)]
Qrels = Annotated[Path, typer.Option("--qrels", help="判断文件：查询编号 0 文档编号 等级", exists=True, dir_okay=False)]
Mapping = Annotated[Path | None, typer.Option("--mapping", help="岗位文件的列名映射", exists=True, dir_okay=False)]


@app.command("title-to-description")
def _title_to_description(
    postings: Postings,
    non_it: Annotated[bool, typer.Option("--non-it", help="只用 is_it 不为 1 的行")] = False,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="抽取多少个查询")] = None,
    seed: Annotated[int, typer.Option("--seed", help="抽样种子")] = 0,
    folds: Annotated[
        int | None, typer.Option("--folds", min=2, help="适配器分几折交叉验证：每折只用其余各折的岗位训练")
    ] = None,
    json: Json = None,
) -> None:
    """岗位名称要找到自己的描述"""
    _run(title_to_description(postings, non_it=non_it, sample=sample, seed=seed), json, folds=folds or 0)


@app.command("title-to-occupation")
def _title_to_occupation(
    labels: Annotated[Path, typer.Option("--labels", help="标注文件", exists=True, dir_okay=False)],
    split: Annotated[str, typer.Option("--split", help="用哪一部分")] = "test",
    json: Json = None,
) -> None:
    """岗位名称要找到它的职业"""
    _run(title_to_occupation(labels, split=split), json)


@app.command("specialty-to-occupation")
def _specialty_to_occupation(
    profiles: Annotated[Path, typer.Option("--profiles", help="专业简介（JSON Lines）", exists=True, dir_okay=False)],
    pairs: Annotated[Path, typer.Option("--pairs", help="专业与职业的对应", exists=True, dir_okay=False)],
    json: Json = None,
) -> None:
    """专业名称与核心课程要找到官方的面向职业"""
    _run(specialty_to_occupation(profiles, pairs), json)


@app.command("talents-to-postings")
def _talents_to_postings(
    talents: Talents, postings: Postings, qrels: Qrels, mapping: Mapping = None, json: Json = None
) -> None:
    """人才要找到合适的岗位（分级判断）"""
    _run_market(Kind.TALENT, talents, postings, qrels, mapping, json)


@app.command("postings-to-talents")
def _postings_to_talents(
    talents: Talents, postings: Postings, qrels: Qrels, mapping: Mapping = None, json: Json = None
) -> None:
    """岗位要找到合适的人才（分级判断）"""
    _run_market(Kind.POSTING, talents, postings, qrels, mapping, json)


def _run(task: Task, json_path: Path | None, *, folds: int = 0) -> None:
    out.print(f"{task.name}：{len(task.queries)} 个查询，{task.pool} 个文档；首次运行需要编码，之后读缓存")
    encoder = _encoder()
    adapter = _adapter(encoder)
    report = evaluate(task, encoder, domain_segmenter(), adapter=adapter, folds=folds, progress=out.print)
    _show(report, json_path)


def _run_market(
    queries: Kind, talents: Path, postings: Path, qrels: Path, mapping: Path | None, json_path: Path | None
) -> None:
    encoder = _encoder()
    report = judged_market(
        queries,
        talents,
        postings,
        qrels,
        encoder,
        domain_segmenter(),
        _adapter(encoder),
        mapping=mapping,
        today=Settings().today(),
        progress=out.print,
    )
    _show(report, json_path)


def _encoder() -> CachedEncoder:
    settings = Settings()
    return CachedEncoder(load_encoder(settings.encoder, settings.models), settings.var / "cache")


def _adapter(encoder: Encoder) -> Adapter:
    return Adapters(Settings().adapters, encoder.name).current()


def _show(report: Report, json_path: Path | None) -> None:
    names = list(report.rows[0].measures)
    table = Table(title=f"{report.task}（{report.queries} 个查询，{report.pool} 个文档）")
    for name in ("", *names):
        table.add_column(name, justify="left" if not name else "right")
    for row in report.rows:
        table.add_row(row.name, *(f"{row.measures[name]:.3f}" for name in names))
    out.print(table)
    for note in dict.fromkeys(row.note for row in report.rows if row.note):
        out.print(f"{'、'.join(row.name for row in report.rows if row.note == note)}：{note}")
    if json_path:
        json_path.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=2), encoding="utf-8")
        out.print(f"已写入 {json_path}")
