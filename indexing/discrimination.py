"""Demands on the person that a posting may not make: sex, age, origin, looks, family, health."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.traits import Trait

_YEARS = r"(?:1[4-9]|[2-6]\d)"


def demands(folded: str) -> Iterator[tuple[Trait, int, int]]:
    """Each demand with the (start, end) of its words, in order; what is left open (男女不限) is none."""
    found = [
        (trait, match.start() + len(_LEAD.match(match[0])[0]), match.end())  # type: ignore[index]  # matches always
        for trait, pattern in _DEMANDS
        for match in pattern.finditer(folded)
        if not _OPEN.match(folded, match.end())
        and not _CLOSED.search(folded, max(0, match.start() - 4), match.start())
        and not (trait is Trait.SEX and _names_both(folded, match))
    ]
    kept: list[tuple[Trait, int, int]] = []
    for trait, start, last in sorted(found, key=lambda one: (one[1], -one[2])):
        if not kept or start >= kept[-1][2]:
            # 五官端正，形象佳 is one demand to whoever reads it.
            if kept and kept[-1][0] is trait is Trait.APPEARANCE and _NEXT.fullmatch(folded, kept[-1][2], start):
                start = kept.pop()[1]
            kept.append((trait, start, last))
    yield from kept


def _names_both(folded: str, match: re.Match[str]) -> bool:
    """Whether the other sex is named beside it: 女18-40岁，男18-35岁 is open to both."""
    other = _OTHER[match[0][match[0].find("男") if "男" in match[0] else match[0].find("女")]]
    around = folded[max(0, match.start() - 12) : match.start()] + folded[match.end() : match.end() + 12]
    return any(other.match(clause.strip()) for clause in _CLAUSE.split(around))


_OTHER = {"男": re.compile(rf"女(?:性|士|生)?[::\s]?{_YEARS}"), "女": re.compile(rf"男(?:性|士|生)?[::\s]?{_YEARS}")}
_CLAUSE = re.compile(r"[,。;!?\n::、/ 】\])]")
_NEXT = re.compile(r"[,、和且及 ]{0,2}")
_LEAD = re.compile(r"(?:(?:要求|限制)?[\s.,:：】]+)?")
_OPEN = re.compile(r"(?:均|都|也|要求)?(?:[::\s])?(?:不限|皆可|均可|都可|亦可|也可|不是问题|不查)")
_CLOSED = re.compile(r"不$|(?:不限|不查|不看|不问|无论|不分|解决)[^,。;!?\n\s]{0,2}$")

_DEMANDS: tuple[tuple[Trait, re.Pattern[str]], ...] = (
    (
        Trait.SEX,
        re.compile(
            r"(?:仅?限|不?要|适合|只(?:招|要|收)|仅招|招收?|要求|需要?|优先考虑|最好是?)(?:男|女)(?:性|士|生|工|员工|孩|的)?(?![装鞋朋友儿孩])"
            r"|(?:男|女)(?:性|士|生|工|老师|孩子|同志)?(?:者|的)?(?:优先|为?佳|最佳|更佳|尤佳|即可)|性别(?:要求)?[::\s]?(?:限)?(?:男|女)性?(?!女|男|不|/|均|皆)"
            rf"|(?<![^,。;!?\n\s、(:])(?:男|女)(?:性|士|生)?(?=[,、。;\s\n(]|{_YEARS}(?!\s*[人名个位])|$)(?![,、/ ]?(?!(?:男|女)(?:性|士|生)[,!。]+)(?:男|女))(?<![男女][、/,]男)(?<![男女][、/,]女)"
            r"|(?:年轻|应届|未婚)(?:男|女)(?:性|士|生|孩|毕业生|大学生)(?!用户|客户|消费|群体|群|观众|读者|市场|向|人群|朋友|都|们)"
            r"|(?<![^,。;!?\n\s、(:聘招])(?:男|女)(?:普工|杂工|尾部|文员|员工(?!陪产|护理|育儿|享)|服务员|营业员|司机|保安|技师|收银员?|操作工|质检员?|包装工|缝纫工|车位|销售员?)"
        ),
    ),
    (
        Trait.AGE,
        re.compile(
            rf"(?:年龄|年纪)?(?:要求|限制|在|为|须)?[::\s]{{0,2}}{_YEARS}\s*(?:周)?岁?\s*[-~—–至到]+\s*{_YEARS}\s*(?:周)?岁(?:以下|以内|之间|左右|优先)*"
            rf"|(?:年龄)[^,。;\n\d]{{0,6}}{_YEARS}\s*[-~—–至到]+\s*{_YEARS}"
            rf"|(?:年龄)?(?:要求|不超过|不大于|限|在)?[::\s]?{_YEARS}\s*(?:周)?岁(?:及)?(?:以下|以内|之内|封顶|左右|为限)(?:优先)?"
            rf"|(?:不超过|不大于)\s*{_YEARS}\s*(?:周)?岁|超过?\s*{_YEARS}\s*(?:周)?岁(?:勿扰|免谈|勿投)|年龄(?:不超过|小于|低于|≤|<=?)\s*{_YEARS}(?:周)?岁?|(?:[6789]0|0[05])后(?:优先)?(?=[,。;!?\n\s]|优先)"
        ),
    ),
    (
        Trait.HUKOU,
        re.compile(
            r"(?:仅?限|只招|要求|须|需|具有|有)?(?:本[地市省县区]|当地|[一-鿿]{2}市)(?:户口|户籍)(?:者|人员|居民)?(?:优先|为佳)?(?!部|不限|限制|管理|登记|迁|办理|证明|警)"
            r"|(?:仅?限|只[招要]|优先考虑)本[地市省]人?|本地人(?![文才力际群事口防大民脉])(?:优先|为佳)?|不[招要收](?:外[地省]|(?!残疾)[一-鿿]{2}人)(?:人|籍)?|外地(?:人|户口)?(?:勿扰|免谈)|非本地(?:人|户口)?(?:勿扰|免谈)|[一-鿿]{2}(?<!本地)人(?:勿扰|免谈)|限[一-鿿]籍"
        ),
    ),
    (
        Trait.APPEARANCE,
        re.compile(
            r"(?:个人)?(?:形象(?:气质)?|相貌|外貌|外形|长相|颜值|五官)(?:要求)?(?:及气质|、气质|和气质)?(?:较?[佳好高]|气质佳|端正|良好|姣好|出众|甜美|阳光|靓丽)(?:[,、]?气质(?:较?[佳好]|良好|出众|优雅))?(?:优先)?"
            r"|气质(?:[佳好]|良好|优雅|出众)|(?:净?身高|(?<![最提新更很较升])高)(?:要求)?[::\s]{0,2}(?:在|不低于|须)?\s*(?:1[.米]?\s?[5-9]\d?(?!\d*\s*[元万倍k%])|1[5-9]\d)\s*(?:cm|厘米|公分|米|m)?(?:及|或)?(?:以上|起|左右)?(?:优先)?"
            r"|体型匀称|身材匀称|个子\s*1米?[5-9]\d?(?:以上)?|无(?:明显)?(?:纹身|刺青|疤痕|烟疤)|(?<!不查)(?<!不看)纹身(?:勿|免|不要|者?勿)|体重[^,。;\n]{0,8}\d+"
        ),
    ),
    (
        Trait.MARITAL,
        re.compile(r"(?:须|要求|限)?(?:已婚已育|未婚未育|已婚|未婚|已育|未育|单身(?=(?:的|者)?(?:男|女|人士|优先|为佳))|有孩子(?=的?优先))(?:者|的|女性)?(?:优先|为佳|亦佳)?"),
    ),
    (Trait.ETHNICITY, re.compile(r"(?:仅?限|只[招要])?汉族(?:优先)?|不[招收要](?:少数民族|[一-鿿]族)|少数民族(?:勿扰|免谈|除外|不要)")),
    (Trait.RELIGION, re.compile(r"无宗教信仰|有宗教信仰(?:者)?(?:勿|免|不)")),
    (Trait.INFECTION, re.compile(r"(?:无|非|不[招收要])(?:乙肝|[大小]三阳|传染病)(?:病毒)?(?:携带者)?|乙肝(?:携带者?)?(?:勿|免|不[招要收])|乙肝(?:五项|两对半)(?:须|需|要)?(?:正常|阴性)?")),
    (Trait.DISABILITY, re.compile(r"(?:无|非|不[招收要])残疾(?:人|者)?|残疾(?:人|者)?(?:勿|免|不[招要收])|(?:四肢|肢体)健全")),
)  # fmt: skip
