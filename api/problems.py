"""Every failure on one wire shape: RFC 9457 `application/problem+json`, in Chinese, quoting what was wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote as quote_path

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match

from models import errors
from models.reasons import Reason, reason_of
from models.terms import Value

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

ErrorPage = Callable[[Request, int, str, str], Response]
"""Status, title and detail as a page."""

PROBLEMS: dict[type[errors.ChanjiaoError], tuple[int, str, str]] = {
    errors.ChanjiaoError: (500, "failed", "操作失败"),
    errors.Malformed: (422, "malformed", "内容有误"),
    errors.UnreadableFile: (422, "unreadable-file", "文件无法读取"),
    errors.InvalidRecord: (422, "invalid-record", "记录不符合规则"),
    errors.UnknownName: (422, "unknown-name", "名称或代码不存在"),
    errors.NotFound: (404, "not-found", "没有这条记录"),
    errors.Refused: (403, "refused", "不允许"),
    errors.NotSignedIn: (401, "not-signed-in", "需要登录"),
    errors.WrongPassword: (401, "wrong-password", "登录失败"),
    errors.IdentityRefused: (403, "identity-refused", "外部身份不能登录"),
    errors.Forbidden: (403, "forbidden", "没有权限"),
    errors.TooOften: (429, "too-often", "尝试过于频繁"),
    errors.Conflict: (409, "conflict", "与已有内容冲突"),
    errors.Withdrawn: (410, "withdrawn", "记录已撤回"),
    errors.WrongState: (409, "wrong-state", "当前状态不允许这一步"),
    errors.Unvetted: (409, "unvetted", "单位尚未核验"),
    errors.Unlawful: (409, "unlawful", "内容不符合法规"),
    errors.Erased: (410, "erased", "个人信息已删除"),
    errors.SourceTaken: (409, "source-taken", "来源编号已被占用"),
    errors.ImpossibleEvent: (409, "impossible-event", "事件不可能发生"),
    errors.AuditBroken: (500, "audit-broken", "审计记录不完整"),
    errors.Unavailable: (503, "unavailable", "服务暂不可用"),
    errors.ModelUnavailable: (503, "model-unavailable", "编码模型不可用"),
    errors.IndexMismatch: (503, "index-mismatch", "索引需要重建"),
    errors.IndexBehind: (503, "index-behind", "索引正在建立"),
    errors.ProviderUnavailable: (503, "provider-unavailable", "统一身份认证不可用"),
    errors.StoreUnavailable: (503, "store-unavailable", "数据库暂不可用"),
}
"""Error class → status, type slug, title."""

_HTTP = {
    400: ("bad-request", "请求无法理解"),
    404: ("no-such-address", "没有这个地址"),
    405: ("method-not-allowed", "不支持这种请求方法"),
    413: ("too-large", "内容过大"),
    415: ("unsupported-media-type", "不支持这种内容类型"),
    422: ("malformed", "内容有误"),
    500: ("internal", "服务器内部错误"),
}
"""Status → type slug and title, for what goes wrong before any of our code runs."""


class Broken(Value):
    """One broken rule of a malformed request."""

    field: str
    value: str
    reason: str


class Problem(Value):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: tuple[Broken, ...] = ()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an endpoint that may answer with these problems."""
    titles = {status: title for status, _, title in reversed(PROBLEMS.values())} | {
        status: title for status, (_, title) in _HTTP.items() if status != 404
    }
    return {status: {"model": Problem, "description": titles[status]} for status in statuses}


def describe(response: dict[str, Any]) -> None:
    """Describe a response of an OpenAPI document in Chinese, and by the media type of problems if it is one."""
    if response["description"] == "Successful Response":
        response["description"] = "成功"
    content = response.get("content", {})
    # FastAPI lists an endpoint's problems under the media type of its answer.
    for media_type in [one for one in content if one != MEDIA_TYPE]:
        if content[media_type].get("schema", {}).get("$ref", "").endswith("/Problem"):
            content[MEDIA_TYPE] = content.pop(media_type)


def install(app: FastAPI, *, page: ErrorPage) -> None:
    """Answer every failure as a problem, or as a page where a browser asks for one."""
    app.state.error_page = page
    app.add_exception_handler(errors.ChanjiaoError, _of_domain)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


