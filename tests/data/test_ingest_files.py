"""Files as they arrive: what goes in, what is refused, and the sentence that says why."""

# The tables quote whole sentences and whole rows.

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from data.ingest import ImportReport, Limits, import_file, load_mapping, read_records
from data.store import Store
from models.courses import Course, CourseMode
from models.errors import ChanjiaoError, UnreadableFile
from models.notices import Notice
from models.organisations import Organisation, OrganisationType
from models.plans import Plan
from models.policies import Fact, Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer, OfferType, Secrecy
from models.terms import Education, Employment, Kind, PayPeriod, Record, SchoolLevel, Shift

FILES = Path(__file__).parent / "files"

HEADINGS = ("岗位编号", "岗位名称", "企业名称", "工作地点", "薪资", "学历要求", "工作经验", "技能要求", "发布日期")
ROWS = (
    ("A1", "数控车床操作工", "澜川精工机械有限公司", "宁波·慈溪市", "5-8K·13薪", "中专/技校", "1-3年", "数控车床、三坐标测量", "2025/3/1"),
    ("A2", "前端开发实习生", "澜川软件有限公司", "苏州", "150-180元/天", "大专及以上", "应届毕业生", "Vue3，TypeScript", "2025-03-02"),
    ("A3", "护理员（夜班）", "澜川康养中心", "广东省广州市荔湾区", "面议", "学历不限", "经验不限", "", "2025年3月3日"),
)  # fmt: skip


