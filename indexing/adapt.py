"""The domain adapter: two linear maps on frozen embeddings that bring what records are called near what they say.

One map is for names (a title, an expected position, a query), one for contents (a description, a profile). Both
start from the identity and are trained with in-batch contrast (van den Oord et al. 2018, InfoNCE) on names and
the contents that belong to them. Two maps of 384 x 384 know a trade's vocabulary and can learn no row by heart.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeVar
from zipfile import BadZipFile

import numpy as np

from indexing.encode import Vector, Vectors
from models.errors import UnreadableFile

if TYPE_CHECKING:
    import torch

TEMPERATURE = 0.05
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.05
BATCH = 1_024
EPOCHS = 6
"""Held-out R@10 falls again after about eight."""

P = TypeVar("P", Vector, Vectors)

Progress = Callable[[int, int], None]
"""Hears how many epochs of how many are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """Raw unit vectors in, unit vectors of the domain out; the identity when it has no maps."""

    encoder: str = ""
    """The encoder it was trained for: the name, or what the name begins with; empty for the identity."""
    names_mean: Vector | None = None
    contents_mean: Vector | None = None
    names_map: Vectors | None = None
    contents_map: Vectors | None = None
    name: str = field(init=False)
    """Twelve hex digits that change with any weight; `none` for the identity."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.encoder.encode())
        for part in self._parts():
            digest.update(np.ascontiguousarray(part, dtype=np.float32).tobytes())
        object.__setattr__(self, "name", digest.hexdigest()[:12] if self.names_map is not None else "none")

    def fits(self, encoder: str) -> bool:
        """Whether it may follow the encoder of that name."""
        return self.names_map is None or encoder == self.encoder or encoder.startswith(f"{self.encoder}-")

    def names(self, raw: Vectors) -> Vectors:
        """What records are called, in the domain's space: float32, unit rows; a zero row stays zero."""
        return _mapped(raw, self.names_mean, self.names_map)

    def contents(self, raw: Vectors) -> Vectors:
        """What records say, in the domain's space: float32, unit rows; a zero row stays zero."""
        return _mapped(raw, self.contents_mean, self.contents_map)

    def packed(self) -> bytes:
        """As a .npz file in half precision: the same adapter is the same bytes. Not for the identity."""
        halves = {key: part.astype(np.float16) for key, part in zip(_KEYS, self._parts(), strict=True)}
        encoder = np.frombuffer(self.encoder.encode(), dtype=np.uint8)
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, encoder=encoder, **halves)
        return content.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> Self:
        """What `packed` made. Raises UnreadableFile if it is anything else."""
        try:
            with np.load(io.BytesIO(content)) as stored:
                parts = {key: stored[key].astype(np.float32) for key in _KEYS}
                encoder = bytes(stored["encoder"]).decode()
        # What NumPy and zipfile raise on a file that is empty, cut off, of another kind or without our parts.
        except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile) as error:
            raise UnreadableFile(f"领域适配器读不出来：{error}") from error
        size = parts["names_mean"].size
        if [part.shape for part in parts.values()] != [(size,), (size,), (size, size), (size, size)]:
            raise UnreadableFile("领域适配器读不出来：各部分的维数不一致")
        return cls(encoder, **parts)

    def _parts(self) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        parts = (self.names_mean, self.contents_mean, self.names_map, self.contents_map)
        return [part for part in parts if part is not None]


IDENTITY = Adapter()
_KEYS = ("names_mean", "contents_mean", "names_map", "contents_map")


