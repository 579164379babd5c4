"""The pages: each endpoint asks the matcher and hands a template what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator, Field

from api import contacts, publishing
from api.auth import PrincipalDep, allow, permitted
from api.bootstrap import Services
from api.contacts import Party
from api.deps import MatcherDep, RecordIdPath, ServicesDep, TopK, postings_where
from api.dossier import dossier
from api.listings import SwitchesQuery, listing, rule_states
from api.web import facts, present
from api.web.contacts import Offered, is_reported, offered
from api.web.render import STEP, page, with_params
from data import taxonomy
from matching.disclosure import TOTAL, groups, suppress
from matching.matcher import Matcher, Where
from matching.neutral import Order, neutral
from matching.nomatch import CRITERION, no_match
from matching.search import DEPTH, Hit, search
from matching.specialties import Outlook
from matching.whynot import why_not
from models.access import Action, Principal, System
from models.errors import Malformed
from models.matches import Answer, Document
from models.organisations import Organisation, OrganisationType
from models.outcomes import Side
from models.plans import Plan, Target
from models.postings import Posting
from models.records import publisher_of
from models.specialties import Programme
from models.talents import Talent
from models.terms import DivisionCode, Employment, Kind, Record, SchoolLevel

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
static_folder = Path(__file__).parent / "static"
"""To be mounted at /static."""

PAGE_SIZE = 30
"""Rows on one page of a list."""
MOST_HITS = DEPTH * len(Kind)
"""Search results that one query can have."""
FIRST = 4
"""Search results of each kind where all kinds are shown."""
COURSES = 6
"""Courses suggested for one gap."""
MOST_DIGITS = 15
"""Of a record's number: ids end at 2^53."""


def _none_if_blank(value: object) -> object:
    return value or None


PageNumber = Annotated[int, Query(ge=1, le=100_000, alias="page")]
EmploymentChoice = Annotated[Employment | None, BeforeValidator(_none_if_blank), Query()]
"""A select's value; its first option is empty and means any."""
LevelChoice = Annotated[SchoolLevel | None, BeforeValidator(_none_if_blank), Query()]
DivisionChoice = Annotated[DivisionCode | None, BeforeValidator(_none_if_blank), Query()]
KindChoice = Annotated[Kind | None, BeforeValidator(_none_if_blank), Query()]
SearchText = Annotated[str, Query(max_length=200)]
Shown = Annotated[int, Query(ge=1, le=MOST_HITS)]
PostingChoice = Annotated[Annotated[int, Field(ge=1, le=2**53)] | None, BeforeValidator(_none_if_blank), Query()]
Wanted = Annotated[int, Query(ge=1, le=100_000)]
Position = Annotated[int | None, Query(ge=1, le=10_000)]
"""Where the record stood in the list that led to it."""


class Reader:
    """What one principal gets to see of the records."""

    def __init__(self, services: ServicesDep, principal: PrincipalDep, matcher: MatcherDep) -> None:
        self.services: Services = services
        self.principal: Principal = principal
        self.matcher: Matcher = matcher

    def may(self, action: Action, document: Document[Any]) -> bool:
        """Whether the table allows the action on the record."""
        return permitted(self.services, self.principal, action, document)

    def all(self, kind: Kind) -> list[Document[Record]]:
        """Every document of the kind that may be read."""
        if not self.principal.may_ever(Action.READ, kind):
            return []
        return [d for d in list(self.matcher.shelf[kind].documents.values()) if self.may(Action.READ, d)]

    def count(self, kind: Kind) -> int:
        """How many records of the kind the principal may know of; how many people there are is no secret."""
        return len(self.matcher.shelf[kind]) if kind is Kind.TALENT else len(self.all(kind))

    def newest(self, kind: Kind) -> list[Document[Record]]:
        """The same by day of publication, then by id, latest first."""
        return sorted(
            self.all(kind),
            key=lambda document: (getattr(document.record, "published", None) or date.min, document.id),
            reverse=True,
        )

    def find(self, q: str, **options: Any) -> list[Hit]:
        """What a search finds of it."""
        return search(self.matcher.shelf, q, where=lambda document: self.may(Action.READ, document), **options)


ReaderDep = Annotated[Reader, Depends(Reader)]


