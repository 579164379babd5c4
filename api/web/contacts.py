"""Pages on which people and enterprises come together: what waits, a posting's board, the consent before applying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator, ValidationError

from api import contacts
from api.auth import PrincipalDep, allow
from api.bootstrap import Services
from api.contacts import PairView, Party
from api.deps import MatcherDep, RecordIdPath, ServicesDep
from api.web import facts
from api.web.accounts import inside
from api.web.facts import Brief
from api.web.render import page
from models.access import PERSONS, Action, Principal, Role, System
from models.contacts import (
    CRITERIA,
    REASONS,
    ContactStep,
    Criterion,
    Interview,
    InterviewMode,
    Reason,
    Stage,
    StepWanted,
)
from models.errors import Conflict, Malformed
from models.outcomes import Side
from models.reasons import reasons_of
from models.terms import Kind

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_Id = Annotated[int, Form(ge=1, le=2**53)]
_Next = Annotated[str, Form(max_length=500)]
_Line = Annotated[str, Form(max_length=1_000)]
OptionalReason = Annotated[Reason | None, BeforeValidator(lambda value: value or None), Form()]
OptionalMode = Annotated[InterviewMode | None, BeforeValidator(lambda value: value or None), Form()]

_PLAIN = frozenset(
    {
        ContactStep.ADMIT,
        ContactStep.CONFIRM,
        ContactStep.TAKE,
        ContactStep.START,
        ContactStep.KEEP_3,
        ContactStep.KEEP_6,
        ContactStep.KEEP_12,
    }
)
_BACK = (
    ContactStep.REBOOK,
    ContactStep.RECALL,
    ContactStep.DECLINE,
    ContactStep.REJECT,
    ContactStep.WITHDRAW,
    ContactStep.END,
)
"""Steps that lead away from working together: shown after the others in this order, and quieter."""


@dataclass(frozen=True, slots=True)
class Door:
    """A step as the pages offer it."""

    step: ContactStep
    label: str
    shape: str
    """plain: one button; consent: a page of its own; note, reason, interview, grades: a small form."""
    quiet: bool
    reasons: tuple[Reason, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair as one of its sides sees it on a page."""

    view: PairView
    side: Side
    posting: Brief
    talent: Brief
    doors: tuple[Door, ...]
    home: str
    """The page to come back to."""

    @property
    def id(self) -> str:
        return f"pair-{self.posting.id}-{self.talent.id}"

    @property
    def is_new(self) -> bool:
        return self.view.stage is Stage.NEW


@dataclass(frozen=True, slots=True)
class Offered:
    """What a list or a page offers to do with each of its records: one card for each, by id."""

    side: Side
    make: Callable[[int], PairCard]
    made: dict[int, PairCard] = field(default_factory=dict)

    def __getitem__(self, other: int) -> PairCard:
        if other not in self.made:
            self.made[other] = self.make(other)
        return self.made[other]


class Steps:
    """A step as a form sends it."""

    def __init__(
        self,
        services: ServicesDep,
        step: Annotated[ContactStep, Form()],
        note: _Line = "",
        reason: OptionalReason = None,
        when: Annotated[str, Form(max_length=40)] = "",
        mode: OptionalMode = None,
        place: _Line = "",
        consent: Annotated[str, Form(max_length=40)] = "",
        criterion: Annotated[list[Criterion], Form()] = [],  # noqa: B006
        grade: Annotated[list[int], Form()] = [],  # noqa: B006
    ) -> None:
        interview = None
        try:
            if step is ContactStep.INTERVIEW:
                at = _local(when, services.settings.timezone)
                interview = Interview(at=at, mode=mode or InterviewMode.ON_SITE, place=place)
            grades = dict(zip(criterion, grade, strict=False))
            self.wanted = StepWanted(
                step=step, note=note, reason=reason, interview=interview, grades=grades, consent=consent
            )
        except ValidationError as error:
            raise Malformed("；".join(str(reason.reason) for reason in reasons_of(error))) from error


@router.get("/inbox", dependencies=[allow(Action.PROGRESS, System.CONTACT)])
def inbox(request: Request, services: ServicesDep, principal: PrincipalDep, _: MatcherDep) -> HTMLResponse:
    """What waits first; for a person then all their postings, for an enterprise how each posting stands."""
    waiting = [_card(services, side, pair, home="/inbox") for side, pair in contacts.inbox(services, principal)]
    talent, organisation = contacts.speaks_for(principal)
    mine = contacts.of_party(services, Party(Side.TALENT, talent)) if talent else []
    known = {card.id for card in waiting}
    cards = [one for one in (_card(services, Side.TALENT, pair, home="/inbox") for pair in mine) if one.id not in known]
    return page(
        request,
        "inbox.html",
        waiting_cards=waiting,
        going=[one for one in cards if not one.is_new and not one.view.stage.is_over],
        saved=[one for one in cards if one.is_new],
        over=[one for one in cards if one.view.stage.is_over],
        boards=_boards(services, organisation) if organisation else [],
        talent=talent,
        organisation=organisation,
    )


@router.get("/postings/{id}/board", dependencies=[allow(Action.PROGRESS, Kind.POSTING)])
def board(request: Request, id: RecordIdPath, services: ServicesDep, _: MatcherDep) -> HTMLResponse:
    """A posting's people by stage."""
    home = f"/postings/{id}/board"
    pairs = contacts.of_party(services, Party(Side.POSTING, id))
    cards = [_card(services, Side.POSTING, pair, home=home) for pair in pairs]
    columns = {stage: [one for one in cards if one.view.stage is stage] for stage in _COLUMNS}
    return page(
        request,
        "board.html",
        document=contacts.document(services, Kind.POSTING, id),
        columns={stage: found for stage, found in columns.items() if found},
        total=len(cards),
    )


