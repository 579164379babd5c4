"""Bring the shelf to the store's revision; the only way records get onto it."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import structlog

from data.store import Saved, Store
from indexing import snapshot
from indexing.adapt import Adapter
from indexing.shelf import Shelf
from models.errors import ChanjiaoError, IndexMismatch
from models.privacy import Erasure
from models.terms import Record

log = structlog.get_logger()

BATCH = 256
"""Changes applied at once: enough to keep the encoder busy, few enough to see progress."""
CHECKPOINT = 4_000
"""Changes after which the shelf is saved: what a kill then costs, about two minutes of encoding."""


def catch_up(store: Store, shelf: Shelf, *, progress: Callable[[int], None] | None = None) -> int:
    """Apply every change that the shelf has not seen; how many this call applied.

    `progress` hears the size of each batch. Catching up twice changes nothing, and it can stop anywhere:
    the next call, from any thread, goes on from the shelf's revision.
    """
    applied = 0
    while True:
        with shelf.changing:
            batch = list(islice(store.changes(shelf.revision), BATCH))
            shelf.apply(batch)
        applied += len(batch)
        if progress and batch:
            progress(len(batch))
        if len(batch) < BATCH:
            return applied


def build(store: Store, shelf: Shelf, folder: Path, *, progress: Callable[[int], None] | None = None) -> None:
    """Restore what the folder holds, catch up with the store, and save: from nothing, or after a kill.

    A snapshot that does not fit is left aside and everything is made anew.
    """
    with shelf.changing:
        if not shelf.revision:  # a publication may have come first, and then the shelf is not empty
            try:
                snapshot.restore(shelf, store, folder)
            except IndexMismatch as error:
                log.info("index is built anew", reason=str(error))
    since = 0

    def counted(size: int) -> None:
        nonlocal since
        since += size
        if progress:
            progress(size)
        if since >= CHECKPOINT:
            snapshot.save(shelf, folder)
            since = 0

    catch_up(store, shelf, progress=counted)
    if since or snapshot.manifest(folder) is None:
        snapshot.save(shelf, folder)


def publish(store: Store, shelf: Shelf, record: Record, *, id: int | None = None) -> Saved:
    """Save the record and make it findable.

    When the shelf is far behind, or encoding fails, the record is stored all the same; /health shows the
    lag, and the follower closes it.
    """
    saved = store.save(record, id=id)
    follow(store, shelf)
    return saved


def withdraw(store: Store, shelf: Shelf, id: int) -> int:
    """Withdraw the record and make it unfindable; the revision that did."""
    revision = store.withdraw(id)
    follow(store, shelf)
    return revision


def erase(store: Store, shelf: Shelf, id: int) -> Erasure:
    """Erase the person from the store and the shelf; the follower then rewrites the snapshot on disk."""
    erasure = store.erasures.erase(id)
    follow(store, shelf)
    return erasure


def follow(store: Store, shelf: Shelf) -> None:
    """Catch up unless that would take long, which is for the follower; a failure leaves a lag that /health shows."""
    if store.revision - shelf.revision <= BATCH:
        try:
            catch_up(store, shelf)
        except ChanjiaoError as error:
            log.warning("the shelf is behind", reason=str(error))


class Follower:
    """A thread that builds the shelf at start and then keeps it at the store's revision, whoever writes there.

    It also puts on the shelf whatever adapter is in force by then, whoever installed it or took it back.
    """

    def __init__(
        self, store: Store, shelf: Shelf, folder: Path, *, seconds: float, adapter: Callable[[], Adapter]
    ) -> None:
        """`adapter` gives the one in force; it is asked every `seconds`."""
        self._store, self._shelf, self._folder, self._seconds = store, shelf, folder, seconds
        self._adapter = adapter
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self.ready = threading.Event()
        """Set once the shelf has held everything that was stored at start."""
        self.failure = ""
        """Why the last attempt to catch up failed; empty when it did not."""

    def start(self) -> None:
        """Begin building; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand and save the shelf."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        saved = -1
        while True:
            try:
                if not self.ready.is_set():
                    with snapshot.writing(self._folder):
                        build(self._store, self._shelf, self._folder, progress=self._progress)
                    saved = self._shelf.revision
                    # Tens of thousands of documents are millions of objects that stay: left to the collector, each
                    # of its full rounds stops every answer for a second.
                    gc.collect()
                    gc.freeze()
                    self.ready.set()
                    log.info("caught up", revision=self._shelf.revision, documents=len(self._shelf))
                else:
                    catch_up(self._store, self._shelf)
                    self._adapt()
                    if self._store.erasures.revision > saved:
                        # The snapshot still has the words of a person who was erased.
                        saved = self._shelf.revision
                        snapshot.save(self._shelf, self._folder)
                    if self._shelf.revision - saved >= CHECKPOINT:
                        snapshot.save(self._shelf, self._folder)
                        saved = self._shelf.revision
                self.failure = ""
            except _Stopped:
                return
            except Exception as error:  # the thread must outlive whatever a write or a driver throws
                # Whatever we did not raise ourselves may quote a record.
                self.failure = error.message if isinstance(error, ChanjiaoError) else type(error).__name__
                log.warning("catching up failed", error=type(error).__name__, reason=self.failure)
            if self._stopping.wait(self._seconds):
                break
        if self.ready.is_set() and self._shelf.revision != saved:
            snapshot.save(self._shelf, self._folder)

    def _adapt(self) -> None:
        adapter = self._adapter()
        if adapter.name != self._shelf.adapter.name:
            self._shelf.adapt(adapter)
            snapshot.name_adapter(self._folder, adapter.name)
            log.info("adapted", adapter=adapter.name, documents=len(self._shelf))

    def _progress(self, _: int) -> None:
        if self._stopping.is_set():
            raise _Stopped


class _Stopped(Exception):
    """Leaves a long build between two batches."""
