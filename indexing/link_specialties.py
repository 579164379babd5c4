"""Specialties to occupations, by what they teach and by specialties whose official occupations are known."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from data import taxonomy
from indexing import grams
from indexing.encode import Encoder, Vectors
from indexing.link import Calibration, Linked, Projection, Scores, linked, unit
from indexing.link_titles import FOLDER, TitleModel, title_model
from indexing.segment import Segmenter
from indexing.words import WordIndex
from models.errors import UnreadableFile
from models.terms import OccupationCode, SpecialtyCode, Value
from models.text import key

FORMAT = 1

# Weights of standardised scores and of votes, chosen on the specialties with official occupations, each and its
# namesakes left out in turn.
COURSES, ABILITIES, NAME, WORDS = 1.0, 0.6, 0.7, 0.5
VOTES = 12.0
"""Of the neighbours, whose shares add up to one."""
_SPELLING, _COURSES, _ABILITIES, _CLASS = 0.3, 0.4, 0.2, 0.1
"""Shares in the likeness of two specialties."""

_LETTERS = 400
"""Of the abilities; later ones are the same for every specialty."""


@dataclass(frozen=True, slots=True)
class SpecialtyText:
    """What is known of a specialty; all but the name may be missing."""

    name: str
    code: SpecialtyCode | None = None
    major_class: str = ""
    courses: tuple[str, ...] = ()
    """Core courses first."""
    abilities: tuple[str, ...] = ()

    @property
    def taught(self) -> str:
        return f"{self.name}：{'、'.join(self.courses)}" if self.courses else self.name

    @property
    def enabled(self) -> str:
        """Empty without abilities."""
        return f"{self.name}：{'；'.join(self.abilities)[:_LETTERS]}" if self.abilities else ""

    @property
    def everything(self) -> str:
        return " ".join((self.name, *self.courses, *self.abilities))


class Manifest(Value):
    """What the model was made from and how well it did on what it had not seen."""

    format: int
    encoder: str
    profiles_sha256: str
    specialties: int
    held_out: dict[str, float]
    held_out_by_words: dict[str, float]
    calibration: Calibration
    calibration_by_words: Calibration


@dataclass(frozen=True, slots=True)
class SpecialtyModel:
    """The specialties whose official occupations are known, projected like the definitions of occupations."""

    manifest: Manifest
    codes: tuple[SpecialtyCode, ...]
    taught: Projection
    enabled: Projection
    courses: Vectors
    abilities: Vectors


class SpecialtyLinker:
    """Specialties to occupations; with another encoder than the models' by names and words only."""

    def __init__(self, model: SpecialtyModel, titles: TitleModel, encoder: Encoder, segmenter: Segmenter) -> None:
        self.model = model
        self.titles = titles
        self.by_meaning = encoder.name == model.manifest.encoder == titles.manifest.encoder
        self._encoder = encoder
        self._segmenter = segmenter
        self._known: dict[SpecialtyText, Linked] = {}
        self._lock = threading.Lock()

    def link(self, specialty: SpecialtyText, *, k: int = 10) -> Linked:
        """The k likeliest occupations."""
        with self._lock:
            found = self._known.get(specialty)
        if found is None:
            known = self.model.manifest
            calibration = known.calibration if self.by_meaning else known.calibration_by_words
            (probable,) = calibration(self.scores([specialty]))
            found = linked(probable, self.titles.codes, k=_KEPT, by_meaning=self.by_meaning)
            with self._lock:
                self._known[specialty] = found
        return Linked(found.candidates[:k], found.group, found.by_meaning)

    def scores(self, specialties: Sequence[SpecialtyText], *, blind: bool = False) -> Scores:
        """What speaks for each of the title model's codes.

        Blind: no specialty hears the official occupations of itself or of its namesakes, as if they were unknown.
        """
        names = [one.name for one in specialties]
        vectors = self._vectors(names)
        scores = NAME * _standard(self.titles.names(self.titles.likeness(names, vectors)))
        scores = scores + WORDS * _standard(self._word_scores(specialties))
        taught = enabled = None
        if vectors is not None:
            taught = self.model.taught(self._encoder.encode([one.taught for one in specialties], role="query"))
            enabled = self._enabled(specialties)
            scores = scores + COURSES * _standard(taught @ self.titles.definitions.T)
            scores = scores + ABILITIES * _standard(enabled @ self.titles.definitions.T)
        votes = self._votes(specialties, taught, enabled, blind)
        return cast(Scores, (scores + VOTES * votes).astype(np.float32))

    def _vectors(self, texts: Sequence[str]) -> Vectors | None:
        return self._encoder.encode(texts, role="query") if self.by_meaning else None

    def _enabled(self, specialties: Sequence[SpecialtyText]) -> Vectors:
        """Zero for a specialty without abilities."""
        texts = [one.enabled for one in specialties]
        vectors = self.model.enabled(self._encoder.encode(texts, role="query"))
        vectors[[not text for text in texts]] = 0
        return vectors

    def _votes(
        self, specialties: Sequence[SpecialtyText], taught: Vectors | None, enabled: Vectors | None, blind: bool
    ) -> Scores:
        """What share of the like specialties names each occupation; the square of the likeness counts."""
        known = self._voters
        spelt = grams.weighed(grams.bags([one.name for one in specialties]), known.rare)
        alike = _SPELLING * (spelt @ known.spelt.T).toarray()
        classes = [one.major_class or _class_of(one) for one in specialties]
        alike = alike + _CLASS * np.asarray([[bool(a) and a == b for b in known.classes] for a in classes])
        if taught is not None and enabled is not None:
            alike = alike + _COURSES * np.maximum(taught @ self.model.courses.T, 0) ** 2
            alike = alike + _ABILITIES * np.maximum(enabled @ self.model.abilities.T, 0) ** 2
        weights = alike**2
        if blind:
            own = [[one.code == code or key(one.name) == name for code, name in known.ids] for one in specialties]
            weights[np.asarray(own)] = 0
        votes = weights @ known.links
        return cast(Scores, votes / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9))

    def _word_scores(self, specialties: Sequence[SpecialtyText]) -> Scores:
        places = list(range(len(self.titles.codes)))
        found = [self._definitions.scores(self._segmenter.words(one.everything)).of(places) for one in specialties]
        return cast(Scores, np.stack(found))

    @cached_property
    def _definitions(self) -> WordIndex:
        """The words of every occupation; segmenting them takes seconds, so not before somebody asks."""
        index = WordIndex()
        known = taxonomy.by_code()
        occupations = [known.get(code) for code in self.titles.codes]
        texts = [
            f"{' '.join((o.name, *o.aliases))} {o.definition} {' '.join(o.tasks)}" if o else "" for o in occupations
        ]
        index.add({place: self._segmenter.words(text) for place, text in enumerate(texts)})
        return index

    @cached_property
    def _voters(self) -> _Voters:
        return voters(self.model.codes, self.titles.codes)


