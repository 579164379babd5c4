"""What goes over the wire when somebody asks why there is no match."""

from __future__ import annotations

from typing import Any

from api.answers import Summary, shares, summary
from matching.nomatch import CRITERION, Barrier, NoMatch, Option
from matching.relax import Change
from matching.whynot import Difference, Remedy, State, WhyNot
from models.matches import Document
from models.terms import Value


class BarrierItem(Value):
    """What one hard requirement removes, among all open talents and among the suitable ones."""

    requirement: str
    label: str
    removed: int
    """People who fail it and none before it; over all requirements these add up."""
    removed_alone: int
    """People who fail nothing else."""
    suitable_removed: int
    suitable_removed_alone: int
    suitable_fixed: int
    """Suitable people whom it removes however far the posting is relaxed."""
    example: str


class ChangeItem(Value):
    """One field of the posting relaxed."""

    field: str
    label: str
    asked: str
    instead: str
    steps: int
    advice: str


class OptionItem(Value):
    """One way of relaxing the posting, and what it brings."""

    changes: tuple[ChangeItem, ...]
    steps: int
    gain: int
    """How many more suitable people meet every requirement."""
    suitable: int
    """How many do then."""
    best_score: float | None
    """The highest score among those who are new."""


class NoMatchAnswer(Value):
    """Where the people are who do not match a posting, and what would let them in."""

    posting: Summary
    closed: str | None
    criterion: str
    """Who counts as suitable, in Chinese."""
    k: int
    talents: int
    """Open talents, all of them judged."""
    remaining: int
    """Those who meet every requirement."""
    suitable: int
    suitable_remaining: int
    best_score: float | None
    barriers: tuple[BarrierItem, ...]
    smallest: OptionItem | None
    """The smallest relaxation that gains k suitable people; None when none does."""
    options: tuple[OptionItem, ...]
    """By gain per step, highest first."""
    most_gain: int
    """Suitable people gained when all that can be relaxed is."""


class LackItem(Value):
    """A hard requirement that is not met."""

    requirement: str
    label: str
    detail: str


class RivalItem(Value):
    """The posting that this one is compared with."""

    rank: int
    record: Summary
    score: float


class DifferenceItem(Value):
    """How much more one feature gives to the other posting."""

    feature: str
    label: str
    lost: float
    points: float
    other_points: float
    detail: str
    other_detail: str


class RemedyItem(Value):
    """One change of the profile that helps, tried through the whole pipeline."""

    advice: str
    rank: int
    ranked: int
    score: float


class WhyNotAnswer(Value):
    """Where a posting stands for a person, what keeps it there, and what would lift it."""

    talent: Summary
    posting: Summary
    state: State
    explanation: str
    k: int
    rank: int | None
    ranked: int
    score: float
    """What the pair scores, whether or not it is ranked."""
    closed: str | None
    lacks: tuple[LackItem, ...]
    rival: RivalItem | None
    differences: tuple[DifferenceItem, ...]
    """What costs most first; they add up to the difference of the two scores."""
    remedies: tuple[RemedyItem, ...]
    """Best first."""


def no_match_answer(posting: Document[Any], found: NoMatch, *, k: int) -> NoMatchAnswer:
    """The answer as it is sent."""
    return NoMatchAnswer(
        posting=summary(posting),
        closed=found.closed,
        criterion=CRITERION,
        k=k,
        talents=found.talents,
        remaining=found.remaining,
        suitable=found.suitable,
        suitable_remaining=found.suitable_remaining,
        best_score=_rounded(found.best),
        barriers=tuple(map(_barrier, found.barriers)),
        smallest=_option(found.smallest) if found.smallest else None,
        options=tuple(map(_option, found.options)),
        most_gain=found.most,
    )


def why_not_answer(talent: Document[Any], posting: Document[Any], found: WhyNot) -> WhyNotAnswer:
    """The answer as it is sent."""
    standing, rival = found.standing, None
    if found.rival and found.rival_rank:
        rival = RivalItem(
            rank=found.rival_rank, record=summary(found.rival.pair.demand), score=round(found.rival.score, 4)
        )
    return WhyNotAnswer(
        talent=summary(talent),
        posting=summary(posting),
        state=standing.state,
        explanation=standing.sentence,
        k=found.k,
        rank=standing.rank,
        ranked=standing.ranked,
        score=round(standing.score, 4),
        closed=standing.closed,
        lacks=tuple(LackItem(requirement=x.requirement, label=x.label, detail=x.detail) for x in standing.lacks),
        rival=rival,
        differences=_differences(found.differences),
        remedies=tuple(map(_remedy, found.remedies)),
    )


def _barrier(barrier: Barrier) -> BarrierItem:
    return BarrierItem(
        requirement=barrier.requirement,
        label=barrier.label,
        removed=barrier.first,
        removed_alone=barrier.alone,
        suitable_removed=barrier.suitable_first,
        suitable_removed_alone=barrier.suitable_alone,
        suitable_fixed=barrier.stays,
        example=barrier.example,
    )


def _option(option: Option) -> OptionItem:
    return OptionItem(
        changes=tuple(map(_change, option.changes)),
        steps=option.steps,
        gain=option.gain,
        suitable=option.suitable,
        best_score=_rounded(option.best),
    )


def _change(change: Change) -> ChangeItem:
    return ChangeItem(
        field=change.field,
        label=change.label,
        asked=change.asked,
        instead=change.instead,
        steps=change.steps,
        advice=change.advice,
    )


def _differences(differences: tuple[Difference, ...]) -> tuple[DifferenceItem, ...]:
    points = shares([one.points for one in differences])
    others = shares([one.others for one in differences])
    return tuple(
        DifferenceItem(
            feature=one.feature,
            label=one.label,
            lost=round(theirs - ours, 4),
            points=ours,
            other_points=theirs,
            detail=one.detail,
            other_detail=one.others_detail,
        )
        for one, ours, theirs in zip(differences, points, others, strict=True)
    )


def _remedy(remedy: Remedy) -> RemedyItem:
    return RemedyItem(advice=remedy.advice, rank=remedy.rank, ranked=remedy.ranked, score=round(remedy.score, 4))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
