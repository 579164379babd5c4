"""How people and enterprises come together: who may take a step, what the person consents to, what each side sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import Field

from api.answers import Identity, Summary, summary
from api.auth import is_known, permitted
from api.bootstrap import Recorded, Services
from api.privacy import wording_answer
from data.consents import wordings
from indexing.text import texts
from matching import reliability
from models.access import Action, Principal
from models.contacts import (
    COMPLAINTS,
    CRITERIA,
    STEPS,
    Contact,
    ContactStep,
    ContactStepTaken,
    Criterion,
    History,
    Interview,
    Stage,
    StepWanted,
    meant,
    to_do,
)
from models.errors import Conflict, Forbidden, Malformed
from models.matches import Document, Facts
from models.organisations import Organisation
from models.outcomes import Side
from models.postings import Posting
from models.privacy import DataKind, Purpose
from models.records import publisher_of
from models.talents import Talent
from models.terms import Employment, Kind, Value

DISCLOSED = (DataKind.NAME, DataKind.CONTACT)
"""What an enterprise does not see before the person agrees."""
_ASKS = (ContactStep.APPLY, ContactStep.INVITE)
"""Steps that need a posting that is still open."""


class Disclosed(Value):
    """One thing that the enterprise will see."""

    label: str
    value: str
    """Empty where the person has not filled it in."""


class Disclosure(Value):
    """What a person agrees to when they apply or accept: who gets which data for what (个人信息保护法第二十三条)."""

    recipient: int
    recipient_name: str
    purpose: Purpose
    wording: str
    """The version of the text, to be sent back with the step."""
    text: str
    items: tuple[Disclosed, ...]
    """What the recipient does not see before."""


class PairView(Value):
    """Where a pair stands, as one of its sides sees it."""

    posting: Summary
    talent: Summary
    stage: Stage
    waits: bool
    """Whether it is your turn."""
    next: str
    """What comes next, in words."""
    possible: tuple[ContactStep, ...]
    """What you can do now."""
    changed: datetime | None
    interview: Interview | None = None
    """The one that stands."""
    steps: tuple[ContactStepTaken, ...] = ()
    given: Mapping[Criterion, int] = Field(default_factory=dict)
    """How you graded the other side."""
    received: Mapping[Criterion, int] = Field(default_factory=dict)
    """How the other side graded you; shown once both have."""
    identity: Identity | None = None
    """Who the person is, for the enterprise while the person's consent stands."""
    saved: bool = False


class StageView(Value):
    """Where a pair stands, without anything that its sides told each other."""

    posting: Summary
    stage: Stage
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a pair, and on whose behalf the principal acts."""

    side: Side
    id: int


def act_as(principal: Principal, party: Party) -> None:
    """Raises Forbidden where somebody would speak for another person: nobody applies on a student's behalf."""
    if party.side is Side.TALENT and principal.talent != party.id:
        raise Forbidden(f"只有本人能投递、答复和撤回，人才 {party.id} 不是您的资料")


def party_of(services: Services, principal: Principal, posting: int, talent: int) -> Party:
    """The side of the pair that the principal can speak for. Raises NotFound, and Forbidden for a stranger."""
    if principal.talent == talent:
        return Party(Side.TALENT, talent)
    if permitted(services, principal, Action.CONTACT, services.recorded(Kind.POSTING, posting)):
        return Party(Side.POSTING, posting)
    raise Forbidden(f"岗位 {posting} 与人才 {talent} 都不是本方的")


