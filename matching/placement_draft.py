"""A placement market from the records: students and postings as published, both sides' wishes from the match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from data import taxonomy
from matching.lawful import PLACEMENTS, check
from matching.matcher import Matcher
from models.errors import Malformed
from models.matches import Side
from models.placement import PlacementMarket
from models.postings import Posting
from models.talents import Talent
from models.terms import Employment, Kind

_COUNTED = frozenset({"intern-share", "intern-share-on-post"})
"""Rules that the caps of the market keep."""


def draft(matcher: Matcher, talents: Sequence[int], postings: Sequence[int], *, today: date) -> PlacementMarket:
    """The market of these students and postings, for the school to complete: ages, calendar, minimums, wishes.

    Ids are those of the records. A student's order of the places, and a place's order of the students, is how well
    each side's demands are met; pairs that a hard requirement rules out, or that have nothing in common, have no
    score. Raises NotFound, and Malformed for a student without a year of study or a posting that is no placement.
    """
    students = {id: cast(Talent, matcher.document(Kind.TALENT, id).record) for id in talents}
    places = {id: cast(Posting, matcher.document(Kind.POSTING, id).record) for id in postings}
    wanted = {id: posting for id, posting in places.items() if posting.employment not in PLACEMENTS}
    if wanted:
        raise Malformed(f"岗位 {next(iter(wanted))} 不是实习、学徒、订单班或现场工程师岗位")
    if nameless := next((id for id, talent in students.items() if talent.grade is None), None):
        raise Malformed(f"学生 {nameless} 没有写年级，无法判断能否实习")
    return PlacementMarket.read(
        {
            "students": [_student(id, talent) for id, talent in students.items()],
            "places": [_place(matcher, id, posting, today) for id, posting in places.items()],
            "fits": {str(id): _fits(matcher, id, places) for id in students},
        }
    )


def _student(id: int, talent: Talent) -> dict[str, Any]:
    specialty = taxonomy.specialty(talent.specialty_code) if talent.specialty_code else None
    return {
        "id": str(id),
        "year": talent.grade,
        "programmes": tuple(one for one in talent.seeking if one in PLACEMENTS) or (Employment.INTERNSHIP,),
        "level": talent.level,
        "specialty": talent.specialty,
        "specialty_class": specialty.major_class if specialty else None,
    }


def _place(matcher: Matcher, id: int, posting: Posting, today: date) -> dict[str, Any]:
    employer = matcher.employer_of(posting)
    findings = check(posting, employer, today=today)
    broken = dict.fromkeys(one.rule.name for one in findings if one.blocks and one.rule.name.startswith("intern-"))
    return {
        "id": str(id),
        "name": f"{posting.organisation} · {posting.title}"[:200],
        "posting": id,
        "enterprise": posting.organisation[:64],
        "maximum": posting.headcount or 1,
        "staff": employer.staff if employer else None,
        "programme": posting.employment,
        "shift": posting.shift,
        "broken": tuple(name for name in broken if name not in _COUNTED),
    }


def _fits(matcher: Matcher, talent: int, places: dict[int, Posting]) -> dict[str, tuple[float, float]]:
    chosen = {id(posting) for posting in places.values()}
    answer = matcher.match(
        matcher.jobs,
        matcher.document(Kind.TALENT, talent),
        k=len(places),
        where=lambda record: id(record) in chosen,
        cited=0,
    )
    return {
        str(one.pair.demand.id): (
            round(one.fit(Side.SUPPLY) or 0.0, 4),
            round(one.fit(Side.DEMAND) or 0.0, 4),
        )
        for one in answer.matches
    }
