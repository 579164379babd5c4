"""Job titles to occupations, by labelled titles, names and definitions that are alike."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import ConfigDict
from scipy import sparse

from indexing import grams
from indexing.encode import Encoder, Vectors
from indexing.link import Calibration, Linked, Projection, Scores, linked, unit
from models.errors import UnreadableFile
from models.terms import OccupationCode, Value

FOLDER = Path(__file__).parent / "linkers"
"""What ships with the project."""
FORMAT = 1

# Chosen on the labelled training titles, each held out in turn; see `link_titles_train`.
SPELLING = 0.5
"""Share of the spelling in the likeness of two titles; the rest is the square of their cosine."""
NAMED, DEFINED = 0.15, 0.1
"""What the likeness to an occupation's best name and to its definition adds to what the labelled titles say."""

_SHARE = 512
"""Titles linked at once: their likeness to every known title takes 30 kB each."""
_REMEMBERED = 50_000


class Manifest(Value):
    """What the model was made from and how well it did on what it had not seen."""

    model_config = ConfigDict(protected_namespaces=())

    format: int
    encoder: str
    labels_sha256: str
    """Of the rows that were used."""
    occupations_sha256: str
    """Of the codes, names and definitions."""
    titles: int
    names: int
    occupations: int
    coefficients: int
    held_out: dict[str, float]
    """On the labelled titles, each left out in turn."""
    held_out_by_spelling: dict[str, float]
    calibration: Calibration
    calibration_by_spelling: Calibration


@dataclass(frozen=True, slots=True)
class TitleModel:
    """Known titles, the labelled ones before the names, and what each says for each occupation."""

    manifest: Manifest
    codes: tuple[OccupationCode, ...]
    rare: grams.Weights
    spelt: grams.Bags
    """The known titles, weighed: one bucket in each row, one title in each column, so that few rows are read."""
    meaning: Projection
    meant: Vectors
    """The known titles' meanings."""
    coefficients: sparse.csr_array
    """One known title in each row, one occupation in each column."""
    firsts: np.ndarray[tuple[int], np.dtype[np.int64]]
    """For each occupation the place of its first name among the names."""
    defining: Projection
    definitions: Vectors

    def likeness(self, titles: Sequence[str], vectors: Vectors | None) -> Scores:
        """How alike each title is to each known one, in [0, 1]."""
        spelt = grams.weighed(grams.bags(titles), self.rare)
        alike = SPELLING * cast(Scores, (spelt @ self.spelt).toarray().astype(np.float32))
        if vectors is None:
            return alike
        near = np.maximum(self.meaning(vectors) @ self.meant.T, 0)
        return cast(Scores, alike + (1 - SPELLING) * near**2)

    def names(self, likeness: Scores) -> Scores:
        """The likeness to the best name of each occupation."""
        start = likeness.shape[1] - self.manifest.names
        return cast(Scores, np.maximum.reduceat(likeness[:, start:], self.firsts, axis=1))

    def scores(self, titles: Sequence[str], vectors: Vectors | None) -> Scores:
        """How much speaks for each occupation; on the scale of the calibration."""
        alike = self.likeness(titles, vectors)
        scores = cast(Scores, (self.coefficients.T @ alike.T).T) + NAMED * self.names(alike)
        if vectors is not None:
            scores = scores + DEFINED * (self.defining(vectors) @ self.definitions.T)
        return cast(Scores, scores.astype(np.float32))

    def probabilities(self, titles: Sequence[str], vectors: Vectors | None) -> Scores:
        """For each title and occupation the probability that they belong together."""
        known = self.manifest
        return (known.calibration_by_spelling if vectors is None else known.calibration)(self.scores(titles, vectors))


class TitleLinker:
    """A TitleModel with the encoder at hand; remembers the titles it has seen."""

    def __init__(self, model: TitleModel, encoder: Encoder) -> None:
        """Vectors of another encoder than the model's would mean nothing: then only spellings are compared."""
        self.model = model
        self.by_meaning = encoder.name == model.manifest.encoder
        self._encoder = encoder
        self._known: OrderedDict[str, Linked] = OrderedDict()
        self._lock = threading.Lock()

    def scores(self, titles: Sequence[str]) -> Scores:
        """What speaks for each of the model's codes."""
        return self.model.scores(titles, self._vectors(titles))

    def link(self, titles: Sequence[str], *, k: int = 5) -> list[Linked]:
        """For each title the k likeliest occupations; none for a title without a letter."""
        with self._lock:
            known = {title: self._known.get(title) for title in titles}
        new = [title for title, found in known.items() if found is None]
        for start in range(0, len(new), _SHARE):
            known.update(self._link(new[start : start + _SHARE]))
        with self._lock:
            self._known.update((title, found) for title, found in known.items() if found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        answers = (cast(Linked, known[title]) for title in titles)
        return [Linked(one.candidates[:k], one.group, one.by_meaning) for one in answers]

    def _link(self, titles: Sequence[str]) -> dict[str, Linked]:
        probable = self.model.probabilities(titles, self._vectors(titles))
        return {
            title: linked(row, self.model.codes, k=_KEPT, by_meaning=self.by_meaning)
            if any(character.isalpha() for character in title)
            else Linked((), None, self.by_meaning)
            for title, row in zip(titles, probable, strict=True)
        }

    def _vectors(self, titles: Sequence[str]) -> Vectors | None:
        return self._encoder.encode(titles, role="query") if self.by_meaning else None


_KEPT = 20
"""Candidates remembered for a title."""


@cache
def title_model(folder: Path = FOLDER) -> TitleModel:
    """The model in the folder. Raises UnreadableFile if it is not there or of another format."""
    try:
        manifest = Manifest.model_validate_json((folder / "titles.json").read_text(encoding="utf-8"))
        with np.load(folder / "titles.npz", allow_pickle=False) as file:
            return _unpacked(manifest, dict(file))
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFile(f"读不了职业对应模型 {folder}：{error}") from error


def save(folder: Path, manifest: Manifest, arrays: dict[str, Any]) -> None:
    """Write the model; equal content makes equal files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder / "titles.npz", arrays)
    (folder / "titles.json").write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """The arrays in one compressed file; the same bytes for the same arrays."""
    # numpy stamps the members with 1980-01-01, so that no date enters.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(sorted(arrays.items())))
    path.write_bytes(buffer.getvalue())


def _unpacked(manifest: Manifest, file: dict[str, Any]) -> TitleModel:
    if manifest.format != FORMAT:
        raise ValueError(f"格式 {manifest.format} 不是 {FORMAT}")
    starts, buckets = file["starts"], file["buckets"].astype(np.int32)
    known = sparse.csr_array((np.ones(len(buckets)), buckets, starts), shape=(len(starts) - 1, grams.BUCKETS))
    rare = grams.rarity(known)
    codes = tuple(map(str, file["codes"]))
    coefficients = sparse.csr_array(
        (file["votes"] * np.float32(file["step"]), file["voted"].astype(np.int32), file["voters"]),
        shape=(len(starts) - 1, len(codes)),
    )
    return TitleModel(
        manifest=manifest,
        codes=codes,
        rare=rare,
        spelt=grams.weighed(known, rare).T.tocsr(),
        meaning=Projection(file["mean"], file["basis"].astype(np.float32)),
        meant=unit(file["meant"].astype(np.float32)),
        coefficients=coefficients,
        firsts=file["firsts"].astype(np.int64),
        defining=Projection(file["mean"], file["defining"].astype(np.float32)),
        definitions=unit(file["definitions"].astype(np.float32)),
    )
