"""How an HR officer words a posting: requirements in sentences, then everything on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from data.sample.texts import Role, Specialty, canonical, lines, table
from data.sample.wording import chance, expand, kept, listed, numbering, some
from data.taxonomy import SkillKind, find_skill
from models.terms import Education, Employment, Shift

_LEVELS = {Education.SECONDARY: "中专", Education.JUNIOR_COLLEGE: "大专", Education.BACHELOR: "本科"}
_TOOLS = frozenset({SkillKind.SOFTWARE, SkillKind.TOOL, SkillKind.LANGUAGE})
_FRESH = ("应届", "无经验", "零基础", "学徒", "没做过", "生手", "带教", "新手", "经验不限", "实习", "毕业生", "可学")
_SENIOR = re.compile(r"[一两二三五1-5]年(?:以上|及以上|驾驶)|有.{0,6}经验的?工资|熟手")
_PREFERRED = ("优先", "加分", "更好", "更佳", "不会可以", "补贴", "上浮", "另谈")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be advertised."""

    role: Role
    mode: Employment
    years: int
    shift: Shift
    heads: int
    partner: Specialty
    """With whom an order class would be run."""
    asked: tuple[str, ...]
    """Specialties asked for."""
    product: str
    day: date
    """When it appears."""
    for_students: bool = False
    """Whether only what students may be asked to do is said."""

    @property
    def cohort(self) -> int:
        """The class that an internship addresses: the next to graduate with time left for it."""
        return self.day.year + (self.day.month > 2)


@dataclass(frozen=True, slots=True)
class Written:
    """The advertisement and the facts that stand in it."""

    title: str
    text: str
    required: tuple[str, ...]
    """Canonical names of the skills demanded."""
    preferred: tuple[str, ...]
    benefits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wants:
    sentences: list[str]
    required: tuple[str, ...]
    preferred: tuple[str, ...]


def write(rng: Random, order: Order) -> Written:
    """One advertisement; its manner is drawn as well."""
    slots = {
        "product": order.product,
        "school": order.partner.school,
        "specialty": order.partner.name,
        "years": str(order.years),
        "cohort": str(order.cohort),
    }
    title = _title(rng, order, slots)
    brief = order.role.education <= Education.SECONDARY and not order.role.certificates and chance(rng, 0.22)
    wants = _wants(rng, order, slots, brief=brief)
    benefits = _benefits(rng, order)
    duties = [expand(line, rng, slots) for line in kept(_fit(order, order.role.duties), rng, 3, 5)]
    page = _Page(rng, order, title, benefits, duties, wants, slots)
    text = page.brief() if brief else page.in_one() if chance(rng, 0.1) else page.sections()
    return Written(title, text, wants.required, wants.preferred, benefits)


_NOT_FOR_STUDENTS = re.compile(
    r"夜|倒班|值班|[三四]班|运转|两班|加班|大小周|单休|做六休一|休一天|单双休|三倍工资|危化品|急修|抢修"
)


def asks_too_much(text: str) -> bool:
    """Whether the text says what students must not be asked."""
    return _NOT_FOR_STUDENTS.search(text) is not None


def _fit(order: Order, said: Iterable[str]) -> list[str]:
    """The lines without night work, overtime and hazards where students are addressed (实习管理规定 arts 16, 17)."""
    return [line for line in said if not (order.for_students and _NOT_FOR_STUDENTS.search(line))]


_TITLE_MARKS = {
    Employment.INTERNSHIP: ("{title}实习生", "实习{title}", "{title}（实习）", "{title}（实习可转正）"),
    Employment.APPRENTICESHIP: ("{title}学徒", "学徒-{title}", "{title}（新型学徒）"),
    Employment.ORDER_CLASS: ("{title}（订单班）", "{title}订单班学员", "{school}订单班-{title}"),
    Employment.FIELD_ENGINEER: ("现场工程师（{title}方向）", "{title}-现场工程师培养", "{title}（现场工程师）"),
    Employment.PART_TIME: ("兼职{title}", "{title}（兼职/周末）"),
}
_TITLES_OF_LEARNERS = re.compile(r"学徒|实习|学生|订单")
_TITLES_OF_STARTERS = re.compile(r"应届|助理|无经验|储备|管培|见习|可学|包教会|不会")


def _title(rng: Random, order: Order, slots: Mapping[str, str]) -> str:
    role = order.role
    if order.mode is not Employment.FULL_TIME:
        plain = rng.choice((role.name, *role.wishes))
        return expand(rng.choice(_TITLE_MARKS[order.mode]), rng, {**slots, "title": plain})
    titles = [title for title in role.titles if not _TITLES_OF_LEARNERS.search(title)]
    if order.years:
        titles = [title for title in titles if not _TITLES_OF_STARTERS.search(title)]
    return expand(rng.choice(titles or [role.name]), rng, slots)


