"""`chanjiao link`: occupations of titles from the command line, and the models behind them trained anew."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.settings import Settings
from data import taxonomy
from indexing import link_specialties_train, link_titles, link_titles_train
from indexing.cache import CachedEncoder
from indexing.encode import load_encoder
from indexing.segment import domain_segmenter
from models.errors import UnreadableFile

app = typer.Typer(help="岗位名称、专业与职业的对应", no_args_is_help=True)
out = Console(highlight=False)

Labels = Annotated[
    Path, typer.Option("--labels", help="标注：列 job_title、csco_code、split", exists=True, dir_okay=False)
]
Profiles = Annotated[Path, typer.Option("--profiles", help="专业简介（JSON Lines）", exists=True, dir_okay=False)]
Folder = Annotated[Path, typer.Option("--out", help="模型写到哪个文件夹", file_okay=False)]


@app.command("title")
def _title(
    titles: Annotated[list[str], typer.Argument(help="岗位名称，可以多个")],
    k: Annotated[int, typer.Option("-k", min=1, max=20, help="各列几个")] = 5,
) -> None:
    """岗位名称可能是什么职业"""
    settings = Settings()
    linker = link_titles.TitleLinker(link_titles.title_model(), load_encoder(settings.encoder, settings.models))
    for title, found in zip(titles, linker.link(titles, k=k), strict=True):
        group = f"，大致属于{taxonomy.occupation_label(found.group.code)}" if found.group else ""
        out.print(title + ("" if found.chosen else f"：不能确定{group}"), style="bold", markup=False)
        for one in found.candidates:
            out.print(f"  {one.score:.2f} {one.code} {taxonomy.occupation_label(one.code)}", markup=False)
    if not linker.by_meaning:
        out.print("编码模型与对应模型不同，只比较了字形")


@app.command("train")
def _train(labels: Labels, profiles: Profiles, folder: Folder = link_titles.FOLDER) -> None:
    """用标注为 train 的岗位名称和已知面向职业的专业重新训练；相同的输入得到逐字节相同的模型"""
    settings = Settings()
    encoder = CachedEncoder(load_encoder(settings.encoder, settings.models), settings.var / "cache")
    manifest, arrays = link_titles_train.train(_labelled(labels), encoder)
    link_titles.save(folder, manifest, arrays)
    link_titles.title_model.cache_clear()
    out.print(f"岗位名称 {manifest.titles} 个，逐个留出：{manifest.held_out}", markup=False)
    found = link_specialties_train.train(_profiles(profiles), encoder, domain_segmenter(), folder)
    out.print(f"专业 {found.specialties} 个，逐个留出：{found.held_out}", markup=False)
    out.print(f"已写入 {folder}", markup=False)


def _labelled(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"job_title", "csco_code", "split"} - set(rows[0] if rows else ())
    if missing:
        raise UnreadableFile(f"{path.name} 缺少列“{'、'.join(sorted(missing))}”")
    return [(row["job_title"], row["csco_code"]) for row in rows if row["split"] == "train"]


def _profiles(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except ValueError as error:
        raise UnreadableFile(f"{path.name} 不是 JSON Lines：{error}") from error
