"""The page on which an enterprise that is no member yet asks to become one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api import publishing
from api.auth import allow, same_origin
from api.deps import MatcherDep, ServicesDep
from api.problems import status_of
from api.routers.accounts import Acceptance, set_cookie
from api.web import forms
from api.web.publishing import SentDep
from api.web.render import page
from models.access import Action, System
from models.errors import ChanjiaoError, Forbidden, Malformed
from models.organisations import Organisation, OrganisationType
from models.reasons import reason_of
from models.terms import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_FIXED = {"type": OrganisationType.ENTERPRISE}
_ASKED = ("name", "credit_code", "place", "industry", "staff", "products", "description")
"""What the council's office wants to know of a new member; the rest can follow."""
_REACHABLE = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+|1\d{10}")

Line = Annotated[str, Form(max_length=200)]
_NONE = SecretStr("")


@router.get("/register", dependencies=[allow(Action.READ, System.SERVICE)])
def register(request: Request) -> HTMLResponse:
    """The form."""
    return _form(request, {})


@router.post("/register", dependencies=[allow(Action.READ, System.SERVICE)])
def send(
    request: Request,
    services: ServicesDep,
    _: MatcherDep,
    form: SentDep,
    login: Line = "",
    person: Line = "",
    password: Annotated[SecretStr, Form(max_length=200)] = _NONE,
    website: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """An account and a new member that waits for the council; signed in at once, to draft meanwhile."""
    if not same_origin(request):
        raise Forbidden("注册表单不是从本站提交的，请从注册页面填写")
    entered = forms.sent(Kind.ORGANISATION, form)
    login = login.strip().lower()
    try:
        services.attempts.check(request, "registration")
        if website:
            raise Malformed("“网址”一栏请留空：它看不见，只有程序才会去填")
        record, problems = forms.read(Kind.ORGANISATION, entered, _FIXED)
        if isinstance(record, Organisation) and record.credit_code is None:
            problems["credit_code"] = "请填写，秘书处据此核验"
        if problems or not isinstance(record, Organisation):
            return _form(request, entered, login=login, person=person, problems=problems, status=422)
        if not _REACHABLE.fullmatch(login):
            raise Malformed(f"账号请用电子邮箱或手机号，秘书处据此与您联系，收到“{login}”")
        wanted = Acceptance(login=login, name=person, password=password)
        secret = password.get_secret_value()
        made = publishing.register(services, record, login=wanted.login, name=wanted.name, password=secret)
    except ValidationError as error:
        said = "；".join(str(reason_of(one)) for one in error.errors(include_url=False))
        return _form(request, entered, login=login, person=person, problem=said, status=422)
    except ChanjiaoError as error:
        return _form(request, entered, login=login, person=person, problem=error.message, status=status_of(error))
    answer = RedirectResponse(f"/publish/{made.id}", 303)
    set_cookie(request, answer, services.store.accounts.sign_in(wanted.login, secret))
    return answer


def _form(
    request: Request,
    entered: forms.Entered,
    *,
    login: str = "",
    person: str = "",
    problem: str = "",
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    asked = {one.question.field: one for one in forms.ask(Kind.ORGANISATION, entered, _FIXED, problems or {})}
    return page(
        request,
        "register.html",
        status=status,
        asked=[_as_asked_here(asked[field]) for field in _ASKED],
        wrong=[one for one in asked.values() if one.problem],
        login=login,
        person=person,
        problem=problem or (problems or {}).get("", ""),
    )


def _as_asked_here(one: forms.Asked) -> forms.Asked:
    """A record can do without the credit code, a new member cannot."""
    return replace(one, question=replace(one.question, required=True)) if one.question.field == "credit_code" else one