def take(
    services: Services, principal: Principal, side: Side, *, posting: int, talent: int, wanted: StepWanted
) -> History:
    """Take the step for the side, which the principal speaks for.

    Raises Withdrawn for a record that is not live where somebody asks, Conflict for a posting that nobody here
    published or that is over, Malformed for a missing consent, and WrongState.
    """
    act_as(principal, Party(side, talent if side is Side.TALENT else posting))
    if wanted.grades and set(wanted.grades) != set(CRITERIA[side]):
        raise Malformed(f"{side.label}应评：{'、'.join(CRITERIA[side])}；收到：{'、'.join(wanted.grades)}")
    history = services.store.contacts.load(posting, talent)
    about, person = services.recorded(Kind.POSTING, posting), services.recorded(Kind.TALENT, talent)
    if wanted.step in _ASKS and history.contact.stage not in (Stage.APPLIED, Stage.INVITED):
        about = services.store.load(Kind.POSTING, posting)
        person = services.store.load(Kind.TALENT, talent)
        _must_be_open(services, about)
    recipient = history.contact.organisation or _recipient(services, about)
    if wanted.step.discloses and side is Side.TALENT:
        shown = disclosure(services, about, person, recipient)
        if wanted.consent != shown.wording:
            given = f"“{wanted.consent}”" if wanted.consent else "（空）"
            raise Malformed(f"请先阅读告知书并同意：consent 应为现行版本“{shown.wording}”，收到{given}")
        # Before the step: whoever sees a name has a consent to it, whatever happens in between.
        if meant(wanted.step, history.contact.stage) in history.possible(side):
            _consent(services, cast(Posting, about.record), talent, recipient, shown.wording)
    taken = services.store.contacts.take(posting, talent, side, wanted, organisation=recipient, by=principal.account)
    if side is Side.TALENT and taken.contact.stage in (Stage.WITHDRAWN, Stage.DECLINED):
        _end_consent(services, cast(Posting, about.record), taken.contact)
    return taken


def save(services: Services, principal: Principal, side: Side, *, posting: int, talent: int, on: bool) -> None:
    """Keep the other side in mind, or not any more; only the own side knows."""
    act_as(principal, Party(side, talent if side is Side.TALENT else posting))
    if on:
        services.recorded(Kind.POSTING, posting), services.recorded(Kind.TALENT, talent)
        services.store.contacts.save(posting, talent, side)
    else:
        services.store.contacts.unsave(posting, talent, side)


def disclosure_for(services: Services, principal: Principal, *, posting: int, talent: int) -> Disclosure:
    """What the person would agree to. Raises Conflict for a posting that nobody here published."""
    act_as(principal, Party(Side.TALENT, talent))
    about = services.recorded(Kind.POSTING, posting)
    if services.store.contacts.load(posting, talent).contact.stage is not Stage.INVITED:
        about = services.store.load(Kind.POSTING, posting)
        _must_be_open(services, about)
    return disclosure(services, about, services.recorded(Kind.TALENT, talent), _recipient(services, about))


def disclosure(services: Services, posting: Recorded, person: Recorded, recipient: int) -> Disclosure:
    """What the recipient will see once the person applies or accepts, word for word."""
    about, who = cast(Posting, posting.record), cast(Talent, person.record)
    organisation = cast(Organisation, services.recorded(Kind.ORGANISATION, recipient).record)
    purpose = _purpose(about)
    wording = wording_answer(wordings()[-1], organisation, purpose, DISCLOSED)
    return Disclosure(
        recipient=recipient,
        recipient_name=organisation.name,
        purpose=purpose,
        wording=wording.version,
        text=wording.text,
        items=(
            Disclosed(label=DataKind.NAME.label, value=who.name or ""),
            Disclosed(label=DataKind.CONTACT.label, value=who.contact or ""),
        ),
    )


def _consent(services: Services, posting: Posting, talent: int, recipient: int, wording: str) -> None:
    """Enter into the ledger what the person agreed to."""
    services.store.consents.give(
        talent, recipient=recipient, purpose=_purpose(posting), kinds=DISCLOSED, wording=wording
    )


def _end_consent(services: Services, posting: Posting, contact: Contact) -> None:
    """Take the consent back with the person's last contact of its purpose with the enterprise."""
    organisation, purpose = contact.organisation, _purpose(posting)
    others = services.store.contacts.of_talent(contact.talent)
    needed = any(
        one.contact.stage.is_disclosed
        and one.contact.organisation == organisation
        and _purpose(cast(Posting, services.recorded(Kind.POSTING, one.contact.posting).record)) is purpose
        for one in others
    )
    if organisation is not None and not needed:
        services.store.consents.withdraw(contact.talent, recipient=organisation, purpose=purpose)


