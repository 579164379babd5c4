import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import clean, fold, key


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＣＮＣ数控", "cnc数控"),
        ("会用ＰＬＣ，有电工证优先！", "会用plc,有电工证优先!"),
        ("80㎡", "80㎡"),
        ("①", "1"),
        ("", ""),
    ],
)
def test_width_and_case_are_folded_where_the_length_allows(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_cleaning_removes_spreadsheet_debris_and_invisible_marks() -> None:
    assert clean("\ufeff1.负责装卸;_x000d_\r\n\r\n \n2.贴标\u200b签\x07 ") == "1.负责装卸;\n2.贴标签"


def test_two_spellings_of_one_name_share_a_key() -> None:
    assert key("Spring Boot") == key("ＳｐｒｉｎｇBoot") == "springboot"