@router.get("/postings/{id}/apply", dependencies=[allow(Action.CONTACT, System.CONTACT)])
def apply(
    request: Request,
    id: RecordIdPath,
    services: ServicesDep,
    principal: PrincipalDep,
    _: MatcherDep,
    next: Annotated[str, Query(max_length=500)] = "/inbox",
) -> HTMLResponse:
    """Who will see which of the person's data, and the form by which they agree."""
    if principal.talent is None:
        raise Conflict("您还没有本人的资料，请先填写并提交，通过后就可以投递")
    history = services.store.contacts.load(id, principal.talent)
    return page(
        request,
        "apply.html",
        document=contacts.document(services, Kind.POSTING, id),
        talent=principal.talent,
        shown=contacts.disclosure_for(services, principal, posting=id, talent=principal.talent),
        step=next_yes(history.contact.stage),
        possible=set(history.possible(Side.TALENT)),
        stage=history.contact.stage,
        next=inside(next),
    )


@router.post("/contacts", dependencies=[allow(Action.CONTACT, System.CONTACT)])
def take(
    services: ServicesDep,
    principal: PrincipalDep,
    posting: _Id,
    talent: _Id,
    steps: Annotated[Steps, Depends()],
    next: _Next = "/inbox",
) -> Response:
    """Take a step for the side that the person speaks for, and go back."""
    party = contacts.party_of(services, principal, posting, talent)
    contacts.take(services, principal, party.side, posting=posting, talent=talent, wanted=steps.wanted)
    return RedirectResponse(inside(next), 303)


@router.post("/saves", dependencies=[allow(Action.CONTACT, System.CONTACT)])
def save(
    services: ServicesDep,
    principal: PrincipalDep,
    posting: _Id,
    talent: _Id,
    on: Annotated[bool, Form()],
    next: _Next = "/inbox",
) -> Response:
    """Keep the other side in mind, or not any more, and go back."""
    party = contacts.party_of(services, principal, posting, talent)
    contacts.save(services, principal, party.side, posting=posting, talent=talent, on=on)
    return RedirectResponse(inside(next), 303)


def next_yes(stage: Stage) -> ContactStep:
    """The step by which a person says yes at the stage."""
    return ContactStep.ACCEPT if stage is Stage.INVITED else ContactStep.APPLY


def offered(services: Services, party: Party, *, home: str) -> Offered:
    """What the side can do with each record of a list that it is shown."""
    store = services.store.contacts
    histories = store.of_talent(party.id) if party.side is Side.TALENT else store.of_posting(party.id)
    known = {contacts.other_of(one.contact, party.side): one for one in histories}
    saved = frozenset(store.saved_by(party.side, party.id))

    def make(other: int) -> PairCard:
        history = known.get(other) or contacts.unmoved(party, other)
        pair = contacts.view(services, history, party.side, saved=other in saved)
        return _card(services, party.side, pair, home=home)

    return Offered(party.side, make)


def is_reported(request: Request, principal: Principal) -> bool:
    """Whether what is shown to the principal and opened by them is what an asker reads: a person or an enterprise at
    a screen, and no administrator, school or system."""
    asker = principal.roles <= PERSONS or principal.roles <= {Role.ENTERPRISE_HR}
    return asker and principal.is_signed_in and bool(getattr(request.state, "csrf", ""))


_COLUMNS = (
    Stage.APPLIED,
    Stage.CONNECTED,
    Stage.INTERVIEW,
    Stage.CONFIRMED,
    Stage.OFFERED,
    Stage.AGREED,
    Stage.INVITED,
    Stage.HIRED,
    Stage.ENDED,
    Stage.NEW,
    Stage.REJECTED,
    Stage.DECLINED,
    Stage.WITHDRAWN,
    Stage.RECALLED,
)
"""In the order in which a board shows them: what is new first, what is over last."""


def _card(services: Services, side: Side, pair: PairView, *, home: str) -> PairCard:
    posting, talent = (
        facts.brief(contacts.document(services, one.kind, one.id)) for one in (pair.posting, pair.talent)
    )
    doors = [_door(step, side, again=pair.interview is not None) for step in sorted(pair.possible, key=_place)]
    return PairCard(pair, side, posting, talent, tuple(sorted(doors, key=lambda door: door.quiet)), home)


def _place(step: ContactStep) -> int:
    return _BACK.index(step) if step in _BACK else -1


def _door(step: ContactStep, side: Side, *, again: bool) -> Door:
    """The step as the side is offered it; `again` where an interview stands already."""
    moves = again and step is ContactStep.INTERVIEW
    if step in _PLAIN:
        shape = "plain"
    elif step.discloses:
        shape = "consent"
    elif step is ContactStep.INTERVIEW:
        shape = "interview"
    elif step is ContactStep.EVALUATE:
        shape = "grades"
    else:
        shape = "reason" if step in REASONS else "note"
    criteria = CRITERIA[side] if step is ContactStep.EVALUATE else ()
    label = "改约面试" if moves else step.label
    return Door(step, label, shape, moves or step in _BACK, REASONS.get(step, ()), criteria)


def _boards(services: Services, organisation: int) -> list[tuple[Brief, Mapping[Stage, int]]]:
    """The organisation's postings on which something happens, and how many people are at which stage."""
    counts = services.store.contacts.count_stages(organisation)
    briefs = [(facts.brief(contacts.document(services, Kind.POSTING, id)), stages) for id, stages in counts.items()]
    return [
        (brief, {stage: stages[stage] for stage in _COLUMNS if stage in stages})
        for brief, stages in sorted(briefs, key=lambda entry: -entry[0].id)
    ]


def _local(text: str, timezone: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(f"面试时间应如 2026-09-01T14:00，收到“{text}”") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(timezone))
