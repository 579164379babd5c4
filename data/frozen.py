"""Lists at rest: one content for each list and month, never changed once it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, select

from data.tables import list_snapshots
from models.errors import NotFound
from models.lists import FrozenList

Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[tuple[Connection, int]]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A list as it stood at the end of a month, and when that was written down."""

    list: str
    month: str
    at: datetime
    content: str
    """Canonical JSON."""
    sha256: str

    @property
    def intact(self) -> bool:
        """Whether the content is still what was hashed when it was frozen."""
        return sha256(self.content) == self.sha256

    def parsed(self) -> FrozenList:
        return FrozenList.model_validate_json(self.content)


class FrozenLists:
    """The frozen lists of one store."""

    def __init__(self, reading: Reading, writing: Writing, now: Callable[[], datetime]) -> None:
        self._reading, self._writing, self._now = reading, writing, now

    def freeze(self, frozen: FrozenList) -> tuple[Frozen, bool]:
        """What stands under the list and month, and whether this call wrote it: what is there already stays."""
        # The counter's row is locked, as by every write: of two that freeze, the second finds the first's.
        with self._writing() as (connection, _):
            found = _find(connection, frozen.list, frozen.month)
            if found:
                return found, False
            content = canonical(frozen.model_dump(mode="json"))
            written = Frozen(frozen.list, frozen.month, self._now(), content, sha256(content))
            connection.execute(
                list_snapshots.insert().values(
                    list=written.list,
                    month=written.month,
                    at=written.at,
                    content=written.content,
                    sha256=written.sha256,
                )
            )
            return written, True

    def load(self, list: str, month: str) -> Frozen:
        """The list as it stood at the end of the month. Raises NotFound."""
        with self._reading() as connection:
            found = _find(connection, list, month)
        if found is None:
            raise NotFound(f"{month} 没有冻结过这张清单")
        return found

    def months(self, list: str) -> tuple[str, ...]:
        """The months that are frozen, latest first."""
        query = select(list_snapshots.c.month).where(list_snapshots.c.list == list)
        with self._reading() as connection:
            return tuple(connection.execute(query.order_by(list_snapshots.c.month.desc())).scalars())


def canonical(content: object) -> str:
    """The one JSON text of the content: sorted keys, no white space, characters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """The hexadecimal SHA-256 of the text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _find(connection: Connection, list: str, month: str) -> Frozen | None:
    query = select(list_snapshots).where(list_snapshots.c.list == list, list_snapshots.c.month == month)
    row = connection.execute(query).mappings().one_or_none()
    return _frozen(row) if row else None


def _frozen(row: RowMapping) -> Frozen:
    at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    return Frozen(row["list"], row["month"], at, row["content"], row["sha256"])
