"""A school's monthly digest as it is put together and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

from api.answers import Summary, summary
from api.list_answers import Feed, FeedAuthor, FeedItem
from api.livelists import first_day
from data import taxonomy
from matching.digest import BASE, FEWEST, LEVEL, Change, PostCount, ProgrammeMonth, Test, digest
from matching.matcher import Matcher
from models.matches import Document
from models.organisations import Organisation
from models.postings import Posting
from models.specialties import Programme
from models.terms import Kind, Record, Value
from models.terms import Month as MonthName

POSTS = 5
"""Posts shown of each kind."""


class PostItem(Value):
    """A post (岗位): how often it was sought in the month, and in the months before together."""

    post: str
    now: int
    before: int


class ProgrammeDigest(Value):
    """A programme's month."""

    programme: Summary
    change: Change
    now: int
    """Postings of the month; an employer's postings of one title count once."""
    before: int
    """The same in the months before together."""
    headcount: int
    p: float | None
    """Chance of a count at least this unusual if demand is steady; null where there are too few to test."""
    threshold: float | None
    """What p had to reach for an alert."""
    new: tuple[PostItem, ...]
    growing: tuple[PostItem, ...]
    falling: tuple[PostItem, ...]


class SchoolDigest(Value):
    """A school's month (专业需求月报)."""

    school: Summary
    month: MonthName
    months_before: int
    level: float
    """Chance of any false alert in the school's month."""
    fewest: int
    """Postings in the month and those before it below which nothing is tested."""
    programmes: tuple[ProgrammeDigest, ...]


def programmes_of(matcher: Matcher, school: Document[Organisation]) -> list[Document[Record]]:
    """The programmes that name the school, by its id or else its name."""
    return [one for one in list(matcher.shelf[Kind.PROGRAMME].documents.values()) if _is_of(one, school)]


def school_month(matcher: Matcher, school: Document[Organisation], month: MonthName) -> tuple[ProgrammeMonth, ...]:
    """The month of each of the school's programmes."""
    outlooks = [matcher.outlook_for(one.id) for one in programmes_of(matcher, school)]
    return digest(outlooks, month, post_of=lambda posting: _post(matcher, posting))


def digest_answer(school: Document[Organisation], month: MonthName, found: Sequence[ProgrammeMonth]) -> SchoolDigest:
    """The digest as it is sent."""
    return SchoolDigest(
        school=summary(school),
        month=month,
        months_before=BASE,
        level=LEVEL,
        fewest=FEWEST,
        programmes=tuple(
            ProgrammeDigest(
                programme=summary(one.programme),
                change=one.test.change,
                now=one.test.now,
                before=one.test.before,
                headcount=one.headcount,
                p=_rounded(one.test.p),
                threshold=_rounded(one.test.threshold),
                new=_posts(one.new),
                growing=_posts(one.growing),
                falling=_posts(one.falling),
            )
            for one in found
        ),
    )


def digest_feed(
    school: Document[Organisation],
    months: Sequence[tuple[MonthName, Sequence[ProgrammeMonth]]],
    *,
    base: str,
    path: str,
    zone: tzinfo,
) -> Feed:
    """One item for every month, latest first: its alerts, or that there are none."""
    home = f"{base}/schools/{school.id}/digest"
    return Feed(
        title=f"{school.record.name} 专业需求月报",
        description="每月各专业的新增岗位，需求明显变化的列在前面",
        home_page_url=home,
        feed_url=f"{base}{path}",
        items=tuple(
            FeedItem(
                id=f"{home}?month={month}",
                url=f"{home}?month={month}",
                title=_headline(month, found),
                content_text="\n".join(f"{one.programme.record.name}：{in_words(one.test)}" for one in found),
                date_modified=_ended(month, zone),
                authors=(FeedAuthor(name=school.record.name),),
                tags=tuple(one.programme.record.name for one in found if one.test.change.alerts),
            )
            for month, found in months
        ),
    )


def in_words(test: Test) -> str:
    """The test in one sentence, with its figures."""
    counts = f"本月 {test.now} 个岗位，此前 {BASE} 个月月均 {test.before / BASE:.1f} 个"
    if test.p is None:
        return f"{counts}；合计不足 {FEWEST} 个，不作检验"
    p = "p < 0.0001" if test.p < 0.0001 else f"p = {test.p:.2g}"
    return f"{counts}，{test.change.value}（n = {test.now + test.before}，{p}）"


def _headline(month: MonthName, found: Sequence[ProgrammeMonth]) -> str:
    alerts = [f"{one.programme.record.name}{one.test.change.value}" for one in found if one.test.change.alerts]
    total = sum(one.test.now for one in found)
    told = "、".join(alerts) or "各专业需求无明显变化"
    return f"{month}：{told}；各专业相关岗位合计 {total} 个次"


def _ended(month: MonthName, zone: tzinfo) -> datetime:
    """The first moment after the month."""
    following = (first_day(month) + timedelta(days=31)).replace(day=1)
    return datetime.combine(following, time(), zone)


def _posts(counts: Sequence[PostCount]) -> tuple[PostItem, ...]:
    return tuple(PostItem(post=one.post, now=one.now, before=one.before) for one in counts[:POSTS])


def _post(matcher: Matcher, posting: Posting) -> str:
    found = matcher.occupations.of_posting(posting)
    return taxonomy.occupation_label(found.links[0].code) if found.sure else posting.title


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _is_of(document: Document[Record], school: Document[Organisation]) -> bool:
    programme = document.record
    if not isinstance(programme, Programme):
        return False
    return programme.school_id == school.id or (programme.school_id is None and programme.school == school.record.name)
