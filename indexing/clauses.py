"""How a text asks for what it mentions: its parts under headings, its clauses, its negations and its lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import Self

from models.matches import Wish
from models.text import fold


class Part(Enum):
    """What a stretch of a posting stands under."""

    UNTITLED = auto()
    DUTIES = auto()
    REQUIREMENTS = auto()
    PREFERENCES = auto()
    OTHER = auto()
    """Pay, benefits, hours, the company, how to apply."""


# A heading is known by its words, and the weaker ones by what stands around them too: 能力要求： but not 按要求.
_HEADINGS: tuple[tuple[Part, str], ...] = (
    (Part.PREFERENCES, r"优先条件|优先项|优先考虑(?=[::】\]])|加分项|加分条件|加分(?=[::】\]])|优先(?=[::】\]])|bonus"),
    (
        Part.REQUIREMENTS,
        r"(?:任职|岗位|职位|应聘|招聘|录用|入职|聘用|报名|上岗)(?:基本)?(?:要求|资格|条件|资恪|要球|资质)"
        r"|任职(?:需求|标准)|我们(?:希望|期望|期待|需要)(?:你|您|的你)?|(?:希望|期待)[你您]|[你您]需要(?!完成|做|负责)(?:具备|有)?|(?:岗位|职位)需求|硬性条件|技能栈|技术栈|必会(?=[::])|会做(?=[::])|知道(?=[::])"
        r"|[你您]的(?:背景|条件)|我们(?:想)?找(?:这样的人|的人|的是)?(?=[::\n])|需要的(?:人|本事)"
        r"|(?:^|(?<=[\n\s。;;!【\[(、.]))[^\n,。;、]{0,6}(?:要求|条件|资格)(?:如下)?(?=\s*[::】\])\n])|^\s*(?:资格|要求|条件)\s*$",
    ),
    (
        Part.DUTIES,
        r"(?:岗位|工作|主要|职位|日常|核心)(?:职责|内容|描述|任务|工作)(?!要求)|职责(?:描述|范围)|[你您](?:将|要|会)?(?:负责|做的|做什么)"
        r"|[你您]需要(?:完成|做)|(?:主要|具体|平时)?(?:负责|要?做|干)(?:什么|啥|的事|内容)|(?:日常|平时)(?:就是|主要|(?:工作)?(?=[::]))|来了要做|工作还?包括|工作描述|(?:^|(?<=[\n\s。;;!【\[(、.]))(?:主要)?(?:职责|工作|活儿?|干啥|做啥|任务)(?=\s*[::】\])])|^\s*(?:职责|工作)\s*$|的日常(?=\W*\n)|要做的事|这个岗位做什么",
    ),
    (
        Part.OTHER,
        r"(?:薪资|薪酬|福利|工资|岗位|公司)?(?:待遇|福利)(?:待遇)?(?=\s*[::】\])\n])|薪资福利|薪酬福利|福利待遇|我们(?:提供|能给)|公司(?:简介|介绍|提供)"
        r"|(?:工作|上班|联系|面试)(?:时间|地点|地址|方式|电话)|关于我们|晋升(?:通道|空间|路径)|联系(?:人|电话)|(?:薪资|薪酬|工资)(?=\s*[::】\]])",
    ),
)
_HEADING = re.compile("|".join(f"(?P<{part.name}>{pattern})" for part, pattern in _HEADINGS), re.MULTILINE)

# ① folds to 1, and would make 22 years of ②2年以上.
_ITEM = re.compile(
    r"[①-⓿❶-➓]\s?[、.)]?|(?:^|(?<=[\s;。,:])|(?<=[一-鿿](?=\d{1,2}、)))[(（]?\d{1,2}[)）、.．](?![\d%])|(?:^|(?<=[\n;。]))\s*(?:[(（][一二三四五六七八九十a-h][)）]|[a-h][.)、])",
    re.MULTILINE,
)
_CLAUSE_END = re.compile(r"[,。;!?\n]")
_OVERLONG = re.compile(r"[^。；;！!？?\n]{600}")

_PREFERRED = re.compile(
    r"优先|加分|更佳|更好|更优|为佳|最佳|最好(?!的)|者佳|尤佳|的佳|锦上添花|(?:另加|另有|有)补贴|工资上浮|再加|加薪|(?:也|就更|更)好(?=[,。;!?\n啦]|$)|(?:先|优先)看(?=[,。;!?\n])"
)
_STILL_PREFERRED = re.compile(
    r"[,\s]*(?:者|的|等|均|都|可|则|将|更)*(?:者|的|予以|会|被|可|将)?(?:优先|加分|更佳|更好|为佳|最佳|者佳|尤佳|另加|可加薪|工资上浮)"
)
_ASKING = re.compile(
    r"必须|务必|必备|必会|缺一不可|需(?!求|要?与|要?进行)|须|持有?(?![续久])|具备|具有|熟[悉练炼知]|掌[握屋]|精通|擅长|了解|知道|通晓|懂|拥有|取得|拿得出手|过硬|扎实|上手|要熟|都要"
    r"|(?:^|(?<=[,。;、:\s\d.)]))(?:要求|要|有)(?!求)|[至最]少|(?<![社协机学集都议])会(?![计议员展务场所籍让使导影同]|更|优先)"
    r"|(?<![智性功技职产才可万机动潜节势热电不全核储])能(?![力源耗量效够吃否])|能够|独立|经[验历]|基础|背景|功底|年(?:及|或)?以上"
)
_ALL_ASKED = re.compile(r"[都均](?:得|需|须|要|能)?会|[都均](?:得|需|须|要)")
_VERB = re.compile(
    r"(?<![、])(?:熟[悉练炼]|掌[握屋]|精通|擅长|了解|懂|(?<![社协机学集议])会(?![计议员展务场所籍影更优的])|持有?|有|具备|具有|能用|能(?=[一-鿿])|用过|拥有|取得)"
)
_JOINED = re.compile(r"(?:并且?|且|同时|及|和|与)$")
_WEAKLY_ASKING = re.compile(r"熟[悉练炼]|掌[握屋]|精通|必须|须|持有|持证|懂|具备|会(?:使用|用|操作)")
_DOING = re.compile(
    r"负责|从事|协助|参与|进行|完成|(?:^|(?<=[,\s]))处理|执行|承担|跟进|编制|填写|制定|组织|主要做|工作内容|岗位[::]|配合|对接|维护|统计|提供|公司|我们"
)
_BRACKETED = re.compile(r"\([^()\n]*\)")

_NEGATED = re.compile(
    r"(?:无需|不需要?|不要求|无须|不必|不用|不会|没有|没学过|没考|未学|不懂|不考虑|不接受|不限|无关|不含|不涉及|非|还没|尚未|不包括|不查)"
    r"(?P<gap>[^,。;!?\n]{0,10})$"
)
_TURNED = re.compile(r"但|要|须|会(?!计)|熟悉|掌握|懂|能|仅")
_WAIVED = re.compile(
    r"[^,。;!?\n、]{0,6}(?:不要求|不作要求|不做(?:强制)?要求|无要求|没要求|不强求|无所谓|可不会|均可不|不(?:行|懂|熟|好)(?!者)|不会(?![影犯出])|不太(?:会|行|懂)|一窍不通)"
    r"|[^,。;!?\n、]{0,4}(?:没(?:有)?(?:怎么|系统)?(?:拿|学|做|碰|用|接触|考|上|让|播|拆)过?|还没|未接触|只看过|刚下载|明年|正在考|待考|没过)|不限(?!于)"
)
_OPEN_DEMAND = re.compile(r"[^,。;!?\n]{0,4}(?:要求|限制|也可|亦可|也行)")
_INDISPENSABLE = re.compile(r"勿扰|免谈|勿投|勿来|别来|别投|不要投|不予|免扰")

_CONNECTOR = re.compile(
    r"[\s、/|·+,和及与或等以者\"'“”‘’()（）《》<>&]|以及|或者|还有|任一|包括|例如|比如|如|其他|软件|系统|语言|工具|技术|编程"
)
_ANY = re.compile(
    r"之一|任[意何]?一|其一|其中[一1]|[至最]少[^,。;!?\n]{0,4}(?:[一1]|任)|一种|1种|一门|1门|一项|一款|1款|任选|均可|都可|皆可|都行|也行|任意|或其他|一个|一证"
)
_ANY_BEFORE_EXAMPLES = re.compile(
    r"[至最]少[^,。;!?\n]{0,6}[一1][种门项款个][^,。;!?\n]{0,8}[,:(]?\s*(?:如|例如|比如|包括|:|\()$"
)
_OR = re.compile(r"或")


def itemised(text: str) -> str:
    """The text folded, with line ends in place of the numbers of its items; every offset stays.

    A stretch without an end that is longer than anybody's clause is cut: each thing named in a clause reads all of it,
    and 20,000 characters without a full stop would take a minute.
    """
    ended = _OVERLONG.sub(lambda found: found[0][:-1] + "。", text)
    return fold(_ITEM.sub(lambda found: "\n" * len(found[0]), ended))


@dataclass(frozen=True, slots=True)
class Clauses:
    """A folded text cut at its headings."""

    text: str
    starts: tuple[int, ...]
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, folded: str) -> Self:
        """The parts of a folded text; what stands before the first heading is untitled."""
        starts, parts = [0], [Part.UNTITLED]
        for found in _HEADING.finditer(folded):
            part = Part[found.lastgroup or "UNTITLED"]
            starts.append(found.start())
            parts.append(part)
        return cls(folded, tuple(starts), tuple(parts))

    def part(self, position: int) -> Part:
        """What the position stands under."""
        return self.parts[bisect_right(self.starts, position) - 1]

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The stretch between commas or stronger marks that the mention stands in."""
        before = max(self.text.rfind(mark, 0, start) for mark in ",。;!?\n") + 1
        after = _CLAUSE_END.search(self.text, end)
        return before, after.start() if after else len(self.text)

    def wish(self, start: int, end: int) -> Wish:
        """How the clause around a mention asks for it; 优先 reaches over the list that it closes (熟悉A、B者优先)."""
        part = self.part(start)
        if part is Part.PREFERENCES or self._is_preferred(start, end):
            return Wish.PREFERRED
        if part is Part.REQUIREMENTS:
            return Wish.REQUIRED
        if part is Part.OTHER:
            return Wish.MENTIONED
        first, last = self.clause(start, end)
        if part is Part.DUTIES:
            return Wish.REQUIRED if _WEAKLY_ASKING.search(self.text, first, last) else Wish.MENTIONED
        # Without headings a sentence is known by its verbs, and a clause without any goes on as the one before.
        sentence = max(self.text.rfind(mark, 0, start) for mark in "。;!?\n") + 1
        while True:
            clause = self.text[first:last]
            if _ASKING.search(clause):
                return Wish.REQUIRED
            if _DOING.search(clause) or first - 1 <= sentence:
                return Wish.REQUIRED if _ALL_ASKED.search(self.text, end, self._sentence_end(end)) else Wish.MENTIONED
            first, last = self.clause(max(first - 2, 0), max(first - 1, 0))

    def _sentence_end(self, position: int) -> int:
        ends = [place for mark in "。!?\n" if (place := self.text.find(mark, position)) >= 0]
        return min(ends, default=len(self.text))

    def _is_preferred(self, start: int, end: int) -> bool:
        first, last = self.clause(start, end)
        if _STILL_PREFERRED.match(self.text, last):
            return True
        # What brackets add says nothing of what stands outside of them.
        text = _BRACKETED.sub(
            lambda found: found[0] if found.start() <= start - first < found.end() else " " * len(found[0]),
            self.text[first:last],
        )
        word = next((found for found in _PREFERRED.finditer(text)), None)
        if word is None:
            return False
        # Where a clause asks twice (会A会B的优先), only what it asks for last is preferred.
        verbs = [found.start() for found in _VERB.finditer(text, 0, word.start())]
        if word.end() <= start - first:
            return bool(re.match(r"最好|优先|更", word[0]))
        scope = next((verb for verb in reversed(verbs) if not _JOINED.search(text, 0, verb)), 0)
        return start - first >= scope or end - first > scope

    def is_negated(self, start: int, end: int) -> bool:
        """Whether the text says that it is not needed or not there: 无需A, 不会A, A不要求; not 不会A勿扰."""
        found = _NEGATED.search(self.text, max(0, start - 16), start)
        negated = bool(found and not _TURNED.search(found["gap"], 1))
        negated = negated or (self.text[start - 1 : start] == "无" and bool(_OPEN_DEMAND.match(self.text, end)))
        if not negated:
            return bool(_WAIVED.match(self.text, end))
        return not _INDISPENSABLE.search(self.text, end, min(len(self.text), end + 10))

    def lists(self, spans: Sequence[tuple[int, int]]) -> list[int | None]:
        """For each span, in order, the number of the any-of list it belongs to, or None.

        Neighbours with nothing but connectors between them form a list; it is any-of when 或 joins them, or
        words around it say so (至少一种, 之一).
        """
        groups: list[int | None] = [None] * len(spans)
        number = 0
        first = 0
        for place in range(1, len(spans) + 1):
            if place < len(spans) and self._continues(spans[place - 1][1], spans[place][0]):
                continue
            if place - first > 1 and self._is_any_of(spans[first:place]):
                groups[first:place] = [number] * (place - first)
                number += 1
            first = place
        return groups

    def _continues(self, end: int, start: int) -> bool:
        gap = self.text[end:start]
        return len(gap) <= 6 and bool(gap) and not _CONNECTOR.sub("", gap)

    def _is_any_of(self, spans: Sequence[tuple[int, int]]) -> bool:
        first, last = self.clause(spans[0][0], spans[-1][1])
        if any(_OR.search(self.text, a[1], b[0]) for a, b in pairwise(spans)):
            return True
        return bool(
            _ANY.search(self.text, spans[-1][1], min(last + 1, spans[-1][1] + 14))
            or _ANY.search(self.text, max(first, spans[0][0] - 14), spans[0][0])
            or _ANY_BEFORE_EXAMPLES.search(self.text, max(0, spans[0][0] - 24), spans[0][0])
        )
