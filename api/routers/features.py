"""What every market scores by, in the open."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from fastapi import APIRouter

from api.answers import SIDES, SideName
from api.auth import allow
from api.deps import API, ServicesDep
from api.problems import problems
from matching.market import Market
from matching.policy import policies
from matching.training import Gap, training
from matching.weights import documented
from models.access import Action, System
from models.outcomes import Learned
from models.talents import Talent
from models.terms import Value

router = APIRouter(tags=["说明"], responses=problems(401, 403, 500, 503))


class Origin(StrEnum):
    """Where the weights in force come from."""

    DOCUMENTED = "documented"
    LEARNED = "learned"


class FeatureDescription(Value):
    """One reason and its share of the score."""

    name: str
    label: str
    side: SideName | None
    """Whose demands it speaks for, between postings and talents: the posting's or the person's."""
    weight: float
    """In force."""
    documented_weight: float
    """What the rules say; another weight was learned from outcomes."""
    description: str


class RequirementDescription(Value):
    """One hard requirement."""

    name: str
    label: str


class MarketDescription(Value):
    """How one kind of question is answered."""

    name: str
    label: str
    weights: Origin
    version: str | None
    """Of the learned weights; none for documented ones."""
    requirements: tuple[RequirementDescription, ...]
    features: tuple[FeatureDescription, ...]


@router.get(f"{API}/features", summary="匹配所用的特征与硬性条件", dependencies=[allow(Action.READ, System.SERVICE)])
def describe_features(services: ServicesDep) -> list[MarketDescription]:
    """Every market with its hard requirements, its features and their weights; nothing else enters a score."""
    matcher = services.matcher
    words_of = services.shelf.words_of
    today = services.today()
    nobody = matcher.draft(Talent())
    others: list[Market[Any, Any]] = [
        training(Gap((), {}), nobody, today, words_of),
        matcher.technology,
        policies(today, words_of),
        matcher.specialties,
    ]
    return [_described(matcher.documented_jobs, matcher.learned), *map(_described, others)]


def _described(market: Market[Any, Any], learned: Learned | None = None) -> MarketDescription:
    in_force = learned.weights if learned else documented(market)
    moved = in_force != documented(market)
    return MarketDescription(
        name=market.name,
        label=market.label,
        weights=Origin.LEARNED if moved else Origin.DOCUMENTED,
        version=learned.version if learned and moved else None,
        requirements=tuple(RequirementDescription(name=r.name, label=r.label) for r in market.requirements),
        features=tuple(
            FeatureDescription(
                name=f.name,
                label=f.label,
                side=SIDES[f.side],
                weight=round(in_force[f.name], 4),
                documented_weight=f.weight,
                description=_sentence(f.find),
            )
            for f in market.features
        ),
    )


def _sentence(find: Callable[..., Any]) -> str:
    """The first line of the feature's docstring."""
    bare = find.func if isinstance(find, partial) else find
    return (bare.__doc__ or "").strip().partition("\n")[0]
