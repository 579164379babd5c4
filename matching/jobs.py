"""The market of jobs: postings and talents."""

from __future__ import annotations

from datetime import date
from functools import partial

from data import taxonomy
from matching.evidence import WordsOf, shared_words, spans_of, whole, within
from matching.likeness import held_and_missing, listed, name_likeness, text_likeness, word_share
from matching.market import Feature, Market, Requirement
from models.matches import Evidence, Finding, Pair
from models.postings import Posting
from models.talents import Talent
from models.terms import Education, Employment, Kind, Record, Shift
from models.text import key

JobPair = Pair[Posting, Talent]

_DOUBT = 0.3
"""What is added to the skills asked for: to have the only one that a text happens to name proves little."""
_OUT_OF_REACH = 5
"""Years of experience short from which nobody is called for interview; real postings ask 3, 5 or 10."""
_SOON = 9
"""Months before graduation from which a student counts as available: the last school year is for 岗位实习 and jobs."""
_IN_SCHOOL = frozenset({Employment.INTERNSHIP, Employment.APPRENTICESHIP, Employment.ORDER_CLASS, Employment.PART_TIME})
"""Engagements that begin before graduation."""


def jobs(today: date, words_of: WordsOf) -> Market[Posting, Talent]:
    """The market as of a day."""
    return Market(
        name="jobs",
        label="岗位与人才",
        demand=Kind.POSTING,
        supply=Kind.TALENT,
        closed=partial(closed, today=today),
        requirements=(
            Requirement("education", "学历", too_little_education),
            Requirement("experience", "经验差距", partial(out_of_reach, today=today)),
            Requirement("first_year", "实习年级", first_year_intern),
        ),
        features=(
            Feature("position", "岗位意向", 0.22, position),
            Feature("skills", "技能", 0.22, skill_coverage),
            Feature("text", "内容相近", 0.11, text_likeness),
            Feature("words", "用词相同", 0.08, word_share, cite=partial(shared_words, words_of=words_of)),
            Feature("specialty", "专业", 0.08, specialty),
            Feature("employment", "用工形式", 0.07, employment),
            Feature("experience", "经验", 0.07, partial(experience, today=today)),
            Feature("certificates", "证书", 0.05, certificates),
            Feature("place", "地点", 0.05, place),
            Feature("pay", "薪资", 0.02, pay),
            Feature("availability", "到岗时间", 0.01, partial(availability, today=today)),
            Feature("shift", "班次", 0.01, shift),
            Feature("education", "学历相称", 0.01, education),
        ),
    )


def closed(record: Record, *, today: date) -> str | None:
    expires = record.expires if isinstance(record, Posting) else None
    return f"岗位已于 {expires} 截止" if expires and expires < today else None


def too_little_education(pair: JobPair) -> str | None:
    asked, held = pair.demand.record.education, pair.supply.record.education
    return f"要求{asked}，实为{held}" if asked and held and held < asked else None


def out_of_reach(pair: JobPair, *, today: date) -> str | None:
    asked, held = pair.demand.record.experience_years, _years(pair.supply.record, today)
    if asked is None or held is None or asked - held < _OUT_OF_REACH:
        return None
    return f"要求 {asked} 年经验，相差 {asked - held} 年"


def first_year_intern(pair: JobPair) -> str | None:
    """职业学校学生实习管理规定, art. 16: no first-year students in 岗位实习."""
    if pair.demand.record.employment is Employment.INTERNSHIP and pair.supply.record.grade == 1:
        return "一年级学生不得参加岗位实习（《职业学校学生实习管理规定》第十六条）"
    return None


def position(pair: JobPair) -> Finding:
    """How alike the posting's title is to the positions that the person wants, or to the specialty if none is named."""
    wanted = pair.supply.texts.get("expected_positions") or pair.supply.texts.get("specialty")
    if not wanted:
        return Finding(None, "未填写期望岗位与专业，不计入")
    value, relation = name_likeness(pair)
    title = pair.demand.record.title
    field = "expected_positions" if "expected_positions" in pair.supply.texts else "specialty"
    name = "期望岗位" if field == "expected_positions" else "所学专业"
    return Finding(
        value,
        f"岗位“{title}”与{name}“{wanted}”{relation}",
        Evidence(whole(pair.demand, "title"), whole(pair.supply, field)),
    )


