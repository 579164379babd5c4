"""The real service over a temporary database, with the encoder that needs no weights."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from models.terms import Record

Publish = Callable[[Record], int]

PLURALS = {
    "posting": "postings",
    "talent": "talents",
    "course": "courses",
    "need": "needs",
    "offer": "offers",
    "policy": "policies",
    "organisation": "organisations",
    "programme": "programmes",
    "plan": "plans",
    "notice": "notices",
}


def settings_for_tests(var: Path) -> Settings:
    """An empty installation that follows nobody's writes but its own."""
    hour = timedelta(hours=1)
    return Settings(var=var, encoder="hashing", sample=False, follow_interval=hour, body_limit=20_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for_tests(tmp_path)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A started service whose index is ready."""
    with TestClient(app) as started:
        assert app.state.services.follower.ready.wait(30)
        yield started


@pytest.fixture
def publish(client: TestClient) -> Publish:
    """Publish a record over HTTP and return its id."""

    def publish(record: Record) -> int:
        answer = client.post(f"/api/v1/{PLURALS[record.kind]}", json=body_of(record))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    return publish


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own in the environment of the command."""
    monkeypatch.setenv("CHANJIAO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("CHANJIAO_ENCODER", "hashing")
    monkeypatch.setenv("CHANJIAO_SAMPLE", "false")
    return tmp_path / "var"


def body_of(record: Record) -> dict[str, object]:
    """The record as a client sends it."""
    return record.model_dump(mode="json", exclude_defaults=True)
