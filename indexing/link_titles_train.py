"""From labelled titles to a TitleModel, the same to the bit each time.

Kernel ridge regression over the labelled titles, which count fully, and the names of the occupations, which
count less because people seldom write them. Each labelled title is left out in turn, in closed form, to measure
and to calibrate. Coefficients that change nothing are left out, the rest is rounded: no text enters the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import optimize

from data import taxonomy
from indexing import grams
from indexing.encode import Encoder
from indexing.link import SURE, Calibration, Projection, linked, unit
from indexing.link_titles import DEFINED, FORMAT, NAMED, SPELLING, Manifest
from models.terms import OccupationCode

RIDGE = 0.4
"""Of a labelled title."""
NAME = 0.3
"""What a name counts against a labelled title."""
DIRECTIONS = 128
"""Kept of a vector: with fewer R@10 falls, with more nothing rises."""
SMALLEST = 0.02
"""Coefficients below are left out: half of the file, and no title is linked differently."""
STEP = 0.005
"""To which coefficients are rounded: coarse enough that no library's last digits show."""

CERTAIN = 0.99
"""No computed link is surer: in the highest scores there are too few to see the errors."""

Array = np.ndarray[Any, np.dtype[Any]]


def train(labels: Sequence[tuple[str, OccupationCode]], encoder: Encoder) -> tuple[Manifest, dict[str, Array]]:
    """The model of titles and their occupations; labels that name a group of occupations are left out."""
    leaves = taxonomy.leaves()
    place = {leaf.code: number for number, leaf in enumerate(leaves)}
    rows = sorted({(title, code) for title, code in labels if code in place})
    names = [(name, leaf.code) for leaf in leaves for name in dict.fromkeys((leaf.name, *leaf.aliases))]
    texts = [title for title, _ in (*rows, *names)]
    owners = np.asarray([place[code] for _, code in (*rows, *names)])

    known = grams.bags(texts)
    weighed = grams.weighed(known, grams.rarity(known))
    spelt = SPELLING * (weighed @ weighed.T).toarray()
    vectors = encoder.encode(texts, role="query")
    mean = (vectors[: len(rows)] if rows else vectors).mean(axis=0, dtype=np.float64).astype(np.float32)
    basis = _directions(unit(vectors - mean))
    meant = small(Projection(mean, basis)(vectors))
    near = unit(meant.astype(np.float32)).astype(np.float64)
    alike = spelt + (1 - SPELLING) * np.maximum(near @ near.T, 0) ** 2

    explained = [f"{leaf.name}：{leaf.definition}{''.join(leaf.tasks)}" for leaf in leaves]
    defined = encoder.encode(explained)
    defined = unit(defined - defined.mean(axis=0, dtype=np.float64).astype(np.float32))
    defining = _directions(defined)
    definitions = small(unit(defined @ defining.T))

    weights = np.where(np.arange(len(texts)) < len(rows), 1.0, NAME)
    inverse = np.linalg.inv(alike + np.diag(RIDGE / weights))
    targets = np.zeros((len(texts), len(leaves)))
    targets[np.arange(len(texts)), owners] = 1
    dual = inverse @ targets

    firsts = np.searchsorted(owners[len(rows) :], np.arange(len(leaves)))
    answers = owners[: len(rows)]
    meanings = Projection(mean, defining)(vectors[: len(rows)]) @ unit(definitions.astype(np.float32)).T
    full = _left_out(alike, inverse, dual, len(rows)) + _named(alike, len(rows), firsts) + DEFINED * meanings
    by_spelling = _left_out(spelt, inverse, dual, len(rows)) + _named(spelt, len(rows), firsts)

    kept = np.rint(np.where(np.abs(dual) >= SMALLEST, dual, 0) / STEP).astype(np.int16)
    voters, voted = np.nonzero(kept)
    codes = [leaf.code for leaf in leaves]
    calibration, calibration_by_spelling = (
        calibrate(full, targets[: len(rows)]),
        calibrate(by_spelling, targets[: len(rows)]),
    )
    manifest = Manifest(
        format=FORMAT,
        encoder=encoder.name,
        labels_sha256=_sha256(rows),
        occupations_sha256=_sha256(
            [(leaf.code, leaf.name, leaf.aliases, text) for leaf, text in zip(leaves, explained, strict=True)]
        ),
        titles=len(rows),
        names=len(names),
        occupations=len(leaves),
        coefficients=len(voted),
        held_out=_measured(full, answers, codes, calibration),
        held_out_by_spelling=_measured(by_spelling, answers, codes, calibration_by_spelling),
        calibration=calibration,
        calibration_by_spelling=calibration_by_spelling,
    )
    return manifest, {
        "buckets": known.indices.astype(np.uint32),
        "starts": known.indptr.astype(np.int32),
        "mean": mean,
        "basis": basis.astype(np.float16),
        "meant": meant,
        "codes": np.asarray(codes),
        "firsts": firsts.astype(np.int32),
        "votes": kept[voters, voted],
        "voted": voted.astype(np.uint16),
        "voters": np.searchsorted(voters, np.arange(len(texts) + 1)).astype(np.int32),
        "step": np.float32(STEP),
        "defining": defining.astype(np.float16),
        "definitions": definitions,
    }


