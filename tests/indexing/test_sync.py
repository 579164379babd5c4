import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from data.store import Store
from indexing import snapshot
from indexing.adapt import IDENTITY, Adapter
from indexing.adapters import Adapters
from indexing.encode import HashingEncoder, Vectors
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf, document_of
from indexing.sync import Follower, build, catch_up, publish, withdraw
from indexing.vectors import ExactIndex
from models.errors import Conflict, IndexMismatch, NotFound
from models.terms import Kind
from tests.builders import a_posting, a_talent, an_adapter, an_enriched_adapter


def a_shelf(*, dim: int = 64, adapter: Adapter = IDENTITY) -> Shelf:
    return Shelf(HashingEncoder(dim), domain_segmenter(), adapter=adapter, index=ExactIndex)


def contents(shelf: Shelf) -> dict[Kind, object]:
    """Everything that a search could notice, in order of id."""
    found: dict[Kind, object] = {}
    for kind in Kind:
        section = shelf[kind]
        ids = sorted(section.documents)
        query = domain_segmenter().words("数控车床操作 护理 PLC编程")
        found[kind] = (
            [(d.id, d.revision, d.record, d.texts, d.facts) for d in (section.documents[id] for id in ids)],
            section.heads.vectors(ids).tolist(),
            section.bodies.vectors(ids).tolist(),
            np.round(section.words.scores(query).of(ids), 5).tolist(),
            (len(section.heads), len(section.bodies), len(section.words)),
        )
    return found


def test_a_posting_is_findable_as_soon_as_it_is_published(sqlite_store: Store) -> None:
    shelf = a_shelf()
    saved = publish(sqlite_store, shelf, a_posting(title="工业机器人运维员"))
    section = shelf[Kind.POSTING]
    assert section.document(saved.id).record == a_posting(title="工业机器人运维员")
    assert saved.id in section.words.search(domain_segmenter().words("机器人运维"), k=5).ids


def test_a_withdrawn_posting_is_found_no_more(sqlite_store: Store) -> None:
    shelf = a_shelf()
    saved = publish(sqlite_store, shelf, a_posting())
    withdraw(sqlite_store, shelf, saved.id)
    with pytest.raises(NotFound):
        shelf[Kind.POSTING].document(saved.id)
    assert len(shelf[Kind.POSTING].words) == len(shelf[Kind.POSTING].heads) == 0


def test_catching_up_twice_changes_nothing(sqlite_store: Store) -> None:
    shelf = a_shelf()
    sqlite_store.save_all([a_posting(), a_talent(skills=("PLC编程",))])
    assert catch_up(sqlite_store, shelf) == 2
    before = contents(shelf)
    assert catch_up(sqlite_store, shelf) == 0
    assert contents(shelf) == before


def test_a_shelf_that_starts_empty_ends_equal_to_one_that_followed(sqlite_store: Store) -> None:
    followed = a_shelf()
    ids = [
        publish(sqlite_store, followed, a_posting(title=f"岗位{n}", description="数控车床操作")).id for n in range(20)
    ]
    publish(sqlite_store, followed, a_posting(title="护理员"), id=ids[3])
    withdraw(sqlite_store, followed, ids[5])
    publish(sqlite_store, followed, a_talent(skills=("PLC编程",)))
    late = a_shelf()
    catch_up(sqlite_store, late)
    assert contents(late) == contents(followed)
    assert late.revision == followed.revision == sqlite_store.revision


def test_a_snapshot_keeps_every_fact(sqlite_store: Store, tmp_path: Path) -> None:
    words = "会UG或Mastercam，会篾条起底、簸箕收边，持焊工证。大专以上，3年以上经验，招5人，5-8K·13薪，两班倒，高级工以上，限男"
    shelf = a_shelf()
    saved = publish(sqlite_store, shelf, a_posting(description=words))
    snapshot.save(shelf, tmp_path)
    restored = a_shelf()
    snapshot.restore(restored, sqlite_store, tmp_path)
    facts = restored[Kind.POSTING].document(saved.id).facts
    assert facts == shelf[Kind.POSTING].document(saved.id).facts
    assert None not in [getattr(facts, one.name) for one in fields(facts)]
    assert facts.discrimination
    assert {mention.known for mention in facts.skills} == {True, False}


