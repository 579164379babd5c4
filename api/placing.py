"""`chanjiao place`: a cohort placed under three aims, the price of each, and why somebody fares as he does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from data.export import to_csv
from matching.placement import compare
from matching.placement_whynot import Reasons
from models.errors import UnknownName, UnreadableFile
from models.placement import Account, Mode, Placement, PlacementMarket

out = Console(highlight=False)

COLUMNS = ("学生", "岗位编号", "岗位", "志愿")


def place(
    file: Annotated[Path, typer.Argument(help="安置市场（JSON：students、places 等）", exists=True, dir_okay=False)],
    seed: Annotated[int, typer.Option("--seed", help="抽签种子，随结果公布")] = 0,
    mode: Annotated[Mode, typer.Option("--mode", help="说明原因和写文件时用哪一种方案")] = Mode.STABLE,
    why: Annotated[list[str] | None, typer.Option("--why", help="说明这个学生或岗位的原因，可重复")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="把这一种方案写成 CSV 文件")] = None,
) -> None:
    """把一批学生安置到岗位：三种方案并排，各自的代价，以及为什么。"""
    market = _read(file)
    answers = {answer.mode: answer for answer in compare(market, seed=seed)}
    _show(market, answers.values(), seed)
    reasons = Reasons(market, answers[mode])
    for subject in why or ():
        if subject not in reasons.students and subject not in reasons.places:
            raise UnknownName(f"没有编号为“{subject}”的学生或岗位")
        in_places = subject not in reasons.students
        _tell(reasons, reasons.of_place(subject) if in_places else reasons.of_student(subject))
    if output is not None:
        output.write_text("".join(to_csv(COLUMNS, _rows(reasons))), encoding="utf-8", newline="")
        out.print(f"已写入 {output}（{mode.label}，种子 {seed}）", soft_wrap=True)


def _read(file: Path) -> PlacementMarket:
    """Raises UnreadableFile, or Malformed naming the row."""
    try:
        payload = json.loads(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadableFile(f"文件“{file.name}”不是 JSON：{error}") from error
    if not isinstance(payload, dict):
        raise UnreadableFile(f"文件“{file.name}”应是一个对象，含 students 和 places")
    return PlacementMarket.read(payload)


def _show(market: PlacementMarket, answers: Iterable[Placement], seed: int) -> None:
    seats = sum(one.maximum for one in market.places)
    out.print(f"学生 {len(market.students)} 人，岗位 {len(market.places)} 个、名额 {seats} 个，抽签种子 {seed}")
    columns = ("安置", "未安置", "第一志愿", "调剂", "平均志愿", "互愿未成", "差下限")
    table = Table(Column("方案"), *(Column(name, justify="right") for name in columns), box=None)
    for one in answers:
        price = one.price
        mean = "—" if price.mean_wish is None else f"{price.mean_wish:.2f}"
        numbers = (price.placed, price.unplaced, price.first, price.adjusted, mean)
        table.add_row(one.mode.label, *map(str, (*numbers, price.blocking, price.unfilled_minimum)))
    out.print(table)
    labels = {one.id: one.label for one in market.places}
    for one in answers:
        out.print(f"[bold]{one.mode.label}[/bold]：{one.mode.says}", soft_wrap=True)
        for note in one.notes:
            out.print(f"  {note}", soft_wrap=True)
        for short in one.shortages:
            told = f"  “{labels[short.place]}”下限 {short.minimum} 人，安置 {short.placed} 人：{short.says}"
            out.print(escape(told), soft_wrap=True)


def _tell(reasons: Reasons, account: Account) -> None:
    out.print(f"\n[bold]{escape(account.subject)}[/bold] {escape(account.says)}", soft_wrap=True)
    for subject, obstacle in account.obstacles:
        named = f"“{reasons.labels[subject]}”" if subject in reasons.labels else f"学生 {subject}"
        out.print(f"  {escape(named)}：{escape(obstacle.says)}", soft_wrap=True)
    out.print(f"  {escape(account.opens)}", soft_wrap=True)


def _rows(reasons: Reasons) -> Iterator[tuple[str, ...]]:
    seats = {seat.student: seat for seat in reasons.placement.seats}
    for one in reasons.market.students:
        seat = seats.get(one.id)
        if seat is None:
            yield one.id, "", "未安置", ""
        else:
            yield one.id, seat.place, reasons.labels[seat.place], "指定" if seat.pinned else str(seat.wish or "调剂")
