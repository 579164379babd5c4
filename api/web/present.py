"""Matches as the pages show them: points, reasons in words, and the words in both texts that they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from api.answers import Chance
from api.listings import RuleState
from api.web.facts import Brief, brief, condition, counted, held, things
from indexing.text import FIELDS
from indexing.text import labels as labels_of
from matching.policy import verdict
from matching.rerank import Placed
from matching.search import Hit
from matching.specialties import Outlook
from matching.training import Gap
from models.courses import Course
from models.matches import Answer, Contribution, D, Document, Match, Removal, S, Side, Span
from models.organisations import Organisation
from models.policies import Policy
from models.postings import Posting
from models.terms import Kind, Record

_SHORT = 120
"""Characters up to which a field is quoted whole."""
_AROUND = 60
"""Most characters of unmarked text that a longer field shows before and after its marks."""
_ASKED = (("缺少", 0.95, 1.05), ("还会用到", 0.5, 0.95), ("加分项还缺", 0.0, 0.5))
"""How a missing skill is introduced, by the span in which its weight lies: required, mentioned, preferred."""
_SILENT = frozenset({"secrecy"})
"""Requirements whose removals are not told: they would say that a private need exists."""
_ENDS = ("。", "；", "！", "？", "\n")
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")
_ISO_DATE = re.compile(r" ?\b(\d{4})-(\d{2})-(\d{2})\b ?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the numbers of the reasons that rest on it."""

    text: str
    reasons: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()
    """Those of the reasons that do not cover the next piece."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A field with what of it is shown."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution in points of 100."""

    number: int
    """Its place in the market's table, the same on every card; also the colour of its marks."""
    label: str
    detail: str
    points: float
    most: float
    """Points it could have given."""
    percent: int
    """What it gave of those, 0 to 100."""
    cited: bool
    """Whether anything is marked for it."""


@dataclass(frozen=True, slots=True)
class Group:
    """The reasons that speak for one side's demands."""

    label: str
    """Empty where only one side asks for anything."""
    percent: int
    """How much of their points they gave, 0 to 100."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A ranked candidate and why it stands where it stands."""

    rank: int
    about: Brief
    score: float
    """Points of 100."""
    most: float
    """Points that what is known could give: 100, or less where too little is known."""
    chance: float | None
    """How often pairs with this score were accepted by both sides; None when that is not known."""
    reasons: tuple[Reason, ...]
    groups: tuple[Group, ...]
    """The same reasons by side."""
    unknown: tuple[Reason, ...]
    """Reasons left out because a fact is missing."""
    demand: tuple[Passage, ...]
    supply: tuple[Passage, ...]

    @property
    def main(self) -> tuple[Reason, ...]:
        """The three reasons that gave most, best first."""
        return tuple(sorted((r for r in self.reasons if r.points), key=lambda reason: -reason.points)[:3])


@dataclass(frozen=True, slots=True)
class Ranking:
    """An answer as a list of cards."""

    kind: Kind
    """What is ranked."""
    cards: tuple[Card, ...]
    looked_at: str
    """How many candidates were judged, such as 300 名人才."""
    removals: tuple[str, ...]
    """What each hard requirement removed, as a sentence."""
    more: bool
    """Whether asking for more may bring more."""


def ranking(answer: Answer[D, S], kind: Kind, *, k: int, chance: Chance | None = None) -> Ranking:
    """The answer to a question for records of the kind."""
    told = [removal for removal in answer.removals if removal.requirement not in _SILENT]
    hidden = sum(removal.count for removal in answer.removals) - sum(removal.count for removal in told)
    return Ranking(
        kind=kind,
        cards=tuple(card(match, kind, rank, chance) for rank, match in enumerate(answer.matches, start=1)),
        looked_at=things(answer.retrieved - hidden, kind),
        removals=tuple(removed(removal, kind) for removal in told),
        more=len(answer.matches) >= k,
    )


@dataclass(frozen=True, slots=True)
class Switch:
    """One rule of a list's order, as it can be switched."""

    name: str
    label: str
    description: str
    on: bool
    effect: str
    """What it did to the list, or that it is off."""


def switch(rule: RuleState) -> Switch:
    """The rule with what it did in words."""
    if not rule.on:
        effect = "已关闭"
    elif rule.name == "collapse":
        effect = f"已合并 {rule.affected} 个相近岗位" if rule.affected else "没有相近岗位"
    else:
        effect = f"{rule.affected} 个岗位因此移动" if rule.affected else "没有岗位因此移动"
    return Switch(rule.name, rule.label, rule.description, rule.on, effect)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a posting came to its place."""

    sentence: str
    """Empty when it stands where its score puts it."""
    merged: tuple[Brief, ...]


def moved(one: Placed) -> Moved:
    """按得分第 6 位，现第 4 位：比前面的岗位发布更近."""
    reasons = "；".join(in_chinese(note.reason) for note in one.notes)
    sentence = f"按得分第 {one.origin} 位，现第 {one.place} 位：{reasons}" if one.notes else ""
    return Moved(sentence, tuple(brief(match.pair.demand) for match in one.merged))


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition of a policy and whether an organisation meets it."""

    verdict: str
    asked: str
    held: str
    quote: str


