"""Vocational certificates, the names people give them, and the skills they attest."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from data.taxonomy.files import read_table, split_names
from models.text import key


class CertificateKind(StrEnum):
    """Who stands behind a certificate; the value is its Chinese name."""

    QUALIFICATION = "职业资格"
    SKILL_GRADE = "职业技能等级"
    ONE_PLUS_X = "1+X"
    SPECIAL_OPERATION = "特种作业"
    LANGUAGE = "语言"
    DRIVING = "驾驶"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    aliases: tuple[str, ...]
    """Other names, without the canonical one; no name belongs to two certificates."""
    kind: CertificateKind
    skills: tuple[str, ...]
    """Names of skills of the vocabulary that its holder has shown; may be empty."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name, then the aliases."""
        return (self.name, *self.aliases)


@cache
def certificates() -> tuple[Certificate, ...]:
    """All certificates, in the order of the file: by kind."""
    return tuple(
        Certificate(row["name"], split_names(row["aliases"]), CertificateKind(row["kind"]), split_names(row["skills"]))
        for row in read_table("certificates.csv")
    )


def find_certificate(name: str) -> Certificate | None:
    """The certificate that is called exactly that, but for width, case and spaces; None if there is none."""
    return _by_spelling().get(key(name))


@cache
def _by_spelling() -> dict[str, Certificate]:
    return {key(spelling): one for one in certificates() for spelling in one.spellings}
