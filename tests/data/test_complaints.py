"""The complaint desk at rest, on both databases: masked, followed by a secret, answered once, kept no longer than needed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.store import Store
from models.audit import Action
from models.complaints import Category, Complaint, ComplaintCount, ComplaintState, Finding, workdays_after
from models.errors import Conflict, NotFound
from tests.builders import a_posting, an_organisation

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def market(store: Store) -> Store:
    """Organisation 1 with posting 2, and posting 3 of somebody who is no member."""
    store._now = lambda: datetime(2026, 11, 27, 8, tzinfo=UTC)
    store.save_all(
        [an_organisation(name="澜川精工"), a_posting(organisation="澜川精工"), a_posting(organisation="散户")]
    )
    return store


def complain(
    store: Store, record: int = 2, *, statement: str = "面试时要交800元押金", **fields: str
) -> tuple[Complaint, str]:
    member = record != 3
    return store.complaints.file(
        record,
        organisation=1 if member else None,
        organisation_name="澜川精工" if member else "散户",
        category=Category.MONEY,
        statement=statement,
        today=FRIDAY,
        **fields,
    )


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 27), 7, date(2026, 12, 8)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
    ids=["周五起七个工作日", "周六起", "周一起五个工作日跨周末", "当天"],
)
def test_working_days_leave_weekends_out(day: date, count: int, expected: date) -> None:
    assert workdays_after(day, count) == expected


def test_a_complaint_is_masked_and_followed_by_a_secret_that_is_not_stored(market: Store) -> None:
    filed, secret = complain(market, statement="对方电话13857412345，要交800元", contact="13900001111")
    assert filed.statement == "对方电话【手机号已隐去】，要交800元"
    assert (filed.contact, filed.due, filed.state) == ("13900001111", date(2026, 12, 8), ComplaintState.OPEN)
    assert market.complaints.follow(secret) == filed
    with pytest.raises(NotFound, match="没有这个链接的投诉"):
        market.complaints.follow("猜的")


def test_the_trail_says_what_was_complained_about_and_not_by_whom(market: Store) -> None:
    filed, _ = complain(market)
    [entry] = market.audit.page(subject=f"complaint/{filed.number}")[0]
    assert (entry.action, entry.actor, entry.details) == (Action.COMPLAINED, "public", {"record": 2})
    assert market.audit.verify().intact


def test_an_answer_is_given_once(market: Store) -> None:
    filed, secret = complain(market)
    market.complaints.answer(
        filed.number, finding=Finding.UPHELD, text="已核实，责令退还", reviewer="王", taken_down=True
    )
    reply = market.complaints.follow(secret).reply
    assert reply is not None
    assert (reply.finding, reply.text, reply.taken_down) == (Finding.UPHELD, "已核实，责令退还", True)
    with pytest.raises(Conflict, match="已由“王”答复“属实”"):
        market.complaints.answer(filed.number, finding=Finding.UNFOUNDED, text="改口", reviewer="李")
    with pytest.raises(NotFound, match="没有编号为 99 的投诉"):
        market.complaints.answer(99, finding=Finding.UPHELD, text="无", reviewer="王")


def test_the_queue_shows_what_is_due_first_and_the_answered_last(market: Store) -> None:
    first, second, third = (complain(market)[0].number for _ in range(3))
    market.complaints.answer(first, finding=Finding.UNFOUNDED, text="查无此事", reviewer="王")
    everything, total = market.complaints.page()
    assert ([one.number for one in everything], total) == ([second, third, first], 3)
    waiting, total = market.complaints.page(ComplaintState.OPEN, offset=1, limit=5)
    assert ([one.number for one in waiting], total) == ([third], 2)
    assert waiting[0].is_late(date(2026, 12, 9))
    assert not waiting[0].is_late(date(2026, 12, 8))


def test_counts_are_plain_facts_about_each_organisation(market: Store) -> None:
    number = complain(market)[0].number
    complain(market)
    complain(market, 3)
    market.complaints.answer(number, finding=Finding.UPHELD, text="属实", reviewer="王")
    assert market.complaints.counts() == [
        ComplaintCount(organisation=1, organisation_name="澜川精工", total=2, open=1, upheld=1),
        ComplaintCount(organisation=None, organisation_name="散户", total=1, open=1, upheld=0),
    ]


def test_a_year_after_the_answer_the_words_go_and_the_counts_stay(market: Store) -> None:
    (old, secret), (waiting, _) = complain(market, contact="13900001111"), complain(market)
    market.complaints.answer(old.number, finding=Finding.UPHELD, text="已核实", reviewer="王")
    answered = market._now()
    market._now = lambda: answered + timedelta(days=365)
    assert market.complaints.forget() == 0
    market._now = lambda: answered + timedelta(days=366)
    assert [market.complaints.forget(), market.complaints.forget()] == [1, 0]
    kept = market.complaints.read(old.number)
    assert (kept.statement, kept.contact, kept.reply and kept.reply.text) == ("", "", "")
    assert market.complaints.read(waiting.number).statement
    assert market.complaints.counts()[0].upheld == 1
    with pytest.raises(NotFound):
        market.complaints.follow(secret)
