"""The pages of the live lists and of their frozen months."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from api.auth import PrincipalDep, allow
from api.deps import ServicesDep
from api.routers.lists import ListPath, MonthPath, overdue, summary
from api.web.pages import PAGE_SIZE, PageNumber
from api.web.render import page
from data.lists import list_type, list_types
from matching.lists import Order, Standing, chosen, compare, groups, owners, standing, tellable
from models.access import Action, System
from models.terms import Month

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OWNERS = 12
"""Owners shown before the rest is folded away."""
CHANGES = 50
"""Added, removed and changed entries that one page of a month shows of each."""


def _none_if_blank(value: object) -> object:
    return value or None


StandingChoice = Annotated[Standing | None, BeforeValidator(_none_if_blank), Query(alias="standing")]
SinceChoice = Annotated[Month | None, BeforeValidator(_none_if_blank), Query()]
OwnerText = Annotated[str, Query(max_length=200)]


@router.get("/lists", dependencies=[allow(Action.READ, System.LIST)])
def every_list(request: Request, services: ServicesDep, principal: PrincipalDep) -> HTMLResponse:
    """The five lists and the others with their figures, and who is overdue."""
    summaries = [summary(services, of) for of in list_types().values()]
    late = overdue(services) if principal.may_ever(Action.READ, System.SUPERVISION) else []
    return page(
        request,
        "lists.html",
        main=[one for one in summaries if one.main],
        others=[one for one in summaries if not one.main],
        late=late,
    )


@router.get("/lists/{list}", dependencies=[allow(Action.READ, System.LIST)])
def one_list(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    id: ListPath,
    owner: OwnerText = "",
    stands: StandingChoice = None,
    sort: Order = Order.NEWEST,
    number: PageNumber = 1,
) -> HTMLResponse:
    """A list's figures, entries, owners and frozen months; of a list of persons the groups."""
    of, today = list_type(id), services.today()
    entries = services.lists.entries(id)
    open_ = not of.personal and principal.may_ever(Action.READ, System.ENTRIES)
    found = [] if not open_ else chosen(of, entries, today, owner=owner, standing_as=stands, order=sort)
    rows = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    theirs = tellable(of, owners(of, entries, today), entries)
    return page(
        request,
        "one_list.html",
        of=of,
        summary=summary(services, of),
        groups=groups(of, entries, today),
        # A column that all rows of the page leave blank only takes up room.
        columns=[label for label in of.columns if any(one.cells.get(label) not in (None, "") for one in rows)],
        rows=[(one, standing(of, one, today)) for one in rows],
        total=len(found),
        page=number,
        pages=max(1, -(-len(found) // PAGE_SIZE)),
        owner=owner,
        chosen=stands,
        standings=list(Standing),
        sort=sort,
        orders=list(Order),
        owners=theirs if open_ or of.personal else [],
        open=open_,
        shown=OWNERS,
        months=services.store.frozen.months(id),
    )


@router.get("/lists/{list}/months/{month}", dependencies=[allow(Action.READ, System.ENTRIES)])
def one_month(
    request: Request, services: ServicesDep, id: ListPath, month: MonthPath, since: SinceChoice = None
) -> HTMLResponse:
    """A list as it stood at the end of a month, whether that is what was frozen, and what changed since another."""
    of = list_type(id)
    frozen = services.store.frozen.load(id, month)
    months = services.store.frozen.months(id)
    earlier = [one for one in months if one < month]
    compared = since or next(iter(earlier), None)
    content = frozen.parsed()
    found = compare(services.store.frozen.load(id, compared).parsed(), content) if compared else None
    return page(
        request,
        "list_month.html",
        of=of,
        frozen=frozen,
        content=content,
        months=months,
        since=compared,
        found=found,
        most=CHANGES,
    )
