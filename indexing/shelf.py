"""Everything that can be searched: one section for each kind of record, derived from the store."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from data.store import Change
from indexing.encode import Encoder, Vector, Vectors
from indexing.extract import extract
from indexing.extract import fingerprint as facts_fingerprint
from indexing.segment import Segmenter
from indexing.text import body, head, texts
from indexing.vectors import FaissIndex, VectorIndex
from indexing.words import WordIndex
from models.errors import NotFound
from models.matches import Document
from models.terms import Kind, Record


class MakeIndex(Protocol):
    """A VectorIndex class."""

    def __call__(self, dim: int) -> VectorIndex: ...


@dataclass(frozen=True, slots=True)
class Section:
    """The documents of one kind and the indexes over them; all hold the same ids."""

    kind: Kind
    heads: VectorIndex
    """Vectors of what the records are called."""
    bodies: VectorIndex
    """Vectors of all that they say."""
    words: WordIndex
    unrelated: float = 0.0
    """Mean cosine of unrelated texts in the encoder, in [-1, 1]."""
    documents: dict[int, Document[Record]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.documents)

    def document(self, id: int) -> Document[Record]:
        """The document. Raises NotFound when the id is not in this section."""
        found = self.documents.get(id)
        if found is None:
            raise NotFound(f"没有编号为 {id} 的{self.kind.label}")
        return found

    def remove(self, ids: Sequence[int]) -> None:
        """Take the ids out of every index; unknown ones are ignored."""
        for index in (self.heads, self.bodies, self.words):
            index.remove(ids)
        for id in ids:
            self.documents.pop(id, None)


class Shelf:
    """Sections for all kinds, how records get onto them, and the store revision they stand at."""

    def __init__(self, encoder: Encoder, segmenter: Segmenter, *, index: MakeIndex = FaissIndex) -> None:
        self.encoder = encoder
        self.segmenter = segmenter
        self.revision = 0
        self.changing = threading.RLock()
        """Held by whoever brings the shelf forward; readers need no lock."""
        unrelated = _unrelated(encoder)
        self._sections = {
            kind: Section(kind, index(encoder.dim), index(encoder.dim), WordIndex(), unrelated) for kind in Kind
        }
        self._known: dict[tuple[int, int], tuple[Vector, Vector]] = {}

    def __getitem__(self, kind: Kind) -> Section:
        return self._sections[kind]

    def __len__(self) -> int:
        return sum(len(section) for section in self._sections.values())

    @property
    def fingerprint(self) -> dict[str, str]:
        """What the vectors, words and facts were made by; two shelves with equal ones can share files."""
        return {
            "encoder": self.encoder.name,
            "segmenter": self.segmenter.fingerprint,
            "facts": facts_fingerprint(),
        }

    def words(self, found: Mapping[str, str]) -> list[str]:
        """The words of a record's texts, in order."""
        return [word for text in found.values() for word in self.segmenter.words(text)]

    def words_of(self, document: Document[Record]) -> frozenset[str]:
        """The different words of the document: at hand for one that stands on the shelf."""
        section = self[document.kind]
        if section.documents.get(document.id) is document:
            return section.words.words(document.id)
        return frozenset(self.words(document.texts))

    def remember(self, known: Mapping[tuple[int, int], tuple[Vector, Vector]]) -> None:
        """Vectors by (id, revision) that need not be computed again when those records come."""
        self._known.update(known)

    def apply(self, changes: Sequence[Change]) -> None:
        """Put the changed records in place of what their ids held, in order of revision."""
        with self.changing:
            for kind in {change.kind for change in changes}:
                self._apply(self._sections[kind], [change for change in changes if change.kind == kind])
            if changes:
                self.revision = changes[-1].revision

    def _apply(self, section: Section, changes: Sequence[Change]) -> None:
        section.remove([change.id for change in changes if change.record is None])
        documents = [
            document_of(change.id, change.revision, change.record) for change in changes if change.record is not None
        ]
        if not documents:
            return
        ids = [document.id for document in documents]
        heads, bodies = self._vectors(documents)
        section.heads.add(ids, heads)
        section.bodies.add(ids, bodies)
        section.words.add({document.id: self.words(document.texts) for document in documents})
        # Last, so that whoever finds a document finds it in every index.
        section.documents.update(zip(ids, documents, strict=True))

    def _vectors(self, documents: Sequence[Document[Record]]) -> tuple[Vectors, Vectors]:
        known = [self._known.pop((document.id, document.revision), None) for document in documents]
        new = [document for document, vectors in zip(documents, known, strict=True) if vectors is None]
        made = self.encoder.encode([head(d.record) for d in new] + [body(d.texts) for d in new])
        fresh = iter(zip(made[: len(new)], made[len(new) :], strict=True))
        pairs = [vectors or next(fresh) for vectors in known]
        return np.stack([h for h, _ in pairs]), np.stack([b for _, b in pairs])


def document_of(id: int, revision: int, record: Record) -> Document[Record]:
    """The record with its texts and the facts read out of them."""
    found = texts(record)
    return Document(id=id, revision=revision, record=record, texts=found, facts=extract(found))


def _unrelated(encoder: Encoder) -> float:
    """Mean cosine of texts from different walks of life: where the encoder's scale begins."""
    vectors = encoder.encode(_UNRELATED)
    pairs = vectors @ vectors.T
    return float(pairs[np.triu_indices(len(vectors), 1)].mean())


_UNRELATED = (
    "数控车床操作工",
    "幼儿园教师",
    "跨境电商主播",
    "老年护理员",
    "叉车司机",
    "中式烹调师",
    "软件开发工程师",
    "财务会计",
    "化工污水处理",
    "服装设计",
    "酒店前台接待",
    "电力线路检修",
    "农产品检测",
    "法律顾问",
    "物流仓储管理",
    "焊接工艺研究",
)