def _csv(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([headings, *rows])
    return text.getvalue()


def _xlsx(rows: Sequence[Sequence[Any]], *above: Sequence[Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (*above, *rows):
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _jsonl(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def _write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _records(path: Path, kind: Kind = Kind.POSTING, mapping: str | None = None) -> list[Any]:
    return list(read_records(kind, path, mapping=FILES / mapping if mapping else None))


def _listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# What goes in


FORMS: dict[str, Callable[[], bytes]] = {
    "utf8.csv": lambda: _csv(ROWS).encode("utf-8"),
    "bom.csv": lambda: _csv(ROWS).encode("utf-8-sig"),
    "gb18030.csv": lambda: _csv(ROWS).encode("gb18030"),
    "big5.csv": lambda: _csv([["A1", "數控車床操作工", "瀾川精工", "", "", "", "", "", ""]]).encode("big5", "ignore"),
    "unicode.txt": lambda: _csv(ROWS, delimiter="\t").encode("utf-16"),
    "tabs.tsv": lambda: _csv(ROWS, delimiter="\t").encode("utf-8"),
    "semicolons.csv": lambda: _csv(ROWS, delimiter=";").encode("utf-8"),
    "sheet.xlsx": lambda: _xlsx([HEADINGS, *ROWS]),
    "lines.jsonl": lambda: _jsonl(*(dict(zip(HEADINGS, row, strict=True)) for row in ROWS)),
    "list.json": lambda: json.dumps([dict(zip(HEADINGS, row, strict=True)) for row in ROWS]).encode(),
}


@pytest.mark.parametrize("name", [name for name in FORMS if name != "big5.csv"])
def test_every_form_of_a_file_gives_the_same_records(name: str, tmp_path: Path) -> None:
    records = [record.model_copy(update={"source": None}) for record in _records(_write(tmp_path, name, FORMS[name]()))]
    assert records == [
        Posting(
            title="数控车床操作工",
            organisation="澜川精工机械有限公司",
            place="宁波·慈溪市",
            division="330282",
            salary={"low": 5000, "high": 8000, "pay_months": 13},
            education=Education.SECONDARY,
            experience_years=1,
            required_skills=("数控车床", "三坐标测量"),
            published=date(2025, 3, 1),
        ),
        Posting(
            title="前端开发实习生",
            organisation="澜川软件有限公司",
            employment=Employment.INTERNSHIP,
            place="苏州",
            division="320500",
            salary={"low": 3262, "high": 3915, "quoted_per": PayPeriod.DAY},
            education=Education.JUNIOR_COLLEGE,
            experience_years=0,
            required_skills=("Vue3", "TypeScript"),
            published=date(2025, 3, 2),
        ),
        Posting(
            title="护理员（夜班）",
            organisation="澜川康养中心",
            place="广东省广州市荔湾区",
            division="440103",
            education=Education.ANY,
            experience_years=0,
            published=date(2025, 3, 3),
        ),
    ]


def test_big5_is_recognised_by_its_headings(tmp_path: Path) -> None:
    text = _csv([["數控車床操作工", "瀾川精工機械有限公司"]], headings=("職位", "公司"))
    mapping = _write(tmp_path, "m.toml", '[columns]\n"職位" = "title"\n')
    [posting] = read_records(Kind.POSTING, _write(tmp_path, "a.csv", text.encode("big5")), mapping=mapping)
    assert (posting.title, posting.organisation) == ("數控車床操作工", "瀾川精工機械有限公司")  # type: ignore[attr-defined]


def test_titles_above_the_headings_units_in_them_and_real_dates_of_a_workbook(tmp_path: Path) -> None:
    above: tuple[list[str], ...] = (["澜川职业技术学院2025届校园招聘岗位汇总表"], [], ["填表说明：带*为必填"])
    headings = [
        "岗位编号",
        "岗位名称*",
        "企业 名称（必填）",
        "薪资下限(千元)",
        "薪资上限（千元）",
        "截止日期",
        "招聘人数",
    ]
    rows: list[list[Any]] = [
        headings,
        [1.0, "焊工", "澜川造船厂", 6, 8.5, datetime.fromisoformat("2025-06-30"), 3.0],
        [],
        [2, "电工", "澜川造船厂"],
    ]
    first, second = _records(_write(tmp_path, "a.xlsx", _xlsx(rows, *above)))
    assert (first.source.id, first.salary.low, first.salary.high) == ("1", 6000, 8500)
    assert (first.expires, first.headcount, second.salary) == (date(2025, 6, 30), 3, None)


def test_a_talent_line_of_the_documented_form(tmp_path: Path) -> None:
    line = {
        "id": "S001", "level": "高职专科", "specialty": "机电一体化技术", "grade": "大二", "graduation": "2027-06",
        "city": "澜川市，浙江宁波", "seeking": ["实习", "学徒"], "expected_positions": ["电气装配工", "PLC编程、调试员"],
        "expected_cities": ["宁波", "苏州"], "salary_min": 5000, "courses": ["电机与拖动"], "skills": ["S7-1200", "CAD"],
        "certificates": ["低压电工证"], "experience": ["在A厂实习，负责装配、接线。", "技能大赛三等奖"],
        "self_description": "能吃苦。", "性别": "男",
    }  # fmt: skip
    [talent] = _records(_write(tmp_path, "t.jsonl", _jsonl(line)), Kind.TALENT)
    assert isinstance(talent, Talent)
    assert (talent.level, talent.specialty_code, talent.grade) == (SchoolLevel.JUNIOR_COLLEGE, "460301", 2)
    assert talent.seeking == (Employment.INTERNSHIP, Employment.APPRENTICESHIP)
    # The elements of a list are entries already: nothing in them is split.
    assert talent.expected_positions == ("电气装配工", "PLC编程、调试员")
    assert talent.experience == ("在A厂实习，负责装配、接线。", "技能大赛三等奖")
    assert talent.expected_divisions == ("330200", "320500")
    assert (talent.expected_salary, talent.graduation, talent.division) == (5000, "2027-06", "330200")
    assert "男" not in talent.model_dump_json()


def test_personal_columns_are_named_in_the_report_and_not_read(sqlite_store: Store, tmp_path: Path) -> None:
    path = _write(tmp_path, "t.csv", "学号,姓名,性别,民族,手机号,专业,备注\n1,李澜,男,汉族,13800000000,护理,无\n")
    report = import_file(sqlite_store, Kind.TALENT, path)
    assert report.protected == ("性别", "民族", "手机号")
    assert report.unused == ("备注",)
    assert "不收录的个人信息列：性别、民族、手机号" in str(report)


def test_several_columns_of_one_text_keep_their_headings(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", "岗位,公司,岗位职责,任职要求\n焊工,澜川造船厂,<p>焊接船体</p>,持证上岗\n")
    [posting] = _records(path)
    assert posting.description == "岗位职责：\n焊接船体\n任职要求：\n持证上岗"


def test_courses_of_a_mooc_site(tmp_path: Path) -> None:
    text = (
        "序号,开课单位,课程名称,课程时长,课程负载,课程分类,参加人数,课程链接\n"
        "1,澜川大学,C语言程序设计,12周,3-5小时每周,计算机,19315,http://example.org/course/1\n"
    )
    [course] = _records(_write(tmp_path, "c.csv", text), Kind.COURSE, "courses_mooc.toml")
    assert isinstance(course, Course)
    assert (course.name, course.provider, course.hours) == ("C语言程序设计", "澜川大学", 48)
    assert course.mode is CourseMode.ONLINE
    assert course.source is not None
    assert course.source.id == "http://example.org/course/1"


def test_needs_that_do_not_say_whose_they_are(tmp_path: Path) -> None:
    path = _write(tmp_path, "n.csv", "id,title,content\nn-1,铝合金压铸件气孔控制,现有气孔率偏高。\n")
    [need] = _records(path, Kind.NEED, "needs_without_organisation.toml")
    assert isinstance(need, Need)
    assert (need.organisation, need.secrecy) == ("未公开单位", Secrecy.MEMBERS)
    assert need.source is not None
    assert need.source.name == "技术需求征集"


def test_needs_and_offers_of_a_sheet(tmp_path: Path) -> None:
    text = "需求名称,需求单位,需求内容,预算（万元）,技术领域,保密要求\n气孔控制,澜川精工机械有限公司,降低气孔率,50-100,压铸、模具,公开\n"
    [need] = _records(_write(tmp_path, "n.csv", text), Kind.NEED)
    assert (need.budget_low, need.budget_high, need.fields) == (500_000, 1_000_000, ("压铸", "模具"))
    assert need.secrecy is Secrecy.PUBLIC
    text = "成果名称,供给类型,完成单位,成果简介,技术就绪度,转让价格\n真空压铸工艺,科技成果,澜川职业技术学院,可降气孔,TRL6,20万元\n"
    [offer] = _records(_write(tmp_path, "o.csv", text), Kind.OFFER)
    assert isinstance(offer, Offer)
    assert (offer.type, offer.maturity, offer.price) == (OfferType.ACHIEVEMENT, 6, 200_000)


def test_policies_with_conditions(tmp_path: Path) -> None:
    line = {
        "id": "p1", "title": "学徒培训补贴", "source": "澜川市人社局", "doc_no": "澜人社〔2025〕1号", "publish_date": "2025-01-02",
        "source_url": "https://example.org/p1", "original_text": "一、对象……", "地区": "宁波市", "amount": "最高50万元",
        "conditions": [{"fact": "职工人数", "operator": "不低于", "number": 30, "quote": "职工30人以上"}],
    }  # fmt: skip
    [policy] = _records(_write(tmp_path, "p.jsonl", _jsonl(line)), Kind.POLICY)
    assert isinstance(policy, Policy)
    assert (policy.issuer, policy.document_number, policy.amount) == ("澜川市人社局", "澜人社〔2025〕1号", 500_000)
    assert (policy.division, policy.url) == ("330200", "https://example.org/p1")
    assert policy.conditions[0].fact is Fact.STAFF


def test_an_organisation_is_known_by_its_name(tmp_path: Path) -> None:
    text = '单位名称,统一社会信用代码,所属行业,职工人数,年营业收入（万元）\n澜川精工机械有限公司,91330282MA2AABCD1X,通用设备制造业,"1,200人",8000\n'
    [organisation] = _records(_write(tmp_path, "o.csv", text), Kind.ORGANISATION)
    assert isinstance(organisation, Organisation)
    assert (organisation.type, organisation.industry) == (OrganisationType.ENTERPRISE, "C34")
    assert (organisation.staff, organisation.revenue) == (1200, 80_000_000)
    assert organisation.source is not None
    assert organisation.source.id == "澜川精工机械有限公司"


def test_programmes_resolve_occupations_by_code_and_by_name(tmp_path: Path) -> None:
    line = {
        "code": "460301", "name": "机电一体化技术", "level": "高职专科", "core_courses": ["电机与拖动", "PLC技术"],
        "training_goal": "培养……", "occupations": ["农业技术员", "电工"],
        "csco_links": [{"name": "农业技术员", "codes": ["5-05-01-01"]}],
    }  # fmt: skip
    [programme] = _records(_write(tmp_path, "p.jsonl", _jsonl(line)), Kind.PROGRAMME, "programmes_national.toml")
    assert isinstance(programme, Programme)
    assert programme.occupations == ("5-05-01-01", "6-31-01-03")
    assert (programme.school, programme.courses) == ("国家专业简介", ("电机与拖动", "PLC技术"))


def test_cohorts_come_from_columns_or_from_one_row_a_year(sqlite_store: Store, tmp_path: Path) -> None:
    wide = "学校,专业名称,层次,2024届毕业生数,2025届毕业生数\n澜川职业技术学院,护理,高职专科,120,130\n"
    [programme] = _records(_write(tmp_path, "w.csv", wide), Kind.PROGRAMME)
    assert [(cohort.year, cohort.graduates) for cohort in programme.cohorts] == [(2024, 120), (2025, 130)]

    rows = "".join(f"澜川职业技术学院,护理,高职专科,{year}届,{count}\n" for year, count in ((2025, 130), (2024, 120)))
    path = _write(tmp_path, "l.csv", f"学校,专业名称,层次,届别,毕业生数\n{rows}")
    report = import_file(sqlite_store, Kind.PROGRAMME, path)
    [stored] = sqlite_store.documents(Kind.PROGRAMME)
    assert isinstance(stored.record, Programme)
    assert stored.record.cohorts == programme.cohorts
    assert (report.created, report.merged) == (1, 1)
    assert import_file(sqlite_store, Kind.PROGRAMME, path).unchanged == 1


def test_targets_of_a_plan_come_one_a_row_or_all_in_one_cell(sqlite_store: Store, tmp_path: Path) -> None:
    head = "规划名称,类型,编制单位,产业链,产业链环节,年度,预计用工,产值目标（亿元）\n"
    rows = "".join(
        f"汽车产业链规划,产业规划,澜川市经济和信息化局,汽车零部件,轻量化铸件,{year},{people},19\n"
        for year, people in ((2028, "180-220人"), (2027, "120-160人"))
    )
    path = _write(tmp_path, "p.csv", head + rows)
    report = import_file(sqlite_store, Kind.PLAN, path)
    assert (report.created, report.merged, report.warnings) == (1, 1, 0)
    assert "1 行是同一需求规划的其他环节或年度，已合并" in str(report)
    [stored] = sqlite_store.documents(Kind.PLAN)
    assert isinstance(stored.record, Plan)
    assert [(one.node, one.year, one.low, one.high) for one in stored.record.targets] == [
        ("轻量化铸件", 2027, 120, 160),
        ("轻量化铸件", 2028, 180, 220),
    ]
    assert stored.record.targets[0].output == 1_900_000_000
    text = "标题,类型,发布单位,需求测算,依据\n下半年需求,需求发布,澜川市装备制造业协会,压铸工 2027年 40-50人；模具工 2027年 18人；钳工 若干,问卷58份\n"
    report = import_file(sqlite_store, Kind.PLAN, _write(tmp_path, "d.csv", text))
    plan = [one.record for one in sqlite_store.documents(Kind.PLAN)][-1]
    assert isinstance(plan, Plan)
    assert [(one.node, one.low, one.high) for one in plan.targets] == [("压铸工", 40, 50), ("模具工", 18, 18)]
    assert [(one.reason, one.examples) for one in report.problems] == [
        ("应写成“环节 年份 人数”，如“轻量化铸件 2027年 120-160人”", [(2, "钳工 若干")])
    ]


def test_cooperation_without_want_or_offer_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    text = "标题,类型,发布单位,合作类型,所需,规模\n共建基地,合作意向,澜川职业技术学院,共建实训基地,压铸岛一套,每年80人\n空的,合作意向,澜川学院,,,\n"
    report = import_file(sqlite_store, Kind.NOTICE, _write(tmp_path, "n.csv", text))
    [stored] = sqlite_store.documents(Kind.NOTICE)
    assert isinstance(stored.record, Notice)
    assert (stored.record.form, stored.record.wants, stored.record.scale) == ("共建实训基地", "压铸岛一套", "每年80人")
    assert report.rejected == 1
    assert "合作意向应写明所需" in str(report)


def test_coded_columns_and_suffixes_are_translated_by_the_mapping(tmp_path: Path) -> None:
    text = 'id,company,title,headcount,salary_min,salary_max,welfare,job_type,education_code,experience,description\n7,澜川数据,数据工程师,0,6000,9000,"五险一金,双休",2,3,1-3年,做报表\n'
    [posting] = _records(_write(tmp_path, "j.csv", text), Kind.POSTING, "postings_coded.toml")
    assert (posting.education, posting.experience_years, posting.headcount) == (Education.BACHELOR, 1, None)
    assert posting.benefits == ("五险一金", "双休")
    text = 'id,expected_positions,seek_type,expected_city,experience,salary_min,salary_max,education,major,projects,skills\nT1,数据分析师、测试,0,广东省、广州市,无经验,4000,6000,本科,统计学,"肥料分析,用户画像","Python_GOOD,Beautiful Soup_COMMONLY"\n'
    [talent] = _records(_write(tmp_path, "t.csv", text), Kind.TALENT, "talents_job_site.toml")
    assert talent.skills == ("Python", "Beautiful Soup")
    assert (talent.seeking, talent.expected_divisions) == ((Employment.INTERNSHIP,), ("440100",))
    assert (talent.experience_years, talent.experience) == (0, ("肥料分析", "用户画像"))


def test_shifts_and_working_hours(tmp_path: Path) -> None:
    [posting] = _records(_write(tmp_path, "a.csv", "岗位,公司,班次\n普工,澜川电子厂,两班倒\n"))
    assert posting.shift is Shift.TWO


# What is refused: whole files


def _zip(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def _far_cell() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["岗位名称", "企业名称"])
    sheet["XFD1048576"] = "x"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = "岗位名称,企业名称\n焊工,澜川造船厂\n"

UNREADABLE: list[tuple[str, bytes | str, str]] = [
    ("a.csv", b"", "文件“a.csv”是空的"),
    ("a.csv", "  \n \n", "文件“a.csv”里没有内容"),
    ("a.csv", "岗位名称,企业名称\n", "文件“a.csv”只有表头，没有数据行"),
    ("a.csv", "焊工,澜川造船厂\n电工,澜川造船厂\n", "文件“a.csv”里没有认识的列名（首行是：焊工、澜川造船厂），请用映射文件说明各列含义"),
    ("a.csv", "岗位名称,薪资\n焊工,8K\n", "文件“a.csv”缺少必填列：企业名称（organisation）；可在映射文件的 [columns] 里指明是哪一列，或在 [constants] 里写一个固定值"),
    ("a.csv", "岗位名称,企业名称,岗位名称\n焊工,澜川造船厂,电工\n", "文件“a.csv”的列名“岗位名称”出现了 2 次"),
    ("a.csv", _xlsx([HEADINGS, *ROWS]), "文件“a.csv”的内容是压缩包或 Excel 工作簿（.xlsx），与扩展名 .csv 不符"),
    ("a.csv", OLE + b"x" * 100, "文件“a.csv”的内容是旧版 Office 文件（.xls、.doc），与扩展名 .csv 不符"),
    ("a.csv", b"%PDF-1.7 ...", "文件“a.csv”的内容是PDF，与扩展名 .csv 不符"),
    ("a.csv", b"\x89PNG\r\n\x1a\n", "文件“a.csv”的内容是图片，与扩展名 .csv 不符"),
    ("a.csv", "<html><table><tr><td>岗位</td></tr></table></html>", "文件“a.csv”的内容是网页，与扩展名 .csv 不符"),
    ("a.csv", '{"title": "焊工"}\n', "文件“a.csv”的内容是 JSON，请改扩展名为 .jsonl"),
    ("a.csv", b"\x00\x01\x02\x03" * 50, "文件“a.csv”不是文本文件"),
    ("a.csv", b"\x81\xff\x80\xfe\xff" * 200, "文件“a.csv”的编码无法识别，请另存为 UTF-8 或 GB18030"),
    ("a.docx", "x", "不支持的文件类型“.docx”，可用 .csv、.xlsx、.jsonl"),
    ("a", "x", "不支持的文件类型“a”，可用 .csv、.xlsx、.jsonl"),
    ("a.jsonl", "岗位名称,企业名称\n焊工,澜川造船厂\n", "文件“a.jsonl”不是 JSON Lines：第 1 行不是有效的 JSON：第 1 个字符处出错"),
    ("a.jsonl", "[1, 2]\n", "文件“a.jsonl”不是 JSON Lines：第 1 行应为 JSON 对象，如 {\"title\": \"…\"}"),
    ("a.json", '[{"title": "焊工"', "文件“a.json”不是有效的 JSON：第 16 个字符处出错"),
    ("a.jsonl", '{"甲": 1}\n{"乙": 2}\n', "文件“a.jsonl”里没有认识的列名（首行是：甲、乙），请用映射文件说明各列含义"),
    ("a.jsonl", '{"title": "焊工"}\n', "文件“a.jsonl”缺少必填列：企业名称（organisation）；可在映射文件的 [columns] 里指明是哪一列，或在 [constants] 里写一个固定值"),
    ("a.jsonl", b"\x1f\x8b\x08\x00", "文件“a.jsonl”的内容是压缩包（.gz），与扩展名 .jsonl 不符"),
    ("a.xlsx", GOOD, "文件“a.xlsx”的内容不是 Excel 工作簿，请在 Excel 里另存为 .xlsx"),
    ("a.xls", "<html><body>岗位</body></html>", "文件“a.xls”的内容是网页，不是 Excel 工作簿，请在 Excel 里另存为 .xlsx"),
    ("a.xlsx", _xlsx([HEADINGS, *ROWS])[:900], "文件“a.xlsx”不是可以读取的 Excel 工作簿，可能已损坏"),
    ("a.xlsx", _zip(readme="x"), "文件“a.xlsx”是压缩包，不是 Excel 工作簿"),
    ("a.xlsx", _zip(xl__workbook="x"), "文件“a.xlsx”不是可以读取的 Excel 工作簿，可能已损坏"),
    ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "文件“a.xlsx”有密码保护，请取消密码后再导入"),
    ("a.xls", OLE + b"\0" * 600, "文件“a.xls”不是可以读取的 Excel 工作簿，可能已损坏"),
    ("a.xlsx", _xlsx([]), "文件“a.xlsx”是空的"),
    ("a.xlsx", _xlsx([["甲", "乙"], [1, 2]]), "文件“a.xlsx”里没有认识的列名（首行是：甲、乙），请用映射文件说明各列含义"),
    ("a.xlsx", _xlsx([HEADINGS]), "文件“a.xlsx”只有表头，没有数据行"),
    ("a.xlsx", _far_cell(), "文件“a.xlsx”的表格超过 100000 个单元格，请删去空白行列或拆分后导入"),
    ("a.xlsx", _zip(xl__workbook=" " * 60_000_000), "文件“a.xlsx”解压后有 60000000 字节，超过上限 50000000 字节"),
    ("a.csv", GOOD + "电工,澜川造船厂\n" * 2_000, "文件“a.csv”有 1001 行，超过上限 1000 行，请拆分后导入"),
    ("a.csv", GOOD + "x" * 200_000, f"文件“a.csv”有 {len(GOOD.encode()) + 200_000} 字节，超过上限 100000 字节，请拆分后导入"),
]  # fmt: skip
LIMITS = Limits(file_bytes=100_000, unpacked_bytes=50_000_000, cells=100_000, rows=1_000)


@pytest.mark.parametrize(("name", "content", "message"), UNREADABLE, ids=[f"{n}-{m[:24]}" for n, _, m in UNREADABLE])
def test_an_unusable_file_is_refused_before_anything_is_written(
    name: str, content: bytes | str, message: str, sqlite_store: Store, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    path = _write(tmp_path, name, content)
    with pytest.raises(UnreadableFile) as caught:
        import_file(sqlite_store, Kind.POSTING, path, reject_path=rejects, limits=LIMITS)
    assert caught.value.message == message
    assert sqlite_store.revision == 0
    assert not rejects.exists()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UnreadableFile, match="找不到文件“没有"):
        _records(Path("没有.csv"))


# What is refused: rows and cells

POSTING_ROW = {"岗位名称": "焊工", "企业名称": "澜川造船厂"}
REJECTED, WARNING = "拒绝", "警告"

BAD_CELLS: list[tuple[Kind, dict[str, Any], str, str, str]] = [
    (Kind.POSTING, {"岗位名称": "", "企业名称": "澜川造船厂"}, REJECTED, "岗位名称", "缺少必填项"),
    (Kind.POSTING, {"岗位名称": "焊工", "企业名称": " / "}, REJECTED, "企业名称", "缺少必填项"),
    (Kind.POSTING, {"岗位名称": "焊" * 201, "企业名称": "澜川造船厂"}, REJECTED, "岗位名称", "文字过长，最多 200 个字符"),
    (Kind.POSTING, {**POSTING_ROW, "薪资": "高薪"}, WARNING, "薪资", "薪资里没有数"),
    (Kind.POSTING, {**POSTING_ROW, "薪资": "12000-8000"}, WARNING, "薪资", "最低薪资高于最高薪资"),
    (Kind.POSTING, {**POSTING_ROW, "最低薪资": "9000", "最高薪资": "6000"}, WARNING, "最低薪资", "最低薪资高于最高薪资"),
    (Kind.POSTING, {**POSTING_ROW, "最高薪资": "6000"}, WARNING, "最高薪资", "薪资只有上限，无法判断最低薪资"),
    (Kind.POSTING, {**POSTING_ROW, "薪资": "150-180"}, WARNING, "薪资", "薪资未注明周期，按日薪理解"),
    (Kind.POSTING, {**POSTING_ROW, "薪资": "6-8元/单"}, WARNING, "薪资", "按“单”计酬，不能折算成月薪"),
    (Kind.POSTING, {**POSTING_ROW, "薪资": "8K", "年发薪月数": "99"}, WARNING, "年发薪月数", "每年发薪月数应在 12 到 36 之间"),
    (Kind.POSTING, {**POSTING_ROW, "学历要求": "985"}, WARNING, "学历要求", "学历无法识别"),
    (Kind.POSTING, {**POSTING_ROW, "工作经验": "资深"}, WARNING, "工作经验", "工作年限无法识别"),
    (Kind.POSTING, {**POSTING_ROW, "招聘人数": "一批"}, WARNING, "招聘人数", "招聘人数无法识别"),
    (Kind.POSTING, {**POSTING_ROW, "招聘人数": "9999999"}, WARNING, "招聘人数", "不能大于 100000"),
    (Kind.POSTING, {**POSTING_ROW, "工作地点": "火星"}, WARNING, "工作地点", "地点无法识别"),
    (Kind.POSTING, {**POSTING_ROW, "行政区划代码": "999999"}, WARNING, "行政区划代码", "没有这个行政区划代码"),
    (Kind.POSTING, {**POSTING_ROW, "行业": "玄学"}, WARNING, "行业", "行业无法识别"),
    (Kind.POSTING, {**POSTING_ROW, "职业": "巫师"}, WARNING, "职业", "职业分类大典里没有这个职业"),
    (Kind.POSTING, {**POSTING_ROW, "发布日期": "2025-02-30"}, WARNING, "发布日期", "日期无法识别，应如 2026-09-01"),
    (Kind.POSTING, {**POSTING_ROW, "发布日期": "2025-03-01", "截止日期": "2025-01-01"}, WARNING, "截止日期", "截止日期早于发布日期"),
    (Kind.POSTING, {**POSTING_ROW, "技能要求": "焊接、CAD", "优先技能": "CAD"}, WARNING, "优先技能", "已列为必备，不再列为优先"),
    (Kind.POSTING, {**POSTING_ROW, "技能要求": "焊" * 201}, WARNING, "技能要求", "条目过长，最多 200 个字符"),
    (Kind.POSTING, {**POSTING_ROW, "技能要求": [f"技能{n}" for n in range(101)]}, WARNING, "技能要求", "条目过多，只保留前 100 条"),
    (Kind.POSTING, {**POSTING_ROW, "岗位描述": "焊" * 20_001}, WARNING, "岗位描述", "文字过长，只保留前 20000 个字符"),
    (Kind.POSTING, {**POSTING_ROW, "岗位描述": "焊\ufffd接"}, WARNING, "", "含有无法解码的字符"),
    (Kind.TALENT, {"专业": "护理", "毕业时间": "明年"}, WARNING, "毕业时间", "月份无法识别，应如 2027-06"),
    (Kind.TALENT, {"专业": "护理", "办学层次": "名校"}, WARNING, "办学层次", "办学层次无法识别"),
    (Kind.TALENT, {"专业": "护理", "年级": "2023级"}, WARNING, "年级", "年级应为第几学年，如 大三、二年级"),
    (Kind.TALENT, {"专业": "护理", "期望城市": ["宁波", "水星"]}, WARNING, "期望城市", "地点无法识别"),
    (Kind.TALENT, {"专业": "护理", "求职类型": ["实习", "云游"]}, WARNING, "求职类型", "用工形式无法识别"),
    (Kind.TALENT, {"专业": "护理", "专业代码": "12"}, WARNING, "专业代码", r"格式不对，应符合 ^\d{6,7}(T|K|TK)?$"),
    (Kind.COURSE, {"课程名称": "焊接", "开课单位": "澜川技校", "费用": "9999亿"}, WARNING, "费用", "不能大于 100000000000"),
    (Kind.COURSE, {"课程名称": "焊接", "开课单位": "澜川技校", "开课日期": "2025-09-01", "结课日期": "2025-03-01"}, WARNING, "结课日期", "结束日期早于开始日期"),
    (Kind.NEED, {"需求名称": "降噪", "需求单位": "澜川电机厂", "预算下限": "90万", "预算上限": "50万"}, WARNING, "预算下限", "预算下限高于上限"),
    (Kind.OFFER, {"成果名称": "工艺", "供给类型": "祝福", "完成单位": "澜川学院"}, REJECTED, "供给类型", "供给类型无法识别"),
    (Kind.OFFER, {"成果名称": "工艺", "供给类型": "成果", "完成单位": "澜川学院", "技术就绪度": "12"}, WARNING, "技术就绪度", "技术就绪度应为 1 到 9 级"),
    (Kind.POLICY, {"政策名称": "补贴", "发文机关": "人社局", "申报条件": "职工30人以上"}, WARNING, "申报条件", "申报条件应为 JSON 列表，每条含 fact、operator、number 或 values"),
    (Kind.POLICY, {"政策名称": "补贴", "发文机关": "人社局", "网址": "www.example.org"}, WARNING, "网址", "格式不对，应符合 ^https?://"),
    (Kind.ORGANISATION, {"单位名称": "李四"}, REJECTED, "单位类型", "缺少必填项"),
    (Kind.ORGANISATION, {"单位名称": "澜川有限公司", "统一社会信用代码": "123"}, WARNING, "统一社会信用代码", "格式不对，应符合 ^[0-9A-HJ-NPQRTUWXY]{18}$"),
    (Kind.ORGANISATION, {"单位名称": "澜川有限公司", "职工人数": "100-499人"}, WARNING, "职工人数", "职工人数应为一个整数"),
    (Kind.PROGRAMME, {"专业名称": "护理", "层次": "名校", "学校": "澜川学院"}, REJECTED, "层次", "办学层次无法识别"),
    (Kind.PROGRAMME, {"专业名称": "护理", "层次": "高职", "学校": "澜川学院", "2025届毕业生数": "很多"}, WARNING, "2025届毕业生数", "毕业生数应为一个整数"),
    (Kind.PROGRAMME, {"专业名称": "护理", "层次": "高职", "学校": "澜川学院", "面向职业": "巫师"}, WARNING, "面向职业", "职业分类大典里没有这个职业"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "severity", "column", "reason"), BAD_CELLS, ids=[c[-1] for c in BAD_CELLS])
def test_a_bad_cell_is_listed_and_only_a_required_one_costs_its_row(
    kind: Kind, row: dict[str, Any], severity: str, column: str, reason: str, sqlite_store: Store, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    report = import_file(sqlite_store, kind, _write(tmp_path, "a.jsonl", _jsonl(row)), reject_path=rejects)
    assert (report.rejected, sqlite_store.count(kind)) == ((1, 0) if severity == REJECTED else (0, 1))
    [listed] = _listed(rejects)
    assert (listed["行号"], listed["级别"], listed["列"], listed["原因"]) == ("1", severity, column, reason)


def test_broken_rows_are_refused_and_the_rest_goes_in(sqlite_store: Store, tmp_path: Path) -> None:
    text = (
        "岗位编号,岗位名称,企业名称,岗位描述\n"
        "1,焊工,澜川造船厂,好\n"
        '2,电工,澜川造船厂,"引号没有关\n'
        "3,钳工,澜川造船厂,好\n"
        '4,铣工,澜川造船厂,"关了",多一列\n'
        "5,磨工\n"
        "\n"
        '6,"车工,澜川造船厂",x\n'
        '7,刨工,澜川造船厂,"含""引号""和\n换行"\n'
    )
    report = import_file(
        sqlite_store, Kind.POSTING, _write(tmp_path, "a.csv", text), reject_path=tmp_path / "rejects.csv"
    )
    assert [stored.record.source.id for stored in sqlite_store.documents(Kind.POSTING) if stored.record.source] == [
        "1", "3", "6", "7",
    ]  # fmt: skip
    reasons = {(one["行号"], one["原因"]) for one in _listed(tmp_path / "rejects.csv")}
    assert reasons == {
        ("3", "引号没有配对，本行无法分列"),
        ("5", "本行有 5 列，表头只有 4 列，可能是引号或分隔符没有配对"),
        ("6", "缺少必填项"),
    }
    assert (report.rows, report.rejected, report.blank) == (7, 3, 1)


def test_broken_json_lines_are_refused_and_the_rest_goes_in(sqlite_store: Store, tmp_path: Path) -> None:
    lines = [
        json.dumps(POSTING_ROW, ensure_ascii=False),
        '{"岗位名称": "电工"',
        '["电工"]',
        '{"岗位名称": "电工", "企业名称": NaN}',
        "[" * 100_000,
        '{"岗位名称": 1' + "0" * 5_000 + "}",
        json.dumps({**POSTING_ROW, "岗位名称": "钳工"}),
    ]
    path = _write(tmp_path, "a.jsonl", "\n".join(lines))
    report = import_file(sqlite_store, Kind.POSTING, path, reject_path=tmp_path / "rejects.csv")
    assert (report.created, report.rejected) == (2, 5)
    reasons = [one["原因"] for one in _listed(tmp_path / "rejects.csv")]
    assert reasons == [
        "不是有效的 JSON：第 14 个字符处出错",
        '应为 JSON 对象，如 {"title": "…"}',
        "不是有效的 JSON：不能有 NaN",
        "不是有效的 JSON：嵌套过深",
        "不是有效的 JSON：数字过长",
    ]


def test_a_few_broken_bytes_cost_their_characters_only(tmp_path: Path) -> None:
    content = _csv(ROWS).encode()
    broken = content.replace("澜川软件".encode(), "澜川".encode() + b"\xe8\xbd" + "件".encode())
    records = _records(_write(tmp_path, "a.csv", broken))
    assert [record.title for record in records] == [row[1] for row in ROWS]
    assert "\ufffd" in records[1].organisation


def test_the_reject_file_opens_in_a_spreadsheet_and_computes_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    row = {**POSTING_ROW, "学历要求": '=HYPERLINK("http://example.org")'}
    rejects = tmp_path / "rejects.csv"
    import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "a.jsonl", _jsonl(row)), reject_path=rejects)
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbf" + "行号,级别,列,值,原因".encode())
    assert _listed(rejects)[0]["值"].startswith("'=")
    assert not list(tmp_path.glob("*.partial"))


# Mappings

BAD_MAPPINGS: list[tuple[str, str]] = [
    ("[columns\n", "映射文件“m.toml”不是有效的 TOML：Expected ']' at the end of a table declaration (at line 1, column 9)"),
    ("[colums]\n", "映射文件“m.toml”里没有“colums”这一节，只能是 columns、constants、source、separator、values、remove"),
    ('columns = "x"\n', "映射文件“m.toml”的“columns”应写成 [columns] 一节"),
    ("[columns]\n甲 = 1\n", "映射文件“m.toml”不是有效的 TOML：Invalid statement (at line 2, column 1)"),
    ('[columns]\n"甲" = 1\n', "映射文件“m.toml”的 [columns] 里“甲”应为文字，如 \"1\""),
    ('[columns]\n"甲" = "身高"\n', "映射文件“m.toml”里的“身高”不是政策的字段，可用：id、source、title、issuer、document_number、text、benefit、amount、instruments、audience、conditions、place、division、published、opens、closes、url"),
    ('[columns]\n"性别" = "audience"\n', "映射文件“m.toml”里的“性别”是个人信息，不收录，不能映射"),
    ("[constants]\ntitle = true\n", "映射文件“m.toml”的 [constants] 里“title”应为文字、数字或列表"),
    ('[source]\nid = "x"\n', "映射文件“m.toml”的 [source] 只能有 name"),
    ('[values]\ntitle = "x"\n', "映射文件“m.toml”的 [values] 应按列分节，如 [values.学历]"),
    ('[remove]\ntitle = "("\n', "映射文件“m.toml”的 [remove] 里“(”不是有效的正则表达式：missing ), unterminated subpattern at position 0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD_MAPPINGS, ids=[text[:16] for text, _ in BAD_MAPPINGS])
def test_a_wrong_mapping_says_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load_mapping(_write(tmp_path, "m.toml", text), Kind.POLICY)
    assert caught.value.message == message


def test_a_mapped_column_outranks_the_built_in_names(tmp_path: Path) -> None:
    mapping = _write(tmp_path, "m.toml", '[columns]\n"工种说明" = "title"\n[constants]\nplace = "宁波"\n')
    path = _write(tmp_path, "a.csv", "岗位名称,工种说明,公司\n甲类,焊工,澜川造船厂\n")
    [posting] = read_records(Kind.POSTING, path, mapping=mapping)
    assert isinstance(posting, Posting)
    assert (posting.title, posting.division) == ("焊工", "330200")


# Again, and in the middle of it


def _stored(store: Store, kind: Kind = Kind.POSTING) -> list[tuple[int, int, Record]]:
    return [(stored.id, stored.revision, stored.record) for stored in store.documents(kind)]


def test_importing_again_changes_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", _csv(ROWS))
    first = import_file(sqlite_store, Kind.POSTING, path)
    before = _stored(sqlite_store)
    again = import_file(sqlite_store, Kind.POSTING, path)
    assert (first.created, again.created, again.updated, again.unchanged) == (3, 0, 0, 3)
    assert _stored(sqlite_store) == before


def test_a_changed_row_updates_its_record(sqlite_store: Store, tmp_path: Path) -> None:
    import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "a.csv", _csv(ROWS)))
    changed = [(*ROWS[0][:4], "9-12K", *ROWS[0][5:]), *ROWS[1:]]
    report = import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "a.csv", _csv(changed)))
    assert (report.updated, report.unchanged) == (1, 2)


def test_rows_without_an_id_are_known_by_their_content(sqlite_store: Store, tmp_path: Path) -> None:
    rows = [row[1:] for row in ROWS]
    path = _write(tmp_path, "a.csv", _csv([*rows, rows[0]], HEADINGS[1:]))
    report = import_file(sqlite_store, Kind.POSTING, path)
    assert (report.created, report.unchanged, report.without_id) == (3, 1, 4)
    assert "内容与前面的一行完全相同" in str(report)
    # Another order of columns and another file format are the same content.
    backwards = _xlsx([HEADINGS[:0:-1], *(row[::-1] for row in rows)])
    again = import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "a.xlsx", backwards))
    assert (again.created, again.unchanged) == (0, 3)


