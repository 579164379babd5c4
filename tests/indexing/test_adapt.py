"""The domain adapter: what it leaves alone, what it learns, and how it is kept."""

from collections.abc import Iterator

import numpy as np
import pytest

from indexing.adapt import IDENTITY, Adapter, NamedContents, train
from indexing.adapters import DEFAULT
from indexing.encode import Vectors
from models.errors import UnreadableFile
from tests.worlds import turned, unit_rows


def world(rows: int, dim: int = 8, *, angle: float = 0.6, seed: int = 0) -> NamedContents:
    """Each name's contents lie where the name lies, turned by one angle: what an adapter has to find out."""
    names = unit_rows(rows, dim, seed)
    keys = [str(number) for number in range(rows)]
    return NamedContents(names, turned(names, angle), keys, keys)


def found_first(adapter: Adapter, rows: NamedContents) -> float:
    """The share of names that their own contents are nearest to."""
    scores = adapter.names(rows.names) @ adapter.contents(rows.contents).T
    return float((scores.argmax(axis=1) == np.arange(len(rows))).mean())


@pytest.fixture(scope="module", autouse=True)
def _small_batches() -> Iterator[None]:
    """Many steps from few rows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexing.adapt.BATCH", 128)
        yield


@pytest.fixture(scope="module")
def taught() -> Adapter:
    return train(world(6_000), encoder="hashing-1-8")


def test_the_identity_leaves_every_vector_as_it_is() -> None:
    raw = unit_rows(5, 16, seed=1)
    assert IDENTITY.name == "none"
    assert (IDENTITY.names(raw) == raw).all()
    assert (IDENTITY.contents(raw) == raw).all()


def test_names_find_contents_that_lie_at_an_angle_to_them(taught: Adapter) -> None:
    unseen = world(300, seed=9)
    assert found_first(IDENTITY, unseen) < 0.7
    assert found_first(taught, unseen) > 0.95


def test_learning_goes_on_from_the_adapter_before(taught: Adapter) -> None:
    few, unseen = world(600, seed=2), world(300, seed=9)
    further = train(few, encoder="hashing-1-8", start=taught)
    assert found_first(further, unseen) > found_first(train(few, encoder="hashing-1-8"), unseen)


def test_the_same_rows_give_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (train(world(500), encoder="hashing-1-8", seed=seed) for seed in (0, 0, 1))
    assert one.packed() == again.packed()
    assert one.name == again.name
    assert one.name != other.name


def test_contents_of_one_name_are_no_counterexamples_to_each_other() -> None:
    """Were they, the loss would push apart what belongs together; with one name only there is nothing to learn."""
    rows = world(400)
    alike = NamedContents(rows.names, rows.contents, ["电工"] * len(rows), rows.content_keys)
    learnt = train(alike, encoder="hashing-1-8")
    assert learnt.names_map is not None
    assert np.abs(learnt.names_map / learnt.names_map[0, 0] - np.eye(8)).max() < 1e-3


def test_adapted_rows_are_of_unit_length_and_a_text_without_content_stays_zero(taught: Adapter) -> None:
    raw = unit_rows(6, 8, seed=3)
    raw[4] = 0
    for mapped in (taught.names(raw), taught.contents(raw)):
        lengths = np.linalg.norm(mapped, axis=1)
        assert mapped.dtype == np.float32
        assert lengths == pytest.approx([1, 1, 1, 1, 0, 1], abs=1e-6)
    assert raw[0] == pytest.approx(unit_rows(6, 8, seed=3)[0])


def test_a_row_is_mapped_the_same_alone_and_among_others(taught: Adapter) -> None:
    raw = unit_rows(100, 8, seed=5)
    alone = np.concatenate([taught.contents(raw[n : n + 1]) for n in range(100)])
    assert (alone == taught.contents(raw)).all()


def test_packed_and_unpacked_it_is_the_same_to_the_last_bit(taught: Adapter) -> None:
    again = Adapter.unpack(taught.packed())
    raw: Vectors = unit_rows(50, 8, seed=4)
    assert (again.name, again.encoder) == (taught.name, "hashing-1-8")
    assert (again.names(raw) == taught.names(raw)).all()
    assert (again.contents(raw) == taught.contents(raw)).all()
    assert again.packed() == taught.packed()


def test_what_is_no_adapter_is_refused(taught: Adapter) -> None:
    good = taught.packed()
    uneven = Adapter("hashing-1-8", taught.names_mean, taught.contents_mean, taught.names_map, np.eye(4, dtype="f4"))
    for broken in (b"", b"PK\x03\x04", good[:200], good[:-30], b"\x93NUMPY", b"adapter", uneven.packed()):
        with pytest.raises(UnreadableFile, match="领域适配器读不出来"):
            Adapter.unpack(broken)


def test_it_follows_the_encoder_it_was_trained_for_and_its_other_lengths_only(taught: Adapter) -> None:
    assert IDENTITY.fits("anything")
    assert taught.fits("hashing-1-8")
    assert not taught.fits("hashing-1-80")
    assert not taught.fits("e5")
    short = Adapter("e5", taught.names_mean, taught.contents_mean, taught.names_map, taught.contents_map)
    assert short.fits("e5-0f3c-256")
    assert not short.fits("e5x-0f3c-256")


def test_the_adapter_that_ships_is_whole_and_as_it_was_packed() -> None:
    shipped = Adapter.unpack(DEFAULT.read_bytes())
    assert shipped.packed() == DEFAULT.read_bytes()
    assert shipped.names_map is not None
    assert shipped.names_map.shape == (384, 384)
