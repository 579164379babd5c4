"""What goes over the wire: records as anyone may see them, matches with their reasons, receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import create_model

from data import taxonomy
from data.ingest.columns import label as heading_of
from data.store import Outcome, Version
from indexing.text import FIELDS, NAMES_OF_MEMBERS, labels
from matching.disclosure import UNDER
from matching.search import Hit
from matching.specialties import Advice, Outlook
from matching.training import Gap
from models.changes import record_changes
from models.errors import NotFound
from models.matches import Answer, Contribution, Discrimination, Document, Match, Pair, Side, Span
from models.privacy import Sensitive
from models.records import RECORDS
from models.specialties import Cohort, Programme
from models.terms import Kind, Record, Salary, Value
from models.traits import Trait

W = TypeVar("W", bound=Value)

MASKED: dict[Kind, frozenset[str]] = {Kind.TALENT: frozenset({"name", "contact", "source"})}
"""Fields that no list, search or match shows: a person's name and contact, and the source, whose id is often a
student number. Who may see the first two asks for the identity."""


def _public(kind: Kind) -> type[Value]:
    """The record's class without its masked fields."""
    whole = RECORDS[kind]
    if kind not in MASKED:
        return whole
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in whole.model_fields.items() if name not in MASKED[kind]
    }
    return cast("type[Value]", create_model(f"Public{whole.__name__}", __base__=Value, __doc__=whole.__doc__, **fields))


SHAPES: dict[Kind, type[Value]] = {kind: _public(kind) for kind in Kind}
"""What a record of each kind looks like to everyone."""


def public(record: Record) -> Value:
    """The record without its masked fields; of a programme without the years of a few persons."""
    if isinstance(record, Programme):
        return record.model_copy(update={"cohorts": tuple(one for one in record.cohorts if not _small(one))})
    if record.kind not in MASKED:
        return record
    return SHAPES[record.kind].model_validate(record.model_dump(exclude=set(MASKED[record.kind])))


def with_masked(record: Record, stored: Record) -> Record:
    """The record with the stored masked fields where it sends none: whoever edits what is shown erases nothing."""
    if isinstance(record, Programme) and isinstance(stored, Programme):
        sent = {one.year for one in record.cohorts}
        kept = tuple(one for one in stored.cohorts if _small(one) and one.year not in sent)
        return record.model_copy(update={"cohorts": (*record.cohorts, *kept)})
    unsent = MASKED.get(record.kind, frozenset()) - record.model_fields_set
    return record.model_copy(update={name: getattr(stored, name) for name in unsent})


def _small(cohort: Cohort) -> bool:
    return 0 < cohort.graduates < UNDER or 0 < (cohort.enrolled or 0) < UNDER


class Detail(Value):
    """One line of a summary."""

    field: str
    label: str
    value: str


class Summary(Value):
    """A record in a few lines; never a person's name."""

    kind: Kind
    id: int
    title: str
    facts: tuple[Detail, ...]


class Identity(Value):
    """Who a talent is."""

    id: int
    name: str | None
    contact: str | None


class Entry(Value, Generic[W]):
    """A stored record."""

    id: int
    revision: int
    record: W


class Page(Value, Generic[W]):
    """Some of the records, newest first."""

    items: tuple[Entry[W], ...]
    total: int
    offset: int
    limit: int


class FieldChangeItem(Value):
    """A field that says something else than in the version before; null is a value that was not there."""

    field: str
    label: str
    before: Any
    after: Any


class PastVersion(Value, Generic[W]):
    """One state that a record had, and what it changed."""

    revision: int
    at: datetime
    withdrawn: bool
    record: W | None
    changes: tuple[FieldChangeItem, ...]
    """Empty for a withdrawal."""


class Receipt(Value):
    """What saving did."""

    id: int
    revision: int
    outcome: Outcome
    masked: dict[Sensitive, int]
    """How often each was taken out of the record's texts before they were stored, such as 手机号: 1."""


