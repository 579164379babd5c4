"""The written part of the city, read from the TOML files beside this module: one class per table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from data.taxonomy import find_skill
from models.terms import Education, SchoolLevel, Shift

EDUCATION = {
    "不限": Education.ANY,
    "初中": Education.JUNIOR_SECONDARY,
    "中职": Education.SECONDARY,
    "大专": Education.JUNIOR_COLLEGE,
    "本科": Education.BACHELOR,
    "硕士": Education.MASTER,
}


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A kind of job as this city's employers write it (岗位原型)."""

    id: str
    name: str
    group: str
    """The industry group whose enterprises hire it."""
    also: tuple[str, ...]
    """Other groups, or sectors of them, that hire it."""
    sectors: tuple[str, ...]
    """Sectors of its own group that hire it; empty for all."""
    trend: str
    """rising, falling or steady over the 24 months."""
    weight: float
    occupation: str
    education: Education
    pay: tuple[int, int]
    """CNY per month for an ordinary full-time worker."""
    years: tuple[int, ...]
    shifts: tuple[Shift, ...]
    heads: tuple[int, int]
    fields: tuple[str, ...]
    """Fields of study that train for it, the most direct first."""
    modes: tuple[str, ...]
    """Forms of engagement besides 全职 that occur."""
    titles: tuple[str, ...]
    wishes: tuple[str, ...]
    """What a student calls it."""
    must: tuple[str, ...]
    """Skills as its employers write them; `canonical` gives the vocabulary's name."""
    plus: tuple[str, ...]
    certificates: tuple[str, ...]
    bonus_certificates: tuple[str, ...]
    duties: tuple[str, ...]
    wants: tuple[str, ...]
    done: tuple[str, ...]
    """What a student who trained for it has done."""

    @property
    def skills(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.must + self.plus))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of study that several specialties share."""

    id: str
    name: str
    skills: tuple[str, ...]
    """Taught beside what its roles ask for."""
    certificates: tuple[str, ...]
    contests: tuple[str, ...]
    reasons: tuple[str, ...]
    """First-person sentences on why and what one likes about it."""


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty as one school offers it."""

    school: str
    level: SchoolLevel
    code: str
    name: str
    field: str
    courses: tuple[str, ...]
    occupations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sector:
    """A line of business within an industry group."""

    id: str
    group: str
    industry: str
    count: int
    suffixes: tuple[str, ...]
    products: tuple[str, ...]
    nodes: tuple[str, ...]
    about: tuple[str, ...]


def canonical(skills: Iterable[str]) -> tuple[str, ...]:
    """The skills by the vocabulary's names, each once; one that it lacks keeps its own."""
    return tuple(dict.fromkeys(known.name if (known := find_skill(skill)) else skill for skill in skills))


@cache
def lines(block: str) -> tuple[str, ...]:
    """The non-blank lines of a block."""
    return tuple(line.strip() for line in block.splitlines() if line.strip())


@cache
def names(cell: str) -> tuple[str, ...]:
    """The names in a cell, separated by `、`."""
    return tuple(name for name in cell.split("、") if name)


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of this folder."""
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))


def _folder(name: str) -> list[dict[str, Any]]:
    files = sorted((resources.files(__package__) / name).iterdir(), key=lambda file: file.name)
    return [tomllib.loads(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".toml")]


@cache
def technology() -> tuple[dict[str, Any], ...]:
    """The technical topics of all files under `technology/`."""
    return tuple(topic for file in _folder("technology") for topic in file["topic"])


@cache
def roles() -> tuple[Role, ...]:
    """All roles, by industry group."""
    return tuple(_role(row, file["group"]) for file in _folder("roles") for row in file["role"])


def _role(row: dict[str, Any], group: str) -> Role:
    low, high = row["pay"]
    return Role(
        id=row["id"],
        name=row["name"],
        group=group,
        also=names(row.get("also", "")),
        sectors=tuple(row.get("sectors", "").split()),
        trend=row.get("trend", "steady"),
        weight=row.get("weight", 1.0),
        occupation=row["code"],
        education=EDUCATION[row["edu"]],
        pay=(low, high),
        years=tuple(row["years"]),
        shifts=tuple(Shift(name) for name in row["shifts"].split()),
        heads=(row["heads"][0], row["heads"][1]),
        fields=tuple(row["fields"].split()),
        modes=tuple(row.get("modes", "").split()),
        titles=lines(row["titles"]),
        wishes=names(row.get("wishes", row["name"])),
        must=names(row["must"]),
        plus=names(row.get("plus", "")),
        certificates=names(row.get("certs", "")),
        bonus_certificates=names(row.get("bonus", "")),
        duties=lines(row["duties"]),
        wants=lines(row["wants"]),
        done=lines(row["did"]),
    )


@cache
def fields() -> dict[str, Field]:
    """Fields of study by id."""
    return {
        row["id"]: Field(
            row["id"],
            row["name"],
            names(row.get("skills", "")),
            names(row.get("certs", "")),
            lines(row["contests"]),
            lines(row["why"]),
        )
        for row in table("fields.toml")["field"]
    }


@cache
def specialties() -> tuple[Specialty, ...]:
    """Every specialty of every school."""
    return tuple(
        Specialty(
            school["name"],
            SchoolLevel(school["level"]),
            row["code"],
            row["name"],
            row["field"],
            names(row["courses"]),
            tuple(row.get("occupations", "").split()),
        )
        for school in table("schools.toml")["school"]
        for row in school["specialty"]
    )


@cache
def sectors() -> tuple[Sector, ...]:
    """The lines of business of the city."""
    return tuple(
        Sector(
            row["id"],
            row["group"],
            row["industry"],
            row["count"],
            names(row["suffixes"]),
            names(row["products"]),
            names(row["nodes"]),
            lines(row["about"]),
        )
        for row in table("organisations.toml")["sector"]
    )
