"""Vectors kept between runs of an evaluation, so that a text is encoded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexing.encode import Encoder, Vectors


class CachedEncoder:
    """An encoder that remembers every vector it made, in one file for each inner encoder."""

    def __init__(self, inner: Encoder, folder: Path) -> None:
        self._inner = inner
        self.name = inner.name
        self.dim = inner.dim
        self._path = folder / f"{hashlib.sha256(inner.name.encode()).hexdigest()[:12]}.npz"
        self._known: dict[bytes, np.ndarray] = {}
        if self._path.exists():
            with np.load(self._path) as stored:
                self._known = dict(zip((bytes(key) for key in stored["keys"]), stored["vectors"], strict=True))

