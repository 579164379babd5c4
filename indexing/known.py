"""Contents whose names are known: what says the like is likely to be called alike.

Title to description over 6,866 real postings, five folds: the neighbours' names bring R@10 from .451 to .461 and the
mean reciprocal rank from .276 to .286.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexing.encode import Vectors

NEAREST = 20
"""Neighbours that are asked; 10 and 50 find as much."""
SHARPNESS = 0.1
"""Cosine by which a neighbour must be nearer to count e times as much."""
WEIGHT = 0.6
"""What the neighbours' names count where the contents themselves count one; .4 to 1 differ by less than chance."""
SAME = 0.9999
"""Cosine from which contents are the same: their own name is not read off."""
_SHARE = 512  # rows compared at once


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Adapted contents and, aligned by position, their adapted names.

    They stand for themselves, not for what is on the shelf now: what a record's vector is does not depend on what
    came before or after it.
    """

    contents: Vectors
    names: Vectors

    def named(self, contents: Vectors) -> Vectors:
        """The contents moved towards the names of those that are nearest: unit rows; a zero row stays zero."""
        moved = np.zeros_like(contents)
        for first in range(0, len(contents), _SHARE):
            share = contents[first : first + _SHARE]
            moved[first : first + _SHARE] = share + WEIGHT * self._neighbours_names(share)
        moved[~contents.any(axis=1)] = 0
        unit: Vectors = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
        return unit

    def _neighbours_names(self, contents: Vectors) -> Vectors:
        """For each of the contents the mean name of its neighbours, the nearest counting most."""
        count = min(NEAREST, len(self.contents))
        alike = contents @ self.contents.T
        alike[alike > SAME] = -1
        nearest = np.sort(np.argpartition(-alike, count - 1, axis=1)[:, :count], axis=1)
        # Added up anew row by row, so that a row comes out the same alone and among others.
        cosines = np.einsum("nd,nkd->nk", contents, self.contents[nearest])
        weights = np.where(cosines > SAME, 0, np.exp((np.minimum(cosines, SAME) - 1) / SHARPNESS))
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        named: Vectors = np.einsum("nk,nkd->nd", weights, self.names[nearest])
        return named
