"""`chanjiao backup` and `chanjiao restore`: the database in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap import open_store
from api.building import discard, progress_bar
from api.settings import Settings
from data.store import Store
from indexing import snapshot
from models.errors import AuditBroken

out = Console(highlight=False)


def backup(file: Annotated[Path, typer.Argument(help="写到哪个文件；已有的会在写完后被替换")]) -> None:
    """把整个数据库备份成一个文件；服务可以照常运行。"""
    with open_store(Settings()) as store, progress_bar() as progress:
        task = progress.add_task("备份", total=None)
        manifest = store.back_up(file, progress=lambda done, total: progress.update(task, completed=done, total=total))
    rows = sum(told.rows for told in manifest.tables.values())
    out.print(
        f"已备份到 {file}：数据版本 {manifest.revision}，{len(manifest.tables)} 张表 {rows} 行，"
        f"{file.stat().st_size / 1e6:.1f} MB",
        soft_wrap=True,
    )
    out.print(f"审计链头 {manifest.audit_head}（{manifest.audit_entries} 条，请记在别处）", soft_wrap=True)
    out.print("备份含个人信息和登录凭据，请妥善保管", soft_wrap=True)


def restore(file: Annotated[Path, typer.Argument(help="chanjiao backup 写的文件")]) -> None:
    """从备份恢复到空的数据库，SQLite 与 PostgreSQL 均可。"""
    settings = Settings()
    with Store(settings.url) as store, snapshot.writing(settings.index):
        with progress_bar() as progress:
            task = progress.add_task("恢复", total=None)
            manifest = store.restore(
                file, progress=lambda done, total: progress.update(task, completed=done, total=total)
            )
        # What lies there was made from another database.
        discard(settings.index)
        verdict = store.audit.verify(head=manifest.audit_head)
    if not verdict.intact:
        raise AuditBroken(f"数据已恢复，但备份里的审计记录不完整：{verdict.reason}")
    out.print(f"已恢复到数据版本 {manifest.revision}（备份于 {manifest.taken:%Y-%m-%d %H:%M} UTC）", soft_wrap=True)
    out.print(f"审计记录完整，共 {verdict.entries} 条；索引由 chanjiao serve 或 reindex 重建", soft_wrap=True)
