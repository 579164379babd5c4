"""Pages of accounts: sign in and out, one's own account, the people of an organisation, who may do what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import SecretStr, ValidationError

from api import home
from api.auth import PrincipalDep, allow, same_origin
from api.deps import RecordIdPath, ServicesDep
from api.routers.accounts import (
    Acceptance,
    InvitationRequest,
    KeyRequest,
    end_session,
    invitations_of,
    invite_by,
    managed,
    may_manage,
    new_key,
    permissions_of,
    set_cookie,
)
from api.web.render import page
from models.access import (
    EVERYONE,
    GOVERNING,
    MEMBERS,
    ROLES_OF,
    RULES,
    Action,
    Exposure,
    Relation,
    Role,
    Scope,
    System,
    in_words,
)
from models.accounts import VettingState
from models.errors import ChanjiaoError, Forbidden, Malformed
from models.organisations import Organisation, OrganisationType
from models.reasons import reason_of
from models.terms import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Line = Annotated[str, Form(max_length=200)]
Secret = Annotated[SecretStr, Form(max_length=200)]
Next = Annotated[str, Query(max_length=500)]
Token = Annotated[str, Path(max_length=100)]
_Number = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/login", dependencies=[allow(Action.READ, System.SERVICE)])
def login(request: Request, next: Next = "/") -> Response:
    """The form; whoever has signed in already goes on."""
    if request.state.principal.is_signed_in:
        return RedirectResponse(inside(next), 303)
    return page(request, "login.html", next=inside(next), login="", problem="")


@router.post("/login", dependencies=[allow(Action.READ, System.SERVICE)])
def sign_in(
    request: Request, services: ServicesDep, login: Line, password: Secret, next: Annotated[str, Form()] = "/"
) -> Response:
    """Open a session and go on to where the person wanted to go."""
    if not same_origin(request):
        raise Forbidden("登录表单不是从本站提交的，请从登录页面登录")
    try:
        services.attempts.check(request, "sign-in")
        session = services.store.accounts.sign_in(login.strip().lower(), password.get_secret_value())
    except ChanjiaoError as error:
        return page(request, "login.html", status=401, next=inside(next), login=login, problem=error.message)
    answer = RedirectResponse(inside(next), 303)
    set_cookie(request, answer, session)
    return answer


@router.post("/logout", dependencies=[allow(Action.READ, System.SERVICE)])
def sign_out(request: Request, services: ServicesDep) -> Response:
    """End the session."""
    answer = RedirectResponse("/", 303)
    end_session(request, answer, services)
    return answer


@router.get("/me", dependencies=[allow(Action.MANAGE, System.SELF)])
def me(request: Request, services: ServicesDep, principal: PrincipalDep) -> HTMLResponse:
    """The account, its keys, and what it may do."""
    return _me(request, services, principal)


@router.post("/me/password", dependencies=[allow(Action.MANAGE, System.SELF)])
def change_password(
    request: Request, services: ServicesDep, principal: PrincipalDep, old: Secret, new: Secret
) -> Response:
    """Replace the password; every session ends, this one included."""
    try:
        services.attempts.check(request, "sign-in")
        services.store.accounts.change_password(
            principal.account or 0, new.get_secret_value(), old=old.get_secret_value()
        )
    except ChanjiaoError as error:
        return _me(request, services, principal, problem=error.message)
    return RedirectResponse("/login?next=/me", 303)


@router.post("/me/keys", dependencies=[allow(Action.MANAGE, System.SELF)])
def create_key(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    name: Line,
    scope: Annotated[list[Scope], Form()],
    days: Annotated[int, Form(ge=1, le=366)] = 90,
) -> HTMLResponse:
    """A new key, shown this once."""
    try:
        _, token = new_key(services, principal, KeyRequest(name=name, scopes=tuple(scope), days=days))
    except (ChanjiaoError, ValidationError) as error:
        return _me(request, services, principal, problem=said(error))
    return _me(request, services, principal, token=token)


@router.post("/me/keys/{key}/revoke", dependencies=[allow(Action.MANAGE, System.SELF)])
def revoke_key(services: ServicesDep, principal: PrincipalDep, key: _Number) -> Response:
    """The key stops at once."""
    services.store.accounts.revoke_key(principal.account or 0, key)
    return RedirectResponse("/me#keys", 303)


@router.get("/members", dependencies=[allow(Action.MANAGE, System.INVITATION)])
def members(request: Request, services: ServicesDep, principal: PrincipalDep) -> HTMLResponse:
    """The people of the organisation, and invitations that are open."""
    return _members(request, services, principal)


@router.post("/members/invite", dependencies=[allow(Action.MANAGE, System.INVITATION)])
def invite(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    role: Annotated[list[Role], Form()],
    organisation: Annotated[str, Form(max_length=16)] = "",
    talent: Annotated[str, Form(max_length=16)] = "",
) -> HTMLResponse:
    """A link for the invited person, shown this once."""
    try:
        wanted = InvitationRequest(roles=tuple(role), organisation=_id(organisation), talent=_id(talent))
        _, token = invite_by(services, principal, wanted)
    except (ChanjiaoError, ValidationError) as error:
        return _members(request, services, principal, problem=said(error))
    return _members(request, services, principal, link=_join(request, token))


@router.post("/members/{account}/deactivate", dependencies=[allow(Action.MANAGE, System.INVITATION)])
def deactivate(services: ServicesDep, principal: PrincipalDep, account: _Number) -> Response:
    """Let nobody sign in to the account any more."""
    services.store.accounts.deactivate(managed(services, principal, account).id)
    return RedirectResponse("/members", 303)


@router.post("/members/{account}/reset", dependencies=[allow(Action.MANAGE, System.INVITATION)])
def reset(request: Request, services: ServicesDep, principal: PrincipalDep, account: _Number) -> HTMLResponse:
    """A link for somebody who forgot the password, shown this once."""
    found = managed(services, principal, account)
    token = services.store.accounts.reset(found.id, by=principal.account or 0)
    return _members(request, services, principal, link=_join(request, token))


@router.get("/join/{token}", dependencies=[allow(Action.READ, System.SERVICE)])
def join(request: Request, services: ServicesDep, token: Token) -> HTMLResponse:
    """The form of an invited person."""
    services.attempts.check(request, "invitation", note=False)
    return page(request, "join.html", invitation=services.store.accounts.invitation(token), problem="")


@router.post("/join/{token}", dependencies=[allow(Action.READ, System.SERVICE)])
def accept(
    request: Request, services: ServicesDep, token: Token, password: Secret, login: Line = "", name: Line = ""
) -> Response:
    """Make the account, or give it a new password, and sign in to it."""
    services.attempts.check(request, "invitation")
    if not same_origin(request):
        raise Forbidden("表单不是从本站提交的，请从邀请链接打开")
    accounts = services.store.accounts
    invitation = accounts.invitation(token)
    secret = password.get_secret_value()
    try:
        if invitation.account is not None:
            made = accounts.set_password(token, secret)
        else:
            wanted = Acceptance(login=login.strip().lower(), name=name, password=password)
            made = accounts.accept(token, login=wanted.login, name=wanted.name, password=secret)
    except (ChanjiaoError, ValidationError) as error:
        return page(request, "join.html", status=422, invitation=invitation, problem=said(error))
    answer = RedirectResponse("/me", 303)
    set_cookie(request, answer, accounts.sign_in(made.login, secret))
    return answer


@router.get("/vettings", dependencies=[allow(Action.MANAGE, System.VETTING)])
def vettings(request: Request, services: ServicesDep) -> HTMLResponse:
    """Every organisation and where its vetting stands: first those that wait."""
    known = {one.organisation: one for one in services.store.accounts.vettings()}
    rows = [
        (document, known.get(document.id) or services.store.accounts.vetting(document.id))
        for document in services.shelf[Kind.ORGANISATION].documents.values()
    ]
    order = {state: place for place, state in enumerate(_FIRST)}
    rows.sort(key=lambda row: (order[row[1].state], row[0].id))
    return page(request, "vettings.html", rows=rows)


@router.post("/organisations/{id}/vetting", dependencies=[allow(Action.MANAGE, System.VETTING)])
def vet(
    services: ServicesDep,
    principal: PrincipalDep,
    id: RecordIdPath,
    verdict: Annotated[bool, Form()],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Write down what came of looking at the organisation's papers."""
    services.store.accounts.vet(id, by=principal.account or 0, verified=verdict, note=note)
    return RedirectResponse("/vettings", 303)


