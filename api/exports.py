"""Lists to take away: the table, and the sheet 说明 that says what it is and by which hash it can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from api.livelists import LiveLists
from data.export import to_csv, to_xlsx
from data.frozen import canonical, sha256
from data.store import Store
from matching.lists import Order, Standing, Table, chosen, table, thawed
from models.lists import ListType

_CHECKED = '把列名与各行（日期写作 2026-09-01，空为 null）按 {"columns":[…],"rows":[[…]]} 写成紧凑 JSON 后取 SHA-256'


@dataclass(frozen=True, slots=True)
class Export:
    """A table, and what it is."""

    of: ListType
    table: Table
    about: tuple[tuple[str, str], ...]
    day: str
    """What its file is called by besides the list's name."""

    def xlsx(self) -> bytes:
        return to_xlsx(self.of.name, self.table.columns, self.table.rows, self.about)

    def csv(self) -> str:
        return "".join(to_csv(self.table.columns, self.table.rows))

    def headers(self, ending: str) -> dict[str, str]:
        """With the file's Chinese name as RFC 6266 writes it."""
        name = quote(f"{self.of.name}_{self.day}.{ending}")
        return {"content-disposition": f"attachment; filename=\"{self.of.id}.{ending}\"; filename*=UTF-8''{name}"}


def export_now(
    of: ListType,
    lists: LiveLists,
    store: Store,
    today: date,
    *,
    owner: str = "",
    standing: Standing | None = None,
    order: Order = Order.NEWEST,
) -> Export:
    """The list as it stands today, filtered and sorted; of a list of persons always all of its groups."""
    entries = lists.entries(of.id)
    said = [("状态时间", today.isoformat())]
    if not of.personal:
        entries = chosen(of, entries, today, owner=owner, standing_as=standing, order=order)
        said += [("筛选", _filters(owner, standing)), ("次序", order.label)]
    return _export(of, table(of, entries, today), store, today, said, day=today.isoformat())


def export_month(of: ListType, store: Store, today: date, month: str) -> Export:
    """The list as it was frozen at the end of the month. Raises NotFound."""
    frozen = store.frozen.load(of.id, month)
    said = [("状态时间", f"{month} 月末"), ("冻结内容 SHA-256", frozen.sha256)]
    return _export(of, thawed(frozen.parsed()), store, today, said, day=month)


def _export(of: ListType, held: Table, store: Store, today: date, said: list[tuple[str, str]], *, day: str) -> Export:
    about = (
        ("清单", of.name),
        ("内容", of.description),
        ("导出日期", today.isoformat()),
        *said,
        ("来源", f"产教数据库，数据版本 {store.revision}"),
        ("行数", str(len(held.rows))),
        ("更新期限", f"{of.fresh} 天内为近期更新，超过 {of.stale} 天为久未更新，责任单位 {of.overdue} 天无更新即提醒"),
        ("表格 SHA-256", table_hash(held)),
        ("校验方法", _CHECKED),
    )
    return Export(of, held, about, day)


def _filters(owner: str, standing: Standing | None) -> str:
    chosen_by = [f"单位“{owner}”"] if owner else []
    chosen_by += [f"状态“{standing.label}”"] if standing else []
    return "、".join(chosen_by) or "无"


def table_hash(held: Table) -> str:
    """The SHA-256 that a workbook says its table has."""
    rows = [[value.isoformat() if isinstance(value, date) else value for value in row] for row in held.rows]
    return sha256(canonical({"columns": held.columns, "rows": rows}))
