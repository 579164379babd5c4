from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from data.store import Outcome, Store
from models.errors import Conflict, NotFound, SourceTaken, StoreUnavailable, Withdrawn
from models.terms import Education, Kind, Salary
from tests.builders import a_posting, a_talent, from_source


def test_what_is_saved_can_be_loaded_unchanged(store: Store) -> None:
    posting = a_posting(
        education=Education.JUNIOR_COLLEGE, salary=Salary(low=6000, high=8000), description="两班倒，包住"
    )
    saved = store.save(posting)
    assert store.load(Kind.POSTING, saved.id).record == posting
    assert (saved.revision, saved.outcome) == (1, Outcome.CREATED)


def test_every_write_takes_the_next_revision(store: Store) -> None:
    first, second = store.save_all([a_posting(), a_talent()])
    assert [first.revision, second.revision, store.revision] == [1, 2, 2]
    assert store.save(a_posting(title="钳工"), id=first.id).revision == 3
    assert store.withdraw(second.id) == 4


def test_the_same_source_updates_instead_of_adding(store: Store) -> None:
    source = from_source("51JOB_1")
    old = store.save(a_posting(source=source))
    new = store.save(a_posting(source=source, title="数控铣工"))
    assert (new.id, new.outcome) == (old.id, Outcome.UPDATED)
    assert store.count(Kind.POSTING) == 1


def test_saving_equal_content_changes_nothing(store: Store) -> None:
    posting = a_posting(source=from_source("51JOB_1"))
    first = store.save(posting)
    again = store.save(posting)
    assert (again.id, again.revision, again.outcome) == (first.id, first.revision, Outcome.UNCHANGED)
    assert store.save(posting, id=first.id).outcome is Outcome.UNCHANGED
    assert store.revision == 1


def test_a_source_that_occurs_twice_in_a_batch_ends_as_its_last_row(store: Store) -> None:
    source = from_source("1")
    saved = store.save_all([a_posting(source=source, title="车工"), a_posting(source=source, title="铣工")])
    assert [s.outcome for s in saved] == [Outcome.CREATED, Outcome.UPDATED]
    assert store.load(Kind.POSTING, saved[0].id).record == a_posting(source=source, title="铣工")


def test_sources_of_different_kinds_do_not_collide(store: Store) -> None:
    source = from_source("1")
    assert len({s.id for s in store.save_all([a_posting(source=source), a_talent(source=source)])}) == 2


def test_a_withdrawn_record_is_gone_from_answers_but_not_from_history(store: Store) -> None:
    saved = store.save(a_posting())
    store.withdraw(saved.id)
    with pytest.raises(Withdrawn, match="已撤回"):
        store.load(Kind.POSTING, saved.id)
    assert list(store.documents(Kind.POSTING)) == []
    assert [version.record for version in store.history(saved.id)] == [a_posting(), None]


def test_withdrawing_twice_changes_nothing(store: Store) -> None:
    saved = store.save(a_posting())
    assert store.withdraw(saved.id) == store.withdraw(saved.id) == 2


def test_importing_a_withdrawn_record_again_revives_it(store: Store) -> None:
    posting = a_posting(source=from_source("1"))
    saved = store.save(posting)
    store.withdraw(saved.id)
    assert store.save(posting).outcome is Outcome.UPDATED
    assert store.load(Kind.POSTING, saved.id).record == posting


def test_a_withdrawn_record_cannot_be_edited_by_id(store: Store) -> None:
    saved = store.save(a_posting())
    store.withdraw(saved.id)
    with pytest.raises(Withdrawn):
        store.save(a_posting(title="钳工"), id=saved.id)


def test_unknown_ids_and_wrong_kinds_are_told_apart(store: Store) -> None:
    saved = store.save(a_posting())
    with pytest.raises(NotFound, match="没有编号为 99 的记录"):
        store.load(Kind.POSTING, 99)
    with pytest.raises(NotFound, match="没有编号为 1 的人才"):
        store.load(Kind.TALENT, saved.id)
    with pytest.raises(Conflict, match="不能改存为人才"):
        store.save(a_talent(), id=saved.id)
    with pytest.raises(NotFound):
        store.withdraw(99)


def test_a_source_belongs_to_one_record(store: Store) -> None:
    store.save(a_posting(source=from_source("1")))
    other = store.save(a_posting(title="钳工"))
    with pytest.raises(SourceTaken):
        store.save(a_posting(source=from_source("1")), id=other.id)


def test_changes_tell_the_latest_state_of_what_changed_in_order(store: Store) -> None:
    first, second, third = store.save_all([a_posting(title=title) for title in ("车工", "铣工", "钳工")])
    store.save(a_posting(title="数控车工"), id=first.id)
    store.withdraw(second.id)
    changes = list(store.changes(since=0))
    assert [(c.id, c.record.title if isinstance(c.record, type(a_posting())) else None) for c in changes] == [
        (third.id, "钳工"),
        (first.id, "数控车工"),
        (second.id, None),
    ]
    assert [c.id for c in store.changes(since=4)] == [second.id]
    assert list(store.changes(since=store.revision)) == []


def test_reading_everything_crosses_pages(store: Store) -> None:
    store.save_all([a_posting(title=f"岗位{n}") for n in range(1203)])
    assert len({stored.id for stored in store.documents(Kind.POSTING)}) == store.count(Kind.POSTING) == 1203
    assert len(list(store.changes(since=3))) == 1200


def test_concurrent_writers_lose_nothing_and_share_no_revision(store: Store) -> None:
    def write(worker: int) -> list[int]:
        return [store.save(a_posting(title=f"岗位{worker}-{n}")).revision for n in range(25)]

    with ThreadPoolExecutor(8) as pool:
        revisions = [revision for written in pool.map(write, range(8)) for revision in written]
    assert sorted(revisions) == list(range(1, 201))
    assert store.count(Kind.POSTING) == 200


def test_a_batch_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = a_posting(title="坏")
    object.__setattr__(broken, "title", "坏\ud800")  # a lone surrogate cannot be written as UTF-8
    with pytest.raises(Exception, match=r"surrogates|utf-8"):
        store.save_all([a_posting(), broken])
    assert store.count(Kind.POSTING) == 0
    assert store.revision == 0


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.save(a_posting())
    store.migrate()
    assert store.count(Kind.POSTING) == 1


def test_a_migration_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'new.db'}") as store:
        with store._engine.begin() as connection:
            connection.execute(text("CREATE TABLE jobs (it TEXT)"))  # in the way of the last one
        with pytest.raises(StoreUnavailable):
            store.migrate()
        with store._engine.begin() as connection:
            assert inspect(connection).get_table_names() == ["jobs"]
            connection.execute(text("DROP TABLE jobs"))
        store.migrate()
        assert store.revision == 0


def test_the_migrations_build_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from data.tables import metadata

    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_unmigrated_database_says_what_to_do(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'empty.db'}") as store, pytest.raises(StoreUnavailable, match="数据库暂不可用"):
        store.save(a_posting())