def _purpose(posting: Posting) -> Purpose:
    return Purpose.INTERNSHIP if posting.employment is Employment.INTERNSHIP else Purpose.RECRUITMENT


def publisher(services: Services, posting: Posting) -> int | None:
    """The member that published the posting, by id or else by its exact name; None where no member did."""
    id, name = publisher_of(posting)
    if id is not None:
        return id
    members = list(services.shelf[Kind.ORGANISATION].documents.values())
    return next((one.id for one in members if cast(Organisation, one.record).name == name), None)


def view(services: Services, history: History, side: Side, *, saved: bool = False) -> PairView:
    """The pair as the side sees it."""
    contact = history.contact
    posting, talent = (
        document(services, Kind.POSTING, contact.posting),
        document(services, Kind.TALENT, contact.talent),
    )
    waits = side in contact.waits
    open_to_both = set(history.grades) == set(Side)
    return PairView(
        posting=summary(posting),
        talent=summary(talent),
        stage=contact.stage,
        waits=waits,
        next=to_do(contact.stage, side, waits=waits),
        possible=tuple(
            step
            for step in history.possible(side)
            if _is_due(history, step) and (step not in _ASKS or is_open(services, posting))
        ),
        changed=contact.changed,
        interview=history.interview,
        steps=tuple(_told(one, history, side) for one in history.steps),
        given=dict(history.grades.get(side, {})),
        received=dict(history.grades[side.other]) if open_to_both else {},
        identity=_identity(services, contact, talent) if side is Side.POSTING else None,
        saved=saved,
    )


def views(services: Services, histories: Iterable[History], side: Side, saved: Iterable[int] = ()) -> list[PairView]:
    """The pairs as the side sees them, in their order."""
    kept = frozenset(saved)
    return [view(services, one, side, saved=other_of(one.contact, side) in kept) for one in histories]


def of_party(services: Services, party: Party) -> list[PairView]:
    """Every pair of the side's record: its turn first, then what is going on, then what was only saved."""
    contacts = services.store.contacts
    histories = contacts.of_talent(party.id) if party.side is Side.TALENT else contacts.of_posting(party.id)
    saved = contacts.saved_by(party.side, party.id)
    known = {other_of(one.contact, party.side) for one in histories}
    only_saved = [unmoved(party, id) for id in saved if id not in known]
    ordered = sorted(histories, key=lambda one: (party.side not in one.contact.waits, one.contact.stage.is_over))
    return views(services, [*ordered, *only_saved], party.side, saved)


def one_of(services: Services, party: Party, other: int) -> PairView:
    """The pair of the side's record with the other. Raises NotFound."""
    posting, talent = (party.id, other) if party.side is Side.POSTING else (other, party.id)
    saved = other in services.store.contacts.saved_by(party.side, party.id)
    return view(services, services.store.contacts.load(posting, talent), party.side, saved=saved)


def stages(services: Services, talent: int) -> list[StageView]:
    """Where the person's pairs stand, last changed first, without a word that was said."""
    return [
        StageView(
            posting=summary(document(services, Kind.POSTING, one.contact.posting)),
            stage=one.contact.stage,
            changed=one.contact.changed,
        )
        for one in services.store.contacts.of_talent(talent)
    ]


def inbox(services: Services, principal: Principal) -> list[tuple[Side, PairView]]:
    """What waits for the principal, longest waiting first."""
    talent, organisation = speaks_for(principal)
    found = []
    for one in services.store.contacts.waiting_for(talent=talent, organisation=organisation):
        side = Side.TALENT if one.contact.talent == talent else Side.POSTING
        found.append((side, view(services, one, side)))
    return found


def count_waiting(services: Services, principal: Principal) -> int | None:
    """How much waits for the principal; None for whom nothing ever does."""
    talent, organisation = speaks_for(principal)
    if talent is None and organisation is None:
        return None
    return services.store.contacts.count_waiting(talent=talent, organisation=organisation)


