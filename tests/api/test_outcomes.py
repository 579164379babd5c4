"""Learning from outcomes on a small consortium, from reported events to other answers and back."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import build
from api.settings import Settings
from data import sample
from data.store import Store
from indexing import snapshot, sync
from matching import calibration
from matching.learning import scores
from matching.matcher import Matcher
from matching.weights import Versions
from models.outcomes import Act, Event, Side
from models.terms import Kind
from tests.api.conftest import administrator, settings_for_tests
from tests.api.test_cli import run
from tests.builders import an_event

START = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small city whose people care for nothing but how one is employed."""
    settings = settings_for_tests(tmp_path_factory.mktemp("city"))
    services = build(settings)
    with services.store as store:
        made = sample.consortium(7, scale=0.08)
        store.save_all([*made.postings, *made.talents])
        with snapshot.writing(settings.index):
            sync.build(store, services.shelf, settings.index)
        store.events.append(list(lived(store, services.matcher)))
    return settings.var


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of its own, for the command as for the service, that asks for less before it learns."""
    found = settings_for_tests(tmp_path / "var")
    for name, value in (("VAR", str(found.var)), ("ENCODER", "hashing"), ("SAMPLE", "false")):
        monkeypatch.setenv(f"CHANJIAO_{name}", value)
    monkeypatch.setattr("matching.relearn.OUTCOMES_NEEDED", 100)
    monkeypatch.setattr(calibration, "PAIRS_NEEDED", 100)
    monkeypatch.setattr(calibration, "AGREED_NEEDED", 10)
    return found


@pytest.fixture
def client(city: Path, settings: Settings) -> Iterator[TestClient]:
    """The service of that city."""
    shutil.copytree(city, settings.var)
    with administrator(create_app(settings)) as started:
        assert started.app.state.services.follower.ready.wait(30)  # type: ignore[attr-defined]
        yield started


def lived(store: Store, matcher: Matcher) -> Iterator[Event]:
    """What people do with the lists that they are shown, a list on each of four days."""
    rng = np.random.default_rng(0)
    taste = np.array([float(feature.name == "employment") for feature in matcher.jobs.features])
    for n, talent in enumerate(store.documents(Kind.TALENT)):
        matches = matcher.postings_for(talent.id, k=15).matches
        values = np.array([[one.value for one in match.contributions] for match in matches], dtype=np.float64)
        worth = scores(values, taste)
        for day in range(4):
            at = START + timedelta(days=3 * day, minutes=n)
            for position, (match, value) in enumerate(zip(matches, worth, strict=True), 1):
                pair = {"posting": match.pair.demand.id, "talent": talent.id}
                yield an_event(Act.SHOWN, **pair, position=position, at=at)
                keen = 0.8 if value > 0.9 else 0.05
                if rng.random() < keen * position**-0.3:
                    yield an_event(Act.APPLIED, **pair, at=at + timedelta(hours=1))
                    answer = Act.ACCEPTED if rng.random() < keen else Act.REJECTED
                    yield an_event(answer, **pair, side=Side.POSTING, at=at + timedelta(days=1))


def test_what_outcomes_teach_is_installed_shown_and_taken_back(client: TestClient, settings: Settings) -> None:
    def jobs() -> dict:  # type: ignore[type-arg]
        return next(market for market in client.get("/api/v1/features").json() if market["name"] == "jobs")

    def answer() -> dict:  # type: ignore[type-arg]
        return client.get("/api/v1/postings/1/talents?k=5").json()  # type: ignore[no-any-return]

    before, rules = answer(), jobs()
    assert (rules["weights"], rules["version"]) == ("documented", None)
    assert {item["chance"] for item in before["items"]} == {None}

    assert "得到双方同意" not in client.get("/postings/1").text
    assert "没有启用" in run("outcomes", "fit", "--dry-run")
    assert (answer(), jobs()) == (before, rules)

    said = run("outcomes", "fit")
    assert "已启用版本 0001" in said
    assert "新学的权重与规则权重相比：" in said
    now = jobs()
    assert (now["weights"], now["version"]) == ("learned", "0001")
    weights = {feature["name"]: (feature["weight"], feature["documented_weight"]) for feature in now["features"]}
    assert weights["employment"][0] > 1.5 * weights["employment"][1]
    assert sum(weight for weight, _ in weights.values()) == pytest.approx(1, abs=0.001)
    learned = answer()
    for item in learned["items"]:
        assert 0 < item["chance"] < 1
        assert item["score"] == pytest.approx(sum(one["points"] for one in item["contributions"]), abs=1e-9)
    assert learned != before
    talent = learned["items"][0]["record"]["id"]
    postings = client.get(f"/api/v1/talents/{talent}/postings?k=3").json()["items"]
    assert all(0 < item["chance"] < 1 for item in postings)

    assert "得到双方同意" in client.get("/postings/1").text
    status = run("outcomes", "status")
    assert "双方接受的概率，在留出数据上的可靠程度：" in status
    assert "投递" in status

    assert "已撤回版本 0001，现用规则中写明的权重" in run("outcomes", "rollback")
    assert (answer(), jobs()) == (before, rules)
    assert "没有可以撤回的版本" in run("outcomes", "rollback", exit_code=2)


def test_below_the_stated_number_weights_do_not_move(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.relearn.OUTCOMES_NEEDED", 100_000)
    said = run("outcomes", "fit")
    assert "少于 100000 个" in said
    # A chance may be learned all the same, and then is in force on top of the documented weights.
    learned = Versions(settings.learned).current()
    assert learned is None or learned.weights == learned.documented
    market = next(market for market in client.get("/api/v1/features").json() if market["name"] == "jobs")
    assert all(feature["weight"] == feature["documented_weight"] for feature in market["features"])


def test_before_anything_was_reported_the_command_says_so(settings: Settings) -> None:
    assert "还没有任何列表的展示记录" in run("outcomes", "fit")
    assert "已收到的结果：无" in run("outcomes", "status")
    assert "现用规则中写明的权重" in run("outcomes", "status")
