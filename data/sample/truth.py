"""What is true about pairs: graded by those who invented both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from data.sample.demand import Hiring
from data.sample.supply import Student
from data.sample.texts import Role

POSTINGS, TALENTS, POOL = 60, 60, 40

_Item = TypeVar("_Item", Hiring, Student)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well a talent and a posting suit each other, from 0 (not at all) to 3."""

    posting_source_id: str
    talent_source_id: str
    grade: int


def grade(hiring: Hiring, student: Student) -> int:
    """3: wished, trained for and eligible; 2: trained for or wished and close; 1: related; 0: none of it."""
    role = hiring.role
    trained = not student.leaving and student.field in role.fields[:2]
    wished = role in student.wished
    if not (wished or trained or _related(role, student)):
        return 0
    obstacles = _obstacles(hiring, student)
    if wished and trained and obstacles == 0:
        return 3
    if (wished and not student.leaving and obstacles <= 1) or (trained and obstacles == 0):
        return 2
    return 1 if wished or trained or obstacles <= 1 else 0


def _obstacles(hiring: Hiring, student: Student) -> int:
    """How many things the posting asks for that the student cannot show."""
    posting, talent = hiring.posting, student.talent
    held = set(talent.skills)
    covered = sum(skill in held for skill in hiring.skills) / len(hiring.skills) if hiring.skills else 1.0
    return sum(
        (
            talent.education is not None and talent.education < hiring.role.education,
            bool(talent.seeking) and posting.employment not in talent.seeking,
            (posting.experience_years or 0) > (talent.experience_years or 0) + 1,
            any(not _holds(talent.certificates, name) for name in posting.required_certificates),
            covered < 0.34,
        )
    )


def _holds(certificates: Sequence[str], demanded: str) -> bool:
    return any(name.startswith(demanded) for name in certificates)


def _related(role: Role, student: Student) -> bool:
    return student.field in role.fields or any(role.group == wish.group for wish in student.wished)


def judgements(rng: Random, hirings: Sequence[Hiring], students: Sequence[Student]) -> tuple[Judgement, ...]:
    """60 postings with 40 talents each, then 60 talents with 40 postings each; every pair once."""
    students = [student for student in students if student.talent.skills]
    graded: dict[tuple[str, str], int] = {}
    for hiring in rng.sample(list(hirings), min(POSTINGS, len(hirings))):
        for student in _pool(rng, [(grade(hiring, student), student) for student in students]):
            graded[_id(hiring), _id(student)] = grade(hiring, student)
    for student in rng.sample(students, min(TALENTS, len(students))):
        for hiring in _pool(rng, [(grade(hiring, student), hiring) for hiring in hirings]):
            graded[_id(hiring), _id(student)] = grade(hiring, student)
    return tuple(Judgement(posting, talent, value) for (posting, talent), value in graded.items())


def _pool(rng: Random, graded: Sequence[tuple[int, _Item]]) -> list[_Item]:
    """40 items: some of each grade, the rest drawn from the wrong ones."""
    picked: list[_Item] = []
    for value, most in ((3, 8), (2, 8), (1, 10)):
        fitting = [item for found, item in graded if found == value]
        picked += rng.sample(fitting, min(most, len(fitting)))
    wrong = [item for found, item in graded if found == 0]
    return picked + rng.sample(wrong, min(POOL - len(picked), len(wrong)))


def _id(item: Hiring | Student) -> str:
    record = item.posting if isinstance(item, Hiring) else item.talent
    return record.source.id if record.source else ""