class Withdrawal(Value):
    """The revision that took the record out of every answer."""

    id: int
    revision: int


SideName = Literal["fit", "wish"]
SIDES: dict[Side | None, SideName | None] = {Side.DEMAND: "fit", Side.SUPPLY: "wish", None: None}
"""Whose demands a reason speaks for: the posting's, which the person fits, or the person's wish."""


class Quote(Value):
    """Words of a record that a reason rests on: `text` stands in the field from `start` to `end`.

    A field that holds a value and no text, such as pay, is quoted as a Chinese reader sees it: 5,000–7,000 元/月.
    """

    field: str
    label: str
    """The field's Chinese name."""
    start: int
    end: int
    text: str


class Grounds(Value):
    """The quoted words on both sides."""

    demand: tuple[Quote, ...]
    supply: tuple[Quote, ...]


class Reason(Value):
    """One feature's part of the score."""

    feature: str
    label: str
    side: SideName | None
    """Which side of the match it belongs to; None in markets where only one side asks for anything."""
    value: float | None
    weight: float
    """Share of the score that it decides; together 1, or less where too little is known to score all points."""
    points: float
    detail: str
    evidence: Grounds


class MatchItem(Value):
    """One match; the points of its contributions add up to its score, to the last of four digits."""

    rank: int
    record: Summary
    score: float
    fit: float | None
    """How well the person meets what the posting asks, in [0, 1]; None when nothing is known of it, and elsewhere
    than between postings and talents."""
    wish: float | None
    """How well the posting meets what the person wants; the score is the mean of both, each by its weights."""
    chance: float | None
    """How often pairs with this score were accepted by both sides; only between postings and talents, and only once
    outcomes suffice to tell."""
    contributions: tuple[Reason, ...]


class Removed(Value):
    """How many candidates a hard requirement or a filter removed, and what one of them lacked."""

    requirement: str
    label: str
    count: int
    example: str


class UnlawfulDemand(Value):
    """A demand on the person that the posting may not make; no score depends on it."""

    trait: Trait
    quote: Quote
    law: str
    message: str
    """All of it in one Chinese line."""


class MatchAnswer(Value):
    """Matches best first, and what happened on the way to them."""

    query: Summary | None
    """None when the question was not about a stored record."""
    unlawful: tuple[UnlawfulDemand, ...] = ()
    """What the asking posting demands of people against the law."""
    items: tuple[MatchItem, ...]
    retrieved: int
    removals: tuple[Removed, ...]


class MissingSkill(Value):
    """A skill that the target asks for and the person lacks."""

    skill: str
    weight: float
    """How much it counts, in (0, 1]."""


class SkillGap(Value):
    """What stands between the person and the target."""

    held: tuple[str, ...]
    missing: tuple[MissingSkill, ...]


class TrainingAnswer(MatchAnswer):
    """The gap to the target, and the courses that close most of it."""

    target: str
    gap: SkillGap


class Highlight(Value):
    """A stretch of the text beside it that the query's words hit."""

    start: int
    end: int


class Snippet(Value):
    """A piece of one field, with what was searched for marked in it."""

    field: str
    label: str
    text: str
    highlights: tuple[Highlight, ...]


class SearchItem(Value):
    """One record that was found."""

    rank: int
    record: Summary
    score: float
    snippet: Snippet


class SearchAnswer(Value):
    """Records best first."""

    q: str
    items: tuple[SearchItem, ...]


class Month(Value):
    """Demand published in one month."""

    month: str
    postings: int
    headcount: int


class OutlookAnswer(Value):
    """Demand for a programme against its graduates, with a first recommendation and what it rests on."""

    programme: Summary
    advice: Advice
    reason: str
    months: tuple[Month, ...]
    undated: int
    demand: int
    before: int
    trend: float | None
    graduates: int | None
    """None, like supply, when they are so few that it is not published."""
    supply: int | None
    ratio: float | None
    linked: int
    """How many postings count as demand for the programme."""
    evidence: tuple[MatchItem, ...]
    """The first of them."""


