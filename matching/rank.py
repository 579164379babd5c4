"""Features to score, contributions and order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matching.market import Feature
from models.matches import Contribution, D, Finding, Match, Pair, S


def rank(
    pairs: Iterable[Pair[D, S]], features: Sequence[Feature[D, S]], *, k: int, cited: int | None = None
) -> tuple[Match[D, S], ...]:
    """The k best pairs, best first; equal scores in order of retrieval, then of id.

    Costly evidence is looked up for the first `cited` only, or for all.

    A score is the weighted mean of the features whose facts are there: what is missing is left out and
    said so, never counted as zero.
    """
    judged = [(pair, [feature.find(pair) for feature in features]) for pair in pairs]
    scored = [(score(features, findings), pair, findings) for pair, findings in judged]
    scored.sort(key=lambda entry: (-entry[0], -entry[1].candidate.score, entry[1].candidate.id))
    most = k if cited is None else cited
    return tuple(
        _match(pair, features, findings, cite=place < most) for place, (_, pair, findings) in enumerate(scored[:k])
    )


def score(features: Sequence[Feature[D, S]], findings: Sequence[Finding]) -> float:
    """The weighted mean of the values that are there, in [0, 1]; 0 when none is."""
    total = weight = 0.0
    for feature, finding in zip(features, findings, strict=True):
        if finding.value is not None:
            total += feature.weight * finding.value
            weight += feature.weight
    return total / weight if weight else 0.0


def _match(
    pair: Pair[D, S], features: Sequence[Feature[D, S]], findings: Sequence[Finding], *, cite: bool
) -> Match[D, S]:
    present = sum(f.weight for f, finding in zip(features, findings, strict=True) if finding.value is not None)
    contributions = tuple(
        _contribution(pair, feature, finding, present, cite=cite)
        for feature, finding in zip(features, findings, strict=True)
    )
    return Match(pair, score=sum(c.points for c in contributions), contributions=contributions)


def _contribution(
    pair: Pair[D, S], feature: Feature[D, S], finding: Finding, present: float, *, cite: bool
) -> Contribution:
    if cite and feature.cite and finding.value:
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
        side=feature.side,
    )
