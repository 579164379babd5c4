"""The way of a person and a posting to each other, at rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from data.contacts import KEPT
from data.store import Store
from models.contacts import CRITERIA, STEPS, ContactStep, History, InterviewMode, Reason, Stage, StepWanted, meant
from models.errors import ImpossibleEvent, WrongState
from models.outcomes import Act, Side
from models.reasons import reasons_of
from tests.builders import a_posting, a_talent, an_organisation

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PERSON, FIRM = Side.TALENT, Side.POSTING
POSTING, TALENT, OTHER, ORGANISATION = 1, 2, 3, 4
INTERVIEW = {"at": "2026-09-05T14:00:00+08:00", "mode": "现场", "place": "高新区创业路 8 号 302"}


class Pair:
    """Posting 1 of organisation 4, talents 2 and 3, and a clock that a day passes on before every step."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, START
        store._now = lambda: self.now
        store.save_all([a_posting(), a_talent(), a_talent(), an_organisation()])

    def does(self, side: Side, step: ContactStep, *, talent: int = TALENT, **more: Any) -> History:
        self.now += DAY
        return self.store.contacts.take(
            POSTING, talent, side, wanted(step, side, **more), organisation=ORGANISATION, by=None
        )

    def go(self, *steps: tuple[Side, ContactStep]) -> History:
        for side, step in steps:
            found = self.does(side, step)
        return found

    @property
    def acts(self) -> list[tuple[Side, Act]]:
        return [(event.side, event.act) for event in self.store.events.everything()]


def wanted(step: ContactStep, side: Side, **more: Any) -> StepWanted:
    """The step with what it owes."""
    if step is ContactStep.INTERVIEW:
        more.setdefault("interview", INTERVIEW)
    if step is ContactStep.EVALUATE:
        more.setdefault("grades", dict.fromkeys(CRITERIA[side], 4))
    return StepWanted(step=step, **more)


@pytest.fixture
def pair(store: Store) -> Pair:
    return Pair(store)


APPLY, INVITE, ADMIT, ACCEPT = ContactStep.APPLY, ContactStep.INVITE, ContactStep.ADMIT, ContactStep.ACCEPT
HIRED = [
    (PERSON, APPLY),
    (FIRM, ADMIT),
    (FIRM, ContactStep.INTERVIEW),
    (PERSON, ContactStep.CONFIRM),
    (FIRM, ContactStep.OFFER),
    (PERSON, ContactStep.TAKE),
    (FIRM, ContactStep.START),
]


def test_the_whole_way_from_an_application_to_the_evaluation(pair: Pair) -> None:
    stages = [pair.does(side, step).contact.stage for side, step in HIRED]
    assert stages == [
        Stage.APPLIED,
        Stage.CONNECTED,
        Stage.INTERVIEW,
        Stage.CONFIRMED,
        Stage.OFFERED,
        Stage.AGREED,
        Stage.HIRED,
    ]
    pair.now += 90 * DAY
    pair.does(FIRM, ContactStep.KEEP_3)
    ended = pair.does(PERSON, ContactStep.END, reason=Reason.FINISHED)
    assert (ended.contact.stage, ended.contact.waits) == (Stage.ENDED, (FIRM, PERSON))
    done = pair.go((FIRM, ContactStep.EVALUATE), (PERSON, ContactStep.EVALUATE))
    assert done.contact.waits == ()
    assert done.grades == {side: dict.fromkeys(CRITERIA[side], 4) for side in Side}
    assert pair.acts == [
        (PERSON, Act.APPLIED),
        (FIRM, Act.ACCEPTED),
        (FIRM, Act.INTERVIEWED),
        (FIRM, Act.OFFERED),
        (FIRM, Act.HIRED),
        (FIRM, Act.KEPT_3),
        (PERSON, Act.ENDED),
    ]


def test_the_interview_that_stands_is_the_last_one_and_none_after_a_request_for_another_time(pair: Pair) -> None:
    found = pair.go(*HIRED[:3])
    assert found.interview is not None
    assert (found.interview.place, found.interview.mode) == ("高新区创业路 8 号 302", InterviewMode.ON_SITE)
    assert pair.does(PERSON, ContactStep.REBOOK, note="那天上午有考试").interview is None
    again = pair.does(FIRM, ContactStep.INTERVIEW, interview={"at": "2026-09-08T06:00:00Z", "mode": "线上"})
    assert again.interview is not None
    assert again.interview.at == datetime(2026, 9, 8, 6, tzinfo=UTC)


@pytest.mark.parametrize(("side", "step"), HIRED[:3], ids=[step.label for _, step in HIRED[:3]])
def test_a_second_click_changes_nothing(pair: Pair, side: Side, step: ContactStep) -> None:
    for one in HIRED:
        found = pair.does(*one)
        if one == (side, step):
            break
    acts = pair.acts
    assert pair.does(side, step) == found
    assert pair.acts == acts


