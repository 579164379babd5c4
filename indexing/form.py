"""What a posting says in words of the elements it must hold: employer, headcount, conditions, work, place, pay, end.

Each finder reads a folded text. The exact values of what is stated stand in `statements`; here it is enough that
something is said.
"""

from __future__ import annotations

import re
from datetime import date

from indexing import statements
from indexing.clauses import Clauses, Part


def introduces_employer(folded: str) -> bool:
    return bool(_EMPLOYER.search(folded))


def says_headcount(folded: str) -> bool:
    """A number, or 若干 and 数名, which Chinese notices take for one."""
    return bool(_SOME.search(folded)) or statements.headcount(folded) is not None


def says_conditions(clauses: Clauses) -> bool:
    return Part.REQUIREMENTS in clauses.parts or bool(_CONDITION.search(clauses.text))


def says_place(folded: str) -> bool:
    """Home and remote count as a place."""
    return bool(_PLACE.search(folded))


def says_pay(folded: str) -> bool:
    return bool(_PAY.search(folded)) or statements.salary(folded) is not None


def negotiable(folded: str) -> tuple[int, int] | None:
    """The (start, end) of words that leave the pay open: 薪资面议, 待遇从优."""
    found = _NEGOTIABLE.search(folded)
    return found.span() if found else None


def says_work(clauses: Clauses) -> bool:
    """Whether there is more than what is asked and offered: a heading of duties, or a clause that does something."""
    if Part.DUTIES in clauses.parts:
        return True
    lines = _MARK.split(_ORIGINAL_TITLE.sub("", clauses.text))
    if any(_DOING.search(line) and not _ASKED.search(line) for line in lines):
        return True
    said = [line for line in lines if len(line.strip()) > 1 and not _NO_WORK.search(line)]
    return len("".join(said)) >= _LEAST_SAID


def deadline(folded: str) -> tuple[date, int, int] | None:
    """The day on which a posting says that it ends (招聘截止时间：2026-12-31), with the words that say so."""
    found = _DEADLINE.search(folded)
    if found is None:
        return None
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day, *found.span()


_EMPLOYER = re.compile(
    r"(?:公司|企业|单位|集团|学校|医院|酒店|门店|项目)(?:简介|介绍|概况|背景|是一[家所]|成立于|创立于|创建于|位于|主要(?:从事|经营|生产))|关于我们|我们是(?:一家|[^,。;\n]{0,10}(?:公司|企业|团队|厂))|我司(?:是|成立|主营|主要)|成立于\d|主营|专业(?:从事|生产)"
)
_SOME = re.compile(
    r"(?:招|聘|需|收)[^,。;!?\n]{0,10}(?:若干|数名|多名|数人|多人)|(?:若干|数|多)名(?=[,。;!?\n)]|$)|人数不限|大量招"
)
_CONDITION = re.compile(
    r"要求|经验|学历|本科|大专|中专|高中|熟[悉练]|掌握|精通|能够|具备|具有|持[有证]|岁|专业|应届|新手|小白|不限|身体健康|吃苦|责任心|沟通|优先|限|会[用开说]|驾照|证书|学徒|熟手|能力|勤快|踏实"
)
_PLACE = re.compile(
    r"居家|remote|远程(?:办公|工作)?|在家(?:办公|工作)|(?:工作|上班|办公|实习|面试)(?:地点|地址|地区|城市|区域|地)|地[点址]\s*:|base\s*:?\s*[一-鿿]|坐标|位于"
)
_PAY = re.compile(
    r"(?:底薪|月薪|工资|薪资|薪酬|待遇|收入|时薪|日薪|补贴|报酬|课时费|无责)[^,。;!?\n\d]{0,10}\d{2,}|(?<!\d)\d{1,6}\s?元?\s?(?:/|每|一)\s*(?:小时|天|月|单|件|课时|节|次)|(?<!\d)\d{1,3}k|按件计|(?:每|一)(?:题|单|件|条|篇|个|次|小时|天|课时|台)[^,。;!?\n\d]{0,4}\d"
)
_NEGOTIABLE = re.compile(r"(?:薪资|薪酬|工资|待遇|薪水|月薪)?[:\s]{0,2}面议|(?:薪资|薪酬|工资|待遇)(?:从优|优厚|丰厚)")
_MARK = re.compile(r"[,。;!?\n]")
_ORIGINAL_TITLE = re.compile(r"原标题[^\n]*")
_DOING = re.compile(
    r"(?:提供[^,。;!?\n]{0,8}|客户|顾客)服务|制作|打包|灌装|生产[一-鿿]{2}|清洗|打扫|搬运|分拣|理货|操作|维护|销售(?!经验)|设计|接待|负责|处理|安装|检[测验查]|加工|装配|配送|驾驶|照[顾料]|种植|养殖|教学|收银|消毒|[洗切磨焊裁缝][一-鿿]{1,4}"
)
_ASKED = re.compile(r"经验|熟[悉练]|掌握|精通|优先|能力|专业|学历|证|职称|以上")
_NO_WORK = re.compile(
    r"要求|经验|学历|本科|大专|以上|优先|吃苦|服从|责任心|岁|不限|熟手|待遇|工资|薪|底薪|提成|包[吃住]|五险|社保|月休|双休|单休|餐|宿舍|奖|补贴|聚餐|活动|福利|提供|环境|干净|电话|联系|微信|地[点址]|面试|时间"
)
"""Clauses that say what is asked or offered."""
_LEAST_SAID = 8
"""Characters that name some work (收银、理货、打扫)."""
_DEADLINE = re.compile(
    r"(?:截止|截至|有效期(?:限|至|到)?|报名至)(?:时间|日期|至|到)?[^\d,。;!?\n]{0,6}(?P<year>20\d\d)\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})(?:\s*日)?"
)
