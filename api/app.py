"""The web service: JSON under /api/v1, pages beside it, one shape for every failure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from api import problems, web
from api.auth import declared
from api.bootstrap import Services, build
from api.deps import API
from api.metrics import Metrics
from api.middleware import BodyLimit, Rim
from api.routers import ROUTERS
from api.settings import Settings


def create_app(settings: Settings | None = None, services: Services | None = None) -> FastAPI:
    """The application over the given services, or over those that the settings describe."""
    services = services or build(settings or Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.start)
        try:
            yield
        finally:
            await run_in_threadpool(services.stop)

    app = FastAPI(
        title="产教联合体人才供需匹配服务",
        description="岗位、人才、课程、技术、政策与专业的发布、搜索与有理由的匹配。",
        version=metadata.version("chanjiao"),
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        # Both pages would load their scripts from another host.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    optional = (web.sso.router,) if services.provider else ()
    app.state.routers = (*ROUTERS, *web.ROUTERS, *optional)
    app.state.metrics = metrics = Metrics(services)
    problems.install(app, page=web.error_page)
    limits = services.settings
    app.add_middleware(BodyLimit, json=limits.body_limit, form=limits.upload_limit)
    app.add_middleware(Rim, observe=metrics.observe)
    for router in app.state.routers:
        undeclared = [route.path for route in router.routes if declared(route) is None]
        assert not undeclared, f"no access is declared for {undeclared}"
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=web.static_folder), name="static")
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Let the OpenAPI document say that problems are `application/problem+json`."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in described()["paths"].values():
                for operation in path.values():
                    for response in operation["responses"].values():
                        problems.describe(response)
        return described()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way