def test_applying_to_whoever_has_invited_is_saying_yes(pair: Pair) -> None:
    assert pair.go((FIRM, INVITE), (PERSON, APPLY)).contact.stage is Stage.CONNECTED
    assert pair.acts == [(FIRM, Act.INVITED), (PERSON, Act.ACCEPTED)]
    assert [step.step for step in pair.store.contacts.load(POSTING, TALENT).steps] == [INVITE, ACCEPT]


def test_inviting_whoever_has_applied_is_saying_yes(pair: Pair) -> None:
    assert pair.go((PERSON, APPLY), (FIRM, INVITE)).contact.stage is Stage.CONNECTED
    assert pair.acts == [(PERSON, Act.APPLIED), (FIRM, Act.ACCEPTED)]


def test_every_step_is_refused_from_every_other_stage_and_to_the_other_side(pair: Pair) -> None:
    ways = {
        Stage.NEW: [],
        Stage.APPLIED: HIRED[:1],
        Stage.INVITED: [(FIRM, INVITE)],
        Stage.CONNECTED: HIRED[:2],
        Stage.INTERVIEW: HIRED[:3],
        Stage.CONFIRMED: HIRED[:4],
        Stage.OFFERED: HIRED[:5],
        Stage.AGREED: HIRED[:6],
        Stage.HIRED: HIRED,
        Stage.ENDED: [*HIRED, (PERSON, ContactStep.END)],
        Stage.REJECTED: [*HIRED[:1], (FIRM, ContactStep.REJECT)],
        Stage.DECLINED: [(FIRM, INVITE), (PERSON, ContactStep.DECLINE)],
        Stage.WITHDRAWN: [*HIRED[:1], (PERSON, ContactStep.WITHDRAW)],
        Stage.RECALLED: [(FIRM, INVITE), (FIRM, ContactStep.RECALL)],
    }
    assert set(ways) == set(Stage)
    for stage, way in ways.items():
        talent = pair.store.save(a_talent()).id
        for one in way:
            pair.does(*one, talent=talent)
        before = pair.store.contacts.load(POSTING, talent)
        assert before.contact.stage is stage
        for side in Side:
            for step in set(ContactStep) - set(before.possible(side)):
                taken = meant(step, stage)
                repeated = before.last is not None and (before.last.step, before.last.side) == (taken, side)
                if taken in before.possible(side) or repeated:
                    continue
                with pytest.raises(WrongState, match=taken.label):
                    pair.does(side, step, talent=talent)
        assert pair.store.contacts.load(POSTING, talent) == before


def test_who_said_no_is_not_asked_again_but_may_think_better_of_it(pair: Pair) -> None:
    pair.go((FIRM, INVITE), (PERSON, ContactStep.DECLINE))
    with pytest.raises(WrongState, match="现在是“已婉拒”，不能“邀请”"):
        pair.does(FIRM, INVITE)
    assert pair.does(PERSON, APPLY).contact.stage is Stage.APPLIED


def test_what_only_one_side_does_is_refused_to_the_other_by_name(pair: Pair) -> None:
    with pytest.raises(WrongState, match="“投递”只能由求职者作出"):
        pair.does(FIRM, APPLY)
    pair.go(*HIRED[:2])
    with pytest.raises(WrongState, match="“约面试”只能由用人单位作出"):
        pair.does(PERSON, ContactStep.INTERVIEW)


def test_three_months_are_three_months_and_noted_once(pair: Pair) -> None:
    pair.go(*HIRED)
    with pytest.raises(ImpossibleEvent, match="还不满“在岗满 3 个月”"):
        pair.does(FIRM, ContactStep.KEEP_3)
    pair.now += 90 * DAY
    first = pair.does(FIRM, ContactStep.KEEP_3)
    assert pair.does(FIRM, ContactStep.KEEP_3) == first
    assert pair.acts.count((FIRM, Act.KEPT_3)) == 1


def test_the_enterprise_knows_the_person_from_their_yes_until_somebody_leaves(pair: Pair) -> None:
    knows = lambda: pair.store.contacts.discloses(TALENT, ORGANISATION)  # noqa: E731
    pair.does(FIRM, INVITE)
    assert not knows()
    for one in [(PERSON, ACCEPT), *HIRED[2:6]]:
        pair.does(*one)
        assert knows(), one
    pair.does(PERSON, ContactStep.WITHDRAW)
    assert not knows()
    pair.does(PERSON, APPLY)
    assert knows()
    pair.does(FIRM, ContactStep.REJECT, reason=Reason.FILLED)
    assert not knows()
    assert not pair.store.contacts.discloses(OTHER, ORGANISATION)
    assert not pair.store.contacts.discloses(TALENT, POSTING)


