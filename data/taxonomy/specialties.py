"""Specialties (专业) of the national catalogues, from 中职 to 本科, and those that a name may mean."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from data.taxonomy.files import read_table
from models.errors import UnknownName
from models.terms import OccupationCode, SchoolLevel, SpecialtyCode
from models.text import key


@dataclass(frozen=True, slots=True)
class Specialty:
    code: SpecialtyCode
    level: SchoolLevel
    name: str
    category: str
    """大类 of the vocational catalogues, 学科门类 of the academic one."""
    major_class: str
    """专业类."""


@dataclass(frozen=True, slots=True)
class SpecialtyCandidate:
    """A specialty that a name may mean, and how sure that is."""

    specialty: Specialty
    score: float
    """1 for the catalogue's name, 0.95 for a former or usual one, below that by likeness; never under 0.5."""


def specialties(level: SchoolLevel | None = None) -> tuple[Specialty, ...]:
    """All specialties, by level and code, or those of one level."""
    return tuple(one for one in _by_code().values() if level is None or one.level is level)


def specialty(code: SpecialtyCode) -> Specialty:
    """The specialty of that code. Raises UnknownName if no catalogue has it."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownName(f"专业目录里没有专业代码“{code}”") from None


def specialty_named(name: str, level: SchoolLevel) -> Specialty | None:
    """The specialty that is called exactly that at that level, but for width, case and spaces."""
    return _by_name().get((level, key(name)))


@lru_cache(maxsize=16_384)
def find_specialties(name: str, *, level: SchoolLevel | None = None, k: int = 5) -> tuple[SpecialtyCandidate, ...]:
    """The `k` or fewer specialties that a name on a form may mean, best first; empty if none is near.

    Tolerates width, brackets (软件技术（移动开发方向）), a trailing 专业, former names (会计电算化)
    and left out endings (机电一体化). Between equal scores the likelier spelling is first, then 中职 before 本科.
    """
    found: dict[SpecialtyCode, float] = {}
    for spelling, certainty in _spellings(name):
        for one in _near(spelling, level):
            score = round(one.score * certainty, 4)
            if score >= 0.5 and score > found.get(one.specialty.code, 0.0):
                found[one.specialty.code] = score
    pairs = _pairs(key(name))
    candidates = [SpecialtyCandidate(specialty(code), score) for code, score in found.items()]
    candidates.sort(key=lambda one: (-one.score, -_likeness(pairs, _pairs(key(one.specialty.name)))))
    return tuple(candidates[:k])


def find_specialty(name: str, *, level: SchoolLevel | None = None) -> Specialty | None:
    """The specialty that a name means, or None when that is doubtful.

    Doubtful is a best score under 0.75, or a tie at one level. Without a level, the same name at
    several levels is no doubt: the first is given.
    """
    candidates = find_specialties(name, level=level, k=2)
    if not candidates or candidates[0].score < 0.75:
        return None
    best, *others = candidates
    tied = any(other.score == best.score and other.specialty.level is best.specialty.level for other in others)
    return None if tied else best.specialty


@cache
def official_occupations() -> Mapping[SpecialtyCode, tuple[OccupationCode, ...]]:
    """The occupations or groups of them that the official profiles name, for specialties whose profile says so."""
    found: dict[SpecialtyCode, tuple[OccupationCode, ...]] = {}
    for row in read_table("specialty_occupations.csv"):
        found[row["specialty"]] = (*found.get(row["specialty"], ()), row["occupation"])
    return found


_BRACKETS = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]?")
_TAIL = re.compile(r"(?:专业|方向|类|系)+$")
_ENDINGS = re.compile(r"(?:工程技术|应用技术|技术应用|技术与应用|技术与工程|科学与技术|技术|工程|应用|学)$")


def _spellings(name: str) -> tuple[tuple[str, float], ...]:
    """The ways to read a name, each with how sure it is."""
    whole = key(name)
    outside = _BRACKETS.sub("", whole)
    parts = [(whole, 1.0), (_TAIL.sub("", whole), 1.0), (outside, 0.98), (_TAIL.sub("", outside), 0.98)]
    return tuple((spelling, sure) for spelling, sure in dict(reversed(parts)).items() if len(spelling) > 1)


@lru_cache(maxsize=16_384)
def _near(spelling: str, level: SchoolLevel | None) -> tuple[SpecialtyCandidate, ...]:
    scores: dict[SpecialtyCode, float] = {}
    stem = _ENDINGS.sub("", spelling)
    pairs = _pairs(spelling)
    for one in specialties(level):
        name = key(one.name)
        if name == spelling:
            score = 1.0
        elif spelling in _former_names().get(one.code, ()):
            score = 0.95
        elif len(stem) > 1 and _ENDINGS.sub("", name) == stem:
            score = 0.9
        else:
            # Dice's coefficient of character pairs: 0.85 at most, so that likeness never beats a name.
            score = 0.85 * _likeness(pairs, _pairs(name))
            if len(spelling) > 3 and name.startswith(spelling):
                score = max(score, 0.8)
        if score >= 0.5:
            scores[one.code] = score
    return tuple(SpecialtyCandidate(specialty(code), score) for code, score in scores.items())


@lru_cache(maxsize=32_768)
def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def _likeness(left: Counter[str], right: Counter[str]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


@cache
def _by_code() -> dict[SpecialtyCode, Specialty]:
    return {
        row["code"]: Specialty(row["code"], SchoolLevel(row["level"]), row["name"], row["category"], row["major_class"])
        for row in read_table("specialties.csv")
    }


@cache
def _by_name() -> dict[tuple[SchoolLevel, str], Specialty]:
    return {(one.level, key(one.name)): one for one in specialties()}


@cache
def _former_names() -> dict[SpecialtyCode, frozenset[str]]:
    """Names before the catalogue of 2021 and usual short forms, by code."""
    names: dict[SpecialtyCode, set[str]] = {}
    for row in read_table("specialty_aliases.csv"):
        current = _by_name()[SchoolLevel(row["level"]), key(row["name"])]
        names.setdefault(current.code, set()).add(key(row["alias"]))
    return {code: frozenset(former) for code, former in names.items()}
