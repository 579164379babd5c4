"""What occupation a posting is for and what occupations a programme trains for: as stated, or computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from data import taxonomy
from indexing.encode import Encoder
from indexing.link import SURE, Link
from indexing.link_specialties import SpecialtyLinker, SpecialtyText, specialty_model
from indexing.link_titles import TitleLinker, title_model
from indexing.segment import Segmenter
from models.matches import Document, Pair
from models.postings import Posting
from models.specialties import Programme
from models.terms import OccupationCode

POSSIBLE = 0.25
"""Probability from which a computed occupation of a programme counts: most have three or more."""


class Origin(StrEnum):
    """How an occupation is known; the value is its Chinese name."""

    STATED = "原文标注"
    OFFICIAL = "官方专业简介"
    COMPUTED = "自动对应"


@dataclass(frozen=True, slots=True)
class OccupationLinks:
    """Occupations of one record or text, best first."""

    origin: Origin
    links: tuple[Link, ...]
    sure: bool
    """Whether the first may be named; False is an abstention."""
    group: Link | None = None
    """The smallest group that is sure, where no occupation is."""
    by_meaning: bool = True
    """False when only spellings and words could be compared."""

    @property
    def note(self) -> str:
        """How the occupations are known, in Chinese."""
        if self.origin is Origin.STATED:
            return "记录中写明的职业"
        if self.origin is Origin.OFFICIAL:
            return "教育部专业简介中的面向职业"
        how = "自动对应" if self.by_meaning else "自动对应，只比较了用词（编码模型与对应模型不同）"
        if self.sure:
            return f"{how}，供参考"
        group = f"；大致属于“{taxonomy.occupation_label(self.group.code)}”" if self.group else ""
        return f"{how}，可信度都低于 {SURE:.0%}，不能确定是哪个职业{group}"


class Occupations:
    """Links of postings and programmes; computed ones are remembered."""

    def __init__(self, encoder: Encoder, segmenter: Segmenter) -> None:
        self._encoder = encoder
        self._segmenter = segmenter

    def of_posting(self, posting: Posting, *, k: int = 5) -> OccupationLinks:
        """The occupation that the posting states, or those that its title may mean."""
        if posting.occupation:
            return OccupationLinks(Origin.STATED, (Link(posting.occupation, 1.0),), sure=True)
        return self.of_title(posting.title, k=k)

    def of_title(self, title: str, *, k: int = 5) -> OccupationLinks:
        """The occupations that a title may mean."""
        (found,) = self._titles.link([title], k=k)
        sure = found.chosen is not None
        return OccupationLinks(Origin.COMPUTED, found.candidates, sure, found.group, found.by_meaning)

    def of_programme(self, programme: Programme, *, k: int = 10) -> OccupationLinks:
        """The occupations of the imported profile, of the official profile of the specialty, or the likeliest."""
        if programme.occupations:
            return OccupationLinks(Origin.STATED, _certain(programme.occupations), sure=True)
        official = taxonomy.official_occupations().get(programme.code or "", ())
        if official:
            return OccupationLinks(Origin.OFFICIAL, _certain(official), sure=True)
        text = SpecialtyText(programme.name, code=programme.code, courses=programme.courses)
        found = self._specialties.link(text, k=k)
        sure = found.chosen is not None
        return OccupationLinks(Origin.COMPUTED, found.candidates, sure, found.group, found.by_meaning)

    def prepare(self, pairs: Sequence[Pair[Posting, Programme]]) -> None:
        """Link all titles of the pairs at once, which is faster than one by one."""
        postings = {pair.demand.id: pair.demand for pair in pairs}
        self._titles.link(list(dict.fromkeys(_unlabelled(postings.values()))))

    @cached_property
    def _titles(self) -> TitleLinker:
        return TitleLinker(title_model(), self._encoder)

    @cached_property
    def _specialties(self) -> SpecialtyLinker:
        return SpecialtyLinker(specialty_model(), title_model(), self._encoder, self._segmenter)


def _certain(codes: Iterable[OccupationCode]) -> tuple[Link, ...]:
    return tuple(Link(code, 1.0) for code in codes)


def _unlabelled(postings: Iterable[Document[Any]]) -> Iterable[str]:
    return (posting.record.title for posting in postings if not posting.record.occupation)
