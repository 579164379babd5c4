"""What differs between two states of one thing, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.terms import Value

Plain = Any
"""What JSON can hold."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose value became another; None is a value that was not there."""

    field: str
    before: Plain
    after: Plain

    @property
    def added(self) -> tuple[Plain, ...]:
        """Entries of a list that are new, in order; empty for a field that is no list."""
        return _without(self.after, self.before)

    @property
    def removed(self) -> tuple[Plain, ...]:
        """Entries of a list that are gone, in order; empty for a field that is no list."""
        return _without(self.before, self.after)


def field_changes(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of `after` and then of `before`; a missing field and None are equal."""
    fields = dict.fromkeys((*after, *before))
    return tuple(
        FieldChange(field, before.get(field), after.get(field))
        for field in fields
        if before.get(field) != after.get(field)
    )


def record_changes(before: Value | None, after: Value | None) -> tuple[FieldChange, ...]:
    """What became of a record; None is the state before its first version or after its withdrawal."""
    return field_changes(_said(before), _said(after))


def _said(record: Value | None) -> dict[str, Plain]:
    return record.model_dump(mode="json", exclude_defaults=True) if record else {}


def _without(these: Plain, those: Plain) -> tuple[Plain, ...]:
    if not isinstance(these, list | tuple) and not isinstance(those, list | tuple):
        return ()
    return tuple(one for one in these or () if one not in (those or ()))
