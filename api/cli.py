"""The command line: serving, importing, indexing, learning, auditing, keeping safe, and the doctor."""

from __future__ import annotations

import json
import logging
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import structlog
import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from typer import rich_utils
from typer.core import TyperGroup

from api import (
    adaptation,
    administration,
    auditing,
    checking,
    evaluation,
    jobs,
    linking,
    lists,
    outcomes,
    people,
    placing,
    safekeeping,
)
from api.app import create_app
from api.bootstrap import Services, build, new_shelf, open_store
from api.building import bring_up_to_date, discard, progress_bar
from api.building import build as build_index
from api.settings import Settings
from data import sample
from data.audit import acting
from data.ingest import Limits, import_file
from data.store import Store
from indexing import snapshot
from indexing.adapters import Adapters
from indexing.encode import load_encoder
from indexing.text import texts
from indexing.unknown import unknown_terms
from models.audit import Action
from models.errors import ChanjiaoError, Conflict, Malformed, StoreUnavailable, UnknownName
from models.jobs import JobState
from models.reasons import reason_of
from models.terms import Kind

rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.COMMANDS_PANEL_TITLE = "命令"

out, err = Console(highlight=False), Console(stderr=True, highlight=False)

_USAGE = (
    (r"Missing argument '(.+)'\.?", r"缺少参数 \1"),
    (r"Missing option '(.+)'\.?", r"缺少选项 \1"),
    (r"Missing command\.", "缺少命令"),
    (r"No such option: (\S+).*", r"没有选项 \1"),
    (r"No such command '(.+?)'.*", r"没有命令 \1"),
    (r"Invalid value for '(.+?)': .*", r"\1 的值无效"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多余的参数：\1"),
)
"""Typer's messages and how they read in Chinese."""

_RECENT = 1_000
"""Audit entries that `doctor` walks; all of them take a minute per million."""
_BACKUP_DUE = timedelta(days=7)
"""Age of the last backup, or of the installation, from which `doctor` warns."""
_FREE = 1_000_000_000
"""Bytes of disk below which `doctor` warns: a snapshot of 50,000 records and its successor need about half."""


class _OneLine(TyperGroup):
    """Shows what we raise on purpose, and wrong usage, as one Chinese line; exit status 2, no traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with acting("cli"):
                return super().invoke(ctx)
        except ChanjiaoError as error:
            message = error.message
        except typer.TyperException as error:
            said = _in_chinese(error)
            if not said:
                raise
            message = f"{said}（用法：chanjiao --help）"
        err.print(f"错误：{message}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2)


app = typer.Typer(
    cls=_OneLine, no_args_is_help=True, add_completion=False, help="产教联合体人才供需匹配服务", rich_markup_mode="rich"
)
samples = typer.Typer(no_args_is_help=True, help="示例联合体的数据")
app.add_typer(samples, name="sample")
vocabulary = typer.Typer(help="技能词表")
app.add_typer(vocabulary, name="vocabulary")
app.add_typer(evaluation.app, name="evaluate")
app.add_typer(adaptation.app, name="adapt")
app.add_typer(linking.app, name="link")
app.add_typer(outcomes.app, name="outcomes")
app.add_typer(administration.app, name="admin")
app.add_typer(lists.app, name="lists")
app.add_typer(people.app, name="person")
app.command()(people.retention)
app.command()(placing.place)
app.add_typer(auditing.app, name="audit")
app.add_typer(jobs.app, name="jobs")
app.command()(safekeeping.backup)
app.command()(safekeeping.restore)
app.add_typer(checking.app, name="check")


def main() -> None:
    """The `chanjiao` command."""
    _configure_logs()
    app()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，默认取 CHANJIAO_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口，默认取 CHANJIAO_PORT")] = None,
) -> None:
    """启动网页与接口服务。"""
    settings = _settings(host=host, port=port)
    with _listening(settings) as listener:
        services = build(settings)
        if settings.sample and services.store.revision == 0:
            _load_sample(services.store, services.today())
            administration.show_demo(services.store)
        out.print(f"服务地址：http://{settings.host}:{listener.getsockname()[1]}（按 Ctrl+C 停止）", soft_wrap=True)
        threading.Thread(target=_watch, args=(services,), daemon=True).start()
        # No access log: its lines would quote what people search for.
        config = uvicorn.Config(
            create_app(services=services),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="种类：posting 或“岗位”、talent 或“人才”、course、need、offer、policy …")],
    file: Annotated[Path, typer.Argument(help="CSV、XLSX 或 JSON Lines 文件")],
    mapping: Annotated[Path | None, typer.Option(help="列名映射文件（TOML）")] = None,
    source: Annotated[str | None, typer.Option(help="来源名称，默认取文件名")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    rejects: Annotated[Path | None, typer.Option(help="把被拒绝的行逐行写到这个文件")] = None,
) -> None:
    """导入一个文件，然后更新索引。"""
    settings, wanted = _settings(), _kind(kind)
    with open_store(settings) as store:
        with progress_bar() as progress:
            task = progress.add_task("导入", total=None)
            report = import_file(
                store,
                wanted,
                file,
                mapping=mapping,
                source=source,
                dry_run=dry_run,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
                reject_path=rejects,
                limits=Limits(file_bytes=settings.upload_limit),
            )
        out.print(str(report), markup=False, soft_wrap=True)
        if not dry_run:
            bring_up_to_date(settings, store)


@app.command()
def reindex(
    from_scratch: Annotated[bool, typer.Option("--from-scratch", help="丢弃现有快照，全部重新编码")] = False,
) -> None:
    """建立或更新索引快照。"""
    settings = _settings()
    with open_store(settings) as store, snapshot.writing(settings.index):
        if from_scratch:
            discard(settings.index)
        build_index(settings, store)


@samples.command()
def load() -> None:
    """把虚构的澜川市产教联合体载入数据库，然后更新索引。"""
    settings = _settings()
    with open_store(settings) as store:
        _load_sample(store, settings.today())
        bring_up_to_date(settings, store)


@vocabulary.callback(invoke_without_command=True, no_args_is_help=True)
def _vocabulary() -> None:
    """技能词表。"""


@vocabulary.command()
def unknown(
    kind: Annotated[str, typer.Option(help="看哪一种记录：posting 或“岗位”、talent 或“人才” …")] = Kind.POSTING.value,
    k: Annotated[int, typer.Option("-k", min=1, help="列出几个")] = 50,
) -> None:
    """列出记录里像技能、词表里却没有的常用说法。"""
    wanted = _kind(kind)
    with open_store(_settings()) as store:
        total = store.count(wanted)
        found = unknown_terms((texts(stored.record) for stored in store.documents(wanted)), k=k)
    if not found:
        out.print(f"{wanted.label} {total} 条，没有词表之外的技能说法")
        return
    table = Table("说法", Column("记录数", justify="right"), Column("例句", overflow="fold"), title_justify="left")
    table.title = f"{wanted.label} {total} 条里常见、词表里没有的技能说法"
    for term in found:
        table.add_row(escape(term.name), str(term.records), escape(term.example))
    out.print(table)


@app.command()
def prepare() -> None:
    """备好编码模型：随包模型首次使用前要转换一次，约需数秒。"""
    settings = _settings()
    encoder = load_encoder(settings.encoder, settings.models)
    out.print(f"编码模型已就绪：{encoder.name}（{encoder.dim} 维）", soft_wrap=True)


@app.command()
def migrate() -> None:
    """把数据库升级到当前版本。"""
    with open_store(_settings()) as store:
        out.print(f"数据库已是当前版本，数据版本号 {store.revision}")


@app.command()
def doctor() -> None:
    """检查运行环境，逐项说明是否正常、该怎么办。"""
    settings = _settings()
    checks = (_check_python, _check_packages, _check_database, _check_operations, _check_index, _check_disk)
    healthy = True
    for check in checks:
        for well, line in check(settings):
            out.print(("[green]✓[/] " if well else "[red]✗[/] ") + line.replace("[", r"\["), soft_wrap=True)
            healthy = healthy and well
    if not healthy:
        raise typer.Exit(1)


def _settings(**given: object) -> Settings:
    """The settings of the environment, overruled by what is given."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks
    except ValidationError as error:
        first = reason_of(error.errors(include_url=False)[0])
        raise Malformed(f"设置有误，CHANJIAO_{first.field.upper()}：{first.reason}（收到：{first.value}）") from error


def _kind(name: str) -> Kind:
    for kind in Kind:
        if name in (kind, f"{kind}s", kind.label):
            return kind
    known = "、".join(f"{kind.value}（{kind.label}）" for kind in Kind)
    raise UnknownName(f"没有种类“{name}”，可用：{known}")


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The bound socket: an address that is taken is known before the model is loaded."""
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
        # asyncio does so only for sockets that it opens itself; without it the end of every answer waits 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise Conflict(f"不能监听 {settings.host}:{settings.port}（{error.strerror}），请换一个 --port") from error
    with listener:
        yield listener


def _load_sample(store: Store, today: date) -> None:
    with progress_bar() as progress:
        task = progress.add_task("载入示例", total=None)
        counts = sample.load(
            store, progress=lambda done, total: progress.update(task, completed=done, total=total), today=today
        )
    out.print("示例联合体：" + "，".join(f"{kind.label} {count}" for kind, count in counts.items()), soft_wrap=True)


def _watch(services: Services) -> None:
    """Show how the first index build goes on, until it is done."""
    shelf, follower = services.shelf, services.follower
    with progress_bar() as progress:
        task = progress.add_task("建立索引", total=services.store.revision)
        while not follower.ready.wait(0.5):
            progress.update(task, completed=shelf.revision)
            if follower.failure:
                err.print(f"索引暂时没有建成：{follower.failure}", style="red", markup=False, soft_wrap=True)
                return
        progress.update(task, completed=services.store.revision)
    out.print(f"索引已就绪，共 {len(shelf)} 条记录")


_Checked = Iterator[tuple[bool, str]]


def _check_python(_: Settings) -> _Checked:
    version = ".".join(map(str, sys.version_info[:3]))
    fit = sys.version_info >= (3, 11)
    yield fit, f"Python {version}" + ("" if fit else "：需要 3.11 或更新的版本")


def _check_packages(_: Settings) -> _Checked:
    required = [one for one in metadata.requires("chanjiao") or () if "extra ==" not in one]
    names = [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in required]
    missing = [name for name in names if not _is_installed(name)]
    yield (
        not missing,
        (f"依赖包缺少：{'、'.join(missing)}；请运行 pip install -e ." if missing else f"依赖包 {len(names)} 个齐全"),
    )


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _check_database(settings: Settings) -> _Checked:
    if not _database_exists(settings):
        yield False, "数据库还没有建立；请运行 chanjiao migrate 或 chanjiao serve"
        return
    with Store(settings.url) as store:
        try:
            counts = "，".join(f"{kind.label} {store.count(kind)}" for kind in Kind)
            yield True, f"数据库，数据版本 {store.revision}：{counts}"
        except StoreUnavailable as error:
            yield False, f"数据库：{error.message}；先试 chanjiao migrate"


def _check_operations(settings: Settings) -> _Checked:
    """The newest audit entries, jobs that failed, and the last backup; nothing where the database gives no answer."""
    if not _database_exists(settings):
        return
    with Store(settings.url) as store:
        try:
            verdict, jobs = store.audit.verify(last=_RECENT), store.jobs.count()
            backup, first = store.audit.latest(Action.BACKED_UP), store.audit.first()
        except StoreUnavailable:
            return
    well = f"审计记录，最近 {verdict.entries} 条相连（全部核对：chanjiao audit verify）"
    yield verdict.intact, well if verdict.intact else f"审计记录不完整：{verdict.reason}；请运行 chanjiao audit verify"
    failed = jobs[JobState.FAILED]
    hint = f"后台任务失败 {failed} 个；请看 chanjiao jobs list --state failed，排除原因后 chanjiao jobs retry 编号"
    yield not failed, hint if failed else f"后台任务没有失败的，完成 {jobs[JobState.DONE]} 个"
    since = (backup or first).at if first else datetime.now(UTC)
    fresh = datetime.now(UTC) - since < _BACKUP_DUE
    said = (
        f"最近一次备份 {backup.at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}" if backup else "还没有备份"
    )
    yield fresh, said if fresh and backup else f"{said}；请定期运行 chanjiao backup 文件"


def _check_index(settings: Settings) -> _Checked:
    """The model, and whether the snapshot fits it."""
    try:
        shelf = new_shelf(settings)
        started = time.perf_counter()
        shelf.encoder.encode(["数控车床操作工"])
    except ChanjiaoError as error:
        yield False, f"编码模型：{error.message}"
        return
    milliseconds = (time.perf_counter() - started) * 1000
    yield True, f"编码模型 {shelf.encoder.name}，{shelf.encoder.dim} 维，一条文本 {milliseconds:.0f} 毫秒"
    unusable = Adapters(settings.adapters, shelf.encoder.name).unusable()
    trouble = "用不上（为别的编码模型训练，或文件读不出来）；请运行 chanjiao adapt rollback"
    yield not unusable, f"领域适配器 {unusable} {trouble}" if unusable else f"领域适配器 {shelf.adapter.name}"
    found = snapshot.manifest(settings.index)
    if found is None:
        yield False, "还没有索引快照；请运行 chanjiao reindex 或 chanjiao serve"
        return
    differing = [name for name, value in shelf.fingerprint.items() if found.get(name) != value]
    if differing:
        yield False, f"索引快照由另一套{'、'.join(differing)}生成；请运行 chanjiao reindex"
    else:
        yield True, f"索引快照，数据版本 {found['revision']}，记录 {sum(found['documents'].values())} 条"


def _check_disk(settings: Settings) -> _Checked:
    folder = settings.var.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    line = f"磁盘可用 {free / 1e9:.1f} GB"
    yield free >= _FREE, line if free >= _FREE else f"{line}，不足 1 GB；请清理或把 CHANJIAO_VAR 设到别处"


def _database_exists(settings: Settings) -> bool:
    """Whether there is a file to open: opening would create one."""
    return not settings.url.startswith("sqlite:///") or Path(settings.url.removeprefix("sqlite:///")).exists()


def _in_chinese(error: typer.TyperException) -> str:
    """Typer's message, translated where it is one that we know."""
    format_message: Callable[[], str] = getattr(error, "format_message", lambda: str(error))
    said = format_message()
    for pattern, chinese in _USAGE:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            return found.expand(chinese)
    return said


def _configure_logs() -> None:
    """One JSON object a line on stderr, from warnings up when a person watches, everything otherwise."""
    level = logging.WARNING if sys.stderr.isatty() else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(serializer=json.dumps, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
