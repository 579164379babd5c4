"""From draft to public: whose draft it is, what must be true before it is handed in, and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.answers import public
from api.auth import permitted, refusal
from api.bootstrap import Services
from data.store import Stored
from indexing import sync
from matching.lawful import check
from models.access import PERSONS, ROLES_OF, Action, Principal, Relation, Role, System, exposure_of
from models.accounts import VettingState
from models.errors import Conflict, Forbidden, Malformed, NotFound, Unlawful, Unvetted
from models.lawful import Finding, Known
from models.matches import Document
from models.organisations import Organisation
from models.postings import Posting
from models.publishing import VALIDITY, Publication, State, Step, last_day
from models.records import publisher_fields, publisher_of
from models.talents import Talent
from models.terms import Kind, Record, Value
from models.text import key

_QUEUE = 1_000
"""Publications looked at for one reviewer's queue."""
ALIKE = 5
"""Records shown as possible duplicates of a draft."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A record that has no id yet, as the permission table sees it."""

    kind: Kind
    id: int
    record: Record


def draft(services: Services, principal: Principal, record: Record, *, replaces: int | None = None) -> Publication:
    """A new draft of the principal's own. Raises Forbidden for somebody else's, NotFound for what it replaces.

    An account without an organisation drafts the one that it wants to join the consortium with, once.
    """
    if _is_application(principal, record, replaces):
        _must_be_new(services, record)
        applied = application(services, principal)
        if applied:
            raise Conflict(f"您的单位注册已经是发布 {applied.id}，请在它上面修改")
    elif replaces is not None:
        _must_own(services, principal, services.store.latest(record.kind, replaces))
    elif isinstance(record, Talent) and principal.talent is not None:
        raise Conflict(f"您的资料已经是人才 {principal.talent}，请在它上面修改")
    _must_own(services, principal, _Draft(record.kind, replaces or 0, record))
    return services.store.publications.draft(
        record, account=principal.account or 0, organisation=principal.organisation, record_id=replaces
    )


def edit(services: Services, principal: Principal, id: int, record: Record) -> Publication:
    """Change a draft, or what was sent back."""
    publication = mine(services, principal, id)
    if record.kind is not publication.kind:
        raise Conflict(f"发布 {id} 是{publication.kind.label}，不能改成{record.kind.label}")
    if _is_application(principal, record, publication.record_id):
        _must_be_new(services, record)
    _must_own(services, principal, _Draft(record.kind, publication.record_id or 0, record))
    return services.store.publications.edit(id, record, by=principal.account or 0)


def submit(services: Services, principal: Principal, id: int, *, until: date | None = None) -> Publication:
    """Hand the draft in for review.

    Raises Unvetted while the organisation's papers have not been looked at, Malformed for a day out of range, and
    Unlawful for what no reviewer may let pass. A new member is vetted by the very review that it is handed in for.
    """
    publication = mine(services, principal, id)
    record = services.store.publications.record(id)
    # Whoever drafted for a member to be may have another name by now.
    _must_own(services, principal, _Draft(record.kind, publication.record_id or 0, record))
    if not isinstance(record, Talent) and not _is_application(principal, record, publication.record_id):
        vetted(services, principal)
    until = _until(services, record, publication.kind, until)
    record = _dated(_signed(principal, record), until)
    refuse_unlawful(services, record)
    return services.store.publications.submit(id, record, by=principal.account or 0, until=until)


def recall(services: Services, principal: Principal, id: int) -> Publication:
    """Take it back from the queue."""
    return services.store.publications.recall(mine(services, principal, id).id, by=principal.account or 0)


def approve(services: Services, principal: Principal, id: int, *, note: str = "") -> Publication:
    """Publish and make findable; a person's first profile becomes the person's own. Raises as `submit` does.

    A new member is admitted: its author belongs to it, and `note` says what of its papers was looked at.
    """
    publication = reviewed(services, principal, id)
    record = services.store.publications.record(id)
    if publication.may(Step.APPROVE):  # else the step itself says what hinders it
        refuse_unlawful(services, record)
    author = services.store.accounts.account(publication.account)
    if isinstance(record, Organisation) and publication.record_id is None:
        made = _admit(services, principal, publication, record, note)
    else:
        made = services.store.publications.approve(id, by=principal.account or 0)
    if isinstance(record, Talent) and author.talent is None and made.record_id and set(author.roles) <= PERSONS:
        services.store.accounts.attach(author.id, made.record_id)
    sync.follow(services.store, services.shelf)
    return made


def reject(services: Services, principal: Principal, id: int, reason: str) -> Publication:
    """Send it back; a reason is owed."""
    reviewed(services, principal, id)
    if not reason.strip():
        raise Malformed("退回要写明理由")
    return services.store.publications.reject(id, by=principal.account or 0, reason=reason.strip())


