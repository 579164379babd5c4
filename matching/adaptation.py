"""Train a domain adapter on what stands on the shelf, and let it in only when it beats the one in force."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data import taxonomy
from indexing.adapt import Adapter, NamedContents, Progress, train
from indexing.encode import Encoder
from indexing.shelf import Shelf, read_texts
from indexing.text import HEADS, NAMES_OF_MEMBERS, bare
from models.errors import Conflict
from models.matches import Document
from models.terms import Kind, Record

KINDS = (Kind.POSTING, Kind.COURSE, Kind.PROGRAMME, Kind.NEED, Kind.OFFER, Kind.ORGANISATION)
"""Kinds whose records have a name and say what it means. Of a talent, a wish is not what was learnt."""
FEWEST = 500
"""Rows below which nothing is trained: two maps of up to 245,760 weights learn noise from less."""
SAYS_SOMETHING = 30
"""Characters from which a text is contents."""
POOL = 5_000
"""Contents among which a held-out name must find its own."""
CONFIDENCE = 0.95
_DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A trained adapter against the one in force, on rows that it was not trained on.

    Nor were those trained here before it. The one that ships may have seen them where they are public, which
    speaks for keeping it.
    """

    adapter: Adapter
    trained: int
    held_out: int
    pool: int
    before: float
    """Mean reciprocal rank with the adapter in force."""
    after: float
    """The same with the new one."""
    lower: float
    """Lower bound of the gain: paired bootstrap, one-sided 95 %."""

    @property
    def better(self) -> bool:
        return self.lower > 0


def trial(shelf: Shelf, *, seed: int = 0, progress: Progress | None = None) -> Trial:
    """Train on nine tenths of the shelf's records, from the adapter in force on, and try both on the last tenth.

    Which tenth is decided by each record's source, so that a later trial holds out the same rows. Raises
    Conflict when there are too few records to learn from.
    """
    rows, held = _rows(shelf)
    different = len(set(rows.content_texts))
    if different < FEWEST:
        raise Conflict(f"只有 {different} 条既有名称又有内容的记录（相同的算一条），少于 {FEWEST} 条，不足以训练适配器")
    learnt, asked = rows.where(~held), rows.where(held)
    adapter = train(learnt, encoder=shelf.encoder.name, start=shelf.adapter, seed=seed, progress=progress)
    pool = asked + learnt.where(np.arange(len(learnt)) < max(POOL - len(asked), 0))
    before, after = (_reciprocal_ranks(one, asked, pool) for one in (shelf.adapter, adapter))
    return Trial(
        adapter=adapter,
        trained=len(learnt),
        held_out=len(asked),
        pool=len(pool),
        before=float(before.mean()),
        after=float(after.mean()),
        lower=_lower_bound(after - before, seed),
    )


def public_rows(encoder: Encoder, *, postings: Path, labels: Path, profiles: Path, links: Path) -> NamedContents:
    """What the adapter that ships is trained on: rows of public data that may be trained on.

    Postings with their descriptions, job titles (`split` train only) with their occupations, occupations and
    specialties with what defines them, specialties with their official occupations.
    """
    pairs = [
        *_described(_csv(postings)),
        *_labelled(_csv(labels)),
        *_occupations(),
        *_specialties(profiles, _csv(links)),
    ]
    names, contents = [name for name, _ in pairs], [content for _, content in pairs]
    return NamedContents(encoder.encode(names), encoder.encode(contents), names, contents)


def _described(rows: Iterable[dict[str, str]]) -> Iterable[tuple[str, str]]:
    """Titles and descriptions, those that share their first 100 characters once."""
    found = {row["description"].strip()[:100]: (bare(row["title"]), row["description"].strip()) for row in rows}
    return ((title, text.replace(title, "")) for title, text in found.values() if title and text)


def _labelled(rows: Iterable[dict[str, str]]) -> Iterable[tuple[str, str]]:
    leaves = {leaf.code: leaf.name for leaf in taxonomy.leaves()}
    return (
        (row["job_title"], leaves[row["csco_code"]])
        for row in rows
        if row["split"] == "train" and row["csco_code"] in leaves
    )


def _occupations() -> Iterable[tuple[str, str]]:
    return ((name, _defined(leaf)) for leaf in taxonomy.leaves() for name in (leaf.name, *leaf.aliases))


def _specialties(profiles: Path, links: Iterable[dict[str, str]]) -> Iterable[tuple[str, str]]:
    lines = profiles.read_text(encoding="utf-8").splitlines()
    described = {
        profile["code"]: (profile["name"], f"{profile['name']}：{'、'.join(profile.get('core_courses') or ())}")
        for profile in map(json.loads, filter(None, lines))
    }
    leaves = {leaf.code: leaf for leaf in taxonomy.leaves()}
    yield from described.values()
    for row in links:
        if row["csco_code"] in leaves and row["specialty_code"] in described:
            yield described[row["specialty_code"]][1], _defined(leaves[row["csco_code"]])


def _defined(leaf: taxonomy.Occupation) -> str:
    return f"{leaf.name}：{leaf.definition}{''.join(leaf.tasks)}"


def _csv(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _rows(shelf: Shelf) -> tuple[NamedContents, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Every name with its contents, raw, and whether it is held out."""
    documents = [
        document
        for kind in KINDS
        for document in shelf[kind].documents.values()
        if len(_said(document)) >= SAYS_SOMETHING
    ]
    raw = [shelf[document.kind].raw[document.id].astype(np.float32) for document in documents]
    stacked = np.stack(raw) if raw else np.zeros((0, 2, shelf.encoder.dim), dtype=np.float32)
    rows = NamedContents(stacked[:, 0], stacked[:, 1], *read_texts(documents))
    return rows, np.asarray([_held_out(document) for document in documents], dtype=bool)


def _said(document: Document[Record]) -> str:
    """What the document says besides its name."""
    apart = HEADS | NAMES_OF_MEMBERS
    return "\n".join(text for field, text in document.texts.items() if field not in apart)


def _held_out(document: Document[Record]) -> bool:
    """One record in ten, whatever else is on the shelf; records of one text go together."""
    return hashlib.sha256(_said(document)[:100].encode()).digest()[0] % 10 == 0


def _reciprocal_ranks(
    adapter: Adapter, asked: NamedContents, pool: NamedContents
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For each asked row, which stand first in the pool, the reciprocal rank of its contents; ties count against it."""
    names = adapter.names(asked.names, asked.name_texts)
    contents = adapter.contents(pool.contents, pool.content_texts)
    scores = names @ contents.T
    own = scores[np.arange(len(asked)), np.arange(len(asked))][:, None]
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = 1.0 / (scores >= own).sum(axis=1)
    return found


def _lower_bound(gains: np.ndarray[tuple[int], np.dtype[np.float64]], seed: int) -> float:
    """What the mean gain exceeds with 95 % confidence: percentile of its bootstrap distribution."""
    dice = np.random.default_rng(seed)
    means = [float(gains[dice.integers(0, len(gains), len(gains))].mean()) for _ in range(_DRAWS)]
    return float(np.quantile(means, 1 - CONFIDENCE))
