"""What a matching question passes along its pipeline: documents, pairs, contributions, matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

from models.terms import Education, Kind, Record, Salary, Shift, SkillLevel
from models.traits import Trait

T = TypeVar("T", covariant=True)
R = TypeVar("R", bound=Record, covariant=True)
D = TypeVar("D", bound=Record, covariant=True)
S = TypeVar("S", bound=Record, covariant=True)


class Wish(StrEnum):
    """How strongly a text asks for what it mentions."""

    REQUIRED = "必备"
    PREFERRED = "优先"
    MENTIONED = "提及"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's text: `(document.texts | document.stated)[field][start:end] == text`."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A skill or certificate that a document names, by its canonical name, and where."""

    name: str
    wish: Wish
    span: Span
    group: int | None = None
    """Shared by the mentions of one any-of list (UG、MasterCAM 或 PowerMill); None outside of such lists."""
    known: bool = True
    """Whether the vocabulary or the record's own list has the name; otherwise it was read out of free text."""


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A fact that the text states in words, and where."""

    value: T
    span: Span


@dataclass(frozen=True, slots=True)
class Discrimination:
    """A demand on the person (限男, 35岁以下) that a posting may not make; quoted, never ranked by."""

    trait: Trait
    span: Span

    @property
    def message(self) -> str:
        """One line for whoever reads the posting: the words, the law, and that they count for nothing."""
        return f"“{self.span.text}”涉嫌就业歧视，不参与匹配（{self.trait.label}：{self.trait.law}）"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked for: any of the names fulfils it."""

    names: tuple[str, ...]
    """One name, or the alternatives of an any-of list in order of mention."""
    weight: float
    """How much it counts, in (0, 1]: by the strongest wish with which any mention asks for it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read out of a document's texts; derived, and rebuilt with the index.

    The single facts are those that free text states, each None where it states none; what a record declares
    in a field of its own stands in the record.
    """

    skills: tuple[Mention, ...] = ()
    certificates: tuple[Mention, ...] = ()
    education: Stated[Education] | None = None
    """The lowest accepted."""
    skill_level: Stated[SkillLevel] | None = None
    """The lowest accepted."""
    experience_years: Stated[int] | None = None
    """The fewest accepted; 0 for 无需经验 and 应届生可."""
    headcount: Stated[int] | None = None
    salary: Stated[Salary] | None = None
    shift: Stated[Shift] | None = None
    discrimination: tuple[Discrimination, ...] = ()

    def skill_names(self) -> tuple[str, ...]:
        """Canonical skills in order of first mention, each once."""
        return tuple(dict.fromkeys(mention.name for mention in self.skills))

    def skills_taught(self) -> tuple[str, ...]:
        """The same without what a course only presupposes."""
        return tuple(dict.fromkeys(m.name for m in self.skills if m.span.field != "prerequisites"))

    def skill_demands(self) -> tuple[Asked, ...]:
        """What is asked for, strongest first; an any-of list counts once and no name counts twice."""
        return _demands(self.skills)

    def certificate_demands(self) -> tuple[Asked, ...]:
        """The same of certificates."""
        return _demands(self.certificates)

    def skills_asked(self) -> dict[str, float]:
        """Skill → how much it counts: by the strongest wish with which any mention asks for it."""
        return _strongest(self.skills)

    def certificates_asked(self) -> dict[str, float]:
        """Certificate → how much it counts: by the strongest wish with which any mention asks for it."""
        return _strongest(self.certificates)


_WEIGHTS = {Wish.REQUIRED: 1.0, Wish.MENTIONED: 0.6, Wish.PREFERRED: 0.4}
"""What is named among the duties is used at work but seldom asked for; 优先 is a wish and no condition."""


_UNKNOWN = 0.25
"""Share that a name counts for which no vocabulary knows: the other side may well put it in other words."""


def _strongest(mentions: Iterable[Mention]) -> dict[str, float]:
    found: dict[str, float] = {}
    for mention in mentions:
        found[mention.name] = max(
            found.get(mention.name, 0.0), _WEIGHTS[mention.wish] * (1.0 if mention.known else _UNKNOWN)
        )
    return dict(sorted(found.items(), key=lambda entry: -entry[1]))


