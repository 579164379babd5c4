"""From official profiles to a SpecialtyModel, the same to the bit each time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from data import taxonomy
from indexing.encode import Encoder
from indexing.link import Calibration, Projection
from indexing.link_specialties import (
    FORMAT,
    Manifest,
    SpecialtyLinker,
    SpecialtyText,
    specialty_model,
    texts_of,
)
from indexing.link_titles import title_model, write_arrays
from indexing.link_titles_train import Array, calibrate, small
from indexing.segment import Segmenter


def train(profiles: Collection[dict[str, Any]], encoder: Encoder, segmenter: Segmenter, folder: Path) -> Manifest:
    """Write the model beside the title model of the folder, for the specialties whose occupations are official."""
    titles = title_model(folder)
    official = taxonomy.official_occupations()
    known = {one.code: one for one in taxonomy.specialties()}
    found = [
        one for one in texts_of(profiles) if one.code in known and set(official.get(one.code, ())) & set(titles.codes)
    ]
    found.sort(key=lambda one: one.code or "")
    taught, courses = _projected([one.taught for one in found], encoder, titles.defining)
    enabled, abilities = _projected([one.enabled for one in found], encoder, titles.defining)
    arrays: dict[str, Any] = {
        "codes": np.asarray([one.code for one in found]),
        "taught": taught.mean,
        "enabled": enabled.mean,
        "courses": courses,
        "abilities": abilities,
    }
    manifest = Manifest(
        format=FORMAT,
        encoder=encoder.name,
        profiles_sha256=_sha256(found),
        specialties=len(found),
        held_out={},
        held_out_by_words={},
        calibration=Calibration((0.0, 1.0), (0.0, 1.0)),
        calibration_by_words=Calibration((0.0, 1.0), (0.0, 1.0)),
    )
    _save(folder, manifest, arrays)
    specialty_model.cache_clear()
    linker = SpecialtyLinker(specialty_model(folder), titles, encoder, segmenter)
    right = np.asarray([[code in official[one.code or ""] for code in titles.codes] for one in found])
    scores = linker.scores(found, blind=True)
    linker.by_meaning = False
    by_words = linker.scores(found, blind=True)
    manifest = manifest.model_copy(
        update={
            "held_out": _measured(scores, right),
            "held_out_by_words": _measured(by_words, right),
            "calibration": calibrate(scores, right, depth=20),
            "calibration_by_words": calibrate(by_words, right, depth=20),
        }
    )
    _save(folder, manifest, arrays)
    specialty_model.cache_clear()
    return manifest


def _projected(texts: list[str], encoder: Encoder, defining: Projection) -> tuple[Projection, Array]:
    vectors = encoder.encode(texts, role="query")
    projection = Projection(vectors.mean(axis=0, dtype=np.float64).astype(np.float32), defining.basis)
    return projection, small(projection(vectors))


def _measured(scores: Array, right: Array) -> dict[str, float]:
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.take_along_axis(right, order, axis=1)
    return {f"R@{k}": round(float((found[:, :k].sum(axis=1) / right.sum(axis=1)).mean()), 4) for k in (10, 50)}


def _save(folder: Path, manifest: Manifest, arrays: dict[str, Any]) -> None:
    write_arrays(folder / "specialties.npz", arrays)
    (folder / "specialties.json").write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _sha256(found: list[SpecialtyText]) -> str:
    rows = [(one.code, one.name, one.courses, one.abilities) for one in found]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
