"""Fictional postings and profiles in which a reader marked every fact: `⟦技能必备|数控编程⟧`.

`postings.jsonl` and `profiles.jsonl` hold one record a line; `part` is `dev` for those that the extractor was
tuned on and `held` for those that nobody looked at while tuning.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_MARK = re.compile(r"⟦([^|⟦⟧]+?)([a-z]?)\|([^⟦⟧]+)⟧")


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked stretch: `texts[field][start:end]`."""

    label: str
    """技能, 证书, 学历, 等级, 经验, 人数, 薪资, 班次, 性别, 年龄, 户籍, 外貌, 婚育."""
    wish: str
    """必备, 优先 or 提及 of a skill or certificate, else empty."""
    group: str
    """The letter that the members of one any-of list share, else empty."""
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A record as it was published, and what a careful reader finds in it."""

    id: str
    part: str
    texts: dict[str, str]
    marks: tuple[Mark, ...]
    facts: dict[str, Any]
    """Of postings: education, experience_years, headcount, salary, shift, skill_level; None where unsaid."""


def postings(part: str | None = None) -> list[Example]:
    """The annotated postings of that part, or all."""
    return [
        _example(row, {"description": row["text"]}) for row in _rows("postings.jsonl") if part in (None, row["part"])
    ]


def profiles(part: str | None = None) -> list[Example]:
    """The annotated profiles of that part, or all."""
    return [
        _example(row, {"experience": "\n".join(row["experience"]), "self_description": row["self_description"]})
        for row in _rows("profiles.jsonl")
        if part in (None, row["part"])
    ]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def _example(row: dict[str, Any], marked: dict[str, str]) -> Example:
    texts: dict[str, str] = {}
    marks: list[Mark] = []
    for field, text in marked.items():
        if text:
            texts[field], found = _unmarked(field, text)
            marks += found
    return Example(row["id"], row["part"], texts, tuple(marks), row.get("facts", {}))


def _unmarked(field: str, marked: str) -> tuple[str, list[Mark]]:
    text, rest, marks = "", 0, []
    for found in _MARK.finditer(marked):
        text += marked[rest : found.start()]
        label, wish = (found[1][:2], found[1][2:]) if found[1][:2] in ("技能", "证书") else (found[1], "")
        marks.append(Mark(label, wish, found[2], field, len(text), len(text) + len(found[3])))
        text += found[3]
        rest = found.end()
    return text + marked[rest:], marks