def _benefits(rng: Random, order: Order) -> tuple[str, ...]:
    """Two to six, never two of one group."""
    phrases = table("postings.toml")
    groups = list(lines(phrases["benefits"]))
    if order.mode is Employment.INTERNSHIP:
        groups = list(lines(phrases["intern_benefits"]))
    elif order.role.education <= Education.SECONDARY and order.role.group not in _OFFICES:
        groups += lines(phrases["floor_benefits"])
    groups = ["|".join(_fit(order, group.split("|"))) for group in groups]
    chosen = [rng.choice(group.split("|")) for group in some(groups, rng, 2, 6)]
    if {"提供住宿", "包住", "包吃住"} & set(chosen):
        chosen = [benefit for benefit in chosen if benefit not in ("住房补贴", "租房补贴")]
    return tuple(dict.fromkeys(chosen))


def _wants(rng: Random, order: Order, slots: Mapping[str, str], *, brief: bool) -> _Wants:
    """The requirement sentences of one posting and the skills that they name."""
    own = _own_sentences(rng, order, slots, 1 if brief else 2, 3 if brief else 4)
    must, plus = _named(own, order.role)
    sentences = [_schooling(rng, order)] if chance(rng, 0.7) and not _says_schooling(own) else []
    sentences += own
    more = [skill for skill in some(order.role.must, rng, 1, 2 if brief else 3) if skill not in must + plus]
    extra = [skill for skill in some(order.role.plus, rng, 0, 0 if brief else 2) if skill not in must + plus + more]
    sentences += _skill_sentences(rng, more, wished=False) + _skill_sentences(rng, extra, wished=True)
    sentences += _certificates(rng, order.role, sentences)
    sentences += _experience(rng, order, sentences)
    if not brief and chance(rng, 0.4):
        sentences.append(rng.choice(lines(table("postings.toml")["soft_lines"])))
    modes: Mapping[str, str] = table("postings.toml")["modes"]
    if order.mode.value in modes:
        sentences.append(expand(rng.choice(lines(modes[order.mode.value])), rng, slots))
    required = canonical(must + more)
    return _Wants(sentences, required, tuple(skill for skill in canonical(plus + extra) if skill not in required))


def _own_sentences(rng: Random, order: Order, slots: Mapping[str, str], low: int, high: int) -> list[str]:
    """Sentences of the role that suit the experience asked for."""
    lines_ = [line for line in _fit(order, order.role.wants) if not _SENIOR.search(line)]
    if order.years:
        lines_ = [line for line in lines_ if not any(word in line for word in _FRESH)]
    return [expand(line, rng, slots) for line in kept(lines_, rng, low, high)]


def _named(sentences: Sequence[str], role: Role) -> tuple[list[str], list[str]]:
    """The role's skills that the sentences name: those demanded, those preferred."""
    must: list[str] = []
    plus: list[str] = []
    for line in sentences:
        wish = plus if any(word in line for word in _PREFERRED) else must
        wish += [skill for skill in role.skills if _names(line, skill)]
    return [skill for skill in dict.fromkeys(must) if skill not in plus], list(dict.fromkeys(plus))


def _names(line: str, skill: str) -> bool:
    known = find_skill(skill)
    spellings = known.spellings if known else (skill,)
    return any(spelling.lower() in line.lower() for spelling in spellings)


def _skill_sentences(rng: Random, skills: Sequence[str], *, wished: bool) -> list[str]:
    """One sentence for the tools and one for the rest: one 会s a program and 熟悉s a craft."""
    phrases = table("postings.toml")
    tools = [skill for skill in skills if (known := find_skill(skill)) and known.kind in _TOOLS]
    crafts = [skill for skill in skills if skill not in tools]
    handled = [skill.removesuffix("使用") for skill in tools]
    groups = (("plus_lines", skills, "或"),) if wished else (("skill_lines", crafts, ""), ("tool_lines", handled, ""))
    return [
        expand(rng.choice(lines(phrases[key])), rng, {"skills": _joined(rng, group, last)})
        for key, group, last in groups
        if group
    ]


def _joined(rng: Random, skills: Sequence[str], last: str = "") -> str:
    """A、B和C as people write lists."""
    if len(skills) == 1:
        return skills[0]
    return "、".join(skills[:-1]) + (last or rng.choice(("和", "、", "及"))) + skills[-1]


def _says_schooling(sentences: Sequence[str]) -> bool:
    return any(word in line for line in sentences for word in ("专业", "以上", "学历"))


def _schooling(rng: Random, order: Order) -> str:
    phrases = table("postings.toml")
    if order.role.education <= Education.JUNIOR_SECONDARY:
        return rng.choice(lines(phrases["open_lines"]))
    asked = "、".join(order.asked or (order.partner.name,))
    facts = {"education": _LEVELS[order.role.education], "specialty": asked}
    return expand(rng.choice(lines(phrases["education_lines"])), rng, facts)


