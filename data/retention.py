"""Whose data has served its purpose: rules of so many days after the last sign of life, and who is due."""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, cast

from pydantic import Field, ValidationError

from data.store import Store, Stored
from models.errors import UnreadableFile
from models.talents import Talent
from models.terms import Kind, Name, Value

RULES = Path(__file__).parent / "retention.toml"


class Rule(Value):
    """How long the data of one sort of person stays."""

    label: Name
    days: Annotated[int, Field(ge=1, le=36_500)]
    after: Name
    """What the days are counted from, in words."""


@dataclass(frozen=True, slots=True)
class Due:
    """A person whose data is to be erased, and why."""

    talent: int
    rule: Rule
    since: date
    """The last sign of life, from which the rule's days are counted."""
    why: str
    """What that was."""

    @property
    def day(self) -> date:
        """The first day on which it is due."""
        return self.since + timedelta(days=self.rule.days)


def rules(path: Path = RULES) -> Mapping[str, Rule]:
    """The rules by name. Raises UnreadableFile for a file that lacks one or has days that are no number."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Rule.model_validate(found[name]) for name in ("talent", "withdrawn")}
    except KeyError as error:
        raise UnreadableFile(f"保存期限文件“{path.name}”缺少 [{error.args[0]}]") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise UnreadableFile(f"保存期限文件“{path.name}”无法读取，请参照 data/retention.toml 填写") from error


def due(store: Store, today: date, given: Mapping[str, Rule] | None = None) -> Iterator[Due]:
    """Everyone whose time is over, in order of id."""
    given = given or rules()
    acted = store.events.last_acts()
    people = cast("Iterator[Stored[Talent]]", store.documents(Kind.TALENT))
    live = (_live(stored, acted.get(stored.id), given["talent"]) for stored in people)
    gone = (Due(id, given["withdrawn"], at.date(), "撤回") for id, at in store.erasures.withdrawn())
    everyone = sorted([*live, *gone], key=lambda one: one.talent)
    return (one for one in everyone if one.day <= today)


def _live(stored: Stored[Talent], acted: date | None, rule: Rule) -> Due:
    signs = [(stored.at.date(), "最后一次修改")]
    if acted:
        signs.append((acted, "本人最近一次操作"))
    if stored.record.graduation:
        signs.append((_end_of(stored.record.graduation), "毕业"))
    since, why = max(signs)
    return Due(stored.id, rule, since, why)


def _end_of(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])
