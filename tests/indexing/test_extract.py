import pytest

from indexing.extract import extract
from indexing.text import texts
from models.matches import Wish
from tests.builders import a_posting, a_talent


def wishes(text: str) -> dict[str, Wish]:
    return {mention.name: mention.wish for mention in extract({"description": text}).skills}


@pytest.mark.parametrize(
    ("text", "skill", "wish"),
    [
        ("任职要求：熟悉PLC编程", "PLC编程", Wish.REQUIRED),
        ("有ＰＬＣ编程经验者优先", "PLC编程", Wish.PREFERRED),
        ("熟悉AutoCAD、SolidWorks者优先考虑", "SolidWorks", Wish.PREFERRED),
        ("岗位职责：负责PLC编程与调试", "PLC编程", Wish.MENTIONED),
    ],
)
def test_the_clause_around_a_skill_says_how_it_is_asked_for(text: str, skill: str, wish: Wish) -> None:
    assert wishes(text)[skill] is wish


@pytest.mark.parametrize("text", ["无需PLC编程经验", "不要求会AutoCAD", "没有PLC编程基础也可以"])
def test_what_is_not_needed_is_not_a_skill(text: str) -> None:
    assert wishes(text) == {}


@pytest.mark.parametrize("text", ["强调质量意识", "JavaScript前端", "加强护工队伍建设之外的监管"])
def test_a_name_inside_other_words_is_an_accident(text: str) -> None:
    assert not {"热处理", "Java"} & wishes(text).keys()


def test_very_does_not_negate() -> None:
    assert wishes("非常熟悉PLC编程")["PLC编程"] is Wish.REQUIRED


def test_every_span_quotes_its_text_exactly() -> None:
    posting = a_posting(
        description="岗位要求：1、会用ＡｕｔｏＣＡＤ，能看懂机械制图；\n2、持低压电工证优先；😀 3.熟悉 Spring  Boot。",
        required_skills=("数控车床操作",),
    )
    found = texts(posting)
    facts = extract(found)
    assert facts.skills
    for mention in (*facts.skills, *facts.certificates):
        span = mention.span
        assert found[span.field][span.start : span.end] == span.text != ""


def test_declared_skills_count_even_when_no_vocabulary_knows_them() -> None:
    facts = extract(texts(a_talent(skills=("手工锔瓷", "会用PLC"))))
    assert "手工锔瓷" in facts.skill_names()


def test_generic_words_are_no_skills() -> None:
    assert wishes("负责沟通协调，有团队合作能力，熟练使用办公设备，学习能力强") == {}


def test_the_employers_name_says_nothing_about_skills() -> None:
    assert extract(texts(a_posting(organisation="某某数控车床操作培训公司", title="前台"))).skills == ()
