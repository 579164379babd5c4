"""Which adapter is in force."""

from pathlib import Path

import pytest

from indexing import e5
from indexing.adapt import IDENTITY, Adapter
from indexing.adapters import DEFAULT, Adapters
from models.errors import Conflict
from tests.builders import an_adapter

HASHING = "hashing-1-8"
BUNDLED = f"{e5.NAME}-0123456789ab-256"


@pytest.fixture
def adapters(tmp_path: Path) -> Adapters:
    return Adapters(tmp_path / "adapters", HASHING)


def shipped() -> str:
    return Adapter.unpack(DEFAULT.read_bytes()).name


def test_the_bundled_encoder_starts_with_the_adapter_that_ships_and_another_with_none(tmp_path: Path) -> None:
    assert Adapters(tmp_path, BUNDLED).current().name == shipped()
    assert Adapters(tmp_path, HASHING).current() is IDENTITY


def test_the_last_one_installed_is_in_force_and_can_be_taken_back(adapters: Adapters) -> None:
    first, second = an_adapter(HASHING, seed=1), an_adapter(HASHING, seed=2)
    adapters.install(first)
    adapters.install(second)
    assert adapters.installed() == [first.name, second.name]
    assert adapters.current().packed() == second.packed()
    assert adapters.rollback() == second.name
    assert adapters.current().packed() == first.packed()
    assert adapters.rollback() == first.name
    assert adapters.current() is IDENTITY
    with pytest.raises(Conflict, match="正在使用随项目提供的适配器，没有可以撤回的版本"):
        adapters.rollback()


def test_one_that_was_taken_back_can_be_installed_again(adapters: Adapters) -> None:
    adapters.install(an_adapter(HASHING))
    adapters.rollback()
    adapters.install(an_adapter(HASHING))
    assert adapters.current().name == an_adapter(HASHING).name


def test_an_adapter_of_another_encoder_is_left_aside_and_named(adapters: Adapters, tmp_path: Path) -> None:
    adapters.install(an_adapter(HASHING))
    assert adapters.unusable() == ""
    other = Adapters(tmp_path / "adapters", BUNDLED)
    assert other.current().name == shipped()
    assert other.unusable() == an_adapter(HASHING).name


def test_a_file_that_cannot_be_read_leaves_the_one_that_ships(tmp_path: Path) -> None:
    adapters = Adapters(tmp_path, BUNDLED)
    installed = an_adapter(BUNDLED)
    adapters.install(installed)
    (tmp_path / f"{installed.name}.npz").write_bytes(b"broken")
    again = Adapters(tmp_path, BUNDLED)
    assert again.current().name == shipped()
    assert again.unusable() == installed.name
    again.rollback()
    assert again.unusable() == ""
