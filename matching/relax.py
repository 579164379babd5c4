"""How a posting's requirements are relaxed: which field each of them reads, and what one step less is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from models.matches import Document, Mention, Wish
from models.postings import Posting
from models.terms import Education, SkillLevel
from models.text import key

_YEARS = (0, 1, 2, 3, 5, 8, 10)
"""Years of experience that postings ask for: the rungs by which the demand comes down."""
_EDITABLE = ("required_certificates", "description")
"""Where a certificate can be dropped from; what the title says is the trade itself."""
_EVERY_SUBSET = 4
"""Certificates up to which every choice of them is tried; of more, each alone and all together."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One field of a posting relaxed by one step or several; equal only to itself, so that it can be a key."""

    field: str
    label: str
    asked: str
    """What the posting asks now, in Chinese."""
    instead: str
    """What it would ask."""
    steps: int
    update: Mapping[str, object]
    """Field → new value."""

    @property
    def advice(self) -> str:
        """What to do, such as 把学历要求从“大专”放宽到“高中/中职”."""
        return f"把{self.label}从“{self.asked}”放宽到“{self.instead}”"


Ladder = Sequence[Change]
"""The ways of relaxing one field, fewest steps first."""


def ladders(posting: Document[Posting]) -> list[Ladder]:
    """One for each field that can be relaxed; what the law demands has none."""
    return [found for field in RELAXABLE if (found := list(field(posting)))]


def relaxed(posting: Posting, changes: Iterable[Change]) -> Posting:
    """The posting with the changes made, checked like any other. Changes of one field exclude each other."""
    updates = {name: value for change in changes for name, value in change.update.items()}
    return Posting.model_validate({**dict(posting), **updates})


def education(posting: Document[Posting]) -> Iterator[Change]:
    """One level lower at a time, down to 不限."""
    asked = posting.record.education
    if asked is None:
        return
    for steps, level in enumerate(reversed(list(Education)[: asked.rank]), 1):
        yield Change("education", "学历要求", asked.label, level.label, steps, {"education": level})


def experience(posting: Document[Posting]) -> Iterator[Change]:
    """One rung lower at a time, down to none."""
    asked = posting.record.experience_years
    if asked is None:
        return
    for steps, years in enumerate((years for years in reversed(_YEARS) if years < asked), 1):
        instead = f"{years} 年" if years else "不要求"
        yield Change("experience_years", "经验要求", f"{asked} 年", instead, steps, {"experience_years": years})


def skill_level(posting: Document[Posting]) -> Iterator[Change]:
    """One level lower at a time, down to none."""
    asked = posting.record.skill_level
    if asked is None:
        return
    lower: list[SkillLevel | None] = [*reversed(list(SkillLevel)[: asked.rank]), None]
    for steps, level in enumerate(lower, 1):
        instead = level.label if level else "不要求"
        yield Change("skill_level", "技能等级要求", asked.label, instead, steps, {"skill_level": level})


def certificates(posting: Document[Posting]) -> Iterator[Change]:
    """One required certificate fewer is one step; wherever the posting names it, it goes."""
    required = [m for m in posting.facts.certificates if m.wish is Wish.REQUIRED and m.span.field in _EDITABLE]
    names = list(dict.fromkeys(mention.name for mention in required))
    sizes = range(1, len(names) + 1) if len(names) <= _EVERY_SUBSET else sorted({1, len(names)})
    for size in sizes:
        for dropped in combinations(names, size):
            left = [name for name in names if name not in dropped]
            update = _without(posting, [mention for mention in required if mention.name in dropped])
            instead = "、".join(left) or "不要求"
            yield Change("required_certificates", "证书要求", "、".join(names), instead, size, update)


RELAXABLE: Sequence[Callable[[Document[Posting]], Iterator[Change]]] = (
    education,
    experience,
    certificates,
    skill_level,
)
"""What an employer may ask less of. Who may work at all (实习管理规定, 未成年人) is law, and no choice."""


def _without(posting: Document[Posting], mentions: Sequence[Mention]) -> dict[str, object]:
    """The posting's texts without the words of the mentions: in a list the entry, in a text the stretch."""
    update: dict[str, object] = {}
    for field in dict.fromkeys(mention.span.field for mention in mentions):
        spans = [mention.span for mention in mentions if mention.span.field == field]
        value = getattr(posting.record, field)
        if isinstance(value, tuple):
            gone = {key(span.text) for span in spans}
            update[field] = tuple(entry for entry in value if not any(one in key(entry) for one in gone))
        else:
            for span in sorted(spans, key=lambda span: -span.start):
                value = value[: span.start] + value[span.end :]
            update[field] = value
    return update
