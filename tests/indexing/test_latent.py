"""What texts have in common besides their words."""

import numpy as np
import pytest

from indexing.latent import Latent, learn

SAID = {
    "焊": ("氩弧打底", "二保盖面", "清渣打磨", "焊缝探伤"),
    "护": ("翻身叩背", "测量血压", "照护起居", "喂饭喂药"),
    "账": ("审核凭证", "登记账簿", "申报纳税", "编制报表"),
}
"""What three trades say; every text says two of it."""


def corpus() -> tuple[list[str], list[str]]:
    """Texts and the trade of each."""
    pairs = [
        (f"{said[one]}、{said[(one + 1) % 4]}", trade)
        for _ in range(10)
        for trade, said in SAID.items()
        for one in range(4)
    ]
    return [text for text, _ in pairs], [trade for _, trade in pairs]


@pytest.fixture(scope="module")
def latent() -> Latent:
    return learn(corpus()[0])


def test_texts_of_one_trade_are_near_without_a_pair_of_characters_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexing.latent.DIM", 3)
    grinding, arc, bookkeeping = learn(corpus()[0]).vectors(["清渣打磨", "氩弧打底，二保盖面", "登记账簿"])
    assert grinding @ arc > 0.9
    assert grinding @ bookkeeping < 0.1


def test_rows_are_of_unit_length_and_zero_where_nothing_is_known(latent: Latent) -> None:
    rows = latent.vectors(["清渣打磨", "", "Z", "从未见过的说法"])
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 0], abs=1e-6)


def test_a_row_is_the_same_alone_and_among_others(latent: Latent) -> None:
    texts = corpus()[0]
    alone = np.concatenate([latent.vectors([text]) for text in texts])
    assert (alone == latent.vectors(texts)).all()


def test_width_case_and_white_space_make_no_difference(latent: Latent) -> None:
    one, other = latent.vectors(["氩弧打底", "氩弧\n打 底"])
    assert (one == other).all()


def test_what_stands_nearly_everywhere_or_hardly_anywhere_is_not_known() -> None:
    texts = [f"{text}，五险一金" for text in corpus()[0]] + ["持有特殊许可"]
    known = learn(texts)
    assert not known.vectors(["五险一金", "持有特殊许可"]).any()
    assert known.vectors(["氩弧打底"]).any()


def test_the_same_texts_give_the_same_directions() -> None:
    one, again = learn(corpus()[0]), learn(corpus()[0])
    assert (one.directions == again.directions).all()


@pytest.mark.parametrize("texts", [[], ["电工"], ["电工", "焊工"] * 3])
def test_from_too_few_texts_nothing_is_learnt(texts: list[str]) -> None:
    assert learn(texts).vectors(["电工"]).shape == (1, 0)
