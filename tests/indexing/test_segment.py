from hypothesis import given
from hypothesis import strategies as st

from indexing.phrases import PhraseBook
from indexing.segment import Segmenter, domain_segmenter

words = domain_segmenter().words


def test_domain_terms_stay_whole_and_their_parts_are_found_too() -> None:
    found = words("熟悉西门子S7-1200、Spring Boot，会数控车床操作")
    assert {"西门子s7-1200", "springboot", "数控车床操作", "数控", "车床", "西门子"} <= set(found)


def test_width_and_case_make_no_difference() -> None:
    assert words("ＰＬＣ编程") == words("plc编程")


def test_stop_words_and_punctuation_are_no_words() -> None:
    assert words("负责的工作内容，要求：能够熟练掌握！！😀") == []


def test_a_latin_term_is_not_found_inside_another() -> None:
    assert "java" not in words("JavaScript")
    assert {"c++", "c#"} <= set(words("C++/C#均可"))


@given(st.text(max_size=60))
def test_any_text_has_words_that_occur_in_it(text: str) -> None:
    from models.text import fold

    squeezed = "".join(fold(text).split())
    assert all(word in squeezed for word in ("".join(one.split()) for one in words(text)))


def test_another_dictionary_has_another_fingerprint() -> None:
    assert Segmenter(["焊接"]).fingerprint == Segmenter(["焊接"]).fingerprint != Segmenter(["钳工"]).fingerprint


def test_the_longest_name_wins_and_a_space_may_be_missing() -> None:
    book = PhraseBook([("Spring", 1), ("Spring Boot", 2), ("数控", 3), ("数控车床", 4)])
    assert [meaning for *_, meaning in book.find("springboot,spring  boot,数控车床,数控")] == [2, 2, 4, 3]