def calibrate(scores: Array, right: Array, *, depth: int = 10) -> Calibration:
    """How often the best `depth` links of each row are right, as a function of the score that never falls."""
    if not len(scores):
        return Calibration((0.0, 1.0), (0.0, 1.0))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    raw = np.take_along_axis(scores, best, axis=1).ravel().astype(np.float64)
    order = np.argsort(raw, kind="stable")
    raw, found = raw[order], np.take_along_axis(right, best, axis=1).ravel()[order]
    rising = optimize.isotonic_regression(found.astype(np.float64)).x
    level, place = np.unique(np.minimum(np.round(rising, 4), CERTAIN), return_inverse=True)
    middle = np.bincount(place, raw) / np.bincount(place)
    return Calibration(tuple(np.round(middle, 4).tolist()), tuple(level.tolist()))


def _left_out(alike: Array, inverse: Array, dual: Array, size: int) -> Array:
    """What each of the first `size` titles would score had it not been there to learn from."""
    own = np.einsum("ij,ji->i", alike[:size], inverse[:, :size]) / np.diag(inverse)[:size]
    scores: Array = alike[:size] @ dual - own[:, None] * dual[:size]
    return scores


def _named(alike: Array, size: int, firsts: Array) -> Array:
    named: Array = NAMED * np.maximum.reduceat(alike[:size, size:], firsts, axis=1)
    return named


def _directions(vectors: Array) -> Array:
    """The directions of most variance, as 16-bit numbers; each points to where its largest part is positive."""
    exact = vectors.astype(np.float64)
    _, found = np.linalg.eigh(exact.T @ exact)
    rows = found[:, ::-1][:, :DIRECTIONS].T
    signs = np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])
    small: Array = (rows * signs[:, None]).astype(np.float16)
    return small.astype(np.float32)


def small(vectors: Array) -> Array:
    """The vectors in whole numbers up to 127, each row on its own scale, which its unit length undoes."""
    highest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    whole: Array = np.rint(vectors.astype(np.float64) / highest * 127).astype(np.int8)
    return whole


def _measured(scores: Array, answers: Array, codes: Sequence[str], calibration: Calibration) -> Mapping[str, float]:
    """Accuracy of the best, R@10, and how much is answered with what precision, by occupation or by group."""
    if not len(scores):
        return {}
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    found = [linked(row, codes, k=1, by_meaning=True) for row in calibration(scores)]
    sure = [one.chosen.code == codes[answer] for one, answer in zip(found, answers, strict=True) if one.chosen]
    groups = [
        codes[answer].startswith(one.group.code.replace("-00", ""))
        for one, answer in zip(found, answers, strict=True)
        if one.group
    ]
    measures = {
        "accuracy@1": np.mean(best[:, 0] == answers),
        "R@10": np.mean((best == answers[:, None]).any(axis=1)),
        "threshold": SURE,
        "coverage": len(sure) / len(found),
        "precision": np.mean(sure) if sure else 0.0,
        "group coverage": len(groups) / len(found),
        "group precision": np.mean(groups) if groups else 0.0,
    }
    return {name: round(float(value), 4) for name, value in measures.items()}


def _sha256(rows: object) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
