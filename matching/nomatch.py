"""Why a posting finds nobody: what each hard requirement removes, and the least that would have to be relaxed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import compress, product

import numpy as np

from indexing.encode import Vector
from indexing.shelf import Section
from indexing.text import texts
from matching.likeness import SAME_THING, SAME_TRADE
from matching.market import Market, Requirement
from matching.matcher import DEPTH, Matcher
from matching.rank import rank
from matching.relax import Change, ladders, relaxed
from matching.retrieve import retrieve
from models.matches import Document, Pair
from models.postings import Posting
from models.talents import Talent

JobPair = Pair[Posting, Talent]
Jobs = Market[Posting, Talent]

AKIN = 0.4
"""Likeness of names from which two are called 相近."""
SHARE, AT_LEAST = 0.5, 2
"""Share of the skills asked for, and how many of them, that make up for a wish that is less alike."""
CRITERION = (
    f"期望岗位（未填写时看所学专业）与岗位名称的相近程度不低于 {AKIN:.0%}（互不相干的名称为 0，同一名称为 100%）；"
    f"或期望岗位与岗位名称有些相近（或没有填写期望岗位），且具备岗位所写技能的 {SHARE:.0%} 以上、不少于 {AT_LEAST} 项"
)
"""Who counts as suitable, for the reader of an answer."""
MOST_OPTIONS = 6
"""Ways of relaxing that an answer tells: more would not be read."""


@dataclass(frozen=True, slots=True)
class Barrier:
    """What one hard requirement removes, among all open talents and among the suitable ones."""

    requirement: str
    label: str
    first: int
    """People who fail it and none before it: over all requirements these add up to those removed."""
    alone: int
    """People who fail it and nothing else."""
    suitable_first: int
    suitable_alone: int
    stays: int
    """Suitable people whom it removes however far the posting is relaxed."""
    example: str
    """What one of those removed lacked, without naming anyone."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way of relaxing the posting, and what it brings."""

    changes: tuple[Change, ...]
    posting: Posting
    """The posting with the changes made."""
    gain: int
    """How many more suitable people meet every requirement."""
    suitable: int
    """How many do then."""
    best: float | None
    """The highest score among those who are new, in [0, 1]."""

    @property
    def steps(self) -> int:
        return sum(change.steps for change in self.changes)


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Where the people are who do not match a posting, and what would let them in."""

    closed: str | None
    """Why the posting takes no more answers; None while it does."""
    talents: int
    """Open talents, all of them judged."""
    remaining: int
    """Those who meet every requirement."""
    suitable: int
    suitable_remaining: int
    best: float | None
    """The highest score among suitable people who meet every requirement."""
    barriers: tuple[Barrier, ...]
    """In order of screening; requirements that remove nobody are left out."""
    smallest: Option | None
    """Fewest fields relaxed, then fewest steps, then most gained; None when nothing gains enough."""
    options: tuple[Option, ...]
    """By gain per step, highest first. Each gains more than any other that asks for no more steps of any field."""
    most: int
    """Suitable people gained when all that can be relaxed is."""


def no_match(matcher: Matcher, posting: Document[Posting], *, k: int = 1) -> NoMatch:
    """What each requirement removes among all open talents, and the ways of relaxing that gain k suitable people."""
    market = matcher.jobs
    everyone, suitable = _everyone(matcher, market, posting)
    failed = [_failed(pair, market.requirements) for pair in everyone]
    crowd = list(compress(everyone, suitable))
    search = _Search(matcher, market, posting, crowd)
    passing = _passing(market, crowd)
    crowds = _Crowds(matcher, market, posting, crowd)
    tried = [_option(market, posting.record, crowds, passing, changes) for changes in search.worthwhile(k)]
    options = [option for option in tried if option.gain >= k]
    return NoMatch(
        closed=market.closed(posting.record),
        talents=len(everyone),
        remaining=failed.count(()),
        suitable=len(crowd),
        suitable_remaining=len(passing),
        best=_best(market, passing),
        barriers=_barriers(market, everyone, failed, suitable, search.stays),
        smallest=min(options, key=lambda o: (len(o.changes), o.steps, -o.gain), default=None),
        options=tuple(sorted(options, key=lambda o: (-o.gain / o.steps, o.steps)))[:MOST_OPTIONS],
        most=search.most,
    )


def is_suitable(talent: Document[Talent], asked: Collection[str], likeness: float) -> bool:
    """Whether the person is of the posting's trade, by wish or by skills, whatever the requirements say.

    `asked` are the posting's skills, `likeness` is that of what the two are called, in [0, 1]. Nothing but the
    trade counts, so that relaxing a requirement lets in nobody of another one. Skills do not make up for a
    wish that lies elsewhere: a nurse who wants to edit films is believed.
    """
    if likeness >= AKIN:
        return True
    if not likeness and talent.record.expected_positions:
        return False
    held = talent.facts.skill_names()
    return sum(name in held for name in asked) >= max(AT_LEAST, SHARE * len(asked))


def _everyone(matcher: Matcher, market: Jobs, posting: Document[Posting]) -> tuple[list[JobPair], list[bool]]:
    """The posting with every open talent, most alike first, and for each pair whether it is suitable."""
    section = matcher.shelf[market.supply]
    query = matcher.query(posting)
    found = [
        (section.documents.get(candidate.id), candidate)
        for candidate in retrieve(query, section, depth=max(len(section), 1))
    ]
    pairs: list[JobPair] = [
        Pair(posting, talent, candidate)  # type: ignore[arg-type]  # a kind's documents hold its records
        for talent, candidate in found
        if talent and market.closed(talent.record) is None
    ]
    asked = posting.facts.skill_names()
    likeness = _likeness(section, query.head, [pair.candidate.id for pair in pairs])
    return pairs, [is_suitable(pair.supply, asked, alike) for pair, alike in zip(pairs, likeness, strict=True)]


def _likeness(section: Section, head: Vector, ids: list[int]) -> list[float]:
    """How alike each record is to the head by what it is called, on the encoder's own scale.

    A candidate's likeness would not do: it is measured against the shelf's average, and among analysts
    only, no analyst stands out.
    """
    scaled = (section.heads.similarities(head, ids) - section.unrelated) / max(1 - section.unrelated, 1e-6)
    found: list[float] = np.clip((scaled - SAME_TRADE) / (SAME_THING - SAME_TRADE), 0, 1).tolist()
    return found


_Failed = tuple[int, ...]
"""Places in the market's table of the requirements that a pair fails."""


