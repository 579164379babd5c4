"""One search over everything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import SearchAnswer, search_answer
from api.auth import PrincipalDep, allow, visible
from api.deps import API, MatcherDep, ServicesDep, TopK
from api.problems import problems
from matching.search import search
from models.access import Action, System
from models.terms import Kind

router = APIRouter(tags=["搜索"], responses=problems(401, 403, 422, 500, 503))

SearchText = Annotated[str, Query(max_length=200, description="搜索词，可以是一句话")]
Kinds = Annotated[list[Kind], Query(max_length=len(Kind), description="只搜这些种类；不写则全部")]


@router.get(f"{API}/search", summary="搜索全部信息", dependencies=[allow(Action.READ, System.SERVICE)])
def search_everything(
    services: ServicesDep,
    principal: PrincipalDep,
    matcher: MatcherDep,
    q: SearchText,
    kind: Kinds = [],  # noqa: B006
    limit: TopK = 20,
) -> SearchAnswer:
    """What you may read, of any kind, by words and meaning, best first, each with the piece of text that was hit."""
    kinds = dict.fromkeys(kind or Kind)
    return search_answer(q, search(matcher.shelf, q, kinds=kinds, k=limit, where=visible(services, principal)))
