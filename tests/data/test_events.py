import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from data.store import Store
from models.errors import Conflict, ImpossibleEvent, NotFound
from models.outcomes import Act, Event, Side
from models.reasons import reasons_of
from models.terms import Kind
from tests.builders import a_posting, a_talent, an_event

DAY = timedelta(days=1)
START = datetime(2026, 9, 1, tzinfo=UTC)
APPLIED, INVITED = an_event(Act.APPLIED), an_event(Act.INVITED)
HIRED = an_event(Act.HIRED, at=START + DAY)


@pytest.fixture
def pair(store: Store) -> Store:
    """A store that holds posting 1 and talents 2 and 3, well after everything in these tests."""
    store._now = lambda: datetime(2028, 1, 1, tzinfo=UTC)
    store.save_all([a_posting(), a_talent(), a_talent()])
    return store


def test_events_come_back_as_they_were_reported_in_order_of_arrival(pair: Store) -> None:
    batch = [an_event(act, at=START + n * DAY) for n, act in enumerate((Act.SHOWN, Act.OPENED, Act.SAVED, Act.APPLIED))]
    assert pair.events.append(batch) == 4
    assert list(pair.events.everything()) == batch
    assert pair.events.count() == {Act.SHOWN: 1, Act.OPENED: 1, Act.SAVED: 1, Act.APPLIED: 1}


def test_reporting_again_changes_nothing(pair: Store) -> None:
    batch = [an_event(Act.SHOWN), APPLIED]
    assert [pair.events.append(batch), pair.events.append(batch), pair.events.append([APPLIED, APPLIED])] == [2, 0, 0]
    assert len(list(pair.events.everything())) == 2


def test_an_id_belongs_to_one_event(pair: Store) -> None:
    pair.events.append([APPLIED])
    with pytest.raises(Conflict, match=r"第 2 条：编号 .* 已属于另一个事件"):
        pair.events.append([an_event(Act.SAVED), APPLIED.model_copy(update={"talent": 3})])
    with pytest.raises(Conflict, match=r"第 2 条：编号 .* 与第 1 条相同，内容不同"):
        pair.events.append([HIRED, HIRED.model_copy(update={"at": START})])
    assert list(pair.events.everything()) == [APPLIED]


@pytest.mark.parametrize(
    ("posting", "talent", "says"), [(9, 2, "编号为 9 的岗位"), (1, 9, "编号为 9 的人才"), (2, 1, "编号为 2 的岗位")]
)
def test_unknown_ids_are_refused_and_named(pair: Store, posting: int, talent: int, says: str) -> None:
    with pytest.raises(NotFound, match=f"第 2 条：没有{says}"):
        pair.events.append([APPLIED, an_event(Act.SAVED, posting=posting, talent=talent)])
    assert list(pair.events.everything()) == []


def test_people_stay_hired_when_the_posting_is_taken_down(pair: Store) -> None:
    pair.events.append([HIRED])
    pair.withdraw(1)
    assert pair.events.append([an_event(Act.KEPT_3, at=HIRED.at + 92 * DAY)]) == 1


IMPOSSIBLE = [
    ("没有投递就同意", [], an_event(Act.ACCEPTED, side=Side.POSTING), "此前没有“投递”，用人单位无从“同意”"),
    ("没有邀请就同意", [APPLIED], an_event(Act.ACCEPTED), "此前没有“邀请”，求职者无从“同意”"),
    ("没有往来就拒绝", [], an_event(Act.REJECTED), "此前没有“投递”或“邀请”"),
    ("在邀请之前同意", [INVITED], an_event(Act.ACCEPTED, at=START - DAY), "此前没有“邀请”"),
    ("与别人的往来不算", [an_event(Act.INVITED, talent=3)], an_event(Act.ACCEPTED), "此前没有“邀请”"),
    ("没有录用就在岗", [APPLIED], an_event(Act.KEPT_3, at=START + 90 * DAY), "岗位 1 与人才 2 此前没有“录用”，不会有“在岗满 3 个月”"),
    ("录用一个月就满三个月", [HIRED], an_event(Act.KEPT_3, at=START + 31 * DAY), "于 2026-09-02 录用，到 2026-10-02 还不满“在岗满 3 个月”"),
    ("还没有到的时间", [], an_event(Act.APPLIED, at=datetime(2028, 1, 2, tzinfo=UTC)), "时间 2028-01-02 00:00（UTC）还没有到"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "event", "says"), [case[1:] for case in IMPOSSIBLE], ids=[c[0] for c in IMPOSSIBLE])
