"""What a person can aim a training at."""

import pytest

from indexing.shelf import document_of
from matching.training import common_target, occupation_target
from models.errors import NotFound, UnknownName
from tests.builders import a_posting


def test_a_target_of_many_is_what_they_ask_for_together() -> None:
    asked = [["PLC编程", "电工"], ["PLC编程", "电工"], ["PLC编程"], ["PLC编程"], ["PLC编程", "焊接"]]
    target = common_target(
        [document_of(n, n, a_posting(title="技术员", required_skills=skills)) for n, skills in enumerate(asked, 1)]
    )
    assert target.required_skills == ("PLC编程",)
    assert target.preferred_skills == ("电工",)


def test_a_single_posting_is_its_own_target() -> None:
    target = common_target([document_of(1, 1, a_posting(title="电工", required_skills=["PLC编程"]))])
    assert (target.title, target.required_skills) == ("电工", ("PLC编程",))


def test_without_postings_there_is_no_usual_target() -> None:
    with pytest.raises(NotFound, match="没有适合此人的岗位"):
        common_target([])


def test_an_occupation_is_a_target_in_the_words_of_the_catalogue() -> None:
    target = occupation_target("6-18-01-01")
    assert target.title
    assert len(target.description) > 50
    with pytest.raises(UnknownName, match="9-99-99-99"):
        occupation_target("9-99-99-99")
