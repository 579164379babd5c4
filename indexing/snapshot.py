"""The shelf on disk: written aside, swapped by one rename, tied to what made it by a manifest."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from data.store import Store
from indexing.shelf import Section, Shelf
from indexing.text import stated, texts
from indexing.words import WordIndex
from models.errors import Conflict, IndexMismatch
from models.matches import Discrimination, Document, Facts, Mention, Span, Stated, Wish
from models.terms import Education, Kind, Record, Salary, Shift, SkillLevel
from models.traits import Trait

LAYOUT = 2
"""Raised when the files mean something else than before."""

_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"


def save(shelf: Shelf, folder: Path) -> None:
    """Write the shelf below the folder; a reader sees the old snapshot or the new one, never half of one."""
    with shelf.changing:
        name = f"{shelf.revision:012d}-{os.getpid()}"
        aside = folder / f"{name}.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for kind in Kind:
            _save_section(shelf[kind], aside)
        manifest = {
            "layout": LAYOUT,
            "revision": shelf.revision,
            "adapter": shelf.adapter.name,
            **shelf.fingerprint,
            "documents": {kind: len(shelf[kind]) for kind in Kind},
        }
        (aside / _MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    final = folder / name
    shutil.rmtree(final, ignore_errors=True)
    aside.rename(final)
    pointer = folder / f"{_CURRENT}.tmp"
    pointer.write_text(name, encoding="utf-8")
    pointer.replace(folder / _CURRENT)
    for old in folder.iterdir():
        if old.is_dir() and old.name != name:
            shutil.rmtree(old, ignore_errors=True)


def manifest(folder: Path) -> dict[str, Any] | None:
    """What the current snapshot says of itself; None where there is none that can be read."""
    try:
        current = folder / (folder / _CURRENT).read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads((current / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return {**found, "path": str(current)}


def restore(shelf: Shelf, store: Store, folder: Path) -> None:
    """Fill the empty shelf from the current snapshot and the store's records.

    The shelf then stands at the snapshot's revision; `catch_up` brings it on. Vectors made by the same
    encoder of the same texts are kept even when the dictionary changed since: only words and facts are made
    again. Raises IndexMismatch when there is nothing that can be used, and leaves the shelf empty.
    """
    found = manifest(folder)
    if found is None:
        raise IndexMismatch("还没有可用的索引快照，请运行 chanjiao reindex")
    wanted = {"layout": LAYOUT, **shelf.fingerprint}
    differing = sorted(name for name, value in wanted.items() if found.get(name) != value)
    path = Path(found["path"])
    if not {"encoder", "texts", "layout"}.isdisjoint(differing):
        raise IndexMismatch(f"索引快照由另一套{'、'.join(differing)}生成，需要重建：chanjiao reindex")
    if found["revision"] > store.revision:
        raise IndexMismatch(
            f"索引版本 {found['revision']} 比数据库版本 {store.revision} 还新，数据库可能被替换，需要重建"
        )
    for kind in Kind:
        if differing:
            _remember_vectors(shelf, path, kind)
        else:
            _restore_section(shelf, kind, store, path)
    shelf.revision = 0 if differing else found["revision"]


def name_adapter(folder: Path, name: str) -> None:
    """Let the current snapshot's manifest name the adapter that is now in force; its vectors are the encoder's own."""
    found = manifest(folder)
    if found is None or found.get("adapter") == name:
        return
    path = Path(found.pop("path"))
    aside = path / f"{_MANIFEST}.{os.getpid()}.tmp"
    aside.write_text(json.dumps({**found, "adapter": name}, indent=2), encoding="utf-8")
    aside.replace(path / _MANIFEST)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder: one process at a time writes snapshots. Raises Conflict when another one does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict("另一个进程（可能是正在运行的服务）正在维护索引；它会自动跟上新数据") from error
        yield


def _save_section(section: Section, path: Path) -> None:
    ids = list(section.documents)
    np.savez(
        path / f"{section.kind}.vectors.npz",
        ids=np.asarray(ids, dtype=np.int64),
        revisions=np.asarray([section.documents[id].revision for id in ids], dtype=np.int64),
        raw=np.stack([section.raw[id] for id in ids]) if ids else np.zeros((0, 2, 0), dtype=np.float16),
    )
    section.words.save(path / f"{section.kind}.words.npz")
    with (path / f"{section.kind}.facts.jsonl").open("w", encoding="utf-8") as lines:
        for id in ids:
            row = _packed(section.documents[id].facts)
            lines.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def _restore_section(shelf: Shelf, kind: Kind, store: Store, path: Path) -> None:
    section = shelf[kind]
    with np.load(path / f"{section.kind}.vectors.npz") as stored:
        ids, revisions = stored["ids"].tolist(), stored["revisions"].tolist()
        # The vectors on disk are the encoder's own: whatever adapter is in force now, none is encoded again.
        section.raw.update(zip(ids, stored["raw"], strict=True))
    section.words.replace(WordIndex.open(path / f"{section.kind}.words.npz"))
    with (path / f"{section.kind}.facts.jsonl").open(encoding="utf-8") as lines:
        packed = {(id, revision): line for id, revision, line in zip(ids, revisions, lines, strict=True)}
    documents: dict[int, Document[Record]] = {}
    for stored_record in store.documents(section.kind):
        line = packed.get((stored_record.id, stored_record.revision))
        if line is not None:
            found = texts(stored_record.record)
            documents[stored_record.id] = Document(
                stored_record.id,
                stored_record.revision,
                stored_record.record,
                found,
                _unpacked(line, found),
                stated(stored_record.record),
            )
    # Changed or withdrawn since: catch_up brings their new state.
    section.remove([id for id in ids if id not in documents])
    section.place(list(documents.values()), shelf.adapter)
    section.documents.update(documents)


def _remember_vectors(shelf: Shelf, path: Path, kind: Kind) -> None:
    with np.load(path / f"{kind}.vectors.npz") as stored:
        keys = zip(stored["ids"].tolist(), stored["revisions"].tolist(), strict=True)
        shelf.remember(dict(zip(keys, stored["raw"], strict=True)))


_STATEMENTS: dict[str, Callable[[Any], Any]] = {
    "education": Education,
    "skill_level": SkillLevel,
    "experience_years": int,
    "headcount": int,
    "salary": Salary.model_validate,
    "shift": Shift,
}
"""How each stated fact is read back."""


def _packed(facts: Facts) -> list[Any]:
    stated = {name: getattr(facts, name) for name in _STATEMENTS}
    return [
        [[m.name, m.wish, m.group, m.known, *_place(m.span)] for m in facts.skills],
        [[m.name, m.wish, m.group, m.known, *_place(m.span)] for m in facts.certificates],
        {name: [_plain(one.value), *_place(one.span)] for name, one in stated.items() if one is not None},
        [[one.trait, *_place(one.span)] for one in facts.discrimination],
    ]


def _place(span: Span) -> list[str | int]:
    return [span.field, span.start, span.end]


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, Salary) else value


def _unpacked(line: str, found: Mapping[str, str]) -> Facts:
    def span(field: str, start: int, end: int) -> Span:
        return Span(field, start, end, found[field][start:end])

    def mentions(rows: list[list[Any]]) -> tuple[Mention, ...]:
        return tuple(Mention(name, Wish(wish), span(*place), group, known) for name, wish, group, known, *place in rows)

    skills, certificates, stated, unlawful = json.loads(line)
    return Facts(
        mentions(skills),
        mentions(certificates),
        **{name: Stated(_STATEMENTS[name](value), span(*place)) for name, (value, *place) in stated.items()},
        discrimination=tuple(Discrimination(Trait(trait), span(*place)) for trait, *place in unlawful),
    )
