"""A seeded generator of one whole fictional city: who hires, who learns, who needs and who offers.

The city, 澜川市, and everyone in it are invented; its division codes begin with 99, which GB/T 2260 gives
to no place. The sentences stand in the TOML files of this folder, written by hand; the code combines them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Protocol, TypeVar

from data.sample import city, demand, learning, publications, supply
from data.sample import policies as rules
from data.sample import technology as research
from data.sample.city import DIVISIONS, SOURCE
from data.sample.technology import NeedJudgement
from data.sample.truth import Judgement, judgements
from data.store import Saved, Store
from data.taxonomy import division_label
from models.courses import Course
from models.notices import Notice
from models.organisations import Organisation
from models.plans import Plan
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import Kind, OrganisationId, Record

P = TypeVar("P", Organisation, Talent, Need, Offer)

ENTERPRISES, POSTINGS, TALENTS, COURSES = 120, 1_500, 3_000, 300
_BATCH = 500
"""Records per transaction."""


@dataclass(frozen=True)
class Consortium:
    """One city's records, and what is true about pairs of them."""

    organisations: tuple[Organisation, ...]
    postings: tuple[Posting, ...]
    talents: tuple[Talent, ...]
    courses: tuple[Course, ...]
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    policies: tuple[Policy, ...]
    programmes: tuple[Programme, ...]
    plans: tuple[Plan, ...]
    notices: tuple[Notice, ...]
    judgements: tuple[Judgement, ...]
    need_judgements: tuple[NeedJudgement, ...]
    trends: Mapping[str, str]
    """Occupation roles by name → rising, falling or steady, as planted."""
    roles: Mapping[str, str]
    """Posting source id → the name of its role."""
    unlawful: Mapping[str, str]
    """Posting source id → the rule that it breaks, as planted; no other posting breaks one that blocks."""


def consortium(seed: int = 2026, *, today: date = date(2026, 9, 1), scale: float = 1.0) -> Consortium:
    """The whole city as it stands on `today`; the same seed gives the same records.

    `scale` multiplies enterprises, postings, talents and courses; of the technical topics and policies,
    which are written one by one, a scale below 1 takes the first part and one above 1 all.
    """
    employers = city.employers(_dice(seed, "city"), _scaled(ENTERPRISES, scale))
    institutions = city.institutions()
    hirings = demand.postings(_dice(seed, "postings"), employers, _scaled(POSTINGS, scale), today)
    students = supply.talents(_dice(seed, "talents"), employers, _scaled(TALENTS, scale), today)
    solved = research.technology(_dice(seed, "technology"), employers, institutions, scale, today)
    return Consortium(
        organisations=tuple(map(_placed, (*(one.organisation for one in employers), *institutions))),
        postings=tuple(one.posting for one in hirings),
        talents=tuple(_placed(one.talent) for one in students),
        courses=tuple(learning.courses(_dice(seed, "courses"), _scaled(COURSES, scale), today)),
        needs=tuple(map(_placed, solved.needs)),
        offers=tuple(map(_placed, solved.offers)),
        policies=tuple(rules.policies(scale, today)),
        programmes=tuple(supply.programmes(_dice(seed, "programmes"), today)),
        plans=tuple(publications.plans(_dice(seed, "plans"), today)),
        notices=tuple(publications.notices(_dice(seed, "notices"), today)),
        judgements=judgements(_dice(seed, "judgements"), hirings, students),
        need_judgements=solved.judgements,
        trends={one.role.name: one.role.trend for one in hirings},
        roles={one.posting.source.id: one.role.name for one in hirings if one.posting.source},
        unlawful={one.posting.source.id: one.fault for one in hirings if one.posting.source and one.fault},
    )


def _placed(record: P) -> P:
    """The record with the names of its places: no code table knows the codes of an invented city."""
    named: dict[str, object] = {}
    if record.place is None and record.division in DIVISIONS:
        named["place"] = DIVISIONS[record.division]
    if isinstance(record, Talent) and not record.expected_places:
        named["expected_places"] = tuple(
            DIVISIONS.get(code) or division_label(code) for code in record.expected_divisions
        )
    return record.model_copy(update=named) if named else record


def _dice(seed: int, what: str) -> Random:
    """One source of chance per kind, so that a change in one leaves the others as they were."""
    return Random(f"{seed}/{what}")


def _scaled(count: int, scale: float) -> int:
    return max(1, round(count * scale))


def load(
    store: Store,
    seed: int = 2026,
    progress: Callable[[int, int], None] | None = None,
    *,
    today: date = date(2026, 9, 1),
) -> dict[Kind, int]:
    """Save the city as of `today` and say how many of each kind it holds; loading it twice changes nothing.

    Organisations come first; the others then refer to them by id. `progress` hears how many of how many
    records are saved.
    """
    whole = consortium(seed, today=today)
    rest = (
        *(whole.programmes, whole.postings, whole.talents, whole.courses, whole.needs, whole.offers, whole.policies),
        *(whole.plans, whole.notices),
    )
    total = len(whole.organisations) + sum(map(len, rest))
    tell = _teller(progress, total)
    receipts = _save(store, whole.organisations, tell)
    ids = {
        organisation.name: OrganisationId(receipt.id)
        for organisation, receipt in zip(whole.organisations, receipts, strict=True)
    }
    for records in rest:
        _save(store, [_linked(record, ids) for record in records], tell)
    return {records[0].kind: len(records) for records in (whole.organisations, *rest) if records}


class _Saves(Protocol):
    def save_all(self, batch: Sequence[Record]) -> list[Saved]: ...


def _teller(progress: Callable[[int, int], None] | None, total: int) -> Callable[[int], None]:
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, total)

    return tell


def _save(store: _Saves, records: Sequence[Record], tell: Callable[[int], None]) -> list[Saved]:
    receipts: list[Saved] = []
    for start in range(0, len(records), _BATCH):
        receipts += store.save_all(records[start : start + _BATCH])
        tell(len(records[start : start + _BATCH]))
    return receipts


_REFERENCES = {"organisation": "organisation_id", "school": "school_id", "provider": "provider_id"}

R = TypeVar("R", bound=Record)


def _linked(record: R, ids: Mapping[str, OrganisationId]) -> R:
    """The record with the ids of the organisations that it names."""
    fields = type(record).model_fields
    found = {
        reference: ids[getattr(record, name)]
        for name, reference in _REFERENCES.items()
        if reference in fields and getattr(record, name) in ids
    }
    return record.model_copy(update=found) if found else record


__all__ = ["DIVISIONS", "SOURCE", "Consortium", "Judgement", "NeedJudgement", "consortium", "load"]
