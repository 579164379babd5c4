"""Titles and specialties to occupations: what is answered, and when nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from indexing.encode import Vectors
from models.terms import OccupationCode

SURE = 0.5
"""Estimated probability from which an occupation is named: likelier right than wrong."""

Scores = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""One query in each row, one occupation in each column."""


@dataclass(frozen=True, slots=True)
class Link:
    """An occupation or a group of them, and how probable it is."""

    code: OccupationCode
    score: float
    """Estimated probability that a person would have chosen it, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The occupations that a text may mean."""

    candidates: tuple[Link, ...]
    """Best first."""
    group: Link | None
    """The smallest group that is sure, where no occupation is."""
    by_meaning: bool
    """False when only spellings could be compared, because the vectors belong to another encoder."""

    @property
    def chosen(self) -> Link | None:
        """The occupation, or None when none is sure enough."""
        return self.candidates[0] if self.candidates and self.candidates[0].score >= SURE else None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Raw scores and the share of held-out links with such a score that were right; straight lines in between."""

    raw: tuple[float, ...]
    right: tuple[float, ...]

    def __call__(self, scores: Scores) -> Scores:
        """The probabilities."""
        return cast(Scores, np.interp(scores, self.raw, self.right).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Projection:
    """The directions in which texts of one kind differ most."""

    mean: np.ndarray[tuple[int], np.dtype[np.float32]]
    basis: Vectors
    """One direction in each row."""

    def __call__(self, vectors: Vectors) -> Vectors:
        """What is left of the vectors, of unit length again."""
        return unit(cast(Vectors, (vectors - self.mean) @ self.basis.T))


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length 1; those of no length stay."""
    return cast(Vectors, vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def linked(
    probable: np.ndarray[Any, np.dtype[Any]], codes: Sequence[OccupationCode], *, k: int, by_meaning: bool
) -> Linked:
    """The k likeliest of the codes, or the group that they are most of."""
    values = np.asarray(probable, dtype=np.float64)
    order = np.lexsort((np.arange(len(values)), -values))[: max(k, _LOOKED_AT)]
    found = tuple(Link(codes[place], round(float(values[place]), 4)) for place in order)
    sure = bool(found) and found[0].score >= SURE
    return Linked(found[:k], None if sure else _group(found), by_meaning)


_LOOKED_AT = 20
"""Candidates that a group is judged by; those below have next to no probability."""


def _group(found: Sequence[Link]) -> Link | None:
    """The 小类, or else the 中类, that the candidates make probable."""
    for parts, zeros in ((3, "-00"), (2, "-00-00")):
        total: dict[str, float] = {}
        for link in found:
            above = "-".join(link.code.split("-")[:parts]) + zeros
            total[above] = total.get(above, 0.0) + link.score
        if total:
            code, score = max(total.items(), key=lambda one: one[1])
            if score >= SURE:
                return Link(code, round(min(score, 1.0), 4))
    return None
