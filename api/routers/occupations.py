"""Occupations of postings, programmes and titles, and who teaches or attests a skill."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Path
from pydantic import Field

from api.auth import allow
from api.deps import API, MatcherDep, PostingDep, ProgrammeDep, TopK
from api.problems import problems
from data import taxonomy
from indexing.link import Link
from matching.occupations import OccupationLinks, Origin
from models.access import Action, System
from models.courses import Course
from models.errors import NotFound
from models.matches import Document
from models.terms import Kind, Name, OccupationCode, Value
from models.text import fold

router = APIRouter(prefix=API, tags=["职业与技能"], responses=problems(401, 403, 404, 410, 422, 500, 503))

SkillNamePath = Annotated[str, Path(min_length=1, max_length=100, description="技能的名称或别名")]


class OccupationItem(Value):
    """An occupation, or a group of them."""

    code: OccupationCode
    name: str
    score: float
    """1 where it is stated, else the estimated probability in [0, 1]."""


class OccupationAnswer(Value):
    """Occupations best first, how they are known, and whether the first may be relied on."""

    origin: Origin
    sure: bool
    """False is an abstention: the first is likelier wrong than right."""
    items: tuple[OccupationItem, ...]
    group: OccupationItem | None
    """The 小类 or 中类 that is sure where no occupation is."""
    note: str


class TitleRequest(Value):
    """Titles to be linked."""

    titles: Annotated[tuple[Name, ...], Field(min_length=1, max_length=500)]
    k: Annotated[int, Field(ge=1, le=20)] = 5


class LinkedTitle(OccupationAnswer):
    """One title with its occupations."""

    title: str


class SkillCourse(Value):
    """A course that teaches the skill."""

    id: int
    name: str
    provider: str


class SkillAnswer(Value):
    """Where a skill comes from and where it is needed."""

    name: str
    aliases: tuple[str, ...]
    domain: str
    kind: str
    certificates: tuple[str, ...]
    """Whose holders have shown it."""
    courses: tuple[SkillCourse, ...]
    """Of the consortium, that teach it."""
    occupations: tuple[OccupationItem, ...]
    """Whose official description names it."""


@router.get("/postings/{id}/occupation", summary="岗位的职业", dependencies=[allow(Action.READ, Kind.POSTING)])
def occupation_of_posting(posting: PostingDep, matcher: MatcherDep, k: TopK = 5) -> OccupationAnswer:
    """The occupation that the posting states, or the k likeliest by its title."""
    return _answer(matcher.occupations.of_posting(posting.record, k=min(k, 20)))


@router.get("/programmes/{id}/occupations", summary="专业的面向职业", dependencies=[allow(Action.READ, Kind.PROGRAMME)])
def occupations_of_programme(programme: ProgrammeDep, matcher: MatcherDep, k: TopK = 10) -> OccupationAnswer:
    """The occupations of the imported or official profile, or the k likeliest by name and courses."""
    return _answer(matcher.occupations.of_programme(programme.record, k=min(k, 20)))


@router.post(
    "/occupations/link",
    summary="岗位名称对应职业",
    responses=problems(400, 413, 415),
    dependencies=[allow(Action.READ, System.SERVICE)],
)
def link_titles(request: TitleRequest, matcher: MatcherDep) -> list[LinkedTitle]:
    """For each title the k likeliest occupations."""
    found = [(title, _answer(matcher.occupations.of_title(title, k=request.k))) for title in request.titles]
    return [LinkedTitle(title=title, **dict(answer)) for title, answer in found]


@router.get("/skills/{name}", summary="技能的来源与去向", dependencies=[allow(Action.READ, System.SERVICE)])
def read_skill(name: SkillNamePath, matcher: MatcherDep) -> SkillAnswer:
    """The certificates and courses that give the skill, and the occupations whose description names it."""
    skill = taxonomy.find_skill(name)
    if skill is None:
        raise NotFound(f"技能词表里没有“{name}”")
    spellings = [fold(spelling) for spelling in skill.spellings]
    courses = cast("list[Document[Course]]", list(matcher.shelf[Kind.COURSE].documents.values()))
    described = [one for one in taxonomy.leaves() if _names(f"{one.definition}{''.join(one.tasks)}", spellings)]
    return SkillAnswer(
        name=skill.name,
        aliases=skill.aliases,
        domain=skill.domain,
        kind=skill.kind,
        certificates=tuple(one.name for one in taxonomy.certificates() if skill.name in one.skills),
        courses=tuple(
            SkillCourse(id=d.id, name=d.record.name, provider=d.record.provider)
            for d in courses
            if skill.name in d.facts.skills_taught()
        ),
        occupations=tuple(OccupationItem(code=one.code, name=one.name, score=1.0) for one in described),
    )


def _answer(found: OccupationLinks) -> OccupationAnswer:
    return OccupationAnswer(
        origin=found.origin,
        sure=found.sure,
        items=tuple(map(_item, found.links)),
        group=_item(found.group) if found.group else None,
        note=found.note,
    )


def _item(link: Link) -> OccupationItem:
    return OccupationItem(code=link.code, name=taxonomy.occupation_label(link.code), score=link.score)


def _names(text: str, spellings: list[str]) -> bool:
    folded = fold(text)
    return any(spelling in folded for spelling in spellings)
