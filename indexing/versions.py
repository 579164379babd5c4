"""Versions of something learned, kept below one folder; the last of those installed is in force."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import structlog
from pydantic import ValidationError

from models.errors import ChanjiaoError, Conflict, UnreadableFile
from models.terms import Value

log = structlog.get_logger()

T = TypeVar("T")

_MANIFEST = "manifest.json"


class _Manifest(Value):
    """Names of versions, in the order in which they were installed."""

    installed: tuple[str, ...]


class Versions(Generic[T]):
    """One file for each version, and a manifest that names those installed.

    A version is written aside and renamed, and so is the manifest: a reader sees the old state or the new one.
    """

    def __init__(self, folder: Path, *, suffix: str, read: Callable[[bytes], T], called: str, otherwise: str) -> None:
        """`called` names what is kept and `otherwise` what is in force without it, both in messages."""
        self._folder, self._suffix, self._read = folder, suffix, read
        self._called, self._otherwise = called, otherwise
        self._known: tuple[tuple[int, int], T | None] | None = None

    def current(self) -> T | None:
        """What is in force; None when nothing is installed. Follows what another process installs."""
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
            raise UnreadableFile(f"{self._called}清单 {file} 无法读取；删除它即恢复{self._otherwise}") from error

    def put(self, name: str, content: bytes) -> None:
        """Put the version in force. Raises Conflict when another one has its name."""
        with self._writing():
            file = self._folder / f"{name}{self._suffix}"
            if file.exists() and file.read_bytes() != content:
                raise Conflict(f"{self._called}版本 {name} 已存在")
            _write(file, content)
            self._remember([*self.installed(), name])

    def rollback(self) -> str:
        """Take the current version back; its name. The one before is in force then, or what is there without any.

        Raises Conflict when nothing is installed.
        """
        with self._writing():
            installed = self.installed()
            if not installed:
                raise Conflict(f"正在使用{self._otherwise}，没有可以撤回的版本")
            self._remember(installed[:-1])
            return installed[-1]

    def _read_current(self) -> T | None:
        try:
            installed = self.installed()
            return self._read((self._folder / f"{installed[-1]}{self._suffix}").read_bytes()) if installed else None
        except (OSError, ChanjiaoError, ValidationError) as error:
            # What is in force without any version needs no file: answers go on.
            log.warning("a learned version cannot be read", folder=self._folder.name, error=type(error).__name__)
            return None

    def _remember(self, installed: list[str]) -> None:
        _write(self._folder / _MANIFEST, _Manifest(installed=tuple(installed)).model_dump_json(indent=2).encode())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(file: Path, content: bytes) -> None:
    """Write aside, bring to the disk, rename."""
    aside = file.with_suffix(".tmp")
    with aside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    aside.replace(file)