def skill_coverage(pair: JobPair) -> Finding:
    """Share of the skills asked for that the person names; required ones count most, preferred ones least."""
    asked, held = pair.demand.facts.skills_asked(), set(pair.supply.facts.skill_names())
    if not asked or not held:
        return Finding(None, "未写明掌握的技能，不计入" if asked else "岗位未写明技能，不计入")
    shared = [name for name in asked if name in held]
    missing = [name for name in asked if name not in held]
    value = sum(asked[name] for name in shared) / (sum(asked.values()) + _DOUBT)
    evidence = Evidence(spans_of(pair.demand.facts.skills, shared), spans_of(pair.supply.facts.skills, shared))
    return Finding(value, held_and_missing("具备", shared, "缺少", missing), evidence)


def specialty(pair: JobPair) -> Finding:
    """Whether the specialty is one that the posting asks for, or of the same class in the national catalogue."""
    asked, held = pair.demand.record.specialties, pair.supply.record.specialty
    if not asked or not held:
        return Finding(None, "岗位未限专业，不计入" if not asked else "未填写专业，不计入")
    for name in asked:
        if key(name) in key(held) or key(held) in key(name):
            evidence = Evidence(within(pair.demand, "specialties", name), whole(pair.supply, "specialty"))
            return Finding(1.0, f"所学{held}属于要求的{name}", evidence)
    for name in asked:
        shared = _specialty_class(name)
        if shared and shared == _specialty_class(held):
            evidence = Evidence(within(pair.demand, "specialties", name), whole(pair.supply, "specialty"))
            return Finding(0.6, f"要求{name}，所学{held}同属{shared}", evidence)
    return Finding(0.0, f"要求{'、'.join(asked)}，所学为{held}")


def _specialty_class(name: str) -> str:
    """The catalogue's class of a specialty, the same at every level; empty when the name is not known."""
    found = taxonomy.find_specialty(name)
    return found.major_class if found else ""


def experience(pair: JobPair, *, today: date) -> Finding:
    """Whether the years of experience asked for are there; a student has none."""
    asked, held = pair.demand.record.experience_years, _years(pair.supply.record, today)
    if asked is None or held is None:
        return Finding(None, "岗位未写经验要求，不计入" if asked is None else "未填写工作年限，不计入")
    if asked == 0:
        return Finding(1.0, "岗位不要求工作经验")
    if held >= asked:
        return Finding(1.0, f"要求 {asked} 年经验，已有 {held} 年")
    return Finding(max(0.0, 1 - (asked - held) / 3), f"要求 {asked} 年经验，" + (f"现有 {held} 年" if held else "暂无"))


def employment(pair: JobPair) -> Finding:
    """Whether the engagement is one that the person seeks; another that also begins at school counts half."""
    offered, sought = pair.demand.record.employment, pair.supply.record.seeking
    if offered is None or not sought:
        return Finding(None, "岗位未注明用工形式，不计入" if sought else "未填写求职类型，不计入")
    if offered in sought:
        return Finding(1.0, f"岗位为{offered}，符合求职意向")
    near = offered in _IN_SCHOOL and not _IN_SCHOOL.isdisjoint(sought)
    return Finding(0.5 if near else 0.0, f"岗位为{offered}，求职意向为{'、'.join(sought)}")


def shift(pair: JobPair) -> Finding:
    """Whether the shift is one that the person accepts."""
    asked, accepted = pair.demand.record.shift, pair.supply.record.shifts
    if asked is None or not accepted:
        return Finding(None, "岗位未注明班次，不计入" if accepted else "未填写可接受的班次，不计入")
    suits = asked in accepted or asked is Shift.FLEXIBLE
    return Finding(1.0 if suits else 0.0, f"岗位为{asked}，可接受{'、'.join(accepted)}")


