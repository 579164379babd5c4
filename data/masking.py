"""Numbers and addresses of people, taken out of free text before it is stored.

A mask is never longer than what it hides, so a field's limit holds; and it holds nothing that would be
masked again, so masking twice changes nothing. Ordinary numbers stay: standards, part and order numbers,
pay, years.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import phonenumbers
from pydantic import BaseModel
from stdnum import luhn
from stdnum.cn import ric

from models.privacy import Sensitive
from models.terms import Kind, Record, Source
from models.text import fold

R = TypeVar("R", bound=Record)

_KEPT = frozenset({"source", "contact"})
"""Fields that are no free text: a contact is shown only to whom the person says yes."""
_OF_ORGANISATIONS = frozenset({Sensitive.LANDLINE, Sensitive.EMAIL})
"""What may stay in records of organisations: a switchboard or a recruiting address is how one reaches the firm, and was
published for that (art. 27). A mobile number, a WeChat or QQ account and a numeric mailbox are a person's, wherever
they stand; so are identity documents and cards."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text that is to be masked."""

    start: int
    end: int
    kind: Sensitive


def mask(text: str, kind: Kind = Kind.TALENT) -> tuple[str, Counter[Sensitive]]:
    """The text with what is personal masked, and how often each was."""
    counts: Counter[Sensitive] = Counter()
    # A mask may lay bare what stood beside it: a number glued to an address is one of its own only now.
    while found := find(text, kind):
        counts.update(one.kind for one in found)
        for one in reversed(found):
            text = text[: one.start] + _mask(one) + text[one.end :]
    return text, counts


def masked(record: R) -> tuple[R, Counter[Sensitive]]:
    """The record with every text masked, and how often each kind of number was."""
    counts: Counter[Sensitive] = Counter()
    changed = {name: _masked(value, record.kind, counts) for name, value in record if name not in _KEPT}
    if record.source and record.kind is Kind.TALENT:
        changed["source"] = _source(record.source, counts)
    return (record.model_copy(update=changed) if counts else record), counts


def find(text: str, kind: Kind = Kind.TALENT) -> list[Found]:
    """What is to be masked in a record of the kind, in order and without overlaps."""
    if not _HINT.search(text):
        return []
    folded = fold(text)
    taken: list[Found] = []
    for rule in _RULES:
        for match in rule.pattern.finditer(folded):
            start, end = match.span("it")
            clear = all(end <= one.start or start >= one.end for one in taken)
            if clear and not (kind is not Kind.TALENT and _may_stay(rule, match)) and rule.holds(folded, match):
                taken.append(Found(start, end, rule.kind))
    return sorted(taken, key=lambda one: one.start)


def in_words(counts: Mapping[Sensitive, int]) -> str:
    """手机号 2 处、邮箱 1 处."""
    return "、".join(f"{kind.label} {counts[kind]} 处" for kind in Sensitive if counts.get(kind))


def _masked(value: Any, kind: Kind, counts: Counter[Sensitive]) -> Any:
    if type(value) is str:  # an enumeration's value is one of ours
        if not _HINT.search(value):
            return value
        text, found = mask(value, kind)
        counts.update(found)
        return text
    if isinstance(value, tuple):
        if not value:
            return value
        return tuple(dict.fromkeys(_masked(one, kind, counts) for one in value))  # two masked ones may be equal now
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _masked(part, kind, counts) for name, part in value})
    return value


def _source(source: Source, counts: Counter[Sensitive]) -> Source:
    """A source id that is itself a phone or identity number becomes one that only says it is the same again."""
    found = find(f"身份证号{source.id}")  # where nothing else stands beside it, a number of that form is one
    if not found:
        return source
    counts.update(one.kind for one in found)
    digest = hashlib.sha256(f"{source.name}\n{source.id}".encode()).hexdigest()[:24]
    return Source(name=source.name, id=f"隐去-{digest}")


def _mask(one: Found) -> str:
    full = f"【{one.kind.label}已隐去】"
    return full if len(full) <= one.end - one.start else f"【{one.kind.label}】"


# The rules, in the order in which they claim a stretch of text. All see text in lower case and half width.


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Sensitive
    pattern: re.Pattern[str]
    """What is to be masked is its group `it`."""
    holds: Callable[[str, re.Match[str]], bool]


