"""Nearest vectors by cosine: FAISS, and the exact NumPy index that it is held against."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

import faiss
import numpy as np

from indexing.encode import Vector, Vectors
from indexing.hits import Floats, Hits, Ids, best


class VectorIndex(Protocol):
    """Unit vectors by id. Searches and changes may come from several threads."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Hold each vector under its id in place of what the id held before."""

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the ids; unknown ones are ignored."""

    def search(self, query: Vector, *, k: int, among: Ids | None = None) -> Hits:
        """The k ids of highest cosine, or of those in `among`; fewer when there are fewer; ties in order of id."""

    def similarities(self, query: Vector, ids: Sequence[int]) -> Floats:
        """The cosine with each id's vector; 0 for an id that the index does not hold."""

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The stored vectors, in order; a zero row for an id that the index does not hold."""

    def mean(self) -> Vector:
        """The mean of all vectors, zero for an empty index.

        The product of two indexes' means is the mean cosine over all pairs of their vectors.
        """


class ExactIndex:
    """Every vector compared with NumPy: small, slow, and the oracle for every other index."""

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._rows: dict[int, Vector] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        with self._lock:
            self._rows |= dict(zip(ids, vectors, strict=True))

    def remove(self, ids: Iterable[int]) -> None:
        with self._lock:
            for id in ids:
                self._rows.pop(id, None)

    def search(self, query: Vector, *, k: int, among: Ids | None = None) -> Hits:
        with self._lock:
            ids = [id for id in (self._rows if among is None else among.tolist()) if id in self._rows]
        return best(np.asarray(ids, dtype=np.int64), self.similarities(query, ids), k)

    def similarities(self, query: Vector, ids: Sequence[int]) -> Floats:
        found: Floats = self.vectors(ids) @ query
        return found

    def vectors(self, ids: Sequence[int]) -> Vectors:
        nothing = np.zeros(self._dim, dtype=np.float32)
        with self._lock:
            rows = [self._rows.get(id, nothing) for id in ids]
        return np.asarray(rows, dtype=np.float32).reshape(len(ids), self._dim)

    def mean(self) -> Vector:
        with self._lock:
            total = np.zeros(self._dim, dtype=np.float64)
            for row in self._rows.values():
                total += row
            return (total / max(len(self._rows), 1)).astype(np.float32)


class FaissIndex:
    """A flat FAISS index: exact, and a few milliseconds for fifty thousand vectors.

    HNSW is faster but cannot delete, and loses candidates under a selective filter.
    """

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))
        self._held: set[int] = set()
        self._sum = np.zeros(dim, dtype=np.float64)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        with self._lock:
            # FAISS keeps both rows when an id is added twice.
            self._remove(ids)
            self._index.add_with_ids(np.ascontiguousarray(vectors), np.asarray(ids, dtype=np.int64))
            self._held.update(ids)
            self._sum += vectors.sum(axis=0, dtype=np.float64)

    def remove(self, ids: Iterable[int]) -> None:
        with self._lock:
            self._remove(ids)

    def search(self, query: Vector, *, k: int, among: Ids | None = None) -> Hits:
        # The stubs of FAISS do not know the keywords of its parameter classes.
        parameters = None if among is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg]
        width = k + 1
        with self._lock:
            most = max(min(len(self._held), len(self._held) if among is None else len(among)), 1)
            while True:
                scores, ids = self._index.search(query[None, :], min(width, most), params=parameters)
                # FAISS settles ties by position; fetch until all that tie with the k-th are there.
                if width >= most or scores[0][-1] < scores[0][k - 1]:
                    break
                width *= 2
        found = ids[0] >= 0  # padded with -1 when there are fewer
        return best(ids[0][found], scores[0][found], k)

    def similarities(self, query: Vector, ids: Sequence[int]) -> Floats:
        found: Floats = self.vectors(ids) @ query
        return found

    def vectors(self, ids: Sequence[int]) -> Vectors:
        found = np.zeros((len(ids), self._dim), dtype=np.float32)
        with self._lock:
            known = [position for position, id in enumerate(ids) if id in self._held]
            if known:
                wanted = np.asarray([ids[position] for position in known], dtype=np.int64)
                found[known] = self._index.reconstruct_batch(wanted)
        return found

    def mean(self) -> Vector:
        with self._lock:
            return (self._sum / max(len(self._held), 1)).astype(np.float32)

    def _remove(self, ids: Iterable[int]) -> None:
        gone = self._held.intersection(ids)
        if gone:
            leaving = np.fromiter(gone, np.int64, len(gone))
            self._sum -= self._index.reconstruct_batch(leaving).sum(axis=0, dtype=np.float64)
            self._index.remove_ids(faiss.IDSelectorBatch(leaving))
            self._held -= gone