def withdraw(services: Services, principal: Principal, id: int, reason: str = "") -> Publication:
    """Give up what is one's own, or as a reviewer take down what should not be there."""
    publication = seen(services, principal, id)
    if not _may(services, principal, Action.WITHDRAW, publication):
        raise refusal(principal, Action.WITHDRAW, publication.kind)
    done = services.store.publications.withdraw(id, by=principal.account or 0, reason=reason.strip())
    sync.follow(services.store, services.shelf)
    return done


def renew(services: Services, principal: Principal, id: int, *, until: date | None = None) -> Publication:
    """Let one's own publication be valid for longer; its organisation has to be vetted still.

    The last day that readers see on a posting moves along; other kinds end when they say they do.
    """
    publication = mine(services, principal, id)
    record = services.store.publications.record(id)
    if not isinstance(record, Talent):
        vetted(services, principal)
    if isinstance(record, Posting):
        record = record.model_copy(update={"expires": None})
    until = _until(services, record, publication.kind, until)
    record = _dated(record, until)
    if publication.may(Step.RENEW):  # else the step itself says what hinders it
        refuse_unlawful(services, record)
    done = services.store.publications.renew(id, record, by=principal.account or 0, until=until)
    sync.follow(services.store, services.shelf)
    return done


def alike(services: Services, record: Record, *, but: int | None = None) -> list[Document[Record]]:
    """Live records of the same publisher under the same name: what a draft may be publishing twice."""
    wanted = (key(_name(record)), publisher_of(record))
    return [
        document
        for document in list(services.shelf[record.kind].documents.values())
        if document.id != but and (key(_name(document.record)), publisher_of(document.record)) == wanted
    ][:ALIKE]


def application(services: Services, principal: Principal) -> Publication | None:
    """The new member that the account applies for, as long as that is not decided; None for a member's account."""
    if principal.organisation is not None or not principal.may_ever(Action.PROPOSE, Kind.ORGANISATION):
        return None
    found, _ = services.store.publications.search(
        states=[State.DRAFT, State.SUBMITTED, State.REJECTED],
        kinds=[Kind.ORGANISATION],
        account=principal.account,
        limit=1,
    )
    return found[0] if found else None


def publisher(services: Services, principal: Principal) -> tuple[int | None, str]:
    """In whose name the principal drafts: the organisation, or by name alone the one applied for; "" for nobody's."""
    if principal.organisation is not None:
        return principal.organisation, principal.organisation_name
    applied = application(services, principal)
    if applied is None:
        return None, ""
    return None, _name(services.store.publications.record(applied.id))


def register(services: Services, record: Organisation, *, login: str, name: str, password: str) -> Publication:
    """An account for whoever speaks for an enterprise, and the enterprise handed in for review as a new member.

    Raises Conflict for a member or a login that is there already, and Malformed for a weak password.
    """
    _must_be_new(services, record)
    made = services.store.accounts.create(login, name=name, roles=[Role.ENTERPRISE_HR], password=password)
    # Were this the last line to run, the person could sign in and draft the organisation again.
    applicant = Principal(account=made.id, roles=frozenset(made.roles))
    return submit(services, applicant, draft(services, applicant, record).id)


def replaced(services: Services, principal: Principal, kind: Kind, id: int) -> Record:
    """The record that the principal wants to draft a new version of. Raises NotFound and Forbidden."""
    stored = services.store.latest(kind, id)
    _must_own(services, principal, stored)
    return stored.record


def mine(services: Services, principal: Principal, id: int) -> Publication:
    """The publication, which the principal may draft and hand in. Raises NotFound and Forbidden."""
    publication = seen(services, principal, id)
    if not _may(services, principal, Action.PROPOSE, publication):
        raise refusal(principal, Action.PROPOSE, publication.kind)
    return publication


def seen(services: Services, principal: Principal, id: int) -> Publication:
    """The publication, which does not exist for whoever neither wrote it nor reviews it. Raises NotFound."""
    publication = services.store.publications.load(id)
    if is_seen(services, principal, publication):
        return publication
    raise NotFound(f"没有编号为 {id} 的发布")


def is_seen(services: Services, principal: Principal, publication: Publication) -> bool:
    """Whether the principal wrote the publication, speaks for whoever did, or reviews it."""
    return any(_may(services, principal, one, publication) for one in (Action.PROPOSE, Action.REVIEW))


def reviewed(services: Services, principal: Principal, id: int) -> Publication:
    """The publication, which the principal may decide on. Raises NotFound, and Forbidden for one's own."""
    publication = seen(services, principal, id)
    if not _may(services, principal, Action.REVIEW, publication):
        raise refusal(principal, Action.REVIEW, publication.kind)
    if publication.account == principal.account:
        raise Forbidden(f"发布 {id} 是您自己提交的，须由另一人审核")
    return publication


