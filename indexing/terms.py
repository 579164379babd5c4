"""Stretches of a text that may name a skill which no vocabulary knows, and the signs that tell which do.

A stretch is what lies between plain words (负责, 熟悉, 的, 团队) and marks. Whether it is a skill shows in how it
is made (刀具更换 ends in an operation), in the words before and behind it (会…, …经验者优先) and in the list it
stands in. Each sign has a weight; `term_signs.csv` is fitted on the dev part of tests/golden by
`python -m tests.golden.fit`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from data import taxonomy
from indexing.clauses import Clauses

_FOLDER = Path(__file__).parent

PLAIN_WORDS = frozenset((_FOLDER / "plain_words.txt").read_text(encoding="utf-8").split())
"""Words of postings and profiles that are part of no skill's name: what lies between them may be one."""

LONGEST = 16
"""Characters; longer stretches are sentences that lost their marks."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words between plain words: `folded[start:end]`."""

    start: int
    end: int
    words: int
    """How many the segmenter finds in it; an unknown word counts once for each character."""


def stretches(folded: str, borders: Sequence[int]) -> list[Stretch]:
    """What lies between plain words and marks, in order; no word is cut."""
    found: list[Stretch] = []
    start = words = 0
    for first, last in pairwise(borders):
        word = folded[first:last]
        if word in PLAIN_WORDS or not (_WORD.search(word) or _joins(folded, first, last, words)):
            if words:
                found.append(Stretch(start, first, words))
            words = 0
            continue
        start = start if words else first
        words += 1
    if words:
        found.append(Stretch(start, len(folded), words))
    return [trimmed for one in found if (trimmed := _trimmed(folded, one))]


_WORD = re.compile(r"[㐀-鿿a-z0-9]")
_LATIN = re.compile(r"[a-z0-9]")


def _joins(folded: str, first: int, last: int, words: int) -> bool:
    """Whether the mark holds a Latin name together: TCP/IP, Node.js, Spring Boot, C++."""
    if not words or not _LATIN.match(folded[first - 1]):
        return False
    if folded[first:last] in ("+", "#", "++"):
        return True
    return folded[first:last] in ("-", ".", "/", " ", "&") and bool(_LATIN.match(folded[last : last + 1]))


_LEADING = re.compile(
    r"(?:[一二三四五六七八九十]是|能|要|可|会|必?懂|使用|运用|操作(?!系统|规程|规范|手册|流程|票|员|台)|看得?懂|知道|一点|简单|基本|常用|各种|各类|相关|自己|熟练|独立|公司|客户|进行|初步|日常|对|并|再|还|也|就|又|最好|擅)+(?=..)"
)
_TRAILING = re.compile(
    r"(?:(?<=..)(?:(?<=[一-鿿])\d+(?:\.\d+)?|[的了着过等玩刚还没]|操作熟练|熟练|加分|必会|即可|均可|都可|优先|为主|工作|由专人|拿|一般|一点|流利|入门|方面|岗位|经验|能力))+$"
)


def _trimmed(folded: str, one: Stretch) -> Stretch | None:
    start, end = one.start, one.end
    lead = _LEADING.match(folded, start, end)
    start = lead.end() if lead else start
    tail = _TRAILING.search(folded, start, end)
    end = tail.start() if tail else end
    while end > start and folded[end - 1] in " -./&":
        end -= 1
    return Stretch(start, end, one.words) if end > start else None


def is_ruled_out(signs: Sequence[str]) -> bool:
    """Whether the words around a stretch say that it is something else, however well known: 机电、数控等专业."""
    asked = "asked" in signs or "asked earlier" in signs
    return not asked and (not _RULED_OUT.isdisjoint(signs) or ("before of" in signs and not _OF_WORK.isdisjoint(signs)))


_RULED_OUT = frozenset({"before specialty", "studied", "hired", "wished for"})
_OF_WORK = frozenset({"done", "done earlier", "under duties"})
"""负责驱动电机的故障诊断: what is done is the diagnosis."""


