import pytest

from data.store import Change
from indexing.encode import HashingEncoder
from indexing.impartial import blanked
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf, document_of
from indexing.text import body, head, searched
from indexing.vectors import ExactIndex
from matching.matcher import Matcher
from models.postings import Posting
from models.talents import Talent
from models.terms import Kind
from tests.builders import a_posting, a_talent
from tests.worlds import TODAY

WORK = "擅长数控编程，在校期间参加过技能大赛。"

SWAPS = [
    ("本人女，19岁，汉族，户籍宁波，", "本人男，35岁，回族，户籍兰州，"),
    ("女，20岁，", "男，41岁，"),
    ("性别：女 民族：汉 籍贯：浙江省宁波市。", "性别：男 民族：维吾尔族 籍贯：甘肃省。"),
    ("我是一名女大学生，", "我是一名男大学生，"),
    ("２００５年３月出生，宁波人，未婚，", "1988年出生，乌鲁木齐人，已婚已育，"),
    ("本人女，附个人照片。", "本人男，见证件照。"),
    ("身高165cm，体重50kg，", "身高1.78米，体重80公斤，"),
    ("今年二十岁，老家在浙江省宁波市，", "现年35岁，老家在兰州，"),
]  # fmt: skip

KEPT = [
    "在女装门店做过导购",
    "照护80岁以上老人",
    "参加民族舞社团",
    "负责人，主持人，来自澜川职业技术学院",
    "先生产后检验",
    "水族馆实习，操作水族设备",
    "办理户籍管理业务",
    "修图与照片拍摄",
]


@pytest.mark.parametrize(("said", "swapped"), SWAPS)
def test_swapped_traits_leave_the_same_words_vectors_and_facts(said: str, swapped: str) -> None:
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    people = [a_talent(name=name, self_description=text + WORK) for name, text in (("王芳", said), ("马强", swapped))]
    shelf.apply([Change(id, id, Kind.TALENT, person) for id, person in enumerate(people, 1)])
    section = shelf[Kind.TALENT]
    assert section.words.words(1) == section.words.words(2)
    assert (section.raw[1] == section.raw[2]).all()
    facts = [section.documents[id].facts for id in (1, 2)]
    assert facts[0].skill_names() == facts[1].skill_names() != ()


@pytest.mark.parametrize(("said", "swapped"), SWAPS)
def test_any_encoder_reads_the_same_text_whichever_way_traits_are_swapped(said: str, swapped: str) -> None:
    people = [a_talent(name=name, self_description=text + WORK) for name, text in (("王芳", said), ("马强", swapped))]
    first, second = (document_of(0, 0, person) for person in people)
    assert first.texts != second.texts
    assert (head(first.record), body(searched(first))) == (head(second.record), body(searched(second)))


@pytest.mark.parametrize(("said", "swapped"), SWAPS)
def test_swapped_traits_change_no_score(said: str, swapped: str) -> None:
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    posting = a_posting(required_skills=("数控编程",), description="操作数控车床。限本地户口，女士优先，18-35岁。")
    people = [a_talent(name=name, self_description=text + WORK) for name, text in (("王芳", said), ("马强", swapped))]
    shelf.apply([Change(id, id, one.kind, one) for id, one in enumerate((posting, *people), 1)])
    matcher = Matcher(shelf, today=lambda: TODAY)
    first, second = matcher.talents_for(1).matches
    assert first.score == second.score
    assert matcher.postings_for(2).matches[0].score == matcher.postings_for(3).matches[0].score


@pytest.mark.parametrize("text", KEPT)
def test_what_tells_of_work_stays(text: str) -> None:
    assert blanked(text, Kind.TALENT) == text


def test_what_a_posting_demands_of_the_person_is_told_and_neither_searched_nor_encoded() -> None:
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    plain = a_posting(description="招\n3名。操作数控车床。")
    asking = a_posting(description="招男工3名。操作数控车床。")
    shelf.apply([Change(id, id, Kind.POSTING, one) for id, one in enumerate((plain, asking), 1)])
    section = shelf[Kind.POSTING]
    assert [one.span.text for one in section.documents[2].facts.discrimination] == ["招男工"]
    assert "男工" not in section.words.words(2)
    assert "男" not in section.words.words(2)


def test_every_offset_stays() -> None:
    text = "本人女，19岁，汉族。" + WORK
    found = blanked(text, Kind.TALENT)
    assert len(found) == len(text)
    assert all(new in (old, "\n") for old, new in zip(text, found, strict=True))


def test_the_name_is_no_text() -> None:
    assert "name" in Talent.model_fields
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    shelf.apply([Change(1, 1, Kind.TALENT, a_talent(name="欧阳芳芳"))])
    assert "欧阳芳芳" not in "".join(shelf[Kind.TALENT].documents[1].texts.values())


def test_a_mask_is_neither_a_word_nor_a_skill() -> None:
    shelf = Shelf(HashingEncoder(256), domain_segmenter(), index=ExactIndex)
    masks = ("【微信已隐去】，【QQ】", "【手机号已隐去】，【邮箱已隐去】")
    records = [make(mask) for mask in masks for make in (_person_with, _posting_with)]
    shelf.apply([Change(id, id, record.kind, record) for id, record in enumerate(records, 1)])
    for kind, ids in ((Kind.TALENT, (1, 3)), (Kind.POSTING, (2, 4))):
        section = shelf[kind]
        one, other = (section.documents[id].facts.skill_names() for id in ids)
        assert one == other == ("数控编程",)
        assert section.words.words(ids[0]) == section.words.words(ids[1])
        assert not {"隐去", "微信", "qq", "手机号"} & section.words.words(ids[0])
        assert "已隐去" in section.documents[ids[0]].texts[_PROSE_FIELD[kind]], "what is shown stays"


_PROSE_FIELD = {Kind.TALENT: "self_description", Kind.POSTING: "description"}


def _person_with(mask: str) -> Talent:
    return a_talent(specialty=None, self_description=f"擅长数控编程，{mask}")


def _posting_with(mask: str) -> Posting:
    return a_posting(title="操作员", description=f"擅长数控编程，{mask}")
