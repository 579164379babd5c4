"""Rights of the person: everything that is stored, erasure, consents, objections and who decides them."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Path, Query, Response

from api.auth import PrincipalDep, allow
from api.deps import API, Limit, MatcherDep, Offset, RecordIdPath, ServicesDep, TalentDep, find
from api.dossier import Dossier, dossier
from api.privacy import (
    ConsentReceipt,
    ConsentRequest,
    ConsentsAnswer,
    ConsentWithdrawal,
    DecisionRequest,
    ErasureReceipt,
    ObjectionAnswer,
    ObjectionPage,
    ObjectionRequest,
    Personalisation,
    WordingAnswer,
    consents_answer,
    erasure_receipt,
    explained,
    objection_answer,
    wording_answer,
)
from api.problems import problems
from data.consents import wordings
from indexing import sync
from matching.whynot import standing
from models.access import Action, System
from models.matches import Document
from models.organisations import Organisation
from models.postings import Posting
from models.privacy import DataKind, ObjectionState, Purpose
from models.terms import Kind

router = APIRouter(prefix=API, tags=["个人信息"], responses=problems(401, 403, 404, 410, 422, 500, 503))

Recipient = Annotated[int, Query(ge=1, le=2**53, description="接收方的单位编号")]
Kinds = Annotated[list[DataKind], Query(min_length=1, max_length=len(DataKind), description="提供的个人信息种类")]
State = Annotated[ObjectionState | None, Query(description="只看这种状态的异议")]
ObjectionPath = Annotated[int, Path(ge=1, le=2**53, description="异议编号")]


@router.get("/talents/{id}/export", summary="导出本人的全部个人信息", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def export_talent(id: RecordIdPath, services: ServicesDep, response: Response) -> Dossier:
    """Record, history, events, consents and objections in one document, with Chinese labels (arts 44, 45)."""
    response.headers["content-disposition"] = f'attachment; filename="talent-{id}.json"'
    return dossier(services.store, id, timezone=services.settings.timezone, shelf=services.shelf)


@router.post("/talents/{id}/erasure", summary="删除本人的个人信息", dependencies=[allow(Action.ERASE, Kind.TALENT)])
def erase_talent(id: RecordIdPath, services: ServicesDep) -> ErasureReceipt:
    """Blank the record and its whole history for good; counts remain and lead to nobody (art. 47).

    Once more changes nothing.
    """
    return erasure_receipt(sync.erase(services.store, services.shelf, id))


@router.get("/talents/{id}/consents", summary="本人的授权记录", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def consents_of_talent(id: RecordIdPath, services: ServicesDep) -> ConsentsAnswer:
    """What is allowed now, and every entry of the ledger, oldest first."""
    services.store.load(Kind.TALENT, id)
    return consents_answer(services.store, services.store.consents.of(id))


@router.get(
    "/talents/{id}/consents/wording", summary="授权前应阅读的告知文本", dependencies=[allow(Action.RIGHTS, Kind.TALENT)]
)
def wording_of_consent(
    id: RecordIdPath, services: ServicesDep, recipient: Recipient, purpose: Purpose, kind: Kinds
) -> WordingAnswer:
    """The text in force for this recipient, purpose and data (arts 14, 17, 23)."""
    services.store.load(Kind.TALENT, id)
    organisation = cast(Organisation, services.store.load(Kind.ORGANISATION, recipient).record)
    return wording_answer(wordings()[-1], organisation, purpose, kind)


@router.post(
    "/talents/{id}/consents",
    summary="同意向一个单位提供",
    responses=problems(400, 409, 413, 415),
    dependencies=[allow(Action.RIGHTS, Kind.TALENT)],
)
def give_consent(id: RecordIdPath, request: ConsentRequest, services: ServicesDep) -> ConsentReceipt:
    """Note the person's consent; what was consented to already is not noted again."""
    entry = services.store.consents.give(
        id, recipient=request.recipient, purpose=request.purpose, kinds=request.kinds, wording=request.wording
    )
    if entry is None:
        return ConsentReceipt(entries=(), message="这些授权原已有效，没有变化")
    message = f"已记录：同意为{entry.purpose.label}提供{'、'.join(entry.kinds)}；可随时撤回"
    return ConsentReceipt(entries=(entry,), message=message)


@router.post(
    "/talents/{id}/consents/withdrawal",
    summary="撤回授权",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.RIGHTS, Kind.TALENT)],
)
def withdraw_consent(id: RecordIdPath, request: ConsentWithdrawal, services: ServicesDep) -> ConsentReceipt:
    """Take consent back; from here on the recipient is shown nothing (art. 15)."""
    entries = services.store.consents.withdraw(id, recipient=request.recipient, purpose=request.purpose)
    message = "已撤回，立即生效；撤回前已经进行的处理不受影响" if entries else "没有可撤回的授权"
    return ConsentReceipt(entries=tuple(entries), message=message)


@router.post(
    "/talents/{id}/objections",
    summary="对推荐结果提出异议",
    status_code=201,
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.RIGHTS, Kind.TALENT)],
)
def file_objection(
    talent: TalentDep, request: ObjectionRequest, services: ServicesDep, matcher: MatcherDep
) -> ObjectionAnswer:
    """Keep what the person says beside what the service answers at this moment; a human decides (art. 24)."""
    posting = cast("Document[Posting]", find(services, matcher, Kind.POSTING, request.posting))
    answer = explained(posting, standing(matcher, talent, posting))
    filed = services.store.objections.file(talent.id, posting=posting.id, statement=request.statement, answer=answer)
    return objection_answer(filed)


@router.get("/talents/{id}/objections", summary="本人的异议", dependencies=[allow(Action.RIGHTS, Kind.TALENT)])
def objections_of_talent(id: RecordIdPath, services: ServicesDep) -> list[ObjectionAnswer]:
    """The person's objections with what was decided, oldest first."""
    services.store.load(Kind.TALENT, id)
    return [objection_answer(one) for one in services.store.objections.of(id)]


@router.post(
    "/talents/{id}/personalisation",
    summary="开关个性化推荐",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.RIGHTS, Kind.TALENT)],
)
def personalise(id: RecordIdPath, request: Personalisation, services: ServicesDep) -> Personalisation:
    """Off for good, or on again: off, postings come by date, and nobody notes what the person was shown (art. 24)."""
    services.store.accounts.personalise(id, request.on)
    return request


@router.get("/objections", summary="全部异议", dependencies=[allow(Action.REVIEW, System.OBJECTION)])
def list_objections(services: ServicesDep, state: State = None, offset: Offset = 0, limit: Limit = 20) -> ObjectionPage:
    """For those who decide: oldest first."""
    found, total = services.store.objections.page(state, offset=offset, limit=limit)
    return ObjectionPage(items=tuple(map(objection_answer, found)), total=total, offset=offset, limit=limit)


@router.post(
    "/objections/{number}/decision",
    summary="对异议作出人工决定",
    responses=problems(400, 409, 413, 415),
    dependencies=[allow(Action.REVIEW, System.OBJECTION)],
)
def decide_objection(
    number: ObjectionPath, request: DecisionRequest, services: ServicesDep, principal: PrincipalDep
) -> ObjectionAnswer:
    """Note the reviewer's decision and reason; it is never changed afterwards (409)."""
    decided = services.store.objections.decide(
        number,
        outcome=request.outcome,
        reviewer=services.store.accounts.account(principal.account or 0).name,
        reason=request.reason,
    )
    return objection_answer(decided)
