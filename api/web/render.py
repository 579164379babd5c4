"""Templates and what they may use; every page and every error goes out through here."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api import contacts, publishing
from api.auth import permitted
from api.bootstrap import Services
from api.web import facts, present
from matching.search import DEPTH
from models.access import NOBODY, Action, Principal, System, in_words
from models.contacts import GRADES, NOTE_LIMIT, InterviewMode
from models.errors import ChanjiaoError
from models.matches import Document
from models.publishing import State, Step
from models.terms import Employment, Kind, SchoolLevel

STEP, MOST = 10, 100
"""Candidates that “更多” adds, and that one page shows at most."""


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The template with the context, and with the request, the status, who asks and today's date."""
    services: Services = request.app.state.services
    principal: Principal = getattr(request.state, "principal", NOBODY)
    context |= {
        "request": request,
        "status": status,
        "today": services.today(),
        "principal": principal,
        "csrf": getattr(request.state, "csrf", ""),
        "local": partial(_local, services),
        **_waiting(services, principal),
        "links": _links(services, principal, context.get("document")),
        "sso": services.settings.oidc.name if services.provider else "",
    }
    # The page of an error must not ask what may be broken.
    context["todo"] = None if status >= 500 else contacts.count_waiting(services, principal)
    return HTMLResponse(_environment.get_template(template).render(context), status_code=status)


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """An error in the pages' style; a 503 tries again by itself."""
    return page(request, "error.html", status=status, title=title, detail=detail, progress=_progress(request, status))


def _waiting(services: Services, principal: Principal) -> dict[str, int]:
    """How many kinds whoever asks may draft, and how much waits: sent back to be mended, handed in to be decided on."""
    drafts = len(publishing.drafted(principal))
    try:
        return {
            "drafts": drafts,
            "returned": publishing.returned(services, principal) if drafts else 0,
            "waiting": publishing.waiting(services, principal) if publishing.reviewable(principal) else 0,
        }
    except ChanjiaoError:
        return {"drafts": drafts, "returned": 0, "waiting": 0}


def _links(services: Services, principal: Principal, document: object) -> list[tuple[str, str]]:
    """Label and address of what the principal may do with the record that a page is about."""
    if not principal.is_signed_in or not isinstance(document, Document):
        return []
    path = f"{facts.PATHS[document.kind]}/{document.id}"
    addresses = {
        Action.PROPOSE: ("修改", f"/publish{facts.PATHS[document.kind]}/new?replaces={document.id}"),
        Action.HISTORY: ("历史版本", f"{path}/history"),
    }
    return [link for action, link in addresses.items() if permitted(services, principal, action, document)]


def _local(services: Services, at: datetime) -> datetime:
    """The moment on the clocks of the installation's place."""
    return at.astimezone(services.settings.zone)


def _progress(request: Request, status: int) -> tuple[int, int] | None:
    """How many of how many changes the index holds, while it is being built."""
    services: Services = request.app.state.services
    if status != 503 or services.follower.ready.is_set():
        return None
    try:
        return services.shelf.revision, services.store.revision
    except ChanjiaoError:
        return None


def _moment(request: Request, at: datetime) -> str:
    """2026年9月1日 周二 14:00."""
    services: Services = request.app.state.services
    local = at.astimezone(ZoneInfo(services.settings.timezone))
    return f"{local.year}年{local.month}月{local.day}日 周{'一二三四五六日'[local.weekday()]} {local:%H:%M}"


def with_params(request: Request, **params: object) -> str:
    """The page's own query string with the parameters changed; empty ones are left out."""
    kept = {**request.query_params, **params}
    return "?" + urlencode({name: value for name, value in kept.items() if value not in ("", None)})


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {
    "Action": Action,
    "Kind": Kind,
    "State": State,
    "Step": Step,
    "System": System,
    "PATHS": facts.PATHS,
    "employments": list(Employment),
    "grades": GRADES,
    "levels": list(SchoolLevel),
    "modes": list(InterviewMode),
    "depth": DEPTH,
    "in_words": in_words,
    "listed": [kind for kind in facts.PATHS if kind is not Kind.PROGRAMME],
    "most": MOST,
    "note_limit": NOTE_LIMIT,
    "step": STEP,
    "moment": _moment,
    "with_params": with_params,
}
_environment.filters |= {
    "brief": facts.brief,
    "cell": facts.cell,
    "columns": facts.columns,
    "condition": facts.condition,
    "counted": facts.counted,
    "facts": facts.facts,
    "in_chinese": present.in_chinese,
    "interval": facts.interval,
    "paragraphs": facts.paragraphs,
    "ratio": present.ratio,
    "occupation": facts.occupation,
    "over": facts.over,
    "said": facts.said,
    "things": facts.things,
    "title_of": facts.title,
    "trend": present.trend,
    "yuan": facts.yuan,
}