def availability(pair: JobPair, *, today: date) -> Finding:
    """Whether the person can start: a job waits for graduation, an internship or apprenticeship does not."""
    graduation = pair.supply.record.graduation
    if graduation is None:
        return Finding(None, "未填写毕业时间，不计入")
    months = (int(graduation[:4]) - today.year) * 12 + int(graduation[5:]) - today.month
    if months <= _SOON or pair.demand.record.employment in _IN_SCHOOL:
        return Finding(1.0, "已毕业或临近毕业，可到岗" if months <= _SOON else "在校期间即可参加")
    return Finding(max(0.0, 1 - (months - _SOON) / 24), f"{graduation} 毕业，还有 {months} 个月")


def certificates(pair: JobPair) -> Finding:
    """Share of the certificates asked for that the person holds; a preferred one counts less."""
    asked = pair.demand.facts.certificates_asked()
    if not asked:
        return Finding(None, "岗位未要求证书，不计入")
    held = {mention.name for mention in pair.supply.facts.certificates}
    shared = [name for name in asked if name in held]
    missing = [name for name in asked if name not in held]
    value = sum(asked[name] for name in shared) / sum(asked.values())
    evidence = Evidence(
        spans_of(pair.demand.facts.certificates, shared), spans_of(pair.supply.facts.certificates, shared)
    )
    detail = held_and_missing("持有", shared, "未见", missing) if shared else f"未见岗位提到的{listed(missing)}"
    return Finding(value, detail, evidence)


def place(pair: JobPair) -> Finding:
    """Whether the work place lies where the person wants to work, or in the same city as the person."""
    division, talent = pair.demand.record.division, pair.supply.record
    wanted = talent.expected_divisions or ((talent.division,) if talent.division else ())
    if not division or not wanted:
        return Finding(None, "岗位地点或期望地点不明，不计入")
    name = pair.demand.record.place or taxonomy.division_label(division)
    if any(taxonomy.is_within(division, one) or taxonomy.is_within(one, division) for one in wanted):
        return Finding(1.0, f"工作地点{name}符合期望")
    if any(division[:4] == one[:4] for one in wanted):
        return Finding(0.8, f"工作地点{name}与期望地点同城")
    if any(division[:2] == one[:2] for one in wanted):
        return Finding(0.4, f"工作地点{name}与期望地点同省")
    return Finding(0.0, f"工作地点{name}不在期望地点")


def pay(pair: JobPair) -> Finding:
    """Whether the pay reaches what the person asks at least."""
    offered, wanted = pair.demand.record.salary, pair.supply.record.expected_salary
    if offered is None or wanted is None:
        return Finding(None, "岗位薪资面议，不计入" if offered is None else "未填写期望薪资，不计入")
    if offered.high >= wanted:
        return Finding(1.0, f"{offered.label}，达到期望的 {wanted:,} 元/月")
    return Finding(offered.high / wanted, f"{offered.label}，低于期望的 {wanted:,} 元/月")


def education(pair: JobPair) -> Finding:
    """Whether the education is what the posting asks, neither more nor less; two steps above counts as too much."""
    asked, held = pair.demand.record.education, pair.supply.record.education
    if asked is None or asked is Education.ANY or held is None:
        return Finding(None, "岗位未限学历，不计入" if held else "未填写学历，不计入")
    above = held.rank - asked.rank
    value = 1.0 if above <= 1 else 0.6 if above == 2 else 0.3
    return Finding(value, f"学历为{held.label}，{'高于' if above > 1 else '符合'}要求（{asked.label}）")


def _years(talent: Talent, today: date) -> int | None:
    if talent.experience_years is not None:
        return talent.experience_years
    # Whoever is still at school or leaves it this year has not worked in the trade.
    if (talent.graduation and talent.graduation >= f"{today.year}-01") or talent.grade:
        return 0
    return None
