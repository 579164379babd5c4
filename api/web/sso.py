"""Pages of signing in with an identity provider; there are none while no provider is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.auth import COOKIE, PrincipalDep, allow, same_origin
from api.bootstrap import Services
from api.deps import ServicesDep
from api.problems import PROBLEMS
from api.routers.accounts import set_cookie
from api.web.accounts import inside
from api.web.render import page
from data.accounts import Session
from models.access import Action, Principal, Role, System
from models.accounts import is_login
from models.errors import ChanjiaoError, Conflict, Forbidden, IdentityRefused, NotFound

if TYPE_CHECKING:
    from api.oidc import Errand, Identity, Provider

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

TICKET, _PATH = "chanjiao_sso", "/login/sso"
"""The cookie that a person who left comes back with, and where alone it is sent."""


@router.get(_PATH, dependencies=[allow(Action.READ, System.SERVICE)])
def leave(request: Request, services: ServicesDep, next: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """On to the provider, to sign in."""
    services.attempts.check(request, "sign-in")
    return _leave(request, services, next=inside(next))


@router.post("/join/{token}/sso", dependencies=[allow(Action.READ, System.SERVICE)])
def join(request: Request, services: ServicesDep, token: Annotated[str, Path(max_length=100)]) -> Response:
    """On to the provider, to accept an invitation without a password."""
    services.attempts.check(request, "invitation")
    if not same_origin(request):
        raise Forbidden("表单不是从本站提交的，请从邀请链接打开")
    services.store.accounts.invitation(token)
    return _leave(request, services, next="/me", invitation=token)


@router.post("/me/sso", dependencies=[allow(Action.MANAGE, System.SELF)])
def link(request: Request, services: ServicesDep, principal: PrincipalDep) -> Response:
    """On to the provider, to link the own account."""
    return _leave(request, services, next="/me#identities", account=principal.account or 0)


@router.post("/me/sso/{identity}/unlink", dependencies=[allow(Action.MANAGE, System.SELF)])
def unlink(services: ServicesDep, principal: PrincipalDep, identity: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """The identity signs in no more; every session ends."""
    services.store.accounts.unlink(principal.account or 0, identity)
    return RedirectResponse("/login?next=/me", 303)


@router.get(f"{_PATH}/callback", dependencies=[allow(Action.READ, System.SERVICE)])
def arrive(request: Request, services: ServicesDep, principal: PrincipalDep) -> Response:
    """Back from the provider: a new session, or the form with what went wrong."""
    answer: Response
    try:
        services.attempts.check(request, "sign-in")
        identity, errand = _provider(services).arrive(
            request.cookies.get(TICKET, ""), request.query_params, _callback(request, services)
        )
        session = _session(services, principal, identity, errand)
    except ChanjiaoError as error:
        answer = _refused(request, error)
    else:
        # Whoever knew the old session must not share the new one.
        services.store.accounts.sign_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(errand.next, 303)
        set_cookie(request, answer, session)
    answer.delete_cookie(TICKET, path=_PATH, httponly=True, samesite="lax")
    return answer


def _leave(request: Request, services: Services, *, next: str, account: int = 0, invitation: str = "") -> Response:
    from api.oidc import Errand  # the extra is installed where there is a provider

    errand = Errand(next, account, invitation)
    try:
        address, ticket = _provider(services).depart(errand, _callback(request, services))
    except ChanjiaoError as error:
        return _refused(request, error)
    answer: Response = RedirectResponse(address, 303)
    if request.method == "POST":
        # The policy `form-action 'self'` forbids a form to lead elsewhere, redirects included.
        answer = page(request, "leave.html", address=address)
        answer.headers["refresh"] = f"0; url={address}"
    answer.set_cookie(
        TICKET,
        ticket,
        max_age=600,
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=services.settings.secure_cookies or request.url.scheme == "https",
    )
    return answer


def _session(services: Services, principal: Principal, identity: Identity, errand: Errand) -> Session:
    """A session of the account that the identity is, or now becomes, linked to.

    Raises IdentityRefused where it is linked to none, and Conflict where it cannot be.
    """
    accounts = services.store.accounts
    if errand.account:
        if principal.account != errand.account:
            raise IdentityRefused("离开期间登录账号变了，没有关联，请重新登录后再试")
        _link(services, errand.account, identity, by="self")
    session = accounts.sign_in_as(identity.issuer, identity.subject)
    if session is None and errand.invitation:
        _link(services, _accept(services, errand.invitation, identity), identity, by="invitation")
    elif session is None:
        _link(services, _named(services, identity), identity, by="claim")
    session = session or accounts.sign_in_as(identity.issuer, identity.subject)
    if session is None:
        raise IdentityRefused("关联的账号已停用，请联系联合体秘书处")
    return session


def _link(services: Services, account: int, identity: Identity, *, by: str) -> None:
    services.store.accounts.link(account, identity.issuer, identity.subject, label=identity.label, by=by)


def _accept(services: Services, token: str, identity: Identity) -> int:
    """The account that the invitation promised, under the name that the provider gives or else one of our own."""
    accounts = services.store.accounts
    wanted = next(filter(is_login, (identity.login, identity.label.lower())), "")
    try:
        accounts.by_login(wanted)
    except NotFound:
        free = wanted
    else:
        free = ""
    login = free or f"sso-{accounts.invitation(token).id}"
    return accounts.accept(token, login=login, name=identity.name, password=None).id


def _named(services: Services, identity: Identity) -> int:
    """The account that the claim names. Raises IdentityRefused when there is none that it may open."""
    refused = IdentityRefused(
        f"{services.settings.oidc.name}已确认您是“{identity.label}”，但本站没有与之关联的账号。"
        "请先用本站的账号和口令登录，在“我的账号”里关联；还没有账号的，请向本单位负责人或联合体秘书处索取邀请"
    )
    if not identity.login:
        raise refused
    try:
        account = services.store.accounts.by_login(identity.login)
    except NotFound:
        raise refused from None
    if not account.active:
        raise refused
    if Role.ADMINISTRATOR in account.roles:
        raise IdentityRefused("管理员账号不能由声明自动关联，请用口令登录后在“我的账号”里关联")
    if services.store.accounts.identities(account.id):
        raise Conflict(f"账号“{account.login}”已关联另一个外部身份；若您换了身份，请用口令登录后先解除")
    return account.id


def _provider(services: Services) -> Provider:
    assert services.provider is not None, "the routes exist only with a provider"
    return services.provider


def _callback(request: Request, services: Services) -> str:
    return services.settings.oidc.callback or f"{str(request.base_url).rstrip('/')}{_PATH}/callback"


def _refused(request: Request, error: ChanjiaoError) -> HTMLResponse:
    status, _, _ = PROBLEMS[type(error)]
    return page(request, "login.html", status=status, next="/", login="", problem=error.message)
