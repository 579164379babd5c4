"""The market of jobs: postings and talents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import partial

from data import taxonomy
from matching.asked import education as education_asked
from matching.asked import experience_years as experience_asked
from matching.asked import shift as shift_asked
from matching.evidence import WordsOf, likeliest_sentences, named_by_both, sentences_about, shared_words, whole, within
from matching.likeness import NAMED, SAID, between, degree, held_and_missing, listed, name_likeness, word_share
from matching.market import Feature, Market, Requirement
from models.matches import Document, Evidence, Finding, Pair, Side, Span
from models.postings import Posting
from models.talents import Talent
from models.terms import DivisionCode, Education, Employment, Kind, Record, Shift
from models.text import fold, key

JobPair = Pair[Posting, Talent]

LEAST_KNOWN = 0.6
"""Weight of which a pair must be known to score all points.

Whoever names a wish or a specialty has .54 known whatever the posting says, and more with the first fact that
both sides state. Whoever names neither has a third or less: 80 points for a few words in common were the rest
scaled up. nDCG@10 on the graded pairs is the same from .5 to .65, up to .014 above that without it; from .7 on
it falls, since postings that ask little would lose against those that ask much.
"""
_DOUBT = 1.0
"""What is added to the skills asked for: to have the only one that a text happens to name proves little."""
_ENOUGH = 0.65
"""Share of the skills asked for that is as good as all: postings name more than anyone has."""
_OUT_OF_REACH = 5
"""Years of experience short from which nobody is called for interview; real postings ask 3, 5 or 10."""
_SOON = 9
"""Months before graduation from which a student counts as available: the last school year is for 岗位实习 and jobs."""
_IN_SCHOOL = frozenset({Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS, Employment.PART_TIME})
"""Engagements that begin before graduation."""


def jobs(today: date, words_of: WordsOf) -> Market[Posting, Talent]:
    """The market as of a day.

    Reciprocal: what speaks for the posting's demands and what speaks for the person's wishes stand apart, and the
    score is the weighted arithmetic mean of both. A harmonic mean, which punishes a one-sided match more, ordered
    1,500 graded pairs no better, and its parts do not add up.
    """
    fits, suits = Side.DEMAND, Side.SUPPLY
    return Market(
        name="jobs",
        label="岗位与人才",
        demand=Kind.POSTING,
        supply=Kind.TALENT,
        closed=partial(closed, today=today),
        least_known=LEAST_KNOWN,
        requirements=(
            Requirement("education", "学历", too_little_education),
            Requirement("experience", "经验差距", partial(out_of_reach, today=today)),
            Requirement("first_year", "实习年级", first_year_intern),
            Requirement("licence", "执业资格", unlicensed),
        ),
        features=(
            Feature("position", "岗位意向", 0.15, position, side=suits),
            Feature("duties", "意向与工作内容", 0.17, duties, partial(said_of_wish, words_of=words_of), suits),
            Feature("employment", "用工形式", 0.03, employment, side=suits),
            Feature("place", "地点", 0.03, place, side=suits),
            Feature("pay", "薪资", 0.01, pay, side=suits),
            Feature("shift", "班次", 0.01, shift, side=suits),
            Feature("substance", "名实相符", 0.02, substance, side=suits),
            Feature("skills", "技能", 0.12, skill_coverage, side=fits),
            Feature("text", "内容相近", 0.10, text, partial(said_alike, words_of=words_of), fits),
            Feature("words", "用词相同", 0.12, word_share, partial(shared_words, words_of=words_of), fits),
            Feature("experience", "经验", 0.11, partial(experience, today=today), side=fits),
            Feature("specialty", "专业", 0.05, specialty, side=fits),
            Feature("certificates", "证书", 0.04, certificates, side=fits),
            Feature("overqualified", "学历是否偏高", 0.03, overqualified, side=fits),
            Feature("availability", "到岗时间", 0.01, partial(availability, today=today), side=fits),
        ),
    )


def closed(record: Record, *, today: date) -> str | None:
    expires = record.expires if isinstance(record, Posting) else None
    return f"岗位已于 {expires} 截止" if expires and expires < today else None


def too_little_education(pair: JobPair) -> str | None:
    """Underqualification is a requirement that is not met, and no lower score."""
    asked, held = education_asked(pair.demand)[0], pair.supply.record.education
    return f"要求{asked}，实为{held}" if asked and held and held < asked else None


def out_of_reach(pair: JobPair, *, today: date) -> str | None:
    asked, held = experience_asked(pair.demand)[0], _years(pair.supply.record, today)
    if asked is None or held is None or asked - held < _OUT_OF_REACH:
        return None
    return f"要求 {asked} 年经验，相差 {asked - held} 年"


def first_year_intern(pair: JobPair) -> str | None:
    """职业学校学生实习管理规定, art. 16: no first-year students in 岗位实习."""
    if pair.demand.record.employment is Employment.INTERNSHIP and pair.supply.record.grade == 1:
        return "一年级学生不得参加岗位实习（《职业学校学生实习管理规定》第十六条）"
    return None


def unlicensed(pair: JobPair) -> str | None:
    """医师法, art. 13, and 律师法, art. 13: nobody works as a doctor or a lawyer without the licence."""
    title = fold(pair.demand.record.title)
    if pair.demand.record.employment is Employment.INTERNSHIP or _IN_TRAINING.search(title):
        return None
    for profession, licences, law in _LICENSED:
        if profession.search(title):
            held = [mention.name + mention.span.text for mention in pair.supply.facts.certificates]
            if not any(licence in one for one in held for licence in licences):
                return f"须先取得{licences[0]}（{law}）"
    return None


_LICENSED = (
    (
        re.compile(r"(?<!兽)(?<!宠物)(医师|医生)"),
        ("医师资格", "医师执业", "执业医师", "助理医师"),
        "《医师法》第十三条",
    ),
    (re.compile(r"律师"), ("法律职业资格", "律师执业", "律师证"), "《律师法》第十三条"),
)
"""Profession by title, what its licence is called, and the law; nurses and teachers graduate into theirs."""
_IN_TRAINING = re.compile(r"实习|见习|规培|助手|助理(?!医师)|秘书|客服|咨询|运营|销售|顾问|文员|代表|招生")
"""Titles of those who work beside the licensed, or on the way to a licence."""


def position(pair: JobPair) -> Finding:
    """How alike the posting's title is to the positions that the person wants, or to the specialty if none is named."""
    wish = _wish(pair)
    if wish is None:
        return Finding(None, "未填写期望岗位与专业，不计入")
    field, name, wanted = wish
    value, relation = name_likeness(pair)
    return Finding(
        value,
        f"岗位“{pair.demand.record.title}”与{name}“{wanted}”{relation}",
        Evidence(whole(pair.demand, "title"), whole(pair.supply, field)),
    )


