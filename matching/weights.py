"""Learned weights in force: the versions on disk, and a market under the current one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import structlog
from pydantic import ValidationError

from matching.market import Market
from models.errors import Conflict, UnreadableFile
from models.matches import D, S
from models.outcomes import Calibration, Learned
from models.terms import Value

log = structlog.get_logger()

_MANIFEST = "manifest.json"


def documented(market: Market[D, S]) -> dict[str, float]:
    """The market's weights by feature."""
    return {feature.name: feature.weight for feature in market.features}


def fits(learned: Learned | None, market: Market[D, S]) -> bool:
    """Whether it was learned on top of the rules that the market has; after a change of rules it was not."""
    return learned is not None and dict(learned.documented) == documented(market)


def weighed(market: Market[D, S], weights: Mapping[str, float]) -> Market[D, S]:
    """The market with other weights, and nothing else changed."""
    return replace(market, features=tuple(replace(f, weight=weights[f.name]) for f in market.features))


def chance(calibration: Calibration, score: float) -> float:
    """What chance the score stands for, in (0, 1)."""
    return float(np.interp(score, calibration.scores, calibration.chances))


class _Manifest(Value):
    """Names of versions, in the order in which they were installed."""

    installed: tuple[str, ...]


class Versions:
    """Every version that was learned, below one folder; the last of those installed is in force.

    A version is written aside and renamed, and so is the manifest that names what is installed: a reader
    sees the old state or the new one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[tuple[int, int], Learned | None] | None = None

    def current(self) -> Learned | None:
        """What is in force; None for the documented rules. Follows what another process installs."""
        try:
            found = (self._folder / _MANIFEST).stat()
        except OSError:
            return None
        state = (found.st_ino, found.st_mtime_ns)
        if self._known is None or self._known[0] != state:
            self._known = state, self._read_current()
        return self._known[1]

    def installed(self) -> list[str]:
        """The names of what is installed, in order; the last is in force. Raises UnreadableFile."""
        file = self._folder / _MANIFEST
        try:
            return list(_Manifest.model_validate_json(file.read_bytes()).installed)
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            raise UnreadableFile(f"权重清单 {file} 无法读取；删除它即恢复规则中写明的权重") from error

    def next_name(self) -> str:
        """A name that no version has had."""
        return f"{max((int(file.stem) for file in self._folder.glob('[0-9]*.json')), default=0) + 1:04d}"

    def install(self, learned: Learned) -> None:
        """Put the version in force. Raises Conflict when its name is taken."""
        with self._writing():
            file = self._folder / f"{learned.version}.json"
            if file.exists():
                raise Conflict(f"权重版本 {learned.version} 已存在")
            _write(file, learned.model_dump_json(indent=2))
            self._put([*self.installed(), learned.version])

    def rollback(self) -> str:
        """Put the version before the current one in force, or the documented rules; the name of what was taken out.

        Raises Conflict when the documented rules are in force.
        """
        with self._writing():
            installed = self.installed()
            if not installed:
                raise Conflict("正在使用规则中写明的权重，没有可以撤回的版本")
            self._put(installed[:-1])
            return installed[-1]

    def _read_current(self) -> Learned | None:
        try:
            installed = self.installed()
            if not installed:
                return None
            return Learned.model_validate_json((self._folder / f"{installed[-1]}.json").read_bytes())
        except (OSError, UnreadableFile, ValidationError) as error:
            # The documented rules need no file: answers go on.
            log.warning("learned weights cannot be read", error=type(error).__name__)
            return None

    def _put(self, installed: list[str]) -> None:
        _write(self._folder / _MANIFEST, _Manifest(installed=tuple(installed)).model_dump_json(indent=2))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(file: Path, text: str) -> None:
    """Write aside, bring to the disk, rename."""
    aside = file.with_suffix(".tmp")
    with aside.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    aside.replace(file)
