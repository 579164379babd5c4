"""BM25 over segmented words: exact after every addition and deletion.

Documents stand in two blocks, a large one that rarely changes and a small one that takes the changes.
Document frequencies and lengths are counted over both, so a score never depends on how the index came to
be: one that followed every change equals one built at once. That, and the score of any document on demand,
is what a segmented engine does not give (README, decision 5).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexing.hits import Floats, Hits, Ids, best

K1 = 1.2
"""Term-frequency saturation; Robertson and Zaragoza (2009) report 1.2 to 2 as good values."""
B = 0.75
"""Length normalisation; the same source reports 0.5 to 0.8."""
_SMALL = 512
"""Documents that wait in the small block before both are merged; rebuilding it costs about a millisecond."""

_Counts = tuple[Ids, Floats]
"""A document's distinct terms and how often each occurs."""


class WordIndex:
    """BM25 of a query's words in every document, by id."""

    def __init__(self) -> None:
        self._terms: dict[str, int] = {}
        self._names: list[str] = []
        self._documents: dict[int, _Counts] = {}
        self._frequency = np.zeros(0, dtype=np.int64)
        self._length = 0.0
        self._large, self._small = _Block({}), _Block({})
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, id: int) -> bool:
        return id in self._documents

    def add(self, documents: Mapping[int, Sequence[str]]) -> None:
        """Index each document's words in place of what its id held before."""
        with self._lock:
            self._forget(documents)
            for id, words in documents.items():
                self._documents[id] = self._counts(words)
            self._frequency.resize(len(self._terms), refcheck=False)
            for id in documents:
                self._count(id, 1)
            self._settle(documents)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget the documents; unknown ids are ignored."""
        with self._lock:
            self._forget(ids)
            self._settle(())

    def search(self, words: Sequence[str], *, k: int) -> Hits:
        """The k documents that score highest, among those that hold a word of the query."""
        return self.scores(words).top(k)

    def scores(self, words: Sequence[str]) -> Scores:
        """BM25 of the words in every document; a word that the query repeats counts by the root of how often.

        That is BM25's query term frequency, softened: a word of a query's name says more of what is looked for
        than one of its many other words, but not as much more as it is repeated.
        """
        with self._lock:
            weights = self._weights(words)
            average = self._length / max(len(self._documents), 1)
            found = [(block, block.scores(weights, average)) for block in (self._large, self._small)]
            return Scores(found, ceiling=sum(weight for _, weight in weights) * (K1 + 1))

    def words(self, id: int) -> frozenset[str]:
        """The different words that were indexed for the document; empty for one that is not."""
        with self._lock:
            if len(self._names) != len(self._terms):
                self._names = list(self._terms)
            terms, _ = self._documents.get(id, (np.zeros(0, np.int64), None))
            return frozenset(self._names[term] for term in terms.tolist())

    def save(self, path: Path) -> None:
        """Write one .npz file."""
        with self._lock:
            documents = self._documents
            np.savez(
                path,
                ids=np.fromiter(documents, np.int64, len(documents)),
                sizes=np.fromiter((len(terms) for terms, _ in documents.values()), np.int64, len(documents)),
                terms=_joined([terms for terms, _ in documents.values()], np.int64),
                counts=_joined([counts for _, counts in documents.values()], np.float32),
                vocabulary=np.frombuffer("\n".join(self._terms).encode(), dtype=np.uint8),
            )

    @classmethod
    def open(cls, path: Path) -> WordIndex:
        """Read what `save` wrote."""
        index = cls()
        with np.load(path) as stored:
            vocabulary = bytes(stored["vocabulary"]).decode().split("\n")
            starts = np.concatenate([[0], np.cumsum(stored["sizes"])])
            terms, counts = stored["terms"], stored["counts"]
            ids = stored["ids"].tolist()
        index._terms = {word: term for term, word in enumerate(vocabulary)}
        index._documents = {
            id: (terms[start:end], counts[start:end])
            for id, start, end in zip(ids, starts[:-1], starts[1:], strict=True)
        }
        index._frequency = np.bincount(terms, minlength=len(vocabulary)).astype(np.int64)
        index._length = float(counts.sum(dtype=np.float64))
        index._large = _Block(index._documents)
        return index

    def replace(self, other: WordIndex) -> None:
        """Take over all that the other index holds; it is not to be used any more."""
        with self._lock:
            self._terms, self._names, self._documents = other._terms, [], other._documents
            self._frequency, self._length = other._frequency, other._length
            self._large, self._small = other._large, other._small

    def _counts(self, words: Sequence[str]) -> _Counts:
        counted = Counter(words)
        terms = (self._terms.setdefault(word, len(self._terms)) for word in counted)
        return (
            np.fromiter(terms, np.int64, len(counted)),
            np.fromiter(counted.values(), np.float32, len(counted)),
        )

    def _count(self, id: int, sign: int) -> None:
        terms, counts = self._documents[id]
        self._frequency[terms] += sign
        self._length += sign * float(counts.sum())

    def _forget(self, ids: Iterable[int]) -> None:
        for id in ids:
            if id in self._documents:
                self._count(id, -1)
                del self._documents[id]
                self._large.drop(id)
                self._small.drop(id)

    def _settle(self, added: Iterable[int]) -> None:
        waiting = [*self._small.alive(), *added]
        if len(waiting) > max(_SMALL, len(self._documents) // 20):
            self._large, waiting = _Block(self._documents), []
        self._small = _Block({id: self._documents[id] for id in waiting})

    def _weights(self, words: Sequence[str]) -> list[tuple[int, float]]:
        """(term, weight) of each query word that occurs; idf as in Lucene, never negative."""
        repeated = Counter(self._terms[word] for word in words if word in self._terms)
        terms = sorted(repeated)
        held = self._frequency[terms]
        idf = np.log1p((len(self._documents) - held + 0.5) / (held + 0.5))
        weights = idf * np.sqrt([repeated[term] for term in terms])
        return [(term, weight) for term, weight, n in zip(terms, weights.tolist(), held, strict=True) if n > 0]


class Scores:
    """One query's BM25 over all documents."""

    def __init__(self, blocks: Sequence[tuple[_Block, Floats]], *, ceiling: float) -> None:
        self._blocks = blocks
        self.ceiling = ceiling
        """What no score can exceed: every word of the query, without end; 0 when none is known."""

    def top(self, k: int, *, among: Ids | None = None) -> Hits:
        """The k best, or the k best of `among`, that hold any word of the query."""
        ids = np.concatenate([block.ids for block, _ in self._blocks])
        scores = np.concatenate([scores for _, scores in self._blocks])
        found = scores > 0 if among is None else (scores > 0) & np.isin(ids, among)
        return best(ids[found], scores[found], k)

    def of(self, ids: Sequence[int]) -> Floats:
        """The score of each document, 0 for one that is not indexed."""
        found = np.zeros(len(ids), dtype=np.float32)
        for block, scores in self._blocks:
            for position, id in enumerate(ids):
                place = block.places.get(id)
                if place is not None:
                    found[position] += scores[place]
        return found


