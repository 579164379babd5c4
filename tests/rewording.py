"""The same profile in other words: traits that must count for nothing, and synonyms that must count for little."""

from collections.abc import Iterator
from dataclasses import dataclass

from data import taxonomy
from models.matches import Document
from models.talents import Talent

Person = tuple[str, str]
"""A name, and what someone of that name might say of themselves."""

SWAPS: tuple[tuple[Person, Person], ...] = (
    (("王芳", "本人女，19岁，汉族，户籍宁波。"), ("马强", "本人男，35岁，回族，户籍兰州。")),
    (("李娜", "女，20岁，未婚，"), ("赵建国", "男，48岁，已婚已育，")),
    (("陈静", "性别：女 民族：汉 籍贯：浙江省宁波市。"), ("阿迪力", "性别：男 民族：维吾尔族 籍贯：新疆。")),
    (("周敏", "我是一名女大学生，2005年3月出生，宁波人，"), ("韩磊", "我是一名男大学生，1988年出生，乌鲁木齐人，")),
    (("孙悦", "今年二十岁，老家在浙江省宁波市，附个人照片。"), ("田野", "现年35岁，老家在兰州，见证件照。")),
)

EVERYDAY = (
    ("熟悉", "熟练掌握"),
    ("掌握", "熟悉"),
    ("负责", "承担"),
    ("操作", "使用"),
    ("实习", "实训"),
    ("维修", "检修"),
    ("制作", "制做"),
    ("能够", "可以"),
    ("认真", "细心"),
    ("机加工", "机械加工"),
    ("客户", "顾客"),
    ("沟通", "交流"),
)
"""Words that one says as well as the other."""


@dataclass(frozen=True, slots=True)
class Edit:
    record: Talent
    old: str
    new: str


def reworded(document: Document[Talent], turn: int) -> Edit | None:
    """The profile with one skill, certificate or everyday word put in another way; None where none can be.

    `turn` chooses among the words that can: whoever counts it up sees all sorts.
    """
    edits = list(_edits(document))
    return edits[turn % len(edits)] if edits else None


def _edits(document: Document[Talent]) -> Iterator[Edit]:
    for mention in (*document.facts.skills, *document.facts.certificates):
        known = taxonomy.find_skill(mention.span.text) or taxonomy.find_certificate(mention.span.text)
        for other in known.spellings if known else ():
            if other.casefold() != mention.span.text.casefold():
                yield from _edit(document, mention.span.text, other)
    for old, new in EVERYDAY:
        yield from _edit(document, old, new)


def _edit(document: Document[Talent], old: str, new: str) -> Iterator[Edit]:
    """The first field that says it, said otherwise."""
    record = document.record
    for field in ("skills", "certificates", "experience", "self_description"):
        value = getattr(record, field)
        if isinstance(value, tuple) and any(old in one for one in value):
            place = next(place for place, one in enumerate(value) if old in one)
            changed: object = (*value[:place], value[place].replace(old, new, 1), *value[place + 1 :])
        elif isinstance(value, str) and old in value:
            changed = value.replace(old, new, 1)
        else:
            continue
        yield Edit(record.model_copy(update={field: changed}), old, new)
        return
