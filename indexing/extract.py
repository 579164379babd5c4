"""Text to facts: what a record names and states, where, and how strongly it asks for it."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from data import taxonomy
from indexing import discrimination, statements, terms
from indexing.clauses import Clauses, itemised
from indexing.phrases import PhraseBook
from indexing.segment import domain_segmenter
from models.matches import Discrimination, Facts, Mention, Span, Stated, Wish
from models.text import fold, key

VERSION = 5
"""Raised when the facts of a text change for another reason than the vocabulary and the fitted signs."""

KNOWN_LIKELIHOOD, UNKNOWN_LIKELIHOOD = 0.4, 0.42
"""From which on a stretch is a skill: one that the vocabulary knows, and one that it does not.

On the dev part of tests/golden F1 is flat between 0.4 and 0.5.
"""

_SHORT = 3
"""Characters up to which a name may be an accident of two neighbouring words."""

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

_PROSE = frozenset({"description", "experience", "self_description"})
"""Fields in which people write freely, so that skills unknown to the vocabulary are looked for too."""

_OWN = frozenset({"experience", "self_description"})
"""Fields in which people say what they can, which asks nobody for anything."""

_STATING = ("description", "title")
"""Fields that state facts in words, the more explicit first."""

_Kind = Literal["skill", "certificate"]


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: _Kind
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of a folded text and what it names."""

    start: int
    end: int
    kind: _Kind
    name: str
    known: bool = True


def extract(texts: Mapping[str, str]) -> Facts:
    """The facts of a record's texts, each with the span that states it."""
    mentions: dict[_Kind, list[Mention]] = {"skill": [], "certificate": []}
    for field, text in texts.items():
        if field in _SILENT:
            continue
        for kind, found in _mentions(field, text):
            offset = 1 + max((mention.group for mention in mentions[kind] if mention.group is not None), default=-1)
            mentions[kind] += [
                mention if mention.group is None else replace(mention, group=mention.group + offset)
                for mention in found
            ]
    return Facts(skills=tuple(mentions["skill"]), certificates=tuple(mentions["certificate"]), **_statements(texts))


@cache
def fingerprint() -> str:
    """Changes whenever the facts of some text may."""
    fitted = sorted(terms.weights().items())
    return hashlib.sha256(f"{VERSION} {taxonomy.fingerprint()} {fitted}".encode()).hexdigest()[:12]


