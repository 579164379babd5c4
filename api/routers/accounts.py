"""Sign in and out, one's own account and keys, invitations, accounts, and the vetting of organisations."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field, SecretStr

from api.answers import Identity
from api.auth import COOKIE, PrincipalDep, allow
from api.bootstrap import Services
from api.deps import API, RecordIdPath, ServicesDep
from api.problems import problems
from data.accounts import Session
from models.access import GOVERNING, ROLES_OF, RULES, SCHOOL, Action, Principal, Role, Scope, System
from models.accounts import Account, Invitation, Key, Login, Vetting
from models.errors import Conflict, Forbidden
from models.organisations import Organisation
from models.talents import Talent
from models.terms import Kind, Name, Text, Value

router = APIRouter(prefix=API, tags=["账号"], responses=problems(401, 403, 422, 500, 503))

Token = Annotated[str, Path(max_length=100, description="邀请链接里的凭证")]
_Number = Annotated[int, Path(ge=1, le=2**53)]
_Secret = Annotated[SecretStr, Field(max_length=200)]
_Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]


class SignIn(Value):
    """Login and password."""

    login: Annotated[str, Field(max_length=64)]
    password: _Secret


class SignedIn(Value):
    """The session's token against forged requests, to be repeated in the header `X-CSRF-Token`."""

    csrf: str


class Permission(Value):
    """One action on one kind of thing, and in which relations to it."""

    action: Action
    resource: str
    relations: tuple[str, ...]


class Me(Value):
    """The account that asks, what limits it, and what it may do."""

    account: Account
    scopes: tuple[Scope, ...]
    organisation: str
    permissions: tuple[Permission, ...]


class NewPassword(Value):
    """The password in force and the one to come."""

    old: _Secret
    new: _Secret


class KeyRequest(Value):
    """What a new key is for."""

    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))] = (Scope.READ,)
    days: Annotated[int, Field(ge=1, le=366)] = 90


class NewKey(Value):
    """A new key; the token is shown this once."""

    key: Key
    token: str


class InvitationRequest(Value):
    """Whom to invite: roles, and the organisation or the talent that the account is for."""

    roles: _Roles
    organisation: Annotated[int, Field(ge=1, le=2**53)] | None = None
    talent: Annotated[int, Field(ge=1, le=2**53)] | None = None


class NewInvitation(Value):
    """A new invitation; the token is shown this once."""

    invitation: Invitation
    token: str
    path: str
    """The page on which it is accepted."""


class Acceptance(Value):
    """The account that an invited person wants."""

    login: Login
    name: Name
    password: _Secret


class ResetLink(Value):
    """A link to set a new password; shown this once."""

    token: str
    path: str
    """The page on which it is used."""


class AccountRequest(Value):
    """An account made by an administrator; without a password only its keys work."""

    login: Login
    name: Name
    roles: _Roles
    password: _Secret | None = None
    organisation: Annotated[int, Field(ge=1, le=2**53)] | None = None
    talent: Annotated[int, Field(ge=1, le=2**53)] | None = None


class Verdict(Value):
    """What came of looking at an organisation's papers."""

    verified: bool
    note: Text = ""


@router.post(
    "/sessions",
    summary="登录",
    dependencies=[allow(Action.READ, System.SERVICE)],
    responses=problems(400, 413, 415, 429),
)
def sign_in(credentials: SignIn, request: Request, response: Response, services: ServicesDep) -> SignedIn:
    """Open a session: the cookie for the browser, and the token that every change has to repeat."""
    services.attempts.check(request, "sign-in")
    session = services.store.accounts.sign_in(credentials.login, credentials.password.get_secret_value())
    set_cookie(request, response, session)
    return SignedIn(csrf=session.csrf)


@router.delete("/sessions", summary="退出", dependencies=[allow(Action.READ, System.SERVICE)], status_code=204)
def sign_out(request: Request, response: Response, services: ServicesDep) -> None:
    """End the session; without one nothing happens."""
    end_session(request, response, services)