@router.get("/", dependencies=[allow(Action.READ, System.SERVICE)])
def home(request: Request, services: ServicesDep, reader: ReaderDep, matcher: MatcherDep) -> HTMLResponse:
    """What the service does, how much it holds, and where to begin."""
    postings = reader.newest(Kind.POSTING)
    schools = [d for d in reader.all(Kind.ORGANISATION) if facts.group(d.record) == OrganisationType.SCHOOL]
    return page(
        request,
        "home.html",
        counts={kind: _published_counts(kind, {"": reader.count(kind)})[TOTAL] for kind in Kind},
        revision=matcher.shelf.revision,
        behind=services.store.revision - matcher.shelf.revision,
        examples={
            Kind.POSTING: _briefs(postings[:4]),
            Kind.TALENT: _briefs(_spread(reader.all(Kind.TALENT), 4)),
            Kind.NEED: _briefs(reader.newest(Kind.NEED)[:4]),
            Kind.ORGANISATION: _briefs(schools[:4]),
        },
    )


@router.get("/search", dependencies=[allow(Action.READ, System.SERVICE)])
def find(
    request: Request, reader: ReaderDep, q: SearchText = "", kind: KindChoice = None, k: Shown = 20
) -> HTMLResponse:
    """What the words find in every list, or in one."""
    try:
        hits = reader.find(q, k=MOST_HITS) if q.strip() else []
        problem = ""
    except Malformed as error:
        hits, problem = [], error.message
    groups: dict[Kind, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.document.kind, []).append(hit)
    shown = {one: found[:FIRST] for one, found in groups.items()} if kind is None else {kind: groups.get(kind, [])[:k]}
    return page(
        request,
        "search.html",
        q=q,
        kind=kind,
        counts={one: len(found) for one, found in groups.items()},
        problem=problem,
        total=len(hits),
        groups={one: [present.found(hit) for hit in found] for one, found in shown.items() if found},
        k=k,
    )


@router.get("/postings/{id}", dependencies=[allow(Action.READ, Kind.POSTING)])
def posting(
    request: Request,
    reader: ReaderDep,
    services: ServicesDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    k: TopK = STEP,
    employment: EmploymentChoice = None,
    level: LevelChoice = None,
    position: Position = None,
) -> HTMLResponse:
    """A posting, the programmes that train for it, and for its publisher the talents who fit it."""
    document = matcher.document(Kind.POSTING, id)
    ranking = None
    if reader.may(Action.MATCH, document):
        answer = matcher.talents_for(id, k=k, where=_talents_who(employment, level))
        ranking = present.ranking(answer, Kind.TALENT, k=k, chance=matcher.chance)
        if reader.may(Action.CONTACT, document):
            _note_shown(request, reader, Party(Side.POSTING, id), ranking, f"{employment or ''}/{level or ''}")
    person, _ = contacts.speaks_for(reader.principal)
    if person is not None and position:
        _note_opened(request, reader, Party(Side.TALENT, person), id, position)
    member = contacts.publisher(reader.services, cast(Posting, document.record)) is not None
    is_open = contacts.is_open(reader.services, document)
    return page(
        request,
        "posting.html",
        document=document,
        ranking=ranking,
        own=_offered(reader, Party(Side.POSTING, id), request) if reader.may(Action.CONTACT, document) else None,
        mine=_offered(reader, Party(Side.TALENT, person), request)[id] if person is not None else None,
        member=member,
        is_open=is_open,
        programmes=present.ranking(matcher.programmes_for(id, k=5), Kind.PROGRAMME, k=5),
        occupations=matcher.occupations.of_posting(cast(Posting, document.record)),
        findings=publishing.unlawful(services, document.record) if _may_mend(reader, document) else (),
        k=k,
        employment=employment,
        level=level,
    )


@router.get("/talents/{id}", dependencies=[allow(Action.READ, Kind.TALENT)])
def talent(
    request: Request,
    services: ServicesDep,
    reader: ReaderDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    switches: SwitchesQuery,
    k: TopK = STEP,
    employment: EmploymentChoice = None,
    posting: PostingChoice = None,
    personalised: bool | None = None,
    position: Position = None,
) -> HTMLResponse:
    """A talent without the name; for the person and the school the postings that fit and the training they call for."""
    document = matcher.document(Kind.TALENT, id)
    if not reader.may(Action.MATCH, document):
        own = _own_posting(reader, posting)
        if own is not None and position:
            _note_opened(request, reader, own, id, position)
        mine = _offered(reader, own, request)[id] if own is not None else None
        return page(request, "profile.html", document=document, mine=mine)
    rights = reader.may(Action.RIGHTS, document)
    wanted = services.store.accounts.is_personalised(id)
    if not (wanted if personalised is None else personalised):
        newest = neutral(matcher, today=services.today())
        rows, total = newest[:STEP], len(newest)
        return page(
            request,
            "talent_neutral.html",
            document=document,
            rows=rows,
            total=total,
            declined=not wanted,
            rights=rights,
        )
    person, _ = contacts.speaks_for(reader.principal)
    own_list = Party(Side.TALENT, id) if person == id else None
    found = listing(services, matcher, document, k=k, where=_postings_of(employment), switches=switches)
    target = _target(matcher, found.answer, posting)
    ranking = present.ranking(found.answer, Kind.POSTING, k=k, chance=matcher.chance)
    if own_list:
        _note_shown(request, reader, own_list, ranking, f"{employment or ''}/{switches}")
    return page(
        request,
        "talent.html",
        document=document,
        rights=rights,
        ranking=ranking,
        own=_offered(reader, own_list, request) if own_list else None,
        stages=contacts.stages(services, id) if reader.may(Action.PROGRESS, document) and not own_list else [],
        moves=[present.moved(one) for one in found.placed],
        rules=[present.switch(state) for state in rule_states(found)],
        training=_training(matcher, id, target) if target else None,
        k=k,
        employment=employment,
        posting=posting,
    )


