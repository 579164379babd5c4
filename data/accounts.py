"""Accounts at rest: people, their sessions, keys and invitations, and which organisations have been vetted.

Secrets are never stored: of a password its argon2id hash, of a token its SHA-256 (a token is 256 random bits, so
that a fast hash is enough).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from data.audit import enter
from data.tables import accounts, api_keys, identities, invitations, records, sessions, utc, vettings
from models.access import Principal, Role, Scope
from models.accounts import Account, ExternalIdentity, Invitation, Key, Vetting, VettingState
from models.audit import Action, Deed
from models.errors import Conflict, Malformed, NotFound, WrongPassword
from models.terms import Kind

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]

TRIES = 5
"""Wrong passwords in a row that lock an account."""
LOCKED = timedelta(minutes=15)
_WRONG = f"账号或口令不对；连续 {TRIES} 次不对，账号会锁定 {LOCKED // timedelta(minutes=1)} 分钟"
SESSION = timedelta(hours=12)
"""How long a session lasts, whatever happens in it."""
IDLE = timedelta(hours=2)
"""How long it lasts without a request."""
INVITED = timedelta(days=7)
VETTED = timedelta(days=183)
"""How long a vetting holds: 关于规范网络平台招聘类信息发布的通知 (2026-01) wants accounts checked every six months."""
SHORTEST = 10
"""Characters of a password."""

_hasher = PasswordHash.recommended()


@dataclass(frozen=True, slots=True)
class Session:
    """A session just opened: what the browser keeps, and what its forms must repeat."""

    token: str
    csrf: str
    expires: datetime


class Accounts:
    """The accounts of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def create(
        self,
        login: str,
        *,
        name: str,
        roles: Iterable[Role],
        password: str | None,
        organisation: int | None = None,
        talent: int | None = None,
    ) -> Account:
        """A new account; without a password nobody can sign in to it, only its keys work.

        Raises Conflict for a login that is taken, Malformed for a weak password, and NotFound for an organisation
        or talent that never was.
        """
        hashed = hashed_password(password, login=login) if password is not None else None
        with self._writing() as (connection, _):
            return self._create(connection, login, name, frozenset(roles), hashed, organisation, talent)

    def sign_in(self, login: str, password: str) -> Session:
        """Open a session.

        Raises WrongPassword in the same words and the same time whether the login is unknown, the password wrong or
        the account locked: an answer of its own would tell which logins exist, or that a guess was right.
        """
        with self._reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.login == login)).mappings().one_or_none()
        # Verified outside of the transaction: argon2 takes a tenth of a second, and writers would wait.
        known = row is not None and row["password"] is not None and row["active"]
        right = _hasher.verify(password, row["password"] if known and row else _nobodys())
        if not known or row is None:
            raise WrongPassword(_WRONG)
        now = self._now()
        with self._writing() as (connection, _):
            row = connection.execute(select(accounts).where(accounts.c.id == row["id"])).mappings().one()
            locked = _optional(row["locked_until"])
            if locked and locked > now:
                raise WrongPassword(_WRONG)
            mine = accounts.c.id == row["id"]
            if right:
                connection.execute(update(accounts).where(mine).values(failures=0, locked_until=None))
                return self._open(connection, row["id"])
            failures = row["failures"] + 1
            until = now + LOCKED if failures >= TRIES else None
            connection.execute(
                update(accounts).where(mine).values(failures=0 if until else failures, locked_until=until)
            )
        raise WrongPassword(_WRONG)

    def sign_out(self, token: str) -> None:
        """End the session; an unknown one is no error."""
        with self._writing() as (connection, _):
            connection.execute(delete(sessions).where(sessions.c.token == digest(token)))

    def by_session(self, token: str) -> tuple[Principal, str] | None:
        """Whose session it is and what its forms must repeat; None when it is unknown or over."""
        now = self._now()
        with self._reading() as connection:
            query = (
                select(accounts, sessions.c.csrf, sessions.c.seen, sessions.c.token)
                .join(sessions, sessions.c.account_id == accounts.c.id)
                .where(
                    sessions.c.token == digest(token),
                    sessions.c.expires > now,
                    sessions.c.seen > now - IDLE,
                    accounts.c.active,
                )
            )
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        # Noted once a minute: a write for every page would be one for every reader.
        if now - utc(row["seen"]) > timedelta(minutes=1):
            with self._writing() as (connection, _):
                connection.execute(update(sessions).where(sessions.c.token == row["token"]).values(seen=now))
        return _principal(row, frozenset(Scope)), row["csrf"]

    def by_key(self, token: str) -> Principal | None:
        """Whose key it is; None when it is unknown, revoked or expired."""
        now = self._now()
        with self._reading() as connection:
            query = (
                select(accounts, api_keys.c.scopes)
                .join(api_keys, api_keys.c.account_id == accounts.c.id)
                .where(
                    api_keys.c.token == digest(token),
                    api_keys.c.expires > now,
                    api_keys.c.revoked.is_(None),
                    accounts.c.active,
                )
            )
            row = connection.execute(query).mappings().one_or_none()
        return _principal(row, frozenset(map(Scope, row["scopes"].split()))) if row else None

    def account(self, id: int) -> Account:
        """Raises NotFound."""
        with self._reading() as connection:
            return _account(_account_row(connection, id))

    def by_login(self, login: str) -> Account:
        """Raises NotFound."""
        with self._reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.login == login)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"没有账号“{login}”")
        return _account(row)

    def everyone(self, *, organisation: int | None = None) -> list[Account]:
        """Every account, or an organisation's, by login."""
        query = select(accounts).order_by(accounts.c.login)
        if organisation is not None:
            query = query.where(accounts.c.organisation_id == organisation)
        with self._reading() as connection:
            return [_account(row) for row in connection.execute(query).mappings()]

    def of_talent(self, talent: int) -> list[Account]:
        """The accounts whose own profile it is."""
        query = select(accounts).where(accounts.c.talent_id == talent).order_by(accounts.c.id)
        with self._reading() as connection:
            return [_account(row) for row in connection.execute(query).mappings()]

    def change_password(self, id: int, password: str, *, old: str | None = None) -> None:
        """Set a new password and end every session; with `old` only if that one is right.

        Raises WrongPassword, and Malformed for a weak one.
        """
        with self._reading() as connection:
            row = _account_row(connection, id)
        if old is not None and not (row["password"] and _hasher.verify(old, row["password"])):
            raise WrongPassword("原口令不对")
        hashed = hashed_password(password, login=row["login"])
        with self._writing() as (connection, _):
            connection.execute(
                update(accounts).where(accounts.c.id == id).values(password=hashed, failures=0, locked_until=None)
            )
            connection.execute(delete(sessions).where(sessions.c.account_id == id))
            self._enter(connection, Action.PASSWORD_CHANGED, f"account/{id}")

    def deactivate(self, id: int) -> Account:
        """Nobody signs in to it any more; its sessions end and its keys stop. Raises NotFound."""
        with self._writing() as (connection, _):
            _account_row(connection, id)
            connection.execute(update(accounts).where(accounts.c.id == id).values(active=False))
            for table in (sessions, identities):
                connection.execute(delete(table).where(table.c.account_id == id))
            self._enter(connection, Action.ACCOUNT_CLOSED, f"account/{id}")
            return _account(_account_row(connection, id))

    def attach(self, id: int, talent: int) -> None:
        """Make the talent's record the person's own."""
        with self._writing() as (connection, _):
            connection.execute(update(accounts).where(accounts.c.id == id).values(talent_id=talent))

    def personalise(self, talent: int, on: bool) -> None:
        """Whether the person, by whichever account, wants recommendations that are made from the profile (art. 24)."""
        mine = accounts.c.talent_id == talent
        with self._writing() as (connection, _):
            connection.execute(update(accounts).where(mine).values(personalised=on))
            self._enter(connection, Action.PREFERRED, f"talent/{talent}", personalised=on)

    def is_personalised(self, talent: int) -> bool:
        """False once the person has switched recommendations from the profile off; True for one without an account."""
        with self._reading() as connection:
            return not declined(connection, [talent])

    def create_key(self, account: int, *, name: str, scopes: Iterable[Scope], days: int) -> tuple[Key, str]:
        """A new key and the token, which is shown this once. Raises NotFound."""
        token = "cj_" + secrets.token_urlsafe(32)
        now = self._now()
        with self._writing() as (connection, _):
            _account_row(connection, account)
            row = (
                connection.execute(
                    insert(api_keys).returning(*api_keys.c),
                    {
                        "account_id": account,
                        "name": name,
                        "token": digest(token),
                        "scopes": " ".join(sorted(scopes)),
                        "created": now,
                        "expires": now + timedelta(days=days),
                    },
                )
                .mappings()
                .one()
            )
            self._enter(connection, Action.KEY_MADE, f"account/{account}", key=row["id"], scopes=row["scopes"])
        return _key(row), token

    def keys(self, account: int) -> list[Key]:
        """The account's keys, newest first, revoked ones included."""
        query = select(api_keys).where(api_keys.c.account_id == account).order_by(api_keys.c.id.desc())
        with self._reading() as connection:
            return [_key(row) for row in connection.execute(query).mappings()]

    def revoke_key(self, account: int, id: int) -> Key:
        """The key stops at once. Raises NotFound for a key that the account does not have."""
        with self._writing() as (connection, _):
            mine = (api_keys.c.id == id) & (api_keys.c.account_id == account)
            row = connection.execute(select(api_keys).where(mine)).mappings().one_or_none()
            if row is None:
                raise NotFound(f"没有编号为 {id} 的密钥")
            if row["revoked"] is None:
                connection.execute(update(api_keys).where(mine).values(revoked=self._now()))
                self._enter(connection, Action.KEY_REVOKED, f"account/{account}", key=id)
            return _key(connection.execute(select(api_keys).where(mine)).mappings().one())

    def invite(
        self, by: int, *, roles: Iterable[Role], organisation: int | None = None, talent: int | None = None
    ) -> tuple[Invitation, str]:
        """A new invitation and its token, which is shown this once. Raises NotFound for an unknown record."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        with self._writing() as (connection, _):
            _check_records(connection, organisation, talent)
            row = (
                connection.execute(
                    insert(invitations).returning(*invitations.c),
                    {
                        "token": digest(token),
                        "roles": _in_order(roles),
                        "organisation_id": organisation,
                        "talent_id": talent,
                        "by_id": by,
                        "created": now,
                        "expires": now + INVITED,
                    },
                )
                .mappings()
                .one()
            )
            self._enter(connection, Action.INVITED, f"invitation/{row['id']}", roles=row["roles"])
        return _invitation(row), token

    def reset(self, account: int, *, by: int) -> str:
        """The token of a link by which the account's person sets a new password; until then the old one holds."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        with self._writing() as (connection, _):
            row = _account_row(connection, account)
            sent = {
                "token": digest(token),
                "roles": row["roles"],
                "organisation_id": row["organisation_id"],
                "account_id": account,
                "by_id": by,
                "created": now,
                "expires": now + INVITED,
            }
            connection.execute(insert(invitations), sent)
            self._enter(connection, Action.PASSWORD_RESET, f"account/{account}")
        return token

    def set_password(self, token: str, password: str) -> Account:
        """Use a link from `reset`: the new password holds, every session ends. Raises NotFound and Malformed."""
        with self._reading() as connection:
            asked = self._open_invitation(connection, token)
        if asked["account_id"] is None:
            raise NotFound("这是开通账号的邀请，不是重设口令的链接")
        self.change_password(asked["account_id"], password)
        with self._writing() as (connection, _):
            used = invitations.c.id == self._open_invitation(connection, token)["id"]
            connection.execute(update(invitations).where(used).values(accepted=self._now()))
        return self.account(asked["account_id"])

    def invitation(self, token: str) -> Invitation:
        """An invitation that can still be accepted. Raises NotFound."""
        with self._reading() as connection:
            return _invitation(self._open_invitation(connection, token))

    def invitations(self, *, organisation: int | None = None) -> list[Invitation]:
        """All, or an organisation's, newest first."""
        query = select(invitations).order_by(invitations.c.id.desc())
        if organisation is not None:
            query = query.where(invitations.c.organisation_id == organisation)
        with self._reading() as connection:
            return [_invitation(row) for row in connection.execute(query).mappings()]

    def accept(self, token: str, *, login: str, name: str, password: str | None) -> Account:
        """The account that the invitation promised; an invitation is good for one.

        Without a password nobody signs in to it but whoever an identity is linked for.

        Raises NotFound for an unknown, used or expired invitation, Conflict and Malformed as `create` does.
        """
        hashed = hashed_password(password, login=login) if password is not None else None
        with self._writing() as (connection, _):
            row = self._open_invitation(connection, token)
            if row["account_id"] is not None:
                raise NotFound("这是重设口令的链接，不是开通账号的邀请")
            roles = frozenset(map(Role, row["roles"].split()))
            made = self._create(connection, login, name, roles, hashed, row["organisation_id"], row["talent_id"])
            connection.execute(
                update(invitations)
                .where(invitations.c.id == row["id"])
                .values(accepted=self._now(), account_id=made.id)
            )
            return made

    def sign_in_as(self, issuer: str, subject: str) -> Session | None:
        """Open a session for whom an identity provider vouches; None while that identity is linked to no account."""
        with self._writing() as (connection, _):
            query = (
                select(identities.c.id, identities.c.account_id)
                .join(accounts, accounts.c.id == identities.c.account_id)
                .where(identities.c.issuer == issuer, identities.c.subject == subject, accounts.c.active)
            )
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            connection.execute(update(identities).where(identities.c.id == row.id).values(used=self._now()))
            return self._open(connection, row.account_id)

    def link(self, account: int, issuer: str, subject: str, *, label: str, by: str) -> ExternalIdentity:
        """Let whom the provider calls so sign in to the account; `by` says in the audit trail on what ground.

        Raises Conflict when the identity is another account's, or the account has another one of that provider.
        """
        mine = (identities.c.issuer == issuer) & (identities.c.account_id == account)
        theirs = (identities.c.issuer == issuer) & (identities.c.subject == subject)
        with self._writing() as (connection, _):
            _account_row(connection, account)
            held = connection.execute(select(identities).where(mine | theirs)).mappings().all()
            if any(row["account_id"] != account for row in held):
                raise Conflict("这个外部身份已关联到另一个账号，请先在那个账号里解除")
            if any(row["subject"] != subject for row in held):
                raise Conflict("本账号已关联该机构的另一个外部身份，请先解除再关联新的")
            if held:
                return _identity(held[0])
            row = {
                "account_id": account,
                "issuer": issuer,
                "subject": subject,
                "label": label[:200],
                "linked": self._now(),
            }
            made = connection.execute(insert(identities).returning(*identities.c), row).mappings().one()
            self._enter(connection, Action.IDENTITY_LINKED, f"account/{account}", identity=made["id"], by=by)
            return _identity(made)

    def unlink(self, account: int, id: int) -> None:
        """The identity signs in no more, and every session of the account ends.

        Raises NotFound for one that the account does not have, and Conflict where there is no other way in.
        """
        with self._writing() as (connection, _):
            mine = identities.c.account_id == account
            held = connection.execute(select(identities.c.id).where(mine)).scalars().all()
            if id not in held:
                raise NotFound(f"本账号没有编号为 {id} 的外部身份")
            if len(held) == 1 and _account_row(connection, account)["password"] is None:
                raise Conflict("本账号没有口令，解除唯一的外部身份后将无法登录；请先请管理员设置口令")
            connection.execute(delete(identities).where(identities.c.id == id))
            connection.execute(delete(sessions).where(sessions.c.account_id == account))
            self._enter(connection, Action.IDENTITY_UNLINKED, f"account/{account}", identity=id)

    def identities(self, account: int) -> list[ExternalIdentity]:
        """What is linked to the account, oldest first."""
        query = select(identities).where(identities.c.account_id == account).order_by(identities.c.id)
        with self._reading() as connection:
            return [_identity(row) for row in connection.execute(query).mappings()]

    def vetting(self, organisation: int) -> Vetting:
        """Where the vetting of an organisation stands; one that nobody vetted is PENDING."""
        with self._reading() as connection:
            return self._vetting(connection, organisation)

    def vettings(self) -> list[Vetting]:
        """The last word on every organisation that has one, by the day on which it lapses."""
        with self._reading() as connection:
            ids = connection.execute(select(vettings.c.organisation_id).distinct()).scalars()
            found = [self._vetting(connection, id) for id in ids]
        return sorted(found, key=lambda one: (one.expires or datetime.max.replace(tzinfo=UTC), one.organisation))

    def lapsing(self, *, within: timedelta) -> list[int]:
        """The organisations whose vetting holds now and no longer in a while, the first to lapse first."""
        now = self._now()
        last = select(func.max(vettings.c.id)).group_by(vettings.c.organisation_id)
        query = select(vettings.c.organisation_id).where(
            vettings.c.id.in_(last), vettings.c.expires > now, vettings.c.expires <= now + within
        )
        with self._reading() as connection:
            return list(connection.execute(query.order_by(vettings.c.expires, vettings.c.id)).scalars())

    def vet(self, organisation: int, *, by: int, verified: bool, note: str = "") -> Vetting:
        """Write down that somebody looked at the organisation's papers; it holds for six months. Raises NotFound."""
        now = self._now()
        with self._writing() as (connection, _):
            _check_records(connection, organisation, None)
            note_vetting(connection, organisation, by=by, verified=verified, note=note, at=now)
            return self._vetting(connection, organisation)

    def _enter(self, connection: Connection, action: Action, subject: str, **details: object) -> None:
        enter(connection, self._now(), [Deed(action, subject, details=details)])

    def _vetting(self, connection: Connection, organisation: int) -> Vetting:
        mine = vettings.c.organisation_id == organisation
        query = select(vettings).where(mine).order_by(vettings.c.id.desc()).limit(1)
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            return Vetting(organisation=organisation, state=VettingState.PENDING)
        expires = _optional(row["expires"])
        if not row["verified"]:
            state = VettingState.REFUSED
        else:
            state = VettingState.LAPSED if expires and expires <= self._now() else VettingState.VERIFIED
        return Vetting(
            organisation=organisation,
            state=state,
            at=_optional(row["at"]),
            expires=expires,
            by=row["by_id"],
            note=row["note"],
        )

    def _create(
        self,
        connection: Connection,
        login: str,
        name: str,
        roles: frozenset[Role],
        hashed: str | None,
        organisation: int | None,
        talent: int | None,
    ) -> Account:
        taken = select(func.count()).select_from(accounts).where(accounts.c.login == login)
        if connection.execute(taken).scalar_one():
            raise Conflict(f"账号“{login}”已有人使用")
        _check_records(connection, organisation, talent)
        row = {
            "login": login,
            "name": name,
            "roles": _in_order(roles),
            "organisation_id": organisation,
            "talent_id": talent,
            "password": hashed,
            "active": True,
            "failures": 0,
            "created": self._now(),
        }
        made = _account(connection.execute(insert(accounts).returning(*accounts.c), row).mappings().one())
        self._enter(connection, Action.ACCOUNT_MADE, f"account/{made.id}", roles=row["roles"])
        return made

    def _open(self, connection: Connection, account: int) -> Session:
        now = self._now()
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        connection.execute(delete(sessions).where(sessions.c.expires <= now))
        connection.execute(
            insert(sessions),
            {
                "token": digest(token),
                "csrf": csrf,
                "account_id": account,
                "created": now,
                "seen": now,
                "expires": now + SESSION,
            },
        )
        return Session(token, csrf, now + SESSION)

    def _open_invitation(self, connection: Connection, token: str) -> RowMapping:
        query = select(invitations).where(
            invitations.c.token == digest(token),
            invitations.c.accepted.is_(None),
            invitations.c.expires > self._now(),
        )
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("邀请不存在、已使用或已过期，请向邀请人再要一份")
        return row