def _certificates(rng: Random, role: Role, said: Sequence[str]) -> list[str]:
    phrases, found, text = table("postings.toml"), [], "".join(said)
    demanded = [name for name in role.certificates if not mentions(text, name)]
    if demanded:
        found.append(expand(rng.choice(lines(phrases["certificate_lines"])), rng, {"names": "、".join(demanded)}))
    wanted = [name for name in role.bonus_certificates if not mentions(text, name)]
    if wanted and chance(rng, 0.3):
        found.append(expand(rng.choice(lines(phrases["bonus_lines"])), rng, {"names": rng.choice(wanted)}))
    return found


def mentions(text: str, certificate: str) -> bool:
    """Whether the text names the certificate, be it without the words that all certificates share."""
    return certificate.removeprefix("1+X").removesuffix("证书").removesuffix("职业技能等级") in text


def _experience(rng: Random, order: Order, said: Sequence[str]) -> list[str]:
    phrases = table("postings.toml")
    if order.years:
        return [expand(rng.choice(lines(phrases["years_lines"])), rng, {"years": str(order.years)})]
    if chance(rng, 0.35) and not any(word in "".join(said) for word in _FRESH):
        return [expand(rng.choice(lines(phrases["fresh_lines"])), rng)]
    return []


@dataclass(frozen=True, slots=True)
class _Page:
    """One HR officer's way of putting the same facts on a page."""

    rng: Random
    order: Order
    title: str
    benefits: tuple[str, ...]
    duties: list[str]
    wants: _Wants
    slots: Mapping[str, str]

    def brief(self) -> str:
        """A few lines, as workshop postings often are."""
        rng, wants = self.rng, self.wants.sentences
        template = rng.choice(lines(table("postings.toml")["short_ads"]))
        facts = {
            **self.slots,
            "title": self.title,
            "heads": str(self.order.heads),
            "shift": self.order.shift.value,
            "benefits": "、".join(self.benefits[:3]),
            "hours": self._hours().removeprefix("上班时间："),
            "slogan": self._slogan(),
            "first": self.duties[0],
            "second": self.duties[1],
            "want": wants[0] if "{want2}" in template else "，".join(wants),
            "want2": "，".join(wants[1:]) or "长期稳定",
        }
        return expand(template, rng, facts)

    def in_one(self) -> str:
        """Everything in one paragraph."""
        rng, number = self.rng, numbering(self.rng)
        glue, end = ("", "；") if number(1) else ("，", "")
        heads = rng.choice((("岗位职责：", "任职要求："), ("工作内容：", "要求："), ("", "要求：")))
        parts = [listed(items, number, end=end, glue=glue) for items in (self.duties, self.wants.sentences)]
        text = "".join(head + part.removesuffix("。") + "。" for head, part in zip(heads, parts, strict=True))
        return text + (f"福利：{'+'.join(self.benefits)}" if chance(rng, 0.6) else "")

    def sections(self) -> str:
        """Duties, requirements and perhaps more under headings."""
        rng, heading = self.rng, table("postings.toml")["headings"]
        style = rng.choices(range(len(heading["weights"])), heading["weights"])[0]
        number, end = numbering(rng), rng.choice(("；", "；", "。", ""))
        blocks = [
            heading["duties"][style] + "\n" + listed(self.duties, number, end=end, glue="\n"),
            heading["wants"][style] + "\n" + listed(self.wants.sentences, number, end=end, glue="\n"),
        ]
        if chance(rng, 0.15) and "一、" not in blocks[0]:
            blocks.reverse()
        if chance(rng, 0.5):
            over: str = heading["offers"][style]
            blocks.append(over + (rng.choice(("", "\n")) if over[-1] in "：】" else "\n") + "、".join(self.benefits))
        return "\n".join([*blocks, *self._tail(table("postings.toml"))])

    def _tail(self, phrases: Mapping[str, Any]) -> list[str]:
        rng = self.rng
        found = [self._hours()] if chance(rng, 0.2) else []
        found += [self._slogan()] if chance(rng, 0.18) else []
        return found + ([rng.choice(lines(phrases["contacts"]))] if chance(rng, 0.14) else [])

    def _hours(self) -> str:
        return expand(
            self.rng.choice(_fit(self.order, table("postings.toml")["hours"][self.order.shift.value])), self.rng
        )

    def _slogan(self) -> str:
        phrases = table("postings.toml")
        slogans = lines(phrases["slogans"])
        if self.order.role.education <= Education.SECONDARY and self.order.role.group not in _OFFICES:
            slogans += lines(phrases["floor_slogans"])
        return expand(self.rng.choice(slogans), self.rng)


_OFFICES = frozenset({"电商与现代服务", "文旅酒店", "健康养老"})