def duties(pair: JobPair) -> Finding:
    """How well what the posting says suits the positions that the person wants, whatever its title."""
    wish = _wish(pair)
    if wish is None:
        return Finding(None, "未填写期望岗位与专业，不计入")
    value = between(pair.candidate.back, 0.0, NAMED)
    return Finding(value, f"岗位所写的工作与{wish[1]}“{wish[2]}”{degree(value)}")


def said_of_wish(pair: JobPair, *, words_of: WordsOf) -> Evidence:
    """The wish, and the posting's sentences that come nearest to it."""
    wish = _wish(pair)
    if wish is None:
        return Evidence()
    said = sentences_about(pair.demand, wish[2], words_of(pair.supply))
    # Without the positions the specialty would speak for them.
    return Evidence(said, whole(pair.supply, "expected_positions", "specialty"))


def substance(pair: JobPair) -> Finding:
    """Whether a posting is what it is called: sales under another name counts against it, unless sales is wanted."""
    posting = pair.demand
    if _SELLING.search(fold(posting.record.title)):
        return Finding(None, "岗位名称已写明是销售，不计入")
    signs = [Span("description", *m.span(), m[0]) for m in _SALES_SIGNS.finditer(posting.record.description)]
    kinds = dict.fromkeys(sign.text for sign in signs)
    if len(kinds) < _MANY_SIGNS:
        return Finding(None, "岗位名称与内容没有明显不符，不计入")
    wish = _wish(pair)
    if wish and _SELLING.search(fold(wish[2])):
        return Finding(None, "本人有意做销售，不计入")
    said = f"名称为“{posting.record.title}”，内容多处写到{'、'.join(list(kinds)[:4])}，更像销售"
    return Finding(0.0, said, Evidence(tuple(signs[:6]), whole(pair.supply, wish[0]) if wish else ()))


