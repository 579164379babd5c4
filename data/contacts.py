"""Pairs at rest: each step is one transaction with its event, and what was said is kept no longer than needed.

The body of a step holds its note, its interview and its grades as JSON; `forget` empties it and leaves the step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, or_, select, update

from data.audit import enter
from data.events import derived, note
from data.masking import mask
from data.tables import contact_steps, contacts, events, saves, utc
from models.audit import Action, Deed
from models.contacts import (
    STEPS,
    Contact,
    ContactStep,
    ContactStepTaken,
    Criterion,
    History,
    Reason,
    Stage,
    StepWanted,
    meant,
    waiting,
)
from models.errors import WrongState
from models.outcomes import Act, Event, Side
from models.terms import Kind

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]

KEPT = timedelta(days=180)
"""How long notes, interviews and grades of a pair stay after its last step, once it is over."""
_OVER = [stage.name for stage in Stage if stage.is_over]
_DISCLOSED = [stage.name for stage in Stage if stage.is_disclosed]


class Contacts:
    """The contacts of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def take(
        self, posting: int, talent: int, side: Side, wanted: StepWanted, *, organisation: int, by: int | None
    ) -> History:
        """Take the step and log its event; asking again for what was done last changes nothing.

        Raises WrongState where the stage or the side does not allow it, and ImpossibleEvent for three months that are
        not over yet.
        """
        wanted = _masked(wanted, side)
        with self._writing() as (connection, _):
            before = _history(connection, posting, talent)
            step = meant(wanted.step, before.contact.stage)
            if _is_repeated(before, step, side, wanted):
                return before
            if not before.may(step, side):
                raise WrongState(_refusal(before.contact, step, side))
            at = self._now()
            way, body = STEPS[step], wanted.model_copy(update={"step": step})
            stage = way.leads[before.contact.stage]
            self._put(connection, before, stage, organisation, at, evaluates=side if body.grades else None)
            row = _row(posting, talent, side, stage, at, by, body)
            connection.execute(insert(contact_steps), row)
            told = {"talent": talent, "step": step.name}
            enter(connection, at, [Deed(Action.CONTACTED, f"posting/{posting}", details=told)])
            if way.act is not None:
                note(connection, Event(id=uuid4(), act=way.act, side=side, posting=posting, talent=talent, at=at))
            return _history(connection, posting, talent)

    def load(self, posting: int, talent: int) -> History:
        """Where the pair stands and how it came there; NEW where nothing has happened."""
        with self._reading() as connection:
            return _history(connection, posting, talent)

    def of_talent(self, talent: int) -> list[History]:
        """Every pair of the person, last changed first."""
        return self._search(contacts.c.talent_id == talent)

    def of_posting(self, posting: int) -> list[History]:
        """Every pair of the posting, last changed first."""
        return self._search(contacts.c.posting_id == posting)

    def waiting_for(self, *, talent: int | None = None, organisation: int | None = None) -> list[History]:
        """What waits for the person or for the organisation, longest waiting first."""
        return self._search(_waits(talent, organisation))[::-1]

    def count_waiting(self, *, talent: int | None = None, organisation: int | None = None) -> int:
        """How many there are of these."""
        query = select(func.count()).select_from(contacts).where(_waits(talent, organisation))
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def count_stages(self, organisation: int) -> dict[int, dict[Stage, int]]:
        """How many pairs each posting of the organisation has at each stage; postings without any are left out."""
        query = (
            select(contacts.c.posting_id, contacts.c.stage, func.count())
            .where(contacts.c.organisation_id == organisation)
            .group_by(contacts.c.posting_id, contacts.c.stage)
        )
        found: dict[int, dict[Stage, int]] = {}
        with self._reading() as connection:
            for posting, stage, count in connection.execute(query):
                found.setdefault(posting, {})[Stage[stage]] = int(count)
        return found

    def discloses(self, talent: int, organisation: int) -> bool:
        """Whether the person let the organisation know who they are, for one of its postings at least."""
        wanted = and_(
            contacts.c.talent_id == talent,
            contacts.c.organisation_id == organisation,
            contacts.c.stage.in_(_DISCLOSED),
        )
        with self._reading() as connection:
            return connection.execute(select(contacts.c.stage).where(wanted).limit(1)).first() is not None

    def save(self, posting: int, talent: int, side: Side) -> bool:
        """Keep the other in mind; nobody else learns of it. Whether it was new."""
        with self._writing() as (connection, _):
            if connection.execute(select(saves.c.at).where(_saved(posting, talent, side))).first():
                return False
            at = self._now()
            connection.execute(
                insert(saves), {"side": side.value, "posting_id": posting, "talent_id": talent, "at": at}
            )
            id = derived(Act.SAVED, side, posting, talent)
            if connection.execute(select(events.c.number).where(events.c.id == str(id))).first() is None:
                note(connection, Event(id=id, act=Act.SAVED, side=side, posting=posting, talent=talent, at=at))
            return True

    def unsave(self, posting: int, talent: int, side: Side) -> bool:
        """Keep it in mind no more. Whether it was."""
        with self._writing() as (connection, _):
            return connection.execute(delete(saves).where(_saved(posting, talent, side))).rowcount > 0

    def saved_by(self, side: Side, id: int) -> list[int]:
        """What the posting's or the talent's side saved, last saved first."""
        ours, theirs = (saves.c.posting_id, saves.c.talent_id)[:: 1 if side is Side.POSTING else -1]
        query = select(theirs).where(saves.c.side == side.value, ours == id).order_by(saves.c.at.desc(), theirs)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def reasons_against(self, organisation: int) -> list[tuple[int, Reason]]:
        """What people gave as reasons for leaving postings of the organisation: who, and which."""
        query = select(contact_steps.c.talent_id, contact_steps.c.reason).where(
            contact_steps.c.side == Side.TALENT.value,
            contact_steps.c.reason.is_not(None),
            contact_steps.c.posting_id.in_(
                select(contacts.c.posting_id).where(contacts.c.organisation_id == organisation)
            ),
        )
        with self._reading() as connection:
            return [(talent, Reason[reason]) for talent, reason in connection.execute(query)]

    def forget(self, before: datetime) -> int:
        """Empty the bodies of steps of pairs that were over before the time; how many steps had one."""
        over = select(contacts.c.posting_id, contacts.c.talent_id).where(
            contacts.c.stage.in_(_OVER), contacts.c.changed < before
        )
        with self._writing() as (connection, _):
            found = 0
            for posting, talent in connection.execute(over).all():
                mine = and_(_of_pair(contact_steps, posting, talent), contact_steps.c.body != "{}")
                found += connection.execute(update(contact_steps).where(mine).values(body="{}")).rowcount
            return found

    def _search(self, wanted: ColumnElement[bool]) -> list[History]:
        query = select(contacts).where(wanted).order_by(contacts.c.changed.desc(), contacts.c.talent_id)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
            told = select(contact_steps).join(
                contacts,
                and_(
                    contacts.c.posting_id == contact_steps.c.posting_id,
                    contacts.c.talent_id == contact_steps.c.talent_id,
                ),
            )
            steps = connection.execute(told.where(wanted).order_by(contact_steps.c.id)).mappings().all()
        by_pair: dict[tuple[int, int], list[RowMapping]] = {}
        for step in steps:
            by_pair.setdefault((step["posting_id"], step["talent_id"]), []).append(step)
        return [_told(row, by_pair.get((row["posting_id"], row["talent_id"]), ())) for row in rows]

    def _put(
        self,
        connection: Connection,
        before: History,
        stage: Stage,
        organisation: int,
        at: datetime,
        *,
        evaluates: Side | None,
    ) -> None:
        contact = before.contact
        waits = waiting(stage, frozenset(before.grades) | ({evaluates} if evaluates else frozenset()))
        values = {
            "stage": stage.name,
            "waits_posting": Side.POSTING in waits,
            "waits_talent": Side.TALENT in waits,
            "changed": at,
        }
        if contact.changed is None:
            key = {"posting_id": contact.posting, "talent_id": contact.talent, "organisation_id": organisation}
            connection.execute(insert(contacts), key | values)
        else:
            pair = _of_pair(contacts, contact.posting, contact.talent)
            connection.execute(update(contacts).where(pair).values(values))


