"""Accounts, keys, invitations and vettings as they are shown; no value here holds a secret."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from models.access import Role, Scope
from models.terms import Value

Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@-]{2,63}$")]
"""The name a person signs in with: small letters, digits, dot, @, hyphen."""
_LOGIN = TypeAdapter(Login)


def is_login(text: str) -> bool:
    """Whether the text can be a login."""
    try:
        _LOGIN.validate_python(text)
    except ValidationError:
        return False
    return True


class Account(Value):
    """A person who may sign in, or a system (账号)."""

    id: int
    login: str
    name: str
    roles: tuple[Role, ...]
    organisation: int | None
    talent: int | None
    active: bool
    created: datetime


class Key(Value):
    """A key for a system, without its token (API 密钥)."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created: datetime
    expires: datetime
    revoked: datetime | None


class ExternalIdentity(Value):
    """A person at an identity provider, who may sign in to the account (外部身份)."""

    id: int
    issuer: str
    subject: str
    label: str
    """What the provider calls the person; shown to nobody else."""
    linked: datetime
    used: datetime | None


class Invitation(Value):
    """An offer of an account, without its token (邀请)."""

    id: int
    roles: tuple[Role, ...]
    organisation: int | None
    talent: int | None
    by: int
    created: datetime
    expires: datetime
    accepted: datetime | None
    account: int | None


class VettingState(StrEnum):
    """Whether an organisation may publish; the value is its Chinese name."""

    PENDING = "待核验"
    VERIFIED = "已核验"
    REFUSED = "未通过"
    LAPSED = "核验过期"


class Vetting(Value):
    """What is known of an organisation's papers (单位核验)."""

    organisation: int
    state: VettingState
    at: datetime | None = None
    expires: datetime | None = None
    by: int | None = None
    note: str = ""
