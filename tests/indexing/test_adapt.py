"""The domain adapter: what it leaves alone, what it learns, and how it is kept."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from indexing.adapt import IDENTITY, Adapter, NamedContents, train
from indexing.adapters import DEFAULT
from indexing.known import Known
from models.errors import UnreadableFile
from tests.worlds import turned, unit_rows

TEXTS = ["电工", "焊工", "", "护理员", "主播", "会计"]


def world(rows: int, dim: int = 8, *, angle: float = 0.6, seed: int = 0) -> NamedContents:
    """Each name's contents lie where the name lies, turned by one angle: what an adapter has to find out."""
    names = unit_rows(rows, dim, seed)
    texts = [f"{seed}-{number}" for number in range(rows)]
    return NamedContents(names, turned(names, angle), texts, texts)


def found_first(adapter: Adapter, rows: NamedContents) -> float:
    """The share of names that their own contents are nearest to."""
    contents = adapter.contents(rows.contents, rows.content_texts)
    scores = adapter.names(rows.names, rows.name_texts) @ contents.T
    return float((scores.argmax(axis=1) == np.arange(len(rows))).mean())


@pytest.fixture(scope="module", autouse=True)
def _small_batches() -> Iterator[None]:
    """Many steps from few rows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexing.adapt.BATCH", 128)
        yield


@pytest.fixture(scope="module")
def taught() -> Adapter:
    """As the one that ships is: it looks at vectors only."""
    return train(world(6_000), encoder="hashing-1-8", enriched=False)


TRADES = {
    "车工": "看图编程、对刀试切、自检尺寸",
    "护理员": "照护老人起居、翻身叩背、测量血压",
    "跟单员": "跟进国外订单、制单报关、回复询盘",
    "主播": "策划脚本、开播控场、复盘数据",
    "焊工": "氩弧打底、二保盖面、清渣打磨",
    "会计": "审核凭证、登记账簿、申报纳税",
}
"""What is said of a trade."""
BLURRED = 16
"""Length of vectors that tell trades apart badly: what they leave out stands in the texts."""


def trades(rows: int, *, seed: int = 0) -> NamedContents:
    """Names and contents of trades, whose vectors are those of the trades under a good deal of noise."""
    of = [list(TRADES.items())[n % len(TRADES)] for n in range(rows)]
    clear = np.resize(unit_rows(len(TRADES), BLURRED), (rows, BLURRED))
    names, contents = (clear + 1.5 * unit_rows(rows, BLURRED, seed + more) for more in (1_000, 2_000))
    return NamedContents(
        names / np.linalg.norm(names, axis=1, keepdims=True),
        contents / np.linalg.norm(contents, axis=1, keepdims=True),
        [f"{name}{seed}{n}" for n, (name, _) in enumerate(of)],
        [f"招{name}{seed}{n}号" if n % 10 == 0 else f"{said}，{seed}{n}号" for n, (name, said) in enumerate(of)],
    )


@pytest.fixture(scope="module")
def enriched() -> Adapter:
    return train(trades(3_000), encoder=f"hashing-1-{BLURRED}")


def test_the_identity_leaves_every_vector_as_it_is() -> None:
    raw = unit_rows(5, 16, seed=1)
    assert IDENTITY.name == "none"
    assert (IDENTITY.names(raw, TEXTS[:5]) == raw).all()
    assert (IDENTITY.contents(raw, TEXTS[:5]) == raw).all()


def test_names_find_contents_that_lie_at_an_angle_to_them(taught: Adapter) -> None:
    unseen = world(300, seed=9)
    assert found_first(IDENTITY, unseen) < 0.7
    assert found_first(taught, unseen) > 0.95


def test_learning_goes_on_from_the_adapter_before(taught: Adapter) -> None:
    few, unseen = world(600, seed=2), world(300, seed=9)
    further = train(few, encoder="hashing-1-8", start=taught, enriched=False)
    anew = train(few, encoder="hashing-1-8", enriched=False)
    assert found_first(further, unseen) > found_first(anew, unseen)


def test_the_same_rows_give_the_same_bytes_and_another_seed_others() -> None:
    one, again, other = (train(world(500), encoder="hashing-1-8", seed=seed) for seed in (0, 0, 1))
    assert one.packed() == again.packed()
    assert one.name == again.name
    assert one.name != other.name


def test_contents_of_one_name_are_no_counterexamples_to_each_other() -> None:
    """Were they, the loss would push apart what belongs together; with one name only there is nothing to learn."""
    rows = world(400)
    alike = NamedContents(rows.names, rows.contents, ["电工"] * len(rows), rows.content_texts)
    learnt = train(alike, encoder="hashing-1-8", enriched=False)
    assert learnt.names_map is not None
    assert np.abs(learnt.names_map / learnt.names_map[0, 0] - np.eye(8)).max() < 1e-3


def test_adapted_rows_are_of_unit_length_and_a_text_without_content_stays_zero(taught: Adapter) -> None:
    raw = unit_rows(6, 8, seed=3)
    raw[4] = 0
    for mapped in (taught.names(raw, TEXTS[:6]), taught.contents(raw, TEXTS[:6])):
        lengths = np.linalg.norm(mapped, axis=1)
        assert mapped.dtype == np.float32
        assert lengths == pytest.approx([1, 1, 1, 1, 0, 1], abs=1e-6)
    assert raw[0] == pytest.approx(unit_rows(6, 8, seed=3)[0])


@pytest.mark.parametrize("which", ["taught", "enriched"])
def test_a_row_is_mapped_the_same_alone_and_among_others(which: str, request: pytest.FixtureRequest) -> None:
    adapter: Adapter = request.getfixturevalue(which)
    raw, texts = unit_rows(100, int(adapter.encoder[10:]), seed=5), trades(100, seed=5).content_texts
    alone = np.concatenate([adapter.contents(raw[n : n + 1], texts[n : n + 1]) for n in range(100)])
    among = adapter.contents(raw, texts)
    assert (alone == among).all()


@pytest.mark.parametrize("which", ["taught", "enriched"])
def test_packed_and_unpacked_it_is_the_same_to_the_last_bit(which: str, request: pytest.FixtureRequest) -> None:
    adapter: Adapter = request.getfixturevalue(which)
    again = Adapter.unpack(adapter.packed())
    raw, texts = unit_rows(50, int(adapter.encoder[10:]), seed=4), trades(50, seed=4).content_texts
    assert (again.name, again.encoder) == (adapter.name, adapter.encoder)
    assert (again.names(raw, texts) == adapter.names(raw, texts)).all()
    assert (again.contents(raw, texts) == adapter.contents(raw, texts)).all()
    assert again.packed() == adapter.packed()


def found_trade(adapter: Adapter, rows: NamedContents) -> float:
    """The share of names that are nearest to contents of their trade."""
    contents = adapter.contents(rows.contents, rows.content_texts)
    first = (adapter.names(rows.names, rows.name_texts) @ contents.T).argmax(axis=1)
    return float((first % len(TRADES) == np.arange(len(rows)) % len(TRADES)).mean())


def test_what_an_encoder_does_not_tell_apart_is_learnt_from_the_texts(enriched: Adapter) -> None:
    unseen = trades(600, seed=9)
    blind = train(trades(3_000), encoder=f"hashing-1-{BLURRED}", enriched=False)
    assert found_trade(blind, unseen) < found_trade(replace(enriched, known=None), unseen)
    assert found_trade(replace(enriched, known=None), unseen) < found_trade(enriched, unseen)


def test_an_enriched_one_goes_on_with_what_the_other_made_of_vectors(taught: Adapter) -> None:
    few, unseen = world(600, seed=2), world(300, seed=9)
    further = train(few, encoder="hashing-1-8", start=taught)
    anew = train(few, encoder="hashing-1-8")
    assert further.latent is not None
    assert further.names_map is not None
    assert further.names_map.shape == (8, 8 + further.latent.dim)
    assert found_first(further, unseen) > found_first(anew, unseen)
    # Its own latent directions are not those of the next rows.
    assert found_first(train(few, encoder="hashing-1-8", start=further), unseen) > found_first(anew, unseen)


def test_contents_move_towards_what_their_neighbours_are_called_and_not_towards_their_own_name() -> None:
    contents, names = np.eye(4, dtype="f4")[[0, 1, 2]], np.eye(4, dtype="f4")[[3, 3, 0]]
    between = np.asarray([[1, 1, 0, 0]], dtype="f4") / np.sqrt(np.float32(2))
    moved = Known(contents, names).named(between)[0]
    assert moved[3] > 0.3
    assert np.linalg.norm(moved) == pytest.approx(1)
    alone = Known(contents[:1], names[:1])
    assert alone.named(contents[:1])[0] == pytest.approx(contents[0])
    assert alone.named(np.zeros((1, 4), dtype="f4")) == pytest.approx(0)


def test_what_is_no_adapter_is_refused(taught: Adapter, enriched: Adapter) -> None:
    good = taught.packed()
    uneven = (
        replace(taught, contents_map=np.eye(4, dtype="f4")),
        replace(taught, contents_mean=np.zeros(4, dtype="f4")),
        replace(taught, known=Known(np.eye(8, dtype="f4"), np.eye(4, 8, dtype="f4"))),
        replace(enriched, latent=None),
        replace(taught, latent=enriched.latent),
    )
    for broken in (b"", b"PK\x03\x04", good[:200], good[:-30], b"\x93NUMPY", b"adapter", *(o.packed() for o in uneven)):
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
