"""Features to score, contributions and order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matching.market import Feature, Market
from models.matches import Contribution, D, Finding, Match, Pair, S


def rank(
    pairs: Iterable[Pair[D, S]], market: Market[D, S], *, k: int, cited: int | None = None
) -> tuple[Match[D, S], ...]:
    """The k best pairs, best first; equal scores in order of retrieval, then of id.

    Costly evidence is looked up for the first `cited` only, or for all.

    A score is the weighted mean of the features whose facts are there: what is missing is left out and
    said so, never counted as zero. Only where the market's least is not known does the rest give no points.
    """
    judged = [(pair, [feature.find(pair) for feature in market.features]) for pair in pairs]
    scored = [(score(market.features, findings, market.least_known), pair, findings) for pair, findings in judged]
    scored.sort(key=lambda entry: (-entry[0], -entry[1].candidate.score, entry[1].candidate.id))
    most = k if cited is None else cited
    return tuple(
        _match(pair, market, findings, cite=place < most) for place, (_, pair, findings) in enumerate(scored[:k])
    )


def score(features: Sequence[Feature[D, S]], findings: Sequence[Finding], least_known: float = 0.0) -> float:
    """The weighted sum of the values that are there over what they weigh, or over `least_known` if that is more.

    In [0, 1]; 0 when no fact is there.
    """
    weighed = zip(features, findings, strict=True)
    total = sum(feature.weight * finding.value for feature, finding in weighed if finding.value is not None)
    return total / _divisor(features, findings, least_known) if total else 0.0


def _divisor(features: Sequence[Feature[D, S]], findings: Sequence[Finding], least_known: float) -> float:
    weighed = zip(features, findings, strict=True)
    return max(sum(feature.weight for feature, finding in weighed if finding.value is not None), least_known)


def _match(pair: Pair[D, S], market: Market[D, S], findings: Sequence[Finding], *, cite: bool) -> Match[D, S]:
    divisor = _divisor(market.features, findings, market.least_known)
    contributions = tuple(
        _contribution(pair, feature, finding, divisor, cite=cite)
        for feature, finding in zip(market.features, findings, strict=True)
    )
    return Match(pair, score=sum(c.points for c in contributions), contributions=contributions)


def _contribution(
    pair: Pair[D, S], feature: Feature[D, S], finding: Finding, divisor: float, *, cite: bool
) -> Contribution:
    if cite and feature.cite and finding.value:
        finding = replace(finding, evidence=feature.cite(pair))
    weight = feature.weight / divisor if finding.value is not None else 0.0
    return Contribution(
        feature=feature.name,
        label=feature.label,
        value=finding.value,
        weight=weight,
        points=weight * (finding.value or 0.0),
        detail=finding.detail,
        evidence=finding.evidence,
        side=feature.side,
    )