def test_what_cannot_have_happened_is_refused(pair: Store, before: list[Event], event: Event, says: str) -> None:
    pair.events.append([an_event(Act.SHOWN), *before])
    with pytest.raises(ImpossibleEvent, match=f"第 1 条：.*{says}"):
        pair.events.append([event])


def test_a_whole_course_of_events_may_come_in_one_batch_in_any_order(pair: Store) -> None:
    accepted = an_event(Act.ACCEPTED, side=Side.POSTING, at=START + DAY)
    kept = [
        an_event(act, at=HIRED.at + days * DAY)
        for act, days in ((Act.KEPT_12, 365), (Act.KEPT_3, 91), (Act.KEPT_6, 182))
    ]
    assert pair.events.append([*kept, HIRED, accepted, APPLIED]) == 6


MALFORMED = [
    ({"act": "shown"}, "要写明在列表中的位置"),
    ({"act": "opened", "position": 0}, "不能小于 1"),
    ({"act": "applied", "position": 2}, "没有列表位置"),
    ({"act": "applied", "side": "posting"}, "“投递”只能由求职者作出"),
    ({"act": "invited", "side": "talent"}, "“邀请”只能由用人单位作出"),
    ({"act": "saved", "at": "2026-09-01T08:00:00"}, "要写明时区"),
    ({"act": "saved", "at": 1_700_000_000}, "应为带时区的时间"),
    ({"act": "saved", "at": "0001-01-01T00:00:00+14:00"}, "时间应在 2000 年以后"),
    ({"act": "saved", "id": "张三 13800000000"}, "应为 UUID"),
    ({"act": "saved", "note": "面试时说她怀孕了"}, "没有这个字段"),
]


@pytest.mark.parametrize(("fields", "says"), MALFORMED, ids=[says for _, says in MALFORMED])
def test_an_event_that_makes_no_sense_is_not_built(fields: dict[str, object], says: str) -> None:
    usual = {"id": str(uuid4()), "side": "talent", "posting": 1, "talent": 2, "at": "2026-09-01T08:00:00+08:00"}
    with pytest.raises(ValidationError) as caught:
        Event.model_validate_json(json.dumps({**usual, **fields}))
    assert says in "；".join(map(str, reasons_of(caught.value)))


def test_each_side_sees_what_concerns_it_and_not_that_the_other_looked(pair: Store) -> None:
    looked = [an_event(Act.SHOWN), an_event(Act.OPENED), an_event(Act.SAVED)]
    other = an_event(Act.APPLIED, talent=3, at=START + DAY)
    pair.events.append([*looked, APPLIED, other])
    assert pair.events.seen_by(Side.TALENT, 2) == ([*looked, APPLIED], 4)
    assert pair.events.seen_by(Side.POSTING, 1) == ([APPLIED, other], 2)
    assert pair.events.seen_by(Side.POSTING, 1, other=3) == ([other], 1)
    assert pair.events.seen_by(Side.TALENT, 2, offset=3, limit=1) == ([APPLIED], 4)


def test_concurrent_reports_of_the_same_events_store_each_once(pair: Store) -> None:
    batch = [an_event(Act.SHOWN, id=UUID(int=n), position=n) for n in range(1, 41)]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: pair.events.append(batch), range(8)))
    assert sorted(stored) == [0] * 7 + [40]
    assert len(list(pair.events.everything())) == 40


def test_the_history_of_events_crosses_pages(pair: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.events._PAGE", 7)
    batch = [an_event(Act.SHOWN, position=n) for n in range(1, 30)]
    pair.events.append(batch)
    assert list(pair.events.everything()) == batch


REPORTER = """
import sys
from uuid import UUID
from data.store import Store
from models.outcomes import Act
from tests.builders import an_event
with Store(sys.argv[1]) as store:
    for n in range(1, 100_000):
        store.events.append([an_event(Act.SHOWN, id=UUID(int=2 * n + one)) for one in (0, 1)])
        print(n, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9_and_nothing_is_half_stored(pair: Store) -> None:
    url = pair._engine.url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", REPORTER, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as reporter:
        assert reporter.stdout is not None
        acknowledged = [reporter.stdout.readline() for _ in range(20)]
        reporter.send_signal(signal.SIGKILL)
        acknowledged += reporter.stdout.read().splitlines()
    stored = len(list(pair.events.everything()))
    assert stored % 2 == 0
    assert int(acknowledged[-1]) * 2 <= stored <= int(acknowledged[-1]) * 2 + 2


def test_events_are_no_records(pair: Store) -> None:
    before = pair.revision
    pair.events.append([APPLIED])
    assert pair.revision == before
    assert pair.count(Kind.POSTING) == 1
