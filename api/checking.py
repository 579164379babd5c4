"""`chanjiao check`: which rules the postings of a file or of the store break, how often, with their words."""

from __future__ import annotations

import json as json_format
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from api.bootstrap import open_store
from api.settings import Settings
from data import taxonomy
from data.ingest.importer import read_records
from data.store import Store
from matching.fraud import risk
from matching.lawful import check
from models.errors import UnknownName
from models.lawful import Finding
from models.organisations import Organisation
from models.postings import Posting
from models.terms import Kind

app = typer.Typer(help="检查能不能依法发布", no_args_is_help=True)
out = Console(highlight=False)

STORE = "store"
"""What stands for the live postings of the database where a file may stand."""
SUSPICIOUS = 0.5
"""Fraud score from which on a posting is counted as suspicious."""
_Checked = tuple[Posting, tuple[Finding, ...]]


@app.callback()
def _check() -> None:
    """检查能不能依法发布"""


@app.command("postings")
def postings(
    source: Annotated[str, typer.Argument(help="岗位文件（CSV、XLSX、JSON Lines）；store 为数据库中的岗位")] = STORE,
    rule: Annotated[str | None, typer.Option("--rule", help="只看这一条规则（编号或名称）")] = None,
    examples: Annotated[int, typer.Option("--examples", min=0, max=50, help="每条规则举几个例子")] = 2,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="岗位文件的列名映射", exists=True)] = None,
    json: Annotated[Path | None, typer.Option("--json", help="把全部结果写成 JSON 文件")] = None,
) -> None:
    """逐条规则统计：多少岗位不合规、依据哪一条、原文怎么写。"""
    settings = Settings()
    wanted = _rule(rule) if rule else None
    checked = [
        (posting, tuple(one for one in found if wanted in (None, one.rule.name)))
        for posting, found in _checked(settings, source, mapping)
    ]
    rows = list(_rows(checked, examples))
    blocked = sum(any(one.blocks for one in found) for _, found in checked)
    out.print(f"岗位 {len(checked)} 个，不得发布 {blocked}，欺诈风险 {SUSPICIOUS} 以上 {_suspicious(checked)}")
    _show(rows)
    out.print("以上是提示，不是法律意见；条号为空的，内容已核对，条号未能核对", style="dim")
    if json:
        answer = {"postings": len(checked), "blocked": blocked, "rules": rows, "findings": list(_findings(checked))}
        json.write_text(json_format.dumps(answer, ensure_ascii=False, indent=1), encoding="utf-8")
        out.print(f"已写入 {json}", markup=False, soft_wrap=True)


def _rule(name: str) -> str:
    for one in taxonomy.rules().values():
        if name in (one.name, one.label):
            return one.name
    raise UnknownName(f"没有规则“{name}”，可用：{'、'.join(taxonomy.rules())}")


def _checked(settings: Settings, source: str, mapping: Path | None) -> Iterator[_Checked]:
    today = settings.today()
    if source == STORE:
        with open_store(settings) as store:
            members = _members(store)
            for stored in store.documents(Kind.POSTING):
                if isinstance(stored.record, Posting):
                    member = members.get(stored.record.organisation_id or 0)
                    yield stored.record, check(stored.record, member, today=today)
        return
    for record in read_records(Kind.POSTING, Path(source), mapping=mapping):
        if isinstance(record, Posting):
            yield record, check(record, today=today)


def _members(store: Store) -> dict[int, Organisation]:
    return {
        stored.id: stored.record
        for stored in store.documents(Kind.ORGANISATION)
        if isinstance(stored.record, Organisation)
    }


def _rows(checked: Iterable[_Checked], examples: int) -> Iterator[dict[str, Any]]:
    """One row a rule, in the order of the rules."""
    of_rule: dict[str, list[tuple[Posting, Finding]]] = defaultdict(list)
    for posting, found in checked:
        for one in found:
            of_rule[one.rule.name].append((posting, one))
    for name, rule in taxonomy.rules().items():
        broken = of_rule.get(name)
        if not broken:
            continue
        severities = Counter(one.rule.severity for _, one in broken)
        quotes = dict.fromkeys(one.span.text for _, one in broken if one.span)
        yield {
            "rule": name,
            "label": rule.label,
            "citation": rule.citation,
            "postings": len({id(posting) for posting, _ in broken}),
            **{severity.value: count for severity, count in severities.items()},
            "quotes": list(quotes)[:examples],
        }


def _show(rows: Iterable[dict[str, Any]]) -> None:
    table = Table(
        Column("规则", no_wrap=True),
        Column("依据", overflow="fold"),
        Column("岗位数", justify="right"),
        Column("不得发布", justify="right"),
        Column("提醒", justify="right"),
        Column("原文", overflow="fold"),
    )
    for row in rows:
        quotes = "；".join(f"“{quote}”" for quote in row["quotes"])
        counts = (str(row["postings"]), str(row.get("blocks", "")), str(row.get("warns", "")))
        table.add_row(f"{row['label']}\n[dim]{row['rule']}[/]", row["citation"], *counts, escape(quotes))
    out.print(table)


def _suspicious(checked: Iterable[_Checked]) -> int:
    return sum(risk(posting, found).score >= SUSPICIOUS for posting, found in checked)


def _findings(checked: Iterable[_Checked]) -> Iterator[dict[str, Any]]:
    for posting, found in checked:
        for one in found:
            yield {
                "source": posting.source.id if posting.source else None,
                "title": posting.title,
                "rule": one.rule.name,
                "severity": one.rule.severity,
                "message": one.message,
                "field": one.field,
                "start": one.span.start if one.span else None,
                "end": one.span.end if one.span else None,
                "text": one.span.text if one.span else None,
            }