@cache
def weights() -> dict[str, float]:
    """Sign → how much it speaks for a skill, in log odds."""
    with (_FOLDER / "term_signs.csv").open(encoding="utf-8", newline="") as rows:
        return {row["sign"]: float(row["weight"]) for row in csv.DictReader(rows)}


COMMON_WORDS = frozenset((_FOLDER / "common_words.txt").read_text(encoding="utf-8").split())
"""Words that many names of skills share and that name none by themselves: 设备, 检测, 系统."""


def signs(
    folded: str,
    found: Sequence[Stretch],
    hits: Sequence[tuple[int, int, str]],
    borders: Sequence[int],
    clauses: Clauses,
) -> Iterator[list[str]]:
    """For each stretch, what speaks for or against its being a skill.

    `hits` are what the vocabulary knows in the text, as (start, end, kind).
    """
    lists = _lists(folded, found)
    known = [{kind for start, end, kind in hits if start < one.end and end > one.start} for one in found]
    starts = set(borders)
    for place, one in enumerate(found):
        first, last = lists[place]
        surface = folded[one.start : one.end]
        head = found[first].start
        clause_start, _ = clauses.clause(one.start, one.end)
        before, earlier = folded[max(0, head - 8) : head].rstrip(' :"“《(「'), folded[clause_start:head]
        after = folded[found[last].end : found[last].end + 14]
        siblings = [known[other] for other in range(first, last + 1) if other != place]
        yield [
            "always",
            *_shape(surface, one.words, list(_words(folded, one, starts))),
            *(f"contains known {kind}" for kind in known[place]),
            *(["is known skill"] if any(k == "skill" and s <= one.start and e >= one.end for s, e, k in hits) else []),
            *(["list of two"] if last - first == 1 else ["list"] if last > first else []),
            *(["list with known skill"] if any("skill" in kinds for kinds in siblings) else []),
            *(["list with certificate"] if any("certificate" in kinds for kinds in siblings) else []),
            *(
                ["enumerated"]
                if "、" in folded[max(0, one.start - 1) : one.start] + folded[one.end : one.end + 1]
                else []
            ),
            *_context(before, earlier, after),
            *_marks(folded, one),
            f"under {clauses.part(one.start).name.lower()}",
        ]


def _words(folded: str, one: Stretch, starts: set[int]) -> Iterator[str]:
    rest = one.start
    for position in range(one.start + 1, one.end + 1):
        if position in starts or position == one.end:
            yield folded[rest:position]
            rest = position