def _demands(mentions: tuple[Mention, ...]) -> tuple[Asked, ...]:
    single = _strongest(mention for mention in mentions if mention.group is None)
    lists: dict[int, list[Mention]] = {}
    for mention in mentions:
        if mention.group is not None:
            lists.setdefault(mention.group, []).append(mention)
    found: list[Asked] = []
    covered: set[str] = set()
    for alternatives in lists.values():
        names = tuple(dict.fromkeys(mention.name for mention in alternatives))
        weight = max(_strongest(alternatives).values())
        # Fulfilled along with another demand: a member asked for by itself and as much, or an earlier list.
        if covered.isdisjoint(names) and all(single.get(name, 0.0) < weight for name in names):
            found.append(Asked(names, weight))
            covered.update(names)
    found += [Asked((name,), weight) for name, weight in single.items() if name not in covered]
    return tuple(sorted(found, key=lambda one: -one.weight))


@dataclass(frozen=True, slots=True, eq=False)
class Document(Generic[R]):
    """A stored record as retrieval and ranking see it; equal only to itself, so that work on it can be remembered."""

    id: int
    revision: int
    record: R
    texts: Mapping[str, str]
    """Field name → what the record says there, in reading order; what pages show and evidence quotes."""
    facts: Facts
    stated: Mapping[str, str] = field(default_factory=dict)
    """The same of fields that hold a value and no text, such as pay: evidence quotes them as they are shown."""

    @property
    def kind(self) -> Kind:
        return self.record.kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that retrieval proposes, with what each retriever thought of it; all in [0, 1], higher is better."""

    id: int
    score: float
    """The fusion of those below: the order in which candidates were retrieved."""
    head: float
    """Likeness of what the two records are called: 0 for two random records, 1 for the same words."""
    body: float
    """Likeness of all that the two records say, on the same scale."""
    words: float
    """Share of the query's words, weighted by how telling they are, that the document holds."""
    forth: float = 0.0
    """Likeness of what the query is called to what the document says, on the scale of `head`."""
    back: float = 0.0
    """Likeness of what the document is called to what the query says."""

    def reversed(self) -> Candidate:
        """The same opinions with the two sides exchanged."""
        return replace(self, forth=self.back, back=self.forth)


@dataclass(frozen=True, slots=True)
class Pair(Generic[D, S]):
    """One side's demand and the other side's supply, whichever of them asked; its candidate is seen from the demand."""

    demand: Document[D]
    supply: Document[S]
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a reason rests on, in either text or in both."""

    demand: tuple[Span, ...] = ()
    supply: tuple[Span, ...] = ()


class Side(StrEnum):
    """Whose demands a reason speaks for; the value is its Chinese name."""

    DEMAND = "符合对方要求"
    """The supply meets what the demand asks: the person fits the posting."""
    SUPPLY = "符合本人意愿"
    """The demand meets what the supply wants: the posting fits the person's wishes."""

    @property
    def label(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Finding:
    """What one feature says about one pair."""

    value: float | None
    """In [0, 1], higher is better; None when a fact is missing, which leaves the feature out."""
    detail: str
    """The reason in Chinese."""
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature's part of a score; the points of all contributions add up to it."""

    feature: str
    label: str
    value: float | None
    weight: float
    """Share of the score that the feature decides, after missing features were left out; 0 for those.

    Together 1, or less where so little is known that the rest decides nothing and gives no points.
    """
    points: float
    detail: str
    evidence: Evidence
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Match(Generic[D, S]):
    """A ranked pair and why it stands where it stands."""

    pair: Pair[D, S]
    score: float
    """In [0, 1], higher is better: the sum of the contributions' points."""
    contributions: tuple[Contribution, ...]

    def fit(self, side: Side) -> float | None:
        """How well one side's demands are met, in [0, 1]; None when no fact speaks of them.

        The score is the arithmetic mean of both sides, each counting by the weight of what is known of it.
        """
        ours = [one for one in self.contributions if one.side is side]
        weight = sum(one.weight for one in ours)
        return sum(one.points for one in ours) / weight if weight else None

    @property
    def most(self) -> float:
        """What the score would be if all that is known spoke for the pair: 1, or less where too little is known."""
        return sum(one.weight for one in self.contributions)


@dataclass(frozen=True, slots=True)
class Removal:
    """How many candidates one hard requirement removed."""

    requirement: str
    label: str
    count: int
    example: str
    """What one removed candidate lacked, without naming it."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[D, S]):
    """Matches best first, and what happened on the way to them."""

    matches: tuple[Match[D, S], ...]
    retrieved: int
    """How many candidates retrieval proposed."""
    removals: tuple[Removal, ...]
