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

    Each retriever whose opinion counts proposes its own `depth` documents, and all judge whatever was proposed, so
    no opinion is missing where opinions are added up.
    """
    scores = section.words.scores(query.words)
    searches = (
        (fusion.head, section.heads, query.head),
        (fusion.body, section.bodies, query.body),
        (fusion.forth, section.bodies, query.head),
        (fusion.back, section.heads, query.body),
    )
    proposals = [index.search(vector, k=depth, among=among).ids for weight, index, vector in searches if weight]
    proposed = np.unique(np.concatenate([*proposals, scores.top(depth, among=among).ids]))
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
    """The weighted sum of the opinions in units of their spread, from 0 for the least to 1 for the best candidate.

    So cosines and BM25 weigh alike, and unlike rank fusion it keeps how far ahead the first one is. Were each
    opinion stretched to [0, 1] instead, the one document that repeats the query's words would decide what the
    words say of all others: on the graded pairs that costs up to .015 nDCG@10.
    """
    fused = np.zeros(len(weighted[0][1]), dtype=np.float32)
    if not len(fused):
        return fused
    for weight, opinion in weighted:
        # Candidates that an opinion does not tell apart have no spread, but for rounding.
        fused += weight * (opinion - opinion.mean()) / max(float(opinion.std()), 1e-5)
    low, high = float(fused.min()), float(fused.max())
    stretched: Floats = (fused - low) / (high - low) if high > low else np.zeros_like(fused)
    return stretched
