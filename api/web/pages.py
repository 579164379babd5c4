"""The pages: each endpoint asks the matcher and hands a template what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, cast

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BeforeValidator

from api.answers import is_open
from api.deps import MatcherDep, RecordIdPath, ServicesDep, TopK
from api.listings import SwitchesQuery, listing, rule_states
from api.web import facts, present
from api.web.render import STEP, page
from matching.lawful import check
from matching.matcher import Matcher, Where
from matching.nomatch import CRITERION, no_match
from matching.search import DEPTH, Hit, search
from matching.specialties import Outlook
from matching.whynot import why_not
from models.errors import Malformed, NotFound
from models.lawful import Finding
from models.matches import Answer, Document
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.terms import Employment, Kind, Record, SchoolLevel

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
KindChoice = Annotated[Kind | None, BeforeValidator(_none_if_blank), Query()]
SearchText = Annotated[str, Query(max_length=200)]
Shown = Annotated[int, Query(ge=1, le=MOST_HITS)]
PostingChoice = Annotated[int | None, BeforeValidator(_none_if_blank), Query(ge=1, le=2**53)]
Wanted = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/")
def home(request: Request, services: ServicesDep, matcher: MatcherDep) -> HTMLResponse:
    """What the service does, how much it holds, and where to begin."""
    postings = _newest(matcher, Kind.POSTING)
    schools = [d for d in _all(matcher, Kind.ORGANISATION) if facts.group(d.record) == OrganisationType.SCHOOL]
    return page(
        request,
        "home.html",
        counts={kind: len(_all(matcher, kind)) for kind in Kind},
        revision=matcher.shelf.revision,
        behind=services.store.revision - matcher.shelf.revision,
        examples={
            Kind.POSTING: _briefs(postings[:4]),
            Kind.TALENT: _briefs(_spread(_all(matcher, Kind.TALENT), 4)),
            Kind.NEED: _briefs(_newest(matcher, Kind.NEED)[:4]),
            Kind.ORGANISATION: _briefs(schools[:4]),
        },
    )


@router.get("/search")
def find(
    request: Request, matcher: MatcherDep, q: SearchText = "", kind: KindChoice = None, k: Shown = 20
) -> HTMLResponse:
    """What the words find in every list, or in one."""
    try:
        hits = search(matcher.shelf, q, k=MOST_HITS, where=is_open) if q.strip() else []
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


@router.get("/postings/{id}")
def posting(
    request: Request,
    services: ServicesDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    k: TopK = STEP,
    employment: EmploymentChoice = None,
    level: LevelChoice = None,
) -> HTMLResponse:
    """A posting, what the law has against it, the talents who fit it, and the programmes that train for it."""
    document = matcher.document(Kind.POSTING, id)
    answer = matcher.talents_for(id, k=k, where=_talents_who(employment, level))
    return page(
        request,
        "posting.html",
        document=document,
        ranking=present.ranking(answer, Kind.TALENT, k=k, chance=matcher.chance),
        programmes=present.ranking(matcher.programmes_for(id, k=5), Kind.PROGRAMME, k=5),
        occupations=matcher.occupations.of_posting(cast(Posting, document.record)),
        findings=_unlawful(matcher, cast(Posting, document.record), services.today()),
        k=k,
        employment=employment,
        level=level,
    )


def _unlawful(matcher: Matcher, record: Posting, today: date) -> tuple[Finding, ...]:
    member = matcher.shelf[Kind.ORGANISATION].documents.get(record.organisation_id or 0)
    return check(record, cast(Organisation, member.record) if member else None, today=today)


@router.get("/talents/{id}")
def talent(
    request: Request,
    services: ServicesDep,
    matcher: MatcherDep,
    id: RecordIdPath,
    switches: SwitchesQuery,
    k: TopK = STEP,
    employment: EmploymentChoice = None,
    posting: PostingChoice = None,
) -> HTMLResponse:
    """A talent without the name, the postings that fit, and the training that one of them calls for."""
    document = matcher.document(Kind.TALENT, id)
    found = listing(services, matcher, document, k=k, where=_postings_of(employment), switches=switches)
    target = _target(matcher, found.answer, posting)
    return page(
        request,
        "talent.html",
        document=document,
        ranking=present.ranking(found.answer, Kind.POSTING, k=k, chance=matcher.chance),
        moves=[present.moved(one) for one in found.placed],
        rules=[present.switch(state) for state in rule_states(found)],
        training=_training(matcher, id, target) if target else None,
        k=k,
        employment=employment,
        posting=posting,
    )


@router.get("/postings/{id}/no-match")
def no_match_of_posting(request: Request, matcher: MatcherDep, id: RecordIdPath, k: Wanted = 1) -> HTMLResponse:
    """What each requirement of a posting removes, and the least that would have to be relaxed."""
    document = cast(Document[Posting], matcher.document(Kind.POSTING, id))
    found = no_match(matcher, document, k=k)
    return page(request, "no_match.html", document=document, found=found, criterion=CRITERION, k=k)


@router.get("/talents/{id}/why-not")
def why_not_posting(
    request: Request, matcher: MatcherDep, id: RecordIdPath, q: SearchText = "", posting: PostingChoice = None
) -> HTMLResponse:
    """Where one posting stands for a talent and what would lift it; the posting is chosen by number or words."""
    document = cast(Document[Talent], matcher.document(Kind.TALENT, id))
    chosen = posting or _number(q)
    target = cast(Document[Posting], matcher.document(Kind.POSTING, chosen)) if chosen else None
    hits, problem = ([], "") if target else _postings_called(matcher, q)
    return page(
        request,
        "why_not.html",
        document=document,
        q=q,
        problem=problem,
        hits=_briefs(hit.document for hit in hits),
        target=target,
        found=why_not(matcher, document, target, k=STEP) if target else None,
    )


@router.get("/needs/{id}")
def need(request: Request, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """A need and the offers that serve it."""
    document = _public(matcher.document(Kind.NEED, id))
    ranking = present.ranking(matcher.offers_for(id, k=k), Kind.OFFER, k=k)
    return page(request, "technology.html", document=document, ranking=ranking, k=k)


@router.get("/offers/{id}")
def offer(request: Request, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """An offer and the needs that it serves."""
    document = matcher.document(Kind.OFFER, id)
    ranking = present.ranking(matcher.needs_for(id, k=k), Kind.NEED, k=k)
    return page(request, "technology.html", document=document, ranking=ranking, k=k)


@router.get("/organisations/{id}")
def organisation(request: Request, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A member: an enterprise with what it published and the policies for it, a school with its programmes' demand."""
    document = cast(Document[Organisation], matcher.document(Kind.ORGANISATION, id))
    answer = matcher.policies_for(id, k=STEP)
    programmes = _published(matcher, document, Kind.PROGRAMME)
    return page(
        request,
        "organisation.html",
        document=document,
        published={kind: _briefs(_published(matcher, document, kind)) for kind in _PUBLISHERS},
        outlooks=[(outlook, present.chart(outlook)) for outlook in (matcher.outlook_for(p.id) for p in programmes)],
        policies=present.ranking(answer, Kind.POLICY, k=STEP),
        conditions=[present.judged(match.pair.demand.record, document.record) for match in answer.matches],
    )