_SHAPES = (
    ("operation", re.compile(
        r"(?:操作|维修|检修|保养|维护|编程|调试|安装|装配|组装|焊接|检[测验查漏]|测[量定试绘评]|设计|制作|加工|打磨|抛光|[巡点抽质年]检|校[准对正]"
        r"|标定|更换|拆[装卸解]|核算|申报|[做记理]账|报税|对账|剪辑|拍摄|[修抠]图|排版|[绘制出画读识]图|建模|渲染|投放|选品|直播|养殖|种植|修剪|护理"
        r"|穿刺|注射|照护|康复|按摩|[配发]药|调[配色机]|化验|取样|滴定|配[置制线]|部署|运维|开发|标注|清[洗洁理]|分析|翻译|审[核查]|起草|盘点|分拣"
        r"|打包|装卸|驾驶|报[关检价]|订舱|制单|跟单|打[样版]|裁剪|缝[制纫]|熨烫|编[制写辑码排]|填[写报]|录入|登记|归档|处理|处置|诊断|排查|排[故障产]+"
        r"|优化|选型|训练|预警|监[测控]|规划|调度|控制|策划|推广|运营|教学|[设整标]定|试验|评[估审]|调整|修复|整形|贴标|拣货|搭建|接待|验[收厂证]|采[集购编]"
        r"|换算|计算|消毒|喂养|救援|施工|绑扎|砌筑|预算|结算|收银|陈列|谈判|开票|讲解|带团|配送|[理补]货|写作|复盘|鉴定|识别|追踪|溯源|防护|治疗|造型"
        r"|雕刻|切配|烹[饪调]|烘焙|拉花|摆盘|[备投]料|包装|喷涂|涂装|热处理|成型|切割|吊装|绘制|摄影|撰写|管理|调[剂度解])$")),
    ("knowledge", re.compile(
        r"(?:原理|结构|工艺|标准|规[范程]|准则|法规?|知识|理论|协议|架构|框架|算法|语言|语法|系统|软件|平台|工具|图纸?|表|仪器?|机|器|床|设备|学|体系"
        r"|流程|技术|参数|性能|制度|函数|库|模型|特性|条[例款]|图集|回路|曲线|材料|语|刀|尺|泵|阀|柜|炉|车|票|单|账|报告|日志|记录|方案|课件|文档)$")),
    ("worker", re.compile(r"(?<![加施手焊钳电])(?:工|员|师傅?|司机|主管|经理|专员|助理|岗位?|班|组|长|人|生|者|手|大赛|比赛)$")),
    ("house", re.compile(r"(?:公司|有限|集团|科技|医院|学院|大学|学校|中心|门店|店|厂|车间|酒店|所|部|院|科|室|馆|局|站|行业|企业|家)$")),
    ("hiring", re.compile(r"招|聘|急需|缺|名额|扩产|直招|底薪|工资|薪|补贴|包吃|包住|社保|五险|月休|双休")),
    ("sentence", re.compile(r"[我你您他她它们这那哪很太啦吧呢吗哈嘛]|不[会能想怕是用]|没|想|希望|觉得|喜欢")),
    ("begins with digit", re.compile(r"^\d")),
    ("ends with digit", re.compile(r"[^a-z\d]\d+$")),
    ("latin", re.compile(r"[a-z]")),
    ("latin only", re.compile(r"^(?=.*[a-z])[a-z0-9 .+#/&-]+$")),
    ("number", re.compile(r"^[\d.,%-]+[a-z]?$")),
    ("english word", re.compile(r"^[a-z]{4,}(?: [a-z]+)*$")),
    ("acronym", re.compile(r"^[a-z0-9]{2,4}$")),
    ("product", re.compile(r"(?:制品|食品|产品|服装|衣|裤|鞋|帽|零件|[内配部组]件|半成品|成品|原料|材料|板|品牌|系列|电器|家电|面|菜|汤)$")),
    ("single letter", re.compile(r"^[a-z]$")),
    ("subject", re.compile(r"(?:类|专业|工程|科学|学)$")),
    ("verb first", re.compile(r"^(?:编[制写]|填写|制[作定]|核[算对]|处理|维护|管理|检查|更换|清洁|操作|使用|安装|调试|打印|整理|登记|跟进|跟踪|监控|分析|排查)")),
)  # fmt: skip
_LENGTHS = ((1, "one character"), (2, "two characters"), (3, "three characters"), (6, "short"), (9, "medium"))


def _shape(surface: str, count: int, words: Sequence[str]) -> Iterator[str]:
    yield next((name for longest, name in _LENGTHS if len(surface) <= longest), "long")
    for name, pattern in _SHAPES:
        if pattern.search(surface):
            yield name
            if name == "operation" and count == 1:
                yield "nothing but operation"
    if len(words) == 1:
        yield "one word"
    elif len(words) > 3:
        yield "many words"
    if all(word in COMMON_WORDS for word in words):
        yield "one common word" if len(words) == 1 else "common words"
    if sum(len(word) == 1 for word in words) > 1:
        yield "unknown words"
    generic = taxonomy.generic_terms()
    if surface in generic:
        yield "generic"
    elif all(word in generic for word in words):
        yield "generic words"


