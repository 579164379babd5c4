"""The order in which a ranked list is shown: what each rule does, and what none of them may do."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.shelf import document_of
from indexing.text import texts
from matching.duplicates import are_duplicates
from matching.rerank import (
    MOST_OF_ONE,
    OFF,
    PAGE,
    RULES,
    SMALL_PLACES,
    JobMatch,
    Known,
    Placed,
    Switches,
    bound,
    is_small,
    known,
    rerank,
)
from models.matches import Candidate, Document, Facts, Match, Pair
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.terms import Employment, Kind
from tests.builders import a_posting, a_talent, an_organisation
from tests.worlds import TODAY, a_matcher

SOMEONE = document_of(1_000, 1, a_talent())
LITTLE = an_organisation(name="小厂", staff=30, industry="C34")
GREAT = an_organisation(name="大厂", staff=3_000, industry="C34")


def scored(*postings: tuple[float, dict[str, Any]]) -> list[JobMatch]:
    """Matches with ids 1, 2, … and these scores, given best first."""
    return [
        a_match(id, score, a_posting(**{"title": f"岗位{'甲乙丙丁戊己庚辛壬癸'[id - 1]}", **fields}))
        for id, (score, fields) in enumerate(postings, 1)
    ]


def a_match(id: int, score: float, posting: Posting) -> JobMatch:
    document = Document(id=id, revision=1, record=posting, texts=texts(posting), facts=Facts())
    return Match(Pair(document, SOMEONE, Candidate(id, 0, 0, 0, 0)), score=score, contributions=())


def about(matches: Sequence[JobMatch], **facts: Any) -> Known:
    members = {one.name: one for one in (LITTLE, GREAT)}
    found = {"today": TODAY, "shown": {}, "employer_of": lambda posting: members.get(posting.organisation), **facts}
    return known(matches, **found)


def only(**on: bool) -> Switches:
    return Switches(**{"collapse": False, "diverse": False, "fresh": False, **on})


def order(placed: Sequence[Placed]) -> list[int]:
    return [one.match.pair.demand.id for one in placed]


def days_ago(days: int) -> dict[str, Any]:
    return {"published": TODAY - timedelta(days=days)}


def of(name: str) -> dict[str, Any]:
    return {"organisation": name}


A, B, C = of("甲厂"), of("乙厂"), of("丙厂")

ORDERS = [
    ("同一单位的第三个岗位让给得分相近的别家", only(diverse=True), [(0.70, A), (0.69, A), (0.68, A), (0.65, B)], {}, [1, 2, 4, 3]),
    ("别家得分差得多时不让", only(diverse=True), [(0.70, A), (0.69, A), (0.68, A), (0.62, B)], {}, [1, 2, 3, 4]),
    ("同一单位的第五个岗位让得更多", only(diverse=True), [(0.70, A)] * 5 + [(0.60, B)], {}, [1, 2, 3, 4, 6, 5]),
    ("一个单位只有两个岗位时不动", only(diverse=True), [(0.70, A), (0.69, A), (0.68, B)], {}, [1, 2, 3]),
    ("同一单位名称的全角写法算同一单位", only(diverse=True), [(0.7, of("甲厂（澜川）")), (0.7, of("甲厂(澜川)")), (0.7, of("甲厂（澜川）")), (0.68, B)], {}, [1, 2, 4, 3]),
    ("得分相近时新的在前", only(fresh=True), [(0.70, days_ago(180)), (0.69, days_ago(1))], {}, [2, 1]),
    ("得分不相近时旧的仍在前", only(fresh=True), [(0.70, days_ago(900)), (0.67, days_ago(1))], {}, [1, 2]),
    ("只早几天不影响次序", only(fresh=True), [(0.70, days_ago(9)), (0.69, days_ago(1))], {}, [1, 2]),
    ("得分相同时新的在前", only(fresh=True), [(0.70, days_ago(9)), (0.70, days_ago(1))], {}, [2, 1]),
    ("没写日期的排在新的后面、旧的前面", only(fresh=True), [(0.70, {}), (0.70, days_ago(200)), (0.70, days_ago(1))], {}, [3, 1, 2]),
    ("推荐过很多人的让给得分相近的", only(spread=True), [(0.70, {}), (0.67, {})], {"shown": {1: 10}}, [2, 1]),
    ("招得多的岗位可以推荐给更多人", only(spread=True), [(0.70, {"headcount": 50}), (0.67, {})], {"shown": {1: 10}}, [1, 2]),
    ("推荐过再多也不让给差得远的", only(spread=True), [(0.70, {}), (0.45, {})], {"shown": {1: 9_000}}, [1, 2]),
    ("前四位里有一个小微企业", only(small=True), [(0.70, of("大厂"))] * 4 + [(0.67, of("小厂"))], {}, [1, 2, 3, 5, 4]),
    ("小微企业的岗位差得远时不硬塞", only(small=True), [(0.70, of("大厂"))] * 4 + [(0.62, of("小厂"))], {}, [1, 2, 3, 4, 5]),
    ("小微企业已经够数时不动", only(small=True), [(0.71, of("小厂"))] + [(0.70, of("大厂"))] * 4 + [(0.69, of("小厂"))], {}, [1, 2, 3, 4, 5, 6]),
    ("规则全关就是得分的次序", OFF, [(0.70, {**A, **days_ago(500)}), (0.70, A), (0.70, A), (0.70, {**B, **days_ago(0)})], {"shown": {1: 99}}, [1, 2, 3, 4]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("switches", "postings", "facts", "wanted"), [case[1:] for case in ORDERS], ids=[case[0] for case in ORDERS]
)
def test_the_rules_order_as_specified(
    switches: Switches, postings: list[tuple[float, dict[str, Any]]], facts: dict[str, Any], wanted: list[int]
) -> None:
    matches = scored(*postings)
    assert order(rerank(matches, switches, about(matches, **facts), k=10)) == wanted


def test_everyone_who_moved_is_told_why() -> None:
    matches = scored((0.70, A), (0.69, A), (0.68, {**A, **days_ago(20)}), (0.66, B))
    _, _, up, down = rerank(matches, only(diverse=True), about(matches), k=10)
    assert (up.origin, up.place, [note.reason for note in up.notes]) == (4, 3, ["前面的岗位因同一单位已有多个而后移"])
    assert (down.origin, down.place, [note.reason for note in down.notes]) == (
        3,
        4,
        ["同一单位前面已有 2 个岗位，后移"],
    )


def test_an_employer_may_have_two_more_on_the_next_page() -> None:
    matches = [a_match(n, 0.7, a_posting(organisation="甲厂" if n % 2 else f"{n}厂")) for n in range(1, 60)]
    placed = order(rerank(matches, only(diverse=True), about(matches), k=30))
    pages = [placed[start : start + PAGE] for start in (0, 10, 20)]
    assert [sum(n % 2 for n in page) for page in pages] == [MOST_OF_ONE] * 3


TEXT = "负责车间数控车床的日常操作与首件检验，能看懂机械图纸，会用卡尺和千分尺，服从班组长安排，完成当班产量并做好交接记录。有一年以上车间经验优先，提供食宿，缴纳五险，每周休息一天，节假日按国家规定执行，工资按月发放，从不拖欠。"

TWINS = [
    ("同一单位重新发布", {}, {"title": "数控车床操作工（急聘）"}, True),
    ("换了标点和网页标记", {}, {"description": TEXT.replace("，", "<br />, ")}, True),
    ("补了一句话", {}, {"description": TEXT + "住宿补贴两百元。"}, True),
    ("工作地点不同", {"place": "望潮区"}, {"place": "泊云区"}, True),
    ("别的单位照抄", {}, {"organisation": "某人力资源公司"}, True),
    ("别的单位写法相近", {}, {"organisation": "澜川重工", "description": TEXT[:90] + "另设全勤奖与夜班津贴，试用期一个月，转正后调薪。"}, False),
    ("别的单位写同一句短话", {"description": "大专以上学历，双休"}, {"description": "大专以上学历，双休", "organisation": "澜川重工"}, False),
    ("同一单位的另一种岗位", {}, {"title": "装配钳工"}, False),
    ("一个实习、一个全职", {"employment": Employment.INTERNSHIP}, {"employment": Employment.FULL_TIME}, False),
    ("一个招新手、一个要五年经验", {"experience_years": 0}, {"experience_years": 5}, False),
    ("一个初级、一个高级", {"title": "初级数控车床操作工"}, {"title": "高级数控车床操作工"}, False),
    ("初级和初中级相通", {"title": "初级数控车床操作工"}, {"title": "初/中级数控车床操作工"}, True),
    ("同一单位同名而内容不同", {}, {"description": "负责机床电气部分的装配与接线，会看电气原理图，有低压电工证。"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "same"), [case[1:] for case in TWINS], ids=[case[0] for case in TWINS])
def test_near_duplicates_are_one_job_published_twice(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    mine, yours = (document_of(n, 1, a_posting(**{"description": TEXT, **f})) for n, f in enumerate((one, other)))
    assert are_duplicates(mine, yours) is are_duplicates(yours, mine) is same


def test_near_duplicates_become_one_entry_that_lists_the_others() -> None:
    twin = {"title": "数控车床操作工", "description": TEXT}
    matches = scored((0.70, twin), (0.69, {"title": "会计"}), (0.68, twin), (0.60, {"title": "文员"}))
    first, second, last = rerank(matches, only(collapse=True), about(matches), k=10)
    assert [one.pair.demand.id for one in first.merged] == [3]
    assert (second.notes, second.merged) == ((), ())
    assert (last.origin, last.place, [note.reason for note in last.notes]) == (4, 3, ["前面有 1 个岗位已合并"])


def test_the_newer_of_two_equal_near_duplicates_stands_for_both() -> None:
    twin = {"title": "数控车床操作工", "description": TEXT}
    matches = scored((0.70, {**twin, **days_ago(300)}), (0.70, {**twin, **days_ago(3)}))
    [placed] = rerank(matches, only(collapse=True, fresh=True), about(matches), k=10)
    assert (order([placed]), [one.pair.demand.id for one in placed.merged]) == ([2], [1])


SIZES = [
    ("工业 300 人以下", {"industry": "C34", "staff": 299}, True),
    ("工业 300 人", {"industry": "C34", "staff": 300}, False),
    ("批发 20 人", {"industry": "F51", "staff": 20}, False),
    ("零售 49 人", {"industry": "F52", "staff": 49}, True),
    ("仓储 100 人", {"industry": "G59", "staff": 100}, False),
    ("运输 100 人", {"industry": "G54", "staff": 100}, True),
    ("软件 99 人", {"industry": "I65", "staff": 99}, True),
    ("行业不明 100 人", {"staff": 100}, False),
    ("人数不明", {"industry": "C34"}, False),
    ("学校", {"type": OrganisationType.SCHOOL, "staff": 50}, False),
]


@pytest.mark.parametrize(("fields", "small"), [case[1:] for case in SIZES], ids=[case[0] for case in SIZES])
def test_small_is_who_the_standard_calls_so_by_staff(fields: dict[str, Any], small: bool) -> None:
    assert is_small(an_organisation(**fields)) is small


EMPLOYERS = [
    an_organisation(name=f"{n}号厂", staff=staff, industry="C34") for n, staff in enumerate((20, 50, 900, 5_000))
]

posted = st.builds(
    a_posting,
    title=st.sampled_from(["电工", "焊工", "会计", "护理员"]),
    organisation=st.sampled_from([one.name for one in EMPLOYERS]),
    description=st.sampled_from(["", TEXT]),
    headcount=st.sampled_from([None, 1, 20]),
    published=st.sampled_from([None, *(TODAY - timedelta(days=days) for days in (0, 40, 400))]),
)
lists = st.lists(st.tuples(st.integers(0, 30), posted), max_size=25).map(
    lambda rows: [
        a_match(id, score / 100, posting)
        for id, (score, posting) in enumerate(sorted(rows, key=lambda row: -row[0]), 1)
    ]
)
switched = st.builds(Switches, *([st.booleans()] * 5))
shown = st.dictionaries(st.integers(1, 25), st.integers(0, 60))


def arranged(matches: list[JobMatch], switches: Switches, shown: dict[int, int], k: int = 100) -> tuple[Placed, ...]:
    members = {one.name: one for one in EMPLOYERS}
    facts = known(matches, today=TODAY, employer_of=lambda posting: members[posting.organisation], shown=shown)
    return rerank(matches, switches, facts, k=k)


@given(lists, switched, shown)
def test_everyone_is_placed_or_merged_once(matches: list[JobMatch], switches: Switches, shown: dict[int, int]) -> None:
    placed = arranged(matches, switches, shown)
    merged = [one.pair.demand.id for entry in placed for one in entry.merged]
    assert sorted(order(placed) + merged) == [match.pair.demand.id for match in matches]
    assert switches.collapse or not merged
    assert [entry.place for entry in placed] == list(range(1, len(placed) + 1))


@given(lists, shown)
def test_with_every_rule_off_nothing_moves(matches: list[JobMatch], shown: dict[int, int]) -> None:
    placed = arranged(matches, OFF, shown)
    assert [entry.match for entry in placed] == matches
    assert all((entry.origin, entry.notes, entry.merged) == (entry.place, (), ()) for entry in placed)


@given(lists, switched, shown)
def test_nobody_falls_behind_one_that_scores_lower_by_more_than_the_bound(
    matches: list[JobMatch], switches: Switches, shown: dict[int, int]
) -> None:
    for before, after in combinations(arranged(matches, switches, shown), 2):
        assert before.match.score >= after.match.score * (1 - bound(switches)) - 1e-9


@given(lists, switched, shown)
def test_whoever_moved_has_a_reason_and_whoever_did_not_has_none(
    matches: list[JobMatch], switches: Switches, shown: dict[int, int]
) -> None:
    on = {rule.name for rule in RULES if getattr(switches, rule.name)} | {"collapse"}
    for entry in arranged(matches, switches, shown):
        assert bool(entry.notes) == (entry.origin != entry.place)
        assert {note.rule for note in entry.notes} <= on


@given(lists, switched, shown, st.integers(1, 25))
def test_asking_for_more_moves_nothing_that_was_listed(
    matches: list[JobMatch], switches: Switches, shown: dict[int, int], k: int
) -> None:
    assert arranged(matches, switches, shown, k=k) == arranged(matches, switches, shown)[:k]


@given(lists)
def test_small_enterprises_get_their_places_when_they_are_near_enough(matches: list[JobMatch]) -> None:
    switches = only(small=True)
    placed = [entry.match for entry in arranged(matches, switches, {})]
    small = [match.pair.demand.record.organisation in ("0号厂", "1号厂") for match in placed]
    for place in range(1, len(placed) + 1):
        left = [match.score for match, is_small in zip(placed[place:], small[place:], strict=True) if is_small]
        # A place that a small one has is given, however many are still due.
        if sum(small[:place]) < SMALL_PLACES * place // PAGE and not small[place - 1] and left:
            assert max(left) <= placed[place - 1].score * (1 - bound(switches)) + 1e-9


@given(lists)
def test_an_employer_has_two_on_the_first_page_unless_the_others_are_too_far_below(matches: list[JobMatch]) -> None:
    placed = [entry.match for entry in arranged(matches, only(diverse=True), {})]
    names = [match.pair.demand.record.organisation for match in placed]
    for place, (match, name) in enumerate(zip(placed[:PAGE], names, strict=False)):
        if names[:place].count(name) >= MOST_OF_ONE:
            others = [
                m.score
                for m, n in zip(placed[place:], names[place:], strict=True)
                if names[:place].count(n) < MOST_OF_ONE
            ]
            assert not others or max(others) <= match.score * 0.95 + 1e-9


def test_the_matcher_lists_with_evidence_and_leaves_the_ranking_alone() -> None:
    crafts = ("数控编程", "焊接", "模具设计")
    postings = [a_posting(title="技术员", required_skills=(name,), organisation="甲厂") for name in crafts]
    other = a_posting(title="技术员", required_skills=("数控编程", "报关"), organisation="乙厂")
    matcher = a_matcher(*postings, other, a_talent(skills=crafts, expected_positions=("技术员",)))
    ranked, talent = matcher.postings_for(5), matcher.document(Kind.TALENT, 5)
    listing = matcher.listing_for(talent, switches=only(diverse=True))
    assert listing.answer.matches == tuple(one.match for one in listing.placed)
    assert sorted(listing.answer.matches, key=ranked.matches.index) == list(ranked.matches)
    assert matcher.listing_for(talent, switches=OFF).answer == matcher.postings_for(5) == ranked


def test_an_employer_is_known_by_id_and_by_name() -> None:
    matcher = a_matcher(an_organisation(name="小厂"))
    by_name, by_id = a_posting(organisation="小 厂"), a_posting(organisation="小厂招聘处", organisation_id=1)
    found: list[Organisation | None] = [matcher.employer_of(one) for one in (by_name, by_id, a_posting())]
    assert [one and one.name for one in found] == ["小厂", "小厂", None]