_SELLING = re.compile(
    r"销售|业务员|业务经理|业务代表|客户经理|营销|推销|招商|导购|地推|房产经纪|置业|理财|保险|商务|bd|sales"
)
_SALES_SIGNS = re.compile(
    r"业绩|提成|拓客|邀约|成交|谈单|陌拜|电销|销售额|销售任务|销售目标|客户开发|开发客户|转化率|签单|成单|佣金"
)
_MANY_SIGNS = 3
"""Different words of selling from which a text is about selling; one or two stand in many honest postings."""


def _wish(pair: JobPair) -> tuple[str, str, str] | None:
    """What the person wants to be: the field, its Chinese name and its text; the specialty where nothing is named."""
    for field, name in (("expected_positions", "期望岗位"), ("specialty", "所学专业")):
        if field in pair.supply.texts:
            return field, name, pair.supply.texts[field]
    return None


def text(pair: JobPair) -> Finding:
    """How alike what the posting and the person say is, and how near its title comes to what the person says."""
    alike = between(pair.candidate.body, 0.0, SAID)
    named = between(pair.candidate.forth, 0.0, NAMED)
    value = (2 * alike + named) / 3
    return Finding(value, f"岗位要求与个人所写{degree(value)}")


def said_alike(pair: JobPair, *, words_of: WordsOf) -> Evidence:
    """The sentences of either side that come nearest to what the other says."""
    return Evidence(
        likeliest_sentences(pair.demand, words_of(pair.supply)),
        likeliest_sentences(pair.supply, words_of(pair.demand)),
    )


def skill_coverage(pair: JobPair) -> Finding:
    """Share of the skills asked for that the person names; required ones count most, preferred ones least.

    A list of which any is enough counts once.
    """
    asked, held = pair.demand.facts.skill_demands(), set(pair.supply.facts.skill_names())
    if not asked or not held:
        return Finding(None, "未写明掌握的技能，不计入" if asked else "岗位未写明技能，不计入")
    met = [one for one in asked if not held.isdisjoint(one.names)]
    shared = [name for one in met for name in one.names if name in held]
    missing = ["或".join(one.names) for one in asked if held.isdisjoint(one.names)]
    covered = sum(one.weight for one in met) / (sum(one.weight for one in asked) + _DOUBT)
    value = min(covered / _ENOUGH, 1.0)
    evidence = named_by_both(pair.demand.facts.skills, pair.supply.facts.skills, shared)
    return Finding(value, held_and_missing("具备", shared, "缺少", missing), evidence)


def specialty(pair: JobPair) -> Finding:
    """Whether the specialty is one that the posting asks for, or of the same class in the national catalogue."""
    asked, held = pair.demand.record.specialties, pair.supply.record.specialty
    if not asked or not held:
        return Finding(None, "岗位未限专业，不计入" if not asked else "未填写专业，不计入")
    ours = whole(pair.supply, "specialty")
    same = [name for name in asked if key(name) in key(held) or key(held) in key(name)]
    if same:
        return Finding(1.0, f"所学{held}属于要求的{same[0]}", Evidence(_listed_in(pair.demand, same), ours))
    shared = _specialty_class(held)
    near = [name for name in asked if shared and shared == _specialty_class(name)]
    if near:
        return Finding(0.6, f"要求{near[0]}，所学{held}同属{shared}", Evidence(_listed_in(pair.demand, near), ours))
    return Finding(0.0, f"要求{'、'.join(asked)}，所学为{held}", Evidence(whole(pair.demand, "specialties"), ours))


