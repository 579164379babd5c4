"""Wording of postings that the law forbids or restricts, by the rule that it breaks: places, fees, bait, disguise.

What is denied (不收取任何费用, 谢绝中介, 无夜班) and what the job itself handles (收取客户押金) says nothing of the kind.
Demands on the person (限男, 35岁以下) are found in `discrimination`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice

from indexing.clauses import Clauses, Part, itemised
from models.matches import Span


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that break a rule, if the rule applies to the posting."""

    rule: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern; what is quoted is its one group that took part, or all of it."""

    rule: str
    said: re.Pattern[str]
    fields: tuple[str, ...]
    unless_before: re.Pattern[str] | None
    """Searched in the sentence before the words."""
    unless_after: re.Pattern[str] | None
    """Matched right after the words."""
    unless_around: re.Pattern[str] | None
    """Searched in the clause that the words stand in."""
    handled: bool
    """Whether the words are harmless among duties where the job handles such things: 办理租户押金."""


def wordings(texts: Mapping[str, str]) -> Iterator[Wording]:
    """Every such wording of a posting's texts, by field and position; of overlapping ones of a rule the longest."""
    for name, text in texts.items():
        patterns = [one for one in _patterns() if name in one.fields]
        if not text or not patterns:
            continue
        clauses = Clauses.of(itemised(text))
        hits = {hit for one in patterns for hit in islice(_hits(one, clauses), _MOST)}
        found = sorted(hits, key=lambda hit: (hit[0], hit[1], -hit[2]))
        last: tuple[str, int] = ("", 0)
        kept = []
        for rule, start, end in found:
            if rule == last[0] and start < last[1]:
                continue
            last = (rule, end)
            kept.append((start, end, rule))
        for start, end, rule in sorted(kept):
            yield Wording(rule, Span(name, start, end, text[start:end]))


