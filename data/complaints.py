"""Complaints at rest: whoever complains keeps a secret to follow it by; what is answered is never changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, case, func, select, update

from data import taxonomy
from data.accounts import digest
from data.audit import acting, enter
from data.events import Reading, Writing
from data.masking import mask
from data.tables import complaints, utc
from models.audit import Action, Deed
from models.complaints import Category, Complaint, ComplaintCount, ComplaintState, Finding, Reply, workdays_after
from models.errors import Conflict, NotFound


class ComplaintDesk:
    """The complaints of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def file(
        self,
        record: int,
        *,
        organisation: int | None,
        organisation_name: str,
        category: Category,
        statement: str,
        contact: str = "",
        today: date,
    ) -> tuple[Complaint, str]:
        """Keep the masked statement; the complaint, and the secret to follow it by, which is shown this once.

        The contact is kept as given, for the reviewer alone. Nothing says which account complained.
        """
        token = secrets.token_urlsafe(32)
        row = {
            "token": digest(token),
            "record_id": record,
            "organisation_id": organisation,
            "organisation_name": organisation_name,
            "category": category.value,
            "statement": mask(statement)[0],
            "contact": contact,
            "at": self._now(),
            "due": workdays_after(today, int(taxonomy.limit("complaint_days"))),
            "taken_down": False,
        }
        with acting("public"), self._writing() as (connection, _):
            number = connection.execute(complaints.insert().returning(complaints.c.number), row).scalar_one()
            enter(connection, self._now(), [Deed(Action.COMPLAINED, f"complaint/{number}", details={"record": record})])
        return self.read(number), token

    def answer(self, number: int, *, finding: Finding, text: str, reviewer: str, taken_down: bool = False) -> Complaint:
        """Note what was found and return the complaint with it.

        Raises NotFound for an unknown number, and Conflict once it is answered: an answer is never changed.
        """
        with self._writing() as (connection, _):
            wanted = select(complaints).where(complaints.c.number == number)
            self.unanswered(_complaint(_known(connection.execute(wanted).mappings().one_or_none(), number)))
            connection.execute(
                update(complaints)
                .where(complaints.c.number == number)
                .values(
                    finding=finding.value,
                    reply=mask(text)[0],
                    reviewer=reviewer,
                    taken_down=taken_down,
                    answered=self._now(),
                )
            )
            told = {"finding": finding.name.lower(), "taken_down": taken_down}
            enter(connection, self._now(), [Deed(Action.ANSWERED, f"complaint/{number}", details=told)])
        return self.read(number)

    def unanswered(self, complaint: Complaint) -> None:
        """Raises Conflict for one that is answered."""
        if complaint.reply:
            raise Conflict(
                f"投诉 {complaint.number} 已由“{complaint.reply.reviewer}”答复“{complaint.reply.finding}”，答复不能再改"
            )

    def read(self, number: int) -> Complaint:
        """The complaint. Raises NotFound for an unknown number."""
        with self._reading() as connection:
            query = select(complaints).where(complaints.c.number == number)
            return _complaint(_known(connection.execute(query).mappings().one_or_none(), number))

    def follow(self, token: str) -> Complaint:
        """The complaint whose secret it is. Raises NotFound."""
        with self._reading() as connection:
            query = select(complaints).where(complaints.c.token == digest(token))
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("没有这个链接的投诉；链接有误，或投诉办结后已过保存期限")
        return _complaint(row)

    def page(
        self, state: ComplaintState | None = None, *, offset: int = 0, limit: int = 20
    ) -> tuple[list[Complaint], int]:
        """Some of those in the state, or of all, and how many there are: what is due first stands first."""
        is_open = complaints.c.answered.is_(None)
        query = select(complaints)
        if state is not None:
            query = query.where(is_open if state is ComplaintState.OPEN else ~is_open)
        with self._reading() as connection:
            total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            order = (case((is_open, 0), else_=1), complaints.c.due, complaints.c.number)
            rows = connection.execute(query.order_by(*order).offset(offset).limit(limit)).mappings()
            return [_complaint(row) for row in rows], total

    def counts(self) -> list[ComplaintCount]:
        """How many there are about each organisation, how many are open and how many were upheld; most first."""
        who = (complaints.c.organisation_id, complaints.c.organisation_name)
        total = func.count().label("total")
        query = select(
            *who,
            total,
            func.sum(case((complaints.c.answered.is_(None), 1), else_=0)).label("open"),
            func.sum(case((complaints.c.finding == Finding.UPHELD.value, 1), else_=0)).label("upheld"),
        )
        with self._reading() as connection:
            rows = connection.execute(query.group_by(*who).order_by(total.desc(), complaints.c.organisation_name))
            return [
                ComplaintCount(
                    organisation=row["organisation_id"],
                    organisation_name=row["organisation_name"],
                    total=row["total"],
                    open=row["open"],
                    upheld=row["upheld"],
                )
                for row in rows.mappings()
            ]

    def forget(self) -> int:
        """Drop the words, the contact and the secret of what was answered long ago; how many that concerned."""
        before = self._now() - timedelta(days=int(taxonomy.limit("complaint_keep_days")))
        old = (complaints.c.answered < before) & (complaints.c.token.is_not(None))
        with self._writing() as (connection, _):
            blank = {"token": None, "statement": "", "contact": "", "reply": ""}
            count = connection.execute(update(complaints).where(old).values(blank)).rowcount
            if count:
                enter(connection, self._now(), [Deed(Action.FORGOTTEN, "complaint", details={"count": count})])
        return count


def _known(row: RowMapping | None, number: int) -> RowMapping:
    if row is None:
        raise NotFound(f"没有编号为 {number} 的投诉")
    return row


def _complaint(row: RowMapping) -> Complaint:
    told: dict[str, Any] = {name: row[name] for name in ("number", "organisation_name", "statement", "contact", "due")}
    reply = None
    if row["answered"] is not None:
        reply = Reply(
            finding=Finding(row["finding"]),
            text=row["reply"],
            reviewer=row["reviewer"],
            taken_down=row["taken_down"],
            at=utc(row["answered"]),
        )
    return Complaint(
        **told,
        record=row["record_id"],
        organisation=row["organisation_id"],
        category=Category(row["category"]),
        at=utc(row["at"]),
        reply=reply,
    )
