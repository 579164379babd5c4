"""Candidates from vectors and words, fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from indexing.encode import Vector

from indexing.hits import Floats, best
from indexing.shelf import Section
from indexing.vectors import VectorIndex
from models.matches import Candidate


@dataclass(frozen=True, slots=True)
class Query:
    """What one side looks for, as the retrievers read it."""

    head: Vector
    """Unit vector of what the query is called."""
    body: Vector
    """Unit vector of all that it says."""
    words: list[str]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How much each retriever's opinion counts; they sum to 1."""

    head: float = 0.35
    body: float = 0.25
    words: float = 0.40


FUSION = Fusion()


def retrieve(query: Query, section: Section, *, depth: int, fusion: Fusion = FUSION) -> list[Candidate]:
    """The `depth` documents of the section that the retrievers, taken together, find most alike; best first.

    Each retriever proposes its own `depth` documents and then judges all that were proposed, so no opinion
    is missing where opinions are added up.
    """
    scores = section.words.scores(query.words)
    proposed = np.unique(
        np.concatenate(
            [
                section.heads.search(query.head, k=depth).ids,
                section.bodies.search(query.body, k=depth).ids,
                scores.top(depth).ids,
            ]
        )
    )
    ids = proposed.tolist()
    head = _likeness(section.heads, query.head, ids)
    body = _likeness(section.bodies, query.body, ids)
    words = scores.of(ids)
    order = best(proposed, fuse((fusion.head, head), (fusion.body, body), (fusion.words, words)), depth)
    place = {id: position for position, id in enumerate(ids)}
    share = words / scores.ceiling if scores.ceiling else words
    return [
        Candidate(id, float(score), *(float(opinion[place[id]]) for opinion in (head, body, share)))
        for id, score in zip(order.ids.tolist(), order.scores, strict=True)
    ]


def _likeness(index: VectorIndex, query: Vector, ids: list[int]) -> Floats:
    """Cosines rescaled so that the mean over the whole index is 0; encoders differ in where their cosines lie."""
    background = float(query @ index.mean())
    found: Floats = np.clip((index.similarities(query, ids) - background) / max(1 - background, 1e-6), 0, 1)
    return found


def fuse(*weighted: tuple[float, Floats]) -> Floats:
    """The weighted sum of the opinions, each stretched from 0 for its least to 1 for its most liked candidate.

    In [0, 1] when the weights sum to 1. Stretching lets cosines and BM25 weigh alike, and unlike rank
    fusion it keeps how far ahead the first one is.
    """
    return sum((weight * _stretched(opinion) for weight, opinion in weighted), start=np.float32(0)).astype(np.float32)


def _stretched(opinion: Floats) -> Floats:
    """The opinion from 0 for the least to 1 for the most liked candidate, so that opinions weigh alike."""
    if not len(opinion):
        return opinion
    low, high = float(opinion.min()), float(opinion.max())
    stretched: Floats = (opinion - low) / (high - low) if high > low else np.zeros_like(opinion)
    return stretched
