"""What stands against publishing a posting, before it is saved, and the rules that say so."""

from __future__ import annotations

from datetime import date
from typing import cast

from fastapi import APIRouter

from api.answers import Quote
from api.auth import allow
from api.deps import API, ServicesDep
from api.problems import problems
from data import taxonomy
from indexing.text import labels
from matching.fraud import risk
from matching.lawful import check, is_placement, recruiter
from models.access import Action, System
from models.lawful import Finding, Known, Recruiter, Risk, Severity
from models.matches import Span
from models.organisations import Organisation
from models.postings import Posting
from models.terms import Kind, Value

router = APIRouter(prefix=f"{API}/check", tags=["合规"], responses=problems(401, 403, 500, 503))


class CheckRequest(Value):
    """An unsaved posting, and what is known besides it."""

    posting: Posting
    known: Known = Known()


class NumberPair(Value):
    """What was found and what the law sets, as a Chinese reader sees them."""

    found: str
    limit: str


class FindingItem(Value):
    """One rule that the posting breaks, and what shows it; a hint, not legal advice."""

    rule: str
    label: str
    severity: Severity
    law: str
    article: str
    message: str
    advice: str
    field: str
    quote: Quote | None
    numbers: NumberPair | None


class SignalItem(Value):
    """One reason to suspect a fraud and what it adds to the score."""

    name: str
    label: str
    weight: float
    quote: Quote | None


class RiskItem(Value):
    """How suspicious the posting is, in [0, 1]: the sum of the signals, at most 1."""

    score: float
    signals: tuple[SignalItem, ...]


class CheckAnswer(Value):
    """Whether the posting may be published, and everything that stands against it, blocking findings first."""

    publishable: bool
    placement: bool
    """Whether the rules on internships of vocational students apply."""
    recruiter: Recruiter
    findings: tuple[FindingItem, ...]
    risk: RiskItem


class RuleItem(Value):
    """One rule with its law; an empty article is one whose number was not checked."""

    rule: str
    label: str
    severity: Severity
    law: str
    article: str
    says: str
    advice: str


class LimitItem(Value):
    """One number that the law sets."""

    name: str
    number: float
    unit: str
    law: str
    article: str
    since: date
    note: str


class RulesAnswer(Value):
    """Every rule and every number that postings are checked by."""

    rules: tuple[RuleItem, ...]
    limits: tuple[LimitItem, ...]


@router.post(
    "/posting",
    summary="检查未发布的岗位是否合规",
    responses=problems(400, 404, 410, 413, 415, 422),
    dependencies=[allow(Action.READ, System.PUBLICATION)],
)
def check_posting(request: CheckRequest, services: ServicesDep) -> CheckAnswer:
    """Every rule that the posting breaks as of today, with the words or numbers that show it; saves nothing."""
    posting, organisation = request.posting, None
    if posting.organisation_id is not None:
        stored = services.store.load(Kind.ORGANISATION, posting.organisation_id)
        organisation = cast(Organisation, stored.record)
    found = check(posting, organisation, known=request.known, today=services.today())
    return CheckAnswer(
        publishable=not any(one.blocks for one in found),
        placement=is_placement(posting),
        recruiter=recruiter(posting.organisation, organisation),
        findings=tuple(map(finding_item, found)),
        risk=risk_item(risk(posting, found)),
    )


@router.get("/rules", summary="岗位合规的规则与限额", dependencies=[allow(Action.READ, System.SERVICE)])
def list_rules() -> RulesAnswer:
    """The rules in the order in which findings come, and the limits, each with law, article and date."""
    return RulesAnswer(
        rules=tuple(
            RuleItem(
                rule=one.name,
                label=one.label,
                severity=one.severity,
                law=one.law,
                article=one.article,
                says=one.says,
                advice=one.advice,
            )
            for one in taxonomy.rules().values()
        ),
        limits=tuple(
            LimitItem(
                name=one.name,
                number=one.number,
                unit=one.unit,
                law=one.law,
                article=one.article,
                since=one.since,
                note=one.note,
            )
            for one in taxonomy.limits().values()
        ),
    )


def finding_item(found: Finding) -> FindingItem:
    """The finding as it is sent."""
    rule = found.rule
    return FindingItem(
        rule=rule.name,
        label=rule.label,
        severity=rule.severity,
        law=rule.law,
        article=rule.article,
        message=found.message,
        advice=rule.advice,
        field=found.field,
        quote=_quote(found.span),
        numbers=NumberPair(found=found.numbers.found, limit=found.numbers.limit) if found.numbers else None,
    )


def risk_item(found: Risk) -> RiskItem:
    return RiskItem(
        score=found.score,
        signals=tuple(
            SignalItem(name=one.name, label=one.label, weight=one.weight, quote=_quote(one.span))
            for one in found.signals
        ),
    )


def _quote(span: Span | None) -> Quote | None:
    if span is None:
        return None
    label = labels(Kind.POSTING)[span.field]
    return Quote(field=span.field, label=label, start=span.start, end=span.end, text=span.text)