_HINT = re.compile(
    r"(?i:[0-9０-９]{5}|@|＠|\(at\)|\[at\]|[0-9０-９][- .]?[0-9０-９]{3}|[零〇一二三四五六七八九幺]{11}|(?:[0-9] ){5}"
    r"|[微薇威]\W?信|绿泡泡|[vＶ]\s?[:：信]|we(?:chat|ixin)|[wv]x|[加+＋]v|护照)"
)
"""A text without any of these has nothing to mask."""
_NUMBERED = re.compile(
    r"(?:订单|流水|条码|条形码|合同|(?:编|单|学|工|货|料|型|图|批|案|证书|证|专利|登记|注册|序列|资产|文|项目|考籍|学籍)编?(?:号|码))"
    r"(?:号|码|编号)?[\s:：为是]*$"
)
"""Before a number: it numbers a thing, not a person's line."""


def _alone(folded: str, match: re.Match[str]) -> bool:
    """Whether the number is no part of a decimal and not said to be an order's, a part's, a certificate's."""
    before = folded[max(match.start("it") - 12, 0) : match.start("it")]
    if (
        match["it"][0].isdigit()
        and re.search(r"\d[./]\Z|[a-z]\d*-\Z|[a-z]{2}\d*\Z", before)
        and not _CALLED.search(before)
    ):
        return False
    return not (_NUMBERED.search(before) and not re.search(r"(?:手机|电话|身份证|微信)(?:号码?)?\W*$", before))


def _may_stay(rule: _Rule, match: re.Match[str]) -> bool:
    """Whether an organisation may publish it: not a mailbox that is named by a number, a person's QQ or mobile."""
    if rule.kind not in _OF_ORGANISATIONS:
        return False
    return rule.kind is Sensitive.LANDLINE or not match["it"].partition("@")[0].strip().isdigit()


def _is_mobile(folded: str, match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match["it"].translate(_CHINESE_DIGITS))[-11:]
    counts = _UNIT.match(folded, match.end("it")) and not _CALLED.search(folded[: match.start("it")])
    return _is_line(digits) and not counts and _alone(folded, match)


def _is_landline(folded: str, match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", re.split(r"转|ext|分机|-\d{1,5}$", match["it"])[0])
    return _is_line(digits.removeprefix("86") if not digits.startswith("0") else digits) and _alone(folded, match)


def _is_line(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))
    except phonenumbers.NumberParseException:
        return False


def _is_citizen_id(folded: str, match: re.Match[str]) -> bool:
    number = re.sub(r"[\s-]", "", match["it"]).upper()
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += ric.calc_check_digit(number)
    if not _has_birth_date(number) or not _PROVINCE.match(number):
        return False
    if match["label"]:
        return True  # a slip in the last digit makes it no less a person's number
    # Counties are renamed and dissolved and people keep their numbers: only an old number, which has no check
    # digit, must begin with a county that exists.
    return ric.is_valid(number) if len(match["it"]) == 15 else ric.calc_check_digit(number) == number[-1]


def _has_birth_date(number: str) -> bool:
    try:
        return datetime.strptime(number[6:14], "%Y%m%d").year >= 1900  # noqa: DTZ007  # a day, not a moment
    except ValueError:
        return False


def _is_card(folded: str, match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match["it"])
    if match["label"]:
        return True
    # UnionPay has 16 to 19 digits, Visa and Mastercard 16.
    issued = re.fullmatch(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}", digits)
    return bool(issued) and luhn.is_valid(digits) and _alone(folded, match)


def _is_account(folded: str, match: re.Match[str]) -> bool:
    """Whether what follows 微信 is an account and no English word that happens to stand there."""
    account = match["it"]
    if not match["sure"] and not re.search(r"[\d_-]", account):
        return False
    after = folded[match.end("it") : match.end("it") + 2]
    return not account.isalpha() or not (re.match(r"\s?[a-z]", after) or account in _NO_ACCOUNTS)


def _always(folded: str, match: re.Match[str]) -> bool:
    return True


_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_CHINESE_DIGITS = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_CALLED = re.compile(r"(?:tel|phone|mobile|电话|手机|手机号|号码|联系|wx|vx|微信|wechat|qq|v|lianxi)[\W_]*\Z")
"""Before a number: it is one to call."""
_UNIT = re.compile(r"\s?(?:[万亿]?元|万|亿|件|台|吨|套|米|ppm|kg|mm|%)")
"""Behind a number: it counts something."""
_NO_ACCOUNTS = frozenset({"applet", "applets", "javascript", "jssdk", "wechat", "python", "android", "server", "mysql",
                          "miniprogram", "framework", "offline", "online"})  # fmt: skip