class SchoolOutlook(Value):
    """Every programme of a school."""

    school: Summary
    programmes: tuple[OutlookAnswer, ...]


def summary(document: Document[Record]) -> Summary:
    """The record in a few lines."""
    record = document.record
    facts = ((field, label, _said(record, field)) for field, label in _FACTS[record.kind])
    return Summary(
        kind=record.kind,
        id=document.id,
        title=_title(document),
        facts=tuple(Detail(field=field, label=label, value=value) for field, label, value in facts if value),
    )


def entry(document: Document[Record]) -> dict[str, object]:
    """An Entry of whatever kind."""
    return {"id": document.id, "revision": document.revision, "record": public(document.record)}


def past_versions(kind: Kind, id: int, versions: Sequence[Version]) -> list[dict[str, object]]:
    """PastVersions of the record, oldest first; of a person who withdrew, only that there were some.

    Raises NotFound when the id holds another kind.
    """
    known = [version.record for version in versions if version.record]
    if not known or known[-1].kind != kind:
        raise NotFound(f"没有编号为 {id} 的{kind.label}")
    gone = kind in MASKED and versions[-1].record is None
    states = [public(version.record) if version.record and not gone else None for version in versions]
    return [
        {
            "revision": version.revision,
            "at": version.at,
            "withdrawn": version.record is None,
            "record": state,
            "changes": _changes(kind, before, state) if state else (),
        }
        for version, state, before in zip(versions, states, [None, *states], strict=False)
    ]


def _changes(kind: Kind, before: Value | None, after: Value) -> tuple[FieldChangeItem, ...]:
    return tuple(
        FieldChangeItem(field=one.field, label=field_label(one.field, kind), before=one.before, after=one.after)
        for one in record_changes(before, after)
    )


def field_label(field: str, kind: Kind) -> str:
    """The field's Chinese name; its own where it has none."""
    return _LABELS.get(field) or labels(kind).get(field) or heading_of(field, kind)


_LABELS = {
    "source": "来源",
    "organisation_id": "单位编号",
    "provider_id": "单位编号",
    "school_id": "学校编号",
    "expected_salary": "期望薪资",
    "expected_divisions": "期望地区",
    "division": "行政区划",
}
"""Fields that no text and no column of a file is called by."""


def heading(document: Document[Record]) -> str:
    """The record's title and who published it, as lists are filtered by."""
    member = next((document.texts[field] for field in NAMES_OF_MEMBERS if field in document.texts), "")
    return f"{_title(document)}\n{member}"


def match_answer(query: Document[Any], answer: Answer[Any, Any], *, chance: Chance | None = None) -> MatchAnswer:
    """The answer as it is sent, with the chance that each score stands for, if that is known."""
    return MatchAnswer(
        query=_query(query),
        unlawful=tuple(_unlawful(query, found) for found in query.facts.discrimination),
        items=_items(query.kind, answer.matches, chance),
        **_course_of(answer),
    )


def training_answer(talent: Document[Any], target: str, gap: Gap, answer: Answer[Any, Any]) -> TrainingAnswer:
    """The gap and the courses as they are sent."""
    missing = tuple(MissingSkill(skill=skill, weight=weight) for skill, weight in gap.missing.items())
    return TrainingAnswer(
        query=_query(talent),
        target=target,
        gap=SkillGap(held=gap.held, missing=missing),
        items=_items(Kind.POSTING, answer.matches),
        **_course_of(answer),
    )


