"""What enterprises cannot solve alone and who can: needs, offers, and which truly fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from data.sample.city import Employer, source
from data.sample.texts import names, table
from data.sample.texts import technology as topics
from data.sample.wording import chance, expand
from models.organisations import Organisation
from models.technology import Need, Offer, OfferType, Secrecy

_RIGHTS = ("发明专利", "实用新型专利", "软件著作权")


@dataclass(frozen=True, slots=True)
class NeedJudgement:
    """How well an offer answers a need: 3 solves it, 2 can work on it, 1 a near miss, 0 beside the point."""

    need_source_id: str
    offer_source_id: str
    grade: int


@dataclass(frozen=True, slots=True)
class Technology:
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    judgements: tuple[NeedJudgement, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A need or an offer with its topic and, unless it covers the whole topic, its case."""

    topic: str
    case: int | None
    record: Need | Offer


def technology(
    rng: Random, employers: Sequence[Employer], institutions: Sequence[Organisation], share: float, today: date
) -> Technology:
    """The written topics, or the first part of them: three needs and four offers each."""
    written = topics()[: max(1, round(len(topics()) * min(share, 1.0)))]
    needs = [_need_of(rng, topic, n, employers, today) for topic in written for n in range(len(topic["case"]))]
    offers = [
        offer
        for topic in written
        for n, row in enumerate([*topic["case"], topic["whole"]])
        for offer in [_offer_of(rng, topic, row, n if n < len(topic["case"]) else None, institutions, today)]
    ]
    rng.shuffle(needs)
    rng.shuffle(offers)
    needs = [_numbered(one, "N", n) for n, one in enumerate(needs, 1)]
    offers = [_numbered(one, "F", n) for n, one in enumerate(offers, 1)]
    return Technology(
        tuple(one.record for one in needs if isinstance(one.record, Need)),
        tuple(one.record for one in offers if isinstance(one.record, Offer)),
        tuple(_judgements(rng, needs, offers)),
    )


def _numbered(one: _Planned, letter: str, number: int) -> _Planned:
    return _Planned(one.topic, one.case, one.record.model_copy(update={"source": source(letter, number)}))


def _need_of(rng: Random, topic: Mapping[str, Any], case: int, employers: Sequence[Employer], today: date) -> _Planned:
    row = topic["case"][case]
    wanted = row.get("sectors", topic["sectors"]).split()
    fitting = [one for one in employers if one.sector.id in wanted] or list(employers)
    organisation = rng.choice(fitting).organisation
    low, high = topic["budget"]
    budget = None if chance(rng, 0.2) else (low * 10_000, high * 10_000)
    published = today - timedelta(days=rng.randint(5, 420))
    opening = rng.choice(table("technology.toml")["openings"])
    closing = rng.choice(table("technology.toml")["closings"]) if chance(rng, 0.6) else ""
    text = row["text"].strip()
    content = text if chance(rng, 0.4) else expand(opening, rng, {"text": text})
    record = Need(
        title=row["need"],
        organisation=organisation.name,
        content=content + expand(closing, rng),
        fields=names(topic["fields"]) if chance(rng, 0.8) else (),
        industry=organisation.industry,
        budget_low=budget[0] if budget and chance(rng, 0.8) else None,
        budget_high=budget[1] if budget else None,
        deadline=published + timedelta(days=rng.choice((180, 270, 365, 540))) if chance(rng, 0.7) else None,
        secrecy=rng.choices(list(Secrecy), (3, 6, 2))[0],
        division=organisation.division,
        place=organisation.place if chance(rng, 0.3) else None,
        published=published,
    )
    return _Planned(topic["id"], case, record)


def _offer_of(
    rng: Random,
    topic: Mapping[str, Any],
    row: Mapping[str, Any],
    case: int | None,
    institutions: Sequence[Organisation],
    today: date,
) -> _Planned:
    wanted = names(topic["by"])
    fitting = [one for one in institutions if one.name in wanted] or list(institutions)
    organisation = rng.choice(fitting)
    kind = OfferType(row["type"])
    rights = tuple(f"{word}{rng.randint(1, 4)}项" for word in _RIGHTS if chance(rng, 0.4))
    record = Offer(
        title=row["offer"],
        type=kind,
        organisation=organisation.name,
        content=row["answer"] + _offered(rng, kind),
        fields=names(topic["fields"]) if chance(rng, 0.85) else (),
        industry=topic["industry"] if chance(rng, 0.8) else None,
        maturity=row.get("trl") or (rng.randint(4, 9) if kind is OfferType.ACHIEVEMENT else None),
        intellectual_property=rights if kind in (OfferType.ACHIEVEMENT, OfferType.TEAM) else (),
        price=rng.randint(2, 60) * 10_000 if kind is OfferType.ACHIEVEMENT and chance(rng, 0.4) else None,
        division=organisation.division,
        published=today - timedelta(days=rng.randint(5, 700)),
    )
    return _Planned(topic["id"], case, record)


def _offered(rng: Random, kind: OfferType) -> str:
    """A closing sentence on how to have it, as half of the offers have."""
    closings = table("technology.toml")["offered"][kind.value]
    return expand(rng.choice(closings), rng) if chance(rng, 0.55) else ""


def _judgements(rng: Random, needs: Sequence[_Planned], offers: Sequence[_Planned]) -> list[NeedJudgement]:
    """Every offer of a need's topic, and twenty of other topics."""
    judged = []
    for need in needs:
        same = [one for one in offers if one.topic == need.topic]
        others = [one for one in offers if one.topic != need.topic]
        for offer in same + rng.sample(others, min(20, len(others))):
            judged.append(NeedJudgement(_id(need), _id(offer), _grade(need, offer)))
    return judged


def _grade(need: _Planned, offer: _Planned) -> int:
    if need.topic != offer.topic:
        return 0
    if offer.case is None:
        return 2
    return 3 if offer.case == need.case else 1


def _id(one: _Planned) -> str:
    return one.record.source.id if one.record.source else ""
