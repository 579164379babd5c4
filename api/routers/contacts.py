"""People and enterprises come together: save, apply, invite, answer, meet, take on, evaluate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api import contacts
from api.auth import PrincipalDep, allow
from api.contacts import Disclosure, PairView, Party, StageView
from api.deps import API, MatcherDep, RecordIdPath, ServicesDep
from api.problems import problems
from matching.reliability import Fact
from models.access import Action, System
from models.contacts import StepWanted
from models.outcomes import Side
from models.terms import Kind, Value

router = APIRouter(prefix=API, tags=["往来"], responses=problems(401, 403, 404, 422, 500, 503))

OtherPosting = Annotated[int, Path(ge=1, le=2**53, description="岗位编号")]
OtherTalent = Annotated[int, Path(ge=1, le=2**53, description="人才编号")]


class Pairs(Value):
    """Pairs of one side: first those whose turn it is, last those that were only saved."""

    items: tuple[PairView, ...]
    waiting: int
    """How many wait for you."""


class Stages(Value):
    """Where a person's pairs stand, last changed first; nothing of what was said."""

    items: tuple[StageView, ...]


class InboxItem(Value):
    """What waits for you, and in which role."""

    side: Side
    pair: PairView


class Inbox(Value):
    """Everything that waits for you, longest waiting first."""

    items: tuple[InboxItem, ...]


class Saved(Value):
    """Whether the other is kept in mind."""

    saved: bool


class ReliabilityFact(Value):
    """Of so many, this many; both are left out where there are fewer than five."""

    name: str
    label: str
    n: int | None
    count: int | None
    said: str
    """The same in words; that it is not published where it is not."""


class Reliability(Value):
    """What came of an organisation's postings."""

    organisation: int
    facts: tuple[ReliabilityFact, ...]


