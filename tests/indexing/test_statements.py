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


@pytest.mark.parametrize(
    ("text", "headcount"),
    [
        # jobs whose names hold the words that usually speak of others: 服务, 管理, 配, 员工, 照护
        ("饭店招服务员5名，包吃住", 5),
        ("仓库招管理人员两名", 2),
        ("招装配工10名，坐着干", 10),
        ("招聘5名员工，男女不限", 5),
        ("护理员四名，会照顾老人", 4),
        ("带3个徒弟，招钳工师傅1名", 1),
        ("团队8人，还缺2位后端", 2),
        ("公司现有员工50人，因扩产再招15人", 15),
        ("招客户经理3名，招2名客户代表", 3),
        ("招3名客户经理", 3),
        ("招切配两名", 2),
        ("招仓库管理2名", 2),
        ("招2名日语翻译", 2),
        ("招1名单片机工程师", 1),
        ("招2名月嫂，3名天猫客服", 5),
        ("招10名学生兼职", 10),
        ("提供员工宿舍。焊工3名", 3),
        ("目前招聘人数：3", 3),
        ("共有5个名额", 5),
        # verbs and words that ask
        ("还差3个人，明天就上班", 3),
        ("再来两位会开叉车的师傅", 2),
        ("工地要仨瓦工", 3),
        ("缺俩跟车的，身体好就行", 2),
        ("诚招文员一枚，双休", 1),
        ("诚邀2名合伙人加入", 2),
        ("寻求一位熟悉染整工艺的主任", 1),
        ("补招质检2位", 2),
        ("拟招12人", 12),
        ("先招2个试试", 2),
        ("想找两位住家保姆", 2),
        ("招募志愿讲解员15名", 15),
        ("招C1司机3名", 3),
        ("厨房招人，炒锅一位，打荷两位", 3),
        ("限5人，招满为止", 5),
        ("急招长期工！流水线30人", 30),
        ("注塑车间加人，夜班6个", 6),
        ("再添三名技师", 3),
        ("共2人，男女各一", 2),
        # how much is said
        ("招三四个包装工", 3),
        ("招20多名分拣员", 20),
        ("新线投产需操作工60余名", 60),
        ("急招普工50人以上", 50),
        ("招一百名普工", 100),
        ("计划招聘约15人", 15),
        ("招1~2名", 1),
        ("招5、6个小工", 5),
        ("急招普工100+", 100),
        # labels and places left
        ("岗位名称：测试\n招聘数量：4", 4),
        ("【需求人数】\n3~5人", 3),
        ("招聘人数（名）：4", 4),
        ("本岗位HC：3", 3),
        ("20HC，可内推", 20),
        ("还剩3个坑，欢迎自荐", 3),
        ("岗位缺口6个", 6),
        ("定员3名", 3),
        ("编制1个", 1),
        ("岗位1个", 1),
        ("只剩1个位置", 1),
        ("名额还有仨", 3),
        # after and before the name of the job
        ("初级测试3名（专业不限）", 3),
        ("内勤1名电脑熟练", 1),
        ("质检员：2 名  5000-6500", 2),
        ("保安×4，夜班补贴另算", 4),
        ("月嫂8名马上上户", 8),
        ("男尾部1名（白班）\n年龄45岁左右", 1),
        ("前台接待三名，普通话标准", 3),
        ("口腔科护士五名，有基本工资", 5),
        ("安规测试技术员（五险一金）1名", 1),
        ("【3人】长白班", 3),
        ("3人（夫妻优先）", 3),
        ("3名焊工，有证优先", 3),
        ("2位早餐店帮工，五点上班", 2),
        # several jobs
        ("焊工3名，电工2名，钳工一名", 6),
        ("招幼师2名，生活老师1名", 3),
        ("会计一人，出纳一人", 2),
        ("招工：缝纫工20，裁剪工5", 25),
        ("招聘：1名厨师长、2名切配、3名传菜员", 6),
        ("诚聘3名全职、2名兼职", 5),
        ("招聘老师（语文2名、数学1名）", 3),
        ("店长1名\n店员4名\n收银2名", 7),
        ("白班保安3名，夜班保安2名，共5人", 5),
        ("招男女各三名", 6),
        ("早晚班各一名营业员", 2),
        ("嵌入式和上位机软件，两个方向各1名", 2),
        ("两个岗位，各招一名", 2),
        # a whole and its parts
        ("共招8人：焊工5、打磨3", 8),
        ("招聘3名（2男1女）", 3),
        ("招聘保洁2人，其中一人负责夜间", 2),
        ("本次招聘2人，留用1人", 2),
    ],
)
def test_many_ways_to_say_how_many_are_wanted(text: str, headcount: int) -> None:
    stated = facts(text).headcount
    assert stated
    assert stated.value == headcount


@pytest.mark.parametrize(
    "text",
    [
        "招聘若干名",
        "招聘数名保洁",
        "团队20人",
        "四人间宿舍，住4人一间",
        "住宿：4-6人/间",
        "可安排住宿，宿舍干净，1~3人。",
        "带领5名员工",
        "带过5人以上团队",
        "管理20人的班组",
        "服务过200人以上的企业",
        "公司员工300余人",
        "拥有研发工程师80名",
        "在校学生3000人",
        "全国共8个交付中心",
        "招聘3个月内到岗",
        "招聘年龄18-45岁",
        "介绍一人入职奖500元",
        "招聘一人提成10%",
        "负责每月招聘10名技工",
        "录取比例约为5:1",
        "面试共3轮",
        "需要3个工作日审核",
        "需要与3个部门对接",
        "需要一个有效的方案",
        "负责需求侧、供给侧和中台三个方向的开发和维护",
        "要求有3个以上项目经验",
        "作为一名合格的质检员，要细心",
        "为每一位员工缴纳社保",
        "成为团队的一员",
        "行业排名前十名",
        "评选优秀员工10名",
        "熟悉32位单片机",
        "薪资六位数",
        "能接受一人多机",
        "一车两人，轮流开",
        "每班配备2名老师",
        "同时接待两位客户",
        "需照顾一位老人",
        "项目规模500人天",
        "去年入职30+人",
        "熟练编制8D报告",
        "熟练编制2个方案",
        "招聘店长，管理5人",
        "您是一位专注细节的人",
        "如果你是一名创作者，欢迎来信",
        "组织2人左右完成测试",
        "发薪日：15号",
        "第一人称视角游戏",
    ],
)
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
