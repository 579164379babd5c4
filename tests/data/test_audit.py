"""The audit trail: whatever is written is entered, and what was entered cannot be changed unnoticed."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from data.audit import acting
from data.store import Store
from models.audit import GENESIS, Action, Deed
from models.errors import StoreUnavailable
from models.outcomes import Act
from models.terms import Salary
from tests.builders import a_posting, a_talent, an_event, from_source


def told(store: Store) -> list[tuple[str, str, str, int | None, dict[str, Any]]]:
    """The trail, oldest first, without what seals it."""
    entries, _ = store.audit.page(limit=1_000)
    return [(one.actor, one.action, one.subject, one.revision, one.details) for one in reversed(entries)]


def test_every_write_is_entered_with_who_did_what_to_which_record(store: Store) -> None:
    source = from_source("51JOB_1")
    with acting("account:7"):
        posting = store.save(a_posting(source=source))
        store.save(a_posting(source=source, title="数控铣工", salary=Salary(low=6000, high=8000)), id=posting.id)
    with acting("account:8"):
        store.withdraw(posting.id)
    store.save_all([a_posting(source=source), a_talent()])
    assert told(store) == [
        ("account:7", "published", "posting/1", 1, {}),
        ("account:7", "changed", "posting/1", 2, {"fields": ["salary", "title"]}),
        ("account:8", "withdrawn", "posting/1", 3, {}),
        ("system", "revived", "posting/1", 4, {}),
        ("system", "published", "talent/2", 5, {}),
    ]


def test_events_are_entered_by_the_batch(store: Store) -> None:
    store.save_all([a_posting(), a_talent()])
    applied, invited = an_event(Act.APPLIED), an_event(Act.INVITED)
    store.events.append([applied, invited])
    store.events.append([applied])
    assert told(store)[2:] == [("system", "reported", "events", None, {"count": 2, "last": 2})]


def test_what_changes_nothing_is_not_entered(store: Store) -> None:
    posting = a_posting(source=from_source("1"))
    saved = store.save(posting)
    store.save(posting)
    store.save(posting, id=saved.id)
    store.withdraw(saved.id)
    store.withdraw(saved.id)
    assert [action for _, action, *_ in told(store)] == ["published", "withdrawn"]


def test_a_write_that_fails_leaves_no_entry(store: Store) -> None:
    broken = a_posting(title="坏")
    object.__setattr__(broken, "title", "坏\ud800")
    with pytest.raises(Exception, match=r"surrogates|utf-8"):
        store.save_all([a_posting(), broken])
    assert told(store) == []
    assert store.audit.head() == (0, GENESIS)


def test_no_word_of_a_record_gets_into_the_trail(store: Store) -> None:
    saved = store.save(a_talent(name="沈知秋", self_description="本人手机 13800138000"))
    store.save(a_talent(name="沈知秋", self_description="手机换成 13900139000"), id=saved.id)
    with store._engine.connect() as connection:
        trail = str(connection.execute(text("SELECT * FROM audit")).all())
    assert not [word for word in ("沈知秋", "138", "139", "手机") if word in trail.replace(store.audit.head()[1], "")]


def test_the_actor_holds_where_a_request_goes_and_nowhere_else(store: Store) -> None:
    with ThreadPoolExecutor(1) as pool, acting("account:7"):
        pool.submit(copy_context().run, store.save, a_posting()).result()  # as Starlette hands a request to a thread
        pool.submit(store.save, a_posting()).result()
    store.save(a_posting())
    assert [actor for actor, *_ in told(store)] == ["account:7", "system", "system"]


def test_concurrent_writers_make_one_chain(store: Store) -> None:
    def write(worker: int) -> None:
        with acting(f"account:{worker}"):
            for n in range(10):
                store.save(a_posting(title=f"岗位{worker}-{n}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    verdict = store.audit.verify()
    assert (verdict.intact, verdict.entries) == (True, 80)
    assert [revision for _, _, _, revision, _ in told(store)] == list(range(1, 81))
    assert [store.audit.page(actor=f"account:{worker}")[1] for worker in range(8)] == [10] * 8


def test_entries_are_found_by_subject_actor_and_time(store: Store) -> None:
    with acting("account:7"):
        store.save_all([a_posting() for _ in range(12)])
    with acting("cli"):
        store.save(a_talent())
    assert store.audit.page(subject="posting/1")[1] == 1, "posting/12 is another"
    assert store.audit.page(subject="posting")[1] == 12
    assert store.audit.page(subject="post%")[1] == 0
    assert store.audit.page(actor="cli")[1] == 1
    newest, total = store.audit.page(offset=1, limit=2)
    assert ([one.number for one in newest], total) == ([12, 11], 13)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert (store.audit.page(since=soon)[1], store.audit.page(since=soon - timedelta(hours=1))[1]) == (0, 13)


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit WHERE number = 1"])
def test_the_database_refuses_to_change_an_entry(store: Store, change: str) -> None:
    store.save(a_posting())
    with pytest.raises(Exception, match="the audit trail only grows"), store._engine.begin() as connection:
        connection.execute(text(change))
    assert store.audit.verify().intact


TAMPERED = [
    ("另一个操作者", "UPDATE audit SET actor = 'account:9' WHERE number = 3", 3, "第 3 条的内容与哈希不符"),
    ("另一个对象", "UPDATE audit SET subject = 'posting/9' WHERE number = 1", 1, "第 1 条的内容与哈希不符"),
    ("另一个时间", "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE number = 5", 5, "第 5 条的内容与哈希不符"),
    ("另一个版本", "UPDATE audit SET revision = 9 WHERE number = 4", 4, "第 4 条的内容与哈希不符"),
    ("说明读不出来", "UPDATE audit SET details = '{' WHERE number = 4", 4, "第 4 条的内容与哈希不符"),
    ("另一个哈希", f"UPDATE audit SET hash = '{'a' * 64}' WHERE number = 2", 2, "第 2 条的内容与哈希不符"),
    ("删去中间一条", "DELETE FROM audit WHERE number = 3", 3, "第 3 条缺失，其后是第 4 条"),
    ("删去第一条", "DELETE FROM audit WHERE number = 1", 1, "第 1 条缺失，其后是第 2 条"),
    ("换了次序", "UPDATE audit SET number = -number WHERE number < 3; UPDATE audit SET number = 3 + number WHERE number < 0", 1, "第 1 条与前一条接不上"),
    ("删去最后一条", "DELETE FROM audit WHERE number = 5", None, "数据已到版本 5，审计只到版本 4"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "broken", "says"), [case[1:] for case in TAMPERED], ids=[c[0] for c in TAMPERED])
def test_what_was_tampered_with_is_named(store: Store, change: str, broken: int | None, says: str) -> None:
    store.save_all([a_posting() for _ in range(5)])
    assert store.audit.verify().intact
    tamper(store, change)
    verdict = store.audit.verify()
    assert (verdict.intact, verdict.broken) == (False, broken)
    assert verdict.reason.startswith(says)


def test_a_trail_rewritten_as_a_whole_does_not_hold_the_head_noted_before(store: Store) -> None:
    store.save_all([a_posting() for _ in range(3)])
    _, noted = store.audit.head()
    store.save(a_posting())
    assert store.audit.verify(head=noted).intact
    tamper(store, "DELETE FROM audit WHERE number > 1")
    with acting("account:9"):
        store.audit.enter(*(Deed(Action.PUBLISHED, f"posting/{n}", n) for n in (2, 3, 4)))
    assert store.audit.verify().intact, "it fits together"
    verdict = store.audit.verify(head=noted)
    assert (verdict.intact, verdict.broken) == (False, None)
    assert f"记下的链头 {noted} 不在链上" in verdict.reason


def test_the_last_few_are_checked_quickly(store: Store) -> None:
    store.save_all([a_posting() for _ in range(20)])
    tamper(store, "UPDATE audit SET actor = 'nobody' WHERE number = 15")
    assert store.audit.verify(last=5).intact
    assert store.audit.verify(last=5).entries == 5
    assert store.audit.verify(last=6).broken == 15
    assert store.audit.verify(last=100).broken == 15


def test_an_empty_trail_is_intact(store: Store) -> None:
    verdict = store.audit.verify()
    assert (verdict.intact, verdict.entries, verdict.head) == (True, 0, GENESIS)


def test_the_latest_of_an_action_is_found(store: Store) -> None:
    assert store.audit.latest(Action.PUBLISHED) is None
    store.save_all([a_posting(), a_posting()])
    found = store.audit.latest(Action.PUBLISHED)
    assert found is not None
    assert found.subject == "posting/2"


def test_without_its_table_nothing_can_be_written(store: Store) -> None:
    tamper(store, "DROP TABLE audit")
    with pytest.raises(StoreUnavailable):
        store.save(a_posting())
    assert store.revision == 0


def tamper(store: Store, change: str) -> None:
    """What somebody can do who has the database to himself."""
    with store._engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        else:
            connection.execute(text("DROP TRIGGER audit_only_grows ON audit"))
        for statement in change.split(";"):
            connection.execute(text(statement))