class _Block:
    """An inverted index that is built once; documents can only be dropped from it."""

    def __init__(self, documents: Mapping[int, _Counts]) -> None:
        self.ids = np.fromiter(documents, np.int64, len(documents))
        self.places = {id: place for place, id in enumerate(documents)}
        sizes = np.fromiter((len(terms) for terms, _ in documents.values()), np.int64, len(documents))
        terms = _joined([terms for terms, _ in documents.values()], np.int64)
        counts = _joined([counts for _, counts in documents.values()], np.float32)
        self._lengths = np.fromiter((c.sum() for _, c in documents.values()), np.float32, len(documents))
        order = np.argsort(terms, kind="stable")
        self._held = np.repeat(np.arange(len(documents)), sizes)[order].astype(np.int32)
        self._counts = counts[order]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(terms))]) if len(terms) else np.zeros(1, np.int64)
        self._dropped: list[int] = []

    def drop(self, id: int) -> None:
        place = self.places.pop(id, None)
        if place is not None:
            self._dropped.append(place)

    def alive(self) -> list[int]:
        return list(self.places)

    def scores(self, weights: Sequence[tuple[int, float]], average_length: float) -> Floats:
        """One score for each place; 0 where a document was dropped."""
        found = np.zeros(len(self.ids), dtype=np.float32)
        for term, weight in weights:
            if term + 1 < len(self._starts):
                inside = slice(self._starts[term], self._starts[term + 1])
                held, counts = self._held[inside], self._counts[inside]
                norm = K1 * (1 - B + B * self._lengths[held] / average_length)
                found[held] += weight * counts * (K1 + 1) / (counts + norm)
        found[self._dropped] = 0
        return found


def _joined(parts: Sequence[np.ndarray[Any, Any]], dtype: type[np.generic]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)
