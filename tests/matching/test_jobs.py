from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import taxonomy
from matching.jobs import LEAST_KNOWN, jobs
from matching.rank import score
from models.matches import Answer, Finding, Match, Pair, Side
from models.postings import Posting
from models.talents import Talent
from models.terms import Education, Employment, Salary, SchoolLevel, Shift
from tests.builders import a_posting, a_talent
from tests.worlds import SKILLS, TODAY, a_matcher, checkerboard


def contribution(match: Match[Posting, Talent], feature: str):  # type: ignore[no-untyped-def]
    return next(one for one in match.contributions if one.feature == feature)


def only(answer: Answer[Posting, Talent]) -> Match[Posting, Talent]:
    (match,) = answer.matches
    return match


def test_the_skills_of_the_worlds_are_in_the_vocabulary() -> None:
    assert [name for name in SKILLS if not taxonomy.find_skill(name)] == []


def test_each_posting_finds_its_own_talent_first_and_each_talent_its_own_posting() -> None:
    matcher = checkerboard()
    size = len(SKILLS)
    for n in range(size):
        assert matcher.talents_for(n + 1, k=1).matches[0].pair.supply.id == size + n + 1
        assert matcher.postings_for(size + n + 1, k=1).matches[0].pair.demand.id == n + 1


BETTER_AND_WORSE = [
    ("会所需技能的排在不会的前面", {}, {"skills": ("PLC编程", "电气识图")}, {"skills": ("视频剪辑",)}),
    ("会两项的排在会一项的前面", {}, {"skills": ("PLC编程", "电气识图")}, {"skills": ("PLC编程",)}),
    ("期望这类岗位的排在期望别的前面", {}, {"expected_positions": ("电气自动化技术员",)}, {"expected_positions": ("会计",)}),
    ("写明期望的排在没写的前面", {}, {"expected_positions": ("电气自动化技术员",)}, {"expected_positions": (), "specialty": None}),
    ("什么都写明的排在只有几个词相同的前面", {}, {"specialty": "电气自动化技术", "skills": ("PLC编程", "电气识图")}, {"expected_positions": (), "specialty": None, "skills": (), "self_description": "PLC编程，电气识图"}),
    ("专业对口的排在不对口的前面", {"specialties": ("电气自动化技术",)}, {"specialty": "电气自动化技术"}, {"specialty": "护理"}),
    ("专业同类的排在不同类的前面", {"specialties": ("电气自动化技术",)}, {"specialty": "机电一体化技术"}, {"specialty": "护理"}),
    ("想要这种用工形式的排在不想要的前面", {"employment": Employment.FULL_TIME}, {"seeking": (Employment.FULL_TIME,)}, {"seeking": (Employment.INTERNSHIP,)}),
    ("都在校期间的用工形式算相近", {"employment": Employment.APPRENTICESHIP}, {"seeking": (Employment.INTERNSHIP,)}, {"seeking": (Employment.FULL_TIME,)}),
    ("接受夜班的排在不接受的前面", {"shift": Shift.NIGHT}, {"shifts": (Shift.NIGHT,)}, {"shifts": (Shift.DAY,)}),
    ("临近毕业的排在还要读几年的前面", {}, {"graduation": "2027-06", "grade": 3}, {"graduation": "2029-06", "grade": 1}),
    ("有证的排在无证的前面", {"required_certificates": ("低压电工作业证",)}, {"certificates": ("电工证（低压）",)}, {}),
    ("期望地点相符的排在不符的前面", {"division": "330206"}, {"expected_divisions": ("330200",)}, {"expected_divisions": ("110100",)}),
    ("薪资够得着的排在够不着的前面", {"salary": Salary(low=6000, high=7000)}, {"expected_salary": 6000}, {"expected_salary": 12000}),
    ("经验足够的排在不够的前面", {"experience_years": 3}, {"experience_years": 3}, {"experience_years": 0}),
    ("学历相称的排在过高的前面", {"education": Education.SECONDARY}, {"level": SchoolLevel.JUNIOR_COLLEGE}, {"level": SchoolLevel.DOCTORATE}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("posting", "better", "worse"), [case[1:] for case in BETTER_AND_WORSE], ids=[case[0] for case in BETTER_AND_WORSE]
)
def test_the_better_talent_stands_first(posting: dict, better: dict, worse: dict) -> None:
    wanted = {"title": "电气自动化技术员", "required_skills": ("PLC编程", "电气识图"), **posting}
    common = {"skills": ("PLC编程",), "expected_positions": ("自动化技术员",)}
    matcher = a_matcher(a_posting(**wanted), a_talent(**{**common, **worse}), a_talent(**{**common, **better}))
    assert [match.pair.supply.id for match in matcher.talents_for(1).matches] == [3, 2]


def test_the_contributions_add_up_to_the_score() -> None:
    matcher = checkerboard()
    for match in matcher.talents_for(1, k=16).matches:
        assert match.score == pytest.approx(sum(one.points for one in match.contributions))
        assert 0 <= match.score <= 1
        assert sum(one.weight for one in match.contributions) == pytest.approx(1)


def test_a_missing_fact_is_left_out_and_said_so() -> None:
    match = only(a_matcher(a_posting(title="电工", salary=None), a_talent(expected_salary=8000)).talents_for(1))
    pay = contribution(match, "pay")
    assert (pay.value, pay.weight, pay.points) == (None, 0, 0)
    assert "不计入" in pay.detail


EMPTY = {"specialty": None, "self_description": "工作认真负责，会PLC编程，会电气识图"}
FULL = {"expected_positions": ("电工",), "specialty": "电气自动化技术", "skills": ("PLC编程", "电气识图")}


def test_whoever_says_next_to_nothing_cannot_score_all_points() -> None:
    posting = a_posting(title="电工", description="工作认真负责，会PLC编程，会电气识图")
    full, empty = a_matcher(posting, a_talent(**EMPTY), a_talent(**FULL)).talents_for(1).matches
    assert (full.pair.supply.id, empty.pair.supply.id) == (3, 2)
    assert full.most == pytest.approx(1)
    known = [
        feature
        for feature in jobs(TODAY, lambda _: frozenset()).features
        if feature.name in ("text", "words", "skills")
    ]
    assert empty.most == pytest.approx(sum(feature.weight for feature in known) / LEAST_KNOWN)
    assert empty.score == pytest.approx(sum(one.points for one in empty.contributions))
    assert empty.score <= empty.most < 0.6


def test_a_profile_that_says_next_to_nothing_is_offered_the_same_postings_with_fewer_points() -> None:
    postings = [a_posting(title=title, description=f"负责{title}工作，会PLC编程") for title in ("电工", "会计", "护士")]
    empty, full = (a_matcher(*postings, a_talent(**profile)).postings_for(4) for profile in (EMPTY, FULL))
    assert len(empty.matches) == 3
    assert empty.matches[0].score < full.matches[0].score


facts = st.lists(st.none() | st.floats(0, 1), min_size=15, max_size=15)


@given(facts, st.integers(0, 14))
def test_a_fact_that_speaks_for_a_pair_never_lowers_its_score(values: list[float | None], place: int) -> None:
    def scored(found: list[float | None]) -> float:
        return score(features, [Finding(value, "") for value in found], LEAST_KNOWN)

    features = jobs(TODAY, lambda _: frozenset()).features
    told = [*values[:place], 1.0, *values[place + 1 :]]
    assert 0 <= scored(values) <= scored(told) + 1e-12 <= 1 + 1e-9


@given(facts)
def test_what_little_is_known_of_never_scores_more_than_its_share(values: list[float | None]) -> None:
    features = jobs(TODAY, lambda _: frozenset()).features
    known = sum(f.weight for f, value in zip(features, values, strict=True) if value is not None)
    assert score(features, [Finding(value, "") for value in values], LEAST_KNOWN) <= known / LEAST_KNOWN + 1e-12


def test_the_same_pair_scores_the_same_reasons_from_either_side() -> None:
    matcher = a_matcher(
        a_posting(title="电工", required_skills=("PLC编程",), specialties=("电气自动化技术",)),
        a_talent(skills=("PLC编程",), specialty="电气自动化技术", expected_positions=("电工",)),
    )
    ours, theirs = only(matcher.talents_for(1)), only(matcher.postings_for(2))
    for one, other in zip(ours.contributions, theirs.contributions, strict=True):
        if one.feature != "words":  # the share of the asking side's words
            assert (one.value, one.detail) == (other.value, other.detail)


def test_the_score_is_the_mean_of_both_sides_by_the_weight_of_what_is_known() -> None:
    match = only(
        a_matcher(
            a_posting(title="电工", education=Education.SECONDARY), a_talent(expected_positions=("电工",))
        ).talents_for(1)
    )
    both = [
        (match.fit(side) or 0.0, sum(one.weight for one in match.contributions if one.side is side)) for side in Side
    ]
    assert sum(fit * weight for fit, weight in both) == pytest.approx(match.score)
    assert all(one.side for one in match.contributions)


def test_who_wants_to_leave_the_field_is_believed() -> None:
    leaving = a_talent(specialty="护理", skills=("静脉输液", "视频剪辑"), expected_positions=("新媒体运营",))
    media, nursing = (
        a_posting(title="新媒体运营", description="负责短视频拍摄与剪辑，会视频剪辑"),
        a_posting(title="护士", description="负责静脉输液"),
    )
    answer = a_matcher(media, nursing, leaving).postings_for(3)
    assert [match.pair.demand.id for match in answer.matches] == [1, 2]


SALES = "负责客户开发与邀约，完成业绩目标，高提成，团队谈单。"


@pytest.mark.parametrize(
    ("title", "wish", "value"),
    [
        ("健康顾问", "护士", 0.0),
        ("健康顾问", "销售代表", None),
        ("销售顾问", "护士", None),
    ],
    ids=["名为顾问实为销售", "本人愿做销售", "名称已说明是销售"],
)
def test_a_sales_job_under_another_name_counts_against_it(title: str, wish: str, value: float | None) -> None:
    match = only(
        a_matcher(a_posting(title=title, description=SALES), a_talent(expected_positions=(wish,))).talents_for(1)
    )
    found = contribution(match, "substance")
    assert found.value == value
    if value is not None:
        assert "更像销售" in found.detail
        assert [span.text for span in found.evidence.demand] == ["客户开发", "邀约", "业绩", "提成", "谈单"]


def test_any_of_a_list_is_enough_and_counts_once() -> None:
    posting = a_posting(title="数控编程员", description="任职要求：熟悉UG、MasterCAM或PowerMill其中一种")
    one, three = (a_talent(skills=skills) for skills in (("UG",), ("UG", "MasterCAM", "PowerMill")))
    values = [contribution(match, "skills").value for match in a_matcher(posting, one, three).talents_for(1).matches]
    assert values[0] == values[1]


def test_what_only_the_text_states_is_asked_too() -> None:
    posting = a_posting(title="研发工程师", description="要求本科及以上学历，有相关经验者优先")
    answer = a_matcher(posting, a_talent(level=SchoolLevel.SECONDARY_VOCATIONAL)).talents_for(1)
    assert answer.matches == ()
    assert "要求本科" in answer.removals[0].example


REQUIREMENTS = [
    ("学历不够", {"education": Education.BACHELOR}, {"level": SchoolLevel.SECONDARY_VOCATIONAL}, "学历", "要求本科，实为高中/中职"),
    ("经验相差太远", {"experience_years": 10}, {"grade": 3}, "经验差距", "要求 10 年经验，相差 10 年"),
    ("没有医师资格", {"title": "内科医生"}, {"specialty": "康复治疗技术"}, "执业资格", "须先取得医师资格（《医师法》第十三条）"),
    ("没有法律职业资格", {"title": "诉讼律师"}, {"specialty": "法律事务"}, "执业资格", "《律师法》第十三条"),
    ("一年级实习", {"employment": Employment.INTERNSHIP}, {"grade": 1, "seeking": (Employment.INTERNSHIP,)}, "实习年级", "第十六条"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("posting", "talent", "label", "example"),
    [case[1:] for case in REQUIREMENTS],
    ids=[case[0] for case in REQUIREMENTS],
)
def test_a_hard_requirement_removes_and_says_how_many(posting: dict, talent: dict, label: str, example: str) -> None:
    matcher = a_matcher(a_posting(**posting), a_talent(**talent), a_talent(**talent))
    answer = matcher.talents_for(1)
    assert answer.matches == ()
    (removal,) = answer.removals
    assert (removal.label, removal.count) == (label, 2)
    assert example in removal.example


@pytest.mark.parametrize(
    ("title", "certificates"),
    [
        ("内科医生", ("执业医师资格证",)),
        ("宠物医生", ()),
        ("医生助理", ()),
        ("实习律师", ()),
        ("律师", ("法律职业资格证书（A证）",)),
        ("康复治疗师", ()),
    ],
)
def test_who_holds_the_licence_or_needs_none_is_not_removed(title: str, certificates: tuple[str, ...]) -> None:
    assert only(a_matcher(a_posting(title=title), a_talent(certificates=certificates)).talents_for(1))


@pytest.mark.parametrize("talent", [{"level": None}, {"seeking": ()}, {"shifts": ()}])
def test_an_unknown_fact_removes_nobody(talent: dict) -> None:
    posting = a_posting(education=Education.BACHELOR, employment=Employment.FULL_TIME, shift=Shift.NIGHT)
    answer = a_matcher(posting, a_talent(**{"level": SchoolLevel.BACHELOR, **talent})).talents_for(1)
    assert len(answer.matches) == 1


def test_a_posting_that_has_ended_is_offered_to_nobody_and_counted() -> None:
    ended, live = a_posting(title="电工", expires=date(2026, 10, 31)), a_posting(title="电工", expires=TODAY)
    answer = a_matcher(ended, live, a_talent(expected_positions=("电工",))).postings_for(3)
    assert [match.pair.demand.id for match in answer.matches] == [2]
    assert answer.removals[0].count == 1
    assert "2026-10-31 截止" in answer.removals[0].example


def test_what_the_user_limits_the_answer_to_is_counted_too() -> None:
    matcher = a_matcher(a_posting(title="电工"), a_posting(title="焊工"), a_talent(expected_positions=("电工",)))
    answer = matcher.postings_for(3, where=lambda record: record.title == "焊工")  # type: ignore[attr-defined]
    assert [match.pair.demand.id for match in answer.matches] == [2]
    assert [(removal.requirement, removal.count) for removal in answer.removals] == [("where", 1)]


def test_a_requirement_that_most_fail_makes_retrieval_look_deeper() -> None:
    poor = [a_talent(level=SchoolLevel.SECONDARY_VOCATIONAL, expected_positions=("电工",)) for _ in range(400)]
    matcher = a_matcher(
        a_posting(title="电工", education=Education.BACHELOR), *poor, a_talent(level=SchoolLevel.BACHELOR)
    )
    answer = matcher.talents_for(1, k=1)
    assert [match.pair.supply.id for match in answer.matches] == [402]
    assert answer.removals[0].count == 400


def test_evidence_quotes_both_texts_exactly() -> None:
    matcher = a_matcher(
        a_posting(
            title="电工",
            description="岗位要求：会ＰＬＣ编程，看懂电气图纸；有低压电工证优先。",
            specialties=("电气自动化技术",),
        ),
        a_talent(skills=("PLC编程",), experience=("做过PLC编程实训，画过电气图纸",), specialty="电气自动化技术"),
    )
    quoted = 0
    for one in only(matcher.talents_for(1)).contributions:
        for document, spans in (
            (matcher.shelf[Posting.kind].document(1), one.evidence.demand),
            (matcher.shelf[Talent.kind].document(2), one.evidence.supply),
        ):
            for span in spans:
                assert document.texts[span.field][span.start : span.end] == span.text != ""
                quoted += 1
    assert quoted >= 6


@given(
    st.sets(st.sampled_from(SKILLS), min_size=1, max_size=6),
    st.sampled_from(SKILLS),
    st.sets(st.sampled_from(SKILLS), min_size=1),
)
def test_a_talent_who_gains_a_skill_never_loses_coverage(held: set[str], gained: str, asked: set[str]) -> None:
    from indexing.shelf import document_of
    from matching.jobs import skill_coverage
    from models.matches import Candidate

    def coverage(skills: set[str]) -> float:
        posting = document_of(1, 1, a_posting(required_skills=tuple(sorted(asked))))
        talent = document_of(2, 2, a_talent(skills=tuple(sorted(skills))))
        return skill_coverage(Pair(posting, talent, Candidate(2, 0, 0, 0, 0))).value or 0.0

    assert coverage(held | {gained}) >= coverage(held)


def test_names_of_people_and_protected_traits_are_no_feature() -> None:
    names = {feature.name for feature in jobs(TODAY, lambda _: frozenset()).features}
    assert names == {
        "position", "skills", "text", "words", "specialty", "experience", "certificates", "place", "pay", "overqualified", "availability", "employment", "shift",
        "duties", "substance",
    }  # fmt: skip


def test_a_change_of_name_changes_no_score() -> None:
    def score(name: str | None) -> float:
        return only(a_matcher(a_posting(title="电工"), a_talent(name=name, skills=("PLC编程",))).talents_for(1)).score

    assert score("王秀英") == score("马志强") == score(None)
