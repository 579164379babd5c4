"""Publications at rest: each step is one transaction, and a published record is live from the same moment on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, update

from data.accounts import note_vetting
from data.audit import enter
from data.masking import masked
from data.tables import accounts, publication_steps, publications, utc
from models.audit import Action, Deed
from models.errors import NotFound, WrongState
from models.publishing import STEPS, Publication, State, Step, StepTaken
from models.records import RECORDS
from models.terms import Kind, Record

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]


class Put(Protocol):
    """Writes a record, or with None its withdrawal, inside of an open transaction; the record's id."""

    def __call__(self, connection: Connection, revision: int, record: Record | None, id: int | None) -> int: ...


class Publications:
    """The publications of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime], put: Put) -> None:
        self._reading, self._writing, self._now, self._put = reading, writing, now, put

    def draft(
        self, record: Record, *, account: int, organisation: int | None = None, record_id: int | None = None
    ) -> Publication:
        """A new draft; with `record_id` of what is to take that record's place."""
        with self._writing() as (connection, _):
            row = {
                "kind": record.kind,
                "state": State.DRAFT.name,
                "record_id": record_id,
                "account_id": account,
                "organisation_id": organisation,
                "body": _body(record),
                "changed": self._now(),
                "reason": "",
            }
            id = connection.execute(insert(publications).returning(publications.c.id), row).scalar_one()
            self._note(connection, id, Step.EDIT, State.DRAFT, account, "")
            return _publication(_row(connection, id))

    def edit(self, id: int, record: Record, *, by: int) -> Publication:
        """Put the record in place of what the draft holds. Raises WrongState once it is submitted."""
        with self._writing() as (connection, _):
            connection.execute(update(publications).where(publications.c.id == id).values(body=_body(record)))
            return self._step(connection, id, Step.EDIT, by)

    def submit(self, id: int, record: Record, *, by: int, until: date) -> Publication:
        """Hand the draft in for review as the record, which is to be valid until the day."""
        with self._writing() as (connection, _):
            changed = {"body": _body(record), "until": until}
            connection.execute(update(publications).where(publications.c.id == id).values(changed))
            return self._step(connection, id, Step.SUBMIT, by)

    def recall(self, id: int, *, by: int) -> Publication:
        """Take it back from the queue in order to change it."""
        with self._writing() as (connection, _):
            return self._step(connection, id, Step.RECALL, by)

    def approve(self, id: int, *, by: int) -> Publication:
        """Publish: the record is live from this transaction on, and what it replaces is not."""
        with self._writing() as (connection, revision):
            self._publish(connection, revision, id, by)
            return _publication(_row(connection, id))

    def admit(self, id: int, *, by: int, note: str = "") -> Publication:
        """Publish a new member: its author belongs to it from now on, with every draft so far, and it is vetted."""
        with self._writing() as (connection, revision):
            member = self._publish(connection, revision, id, by)
            author = _row(connection, id)["account_id"]
            connection.execute(update(accounts).where(accounts.c.id == author).values(organisation_id=member))
            homeless = (publications.c.account_id == author) & publications.c.organisation_id.is_(None)
            connection.execute(update(publications).where(homeless).values(organisation_id=member))
            note_vetting(connection, member, by=by, verified=True, note=note, at=self._now())
            return _publication(_row(connection, id))

    def reject(self, id: int, *, by: int, reason: str) -> Publication:
        """Send it back with a reason."""
        with self._writing() as (connection, _):
            return self._step(connection, id, Step.REJECT, by, reason)

    def withdraw(self, id: int, *, by: int, reason: str = "") -> Publication:
        """Give it up; what was live is so no more."""
        with self._writing() as (connection, revision):
            before = _publication(_row(connection, id))
            after = self._step(connection, id, Step.WITHDRAW, by, reason)
            if before.state is State.PUBLISHED:
                self._put(connection, revision + 1, None, before.record_id)
            return after

    def renew(self, id: int, record: Record, *, by: int, until: date) -> Publication:
        """Let it be valid, as the record, until a later day; what had expired is live again."""
        with self._writing() as (connection, revision):
            before, body = _row(connection, id), _body(record)
            changed = {"body": body, "until": until}
            connection.execute(update(publications).where(publications.c.id == id).values(changed))
            after = self._step(connection, id, Step.RENEW, by)
            if before["state"] == State.EXPIRED.name or before["body"] != body:
                self._put(connection, revision + 1, _record(_row(connection, id)), before["record_id"])
            return after

    def expire(self, today: date) -> list[int]:
        """Take down what was valid until before today; which publications. Doing it twice changes nothing."""
        expired = []
        with self._writing() as (connection, revision):
            past = and_(publications.c.state == State.PUBLISHED.name, publications.c.until < today)
            for row in (
                connection.execute(select(publications).where(past).order_by(publications.c.id)).mappings().all()
            ):
                self._step(connection, row["id"], Step.EXPIRE, None, f"有效期至 {row['until']}")
                revision += 1
                self._put(connection, revision, None, row["record_id"])
                expired.append(int(row["id"]))
        return expired

    def close(self, connection: Connection, record_id: int) -> None:
        """Note on what is published of a record that it was withdrawn, inside of the withdrawal's transaction."""
        for id in self._live(connection, record_id):
            self._step(connection, id, Step.WITHDRAW, None)

    def load(self, id: int) -> Publication:
        """Raises NotFound."""
        with self._reading() as connection:
            return _publication(_row(connection, id))

    def record(self, id: int) -> Record:
        """What the publication holds. Raises NotFound."""
        with self._reading() as connection:
            return _record(_row(connection, id))

    def steps(self, id: int) -> list[StepTaken]:
        """Every step that it took, oldest first."""
        mine = publication_steps.c.publication_id == id
        with self._reading() as connection:
            rows = connection.execute(select(publication_steps).where(mine).order_by(publication_steps.c.id))
            return [
                StepTaken(
                    step=Step[row["step"]],
                    state=State[row["state"]],
                    at=utc(row["at"]),
                    by=row["by_id"],
                    reason=row["reason"],
                )
                for row in rows.mappings()
            ]

    def search(
        self,
        *,
        states: Collection[State] = (),
        kinds: Collection[Kind] = (),
        account: int | None = None,
        organisation: int | None = None,
        until: date | None = None,
        oldest_first: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[Publication], int]:
        """Those of the states and kinds, of the account or the organisation, last changed first; and how many.

        With `until` only those that are valid no longer than to that day.
        """
        wanted: list[ColumnElement[bool]] = []
        if states:
            wanted.append(publications.c.state.in_([state.name for state in states]))
        if kinds:
            wanted.append(publications.c.kind.in_(list(kinds)))
        if until is not None:
            wanted.append(publications.c.until <= until)
        if account is not None or organisation is not None:
            wanted.append(
                or_(publications.c.account_id == account, publications.c.organisation_id == organisation)
                if organisation is not None
                else publications.c.account_id == account
            )
        condition = and_(True, *wanted)
        order = [publications.c.changed, publications.c.id]
        with self._reading() as connection:
            total = connection.execute(select(func.count()).select_from(publications).where(condition)).scalar_one()
            rows = connection.execute(
                select(publications)
                .where(condition)
                .order_by(*(order if oldest_first else [column.desc() for column in order]))
                .offset(offset)
                .limit(limit)
            )
            return [_publication(row) for row in rows.mappings()], int(total)

    def _publish(self, connection: Connection, revision: int, id: int, by: int) -> int:
        found = self._step(connection, id, Step.APPROVE, by)
        record_id = self._put(connection, revision + 1, _record(_row(connection, id)), found.record_id)
        connection.execute(update(publications).where(publications.c.id == id).values(record_id=record_id))
        for older in self._live(connection, record_id):
            if older != id:
                self._step(connection, older, Step.REPLACE, by)
        return record_id

    def of_record(self, record_id: int) -> list[Publication]:
        """Everything that was drafted for the record, oldest first."""
        query = select(publications).where(publications.c.record_id == record_id).order_by(publications.c.id)
        with self._reading() as connection:
            return [_publication(row) for row in connection.execute(query).mappings()]

    def _live(self, connection: Connection, record_id: int) -> Iterable[int]:
        live = and_(
            publications.c.record_id == record_id,
            publications.c.state.in_([State.PUBLISHED.name, State.EXPIRED.name]),
        )
        return connection.execute(select(publications.c.id).where(live)).scalars().all()

    def _step(self, connection: Connection, id: int, step: Step, by: int | None, reason: str = "") -> Publication:
        found = _publication(_row(connection, id))
        if not found.may(step):
            raise WrongState(f"{found.kind.label}的发布 {id} 现在是“{found.state.value}”，不能“{step.value}”")
        state = STEPS[step][1]
        connection.execute(
            update(publications)
            .where(publications.c.id == id)
            .values(state=state.name, changed=self._now(), reason=reason or found.reason)
        )
        self._note(connection, id, step, state, by, reason)
        return _publication(_row(connection, id))

    def _note(self, connection: Connection, id: int, step: Step, state: State, by: int | None, reason: str) -> None:
        told = {"step": step.name.lower(), "state": state.name.lower()}
        enter(connection, self._now(), [Deed(Action.STEPPED, f"publication/{id}", details=told)])
        connection.execute(
            insert(publication_steps),
            {
                "publication_id": id,
                "step": step.name,
                "state": state.name,
                "at": self._now(),
                "by_id": by,
                "reason": reason,
            },
        )


def _row(connection: Connection, id: int) -> RowMapping:
    row = connection.execute(select(publications).where(publications.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {id} 的发布")
    return row


def _publication(row: RowMapping) -> Publication:
    return Publication(
        id=row["id"],
        kind=Kind(row["kind"]),
        state=State[row["state"]],
        record_id=row["record_id"],
        account=row["account_id"],
        organisation=row["organisation_id"],
        until=row["until"],
        changed=utc(row["changed"]),
        reason=row["reason"],
    )


def _body(record: Record) -> str:
    """As it will be published: what is masked then is masked already, so that reviewers decide on what is stored."""
    return masked(record)[0].model_dump_json(exclude_defaults=True)


def _record(row: RowMapping) -> Record:
    return RECORDS[Kind(row["kind"])].model_validate_json(row["body"])
