"""Pages on which members draft, hand in, renew and withdraw, and the past versions of a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BeforeValidator
from starlette.datastructures import FormData

from api import publishing
from api.answers import past_versions
from api.auth import PrincipalDep, allow, permitted
from api.bootstrap import Services
from api.deps import RecordIdPath, ServicesDep
from api.problems import status_of
from api.web import facts, forms
from api.web.changes import Changed, changed
from api.web.render import page
from indexing.shelf import document_of
from models.access import Action, Principal, System, in_words
from models.accounts import Vetting, VettingState
from models.errors import ChanjiaoError, Forbidden, NotFound
from models.lawful import Finding
from models.matches import Document, Facts
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.publishing import Publication, State, Step, StepTaken
from models.records import publisher_fields
from models.talents import Talent
from models.terms import Day, Kind, Record

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SOON = timedelta(days=14)
"""How long before its last day a publication is brought up to be renewed."""
PAGE_SIZE = 30
"""Publications on one page."""
MOST_SOON = 50
"""Publications that are brought up at most."""
_ALLOWED = [allow(Action.READ, System.PUBLICATION)]


async def _sent(request: Request) -> FormData:
    return await request.form()


def _none_if_blank(value: object) -> object:
    return value or None


SentDep = Annotated[FormData, Depends(_sent)]
"""Everything that a form sent: which fields it has depends on the kind."""
PublicationPath = Annotated[int, Path(ge=1, le=2**53)]
PageNumber = Annotated[int, Query(ge=1, le=100_000, alias="page")]
Replaces = Annotated[int | None, BeforeValidator(_none_if_blank), Query(ge=1, le=2**53)]
StateChoice = Annotated[State | None, BeforeValidator(_none_if_blank), Query()]
LastDay = Annotated[Day | None, BeforeValidator(_none_if_blank), Form()]
Reason = Annotated[str, Form(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class Line:
    """One publication in a list."""

    publication: Publication
    title: str
    possible: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as a page tells it."""

    step: StepTaken
    who: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A publication with all that its publisher and its reviewer are shown."""

    publication: Publication
    title: str
    document: Document[Record]
    identity: tuple[str | None, str | None] | None
    """A person's name and contact, for whoever may know them."""
    steps: tuple[Taken, ...]
    findings: tuple[Finding, ...]
    """What the law has against it."""
    discriminations: tuple[str, ...]
    """The same of kinds for which no rules are checked."""
    alike: tuple[facts.Brief, ...]
    differences: list[Changed] | None
    """What it changes on the live record; None where it replaces none."""
    possible: tuple[Step, ...]