def outlook_answer(found: Outlook, *, shown: int) -> OutlookAnswer:
    """The outlook as it is sent, with the first `shown` of its postings."""
    return OutlookAnswer(
        programme=summary(found.programme),
        advice=found.advice,
        reason=found.reason,
        months=tuple(Month(month=m.month, postings=m.postings, headcount=m.headcount) for m in found.months),
        undated=found.undated,
        demand=found.demand,
        before=found.before,
        trend=_rounded(found.trend),
        graduates=found.graduates,
        supply=found.supply,
        ratio=_rounded(found.ratio),
        linked=len(found.evidence),
        evidence=_items(Kind.PROGRAMME, found.evidence[:shown]),
    )


def search_answer(q: str, hits: Iterable[Hit]) -> SearchAnswer:
    """The hits as they are sent."""
    return SearchAnswer(q=q, items=tuple(_search_item(rank, hit) for rank, hit in enumerate(hits, 1)))


def shares(parts: Sequence[float]) -> list[float]:
    """The parts in steps of 0.0001, rounded so that they add up to their rounded sum (largest remainders)."""
    steps = [max(part, 0.0) * _STEPS for part in parts]
    whole = [int(step) for step in steps]
    left = round(sum(steps)) - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda place: whole[place] - steps[place])
    for place in by_remainder[:left]:
        whole[place] += 1
    return [count / _STEPS for count in whole]


Chance = Callable[[float], float]
"""Score → chance, as `Matcher.chance` gives it."""

_STEPS = 10_000
_SILENT = frozenset({"secrecy"})
"""Requirements whose removals are not told: they would say that a private need exists."""


def _query(document: Document[Any]) -> Summary | None:
    return summary(document) if document.id else None


def _unlawful(query: Document[Any], found: Discrimination) -> UnlawfulDemand:
    quote = _quote(query, found.span)
    return UnlawfulDemand(trait=found.trait, quote=quote, law=found.trait.law, message=found.message)


def _course_of(answer: Answer[Any, Any]) -> dict[str, Any]:
    """How many were retrieved and what became of them, as if secret records did not exist."""
    told = [removal for removal in answer.removals if removal.requirement not in _SILENT]
    secret = sum(removal.count for removal in answer.removals) - sum(removal.count for removal in told)
    removals = tuple(Removed(requirement=r.requirement, label=r.label, count=r.count, example=r.example) for r in told)
    return {"retrieved": answer.retrieved - secret, "removals": removals}


def _items(asking: Kind, matches: Iterable[Match[Any, Any]], chance: Chance | None = None) -> tuple[MatchItem, ...]:
    """The matches as seen from the side that asks."""
    return tuple(_item(rank, asking, match, chance) for rank, match in enumerate(matches, 1))


def _item(rank: int, asking: Kind, match: Match[Any, Any], chance: Chance | None) -> MatchItem:
    other = match.pair.supply if match.pair.demand.kind == asking else match.pair.demand
    points = shares([c.points for c in match.contributions])
    weights = shares([c.weight for c in match.contributions])
    return MatchItem(
        rank=rank,
        record=summary(other),
        score=round(sum(points), 4),
        fit=_rounded(match.fit(Side.DEMAND)),
        wish=_rounded(match.fit(Side.SUPPLY)),
        chance=_rounded(chance(match.score)) if chance else None,
        contributions=tuple(
            _reason(match.pair, *parts) for parts in zip(match.contributions, weights, points, strict=True)
        ),
    )


def _reason(pair: Pair[Any, Any], contribution: Contribution, weight: float, points: float) -> Reason:
    return Reason(
        feature=contribution.feature,
        label=contribution.label,
        side=SIDES[contribution.side],
        value=_rounded(contribution.value),
        weight=weight,
        points=points,
        detail=contribution.detail,
        evidence=Grounds(
            demand=_quotes(pair.demand, contribution.evidence.demand),
            supply=_quotes(pair.supply, contribution.evidence.supply),
        ),
    )


def _quotes(document: Document[Record], spans: Iterable[Span]) -> tuple[Quote, ...]:
    return tuple(_quote(document, span) for span in spans)


