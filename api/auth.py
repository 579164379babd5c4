"""Who asks, and whether the one table of `models.access` lets them: every endpoint declares what it does."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.routing import BaseRoute

from api.bootstrap import Recorded, Services
from data.audit import act_as
from models.access import NOBODY, Action, Exposure, Principal, Relation, Resource, exposure_of, in_words
from models.errors import Forbidden, NotFound, NotSignedIn
from models.organisations import Organisation
from models.privacy import DataKind
from models.talents import Talent
from models.terms import Kind

COOKIE = "chanjiao_session"
FIELD, HEADER = "csrf", "x-csrf-token"
"""Where a form, and where a script, repeats the session's token against forged requests."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def _principal(request: Request) -> Principal:
    """Whoever the key or the session names, else nobody.

    Raises NotSignedIn for a key that is unknown, revoked or expired, and Forbidden for a change by session that does
    not repeat the session's token: a page of somebody else's could have sent it.
    """
    found = await _found(request)
    request.state.principal = found
    if found.account is not None:
        act_as(str(found.account))
    return found


async def _found(request: Request) -> Principal:
    services: Services = request.app.state.services
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    request.state.csrf = ""
    if scheme:
        named = (
            await run_in_threadpool(services.store.accounts.by_key, key.strip()) if scheme.lower() == "bearer" else None
        )
        if named is None:
            # Counted against guesses only: whoever shares the address and has a good key is not to wait for them.
            services.attempts.check(request, "key")
            raise NotSignedIn("密钥无效、已撤销或已过期，请换一个：Authorization: Bearer cj_…")
        return _of_organisation(services, named)
    token = request.cookies.get(COOKIE)
    if not token:
        return NOBODY
    session = await run_in_threadpool(services.store.accounts.by_session, token)
    if session is None:
        return NOBODY
    principal, csrf = session
    request.state.csrf = csrf
    if request.method not in _SAFE and not hmac.compare_digest(csrf.encode(), (await _repeated(request)).encode()):
        raise Forbidden("表单已失效或不是从本站提交的，请刷新页面后重试")
    return _of_organisation(services, principal)


async def _repeated(request: Request) -> str:
    given = request.headers.get(HEADER)
    if given is None and "form" in request.headers.get("content-type", ""):
        form: FormData = await request.form()
        given = str(form.get(FIELD) or "")
    return given or ""


def _of_organisation(services: Services, principal: Principal) -> Principal:
    document = services.shelf[Kind.ORGANISATION].documents.get(principal.organisation or 0)
    if document is None or not isinstance(document.record, Organisation):
        return principal
    return replace(principal, organisation_name=document.record.name)


PrincipalDep = Annotated[Principal, Depends(_principal)]
"""Who asks."""


@dataclass(frozen=True)
class Allow:
    """Lets through whom the table allows the action on the resource, and on the record that the path names."""

    action: Action
    resource: Resource

    def __call__(self, request: Request, principal: PrincipalDep) -> None:
        """Raises NotSignedIn, Forbidden, and for a record that is hidden from everyone like this NotFound."""
        if not principal.may_ever(self.action, self.resource):
            raise refusal(principal, self.action, self.resource)
        id = request.path_params.get("id", "")
        # What is no number of a record is for the validation of the path to refuse.
        if isinstance(self.resource, Kind) and str(id).isdecimal() and 1 <= int(id) <= 2**53:
            services: Services = request.app.state.services
            check(services, principal, self.action, services.recorded(self.resource, int(id)))


def allow(action: Action, resource: Resource) -> Any:
    """The dependency that an endpoint declares."""
    return Depends(Allow(action, resource))


def declared(route: BaseRoute) -> Allow | None:
    """What the endpoint declares that it does; None is a defect, which `create_app` refuses."""
    found = [one.dependency for one in getattr(route, "dependencies", ()) if isinstance(one.dependency, Allow)]
    return found[0] if len(found) == 1 else None


def check(services: Services, principal: Principal, action: Action, subject: Recorded) -> None:
    """Raise unless the table allows the action on the record; a hidden one does not exist for whoever may not read."""
    if permitted(services, principal, action, subject):
        return
    if exposure_of(subject.record) is Exposure.PRIVATE and subject.kind is not Kind.TALENT:
        raise NotFound(f"没有编号为 {subject.id} 的{subject.kind.label}")
    raise refusal(principal, action, subject.kind)


def permitted(services: Services, principal: Principal, action: Action, subject: Recorded) -> bool:
    """Whether the table allows the action on the record."""
    relations = principal.relations(action, subject.kind)
    if not relations:
        return False
    exposure = exposure_of(subject.record)
    # The commonest case, a public list, is decided without asking how each record is related.
    if principal.may(action, subject.kind, Relation.STRANGER, exposure):
        return True
    relation = _relation(services, principal, subject, relations)
    return principal.may(action, subject.kind, relation, exposure)


def visible(services: Services, principal: Principal) -> Callable[[Recorded], bool]:
    """Whether the principal may read a document; for lists and searches."""
    return lambda subject: permitted(services, principal, Action.READ, subject)


def refusal(principal: Principal, action: Action, resource: Resource) -> NotSignedIn | Forbidden:
    """What to raise when the table does not allow it."""
    what = f"{resource.label}的“{action.value}”"
    if not principal.is_signed_in:
        return NotSignedIn(f"{what}需要登录")
    return Forbidden(f"{in_words(principal.roles)}没有这条{what}权限")


def _relation(services: Services, principal: Principal, subject: Recorded, relations: frozenset[Relation]) -> Relation:
    if principal.owns(subject.kind, subject.id, subject.record):
        return Relation.OWN
    asked = Relation.PARTNER in relations and isinstance(subject.record, Talent)
    return Relation.PARTNER if asked and is_partner(services, principal, subject.id) else Relation.STRANGER


def is_partner(services: Services, principal: Principal, talent: int) -> bool:
    """Whether the person applied to the principal's organisation or accepted its invitation, and nobody left since."""
    return is_known(services, talent, principal.organisation)


def is_known(services: Services, talent: int, organisation: int | None) -> bool:
    """Whether the organisation may know who the person is: a contact stands, and so does the consent to it."""
    return (
        organisation is not None
        and services.store.contacts.discloses(talent, organisation)
        and services.store.consents.allows(talent, organisation, DataKind.NAME)
    )


def same_origin(request: Request) -> bool:
    """Whether a browser sent the form from a page of this service; other clients say nothing and are believed."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
