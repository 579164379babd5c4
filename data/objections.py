"""Objections to automated answers, and what people decided about them (个人信息保护法 art. 24): written once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, or_, select

from data.audit import enter
from data.events import Reading, Writing
from data.masking import mask
from data.tables import decisions, objections, utc
from models.audit import Action, Deed
from models.errors import Conflict, NotFound
from models.privacy import Decision, Objection, ObjectionState, Outcome


class ObjectionLog:
    """The objections of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def file(self, talent: int, *, posting: int, statement: str, answer: str) -> Objection:
        """Keep what the person says against the answer; both as masked texts. Both records must exist."""
        row = {
            "talent_id": talent,
            "posting_id": posting,
            "statement": mask(statement)[0],
            "answer": mask(answer)[0],
            "at": self._now(),
        }
        with self._writing() as (connection, _):
            number = connection.execute(objections.insert().returning(objections.c.number), row).scalar_one()
            enter(connection, self._now(), [Deed(Action.OBJECTED, f"objection/{number}")])
        return self.read(number)

    def decide(self, number: int, *, outcome: Outcome, reviewer: str, reason: str) -> Objection:
        """Note the decision and return the objection with it.

        Raises NotFound for an unknown number, and Conflict once it is decided: a decision is never changed.
        """
        with self._writing() as (connection, _):
            rows = connection.execute(_query().where(objections.c.number == number)).mappings()
            row = rows.one_or_none()
            if row is None:
                raise _unknown(number)
            if row["outcome"] is not None:
                raise Conflict(f"异议 {number} 已由“{row['reviewer']}”决定“{row['outcome']}”，决定不能再改")
            decision = {
                "objection": number,
                "outcome": outcome.value,
                "reviewer": reviewer,
                "reason": mask(reason)[0],
                "at": self._now(),
            }
            connection.execute(decisions.insert(), decision)
            told = {"outcome": outcome.name.lower()}
            enter(connection, self._now(), [Deed(Action.DECIDED, f"objection/{number}", details=told)])
        return self.read(number)

    def read(self, number: int) -> Objection:
        """The objection. Raises NotFound for an unknown number."""
        with self._reading() as connection:
            row = connection.execute(_query().where(objections.c.number == number)).mappings().one_or_none()
        if row is None:
            raise _unknown(number)
        return _objection(row)

    def of(self, talent: int) -> list[Objection]:
        """Every objection of the person, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(
                _query().where(objections.c.talent_id == talent).order_by(objections.c.number)
            ).mappings()
            return [_objection(row) for row in rows]

    def page(
        self, state: ObjectionState | None = None, *, offset: int = 0, limit: int = 20
    ) -> tuple[list[Objection], int]:
        """Some of those in the state, or of all, oldest first, and how many there are.

        Of people who were erased, what was decided still counts; what was open is nobody's any more.
        """
        is_open = decisions.c.objection.is_(None)
        query = _query().where(or_(~is_open, objections.c.statement != ""))
        if state is not None:
            query = query.where(is_open if state is ObjectionState.OPEN else ~is_open)
        with self._reading() as connection:
            total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            rows = connection.execute(query.order_by(objections.c.number).offset(offset).limit(limit)).mappings()
            return [_objection(row) for row in rows], total


def _query() -> Any:
    decided = (decisions.c.outcome, decisions.c.reviewer, decisions.c.reason, decisions.c.at.label("decided_at"))
    return select(objections, *decided).select_from(objections.outerjoin(decisions))


def _unknown(number: int) -> NotFound:
    return NotFound(f"没有编号为 {number} 的异议")


def _objection(row: RowMapping) -> Objection:
    decision = None
    if row["outcome"] is not None:
        decision = Decision(
            outcome=Outcome(row["outcome"]),
            reviewer=row["reviewer"],
            reason=row["reason"],
            at=utc(row["decided_at"]),
        )
    return Objection(
        number=row["number"],
        talent=row["talent_id"],
        posting=row["posting_id"],
        statement=row["statement"],
        answer=row["answer"],
        at=utc(row["at"]),
        decision=decision,
    )
