import pytest

from matching.matcher import Matcher
from models.matches import Document, Evidence, Match, Side
from models.postings import Posting
from models.talents import Talent
from models.terms import Education, Employment, Kind, Record, Salary, SchoolLevel, Shift
from tests.builders import a_posting, a_talent
from tests.deletion import again, cited, is_exact, recommended, without
from tests.worlds import a_matcher

POSTING = a_posting(
    title="数控车床操作工",
    employment=Employment.FULL_TIME,
    education=Education.SECONDARY,
    experience_years=1,
    salary=Salary(low=6000, high=8000),
    division="330206",
    place="宁波·北仑",
    shift=Shift.DAY,
    required_skills=("数控编程", "机械制图"),
    required_certificates=("低压电工作业证",),
    specialties=("数控技术", "机械制造及自动化"),
    description="负责数控车床的操作与数控编程；会看机械制图。公司有食堂。节假日有礼品；需1年以上工作经验，中专以上学历。白班。",
)
TALENT = a_talent(
    level=SchoolLevel.JUNIOR_COLLEGE,
    specialty="数控技术",
    expected_positions=("数控车床操作工",),
    expected_divisions=("330200",),
    expected_places=("宁波",),
    division="330206",
    place="宁波",
    expected_salary=6000,
    seeking=(Employment.FULL_TIME,),
    shifts=(Shift.DAY,),
    skills=("数控编程", "机械制图"),
    certificates=("低压电工作业证",),
    experience=("在机械厂操作数控车床两年，做数控编程。", "参加学校篮球队。"),
    experience_years=2,
    graduation="2025-06",
    self_description="性格开朗。喜欢研究数控编程。",
)
OTHERS = (
    a_posting(title="幼儿园教师", description="带班，组织活动。"),
    a_talent(specialty="护理", skills=("养老护理",)),
)
TWINS = (POSTING, TALENT)
"""Without anyone else who uses them, deleted words would not be missed: what no document holds tells nothing."""


@pytest.fixture
def matcher() -> Matcher:
    return a_matcher(POSTING, TALENT, *OTHERS, *TWINS)


def the_match(matcher: Matcher, asking: Kind) -> tuple[Document[Record], Match[Posting, Talent]]:
    asker = matcher.document(asking, 1 if asking is Kind.POSTING else 2)
    return asker, matcher.match(matcher.jobs, asker, k=1).matches[0]


def test_every_quote_is_an_exact_substring(matcher: Matcher) -> None:
    for kind in (Kind.POSTING, Kind.TALENT):
        _, match = the_match(matcher, kind)
        for one in match.contributions:
            assert all(is_exact(match.pair.demand, span) for span in one.evidence.demand)
            assert all(is_exact(match.pair.supply, span) for span in one.evidence.supply)


ONE_SIDED = {"availability"}
"""Whoever can start at once can start whatever the posting offers."""


@pytest.mark.parametrize("kind", [Kind.POSTING, Kind.TALENT])
def test_every_reason_that_gives_points_quotes_both_sides(matcher: Matcher, kind: Kind) -> None:
    _, match = the_match(matcher, kind)
    giving = [one for one in match.contributions if one.points and one.feature not in ONE_SIDED]
    assert len(giving) >= 12
    assert [one.feature for one in giving if not one.evidence.demand or not one.evidence.supply] == []


@pytest.mark.parametrize("kind", [Kind.POSTING, Kind.TALENT])
def test_without_the_quoted_words_every_reason_gives_less(matcher: Matcher, kind: Kind) -> None:
    asker, match = the_match(matcher, kind)
    other, side = recommended(match, asker)
    kept = []
    for one in match.contributions:
        if one.value and cited(one, side):
            after = again(matcher, match.pair, asker, without(other, cited(one, side)))
            value = next(c.value for c in after.contributions if c.feature == one.feature)
            kept += [one.feature] if (value or 0) >= one.value else []
    assert kept == []


def test_matching_again_leaves_the_shelf_as_it_was(matcher: Matcher) -> None:
    asker, match = the_match(matcher, Kind.POSTING)
    again(matcher, match.pair, asker, without(match.pair.supply, cited(match.contributions[0], "supply")))
    assert the_match(matcher, Kind.POSTING)[1].score == match.score


def test_a_specialty_that_fits_two_that_are_asked_quotes_both() -> None:
    posting = a_posting(specialties=("机电一体化技术", "机电一体化", "护理"))
    matcher = a_matcher(posting, a_talent(specialty="机电一体化技术"))
    match = matcher.talents_for(1).matches[0]
    (specialty,) = (one for one in match.contributions if one.feature == "specialty")
    assert [span.text for span in specialty.evidence.demand] == ["机电一体化技术", "机电一体化"]


def test_what_is_asked_and_not_held_is_quoted_beside_what_is_held_instead() -> None:
    matcher = a_matcher(a_posting(required_certificates=("电工证",)), a_talent(certificates=("普通话二级甲等",)))
    match = matcher.talents_for(1).matches[0]
    (found,) = (one for one in match.contributions if one.feature == "certificates")
    assert found.value == 0
    assert [span.text for span in found.evidence.demand] == ["电工证"]
    assert [span.text for span in found.evidence.supply] == ["普通话二级甲等"]


def test_whoever_can_start_at_once_rests_on_their_graduation_alone(matcher: Matcher) -> None:
    _, match = the_match(matcher, Kind.POSTING)
    (found,) = (one for one in match.contributions if one.feature == "availability")
    assert found.evidence == Evidence(supply=found.evidence.supply)
    assert found.evidence.supply


def test_the_score_is_the_mean_of_both_sides_by_their_weights(matcher: Matcher) -> None:
    _, match = the_match(matcher, Kind.POSTING)
    weight = {side: sum(one.weight for one in match.contributions if one.side is side) for side in Side}
    assert match.score == pytest.approx(sum(weight[side] * (match.fit(side) or 0) for side in Side))