def test_a_snapshot_restores_what_was_saved_and_catches_up_with_the_rest(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    ids = [publish(sqlite_store, shelf, a_posting(title=f"岗位{n}", required_skills=("焊接",))).id for n in range(6)]
    snapshot.save(shelf, tmp_path / "index")
    sqlite_store.save(a_posting(title="改过的岗位"), id=ids[0])
    sqlite_store.withdraw(ids[1])
    sqlite_store.save(a_talent())
    restored = a_shelf()
    snapshot.restore(restored, sqlite_store, tmp_path / "index")
    assert restored.revision == shelf.revision
    catch_up(sqlite_store, restored)
    catch_up(sqlite_store, shelf)
    assert contents(restored) == contents(shelf)


def test_a_snapshot_of_another_encoder_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf(dim=64)
    publish(sqlite_store, shelf, a_posting())
    snapshot.save(shelf, tmp_path)
    with pytest.raises(IndexMismatch, match="chanjiao reindex"):
        snapshot.restore(a_shelf(dim=32), sqlite_store, tmp_path)


def test_vectors_of_texts_that_are_read_otherwise_now_are_not_used_again(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = a_shelf()
    publish(sqlite_store, shelf, a_posting())
    snapshot.save(shelf, tmp_path)
    monkeypatch.setattr("indexing.shelf.TEXTS_VERSION", 0)
    with pytest.raises(IndexMismatch, match="texts"):
        snapshot.restore(a_shelf(), sqlite_store, tmp_path)


def test_a_snapshot_newer_than_the_store_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    publish(sqlite_store, shelf, a_posting())
    snapshot.save(shelf, tmp_path / "index")
    with Store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        other.migrate()
        with pytest.raises(IndexMismatch, match="比数据库版本 0 还新"):
            snapshot.restore(a_shelf(), other, tmp_path / "index")


def test_without_a_snapshot_the_index_is_built_from_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    sqlite_store.save_all([a_posting(title=f"岗位{n}") for n in range(700)])
    shelf, seen = a_shelf(), []
    build(sqlite_store, shelf, tmp_path / "index", progress=seen.append)
    assert sum(seen) == len(shelf[Kind.POSTING]) == 700
    assert (snapshot.manifest(tmp_path / "index") or {})["revision"] == 700


def test_old_snapshots_are_cleared_away(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    for n in range(3):
        publish(sqlite_store, shelf, a_posting(title=f"岗位{n}"))
        snapshot.save(shelf, tmp_path)
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_one_process_at_a_time_keeps_an_index(tmp_path: Path) -> None:
    with snapshot.writing(tmp_path), pytest.raises(Conflict, match="另一个进程"), snapshot.writing(tmp_path):
        pass
    with snapshot.writing(tmp_path):
        pass


class Dictionary:
    """The domain's segmenter under another fingerprint: what a changed dictionary looks like."""

    fingerprint = "changed"
    words = staticmethod(domain_segmenter().words)


def test_a_changed_dictionary_costs_no_vectors(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    publish(sqlite_store, shelf, a_posting())
    snapshot.save(shelf, tmp_path)

    encoder = CountingEncoder(64)
    other = Shelf(encoder, Dictionary(), index=ExactIndex)  # type: ignore[arg-type]
    encoder.texts = 0
    build(sqlite_store, other, tmp_path)
    assert encoder.texts == 0
    assert contents(other) == contents(shelf)


class CountingEncoder(HashingEncoder):
    texts = 0

    def encode(self, texts, **options):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts, **options)


def test_a_build_that_was_cut_off_goes_on_from_its_checkpoint_and_ends_equal(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexing.sync.CHECKPOINT", 256)
    sqlite_store.save_all([a_posting(title=f"岗位{n}", description=f"数控车床操作第{n}班") for n in range(900)])
    done = 0

    def cut(size: int) -> None:
        nonlocal done
        done += size
        if done > 600:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(sqlite_store, a_shelf(), tmp_path, progress=cut)
    resumed, at_once, seen = a_shelf(), a_shelf(), []
    build(sqlite_store, resumed, tmp_path, progress=seen.append)
    catch_up(sqlite_store, at_once)
    assert sum(seen) == 900 - 512
    assert contents(resumed) == contents(at_once)


def test_publications_during_a_build_are_not_lost(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    publish(sqlite_store, shelf, a_posting(title="先到的岗位"))
    snapshot.save(shelf, tmp_path)
    later = a_shelf()
    publish(sqlite_store, later, a_posting(title="抢先发布的岗位"))  # before the build has restored anything
    build(sqlite_store, later, tmp_path)
    assert len(later[Kind.POSTING].documents) == len(later[Kind.POSTING].words) == 2


def a_market(store: Store) -> list[int]:
    """Records of several kinds, one of them changed and one withdrawn; the ids of those that are left."""
    titles = ("数控车床操作工", "养老护理员", "外贸跟单员", "电商主播")
    records = [a_posting(title=title, description=f"招聘{title}若干，倒班") for title in titles]
    ids = [saved.id for saved in store.save_all([*records, a_talent(skills=("PLC编程",))])]
    store.save(a_posting(title="护理员", description="照护老人起居"), id=ids[1])
    store.withdraw(ids[2])
    return [id for id in ids if id != ids[2]]


def test_a_shelf_adapted_later_equals_one_built_under_the_adapter(sqlite_store: Store) -> None:
    a_market(sqlite_store)
    changed, plain, anew = a_shelf(), a_shelf(), a_shelf(adapter=an_adapter())
    for shelf in (changed, plain, anew):
        catch_up(sqlite_store, shelf)
    changed.adapt(an_adapter())
    assert contents(changed) == contents(anew) != contents(plain)
    assert changed[Kind.POSTING].unrelated == anew[Kind.POSTING].unrelated
    changed.adapt(IDENTITY)
    assert contents(changed) == contents(plain)


def test_what_an_enriched_adapter_reads_is_read_again_off_the_stored_texts(sqlite_store: Store, tmp_path: Path) -> None:
    """No vector is encoded anew, and it does not matter when the adapter came."""
    a_market(sqlite_store)
    encoder = CountingEncoder(64)
    changed, anew = a_shelf(), a_shelf(adapter=an_enriched_adapter())
    catch_up(sqlite_store, changed)
    catch_up(sqlite_store, anew)
    snapshot.save(changed, tmp_path)
    plain = vectors(changed)
    changed.adapt(an_enriched_adapter())
    restored = Shelf(encoder, domain_segmenter(), adapter=an_enriched_adapter(), index=ExactIndex)
    encoder.texts = 0
    snapshot.restore(restored, sqlite_store, tmp_path)
    assert encoder.texts == 0
    assert vectors(changed) == pytest.approx(vectors(anew), abs=1e-6)
    assert vectors(restored) == pytest.approx(vectors(anew), abs=1e-6)
    assert vectors(anew) != pytest.approx(plain, abs=1e-2)


def vectors(shelf: Shelf) -> Vectors:
    """Heads and bodies of every posting, in order of id."""
    section = shelf[Kind.POSTING]
    ids = sorted(section.documents)
    return np.concatenate([section.heads.vectors(ids), section.bodies.vectors(ids)])


def test_an_adapted_shelf_goes_on_taking_changes(sqlite_store: Store) -> None:
    ids = a_market(sqlite_store)
    changed, anew = a_shelf(), a_shelf(adapter=an_adapter())
    catch_up(sqlite_store, changed)
    changed.adapt(an_adapter())
    publish(sqlite_store, changed, a_posting(title="改过的岗位"), id=ids[0])
    withdraw(sqlite_store, changed, ids[1])
    catch_up(sqlite_store, anew)
    assert contents(changed) == contents(anew)


def test_a_snapshot_restored_under_another_adapter_equals_a_shelf_built_under_it(
    sqlite_store: Store, tmp_path: Path
) -> None:
    a_market(sqlite_store)
    before, anew = a_shelf(adapter=an_adapter(seed=1)), a_shelf(adapter=an_adapter(seed=2))
    catch_up(sqlite_store, before)
    catch_up(sqlite_store, anew)
    snapshot.save(before, tmp_path)

    encoder = CountingEncoder(64)
    restored = Shelf(encoder, domain_segmenter(), adapter=an_adapter(seed=2), index=ExactIndex)
    encoder.texts = 0
    snapshot.restore(restored, sqlite_store, tmp_path)
    assert encoder.texts == 0
    assert contents(restored) == contents(anew)


def test_a_document_beside_the_shelf_is_adapted_as_those_on_it(sqlite_store: Store) -> None:
    shelf = a_shelf(adapter=an_adapter())
    on_it = shelf[Kind.POSTING].document(publish(sqlite_store, shelf, a_posting()).id)
    beside = document_of(on_it.id, on_it.revision, a_posting())
    for stored, fresh in zip(shelf.vectors_of(on_it), shelf.vectors_of(beside), strict=True):
        assert stored == pytest.approx(fresh, abs=1e-6)


def test_the_manifest_names_the_adapter_in_force(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf(adapter=an_adapter())
    publish(sqlite_store, shelf, a_posting())
    snapshot.save(shelf, tmp_path)
    saved = snapshot.manifest(tmp_path) or {}
    assert saved["adapter"] == an_adapter().name
    snapshot.name_adapter(tmp_path, "0123456789ab")
    assert snapshot.manifest(tmp_path) == {**saved, "adapter": "0123456789ab"}


def test_where_there_is_no_snapshot_no_adapter_is_named(tmp_path: Path) -> None:
    snapshot.name_adapter(tmp_path, "0123456789ab")
    assert list(tmp_path.iterdir()) == []


def test_a_running_service_follows_the_adapter_in_force(sqlite_store: Store, tmp_path: Path) -> None:
    a_market(sqlite_store)
    shelf, plain, anew = a_shelf(), a_shelf(), a_shelf(adapter=an_adapter())
    for other in (plain, anew):
        catch_up(sqlite_store, other)
    elsewhere, here = (Adapters(tmp_path / "adapters", shelf.encoder.name) for _ in range(2))
    follower = Follower(sqlite_store, shelf, tmp_path / "index", seconds=0.01, adapter=here.current)
    follower.start()
    try:
        assert follower.ready.wait(30)
        elsewhere.install(an_adapter())
        assert eventually(lambda: named(tmp_path / "index") == an_adapter().name)
        assert contents(shelf) == contents(anew)
        elsewhere.rollback()
        assert eventually(lambda: named(tmp_path / "index") == "none")
        assert contents(shelf) == contents(plain)
    finally:
        follower.stop()
    assert follower.failure == ""


def test_an_adapter_that_is_broken_leaves_the_service_answering(sqlite_store: Store, tmp_path: Path) -> None:
    shelf = a_shelf()
    adapters = Adapters(tmp_path / "adapters", shelf.encoder.name)
    adapters.install(an_adapter())
    (tmp_path / "adapters" / f"{an_adapter().name}.npz").write_bytes(b"broken")
    follower = Follower(sqlite_store, shelf, tmp_path / "index", seconds=0.01, adapter=adapters.current)
    follower.start()
    try:
        assert follower.ready.wait(30)
        saved = sqlite_store.save(a_posting())
        assert eventually(lambda: saved.id in shelf[Kind.POSTING].documents)
        assert shelf.adapter is IDENTITY
    finally:
        follower.stop()


def test_a_running_service_saves_what_a_kill_would_cost(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexing.sync.CHECKPOINT", 10)
    follower = Follower(sqlite_store, a_shelf(), tmp_path, seconds=0.01, adapter=lambda: IDENTITY)
    follower.start()
    try:
        assert follower.ready.wait(30)
        sqlite_store.save_all([a_posting(title=f"岗位{n}") for n in range(12)])
        assert eventually(lambda: (snapshot.manifest(tmp_path) or {}).get("revision") == 12)
    finally:
        follower.stop()


def named(folder: Path) -> str:
    """The adapter in the snapshot's manifest."""
    return str((snapshot.manifest(folder) or {}).get("adapter"))


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within half a minute."""
    deadline = time.monotonic() + 30
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_word_of_the_title_counts_more_than_the_same_in_the_description(sqlite_store: Store) -> None:
    shelf = a_shelf()
    described = publish(sqlite_store, shelf, a_posting(title="技术员", description="负责锅炉"))
    named = publish(sqlite_store, shelf, a_posting(title="锅炉", description="负责技术员"))
    assert shelf[Kind.POSTING].words.search(["锅炉"], k=2).ids.tolist() == [named.id, described.id]
