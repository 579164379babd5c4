"""What a record is read, shown and found by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from data import taxonomy
from indexing.impartial import blanked, impartial
from models.courses import Course
from models.matches import Document
from models.notices import Notice
from models.organisations import Organisation
from models.plans import Plan
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer
from models.terms import Kind, Record, Salary

VERSION = 2
"""Raised when `head`, `body` or `searched` say something else of some record than before."""

FIELDS: dict[Kind, Mapping[str, str]] = {
    Kind.ORGANISATION: {"name": "单位名称", "products": "产品", "qualifications": "资质", "description": "简介"},
    Kind.POSTING: {
        "title": "岗位名称",
        "organisation": "用人单位",
        "required_skills": "必备技能",
        "preferred_skills": "优先技能",
        "required_certificates": "必备证书",
        "preferred_certificates": "优先证书",
        "specialties": "专业要求",
        "description": "岗位描述",
    },
    Kind.TALENT: {
        "expected_positions": "期望岗位",
        "specialty": "所学专业",
        "skills": "技能",
        "certificates": "证书",
        "courses": "所修课程",
        "experience": "经历",
        "self_description": "自我评价",
    },
    Kind.COURSE: {
        "name": "课程名称",
        "provider": "开课单位",
        "skills": "教授技能",
        "certificates": "对应证书",
        "prerequisites": "先修技能",
        "audience": "面向对象",
        "description": "课程简介",
    },
    Kind.NEED: {"title": "需求名称", "organisation": "需求单位", "fields": "技术领域", "content": "需求内容"},
    Kind.OFFER: {
        "title": "成果名称",
        "organisation": "供给单位",
        "fields": "技术领域",
        "intellectual_property": "知识产权",
        "content": "内容",
    },
    Kind.POLICY: {
        "title": "政策名称",
        "issuer": "发布机关",
        "audience": "适用对象",
        "benefit": "支持内容",
        "text": "正文",
    },
    Kind.PROGRAMME: {"name": "专业名称", "school": "学校", "courses": "核心课程", "description": "专业简介"},
    Kind.PLAN: {
        "title": "标题",
        "organisation": "发布单位",
        "chain": "产业链",
        "nodes": "环节与岗位",
        "scope": "范围",
        "content": "说明",
        "assumptions": "测算假设",
        "evidence": "依据",
    },
    Kind.NOTICE: {
        "title": "标题",
        "organisation": "发布单位",
        "form": "合作类型",
        "skills": "培训技能",
        "wants": "所需",
        "offers": "所供",
        "scale": "规模",
        "content": "内容",
    },
}
"""The text fields of each kind, in reading order, with their Chinese labels."""

STATED: dict[Kind, Mapping[str, str]] = {
    Kind.POSTING: {
        "employment": "用工形式",
        "education": "学历要求",
        "skill_level": "技能等级要求",
        "experience_years": "经验要求",
        "salary": "薪资",
        "place": "工作地点",
        "shift": "班次",
    },
    Kind.TALENT: {
        "level": "办学层次",
        "grade": "年级",
        "graduation": "毕业时间",
        "seeking": "求职类型",
        "experience_years": "工作年限",
        "skill_level": "技能等级",
        "expected_places": "期望地点",
        "place": "所在地",
        "expected_salary": "期望薪资",
        "shifts": "可接受班次",
    },
}
"""Fields that hold values, with their Chinese labels: quoted as evidence, neither searched nor encoded."""


def labels(kind: Kind) -> Mapping[str, str]:
    """Field → its Chinese label, for all that evidence quotes."""
    return {**FIELDS[kind], **STATED.get(kind, {})}


NAMES_OF_MEMBERS = frozenset({"organisation", "provider", "issuer", "school"})
"""Fields that say who published; searched by name, never part of what a record is matched by."""

FIELD_WEIGHTS: Mapping[str, int] = {
    "title": 3,
    "name": 3,
    "expected_positions": 2,
    "specialty": 2,
    "skills": 2,
    "required_skills": 2,
}
"""How often a word of the field counts where one of a description counts once; the others count once too.

