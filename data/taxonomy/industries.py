"""Industries of GB/T 4754-2017, and the one that a name written by people means."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from data.taxonomy.files import read_table
from models.errors import UnknownName
from models.terms import IndustryCode
from models.text import key


class IndustryLevel(IntEnum):
    """How deep an industry lies: 门类, 大类, 中类, 小类."""

    SECTION = 1
    DIVISION = 2
    GROUP = 3
    CLASS = 4


@dataclass(frozen=True, slots=True)
class Industry:
    code: IndustryCode
    """The letter of the section, then two to four digits: C, C36, C361, C3612."""
    level: IndustryLevel
    name: str
    parent: IndustryCode | None


def industries() -> tuple[Industry, ...]:
    """All industries, by code, sections before their parts."""
    return tuple(_by_code().values())


def industry(code: IndustryCode) -> Industry:
    """The industry of that code. Raises UnknownName if GB/T 4754-2017 has none."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownName(f"没有国民经济行业代码“{code}”") from None


@cache
def find_industry(name: str) -> Industry | None:
    """The industry of that name, or None.

    Tolerates width, punctuation, 及/和 and a trailing 业, and knows the names that job sites use
    (互联网, 机械制造). Of industries with one name at several levels (教育) the widest is meant; of several
    names joined by a slash, the first one known.
    """
    for part in (name, *re.split(r"[/／|;；>]", name)):
        for spelling in (_plain(part), _bare(part)):
            code = _by_name().get(spelling) or _aliases().get(spelling)
            if code:
                return _by_code()[code]
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]|以及|[及和与]", "", key(name))


def _bare(name: str) -> str:
    """Without the endings that say no more than "an industry"."""
    return re.sub(r"(?:行业|产业|业)$", "", _plain(name))


@cache
def _by_code() -> dict[IndustryCode, Industry]:
    levels = {"门类": IndustryLevel.SECTION, "大类": IndustryLevel.DIVISION}
    levels |= {"中类": IndustryLevel.GROUP, "小类": IndustryLevel.CLASS}
    return {
        row["code"]: Industry(row["code"], levels[row["level"]], row["name"], row["parent"] or None)
        for row in read_table("industries.csv")
    }


@cache
def _by_name() -> dict[str, IndustryCode]:
    names: dict[str, IndustryCode] = {}
    widest_first = sorted(industries(), key=lambda one: one.level)
    for spell in (_plain, _bare):
        for one in widest_first:
            names.setdefault(spell(one.name), one.code)
    return names


@cache
def _aliases() -> dict[str, IndustryCode]:
    return {_plain(row["alias"]): row["code"] for row in read_table("industry_aliases.csv")}
