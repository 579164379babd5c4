"""`chanjiao lists`: the live lists on the command line, their files, and their frozen months."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.bootstrap import open_store
from api.exports import export_now
from api.livelists import LiveLists
from api.settings import Settings
from data.lists import list_type, list_types
from data.store import Store
from matching.lists import FEW, figures, owners
from models.errors import Conflict, Malformed

app = typer.Typer(help="清单：指标、导出与月末快照", no_args_is_help=True)
out = Console(highlight=False)


@app.command()
def show() -> None:
    """列出每张清单的条目数、新鲜度、完整度和逾期单位。"""
    settings = Settings()
    shown = Table(
        Column("清单", no_wrap=True),
        Column("编号", no_wrap=True),
        *(Column(name, justify="right") for name in _MEASURES),
    )
    with open_store(settings) as store:
        lists, today = _lists(settings, store), settings.today()
        for of in list_types().values():
            entries = lists.entries(of.id)
            whole, theirs = figures(of, entries, today), owners(of, entries, today)
            shown.add_row(
                of.name,
                of.id,
                FEW if whole.count is None else f"{whole.count:,}",
                f"{whole.fresh:.0%}",
                f"{whole.recent:.0%}",
                f"{whole.expired:,}",
                f"{whole.complete:.0%}",
                f"{sum(owner.overdue for owner in theirs)}/{len(theirs)}",
            )
    out.print(shown)


_MEASURES = ("条目", "近期更新", "未久置", "已过期", "完整度", "逾期单位")


@app.command()
def freeze(
    month: Annotated[str | None, typer.Option(help="月份，如 2026-10；默认上个月")] = None,
) -> None:
    """冻结每张清单在某个月末的样子；已经冻结的不改动。"""
    settings = Settings()
    with open_store(settings) as store:
        for frozen, written in _lists(settings, store).freeze(month):
            did = "已冻结" if written else "早已冻结，未改动"
            out.print(f"{list_type(frozen.list).name} {frozen.month}：{did}，SHA-256 {frozen.sha256}", soft_wrap=True)


@app.command()
def verify() -> None:
    """核对所有月末快照的内容与冻结时的 SHA-256 是否一致。"""
    with open_store(Settings()) as store:
        every = [store.frozen.load(id, month) for id in list_types() for month in store.frozen.months(id)]
    broken = [one for one in every if not one.intact]
    for one in broken:
        out.print(f"{list_type(one.list).name} {one.month}：内容与 SHA-256 不一致", style="red", soft_wrap=True)
    if broken:
        raise typer.Exit(1)
    out.print(f"月末快照 {len(every)} 份，全部与冻结时一致")


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="LIST", help="清单的编号，如 policies")],
    file: Annotated[Path, typer.Argument(help="写到哪里，.xlsx 或 .csv")],
) -> None:
    """把一张清单导出为 XLSX 或 CSV 文件。"""
    settings, of = Settings(), list_type(name)
    if file.suffix not in (".xlsx", ".csv"):
        raise Malformed(f"文件名“{file.name}”应以 .xlsx 或 .csv 结尾")
    with open_store(settings) as store:
        held = export_now(of, _lists(settings, store), store, settings.today())
    try:
        file.write_bytes(held.xlsx() if file.suffix == ".xlsx" else held.csv().encode())
    except OSError as error:
        raise Conflict(f"写不了“{file}”（{error.strerror}）") from error
    out.print(f"{of.name} {len(held.table.rows)} 行 → {file}", soft_wrap=True)


def _lists(settings: Settings, store: Store) -> LiveLists:
    return LiveLists(store, today=settings.today, zone=settings.zone)
