"""One search over everything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import SearchAnswer, is_open, search_answer
from api.deps import API, MatcherDep, TopK
from api.problems import problems
from matching.search import search
from models.terms import Kind

router = APIRouter(tags=["搜索"], responses=problems(422, 500, 503))

SearchText = Annotated[str, Query(max_length=200, description="搜索词，可以是一句话")]
Kinds = Annotated[list[Kind], Query(max_length=len(Kind), description="只搜这些种类；不写则全部")]


@router.get(f"{API}/search", summary="搜索全部信息")
def search_everything(matcher: MatcherDep, q: SearchText, kind: Kinds = [], limit: TopK = 20) -> SearchAnswer:  # noqa: B006
    """Records of any kind by words and meaning, best first, each with the piece of text that was hit."""
    return search_answer(q, search(matcher.shelf, q, kinds=dict.fromkeys(kind or Kind), k=limit, where=is_open))