def _hits(pattern: _Pattern, clauses: Clauses) -> Iterator[tuple[str, int, int]]:
    text = clauses.text
    for match in pattern.said.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        first, last = _sentence(text, start, end)
        if pattern.unless_before and pattern.unless_before.search(text, first, start):
            continue
        if pattern.unless_after and pattern.unless_after.match(text, end, last):
            continue
        if pattern.unless_around:
            before, after = clauses.clause(start, end)
            if pattern.unless_around.search(text, max(before, first), min(after, last)):
                continue
        if pattern.handled and clauses.part(start) is Part.DUTIES and _HANDLED.search(text, first, end):
            continue
        yield pattern.rule, start, end


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around the words, or as much of it as denials reach."""
    near = max(0, start - _REACH)
    first = max(text.rfind(mark, near, start) for mark in "。;!?\n") + 1
    after = _SENTENCE_END.search(text, end, end + _REACH)
    return max(near, first), after.start() if after else min(len(text), end + _REACH)


_REACH = 80
"""Characters around words in which a denial or another meaning of theirs is looked for; sentences may be endless."""
_MOST = 20
"""Quotes of one rule that one text gives: a reviewer needs no more."""
_SENTENCE_END = re.compile(r"[。;!?\n]")
_HANDLED = re.compile(
    r"负责|协助|处理|办理|管理|解答|讲解|收取|跟进|审核|统计|核[对算]|推广|开发|对接|组织|制定|完成|维护|识别|介绍|宣传|进行|参与|执行|指导|编制|录入|登记|咨询|开拓|服务|销售|策划"
)
"""What a job does with money, training and partners of others."""

_VENUE = r"(?:酒吧|清吧|夜店|夜场|夜总会|ktv|歌舞厅|(?<!国)歌厅|歌城|舞厅|迪厅|迪吧|洗浴|(?<!海水)(?<!海滨)(?<!沙滩)浴场|浴池|浴室(?!柜)|澡堂|汗蒸|足浴|足疗|沐足|桑拿|水疗会所|养生会所|休闲会所|娱乐会所|夜总|网吧|网咖|电竞馆|电子游戏厅|游戏厅|游艺厅|电玩城|棋牌室|棋牌馆|麻将馆)"
_NOT_VENUE = r"(?!类?(?:音响|设备|系统|软件|装修|装饰|工程|设计|家具|用品|采购|灯光|管理系统|项目投标|渠道|客户|行业|街区?商|台面?|经历|经验|电脑|产品|市场|等))"
_VENUE_JOB = r"(?:内|里|的|专业)?(?:服务[员生]|收银|前台|迎宾|接待|领班|主管|经理|店长|网管|网管员|调酒师|吧员|吧台|驻唱|歌手|dj|技师|搓澡|保洁|保安|厨师|传菜|主持|佳丽|公主|少爷|营销|储备|管理员|值班)"

_NOT = r"(?:不(?!仅|但|止|限|错|同|断|怕|论|少于|低于|超过|定期|满|含加班)|无(?!论|锡|经验|责任|犯罪|尘|人机|线|铅|障碍)|没有|没啥|免(?!费)|未(?!满|来|婚)|勿|非(?!常)|零|(?<!\d)0\s?(?=元|费|押|收)|拒绝?|谢绝|严禁|禁止|杜绝|谨防|警惕|防止|防范|骗|远离|从来?不|绝不|诈)"

_MONEY = r"(?:押金|保证金|定金|(?:服装|工装|工服|工牌|制服|装备|设备|住宿|岗位|工作)押金|(?:服装|工装|工服|工牌|制服|培训|岗前培训|上岗|岗位|中介|介绍|报名|建档|资料|入职|办证|会员|入会|手续|体检|入场|管理|实习|材料|就业服务|工号|保密|资格|考证)费)"
_OTHERS_MONEY = r"投标|履约|招标|质保|标书|客户|租户|租客|租赁|业主|住户|供应商|经销商|厂家|房客|宾客|客人|旅客|患者|病人|学员|家长|会员(?!费)|退还|核算|核对|对账|财务|会计|报销|催收|催缴|收银|项目|工程|票据|发票|账务|管理工作|跟进|负责|协助|办理|退付|缴存|民工工资|公司承担|公司报销|报销|由公司|补贴|免费|公司出|公司提供|统一安排|外汇|期货|融资|合同"
_NO_MONEY = rf"{_NOT}|免费|全免|均为诈骗|(?:收费|索要|要求).{{0,12}}(?:骗|举报|投诉)"

_OVERTIME = r"(?:(?:能|可|可以|需要?|须|要(?!求)|愿意?|乐意|服从|配合|同意|接受|适应|胜任|经常|偶尔|有时|必要时|根据.{0,6}(?:安排|需要)|安排|自愿|主动|长期|每[天日周])[^,。;!?\n不无没免]{0,5}加班(?![费补工餐车])|加班(?:较?多|时间长|(?:是)?常态|为主|到)|(?<![a-z\d])996(?!\d)|大小周|(?:每天|每日|一天|日均|日|工作时间?|上班时?间?)[^,。;!?\n\d]{0,4}(?:1[0-4]|十[一二]?)个?小时)"

_SHIFT = r"(?:(?<!白)夜班|大夜|小夜班|通宵(?:班)?|夜间值班|值夜|(?:两|二|2|三|3)班(?:两|三|2|3)?倒|四班三运转|四班[两三]倒|白夜(?:两)?班?(?:轮|倒)?[换班]?|倒班|翻班|24小时(?:值班|轮班|倒班))"

_HAZARD = (
    r"(?P<q>(?:高空|高处|登高|悬空|外墙)(?:吊装|清洗|安装|施工|检修|维修|拆装)?(?:作业|清洗|安装|施工|工作)(?!平台|车(?:司机)?的?(?:销售|设计|研发)|机械|设备|人员的?管理|安全管理)|高空证|登高(?:作业)?证|高处作业证|蜘蛛人|(?:不|无)恐高(?:症)?)"
    r"|(?P<q1>(?:下井|井下)(?:作业|工作|采煤|采掘|采矿|掘进|施工|检修)|下井(?=[,。;!?\n]))"
    r"|(?P<q2>(?:接触|从事|操作|使用|涉及)[^,。;!?\n不无]{0,6}(?:放射(?:性|源)|辐射)|放射性(?:作业|物质|工作|岗位)|x射线探伤|射线(?:检测|探伤)|辐照(?:装置|加工))"
    r"|(?P<q3>(?:接触|从事|处理|涉及|有)[^,。;!?\n不无]{0,6}(?:有毒|剧毒|毒害|苯系物|有害气体)|有毒有害(?:作业|岗位|环境|工种|气体(?!检测|预警|监测|探测)|物质)|剧毒(?:品|化学品|物质))"
    r"|(?P<q4>(?:接触|从事|搬运|装卸|灌装|押运|运输|保管|储存)[^,。;!?\n不无]{0,8}(?:易燃易爆|易燃|危险化学品|危化品|危险品|烟花爆竹|炸药|雷管|液化气|汽油)|爆破(?:作业|工|员)|(?:危化品|危险品|危险化学品)(?:操作|装卸|运输|押运|仓管|仓储))"
)


def _of(
    rule: str,
    said: str,
    *,
    fields: tuple[str, ...] = ("title", "description"),
    unless_before: str = "",
    unless_after: str = "",
    unless_around: str = "",
    handled: bool = False,
) -> _Pattern:
    before, after, around = (
        re.compile(guard) if guard else None for guard in (unless_before, unless_after, unless_around)
    )
    return _Pattern(rule, re.compile(said), fields, before, after, around, handled)


@cache
def _patterns() -> tuple[_Pattern, ...]:
    denied = rf"{_NOT}[^,。;!?\n]{{0,8}}$"
    denied_after = (
        r"[^,。;!?\n]{0,4}(?:勿扰|免谈|勿投|勿进|除外|不要|不需要|没有|不收|全免|已取消|不存在|绕道|请绕|走开)"
    )
    return (
        # Places that no student may be sent to.
        _of("place", rf"(?P<q>{_VENUE}){_NOT_VENUE}", fields=("title",), unless_before=r"非$"),
        _of("place", rf"{_VENUE}|娱乐(?:城|会所)", fields=("organisation", "place")),
        _of(
            "place",
            rf"(?P<q>{_VENUE}){_VENUE_JOB}|(?:工作地点|上班地点|工作地址|地址)[::][^。;!?\n]{{0,20}}?(?P<q1>{_VENUE})(?=[,。;!?\n\s(]|$)|(?:(?:到|在|去)(?:[^,。;!?\n做过]{{0,8}}?))(?P<q2>{_VENUE})(?:里|内|中)?(?:工作|上班|实习|服务|做事)|本(?:店|公司)(?:是|为)[^,。;!?\n]{{0,10}}?(?P<q3>{_VENUE})",
            fields=("description",),
            unless_around=r"经验|经历|优先|做过|从事过|客户|团建|聚餐|员工活动|附近|旁|对面|楼上|楼下|设施|配套|免费|设有|配有",
        ),
        # What internships may not hold.
        _of(
            "first-year",
            r"大一(?![些点大个名家批份件笔次样步体起统定致般旦边面块线])(?:新?生|学生|同学|在校|在读|及以上|以上|至|到|-|~|、|/|可|均|起)|(?:中职|高职|中专|大学|大专|技校|职高|职校|本科)?(?<!研究生)一年级(?!以上(?!学生|在校|在读))(?:在校|在读|新)?(?:学生|新生|可|均可|即可|也可|以上学生|及以上)|新生(?:可|均可|即可|也可)(?:报名|实习|参加)",
            unless_before=denied,
            unless_after=r"[^,。;!?\n]{0,6}(?:勿|除外|不要|不招|不收|不可|不行|免)|^[^,。;!?\n]{0,4}(?:课程|数学|语文|英语|教学|班主任|老师|孩子|小朋友)",
        ),
        _of(
            "agency-work",
            r"劳务派遣|派遣(?:制|员工|岗位?|性质|用工|合同)|劳务(?:制|岗位?|性质|用工|合同|协议)|第三方(?:派遣|劳务|签|公司签|用工|人力|代招)|签[^,。;!?\n]{0,4}(?:第三方|劳务|派遣)|(?:人力资源|劳务|中介)公司(?:代招|招聘|直招|签|统一|组织|带队|管理)|代招|中介(?:推荐|带队|组织|统一)|(?:由|通过|经(?![验营理常历办]))[^,。;!?\n或]{0,6}(?:中介|劳务公司|人力资源公司|代理)",
            unless_before=rf"{_NOT}[^。;!?\n]{{0,14}}$|公司直签|直签|(?:审核|统计|管理|负责|办理|核算|对接|客户|协助)[^,。;!?\n]{0, 8}$",
            unless_after=r"[^,。;!?\n]{0,6}(?:勿扰|免谈|勿投|除外|不要|不是|没有|管理系统|管理|业务|服务|客户|行业|费用|人员|员工的)",
            handled=True,
        ),
        _of(
            "heavy",
            r"(?<![较注])(?:重|高强度|繁重)(?:的)?体力(?:劳动|活|工作)?|(?<!较)强体力(?:劳动|活|工作)|(?:iii|ⅲ|iv|ⅳ|[三四34])级(?:强度)?(?:及?以上)?的?体力劳动|(?:搬运|负重|扛|搬抬|背负)[^。;!?\n\d]{0,10}(?:[3-9]\d|1\d\d)\s*(?:公斤|kg|千克|斤)",
            unless_before=denied,
            unless_after=denied_after,
        ),
        _of(
            "hazard",
            _HAZARD,
            unless_before=rf"{_NOT}[^,。;!?\n]{{0,8}}$|(?:监督|检查|参加|排查|管理|审核|监护|编制|制定|培训|负责|设计|研发|销售|组织)[^,。;!?\n]{{0,12}}$",
            unless_after=r"[^,。;!?\n]{0,6}(?:不要|没有|除外|补贴|津贴|的?(?:管理|监督|检查|识别|隐患|审批|方案|标准|规范|制度|报告|票证|法规))",
            unless_around=r"检测行业|检测仪|报警|预警|监测|探测|安全设施|隐患|票证|经验者?",
        ),
        _of(
            "night",
            _SHIFT,
            unless_before=rf"{_NOT}[^,。;!?\n]{{0,5}}$|(?:安排|管理|编制|制定|统计)[^,。;!?\n]{{0,6}}$",
            unless_after=r"[^,。;!?\n]{0,3}(?:没有|不用|不上|无(?!责)|不需要|除外|免|编制|管理|考勤|系统)",
        ),
        _of(
            "overtime",
            _OVERTIME,
            unless_before=r"(?:不|无|没有|很少|极少|几乎|基本|拒绝|减少|避免|不安排)[^,。;!?\n]{0,4}$",
            unless_after=r"[^,。;!?\n]{0,3}(?:没有|不用|不需要|勿扰|很少|极少|调休制度)",
        ),
        _of(
            "holiday",
            r"(?:法定)?(?:节假日|节日|国庆|春节|五一|元旦|端午|中秋|黄金周|过年|假期)(?:期间)?[^,。;!?\n、+( 不无休放双薪倍资]{0,5}?(?:正常上班|需要?上班|要上班|也上班|需?在岗|需?到岗|照常上班|不休(?!息费)|不放假|留守|值班|需?加班|坚守)",
            unless_before=r"(?:遇|逢|除|不|无)[^,。;!?\n]{0,3}$",
            unless_after=r"[^。;!?\n]{0,4}(?:表|安排表)|[费工资]*[^,。;!?\n]{0,3}(?:[\d三3]+(?:\.\d+)?(?:倍|元)?|有(?:补|加班)|可?(?:调|换|补)休|调休|双倍|多倍|补贴)",
        ),
        _of(
            "unpaid",
            r"(?:无|没有|不(?:提供|支付|发放?|付|给))(?:任何)?(?:实习)?(?:薪水?(?!酬要求)|工资|报酬|补贴|薪资|薪酬)(?!要求|上限|封顶)|无(?:偿|薪)实习|义务实习|实习(?:期间?)?(?:无薪|没有?工资|不发工资)|(?:以|用|发)(?:代金券|购物卡|实物|提货券|产品)(?:抵|代替|折抵|当|发放?)(?:工资|报酬|薪)?",
            unless_before=r"拖欠|从不|绝不|不会$",
        ),
        _of(
            "no-agreement",
            r"(?:无需|不用|不需要?|不必|免)(?:签(?:订|署)?)(?:任何)?(?:三方|实习|就业)?(?:协议|合同)|不签(?:订|署)?(?:三方|实习)?(?:协议|合同)",
        ),
        # Ages at which nobody may work.
        _of(
            "child",
            r"(?P<q>(?:年龄|年满|满|周岁)?[::\s]{0,2}(?<![\d.年月第])1[0-5]\s*(?:周岁|岁)?\s*[-~—–至到]+\s*[1-6]\d\s*(?:周岁|岁))(?!的?(?:孩子|儿童|少儿|学生|学员|青少年|小朋友|宝|患|老))|(?:年满|已满|满)?(?<![\d.])1[0-5]\s*(?:周岁|岁)\s*(?:及|或)?(?:以上|起|可|即可|就行|就可)(?!的?(?:孩子|儿童|少儿|学生|学员))|(?:不满|未满)16\s*(?:周岁|岁)?(?:也|亦)?(?:可|能|要|行|收)",
            unless_around=r"教|授课|辅导|面向|针对|服务|儿童|孩子|少儿|青少年|学员|家长|幼儿|小孩|门诊|游戏用户|用户",
        ),
        _of(
            "minor",
            r"(?<![\d.年月第])(?P<q>1[67]\s*(?:周岁|岁)?\s*[-~—–至到]+\s*[1-6]\d\s*(?:周岁|岁)?)(?=[^\d%元kw月]|$)|(?:年满|已满|满)?(?<![\d.])(?P<q1>1[67]\s*(?:周岁|岁)\s*(?:及|或)?(?:以上|起|可|即可))|未满?18(?:周?岁)?(?:也|亦)?可",
            unless_around=r"教|授课|辅导|儿童|孩子|少儿|学员|家长|届|薪|:\d\d|点|时|层|楼|号线|栋",
        ),
        # Money and papers.
        _of(
            "fee",
            rf"(?:收取?|缴纳?|交纳?|支付|预付|预交|先交|先付|垫付|扣除?|需|须|另付|自付)(?:取|一定|适当|少量|相应|部分|相关|全部|的|\d{{1,6}}元?|[一二三四五六七八九]百?元?){{0,3}}{_MONEY}|{_MONEY}\s*[::(]?\s*(?:为|约|仅|只要|共|合计)?[::]?\s*\d{{2,5}}\s*(?:元|块|/人|rmb|(?=[,。;!?\n]|$))|{_MONEY}(?:需|须|由)?(?:自理|自费|自付|自己(?:出|承担|交)|本人承担|个人承担|从(?:首月|当月|第一个月)?工资(?:里|中)?扣|工资(?:里|中)?扣)",
            unless_before=_NO_MONEY,
            unless_after=rf"[^,。;!?\n]{{0,8}}(?:{_NOT}|全免|免费|全部?退|报销|公司承担|由公司)",
            unless_around=_OTHERS_MONEY,
            handled=True,
        ),
        _of(
            "fee",
            r"(?:从|在)(?:首月|当月|第一个月)?工资(?:里|中)?扣(?:除)?[^,。;!?\n]{0,6}(?:费|押金|装)|(?:需|须|要)(?:自己)?(?:购买|买|带资)(?:产品|套餐|课程|设备|工装|入股|电瓶车)[^,。;!?\n]{0,6}(?:上岗|入职|才能)|提供(?:财产|资金|房产)担保|(?:需|须|要)(?:本地|有)?担保人",
            unless_before=_NO_MONEY,
            handled=True,
        ),
        _of(
            "seizure",
            r"(?:扣押|扣留|暂扣|抵押|押|上交|收缴|统一(?:保管|收取)|代为?保管)[^,。;!?\n]{0,6}(?:身份证|毕业证|学生证|学位证|驾驶证|资格证|证件)(?:原件)?(?!复印|照片|信息|扫描|号)|(?:身份证|毕业证|学位证|学生证|证件)(?:原件)?[^,。;!?\n]{0,4}(?:由公司(?:统一)?保管|需?抵押|扣押|需?上交|统一保管|暂扣)",
            unless_before=_NO_MONEY,
            unless_after=denied_after,
            unless_around=r"客户|租户|旅客|宾客|业主|贷款",
        ),
        # Persons: what `discrimination` does not know.
        _of(
            "marital",
            r"(?:近期|[一二两三四五\d]年(?:之)?内|入职后|短期(?:内)?)(?:不|无)(?:得|准|能|会|考虑|打算|要)?(?:结婚|生育|生小?孩|怀孕|要孩子|备孕|婚育|生育?计划|结婚(?:计划|打算))|(?:孕妇|怀孕|备孕|孕期|哺乳期)[^,。;!?\n]{0,4}(?:勿扰|免谈|勿投|勿|不要|不招|不收|除外|谢绝)|(?:须|需|要|做|提供)[^,。;!?\n]{0,4}(?:孕检|妊娠(?:检测|测试|检查)|早孕)|(?:须|需|请)?(?:注明|说明|告知|填写)婚育(?:情况|状况)|(?:无|没有)(?:近期)?(?:生育|结婚|怀孕|备孕)(?:计划|打算)",
            unless_around=r"(?:单位|企业|公司)不得|禁止|食品|护理|孕产|月嫂|客户|用户|产品",
        ),
        _of(
            "ethnicity",
            r"(?:仅?限|只(?:招|要|收)|须|需)(?:白人|白种人|白皮肤|欧美白人)|(?:黑人|有色人种|非洲裔?|黑皮肤)[^,。;!?\n]{0,4}(?:勿扰|免谈|不要|除外|勿投)|不(?:招|要|收)(?:黑人|有色人种|非裔)|(?:新疆|西藏|藏族|维族|维吾尔族?|回族|彝族|蒙古族|少数民族)[^,。;!?\n]{0,3}(?:勿扰|免谈|不要|不招|不收|除外|勿投)",
        ),
        _of(
            "origin",
            r"(?:仅?限|只(?:招|要|收))(?:城镇|城市|非农业?|农业?|本市|本地|常住)(?:户口|户籍)|(?:东北|河南|河北|安徽|四川|湖北|湖南|江西|山东|山西|陕西|贵州|云南|广西|甘肃|新疆|西藏|内蒙古?|福建|温州|莆田|周口|信阳)(?:人|籍|户籍|的)?(?:勿扰|免谈|不要|不招|不收|除外|勿投|谢绝)|不(?:招|要|收)(?:东北|河南|安徽|四川|湖北|新疆|西藏|周口|信阳|凉山|外地)(?:人|籍|的)?",
        ),
        # Bait.
        _of(
            "bait-pay",
            r"月入(?:轻松)?(?:过|上|破|超)?(?:万(?!科)|[2-9二三四五六七八九十几]十?万|\d+万\+?)(?:不是梦|\+|以上|起)?|日入(?:过)?[\d百千万]+|日赚[\d百千万]*|(?:轻松|躺着?|坐着?|在家)(?:月入|年入|日入|赚|挣)(?:到|取)?(?:大?钱|[\d一二三四五六七八九十百千万]+元?|过万)|躺赚|躺挣|(?<![渴追挑望有拿求])高薪(?:急聘|诚聘|招聘|直聘|急招|诚招|聘请|招募|招|聘)|超高薪|高薪(?:不是梦|等你(?:来拿)?|来袭|轻松(?:拿|赚)?)|年入百万|百万年薪|工资随便(?:开|拿)|收入(?:无上限|不封顶不是梦)",
            unless_before=r"(?:不|非|客户|帮助|实现|渴望|追求|挑战|想|梦想|目标)[^,。;!?\n]{0,4}$",
        ),
        _of(
            "fake-authority",
            r"(?:人社部|人社局|人社厅|教育部|工信部|央视|国务院|政府)(?:官方|唯一)?(?:指定|授权|推荐|背书)|(?:央企|国企|体制内|编制内)内部(?:直招|直推|推荐|渠道)|(?:泰斗|顶级专家|权威专家)(?:亲授|坐镇|背书|推荐)",
            unless_before=rf"{_NOT}[^,。;!?\n]{{0,8}}$",
            handled=True,
        ),
        _of(
            "bait-promise",
            r"保录(?:用|取)?(?!音)|包录用|包录取|(?<!担)保过(?!程|滤|户|温|热)|包就业|包分配(?:工作|就业)?|包推荐就业|包(?:进|入职)(?:国企|央企|编制|体制)|(?:保证|确保|承诺|保障)(?:就业|录用|录取|入职|上岗|转正)(?![率服质指援稳资培岗到前后时不免无])|(?:百分百|100%|百分之百)(?:录用|录取|就业|入职|上岗|通过)|(?:免面试|免试)(?:直接)?(?:录用|入职|上岗)|来了就(?:录用|上班|要|入职)|面试(?:必过|就过|秒过|包过)|无条件录用|内部(?:名额|指标|推荐包)",
            unless_before=rf"(?:帮助|学员|学生|客户|政策|提升|负责|落实|{_NOT})[^,。;!?\n]{{0,8}}$",
            handled=True,
        ),
        # Disguise.
        _of(
            "training-loan",
            r"培训贷|助学贷款?可?(?:办|申请|分期)|先(?:学习?|培训|入学)后付(?:费|款)?|(?:就业|上岗|入职|工作|毕业)后(?:再)?(?:付|还|交|缴)(?:学费|培训费|费用|款)|(?:学费|培训费)(?:可|支持|能|可以|均可)?(?:分期|贷款|按揭|从工资)|(?:分期|贷款)(?:缴|交|支)?付?(?:学费|培训费)|(?:0|零)(?:首付|学费)(?:入学|学习|培训)",
            unless_before=rf"(?:谨防|警惕|讲解|介绍|办理|解答|{_NOT})[^,。;!?\n]{{0,8}}$",
            handled=True,
        ),
        _of(
            "training-disguised",
            r"(?P<q>(?:零基础|0基础|包教包会|免费|招收|招募|招)+学员|(?:零基础|0基础|包教包会|免费|招收|招募|招)*(?:实训生|转行班|就业班|培训班|集训营|训练营))(?!.{0,4}(?:老师|顾问|专员|主管|经理|主任|代表|助理|咨询|管理|服务|规划|运营|班主任|讲师|教练|负责人|销售|客服|督导|教务|推广|总监|助教|教官|开发))",
            fields=("title",),
        ),
        _of(
            "training-disguised",
            r"(?:培训|实训|学习|学成|结业|毕业|考核合格|拿证)(?:结束|合格|期满|完成|完)?(?:后|之后|,)(?:,)?(?:由|我们|公司|统一|负责|可以?|直接)?(?:推荐|安排|分配|介绍|包推荐|输送)(?:就业|(?:到|至)?[^,。;!?\n]{0,6}(?:名企|大厂|企业)[^,。;!?\n]{0,4}(?:就业|工作|上班)|工作岗位)|(?:免费培训|岗前培训|实训|培训)[,、+和]?(?:包|并|后)?(?:推荐|安排)就业|(?:需|须|要|参加)(?:先)?(?:自费|付费|有偿)(?:培训|实训|学习)|(?:有偿|付费|自费)(?:岗前)?(?:培训|实训)|签(?:订|署)?(?:培训|实训|学习)(?:就业)?协议",
            unless_before=rf"(?:学生|学员|帮助|为学|{_NOT})[^,。;!?\n]{{0,8}}$",
            unless_around=r"免费|带薪",
            handled=True,
        ),
        _of(
            "service-disguised",
            r"(?:付费|收费|有偿|购买)(?:的)?(?:职业|人才|性格|岗位|职业能力)?(?:测评|评测|面试辅导|简历修改|求职辅导|就业指导|职业规划)|(?:测评|评测|辅导|简历修改|指导|咨询)(?:服务)?费\s*(?:为|约|仅)?\d+|(?:求职|就业|考公|考编|国企|央企|名企|大厂)(?:内推|辅导|保录|陪跑)(?:服务|班|名额|计划|通道)",
            unless_before=rf"(?:为(?:客户|学员|企业|用户)|向客户|销售|推广|{_NOT})[^,。;!?\n]{{0,10}}$",
            handled=True,
        ),
        _of(
            "franchise-disguised",
            r"(?:诚招|招募|诚邀|招收)[^,。;!?\n]{0,8}(?:加盟商|(?<=诚招)加盟|代理商?|经销商|城市合伙人|创业合伙人|投资人|股东)(?![管开拓专经主招运总顾客业对服])|加盟(?:费|金)\s*(?:仅|只|约|为)?[\d一二三四五六七八九零免0]|(?:需|须|要|启动|最低|前期|自行)(?:投资|出资|入股)[^,。;!?\n]{0,6}\d|(?:投资|出资|入股)(?:额|金额|门槛)?\s*[\d.]+\s*万?元?(?:起|即可|成为)|自负盈亏(?!意识)",
            unless_before=rf"(?:负责|公司|客户|帮助|对|{_NOT})[^,。;!?\n]{{0,10}}$",
            handled=True,
        ),
        _of(
            "franchise-disguised",
            r"(?:城市|创业|家政|县级|区域|加盟)合伙人(?!开发|经理|招募|专员|拓展|运营)|诚招(?:加盟|代理)",
            fields=("title",),
            unless_before=r"开发|研发|技术|工程师|java|前端|后端|架构",
        ),
        _of(
            "franchise-disguised",
            r"(?:愿意?|以|有意|能)(?:[^,。;!?\n技]{0,4})(?<!技术)(?:投资|加盟|入股)(?:或|/|、)?(?:加盟|投资|入股)?(?:方式|意向|实力|能力)?(?=[,。;!?\n]|$)|全网招商加盟",
            unless_before=r"欢迎|期待|诚邀[^,。;!?\n]{0,8}$|负责|客户|寻找",
            handled=True,
        ),
        _of(
            "pyramid",
            r"发展下线|拉(?:人头|下线)|人头(?:费|奖|提成)|下线(?:提成|返利|返佣|业绩|人数)|(?:购买|认购|缴纳)[^,。;!?\n]{0,8}(?:成为|获得|取得)[^,。;!?\n]{0,4}(?:会员|代理|合伙人)资?格?|(?:入门|入会|入伙|加盟)费[^,。;!?\n]{0,6}(?:返|翻倍|回本)|(?:动态|静态)收益|(?:团队|级差)计酬",
            unless_before=rf"(?:打击|识别|防|风控|{_NOT})[^,。;!?\n]{{0,8}}$",
            unless_around=r"系统|模块|开发|功能|代码|公积金|非法",
            handled=True,
        ),
        _of(
            "brushing",
            r"刷单(?!量)|刷信誉|刷好评|刷销量|(?:纯|居家|在家|线上|网络|网上|兼职)[^,。;!?\n聊语]{0,4}(?:打字(?:文)?员|打字(?=兼职|居家|日结|赚)|抄写|浏览视频|看视频|刷视频|点赞|做任务|手工活)(?:员|兼职|赚|居家|日结)?|(?:浏览|看|刷)视频(?:员|赚|兼职)|点赞(?:员|赚|关注兼职)|垫付(?:本金|货款|资金|任务)|(?:做|完成)任务(?:返|赚|结算)佣?|手工(?:活)?外发|外发手工(?:活)?",
            unless_before=rf"(?:打击|识别|防|风控|审核|处理|检测|反|治理|排查|警惕|{_NOT})[^,。;!?\n]{{0,10}}$",
            unless_after=r"(?:等|、)?[^,。;!?\n]{0,3}(?:行为|一经|现象|[的等]?违规)",
            unless_around=r"算法|系统|开发|模型|风控|作弊|违规|虚假|诈骗|反欺诈|平台治理",
        ),
        _of(
            "gambling",
            r"博彩|菠菜(?:行业|项目|平台|公司|经验|包网)|百家乐|六合彩|私彩|网赌|网络赌博|线上赌场|荷官|真人视讯|彩票(?:平台|包网|杀率)|包网(?:平台|公司)",
            unless_before=rf"(?:打击|防|反|风控|审核|违法|涉|识别|治理|黄赌毒?|色情|{_NOT})[^。;!?\n]{{0,12}}$",
            unless_after=r"[^,。;!?\n]{0,8}(?:勿|免谈|不接|除外|违规|等违法|等不良)",
        ),
        # Whose posting it is.
        _of(
            "repost",
            r"原标题[::《]|(?:转载|转发)自|(?<![运流周旋])转自[::“《]?|(?:文章|信息|招聘信息|岗位|职位)(?:转载)?来源[::]|代(?:客户|企业|朋友|公司)招聘?(?![商标生])|帮(?:朋友|客户|企业|同学|厂里)(?:代)?(?:招聘?|转发)(?=[,。;!?\n一-鿿])",
            handled=True,
        ),
    )


def suspicions(folded: str) -> Iterator[tuple[str, int, int]]:
    """What breaks no rule and makes a posting suspicious: each kind once, with the (start, end) of its words."""
    for name, pattern in _SUSPICIOUS.items():
        found = pattern.search(folded)
        if found:
            yield name, *found.span()


_SUSPICIOUS = {
    "elsewhere": re.compile(
        r"(?:加|\+|添加)(?:我|v|微信|wx|vx|qq|q|企鹅|纸飞机|telegram|tg)[^,。;!?\n]{0,6}|(?:telegram|纸飞机|蝙蝠)[:@]?|私(?:聊|信)我"
    ),
    "abroad": re.compile(r"缅甸|妙瓦底|佤邦|果敢|柬埔寨|西港|金三角|老挝|迪拜|菲律宾|马尼拉"),
    "home": re.compile(
        r"(?:居家|在家|线上|手机)[^。;!?\n]{0,12}(?:日结|当天结|秒结)|(?:日结|秒结|当天结)[^。;!?\n]{0,12}(?:居家|在家|线上|手机)"
    ),
    "effortless": re.compile(
        r"(?:超级|非常|特别)轻松[^。;!?\n]{0,12}(?:收入|工资|高)|动动手指|有手就行|简单易上手[^。;!?\n]{0,10}日结"
    ),
}