def _quote(document: Document[Record], span: Span) -> Quote:
    label = labels(document.kind)[span.field]
    return Quote(field=span.field, label=label, start=span.start, end=span.end, text=span.text)


def _search_item(rank: int, hit: Hit) -> SearchItem:
    highlights = tuple(Highlight(start=start, end=end) for start, end in hit.snippet.highlights)
    field = hit.snippet.field
    return SearchItem(
        rank=rank,
        record=summary(hit.document),
        score=round(hit.score, 4),
        snippet=Snippet(
            field=field,
            label=FIELDS[hit.document.kind].get(field, ""),
            text=hit.snippet.text,
            highlights=highlights,
        ),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


_TITLES = {
    Kind.ORGANISATION: "name",
    Kind.POSTING: "title",
    Kind.COURSE: "name",
    Kind.NEED: "title",
    Kind.OFFER: "title",
    Kind.POLICY: "title",
    Kind.PROGRAMME: "name",
    Kind.PLAN: "title",
    Kind.NOTICE: "title",
}


def _title(document: Document[Record]) -> str:
    """What the record is called; a person is called by what they seek or studied."""
    if document.kind in _TITLES:
        return str(getattr(document.record, _TITLES[document.kind]))
    sought = document.texts.get("expected_positions") or document.texts.get("specialty")
    return sought or f"{document.kind.label} {document.id}"


_FACTS: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.ORGANISATION: (("type", "单位类型"), ("place", "所在地"), ("staff", "职工人数"), ("products", "产品")),
    Kind.POSTING: (
        ("organisation", "用人单位"),
        ("employment", "用工形式"),
        ("education", "学历要求"),
        ("salary", "薪资"),
        ("place", "工作地点"),
        ("headcount", "招聘人数"),
        ("published", "发布日期"),
    ),
    Kind.TALENT: (
        ("school", "学校"),
        ("specialty", "所学专业"),
        ("level", "办学层次"),
        ("graduation", "毕业时间"),
        ("skill_level", "技能等级"),
        ("seeking", "求职类型"),
        ("place", "所在地"),
    ),
    Kind.COURSE: (
        ("provider", "开课单位"),
        ("hours", "学时"),
        ("price", "费用"),
        ("mode", "授课方式"),
        ("starts", "开课日期"),
        ("place", "上课地点"),
    ),
    Kind.NEED: (
        ("organisation", "需求单位"),
        ("fields", "技术领域"),
        ("deadline", "截止日期"),
        ("place", "所在地"),
    ),
    Kind.OFFER: (
        ("organisation", "供给单位"),
        ("type", "供给类型"),
        ("fields", "技术领域"),
        ("maturity", "技术就绪度"),
    ),
    Kind.POLICY: (
        ("issuer", "发布机关"),
        ("document_number", "文号"),
        ("instruments", "政策工具"),
        ("amount", "最高金额"),
        ("closes", "申报截止"),
    ),
    Kind.PROGRAMME: (("school", "学校"), ("level", "培养层次"), ("code", "专业代码"), ("occupations", "面向职业")),
    Kind.PLAN: (
        ("organisation", "发布单位"),
        ("type", "类型"),
        ("chain", "产业链"),
        ("scope", "范围"),
        ("ends", "期间截止"),
    ),
    Kind.NOTICE: (
        ("organisation", "发布单位"),
        ("type", "类型"),
        ("form", "合作类型"),
        ("scale", "规模"),
        ("headcount", "人数"),
        ("ends", "截止日期"),
    ),
}


def _said(record: Record, field: str) -> str:
    """The field in words; empty when the record does not say."""
    value = getattr(record, field)
    if field == "place" and not value:
        code = getattr(record, "division", None)
        return taxonomy.division_label(code) if code else ""
    if field == "occupations":
        return "、".join(map(taxonomy.occupation_label, value))
    if isinstance(value, Salary):
        return value.label
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)
