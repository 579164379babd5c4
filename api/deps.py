"""What routers ask for, by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from api.bootstrap import Services
from matching.matcher import Matcher
from models.errors import IndexBehind


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
