"""The complaint desk: who may complain about what, and what an answer does to the record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from api.auth import check, permitted
from api.bootstrap import Services
from api.privacy import RecordNumber, Words, cleaned
from data.store import Store
from indexing import sync
from models.access import Action, Principal
from models.complaints import Category, Complaint, ComplaintCount, ComplaintState, Finding
from models.errors import Malformed, NotFound
from models.matches import Document
from models.organisations import Organisation
from models.publishing import State
from models.records import publisher_of
from models.terms import Kind, Record, Value

Contact = Annotated[str, StringConstraints(max_length=200), BeforeValidator(cleaned)]


class ComplaintRequest(Value):
    """What somebody says against a published record or an organisation."""

    record: RecordNumber
    """Number of the record, or of the organisation."""
    category: Category
    statement: Words
    contact: Contact = ""
    """How to reach whoever complains; for the reviewer alone."""


class ComplaintReceipt(Value):
    """That it was received; the secret is shown this once."""

    number: int
    due: date
    secret: str
    """What the complaint can be followed by."""
    follow: str
    """The address that the secret makes."""
    message: str


class FollowedComplaint(Value):
    """A complaint as whoever holds its secret sees it."""

    number: int
    about: str
    category: Category
    statement: str
    at: datetime
    due: date
    state: ComplaintState
    finding: Finding | None
    reply: str
    taken_down: bool
    message: str


class ReviewedComplaint(Complaint):
    """A complaint as a reviewer sees it."""

    about: str
    kind: Kind
    status: ComplaintState
    late: bool
    """Whether the day for an answer has passed."""
    live: bool
    """Whether the record can still be read."""


class ComplaintPage(Value):
    """Some complaints: the open ones first, by the day they are due."""

    items: tuple[ReviewedComplaint, ...]
    total: int
    offset: int
    limit: int


class ComplaintCounts(Value):
    """Complaints by organisation, as plain facts."""

    items: tuple[ComplaintCount, ...]


class ReplyRequest(Value):
    """What a reviewer found and says."""

    finding: Finding
    text: Words
    take_down: bool = False
    """Whether the record is taken down with it."""


def subject(services: Services, principal: Principal, id: int) -> Document[Record]:
    """What can be complained about: any record that the principal may read, but no person's. Raises NotFound."""
    for kind in Kind:
        document = services.shelf[kind].documents.get(id)
        if document and kind is not Kind.TALENT and permitted(services, principal, Action.READ, document):
            return document
    raise NotFound(f"没有编号为 {id} 的信息或单位可以投诉")


def file(services: Services, principal: Principal, asked: ComplaintRequest) -> ComplaintReceipt:
    """Keep the complaint. Raises NotFound for what cannot be complained about."""
    document = subject(services, principal, asked.record)
    organisation, name = _publisher(services, document)
    complaint, secret = services.store.complaints.file(
        document.id,
        organisation=organisation,
        organisation_name=name,
        category=asked.category,
        statement=asked.statement,
        contact=asked.contact,
        today=services.today(),
    )
    return ComplaintReceipt(
        number=complaint.number,
        due=complaint.due,
        secret=secret,
        follow=f"/complaints/follow/{secret}",
        message=f"投诉 {complaint.number} 已收到，{complaint.due} 前答复；凭查询链接可看处理结果，链接只显示这一次",
    )


def _publisher(services: Services, document: Document[Record]) -> tuple[int | None, str]:
    if isinstance(document.record, Organisation):
        return document.id, document.record.name
    id, name = publisher_of(document.record)
    member = services.shelf[Kind.ORGANISATION].documents.get(id or 0)
    return (member.id, called(member.record)) if member else (None, name or "")


def answer(services: Services, principal: Principal, number: int, asked: ReplyRequest) -> Complaint:
    """Answer, and take the record down first where that is asked for: an answer never says what was not done.

    Raises NotFound, Conflict for one that is answered, and Malformed for taking down what was not found at fault.
    """
    desk = services.store.complaints
    complaint = desk.read(number)
    desk.unanswered(complaint)
    if asked.take_down:
        if asked.finding is not Finding.UPHELD:
            raise Malformed(f"只有“{Finding.UPHELD.label}”的投诉才能下架信息，收到“{asked.finding.label}”")
        _take_down(services, principal, complaint, asked.text)
    reviewer = services.store.accounts.account(principal.account or 0).name
    return desk.answer(number, finding=asked.finding, text=asked.text, reviewer=reviewer, taken_down=asked.take_down)


def _take_down(services: Services, principal: Principal, complaint: Complaint, why: str) -> None:
    """Withdraw what is published of the record, with the reason; what is down already stays so."""
    check(
        services, principal, Action.WITHDRAW, services.recorded(_last(services.store, complaint).kind, complaint.record)
    )
    store = services.store
    live = [one for one in store.publications.of_record(complaint.record) if one.state is State.PUBLISHED]
    for one in live:
        reason = f"投诉 {complaint.number}（{complaint.category.label}）：{why}"
        store.publications.withdraw(one.id, by=principal.account or 0, reason=reason)
    if not live:
        store.withdraw(complaint.record)
    sync.follow(store, services.shelf)


def followed(services: Services, complaint: Complaint) -> FollowedComplaint:
    """The complaint with its answer in words."""
    reply = complaint.reply
    message = f"投诉 {complaint.number} 正在处理，{complaint.due} 前答复。"
    if reply:
        down = "，相关信息已下架" if reply.taken_down else ""
        message = f"投诉 {complaint.number} 已答复：{reply.finding.label}{down}。"
    return FollowedComplaint(
        number=complaint.number,
        about=called(_last(services.store, complaint)),
        category=complaint.category,
        statement=complaint.statement,
        at=complaint.at,
        due=complaint.due,
        state=complaint.state,
        finding=reply.finding if reply else None,
        reply=reply.text if reply else "",
        taken_down=bool(reply and reply.taken_down),
        message=message,
    )


def reviewed(services: Services, complaint: Complaint) -> ReviewedComplaint:
    """The complaint with what it is about."""
    record = _last(services.store, complaint)
    return ReviewedComplaint(
        **dict(complaint),
        about=called(record),
        kind=record.kind,
        status=complaint.state,
        late=complaint.is_late(services.today()),
        live=complaint.record in services.shelf[record.kind].documents,
    )


def called(record: Record) -> str:
    """What the record is called."""
    return str(getattr(record, "title", None) or getattr(record, "name", None) or record.kind.label)


def _last(store: Store, complaint: Complaint) -> Record:
    """The record as it last was, taken down or not."""
    return next(one.record for one in reversed(store.history(complaint.record)) if one.record)
