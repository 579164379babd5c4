"""Places of GB/T 2260: names, the tree they form, and the code that a place written by people means."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

from data.taxonomy.files import read_table
from models.errors import UnknownName
from models.terms import DivisionCode


class DivisionLevel(IntEnum):
    """How deep a division lies; the municipalities (直辖市) are provinces without prefectures."""

    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3


@dataclass(frozen=True, slots=True)
class Division:
    code: DivisionCode
    level: DivisionLevel
    name: str
    """Official, such as 慈溪市."""
    short_name: str
    """As people say it, such as 慈溪; equal to `name` where cutting would leave one character (易县)."""


def divisions() -> tuple[Division, ...]:
    """All divisions, by code."""
    return tuple(_by_code().values())


def division(code: DivisionCode) -> Division:
    """The division of that code. Raises UnknownName if GB/T 2260 has none."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownName(f"没有行政区划代码“{code}”") from None


def parent_division(code: DivisionCode) -> DivisionCode | None:
    """The code of the division directly above; None for a province. Raises UnknownName."""
    return next(_ancestors(division(code).code), None)


def division_name(code: DivisionCode) -> str:
    """The name with all that lies above it, such as 浙江省宁波市慈溪市. Raises UnknownName."""
    lineage = [division(code), *map(division, _ancestors(code))]
    return "".join(place.name for place in reversed(lineage))


def is_within(code: DivisionCode, area: DivisionCode) -> bool:
    """Whether `code` is `area` or lies in it."""
    return code.startswith(_prefix(area))


def common_division(codes: tuple[DivisionCode, ...]) -> DivisionCode | None:
    """The smallest division that holds them all; None when they share no province or are none."""
    if not codes:
        return None
    lineage = [codes[0], *_ancestors(codes[0])]
    return next((area for area in lineage if all(is_within(code, area) for code in codes)), None)


@lru_cache(maxsize=65_536)
def parse_division(text: str) -> DivisionCode | None:
    """The code of the place that a text names, as fine as is certain; None if it names none.

    Reads from the coarse to the fine, with or without separators and suffixes: 宁波·慈溪市, 苏州-吴江,
    广东省广州市荔湾区南源街道. Names below the county (街道, 商圈) are passed over. A county that
    several prefectures have (鼓楼区) counts only after its prefecture or province, and of several
    places the smallest division that holds them all is meant.
    """
    found = places_in(text)
    return found[0] if len(found) == 1 else common_division(found)


@lru_cache(maxsize=65_536)
def places_in(text: str) -> tuple[DivisionCode, ...]:
    """The codes of the places that a text lists (广州、深圳), in its order, each once."""
    plain = _FILLERS.sub("", unicodedata.normalize("NFKC", text))
    words = [word for word in _SEPARATORS.split(plain) if word]
    found: list[DivisionCode] = []
    here: tuple[DivisionCode, ...] = ()
    for word in words:
        inner = _descend(word, here) if here else ()
        if inner:
            here = inner
            continue
        outer = _descend(word, ())
        if not outer or (here and not _moves_on(word, outer, here)):
            continue
        if here and any(is_within(code, above) for code in here for above in outer):
            continue
        found.extend(_certain(here))
        here = outer
    found.extend(_certain(here))
    return tuple(dict.fromkeys(found))


_SEPARATORS = re.compile(r"[\s·•・‧.,，、;；/\\|\-_—–~>()\[\]【】:：]+")
_FILLERS = re.compile(r"市辖区(?!域)|(?:省|自治区)直辖县级行政(?:区划|单位)")
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国)")
_CUT_SHORT = re.compile(r"区(?!域)|县|旗")
_NATIONALITIES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|门巴|珞巴"
)
_AUTONOMOUS = re.compile(rf"(?:(?:{_NATIONALITIES})族|蒙古|哈萨克|柯尔克孜|维吾尔|各族)*自治[区州县旗]$")
_SUFFIX = re.compile(r"(?:特别行政区|地区|盟|省|市|区|县|旗)$")
_ZONE = re.compile(r"^(.{2,4}?)市?(高新技术(?:产业)?开发区|经济技术开发区|经济开发区)$")
_ZONE_SHORT = {"高": ("高新区",), "经": ("经开区", "开发区", "经济开发区")}


def _descend(word: str, here: tuple[DivisionCode, ...]) -> tuple[DivisionCode, ...]:
    """The divisions at the end of the chain of names that a word begins with, seen from `here`.

    Several when the word leaves it open (吉林 the province, 吉林 the city); empty when it names none.
    """
    rest, start = (word, here) if here else (_COUNTRY.sub("", word), here)
    while rest:
        step = _longest_name(rest, here)
        if not step:
            break
        length, here = step
        rest = rest[length:]
    return here if here != start else ()


