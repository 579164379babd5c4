"""The domain adapter: two linear maps on frozen embeddings that bring what records are called near what they say.

One map is for names (a title, an expected position, a query), one for contents (a description, a profile). Both
start from the identity and are trained with in-batch contrast (van den Oord et al. 2018, InfoNCE) on names and
the contents that belong to them. Two such maps know a trade's vocabulary and can learn no row by heart.

One that is trained on an installation's own records is enriched: it reads the texts' latent directions beside
the encoder's vectors, and it moves what a record says towards what others that say the like are called.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar
from zipfile import BadZipFile

import numpy as np

from indexing.encode import Vector, Vectors
from indexing.known import Known
from indexing.latent import Latent, learn
from models.errors import UnreadableFile

if TYPE_CHECKING:
    import torch

TEMPERATURE = 0.05
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.05
BATCH = 1_024
EPOCHS = 6
"""Held-out R@10 falls again after about eight."""

LATENT_WEIGHT = 0.4
"""What latent directions weigh beside the encoder's."""
REMEMBERED = 20_000
"""Rows that are kept at most to tell by how contents are called."""

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
    latent: Latent | None = None
    """What it reads off the texts themselves; None for one that looks at the encoder's vectors only."""
    known: Known | None = None
    """Contents whose names it knows."""
    name: str = field(init=False)
    """Twelve hex digits that change with any weight; `none` for the identity."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.encoder.encode())
        for part in self._parts().values():
            digest.update(np.ascontiguousarray(part).tobytes())
        object.__setattr__(self, "name", digest.hexdigest()[:12] if self.names_map is not None else "none")

    def fits(self, encoder: str) -> bool:
        """Whether it may follow the encoder of that name."""
        return self.names_map is None or encoder == self.encoder or encoder.startswith(f"{self.encoder}-")

    def names(self, raw: Vectors, texts: Sequence[str]) -> Vectors:
        """What records are called, in the domain's space: float32, unit rows; a zero row stays zero.

        `texts` are what the vectors were made of.
        """
        return self._mapped(raw, texts, self.names_mean, self.names_map)

    def contents(self, raw: Vectors, texts: Sequence[str]) -> Vectors:
        """What records say, in the domain's space: float32, unit rows; a zero row stays zero."""
        mapped = self._mapped(raw, texts, self.contents_mean, self.contents_map)
        return self.known.named(mapped) if self.known else mapped

    def packed(self) -> bytes:
        """As a .npz file in half precision: the same adapter is the same bytes. Not for the identity."""
        halves = {key: part.astype(_STORED.get(key, np.float16)) for key, part in self._parts().items()}
        encoder = np.frombuffer(self.encoder.encode(), dtype=np.uint8)
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, encoder=encoder, **halves)
        return content.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> Self:
        """What `packed` made. Raises UnreadableFile if it is anything else."""
        try:
            with np.load(io.BytesIO(content)) as stored:
                parts = {key: stored[key].astype(_STORED.get(key, np.float32)) for key in stored if key != "encoder"}
                encoder = bytes(stored["encoder"]).decode()
            latent = [parts.pop(key) for key in _LATENT if key in parts]
            known = [parts.pop(key) for key in _KNOWN if key in parts]
            found = cls(
                encoder, **parts, latent=Latent(*latent) if latent else None, known=Known(*known) if known else None
            )
            found._check()
        # What NumPy and zipfile raise on a file that is empty, cut off, of another kind or without our parts.
        except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile) as error:
            raise UnreadableFile(f"领域适配器读不出来：{error}") from error
        return found

    def _parts(self) -> dict[str, np.ndarray[Any, Any]]:
        """What it consists of, each part under the name that it has in a file."""
        parts: dict[str, Any] = {
            "names_mean": self.names_mean,
            "contents_mean": self.contents_mean,
            "names_map": self.names_map,
            "contents_map": self.contents_map,
        }
        if self.latent:
            parts |= zip(_LATENT, (self.latent.pairs, self.latent.rarity, self.latent.directions), strict=True)
        if self.known:
            parts |= zip(_KNOWN, (self.known.contents, self.known.names), strict=True)
        return {key: part for key, part in parts.items() if part is not None}

    def _check(self) -> None:
        """Raises ValueError when the parts do not go together."""
        parts = self._parts()
        size = parts["names_mean"].size
        wanted: dict[str, tuple[int, ...]] = {"names_mean": (size,), "contents_mean": (size,)}
        read = size
        if self.latent:
            pairs, read = len(self.latent.pairs), size + self.latent.dim
            wanted |= {"latent_pairs": (pairs,), "latent_rarity": (pairs,), "latent_directions": (pairs, read - size)}
        wanted |= {"names_map": (size, read), "contents_map": (size, read)}
        if self.known:
            wanted |= dict.fromkeys(_KNOWN, (len(self.known.names), size))
        if any(parts[key].shape != shape for key, shape in wanted.items()):
            raise ValueError("各部分的维数不一致")

    def _mapped(self, raw: Vectors, texts: Sequence[str], mean: Vector | None, weights: Vectors | None) -> Vectors:
        if mean is None or weights is None:
            return raw
        # In double precision a row comes out the same alone and among others, which BLAS adds up in another order.
        directions = _read(raw, texts, mean, self.latent).astype(np.float64) @ weights.T.astype(np.float64)
        mapped = _unit(directions)
        # A text without content has no direction, and must not get that of the mean.
        mapped[~raw.any(axis=1)] = 0
        return mapped


