"""What is wrong with a record, in Chinese, field by field: the same words in reject files and API answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Reason:
    """One broken rule."""

    field: str
    """Dotted path of the field, empty when the rule spans several."""
    value: str
    """The offending value as given, shortened."""
    reason: str
    """A Chinese sentence that quotes the limit."""

    def __str__(self) -> str:
        where = f"{self.field}：" if self.field else ""
        return f"{where}{self.reason}" + (f"（收到：{self.value}）" if self.value else "")


_SENTENCES = {
    "missing": "缺少必填项",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "文字过长，最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数，不能有小数",
    "int_parsing_size": "数字过大",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "too_long": "条目过多，最多 {max_length} 条",
    "too_short": "条目过少，至少 {min_length} 条",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "date_type": "应为日期，如 2026-09-01",
    "date_parsing": "应为日期，如 2026-09-01",
    "date_from_datetime_parsing": "应为日期，如 2026-09-01",
    "date_from_datetime_inexact": "应为日期，不能带时间",
    "datetime_type": "应为带时区的时间，如 2026-09-01T08:30:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-09-01T08:30:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-09-01T08:30:00+08:00",
    "timezone_aware": "要写明时区，如 2026-09-01T08:30:00+08:00",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "应为 UUID",
    "json_invalid": "不是有效的 JSON",
    "json_type": "应为 JSON",
    "string_unicode": "含有无法识别的字符",
    "union_tag_invalid": "只能是 {expected_tags} 之一",
    "url_parsing": "不是有效的网址",
}


def reasons_of(error: ValidationError) -> list[Reason]:
    """One reason for each broken rule, in the order found."""
    return [reason_of(detail) for detail in error.errors(include_url=False)]


def reason_of(detail: ErrorDetails) -> Reason:
    """The Chinese reason for one pydantic error."""
    kind, context = detail["type"], dict(detail.get("ctx", {}))
    if kind in ("value_error", "assertion_error"):
        sentence = str(context.get("error", detail["msg"]))
    else:
        limits = _Known({name: _in_chinese(value) for name, value in context.items()})
        sentence = _SENTENCES.get(kind, "取值无效").format_map(limits)
    path = ".".join(str(part) for part in detail["loc"])
    return Reason(field=path, value="" if kind == "missing" or not path else quote(detail["input"]), reason=sentence)


def quote(value: Any, limit: int = 60) -> str:
    """The value as text, at most `limit` characters."""
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _in_chinese(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace(" or ", "、").replace(", ", "、").replace("'", "")


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