_RULES = (
    _Rule(
        Sensitive.EMAIL,
        re.compile(
            r"(?<![a-z0-9._%+-])(?P<it>[a-z0-9][a-z0-9._%+-]{0,63}\s?(?:@|\(at\)|\[at\])\s?"
            r"(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10})(?![a-z])"
        ),
        _always,
    ),
    _Rule(
        Sensitive.CITIZEN_ID,
        re.compile(
            r"(?P<label>身份证(?:件)?(?:号码?)?[\s:：为是]*|id\s?(?:card|no)\.?[\s:：]*)?"
            r"(?<![0-9.])(?P<it>[1-9]\d{5}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dx]|[1-9]\d{14})(?!\d|\.\d)"
        ),
        _is_citizen_id,
    ),
    _Rule(
        Sensitive.CITIZEN_ID,
        re.compile(r"(?:护照|通行证|军官证|台胞证)(?:号码?)?[\s:：为是]*(?P<it>[a-z]{1,2}\d{7,9})(?![0-9a-z])"),
        _always,
    ),
    _Rule(
        Sensitive.BANK_CARD,
        re.compile(
            r"(?P<label>(?:银行卡|储蓄卡|工资卡|借记卡|信用卡|银行账[号户]|银行帐[号户]|卡号)(?:号码?)?[^\d\n]{0,12})?"
            r"(?<![0-9a-z.-])(?P<it>\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)"
        ),
        _is_card,
    ),
    _Rule(
        Sensitive.MOBILE,
        re.compile(
            r"(?<![0-9])(?P<it>(?:(?:\+|00)?86[- ]?)?(?:1[3-9]\d{9}|1[3-9]\d([-. ])\d{4}\2\d{4}"
            r"|1[3-9]\d{2}([- ])\d{3}\3\d{4}|1[3-9]\d([- ])\d{3}\4\d{5}|1[3-9]\d[- ]\d{8}|1[3-9]\d{5}[- ]\d{4}|1 [3-9](?: \d){9}))(?![0-9])"
        ),
        _is_mobile,
    ),
    _Rule(
        Sensitive.MOBILE,
        re.compile(
            r"(?<![零〇一二三四五六七八九十百])(?P<it>[一幺][三四五六七八九][零〇一二三四五六七八九幺]{9})(?![零〇一二三四五六七八九十百])"
        ),
        _is_mobile,
    ),
    _Rule(
        Sensitive.LANDLINE,
        re.compile(
            r"(?<![0-9])(?P<it>(?:\+?86[- ]?(?:\(0\)|\(?0?)|\(?0)\d{2,3}\)?\s?[- ]?\s?[2-9]\d{2,3}[- ]?\d{4}"
            r"(?:\s?(?:转|ext\.?|分机|-)\s?\d{1,5})?)(?![0-9])"
        ),
        _is_landline,
    ),
    _Rule(
        Sensitive.LANDLINE,
        re.compile(
            r"(?:电话|座机|固话|宅电|tel|联系方式|传真)(?:号码?)?[\s:：.为是]*"
            r"(?P<it>[2-9]\d{2,3}[- ]?\d{4})(?![0-9]|\s?[元万人年])"
        ),
        _always,
    ),
    _Rule(
        Sensitive.QQ,
        re.compile(
            r"(?:qq|扣扣|企鹅号)(?:号码|号|群号|交流群|群|邮箱)?(?:/微信|/wx)?[\s:：=为是]*(?P<it>[1-9]\d{4,10})(?![0-9]|[万亿人元个名款+%.])"
        ),
        _always,
    ),
    _Rule(
        Sensitive.WECHAT,
        re.compile(
            r"(?<![a-z])(?:(?P<sure>(?:[微薇威]\W?信|v信|wechat|weixin)\s?(?:号码?|id|账号|帐号)[\s:：=为是]*"
            r"|(?:[微薇威]\W?信|v信|wechat|weixin|vx|wx|[加+]v)(?:/qq|同号)?\s?[:：=为是]\s*"
            r"|加我?(?:[微薇威]\W?信|vx?(?![a-z]))[\s:：=]*)|(?:[微薇威]\W?信号?|绿泡泡[:：]?|v信|wechat|wx号|v\s?[:：]|(?:vx|[加+]v)(?![a-z]))\s*)"
            r"(?P<it>[a-z][a-z0-9_-]{5,19}|[1-9]\d{5,10})(?![a-z0-9_-]|[万亿人元个名+%])"
        ),
        _is_account,
    ),
)