def declined(connection: Connection, talents: Iterable[int]) -> frozenset[int]:
    """Which of the people have switched recommendations from their profile off."""
    query = select(accounts.c.talent_id).where(accounts.c.talent_id.in_(list(talents)), ~accounts.c.personalised)
    return frozenset(connection.execute(query).scalars())


def note_vetting(
    connection: Connection, organisation: int, *, by: int, verified: bool, note: str, at: datetime
) -> None:
    """Write a vetting down inside of an open transaction."""
    row = {"organisation_id": organisation, "verified": verified, "note": note, "by_id": by, "at": at}
    connection.execute(insert(vettings), {**row, "expires": at + VETTED if verified else None})
    enter(connection, at, [Deed(Action.VETTED, f"organisation/{organisation}", details={"verified": verified})])


def digest(token: str) -> str:
    """What is stored in place of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def hashed_password(password: str, *, login: str) -> str:
    """The argon2id hash. Raises Malformed for a password that is too short or holds the login."""
    if len(password) < SHORTEST:
        raise Malformed(f"口令至少要 {SHORTEST} 个字符，收到 {len(password)} 个")
    if login.casefold() in password.casefold() or len(set(password)) < 5:
        raise Malformed("口令不能包含账号，也不能只重复几个字符")
    return _hasher.hash(password)


@cache
def _nobodys() -> str:
    """A hash to verify where there is no account, so that an unknown login takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _check_records(connection: Connection, organisation: int | None, talent: int | None) -> None:
    for kind, id in ((Kind.ORGANISATION, organisation), (Kind.TALENT, talent)):
        if id is not None:
            found = connection.execute(select(records.c.kind).where(records.c.id == id)).scalar_one_or_none()
            if found != kind:
                raise NotFound(f"没有编号为 {id} 的{kind.label}")