def judged(policy: Policy, organisation: Organisation) -> tuple[Judged, ...]:
    """Every condition of the policy, in order."""
    return tuple(
        Judged(verdict(one, organisation)[0], condition(one), held(one.fact, organisation), one.quote)
        for one in policy.conditions
    )


@dataclass(frozen=True, slots=True)
class Training:
    """What stands between a talent and a posting, and the courses that close it."""

    target: Brief
    held: tuple[str, ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    """Skills that are lacking, under the words for how much the posting asks for them; empty groups left out."""
    courses: Ranking
    added: tuple[tuple[str, ...], ...]
    """For each course, which missing skills it teaches."""
    left: tuple[str, ...]
    """Skills that none of these courses teaches."""


def training(target: Document[Posting], gap: Gap, answer: Answer[Posting, Course], *, k: int) -> Training:
    """The gap and its courses."""
    groups = [
        (label, tuple(name for name, weight in gap.missing.items() if least <= weight < most))
        for label, least, most in _ASKED
    ]
    taught = [set(match.pair.supply.facts.skill_names()) for match in answer.matches]
    return Training(
        target=brief(target),
        held=gap.held,
        missing=tuple((label, names) for label, names in groups if names),
        courses=ranking(answer, Kind.COURSE, k=k),
        added=tuple(tuple(name for name in gap.missing if name in one) for one in taught),
        left=tuple(name for name in gap.missing if not any(name in one for one in taught)),
    )


def card(match: Match[D, S], kind: Kind, rank: int, chance: Chance | None) -> Card:
    """The match, introduced by its side of the given kind."""
    pair = match.pair
    shown: Document[Record] = pair.supply if pair.supply.kind == kind else pair.demand
    numbered = list(enumerate(match.contributions, start=1))
    reasons = [reason(number, contribution) for number, contribution in numbered if contribution.value is not None]
    # Words that both sides happen to use say least, so another reason's colour goes over theirs.
    telling = sorted(numbered, key=lambda entry: entry[1].feature == "words")
    unknown = [reason(number, contribution) for number, contribution in numbered if contribution.value is None]
    return Card(
        rank=rank,
        about=brief(shown),
        score=100 * match.score,
        most=100 * match.most,
        chance=chance(match.score) if chance else None,
        reasons=tuple(reasons),
        groups=tuple(_groups(match)),
        unknown=tuple(unknown),
        demand=passages(pair.demand, [(n, span) for n, c in telling for span in c.evidence.demand]),
        supply=passages(pair.supply, [(n, span) for n, c in telling for span in c.evidence.supply]),
    )


_SIDES = {Side.DEMAND: "符合岗位要求", Side.SUPPLY: "符合本人意愿", None: ""}
"""Only between postings and talents has either side demands of its own."""


def _groups(match: Match[D, S]) -> Iterator[Group]:
    for side, label in _SIDES.items():
        known = [
            (number, one)
            for number, one in enumerate(match.contributions, start=1)
            if one.side is side and one.value is not None
        ]
        if known:
            weight = sum(one.weight for _, one in known)
            given = sum(one.points for _, one in known) / weight if weight else 0.0
            yield Group(label, round(100 * given), tuple(reason(number, one) for number, one in known))


def reason(number: int, contribution: Contribution) -> Reason:
    """The contribution in points."""
    return Reason(
        number=number,
        label=contribution.label,
        detail=in_chinese(contribution.detail),
        points=100 * contribution.points,
        most=100 * contribution.weight,
        percent=round(100 * (contribution.value or 0)),
        cited=bool(contribution.evidence.demand or contribution.evidence.supply),
    )


def removed(removal: Removal, kind: Kind) -> str:
    """学历：移除 12 人，例如要求大专，实为高中/中职."""
    sentence = f"{removal.label}：移除 {counted(removal.count, kind)}"
    # What the user chose needs no example.
    return sentence if removal.requirement == "where" else f"{sentence}，例如{in_chinese(removal.example)}"


def in_chinese(sentence: str) -> str:
    """The sentence with its dates as 2026年9月1日."""
    return _ISO_DATE.sub(lambda date: f"{date[1]}年{int(date[2])}月{int(date[3])}日", sentence)


def passages(document: Document[Record], marks: Sequence[tuple[int, Span]]) -> tuple[Passage, ...]:
    """The document's fields that hold a mark, in reading order, shortened around the marks."""
    labels = labels_of(document.kind)
    shown = []
    for field, text in {**document.texts, **document.stated}.items():
        pieces = highlight(text, [(number, span) for number, span in marks if span.field == field])
        if any(piece.reasons for piece in pieces):
            shown.append(Passage(labels[field], pieces if len(text) <= _SHORT else shortened(pieces)))
    return tuple(shown)


def highlight(text: str, marks: Iterable[tuple[int, Span]]) -> tuple[Piece, ...]:
    """The text cut wherever the reasons that cover it change; joined, the text again.

    The reasons of a piece stand in the order of the marks: the first gives it its colour. A span that does
    not quote the text exactly is dropped.
    """
    exact = [(number, span) for number, span in marks if span.text and _quotes(span, text)]
    edges = sorted({0, len(text), *(span.start for _, span in exact), *(span.end for _, span in exact)})
    covered = [
        (text[start:end], tuple(dict.fromkeys(n for n, span in exact if span.start <= start and end <= span.end)))
        for start, end in pairwise(edges)
    ]
    runs = [
        ("".join(stretch for stretch, _ in run), reasons) for reasons, run in groupby(covered, key=lambda one: one[1])
    ]
    following = [*(reasons for _, reasons in runs[1:]), ()]
    return tuple(
        Piece(stretch, reasons, tuple(number for number in reasons if number not in after))
        for (stretch, reasons), after in zip(runs, following, strict=False)
    )


def _quotes(span: Span, text: str) -> bool:
    return text[span.start : span.end] == span.text and len(span.text) == span.end - span.start


def shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces with the unmarked ones cut down to the sentences that touch a mark."""
    last = len(pieces) - 1
    return tuple(
        piece if piece.reasons else Piece(_cut(piece.text, after=index > 0, before=index < last))
        for index, piece in enumerate(pieces)
    )


def _cut(text: str, *, after: bool, before: bool) -> str:
    """What stays of text after a mark, before one, or between two."""
    sentences = _SENTENCE.findall(text)[:-1]
    head = sentences[0][:_AROUND] if after else ""
    tail = "" if not before or sentences[-1].endswith(_ENDS) else sentences[-1][-_AROUND:]
    if len(head) + len(tail) >= len(text):
        return text
    dropped = text[len(head) : len(text) - len(tail)]
    new_line = "\n" if "\n" in head[-1:] + dropped and head and before else ""
    return f"{head.rstrip()}…{new_line}{tail.lstrip()}"


@dataclass(frozen=True, slots=True)
class Found:
    """A search hit."""

    about: Brief
    passage: Passage


def found(hit: Hit) -> Found:
    """The hit with its snippet; the query's words are marked as reason 1."""
    snippet, kind = hit.snippet, hit.document.kind
    marks = [(1, Span(snippet.field, start, end, snippet.text[start:end])) for start, end in snippet.highlights]
    label = FIELDS[kind].get(snippet.field, "")
    whole = hit.document.texts.get(snippet.field, "")
    before = () if whole.startswith(snippet.text) else (Piece("…"),)
    after = () if whole.endswith(snippet.text) else (Piece("…"),)
    return Found(brief(hit.document), Passage(label, (*before, *highlight(snippet.text, marks), *after)))


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of a chart of 100 units height."""

    x: float
    height: float
    label: str
    """Under the bar; empty for most."""
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Demand by month."""

    bars: tuple[Bar, ...]
    highest: int
    """People in the highest month."""
    summary: str


def chart(outlook: Outlook) -> Chart:
    """The outlook's months as bars, the last twelve after the twelve before."""
    highest = max((month.headcount for month in outlook.months), default=0)
    bars = tuple(
        Bar(
            x=index * 100 / len(outlook.months),
            height=100 * month.headcount / highest if highest else 0,
            label=_month_label(month.month, index),
            title=f"{month.month[:4]}年{int(month.month[5:])}月：{month.headcount} 人，{month.postings} 个岗位",
        )
        for index, month in enumerate(outlook.months)
    )
    summary = f"近 24 个月相关岗位每月需求人数，最高 {highest} 人"
    return Chart(bars, highest, summary)


def _month_label(month: str, index: int) -> str:
    return f"{month[2:4]}年{int(month[5:])}月" if index % 6 == 0 else ""


def trend(value: float | None) -> str:
    """The last six months against the six before, in words."""
    if value is None:
        return "无法比较"
    change = round(100 * (value - 1))
    return f"上升 {change}%" if change > 0 else f"下降 {-change}%" if change < 0 else "持平"


def ratio(value: float | None) -> str:
    """Posts per graduate."""
    return "无毕业生数据" if value is None else f"{value:.2f} 岗/人"