def _masked(wanted: StepWanted, side: Side) -> StepWanted:
    """The step with the numbers and addresses of people taken out of what was written; a firm's switchboard stays."""
    kind = Kind.TALENT if side is Side.TALENT else Kind.POSTING
    changed: dict[str, object] = {"note": mask(wanted.note, kind)[0]}
    if wanted.interview:
        changed["interview"] = wanted.interview.model_copy(update={"place": mask(wanted.interview.place, kind)[0]})
    return wanted.model_copy(update=changed)


def _is_repeated(before: History, step: ContactStep, side: Side, wanted: StepWanted) -> bool:
    """Whether this is what was done last: a second click, or a request that was sent again."""
    if before.last is None or (before.last.step, before.last.side) != (step, side):
        return False
    return not before.may(step, side) or (before.last.interview, before.last.note) == (wanted.interview, wanted.note)


def _refusal(contact: Contact, step: ContactStep, side: Side) -> str:
    way = STEPS[step]
    if side not in way.sides:
        return f"“{step.label}”只能由{side.other.label}作出"
    if contact.stage in way.leads:
        return f"岗位 {contact.posting} 与人才 {contact.talent} 已经“{step.label}”过了"
    return f"岗位 {contact.posting} 与人才 {contact.talent} 现在是“{contact.stage.label}”，不能“{step.label}”"


