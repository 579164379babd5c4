"""The facts that a posting states in words: education, grade, experience, headcount, pay, shift.

Each finder reads a folded text and gives the value with the (start, end) of the words that state it, or None.
What is only preferred (本科优先) states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from data.ingest.parse import (
    Unparsed,
    numerals,
    parse_education,
    parse_experience_years,
    parse_headcount,
    parse_quotation,
    parse_skill_level,
    salary_of,
)
from models.terms import Education, Salary, Shift, SkillLevel

T = TypeVar("T")
Found = tuple[T, int, int]

_PREFERRED = re.compile(r"[^,。;!?\n]{0,6}?(?:优先|加分|更佳|更好|尤佳|者佳|为佳)")
_COUNT = r"(?:\d{1,4}|[一二两三四五六七八九十]{1,3})"


def education(folded: str) -> Found[Education] | None:
    """The lowest education that is accepted."""
    for pattern in (_NO_EDUCATION, _EDUCATION, _BARE_EDUCATION):
        for found in pattern.finditer(folded):
            if pattern is _NO_EDUCATION:
                return Education.ANY, *found.span()
            if _PREFERRED.match(folded, found.end()) or _COMPARED.search(
                folded, max(0, found.start() - 6), found.start()
            ):
                continue
            value = _parsed(parse_education, found[0])
            if value:
                return value, *found.span()
    return None


_LEVEL = r"(?:博士|硕士|研究生|大学本科|本科|学士|大学专科|大专|专科|高职|中专|中职|中技|技校|高中|职高|初中|小学)"
_LEVELS = rf"{_LEVEL}(?:\s*(?:/|、|或者?|及|和)?\s*{_LEVEL})*(?:\(含?[^()\n]{{1,8}}\))?"
_FULL_TIME = r"(?:全日制|国家统招|统招|正规|普通高等教育|普通高校)"
_NO_EDUCATION = re.compile(
    r"(?:对)?(?:学历|文化程度|文凭)(?:要求)?(?:[、,和及与]?(?:专业|经验|工作经验|年龄|性别|户籍))*[::\s(]{0,2}"
    r"(?:均?不限制?|无要求|没有?要求|不作?要求|不做要求|(?:不是|不作|不做|无)硬性(?:要求)?|无所谓|不是问题|不重要|随意|不高没关系|低点没关系)"
    r"|(?:不限|不看|不问|不卡|不挑|无)(?:学历|文凭|文化)(?:要求|限制)?|识字(?:就行|即可|就可以)"
)
_EDUCATION = re.compile(
    rf"{_FULL_TIME}?{_LEVELS}(?:学历)?\s*(?:(?:及其?|或|含)?(?:以上|起步?|\+))(?:的?(?:学历|文化(?:程度|水平)?|学位|毕业))?"
    rf"|{_FULL_TIME}{_LEVELS}(?:学历|毕业)?"
    rf"|{_LEVELS}(?:的?(?:学历|文化(?:程度|水平)?|毕业|学位))"
    rf"|(?<=学历)(?:要求)?[::\s]{{0,2}}{_LEVELS}|{_LEVELS}(?=即可|就行|就可以|也行|亦可|均可|都可|都行|皆可)"
    rf"|(?:不低于|至少|最低|起码)(?:是|要|得)?{_LEVELS}"
)
_BARE_EDUCATION = re.compile(
    rf"(?<![^,。;:!?\n\s、.)）】\d类业学])(?:{_LEVEL}(?=[,。;!?\n\s(]|$|[^,。;\n]{{0,10}}(?:专业|类))"
    rf"|(?:大专|本科|中专|中职|硕士)(?![生课教班部阶学]|院校|老师|毕业))"
)
_COMPARED = re.compile(r"放宽(?:到|至)|降至|优于|或者?$")


def skill_level(folded: str) -> Found[SkillLevel] | None:
    """The lowest grade (技能等级) that is accepted."""
    for found in _GRADE.finditer(folded):
        if _PREFERRED.match(folded, found.end()):
            continue
        value = _parsed(parse_skill_level, found[0])
        if value:
            return value, *found.span()
    return None


_GRADE = re.compile(
    r"(?:(?:初级工|中级工|高级工)(?!程)|高级技师|(?:[三二一四五]级[/、]?)(?=[^,。;\n]{0,4}(?:职业|技能){1,2}(?:资格|等级))|(?<=工)[初中高]级(?!工程)(?=[^,。;\n]{0,6}(?:以上|证|资格|等级))"
    r"|技师(?=[^,。;\n]{0,4}(?:以上|等级|职业资格|及以上))|(?<![a-z])[初中高]级(?=(?:及|或)?(?:以上)?(?:职业|技能)(?:技能)?(?:资格|等级))|学徒工?(?=也可|亦可|也行|都行|均可|也收|也要))"
    r"(?:(?:及|或)?以上|起)?"
)


def experience_years(folded: str) -> Found[int] | None:
    """The fewest years that are accepted; 0 where people without experience are welcome too."""
    welcome = next((found for found in _WELCOME.finditer(folded)), None)
    if welcome:
        return 0, *welcome.span()
    for found in _YEARS.finditer(folded):
        if _OTHER_YEARS.search(folded, max(0, found.start() - 5), found.start()):
            continue
        if _PREFERRED.match(folded, found.end()) and not found["open"]:
            continue
        if _MERELY_PREFERRED.match(folded, found.end()):
            continue
        value = _parsed(parse_experience_years, found["years"])
        if value is not None:
            return value, found.start("years"), found.end("years")
    return None


_WELCOME = re.compile(
    r"(?:无需|不需要?|不要求|无须|不限|不用|没有?|无|零|有无)(?:任何|相关|工作|从业|行业)*经验(?:要求|限制)?(?:者|也|亦|均|都|可|能|行|接受|可以|皆|学|培养|做|带)*"
    r"|(?:工作)?经验(?:要求)?[::\s]{0,2}(?:均?不限制?|无要求|不作?要求|不做要求|不要求|无所谓)"
    r"|(?:可?接受|欢迎|招收?|优秀|招聘|面向)?(?:\d{2,4}届)?(?:应届(?:毕业)?生?|应往届(?:毕业)?生?|往届生)(?:也|亦|均|都|皆)?(?:可以?|行|要|收|优先|欢迎|接受|投)+[投报考]?"
    r"|(?:可?接受|欢迎|招收?|面向)(?:优秀)?(?:\d{2,4}届)?(?:应届|应往届|往届)(?:毕业)?生?"
    r"|(?:小白|新手|零基础|0基础|生手|学徒|没做过)(?:者|的|也|亦|均|都|皆)*(?:可以?|行|能|要|收|教|学|做|欢迎)+"
)
_YEARS = re.compile(
    rf"(?P<years>{_COUNT}(?:\s*[-~—至到]+\s*{_COUNT})?[^\S\n]*年(?!龄)(?P<open>(?:及|或)?(?:其)?以上|起|或以上|\+)?|半年(?P<half>(?:及|或)?以上)?)"
    r"(?(open)|(?(half)|(?=[^,。;!?\n]{0,18}(?:经验|经历|工龄|驾龄|从业|工作)|[;;,。\n]|$)))"
)
_OTHER_YEARS = re.compile(
    r"近|成立|合同|满|第|每|年薪|毕业|过去|未来|\d$|[工合]龄|立足|深耕|约|保修|质保|晋升|干了|学了|今"
)
_MERELY_PREFERRED = re.compile(r"[^,。;!?\n]{0,20}(?:优先|加分|更佳|者佳)")


def headcount(folded: str) -> Found[int] | None:
    """How many are wanted, the fewest of a range; of several jobs named together (店长1名、店员4名) the sum."""
    for pattern in _HEADCOUNTS:
        for found in pattern.finditer(folded):
            one = _people(folded, found)
            if one:
                if _IS_TOTAL.search(folded, max(0, one[1] - 4), one[2] + 1):
                    return one
                return _with_others(folded, one, (_NEXT_BARE,) if pattern is _BARE else _OTHERS)
    return None


def _people(folded: str, found: re.Match[str]) -> Found[int] | None:
    name = found.lastgroup or "count"
    start, end = found.span(name)
    clause = _start(folded, found.start(), ",。;!?\n:")
    if _OTHER_PEOPLE.match(folded, end) or _NOT_HIRING.search(folded, clause, start):
        return None
    if found.re is not _BY_PLACES and _OTHER_TEAM.search(folded, max(clause, start - 8), start):
        return None
    if found.re in _WITHOUT_VERB and _EXISTING.search(folded, max(_start(folded, start, "。;!\n"), start - 30), start):
        return None
    said = re.sub(r"号人?|枚|席|[余多来+]", "", found[name].replace("俩", "2").replace("仨", "3").replace("、", "-"))
    value = _parsed(parse_headcount, numerals(said).strip())
    if not value:
        return None
    each = _EACH.search(folded, clause, start)
    return (value * _jobs(folded, each.start()), each.start(), end) if each else (value, start, end)


def _with_others(folded: str, first: Found[int], patterns: Sequence[re.Pattern[str]]) -> Found[int]:
    """The first count with those of the jobs named after it, in its line or in lines of their own below it."""
    value, start, end = first
    later = (found for pattern in patterns for found in pattern.finditer(folded, end))
    for found in sorted(later, key=lambda one: one.start("count")):
        gap = folded[end : max(end, found.start(found.lastgroup or "count"))]
        other = _people(folded, found)
        if other is None or other[1] < end:
            continue
        if not _BESIDE.fullmatch(gap):
            break
        value, end = value + other[0], other[2]
    return value, start, end


def _jobs(folded: str, end: int) -> int:
    """How many jobs stand before 各: 钣金、喷漆各一位 are two."""
    before = folded[_start(folded, end, ",。;!?\n:") : end]
    told = re.search(
        r"([两二三四五六2-6])个(?:岗位|方向|门店|校区|班组|部门|地区|城市)[^、]{0,3}$", folded[max(0, end - 14) : end]
    )
    if told:
        return int(numerals(told[1]))
    return max(1 + len(re.findall(r"[、/和及与]", before)), 1 + bool(re.search(r"男女|[早白][晚夜]班", before)))


def _start(folded: str, end: int, marks: str) -> int:
    """Where the stretch begins that reaches from the last of the marks to `end`."""
    return max(folded.rfind(mark, 0, end) for mark in marks) + 1


_SEVERAL = r"(?:(?<![\d.abd-z])\d{1,4}(?![\d.%])|[一二两三四五六七八九十百]{1,4})"
_RANGE = rf"{_SEVERAL}(?:(?:[^\S\n]*[-~—至到][^\S\n]*|、(?=\d[名人个位])){_SEVERAL})?[^\S\n]*[余多来+]?"
_WORKER = r"[工员师手生岗傅理长嫂姨厨匠医护徒管人姐妹哥端播配洁安服职]"
_JOB_END = rf"(?:{_WORKER[:-1]}机教问导辑表计试发维售台务纳银勤购特检案划译单包焊剪打操注待士])"
"""The last characters of most words for people at work, and of most names of jobs."""
_PERSON = (
    rf"(?:人|名额|坑|岗|hc|师傅|小?伙伴|[早中晚夜白]班|有(?![效利序限])|能|会|懂|肯|熟|可以?|兼职|全职|长期|试试|就|[男女](?=[工生的员])"
    rf"|[^,。;:!?\n、]{{0,12}}?{_WORKER}(?=[,。;!?\n\s(/]|$)|[^,。;!?\n]{{1,12}}的(?=[,。;!?\n\s]|$)|[,。;!?\n)_<~]|\s*$)"
)
"""What follows 个 when people are counted: 招2个会焊的, but not 需要2个方案."""
_PEOPLE = rf"(?P<count>{_RANGE}\s*(?:名|人|位|枚|席|号人|个(?!月|工作日)(?=\s*{_PERSON})))"
_HEADS = rf"(?P<count>{_RANGE}\s*(?:名|人|位|枚|席|号人|个人?))"
_GAP = r"(?:[^,。;!?\n\d你]|(?<=[a-z])\d|\d[a-z])"
_HIRE = (
    r"(?:(?<!已)招(?![标商投呼待牌式股])|(?<!应)聘(?!用期|书)|(?<!不)缺(?![陷点乏勤席])|欢迎(?=[\d两三四五])|寻(?!求?职)|诚邀|限(?=[\d一二两三四五]+[名人个位][,。;!?\n])|引进|扩编|增编|增补|增员|补[充员]"
    r"|还差|(?<![从近未以将原后本年往进])来(?=[\d一两二三四五])|[补加添](?=[\d一两二三四五])|再来|就差|拟录用?|新增(?=\d)|急需|(?<!不)(?<!无)需(?!求[侧分调变管评文的和])要?|收(?![入银货款费集益到购])|(?<!不)找(?!到)|(?<![需不主重必首概简])要(?!求))"
)
_END = r"(?=[,。;!?\n()\s、/+_<【🤖-]|$|[马立]|急|若|即|左右|名额|要求|薪|包|限|长期|[男女白夜]|都?要)"
_LABEL = r"(?:招聘|招收|招录|招工|需求|用工|录用|拟聘|拟招|计划|岗位|职位|人员|所需|需要|缺)"
_BY_LABEL = re.compile(
    rf"(?:名额|坑位|空缺|缺口|限额|(?:岗位|人员|共有|正式|(?<![^,。;\n\s]))编制(?=[\s::]*\d+[名个人])|定[编员]|{_LABEL}?(?:人\s?[数數]|招聘数|职位数|岗位数)|(?:{_LABEL}|招)数?量|(?<![a-z])(?:hc|headcount)|招[聘收]计划|招人(?=[::]))[^\S\n]*(?:还?有|还?剩|只有|就|仅)?(?:\([人名个位]\))?[\s::(】\]|*x×]{{0,4}}(?:大?[约概]|共|计|为|是|各)?(?P<count>[俩仨]|{_RANGE}(?![年月岁天元万\da-gi-z~至到—-])(?:\s*(?:名|人|位|个(?!月)))?)"
)
"""招聘人数：3, HC×2"""
_BY_PLACES = re.compile(
    rf"(?<![这那第另])(?P<count>{_SEVERAL})\s*(?:个坑位?|(?<=[剩空有差]\d)个(?:位置|岗)|个?(?:招聘|用工|岗位)?(?:名额|hc(?![a-z])|坑位|空缺|空位|缺口|空岗|headcount))"
)
"""3个名额"""
_ALTOGETHER = re.compile(
    rf"(?:[工员师手生岗班招聘需求发端维测试、()](?:总|一|合)?共计?|(?:合|总|共)计|(?<![^,。;!?\n\s:(])[一总]?共)[^\S\n]*(?:招聘?|需要?|约|大约)*[^\S\n]*{_PEOPLE}{_END}"
)
"""保安共8人"""
_BY_VERB = re.compile(rf"(?:{_HIRE}|(?:[招缺找]人|招工|招聘)[,。!:~\s]{{1,3}}){_GAP}{{0,14}}?{_PEOPLE}")
"""招焊工3名"""
_AFTER_CALL = re.compile(
    rf"[招聘缺加添](?:人|[^,。;!?\n\d]{{0,8}}[工员师手傅人班组])?[,。!:~]{{1,3}}\s*[一-鿿]{{1,6}}\s*{_HEADS}{_END}"
)
"""急招长期工！流水线30人"""
_BY_PAIR = re.compile(r"(?:招|要|找|缺|聘|收|差|补|来)[^,。;!?\n\d你]{0,8}?(?P<count>[俩仨])")
"""缺俩会焊的"""
_BARE = re.compile(
    r"(?:招|聘|缺|岗位)[聘工人]?[::]?(?![^,。;!?\n\d]*(?:要求|条件|职位|年龄|时间|编号|电话|年级|平台|楼|内容|地点|待遇|职责))[一-鿿]{2,8}[^\S\n]?(?P<count>\d{1,2}|\d{2,3}\+)(?=[,。;!?\n\s、]|$)"
)
"""招焊工3"""
_BY_JOB = re.compile(
    rf"(?:(?<={_JOB_END})|(?<=各)|(?<=[初中高]级)|(?<=岗位)|(?<=桌面)|(?<=\))(?=\d+[^\S\n]*名)|(?<=[工员师手生岗傅理长导管端]\)))[^\S\n]*(?:[::(—-]?[^\S\n]*各?[^\S\n]*{_HEADS}(?:(?<=名)|{_END})|[×x*](?P<times>\d{{1,3}})(?![\d天]))"
)
"""焊工3名, 质检×2, 各1名"""
_BY_LINE = re.compile(
    rf"(?<![^\n])(?![^\n]{{0,12}}[现拥]有|[我他一组])(?:(?![您你是为])[一-鿿a-z/、]){{2,12}}?(?P<count>{_RANGE}[^\S\n]*(?:名|人(?=[,。;!?\n(<]|$)))"
)
"""女尾部1名（白班）, at the head of a line"""
_COUNT_FIRST = re.compile(
    rf"(?<![^,。;!?\n\s、:(])(?P<count>{_RANGE}\s*[名位])[^,。;:!?\n、\d各]{{1,12}}?{_WORKER}(?=[,。;!?\n\s(、]|$)"
)
"""3名焊工"""
_ALONE = re.compile(rf"(?<![^,。;!?\n\s、:(【\[])\s*{_HEADS}\s*(?:名额)?(?=[,。;!?\n()】\]🤖]|$|即可|就行|就够)")
"""包吃住，3名。"""
_NEXT = re.compile(rf"(?<=[、,;和及])[一-鿿]{{2,6}}?(?P<count>{_RANGE}[^\S\n]*[名位人]){_END}")
"""、数学1名, after another count"""
_NEXT_BARE = re.compile(r"(?<=[、,\s])[一-鿿]{2,6}[^\S\n]?(?P<count>\d{1,2})(?=[、,。;!\n]|$)")
"""、裁剪5, after another count without 名"""
_HEADCOUNTS = (
    _BY_LABEL,
    _BY_PLACES,
    _ALTOGETHER,
    _BY_VERB,
    _AFTER_CALL,
    _BY_PAIR,
    _BARE,
    _BY_JOB,
    _BY_LINE,
    _COUNT_FIRST,
    _ALONE,
)
_OTHERS = (_BY_JOB, _COUNT_FIRST, _NEXT)
_WITHOUT_VERB = frozenset(
    (_BY_LABEL, _BY_PLACES, _ALTOGETHER, _AFTER_CALL, _BY_JOB, _BY_LINE, _COUNT_FIRST, _ALONE, _NEXT)
)
_IS_TOTAL = re.compile(
    r"(?:[招聘需要缺共]|[合总共]计|人数|数量|名额|招募)\s*(?:[\d一二两三四五六七八九十百~-]{1,5}\s*(?:名|人|位|个人?))[,。;!?\n(]?$"
)
_BESIDE = re.compile(r"(?!.*(?:其中|留用|\([^)]*$))(?:[^\n]*|[\s,;。、)]*\n+[^\n,。;]{1,14})", re.DOTALL)
"""What may stand between the counts of two jobs that are wanted together."""
_EACH = re.compile(r"各[招聘需要]?\s*$")
_OTHER_PEOPLE = re.compile(
    r"\s*(?:间|及?以[上下内](?![,。;!?\n)]|$)|左右的|的?(?:规模|小?团队(?!长|经理|主管|助理|负责)|小组(?!长)|宿舍(?!管|阿姨)|嘉宾|顾客"
    r"|客户(?!经理|代表|顾问|专员|服务|主管|成功|维护|关系|助理|总监|开发)|学[员生](?!兼职|工|暑|管理|顾问)|(?:孩子|老人|幼儿)(?!护|陪|教|园))"
    r"|[/每一多](?=[间组桌班人台车机单策表议])|组成|成组|提成|奖|(?<=人)(?:[天月日次民物份问]|工智|入职|合住)|(?<=位)(?:数(?![据控学字])|单片|处理))"
)
"""What follows a number of people who are not wanted: those who live, learn or buy here."""
_OTHER_TEAM = re.compile(
    r"团队(?![^,]{0,4}[招聘缺找差])|带[领教过团]*$|(?<![库业政目场])管理(?![员岗师者层]|人员|培训|干部)"
    r"|(?<!户)服务(?![员生岗台师]|顾问|经理|专员|人员|技师)|(?:培养|辅导|介绍|推荐|(?<!台)接待|负责|超过?|[接将]近|现在|[入离在]职|[至最]少|一对|[前第]|(?<![还没])有|(?<![装切打])配备?)$"
    r"|[现拥]有|规模|约有|标配|指导(?!教师|老师|员)|照[顾护](?![员师])|排名|每[班组人天月]?[^,]{0,2}$"
)
"""Words before a number of people that somebody has, leads or serves already."""
_NOT_HIRING = re.compile(
    r"每[天月周年季][^,]{0,4}招|(?:完成|协助|独立|成功|累计|曾|支持)[^,]{0,10}招|作为|成为|评选|晋升|培训名"
)
"""Words in the clause that make recruiting the work, or the count an honour."""
_EXISTING = re.compile(
    r"(?:员工|[现拥已]有|其中|规模|团[队员]|在[职校]|师生|学生|会议|班级|下属|宿舍|公寓|住房|安排住宿|实训|粉丝|÷|成立|带[领过]|目前)(?!.*[招聘缺])"
)
"""Words in the sentence, with no word that hires after them, that make a count without a verb one of people there."""


def salary(folded: str) -> Found[Salary] | None:
    """The pay that is quoted: the whole rather than a base or an allowance, a range rather than one amount."""
    quoted = [(_trust(folded, found), -found.start(), found) for found in _PAY.finditer(folded)]
    for trust, _, found in sorted(quoted, key=lambda one: one[:2], reverse=True):
        if trust <= 0:
            break
        value = _pay(folded, found)
        if value:
            return value, found.start("said"), found.end("said")
    return None


_AMOUNT = r"(?:\d{1,3},\d{3}|\d+(?:\.\d+)?)"
_UNIT = r"(?:万元?|[kw千]|元|块)?"
_PER = r"(?:[^\S\n]*(?:人民币|元)?[^\S\n]*(?:/|每|一个?|per)[^\S\n]*(?:个?月|年|天|日|小时|时|h))?"
_PAY = re.compile(
    rf"(?P<before>(?:[年月日时]薪|年收入|月收入|月入|月工资|薪资|薪酬|工资|收入|待遇|综合|到手|底薪|保底|酬劳|课时费|报酬|日结|计件|月|每小时|每天|每月|一天|一个月|薪)[^\d,。;!?\n]{{0,8}})?"
    rf"(?P<said>(?<![\d.a-z#-]){_AMOUNT}[^\S\n]*{_UNIT}[^\S\n]*(?:[-~—–至到]+[^\S\n]*{_AMOUNT}[^\S\n]*{_UNIT})?{_PER}(?:[·x*,]?[^\S\n]*\(?1\d薪\)?)?(?:以上|起步?|左右|\+(?=[,。;[^\S\n]]|$))?)(?![\d%])"
)
_PAY_WORD = re.compile(r"^月$|薪|工资|收入|月入|待遇|综合|到手|酬|计件|日结")
_PARTIAL = re.compile(r"底薪|保底|试用期?|实习期")
_EXTRA = re.compile(
    r"补贴|补助|补|奖|津贴|提成|押金|报销|罚|红包|礼金|注册|产值|营业额|销售额|预算|投资|面积|年产|餐|房补|话费|全勤|工龄|绩效|加班|社保|一次性|时间|上班|客单|单价|粉丝|电话|微信|热线|手机|成本|身高|年龄"
)
_NOT_PAY = re.compile(
    r"\s*(?:字|单|人|名|公里|㎡|平|吨|件|次|台|转|kw|v\b|hz|日均|亿|用户|粉|条|位|家|mm|cm|度|℃|岁|届|号|点|分|个(?!月)|亩|套|辆|天(?!$)|年(?!$)|小时|米|秒|批|组|班|楼|层|路|w?㎡|头|只|床|k?w?h|项|篇|级|v)"
)
_LONE = re.compile(r"[,。;!?\n\s(+:]|$|五险|包|双休|单休|底薪|提成|社保")


def _trust(folded: str, found: re.Match[str]) -> int:
    """How likely an amount is the pay; 0 and less for what is none."""
    said = found["said"]
    before = found["before"] or ""
    lead = folded[max(0, found.start("said") - 8) : found.start("said")]
    lead = lead[max(lead.rfind(mark) for mark in ",。;!?\n、") + 1 :]
    ranged = bool(re.search(r"[-~—–至到]", said))
    has_unit = bool(re.search(r"[kw万千元块]", said))
    has_period = bool(re.search(r"(?:/|每|一个?)\s*(?:个?月|年|天|日|小时|时|h)", said))
    first = float(re.match(_AMOUNT, said)[0].replace(",", ""))  # type: ignore[index]  # the pattern begins so
    if _NOT_PAY.match(folded, found.end("said")) and not has_unit:
        return -1
    trust = 3 * bool(_PAY_WORD.search(before)) + 2 * has_period + has_unit + 2 * ranged
    if not before and not has_period:
        lone = bool(
            re.search(
                r"[,。;!?\n\s:)】\]]$|^$|💰|💵|[^\w]$", folded[max(0, found.start("said") - 1) : found.start("said")]
            )
        )
        lone = lone and bool(_LONE.match(folded, found.end("said")))
        if not (ranged and lone and (has_unit or first >= 1_000)):
            return -1
    if not has_unit and not has_period and first < 1_000 and not (ranged and re.search(r"[年月]薪", before)):
        return -1
    if _PARTIAL.search(lead) or _PARTIAL.search(before):
        trust -= 3
    if _EXTRA.search(lead) and not _PAY_WORD.search(before):
        return -1
    return trust


def _pay(folded: str, found: re.Match[str]) -> Salary | None:
    after = re.match(r"\s*(?:一个?|每|/)(?:个?月|天|年|小时)", folded[found.end("said") : found.end("said") + 5])
    said = re.sub(r"以上|起步?|左右|\+", "", found["said"]) + (after[0] if after else "")
    period = re.search(r"年薪|年收入|时薪|日薪|每小时|每天|月薪|一天|日结", found["before"] or "")
    text = (period[0].replace("一天", "每天").replace("日结", "日薪") if period and "/" not in said else "") + said
    try:
        quotation = parse_quotation(text)
        pay = salary_of(quotation, text=found["before"] or "") if quotation else None
    except (Unparsed, ValueError):
        return None
    return pay if pay and _LEAST <= pay.low <= _MOST else None


_LEAST, _MOST = 800, 1_000_000
"""CNY per month between which an amount may be pay: less is an allowance, more a turnover."""


def shift(folded: str) -> Found[Shift] | None:
    """The working hours; a night shift only where no other is named."""
    night: Found[Shift] | None = None
    for found in _SHIFT.finditer(folded):
        if _NO_SHIFT.search(folded, max(0, found.start() - 8), found.start()) or _SHIFT_PAY.match(folded, found.end()):
            continue
        value = _SHIFTS[found.lastgroup or "night"]
        if value is Shift.NIGHT:
            night = night or (value, *found.span())
        else:
            return value, *found.span()
    return night


_SHIFT = re.compile(
    r"(?P<three>四班[三两二](?:倒|运转|转)?|4班3(?:倒|运转)|(?:早中晚)?[三3]班(?:[两二]?(?:倒|运转|轮换?|制)|(?=[,。;!?\n\s]|$))|倒三班)"
    r"|(?P<two>[两二2]班(?:半月|一周|每周)?(?:[两二]?(?:倒|运转|轮换?|制)|(?=[,。;!?\n\s]|$))|白夜(?:两班|班)?(?:轮[换班]?|倒班?)?|倒两班|翻班"
    r"|白班(?:和|与|、|/)?[夜晚]班(?:轮|倒)|(?:需|能|要|可|接受|适应|服从)倒班|倒班制?)"
    r"|(?P<roster>早中?晚班|早班(?:和|与|、|/)?晚班(?:轮|倒)|轮值排班|轮班制?|排班制?)"
    r"|(?P<flexible>弹性(?!模|体|支|伸|材|福|面|布|纤)(?:工作制?|排[班课]|上班|制|坐班)?|时间(?:自由|灵活)|不坐班)"
    r"|(?P<day>[长常]白班?|正常白?班|常日班|行政班|白班|日班|朝九晚[五六]|早[八九]晚[五六七])|(?P<night>夜班|晚班)"
)
_SHIFTS = {
    "three": Shift.THREE,
    "two": Shift.TWO,
    "roster": Shift.ROSTER,
    "flexible": Shift.FLEXIBLE,
    "day": Shift.DAY,
    "night": Shift.NIGHT,
}
_NO_SHIFT = re.compile(
    r"(?:不(?:用|需要?|上|倒|值)|无|没有?|免|拒绝)[^,。;!?\n]{0,4}$|(?:安排|管理|负责|组织|制定|编制|团队|人员|员工|生产|课程)[^,。;!?\n、]{0,4}$"
)
_SHIFT_PAY = re.compile(r"(?:有|另|补|津|餐|费|加|工资|额外|表|过|和考勤|管理|软件|系统|计划|,?有补)")


def _parsed(parse: Callable[[str], T | None], text: str) -> T | None:
    try:
        return parse(text)
    except Unparsed:
        return None


def all_statements(folded: str) -> Iterator[tuple[str, Found[Any]]]:
    """Every fact of the text by the name of its field in `Facts`."""
    finders: tuple[Callable[[str], Found[Any] | None], ...] = (
        education,
        skill_level,
        experience_years,
        headcount,
        salary,
        shift,
    )
    for find in finders:
        found = find(folded)
        if found:
            yield find.__name__, found
