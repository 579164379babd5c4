"""What surrounds every request: its id, its log line, the headers that protect browsers, and how much it may send."""

from __future__ import annotations

import re
import time
import traceback
import uuid
from pathlib import Path
from typing import Protocol

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import internal
from data.audit import acting

log = structlog.get_logger()

_HEADERS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers then hide the origin of our own forms too, and it is how a forged one is told.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_STATIC = "/static/"
"""What is the same for everyone and may be kept; of anything else nobody keeps a copy."""
_ID = re.compile(r"[\w-]{8,64}", re.ASCII)


class Observe(Protocol):
    """What counts answered requests."""

    def __call__(self, *, method: str, route: str, status: int, seconds: float) -> None: ...


class Rim:
    """Gives the request its id, logs and counts it without a word of what it says, and answers what nobody foresaw."""

    def __init__(self, app: ASGIApp, *, observe: Observe) -> None:
        self._app, self._observe = app, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        scope["request_id"] = given if _ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = scope["request_id"]
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(_STATIC) or status >= 400:
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        # Whoever signs the request in says who acts instead.
        with structlog.contextvars.bound_contextvars(request_id=scope["request_id"]), acting("public"):
            try:
                await self._app(scope, receive, sending)
            except Exception as error:
                log.error("request failed", error=type(error).__name__, frames=_frames(error))
                if status:
                    # The connection must break off; the server would log the error's words.
                    raise RuntimeError("the answer broke off") from None
                await internal(Request(scope))(scope, receive, sending)
            seconds, method, route = time.perf_counter() - started, scope["method"], _template(scope)
            self._observe(method=method, route=route, status=status or 500, seconds=seconds)
            log.info("request", method=method, path=route, status=status, ms=round(seconds * 1000, 1))


class BodyLimit:
    """Refuses bodies above a limit while they arrive; files, which come as forms, have their own."""

    def __init__(self, app: ASGIApp, *, json: int, form: int) -> None:
        self._app, self._json, self._form = app, json, form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").startswith("multipart/form-data")
        limit = self._form if is_form else self._json
        announced = headers.get("content-length", "")
        too_large = announced.isdecimal() and int(announced) > limit
        size = 0

        async def receiving() -> Message:
            nonlocal size
            if too_large:
                raise _too_large(limit)
            message = await receive()
            # Counted whatever was announced: beside chunks a length says nothing.
            size += len(message.get("body", b""))
            if size > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, receiving, send)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"请求正文超过上限 {limit} 字节")


def _template(scope: Scope) -> str:
    """The route's path with its parameters unfilled; empty for an unknown address."""
    return str(getattr(scope.get("route"), "path", ""))


def _frames(error: Exception) -> list[str]:
    """Where it happened, without the message: that may quote a record."""
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]]