@router.get(
    "/talents/{id}/contacts",
    summary="我的投递与邀请",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def read_contacts_of_talent(id: RecordIdPath, services: ServicesDep, principal: PrincipalDep, _: MatcherDep) -> Pairs:
    """Your postings with stage and next step: first what waits for you, last what you only saved."""
    return _pairs(services, principal, Party(Side.TALENT, id))


@router.get(
    "/talents/{id}/stages",
    summary="求职进展",
    responses=problems(410),
    dependencies=[allow(Action.PROGRESS, Kind.TALENT)],
)
def read_stages_of_talent(id: RecordIdPath, services: ServicesDep, _: MatcherDep) -> Stages:
    """How far the person has come with which posting, for the person and the school's career office."""
    return Stages(items=tuple(contacts.stages(services, id)))


@router.get(
    "/talents/{id}/contacts/{posting_id}",
    summary="与一个岗位的往来",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def read_contact_of_talent(
    id: RecordIdPath, posting_id: OtherPosting, services: ServicesDep, principal: PrincipalDep, _: MatcherDep
) -> PairView:
    """Every step with its notes, and what you can do now."""
    return _pair(services, principal, Party(Side.TALENT, id), posting_id)


@router.get(
    "/talents/{id}/contacts/{posting_id}/disclosure",
    summary="投递前的告知",
    responses=problems(409, 410),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def read_disclosure(
    id: RecordIdPath, posting_id: OtherPosting, services: ServicesDep, principal: PrincipalDep, _: MatcherDep
) -> Disclosure:
    """Who will see which of your data for what purpose; applying and accepting repeat its `wording`."""
    return contacts.disclosure_for(services, principal, posting=posting_id, talent=id)


@router.post(
    "/talents/{id}/contacts/{posting_id}",
    summary="投递、答复、撤回、评价",
    responses=problems(400, 409, 410, 413, 415),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def take_step_of_talent(
    id: RecordIdPath,
    posting_id: OtherPosting,
    wanted: StepWanted,
    services: ServicesDep,
    principal: PrincipalDep,
    _: MatcherDep,
) -> PairView:
    """Take one of your possible steps; asking for the last one again changes nothing."""
    taken = contacts.take(services, principal, Side.TALENT, posting=posting_id, talent=id, wanted=wanted)
    return contacts.view(services, taken, Side.TALENT)


@router.put(
    "/talents/{id}/contacts/{posting_id}/saved",
    summary="收藏岗位",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def save_posting(id: RecordIdPath, posting_id: OtherPosting, services: ServicesDep, principal: PrincipalDep) -> Saved:
    """Keep the posting in mind; the enterprise does not learn of it."""
    contacts.save(services, principal, Side.TALENT, posting=posting_id, talent=id, on=True)
    return Saved(saved=True)


@router.delete(
    "/talents/{id}/contacts/{posting_id}/saved",
    summary="取消收藏岗位",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.TALENT)],
)
def unsave_posting(id: RecordIdPath, posting_id: OtherPosting, services: ServicesDep, principal: PrincipalDep) -> Saved:
    """Keep it in mind no more."""
    contacts.save(services, principal, Side.TALENT, posting=posting_id, talent=id, on=False)
    return Saved(saved=False)


@router.get(
    "/postings/{id}/contacts",
    summary="岗位的投递与邀请",
    responses=problems(410),
    dependencies=[allow(Action.PROGRESS, Kind.POSTING)],
)
def read_contacts_of_posting(id: RecordIdPath, services: ServicesDep, principal: PrincipalDep, _: MatcherDep) -> Pairs:
    """The posting's people by whose turn it is; name and contact only while the person's consent stands."""
    return _pairs(services, principal, Party(Side.POSTING, id))


@router.get(
    "/postings/{id}/contacts/{talent_id}",
    summary="与一名人才的往来",
    responses=problems(410),
    dependencies=[allow(Action.PROGRESS, Kind.POSTING)],
)
def read_contact_of_posting(
    id: RecordIdPath, talent_id: OtherTalent, services: ServicesDep, principal: PrincipalDep, _: MatcherDep
) -> PairView:
    """Every step with its notes, and what you can do now."""
    return _pair(services, principal, Party(Side.POSTING, id), talent_id)


@router.post(
    "/postings/{id}/contacts/{talent_id}",
    summary="邀请、答复、面试、录用、评价",
    responses=problems(400, 409, 410, 413, 415),
    dependencies=[allow(Action.CONTACT, Kind.POSTING)],
)
def take_step_of_posting(
    id: RecordIdPath,
    talent_id: OtherTalent,
    wanted: StepWanted,
    services: ServicesDep,
    principal: PrincipalDep,
    _: MatcherDep,
) -> PairView:
    """Take one of your possible steps; asking for the last one again changes nothing."""
    taken = contacts.take(services, principal, Side.POSTING, posting=id, talent=talent_id, wanted=wanted)
    return contacts.view(services, taken, Side.POSTING)


@router.put(
    "/postings/{id}/contacts/{talent_id}/saved",
    summary="收藏人才",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.POSTING)],
)
def save_talent(id: RecordIdPath, talent_id: OtherTalent, services: ServicesDep, principal: PrincipalDep) -> Saved:
    """Keep the person in mind for this posting; the person does not learn of it."""
    contacts.save(services, principal, Side.POSTING, posting=id, talent=talent_id, on=True)
    return Saved(saved=True)


@router.delete(
    "/postings/{id}/contacts/{talent_id}/saved",
    summary="取消收藏人才",
    responses=problems(410),
    dependencies=[allow(Action.CONTACT, Kind.POSTING)],
)
def unsave_talent(id: RecordIdPath, talent_id: OtherTalent, services: ServicesDep, principal: PrincipalDep) -> Saved:
    """Keep them in mind no more."""
    contacts.save(services, principal, Side.POSTING, posting=id, talent=talent_id, on=False)
    return Saved(saved=False)


@router.get("/inbox", summary="待办", dependencies=[allow(Action.PROGRESS, System.CONTACT)])
def read_inbox(services: ServicesDep, principal: PrincipalDep, _: MatcherDep) -> Inbox:
    """What waits for your answer, longest waiting first."""
    found = contacts.inbox(services, principal)
    return Inbox(items=tuple(InboxItem(side=side, pair=pair) for side, pair in found))


@router.get(
    "/organisations/{id}/reliability",
    summary="单位的履约情况",
    responses=problems(410),
    dependencies=[allow(Action.READ, Kind.ORGANISATION)],
)
def read_reliability(id: RecordIdPath, services: ServicesDep, _: MatcherDep) -> Reliability:
    """Applications answered within a week, postings filled, interns taken on, complaints; as facts, with n."""
    services.store.load(Kind.ORGANISATION, id)
    return Reliability(
        organisation=id,
        facts=tuple(map(_fact, contacts.facts_about(services, id))),
    )


def _fact(fact: Fact) -> ReliabilityFact:
    n, count = (fact.n, fact.told) if fact.is_published else (None, None)
    return ReliabilityFact(name=fact.name, label=fact.label, n=n, count=count, said=fact.said)


def _pairs(services: ServicesDep, principal: PrincipalDep, party: Party) -> Pairs:
    contacts.act_as(principal, party)
    items = contacts.of_party(services, party)
    return Pairs(items=tuple(items), waiting=sum(one.waits for one in items))


def _pair(services: ServicesDep, principal: PrincipalDep, party: Party, other: int) -> PairView:
    contacts.act_as(principal, party)
    return contacts.one_of(services, party, other)
