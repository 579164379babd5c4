"""The real service over a temporary database, with the encoder that needs no weights."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from data.store import Store
from models.access import Role, Scope
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


def key_for(app: FastAPI, *roles: Role, organisation: int | None = None, talent: int | None = None) -> dict[str, str]:
    """The header of a system that acts for a new account with the roles; an administrator's unless they are given."""
    return header_for(app.state.services.store, *roles, organisation=organisation, talent=talent)


def header_for(
    store: Store, *roles: Role, organisation: int | None = None, talent: int | None = None
) -> dict[str, str]:
    """The same where there is a store and no application."""
    accounts = store.accounts
    name = f"account-{len(accounts.everyone())}"
    made = accounts.create(
        name, name=name, roles=roles or [Role.ADMINISTRATOR], password=None, organisation=organisation, talent=talent
    )
    _, token = accounts.create_key(made.id, name="tests", scopes=list(Scope), days=1)
    return {"authorization": f"Bearer {token}"}


def administrator(app: FastAPI) -> TestClient:
    """A client, to be started, that acts as an administrator."""
    return TestClient(app, headers=key_for(app))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A started service whose index is ready, asked by an administrator."""
    with administrator(app) as started:
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