def speaks_for(principal: Principal) -> tuple[int | None, int | None]:
    """The talent and the organisation for which the principal takes steps."""
    person = principal.talent if principal.may_ever(Action.PROGRESS, Kind.TALENT) else None
    hires = principal.organisation if principal.may_ever(Action.PROGRESS, Kind.POSTING) else None
    return person, hires


def facts_about(services: Services, organisation: int) -> tuple[reliability.Fact, ...]:
    """What came of the organisation's postings, in numbers."""
    name = cast(Organisation, services.recorded(Kind.ORGANISATION, organisation).record).name
    live = {
        id: cast(Posting, one.record)
        for id, one in list(services.shelf[Kind.POSTING].documents.items())
        if publisher_of(one.record) in ((organisation, name), (None, name))
        or publisher_of(one.record)[0] == organisation
    }
    past = set(services.store.contacts.count_stages(organisation)) - set(live)
    postings = live | {id: cast(Posting, services.recorded(Kind.POSTING, id).record) for id in past}
    told = services.store.events.told_of(list(postings))
    against = services.store.contacts.reasons_against(organisation)
    complained = {talent for talent, reason in against if reason in COMPLAINTS}
    return reliability.facts(told, postings, complained, now=datetime.now(UTC))


def _recipient(services: Services, posting: Recorded) -> int:
    record = cast(Posting, posting.record)
    found = publisher(services, record)
    if found is None:
        raise Conflict(f"“{record.organisation}”还没有加入联合体，不能通过本平台联系；请按岗位原文的方式联系")
    return found


def unmoved(party: Party, other: int) -> History:
    """The pair with which nothing has happened."""
    posting, talent = (party.id, other) if party.side is Side.POSTING else (other, party.id)
    return History(Contact(posting=posting, talent=talent))


def other_of(contact: Contact, side: Side) -> int:
    """The record on the other side of the pair."""
    return contact.posting if side is Side.TALENT else contact.talent


def _told(step: ContactStepTaken, history: History, reader: Side) -> ContactStepTaken:
    """The step as the reader may know it.

    How somebody was graded is said once both have graded. What a person tells against an enterprise is for the facts
    about it, not for its eyes; and what they wrote before they left is not shown any more.
    """
    if step.side is reader:
        return step
    hidden: dict[str, object] = {}
    if step.step is ContactStep.EVALUATE and set(history.grades) != set(Side):
        hidden["note"] = ""
    if reader is Side.POSTING:
        if step.reason in COMPLAINTS:
            hidden |= {"reason": None, "note": ""}
        if not history.contact.stage.is_disclosed and step.stage is not history.contact.stage:
            hidden["note"] = ""
    return step.model_copy(update=hidden)


def _is_due(history: History, step: ContactStep) -> bool:
    """Whether so much time has passed since the start of work as the step says."""
    act = STEPS[step].act
    if act is None or not act.kept:
        return True
    started = next(one.at for one in reversed(history.steps) if one.step is ContactStep.START)
    return datetime.now(UTC) - started >= act.kept


def _identity(services: Services, contact: Contact, talent: Document[Talent]) -> Identity | None:
    if not contact.stage.is_disclosed or not is_known(services, contact.talent, contact.organisation):
        return None
    return Identity(id=talent.id, name=talent.record.name, contact=talent.record.contact)


def is_open(services: Services, posting: Recorded) -> bool:
    """Whether one can still apply: it is live, its last day is not over, and a member published it."""
    record = cast(Posting, posting.record)
    live = posting.id in services.shelf[Kind.POSTING].documents
    over = record.expires is not None and record.expires < services.today()
    return live and not over and publisher(services, record) is not None


def _must_be_open(services: Services, posting: Recorded) -> None:
    record = cast(Posting, posting.record)
    if record.expires and record.expires < services.today():
        raise Conflict(f"岗位“{record.title}”已于 {record.expires} 截止，不能再投递或邀请")


def document(services: Services, kind: Kind, id: int) -> Document[Any]:
    """The record as it is shown, withdrawn or not."""
    found = services.recorded(kind, id)
    if isinstance(found, Document):
        return found
    return Document(id=id, revision=0, record=found.record, texts=texts(found.record), facts=Facts())
