"""The live lists: how they stand, what is on them, whom to remind, what a month changed, and files to take away."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.auth import PrincipalDep, allow
from api.bootstrap import Services
from api.deps import API, Limit, Offset, ServicesDep
from api.exports import Export, export_month, export_now
from api.list_answers import (
    Feed,
    FrozenAnswer,
    FrozenMonth,
    ListGroups,
    ListOwners,
    ListPage,
    ListsAnswer,
    ListSummary,
    MonthChanges,
    Reminders,
    entry_item,
    frozen_answer,
    frozen_month,
    group_item,
    list_entry,
    list_group,
    list_owner,
    list_summary,
    month_changes,
    reminder,
)
from api.problems import problems
from api.routers.records import PLURALS
from data.lists import list_type, list_types
from matching.lists import (
    Order,
    Owner,
    Standing,
    chosen,
    compare,
    figures,
    groups,
    owners,
    tellable,
)
from models.access import Action, System
from models.errors import Conflict
from models.lists import ListType
from models.terms import Month

router = APIRouter(prefix=f"{API}/lists", tags=["清单"], responses=problems(401, 403, 404, 422, 500, 503))

FEED_ITEMS = 100
"""Entries of a feed: the latest."""

ListPath = Annotated[str, Path(max_length=40, alias="list", description="清单的编号，如 policies")]
MonthPath = Annotated[Month, Path(description="月份，如 2026-10")]
MonthQuery = Annotated[Month | None, Query(description="月份，如 2026-10；不写为现在")]
OwnerFilter = Annotated[str, Query(max_length=200, description="只要这个单位的")]
StandingFilter = Annotated[Standing | None, Query(description="只要这种状态的")]
OrderChoice = Annotated[Order, Query(description="次序：newest、oldest、until、incomplete 或 owner")]


@router.get("", summary="全部清单及其指标", dependencies=[allow(Action.READ, System.LIST)])
def lists(services: ServicesDep) -> ListsAnswer:
    """Every live list with its count, age, freshness, completeness and overdue owners."""
    today = services.today()
    return ListsAnswer(today=today, items=tuple(summary(services, of) for of in list_types().values()))


@router.get("/reminders", summary="逾期未更新的单位", dependencies=[allow(Action.READ, System.SUPERVISION)])
def list_reminders(services: ServicesDep) -> Reminders:
    """Owners who changed nothing on one of the five lists for longer than it allows, the longest idle first."""
    return Reminders(today=services.today(), items=tuple(reminder(of, owner) for of, owner in overdue(services)))


@router.get("/{list}", summary="一张清单", responses=problems(409), dependencies=[allow(Action.READ, System.ENTRIES)])
def list_entries(
    id: ListPath,
    services: ServicesDep,
    offset: Offset = 0,
    limit: Limit = 20,
    owner: OwnerFilter = "",
    standing: StandingFilter = None,
    sort: OrderChoice = Order.NEWEST,
) -> ListPage:
    """Its entries; a list of persons has none to show, see its groups."""
    of = list_type(id)
    if of.personal:
        raise Conflict(f"{of.name}不列个人，请看 {API}/lists/{of.id}/groups")
    today = services.today()
    found = chosen(of, services.lists.entries(id), today, owner=owner, standing_as=standing, order=sort)
    return ListPage(
        list=summary(services, of),
        columns=of.columns,
        items=tuple(list_entry(of, one, today) for one in found[offset : offset + limit]),
        total=len(found),
        offset=offset,
        limit=limit,
    )


@router.get("/{list}/owners", summary="清单的各责任单位", dependencies=[allow(Action.READ, System.ENTRIES)])
def list_owners(id: ListPath, services: ServicesDep) -> ListOwners:
    """How much of the list is whose, how fresh and complete it is, and who is overdue."""
    of = list_type(id)
    entries = services.lists.entries(id)
    found = tellable(of, owners(of, entries, services.today()), entries)
    return ListOwners(list=summary(services, of), items=tuple(map(list_owner, found)))


@router.get("/{list}/groups", summary="清单的公开汇总", dependencies=[allow(Action.READ, System.LIST)])
def list_groups(id: ListPath, services: ServicesDep) -> ListGroups:
    """The list counted by group, without entries: what anyone may see."""
    of = list_type(id)
    found = groups(of, services.lists.entries(id), services.today())
    return ListGroups(list=summary(services, of), columns=of.groups, items=tuple(map(list_group, found)))


@router.get("/{list}/months", summary="清单已冻结的月份", dependencies=[allow(Action.READ, System.LIST)])
def list_months(id: ListPath, services: ServicesDep) -> tuple[FrozenMonth, ...]:
    """The months at whose end the list was frozen, latest first, each with its hash."""
    list_type(id)
    services.lists.freeze_due()
    frozen = services.store.frozen
    return tuple(frozen_month(frozen.load(id, month)) for month in frozen.months(id))


@router.get("/{list}/months/{month}", summary="清单的月末快照", dependencies=[allow(Action.READ, System.ENTRIES)])
def list_month(id: ListPath, month: MonthPath, services: ServicesDep) -> FrozenAnswer:
    """The list as it stood at the end of the month, with the hash of that content."""
    list_type(id)
    return frozen_answer(services.store.frozen.load(id, month))


@router.get(
    "/{list}/months/{month}/changes", summary="清单两个月之间的变化", dependencies=[allow(Action.READ, System.ENTRIES)]
)
def list_changes(
    id: ListPath, month: MonthPath, services: ServicesDep, since: Annotated[Month, Query(description="与哪个月相比")]
) -> MonthChanges:
    """Entries that were added, removed or changed since an earlier month, field by field."""
    list_type(id)
    before, after = (services.store.frozen.load(id, one).parsed() for one in (since, month))
    return month_changes(id, since, month, compare(before, after))


class XlsxResponse(Response):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CsvResponse(Response):
    media_type = "text/csv"


def _export(
    id: ListPath,
    services: ServicesDep,
    owner: OwnerFilter = "",
    standing: StandingFilter = None,
    sort: OrderChoice = Order.NEWEST,
    month: MonthQuery = None,
) -> Export:
    of, store, today = list_type(id), services.store, services.today()
    if month:
        return export_month(of, store, today, month)
    return export_now(of, services.lists, store, today, owner=owner, standing=standing, order=sort)


ExportDep = Annotated[Export, Depends(_export)]


class FeedResponse(JSONResponse):
    media_type = "application/feed+json"


@router.get(
    "/{list}/feed.json",
    summary="清单的 JSON Feed",
    response_class=FeedResponse,
    dependencies=[allow(Action.READ, System.LIST)],
)
def list_feed(id: ListPath, request: Request, services: ServicesDep, principal: PrincipalDep) -> Feed:
    """The latest changes of the list as JSON Feed 1.1; of a list of persons its groups."""
    of = list_type(id)
    base = str(request.base_url).rstrip("/")
    entries, today, zone = (
        services.lists.entries(id, member=principal.is_signed_in),
        services.today(),
        services.settings.zone,
    )
    home = f"{base}/lists/{of.id}"
    if of.personal:
        changed = datetime.combine(max((one.changed for one in entries), default=today), time(), zone)
        items = [group_item(of, group, home, changed) for group in groups(of, entries, today)]
    else:
        latest = chosen(of, entries, today)[:FEED_ITEMS]
        items = [entry_item(of, one, f"{base}/{PLURALS[one.kind]}/{one.id}", zone) for one in latest]
    return Feed(
        title=of.name,
        description=of.description,
        home_page_url=home,
        feed_url=f"{base}{API}/lists/{of.id}/feed.json",
        items=tuple(filter(None, items)),
    )


@router.get(
    "/{list}/export.xlsx",
    summary="导出 XLSX",
    response_class=XlsxResponse,
    dependencies=[allow(Action.READ, System.ENTRIES)],
)
def list_xlsx(export: ExportDep) -> Response:
    """The list as a workbook, with a sheet 说明 that names its date, source, filters and hash."""
    return XlsxResponse(export.xlsx(), headers=export.headers("xlsx"))


@router.get(
    "/{list}/export.csv",
    summary="导出 CSV",
    response_class=CsvResponse,
    dependencies=[allow(Action.READ, System.ENTRIES)],
)
def list_csv(export: ExportDep) -> Response:
    """The list as CSV in UTF-8 with its mark, as office software expects it."""
    return CsvResponse(export.csv(), headers=export.headers("csv"))


def overdue(services: Services) -> list[tuple[ListType, Owner]]:
    """The five main lists' overdue owners, the longest idle first; the others show the same records again."""
    today = services.today()
    found = [
        (of, owner)
        for of in list_types().values()
        if of.main
        for entries in [services.lists.entries(of.id)]
        for owner in tellable(of, owners(of, entries, today), entries)
        if owner.overdue
    ]
    return sorted(found, key=lambda one: (-one[1].idle, one[1].name))


def summary(services: Services, of: ListType) -> ListSummary:
    """The list in a few numbers, as it stands today."""
    entries, today = services.lists.entries(of.id), services.today()
    return list_summary(of, figures(of, entries, today), owners(of, entries, today))
