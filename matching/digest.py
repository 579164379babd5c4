"""A school's month: for each of its programmes the postings that came, and whether demand changed or only varied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from scipy.stats import binomtest

from matching.specialties import RECENT, Outlook
from models.errors import Malformed
from models.matches import Document
from models.postings import Posting
from models.specialties import Programme
from models.terms import Month
from models.text import key

BASE = 6
"""Months before a month that it is compared with."""
LEVEL = 0.01
"""Chance that a school whose demand is steady gets any alert in a month; its programmes share it (Holm 1979)."""
FEWEST = 14
"""Postings in the month and those before it below which nothing is tested."""


class Change(StrEnum):
    """What a month says of a programme's demand; the value is its Chinese name."""

    GROWING = "明显增长"
    FALLING = "明显下降"
    STEADY = "无明显变化"
    FEW = "数据不足"

    @property
    def alerts(self) -> bool:
        return self in (Change.GROWING, Change.FALLING)


@dataclass(frozen=True, slots=True)
class PostCount:
    """A post (岗位), and how often it was sought."""

    post: str
    """Its occupation where that is sure, else the title."""
    now: int
    before: int
    """In all of the months before."""


@dataclass(frozen=True, slots=True)
class Test:
    """A month's count against the months before it."""

    now: int
    before: int
    """In all of the months before."""
    p: float | None
    """Chance of a count at least as far from what the months before let expect, if demand is steady; None untested."""
    threshold: float | None = None
    """What p had to reach for an alert."""
    change: Change = Change.FEW


@dataclass(frozen=True, slots=True)
class ProgrammeMonth:
    """A programme's postings of one month.

    An employer's postings of one title count once a month: what comes in one batch is one decision to hire.
    """

    programme: Document[Programme]
    headcount: int
    """People sought in the month, every posting counted."""
    test: Test
    new: tuple[PostCount, ...]
    """Posts of the month that none of the months before had."""
    growing: tuple[PostCount, ...]
    """Posts sought more often than in the average month before, most first; small counts, not tested."""
    falling: tuple[PostCount, ...]
    """Posts sought less often, the same."""


def digest(
    outlooks: Iterable[Outlook], month: Month, *, post_of: Callable[[Posting], str]
) -> tuple[ProgrammeMonth, ...]:
    """Each programme's month, alerts first, then by postings; `post_of` names the post of a posting."""
    found = [_programme_month(one, month, post_of) for one in outlooks]
    tests = compared([(one.test.now, one.test.before) for one in found])
    told = [replace(one, test=test) for one, test in zip(found, tests, strict=True)]
    return tuple(sorted(told, key=lambda one: (not one.test.change.alerts, -one.test.now, one.programme.id)))


def compared(counts: Sequence[tuple[int, int]]) -> list[Test]:
    """Each pair of a month's count and that of the six months before, tested together.

    Two Poisson counts of equal rate share their sum like coin throws, so the month's is binomial with 1 / 7
    (Przyborowski & Wilenski 1940): exact for small counts. Holm's steps keep the chance of any false alert of all
    the pairs together at LEVEL.
    """
    values = [_p(now, before) for now, before in counts]
    order = sorted((p, place) for place, p in enumerate(values) if p is not None)
    tests = [Test(now, before, p) for (now, before), p in zip(counts, values, strict=True)]
    still = True
    for done, (p, place) in enumerate(order):
        threshold = LEVEL / (len(order) - done)
        still = still and p <= threshold
        now, before = counts[place]
        grown = now * BASE > before
        change = Change.STEADY if not still else Change.GROWING if grown else Change.FALLING
        tests[place] = replace(tests[place], threshold=threshold, change=change)
    return tests


def _p(now: int, before: int) -> float | None:
    return float(binomtest(now, now + before, 1 / (BASE + 1)).pvalue) if now + before >= FEWEST else None


def last_full_month(today: date) -> Month:
    """The month that ended last."""
    return _names(today.year * 12 + today.month - 2, 1)[0]


def months_told(today: date) -> tuple[Month, ...]:
    """The months of which there is a digest, latest first: those whose months before are known too."""
    return tuple(reversed(_names(today.year * 12 + today.month - 2, 2 * RECENT - BASE - 1)))


def told(month: Month | None, today: date) -> Month:
    """The month asked for, or the last one. Raises Malformed for one of which there is no digest."""
    months = months_told(today)
    if month is not None and month not in months:
        raise Malformed(f"月报只有 {months[-1]} 到 {months[0]} 的，收到“{month}”")
    return month or months[0]


def _programme_month(outlook: Outlook, month: Month, post_of: Callable[[Posting], str]) -> ProgrammeMonth:
    number = int(month[:4]) * 12 + int(month[5:]) - 1
    before_names = set(_names(number - 1, BASE))
    postings = [(one, f"{one.published:%Y-%m}") for one in _postings(outlook) if one.published]
    now, before = (_posts((one for one, at in postings if at in wanted), post_of) for wanted in ({month}, before_names))
    counts = [PostCount(post, now[post], before[post]) for post in now.keys() | before.keys()]
    counts.sort(key=lambda one: (-abs(one.now * BASE - one.before), one.post))
    return ProgrammeMonth(
        programme=outlook.programme,
        headcount=sum(one.headcount or 1 for one, at in postings if at == month),
        test=Test(sum(now.values()), sum(before.values()), None),
        new=tuple(one for one in counts if one.now and not one.before),
        growing=tuple(one for one in counts if one.before and one.now * BASE > one.before),
        falling=tuple(one for one in counts if one.now * BASE < one.before),
    )


def _postings(outlook: Outlook) -> Iterable[Posting]:
    return (match.pair.demand.record for match in outlook.evidence)


def _posts(postings: Iterable[Posting], post_of: Callable[[Posting], str]) -> Counter[str]:
    """Post → how often it was sought."""
    hirings = {
        (key(one.organisation), key(one.title), one.published and (one.published.year, one.published.month)): one
        for one in postings
    }
    return Counter(map(post_of, hirings.values()))


def _names(last: int, count: int) -> tuple[Month, ...]:
    """`count` months up to the last, oldest first; months are numbered from the year 0."""
    return tuple(f"{one // 12}-{one % 12 + 1:02d}" for one in range(last - count + 1, last + 1))
