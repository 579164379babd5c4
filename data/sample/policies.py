"""What the city's offices offer, and the conditions under which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from data.sample.city import source
from data.sample.texts import lines, names, table
from models.policies import Condition, Fact, Instrument, Operator, Policy

_WRITTEN_FOR = date(2026, 9, 1)
"""The day from which the written dates count; another `today` shifts them all."""


def policies(share: float, today: date) -> list[Policy]:
    """The written policies, or the first part of them."""
    rows = table("policies.toml")["policy"]
    rows = rows[: max(1, round(len(rows) * min(share, 1.0)))]
    return [_policy(n, row, today - _WRITTEN_FOR) for n, row in enumerate(rows, 1)]


def _policy(number: int, row: dict[str, Any], shift: timedelta) -> Policy:
    def day(key: str) -> date | None:
        return row[key] + shift if key in row else None

    return Policy(
        source=source("Z", number),
        title=row["title"],
        issuer=row["issuer"],
        document_number=row.get("number"),
        text="\n".join(lines(row["text"])),
        benefit=row["benefit"],
        amount=row.get("amount"),
        instruments=tuple(Instrument(name) for name in names(row["instruments"])),
        audience=names(row["audience"]),
        conditions=tuple(_condition(parts) for parts in row["conditions"]),
        division=row.get("division", "990100"),
        published=day("published"),
        opens=day("opens"),
        closes=day("closes"),
    )


def _condition(parts: Sequence[Any]) -> Condition:
    """From `[fact, operator, number or names, quote]`."""
    fact, operator, value, quote = parts
    if isinstance(value, str):
        return Condition(fact=Fact(fact), operator=Operator(operator), values=names(value), quote=quote)
    return Condition(fact=Fact(fact), operator=Operator(operator), number=value, quote=quote)
