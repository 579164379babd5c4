"""What every retriever answers with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Record ids."""
Floats = np.ndarray[tuple[int], np.dtype[np.float32]]
"""Scores or similarities, aligned with ids by position."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids and scores aligned by position, best first; equal scores in order of id."""

    ids: Ids
    scores: Floats

    def __len__(self) -> int:
        return len(self.ids)


def best(ids: Ids, scores: Floats, k: int) -> Hits:
    """The k highest of the scores."""
    if k < len(ids):
        # Everything that ties with the k-th stays in until the ids have decided.
        floor = np.partition(scores, len(scores) - k)[len(scores) - k]
        inside = scores >= floor
        ids, scores = ids[inside], scores[inside]
    order = np.lexsort((ids, -scores))[:k]
    return Hits(ids[order], scores[order])