def _listed_in(posting: Document[Posting], names: list[str]) -> tuple[Span, ...]:
    return tuple(span for name in names for span in within(posting, "specialties", name))


def _specialty_class(name: str) -> str:
    """The catalogue's class of a specialty, the same at every level; empty when the name is not known."""
    found = taxonomy.find_specialty(name)
    return found.major_class if found else ""


def experience(pair: JobPair, *, today: date) -> Finding:
    """Whether the years of experience asked for are there; a student has none."""
    (asked, said), held = experience_asked(pair.demand), _years(pair.supply.record, today)
    if asked is None or held is None:
        return Finding(None, "岗位未写经验要求，不计入" if asked is None else "未填写工作年限，不计入")
    # To be still at school says 0 years as well.
    fields = ("experience_years", "graduation", "grade") if held == 0 or asked == 0 else ("experience_years",)
    evidence = Evidence(said, whole(pair.supply, *fields))
    if asked == 0:
        return Finding(1.0, "岗位不要求工作经验", evidence)
    if held >= asked:
        return Finding(1.0, f"要求 {asked} 年经验，已有 {held} 年", evidence)
    having = f"现有 {held} 年" if held else "暂无"
    return Finding(max(0.0, 1 - (asked - held) / 3), f"要求 {asked} 年经验，{having}", evidence)


def employment(pair: JobPair) -> Finding:
    """Whether the engagement is one that the person seeks; another that also begins at school counts half."""
    offered, sought = pair.demand.record.employment, pair.supply.record.seeking
    if offered is None or not sought:
        return Finding(None, "岗位未注明用工形式，不计入" if sought else "未填写求职类型，不计入")
    evidence = Evidence(whole(pair.demand, "employment"), whole(pair.supply, "seeking"))
    if offered in sought:
        return Finding(1.0, f"岗位为{offered}，符合求职意向", evidence)
    near = offered in _IN_SCHOOL and not _IN_SCHOOL.isdisjoint(sought)
    return Finding(0.5 if near else 0.0, f"岗位为{offered}，求职意向为{'、'.join(sought)}", evidence)


def shift(pair: JobPair) -> Finding:
    """Whether the shift is one that the person accepts."""
    (asked, said), accepted = shift_asked(pair.demand), pair.supply.record.shifts
    if asked is None or not accepted:
        return Finding(None, "岗位未注明班次，不计入" if accepted else "未填写可接受的班次，不计入")
    suits = asked in accepted or asked is Shift.FLEXIBLE
    evidence = Evidence(said, whole(pair.supply, "shifts"))
    return Finding(1.0 if suits else 0.0, f"岗位为{asked}，可接受{'、'.join(accepted)}", evidence)


def availability(pair: JobPair, *, today: date) -> Finding:
    """Whether the person can start: a job waits for graduation, an internship or apprenticeship does not."""
    graduation = pair.supply.record.graduation
    if graduation is None:
        return Finding(None, "未填写毕业时间，不计入")
    months = (int(graduation[:4]) - today.year) * 12 + int(graduation[5:]) - today.month
    graduates = whole(pair.supply, "graduation")
    if months <= _SOON:
        return Finding(1.0, "已毕业或临近毕业，可到岗", Evidence(supply=graduates))
    if pair.demand.record.employment in _IN_SCHOOL:
        return Finding(1.0, "在校期间即可参加", Evidence(whole(pair.demand, "employment"), graduates))
    waiting = Evidence(supply=graduates)
    return Finding(max(0.0, 1 - (months - _SOON) / 24), f"{graduation} 毕业，还有 {months} 个月", waiting)


