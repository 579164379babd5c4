"""What goes over the wire of a person's rights: consents, objections and their decisions, erasure, neutral lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from api.answers import Summary, summary
from api.dossier import Names
from data import taxonomy
from data.consents import Wording, in_force
from data.store import Store
from matching.whynot import JobMatch, Standing
from models.matches import Document
from models.organisations import Organisation
from models.postings import Posting
from models.privacy import Consent, DataKind, Erasure, Objection, ObjectionState, Outcome, Purpose
from models.terms import Value
from models.text import clean


def cleaned(value: Any) -> Any:
    """A text without debris; anything else as it is."""
    return clean(value) if isinstance(value, str) else value


Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000), BeforeValidator(cleaned)]
"""What a person says, in sentences."""
RecordNumber = Annotated[int, Field(ge=1, le=2**53)]


class ErasureReceipt(Value):
    """What was erased."""

    talent: int
    revision: int
    versions: int
    events: int
    at: datetime
    message: str


class GivenConsent(Value):
    """What a recipient may be given now."""

    recipient: int
    recipient_name: str
    purpose: Purpose
    kinds: tuple[DataKind, ...]


class ConsentsAnswer(Value):
    """What is allowed now, and everything that was ever said."""

    in_force: tuple[GivenConsent, ...]
    ledger: tuple[Consent, ...]


class WordingAnswer(Value):
    """The text to be read before consenting."""

    version: str
    text: str


class ConsentRequest(Value):
    """Consent to one recipient for one purpose."""

    recipient: RecordNumber
    purpose: Purpose
    kinds: Annotated[tuple[DataKind, ...], Field(min_length=1, max_length=len(DataKind))]
    wording: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Version of the text that the person read."""


class ConsentWithdrawal(Value):
    """Whose consent is taken back."""

    recipient: RecordNumber
    purpose: Purpose | None = None
    """None for every purpose."""


class ConsentReceipt(Value):
    """The entries that were added, and what that means."""

    entries: tuple[Consent, ...]
    message: str


class ObjectionRequest(Value):
    """What a person says against the automated answer about a posting."""

    posting: RecordNumber
    statement: Words


class DecisionRequest(Value):
    """What a human made of it."""

    outcome: Outcome
    reason: Words


class ObjectionAnswer(Objection):
    """An objection with its state and what it means in one line."""

    status: ObjectionState
    message: str


class ObjectionPage(Value):
    """Some objections, oldest first."""

    items: tuple[ObjectionAnswer, ...]
    total: int
    offset: int
    limit: int


class Personalisation(Value):
    """Whether the person wants recommendations that are made from the profile."""

    on: bool


class NeutralItem(Value):
    """A posting at its place in a list that is made for nobody in particular."""

    rank: int
    record: Summary


class NeutralAnswer(Value):
    """Open postings in an order that the viewer chose; no personal data is read for it."""

    note: str
    items: tuple[NeutralItem, ...]
    total: int


def erasure_receipt(erasure: Erasure) -> ErasureReceipt:
    """What was erased, in words."""
    return ErasureReceipt(
        talent=erasure.talent,
        revision=erasure.revision,
        versions=erasure.versions,
        events=erasure.events,
        at=erasure.at,
        message=f"人才 {erasure.talent} 的个人信息已删除：{erasure.versions} 份资料（含历史）已清空，"
        f"{erasure.events} 条往来记录不再指向本人，只留作统计。删除不能恢复。",
    )


def consents_answer(store: Store, ledger: list[Consent]) -> ConsentsAnswer:
    """The ledger and what it comes to."""
    names = Names(store)
    return ConsentsAnswer(
        in_force=tuple(
            GivenConsent(recipient=id, recipient_name=names.of(id), purpose=purpose, kinds=kinds)
            for (id, purpose), kinds in in_force(ledger).items()
        ),
        ledger=tuple(ledger),
    )


def wording_answer(
    wording: Wording, recipient: Organisation, purpose: Purpose, kinds: Iterable[DataKind]
) -> WordingAnswer:
    """The text as it reads for this recipient."""
    where = recipient.place or (taxonomy.division_label(recipient.division) if recipient.division else "")
    contact = f"地址：{where}" if where else "联系方式见该单位在平台上的页面"
    text = wording.text(recipient=recipient.name, contact=contact, purpose=purpose, kinds=dict.fromkeys(kinds))
    return WordingAnswer(version=wording.version, text=text)


def explained(posting: Document[Posting], found: tuple[Standing, JobMatch]) -> str:
    """What the service answers about the pair now, as a reviewer and the person read it."""
    standing, match = found
    record = posting.record
    lines = [
        f"岗位“{record.title}”（{record.organisation}）：{standing.sentence}，"
        f"得 {100 * standing.score:.1f} 分（满分 100）",
        *(
            f"{one.label} {100 * one.points:.1f}/{100 * one.weight:.1f} 分：{one.detail}"
            for one in match.contributions
            if one.weight
        ),
    ]
    return "\n".join(lines)


def objection_answer(one: Objection) -> ObjectionAnswer:
    """The objection with its state."""
    message = f"异议 {one.number} 已收到，将由工作人员重新查看并作出决定。"
    if not one.statement:
        message = f"异议 {one.number} 的内容已随本人的个人信息删除。"
    elif one.decision:
        result = "维持原来的结果" if one.decision.outcome is Outcome.UPHELD else "变更原来的结果"
        message = f"异议 {one.number} 已由工作人员决定：{result}。理由：{one.decision.reason}"
    return ObjectionAnswer(**dict(one), status=one.state, message=message)


def neutral_answer(found: list[Document[Posting]], *, label: str, offset: int, k: int) -> NeutralAnswer:
    """The list as it is sent."""
    return NeutralAnswer(
        note=f"{label}排列；这份清单不使用任何个人信息，对每个人都一样。",
        items=tuple(
            NeutralItem(rank=rank, record=summary(document))
            for rank, document in enumerate(found[offset : offset + k], offset + 1)
        ),
        total=len(found),
    )
