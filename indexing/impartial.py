"""Texts without what they say of a person's sex, age, origin, looks and family: what is searched and ranked by.

Whoever swaps such words changes nothing that words, vectors or facts are made of. The published text stays as it
is, and every offset into what is left is an offset into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from data import taxonomy
from indexing.clauses import itemised
from indexing.discrimination import demands
from models.privacy import MASK
from models.terms import Kind
from models.text import fold

_PROSE: dict[Kind, frozenset[str]] = {
    Kind.POSTING: frozenset({"title", "description"}),
    Kind.TALENT: frozenset({"expected_positions", "experience", "self_description"}),
}
"""Fields in which people speak of people. Policies and courses name ages to say whom they serve."""


def impartial(kind: Kind, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with line ends in place of every mention of a protected trait, each as long as before.

    Of masks nothing is left either: that somebody had written a number says nothing of what they can do.
    """
    prose = _PROSE.get(kind, frozenset())
    return {field: blanked(text, kind) if field in prose else text for field, text in unmasked(texts).items()}


def unmasked(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts with line ends in place of masks, each as long as before."""
    return {field: MASK.sub(_line_ends, text) for field, text in texts.items()}


def blanked(text: str, kind: Kind) -> str:
    """The text of a posting or of a person with line ends in place of what it says of protected traits."""
    found = sorted(_mentions(text, kind))
    if not found:
        return text
    kept, position = [], 0
    for start, end in _joined(text, found):
        kept += [text[position:start], "\n" * (end - start)]
        position = end
    return "".join([*kept, text[position:]])


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * len(match[0])


def _mentions(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    for _, start, end in demands(itemised(text)):
        yield start, end
    if kind is Kind.TALENT:
        folded = fold(text)
        for match in _OWN.finditer(folded):
            yield match.span()
        for pattern in _FROM:
            for match in pattern.finditer(folded):
                if taxonomy.parse_division(match["place"]):
                    yield match.span()


def _joined(text: str, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches with neighbours joined, so that nothing is left of how many there were."""
    start, end = found[0]
    for first, last in found[1:]:
        if first <= end or _BETWEEN.fullmatch(text, end, first):
            end = max(end, last)
        else:
            yield start, end
            start, end = first, last
    yield start, end


_BETWEEN = re.compile(r"[\s,，、。;；/|·]{0,4}")
_EDGE = r"(?![^,、。;!?\s|/()·])"
"""Where a phrase ends: before a mark of punctuation, white space or nothing."""
_BEGIN = r"(?<![^,、。;:!?\s|/()·])"
_NATIONALITIES = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京"
    "|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_OLD = r"(?:1[4-9]|[2-6]\d|[一二三四五六]?十[一二三四五六七八九]?)"
_WHOSE = r"(?:本人|我|自己)?(?:是|为|系)?(?:一[名位个])?"

_OWN = re.compile(
    # sex
    r"性别\s*[:：]?\s*[男女]性?"
    rf"|(?:本人|我)(?:是|为|系)?(?:一[名位个])?[男女](?:性|士|生|孩)?"
    rf"|{_BEGIN}{_WHOSE}[男女](?:性|士|生|孩子?)?(?:{_EDGE}|(?=\d))"
    r"|[男女](?:性|士|生(?!产|活|态|物|鲜))|[男女](?=(?:大学|大专|中专|高职|本科|毕业|学|研究|实习)生)|先生(?!产)|女士|小姐"
    r"|(?:阳光)?大?[男女]孩子?(?=[,、。;!?\s]|$)|小伙子?(?!伴)|小姑娘|姑娘"
    # age
    rf"|(?:今年|现年|年龄|年纪|虚岁|周岁)(?:为|是)?\s*[:：]?\s*{_OLD}\s*(?:周?岁)?|{_OLD}\s*周?岁(?!以上|以下|的?[老孩儿幼病患])"
    r"|(?:[6-9]0|0[05])后"
    r"|(?:出生(?:日期|年月|于)?|生于|生日)\s*[:：]?\s*(?:19|20)\d\d\s*[年./-]\s*\d{0,2}\s*[月./-]?\s*(?:\d{1,2}\s*日?)?"
    r"|(?:19|20)\d\d\s*年\s*(?:\d{1,2}\s*月\s*)?(?:\d{1,2}\s*日\s*)?(?:出生|生(?=[,。;\s]))"
    # ethnicity, religion
    rf"|民族\s*[:：]\s*(?:{_NATIONALITIES})族?|(?:{_NATIONALITIES})族(?=人?{_EDGE}|[男女\d]|大学|学生|青年)人?|{_BEGIN}少数民族{_EDGE}"
    r"|(?:宗教)?信仰\s*[:：]\s*[一-鿿]{1,5}|无宗教信仰|信[一-鿿]{1,3}教"
    # household registration
    rf"|(?:户籍|户口|籍贯|祖籍|老家|生源地|出生地)(?:所在)?地?(?!管理|业务|登记|迁|办理|证明|警|制度|政策|信息)(?:在|是|为|于)?\s*[:：]?\s*[一-鿿]{{2,12}}?{_EDGE}"
    r"|(?:本地|外地|当地|农村|城镇|农业|非农业?)(?:户籍|户口)|[一-鿿]{2,3}(?:省|市|县)?(?:户籍|户口)(?!管理|登记|迁|办理|证明|警)"
    rf"|{_BEGIN}(?:本地|外地)人{_EDGE}"
    # looks and photographs
    r"|(?:净?身高)\s*[:：]?\s*(?:1[.米]\s?\d{1,2}|1\d\d)\s*(?:cm|厘米|公分|米|m)?|体重\s*[:：]?\s*\d{2,3}\s*(?:kg|公斤|千克|斤)?"
    r"|(?:已?附(?:有|上)?|附件|已?上传|见|贴)(?:了)?(?:本人|个人|一寸|两寸|免冠|证件|生活|近期|彩色)*(?:照片?|近照)"
    r"|(?:本人|个人|一寸|两寸|免冠|证件|生活|近期)+照片?\s*[:：]\s*\S+|照片\s*[:：]\s*\S+"
    # family
    r"|(?:婚姻状况|婚姻|婚否|婚育(?:情况|状况)?)\s*[:：]?\s*(?:已婚|未婚|离异|丧偶|已育|未育)+|已婚已育|未婚未育|已婚|未婚|已育|未育|离异"
)
"""What people say of themselves."""

_FROM = (
    re.compile(rf"{_BEGIN}{_WHOSE}(?P<place>[一-鿿]{{2,9}}?)(?:人|籍){_EDGE}"),
    re.compile(rf"(?:本人|我)?来自(?P<place>[一-鿿]{{2,12}}?)(?<!学院)(?<!大学)(?<!学校)(?<!公司)(?:的?农村)?{_EDGE}"),
)
"""Where people say they come from, if what they name is a place."""
