"""A school's month: what is new, what changed, and how seldom a steady demand is taken for a changed one."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import binom

from indexing.shelf import document_of
from matching.digest import (
    BASE,
    FEWEST,
    LEVEL,
    Change,
    PostCount,
    compared,
    digest,
    last_full_month,
    months_told,
    told,
)
from matching.specialties import Outlook, outlook
from models.errors import Malformed
from models.matches import Candidate, Match, Pair
from models.postings import Posting
from tests.builders import a_posting, a_programme

TODAY = date(2026, 11, 27)
MONTH = "2026-10"


def an_outlook(postings: list[Posting], *, name: str = "数控技术", id: int = 1) -> Outlook:
    """The outlook of a programme to which all the postings are linked."""
    programme = document_of(id, 1, a_programme(name=name))
    links = [
        Match(Pair(document_of(n, 1, one), programme, Candidate(n, 1.0, 1.0, 1.0, 1.0)), 0.9, ())
        for n, one in enumerate(postings, 100)
    ]
    return outlook(programme, links, [programme], TODAY)


def hirings(counts: list[int], title: str = "数控车工") -> list[Posting]:
    """As many postings of as many employers as each of the months up to October has, the last month last."""
    last = 2026 * 12 + 9
    months = range(last - len(counts) + 1, last + 1)
    return [
        a_posting(title=title, organisation=f"澜川第{n}机械厂", published=date(month // 12, month % 12 + 1, 1 + n % 28))
        for month, count in zip(months, counts, strict=True)
        for n in range(count)
    ]


def title_of(posting: Posting) -> str:
    return posting.title


def changes(*programmes: list[Posting]) -> list[Change]:
    """What the October of a school with these programmes says of each, by id."""
    found = digest([an_outlook(one, id=n) for n, one in enumerate(programmes, 1)], MONTH, post_of=title_of)
    return [one.test.change for one in sorted(found, key=lambda one: one.programme.id)]


@pytest.mark.parametrize(
    ("counts", "change"),
    [
        ([5, 5, 5, 5, 5, 5, 20], Change.GROWING),
        ([10, 10, 10, 10, 10, 10, 0], Change.FALLING),
        ([5, 5, 5, 5, 5, 5, 5], Change.STEADY),
        ([5, 5, 5, 5, 5, 5, 9], Change.STEADY),
        ([0, 0, 0, 0, 0, 0, 14], Change.GROWING),
        ([1, 1, 1, 1, 1, 1, 1], Change.FEW),
        ([0, 0, 0, 0, 0, 0, 13], Change.FEW),
        ([0, 0, 0, 0, 0, 0, 0], Change.FEW),
    ],
)
def test_a_planted_change_is_found_and_a_steady_demand_is_not_one(counts: list[int], change: Change) -> None:
    assert changes(hirings(counts)) == [change]


def test_alerts_come_first() -> None:
    steady, grown = an_outlook(hirings([30] * 7), id=1), an_outlook(hirings([5] * 6 + [20]), id=2)
    assert [one.programme.id for one in digest([steady, grown], MONTH, post_of=title_of)] == [2, 1]


def test_what_is_significant_alone_may_not_be_among_many() -> None:
    risen = hirings([5, 5, 5, 5, 5, 5, 13])
    assert changes(risen) == [Change.GROWING]
    assert changes(risen, *[hirings([5] * 7)] * 30) == [Change.STEADY] * 31


@pytest.mark.parametrize("both", [FEWEST, 20, 35, 70, 140, 350, 700])
def test_by_the_law_of_a_steady_demand_false_alarms_are_no_more_than_the_level(both: int) -> None:
    """Exactly, over every way in which the postings of seven months may fall on the last."""
    chance = binom(both, 1 / (BASE + 1))
    alarm = sum(chance.pmf(now) for now in range(both + 1) if compared([(now, both - now)])[0].change.alerts)
    assert alarm <= LEVEL


def test_of_500_steady_series_no_more_are_alerts_than_the_level_lets_expect() -> None:
    """A rate of at most the level still varies from draw to draw: what is excluded is a count that it hardly gives."""
    random = np.random.default_rng(20261127)
    series = random.poisson(np.geomspace(1, 100, 500)[:, None], size=(500, BASE + 1))
    alerts = [compared([(int(one[-1]), int(one[:-1].sum()))])[0].change.alerts for one in series]
    assert sum(alerts) <= binom.ppf(0.99, len(alerts), LEVEL)


def test_a_demand_that_trebles_is_mostly_found_in_its_first_month() -> None:
    random = np.random.default_rng(20261127)
    before, now = random.poisson(8.0, size=(500, BASE)).sum(axis=1), random.poisson(24.0, size=500)
    found = [compared([(int(n), int(b))])[0].change for n, b in zip(now, before, strict=True)]
    assert found.count(Change.GROWING) / len(found) > 0.8


def test_a_batch_of_one_employer_counts_once_and_its_people_all() -> None:
    batch = [a_posting(title="焊工", headcount=3, published=date(2026, 10, day)) for day in range(1, 21)]
    (one,) = digest([an_outlook(batch)], MONTH, post_of=title_of)
    assert (one.test.now, one.headcount) == (1, 60)


def test_new_posts_are_those_that_the_months_before_did_not_have() -> None:
    postings = (
        hirings([2, 2, 2, 2, 2, 2, 4], "数控车工") + hirings([3, 3, 3, 3, 3, 3, 0], "普车工") + hirings([2], "五轴编程")
    )
    (one,) = digest([an_outlook(postings)], MONTH, post_of=title_of)
    assert one.new == (PostCount("五轴编程", 2, 0),)
    assert one.growing == (PostCount("数控车工", 4, 12),)
    assert one.falling == (PostCount("普车工", 0, 18),)


def test_what_came_earlier_or_later_or_without_a_day_does_not_count() -> None:
    others = [a_posting(published=day) for day in (date(2026, 11, 1), date(2026, 3, 31), None)]
    (one,) = digest([an_outlook(others)], MONTH, post_of=title_of)
    assert (one.test.now, one.test.before, one.new, one.falling) == (0, 0, (), ())


def test_the_months_told_are_over_and_have_all_months_before_them() -> None:
    months = months_told(TODAY)
    assert (months[0], months[-1], len(months)) == (MONTH, "2025-06", 17)
    assert last_full_month(date(2026, 1, 1)) == "2025-12"
    assert told(None, TODAY) == MONTH
    for wrong in ("2026-11", "2025-05"):
        with pytest.raises(Malformed, match="月报只有 2025-06 到 2026-10 的"):
            told(wrong, TODAY)