def _statements(texts: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    unlawful: list[Discrimination] = []
    for field in _STATING:
        text = texts.get(field, "")
        folded = itemised(text)
        for name, (value, start, end) in statements.all_statements(folded):
            found.setdefault(name, Stated(value, _span(field, text, start, end)))
        unlawful += [
            Discrimination(trait, _span(field, text, start, end))
            for trait, start, end in discrimination.demands(folded)
        ]
    return {**found, "discrimination": tuple(unlawful)}


def _mentions(field: str, text: str) -> Iterator[tuple[_Kind, list[Mention]]]:
    declared = _DECLARED.get(field)
    if declared:
        yield from _declared(field, text, declared)
        return
    folded = itemised(text)
    clauses = Clauses.of(folded)
    named = [one for one in _named(field, folded, clauses) if not clauses.is_negated(one.start, one.end)]
    kinds: tuple[_Kind, ...] = ("skill", "certificate")
    for kind in kinds:
        of_kind = [one for one in named if one.kind == kind]
        groups = clauses.lists([(one.start, one.end) for one in of_kind])
        yield (
            kind,
            [
                Mention(
                    one.name,
                    Wish.MENTIONED if field in _OWN else clauses.wish(one.start, one.end),
                    _span(field, text, one.start, one.end),
                    group,
                    known=one.known,
                )
                for one, group in zip(of_kind, groups, strict=True)
            ],
        )


def _named(field: str, folded: str, clauses: Clauses) -> list[Named]:
    """The skills and certificates that a text names, in order, without overlaps."""
    borders = domain_segmenter().borders(folded)
    hits = vocabulary_hits(folded, borders)
    if field not in _PROSE:
        return hits
    found = terms.stretches(folded, borders)
    signs = terms.signs(folded, found, [(hit.start, hit.end, hit.kind) for hit in hits], borders, clauses)
    named: list[Named] = []
    refused: set[Named] = set()
    for stretch, speaking in zip(found, signs, strict=True):
        surface = folded[stretch.start : stretch.end]
        inside = [hit for hit in hits if hit.start < stretch.end and hit.end > stretch.start]
        skills = [hit for hit in inside if hit.kind == "skill"]
        if _CERTIFICATE.search(surface) and not _ANY_CERTIFICATE.fullmatch(surface):
            refused.update(skills)
            if len(skills) == len(inside):
                named.append(Named(stretch.start, stretch.end, "certificate", key(surface), known=False))
            continue
        likelihood = 0.0 if terms.is_ruled_out(speaking) else _likelihood(speaking)
        if skills:
            if likelihood < KNOWN_LIKELIHOOD:
                refused.update(skills)
        elif (
            likelihood >= UNKNOWN_LIKELIHOOD
            and not inside
            and "generic words" not in speaking
            and _may_be_new(folded, stretch, clauses)
        ):
            named.append(Named(stretch.start, stretch.end, "skill", key(surface), known=False))
    named += [hit for hit in hits if hit not in refused]
    return sorted(named, key=lambda one: one.start)


def vocabulary_hits(folded: str, borders: Sequence[int]) -> list[Named]:
    """What the vocabulary knows in a folded text; short names only where words begin and end."""
    at_border = frozenset(borders)
    return [
        Named(start, end, meaning.kind, meaning.name)
        for start, end, meaning in _phrases().find(folded)
        if end - start > _SHORT or {start, end} <= at_border
    ]


def _may_be_new(folded: str, stretch: terms.Stretch, clauses: Clauses) -> bool:
    """Whether the words may stand for a skill of their own.

    Not when they are generic, or a sentence that lost its marks, or plain English in an English sentence, or
    stand among what the employer offers.
    """
    surface = folded[stretch.start : stretch.end]
    if len(surface) > terms.LONGEST or surface in taxonomy.generic_terms() or _MEASURE.fullmatch(surface):
        return False
    clause = clauses.clause(stretch.start, stretch.end)
    return bool(_CHINESE.search(folded, *clause)) and not _BENEFIT.search(folded, *clause)


_BENEFIT = re.compile(r"宿舍|食堂|餐补|补贴|带薪|五险|年终奖|福利|团建|下午茶|水电费|生日会|节日|红包|晋升")
_MEASURE = re.compile(r"[\d.]+(?:cm|mm|m|kg|g|k|w|v|kv|%|℃)?")
_CHINESE = re.compile(r"[一-鿿]")


_CERTIFICATE = re.compile(
    r"(?:(?<!身份)(?<!毕业)(?<!学位)(?<!工作)(?<!居住)(?<!暂住)(?<!保)(?<!验)(?<!凭)(?<!签)(?<!认)(?<!取)(?<!公)(?<!考)(?<!无)(?<!有)(?<!论)(?<!票)(?<!地)(?<!单)证"
    r"|证书|驾照|执照|职称|(?:从业|职业|执业|作业)资格|(?<=[工师员])(?:[一二三四五]级|[初中高]级))$"
)


_ANY_CERTIFICATE = re.compile(
    r"(?:相关|相应|各种)?(?:(?:从业|职业|执业|作业|技能)?资格)?(?:证|证书|上岗证|操作证|等级证书)?"
)


def _likelihood(signs: Sequence[str]) -> float:
    weights = terms.weights()
    return 1 / (1 + math.exp(-sum(weights.get(sign, 0.0) for sign in signs)))


def _declared(field: str, text: str, wish: Wish) -> Iterator[tuple[_Kind, list[Mention]]]:
    """One mention for each entry at least; an entry that no vocabulary knows stands for itself."""
    kind: _Kind = "certificate" if "certificates" in field else "skill"
    start = 0
    for entry in text.split("、"):
        found = list(_phrases().find(fold(entry)))
        for first, last, meaning in found:
            yield meaning.kind, [Mention(meaning.name, wish, _span(field, text, start + first, start + last))]
        if not any(meaning.kind == kind for _, _, meaning in found) and not taxonomy.is_generic(entry):
            yield kind, [Mention(key(entry), wish, _span(field, text, start, start + len(entry)))]
        start += len(entry) + 1


def _span(field: str, text: str, start: int, end: int) -> Span:
    return Span(field, start, end, text[start:end])


@cache
def _phrases() -> PhraseBook[_Meaning]:
    skills = ((s, _Meaning("skill", skill.name)) for skill in taxonomy.skills() for s in skill.spellings)
    certificates = ((s, _Meaning("certificate", c.name)) for c in taxonomy.certificates() for s in c.spellings)
    return PhraseBook((*certificates, *skills))