def _longest_name(text: str, here: tuple[DivisionCode, ...]) -> tuple[int, tuple[DivisionCode, ...]] | None:
    names = _names()
    for length in range(min(len(text), _longest()), 1, -1):
        codes = names.get(text[:length])
        if not codes:
            continue
        if _CUT_SHORT.match(text, length):
            continue  # 朝阳区 is not 朝阳市, 西安区 is not 西安市
        inside = tuple(code for code in codes if _reachable(code, text[:length], length == len(text), here))
        if inside:
            return length, inside
    return None


def _reachable(code: DivisionCode, name: str, whole: bool, here: tuple[DivisionCode, ...]) -> bool:
    """Whether `name` may mean `code` after `here` has been read."""
    place = _by_code()[code]
    if here and not any(code != above and is_within(code, above) for above in here):
        return False
    if place.level is not DivisionLevel.COUNTY:
        return True
    # A short county name inside a longer word is more often a street (和平北大街) than the county.
    if not whole and not _SUFFIX.search(name) and not name.endswith("新区"):
        return False
    if any(is_within(code, above) and _is_next(code, above) for above in here):
        return True
    rivals = [other for other in _names()[name] if not here or any(is_within(other, above) for above in here)]
    if len(rivals) > 1:
        return False
    complete = name == place.name or _SUFFIX.search(name) is not None
    return complete or place.name[-1] in "市县" or name in _aliases()


def _moves_on(word: str, outer: tuple[DivisionCode, ...], here: tuple[DivisionCode, ...]) -> bool:
    """Whether a word that names `outer` starts another place instead of naming a part of `here`.

    Below a county there are only 商圈 and 街道, many of them called after other cities, and the towns of
    a city without counties are called after districts elsewhere (东莞·东城区).
    """
    if _level(here) is DivisionLevel.COUNTY or word not in _names():
        return False
    return _level(outer) is not DivisionLevel.COUNTY or word.endswith("市")


def _is_next(code: DivisionCode, above: DivisionCode) -> bool:
    return next(_ancestors(code), None) == above


def _certain(here: tuple[DivisionCode, ...]) -> tuple[DivisionCode, ...]:
    """The one division that is certain when several are possible."""
    certain = common_division(here)
    return (certain,) if certain else here[:1]


def _level(here: tuple[DivisionCode, ...]) -> DivisionLevel:
    return _by_code()[here[0]].level


def _ancestors(code: DivisionCode) -> Iterator[DivisionCode]:
    """The codes above, nearest first; counties without a prefecture hang from their province."""
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in _by_code():
            yield above


def _prefix(area: DivisionCode) -> str:
    if area.endswith("0000"):
        return area[:2]
    return area[:4] if area.endswith("00") else area


def _short(name: str) -> str:
    cut = _AUTONOMOUS.sub("", name)
    if cut == name:
        cut = _SUFFIX.sub("", name)
    return cut if len(cut) > 1 else name


@cache
def _by_code() -> dict[DivisionCode, Division]:
    places = (
        Division(row["code"], DivisionLevel[row["level"].upper()], row["name"], _short(row["name"]))
        for row in read_table("divisions.csv")
    )
    return {place.code: place for place in places}


@cache
def _aliases() -> dict[str, DivisionCode]:
    return {row["alias"]: row["code"] for row in read_table("division_aliases.csv")}


@cache
def _names() -> dict[str, tuple[DivisionCode, ...]]:
    """Every spelling with the divisions it may mean."""
    names: dict[str, list[DivisionCode]] = {}
    for place in divisions():
        for name in _spellings(place):
            names.setdefault(name, []).append(place.code)
    for alias, code in _aliases().items():
        names.setdefault(alias, []).append(code)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in names.items()}


def _spellings(place: Division) -> Iterator[str]:
    yield place.name
    if place.level is not DivisionLevel.COUNTY:
        yield place.short_name
        if place.name.endswith("自治州"):
            yield place.short_name + "州"
        return
    zone = _ZONE.match(place.name)
    if zone:
        # 合肥高新技术产业开发区: 高新区 after the city, 合肥高新区 on its own.
        for short in _ZONE_SHORT[zone[2][0]]:
            yield short
            yield zone[1] + short
    else:
        yield place.short_name


@cache
def _longest() -> int:
    return max(map(len, _names()))
