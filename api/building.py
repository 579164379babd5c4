"""The index brought up to date from the command line, with a bar that shows how far it is."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from api.bootstrap import new_shelf
from api.settings import Settings
from data.store import Store
from indexing import snapshot, sync
from indexing.shelf import Shelf
from models.errors import Conflict
from models.terms import Kind

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def build(settings: Settings, store: Store) -> Shelf:
    """The shelf at the store's revision, saved. To be called while `snapshot.writing` is held."""
    shelf = new_shelf(settings)
    known = snapshot.manifest(settings.index)
    usable = known is not None and all(known.get(name) == value for name, value in shelf.fingerprint.items())
    # A bound: of a record that changed twice only the latest state is encoded.
    total = max(store.revision - int(known["revision"]), 0) if known and usable else sum(map(store.count, Kind))
    started = time.perf_counter()
    with progress_bar() as progress:
        task = progress.add_task("建立索引", total=total)
        sync.build(store, shelf, settings.index, progress=lambda size: progress.advance(task, size))
        progress.update(task, completed=total)
    seconds = time.perf_counter() - started
    rate = f"，每秒 {total / seconds:,.0f} 条" if total else ""
    out.print(f"索引已到数据版本 {shelf.revision}，共 {len(shelf)} 条记录，用时 {seconds:.1f} 秒{rate}")
    return shelf


def bring_up_to_date(settings: Settings, store: Store) -> None:
    """Build the index, unless a running service holds it and will follow by itself."""
    try:
        with snapshot.writing(settings.index):
            build(settings, store)
    except Conflict as error:
        out.print(error.message, soft_wrap=True)


def discard(folder: Path) -> None:
    """Throw the snapshots away. To be called while `snapshot.writing` is held."""
    for found in folder.iterdir():
        if found.is_dir():
            shutil.rmtree(found)
        elif found.name != "lock":
            found.unlink()


def progress_bar() -> Progress:
    """A bar on the terminal; nothing where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} 条/秒" if speed else "")