def _history(connection: Connection, posting: int, talent: int) -> History:
    row = connection.execute(select(contacts).where(_of_pair(contacts, posting, talent))).mappings().one_or_none()
    if row is None:
        return History(Contact(posting=posting, talent=talent))
    mine = select(contact_steps).where(_of_pair(contact_steps, posting, talent)).order_by(contact_steps.c.id)
    return _told(row, connection.execute(mine).mappings())


def _told(row: RowMapping, steps: Iterable[RowMapping]) -> History:
    taken, grades = [], {}
    for step in steps:
        body = StepWanted.model_validate_json(step["body"]) if step["body"] != "{}" else None
        side = Side(step["side"])
        taken.append(
            ContactStepTaken(
                step=ContactStep[step["step"]],
                side=side,
                stage=Stage[step["stage"]],
                at=utc(step["at"]),
                reason=Reason[step["reason"]] if step["reason"] else None,
                note=body.note if body else "",
                interview=body.interview if body else None,
            )
        )
        if taken[-1].step is ContactStep.EVALUATE:
            grades[side] = dict(body.grades) if body else dict[Criterion, int]()
    contact = Contact(
        posting=row["posting_id"],
        talent=row["talent_id"],
        organisation=row["organisation_id"],
        stage=Stage[row["stage"]],
        waits=tuple(side for side in Side if row[f"waits_{side.value}"]),
        changed=utc(row["changed"]),
    )
    return History(contact, tuple(taken), grades)


def _row(
    posting: int, talent: int, side: Side, stage: Stage, at: datetime, by: int | None, body: StepWanted
) -> dict[str, Any]:
    return {
        "posting_id": posting,
        "talent_id": talent,
        "side": side.value,
        "stage": stage.name,
        "at": at,
        "by_id": by,
        "step": body.step.name,
        "reason": body.reason.name if body.reason else None,
        "body": body.model_dump_json(exclude_defaults=True),
    }


def _waits(talent: int | None, organisation: int | None) -> ColumnElement[bool]:
    return or_(
        and_(contacts.c.talent_id == talent, contacts.c.waits_talent),
        and_(contacts.c.organisation_id == organisation, contacts.c.waits_posting),
    )


def _saved(posting: int, talent: int, side: Side) -> ColumnElement[bool]:
    return and_(_of_pair(saves, posting, talent), saves.c.side == side.value)


def _of_pair(table: Any, posting: int, talent: int) -> ColumnElement[bool]:
    return and_(table.c.posting_id == posting, table.c.talent_id == talent)
