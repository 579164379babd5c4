"""The live lists as the store has them now, and as it had them at the end of a month."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

from data.frozen import Frozen
from data.lists import list_type, list_types
from data.store import State, Store
from matching.lists import Entry, entry, freeze
from models.access import Exposure, exposure_of
from models.errors import Conflict, Malformed
from models.terms import Kind

_LISTS_OF = {kind: [of.id for of in list_types().values() if kind in of.kinds] for kind in Kind}
"""Kind → the lists that may hold a record of it."""


class LiveLists:
    """Every list's entries, brought up to date with the store whenever they are asked for."""

    def __init__(self, store: Store, *, today: Callable[[], date], zone: tzinfo) -> None:
        self._store, self._today, self._zone = store, today, zone
        self._lock = threading.Lock()
        self._revision = 0
        self._entries: dict[str, dict[int, Entry]] = {id: {} for id in list_types()}
        self._checked: date | None = None
        """The first day of the month in which freezing was last looked after."""

    def entries(self, id: str, *, member: bool = True) -> list[Entry]:
        """The list's entries as the store has them, for a member or for anyone. Raises NotFound for an unknown list."""
        list_type(id)
        self.freeze_due()
        with self._lock:
            if self._store.revision != self._revision:
                for state in self._store.states(since=self._revision):
                    self._take(state)
            return [one for one in self._entries[id].values() if member or not one.members_only]

    def _take(self, state: State) -> None:
        for id in _LISTS_OF[state.kind]:
            found, one = self._entries[id], self._entry(id, state)
            if one:
                found[state.id] = one
            else:
                found.pop(state.id, None)
        self._revision = state.revision

    def _entry(self, id: str, state: State) -> Entry | None:
        # A private need is on no list; persons are, in numbers alone.
        private = state.record is not None and exposure_of(state.record) is Exposure.PRIVATE
        if state.record is None or (private and not list_type(id).personal):
            return None
        return entry(list_type(id), state, zone=self._zone)

    def freeze_due(self) -> None:
        """Freeze every list as it stood at the end of last month, unless that is done or nothing was stored then.

        The content rests on the history alone: whoever is first to ask in a new month writes the same.
        """
        begun = self._today().replace(day=1)
        if self._checked == begun:
            return
        month = _month(begun - timedelta(days=1))
        missing = [id for id in list_types() if month not in self._store.frozen.months(id)]
        if missing:
            self._freeze(month, missing)
        self._checked = begun

    def freeze(self, month: str | None = None) -> list[tuple[Frozen, bool]]:
        """Freeze every list as it stood at the end of the month, last month by default; what is frozen stays.

        Each with whether this call wrote it. Raises Conflict for a month that is not over, or at whose end
        nothing was stored yet.
        """
        begun = self._today().replace(day=1)
        month = month or _month(begun - timedelta(days=1))
        first = first_day(month)
        if first >= begun:
            raise Conflict(f"{month} 还没有结束，月末之后才能冻结")
        frozen = self._freeze(month, list(list_types()))
        if not frozen:
            raise Conflict(f"{month} 结束时还没有任何记录，没有可冻结的内容")
        return frozen

    def _freeze(self, month: str, ids: list[str]) -> list[tuple[Frozen, bool]]:
        end = _next_month(first_day(month))
        states = list(self._store.states(before=datetime(end.year, end.month, 1, tzinfo=self._zone)))
        if not states:
            return []
        last = end - timedelta(days=1)
        written = []
        for id in ids:
            held = (self._entry(id, state) for state in states if state.kind in list_type(id).kinds)
            entries = [one for one in held if one]
            written.append(self._store.frozen.freeze(freeze(list_type(id), month, entries, last)))
        return written


def first_day(month: str) -> date:
    """The first day of a month such as 2026-10. Raises Malformed."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Malformed(f"月份“{month}”应写作 2026-10") from None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