def certificates(pair: JobPair) -> Finding:
    """Share of the certificates asked for that the person holds; a preferred one counts less."""
    asked = pair.demand.facts.certificate_demands()
    if not asked:
        return Finding(None, "岗位未要求证书，不计入")
    held = {mention.name for mention in pair.supply.facts.certificates}
    met = [one for one in asked if not held.isdisjoint(one.names)]
    shared = [name for one in met for name in one.names if name in held]
    missing = ["或".join(one.names) for one in asked if held.isdisjoint(one.names)]
    value = sum(one.weight for one in met) / sum(one.weight for one in asked)
    evidence = named_by_both(pair.demand.facts.certificates, pair.supply.facts.certificates, shared)
    detail = held_and_missing("持有", shared, "未见", missing) if shared else f"未见岗位提到的{listed(missing)}"
    return Finding(value, detail, evidence)


def place(pair: JobPair) -> Finding:
    """Whether the work place lies where the person wants to work, or in the same city as the person."""
    division, talent = pair.demand.record.division, pair.supply.record
    wanted = talent.expected_divisions or ((talent.division,) if talent.division else ())
    if not division or not wanted:
        return Finding(None, "岗位地点或期望地点不明，不计入")
    name = pair.demand.record.place or taxonomy.division_label(division)
    wished = "expected_places" if talent.expected_divisions else "place"
    value, relation = _nearness(division, wanted)
    # Whoever wants to work near home says so in both places.
    homes = ("place",) if talent.division and _nearness(division, (talent.division,))[0] >= value > 0 else ()
    evidence = Evidence(whole(pair.demand, "place"), whole(pair.supply, *dict.fromkeys((wished, *homes))))
    return Finding(value, f"工作地点{name}{relation}", evidence)


def _nearness(division: DivisionCode, wanted: Sequence[DivisionCode]) -> tuple[float, str]:
    """How near the work place is to the places wanted, and the Chinese words for it."""
    if any(taxonomy.is_within(division, one) or taxonomy.is_within(one, division) for one in wanted):
        return 1.0, "符合期望"
    if any(division[:4] == one[:4] for one in wanted):
        return 0.8, "与期望地点同城"
    if any(division[:2] == one[:2] for one in wanted):
        return 0.4, "与期望地点同省"
    return 0.0, "不在期望地点"


def pay(pair: JobPair) -> Finding:
    """Whether the pay reaches what the person asks at least."""
    offered, wanted = pair.demand.record.salary, pair.supply.record.expected_salary
    if offered is None or wanted is None:
        return Finding(None, "岗位薪资面议，不计入" if offered is None else "未填写期望薪资，不计入")
    evidence = Evidence(whole(pair.demand, "salary"), whole(pair.supply, "expected_salary"))
    if offered.high >= wanted:
        return Finding(1.0, f"{offered.label}，达到期望的 {wanted:,} 元/月", evidence)
    return Finding(offered.high / wanted, f"{offered.label}，低于期望的 {wanted:,} 元/月", evidence)


def overqualified(pair: JobPair) -> Finding:
    """Whether the person's education is above what is asked; one level is welcome, two or more are too much."""
    (asked, said), held = education_asked(pair.demand), pair.supply.record.education
    if asked is None or asked is Education.ANY or held is None:
        return Finding(None, "岗位未限学历，不计入" if held else "未填写学历，不计入")
    above = held.rank - asked.rank
    value = 1.0 if above <= 1 else 0.6 if above == 2 else 0.3
    return Finding(
        value,
        f"学历为{held.label}，{'高于' if above > 1 else '符合'}要求（{asked.label}）",
        Evidence(said, whole(pair.supply, "level")),
    )


def _years(talent: Talent, today: date) -> int | None:
    if talent.experience_years is not None:
        return talent.experience_years
    # Whoever is still at school or leaves it this year has not worked in the trade.
    if (talent.graduation and talent.graduation >= f"{today.year}-01") or talent.grade:
        return 0
    return None