def _account_row(connection: Connection, id: int) -> RowMapping:
    row = connection.execute(select(accounts).where(accounts.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {id} 的账号")
    return row


def _in_order(roles: Iterable[Role]) -> str:
    wanted = frozenset(roles)
    return " ".join(role for role in Role if role in wanted)


def _principal(row: RowMapping, scopes: frozenset[Scope]) -> Principal:
    return Principal(
        account=row["id"],
        roles=frozenset(map(Role, row["roles"].split())),
        organisation=row["organisation_id"],
        talent=row["talent_id"],
        scopes=scopes,
    )


def _account(row: RowMapping) -> Account:
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        roles=tuple(map(Role, row["roles"].split())),
        organisation=row["organisation_id"],
        talent=row["talent_id"],
        active=row["active"],
        created=utc(row["created"]),
    )


def _key(row: RowMapping) -> Key:
    return Key(
        id=row["id"],
        name=row["name"],
        scopes=tuple(map(Scope, row["scopes"].split())),
        created=utc(row["created"]),
        expires=utc(row["expires"]),
        revoked=_optional(row["revoked"]),
    )


def _identity(row: RowMapping) -> ExternalIdentity:
    return ExternalIdentity(
        id=row["id"],
        issuer=row["issuer"],
        subject=row["subject"],
        label=row["label"],
        linked=utc(row["linked"]),
        used=_optional(row["used"]),
    )


def _invitation(row: RowMapping) -> Invitation:
    return Invitation(
        id=row["id"],
        roles=tuple(map(Role, row["roles"].split())),
        organisation=row["organisation_id"],
        talent=row["talent_id"],
        by=row["by_id"],
        created=utc(row["created"]),
        expires=utc(row["expires"]),
        accepted=_optional(row["accepted"]),
        account=row["account_id"],
    )


def _optional(at: Any) -> datetime | None:
    return None if at is None else utc(at)
