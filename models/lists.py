"""What a live list (清单) is: which records it holds and how they are shown and judged."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.records import RECORDS
from models.terms import Kind, Month, Name, Names, Record, Text, Value

ListId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,39}$")]
Days = Annotated[int, Field(ge=1, le=3_650)]


class Part(Value):
    """The records of one kind that a list holds."""

    kind: Kind
    where: dict[str, Names] = Field(default_factory=dict)
    """Field → values of which it must have one."""
    filled: Names = ()
    """Fields that must say something."""
    owner: Name
    """The field that names whose entry it is."""
    owner_id: str | None = None
    until: str | None = None
    """The field with the last day on which the entry holds."""
    dated: str | None = None
    """The field with the day that an entry is as old as while nobody has changed it; without one, its entry here."""
    columns: dict[str, str]
    """Label → field, in reading order."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        record = RECORDS[self.kind]
        named = [*self.where, *self.filled, self.owner, *self.columns.values(), self.owner_id, self.until, self.dated]
        for field in named:
            if field and not _has(record, field):
                raise ValueError(f"{self.kind.label}没有字段“{field}”")
        return self


def _has(record: type[Record], field: str) -> bool:
    return field in record.model_fields or field == "kind" or isinstance(getattr(record, field, None), property)


class ListType(Value):
    """A live list (清单); the table of them is `data/lists.toml`."""

    id: ListId
    name: Name
    description: Text = ""
    main: bool = False
    """Whether it is one of the consortium's five."""
    personal: bool = False
    """Whether its entries are persons: it then shows numbers by group and no entry."""
    fresh: Days = 30
    """Days without a change up to which an entry counts as fresh."""
    stale: Days = 90
    """Days without a change after which it counts as long unchanged."""
    overdue: Days = 30
    """Days without any change after which an owner is reminded."""
    complete: Names
    """Labels of the columns that a complete entry fills."""
    groups: Names
    """Labels by which the public sees it counted."""
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for label in (*self.complete, *self.groups):
            if label not in self.columns:
                raise ValueError(f"“{self.name}”没有列“{label}”")
        if self.fresh > self.stale:
            raise ValueError(f"“{self.name}”的期限 {self.fresh} 天长于 {self.stale} 天")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels of all parts, those of the first part first."""
        return tuple(dict.fromkeys(label for part in self.parts for label in part.columns))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys(part.kind for part in self.parts))


Cell = str | int | float | date | None
"""What a column holds; a date that was frozen comes back as its ISO text."""


class FrozenRow(Value):
    """One entry of a frozen list, or one group of a list of persons."""

    key: str
    """The record's number, or the group's values; equal in two months when it is the same entry."""
    owner: str
    cells: dict[str, Cell]


class FrozenList(Value):
    """A list as it stood at the end of a month."""

    list: ListId
    month: Month
    name: Name
    columns: Names
    figures: dict[str, float]
    rows: tuple[FrozenRow, ...]