@router.get("/me", summary="本人账号与权限", dependencies=[allow(Action.MANAGE, System.SELF)])
def read_me(services: ServicesDep, principal: PrincipalDep) -> Me:
    """The account, and every action that the table allows it."""
    return Me(
        account=services.store.accounts.account(principal.account or 0),
        scopes=tuple(scope for scope in Scope if scope in principal.scopes),
        organisation=principal.organisation_name,
        permissions=permissions_of(principal),
    )


@router.post(
    "/me/password",
    summary="修改口令",
    dependencies=[allow(Action.MANAGE, System.SELF)],
    status_code=204,
    responses=problems(400, 413, 415, 429),
)
def change_password(change: NewPassword, request: Request, services: ServicesDep, principal: PrincipalDep) -> None:
    """Replace the password and end every session."""
    services.attempts.check(request, "sign-in")
    new, old = change.new.get_secret_value(), change.old.get_secret_value()
    services.store.accounts.change_password(principal.account or 0, new, old=old)


@router.get("/me/keys", summary="本人密钥", dependencies=[allow(Action.MANAGE, System.SELF)])
def read_keys(services: ServicesDep, principal: PrincipalDep) -> list[Key]:
    """The account's keys, newest first."""
    return services.store.accounts.keys(principal.account or 0)


@router.post(
    "/me/keys",
    summary="新建密钥",
    dependencies=[allow(Action.MANAGE, System.SELF)],
    status_code=201,
    responses=problems(400, 413, 415),
)
def create_key(wanted: KeyRequest, request: Request, services: ServicesDep, principal: PrincipalDep) -> NewKey:
    """A key for a system. Only a session makes one: a key that made keys would outlive its own end."""
    if not request.state.csrf:
        raise Forbidden("新密钥只能由本人登录后建立，不能用密钥建立密钥")
    key, token = new_key(services, principal, wanted)
    return NewKey(key=key, token=token)


@router.delete(
    "/me/keys/{key}",
    summary="撤销密钥",
    dependencies=[allow(Action.MANAGE, System.SELF)],
    responses=problems(404),
)
def revoke_key(key: _Number, services: ServicesDep, principal: PrincipalDep) -> Key:
    """The key stops at once."""
    return services.store.accounts.revoke_key(principal.account or 0, key)


@router.get("/invitations", summary="邀请列表", dependencies=[allow(Action.MANAGE, System.INVITATION)])
def read_invitations(services: ServicesDep, principal: PrincipalDep) -> list[Invitation]:
    """Those of the own organisation; all of them for the council's office."""
    return invitations_of(services, principal)


@router.post(
    "/invitations",
    summary="邀请",
    dependencies=[allow(Action.MANAGE, System.INVITATION)],
    status_code=201,
    responses=problems(400, 404, 413, 415),
)
def invite(wanted: InvitationRequest, services: ServicesDep, principal: PrincipalDep) -> NewInvitation:
    """An invitation into the own organisation, by the council's office into any; for one account, seven days."""
    made, token = invite_by(services, principal, wanted)
    return NewInvitation(invitation=made, token=token, path=f"/join/{token}")


@router.post(
    "/invitations/{token}/accept",
    summary="接受邀请",
    dependencies=[allow(Action.READ, System.SERVICE)],
    status_code=201,
    responses=problems(400, 404, 409, 413, 415, 429),
)
def accept_invitation(token: Token, wanted: Acceptance, request: Request, services: ServicesDep) -> Account:
    """The account that the invitation promised."""
    services.attempts.check(request, "invitation")
    return services.store.accounts.accept(
        token, login=wanted.login, name=wanted.name, password=wanted.password.get_secret_value()
    )


@router.get("/accounts", summary="账号列表", dependencies=[allow(Action.MANAGE, System.ACCOUNT)])
def read_accounts(services: ServicesDep) -> list[Account]:
    """Every account, by login."""
    return services.store.accounts.everyone()


