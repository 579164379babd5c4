"""`chanjiao adapt`: train the domain adapter on the installation's own records, look at it, take it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap import new_shelf, open_store
from api.settings import Settings
from indexing import adapters, snapshot
from indexing.adapt import train
from indexing.cache import CachedEncoder
from indexing.e5 import NAME as BUNDLED
from indexing.encode import load_encoder
from indexing.shelf import Shelf
from matching.adaptation import Trial, public_rows, trial
from models.terms import Kind

app = typer.Typer(help="领域适配器：用本地记录训练、查看、回退")
out = Console(highlight=False)


@app.callback(invoke_without_command=True)
def adapt(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只训练和比较，不启用")] = False,
) -> None:
    """用本地记录训练适配器；留出的记录上确有提高才启用。"""
    if context.invoked_subcommand is None:
        _adapt(Settings(), dry_run=dry_run)


@app.command()
def status() -> None:
    """现在用的是哪一个适配器，之前用过哪些。"""
    settings = Settings()
    installed = adapters.history(settings.adapters)
    encoder = load_encoder(settings.encoder, settings.models).name
    out.print(
        f"编码模型 {encoder}；正在使用的适配器 {adapters.current(settings.adapters, encoder).name}", soft_wrap=True
    )
    out.print("装过的：" + ("、".join(installed) or "无（使用随项目提供的适配器）"), soft_wrap=True)


@app.command()
def rollback() -> None:
    """回到上一个适配器；索引按存下的原始向量换算，不重新编码。"""
    settings = Settings()
    gone = adapters.rollback(settings.adapters)
    encoder = load_encoder(settings.encoder, settings.models).name
    out.print(f"已撤下适配器 {gone}，现在使用 {adapters.current(settings.adapters, encoder).name}", soft_wrap=True)


@app.command()
def default(
    postings: Annotated[Path, typer.Option(help="岗位文件：title、description", exists=True, dir_okay=False)],
    labels: Annotated[
        Path, typer.Option(help="岗位名称与职业代码，只用 split 为 train 的行", exists=True, dir_okay=False)
    ],
    profiles: Annotated[Path, typer.Option(help="专业简介（JSON Lines）", exists=True, dir_okay=False)],
    links: Annotated[Path, typer.Option(help="专业与职业的对应", exists=True, dir_okay=False)],
    output: Annotated[Path, typer.Option(help="写到哪里")] = adapters.DEFAULT,
) -> None:
    """重做随项目提供的适配器：同样的文件得到逐字节相同的结果。"""
    settings = Settings()
    encoder = CachedEncoder(load_encoder("bundled", settings.models), settings.var / "cache")
    rows = public_rows(encoder, postings=postings, labels=labels, profiles=profiles, links=links)
    out.print(f"{len(rows)} 对名称与内容，开始训练")
    made = train(rows, encoder=BUNDLED, progress=lambda done, total: out.print(f"第 {done}/{total} 轮"))
    made.save(output)
    out.print(f"适配器 {made.name} 已写入 {output}", soft_wrap=True)


def _adapt(settings: Settings, *, dry_run: bool) -> None:
    with open_store(settings) as store:
        shelf = new_shelf(settings)
        snapshot.restore(shelf, store, settings.index)
    out.print(f"索引里有 {sum(len(shelf[kind]) for kind in Kind)} 条记录，开始训练（约一两分钟）")
    found = trial(shelf, progress=lambda done, total: out.print(f"第 {done}/{total} 轮"))
    _tell(shelf, found)
    if not found.better:
        out.print("没有确实的提高，不启用；现有的适配器不变")
    elif dry_run:
        out.print("有确实的提高；只是试算，没有启用")
    else:
        adapters.install(settings.adapters, found.adapter)
        out.print(f"已启用适配器 {found.adapter.name}；运行中的服务会自动换上，回退：chanjiao adapt rollback")


def _tell(shelf: Shelf, found: Trial) -> None:
    out.print(
        f"训练 {found.trained} 对，留出 {found.held_out} 对，在 {found.pool} 条内容里找自己的那一条：\n"
        f"  现用 {shelf.adapter.name}  MRR {found.before:.4f}\n"
        f"  新的 {found.adapter.name}  MRR {found.after:.4f}（提高的下界 {found.lower:+.4f}，95 % 配对自助法）",
        soft_wrap=True,
    )
