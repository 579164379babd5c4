"""What postings state in words, as tables of Chinese cases: (text, value, the words that state it)."""

import pytest

from indexing.extract import extract
from models.matches import Facts
from models.terms import Education, PayPeriod, Salary, Shift, SkillLevel
from models.traits import Trait

MONTH, YEAR, DAY, HOUR = PayPeriod.MONTH, PayPeriod.YEAR, PayPeriod.DAY, PayPeriod.HOUR


def facts(text: str) -> Facts:
    return extract({"description": text})


@pytest.mark.parametrize(
    ("text", "education", "words"),
    [
        ("1、大专及以上学历，机电专业；", Education.JUNIOR_COLLEGE, "大专及以上学历"),
        ("学历：本科", Education.BACHELOR, ": 本科"),
        ("学历不限，能吃苦", Education.ANY, "学历不限"),
        ("不限学历，会干就行", Education.ANY, "不限学历"),
        ("中专（含高中）以上学历", Education.SECONDARY, "中专（含高中）以上学历"),
        ("高中或中专以上；２年经验", Education.SECONDARY, "高中或中专以上"),
        ("统招本科及以上，硕士优先", Education.BACHELOR, "统招本科及以上"),
        ("全日制大专学历起步", Education.JUNIOR_COLLEGE, "全日制大专学历起步"),
        ("要求：硕士，模式识别专业", Education.MASTER, "硕士"),
    ],
)
def test_the_lowest_education_accepted(text: str, education: Education, words: str) -> None:
    stated = facts(text).education
    assert stated
    assert (stated.value, stated.span.text.strip("：: ")) == (education, words.strip("：: "))


@pytest.mark.parametrize(
    "text", ["本科优先", "高中数学教师，教高中数学", "硕士以上学历者优先", "带过小学生和初中生", ""]
)
def test_education_that_nobody_demands(text: str) -> None:
    assert facts(text).education is None


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("3年以上工作经验", 3),
        ("三年以上机修经验", 3),
        ("要求２－３年仓管经验", 2),
        ("有半年以上焊接经验", 0),
        ("无需经验，公司带教", 0),
        ("经验不限", 0),
        ("大专，应届毕业生亦可", 0),
        ("应往届均可", 0),
        ("小白可做", 0),
        ("3年以上工作经验，优秀应届生也可", 0),
        ("①2年以上经验", 2),
        ("5年以上工作经验，其中2年以上管理经验", 5),
        ("1、会调机；2.2年以上内操经验", 2),
    ],
)
def test_the_fewest_years_accepted(text: str, years: int) -> None:
    stated = facts(text).experience_years
    assert stated
    assert stated.value == years


@pytest.mark.parametrize(
    "text",
    ["公司成立20年", "3年以上经验者优先", "签3年合同", "近三年无重大事故", "18-35岁", "工作时间：19-7\n年龄：63岁以下"],
)
def test_years_that_are_not_demanded(text: str) -> None:
    assert facts(text).experience_years is None


@pytest.mark.parametrize(
    ("text", "headcount", "words"),
    [
        ("招5人", 5, "5人"),
        ("名额：３", 3, "３"),
        ("急招焊工十名", 10, "十名"),
        ("招聘人数：3-5人", 3, "3-5人"),
        ("招钣金、喷漆各一位", 2, "各一位"),
        ("包装工8名，长白班", 8, "8名"),
        ("需要一名能独立带项目的设计师", 1, "一名"),
    ],
)
def test_how_many_are_wanted(text: str, headcount: int, words: str) -> None:
    stated = facts(text).headcount
    assert stated
    assert (stated.value, stated.span.text) == (headcount, words)


@pytest.mark.parametrize("text", ["招聘若干名", "团队20人", "四人间宿舍，住4人一间", "带领5名员工", "招聘3个月内到岗"])
def test_numbers_of_people_who_are_not_wanted(text: str) -> None:
    assert facts(text).headcount is None


@pytest.mark.parametrize(
    ("text", "low", "high", "per"),
    [
        ("薪资：6000-8000元/月", 6000, 8000, MONTH),
        ("底薪+提成，5-8K", 5000, 8000, MONTH),
        ("９Ｋ－１４Ｋ，五险一金", 9000, 14000, MONTH),
        ("时薪22元，一天10小时", 22, 22, HOUR),
        ("日结350-450元/天", 350, 450, DAY),
        ("年薪15-20万", 150_000, 200_000, YEAR),
        ("1.2W-1.8W/月", 12_000, 18_000, MONTH),
        ("月薪1-1.6万，双休", 10_000, 16_000, MONTH),
        ("工资12000-15000一个月", 12_000, 15_000, MONTH),
        ("综合6000起", 6000, 6000, MONTH),
        ("试用期4000，转正工资5000-7000", 5000, 7000, MONTH),
        ("底薪3000，综合收入6000-9000元", 6000, 9000, MONTH),
        ("长白班，5500-7000。", 5500, 7000, MONTH),
    ],
)
def test_the_pay_as_it_is_quoted(text: str, low: int, high: int, per: PayPeriod) -> None:
    stated = facts(text).salary
    assert stated
    assert stated.value == Salary.quoted(low, high, per=per)


