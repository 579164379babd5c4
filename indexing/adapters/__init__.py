"""Which adapter is in force: the last one installed below a folder, or the one that ships with the project."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from indexing.adapt import IDENTITY, Adapter
from indexing.versions import Versions

DEFAULT = Path(__file__).parent / "default.npz"
"""Trained on public postings, labelled job titles, occupations and specialties; see `chanjiao adapt default`."""


class Adapters(Versions[Adapter]):
    """The adapters that an installation trained on its own records, named by their weights."""

    def __init__(self, folder: Path, encoder: str) -> None:
        """`encoder` is the name of the encoder that they follow."""
        super().__init__(folder, suffix=".npz", read=Adapter.unpack, called="适配器", otherwise="随项目提供的适配器")
        self._encoder = encoder

    def current(self) -> Adapter:
        """The adapter to put behind the encoder; the one that ships, or the identity, where none was trained for it."""
        for found in (super().current(), _default()):
            if found is not None and found.fits(self._encoder):
                return found
        return IDENTITY

    def install(self, adapter: Adapter) -> None:
        """Put the adapter in force; the one before stays, for `rollback`."""
        self.put(adapter.name, adapter.packed())

    def unusable(self) -> str:
        """The name of the adapter that is installed last and yet not in force; empty when there is none such.

        It was trained for another encoder, or its file cannot be read.
        """
        last = self.installed()[-1:]
        return "" if last in ([], [self.current().name]) else last[0]


@lru_cache(maxsize=1)
def _default() -> Adapter:
    return Adapter.unpack(DEFAULT.read_bytes())
