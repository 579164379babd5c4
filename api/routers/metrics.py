"""Figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from api.auth import allow
from models.access import Action, System

router = APIRouter()


@router.get("/metrics", include_in_schema=False, dependencies=[allow(Action.READ, System.METRICS)])
def metrics(request: Request) -> Response:
    """Requests by route and status, their times, records, index lag, jobs, audit entries, age of the last backup."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
