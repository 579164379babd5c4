"""What the law has against a posting: right and wrong wordings, numbers, form; every quote is exact."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import taxonomy
from indexing.text import stated, texts
from matching.lawful import check, is_placement, recruiter
from models.lawful import Finding, Known, Recruiter, Severity
from models.organisations import OrganisationType
from models.postings import Posting
from models.terms import Education, Employment, Salary, Shift
from tests.builders import a_posting, an_organisation, from_source

TODAY = date(2026, 11, 20)

WHOLE = {
    "title": "装配工",
    "headcount": 5,
    "description": "岗位职责：负责水泵装配与自检。任职要求：能看懂装配图。",
    "education": Education.SECONDARY,
    "place": "澜川市高新区",
    "salary": Salary(low=5000, high=7000),
    "industry": "C34",
    "published": date(2026, 11, 1),
    "expires": date(2026, 12, 31),
}
"""A posting that nothing stands against."""


def a_whole_posting(**fields: Any) -> Posting:
    return a_posting(**{**WHOLE, **fields})


def saying(words: str, **fields: Any) -> Posting:
    """The whole posting with the words as a line of their own, under a heading that belongs to no duty."""
    return a_whole_posting(description=f"{WHOLE['description']}\n福利待遇：\n{words}", **fields)


def found(posting: Posting, **given: Any) -> list[Finding]:
    return list(check(posting, today=TODAY, **given))


def broken(posting: Posting, **given: Any) -> set[str]:
    return {one.rule.name for one in found(posting, **given)}


def test_nothing_stands_against_a_posting_that_holds_what_it_must() -> None:
    assert broken(a_whole_posting()) == set()
    assert broken(a_whole_posting(employment=Employment.INTERNSHIP)) == set()


INTERNSHIPS = [
    ("intern-night", "上夜班，每月轮一次", "夜班"),
    ("intern-night", "两班倒，半月一换", "两班倒"),
    ("intern-night", "能适应倒班", "倒班"),
    ("intern-night", "生产线四班三运转", "四班三运转"),
    ("intern-night", "需要２４小时值班", "２４小时值班"),
    ("intern-overtime", "旺季要能加班", "要能加班"),
    ("intern-overtime", "需要配合公司加班", "需要配合公司加班"),
    ("intern-overtime", "大小周", "大小周"),
    ("intern-overtime", "每天工作12小时，包工作餐", "每天工作12小时"),
    ("intern-overtime", "偶尔加班，有调休", "偶尔加班"),
    ("intern-holiday", "节假日需要上班", "节假日需要上班"),
    ("intern-holiday", "春节期间正常上班", "春节期间正常上班"),
    ("intern-hazard", "需从事高空作业", "高空作业"),
    ("intern-hazard", "有登高证者优先，不恐高", "登高证"),
    ("intern-hazard", "接触有毒溶剂", "接触有毒"),
    ("intern-hazard", "协助危化品装卸", "危化品装卸"),
    ("intern-hazard", "跟师傅下井，井下作业为主", "井下作业"),
    ("intern-hazard", "焊缝射线检测，持证上岗", "射线检测"),
    ("intern-heavy", "重体力劳动，能吃苦", "重体力劳动"),
    ("intern-heavy", "III级以上体力劳动", "III级以上体力劳动"),
    ("intern-heavy", "搬运铸件，单件50公斤", None),
    ("intern-first-year", "大一学生也可报名", "大一学生"),
    ("intern-first-year", "中职一年级学生均可", "中职一年级学生"),
    ("intern-agency", "由劳务公司统一安排", "由劳务公司"),
    ("intern-agency", "与第三方劳务公司签合同", "第三方劳务"),
    ("intern-agency", "本岗为劳务派遣", "劳务派遣"),
    ("intern-fee", "报到时缴纳实习费800元", "缴纳实习费"),
    ("intern-fee", "须交押金300元，离厂退还", "交押金"),
    ("intern-unpaid", "实习期间无工资", "无工资"),
    ("intern-unpaid", "以购物卡代替工资", "以购物卡代替工资"),
    ("intern-agreement", "无需签三方协议，来了就干", "无需签三方协议"),
    ("intern-age", "年满15周岁即可", "年满15周岁即可"),
    ("intern-place", "地址：澜川市中山路星海KTV", "KTV"),
]


@pytest.mark.parametrize(("rule", "words", "quote"), INTERNSHIPS, ids=[words for _, words, _ in INTERNSHIPS])
def test_an_internship_that_the_rules_forbid_is_told_in_its_own_words(rule: str, words: str, quote: str | None) -> None:
    posting = saying(words, employment=Employment.INTERNSHIP)
    quotes = [one.span.text for one in found(posting) if one.rule.name == rule and one.span]
    if quote is None:
        assert quotes
    else:
        assert quote in quotes


LAWFUL_INTERNSHIPS = [
    "常白班，无夜班",
    "不上夜班，不倒班",
    "双休不加班",
    "很少加班，法定节假日休息",
    "法定节假日加班3倍工资",
    "不安排高空作业，不接触有毒有害物质",
    "严禁携带易燃易爆物品进厂",
    "不收取任何费用，无押金",
    "不收押金、培训费、管理费",
    "谢绝中介",
    "非劳务派遣，直接签三方协议",
    "拒绝中介代招",
    "二年级以上学生，不招一年级学生",
    "加班费按国家规定",
    "带教师傅有井上设备维修经验",
    "年满16周岁",
    "公司每月组织KTV聚餐",
    "厂区附近有网吧、超市",
    "从不拖欠工资",
    "大一点的宿舍，四人间",
    "实习补贴按月足额发放",
]


@pytest.mark.parametrize("words", LAWFUL_INTERNSHIPS)
def test_what_an_internship_denies_or_speaks_of_otherwise_is_no_finding(words: str) -> None:
    assert broken(saying(words, employment=Employment.INTERNSHIP)) == set()


PLACES = [
    ("酒吧服务员（实习）", "澜川餐饮有限公司", True),
    ("收银实习生", "澜川金海岸夜总会", True),
    ("网咖网管实习", "澜川网络有限公司", True),
    ("足浴店前台实习", "澜川养生有限公司", True),
    ("酒店前台实习生", "澜川国际大酒店", False),
    ("KTV音响设备装配实习生", "澜川电声有限公司", False),
    ("吧台饮品制作实习生", "澜川咖啡有限公司", False),
    ("游戏美术实习生", "澜川互动科技有限公司", False),
]


@pytest.mark.parametrize(("title", "organisation", "forbidden"), PLACES, ids=[title for title, *_ in PLACES])
def test_students_are_not_sent_to_places_of_entertainment(title: str, organisation: str, forbidden: bool) -> None:
    posting = a_whole_posting(title=title, organisation=organisation, employment=Employment.INTERNSHIP)
    assert ("intern-place" in broken(posting)) == forbidden


def test_the_shift_that_is_filled_in_counts_and_is_quoted_as_it_is_published() -> None:
    posting = a_whole_posting(employment=Employment.INTERNSHIP, shift=Shift.THREE)
    [finding] = found(posting)
    assert finding.rule.name == "intern-night"
    assert finding.span
    assert finding.span.text == "三班倒" == stated(posting)["shift"]


def test_rules_on_internships_leave_employees_and_graduate_students_alone() -> None:
    assert broken(saying("两班倒，能接受加班，有高空作业")) == set()
    assert not is_placement(a_posting(employment=Employment.INTERNSHIP, education=Education.MASTER))
    assert is_placement(a_posting(title="软件测试实习生"))


def test_an_apprentice_is_warned_about_unless_students_are_meant() -> None:
    words = "跟班学习，两班倒"
    employee = found(saying(words, employment=Employment.APPRENTICESHIP))
    student = found(saying(f"现代学徒制，{words}", employment=Employment.APPRENTICESHIP))
    trained = found(saying(f"企业新型学徒，与技师学院合作，{words}", employment=Employment.APPRENTICESHIP))
    assert {one.rule.severity for one in trained} == {Severity.WARNS}
    assert {one.rule.severity for one in employee} == {Severity.WARNS}
    assert {one.rule.severity for one in student} == {Severity.BLOCKS}


WRONG = [
    ("fee", "入职须交押金500元", "交押金"),
    ("fee", "服装费200元从首月工资里扣", "服装费200元"),
    ("fee", "岗前培训费自理", "培训费自理"),
    ("fee", "工牌押金共：50元，离职退", "押金共：50元"),
    ("seizure", "入职上交身份证原件", "上交身份证原件"),
    ("seizure", "毕业证由公司统一保管", "毕业证由公司统一保管"),
    ("child-labour", "年龄15-35岁均可", "年龄15-35岁"),
    ("child-labour", "14周岁以上可", "14周岁以上"),
    ("sex", "只招男工", "只招男"),
    ("sex", "女士优先", "女士优先"),
    ("sex", "招应届女毕业生", "应届女毕业生"),
    ("marital", "已婚已育优先", "已婚已育优先"),
    ("marital", "两年内不得怀孕", "两年内不得怀孕"),
    ("marital", "孕妇勿扰", "孕妇勿扰"),
    ("marital", "入职须做孕检", "须做孕检"),
    ("ethnicity", "少数民族勿扰", "少数民族勿扰"),
    ("ethnicity", "外教限白人", "限白人"),
    ("religion", "要求无宗教信仰", "无宗教信仰"),
    ("disability", "不招残疾人", "不招残疾人"),
    ("disability", "四肢健全", "四肢健全"),
    ("infection", "乙肝五项正常", "乙肝五项正常"),
    ("infection", "身体健康，无传染病", "无传染病"),
    ("origin", "限本市户口", "限本市户口"),
    ("origin", "本地人优先", "本地人优先"),
    ("origin", "东北人勿扰", "东北人勿扰"),
    ("age", "35岁以下", "35岁以下"),
    ("appearance", "形象好气质佳，身高165以上", "形象好气质佳，身高165以上"),
    ("bait-pay", "轻松月入过万，多劳多得", "轻松月入过万"),
    ("bait-pay", "日入过千不是梦", "日入过千"),
    ("bait-pay", "躺着赚钱", "躺着赚钱"),
    ("bait-promise", "百分百录用，来了就上班", "百分百录用"),
    ("bait-promise", "国企内部名额，保录用", "保录用"),
    ("bait-promise", "毕业包就业", "包就业"),
    ("bait-promise", "面试必过，当天入职", "面试必过"),
    ("fake-authority", "央企内部直招，名额有限", "央企内部直招"),
    ("fake-authority", "人社部指定培训就业单位", "人社部指定"),
    ("training-loan", "先学后付，零首付入学", "先学后付"),
    ("training-loan", "学费可分期", "学费可分期"),
    ("training-loan", "上岗后再还培训费", "上岗后再还培训费"),
    ("training-disguised", "岗前培训后安排就业", "岗前培训后安排就业"),
    ("training-disguised", "需自费培训两个月", "需自费培训"),
    ("training-disguised", "先签培训协议", "签培训协议"),
    ("service-disguised", "入职前须购买职业测评", "购买职业测评"),
    ("service-disguised", "付费面试辅导，名企内推名额", "付费面试辅导"),
    ("franchise-disguised", "诚招加盟商，加盟费5万起", "诚招加盟商"),
    ("franchise-disguised", "前期投资3万元，自负盈亏", "自负盈亏"),
    ("pyramid", "发展下线有提成", "发展下线"),
    ("pyramid", "认购产品即可成为会员代理", "认购产品即可成为会员"),
    ("brushing", "手机操作，给店铺刷单", "刷单"),
    ("brushing", "居家打字员，日结", "居家打字员"),
    ("brushing", "点赞员，做任务返佣", "点赞员"),
    ("gambling", "有博彩平台推广经验", "博彩"),
]


@pytest.mark.parametrize(("rule", "words", "quote"), WRONG, ids=[words for _, words, _ in WRONG])
def test_what_no_posting_may_say_is_told_in_its_own_words(rule: str, words: str, quote: str) -> None:
    quotes = [one.span.text for one in found(saying(words)) if one.rule.name == rule and one.span]
    assert any(quote in one for one in quotes), quotes


RIGHT = [
    "不收取任何费用",
    "无需缴费，无任何押金",
    "绝不收报名费、服装费、体检费，谨防诈骗",
    "体检费由公司承担",
    "入职带身份证复印件一张",
    "面试请携带身份证原件",
    "五险一金齐全，带薪年假",
    "男女不限，年龄不限",
    "男员工享陪产假",
    "女职工有产假和哺乳假",
    "宿舍有男生楼和女生楼",
    "不限户籍，可落户澜川",
    "单身员工提供公寓",
    "熟悉本地人文",
    "残疾人优先",
    "月薪8000-12000元",
    "高于同行的薪酬",
    "欢迎您的加盟",
    "期待优秀人才加盟，共同发展",
    "带薪培训，合格后上岗",
    "免费培训，推荐考证",
    "内推成功奖励500元",
    "提供就业前的安全培训",
    "缴纳生育保险",
    "生育津贴、结婚礼金",
    "办公室可打字复印",
    "刷单行为一经发现立即开除",
    "无赌博等不良嗜好",
    "谢绝中介、劳务",
    "最高1.5元/件计件",
    "每天8小时，双休不加班",
    "客户押金按合同退还",
    "在校期间获奖优先",
    "公司位于软件园16-19层",
    "国企，劳动合同直签",
]


@pytest.mark.parametrize("words", RIGHT)
def test_what_is_denied_or_said_of_something_else_is_no_finding(words: str) -> None:
    assert broken(saying(words)) == set()


DUTIES = [
    "收取租户押金并登记",
    "处理投标保证金",
    "解答学员学费分期问题",
    "识别刷单、虚假交易",
    "负责招商加盟政策讲解",
    "管理派遣员工",
]


@pytest.mark.parametrize("words", DUTIES)
def test_what_the_job_handles_is_no_demand_on_who_applies(words: str) -> None:
    assert broken(a_whole_posting(description=f"岗位职责：\n1、{words}；\n任职要求：\n1、细心。")) == set()


def test_praise_that_the_stated_pay_bears_out_is_no_bait() -> None:
    paid = Salary(low=10_000, high=15_000)
    assert "bait-pay" in broken(saying("月入过万"))
    assert broken(saying("月入过万", salary=paid)) == set()
    assert broken(saying("日赚300", salary=Salary(low=8_000, high=12_000))) == set()
    assert "bait-pay" in broken(saying("轻松月入过万", salary=paid))


def test_handling_food_calls_for_a_health_certificate_and_nothing_more() -> None:
    assert broken(saying("身体健康，无传染病，持健康证", title="中餐厨师")) == set()
    assert "infection" in broken(saying("无乙肝", title="中餐厨师"))


def test_people_under_18_stay_out_of_places_and_work_that_harm_them() -> None:
    assert "minor-place" in broken(saying("16-45岁，男女不限", title="KTV收银员"))
    assert "minor-hazard" in broken(saying("16岁以上，从事高空作业"))
    assert not {"minor-place", "minor-hazard"} & broken(saying("年满18周岁，从事高空作业", title="KTV收银员"))


MISSING = [
    ("element-headcount", {"headcount": None}),
    ("element-place", {"place": None}),
    ("element-pay", {"salary": None}),
    ("element-employer", {"industry": None}),
    ("element-conditions", {"education": None, "description": "负责水泵装配与自检，跟踪生产进度。"}),
    ("element-work", {"description": "包吃住，月休4天，有经验者优先"}),
    ("validity-missing", {"expires": None, "published": date(2026, 5, 1)}),
    ("validity-missing", {"expires": None, "published": None}),
    ("validity-over", {"expires": date(2026, 11, 19)}),
]


@pytest.mark.parametrize(("rule", "fields"), MISSING, ids=[f"{rule} {sorted(fields)}" for rule, fields in MISSING])
def test_an_element_that_the_notice_asks_for_is_missed(rule: str, fields: dict[str, Any]) -> None:
    assert broken(a_whole_posting(**fields)) == {rule}


STATED = [
    ("招聘5名", {"headcount": None}),
    ("招聘若干名", {"headcount": None}),
    ("工作地点：澜川市高新区", {"place": None}),
    ("可远程办公", {"place": None}),
    ("月薪6000-8000元", {"salary": None}),
    ("每单5元，多劳多得", {"salary": None}),
    ("招聘截止时间：2026-12-31", {"expires": None, "published": None}),
]


@pytest.mark.parametrize(("words", "fields"), STATED, ids=[words for words, _ in STATED])
def test_an_element_may_stand_in_the_text(words: str, fields: dict[str, Any]) -> None:
    assert broken(saying(words, **fields)) == set()


def test_pay_that_is_left_open_is_quoted() -> None:
    [finding] = found(saying("薪资面议", salary=None))
    assert (finding.rule.name, finding.span and finding.span.text) == ("element-pay", "薪资面议")


def test_an_end_in_the_text_that_has_passed_is_quoted_with_both_days() -> None:
    [finding] = found(saying("招聘截止时间：2026-10-31", expires=None))
    assert (finding.rule.name, finding.span and finding.span.text) == ("validity-over", "截止时间：2026-10-31")
    assert finding.numbers
    assert "2026-11-20" in finding.numbers.limit


def test_a_fresh_posting_without_an_end_is_only_warned_about() -> None:
    [finding] = found(a_whole_posting(expires=None))
    assert (finding.rule.name, finding.blocks) == ("validity-missing", False)


def test_the_members_record_tells_who_the_employer_is() -> None:
    posting = a_whole_posting(industry=None)
    assert broken(posting, organisation=an_organisation(staff=120)) == set()
    assert broken(posting, organisation=an_organisation()) == {"element-employer"}


@pytest.mark.parametrize(("verified", "due"), [(date(2026, 5, 20), False), (date(2026, 5, 19), True), (None, False)])
def test_the_recruiters_papers_are_checked_every_six_months(verified: date | None, due: bool) -> None:
    assert ("verification" in broken(a_whole_posting(), known=Known(verified=verified))) == due


def test_six_months_after_the_end_of_august_is_the_end_of_february() -> None:
    known = Known(verified=date(2026, 8, 31))
    assert check(a_whole_posting(expires=date(2027, 3, 31)), known=known, today=date(2027, 2, 28)) == ()
    [finding] = check(a_whole_posting(expires=date(2027, 3, 31)), known=known, today=date(2027, 3, 1))
    assert finding.rule.name == "verification"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("澜川博才人力资源有限公司", Recruiter.AGENCY),
        ("澜川众力劳务派遣有限公司", Recruiter.AGENCY),
        ("澜川市公共就业服务中心", Recruiter.PUBLIC),
        ("澜川市人力资源和社会保障局", Recruiter.PUBLIC),
        ("澜川精工机械有限公司", Recruiter.EMPLOYER),
        ("澜川宏基建筑劳务有限公司", Recruiter.EMPLOYER),
    ],
)
def test_three_kinds_of_recruiter_are_told_apart(name: str, kind: Recruiter) -> None:
    assert recruiter(name) is kind
    assert ("recruiter-agency" in broken(a_whole_posting(organisation=name))) == (kind is Recruiter.AGENCY)


def test_a_department_recruits_publicly() -> None:
    member = an_organisation(name="澜川市经济和信息化局", type=OrganisationType.GOVERNMENT)
    assert recruiter(member.name, member) is Recruiter.PUBLIC


def test_a_repost_names_its_source() -> None:
    words = "原标题：《长白班装配工》"
    assert broken(saying(words)) == {"repost-source"}
    assert broken(saying(words, source=from_source("17", "澜川人才网"))) == set()


SHARES = [
    ({"headcount": 10}, {"staff": 100}, {}, set()),
    ({"headcount": 11}, {"staff": 100}, {}, {"intern-share"}),
    ({"headcount": 4}, {"staff": 100}, {"interns": 7}, {"intern-share"}),
    ({"headcount": 3}, {"staff": 100}, {"interns": 7}, set()),
    ({"headcount": 30}, {}, {}, set()),
    ({"headcount": 2}, {}, {"staff_on_post": 10}, set()),
    ({"headcount": 3}, {}, {"staff_on_post": 10}, {"intern-share-on-post"}),
    ({"headcount": 1}, {}, {"staff_on_post": 10, "interns_on_post": 2}, {"intern-share-on-post"}),
]


@pytest.mark.parametrize(("fields", "member", "known", "rules"), SHARES)
def test_interns_stay_a_tenth_of_the_staff_and_a_fifth_on_a_post(
    fields: dict[str, Any], member: dict[str, Any], known: dict[str, Any], rules: set[str]
) -> None:
    posting = a_whole_posting(employment=Employment.INTERNSHIP, **fields)
    findings = found(posting, organisation=an_organisation(**member), known=Known(**known))
    assert {one.rule.name for one in findings} == rules
    assert all(one.numbers for one in findings)


@pytest.mark.parametrize(("low", "rules"), [(3200, set()), (3199, {"intern-pay"})])
def test_an_intern_earns_four_fifths_of_what_the_post_pays(low: int, rules: set[str]) -> None:
    posting = a_whole_posting(employment=Employment.INTERNSHIP, salary=Salary(low=low, high=4000))
    findings = found(posting, known=Known(pay_on_post=4000))
    assert {one.rule.name for one in findings} == rules
    assert not any(one.blocks for one in findings)


STUDENTS = [
    (Known(under_16=True), {"intern-age"}),
    (Known(first_year=True), {"intern-first-year"}),
    (Known(agreement=False), {"intern-agreement"}),
    (Known(under_18=True, consent=False), {"intern-consent"}),
    (Known(under_18=True, consent=True, agreement=True, first_year=False, under_16=False), set()),
    (Known(), set()),
]


@pytest.mark.parametrize(("known", "rules"), STUDENTS)
def test_what_the_school_says_of_a_student_stands_against_the_placement(known: Known, rules: set[str]) -> None:
    assert broken(a_whole_posting(employment=Employment.INTERNSHIP), known=known) == rules
    assert broken(a_whole_posting(), known=known) == set()


def test_a_text_that_repeats_itself_is_read_in_time_and_quoted_a_few_times() -> None:
    for words in ("夜班", "收取1111111111", "押金", "高薪诚聘", "男", "16-", "搬运", "121", "从事高空"):
        text = (words * 20_000)[:20_000]
        findings = found(a_whole_posting(description=text, employment=Employment.INTERNSHIP))
        assert sum(one.rule.name == "intern-night" for one in findings) <= 20


def test_blocking_findings_come_first_and_each_names_its_law_and_what_to_do() -> None:
    findings = found(saying("35岁以下，入职交押金500元", employment=Employment.FULL_TIME))
    assert [one.rule.name for one in findings] == ["fee", "age"]
    assert findings[0].message == ("“交押金”：招用劳动者不得要求提供担保或者以其他名义收取财物（《劳动合同法》第九条）")
    assert findings[0].rule.advice


def test_a_finding_about_numbers_tells_both() -> None:
    posting = a_whole_posting(employment=Employment.INTERNSHIP, headcount=11)
    [finding] = found(posting, organisation=an_organisation(staff=100))
    assert finding.message == (
        "本岗位 11 名，在岗职工 100 名，应不超过 10 名：岗位实习学生不超过实习单位在岗职工总数的10%"
        "（《职业学校学生实习管理规定》第九条）"
    )


_FRAGMENTS = st.sampled_from(
    [words for _, words, _ in [*INTERNSHIPS, *WRONG]]
    + RIGHT
    + ["\n1、", "；", "。", " ", "Ａ１２", "㎡", "🤖", "【要求】："]
)
_TEXTS = st.lists(_FRAGMENTS, max_size=8).map("".join)


@given(title=_TEXTS.filter(lambda text: 0 < len(text.strip()) <= 200), description=_TEXTS)
def test_every_quote_is_the_published_text_at_its_offsets(title: str, description: str) -> None:
    posting = a_posting(title=title, description=description, employment=Employment.INTERNSHIP, shift=Shift.NIGHT)
    published = {**texts(posting), **stated(posting)}
    for one in found(posting):
        if one.span:
            assert published[one.span.field][one.span.start : one.span.end] == one.span.text != ""


def test_every_rule_is_reached_by_some_case() -> None:
    """Rules that no table above names are told here, so that a new row of the file wants a case."""
    tabled = {rule for rule, *_ in [*INTERNSHIPS, *WRONG, *MISSING]}
    elsewhere = {
        "intern-share", "intern-share-on-post", "intern-pay", "intern-consent", "minor-place", "minor-hazard",
        "repost-source", "recruiter-agency", "verification",
    }  # fmt: skip
    assert set(taxonomy.rules()) == tabled | elsewhere
