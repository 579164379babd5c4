"""Everything that can be searched: one section for each kind of record, derived from the store."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from data.store import Change
from indexing.adapt import IDENTITY, Adapter
from indexing.encode import Encoder, Vectors
from indexing.extract import extract
from indexing.extract import fingerprint as facts_fingerprint
from indexing.impartial import impartial, unmasked
from indexing.segment import Segmenter
from indexing.text import FIELD_WEIGHTS, body, head, searched, stated, texts
from indexing.text import VERSION as TEXTS_VERSION
from indexing.vectors import FaissIndex, VectorIndex
from indexing.words import WordIndex
from models.errors import NotFound
from models.matches import Document
from models.talents import Talent
from models.terms import Kind, Record


class MakeIndex(Protocol):
    """A VectorIndex class."""

    def __call__(self, dim: int) -> VectorIndex: ...


RawVectors = np.ndarray[tuple[int, int], np.dtype[np.float16]]
"""Head and body of one record as the encoder made them, in half precision: a 2,000th of a cosine, half the memory."""


@dataclass(frozen=True, slots=True)
class Section:
    """The documents of one kind and the indexes over them; all hold the same ids."""

    kind: Kind
    heads: VectorIndex
    """Adapted vectors of what the records are called."""
    bodies: VectorIndex
    """Adapted vectors of what they say besides."""
    words: WordIndex
    unrelated: float = 0.0
    """Mean cosine of unrelated texts in the encoder, in [-1, 1]."""
    documents: dict[int, Document[Record]] = field(default_factory=dict)
    raw: dict[int, RawVectors] = field(default_factory=dict)
    """What the encoder made of each record, kept so that another adapter needs no encoding."""

    def __len__(self) -> int:
        return len(self.documents)

    def document(self, id: int) -> Document[Record]:
        """The document. Raises NotFound when the id is not in this section."""
        found = self.documents.get(id)
        if found is None:
            raise NotFound(f"没有编号为 {id} 的{self.kind.label}")
        return found

    def place(self, documents: Sequence[Document[Record]], adapter: Adapter) -> None:
        """Index the raw vectors of the documents, adapted."""
        if documents:
            ids = [document.id for document in documents]
            heads, bodies = _adapted(np.stack([self.raw[id] for id in ids]), documents, adapter)
            self.heads.add(ids, heads)
            self.bodies.add(ids, bodies)

    def remove(self, ids: Sequence[int]) -> None:
        """Take the ids out of every index; unknown ones are ignored."""
        for index in (self.heads, self.bodies, self.words):
            index.remove(ids)
        for id in ids:
            self.documents.pop(id, None)
            self.raw.pop(id, None)


class Shelf:
    """Sections for all kinds, how records get onto them, and the store revision they stand at."""

    def __init__(
        self,
        encoder: Encoder,
        segmenter: Segmenter,
        *,
        adapter: Adapter = IDENTITY,
        index: MakeIndex = FaissIndex,
    ) -> None:
        self.encoder = encoder
        self.segmenter = segmenter
        self.adapter = adapter
        self._index = index
        self.revision = 0
        self.changing = threading.RLock()
        """Held by whoever brings the shelf forward; readers need no lock."""
        self._unrelated = encoder.encode(_UNRELATED)
        unrelated = self._background(adapter)
        self._sections = {
            kind: Section(kind, index(encoder.dim), index(encoder.dim), WordIndex(), unrelated) for kind in Kind
        }
        self._known: dict[tuple[int, int], RawVectors] = {}

    def __getitem__(self, kind: Kind) -> Section:
        return self._sections[kind]

    def __len__(self) -> int:
        return sum(len(section) for section in self._sections.values())

    @property
    def fingerprint(self) -> dict[str, str]:
        """What the vectors, words and facts were made by; two shelves with equal ones can share files."""
        return {
            "encoder": self.encoder.name,
            "texts": str(TEXTS_VERSION),
            "segmenter": self.segmenter.fingerprint,
            "facts": facts_fingerprint(),
        }

    def words(self, found: Mapping[str, str]) -> list[str]:
        """The words of a record's texts, in order."""
        return [word for text in found.values() for word in self.segmenter.words(text)]

    def weighted_words(self, found: Mapping[str, str]) -> list[str]:
        """The words, those of telling fields several times: BM25F in its simple form (Robertson et al., CIKM 2004)."""
        return [
            word for field, text in found.items() for word in self.segmenter.words(text) * FIELD_WEIGHTS.get(field, 1)
        ]

    def words_of(self, document: Document[Record]) -> frozenset[str]:
        """The different words of the document: at hand for one that stands on the shelf."""
        section = self[document.kind]
        if section.documents.get(document.id) is document:
            return section.words.words(document.id)
        return frozenset(self.words(searched(document)))

    def adapt(self, adapter: Adapter) -> None:
        """Put another adapter in force: every stored vector is transformed anew, nothing is encoded.

        All sections change together. A request that is under way meanwhile may compare vectors of both
        adapters once.
        """
        with self.changing:
            unrelated = self._background(adapter)
            dim = self.encoder.dim
            fresh = {
                kind: replace(section, heads=self._index(dim), bodies=self._index(dim), unrelated=unrelated)
                for kind, section in self._sections.items()
            }
            for section in fresh.values():
                section.place(list(section.documents.values()), adapter)
            self.adapter, self._sections = adapter, fresh

    def vectors_of(self, document: Document[Record]) -> tuple[Vectors, Vectors]:
        """Head and body of a document that need not stand on the shelf: shape (1, dim) each."""
        section = self[document.kind]
        if section.documents.get(document.id) is document:
            return section.heads.vectors([document.id]), section.bodies.vectors([document.id])
        return _adapted(self._encoded([document]), [document], self.adapter)

    def remember(self, known: Mapping[tuple[int, int], RawVectors]) -> None:
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
        section.raw.update(zip(ids, self._raw(documents), strict=True))
        section.place(documents, self.adapter)
        section.words.add({document.id: self.weighted_words(searched(document)) for document in documents})
        # Last, so that whoever finds a document finds it in every index.
        section.documents.update(zip(ids, documents, strict=True))

    def _raw(self, documents: Sequence[Document[Record]]) -> list[RawVectors]:
        known = [self._known.pop((document.id, document.revision), None) for document in documents]
        fresh = iter(self._encoded([d for d, vectors in zip(documents, known, strict=True) if vectors is None]))
        return [next(fresh) if vectors is None else vectors for vectors in known]

    def _encoded(self, documents: Sequence[Document[Record]]) -> np.ndarray[tuple[int, int, int], np.dtype[np.float16]]:
        """Raw heads and bodies: shape (len(documents), 2, dim)."""
        heads, bodies = read_texts(documents)
        made = self.encoder.encode([*heads, *bodies]).reshape(2, len(documents), self.encoder.dim)
        return made.transpose(1, 0, 2).astype(np.float16)

    def _background(self, adapter: Adapter) -> float:
        """Mean cosine of the names of different walks of life: where the scale begins."""
        vectors = adapter.names(self._unrelated, _UNRELATED)
        pairs = vectors @ vectors.T
        return float(pairs[np.triu_indices(len(vectors), 1)].mean())


def read_texts(documents: Sequence[Document[Record]]) -> tuple[list[str], list[str]]:
    """What the vectors of the documents' heads and bodies are made of."""
    return [head(document.record) for document in documents], [body(searched(document)) for document in documents]


def _adapted(
    raw: np.ndarray[tuple[int, int, int], np.dtype[np.float16]],
    documents: Sequence[Document[Record]],
    adapter: Adapter,
) -> tuple[Vectors, Vectors]:
    wide = raw.astype(np.float32)
    # Reading the texts takes seconds for tens of thousands.
    heads, bodies = read_texts(documents) if adapter.latent else ((), ())
    return adapter.names(wide[:, 0], heads), adapter.contents(wide[:, 1], bodies)


def document_of(id: int, revision: int, record: Record) -> Document[Record]:
    """The record with its texts and the facts read out of them."""
    found = texts(record)
    # What people say of their traits is no fact; what a posting demands of them is: it is told and not ranked by.
    read = impartial(record.kind, found) if isinstance(record, Talent) else unmasked(found)
    return Document(id=id, revision=revision, record=record, texts=found, facts=extract(read), stated=stated(record))


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
