"""`chanjiao outcomes`: what came of matches, and the weights and chances learned from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from api.bootstrap import new_shelf, open_store
from api.settings import Settings
from data.store import Store
from indexing import snapshot, sync
from matching.calibration import AGREED_NEEDED, PAIRS_NEEDED
from matching.jobs import jobs
from matching.learning import MARGIN, OUTCOMES_NEEDED, passes
from matching.market import Market
from matching.matcher import Matcher
from matching.outcomes import showings
from matching.relearn import Verdict, judged_lists, relearn
from matching.weights import Versions, documented, fits, weighed
from models.errors import IndexMismatch
from models.outcomes import Act, Calibration, Learned, Trial

app = typer.Typer(help="从匹配的结果（点开、投递、录用……）中学习", no_args_is_help=True)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


@app.command()
def fit(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只学习和检验，不启用")] = False,
) -> None:
    """重新学习权重和概率，检验通过才启用。"""
    settings = Settings()
    versions = Versions(settings.learned)
    with open_store(settings) as store:
        shown = showings(store.events.everything())
        if not shown:
            out.print("还没有任何列表的展示记录，无从学习；用 POST /api/v1/events 报告结果")
            return
        matcher = _matcher(settings, store, versions)
        with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
            task = progress.add_task("还原列表", total=len(shown))
            lists = judged_lists(shown, matcher, progress=lambda done: progress.advance(task, done))
    rules = documented(matcher.documented_jobs)
    verdict = relearn(lists, rules, matcher.learned, version=versions.next_name(), made=datetime.now(UTC))
    _tell(verdict)
    learned = verdict.learned
    if learned is None:
        out.print("没有新版本可以启用")
        return
    _show(learned, matcher.documented_jobs, column="新学")
    if dry_run:
        out.print("只是试运行，没有启用")
        return
    weighed(matcher.documented_jobs, learned.weights)  # what the market refuses must not get into force
    versions.install(learned)
    out.print(f"已启用版本 {learned.version}；撤回：chanjiao outcomes rollback", soft_wrap=True)


@app.command()
def status() -> None:
    """现用的权重、检验结果与概率的可靠程度。"""
    settings = Settings()
    with open_store(settings) as store:
        _show_counts(store.events.count())
    learned, market = Versions(settings.learned).current(), jobs(settings.today(), lambda _: frozenset())
    if learned is None:
        out.print(f"现用规则中写明的权重。可比较的结果满 {OUTCOMES_NEEDED} 个后可运行 chanjiao outcomes fit")
    elif not fits(learned, market):
        out.print(f"版本 {learned.version} 学自另一套规则，不再使用；现用规则中写明的权重。请重新运行 fit")
    else:
        if learned.trial:
            out.print(f"启用时与规则权重相比：{_in_words(learned.trial)}", soft_wrap=True)
        _show(learned, market, column="现用")


@app.command()
def rollback() -> None:
    """撤回现用版本，恢复上一版；再往前是规则中写明的权重。"""
    versions = Versions(Settings().learned)
    gone = versions.rollback()
    installed = versions.installed()
    now = f"版本 {installed[-1]}" if installed else "规则中写明的权重"
    out.print(f"已撤回版本 {gone}，现用{now}", soft_wrap=True)


def _matcher(settings: Settings, store: Store, versions: Versions) -> Matcher:
    """A matcher over a shelf of its own: a running service keeps the one on disk."""
    shelf = new_shelf(settings)
    try:
        snapshot.restore(shelf, store, settings.index)
    except IndexMismatch as error:
        err.print(f"没有可用的索引快照，全部重新编码：{error.message}", markup=False, soft_wrap=True)
    sync.catch_up(store, shelf)
    return Matcher(shelf, today=settings.today, learned=versions.current)


def _tell(verdict: Verdict) -> None:
    out.print(f"列表 {verdict.lists} 个，可比较的结果 {verdict.outcomes} 个")
    if verdict.present:
        advice = "" if passes(verdict.present) else "；建议撤回：chanjiao outcomes rollback"
        out.print(f"现用权重与规则权重相比：{_in_words(verdict.present)}{advice}", soft_wrap=True)
    for rival, trial in verdict.trials.items():
        out.print(f"新学的权重与{rival}相比：{_in_words(trial)}", soft_wrap=True)
    if verdict.refused:
        out.print(f"权重不变：{verdict.refused}", soft_wrap=True)


def _in_words(trial: Trial) -> str:
    return (
        f"{trial.askers} 个未参与学习的提问者，nDCG {trial.rival:.3f} → {trial.learned:.3f}，"
        f"变化 {trial.gain:+.1%}（95% 区间 {trial.lower:+.1%} 至 {trial.upper:+.1%}，下限须高于 {MARGIN:.0%}）"
    )


def _show(learned: Learned, market: Market[Any, Any], *, column: str) -> None:
    moved = learned.weights != learned.documented
    out.print(
        f"版本 {learned.version}，{learned.made:%Y-%m-%d %H:%M}（UTC），"
        f"学自 {learned.lists} 个列表的 {learned.outcomes} 个结果",
        soft_wrap=True,
    )
    if moved:
        _show_weights(learned, market, column)
    else:
        out.print("权重与规则相同")
    if learned.calibration:
        _show_calibration(learned.calibration)
    else:
        out.print(
            f"不给出双方接受的概率：需要 {PAIRS_NEEDED} 对看过且有结论的匹配，其中 {AGREED_NEEDED} 对双方接受，"
            "并且在留出的数据上好于一个统一的概率",
            soft_wrap=True,
        )


def _show_weights(learned: Learned, market: Market[Any, Any], column: str) -> None:
    table = Table()
    for name in ("理由", "规则", column):
        table.add_column(name, justify="left" if name == "理由" else "right")
    for feature in market.features:
        table.add_row(feature.label, f"{feature.weight:.3f}", f"{learned.weights[feature.name]:.3f}")
    out.print(table)


def _show_calibration(calibration: Calibration) -> None:
    out.print("双方接受的概率，在留出数据上的可靠程度：")
    table = Table()
    for name in ("对数", "预测", "实际"):
        table.add_column(name, justify="right")
    for one in calibration.bins:
        table.add_row(f"{one.n:,}", f"{one.predicted:.1%}", f"{one.observed:.1%}")
    out.print(table)
    out.print(
        f"由 {calibration.pairs:,} 对得出，其中 {calibration.agreed:,} 对双方接受；"
        f"Brier {calibration.brier:.4f}，ECE {calibration.ece:.4f}",
        soft_wrap=True,
    )


def _show_counts(counts: Mapping[Act, int]) -> None:
    told = "，".join(f"{act.label} {count:,}" for act, count in counts.items())
    out.print(f"已收到的结果：{told or '无'}", soft_wrap=True)
