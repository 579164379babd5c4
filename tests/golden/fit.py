"""Fit the weights of the signs of a skill (indexing/term_signs.csv) on the dev part of the golden set.

    python -m tests.golden.fit

A logistic regression with a ridge penalty over the stretches of all dev texts. Part of the vocabulary is left
out, chosen by hash: signs must stay good for skills that no vocabulary knows. Prints F1 of ten folds by record.
The same texts give the same file on every machine.
"""

from __future__ import annotations

import csv
from pathlib import Path
from zlib import crc32

import numpy as np

from indexing import extract, terms
from indexing.clauses import Clauses, itemised
from indexing.segment import domain_segmenter
from tests import golden

FORGOTTEN = 0.4
"""Share of the vocabulary that is left out: about what free text names beyond it."""

RIDGE = 1.0

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def main() -> None:
    rows, labels, records = _samples()
    names = sorted(set().union(*rows))
    column = {name: place for place, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for place, row in enumerate(rows):
        matrix[place, [column[name] for name in row]] = 1.0
    folds = np.array([crc32(record.encode()) % 10 for record in records])
    likely = np.zeros(len(labels))
    for fold in range(10):
        inside = folds == fold
        likely[inside] = _likelihood(matrix[inside], _fit(matrix[~inside], labels[~inside]))
    for threshold in (0.3, 0.4, 0.45, 0.5, 0.6):
        taken = likely >= threshold
        right = float((taken * labels).sum())
        print(
            f"from {threshold}: precision {right / taken.sum():.3f}, recall {right / labels.sum():.3f}, "
            f"F1 {2 * right / (taken.sum() + labels.sum()):.3f}"
        )
    path = Path(terms.__file__).parent / "term_signs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["sign", "weight"])
        writer.writerows([name, f"{weight:.2f}"] for name, weight in zip(names, _fit(matrix, labels), strict=True))


def _samples() -> tuple[list[list[str]], Floats, list[str]]:
    """The signs of every stretch, whether a reader marked it as a skill, and its record."""
    rows: list[list[str]] = []
    labels: list[bool] = []
    records: list[str] = []
    for example in golden.postings("dev") + golden.profiles("dev"):
        for field, text in example.texts.items():
            folded = itemised(text)
            borders = domain_segmenter().borders(folded)
            found = terms.stretches(folded, borders)
            hits = [
                (h.start, h.end, h.kind) for h in extract.vocabulary_hits(folded, borders) if not _forgotten(h.name)
            ]
            marks = [m for m in example.marks if m.field == field and m.label == "技能"]
            for stretch, signs in zip(
                found, terms.signs(folded, found, hits, borders, Clauses.of(folded)), strict=True
            ):
                rows.append(signs)
                labels.append(any(_same(mark, stretch) for mark in marks))
                records.append(example.id)
    return rows, np.array(labels, dtype=np.float64), records


def _forgotten(name: str) -> bool:
    return crc32(name.encode()) % 100 < 100 * FORGOTTEN


def _same(mark: golden.Mark, stretch: terms.Stretch) -> bool:
    shared = min(mark.end, stretch.end) - max(mark.start, stretch.start)
    lengths = mark.end - mark.start, stretch.end - stretch.start
    return shared > 0 and (2 * shared >= max(lengths) or shared == min(lengths))


def _fit(matrix: Floats, labels: Floats) -> Floats:
    """Newton's method; twenty steps are far more than it takes."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(20):
        likely = _likelihood(matrix, weights)
        gradient = matrix.T @ (likely - labels) + RIDGE * weights
        curvature = (matrix * (likely * (1 - likely))[:, None]).T @ matrix + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def _likelihood(matrix: Floats, weights: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-matrix @ weights)))


if __name__ == "__main__":
    main()