def _failed(pair: JobPair, requirements: Sequence[Requirement[Posting, Talent]]) -> _Failed:
    return tuple(place for place, requirement in enumerate(requirements) if requirement.lacks(pair) is not None)


def _passing(market: Jobs, pairs: Sequence[JobPair]) -> list[JobPair]:
    return [pair for pair in pairs if not any(r.lacks(pair) is not None for r in market.requirements)]


def _best(market: Jobs, pairs: Sequence[JobPair]) -> float | None:
    """The highest score of those that retrieval puts first, as many as the matcher would rank."""
    ranked = rank(pairs[:DEPTH], market, k=1, cited=0)
    return ranked[0].score if ranked else None


def _barriers(
    market: Jobs,
    everyone: Sequence[JobPair],
    failed: Sequence[_Failed],
    suitable: Sequence[bool],
    stays: Sequence[int],
) -> tuple[Barrier, ...]:
    found = []
    for place, requirement in enumerate(market.requirements):
        first = [index for index, one in enumerate(failed) if one and one[0] == place]
        alone = [index for index, one in enumerate(failed) if one == (place,)]
        example = next((index for index, one in enumerate(failed) if place in one), None)
        if example is not None:
            found.append(
                Barrier(
                    requirement=requirement.name,
                    label=requirement.label,
                    first=len(first),
                    alone=len(alone),
                    suitable_first=sum(suitable[index] for index in first),
                    suitable_alone=sum(suitable[index] for index in alone),
                    stays=stays[place],
                    example=requirement.lacks(everyone[example]) or "",
                )
            )
    return tuple(found)


class _Crowds:
    """The suitable people of a posting and of what it becomes, looked for once in each wording."""

    def __init__(self, matcher: Matcher, market: Jobs, posting: Document[Posting], crowd: list[JobPair]) -> None:
        self._matcher, self._market, self._posting = matcher, market, posting
        self._known = {tuple(posting.texts.items()): crowd}

    def under(self, record: Posting) -> list[JobPair]:
        """The suitable people, each paired with the record in place of the posting."""
        changed = _document(self._matcher, self._posting, record)
        wording = tuple(changed.texts.items())
        if wording not in self._known:
            self._known[wording] = list(compress(*_everyone(self._matcher, self._market, changed)))
        return [replace(pair, demand=changed) for pair in self._known[wording]]