@router.get("/programmes/{id}")
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


@router.get("/courses/{id}")
def course(request: Request, matcher: MatcherDep, id: RecordIdPath) -> HTMLResponse:
    """A course as published."""
    return page(request, "course.html", document=matcher.document(Kind.COURSE, id))


@router.get("/policies/{id}")
def policy(request: Request, matcher: MatcherDep, id: RecordIdPath, k: TopK = STEP) -> HTMLResponse:
    """A policy, its conditions, and the organisations that it fits."""
    document = matcher.document(Kind.POLICY, id)
    ranking = present.ranking(matcher.organisations_for(id, k=k), Kind.ORGANISATION, k=k)
    return page(request, "policy.html", document=document, ranking=ranking, k=k)


def _list_of(kind: Kind) -> Callable[..., HTMLResponse]:
    def listing(request: Request, matcher: MatcherDep, number: PageNumber = 1, group: str = "") -> HTMLResponse:
        every = _newest(matcher, kind)
        groups = Counter(filter(None, (facts.group(document.record) for document in every)))
        chosen = [d for d in every if not group or facts.group(d.record) == group]
        return page(
            request,
            "list.html",
            kind=kind,
            groups=groups if len(groups) > 1 else {},
            group=group,
            every=len(every),
            total=len(chosen),
            rows=chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            page=number,
            pages=max(1, -(-len(chosen) // PAGE_SIZE)),
        )

    return listing


for _kind, _path in facts.PATHS.items():
    router.add_api_route(_path, _list_of(_kind), name=f"list of {_kind}")


_PUBLISHERS: dict[Kind, tuple[str, str]] = {
    Kind.POSTING: ("organisation_id", "organisation"),
    Kind.NEED: ("organisation_id", "organisation"),
    Kind.OFFER: ("organisation_id", "organisation"),
    Kind.COURSE: ("provider_id", "provider"),
    Kind.PROGRAMME: ("school_id", "school"),
}
"""The fields in which a record says by id and by name which organisation published it."""


def _published(matcher: Matcher, publisher: Document[Organisation], kind: Kind) -> list[Document[Record]]:
    """What the organisation published, newest first; a record without an organisation's id goes by its name."""
    by_id, by_name = _PUBLISHERS[kind]

    def is_by(record: Record) -> bool:
        id = getattr(record, by_id)
        return bool(id == publisher.id if id is not None else getattr(record, by_name) == publisher.record.name)

    return [document for document in _newest(matcher, kind) if is_by(document.record)]


def _all(matcher: Matcher, kind: Kind) -> list[Document[Record]]:
    """Every document of the kind that anyone may read."""
    return [document for document in list(matcher.shelf[kind].documents.values()) if is_open(document.record)]


def _newest(matcher: Matcher, kind: Kind) -> list[Document[Record]]:
    """All of the kind by day of publication, then by id, latest first."""
    return sorted(
        _all(matcher, kind),
        key=lambda document: (getattr(document.record, "published", None) or date.min, document.id),
        reverse=True,
    )


def _public(document: Document[Record]) -> Document[Record]:
    """The document. Raises NotFound, in the words for an id that does not exist, when it is private."""
    if not is_open(document.record):
        raise NotFound(f"没有编号为 {document.id} 的{document.kind.label}")
    return document


def _number(q: str) -> int | None:
    """The posting's number, where one was entered in place of words."""
    digits = q.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else None


def _postings_called(matcher: Matcher, q: str) -> tuple[list[Hit], str]:
    """The first postings that the words find, and what is wrong with the words."""
    try:
        return (search(matcher.shelf, q, kinds=(Kind.POSTING,), k=STEP) if q.strip() else []), ""
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
