from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from matching.jobs import jobs
from matching.matcher import Matcher
from matching.weights import Versions, chance, documented, fits, weighed
from models.errors import Conflict, UnreadableFile
from models.outcomes import Calibration, Learned
from tests.builders import a_posting, a_talent
from tests.worlds import TODAY, a_matcher

JOBS = jobs(TODAY, lambda _: frozenset())
RULES = documented(JOBS)
SHIFTED = {name: (weight + 1 / len(RULES)) / 2 for name, weight in RULES.items()}
STEPS = Calibration(
    scores=(0.2, 0.8), chances=(0.1, 0.4), pairs=2_000, agreed=300, bins=(), brier=0.1, ece=0.01
)  # fmt: skip


def learned(version: str = "0001", **fields: Any) -> Learned:
    usual: dict[str, Any] = {"documented": RULES, "weights": SHIFTED, "outcomes": 1_234, "lists": 500, "trial": None}
    return Learned(version=version, made=datetime(2026, 11, 1, tzinfo=UTC), **{**usual, "calibration": None, **fields})


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "outcomes")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_is_installed_is_in_force_to_the_last_bit(versions: Versions) -> None:
    assert versions.current() is None
    versions.install(learned())
    assert versions.current() == learned()
    assert versions.installed() == ["0001"]


def test_rollback_restores_the_version_before_bit_for_bit(versions: Versions, tmp_path: Path) -> None:
    versions.install(learned("0001"))
    before = contents(tmp_path / "outcomes")
    versions.install(learned("0002", weights=RULES))
    assert versions.current() == learned("0002", weights=RULES)
    assert versions.rollback() == "0002"
    after = contents(tmp_path / "outcomes")
    assert {name: after[name] for name in before} == before
    assert versions.current() == learned("0001")
    assert versions.rollback() == "0001"
    assert versions.current() is None
    with pytest.raises(Conflict, match="没有可以撤回的版本"):
        versions.rollback()


def test_a_name_is_never_given_twice_even_after_a_rollback(versions: Versions) -> None:
    assert versions.next_name() == "0001"
    versions.install(learned("0001"))
    versions.rollback()
    assert versions.next_name() == "0002"
    with pytest.raises(Conflict, match="权重版本 0001 已存在"):
        versions.install(learned("0001", weights=RULES))


def test_another_process_installs_and_this_one_follows(versions: Versions, tmp_path: Path) -> None:
    other = Versions(tmp_path / "outcomes")
    assert other.current() is None
    versions.install(learned())
    assert other.current() == learned()
    versions.rollback()
    assert other.current() is None


def test_a_file_that_cannot_be_read_leaves_the_documented_weights(versions: Versions, tmp_path: Path) -> None:
    versions.install(learned())
    for broken in ("", "[]", '{"installed": ["0001"', '{"installed": ["7"]}', "{}"):
        (tmp_path / "outcomes" / "manifest.json").write_text(broken)
        assert Versions(tmp_path / "outcomes").current() is None
    with pytest.raises(UnreadableFile, match="删除它即恢复规则中写明的权重"):
        versions.install(learned("0002"))


def test_installations_at_one_time_are_all_kept(versions: Versions) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: versions.install(learned(f"{n:04d}")), range(1, 17)))
    assert sorted(versions.installed()) == [f"{n:04d}" for n in range(1, 17)]


def test_weights_change_and_nothing_else_does() -> None:
    market = weighed(JOBS, SHIFTED)
    assert documented(market) == SHIFTED
    assert [feature.find for feature in market.features] == [feature.find for feature in JOBS.features]
    with pytest.raises(ValueError, match="not 1"):
        weighed(JOBS, dict.fromkeys(RULES, 1.0))


def test_what_was_learned_on_other_rules_does_not_count() -> None:
    assert fits(learned(), JOBS)
    assert not fits(None, JOBS)
    assert not fits(learned(documented={**RULES, "pay": 0.5}), JOBS)
    assert not fits(learned(documented={"skills": 1.0}), JOBS)


def test_a_chance_lies_on_the_line_and_is_flat_beyond_its_ends() -> None:
    assert [chance(STEPS, score) for score in (0, 0.2, 0.5, 0.8, 1)] == pytest.approx([0.1, 0.1, 0.25, 0.4, 0.4])


def test_the_matcher_ranks_by_the_weights_in_force_and_contributions_still_add_up() -> None:
    """Under the rules the position decides, under the learned weights the place."""
    posting = a_posting(title="电工", division="330206")
    wanting = a_talent(expected_positions=("电工",), expected_divisions=("110100",))
    near = a_talent(expected_positions=("会计",), expected_divisions=("330200",))
    plain = a_matcher(posting, wanting, near)
    rest = (1 - 0.9) / (len(RULES) - 1)
    weights = {name: 0.9 if name == "place" else rest for name in RULES}
    taught = Matcher(plain.shelf, today=lambda: TODAY, learned=lambda: learned(weights=weights, calibration=STEPS))
    assert [match.pair.supply.id for match in plain.talents_for(1).matches] == [2, 3]
    matches = taught.talents_for(1).matches
    assert [match.pair.supply.id for match in matches] == [3, 2]
    for match in matches:
        assert match.score == sum(one.points for one in match.contributions)
        assert sum(one.weight for one in match.contributions) == pytest.approx(1)


def test_a_chance_is_told_only_under_a_calibration_of_the_present_rules() -> None:
    shelf = a_matcher(a_posting()).shelf

    def under(found: Learned | None) -> Matcher:
        return Matcher(shelf, today=lambda: TODAY, learned=lambda: found)

    assert under(None).chance is None
    assert under(learned()).chance is None
    assert under(learned(calibration=STEPS, documented={"skills": 1.0})).chance is None
    told = under(learned(calibration=STEPS)).chance
    assert told is not None
    assert told(0.5) == pytest.approx(0.25)
    assert under(learned(documented={"skills": 1.0})).jobs.features[0].weight == JOBS.features[0].weight


def test_a_pair_between_given_records_is_the_pair_that_retrieval_makes() -> None:
    matcher = a_matcher(a_posting(title="电工"), a_talent(expected_positions=("电工",)), a_talent(specialty="护理"))
    posting = matcher.document(a_posting().kind, 1)
    found = matcher.between(matcher.jobs, posting, [3, 2, 99, 2])
    assert sorted(found) == [2, 3]
    for match in matcher.talents_for(1).matches:
        again = found[match.pair.supply.id]
        assert again.supply is match.pair.supply
        assert [f.find(again).value for f in matcher.jobs.features] == [one.value for one in match.contributions]
    assert matcher.between(matcher.jobs, posting, [99]) == {}
