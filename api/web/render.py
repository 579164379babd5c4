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

from api.bootstrap import Services
from api.web import facts, present
from matching.search import DEPTH
from models.access import NOBODY, Action, System, in_words
from models.errors import ChanjiaoError
from models.terms import Employment, Kind, SchoolLevel

STEP, MOST = 10, 100
"""Candidates that “更多” adds, and that one page shows at most."""


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The template with the context, and with the request, the status, who asks and today's date."""
    services: Services = request.app.state.services
    context |= {
        "request": request,
        "status": status,
        "today": services.today(),
        "principal": getattr(request.state, "principal", NOBODY),
        "csrf": getattr(request.state, "csrf", ""),
        "local": partial(_local, services),
    }
    return HTMLResponse(_environment.get_template(template).render(context), status_code=status)


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """An error in the pages' style; a 503 tries again by itself."""
    return page(request, "error.html", status=status, title=title, detail=detail, progress=_progress(request, status))


def _local(services: Services, at: datetime) -> datetime:
    """The moment on the clocks of the installation's place."""
    return at.astimezone(ZoneInfo(services.settings.timezone))


def _progress(request: Request, status: int) -> tuple[int, int] | None:
    """How many of how many changes the index holds, while it is being built."""
    services: Services = request.app.state.services
    if status != 503 or services.follower.ready.is_set():
        return None
    try:
        return services.shelf.revision, services.store.revision
    except ChanjiaoError:
        return None


def _with_params(request: Request, **params: object) -> str:
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
    "System": System,
    "PATHS": facts.PATHS,
    "employments": list(Employment),
    "levels": list(SchoolLevel),
    "depth": DEPTH,
    "in_words": in_words,
    "listed": [kind for kind in facts.PATHS if kind is not Kind.PROGRAMME],
    "most": MOST,
    "step": STEP,
    "with_params": _with_params,
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
