"""Reasons that every market shares: how alike two records are as texts."""

from __future__ import annotations

from collections.abc import Sequence

from models.matches import Finding, Pair
from models.terms import Record

SAME_TRADE, SAME_THING = 0.05, 0.65
"""Likeness of names that share a trade's vocabulary only, and of two names of one thing.

Here and below: in the bundled encoder under the adapter that ships, read off graded pairs.
"""
SAID = 0.4
"""Likeness of two texts from which they say the same."""
NAMED = 0.5
"""Likeness of a name and a text from which the text is about what the name says."""
_MANY_WORDS = 0.3
"""Share of the query's telling words from which more say nothing new."""


def between(value: float, low: float, high: float) -> float:
    """Where the value stands between low (0) and high (1), no lower and no higher."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def name_likeness(pair: Pair[Record, Record]) -> tuple[float, str]:
    """How alike the names of the two records are, and the Chinese word for it."""
    value = between(pair.candidate.head, SAME_TRADE, SAME_THING)
    return value, "高度一致" if value >= 0.75 else "相近" if value >= 0.4 else "关系不大"


def degree(value: float) -> str:
    """The Chinese words for how alike two texts are, the value in brackets."""
    words = "很接近" if value >= 0.75 else "比较接近" if value >= 0.5 else "有些关联" if value >= 0.25 else "关联不大"
    return f"{words}（语义相近 {value:.0%}）"


def text_likeness(pair: Pair[Record, Record]) -> Finding:
    """How alike the two texts are as a whole."""
    value = between(pair.candidate.body, 0.0, SAID)
    return Finding(value, f"双方所写内容{degree(value)}")


def word_share(pair: Pair[Record, Record]) -> Finding:
    """Share of the asking side's telling words that the other side uses too."""
    return Finding(between(pair.candidate.words, 0.0, _MANY_WORDS), f"对方写到了 {pair.candidate.words:.0%} 的关键词")


def held_and_missing(having: str, held: Sequence[str], lacking: str, missing: Sequence[str]) -> str:
    """Both lists in one Chinese phrase, the second left out when it is empty, long ones cut short."""
    return f"{having}：{listed(held)}" + (f"；{lacking}：{listed(missing)}" if missing else "")


def listed(names: Sequence[str], most: int = 6) -> str:
    """The names in one Chinese phrase, a long list cut short and counted, 无 for none."""
    return "、".join(names[:most]) + (f" 等 {len(names)} 项" if len(names) > most else "") if names else "无"
