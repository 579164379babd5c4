"""Learning from outcomes on a small consortium, from reported events to other answers and back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from data import sample
from data.store import Store
from indexing.sync import catch_up
from matching import calibration, learning
from matching.learning import scores
from matching.matcher import Matcher
from matching.weights import Versions, documented
from models.outcomes import Act, Event, Side
from models.terms import Kind
from tests.api.conftest import settings_for_tests
from tests.api.test_cli import run
from tests.builders import an_event

START = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of its own, for the command as for the service, that asks for less before it learns."""
    found = settings_for_tests(tmp_path)
    for name, value in (("VAR", str(found.var)), ("ENCODER", "hashing"), ("SAMPLE", "false")):
        monkeypatch.setenv(f"CHANJIAO_{name}", value)
    monkeypatch.setattr("matching.relearn.OUTCOMES_NEEDED", 100)
    monkeypatch.setattr(calibration, "PAIRS_NEEDED", 100)
    monkeypatch.setattr(calibration, "AGREED_NEEDED", 10)
    return found


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A service over a small city whose people care for nothing but the place and the pay."""
    with TestClient(create_app(settings)) as started:
        services = started.app.state.services  # type: ignore[attr-defined]
        assert services.follower.ready.wait(30)
        city = sample.consortium(7, scale=0.05)
        services.store.save_all([*city.postings, *city.talents])
        catch_up(services.store, services.shelf)
        services.store.events.append(list(lived(services.store, services.matcher)))
        yield started


def lived(store: Store, matcher: Matcher) -> Iterator[Event]:
    """What people do with the lists that they are shown."""
    rng = np.random.default_rng(0)
    taste = np.array([float(feature.name in ("place", "pay")) for feature in matcher.jobs.features])
    for n, talent in enumerate(store.documents(Kind.TALENT)):
        at = START + timedelta(minutes=n)
        matches = matcher.postings_for(talent.id, k=15).matches
        values = np.array([[one.value for one in match.contributions] for match in matches], dtype=np.float64)
        worth = scores(values, taste)
        for position, (match, value) in enumerate(zip(matches, worth, strict=True), 1):
            pair = {"posting": match.pair.demand.id, "talent": talent.id}
            yield an_event(Act.SHOWN, **pair, position=position, at=at)
            if rng.random() < value**3 * position**-0.3:
                yield an_event(Act.APPLIED, **pair, at=at + timedelta(hours=1))
                answer = Act.ACCEPTED if rng.random() < value**3 else Act.REJECTED
                yield an_event(answer, **pair, side=Side.POSTING, at=at + timedelta(days=1))


def test_what_outcomes_teach_is_installed_shown_and_taken_back(client: TestClient, settings: Settings) -> None:
    def jobs() -> dict:  # type: ignore[type-arg]
        return next(market for market in client.get("/api/v1/features").json() if market["name"] == "jobs")

    def answer() -> dict:  # type: ignore[type-arg]
        return client.get("/api/v1/postings/1/talents?k=5").json()  # type: ignore[no-any-return]

    before, rules = answer(), jobs()
    assert (rules["weights"], rules["version"]) == ("documented", None)
    assert {item["chance"] for item in before["items"]} == {None}

    assert "没有启用" in run("outcomes", "fit", "--dry-run")
    assert (answer(), jobs()) == (before, rules)

    said = run("outcomes", "fit")
    assert "已启用版本 0001" in said
    assert "与规则权重相比" in said
    now = jobs()
    assert (now["weights"], now["version"]) == ("learned", "0001")
    weights = {feature["name"]: (feature["weight"], feature["documented_weight"]) for feature in now["features"]}
    assert weights["place"][0] > 2 * weights["place"][1]
    assert sum(weight for weight, _ in weights.values()) == pytest.approx(1, abs=0.001)
    learned = answer()
    for item in learned["items"]:
        assert 0 < item["chance"] < 1
        assert item["score"] == pytest.approx(sum(one["points"] for one in item["contributions"]), abs=1e-9)
    assert learned != before

    status = run("outcomes", "status")
    assert "双方接受的概率：留出数据上的可靠程度" in status
    assert "投递" in status

    assert "已撤回版本 0001，现用规则中写明的权重" in run("outcomes", "rollback")
    assert (answer(), jobs()) == (before, rules)
    assert "没有可以撤回的版本" in run("outcomes", "rollback", exit_code=2)


def test_below_the_stated_number_of_outcomes_weights_do_not_move(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.relearn.OUTCOMES_NEEDED", learning.OUTCOMES_NEEDED)
    monkeypatch.setattr(calibration, "PAIRS_NEEDED", 100_000)
    said = run("outcomes", "fit")
    assert "权重不变：可比较的结果只有" in said
    assert "没有新版本可以启用" in said
    assert Versions(settings.learned).current() is None


def test_a_chance_may_be_learned_while_the_weights_stay(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.relearn.OUTCOMES_NEEDED", 100_000)
    said = run("outcomes", "fit")
    assert "权重不变" in said
    assert "权重（与规则相同）" in said
    learned = Versions(settings.learned).current()
    assert learned is not None
    assert learned.weights == documented(client.app.state.services.matcher.documented_jobs)  # type: ignore[attr-defined]
    assert "没有新版本可以启用" in run("outcomes", "fit")


def test_before_anything_was_reported_the_command_says_so(settings: Settings) -> None:
    assert "还没有任何列表的展示记录" in run("outcomes", "fit")
    assert "已收到的结果：无" in run("outcomes", "status")
    assert "现用规则中写明的权重" in run("outcomes", "status")
