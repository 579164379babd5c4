"""Who may be given which data about whom, as the person said: an append-only ledger (个人信息保护法 arts 13–15, 23)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from data.audit import enter
from data.events import Reading, Writing
from data.tables import consents, erasures, records, utc, versions
from models.audit import Action, Deed
from models.errors import Conflict, NotFound, Withdrawn
from models.privacy import Consent, ConsentAct, DataKind, Purpose
from models.terms import Kind

Grant = tuple[int, Purpose]
"""A recipient and a purpose: what consent is given for."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A version of the text that a person reads before consenting."""

    version: str
    template: str

    def text(self, *, recipient: str, contact: str, purpose: Purpose, kinds: Iterable[DataKind]) -> str:
        """The text as it is shown."""
        named = "、".join(kind.label for kind in kinds)
        return self.template.format(recipient=recipient, contact=contact, purpose=purpose.label, kinds=named)


@cache
def wordings() -> tuple[Wording, ...]:
    """Every version that was ever shown, oldest first; the last is in force."""
    rows = tomllib.loads((Path(__file__).parent / "wordings.toml").read_text(encoding="utf-8"))["wording"]
    return tuple(Wording(row["version"], row["text"].strip()) for row in rows)


def in_force(ledger: Iterable[Consent]) -> dict[Grant, tuple[DataKind, ...]]:
    """What entries, oldest first, come to: for each recipient and purpose the data that may be handed over now."""
    found: dict[Grant, set[DataKind]] = {}
    for entry in ledger:
        kinds = found.setdefault((entry.recipient, entry.purpose), set())
        if entry.act is ConsentAct.GIVEN:
            kinds.update(entry.kinds)
        else:
            kinds.difference_update(entry.kinds)
    return {grant: tuple(kind for kind in DataKind if kind in kinds) for grant, kinds in found.items() if kinds}


class ConsentLedger:
    """The consents of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def give(
        self, talent: int, *, recipient: int, purpose: Purpose, kinds: Sequence[DataKind], wording: str
    ) -> Consent | None:
        """Note the consent and return the entry; None when all of it was in force already.

        Raises NotFound or Withdrawn for a talent or organisation that is not live, and Conflict when the wording
        is not the one in force: a person consents to what they read.
        """
        current = wordings()[-1].version
        if wording != current:
            raise Conflict(f"告知文本“{wording}”不是现行版本“{current}”，请按现行文本重新征得同意")
        with self._writing() as (connection, _):
            _check_live(connection, Kind.TALENT, talent)
            _check_live(connection, Kind.ORGANISATION, recipient)
            held = in_force(_of(connection, talent)).get((recipient, purpose), ())
            fresh = tuple(kind for kind in DataKind if kind in kinds and kind not in held)
            if not fresh:
                return None
            entry = Consent(
                talent=talent,
                recipient=recipient,
                purpose=purpose,
                kinds=fresh,
                act=ConsentAct.GIVEN,
                wording=wording,
                at=self._now(),
            )
            connection.execute(consents.insert(), [_row(entry)])
            enter(connection, self._now(), [_deed(entry)])
        return entry

    def withdraw(self, talent: int, *, recipient: int, purpose: Purpose | None = None) -> list[Consent]:
        """Take back every consent to the recipient, or that for one purpose; from here on nothing is allowed.

        Returns the entries that say so; none when nothing was in force. A person whose record is withdrawn can
        still do this.
        """
        with self._writing() as (connection, _):
            ledger = _of(connection, talent)
            last = {(entry.recipient, entry.purpose): entry.wording for entry in ledger}
            entries = [
                Consent(
                    talent=talent,
                    recipient=recipient,
                    purpose=one,
                    kinds=kinds,
                    act=ConsentAct.WITHDRAWN,
                    wording=last[recipient, one],
                    at=self._now(),
                )
                for (whose, one), kinds in in_force(ledger).items()
                if whose == recipient and purpose in (None, one)
            ]
            if entries:
                connection.execute(consents.insert(), [_row(entry) for entry in entries])
                enter(connection, self._now(), [_deed(entry) for entry in entries])
        return entries

    def allows(self, talent: int, recipient: int, kind: DataKind, *, purpose: Purpose | None = None) -> bool:
        """Whether the recipient may be given this kind of data about the person now, for the purpose or for any."""
        return any(
            kind in kinds
            for (whose, one), kinds in in_force(self.of(talent)).items()
            if whose == recipient and purpose in (None, one)
        )

    def of(self, talent: int) -> list[Consent]:
        """Every entry of the person, oldest first; none for an unknown one."""
        with self._reading() as connection:
            return _of(connection, talent)


def _of(connection: Connection, talent: int) -> list[Consent]:
    rows = connection.execute(select(consents).where(consents.c.talent_id == talent).order_by(consents.c.number))
    return [_consent(row) for row in rows.mappings()]


def _check_live(connection: Connection, kind: Kind, id: int) -> None:
    query = (
        select(records.c.kind, versions.c.body, erasures.c.talent_id)
        .select_from(records.join(versions, records.c.revision == versions.c.revision).outerjoin(erasures))
        .where(records.c.id == id)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None or row["kind"] != kind:
        raise NotFound(f"没有编号为 {id} 的{kind.label}")
    if row["body"] is None:
        raise Withdrawn(f"{kind.label} {id} 已{'删除' if row['talent_id'] else '撤回'}")


def _deed(entry: Consent) -> Deed:
    return Deed(Action.CONSENTED, f"talent/{entry.talent}", details={"act": entry.act.name.lower()})


def _row(entry: Consent) -> dict[str, Any]:
    return {
        "talent_id": entry.talent,
        "recipient_id": entry.recipient,
        "purpose": entry.purpose.value,
        "kinds": "、".join(entry.kinds),
        "act": entry.act.value,
        "wording": entry.wording,
        "at": entry.at,
    }


def _consent(row: RowMapping) -> Consent:
    return Consent(
        talent=row["talent_id"],
        recipient=row["recipient_id"],
        purpose=Purpose(row["purpose"]),
        kinds=tuple(map(DataKind, row["kinds"].split("、"))),
        act=ConsentAct(row["act"]),
        wording=row["wording"],
        at=utc(row["at"]),
    )