@dataclass(frozen=True, slots=True, eq=False)
class NamedContents:
    """What to learn from, aligned by position: raw vectors of names and of what belongs to them."""

    names: Vectors
    contents: Vectors
    name_keys: Sequence[str]
    """Equal for names that are the same: their contents are no counter-examples to each other."""
    content_keys: Sequence[str]
    """Equal for contents that are the same."""

    def __len__(self) -> int:
        return len(self.names)

    def __add__(self, other: NamedContents) -> NamedContents:
        return NamedContents(
            np.concatenate([self.names, other.names]),
            np.concatenate([self.contents, other.contents]),
            [*self.name_keys, *other.name_keys],
            [*self.content_keys, *other.content_keys],
        )

    def where(self, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> NamedContents:
        """The rows for which `chosen` is true."""
        places: list[int] = np.flatnonzero(chosen).tolist()
        return NamedContents(
            self.names[places],
            self.contents[places],
            [self.name_keys[place] for place in places],
            [self.content_keys[place] for place in places],
        )


def train(
    rows: NamedContents, *, encoder: str, start: Adapter = IDENTITY, seed: int = 0, progress: Progress | None = None
) -> Adapter:
    """The adapter that the rows teach, from `start` on: the same rows give the same adapter.

    One that starts from another keeps its means and ends half-way between the other's maps and its own, so that a
    few rows do not undo what many have taught (Wortsman et al. 2022, WiSE-FT). Over 3,937 real postings that an
    adapter had not seen, in three parts, training on two gained the third +.005 reciprocal rank (at least +.002);
    without averaging it gained nothing, and with means of its own it lost .001.

    Weights are rounded to what the file holds, so an adapter is the same before and after it was stored.
    """
    import torch
    from torch.nn import functional

    size = rows.names.shape[1]
    # One thread: sums in another order would make other last bits.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        names_mean = _rounded(rows.names.mean(axis=0)) if start.names_mean is None else start.names_mean
        contents_mean = _rounded(rows.contents.mean(axis=0)) if start.contents_mean is None else start.contents_mean
        names = torch.from_numpy(_unit(rows.names - names_mean))
        contents = torch.from_numpy(_unit(rows.contents - contents_mean))
        same_name, same_content = (
            torch.from_numpy(_numbered(rows.name_keys)),
            torch.from_numpy(_numbered(rows.content_keys)),
        )
        before = (start.names_map, start.contents_map)
        maps = [
            torch.nn.Parameter(torch.eye(size) if given is None else torch.from_numpy(given.copy())) for given in before
        ]
        optimiser = torch.optim.AdamW(maps, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        dice = np.random.default_rng(seed)
        for epoch in range(EPOCHS):
            order = dice.permutation(len(rows))
            for first in range(0, len(order), BATCH):
                places = torch.from_numpy(order[first : first + BATCH])
                ours = functional.normalize(names[places] @ maps[0].T, dim=1)
                theirs = functional.normalize(contents[places] @ maps[1].T, dim=1)
                alike = _alike(same_name[places]) | _alike(same_content[places])
                scores = (ours @ theirs.T / TEMPERATURE).masked_fill(alike, -1e4)
                own = torch.arange(len(places))
                loss = functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            if progress:
                progress(epoch + 1, EPOCHS)
        learnt: list[Vectors] = [one.detach().numpy() for one in maps]
        weights = [_halfway(given, one) for given, one in zip(before, learnt, strict=True)]
    finally:
        torch.set_num_threads(threads)
    return Adapter(encoder, names_mean, contents_mean, *weights)


def _alike(keys: torch.Tensor) -> torch.Tensor:
    """Which other rows of a batch have the same key."""
    import torch

    alike = keys[:, None] == keys[None, :]
    return alike & ~torch.eye(len(keys), dtype=torch.bool)


def _numbered(keys: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.fromiter((numbers[key] for key in keys), np.int64, len(keys))


def _mapped(raw: Vectors, mean: Vector | None, weights: Vectors | None) -> Vectors:
    if mean is None or weights is None:
        return raw
    # In double precision a row comes out the same alone and among others, which BLAS adds up in another order.
    directions = (raw.astype(np.float64) - mean) @ weights.T.astype(np.float64)
    mapped: Vectors = (directions / _lengths(directions)).astype(np.float32)
    # A text without content has no direction, and must not get that of the mean.
    mapped[~raw.any(axis=1)] = 0
    return mapped


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = (vectors / _lengths(vectors)).astype(np.float32)
    return unit


def _lengths(vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The length of each row, as a column; tiny instead of zero."""
    lengths: np.ndarray[Any, Any] = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return lengths


def _halfway(before: Vectors | None, learnt: Vectors) -> Vectors:
    middle: Vectors = learnt if before is None else (before + learnt) / np.float32(2)
    return _rounded(middle)


def _rounded(part: P) -> P:
    """As the file will hold it."""
    return part.astype(np.float16).astype(np.float32)
