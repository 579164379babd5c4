"""Features to score, contributions and order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matching.market import Feature
from models.matches import Contribution, D, Finding, Match, Pair, S


def rank(pairs: Iterable[Pair[D, S]], features: Sequence[Feature[D, S]], *, k: int) -> tuple[Match[D, S], ...]:
    """The k best pairs, best first; equal scores in order of retrieval, then of id.

    A score is the weighted mean of the features whose facts are there: what is missing is left out and
    said so, never counted as zero.
    """
    judged = [(pair, [feature.find(pair) for feature in features]) for pair in pairs]
    scored = [(score(features, findings), pair, findings) for pair, findings in judged]
    scored.sort(key=lambda entry: (-entry[0], -entry[1].candidate.score, entry[1].candidate.id))
    return tuple(_match(pair, features, findings) for _, pair, findings in scored[:k])


def score(features: Sequence[Feature[D, S]], findings: Sequence[Finding]) -> float:
    """The weighted mean of the values that are there, in [0, 1]; 0 when none is."""
    total = weight = 0.0
    for feature, finding in zip(features, findings, strict=True):
        if finding.value is not None:
            total += feature.weight * finding.value
            weight += feature.weight
    return total / weight if weight else 0.0


def _match(pair: Pair[D, S], features: Sequence[Feature[D, S]], findings: Sequence[Finding]) -> Match[D, S]:
    present = sum(f.weight for f, finding in zip(features, findings, strict=True) if finding.value is not None)
    contributions = tuple(
        _contribution(pair, feature, finding, present) for feature, finding in zip(features, findings, strict=True)
    )
    return Match(pair, score=sum(c.points for c in contributions), contributions=contributions)


def _contribution(pair: Pair[D, S], feature: Feature[D, S], finding: Finding, present: float) -> Contribution:
    if feature.cite and finding.value:
        finding = replace(finding, evidence=feature.cite(pair))
    weight = feature.weight / present if finding.value is not None else 0.0
    return Contribution(
        feature=feature.name,
        label=feature.label,
        value=finding.value,
        weight=weight,
        points=weight * (finding.value or 0.0),
        detail=finding.detail,
        evidence=finding.evidence,
    )