@router.get("/publish", dependencies=_ALLOWED)
def publish(
    request: Request, services: ServicesDep, principal: PrincipalDep, state: StateChoice = None, number: PageNumber = 1
) -> HTMLResponse:
    """One's own and one's organisation's publications: what lapses soon, then by state, with what to do next."""
    kinds = publishing.drafted(principal)

    def search(**wanted: Any) -> tuple[list[Publication], int]:
        if not kinds:
            return [], 0
        organisation = publishing.speaks_for(principal)
        return services.store.publications.search(
            kinds=kinds, account=principal.account, organisation=organisation, **wanted
        )

    counts = {one: search(states=[one], limit=1)[1] for one in State}
    states = [state] if state else [one for one in State if one not in _OVER]
    found, total = search(states=states, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    soon, _ = search(states=[State.PUBLISHED], until=services.today() + SOON, oldest_first=True, limit=MOST_SOON)
    return page(
        request,
        "publish.html",
        counts=counts,
        every=sum(count for one, count in counts.items() if one not in _OVER),
        chosen=state,
        total=total,
        rows=_lines(services, principal, found),
        soon=_lines(services, principal, soon),
        number=number,
        pages=max(1, -(-total // PAGE_SIZE)),
        vetting=_vetting(services, principal),
        application=publishing.application(services, principal),
        starts=_starts(services, principal),
    )


def _new_of(kind: Kind) -> tuple[Callable[..., Response], Callable[..., Response]]:
    def blank(
        request: Request, services: ServicesDep, principal: PrincipalDep, replaces: Replaces = None
    ) -> HTMLResponse:
        fixed = _fixed(services, principal, kind)
        replaces = replaces or _only(principal, kind)
        if replaces is None:
            entered: forms.Entered = {"published": (services.today().isoformat(),)}
        else:
            entered = forms.shown(publishing.replaced(services, principal, kind, replaces))
        return _form(request, kind, fixed, entered, replaces=replaces)

    def create(
        request: Request,
        services: ServicesDep,
        principal: PrincipalDep,
        form: SentDep,
        replaces: Replaces = None,
    ) -> Response:
        fixed, entered = _fixed(services, principal, kind), forms.sent(kind, form)
        replaces = replaces or _only(principal, kind)
        base = publishing.replaced(services, principal, kind, replaces) if replaces else None
        record, problems = forms.read(kind, entered, fixed, base=base)
        if record is None:
            return _form(request, kind, fixed, entered, problems=problems, status=422, replaces=replaces)
        try:
            made = publishing.draft(services, principal, record, replaces=replaces)
        except ChanjiaoError as error:
            return _form(request, kind, fixed, entered, refused=error, status=status_of(error), replaces=replaces)
        return RedirectResponse(f"/publish/{made.id}", 303)

    return blank, create


for _kind, _path in facts.PATHS.items():
    _blank, _create = _new_of(_kind)
    _of_kind: dict[str, Any] = {"dependencies": [allow(Action.PROPOSE, _kind)]}
    router.add_api_route(f"/publish{_path}/new", _blank, name=f"draft a {_kind}", **_of_kind)
    router.add_api_route(f"/publish{_path}/new", _create, methods=["POST"], name=f"make a draft {_kind}", **_of_kind)


@router.get("/publish/{number}", dependencies=_ALLOWED)
def publication(request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath) -> Response:
    """A publication as its readers will see it, how it got here, and what can be done with it."""
    return _publication(request, services, principal, number)


@router.get("/publish/{number}/edit", dependencies=_ALLOWED)
def edit(request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath) -> HTMLResponse:
    """The form, with what the draft holds and with the skills that its text names besides."""
    found = publishing.mine(services, principal, number)
    record = services.store.publications.record(number)
    return _form(
        request,
        found.kind,
        _fixed(services, principal, found.kind),
        forms.shown(record),
        publication=found,
        suggested=forms.suggested(document_of(0, 0, record)),
    )


@router.post("/publish/{number}/edit", dependencies=_ALLOWED)
def change(
    request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath, form: SentDep
) -> Response:
    """Put what was entered in place of what the draft holds."""
    found = publishing.mine(services, principal, number)
    fixed, entered = _fixed(services, principal, found.kind), forms.sent(found.kind, form)
    record, problems = forms.read(found.kind, entered, fixed, base=services.store.publications.record(number))
    if record is None:
        return _form(request, found.kind, fixed, entered, problems=problems, status=422, publication=found)
    try:
        publishing.edit(services, principal, number, record)
    except ChanjiaoError as error:
        return _form(request, found.kind, fixed, entered, refused=error, status=status_of(error), publication=found)
    return RedirectResponse(f"/publish/{number}", 303)


@router.post("/publish/{number}/submit", dependencies=_ALLOWED)
def submit(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    number: PublicationPath,
    until: LastDay = None,
) -> Response:
    """Hand it in."""
    return _step(
        request, services, principal, number, lambda: publishing.submit(services, principal, number, until=until)
    )


@router.post("/publish/{number}/recall", dependencies=_ALLOWED)
def recall(request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath) -> Response:
    """Take it back from the queue."""
    return _step(request, services, principal, number, lambda: publishing.recall(services, principal, number))


@router.post("/publish/{number}/withdraw", dependencies=_ALLOWED)
def withdraw(
    request: Request, services: ServicesDep, principal: PrincipalDep, number: PublicationPath, reason: Reason = ""
) -> Response:
    """Give it up, or take it down."""
    return _step(request, services, principal, number, lambda: publishing.withdraw(services, principal, number, reason))


@router.post("/publish/{number}/renew", dependencies=_ALLOWED)
def renew(
    request: Request,
    services: ServicesDep,
    principal: PrincipalDep,
    number: PublicationPath,
    until: LastDay = None,
) -> Response:
    """Let it be valid for longer."""
    return _step(
        request, services, principal, number, lambda: publishing.renew(services, principal, number, until=until)
    )


def _history_of(kind: Kind) -> Callable[..., HTMLResponse]:
    def history(request: Request, services: ServicesDep, id: RecordIdPath) -> HTMLResponse:
        versions = past_versions(kind, id, services.store.history(id))
        states: list[Any] = [None, *(one["record"] for one in versions)]
        rows = [
            (version, changed(kind, before, after))
            for version, before, after in zip(versions, states, states[1:], strict=False)
        ]
        live = services.shelf[kind].documents.get(id)
        title = facts.title(live) if live else f"{kind.label} {id}"
        return page(request, "history.html", kind=kind, id=id, title=title, live=bool(live), rows=rows[::-1])

    return history


for _kind, _path in facts.PATHS.items():
    router.add_api_route(
        f"{_path}/{{id}}/history",
        _history_of(_kind),
        name=f"history of a {_kind}",
        dependencies=[allow(Action.HISTORY, _kind)],
    )


def shown(services: Services, principal: Principal, found: Publication) -> Shown:
    """All that a page tells of the publication."""
    record = services.store.publications.record(found.id)
    document = document_of(found.record_id or 0, 0, record)
    live = None
    if found.record_id is not None and found.state is not State.PUBLISHED:
        live = services.shelf[found.kind].documents.get(found.record_id)
    knows = isinstance(record, Talent) and (
        found.account == principal.account or permitted(services, principal, Action.IDENTIFY, document)
    )
    return Shown(
        publication=found,
        title=title(found, record),
        document=document,
        identity=(record.name, record.contact) if isinstance(record, Talent) and knows else None,
        steps=tuple(Taken(one, _who(services, found, one.by)) for one in services.store.publications.steps(found.id)),
        findings=(found_unlawful := publishing.unlawful(services, record)),
        discriminations=()
        if found_unlawful
        else tuple(dict.fromkeys(one.message for one in document.facts.discrimination)),
        alike=tuple(facts.brief(one) for one in publishing.alike(services, record, but=found.record_id)),
        # A person's profile is compared for whoever may know the person: the live one is not in the reviewer's hands.
        differences=changed(found.kind, live.record, record)
        if live and (knows or found.kind is not Kind.TALENT)
        else None,
        possible=publishing.possible(services, principal, found),
    )


def title(found: Publication, record: Record) -> str:
    """What the record is called; a person's without a number as long as it has none."""
    named = facts.title(Document(found.record_id or 0, 0, record, texts={}, facts=Facts()))
    return named if found.record_id or not isinstance(record, Talent) else named.replace("人才 0", "人才资料", 1)


def _step(
    request: Request, services: Services, principal: Principal, number: int, take: Callable[[], object]
) -> Response:
    """Take the step and go back to the publication; what was refused is said there."""
    publishing.seen(services, principal, number)
    try:
        take()
    except (NotFound, Forbidden):
        raise
    except ChanjiaoError as error:
        return _publication(request, services, principal, number, refused=error)
    return RedirectResponse(f"/publish/{number}", 303)


def _publication(
    request: Request,
    services: Services,
    principal: Principal,
    number: int,
    *,
    refused: ChanjiaoError | None = None,
) -> HTMLResponse:
    found = publishing.seen(services, principal, number)
    told = shown(services, principal, found)
    can_edit = Step.EDIT in told.possible
    return page(
        request,
        "publication.html",
        status=status_of(refused) if refused else 200,
        shown=told,
        suggested=forms.suggested(told.document) if can_edit else {},
        label_of=forms.label_of,
        problem=refused.message if refused else "",
        vetting=None if found.kind is Kind.TALENT else _vetting(services, principal),
        application=publishing.application(services, principal),
    )


def _form(
    request: Request,
    kind: Kind,
    fixed: Mapping[str, Any],
    entered: forms.Entered,
    *,
    problems: Mapping[str, str] = {},
    refused: ChanjiaoError | None = None,
    status: int = 200,
    publication: Publication | None = None,
    replaces: int | None = None,
    suggested: Mapping[str, tuple[str, ...]] = {},
) -> HTMLResponse:
    asked = forms.ask(kind, entered, fixed, problems, suggested)
    return page(
        request,
        "edit.html",
        status=status,
        kind=kind,
        groups=forms.groups(kind, asked, _owed(request.app.state.services, kind)),
        wrong=[one for one in asked if one.problem],
        problem=refused.message if refused else problems.get("", ""),
        fixed=[(forms.label_of(kind, field), value) for field, value in fixed.items() if isinstance(value, str)],
        publication=publication,
        replaces=replaces,
    )


def _owed(services: Services, kind: Kind) -> frozenset[str]:
    """The fields that the law misses in a posting that says nothing."""
    if kind is not Kind.POSTING:
        return frozenset()
    silent = Posting(title="岗位", organisation="单位")
    return frozenset(one.field for one in publishing.unlawful(services, silent))


def _fixed(services: Services, principal: Principal, kind: Kind) -> dict[str, Any]:
    """The fields that the account answers: in whose name a record is published. Raises Forbidden for nobody's."""
    if kind is Kind.ORGANISATION:
        return {}
    if kind is Kind.TALENT:
        school = services.shelf[Kind.ORGANISATION].documents.get(principal.organisation or 0)
        if school and isinstance(school.record, Organisation) and school.record.type is OrganisationType.SCHOOL:
            return {"school_id": school.id, "school": school.record.name}
        return {}
    id, name = publishing.publisher(services, principal)
    if not name:
        raise Forbidden(f"账号没有所属单位，不能起草{kind.label}；请先登记单位，或请本单位的负责人邀请")
    by_id, by_name = publisher_fields(kind)
    return {field: value for field, value in ((by_id, id), (by_name, name)) if field}


def _only(principal: Principal, kind: Kind) -> int | None:
    """The one record of the kind that the account can have, so that a new draft is a new version of it."""
    return {Kind.ORGANISATION: principal.organisation, Kind.TALENT: principal.talent}.get(kind)


def _lines(services: Services, principal: Principal, found: list[Publication]) -> list[Line]:
    return [
        Line(
            one,
            title(one, services.store.publications.record(one.id)),
            publishing.possible(services, principal, one),
        )
        for one in found
        if publishing.is_seen(services, principal, one)
    ]


def _starts(services: Services, principal: Principal) -> list[tuple[str, str]]:
    """Label and address of everything that the account may draft now."""
    found = []
    for kind in publishing.drafted(principal):
        address = f"/publish{facts.PATHS[kind]}/new"
        own = {Kind.ORGANISATION: principal.organisation, Kind.TALENT: principal.talent}.get(kind)
        if own:
            found.append(
                (f"修改{'本单位资料' if kind is Kind.ORGANISATION else '本人资料'}", f"{address}?replaces={own}")
            )
        elif kind is Kind.ORGANISATION:
            if publishing.application(services, principal) is None:
                found.append(("登记单位", address))
        elif kind is Kind.TALENT or publishing.publisher(services, principal)[1]:
            found.append((f"起草{kind.label}", address))
    return found


def _vetting(services: Services, principal: Principal) -> Vetting | None:
    """Why the organisation may not hand anything in; None when it may."""
    if principal.organisation is None:
        return None
    found = services.store.accounts.vetting(principal.organisation)
    return None if found.state is VettingState.VERIFIED else found


def _who(services: Services, found: Publication, by: int | None) -> str:
    """The author by name, everyone else by role."""
    if by is None:
        return "系统"
    account = services.store.accounts.account(by)
    own = by == found.account or (found.organisation is not None and account.organisation == found.organisation)
    return account.name if own else in_words(account.roles)


_OVER = frozenset({State.WITHDRAWN, State.REPLACED})
"""States in which nothing is left to be done."""
