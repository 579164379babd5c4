"""The market of technology: needs of enterprises and offers of schools and institutes."""

from __future__ import annotations

from datetime import date
from functools import partial

from data import taxonomy
from matching.evidence import WordsOf, shared_words, spans_of, whole, within
from matching.likeness import name_likeness, text_likeness, word_share
from matching.market import Feature, Market, Requirement
from models.matches import Evidence, Finding, Pair
from models.technology import Need, Offer, Secrecy
from models.terms import Kind, Record

TechnologyPair = Pair[Need, Offer]


def technology(today: date, words_of: WordsOf) -> Market[Need, Offer]:
    """The market as of a day."""
    return Market(
        name="technology",
        label="技术需求与供给",
        demand=Kind.NEED,
        supply=Kind.OFFER,
        closed=partial(overdue, today=today),
        requirements=(
            Requirement("other_party", "非本单位", same_organisation),
            Requirement("secrecy", "保密范围", secret),
        ),
        features=(
            Feature("subject", "主题相近", 0.30, subject),
            Feature("text", "内容相近", 0.25, text_likeness),
            Feature("words", "术语相同", 0.20, word_share, cite=partial(shared_words, words_of=words_of)),
            Feature("field", "技术领域", 0.10, field),
            Feature("skills", "涉及技术", 0.10, shared_skills),
            Feature("maturity", "成熟度", 0.05, maturity),
        ),
    )


def overdue(record: Record, *, today: date) -> str | None:
    # What is left out as closed is told with its date: a private need stays for `secret`, which is not told.
    deadline = record.deadline if isinstance(record, Need) and record.secrecy is not Secrecy.PRIVATE else None
    return f"需求已于 {deadline} 截止" if deadline and deadline < today else None


def same_organisation(pair: TechnologyPair) -> str | None:
    name = pair.demand.record.organisation
    return "供需双方是同一单位" if name == pair.supply.record.organisation else None


def secret(pair: TechnologyPair) -> str | None:
    return "该需求仅由平台撮合，不参与公开推荐" if pair.demand.record.secrecy is Secrecy.PRIVATE else None


def subject(pair: TechnologyPair) -> Finding:
    """How alike the titles of need and offer are."""
    value, relation = name_likeness(pair)
    need, offer = pair.demand.record.title, pair.supply.record.title
    return Finding(
        value, f"需求“{need}”与“{offer}”{relation}", Evidence(whole(pair.demand, "title"), whole(pair.supply, "title"))
    )


def field(pair: TechnologyPair) -> Finding:
    """Whether a technical field or, failing that, the industry is the same."""
    ours, theirs = pair.demand.record, pair.supply.record
    shared = [name for name in ours.fields if name in theirs.fields]
    if shared:
        evidence = Evidence(within(pair.demand, "fields", shared[0]), within(pair.supply, "fields", shared[0]))
        return Finding(1.0, f"同属技术领域：{'、'.join(shared)}", evidence)
    if ours.fields and theirs.fields:
        return Finding(0.0, f"技术领域不同：{'、'.join(ours.fields)}；{'、'.join(theirs.fields)}")
    if ours.industry and theirs.industry:
        same = ours.industry[:3] == theirs.industry[:3]
        name = taxonomy.industry_label(ours.industry[:3])
        return Finding(1.0 if same else 0.0, f"行业{'相同' if same else '不同'}：{name}")
    return Finding(None, "未填写技术领域与行业，不计入")


def shared_skills(pair: TechnologyPair) -> Finding:
    """Share of the techniques that the need names and the offer masters."""
    asked, held = pair.demand.facts.skill_names(), set(pair.supply.facts.skill_names())
    if not asked:
        return Finding(None, "需求未提及词表中的技术，不计入")
    shared = [name for name in asked if name in held]
    evidence = Evidence(spans_of(pair.demand.facts.skills, shared), spans_of(pair.supply.facts.skills, shared))
    return Finding(len(shared) / len(asked), f"共同涉及：{'、'.join(shared) or '无'}", evidence)


def maturity(pair: TechnologyPair) -> Finding:
    """How near to use the offer is, on the nine steps of GB/T 22900."""
    level = pair.supply.record.maturity
    if level is None:
        return Finding(None, "未填写成熟度，不计入")
    return Finding((level - 1) / 8, f"技术就绪度 {level} 级（共 9 级）")
