"""Vectors kept between runs of an evaluation, so that no text is encoded twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexing.encode import Encoder, Progress, Role, Vector, Vectors


class CachedEncoder:
    """An encoder that remembers every vector it made, in one file below the folder for each inner encoder."""

    def __init__(self, inner: Encoder, folder: Path) -> None:
        self._inner = inner
        self.name = inner.name
        self.dim = inner.dim
        self._path = folder / f"{hashlib.sha256(inner.name.encode()).hexdigest()[:12]}.npz"
        self._known: dict[str, Vector] = {}
        if self._path.exists():
            with np.load(self._path) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str], *, role: Role = "document", progress: Progress | None = None) -> Vectors:
        keys = [hashlib.sha256(f"{role}\n{text}".encode()).hexdigest()[:32] for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            made = self._inner.encode(list(new.values()), role=role, progress=progress)
            self._known.update(zip(new, made, strict=True))
            self._save()
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self.dim), dtype=np.float32)

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(".tmp.npz")
        np.savez(aside, keys=np.asarray(list(self._known)), vectors=np.stack(list(self._known.values())))
        aside.replace(self._path)