_KEPT = 20


@dataclass(frozen=True, slots=True)
class _Voters:
    ids: tuple[tuple[SpecialtyCode, str], ...]
    """Code, and name as its key."""
    classes: tuple[str, ...]
    rare: grams.Weights
    spelt: grams.Bags
    links: Scores
    """One specialty in each row, one occupation in each column: 1 where the official profile names it."""


def voters(codes: Sequence[SpecialtyCode], occupations: Sequence[OccupationCode]) -> _Voters:
    """The specialties of those codes with their official occupations."""
    known = [taxonomy.specialty(code) for code in codes]
    bags = grams.bags([one.name for one in known])
    rare = grams.rarity(bags)
    place = {code: number for number, code in enumerate(occupations)}
    links = np.zeros((len(known), len(occupations)), dtype=np.float32)
    for row, code in enumerate(codes):
        links[row, [place[one] for one in taxonomy.official_occupations().get(code, ()) if one in place]] = 1
    return _Voters(
        tuple((one.code, key(one.name)) for one in known),
        tuple(one.major_class for one in known),
        rare,
        grams.weighed(bags, rare),
        links,
    )


@cache
def specialty_model(folder: Path = FOLDER) -> SpecialtyModel:
    """The model in the folder. Raises UnreadableFile if it is not there or of another format."""
    try:
        manifest = Manifest.model_validate_json((folder / "specialties.json").read_text(encoding="utf-8"))
        if manifest.format != FORMAT:
            raise ValueError(f"格式 {manifest.format} 不是 {FORMAT}")
        with np.load(folder / "specialties.npz", allow_pickle=False) as file:
            basis = title_model(folder).defining.basis
            return SpecialtyModel(
                manifest=manifest,
                codes=tuple(map(str, file["codes"])),
                taught=Projection(file["taught"], basis),
                enabled=Projection(file["enabled"], basis),
                courses=unit(file["courses"].astype(np.float32)),
                abilities=unit(file["abilities"].astype(np.float32)),
            )
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFile(f"读不了专业对应模型 {folder}：{error}") from error


def _class_of(specialty: SpecialtyText) -> str:
    if specialty.code is not None:
        found = [one for one in taxonomy.specialties() if one.code == specialty.code]
        if found:
            return found[0].major_class
    near = taxonomy.find_specialty(specialty.name)
    return near.major_class if near else ""


def _standard(scores: Any) -> Scores:
    """Each row at mean 0 and spread 1."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    return cast(Scores, centred / np.maximum(scores.std(axis=1, keepdims=True), 1e-9))


def texts_of(profiles: Collection[dict[str, Any]]) -> list[SpecialtyText]:
    """What may be read of official profiles: never the occupations, positions or aims, which are the answers."""
    return [
        SpecialtyText(
            name=profile["name"],
            code=profile.get("code"),
            major_class=profile.get("major_class") or "",
            courses=(*(profile.get("core_courses") or ()), *(profile.get("foundation_courses") or ())),
            abilities=tuple(profile.get("abilities") or ()),
        )
        for profile in profiles
    ]