def test_thirteen_months_of_pay() -> None:
    stated = facts("薪酬：8-13K·13薪").salary
    assert stated
    assert stated.value.label == "8000-13000元/月·13薪"


@pytest.mark.parametrize(
    "text",
    [
        "工资面议",
        "出差补贴150/天",
        "全勤奖200元",
        "注册资本5000-8000万元",
        "打字40-60字/分",
        "日均订单3000-5000单",
        "夜班补贴30元/晚",
    ],
)
def test_amounts_that_are_no_pay(text: str) -> None:
    assert facts(text).salary is None


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("能适应两班倒", Shift.TWO),
        ("四班三运转", Shift.THREE),
        ("上班常白班", Shift.DAY),
        ("上夜班，不倒白班", Shift.NIGHT),
        ("服从排班", Shift.ROSTER),
        ("早中晚班", Shift.ROSTER),
        ("弹性工作，可居家", Shift.FLEXIBLE),
    ],
)
def test_the_working_hours(text: str, shift: Shift) -> None:
    stated = facts(text).shift
    assert stated
    assert stated.value is shift


@pytest.mark.parametrize("text", ["不用上夜班", "夜班补贴30元", "负责员工排班", "双休", "弹性模量计算"])
def test_hours_that_are_not_demanded(text: str) -> None:
    assert facts(text).shift is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("焊工，中级工以上", SkillLevel.INTERMEDIATE),
        ("高级工及以上，学历不限", SkillLevel.SENIOR),
        ("高级技师待遇另议", SkillLevel.SENIOR_TECHNICIAN),
        ("三级及以上职业技能等级证书", SkillLevel.SENIOR),
    ],
)
def test_the_lowest_grade_accepted(text: str, level: SkillLevel) -> None:
    stated = facts(text).skill_level
    assert stated
    assert stated.value is level


@pytest.mark.parametrize("text", ["高级工程师", "高级工优先", "康复技师一名", "初级工程师", "学徒勿扰"])
def test_grades_that_are_not_demanded(text: str) -> None:
    assert facts(text).skill_level is None


@pytest.mark.parametrize(
    ("text", "trait", "words"),
    [
        ("快修店招学徒，限男，住宿", Trait.SEX, "限男"),
        ("女工优先，计件", Trait.SEX, "女工优先"),
        ("要求：18-45岁", Trait.AGE, "18-45岁"),
        ("年龄：35周岁以下", Trait.AGE, "年龄：35周岁以下"),
        ("本地户口优先", Trait.HUKOU, "本地户口优先"),
        ("男女不限，不招外省", Trait.HUKOU, "不招外省"),
        ("形象好气质佳", Trait.APPEARANCE, "形象好气质佳"),
        ("身高１６５以上", Trait.APPEARANCE, "身高１６５以上"),
        ("要求五官端正，形象佳", Trait.APPEARANCE, "五官端正，形象佳"),
        ("已婚已育优先", Trait.MARITAL, "已婚已育优先"),
        ("乙肝携带者勿扰", Trait.INFECTION, "乙肝携带者勿"),
        ("不招残疾人", Trait.DISABILITY, "不招残疾人"),
        ("限汉族", Trait.ETHNICITY, "限汉族"),
        ("1、女生，负责接听电话", Trait.SEX, "女生"),
        ("女普工", Trait.SEX, "女普工"),
        ("招应届女毕业生", Trait.SEX, "应届女毕业生"),
        ("单身者优先", Trait.MARITAL, "单身者优先"),
    ],
)
def test_unlawful_demands_are_flagged_with_their_words(text: str, trait: Trait, words: str) -> None:
    assert [(one.trait, one.span.text) for one in facts(text).discrimination] == [(trait, words)]


@pytest.mark.parametrize(
    "text",
    [
        "男女不限，年龄不限，户籍不限",
        "照顾3-6岁幼儿",
        "负责男装、女装销售",
        "外地员工提供单身公寓",
        "会员到店、少儿英语",
        "维护店铺形象，策划品牌形象",
        "可解决上海户口",
        "男员工享陪产假，女员工享产假",
        "能做男士、女士发型",
        "培训共120人（女生37人）",
        "同事单身占一半",
        "熟悉本地人文地理",
        "计件工资最高1.5元/票",
    ],
)
def test_what_is_left_open_or_said_of_others_is_no_demand(text: str) -> None:
    assert facts(text).discrimination == ()


def test_ages_for_each_sex_demand_neither() -> None:
    assert {one.trait for one in facts("年龄：女18-40岁，男18-35岁").discrimination} == {Trait.AGE}


def test_the_message_quotes_the_words_and_the_law() -> None:
    (found,) = facts("限男").discrimination
    assert found.message == "“限男”涉嫌就业歧视，不参与匹配（性别：《就业促进法》第二十七条）"


def test_the_title_states_what_the_description_does_not() -> None:
    found = extract({"title": "普工6000-8000元/月（包吃住）", "description": "长白班"})
    assert found.salary
    assert found.salary.span.field == "title"
    assert found.shift
    assert found.shift.span.field == "description"
