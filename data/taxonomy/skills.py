"""The vocabulary of vocational skills: names, the other ways to write them, and words that are none."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from data.taxonomy.files import digest, read_table, split_names
from models.errors import UnknownName
from models.text import key


class SkillKind(StrEnum):
    """What sort of thing is mastered; the value is its Chinese name."""

    SKILL = "技能"
    TOOL = "工具"
    SOFTWARE = "软件"
    LANGUAGE = "语言"
    KNOWLEDGE = "知识"
    METHOD = "方法"


@dataclass(frozen=True, slots=True)
class Skill:
    name: str
    """The one name under which the skill is stored and compared."""
    aliases: tuple[str, ...]
    """Other spellings that mean the same, without the name; no spelling belongs to two skills.

    To be searched case-insensitively, and where they begin or end with a Latin letter or digit, not
    inside a longer Latin word: Java is not in JavaScript.
    """
    domain: str
    kind: SkillKind

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name, then the aliases."""
        return (self.name, *self.aliases)


@cache
def skills() -> tuple[Skill, ...]:
    """All skills, in the order of the file: by domain."""
    return tuple(
        Skill(row["name"], split_names(row["aliases"]), row["domain"], SkillKind(row["kind"]))
        for row in read_table("skills.csv")
    )


def skill(name: str) -> Skill:
    """The skill of that name or alias. Raises UnknownName if the vocabulary has none."""
    found = find_skill(name)
    if found is None:
        raise UnknownName(f"技能词表里没有“{name}”")
    return found


def find_skill(name: str) -> Skill | None:
    """The skill that is called exactly that, but for width, case and spaces; None if there is none."""
    return _by_spelling().get(key(name))


@cache
def domains() -> tuple[str, ...]:
    """The domains that skills belong to, in the order of the file."""
    return tuple(dict.fromkeys(one.domain for one in skills()))


@cache
def generic_terms() -> frozenset[str]:
    """Words that say nothing about a skill however often they occur (沟通, 负责), as `models.text.key`."""
    return frozenset(key(row["term"]) for row in read_table("generic_terms.csv"))


def is_generic(term: str) -> bool:
    """Whether the term says too little to be a skill, a requirement or a keyword."""
    return key(term) in generic_terms()


@cache
def fingerprint() -> str:
    """Twelve hexadecimal digits that change when the vocabulary of skills or certificates does."""
    return digest("skills.csv", "generic_terms.csv", "certificates.csv")


@cache
def _by_spelling() -> dict[str, Skill]:
    return {key(spelling): one for one in skills() for spelling in one.spellings}