@router.get("/permissions", dependencies=[allow(Action.READ, System.SERVICE)])
def permissions(request: Request) -> HTMLResponse:
    """The table of who may do what."""
    return page(request, "permissions.html", rows=present_rules())


def present_rules() -> list[tuple[str, str, str, str, str]]:
    """The rules as rows of a table: action, resources, roles, relation, exposure."""

    def roles(named: frozenset[Role]) -> str:
        return "所有人" if named == EVERYONE else "所有登录者" if named == MEMBERS else in_words(named)

    return [
        (
            rule.action.value,
            "、".join(one.label for one in rule.resources),
            roles(rule.roles),
            "不限"
            if rule.relations == frozenset(Relation)
            else "、".join(r.value for r in Relation if r in rule.relations),
            "不限"
            if rule.exposures == frozenset(Exposure)
            else "、".join(e.value for e in Exposure if e in rule.exposures),
        )
        for rule in RULES
    ]


def inside(address: str) -> str:
    """The address if it is one of this service, else the first page: a link must not lead elsewhere after sign-in."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


_FIRST = (VettingState.PENDING, VettingState.LAPSED, VettingState.REFUSED, VettingState.VERIFIED)


def _me(
    request: Request, services: ServicesDep, principal: PrincipalDep, *, problem: str = "", token: str = ""
) -> HTMLResponse:
    accounts = services.store.accounts
    return page(
        request,
        "me.html",
        status=422 if problem else 200,
        account=accounts.account(principal.account or 0),
        vetting=accounts.vetting(principal.organisation) if principal.organisation else None,
        keys=accounts.keys(principal.account or 0),
        identities=accounts.identities(principal.account or 0),
        permissions=permissions_of(principal),
        blocks=home.first(services, principal),
        rights=home.rights(principal),
        duties=home.duties(principal),
        scopes=[scope for scope in Scope if scope in principal.scopes],
        problem=problem,
        token=token,
    )


def _members(
    request: Request, services: ServicesDep, principal: PrincipalDep, *, problem: str = "", link: str = ""
) -> HTMLResponse:
    everywhere = principal.may_ever(Action.MANAGE, System.VETTING)
    mine = None if everywhere else principal.organisation
    return page(
        request,
        "members.html",
        status=422 if problem else 200,
        accounts=services.store.accounts.everyone(organisation=mine) if everywhere or mine else [],
        invitations=[one for one in invitations_of(services, principal) if one.accepted is None],
        roles=_roles_to_give(services, principal),
        everywhere=everywhere,
        may_manage=lambda account: may_manage(principal, account),
        problem=problem,
        link=link,
    )


def _join(request: Request, token: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/join/{token}"


def _roles_to_give(services: ServicesDep, principal: PrincipalDep) -> list[Role]:
    if Role.ADMINISTRATOR in principal.roles:
        return [role for role in Role if role is not Role.PUBLIC]
    document = services.shelf[Kind.ORGANISATION].documents.get(principal.organisation or 0)
    types = [document.record.type] if document and isinstance(document.record, Organisation) else list(OrganisationType)
    if principal.may_ever(Action.MANAGE, System.VETTING):
        types = list(OrganisationType)
    named = frozenset[Role]().union(*(ROLES_OF[one] for one in types)) - GOVERNING
    return [role for role in Role if role in named]


def _id(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise Malformed(f"编号应为数字，收到“{text}”")
    return int(text)


def said(error: ChanjiaoError | ValidationError) -> str:
    """What was wrong, as a form says it."""
    if isinstance(error, ChanjiaoError):
        return error.message
    return "；".join(str(reason_of(one)) for one in error.errors(include_url=False))