@router.get("/talents/{id}/data", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def personal_data(request: Request, services: ServicesDep, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """Everything that is stored about a person, for that person."""
    found = dossier(services.store, id, timezone=services.settings.timezone, shelf=matcher.shelf)
    return page(request, "dossier.html", dossier=found, personalised=services.store.accounts.is_personalised(id))


@router.get("/neutral", dependencies=[allow(Action.READ, Kind.POSTING)])
def neutral_list(
    request: Request,
    services: ServicesDep,
    matcher: MatcherDep,
    number: PageNumber = 1,
    order: Order = Order.NEWEST,
    employment: EmploymentChoice = None,
    division: DivisionChoice = None,
) -> HTMLResponse:
    """Open postings by date or place; nothing about a person is read."""
    every = neutral(matcher, today=services.today())
    found = neutral(matcher, today=services.today(), where=postings_where(employment, division), order=order)
    return page(
        request,
        "neutral.html",
        order=order,
        orders=list(Order),
        employment=employment,
        division=division,
        divisions=_divisions_of(every),
        rows=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        total=len(found),
        page=number,
        pages=max(1, -(-len(found) // PAGE_SIZE)),
    )


@router.get("/postings/{id}/no-match", dependencies=[allow(Action.MATCH, Kind.POSTING)])
def no_match_of_posting(request: Request, matcher: MatcherDep, id: RecordIdPath, k: Wanted = 1) -> HTMLResponse:
    """What each requirement of a posting removes, and the least that would have to be relaxed."""
    document = cast(Document[Posting], matcher.document(Kind.POSTING, id))
    found = no_match(matcher, document, k=k)
    return page(request, "no_match.html", document=document, found=found, criterion=CRITERION, k=k)


@router.get("/talents/{id}/why-not", dependencies=[allow(Action.MATCH, Kind.TALENT)])
def why_not_posting(
    request: Request,
    reader: ReaderDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    q: SearchText = "",
    posting: PostingChoice = None,
) -> HTMLResponse:
    """Where one posting stands for a talent and what would lift it; the posting is chosen by number or words."""
    document = cast(Document[Talent], matcher.document(Kind.TALENT, id))
    chosen = posting or _number(q)
    target = cast(Document[Posting], matcher.document(Kind.POSTING, chosen)) if chosen else None
    hits, problem = ([], "") if target else _postings_called(reader, q)
    return page(
        request,
        "why_not.html",
        document=document,
        rights=reader.may(Action.RIGHTS, document),
        q=q,
        problem=problem,
        hits=_briefs(hit.document for hit in hits),
        target=target,
        found=why_not(matcher, document, target, k=STEP) if target else None,
    )


@router.get("/needs/{id}", dependencies=[allow(Action.READ, Kind.NEED)])
def need(request: Request, reader: ReaderDep, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """A need and for members the offers that serve it."""
    document = matcher.document(Kind.NEED, id)
    may = reader.may(Action.MATCH, document)
    ranking = present.ranking(matcher.offers_for(id, k=k), Kind.OFFER, k=k) if may else None
    return page(request, "technology.html", document=document, ranking=ranking, k=k)


@router.get("/offers/{id}", dependencies=[allow(Action.READ, Kind.OFFER)])
def offer(request: Request, reader: ReaderDep, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """An offer and for members the needs that it serves."""
    document = matcher.document(Kind.OFFER, id)
    may = reader.may(Action.MATCH, document)
    ranking = present.ranking(matcher.needs_for(id, k=k), Kind.NEED, k=k) if may else None
    return page(request, "technology.html", document=document, ranking=ranking, k=k)


@router.get("/organisations/{id}", dependencies=[allow(Action.READ, Kind.ORGANISATION)])
def organisation(request: Request, reader: ReaderDep, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A member with what it published, a school with its programmes' demand; for itself the policies that fit it."""
    document = cast(Document[Organisation], matcher.document(Kind.ORGANISATION, id))
    answer = matcher.policies_for(id, k=STEP) if reader.may(Action.MATCH, document) else None
    programmes = _published(reader, document, Kind.PROGRAMME)
    hires = document.record.type is OrganisationType.ENTERPRISE
    return page(
        request,
        "organisation.html",
        document=document,
        published={kind: _briefs(_published(reader, document, kind)) for kind in _PUBLISHED},
        outlooks=[(outlook, present.chart(outlook)) for outlook in (matcher.outlook_for(p.id) for p in programmes)],
        policies=present.ranking(answer, Kind.POLICY, k=STEP) if answer else None,
        reliability=contacts.facts_about(reader.services, id) if hires else (),
        conditions=[present.judged(m.pair.demand.record, document.record) for m in answer.matches] if answer else [],
    )


@router.get("/programmes/{id}", dependencies=[allow(Action.READ, Kind.PROGRAMME)])
def programme(request: Request, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """A programme, the demand for it by month, the advice, and the postings that it rests on."""
    outlook = matcher.outlook_for(id)
    return page(
        request,
        "programme.html",
        document=outlook.programme,
        outlook=outlook,
        occupations=matcher.occupations.of_programme(outlook.programme.record),
        chart=present.chart(outlook),
        ranking=present.ranking(_linked(outlook, k), Kind.POSTING, k=k),
        k=k,
    )


@router.get("/courses/{id}", dependencies=[allow(Action.READ, Kind.COURSE)])
def course(request: Request, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A course as published."""
    return page(request, "course.html", document=matcher.document(Kind.COURSE, id))


@router.get("/policies/{id}", dependencies=[allow(Action.READ, Kind.POLICY)])
def policy(request: Request, reader: ReaderDep, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """A policy, its conditions, and for government and council the organisations that it fits."""
    document = matcher.document(Kind.POLICY, id)
    may = reader.may(Action.MATCH, document)
    ranking = present.ranking(matcher.organisations_for(id, k=k), Kind.ORGANISATION, k=k) if may else None
    return page(request, "policy.html", document=document, ranking=ranking, k=k)


@router.get("/plans/{id}", dependencies=[allow(Action.READ, Kind.PLAN)])
def plan(request: Request, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A plan or demand publication, its numbers by node and year, and what they rest on."""
    document = cast(Document[Plan], matcher.document(Kind.PLAN, id))
    years = sorted({target.year for target in document.record.targets})
    rows: dict[tuple[str, str | None], dict[int, Target]] = {}
    for target in document.record.targets:
        rows.setdefault((target.node, target.position), {})[target.year] = target
    return page(request, "plan.html", document=document, years=years, rows=rows)


@router.get("/notices/{id}", dependencies=[allow(Action.READ, Kind.NOTICE)])
def notice(request: Request, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A notice as published."""
    return page(request, "notice.html", document=matcher.document(Kind.NOTICE, id))


def _list_of(kind: Kind) -> Callable[..., HTMLResponse]:
    def listing(request: Request, reader: ReaderDep, number: PageNumber = 1, group: str = "") -> HTMLResponse:
        every = reader.newest(kind)
        counts = Counter(facts.group(document.record) or facts.UNSAID for document in every)
        published = _published_counts(kind, counts)
        chosen = [d for d in every if not group or facts.group(d.record) == group]
        return page(
            request,
            "list.html",
            kind=kind,
            groups=[(name, published[name]) for name, _ in counts.most_common() if name != facts.UNSAID]
            if len(counts.keys() - {facts.UNSAID}) > 1
            else [],
            group=group,
            every=published[TOTAL],
            total=published.get(group, len(chosen)) if group else published[TOTAL],
            rows=chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            page=number,
            pages=max(1, -(-len(chosen) // PAGE_SIZE)),
        )

    return listing


for _kind, _path in facts.PATHS.items():
    router.add_api_route(_path, _list_of(_kind), name=f"list of {_kind}", dependencies=[allow(Action.READ, _kind)])


def _may_mend(reader: Reader, document: Document[Any]) -> bool:
    return reader.may(Action.PROPOSE, document) or reader.may(Action.REVIEW, document)


_PUBLISHED = (Kind.POSTING, Kind.NEED, Kind.OFFER, Kind.COURSE, Kind.PROGRAMME, Kind.PLAN, Kind.NOTICE)
"""What a member's page lists."""


def _published_counts(kind: Kind, counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts with their total, as anyone may read them; of people, small ones are left out."""
    table = groups(counts)
    return suppress(table) if kind is Kind.TALENT else dict(table.cells)


def _published(reader: Reader, publisher: Document[Organisation], kind: Kind) -> list[Document[Record]]:
    """What the organisation published, newest first; a record without an organisation's id goes by its name."""

    def is_by(record: Record) -> bool:
        id, name = publisher_of(record)
        return id == publisher.id if id is not None else name == publisher.record.name

    return [document for document in reader.newest(kind) if is_by(document.record)]


def _offered(reader: Reader, party: Party, request: Request) -> Offered:
    """What the side can do with each record of the page, and then come back to it."""
    query = with_params(request, position="")
    return offered(reader.services, party, home=request.url.path + (query if query != "?" else ""))


def _own_posting(reader: Reader, id: int | None) -> Party | None:
    """The side of the posting for which an enterprise looks at a person."""
    document = reader.services.shelf[Kind.POSTING].documents.get(id or 0)
    return Party(Side.POSTING, document.id) if document and reader.may(Action.CONTACT, document) else None


def _note_shown(request: Request, reader: Reader, party: Party, ranking: present.Ranking, list: str) -> None:
    """Let the log know what stood where in the list that the side reads."""
    if is_reported(request, reader.principal):
        others = [one.about.id for one in ranking.cards]
        reader.services.store.events.show(party.side, party.id, others, day=reader.services.today(), list=list)


def _note_opened(request: Request, reader: Reader, party: Party, other: int, position: int) -> None:
    """Let the log know that the side opened what stood at the position."""
    if is_reported(request, reader.principal):
        day = reader.services.today()
        reader.services.store.events.open(party.side, party.id, other, position=position, day=day)


def _divisions_of(postings: Iterable[Document[Posting]]) -> list[tuple[str, str]]:
    """Where the postings are, by code: a code that no table has is called by the shortest place written there."""
    places: dict[str, set[str]] = {}
    for document in postings:
        code, place = document.record.division, document.record.place
        if code:
            places.setdefault(code, set()).update(filter(None, [place]))
    names = {code: taxonomy.division_label(code) for code in places}
    return [
        (code, min(places[code], key=len, default=code) if names[code] == code else names[code])
        for code in sorted(places)
    ]


def _number(q: str) -> int | None:
    """The posting's number, where one was entered in place of words."""
    digits = q.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def _postings_called(reader: Reader, q: str) -> tuple[list[Hit], str]:
    """The first postings that the words find, and what is wrong with the words."""
    try:
        return (reader.find(q, kinds=(Kind.POSTING,), k=STEP) if q.strip() else []), ""
    except Malformed as error:
        return [], error.message


def _briefs(documents: Iterable[Document[Record]]) -> list[facts.Brief]:
    return [facts.brief(document) for document in documents]


def _spread(documents: list[Document[Record]], k: int) -> list[Document[Record]]:
    """k of them at even distances, so that examples differ."""
    return documents[:: max(1, len(documents) // k)][:k]


def _talents_who(employment: Employment | None, level: SchoolLevel | None) -> Where | None:
    """Talents who accept the employment (or do not say) and are of the level."""
    if employment is None and level is None:
        return None

    def chosen(record: Record) -> bool:
        if not isinstance(record, Talent):
            return True
        accepts = employment is None or not record.seeking or employment in record.seeking
        return accepts and (level is None or record.level is level)

    return chosen


def _postings_of(employment: Employment | None) -> Where | None:
    if employment is None:
        return None
    return lambda record: not isinstance(record, Posting) or record.employment is employment


def _target(matcher: Matcher, answer: Answer[Posting, Talent], chosen: int | None) -> Document[Posting] | None:
    """The posting to train for: the chosen one or else the best match."""
    if chosen is not None:
        return cast(Document[Posting], matcher.document(Kind.POSTING, chosen))
    return answer.matches[0].pair.demand if answer.matches else None


def _training(matcher: Matcher, talent: int, target: Document[Posting]) -> present.Training:
    found, answer = matcher.courses_for(talent, target, k=COURSES)
    return present.training(target, found, answer, k=COURSES)


def _linked(outlook: Outlook, k: int) -> Answer[Posting, Programme]:
    return Answer(outlook.evidence[:k], retrieved=len(outlook.evidence), removals=())
