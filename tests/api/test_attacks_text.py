"""Texts made to keep a reader of texts busy: twice as long may take twice as long, and not four times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import process_time

import pytest

from data.masking import mask
from indexing.extract import extract
from matching.fraud import risk
from matching.lawful import check
from models.lawful import Known
from models.text import clean, key
from tests.builders import a_posting

UNITS = (
    *(" ", "\u3000", "\t", "甲", "a", "1", "、", "，", "(", "（ 单位：", "(甲", "【", "初", "“", "者的"),
    *("1 ", "1-", "1~", "1.", "18岁", "18-", "五年 ", "年 ", "元/", "月薪", "每月", "名额 ", "人数：", "员 ", "师 1"),
    *(
        "愿意找",
        "方向",
        "年龄要求",
        "工作地点",
        "不限 ",
        "优先",
        "限男",
        "男女",
        "要求 ",
        "熟悉",
        "本科及以上",
        "大专、",
    ),
    *("a@", "a.b-", "http://", "www.", "微信", "加v", "v信", "qq", "PLC", "C++ "),
)
"""What the patterns look for, over and over and never complete; two dozen of them were found by trying each pattern
on its own worst case."""


def lawfulness(text: str) -> None:
    posting = a_posting(description=text)
    risk(posting, check(posting, None, known=Known(verified=None), today=date(2026, 11, 27)))


READERS: dict[str, tuple[Callable[[str], object], int]] = {
    "清洗": (clean, 200_000),
    "比较名称": (key, 200_000),
    "隐去个人信息": (mask, 20_000),
    "抽取事实": (lambda text: extract({"description": text}), 10_000),
    "合规检查": (lawfulness, 5_000),
}
"""What reads a posted text, and how long the longer of the two texts is: cleaning comes before any limit of length."""

INSTANT = 0.03
"""Seconds of the processor below which a measurement says nothing."""


@pytest.mark.parametrize("reader", READERS)
def test_twice_the_text_takes_no_more_than_its_share(reader: str) -> None:
    read, length = READERS[reader]
    read("热身：招聘 1 名维修电工，月薪 6000 元。")
    slow = []
    for unit in UNITS:
        whole = (unit * length)[: length - 1] + "终"
        taken = _seconds(read, whole)
        if taken > INSTANT and taken > 3.5 * _seconds(read, whole[: length // 2]):
            best = min(_seconds(read, whole) for _ in range(3))
            if best > 3.5 * min(_seconds(read, whole[: length // 2]) for _ in range(3)):
                slow.append(unit)
    assert not slow


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = process_time()
    read(text)
    return process_time() - started


def test_a_megabyte_of_blanks_is_cleaned_at_once() -> None:
    """It was an hour: each blank looked for the end of the line by itself."""
    assert clean("a" + " " * 1_900_000 + "b").endswith("b")
    assert clean(" \n" * 500_000 + "b") == "b"
