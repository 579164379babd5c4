"""`chanjiao jobs`: what the service does by itself, and what of it failed."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from api.bootstrap import open_store
from api.settings import Settings
from models.jobs import JobState

app = typer.Typer(help="后台任务：每日核对审计记录等", no_args_is_help=True)
out = Console(highlight=False)


@app.command("list")
def list_(
    state: Annotated[JobState | None, typer.Option(help="只看这种状态的")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="列出几个")] = 50,
) -> None:
    """列出后台任务，新的在前。"""
    settings = Settings()
    zone = ZoneInfo(settings.timezone)
    with open_store(settings) as store:
        counts = store.jobs.count()
        found = store.jobs.page(state=state, limit=k)
    table = Table(
        Column("编号", justify="right"), "任务", "键", "状态", Column("次数", justify="right"), "下次", "上次错误"
    )
    for job in found:
        waits = f"{job.next_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if job.state is JobState.QUEUED else ""
        table.add_row(str(job.id), job.kind, job.key, job.state.label, str(job.attempts), waits, job.last_error)
    out.print(table)
    out.print("，".join(f"{one.label} {count}" for one, count in counts.items()))


@app.command()
def retry(id: Annotated[int, typer.Argument(help="失败任务的编号")]) -> None:
    """让失败的任务从头再来；由运行中的服务执行。"""
    with open_store(Settings()) as store:
        store.jobs.retry(id)
    out.print(f"任务 {id} 已重新排队，由运行中的服务执行")
