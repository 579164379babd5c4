"""Masked on the way in, consented to, objected to, erased and kept no longer than needed: on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.consents import in_force, wordings
from data.ingest import import_file
from data.retention import due, rules
from data.store import Outcome as SaveOutcome
from data.store import Store
from models.errors import Conflict, Erased, NotFound, UnreadableFile, Withdrawn
from models.outcomes import Act, Side
from models.privacy import ConsentAct, DataKind, ErasureReason, ObjectionState, Outcome, Purpose, Sensitive
from models.terms import Kind
from tests.builders import a_posting, a_talent, an_event, an_organisation, from_source

WORDING = wordings()[-1].version
START = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def market(store: Store) -> Store:
    """Posting 1, talents 2 and 3 with something to hide, organisations 4 and 5."""
    store._now = lambda: datetime(2026, 10, 1, tzinfo=UTC)
    lin = a_talent(name="林晓", self_description="曾在澜川精工实习", source=from_source("20230101015", "澜川职院学籍"))
    store.save_all([a_posting(), lin, a_talent(), an_organisation(), an_organisation(name="澜川模具厂")])
    return store


def test_what_is_stored_is_masked_whoever_writes_it(store: Store, tmp_path: Path) -> None:
    talent = a_talent(self_description="电话13857412345", source=from_source("1"))
    saved = store.save(talent)
    assert saved.masked == {Sensitive.MOBILE: 1}
    assert store.save(talent).outcome is SaveOutcome.UNCHANGED
    assert store.save(talent, id=saved.id).masked == {Sensitive.MOBILE: 1}
    file = tmp_path / "人才.csv"
    file.write_text(
        "编号,学校,专业,学历,自我评价,期望薪资\n"
        "1,澜川职院,机电一体化技术,大专,微信：lin_xiao2003，能倒班,面议\n"
        "2,澜川职院,数控技术,大专,能倒班,电话13857412345\n",
        encoding="utf-8",
    )
    rejects = tmp_path / "拒绝.csv"
    report = import_file(store, Kind.TALENT, file, reject_path=rejects)
    assert "已隐去个人信息：微信 1 处，涉及 1 行" in str(report)
    assert import_file(store, Kind.TALENT, file, dry_run=True).masked == {Sensitive.WECHAT: 1}
    assert "13857412345" not in str(report) + rejects.read_text(encoding="utf-8")
    kept = "".join(str(stored.record) for stored in store.documents(Kind.TALENT))
    assert "【手机号已隐去】" in kept
    assert "【微信已隐去】，能倒班" in kept
    assert "13857412345" not in kept


def test_consent_is_given_for_one_recipient_one_purpose_and_named_data(market: Store) -> None:
    ledger = market.consents
    asked = {"recipient": 4, "purpose": Purpose.INTERNSHIP, "wording": WORDING}
    entry = ledger.give(2, kinds=[DataKind.CONTACT, DataKind.NAME], **asked)
    assert entry is not None
    assert entry.kinds == (DataKind.NAME, DataKind.CONTACT)
    assert ledger.allows(2, 4, DataKind.NAME)
    assert ledger.allows(2, 4, DataKind.NAME, purpose=Purpose.INTERNSHIP)
    assert not ledger.allows(2, 4, DataKind.NAME, purpose=Purpose.RECRUITMENT)
    assert not ledger.allows(2, 4, DataKind.EXPERIENCE)
    assert not ledger.allows(2, 5, DataKind.NAME)
    assert not ledger.allows(3, 4, DataKind.NAME)


def test_giving_the_same_again_adds_nothing_and_more_adds_only_the_rest(market: Store) -> None:
    ledger = market.consents
    asked = {"recipient": 4, "purpose": Purpose.INTERNSHIP, "wording": WORDING}
    ledger.give(2, kinds=[DataKind.NAME], **asked)
    assert ledger.give(2, kinds=[DataKind.NAME], **asked) is None
    ledger.give(2, kinds=[DataKind.NAME, DataKind.CERTIFICATES], **asked)
    assert [entry.kinds for entry in ledger.of(2)] == [(DataKind.NAME,), (DataKind.CERTIFICATES,)]


def test_withdrawing_takes_effect_at_once_and_leaves_the_history(market: Store) -> None:
    ledger = market.consents
    for purpose in (Purpose.INTERNSHIP, Purpose.RECRUITMENT):
        ledger.give(2, recipient=4, purpose=purpose, kinds=[DataKind.NAME], wording=WORDING)
    [entry] = ledger.withdraw(2, recipient=4, purpose=Purpose.RECRUITMENT)
    assert (entry.act, entry.kinds) == (ConsentAct.WITHDRAWN, (DataKind.NAME,))
    assert ledger.allows(2, 4, DataKind.NAME)
    ledger.withdraw(2, recipient=4)
    assert not ledger.allows(2, 4, DataKind.NAME)
    assert ledger.withdraw(2, recipient=4) == []
    assert in_force(ledger.of(2)) == {}
    assert [one.act for one in ledger.of(2)] == [ConsentAct.GIVEN] * 2 + [ConsentAct.WITHDRAWN] * 2


GRANTS = st.tuples(st.sampled_from([4, 5]), st.sampled_from(Purpose), st.sets(st.sampled_from(DataKind), min_size=1))
DONE = st.lists(st.tuples(st.booleans(), GRANTS), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=DONE)
def test_what_was_said_last_holds(
    sqlite_store: Store, done: list[tuple[bool, tuple[int, Purpose, set[DataKind]]]]
) -> None:
    store = sqlite_store
    if not store.revision:
        store.save_all([a_posting(), a_talent(), a_talent(), an_organisation(), an_organisation(name="澜川模具厂")])
    talent = store.save(a_talent()).id
    said: set[tuple[int, Purpose, DataKind]] = set()
    for gives, (recipient, purpose, kinds) in done:
        if gives:
            store.consents.give(talent, recipient=recipient, purpose=purpose, kinds=list(kinds), wording=WORDING)
            said |= {(recipient, purpose, kind) for kind in kinds}
        else:
            store.consents.withdraw(talent, recipient=recipient, purpose=purpose)
            said -= {(recipient, purpose, kind) for kind in DataKind}
    for recipient in (4, 5):
        for kind in DataKind:
            allowed = store.consents.allows(talent, recipient, kind)
            assert allowed == any(whose == recipient and what is kind for whose, _, what in said)


def test_a_withdrawn_person_can_still_withdraw_and_no_longer_give(market: Store) -> None:
    market.consents.give(2, recipient=4, purpose=Purpose.TRAINING, kinds=[DataKind.NAME], wording=WORDING)
    market.withdraw(2)
    assert len(market.consents.withdraw(2, recipient=4)) == 1
    with pytest.raises(Withdrawn, match="人才 2 已撤回"):
        market.consents.give(2, recipient=4, purpose=Purpose.TRAINING, kinds=[DataKind.NAME], wording=WORDING)


@pytest.mark.parametrize(
    ("talent", "recipient", "wording", "error", "says"),
    [
        (9, 4, WORDING, NotFound, "没有编号为 9 的人才"),
        (1, 4, WORDING, NotFound, "没有编号为 1 的人才"),
        (2, 3, WORDING, NotFound, "没有编号为 3 的单位"),
        (2, 4, "2020-01", Conflict, "“2020-01”不是现行版本"),
    ],
)
def test_consent_needs_both_parties_and_the_wording_in_force(
    market: Store, talent: int, recipient: int, wording: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        market.consents.give(
            talent, recipient=recipient, purpose=Purpose.TRAINING, kinds=[DataKind.NAME], wording=wording
        )


def test_the_wording_names_recipient_purpose_and_data(market: Store) -> None:
    text = wordings()[-1].text(
        recipient="澜川精工", contact="澜川市人民路 13 号", purpose=Purpose.INTERNSHIP, kinds=[DataKind.NAME]
    )
    for part in ("“澜川精工”", "澜川市人民路 13 号", "目的：实习安排", "提供的个人信息：姓名", "随时撤回"):
        assert part in text


def test_an_objection_is_decided_once_by_a_human(market: Store) -> None:
    log = market.objections
    filed = log.file(2, posting=1, statement="我有电工证，回电13857412345", answer="得分 0.41，排第 14")
    assert (filed.state, filed.statement) == (ObjectionState.OPEN, "我有电工证，回电【手机号已隐去】")
    decided = log.decide(filed.number, outcome=Outcome.CHANGED, reviewer="赵老师", reason="证书漏录，已补")
    assert decided.state is ObjectionState.DECIDED
    assert decided.decision is not None
    assert decided.decision.reason == "证书漏录，已补"
    with pytest.raises(Conflict, match=f"异议 {filed.number} 已由“赵老师”决定“变更”，决定不能再改"):
        log.decide(filed.number, outcome=Outcome.UPHELD, reviewer="钱老师", reason="重看")
    assert log.read(filed.number) == decided
    with pytest.raises(NotFound, match="没有编号为 99 的异议"):
        log.decide(99, outcome=Outcome.UPHELD, reviewer="钱老师", reason="重看")


def test_objections_are_listed_by_state_in_order(market: Store) -> None:
    log = market.objections
    numbers = [log.file(2, posting=1, statement=f"第 {n} 次", answer="").number for n in range(3)]
    log.decide(numbers[1], outcome=Outcome.UPHELD, reviewer="赵老师", reason="核对无误")
    found, total = log.page(ObjectionState.OPEN)
    assert ([one.number for one in found], total) == ([numbers[0], numbers[2]], 2)
    assert [one.number for one in log.page(ObjectionState.DECIDED)[0]] == [numbers[1]]
    assert [one.number for one in log.page(offset=1, limit=1)[0]] == [numbers[1]]
    assert len(log.of(2)) == 3


@pytest.fixture
def lived(market: Store) -> Store:
    """Talent 2 with a past: two states of the record, events, a consent, an objection with its decision."""
    market.save(
        a_talent(name="林晓", self_description="会数控", source=from_source("20230101015", "澜川职院学籍")), id=2
    )
    market.events.append(
        [an_event(act, at=START + n * DAY) for n, act in enumerate((Act.SHOWN, Act.APPLIED, Act.HIRED))]
        + [an_event(Act.SHOWN, talent=3, at=START)]
    )
    market.consents.give(2, recipient=4, purpose=Purpose.RECRUITMENT, kinds=[DataKind.NAME], wording=WORDING)
    filed = market.objections.file(2, posting=1, statement="林晓：分数太低", answer="得分 0.41")
    market.objections.decide(filed.number, outcome=Outcome.UPHELD, reviewer="赵老师", reason="林晓的材料不全")
    return market


def test_erasure_blanks_every_state_and_keeps_the_counts(lived: Store) -> None:
    before = lived.events.count()
    done = lived.erasures.erase(2)
    assert (done.versions, done.events, done.reason) == (2, 3, ErasureReason.REQUEST)
    for read in (lambda: lived.load(Kind.TALENT, 2), lambda: lived.history(2), lambda: lived.save(a_talent(), id=2)):
        with pytest.raises(Erased, match="人才 2 的个人信息已删除"):
            read()
    assert lived.events.count() == before
    assert lived.events.about(2) == lived.consents.of(2) == lived.objections.of(2) == []
    assert not lived.consents.allows(2, 4, DataKind.NAME)
    assert [stored.id for stored in lived.documents(Kind.TALENT)] == [3]
    assert lived.objections.page(ObjectionState.DECIDED)[1] == 1


def test_what_is_kept_leads_back_to_nobody(lived: Store) -> None:
    old = {event.id for event in lived.events.about(2)}
    lived.erasures.erase(2)
    lived.erasures.erase(3)
    kept = list(lived.events.everything())
    assert len({event.talent for event in kept}) == 1, "everyone who was erased is one nameless talent"
    assert old.isdisjoint(event.id for event in kept)
    assert {event.at.hour for event in kept} == {0}
    [objection] = lived.objections.page()[0]
    assert (objection.statement, objection.answer) == ("", "")
    assert objection.decision is not None
    assert objection.decision.reason == ""


def test_an_open_objection_of_someone_erased_waits_for_nobody(lived: Store) -> None:
    waiting = lived.objections.file(2, posting=1, statement="再看一次", answer="得分 0.41")
    lived.erasures.erase(2)
    assert lived.objections.page(ObjectionState.OPEN) == ([], 0)
    assert waiting.number not in {one.number for one in lived.objections.page()[0]}


def test_erasing_twice_changes_nothing(lived: Store) -> None:
    done = lived.erasures.erase(2)
    revision = lived.revision
    assert lived.erasures.erase(2, ErasureReason.RETENTION) == done == lived.erasures.of(2)
    assert lived.revision == revision == lived.erasures.revision


def test_followers_learn_that_the_person_is_gone(lived: Store) -> None:
    seen = lived.revision
    lived.erasures.erase(2)
    changes = {change.id: change.record for change in lived.changes(seen)}
    assert changes[2] is None
    assert set(changes.values()) == {None}


def test_who_was_erased_takes_part_in_nothing_new(lived: Store) -> None:
    lived.erasures.erase(2)
    nameless = next(event.talent for event in lived.events.everything() if event.talent != 3)
    for id in (2, nameless):
        with pytest.raises(NotFound, match=f"没有编号为 {id} 的人才"):
            lived.events.append([an_event(Act.SAVED, talent=id)])
        with pytest.raises((NotFound, Withdrawn)):
            lived.consents.give(id, recipient=4, purpose=Purpose.TRAINING, kinds=[DataKind.NAME], wording=WORDING)
    with pytest.raises(NotFound):
        lived.erasures.erase(nameless)
    with pytest.raises(NotFound, match="没有编号为 1 的人才"):
        lived.erasures.erase(1)


def test_the_source_is_free_again_and_brings_a_new_record(lived: Store) -> None:
    lived.erasures.erase(2)
    saved = lived.save(a_talent(source=from_source("20230101015", "澜川职院学籍")))
    assert saved.outcome is SaveOutcome.CREATED
    assert saved.id not in (2, 3)


def test_a_withdrawn_person_can_be_erased(lived: Store) -> None:
    lived.withdraw(2)
    assert lived.erasures.erase(2).versions == 2


def test_not_a_word_is_left_in_the_files(tmp_path: Path) -> None:
    texts = ("林晓测试", "曾在澜川精工实习半年", "20230101015")
    with Store(f"sqlite:///{tmp_path / 'chanjiao.db'}") as store:
        store.migrate()
        source = from_source(texts[2], "澜川职院学籍")
        for experience in ("一", "二"):
            store.save(a_talent(name=texts[0], self_description=texts[1], experience=[experience], source=source))
        assert all(text.encode() in contents(tmp_path) for text in texts)
        store.erasures.erase(1)
        assert not any(text.encode() in contents(tmp_path) for text in texts)
    with Store(f"sqlite:///{tmp_path / 'chanjiao.db'}") as again, pytest.raises(Erased):
        again.load(Kind.TALENT, 1)


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def on(store: Store, day: str) -> Callable[[], datetime]:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    store._now = lambda: at
    return store._now


def test_who_has_long_graduated_and_gone_quiet_is_due(store: Store) -> None:
    on(store, "2024-03-01")
    store.save(a_posting())
    quiet = store.save(a_talent(graduation="2024-06")).id
    unsaid = store.save(a_talent()).id
    active = store.save(a_talent(graduation="2024-06")).id
    studying = store.save(a_talent(graduation="2027-06")).id
    gone = store.save(a_talent(graduation="2027-06")).id
    on(store, "2026-01-10")
    store.withdraw(gone)
    store.events.append(
        [
            an_event(Act.SAVED, talent=active, at=datetime(2025, 5, 1, tzinfo=UTC)),
            an_event(Act.SAVED, talent=quiet, side=Side.POSTING, at=datetime(2025, 5, 1, tzinfo=UTC)),
        ]
    )
    assert list(due(store, date(2026, 2, 1))) == []
    found = {one.talent: (one.why, one.since, one.day) for one in due(store, date(2026, 7, 10))}
    assert found == {
        quiet: ("毕业", date(2024, 6, 30), date(2026, 6, 30)),
        unsaid: ("最后一次修改", date(2024, 3, 1), date(2026, 3, 1)),
        gone: ("撤回", date(2026, 1, 10), date(2026, 7, 9)),
    }
    assert {active, quiet, unsaid, gone} == {one.talent for one in due(store, date(2027, 5, 1))}
    assert studying in {one.talent for one in due(store, date(2029, 6, 29))}
    for one in due(store, date(2026, 7, 10)):
        store.erasures.erase(one.talent, ErasureReason.RETENTION)
    assert list(due(store, date(2026, 7, 10))) == []


def test_a_city_may_have_rules_of_its_own(sqlite_store: Store, tmp_path: Path) -> None:
    on(sqlite_store, "2026-01-01")
    sqlite_store.save(a_talent())
    file = tmp_path / "保存期限.toml"
    table = '[talent]\nlabel="在册人才"\ndays={}\nafter="最后一次修改之后"\n[withdrawn]\nlabel="已撤回"\ndays=30\nafter="撤回之后"\n'
    file.write_text(table.format(10), encoding="utf-8")
    assert len(list(due(sqlite_store, date(2026, 1, 11), rules(file)))) == 1
    file.write_text(table.format("'十天'"), encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"保存期限\.toml"):
        rules(file)
    file.write_text("[talent]\nlabel='a'\ndays=1\nafter='b'", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"缺少 \[withdrawn\]"):
        rules(file)