@router.post(
    "/accounts",
    summary="新建账号",
    dependencies=[allow(Action.MANAGE, System.ACCOUNT)],
    status_code=201,
    responses=problems(400, 404, 409, 413, 415),
)
def create_account(wanted: AccountRequest, services: ServicesDep) -> Account:
    """An account as the administrator wants it."""
    return services.store.accounts.create(
        wanted.login,
        name=wanted.name,
        roles=wanted.roles,
        password=wanted.password.get_secret_value() if wanted.password else None,
        organisation=wanted.organisation,
        talent=wanted.talent,
    )


@router.delete(
    "/accounts/{account}",
    summary="停用账号",
    dependencies=[allow(Action.MANAGE, System.INVITATION)],
    responses=problems(404, 409),
)
def deactivate_account(account: _Number, services: ServicesDep, principal: PrincipalDep) -> Account:
    """Nobody signs in to it any more; sessions and keys end at once. For colleagues, and for reviewers."""
    if account == principal.account:
        raise Conflict(f"不能停用自己的账号 {account}")
    return services.store.accounts.deactivate(managed(services, principal, account).id)


@router.post(
    "/accounts/{account}/reset",
    summary="重设口令的链接",
    dependencies=[allow(Action.MANAGE, System.INVITATION)],
    status_code=201,
    responses=problems(404),
)
def reset_password(account: _Number, services: ServicesDep, principal: PrincipalDep) -> ResetLink:
    """A link for somebody who forgot the password; the old one holds until it is used."""
    found = managed(services, principal, account)
    token = services.store.accounts.reset(found.id, by=principal.account or 0)
    return ResetLink(token=token, path=f"/join/{token}")


@router.get(
    "/organisations/{id}/vetting",
    summary="单位核验状态",
    dependencies=[allow(Action.READ, Kind.ORGANISATION)],
    responses=problems(404),
)
def read_vetting(id: RecordIdPath, services: ServicesDep, principal: PrincipalDep) -> Vetting:
    """Whether the organisation may publish; the reviewer's note for itself and the council's office."""
    services.store.load(Kind.ORGANISATION, id)
    found = services.store.accounts.vetting(id)
    knows = principal.organisation == id or principal.may_ever(Action.MANAGE, System.VETTING)
    return found if knows else found.model_copy(update={"note": "", "by": None})


@router.get("/vettings", summary="核验记录", dependencies=[allow(Action.MANAGE, System.VETTING)])
def read_vettings(services: ServicesDep) -> list[Vetting]:
    """The last word on every organisation, first the ones that lapse first."""
    return services.store.accounts.vettings()


@router.put(
    "/organisations/{id}/vetting",
    summary="核验单位",
    dependencies=[allow(Action.MANAGE, System.VETTING)],
    responses=problems(400, 404, 413, 415),
)
def vet_organisation(id: RecordIdPath, verdict: Verdict, services: ServicesDep, principal: PrincipalDep) -> Vetting:
    """Write down that the organisation's papers were looked at; a verification holds for six months."""
    return services.store.accounts.vet(id, by=principal.account or 0, verified=verdict.verified, note=verdict.note)


@router.get(
    "/talents/{id}/identity",
    summary="人才的姓名与联系方式",
    dependencies=[allow(Action.IDENTIFY, Kind.TALENT)],
    responses=problems(404, 410),
)
def read_identity(id: RecordIdPath, services: ServicesDep) -> Identity:
    """Name and contact, for the person, the own school, and an enterprise that the person said yes to."""
    record = services.store.load(Kind.TALENT, id).record
    assert isinstance(record, Talent)
    return Identity(id=id, name=record.name, contact=record.contact)


def set_cookie(request: Request, response: Response, session: Session) -> None:
    """Let the browser keep the session: out of reach of scripts, not sent along from other sites."""
    services: Services = request.app.state.services
    response.set_cookie(
        COOKIE,
        session.token,
        expires=session.expires,
        httponly=True,
        samesite="lax",
        secure=services.settings.secure_cookies or request.url.scheme == "https",
    )


