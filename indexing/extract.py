"""Text to facts: the skills and certificates that a record names, where, and how strongly it asks for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from data import taxonomy
from indexing.phrases import PhraseBook
from indexing.segment import domain_segmenter
from models.matches import Facts, Mention, Span, Wish
from models.text import fold, key

VERSION = 1
"""Raised when the facts of a text change for another reason than the vocabulary."""

_SHORT = 3
"""Characters up to which a name may be an accident of two neighbouring words."""

_PREFERRED = re.compile(r"优先|加分|更佳|更好|为佳|最佳|最好|者佳|尤佳|plus")
_REQUIRED = re.compile(r"必须|务必|须|要求|必备|持有|持证|具备|具有|熟悉|熟练|掌握|精通|擅长|了解|懂|会|能|拥有|取得")
_NEGATED = re.compile(r"(无需|不需|不要求|无须|不必|不用|不会|没有|没学过|未学|不懂|不考虑|不接受)[^,。;!?\n]{0,8}$")
_REQUIREMENTS = re.compile(r"(任职|岗位|职位|应聘|招聘|录用)?(要求|资格|条件)\s*[::】\])]|任职要求|任职资格|岗位要求")
_DUTIES = re.compile(r"(岗位|工作|主要|职位)?(职责|内容|描述)\s*[::】\])]|岗位职责|工作内容|工作职责")

_DECLARED: Mapping[str, Wish] = {
    "required_skills": Wish.REQUIRED,
    "preferred_skills": Wish.PREFERRED,
    "required_certificates": Wish.REQUIRED,
    "preferred_certificates": Wish.PREFERRED,
    "skills": Wish.MENTIONED,
    "certificates": Wish.MENTIONED,
    "prerequisites": Wish.REQUIRED,
}
"""Fields that list names: each entry is a fact even when the vocabulary does not know it."""

_SILENT = frozenset({"organisation", "provider", "issuer", "school", "specialties", "audience", "expected_positions"})
"""Fields in which a skill's name says something else: whoever wants to be a 数控车床操作工 need not be one yet."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: Literal["skill", "certificate"]
    name: str


def extract(texts: Mapping[str, str]) -> Facts:
    """The facts of a record's texts, each with the span that states it."""
    skills: list[Mention] = []
    certificates: list[Mention] = []
    for field, text in texts.items():
        if field in _SILENT:
            continue
        for meaning, mention in _mentions(field, text):
            (skills if meaning == "skill" else certificates).append(mention)
    return Facts(skills=tuple(skills), certificates=tuple(certificates))


@cache
def fingerprint() -> str:
    """Changes whenever the facts of some text may."""
    return hashlib.sha256(f"{VERSION} {taxonomy.fingerprint()}".encode()).hexdigest()[:12]


def _mentions(field: str, text: str) -> Iterator[tuple[str, Mention]]:
    declared = _DECLARED.get(field)
    if declared:
        yield from _declared(field, text, declared)
        return
    folded = fold(text)
    parts = _requirement_parts(folded)
    for start, end, meaning in _phrases().find(folded):
        if end - start <= _SHORT and not domain_segmenter().stands_alone(folded, start, end):
            continue
        if not _NEGATED.search(folded, max(0, start - 14), start):
            wish = _wish(folded, start, end, in_requirements=any(a <= start < b for a, b in parts))
            yield meaning.kind, Mention(meaning.name, wish, Span(field, start, end, text[start:end]))


def _declared(field: str, text: str, wish: Wish) -> Iterator[tuple[str, Mention]]:
    """One mention for each entry at least; an entry that no vocabulary knows stands for itself."""
    kind = "certificate" if "certificates" in field else "skill"
    start = 0
    for entry in text.split("、"):
        found = [(s, e, m) for s, e, m in _phrases().find(fold(entry))]
        for s, e, meaning in found:
            yield meaning.kind, Mention(meaning.name, wish, Span(field, start + s, start + e, entry[s:e]))
        if not any(meaning.kind == kind for _, _, meaning in found) and not taxonomy.is_generic(entry):
            yield kind, Mention(key(entry), wish, Span(field, start, start + len(entry), entry))
        start += len(entry) + 1


def _wish(folded: str, start: int, end: int, *, in_requirements: bool) -> Wish:
    """How the clause around a mention asks for it; 优先 reaches over the list that it closes (熟悉A、B者优先)."""
    before = max(folded.rfind(mark, 0, start) for mark in ",。;!?\n") + 1
    ends = [place for mark in ",。;!?\n" if (place := folded.find(mark, end)) >= 0]
    clause = folded[before : min(ends, default=len(folded))]
    if _PREFERRED.search(clause):
        return Wish.PREFERRED
    if _REQUIRED.search(clause) or in_requirements:
        return Wish.REQUIRED
    return Wish.MENTIONED


def _requirement_parts(folded: str) -> list[tuple[int, int]]:
    """(start, end) of the stretches that stand under a heading such as 任职要求, up to the next 岗位职责."""
    headings = [(m.start(), True) for m in _REQUIREMENTS.finditer(folded)]
    headings += [(m.start(), False) for m in _DUTIES.finditer(folded)]
    headings.sort()
    ends = [*(start for start, _ in headings[1:]), len(folded)]
    return [(start, end) for (start, asks), end in zip(headings, ends, strict=bool(headings)) if asks]


@cache
def _phrases() -> PhraseBook[_Meaning]:
    skills = ((s, _Meaning("skill", skill.name)) for skill in taxonomy.skills() for s in skill.spellings)
    certificates = ((s, _Meaning("certificate", c.name)) for c in taxonomy.certificates() for s in c.spellings)
    return PhraseBook((*certificates, *skills))