On the graded pairs BM25 alone gains .01 to .02 nDCG@10; weights above these add nothing.
"""

HEADS = frozenset({"title", "name", "expected_positions"})
"""Fields that `head` stands for; what a record says besides them is its body."""


_PARAGRAPHS = frozenset({"experience", "evidence"})


def texts(record: Record) -> dict[str, str]:
    """Field → text, in reading order, empty fields left out.

    A list of names reads 、-separated and a list of paragraphs line by line, so that every stretch of it
    can be quoted by its offsets.
    """
    found: dict[str, str] = {}
    for field in FIELDS[record.kind]:
        value = getattr(record, field)
        if isinstance(value, tuple):
            value = ("\n" if field in _PARAGRAPHS else "、").join(value)
        if value:
            found[field] = value
    return found


@lru_cache(maxsize=1_024)  # a list asks for each of its documents half a dozen times, at 0.2 ms
def searched(document: Document[Record]) -> Mapping[str, str]:
    """What words and vectors are made of: the document's texts, protected traits blanked, every offset kept."""
    return impartial(document.kind, document.texts)


def stated(record: Record) -> dict[str, str]:
    """Field → its value as a Chinese reader sees it, for the fields that hold values; empty ones left out."""
    found = {field: getattr(record, field) for field in STATED.get(record.kind, ())}
    said = {field: _as_text(field, value) for field, value in found.items() if value not in (None, ())}
    if isinstance(record, Posting) and record.experience_years == 0:
        said["experience_years"] = "不限，应届可"
    return said


def _as_text(field: str, value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, Salary):
        return value.label
    return _UNITS.get(field, "{}").format(value)


_UNITS = {"experience_years": "{} 年", "grade": "{} 年级", "expected_salary": "{:,} 元/月"}


def head(record: Record) -> str:
    """The few words by which people call the record."""
    match record:
        case Posting():
            return bare(_named(record.title, record.kind))
        case Need() | Offer() | Policy() | Plan() | Notice():
            return record.title
        case Talent():
            return (
                "、".join(bare(_named(name, record.kind)) for name in record.expected_positions)
                or record.specialty
                or ""
            )
        case Programme():
            return "、".join((record.name, *map(taxonomy.occupation_label, record.occupations)))
        case Organisation():
            return "、".join((record.name, *record.products))
        case Course():
            return record.name
    raise TypeError(f"no head for {type(record).__name__}")


def _named(name: str, kind: Kind) -> str:
    return blanked(name, kind).replace("\n", "")


_BRACKETS = re.compile(r"[(（【\[〔{][^)）】\]〕}]*[)）】\]〕}]")
_ADDITIONS = re.compile(r"实习生?|学徒|订单班(学员)?|现场工程师|急聘|诚聘|高薪|直招|[-—/_\s]+$|^[-—/_\s]+")


def without_brackets(title: str) -> str:
    """What is left of a title without (…), 【…】 and their like."""
    return _BRACKETS.sub("", title).strip()


def bare(title: str) -> str:
    """The title without brackets and without what it says of employment: 污水处理工（实习） is 污水处理工."""
    return _ADDITIONS.sub("", without_brackets(title)).strip("-—/_ ") or title


def body(found: Mapping[str, str]) -> str:
    """All that the record says besides what it is called, as one text; the encoder reads it from the front.

    The name has a vector of its own. Where a record says nothing else, its name is what it says.
    """
    said = {field: _LINES.sub("\n", text) for field, text in found.items() if field not in NAMES_OF_MEMBERS}
    return "\n".join(text for field, text in said.items() if field not in HEADS) or "\n".join(said.values())


_LINES = re.compile(r"\n{2,}")
"""What blanking leaves behind: how long it was must not show."""
