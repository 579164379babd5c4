"""The market of training: what a target asks and a person lacks, and the courses that teach it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from data import taxonomy
from matching.evidence import WordsOf, shared_words, spans_of
from matching.likeness import between, held_and_missing, text_likeness, word_share
from matching.market import Feature, Market, Requirement
from models.courses import Course
from models.errors import NotFound
from models.matches import Document, Evidence, Finding, Pair
from models.postings import Posting
from models.talents import Talent
from models.terms import LIST_LIMIT, Education, Kind, OccupationCode, Record

TrainingPair = Pair[Posting, Course]


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between a person and a target."""

    held: tuple[str, ...]
    """Skills asked for and held."""
    missing: Mapping[str, float]
    """Skill asked for and lacked → how much it counts, in (0, 1]."""


def gap(target: Document[Posting], talent: Document[Talent]) -> Gap:
    """The target's skills, split by whether the person names them."""
    asked, held = target.facts.skills_asked(), set(talent.facts.skill_names())
    return Gap(
        held=tuple(name for name in asked if name in held),
        missing={name: weight for name, weight in asked.items() if name not in held},
    )


def occupation_target(code: OccupationCode) -> Posting:
    """The occupation as if it were a posting, in the words of 职业分类大典. Raises UnknownName."""
    found = taxonomy.occupation(code)
    description = "\n".join((found.definition, *found.tasks))
    return Posting(title=found.name, organisation="职业分类大典", description=description, occupation=found.code)


def common_target(postings: Sequence[Document[Posting]]) -> Posting:
    """What several postings, best first, ask for together, under the name of the best.

    A skill that half of them ask for is required; one that at least two ask for is preferred. Raises
    NotFound when there are no postings.
    """
    if not postings:
        raise NotFound("没有适合此人的岗位可作目标，请用 posting 或 occupation 指定")
    asked = Counter(name for posting in postings for name in posting.facts.skill_names())
    common = [name for name, count in asked.most_common(LIST_LIMIT) if count >= min(2, len(postings))]
    required = tuple(name for name in common if asked[name] * 2 >= len(postings))
    return Posting(
        title=postings[0].record.title,
        organisation=postings[0].record.organisation,
        required_skills=required,
        preferred_skills=tuple(name for name in common if name not in required),
    )


def training(found: Gap, talent: Document[Talent], today: date, words_of: WordsOf) -> Market[Posting, Course]:
    """The market for one person's gap, as of a day."""
    held = frozenset(talent.facts.skill_names())
    return Market(
        name="training",
        label="培训推荐",
        demand=Kind.POSTING,
        supply=Kind.COURSE,
        closed=partial(over, today=today),
        requirements=(
            Requirement("teaches", "补足所缺技能", partial(teaches_nothing_missing, found=found)),
            Requirement("admission", "入学学历", partial(not_admitted, education=talent.record.education)),
        ),
        features=(
            Feature("closes", "补足技能", 0.55, partial(closes, found=found)),
            Feature("prepared", "先修条件", 0.10, partial(prepared, held=held)),
            Feature("text", "内容相近", 0.15, text_likeness),
            Feature("words", "用词相同", 0.05, word_share, cite=partial(shared_words, words_of=words_of)),
            Feature("time", "学时", 0.10, hours_per_skill),
            Feature("cost", "费用", 0.05, cost),
        ),
    )


def teaches_nothing_missing(pair: TrainingPair, *, found: Gap) -> str | None:
    taught = set(pair.supply.facts.skills_taught())
    return None if taught & found.missing.keys() else "课程不教所缺的技能"


def over(record: Record, *, today: date) -> str | None:
    if not isinstance(record, Course):
        return None
    last = record.starts or record.ends
    return f"课程已于 {last} 开课或结束" if last and last < today else None


def not_admitted(pair: TrainingPair, *, education: Education | None) -> str | None:
    asked = pair.supply.record.education
    return f"课程要求{asked.label}" if asked and education and education < asked else None


def closes(pair: TrainingPair, *, found: Gap) -> Finding:
    """Share of the missing skills that the course teaches, required ones counting more."""
    taught = set(pair.supply.facts.skills_taught())
    added = [name for name in found.missing if name in taught]
    left = [name for name in found.missing if name not in taught]
    value = sum(found.missing[name] for name in added) / sum(found.missing.values())
    detail = held_and_missing("学到", added, "仍缺", left) + ("" if left else "；所缺技能全部补足")
    evidence = Evidence(spans_of(pair.demand.facts.skills, added), spans_of(pair.supply.facts.skills, added))
    return Finding(value, detail, evidence)


def prepared(pair: TrainingPair, *, held: frozenset[str]) -> Finding:
    """Share of the course's prerequisites that the person has."""
    needed = [m.name for m in pair.supply.facts.skills if m.span.field == "prerequisites"]
    if not needed:
        return Finding(None, "课程无先修要求，不计入")
    lacking = [name for name in needed if name not in held]
    return Finding(
        1 - len(lacking) / len(needed), f"先修技能还缺：{'、'.join(lacking)}" if lacking else "先修技能已具备"
    )


def hours_per_skill(pair: TrainingPair) -> Finding:
    """How little time a taught skill takes: 1 up to 8 hours, 0 from 120."""
    hours, taught = pair.supply.record.hours, len(pair.supply.facts.skills_taught())
    if hours is None or not taught:
        return Finding(None, "未写学时，不计入")
    return Finding(1 - between(hours / taught, 8, 120), f"{hours:g} 学时，教授 {taught} 项技能")


def cost(pair: TrainingPair) -> Finding:
    """How little the course costs: 1 when free, 0 from 5,000 yuan."""
    price = pair.supply.record.price
    if price is None:
        return Finding(None, "未写费用，不计入")
    return Finding(1 - between(price, 0, 5_000), "免费" if price == 0 else f"费用 {price} 元")