def _option(
    market: Jobs, posting: Posting, crowds: _Crowds, passing: Sequence[JobPair], changes: tuple[Change, ...]
) -> Option:
    """The changes made in earnest: the changed posting is screened anew, and those who are new are ranked."""
    record = relaxed(posting, changes)
    after = _passing(market, crowds.under(record))
    before = {pair.candidate.id for pair in passing}
    return Option(
        changes=changes,
        posting=record,
        gain=len(after) - len(passing),
        suitable=len(after),
        best=_best(market, [pair for pair in after if pair.candidate.id not in before]),
    )


def _document(matcher: Matcher, posting: Document[Posting], record: Posting) -> Document[Posting]:
    """The posting with another record. While its texts are the same, so are the facts read out of them."""
    if texts(record) == posting.texts:
        return replace(posting, record=record)
    return replace(matcher.draft(record), id=posting.id)


_Mask = np.ndarray[tuple[int], np.dtype[np.uint64]]
"""For each person the set of requirements failed, one bit each."""


class _Search:
    """Which relaxations are worth telling, without screening every combination of them.

    Each requirement reads one of the fields. So a combination changes its verdict on a person exactly if one
    of the changes alone does, and the verdicts under one change at a time tell those under all combinations.
    """

    def __init__(self, matcher: Matcher, market: Jobs, posting: Document[Posting], crowd: Sequence[JobPair]) -> None:
        self._market, self._crowd = market, crowd
        self._now = self._mask(posting)
        every = ladders(posting)
        self._flips = {
            change: self._mask(_document(matcher, posting, relaxed(posting.record, [change]))) ^ self._now
            for ladder in every
            for change in ladder
        }
        """The verdicts that a change alone turns round."""
        self._ladders = [
            useful for ladder in every if (useful := [change for change in ladder if self._flips[change].any()])
        ]
        everything = self._under([ladder[-1] for ladder in self._ladders])
        self.most = self._gain(everything)
        """How many more pass when all that can be relaxed is."""
        self.stays = [int(np.count_nonzero(everything >> place & 1)) for place in range(len(market.requirements))]
        """For each requirement, how many it removes even then."""

    def worthwhile(self, k: int) -> list[tuple[Change, ...]]:
        """The combinations to tell: those that gain k people, and more than any that is no larger in any field."""
        found: list[_Combination] = []
        for combination in sorted(self._combinations(), key=lambda one: (one.steps, -one.gain)):
            if combination.gain >= k and not any(combination.adds_nothing_to(smaller) for smaller in found):
                found.append(combination)
        told = sorted(found, key=lambda one: (-one.gain / one.steps, one.steps))[:MOST_OPTIONS]
        smallest = min(found, key=lambda one: (len(one.changes), one.steps, -one.gain), default=None)
        return [one.changes for one in told] + ([] if smallest is None or smallest in told else [smallest.changes])

    def _combinations(self) -> Iterator[_Combination]:
        """Every choice of at most one change of each field, but for none at all."""
        for chosen in product(*((None, *ladder) for ladder in self._ladders)):
            changes = tuple(change for change in chosen if change)
            if changes:
                yield _Combination(changes, self._gain(self._under(changes)))

    def _mask(self, posting: Document[Posting]) -> _Mask:
        pairs = (replace(pair, demand=posting) for pair in self._crowd)
        sets = (sum(1 << place for place in _failed(pair, self._market.requirements)) for pair in pairs)
        return np.fromiter(sets, np.uint64, len(self._crowd))

    def _under(self, changes: Iterable[Change]) -> _Mask:
        return self._now ^ reduce(np.bitwise_or, (self._flips[change] for change in changes), np.zeros_like(self._now))

    def _gain(self, mask: _Mask) -> int:
        return int(np.count_nonzero(mask == 0) - np.count_nonzero(self._now == 0))


@dataclass(frozen=True, slots=True)
class _Combination:
    changes: tuple[Change, ...]
    gain: int

    @property
    def steps(self) -> int:
        return sum(change.steps for change in self.changes)

    def adds_nothing_to(self, smaller: _Combination) -> bool:
        """Whether the smaller one asks for no more steps of any field and gains as much."""
        here = {change.field: change.steps for change in self.changes}
        within = all(change.steps <= here.get(change.field, 0) for change in smaller.changes)
        return within and smaller.gain >= self.gain
