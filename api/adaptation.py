"""`chanjiao adapt`: train the domain adapter on the installation's own records, look at it, take it back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap import open_store
from api.building import build, progress_bar
from api.settings import Settings
from indexing import snapshot
from indexing.adapt import EPOCHS, Adapter, train
from indexing.adapters import DEFAULT, Adapters
from indexing.cache import CachedEncoder
from indexing.e5 import NAME as BUNDLED
from indexing.encode import load_encoder
from indexing.shelf import Shelf
from matching.adaptation import Trial, public_rows, trial

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
    adapters = _adapters(settings)
    out.print(f"正在使用的领域适配器：{_called(adapters.current(), adapters)}", soft_wrap=True)
    installed = adapters.installed()
    out.print("装过的：" + ("、".join(installed) if installed else "无"), soft_wrap=True)
    if unusable := adapters.unusable():
        out.print(
            f"适配器 {unusable} 用不上：为别的编码模型训练，或文件读不出来；撤下：chanjiao adapt rollback",
            soft_wrap=True,
        )


@app.command()
def rollback() -> None:
    """回到上一个适配器；索引按存下的原始向量换算，不重新编码。"""
    settings = Settings()
    adapters = _adapters(settings)
    gone = adapters.rollback()
    now = adapters.current()
    snapshot.name_adapter(settings.index, now.name)
    out.print(f"已撤下适配器 {gone}，现在使用 {_called(now, adapters)}；运行中的服务会自动换上", soft_wrap=True)


@app.command()
def default(
    postings: Annotated[Path, typer.Option(help="岗位文件：title、description", exists=True, dir_okay=False)],
    labels: Annotated[
        Path, typer.Option(help="岗位名称与职业代码，只用 split 为 train 的行", exists=True, dir_okay=False)
    ],
    profiles: Annotated[Path, typer.Option(help="专业简介（JSON Lines）", exists=True, dir_okay=False)],
    links: Annotated[Path, typer.Option(help="专业与职业的对应", exists=True, dir_okay=False)],
    output: Annotated[Path, typer.Option(help="写到哪里")] = DEFAULT,
) -> None:
    """重做随项目提供的适配器：同样的文件得到逐字节相同的结果。"""
    settings = Settings()
    encoder = CachedEncoder(load_encoder("bundled", settings.models), settings.var / "cache")
    rows = public_rows(encoder, postings=postings, labels=labels, profiles=profiles, links=links)
    out.print(f"用 {len(rows)} 对名称与内容训练")
    with progress_bar() as progress:
        task = progress.add_task("训练适配器", total=EPOCHS)
        made = train(
            rows, encoder=BUNDLED, enriched=False, progress=lambda done, _: progress.update(task, completed=done)
        )
    output.write_bytes(made.packed())
    out.print(f"适配器 {made.name} 已写入 {output}", soft_wrap=True)


def _adapt(settings: Settings, *, dry_run: bool) -> None:
    with open_store(settings) as store, snapshot.writing(settings.index):
        shelf = build(settings, store)
    started = time.perf_counter()
    with progress_bar() as progress:
        task = progress.add_task("训练适配器", total=EPOCHS)
        found = trial(shelf, progress=lambda done, _: progress.update(task, completed=done))
    _tell(shelf, found, time.perf_counter() - started)
    if not found.better:
        out.print("没有确实的提高，不启用；现有的适配器不变")
    elif dry_run:
        out.print("有确实的提高；只是试算，没有启用")
    else:
        _adapters(settings).install(found.adapter)
        snapshot.name_adapter(settings.index, found.adapter.name)
        out.print(
            f"已启用适配器 {found.adapter.name}；运行中的服务会自动换上，撤回：chanjiao adapt rollback", soft_wrap=True
        )


def _tell(shelf: Shelf, found: Trial, seconds: float) -> None:
    out.print(
        f"用 {found.trained} 条记录训练，用时 {seconds:.1f} 秒；"
        f"留出的 {found.held_out} 条各按名称在 {found.pool} 条内容里找自己的那一条：\n"
        f"  现用 {shelf.adapter.name}  平均倒数排名 {found.before:.4f}\n"
        f"  新的 {found.adapter.name}  平均倒数排名 {found.after:.4f}（变化的 95 % 下界 {found.lower:+.4f}）",
        soft_wrap=True,
    )


def _adapters(settings: Settings) -> Adapters:
    return Adapters(settings.adapters, load_encoder(settings.encoder, settings.models).name)


def _called(adapter: Adapter, adapters: Adapters) -> str:
    """Its name, and where it is from."""
    if adapter.name in adapters.installed()[-1:]:
        return f"{adapter.name}（本地训练）"
    return "无（没有适合这个编码模型的）" if adapter.names_map is None else f"{adapter.name}（随项目提供）"