def test_a_repeated_source_id_is_reported(sqlite_store: Store, tmp_path: Path) -> None:
    report = import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "a.csv", _csv([*ROWS, ("A1", *ROWS[1][1:])])))
    assert (report.created, report.updated) == (3, 1)
    assert "警告 来源编号在文件中重复，后一行覆盖前一行，1 行（第 5 行“第 2 行”）" in str(report)


def test_a_row_may_name_its_source(sqlite_store: Store, tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", "平台,id,岗位,公司\n甲网,1,焊工,澜川造船厂\n乙网,1,电工,澜川造船厂\n")
    assert import_file(sqlite_store, Kind.POSTING, path, source="手工").created == 2
    assert {str(record.source.name) for _, _, record in _stored(sqlite_store) if record.source} == {"甲网", "乙网"}


def test_near_duplicates_are_flagged_and_go_in(sqlite_store: Store, tmp_path: Path) -> None:
    text = "负责数控车床的日常操作与点检，看懂图纸，按工艺加工零件，填写交接班记录，服从排班；有同岗位经验者优先。"
    headings = ("岗位编号", "岗位名称", "企业名称", "岗位描述")
    rows = [
        ("1", "数控车床操作工", "澜川精工机械有限公司", text),
        ("2", "数控车床操作工 ", "澜川精工机械有限公司", text.replace("服从排班；", "服从安排。")),
        (
            "3",
            "数控车床操作工",
            "澜川精工机械有限公司",
            "本岗位负责夜间看护设备，另有夜班补贴，需要自备劳保用品，住厂区宿舍。",
        ),
        ("4", "数控车床操作工", "另一家机械有限公司", text),
    ]
    path = _write(tmp_path, "a.csv", _csv(rows, headings))
    report = import_file(sqlite_store, Kind.POSTING, path)
    assert (report.created, [(one.row, one.like_row, one.id) for one in report.duplicates]) == (4, [(3, 2, 2)])
    assert "第 3 行“数控车床操作工”与第 2 行近似" in str(report)
    # Again the same rows are flagged, not the originals for resembling their copies.
    assert [one.row for one in import_file(sqlite_store, Kind.POSTING, path).duplicates] == [3]
    other = _write(tmp_path, "b.csv", _csv([("x", *rows[0][1:])], headings))
    [duplicate] = import_file(sqlite_store, Kind.POSTING, other).duplicates
    assert (duplicate.like_row, duplicate.like_id) == (None, 1)


def test_a_dry_run_reports_and_writes_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", _csv([*ROWS, ("A4", "", "澜川造船厂", *[""] * 6)]))
    report = import_file(sqlite_store, Kind.POSTING, path, dry_run=True, reject_path=tmp_path / "r.csv")
    assert (report.accepted, report.rejected, report.created, sqlite_store.revision) == (3, 1, 0, 0)
    assert str(report).startswith("试导入（未写入）岗位：a.csv（来源“a”）\n共 4 行，可导入 3，拒绝 1，")
    assert len(_listed(tmp_path / "r.csv")) == 1


def test_progress_is_told_up_to_the_end(sqlite_store: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    rows = [(f"A{n}", *ROWS[0][1:]) for n in range(1_100)]
    path = _write(tmp_path, "a.csv", _csv(rows))
    import_file(sqlite_store, Kind.POSTING, path, progress=lambda done, count: told.append((done, count)))
    assert told == [(500, 1_100), (1_000, 1_100), (1_100, 1_100)]


_IMPORT = """
import sys
from pathlib import Path
from data.ingest import import_file
from data.store import Store
from models.terms import Kind
import_file(Store(sys.argv[1]), Kind.POSTING, Path(sys.argv[2]), reject_path=Path(sys.argv[3]))
"""


def test_an_import_that_is_killed_leaves_whole_rows_and_can_be_repeated(tmp_path: Path) -> None:
    rows = [(f"A{n}", f"车工{n}", *ROWS[0][2:]) for n in range(3_000)]
    path = _write(tmp_path, "a.csv", _csv(rows))
    url, rejects = f"sqlite:///{tmp_path / 'killed.db'}", tmp_path / "rejects.csv"
    with Store(url) as store:
        store.migrate()
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen([sys.executable, "-c", _IMPORT, url, str(path), str(rejects)], env=environment)
        until = time.monotonic() + 60
        while store.count(Kind.POSTING) == 0 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        half = _stored(store)
        assert 0 < len(half) < 3_000
        assert len(half) % 500 == 0
        assert not rejects.exists()
        report = import_file(store, Kind.POSTING, path, reject_path=rejects)
        assert (report.unchanged, report.created) == (len(half), 3_000 - len(half))
        whole = _stored(store)
    with Store(f"sqlite:///{tmp_path / 'whole.db'}") as undisturbed:
        undisturbed.migrate()
        import_file(undisturbed, Kind.POSTING, path)
        assert _stored(undisturbed) == whole


# Anything at all

_cells = (
    st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.sampled_from(["8-12K", "2027届", "、"])
)
_values = st.recursive(
    _cells, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
_NAMES = (
    "岗位名称 企业名称 薪资 最低薪资 学历要求 工作地点 技能要求 发布日期 截止日期 技能 occupations conditions cohorts "
    "期望城市 求职类型 毕业时间 预算 层次 名称 学校 专业名称 供给类型 发文机关 开课单位 需求单位 课程名称 单位类型"
)
_headings = st.sampled_from(_NAMES.split())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    rows=st.lists(st.dictionaries(_headings, _values, max_size=8), min_size=1, max_size=4),
    kind=st.sampled_from(list(Kind)),
)
def test_whatever_a_json_file_says_it_is_read_or_refused(
    rows: list[dict[str, Any]], kind: Kind, tmp_path: Path
) -> None:
    path = tmp_path / "any.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    try:
        list(read_records(kind, path))
    except ChanjiaoError as error:
        assert isinstance(error, UnreadableFile)  # noqa: PT017


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(content=st.binary(min_size=1, max_size=400), suffix=st.sampled_from([".csv", ".jsonl", ".xlsx", ".xls", ".txt"]))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(content: bytes, suffix: str, tmp_path: Path) -> None:
    path = _write(tmp_path, f"any{suffix}", "岗位名称,企业名称\n".encode() + content if suffix == ".csv" else content)
    try:
        list(read_records(Kind.POSTING, path))
    except ChanjiaoError as error:
        assert isinstance(error, UnreadableFile)  # noqa: PT017


def test_the_report_reads_like_a_letter(sqlite_store: Store, tmp_path: Path) -> None:
    rows = [*ROWS, ("A4", "", "澜川造船厂", *[""] * 6), ("A5", "铣工", "澜川造船厂", "火星", *[""] * 5)]
    report: ImportReport = import_file(sqlite_store, Kind.POSTING, _write(tmp_path, "岗位.csv", _csv(rows)))
    assert str(report) == (
        "导入岗位：岗位.csv（来源“岗位”）\n"
        "共 5 行，新增 4，更新 0，未变 0，拒绝 1，疑似重复 0，警告 1\n"
        "拒绝 岗位名称：缺少必填项，1 行（第 5 行）\n"
        "警告 工作地点：地点无法识别，1 行（第 6 行“火星”）"
    )
