"""How one written line becomes many: alternatives, slots, numbering, slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

_BRACES = re.compile(r"\{([^{}]*)\}")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def expand(line: str, rng: Random, slots: Mapping[str, str] | None = None) -> str:
    """The line with each `{a|b}` replaced by one of its alternatives and each `{slot}` by its value.

    Braces nest: the inner ones are decided first. Raises KeyError for a slot that has no value.
    """
    values = slots or {}

    def decide(found: re.Match[str]) -> str:
        inside = found[1]
        return rng.choice(inside.split("|")) if "|" in inside else values[inside]

    while _BRACES.search(line):
        line = _BRACES.sub(decide, line)
    return line


def some(items: Sequence[T], rng: Random, low: int, high: int) -> list[T]:
    """Between `low` and `high` of the items, in random order; all of them if there are fewer."""
    return rng.sample(list(items), min(len(items), rng.randint(low, high)))


def kept(items: Sequence[T], rng: Random, low: int, high: int) -> list[T]:
    """As `some`, but in the order given."""
    picked = sorted(some(range(len(items)), rng, low, high))
    return [items[i] for i in picked]


def chance(rng: Random, share: float) -> bool:
    """True in that share of the calls."""
    return rng.random() < share


def spread(count: int, weights: Sequence[float]) -> list[int]:
    """How `count` things fall to the weights, by largest remainder; the sum is exactly `count`."""
    total = sum(weights)
    exact = [count * weight / total for weight in weights]
    shares = [int(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: count - sum(shares)]:
        shares[i] += 1
    return shares


_NUMBERINGS: tuple[tuple[Callable[[int], str], int], ...] = (
    (lambda n: f"{n}、", 8),
    (lambda n: f"{n}.", 5),
    (lambda n: f"{n}. ", 3),
    (lambda n: f"{n}．", 1),
    (lambda n: f"（{n}）", 2),
    (lambda n: _CIRCLED[n - 1], 2),
    (lambda n: "-", 1),
    (lambda n: "· ", 1),
    (lambda n: "", 3),
)


def numbering(rng: Random) -> Callable[[int], str]:
    """One writer's way to number a list, from 1."""
    styles, weights = zip(*_NUMBERINGS, strict=True)
    style: Callable[[int], str] = rng.choices(styles, weights)[0]
    return style


def listed(items: Sequence[str], number: Callable[[int], str], *, end: str, glue: str) -> str:
    """The items, numbered, each closed by `end`, the last by a full stop where the others have a mark."""
    marks = [end] * (len(items) - 1) + (["。"] if end else [""])
    return glue.join(number(n) + item + mark for n, (item, mark) in enumerate(zip(items, marks, strict=True), 1))


_SLIPS = (
    ("的", "得"),
    ("作", "做"),
    ("以及", "已及"),
    ("及时", "即时"),
    ("操作", "操做"),
    ("熟练", "熟炼"),
    ("图纸", "图纸纸"),
    ("其他", "其它它"),
    ("安排", "按排"),
    ("检查", "检察"),
    ("，", "，，"),
    ("负责", "负责责"),
    ("必须", "必需"),
    ("配合", "配和"),
)


def slip(text: str, rng: Random) -> str:
    """The text with one slip of the pen, where one of the usual ones fits."""
    fitting = [pair for pair in _SLIPS if pair[0] in text]
    return text.replace(*rng.choice(fitting), 1) if fitting else text
