"""Frozen lists at rest, and records as they stood at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from data.frozen import canonical
from data.store import Store
from models.errors import NotFound
from models.lists import FrozenList, FrozenRow
from models.terms import Kind
from tests.builders import a_posting, a_talent

JUNE, JULY = datetime(2026, 6, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


def a_list(*keys: str, month: str = "2026-06") -> FrozenList:
    rows = tuple(FrozenRow(key=key, owner="澜川学院", cells={"名称": f"课程{key}"}) for key in keys)
    return FrozenList(list="training", month=month, name="培训资源清单", columns=("名称",), figures={}, rows=rows)


def test_what_is_frozen_first_stays(store: Store) -> None:
    first, wrote = store.frozen.freeze(a_list("1", "2"))
    again, wrote_again = store.frozen.freeze(a_list("3"))
    assert (wrote, wrote_again) == (True, False)
    assert store.frozen.load("training", "2026-06") == again == first
    assert first.parsed() == a_list("1", "2")
    assert first.intact
    assert len(first.sha256) == 64


def test_months_come_latest_first_and_an_unknown_one_is_not_found(store: Store) -> None:
    for month in ("2026-05", "2026-07", "2026-06"):
        store.frozen.freeze(a_list("1", month=month))
    assert store.frozen.months("training") == ("2026-07", "2026-06", "2026-05")
    assert store.frozen.months("policies") == ()
    with pytest.raises(NotFound, match="2020-01 没有冻结过"):
        store.frozen.load("training", "2020-01")


def test_a_content_that_was_tampered_with_is_no_longer_intact(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chanjiao.db'}"
    with Store(url) as store:
        store.migrate()
        store.frozen.freeze(a_list("1"))
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE list_snapshots SET content = replace(content, '课程1', '课程9')"))
        engine.dispose()
        assert not store.frozen.load("training", "2026-06").intact


def test_the_same_content_has_one_text_whatever_its_order() -> None:
    assert (
        canonical({"b": 1, "a": ["钳工", None]})
        == canonical({"a": ["钳工", None], "b": 1})
        == '{"a":["钳工",null],"b":1}'
    )


@pytest.fixture
def at(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], Store]:
    """The store with its clock set."""

    def set_clock(now: datetime) -> Store:
        monkeypatch.setattr(store, "_now", lambda: now)
        return store

    return set_clock


def test_every_record_can_be_seen_as_it_stood_at_a_time(at: Callable[[datetime], Store]) -> None:
    store = at(JUNE)
    kept, gone = store.save_all([a_posting(title="车工"), a_posting(title="铣工")])
    at(JULY)
    store.save(a_posting(title="数控车工"), id=kept.id)
    store.withdraw(gone.id)
    store.save(a_talent())
    end_of_june = datetime(2026, 7, 1, tzinfo=UTC)
    then = {state.id: state for state in store.states(before=end_of_june)}
    assert [getattr(state.record, "title", None) for state in then.values()] == ["车工", "铣工"]
    assert {(state.versions, state.at) for state in then.values()} == {(1, JUNE)}
    now = {state.id: state for state in store.states()}
    assert (now[kept.id].versions, now[kept.id].at) == (2, JULY)
    assert (now[gone.id].record, now[gone.id].kind) == (None, Kind.POSTING)
    assert list(store.states(before=JUNE - timedelta(days=1))) == []


def test_states_after_a_revision_are_those_that_changed_since(at: Callable[[datetime], Store]) -> None:
    store = at(JUNE)
    first, second = store.save_all([a_posting(title="车工"), a_posting(title="铣工")])
    store.save(a_posting(title="车工", headcount=2), id=first.id)
    assert [(state.id, state.versions) for state in store.states(since=second.revision)] == [(first.id, 2)]
    assert list(store.states(since=store.revision)) == []