_BEFORE = (
    ("asked", re.compile(
        r"(?:熟悉|熟[练炼](?:使用|掌握|操作|运用)?|掌[握屋]|精通|了解|懂得?|擅长|会(?:用|使用|操作|做|看|写|开|调)?|能(?:看懂|用|使用|操作|独立|做|熟练)?|看得?懂"
        r"|用过|使用|操作|运用|具备|独立(?:完成)?|学过|做过|玩|练|通|上手|自学)$")),
    ("done", re.compile(
        r"(?:负责|进行|完成|做好?|从事|编[制写]|填写?|处理|执行|协助|参与|组织|制定|承担|包括|跟进|输出|配合|干|推进|落实|建设|开展|实施|搭建|维护|管理"
        r"|监控|跟踪|日常|主要|工作)$")),
    ("wished for", re.compile(r"(?:想|希望|打算|愿意|目标|方向|应聘|求职|找)(?:做|干|从事|学|找|是|进|个|一份)*$")),
    ("counted", re.compile(r"(?:\d|年|名|个)(?:以上)?(?:的)?$")),
    ("hired", re.compile(r"(?:招(?:收|聘|募)?|聘|急需|缺)[^,。;:\n]{0,3}$")),
    ("studied", re.compile(r"(?:大专|本科|中专|硕士|专科|学历)(?:及?以上)?$")),
    ("tool", re.compile(r"(?:用|通过|借助|基于)$")),
)  # fmt: skip
_EARLIER = (
    ("asked earlier", re.compile(r"熟悉|熟练|掌握|精通|了解|懂|擅长|会(?![计议员])|能(?:够|独立|看|用)")),
    ("done earlier", re.compile(r"负责|进行|完成|从事|编制|协助|参与|处理")),
)
_AFTER = (
    ("specialty", re.compile(
        r"(?:等)?(?:及)?(?:相关|类)?(?:的)?专业|类|[^,。;\n]{0,12}专业|(?:等)?(?:全日制|统招)?(?:大专|本科|中专|硕士|专科|研究生|学历)")),
    ("experienced", re.compile(
        r"(?:软件|系统|技术|工作|项目|实操|操作|岗位)?(?:相关)?(?:的)?(?:工作|项目|实操)?(?:经验|经历|基础|能力|优先|者|知识|功底|熟|的优先)")),
    ("trade", re.compile(r"(?:等)?(?:相关)?(?:的)?(?:行业|公司|企业|厂|店|岗位|方向|师傅|工(?![艺序具程])|员|师|人员|出身|毕业|品牌|项目|产品|部|实习|助理|号|平台|杯|大赛|竞赛|组|专员|车间|科|站)")),
    ("and so on", re.compile(r"等")),
    ("of", re.compile(r"的")),
    ("verb", re.compile(r"(?:进行|做|开展|使用|操作|编写|制定|完成|配合)")),
    ("boast", re.compile(
        r"(?:都|也|可以|比较|还|没问题|上手|过手|熟|流利|玩|用过|做过|练过|学过|会用|会一|会点|会操作|会做|常用|考核|考了|自学|刚开|刚学|在练|在学|入门|一般|是我"
        r"|强项|成功率|第一|优秀|拿过|半年|两年|一年|只学|能独立|能自己|能看|会(?=[,。;!?\n]))")),
)  # fmt: skip


def _context(before: str, earlier: str, after: str) -> Iterator[str]:
    asked = [name for name, pattern in _BEFORE if pattern.search(before)]
    yield from asked
    yield from (name for name, pattern in _EARLIER if pattern.search(earlier) and name.split()[0] not in asked)
    yield from (f"before {name}" for name, pattern in _AFTER if pattern.match(after))


def _marks(folded: str, one: Stretch) -> Iterator[str]:
    before, after = folded[max(0, one.start - 1) : one.start], folded[one.end : one.end + 1]
    if before in ("", "\n"):
        yield "begins line"
    if before == "(":
        yield "in brackets"
    if before == ":":
        yield "behind colon"
    if before in ("“", '"', "《", "「") and before:
        yield "quoted"
    if after and after in ":】])":
        yield "heading"


_LIST_GAP = re.compile(r"[\s、/+和及与或以者及·]{1,4}")


def _lists(folded: str, found: Sequence[Stretch]) -> list[tuple[int, int]]:
    """For each stretch, the first and the last of the list that it stands in."""
    first = 0
    result: list[tuple[int, int]] = []
    for place in range(len(found)):
        if place + 1 < len(found) and _LIST_GAP.fullmatch(folded, found[place].end, found[place + 1].start):
            continue
        result += [(first, place)] * (place + 1 - first)
        first = place + 1
    return result