def queue(services: Services, principal: Principal) -> list[Publication]:
    """What waits for the principal's decision, whoever has waited longest first."""
    kinds = reviewable(principal)
    if not kinds:
        return []
    waiting, _ = services.store.publications.search(
        states=[State.SUBMITTED], kinds=kinds, oldest_first=True, limit=_QUEUE
    )
    return [one for one in waiting if decides(services, principal, one)]


def waiting(services: Services, principal: Principal) -> int:
    """How many publications wait for the principal's decision."""
    if not all(Relation.STRANGER in principal.relations(Action.REVIEW, kind) for kind in Kind):
        return len(queue(services, principal))
    counted = services.store.publications.search
    every, own = (
        counted(states=[State.SUBMITTED], account=account, limit=1)[1] for account in (None, principal.account)
    )
    return every - own


def reviewable(principal: Principal) -> tuple[Kind, ...]:
    """The kinds of which the principal may review any record at all."""
    return tuple(kind for kind in Kind if principal.may_ever(Action.REVIEW, kind))


def drafted(principal: Principal) -> tuple[Kind, ...]:
    """The kinds of which the principal may draft any record at all."""
    return tuple(kind for kind in Kind if principal.may_ever(Action.PROPOSE, kind))


def returned(services: Services, principal: Principal) -> int:
    """How many of the principal's publications were sent back and wait to be mended."""
    if not drafted(principal):
        return 0
    _, count = services.store.publications.search(
        states=[State.REJECTED],
        kinds=drafted(principal),
        account=principal.account,
        organisation=speaks_for(principal),
        limit=1,
    )
    return count


def possible(services: Services, principal: Principal, publication: Publication) -> tuple[Step, ...]:
    """The steps that the state and the table allow the principal, in the order in which they are defined."""
    steps: set[Step] = set()
    if _may(services, principal, Action.PROPOSE, publication):
        steps |= {Step.EDIT, Step.SUBMIT, Step.RECALL, Step.RENEW}
    if _may(services, principal, Action.WITHDRAW, publication):
        steps.add(Step.WITHDRAW)
    if decides(services, principal, publication):
        steps |= {Step.APPROVE, Step.REJECT}
    return tuple(step for step in Step if step in steps and publication.may(step))


def decides(services: Services, principal: Principal, publication: Publication) -> bool:
    """Whether the principal is one of those who decide on it."""
    return publication.account != principal.account and _may(services, principal, Action.REVIEW, publication)


def speaks_for(principal: Principal) -> int | None:
    """The organisation whose publications the principal sees; a student is no speaker of the school."""
    return None if principal.roles <= PERSONS else principal.organisation


def vetted(services: Services, principal: Principal) -> None:
    """Raises Unvetted unless the principal's organisation was found in order within the last six months."""
    if application(services, principal):
        raise Unvetted(f"单位“{publisher(services, principal)[1]}”的注册尚未通过，通过后才能提交；现在可以先起草")
    if principal.organisation is None:
        raise Unvetted("账号没有所属单位，不能发布；请联系联合体秘书处")
    found = services.store.accounts.vetting(principal.organisation)
    if found.state is not VettingState.VERIFIED:
        raise Unvetted(
            f"单位“{principal.organisation_name or principal.organisation}”{found.state.value}，核验通过后才能发布"
            "（2026 年 1 月《关于规范网络平台招聘类信息发布的通知》要求至少每六个月核验一次）"
        )


def unlawful(services: Services, record: Record) -> tuple[Finding, ...]:
    """What the law has against publishing a posting, blocking findings first; nothing for other kinds."""
    if not isinstance(record, Posting):
        return ()
    document = services.shelf[Kind.ORGANISATION].documents.get(record.organisation_id or 0)
    member = document.record if document and isinstance(document.record, Organisation) else None
    vetting = services.store.accounts.vetting(record.organisation_id) if record.organisation_id else None
    verified = vetting.at.date() if vetting and vetting.at and vetting.state is VettingState.VERIFIED else None
    return check(record, member, known=Known(verified=verified), today=services.today())


def refuse_unlawful(services: Services, record: Record) -> None:
    """Raises Unlawful, naming law and article, when a rule forbids to publish the record."""
    blocking = [one for one in unlawful(services, record) if one.blocks]
    if blocking:
        more = f"；另有 {len(blocking) - 3} 项" if len(blocking) > 3 else ""
        raise Unlawful("；".join(one.message for one in blocking[:3]) + more)


def _dated(record: Record, until: date) -> Record:
    """The record with its last day: whoever reads a posting is to see how long it is valid."""
    if isinstance(record, Posting) and record.expires is None:
        return record.model_copy(update={"expires": until})
    return record


