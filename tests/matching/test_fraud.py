"""How suspicious a posting is: signals that add up, each with its words."""

from datetime import date

from matching.fraud import risk
from matching.lawful import check
from models.lawful import Risk
from models.postings import Posting
from models.terms import Education, Salary
from tests.builders import a_posting

TODAY = date(2026, 11, 20)


def risk_of(posting: Posting) -> Risk:
    return risk(posting, check(posting, today=TODAY))


def signals(posting: Posting) -> dict[str, float]:
    return {one.name: one.weight for one in risk_of(posting).signals}


def test_an_ordinary_posting_raises_no_suspicion() -> None:
    posting = a_posting(
        description="岗位职责：负责水泵装配。任职要求：能看懂图。", industry="C34", salary=Salary(low=5000, high=7000)
    )
    assert risk_of(posting).score == 0
    assert risk_of(posting).signals == ()


def test_the_signals_add_up_to_the_score_which_ends_at_one() -> None:
    posting = a_posting(
        title="居家打字员",
        description="居家打字员，手机就能做，日结。入职须交押金200元，加微信详谈，轻松月入过万",
        salary=Salary(low=25_000, high=50_000),
    )
    found = risk_of(posting)
    assert {"brushing", "home", "fee", "elsewhere", "bait-pay", "pay"} <= set(signals(posting))
    assert found.score == 1.0
    assert sum(signals(posting).values()) > 1
    assert [one.weight for one in found.signals] == sorted(signals(posting).values(), reverse=True)


def test_a_rule_broken_twice_counts_once_and_shows_its_words() -> None:
    posting = a_posting(description="须交押金200元。另交服装费100元。", industry="C34")
    [fee] = [one for one in risk_of(posting).signals if one.name == "fee"]
    assert fee.span
    assert fee.span.text == posting.description[fee.span.start : fee.span.end] == "交押金"


def test_high_pay_is_suspicious_only_where_nothing_is_asked() -> None:
    paid = Salary(low=30_000, high=40_000)
    assert "pay" in signals(a_posting(salary=paid))
    assert "pay" not in signals(a_posting(salary=paid, education=Education.BACHELOR))
    assert "pay" not in signals(a_posting(salary=paid, required_skills=["PLC编程"]))
    assert "pay" not in signals(a_posting(salary=Salary(low=8_000, high=40_000)))