IDENTITY = Adapter()
_LATENT = ("latent_pairs", "latent_rarity", "latent_directions")
_KNOWN = ("known_contents", "known_names")
_STORED = {"latent_pairs": np.uint32}
"""Parts that are not rounded to half precision."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedContents:
    """What to learn from, aligned by position: names and what belongs to them, raw vectors and their texts."""

    names: Vectors
    contents: Vectors
    name_texts: Sequence[str]
    """Where names are the same, their contents are no counter-examples to each other."""
    content_texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.names)

    def __add__(self, other: NamedContents) -> NamedContents:
        return NamedContents(
            np.concatenate([self.names, other.names]),
            np.concatenate([self.contents, other.contents]),
            [*self.name_texts, *other.name_texts],
            [*self.content_texts, *other.content_texts],
        )

    def where(self, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> NamedContents:
        """The rows for which `chosen` is true."""
        places: list[int] = np.flatnonzero(chosen).tolist()
        return NamedContents(
            self.names[places],
            self.contents[places],
            [self.name_texts[place] for place in places],
            [self.content_texts[place] for place in places],
        )


def train(
    rows: NamedContents,
    *,
    encoder: str,
    start: Adapter = IDENTITY,
    enriched: bool = True,
    seed: int = 0,
    progress: Progress | None = None,
) -> Adapter:
    """The adapter that the rows teach, from `start` on: the same rows give the same adapter.

    One that starts from another keeps its means and ends half-way between the other's maps and its own, so that a
    few rows do not undo what many have taught (Wortsman et al. 2022, WiSE-FT). Over 3,937 real postings that an
    adapter had not seen, in three parts, training on two gained the third +.005 reciprocal rank (at least +.002);
    without averaging it gained nothing, and with means of its own it lost .001. Latent directions are always the
    rows' own: of the other's maps only what they do to the encoder's vectors goes on.

    Weights are rounded to what the file holds, so an adapter is the same before and after it was stored.
    """
    names_mean = _rounded(rows.names.mean(axis=0)) if start.names_mean is None else start.names_mean
    contents_mean = _rounded(rows.contents.mean(axis=0)) if start.contents_mean is None else start.contents_mean
    latent = learn(rows.content_texts, seed=seed) if enriched else None
    names = _read(rows.names, rows.name_texts, names_mean, latent)
    contents = _read(rows.contents, rows.content_texts, contents_mean, latent)
    shape = (rows.names.shape[1], names.shape[1])
    before = [None if one is None else _widened(one, shape) for one in (start.names_map, start.contents_map)]
    learnt = _maps(names, contents, rows, before, seed, progress)
    names_map, contents_map = (_halfway(given, one) for given, one in zip(before, learnt, strict=True))
    made = Adapter(encoder, names_mean, contents_mean, names_map, contents_map, latent)
    return replace(made, known=_known(made, rows, seed)) if enriched else made


def _known(adapter: Adapter, rows: NamedContents, seed: int) -> Known:
    """The rows as the adapter maps them, or a sample of them."""
    chosen = np.random.default_rng(seed).permutation(len(rows))[:REMEMBERED]
    sample = rows.where(np.isin(np.arange(len(rows)), chosen))
    names = adapter.names(sample.names, sample.name_texts)
    return Known(_rounded(adapter.contents(sample.contents, sample.content_texts)), _rounded(names))


def _maps(
    names: Vectors,
    contents: Vectors,
    rows: NamedContents,
    before: Sequence[Vectors | None],
    seed: int,
    progress: Progress | None,
) -> list[Vectors]:
    """What the names and the contents are to be multiplied by."""
    import torch
    from torch.nn import functional

    # One thread: sums in another order would make other last bits.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ours, theirs = torch.from_numpy(names), torch.from_numpy(contents)
        same_name, same_content = (
            torch.from_numpy(_numbered(rows.name_texts)),
            torch.from_numpy(_numbered(rows.content_texts)),
        )
        shape = (rows.names.shape[1], names.shape[1])
        maps = [
            torch.nn.Parameter(torch.eye(*shape) if given is None else torch.from_numpy(given.copy()))
            for given in before
        ]
        optimiser = torch.optim.AdamW(maps, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        dice = np.random.default_rng(seed)
        for epoch in range(EPOCHS):
            order = dice.permutation(len(rows))
            for first in range(0, len(order), BATCH):
                places = torch.from_numpy(order[first : first + BATCH])
                called = functional.normalize(ours[places] @ maps[0].T, dim=1)
                said = functional.normalize(theirs[places] @ maps[1].T, dim=1)
                alike = _alike(same_name[places]) | _alike(same_content[places])
                scores = (called @ said.T / TEMPERATURE).masked_fill(alike, -1e4)
                own = torch.arange(len(places))
                loss = functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            if progress:
                progress(epoch + 1, EPOCHS)
        return [one.detach().numpy() for one in maps]
    finally:
        torch.set_num_threads(threads)


def _alike(keys: torch.Tensor) -> torch.Tensor:
    """Which other rows of a batch have the same key."""
    import torch

    alike = keys[:, None] == keys[None, :]
    return alike & ~torch.eye(len(keys), dtype=torch.bool)


def _numbered(keys: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.fromiter((numbers[key] for key in keys), np.int64, len(keys))


def _read(raw: Vectors, texts: Sequence[str], mean: Vector, latent: Latent | None) -> Vectors:
    """What the maps are given: centred unit vectors, beside them the latent ones."""
    centred = _unit(raw - mean)
    if latent is None:
        return centred
    return np.concatenate([centred, LATENT_WEIGHT * latent.vectors(texts)], axis=1, dtype=np.float32)


def _widened(weights: Vectors, shape: tuple[int, int]) -> Vectors:
    """What the map does to the encoder's vectors, and nothing made of what stands beside them."""
    wide: Vectors = np.zeros(shape, dtype=np.float32)
    wide[:, : shape[0]] = weights[:, : shape[0]]
    return wide


def _unit(vectors: np.ndarray[Any, Any]) -> Vectors:
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
