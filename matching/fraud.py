"""How likely a posting is a fraud, for the reviewer: named signals whose weights add up to the score.

The weights are judgements, not fitted: there is no public set of postings that were found to be frauds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexing.clauses import itemised
from indexing.unlawful import suspicions
from models.lawful import Finding, Risk, Signal
from models.matches import Span
from models.postings import Posting
from models.terms import Education

_OF_RULES: dict[str, float] = {
    "training-loan": 0.5,
    "pyramid": 0.5,
    "brushing": 0.5,
    "gambling": 0.4,
    "fee": 0.4,
    "intern-fee": 0.4,
    "seizure": 0.4,
    "training-disguised": 0.3,
    "franchise-disguised": 0.3,
    "service-disguised": 0.3,
    "bait-promise": 0.2,
    "bait-pay": 0.15,
    "fake-authority": 0.15,
    "repost-source": 0.1,
    "element-work": 0.1,
    "element-employer": 0.1,
}
"""Rule → what breaking it adds, however often it is broken."""
_OF_WORDS: dict[str, tuple[str, float]] = {
    "abroad": ("境外高风险地区", 0.3),
    "home": ("居家日结", 0.2),
    "effortless": ("不劳而获的说法", 0.15),
    "elsewhere": ("引到平台之外联系", 0.1),
}
"""Wording that breaks no rule → its label and weight."""
_HIGH = 20_000
"""CNY per month from which on pay without any condition is suspicious: nine in ten real postings without education
and experience pay less."""


def risk(posting: Posting, findings: Iterable[Finding]) -> Risk:
    """The signals, heaviest first, each once."""
    found = {
        signal.name: signal for signal in reversed([*_of_findings(findings), *_of_text(posting), *_of_pay(posting)])
    }
    return Risk(tuple(sorted(found.values(), key=lambda one: (-one.weight, one.name))))


def _of_findings(findings: Iterable[Finding]) -> Iterator[Signal]:
    for finding in findings:
        weight = _OF_RULES.get(finding.rule.name)
        if weight:
            yield Signal(finding.rule.name, finding.rule.label, weight, finding.span)


def _of_text(posting: Posting) -> Iterator[Signal]:
    for name, start, end in suspicions(itemised(posting.description)):
        label, weight = _OF_WORDS[name]
        yield Signal(name, label, weight, Span("description", start, end, posting.description[start:end]))


def _of_pay(posting: Posting) -> Iterator[Signal]:
    unconditional = posting.education in (None, Education.ANY) and not posting.experience_years
    asks_nothing = not (posting.required_skills or posting.required_certificates or posting.skill_level)
    if posting.salary and posting.salary.low >= _HIGH and unconditional and asks_nothing:
        shown = posting.salary.label
        yield Signal("pay", "没有条件的高薪", 0.2, Span("salary", 0, len(shown), shown))
