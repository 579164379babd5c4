"""Ranking measures, named as in ir_measures: one query's ranking in, one number out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Qrels = Mapping[str, int]
"""Document id → grade, 0 to 3; a document without a grade was not judged."""


def recall_at(ranking: Sequence[str], qrels: Qrels, *, k: int) -> float:
    """Share of the relevant documents (grade above 0) among the first k; 0 when there are none."""
    relevant = {document for document, grade in qrels.items() if grade > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], qrels: Qrels) -> float:
    """1 / rank of the first relevant document; 0 when none was retrieved."""
    return next((1 / rank for rank, document in enumerate(ranking, 1) if qrels.get(document, 0) > 0), 0.0)


def ndcg_at(ranking: Sequence[str], qrels: Qrels, *, k: int) -> float:
    """nDCG with gain 2^grade - 1 and discount log2(rank + 1) (Burges et al. 2005), in [0, 1].

    A document without a grade counts as 0, so `judged` comes first where judgements are incomplete.
    0 when nothing is relevant.
    """
    ideal = _dcg(sorted(qrels.values(), reverse=True)[:k])
    return _dcg([qrels.get(document, 0) for document in ranking[:k]]) / ideal if ideal else 0.0


def judged(ranking: Sequence[str], qrels: Qrels) -> list[str]:
    """The ranking without the documents that nobody judged (the condensed list of Sakai 2007)."""
    return [document for document in ranking if document in qrels]


def unjudged_at(ranking: Sequence[str], qrels: Qrels, *, k: int) -> float:
    """Share of the first k that nobody judged."""
    top = ranking[:k]
    return sum(document not in qrels for document in top) / len(top) if top else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
