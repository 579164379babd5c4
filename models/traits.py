"""Demands on the person that the law forbids or restricts: found in order to be shown, never to be ranked by."""

from __future__ import annotations

from enum import StrEnum


class Trait(StrEnum):
    """What about a person a posting asks for besides the work; the value is its Chinese name."""

    SEX = "性别"
    AGE = "年龄"
    HUKOU = "户籍"
    APPEARANCE = "外貌"
    MARITAL = "婚育"
    ETHNICITY = "民族"
    DISABILITY = "残疾"
    INFECTION = "传染病病原携带"
    RELIGION = "宗教信仰"

    @property
    def label(self) -> str:
        return self.value

    @property
    def law(self) -> str:
        """Where the law speaks of it, as a Chinese reader cites it."""
        return _LAWS[self]


_EQUALITY = "《就业促进法》第三条（平等就业）"
_LAWS = {
    Trait.SEX: "《就业促进法》第二十七条",
    # No law names age or looks; the equality that article 3 grants is not limited to the traits it lists (等).
    Trait.AGE: _EQUALITY,
    Trait.HUKOU: _EQUALITY,
    Trait.APPEARANCE: _EQUALITY,
    Trait.MARITAL: "《妇女权益保障法》第四十三条",
    Trait.ETHNICITY: "《就业促进法》第二十八条",
    Trait.DISABILITY: "《就业促进法》第二十九条",
    Trait.INFECTION: "《就业促进法》第三十条",
    Trait.RELIGION: _EQUALITY,
}