def internal(request: Request) -> Response:
    """The answer to an error that nobody foresaw; says nothing of it but where to look it up."""
    return _answer(request, 500, *_HTTP[500], f"服务器内部错误，请把请求编号 {_request_id(request)} 告诉管理员")


async def _of_domain(request: Request, error: Exception) -> Response:
    error = cast(errors.ChanjiaoError, error)
    if isinstance(error, errors.NotSignedIn) and request.method == "GET" and _wants_page(request):
        asked = quote_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""), safe="")
        return RedirectResponse(f"/login?next={asked}", 303)
    status, slug, title = _row_of(error)
    if status >= 500:
        log.warning("unavailable", error=type(error).__name__)
    headers = {"retry-after": "5"} if status == 503 else {}
    return _answer(request, status, slug, title, error.message, headers=headers)


def status_of(error: errors.ChanjiaoError) -> int:
    """The status that a page with the error on it answers with."""
    return _row_of(error)[0]


def _row_of(error: errors.ChanjiaoError) -> tuple[int, str, str]:
    return next(PROBLEMS[ancestor] for ancestor in type(error).__mro__ if ancestor in PROBLEMS)


async def _of_validation(request: Request, error: Exception) -> Response:
    details = cast("Sequence[ErrorDetails]", cast(RequestValidationError, error).errors())
    first = details[0]
    if first["type"] == "json_invalid":
        return _answer(request, 400, *_HTTP[400], _broken_json(cast(RequestValidationError, error)))
    if first["loc"] == ("body",) and first["type"] != "missing" and not _says_json(request):
        given = request.headers.get("content-type") or "（未写明）"
        return _answer(request, 415, *_HTTP[415], f"请求正文应为 application/json，收到 {given}")
    reasons = [_reason(detail) for detail in details]
    more = f"；另有 {len(reasons) - 3} 处" if len(reasons) > 3 else ""
    detail = "；".join(map(str, reasons[:3])) + more
    return _answer(request, 422, *_HTTP[422], detail, errors=reasons)


async def _of_http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    slug, title = _HTTP.get(error.status_code, ("failed", "请求失败"))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["allow"] = allowed = ", ".join(_methods(request)) or headers.get("Allow", "")
        headers.pop("Allow", None)
        detail = f"这个地址不支持 {request.method}，可用 {allowed}"
    elif error.status_code == 404:
        detail = f"没有地址“{request.url.path}”"
    elif error.status_code == 400:
        detail = "请求正文无法解析"
    else:
        detail = str(error.detail)
    return _answer(request, error.status_code, slug, title, detail, headers=headers)


def _answer(
    request: Request,
    status: int,
    slug: str,
    title: str,
    detail: str,
    *,
    errors: Sequence[Reason] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    if _wants_page(request):
        page: ErrorPage = request.app.state.error_page
        response = page(request, status, title, detail)
        response.headers.update(headers or {})
        return response
    problem = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": quote_path(request.scope["path"]),
        "request_id": _request_id(request),
        "errors": [{"field": e.field, "value": e.value, "reason": e.reason} for e in errors],
    }
    # A lone surrogate in what the caller sent has no UTF-8 form.
    body = json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _reason(detail: ErrorDetails) -> Reason:
    """The reason without the part of the request (body, query, path) before the field's path."""
    loc = detail["loc"]
    if detail["type"] == "missing" and loc == ("body",):
        return Reason(field="", value="", reason="缺少请求正文")
    return reason_of({**detail, "loc": loc[1:]})


def _broken_json(error: RequestValidationError) -> str:
    place = int(error.errors()[0]["loc"][-1])
    around = str(error.body)[max(place - 10, 0) : place + 10]
    return f"请求正文不是有效的 JSON：第 {place + 1} 个字符处有误（“{around}”附近）"


def _methods(request: Request) -> list[str]:
    """Every method that the path supports: a router alone knows only the first route that has the path."""
    routes = [route for router in request.app.state.routers for route in router.routes]
    return sorted(
        {
            method
            for route in routes
            if route.matches(request.scope)[0] is not Match.NONE
            for method in getattr(route, "methods", ())
        }
    )


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _request_id(request: Request) -> str:
    found: str = request.scope.get("request_id", "")
    return found
