"""A market: a kind of demand, a kind of supply, what rules a pair out and what speaks for it.

Jobs, training, technology, policies and specialties are five markets over one pipeline. Whichever side
asks, the same functions judge the same pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from models.matches import D, Evidence, Finding, Pair, S, Side
from models.terms import Kind, Record


@dataclass(frozen=True, slots=True)
class Requirement(Generic[D, S]):
    """A hard requirement."""

    name: str
    label: str
    lacks: Callable[[Pair[D, S]], str | None]
    """What the pair lacks, in Chinese and without naming anyone; None when it is met or cannot be known."""


@dataclass(frozen=True, slots=True)
class Feature(Generic[D, S]):
    """A reason for a pair, and its share of the score."""

    name: str
    label: str
    weight: float
    find: Callable[[Pair[D, S]], Finding]
    """Its docstring is what /features shows."""
    cite: Callable[[Pair[D, S]], Evidence] | None = None
    """Evidence that is too costly to look for in pairs that nobody will see."""
    side: Side | None = None
    """Whose demands it speaks for, in a market where both sides have some."""


@dataclass(frozen=True, slots=True)
class Market(Generic[D, S]):
    """One kind of matching question, in both directions."""

    name: str
    label: str
    demand: Kind
    supply: Kind
    closed: Callable[[Record], str | None]
    """Why the record takes no more answers, in Chinese; None while it does. Asked of what is looked for only."""
    requirements: tuple[Requirement[D, S], ...]
    features: tuple[Feature[D, S], ...]
    least_known: float = 0.0
    """Weight that a score is divided by at least, so that a pair of which less is known cannot score all points."""
    prepare: Callable[[Sequence[Pair[D, S]]], None] | None = None
    """Called with all pairs of a question before they are judged, for facts that are cheaper to find together."""

    def __post_init__(self) -> None:
        total = sum(feature.weight for feature in self.features)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights of {self.name} sum to {total}, not 1")

    def facing(self, kind: Kind) -> Kind:
        """The other side's kind."""
        return self.supply if kind == self.demand else self.demand
