"""Free text as people fill it in, and the value that is meant."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.ingest import parse
from data.ingest.parse import Unparsed
from models.courses import CourseMode
from models.notices import NoticeType
from models.organisations import OrganisationType
from models.plans import PlanType
from models.policies import Instrument
from models.technology import OfferType, Secrecy
from models.terms import Education, Employment, PayPeriod, SchoolLevel, Shift, SkillLevel


def _salary(text: str, title: str = "", description: str = "") -> tuple[float, float, PayPeriod, int] | None:
    quotation = parse.parse_quotation(text)
    if quotation is None:
        return None
    salary = parse.salary_of(quotation, title=title, text=description)
    scale = salary.quoted_per.per_month
    return round(salary.low / scale), round(salary.high / scale), salary.quoted_per, salary.pay_months


HOUR, DAY, MONTH, YEAR = PayPeriod.HOUR, PayPeriod.DAY, PayPeriod.MONTH, PayPeriod.YEAR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8-12K·13薪", (8000, 12000, MONTH, 13)),
        ("８－１２Ｋ·１３薪", (8000, 12000, MONTH, 13)),
        ("15-25k * 16薪", (15000, 25000, MONTH, 16)),
        ("15K-25K", (15000, 25000, MONTH, 12)),
        ("8K-12", (8000, 12000, MONTH, 12)),
        ("5千-8千", (5000, 8000, MONTH, 12)),
        ("4.5-6千/月", (4500, 6000, MONTH, 12)),
        ("8千-1.2万", (8000, 12000, MONTH, 12)),
        ("8000-1.2万", (8000, 12000, MONTH, 12)),
        ("0.8-1.2万/月", (8000, 12000, MONTH, 12)),
        ("1-1.5万", (10000, 15000, MONTH, 12)),
        ("1.5万以上", (15000, 15000, MONTH, 12)),
        ("4000元以上", (4000, 4000, MONTH, 12)),
        ("5,000-8,000元/月", (5000, 8000, MONTH, 12)),
        ("￥5000～8000", (5000, 8000, MONTH, 12)),
        ("月薪6000元至8000元", (6000, 8000, MONTH, 12)),
        ("三千五到五千元", (3500, 5000, MONTH, 12)),
        ("五千以上", (5000, 5000, MONTH, 12)),
        ("底薪4000+提成", (4000, 4000, MONTH, 12)),
        ("6000-8000元，五险一金，双休", (6000, 8000, MONTH, 12)),
        ("5000-8000（可面议）", (5000, 8000, MONTH, 12)),
        ("150-180元/天", (150, 180, DAY, 12)),
        ("200元一天", (200, 200, DAY, 12)),
        ("日薪180", (180, 180, DAY, 12)),
        ("120/day", (120, 120, DAY, 12)),
        ("25元/时", (25, 25, HOUR, 12)),
        ("20-25元/小时", (20, 25, HOUR, 12)),
        ("时薪18元", (18, 18, HOUR, 12)),
        ("80元/小时", (80, 80, HOUR, 12)),
        ("年薪20-30万", (200000, 300000, YEAR, 12)),
        ("20-30万/年", (200000, 300000, YEAR, 12)),
        ("20-30万", (200000, 300000, YEAR, 12)),
        ("面议", None),
        ("面谈", None),
        ("薪资面议", None),
        ("工资详谈", None),
        ("0", None),
        ("-", None),
        ("", None),
    ],
)
def test_salaries(text: str, expected: tuple[int, int, PayPeriod, int] | None) -> None:
    found = _salary(text)
    assert found is None if expected is None else found is not None
    if found and expected:
        assert found[2:] == expected[2:]
        assert found[:2] == pytest.approx(expected[:2], abs=6)


@pytest.mark.parametrize(
    ("text", "title", "description", "period"),
    [
        ("15000-30000", "JAVA开发工程师", "", MONTH),
        ("1000-2000", "新媒体实习生", "", MONTH),
        ("200000-350000", "Java架构师", "", YEAR),
        ("150-180", "法务实习生", "", DAY),
        ("120-150", "财务助理", "本科生日薪120元，研究生150元", DAY),
        ("95-100", "教资录课老师", "录课薪资为100元/小时（成片）", HOUR),
        ("20-25", "麦当劳服务员", "长期招聘兼职", HOUR),
        ("50-80", "媒介实习生", "", DAY),
    ],
)
def test_a_bare_number_gets_its_period_from_magnitude_and_words(
    text: str, title: str, description: str, period: PayPeriod
) -> None:
    found = _salary(text, title, description)
    assert found is not None
    assert found[2] is period


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("8-12", "薪资数值过小，可能是千元或按件计酬，无法判断单位"),
        ("30-35", "薪资没有单位，无法判断是千元/月还是元/小时"),
        ("5000-150000", "薪资上限超过下限的 10 倍，不像同一岗位的工资"),
        ("12000-8000", "最低薪资高于最高薪资"),
        ("12-8K", "最低薪资高于最高薪资"),
        ("5000以下", "薪资只有上限，无法判断最低薪资"),
        ("6元/单", "按“单”计酬，不能折算成月薪"),
        ("80元/课时", "按“课时”计酬，不能折算成月薪"),
        ("底薪3000+提成，综合8000-12000", "薪资里有多个数，无法判断是哪一个"),
        ("待遇优厚", "薪资里没有数"),
        ("8-12K·99薪", "每年发薪月数应在 12 到 36 之间"),
        ("99999999999元/月", "薪资折算成每月后超出 1 至 1000 万元"),
    ],
)
def test_a_salary_that_cannot_be_read_says_why_and_quotes_itself(text: str, reason: str) -> None:
    with pytest.raises(Unparsed) as caught:
        _salary(text)
    assert caught.value.reason == reason
    assert "：“" in str(caught.value)


CASES: list[tuple[Callable[[str], Any], str, Any]] = [
    (parse.parse_education, "大专及以上", Education.JUNIOR_COLLEGE),
    (parse.parse_education, "本科以上", Education.BACHELOR),
    (parse.parse_education, "学历不限", Education.ANY),
    (parse.parse_education, "不限", Education.ANY),
    (parse.parse_education, "中专/技校", Education.SECONDARY),
    (parse.parse_education, "中专/大专", Education.SECONDARY),
    (parse.parse_education, "中职", Education.SECONDARY),
    (parse.parse_education, "专科", Education.JUNIOR_COLLEGE),
    (parse.parse_education, "大学专科", Education.JUNIOR_COLLEGE),
    (parse.parse_education, "高职（专科）", Education.JUNIOR_COLLEGE),
    (parse.parse_education, "全日制本科", Education.BACHELOR),
    (parse.parse_education, "大学本科及以上学历", Education.BACHELOR),
    (parse.parse_education, "硕士研究生", Education.MASTER),
    (parse.parse_education, "博士研究生", Education.DOCTORATE),
    (parse.parse_education, "初中及以下", Education.ANY),
    (parse.parse_education, "Bachelor", Education.BACHELOR),
    (parse.parse_education, "", None),
    (parse.parse_level, "高职专科", SchoolLevel.JUNIOR_COLLEGE),
    (parse.parse_level, "中职", SchoolLevel.SECONDARY_VOCATIONAL),
    (parse.parse_level, "技工院校", SchoolLevel.TECHNICIAN),
    (parse.parse_level, "职业本科", SchoolLevel.VOCATIONAL_BACHELOR),
    (parse.parse_level, "本科", SchoolLevel.BACHELOR),
    (parse.parse_level, "本科、硕士", SchoolLevel.MASTER),
    (parse.parse_level, "大学专科", SchoolLevel.JUNIOR_COLLEGE),
    (parse.parse_experience_years, "3-5年", 3),
    (parse.parse_experience_years, "三年以上", 3),
    (parse.parse_experience_years, "三五年", 3),
    (parse.parse_experience_years, "３年", 3),
    (parse.parse_experience_years, "经验不限", 0),
    (parse.parse_experience_years, "应届毕业生", 0),
    (parse.parse_experience_years, "2025届", 0),
    (parse.parse_experience_years, "1年以内", 0),
    (parse.parse_experience_years, "半年", 0),
    (parse.parse_experience_years, "18个月", 1),
    (parse.parse_experience_years, "十年以上", 10),
    (parse.parse_experience_years, "2年工作经验", 2),
    (parse.parse_experience_years, "5", 5),
    (parse.parse_experience_years, "", None),
    (parse.parse_headcount, "若干", None),
    (parse.parse_headcount, "0", None),
    (parse.parse_headcount, "5人", 5),
    (parse.parse_headcount, "招3名", 3),
    (parse.parse_headcount, "招聘3-5人", 3),
    (parse.parse_headcount, "十五名", 15),
    (parse.parse_count, "1,200人", 1200),
    (parse.parse_count, "约300人", 300),
    (parse.parse_employment, "全职", Employment.FULL_TIME),
    (parse.parse_employment, "就业", Employment.FULL_TIME),
    (parse.parse_employment, "实习生", Employment.INTERNSHIP),
    (parse.parse_employment, "就业见习", Employment.INTERNSHIP),
    (parse.parse_employment, "学徒制", Employment.APPRENTICESHIP),
    (parse.parse_employment, "订单班", Employment.ORDER_CLASS),
    (parse.parse_employment, "现场工程师专项", Employment.FIELD_ENGINEER),
    (parse.parse_employment, "Part-time", Employment.PART_TIME),
    (parse.parse_employment, "不限", None),
    (parse.employment_of_title, "前端开发实习生（深圳）", Employment.INTERNSHIP),
    (parse.employment_of_title, "兼职配送员", Employment.PART_TIME),
    (parse.employment_of_title, "销售（可兼职）", None),
    (parse.employment_of_title, "CNC学徒", Employment.APPRENTICESHIP),
    (parse.employment_of_title, "数控车床操作工", None),
    (parse.parse_shift, "两班倒", Shift.TWO),
    (parse.parse_shift, "四班三运转", Shift.THREE),
    (parse.parse_shift, "长白班", Shift.DAY),
    (parse.parse_shift, "做五休二", Shift.ROSTER),
    (parse.parse_shift, "弹性工作", Shift.FLEXIBLE),
    (parse.parse_skill_level, "高级工（三级）", SkillLevel.SENIOR),
    (parse.parse_skill_level, "四级/中级工", SkillLevel.INTERMEDIATE),
    (parse.parse_skill_level, "高级技师", SkillLevel.SENIOR_TECHNICIAN),
    (parse.parse_skill_level, "五级", SkillLevel.JUNIOR),
    (parse.parse_date, "2025-03-01", date(2025, 3, 1)),
    (parse.parse_date, "2025/3/1", date(2025, 3, 1)),
    (parse.parse_date, "2025.3.1", date(2025, 3, 1)),
    (parse.parse_date, "2025年3月1日", date(2025, 3, 1)),
    (parse.parse_date, "２０２５年３月", date(2025, 3, 1)),
    (parse.parse_date, "20250301", date(2025, 3, 1)),
    (parse.parse_date, "2025-03-01 08:30:00", date(2025, 3, 1)),
    (parse.parse_date, "2025-03-01T08:30:00+08:00", date(2025, 3, 1)),
    (parse.parse_date, "45717", date(2025, 3, 1)),
    (parse.parse_date, "45717.5", date(2025, 3, 1)),
    (parse.parse_date, "长期有效", None),
    (parse.parse_date, "即日起", None),
    (parse.parse_deadline, "2025年2月", date(2025, 2, 28)),
    (parse.parse_deadline, "2025-12", date(2025, 12, 31)),
    (parse.parse_month, "2027-06", "2027-06"),
    (parse.parse_month, "2027年6月", "2027-06"),
    (parse.parse_month, "2027/6/30", "2027-06"),
    (parse.parse_month, "202707", "2027-07"),
    (parse.parse_month, "2027届", "2027-06"),
    (parse.parse_month, "27届毕业生", "2027-06"),
    (parse.parse_month, "2027", "2027-06"),
    (parse.parse_month, "2027-06-01", "2027-06"),
    (parse.parse_year, "2015年", 2015),
    (parse.parse_year, "2015-03-01", 2015),
    (parse.parse_grade, "大三", 3),
    (parse.parse_grade, "二年级", 2),
    (parse.parse_grade, "3", 3),
    (parse.parse_money, "3.5亿元", 350_000_000),
    (parse.parse_money, "1.2万", 12_000),
    (parse.parse_money, "免费", 0),
    (parse.parse_money, "面议", None),
    (parse.parse_most, "最高50万元", 500_000),
    (parse.parse_most, "每人2000元", 2_000),
    (parse.parse_budget, "50万元", (500_000, 500_000)),
    (parse.parse_budget, "50-100万", (500_000, 1_000_000)),
    (parse.parse_budget, "100万以上", (1_000_000, None)),
    (parse.parse_budget, "不超过30万元", (None, 300_000)),
    (parse.parse_budget, "五十万元", (500_000, 500_000)),
    (parse.parse_budget, "面议", (None, None)),
    (parse.parse_hours, "48学时", 48.0),
    (parse.parse_weeks, "12周", 12.0),
    (parse.parse_weeks, "待定周", None),
    (parse.parse_weekly_hours, "3-5小时每周", 4.0),
    (parse.parse_weekly_hours, "5小时／周", 5.0),
    (parse.parse_weekly_hours, "30分钟每周", 0.5),
    (parse.parse_weekly_hours, "每周2个学时", 2.0),
    (parse.parse_maturity, "TRL 6", 6),
    (parse.parse_maturity, "七级", 7),
    (parse.parse_mode, "线上线下混合", CourseMode.BLENDED),
    (parse.parse_mode, "线上直播", CourseMode.ONLINE),
    (parse.parse_mode, "面授", CourseMode.OFFLINE),
    (parse.parse_secrecy, "仅平台撮合", Secrecy.PRIVATE),
    (parse.parse_secrecy, "公开", Secrecy.PUBLIC),
    (parse.parse_secrecy, "不公开", Secrecy.PRIVATE),
    (parse.parse_offer_type, "实验室设备共享", OfferType.EQUIPMENT),
    (parse.parse_offer_type, "发明专利", OfferType.ACHIEVEMENT),
    (parse.parse_organisation_type, "澜川精工机械有限公司", OrganisationType.ENTERPRISE),
    (parse.parse_organisation_type, "澜川职业技术学院", OrganisationType.SCHOOL),
    (parse.parse_organisation_type, "澜川市人力资源和社会保障局", OrganisationType.GOVERNMENT),
    (parse.parse_organisation_type, "澜川市机械行业协会", OrganisationType.ASSOCIATION),
    (parse.parse_organisation_type, "澜川经济开发区管委会", OrganisationType.PARK),
    (parse.parse_plan_type, "产业规划", PlanType.PLAN),
    (parse.parse_plan_type, "人才需求发布", PlanType.DEMAND),
    (parse.parse_notice_type, "培训需求", NoticeType.TRAINING),
    (parse.parse_notice_type, "校企共建", NoticeType.COOPERATION),
    (parse.parse_interval, "120—160人", (120, 160)),
    (parse.parse_interval, "约１２０人", (120, 120)),
    (parse.parse_interval, "若干", None),
    (parse.parse_target, "轻量化铸件 2027年：120-160人", ("轻量化铸件", 2027, (120, 160))),
    (parse.parse_instrument, "财政补贴", Instrument.FISCAL),
    (parse.parse_instrument, "税收优惠", Instrument.TAX),
    (parse.parse_period, "元/天", DAY),
    (parse.parse_period, "月薪", MONTH),
    (parse.parse_period, "小时", HOUR),
    (parse.parse_list, "Python、SQL，Excel；PLC", ("Python", "SQL", "Excel", "PLC")),
    (parse.parse_list, "Python,SQL;Excel|PLC", ("Python", "SQL", "Excel", "PLC")),
    (parse.parse_list, "车工\n铣工\n\n钳工", ("车工", "铣工", "钳工")),
    (parse.parse_list, "1、数控编程 2、三坐标测量", ("数控编程", "三坐标测量")),
    (parse.parse_list, "Java/Python/C++", ("Java", "Python", "C++")),
    (parse.parse_list, "TCP/IP", ("TCP/IP",)),
    (parse.parse_list, "TCP/IP、Linux", ("TCP/IP", "Linux")),
    (parse.parse_list, "Python（爬虫、数据分析），SQL", ("Python（爬虫、数据分析）", "SQL")),
    (parse.parse_list, "Vue3、Python3、Node.js", ("Vue3", "Python3", "Node.js")),
    (parse.parse_list, "无", ()),
    (
        parse.parse_paragraphs,
        "在A厂实习，负责装配\n参加技能大赛，获二等奖",
        ("在A厂实习，负责装配", "参加技能大赛，获二等奖"),
    ),
    (parse.unmarked, "职责:<br />1、装配<br>2、a<b&nbsp;&amp;c", "职责:\n1、装配\n2、a<b &c"),
    (parse.unmarked, "vector<String> 与 <隐去>", "vector<String> 与 <隐去>"),
]


@pytest.mark.parametrize(("parser", "text", "expected"), CASES, ids=[f"{p.__name__}-{t}" for p, t, _ in CASES])
def test_cells(parser: Callable[[str], Any], text: str, expected: Any) -> None:
    assert parser(text) == expected


@pytest.mark.parametrize(
    ("parser", "text", "message"),
    [
        (parse.parse_education, "985/211", "学历无法识别：“985/211”"),
        (parse.parse_level, "名校", "办学层次无法识别：“名校”"),
        (parse.parse_experience_years, "丰富", "工作年限无法识别：“丰富”"),
        (parse.parse_experience_years, "2020-2023", "工作年限无法识别：“2020-2023”"),
        (parse.parse_headcount, "很多很多", "招聘人数无法识别：“很多很多”"),
        (parse.parse_count, "100-499人", "人数应为一个整数：“100-499人”"),
        (parse.parse_employment, "见面聊", "用工形式无法识别：“见面聊”"),
        (parse.parse_shift, "看情况", "班次无法识别：“看情况”"),
        (parse.parse_skill_level, "熟练", "技能等级无法识别：“熟练”"),
        (parse.parse_date, "3月1日", "日期无法识别，应如 2026-09-01：“3月1日”"),
        (parse.parse_date, "2025-02-30", "日期无法识别，应如 2026-09-01：“2025-02-30”"),
        (parse.parse_date, "0025-01-01", "日期无法识别，应如 2026-09-01：“0025-01-01”"),
        (parse.parse_month, "2027-13", "月份无法识别，应如 2027-06：“2027-13”"),
        (parse.parse_grade, "2023级", "年级应为第几学年，如 大三、二年级：“2023级”"),
        (parse.parse_money, "10-20万", "金额应为一个数：“10-20万”"),
        (parse.parse_budget, "视情况", "预算里没有数：“视情况”"),
        (parse.parse_hours, "一学期", "学时应为一个数：“一学期”"),
        (parse.parse_weekly_hours, "3-5周每小时", "每周学时无法识别：“3-5周每小时”"),
        (parse.parse_maturity, "10级", "技术就绪度应为 1 到 9 级：“10级”"),
        (parse.parse_organisation_type, "李四", "单位类型无法识别：“李四”"),
        (parse.parse_period, "季度", "计薪周期只能是年、月、天、小时之一：“季度”"),
    ],
)
def test_what_cannot_be_read_is_refused_in_chinese(parser: Callable[[str], Any], text: str, message: str) -> None:
    with pytest.raises(Unparsed) as caught:
        parser(text)
    assert str(caught.value) == message


PARSERS: dict[str, Callable[[str], Any]] = {parser.__name__: parser for parser, _, _ in CASES} | {"_salary": _salary}
# Mostly what cells are made of, so that the search gets past the first character.
_texts = st.text() | st.text(
    st.sampled_from("0123456789.-~至万千kK元/年月天时薪以上下面议三五十一 、，;（)届级\n"), max_size=24
)


@pytest.mark.parametrize("name", sorted(PARSERS))
@given(text=_texts)
def test_a_parser_never_fails_but_with_a_reason(name: str, text: str) -> None:
    with suppress(Unparsed):
        PARSERS[name](text)


@given(low=st.integers(1_000, 50_000), step=st.integers(0, 50_000), months=st.integers(12, 36))
def test_a_salary_survives_being_written_and_read(low: int, step: int, months: int) -> None:
    text = f"{low}-{low + step}元/月·{months}薪"
    assert _salary(text) == (low, low + step, MONTH, months)
