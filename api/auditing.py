"""`chanjiao audit`: read the audit trail, and prove that nobody changed it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from api.bootstrap import open_store
from api.settings import Settings
from models.audit import Action, AuditEntry
from models.errors import AuditBroken, Malformed
from models.terms import Kind

app = typer.Typer(help="审计记录：谁在何时对哪条记录做了什么", no_args_is_help=True)
out = Console(highlight=False)


@app.command()
def verify(
    head: Annotated[str | None, typer.Option(help="以前记下的链头；不在链上说明其后有条目被删去")] = None,
) -> None:
    """从头核对哈希链，指出第一条对不上的。"""
    with open_store(Settings()) as store:
        verdict = store.audit.verify(head=head)
    if not verdict.intact:
        raise AuditBroken(f"审计记录不完整：{verdict.reason}")
    out.print(f"审计记录完整，共 {verdict.entries} 条", soft_wrap=True)
    out.print(f"链头 {verdict.head}（请记在别处，以后用 --head 核对）", soft_wrap=True)


@app.command()
def show(
    subject: Annotated[str | None, typer.Option(help="只看这一条或这一种，如 posting/42、posting")] = None,
    actor: Annotated[str | None, typer.Option(help="只看这个操作者：账号编号、public、cli 或 system")] = None,
    since: Annotated[str | None, typer.Option(help="只看这天或这一时刻以后，如 2026-09-01、2026-09-01T08:30")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="列出几条")] = 50,
) -> None:
    """列出审计条目，新的在前。"""
    settings = Settings()
    zone = ZoneInfo(settings.timezone)
    with open_store(settings) as store:
        found, total = store.audit.page(
            subject=subject, actor=actor, since=_moment(since, zone) if since else None, limit=k
        )
    table = Table(
        Column("编号", justify="right"),
        Column("时间", no_wrap=True),
        "操作者",
        "操作",
        "对象",
        Column("说明", overflow="fold"),
    )
    for entry in found:
        at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        table.add_row(str(entry.number), at, *map(escape, (entry.actor, action(entry), thing(entry), _details(entry))))
    out.print(table)
    out.print(f"共 {total} 条" + (f"，列出最新的 {len(found)} 条" if len(found) < total else ""))


def action(entry: AuditEntry) -> str:
    """What was done, in Chinese where this version knows it."""
    return Action(entry.action).label if entry.action in set(Action) else entry.action


def thing(entry: AuditEntry) -> str:
    """What it was done to, as in 岗位 42."""
    kind, _, id = entry.subject.partition("/")
    return f"{Kind(kind).label} {id}" if kind in set(Kind) else entry.subject


def _details(entry: AuditEntry) -> str:
    return "，".join(f"{name}={_told(value)}" for name, value in entry.details.items())


def _told(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if len(text) > 10 else datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        raise Malformed(f"看不懂时间“{text}”，应如 2026-09-01 或 2026-09-01T08:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
