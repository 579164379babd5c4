"""The market of policies: what government offers and the organisations it is meant for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import partial

from data import taxonomy
from matching.evidence import WordsOf, shared_words, within
from matching.likeness import between, text_likeness, word_share
from matching.market import Feature, Market, Requirement
from models.matches import Evidence, Finding, Pair
from models.organisations import Organisation
from models.policies import Condition, Fact, Operator, Policy
from models.terms import Kind, Record

PolicyPair = Pair[Policy, Organisation]


class Verdict(StrEnum):
    """Whether a condition holds; an unknown fact is never taken for a met condition."""

    MET = "符合"
    UNMET = "不符合"
    UNKNOWN = "待核实"


def policies(today: date, words_of: WordsOf) -> Market[Policy, Organisation]:
    """The market as of a day."""
    return Market(
        name="policies",
        label="政策推荐",
        demand=Kind.POLICY,
        supply=Kind.ORGANISATION,
        closed=partial(closed, today=today),
        requirements=(
            Requirement("audience", "适用对象", other_audience),
            Requirement("conditions", "申报条件", unmet_condition),
        ),
        features=(
            Feature("conditions", "条件符合", 0.60, conditions),
            Feature("text", "内容相近", 0.20, text_likeness),
            Feature("words", "用词相同", 0.10, word_share, cite=partial(shared_words, words_of=words_of)),
            Feature("urgency", "申报时间", 0.10, partial(urgency, today=today)),
        ),
    )


def verdict(condition: Condition, organisation: Organisation) -> tuple[Verdict, str]:
    """Whether the organisation meets the condition, and both values in Chinese."""
    held = _HELD[condition.fact](organisation)
    asked = _asked(condition)
    if held is None or held == ():
        return Verdict.UNKNOWN, f"{condition.fact}：要求{asked}，未填写"
    if condition.operator is Operator.ONE_OF:
        names = held if isinstance(held, tuple) else (str(held),)
        met = any(
            name.startswith(value) if _is_code(condition.fact) else name == value
            for name in names
            for value in condition.values
        )
        shown = "、".join(_named(condition.fact, name) for name in names)
    else:
        number = float(str(held))
        asked_number = condition.number or 0.0
        met = number >= asked_number if condition.operator is Operator.AT_LEAST else number <= asked_number
        shown = _number(condition.fact, number)
    return (Verdict.MET if met else Verdict.UNMET), f"{condition.fact}：要求{asked}，实为{shown}"


def closed(record: Record, *, today: date) -> str | None:
    closes = record.closes if isinstance(record, Policy) else None
    return f"申报已于 {closes} 截止" if closes and closes < today else None


def other_audience(pair: PolicyPair) -> str | None:
    audience, kind = pair.demand.record.audience, pair.supply.record.type.label
    return f"面向{'、'.join(audience)}" if audience and kind not in audience else None


def unmet_condition(pair: PolicyPair) -> str | None:
    for condition in pair.demand.record.conditions:
        result, detail = verdict(condition, pair.supply.record)
        if result is Verdict.UNMET:
            return detail
    return None


def conditions(pair: PolicyPair) -> Finding:
    """Share of the conditions that are known to be met."""
    asked = pair.demand.record.conditions
    if not asked:
        return Finding(None, "该政策尚未整理出可核对的条件，不计入")
    judged = [(condition, *verdict(condition, pair.supply.record)) for condition in asked]
    met = [detail for _, result, detail in judged if result is Verdict.MET]
    unknown = [detail for _, result, detail in judged if result is Verdict.UNKNOWN]
    parts = [f"{len(met)}/{len(asked)} 项条件符合"]
    parts += [f"待核实：{'；'.join(unknown)}"] if unknown else []
    quotes = tuple(span for condition, *_ in judged for span in within(pair.demand, "text", condition.quote))
    return Finding(len(met) / len(asked), "；".join(parts), Evidence(demand=quotes))


def urgency(pair: PolicyPair, *, today: date) -> Finding:
    """How soon the window closes: 1 within 30 days, falling to 0 at a year."""
    closes = pair.demand.record.closes
    if closes is None:
        return Finding(None, "未写申报截止日期，不计入")
    days = (closes - today).days
    if days < 0:
        return Finding(0.0, f"申报已于 {closes} 截止")
    return Finding(1 - between(days, 30, 365), f"申报截止 {closes}，还有 {days} 天")


_UNITS = {Fact.STAFF: "人", Fact.FOUNDED: "年", Fact.REVENUE: "元", Fact.INTERNS: "人", Fact.PATENTS: "项"}


def _number(fact: Fact, number: float) -> str:
    return f"{number:.0f}{_UNITS[fact]}" if fact is Fact.FOUNDED else f"{number:,.0f}{_UNITS[fact]}"


def _is_code(fact: Fact) -> bool:
    return fact in (Fact.INDUSTRY, Fact.DIVISION)


def _asked(condition: Condition) -> str:
    if condition.operator is Operator.ONE_OF:
        return f"属于{'、'.join(_named(condition.fact, value) for value in condition.values)}"
    return f"{condition.operator}{_number(condition.fact, condition.number or 0)}"


def _named(fact: Fact, value: str) -> str:
    if fact is Fact.INDUSTRY:
        return taxonomy.industry_label(value)
    return taxonomy.division_label(value) if fact is Fact.DIVISION else value


_HELD: dict[Fact, Callable[[Organisation], object]] = {
    Fact.TYPE: lambda organisation: organisation.type.label,
    Fact.INDUSTRY: lambda organisation: organisation.industry,
    Fact.DIVISION: lambda organisation: organisation.division,
    Fact.STAFF: lambda organisation: organisation.staff,
    Fact.FOUNDED: lambda organisation: organisation.founded,
    Fact.REVENUE: lambda organisation: organisation.revenue,
    Fact.INTERNS: lambda organisation: organisation.interns,
    Fact.PATENTS: lambda organisation: organisation.patents,
    Fact.QUALIFICATION: lambda organisation: organisation.qualifications,
}
