"""How well extraction finds what a reader marked: precision, recall and F1 by type, accuracy of the single facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexing.extract import extract
from models.matches import Facts, Span
from models.terms import PayPeriod, Salary
from tests.golden import Example, Mark

FACTS = ("education", "experience_years", "headcount", "salary", "shift", "skill_level")


@dataclass
class Score:
    """Counts of one part; `figures` turns them into rates."""

    records: int = 0
    marked: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    matched: dict[str, int] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    wishes_right: int = 0
    wishes: int = 0
    groups_right: int = 0
    facts_right: dict[str, int] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    """What went wrong, to be read by whoever tunes: never printed for the held-out part."""

    @property
    def labels(self) -> list[str]:
        """The types of span that were marked or found."""
        return sorted(self.marked.keys() | self.found.keys())

    def f1(self, label: str, *, exact: bool = False) -> float:
        """Harmonic mean of precision and recall of one type of span."""
        right = (self.exact if exact else self.matched).get(label, 0)
        return 2 * right / max(self.marked.get(label, 0) + self.found.get(label, 0), 1)

    def precision(self, label: str) -> float:
        return self.matched.get(label, 0) / max(self.found.get(label, 0), 1)

    def recall(self, label: str) -> float:
        return self.matched.get(label, 0) / max(self.marked.get(label, 0), 1)

    def accuracy(self, fact: str) -> float:
        """Share of records whose fact is the marked one; silence counts as a value."""
        return self.facts_right.get(fact, 0) / max(self.records, 1)

    @property
    def wish_accuracy(self) -> float:
        """Share of the matched skills and certificates asked for as strongly as marked."""
        return self.wishes_right / max(self.wishes, 1)

    @property
    def group_accuracy(self) -> float:
        """Share of the matched skills and certificates rightly inside or outside of an any-of list."""
        return self.groups_right / max(self.wishes, 1)


def score(examples: Iterable[Example]) -> Score:
    """Extraction on these examples."""
    total = Score()
    for example in examples:
        total.records += 1
        facts = extract(example.texts)
        _score_spans(total, example, facts)
        for fact in FACTS if example.facts else ():
            stated = getattr(facts, fact)
            said, wanted = stated.value if stated else None, _wanted(fact, example.facts.get(fact))
            if isinstance(said, Salary):  # the marks say nothing of 13薪
                said = said.model_copy(update={"pay_months": 12})
            right = said == wanted
            total.facts_right[fact] = total.facts_right.get(fact, 0) + right
            if not right:
                total.misses.append(f"{example.id} {fact}: {said!r}, marked {wanted!r}")
    return total


def _wanted(fact: str, value: Any) -> Any:
    if fact == "salary" and value:
        return Salary.quoted(value["low"], value["high"], per=PayPeriod(value["period"]))
    return value


_UNSCORED = ("学历", "等级", "经验", "人数", "薪资", "班次")
"""Scored by their value instead."""

_DEMANDS = ("性别", "年龄", "户籍", "外貌", "婚育")
"""What a posting may not ask; people may say it of themselves."""


def _score_spans(total: Score, example: Example, facts: Facts) -> None:
    found: dict[str, list[tuple[Span, str, bool]]] = {
        "技能": [(m.span, m.wish.value, m.group is not None) for m in facts.skills],
        "证书": [(m.span, m.wish.value, m.group is not None) for m in facts.certificates],
    }
    for unlawful in facts.discrimination:
        found.setdefault(unlawful.trait.value, []).append((unlawful.span, "", False))
    marked: dict[str, list[Mark]] = {}
    for mark in example.marks:
        if mark.label not in _UNSCORED and (example.facts or mark.label not in _DEMANDS):
            marked.setdefault(mark.label, []).append(mark)
    for label in found.keys() | marked.keys():
        marks, spans = marked.get(label, []), found.get(label, [])
        pairs = _pairs(marks, [span for span, _, _ in spans])
        _add(total.marked, label, len(marks))
        _add(total.found, label, len(spans))
        _add(total.matched, label, len(pairs))
        for mark, place in pairs:
            span, wish, grouped = spans[place]
            _add(total.exact, label, (mark.start, mark.end) == (span.start, span.end))
            if mark.wish:
                total.wishes += 1
                total.wishes_right += wish == mark.wish
                total.groups_right += grouped == bool(mark.group)
                if wish != mark.wish:
                    total.misses.append(f"{example.id} wish {_around(example, mark)}: {wish}, marked {mark.wish}")
        missed = {id(mark) for mark in marks} - {id(mark) for mark, _ in pairs}
        taken = {place for _, place in pairs}
        total.misses += [f"{example.id} missed {label} {_around(example, m)}" for m in marks if id(m) in missed]
        total.misses += [
            f"{example.id} wrong {label} {_around(example, span)}"
            for place, (span, _, _) in enumerate(spans)
            if place not in taken
        ]


def _pairs(marks: Sequence[Mark], spans: Sequence[Span]) -> list[tuple[Mark, int]]:
    """One-to-one, the best overlap first."""
    overlaps = sorted(
        (
            (-shared / max(mark.end - mark.start, span.end - span.start), place, other)
            for place, mark in enumerate(marks)
            for other, span in enumerate(spans)
            if (shared := _shared(mark, span))
        ),
    )
    pairs: list[tuple[Mark, int]] = []
    used: set[int] = set()
    taken: set[int] = set()
    for _, place, other in overlaps:
        if place not in used and other not in taken:
            pairs.append((marks[place], other))
            used.add(place)
            taken.add(other)
    return pairs


def _shared(mark: Mark, span: Span) -> int:
    """Characters in common where they are half of the longer stretch, or one stretch holds the other; else 0."""
    if mark.field != span.field:
        return 0
    shared = min(mark.end, span.end) - max(mark.start, span.start)
    lengths = mark.end - mark.start, span.end - span.start
    return shared if shared > 0 and (2 * shared >= max(lengths) or shared == min(lengths)) else 0


def _add(counts: dict[str, int], label: str, number: int) -> None:
    counts[label] = counts.get(label, 0) + number


def _around(example: Example, one: Mark | Span) -> str:
    text = example.texts[one.field]
    return (
        f"{text[max(0, one.start - 8) : one.start]}[{text[one.start : one.end]}]{text[one.end : one.end + 6]}"
    ).replace("\n", "⏎")