def end_session(request: Request, response: Response, services: Services) -> None:
    """Forget the session on both sides."""
    token = request.cookies.get(COOKIE)
    if token:
        services.store.accounts.sign_out(token)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def permissions_of(principal: Principal) -> tuple[Permission, ...]:
    """Every action that the table allows, in its order."""
    asked = dict.fromkeys((rule.action, resource) for rule in RULES for resource in rule.resources)
    return tuple(
        Permission(action=action, resource=resource.label, relations=tuple(one.value for one in relations))
        for action, resource in asked
        if (relations := sorted(principal.relations(action, resource)))
    )


def new_key(services: Services, principal: Principal, wanted: KeyRequest) -> tuple[Key, str]:
    """A key and its token. Raises Forbidden for a scope that whoever asks does not have."""
    more = set(wanted.scopes) - principal.scopes
    if more:
        raise Forbidden(f"密钥的范围不能超过当前凭证：{'、'.join(sorted(more))}")
    return services.store.accounts.create_key(
        principal.account or 0, name=wanted.name, scopes=wanted.scopes, days=wanted.days
    )


def invitations_of(services: Services, principal: Principal) -> list[Invitation]:
    """What the principal may know of."""
    everywhere = principal.may_ever(Action.MANAGE, System.VETTING)
    if not everywhere and principal.organisation is None:
        return []
    return services.store.accounts.invitations(organisation=None if everywhere else principal.organisation)


def may_manage(principal: Principal, account: Account) -> bool:
    """Whether the account is of somebody whom the principal may let in and out: a colleague, or anyone for reviewers.

    Those who govern the consortium are an administrator's to manage, and nobody manages themselves here.
    """
    if account.id == principal.account or not principal.may_ever(Action.MANAGE, System.INVITATION):
        return False
    if Role.ADMINISTRATOR in principal.roles:
        return True
    if set(account.roles) & GOVERNING:
        return False
    colleague = account.organisation is not None and account.organisation == principal.organisation
    return colleague or principal.may_ever(Action.MANAGE, System.VETTING)


def managed(services: Services, principal: Principal, id: int) -> Account:
    """The account. Raises NotFound, and Forbidden for one that is not the principal's to manage."""
    account = services.store.accounts.account(id)
    if not may_manage(principal, account):
        # Not by its login, which is half of what a guess needs.
        raise Forbidden(f"账号 {id} 不归您管理")
    return account


def invite_by(services: Services, principal: Principal, wanted: InvitationRequest) -> tuple[Invitation, str]:
    """An invitation that gives no more than the principal may give. Raises Forbidden."""
    reviewer = principal.may_ever(Action.MANAGE, System.VETTING)
    organisation = wanted.organisation or (None if reviewer else principal.organisation)
    if not reviewer and (organisation is None or organisation != principal.organisation):
        raise Forbidden(f"只能邀请本单位的人，不能邀请到单位 {organisation}")
    above = set(wanted.roles) & GOVERNING
    if above and Role.ADMINISTRATOR not in principal.roles:
        raise Forbidden(f"只有管理员能授予：{'、'.join(role.label for role in Role if role in above)}")
    if organisation is not None:
        found = services.store.load(Kind.ORGANISATION, organisation).record
        assert isinstance(found, Organisation)
        strange = set(wanted.roles) - ROLES_OF[found.type] - GOVERNING
        if strange:
            raise Forbidden(
                f"{found.type.label}的人员不能是：{'、'.join(role.label for role in Role if role in strange)}"
            )
    if wanted.talent is not None:
        profile = services.store.load(Kind.TALENT, wanted.talent)
        own = not principal.roles.isdisjoint(SCHOOL) and principal.owns(Kind.TALENT, wanted.talent, profile.record)
        if not own and Role.ADMINISTRATOR not in principal.roles:
            raise Forbidden(f"人才 {wanted.talent} 不是本校学生")
    return services.store.accounts.invite(
        principal.account or 0, roles=wanted.roles, organisation=organisation, talent=wanted.talent
    )
