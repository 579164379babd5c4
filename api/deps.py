"""What routers ask for, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from api.bootstrap import Services
from data import taxonomy
from matching.matcher import Matcher, Where
from models.errors import IndexBehind, NotFound
from models.matches import Document
from models.organisations import Organisation
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import DivisionCode, Employment, Kind, Record

API = "/api/v1"
"""Where the JSON half lives."""


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


def _matcher(services: ServicesDep) -> Matcher:
    if not services.follower.ready.is_set():
        done, total = services.shelf.revision, services.store.revision
        raise IndexBehind(f"索引正在建立：已处理 {done}/{total} 条变更，请稍后再试")
    return services.matcher


MatcherDep = Annotated[Matcher, Depends(_matcher)]
"""The matcher, once the index has been built; before that, 503 with the progress."""
RecordIdPath = Annotated[int, Path(ge=1, le=2**53, description="记录编号")]
TopK = Annotated[int, Query(ge=1, le=100, description="返回几条")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="跳过几条")]
Limit = Annotated[int, Query(ge=1, le=100, description="返回几条")]


def _about(kind: Kind) -> Callable[..., Document[Any]]:
    """What finds the record that a path names."""

    def document(id: RecordIdPath, services: ServicesDep, matcher: MatcherDep) -> Document[Any]:
        return find(services, matcher, kind, id)

    return document


PostingDep = Annotated[Document[Posting], Depends(_about(Kind.POSTING))]
TalentDep = Annotated[Document[Talent], Depends(_about(Kind.TALENT))]
NeedDep = Annotated[Document[Need], Depends(_about(Kind.NEED))]
OfferDep = Annotated[Document[Offer], Depends(_about(Kind.OFFER))]
PolicyDep = Annotated[Document[Policy], Depends(_about(Kind.POLICY))]
OrganisationDep = Annotated[Document[Organisation], Depends(_about(Kind.ORGANISATION))]
ProgrammeDep = Annotated[Document[Programme], Depends(_about(Kind.PROGRAMME))]


def find(services: Services, matcher: Matcher, kind: Kind, id: int) -> Document[Record]:
    """The record as it stands on the shelf.

    Raises NotFound, Withdrawn, or IndexBehind for a record that is stored and not on the shelf yet.
    """
    try:
        return matcher.document(kind, id)
    except NotFound:
        services.store.load(kind, id)
        raise IndexBehind(f"{kind.label} {id} 已保存，尚未进入索引，请稍后再试") from None


def postings_where(
    employment: Annotated[Employment | None, Query(description="只要这种用工形式的岗位")] = None,
    division: Annotated[DivisionCode | None, Query(description="只要工作地点在这个行政区划内的岗位")] = None,
) -> Where | None:
    """Whether a posting is of the employment and in the division; None when neither is asked for."""
    if employment is None and division is None:
        return None

    def where(record: Record) -> bool:
        if not isinstance(record, Posting):
            return True
        inside = division is None or (record.division is not None and taxonomy.is_within(record.division, division))
        return inside and employment in (None, record.employment)

    return where


PostingsWhere = Annotated[Where | None, Depends(postings_where)]
"""What the asking person limits postings to; a posting that does not say is left out."""
