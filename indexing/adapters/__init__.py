"""Which adapter is in force: the last one installed below a folder, or the one that ships with the project."""

from __future__ import annotations

import json
from pathlib import Path

from indexing.adapt import IDENTITY, Adapter
from models.errors import Conflict

DEFAULT = Path(__file__).parent / "default.npz"
"""Trained on public postings, labelled job titles, occupations and specialties; see `chanjiao adapt default`."""

_HISTORY = "installed.json"


def current(folder: Path, encoder: str) -> Adapter:
    """The adapter to put behind the encoder of that name; the identity where none was trained for it."""
    installed = history(folder)
    for path in [*(folder / f"{name}.npz" for name in reversed(installed[-1:])), DEFAULT]:
        if path.exists():
            found = Adapter.open(path)
            if found.fits(encoder):
                return found
    return IDENTITY


def history(folder: Path) -> list[str]:
    """Names of the installed adapters, the one in force last; empty while the default is in force."""
    path = folder / _HISTORY
    names: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return names


def install(folder: Path, adapter: Adapter) -> None:
    """Put the adapter in force; the one before stays, for `rollback`."""
    adapter.save(folder / f"{adapter.name}.npz")
    _remember(folder, [*history(folder), adapter.name])


def rollback(folder: Path) -> str:
    """Put the adapter before in force again; the name of the one that was taken back.

    Raises Conflict when none was installed.
    """
    installed = history(folder)
    if not installed:
        raise Conflict("没有装过自己训练的适配器，正在使用随项目提供的那一个，无可回退")
    _remember(folder, installed[:-1])
    return installed[-1]


def _remember(folder: Path, names: list[str]) -> None:
    aside = folder / f"{_HISTORY}.tmp"
    aside.write_text(json.dumps(names, indent=2), encoding="utf-8")
    aside.replace(folder / _HISTORY)