def test_what_waits_is_counted_for_either_side(pair: Pair) -> None:
    contacts = pair.store.contacts
    pair.does(PERSON, APPLY)
    pair.does(FIRM, INVITE, talent=OTHER)
    assert [contacts.count_waiting(talent=id) for id in (TALENT, OTHER)] == [0, 1]
    assert [contacts.count_waiting(organisation=id) for id in (ORGANISATION, POSTING)] == [1, 0]
    assert [one.contact.talent for one in contacts.waiting_for(organisation=ORGANISATION)] == [TALENT]
    assert contacts.count_stages(ORGANISATION) == {POSTING: {Stage.APPLIED: 1, Stage.INVITED: 1}}


def test_to_save_is_private_and_told_once(pair: Pair) -> None:
    contacts = pair.store.contacts
    assert [contacts.save(POSTING, TALENT, PERSON) for _ in range(2)] == [True, False]
    assert contacts.saved_by(PERSON, TALENT) == [POSTING]
    assert contacts.saved_by(FIRM, POSTING) == []
    assert [contacts.unsave(POSTING, TALENT, PERSON) for _ in range(2)] == [True, False]
    contacts.save(POSTING, TALENT, PERSON)
    assert pair.acts == [(PERSON, Act.SAVED)]
    assert pair.store.events.seen_by(FIRM, POSTING) == ([], 0)
    assert contacts.load(POSTING, TALENT).contact.stage is Stage.NEW


def test_half_a_year_after_the_end_what_was_said_is_forgotten_and_the_steps_stay(pair: Pair) -> None:
    pair.does(PERSON, APPLY, note="会用示波器")
    pair.does(FIRM, INVITE, talent=OTHER, note="来看看")
    pair.does(FIRM, ContactStep.REJECT, note="这次名额满了", reason=Reason.FILLED)
    assert pair.store.contacts.forget(pair.now) == 0
    assert pair.store.contacts.forget(pair.now + KEPT) == 2
    assert pair.store.contacts.forget(pair.now + KEPT) == 0
    found = pair.store.contacts.load(POSTING, TALENT)
    assert [(one.step, one.note, one.reason) for one in found.steps] == [
        (APPLY, "", None),
        (ContactStep.REJECT, "", Reason.FILLED),
    ]
    assert pair.store.contacts.load(POSTING, OTHER).steps[0].note == "来看看"


INCOMPLETE: list[tuple[dict[str, Any], str]] = [
    ({"step": "约面试"}, "约面试要写明时间和方式"),
    ({"step": "约面试", "interview": {"at": "2026-09-05T14:00:00+08:00", "mode": "现场"}}, "现场面试要写明地点"),
    ({"step": "投递", "interview": INTERVIEW}, "“投递”不带面试安排"),
    ({"step": "评价"}, "评价要给出评分"),
    ({"step": "投递", "grades": {"岗位技能": 5}}, "“投递”不带评分"),
    ({"step": "不合适", "reason": "地点太远"}, "“不合适”的原因不能是“地点太远”，可选：岗位已招满、"),
    ({"step": "确认参加", "reason": "其他"}, "“确认参加”的原因不能是“其他”，不带原因"),
    ({"step": "退出应聘", "consent": "2026-11"}, "“退出应聘”不需要同意书"),
    ({"step": "投递", "note": "好" * 301}, "300"),
]


@pytest.mark.parametrize(("given", "says"), INCOMPLETE, ids=[row[1] for row in INCOMPLETE])
def test_a_step_brings_what_it_owes_and_nothing_else(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        StepWanted.model_validate(given)
    assert any(says in str(reason) for reason in reasons_of(caught.value))


def test_a_list_is_noted_once_a_day_and_grows_by_what_it_did_not_hold(pair: Pair) -> None:
    show: Callable[..., int] = pair.store.events.show
    day, others = START.date(), (5, 7)
    others = tuple(one.id for one in pair.store.save_all([a_posting(title=f"电工 {n}") for n in range(3)]))
    assert show(PERSON, TALENT, others[:2], day=day) == 2
    pair.now += timedelta(hours=3)
    assert show(PERSON, TALENT, others[:2], day=day) == 0
    assert show(PERSON, TALENT, others, day=day) == 1
    events = list(pair.store.events.everything())
    assert [(event.posting, event.position) for event in events] == [(id, n) for n, id in enumerate(others, 1)]
    assert {event.at for event in events} == {START}
    assert show(PERSON, TALENT, others, day=day, list="实习") == 3
    assert show(PERSON, TALENT, others, day=day + DAY) == 3
    assert [pair.store.events.open(PERSON, TALENT, others[1], position=2, day=day) for _ in range(2)] == [True, False]


def test_every_step_leads_somewhere_and_its_act_is_one_that_the_side_may_do() -> None:
    assert set(STEPS) == set(ContactStep)
    for step, way in STEPS.items():
        assert way.leads, step