def _signed(principal: Principal, record: Record) -> Record:
    """The record with the publisher's id, where it was drafted by name before the publisher was a member."""
    by_id, _ = publisher_fields(record.kind)
    if by_id and principal.organisation is not None and publisher_of(record) == (None, principal.organisation_name):
        return record.model_copy(update={by_id: principal.organisation})
    return record


def _is_application(principal: Principal, record: Record, record_id: int | None) -> bool:
    """Whether the record is a new organisation that the principal wants to belong to."""
    return isinstance(record, Organisation) and record_id is None and principal.organisation is None


def _must_be_new(services: Services, record: Record) -> None:
    """Raises Conflict for an organisation that has the name or the credit code of a member."""
    assert isinstance(record, Organisation)
    for document in list(services.shelf[Kind.ORGANISATION].documents.values()):
        member = document.record
        same_code = record.credit_code is not None and getattr(member, "credit_code", None) == record.credit_code
        if same_code or key(_name(member)) == key(record.name):
            raise Conflict(
                f"“{record.name}”与成员单位 {document.id}“{_name(member)}”同名或信用代码相同，请向该单位的负责人要邀请"
            )


def _admit(
    services: Services, principal: Principal, publication: Publication, record: Organisation, note: str
) -> Publication:
    if not principal.may_ever(Action.MANAGE, System.VETTING):
        raise refusal(principal, Action.MANAGE, System.VETTING)
    _must_be_new(services, record)
    return services.store.publications.admit(publication.id, by=principal.account or 0, note=note.strip())


def _until(services: Services, record: Record, kind: Kind, wanted: date | None) -> date:
    today = services.today()
    longest = last_day(record, today)
    if wanted is None:
        return longest
    if not today <= wanted <= longest:
        raise Malformed(
            f"有效期应在 {today} 到 {longest} 之间（{kind.label}一次最多 {VALIDITY[kind]} 天），收到 {wanted}"
        )
    return wanted


def _may(services: Services, principal: Principal, action: Action, publication: Publication) -> bool:
    record = services.store.publications.record(publication.id)
    own = publication.account == principal.account or (
        publication.organisation is not None and publication.organisation == speaks_for(principal)
    )
    if publication.kind is Kind.TALENT and publication.account != principal.account:
        own = principal.owns(Kind.TALENT, publication.record_id, record)
    relation = Relation.OWN if own else Relation.STRANGER
    return principal.may(action, publication.kind, relation, exposure_of(record))


def shown(services: Services, principal: Principal, publication: Publication, record: Record) -> Value:
    """What the publication holds as the principal may see it: who decides on a profile is not told whose it is."""
    subject = _Draft(publication.kind, publication.record_id or 0, record)
    if publication.account == principal.account or not isinstance(record, Talent):
        return record
    return record if permitted(services, principal, Action.IDENTIFY, subject) else public(record)


def _must_own(services: Services, principal: Principal, subject: _Draft | Stored[Record]) -> None:
    record, kind = subject.record, subject.kind
    if isinstance(record, Talent) and principal.talent is None and subject.id == 0:
        # A person's first profile names the school that the account belongs to, or none.
        fits = record.school_id is None or record.school_id == principal.organisation
        allowed = fits and principal.may(Action.PROPOSE, kind, Relation.OWN, exposure_of(record))
    elif isinstance(record, Organisation) and subject.id == 0:
        # A new member: of a type whose people can be what the account is.
        fits = principal.organisation is None and principal.roles <= ROLES_OF[record.type]
        allowed = fits and principal.may(Action.PROPOSE, kind, Relation.OWN, exposure_of(record))
    elif principal.organisation is None and subject.id == 0:
        # Drafts of a member to be, by name alone: no record that is live is ever owned like this.
        fits = publisher_of(record) == publisher(services, principal) and any(publisher_of(record))
        allowed = fits and principal.may(Action.PROPOSE, kind, Relation.OWN, exposure_of(record))
    else:
        allowed = permitted(services, principal, Action.PROPOSE, subject)
    if not allowed:
        if not principal.may_ever(Action.PROPOSE, kind):
            raise refusal(principal, Action.PROPOSE, kind)
        id, name = publisher_of(record)
        raise Forbidden(f"只能发布本方的{kind.label}，这一条属于“{name or id or subject.id}”")
    named = record.name if isinstance(record, Organisation) else publisher_of(record)[1]
    if named and key(named) != key(principal.organisation_name) and _is_members(services, named):
        raise Forbidden(f"“{named}”是另一个成员单位的名称，不能以它的名义发布{kind.label}")


def _is_members(services: Services, name: str) -> bool:
    """Whether a member organisation is called so: what carries no publisher's id belongs to the publisher's name."""
    members = list(services.shelf[Kind.ORGANISATION].documents.values())
    return any(key(_name(document.record)) == key(name) for document in members)


def _name(record: Record) -> str:
    return str(getattr(record, "title", None) or getattr(record, "name", None) or "")
