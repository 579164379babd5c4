"""Candidates from vectors and words, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexing.encode import Vector
from indexing.hits import Floats, Ids, best
from indexing.shelf import Section
from indexing.vectors import VectorIndex
from models.matches import Candidate


@dataclass(frozen=True, slots=True)
class Query:
    """What one side looks for, as the retrievers read it."""

    head: Vector
    """Unit vector of what the query is called, adapted as a name."""
    body: Vector
    """Unit vector of what it says, adapted as contents."""
    words: list[str]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How much each retriever's opinion counts; they sum to 1."""

    head: float = 0.25
    body: float = 0.12
    forth: float = 0.20
    back: float = 0.13
    words: float = 0.30


FUSION = Fusion()

_PRIOR = 100
"""Documents that the encoder's own background counts for."""


def retrieve(
    query: Query, section: Section, *, depth: int, among: Ids | None = None, fusion: Fusion = FUSION
) -> list[Candidate]:
    """The `depth` documents of the section, or of `among`, that the retrievers together find most alike; best first.

    Each retriever proposes its own `depth` documents and then judges all that were proposed, so no opinion
    is missing where opinions are added up.
    """
    scores = section.words.scores(query.words)
    proposed = np.unique(
        np.concatenate(
            [
                section.heads.search(query.head, k=depth, among=among).ids,
                section.bodies.search(query.body, k=depth, among=among).ids,
                section.bodies.search(query.head, k=depth, among=among).ids,
                section.heads.search(query.body, k=depth, among=among).ids,
                scores.top(depth, among=among).ids,
            ]
        )
    )
    ids = proposed.tolist()
    head, back = _likeness(section.heads, (query.head, query.body), ids, section.unrelated)
    body, forth = _likeness(section.bodies, (query.body, query.head), ids, section.unrelated)
    words = scores.of(ids)
    opinions = (
        (fusion.head, head),
        (fusion.body, body),
        (fusion.forth, forth),
        (fusion.back, back),
        (fusion.words, words),
    )
    order = best(proposed, fuse(*opinions), depth)
    place = {id: position for position, id in enumerate(ids)}
    share = words / scores.ceiling if scores.ceiling else words
    return [
        Candidate(id, float(score), *(float(opinion[place[id]]) for opinion in (head, body, share, forth, back)))
        for id, score in zip(order.ids.tolist(), order.scores, strict=True)
    ]


def _likeness(index: VectorIndex, queries: Sequence[Vector], ids: list[int], unrelated: float) -> list[Floats]:
    """For each query the cosines rescaled so that 0 is what unrelated texts have; encoders differ in where theirs lie.

    That is the query's mean cosine over the index, drawn towards the encoder's own mean over unrelated texts
    where the index is small: three documents on one subject are no background.
    """
    vectors, mean, size = index.vectors(ids), index.mean(), len(index)
    found: list[Floats] = []
    for query in queries:
        background = (size * float(query @ mean) + _PRIOR * unrelated) / (size + _PRIOR)
        found.append(np.clip((vectors @ query - background) / max(1 - background, 1e-6), 0, 1))
    return found


def fuse(*weighted: tuple[float, Floats]) -> Floats:
    """The weighted sum of the opinions, each stretched from 0 for its least to 1 for its most liked candidate.

    In [0, 1] when the weights sum to 1. Stretching lets cosines and BM25 weigh alike, and unlike rank
    fusion it keeps how far ahead the first one is.
    """
    fused = np.zeros(len(weighted[0][1]), dtype=np.float32)
    for weight, opinion in weighted:
        fused += weight * _stretched(opinion)
    return fused


def _stretched(opinion: Floats) -> Floats:
    """The opinion from 0 for the least to 1 for the most liked candidate, so that opinions weigh alike."""
    if not len(opinion):
        return opinion
    low, high = float(opinion.min()), float(opinion.max())
    stretched: Floats = (opinion - low) / (high - low) if high > low else np.zeros_like(opinion)
    return stretched
