"""`chanjiao person` and `chanjiao retention`: a person's data exported or erased, and whose time is over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.bootstrap import open_store
from api.building import bring_up_to_date, progress_bar
from api.dossier import dossier
from api.privacy import erasure_receipt
from api.settings import Settings
from data.retention import RULES, due, rules
from models.errors import Conflict
from models.privacy import ErasureReason

app = typer.Typer(help="个人信息：导出、删除", no_args_is_help=True)
out = Console(highlight=False)

LISTED = 50
"""People listed by `retention`; `--apply` takes them all."""

TalentNumber = Annotated[int, typer.Argument(help="人才编号", min=1)]


@app.command()
def export(
    id: TalentNumber,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写到这个文件，默认输出到屏幕")] = None,
) -> None:
    """导出一个人的全部个人信息（JSON）。"""
    settings = Settings()
    with open_store(settings) as store:
        found = dossier(store, id, timezone=settings.timezone).model_dump_json(indent=2)
    if output is None:
        out.print(found, markup=False, soft_wrap=True)
        return
    # Nobody else on this machine need read it.
    output.touch(mode=0o600)
    output.write_text(found, encoding="utf-8")
    out.print(f"已写入 {output}，内有个人信息，交给本人后请删除", soft_wrap=True)


@app.command()
def erase(
    id: TalentNumber,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
) -> None:
    """删除一个人的个人信息，只留下不指向本人的统计数字。"""
    settings = Settings()
    with open_store(settings) as store:
        if not yes and store.erasures.of(id) is None:
            states = len(store.history(id))
            raise Conflict(f"将清空人才 {id} 的 {states} 份资料（含历史），不能恢复；确认请加 --yes")
        out.print(erasure_receipt(store.erasures.erase(id)).message, soft_wrap=True)
        bring_up_to_date(settings, store)


def retention(
    given: Annotated[Path | None, typer.Option("--rules", help="保存期限文件（TOML）")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="删除到期的个人信息；不加则只列出")] = False,
) -> None:
    """列出保存期满的个人信息，加 --apply 则删除。"""
    settings = Settings()
    table = rules(given or RULES)
    for rule in table.values():
        out.print(f"{rule.label}：{rule.after} {rule.days} 天", soft_wrap=True)
    with open_store(settings) as store:
        found = list(due(store, settings.today(), table))
        if not found:
            out.print("没有保存期满的个人信息")
            return
        listed = Table(Column("人才", justify="right"), "种类", "依据", "起算", "期满")
        for one in found[:LISTED]:
            listed.add_row(str(one.talent), one.rule.label, one.why, one.since.isoformat(), one.day.isoformat())
        out.print(listed)
        if len(found) > LISTED:
            out.print(f"……另有 {len(found) - LISTED} 人")
        if not apply:
            out.print(f"共 {len(found)} 人期满，没有删除；删除请加 --apply")
            return
        with progress_bar() as progress:
            task = progress.add_task("删除", total=len(found))
            for one in found:
                store.erasures.erase(one.talent, ErasureReason.RETENTION)
                progress.advance(task)
        out.print(f"已删除 {len(found)} 人的个人信息")
        bring_up_to_date(settings, store)
